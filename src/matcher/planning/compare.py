"""compare: two rosters of the same facts side by side, in words: per tier and term, per visit, per person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.planning.account import Account, Joined
from matcher.planning.evenness import gini
from matcher.planning.trials import TermSum, terms_of
from matcher.planning.words import Phrase, Sayable
from matcher.problem.check import check
from matcher.problem.expand import Expanded, expand
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS, Report, Roster, RosterVisit, Seat
from matcher.problem.rules import Language

LISTED = 40
"""Visits and people listed; ``to_dict`` has all."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A roster with the judge's report on it, and what it is called here."""

    name: str
    roster: Roster
    report: Report


@dataclass(frozen=True, slots=True)
class TierChange:
    """One tier of both rosters, in points, and the terms that differ (b − a)."""

    tier: str
    before: int
    after: int
    terms: dict[str, int]

    def say(self, language: Language) -> str:
        values = {"tier": Phrase(self.tier), "before": self.before, "after": self.after}
        if not self.terms:
            return Phrase("compare_tier", values).say(language)
        return Phrase("compare_tier_terms", values | {"terms": TermSum(self.terms)}).say(language)


@dataclass(frozen=True, slots=True)
class ShareChange:
    """One figure of how work is shared, in both rosters."""

    what: str
    before: int
    after: int

    def say(self, language: Language) -> str:
        values = {"what": Phrase(f"share_{self.what}"), "before": self.before, "after": self.after}
        return Phrase("compare_share", values).say(language)


@dataclass(frozen=True, slots=True)
class VisitChange:
    """One visit that is not the same in both; ``start`` and people are those of each roster, None: not served."""

    visit: str
    label: Sayable
    start_before: str | None
    start_after: str | None
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None
    what: tuple[Phrase, ...]

    def say(self, language: Language) -> str:
        return Phrase("compare_visit", {"visit": self.label, "what": Joined(self.what)}).say(language)


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One volunteer whose visits are not the same in both."""

    volunteer: str
    name: str
    before: int
    after: int
    gains: tuple[Sayable, ...]
    loses: tuple[Sayable, ...]

    def say(self, language: Language) -> str:
        parts = tuple(
            Phrase(code, {"visits": visits})
            for code, visits in (("compare_gains", self.gains), ("compare_loses", self.loses))
            if visits
        )
        values = {"who": self.name, "before": self.before, "after": self.after, "what": Joined(parts)}
        return Phrase("compare_person", values).say(language)


@dataclass(frozen=True)
class Comparison(Account):
    """Two rosters side by side. Everything reads "a → b"."""

    names: tuple[str, str]
    verdict: tuple[Phrase, ...]
    tiers: tuple[TierChange, ...]
    shares: tuple[ShareChange, ...]
    visits: tuple[VisitChange, ...]
    people: tuple[PersonChange, ...]

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield 0, Phrase("compare_head", {"a": self.names[0], "b": self.names[1]})
        yield from ((0, phrase) for phrase in self.verdict)
        yield from ((1, tier) for tier in self.tiers)
        yield from ((1, share) for share in self.shares)
        groups: tuple[tuple[str, Sequence[Sayable]], ...] = (
            ("compare_visits", self.visits), ("compare_people", self.people),
        )
        for head, changes in groups:
            if changes:
                yield 0, Phrase(head, {"number": len(changes)})
                yield from ((1, change) for change in changes[:LISTED])
            if len(changes) > LISTED:
                yield 1, Phrase("compare_more", {"number": len(changes) - LISTED})


def compare(
    facts: Problem | Expanded | Scenario, a: Roster, b: Roster, *, names: tuple[str, str] = ("A", "B")
) -> Comparison:
    """Two rosters of one scenario, both judged anew.

    Raises ``BadInput`` if one names what the facts do not know, or belongs to another programme.
    """
    expanded = facts if isinstance(facts, Expanded) else facts.expanded if isinstance(facts, Problem) else expand(facts)
    reports = [check(expanded, roster) for roster in (a, b)]
    first, second = (Judged(*own) for own in zip(names, (a, b), reports))
    return compare_judged(first, second, scenario=expanded.scenario)


def compare_judged(
    a: Judged, b: Judged, *, scenario: Scenario | None = None, language: Language | None = None
) -> Comparison:
    """Two rosters with their reports; with the ``scenario`` people and visits have their names, else ids.

    Raises ``BadInput`` if they belong to different programmes.
    """
    spoken = language or (scenario.program.settings.language if scenario else "zh")
    programs = {own.roster.program for own in (a, b) if own.roster.program}
    if len(programs) > 1:
        listed = sorted(programs)
        raise BadInput(
            f"这两份排班不是同一个项目的：“{listed[0]}”和“{listed[1]}”" if spoken == "zh"
            else f'the rosters belong to two programmes: "{listed[0]}" and "{listed[1]}"',
            "请换成同一个项目的。" if spoken == "zh" else "Take two rosters of one programme.",
        )
    namer = _Namer(scenario)
    changed = [change for change in _visit_changes(a, b, namer) if change.what]
    tiers = tuple(_tier_changes(a.report, b.report))
    return Comparison(
        language=spoken,
        names=(a.name, b.name),
        verdict=tuple(_verdict(a, b, tiers, same=not changed)),
        tiers=tiers,
        shares=tuple(_share_changes(a.report, b.report)),
        visits=tuple(changed),
        people=tuple(_person_changes(a.roster, b.roster, namer)),
    )


# ---------------------------------------------------------------------------------------------- points


def _tier_changes(a: Report, b: Report) -> Iterator[TierChange]:
    terms = {
        name: b.terms.get(name, 0) - a.terms.get(name, 0) for name in dict.fromkeys((*a.terms, *b.terms))
    }
    for tier in TIERS:
        own = {name: points for name, points in terms_of(tier, terms).items() if points}
        yield TierChange(tier, a.tier(tier), b.tier(tier), own)


def _verdict(a: Judged, b: Judged, tiers: tuple[TierChange, ...], *, same: bool) -> Iterator[Phrase]:
    for judged in (a, b):
        if not judged.report.valid:
            broken = sum(violation.price is None for violation in judged.report.violations)
            yield Phrase("compare_invalid", {"who": judged.name, "number": broken})
    if a.roster.scenario != b.roster.scenario:
        yield Phrase("compare_other_facts")
    differs = next((tier for tier in tiers if tier.before != tier.after), None)
    if differs is None:
        yield Phrase("compare_same" if same else "compare_equal", {"a": a.name, "b": b.name})
        return
    better = a if differs.before < differs.after else b
    points = abs(differs.before - differs.after)
    yield Phrase("compare_better", {"better": better.name, "tier": Phrase(differs.tier), "points": points})


def _share_changes(a: Report, b: Report) -> Iterator[ShareChange]:
    for what, measure in _SHARES:
        yield ShareChange(what, measure(a), measure(b))


def _seats(report: Report) -> int:
    return sum(row.new for row in report.fairness)


def _people(report: Report) -> int:
    return sum(row.new > 0 for row in report.fairness)


def _most(report: Report) -> int:
    return max((row.new for row in report.fairness), default=0)


def _minutes(report: Report) -> int:
    return sum(row.minutes for row in report.fairness)


def unevenness(report: Report) -> int:
    """The Gini coefficient of turns (before and new) ÷ turns offered over all volunteers, in hundredths."""
    return round(100 * gini((row.before + row.new) / max(1, row.offered) for row in report.fairness))


_SHARES = (
    ("seats", _seats), ("people", _people), ("most", _most), ("minutes", _minutes), ("gini", unevenness),
)


# ------------------------------------------------------------------------------------ visits and people


class _Namer:
    """What people and visits are called: by name with the facts at hand, else by id."""

    def __init__(self, scenario: Scenario | None) -> None:
        self._scenario = scenario
        self._zone = ZoneInfo(scenario.program.timezone) if scenario else None

    def people(self, seats: Sequence[Seat]) -> tuple[str, ...]:
        return tuple(self.person(seat.volunteer) for seat in seats)

    def person(self, name: str) -> str:
        person = self._scenario.volunteer.get(name) if self._scenario else None
        return person.name or name if person else name

    def moment(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone) if self._zone else moment

    def visit(self, entry: RosterVisit) -> Sayable:
        wish = self._scenario.wish.get(entry.wish) if self._scenario else None
        if wish is None:
            return Phrase("as_written", {"text": entry.id})
        title = wish.title or wish.id
        if entry.start is None:
            return Phrase("where_any", {"title": title, "visit": entry.id})
        return Phrase("compare_on", {"day": self.moment(entry.start).date(), "title": title})


def _visit_changes(a: Judged, b: Judged, namer: _Namer) -> Iterator[VisitChange]:
    """Every visit of either roster, in order of time, with what is not the same."""
    olds, news = ({entry.id: entry for entry in own.roster.visits if entry.assigned} for own in (a, b))
    for name in sorted({*olds, *news}, key=lambda name: _when(olds.get(name) or news[name])):
        before, after = olds.get(name), news.get(name)
        yield VisitChange(
            visit=name,
            label=namer.visit(before or news[name]),
            start_before=_start(before, namer),
            start_after=_start(after, namer),
            before=None if before is None else namer.people(before.assigned),
            after=None if after is None else namer.people(after.assigned),
            what=tuple(_what_changed(before, after, namer, a.name, b.name)),
        )


def _when(entry: RosterVisit) -> tuple[float, str]:
    return (entry.start.timestamp() if entry.start else 0.0), entry.id


def _start(entry: RosterVisit | None, namer: _Namer) -> str | None:
    return None if entry is None or entry.start is None else namer.moment(entry.start).isoformat()


def _what_changed(
    before: RosterVisit | None, after: RosterVisit | None, namer: _Namer, a: str, b: str
) -> Iterator[Phrase]:
    if before is None or after is None:
        only, name = (after, b) if before is None else (before, a)
        yield Phrase("compare_only", {"name": name, "who": namer.people(only.assigned if only else ())})
        return
    if before.start is not None and after.start is not None and before.start != after.start:
        values = {"before": namer.moment(before.start), "after": namer.moment(after.start)}
        yield Phrase("compare_moved", values)
    yield from _swap("compare", *_only_in(before.assigned, after.assigned), namer)
    roles = {seat.volunteer: seat.role for seat in before.assigned}
    others = tuple(seat for seat in after.assigned if roles.get(seat.volunteer, seat.role) != seat.role)
    if others:
        yield Phrase("compare_role", {"who": namer.people(others)})
    yield from _swap("compare_standbys", *_only_in(before.standbys, after.standbys), namer)


def _only_in(before: Sequence[Seat], after: Sequence[Seat]) -> tuple[tuple[Seat, ...], tuple[Seat, ...]]:
    first, second = ({seat.volunteer for seat in own} for own in (before, after))
    return (
        tuple(seat for seat in before if seat.volunteer not in second),
        tuple(seat for seat in after if seat.volunteer not in first),
    )


def _swap(code: str, left: Sequence[Seat], joined: Sequence[Seat], namer: _Namer) -> Iterator[Phrase]:
    if left or joined:
        how = "swapped" if left and joined else "joined" if joined else "left"
        values = {"left": namer.people(left), "joined": namer.people(joined)}
        yield Phrase(f"{code}_{how}", {name: people for name, people in values.items() if people})


def _person_changes(a: Roster, b: Roster, namer: _Namer) -> list[PersonChange]:
    """Everybody who serves other visits, the largest difference in turns first."""
    own = [_visits_by_person(roster) for roster in (a, b)]
    changes = []
    for name in dict.fromkeys((*own[0], *own[1])):
        before, after = (visits.get(name, {}) for visits in own)
        gains = tuple(namer.visit(entry) for visit, entry in after.items() if visit not in before)
        loses = tuple(namer.visit(entry) for visit, entry in before.items() if visit not in after)
        if gains or loses:
            changes.append(PersonChange(name, namer.person(name), len(before), len(after), gains, loses))
    return sorted(changes, key=lambda change: (-abs(change.after - change.before), change.volunteer))


def _visits_by_person(roster: Roster) -> dict[str, dict[str, RosterVisit]]:
    found: dict[str, dict[str, RosterVisit]] = defaultdict(dict)
    for entry in roster.visits:
        for seat in entry.assigned:
            found[seat.volunteer][entry.id] = entry
    return dict(found)
