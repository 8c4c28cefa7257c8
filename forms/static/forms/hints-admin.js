/** Each plain-language hint beside the question it is about; the list of all stays in its panel. */
document.addEventListener("DOMContentLoaded", () => {
  const stored = document.getElementById("form-hints");
  if (!stored) return;
  for (const { block, sentence } of JSON.parse(stored.textContent)) {
    const place = document.querySelector(`[data-contentpath="${CSS.escape(block)}"]`);
    if (!place) continue;
    const hint = document.createElement("p");
    hint.className = "editor-hint";
    hint.textContent = sentence;
    place.prepend(hint);
  }
});
