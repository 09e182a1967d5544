"""A roster in the making: who has which seat, and whether one more seat keeps every rule.

It only ever says yes where the judge will: what is beyond it (a stretch of turns, faces long gone) it forbids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.problem.expand import Outside
from matcher.problem.problem import Candidates, FixedSeat, Problem, Triple, longest_way
from matcher.problem.roster import Roster
from matcher.solvers.occurrences import is_spaced, is_their_turn
from matcher.solvers.room import Room

Ints = NDArray[np.int64]
_FIRST, _SECOND, _THIRD, _FOURTH = 1 << 56, 1 << 48, 1 << 40, 1 << 32
"""Reasons to be preferred that no price outweighs, the strongest first."""
_TEAMS = 4
"""So many teams are tried for a wish that one team takes."""


class Draft:
    """Crews and stand-bys so far. ``wanted``: (visit, role, volunteer) triples to prefer."""

    def __init__(self, problem: Problem, wanted: frozenset[tuple[int, int, int]]) -> None:
        self.problem = problem
        self.fixed: dict[int, list[FixedSeat]] = {}
        for seat in (*problem.pins, *problem.published):
            self.fixed.setdefault(seat.visit, []).append(seat)
        self.wanted: dict[tuple[int, int], set[int]] = {}
        """The people wanted for each (visit, role)."""
        for visit, role, row in wanted:
            self.wanted.setdefault((visit, role), set()).add(row)
        self.pool, self.standby_pool = Pool(problem, problem.crew), Pool(problem, problem.standbys)
        self.cost: Ints = problem.crew.price + problem.solo_tour
        self.room = Room(problem)
        people = problem.scenario.volunteers
        names: dict[str, int] = {}
        self._team = np.array([
            -1 if person.team is None else names.setdefault(person.team, len(names)) for person in people
        ], dtype=np.int64)
        self._experienced = np.array(problem.expanded.is_experienced, dtype=bool)
        self._outside: dict[int, list[Outside]] = defaultdict(list)
        for away in problem.expanded.outside:
            self._outside[away.volunteer].append(away)
        self._soft = problem.scenario.program.settings.soft_rules
        self._far = longest_way(problem.expanded)
        self._covered: dict[tuple[str, int], NDArray[np.int64]] = {}
        self._claimed: dict[str, list[frozenset[int]]] = defaultdict(list)
        for wish, people_of_claim in problem.prices.claims_to_honour:
            self._claimed[wish].append(people_of_claim)
        self.clear()

    def clear(self) -> None:
        """Begin again with nobody seated."""
        self.crew: dict[int, list[Triple]] = {}
        self.standbys: dict[int, list[Triple]] = defaultdict(list)
        self.duties: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """(option, role) of everybody's crew seats and stand-bys."""
        self.seats: dict[int, list[tuple[int, int]]] = defaultdict(list)
        """(option, role) of everybody's crew seats."""
        self.room.clear()
        self._next_turn = np.array(self._first_turns, dtype=np.int64)
        """What one more turn of each volunteer costs in fairness."""

    @cached_property
    def _first_turns(self) -> list[int]:
        return [self._turn_price(row, 1) for row in range(len(self.problem.scenario.volunteers))]

    def _turn_price(self, row: int, turn: int) -> int:
        # Whoever lacks visits to their own least goes before those who do not.
        least = self.problem.expanded.limits[row].least_visits_per_month or 0
        return self.problem.prices.fairness(row, turn) - (_THIRD if turn <= least else 0)

    def roster(self, strategy: str, seed: int) -> Roster:
        """What there is so far."""
        return self.problem.roster(
            [triple for crew in self.crew.values() for triple in crew],
            [triple for own in self.standbys.values() for triple in own],
            strategy=strategy, seed=seed,
        )

    # -------------------------------------------------------------------------------------- seats

    def seat(self, visit: int, triple: Triple) -> None:
        """Give somebody a seat."""
        option, role, row = triple
        self.crew.setdefault(visit, []).append(triple)
        self.seats[row].append((option, role))
        self.duties[row].append((option, role))
        self.room.take(row, option)
        self._next_turn[row] = self._turn_price(row, len(self.seats[row]) + 1)

    def unseat(self, visit: int, triple: Triple) -> None:
        """Take a seat back."""
        option, role, row = triple
        self.crew[visit].remove(triple)
        if not self.crew[visit]:
            del self.crew[visit]
        self.seats[row].remove((option, role))
        self.duties[row].remove((option, role))
        self.room.take(row, option, -1)
        self._next_turn[row] = self._turn_price(row, len(self.seats[row]) + 1)

    def missing(self, visit: int) -> int:
        """Empty seats of a visit."""
        return self.problem.visits[visit].seats - len(self.crew.get(visit, ()))

    # -------------------------------------------------------------------------------------- crews

    def options(self, visit: int) -> list[int]:
        """Options that keep fixed starts and the spacing."""
        starts = {seat.start for seat in self.fixed.get(visit, ()) if seat.fixes_start}
        return [
            option for option in self.problem.options_of[visit]
            if (not starts or starts == {self.problem.options[option].start}) and is_spaced(self.problem, self.crew, visit, option)
        ]

    def crew_for(self, option: int) -> list[Triple]:
        """The largest crew for one option of an unserved visit that keeps all rules, or nobody."""
        visit = self.problem.options[option].visit
        wish = self.problem.visits[visit].wish
        best: list[Triple] = []
        for team in self._teams(option) if wish.as_one_team else (None,):
            crew = self._crew_of_team(option, visit, team)
            whole = len(crew) == self.problem.visits[visit].seats
            if len(crew) > len(best) and (wish.partial or whole) and self.suits(visit, crew):
                best = crew
            if whole and best:
                break
        return best

    def _teams(self, option: int) -> list[int]:
        """Teams with the most people for an option's seats, the best first; a few will do."""
        roles = self.problem.visits[self.problem.options[option].visit].wish.roles
        seats = np.zeros(int(self._team.max(initial=0)) + 1, dtype=np.int64)
        for role, needed in enumerate(roles):
            rows = self.pool.rows(option, role)
            rows = rows[self.room.fits(rows, option)]
            teams = self._team[rows]
            seats += np.minimum(np.bincount(teams[teams >= 0], minlength=len(seats)), needed.count)
        order = np.argsort(-seats, kind="stable")[:_TEAMS]
        return [int(team) for team in order if seats[team]]

    def _crew_of_team(self, option: int, visit: int, team: int | None) -> list[Triple]:
        crew = self._demanded(option, visit)
        if not all(self.pool.index(*triple) is not None and self.may_serve(*triple) for triple in crew):
            return []
        roles, seats = self.problem.visits[visit].wish.roles, self.problem.visits[visit].seats
        for role, needed in enumerate(roles):
            taken = sum(1 for _, other, _ in crew if other == role)
            if taken >= needed.count:
                continue
            for row in self.ranked(option, role, team):
                if any(row == other for _, _, other in crew):
                    continue
                if seats - len(crew) == 1 and not self.has_experience([*crew, (option, role, row)]):
                    continue
                crew.append((option, role, row))
                taken += 1
                if taken == needed.count:
                    break
            else:
                if not self.problem.visits[visit].wish.partial:
                    return []
        return crew

    def _demanded(self, option: int, visit: int) -> list[Triple]:
        """The seats pins and published promises demand."""
        crew: list[Triple] = []
        for seat in self.fixed.get(visit, ()):
            if seat.volunteer is None or seat.standby:
                continue
            possible = [
                role for role in range(len(self.problem.visits[visit].wish.roles))
                if self.pool.index(option, role, seat.volunteer) is not None
            ]
            role = seat.role if seat.role is not None else next(iter(possible), 0)
            if (option, role, seat.volunteer) not in crew:
                crew.append((option, role, seat.volunteer))
        return crew

    def ranked(self, option: int, role: int, team: int | None = None) -> Iterator[int]:
        """Who may take a seat: the paired, then the wanted, then known faces, by the next turn's price and the seat's.

        Where few faces may come, what the flow wants counts for nothing, and who can come often goes first.
        """
        own = self.pool.own(option, role)
        rows = self.pool.volunteer[own]
        fits = self.room.fits(rows, option)
        if team is not None:
            fits &= self._team[rows] == team
        if self._asks_experience(option, role):
            fits &= self._experienced[rows]
        rows = rows[fits]
        if not len(rows):
            return
        key = self.cost[own][fits] + self._next_turn[rows]
        visit = self.problem.options[option].visit
        self._prefer(key, rows, self.problem.paired[visit], _FIRST)
        wish = self.problem.visits[visit].wish
        if wish.staffing.max_helpers is None:
            self._prefer(key, rows, self.wanted.get((visit, role), ()), _SECOND)
        else:
            key -= _FOURTH * self._coverage(wish.id, role)[rows]
        self._prefer(key, rows, self._faces(visit), _THIRD)
        for people in self._claimed.get(wish.id, ()):
            if not people & self._people_of(wish.id):
                self._prefer(key, rows, people, _THIRD)
        for row in rows[np.argsort(key, kind="stable")].tolist():
            if self._is_clear(option, role, row):
                yield row

    def _prefer(self, key: Ints, rows: NDArray[np.int32], people: Sequence[int] | set[int] | frozenset[int], by: int) -> None:
        if people:
            key -= by * np.isin(rows, np.array(list(people), dtype=np.int64))

    def _coverage(self, wish: str, role: int) -> NDArray[np.int64]:
        """How many of a wish's visits each volunteer might serve in a role: with few faces, those who often can."""
        if (wish, role) not in self._covered:
            covered = np.zeros(len(self._team), dtype=np.int64)
            for visit in self.problem.visits_of_wish[wish]:
                rows = [self.pool.rows(option, role) for option in self.problem.options_of[visit]]
                if rows:
                    covered[np.unique(np.concatenate(rows))] += 1
            # Who could do their share of the turns is good enough; beyond that fairness counts.
            staffing = self.problem.scenario.wish[wish].staffing
            share = -(-len(self.problem.visits_of_wish[wish]) // (staffing.max_helpers or 1))
            self._covered[wish, role] = np.minimum(covered, share)
        return self._covered[wish, role]

    def _faces(self, visit: int) -> set[int]:
        wish = self.problem.visits[visit].wish
        if wish.staffing.policy == "rotate" or (wish.staffing.policy == "any" and wish.staffing.max_helpers is None):
            return set()
        return set(self.problem.prices.known_faces(wish)) | self._people_of(wish.id)

    def _people_of(self, wish: str) -> set[int]:
        return {
            row for number in self.problem.visits_of_wish[wish] for _, _, row in self.crew.get(number, ())
        }

    # -------------------------------------------------------------------------------------- rules

    def may_serve(self, option: int, role: int, row: int) -> bool:
        """Whether somebody eligible may take a seat beside all they have."""
        return (
            bool(self.room.fits(row, option))
            and (not self._asks_experience(option, role) or bool(self._experienced[row]))
            and self._is_clear(option, role, row)
        )

    def suits(self, visit: int, crew: Sequence[Triple]) -> bool:
        """Whether a crew as a whole is right for its visit: paired, of one team, with experience, of few faces."""
        rows = {row for _, _, row in crew}
        paired = self.problem.paired[visit]
        if paired and rows.isdisjoint(paired):
            return False
        if self.problem.visits[visit].wish.as_one_team:
            teams = {int(self._team[row]) for row in rows}
            if len(teams) > 1 or -1 in teams:
                return False
        return self.has_experience(crew) and self._are_few_faces(visit, crew)

    def _is_clear(self, option: int, role: int, row: int) -> bool:
        return (
            self.is_free(option, role, row)
            and self._rests(option, row)
            and is_their_turn(self.problem, self.crew, option, row)
        )

    def is_free(self, option: int, role: int, row: int) -> bool:
        """Whether nothing somebody does, here or outside the plan, is too close in time."""
        options = self.problem.options
        new = options[option]
        for other, other_role in self.duties[row]:
            own = options[other]
            if own.visit == new.visit:
                return False
            if new.start is None or new.end is None or own.start is None or own.end is None:
                continue
            if own.end + self._far <= new.start or new.end + self._far <= own.start:
                continue
            if self.problem.too_close(row, option, role, other, other_role):
                return False
        return row not in self._outside or not any(
            self._meets(option, role, row, away) for away in self._outside[row]
        )

    def _meets(self, option: int, role: int, row: int, away: Outside) -> bool:
        """Whether somebody is too close in time to a seat promised outside the plan."""
        new = self.problem.options[option]
        visit, expanded = self.problem.visits[new.visit], self.problem.expanded
        if new.start is None or new.end is None or away.start is None or away.end is None:
            return False
        if (away.start, away.end, away.visit) < (new.start, new.end, visit.id):
            mode = expanded.mode(row, self.problem.role(option, role))
            return away.end + expanded.atlas.minutes(away.end_place, visit.place, mode) > new.start
        mode = self.problem.scenario.volunteers[row].travel_mode
        return new.end + expanded.atlas.minutes(visit.end_place, away.place, mode) > away.start

    def _rests(self, option: int, row: int) -> bool:
        least = self.problem.expanded.limits[row].min_rest_minutes
        new = self.problem.options[option]
        if not least or new.start is None or new.end is None:
            return True
        options = self.problem.options
        spans = [(options[other].start, options[other].end) for other, _ in self.seats[row]]
        spans += [(away.start, away.end) for away in self._outside.get(row, ()) if not away.standby]
        return all(
            low is None or high is None or low - new.end >= least or new.start - high >= least for low, high in spans
        )

    def _asks_experience(self, option: int, role: int) -> bool:
        asks = self.problem.role(option, role).experienced and self.problem.expanded.anybody_experienced
        return asks and "newcomers_go_with_experience" not in self._soft

    def has_experience(self, crew: Sequence[Triple]) -> bool:
        """Whether a crew of several has somebody experienced, where that is asked for."""
        expanded = self.problem.expanded
        if not expanded.anybody_experienced or len(crew) < 2 or "newcomers_go_with_experience" in self._soft:
            return True
        return any(expanded.is_experienced[row] for _, _, row in crew)

    def _are_few_faces(self, visit: int, crew: Sequence[Triple]) -> bool:
        wish = self.problem.visits[visit].wish
        most = wish.staffing.max_helpers
        if most is None or "keeps_faces_few" in self._soft:
            return True
        # Stricter than the rule: everybody who ever served counts, not only those within turns_days.
        past = {self.problem.expanded.row_of(s.volunteer) for s in self.problem.expanded.done.get(wish.id, ())}
        own = {
            row for number in self.problem.visits_of_wish[wish.id] if number != visit
            for _, _, row in self.crew.get(number, ())
        }
        return len(past | own | {row for _, _, row in crew}) <= most

    # ----------------------------------------------------------------------------------- stand-bys

    def name_standbys(self) -> None:
        """Stand-bys for every staffed role, published and pinned ones first, then who has fewest duties."""
        duties = np.zeros(len(self.problem.scenario.volunteers), dtype=np.int64)
        for row, own in self.duties.items():
            duties[row] = len(own)
        for visit, crew in sorted(self.crew.items()):
            wanted = self.problem.visits[visit].wish.staffing.standbys
            if not wanted:
                continue
            for option, role in sorted({(option, role) for option, role, _ in crew}):
                for row in self._standbys_in_order(visit, option, role, duties):
                    if sum(1 for _, other, _ in self.standbys[visit] if other == role) == wanted:
                        break
                    if self.is_free(option, role, row):
                        self.standbys[visit].append((option, role, row))
                        self.duties[row].append((option, role))
                        duties[row] += 1

    def _standbys_in_order(self, visit: int, option: int, role: int, duties: Ints) -> Iterator[int]:
        rows = self.standby_pool.rows(option, role)
        key = duties[rows]
        self._prefer(key, rows, {
            seat.volunteer for seat in self.fixed.get(visit, ())
            if seat.standby and seat.role in (None, role) and seat.volunteer is not None
        }, _FIRST)
        return iter(rows[np.argsort(key, kind="stable")].tolist())


class Pool:
    """Candidates by (option, role), as slices of the problem's arrays: a district has millions of them."""

    def __init__(self, problem: Problem, candidates: Candidates) -> None:
        self.volunteer = candidates.volunteer
        self._roles = max((len(visit.wish.roles) for visit in problem.visits), default=1)
        cells = candidates.option.astype(np.int64) * self._roles + candidates.role
        self._first = np.searchsorted(cells, np.arange(len(problem.options) * self._roles + 1)).tolist()

    def own(self, option: int, role: int) -> slice:
        """Where the candidates of a seat are, in order of their rows."""
        cell = option * self._roles + role
        return slice(self._first[cell], self._first[cell + 1])

    def rows(self, option: int, role: int) -> NDArray[np.int32]:
        """Everybody who might take a seat."""
        return self.volunteer[self.own(option, role)]

    def index(self, option: int, role: int, row: int) -> int | None:
        """The candidate's place in the arrays, or None if there is no such candidate."""
        own = self.own(option, role)
        at = own.start + int(np.searchsorted(self.volunteer[own], row))
        return at if at < own.stop and self.volunteer[at] == row else None
