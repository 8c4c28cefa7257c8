/**
 * The editor's rule builder: every condition is shown as rows of question, operator and value, as far as rows can say it.
 *
 * What is stored is the text in the box; the rows only write it. Without this script the box is what there is.
 */
(() => {
  const editor = () => JSON.parse(document.getElementById("condition-editor")?.textContent ?? "{}");
  let known = null;
  const about = () => (known ??= { texts: {}, kinds: {}, lists: {}, names: {}, questions: [], ...editor() });
  const say = (text) => about().texts[text] ?? text;

  const OPERATORS = {
    choice: ["is", "is_not", "answered", "not_answered"],
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
    const list = input(form, `${prefix}-value-choice_list`)?.value;
    const own = kind.choices ? choices(form, prefix) : [];
    const options = (list && about().lists[list]) || (own.length ? own : (saved.choices ?? []));
    const type = saved.type && saved.type !== "text" ? saved.type : kind.type;
    return { label, order, page, field, options, type: type === "text" && (kind.choices || options.length) ? "choice" : type };
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
    for (const [value, text] of options) select.append(element("option", { value, textContent: text, selected: value === chosen }));
    select.addEventListener("change", () => work(select.value));
    return select;
  }

  class Condition extends window.StimulusModule.Controller {
    connect() {
      this.form = this.element.form;
      if (!this.form || !document.getElementById("condition-editor") || this.box) return;
      this.box = element("div", { className: "condition" });
      this.element.before(this.box);
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
      const names = new Set(questions(this.form).map(called));
      const fits = (part) => (part.parts ? part.parts.every(fits) : names.has(part.name) && this.suits(part));
      return group && fits(group) ? group : null;
    }

    suits({ name, operator, value }) {
      const question = this.question(name);
      if (!OPERATORS[question.type]?.includes(operator)) return false;
      if (WITHOUT_VALUE.includes(operator)) return true;
      if (value.kind === "question") return ["number", "date"].includes(question.type) && Boolean(this.question(value.value));
      if (question.type === "number") return value.kind === "number";
      if (question.type === "date") return value.kind === "date" || value.kind === "today";
      if (value.kind !== "text") return false;
      return question.type === "text" || question.options.some((option) => called(option) === value.value);
    }

    question(name) {
      return questions(this.form).find((one) => called(one) === name);
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
      if (focused >= 0) [...this.box.querySelectorAll("select, input, button")][focused]?.focus();
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
          this.changed();
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
      const all = questions(this.form);
      const question = row.name && this.question(row.name);
      const box = element("div", { className: "condition-row" });
      const options = [["", say("Choose a question")], ...all.map((one, index) => [String(index), one.label])];
      const chosen = question ? String(all.indexOf(question)) : "";
      box.append(
        chooser(say("Question"), options, chosen, (value) => {
          const picked = all[Number(value)];
          row.name = value === "" ? "" : nameOf(picked, all);
          row.operator = value === "" ? "" : OPERATORS[picked.type][0];
          row.value = null;
          this.changed();
        }),
      );
      if (question) {
        const operators = OPERATORS[question.type].map((one) => [one, say(`${question.type}:${one}`)]);
        box.append(
          chooser(say("Operator"), operators, row.operator, (value) => {
            row.operator = value;
            this.changed();
          }),
        );
        if (!WITHOUT_VALUE.includes(row.operator)) box.append(...this.drawValue(row, question));
      }
      const remove = button("×", "button-secondary condition-quiet condition-remove", () => {
        group.parts.splice(group.parts.indexOf(row), 1);
        this.group.parts = this.group.parts.filter((part) => !part.parts || part.parts.length);
        this.changed();
      });
      remove.setAttribute("aria-label", say("Remove the condition"));
      box.append(remove);
      return box;
    }

    drawValue(row, question) {
      const label = say("Value");
      if (question.type === "choice" || question.type === "list") {
        const chosen = question.options.findIndex((option) => called(option) === row.value?.value);
        const options = [["", say("Choose a value")], ...question.options.map((option, index) => [String(index), labelled(option)])];
        return [
          chooser(label, options, chosen < 0 ? "" : String(chosen), (value) => {
            row.value = value === "" ? null : { kind: "text", value: nameOf(question.options[Number(value)], question.options) };
            this.changed();
          }),
        ];
      }
      if (question.type === "text") return [this.typed(row, "text", label)];
      const others = questions(this.form).filter((one) => one.type === question.type && one !== question);
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
            row.value.value = value === "" ? "" : nameOf(others[Number(value)], questions(this.form));
            this.changed();
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
