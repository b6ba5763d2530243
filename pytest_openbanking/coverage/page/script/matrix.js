// The matrix: for each provider a grid of operations and errors, one cell a documented error.
const MOST_SLOTS = 20000; // of a grid; where errors are few among them, each row lists its own
const LONGEST_NAME = 52; // characters of an operation on one line
const NARROW = matchMedia("screen and (max-width: 900px)");

function matrix(errors, open) {
  const longest = errors.reduce((most, { operation }) => Math.max(most, operation.length), 0);
  return DATA.providers.flatMap(([name, title], index) => {
    const own = errors.filter((error) => error.provider === name);
    return own.length ? [providerGrid(`grid-${index}`, title, own, Math.min(longest, LONGEST_NAME), open)] : [];
  });
}

function providerGrid(id, title, errors, longest, open) {
  const heading = element("h3", { id }, title, " ", element("small", {}, plural(errors.length, "error", "errors")));
  const grid = new Grid(errors);
  const table = grid.table(`${title}: operations and errors`);
  table.style.setProperty("--name", `${Math.max(longest, 18)}ch`);
  table.addEventListener("click", (event) => {
    const shown = grid.at(event.target.closest("button"));
    if (shown) open(shown);
  });
  return element("section", { class: "provider", "aria-labelledby": id }, heading, element("div", { class: "scroller" }, table));
}

class Grid {
  constructor(errors) {
    this.rows = grouped(errors, (error) => error.operation);
    this.columns = [...grouped(errors, (error) => error.error)].sort(([, [a]], [, [b]]) => (a.status ?? 0) - (b.status ?? 0));
    this.places = new Map(this.columns.map(([error], index) => [error, index]));
    this.flow = NARROW.matches || this.rows.size * this.columns.length > Math.max(MOST_SLOTS, 4 * errors.length);
    this.buttons = new Map(); // a button to its error, row and column
    this.lines = []; // of each row, its buttons in order
  }

  at(button) {
    return this.buttons.get(button)?.error;
  }

  table(label) {
    const table = element("table", { class: this.flow ? "grid flow" : "grid", role: "grid", "aria-label": label });
    table.style.setProperty("--columns", this.columns.length);
    if (!this.flow) table.append(this.head());
    const body = element("tbody", { role: "rowgroup" });
    for (const [operation, errors] of this.rows) body.append(this.row(operation, errors));
    table.append(body);
    table.addEventListener("keydown", (event) => this.move(event));
    table.addEventListener("focusin", (event) => this.touched(table, event.target));
    table.addEventListener("mouseover", (event) => this.crossed(table, event.target));
    this.lines[0][0].tabIndex = 0;
    return table;
  }

  head() {
    const statuses = element("tr", { role: "row" }, element("th", { role: "columnheader", class: "corner" }, "Operation"));
    const counts = grouped(this.columns, ([, [first]]) => first.status);
    for (const [status, columns] of counts) {
      const head = element("th", { role: "columnheader", colspan: columns.length, class: "status first" }, String(status ?? ""));
      head.style.gridColumn = `span ${columns.length}`;
      statuses.append(head);
    }
    const codes = element("tr", { role: "row" }, element("td", { class: "corner" }));
    let before;
    for (const [, [first]] of this.columns) {
      const edge = first.status !== before ? "code first" : "code";
      codes.append(element("th", { role: "columnheader", class: edge }, element("span", { class: "data" }, first.code)));
      before = first.status;
    }
    return element("thead", { role: "rowgroup" }, statuses, codes);
  }

  row(operation, errors) {
    const name = element("span", { class: "data" }, operation);
    const head = element("th", { role: "rowheader", scope: "row" }, name, errors[0].facts.assumed ? element("small", {}, " assumed") : null);
    const row = element("tr", { role: "row" }, head);
    const own = new Map(errors.map((error) => [this.places.get(error.error), error]));
    const line = [];
    const places = this.flow ? [...own.keys()].sort((a, b) => a - b) : this.columns.keys();
    let before;
    for (const place of places) {
      const edge = this.columns[place][1][0].status !== before ? "first" : null;
      before = this.columns[place][1][0].status;
      const cell = element("td", { role: "gridcell", class: edge });
      if (own.has(place)) cell.append(this.button(own.get(place), line, place));
      row.append(cell);
    }
    this.lines.push(line);
    return row;
  }

  button(error, line, column) {
    const button = document.createElement("button");
    button.tabIndex = -1;
    button.className = `tile ${slug(error.state)}`;
    button.ariaLabel = [error.error, error.state, ...error.rules].join(", ");
    button.textContent = STATES[error.state].sign;
    if (this.flow) button.append(element("span", { class: "data" }, error.error));
    this.buttons.set(button, { error, row: this.lines.length, column });
    line.push(button);
    return button;
  }

  // Only one cell of a grid is in the tab order: the last that had the focus.
  touched(table, button) {
    if (!this.buttons.has(button)) return;
    table.querySelector('button[tabindex="0"]')?.setAttribute("tabindex", "-1");
    button.tabIndex = 0;
    this.crossed(table, button);
  }

  crossed(table, target) {
    const button = target.closest("button");
    const place = this.buttons.get(button)?.column;
    if (button) button.title = button.getAttribute("aria-label");
    table.querySelector("th.crossed")?.classList.remove("crossed");
    if (place != null) table.querySelectorAll("th.code")[place]?.classList.add("crossed");
  }

  move(event) {
    const place = this.buttons.get(event.target);
    const next = place && this.next(place, event);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  next({ row, column }, { key, ctrlKey, target }) {
    const line = this.lines[row];
    const index = line.indexOf(target);
    if (key === "ArrowRight") return line[index + 1];
    if (key === "ArrowLeft") return line[index - 1];
    if (key === "Home") return (ctrlKey ? this.lines[0] : line)[0];
    if (key === "End") return (ctrlKey ? this.lines.at(-1) : line).at(-1);
    const below = { ArrowDown: row + 1, ArrowUp: row - 1 }[key];
    return this.nearest(this.lines[below] || [], column);
  }

  nearest(line, column) {
    const far = (button) => Math.abs(this.buttons.get(button).column - column);
    return line.reduce((best, button) => (best && far(best) <= far(button) ? best : button), undefined);
  }
}

function grouped(items, by) {
  const groups = new Map();
  for (const item of items) {
    const key = by(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}
