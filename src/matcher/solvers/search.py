"""search: a roster in the hands of the compiled kernel: loading, annealing in bouts, the best so far.

Counted in moves, so that the same seed and the same count give the same roster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.problem.problem import Triple, longest_way
from matcher.solvers import annealing
from matcher.solvers.annealing import Facts, State, anneal, count_duties, settle
from matcher.solvers.tables import (
    C_FACES,
    C_FAIRNESS,
    C_FEW_FACES,
    C_MISSING_STANDBY,
    C_NEWCOMERS,
    C_SPACING,
    C_STANDBY_TURNS,
    C_TRAVEL,
    C_TURN,
    C_TURNS,
    O_VISIT,
    P_TURNS_BEFORE,
    P_TURNS_OFFERED,
    R_CAR,
    R_COUNT,
    R_STANDBYS,
    R_VISIT,
    V_NEED,
    V_WISH,
    Int32s,
    Ints,
    Tables,
    pointers,
)

_TRAVEL_SAVED = 20
"""Minutes of travel that a seat beside another on one day is thought to save."""

_BEYOND_PRICE = 1e7
"""Points of quality that are beyond any change of a roster."""

Value = tuple[int, int, int]
"""Needs, promises (less what no roster can keep), quality."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state set aside."""

    value: Value
    chosen: Ints
    who: Int32s
    candidate: Int32s


class Search:
    """One roster being improved. Not to be shared between threads."""

    def __init__(self, tables: Tables, seed: int = 0) -> None:
        self.tables = tables
        self.slots = Slots.of(tables)
        self.facts = facts_of(tables, self.slots)
        self.state = _empty_state(tables, self.slots, seed)
        self.needs_weight, self.promises_weight = _weights(tables)

    # ------------------------------------------------------------------------------- in and out

    def load(self, crew: Iterable[Triple], standbys: Iterable[Triple]) -> Value:
        """Take a roster over and say what it comes to. Raises ``ValueError`` if it breaks a rule."""
        tables, slots, state = self.tables, self.slots, self.state
        state.chosen[:], state.who[:], state.candidate[:] = -1, -1, -1
        for triples, standby in ((crew, False), (standbys, True)):
            for option, role, volunteer in triples:
                visit = int(tables.option[option, O_VISIT])
                row = int(tables.row_ptr[visit]) + role
                slot = next(
                    x for x in range(int(slots.ptr[row]), int(slots.ptr[row + 1]))
                    if slots.standby[x] == standby and state.who[x] < 0
                )
                state.chosen[visit] = option
                state.who[slot] = volunteer
                state.candidate[slot] = self._candidate(option, role, volunteer, standby)
        self._count_duties()
        if not settle(self.facts, state):
            raise ValueError("the roster to begin from breaks a rule")
        return self.value

    def _candidate(self, option: int, role: int, volunteer: int, standby: bool) -> int:
        tables = self.tables
        cell = int(tables.cell_ptr[option]) + role
        pointers, people = (tables.standby_ptr, tables.standby) if standby else (tables.crew_ptr, tables.crew)
        low, high = int(pointers[cell]), int(pointers[cell + 1])
        at = low + int(np.searchsorted(people[low:high], volunteer))
        if at == high or people[at] != volunteer:
            raise ValueError("the roster to begin from has somebody who may not serve")
        return at + (len(tables.crew) if standby else 0)

    def _count_duties(self) -> None:
        count_duties(self.facts, self.state)

    @property
    def value(self) -> Value:
        needs, promises, quality = self.state.total.tolist()
        return needs, promises, quality

    def snapshot(self) -> Snapshot:
        """The state as it is now."""
        state = self.state
        return Snapshot(self.value, state.chosen.astype(np.int64), state.who.copy(), state.candidate.copy())

    def restore(self, kept: Snapshot) -> None:
        """Back to a state set aside."""
        state = self.state
        state.chosen[:], state.who[:], state.candidate[:] = kept.chosen, kept.who, kept.candidate
        self._count_duties()
        settle(self.facts, state)

    def triples(self, kept: Snapshot | None = None) -> tuple[list[Triple], list[Triple]]:
        """Crew and stand-bys of a state, by default of the present one."""
        rows, slots = self.tables.row, self.slots
        chosen, who = (self.state.chosen, self.state.who) if kept is None else (kept.chosen, kept.who)
        crew: list[Triple] = []
        standbys: list[Triple] = []
        for slot in np.flatnonzero(who >= 0).tolist():
            visit, role = rows[slots.row[slot], :2].tolist()
            (standbys if slots.standby[slot] else crew).append((int(chosen[visit]), role, int(who[slot])))
        return crew, standbys

    # ------------------------------------------------------------------------------------ moves

    def warm_up(self) -> None:
        """Load the compiled functions, or compile them where that was never done."""
        count_duties(self.facts, self.state)
        settle(self.facts, self.state)
        anneal(self.facts, self.state, 0, 1.0, 1.0, 1.0, 1.0)

    def anneal(self, moves: int, hot: float, cold: float, *, strict: bool = False) -> int:
        """Try so many moves while the temperature falls from ``hot`` to ``cold``; how many were kept.

        ``strict``: nothing is worth a point of needs. Otherwise no more than a seat is worth an empty one, and of two
        wishes that are needed nearly as much the cheaper one may be served.
        """
        needs = max(self.needs_weight, _BEYOND_PRICE) if strict else self.needs_weight
        return int(anneal(self.facts, self.state, moves, hot, cold, needs, self.promises_weight))


def _weights(tables: Tables) -> tuple[float, float]:
    """Prices of a point of needs and of promises in points of quality: no quality is worth a worse earlier tier."""
    turns = 12
    before, offered = tables.person[:, P_TURNS_BEFORE], tables.person[:, P_TURNS_OFFERED]
    fairness = tables.price[C_FAIRNESS] * (100 * (2 * (before + turns) - 1) // np.maximum(offered, 1))
    seat = tables.crew_price.max(initial=0) + tables.crew_tour.max(initial=0) + np.quantile(fairness, 0.95, method="lower") \
        if len(fairness) else 0
    dearest = float(
        seat + tables.price[C_FACES] + tables.price[C_TURNS] * 10
        + tables.price[C_MISSING_STANDBY] + tables.price[C_STANDBY_TURNS] * 10
    )
    least = float(tables.visit[:, V_NEED].min(initial=100)) if len(tables.visit) else 100.0
    return 3 * dearest / max(1.0, least), 3 * dearest / 100


@dataclass(frozen=True, slots=True)
class Slots:
    """A slot for every seat and stand-by: rows one after the other, a row's crew first."""

    ptr: Ints
    row: Ints
    standby: NDArray[np.bool_]

    @classmethod
    def of(cls, tables: Tables) -> Slots:
        rows = tables.row
        counts = rows[:, R_COUNT] + rows[:, R_STANDBYS]
        ptr = pointers(counts)
        row = np.repeat(np.arange(len(rows)), counts)
        return cls(ptr, row, np.arange(int(ptr[-1])) - ptr[row] >= rows[row, R_COUNT])


def facts_of(tables: Tables, slots: Slots) -> Facts:
    """The tables as the compiled functions want them."""
    lists, list_at = _packed(tables)
    days, weeks, months = tables.taken_day.shape[1], tables.taken_week.shape[1], tables.taken_month.shape[1]
    way = longest_way(tables.problem.expanded) if len(tables.visit) else 0
    taken = np.stack([
        np.concatenate([tables.taken_day, tables.taken_week, tables.taken_month], axis=1),
        np.concatenate([tables.minutes_day, tables.minutes_week, tables.minutes_month], axis=1),
    ], axis=2)
    crew = len(tables.crew)
    room = pointers(_visits_per_person(tables))
    own: dict[int, NDArray[Any]] = {
        annealing.VISIT: tables.visit, annealing.OPTION: tables.option, annealing.ROW: tables.row,
        annealing.PERSON: tables.person, annealing.WISH: np.column_stack([tables.wish, _is_promised(tables)]),
        annealing.BUSY: tables.busy_days,
        annealing.SLOT: np.stack(
            [slots.row, tables.row[slots.row, R_VISIT], slots.standby, tables.row[slots.row, R_CAR]], axis=1
        ),
        annealing.LIST_AT: list_at, annealing.TAKEN: taken.reshape(len(taken), 2 * (days + weeks + months)),
        annealing.OPTION_PTR: tables.option_ptr, annealing.ROW_PTR: tables.row_ptr, annealing.CELL_PTR: tables.cell_ptr,
        annealing.CREW_PTR: tables.crew_ptr, annealing.STANDBY_PTR: tables.standby_ptr + crew,
        annealing.WISH_PTR: tables.wish_ptr, annealing.WISH_VISIT: tables.wish_visit, annealing.PRICE: tables.price,
        annealing.LISTS: lists, annealing.MONTH_ASKED: tables.month_asked, annealing.SLOT_PTR: slots.ptr,
        annealing.VISIT_SLOT: slots.ptr[tables.row_ptr], annealing.DUTY_PTR: room,
        annealing.SIZE: np.array([
            days, weeks, months, way, tables.unknown_minutes, len(tables.axes), len(tables.pace), len(tables.measured),
            _slack(tables),
        ], dtype=np.int64),
    }
    return Facts(
        _one_table(own), _candidates(tables), _fairness(tables, room), np.ascontiguousarray(tables.axes),
        np.ascontiguousarray(tables.pace), np.ascontiguousarray(tables.measured),
    )


def _one_table(own: dict[int, NDArray[Any]]) -> NDArray[Any]:
    """Tables one after the other, their places and widths in front; in 32 bits, or in 64 where a price is beyond them."""
    front = np.zeros(2 * len(own), dtype=np.int64)
    length = len(front)
    parts: list[NDArray[Any]] = [front]
    for number in range(len(own)):
        table = own[number]
        if number in annealing.WIDTHS:
            table = np.pad(table, ((0, 0), (0, annealing.WIDTHS[number] - table.shape[1])))
        front[2 * number], front[2 * number + 1] = length, table.shape[1] if table.ndim == 2 else 1
        length += table.size
        parts.append(table.reshape(-1).astype(np.int64))
    whole = np.concatenate(parts)
    small = len(whole) == 0 or max(int(whole.max()), -int(whole.min())) < 1 << 31
    return whole.astype(np.int32) if small else whole


def _is_promised(tables: Tables) -> NDArray[np.bool_]:
    """Wishes at which a change of people may change promises."""
    promised = (np.diff(tables.pair_ptr) > 0) | (np.diff(tables.claim_ptr) > 0)
    told = np.flatnonzero(np.diff(tables.told_ptr))
    promised[tables.visit[told, V_WISH]] = True
    return np.asarray(promised, dtype=np.bool_)


def _slack(tables: Tables) -> int:
    """What a change of one seat may save beside its price and a turn: faces, turns there, travel, what breaks a soft rule."""
    price = tables.price
    soft = price[[C_SPACING, C_TURN, C_FEW_FACES, C_NEWCOMERS]].max()
    return int(price[C_FACES] + price[C_TURNS] + _TRAVEL_SAVED * price[C_TRAVEL] + max(0, soft))


def _fairness(tables: Tables, room: Ints) -> Ints:
    """The price of so many new turns of each person, from none to as many as they might have."""
    before, offered = tables.person[:, P_TURNS_BEFORE], np.maximum(tables.person[:, P_TURNS_OFFERED], 1)
    counts = np.diff(room) + 1
    first = pointers(counts)
    who = np.repeat(np.arange(len(counts)), counts)
    turn = np.arange(int(first[-1])) - first[who]
    price = tables.price[C_FAIRNESS] * (100 * (2 * (before[who] + turn) - 1) // offered[who])
    price[turn == 0] = 0
    total = np.cumsum(price)
    return np.asarray(total - total[first[who]], dtype=np.int64)


def _candidates(tables: Tables) -> Int32s:
    crew = len(tables.crew)
    found = np.zeros((crew + len(tables.standby), 4), dtype=np.int32)
    found[:crew, 0], found[crew:, 0] = tables.crew, tables.standby
    found[:crew, 1], found[:crew, 2] = tables.crew_price, tables.crew_tour
    cells = np.repeat(np.arange(len(tables.crew_ptr) - 1, dtype=np.int64), np.diff(tables.crew_ptr))
    before, offered = tables.person[:, P_TURNS_BEFORE], tables.person[:, P_TURNS_OFFERED]
    first_turn = tables.price[C_FAIRNESS] * (100 * (2 * before + 1) // np.maximum(offered, 1))
    price = (tables.crew_price.astype(np.int64) + tables.crew_tour + first_turn[tables.crew]).clip(0, (1 << 24) - 1)
    found[:crew, 3] = np.argsort((cells << 24) + price, kind="stable")
    return found


def _visits_per_person(tables: Tables) -> Ints:
    """How many visits each person might have a duty at."""
    people = tables.volunteers
    far = max(1, people)
    visits = tables.option[:, O_VISIT]
    pairs = []
    for ptr, who in ((tables.crew_ptr, tables.crew), (tables.standby_ptr, tables.standby)):
        of_cell = np.repeat(visits, np.diff(tables.cell_ptr))
        pairs.append(np.unique(np.repeat(of_cell, np.diff(ptr)) * far + who))
    both = np.unique(np.concatenate(pairs))
    return np.bincount(both % far, minlength=people).astype(np.int64)


def _packed(tables: Tables) -> tuple[Ints, Ints]:
    """The ragged lists in one, and where each owner's begins; in the order of ``annealing.KNOWN``…``OUTSIDE``."""
    names = ("known", "past", "turns", "pair", "claim", "told", "fixed", "outside")
    lists = [(getattr(tables, f"{name}_ptr"), getattr(tables, name)) for name in names]
    lists.insert(annealing.STEPS_IN, _told_to_stand_by(tables))
    at = np.zeros((len(lists), max(len(ptr) for ptr, _ in lists)), dtype=np.int64)
    length = 0
    for number, (ptr, own) in enumerate(lists):
        at[number, :len(ptr)] = length + ptr * (own.shape[1] if own.ndim == 2 else 1)
        length += own.size
    return np.concatenate([own.reshape(-1) for _, own in lists]), at


def _told_to_stand_by(tables: Tables) -> tuple[Ints, Ints]:
    """Who was told to stand by at each visit."""
    standing_by = tables.problem.expanded.standing_by
    people = [sorted(standing_by.get(visit.id, ())) for visit in tables.problem.visits]
    return pointers([len(rows) for rows in people]), np.array([row for rows in people for row in rows], dtype=np.int64)


def _empty_state(tables: Tables, slots: Slots, seed: int) -> State:
    people, seats = tables.volunteers, len(slots.row)
    room = annealing.ROOM
    most = _visits_per_person(tables)
    mixed = (seed + 1) * 0x9E3779B97F4A7C15 & (1 << 64) - 1
    return State(
        chosen=np.full(tables.visits, -1, np.int32), who=np.full(seats, -1, np.int32),
        candidate=np.full(seats, -1, np.int32),
        duty=np.full(int(most.sum()) + 1, -1, np.int32), duties=np.zeros(people, np.int32), turns=np.zeros(people, np.int32),
        cost=np.zeros((people, 2), np.int64), wish_cost=np.zeros((len(tables.wish), 4), np.int64),
        total=np.zeros(3, np.int64), random=np.array([mixed or 1], dtype=np.uint64),
        log=np.zeros((4 * room, 4), np.int64), touched=np.zeros(16 + 2 * room, np.int64),
        old=np.zeros(5 * room, np.int64), scratch=np.zeros((int(most.max(initial=0)) + 1, 16), np.int64),
    )
