/** Answers made of several inputs, as conditions see them: a row of parts (period, matrix), or a list (ranking, parties). */

import { cell } from "./numerals.js";

/** The answer of such a question; undefined for every other. */
export function parts(form, question, date) {
  const name = CSS.escape(question.name);
  const row = form.querySelector(`[data-parts="${name}"]`);
  if (row) return filled(row, question, date);
  const list = form.querySelector(`[data-listed="${name}"]`);
  return list ? listed(list) : undefined;
}

function filled(row, question, date) {
  const answers = {};
  for (const place of row.querySelectorAll("[data-part]")) {
    const column = question.columns[place.dataset.part];
    if (!column) continue;
    const checked = place.querySelector("input:checked");
    const value =
      column.type === "date" ? date(row, `${question.name}-${place.dataset.part}`) : cell(column.type, checked?.value ?? "");
    if (value !== null) answers[column.id] = value;
  }
  return Object.keys(answers).length ? [answers] : [];
}

function listed(list) {
  const inputs = [...list.querySelectorAll("[data-key]")];
  const chosen = inputs.filter((input) => (input.type === "checkbox" ? input.checked : input.value));
  if (chosen[0]?.type !== "checkbox") chosen.sort((one, other) => Number(one.value) - Number(other.value));
  return chosen.map((input) => input.dataset.key);
}
