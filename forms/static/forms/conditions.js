/** Questions that come and go, and values that follow, while one writes. */

import { compile } from "./expressions.js";
import { cell, numberText } from "./numerals.js";
import { parts } from "./parts.js";
import { rows } from "./table.js";

/**
 * A function that shows, hides and computes by what the page holds now, by the rules of forms/runtime/path.py: all of it
 * when called with nothing, and after an event only what depends on the question it happened in. Its `left` says what a
 * question that somebody has left breaks together with other answers.
 */
export function follower(form, logic) {
  const pages = new Map(Object.entries(logic.pages).map(([id, ast]) => [id, compile(ast)]));
  const questions = logic.questions.map((question) => ({
    ...question,
    shownIf: question.shown_if && compile(question.shown_if),
    requiredIf: question.required_if && compile(question.required_if),
    compute: question.calculation && compile(question.calculation),
    isHere: question.page === logic.page,
  }));
  const byId = new Map(questions.map((question) => [question.id, question]));
  const places = new Map();
  const values = {};
  const met = new Set();
  const typed = new Map();
  const remarks = remarker(form, logic, byId, place);

  function place(id) {
    if (!places.get(id)?.isConnected) places.set(id, form.querySelector(`[data-question="${CSS.escape(id)}"]`));
    return places.get(id);
  }

  /** Work the questions out once, in the order they were sorted in; true when something came out otherwise than before. */
  function walk(some) {
    const pageHolds = new Map();
    let isChanged = false;
    for (const question of some) {
      if (!pageHolds.has(question.page)) {
        pageHolds.set(question.page, holds(pages.get(question.page), values, logic.today));
      }
      const isMet = pageHolds.get(question.page) && holds(question.shownIf, values, logic.today);
      let value = null;
      if (isMet) {
        if (question.compute) value = question.compute(values, logic.today);
        else value = (question.isHere ? typed.get(question.id) : logic.answers[question.id]) ?? null;
      }
      if (value === "" || (Array.isArray(value) && !value.length)) value = null;
      isChanged ||= isMet !== met.has(question.id) || !isSame(value, values[question.id] ?? null);
      if (isMet) met.add(question.id);
      else met.delete(question.id);
      if (value === null) delete values[question.id];
      else values[question.id] = value;
    }
    return isChanged;
  }

  function draw(some) {
    for (const question of some) {
      if (!question.isHere) continue;
      const where = place(question.id);
      if (!where) continue;
      const isHidden = !met.has(question.id);
      if (where.hidden !== isHidden) where.hidden = isHidden;
      const output = question.compute && where.querySelector("output");
      if (output) output.textContent = numberText(values[question.id], output.dataset);
      const optional = question.requiredIf && where.querySelector(".optional");
      if (optional) optional.hidden = holds(question.requiredIf, values, logic.today);
    }
  }

  function everything() {
    for (const question of questions) if (question.isHere && question.type) typed.set(question.id, read(form, question));
    // A version from before the graph was kept knows no order that one round is enough for.
    for (let round = logic.dependents ? questions.length : 0; round <= questions.length; round += 1) {
      if (!walk(questions)) break;
    }
    draw(questions);
  }

  function follow(event = null) {
    const question = logic.dependents && byId.get(event?.target.closest?.("[data-question]")?.dataset.question);
    if (!question) {
      everything();
    } else if (question.type) {
      const now = read(place(question.id), question);
      if (!isSame(now, typed.get(question.id))) {
        typed.set(question.id, now);
        const some = affected(question.id);
        walk(some);
        draw(some);
      }
    }
    return values;
  }

  /** The question and all that depends on it, in order. */
  function affected(id) {
    const found = new Set([id]);
    for (const one of found) for (const next of logic.dependents[one] ?? []) found.add(next);
    return found.size === 1 ? [byId.get(id)] : questions.filter((question) => found.has(question.id) || asksFor(question, found));
  }

  follow.left = (event) => {
    const left = event.target.closest?.("[data-question]");
    if (left && !left.contains(event.relatedTarget)) remarks(left.dataset.question, values, met);
  };
  return follow;
}

/** Does whether the question must be answered depend on one of these? */
function asksFor(question, ids) {
  return question.requiredIf && uses(question.required_if).some((id) => ids.has(id));
}

/** Sentences beside a question about what it breaks together with others: said when one leaves it, taken away when mended. */
function remarker(form, logic, byId, place) {
  const rules = (logic.rules ?? []).map((rule) => ({
    ...rule,
    check: compile(rule.holds),
    limit: rule.limit && compile(rule.limit),
    about: new Set([...uses(rule.holds), rule.at]),
  }));
  const limitText = (rule, values) => {
    const limit = rule.limit(values, logic.today);
    return byId.get(rule.at)?.type === "number" ? numberText(limit) : (limit ?? "");
  };
  return (left, values, met) => {
    for (const rule of rules.filter((one) => one.about.has(left))) {
      const isBroken =
        met.has(rule.at) && rule.needs.every((id) => id in values) && rule.check(values, logic.today) !== true;
      const where = place(rule.at);
      if (!where) continue;
      const id = `rule-${rule.id}`;
      const said = document.getElementById(id);
      if (!isBroken) {
        said?.remove();
        continue;
      }
      const sentence = rule.limit ? rule.message.replaceAll("%(limit)s", limitText(rule, values)) : rule.message;
      if (said?.textContent === sentence) continue;
      const shown = said ?? document.createElement("p");
      shown.id = id;
      shown.className = rule.level === "warning" ? "remark" : "error-text";
      shown.setAttribute("role", "status");
      if (!said) where.append(shown);
      shown.textContent = sentence;
    }
  };
}

/** The ids of the questions a tree speaks of. */
function uses(ast) {
  if (ast[0] === "name") return [ast[1]];
  return ast.filter(Array.isArray).flatMap(uses);
}

function isSame(one, other) {
  return one === other || (typeof one === "object" && JSON.stringify(one) === JSON.stringify(other ?? null));
}

function holds(condition, values, today) {
  return !condition || condition(values, today) === true;
}

/** The answer to one question as it stands on the page, as JSON; null for none. */
function read(form, question) {
  const composed = parts(form, question, date);
  if (composed !== undefined) return composed;
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
