"""Pricing: everybody's best plan for given prices of the seats, exactly, in compiled code.

A plan is the set of crew seats one person takes. ``Pricer`` keeps the candidates sorted by volunteer and day, and
lets ``plan_search`` find plans among them. Money is whole milli-points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.problem.crewable import least_for_standbys
from matcher.problem.problem import longest_way
from matcher.solvers import tables as t
from matcher.solvers.plan_search import (
    C_DUAL,
    C_EXTRA,
    C_KIND,
    C_ROW,
    IN_TURN,
    IN_TURN_STRICTLY,
    N_FEES,
    NEW_FACE,
    NODES,
    R_KAPPA,
    Facts,
    cost_of_plan,
    examine,
    price_people,
)
from matcher.solvers.sides import Numbering
from matcher.solvers.tables import Ints, Tables

_FORCE = 1 << 40
"""Milli-points that a demanded seat is worth beside its dual: more than any plan costs."""


class Priced(NamedTuple):
    """``value`` [volunteers] milli-points: the best plan's cost less its duals, or a bound below it; ≤ 0 where nothing is
    demanded.
    """

    value: Ints
    exact: NDArray[np.bool_]
    plans: Plans
    """The best plans found, of those with a negative value."""
    nodes: int


@dataclass(frozen=True)
class Plans:
    """Plans as flat arrays: whose, which candidates (indices into ``Problem.crew``), and their cost in milli-points."""

    volunteer: Ints
    ptr: Ints
    seat: Ints
    cost: Ints

    def __len__(self) -> int:
        return len(self.volunteer)

    def seats(self, number: int) -> Ints:
        """The candidates of one plan."""
        return self.seat[self.ptr[number]:self.ptr[number + 1]]

    @classmethod
    def of(cls, plans: Iterable[tuple[int, Sequence[int], int]]) -> Plans:
        """From (volunteer, candidates, cost) triples."""
        found = list(plans)
        return cls(
            np.array([plan[0] for plan in found], dtype=np.int64),
            np.concatenate([[0], np.cumsum([len(plan[1]) for plan in found])]).astype(np.int64),
            np.array([seat for plan in found for seat in plan[1]], dtype=np.int64),
            np.array([plan[2] for plan in found], dtype=np.int64),
        )


class Pricer:
    """Prices plans of one problem; built once, asked for many duals."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.facts, self.seat = _facts(tables)
        crew = tables.problem.crew
        self.row_of: Ints = tables.row_ptr[tables.option[crew.option, t.O_VISIT]] + crew.role
        """[candidates of ``Problem.crew``] the row each fills."""
        self.option_of: Ints = crew.option.astype(np.int64)
        self.kappa: Ints = self.facts.row[:, R_KAPPA]
        self._position = np.full(len(crew), -1, dtype=np.int64)
        self._position[self.seat] = np.arange(len(self.seat))
        self._everybody = np.arange(tables.volunteers, dtype=np.int64)
        self._open = np.ones(len(tables.option), dtype=np.uint8)
        self.numbering = Numbering(tables)
        """Which entry of ``duals`` each candidate's seat has."""
        own = self.facts.offer
        own[:, C_DUAL] = self.numbering.of_crew[self.seat]
        self._forced: Ints = np.zeros(0, dtype=np.int64)
        self.demanded: Ints = np.zeros(tables.volunteers, dtype=np.int64)
        """[volunteers] seats that pins and published seats demand of each, all of which each plan has."""
        self.dual_of: Ints = self.numbering.of_crew
        """[candidates of ``Problem.crew``] the price each seat has."""
        self.crewed: Ints = np.zeros(0, dtype=np.int64)
        self._own_dual = self.crewed
        self._demand_seats()
        self.face_of: Ints = self._faces()
        self.crewed = self._crewed()
        """Of the candidates that count, those on crews that could meet at several starts, in the order of ``presence_key``."""
        self.presence_key: Ints = self.presence_keys(self.seat[self.crewed])
        """[crewed], ascending."""
        self._own_dual = self.facts.offer[self.crewed, C_DUAL].astype(np.int64)
        own[self.crewed, C_DUAL] = self.numbering.rows + len(self._forced) + np.arange(len(self.crewed))

    def _demand_seats(self) -> None:
        """Give demanded seats entries of their own, dearer by ``_FORCE``: then every best plan has them.

        Where somebody cannot have all of theirs, none is demanded: a weaker bound, not a wrong one.
        """
        tables, offer = self.tables, self.facts.offer
        seats: list[Ints] = []
        for visit, (low, high) in enumerate(pairwise(tables.fixed_ptr.tolist())):
            for role, person, standby in tables.fixed[low:high].tolist():
                if standby:
                    continue
                own = np.arange(self.facts.ptr[person], self.facts.ptr[person + 1])
                rows = tables.row[offer[own, C_ROW]]
                found = own[(rows[:, t.R_VISIT] == visit) & ((role < 0) | (rows[:, t.R_ROLE] == role))]
                if len(found) and not any(np.array_equal(found, other) for other in seats):
                    seats.append(found)
                    self.demanded[person] += 1
        if not seats:
            return
        at = np.concatenate(seats)
        self._forced = offer[at, C_DUAL].astype(np.int64)
        offer[at, C_DUAL] = self.numbering.rows + np.arange(len(at))
        value = self.price(np.zeros(self.numbering.rows, dtype=np.int64)).value
        lost = np.flatnonzero((self.demanded > 0) & (value > _FORCE // 2))
        owner = np.repeat(np.arange(tables.volunteers), np.diff(self.facts.ptr))[at]
        given_up = np.isin(owner, lost)
        offer[at[given_up], C_DUAL] = self._forced[given_up]
        self.demanded[lost] = 0

    def _faces(self) -> Ints:
        """[candidates of ``Problem.crew``] the place among ``numbering.few_faces`` of a wish that this is a new face of;
        −1: of none.
        """
        found = np.full(len(self._position), -1, dtype=np.int64)
        wish = self.tables.visit[self.facts.row[self.facts.offer[:, C_ROW], t.R_VISIT], t.V_WISH]
        is_new = self.facts.offer[:, C_KIND] == NEW_FACE
        found[self.seat] = np.where(is_new, self.numbering.face_of_wish[wish], -1)
        return found

    def _crewed(self) -> Ints:
        at = np.flatnonzero(self.numbering.is_crewed[self.option_of[self.seat]])
        return at[np.argsort(self.presence_keys(self.seat[at]), kind="stable")]

    def presence_keys(self, seats: Ints) -> Ints:
        """A number for each (volunteer, option) of candidates, indices into ``Problem.crew``."""
        owner = self.tables.problem.crew.volunteer[seats].astype(np.int64)
        return owner * len(self.tables.option) + self.option_of[seats]

    def _all_duals(self, duals: Ints, faces: Ints | None, presence: Ints | None) -> Ints:
        """Duals of seats, of demanded seats (dearer by ``_FORCE``), of crews' seats by person, and of new faces by wish."""
        of_wish = np.zeros(len(self.tables.wish) + 1, dtype=np.int64)
        if faces is not None:
            of_wish[self.numbering.few_faces] = faces
        self.facts.numbers[N_FEES] = len(duals) + len(self._forced) + len(self.crewed)
        of_seats = np.concatenate([duals.astype(np.int64), duals[self._forced].astype(np.int64) + _FORCE])
        of_crews = of_seats[self._own_dual]
        if presence is not None:
            of_crews -= presence
        return np.concatenate([of_seats, of_crews, of_wish])

    def price(
        self,
        duals: Ints,
        volunteers: Ints | None = None,
        allowed: NDArray[np.uint8] | None = None,
        *,
        with_costs: bool = True,
        nodes: int = NODES,
        faces: Ints | None = None,
        presence: Ints | None = None,
    ) -> Priced:
        """The best plan of everybody (or of ``volunteers``) for ``duals`` [``numbering.rows``] in milli-points.

        ``allowed`` [options]: 0 forbids an option. ``with_costs`` False: plans cost nothing (for the needs tier).
        ``nodes``: how long one person is searched before a bound stands in for the value. ``faces``
        [``numbering.few_faces``]: what a new face there is charged beside its cost. ``presence`` [``crewed``]: what
        somebody is charged for being there.
        """
        people = self._everybody if volunteers is None else np.asarray(volunteers, dtype=np.int64)
        nothing = np.zeros(len(people), dtype=np.int64)
        listed = price_people(
            self.facts, people, self._all_duals(duals, faces, presence), self._open if allowed is None else allowed,
            with_costs, nodes,
            nothing, nothing, 0,
        )
        return Priced(listed.value + _FORCE * self.demanded[people], listed.exact, self._plans(listed), int(listed.nodes))

    def enumerate(
        self,
        duals: Ints,
        slack: Ints,
        limit: int = 1_000_000,
        *,
        volunteers: Ints | None = None,
        allowed: NDArray[np.uint8] | None = None,
        faces: Ints | None = None,
        presence: Ints | None = None,
    ) -> Plans | None:
        """All plans whose cost less their duals is at most ``slack`` (of each volunteer); None if beyond ``limit``.

        All starts are named, also those that nothing tells apart for one person: others have to come along.
        """
        people = self._everybody if volunteers is None else np.asarray(volunteers, dtype=np.int64)
        priced = self.price(duals, volunteers, allowed, faces=faces, presence=presence)
        if not priced.exact.all():
            return None
        forced = _FORCE * self.demanded[people]
        listed = price_people(
            self.facts, people, self._all_duals(duals, faces, presence), self._open if allowed is None else allowed, True,
            NODES + 100 * limit, priced.value - forced, slack.astype(np.int64) - forced, limit,
        )
        return self._plans(listed) if listed.exact.all() else None

    def _plans(self, listed: Any) -> Plans:
        ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(listed.size)])
        return Plans(listed.owner, ptr, self.seat[listed.seat], listed.cost)

    def cost(self, volunteer: int, seats: Sequence[int] | Ints) -> int:
        """What a plan costs, in milli-points, the least price of stand-bys (κ) included.

        Raises ``ValueError`` if the volunteer cannot do all of it.
        """
        at = self._position[np.asarray(seats, dtype=np.int64)]
        cost = int(cost_of_plan(self.facts, volunteer, at)) if (at >= 0).all() else -1
        if cost < 0:
            raise ValueError(f"volunteer {volunteer} cannot take these seats together: {list(seats)}")
        return cost

    def is_plan(self, volunteer: int, seats: Sequence[int] | Ints) -> bool:
        """Whether the volunteer can do all of it."""
        at = self._position[np.asarray(seats, dtype=np.int64)]
        return bool((at >= 0).all()) and int(cost_of_plan(self.facts, volunteer, at)) >= 0


# ------------------------------------------------------------------------------------------------ facts


def _facts(tables: Tables) -> tuple[Facts, Ints]:
    """The candidates that count, sorted, and what the kernels need beside them; which of ``Problem.crew`` they are."""
    crew = tables.problem.crew
    option, visit = tables.option, tables.visit
    owner = crew.volunteer.astype(np.int64)
    row = tables.row_ptr[option[crew.option, t.O_VISIT]] + crew.role
    counts = _may_count(tables, owner, row)
    goods = visit[option[crew.option, t.O_VISIT], t.V_GOODS]
    key = owner * (len(tables.day_week) + 1) + option[crew.option, t.O_DAY]
    key = (key * 2 + goods) * max(1, tables.visits) + option[crew.option, t.O_VISIT]
    at = np.flatnonzero(counts)
    at = at[np.argsort(key[at], kind="stable")]
    kind, first_turn = _kinds(tables, owner[at], row[at])
    offer = np.column_stack([
        crew.option[at], row[at], tables.crew_price[at] + first_turn, tables.crew_tour[at], tables.crew_tour[at], kind,
        np.zeros(len(at), dtype=np.int64),
    ]).astype(np.int32)
    numbers = [
        tables.unknown_minutes, longest_way(tables.problem.expanded), len(tables.day_week), tables.taken_week.shape[1],
        tables.taken_month.shape[1], 0, len(tables.axes), len(tables.pace), len(tables.measured),
    ]
    axes, pace, measured = (
        np.ascontiguousarray(table).reshape(-1) for table in (tables.axes, tables.pace, tables.measured)
    )
    facts = Facts(
        option, np.column_stack([visit, _orders(tables)]), np.column_stack([tables.row, _kappa(tables)]),
        tables.person, tables.wish, _left(tables), _past(tables), axes, pace, measured,
        np.concatenate([tables.price, numbers]).astype(np.int64),
        np.searchsorted(owner[at], np.arange(tables.volunteers + 1)).astype(np.int64), offer,
    )
    extra, alone = examine(facts, tables.outside_ptr, tables.outside)
    facts.offer[:, C_EXTRA] = extra
    kept = np.flatnonzero(alone)
    owner = owner[at][kept]
    ptr = np.searchsorted(owner, np.arange(tables.volunteers + 1)).astype(np.int64)
    return facts._replace(ptr=ptr, offer=np.ascontiguousarray(offer[kept])), at[kept].astype(np.int64)


def _left(tables: Tables) -> NDArray[np.int32]:
    """``Facts.left``."""
    person = tables.person
    taken = ((tables.taken_day, t.P_DAY), (tables.taken_week, t.P_WEEK), (tables.taken_month, t.P_MONTH))
    spent = (
        (tables.minutes_day, t.P_DAY_MINUTES), (tables.minutes_week, t.P_WEEK_MINUTES),
        (tables.minutes_month, t.P_MONTH_MINUTES),
    )
    days = len(tables.day_week)
    busy = (tables.busy_days[:, np.arange(days) // 7] >> (np.arange(days) % 7)) & 1
    rest = person[:, t.P_REST_DAYS, None]
    free = 7 - rest - np.add.reduceat(busy.astype(np.int64), np.arange(0, days, 7), axis=1)
    return np.ascontiguousarray(np.hstack([
        *(person[:, most, None] - done for done, most in (*taken, *spent)), np.where(rest > 0, free, 99), busy,
    ]).astype(np.int32))


def _may_count(tables: Tables, owner: Ints, row: Ints) -> NDArray[np.bool_]:
    """Candidates at allowed starts; of a pair's visit with one seat, the paired people only."""
    crew, visit = tables.problem.crew, tables.visit
    counts = (tables.option[crew.option, t.O_ALLOWED] != 0) & tables.may_serve
    seats = np.zeros(tables.visits, dtype=np.int64)
    np.add.at(seats, tables.row[:, t.R_VISIT], tables.row[:, t.R_COUNT])
    visits = tables.row[row, t.R_VISIT]
    only_paired = (visit[visits, t.V_PAIR_MUST] != 0) & (seats[visits] == 1)
    at = np.flatnonzero(only_paired)
    pairs = _pair_keys(tables.pair_ptr, tables.pair, tables.volunteers)
    counts[at] &= np.isin(visit[visits[at], t.V_WISH] * tables.volunteers + owner[at], pairs)
    return np.asarray(counts)


def _pair_keys(ptr: Ints, people: Ints, volunteers: int) -> Ints:
    """The numbers wish · volunteers + person, sorted, for a ragged list of people by wish."""
    return np.sort(np.repeat(np.arange(len(ptr) - 1), np.diff(ptr)) * volunteers + people)


def _kinds(tables: Tables, owner: Ints, row: Ints) -> tuple[NDArray[np.uint8], Ints]:
    """What a candidate's wish asks for beside the seat, and the price of a first turn."""
    wish = tables.visit[tables.row[row, t.R_VISIT], t.V_WISH]
    policy = tables.wish[wish, t.W_POLICY]
    kind = np.zeros(len(row), dtype=np.uint8)
    known = _pair_keys(tables.known_ptr, tables.known, tables.volunteers)
    key = wish * tables.volunteers + owner
    kind[((policy == t.STEADY) | (policy == t.PAIR)) & ~np.isin(key, known)] = NEW_FACE
    kind[policy == t.ROTATE] = IN_TURN_STRICTLY if tables.price[t.C_TURN] == t.HARD else IN_TURN
    stepping_in = np.isin(tables.row[row, t.R_VISIT] * tables.volunteers + owner, _told_to_stand_by(tables))
    kind[(policy == t.ROTATE) & stepping_in] = IN_TURN
    before = np.zeros(len(row), dtype=np.int64)
    if len(tables.turns):
        wishes = np.repeat(np.arange(len(tables.turns_ptr) - 1), np.diff(tables.turns_ptr))
        keys = wishes * tables.volunteers + tables.turns[:, 0]
        by_key = np.argsort(keys)
        at = np.minimum(np.searchsorted(keys[by_key], key), len(keys) - 1)
        before = np.where(keys[by_key][at] == key, tables.turns[by_key[at], 1], 0)
    return kind, np.where(policy == t.ROTATE, tables.price[t.C_TURNS] * (2 * before + 1), 0)


def _told_to_stand_by(tables: Tables) -> Ints:
    """The numbers visit · volunteers + person of who was told to stand by."""
    expanded = tables.problem.expanded
    return np.array([
        expanded.visit_index[visit] * tables.volunteers + row
        for visit, people in expanded.standing_by.items() if visit in expanded.visit_index for row in people
    ], dtype=np.int64)


def _orders(tables: Tables) -> Ints:
    """[visits] place within the wish's order."""
    order = np.zeros(tables.visits, dtype=np.int64)
    order[tables.wish_visit] = np.arange(len(tables.wish_visit)) - np.repeat(
        tables.wish_ptr[:-1], np.diff(tables.wish_ptr)
    )
    return order


def _kappa(tables: Tables) -> Ints:
    """[rows] the least a seat adds for the stand-bys its role asks for, in milli-points."""
    return least_for_standbys(tables.problem)


def _past(tables: Tables) -> Ints:
    """``Facts.past``; stepping in is no turn.

    The last crew follows in the same way, its keys beyond all others.
    """
    wish = np.repeat(np.arange(len(tables.past_ptr) - 1), np.diff(tables.past_ptr))
    rotates = tables.wish[wish, t.W_POLICY] == t.ROTATE if len(wish) else np.zeros(0, dtype=bool)
    here = rotates & (tables.past[:, 1] >= 0)
    wishes = max(1, len(tables.wish))
    key = tables.past[:, 1] * wishes + wish
    beyond = tables.volunteers * wishes
    turns, last = here & (tables.past[:, 2] == 0), here & (tables.past[:, 3] != 0)
    keys = np.concatenate([key[turns], key[last] + beyond])
    days = np.concatenate([tables.past[turns, 0], np.full(int(last.sum()), -1)])
    by_key = np.argsort(keys, kind="stable")
    return np.ascontiguousarray(np.column_stack([keys[by_key], days[by_key]]).astype(np.int64))
