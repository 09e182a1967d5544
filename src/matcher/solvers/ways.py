"""Ways: who could serve which seat on which day, as arcs source → month → week → day → visit → seat, all in arrays.

Candidates that differ only in their start are one way. A way of its own node is needed only where somebody could
serve a visit on several days or in several roles, so that the visit still takes one unit of them at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.wishes import Wish
from matcher.problem.problem import Problem
from matcher.solvers.load import PERIODS, Elsewhere

Ints = NDArray[np.int64]
COST_BITS = 17
"""Costs of a way are cut at 2^17 points, so that a key and its cost fit into one number."""


class Periods:
    """The days of a problem's options by number, and the week (split between months) and month of each."""

    def __init__(self, problem: Problem) -> None:
        ordinals = np.array([option.day.toordinal() for option in problem.options], dtype=np.int64)
        self.first = int(ordinals.min()) if len(ordinals) else 1
        self.of_option: Ints = ordinals - self.first
        count = int(self.of_option.max()) + 1 if len(ordinals) else 0
        self.days = [date.fromordinal(self.first + number) for number in range(count)]
        self.week, self.weeks = _numbered([(PERIODS["month"](day), PERIODS["week"](day)) for day in self.days])
        self.month, self.months = _numbered([PERIODS["month"](day) for day in self.days])
        self.month_of_week: Ints = np.zeros(len(self.weeks), dtype=np.int64)
        self.month_of_week[self.week] = self.month


def _numbered(names: list[tuple[object, ...]]) -> tuple[Ints, list[tuple[object, ...]]]:
    """Each name's number, and the names in order of their first appearance."""
    order = list(dict.fromkeys(names))
    number = {name: at for at, name in enumerate(order)}
    return np.array([number[name] for name in names], dtype=np.int64), order


@dataclass(frozen=True)
class Use:
    """How many units go by each (volunteer, visit, day) and by each (volunteer, visit, role) of some ways."""

    on_day: Ints
    in_role: Ints


class Ways:
    """The ways of some candidates: keys of what they pass, node numbers, arcs and capacities.

    A pair is (visit, volunteer). Keys count in one number: ``on_day`` pair · days + day, ``in_role`` pair · roles +
    role. ``cost`` is the least price among the candidates of each ``in_role``.
    """

    def __init__(self, frame: Frame, on_day: Ints, in_role: Ints, cost: Ints) -> None:
        self.frame, self.on_day, self.in_role, self.cost = frame, on_day, in_role, cost
        self._name_pairs()
        self._name_nodes()

    def _name_pairs(self) -> None:
        frame = self.frame
        pair = self.on_day // frame.days
        new = np.concatenate([np.ones(min(1, len(pair)), bool), pair[1:] != pair[:-1]])
        self.pair = pair[new]
        self.day_pair: Ints = np.cumsum(new) - 1
        pair = self.in_role // frame.roles  # the same pairs, in the same order
        self.role_pair: Ints = np.cumsum(np.concatenate([np.ones(min(1, len(pair)), bool), pair[1:] != pair[:-1]])) - 1
        self.visit, self.volunteer = np.divmod(self.pair, frame.people)
        self.day = self.on_day % frame.days
        self.row = frame.row_first[self.visit[self.role_pair]] + self.in_role % frame.roles
        """The seat row (visit, role) each ``in_role`` leads to."""

    def _name_nodes(self) -> None:
        """Number the nodes: seats, then pairs' own, turns, days, weeks, months, and the source last."""
        frame, pairs = self.frame, len(self.pair)
        self.turn = frame.turns[self.visit] >= 0
        many_days = np.bincount(self.day_pair, minlength=pairs) > 1
        many_roles = np.bincount(self.role_pair, minlength=pairs) > 1
        self.has_in, self.has_on = many_days & ~self.turn, many_roles
        self.direct = ~self.turn & ~many_days & ~many_roles
        wish = self.volunteer * frame.wishes + frame.wish_of_visit[self.visit]
        self.turn_wish = np.unique(wish[self.turn])
        self.pair_turn = np.searchsorted(self.turn_wish, wish)
        goods = frame.goods[self.visit[self.day_pair]]
        person = self.volunteer[self.day_pair]
        week = person * len(frame.periods.weeks) + frame.periods.week[self.day]
        self.days_used, self.day_node = _ranks(person * frame.days + self.day, ~goods)
        self.weeks_used, self.week_node = _ranks(week)
        month = self.weeks_used // max(1, len(frame.periods.weeks)) * len(frame.periods.months) + (
            frame.periods.month_of_week[self.weeks_used % max(1, len(frame.periods.weeks))]
        )
        self.months_used, self.month_of_week = _ranks(month)
        self.goods = goods
        at = frame.rows
        self.ins, at = at + np.cumsum(self.has_in) - 1, at + int(self.has_in.sum())
        self.ons, at = at + np.cumsum(self.has_on) - 1, at + int(self.has_on.sum())
        self.turn_in, at = at + self.pair_turn, at + len(self.turn_wish)
        self.turn_out, at = at + self.pair_turn, at + len(self.turn_wish)
        self.first_day, at = at, at + len(self.days_used)
        self.first_week, at = at, at + len(self.weeks_used)
        self.first_month, at = at, at + len(self.months_used)
        self.source = at

    @cached_property
    def blocks(self) -> tuple[tuple[Ints, Ints, Ints], ...]:
        """(tail, head, capacity) of: days to visits, visits to roles, visits' own, turns, days, weeks, months."""
        frame = self.frame
        one = np.ones(len(self.on_day), dtype=np.int64)
        row_of_pair = np.zeros(len(self.pair), dtype=np.int64)
        row_of_pair[self.role_pair] = self.row
        into = np.where(self.turn, self.turn_in, np.where(
            self.has_in, self.ins, np.where(self.has_on, self.ons, row_of_pair)
        ))
        out_of = np.where(self.turn, self.turn_out, self.ins)
        split = ~self.direct[self.role_pair]
        own = self.role_pair[split]
        both = self.has_on & (self.has_in | self.turn)
        turn_node = self.first_day - len(self.turn_wish) + np.arange(len(self.turn_wish))
        turns = np.zeros(len(self.turn_wish), dtype=np.int64)
        turns[self.pair_turn[self.turn]] = frame.turns[self.visit[self.turn]]
        person, day = np.divmod(self.days_used, frame.days)
        weeks, months = max(1, len(frame.periods.weeks)), max(1, len(frame.periods.months))
        week_of_day = np.searchsorted(self.weeks_used, person * weeks + frame.periods.week[day])
        return (
            (
                np.where(self.goods, self.first_week + self.week_node, self.first_day + self.day_node),
                into[self.day_pair], one,
            ),
            (np.where(self.has_on, self.ons, out_of)[own], self.row[split], np.ones(len(own), dtype=np.int64)),
            (out_of[both], self.ons[both], np.ones(int(both.sum()), dtype=np.int64)),
            (turn_node - len(self.turn_wish), turn_node, turns),
            (
                self.first_week + week_of_day, self.first_day + np.arange(len(self.days_used)),
                frame.most_a_day[self.days_used],
            ),
            (
                self.first_month + self.month_of_week, self.first_week + np.arange(len(self.weeks_used)),
                frame.left("week", *np.divmod(self.weeks_used, weeks)),
            ),
            (
                np.full(len(self.months_used), self.source, dtype=np.int64),
                self.first_month + np.arange(len(self.months_used)),
                frame.left("month", *np.divmod(self.months_used, months)),
            ),
        )

    # ------------------------------------------------------------------------------------------ flows

    def flow(self, use: Use) -> Ints:
        """The flow on all arcs, block after block, that belongs to a use of the ways."""
        by_pair = np.bincount(self.role_pair, use.in_role, len(self.pair)).astype(np.int64)
        both = self.has_on & (self.has_in | self.turn)
        timed = ~self.goods
        days = np.bincount(self.day_node[timed], use.on_day[timed], len(self.days_used))
        weeks = np.bincount(self.week_node, use.on_day, len(self.weeks_used))
        parts = (
            use.on_day, use.in_role[~self.direct[self.role_pair]], by_pair[both],
            np.bincount(self.pair_turn[self.turn], by_pair[self.turn], len(self.turn_wish)), days, weeks,
            np.bincount(self.month_of_week, weeks, len(self.months_used)),
        )
        return np.concatenate([part.astype(np.int64) for part in parts])

    def use(self, flow: Ints) -> Use:
        """The use of the ways that belongs to a flow on all arcs."""
        on_day = flow[:len(self.on_day)]
        by_pair = np.bincount(self.day_pair, on_day, len(self.pair)).astype(np.int64)
        in_role = by_pair[self.role_pair]
        split = ~self.direct[self.role_pair]
        in_role[split] = flow[len(on_day):len(on_day) + int(split.sum())]
        return Use(on_day, in_role)

    def part(self, roles: NDArray[np.bool_], days: NDArray[np.bool_]) -> Ways:
        """Only these ways, of pairs that keep both a role and a day."""
        kept = np.zeros(len(self.pair), dtype=bool)
        kept[self.role_pair[roles]] = True
        dated = np.zeros(len(self.pair), dtype=bool)
        dated[self.day_pair[days]] = True
        kept &= dated
        roles, days = roles & kept[self.role_pair], days & kept[self.day_pair]
        return Ways(self.frame, self.on_day[days], self.in_role[roles], self.cost[roles])

    def whole(self, part: Ways, use: Use) -> Use:
        """The use of a part of these ways as a use of all of them."""
        on_day, in_role = np.zeros(len(self.on_day), dtype=np.int64), np.zeros(len(self.in_role), dtype=np.int64)
        on_day[np.searchsorted(self.on_day, part.on_day)] = use.on_day
        in_role[np.searchsorted(self.in_role, part.in_role)] = use.in_role
        return Use(on_day, in_role)


class Frame:
    """What all ways of a problem share: its periods, seat rows, limits with what is left of them, turns."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.periods = Periods(problem)
        self.visits, self.days = max(1, len(problem.visits)), max(1, len(self.periods.days))
        self.people = max(1, len(problem.scenario.volunteers))
        sizes = np.array([len(visit.wish.roles) for visit in problem.visits], dtype=np.int64)
        self.roles = int(sizes.max()) if len(sizes) else 1
        self.rows = int(sizes.sum())
        self.row_first: Ints = np.cumsum(sizes) - sizes
        self.row_visit: Ints = np.repeat(np.arange(len(sizes)), sizes)
        self.goods = np.array([visit.is_goods for visit in problem.visits], dtype=bool)
        number = {name: at for at, name in enumerate(problem.visits_of_wish)}
        self.wishes = max(1, len(number))
        self.wish_of_visit = np.array([number[visit.wish.id] for visit in problem.visits], dtype=np.int64)
        turns = {wish: _turns_left(problem, problem.scenario.wish[wish]) for wish in number}
        self.turns = np.array([turns[visit.wish.id] for visit in problem.visits], dtype=np.int64)
        self.visit_of_option = np.array([option.visit for option in problem.options], dtype=np.int64)
        self.start = np.array([option.start or 0 for option in problem.options], dtype=np.int64)
        self.end = np.array([option.end or 0 for option in problem.options], dtype=np.int64)
        self.limits = {unit: _most(problem, unit, self.visits) for unit in PERIODS}
        self._sizes = {
            "day": self.days, "week": max(1, len(self.periods.weeks)), "month": max(1, len(self.periods.months)),
        }
        self._taken = self._taken_elsewhere(Elsewhere(problem))

    def _taken_elsewhere(self, elsewhere: Elsewhere) -> dict[str, dict[int, int]]:
        """Visits done or promised outside the plan, by the key of volunteer and period."""
        periods = self.periods
        names: dict[str, dict[Any, tuple[int, ...]]] = {
            "day": {day: (number,) for number, day in enumerate(periods.days)},
            "week": {},
            "month": {month: (number,) for number, month in enumerate(periods.months)},
        }
        for number, (_, week) in enumerate(periods.weeks):
            names["week"][week] = (*names["week"].get(week, ()), number)
        taken: dict[str, dict[int, int]] = {unit: {} for unit in names}
        for (volunteer, unit, name), visits, _ in elsewhere.loads():
            for number in names[unit].get(name, ()):
                taken[unit][volunteer * self._sizes[unit] + number] = visits
        return taken

    def left(self, unit: str, volunteer: Ints, number: Ints) -> Ints:
        """What is left of the volunteers' visits in periods of that unit."""
        taken = self._taken[unit]
        keys = np.array(sorted(taken), dtype=np.int64)
        own = volunteer * self._sizes[unit] + number
        less = np.zeros(len(own), dtype=np.int64)
        if len(keys):
            at = np.minimum(np.searchsorted(keys, own), len(keys) - 1)
            less = np.where(keys[at] == own, np.array([taken[key] for key in keys.tolist()])[at], 0)
        most = self.limits[unit][volunteer]
        # Who has no limit is not kept by what they did elsewhere either.
        left: Ints = np.where(most >= self.visits, most, np.maximum(0, most - less))
        return left

    @cached_property
    def most_a_day(self) -> Ints:
        """Per volunteer · days + day what is left of the day's visits; no more than fit if travel took no time."""
        day = np.tile(np.arange(self.days), len(self.limits["day"]))
        most = self.left("day", np.repeat(np.arange(len(self.limits["day"])), self.days), day)
        if not (most > 1).any():
            return most
        crew = self.problem.crew
        key = crew.volunteer.astype(np.int64) * self.days + self.periods.of_option[crew.option]
        chosen = np.flatnonzero((most[key] > 1) & ~self.goods[self.visit_of_option[crew.option]])
        option = crew.option[chosen]
        dawn = np.full(self.days, 1 << 40)
        timed = ~self.goods[self.visit_of_option]
        np.minimum.at(dawn, self.periods.of_option[timed], self.start[timed])
        end = np.minimum((self.end - dawn[self.periods.of_option])[option], (1 << 17) - 1)
        length = np.minimum((self.end - self.start)[option], (1 << 16) - 1)
        spans = unique(((key[chosen] << 17 | end) << 16) | length)
        end = (spans >> 16) & ((1 << 17) - 1)
        could = _disjoint(spans >> 33, end - (spans & ((1 << 16) - 1)), end, most)
        return np.where(most > 1, np.minimum(most, could), most)

    def all_ways(self, cost: Ints) -> Ways:
        """The ways of all candidates; ``cost`` per candidate."""
        crew = self.problem.crew
        visit = self.visit_of_option[crew.option]
        # Candidates come visit by visit, so that keys which begin with the visit are nearly in order.
        pair = visit * self.people + crew.volunteer
        on_day = unique(pair * self.days + self.periods.of_option[crew.option])
        keyed = ((pair * self.roles + crew.role) << COST_BITS) | np.clip(cost, 0, (1 << COST_BITS) - 1)
        keyed.sort(kind="stable")
        in_role = keyed >> COST_BITS
        least = np.concatenate([np.ones(min(1, len(in_role)), bool), in_role[1:] != in_role[:-1]])
        return Ways(self, on_day, in_role[least], keyed[least] & ((1 << COST_BITS) - 1))


def unique(keys: Ints) -> Ints:
    """The different keys in order; many come in runs already."""
    keys = np.sort(keys, kind="stable")
    kept: Ints = keys[np.concatenate([np.ones(min(1, len(keys)), bool), keys[1:] != keys[:-1]])]
    return kept


def _ranks(keys: Ints, among: NDArray[np.bool_] | None = None) -> tuple[Ints, Ints]:
    """The different keys (of those among) in order, and each one's place in them; keys are small numbers."""
    is_used = np.zeros(int(keys.max(initial=0)) + 1, dtype=bool)
    is_used[keys if among is None else keys[among]] = True
    used = np.flatnonzero(is_used)
    return used, (np.cumsum(is_used) - 1)[keys]


def _most(problem: Problem, unit: str, far: int) -> Ints:
    limits = (getattr(own, f"visits_per_{unit}") for own in problem.expanded.limits)
    return np.array([far if most is None else min(most, far) for most in limits], dtype=np.int64)


def _turns_left(problem: Problem, wish: Wish) -> int:
    """Turns anybody has at a rotating wish if all its visits lie within one ``turns_days``, else −1."""
    staffing, window = wish.staffing, problem.scenario.program.window
    hard = "keeps_the_turn" not in problem.scenario.program.settings.soft_rules
    if staffing.policy != "rotate" or staffing.max_turns is None or not hard:
        return -1
    if (window.end - window.start).days + 1 >= staffing.turns_days:  # a night window may end a day later
        return -1
    return staffing.max_turns


def _disjoint(group: Ints, start: Ints, end: Ints, most: Ints) -> Ints:
    """How many of its spans (by group and end), ``most`` at most, each group could do: earliest end first."""
    count = np.zeros(len(most), dtype=np.int64)
    free = np.full(len(most), np.iinfo(np.int64).min)
    while True:
        fits = np.flatnonzero((start >= free[group]) & (count[group] < most[group]))
        if not len(fits):
            return count
        groups, first = np.unique(group[fits], return_index=True)
        count[groups] += 1
        free[groups] = end[fits[first]]
