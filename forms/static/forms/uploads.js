/** Files and rows without a new page: the question that was pressed in is posted and taken over in place. */

import { sendInPieces } from "./pieces.js";
import { carry } from "./saving.js";

const IN_PLACE = ["add-row", "move-row", "remove-row", "remove", "upload"];

/** Can what was pressed be done without a new page? */
export function isInPlace(pressed) {
  return Boolean(pressed) && IN_PLACE.includes(pressed.name);
}

/** Post the page and take over the question that was pressed in; if that cannot be done, post it the plain way. */
export async function inPlace(form, pressed, saver, update) {
  const place = pressed.closest("[data-question]");
  for (const earlier of place.querySelectorAll(".file-progress")) earlier.remove();
  place.setAttribute("aria-busy", "true");
  const left = pressed.type === "file" ? await sendInPieces(form, pressed) : [];
  const said = [...place.querySelectorAll(".file-progress")];
  const data = new FormData(form);
  if (pressed.type === "file") {
    data.delete(pressed.name);
    for (const file of left) data.append(pressed.name, file);
    data.append("upload", "1");
  } else data.append(pressed.name, pressed.value);
  let response;
  try {
    response = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
  } catch {
    // Without a connection the page stays, with all that is written on it.
    place.removeAttribute("aria-busy");
    if (!place.querySelector(".file-progress")) sayUnsent(form, pressed);
    return;
  }
  try {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector(`form[data-journey] [data-question="${CSS.escape(place.dataset.question)}"]`);
    const seen = page.querySelector('form[data-journey] [name="form-seen"]');
    if (!response.ok || !fresh || !seen) throw new Error("not the page");
    carry(form, page, place.dataset.question);
    place.replaceWith(document.adoptNode(fresh));
    fresh.querySelector('input[type="file"]')?.after(...said);
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

/** There was no connection: what was pressed can be pressed again, a file be chosen again. */
function sayUnsent(form, pressed) {
  const place = document.createElement("div");
  const sentence = document.createElement("p");
  const names = [...(pressed.files ?? [])].map((file) => file.name);
  place.className = "file-progress";
  Object.assign(sentence, { className: "error", role: "alert", textContent: (names.length ? `${names.join(", ")}: ` : "") + form.dataset.unsent });
  place.append(sentence);
  (pressed.closest(".files") ?? pressed).after(place);
  if (pressed.files) pressed.value = "";
}

function focusIn(fresh, pressed) {
  const all = [...fresh.querySelectorAll("tr[data-row]")];
  const last = all.at(-1)?.querySelector("[data-column]");
  const target =
    pressed.name === "add-row" || pressed.name === "remove-row"
      ? last
      : (fresh.querySelector('input[type="file"]:not([disabled])') ?? fresh.querySelector("button"));
  target?.focus();
}
