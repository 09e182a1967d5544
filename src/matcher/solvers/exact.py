"""exact: one CP-SAT model, a function per rule and per term, solved tier after tier.

``CONSTRAINTS``, ``NEEDS``, ``PROMISES`` and ``QUALITY`` are the table of contents. Each tier's value is
fixed before the next begins, so a later tier never worsens an earlier one.
"""

from __future__ import annotations

import math
import threading
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from matcher.domain.wishes import Wish
from matcher.problem.check import history_binds, last_crew, last_done, paired_people, told_day
from matcher.problem.expand import Outside, published_in_plan
from matcher.problem.problem import Candidates, FixedSeat, Problem, Triple, longest_way
from matcher.problem.roster import TIERS, Roster, TierValue
from matcher.solvers.load import PERIODS, Elsewhere
from matcher.solvers.result import Result, Step, tier_value
from matcher.solvers.stop import Progress, Stop, Timer


class _OutOfTime(Exception):
    """The limit was reached while the model was being built."""


@dataclass(frozen=True, slots=True)
class Item:
    """A candidate with its variable, as the rules look at it."""

    variable: Any
    option: int
    visit: int
    role: int
    volunteer: int
    price: int
    day: date


class Model:
    """The CP-SAT model of a problem: variables, and small helpers the rules share.

    ``happens[o]``: option o takes place. ``crew`` and ``standbys``: one variable per candidate.
    """

    def __init__(self, problem: Problem, timer: Timer | None = None, in_part: Iterable[int] = ()) -> None:
        """``in_part``: visits of which only some candidates are in the problem; others may be on them as well."""
        from ortools.sat.python import cp_model

        self.problem = problem
        self.in_part = frozenset(in_part)
        self.elsewhen: dict[int, Any] = {}
        """Of visits in part: 1 if they take place at a start that is no option here."""
        self.timer = timer
        self.cp = cp_model.CpModel()
        self.happens = [self.cp.new_bool_var(f"happens {number}") for number in range(len(problem.options))]
        self.crew = self._items(problem.crew, "serves")
        self.standbys = self._items(problem.standbys, "stands by")
        self.crew_of: dict[tuple[int, int], list[Item]] = _grouped(self.crew, lambda item: (item.visit, item.volunteer))
        self.crew_by_seat = _grouped(self.crew, lambda item: (item.option, item.role))
        self.standbys_by_seat = _grouped(self.standbys, lambda item: (item.option, item.role))
        self.crew_by_volunteer = _grouped(self.crew, lambda item: item.volunteer)
        self.standbys_by_volunteer = _grouped(self.standbys, lambda item: item.volunteer)
        self.soft = problem.scenario.program.settings.soft_rules
        self.soft_terms: list[Any] = []
        self.longest_way = longest_way(problem.expanded)
        self._starts: dict[int, Any] = {}

    def _items(self, candidates: Candidates, what: str) -> list[Item]:
        options = self.problem.options
        columns = (candidates.option, candidates.role, candidates.volunteer, candidates.price)
        return [
            Item(
                self.cp.new_bool_var(f"{what} {number}"), option, options[option].visit, role, volunteer, price,
                options[option].day,
            )
            for number, (option, role, volunteer, price) in enumerate(zip(*(column.tolist() for column in columns)))
        ]

    def served(self, visit: int) -> Any:
        """1 if the visit takes place, as an expression."""
        return sum(self.happens[option] for option in self.problem.options_of[visit]) + self.elsewhen.get(visit, 0)

    def on_visit(self, visit: int, volunteer: int) -> Any:
        """1 if the volunteer is on the visit's crew, as an expression."""
        return sum(item.variable for item in self.crew_of.get((visit, volunteer), ()))

    def takes_a_turn(self, visit: int, volunteer: int) -> bool:
        """Whether serving a visit uses up a turn: not of a stand-by who steps in."""
        return volunteer not in self.problem.expanded.standing_by.get(self.problem.visits[visit].id, ())

    def go_on(self) -> None:
        """Called as the model grows: raises ``_OutOfTime`` once the limit is reached or somebody cancelled."""
        if self.timer is not None and self.timer.over:
            raise _OutOfTime

    def start(self, item: Item) -> int:
        """When a timed item begins, in minutes."""
        start = self.problem.options[item.option].start
        assert start is not None
        return start

    def goes_by_car(self, item: Item) -> bool:
        """Whether the role needs the vehicle."""
        return self.problem.role(item.option, item.role).vehicle is not None

    def start_of(self, visit: int) -> Any:
        """A served timed visit's start in minutes since its earliest, plus that earliest; meaningless if unserved."""
        if visit not in self._starts:
            starts = {option: self.problem.options[option].start or 0 for option in self.problem.options_of[visit]}
            first, last = min(starts.values()), max(starts.values())
            later = self.cp.new_int_var(0, last - first, "")
            self.cp.add(later == sum((start - first) * self.happens[option] for option, start in starts.items()))
            self._starts[visit] = later + first
        return self._starts[visit]

    def new_bool(self, name: str = "") -> Any:
        """A fresh 0/1 variable."""
        return self.cp.new_bool_var(name)

    def slack(self, rule: str, most: int = 1) -> Any:
        """0 for a hard rule; for a rule made soft, a priced count of its violations."""
        price = self.soft.get(rule)  # type: ignore[call-overload]
        if price is None:
            return 0
        count = self.cp.new_int_var(0, most, "")
        self.soft_terms.append(price * count)
        return count

    @cached_property
    def visits_of_volunteer(self) -> dict[int, list[int]]:
        """Visits each volunteer might serve."""
        found: dict[int, set[int]] = defaultdict(set)
        for visit, volunteer in self.crew_of:
            found[volunteer].add(visit)
        return {volunteer: sorted(visits) for volunteer, visits in found.items()}

    @cached_property
    def people_of_wish(self) -> dict[str, list[int]]:
        """Volunteers who might serve each wish."""
        found: dict[str, set[int]] = defaultdict(set)
        for visit, volunteer in self.crew_of:
            found[self.problem.visits[visit].wish.id].add(volunteer)
        return {wish: sorted(people) for wish, people in found.items()}

    @cached_property
    def outside_of(self) -> dict[int, list[Outside]]:
        """Each volunteer's published seats outside the plan."""
        found: dict[int, list[Outside]] = defaultdict(list)
        for seat in self.problem.expanded.outside:
            found[seat.volunteer].append(seat)
        return dict(found)

    def wishes(self) -> Iterable[tuple[Wish, tuple[int, ...]]]:
        """(wish, its visits in order)."""
        for visits in self.problem.visits_of_wish.values():
            yield self.problem.visits[visits[0]].wish, visits


def _grouped(items: Iterable[Item], key: Callable[[Item], Any]) -> dict[Any, list[Item]]:
    groups: dict[Any, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)


# ------------------------------------------------------------------------------------------------ rules


def happens_at_an_asked_time(m: Model) -> None:
    """A visit takes place at one of its options at most."""
    for options in m.problem.options_of:
        m.cp.add_at_most_one(m.happens[option] for option in options)


def fills_each_role_once(m: Model) -> None:
    """Nobody has two seats at one visit; a role has no more people than seats."""
    for items in m.crew_of.values():
        m.cp.add_at_most_one(item.variable for item in items)
    for (option, role), items in m.crew_by_seat.items():
        m.cp.add(sum(item.variable for item in items) <= m.problem.role(option, role).count)


def is_crewed_together(m: Model) -> None:
    """All seats or none, unless the wish allows partial; the crew is there when the visit happens.

    The whole crew is of one team if asked.
    """
    for number, option in enumerate(m.problem.options):
        wish = m.problem.visits[option.visit].wish
        seats = [m.crew_by_seat.get((number, role), []) for role in range(len(wish.roles))]
        for role, items in zip(wish.roles, seats):
            if wish.partial or option.visit in m.in_part:
                for item in items:
                    m.cp.add_implication(item.variable, m.happens[number])
            else:
                m.cp.add(sum(item.variable for item in items) == role.count * m.happens[number])
        if wish.partial and option.visit not in m.in_part:
            m.cp.add(sum(item.variable for items in seats for item in items) >= m.happens[number])
    _comes_from_one_team(m)


def _comes_from_one_team(m: Model) -> None:
    people = m.problem.scenario.volunteers
    teams: dict[int, dict[str, Any]] = defaultdict(dict)
    for item in m.crew:
        if not m.problem.visits[item.visit].wish.as_one_team or item.visit in m.in_part:
            continue
        team = people[item.volunteer].team
        if team is None:
            m.cp.add(item.variable == 0)
            continue
        chosen = teams[item.visit].setdefault(team, m.new_bool())
        m.cp.add_implication(item.variable, chosen)
    for choices in teams.values():
        m.cp.add_at_most_one(choices.values())


def is_in_one_place_at_a_time(m: Model) -> None:
    """Nobody is in two places at a time, travel between them counted."""
    for volunteer, items in m.crew_by_volunteer.items():
        m.go_on()
        # Who serves once a day at most needs no telling that two visits of one day collide.
        once_a_day = m.problem.expanded.limits[volunteer].visits_per_day in (0, 1)
        _keep_apart(m, volunteer, items, items, once_a_day)
        _keep_clear_of_outside(m, volunteer, items, standby=False)


def _keep_apart(
    m: Model,
    volunteer: int,
    first: Sequence[Item],
    second: Sequence[Item],
    once_a_day: bool = False,
    rest: int | None = None,
) -> None:
    """No item of ``first`` together with one of ``second`` that is too close: the way between, or ``rest`` minutes.

    Two services at given places are too close while the start of one lies in a stretch around the start of the
    other, so what conflicts with an item is a slice of the other visit's items in order of time.
    """
    same = first is second
    visits = _in_time(m, first)
    others = visits if same else _in_time(m, second)
    far = m.longest_way if rest is None else rest
    longest = max((other.high - other.low for other in others), default=0)
    lows = [other.low for other in others]
    for own in visits:
        for other in others[bisect_left(lows, own.low - far - longest):bisect_left(lows, own.high + far)]:
            if other.visit == own.visit or (same and other.visit < own.visit):
                continue
            if once_a_day and own.days == other.days and len(own.days) == 1:
                continue
            _keep_visits_apart(m, volunteer, own, other, rest, once_a_day)


@dataclass(frozen=True, slots=True)
class _InTime:
    """One visit's items in order of time, by whether the role goes by car."""

    visit: int
    low: int
    high: int
    """Earliest start and latest end, in minutes."""
    days: frozenset[date]
    items: dict[bool, list[Item]]
    starts: dict[bool, list[int]]


def _in_time(m: Model, items: Sequence[Item]) -> list[_InTime]:
    """The visits of some timed items, in order of their earliest start."""
    found = []
    timed = [item for item in items if not m.problem.visits[item.visit].is_goods]
    for visit, own in _grouped(timed, lambda item: item.visit).items():
        by_mode = _grouped(sorted(own, key=lambda item: m.start(item)), lambda item: m.goes_by_car(item))
        starts = {mode: [m.start(item) for item in part] for mode, part in by_mode.items()}
        low, high = min(part[0] for part in starts.values()), max(part[-1] for part in starts.values())
        days = frozenset(item.day for item in own)
        found.append(_InTime(visit, low, high + m.problem.visits[visit].minutes, days, by_mode, starts))
    return sorted(found, key=lambda own: (own.low, own.visit))


def _keep_visits_apart(
    m: Model, volunteer: int, own: _InTime, other: _InTime, rest: int | None, once_a_day: bool
) -> None:
    """Each item of one visit excludes a slice of the other's; where slices are long, one comes before the other."""
    gaps = {
        (mode, other_mode): (_gap(m, volunteer, own.visit, other.visit, other_mode, rest),
                             _gap(m, volunteer, other.visit, own.visit, mode, rest))
        for mode in own.items for other_mode in other.items
    }
    close: dict[tuple[tuple[bool, int, int], ...], list[Item]] = defaultdict(list)
    for mode, items in own.items.items():
        for item, start in zip(items, own.starts[mode]):
            slices = tuple(
                (other_mode, bisect_right(starts, start - gaps[mode, other_mode][1]),
                 bisect_left(starts, start + gaps[mode, other_mode][0]))
                for other_mode, starts in other.starts.items()
            )
            if any(low < high for _, low, high in slices):
                close[slices].append(item)
    if sum(high - low for slices in close for _, low, high in slices) > _LONG_SLICES:
        for (mode, other_mode), (after, before) in gaps.items():
            _put_in_order(m, own, mode, other, other_mode, after, before)
        return
    for slices, items in close.items():
        taken = [item for mode, low, high in slices for item in other.items[mode][low:high]]
        if once_a_day:
            for day, today in _grouped(items, lambda item: item.day).items():
                _exclude(m, today, [item for item in taken if item.day != day])
        else:
            _exclude(m, items, taken)


def _exclude(m: Model, items: Sequence[Item], others: Sequence[Item]) -> None:
    if others:
        m.cp.add_at_most_one([*(item.variable for item in items), *(item.variable for item in others)])


def _gap(m: Model, volunteer: int, before: int, after: int, by_car: bool, rest: int | None) -> int:
    """Least minutes from one visit's start to the next one's: its duration and the way (or the rest)."""
    visits = m.problem.visits
    if rest is None:
        mode = "car" if by_car else m.problem.scenario.volunteers[volunteer].travel_mode
        rest = m.problem.expanded.atlas.minutes(visits[before].end_place, visits[after].place, mode)
    return visits[before].minutes + rest


_LONG_SLICES = 20_000
"""From so many excluded pairs on, two visits are put in order instead."""


def _put_in_order(
    m: Model, own: _InTime, mode: bool, other: _InTime, other_mode: bool, after: int, before: int
) -> None:
    """Whoever serves both: the other begins ``after`` minutes later, or this one ``before`` minutes later."""
    first, second = m.new_bool(), m.new_bool()
    m.cp.add(m.start_of(other.visit) >= m.start_of(own.visit) + after).only_enforce_if(first)
    m.cp.add(m.start_of(own.visit) >= m.start_of(other.visit) + before).only_enforce_if(second)
    both = sum(item.variable for item in (*own.items[mode], *other.items[other_mode]))
    m.cp.add(both <= 1 + first + second)


def _keep_clear_of_outside(m: Model, volunteer: int, items: Sequence[Item], standby: bool) -> None:
    """No item collides with a published seat outside the plan."""
    atlas = m.problem.expanded.atlas
    for seat in m.outside_of.get(volunteer, ()):
        if seat.start is None or seat.end is None or (not standby and seat.standby):
            continue
        for item in items:
            option, visit = m.problem.options[item.option], m.problem.visits[item.visit]
            if option.start is None or option.end is None:
                continue
            mode = m.problem.expanded.mode(volunteer, m.problem.role(item.option, item.role))
            way = seat.mode or m.problem.scenario.volunteers[volunteer].travel_mode
            before = option.end + atlas.minutes(visit.end_place, seat.place, way) <= seat.start
            after = seat.end + atlas.minutes(seat.end_place, visit.place, mode) <= option.start
            if not before and not after:
                m.cp.add(item.variable == 0)


def keeps_own_limits(m: Model) -> None:
    """Visits and minutes per day, ISO week and month; rest days; rest between visits. History done counts."""
    elsewhere = Elsewhere(m.problem)
    for volunteer, items in m.crew_by_volunteer.items():
        limits = m.problem.expanded.limits[volunteer]
        for unit, period in PERIODS.items():
            counted = [item for item in items if unit != "day" or not m.problem.visits[item.visit].is_goods]
            for name, group in _grouped(counted, lambda item, period=period: period(item.day)).items():  # type: ignore[misc]
                done, minutes = elsewhere.load(volunteer, unit, name)
                most = getattr(limits, f"visits_per_{unit}")
                if most is not None:
                    m.cp.add(sum(item.variable for item in group) <= max(0, most - done))
                most = getattr(limits, f"minutes_per_{unit}")
                if most is not None:
                    taken = sum(m.problem.visits[item.visit].minutes * item.variable for item in group)
                    # Where history is over the limit, nothing more goes into the period, goods included.
                    if minutes <= most:
                        m.cp.add(taken <= most - minutes)
                    else:
                        m.cp.add(sum(item.variable for item in group) == 0)
        if limits.rest_days:
            _rests_on_days(m, volunteer, items, limits.rest_days, elsewhere)
        if limits.min_rest_minutes:
            _rests_between(m, volunteer, items, limits.min_rest_minutes)


def _rests_on_days(m: Model, volunteer: int, items: Sequence[Item], rest: int, elsewhere: Elsewhere) -> None:
    for week, group in _grouped(items, lambda item: PERIODS["week"](item.day)).items():
        taken = elsewhere.days.get((volunteer, week), set())
        timed = [item for item in group if not m.problem.visits[item.visit].is_goods]
        if len(taken) > 7 - rest:
            # The week is beyond its limit already: nothing more goes into it, goods included.
            m.cp.add(sum(item.variable for item in group) == 0)
            continue
        busy = []
        for day, own in _grouped(timed, lambda item: item.day).items():
            if day not in taken:
                used = m.new_bool()
                for item in own:
                    m.cp.add_implication(item.variable, used)
                busy.append(used)
        m.cp.add(sum(busy) + len(taken) <= 7 - rest)


def _rests_between(m: Model, volunteer: int, items: Sequence[Item], least: int) -> None:
    _keep_apart(m, volunteer, items, items, rest=least)
    for seat in m.outside_of.get(volunteer, ()):
        if seat.standby or seat.start is None or seat.end is None:
            continue
        for item in items:
            option = m.problem.options[item.option]
            if option.start is None or option.end is None:
                continue
            if 0 <= max(option.start - seat.end, seat.start - option.end) < least:
                m.cp.add(item.variable == 0)


def keeps_the_spacing(m: Model) -> None:
    """Neighbours among the served lie at least, and if nothing between went unserved at most, so many days apart."""
    for wish, visits in m.wishes():
        when = wish.recurrence
        if when is None or (when.least_gap_days == 0 and when.max_gap_days is None and when.times is None):
            continue
        for number, first in enumerate(visits):
            for later in range(number + 1, len(visits)):
                between = sum(m.served(visit) for visit in visits[number + 1:later])
                if "keeps_the_spacing" in m.soft:
                    _space_softly(m, first, visits[later], between, when.least_gap_days,
                                  when.max_gap_days if later == number + 1 else None)
                    continue
                _space_least(m, first, visits[later], when.least_gap_days)
                if later == number + 1 and when.max_gap_days is not None:
                    _space_most(m, first, visits[later], when.max_gap_days)
        _space_from_history(m, wish, visits)


def _days_of(m: Model, visit: int) -> list[tuple[int, Any]]:
    """(day number, happens) of each option of a visit."""
    return [(m.problem.options[option].day.toordinal(), m.happens[option]) for option in m.problem.options_of[visit]]


def _space_least(m: Model, first: int, second: int, least: int) -> None:
    # If the first falls on day d or later, the second does not fall before d + least.
    early, late = _days_of(m, first), _days_of(m, second)
    for day in sorted({day for day, _ in early}):
        too_soon = [happens for other, happens in late if other < day + least]
        if too_soon:
            m.cp.add_at_most_one([*(happens for other, happens in early if other >= day), *too_soon])


def _space_most(m: Model, first: int, second: int, most: int) -> None:
    early, late = _days_of(m, first), _days_of(m, second)
    for day in sorted({day for day, _ in early}):
        too_late = [happens for other, happens in late if other > day + most]
        if too_late:
            m.cp.add_at_most_one([*(happens for other, happens in early if other <= day), *too_late])


def _space_softly(m: Model, first: int, second: int, between: Any, least: int, most: int | None) -> None:
    late = _days_of(m, second)
    broken: Any = None
    for day, happens in _days_of(m, first):
        wrong = [other for when, other in late if when < day + least or (most is not None and when > day + most)]
        if wrong:
            broken = m.slack("keeps_the_spacing") if broken is None else broken
            m.cp.add(happens + sum(wrong) <= 1 + broken + between)


def _space_from_history(m: Model, wish: Wish, visits: Sequence[int]) -> None:
    last = last_done(m.problem.expanded, wish)
    when = wish.recurrence
    if last is None or when is None:
        return
    binds = history_binds(m.problem.expanded, m.problem.visits[visits[0]], last[1])
    for number, visit in enumerate(visits):
        earlier = sum(m.served(other) for other in visits[:number])
        wrong = []
        for option in m.problem.options_of[visit]:
            gap = (m.problem.options[option].day - last[1]).days
            too_late = number == 0 and binds and when.max_gap_days is not None and gap > when.max_gap_days
            if gap < when.least_gap_days or too_late:
                wrong.append(m.happens[option])
        if wrong:
            m.cp.add(sum(wrong) <= m.slack("keeps_the_spacing") + earlier)


def keeps_the_turn(m: Model) -> None:
    """In a rotating wish nobody serves twice running, nor beyond ``max_turns`` within any ``turns_days``."""
    for wish, visits in m.wishes():
        if wish.staffing.policy != "rotate":
            continue
        before = last_crew(m.problem.expanded, wish)
        for volunteer in m.people_of_wish.get(wish.id, ()):
            _not_twice_running(m, visits, volunteer, volunteer in before)
            if wish.staffing.max_turns is not None:
                _within_turns(m, wish, visits, volunteer, wish.staffing.max_turns)


def _not_twice_running(m: Model, visits: Sequence[int], volunteer: int, served_last: bool) -> None:
    """``latest`` is at least 1 if the last served visit so far had this volunteer."""
    latest: Any = int(served_last)
    for visit in visits:
        # Who was told to stand by for it steps in, which is no turn.
        serves = m.on_visit(visit, volunteer) if m.takes_a_turn(visit, volunteer) else 0
        served = m.served(visit)
        m.cp.add(serves + latest <= 1 + m.slack("keeps_the_turn"))
        then = m.new_bool()
        m.cp.add(then >= serves)
        m.cp.add(then >= latest - served)
        latest = then


def _within_turns(m: Model, wish: Wish, visits: Sequence[int], volunteer: int, most: int) -> None:
    past = [
        day
        for day, row, stepped_in in _done_days(m, wish)
        if row == volunteer and not stepped_in
    ]
    in_turn = [visit for visit in visits if m.takes_a_turn(visit, volunteer)]
    stretches = _stretches(m, in_turn, [volunteer], past, wish.staffing.turns_days)
    slack = m.slack("keeps_the_turn", len(visits) + len(past)) if stretches else 0
    for first, items in stretches:
        before = sum(first <= day < first + wish.staffing.turns_days for day in past)
        taken = sum(item.variable for item in items)
        if "keeps_the_turn" in m.soft:
            _count_beyond(m, items, taken + before - most, slack)
        else:
            m.cp.add(taken <= max(0, most - before))


def _count_beyond(m: Model, items: Sequence[Item], beyond: Any, slack: Any) -> None:
    """``slack`` is at least ``beyond`` wherever the plan puts anybody into the stretch."""
    touched = m.new_bool()
    for item in items:
        m.cp.add_implication(item.variable, touched)
    m.cp.add(beyond <= slack).only_enforce_if(touched)


def _done_days(m: Model, wish: Wish) -> list[tuple[int, int, bool]]:
    """(day number, volunteer, stepped in) of every done seat of a wish."""
    expanded = m.problem.expanded
    return [
        (
            expanded.calendar.day_of(expanded.calendar.minute_of(service.start)).toordinal(),
            expanded.row_of(service.volunteer),
            service.stepped_in,
        )
        for service in expanded.done.get(wish.id, ())
    ]


def _stretches(
    m: Model, visits: Sequence[int], people: Sequence[int], past: Sequence[int], span: int
) -> list[tuple[int, list[Item]]]:
    """(first day, items) of every stretch of ``span`` days that no other one contains."""
    items = [item for visit in visits for row in people for item in m.crew_of.get((visit, row), ())]
    anchors = sorted({*past, *(item.day.toordinal() for item in items)})
    found: list[tuple[int, list[Item]]] = []
    reached = (-1, -1)
    for first in anchors:
        inside = [item for item in items if first <= item.day.toordinal() < first + span]
        end = max((day for day in anchors if day < first + span), default=first)
        if inside and end > reached[1]:
            found.append((first, inside))
            reached = (first, end)
    return found


def keeps_faces_few(m: Model) -> None:
    """At most ``max_helpers`` different people per wish within any ``turns_days``."""
    for wish, visits in m.wishes():
        most = wish.staffing.max_helpers
        if most is None:
            continue
        people = m.people_of_wish.get(wish.id, [])
        done = _done_days(m, wish)
        stretches = _stretches(m, visits, people, [day for day, _, _ in done], wish.staffing.turns_days)
        slack = m.slack("keeps_faces_few", len(people) + len(done)) if stretches else 0
        for first, items in stretches:
            known = {row for day, row, _ in done if first <= day < first + wish.staffing.turns_days}
            new = []
            for row, own in _grouped(items, lambda item: item.volunteer).items():
                if row not in known:
                    face = m.new_bool()
                    for item in own:
                        m.cp.add_implication(item.variable, face)
                    new.append(face)
            if "keeps_faces_few" in m.soft:
                _count_beyond(m, items, sum(new) + len(known) - most, slack)
            elif len(known) > most:
                m.cp.add(sum(item.variable for item in items) == 0)
            else:
                m.cp.add(sum(new) <= most - len(known))


def stays_paired(m: Model) -> None:
    """A paired resident is served by a paired volunteer who can come at all."""
    for visit, paired in enumerate(m.problem.paired):
        if paired and visit not in m.in_part:
            m.cp.add(sum(m.on_visit(visit, row) for row in paired) >= m.served(visit))


def keeps_what_is_published(m: Model) -> None:
    """What people were told, and what still works, stays."""
    for seat in m.problem.published:
        _fix(m, seat)


def keeps_what_is_pinned(m: Model) -> None:
    """Pins are kept; pins that say "never" removed their candidates already."""
    for seat in m.problem.pins:
        _fix(m, seat)


def _fix(m: Model, seat: FixedSeat, unless: Any = None) -> None:
    """Hold a seat; ``unless``: a literal that gives it up."""
    constraints = []
    if seat.volunteer is not None:
        pool = m.standbys_by_volunteer if seat.standby else m.crew_by_volunteer
        constraints.append(m.cp.add(sum(
            item.variable
            for item in pool.get(seat.volunteer, ())
            if item.visit == seat.visit and (seat.role is None or item.role == seat.role)
        ) >= 1))
    if seat.fixes_start:
        wrong = [
            m.happens[option]
            for option in m.problem.options_of[seat.visit]
            if m.problem.options[option].start != seat.start
        ]
        constraints.append(m.cp.add(sum(wrong) == 0))
    if unless is not None:
        for constraint in constraints:
            constraint.only_enforce_if(~unless)


def stands_by_separately(m: Model) -> None:
    """A stand-by is not on the crew, has one seat at most, and keeps the time free."""
    for (option, _), items in m.standbys_by_seat.items():
        wish = m.problem.visits[m.problem.options[option].visit].wish
        m.cp.add(sum(item.variable for item in items) <= wish.staffing.standbys * m.happens[option])
    for (visit, volunteer), items in _grouped(m.standbys, lambda item: (item.visit, item.volunteer)).items():
        own = m.crew_of.get((visit, volunteer), [])
        m.cp.add_at_most_one(item.variable for item in (*items, *own))
    for volunteer, items in m.standbys_by_volunteer.items():
        m.go_on()
        _keep_apart(m, volunteer, items, items)
        _keep_apart(m, volunteer, items, m.crew_by_volunteer.get(volunteer, []))
        _keep_clear_of_outside(m, volunteer, items, standby=True)
    for volunteer, items in m.crew_by_volunteer.items():
        if any(seat.standby for seat in m.outside_of.get(volunteer, ())):
            _keep_clear_of_outside(m, volunteer, items, standby=True)


def newcomers_go_with_experience(m: Model) -> None:
    """Seats for the experienced go to them; a crew of two or more is not all newcomers."""
    expanded = m.problem.expanded
    if not expanded.anybody_experienced:
        return
    experienced = expanded.is_experienced
    for item in m.crew:
        if m.problem.role(item.option, item.role).experienced and not experienced[item.volunteer]:
            m.cp.add(item.variable <= m.slack("newcomers_go_with_experience"))
    for visit, items in _grouped(m.crew, lambda item: item.visit).items():
        new = [item.variable for item in items if not experienced[item.volunteer]]
        old = [item.variable for item in items if experienced[item.volunteer]]
        seats = m.problem.visits[visit].seats
        if seats > 1 and len(new) > 1 and visit not in m.in_part:
            slack = m.slack("newcomers_go_with_experience")
            # One newcomer alone is fine; from the second on somebody experienced must be along.
            m.cp.add(sum(new) <= 1 + (seats - 1) * (sum(old) + slack))


CONSTRAINTS: tuple[Callable[[Model], None], ...] = (
    happens_at_an_asked_time,
    fills_each_role_once,
    is_crewed_together,
    is_in_one_place_at_a_time,
    keeps_own_limits,
    keeps_the_spacing,
    keeps_the_turn,
    keeps_faces_few,
    stays_paired,
    keeps_what_is_published,
    keeps_what_is_pinned,
    stands_by_separately,
    newcomers_go_with_experience,
)
"""The table of contents: every roster-level rule; pair-level rules made the candidates."""


# ------------------------------------------------------------------------------------------------ terms


def empty_seats(m: Model) -> Any:
    """Every empty seat at its wish's price."""
    filled = _grouped(m.crew, lambda item: item.visit)
    return sum(
        m.problem.prices.empty_seat(visit.wish) * (visit.seats - sum(item.variable for item in filled.get(number, ())))
        for number, visit in enumerate(m.problem.visits)
    )


def published_seat(m: Model) -> Any:
    """Published seats whose person changed."""
    return _published_people(m, standby=False)


def published_standby(m: Model) -> Any:
    """Published stand-bys who changed."""
    return _published_people(m, standby=True)


def _published_people(m: Model, standby: bool) -> Any:
    expanded, total = m.problem.expanded, 0
    weight = m.problem.prices.weights.published_standby if standby else m.problem.prices.weights.published_seat
    pool = m.standbys_by_volunteer if standby else m.crew_by_volunteer
    for seat, visit in published_in_plan(expanded):
        if seat.standby == standby:
            number = expanded.visit_index[visit.id]
            row = expanded.volunteer_index.get(seat.volunteer, -1)
            stays = sum(
                item.variable for item in pool.get(row, ())
                if item.visit == number and visit.wish.roles[item.role].id == seat.role
            )
            total += weight * m.problem.prices.near(told_day(expanded, visit.id)) * (1 - stays)
    return total


def published_time(m: Model) -> Any:
    """Visits served at another time than people were told."""
    expanded, told = m.problem.expanded, defaultdict(set)
    for seat, visit in published_in_plan(expanded):
        if seat.start is not None:
            told[expanded.visit_index[visit.id]].add(expanded.calendar.minute_of(seat.start))
    return sum(
        m.problem.prices.weights.published_time
        * m.problem.prices.near(told_day(expanded, m.problem.visits[visit].id))
        * m.happens[option]
        for visit, starts in told.items()
        for option in m.problem.options_of[visit]
        if starts != {m.problem.options[option].start}
    )


def pairing_broken(m: Model) -> Any:
    """Paired residents served by others."""
    total = 0
    for number, visit in enumerate(m.problem.visits):
        paired = paired_people(m.problem.expanded, visit.wish)
        if paired:
            broken = m.new_bool()
            m.cp.add(broken >= m.served(number) - sum(m.on_visit(number, row) for row in paired))
            total += m.problem.prices.weights.pairing_broken * broken
    return total


def least_visit_missing(m: Model) -> Any:
    """Visits missing to somebody's least load per month."""
    elsewhere = Elsewhere(m.problem)
    total: Any = 0
    for volunteer, limits in enumerate(m.problem.expanded.limits):
        least = limits.least_visits_per_month or 0
        if not least:
            continue
        for month in m.problem.prices.months:
            done, _ = elsewhere.load(volunteer, "month", month)
            own = [
                item.variable
                for item in m.crew_by_volunteer.get(volunteer, ())
                if (item.day.year, item.day.month) == month
            ]
            missing = m.cp.new_int_var(0, least, "")
            m.cp.add(missing >= least - done - sum(own))
            total += m.problem.prices.weights.least_visit_missing * missing
    return total


def claimant_without_turn(m: Model) -> Any:
    """Chosen claimants who get no turn."""
    total = 0
    for wish, people in m.problem.prices.claims_to_honour:
        none = m.new_bool()
        turns = sum(
            m.on_visit(visit, row) for visit in m.problem.visits_of_wish.get(wish, ()) for row in people
        )
        m.cp.add(none >= 1 - turns)
        total += m.problem.prices.weights.claimant_without_turn * none
    return total


def fairness(m: Model) -> Any:
    """Each new turn of somebody costs more than the one before."""
    total = 0
    for volunteer, visits in m.visits_of_volunteer.items():
        turns = sum(item.variable for item in m.crew_by_volunteer[volunteer])
        total += _rising(m, turns, [m.problem.prices.fairness(volunteer, turn + 1) for turn in range(len(visits))])
    return total


def _rising(m: Model, count: Any, prices: Sequence[int]) -> Any:
    """Σ of the first ``count`` prices, which never fall: each step is paid by a variable of its own."""
    steps = [m.new_bool() for _ in prices]
    m.cp.add(count <= sum(steps))
    return sum(price * step for price, step in zip(prices, steps))


def faces(m: Model) -> Any:
    """New people at steady and paired wishes."""
    total = 0
    for wish, visits in m.wishes():
        if wish.staffing.policy not in ("steady", "pair"):
            continue
        known = m.problem.prices.known_faces(wish)
        for row in m.people_of_wish.get(wish.id, ()):
            if row not in known:
                face = m.new_bool()
                for visit in visits:
                    for item in m.crew_of.get((visit, row), ()):
                        m.cp.add_implication(item.variable, face)
                total += m.problem.prices.weights.faces * face
    return total


def turns(m: Model) -> Any:
    """Even turns at rotating wishes, past turns counted."""
    total = 0
    for wish, visits in m.wishes():
        if wish.staffing.policy != "rotate":
            continue
        before = m.problem.prices.wish_turns_before(wish)
        for row in m.people_of_wish.get(wish.id, ()):
            own = [visit for visit in visits if (visit, row) in m.crew_of]
            count = sum(m.on_visit(visit, row) for visit in own)
            total += _rising(
                m, count, [m.problem.prices.wish_turn(before.get(row, 0), turn + 1) for turn in range(len(own))]
            )
    return total


def missing_standby(m: Model) -> Any:
    """Stand-bys missing on roles that are staffed."""
    total = 0
    for number, option in enumerate(m.problem.options):
        wish = m.problem.visits[option.visit].wish
        wanted = wish.staffing.standbys
        if not wanted:
            continue
        for role in range(len(wish.roles)):
            named = sum(item.variable for item in m.standbys_by_seat.get((number, role), ()))
            missing: Any = wanted * m.happens[number] - named
            if wish.partial:
                missing = m.cp.new_int_var(0, wanted, "")
                for item in m.crew_by_seat.get((number, role), ()):
                    m.cp.add(missing >= wanted - named).only_enforce_if(item.variable)
            total += m.problem.prices.weights.missing_standby * missing
    return total


def standby_turns(m: Model) -> Any:
    """Stand-bys who change from visit to visit."""
    total = 0
    duties = _grouped(m.standbys, lambda item: (m.problem.visits[item.visit].wish.id, item.volunteer))
    for items in duties.values():
        most = len({item.visit for item in items})
        prices = [m.problem.prices.standby_turn(turn + 1) for turn in range(most)]
        total += _rising(m, sum(item.variable for item in items), prices)
    return total


def seats(m: Model) -> Any:
    """What each seat costs by itself: undesired times, locality, preferences, soft pair rules."""
    return sum(item.price * item.variable for item in m.crew if item.price)


def travel(m: Model) -> Any:
    """Everybody's daily tours from home through the visits in time order and back."""
    total: Any = 0
    for volunteer, items in m.crew_by_volunteer.items():
        timed = []
        for item in items:
            visit = m.problem.visits[item.visit]
            if visit.is_goods:
                total += _alone(m, item) * item.variable
            else:
                timed.append(item)
        most = m.problem.expanded.limits[volunteer].visits_per_day
        for own in _grouped(timed, lambda item: item.day).values():
            m.go_on()
            if len({item.visit for item in own}) > 1 and (most is None or most > 1):
                total += _tour(m, volunteer, own)
            else:
                total += sum(_alone(m, item) * item.variable for item in own)
    return total


def _alone(m: Model, item: Item) -> int:
    role = m.problem.role(item.option, item.role)
    return m.problem.prices.tour(item.volunteer, [(m.problem.visits[item.visit], role)])


def _tour(m: Model, volunteer: int, items: Sequence[Item]) -> Any:
    """A circuit through home and the day's chosen visits; arcs run forward in time only."""
    prices, visits = m.problem.prices, m.problem.visits
    home = m.problem.scenario.volunteers[volunteer].home
    stops = list(_grouped(items, lambda item: (item.visit, m.goes_by_car(item))).items())
    rested = m.new_bool()
    arcs: list[tuple[int, int, Any]] = [(0, 0, rested)]
    total: Any = 0
    for node, ((visit, by_car), own) in enumerate(stops, start=1):
        there = _any_of(m, own)
        out, back = m.new_bool(), m.new_bool()
        arcs += [(0, node, out), (node, 0, back), (node, node, ~there)]
        m.cp.add_implication(there, ~rested)
        total += prices.leg(volunteer, home, visits[visit].place, by_car) * out
        total += prices.leg(volunteer, visits[visit].end_place, home, by_car) * back
        for other, ((then, then_by_car), later) in enumerate(stops, start=1):
            on = _arc_forward(m, own, later) if visit != then else None
            if on is not None:
                arcs.append((node, other, on))
                total += prices.leg(volunteer, visits[visit].end_place, visits[then].place, then_by_car) * on
    m.cp.add_circuit(arcs)
    return total


def _any_of(m: Model, items: Sequence[Item]) -> Any:
    """A literal for one of these items, of which at most one is chosen."""
    if len(items) == 1:
        return items[0].variable
    there = m.new_bool()
    m.cp.add(sum(item.variable for item in items) == there)
    return there


def _arc_forward(m: Model, items: Sequence[Item], then: Sequence[Item]) -> Any:
    """A literal for going from one visit to another that begins later; None if it never does."""
    visits = m.problem.visits
    keys, later = ([(m.start(item), visits[item.visit].id) for item in own] for own in (items, then))
    if min(keys) > max(later):
        return None
    on = m.new_bool()
    if max(keys) > min(later):
        m.cp.add(m.start_of(items[0].visit) <= m.start_of(then[0].visit)).only_enforce_if(on)
    return on


def soft_rules(m: Model) -> Any:
    """Violations of roster rules made soft, at their prices."""
    return sum(m.soft_terms)


NEEDS: tuple[Callable[[Model], Any], ...] = (empty_seats,)
PROMISES: tuple[Callable[[Model], Any], ...] = (
    published_seat, published_time, published_standby, pairing_broken, least_visit_missing, claimant_without_turn,
)
QUALITY: tuple[Callable[[Model], Any], ...] = (
    fairness, faces, turns, missing_standby, standby_turns, seats, travel, soft_rules,
)
"""The terms of each tier; soft_rules comes last, after every rule has had its say."""


# ------------------------------------------------------------------------------------------------ solving


@dataclass(frozen=True, slots=True)
class _Best:
    """A roster, what it comes to in each tier, and a value for every variable of the model."""

    crew: list[Triple]
    standbys: list[Triple]
    values: tuple[int, ...]
    solution: tuple[int, ...]


def solve_exact(
    problem: Problem,
    *,
    stop: Stop,
    seed: int = 0,
    workers: int = 0,
    start: Roster | None = None,
    least_needs: int = 0,
    progress: Progress | None = None,
) -> Result:
    """The best roster tier after tier, with a proven bound per tier.

    ``start`` is a valid roster to begin from; ``least_needs`` a proven bound of the needs tier.

    INFEASIBLE only if pins or published seats contradict each other; NO_ANSWER_IN_TIME if nothing was
    found before the stop and no ``start`` was given. ``workers`` 0: all cores.
    """
    timer, watcher = Timer(stop), progress or Progress()
    try:
        model, goals = _build(problem, timer)
    except _OutOfTime:
        step = Step("model", timer.elapsed, {"status": "no time to build it"})
        return Result(start, "NO_ANSWER_IN_TIME" if start is None else "FEASIBLE", (), (step,))
    model.cp.add(goals[0] >= least_needs)
    steps = [Step("model", timer.elapsed, {
        "options": len(problem.options), "candidates": len(problem.crew), "stand-by candidates": len(problem.standbys),
    })]
    best = _completed(model, goals, *triples_of(problem, start), timer) if start is not None else None
    tiers: list[TierValue] = []
    for number, (name, goal) in enumerate(zip(TIERS, goals)):
        least = least_needs if number == 0 else 0  # no term is ever negative
        bound, proven = None, best is not None and best.values[number] == least
        if best is None or not (proven or timer.over):
            hint_at(model, best.solution if best is not None else ())
            last = number + 1 == len(TIERS) and all(tier.status == "OPTIMAL" for tier in tiers)
            outcome = _solve_tier(
                model, name, goal, timer, seed, workers, watcher, tiers_left=len(TIERS) - number,
                gap=stop.gap if last else None,
            )
            steps.append(outcome.step)
            if outcome.status == "INFEASIBLE":
                return Result(None, "INFEASIBLE", (), tuple(steps))
            if outcome.found is not None:
                # Completed, because a search that ends early leaves later tiers' variables anywhere.
                found = _completed(model, goals, *outcome.found, timer)
                best = found if best is None or (found is not None and found.values < best.values) else best
            if best is None:
                return Result(None, "NO_ANSWER_IN_TIME", (), tuple(steps))
            bound, proven = outcome.bound, outcome.status == "OPTIMAL"
        tiers.append(tier_value(name, best.values[number], bound, proven))
        watcher.tier_ends(name, tiers[-1].value, tiers[-1].bound, tiers[-1].status)
        model.cp.add(goal <= best.values[number])
    assert best is not None
    return _finish(problem, best, tiers, steps, seed, "exact")


@dataclass(frozen=True, slots=True)
class Needs:
    """What is known about the needs tier alone: a proven bound, and the best crews found with their value."""

    bound: int
    value: int | None
    crew: tuple[Triple, ...] = ()
    standbys: tuple[Triple, ...] = ()
    proven: bool = False


def solve_needs(
    problem: Problem,
    *,
    timer: Timer,
    seed: int = 0,
    workers: int = 0,
    start: tuple[Sequence[Triple], Sequence[Triple]] | None = None,
    strain: Sequence[int] = (),
    known: int | None = None,
) -> Needs:
    """The needs tier alone; of equally good crews some with little ``strain`` (points per crew candidate).

    ``start`` are valid crews and stand-bys to begin from. Crews no better than ``known`` are of no use, so
    nothing is done about their strain.
    """
    try:
        model = Model(problem, timer)
        for constraint in CONSTRAINTS:
            constraint(model)
            model.go_on()
    except _OutOfTime:
        return Needs(0, None)
    goal = empty_seats(model)
    best = _completed(model, [goal], list(start[0]), list(start[1]), timer) if start is not None else None
    hint_at(model, best.solution if best is not None else ())
    # Needs alone are nearly a flow: with all of it in the linear programme a proof takes a quarter of the work.
    outcome = _solve_tier(model, TIERS[0], goal, timer, seed, workers, Progress(), 2, is_nearly_linear=True)
    if outcome.found is None:
        return Needs(max(0, outcome.bound or 0), None)
    found, value = outcome.found, outcome.step.detail["value"]
    if any(strain) and not timer.over and (known is None or value < known):
        model.cp.add(goal <= value)
        found = _with_little_strain(model, found, strain, timer, seed, workers) or found
    bound = value if outcome.status == "OPTIMAL" else max(0, outcome.bound or 0)
    return Needs(bound, value, tuple(found[0]), tuple(found[1]), outcome.status == "OPTIMAL")


def solve_goal(model: Model, goal: Any, *, timer: Timer, seed: int = 0, workers: int = 1) -> int | None:
    """A proven bound of what a goal of the model comes to at least; None if the time was too short for any."""
    return _solve_tier(model, "goal", goal, timer, seed, workers, Progress(), 1, is_nearly_linear=True).bound


_LITTLE_WORK, _LITTLE_WORK_PER_CANDIDATE = 2.0, 0.0002
"""Deterministic units for making the strain little: it need not be least."""


def _with_little_strain(
    model: Model, found: tuple[list[Triple], list[Triple]], strain: Sequence[int], timer: Timer, seed: int, workers: int
) -> tuple[list[Triple], list[Triple]] | None:
    goal = sum(points * item.variable for points, item in zip(strain, model.crew) if points)
    best = _completed(model, [goal], *found, timer)
    if best is None or best.values[0] == 0:
        return None
    hint_at(model, best.solution)
    least = _LITTLE_WORK + _LITTLE_WORK_PER_CANDIDATE * len(model.crew)
    least = least if timer.work_left is None else min(least, timer.work_left)
    little = Timer(replace(timer.stop, seconds=timer.seconds_left, work=least))
    outcome = _solve_tier(model, "strain", goal, little, seed, workers, Progress(), 1, is_nearly_linear=True)
    timer.worked(least - (little.work_left or 0.0))
    return outcome.found


def _build(problem: Problem, timer: Timer) -> tuple[Model, list[Any]]:
    """The model with every rule, and the three tiers' goals. Raises ``_OutOfTime``."""
    model = Model(problem, timer)
    for constraint in CONSTRAINTS:
        constraint(model)
        model.go_on()
    return model, [sum(term(model) for term in terms) for terms in (NEEDS, PROMISES, QUALITY)]


def _finish(
    problem: Problem, best: _Best, tiers: list[TierValue], steps: list[Step], seed: int, strategy: str
) -> Result:
    roster = problem.roster(best.crew, best.standbys, strategy=strategy, seed=seed)
    proven = len(tiers) == len(TIERS) and all(tier.status == "OPTIMAL" for tier in tiers)
    return Result(roster, "OPTIMAL" if proven else "FEASIBLE", tuple(tiers), tuple(steps))


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: str
    bound: int | None
    found: tuple[list[Triple], list[Triple]] | None
    step: Step


def _solve_tier(
    model: Model, name: str, goal: Any, timer: Timer, seed: int, workers: int, progress: Progress, tiers_left: int,
    is_nearly_linear: bool = False, gap: float | None = None,
) -> _Outcome:
    from ortools.sat.python import cp_model

    began = timer.elapsed
    progress.tier_begins(name)
    model.cp.minimize(goal)
    solver = new_solver(workers)
    solver.parameters.random_seed = seed
    if is_nearly_linear:
        solver.parameters.linearization_level = 2
    watch = _Watch(name, progress, gap, timer.stop.unimproved)
    solver.best_bound_callback = watch.bound_rises
    # An earlier tier leaves time for the later ones; what it does not use they get.
    share = 1.0 if tiers_left == 1 else 0.6
    if timer.seconds_left is not None:
        solver.parameters.max_time_in_seconds = max(0.05, timer.seconds_left * share)
    if timer.work_left is not None:
        solver.parameters.max_deterministic_time = max(0.01, timer.work_left * share)
    status = run_solver(solver, model.cp, _callback(watch), timer.stop, watch.is_enough)
    response = solver.response_proto
    timer.worked(response.deterministic_time)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"the model is invalid: {model.cp.validate()}")
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    value = round(solver.objective_value) if found else None
    bound = _whole(solver.best_objective_bound) if status != cp_model.UNKNOWN else None
    roster = (chosen(solver, model.crew), chosen(solver, model.standbys)) if found else None
    step = Step(f"exact {name}", timer.elapsed - began, {
        "status": solver.status_name(status), "value": value, "bound": bound, "branches": int(response.num_branches),
    })
    return _Outcome(solver.status_name(status), bound, roster, step)


def new_solver(workers: int) -> Any:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    # Left on, it forgets our own handler of Ctrl-C.
    solver.parameters.catch_sigint_signal = False
    # By default the search for symmetries may take seconds, even in a model of twenty variables.
    solver.parameters.symmetry_detection_deterministic_time_limit = 0.05
    return solver


def _whole(bound: float) -> int | None:
    """A bound of whole points, rounded up; None where there is none."""
    return math.ceil(bound - 1e-6) if math.isfinite(bound) else None


class _Watch:
    """What a tier's search has come to, and whether that is enough."""

    def __init__(self, name: str, progress: Progress, gap: float | None, patience: float | None) -> None:
        self.name, self.progress, self.gap, self.patience = name, progress, gap, patience
        self.value: int | None = None
        self.bound: int | None = None
        self.better_at = time.monotonic()

    def better(self, value: int, bound: float) -> None:
        """A better roster."""
        self.value, self.better_at = value, time.monotonic()
        self.progress.better(self.name, value, _whole(bound))

    def bound_rises(self, value: float) -> None:
        """A better bound."""
        bound = _whole(value)
        if bound is not None and (self.bound is None or bound > self.bound):
            self.bound, self.better_at = bound, time.monotonic()
            self.progress.bound_rises(self.name, bound)

    def is_enough(self) -> bool:
        """Within the gap, or nothing better for too long."""
        if self.patience is not None and time.monotonic() - self.better_at > self.patience:
            return True
        if self.gap is None or self.value is None or self.bound is None:
            return False
        return self.value - self.bound <= self.gap * max(1, self.value)


def _callback(watch: _Watch) -> Any:
    from ortools.sat.python import cp_model

    class OnSolution(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            watch.better(round(self.objective_value), self.best_objective_bound)

    return OnSolution()


def run_solver(
    solver: Any, model: Any, callback: Any, stop: Stop, is_enough: Callable[[], bool] = lambda: False
) -> Any:
    """Solve in a thread of its own, so that a signal or a cancel is heard while the solver works."""
    answer: list[Any] = []
    thread = threading.Thread(target=lambda: answer.append(solver.solve(model, callback)), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.02)
        if stop.cancelled or is_enough():
            solver.stop_search()
    return answer[0]


def chosen(solver: Any, items: Iterable[Item]) -> list[Triple]:
    return [(item.option, item.role, item.volunteer) for item in items if solver.boolean_value(item.variable)]


def triples_of(problem: Problem, roster: Roster) -> tuple[list[Triple], list[Triple]]:
    """A roster's crew and stand-bys in the problem's numbers; visits at starts that are no options are left out."""
    crew: list[Triple] = []
    standbys: list[Triple] = []
    rows = problem.expanded.volunteer_index
    for entry in roster.visits:
        number = problem.expanded.visit_index[entry.id]
        visit = problem.visits[number]
        minute = problem.expanded.calendar.minute_of(entry.start) if entry.start is not None else None
        option = next((o for o in problem.options_of[number] if problem.options[o].start == minute), None)
        if option is None:
            continue
        roles = {role.id: position for position, role in enumerate(visit.wish.roles)}
        crew += [(option, roles[seat.role], rows[seat.volunteer]) for seat in entry.assigned]
        standbys += [(option, roles[seat.role], rows[seat.volunteer]) for seat in entry.standbys]
    return crew, standbys


def _completed(
    model: Model, goals: Sequence[Any], crew: list[Triple], standbys: list[Triple], timer: Timer
) -> _Best | None:
    """A roster with its value in every tier, and the variables that go with it; None if it breaks a rule.

    Everything a roster decides is fixed, so this is a presolve, not a search.
    """
    from ortools.sat.python import cp_model

    model.cp.clear_hints()  # type: ignore[no-untyped-call]
    happening = {option for option, _, _ in crew}
    for number, happens in enumerate(model.happens):
        model.cp.add_hint(happens, number in happening)
    for items, chosen in ((model.crew, set(crew)), (model.standbys, set(standbys))):
        for item in items:
            model.cp.add_hint(item.variable, (item.option, item.role, item.volunteer) in chosen)
    model.cp.minimize(sum(goals))
    solver = new_solver(workers=1)
    solver.parameters.fix_variables_to_their_hinted_value = True
    status = solver.solve(model.cp)
    timer.worked(solver.response_proto.deterministic_time)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    values = tuple(int(solver.value(goal)) for goal in goals)
    return _Best(crew, standbys, values, tuple(solver.response_proto.solution))


def hint_at(model: Model, solution: Sequence[int]) -> None:
    """Let the search begin from a solution; every variable has its value, so nothing is left to complete."""
    model.cp.clear_hints()  # type: ignore[no-untyped-call]
    model.cp.model_proto.solution_hint.vars.extend(range(len(solution)))
    model.cp.model_proto.solution_hint.values.extend(solution)


# -------------------------------------------------------------------------------------- contradictions


def smallest_conflict(problem: Problem) -> tuple[FixedSeat, ...]:
    """A smallest set of pins and published seats that cannot all be kept.

    Implicit hitting sets: guess a smallest set that hits every correction found so far; if it can be
    met, what else must be dropped is a new correction (Ignatiev et al., CP 2015, "Smallest MUS extraction
    with minimal hitting set dualization").
    """
    demands = (*problem.pins, *problem.published)
    corrections: list[frozenset[int]] = []
    while True:
        guess = _smallest_hitting_set(corrections)
        dropped = _correction(problem, demands, guess)
        if dropped is None:
            return tuple(demands[number] for number in sorted(guess))
        if not dropped:
            return ()
        corrections.append(dropped)


def _smallest_hitting_set(sets: Sequence[frozenset[int]]) -> frozenset[int]:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = {number: model.new_bool_var("") for number in sorted(frozenset().union(*sets))}
    for group in sets:
        model.add_bool_or([chosen[number] for number in sorted(group)])
    model.minimize(sum(chosen.values()))
    solver = new_solver(workers=1)
    solver.solve(model)
    return frozenset(number for number, variable in chosen.items() if solver.boolean_value(variable))


def _correction(problem: Problem, demands: Sequence[FixedSeat], keep: frozenset[int]) -> frozenset[int] | None:
    """A smallest set of other demands to drop so that ``keep`` can be met; None if nothing helps."""
    from ortools.sat.python import cp_model

    model = Model(problem)
    for constraint in CONSTRAINTS:
        if constraint not in (keeps_what_is_published, keeps_what_is_pinned):
            constraint(model)
    given_up = []
    for number, seat in enumerate(demands):
        unless = model.new_bool()
        _fix(model, seat, unless)
        if number in keep:
            model.cp.add(unless == 0)
        given_up.append(unless)
    model.cp.minimize(sum(given_up))
    solver = new_solver(workers=1)
    if solver.solve(model.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return frozenset(number for number, unless in enumerate(given_up) if solver.boolean_value(unless))

