/** A problem in the list of checks leads to its block in the editor, which is opened wherever it lies folded. */

const MOVEMENT = 400;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-check]");
  if (!link) return;
  const block = blockOf(link.dataset.check);
  if (!block) return;
  event.preventDefault();
  open(block);
  // The admin changes tabs with a movement; before it has ended there is nothing to scroll to.
  setTimeout(() => {
    block.scrollIntoView({ block: "start" });
    const fields = block.querySelectorAll("input:not([type=hidden]), textarea, select");
    [...fields].find((field) => field.checkVisibility())?.focus({ preventScroll: true });
  }, MOVEMENT);
});

/** The part of the page that edits the block with this id. */
function blockOf(id) {
  const hidden = [...document.querySelectorAll('input[type="hidden"][name$="-id"]')].find((input) => input.value === id);
  return hidden?.closest("[data-contentpath]") ?? hidden?.parentElement ?? null;
}

/** Open the tab and everything folded around and in the block: what hides a part names its button by aria-controls. */
function open(block) {
  const tab = block.closest("[role=tabpanel]");
  if (tab?.hidden) document.getElementById(tab.getAttribute("aria-labelledby"))?.click();
  const around = [];
  for (let part = block; part; part = part.parentElement) around.unshift(part);
  const own = block.querySelector("[data-panel] [id][hidden]");
  for (const part of own ? [...around, own] : around) {
    if (!part.hidden || !part.id || part.getAttribute("role") === "tabpanel") continue;
    document.querySelector(`[aria-controls="${CSS.escape(part.id)}"]`)?.click();
  }
}
