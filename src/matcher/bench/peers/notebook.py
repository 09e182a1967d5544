"""A coordinator's notebook: who has which duty already, and whether one more would break a rule.

What the hand methods of the benchmark know of the roster-level rules. The judge has the last word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from matcher.domain.wishes import Wish
from matcher.problem.problem import Candidates, FixedSeat, Problem, Triple
from matcher.solvers.load import PERIODS, Elsewhere
from matcher.solvers.occurrences import is_spaced, is_their_turn


class Notebook:
    """Duties written down so far, and the rules they take part in."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.elsewhere = Elsewhere(problem)
        self.soft = set(problem.scenario.program.settings.soft_rules)
        self.fixed: dict[int, list[FixedSeat]] = defaultdict(list)
        for seat in (*problem.pins, *problem.published):
            self.fixed[seat.visit].append(seat)
        self.crews: dict[int, list[Triple]] = {}
        self._aside: dict[int, list[Triple]] = defaultdict(list)
        self._seats: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """(option, role) of everybody's crew seats."""
        self._duties: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """(option, role) of everybody's crew seats and stand-bys."""
        self._outside: dict[int, list[tuple[int, int, str | None, str | None, bool]]] = defaultdict(list)
        for told in problem.expanded.outside:
            if told.start is not None and told.end is not None:
                self._outside[told.volunteer].append((told.start, told.end, told.place, told.end_place, told.standby))
        self._crew_slices = _slices(problem.crew)
        self._standby_slices = _slices(problem.standbys)
        self._kept: set[tuple[int, int]] = set()
        """(visit, volunteer) of pins and published seats: their time and their place in the limits are taken."""
        for visit in list(self.fixed):
            self._keep_fixed(visit)

    def _keep_fixed(self, visit: int) -> None:
        """Take the time of the people a pin or a published seat names, where that names the time as well."""
        options = list(self.possible_options(visit))
        if len(options) != 1:
            return
        for option, role, row in self.fixed_crew(visit, options[0]):
            self._kept.add((visit, row))
            self._seats[row].append((option, role))
            self._duties[row].append((option, role))
        for seat in self.fixed[visit]:
            if seat.standby and seat.volunteer is not None:
                self._kept.add((visit, seat.volunteer))
                self._duties[seat.volunteer].append((options[0], seat.role or 0))

    # --------------------------------------------------------------------------------- who and when

    def eligible(self, option: int, role: int) -> NDArray[np.int32]:
        """Volunteers who may take a seat by the pair-level rules, in list order."""
        return self.problem.crew.volunteer[self._crew_slices.get((option, role), slice(0, 0))]

    def eligible_standbys(self, option: int, role: int) -> NDArray[np.int32]:
        """Volunteers who may stand by for a seat, in list order."""
        return self.problem.standbys.volunteer[self._standby_slices.get((option, role), slice(0, 0))]

    def possible_options(self, visit: int) -> Iterator[int]:
        """A visit's options in time order that keep fixed starts and people, and the spacing."""
        starts = {seat.start for seat in self.fixed.get(visit, ()) if seat.fixes_start}
        for option in self.problem.options_of[visit]:
            fits = starts <= {self.problem.options[option].start} and self._fits_the_fixed(visit, option)
            if fits and is_spaced(self.problem, self.crews, visit, option):
                yield option

    def _fits_the_fixed(self, visit: int, option: int) -> bool:
        return visit not in self.fixed or all(
            row in self.eligible(option, role) for option, role, row in self.fixed_crew(visit, option)
        )

    def fixed_crew(self, visit: int, option: int) -> list[Triple]:
        """The people pins and published seats name for a visit."""
        crew: list[Triple] = []
        roles = range(len(self.problem.visits[visit].wish.roles))
        for seat in self.fixed.get(visit, ()):
            if seat.volunteer is None or seat.standby:
                continue
            possible = [role for role in roles if seat.volunteer in self.eligible(option, role)]
            role = seat.role if seat.role is not None else next(iter(possible), 0)
            if (option, role, seat.volunteer) not in crew:
                crew.append((option, role, seat.volunteer))
        return crew

    # ----------------------------------------------------------------------------------- writing

    def seat(self, visit: int, crew: Sequence[Triple]) -> None:
        """Write a visit's crew down."""
        self.crews[visit] = list(crew)
        for option, role, row in crew:
            if (visit, row) not in self._kept:
                self._seats[row].append((option, role))
                self._duties[row].append((option, role))

    def stand_by(self, visit: int, triple: Triple) -> None:
        """Write a stand-by down."""
        self._aside[visit].append(triple)
        if (visit, triple[2]) not in self._kept:
            self._duties[triple[2]].append(triple[:2])

    def crew(self) -> list[Triple]:
        """Everybody's seats."""
        return [triple for crew in self.crews.values() for triple in crew]

    def standbys(self) -> list[Triple]:
        """Everybody who stands by."""
        return [triple for own in self._aside.values() for triple in own]

    # ------------------------------------------------------------------------------- rules: a seat

    def may_serve(self, option: int, role: int, row: int) -> bool:
        """Whether one more seat breaks no rule this person has a part in."""
        return (
            self._is_within_limits(option, row)
            and self.is_free(option, role, row)
            and is_their_turn(self.problem, self.crews, option, row)
            and self._has_the_experience(option, role, row)
        )

    def is_free(self, option: int, role: int, row: int, *, standby: bool = False) -> bool:
        """Whether no duty written down, nor one outside the plan, is in the way, travel included."""
        problem = self.problem
        visit = problem.options[option].visit
        if (visit, row) in self._kept:
            return standby and self._is_fixed_standby(visit, row)
        return not any(
            problem.options[other].visit == visit or problem.too_close(row, option, role, other, other_role)
            for other, other_role in self._duties[row]
        ) and not self._meets_outside(option, role, row)

    def _is_fixed_standby(self, visit: int, row: int) -> bool:
        named = {own for _, _, own in self._aside[visit]}
        return row not in named and any(seat.standby and seat.volunteer == row for seat in self.fixed[visit])

    def _meets_outside(self, option: int, role: int, row: int) -> bool:
        own = self.problem.options[option]
        if own.start is None or own.end is None:
            return False
        expanded, visit = self.problem.expanded, self.problem.visits[own.visit]
        there = expanded.mode(row, visit.wish.roles[role])
        onward = self.problem.scenario.volunteers[row].travel_mode
        for start, end, place, end_place, _ in self._outside.get(row, ()):
            before = own.end + expanded.atlas.minutes(visit.end_place, place, onward) <= start
            after = end + expanded.atlas.minutes(end_place, visit.place, there) <= own.start
            if not before and not after:
                return True
        return False

    def _is_within_limits(self, option: int, row: int) -> bool:
        problem, limits = self.problem, self.problem.expanded.limits[row]
        new = problem.options[option]
        minutes_new, goods = problem.visits[new.visit].minutes, new.start is None
        for unit, period in PERIODS.items():
            most_visits, most_minutes = getattr(limits, f"visits_per_{unit}"), getattr(limits, f"minutes_per_{unit}")
            if (most_visits is None and most_minutes is None) or (unit == "day" and goods):
                continue
            visits, minutes = self.elsewhere.load_on(row, unit, new.day)
            for other, _ in self._seats[row]:
                own = problem.options[other]
                if period(own.day) == period(new.day) and not (unit == "day" and own.start is None):
                    visits, minutes = visits + 1, minutes + problem.visits[own.visit].minutes
            if most_visits is not None and visits + 1 > most_visits:
                return False
            if most_minutes is not None and minutes + minutes_new > most_minutes:
                return False
        return self._has_rest(new.day, new.start, new.end, row)

    def _has_rest(self, day: date, start: int | None, end: int | None, row: int) -> bool:
        limits, options = self.problem.expanded.limits[row], self.problem.options
        if limits.rest_days:
            week = PERIODS["week"](day)
            busy = {options[other].day for other, _ in self._seats[row] if options[other].start is not None}
            busy = {other for other in busy if PERIODS["week"](other) == week}
            busy |= self.elsewhere.days.get((row, week), set())
            if len(busy | ({day} if start is not None else set())) > 7 - limits.rest_days:
                return False
        if not limits.min_rest_minutes or start is None or end is None:
            return True
        spans = [(options[other].start, options[other].end) for other, _ in self._seats[row]]
        spans += [(low, high) for low, high, _, _, standby in self._outside.get(row, ()) if not standby]
        least = limits.min_rest_minutes
        return all(
            low is None or high is None or low - end >= least or start - high >= least for low, high in spans
        )

    def _people(self, visit: int) -> set[int]:
        return {row for _, _, row in self.crews.get(visit, ())}

    def _has_the_experience(self, option: int, role: int, row: int) -> bool:
        expanded = self.problem.expanded
        if not self.problem.role(option, role).experienced or not expanded.anybody_experienced:
            return True
        return expanded.is_experienced[row] or "newcomers_go_with_experience" in self.soft

    # ------------------------------------------------------------------------------- rules: a crew

    def is_a_crew(self, visit: int, crew: Sequence[Triple]) -> bool:
        """Whether these people together may serve a visit."""
        wish = self.problem.visits[visit].wish
        if not crew or (len(crew) < self.problem.visits[visit].seats and not wish.partial):
            return False
        rows = {row for _, _, row in crew}
        paired = set(self.problem.paired[visit])
        if paired and not paired & rows:
            return False
        return self._is_led(rows) and self._are_few(wish, rows)

    def _is_led(self, rows: set[int]) -> bool:
        expanded = self.problem.expanded
        if len(rows) < 2 or not expanded.anybody_experienced or "newcomers_go_with_experience" in self.soft:
            return True
        return any(expanded.is_experienced[row] for row in rows)

    def _are_few(self, wish: Wish, rows: set[int]) -> bool:
        most = wish.staffing.max_helpers
        if most is None or "keeps_faces_few" in self.soft:
            return True
        faces = set(rows) | self.problem.prices.known_faces(wish)
        for number in self.problem.visits_of_wish[wish.id]:
            faces |= self._people(number)
        return len(faces) <= most

def _slices(candidates: Candidates) -> dict[tuple[int, int], slice]:
    """Where the candidates of each (option, role) stand in the arrays."""
    changes = np.flatnonzero(np.diff(candidates.option) | np.diff(candidates.role)) + 1
    bounds = [0, *changes.tolist(), len(candidates)] if len(candidates) else []
    return {
        (int(candidates.option[low]), int(candidates.role[low])): slice(low, high) for low, high in pairwise(bounds)
    }
