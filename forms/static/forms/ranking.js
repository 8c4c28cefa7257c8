/** Ranking: buttons that move a thing up and down beside its list of places, and say aloud where it is now. */

for (const list of document.querySelectorAll("[data-ranking]")) begin(list);

function begin(list) {
  const said = list.parentElement.querySelector("[data-ranking-said]");
  const items = [...list.children].map((element) => {
    const select = element.querySelector("select");
    const label = element.querySelector("label").textContent.trim();
    const buttons = document.createElement("div");
    buttons.className = "moves";
    const [up, down] = ["up", "down"].map((way) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: `button quiet small move-${way}` });
      button.setAttribute("aria-label", `${list.dataset[way]}: ${label}`);
      button.append(arrow(way));
      buttons.append(button);
      return button;
    });
    select.after(buttons);
    return { element, select, label, up, down };
  });
  const places = items[0].select.options.length - 1;
  const place = (item) => Number(item.select.value) || 0;
  const ranked = () => items.filter(place).sort((one, other) => place(one) - place(other));

  /** Write the order into the lists of places, first the ranked ones; those beyond the last place have none. */
  function write(order) {
    for (const item of items) item.select.value = "";
    order.slice(0, places).forEach((item, index) => (item.select.value = String(index + 1)));
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function draw() {
    const first = ranked();
    const doubled = new Set(first.map(place)).size < first.length;
    const all = [...first, ...items.filter((item) => !place(item))];
    // Only what has changed its place is moved, so that the focus stays where it is.
    if (!doubled && all.some((item, index) => list.children[index] !== item.element)) {
      const focused = document.activeElement;
      list.append(...all.map((item) => item.element));
      if (list.contains(focused)) focused.focus();
    }
    all.forEach((item, index) => {
      item.element.classList.toggle("placed", place(item) > 0);
      item.up.disabled = index === 0 && place(item) === 1;
      item.down.disabled = places === items.length ? index === items.length - 1 : !place(item);
    });
  }

  function move(item, step) {
    let order = ranked();
    if (places === items.length && order.length < items.length) {
      order = [...order, ...items.filter((one) => !place(one))]; // whoever moves one, orders all
    }
    const at = order.indexOf(item);
    if (at < 0) order.splice(Math.min(order.length, places - 1), 0, item);
    else if (at + step >= order.length && places < items.length) order.splice(at, 1);
    else if (at + step >= 0 && at + step < order.length) order.splice(at + step, 0, ...order.splice(at, 1));
    write(order);
    draw();
    const now = place(item);
    const sentence = now ? list.dataset.moved : list.dataset.removed;
    said.textContent = sentence.replace("{item}", item.label).replace("{place}", now).replace("{count}", items.length);
    const pressed = step < 0 ? item.up : item.down;
    (pressed.disabled ? (step < 0 ? item.down : item.up) : pressed).focus();
  }

  for (const item of items) {
    item.up.addEventListener("click", () => move(item, -1));
    item.down.addEventListener("click", () => move(item, 1));
    item.select.addEventListener("change", draw);
  }
  list.classList.add("movable");
  draw();
}

function arrow(way) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", way === "up" ? "M10 16V4M4.5 9.5 10 4l5.5 5.5" : "M10 4v12M4.5 10.5 10 16l5.5-5.5");
  svg.append(path);
  return svg;
}
