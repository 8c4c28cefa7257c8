/**
 * What is wrong with an answer is said when its question is left, never while it is being written. The server is asked,
 * so that the sentence is the very one the page would come back with; nothing is stored by asking.
 */

import { whenReleased } from "./pressing.js";

/** Ask about each question that was changed, when it is left. */
export function checkOnLeave(form) {
  const changed = new Set();
  form.addEventListener("input", (event) => {
    const place = event.target.closest("[data-question]");
    if (place && event.target.type !== "file") changed.add(place);
  });
  form.addEventListener("focusout", (event) => {
    const place = event.target.closest("[data-question]");
    if (!place || !changed.has(place) || place.contains(event.relatedTarget)) return;
    changed.delete(place);
    check(form, place);
  });
}

async function check(form, place) {
  const before = typed(place);
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
  data.append("form-check", place.id);
  try {
    const response = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" });
    if (!response.ok || !response.headers.get("Content-Type")?.startsWith("application/json")) return;
    const answer = await response.json();
    whenReleased(() => {
      // Whoever has come back and writes again is left in peace.
      if ("sentence" in answer && typed(place) === before && !place.contains(document.activeElement)) say(place, answer);
    });
  } catch {
    // Without a connection nothing is said: the page itself tells that it is not saved.
  }
}

function typed(place) {
  return [...place.querySelectorAll("input, select, textarea")].map((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.value)).join("\n");
}

/** Put the sentence where the server would have put it, tied to the control; an empty sentence takes it away. */
function say(place, { sentence, error }) {
  const field = place.querySelector(".field");
  if (!field) return;
  const controls = [...field.querySelectorAll("input:not([type=hidden]), select, textarea:not([readonly])")];
  let said = field.querySelector(":scope > .error");
  const id = said?.id || `${place.id}_said`;
  field.classList.toggle("invalid", Boolean(sentence));
  for (const control of controls) {
    if (sentence) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
  const described = field.matches("fieldset") ? field : controls[0];
  const ids = (described?.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (!sentence) {
    said?.remove();
  } else {
    if (!said) {
      said = document.createElement("p");
      Object.assign(said, { className: "error", id });
      (field.querySelector(":scope > .help") ?? field.querySelector(":scope > label, :scope > legend"))?.after(said);
    }
    const start = document.createElement("span");
    Object.assign(start, { className: "visually-hidden", textContent: `${error} ` });
    said.replaceChildren(start, sentence);
    ids.push(id);
  }
  if (ids.length) described?.setAttribute("aria-describedby", ids.join(" "));
  else described?.removeAttribute("aria-describedby");
}
