// The report: packed values are unpacked when they are looked at.
const DATA = JSON.parse(document.getElementById("data").textContent);

// A number of the table to its value; `words` fill the gaps of its texts.
function unpack(number, words) {
  const value = DATA.table[number];
  if (typeof value === "string") {
    return words ? value.replace(/[\x01-\x03]/g, (sign) => words[sign.charCodeAt(0) - 1]) : value;
  }
  if (!Array.isArray(value)) return value;
  const [shape, ...numbers] = value;
  if (shape === 0) return numbers.map((item) => unpack(item, words));
  const names = DATA.shapes[shape];
  return Object.fromEntries(numbers.map((item, index) => [names[index], unpack(item, words)]));
}

// What tests have shown of one documented error, or of a fault or a malformed answer. Thousands are made when the page
// opens: only what the matrix needs is unpacked then.
class Shown {
  constructor([key, state, rules, facts, ...checks], documented) {
    const { provider, operation, status, code } = unpack(key);
    this.provider = provider;
    this.operation = operation;
    this.status = status;
    this.code = code;
    this.error = status == null ? code : `${status} ${code}`;
    this.state = unpack(state);
    this.rules = unpack(rules);
    this.documented = documented;
    this.packed = { facts, checks };
  }

  // What the texts of this error were packed with.
  get words() {
    return [this.operation, this.code, String(this.status ?? "")].filter((word) => word !== "");
  }

  get id() {
    return [this.provider, this.operation, this.error, this.facts.kind].filter(Boolean).join(" ");
  }

  get facts() {
    return (this.known ??= { missing: [], ...unpack(this.packed.facts, this.words) });
  }

  get checks() {
    return (this.unpacked ??= this.packed.checks.map((number) => unpack(number, this.words)));
  }

  get text() {
    return (this.lower ??= this.texts().join("\n").toLowerCase());
  }

  texts() {
    const { message, cause, remedies = [], waiver } = this.facts;
    const accepted = remedies.flatMap((remedy) => [remedy.handling, remedy.text]);
    const rules = this.rules.flatMap((rule) => [rule, DATA.rules[rule]]);
    const reason = waiver ? [waiver.reason, waiver.owner] : [];
    return [this.id, this.state, message, cause, ...accepted, ...rules, ...reason].filter(Boolean);
  }
}

const ERRORS = DATA.errors.map((row) => new Shown(row, true));
const OTHERS = DATA.others.map((row) => new Shown(row, false));
