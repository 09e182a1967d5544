"""What people have been told, beside a roster; and ids that the facts do not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from matcher.domain.claims import Published
from matcher.domain.scenario import Scenario
from matcher.errors import Fault
from matcher.planning.diff import Diff, diff
from matcher.problem.roster import Roster, RosterVisit, Seat
from matcher.service.plan_words import say


def told_visits(published: Iterable[Published]) -> tuple[RosterVisit, ...]:
    """The visits people have been told of, as a roster has them."""
    seats: dict[str, list[Published]] = {}
    for seat in published:
        seats.setdefault(seat.visit, []).append(seat)
    return tuple(
        RosterVisit(
            id=name, wish=name.rpartition("/")[0], start=own[0].start, end=own[0].end,
            assigned=tuple(Seat(role=one.role, volunteer=one.volunteer) for one in own if not one.standby),
            standbys=tuple(Seat(role=one.role, volunteer=one.volunteer) for one in own if one.standby),
        )
        for name, own in seats.items()
    )


def diff_of(scenario: Scenario, roster: Roster, called_off: Iterable[str] = (), *, afresh: bool = False) -> Diff:
    """The roster beside what was told of its visits, and of those called off.

    What has begun by the facts' moment is left out. ``afresh``: as if nobody had been told anything.
    """
    off = frozenset(called_off)
    planned = {visit.id for visit in roster.visits} | {empty.visit for empty in roster.unfilled} | off
    before = [] if afresh else [visit for visit in told_visits(scenario.published) if visit.id in planned]
    now = scenario.program.as_of
    past = [visit.id for visit in (*before, *roster.visits) if visit.start is not None and visit.start < now]
    known = [visit for visit in before if visit.wish in scenario.wish]
    return diff(known, roster.visits, called_off=off, past=past)


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is not as somebody was told."""

    visit: str
    volunteer: str
    kind: str
    start: datetime | None


_NEW = frozenset({"joins", "stands_by", "steps_in"})
"""News that break no promise made to whoever hears them."""


def broken_promises(found: Diff) -> tuple[Broken, ...]:
    """Of what is different, what somebody was told otherwise."""
    before = {visit.visit for visit in found.visits if visit.before is not None}
    return tuple(
        Broken(one.visit, one.volunteer, one.kind, one.start)
        for one in found.news
        if one.visit in before and one.kind not in _NEW
    )


def unknown_ids(
    scenario: Scenario, lang: str, *, wish: str | None = None, volunteer: str | None = None
) -> Iterator[Fault]:
    """A fault for every id the facts do not know."""
    if wish is not None and wish not in scenario.wish:
        yield _unknown("no-wish", wish, scenario.wish, lang, "wish")
    if volunteer is not None and volunteer not in scenario.volunteer:
        yield _unknown("no-volunteer", volunteer, scenario.volunteer, lang, "volunteer")


def _unknown(code: str, name: str, known: Iterable[str], lang: str, field: str) -> Fault:
    near = difflib.get_close_matches(name, list(known), n=1)
    advice = say("nearest", lang, near=near[0]) if near else ""
    return Fault(say(code, lang, name=name), advice, path=(field,), code="dangling")
