/** How much of a long text is left to write, below it; said aloud when one has stopped writing. */

const number = new Intl.NumberFormat(document.documentElement.lang);

for (const place of document.querySelectorAll("[data-count]")) begin(place);

function begin(place) {
  const area = document.querySelector(`textarea[aria-describedby~="${CSS.escape(place.id)}"]`);
  const shown = document.createElement("p");
  const said = document.createElement("p");
  const most = Number(place.dataset.words || place.dataset.characters);
  let timer = null;
  shown.className = "meta count";
  shown.setAttribute("aria-hidden", "true");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  place.classList.add("visually-hidden");
  place.after(shown, said);

  function write() {
    const text = area.value.trim();
    const used = place.dataset.words ? text.split(/\s+/).filter(Boolean).length : [...text].length;
    const left = most - used;
    const words = left < 0 ? place.dataset.over : place.dataset.left;
    const sentence = words.replace("{count}", number.format(Math.abs(left)));
    shown.textContent = sentence;
    shown.classList.toggle("too-many", left < 0);
    return sentence;
  }

  area.addEventListener("input", () => {
    const sentence = write();
    clearTimeout(timer);
    timer = setTimeout(() => (said.textContent = sentence), 1200);
  });
  write();
}
