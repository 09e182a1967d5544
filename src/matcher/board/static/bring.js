// A file dropped anywhere on the page is the file of the form; what was found is read out and stays in view.
import { notify } from "./board.js";

const form = document.getElementById("bring");
const file = document.getElementById("file");
const drop = document.getElementById("drop");
const found = document.getElementById("found");

for (const kind of ["dragover", "dragenter"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  drop.classList.remove("over");
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  file.files = event.dataTransfer.files;
  file.dispatchEvent(new Event("change", { bubbles: true }));
});

// The same file may be chosen again after it was mended.
file.addEventListener("click", () => {
  file.value = "";
});

// A server breaks off what is too large, and a browser then says nothing: better said before it is sent.
document.addEventListener("htmx:beforeRequest", (event) => {
  const most = Number(form.dataset.most);
  const one = file.files[0];
  if (!found.parentElement.contains(event.target) || !one || one.size <= most * 2 ** 20) return;
  event.preventDefault();
  const values = { name: one.name, size: Math.ceil(one.size / 2 ** 20), most };
  notify(Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), form.dataset.tooLarge), { problem: true });
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== found) return;
  const behave = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  found.scrollIntoView({ behavior: behave, block: "start" });
  found.focus({ preventScroll: true });
});

// Browsers refuse to send a file that was changed on the disk since it was chosen.
document.addEventListener("htmx:sendError", async (event) => {
  if (!found.parentElement.contains(event.target) || !file.files.length) return;
  try {
    await file.files[0].slice(0, 1).arrayBuffer();
  } catch {
    notify(form.dataset.moved, { problem: true });
  }
});
