// Everything that is known of one error.
function detail(shown, level, all) {
  const made = document.createDocumentFragment();
  if (shown.documented) made.append(element(`h${level}`, {}, "Documented"), documented(shown, shown.facts));
  made.append(element(`h${level}`, {}, "Checks"));
  if (shown.checks.length) made.append(checkList(shown, level + 1, all));
  else made.append(element("p", { class: "help" }, "No test has met this error."));
  return made;
}

function documented(shown, { message, cause, remedies, source: page, assumed, waiver, marker: line }) {
  const facts = element("dl", { class: "facts" });
  const fact = (name, ...parts) => {
    if (parts.length) facts.append(element("dt", {}, name), element("dd", {}, ...parts));
  };
  const data = (text) => element("span", { class: "data" }, text);
  fact("Message", message == null ? element("i", {}, "not documented") : data(message));
  if (cause) fact("Cause", data(cause));
  fact(remedies.length > 1 ? "Remedies" : "Remedy", ...remedies.map(remedy));
  fact("Source", source(page));
  fact("Cases", cases(shown));
  if (assumed) fact("Operation", "assumed: the documentation does not have it as such; counted apart");
  if (waiver) fact("Waiver", ...waived(waiver));
  fact("Exercise it", marker(line));
  return facts;
}

function remedy(one) {
  const basis = element("small", { class: `basis ${one.basis === "documented" ? "firm" : ""}` }, one.basis);
  return element("div", {}, code(one.handling, { class: "handling" }), " ", element("span", { class: "data" }, one.text), " ", basis);
}

function source(one) {
  return link(one.section ? `${one.title}, “${one.section}”` : one.title, one.url);
}

// The cases that apply, each with its worst result; handled needs them all.
function cases(shown) {
  const list = element("ul", { class: "cases" });
  const order = Object.keys(RESULTS);
  for (const persistence of shown.facts.persistences) {
    const results = shown.checks.filter((check) => check.persistence === persistence).map((check) => check.result);
    const worst = order.find((result) => results.includes(result));
    const state = worst ? RESULTS[worst] : "not exercised";
    const sign = element("span", { class: `sign tile ${slug(state)}`, "aria-hidden": "true" }, STATES[state].sign);
    const missing = shown.facts.missing.includes(persistence) && state === "not exercised";
    const word = missing ? "missing" : worst;
    list.append(element("li", {}, sign, " ", code(persistence), " ", element("small", {}, word || "")));
  }
  return list;
}

function waived(one) {
  const until = one.until ? `until ${one.until}, that day included` : "for good";
  return [element("span", { class: "data" }, one.reason), " ", element("small", { class: "data" }, `${one.owner}; ${until}`)];
}

function marker(text) {
  const line = code(text, { class: "line data", tabindex: "0" });
  const button = element("button", { type: "button", class: "copy", onclick: () => copy(text, line, button) }, "Copy");
  return element("div", { class: "marker" }, line, button);
}

async function copy(text, line, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say("Copied");
  } catch {
    getSelection().selectAllChildren(line);
    button.textContent = "Selected";
    say("The line is selected: copy it with the keyboard");
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
}
