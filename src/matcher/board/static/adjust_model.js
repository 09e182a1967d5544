// What the page knows of the roster, and how it is changed: edits through the API, changes of others, undo and redo.
import { ask } from "./board.js";

export const data = JSON.parse(document.getElementById("data").textContent);
const visits = new Map(data.visits.map((visit) => [visit.id, visit]));
const heard = { changed: [], gaps: [] };

/** A sentence with its values put in. */
export function say(key, values = {}) {
  return data.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const visitOf = (id) => visits.get(id);
export const wishOf = (id) => data.wishes[id.slice(0, id.lastIndexOf("/"))] ?? { title: id, roles: {}, kind: "visit" };
export const nameOf = (id) => data.names[id] ?? id;
export const dayOf = (visit) => (visit?.start ?? visit?.due ?? "").slice(0, 10);
export const clockOf = (moment) => (moment ? moment.slice(11, 16) : "");
export const isPinned = (visit, volunteer) => data.pins.some((pin) => pin.visit === visit && pin.volunteer === volunteer && !pin.standby);

/** A date with its weekday. */
export function dayText(iso) {
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
  const weekday = say("weekdays").split(" ")[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return say("day", { month: say("months").split(" ")[month - 1], day, weekday });
}

export const momentText = (iso) => `${dayText(iso)}${iso.includes("T") ? ` ${clockOf(iso)}` : ""}`;

/** A visit in a few words: when, for whom, what. */
export function visitText(id, visit = visitOf(id)) {
  const wish = wishOf(id);
  const when = visit ? momentText(visit.start ?? visit.due) : "";
  return `${when} ${wish.resident ?? wish.title} ${say(`kind.${wish.kind}`)}`.trim();
}

/** Be told of every visit that changes: called with its id, what it was and what it is. */
export const onChange = (call) => heard.changed.push(call);

/** Be told when other places are empty than before. */
export const onGaps = (call) => heard.gaps.push(call);

const bare = (visit) => visit && JSON.stringify([
  visit.start, visit.assigned.map((seat) => [seat.role, seat.volunteer]).sort(),
  visit.standbys.map((seat) => [seat.role, seat.volunteer]).sort(),
]);

/** Take over another edition of the roster; the visits that differ: {id, before, after}. */
export function take(roster, told) {
  const changes = [];
  const seen = new Set();
  for (const after of roster.visits) {
    const before = visits.get(after.id);
    seen.add(after.id);
    if (bare(before) === bare(after)) continue;
    changes.push({ id: after.id, before, after: { ...after, due: before?.due ?? after.due } });
  }
  for (const [id, before] of visits) if (!seen.has(id)) changes.push({ id, before, after: undefined });
  for (const { id, after } of changes) {
    if (after) visits.set(id, after);
    else visits.delete(id);
  }
  const empty = (list) => JSON.stringify(list.map((one) => [one.visit, one.role, one.count]));
  const hasGaps = empty(data.unfilled) !== empty(roster.unfilled);
  Object.assign(data, { unfilled: roster.unfilled, id: told.id, version: told.version, edition: told.edition, state: told.state });
  const address = new URL(location.href);
  if (address.searchParams.has("roster")) {
    address.searchParams.set("roster", data.id);
    history.replaceState(history.state, "", address);
  }
  for (const change of changes) for (const call of heard.changed) call(change);
  if (hasGaps) for (const call of heard.gaps) call();
  return changes;
}

const etag = () => `"${data.version}"`;
const at = () => `${data.api}/rosters/${encodeURIComponent(data.id)}`;

/** Ask something about the roster. */
export const question = (name, json, how) => ask("POST", `${at()}/${name}`, { json, ...how });

/** Make changes: a new draft. Throws what the API refuses; 412 if somebody was faster. */
export async function edit(changes, { strict = true, pin = true, put = [], lift = [] } = {}) {
  const json = { changes, strict, pin, put_pins: put, lift_pins: lift };
  const { body } = await ask("POST", `${at()}/edits`, { json, ifMatch: etag() });
  const lifted = body.pins.lifted.map((pin) => JSON.stringify(pin));
  data.pins = [...data.pins.filter((pin) => !lifted.includes(JSON.stringify(pin))), ...body.pins.put];
  const done = take(body.roster, body);
  return { changes: done, pins: body.pins };
}

/** The newest edition made from this one, if somebody has made one: {who, changes}. */
export async function follow() {
  let found = null;
  let from = data.id;
  for (;;) {
    const { body } = await ask("GET", `${data.api}/rosters?replaces=${encodeURIComponent(from)}&newest=true&limit=5`);
    const later = body.items.find((row) => row.state !== "archived");
    if (!later) break;
    found = later;
    from = later.id;
  }
  if (!found || found.id === data.id) return null;
  const { body } = await ask("GET", `${data.api}/rosters/${encodeURIComponent(found.id)}`);
  data.pins = await pinsNow();
  return { who: found.created_by.split(":").pop(), changes: take(body.roster, body) };
}

async function pinsNow() {
  const { body } = await ask("GET", `${data.api}/pins?limit=200`);
  return body.items.map((row) => row.fact).filter((pin) => !pin.never);
}

// ------------------------------------------------------------------------------------------------ undo and redo

const KEY = `matcher-undo:${data.api}`;
const MOST = 50;
let stacks = { done: [], undone: [] };
try {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (kept?.at === data.id) stacks = kept.stacks;
} catch { /* nothing kept, nothing to undo */ }

function keep() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ at: data.id, stacks }));
  } catch { /* the browser keeps nothing: undo holds until the page is left */ }
}

/** Remember what was done, to take it back. */
export function remember({ changes, pins }, label) {
  stacks.done = [...stacks.done, { changes, pins, label }].slice(-MOST);
  stacks.undone = [];
  keep();
}

export const canUndo = () => stacks.done.length > 0;
export const canRedo = () => stacks.undone.length > 0;

/** Take the last change back; its label, or null if the visit has been changed since. */
export const undo = () => turn("done", "undone");
/** Do again what was taken back. */
export const redo = () => turn("undone", "done");

async function turn(from, to) {
  const last = stacks[from].at(-1);
  if (!last) return null;
  if (last.changes.some(({ id, after }) => bare(visitOf(id)) !== bare(after))) {
    stacks[from].pop();
    keep();
    return null;
  }
  const changes = last.changes.flatMap(({ id, before, after }) => restored(id, before, after));
  const { pins, changes: made } = await edit(changes, { strict: false, pin: false, put: last.pins.lifted, lift: last.pins.put });
  stacks[from].pop();
  stacks[to].push({ changes: made, pins, label: last.label });
  keep();
  return last.label;
}

/** The edits that bring a visit back to what it was. */
function restored(visit, before, now) {
  const dropped = now ? [{ op: "drop", visit }] : [];
  if (!before) return dropped;
  const start = before.start ? { start: before.start } : {};
  return [
    ...dropped,
    ...before.assigned.map((seat) => ({ op: "assign", visit, volunteer: seat.volunteer, role: seat.role, ...start })),
    ...before.standbys.map((seat) => ({ op: "standby", visit, volunteer: seat.volunteer, role: seat.role })),
  ];
}
