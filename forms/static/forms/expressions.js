/**
 * Evaluates compiled expressions in the browser, by the same rules as `forms/expressions` in Python.
 *
 * A tree is JSON: [operation, operand, …]. Answers are an object of JSON values by question id.
 * A result is JSON too: text, numeral ("12.5"), true or false, date ("2026-11-30"), list of keys, or null: missing.
 * Inside, a number is a BigInt that counts 10⁻¹⁰, so no float ever rounds anyone's money.
 */

const SCALE = 10n ** 10n;
const LIMIT = 10n ** 30n; // 10²⁰ in units of 10⁻¹⁰
const MAX_ROWS = 500;
const MAX_ITEMS = 500;

/** The function that evaluates the tree: (values, today) => result. Throws on a tree that is none of ours. */
export function compile(ast) {
  const step = build(ast);
  return (values, today) => written(step(values, {}, readDate(today)));
}

/** The tree's value for the answers; `today` is a date such as "2026-11-30", given by the server. */
export function evaluate(ast, values, today) {
  return compile(ast)(values, today);
}

/** Is the condition true? Missing is not. */
export function holds(ast, values, today) {
  return evaluate(ast, values, today) === true;
}

// Reading: what does not fit its type is missing

const READERS = new Map([
  ["text", (value) => (typeof value === "string" && value !== "" ? value : null)],
  ["number", readNumber],
  ["boolean", (value) => (typeof value === "boolean" ? value : null)],
  ["date", readDate],
  ["list", readList],
  ["rows", readRows],
]);

function readNumber(value) {
  if (typeof value === "string") {
    const match = /^(-?)([0-9]{1,40})(?:\.([0-9]{1,40}))?$/.exec(value);
    return match && scaled(match[1], match[2], match[3] ?? "");
  }
  if (typeof value !== "number" || !(Math.abs(value) < 1e20)) return null;
  const [, sign, whole, decimals = "", power] = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:e-([0-9]+))?$/.exec(String(value));
  return power ? scaled(sign, "0", "0".repeat(power - 1) + whole + decimals) : scaled(sign, whole, decimals);
}

function scaled(sign, whole, decimals) {
  const kept = BigInt(whole + decimals.slice(0, 10).padEnd(10, "0"));
  const size = decimals[10] >= "5" ? kept + 1n : kept;
  return fitted(sign ? -size : size);
}

function fitted(number) {
  return -LIMIT < number && number < LIMIT ? number : null;
}

function readDate(value) {
  if (typeof value !== "string" || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value)) return null;
  return dateOf(dayNumber(value)) === value ? value : null;
}

function readList(value) {
  if (!Array.isArray(value) || value.length > MAX_ITEMS) return null;
  const items = value.filter((item) => typeof item === "string" && item !== "");
  return items.length ? items : null;
}

function readRows(value) {
  if (!Array.isArray(value)) return [];
  if (value.length > MAX_ROWS) return null;
  return value.filter(
    (row) => typeof row === "object" && row !== null && !Array.isArray(row) && Object.values(row).some(isFilled),
  );
}

function isFilled(cell) {
  return !(cell === null || cell === undefined || cell === "" || (Array.isArray(cell) && cell.length === 0));
}

function own(record, id) {
  return Object.hasOwn(record, id) ? record[id] : null;
}

function written(value) {
  if (typeof value !== "bigint") return value;
  const digits = String(value < 0n ? -value : value).padStart(11, "0");
  const decimals = digits.slice(-10).replace(/0+$/, "");
  return (value < 0n ? "-" : "") + digits.slice(0, -10) + (decimals && "." + decimals);
}

// Numbers

/** The quotient of two BigInts, half away from zero. */
function divided(dividend, divisor) {
  const negative = dividend < 0n !== divisor < 0n;
  const [size, by] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const rounded = (2n * size + by) / (2n * by);
  return negative ? -rounded : rounded;
}

function whole(number) {
  return number % SCALE === 0n ? number / SCALE : null;
}

function floor(number) {
  return fitted(number - (((number % SCALE) + SCALE) % SCALE));
}

function ceil(number) {
  const down = floor(-number);
  return down === null ? null : -down;
}

function round(number, decimals = 0n) {
  const places = whole(decimals);
  if (places === null || places < -10n || places > 10n) return null;
  const step = 10n ** (10n - places);
  return fitted(divided(number, step) * step);
}

function add(numbers) {
  return fitted(numbers.reduce((total, number) => total + number, 0n));
}

// Dates: texts outside, days since 1970-01-01 when counting

function dayNumber(day) {
  const date = new Date(0);
  date.setUTCFullYear(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8)));
  return date.getTime() / 86_400_000;
}

function dateOf(number) {
  const date = new Date(number * 86_400_000);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date.toISOString().slice(0, 10) : null;
}

function days(start, end) {
  return BigInt(dayNumber(end) - dayNumber(start)) * SCALE;
}

function years(start, end) {
  if (end < start) return -years(end, start);
  const birthdays = Number(end.slice(0, 4)) - Number(start.slice(0, 4));
  return BigInt(birthdays - (end.slice(4) < start.slice(4) ? 1 : 0)) * SCALE;
}

function addDays(start, number) {
  const count = whole(number);
  if (count === null || count > 4_000_000n || count < -4_000_000n) return null;
  return dateOf(dayNumber(start) + Number(count));
}

// Building: each builder is given a node's operands and returns (values, row, today) => value

const least = (found) => found.reduce((one, other) => (other < one ? other : one), found[0] ?? null);
const greatest = (found) => found.reduce((one, other) => (other > one ? other : one), found[0] ?? null);

const OVER_ROWS = new Map([
  ["sum", add],
  ["min", least],
  ["max", greatest],
  ["count", (found) => BigInt(found.filter(Boolean).length) * SCALE],
  ["any", (found) => found.some(Boolean)],
  ["all", (found) => found.every(Boolean)],
]);

const BUILDERS = new Map([
  ["number", (text) => constant(readNumber(text))],
  ["text", (text) => constant(text)],
  ["boolean", (value) => constant(value)],
  ["date", (day) => constant(readDate(day))],
  ["missing", () => constant(null)],
  ["today", () => (values, row, today) => today],
  ["name", (id, type) => reading(type, (read) => (values) => read(own(values, id)))],
  ["column", (id, type) => reading(type, (read) => (values, row) => read(own(row, id)))],
  ["list", list],
  ["and", (...operands) => ((steps) => (...scope) => steps.every((step) => step(...scope)))(operands.map(build))],
  ["or", (...operands) => ((steps) => (...scope) => steps.some((step) => step(...scope)))(operands.map(build))],
  ["not", (operand) => ((step) => (...scope) => !step(...scope))(build(operand))],
  ["answered", answered],
  ["=", equal],
  ["!=", different],
  ["<", comparing((one, other) => one < other)],
  ["<=", comparing((one, other) => one <= other)],
  [">", comparing((one, other) => one > other)],
  [">=", comparing((one, other) => one >= other)],
  ["in", comparing((item, items) => items.includes(item))],
  ["contains", comparing((items, item) => items.includes(item))],
  ["negate", strict((number) => -number)],
  ["+", strict((...numbers) => add(numbers))],
  ["*", strict((one, other) => fitted(divided(one * other, SCALE)))],
  ["/", strict((one, other) => (other === 0n ? null : fitted(divided(one * SCALE, other))))],
  ["abs", strict((number) => (number < 0n ? -number : number))],
  ["floor", strict(floor)],
  ["ceil", strict(ceil)],
  ["round", strict(round)],
  ["lower", strict((text) => text.toLowerCase())],
  ["days", strict(days)],
  ["years", strict(years)],
  ["add_days", strict(addDays)],
  ["year", strict((day) => BigInt(day.slice(0, 4)) * SCALE)],
  ["length", length],
  ["if", choose],
  ["default", otherwise],
  ["sum", several(add)],
  ["min", several(least)],
  ["max", several(greatest)],
  ["over", over],
]);

function build(ast) {
  const [operation, ...operands] = ast;
  const builder = BUILDERS.get(operation);
  if (!builder) throw new Error(`Unknown operation: ${operation}`);
  return builder(...operands);
}

function constant(value) {
  return () => value;
}

function reading(type, step) {
  const read = READERS.get(type);
  if (!read) throw new Error(`Unknown type: ${type}`);
  return step(read);
}

function list(...operands) {
  const steps = operands.map(build);
  return (...scope) => {
    const items = steps.map((step) => step(...scope)).filter((item) => item !== null);
    return items.length ? items : null;
  };
}

/** A table is answered when it has rows; everything else when it is not missing. */
function answered(operand) {
  const step = build(operand);
  if (operand[0] === "name" && operand[2] === "rows") return (...scope) => step(...scope)?.length !== 0;
  return (...scope) => step(...scope) !== null;
}

function equal(left, right) {
  if (right[0] === "missing") return BUILDERS.get("not")(["answered", left]);
  return comparing((one, other) => one === other)(left, right);
}

function different(left, right) {
  if (right[0] === "missing") return answered(left);
  return comparing((one, other) => one !== other)(left, right);
}

/** A comparison with something missing is false. */
function comparing(compares) {
  return (left, right) => {
    const [first, second] = [build(left), build(right)];
    return (...scope) => {
      const [one, other] = [first(...scope), second(...scope)];
      return one !== null && other !== null && compares(one, other);
    };
  };
}

/** A calculation with something missing is missing. */
function strict(apply) {
  return (...operands) => {
    const steps = operands.map(build);
    return (...scope) => {
      const found = steps.map((step) => step(...scope));
      return found.includes(null) ? null : apply(...found);
    };
  };
}

/** The characters of a text (not its UTF-16 units), or the items of a list; 0 when missing. */
function length(operand) {
  const step = build(operand);
  return (...scope) => BigInt([...(step(...scope) ?? "")].length) * SCALE;
}

function choose(condition, yes, no) {
  const [test, first, second] = [condition, yes, no].map(build);
  return (...scope) => (test(...scope) ? first(...scope) : second(...scope));
}

function otherwise(operand, fallback) {
  const [first, second] = [build(operand), build(fallback)];
  return (...scope) => first(...scope) ?? second(...scope);
}

/** sum, min and max skip what is missing. */
function several(gather) {
  return (...operands) => {
    const steps = operands.map(build);
    return (...scope) => gather(steps.map((step) => step(...scope)).filter((value) => value !== null));
  };
}

function over(name, table, operand) {
  const step = build(operand);
  const gather = OVER_ROWS.get(name);
  const skips = ["sum", "min", "max"].includes(name);
  return (values, row, today) => {
    const rows = readRows(own(values, table[1]));
    if (rows === null) return null;
    const found = rows.map((each) => step(values, each, today));
    return gather(skips ? found.filter((value) => value !== null) : found);
  };
}
