"""The bound that prices of seats prove, recomputed from the facts in whole milli-points.

Every seat has a price π at every start. Whatever the roster, its cost is at least what each wish comes to at these
prices in its best pattern (``problem.patterns``), less what each volunteer's best plan (``problem.plans``) earns by
them (docs/certificates.md has the formula). Knows no solver.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray

from matcher.domain.places import TravelMode
from matcher.problem.crewable import few_faces, least_for_standbys
from matcher.problem.patterns import Ints, allowed_options, candidates_at, cells_of, least_of_wishes
from matcher.problem.plans import MANY_LABELS, Offer, Plans, Worth
from matcher.problem.problem import Problem, longest_way

PricesByStart: TypeAlias = Sequence[tuple[datetime | str | None, Sequence[int]]]
Prices: TypeAlias = Sequence[int] | PricesByStart
"""What a visit's seats are worth in milli-points: by role, at whatever start; or by start, then by role."""
Duals: TypeAlias = Mapping[str, Prices]
"""Prices by visit; a visit or a start left out has 0 throughout."""
Charges: TypeAlias = Mapping[str, Sequence[tuple[datetime | str | None, Mapping[str, int]]]]
"""By visit, start by start: what each volunteer is charged for being on its crew then, in milli-points."""

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


def quality_bound(
    problem: Problem,
    needs: int,
    lambda_milli: int,
    duals: Duals,
    lacking: Sequence[tuple[Mapping[str, int], int, int]] = (),
    faces: Mapping[str, int] | None = None,
    people: Mapping[str, Duals] | None = None,
    presence: Charges | None = None,
) -> Proven:
    """The least the quality tier of a roster can be whose needs tier is at most ``needs``.

    ``lacking``: weights by visit, the least that empty seats so weighted come to (which is taken as given), and what a
    point of that is worth in milli-points. ``faces``: by wish, what each new face is charged there in milli-points, for the wish
    may see only so many. ``people``: by visit that one team must serve and by volunteer, what its seats are worth to them,
    in place of ``duals``. ``presence``: what people are charged for being somewhere, which the wish has when its visit is
    then, for nobody is where nobody meets. Raises ``KeyError`` for a wish whose faces nothing limits all at once, and for
    a visit, a start or a volunteer that the problem does not have.
    """
    faces = faces or {}
    charged = sum(price * most_new_faces(problem)[name] for name, price in faces.items())
    empty = lambda_milli * _needs_of_seats(problem)
    for weights, _, sigma_milli in lacking:
        for name, weight in weights.items():
            empty[problem.expanded.visit_index[name]] -= sigma_milli * weight
    prices, by_person = prices_of_cells(problem, duals), _prices_of_people(problem, people or {})
    worth = _of_seats(problem, prices)
    for option, own in by_person.items():
        worth[candidates_at(problem, option)] = own
    worth -= _of_seats(problem, _standbys_cost(problem))
    paid = np.zeros(len(problem.options), dtype=np.int64)
    for option, row, charge in _charges(problem, presence or {}):
        paid[option] += charge
        there = candidates_at(problem, option)
        worth[there] -= charge * (problem.crew.volunteer[there] == row)
    earned, given_up = _earned(problem, worth, costs=True, faces=faces)
    of_wishes = least_of_wishes(problem, prices, empty, by_person, paid)
    known = sum(sigma_milli * least for _, least, sigma_milli in lacking)
    return Proven(of_wishes - lambda_milli * needs + known - charged - earned, given_up)


def needs_bound(problem: Problem, duals: Duals) -> Proven:
    """The least the needs tier of a roster can be."""
    prices = prices_of_cells(problem, duals)
    earned, given_up = _earned(problem, _of_seats(problem, prices), costs=False)
    return Proven(least_of_wishes(problem, prices, 1000 * _needs_of_seats(problem)) - earned, given_up)


def _needs_of_seats(problem: Problem) -> Ints:
    """[visits] what an empty seat counts in the needs tier."""
    return np.array([problem.prices.empty_seat(visit.wish) for visit in problem.visits], dtype=np.int64)


def most_new_faces(problem: Problem) -> dict[str, int]:
    """Steady and paired wishes whose faces are limited over everything done and planned: how many new ones they may see."""
    found = {}
    for name in problem.visits_of_wish:
        wish = problem.scenario.wish[name]
        limit = few_faces(problem, wish)
        if limit is not None and wish.staffing.policy in ("steady", "pair"):
            found[name] = max(0, limit[1])
    return found


# ------------------------------------------------------------------------------------------------ prices


def prices_of_cells(problem: Problem, duals: Duals) -> Ints:
    """[cells] the price of a seat of each role at each option, option by option.

    Raises ``KeyError`` for a visit or a start that the problem does not have.
    """
    cells = cells_of(problem)
    prices = np.zeros(cells[-1], dtype=np.int64)
    for name, own in duals.items():
        for option, seats in _by_option(problem, name, own):
            prices[cells[option]:cells[option + 1]] = seats
    return prices


def _by_option(problem: Problem, visit: str, prices: Prices) -> Iterator[tuple[int, Sequence[int]]]:
    """A visit's prices by role, option by option."""
    at = options_by_start(problem, visit)
    if is_by_start(prices):
        yield from ((at[minute_of(problem, start)], seats) for start, seats in cast("PricesByStart", prices))
    else:
        yield from ((option, cast("Sequence[int]", prices)) for option in at.values())


def _prices_of_people(problem: Problem, people: Mapping[str, Duals]) -> dict[int, Ints]:
    """At each option of some visits the prices of the candidates there, in their order; left out is 0."""
    crew, found = problem.crew, dict[int, Ints]()
    for name, duals in people.items():
        for option in problem.options_of[problem.expanded.visit_index[name]]:
            own = candidates_at(problem, option)
            found[option] = np.zeros(own.stop - own.start, dtype=np.int64)
        for person, prices in duals.items():
            row = problem.expanded.row_of(person)
            for option, seats in _by_option(problem, name, prices):
                own = candidates_at(problem, option)
                theirs = crew.volunteer[own] == row
                found[option][theirs] = np.array(seats, dtype=np.int64)[crew.role[own][theirs]]
    return found


def _charges(problem: Problem, presence: Charges) -> Iterator[tuple[int, int, int]]:
    """(option, row of the volunteer, milli-points) of every charge."""
    for visit, starts in presence.items():
        at = options_by_start(problem, visit)
        for start, people in starts:
            for name, price in people.items():
                yield at[minute_of(problem, start)], problem.expanded.volunteer_index[name], price


def _of_seats(problem: Problem, prices: Ints) -> Ints:
    """[crew candidates] the entry of their seat in ``prices`` [cells]."""
    found: Ints = prices[cells_of(problem)[problem.crew.option] + problem.crew.role]
    return found


def duals_of(problem: Problem, prices: Sequence[int] | Ints) -> dict[str, Prices]:
    """The prices [cells] of a certificate as it writes them: one per role where all starts are alike, or by start."""
    cells, worth = cells_of(problem).tolist(), np.asarray(prices, dtype=np.int64).tolist()
    duals: dict[str, Prices] = {}
    for visit, options in zip(problem.visits, problem.options_of):
        own = [tuple(worth[cells[option]:cells[option + 1]]) for option in options]
        if not any(map(any, own)):
            continue
        duals[visit.id] = own[0] if len(set(own)) == 1 else tuple(
            (None if start is None else problem.expanded.calendar.moment(start), seats)
            for start, seats in zip((problem.options[option].start for option in options), own) if any(seats)
        )
    return duals


def is_by_start(prices: Prices) -> bool:
    """Whether a visit's prices are told start by start."""
    return len(prices) > 0 and isinstance(prices[0], tuple | list)


def options_by_start(problem: Problem, visit: str) -> dict[int | None, int]:
    """The options of a visit by their start in minutes; None: goods."""
    return {problem.options[at].start: at for at in problem.options_of[problem.expanded.visit_index[visit]]}


def minute_of(problem: Problem, start: datetime | str | None) -> int | None:
    """A start of a certificate in the problem's minutes."""
    if isinstance(start, str):
        start = datetime.fromisoformat(start)
    return None if start is None else problem.expanded.calendar.minute_of(start)


def _standbys_cost(problem: Problem) -> Ints:
    """[cells] what a filled seat costs at least in stand-bys, named or missing."""
    least = np.split(least_for_standbys(problem), np.cumsum([len(visit.wish.roles) for visit in problem.visits])[:-1])
    return np.concatenate([np.zeros(0, dtype=np.int64), *(least[option.visit] for option in problem.options)])


# ------------------------------------------------------------------------------------------- volunteers


@dataclass(slots=True)
class _Person:
    """Somebody's seats that might be worth taking, the visits their plan must contain, and what it is worth."""

    volunteer: int
    offers: list[Offer]
    must: frozenset[int]
    worth: Worth = field(default=Worth(0, True, 0))


def _earned(
    problem: Problem, worth: Ints, *, costs: bool, faces: Mapping[str, int] | None = None
) -> tuple[int, tuple[int, ...]]:
    """What all volunteers' best plans earn together at so much a seat [crew candidates], and whose was only estimated."""
    _refuse_other_candidates(problem)
    plans, earned, hard = Plans(problem, costs=costs, faces=faces), 0, list[_Person]()
    for person in _people(problem, worth, costs):
        person.worth = plans.best(person.volunteer, person.offers, person.must)
        if person.worth.exact:
            earned += person.worth.value
        else:
            hard.append(person)
    left = MANY_LABELS
    for person in sorted(hard, key=lambda person: person.worth.found - person.worth.value):
        # Where most is at stake first. A second estimate may be no better than the first.
        if left > 0:
            again = plans.best(person.volunteer, person.offers, person.must, left)
            left -= again.labels
            person.worth = min(person.worth, again)
        earned += person.worth.value
    return earned, tuple(sorted(person.volunteer for person in hard if not person.worth.exact))


def _people(problem: Problem, worth: Ints, costs: bool) -> Iterator[_Person]:
    """Everybody who has seats that might be worth taking, or that must be taken."""
    crew = problem.crew
    visit = np.array([option.visit for option in problem.options], dtype=np.int64)[crew.option] \
        if len(crew) else np.zeros(0, dtype=np.int64)
    if costs:
        worth = worth - 1000 * crew.price
    may, must = _may_serve(problem), _Demanded(problem)
    forced = must.narrow(may)
    hopeful = worth + _least_gain(problem, costs)[crew.volunteer]
    keep = np.flatnonzero((hopeful > 0) & may)
    if costs and len(keep):
        keep = keep[_pays_its_way(problem, keep, visit[keep], hopeful[keep])]
    keep = np.union1d(keep, forced).astype(np.int64)
    keep = keep[np.argsort(crew.volunteer[keep], kind="stable")]
    volunteers = crew.volunteer[keep]
    edges = [*np.flatnonzero(np.diff(volunteers, prepend=-1)).tolist(), len(keep)]
    for low, high in pairwise(edges):
        own, volunteer = keep[low:high], int(volunteers[low])
        yield _Person(volunteer, [
            Offer(*offer) for offer in zip(crew.option[own].tolist(), crew.role[own].tolist(), worth[own].tolist())
        ], frozenset(must.visits[volunteer]))


class _Demanded:
    """The crew seats that pins and live published seats demand of named people."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.visits: dict[int, set[int]] = defaultdict(set)
        """The visits in each volunteer's every plan, once ``narrow`` has found candidates for them."""
        self.roles: dict[tuple[int, int], set[int]] = {}
        """(volunteer, visit): the roles that will do."""
        for seat in (*problem.pins, *problem.published):
            if seat.volunteer is not None and not seat.standby:
                roles = set(range(len(problem.visits[seat.visit].wish.roles))) if seat.role is None else {seat.role}
                key = seat.volunteer, seat.visit
                self.roles[key] = roles & self.roles.get(key, roles)

    def narrow(self, may: NDArray[np.bool_]) -> Ints:
        """Take the other roles at these visits out of ``may`` [candidates]; the candidates that will do.

        What nobody could do is not demanded.
        """
        crew, found = self.problem.crew, []
        for (volunteer, visit), roles in self.roles.items():
            options = self.problem.options_of[visit]
            low, high = _span(crew.option, options.start, options.stop)
            own = low + np.flatnonzero((crew.volunteer[low:high] == volunteer) & may[low:high])
            fit = own[np.isin(crew.role[own], list(roles))]
            if len(fit):
                may[own] = False
                may[fit] = True
                self.visits[volunteer].add(visit)
                found.append(fit)
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


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
    crew, allowed = problem.crew, allowed_options(problem)
    mask: NDArray[np.bool_] = allowed[crew.option] & problem.possible.candidates if len(crew) else np.zeros(0, dtype=bool)
    for visit, paired in enumerate(problem.paired):
        if paired and problem.visits[visit].seats == 1:
            for option in problem.options_of[visit]:
                low, high = _span(crew.option, option, option + 1)
                mask[low:high] &= np.isin(crew.volunteer[low:high], paired)
    return mask


def _span(options: NDArray[np.int32], first: int, end: int) -> tuple[int, int]:
    """Where the candidates of the options from ``first`` up to ``end`` lie."""
    # Asked for numbers of another width, numpy would copy all candidates each time.
    low, high = np.searchsorted(options, np.array([first, end], dtype=options.dtype)).tolist()
    return low, high


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
        low, high = _span(crew.option, option, option + 1)
        own = crew.volunteer[low:high][crew.role[low:high] == position].tolist()
        asked = {*rng.integers(people, size=3).tolist(), *own[:1], *own[-1:]}
        for row in sorted(asked):
            refused = problem.eligibility.refusals(row, visit, visit.wish.roles[position], at.start)
            if (row in own) != (not refused and (at.visit, row) not in problem.never):
                raise RuntimeError(f"candidates of {visit.id}: {problem.scenario.volunteers[row].id}, {refused}")
