// Comfort on the agenda: an item is dragged to its place. The buttons do the same, and the server moves it.
const list = document.querySelector("[data-agenda]");
let dragged = null;

for (const item of list?.children ?? []) {
  const form = item.querySelector("[data-move]");
  if (!form) continue;
  const head = item.querySelector(".agenda-head");
  head.draggable = true;
  head.classList.add("can-be-dragged");
  head.addEventListener("dragstart", (event) => {
    dragged = item;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.position);
  });
  head.addEventListener("dragend", () => mark(null));
}

list?.addEventListener("dragover", (event) => {
  if (!dragged) return;
  event.preventDefault();
  mark(event.target.closest(".agenda-item"));
});
list?.addEventListener("drop", (event) => {
  const place = event.target.closest(".agenda-item");
  if (!dragged || !place || place === dragged) return;
  event.preventDefault();
  const form = dragged.querySelector("[data-move]");
  const to = document.createElement("input");
  Object.assign(to, { type: "hidden", name: "to", value: place.dataset.position });
  form.append(to);
  form.submit();
});

/** Shows where the item would land. */
function mark(place) {
  for (const item of list.children) item.classList.toggle("lands-here", item === place && item !== dragged);
  if (!place) dragged = null;
}
