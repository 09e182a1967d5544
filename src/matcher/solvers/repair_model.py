"""A model of some visits among everybody's duties, for repairing what people were told with the fewest changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.problem.expand import Expanded, Outside
from matcher.problem.objective import Prices
from matcher.problem.options import Built, build_options
from matcher.problem.problem import Candidates, FixedSeat, Option, Problem, Triple
from matcher.solvers.exact import CONSTRAINTS, Item, Model, keeps_what_is_published
from matcher.solvers.standing import Cost, NewVisit, Promise, Standing, Told

MOST_CANDIDATES = 20_000
"""Of seats that were empty before: where there are more, fewer of their starts are looked at."""

_SHARED = (
    "first_told", "is_experienced", "anybody_experienced", "teams_of", "members", "homes", "homes_by_car", "paired",
    "longest_way", "_departed", "standing_by",
)
"""What the facts say whichever visits are planned."""

_Row = tuple[int, int, int, int]
"""(option, role, volunteer, price)."""


class RepairModel:
    """A model of the ``whole`` visits with all who might serve them, and of ``opened`` ones, among everybody's duties.

    Duties at other visits are fixed; if it ``is_loose``, anybody who might serve here may give them up for their price,
    and others may be moved for theirs. Without ``moves``, a told visit stays at its start.
    """

    def __init__(
        self,
        standing: Standing,
        whole: frozenset[int],
        opened: frozenset[int],
        is_loose: bool,
        moves: bool,
        most_changes: int | None,
    ) -> None:
        self.standing = standing
        self.whole = whole
        self.is_loose = is_loose
        self.moves = moves
        self.numbers = sorted(whole | opened)
        """The visits decided here, by their numbers in the facts; those told only follow in the problem."""
        forced = standing.forced
        self.empty: Any = forced.empty
        self.promises: Any = forced.promises
        self.changes: Any = forced.changes
        self.calls: Any = 0
        self._drops: dict[int, list[Any]] = defaultdict(list)
        if not self.numbers:
            return
        self._build(most_changes)

    def _build(self, most_changes: int | None) -> None:
        built = self._candidates()
        people = frozenset(np.union1d(built.crew.volunteer, built.standbys.volunteer).tolist())
        self._beside = self._told_beside(people)
        self.all = (*self.numbers, *self._beside)
        self.place = {visit: at for at, visit in enumerate(self.all)}
        self.problem = self._problem(built, people)
        self.model = Model(self.problem, in_part=range(len(self.numbers), len(self.all)))
        self._hold_others()
        for constraint in CONSTRAINTS:
            if constraint is not keeps_what_is_published:
                constraint(self.model)
        self._price_own()
        if most_changes is not None:
            self.model.cp.add(self.changes <= most_changes)

    # -------------------------------------------------------------------------------------- contents

    def _candidates(self) -> Built:
        """Options and candidates of the visits decided here."""
        standing, expanded = self.standing, self.standing.expanded
        own = tuple(expanded.visits[number] for number in self.numbers)
        place = {number: at for at, number in enumerate(self.numbers)}
        told = {place[n]: {one.start} for n, one in standing.told.items() if n in place and one.start is not None}
        everybody = (promise for promises in standing.told_to.values() for promise in promises)
        duties = tuple(self._duty(promise) for promise in everybody if promise.visit not in place)
        part = replace(
            expanded, visits=own, visit_index={visit.id: at for at, visit in enumerate(own)},
            outside=(*expanded.outside, *duties),
        )
        self._share(part)
        never = {
            (place[expanded.visit_index[pin.visit]], expanded.volunteer_index[pin.volunteer])
            for pin in expanded.scenario.pins
            if pin.never and pin.volunteer is not None and expanded.visit_index.get(pin.visit) in place
        }
        claimed = any(visit.wish.claimants_only for visit in own)
        eligibility = standing.with_waitlist if claimed else standing.eligibility
        return self._kept(build_options(part, eligibility, standing.prices, told, never))

    def _kept(self, built: Built) -> Built:
        """Without what must not be: other starts than told, and anything new before it opens."""
        kept = np.array([self._may_happen(option) for option in built.options], dtype=bool)
        kept &= self._spread(built)
        busy = {} if self.is_loose else self._busy()
        number = np.cumsum(kept) - 1

        def filtered(own: Candidates) -> Candidates:
            mask = kept[own.option] if len(own) else np.zeros(0, dtype=bool)
            if busy and len(own):
                mask &= np.array([
                    not any(low < (built.options[option].end or 0) and (built.options[option].start or 0) < high
                            for low, high in busy.get(row, ()))
                    for option, row in zip(own.option.tolist(), own.volunteer.tolist())
                ], dtype=bool)
            option = number[own.option[mask]].astype(np.int32)
            return Candidates(option, own.role[mask], own.volunteer[mask], own.price[mask])

        options = tuple(option for option, keep in zip(built.options, kept.tolist()) if keep)
        return Built(options, filtered(built.crew), filtered(built.standbys), ())

    def _spread(self, built: Built) -> NDArray[np.bool_]:
        """Which options are looked at: of visits that were empty before and have very many candidates, some."""
        kept = np.ones(len(built.options), dtype=bool)
        empty = [at for at, number in enumerate(self.numbers) if number not in self.whole]
        if len(built.crew) <= MOST_CANDIDATES or not empty:
            return kept
        size = np.bincount(built.crew.option, minlength=len(built.options))
        visits = np.array([option.visit for option in built.options])
        for at in empty:
            own = np.flatnonzero(visits == at)
            every = -(-int(size[own].sum()) * len(empty) // MOST_CANDIDATES)
            if every > 1:
                kept[own] = np.arange(len(own)) % every == 0
        return kept

    def _may_happen(self, option: Option) -> bool:
        number = self.numbers[option.visit]
        told = self.standing.told.get(number)
        if told is not None and option.start == told.start:
            return True
        if option.start is not None and option.start < self.standing.opens_from:
            return False
        return told is None or self.moves or not told.may_start

    def _busy(self) -> dict[int, list[tuple[int, int]]]:
        """When people are taken by duties that stay."""
        place = set(self.numbers)
        busy: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for row, promises in self.standing.told_to.items():
            for promise in promises:
                start = self.standing.told[promise.visit].start
                if promise.visit not in place and start is not None:
                    busy[row].append((start, start + self.standing.expanded.visits[promise.visit].minutes))
        return busy

    def _told_beside(self, people: frozenset[int]) -> list[int]:
        """Visits that are not decided here, but are looked at: of the same wishes, or told to people in question."""
        standing, own = self.standing, set(self.numbers)
        wishes = {standing.expanded.visits[number].wish.id for number in self.numbers}
        found = {other for wish in wishes for other in standing.expanded.visits_of_wish[wish]}
        if self.is_loose:
            found |= {promise.visit for row in people for promise in standing.told_to.get(row, ())}
        return sorted(found - own)

    def _problem(self, built: Built, people: frozenset[int]) -> Problem:
        standing, own = self.standing, len(self.numbers)
        options = list(built.options)
        crew: list[_Row] = []
        standbys: list[_Row] = []
        for number in self._beside:
            told = standing.told.get(number)
            if told is None:
                continue
            visit = standing.expanded.visits[number]
            end = None if told.start is None else told.start + visit.minutes
            options.append(Option(self.place[number], told.start, end, told.day))
            seats = self._seat_prices(told)
            for promise in told.live:
                price = 0 if promise.standby else seats[promise.role, promise.row]
                pool = standbys if promise.standby else crew
                pool.append((len(options) - 1, promise.role, promise.row, price))
        among = people | {row for _, _, row, _ in (*crew, *standbys)}
        visits = tuple(standing.expanded.visits[number] for number in self.all)
        duties = [
            promise for row in sorted(among) for promise in standing.told_to.get(row, ()) if promise.visit not in self.place
        ]
        expanded = replace(
            standing.expanded, visits=visits, visit_index={visit.id: at for at, visit in enumerate(visits)},
            outside=(
                *(seat for seat in standing.expanded.outside if seat.volunteer in among),
                *(self._duty(promise) for promise in duties),
            ),
        )
        self._share(expanded, among)
        return Problem(
            expanded=expanded,
            eligibility=standing.eligibility,
            prices=_prices(standing.prices, expanded, duties),
            options=tuple(options),
            options_of=_ranges(options, len(visits)),
            crew=_with(built.crew, crew),
            standbys=_with(built.standbys, standbys),
            published=(),
            pins=tuple(self._pins(own)),
        )

    def _seat_prices(self, told: Told) -> dict[tuple[int, int], int]:
        """What each crew seat of a told visit costs by itself."""
        standing = self.standing
        visit, found = standing.expanded.visits[told.visit], {}
        for promise in told.live:
            if not promise.standby:
                rows = np.array([promise.row])
                role = visit.wish.roles[promise.role]
                price = standing.prices.lasting(visit, role, rows)
                price = price + standing.prices.undesired_time(visit, told.start, rows)
                found[promise.role, promise.row] = int(price[0])
        return found

    def _pins(self, own: int) -> Iterable[FixedSeat]:
        """Pins of the visits decided here."""
        expanded = self.standing.expanded
        for pin in expanded.scenario.pins:
            at = self.place.get(expanded.visit_index.get(pin.visit, -1), own)
            if pin.never or at >= own:
                continue
            roles = expanded.visits[self.all[at]].wish.roles
            yield FixedSeat(
                at,
                next((number for number, role in enumerate(roles) if role.id == pin.role), None),
                expanded.volunteer_index[pin.volunteer] if pin.volunteer else None,
                expanded.calendar.minute_of(pin.start) if pin.start else None,
                pin.standby,
                pin.start is not None,
                pin.visit,
            )

    def _duty(self, promise: Promise) -> Outside:
        """A promise at a visit that is not in this part: it takes its person's time."""
        expanded, told = self.standing.expanded, self.standing.told[promise.visit]
        visit = expanded.visits[promise.visit]
        mode = expanded.mode(promise.row, visit.wish.roles[promise.role])
        end = None if told.start is None else told.start + visit.minutes
        return Outside(
            promise.row, visit.id, told.start, end, told.day, visit.place, visit.end_place, promise.standby, mode
        )

    def _share(self, expanded: Expanded, people: Collection[int] | None = None) -> None:
        whole = self.standing.expanded
        vars(expanded).update({name: getattr(whole, name) for name in _SHARED})
        if people is not None:
            names = {whole.scenario.volunteers[row].id for row in people}
            vars(expanded)["done_by_volunteer"] = {
                name: services for name, services in whole.done_by_volunteer.items() if name in names
            }

    # ------------------------------------------------------------------------------------- the model

    def _hold_others(self) -> None:
        """Promises at other visits hold; in a loose part they may be given up, or their visit moved, for the price."""
        model, own = self.model, len(self.numbers)
        for at in range(own, len(self.all)):
            told = self.standing.told.get(self.all[at])
            if told is None:
                self._leave_open(at)
                continue
            option = self.problem.options_of[at][0]
            moved: Any = 0
            if self._may_be_given_up(told):
                if self._may_move(told):
                    moved = model.elsewhen[at] = model.new_bool()
                    model.cp.add(model.happens[option] + moved <= 1)
                    self._drops[at].append(moved)
                    self.promises += told.time_price * moved
                    self.changes += moved
            else:
                model.cp.add(model.happens[option] == 1)
            for promise in told.live:
                self._hold(at, promise, moved, self._may_be_given_up(told))

    def _leave_open(self, at: int) -> None:
        """A visit nobody serves stays so; in a loose part somebody may, which would break a run of turns."""
        if self.is_loose and self.problem.visits[at].wish.staffing.policy == "rotate":
            served = self.model.elsewhen[at] = self.model.new_bool()
            self._drops[at].append(served)

    def _hold(self, at: int, promise: Promise, moved: Any, may_go: bool) -> None:
        variables = [item.variable for item in self._items(at, promise.role, promise.row, promise.standby)]
        if not may_go:
            self.model.cp.add(sum(variables) == 1)
            return
        if (promise.visit, promise.row) in self._pinned:
            self.model.cp.add(sum(variables) + moved >= 1)
            return
        given_up = self.model.new_bool()
        self.model.cp.add(sum(variables) + given_up + moved >= 1)
        self._drops[at].append(given_up)
        self.promises += promise.price * given_up
        self.changes += given_up

    def _may_be_given_up(self, told: Told) -> bool:
        return self.is_loose and not told.is_frozen

    def _may_move(self, told: Told) -> bool:
        visit = self.standing.expanded.visits[told.visit]
        if told.start is None or (told.visit, None) in self._pinned:
            return False
        return len(visit.fixed) > 1 or bool(visit.spans)

    @cached_property
    def _pinned(self) -> frozenset[tuple[int, int | None]]:
        """(visit, volunteer) pinned; with None: the start is."""
        expanded = self.standing.expanded
        pins = [pin for pin in expanded.scenario.pins if not pin.never and pin.visit in expanded.visit_index]
        people = {
            (expanded.visit_index[pin.visit], expanded.volunteer_index[pin.volunteer]) for pin in pins if pin.volunteer
        }
        return frozenset({*people, *((expanded.visit_index[pin.visit], None) for pin in pins if pin.start)})

    def _items(self, at: int, role: int | None, row: int, standby: bool) -> list[Item]:
        pool = self.model.standbys_by_volunteer if standby else self.model.crew_by_volunteer
        return [item for item in pool.get(row, ()) if item.visit == at and (role is None or item.role == role)]

    def _price_own(self) -> None:
        """What the visits decided here leave empty and change."""
        for number in sorted(self.whole & self.standing.told.keys()):
            told = self.standing.told[number]
            at = self.place[number]
            self._price_empty(at, told)
            moved = [
                self.model.happens[option]
                for option in self.problem.options_of[at]
                if self.problem.options[option].start != told.start
            ]
            if moved and told.may_start:
                self.promises += told.time_price * sum(moved)
                self.changes += sum(moved)
            for promise in told.live:
                there = sum(item.variable for item in self._items(at, promise.role, promise.row, promise.standby))
                if promise.standby:  # stepping in keeps the promise
                    there += sum(item.variable for item in self._items(at, None, promise.row, standby=False))
                self.promises += promise.price * (1 - there)
                self.changes += 1 - there
            self._count_calls(at, told)

    def _price_empty(self, at: int, told: Told) -> None:
        visit = self.standing.expanded.visits[told.visit]
        price = self.standing.prices.empty_seat(visit.wish)
        for number, role in enumerate(visit.wish.roles):
            wanted = min(role.count, sum(not one.standby and one.role == number for one in told.promises))
            if wanted:
                filled = sum(
                    item.variable
                    for option in self.problem.options_of[at]
                    for item in self.model.crew_by_seat.get((option, number), ())
                )
                short = self.model.cp.new_int_var(0, wanted, "")
                self.model.cp.add(short >= wanted - filled)
                self.empty += price * short

    def _count_calls(self, at: int, told: Told) -> None:
        """People on the crew who were told nothing about this visit."""
        known = {promise.row for promise in told.promises}
        for option in self.problem.options_of[at]:
            for role in range(len(self.problem.visits[at].wish.roles)):
                self.calls += sum(
                    item.variable
                    for item in self.model.crew_by_seat.get((option, role), ())
                    if item.volunteer not in known
                )

    @cached_property
    def most_needs(self) -> int:
        """What all seats in the problem empty would cost."""
        return sum(visit.seats * self.standing.prices.empty_seat(visit.wish) for visit in self.problem.visits)

    @cached_property
    def most_other_promises(self) -> int:
        """More than pairings broken, least visits missing and claimants without a turn can come to."""
        weights, prices = self.standing.prices.weights, self.standing.prices
        return (
            weights.pairing_broken * len(self.problem.visits)
            + weights.least_visit_missing * sum(prices.least_visits.values()) * len(prices.months)
            + weights.claimant_without_turn * len(prices.claims_to_honour)
        )

    # ------------------------------------------------------------------------------------ a solution

    def given_up(self, solution: tuple[int, ...]) -> frozenset[int]:
        """The visits outside at which somebody gives up what was promised, or which are moved."""
        return frozenset(
            self.all[at] for at, drops in self._drops.items() if any(solution[drop.index] for drop in drops)
        )

    def visits_of(self, solution: tuple[int, ...]) -> dict[int, NewVisit]:
        """The visits decided here, as a solution has them."""
        if not self.numbers:
            return {}
        seats: dict[int, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = defaultdict(lambda: ([], []))
        starts: dict[int, int | None] = {}
        for which, items in enumerate((self.model.crew, self.model.standbys)):
            for option, role, row in _taken(items, solution):
                visit = self.problem.options[option].visit
                seats[visit][which].append((role, row))
                starts[visit] = self.problem.options[option].start
        return {
            number: NewVisit(starts.get(at), *(tuple(sorted(own)) for own in seats[at]))
            for at, number in enumerate(self.numbers)
        }

    def worth(self, solution: tuple[int, ...]) -> Cost:
        """What a solution costs."""
        return Cost(*(_value(expression, solution) for expression in (self.empty, self.promises, self.changes)))


def _taken(items: Iterable[Item], solution: tuple[int, ...]) -> list[Triple]:
    return [(item.option, item.role, item.volunteer) for item in items if solution[item.variable.index]]


def _value(expression: Any, solution: tuple[int, ...]) -> int:
    """The value of a linear expression in a solution."""
    if isinstance(expression, int):
        return expression
    from ortools.sat.python import cp_model

    flat = cp_model.FlatIntExpr(expression)
    return int(flat.offset + sum(points * solution[var.index] for var, points in zip(flat.vars, flat.coeffs)))


def _with(own: Candidates, more: list[_Row]) -> Candidates:
    """The candidates and some more, sorted."""
    if not more:
        return own
    option, role, volunteer, price = (list(column) for column in zip(*more))
    options = np.concatenate([own.option, np.array(option, dtype=np.int32)])
    roles = np.concatenate([own.role, np.array(role, dtype=np.int16)])
    volunteers = np.concatenate([own.volunteer, np.array(volunteer, dtype=np.int32)])
    prices = np.concatenate([own.price, np.array(price, dtype=np.int64)])
    order = np.lexsort((volunteers, roles, options))
    return Candidates(options[order], roles[order], volunteers[order], prices[order])


def _ranges(options: list[Option], visits: int) -> tuple[range, ...]:
    edges = np.searchsorted([option.visit for option in options], np.arange(visits + 1)).tolist()
    return tuple(range(low, high) for low, high in pairwise(edges))


def _prices(whole: Prices, expanded: Expanded, duties: Iterable[Promise]) -> Prices:
    """The same prices, with the turns people have at visits outside the part counted as taken."""
    turns: dict[int, int] = defaultdict(int)
    for promise in duties:
        turns[promise.row] += not promise.standby
    before, _ = whole.turns_before, whole.turns_offered
    prices = copy(whole)
    prices.expanded = expanded
    for name in ("all_seats", "counted_elsewhere"):
        vars(prices).pop(name, None)
    vars(prices)["turns_before"] = tuple(own + turns[row] for row, own in enumerate(before)) if turns else before
    return prices
