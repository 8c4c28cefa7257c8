/** What moves the page waits while it is pressed on, so that nobody's click lands beside what they pressed. */

let held = null; // what waits while a finger or a button is down

document.addEventListener("pointerdown", () => (held ??= []), { capture: true, passive: true });
for (const name of ["pointerup", "pointercancel"]) {
  // The click comes after this.
  document.addEventListener(name, () => setTimeout(release), { capture: true, passive: true });
}
window.addEventListener("blur", release);

function release() {
  const waiting = held ?? [];
  held = null;
  for (const act of waiting) act();
}

/** Do it now, or when what is pressed has been let go. */
export function whenReleased(act) {
  if (held) held.push(act);
  else act();
}
