/** Questions that come and go, and values that follow, while one writes. */

import { compile } from "./expressions.js";
import { cell, numberText } from "./numerals.js";
import { rows } from "./table.js";

/** A function that shows, hides and computes by what the page holds now: the rules of forms/runtime/path.py. */
export function follower(form, logic) {
  const pages = new Map(Object.entries(logic.pages).map(([id, ast]) => [id, compile(ast)]));
  const questions = logic.questions.map((question) => ({
    ...question,
    shownIf: question.shown_if && compile(question.shown_if),
    compute: question.calculation && compile(question.calculation),
    isHere: question.page === logic.page,
  }));
  return () => {
    const typed = new Map(
      questions.filter((question) => question.isHere && question.type).map((question) => [question.id, read(form, question)]),
    );
    let values = {};
    let met = new Set();
    for (let round = 0; round <= questions.length + pages.size; round += 1) {
      const before = JSON.stringify([values, [...met]]);
      met = new Set();
      for (const question of questions) {
        const page = pages.get(question.page);
        const isMet = holds(page, values, logic.today) && holds(question.shownIf, values, logic.today);
        let value = null;
        if (isMet) {
          met.add(question.id);
          if (question.compute) value = question.compute(values, logic.today);
          else value = question.isHere ? (typed.get(question.id) ?? null) : (logic.answers[question.id] ?? null);
        }
        if (value === null || value === "" || (Array.isArray(value) && !value.length)) delete values[question.id];
        else values[question.id] = value;
      }
      if (JSON.stringify([values, [...met]]) === before) break;
    }
    for (const question of questions.filter((one) => one.isHere)) {
      const place = form.querySelector(`[data-question="${CSS.escape(question.id)}"]`);
      if (!place) continue;
      place.hidden = !met.has(question.id);
      const output = question.compute && place.querySelector("output");
      if (output) output.textContent = numberText(values[question.id], output.dataset);
    }
    return values;
  };
}

function holds(condition, values, today) {
  return !condition || condition(values, today) === true;
}

/** The answer to one question as it stands on the page, as JSON; null for none. */
function read(form, question) {
  if (question.columns) return rows(form, question);
  const inputs = [...form.querySelectorAll(`[name="${CSS.escape(question.name)}"]`)];
  if (question.type === "date") return date(form, question.name);
  if (question.type === "list") return inputs.filter((input) => input.checked).map((input) => input.value);
  const input = inputs.find((one) => !["radio", "checkbox"].includes(one.type) || one.checked);
  if (!input) return null;
  if (question.type === "boolean") return input.type === "checkbox" ? true : input.value === "yes";
  return cell(question.type, input.value);
}

function date(form, name) {
  const [year, month, day] = ["year", "month", "day"].map(
    (part) => form.querySelector(`[name="${CSS.escape(`${name}-${part}`)}"]`)?.value.trim() ?? "",
  );
  if (!month && !day) return cell("date", year);
  if (!/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(month) || !/^\d{1,2}$/.test(day)) return null;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
