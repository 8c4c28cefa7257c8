// Comfort on the matter page: the print button, focus on what went wrong, and a second click that does nothing.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
document.querySelector(".error-summary")?.focus();
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}
