// The shown errors as a table, a piece at a time: thousands of rows are made when they are asked for.
const PIECE = 100;

function worstFirst(errors) {
  const groups = grouped(errors, (error) => error.state);
  return ORDER.flatMap((state) => groups.get(state) || []);
}

class Listing {
  constructor(place, open) {
    this.place = place;
    this.open = open;
    this.buttons = new Map();
    place.addEventListener("click", (event) => {
      const shown = this.buttons.get(event.target.closest("button"));
      if (shown) this.open(shown);
    });
  }

  show(errors) {
    this.left = [...errors];
    this.buttons.clear();
    this.body = element("tbody", {});
    const titles = ["Status", "Error", "Operation", "Rules", "Remedy"].map((title) => element("th", { scope: "col" }, title));
    const table = element("table", { class: "list" }, element("thead", {}, element("tr", {}, ...titles)), this.body);
    const more = () => this.more();
    this.button = element("button", { type: "button", class: "more", onclick: more });
    this.place.replaceChildren(errors.length ? table : element("p", { class: "help" }, "Nothing to show."), this.button);
    this.more();
  }

  more(count = PIECE) {
    const added = this.left.splice(0, count).map((shown) => this.row(shown));
    const focused = document.activeElement === this.button;
    this.body.append(...added);
    this.button.textContent = `Show ${Math.min(PIECE, this.left.length)} more of ${this.left.length.toLocaleString("en")}`;
    this.button.hidden = !this.left.length;
    if (focused) added[0]?.querySelector("button").focus();
  }

  row(shown) {
    const button = element("button", { type: "button", class: "open data" }, shown.error);
    this.buttons.set(button, shown);
    const rules = shown.rules.flatMap((rule) => [code(rule, { class: "rule", title: DATA.rules[rule] }), " "]);
    const remedy = shown.facts.remedies?.map((one) => one.text).join("; or ") || "";
    const kind = shown.facts.kind && element("small", {}, shown.facts.kind);
    return element(
      "tr",
      {},
      element("td", {}, badge(shown.state)),
      element("th", { scope: "row" }, button, kind),
      element("td", {}, code(shown.operation, { class: "data" }), DATA.providers.length > 1 ? element("small", {}, shown.provider) : null),
      element("td", {}, ...rules),
      element("td", { class: "data" }, remedy),
    );
  }
}
