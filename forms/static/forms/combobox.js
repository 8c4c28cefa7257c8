/**
 * Long lists of options made searchable: a list to open becomes a combobox (the ARIA pattern with a list box), and
 * checkboxes get a field that hides those that do not match. The form posts what it would have posted anyway.
 */

const SHOWN = 50;
for (const place of document.querySelectorAll("[data-combobox]")) combobox(place, place.querySelector("select"));
for (const place of document.querySelectorAll("[data-filter]")) filter(place);

function plain(text) {
  return text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
}

function counted(place, count) {
  return count ? place.dataset.some.replace("{count}", count) : place.dataset.none;
}

function status(after) {
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  after.after(said);
  return said;
}

function combobox(place, select) {
  const { id } = select;
  const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
  const input = document.createElement("input");
  const list = document.createElement("ul");
  const box = document.createElement("div");
  const options = [...select.options].filter((option) => option.value);
  box.className = "combobox";
  Object.assign(list, { id: `${id}-list`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label.textContent.trim());
  Object.assign(input, { id, type: "text", autocomplete: "off", spellcheck: false });
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-describedby": select.getAttribute("aria-describedby"),
    "aria-invalid": select.getAttribute("aria-invalid"),
  })) {
    if (value) input.setAttribute(name, value);
  }
  select.id = `${id}-native`;
  select.hidden = true;
  select.before(box);
  box.append(input, list);
  const said = status(list);
  let active = -1;
  show();
  select.addEventListener("input", show);

  function show() {
    const chosen = select.selectedOptions[0];
    input.value = chosen?.value ? chosen.textContent.trim() : "";
  }

  function matching() {
    const typed = plain(input.value.trim());
    const isChosen = select.value && typed === plain(select.selectedOptions[0].textContent.trim());
    return isChosen || !typed ? options : options.filter((option) => plain(option.textContent).includes(typed));
  }

  function open() {
    const found = matching();
    list.replaceChildren(
      ...found.slice(0, SHOWN).map((option, index) => {
        const item = document.createElement("li");
        Object.assign(item, { id: `${list.id}-${index}`, textContent: option.textContent.trim() });
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(option.selected));
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => choose(option));
        item.option = option;
        return item;
      }),
    );
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(Boolean(found.length)));
    said.textContent = counted(place, found.length);
  }

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    select.value = option ? option.value : "";
    select.dispatchEvent(new Event("input", { bubbles: true }));
    show();
    close();
  }

  function step(by) {
    if (list.hidden) open();
    const items = [...list.children];
    if (!items.length) return;
    items[active]?.classList.remove("active");
    active = active < 0 && by < 0 ? items.length - 1 : (active + by + items.length) % items.length;
    items[active].classList.add("active");
    items[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", items[active].id);
  }

  input.addEventListener("input", (event) => {
    event.stopPropagation();
    open();
  });
  input.addEventListener("click", () => (list.hidden ? open() : close()));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      const items = [...list.children];
      choose((items[active] ?? items[0]).option);
    } else if (event.key === "Escape") {
      if (list.hidden) choose(null);
      else close();
    }
  });
  input.addEventListener("blur", () => {
    const found = matching();
    const typed = plain(input.value.trim());
    const exact = found.find((option) => plain(option.textContent.trim()) === typed);
    if (!typed) choose(null);
    else if (exact || found.length === 1) choose(exact ?? found[0]);
    else show();
    close();
  });
}

function filter(place) {
  const id = `${place.querySelector("input").id}-filter`;
  const field = document.createElement("div");
  field.className = "field filter";
  const label = document.createElement("label");
  Object.assign(label, { htmlFor: id, textContent: place.dataset.search });
  const input = document.createElement("input");
  Object.assign(input, { id, type: "search", autocomplete: "off" });
  field.append(label, input);
  place.before(field);
  const said = status(field);
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    const typed = plain(input.value.trim());
    let count = 0;
    for (const choice of place.querySelectorAll(":scope > .choice")) {
      const isShown = !typed || plain(choice.textContent).includes(typed) || choice.querySelector("input").checked;
      choice.hidden = !isShown;
      count += isShown ? 1 : 0;
    }
    said.textContent = counted(place, count);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
