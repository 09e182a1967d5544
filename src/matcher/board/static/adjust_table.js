// The roster's table as it is drawn: chips, what has just been done, what others have done, empty places.
import { notify, problemNode } from "./board.js";
import { canRedo, canUndo, clockOf, data, dayOf, edit, follow, isPinned, momentText, nameOf, question, remember, say, visitOf, visitText, wishOf } from "./adjust_model.js";

export const table = document.querySelector("#roster table");
const saying = document.getElementById("say");
let hasRows = null;

/** Say something to whoever watches or listens. */
export function tell(text) {
  saying.textContent = text;
}

// ------------------------------------------------------------------------------------------------------- chips

function rowOf(key) {
  hasRows ??= new Map([...(table?.tBodies[0].rows ?? [])].map((row) => [row.dataset.key, row]));
  return hasRows.get(key);
}

/** The cell of a person (or wish) and a day. */
export function cellOf(key, day) {
  const column = data.days.indexOf(day);
  return column < 0 ? undefined : rowOf(key)?.cells[column + 1];
}

function chipOf(visit, seat, standby) {
  const wish = wishOf(visit.id);
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = `chip ${wish.kind}${standby ? " standby" : ""}`;
  Object.assign(chip.dataset, { visit: visit.id, role: seat.role, volunteer: seat.volunteer });
  const time = document.createElement("b");
  time.textContent = clockOf(visit.start);
  const kind = document.createElement("i");
  kind.textContent = say(`kind.${wish.kind}`);
  chip.append(time, ` ${data.view === "people" ? wish.resident ?? wish.title : nameOf(seat.volunteer)} `, kind);
  if (standby) {
    const tag = document.createElement("em");
    tag.textContent = say("standby");
    chip.append(" ", tag);
  } else if (isPinned(visit.id, seat.volunteer)) {
    const pin = document.createElement("span");
    pin.className = "pin";
    pin.setAttribute("role", "img");
    pin.setAttribute("aria-label", say("pinned"));
    pin.textContent = "●";
    chip.append(" ", pin);
  }
  chip.tabIndex = -1;
  return chip;
}

/** Draw a visit anew, wherever its chips are. */
export function draw({ id, after }, mark = "") {
  if (!table) return;
  const touched = new Set();
  for (const chip of table.querySelectorAll(`.chip[data-visit="${CSS.escape(id)}"]`)) {
    touched.add(chip.closest("tr"));
    chip.remove();
  }
  if (after) {
    for (const [standby, seats] of [[false, after.assigned], [true, after.standbys]]) {
      for (const seat of seats) {
        const key = data.view === "people" ? seat.volunteer : id.slice(0, id.lastIndexOf("/"));
        const cell = cellOf(key, dayOf(after));
        if (!cell) continue;
        const chip = chipOf(after, seat, standby);
        if (mark) chip.classList.add(mark);
        const later = [...cell.children].find((other) => other.firstChild?.textContent > clockOf(after.start));
        cell.insertBefore(chip, later ?? null);
        touched.add(cell.parentElement);
      }
    }
  }
  for (const row of touched) recount(row);
  keepOneStop();
}

function recount(row) {
  const load = row.querySelector("meter");
  if (!load) return;
  load.value = row.querySelectorAll(".chip:not(.standby)").length;
  load.title = load.title.replace(/\d+/, load.value);
  load.setAttribute("aria-label", load.title);
}

let stop = null;
/** One chip takes part in the tab order; arrow keys go from chip to chip. */
export function keepOneStop(chip) {
  const next = chip ?? (stop?.isConnected ? stop : table?.querySelector(".chip"));
  if (!next) return;
  if (stop && stop !== next) stop.tabIndex = -1;
  stop = next;
  stop.tabIndex = 0;
}

/** The chip that an arrow key leads to. */
export function neighbour(chip, key) {
  const row = chip.closest("tr");
  const column = chip.parentElement.cellIndex;
  const inRow = [...row.querySelectorAll(".chip")];
  if (key === "ArrowLeft" || key === "ArrowRight") return inRow[inRow.indexOf(chip) + (key === "ArrowRight" ? 1 : -1)];
  const side = key === "ArrowDown" ? "nextElementSibling" : "previousElementSibling";
  for (let other = row[side]; other; other = other[side]) {
    if (other.hidden) continue;
    const found = [...other.querySelectorAll(".chip")];
    if (found.length) return found.reduce((best, one) => Math.abs(one.parentElement.cellIndex - column) < Math.abs(best.parentElement.cellIndex - column) ? one : best);
  }
  return null;
}

// ----------------------------------------------------------------------------------------------------- changes

/** What a list of edits does, in words. */
function doneText(changes, before) {
  const first = changes[0];
  const what = visitText(first.visit, before ?? undefined);
  const values = { what, before: nameOf(first.volunteer), after: nameOf(first.by ?? first.volunteer), when: first.start ? momentText(first.start) : "" };
  return say(`done-${first.op}`, values);
}

/** Make changes, show them, offer to take them back. Whether they were made. */
export async function commit(changes, { before, once = true } = {}) {
  const label = doneText(changes, before);
  try {
    const made = await edit(changes);
    remember(made, label);
    for (const change of made.changes) draw(change, "fresh");
    tell(label);
    buttons();
    warm(changes[0].visit);
    return true;
  } catch (error) {
    if (error.status === 412 && once) return overtaken(changes, label);
    revert(changes);
    if (error.problem) notify(headed(say("refused"), problemNode(error.problem)), { problem: true });
    else throw error;
    tell(say("refused"));
    return false;
  }
}

// The facts know a new pin now: work it out before the next pick-up asks.
function warm(visit) {
  question("suggest", { visit, count: 1 }).catch(() => {});
}

function revert(changes) {
  for (const { visit } of changes) redraw(visit, "reverted");
}

/** Draw a visit as it is known. */
export function redraw(visit, mark = "") {
  draw({ id: visit, after: visitOf(visit) }, mark);
}

async function overtaken(changes, label) {
  let theirs;
  try {
    theirs = await follow();
  } catch (error) {
    if (!error.problem) throw error;
    notify(headed(say("refused"), problemNode(error.problem)), { problem: true });
    return false;
  } finally {
    revert(changes);
  }
  if (theirs) hear(theirs);
  if (!theirs) return commit(changes, { once: false });
  const box = headed(say("still", { what: label }));
  const yes = button(say("still-yes"), () => { note.remove(); commit(changes); });
  const no = button(say("still-no"), () => note.remove());
  box.append(row(yes, no));
  const note = notify(box, { problem: true });
  yes.focus();
  return false;
}

/** Show what somebody else has changed. */
export function hear({ who, changes }) {
  for (const change of changes) draw(change, "fresh");
  buttons();
  const lines = changes.slice(0, 5).flatMap(differences);
  if (changes.length > 5) lines.push(say("change-more", { count: changes.length - 5 }));
  notify(headed(say("changed-by", { who }), ...lines.map(paragraph)), { problem: true });
}

function differences({ id, before, after }) {
  const names = (visit) => visit.assigned.map((seat) => nameOf(seat.volunteer)).join("、") || say("nobody");
  const what = visitText(id, before ?? after);
  if (!after) return [say("change-gone", { what })];
  if (!before) return [say("change-new", { what, after: names(after) })];
  const told = [];
  if (before.start !== after.start) told.push(say("change-time", { what, when: momentText(after.start) }));
  if (names(before) !== names(after)) told.push(say("change-people", { what, before: names(before), after: names(after) }));
  return told;
}

/** Undo or redo, and say so. */
export async function turn(call, key) {
  try {
    const label = await call();
    if (label === null) notify(say("cannot-undo"), { problem: true });
    else {
      tell(say(key, { what: label }));
    }
  } catch (error) {
    if (error.status === 412) {
      const theirs = await follow().catch(() => null);
      if (theirs) hear(theirs);
      else notify(problemNode(error.problem), { problem: true });
    } else if (error.problem) notify(problemNode(error.problem), { problem: true });
    else throw error;
  }
  buttons();
}

/** Whether there is anything to undo. */
export function buttons() {
  document.getElementById("undo").disabled = Boolean(data.later) || !canUndo();
  document.getElementById("redo").disabled = Boolean(data.later) || !canRedo();
}

let asked = null;
/** The empty places as they are now, a moment later: who drags on is not kept waiting for them. */
export function gaps() {
  clearTimeout(asked);
  asked = setTimeout(showGaps, 300);
}

async function showGaps() {
  let answer;
  try {
    answer = await fetch(`${data.page}/gaps?roster=${encodeURIComponent(data.id)}`, { headers: { "HX-Request": "true" } });
  } catch {
    return; // the next change asks again
  }
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("gaps");
  if (fresh) document.getElementById("gaps").replaceWith(fresh);
}

// ----------------------------------------------------------------------------------------------------- helpers

/** A button that calls. */
export function button(text, call, kind = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = text;
  made.addEventListener("click", call);
  return made;
}
/** A paragraph of text. */
export function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
function row(...parts) {
  const made = document.createElement("div");
  made.className = "actions";
  made.append(...parts);
  return made;
}
function headed(text, ...parts) {
  const made = document.createElement("div");
  const head = document.createElement("b");
  head.textContent = text;
  made.append(head, ...parts);
  return made;
}
