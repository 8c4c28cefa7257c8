/** The editor's preview as the applicant meets it: questions and whole pages come and go, sums follow, nothing is sent. */

import { follower } from "./conditions.js";
import { followTables } from "./table.js";

const form = document.querySelector("form[data-preview]");
const stored = document.getElementById("form-logic");
const logic = stored ? JSON.parse(stored.textContent) : {};
const follow = logic.questions ? follower(form, logic) : () => ({});

function update(event) {
  followTables(form, { answers: follow(event), today: logic.today });
  for (const sheet of form.querySelectorAll("[data-sheet]")) {
    const questions = [...sheet.querySelectorAll("[data-question]")];
    sheet.hidden = questions.length > 0 && questions.every((question) => question.hidden);
  }
}

form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
update();
