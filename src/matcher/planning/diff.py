"""Diff: two rosters of the same facts beside each other: who is told what, visit by visit and person by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from matcher.problem.roster import RosterVisit, Seat

Kind = Literal[
    "excused", "steps_in", "joins", "other_role", "released", "stands_by", "standby_released", "standby_excused",
    "moved", "standby_moved", "called_off", "standby_called_off",
]
"""What somebody is told about one visit."""


@dataclass(frozen=True, slots=True)
class News:
    """What one person is told about one visit. ``start`` and ``end`` are as they now are, or were if it is off."""

    volunteer: str
    kind: Kind
    visit: str
    wish: str
    role: str
    start: datetime | None
    end: datetime | None
    start_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class VisitDiff:
    """One visit before and after; None: nobody serves it. ``is_called_off``: it is no longer asked for."""

    visit: str
    wish: str
    before: RosterVisit | None
    after: RosterVisit | None
    is_called_off: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether it begins at another time."""
        return self.before is not None and self.after is not None and self.before.start != self.after.start

    @property
    def joined(self) -> tuple[Seat, ...]:
        """Crew seats with somebody new to the visit's crew."""
        return _without(self.after.assigned if self.after else (), self.before.assigned if self.before else ())

    @property
    def left(self) -> tuple[Seat, ...]:
        """Crew seats whose person is no longer on the crew."""
        return _without(self.before.assigned if self.before else (), self.after.assigned if self.after else ())

    @property
    def standbys_joined(self) -> tuple[Seat, ...]:
        """Stand-bys newly named."""
        return _without(self.after.standbys if self.after else (), self.before.standbys if self.before else ())

    @property
    def standbys_left(self) -> tuple[Seat, ...]:
        """Stand-bys who neither stand by any more nor are on the crew."""
        after = (*self.after.standbys, *self.after.assigned) if self.after else ()
        return _without(self.before.standbys if self.before else (), after)

    @property
    def stepped_in(self) -> tuple[Seat, ...]:
        """Stand-bys who are now on the crew."""
        before = {seat.volunteer for seat in self.before.standbys} if self.before else set()
        return tuple(seat for seat in self.joined if seat.volunteer in before)

    @property
    def empty(self) -> int:
        """How many crew seats fewer are filled than before."""
        filled = [0 if entry is None else len(entry.assigned) for entry in (self.before, self.after)]
        return max(0, filled[0] - filled[1])


@dataclass(frozen=True, slots=True)
class Diff:
    """Every visit that changed, in order of time, and what everybody concerned is told."""

    visits: tuple[VisitDiff, ...]
    news: tuple[News, ...]

    @property
    def by_person(self) -> dict[str, tuple[News, ...]]:
        """What each person is told, in order of time; those with the earliest news first."""
        found: dict[str, list[News]] = defaultdict(list)
        for one in self.news:
            found[one.volunteer].append(one)
        return {name: tuple(own) for name, own in found.items()}


def diff(
    before: Iterable[RosterVisit],
    after: Iterable[RosterVisit],
    *,
    excused: Iterable[tuple[str, str]] = (),
    called_off: Iterable[str] = (),
    past: Iterable[str] = (),
) -> Diff:
    """What changed between the visits of two rosters.

    ``excused``: (visit, volunteer) who cannot come; ``called_off``: visits no longer asked for; ``past``: visits that
    have begun, which are left out.
    """
    olds, news_ = ({entry.id: entry for entry in visits} for visits in (before, after))
    gone, over = set(called_off), set(past)
    visits = [
        VisitDiff(name, (new or old).wish, old, new, name in gone)  # type: ignore[union-attr]
        for name in dict.fromkeys((*olds, *news_))
        for old, new in [(olds.get(name), news_.get(name))]
        if old != new and name not in over
    ]
    visits.sort(key=_when)
    unable = set(excused)
    told = [news for visit in visits for news in _news(visit, unable)]
    return Diff(tuple(visits), tuple(told))


def _when(visit: VisitDiff) -> tuple[float, str]:
    entry = visit.after or visit.before
    start = entry.start if entry else None
    return (start.timestamp() if start else 0.0), visit.visit


def _news(visit: VisitDiff, unable: set[tuple[str, str]]) -> Iterable[News]:
    """What everybody on a visit is told, the crew first."""

    def news(seat: Seat, kind: Kind, entry: RosterVisit | None, start_before: datetime | None = None) -> News:
        start, end = (entry.start, entry.end) if entry else (None, None)
        return News(seat.volunteer, kind, visit.visit, visit.wish, seat.role, start, end, start_before)

    crew_before = {seat.volunteer: seat for seat in visit.before.assigned} if visit.before else {}
    crew_after = {seat.volunteer for seat in visit.after.assigned} if visit.after else set()
    stepping = {seat.volunteer for seat in visit.stepped_in}
    for seat in visit.joined:
        kind: Kind = (
            "steps_in" if seat.volunteer in stepping else "other_role" if seat.volunteer in crew_before else "joins"
        )
        yield news(seat, kind, visit.after)
    for seat in visit.left:
        if seat.volunteer not in crew_after:
            yield news(seat, _goodbye(visit, seat, unable, standby=False), visit.before)
    for seat in visit.standbys_joined:
        yield news(seat, "stands_by", visit.after)
    for seat in visit.standbys_left:
        yield news(seat, _goodbye(visit, seat, unable, standby=True), visit.before)
    if visit.is_moved and visit.before and visit.after:
        new = {*visit.joined, *visit.standbys_joined}
        for seats, moved in ((visit.after.assigned, "moved"), (visit.after.standbys, "standby_moved")):
            for seat in seats:
                if seat not in new:
                    yield news(seat, moved, visit.after, visit.before.start)  # type: ignore[arg-type]


def _goodbye(visit: VisitDiff, seat: Seat, unable: set[tuple[str, str]], *, standby: bool) -> Kind:
    if visit.is_called_off:
        return "standby_called_off" if standby else "called_off"
    if (visit.visit, seat.volunteer) in unable:
        return "standby_excused" if standby else "excused"
    return "standby_released" if standby else "released"


def _without(seats: tuple[Seat, ...], others: tuple[Seat, ...]) -> tuple[Seat, ...]:
    return tuple(seat for seat in seats if seat not in others)


def people_by_role(entry: RosterVisit | None) -> Mapping[str, tuple[str, ...]]:
    """The crew of a visit by role."""
    found: dict[str, list[str]] = defaultdict(list)
    for seat in entry.assigned if entry else ():
        found[seat.role].append(seat.volunteer)
    return {role: tuple(names) for role, names in found.items()}
