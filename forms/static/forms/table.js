/**
 * The repeating table as a small spreadsheet: sums and calculated cells that follow, rules that speak up, rows added,
 * removed and moved without a new page, ranges pasted from Excel. The server works all of it out again.
 */

import { compile } from "./expressions.js";
import { cell, numberText, numeral } from "./numerals.js";
import { pasted } from "./pasting.js";

const SCALE = 10n ** 10n; // numbers are counted in 10⁻¹⁰, as in expressions.js
const ROW_BUTTONS = ["add-row", "remove-row", "move-row"];
const known = new WeakMap();

/** What a table works out by itself, compiled once. */
function logicOf(sheet) {
  if (!known.has(sheet)) {
    const logic = JSON.parse(sheet.dataset.logic);
    for (const one of logic.calculated) one.compute = compile(one.ast);
    for (const rule of logic.rules) rule.test = compile(rule.holds);
    known.set(sheet, { ...logic, words: JSON.parse(sheet.dataset.words), said: new Set() });
  }
  return known.get(sheet);
}

// --- rows as they stand on the page ---------------------------------------------------------------

const rowsOf = (sheet) => [...sheet.querySelectorAll("tr[data-row]")];
const inputsOf = (row) => [...row.querySelectorAll("[data-column]")];
const isFixed = (input) => input.dataset.fixed !== undefined;

function isBlank(row) {
  return inputsOf(row).every((input) => isFixed(input) || !input.value.trim());
}

/** One row's values by column id, calculated cells worked out; empty for a row in which nothing is typed. */
function valuesIn(row, logic, today) {
  const values = {};
  if (isBlank(row)) return values;
  for (const input of inputsOf(row)) {
    const column = logic.columns[input.dataset.column];
    const value = column && cell(column.type, input.value);
    if (column && value !== null) values[column.id] = value;
  }
  for (const { id, compute } of logic.calculated) {
    const value = compute(values, today);
    if (value !== null) values[id] = value;
  }
  return values;
}

function now() {
  const day = new Date();
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** The rows of a table as they stand on the page, for calculations. */
export function rows(form, question, today = now()) {
  const sheet = form.querySelector(`[data-table="${CSS.escape(question.name)}"]`);
  return sheet ? rowsOf(sheet).map((row) => valuesIn(row, logicOf(sheet), today)) : [];
}

// --- sums, calculated cells, rules ----------------------------------------------------------------

/** Bring every table up to date; `answers` are the values of the whole form, by question id. */
export function followTables(form, { answers = {}, today = now(), isDone = false } = {}) {
  for (const sheet of form.querySelectorAll("[data-table]")) {
    const logic = logicOf(sheet);
    showTip(sheet);
    const shown = rowsOf(sheet).map((row) => ({ row, values: valuesIn(row, logic, today) }));
    addUp(sheet, logic, shown);
    if (logic.rules.length) judge(sheet, logic, shown, { answers, today, isDone });
  }
}

function addUp(sheet, logic, shown) {
  const total = (all, names) =>
    all.reduce((sum, { values }) => names.reduce((so, name) => so + units(values[logic.columns[name]?.id]), sum), 0n);
  for (const output of sheet.querySelectorAll("output[data-column-sum]")) {
    write(output, total(shown, [output.dataset.columnSum]));
  }
  for (const one of shown) {
    for (const output of one.row.querySelectorAll("output[data-calculated]")) {
      const value = one.values[logic.columns[output.dataset.calculated].id];
      output.textContent = numberText(value, output.dataset);
    }
    const output = one.row.querySelector("output[data-row-sum]");
    if (output) write(output, total([one], logic.sumOf));
  }
  const output = sheet.querySelector("output[data-table-sum]");
  if (output) write(output, total(shown, logic.sumOf));
}

function units(value) {
  const found = /^(-?)(\d+)(?:\.(\d{1,10}))?$/.exec(value ?? "");
  return found ? BigInt(found[1] + found[2] + (found[3] ?? "").padEnd(10, "0")) : 0n;
}

/** Write a sum as the server does: with the unit and at least the decimals of its column. */
function write(output, amount) {
  const size = amount < 0n ? -amount : amount;
  let fraction = String(size % SCALE).padStart(10, "0").replace(/0+$/, "");
  if (fraction && output.dataset.unit === "kr") fraction = fraction.padEnd(2, "0"); // öre are two digits
  const value = `${amount < 0n ? "-" : ""}${size / SCALE}${fraction && `.${fraction}`}`;
  output.textContent = numberText(value, output.dataset);
}

/** Say what does not hold: not while somebody types, but when they leave the cell; taken away at once when it holds. */
function judge(sheet, logic, shown, { answers, today, isDone }) {
  const tables = { ...answers, [logic.id]: shown.map(({ values }) => values).filter((row) => Object.keys(row).length) };
  const filled = shown.filter(({ values }) => Object.keys(values).length);
  const found = new Map();
  for (const rule of filled.length ? logic.rules : []) {
    for (const { row, values } of rule.eachRow ? filled : [{ values: {} }]) {
      const all = { ...tables, ...values };
      if (rule.needs.some((id) => all[id] === undefined || all[id] === null) || rule.test(all, today) === true) continue;
      const text = rule.eachRow ? fill(logic.words.problem, { row: titleOf(row, logic), problem: rule.message }) : rule.message;
      found.set(text, rule.isError);
    }
  }
  logic.said = new Set([...found.keys()].filter((text) => isDone || logic.said.has(text)));
  const list = sheet.querySelector("[data-broken-rules]");
  const items = [...logic.said].map((text) => {
    const item = document.createElement("p");
    item.textContent = text;
    item.className = found.get(text) ? "must" : "may";
    return item;
  });
  if (list.textContent !== items.map((item) => item.textContent).join("")) list.replaceChildren(...items);
}

function titleOf(row, logic) {
  const given = row.querySelector("th.given");
  return given ? given.textContent.trim() : fill(logic.words.row, { number: Number(row.dataset.row) + 1 });
}

const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);

// --- rows that come, go and move ------------------------------------------------------------------

/** Do what a button beside the table asks, here; tells whether it was done. */
export function pressInTable(button) {
  const sheet = button?.closest("[data-table]");
  if (!sheet || !ROW_BUTTONS.includes(button.name)) return false;
  const logic = logicOf(sheet);
  if (button.name === "add-row") {
    const row = addRow(sheet);
    if (!row) return false;
    firstInput(row)?.focus();
    note(sheet, fill(logic.words.added, { number: Number(row.dataset.row) + 1 }));
    return true;
  }
  const row = button.closest("tr[data-row]");
  const before = keep(sheet);
  if (button.name === "remove-row") {
    const title = titleOf(row, logic);
    const hadText = !isBlank(row);
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    number(sheet);
    (beside?.querySelector('[name="remove-row"]:not(:disabled)') ?? beside?.querySelector("input, select"))?.focus();
    note(sheet, fill(logic.words.removed, { row: title }), hadText ? before : null);
    return true;
  }
  const isUp = button.value.endsWith("-up");
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other || other.dataset.given !== undefined) return true;
  if (isUp) other.before(row);
  else other.after(row);
  number(sheet);
  (button.disabled ? row.querySelector('[name="move-row"]:not(:disabled)') : button)?.focus();
  note(sheet, fill(logic.words.moved, { number: Number(row.dataset.row) + 1 }));
  return true;
}

const firstInput = (row) => inputsOf(row).find((input) => !isFixed(input));

/** One empty row more at the end; null when no more fit, or when there is no row to take after. */
function addRow(sheet) {
  const all = rowsOf(sheet);
  const last = all.at(-1);
  if (!last || last.dataset.given !== undefined || all.length >= Number(sheet.dataset.mostRows)) return null;
  const row = last.cloneNode(true);
  row.dataset.row = all.length; // the number that its names are given by
  renumber(sheet, row, Number(last.dataset.row), all.length);
  clear(row);
  last.after(row);
  number(sheet);
  return row;
}

function clear(row) {
  for (const input of inputsOf(row)) {
    input.value = "";
    unmark(input);
  }
  for (const output of row.querySelectorAll("output[data-calculated]")) output.textContent = "–";
}

/** A cell that was wrong is not called wrong any more once it is changed. */
function unmark(input) {
  if (!input.hasAttribute("aria-invalid")) return;
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-describedby");
  input.closest("td")?.querySelector(".cell-error")?.remove();
}

/** Give every row the names of its place, and its buttons what can be done there. */
function number(sheet) {
  const all = rowsOf(sheet);
  const given = all.filter((row) => row.dataset.given !== undefined).length;
  all.forEach((row, place) => {
    renumber(sheet, row, Number(row.dataset.row), place);
    row.dataset.row = place;
    const shown = row.querySelector("[data-number]");
    if (shown) shown.textContent = place + 1;
    for (const button of row.querySelectorAll("button")) {
      if (button.name === "remove-row") button.disabled = all.length <= Math.max(given, 1);
      else button.disabled = button.value.endsWith("-up") ? place <= given : place >= all.length - 1;
    }
  });
  const name = sheet.dataset.table;
  sheet.parentElement.querySelector(`[name="${CSS.escape(name)}-count"]`).value = all.length;
  sheet.querySelector('[name="add-row"]').hidden = all.length >= Number(sheet.dataset.mostRows);
}

function renumber(sheet, row, from, to) {
  if (from === to) return;
  const starts = [sheet.dataset.table, sheet.dataset.base].map((base) => [`${base}-${from}`, `${base}-${to}`]);
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of ["id", "name", "aria-labelledby", "aria-describedby", ...(element.name?.endsWith("-row") ? ["value"] : [])]) {
      const text = element.getAttribute(attribute);
      if (text === null || text === undefined) continue;
      const words = text.split(" ").map((word) => {
        const start = starts.find(([old]) => word === old || word.startsWith(`${old}-`));
        return start ? start[1] + word.slice(start[0].length) : word;
      });
      if (words.join(" ") !== text) element.setAttribute(attribute, words.join(" "));
    }
  }
}

// --- taking back, and saying what was done --------------------------------------------------------

const keep = (sheet) => rowsOf(sheet).map((row) => inputsOf(row).map((input) => input.value));

function putBack(sheet, before) {
  while (rowsOf(sheet).length > before.length) rowsOf(sheet).at(-1).remove();
  while (rowsOf(sheet).length < before.length && addRow(sheet));
  number(sheet);
  rowsOf(sheet).forEach((row, place) => inputsOf(row).forEach((input, column) => (input.value = before[place]?.[column] ?? "")));
}

/** Say what was done, below the table; with a button that takes it back where something typed is gone. */
function note(sheet, text, before = null) {
  const place = sheet.querySelector("[data-table-note]");
  place.replaceChildren(text);
  sheet.querySelector("[data-undo]")?.remove();
  if (!before) return;
  const { words } = logicOf(sheet);
  const undo = document.createElement("button");
  Object.assign(undo, { type: "button", className: "button quiet small", textContent: words.undo });
  undo.dataset.undo = "";
  undo.addEventListener("click", () => {
    putBack(sheet, before);
    note(sheet, words.undone);
    firstInput(rowsOf(sheet)[0])?.focus();
    sheet.dispatchEvent(new Event("input", { bubbles: true }));
  });
  place.after(undo);
}

// --- keyboard and paste ---------------------------------------------------------------------------

/** Take over Enter, the arrows and paste in the cells of every table of the form. */
export function useTables(form) {
  form.addEventListener("input", ({ target }) => target.matches?.("[data-column]") && unmark(target));
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches("[data-table] input[data-column]") || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || (event.shiftKey && event.key !== "Enter")) return;
    const sheet = input.closest("[data-table]");
    const row = rowsOf(sheet)[Number(input.closest("tr").dataset.row) + step];
    const target = row && inputsOf(row).find((one) => one.dataset.column === input.dataset.column);
    if (event.key === "Enter") event.preventDefault(); // in a table it does not send the page
    if (target) {
      event.preventDefault();
      target.focus();
      target.select?.();
    } else if (event.key === "Enter" && step > 0) {
      sheet.querySelector('[name="add-row"]:not([hidden])')?.focus();
    }
  });
  form.addEventListener("paste", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-table] [data-column]")) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const range = pasted(text);
    if (!range) return;
    event.preventDefault();
    pasteInto(input, range);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function showTip(sheet) {
  if (sheet.querySelector(".sheet-tip") || Number(sheet.dataset.mostRows) < 2) return;
  const tip = document.createElement("p");
  tip.className = "sheet-tip help";
  tip.textContent = logicOf(sheet).words.tip;
  sheet.prepend(tip);
}

/** Fill cells to the right of and below the input, with more rows as long as they fit; say what did not. */
function pasteInto(input, range) {
  const sheet = input.closest("[data-table]");
  const logic = logicOf(sheet);
  const { words } = logic;
  const before = keep(sheet);
  const start = Number(input.closest("tr").dataset.row);
  const headings = new Map(
    [...sheet.querySelectorAll("thead th[id]")].map((th) => [th.id.slice(`${sheet.dataset.base}-head-`.length), th.firstChild.textContent.trim()]),
  );
  const columns = inputsOf(input.closest("tr")).map((one) => one.dataset.column);
  const from = columns.indexOf(input.dataset.column);
  // The headings of the columns, copied along, are not a row.
  const isHeading = (text, place) => text.toLowerCase() === headings.get(columns[from + place])?.toLowerCase();
  if (range.length > 1 && range[0].slice(0, columns.length - from).every(isHeading)) range = range.slice(1);
  const remarks = [];
  let done = 0;
  let isWide = false;
  for (const [offset, texts] of range.entries()) {
    const row = rowsOf(sheet)[start + offset] ?? addRow(sheet);
    if (!row) break;
    done += 1;
    const cells = inputsOf(row);
    isWide ||= texts.slice(columns.length - from).some(Boolean);
    for (const [place, text] of texts.slice(0, columns.length - from).entries()) {
      const target = cells[from + place];
      if (isFixed(target)) continue;
      if (!put(target, text, logic)) {
        const parts = { text, column: headings.get(target.dataset.column), row: titleOf(row, logic) };
        remarks.push(fill(target.tagName === "SELECT" ? words.unknown : words.unreadable, parts));
      }
    }
  }
  const left = range.length - done;
  if (left) remarks.push(fill(left === 1 ? words.fullOne : words.full, { count: left }));
  if (isWide) remarks.push(words.wide);
  const said = fill(done === 1 ? words.pastedOne : words.pasted, { count: done });
  note(sheet, [said, ...remarks.slice(0, 6)].join(" "), before);
}

/** Put a pasted text in a cell; false when the cell cannot mean anything by it. */
function put(input, text, logic) {
  unmark(input);
  if (input.tagName === "SELECT") {
    const same = (option) => [option.value, option.textContent.trim()].some((one) => one.toLowerCase() === text.toLowerCase());
    const option = [...input.options].find((one) => (text ? one.value && same(one) : !one.value));
    if (option) input.value = option.value;
    return Boolean(option);
  }
  const type = logic.columns[input.dataset.column]?.type;
  const value = type === "number" && text ? numeral(text) : null;
  input.value = value === null ? text : numberText(value, { decimals: "0" }).replace(/\u00a0/g, " ");
  return type !== "number" || !text || value !== null;
}
