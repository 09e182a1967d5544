"""A part of a problem: some wishes by themselves, while the duties of the others stay as they are.

Leaving whole wishes out drops seats and frees people, so no roster of the whole is better on these wishes than the
best of the part. With the others' duties frozen, what the part finds fits back into the roster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.problem.expand import Expanded, Outside
from matcher.problem.objective import Prices
from matcher.problem.problem import Candidates, FixedSeat, Option, Problem, Triple

_SHARED = (
    "first_told", "is_experienced", "anybody_experienced", "teams_of", "members", "homes", "homes_by_car", "paired",
    "longest_way", "_departed",
)
"""What the facts say whichever visits are planned."""


@dataclass(frozen=True)
class Part:
    """A problem of some wishes, and the numbers its options have in the whole."""

    problem: Problem
    options: NDArray[np.int64]

    def inside(self, triples: Iterable[Triple]) -> list[Triple]:
        """Those of the whole's triples that lie in the part, in the part's numbers."""
        own = {option: number for number, option in enumerate(self.options.tolist())}
        return [(own[option], role, volunteer) for option, role, volunteer in triples if option in own]

    def whole(self, triples: Iterable[Triple]) -> list[Triple]:
        """The part's triples in the whole's numbers."""
        return [(int(self.options[option]), role, volunteer) for option, role, volunteer in triples]

    def narrowed(self, crew: NDArray[np.bool_], standbys: NDArray[np.bool_]) -> Part:
        """The part with only some of its candidates."""
        return Part(
            _same(self.problem, crew=_some(self.problem.crew, crew), standbys=_some(self.problem.standbys, standbys)),
            self.options,
        )


def subproblem(
    problem: Problem,
    wishes: Collection[str],
    crew: Iterable[Triple] = (),
    standbys: Iterable[Triple] = (),
) -> Part:
    """These wishes' visits alone; of ``crew`` and ``standbys`` the duties at other wishes are frozen.

    What is frozen takes its people's time, limits and turns. Of people who are no candidates nothing is kept: neither
    history nor duties, so terms that count them are the part's own.
    """
    visits = sorted(number for wish in wishes for number in problem.visits_of_wish.get(wish, ()))
    place = {visit: number for number, visit in enumerate(visits)}
    options = np.array([option for visit in visits for option in problem.options_of[visit]], dtype=np.int64)
    own_crew, own_standbys = (_of_options(own, options) for own in (problem.crew, problem.standbys))
    people = frozenset(np.union1d(own_crew.volunteer, own_standbys.volunteer).tolist())
    frozen = [(triple, standby) for triples, standby in ((crew, False), (standbys, True)) for triple in triples
              if triple[2] in people and problem.options[triple[0]].visit not in place]
    expanded = _expanded(problem, visits, people, [_duty(problem, *duty) for duty in frozen])
    turns = Counter(volunteer for (_, _, volunteer), standby in frozen if not standby)
    part = Problem(
        expanded=expanded,
        eligibility=problem.eligibility,
        prices=_prices(problem.prices, expanded, turns),
        options=tuple(_moved(problem.options[number], place) for number in options.tolist()),
        options_of=_ranges([len(problem.options_of[visit]) for visit in visits]),
        crew=own_crew,
        standbys=own_standbys,
        published=_own(problem.published, place),
        pins=_own(problem.pins, place),
    )
    vars(part)["paired"] = tuple(problem.paired[visit] for visit in visits)
    return Part(part, options)


def needs_only(part: Part) -> Part:
    """The part without what cannot matter for needs: crews that cannot be whole, stand-bys nobody was promised."""
    problem = part.problem
    fixed = {seat.visit for seat in (*problem.published, *problem.pins) if seat.standby}
    standing = np.array([problem.options[number].visit in fixed for number in range(len(problem.options))], dtype=bool)
    return part.narrowed(_can_be_whole(problem)[problem.crew.option], standing[problem.standbys.option])


def _can_be_whole(problem: Problem) -> NDArray[np.bool_]:
    """Per option, whether every role has as many candidates as seats, or some are better than none."""
    seats = seats_of(problem)
    roles = seats.shape[1]
    there = np.bincount(
        problem.crew.option.astype(np.int64) * roles + problem.crew.role, minlength=seats.size
    ).reshape(seats.shape)
    partial = np.array([problem.visits[option.visit].wish.partial for option in problem.options], dtype=bool)
    whole: NDArray[np.bool_] = partial | (there >= seats).all(axis=1)
    return whole


def seats_of(problem: Problem) -> NDArray[np.int64]:
    """Seats of each option and role."""
    roles = max((len(visit.wish.roles) for visit in problem.visits), default=1)
    seats = np.zeros((len(problem.options), roles), dtype=np.int64)
    for number, option in enumerate(problem.options):
        own = problem.visits[option.visit].wish.roles
        seats[number, :len(own)] = [role.count for role in own]
    return seats


def _expanded(problem: Problem, visits: list[int], people: frozenset[int], duties: list[Outside]) -> Expanded:
    whole = problem.expanded
    own = tuple(whole.visits[number] for number in visits)
    expanded = replace(
        whole, visits=own, visit_index={visit.id: number for number, visit in enumerate(own)},
        outside=(*(seat for seat in whole.outside if seat.volunteer in people), *duties),
    )
    names = {whole.scenario.volunteers[row].id for row in people}
    vars(expanded).update({name: getattr(whole, name) for name in _SHARED})
    vars(expanded)["done_by_volunteer"] = {
        name: services for name, services in whole.done_by_volunteer.items() if name in names
    }
    return expanded


def _duty(problem: Problem, triple: Triple, standby: bool) -> Outside:
    number, role, volunteer = triple
    option = problem.options[number]
    visit = problem.visits[option.visit]
    mode = problem.expanded.mode(volunteer, problem.role(number, role))
    return Outside(
        volunteer, visit.id, option.start, option.end, option.day, visit.place, visit.end_place, standby, mode
    )


def _prices(whole: Prices, expanded: Expanded, turns: Counter[int]) -> Prices:
    """The same prices, with the turns people have elsewhere counted as taken."""
    before, _ = whole.turns_before, whole.turns_offered  # worked out once, for every part
    prices = copy(whole)
    prices.expanded = expanded
    for name in ("all_seats", "counted_elsewhere"):
        vars(prices).pop(name, None)
    vars(prices)["turns_before"] = tuple(own + turns[row] for row, own in enumerate(before))
    return prices


def _of_options(candidates: Candidates, options: NDArray[np.int64]) -> Candidates:
    wanted = options.astype(candidates.option.dtype)  # of another type, the long array would be copied
    low, high = (np.searchsorted(candidates.option, wanted, side) for side in ("left", "right"))
    size = high - low
    at = np.repeat(low - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))
    number = np.repeat(np.arange(len(options), dtype=np.int32), size)
    return Candidates(number, candidates.role[at], candidates.volunteer[at], candidates.price[at])


def _some(own: Candidates, mask: NDArray[np.bool_]) -> Candidates:
    return Candidates(own.option[mask], own.role[mask], own.volunteer[mask], own.price[mask])


def _same(problem: Problem, crew: Candidates, standbys: Candidates) -> Problem:
    """The problem with other candidates."""
    changed = replace(problem, crew=crew, standbys=standbys)
    vars(changed)["paired"] = problem.paired
    return changed


def _moved(option: Option, place: dict[int, int]) -> Option:
    return Option(place[option.visit], option.start, option.end, option.day)


def _own(seats: Iterable[FixedSeat], place: dict[int, int]) -> tuple[FixedSeat, ...]:
    return tuple(replace(seat, visit=place[seat.visit]) for seat in seats if seat.visit in place)


def _ranges(lengths: list[int]) -> tuple[range, ...]:
    ends = np.cumsum(lengths).tolist()
    return tuple(range(end - length, end) for end, length in zip(ends, lengths))
