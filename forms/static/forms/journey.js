/**
 * Comfort for the one who fills in a form: questions that come and go, sums that follow, saving by itself, files and
 * rows without a new page. Everything works without this too; the server's answer is the one that counts.
 */

import { compile } from "./expressions.js";

const AUTOSAVE_AFTER = 8000; // milliseconds from the first change that is not saved
const RETRY_AFTER = 15000;
const IN_PLACE = ["add-row", "remove-row", "remove", "upload"];

document.querySelector("[data-focus]")?.focus();
for (const form of document.querySelectorAll("form[data-once]")) sendOnce(form);
for (const button of document.querySelectorAll("button[data-confirm]")) {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.confirm)) event.preventDefault();
  });
}
const journey = document.querySelector("form[data-journey]");
if (journey) begin(journey);

/** A second click while the first is on its way does nothing. */
function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}

function begin(form) {
  // A page that came back after a POST is from now on opened anew by a reload, not posted once more over what was saved.
  window.history.replaceState(window.history.state, "", window.location.href);
  const live = document.createElement("input");
  Object.assign(live, { type: "hidden", name: "form-live", value: "1" });
  form.append(live);
  const logic = JSON.parse(document.getElementById("form-logic").textContent);
  const follow = logic.questions ? follower(form, logic) : () => {};
  const saver = autosaver(form);
  const update = () => {
    follow();
    sums(form);
  };
  form.addEventListener("input", () => {
    update();
    saver.changed();
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "file" && event.target.files.length) inPlace(form, event.target, saver, update);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter && IN_PLACE.includes(event.submitter.name)) {
      event.preventDefault();
      inPlace(form, event.submitter, saver, update);
    } else {
      saver.stop();
    }
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) saver.start();
  });
  update();
}

// --- conditions and calculations ------------------------------------------------------------------

/** A function that shows, hides and computes by what the page holds now: the rules of forms/runtime/path.py. */
function follower(form, logic) {
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

function cell(type, text) {
  const value = text.trim();
  if (type === "number") return numeral(value);
  if (type === "date") return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null;
  return value || null;
}

function date(form, name) {
  const [year, month, day] = ["year", "month", "day"].map(
    (part) => form.querySelector(`[name="${CSS.escape(`${name}-${part}`)}"]`)?.value.trim() ?? "",
  );
  if (!month && !day) return cell("date", year);
  if (!/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(month) || !/^\d{1,2}$/.test(day)) return null;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

function rows(form, question) {
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

/** What somebody typed as plain digits ("12 500,50 kr" is "12500.50"), by the rules of forms/fields/numbers.py. */
function numeral(text) {
  let plain = text.replace(/(kronor|kr\.?|sek|:-)$/i, "").replace(/[\s\u00a0\u202f']/g, "");
  plain = plain.replace(/[\u2212\u2013]/g, "-").replace(/^\+/, "");
  if (plain.includes(",") && plain.includes(".")) {
    plain = plain.replaceAll(plain.lastIndexOf(",") > plain.lastIndexOf(".") ? "." : ",", "");
  }
  plain = plain.replace(",", ".");
  return /^-?\d{1,20}(\.\d{1,10})?$/.test(plain) ? plain : null;
}

/** A numeral as people read it in the language of the page. */
function numberText(value, { decimals = "0", unit = "" } = {}) {
  if (value === undefined || value === null) return "–";
  const swedish = document.documentElement.lang.startsWith("sv");
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value));
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, swedish ? "\u00a0" : ",");
  const kept = fraction.padEnd(Number(decimals), "0");
  return `${sign}${grouped}${kept ? (swedish ? "," : ".") + kept : ""}${unit ? `\u00a0${unit}` : ""}`;
}

/** The sums below and beside the rows of every table. */
function sums(form) {
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

// --- saving by itself ---------------------------------------------------------------------------------

function autosaver(form) {
  const state = form.querySelector("[data-save-state]");
  let saved = content(form);
  let timer = null;
  let stopped = false;
  let working = false;

  async function save(leaving = false) {
    timer = null;
    const now = content(form);
    if (stopped || working || now === saved) return;
    working = true;
    if (!leaving) state.textContent = state.dataset.saving;
    let again = AUTOSAVE_AFTER;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(`${now}&form-autosave=1`),
        keepalive: leaving && now.length < 60000,
        credentials: "same-origin",
        redirect: "manual",
      });
      const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
      if (answer.saved) {
        form.elements["form-seen"].value = answer.seen;
        saved = now;
        const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
        state.textContent = `${state.dataset.saved} ${time}`;
      } else if (response.status === 409) {
        stopped = true;
        state.textContent = state.dataset.conflict;
      } else {
        again = RETRY_AFTER;
        state.textContent = state.dataset.failed;
      }
    } catch {
      again = RETRY_AFTER;
      state.textContent = state.dataset.failed;
    }
    working = false;
    if (!stopped && content(form) !== saved) timer ??= setTimeout(save, again);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  return {
    changed: () => (timer ??= setTimeout(save, AUTOSAVE_AFTER)),
    stop: () => (stopped = true),
    start: () => (stopped = false),
    isSaved: () => (saved = content(form)),
  };
}

/** Everything on the page but the files, as it is posted; without what changes by itself. */
function content(form) {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") data.append(name, value);
  }
  data.delete("form-seen");
  data.append("form-seen", form.elements["form-seen"].value);
  return data.toString();
}

// --- files and rows without a new page ------------------------------------------------------------------

/** Post the page and take over the question that was pressed in; if that cannot be done, post it the plain way. */
async function inPlace(form, pressed, saver, update) {
  const place = pressed.closest("[data-question]");
  const data = new FormData(form);
  if (pressed.type === "file") data.append("upload", "1");
  else data.append(pressed.name, pressed.value);
  place.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector(`form[data-journey] [data-question="${CSS.escape(place.dataset.question)}"]`);
    const seen = page.querySelector('form[data-journey] [name="form-seen"]');
    if (!response.ok || !fresh || !seen) throw new Error("not the page");
    place.replaceWith(document.adoptNode(fresh));
    form.elements["form-seen"].value = seen.value;
    for (const name of ["form-nonce", "form-started"]) {
      form.elements[name].value = page.querySelector(`form[data-journey] [name="${name}"]`).value;
    }
    saver.isSaved();
    update();
    focusIn(fresh, pressed);
  } catch {
    place.removeAttribute("aria-busy");
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: pressed.type === "file" ? "upload" : pressed.name, value: pressed.value });
    if (pressed.type === "file") hidden.value = "1";
    form.append(hidden);
    saver.stop();
    form.submit();
  }
}

function focusIn(fresh, pressed) {
  const all = [...fresh.querySelectorAll("tr[data-row]")];
  const last = all.at(-1)?.querySelector("[data-column]");
  const target =
    pressed.name === "add-row" || pressed.name === "remove-row" ? last : fresh.querySelector('input[type="file"]:not([disabled]), button');
  target?.focus();
}
