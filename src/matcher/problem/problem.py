"""Problem: a scenario expanded, checked and turned into integer arrays, ready for any solver.

A visit with freedom becomes options (a day and a start); a candidate is (option, role, volunteer) with
everything pair-level decided. Options that no rule and no price can tell apart are merged.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.domain.scenario import Scenario
from matcher.domain.settings import Speed, Travel
from matcher.domain.where import metres
from matcher.domain.wishes import Role
from matcher.errors import BadInput, Fault
from matcher.problem.check import can_any_serve, live_seat, paired_people
from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import Expanded, Visit, expand, published_in_plan
from matcher.problem.objective import Prices
from matcher.problem.roster import Roster, RosterVisit, Seat


@dataclass(frozen=True, slots=True)
class Option:
    """One way a visit can happen: its start and end in minutes (goods: None) and the day it counts for."""

    visit: int
    start: int | None
    end: int | None
    day: date


@dataclass(frozen=True, slots=True)
class Candidates:
    """(option, role, volunteer) triples as arrays of one length, sorted; ``role`` counts within the wish.

    ``price`` is what the seat itself costs in the quality tier: time, locality, preferences, soft pair
    rules; without travel, which depends on the day's other visits. Stand-bys cost nothing by themselves.
    """

    option: NDArray[np.int32]
    role: NDArray[np.int16]
    volunteer: NDArray[np.int32]
    price: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.option)


@dataclass(frozen=True, slots=True)
class FixedSeat:
    """A demand on one seat, by row: a live published seat or a pin. ``role`` None: any."""

    visit: int
    role: int | None
    volunteer: int | None
    start: int | None
    standby: bool
    fixes_start: bool
    label: str


@dataclass(frozen=True)
class Problem:
    """Everything a solver needs; built by ``Problem.of``."""

    expanded: Expanded
    eligibility: Eligibility
    prices: Prices
    options: tuple[Option, ...]
    options_of: tuple[tuple[int, ...], ...]
    """Option numbers of each visit."""
    crew: Candidates
    standbys: Candidates
    published: tuple[FixedSeat, ...]
    """Published seats that are still pair-level feasible."""
    pins: tuple[FixedSeat, ...]

    @classmethod
    def of(cls, scenario: Scenario | Expanded) -> Problem:
        """Build the problem. Raises ``BadInput`` if pins name visits or roles that do not exist."""
        expanded = scenario if isinstance(scenario, Expanded) else expand(scenario)
        eligibility = Eligibility(expanded)
        prices = Prices(expanded, eligibility)
        _refuse_unknown_pins(expanded)
        published = tuple(_live_published(expanded, eligibility))
        pins = tuple(_pins(expanded))
        options, crew, standbys = _Options(expanded, eligibility, prices, (*published, *pins)).build()
        options_of: list[list[int]] = [[] for _ in expanded.visits]
        for number, option in enumerate(options):
            options_of[option.visit].append(number)
        return cls(
            expanded, eligibility, prices, tuple(options), tuple(tuple(own) for own in options_of), crew, standbys,
            published, pins,
        )

    @property
    def scenario(self) -> Scenario:
        return self.expanded.scenario

    @property
    def visits(self) -> tuple[Visit, ...]:
        return self.expanded.visits

    def role(self, option: int, role: int) -> Role:
        """The role a candidate's number means."""
        return self.visits[self.options[option].visit].wish.roles[role]

    @cached_property
    def never(self) -> frozenset[tuple[int, int]]:
        """(visit, volunteer) pairs a coordinator ruled out."""
        return _never(self.expanded)

    @cached_property
    def paired(self) -> tuple[tuple[int, ...], ...]:
        """Per visit, the paired volunteers who must be on a served visit; empty where nobody must."""
        return tuple(
            people if people and can_any_serve(self.eligibility, people, visit) else ()
            for visit in self.visits
            for people in [paired_people(self.expanded, visit.wish)]
        )

    @cached_property
    def visits_of_wish(self) -> dict[str, tuple[int, ...]]:
        """Visit numbers of each wish, in the order of its occurrences."""
        groups: dict[str, list[int]] = defaultdict(list)
        for number, visit in enumerate(self.visits):
            groups[visit.wish.id].append(number)
        return {name: tuple(sorted(own, key=lambda number: self.visits[number].order)) for name, own in groups.items()}

    def too_close(self, volunteer: int, first: int, first_role: int, second: int, second_role: int) -> bool:
        """Whether one person cannot do both options (their visits differ): overlap, travel between."""
        a, b = self.options[first], self.options[second]
        if a.start is None or b.start is None or a.end is None or b.end is None:
            return False
        next_role = self.role(second, second_role)
        if (b.start, b.end, self.visits[b.visit].id) < (a.start, a.end, self.visits[a.visit].id):
            a, b, next_role = b, a, self.role(first, first_role)
        end, next_start = a.end or 0, b.start or 0  # neither is None; swapping makes mypy forget
        if next_start < end:
            return True
        return end + self.minutes_between(volunteer, a.visit, b.visit, next_role) > next_start

    def minutes_between(self, volunteer: int, first: int, second: int, role: Role) -> int:
        """Travel from where one visit ends to where the next begins, in the mode the next role asks for."""
        return self.expanded.atlas.minutes(
            self.visits[first].end_place, self.visits[second].place, self.expanded.mode(volunteer, role)
        )

    def roster(
        self,
        crew: Iterable[tuple[int, int, int]],
        standbys: Iterable[tuple[int, int, int]],
        *,
        strategy: str = "",
        seed: int = 0,
    ) -> Roster:
        """A roster from (option, role, volunteer) triples; visits in order of time, then id."""
        seats: dict[int, tuple[list[Seat], list[Seat]]] = defaultdict(lambda: ([], []))
        for which, triples in enumerate((crew, standbys)):
            for number, role, volunteer in sorted(triples):
                name = self.scenario.volunteers[volunteer].id
                seats[number][which].append(Seat(role=self.role(number, role).id, volunteer=name))
        moment = self.expanded.calendar.moment
        entries = []
        for number in sorted(seats, key=lambda n: (self.options[n].start or 0, self.visits[self.options[n].visit].id)):
            option = self.options[number]
            visit = self.visits[option.visit]
            entries.append(RosterVisit(
                id=visit.id,
                wish=visit.wish.id,
                start=moment(option.start) if option.start is not None else None,
                end=moment(option.end) if option.end is not None else None,
                assigned=tuple(seats[number][0]),
                standbys=tuple(seats[number][1]),
            ))
        return Roster(
            program=self.scenario.program.name, scenario=self.scenario.fingerprint, visits=tuple(entries),
            strategy=strategy, seed=seed,
        )


# ------------------------------------------------------------------------------------------------ demands


def _refuse_unknown_pins(expanded: Expanded) -> None:
    zh = expanded.scenario.program.settings.language == "zh"
    faults = []
    for row, pin in enumerate(expanded.scenario.pins):
        wish = expanded.scenario.wish.get(pin.visit.rpartition("/")[0])
        if wish is None:
            faults.append(Fault(
                f"锁定的服务单“{pin.visit}”没有对应的心愿" if zh
                else f'the pinned visit "{pin.visit}" belongs to no wish',
                "写成 心愿编号/月份，例如 wu-escort/2026-12。" if zh
                else "Write wish/period, for example wu-escort/2026-12.",
                path=("pins", row, "visit"), code="unknown-visit",
            ))
        elif pin.role is not None and pin.role not in {role.id for role in wish.roles}:
            faults.append(Fault(
                f"“{wish.title or wish.id}”没有分工“{pin.role}”" if zh
                else f'wish "{wish.id}" has no role "{pin.role}"',
                path=("pins", row, "role"), code="unknown-role",
            ))
    if faults:
        raise BadInput(faults)


def _live_published(expanded: Expanded, eligibility: Eligibility) -> Iterable[FixedSeat]:
    for seat, visit in published_in_plan(expanded):
        start = expanded.calendar.minute_of(seat.start) if seat.start is not None else None
        row = live_seat(eligibility, seat.volunteer, visit, seat.role, start, seat.standby)
        if row is not None:
            person = expanded.scenario.volunteers[row]
            role = next(number for number, role in enumerate(visit.wish.roles) if role.id == seat.role)
            yield FixedSeat(
                expanded.visit_index[visit.id], role, row, start, seat.standby, True,
                f"已通知：{visit.id} {person.name or person.id}"
                if expanded.scenario.program.settings.language == "zh"
                else f"published: {visit.id} {person.name or person.id}",
            )


def _pins(expanded: Expanded) -> Iterable[FixedSeat]:
    zh = expanded.scenario.program.settings.language == "zh"
    for pin in expanded.scenario.pins:
        if pin.never or pin.visit not in expanded.visit_index:
            continue
        visit = expanded.visits[expanded.visit_index[pin.visit]]
        row = expanded.volunteer_index[pin.volunteer] if pin.volunteer else None
        person = None if row is None else expanded.scenario.volunteers[row]
        who = "" if person is None else person.name or person.id
        when = f"{pin.start:%Y-%m-%d %H:%M}" if pin.start else ""
        standby = ("备班" if zh else "stand-by") if pin.standby else ""
        what = " ".join(part for part in (pin.visit, who, standby, when) if part)
        yield FixedSeat(
            expanded.visit_index[pin.visit],
            next((number for number, role in enumerate(visit.wish.roles) if role.id == pin.role), None),
            row,
            expanded.calendar.minute_of(pin.start) if pin.start else None,
            pin.standby,
            pin.start is not None,
            f"锁定：{what}" if zh else f"pin: {what}",
        )


def _never(expanded: Expanded) -> frozenset[tuple[int, int]]:
    return frozenset(
        (expanded.visit_index[pin.visit], expanded.volunteer_index[pin.volunteer])
        for pin in expanded.scenario.pins
        if pin.never and pin.volunteer is not None and pin.visit in expanded.visit_index
    )


# ------------------------------------------------------------------------------------------------ options


@dataclass(slots=True)
class _Draft:
    """One start of one visit, before merging: masks per role, and the prices of those the crew's mask lets in."""

    option: Option
    crew: list[NDArray[np.bool_]]
    standbys: list[NDArray[np.bool_]]
    prices: list[NDArray[np.int64]]
    told: bool


class _Options:
    """Builds options and candidates, and merges starts nothing can tell apart."""

    def __init__(
        self, expanded: Expanded, eligibility: Eligibility, prices: Prices, fixed: tuple[FixedSeat, ...]
    ) -> None:
        self.expanded = expanded
        self.eligibility = eligibility
        self.prices = prices
        self.never = _never(expanded)
        self.margin = longest_way(expanded) + max((own.min_rest_minutes or 0 for own in expanded.limits), default=0)
        """Minutes apart from which two services cannot get in each other's way."""
        self.once_a_day = np.array([own.visits_per_day in (0, 1) for own in expanded.limits], dtype=bool)
        self.told: dict[int, set[int]] = defaultdict(set)
        for seat, visit in published_in_plan(expanded):
            if seat.start is not None:
                self.told[expanded.visit_index[visit.id]].add(expanded.calendar.minute_of(seat.start))
        for pin in fixed:
            if pin.start is not None:
                self.told[pin.visit].add(pin.start)

    def build(self) -> tuple[list[Option], Candidates, Candidates]:
        drafts = [draft for number in range(len(self.expanded.visits)) for draft in self._drafts(number)]
        kept = self._merged(drafts)
        return [draft.option for draft in kept], _crew(kept), _standbys(kept)

    def _drafts(self, number: int) -> Iterable[_Draft]:
        visit = self.expanded.visits[number]
        step = self.expanded.scenario.program.settings.step_minutes
        starts: list[int | None] = [None]
        if not visit.is_goods:
            starts = [*sorted({*visit.starts(step), *(start for start in self.told[number] if visit.may_start(start))})]
        banned = [row for other, row in self.never if other == number]
        for start in starts:
            crew = [self._masked(visit, role, start, banned, standby=False) for role in visit.wish.roles]
            if not any(mask.any() for mask in crew):
                continue
            standbys = [
                self._masked(visit, role, start, banned, standby=True)
                if visit.wish.staffing.standbys
                else np.zeros(len(self.expanded.scenario.volunteers), dtype=bool)
                for role in visit.wish.roles
            ]
            prices = [self._price(visit, role, start)[mask] for role, mask in zip(visit.wish.roles, crew)]
            end = None if start is None else start + visit.minutes
            option = Option(number, start, end, self.expanded.day_of(visit, start))
            yield _Draft(option, crew, standbys, prices, start in self.told[number])

    def _masked(
        self, visit: Visit, role: Role, start: int | None, banned: list[int], standby: bool
    ) -> NDArray[np.bool_]:
        mask = self.eligibility.fits(visit, role, start, standby)
        mask[banned] = False
        return mask

    def _price(self, visit: Visit, role: Role, start: int | None) -> NDArray[np.int64]:
        prices = self.prices
        return (
            prices.undesired_time(visit, start)
            + prices.locality(visit)
            + prices.preferences(visit, role)
            + prices.soft_pair(visit, role, start)
        )

    def _merged(self, drafts: list[_Draft]) -> list[_Draft]:
        """Drop a start if an earlier one that day has the same people and prices, and nobody may collide elsewhere."""
        busy = self._busy(drafts)
        in_time = sorted(busy.values(), key=lambda other: (other.low, other.high, other.visit))
        longest = max((other.high - other.low for other in in_time), default=0)
        lows = [other.low for other in in_time]
        alone = {}
        for where, own in busy.items():
            first = bisect_left(lows, own.low - self.margin - longest)
            alone[where] = self._is_alone(own, in_time[first:bisect_left(lows, own.high + self.margin)])
        seen: set[tuple[object, ...]] = set()
        kept = []
        for draft in drafts:
            option = draft.option
            if not draft.told and option.start is not None and alone[option.visit, option.day]:
                key = (
                    option.visit, option.day,
                    *(mask.tobytes() for mask in (*draft.crew, *draft.standbys)),
                    *(price.tobytes() for price in draft.prices),
                )
                if key in seen:
                    continue
                seen.add(key)
            kept.append(draft)
        return kept

    def _busy(self, drafts: list[_Draft]) -> dict[tuple[int, date], _Busy]:
        """Per visit and day, whose time it might take, and when."""
        busy: dict[tuple[int, date], _Busy] = {}
        for draft in drafts:
            option = draft.option
            if option.start is None or option.end is None:
                continue
            crew, standbys = np.logical_or.reduce(draft.crew), np.logical_or.reduce(draft.standbys)
            own = busy.get((option.visit, option.day))
            if own is not None:
                crew, standbys = crew | own.crew, standbys | own.standbys
            busy[option.visit, option.day] = _Busy(
                option.visit, option.day, crew, standbys,
                option.start if own is None else min(own.low, option.start),
                option.end if own is None else max(own.high, option.end),
            )
        for number, seat in enumerate(self.expanded.outside):
            if seat.start is not None and seat.end is not None:
                mask = np.zeros(len(self.expanded.scenario.volunteers), dtype=bool)
                mask[seat.volunteer] = True
                busy[-1 - number, seat.day] = _Busy(-1 - number, seat.day, mask, mask, seat.start, seat.end)
        return busy

    def _is_alone(self, own: _Busy, nearby: Iterable[_Busy]) -> bool:
        """Whether no other visit near in time could want one of the same people as well.

        Two crew seats on one day cannot collide for somebody who does one visit a day at most.
        """
        for other in nearby:
            if other.visit == own.visit or own.low - self.margin >= other.high or other.low - self.margin >= own.high:
                continue
            shared = own.crew & other.crew
            if own.day == other.day:
                shared = shared & ~self.once_a_day
            shared = shared | (own.standbys & (other.crew | other.standbys)) | (own.crew & other.standbys)
            if shared.any():
                return False
        return True


def longest_way(expanded: Expanded) -> int:
    """No way between two places takes longer, whoever travels (minutes)."""
    travel, atlas = expanded.scenario.program.settings.travel, expanded.atlas
    longest = max([travel.unknown_minutes, *(time.minutes for time in expanded.scenario.travel_times)])
    located = ~np.isnan(atlas.lat)
    if not located.any():
        return longest
    south, north = float(atlas.lat[located].min()), float(atlas.lat[located].max())
    west, east = float(atlas.lon[located].min()), float(atlas.lon[located].max())
    # The box's sides, not its diagonal: no two places in it lie further apart than two sides together.
    sides: float = metres(south, west, north, west) + metres(0.0, west, 0.0, east)
    modes = {person.travel_mode for person in expanded.scenario.volunteers} | {"car"}
    speeds = [speed for name, speed in _speeds(travel).items() if name in modes]
    ways = (speed.fixed_minutes + sides * speed.detour / (speed.km_per_hour * 1000 / 60) for speed in speeds)
    return max(longest, *(math.ceil(way) + 1 for way in ways))


def _speeds(travel: Travel) -> dict[str, Speed]:
    return {"car": travel.car, "e-bike": travel.e_bike, "bus": travel.bus, "walking": travel.walking}


@dataclass(frozen=True, slots=True)
class _Busy:
    """Whose time one visit might take on one day, from its earliest start to its latest end."""

    visit: int
    day: date
    crew: NDArray[np.bool_]
    standbys: NDArray[np.bool_]
    low: int
    high: int


def _crew(drafts: list[_Draft]) -> Candidates:
    return _candidates(
        (number, role, np.flatnonzero(mask), price)
        for number, draft in enumerate(drafts)
        for role, (mask, price) in enumerate(zip(draft.crew, draft.prices))
    )


def _standbys(drafts: list[_Draft]) -> Candidates:
    return _candidates(
        (number, role, rows, np.zeros(len(rows), dtype=np.int64))
        for number, draft in enumerate(drafts)
        for role, mask in enumerate(draft.standbys)
        for rows in [np.flatnonzero(mask)]
    )


def _candidates(seats: Iterable[tuple[int, int, NDArray[np.int64], NDArray[np.int64]]]) -> Candidates:
    """(option, role, volunteers, prices) of many seats as arrays of one length."""
    found = list(seats)
    sizes = [len(rows) for _, _, rows, _ in found]
    none = np.zeros(0, dtype=np.int64)
    return Candidates(
        np.repeat(np.array([option for option, _, _, _ in found], dtype=np.int32), sizes),
        np.repeat(np.array([role for _, role, _, _ in found], dtype=np.int16), sizes),
        np.concatenate([none, *(rows for _, _, rows, _ in found)]).astype(np.int32),
        np.concatenate([none, *(prices for _, _, _, prices in found)]),
    )
