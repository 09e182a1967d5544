"""Offers: everybody who could take one seat of one visit, with what that changes, term by term, or what stands in the way.

The numbers are those a full re-judgement would give. Only what the change can touch is worked out: the person's
own terms for all people at once, the wish's rules and terms once for each kind of person (new to the wish,
experienced, …) by the judge's own functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from matcher.domain.claims import Claim, Published, still_to_name
from matcher.domain.places import TravelMode
from matcher.planning.loaded import FAR, Ints, Loaded, Mask, Stop, month_of, stop_order, week_of
from matcher.problem.check import (
    Judge,
    Served,
    keeps_faces_few,
    keeps_the_spacing,
    keeps_the_turn,
    keeps_what_is_pinned,
    keeps_what_is_published,
    newcomers_go_with_experience,
    paired_people,
)
from matcher.problem.eligibility import OF_THE_DAY, OF_THE_HOUR
from matcher.problem.expand import Expanded, Visit
from matcher.problem.objective import NEEDS_TERMS, PROMISE_TERMS, QUALITY_TERMS
from matcher.problem.roster import Violation
from matcher.problem.rules import PAIR_RULES, RULES

TERMS = (*NEEDS_TERMS, *PROMISE_TERMS, *QUALITY_TERMS)
"""The columns of ``Offers.terms``."""
COLUMN = {name: number for number, name in enumerate(TERMS)}
CODES = (*RULES, "no_start_left")
"""The bits of ``Offers.broken``: every rule by name, and what is left to say of a visit that cannot begin any more."""
BIT = {name: np.uint32(1 << number) for number, name in enumerate(CODES)}
GOODS = -1
"""Stands for the start of goods, which have none."""

_CLAIMED = np.uint16(1 << PAIR_RULES.index("has_claimed_it"))
_FREED = ("keeps_what_is_published", "keeps_what_is_pinned")
"""Rules that bind nobody to a seat they step down from."""
_PROMISES = slice(1, 1 + len(PROMISE_TERMS))
_QUALITY = slice(1 + len(PROMISE_TERMS), None)


@dataclass(frozen=True, slots=True)
class Place:
    """The seat in question: a role of a visit, by number; on the crew or as stand-by; empty, or instead of ``out``."""

    visit: int
    role: int
    standby: bool = False
    out: int | None = None


@dataclass(frozen=True, slots=True)
class Offers:
    """Parallel arrays: one row per volunteer and possible start.

    ``terms`` [rows, TERMS]: what the change adds to each term. ``broken``: bits of the rules that stand in the way.
    ``promoted``: the volunteer is on the waitlist, and the claim would have to be marked as chosen.
    """

    place: Place
    volunteer: Ints
    start: Ints
    terms: Ints
    broken: NDArray[np.uint32]
    promoted: Mask

    def __len__(self) -> int:
        return len(self.volunteer)

    @property
    def tiers(self) -> Ints:
        """[rows, 3]: what the change adds to needs, promises and quality."""
        needs, promises, quality = self.terms[:, :1], self.terms[:, _PROMISES], self.terms[:, _QUALITY]
        return np.stack([needs.sum(axis=1), promises.sum(axis=1), quality.sum(axis=1)], axis=1)

    def chosen(self, which: Ints) -> Offers:
        """These rows only."""
        return Offers(
            self.place, self.volunteer[which], self.start[which], self.terms[which], self.broken[which],
            self.promoted[which],
        )


def joined(parts: list[Offers]) -> Offers:
    """Several offers as one; they keep the place of the first."""
    return Offers(
        parts[0].place,
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("volunteer", "start", "terms", "broken", "promoted")
        ),
    )


def offers_for(loaded: Loaded, place: Place) -> Offers:
    """Everybody whom no fact keeps away from the seat, at each start they might take; roster rules as bits.

    A visit with anybody on it keeps its start; any other may begin at every option of the problem.
    """
    return _Seat(loaded, place).offers([place.out])[0]


def offers_instead(loaded: Loaded, place: Place, outs: Sequence[int]) -> list[Offers]:
    """``offers_for`` the same seat, instead of each of these people on its role's crew."""
    return _Seat(loaded, place).offers(outs)


def waitlisted_claims(loaded: Loaded, wish: str) -> dict[int, Claim]:
    """The waitlisted claim of each volunteer on a wish, their team's if they have none of their own.

    Empty where nobody is chosen yet and open claims count: then it is for screening to decide.
    """
    claims = [claim for claim in loaded.scenario.claims if claim.wish == wish]
    states = {claim.state for claim in claims}
    if "chosen" not in states and "open" in states:
        return {}
    found: dict[int, Claim] = {}
    waiting = still_to_name([own for own in claims if own.state == "waitlisted"])
    for claim in sorted(waiting, key=lambda own: (own.at, own.id)):
        if claim.volunteer is not None:
            found[loaded.expanded.volunteer_index[claim.volunteer]] = claim
        else:
            for row in loaded.expanded.members.get(claim.team or "", ()):
                found.setdefault(row, claim)
    return found


def start_or_none(start: int) -> int | None:
    """A start of ``Offers`` as the problem writes it."""
    return None if start == GOODS else start


# --------------------------------------------------------------------------------------------- a wish


@dataclass(frozen=True, slots=True)
class _Effect:
    """What one person's joining does to a wish: bits of the rules it breaks, and points by term."""

    broken: int
    terms: dict[str, int]


class _AsTold:
    """The same facts, with one more person told to stand by."""

    def __init__(self, expanded: Expanded, visit: str, row: int) -> None:
        self._expanded = expanded
        self.standing_by = {**expanded.standing_by, visit: expanded.standing_by.get(visit, frozenset()) | {row}}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._expanded, name)


class _PartJudge(Judge):
    """The judge, looking at some visits of one wish, with the people ``served`` names on them."""

    def __init__(
        self, whole: Loaded, about: frozenset[str], served: tuple[Served, ...], told: tuple[tuple[Published, Visit], ...]
    ) -> None:
        judge = whole.judge
        self.expanded, self.roster, self.scenario = judge.expanded, judge.roster, judge.scenario
        self.settings, self.language = judge.settings, judge.language
        self.prices, self.eligibility = judge.prices, judge.eligibility
        self.about = about
        self.served = served
        self.told = told


class _Wish:
    """The rules and terms that look at a wish as a whole, as far as this wish has any."""

    def __init__(self, loaded: Loaded, visit: Visit) -> None:
        self.loaded = loaded
        self.visit = visit
        self.wish = wish = visit.wish
        self.served = loaded.of_wish.get(wish.id, ())
        self.here = loaded.served.get(visit.id)
        when, staffing = wish.recurrence, wish.staffing
        asks_spacing = when is not None and (
            when.least_gap_days > 0 or when.max_gap_days is not None or when.times is not None
        )
        rotates = staffing.policy == "rotate"
        experience = loaded.expanded.anybody_experienced and (visit.seats > 1 or any(r.experienced for r in wish.roles))
        self.fixes_starts = wish.id in loaded.pinned_of_wish or wish.id in loaded.told_of_wish
        self.by_day = asks_spacing or (rotates and staffing.max_turns is not None) or staffing.max_helpers is not None
        self.told = tuple(own for own in loaded.told_of_wish.get(wish.id, ()) if own[1].id == visit.id)
        self.wish_rules = tuple(rule for rule, applies in (
            (keeps_the_spacing, asks_spacing and (self.here is None or not self.here.crew)),
            (keeps_the_turn, rotates),
            (keeps_faces_few, staffing.max_helpers is not None),
        ) if applies)
        self.visit_rules = tuple(rule for rule, applies in (
            (keeps_what_is_published, bool(self.told)),
            (keeps_what_is_pinned, wish.id in loaded.pinned_of_wish),
            (newcomers_go_with_experience, experience),
        ) if applies)
        self.knows_faces = rotates or staffing.policy in ("steady", "pair") or staffing.max_helpers is not None
        others = tuple(served for served in self.served if served.visit.id != visit.id)
        self.others = others if self.wish_rules or self.knows_faces or staffing.standbys else ()
        self.before = self._judged(self.here)
        self.known_messages = {(own.rule, own.message) for own in self.before[0] if own.price is None}

    @cached_property
    def known(self) -> frozenset[int]:
        """People for whom this wish is not like for anybody else: been there, told, pinned or paired."""
        loaded, index = self.loaded, self.loaded.expanded.volunteer_index
        rows = {row for served in (*self.others, *((self.here,) if self.here else ())) for _, row in served.standbys}
        if self.knows_faces:
            rows |= {row for served in self.served for row in served.people}
            rows |= {index[s.volunteer] for s in loaded.expanded.done.get(self.wish.id, ()) if s.volunteer in index}
        rows |= {index[seat.volunteer] for seat, _ in self.told if seat.volunteer in index}
        rows |= loaded.pinned_of_wish.get(self.wish.id, frozenset())
        return frozenset(rows.union(paired_people(loaded.expanded, self.wish)))

    def effect(self, changed: Served, row: int, out: int | None) -> _Effect:
        """What it does to have the visit like that, with ``row`` on it.

        ``out`` steps down: that they are paired, told or pinned no longer binds. A stand-by who steps in uses up no
        turn, whether or not the facts say that they have been told.
        """
        violations, terms = self._judged(changed, out)
        name = None if out is None else self.loaded.scenario.volunteers[out].id
        broken = {
            own.rule
            for own in violations
            if own.price is None and (own.rule, own.message) not in self.known_messages
            and not (name is not None and own.volunteer == name and own.rule in _FREED)
        }
        if "keeps_the_turn" in broken and self.here and row in {who for _, who in self.here.standbys}:
            judge = self._of_wish(changed)
            judge.expanded = cast(Expanded, _AsTold(judge.expanded, self.visit.id, row))
            if {(own.rule, own.message) for own in keeps_the_turn(judge)} <= self.known_messages:
                broken.remove("keeps_the_turn")
        bits = sum(int(BIT[rule]) for rule in broken)
        return _Effect(bits, {term: points - self.before[1][term] for term, points in terms.items()})

    def _of_wish(self, here: Served | None) -> _PartJudge:
        served = self.others if here is None else (*self.others, here)
        return _PartJudge(self.loaded, frozenset({self.visit.id}), served, self.told)

    def _judged(self, here: Served | None, out: int | None = None) -> tuple[list[Violation], dict[str, int]]:
        """What the judge says of the wish with the visit like that, as far as that can change."""
        staffing = self.wish.staffing
        wish = self._of_wish(here)
        visit = _PartJudge(self.loaded, frozenset({self.visit.id}), () if here is None else (here,), self.told)
        found = (
            *(own for rule in self.wish_rules for own in rule(wish)),
            *(own for rule in self.visit_rules for own in rule(visit)),
            *self._stays_paired(visit, out),
        )
        violations = [self._priced(own) for own in found]
        terms = {"soft_rules": sum(own.price or 0 for own in violations)}
        if self.told:
            terms["published_seat"] = visit._published_seats(standby=False)
            terms["published_standby"] = visit._published_seats(standby=True)
            terms["published_time"] = visit._published_times()
        if staffing.policy == "pair":
            terms["pairing_broken"] = visit._pairings_broken()
        if staffing.policy in ("steady", "pair"):
            terms["faces"] = wish._faces()
        if staffing.policy == "rotate":
            terms["turns"] = wish._turns()
        if staffing.standbys:
            terms["missing_standby"] = visit._missing_standbys()
            terms["standby_turns"] = wish._standby_turns()
        return violations, terms

    def _priced(self, violation: Violation) -> Violation:
        """With its price in points where the rule is soft."""
        price = self.loaded.judge.settings.soft_rules.get(violation.rule)  # type: ignore[call-overload]
        points = None if price is None else price * (violation.price or 1)
        return violation.model_copy(update={"price": points})

    def _stays_paired(self, judge: Judge, out: int | None) -> Iterator[Violation]:
        """``stays_paired`` of this visit, with what it has to look up kept."""
        paired = paired_people(self.loaded.expanded, self.wish)
        for served in judge.crewed if paired else ():
            if not set(paired) & set(served.people) and self.loaded.must_be_paired(served.visit, out):
                yield judge.broken("stays_paired", served.visit, paired[0])


# --------------------------------------------------------------------------------------------- a seat


class _Seat:
    """One seat, and everybody who might take it."""

    def __init__(self, loaded: Loaded, place: Place) -> None:
        self.loaded = loaded
        self.place = place
        self.problem = loaded.problem
        self.visit = loaded.problem.visits[place.visit]
        self.role = self.visit.wish.roles[place.role]
        self.here = loaded.served.get(self.visit.id)
        self.by_car = self.role.vehicle is not None

    def offers(self, outs: Sequence[int | None]) -> list[Offers]:
        """Who could take the seat, once for each of ``outs`` who would leave it."""
        rows, starts, promoted = self._able()
        if not len(rows):
            nothing, nobody = np.zeros((0, len(TERMS)), dtype=np.int64), np.zeros(0, dtype=np.uint32)
            return [Offers(replace(self.place, out=out), rows, starts, nothing, nobody, promoted) for out in outs]
        days = self._days(starts)
        broken = self._own_rules(rows, starts, days)
        terms = np.zeros((len(rows), len(TERMS)), dtype=np.int64)
        if not self.place.standby:
            self._add_own_terms(terms, rows, starts, days)
            self._add_travel(terms, rows, starts, days, broken)
        wish = _Wish(self.loaded, self.visit)
        kinds = self._kinds(rows, wish)
        when = starts if wish.fixes_starts and self.here is None else days if wish.by_day else days * 0
        _, first, which = np.unique(np.stack([kinds, when]), axis=1, return_index=True, return_inverse=True)
        found = []
        for out in outs:
            offers = Offers(replace(self.place, out=out), rows, starts, terms.copy(), broken.copy(), promoted)
            self._add_wish(offers, wish, first, which.ravel())
            if not self.place.standby:
                self._add_crew(offers)
            found.append(offers)
        return found

    # ------------------------------------------------------------------------------------ who and when

    def _able(self) -> tuple[Ints, Ints, Mask]:
        """(volunteers, starts, promoted): everybody no fact keeps away, and the starts they might take."""
        rows, starts = self._at_present() if self.here is not None else self._at_options()
        others = ~np.isin(rows, self.taken_by())
        rows, starts = rows[others], starts[others]
        waiting = {} if self.place.standby else waitlisted_claims(self.loaded, self.visit.wish.id)
        if not waiting:
            return rows, starts, np.zeros(len(rows), dtype=bool)
        also_rows, also_starts = self._on_the_waitlist(np.array(sorted({*waiting} - {*self.taken_by()}), dtype=np.int64))
        promoted = np.repeat([False, True], [len(rows), len(also_rows)])
        return np.concatenate([rows, also_rows]), np.concatenate([starts, also_starts]), promoted

    def _at_present(self) -> tuple[Ints, Ints]:
        assert self.here is not None
        start = self.here.start
        fit = self.loaded.eligibility.fits(self.visit, self.role, start, self.place.standby)
        rows = np.flatnonzero(fit).astype(np.int64)
        if self.problem.never:
            rows = rows[~np.isin(rows, [who for visit, who in self.problem.never if visit == self.place.visit])]
        return rows, np.full(len(rows), GOODS if start is None else start, dtype=np.int64)

    def _at_options(self) -> tuple[Ints, Ints]:
        options = self.problem.options_of[self.place.visit]
        crew = self.problem.crew
        low, high = np.searchsorted(crew.option, [options.start, options.stop])
        own = low + np.flatnonzero(crew.role[low:high] == self.place.role)
        starts = np.array([GOODS if (s := self.problem.options[n].start) is None else s for n in options], dtype=np.int64)
        return crew.volunteer[own].astype(np.int64), starts[crew.option[own] - options.start]

    def _on_the_waitlist(self, waiting: Ints) -> tuple[Ints, Ints]:
        """Whom nothing but the claim's state keeps away."""
        refused = self.loaded.eligibility.refused
        rows, starts = [waiting[:0]], [waiting[:0]]
        for start in self.starts():
            able = waiting[refused(self.visit, self.role, start, False, waiting) == _CLAIMED]
            rows.append(able)
            starts.append(np.full(len(able), GOODS if start is None else start, dtype=np.int64))
        return np.concatenate(rows), np.concatenate(starts)

    def starts(self) -> list[int | None]:
        """The start the visit has, or those it might have."""
        if self.here is not None:
            return [self.here.start]
        options = [self.problem.options[number].start for number in self.problem.options_of[self.place.visit]]
        if options:
            return options
        return [None] if self.visit.is_goods else self._spread_starts()

    def _spread_starts(self, most: int = 24) -> list[int | None]:
        starts = self.visit.starts(self.loaded.scenario.program.settings.step_minutes)
        return list(starts) if len(starts) <= most else [starts[n * len(starts) // most] for n in range(most)]

    def _days(self, starts: Ints) -> Ints:
        """The day each start counts for, as an ordinal."""
        different, which = np.unique(starts, return_inverse=True)
        days = [self.day(start_or_none(start)).toordinal() for start in different.tolist()]
        return np.array(days, dtype=np.int64)[which]

    def day(self, start: int | None) -> date:
        """The day the visit counts for if it begins then."""
        return self.loaded.expanded.day_of(self.visit, start)

    # ------------------------------------------------------------------------------------ one's own rules

    def _own_rules(self, rows: Ints, starts: Ints, days: Ints) -> NDArray[np.uint32]:
        """Bits of the rules that look at what else somebody has taken on."""
        broken = np.zeros(len(rows), dtype=np.uint32)
        if not self.place.standby:
            for day in np.unique(days).tolist():
                today = np.flatnonzero(days == day)
                broken[today[self._beyond(day, rows[today])]] |= BIT["keeps_own_limits"]
        if not self.visit.is_goods:
            self._add_collisions(broken, rows, starts)
        return broken

    def taken_by(self) -> list[int]:
        """Who is on the visit already, so that there is nothing to offer them."""
        if self.here is None:
            return []
        standbys = [row for _, row in self.here.standbys] if self.place.standby else []
        return [*self.here.people, *standbys]

    def _beyond(self, day: int, rows: Ints) -> Mask:
        """Whom one more visit on that day takes beyond a limit, with what the judge would newly say."""
        loaded, goods = self.loaded, self.visit.is_goods
        spans = {"week": week_of(day), "month": month_of(day)} | ({} if goods else {"day": (day, day)})
        beyond = np.zeros(len(rows), dtype=bool)
        for unit, span in spans.items():
            visits, minutes = loaded.taken(*span, timed=unit == "day")
            beyond |= visits[rows] + 1 > loaded.limit(f"visits_per_{unit}")[rows]
            over = minutes[rows] + self.visit.minutes > loaded.limit(f"minutes_per_{unit}")[rows]
            beyond |= over if self.visit.minutes else over & (loaded.planned.taken(*span)[0][rows] == 0)
        return beyond | self._without_rest_days(day, rows)

    def _without_rest_days(self, day: int, rows: Ints) -> Mask:
        loaded = self.loaded
        rest = loaded.limit("rest_days")[rows]
        rest = np.where(rest == FAR, 0, rest)
        if not rest.any():
            return np.zeros(len(rows), dtype=bool)
        first, last = week_of(day)
        busy = np.stack([loaded.taken(one, one, timed=True)[0][rows] > 0 for one in range(first, last + 1)])
        more = np.zeros(len(rows), dtype=bool) if self.visit.is_goods else ~busy[day - first]
        full = (rest > 0) & (busy.sum(axis=0) + more > 7 - rest)
        known: Mask = loaded.planned.taken(first, last)[0][rows] > 0
        return np.asarray(full & (more | ~known))

    def _add_collisions(self, broken: NDArray[np.uint32], rows: Ints, starts: Ints) -> None:
        """Duties too near in time to get from one to the other, or to rest between."""
        duties, loaded = self.loaded.duties, self.loaded
        rest = np.where((limits := loaded.limit("min_rest_minutes")) == FAR, 0, limits)
        first = duties.first[rows]
        count = duties.first[rows + 1] - first
        offer = np.repeat(np.arange(len(rows)), count)
        duty = np.arange(len(offer)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
        start = starts[offer]
        end = start + self.visit.minutes
        reach = loaded.expanded.longest_way + int(rest.max(initial=0))
        near = (duties.visit[duty] != self.place.visit)
        near &= (duties.start[duty] < end + reach) & (duties.end[duty] > start - reach)
        offer, duty, start, end = (array[near] for array in (offer, duty, start, end))
        if not len(offer):
            return
        gap, way = self._between(duty, start, end, rows[offer])
        standby = duties.standby[duty] | self.place.standby
        collides = gap < way
        broken[offer[collides & standby]] |= BIT["stands_by_separately"]
        broken[offer[collides & ~standby]] |= BIT["is_in_one_place_at_a_time"]
        tired = ~standby & (gap >= 0) & (gap < rest[rows[offer]])
        broken[offer[tired]] |= BIT["keeps_own_limits"]

    def _between(self, duty: Ints, start: Ints, end: Ints, rows: Ints) -> tuple[Ints, Ints]:
        """(minutes between the duty and the visit, minutes of the way from the earlier to the later)."""
        duties, people = self.loaded.duties, self.loaded.scenario.volunteers
        own_start, own_end = duties.start[duty], duties.end[duty]
        before = np.where(
            (own_start == start) & (own_end == end), duties.name[duty] < self.visit.id,
            (own_start < start) | ((own_start == start) & (own_end < end)),
        )
        modes: list[TravelMode] = [people[row].travel_mode for row in rows.tolist()]
        atlas = self.loaded.expanded.atlas
        there = atlas.minutes_to(
            [duties.end_place[at] for at in duty.tolist()], self.visit.place,
            ["car"] * len(modes) if self.by_car else modes,
        )
        by_car = duties.by_car[duty].tolist()
        onwards = atlas.minutes_back(self.visit.end_place, atlas.ends(
            [duties.place[at] for at in duty.tolist()], ["car" if car else own for car, own in zip(by_car, modes)]
        ))
        return np.where(before, start - own_end, own_start - end), np.where(before, there, onwards)

    # ------------------------------------------------------------------------------------ the wish

    def _add_wish(self, offers: Offers, wish: _Wish, first: Ints, which: Ints) -> None:
        """Rules and terms of the wish, once for each kind of person and each day that may matter.

        ``first``: a row of each kind; ``which``: the kind of each row.
        """
        out = offers.place.out
        effects = [
            wish.effect(self._changed(row, start_or_none(start), out), row, out)
            for row, start in zip(offers.volunteer[first].tolist(), offers.start[first].tolist())
        ]
        offers.broken[:] |= np.array([effect.broken for effect in effects], dtype=np.uint32)[which]
        points = np.zeros((len(effects), len(TERMS)), dtype=np.int64)
        for number, effect in enumerate(effects):
            for name, value in effect.terms.items():
                points[number, COLUMN[name]] = value
        offers.terms[:] += points[which]

    def _add_crew(self, offers: Offers) -> None:
        """What depends on who else is on the crew, and on who leaves it."""
        out = offers.place.out
        crew = self._staying(out)
        offers.terms[:, COLUMN["empty_seats"]] += self._filled(out)
        offers.terms[:, COLUMN["claimant_without_turn"]] += self._claims(offers.volunteer, crew)
        if out is not None:
            offers.terms[:] -= self._leaving(out)
        if self.visit.wish.as_one_team:
            own = self.loaded.teams[offers.volunteer]
            mixed = (own == -1) | np.any([own != self.loaded.teams[row] for row in crew], axis=0)
            offers.broken[mixed] |= BIT["is_crewed_together"]

    def _kinds(self, rows: Ints, wish: _Wish) -> Ints:
        """A number for each kind of person: whom the wish knows, each for themselves; all others by experience."""
        special = np.array(sorted(wish.known), dtype=np.int64)
        kinds: Ints = self.loaded.experienced[rows].astype(np.int64)
        at = np.searchsorted(special, rows)
        if len(special):
            known = special[np.minimum(at, len(special) - 1)] == rows
            kinds[known] = 2 + at[known]
        return kinds

    def _changed(self, row: int, start: int | None, out: int | None) -> Served:
        """The visit with somebody on the seat."""
        role = self.role
        here = self.here or Served(
            self.visit, start, None if start is None else start + self.visit.minutes, self.day(start), (), ()
        )
        if self.place.standby:
            return replace(here, standbys=(*here.standbys, (role, row)))
        crew = list(here.crew)
        if out is not None:
            crew.remove((role, out))
        return replace(here, crew=(*crew, (role, row)), standbys=tuple(own for own in here.standbys if own[1] != row))

    def _filled(self, out: int | None) -> int:
        seats, now = self.visit.seats, len(self.here.crew) if self.here else 0
        after = now + (out is None)
        return self.loaded.prices.empty_seat(self.visit.wish) * (min(seats, now) - min(seats, after))

    # ------------------------------------------------------------------------------------ one's own terms

    def _add_own_terms(self, terms: Ints, rows: Ints, starts: Ints, days: Ints) -> None:
        loaded, prices = self.loaded, self.loaded.prices
        turn = loaded.turns_before[rows] + loaded.turns[rows] + 1
        terms[:, COLUMN["fairness"]] += prices.weights.fairness * (100 * (2 * turn - 1) // loaded.turns_offered[rows])
        terms[:, COLUMN["locality"]] += prices.locality(self.visit)[rows]
        terms[:, COLUMN["preferences"]] += prices.preferences(self.visit, self.role)[rows]
        if loaded.scenario.program.settings.soft_rules:
            terms[:, COLUMN["soft_rules"]] += prices.soft_pair(self.visit, self.role, None)[rows]
        terms[:, COLUMN["least_visit_missing"]] -= self._least_visits(rows, days)
        for start in np.unique(starts).tolist():
            if start != GOODS:
                now = np.flatnonzero(starts == start)
                terms[now, COLUMN["undesired_time"]] += prices.undesired_time(self.visit, start, rows[now])

    def _least_visits(self, rows: Ints, days: Ints) -> Ints:
        """What is saved where somebody lacked a visit in that month."""
        loaded = self.loaded
        if not loaded.least_visits.any():
            return np.zeros(len(rows), dtype=np.int64)
        lacks = np.zeros(len(rows), dtype=bool)
        for day in np.unique(days).tolist():
            moment = date.fromordinal(day)
            if (moment.year, moment.month) in loaded.prices.months:
                today = days == day
                done, _ = loaded.taken(*month_of(day))
                lacks[today] = (done < loaded.least_visits)[rows[today]]
        return loaded.prices.weights.least_visit_missing * lacks.astype(np.int64)

    def _claims(self, rows: Ints, crew: tuple[int, ...]) -> Ints:
        """Chosen claims without a turn: fewer where this is the turn, more where whoever leaves the ``crew`` has no other."""
        loaded = self.loaded
        points = np.zeros(len(rows), dtype=np.int64)
        served = loaded.of_wish.get(self.visit.wish.id, ())
        serving = {row for own in served for row in own.people}
        staying = {row for own in served if own.visit.id != self.visit.id for row in own.people}
        staying |= set(crew)
        for people in loaded.claims_of_wish.get(self.visit.wish.id, ()):
            points -= not people & serving
            if not people & staying:
                points += ~np.isin(rows, list(people))
        return loaded.prices.weights.claimant_without_turn * points

    def _staying(self, out: int | None) -> tuple[int, ...]:
        crew = list(self.here.people) if self.here else []
        if out is not None:
            crew.remove(out)
        return tuple(crew)

    def _add_travel(
        self, terms: Ints, rows: Ints, starts: Ints, days: Ints, broken: NDArray[np.uint32]
    ) -> None:
        """A day of one's own there and back; where there are other visits that day, the longer tour."""
        column = COLUMN["travel"]
        people, which = np.unique(rows, return_inverse=True)
        terms[:, column] += self.loaded.prices.solo_tours(self.visit, self.role, people)[which]
        if self.visit.is_goods:
            return
        for day in np.unique(days).tolist():
            busy = self.loaded.planned.taken(day, day, timed=True)[0][rows] > 0
            for at in np.flatnonzero((days == day) & busy & (broken == 0)).tolist():
                row, stop = int(rows[at]), (int(starts[at]), self.visit, self.role)
                tour = self.loaded.stops.get((row, day), ())
                longer = sorted((*tour, stop), key=stop_order)
                terms[at, column] += self._tour(row, longer) - self._tour(row, tour) - self._tour(row, [stop])

    def _tour(self, row: int, stops: tuple[Stop, ...] | list[Stop]) -> int:
        return self.loaded.prices.tour(row, [(visit, role) for _, visit, role in stops])

    def _leaving(self, out: int) -> Ints:
        """What the seat costs now with whoever leaves it: those terms that are theirs alone."""
        assert self.here is not None
        loaded, prices, start = self.loaded, self.loaded.prices, self.here.start
        day = self.here.day.toordinal()
        row, terms = np.array([out]), np.zeros(len(TERMS), dtype=np.int64)
        terms[COLUMN["fairness"]] = prices.fairness(out, int(loaded.turns[out]))
        terms[COLUMN["locality"]] = prices.locality(self.visit)[out]
        terms[COLUMN["preferences"]] = prices.preferences(self.visit, self.role)[out]
        terms[COLUMN["undesired_time"]] = prices.undesired_time(self.visit, start, row)[0]
        if loaded.scenario.program.settings.soft_rules:
            terms[COLUMN["soft_rules"]] = prices.soft_pair(self.visit, self.role, start, row)[0]
        if (self.here.day.year, self.here.day.month) in prices.months:
            done, _ = loaded.taken(*month_of(day))
            short = int(done[out]) <= int(loaded.least_visits[out])
            terms[COLUMN["least_visit_missing"]] = -prices.weights.least_visit_missing * short
        if self.visit.is_goods:
            terms[COLUMN["travel"]] = prices.tour(out, [(self.visit, self.role)])
        else:
            tour = list(loaded.stops[out, day])
            rest = list(tour)
            rest.remove(next(stop for stop in tour if stop[1].id == self.visit.id and stop[2].id == self.role.id))
            terms[COLUMN["travel"]] = self._tour(out, tour) - self._tour(out, rest)
        return terms


# -------------------------------------------------------------------------------------- everybody else


def blocked_by_facts(loaded: Loaded, place: Place) -> NDArray[np.uint32]:
    """Per volunteer, the bits of the pair rules that refuse them at the start that suits them best."""
    seat = _Seat(loaded, place)
    refused_by, starts = loaded.eligibility.refused_by, seat.starts()
    if not starts:
        return np.full(loaded.people, BIT["no_start_left"], dtype=np.uint32)
    changing = (*OF_THE_DAY, *OF_THE_HOUR)
    lasting = tuple(name for name in PAIR_RULES if name not in changing)
    always = refused_by(lasting, seat.visit, seat.role, starts[0], place.standby, None)
    fewest = refused_by(changing, seat.visit, seat.role, starts[0], place.standby, None)
    for start in starts[1:]:
        left = np.flatnonzero(fewest)
        now = refused_by(changing, seat.visit, seat.role, start, place.standby, left)
        better = np.bitwise_count(now) < np.bitwise_count(fewest[left])
        fewest[left[better]] = now[better]
    bits = (always | fewest).astype(np.uint32)
    never = [who for visit, who in loaded.problem.never if visit == place.visit]
    bits[never] |= BIT["keeps_what_is_pinned"]
    bits[seat.taken_by()] |= BIT["stands_by_separately" if place.standby else "fills_each_role_once"]
    return bits
