// The meeting follows itself: asks every few seconds whether something has happened, and puts in what is new.
// A part in which somebody is writing is left alone; a line above tells that there is news.
const live = document.getElementById("sitting-live");
const told = document.getElementById("sitting-told");
const news = document.getElementById("sitting-news");
const EVERY = 3000;
let mark = live.dataset.mark;
let waits = EVERY;

const plain = (part) => {
  const copy = part.cloneNode(true);
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  for (const folded of copy.querySelectorAll("details")) folded.removeAttribute("open");
  return copy.innerHTML;
};
const changed = (input) =>
  input.type === "checkbox" || input.type === "radio"
    ? input.checked !== input.defaultChecked
    : input.tagName === "SELECT"
      ? [...input.options].some((option) => option.selected !== option.defaultSelected && input.selectedIndex > 0)
      : input.type !== "hidden" && input.value !== input.defaultValue;
const isWriting = (part) => [...part.querySelectorAll("input, textarea, select")].some(changed);

function put(fresh) {
  let left = false;
  for (const part of live.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(part.id);
    if (now && plain(now) === plain(part)) continue;
    // The vote is gone, or the item is another: what was begun there no longer has a place.
    if (isWriting(part) && now) { left = true; continue; }
    if (!now) { part.remove(); continue; }
    const open = [...part.querySelectorAll("details[open]")].map((folded) => folded.id);
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    part.replaceWith(now);
    for (const id of open) if (id) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
  let before = null;
  for (const now of fresh.querySelectorAll("[data-live]")) {
    if (!document.getElementById(now.id)) before ? before.after(now) : live.prepend(now);
    before = document.getElementById(now.id);
  }
  news.hidden = !left;
}

async function ask() {
  if (!document.hidden) {
    try {
      const answer = await fetch(live.dataset.poll, { headers: { "If-None-Match": mark }, cache: "no-store" });
      if (answer.redirected || answer.status === 404) return location.reload();
      if (answer.status === 200) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        mark = answer.headers.get("ETag") || mark;
        put(fresh);
        const say = fresh.querySelector("[data-tell]")?.dataset.tell ?? "";
        if (say !== told.textContent) told.textContent = say;
      }
      waits = EVERY;
    } catch {
      waits = Math.min(waits * 2, 30000);
    }
  }
  setTimeout(ask, waits);
}
setTimeout(ask, waits);
document.addEventListener("visibilitychange", () => { if (!document.hidden) waits = EVERY; });
