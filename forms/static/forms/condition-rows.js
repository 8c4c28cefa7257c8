/**
 * The editor's rule builder: every condition is shown as rows of question, operator and value, as far as rows can say it.
 *
 * What is stored is the text in the box; the rows only write it. Without this script the box is what there is.
 */
(() => {
  const editor = () => JSON.parse(document.getElementById("condition-editor")?.textContent ?? "{}");
  let known = null;
  const about = () => (known ??= { texts: {}, kinds: {}, lists: {}, names: {}, questions: [], ...editor() });
  const say = (text, parts = {}) =>
    Object.entries(parts).reduce((said, [name, value]) => said.replaceAll(`%(${name})s`, value), about().texts[text] ?? text);

  const OPERATORS = {
    choice: ["is", "is_not", "in", "answered", "not_answered"],
    text: ["is", "is_not", "answered", "not_answered"],
    list: ["has", "has_not", "answered", "not_answered"],
    boolean: ["yes", "no", "not_yes", "answered", "not_answered"],
    number: ["is", "is_not", "gt", "ge", "lt", "le", "answered", "not_answered"],
    date: ["is", "gt", "ge", "lt", "le", "answered", "not_answered"],
    rows: ["answered", "not_answered"],
  };
  const WITHOUT_VALUE = ["answered", "not_answered", "yes", "no", "not_yes"];

  // --- the questions in the form as it stands in the editor --------------------------------------------

  let seen = { at: 0, questions: [] };

  function questions(form) {
    if (performance.now() - seen.at > 300) seen = { at: performance.now(), questions: read(form) };
    return seen.questions;
  }

  function read(form) {
    const found = [];
    for (const type of form.querySelectorAll('input[type="hidden"][name^="questions-"][name$="-type"]')) {
      const match = /^((questions-\d+)-value-questions-\d+)-type$/.exec(type.name);
      if (!match || gone(form, match[1]) || gone(form, match[2])) continue;
      const kind = about().kinds[type.value];
      const label = input(form, `${match[1]}-value-label`)?.value.trim();
      if (!kind || !label) continue;
      const order = [match[2], match[1]].map((prefix) => Number(input(form, `${prefix}-order`)?.value ?? 0));
      found.push(described(form, match[1], { kind, label, order, page: match[2] }));
    }
    found.sort((one, other) => one.order[0] - other.order[0] || one.order[1] - other.order[1]);
    return [...found, ...about().questions];
  }

  function described(form, prefix, { kind, label, order, page }) {
    const field = input(form, `${prefix}-value-name`);
    const saved = about().names[field?.value] ?? {};
    const options = optionsOf(form, prefix, kind, saved);
    const type = saved.type && saved.type !== "text" ? saved.type : kind.type;
    const typed = input(form, `${prefix}-value-columns-count`) ? columns(form, prefix) : (saved.columns ?? []);
    return {
      ...{ label, order, page, prefix, field, options, isSingle: Boolean(saved.single), columns: typed },
      type: type === "text" && (kind.choices || options.length) ? "choice" : type,
    };
  }

  function optionsOf(form, prefix, kind, saved = {}) {
    const list = input(form, `${prefix}-value-choice_list`)?.value;
    const own = kind.choices ? choices(form, prefix) : [];
    return (list && about().lists[list]) || (own.length ? own : (saved.choices ?? []));
  }

  /** The columns of a table as they stand in the editor, and those that are made for years. */
  function columns(form, prefix) {
    const found = [];
    const count = Number(input(form, `${prefix}-value-columns-count`).value);
    for (let index = 0; index < count; index += 1) {
      const at = `${prefix}-value-columns-${index}`;
      const label = input(form, `${at}-value-label`)?.value.trim();
      const name = input(form, `${at}-value-type`)?.value;
      const kind = { ...about().kinds[name], choices: name === "one_of" };
      if (!label || !kind.type || gone(form, at)) continue;
      const type = kind.type === "text" && kind.choices ? "choice" : kind.type;
      const order = Number(input(form, `${at}-order`)?.value ?? index);
      found.push({ label, type, order, field: input(form, `${at}-value-name`), options: optionsOf(form, at, kind) });
    }
    found.sort((one, other) => one.order - other.order);
    const first = Number(input(form, `${prefix}-value-first_year`)?.value);
    const years = Number(input(form, `${prefix}-value-years`)?.value);
    for (let year = first; first && year < first + years; year += 1) {
      found.push({ label: String(year), type: "number", name: `y${year}`, options: [] });
    }
    return found;
  }

  function choices(form, prefix) {
    const found = [];
    const count = Number(input(form, `${prefix}-value-choices-count`)?.value ?? 0);
    for (let index = 0; index < count; index += 1) {
      const at = `${prefix}-value-choices-${index}`;
      const label = input(form, `${at}-value-label`)?.value.trim();
      if (!label || gone(form, at)) continue;
      found.push({ label, field: input(form, `${at}-value-key`), order: Number(input(form, `${at}-order`)?.value ?? index) });
    }
    return found.sort((one, other) => one.order - other.order);
  }

  const input = (form, name) => form.elements.namedItem(name);
  const gone = (form, prefix) => Boolean(input(form, `${prefix}-deleted`)?.value);

  /** The name of a question or the key of an option, which gets one now if it has none: as the server would make it. */
  function nameOf(thing, others) {
    if (!thing.field) return thing.name ?? thing.key ?? thing[0];
    if (!thing.field.value) {
      const taken = new Set(others.map((other) => other.field?.value));
      thing.field.value = readable(thing.label, taken);
    }
    return thing.field.value;
  }

  function readable(label, taken) {
    const plain = label.toLowerCase().normalize("NFD").replaceAll(/[\u0300-\u036f]/g, "");
    let name = plain.replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "").slice(0, 40) || "question";
    if (!/^[a-z]/.test(name)) name = `question_${name}`.slice(0, 40);
    let free = name;
    for (let number = 2; taken.has(free); number += 1) free = `${name}_${number}`;
    return free;
  }

  const called = (thing) => thing.field?.value || thing.name || thing.key || thing[0] || "";
  const labelled = (option) => option.label ?? option[1];

  /** What a row speaks of: a question, or of a table a column on its rows, its sum, or how many rows there are. */
  function subject(question, { over = "", column = "" }) {
    if (!over) return column || !question ? null : question;
    if (question?.type !== "rows") return null;
    if (over === "count") return { type: "number", options: [] };
    const found = question.columns.find((one) => called(one) === column);
    return over === "sum" && found?.type !== "number" ? null : found;
  }

  /** What can be said of a table, each as [over, column, words]. */
  function sides(question) {
    const all = [["", null, say("the table as a whole")]];
    if (question.isSingle) return [...all, ...question.columns.map((column) => ["any", column, column.label])];
    const each = (over, words, some) => some.map((column) => [over, column, say(words, { column: column.label })]);
    return [
      ...all,
      ["count", null, say("the number of rows")],
      ...each("sum", "the sum of “%(column)s”", question.columns.filter((one) => one.type === "number")),
      ...each("any", "on at least one row: “%(column)s”", question.columns),
      ...each("all", "on every row: “%(column)s”", question.columns),
    ];
  }

  // --- drawing -----------------------------------------------------------------------------------------

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function button(text, className, work) {
    const made = element("button", { type: "button", className: `button button-small ${className}`, textContent: text });
    made.addEventListener("click", work);
    return made;
  }

  function chooser(label, options, chosen, work) {
    const select = element("select", { ariaLabel: label });
    select.setAttribute("aria-label", label);
    const groups = new Map();
    for (const [value, text, group] of options) {
      const option = element("option", { value, textContent: text, selected: value === chosen });
      if (group && !groups.has(group)) {
        groups.set(group, element("optgroup", { label: group }));
        select.append(groups.get(group));
      }
      (groups.get(group) ?? select).append(option);
    }
    select.addEventListener("change", () => work(select.value));
    return select;
  }

  /** Put these after the node, in the place of all that followed it. */
  function follow(node, ...parts) {
    while (node.nextSibling) node.nextSibling.remove();
    node.after(...parts);
  }

  class Condition extends window.StimulusModule.Controller {
    connect() {
      this.form = this.element.form;
      if (!this.form || !document.getElementById("condition-editor") || this.box) return;
      this.box = element("div", { className: "condition" });
      this.box.setAttribute("role", "group");
      this.box.setAttribute("aria-label", this.element.labels[0]?.textContent.replace("*", "").trim() || say("Condition"));
      this.element.before(this.box);
      this.eachRow = /^(.+-value)-rules-\d+-value-holds$/.test(this.element.name)
        ? input(this.form, this.element.name.replace(/holds$/, "each_row"))
        : null;
      this.eachRow?.addEventListener("change", () => this.start());
      this.start();
    }

    start() {
      this.group = this.read();
      this.isWritten = this.group === null;
      this.draw();
    }

    disconnect() {
      this.box?.remove();
      this.box = null;
      this.element.hidden = false;
    }

    /** The text as rows; null when rows cannot say it, or when it speaks of something that is not in the form. */
    read() {
      if (!this.element.value.trim()) return { all: true, parts: [] };
      const group = window.samsynConditions.parse(this.element.value);
      const fits = (part) => (part.parts ? part.parts.every(fits) : this.suits(part));
      return group && fits(group) ? group : null;
    }

    suits(row) {
      const { operator, value } = row;
      const question = subject(this.question(row.name), row);
      if (!question || !OPERATORS[question.type]?.includes(operator)) return false;
      if (WITHOUT_VALUE.includes(operator)) return true;
      if (value.kind === "question") return ["number", "date"].includes(question.type) && Boolean(this.question(value.value));
      if (question.type === "number") return value.kind === "number";
      if (question.type === "date") return value.kind === "date" || value.kind === "today";
      if (operator === "in") return value.value.every((key) => question.options.some((option) => called(option) === key));
      if (value.kind !== "text") return false;
      return question.type === "text" || question.options.some((option) => called(option) === value.value);
    }

    question(name) {
      return this.questions().find((one) => called(one) === name);
    }

    /** What can be chosen: the questions, and for a rule on every row of a table the columns of that row first. */
    questions() {
      const all = questions(this.form);
      if (!this.eachRow?.checked) return all;
      const table = all.find((one) => this.element.name.startsWith(`${one.prefix}-value-rules-`));
      const own = (table?.columns ?? []).map((column) => ({ ...column, label: say("This row: “%(column)s”", { column: column.label }) }));
      return [...own, ...all];
    }

    /** Of these, what has been asked by then: a page looks at earlier pages, a question not at itself. */
    askedBefore(all) {
      const here = /^(questions-\d+)(-value-questions-\d+)?-value-(.+)$/.exec(this.element.name);
      if (!here) return all;
      const [, page, question, setting] = here;
      const own = Number(input(this.form, `${page}-order`)?.value ?? 0);
      const last = !question && setting === "shown_if" ? own - 1 : own;
      const itself = question && !setting.startsWith("rules-") ? page + question : null;
      return all.filter((one) => !one.order || !one.page || (one.order[0] <= last && one.prefix !== itself));
    }

    write() {
      this.element.value = window.samsynConditions.print(this.group);
      this.element.dispatchEvent(new Event("input", { bubbles: true }));
      this.element.dispatchEvent(new Event("change", { bubbles: true }));
    }

    changed() {
      this.write();
      this.draw();
    }

    draw() {
      const focused = this.box.contains(document.activeElement) ? [...this.box.querySelectorAll("select, input, button")].indexOf(document.activeElement) : -1;
      this.box.replaceChildren();
      this.element.hidden = !this.isWritten;
      if (!this.isWritten) this.box.append(this.drawGroup(this.group, 0));
      this.box.append(this.drawSwitch());
      const controls = [...this.box.querySelectorAll("select, input, button")];
      if (focused >= 0) (controls[focused] ?? controls.at(-1)).focus();
    }

    drawSwitch() {
      if (!this.isWritten) {
        return button(say("Write it as an expression"), "button-secondary condition-quiet", () => {
          this.isWritten = true;
          this.draw();
          this.element.focus();
        });
      }
      const note = element("p", { className: "condition-note", role: "status" });
      const back = button(say("Choose instead"), "button-secondary condition-quiet", () => {
        const group = this.read();
        if (group === null) {
          note.textContent = say("This says more than can be chosen here, so it is kept as an expression.");
        } else {
          this.group = group;
          this.isWritten = false;
          this.draw();
        }
      });
      return element("div", {}, back, note);
    }

    drawGroup(group, level) {
      const box = element("div", { className: level ? "condition-group" : "condition-rows" });
      if (group.parts.length > 1) {
        const options = [["all", say("All of this holds")], ["any", say("At least one of these holds")]];
        const select = chooser(say("How the rows belong together"), options, group.all ? "all" : "any", (value) => {
          group.all = value === "all";
          this.write();
        });
        select.className = "condition-all";
        box.append(select);
      }
      for (const part of group.parts) {
        box.append(part.parts ? this.drawGroup(part, level + 1) : this.drawRow(part, group));
      }
      const add = button(say("Add a condition"), "button-secondary", () => {
        group.parts.push({ name: "", operator: "", value: null });
        this.draw();
        [...box.querySelectorAll("select")].at(-1)?.focus();
        [...this.box.querySelectorAll(".condition-row")].at(-1)?.querySelector("select")?.focus();
      });
      const buttons = element("div", { className: "condition-buttons" }, add);
      if (!level && group.parts.length) {
        buttons.append(
          button(say("Add a group"), "button-secondary", () => {
            const row = () => ({ name: "", operator: "", value: null });
            group.parts.push({ all: !group.all, parts: [row(), row()] });
            this.draw();
          }),
        );
      }
      box.append(buttons);
      return box;
    }

    drawRow(row, group) {
      const all = this.questions();
      const question = row.name && all.find((one) => called(one) === row.name);
      const box = element("div", { className: "condition-row" });
      const offered = this.askedBefore(all);
      const titles = (one) => input(this.form, `${one.page}-value-title`)?.value;
      const options = all
        .map((one, index) => [String(index), one.label, titles(one)])
        .filter((_option, index) => all[index] === question || offered.includes(all[index]));
      options.unshift(["", say("Choose a question")]);
      const chosen = question ? String(all.indexOf(question)) : "";
      const select = chooser(say("Question"), options, chosen, (value) => {
        const picked = all[Number(value)];
        this.turn(row, value === "" ? { name: "" } : { name: nameOf(picked, all) });
        this.drawSide(select, row, group);
      });
      box.append(select);
      this.drawSide(select, row, group);
      return box;
    }

    // What follows a choice is drawn anew after it; the list that somebody is choosing in stays, with what is typed in it.

    drawSide(before, row, group) {
      const question = row.name && this.question(row.name);
      if (!question?.columns?.length) {
        this.drawOperator(before, row, group);
        return;
      }
      const all = sides(question);
      const options = all.map(([, , words], index) => [String(index), words]);
      const isChosen = ([over, column]) => over === (row.over ?? "") && (column ? called(column) : "") === (row.column ?? "");
      const select = chooser(say("Of the table"), options, String(all.findIndex(isChosen)), (value) => {
        const [over, column] = all[Number(value)];
        this.turn(row, { over, column: column ? nameOf(column, question.columns) : "" });
        this.drawOperator(select, row, group);
      });
      select.className = "condition-side";
      follow(before, select);
      this.drawOperator(select, row, group);
    }

    drawOperator(before, row, group) {
      const about = row.name && subject(this.question(row.name), row);
      if (!about) {
        follow(before, this.drawRemove(row, group));
        return;
      }
      const operators = OPERATORS[about.type].map((one) => [one, say(`${about.type}:${one}`)]);
      const select = chooser(say("Operator"), operators, row.operator, (value) => {
        if ((value === "in") !== (row.operator === "in")) row.value = null;
        row.operator = value;
        this.write();
        this.drawValue(select, row, group, about);
      });
      follow(before, select);
      this.drawValue(select, row, group, about);
    }

    drawValue(before, row, group, about) {
      const parts = WITHOUT_VALUE.includes(row.operator) ? [] : this.valueParts(row, about);
      follow(before, ...parts, this.drawRemove(row, group));
    }

    drawRemove(row, group) {
      const remove = button("×", "button-secondary condition-quiet condition-remove", () => {
        group.parts.splice(group.parts.indexOf(row), 1);
        this.group.parts = this.group.parts.filter((part) => !part.parts || part.parts.length);
        this.changed();
      });
      remove.setAttribute("aria-label", say("Remove the condition"));
      return remove;
    }

    /** Let the row speak of something else, with the first operator that it has. */
    turn(row, { name = row.name, over = "", column = "" }) {
      Object.assign(row, { name, over, column, value: null });
      row.operator = OPERATORS[subject(this.question(name), row)?.type]?.[0] ?? "";
      this.write();
    }

    /** Options to tick, for “is one of”. */
    drawOptions(row, question) {
      const chosen = new Set(row.value?.value ?? []);
      const box = element("fieldset", { className: "condition-options" });
      box.append(element("legend", { className: "w-sr-only", textContent: say("Value") }));
      for (const option of question.options) {
        const tick = element("input", { type: "checkbox", checked: chosen.has(called(option)) });
        tick.addEventListener("change", () => {
          const key = nameOf(option, question.options);
          if (tick.checked) chosen.add(key);
          else chosen.delete(key);
          const keys = question.options.map(called).filter((one) => chosen.has(one));
          row.value = keys.length ? { kind: "texts", value: keys } : null;
          this.write();
        });
        box.append(element("label", {}, tick, ` ${labelled(option)}`));
      }
      return box;
    }

    valueParts(row, question) {
      const label = say("Value");
      if (row.operator === "in") return [this.drawOptions(row, question)];
      if (question.type === "choice" || question.type === "list") {
        const chosen = question.options.findIndex((option) => called(option) === row.value?.value);
        const options = [["", say("Choose a value")], ...question.options.map((option, index) => [String(index), labelled(option)])];
        return [
          chooser(label, options, chosen < 0 ? "" : String(chosen), (value) => {
            row.value = value === "" ? null : { kind: "text", value: nameOf(question.options[Number(value)], question.options) };
            this.write();
          }),
        ];
      }
      if (question.type === "text") return [this.typed(row, "text", label)];
      const others = this.questions().filter((one) => one.type === question.type && one !== question);
      const kinds = [[question.type, say(`a ${question.type}`)]];
      if (question.type === "date") kinds.push(["today", say("days from today")]);
      if (others.length) kinds.push(["question", say("another question")]);
      row.value ??= { kind: question.type, value: "" };
      const parts = [];
      if (kinds.length > 1) {
        parts.push(
          chooser(say("Compared with"), kinds, row.value.kind, (kind) => {
            row.value = { kind, value: kind === "today" ? "0" : "" };
            this.changed();
          }),
        );
      }
      if (row.value.kind === "question") {
        const options = [["", say("Choose a question")], ...others.map((one, index) => [String(index), one.label])];
        const chosen = others.findIndex((one) => called(one) === row.value.value);
        parts.push(
          chooser(label, options, chosen < 0 ? "" : String(chosen), (value) => {
            row.value.value = value === "" ? "" : nameOf(others[Number(value)], this.questions());
            this.write();
          }),
        );
      } else {
        parts.push(this.typed(row, row.value.kind, label));
      }
      return parts;
    }

    typed(row, kind, label) {
      const type = { date: "date", today: "number", number: "text", text: "text" }[kind];
      const field = element("input", { type, value: row.value?.value ?? "" });
      if (kind === "number") field.inputMode = "decimal";
      field.setAttribute("aria-label", label);
      field.addEventListener("input", () => {
        row.value = { kind, value: field.value };
        this.write();
      });
      return field;
    }
  }

  /** The name of a question on the same page, chosen from a list. */
  class QuestionName extends window.StimulusModule.Controller {
    connect() {
      this.form = this.element.form;
      const page = /^(questions-\d+)-value-/.exec(this.element.name)?.[1];
      if (!this.form || !page || this.select) return;
      this.select = element("select");
      this.select.setAttribute("aria-label", say("Question"));
      this.select.addEventListener("focus", () => this.fill(page));
      this.select.addEventListener("change", () => {
        const here = this.here(page);
        this.element.value = this.select.value === "" ? "" : nameOf(here[Number(this.select.value)], questions(this.form));
      });
      this.element.before(this.select);
      this.element.hidden = true;
      this.fill(page);
    }

    here(page) {
      return questions(this.form).filter((one) => one.page === page);
    }

    fill(page) {
      const here = this.here(page);
      const options = [["", say("the last one in the rule")], ...here.map((one, index) => [String(index), one.label])];
      const chosen = here.findIndex((one) => called(one) && called(one) === this.element.value);
      this.select.replaceChildren(
        ...options.map(([value, text]) => element("option", { value, textContent: text, selected: value === String(chosen) })),
      );
    }
  }

  window.wagtail.app.register("condition", Condition);
  window.wagtail.app.register("question-name", QuestionName);
})();
