/** The repeating table: what its rows hold, and their sums. */

import { cell, numberText, numeral } from "./numerals.js";

/** The rows of a table as they stand on the page, for calculations. */
export function rows(form, question) {
  return [...form.querySelectorAll(`[data-table="${CSS.escape(question.name)}"] tr[data-row]`)].map((row) => {
    const answers = {};
    for (const input of row.querySelectorAll("[data-column]")) {
      const column = question.columns[input.dataset.column];
      const value = column && cell(column.type, input.value);
      if (column && value !== null) answers[column.id] = value;
    }
    return answers;
  });
}

/** The sums below and beside the rows of every table. */
export function sums(form) {
  for (const table of form.querySelectorAll("[data-table]")) {
    const amount = (input) => hundredths(input.value);
    const all = [...table.querySelectorAll("tbody td.number [data-column]")];
    const add = (inputs) => inputs.reduce((sum, input) => sum + amount(input), 0n);
    for (const output of table.querySelectorAll("output[data-column-sum]")) {
      write(output, add(all.filter((input) => input.dataset.column === output.dataset.columnSum)));
    }
    for (const row of table.querySelectorAll("tr[data-row]")) {
      const output = row.querySelector("output[data-row-sum]");
      if (output) write(output, add([...row.querySelectorAll("td.number [data-column]")]));
    }
    const total = table.querySelector("output[data-table-sum]");
    if (total) write(total, add(all));
  }
}

function hundredths(text) {
  const found = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(numeral(text.trim()) ?? "");
  return found ? BigInt(found[1] + found[2] + (found[3] ?? "").padEnd(2, "0")) : 0n;
}

/** Write a sum with the unit and the decimals that the server wrote it with. */
function write(output, amount) {
  output.dataset.unit ??= output.textContent.replace(/^[\d\s.,\u2212-]*/, "").trim();
  output.dataset.decimals ??= (/[.,](\d\d)(?!\d)/.exec(output.textContent)?.[1] ?? "").length;
  const digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
  const fraction = digits.slice(-2);
  const decimals = fraction === "00" ? output.dataset.decimals : "2";
  const value = `${amount < 0n ? "-" : ""}${digits.slice(0, -2)}${decimals === "2" ? `.${fraction}` : ""}`;
  output.textContent = numberText(value, { decimals, unit: output.dataset.unit });
}
