"""Proof: how good a roster is, how good any roster could be, and who or what is the bottleneck, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.domain.wishes import Role
from matcher.planning.account import Account, Joined
from matcher.planning.trials import Bench, TermSum, terms_of
from matcher.planning.vacancies import TRIED_IN_ALL, TRIED_PER_ROLE, empty_roles, least_refused, why, why_empty
from matcher.planning.words import Phrase, Sayable
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS, Roster, TierName, TierValue
from matcher.problem.rules import PAIR_RULES
from matcher.solvers.flow import Bottleneck, NeedsBound, needs_bound
from matcher.solvers.result import Result, tier_value

if TYPE_CHECKING:
    from matcher.planning.fix_supply import Shortage
    from matcher.planning.fixes import RoleFixes

NAMED = 8
"""People or roles named in one sentence; the rest are counted."""


@dataclass(frozen=True, slots=True)
class TierAccount:
    """One tier: its value, its proven bound and status, and what that means."""

    name: TierName
    value: int
    bound: int | None
    status: str
    summary: Phrase
    terms: dict[str, int]


@dataclass(frozen=True, slots=True)
class EmptySeats:
    """Empty seats of one role, and what keeps people away."""

    visit: str
    role: str
    count: int
    summary: Phrase
    fixes: RoleFixes | None = None
    """What would fill them, if that was asked for."""


@dataclass(frozen=True)
class RosterExplanation(Account):
    """The whole roster: seats filled, the proof per tier, the bottlenecks, and the empty seats with reasons.

    ``fillable`` is the most seats any roster could fill by the flow; ``relaxed`` are the rules it left out.
    """

    seats: int
    filled: int
    fillable: int
    tiers: tuple[TierAccount, ...]
    seats_summary: tuple[Phrase, ...]
    relaxed: tuple[str, ...]
    bottlenecks: tuple[Phrase, ...]
    empty: tuple[EmptySeats, ...]
    shortage: Shortage | None = None
    """What is short, and what one more person would fill, if that was asked for."""

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield from ((0, phrase) for phrase in self.seats_summary)
        if self.bottlenecks:
            yield 0, Phrase("bottlenecks")
            yield from ((1, phrase) for phrase in self.bottlenecks)
        if self.empty:
            yield 0, Phrase("empty_seats_head")
            for gap in self.empty:
                yield 1, gap.summary
                yield from ((2, phrase) for phrase in (gap.fixes.phrases() if gap.fixes else ()))
            if sum(gap.fixes is not None and gap.fixes.cheapest is not None for gap in self.empty) > 1:
                yield 1, Phrase("fixes_apart")
        if self.shortage is not None:
            yield from self.shortage.phrases()
        for tier in self.tiers:
            yield 0, tier.summary
            if tier.terms:
                yield 1, Phrase("terms", {"terms": TermSum(tier.terms)})


def explain_roster(
    problem: Problem,
    roster: Roster | Result,
    bound: NeedsBound | None = None,
    fixes: Callable[[Visit, Role], RoleFixes] | None = None,
) -> RosterExplanation:
    """The proof of a roster in words. ``bound`` is worked out if it is not handed in.

    Values are the judge's. Bounds are the roster's own where they can be true, and the flow's for needs. ``fixes`` says
    what would fill an empty role.
    """
    if isinstance(roster, Result):
        assert roster.roster is not None
        roster = roster.roster
    bound = bound or needs_bound(problem)
    bench = Bench(problem, roster)
    tiers = tuple(_tiers(bench, bound))
    filled = sum(len(entry.assigned) for entry in roster.visits)
    return RosterExplanation(
        language=bench.language,
        seats=bound.seats,
        filled=filled,
        fillable=bound.filled,
        tiers=tiers,
        seats_summary=tuple(_in_seats(bench, bound, filled, tiers[0])),
        relaxed=bound.relaxed,
        bottlenecks=tuple(bottleneck_phrase(bench, bottleneck) for bottleneck in bound.bottlenecks),
        empty=tuple(_empty(bench, fixes)),
    )


# ------------------------------------------------------------------------------------------------ tiers


def _tiers(bench: Bench, bound: NeedsBound) -> Iterator[TierAccount]:
    claimed = {tier.name: tier for tier in bench.roster.tiers} if _is_of_these_facts(bench) else {}
    proven_before = True
    for name in TIERS:
        terms = {term: points for term, points in terms_of(name, bench.before.terms).items() if points}
        value = sum(terms.values())
        tier = _tier(name, value, claimed.get(name), bound.value if name == "needs" else None)
        yield TierAccount(name, value, tier.bound, tier.status, _tier_summary(tier, proven_before), terms)
        proven_before = proven_before and tier.status == "OPTIMAL"


def _is_of_these_facts(bench: Bench) -> bool:
    return bench.roster.scenario == bench.scenario.fingerprint


def _tier(name: TierName, value: int, claimed: TierValue | None, least: int | None) -> TierValue:
    """The judge's value with the best bound known; a claim about another value proves nothing here."""
    bounds = [least, 0 if value == 0 else None]
    if claimed is not None and claimed.value == value:
        bounds.append(claimed.bound)
    known = [bound for bound in bounds if bound is not None]
    return tier_value(name, value, max(known) if known else None, False)


def _tier_summary(tier: TierValue, proven_before: bool) -> Phrase:
    values = {"tier": Phrase(tier.name), "value": tier.value, "bound": tier.bound}
    if tier.bound is None:
        return Phrase("tier_unknown", values)
    if tier.status != "OPTIMAL":
        return Phrase("tier_open", values | {"least": tier.bound})
    return Phrase("tier_proven" if proven_before else "tier_proven_given", values)


def _in_seats(bench: Bench, bound: NeedsBound, filled: int, needs: TierAccount) -> Iterator[Phrase]:
    """Needs in seats: how many are filled, and the most anyone could fill."""
    values = {"seats": bound.seats, "filled": filled, "most": bound.filled, "empty": bound.seats - filled}
    if not bound.seats:
        yield Phrase("nothing_to_serve")
    elif filled == bound.seats:
        yield Phrase("seats_all", values)
    elif filled == bound.filled:
        yield Phrase("seats_most", values)
    elif needs.status == "OPTIMAL":
        yield Phrase("seats_proven", values)
    else:
        yield Phrase("seats_open", values)
    if filled < bound.filled and bound.relaxed:
        yield Phrase("relaxed", {"rules": tuple(Phrase(f"short_{rule}") for rule in bound.relaxed)})


# ------------------------------------------------------------------------------------- bottlenecks


def bottleneck_phrase(bench: Bench, bottleneck: Bottleneck) -> Phrase:
    """Which seats share which too few people; for seats nobody can take, what is missing."""
    if not bottleneck.people and len(bottleneck.needed) == 1:
        number, role = bottleneck.needed[0]
        visit = bench.problem.visits[number]
        return nobody_can(bench, visit, visit.wish.roles[role])
    values = {
        "roles": _roles(bench, bottleneck),
        "seats": bottleneck.seats,
        "places": bottleneck.places,
        "empty": bottleneck.empty,
        "count": len(bottleneck.people),
    }
    if not bottleneck.people:
        return Phrase("bottleneck_nobody", values)
    names = [bench.scenario.volunteers[row].name or bench.scenario.volunteers[row].id for row in bottleneck.people]
    if len(names) > NAMED:
        return Phrase("bottleneck_many", values)
    return Phrase("bottleneck_few", values | {"who": tuple(names)})


def _roles(bench: Bench, bottleneck: Bottleneck) -> tuple[Sayable, ...]:
    named = tuple(
        Phrase("role_of", {"title": visit.wish.title or visit.wish.id, "visit": visit.id, "role": role_of(bench, role)})
        for number, position in bottleneck.needed[:NAMED]
        for visit in [bench.problem.visits[number]]
        for role in [visit.wish.roles[position]]
    )
    more = len(bottleneck.needed) - len(named)
    return (*named, Phrase("and_more", {"number": more})) if more else named


def role_of(bench: Bench, role: Role) -> str:
    """What a role is called; the single unnamed role of a wish is simply for a volunteer."""
    if role.title or role.id != Role().id:
        return role.title or role.id
    return "志愿者" if bench.language == "zh" else "helper"


def nobody_can(bench: Bench, visit: Visit, role: Role) -> Phrase:
    """Why nobody can take a role: the scarcest thing it asks for, and what keeps those who have it away."""
    values = {
        "where": _where(bench, visit),
        "role": role_of(bench, role),
        "seats": role.count,
    }
    refused = least_refused(bench, visit, role)
    if refused is None:
        return Phrase("nobody_no_start", values)
    scarce = [
        ((refused >> np.uint16(PAIR_RULES.index(rule)) & 1) == 0, rule)
        for rule, asked in (
            ("has_claimed_it", visit.wish.claimants_only),
            ("has_the_skills", bool(role.skills)),
            ("has_the_vehicle", role.vehicle is not None),
            ("belongs_to_the_team", bool(visit.wish.teams)),
        )
        if asked
    ]
    if not scarce:
        return Phrase("nobody_at_all", values | {"reasons": _reasons(refused, None, role)})
    have, rule = min(scarce, key=lambda pair: int(pair[0].sum()))
    values |= {"needed": Phrase(f"those_{rule}", {"skills": tuple(need.name for need in role.skills)})}
    count = int(have.sum())
    if not count:
        return Phrase("nobody_has_it", values)
    if count == 1:
        names = _rules_against(refused[have])
        return Phrase(
            "nobody_but_one", values | {"reasons": tuple(Phrase(f"short_{name}") for name in names if name != rule)}
        )
    return Phrase("nobody_of_those", values | {"number": count, "reasons": _reasons(refused[have], rule, role)})


def _rules_against(refused: NDArray[np.uint16]) -> dict[str, int]:
    """How many of these people each rule keeps away, most first; whom no fact keeps away, a pin does."""
    counts = {name: int((refused >> np.uint16(bit) & 1).sum()) for bit, name in enumerate(PAIR_RULES)}
    counts["keeps_what_is_pinned"] = int((refused == 0).sum())
    return {name: count for name, count in sorted(counts.items(), key=lambda pair: -pair[1]) if count}


def _reasons(refused: NDArray[np.uint16], apart_from: str | None, role: Role) -> Joined:
    counts = _rules_against(refused).items()
    reasons = tuple(why(name, count, role) for name, count in counts if name != apart_from)
    return Joined(reasons or (Phrase("nobody_left"),))


def _where(bench: Bench, visit: Visit) -> Phrase:
    """A visit by its title, and by its day and half-day if that is given."""
    title = visit.wish.title or visit.wish.id
    days = {bench.expanded.day_of(visit, start) for start in bench.starts(visit)}
    if len(days) != 1:
        return Phrase("where_any", {"title": title, "visit": visit.id})
    day = days.pop()
    if visit.is_goods:
        return Phrase("where_due", {"title": title, "day": day})
    hours = {bench.expanded.calendar.moment(start).hour for start in bench.starts(visit) if start is not None}
    part = "morning" if max(hours) < 12 else "evening" if min(hours) >= 18 else "afternoon" if min(hours) >= 12 else ""
    return Phrase("where_on", {"title": title, "day": day, "part": Phrase(f"part_{part or 'day'}")})


def _empty(bench: Bench, fixes: Callable[[Visit, Role], RoleFixes] | None) -> Iterator[EmptySeats]:
    left = TRIED_IN_ALL
    for visit, role, count in empty_roles(bench.problem, bench.roster):
        codes, tried = why_empty(bench, visit, role, min(TRIED_PER_ROLE, left))
        left -= tried
        yield EmptySeats(
            visit.id,
            role.id,
            count,
            Phrase(
                "empty_seats_of",
                {
                    "where": _where(bench, visit),
                    "role": role_of(bench, role),
                    "count": count,
                    "empty": count,
                    "reasons": Joined(tuple(why(code, number, role) for code, number in codes.most_common())),
                },
            ),
            fixes(visit, role) if fixes else None,
        )
