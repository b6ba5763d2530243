// The page: filters, matrix, lists and drawer together, and their state in the address.
const MOST_PRINTED = 200; // errors that are printed in full when all is well with them
const $ = (selector) => document.querySelector(selector);
let shownErrors = [];
let shownOthers = [];

const filters = new Filters($("#filters"), () => {
  draw();
  remember();
});
const drawer = new Drawer($("#drawer"), () => [...shownErrors, ...shownOthers], closed);
const listing = new Listing($("#listing .rows"), open);
const others = new Listing($("#others .rows"), open);
drawer.turned = remember;

function draw() {
  const test = filters.test();
  const inPlace = ERRORS.filter(test);
  shownErrors = worstFirst(inPlace);
  shownOthers = worstFirst(OTHERS.filter(test));
  $("#grids").replaceChildren(...matrix(inPlace, open));
  listing.show(shownErrors);
  others.show(shownOthers);
  $("#count").textContent = counted();
  for (const verdict of document.querySelectorAll("[data-provider]")) {
    const chosen = filters.checked("provider");
    verdict.hidden = chosen.length > 0 && !chosen.includes(verdict.dataset.provider);
  }
}

function counted() {
  const errors = `${shownErrors.length.toLocaleString("en")} of ${plural(ERRORS.length, "error", "errors")} shown`;
  return OTHERS.length ? `${errors}; ${shownOthers.length} of ${OTHERS.length} faults and malformed answers` : errors;
}

function open(shown) {
  drawer.open(shown);
  remember();
}

// The browser gives the focus back to what had it; an error that a link opened had nothing before it.
function closed() {
  remember();
  if (document.activeElement === document.body) $("#matrix").focus();
}

function remember() {
  const address = new URLSearchParams();
  filters.write(address);
  if (drawer.shown) address.set("error", drawer.shown.id);
  history.replaceState(null, "", `#${address}`);
}

function recall() {
  const address = new URLSearchParams(location.hash.slice(1));
  filters.read(address);
  draw();
  const id = address.get("error");
  const shown = id && [...ERRORS, ...OTHERS].find((one) => one.id === id);
  if (shown) drawer.open(shown);
  else if (drawer.dialog.open) drawer.dialog.close();
}

// On paper: every row, and all that is known of what is not handled, or of everything where that is not too much.
function printed() {
  listing.more(Infinity);
  others.more(Infinity);
  const all = [...shownErrors, ...shownOthers];
  const full = all.length <= MOST_PRINTED ? all : all.filter((shown) => shown.state === "mishandled");
  $("#print").replaceChildren(...full.map((shown) => {
    const title = element("h2", {}, element("span", { class: "data" }, shown.error), " ", badge(shown.state));
    const where = element("p", {}, code(shown.operation, { class: "data" }), ` ${shown.provider}`);
    return element("article", {}, title, where, detail(shown, 3, true));
  }));
}

function unprinted() {
  $("#print").replaceChildren();
}

$(".legend").append(...ORDER.map((state) => element("li", {}, badge(state), ` ${STATES[state].says}`)));
$(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  $("#matrix").focus();
});
$("#others").hidden = !OTHERS.length;
addEventListener("hashchange", recall);
NARROW.addEventListener("change", draw);
addEventListener("beforeprint", printed);
addEventListener("afterprint", unprinted);
$("#unscripted").remove();
$("#filters").hidden = false;
$("main").hidden = false;
recall();
