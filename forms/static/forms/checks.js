/** A problem in the list of checks leads to its block in the editor, which is opened wherever it lies folded. */

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-check]");
  if (!link) return;
  const block = blockOf(link.dataset.check);
  if (!block) return;
  event.preventDefault();
  open(block);
  block.scrollIntoView({ block: "start" });
  const first = block.querySelector("input:not([type=hidden]), textarea, select");
  first?.focus({ preventScroll: true });
});

/** The part of the page that edits the block with this id. */
function blockOf(id) {
  const hidden = [...document.querySelectorAll('input[type="hidden"][name$="-id"]')].find((input) => input.value === id);
  return hidden?.closest("[data-contentpath]") ?? hidden?.parentElement ?? null;
}

/** Open the tab and every folded panel from the outermost to the block itself. */
function open(block) {
  const tab = block.closest("[role=tabpanel]");
  if (tab?.hidden) document.getElementById(tab.getAttribute("aria-labelledby"))?.click();
  const panels = [];
  for (let part = block; part; part = part.parentElement) if (part.matches?.("[data-panel]")) panels.unshift(part);
  const inside = block.querySelector("[data-panel]");
  if (inside && !panels.includes(inside)) panels.push(inside);
  for (const panel of panels) {
    const toggle = panel.querySelector("[data-panel-toggle]");
    if (toggle?.getAttribute("aria-expanded") === "false") toggle.click();
  }
}
