"""Pair-level rules: may this volunteer take this role of this visit at this start, and if not, why.

Every rule is one function that answers for all volunteers at once (a boolean array, True: fits), and
answers are kept by what they depend on. So "why not" is a look-up, for one pair or for a whole district.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from matcher.domain.people import Required, Skill, SkillNeed
from matcher.domain.when import Span
from matcher.domain.wishes import Role, Wish
from matcher.problem.expand import Expanded, Visit
from matcher.problem.rules import PAIR_RULES

Mask = NDArray[np.bool_]

_HOURLY = ("has_the_vehicle", "is_available")
"""Pair rules that ask for the hour; the others only for the visit, the role and the day."""


class Stretches:
    """Everybody's spans in two flat sorted arrays, searched for all people at once."""

    _FAR = 1 << 40

    def __init__(self, spans: tuple[tuple[Span, ...], ...]) -> None:
        self._offset = np.arange(len(spans), dtype=np.int64) * self._FAR
        flat = [(row * self._FAR + low, row * self._FAR + high) for row, own in enumerate(spans) for low, high in own]
        array = np.array(flat, dtype=np.int64).reshape(-1, 2)
        self._low, self._high = array[:, 0], array[:, 1]

    def contain(self, start: int, end: int) -> Mask:
        """Who has one span that contains [start, end]."""
        if not len(self._low):
            return np.zeros(len(self._offset), dtype=bool)
        at = np.searchsorted(self._low, self._offset + start, side="right") - 1
        found = at >= 0
        at = np.maximum(at, 0)
        return found & (self._low[at] >= self._offset) & (self._high[at] >= self._offset + end)

    def overlap(self, start: int, end: int) -> Mask:
        """Who has a span that shares time with [start, end)."""
        before_end = np.searchsorted(self._low, self._offset + end, side="left")
        ended = np.searchsorted(self._high, self._offset + start, side="right")
        return before_end > ended

    @property
    def anybody(self) -> bool:
        return bool(len(self._low))


class Eligibility:
    """Who may do what. ``refused`` is a bit mask of rule numbers per volunteer; 0 means eligible."""

    def __init__(self, expanded: Expanded) -> None:
        self.expanded = expanded
        self.scenario = expanded.scenario
        self.people = self.scenario.volunteers
        self._kept: dict[Hashable, Mask] = {}
        self._minutes: dict[tuple[str | None, bool], NDArray[np.int64]] = {}
        self._free = Stretches(tuple(free.available for free in expanded.free))
        self._always = np.array([hours is None for hours in expanded.vehicle_hours], dtype=bool)
        self._vehicle_hours = Stretches(tuple(hours or () for hours in expanded.vehicle_hours))
        self._soft = {name for name in self.scenario.program.settings.soft_rules if name in PAIR_RULES}
        self._declined: dict[tuple[str | None, str | None], set[str]] = defaultdict(set)
        """Volunteers who declined, by (visit, None) or (None, wish)."""
        for decline in self.scenario.declines:
            if decline.volunteer is not None:
                self._declined[decline.visit, decline.wish].add(decline.volunteer)
        rules: dict[str, Callable[[Visit, Role, int | None, bool], Mask]] = {
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

    # ------------------------------------------------------------------------------------- answers

    def fits(self, visit: Visit, role: Role, start: int | None, standby: bool = False) -> Mask:
        """Who may take the role at that start; rules made soft refuse nobody."""
        day = self.expanded.day_of(visit, start)
        anytime = self._keep(
            ("whatever the hour", visit.id, role.id, day, standby),
            lambda: self._fits(visit, role, start, standby, [name for name in PAIR_RULES if name not in _HOURLY]),
        )
        return anytime & self._fits(visit, role, start, standby, _HOURLY)

    def _fits(self, visit: Visit, role: Role, start: int | None, standby: bool, names: Iterable[str]) -> Mask:
        mask = np.ones(len(self.people), dtype=bool)
        for name, rule in self.rules:
            if name in names and name not in self._soft:
                mask &= rule(visit, role, start, standby)
        return mask

    def refused(self, visit: Visit, role: Role, start: int | None, standby: bool = False) -> NDArray[np.uint16]:
        """Per volunteer, the bits of every hard pair rule that refuses them (bit n: ``PAIR_RULES[n]``)."""
        bits = np.zeros(len(self.people), dtype=np.uint16)
        for number, (name, rule) in enumerate(self.rules):
            if name not in self._soft:
                bits |= (~rule(visit, role, start, standby)).astype(np.uint16) << np.uint16(number)
        return bits

    def refusals(
        self, volunteer: int, visit: Visit, role: Role, start: int | None, standby: bool = False
    ) -> tuple[str, ...]:
        """The hard pair rules that refuse this one volunteer."""
        return tuple(
            name
            for name, rule in self.rules
            if name not in self._soft and not rule(visit, role, start, standby)[volunteer]
        )

    def soft_refusals(self, volunteer: int, visit: Visit, role: Role, start: int | None) -> tuple[str, ...]:
        """The pair rules made soft that would refuse this volunteer."""
        return tuple(
            name for name, rule in self.rules if name in self._soft and not rule(visit, role, start, False)[volunteer]
        )

    def soft_price(self, visit: Visit, role: Role, start: int | None) -> NDArray[np.int64]:
        """Per volunteer, the price of the soft pair rules a seat would break."""
        price = np.zeros(len(self.people), dtype=np.int64)
        for name, rule in self.rules:
            if name in self._soft:
                points = self.scenario.program.settings.soft_rules[name]
                price += points * ~rule(visit, role, start, False)
        return price

    # --------------------------------------------------------------------------------------- rules

    def has_the_skills(self, visit: Visit, role: Role, start: int | None, standby: bool) -> Mask:
        day = self.expanded.day_of(visit, start)
        return self._keep(("skills", role.skills, day), lambda: self._each(
            lambda row: all(_has(self.people[row].skills, need, day) for need in role.skills)
        )) if role.skills else self._everybody()

    def has_the_vehicle(self, visit: Visit, role: Role, start: int | None, standby: bool) -> Mask:
        need = role.vehicle
        if need is None:
            return self._everybody()

        def suits(row: int) -> bool:
            vehicle = self.people[row].vehicle
            return vehicle is not None and vehicle.seats >= need.seats and (vehicle.wheelchair or not need.wheelchair)

        suitable = self._keep(("vehicle", need), lambda: self._each(suits))
        if start is None or self._always.all():
            return suitable
        end = start + visit.minutes
        return self._keep(
            ("vehicle-at", need, start, end),
            lambda: suitable & (self._always | self._vehicle_hours.contain(start, end)),
        )

    def is_available(self, visit: Visit, role: Role, start: int | None, standby: bool) -> Mask:
        if start is None:
            return self._everybody()
        end = start + visit.minutes
        return self._keep(("free", start, end), lambda: self._free.contain(start, end))

    def is_within_reach(self, visit: Visit, role: Role, start: int | None, standby: bool) -> Mask:
        key = ("reach", visit.place, role.vehicle is not None)
        return self._keep(key, lambda: self.minutes_there(visit, role) <= self._most_travel())

    def is_accepted_by_the_resident(self, visit: Visit, role: Role, start: int | None, standby: bool) -> Mask:
        name = visit.wish.resident
        resident = self.scenario.resident[name] if name else None
        required = resident.required if resident else Required()
        genders = {gender for gender in (required.gender, role.gender) if gender}
        languages = {language for language in (required.language, role.language) if language}
        banned = frozenset(resident.banned) if resident else frozenset()
        if not genders and not languages and not banned:
            return self._everybody()

        def accepted(row: int) -> bool:
            person = self.people[row]
            return (
                person.id not in banned
                and all(person.gender == gender for gender in genders)
                and languages <= set(person.languages)
            )

        key = ("accepted", banned, frozenset(genders), frozenset(languages))
        return self._keep(key, lambda: self._each(accepted))

    def has_not_declined(self, visit: Visit, role: Role, start: int | None, standby: bool) -> Mask:
        declined = self._declined[visit.id, None] | self._declined[None, visit.wish.id]
        if not declined:
            return self._everybody()
        return self._keep(("declined", visit.id), lambda: self._each(lambda row: self.people[row].id not in declined))

    def has_claimed_it(self, visit: Visit, role: Role, start: int | None, standby: bool) -> Mask:
        if not visit.wish.claimants_only:
            return self._everybody()
        return self._keep(("claimed", visit.wish.id, standby), lambda: self._claimants(visit.wish, standby))

    def belongs_to_the_team(self, visit: Visit, role: Role, start: int | None, standby: bool) -> Mask:
        return self._keep(("team", visit.wish.id), lambda: self._members(visit.wish))

    # ------------------------------------------------------------------------------------- helpers

    def minutes_there(self, visit: Visit, role: Role) -> NDArray[np.int64]:
        """Per volunteer, the way from home to where the visit begins, by their mode in that role."""
        return self.minutes_between_home_and(visit.place, role.vehicle is not None)

    def minutes_between_home_and(self, place: str | None, by_car: bool) -> NDArray[np.int64]:
        """Per volunteer, minutes from home to a place."""
        key = (place, by_car)
        if key not in self._minutes:
            homes = [person.home for person in self.people]
            modes = ["car" if by_car else person.travel_mode for person in self.people]
            self._minutes[key] = self.expanded.atlas.minutes_to(homes, place, modes)
        return self._minutes[key]

    def _most_travel(self) -> NDArray[np.int64]:
        far = 1 << 30
        most = [far if own.max_travel_minutes is None else own.max_travel_minutes for own in self.expanded.limits]
        return np.array(most, dtype=np.int64)

    def _claimants(self, wish: Wish, standby: bool) -> Mask:
        claims = [claim for claim in self.scenario.claims if claim.wish == wish.id]
        chosen = any(claim.state == "chosen" for claim in claims)
        states = {"chosen"} if chosen else {"open"}
        if standby:
            states |= {"waitlisted"}
        people: set[str] = set()
        teams: set[str] = set()
        for claim in claims:
            if claim.state in states:
                if claim.volunteer is not None:
                    people.add(claim.volunteer)
                elif claim.team is not None:
                    teams.add(claim.team)
        return self._each(lambda row: self.people[row].id in people or bool(teams & self.expanded.teams_of[row]))

    def _members(self, wish: Wish) -> Mask:
        fits = self._everybody().copy()
        if wish.teams:
            wanted = set(wish.teams)
            fits &= self._each(lambda row: bool(wanted & self.expanded.teams_of[row]))
        first = self.first_refusal(wish)
        if first:
            fits &= self._each(lambda row: bool(first & self.expanded.teams_of[row]))
        return fits

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

    def _keep(self, key: Hashable, make: Callable[[], Mask]) -> Mask:
        if key not in self._kept:
            mask = make()
            mask.flags.writeable = False
            self._kept[key] = mask
        return self._kept[key]

    def _everybody(self) -> Mask:
        return self._keep("everybody", lambda: np.ones(len(self.people), dtype=bool))

    def _each(self, test: Callable[[int], bool]) -> Mask:
        return np.array([test(row) for row in range(len(self.people))], dtype=bool)


def _has(skills: tuple[Skill, ...], need: SkillNeed, day: date) -> bool:
    return any(
        skill.name == need.name
        and skill.level >= need.level
        and (skill.valid_until is None or day <= skill.valid_until)
        for skill in skills
    )
