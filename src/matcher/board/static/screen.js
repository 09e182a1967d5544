// Decisions that differ from the proposal are marked, and those chosen are counted as one goes.
const form = document.getElementById("decide");

function follow() {
  const selects = [...form.querySelectorAll("select[data-proposed]")];
  for (const select of selects) {
    select.parentElement.querySelector(".yours").hidden = select.value === select.dataset.proposed;
    select.closest("tr").className = select.value;
  }
  const chosen = selects.filter((select) => select.value === "chosen").length;
  document.getElementById("count").textContent = form.dataset.count.replace("{chosen}", chosen);
}

if (form) {
  form.addEventListener("change", follow);
  // A browser that comes back to the page keeps what was chosen.
  window.addEventListener("pageshow", follow);
}
