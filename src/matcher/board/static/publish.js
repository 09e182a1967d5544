// Publishing: the question before it, copying messages, finding a person in the list.

import { notify } from "./board.js";

const dialog = document.getElementById("confirm");
const asking = document.getElementById("ask");
if (dialog && asking) {
  asking.hidden = false;
  asking.addEventListener("click", () => dialog.showModal());
  document.getElementById("not-yet").addEventListener("click", () => dialog.close());
}

for (const button of document.querySelectorAll(".copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (await copy(document.getElementById(button.dataset.copy))) notify(button.dataset.done);
  });
}

// An office network without a certificate has no clipboard for pages: then the words are selected and copied the old way.
async function copy(node) {
  try {
    await navigator.clipboard.writeText(node.textContent);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  }
}

const find = document.getElementById("find");
if (find) {
  find.closest("label").hidden = false;
  find.addEventListener("input", () => {
    const wanted = find.value.trim();
    for (const row of document.querySelectorAll("#people tbody tr")) row.hidden = !row.textContent.includes(wanted);
  });
}
