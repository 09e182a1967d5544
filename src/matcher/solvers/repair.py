"""repair: the fewest changes to what people were told that leave the fewest told seats empty, with the proof.

A small model of the visits concerned, first with everybody else's duties fixed: what it finds is a roster. If that
changes nothing beyond the promises that cannot be kept, nobody can do better. Otherwise others may give up their
seats too, at the price of that promise but as if it were refilled by itself, which is a bound for every roster; where
the best answer gives one up, that visit joins the model, until it gives up none: then the bound is a roster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from matcher.domain.wishes import Role
from matcher.problem.eligibility import Eligibility, Mask, Rows
from matcher.problem.expand import Expanded, Outside, Visit
from matcher.problem.objective import Prices
from matcher.problem.options import Built, build_options
from matcher.problem.problem import Candidates, FixedSeat, Option, Problem, Triple
from matcher.solvers.exact import (
    CONSTRAINTS,
    QUALITY,
    Item,
    Model,
    claimant_without_turn,
    empty_seats,
    hint_at,
    keeps_what_is_published,
    least_visit_missing,
    new_solver,
    pairing_broken,
    run_solver,
)
from matcher.solvers.stop import Timer

MOST_CANDIDATES = 30_000
"""Of seats that were empty before: beyond so many candidates the rest of them is left as it is."""

_SHARED = (
    "first_told", "is_experienced", "anybody_experienced", "teams_of", "members", "homes", "homes_by_car", "paired",
    "longest_way", "_departed", "standing_by",
)
"""What the facts say whichever visits are planned."""


_Row = tuple[int, int, int, int]
"""(option, role, volunteer, price)."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One person told to be on a visit, or to stand by for it; by numbers of visit, role in its wish and volunteer.

    ``is_live``: still possible as told. ``price``: of breaking it, in points of the promises tier.
    """

    visit: int
    role: int
    row: int
    standby: bool
    price: int
    is_live: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A visit as people were told: its start (goods: None), its promises, and the price of moving it.

    ``is_frozen``: it may only lose who cannot come. ``may_start``: the told start is still asked for.
    """

    visit: int
    start: int | None
    day: date
    promises: tuple[Promise, ...]
    time_price: int
    is_frozen: bool = False
    may_start: bool = True

    @property
    def live(self) -> list[Promise]:
        """The promises that can still be kept."""
        return [promise for promise in self.promises if promise.is_live]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a repair costs: told seats left empty (points of needs), promises broken (points), and how many changes.

    A change is a seat or a stand-by that no longer holds, or a visit at another start. Stepping in is none.
    """

    empty: int
    promises: int
    changes: int


class _WithWaitlist(Eligibility):
    """Who may do what, where whoever may stand by for a claimed wish may also serve it."""

    def has_claimed_it(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        return super().has_claimed_it(visit, role, start, True, rows)


@dataclass(frozen=True)
class Standing:
    """What people were told beside the facts as they are now. ``opens_from``: nothing new before that minute."""

    expanded: Expanded
    eligibility: Eligibility
    prices: Prices
    told: Mapping[int, Told]
    opens_from: int = 0

    @cached_property
    def forced(self) -> Cost:
        """What no roster can avoid: promises that cannot be kept, and the empty seats of frozen visits."""
        lost = [promise for told in self.told.values() for promise in told.promises if not promise.is_live]
        empty = sum(
            self.prices.empty_seat(self.expanded.visits[promise.visit].wish)
            for promise in lost
            if self.told[promise.visit].is_frozen and not promise.standby
        )
        return Cost(empty, sum(promise.price for promise in lost), len(lost))

    @cached_property
    def with_waitlist(self) -> Eligibility:
        """Who may serve where a seat is open: claimants on the waitlist too."""
        return _WithWaitlist(self.expanded)

    @cached_property
    def told_to(self) -> dict[int, list[Promise]]:
        """The live promises of each volunteer."""
        found: dict[int, list[Promise]] = defaultdict(list)
        for told in self.told.values():
            for promise in told.live:
                found[promise.row].append(promise)
        return dict(found)


@dataclass(frozen=True, slots=True)
class NewVisit:
    """How a visit stands after the repair: its start and who has which role; nobody: it is not served."""

    start: int | None
    crew: tuple[tuple[int, int], ...]
    standbys: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Repair:
    """The repaired visits, what that costs, and what any roster costs at least. ``cost`` None: none was found.

    INFEASIBLE: no roster at all within the changes allowed, pins kept.
    """

    status: Literal["OPTIMAL", "FEASIBLE", "INFEASIBLE", "NO_ANSWER_IN_TIME"]
    visits: Mapping[int, NewVisit]
    cost: Cost | None
    bound: Cost
    rounds: int
    """Models solved to find the least changes."""
    looked_at: frozenset[int]
    """Visits whose promises were open to change."""


def repair(
    standing: Standing,
    concerned: Collection[int],
    opened: Collection[int] = (),
    *,
    most_changes: int | None = None,
    timer: Timer,
    seed: int = 0,
    workers: int = 1,
) -> Repair:
    """The best repair: told seats left empty first, then promises broken, stand-bys first, other needs, quality.

    ``concerned``: told visits that cannot stay as they are. ``opened``: visits with seats that were empty anyway.
    The first two are proven over all rosters, unless time runs out; the others through the seats open then.
    """
    search = _Search(standing, most_changes, timer, seed, workers)
    return search.best(frozenset(concerned), frozenset(opened))


def least_changes(
    standing: Standing, concerned: Collection[int], *, timer: Timer, seed: int = 0, workers: int = 1
) -> int | None:
    """The fewest changes any roster needs, however many seats it leaves empty; None if time ran out."""
    search = _Search(standing, None, timer, seed, workers)
    found = search.least(frozenset(concerned), frozenset(), lambda part: part.changes)
    return None if found.value is None or not found.proven else found.value


# ------------------------------------------------------------------------------------------- searching


@dataclass(frozen=True)
class _Least:
    """The least value found, whether it is proven, and the model and solution that have it."""

    part: _Part | None
    solution: tuple[int, ...]
    value: int | None
    bound: int
    proven: bool
    rounds: int


class _Search:
    """Solves parts of growing size until the answer of one is proven for the whole."""

    def __init__(self, standing: Standing, most_changes: int | None, timer: Timer, seed: int, workers: int) -> None:
        self.standing = standing
        self.most_changes = most_changes
        self.timer = timer
        self.seed = seed
        self.workers = workers

    def best(self, concerned: frozenset[int], opened: frozenset[int]) -> Repair:
        weight = self._more_than_all_promises()
        found = self.least(concerned, opened, lambda part: weight * part.empty + part.promises)
        bound = _cost(found.bound, weight, self.standing.forced.changes)
        if found.part is None or found.value is None:
            status: Literal["INFEASIBLE", "NO_ANSWER_IN_TIME"] = "INFEASIBLE" if found.proven else "NO_ANSWER_IN_TIME"
            return Repair(status, {}, None, bound, found.rounds, concerned)
        part = found.part
        if not part.numbers:
            return Repair("OPTIMAL", {}, self.standing.forced, self.standing.forced, found.rounds, frozenset())
        part.model.cp.add(weight * part.empty + part.promises <= found.value)
        solution = self._improved(part, found.solution)
        value = part.worth(solution)
        return Repair(
            "OPTIMAL" if found.proven else "FEASIBLE", part.visits_of(solution), value,
            replace(value, changes=bound.changes) if found.proven else bound, found.rounds, part.whole,
        )

    def least(
        self, concerned: frozenset[int], opened: frozenset[int], goal: Callable[[_Part], Any]
    ) -> _Least:
        """The least value of a goal over all rosters, and a roster that has it."""
        unavoidable = self._unavoidable(goal)
        fixed = self._part(concerned, opened, is_loose=False, moves=False)
        _, solution, value, _ = self._minimise(fixed, goal(fixed))
        if value is not None and value <= unavoidable:
            return _Least(fixed, solution, value, value, True, 1)
        best = _Least(fixed if value is not None else None, solution, value, unavoidable, False, 1)
        return self._loosened(concerned, opened, goal, best)

    def _loosened(
        self, whole: frozenset[int], opened: frozenset[int], goal: Callable[[_Part], Any], best: _Least
    ) -> _Least:
        rounds = best.rounds
        bound = best.bound
        while not self.timer.over:
            part = self._part(whole, frozenset(), is_loose=True, moves=True)
            status, solution, value, proven_bound = self._minimise(part, goal(part))
            rounds += 1
            if status == "INFEASIBLE":
                return replace(best, part=None, value=None, proven=True, rounds=rounds)
            if proven_bound is not None:
                bound = max(bound, proven_bound)
            if best.value is not None and bound >= best.value:
                return replace(best, bound=best.value, proven=True, rounds=rounds)
            if value is None:
                break
            given_up = part.given_up(solution)
            if not given_up:
                # Nobody outside gave anything up: the same with everybody else fixed is a roster of the same value.
                final = self._part(whole, opened, is_loose=False, moves=True)
                _, solution, value, _ = self._minimise(final, goal(final))
                if value is not None and value <= bound:
                    return _Least(final, solution, value, value, True, rounds)
                break
            whole |= given_up
        return replace(best, bound=bound, rounds=rounds)

    def _unavoidable(self, goal: Callable[[_Part], Any]) -> int:
        nothing = self._part(frozenset(), frozenset(), is_loose=False, moves=False)
        value = goal(nothing)
        return int(value)

    def _improved(self, part: _Part, solution: tuple[int, ...]) -> tuple[int, ...]:
        """Within the least changes: stand-bys first, then other needs and promises, then quality."""
        others = 1 + part.most_other_promises
        needs = empty_seats(part.model)
        other = sum(term(part.model) for term in _OTHER_PROMISES)
        first = others * (part.most_needs + 1) * part.calls + others * needs + other
        for goal in (first, sum(term(part.model) for term in QUALITY)):
            if isinstance(goal, int) or self.timer.over:
                continue
            _, better, value, _ = self._minimise(part, goal, solution)
            if value is None:
                break
            solution = better
            part.model.cp.add(goal <= value)
        return solution

    def _part(self, whole: frozenset[int], opened: frozenset[int], *, is_loose: bool, moves: bool) -> _Part:
        return _Part(self.standing, whole, opened - whole, is_loose, moves, self.most_changes)

    def _minimise(
        self, part: _Part, goal: Any, start: tuple[int, ...] = ()
    ) -> tuple[str, tuple[int, ...], int | None, int | None]:
        """(status, solution, value, bound) of one model."""
        from ortools.sat.python import cp_model

        if not part.numbers:
            return "OPTIMAL", (), int(goal), int(goal)
        part.model.cp.minimize(goal)
        solver = new_solver(self.workers)
        solver.parameters.random_seed = self.seed
        if self.timer.seconds_left is not None:
            solver.parameters.max_time_in_seconds = max(0.05, self.timer.seconds_left)
        if self.timer.work_left is not None:
            solver.parameters.max_deterministic_time = max(0.01, self.timer.work_left)
        hint_at(part.model, start)
        status = run_solver(solver, part.model.cp, None, self.timer.stop)
        self.timer.worked(solver.response_proto.deterministic_time)
        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"the model is invalid: {part.model.cp.validate()}")
        name = solver.status_name(status)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return name, (), None, None
        bound = round(solver.best_objective_bound) if status == cp_model.OPTIMAL else int(solver.best_objective_bound)
        return name, tuple(solver.response_proto.solution), round(solver.objective_value), bound

    def _more_than_all_promises(self) -> int:
        told = self.standing.told.values()
        return 1 + sum(one.time_price + sum(promise.price for promise in one.promises) for one in told)


_OTHER_PROMISES = (pairing_broken, least_visit_missing, claimant_without_turn)


def _cost(value: int, weight: int, changes: int) -> Cost:
    empty, promises = divmod(max(0, value), weight)
    return Cost(empty, promises, changes)


# ------------------------------------------------------------------------------------------- one part


class _Part:
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
