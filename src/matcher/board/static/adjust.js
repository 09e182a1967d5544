// Adjusting the roster: wiring of the page. See adjust_model.js (what is known), adjust_table.js, adjust_drag.js, adjust_panel.js.
import { canRedo, canUndo, data, dayOf, follow, onChange, onGaps, redo, undo } from "./adjust_model.js";
import { buttons, draw, gaps, hear, keepOneStop, neighbour, table, turn } from "./adjust_table.js";
import { dragging, watch } from "./adjust_drag.js";
import { openAway, openSeat } from "./adjust_panel.js";

const POLL = 4000;

function filter() {
  if (!table) return;
  const words = document.getElementById("filter").value.trim().toLowerCase().split(/\s+/);
  const team = document.getElementById("team")?.value ?? "";
  const loaded = document.getElementById("loaded")?.checked ?? false;
  let shown = 0;
  for (const one of table.tBodies[0].rows) {
    const fits = words.every((word) => one.dataset.words.includes(word)) && (!team || one.dataset.team === team) && (!loaded || one.querySelector(".chip"));
    one.hidden = !fits;
    shown += fits;
  }
  document.getElementById("nobody").hidden = shown > 0;
}

onChange((change) => draw(change));
onGaps(gaps);

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || dragging()) return;
  const chip = event.target.closest?.(".chip");
  if (chip) {
    keepOneStop(chip);
    openSeat({ visit: chip.dataset.visit, role: chip.dataset.role, volunteer: chip.dataset.volunteer, standby: chip.classList.contains("standby") });
    return;
  }
  const gap = event.target.closest?.("[data-fill]")?.closest(".gap");
  if (gap) openSeat({ visit: gap.dataset.visit, role: gap.dataset.role, volunteer: null, standby: false });
});

document.addEventListener("keydown", (event) => {
  const writes = event.target.closest?.("input, select, textarea, dialog");
  if ((event.ctrlKey || event.metaKey) && !writes && !data.later) {
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey && canUndo()) { event.preventDefault(); turn(undo, "undone"); }
    else if ((key === "y" || (key === "z" && event.shiftKey)) && canRedo()) { event.preventDefault(); turn(redo, "redone"); }
    return;
  }
  const chip = event.target.closest?.(".chip");
  if (!chip || !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  const next = neighbour(chip, event.key);
  if (!next) return;
  keepOneStop(next);
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
});

document.getElementById("undo").addEventListener("click", () => turn(undo, "undone"));
document.getElementById("redo").addEventListener("click", () => turn(redo, "redone"));
document.getElementById("away").addEventListener("click", () => openAway());
for (const name of ["filter", "team", "loaded"]) document.getElementById(name)?.addEventListener("input", filter);

if (table) {
  for (const chip of table.querySelectorAll(".chip")) chip.tabIndex = -1;
  keepOneStop();
  if (document.getElementById("filter").value) filter();
}
if (data.later) for (const name of ["undo", "redo", "away"]) document.getElementById(name).disabled = true;
else watch();
buttons();

setInterval(async () => {
  if (document.hidden || dragging() || data.later || document.querySelector("dialog[open]")) return;
  try {
    const theirs = await follow();
    if (theirs) hear(theirs);
  } catch { /* the next look will tell */ }
}, POLL);
// A month whose first weeks are empty opens where the roster begins.
const begins = data.days.findIndex((day) => data.visits.some((visit) => dayOf(visit) === day));
if (table && begins > 4) document.getElementById("roster").scrollLeft = table.tHead.rows[0].cells[begins].offsetLeft - table.tHead.rows[0].cells[0].offsetWidth;

document.documentElement.dataset.ready = "adjust";
requestAnimationFrame(() => setTimeout(() => performance.mark("usable"))); // the first picture with it is drawn
