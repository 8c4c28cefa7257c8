/**
 * Comfort for the one who fills in a form: questions that come and go, sums that follow, saving by itself, files and
 * rows without a new page. Everything works without this too; the server's answer is the one that counts.
 */

import { checkOnLeave } from "./checking.js";
import { follower } from "./conditions.js";
import { whenReleased } from "./pressing.js";
import { autosaver } from "./saving.js";
import { followTables, pressInTable, useTables } from "./table.js";
import { inPlace, isInPlace } from "./uploads.js";

document.querySelector("[data-focus]")?.focus();
for (const form of document.querySelectorAll("form[data-once]")) sendOnce(form);
for (const button of document.querySelectorAll("button[data-confirm]")) {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.confirm)) event.preventDefault();
  });
}
const journey = document.querySelector("form[data-journey]");
if (journey) begin(journey);
// What few pages need is fetched where it is needed.
if (document.querySelector("[data-ranking]")) import("./ranking.js");
if (document.querySelector("[data-combobox], [data-filter]")) import("./combobox.js");
if (document.querySelector("[data-count]")) import("./counting.js");

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
  const follow = logic.questions ? follower(form, logic) : () => ({});
  const saver = autosaver(form, () => update(true));
  const update = (isDone = false, event = null) =>
    followTables(form, { answers: follow(event), today: logic.today, isDone });
  useTables(form);
  checkOnLeave(form);
  form.addEventListener("input", (event) => {
    update(false, event);
    saver.changed();
  });
  form.addEventListener("focusout", (event) => whenReleased(() => follow.left?.(event)));
  form.addEventListener("change", (event) => {
    whenReleased(() => update(true, event));
    if (event.target.type === "file" && event.target.files.length) inPlace(form, event.target, saver, update);
  });
  form.addEventListener("submit", (event) => {
    if (pressInTable(event.submitter)) {
      event.preventDefault();
      update(true);
      saver.changed();
    } else if (isInPlace(event.submitter)) {
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
