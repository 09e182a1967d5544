"""Problem: a scenario expanded, checked and turned into integer arrays, ready for any solver.

A visit with freedom becomes options (a day and a start); a candidate is (option, role, volunteer) with
everything pair-level decided. Options that no rule and no price can tell apart are merged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Role
from matcher.errors import BadInput, Fault
from matcher.problem.check import can_any_serve, paired_people
from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import Expanded, Visit, expand, longest_way, published_in_plan
from matcher.problem.memory import frozen
from matcher.problem.objective import Prices
from matcher.problem.options import Candidates, Option, build_options
from matcher.problem.roster import Roster, RosterVisit, Seat

__all__ = ["Candidates", "FixedSeat", "Option", "Problem", "longest_way"]

if TYPE_CHECKING:
    from matcher.problem.crewable import Possible


Triple = tuple[int, int, int]
"""(option, role, volunteer)."""


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
    options_of: tuple[range, ...]
    """Option numbers of each visit: contiguous, in the order of visits, then of starts."""
    crew: Candidates
    standbys: Candidates
    published: tuple[FixedSeat, ...]
    """Published seats that are still pair-level feasible."""
    pins: tuple[FixedSeat, ...]
    thinned: tuple[int, ...] = ()
    """Visits whose starts lie on a coarser grid than asked for, because all would be too many."""

    @classmethod
    def of(cls, scenario: Scenario | Expanded) -> Problem:
        """Build the problem. Raises ``BadInput`` if pins name visits or roles that do not exist."""
        expanded = scenario if isinstance(scenario, Expanded) else expand(scenario)
        eligibility = Eligibility(expanded)
        prices = Prices(expanded, eligibility)
        _refuse_unknown_pins(expanded)
        published = tuple(_live_published(expanded, eligibility))
        pins = tuple(_pins(expanded))
        built = build_options(expanded, eligibility, prices, _told(expanded, (*published, *pins)), _never(expanded))
        return cls(
            expanded, eligibility, prices, built.options, _ranges(built.options, len(expanded.visits)), built.crew,
            built.standbys, published, pins, built.thinned,
        )

    def with_pins(self, scenario: Scenario) -> Problem:
        """The problem of facts that differ from this one's in their pins only; worked out anew only where pins matter.

        Pins that keep somebody away decide about candidates, and a pinned start must be among the options.
        """
        expanded = replace(self.expanded, scenario=scenario)
        pins = tuple(_pins(expanded))
        if _never(expanded) != self.never or not all(self._has_start(pin) for pin in pins):
            return Problem.of(expanded)
        _refuse_unknown_pins(expanded)
        return replace(self, expanded=expanded, pins=pins)

    def _has_start(self, pin: FixedSeat) -> bool:
        return pin.start is None or any(self.options[own].start == pin.start for own in self.options_of[pin.visit])

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
    def possible(self) -> Possible:
        """Options that some crew could serve, and candidates who could be on it."""
        from matcher.problem.crewable import possible

        return possible(self)

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

    @property
    def visits_of_wish(self) -> dict[str, tuple[int, ...]]:
        """Visit numbers of each wish, in the order of its occurrences."""
        return self.expanded.visits_of_wish

    @cached_property
    def solo_tour(self) -> NDArray[np.int32]:
        """What a day with this visit alone costs in travel, home → visit → home, parallel to ``crew``.

        The same number as ``prices.tour(volunteer, [(visit, role)])``.
        """
        tours = np.zeros(len(self.crew), dtype=np.int32)
        first = np.searchsorted(self.crew.option, [own.start for own in self.options_of])
        last = np.append(first[1:], len(self.crew))
        for numbers in self.visits_of_wish.values():
            wish = self.visits[numbers[0]].wish
            low, high = int(first[min(numbers)]), int(last[max(numbers)])  # a wish's visits lie side by side
            for position, role in enumerate(wish.roles):
                own = low + np.flatnonzero(self.crew.role[low:high] == position)
                if len(own):
                    people, which = np.unique(self.crew.volunteer[own], return_inverse=True)
                    tours[own] = self.prices.solo_tours(self.visits[numbers[0]], role, people)[which]
        return frozen(tours)

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
        row = eligibility.live_row(seat, visit)
        if row is not None:
            start = expanded.calendar.minute_of(seat.start) if seat.start is not None else None
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


def _told(expanded: Expanded, fixed: Iterable[FixedSeat]) -> dict[int, set[int]]:
    """The starts people were told or a coordinator pinned, by visit."""
    told: dict[int, set[int]] = defaultdict(set)
    for seat, visit in published_in_plan(expanded):
        if seat.start is not None:
            told[expanded.visit_index[visit.id]].add(expanded.calendar.minute_of(seat.start))
    for demand in fixed:
        if demand.start is not None:
            told[demand.visit].add(demand.start)
    return told


def _ranges(options: Sequence[Option], visits: int) -> tuple[range, ...]:
    """The option numbers of each visit."""
    edges = np.searchsorted([option.visit for option in options], np.arange(visits + 1)).tolist()
    return tuple(range(low, high) for low, high in pairwise(edges))


def _never(expanded: Expanded) -> frozenset[tuple[int, int]]:
    return frozenset(
        (expanded.visit_index[pin.visit], expanded.volunteer_index[pin.volunteer])
        for pin in expanded.scenario.pins
        if pin.never and pin.volunteer is not None and pin.visit in expanded.visit_index
    )
