/**
 * The editor of workflows: where an outcome leads is chosen from the steps as they stand, and kept by the step's id.
 *
 * What is stored is the text in the box below the list. Without this script the box is what there is; a step's short
 * name may be written in it.
 */
(() => {
  const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i;
  const plain = (text) =>
    text.toLowerCase().normalize("NFKD").replaceAll(/[^\x00-\x7f]/g, "").replaceAll(/[^\w\s-]/g, "").trim().replaceAll(/[-\s]+/g, "-").replaceAll(/^[-_]+|[-_]+$/g, "").slice(0, 80);
  const input = (form, name) => form.elements.namedItem(name);

  let seen = { at: -1000, steps: [] };

  /** The steps in the editor now, in order; a step that has just been added gets its id here. */
  function steps(form) {
    if (performance.now() - seen.at < 200) return seen.steps;
    const found = [];
    for (const type of form.querySelectorAll('input[type="hidden"][name^="steps-"][name$="-type"]')) {
      const prefix = /^(steps-\d+)-type$/.exec(type.name)?.[1];
      const id = prefix && input(form, `${prefix}-id`);
      if (!id || input(form, `${prefix}-deleted`)?.value) continue;
      if (!id.value) id.value = crypto.randomUUID();
      const label = input(form, `${prefix}-value-label`)?.value.trim() ?? "";
      const name = plain(input(form, `${prefix}-value-name`)?.value || label);
      found.push({ id: id.value, label, name, order: Number(input(form, `${prefix}-order`)?.value ?? 0) });
    }
    found.sort((one, other) => one.order - other.order);
    seen = { at: performance.now(), steps: found };
    return found;
  }

  class StepTarget extends window.StimulusModule.Controller {
    connect() {
      this.form = this.element.form;
      if (!this.form || this.select) return;
      this.select = document.createElement("select");
      this.select.className = "step-target";
      const label = this.form.querySelector(`label[for="${this.element.id}"]`);
      if (label) {
        label.htmlFor = `${this.element.id}-step`;
        this.label = label;
      }
      this.select.id = `${this.element.id}-step`;
      for (const name of ["aria-describedby", "aria-invalid"]) {
        if (this.element.hasAttribute(name)) this.select.setAttribute(name, this.element.getAttribute(name));
      }
      this.element.before(this.select);
      this.element.hidden = true;
      this.draw = this.draw.bind(this);
      this.select.addEventListener("focus", this.draw);
      this.select.addEventListener("pointerdown", this.draw);
      this.select.addEventListener("change", () => {
        this.element.value = this.select.value;
        for (const name of ["input", "change"]) this.element.dispatchEvent(new Event(name, { bubbles: true }));
      });
      // A new name shows in every list that points at the step, once the editor has left the box.
      this.form.addEventListener("change", this.draw);
      requestAnimationFrame(this.draw);
    }

    disconnect() {
      this.form?.removeEventListener("change", this.draw);
      this.select?.remove();
      this.select = null;
      this.element.hidden = false;
      if (this.label) this.label.htmlFor = this.element.id;
    }

    draw() {
      if (!this.select) return;
      const all = steps(this.form);
      const written = this.element.value.trim();
      const chosen = all.find((step) => step.id === written) ?? all.find((step) => step.name && step.name === plain(written));
      const options = all.map((step, place) => [step.id, `${place + 1}. ${step.label || "…"}`]);
      const first = written && !chosen ? [written, ID.test(written) ? "?" : `? ${written}`] : ["", this.element.dataset.say];
      const wanted = JSON.stringify([first, options, chosen?.id]);
      if (wanted === this.drawn) return;
      this.drawn = wanted;
      this.select.replaceChildren(...[first, ...options].map(([value, text]) => new Option(text, value, false, value === (chosen?.id ?? first[0]))));
    }
  }

  window.wagtail.app.register("step-target", StepTarget);
})();
