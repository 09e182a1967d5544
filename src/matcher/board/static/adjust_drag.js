// Dragging a chip, or an empty place, to another person or another day: who may is asked once, when it is picked up.
import { notify, problemNode } from "./board.js";
import { cellOf, commit, redraw, tell } from "./adjust_table.js";
import { choose } from "./adjust_choose.js";
import { clockOf, data, dayOf, dayText, momentText, nameOf, question, say, visitOf, wishOf } from "./adjust_model.js";

const FAR = 6;
const LONG = 350;
const EDGE = 48;
let held = null;
let swallow = false; // the click that follows the end of a drag is not meant

/** Whether something is being dragged, or was until a moment ago. */
export const dragging = () => held?.moves ?? false;

/** Who may take a seat, and who not and why: {people: Map, blocked: Map, kind}. */
export async function verdicts({ visit, role, volunteer }, signal) {
  const asked = { visit, role, count: 5000, blocked: true, ...(volunteer ? { instead_of: volunteer } : {}) };
  const { body } = await question("suggest", asked, { signal });
  const seat = body.seats.find((one) => one.kind === (volunteer ? "instead" : "seat")) ?? body.seats[0];
  return {
    people: new Map((seat?.people ?? []).map((one) => [one.volunteer, one])),
    blocked: new Map((seat?.blocked ?? []).map((one) => [one.volunteer, one])),
  };
}

/** When else a visit could be: Map of days to starts, those that work first. */
export async function otherTimes(visit, signal) {
  const days = new Map();
  if (!visitOf(visit)?.start) return days;
  const { body } = await question("moves", { visit }, { signal });
  const now = clockOf(body.start);
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  for (const one of body.starts) {
    const day = one.start.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  const far = (one) => Math.abs(minutes(clockOf(one.start)) - minutes(now));
  for (const starts of days.values()) starts.sort((a, b) => (a.codes.length > 0) - (b.codes.length > 0) || far(a) - far(b));
  return days;
}

/** Points as people read them. */
export const points = (delta) => {
  const all = delta.needs || delta.promises || delta.quality;
  return `${all > 0 ? "+" : all < 0 ? "−" : "±"}${Math.abs(all)}`;
};

/** What is said of a person once their line is cut off at its head. */
export const costText = (one) => one.text.replace(/^\s*\d+[.、]\s*/, "");

/** Watch pointers. */
export function watch() {
  document.addEventListener("pointerdown", down);
  document.addEventListener("touchmove", (event) => { if (held?.moves) event.preventDefault(); }, { passive: false });
  document.addEventListener("contextmenu", (event) => { if (held) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    if (!swallow) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => setTimeout(() => { swallow = false; }, 50));
}

function down(event) {
  const source = event.target.closest?.(".chip:not(.standby), .gap");
  if (!source || event.button !== 0 || event.target.closest("[data-fill]") || !document.getElementById("roster")) return;
  const { visit, role, volunteer = null } = source.dataset;
  swallow = false;
  held = { source, seat: { visit, role, volunteer }, x: event.clientX, y: event.clientY, moves: false, stop: new AbortController() };
  const how = { signal: held.stop.signal };
  document.addEventListener("pointermove", move, how);
  document.addEventListener("selectstart", (selects) => selects.preventDefault(), how);
  document.addEventListener("pointerup", up, how);
  document.addEventListener("pointercancel", cancel, how);
  document.addEventListener("keydown", (key) => { if (key.key === "Escape") cancel(); }, how);
  if (event.pointerType === "touch") held.timer = setTimeout(() => held && begin(), LONG);
  held.touch = event.pointerType === "touch";
}

function move(event) {
  if (!held) return;
  const far = Math.hypot(event.clientX - held.x, event.clientY - held.y) > FAR;
  if (!held.moves) {
    if (!far) return;
    if (held.touch) return cancel(); // a swipe scrolls
    begin();
  }
  Object.assign(held, { atX: event.clientX, atY: event.clientY });
  follow();
}

function begin() {
  held.moves = true;
  held.ghost = document.createElement("div");
  held.ghost.className = "ghost";
  held.ghost.append(document.createElement("p"), document.createElement("p"));
  const wish = wishOf(held.seat.visit);
  held.ghost.firstChild.textContent = `${wish.resident ?? wish.title} ${say(`kind.${wish.kind}`)}`;
  held.grab = document.createElement("div");
  held.grab.className = "grab";
  held.grab.addEventListener("wheel", (event) => document.getElementById("roster").scrollBy(event.deltaX, event.deltaY), { passive: true });
  document.body.append(held.grab, held.ghost);
  held.source.classList.add("lifted");
  held.began = performance.now();
  Object.assign(held, { atX: held.x, atY: held.y });
  ask(held);
  scroll(held);
  follow();
}

async function ask(mine) {
  const signal = mine.stop.signal;
  mine.asked = (async () => {
    mine.verdicts = await verdicts(mine.seat, signal);
    mark(mine);
    mine.days = await otherTimes(mine.seat.visit, signal);
    markDays(mine);
  })();
  try {
    await mine.asked;
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!error.problem) throw error;
    cancel();
    notify(problemNode(error.problem), { problem: true });
  }
  if (held === mine) follow();
}

const rows = () => document.querySelector("#roster tbody").rows;

function mark(mine) {
  if (held !== mine || data.view !== "people") return;
  const day = dayOf(visitOf(mine.seat.visit));
  const column = data.days.indexOf(day) + 1;
  for (const row of rows()) {
    const key = row.dataset.key;
    const may = mine.verdicts.people.get(key);
    if (key === mine.seat.volunteer) continue;
    row.dataset.may = may ? "yes" : "no";
    const [head] = row.cells;
    if (may) {
      head.classList.add("may");
      head.querySelector("b").dataset.cost = points(may.delta);
      if (column) row.cells[column].classList.add("may");
    } else for (const one of [row, head]) one.classList.add("may-not");
  }
  document.body.dataset.verdicts = String(Math.round(performance.now() - mine.began));
  follow();
}

function markDays(mine) {
  if (held !== mine) return;
  const own = mine.source.closest("tr");
  if (!own) return;
  for (const [day, starts] of mine.days) {
    const column = data.days.indexOf(day) + 1;
    if (column && !starts[0].codes.length) own.cells[column].classList.add("may");
  }
}

function clear() {
  for (const row of document.querySelectorAll("#roster tr[data-may]")) {
    delete row.dataset.may;
    row.classList.remove("may-not");
    row.cells[0].classList.remove("may", "may-not");
    delete row.cells[0].querySelector("b").dataset.cost;
  }
  for (const cell of document.querySelectorAll("#roster td.may, #roster td.target")) cell.classList.remove("may", "target", "no");
}

/** Where the pointer is: the cell, its person and its day. */
function target() {
  const cell = document.elementsFromPoint(held.atX, held.atY).find((one) => one !== held.grab)?.closest("#roster td, #roster tbody th");
  if (!cell) return null;
  const day = cell.tagName === "TD" ? data.days[cell.cellIndex - 1] : dayOf(visitOf(held.seat.visit)) || null;
  return { cell, key: cell.parentElement.dataset.key, day };
}

/** What letting go here would mean: {changes, text, bad}; null for nothing. */
function meaning(where) {
  const { seat, verdicts: told, days } = held;
  const visit = visitOf(seat.visit);
  const own = data.view === "people" ? seat.volunteer : seat.visit.slice(0, seat.visit.lastIndexOf("/"));
  const sameRow = where.key === own;
  const sameDay = !visit || where.day === dayOf(visit);
  if (sameRow && sameDay) return data.view === "people" ? { text: say("self", { who: nameOf(seat.volunteer) }) } : null;
  if (!sameRow && data.view !== "people") return null;
  const said = [];
  const changes = [];
  let bad = false;
  if (!sameRow) {
    const who = nameOf(where.key);
    const may = told?.people.get(where.key);
    const blocked = told?.blocked.get(where.key);
    bad = Boolean(told) && !may;
    said.push(!told ? say("asking") : may ? say("can", { who, text: costText(may) }) : blocked ? say("cannot", { who, text: blocked.text.replace(/^.*?[：:]\s*/, "") }) : say("unknown", { who }));
    changes.push(seat.volunteer
      ? { op: "replace", visit: seat.visit, volunteer: seat.volunteer, by: where.key }
      : { op: "assign", visit: seat.visit, volunteer: where.key, role: seat.role, ...(may?.start ? { start: may.start } : {}) });
  }
  if (!sameDay && visit) {
    const starts = days?.get(where.day);
    if (!days) said.push(say("asking"));
    else if (!starts) { bad = true; said.push(say("day-not-asked", { when: dayText(where.day) })); }
    else {
      const best = starts[0];
      if (best.codes.length && sameRow) bad = true;
      said.push(best.codes.length ? say("day-cannot", { when: dayText(where.day), text: best.text }) : say("day-can", { when: momentText(best.start), text: best.text }));
      changes.push({ op: "move", visit: seat.visit, start: best.start });
    }
  }
  return { changes, bad, text: said.length > 1 ? say("both", { person: said[0], day: said[1] }) : said[0], claim: told?.people.get(where.key)?.claim };
}

function follow() {
  if (!held?.moves) return;
  held.ghost.style.transform = `translate(${Math.min(held.atX + 14, innerWidth - held.ghost.offsetWidth - 8)}px, ${Math.min(held.atY + 16, innerHeight - held.ghost.offsetHeight - 8)}px)`;
  for (const cell of document.querySelectorAll("#roster td.target")) cell.classList.remove("target", "no");
  const where = target();
  const means = where && meaning(where);
  const text = means?.text ?? (held.verdicts ? "" : say("asking"));
  held.ghost.lastChild.textContent = text;
  held.ghost.classList.toggle("no", Boolean(means?.bad));
  document.getElementById("say").textContent = text;
  if (means && where.cell.tagName === "TD") {
    where.cell.classList.add("target");
    where.cell.classList.toggle("no", means.bad);
  }
}

function scroll(mine) {
  if (held !== mine || !mine.moves || mine.over) return;
  const box = document.getElementById("roster");
  const edge = box.getBoundingClientRect();
  const pace = (at, low, high) => (at < low + EDGE ? -12 : at > high - EDGE ? 12 : 0);
  const inside = mine.atX > edge.left && mine.atX < edge.right && mine.atY > edge.top && mine.atY < edge.bottom;
  if (inside) {
    const x = pace(mine.atX, edge.left, edge.right);
    const y = pace(mine.atY, edge.top, edge.bottom);
    if (x || y) {
      box.scrollBy(x, y);
      follow();
    }
  }
  requestAnimationFrame(() => scroll(mine));
}

async function up() {
  const mine = held;
  const began = performance.now();
  clearTimeout(mine.timer);
  if (!mine.moves) {
    mine.stop.abort();
    held = null;
    return;
  }
  const where = target();
  if (where && !mine.days) await mine.asked.catch(() => {});
  if (held !== mine) return;
  const means = where && meaning(where);
  finish(mine);
  if (!means?.changes?.length) return;
  if (means.bad) {
    mine.source.classList.add("reverted");
    setTimeout(() => mine.source.classList.remove("reverted"), 1500);
    tell(means.text);
    return;
  }
  const cell = data.view === "people" && mine.source.classList.contains("chip") ? cellOf(where.key, where.day) : null;
  mine.source.classList.add("pending");
  cell?.append(mine.source);
  const before = visitOf(mine.seat.visit);
  requestAnimationFrame(() => { document.body.dataset.shown = String(Math.round(performance.now() - began)); });
  if (!means.claim || await choose(means.claim)) await commit(means.changes, { before });
  else redraw(mine.seat.visit, "reverted");
  mine.source.classList.remove("pending");
  document.body.dataset.dropped = String(Math.round(performance.now() - began));
}

function cancel() {
  const mine = held;
  if (!mine) return;
  clearTimeout(mine.timer);
  if (mine.moves) finish(mine);
  else {
    mine.stop.abort();
    held = null;
  }
}

function finish(mine) {
  mine.over = true;
  mine.ghost.remove();
  mine.grab.remove();
  mine.source.classList.remove("lifted");
  clear();
  mine.stop.abort();
  swallow = true;
  if (held === mine) held = null;
}
