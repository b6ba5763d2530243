// The drawer with one error, over the page; Escape closes it, and the focus goes back to where it was opened.
class Drawer {
  constructor(dialog, order, closed) {
    this.dialog = dialog;
    this.order = order; // the shown errors, as they are listed
    this.shown = null;
    dialog.addEventListener("close", () => {
      this.shown = null;
      dialog.replaceChildren();
      closed();
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  open(shown) {
    this.shown = shown;
    const title = element("h2", { id: "drawer-title", tabindex: "-1" }, element("span", { class: "data" }, shown.error));
    const about = element("p", { class: "about" }, badge(shown.state), " ", code(shown.operation, { class: "data" }));
    about.append(" ", element("small", {}, [shown.provider, shown.facts.kind].filter(Boolean).join(", ")));
    const head = element("div", { class: "drawer-head" }, element("div", {}, title, about), this.buttons());
    const body = element("div", { class: "drawer-body" });
    body.append(detail(shown, 3, false));
    this.dialog.replaceChildren(head, body);
    if (!this.dialog.open) this.dialog.showModal();
    title.focus();
  }

  buttons() {
    const order = this.order();
    const at = order.indexOf(this.shown);
    const step = (name, label, to) =>
      element("button", { type: "button", disabled: !order[to] || at < 0, onclick: () => this.turn(order[to]), "aria-label": label }, name);
    const close = element("button", { type: "button", class: "close", onclick: () => this.dialog.close() }, "Close");
    return element("div", { class: "turns" }, step("‹", "Previous error", at - 1), step("›", "Next error", at + 1), close);
  }

  turn(shown) {
    this.open(shown);
    this.turned?.(shown);
  }
}
