/**
 * The editor of workflows: the drawing follows the steps as they are edited, without being saved.
 *
 * What the editor holds is posted to the preview, which draws it; without this script the drawing is of the saved draft.
 */
(() => {
  const place = document.querySelector("[data-drawing]");
  const form = place?.closest("form");
  if (!form) return;

  const PAUSE = 900; // milliseconds after the last change
  let waiting = 0;
  let asked = 0;

  async function draw() {
    const mine = ++asked;
    try {
      const posted = await fetch(place.dataset.drawing, { method: "POST", body: new FormData(form) });
      if (!posted.ok || !(await posted.json()).is_valid || mine !== asked) return;
      const shown = await fetch(place.dataset.drawing);
      const page = new DOMParser().parseFromString(await shown.text(), "text/html");
      const drawn = page.querySelector(".workflow-drawing");
      const told = place.querySelector(".workflow-told");
      if (!drawn || mine !== asked || place.contains(document.activeElement)) return;
      if (told?.open) drawn.querySelector(".workflow-told").open = true;
      place.replaceChildren(document.adoptNode(drawn));
    } catch {
      // No connection: the drawing stays as it was, and the next change asks again.
    }
  }

  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, PAUSE);
  };
  for (const event of ["input", "change"]) form.addEventListener(event, changed);
  // Steps that are added, moved or removed are so by buttons.
  form.addEventListener("click", (event) => event.target.closest("button") && changed());
})();
