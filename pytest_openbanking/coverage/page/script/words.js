// Words and signs, and the elements that hold them. What others sent becomes text, never markup.
const STATES = {
  mishandled: { sign: "✕", says: "a rule found something, or a test failed" },
  "not exercised": { sign: "○", says: "no test has judged each case of it" },
  waived: { sign: "~", says: "does not count, for a reason that is given" },
  handled: { sign: "✓", says: "every case of it was judged, and nothing found" },
};
const ORDER = Object.keys(STATES);

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
}

function drawn(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  if (text != null) made.textContent = text;
  return made;
}

const code = (text, attributes) => element("code", attributes, text);
const slug = (state) => state.replace(" ", "-");

function badge(state) {
  const sign = element("span", { class: "sign", "aria-hidden": "true" }, STATES[state].sign);
  return element("span", { class: `badge ${slug(state)}` }, sign, state);
}

function plural(count, one, many) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

// A moment, as the terminal writes it.
const moment = (seconds) => `${seconds.toFixed(3)} s`;

// How long, in the two largest units.
function duration(seconds) {
  if (seconds === 0) return "0";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Number(seconds.toFixed(2))} s`;
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  let left = Math.round(seconds);
  const parts = [];
  for (const [size, name] of units) {
    const count = Math.floor(left / size);
    if (count) parts.push(`${count.toLocaleString("en")} ${name}`);
    left -= count * size;
  }
  return parts.slice(0, 2).join(" ");
}

// An address of others as a link, where it is one of the web; else as text.
function link(title, address) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    return element("span", { class: "data" }, title);
  }
  if (!["http:", "https:"].includes(url.protocol)) return element("span", { class: "data" }, title);
  return element("a", { href: url.href, rel: "noopener noreferrer", target: "_blank", class: "data" }, title);
}

function say(text) {
  document.getElementById("said").textContent = text;
}
