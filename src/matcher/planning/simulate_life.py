"""A seeded life for simulations: who falls ill, who does not turn up, what is called off, who comes and goes, what is wished.

Every draw is keyed by the seed, the day and the person, wish or visit it is about, never by a stream that all share. So
the same seed gives the same life whatever a policy makes of it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import TypeVar
from zoneinfo import ZoneInfo

from matcher.domain.claims import Claim
from matcher.domain.people import Resident, Volunteer
from matcher.domain.scenario import PlanningWindow, Program, Scenario
from matcher.domain.wishes import Recurrence, Window, Wish
from matcher.planning.changes import Away
from matcher.problem.expand import Expanded, Visit, expand

Item = TypeVar("Item")

WEEK = timedelta(days=7)
BROADCAST = (2, time(20, 0))
"""Wishes for claimants only are announced on Wednesday at eight in the evening."""
ANNOUNCED_EVERY = 4
"""Weeks after which a wish for claimants only is announced again."""
NOTICE_DAYS = 10
"""An absence is told on its day, or up to so many days before."""
LONGEST_ABSENCE = 28
CALLED_OFF_DAYS = 6
"""A visit is called off on its first possible day, or up to so many days before."""
BURST_SECONDS = 60
"""Mean time from an announcement to a claim made at once."""
_CHUNK = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class Rates:
    """How often what happens. None: as the file suggests. docs/simulate.md has the same table."""

    claims: float = 8.0
    """People who claim a wish for claimants only after an announcement, on average."""
    late_claims: float = 0.2
    """Of these, who claim in the days after, not at once."""
    absences: float = 0.04
    """Absences that begin, per volunteer and week."""
    absence_days: float = 3.0
    """Their mean length (geometric, at most 28 days)."""
    told_on_the_day: float = 0.3
    """Absences told on the very day; the others 1 to 10 days before, each as likely."""
    no_shows: float = 0.02
    """Turns somebody reliable does not turn up for."""
    unreliable: float = 0.1
    """Volunteers who are not reliable."""
    unreliable_no_shows: float = 0.12
    """The same of them."""
    stepping_in: float = 0.9
    """Stand-bys who can come when somebody does not turn up."""
    cancelled: float = 0.03
    """Visits called off by those who asked for them."""
    new_wishes: float | None = None
    """Single wishes a week. None: as many as the file has per week of its window."""
    ending: float = 0.003
    """Repeating wishes that end, per wish and week; somebody else wishes the same then."""
    dropouts: float = 0.003
    """Volunteers who leave for good, per person and week."""
    newcomers: float | None = None
    """People who join, a week. None: as many as leave on average."""
    eagerness: float = 1.0
    """How unlike people are in answering fast (first come, first served): sigma of a log-normal; 0: all alike."""

    @classmethod
    def none(cls) -> Rates:
        """A life in which nothing happens."""
        return cls(**{field.name: 0.0 for field in fields(cls)})


SHARES = frozenset({
    "late_claims", "told_on_the_day", "no_shows", "unreliable", "unreliable_no_shows", "stepping_in", "cancelled",
    "absences", "ending", "dropouts",
})
"""Rates that lie between 0 and 1."""


def draw(seed: int, *what: object) -> float:
    """A number in [0, 1) for one question; the same question has the same answer.

    >>> draw(0, "absence", "v01") == draw(0, "absence", "v01"), 0 <= draw(1, "absence", "v01") < 1
    (True, True)
    """
    key = "\x1f".join(map(str, (seed, *what)))
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) / 2.0**64


def _poisson(mean: float, roll: float) -> int:
    """The number whose cumulative probability the roll falls into.

    >>> [_poisson(1.0, roll) for roll in (0.36, 0.37, 0.999)]
    [0, 1, 5]
    """
    number, chance = 0, math.exp(-mean)
    total = chance
    while roll >= total and number < 10 * mean + 20:
        number += 1
        chance *= mean / number
        total += chance
    return number


def _geometric(mean: float, roll: float, most: int) -> int:
    """Days from 1 to ``most`` with this mean, but for the cap.

    >>> [_geometric(3.0, roll, 28) for roll in (0.0, 0.34, 0.9999)]
    [1, 2, 23]
    """
    if mean <= 1:
        return 1
    return min(most, 1 + int(math.log(1 - roll) / math.log(1 - 1 / mean)))


@dataclass(frozen=True, slots=True)
class News:
    """What becomes known on the morning of one day."""

    absences: tuple[Away, ...] = ()
    cancelled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """What is new on a Monday, and the news of the week day by day."""

    number: int
    monday: date
    left: frozenset[str]
    joined: tuple[Volunteer, ...]
    wishes: tuple[Wish, ...]
    """New ones, and ones that now have an end."""
    claims: tuple[Claim, ...]
    """Made in the week before."""
    news: Mapping[date, News]


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit asked for, whoever plans: its wish, seats, first and last possible day."""

    visit: str
    wish: str
    seats: int
    first: date
    last: date


class Life:
    """A whole life, drawn once and lived by every policy. ``weeks`` of it, from the Monday ``first``."""

    def __init__(self, scenario: Scenario, rates: Rates, seed: int, first: date, weeks: int, ahead: int) -> None:
        """``ahead``: weeks told at a time; wishes come so that they can be planned, and end when what was told has been."""
        self.rates, self.seed, self.first, self.ahead = rates, seed, first, ahead
        self.zone = ZoneInfo(scenario.program.timezone)
        self.end = first + weeks * WEEK
        """The day after the last."""
        self._scenario = scenario
        self._people = {person.id: person for person in scenario.volunteers}
        self._wishes = {wish.id: wish for wish in scenario.wishes}
        self._claimed = {(claim.wish, claim.volunteer) for claim in scenario.claims}
        self._leaving: dict[str, date] = {}
        self._absences: dict[date, list[Away]] = defaultdict(list)
        drawn = [self._week(number) for number in range(weeks)]
        self.everybody = dict(self._people)
        """Everybody who ever served, those who left included."""
        self.left_on = dict(self._leaving)
        self.facts = scenario.with_changes(wishes=tuple(self._wishes.values()))
        """All wishes of this life, each with its end."""
        asked = _asked(self.facts, first, self.end)
        called_off = dict(self._called_off(asked))
        self.asked = {
            name: one for name, one in asked.items()
            if name not in called_off and one.last < self.end and not self._is_of_a_month_begun(one)
        }
        """Every visit asked for and not called off that the life has time for."""
        self.weeks = tuple(self._with_news(week, called_off) for week in drawn)
        self._habits: dict[str, float] = {}

    def _draw(self, *what: object) -> float:
        return draw(self.seed, *what)

    def _pick(self, items: Sequence[Item], *what: object) -> Item:
        return items[int(self._draw(*what) * len(items))]

    def _is_of_a_month_begun(self, one: Asked) -> bool:
        """Whether a visit of a month has only what is left of it when this life begins."""
        when = self._wishes[one.wish].recurrence
        is_monthly = when is not None and when.per == "month"
        return is_monthly and one.first.replace(day=1) < self.first

    def midnight(self, day: date) -> datetime:
        """The moment a day begins."""
        return datetime.combine(day, time(), self.zone)

    # --------------------------------------------------------------------------- asked of it as it is lived

    def turns_up(self, visit: str, volunteer: str, day: date) -> bool:
        """Whether somebody planned for a visit comes that day."""
        known = self._habits.get(volunteer)
        if known is None:
            unreliable = self._draw("unreliable", volunteer) < self.rates.unreliable
            known = self._habits[volunteer] = self.rates.unreliable_no_shows if unreliable else self.rates.no_shows
        return self._draw("no-show", visit, volunteer, day) >= known

    def steps_in(self, visit: str, volunteer: str, day: date) -> bool:
        """Whether a stand-by comes when somebody does not."""
        return self._draw("step-in", visit, volunteer, day) < self.rates.stepping_in

    def answers_after(self, visit: str, volunteer: str) -> float:
        """How long somebody takes to answer in the group, in units that mean nothing but for their order."""
        eager = self.rates.eagerness * _normal(self._draw("eager", volunteer, 1), self._draw("eager", volunteer, 2))
        return -math.log(1 - self._draw("answer", visit, volunteer)) * math.exp(-eager)

    # ------------------------------------------------------------------------------------------ one week

    def _week(self, number: int) -> Week:
        monday = self.first + number * WEEK
        left = frozenset(name for name, day in self._leaving.items() if monday - WEEK <= day < monday)
        present = [name for name in self._people if self._leaving.get(name, date.max) >= monday]
        joined = tuple(self._newcomers(monday))
        claims = tuple(self._claims(monday - WEEK, present)) if number else ()
        wishes = (*self._endings(monday), *self._new_wishes(number, monday))
        self._wishes |= {wish.id: wish for wish in wishes}
        for name in present:
            self._absence(monday, name)
            if self._draw("dropout", monday, name) < self.rates.dropouts:
                self._leaving[name] = monday + timedelta(days=int(7 * self._draw("dropout-day", monday, name)))
        self._people |= {person.id: person for person in joined}
        return Week(number, monday, left, joined, wishes, claims, {})

    def _newcomers(self, monday: date) -> Iterator[Volunteer]:
        """Each offers what somebody on the list offers."""
        mean = self.rates.newcomers
        like = [person for person in self._scenario.volunteers if person.availability]
        if mean is None:
            mean = self.rates.dropouts * len(self._scenario.volunteers)
        if not like:
            return
        zh = self._scenario.program.settings.language == "zh"
        for number in range(_poisson(mean, self._draw("newcomers", monday))):
            model = self._pick(like, "newcomer", monday, number)
            name = f"{monday:%m%d}-{number + 1}"
            yield Volunteer(**dict(model) | {
                "id": f"new-{monday}-{number + 1}", "name": f"新人{name}" if zh else f"newcomer {name}", "alias": None,
                "phone": None, "number": None, "joined": monday, "unavailable": (), "prior_visits": 0,
                "prior_minutes": 0, "notes": None,
            })

    def _absence(self, monday: date, name: str) -> None:
        if self._draw("absence", monday, name) >= self.rates.absences:
            return
        start = monday + timedelta(days=int(7 * self._draw("absence-day", monday, name)))
        days = _geometric(self.rates.absence_days, self._draw("absence-length", monday, name), LONGEST_ABSENCE)
        notice = 0
        if self._draw("absence-told", monday, name) >= self.rates.told_on_the_day:
            notice = 1 + int(NOTICE_DAYS * self._draw("absence-notice", monday, name))
        told = max(self.first, start - timedelta(days=notice))
        away = Away(name, self.midnight(start), self.midnight(start + timedelta(days=days)))
        self._absences[told].append(away)

    def _claims(self, monday: date, present: Iterable[str]) -> Iterator[Claim]:
        """What an announcement in the week of that Monday brought; the wishes were known by then."""
        people = [name for name in present if name in self._people]
        for wish in self._wishes.values():
            if not self._is_announced(wish, monday):
                continue
            evening = datetime.combine(monday + timedelta(days=BROADCAST[0]), BROADCAST[1], self.zone)
            for name in people:
                if (wish.id, name) in self._claimed:
                    continue
                if self._draw("claims", wish.id, monday, name) < self.rates.claims / len(people):
                    at = self._claimed_at(evening, wish.id, name)
                    if wish.claims_close is None or at <= wish.claims_close:
                        self._claimed.add((wish.id, name))
                        yield Claim(id=f"claim-{wish.id}-{name}", wish=wish.id, volunteer=name, at=at, channel="online")

    def _claimed_at(self, evening: datetime, wish: str, name: str) -> datetime:
        roll = self._draw("claim-at", wish, name)
        if self._draw("claim-late", wish, name) < self.rates.late_claims:
            return evening + timedelta(minutes=int(roll * 4 * 24 * 60))
        return evening + timedelta(seconds=int(-math.log(1 - roll) * BURST_SECONDS))

    def _is_announced(self, wish: Wish, monday: date) -> bool:
        """New wishes for claimants only at once, then every fourth week while they go on."""
        if not wish.claimants_only or wish.state != "open" or (wish.claims_open and wish.claims_open.date() > monday):
            return False
        since = wish.submitted or self.first
        if since >= monday:
            return since == monday
        ends = _last_day(wish)
        turn = int(self._draw("announced", wish.id) * ANNOUNCED_EVERY)
        weeks = (monday - self.first).days // 7
        return (ends is None or ends > monday + WEEK) and weeks % ANNOUNCED_EVERY == turn

    # -------------------------------------------------------------------------------------------- wishes

    def _new_wishes(self, week: int, monday: date) -> Iterator[Wish]:
        """Single wishes, each like one of the file's, at the home of somebody who wished the same."""
        like = [wish for wish in self._scenario.wishes if wish.state == "open" and not _repeats(wish)]
        window = self._scenario.program.window
        mean = self.rates.new_wishes
        if mean is None:
            mean = len(like) * 7 / ((window.end - window.start).days + 1)
        if not like:
            return
        for number in range(_poisson(mean, self._draw("new-wishes", monday))):
            model = self._pick(like, "new-wish", monday, number)
            weeks = 2 if model.claimants_only else 1
            yield self._anew(model, f"new-{monday}-{number + 1}", monday, weeks)

    def _endings(self, monday: date) -> Iterator[Wish]:
        """Repeating wishes that end with what has been told, and the same wish of somebody else after each."""
        last = monday + self.ahead * WEEK - timedelta(days=1)
        for wish in tuple(self._wishes.values()):
            if not _repeats(wish) or wish.state != "open" or wish.kind == "event" or wish.staffing.policy == "pair":
                continue
            until = wish.recurrence.until if wish.recurrence else None
            if until is None and self._draw("ending", monday, wish.id) < self.rates.ending:
                assert wish.recurrence is not None
                yield _rewritten(wish, recurrence=_changed(wish.recurrence, until=last))
                yield self._anew(wish, f"{wish.id}+{monday}", monday, 0, since=last + timedelta(days=1))

    def _anew(self, model: Wish, name: str, monday: date, weeks: int, since: date | None = None) -> Wish:
        """The same wish of somebody else, moved so that its first day lies ``weeks`` weeks ahead."""
        changed: dict[str, object] = {
            "id": name, "submitted": monday, "claims_open": None, "claims_close": None, "notes": None,
        }
        if model.resident is not None:
            changed |= self._at_home_of(self._somebody(model, name), model)
        when = model.recurrence
        if model.due is not None:
            changed["due"] = monday + weeks * WEEK + timedelta(days=model.due.weekday())
        if when is not None and since is not None:
            changed["recurrence"] = _changed(when, since=since, until=None)
        elif when is not None:
            changed["recurrence"] = self._moved(when, monday + weeks * WEEK)
        return _rewritten(model, **changed)

    def _somebody(self, model: Wish, name: str) -> Resident:
        """One of those whose wishes in the file are of that title or kind."""
        wishes = self._scenario.wishes
        homes = {wish.resident for wish in wishes if wish.title == model.title and wish.kind == model.kind}
        people = [resident for resident in self._scenario.residents if resident.id in homes]
        return self._pick(people, "resident", name)

    def _at_home_of(self, resident: Resident, model: Wish) -> dict[str, object]:
        old = self._scenario.resident[model.resident or ""].home
        moved = {field: resident.home for field in ("place", "origin", "destination") if getattr(model, field) == old and old}
        return {"resident": resident.id, **moved}

    def _moved(self, when: Recurrence, monday: date) -> Recurrence:
        """A single wish's times, moved by whole weeks so that the first lies in the week of ``monday``."""
        days = [day for window in when.windows for day in window.dates]
        days += [moment.astimezone(self.zone).date() for moment in when.at]
        if not days:
            return _changed(when, since=monday, until=None)
        by = monday - (min(days) - timedelta(days=min(days).weekday()))
        return _changed(
            when, at=tuple(moment + by for moment in when.at), since=None, until=None, except_dates=(),
            windows=tuple(
                Window(**dict(window) | {"dates": tuple(day + by for day in window.dates)}) for window in when.windows
            ),
        )

    # ---------------------------------------------------------------------------------------------- news

    def _called_off(self, asked: Mapping[str, Asked]) -> Iterator[tuple[str, date]]:
        """(visit, the day it is told) of visits called off."""
        for name, one in asked.items():
            if self._draw("cancelled", name) < self.rates.cancelled:
                notice = int((CALLED_OFF_DAYS + 1) * self._draw("cancelled-notice", name))
                submitted = self._wishes[one.wish].submitted or self.first
                told = max(self.first, submitted, one.first - timedelta(days=notice))
                yield name, min(told, one.first)

    def _with_news(self, week: Week, called_off: Mapping[str, date]) -> Week:
        news: dict[date, News] = {}
        for day in (week.monday + timedelta(days=number) for number in range(7)):
            away = [own for own in self._absences.get(day, ()) if self._leaving.get(own.volunteer, date.max) > day]
            away += [Away(name, self.midnight(day)) for name, last in self._leaving.items() if last == day]
            off = tuple(name for name, told in called_off.items() if told == day)
            if away or off:
                news[day] = News(tuple(away), off)
        return replace(week, news=news)


def _normal(one: float, other: float) -> float:
    """A standard normal number from two uniform ones (Box and Muller 1958)."""
    return math.sqrt(-2 * math.log(1 - one)) * math.cos(2 * math.pi * other)


def _repeats(wish: Wish) -> bool:
    when = wish.recurrence
    return when is not None and bool(when.rrule or when.times is not None)


def _last_day(wish: Wish) -> date | None:
    """The last day a wish can be served, as far as it says."""
    when = wish.recurrence
    if when is None:
        return wish.due
    days = [day for window in when.windows for day in window.dates] + [moment.date() for moment in when.at]
    return when.until or (max(days) if days and not _repeats(wish) else None)


def _changed(when: Recurrence, **changes: object) -> Recurrence:
    return Recurrence(**dict(when) | changes)


def _rewritten(wish: Wish, **changes: object) -> Wish:
    return Wish(**dict(wish) | changes)


# -------------------------------------------------------------------------------------------- what is asked


def _asked(facts: Scenario, first: date, end: date) -> dict[str, Asked]:
    """Every visit with a possible day from ``first`` on, told of up to a month beyond ``end``."""
    found: dict[str, Asked] = {}
    start, last = first, end + timedelta(days=31)
    while start <= last:
        for one in _asked_in(facts, first, start, min(last, start + _CHUNK - timedelta(days=1))):
            known = found.get(one.visit)
            found[one.visit] = one if known is None else replace(
                known, first=min(known.first, one.first), last=max(known.last, one.last)
            )
        start += _CHUNK
    return found


def _asked_in(facts: Scenario, first: date, start: date, last: date) -> Iterator[Asked]:
    zone = ZoneInfo(facts.program.timezone)
    program = Program(**dict(facts.program) | {
        "as_of": max(facts.program.as_of, datetime.combine(first, time(), zone)),
        "window": PlanningWindow(start=start, end=last),
    })
    expanded = expand(facts.with_changes(program=program))
    for visit in expanded.visits:
        days = _days(expanded, visit)
        if days:
            yield Asked(visit.id, visit.wish.id, visit.seats, min(days), max(days))


def _days(expanded: Expanded, visit: Visit) -> list[date]:
    if visit.due is not None:
        return [visit.due]
    return [expanded.calendar.day_of(minute) for minute in (*(low for low, _ in visit.spans), *visit.fixed)]
