"""Pair-level rules: may this volunteer take this role of this visit at this start, and if not, why.

Every rule is one function that answers for all volunteers at once, or for the rows asked about (a boolean
array, True: fits). What answers rest on is kept by what it depends on, within bounds. So "why not" is a
look-up, for one pair or for a whole district.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.domain.claims import Claim, Published, still_to_name
from matcher.domain.people import Required, Skill, SkillNeed, VehicleNeed
from matcher.domain.when import Span
from matcher.domain.wishes import Role, Wish
from matcher.problem.expand import Expanded, Visit
from matcher.problem.memory import Memory, frozen
from matcher.problem.rules import PAIR_RULES

Mask = NDArray[np.bool_]
Rows = NDArray[np.integer]
"""Numbers of volunteers, ascending."""

Rule = Callable[[Visit, Role, int | None, bool, Rows | None], Mask]

LASTING = ("has_claimed_it", "belongs_to_the_team", "is_accepted_by_the_resident", "is_within_reach")
"""Pair rules that say the same for every visit of a wish."""
OF_THE_VISIT = ("has_not_declined",)
OF_THE_DAY = ("has_the_skills",)
OF_THE_HOUR = ("has_the_vehicle", "is_available")

_FEW = 3
"""So few ways are looked up one by one."""
_NEVER = np.iinfo(np.int32).max


class Stretches:
    """Everybody's spans in two flat sorted arrays, searched for all people at once."""

    _FAR = 1 << 40

    def __init__(self, spans: tuple[tuple[Span, ...], ...]) -> None:
        self._offset = np.arange(len(spans), dtype=np.int64) * self._FAR
        flat = [(row * self._FAR + low, row * self._FAR + high) for row, own in enumerate(spans) for low, high in own]
        array = np.array(flat, dtype=np.int64).reshape(-1, 2)
        self._low, self._high = array[:, 0].copy(), array[:, 1].copy()
        self._kept: Memory[NDArray[np.int32]] = Memory.of_arrays(len(spans), 4)

    def contain(self, start: int, end: int, rows: Rows | None = None) -> Mask:
        """Who has one span that contains [start, end]."""
        return _of(self._until(start), rows) >= end

    def overlap(self, start: int, end: int, rows: Rows | None = None) -> Mask:
        """Who has a span that shares time with [start, end)."""
        return _of(self._next(start), rows) < end

    def _until(self, start: int) -> NDArray[np.int32]:
        """Where the span that holds ``start`` ends, per person; -1 where none holds it."""

        def search() -> NDArray[np.int32]:
            if not len(self._low):
                return np.full(len(self._offset), -1, dtype=np.int32)
            at = np.maximum(np.searchsorted(self._low, self._offset + start, side="right") - 1, 0)
            holds = (self._low[at] >= self._offset) & (self._low[at] <= self._offset + start)
            return np.where(holds, self._high[at] - self._offset, -1).astype(np.int32)

        return self._kept.get(("until", start), search)

    def _next(self, start: int) -> NDArray[np.int32]:
        """Where the first span begins that ends after ``start``, per person; far off where there is none."""

        def search() -> NDArray[np.int32]:
            at = np.searchsorted(self._high, self._offset + start, side="right")
            begins = np.append(self._low, len(self._offset) * self._FAR)[at] - self._offset
            return np.where(begins < self._FAR, begins, _NEVER).clip(max=_NEVER).astype(np.int32)

        return self._kept.get(("next", start), search)

    @property
    def anybody(self) -> bool:
        return bool(len(self._low))


def _of(values: NDArray[np.int32], rows: Rows | None) -> NDArray[np.int32]:
    return values if rows is None else values[rows]


class Eligibility:
    """Who may do what. ``refused`` is a bit mask of rule numbers per volunteer; 0 means eligible.

    ``rows`` narrows any question to these volunteers; the answer has one element for each of them.
    """

    def __init__(self, expanded: Expanded) -> None:
        self.expanded = expanded
        self.scenario = expanded.scenario
        self.people = self.scenario.volunteers
        self._kept: Memory[Mask] = Memory.of_arrays(len(self.people), 1)
        self._ways: Memory[NDArray[np.int64]] = Memory.of_arrays(len(self.people), 8)
        self._skilled: Memory[NDArray[np.int32]] = Memory.of_arrays(len(self.people), 4)
        self._lasting: Memory[Rows] = Memory.of_arrays(len(self.people), 8)
        self._free = Stretches(tuple(free.available for free in expanded.free))
        self._always = np.array([hours is None for hours in expanded.vehicle_hours], dtype=bool)
        self._vehicle_hours = Stretches(tuple(hours or () for hours in expanded.vehicle_hours))
        self._live: dict[tuple[object, ...], int | None] = {}
        """The rows of published seats, as ``live_row`` finds them."""
        self._all = np.arange(len(self.people))
        self._soft = {name for name in self.scenario.program.settings.soft_rules if name in PAIR_RULES}
        self._declined: dict[tuple[str | None, str | None], set[str]] = defaultdict(set)
        """Volunteers who declined, by (visit, None) or (None, wish)."""
        for decline in self.scenario.declines:
            if decline.volunteer is not None:
                self._declined[decline.visit, decline.wish].add(decline.volunteer)
        self._claims: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.scenario.claims:
            self._claims[claim.wish].append(claim)
        rules: dict[str, Rule] = {
            "has_the_skills": self.has_the_skills,
            "has_the_vehicle": self.has_the_vehicle,
            "is_available": self.is_available,
            "is_within_reach": self.is_within_reach,
            "is_accepted_by_the_resident": self.is_accepted_by_the_resident,
            "has_not_declined": self.has_not_declined,
            "has_claimed_it": self.has_claimed_it,
            "belongs_to_the_team": self.belongs_to_the_team,
        }
        self.rules = tuple((name, rules[name]) for name in PAIR_RULES)
        self._rule = rules

    # ------------------------------------------------------------------------------------- answers

    def fits(
        self, visit: Visit, role: Role, start: int | None, standby: bool = False, rows: Rows | None = None
    ) -> Mask:
        """Who may take the role at that start; rules made soft refuse nobody."""
        if rows is not None:
            mask = np.ones(len(rows), dtype=bool)
            for name, rule in self.rules:
                if name not in self._soft:
                    mask &= rule(visit, role, start, standby, rows)
            return mask
        fit = self.narrowed(
            (*OF_THE_VISIT, *OF_THE_DAY, *OF_THE_HOUR), visit, role, start, standby, self.lasting(visit, role, standby)
        )
        mask = np.zeros(len(self.people), dtype=bool)
        mask[fit] = True
        return mask

    def lasting(self, visit: Visit, role: Role, standby: bool = False) -> Rows:
        """The volunteers whom no ``LASTING`` rule keeps away: they may take the role on some visit of that wish."""
        return self._lasting.get(
            (visit.wish.id, role.id, standby),
            lambda: frozen(self.narrowed(LASTING, visit, role, None, standby, self._all.copy())),
        )

    def narrowed(
        self, names: Iterable[str], visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows
    ) -> Rows:
        """Those of ``rows`` whom none of the named rules keeps away; the very same array if that is everybody."""
        for name in names:
            if name not in self._soft and len(rows):
                mask = self._rule[name](visit, role, start, standby, rows)
                if not mask.all():
                    rows = rows[mask]
        return rows

    def refused(
        self, visit: Visit, role: Role, start: int | None, standby: bool = False, rows: Rows | None = None
    ) -> NDArray[np.uint16]:
        """Per volunteer, the bits of every hard pair rule that refuses them (bit n: ``PAIR_RULES[n]``)."""
        return self.refused_by(PAIR_RULES, visit, role, start, standby, rows)

    def refused_by(
        self, names: Iterable[str], visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None
    ) -> NDArray[np.uint16]:
        """``refused``, by some of the rules."""
        bits = np.zeros(len(self.people if rows is None else rows), dtype=np.uint16)
        for name in names:
            if name not in self._soft:
                mask = self._rule[name](visit, role, start, standby, rows)
                bits[~mask] |= np.uint16(1 << PAIR_RULES.index(name))
        return bits

    def refusals(
        self, volunteer: int, visit: Visit, role: Role, start: int | None, standby: bool = False
    ) -> tuple[str, ...]:
        """The hard pair rules that refuse this one volunteer."""
        return self._refusals(volunteer, visit, role, start, standby, soft=False)

    def live_row(self, seat: Published, visit: Visit) -> int | None:
        """The row of a published seat that is still pair-level feasible as published, else None."""
        key = (visit.id, seat.volunteer, seat.role, seat.start, seat.standby)
        if key not in self._live:
            self._live[key] = self._live_row(seat, visit)
        return self._live[key]

    def _live_row(self, seat: Published, visit: Visit) -> int | None:
        row, role = self.expanded.volunteer_index.get(seat.volunteer), visit.role(seat.role)
        start = self.expanded.calendar.minute_of(seat.start) if seat.start is not None else None
        if row is None or role is None or not visit.may_start(start):
            return None
        return None if self.refusals(row, visit, role, start, seat.standby) else row

    def soft_refusals(self, volunteer: int, visit: Visit, role: Role, start: int | None) -> tuple[str, ...]:
        """The pair rules made soft that would refuse this volunteer."""
        return self._refusals(volunteer, visit, role, start, False, soft=True) if self._soft else ()

    def _refusals(
        self, volunteer: int, visit: Visit, role: Role, start: int | None, standby: bool, *, soft: bool
    ) -> tuple[str, ...]:
        row = self._all[volunteer:volunteer + 1]
        return tuple(
            name
            for name, rule in self.rules
            if (name in self._soft) == soft and not rule(visit, role, start, standby, row)[0]
        )

    def soft_price(
        self, visit: Visit, role: Role, start: int | None, rows: Rows | None = None
    ) -> NDArray[np.int64]:
        """Per volunteer, the price of the soft pair rules a seat would break."""
        price = np.zeros(len(self.people if rows is None else rows), dtype=np.int64)
        for name, rule in self.rules:
            if name in self._soft:
                points = self.scenario.program.settings.soft_rules[name]
                price += points * ~rule(visit, role, start, False, rows)
        return price

    # --------------------------------------------------------------------------------------- rules

    def has_the_skills(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        if not role.skills:
            return self._everybody(rows)
        day = self.expanded.day_of(visit, start)
        return _of(self._skilled_until(role.skills), rows) >= day.toordinal()

    def has_the_vehicle(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        need = role.vehicle
        if need is None:
            return self._everybody(rows)
        suitable = self._pick(self._suitable(need), rows)
        if start is None or self._always.all():
            return suitable
        there = self._vehicle_hours.contain(start, start + visit.minutes, rows)
        return suitable & (self._pick(self._always, rows) | there)

    def is_available(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        if start is None:
            return self._everybody(rows)
        mask = self._free.contain(start, start + visit.minutes, rows)
        return frozen(mask) if rows is None else mask

    def is_within_reach(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        most = self._most_travel if rows is None else self._most_travel[rows]
        return self.minutes_there(visit, role, rows) <= most

    def is_accepted_by_the_resident(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        name = visit.wish.resident
        resident = self.scenario.resident[name] if name else None
        required = resident.required if resident else Required()
        mask = self._everybody(rows)
        for gender in (required.gender, role.gender):
            if gender:
                mask = mask & self._pick(self.of_gender(gender), rows)
        for language in (required.language, role.language):
            if language:
                mask = mask & self._pick(self.speaks(language), rows)
        if resident and resident.banned:
            mask = mask & self._none_of(resident.banned, rows)
        return mask

    def has_not_declined(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        of_visit, of_wish = self._declined.get((visit.id, None)), self._declined.get((None, visit.wish.id))
        if not of_visit and not of_wish:
            return self._everybody(rows)
        return self._none_of((of_visit or set()) | (of_wish or set()), rows)

    def has_claimed_it(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        if not visit.wish.claimants_only:
            return self._everybody(rows)
        claimants = self._kept.get(
            ("claimed", visit.wish.id, standby), lambda: frozen(self._claimants(visit.wish, standby))
        )
        return self._pick(claimants, rows)

    def belongs_to_the_team(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        if not visit.wish.teams and not self.scenario.program.settings.first_refusal_days:
            return self._everybody(rows)
        return self._pick(self._kept.get(("team", visit.wish.id), lambda: frozen(self._members(visit.wish))), rows)

    # ------------------------------------------------------------------------------------- helpers

    def minutes_there(self, visit: Visit, role: Role, rows: Rows | None = None) -> NDArray[np.int64]:
        """Per volunteer, the way from home to where the visit begins, by their mode in that role."""
        return self.minutes_between_home_and(visit.place, role.vehicle is not None, rows)

    def minutes_between_home_and(
        self, place: str | None, by_car: bool, rows: Rows | None = None
    ) -> NDArray[np.int64]:
        """Per volunteer, minutes from home to a place."""
        atlas = self.expanded.atlas
        homes = self.expanded.homes_by_car if by_car else self.expanded.homes
        if rows is None:
            return self._ways.get((place, by_car), lambda: frozen(atlas.minutes_there(homes, place)))
        if len(rows) > _FEW:
            return atlas.minutes_there(homes if len(rows) == len(homes) else homes.some(rows), place)
        people = (self.people[row] for row in rows.tolist())
        ways = [atlas.minutes(person.home, place, "car" if by_car else person.travel_mode) for person in people]
        return np.array(ways, dtype=np.int64)

    @cached_property
    def _most_travel(self) -> NDArray[np.int64]:
        far = 1 << 30
        most = [far if own.max_travel_minutes is None else own.max_travel_minutes for own in self.expanded.limits]
        return np.array(most, dtype=np.int64)

    def _skilled_until(self, needs: tuple[SkillNeed, ...]) -> NDArray[np.int32]:
        """Per volunteer, the last day (its ordinal) on which they have all these skills; -1 for who lacks one."""

        def find() -> NDArray[np.int32]:
            days = [min(_valid_until(person.skills, need) for need in needs) for person in self.people]
            return frozen(np.array(days, dtype=np.int32))

        return self._skilled.get(needs, find)

    def _suitable(self, need: VehicleNeed) -> Mask:
        def suits(row: int) -> bool:
            vehicle = self.people[row].vehicle
            return vehicle is not None and vehicle.seats >= need.seats and (vehicle.wheelchair or not need.wheelchair)

        return self._kept.get(("vehicle", need), lambda: self._each(suits))

    def of_gender(self, gender: str) -> Mask:
        """Who is of that gender."""
        return self._kept.get(("gender", gender), lambda: self._each(lambda row: self.people[row].gender == gender))

    def speaks(self, language: str) -> Mask:
        """Who speaks that language."""
        return self._kept.get(
            ("language", language), lambda: self._each(lambda row: language in self.people[row].languages)
        )

    def _none_of(self, names: Iterable[str], rows: Rows | None) -> Mask:
        """Everybody but these people."""
        index = self.expanded.volunteer_index
        mask = np.ones(len(self.people), dtype=bool)
        mask[[index[name] for name in names if name in index]] = False
        return frozen(mask) if rows is None else mask[rows]

    def _claimants(self, wish: Wish, standby: bool) -> Mask:
        claims = self._claims.get(wish.id, ())
        chosen = any(claim.state == "chosen" for claim in claims)
        states = {"chosen"} if chosen else {"open"}
        if standby:
            states |= {"waitlisted"}
        counted = still_to_name([claim for claim in claims if claim.state in states])
        mask = self._in_teams(claim.team for claim in counted if claim.volunteer is None)
        index = self.expanded.volunteer_index
        named = (claim.volunteer for claim in counted if claim.volunteer is not None)
        mask[[index[name] for name in named if name in index]] = True
        return mask

    def _members(self, wish: Wish) -> Mask:
        fits = np.ones(len(self.people), dtype=bool)
        if wish.teams:
            fits &= self._in_teams(wish.teams)
        first = self.first_refusal(wish)
        if first:
            fits &= self._in_teams(first)
        return fits

    def _in_teams(self, teams: Iterable[str | None]) -> Mask:
        """Who belongs to any of these teams, or to a team below one."""
        mask = np.zeros(len(self.people), dtype=bool)
        for team in teams:
            if team is not None:
                mask[list(self.expanded.members.get(team, ()))] = True
        return mask

    def first_refusal(self, wish: Wish) -> frozenset[str]:
        """The paired teams that have a wish to themselves today; those that declined it no longer do."""
        days = self.scenario.program.settings.first_refusal_days
        if not days or wish.submitted is None or wish.submitted + timedelta(days=days) <= self.expanded.today:
            return frozenset()
        community = self.expanded.community(wish)
        declined = {decline.team for decline in self.scenario.declines if decline.wish == wish.id}
        return frozenset(
            team.id
            for team in self.scenario.teams
            if community is not None and community in team.communities and team.id not in declined
        )

    def _pick(self, mask: Mask, rows: Rows | None) -> Mask:
        return mask if rows is None else mask[rows]

    def _everybody(self, rows: Rows | None) -> Mask:
        if rows is not None:
            return np.ones(len(rows), dtype=bool)
        return self._kept.get("everybody", lambda: frozen(np.ones(len(self.people), dtype=bool)))

    def _each(self, test: Callable[[int], bool]) -> Mask:
        return frozen(np.array([test(row) for row in range(len(self.people))], dtype=bool))


def _valid_until(skills: tuple[Skill, ...], need: SkillNeed) -> int:
    """The last day, as an ordinal, on which one of these skills is what is needed; -1 without any."""
    return max(
        (
            _NEVER if skill.valid_until is None else skill.valid_until.toordinal()
            for skill in skills
            if skill.name == need.name and skill.level >= need.level
        ),
        default=-1,
    )
