"""Fixes applied: the facts and the roster as they would be, and what the judge says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from matcher.domain.claims import Claim
from matcher.domain.people import Availability, Limits, Skill, Vehicle, Volunteer
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Recurrence, Role, Staffing, Window, Wish
from matcher.planning.fix_asking import Asking
from matcher.planning.fix_steps import MINUTE_LIMITS, VISIT_LIMITS, Step, total
from matcher.planning.fix_ways import NEW, Way
from matcher.planning.trials import Bench
from matcher.problem.check import Judge
from matcher.problem.expand import Expanded, Visit, expand
from matcher.problem.roster import Roster, RosterVisit, Seat, Violation

OF_LIMITS = (*VISIT_LIMITS, *MINUTE_LIMITS, "rest_days", "min_rest_minutes")
_EXCUSES = {
    "reach": "is_within_reach", "availability": "is_available", "claim": "has_claimed_it", "promoted": "has_claimed_it",
    **dict.fromkeys(OF_LIMITS, "keeps_own_limits"),
}
"""The rule a step asked of one person does away with."""
_EXCUSES_VISIT = {"time": "happens_at_an_asked_time", "partial": "is_crewed_together", "level": "has_the_skills"}
_EXCUSES_WISH = {"turns": "keeps_the_turn", "helpers": "keeps_faces_few"}
FAR_MINUTES = 600
"""A new volunteer is looked for nearby; no way is too long for them."""


@dataclass(frozen=True)
class Draft:
    """A fix as it is tried: the visit, when, who fills its seats, and all the steps that takes."""

    visit: Visit
    """As the facts have it."""
    roles: tuple[Role, ...]
    """As the steps leave them."""
    start: int | None
    ways: tuple[Way, ...]
    of_wish: tuple[Step, ...]
    """Steps that are about the visit or its wish."""
    team: str | None = None
    """The one team the crew comes from, if the wish asks for one."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, those about the wish first."""
        return (*self.of_wish, *(step for way in self.ways for step in way.steps))

    @property
    def price(self) -> int:
        """By the table."""
        return total(self.steps)

    @property
    def people(self) -> list[int]:
        """Everybody known who has a part in it."""
        return [row for way in self.ways for row in way.people]

    @property
    def has_new(self) -> bool:
        """Whether somebody nobody knows yet is on it."""
        return any(way.row == NEW for way in self.ways)


class Applied:
    """A draft applied to the facts and the roster it was made for."""

    def __init__(self, asking: Asking, roster: Roster, draft: Draft) -> None:
        self.asking = asking
        self.before = roster
        self.draft = draft
        self.names = tuple(self._names())
        """The id of whoever takes each seat, parallel to ``draft.ways``."""

    def _names(self) -> Iterable[str]:
        number = 0
        for way in self.draft.ways:
            if way.row != NEW:
                yield self.asking.id(way.row)
                continue
            number += 1
            while f"new-{number}" in self.asking.scenario.volunteer:
                number += 1
            yield f"new-{number}"

    # ------------------------------------------------------------------------------------------ roster

    def roster(self, visit_id: str | None = None) -> Roster:
        """The roster with the seats filled, and with what was given away or released."""
        draft = self.draft
        entries = {entry.id: entry for entry in self.before.visits}
        for step in draft.steps:
            if step.kind == "standby":
                entries[step.visit] = _changed(entries[step.visit], gone={step.volunteer})
        for way in draft.ways:
            for name, row in way.given:
                other = self.asking.id(row)
                entries[name] = _changed(
                    entries[name], swap=(self.asking.id(way.row), other), gone={other}
                )
        entry = entries.pop(draft.visit.id, None)
        new = visit_id or draft.visit.id
        entries[new] = self._filled(entry, new)
        return Roster(
            program=self.before.program, scenario=self.before.scenario, visits=tuple(entries.values())
        )

    def _filled(self, entry: RosterVisit | None, name: str) -> RosterVisit:
        draft, moment = self.draft, self.asking.expanded.calendar.moment
        seats = tuple(Seat(role=way.role, volunteer=who) for way, who in zip(draft.ways, self.names))
        kept = entry if entry is not None and entry.assigned else None
        start = end = None
        if draft.start is not None:
            start, end = moment(draft.start), moment(draft.start + draft.visit.minutes)
        return RosterVisit(
            id=name, wish=draft.visit.wish.id, start=start, end=end,
            assigned=(*(kept.assigned if kept else ()), *seats),
            standbys=tuple(own for own in (kept.standbys if kept else ()) if own.volunteer not in self.names),
        )

    # ------------------------------------------------------------------------------------------- facts

    @cached_property
    def scenario(self) -> Scenario:
        """The facts as the steps leave them, constructed and validated anew."""
        scenario = self.asking.scenario
        people, claims = {person.id: person for person in scenario.volunteers}, {own.id: own for own in scenario.claims}
        wish = self._wish
        for step in self.draft.steps:
            if step.kind == "promoted":
                claims[step.name or ""] = _with(claims[step.name or ""], state=step.after)
            elif step.kind == "claim":
                own = self._claim(step.volunteer or "", step.after)
                claims[own.id] = own
            elif step.volunteer is not None and step.is_of_facts:
                people[step.volunteer] = _asked(people[step.volunteer], step)
        for person, own_claim in self._newcomers():
            people[person.id] = person
            if own_claim is not None:
                claims[own_claim.id] = own_claim
        return scenario.with_changes(
            volunteers=tuple(people.values()), claims=tuple(claims.values()),
            wishes=tuple(wish if own.id == wish.id else own for own in scenario.wishes),
        )

    @cached_property
    def visit_id(self) -> str:
        """What the visit is called afterwards: one with a fixed start is named after it."""
        when = self.draft.visit.wish.recurrence
        if when is None or not (when.at or when.rrule) or not any(step.kind == "time" for step in self.draft.of_wish):
            return self.draft.visit.id
        assert self.draft.start is not None
        return f"{self.draft.visit.wish.id}/{self.asking.expanded.calendar.moment(self.draft.start):%Y-%m-%dT%H%M}"

    @property
    def _wish(self) -> Wish:
        """The wish as the steps leave it."""
        wish, changes, staffing = self.draft.visit.wish, dict[str, Any](), dict[str, Any]()
        for step in self.draft.of_wish:
            if step.kind == "time":
                assert self.draft.start is not None
                changes["recurrence"] = with_start(self.asking.expanded, self.draft.visit, self.draft.start)
            elif step.kind == "partial":
                changes["partial"] = True
            elif step.kind == "level":
                changes["roles"] = self.draft.roles
            elif step.kind == "turns":
                staffing["max_turns"] = step.after
            elif step.kind == "helpers":
                staffing["max_helpers"] = step.after
        if staffing:
            changes["staffing"] = Staffing(**dict(wish.staffing) | staffing)
        return _with(wish, **changes) if changes else wish

    def _claim(self, volunteer: str, state: object) -> Claim:
        scenario = self.asking.scenario
        wish, number = self.draft.visit.wish.id, 1
        taken = {own.id for own in scenario.claims}
        while f"asked-{volunteer}-{number}" in taken:
            number += 1
        return Claim.model_validate({
            "id": f"asked-{volunteer}-{number}", "wish": wish, "volunteer": volunteer, "at": scenario.program.as_of,
            "state": state,
        })

    def _newcomers(self) -> Iterable[tuple[Volunteer, Claim | None]]:
        wish = self.draft.visit.wish
        states = {own.state for own in self.asking.scenario.claims if own.wish == wish.id}
        roles = {role.id: role for role in self.draft.roles}
        for way, name in zip(self.draft.ways, self.names):
            if way.row == NEW:
                person = self._new_person(name, roles[way.role], way.steps[0])
                claim = self._claim(name, "chosen" if "chosen" in states else "open") if wish.claimants_only else None
                yield person, claim

    def _new_person(self, name: str, role: Role, step: Step) -> Volunteer:
        """Somebody who has just what the seat asks for, and that half-day."""
        wish, scenario = self.draft.visit.wish, self.asking.scenario
        required = scenario.resident[wish.resident].required if wish.resident else None
        languages = {role.language, required.language if required else None} - {None}
        return Volunteer(
            id=name,
            name="新志愿者" if scenario.program.settings.language == "zh" else "new volunteer",
            home=self.draft.visit.place,
            gender=role.gender or (required.gender if required else None),
            languages=tuple(sorted(own for own in languages if own)),
            team=self.draft.team or next(iter(wish.teams), None),
            skills=tuple(Skill(name=need.name, level=need.level) for need in role.skills),
            vehicle=None if role.vehicle is None else Vehicle(seats=role.vehicle.seats, wheelchair=role.vehicle.wheelchair),
            availability=() if step.name is None else (_free_on(step),),
            limits=Limits(max_travel_minutes=FAR_MINUTES),
            prior_visits=scenario.program.settings.newcomer_visits if step.kind == "experienced" else 0,
        )

    # ----------------------------------------------------------------------------------------- judging

    def objections(self, bench: Bench) -> list[Violation]:
        """What the judge would say without changing the facts, but for what the steps do away with.

        Quick, and of use only to leave out what cannot work; nobody new may be on it.
        """
        draft, scenario = self.draft, self.asking.scenario
        after = self.roster()
        people = {scenario.volunteers[row].id for row in draft.people}
        touched = {draft.visit.id, *(name for way in draft.ways for name, _ in way.given)}
        wishes = {name.rpartition("/")[0] for name in touched}
        about = touched | {
            entry.id for roster in (bench.roster, after) for entry in roster.visits
            if entry.wish in wishes or any(seat.volunteer in people for seat in (*entry.assigned, *entry.standbys))
        }
        known, now = (
            {own for own in _judge(bench, roster, about).violations() if own.price is None}
            for roster in (bench.roster, after)
        )
        return [own for own in now - known if not self._is_excused(own)]

    def _is_excused(self, violation: Violation) -> bool:
        for step in self.draft.steps:
            if _EXCUSES.get(step.kind) == violation.rule and violation.volunteer == step.volunteer:
                return True
            if _EXCUSES_VISIT.get(step.kind) == violation.rule and violation.visit == self.draft.visit.id:
                return True
            if _EXCUSES_WISH.get(step.kind) == violation.rule and self._is_of_wish(violation):
                return True
        return False

    def _is_of_wish(self, violation: Violation) -> bool:
        return (violation.visit or "").rpartition("/")[0] == self.draft.visit.wish.id

    def holds(self, bench: Bench) -> bool:
        """Whether the judge, with the facts changed, finds the seats filled and nothing new to object to.

        Every seat filled before is still filled, whatever was published still stands, and the needs tier is better
        by the price of the seats.
        """
        expanded = expand(self.scenario)
        if self.visit_id not in expanded.visit_index:
            return False
        after = self.roster(self.visit_id)
        judge = Judge(expanded, after)
        known = {(own.rule, own.visit, own.volunteer) for own in bench.before.hard}
        if any(
            (own.rule, own.visit, own.volunteer) not in known for own in judge.violations() if own.price is None
        ):
            return False
        gained = len(self.draft.ways) * bench.problem.prices.empty_seat(self.draft.visit.wish)
        return (
            bench.before.judge._empty_seats() - judge._empty_seats() == gained
            and self._keeps_seats(after)
            and self._keeps_published(after)
        )

    def _keeps_seats(self, after: Roster) -> bool:
        filled = Counter((entry.id, seat.role) for entry in after.visits for seat in entry.assigned)
        names = {self.draft.visit.id: self.visit_id}
        return all(
            filled[names.get(name, name), role] >= count
            for (name, role), count in Counter(
                (entry.id, seat.role) for entry in self.before.visits for seat in entry.assigned
            ).items()
        )

    def _keeps_published(self, after: Roster) -> bool:
        before, now = ({entry.id: entry for entry in roster.visits} for roster in (self.before, after))
        for told in self.asking.scenario.published:
            was, entry = before.get(told.visit), now.get(told.visit)
            if was is None or not _has(was, told.volunteer, told.standby):
                continue
            if entry is None or entry.start != was.start or not _has(entry, told.volunteer, told.standby):
                return False
        return True


def _judge(bench: Bench, roster: Roster, about: set[str]) -> Judge:
    kept = tuple(entry for entry in roster.visits if entry.id in about)
    return Judge(
        bench.expanded, Roster(program=roster.program, scenario=roster.scenario, visits=kept), bench.problem.prices, about
    )


def _has(entry: RosterVisit, volunteer: str, standby: bool) -> bool:
    return any(seat.volunteer == volunteer for seat in (entry.standbys if standby else entry.assigned))


def _changed(
    entry: RosterVisit, *, swap: tuple[str, str] | None = None, gone: Iterable[str | None] = ()
) -> RosterVisit:
    """One visit with somebody else on a seat, and without some of its stand-bys."""
    out, into = swap or ("", "")
    left = set(gone)
    return RosterVisit(
        id=entry.id, wish=entry.wish, start=entry.start, end=entry.end,
        assigned=tuple(
            Seat(role=seat.role, volunteer=into) if swap and seat.volunteer == out else seat for seat in entry.assigned
        ),
        standbys=tuple(seat for seat in entry.standbys if seat.volunteer not in left),
    )


def _with(fact: Any, **changes: Any) -> Any:
    """A fact with some fields replaced, through its constructor."""
    return type(fact)(**dict(fact) | changes)


def _asked(person: Volunteer, step: Step) -> Volunteer:
    """Somebody who has said yes."""
    if step.kind == "availability":
        changed: Volunteer = _with(person, availability=(*person.availability, _free_on(step)))
        return changed
    name = "max_travel_minutes" if step.kind == "reach" else step.kind
    return Volunteer(**dict(person) | {"limits": Limits(**dict(person.limits) | {name: step.after})})


def _free_on(step: Step) -> Availability:
    day = date.fromisoformat(step.name or "")
    return Availability(since=day, until=day, start=str(step.before), end=str(step.after))


def with_start(expanded: Expanded, visit: Visit, start: int) -> Recurrence:
    """When a wish is asked for, with one more time for this visit; a fixed start is replaced."""
    wish, moment = visit.wish, expanded.calendar.moment(start)
    when = wish.recurrence
    if when is None:
        day = expanded.scenario.program.settings.day
        when = Recurrence(windows=(Window(start=day.start, end=day.end),), until=wish.due)
    if not (when.at or when.rrule):
        other = Window(dates=(moment.date(),), at=f"{moment:%H:%M}")
        return Recurrence(**dict(when) | {"windows": (*when.windows, other)})
    if when.at:
        others = [own for own in when.at if expanded.calendar.minute_of(own) not in visit.fixed]
    else:  # a rule has no place for a single other start: its starts in the plan are written out
        planned = [expanded.visits[number] for number in expanded.visits_of_wish[wish.id]]
        others = [expanded.calendar.moment(own.fixed[0]) for own in planned if own.id != visit.id and own.fixed]
    plain: dict[str, Any] = {"rrule": None, "dtstart": None, "start": None}
    return Recurrence(**dict(when) | plain | {"at": tuple(sorted([*others, moment]))})
