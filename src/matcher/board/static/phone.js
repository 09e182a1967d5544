// A form is sent once: a second tap does nothing until the page is back. Pages work without this.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});
// To the first field that is wrong, which stands with its reason.
document.querySelector('[aria-invalid="true"]')?.focus();
