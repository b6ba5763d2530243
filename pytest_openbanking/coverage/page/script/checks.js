// The checks of an error: each test with what it found, its exchange drawn when it is opened.
const RESULTS = { mishandled: "mishandled", handled: "handled", unjudged: "not exercised" };

function checkList(shown, level, all) {
  const list = element("div", { class: "checks" });
  const order = shown.facts.persistences || [];
  const checks = [...shown.checks].sort((a, b) => order.indexOf(a.persistence) - order.indexOf(b.persistence));
  const worst = checks.find((check) => check.result === "mishandled") || checks[0];
  for (const check of checks) list.append(checkItem(check, level, all || check === worst, all));
  return list;
}

function checkItem(check, level, open, all) {
  const body = element("div", { class: "body" });
  const item = element("details", { class: "check", open }, checkSummary(check), body);
  const draw = () => body.childNodes.length || body.append(...checkBody(check, level, all));
  if (open) draw();
  else item.addEventListener("toggle", draw);
  return item;
}

function checkSummary(check) {
  const sign = element("span", { class: "sign", "aria-hidden": "true" }, STATES[RESULTS[check.result]].sign);
  const result = element("span", { class: `badge ${slug(RESULTS[check.result])}` }, sign, check.result);
  const name = [check.kind === "error" ? null : check.kind, check.persistence, check.site].filter(Boolean).join(", ");
  const found = (check.findings || []).map((finding) => code(finding.code, { class: "rule" }));
  const parts = [element("b", { class: "data" }, name), ...found];
  if (check.tolerated) parts.push(element("small", {}, "tolerated: the test is an expected failure"));
  return element("summary", {}, result, ...parts.flatMap((part) => [" ", part]));
}

function checkBody(check, level) {
  const place = element("p", { class: "test" }, code(check.test, { class: "data" }));
  place.append(element("small", { class: "data" }, `${check.file}:${check.line}`));
  const drawing = exchange(check);
  const findings = (check.findings || []).map((finding) => findingBlock(finding, level));
  const failure = check.failure && element("p", { class: "failure data" }, element("b", {}, "The test failed: "), check.failure);
  const parts = [place, ...findings, failure, findings.length ? follow(drawing) : null, drawing];
  return parts.filter(Boolean);
}

function findingBlock(finding, level) {
  const title = element(`h${level}`, { class: "finding" }, code(finding.code, { class: "rule" }), " ");
  title.append(element("span", { class: "data" }, finding.message));
  const said = element("dl", {});
  for (const [name, text] of [["seen", finding.seen], ["fix", finding.fix]]) {
    if (text) said.append(element("dt", {}, name), element("dd", { class: "data" }, text));
  }
  return element("div", { class: "found" }, title, said);
}

// A button from the findings to the calls that they speak of, where some call is marked.
function follow(drawing) {
  const marked = drawing.querySelector("tr.marked");
  if (!marked) return null;
  const go = () => {
    marked.scrollIntoView({ block: "center" });
    marked.focus({ preventScroll: true });
  };
  return element("button", { type: "button", class: "follow", onclick: go }, "Show the call in the exchange");
}
