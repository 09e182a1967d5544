"""Handovers: a visit by two where a steady or paired person gives way to somebody the resident has not met.

A handover is a proposal, not a seat: the companion comes on top of the crew. It is only proposed where the companion
breaks no rule by being there, counted like any other visit: free, in reach, accepted, in one place at a time, within
their own limits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from matcher.domain.wishes import Role, Wish
from matcher.planning.words import Phrase
from matcher.problem.check import Judge, is_in_one_place_at_a_time, keeps_own_limits, paired_people
from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import Expanded
from matcher.problem.objective import Prices
from matcher.problem.roster import Roster, RosterVisit, Seat
from matcher.problem.rules import Language

_OF_A_COMPANION = ("is_available", "is_within_reach", "is_accepted_by_the_resident", "has_not_declined")
"""Pair rules that hold for whoever comes along; skills, vehicle, claim and team are the crew's."""
_ALONG = Role(id="along")
GONE = "gone"
"""Stands for a rule: the person is no longer on the list of volunteers."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Somebody new to a resident, whoever came before, and the visit at which both could be.

    ``first``: the first visit of ``comes``. ``why``: the rules that keep ``leaves`` off its crew. ``visit``: where they
    could meet, and ``companion`` who comes there on top of the crew; both None where they cannot, for ``in_the_way``.
    """

    wish: str
    title: str
    resident_name: str
    leaves: str
    leaves_name: str
    comes: str
    comes_name: str
    first: str
    first_start: datetime | None
    why: tuple[str, ...]
    visit: str | None = None
    visit_start: datetime | None = None
    companion: str | None = None
    in_the_way: tuple[str, ...] = ()

    def say(self, language: Language) -> str:
        """The proposal, or why there is none and what to do instead."""
        code = "along" if self.companion == self.leaves else "before"
        if self.companion is None:
            code = "never" if self.in_the_way == self.why else "none"
        return Phrase(f"handover_{code}", {
            "wish": self.title, "resident": self.resident_name, "old": self.leaves_name, "new": self.comes_name,
            "first": self.first_start or "",
            "day": self.visit_start or "", "why": tuple(Phrase(f"handover_{rule}") for rule in self.why),
            "way": tuple(Phrase(f"handover_{rule}") for rule in self.in_the_way),
        }).say(language)


def handovers(expanded: Expanded, roster: Roster) -> tuple[Handover, ...]:
    """Every handover a roster asks for, by wish and time: a ``steady`` or ``pair`` visit served by nobody who knows it.

    Who knows it: a paired volunteer; who has served it within ``turns_days``, or was told to before now; who serves it
    earlier in the roster. A pairing that is broken always asks for one. A steady person has to leave for it: to be on
    none of the visits from there on, and unable to serve the first of them.
    """
    entries: dict[str, list[RosterVisit]] = defaultdict(list)
    for entry in roster.visits:
        if entry.assigned and entry.start is not None:
            entries[entry.wish].append(entry)
    work = _Handovers(expanded, roster)
    found: list[Handover] = []
    for name, served in sorted(entries.items()):
        wish = expanded.scenario.wish[name]
        if wish.staffing.policy in ("steady", "pair") and wish.resident is not None:
            found += work.of_wish(wish, sorted(served, key=lambda entry: (entry.start, entry.id)))
    return tuple(found)


class _Handovers:
    """One roster; what is only needed where somebody new comes is worked out then."""

    def __init__(self, expanded: Expanded, roster: Roster) -> None:
        self.expanded, self.roster = expanded, roster
        self.scenario = expanded.scenario

    @cached_property
    def prices(self) -> Prices:
        return Prices(self.expanded, Eligibility(self.expanded))

    @cached_property
    def duties(self) -> dict[str, tuple[RosterVisit, ...]]:
        """Every visit somebody serves or stands by for."""
        found: dict[str, list[RosterVisit]] = defaultdict(list)
        for entry in self.roster.visits:
            for name in {seat.volunteer for seat in (*entry.assigned, *entry.standbys)}:
                found[name].append(entry)
        return {name: tuple(own) for name, own in found.items()}

    @cached_property
    def _told_before_now(self) -> dict[str, tuple[str, ...]]:
        """By wish, who was told to serve it before now, whatever came of it."""
        now = self.scenario.program.as_of
        found: dict[str, list[str]] = defaultdict(list)
        for seat in self.scenario.published:
            if not seat.standby and seat.start is not None and seat.start < now:
                found[seat.visit.rpartition("/")[0]].append(seat.volunteer)
        return {wish: tuple(own) for wish, own in found.items()}

    def of_wish(self, wish: Wish, served: list[RosterVisit]) -> Iterator[Handover]:
        """The handovers of one wish, whose visits are in order of time."""
        paired = [self.scenario.volunteers[row].id for row in paired_people(self.expanded, wish)]
        known = list(dict.fromkeys([*paired, *self._met_lately(wish)]))
        for number, entry in enumerate(served):
            crew = [seat.volunteer for seat in entry.assigned]
            if known and not set(known) & set(crew):
                later = {seat.volunteer for other in served[number:] for seat in other.assigned}
                yield from self._handover(wish, entry, served[:number], [
                    name for name in known if name in paired or name not in later
                ])
            known = list(dict.fromkeys([*paired, *crew, *known]))

    def _met_lately(self, wish: Wish) -> list[str]:
        """Who has served a wish within ``turns_days``, or was told to before now, the last first."""
        since = self.scenario.program.as_of - timedelta(days=wish.staffing.turns_days)
        done = [service.volunteer for service in self.expanded.done.get(wish.id, ()) if service.start >= since]
        return list(dict.fromkeys([*reversed(self._told_before_now.get(wish.id, ())), *reversed(done)]))

    def _handover(
        self, wish: Wish, entry: RosterVisit, earlier: list[RosterVisit], leaving: list[str]
    ) -> Iterator[Handover]:
        """The best handover from any of those who leave, if there are any: one at which both can be comes first."""
        found = [one for name in leaving if (one := self._from(name, wish, entry, earlier)) is not None]
        if found:
            yield min(found, key=lambda one: one.companion is None)  # of equals the first

    def _from(
        self, leaves: str, wish: Wish, entry: RosterVisit, earlier: list[RosterVisit]
    ) -> Handover | None:
        """The handover from one person; None if nothing keeps them from going on themselves."""
        why = self._why(leaves, wish, entry)
        if not why:
            return None
        comes = entry.assigned[0].volunteer
        here = self._in_the_way(leaves, entry)
        last = next((one for one in reversed(earlier) if leaves in {seat.volunteer for seat in one.assigned}), None)
        meeting: RosterVisit | None = None
        companion = None
        if not here:
            meeting, companion = entry, leaves
        elif last is not None and not self._in_the_way(comes, last):
            meeting, companion = last, comes
        return Handover(
            wish=wish.id, title=wish.title or wish.id, resident_name=self._resident(wish),
            leaves=leaves, leaves_name=self._name(leaves), comes=comes,
            comes_name=self._name(comes), first=entry.id, first_start=self._local(entry), why=why,
            visit=meeting.id if meeting else None, visit_start=self._local(meeting) if meeting else None,
            companion=companion, in_the_way=() if meeting else here,
        )

    def _why(self, name: str, wish: Wish, entry: RosterVisit) -> tuple[str, ...]:
        """The pair rules that keep somebody off the crew of a visit, in the role that asks least of them."""
        row = self.expanded.volunteer_index.get(name)
        if row is None:
            return (GONE,)
        visit = self.expanded.visits[self.expanded.visit_index[entry.id]]
        start = self._minute(entry)
        refusals = (self.prices.eligibility.refusals(row, visit, role, start) for role in wish.roles)
        return min(refusals, key=len)

    def _in_the_way(self, name: str, entry: RosterVisit) -> tuple[str, ...]:
        """The rules somebody would break by coming along on a visit, on top of its crew."""
        row = self.expanded.volunteer_index.get(name)
        if row is None:
            return (GONE,)
        visit = self.expanded.visits[self.expanded.visit_index[entry.id]]
        eligibility, start = self.prices.eligibility, self._minute(entry)
        alone = eligibility.refusals(row, visit, _ALONG, start)
        refused = tuple(rule for rule in alone if rule in _OF_A_COMPANION)
        return refused or tuple(dict.fromkeys(self._overburdened(name, entry)))

    def _overburdened(self, name: str, entry: RosterVisit) -> Iterator[str]:
        """The judge's own rules on one person's duties, with this visit as one of them."""
        own = [other for other in self.duties.get(name, ()) if other.id != entry.id]
        role = entry.assigned[0].role
        joined = RosterVisit(
            id=entry.id, wish=entry.wish, start=entry.start, end=entry.end, assigned=(Seat(role=role, volunteer=name),)
        )
        visits = (*own, joined)
        judge = Judge(self.expanded, Roster(scenario="", visits=visits), self.prices, {one.id for one in visits})
        for rule in (is_in_one_place_at_a_time, keeps_own_limits):
            yield from (violation.rule for violation in rule(judge) if violation.volunteer == name)

    def _minute(self, entry: RosterVisit) -> int | None:
        return None if entry.start is None else self.expanded.calendar.minute_of(entry.start)

    def _local(self, entry: RosterVisit) -> datetime | None:
        minute = self._minute(entry)
        return None if minute is None else self.expanded.calendar.moment(minute)

    def _resident(self, wish: Wish) -> str:
        person = self.scenario.resident[wish.resident or ""]
        return person.name or person.id

    def _name(self, key: str) -> str:
        person = self.scenario.volunteer.get(key)
        return (person.name or key) if person else key
