"""nearly whole: the needs tier as a programme in arrays, whose linear relaxation says nearly all.

A row for every rule that whole numbers and linear relaxation can both be told of, so that what the programme comes to is
a bound; left out are rest and stand-bys. Candidates that differ only in a start that does not matter are one column,
so a city's month is built in seconds; then ways between visits are left out, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matcher.problem.check import last_crew
from matcher.problem.expand import Outside
from matcher.solvers.linear_rows import Blocks
from matcher.solvers.lp import Programme
from matcher.solvers.tables import (
    C_ANYBODY_EXPERIENCED,
    C_FEW_FACES,
    C_NEWCOMERS,
    C_SPACING,
    C_TURN,
    FAR,
    HARD,
    O_ALLOWED,
    O_DAY,
    O_END,
    O_START,
    O_VISIT,
    P_DAY,
    P_DAY_MINUTES,
    P_EXPERIENCED,
    P_MONTH,
    P_MONTH_MINUTES,
    P_TEAM,
    P_WEEK,
    P_WEEK_MINUTES,
    R_COUNT,
    R_VISIT,
    ROTATE,
    V_GOODS,
    V_MINUTES,
    V_NEED,
    V_ONE_TEAM,
    V_PAIR_MUST,
    V_WHOLE,
    V_WISH,
    W_HISTORY_BINDS,
    W_LAST_DONE,
    W_MAX_GAP,
    W_MAX_HELPERS,
    W_MAX_TURNS,
    W_MIN_GAP,
    W_POLICY,
    W_SPACED,
    W_TURNS_DAYS,
    Ints,
    Tables,
)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NeedsProgramme:
    """The programme and the points it costs beyond ``cost`` · x; its first columns are seats."""

    programme: Programme
    beyond: int
    candidate: Ints
    """The crew candidate each seat's column stands for, one of several starts."""
    wish: Ints
    """The wish of each seat's column."""
    visit: Ints
    """The visit of each seat's column."""

    @property
    def seats(self) -> int:
        """Columns that are seats."""
        return len(self.candidate)


class NeedsArrays:
    """What programmes of a problem's wishes share: its seats in columns, by wish.

    ``ways``: the ways between visits and to duties elsewhere are rules as well.
    """

    def __init__(self, tables: Tables, ways: bool = False) -> None:
        self.tables = tables
        self.ways = ways
        self.several: Mask = tables.person[:, P_DAY] > 1
        """Who may serve several times a day, or stands by elsewhere: to them starts matter."""
        if ways:
            standing_by = {duty.volunteer for duty in tables.problem.expanded.outside if duty.standby}
            self.several[sorted(standing_by)] = True
        self.need: Ints = tables.visit[:, V_NEED]
        self.seats: Ints = np.bincount(tables.row[:, R_VISIT], tables.row[:, R_COUNT], tables.visits).astype(np.int64)
        self._join()

    def _join(self) -> None:
        """One column per unit (a start, or a day where the start does not matter), role and person."""
        tables = self.tables
        cell = np.repeat(np.arange(len(tables.crew_ptr) - 1), np.diff(tables.crew_ptr))
        option_of_cell = np.repeat(np.arange(len(tables.option)), np.diff(tables.cell_ptr))
        able = np.flatnonzero(tables.may_serve & (tables.option[option_of_cell, O_ALLOWED] > 0)[cell])
        option, person = option_of_cell[cell[able]], tables.crew[able].astype(np.int64)
        role = cell[able] - tables.cell_ptr[option]
        _, first = np.unique(self._key(option, role, person), return_index=True)
        self.candidate, self.role, self.person = able[first], role[first], person[first]
        self.unit = self._unit(option[first], self.person)
        self.visit = tables.option[self.unit, O_VISIT]
        self.wish: Ints = tables.visit[self.visit, V_WISH]

    def _unit(self, option: Ints, person: Ints) -> Ints:
        """Whoever may serve twice a day is in one place at a time; for anybody else a day is as good as its starts."""
        tables = self.tables
        several = self.several[person] & (tables.option[option, O_START] >= 0)
        kept: Mask = (self.seats[tables.option[option, O_VISIT]] > 1) | several
        return np.where(kept, option, self._first_of_day[option])

    @cached_property
    def _first_of_day(self) -> Ints:
        option = self.tables.option
        return _firsts(option[:, O_VISIT] * len(self.tables.day_week) + option[:, O_DAY])

    def _key(self, option: Ints, role: Ints, person: Ints) -> Ints:
        roles = int(np.diff(self.tables.row_ptr).max(initial=1))
        return (self._unit(option, person) * roles + role) * self.tables.volunteers + person

    @cached_property
    def size(self) -> Ints:
        """Columns of each wish."""
        return np.bincount(self.wish, minlength=len(self.tables.wish))

    def programme(self, wishes: Mask) -> NeedsProgramme:
        """The needs of some wishes with everybody free for them."""
        return _Rules(self, np.flatnonzero(wishes[self.wish])).programme(wishes)


class _Rules:
    """The rows of one programme, rule by rule. ``h``: whether a unit takes place, where somebody asks."""

    def __init__(self, arrays: NeedsArrays, own: Ints) -> None:
        self.arrays, self.tables, self.own = arrays, arrays.tables, own
        self.unit, self.role, self.person = arrays.unit[own], arrays.role[own], arrays.person[own]
        self.visit, self.wish = arrays.visit[own], arrays.wish[own]
        self.blocks = Blocks(len(own))
        self.column = np.arange(len(own))
        self.many: Mask = arrays.seats[self.visit] > 1
        asks = self.many | self._is_spaced(self.wish) | self._is_rotating(self.wish)
        self.units = np.unique(self.unit[asks])
        self.happens = np.full(len(self.tables.option), -1)
        self.happens[self.units] = self.blocks.columns(len(self.units))
        self.visit_of_unit: Ints = self.tables.option[self.units, O_VISIT]

    def programme(self, wishes: Mask) -> NeedsProgramme:
        for rule in _RULES:
            rule(self)
        arrays = self.arrays
        cost = np.zeros(self.blocks.width)
        cost[self.column] = -arrays.need[self.visit]
        own = wishes[self.tables.visit[:, V_WISH]]
        beyond = int((arrays.need * arrays.seats)[own].sum())
        return NeedsProgramme(self.blocks.programme(cost), beyond, arrays.candidate[self.own], self.wish, self.visit)

    def _is_hard(self, price: int) -> bool:
        return int(self.tables.price[price]) == HARD

    def _is_spaced(self, wish: Ints) -> Mask:
        spaced: Mask = (self.tables.wish[wish, W_SPACED] > 0) & self._is_hard(C_SPACING)
        return spaced

    def _is_rotating(self, wish: Ints) -> Mask:
        rotating: Mask = (self.tables.wish[wish, W_POLICY] == ROTATE) & self._is_hard(C_TURN)
        return rotating

    def _wishes(self, which: Callable[[Ints], Mask]) -> list[int]:
        wishes = np.unique(self.wish)
        return [int(wish) for wish in wishes[which(wishes)]]

    # ------------------------------------------------------------------------------------ visits

    def takes_place_once(self) -> None:
        """A visit at one unit at most; a visit of one seat has one person at most."""
        self.blocks.at_most(self.visit_of_unit, self.happens[self.units], 1)
        alone = ~self.many
        self.blocks.at_most(self.visit[alone], self.column[alone], 1)

    def is_crewed_together(self) -> None:
        """As many people in each role as the visit asks for, if it takes place; all of them unless it may be partial."""
        tables = self.tables
        roles = np.diff(tables.row_ptr)[self.visit_of_unit]
        unit = np.repeat(self.units, roles)
        visit = np.repeat(self.visit_of_unit, roles)
        role = np.arange(len(unit)) - np.repeat(np.cumsum(roles) - roles, roles)
        count = tables.row[tables.row_ptr[visit] + role, R_COUNT].astype(np.float64)
        whole = (tables.visit[visit, V_WHOLE] > 0) | (self.arrays.seats[visit] == 1)
        width = int(np.diff(tables.row_ptr).max(initial=1))
        seated = self.happens[self.unit] >= 0
        row = np.searchsorted(unit * width + role, self.unit[seated] * width + self.role[seated])
        self.blocks.add(
            np.concatenate([row, np.arange(len(unit))]), np.concatenate([self.column[seated], self.happens[unit]]),
            np.concatenate([np.ones(len(row)), -count]), np.where(whole, 0.0, -np.inf), np.zeros(len(unit)),
        )
        self._serves_what_happens()

    def _serves_what_happens(self) -> None:
        """Nobody has more of a unit than takes place of it, nor two of its roles."""
        many = np.flatnonzero(self.many)
        self._below(self.unit[many] * self.tables.volunteers + self.person[many], many,
                    lambda key: self.happens[key // self.tables.volunteers])

    def _below(self, key: Ints, columns: Ints, most: Callable[[Ints], Ints]) -> None:
        """Columns of one key together come to no more than a column given for the key."""
        keys, row = np.unique(key, return_inverse=True)
        self.blocks.add(
            np.concatenate([row, np.arange(len(keys))]), np.concatenate([columns, most(keys)]),
            np.concatenate([np.ones(len(row)), -np.ones(len(keys))]),
            np.full(len(keys), -np.inf), np.zeros(len(keys)),
        )

    def comes_from_one_team(self) -> None:
        """Where one team takes a visit, nobody of another serves."""
        tables = self.tables
        asks = np.flatnonzero(self.many & (tables.visit[self.visit, V_ONE_TEAM] > 0))
        teams = int(tables.person[:, P_TEAM].max(initial=-1)) + 2
        team = tables.person[self.person[asks], P_TEAM] + 1
        self.blocks.at_most(np.zeros(int((team == 0).sum()), np.int64), self.column[asks[team == 0]], 0)
        pairs, of = np.unique(self.visit[asks] * teams + team, return_inverse=True)
        chosen = self.blocks.columns(len(pairs))
        self.blocks.at_most(pairs // teams, chosen, 1)
        width = int(np.diff(tables.row_ptr).max(initial=1))
        keys, row = np.unique(of * width + self.role[asks], return_inverse=True)
        count = tables.row[tables.row_ptr[pairs[keys // width] // teams] + keys % width, R_COUNT]
        self.blocks.add(
            np.concatenate([row, np.arange(len(keys))]), np.concatenate([self.column[asks], chosen[keys // width]]),
            np.concatenate([np.ones(len(row)), -count]), np.full(len(keys), -np.inf), np.zeros(len(keys)),
        )

    def newcomers_go_with_experience(self) -> None:
        """From the second newcomer of a crew on somebody experienced is along."""
        tables = self.tables
        if not self._is_hard(C_NEWCOMERS) or not tables.price[C_ANYBODY_EXPERIENCED]:
            return
        many = np.flatnonzero(self.many)
        seasoned = tables.person[self.person[many], P_EXPERIENCED] > 0
        visits, row = np.unique(self.visit[many], return_inverse=True)
        seats = self.arrays.seats[visits]
        self.blocks.add(
            row, many, np.where(seasoned, 1.0 - seats[row], 1.0), np.full(len(visits), -np.inf), np.ones(len(visits))
        )

    def stays_paired(self) -> None:
        """A visit whose resident is paired takes place only with a paired person."""
        tables = self.tables
        visits = np.unique(self.visit)
        for visit in visits[tables.visit[visits, V_PAIR_MUST] > 0]:
            wish = tables.visit[visit, V_WISH]
            paired = tables.pair[tables.pair_ptr[wish]:tables.pair_ptr[wish + 1]]
            own = np.flatnonzero(self.visit == visit)
            theirs = np.isin(self.person[own], paired)
            if not self.many[own[0]]:
                self.blocks.at_most(np.zeros(int((~theirs).sum()), np.int64), own[~theirs], 0)
                continue
            units = self.units[self.visit_of_unit == visit]
            columns = np.concatenate([own[theirs], self.happens[units]])
            entries = np.concatenate([np.ones(int(theirs.sum())), -np.ones(len(units))])
            self.blocks.add(np.zeros(len(columns), np.int64), columns, entries, np.zeros(1), np.full(1, np.inf))

    def keeps_fixed_seats(self) -> None:
        """Pins and what people were told."""
        tables = self.tables
        for visit in np.unique(self.visit[np.diff(tables.fixed_ptr)[self.visit] > 0]):
            own = np.flatnonzero(self.visit == visit)
            for role, person, standby in tables.fixed[tables.fixed_ptr[visit]:tables.fixed_ptr[visit + 1]].tolist():
                theirs = own[(self.person[own] == person) & ((role < 0) | (self.role[own] == role))]
                if not standby and len(theirs):
                    self.blocks.add(np.zeros(len(theirs), np.int64), theirs, 1.0, np.ones(1), np.full(1, np.inf))

    # ------------------------------------------------------------------------------------ people

    def keeps_own_limits(self) -> None:
        """Visits and minutes a day, week and month, less what is taken elsewhere."""
        tables = self.tables
        timed = np.flatnonzero(tables.visit[self.visit, V_GOODS] == 0)
        day = tables.option[self.unit, O_DAY]
        minutes = tables.visit[self.visit, V_MINUTES].astype(np.float64)
        for own, period, most, most_minutes, taken, spent in (
            (timed, day, P_DAY, P_DAY_MINUTES, tables.taken_day, tables.minutes_day),
            (self.column, tables.day_week[day], P_WEEK, P_WEEK_MINUTES, tables.taken_week, tables.minutes_week),
            (self.column, tables.day_month[day], P_MONTH, P_MONTH_MINUTES, tables.taken_month, tables.minutes_month),
        ):
            many = taken.shape[1]
            key = self.person[own] * many + period[own]
            left = tables.person[:, most][:, None] - taken
            self.blocks.at_most(key, own, np.maximum(left, 0).reshape(-1), group=self.visit[own])
            limited = tables.person[self.person[own], most_minutes] < FAR
            if limited.any():
                left = np.maximum(tables.person[:, most_minutes][:, None] - spent, 0).reshape(-1)
                self.blocks.at_most(key[limited], own[limited], left, minutes[own[limited]])

    def is_in_one_place_at_a_time(self) -> None:
        """Of what overlaps, whoever may serve several times a day takes one; the way between is left out."""
        tables = self.tables
        start, end = tables.option[self.unit, O_START], tables.option[self.unit, O_END]
        own = np.flatnonzero(self.arrays.several[self.person] & (start >= 0))
        own = own[end[own] > start[own]]
        key = self.person[own] << 32
        moments = np.unique(key + start[own])
        low, high = np.searchsorted(moments, key + start[own]), np.searchsorted(moments, key + end[own])
        size = high - low
        moment = np.repeat(low - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))
        columns = np.repeat(own, size)
        self.blocks.at_most(moment, columns, 1, group=self.visit[columns])

    def leaves_time_for_the_way(self) -> None:
        """Whoever may serve several times a day gets from one visit to the next, and clear of duties elsewhere."""
        if not self.arrays.ways:
            return
        tables, problem = self.tables, self.tables.problem
        start, day = tables.option[self.unit, O_START], tables.option[self.unit, O_DAY]
        several = np.flatnonzero(self.arrays.several[self.person] & (start >= 0))
        groups: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for column in several.tolist():
            groups[int(self.person[column]), int(day[column])][int(self.visit[column])].append(column)
        rows = [
            [column, *close]
            for (person, _), visits in groups.items() for own, others in combinations(visits.values(), 2)
            for column in own
            if (close := [
                other for other in others if problem.too_close(person, *self._seat(column), *self._seat(other))
            ])
        ]
        number = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self.blocks.at_most(number, np.array([column for row in rows for column in row], dtype=np.int64), 1)
        self._keep_clear_of_outside(np.flatnonzero(start >= 0))

    def _seat(self, column: int) -> tuple[int, int]:
        return int(self.unit[column]), int(self.role[column])

    def _keep_clear_of_outside(self, timed: Ints) -> None:
        outside: dict[int, list[Outside]] = defaultdict(list)
        for duty in self.tables.problem.expanded.outside:
            outside[duty.volunteer].append(duty)
        concerned = timed[np.isin(self.person[timed], np.array(sorted(outside), dtype=np.int64))]
        never = [
            column for column in concerned.tolist()
            if any(self._meets(column, duty) for duty in outside[int(self.person[column])])
        ]
        self.blocks.at_most(np.zeros(len(never), np.int64), np.array(never, dtype=np.int64), 0)

    def _meets(self, column: int, duty: Outside) -> bool:
        """Whether a seat collides with a duty elsewhere, the way between counted."""
        problem, person = self.tables.problem, int(self.person[column])
        option, visit = problem.options[self.unit[column]], problem.visits[self.visit[column]]
        if option.start is None or option.end is None or duty.start is None or duty.end is None:
            return False
        if abs((duty.day - option.day).days) > 1:
            return False
        atlas, own = problem.expanded.atlas, problem.scenario.volunteers[person].travel_mode
        mode = problem.expanded.mode(person, problem.role(int(self.unit[column]), int(self.role[column])))
        before = option.end + atlas.minutes(visit.end_place, duty.place, duty.mode or own) <= duty.start
        after = duty.end + atlas.minutes(duty.end_place, visit.place, mode) <= option.start
        return not before and not after

    # ------------------------------------------------------------------------------------ wishes

    def keeps_the_spacing(self) -> None:
        """Neighbours among the served lie at least, and at most, so many days apart."""
        for wish in self._wishes(self._is_spaced):
            least, most = self.tables.wish[wish, (W_MIN_GAP, W_MAX_GAP)].tolist()
            units = [self._units_of(visit) for visit in self._visits_of(wish)]
            for number, (day, happens) in enumerate(units):
                self._after_the_last(wish, number, day, units)
                for later in range(number + 1, len(units)):
                    other, then = units[later]
                    rows = [(happens[day >= at], then[other < at + least]) for at in np.unique(day)]
                    if later == number + 1 and most >= 0:
                        rows += [(happens[day <= at], then[other > at + most]) for at in np.unique(day)]
                    for first, second in rows:
                        if len(second):
                            columns = np.concatenate([first, second])
                            self.blocks.at_most(np.zeros(len(columns), np.int64), columns, 1)

    def _after_the_last(self, wish: int, number: int, day: Ints, units: list[tuple[Ints, Ints]]) -> None:
        """Too near to the last done visit, or too far from it, only if another was served before."""
        tables = self.tables
        last = int(tables.wish[wish, W_LAST_DONE])
        if last == -FAR:
            return
        gap = day - last
        wrong = gap < tables.wish[wish, W_MIN_GAP]
        if number == 0 and tables.wish[wish, W_HISTORY_BINDS] and tables.wish[wish, W_MAX_GAP] >= 0:
            wrong |= gap > tables.wish[wish, W_MAX_GAP]
        earlier = np.concatenate([np.zeros(0, np.int64), *(happens for _, happens in units[:number])])
        columns = np.concatenate([units[number][1][wrong], earlier])
        entries = np.concatenate([np.ones(int(wrong.sum())), -np.ones(len(earlier))])
        if wrong.any():
            self.blocks.add(np.zeros(len(columns), np.int64), columns, entries, np.full(1, -np.inf), np.zeros(1))

    def _visits_of(self, wish: int) -> list[int]:
        tables = self.tables
        return [int(visit) for visit in tables.wish_visit[tables.wish_ptr[wish]:tables.wish_ptr[wish + 1]]]

    def _units_of(self, visit: int) -> tuple[Ints, Ints]:
        """(day, happens) of a visit's units."""
        tables = self.tables
        options = np.arange(tables.option_ptr[visit], tables.option_ptr[visit + 1])
        options = options[self.happens[options] >= 0]
        return tables.option[options, O_DAY], self.happens[options]

    def keeps_the_turn(self) -> None:
        """Nobody twice running: whoever had the last served turn has not the next; nor more turns than allowed."""
        tables, problem = self.tables, self.tables.problem
        names = list(problem.visits_of_wish)
        chosen = self._is_rotating(self.wish)
        for wish in self._wishes(self._is_rotating):
            own = np.flatnonzero(chosen & (self.wish == wish))
            visits = self._visits_of(wish)
            own = own[~self._steps_in(own)]
            rows, row = np.unique(self.person[own], return_inverse=True)
            before = np.isin(rows, sorted(last_crew(problem.expanded, problem.scenario.wish[names[wish]])))
            self._not_twice_running(own, row, before, visits)
            if tables.wish[wish, W_MAX_TURNS] >= 0:
                self._within_turns(wish, own)

    def _within_turns(self, wish: int, own: Ints) -> None:
        """No more turns than ``max_turns`` in any ``turns_days``."""
        tables = self.tables
        past = tables.past[tables.past_ptr[wish]:tables.past_ptr[wish + 1]]
        past = past[(past[:, 1] >= 0) & (past[:, 2] == 0)]
        day = tables.option[self.unit[own], O_DAY]
        for first, end in self._stretches(wish, day, past[:, 0]):
            inside = own[(day >= first) & (day < end)]
            done = past[(past[:, 0] >= first) & (past[:, 0] < end), 1]
            left = np.maximum(0, tables.wish[wish, W_MAX_TURNS] - np.bincount(done, minlength=tables.volunteers))
            self.blocks.at_most(self.person[inside], inside, left)

    def _stretches(self, wish: int, day: Ints, past: Ints) -> list[tuple[int, int]]:
        """(first day, end) of every ``turns_days`` with one of the days in it that no other one contains."""
        span = int(self.tables.wish[wish, W_TURNS_DAYS])
        anchors = np.union1d(day, past)
        last = anchors[np.searchsorted(anchors, anchors + span) - 1]
        longer = np.flatnonzero(np.diff(last, prepend=last[:1] - 1) > 0)
        return [
            (int(first), int(first) + span) for first in anchors[longer]
            if ((day >= first) & (day < first + span)).any()
        ]

    def _steps_in(self, columns: Ints) -> Mask:
        """Seats of people who were told to stand by for the visit: to step in takes no turn."""
        problem = self.tables.problem
        told = problem.expanded.standing_by
        people = self.tables.volunteers
        keys = np.array(sorted(
            number * people + person
            for number, visit in enumerate(problem.visits) for person in told.get(visit.id, ())
        ), dtype=np.int64)
        return np.isin(self.visit[columns] * people + self.person[columns], keys)

    def _not_twice_running(self, own: Ints, row: Ints, before: Mask, visits: list[int]) -> None:
        """A column per person and visit says who had the last turn up to it."""
        latest = np.full(len(before), -1)
        for number, visit in enumerate(visits):
            _, happens = self._units_of(visit)
            here = self.visit[own] == visit
            self._turn_after(own[here], row[here], latest, before if number == 0 else None)
            if number + 1 == len(visits):
                return
            now = self.blocks.columns(len(before))
            every = np.arange(len(before))
            # Who serves has the last turn …
            self.blocks.add(
                np.concatenate([row[here], every]), np.concatenate([own[here], now]),
                np.concatenate([np.ones(int(here.sum())), -np.ones(len(every))]),
                np.full(len(every), -np.inf), np.zeros(len(every)),
            )
            # … and who had it keeps it while nobody else serves.
            kept = every if number else np.flatnonzero(before)
            entries = [np.full(len(kept), -1.0), np.full(len(kept) * len(happens), -1.0)]
            columns = [now[kept], np.tile(happens, len(kept))]
            rows = [np.arange(len(kept)), np.repeat(np.arange(len(kept)), len(happens))]
            if number:
                entries.append(np.ones(len(kept)))
                columns.append(latest[kept])
                rows.append(np.arange(len(kept)))
            most = np.zeros(len(kept)) if number else np.full(len(kept), -1.0)
            self.blocks.add(
                np.concatenate(rows), np.concatenate(columns), np.concatenate(entries), np.full(len(kept), -np.inf), most
            )
            latest = now

    def _turn_after(self, seats: Ints, row: Ints, latest: Ints, before: Mask | None) -> None:
        """Nobody serves who had the turn before."""
        if before is not None:
            theirs = before[row]
            self.blocks.at_most(np.zeros(int(theirs.sum()), np.int64), seats[theirs], 0)
            return
        rows, of = np.unique(row, return_inverse=True)
        self.blocks.add(
            np.concatenate([of, np.arange(len(rows))]), np.concatenate([seats, latest[rows]]), 1.0,
            np.full(len(rows), -np.inf), np.ones(len(rows)),
        )

    def keeps_faces_few(self) -> None:
        """No more different people in any ``turns_days`` than ``max_helpers``, those there were before counted."""
        tables = self.tables
        if not self._is_hard(C_FEW_FACES):
            return
        for wish in self._wishes(lambda wishes: tables.wish[wishes, W_MAX_HELPERS] >= 0):
            own = np.flatnonzero(self.wish == wish)
            past = tables.past[tables.past_ptr[wish]:tables.past_ptr[wish + 1]]
            day = tables.option[self.unit[own], O_DAY]
            for first, end in self._stretches(wish, day, past[:, 0]):
                known = np.unique(past[(past[:, 0] >= first) & (past[:, 0] < end), 1])
                self._few_new(wish, own[(day >= first) & (day < end)], known)

    def _few_new(self, wish: int, own: Ints, known: Ints) -> None:
        """Besides the known faces few others; nobody at all where the known are too many already."""
        tables = self.tables
        left = int(tables.wish[wish, W_MAX_HELPERS]) - len(known)
        if left < 0:
            self.blocks.at_most(np.zeros(len(own), np.int64), own, 0)
            return
        new = own[~np.isin(self.person[own], known)]
        people, of = np.unique(self.person[new], return_inverse=True)
        if len(people) <= left:
            return
        face = self.blocks.columns(len(people))
        self._below(of * tables.visits + self.visit[new], new, lambda key: face[key // tables.visits])
        self.blocks.at_most(np.zeros(len(face), np.int64), face, left)


_RULES: tuple[Callable[[_Rules], None], ...] = (
    _Rules.takes_place_once,
    _Rules.is_crewed_together,
    _Rules.comes_from_one_team,
    _Rules.newcomers_go_with_experience,
    _Rules.stays_paired,
    _Rules.keeps_fixed_seats,
    _Rules.keeps_own_limits,
    _Rules.is_in_one_place_at_a_time,
    _Rules.leaves_time_for_the_way,
    _Rules.keeps_the_spacing,
    _Rules.keeps_the_turn,
    _Rules.keeps_faces_few,
)
"""The table of contents."""


def _firsts(keys: Ints) -> Ints:
    """For each entry the first with the same key."""
    _, first, of = np.unique(keys, return_index=True, return_inverse=True)
    found: Ints = first[of]
    return found
