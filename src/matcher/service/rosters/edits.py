"""A roster changed by hand: people put on, taken off and exchanged, visits moved and dropped; a new roster each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.domain.wishes import Wish
from matcher.errors import BadInput, Fault
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster, RosterVisit, Seat
from matcher.service.plan_words import ItemRefused
from matcher.service.rosters.told import unknown_ids


def edited(problem: Problem, roster: Roster, changes: Sequence[Mapping[str, Any]], lang: str) -> Roster:
    """The roster after the changes, one after the other; raises ``BadInput`` with every fault of every one.

    Whether it breaks rules is for the judge to say.
    """
    desk = _Editing(problem, {visit.id: visit for visit in roster.visits}, lang)
    faults: list[Fault] = []
    for number, change in enumerate(changes):
        try:
            desk.apply(change)
        except ItemRefused as error:
            faults.append(error.fault("changes", number, lang))
        except BadInput as error:
            faults += [Fault(one.message, one.advice, path=("changes", number, *one.path), code=one.code) for one in error.faults]
    if faults:
        raise BadInput(faults)
    kept = tuple(visit for visit in desk.visits.values() if visit.assigned)
    return Roster(
        program=roster.program or problem.scenario.program.name, scenario=problem.scenario.fingerprint, visits=kept,
        strategy="by-hand", seed=roster.seed,
    )


@dataclass
class _Editing:
    """The visits of a roster while they are being changed."""

    problem: Problem
    visits: dict[str, RosterVisit]
    lang: str

    def apply(self, change: Mapping[str, Any]) -> None:
        act: Callable[[Mapping[str, Any]], None] = getattr(self, f"_{change['op']}")
        act(change)

    # ------------------------------------------------------------------------------------- operations

    def _assign(self, change: Mapping[str, Any]) -> None:
        entry, who = self._entry(change), self._person(change["volunteer"], "volunteer")
        role = self._role(entry.wish, entry.id, change.get("role"))
        if who in {seat.volunteer for seat in entry.assigned}:
            raise ItemRefused("on-already", "volunteer", name=who, visit=entry.id)
        standbys = [seat for seat in entry.standbys if seat.volunteer != who]
        self._put(entry, [*entry.assigned, Seat(role=role, volunteer=who)], standbys)

    def _standby(self, change: Mapping[str, Any]) -> None:
        entry, who = self._there(change), self._person(change["volunteer"], "volunteer")
        role = self._role(entry.wish, entry.id, change.get("role"))
        if who in {seat.volunteer for seat in (*entry.assigned, *entry.standbys)}:
            raise ItemRefused("on-already", "volunteer", name=who, visit=entry.id)
        self._put(entry, entry.assigned, [*entry.standbys, Seat(role=role, volunteer=who)])

    def _remove(self, change: Mapping[str, Any]) -> None:
        entry, who = self._there(change), change["volunteer"]
        if who not in {seat.volunteer for seat in (*entry.assigned, *entry.standbys)}:
            raise ItemRefused("not-on", "volunteer", name=who, visit=entry.id)
        self._put(entry, *([seat for seat in seats if seat.volunteer != who] for seats in (entry.assigned, entry.standbys)))

    def _replace(self, change: Mapping[str, Any]) -> None:
        entry, who = self._there(change), change["volunteer"]
        instead = self._person(change["by"], "by")
        if who not in {seat.volunteer for seat in (*entry.assigned, *entry.standbys)}:
            raise ItemRefused("not-on", "volunteer", name=who, visit=entry.id)
        if instead in {seat.volunteer for seat in entry.assigned}:
            raise ItemRefused("on-already", "by", name=instead, visit=entry.id)
        left = [seat for seat in entry.standbys if seat.volunteer != instead]
        self._put(entry, *(
            [Seat(role=seat.role, volunteer=instead) if seat.volunteer == who else seat for seat in seats]
            for seats in (entry.assigned, left)
        ))

    def _move(self, change: Mapping[str, Any]) -> None:
        entry = self._there(change)
        start = datetime.fromisoformat(change["start"])
        self.visits[entry.id] = RosterVisit(**dict(entry) | self._times(self._visit(entry.id), start))

    def _drop(self, change: Mapping[str, Any]) -> None:
        del self.visits[self._there(change).id]

    # ---------------------------------------------------------------------------------------- helpers

    def _put(self, entry: RosterVisit, assigned: Sequence[Seat], standbys: Sequence[Seat]) -> None:
        self.visits[entry.id] = RosterVisit(**dict(entry) | {"assigned": tuple(assigned), "standbys": tuple(standbys)})

    def _there(self, change: Mapping[str, Any]) -> RosterVisit:
        name = change["visit"]
        if name not in self.visits:
            raise ItemRefused("no-visit", "visit", visit=name)
        return self.visits[name]

    def _entry(self, change: Mapping[str, Any]) -> RosterVisit:
        """The visit in the roster, or a new one."""
        if change["visit"] in self.visits:
            return self.visits[change["visit"]]
        visit = self._visit(change["visit"])
        times: dict[str, Any] = {"start": None, "end": None}
        if not visit.is_goods:
            times = self._times(visit, self._start(visit, change.get("start")))
        return RosterVisit(id=visit.id, wish=visit.wish.id, **times)

    def _visit(self, name: str) -> Visit:
        number = self.problem.expanded.visit_index.get(name)
        if number is None:
            raise ItemRefused("no-visit", "visit", visit=name)
        return self.problem.visits[number]

    def _start(self, visit: Visit, told: str | None) -> datetime:
        if told is not None:
            return datetime.fromisoformat(told)
        starts = set(visit.starts(self.problem.scenario.program.settings.step_minutes))
        if len(starts) != 1:
            raise ItemRefused("needs-start", "start", visit=visit.id)
        return self.problem.expanded.calendar.moment(starts.pop())

    def _times(self, visit: Visit, start: datetime) -> dict[str, Any]:
        calendar = self.problem.expanded.calendar
        first = calendar.minute_of(start)
        return {"start": calendar.moment(first), "end": calendar.moment(first + visit.minutes)}

    def _person(self, name: str, field: str) -> str:
        faults = list(unknown_ids(self.problem.scenario, self.lang, volunteer=name))
        if faults:
            raise BadInput([Fault(one.message, one.advice, path=(field,), code=one.code) for one in faults])
        return name

    def _role(self, wish: str, visit: str, told: str | None) -> str:
        roles = list(self._roles(self.problem.scenario.wish[wish]))
        if told is None:
            if len(roles) > 1:
                raise ItemRefused("which-role", "role", visit=visit)
            return roles[0]
        if told not in roles:
            raise ItemRefused("no-role", "role", wish=wish, role=told, known=", ".join(roles))
        return told

    def _roles(self, wish: Wish) -> Iterator[str]:
        return (role.id for role in wish.roles)
