// Recording: everybody done at once, one key per person, and a count of what is said.

const form = document.getElementById("outcomes");

if (form) {
  const people = [...form.querySelectorAll(".person:has([name^='o:'])")];
  const said = document.getElementById("said");
  const all = document.getElementById("all-done");
  form.parentElement.querySelector(".keys").hidden = false;

  const count = () => {
    const known = people.filter((one) => one.querySelector("input[type=radio]:checked")).length;
    said.textContent = said.dataset.say.replace("{said}", known).replace("{all}", people.length);
  };
  form.addEventListener("change", count);
  count();

  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const open = people.filter((one) => one.closest("[data-timed]") && !one.querySelector("input[type=radio]:checked"));
      for (const one of open) one.querySelector("input[value=done]").checked = true;
      count();
    });
  }

  // 1, 2, 3 on a person's line: done, did not come, called off; then on to the next.
  form.addEventListener("keydown", (event) => {
    const person = event.target.closest(".person");
    const way = { 1: "done", 2: "no-show", 3: "cancelled" }[event.key];
    if (!person || !way || event.target.type === "number" || event.ctrlKey || event.altKey || event.metaKey) return;
    const choice = person.querySelector(`input[value="${way}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    count();
    const next = people[people.indexOf(person) + 1];
    (next?.querySelector("input[type=radio]:checked") ?? next?.querySelector("input[type=radio]") ?? choice).focus();
  });
}
