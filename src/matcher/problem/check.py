"""The judge: any roster against the scenario's facts, rule by rule and term by term.

It shares nothing with the solvers beyond the pair-level predicates and the price list. One function
per rule, each yielding its violations; ``ROSTER_RULES`` is the table of contents.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.claims import Published
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Role, Wish
from matcher.errors import BadInput, Fault
from matcher.problem.eligibility import Eligibility, Rows
from matcher.problem.expand import Expanded, Outside, Visit, expand, published_in_plan
from matcher.problem.objective import NEEDS_TERMS, PROMISE_TERMS, QUALITY_TERMS, Prices
from matcher.problem.roster import TIERS, FairnessRow, Report, Roster, TierValue, Violation
from matcher.problem.rules import PAIR_RULES, RULES, Language


@dataclass(frozen=True, slots=True)
class Served:
    """A visit of the roster, resolved to facts: its start and end in minutes, its people by row."""

    visit: Visit
    start: int | None
    end: int | None
    day: date
    crew: tuple[tuple[Role, int], ...]
    standbys: tuple[tuple[Role, int], ...]

    @property
    def people(self) -> tuple[int, ...]:
        return tuple(row for _, row in self.crew)

    def rows_of_roles(self) -> list[tuple[Role, Rows]]:
        """Each role with the people who have a seat of it."""
        people: dict[str, list[int]] = defaultdict(list)
        for role, row in self.crew:
            people[role.id].append(row)
        roles = {role.id: role for role, _ in self.crew}
        return [(roles[name], np.array(rows)) for name, rows in people.items()]


@dataclass(frozen=True, slots=True)
class Duty:
    """One person's timed duty: an own visit, a stand-by, or a published seat outside the plan."""

    row: int
    label: str
    visit: str
    start: int
    end: int
    place: str | None
    end_place: str | None
    by_car: bool
    standby: bool


def check(scenario: Scenario | Expanded, roster: Roster, prices: Prices | None = None) -> Report:
    """The verdict on a roster: every violation, the tiers' values and every term.

    ``prices`` already worked out for these facts save their second making. Raises ``BadInput`` if the roster names visits,
    wishes, roles or people the scenario does not know.
    """
    expanded = scenario if isinstance(scenario, Expanded) else expand(scenario)
    judge = Judge(expanded, roster, prices)
    violations = tuple(judge.violations())
    terms = judge.terms(violations)
    values = (
        sum(terms[name] for name in NEEDS_TERMS),
        sum(terms[name] for name in PROMISE_TERMS),
        sum(terms[name] for name in QUALITY_TERMS),
    )
    return Report(
        valid=all(violation.price is not None for violation in violations),
        violations=violations,
        tiers=tuple(
            TierValue(name=name, value=value)
            for name, value in zip(TIERS, values)
        ),
        fairness=tuple(judge.fairness_rows()),
        terms=terms,
        warnings=tuple(judge.warnings()),
    )


class Judge:
    """One roster beside its facts."""

    def __init__(
        self,
        expanded: Expanded,
        roster: Roster,
        prices: Prices | None = None,
        about: Set[str] | None = None,
    ) -> None:
        """``prices`` already worked out for these facts save their second making.

        ``about``: only these visits are looked at, as if the plan had no others; of use where two rosters are
        compared that leave all others alone.
        """
        self.expanded = expanded
        self.roster = roster
        self.scenario = expanded.scenario
        self.settings = expanded.scenario.program.settings
        self.language: Language = self.settings.language
        self.prices = prices or Prices(expanded, Eligibility(expanded))
        self.eligibility = self.prices.eligibility
        self.about = about
        refuse_unknown_names(expanded, roster)
        self.served = tuple(self._resolved())

    def violations(self) -> Iterator[Violation]:
        """Everything that breaks a rule; rules made soft carry their price."""
        soft = self.settings.soft_rules
        for rule in ROSTER_RULES:
            for violation in rule(self):
                price = soft.get(violation.rule)  # type: ignore[call-overload]
                units = violation.price or 1
                yield violation.model_copy(update={"price": None if price is None else price * units})

    def warnings(self) -> Iterator[str]:
        """What does not make the roster wrong, but should be known."""
        if self.roster.scenario != self.scenario.fingerprint:
            yield (
                "这份排班表是按另一版台账做的。" if self.language == "zh"
                else "This roster was made from another version of the scenario."
            )

    # --------------------------------------------------------------------------------------- facts

    def _resolved(self) -> Iterator[Served]:
        minute_of = self.expanded.calendar.minute_of
        for entry in self.roster.visits:
            visit = self.expanded.visits[self.expanded.visit_index[entry.id]]
            start = minute_of(entry.start) if entry.start is not None and not visit.is_goods else None
            end = minute_of(entry.end) if entry.end is not None and start is not None else None
            if start is not None and end is None:
                end = start + visit.minutes
            if not entry.assigned and not entry.standbys:
                continue
            yield Served(
                visit, start, end, self._day(visit, start),
                tuple((self._role(visit, seat.role), self._row(seat.volunteer)) for seat in entry.assigned),
                tuple((self._role(visit, seat.role), self._row(seat.volunteer)) for seat in entry.standbys),
            )

    def _day(self, visit: Visit, start: int | None) -> date:
        if visit.is_goods or start is not None:
            return self.expanded.day_of(visit, start)
        return self.scenario.program.window.start  # reported by happens_at_an_asked_time

    def _role(self, visit: Visit, name: str) -> Role:
        role = visit.role(name)
        assert role is not None
        return role

    def _row(self, volunteer: str) -> int:
        return self.expanded.volunteer_index[volunteer]

    @cached_property
    def crewed(self) -> tuple[Served, ...]:
        """Visits somebody serves."""
        return tuple(served for served in self.served if served.crew)

    @cached_property
    def by_wish(self) -> dict[str, tuple[Served, ...]]:
        """Crewed visits of each wish, in the order of its occurrences."""
        groups: dict[str, list[Served]] = defaultdict(list)
        for served in self.crewed:
            groups[served.visit.wish.id].append(served)
        return {name: tuple(sorted(group, key=lambda s: s.visit.order)) for name, group in groups.items()}

    @cached_property
    def told(self) -> tuple[tuple[Published, Visit], ...]:
        """Published seats of the visits looked at."""
        return tuple(
            (seat, visit) for seat, visit in published_in_plan(self.expanded) if self.is_about(visit.id)
        )

    def is_about(self, visit: str) -> bool:
        """Whether a visit is looked at."""
        return self.about is None or visit in self.about

    @cached_property
    def duties(self) -> dict[int, tuple[Duty, ...]]:
        """Everybody's timed duties in time order."""
        found: dict[int, list[Duty]] = defaultdict(list)
        for served in self.served:
            if served.start is None or served.end is None:
                continue
            for people, standby in ((served.crew, False), (served.standbys, True)):
                for role, row in people:
                    found[row].append(Duty(
                        row, self.title(served.visit), served.visit.id, served.start, served.end,
                        served.visit.place, served.visit.end_place, role.vehicle is not None, standby,
                    ))
        for seat in self.expanded.outside:
            if seat.start is not None and seat.end is not None:
                found[seat.volunteer].append(Duty(
                    seat.volunteer, seat.visit, seat.visit, seat.start, seat.end, seat.place, seat.end_place,
                    False, seat.standby,
                ))
        return {
            row: tuple(sorted(own, key=lambda duty: (duty.start, duty.end, duty.visit))) for row, own in found.items()
        }

    def collide(self, first: Duty, second: Duty) -> bool:
        """Whether there is no time to travel from one duty to the next (first begins no later)."""
        mode = "car" if second.by_car else self.scenario.volunteers[first.row].travel_mode
        between = self.expanded.atlas.minutes(first.end_place, second.place, mode)
        return first.end + between > second.start

    # --------------------------------------------------------------------------------------- words

    def who(self, row: int) -> str:
        person = self.scenario.volunteers[row]
        return person.name or person.id

    def title(self, visit: Visit) -> str:
        return f"{visit.wish.title}（{visit.id}）" if self.language == "zh" and visit.wish.title else visit.id

    def time(self, minute: int | None) -> str:
        return "" if minute is None else f"{self.expanded.calendar.moment(minute):%Y-%m-%d %H:%M}"

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def broken(
        self, rule: str, visit: Visit | None, row: int | None = None, units: int = 1, **values: object
    ) -> Violation:
        """A violation with its sentence; ``price`` holds units until the price is known."""
        words = {"visit": self.title(visit) if visit else "", "who": self.who(row) if row is not None else ""} | values
        return Violation(
            rule=rule,
            visit=visit.id if visit else None,
            volunteer=self.scenario.volunteers[row].id if row is not None else None,
            message=RULES[rule].broken(self.language, **words),
            price=units,
        )

    def collision(self, rule: str, duty: Duty, other: Duty, detail: str) -> Violation:
        """A violation of two duties of one person, filed under one that this plan decides."""
        visit = _visit(self, duty.visit) or _visit(self, other.visit)
        return Violation(
            rule=rule,
            visit=visit.id if visit else None,
            volunteer=self.scenario.volunteers[duty.row].id,
            message=RULES[rule].broken(
                self.language, visit=duty.label, other=other.label, who=self.who(duty.row), detail=detail
            ),
            price=1,
        )

    # --------------------------------------------------------------------------------------- terms

    def terms(self, violations: Iterable[Violation]) -> dict[str, int]:
        """Every term's value in points."""
        return {
            "empty_seats": self._empty_seats(),
            "published_seat": self._published_seats(standby=False),
            "published_time": self._published_times(),
            "published_standby": self._published_seats(standby=True),
            "pairing_broken": self._pairings_broken(),
            "least_visit_missing": self._least_visits_missing(),
            "claimant_without_turn": self._claimants_without_turn(),
            "fairness": self._fairness(),
            "faces": self._faces(),
            "turns": self._turns(),
            "missing_standby": self._missing_standbys(),
            "standby_turns": self._standby_turns(),
            "undesired_time": self._seat_prices(
                lambda s, role, rows: self.prices.undesired_time(s.visit, s.start, rows)
            ),
            "travel": self._travel(),
            "locality": self._seat_prices(lambda s, role, rows: self.prices.locality(s.visit, rows)),
            "preferences": self._seat_prices(lambda s, role, rows: self.prices.preferences(s.visit, role, rows)),
            "soft_rules": sum(violation.price or 0 for violation in violations),
        }

    def _empty_seats(self) -> int:
        filled = {served.visit.id: len(served.crew) for served in self.served}
        if self.about is None:
            nobody_anywhere, visits = self.prices.all_seats, [s.visit for s in self.served]
        else:
            visits = [self.expanded.visits[self.expanded.visit_index[name]] for name in sorted(self.about)]
            nobody_anywhere = sum(visit.seats * self.prices.empty_seat(visit.wish) for visit in visits)
        return nobody_anywhere - sum(
            min(visit.seats, filled.get(visit.id, 0)) * self.prices.empty_seat(visit.wish)
            for visit in {visit.id: visit for visit in visits}.values()
        )

    def _published_seats(self, standby: bool) -> int:
        now = {
            (served.visit.id, role.id, row)
            for served in self.served
            for role, row in (served.standbys if standby else served.crew)
        }
        price = self.prices.weights.published_standby if standby else self.prices.weights.published_seat
        return sum(
            price * self.prices.near(self._told_day(seat.visit))
            for seat, visit in self.told
            if seat.standby == standby
            and (visit.id, seat.role, self.expanded.volunteer_index.get(seat.volunteer, -1)) not in now
        )

    def _published_times(self) -> int:
        served = {s.visit.id: s for s in self.crewed}
        changed = {
            visit.id
            for seat, visit in self.told
            if seat.start is not None
            and visit.id in served
            and served[visit.id].start != self.expanded.calendar.minute_of(seat.start)
        }
        return self.prices.weights.published_time * sum(
            self.prices.near(self._told_day(name)) for name in sorted(changed)
        )

    def _told_day(self, visit: str) -> date:
        return told_day(self.expanded, visit)

    def _pairings_broken(self) -> int:
        return self.prices.weights.pairing_broken * sum(
            1
            for served in self.crewed
            for paired in [paired_people(self.expanded, served.visit.wish)]
            if paired and not set(paired) & set(served.people)
        )

    def _least_visits_missing(self) -> int:
        wanted = self.prices.least_visits
        if not wanted:
            return 0
        done: Counter[tuple[int, tuple[int, int]]] = Counter()
        for served in self.crewed:
            for row in served.people:
                done[row, (served.day.year, served.day.month)] += 1
        elsewhere = self.prices.counted_elsewhere
        return self.prices.weights.least_visit_missing * sum(
            max(0, least - done[row, month] - elsewhere.get((row, month), 0))
            for row, least in wanted.items()
            for month in self.prices.months
        )

    def _service_day(self, start: datetime) -> date:
        return self.expanded.calendar.day_of(self.expanded.calendar.minute_of(start))

    def _claimants_without_turn(self) -> int:
        serving = {name: {row for s in group for row in s.people} for name, group in self.by_wish.items()}
        return self.prices.weights.claimant_without_turn * sum(
            not (people & serving.get(wish, set())) for wish, people in self.prices.claims_to_honour
        )

    def _fairness(self) -> int:
        new = Counter(row for served in self.crewed for row in served.people)
        return sum(self.prices.fairness(row, turn) for row, count in new.items() for turn in range(1, count + 1))

    def _faces(self) -> int:
        return self.prices.weights.faces * sum(
            len({row for s in group for row in s.people} - self.prices.known_faces(group[0].visit.wish))
            for group in self.by_wish.values()
            if group[0].visit.wish.staffing.policy in ("steady", "pair")
        )

    def _turns(self) -> int:
        total = 0
        for group in self.by_wish.values():
            wish = group[0].visit.wish
            if wish.staffing.policy != "rotate":
                continue
            before = self.prices.wish_turns_before(wish)
            new = Counter(row for s in group for row in s.people)
            total += sum(
                self.prices.wish_turn(before.get(row, 0), turn)
                for row, count in new.items()
                for turn in range(1, count + 1)
            )
        return total

    def _missing_standbys(self) -> int:
        missing = 0
        for served in self.crewed:
            named = Counter(role.id for role, _ in served.standbys)
            for role in {role.id: role for role, _ in served.crew}.values():
                missing += max(0, served.visit.wish.staffing.standbys - named[role.id])
        return self.prices.weights.missing_standby * missing

    def _standby_turns(self) -> int:
        duties = Counter((served.visit.wish.id, row) for served in self.served for _, row in served.standbys)
        return sum(self.prices.standby_turn(turn) for count in duties.values() for turn in range(1, count + 1))

    def _seat_prices(self, prices: Callable[[Served, Role, Rows], NDArray[np.int64]]) -> int:
        """The sum over all crew seats; ``prices`` has a price for each of the rows of one role."""
        return sum(
            int(prices(served, role, rows).sum())
            for served in self.crewed
            if served.start is not None or served.visit.is_goods
            for role, rows in served.rows_of_roles()
        )

    def _travel(self) -> int:
        days: dict[tuple[int, date], list[tuple[int, Visit, Role]]] = defaultdict(list)
        total = 0
        for served in self.crewed:
            for role, row in served.crew:
                if served.visit.is_goods:
                    total += self.prices.tour(row, [(served.visit, role)])
                elif served.start is not None:
                    days[row, served.day].append((served.start, served.visit, role))
        for (row, _), stops in days.items():
            ordered = sorted(stops, key=lambda stop: (stop[0], stop[1].id))
            total += self.prices.tour(row, [(visit, role) for _, visit, role in ordered])
        return total

    def fairness_rows(self) -> Iterator[FairnessRow]:
        """Everybody's share."""
        new = Counter(row for served in self.crewed for row in served.people)
        minutes: Counter[int] = Counter()
        for served in self.crewed:
            for row in served.people:
                minutes[row] += served.visit.minutes
        for row, person in enumerate(self.scenario.volunteers):
            yield FairnessRow(
                volunteer=person.id, before=self.prices.turns_before[row], new=new[row],
                offered=self.prices.turns_offered[row], minutes=minutes[row],
            )


def refuse_unknown_names(expanded: Expanded, roster: Roster) -> None:
    """Raise ``BadInput`` with every name of a roster the scenario does not know."""
    zh = expanded.scenario.program.settings.language == "zh"
    faults = []
    program = expanded.scenario.program.name
    if roster.program and roster.program != program:
        faults.append(Fault(
            f"这是“{roster.program}”的排班表，台账是“{program}”的" if zh
            else f'this roster belongs to "{roster.program}", the scenario to "{program}"',
            "请换成同一个项目的文件。" if zh else "Take the two files of one programme.",
            code="another-program",
        ))
    for number, entry in enumerate(roster.visits):
        path: tuple[str | int, ...] = ("visits", number)
        if entry.id not in expanded.visit_index:
            faults.append(Fault(
                f"服务单“{entry.id}”不在本期计划里" if zh else f'visit "{entry.id}" is not part of this plan',
                "请核对心愿和时间范围。" if zh else "Check the wish and the planning window.",
                path=(*path, "id"), code="unknown-visit",
            ))
            continue
        visit = expanded.visits[expanded.visit_index[entry.id]]
        if entry.wish != visit.wish.id:
            faults.append(Fault(
                f"服务单“{entry.id}”不属于心愿“{entry.wish}”" if zh
                else f'visit "{entry.id}" is no visit of wish "{entry.wish}"',
                path=(*path, "wish"), code="unknown-wish",
            ))
        for seat in (*entry.assigned, *entry.standbys):
            if seat.volunteer not in expanded.volunteer_index:
                faults.append(Fault(
                    f"志愿者“{seat.volunteer}”不在名单里" if zh else f'volunteer "{seat.volunteer}" is not on the list',
                    path=(*path, "assigned"), code="unknown-volunteer",
                ))
            if visit.role(seat.role) is None:
                faults.append(Fault(
                    f"“{entry.id}”没有分工“{seat.role}”" if zh else f'"{entry.id}" has no role "{seat.role}"',
                    path=(*path, "assigned"), code="unknown-role",
                ))
    if faults:
        raise BadInput(faults)


def told_day(expanded: Expanded, visit: str) -> date:
    """The day people were told a visit takes place: the first published start, or the due day."""
    planned = expanded.visits[expanded.visit_index[visit]]
    if planned.due is not None:
        return planned.due
    start = expanded.first_told.get(visit)
    return expanded.today if start is None else expanded.calendar.day_of(start)


def paired_people(expanded: Expanded, wish: Wish) -> tuple[int, ...]:
    """The volunteers paired with the resident of a ``pair`` wish."""
    if wish.staffing.policy != "pair" or wish.resident is None:
        return ()
    return expanded.paired.get(wish.resident, ())


# ------------------------------------------------------------------------------------------------ rules


def _pair_level(judge: Judge) -> Iterator[Violation]:
    """All pair rules over every crew seat."""
    for served in judge.crewed:
        if served.start is None and not served.visit.is_goods:
            continue
        for role, row in served.crew:
            broken = (
                *judge.eligibility.refusals(row, served.visit, role, served.start),
                *judge.eligibility.soft_refusals(row, served.visit, role, served.start),
            )
            for rule in broken:
                detail = _detail(judge, rule, served, role, row)
                yield judge.broken(rule, served.visit, row, role=role.title or role.id, detail=detail)


def _detail(judge: Judge, rule: str, served: Served, role: Role, row: int) -> str:
    if rule == "is_available":
        return f"{judge.time(served.start)}–{judge.time(served.end)[-5:]}"
    if rule == "is_within_reach":
        minutes = int(judge.eligibility.minutes_there(served.visit, role, np.array([row]))[0])
        most = judge.expanded.limits[row].max_travel_minutes
        return judge.say(f"要{minutes}分钟，最多{most}分钟", f"{minutes} minutes, at most {most}")
    if rule == "has_the_skills":
        return judge.say("、", ", ").join(
            judge.say(f"{need.name}（{need.level}级）", f"{need.name} (level {need.level})") for need in role.skills
        )
    if rule == "has_the_vehicle" and role.vehicle is not None:
        chair = role.vehicle.wheelchair
        return judge.say(
            f"要{role.vehicle.seats}个乘客座{'，能放轮椅' if chair else ''}",
            f"it must have {role.vehicle.seats} for passengers{' and take a wheelchair' if chair else ''}",
        )
    return ""


def happens_at_an_asked_time(judge: Judge) -> Iterator[Violation]:
    for served in judge.served:
        visit = served.visit
        if visit.is_goods:
            continue
        if served.start is None:
            yield judge.broken("happens_at_an_asked_time", visit, detail=judge.say("没有写开始时间", "it has no start"))
        elif not visit.may_start(served.start):
            yield judge.broken("happens_at_an_asked_time", visit, detail=judge.say(
                f"{judge.time(served.start)}不在提出的时间范围内",
                f"{judge.time(served.start)} is not among the times asked for",
            ))
        elif served.end != served.start + visit.minutes:
            yield judge.broken("happens_at_an_asked_time", visit, detail=judge.say(
                f"应当历时{visit.minutes}分钟", f"it must take {visit.minutes} minutes"
            ))


def is_in_one_place_at_a_time(judge: Judge) -> Iterator[Violation]:
    for duties in judge.duties.values():
        own = [duty for duty in duties if not duty.standby]
        for number, first in enumerate(own):
            for second in own[number + 1:]:
                if _is_planned(judge, first, second) and judge.collide(first, second):
                    yield judge.collision("is_in_one_place_at_a_time", first, second, judge.say(
                        f"前一处{judge.time(first.end)}结束，后一处{judge.time(second.start)}开始",
                        f"one ends at {judge.time(first.end)}, the other begins at {judge.time(second.start)}",
                    ))


def _is_planned(judge: Judge, first: Duty, second: Duty) -> bool:
    """Two different visits, at least one of which this plan decides."""
    planned = judge.expanded.visit_index
    return first.visit != second.visit and (first.visit in planned or second.visit in planned)


def _visit(judge: Judge, name: str) -> Visit | None:
    at = judge.expanded.visit_index.get(name)
    return None if at is None else judge.expanded.visits[at]


@dataclass
class _Load:
    visits: Counter[tuple[object, ...]]
    minutes: Counter[tuple[object, ...]]
    days: dict[tuple[int, int], set[date]]


def keeps_own_limits(judge: Judge) -> Iterator[Violation]:
    touched = {row for served in judge.crewed for row in served.people}
    loads = {row: _Load(Counter(), Counter(), defaultdict(set)) for row in touched}

    def count(row: int, day: date, minutes: int, goods: bool) -> None:
        load = loads[row]
        week = day.isocalendar()[:2]
        keys: list[tuple[object, ...]] = [("week", *week), ("month", day.year, day.month)]
        if not goods:
            keys.append(("day", day))
            load.days[week].add(day)
        for key in keys:
            load.visits[key] += 1
            load.minutes[key] += minutes

    for served in judge.crewed:
        for row in served.people:
            count(row, served.day, served.visit.minutes, served.visit.is_goods)
    for row in touched:
        for service in judge.expanded.done_by_volunteer.get(judge.scenario.volunteers[row].id, ()):
            wish = judge.scenario.wish.get(service.wish or "")
            goods = wish is not None and wish.kind == "goods"
            count(row, judge._service_day(service.start), 0 if goods else service.minutes, goods)
    for seat in judge.expanded.outside:
        if seat.volunteer in touched and not seat.standby:
            count(seat.volunteer, seat.day, _minutes(seat), seat.start is None)
    own_days = {(row, key) for s in judge.crewed for row in s.people for key in _periods_of(s.day, s.visit.is_goods)}
    for row in sorted(touched):
        yield from _beyond_limits(judge, row, loads[row], own_days)
        yield from _too_little_rest(judge, row)


def _minutes(seat: Outside) -> int:
    return 0 if seat.start is None or seat.end is None else seat.end - seat.start


def _periods_of(day: date, goods: bool) -> list[tuple[object, ...]]:
    periods: list[tuple[object, ...]] = [("week", *day.isocalendar()[:2]), ("month", day.year, day.month)]
    return periods if goods else [*periods, ("day", day)]


def _beyond_limits(
    judge: Judge, row: int, load: _Load, own: set[tuple[int, tuple[object, ...]]]
) -> Iterator[Violation]:
    limits = judge.expanded.limits[row]
    for unit, zh in (("day", "每天"), ("week", "每周"), ("month", "每月")):
        for what, counted in (("visits", load.visits), ("minutes", load.minutes)):
            most = getattr(limits, f"{what}_per_{unit}")
            for key in sorted((key for key in counted if key[0] == unit), key=str):
                if most is not None and counted[key] > most and (row, key) in own:
                    measure = "次" if what == "visits" else "分钟"
                    yield judge.broken("keeps_own_limits", _first_visit(judge, row, key), row, detail=judge.say(
                        f"{zh}最多{most}{measure}，{_period_name(judge, key)}有{counted[key]}{measure}",
                        f"at most {most} for {what} per {unit}, but {counted[key]} {_period_name(judge, key)}",
                    ))
    rest = limits.rest_days or 0
    for week, days in sorted(load.days.items()):
        if rest and len(days) > 7 - rest and (row, ("week", *week)) in own:
            key = ("week", *week)
            yield judge.broken("keeps_own_limits", _first_visit(judge, row, key), row, detail=judge.say(
                f"每周要休{rest}天，{_period_name(judge, key)}排了{len(days)}天",
                f"{rest} of 7 days are for rest, but there are visits on {len(days)} days {_period_name(judge, key)}",
            ))


def _first_visit(judge: Judge, row: int, key: tuple[object, ...]) -> Visit | None:
    return next(
        (s.visit for s in judge.crewed if row in s.people and key in _periods_of(s.day, s.visit.is_goods)), None
    )


def _period_name(judge: Judge, key: tuple[Any, ...]) -> str:
    if key[0] == "day":
        return judge.say(f"{key[1]}", f"on {key[1]}")
    if key[0] == "month":
        return judge.say(f"{key[1]}年{key[2]}月", f"in {key[1]}-{key[2]:02d}")
    monday = date.fromisocalendar(key[1], key[2], 1)
    return judge.say(f"{monday}起的一周", f"in the week from {monday}")


def _too_little_rest(judge: Judge, row: int) -> Iterator[Violation]:
    least = judge.expanded.limits[row].min_rest_minutes or 0
    if not least:
        return
    own = [duty for duty in judge.duties.get(row, ()) if not duty.standby]
    # Not only neighbours: two seats outside the plan may lie one within the other.
    for first, second in combinations(own, 2):
        if _is_planned(judge, first, second) and 0 <= second.start - first.end < least:
            yield judge.broken("keeps_own_limits", _visit(judge, second.visit), row, detail=judge.say(
                f"两次之间至少休息{least}分钟，只有{second.start - first.end}分钟",
                f"at least {least} minutes of rest, but only {second.start - first.end}",
            ))


def fills_each_role_once(judge: Judge) -> Iterator[Violation]:
    listed = Counter(entry.id for entry in judge.roster.visits)
    for served in judge.served:
        visit = served.visit
        if listed[visit.id] > 1:
            yield judge.broken("fills_each_role_once", visit, detail=judge.say(
                "列了不止一次", "it is listed more than once"
            ))
        for row, seats in Counter(served.people).items():
            if seats > 1:
                yield judge.broken("fills_each_role_once", visit, row, detail=judge.say(
                    f"{judge.who(row)}占了{seats}个位置", f"{judge.who(row)} has {seats} seats"
                ))
        taken = Counter(role.id for role, _ in served.crew)
        for role in visit.wish.roles:
            if taken[role.id] > role.count:
                yield judge.broken("fills_each_role_once", visit, detail=judge.say(
                    f"“{role.title or role.id}”{role.count}个名额排了{taken[role.id]}人",
                    f"{taken[role.id]} people in {role.count} seats of {role.id}",
                ))


def is_crewed_together(judge: Judge) -> Iterator[Violation]:
    for served in judge.served:
        visit = served.visit
        seats = len(set(served.people))
        if not served.crew:
            if served.standbys:
                yield judge.broken("is_crewed_together", visit, detail=judge.say(
                    "只有备班，没有人当班", "there are stand-bys but no crew"
                ))
            continue
        if not visit.wish.partial and seats < visit.seats:
            yield judge.broken("is_crewed_together", visit, detail=judge.say(
                f"要{visit.seats}人，只排了{seats}人", f"{visit.seats} people needed, {seats} named"
            ))
        if visit.wish.as_one_team:
            teams = {judge.scenario.volunteers[row].team for row in served.people}
            if len(teams) > 1 or None in teams:
                yield judge.broken("is_crewed_together", visit, detail=judge.say(
                    "不是出自同一个服务队", "they are not of one team"
                ))


def keeps_the_spacing(judge: Judge) -> Iterator[Violation]:
    visits = judge.expanded.visits
    # Where nobody serves there is nothing to keep apart; in the plan's order.
    for name in sorted(judge.by_wish, key=lambda name: judge.expanded.visits_of_wish[name][0]):
        planned = [visits[number] for number in judge.expanded.visits_of_wish[name]]
        when = planned[0].wish.recurrence
        if when is None or (when.least_gap_days == 0 and when.max_gap_days is None and when.times is None):
            continue
        served = {s.visit.id: s for s in judge.by_wish[name]}
        last: tuple[str, date] | None = last_done(judge.expanded, planned[0].wish)
        adjacent = last is not None and history_binds(judge.expanded, planned[0], last[1])
        for visit in planned:
            if visit.id not in served:
                adjacent = False
                continue
            day = served[visit.id].day
            if last is not None:
                gap = (day - last[1]).days
                if gap < when.least_gap_days:
                    yield judge.broken("keeps_the_spacing", visit, other=last[0], detail=judge.say(
                        f"只有{gap}天，至少要{when.least_gap_days}天",
                        f"{gap} days apart, at least {when.least_gap_days} needed",
                    ))
                elif adjacent and when.max_gap_days is not None and gap > when.max_gap_days:
                    yield judge.broken("keeps_the_spacing", visit, other=last[0], detail=judge.say(
                        f"有{gap}天，最多{when.max_gap_days}天",
                        f"{gap} days apart, at most {when.max_gap_days} allowed",
                    ))
            last, adjacent = (visit.id, day), True


def last_done(expanded: Expanded, wish: Wish) -> tuple[str, date] | None:
    """(visit id, day) of the last done visit of a wish."""
    done = expanded.done.get(wish.id, ())
    if not done:
        return None
    day = expanded.calendar.day_of(expanded.calendar.minute_of(done[-1].start))
    return done[-1].visit or str(day), day


def history_binds(expanded: Expanded, first: Visit, last: date) -> bool:
    """Whether the first planned visit can still be within the largest gap of the last done one."""
    when = first.wish.recurrence
    if when is None or when.max_gap_days is None:
        return False
    low, high = last + timedelta(days=when.least_gap_days), last + timedelta(days=when.max_gap_days)
    asked = (expanded.calendar.day_of(start) for start in (*first.fixed, *(span[0] for span in first.spans)))
    return any(low <= day <= high for day in asked)


def keeps_the_turn(judge: Judge) -> Iterator[Violation]:
    for served in judge.by_wish.values():
        wish = served[0].visit.wish
        if wish.staffing.policy != "rotate":
            continue
        before = last_crew(judge.expanded, wish)
        for current in served:
            in_turn = _people_in_turn(judge, current)
            for row in sorted(before & in_turn):
                yield judge.broken("keeps_the_turn", current.visit, row, detail=judge.say("连着两次", "twice running"))
            before = in_turn
        if wish.staffing.max_turns is not None:
            yield from _too_many_turns(judge, wish, served)


def _people_in_turn(judge: Judge, served: Served) -> set[int]:
    """The crew but for stand-bys who step in: that uses up no turn."""
    return set(served.people) - judge.expanded.standing_by.get(served.visit.id, frozenset())


def last_crew(expanded: Expanded, wish: Wish) -> set[int]:
    """Whose turn a wish's last done visit was; stand-bys who stepped in had none."""
    done = expanded.done.get(wish.id, ())
    return {
        expanded.row_of(service.volunteer)
        for service in done
        if (service.visit, service.start) == (done[-1].visit, done[-1].start) and not service.stepped_in
    }


def _too_many_turns(judge: Judge, wish: Wish, served: tuple[Served, ...]) -> Iterator[Violation]:
    most, span = wish.staffing.max_turns, wish.staffing.turns_days
    assert most is not None
    days: dict[int, list[date]] = defaultdict(list)
    for service in judge.expanded.done.get(wish.id, ()):
        if not service.stepped_in:
            days[judge.expanded.row_of(service.volunteer)].append(judge._service_day(service.start))
    own: dict[int, list[Served]] = defaultdict(list)
    for s in served:
        for row in _people_in_turn(judge, s):
            own[row].append(s)
            days[row].append(s.day)
    for row, turns in sorted(own.items()):
        last = max(s.day for s in turns)
        excess = max(
            sum(0 <= (day - first).days < span for day in days[row]) - most
            for first in days[row]
            if any(0 <= (s.day - first).days < span for s in turns)
        )
        if excess > 0:
            visit = next(s.visit for s in turns if s.day == last)
            yield judge.broken("keeps_the_turn", visit, row, units=excess, detail=judge.say(
                f"{span}天内{most + excess}次，最多{most}次",
                f"{most + excess} turns within {span} days, at most {most}",
            ))


def keeps_faces_few(judge: Judge) -> Iterator[Violation]:
    for served in judge.by_wish.values():
        wish = served[0].visit.wish
        most, span = wish.staffing.max_helpers, wish.staffing.turns_days
        if most is None:
            continue
        faces = [
            (judge._service_day(service.start), judge.expanded.row_of(service.volunteer))
            for service in judge.expanded.done.get(wish.id, ())
        ]
        new = [(s.day, row) for s in served for row in s.people]
        excess = max(
            len({row for day, row in (*faces, *new) if 0 <= (day - first).days < span}) - most
            for first, _ in (*faces, *new)
            if any(0 <= (day - first).days < span for day, _ in new)
        )
        if excess > 0:
            yield judge.broken("keeps_faces_few", served[-1].visit, units=excess, detail=judge.say(
                f"{most + excess}人，最多{most}人", f"{most + excess} people, at most {most}"
            ))


def stays_paired(judge: Judge) -> Iterator[Violation]:
    for served in judge.crewed:
        paired = paired_people(judge.expanded, served.visit.wish)
        if paired and not set(paired) & set(served.people) and can_any_serve(judge.eligibility, paired, served.visit):
            yield judge.broken("stays_paired", served.visit, paired[0])


def can_any_serve(eligibility: Eligibility, people: Iterable[int], visit: Visit) -> bool:
    """Whether any of these people is pair-level eligible for any role at any start of a visit."""
    rows = np.array(sorted(people), dtype=np.int64)
    step = eligibility.scenario.program.settings.step_minutes
    starts: list[int | None] = [None] if visit.is_goods else list(visit.starts(step))
    return any(
        len(eligibility.narrowed(PAIR_RULES, visit, role, start, False, rows))
        for role in visit.wish.roles
        for start in starts
    )


def keeps_what_is_published(judge: Judge) -> Iterator[Violation]:
    served = {s.visit.id: s for s in judge.served}
    for seat, visit in judge.told:
        row = judge.eligibility.live_row(seat, visit)
        if row is None:
            continue
        start = judge.expanded.calendar.minute_of(seat.start) if seat.start is not None else None
        now = served.get(visit.id)
        people = () if now is None else now.standbys if seat.standby else now.crew
        if now is None or (seat.role, row) not in {(role.id, who) for role, who in people}:
            yield judge.broken("keeps_what_is_published", visit, row, detail=judge.say(
                "这次没有安排" if now is None else "换了人", "nobody goes" if now is None else "somebody else goes"
            ))
        elif now.start != start:
            yield judge.broken("keeps_what_is_published", visit, row, detail=judge.say(
                f"时间变成了{judge.time(now.start)}", f"the time is now {judge.time(now.start)}"
            ))


def keeps_what_is_pinned(judge: Judge) -> Iterator[Violation]:
    served = {s.visit.id: s for s in judge.served}
    for pin in judge.scenario.pins:
        visit = _visit(judge, pin.visit)
        if visit is None or not judge.is_about(visit.id):
            continue
        now = served.get(visit.id)
        row = judge._row(pin.volunteer) if pin.volunteer is not None else None
        seats = () if now is None else now.standbys if pin.standby else now.crew
        named = {who for role, who in seats if pin.role is None or role.id == pin.role}
        if pin.never:
            if now is not None and row in {who for _, who in (*now.crew, *now.standbys)}:
                yield judge.broken("keeps_what_is_pinned", visit, row, detail=judge.say(
                    f"不派{judge.who(row or 0)}", f"{judge.who(row or 0)} was to stay off it"
                ))
            continue
        if row is not None and row not in named:
            yield judge.broken("keeps_what_is_pinned", visit, row, detail=judge.say(
                f"应当由{judge.who(row)}{'备班' if pin.standby else '去'}",
                f"{judge.who(row)} was to {'stand by' if pin.standby else 'go'}",
            ))
        if pin.start is not None and now is not None and now.start != judge.expanded.calendar.minute_of(pin.start):
            yield judge.broken("keeps_what_is_pinned", visit, row, detail=judge.say(
                f"应当在{pin.start:%Y-%m-%d %H:%M}开始", f"it was to start at {pin.start:%Y-%m-%d %H:%M}"
            ))


def stands_by_separately(judge: Judge) -> Iterator[Violation]:
    for served in judge.served:
        visit = served.visit
        named = Counter(role.id for role, _ in served.standbys)
        for role in visit.wish.roles:
            if named[role.id] > visit.wish.staffing.standbys:
                most = visit.wish.staffing.standbys
                yield judge.broken("stands_by_separately", visit, who=judge.say("", "so many people"), detail=judge.say(
                    f"“{role.title or role.id}”只要{most}名备班，排了{named[role.id]}人",
                    f"{role.id} asks for {most}, and {named[role.id]} are named",
                ))
        crew = set(served.people)
        seats = Counter(row for _, row in served.standbys)
        for role, row in served.standbys:
            if row in crew:
                yield judge.broken("stands_by_separately", visit, row, detail=judge.say(
                    "本人就在当班", "they are on the crew"
                ))
            if seats[row] > 1:
                yield judge.broken("stands_by_separately", visit, row, detail=judge.say(
                    "备了不止一个位置", "they stand by twice"
                ))
            if served.start is not None or visit.is_goods:
                refused = judge.eligibility.refusals(row, visit, role, served.start, standby=True)
                if refused:
                    yield judge.broken("stands_by_separately", visit, row, detail=judge.say("；", "; ").join(
                        RULES[rule].refusal(judge.language) for rule in refused
                    ))
    yield from _standby_time_taken(judge)


def _standby_time_taken(judge: Judge) -> Iterator[Violation]:
    for duties in judge.duties.values():
        for number, first in enumerate(duties):
            for second in duties[number + 1:]:
                if not (first.standby or second.standby):
                    continue
                if _is_planned(judge, first, second) and judge.collide(first, second):
                    aside, other = (first, second) if first.standby else (second, first)
                    yield judge.collision("stands_by_separately", aside, other, judge.say(
                        f"与{other.label}时间冲突", f"it collides with {other.label}"
                    ))


def newcomers_go_with_experience(judge: Judge) -> Iterator[Violation]:
    experienced = judge.expanded.is_experienced
    if not judge.expanded.anybody_experienced:
        return
    for served in judge.crewed:
        for role, row in served.crew:
            if role.experienced and not experienced[row]:
                yield judge.broken("newcomers_go_with_experience", served.visit, row, detail=judge.say(
                    f"“{role.title or role.id}”要有经验的人", f"{role.id} asks for experience"
                ))
        people = set(served.people)
        if len(people) >= 2 and not any(experienced[row] for row in people):
            yield judge.broken("newcomers_go_with_experience", served.visit, min(people), detail=judge.say(
                "全是新人", "all are new"
            ))


ROSTER_RULES: tuple[Callable[[Judge], Iterator[Violation]], ...] = (
    _pair_level,
    happens_at_an_asked_time,
    is_in_one_place_at_a_time,
    keeps_own_limits,
    fills_each_role_once,
    is_crewed_together,
    keeps_the_spacing,
    keeps_the_turn,
    keeps_faces_few,
    stays_paired,
    keeps_what_is_published,
    keeps_what_is_pinned,
    stands_by_separately,
    newcomers_go_with_experience,
)
"""The table of contents: every rule the judge knows."""
