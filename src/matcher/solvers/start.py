"""A first roster in an instant: the flow's choices where they fit, then whoever costs least, rule by rule.

Visits are staffed one after the other, dearest first; what would break a rule is not done. Published
seats and pins come first. The judge has the last word: a visit it objects to is left unserved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from matcher.problem.check import check, history_binds, last_crew, last_done
from matcher.problem.problem import Candidates, FixedSeat, Problem
from matcher.problem.roster import Roster
from matcher.solvers.load import PERIODS, Elsewhere
from matcher.solvers.stop import Timer

Triple = tuple[int, int, int]
"""(option, role, volunteer)."""


def first_roster(
    problem: Problem,
    wanted: frozenset[tuple[int, int, int]] = frozenset(),
    *,
    seed: int = 0,
    strategy: str = "flow",
    timer: Timer | None = None,
) -> Roster | None:
    """A valid roster found greedily, or None if pins and published seats were too much for it.

    ``wanted``: (visit, role, volunteer) triples to prefer, as ``needs_bound`` returns them. ``timer``: once it is
    over, the roster found so far has to do.
    """
    best: Roster | None = None
    least: int | None = None
    first: tuple[int, ...] = ()
    draft = _Draft(problem, wanted)
    for _ in range(_ROUNDS):
        if best is not None and timer is not None and timer.over:
            break
        draft.clear()
        draft.staff(first)
        draft.name_standbys()
        judged = _without_objections(problem, draft.roster(strategy, seed))
        if judged is not None and (least is None or judged[1] < least):
            best, least = judged
        unserved = tuple(number for number in range(len(problem.visits)) if number not in draft.crew)
        if least == 0 or set(unserved) <= set(first):
            break
        first = (*unserved, *(number for number in first if number not in unserved))
    return best


_ROUNDS = 6
"""What went unserved comes first in the next round ("squeaky wheel"), this many times at most."""


def _without_objections(problem: Problem, roster: Roster) -> tuple[Roster, int] | None:
    """The roster less what the judge objects to, and its needs; None if that does not mend it."""
    while True:
        report = check(problem.expanded, roster)
        if report.valid:
            return roster, report.tier("needs")
        wrong = {v.visit for v in report.violations if v.price is None and v.visit is not None}
        kept = tuple(visit for visit in roster.visits if visit.id not in wrong)
        if len(kept) == len(roster.visits):
            return None  # a pin or a published seat is not kept, and leaving more out will not mend it
        roster = Roster(**{name: getattr(roster, name) for name in Roster.model_fields} | {"visits": kept})


class _Draft:
    """A roster in the making, with what its rules need to know about it."""

    def __init__(self, problem: Problem, wanted: frozenset[tuple[int, int, int]]) -> None:
        self.problem = problem
        self.wanted = wanted
        self.elsewhere = Elsewhere(problem)
        self.fixed: dict[int, list[FixedSeat]] = defaultdict(list)
        for seat in (*problem.pins, *problem.published):
            self.fixed[seat.visit].append(seat)
        self.wanted_on: dict[int, set[int]] = defaultdict(set)
        for visit, _, row in wanted:
            self.wanted_on[visit].add(row)
        self.pool = _Pool(problem.crew)
        self.standby_pool = _Pool(problem.standbys)
        self.choices: dict[int, int] = defaultdict(int)
        """How many candidates each visit has."""
        for (option, _), count in self.pool.sizes():
            self.choices[problem.options[option].visit] += count
        self._ordered: dict[int, list[int]] = {}
        self.clear()

    def clear(self) -> None:
        """Begin again with nobody seated."""
        self.crew: dict[int, list[Triple]] = {}
        self.standbys: dict[int, list[Triple]] = defaultdict(list)
        self.duties: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """(option, role) of everybody's crew seats and stand-bys."""
        self.seats: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """(option, role) of everybody's crew seats."""

    def roster(self, strategy: str, seed: int) -> Roster:
        return self.problem.roster(
            [triple for crew in self.crew.values() for triple in crew],
            [triple for own in self.standbys.values() for triple in own],
            strategy=strategy, seed=seed,
        )

    # -------------------------------------------------------------------------------------- crews

    def staff(self, first: Sequence[int] = ()) -> None:
        """Staff visit after visit: fixed ones, then ``first``, then by price of leaving them, scarcest first."""
        prices, visits = self.problem.prices, self.problem.visits
        squeaky = {number: place for place, number in enumerate(first)}
        order = sorted(range(len(visits)), key=lambda v: (
            v not in self.fixed, squeaky.get(v, len(visits)), -prices.empty_seat(visits[v].wish), self.choices[v],
            visits[v].wish.id, visits[v].order,
        ))
        for visit in order:
            for option in self._options(visit):
                crew = self._crew(option)
                if crew:
                    self._seat(visit, crew)
                    break

    def _options(self, visit: int) -> list[int]:
        """Options that keep fixed starts and the spacing, those the flow can staff first."""
        starts = {seat.start for seat in self.fixed[visit] if seat.fixes_start}
        return [
            option for option in self._flow_first(visit)
            if (not starts or starts == {self.problem.options[option].start}) and self._is_spaced(visit, option)
        ]

    def _flow_first(self, visit: int) -> list[int]:
        """A visit's options, those first at which most of the flow's people can serve."""
        if visit not in self._ordered:
            wanted = self.wanted_on[visit]
            self._ordered[visit] = sorted(self.problem.options_of[visit], key=lambda option: (
                -len(wanted & {row for role in range(self._roles(option)) for row in self.pool.rows((option, role))})
                if wanted else 0,
                option,
            ))
        return self._ordered[visit]

    def _roles(self, option: int) -> int:
        return len(self.problem.visits[self.problem.options[option].visit].wish.roles)

    def _crew(self, option: int) -> list[Triple]:
        """A crew for one option, or nobody."""
        visit = self.problem.options[option].visit
        wish = self.problem.visits[visit].wish
        teams: Sequence[str | None] = [None]
        if wish.as_one_team:
            people = self.problem.scenario.volunteers
            rows = {row for role in range(len(wish.roles)) for row in self.pool.rows((option, role))}
            teams = sorted({people[row].team or "" for row in rows} - {""})
        for team in teams:
            crew = self._crew_of_team(option, visit, team)
            whole = len(crew) == self.problem.visits[visit].seats or wish.partial
            if crew and whole and self._has_experience(crew):
                return crew
        return []

    def _crew_of_team(self, option: int, visit: int, team: str | None) -> list[Triple]:
        problem = self.problem
        crew: list[Triple] = []
        must = [seat for seat in self.fixed[visit] if seat.volunteer is not None and not seat.standby]
        roles = problem.visits[visit].wish.roles
        for seat in must:
            possible = [
                number for number in range(len(roles))
                if seat.volunteer in self.pool.rows((option, number))
            ]
            role = seat.role if seat.role is not None else next(iter(possible), 0)
            assert seat.volunteer is not None
            if (option, role, seat.volunteer) not in crew:
                crew.append((option, role, seat.volunteer))
        paired = set(problem.paired[visit])
        for role, needed in enumerate(roles):
            taken = sum(1 for _, other, _ in crew if other == role)
            for row, _ in self._ranked(option, role, visit, paired):
                if taken == needed.count:
                    break
                if team is not None and problem.scenario.volunteers[row].team != team:
                    continue
                if all(row != other for _, _, other in crew) and self._may_serve(option, role, row):
                    crew.append((option, role, row))
                    taken += 1
        if paired and not paired & {row for _, _, row in crew}:
            return []
        return crew if self._are_few_faces(visit, crew) else []

    def _ranked(self, option: int, role: int, visit: int, paired: set[int]) -> list[tuple[int, int]]:
        """Candidates for a seat: paired, then wanted by the flow, then by turns so far and price."""
        prices, known = self.problem.prices, self._faces(visit)
        return sorted(self.pool.get((option, role)), key=lambda candidate: (
            candidate[0] not in paired,
            (visit, role, candidate[0]) not in self.wanted,
            candidate[0] not in known,
            prices.fairness(candidate[0], len(self.seats[candidate[0]]) + 1) + candidate[1],
            candidate[0],
        ))

    def _faces(self, visit: int) -> set[int]:
        wish = self.problem.visits[visit].wish
        if wish.staffing.policy == "rotate" or (wish.staffing.policy == "any" and wish.staffing.max_helpers is None):
            return set()
        return set(self.problem.prices.known_faces(wish)) | self._people_of(wish.id)

    def _people_of(self, wish: str) -> set[int]:
        return {
            row for number in self.problem.visits_of_wish[wish] for _, _, row in self.crew.get(number, ())
        }

    def _seat(self, visit: int, crew: list[Triple]) -> None:
        self.crew[visit] = crew
        for option, role, row in crew:
            self.seats[row].append((option, role))
            self.duties[row].append((option, role))

    # -------------------------------------------------------------------------------------- rules

    def _may_serve(self, option: int, role: int, row: int) -> bool:
        return (
            self._is_free(option, role, row)
            and self._is_within_limits(option, row)
            and self._is_their_turn(option, row)
            and self._is_experienced_enough(option, role, row)
        )

    def _is_free(self, option: int, role: int, row: int) -> bool:
        return not any(
            self.problem.options[other].visit == self.problem.options[option].visit
            or self.problem.too_close(row, option, role, other, other_role)
            for other, other_role in self.duties[row]
        )

    def _is_within_limits(self, option: int, row: int) -> bool:
        problem, limits = self.problem, self.problem.expanded.limits[row]
        new = problem.options[option]
        goods = problem.visits[new.visit].is_goods
        for unit, period in PERIODS.items():
            if unit == "day" and goods:
                continue
            own = [o for o, _ in self.seats[row] if period(problem.options[o].day) == period(new.day)
                   and not (unit == "day" and problem.options[o].start is None)]
            visits, minutes = self.elsewhere.load_on(row, unit, new.day)
            most = getattr(limits, f"visits_per_{unit}")
            if most is not None and visits + len(own) + 1 > most:
                return False
            most = getattr(limits, f"minutes_per_{unit}")
            taken = sum(problem.visits[problem.options[o].visit].minutes for o in (*own, option))
            if most is not None and minutes + taken > most:
                return False
        return self._rests(new.day, new.start, new.end, row)

    def _rests(self, day: date, start: int | None, end: int | None, row: int) -> bool:
        limits, options = self.problem.expanded.limits[row], self.problem.options
        week = PERIODS["week"](day)
        if limits.rest_days:
            own = {options[o].day for o, _ in self.seats[row] if options[o].start is not None}
            busy = {d for d in own if PERIODS["week"](d) == week} | self.elsewhere.days.get((row, week), set())
            if len(busy | ({day} if start is not None else set())) > 7 - limits.rest_days:
                return False
        if not limits.min_rest_minutes or start is None or end is None:
            return True
        spans = [(options[o].start, options[o].end) for o, _ in self.seats[row]]
        outside = self.problem.expanded.outside
        spans += [(seat.start, seat.end) for seat in outside if seat.volunteer == row and not seat.standby]
        least = limits.min_rest_minutes
        return all(
            low is None or high is None or low - end >= least or start - high >= least for low, high in spans
        )

    def _is_their_turn(self, option: int, row: int) -> bool:
        visit = self.problem.options[option].visit
        wish = self.problem.visits[visit].wish
        if wish.staffing.policy != "rotate":
            return True
        numbers = [n for n in self.problem.visits_of_wish[wish.id] if n == visit or n in self.crew]
        at = numbers.index(visit)
        before = {r for _, _, r in self.crew[numbers[at - 1]]} if at else last_crew(self.problem.expanded, wish)
        after = {r for _, _, r in self.crew[numbers[at + 1]]} if at + 1 < len(numbers) else set()
        if row in before or row in after:
            return False
        most = wish.staffing.max_turns
        if most is None:
            return True
        day, span = self.problem.options[option].day, wish.staffing.turns_days
        days = [self.problem.options[o].day for n in numbers for o, _, r in self.crew.get(n, ()) if r == row]
        days += [
            self.problem.expanded.calendar.day_of(self.problem.expanded.calendar.minute_of(service.start))
            for service in self.problem.expanded.done.get(wish.id, ())
            if not service.stepped_in and self.problem.expanded.row_of(service.volunteer) == row
        ]
        days.append(day)
        return all(sum(0 <= (d - first).days < span for d in days) <= most for first in days)

    def _is_experienced_enough(self, option: int, role: int, row: int) -> bool:
        expanded = self.problem.expanded
        asks = self.problem.role(option, role).experienced and expanded.anybody_experienced
        return not asks or "newcomers_go_with_experience" in self._soft or expanded.is_experienced[row]

    def _has_experience(self, crew: Sequence[Triple]) -> bool:
        expanded = self.problem.expanded
        if not expanded.anybody_experienced or len(crew) < 2 or "newcomers_go_with_experience" in self._soft:
            return True
        return any(expanded.is_experienced[row] for _, _, row in crew)

    @property
    def _soft(self) -> Iterable[str]:
        return self.problem.scenario.program.settings.soft_rules

    def _are_few_faces(self, visit: int, crew: Sequence[Triple]) -> bool:
        wish = self.problem.visits[visit].wish
        most = wish.staffing.max_helpers
        if most is None or "keeps_faces_few" in self._soft:
            return True
        # Stricter than the rule: everybody who ever served counts, not only those within turns_days.
        past = {self.problem.expanded.row_of(s.volunteer) for s in self.problem.expanded.done.get(wish.id, ())}
        return len(past | self._people_of(wish.id) | {row for _, _, row in crew}) <= most

    def _is_spaced(self, visit: int, option: int) -> bool:
        problem = self.problem
        wish = problem.visits[visit].wish
        when, day = wish.recurrence, problem.options[option].day
        if when is None:
            return True
        numbers = problem.visits_of_wish[wish.id]
        at = numbers.index(visit)
        for position, other in enumerate(numbers):
            if other == visit or other not in self.crew:
                continue
            gap = (problem.options[self.crew[other][0][0]].day - day).days * (1 if position > at else -1)
            if gap < when.least_gap_days:
                return False
            if abs(position - at) == 1 and when.max_gap_days is not None and gap > when.max_gap_days:
                return False
        last = last_done(problem.expanded, wish)
        if last is None:
            return True
        gap = (day - last[1]).days
        binds = at == 0 and history_binds(problem.expanded, problem.visits[visit], last[1])
        return gap >= when.least_gap_days and not (binds and when.max_gap_days is not None and gap > when.max_gap_days)

    # ----------------------------------------------------------------------------------- stand-bys

    def name_standbys(self) -> None:
        """Stand-bys for every staffed role, published and pinned ones first, then who has fewest duties."""
        for visit, crew in sorted(self.crew.items()):
            wanted = self.problem.visits[visit].wish.staffing.standbys
            for option, role in sorted({(option, role) for option, role, _ in crew}):
                for row in self._standbys_in_order(visit, option, role):
                    if sum(1 for _, other, _ in self.standbys[visit] if other == role) == wanted:
                        break
                    if self._is_free(option, role, row):
                        self.standbys[visit].append((option, role, row))
                        self.duties[row].append((option, role))

    def _standbys_in_order(self, visit: int, option: int, role: int) -> Iterator[int]:
        fixed = {seat.volunteer for seat in self.fixed[visit] if seat.standby and seat.role in (None, role)}
        pool = self.standby_pool.rows((option, role))
        return iter(sorted(pool, key=lambda row: (row not in fixed, len(self.duties[row]), row)))


class _Pool:
    """Candidates by (option, role), as slices of the problem's arrays: a district has millions of them."""

    def __init__(self, candidates: Candidates) -> None:
        self._volunteer, self._price = candidates.volunteer, candidates.price
        changes = np.flatnonzero(np.diff(candidates.option) | np.diff(candidates.role)) + 1
        bounds = [0, *changes.tolist(), len(candidates)] if len(candidates) else []
        self._slices = {
            (int(candidates.option[low]), int(candidates.role[low])): slice(low, high)
            for low, high in pairwise(bounds)
        }

    def get(self, seat: tuple[int, int]) -> list[tuple[int, int]]:
        """(volunteer, price) of everybody who might take a seat."""
        own = self._slices.get(seat)
        return [] if own is None else list(zip(self._volunteer[own].tolist(), self._price[own].tolist()))

    def rows(self, seat: tuple[int, int]) -> list[int]:
        """Everybody who might take a seat."""
        own = self._slices.get(seat)
        return [] if own is None else self._volunteer[own].tolist()

    def sizes(self) -> Iterator[tuple[tuple[int, int], int]]:
        """How many people might take each seat."""
        return ((seat, own.stop - own.start) for seat, own in self._slices.items())
