"""The bound that prices of seats prove, recomputed from the facts in whole milli-points.

Every seat has a price π. Whatever the roster, its cost is at least what all seats would bring at these prices, less
what each volunteer's best plan (``problem.plans``) earns by them, less what leaving seats empty earns
(docs/certificates.md has the formula). Knows no solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from matcher.domain.places import TravelMode
from matcher.problem.plans import Offer, Plans
from matcher.problem.problem import Problem, longest_way

Ints = NDArray[np.int64]

_MODES: tuple[TravelMode, ...] = get_args(TravelMode)
_CAR = _MODES.index("car")
_EARTH = 6_371_008.8  # metres, the mean radius that places' axes are given in
_SAMPLE = 40


@dataclass(frozen=True, slots=True)
class Proven:
    """A lower bound of a tier in milli-points. ``given_up``: volunteers whose best plan was only estimated."""

    milli: int
    given_up: tuple[int, ...] = ()

    @property
    def points(self) -> int:
        """The bound in whole points; no tier is below 0."""
        return max(0, -(-self.milli // 1000))


def quality_bound(problem: Problem, needs: int, lambda_milli: int, duals: Mapping[str, Sequence[int]]) -> Proven:
    """The least the quality tier of a roster can be whose needs tier is at most ``needs``."""
    prices = _prices_of_seats(problem, duals)
    standbys = _standbys_cost(problem)
    earned, given_up = _earned(problem, prices - standbys, costs=True)
    return Proven(_seats(problem, prices, lambda_milli) - lambda_milli * needs - earned, given_up)


def needs_bound(problem: Problem, duals: Mapping[str, Sequence[int]]) -> Proven:
    """The least the needs tier of a roster can be."""
    prices = _prices_of_seats(problem, duals)
    earned, given_up = _earned(problem, prices, costs=False)
    return Proven(_seats(problem, prices, 1000) - earned, given_up)


# ---------------------------------------------------------------------------------------- seats and rows


def _rows(problem: Problem) -> Ints:
    """[visits + 1]: where the roles of each visit begin in arrays of all roles."""
    return np.cumsum([0, *(len(visit.wish.roles) for visit in problem.visits)]).astype(np.int64)


def _prices_of_seats(problem: Problem, duals: Mapping[str, Sequence[int]]) -> Ints:
    rows = _rows(problem)
    prices = np.zeros(rows[-1], dtype=np.int64)
    for name, own in duals.items():
        visit = problem.expanded.visit_index[name]
        prices[rows[visit]:rows[visit + 1]] = own
    return prices


def _standbys_cost(problem: Problem) -> Ints:
    """Per role, what a filled seat costs at least in stand-bys, named or missing."""
    weights = problem.scenario.program.settings.weights
    each = 1000 * min(weights.standby_turns, weights.missing_standby)
    return np.array([
        visit.wish.staffing.standbys * each // role.count for visit in problem.visits for role in visit.wish.roles
    ], dtype=np.int64)


def _seats(problem: Problem, prices: Ints, per_need: int) -> int:
    """What all seats bring, less what is earned by leaving those empty whose price is above ``per_need`` · need."""
    total, rows, worth = 0, _rows(problem).tolist(), prices.tolist()
    for number, visit in enumerate(problem.visits):
        need = per_need * problem.prices.empty_seat(visit.wish)
        own = list(zip(visit.wish.roles, worth[rows[number]:rows[number + 1]]))
        empty = [role.count * (need - price) for role, price in own]
        total += sum(role.count * price for role, price in own)
        total += sum(min(0, saved) for saved in empty) if visit.wish.partial else min(0, sum(empty))
    return total


# ------------------------------------------------------------------------------------------- volunteers


def _earned(problem: Problem, prices: Ints, *, costs: bool) -> tuple[int, tuple[int, ...]]:
    """What all volunteers' best plans earn together, and whose was only estimated."""
    _refuse_other_candidates(problem)
    plans, earned, given_up = Plans(problem, costs=costs), 0, []
    for volunteer, offers in _offers(problem, prices, costs):
        worth = plans.best(volunteer, offers)
        earned += worth.value
        if not worth.exact:
            given_up.append(volunteer)
    return earned, tuple(given_up)


def _offers(problem: Problem, prices: Ints, costs: bool) -> Iterator[tuple[int, list[Offer]]]:
    """Per volunteer, the seats that might be worth taking."""
    crew = problem.crew
    visit = np.array([option.visit for option in problem.options], dtype=np.int64)[crew.option] \
        if len(crew) else np.zeros(0, dtype=np.int64)
    worth = prices[_rows(problem)[visit] + crew.role]
    if costs:
        worth = worth - 1000 * crew.price
    hopeful = worth + _least_gain(problem, costs)[crew.volunteer]
    keep = np.flatnonzero((hopeful > 0) & _may_serve(problem))
    if costs and len(keep):
        keep = keep[_pays_its_way(problem, keep, visit[keep], hopeful[keep])]
    keep = keep[np.argsort(crew.volunteer[keep], kind="stable")]
    volunteers = crew.volunteer[keep]
    edges = [*np.flatnonzero(np.diff(volunteers, prepend=-1)).tolist(), len(keep)]
    for low, high in pairwise(edges):
        own = keep[low:high]
        yield int(volunteers[low]), [
            Offer(*offer) for offer in zip(crew.option[own].tolist(), crew.role[own].tolist(), worth[own].tolist())
        ]


def _least_gain(problem: Problem, costs: bool) -> Ints:
    """Per volunteer, what another seat adds at best beside its own worth: minus the first turn's fairness, plus the
    way that a stop between two others might save.
    """
    people = range(len(problem.scenario.volunteers))
    if not costs:
        return np.zeros(len(people), dtype=np.int64)
    fairness = [1000 * problem.prices.fairness(row, 1) for row in people]
    travel = 1000 * problem.scenario.program.settings.weights.travel
    saved = np.where(_once_a_day(problem), 0, travel * _detours(problem))
    return saved - np.array(fairness, dtype=np.int64)


def _once_a_day(problem: Problem) -> NDArray[np.bool_]:
    return np.array([own.visits_per_day in (0, 1) for own in problem.expanded.limits], dtype=bool)


def _detours(problem: Problem) -> Ints:
    """Per volunteer, minutes a day's way can become shorter by one stop more.

    No more than rounding, a minute, where every leg is estimated alike. Otherwise (some go by car, some do not; a
    visit ends elsewhere than it begins; a place nobody knows; a measured way) as long as a way can be.
    """
    expanded = problem.expanded
    far = longest_way(expanded)
    located = {name for name, at in expanded.atlas.index.items() if not np.isnan(expanded.atlas.lat[at])}
    visits = [visit for visit in problem.visits if not visit.is_goods]
    if problem.scenario.travel_times or any(
        visit.place != visit.end_place or visit.place not in located for visit in visits
    ):
        return np.full(len(expanded.limits), far, dtype=np.int64)
    by_car = any(role.vehicle is not None for visit in visits for role in visit.wish.roles)
    return np.array([
        far if by_car and person.travel_mode != "car" else 1 for person in problem.scenario.volunteers
    ], dtype=np.int64)


def _may_serve(problem: Problem) -> NDArray[np.bool_]:
    """Which candidates no pin or published start rules out, and no pair that must be served by its own."""
    starts: dict[int, set[int]] = defaultdict(set)
    for seat in (*problem.pins, *problem.published):
        if seat.fixes_start and seat.start is not None:
            starts[seat.visit].add(seat.start)
    crew = problem.crew
    allowed = np.array([
        option.visit not in starts or starts[option.visit] == {option.start} for option in problem.options
    ], dtype=bool)
    mask: NDArray[np.bool_] = allowed[crew.option] if len(crew) else np.zeros(0, dtype=bool)
    for visit, paired in enumerate(problem.paired):
        if paired and problem.visits[visit].seats == 1:
            for option in problem.options_of[visit]:
                low, high = np.searchsorted(crew.option, [option, option + 1])
                mask[low:high] &= np.isin(crew.volunteer[low:high], paired)
    return mask


def _pays_its_way(problem: Problem, keep: Ints, visit: Ints, hopeful: Ints) -> NDArray[np.bool_]:
    """Which candidates are worth more than the way there and back; where a day may hold several, all."""
    crew, atlas = problem.crew, problem.expanded.atlas
    where = np.array([(_at(atlas.index, v.place), _at(atlas.index, v.end_place)) for v in problem.visits])[visit]
    homes = np.array([_at(atlas.index, person.home) for person in problem.scenario.volunteers])
    modes = np.array([_MODES.index(person.travel_mode) for person in problem.scenario.volunteers])
    by_car = np.zeros((len(problem.visits), max(len(v.wish.roles) for v in problem.visits)), dtype=bool)
    for number, planned in enumerate(problem.visits):
        by_car[number, :len(planned.wish.roles)] = [role.vehicle is not None for role in planned.wish.roles]
    people = crew.volunteer[keep]
    mode = np.where(by_car[visit, crew.role[keep]], _CAR, modes[people])
    minutes = _at_least_minutes(problem, homes[people], where[:, 0], mode)
    minutes += _at_least_minutes(problem, where[:, 1], homes[people], mode)
    goods = np.array([planned.is_goods for planned in problem.visits], dtype=bool)[visit]
    travel = 1000 * problem.scenario.program.settings.weights.travel
    alone = goods | _once_a_day(problem)[people]
    return ~alone | (hopeful > travel * minutes)


def _at(index: Mapping[str, int], place: str | None) -> int:
    return -1 if place is None else index.get(place, -1)


def _at_least_minutes(problem: Problem, here: Ints, there: Ints, mode: Ints) -> Ints:
    """Travel minutes or a little less: good enough to drop what surely does not pay."""
    axes, pace, measured = problem.expanded.atlas.numbers()
    axes = np.vstack([axes, np.full((1, 3), np.nan)])  # the place −1
    chord = np.sqrt(np.square(axes[here] - axes[there]).sum(axis=1))
    metres = 2 * _EARTH * np.arcsin(np.minimum(chord / 2, 1.0))
    estimate = pace[mode, 0] + np.floor(np.nan_to_num(metres) * pace[mode, 1] / pace[mode, 2]) - 1
    unknown = problem.scenario.program.settings.travel.unknown_minutes
    minutes = np.where(np.isnan(metres), unknown, np.maximum(0, estimate)).astype(np.int64)
    if len(measured):
        minutes = np.minimum(minutes, measured[:, 1].min())
    minutes[(here == there) & (here >= 0)] = 0
    return minutes


def _refuse_other_candidates(problem: Problem) -> None:
    """Ask the pair rules about a sample of seats and people, whether the candidates are those who may.

    A candidate too few would make the bound wrong. Raises ``RuntimeError``: a bug in matcher.
    """
    crew, people = problem.crew, len(problem.scenario.volunteers)
    if not problem.options or not people:
        return
    rng = np.random.default_rng(int(problem.scenario.fingerprint[:15], 16))
    for option in rng.integers(len(problem.options), size=_SAMPLE).tolist():
        at = problem.options[option]
        visit = problem.visits[at.visit]
        position = int(rng.integers(len(visit.wish.roles)))
        low, high = np.searchsorted(crew.option, [option, option + 1])
        own = crew.volunteer[low:high][crew.role[low:high] == position].tolist()
        asked = {*rng.integers(people, size=3).tolist(), *own[:1], *own[-1:]}
        for row in sorted(asked):
            refused = problem.eligibility.refusals(row, visit, visit.wish.roles[position], at.start)
            if (row in own) != (not refused and (at.visit, row) not in problem.never):
                raise RuntimeError(f"candidates of {visit.id}: {problem.scenario.volunteers[row].id}, {refused}")
