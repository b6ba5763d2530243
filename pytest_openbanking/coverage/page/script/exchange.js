// One exchange as a table of its calls, each beside the line of virtual time.
const EDGE = 3; // per cent of the line that stay free at each side, for what stands at its ends
// Each kind of call has a form of its own, so that none is told by its colour alone.
const FORMS = {
  fine: "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0Z",
  error: "M-5 -5H5V5H-5Z",
  refresh: "M0 -7L7 0L0 7L-7 0Z",
  fault: "M-5 -5L5 5M5 -5L-5 5",
  refused: "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0ZM-4 4L4 -4",
};
const across = (share) => `${(EDGE + share * (100 - 2 * EDGE)).toFixed(3)}%`;

function exchange(check) {
  const steps = check.steps || [];
  if (!steps.length && check.ended_at == null && !check.raised?.length) {
    return element("p", { class: "help" }, "No call was made.");
  }
  const scale = new Scale([0, ...steps.flatMap((step) => [step.at, step.answered_at, step.wait_until]), check.ended_at]);
  const rows = steps.map((step, index) => callRow(step, index, steps, scale));
  const titles = ["At", "Call", "Answer"].map((title) => element("th", { scope: "col" }, title));
  const line = element("td", { class: "line", "aria-hidden": "true" }, axis(scale));
  return element(
    "table",
    { class: "exchange" },
    element("caption", {}, caption(steps, check, scale)),
    element("thead", {}, element("tr", {}, ...titles, line)),
    element("tbody", {}, ...rows, endRow(check, steps, scale)),
  );
}

function caption(steps, check, scale) {
  const took = check.ended_at == null ? "" : `, ${duration(check.ended_at)} of virtual time`;
  const note = scale.power === 1 ? "" : "; long waits are drawn shorter (//)";
  return `Exchange: ${plural(steps.length, "call", "calls")}${took}${note}`;
}

function callRow(step, index, steps, scale) {
  const waited = index ? step.at - (steps[index - 1].answered_at ?? steps[index - 1].at) : 0;
  const moments = element("td", { class: "at" }, code(moment(step.at)));
  if (waited > 0) moments.append(element("small", {}, `after ${duration(waited)}`));
  const call = element("td", {}, code(step.method, { class: "method" }), " ", code(step.path, { class: "data" }));
  for (const note of [step.token, step.key, step.refreshes && "refreshes the token"]) {
    if (note) call.append(element("small", {}, note));
  }
  const row = element("tr", { tabindex: "-1", class: step.mark ? "marked" : null }, moments, call, answer(step));
  row.append(element("td", { class: "line", "aria-hidden": "true" }, lane(step, index, steps, scale)));
  return row;
}

function answer(step) {
  const cell = element("td", {}, code(answered(step), { class: `answer data ${tone(step)}` }));
  if (step.provenance) cell.append(element("small", {}, step.provenance));
  if (step.retry_after != null) {
    const until = step.wait_until == null ? "" : `, until ${moment(step.wait_until)}`;
    cell.append(element("small", { class: "data" }, `Retry-After: ${step.retry_after}${until}`));
  }
  if (step.refused) cell.append(element("small", { class: "data" }, step.refused));
  if (step.mark) cell.append(element("strong", { class: "mark data" }, `◀ ${step.mark}`));
  return cell;
}

function answered(step) {
  if (step.refused) return "refused";
  if (step.error) return step.error;
  return step.status == null ? "no answer" : String(step.status);
}

function tone(step) {
  if (step.refused) return "refused";
  if (step.error) return step.status == null ? "fault" : "error";
  return step.status == null ? "fault" : "fine";
}

function axis(scale) {
  const svg = drawn("svg", { class: "axis", height: 24 });
  svg.append(drawn("line", { class: "rule", x1: across(0), x2: across(1), y1: 18, y2: 18 }));
  for (const place of scale.breaks) svg.append(cut(place));
  for (const tick of scale.ticks(0.11)) {
    svg.append(drawn("line", { class: "rule", x1: across(tick.place), x2: across(tick.place), y1: 14, y2: 22 }));
    const side = tick.place < 0.05 ? "start" : tick.place > 0.95 ? "end" : "middle";
    svg.append(drawn("text", { class: `tick ${side}`, x: across(tick.place), y: 10 }, duration(tick.at)));
  }
  return svg;
}

// Two strokes through the line: here it is shorter than the time.
function cut(place) {
  return placed(place, 18, drawn("path", { class: "break", d: "M-4 5 L0 -5 M0 5 L4 -5" }));
}

// One call on the line: the wait before it, how long it took, and how long its answer asks to wait.
function lane(step, index, steps, scale) {
  const svg = drawn("svg", { class: "lane", height: 30 });
  const at = scale.place(step.at);
  const done = scale.place(step.answered_at ?? step.at);
  for (const earlier of steps.slice(0, index)) {
    if (earlier.wait_until >= step.at) svg.append(band(earlier, scale, "band old"));
  }
  if (step.wait_until != null) svg.append(...asked(step, scale));
  if (index) {
    const before = scale.place(steps[index - 1].answered_at ?? steps[index - 1].at);
    if (at > before) svg.append(drawn("line", { class: "wait", x1: across(before), x2: across(at), y1: 15, y2: 15 }));
  }
  if (done > at) svg.append(drawn("line", { class: `call ${tone(step)}`, x1: across(at), x2: across(done), y1: 15, y2: 15 }));
  svg.append(...point(step, at));
  return svg;
}

function band(step, scale, name) {
  const from = scale.place(step.answered_at ?? step.at);
  const width = Math.max(scale.place(step.wait_until) - from, 0) * (100 - 2 * EDGE);
  return drawn("rect", { class: name, x: across(from), width: `${width.toFixed(3)}%`, y: 0, height: "100%" });
}

function asked(step, scale) {
  const from = scale.place(step.answered_at ?? step.at);
  const until = scale.place(step.wait_until);
  const label = `Retry-After ${duration(step.wait_until - (step.answered_at ?? step.at))}`;
  const end = drawn("line", { class: "until", x1: across(until), x2: across(until), y1: 0, y2: "100%" });
  const text = drawn("text", { class: "tick middle", x: across((from + until) / 2), y: 11 }, label);
  return until - from > 0.2 ? [band(step, scale, "band"), end, text] : [band(step, scale, "band"), end];
}

function point(step, at) {
  const kind = step.refreshes && tone(step) === "fine" ? "refresh" : tone(step);
  const made = [placed(at, 15, drawn("path", { class: `point ${kind}`, d: FORMS[kind] }))];
  if (step.mark) made.unshift(drawn("circle", { class: "ring", cx: across(at), cy: 15, r: 11 }));
  return made;
}

// A drawing of its own around a place on the line.
function placed(place, y, ...children) {
  const made = drawn("svg", { class: "placed", x: across(place), y, width: 1, height: 1 });
  made.append(...children);
  return made;
}

function endRow(check, steps, scale) {
  const at = check.ended_at;
  const moments = element("td", { class: "at" }, at == null ? "" : code(moment(at)));
  const row = element("tr", { class: "end" }, moments, element("td", { colspan: "2" }, ...outcome(check)));
  const svg = drawn("svg", { class: "lane", height: 30 });
  if (at != null) {
    const last = steps.at(-1);
    const from = scale.place(last ? (last.answered_at ?? last.at) : 0);
    const to = scale.place(at);
    for (const step of steps) if (step.wait_until > at) svg.append(band(step, scale, "band old"));
    if (to > from) svg.append(drawn("line", { class: "wait", x1: across(from), x2: across(to), y1: 15, y2: 15 }));
    svg.append(drawn("line", { class: "stop", x1: across(to), x2: across(to), y1: 4, y2: 26 }));
  }
  row.append(element("td", { class: "line", "aria-hidden": "true" }, svg));
  return row;
}

function outcome(check) {
  const raised = check.raised || [];
  if (!raised.length) return [check.returned ? "returned a value" : "nothing came out"];
  return raised.map((one, index) =>
    element("div", {}, index ? "and " : "raised ", code(one.type, { class: "data" }), one.text ? ": " : "", element("span", { class: "data" }, one.text)),
  );
}
