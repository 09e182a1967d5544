// The panel of a seat: who else, another time, why it is so; and "somebody cannot come" in two steps. All by keyboard.
import { ask, notify, problemNode } from "./board.js";
import { data, isPinned, momentText, nameOf, question, say, take, visitOf, visitText, wishOf } from "./adjust_model.js";
import { button, buttons, commit, paragraph, redraw, tell } from "./adjust_table.js";
import { choose } from "./adjust_choose.js";
import { costText, otherTimes, verdicts } from "./adjust_drag.js";

const panel = document.getElementById("panel");
const SHOWN = 40;
let stop = null;
let opener = null;

function node(name, how = {}, ...parts) {
  const made = Object.assign(document.createElement(name), how);
  made.append(...parts.filter((part) => part !== null && part !== undefined));
  return made;
}

function open(title, ...parts) {
  stop?.abort();
  stop = new AbortController();
  opener = document.activeElement;
  const close = button("×", () => panel.close(), "plain");
  close.setAttribute("aria-label", say("close"));
  panel.replaceChildren(node("div", { className: "head" }, node("h2", { id: "panel-title", textContent: title }), close), ...parts.filter(Boolean));
  if (!panel.open) panel.showModal();
}

panel.addEventListener("close", () => {
  stop?.abort();
  const again = opener?.isConnected ? opener : opener?.dataset && [...document.querySelectorAll(`.chip[data-visit="${CSS.escape(opener.dataset.visit ?? "")}"]`)][0];
  again?.focus?.();
});

/** Fill a place of the panel with what comes, or with what went wrong. */
async function filled(place, work) {
  place.replaceChildren(paragraph(say("loading")));
  const mine = stop;
  try {
    const parts = await work(mine.signal);
    if (mine === stop) place.replaceChildren(...parts);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!error.problem) throw error;
    place.replaceChildren(problemNode(error.problem));
  }
}

async function done(changes, before, claim) {
  panel.close();
  if (claim && !(await choose(claim))) return;
  await commit(changes, { before });
  // What was redrawn has lost the focus; it goes to the visit where it stands now.
  if (document.activeElement === document.body) document.querySelector(`.chip[data-visit="${CSS.escape(changes[0].visit)}"]`)?.focus();
}

// ------------------------------------------------------------------------------------------------------ a seat

/** Show a seat: {visit, role, volunteer | null, standby}. */
export function openSeat(seat) {
  const visit = visitOf(seat.visit);
  const wish = wishOf(seat.visit);
  const role = wish.roles[seat.role]?.title ?? seat.role;
  const whole = visitText(seat.visit, visit);
  const facts = paragraph([wish.title, role, seat.volunteer && nameOf(seat.volunteer), seat.standby && say("standby"), isPinned(seat.visit, seat.volunteer) && say("pinned")].filter(Boolean).join(" · "));
  if (data.later) return open(whole, facts, ...explained(seat));
  const people = node("div");
  const times = node("div");
  open(whole, facts, actions(seat, visit), seat.standby ? null : people, visit?.start && !seat.standby ? times : null, ...explained(seat));
  if (!seat.standby) {
    filled(people, async (signal) => {
      const told = await verdicts(seat, signal);
      if (visit?.start && stop.signal === signal) filled(times, async (still) => timesOf(seat, visit, await otherTimes(seat.visit, still)));
      return peopleOf(seat, visit, told);
    });
  }
}

function actions(seat, visit) {
  const box = node("div", { className: "actions" });
  if (!seat.volunteer) return box;
  const who = nameOf(seat.volunteer);
  const off = [{ op: "remove", visit: seat.visit, volunteer: seat.volunteer }];
  box.append(button(say(seat.standby ? "remove-standby" : "remove", { who }), () => done(off, visit)));
  if (!seat.standby) {
    const pinned = isPinned(seat.visit, seat.volunteer);
    box.append(button(say(pinned ? "unpin" : "pin"), () => pin(seat, pinned)));
  }
  box.append(button(say("sick", { who }), () => openAway(seat.volunteer, visit?.start?.slice(0, 10))));
  return box;
}

async function pin(seat, pinned) {
  panel.close();
  const own = (one) => one.visit === seat.visit && one.volunteer === seat.volunteer;
  const { body } = pinned ? await ask("GET", `${data.api}/pins?visit=${encodeURIComponent(seat.visit)}&limit=200`) : { body: null };
  try {
    if (pinned) {
      for (const row of body.items.filter((one) => own(one.fact))) {
        await ask("DELETE", `${data.api}/pins/${encodeURIComponent(row.key)}`, { ifMatch: "*" });
      }
      data.pins = data.pins.filter((one) => !own(one));
    } else {
      const json = { visit: seat.visit, role: seat.role, volunteer: seat.volunteer };
      await ask("POST", `${data.api}/pins`, { json });
      data.pins = [...data.pins, json];
    }
    tell(say(pinned ? "unpinned" : "is-pinned"));
    redraw(seat.visit);
  } catch (error) {
    if (!error.problem) throw error;
    notify(problemNode(error.problem), { problem: true });
  }
}

function peopleOf(seat, visit, told) {
  const list = node("ol", { className: "choices" });
  const all = [...told.people.values()];
  const show = (words) => {
    const fits = all.filter((one) => one.name.toLowerCase().includes(words));
    list.replaceChildren(...fits.slice(0, SHOWN).map((one) => personOf(seat, visit, one)));
  };
  show("");
  const search = node("input", { type: "search", placeholder: say("who-search"), autocomplete: "off" });
  search.setAttribute("aria-label", say("who-search"));
  search.addEventListener("input", () => show(search.value.trim().toLowerCase()));
  const others = [...told.blocked.values()];
  const blocked = node("details", {}, node("summary", { textContent: say("others", { count: others.length }) }));
  blocked.addEventListener("toggle", () => {
    if (blocked.childElementCount > 1) return;
    blocked.append(node("ul", { className: "choices" }, ...others.map((one) => node("li", {}, paragraph(one.text)))));
  });
  return [
    node("h3", { textContent: say(seat.volunteer ? "who-else" : "who") }),
    all.length > SHOWN / 4 ? search : null, all.length ? list : paragraph(say("nobody-can")), others.length ? blocked : null,
  ].filter(Boolean);
}

function personOf(seat, visit, one) {
  const changes = seat.volunteer
    ? [{ op: "replace", visit: seat.visit, volunteer: seat.volunteer, by: one.volunteer }]
    : [{ op: "assign", visit: seat.visit, volunteer: one.volunteer, role: seat.role, ...(one.start ? { start: one.start } : {}) }];
  const act = button(say(seat.volunteer ? "give" : "put", { who: one.name }), () => done(changes, visit, one.claim));
  act.dataset.give = one.volunteer;
  return node("li", {}, act, node("span", { className: "small", textContent: costText(one) }));
}

function timesOf(seat, visit, days) {
  const starts = [...days.values()].flat().filter((one) => one.start !== visit.start);
  if (!starts.length) return [];
  starts.sort((a, b) => (a.codes.length > 0) - (b.codes.length > 0) || a.start.localeCompare(b.start));
  return [node("details", {}, node("summary", { textContent: say("times") }), node("ul", { className: "choices" }, ...starts.map((one) => {
    const act = button(say("move", { when: momentText(one.start) }), () => done([{ op: "move", visit: seat.visit, start: one.start }], visit));
    act.disabled = one.codes.length > 0;
    return node("li", {}, act, node("span", { className: "small", textContent: one.text }));
  })))];
}

/** Why it is so: worked out when somebody opens it. */
function explained(seat) {
  const box = node("div", { className: "lines" });
  const why = node("details", { open: false }, node("summary", { textContent: say(seat.volunteer ? "why" : "fixes") }), box);
  const json = { visit: seat.visit, ...(seat.volunteer ? { volunteer: seat.volunteer, fixes: 0 } : {}) };
  why.addEventListener("toggle", () => {
    if (box.childElementCount) return;
    filled(box, async (signal) => (await question("explain", json, { signal })).body.lines.map(paragraph));
  });
  return [why];
}

// ------------------------------------------------------------------------------------------ somebody cannot come

/** Somebody cannot come: who and when, then what changes, then a new draft. */
export function openAway(volunteer = "", day = data.days[0]) {
  const who = node("select", { id: "away-who" }, node("option", { value: "" }), ...Object.entries(data.names).map(([id, name]) => node("option", { value: id, textContent: name })));
  who.value = volunteer;
  const from = node("input", { type: "date", value: day });
  const to = node("input", { type: "date", value: day });
  const found = node("div");
  found.setAttribute("aria-live", "polite");
  const look = button(say("away-look"), () => {
    if (!who.value || !from.value || to.value < from.value) return found.replaceChildren(paragraph(say("away-wrong")));
    return filled(found, (signal) => changesOf(who.value, from.value, to.value, signal));
  }, "primary");
  open(say("away-title"), node("div", { className: "pair" }, label("away-who", who), label("away-from", from), label("away-to", to)), node("div", { className: "actions" }, look), found);
}

const label = (key, input) => node("label", { textContent: say(key) }, input);

async function changesOf(volunteer, from, to, signal) {
  const zone = data.visits.find((visit) => visit.start)?.start.slice(19) ?? "+08:00";
  const next = new Date(`${to}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  const absence = { volunteer, start: `${from}T00:00:00${zone}`, end: `${next.toISOString().slice(0, 10)}T00:00:00${zone}` };
  const asked = { absences: [absence], keep: false };
  const { body } = await question("replan", asked, { signal });
  const lines = changedVisits(body.roster);
  if (!lines.length) return [paragraph(say("away-none", { who: nameOf(volunteer) }))];
  const empty = body.unfilled.reduce((sum, one) => sum + one.count, 0);
  const accept = button(say("away-accept"), async () => {
    accept.disabled = true;
    try {
      const kept = await question("replan", { ...asked, keep: true });
      panel.close();
      const roster = await ask("GET", `${data.api}/rosters/${encodeURIComponent(kept.body.id)}`);
      const changes = take(roster.body.roster, roster.body);
      tell(changes.map(({ id }) => visitText(id)).join("；"));
      buttons();
    } catch (error) {
      accept.disabled = false;
      if (!error.problem) throw error;
      notify(problemNode(error.problem), { problem: true });
    }
  }, "primary");
  return [paragraph(say("away-changes")), node("ul", {}, ...lines.map((line) => node("li", { textContent: line }))), empty ? paragraph(say("away-empty", { count: empty })) : null, node("div", { className: "actions" }, accept)].filter(Boolean);
}

function changedVisits(roster) {
  const names = (visit) => visit.assigned.map((seat) => nameOf(seat.volunteer)).join("、") || say("nobody");
  const standbys = (visit) => visit.standbys.map((seat) => nameOf(seat.volunteer)).join("、");
  const later = new Map(roster.visits.map((visit) => [visit.id, visit]));
  const told = [];
  for (const before of data.visits.map((one) => visitOf(one.id)).filter(Boolean)) {
    const after = later.get(before.id);
    const what = visitText(before.id, before);
    if (!after) told.push(say("change-gone", { what }));
    else {
      if (after.start !== before.start) told.push(say("change-time", { what, when: momentText(after.start) }));
      if (names(before) !== names(after)) told.push(say("change-people", { what, before: names(before), after: names(after) }));
      if (standbys(before) !== standbys(after)) told.push(say("change-people", { what: `${what} ${say("standby")}`, before: standbys(before) || say("nobody"), after: standbys(after) || say("nobody") }));
    }
  }
  for (const after of roster.visits) if (!visitOf(after.id)) told.push(say("change-new", { what: visitText(after.id, after), after: names(after) }));
  return told;
}

