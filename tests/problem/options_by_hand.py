"""Options and candidates pair by pair: slow, from the rules' sentences alone, to compare with the real ones."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import Expanded, expand, longest_way, published_in_plan
from matcher.problem.objective import Prices

Start = tuple[int, int | None]
"""(visit, start)."""
Seats = dict[tuple[int, int], int]
"""(role, volunteer) → price."""


class ByHand:
    """Every start with its crew and stand-bys, merged by comparing each visit's day with every other's."""

    def __init__(self, scenario: Any) -> None:
        self.facts: Expanded = expand(scenario)
        self.eligibility = Eligibility(self.facts)
        self.prices = Prices(self.facts, self.eligibility)
        self.people = range(len(self.facts.scenario.volunteers))
        self.told = self._told()
        self.never = {
            (pin.visit, pin.volunteer) for pin in self.facts.scenario.pins if pin.never
        }
        self.crew: dict[Start, Seats] = {}
        self.standbys: dict[Start, Seats] = {}
        for number, visit in enumerate(self.facts.visits):
            step = self.facts.scenario.program.settings.step_minutes
            may = {start for start in self.told[number] if visit.may_start(start)}
            for start in [None] if visit.is_goods else sorted({*visit.starts(step), *may}):
                crew = self._seats(number, start, standby=False)
                if crew:
                    self.crew[number, start] = crew
                    wanted = visit.wish.staffing.standbys
                    self.standbys[number, start] = self._seats(number, start, standby=True) if wanted else {}
        self.kept = self._merged()

    def _told(self) -> dict[int, set[int]]:
        minute_of, found = self.facts.calendar.minute_of, defaultdict(set)
        for seat, visit in published_in_plan(self.facts):
            if seat.start is not None:
                found[self.facts.visit_index[visit.id]].add(minute_of(seat.start))
        for pin in self.facts.scenario.pins:
            if pin.start is not None and not pin.never and pin.visit in self.facts.visit_index:
                found[self.facts.visit_index[pin.visit]].add(minute_of(pin.start))
        return found

    def _seats(self, number: int, start: int | None, *, standby: bool) -> Seats:
        visit = self.facts.visits[number]
        return {
            (position, row): 0 if standby else self._price(number, position, start, row)
            for position, role in enumerate(visit.wish.roles)
            for row in self.people
            if not self.eligibility.refusals(row, visit, role, start, standby)
            and (visit.id, self.facts.scenario.volunteers[row].id) not in self.never
        }

    def _price(self, number: int, position: int, start: int | None, row: int) -> int:
        visit, prices = self.facts.visits[number], self.prices
        role = visit.wish.roles[position]
        return int(
            prices.undesired_time(visit, start)[row]
            + prices.locality(visit)[row]
            + prices.preferences(visit, role)[row]
            + prices.soft_pair(visit, role, start)[row]
        )

    def _merged(self) -> list[Start]:
        seen, kept = [], []
        for number, start in self.crew:
            what = (number, self._day(number, start), self.crew[number, start], self.standbys[number, start])
            told = start in self.told[number]
            if start is not None and not told and what in seen and self._is_alone(number, self._day(number, start)):
                continue
            if not told:
                seen.append(what)
            kept.append((number, start))
        return kept

    def _day(self, number: int, start: int | None) -> Any:
        return self.facts.day_of(self.facts.visits[number], start)

    def _busy(self, number: int, day: Any) -> tuple[int, int, set[int], set[int]]:
        """From when to when a visit may take whose time on one day: as crew, as stand-by."""
        starts = [s for n, s in self.crew if n == number and s is not None and self._day(n, s) == day]
        crew = {row for s in starts for _, row in self.crew[number, s]}
        standbys = {row for s in starts for _, row in self.standbys[number, s]}
        return min(starts), max(starts) + self.facts.visits[number].minutes, crew, standbys

    def _is_alone(self, number: int, day: Any) -> bool:
        limits = self.facts.limits
        margin = longest_way(self.facts) + max((own.min_rest_minutes or 0 for own in limits), default=0)
        low, high, crew, standbys = self._busy(number, day)
        others = [
            (other_day, *self._busy(n, other_day))
            for n, other_day in {(n, self._day(n, s)) for n, s in self.crew if s is not None}
            if n != number
        ]
        others += [
            (seat.day, seat.start, seat.end, {seat.volunteer}, {seat.volunteer})
            for seat in self.facts.outside
            if seat.start is not None and seat.end is not None
        ]
        for other_day, other_low, other_high, other_crew, other_standbys in others:
            if low - margin >= other_high or other_low - margin >= high:
                continue
            often = {row for row in self.people if limits[row].visits_per_day not in (0, 1) or day != other_day}
            if crew & other_crew & often or standbys & (other_crew | other_standbys) or crew & other_standbys:
                return False
        return True
