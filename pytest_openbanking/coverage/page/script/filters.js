// What is shown: by provider, status, rule and text, kept in the address so that a link shows the same.
class Filters {
  constructor(form, changed) {
    this.form = form;
    this.changed = changed;
    this.rule = form.querySelector("#rule");
    this.text = form.querySelector("#text");
    this.fill();
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("reset", () => setTimeout(() => this.changed()));
    this.text.addEventListener("input", () => this.later());
  }

  fill() {
    const named = DATA.providers.map(([name, title]) => chip("provider", name, title));
    this.form.querySelector("#providers").append(...named);
    this.form.querySelector("#providers").hidden = named.length < 2;
    const counts = grouped(ERRORS, (error) => error.state);
    const signs = ORDER.map((state) => chip("status", state, badge(state), counts.get(state)?.length || 0));
    this.form.querySelector("#statuses").append(...signs);
    for (const [rule, message] of Object.entries(DATA.rules)) {
      this.rule.append(element("option", { value: rule }, `${rule} ${message}`));
    }
  }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.changed(), 120);
  }

  checked(name) {
    return [...this.form.querySelectorAll(`input[name="${name}"]:checked`)].map((input) => input.value);
  }

  // A function that tells which errors are shown.
  test() {
    const providers = this.checked("provider");
    const states = this.checked("status");
    const rule = this.rule.value;
    const words = this.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    return (shown) =>
      (!providers.length || providers.includes(shown.provider)) &&
      (!states.length || states.includes(shown.state)) &&
      (!rule || shown.rules.includes(rule)) &&
      words.every((word) => shown.text.includes(word));
  }

  write(address) {
    for (const name of ["provider", "status"]) for (const value of this.checked(name)) address.append(name, value);
    if (this.rule.value) address.set("rule", this.rule.value);
    if (this.text.value.trim()) address.set("text", this.text.value.trim());
  }

  read(address) {
    for (const name of ["provider", "status"]) {
      const values = address.getAll(name);
      for (const input of this.form.querySelectorAll(`input[name="${name}"]`)) input.checked = values.includes(input.value);
    }
    this.rule.value = address.get("rule") || "";
    if (this.rule.selectedIndex < 0) this.rule.value = "";
    this.text.value = address.get("text") || "";
  }
}

function chip(name, value, label, count) {
  const input = element("input", { type: "checkbox", name, value });
  const number = count == null ? null : element("span", { class: "number" }, count.toLocaleString("en"));
  return element("label", { class: "chip" }, input, element("span", {}, label, number ? " " : "", number));
}
