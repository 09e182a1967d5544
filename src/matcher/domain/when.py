"""When: the programme's calendar (time zone, holidays, make-up workdays), repeating days, and people's free time.

Time inside a problem is an absolute ``minute``: whole minutes since 1970-01-01T00:00Z. People speak of
local days and clocks; a ``Calendar`` translates, and remembers what it has translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from matcher.domain.base import DAY_CODES, clock_minutes
from matcher.domain.people import Absence, Availability
from matcher.domain.settings import HolidayOverride

if TYPE_CHECKING:
    from matcher.domain.scenario import Program

Span = tuple[int, int]
"""``[start, end)`` in minutes."""

_DAY_MINUTES = 24 * 60
_ONE_DAY = timedelta(days=1)
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class Calendar:
    """Local days and clocks of one programme, as minutes. What it holds never changes; its caches only grow."""

    def __init__(
        self,
        timezone: str,
        holidays: Literal["CN"] | None = None,
        overrides: Mapping[str, HolidayOverride] | None = None,
    ) -> None:
        self.timezone = timezone
        self._zone = ZoneInfo(timezone)
        self._has_holidays = holidays is not None
        self._overridden_years = frozenset(int(year) for year in overrides or {})
        # A year's notice may name days of the year before (2018-12-29 was a workday because of New Year 2019),
        # so named days count wherever they stand.
        self._named: dict[date, bool] = {}
        for override in (overrides or {}).values():
            self._named.update(dict.fromkeys(override.days_off, False))
            self._named.update(dict.fromkeys(override.workdays, True))
        self._workdays: dict[date, bool] = {}
        self._matches: dict[tuple[str, date], bool] = {}
        self._midnights: dict[date, int] = {}
        self._repeated: dict[tuple[object, ...], tuple[Span, ...]] = {}

    @classmethod
    def of(cls, program: Program) -> Calendar:
        """The calendar of a programme."""
        return cls(program.timezone, program.holidays, program.settings.holidays)

    def is_workday(self, day: date) -> bool:
        """True on a make-up Saturday, false on a statutory holiday; otherwise Monday to Friday."""
        known = self._workdays.get(day)
        if known is None:
            known = self._workdays[day] = self._decide_workday(day)
        return known

    def _decide_workday(self, day: date) -> bool:
        if day in self._named:
            return self._named[day]
        if self._has_holidays and day.year not in self._overridden_years:
            year = _chinese_year(day.year)
            if day in year.workdays:
                return True
            if day in year.days_off:
                return False
        return day.weekday() < 5

    def is_published(self, year: int) -> bool:
        """Whether the make-up workdays of a year are known: told in the settings, or built in."""
        return not self._has_holidays or year in self._overridden_years or bool(_chinese_year(year).workdays)

    def unpublished_years(self, first: date, last: date) -> tuple[int, ...]:
        """The years from ``first`` to ``last`` whose make-up workdays nobody knows yet."""
        return tuple(year for year in range(first.year, last.year + 1) if not self.is_published(year))

    def holiday_name(self, day: date) -> str | None:
        """The Chinese name of the holiday a day off belongs to, such as 国庆节; None on any other day.

        Days off that touch a festival bear its name, as in the official notice: 2026-10-04, a Sunday, is 国庆节.
        """
        if not self._has_holidays or self.is_workday(day):
            return None
        back: date | None = day
        forth: date | None = day
        while back is not None or forth is not None:
            for near in (back, forth):
                if near is not None and (name := _chinese_year(near.year).festivals.get(near)):
                    return name
            back = self._next_day_off(back, -_ONE_DAY)
            forth = self._next_day_off(forth, _ONE_DAY)
        return None

    def _next_day_off(self, day: date | None, step: timedelta) -> date | None:
        return None if day is None or self.is_workday(day + step) else day + step

    def matches(self, days: str, day: date) -> bool:
        """Whether a day is meant by ``any``, ``workday``, ``day-off`` or weekdays such as ``SA,SU``."""
        known = self._matches.get((days, day))
        if known is None:
            known = self._matches[days, day] = self._decide_match(days, day)
        return known

    def _decide_match(self, days: str, day: date) -> bool:
        if days == "any":
            return True
        if days in ("workday", "day-off"):
            return self.is_workday(day) == (days == "workday")
        return DAY_CODES[day.weekday()] in days.split(",")

    def minute(self, day: date, clock: str) -> int:
        """The minute of a local clock; ``24:00`` is the next midnight.

        A clock that daylight saving skips is read with the offset before the gap (RFC 5545, 3.3.5): 02:30
        becomes 03:30. A clock that comes twice means the first.
        """
        midnight = self._midnight(day)
        after_midnight = clock_minutes(clock)
        if after_midnight == 0:
            return midnight
        next_midnight = self._midnight(day + _ONE_DAY)
        if after_midnight == _DAY_MINUTES:
            return next_midnight
        if next_midnight - midnight == _DAY_MINUTES:
            return midnight + after_midnight
        return self._resolve(day, after_midnight)

    def _midnight(self, day: date) -> int:
        known = self._midnights.get(day)
        if known is None:
            known = self._midnights[day] = self._resolve(day, 0)
        return known

    def _resolve(self, day: date, after_midnight: int) -> int:
        local = datetime(day.year, day.month, day.day, after_midnight // 60, after_midnight % 60, tzinfo=self._zone)
        return self.minute_of(local)

    def minute_of(self, moment: datetime) -> int:
        """The minute an aware moment lies in."""
        return int(moment.timestamp() // 60)

    def moment(self, minute: int) -> datetime:
        """A minute as an aware moment in the programme's time zone."""
        return datetime.fromtimestamp(minute * 60, tz=UTC).astimezone(self._zone)

    def day_of(self, minute: int) -> date:
        """The local date of a minute."""
        day = date.fromordinal(_EPOCH_DAY + minute // _DAY_MINUTES)
        if minute < self._midnight(day):
            return day - _ONE_DAY
        return day + _ONE_DAY if minute >= self._midnight(day + _ONE_DAY) else day

    def repeated(self, rule: Availability, first: date, last: date) -> tuple[Span, ...]:
        """The spans of a repeating stretch that start on a day from ``first`` to ``last``, in order.

        ``days`` and ``rrule`` given together must both hold.
        """
        key = (rule.days, rule.rrule, rule.dtstart, rule.since, rule.until, rule.start, rule.end, first, last)
        known = self._repeated.get(key)
        if known is None:
            days = (day for day in _rule_days(rule, first, last) if self.matches(rule.days, day))
            known = self._repeated[key] = tuple(self._span(day, rule.start, rule.end) for day in days)
        return known

    def _span(self, day: date, start: str, end: str) -> Span:
        end_day = day + _ONE_DAY if end <= start else day
        return self.minute(day, start), self.minute(end_day, end)


def days_between(first: date, last: date) -> list[date]:
    """The days from first to last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def rrule_days(rule: str, dtstart: date, first: date, last: date) -> list[date]:
    """The days of an RFC 5545 recurrence from ``first`` to ``last``, both included; intervals count from ``dtstart``.

    Raises ``ValueError`` with a readable sentence when the rule cannot be read.

    >>> rrule_days("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA", date(2026, 12, 5), date(2026, 12, 1), date(2026, 12, 31))
    [datetime.date(2026, 12, 5), datetime.date(2026, 12, 19)]
    """
    return list(_rrule_days(rule, dtstart, first, last))


@dataclass(frozen=True, slots=True)
class FreeTime:
    """When somebody can serve. All spans are disjoint, sorted, and merged where they touch (midnight too)."""

    available: tuple[Span, ...]
    """All free time, preferred and undesired included."""
    preferred: tuple[Span, ...]
    undesired: tuple[Span, ...]


def free_time(
    availability: Sequence[Availability],
    absences: Sequence[Absence],
    calendar: Calendar,
    first: date,
    last: date,
) -> FreeTime:
    """Free time that starts on a day from ``first`` to ``last``; nothing is cut at the edges.

    A span that began the day before ``first`` and runs into it counts. What is unavailable, or an absence,
    is taken out of everything. Raises ``ValueError`` for a recurrence that cannot be read.
    """
    begin = calendar.minute(first, "00:00")
    spans: dict[str, list[Span]] = {"available": [], "preferred": [], "undesired": [], "unavailable": []}
    for rule in availability:
        # One day more, so that what is unavailable tomorrow also shortens tonight.
        until = last + _ONE_DAY if rule.kind == "unavailable" else last
        spans[rule.kind] += [span for span in calendar.repeated(rule, first - _ONE_DAY, until) if span[1] > begin]
    away = spans["unavailable"]
    away += [(calendar.minute_of(absence.start), _minute_up(absence.end)) for absence in absences]
    taken = _merged(away)
    everything = spans["available"] + spans["preferred"] + spans["undesired"]
    return FreeTime(
        available=_without(_merged(everything), taken),
        preferred=_without(_merged(spans["preferred"]), taken),
        undesired=_without(_merged(spans["undesired"]), taken),
    )


def contains(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether one span contains the whole of [start, end].

    >>> contains([(0, 60), (90, 120)], 30, 60), contains([(0, 60), (90, 120)], 30, 100)
    (True, False)
    """
    return any(span_start <= start and end <= span_end for span_start, span_end in spans)


def overlaps(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether some span shares time with [start, end); touching is not sharing.

    >>> overlaps([(0, 60)], 59, 70), overlaps([(0, 60)], 60, 70)
    (True, False)
    """
    return any(span_start < end and start < span_end for span_start, span_end in spans)


def _minute_up(moment: datetime) -> int:
    # Half a minute away is a minute away.
    return -int(-moment.timestamp() // 60)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue  # daylight saving swallowed it
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(spans: list[Span], taken: list[Span]) -> tuple[Span, ...]:
    """What is left of merged ``spans`` without merged ``taken``."""
    if not taken:
        return tuple(spans)
    left: list[Span] = []
    position = 0
    for start, end in spans:
        while position < len(taken) and taken[position][1] <= start:
            position += 1
        here = position
        while here < len(taken) and taken[here][0] < end:
            if start < taken[here][0]:
                left.append((start, taken[here][0]))
            start = max(start, taken[here][1])
            here += 1
        if start < end:
            left.append((start, end))
    return tuple(left)


def _rule_days(rule: Availability, first: date, last: date) -> Sequence[date]:
    since = max(first, rule.since) if rule.since else first
    until = min(last, rule.until) if rule.until else last
    if rule.rrule is None:
        return days_between(since, until)
    return _rrule_days(rule.rrule, _anchor(rule, first), since, until)


def _anchor(rule: Availability, first: date) -> date:
    """Where a rule's counting starts. Which Saturday is the first of every second one is never guessed."""
    if rule.dtstart is not None:
        return rule.dtstart
    if rule.since is not None:
        return rule.since
    text = (rule.rrule or "").upper()
    names_its_days = "FREQ=DAILY" in text or re.search(r"BY(DAY|MONTHDAY|YEARDAY|EASTER)=", text)
    if re.search(r"INTERVAL=0*([2-9]|1\d)|COUNT=", text) or not names_its_days:
        raise ValueError(f"the rule {rule.rrule!r} does not say from which day it counts; give dtstart")
    return first


_RULE_EXAMPLE = "write for example FREQ=WEEKLY;INTERVAL=2;BYDAY=SA"


@lru_cache(maxsize=4096)
def _rrule_days(rule: str, dtstart: date, first: date, last: date) -> tuple[date, ...]:
    from dateutil.rrule import rrulestr

    _refuse_what_is_not_days(rule)
    try:
        days = rrulestr(rule, dtstart=_start_of(dtstart))
        return tuple(moment.date() for moment in days.between(_start_of(first), _start_of(last), inc=True))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ValueError(f"the rule {rule!r} cannot be read ({error}); {_RULE_EXAMPLE}") from error


def _refuse_what_is_not_days(rule: str) -> None:
    text = rule.upper()
    if not re.search(r"\bFREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)\b", text):
        raise ValueError(f"the rule {rule!r} must say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY; {_RULE_EXAMPLE}")
    if re.search(r"BY(HOUR|MINUTE|SECOND)=|DTSTART|\n", text):
        raise ValueError(f"the rule {rule!r} must be about days only; the clock and dtstart have fields of their own")
    if re.search(r"INTERVAL=(?!0*[1-9]\d*(;|$))", text):  # of 0, dateutil would never return
        raise ValueError(f"the rule {rule!r} needs an interval of 1 or more")
    if re.search(r"UNTIL=(?!\d{8}(;|$))", text):
        raise ValueError(f"the rule {rule!r} must end on a date such as UNTIL=20261231")


def _start_of(day: date) -> datetime:
    # dateutil counts in wall-clock time; only the dates are used.
    return datetime(day.year, day.month, day.day)


@dataclass(frozen=True, slots=True)
class _ChineseYear:
    """The built-in days off, make-up workdays and festival names of one year."""

    days_off: frozenset[date]
    workdays: frozenset[date]
    festivals: Mapping[date, str]


@lru_cache(maxsize=256)
def _chinese_year(year: int) -> _ChineseYear:
    from holidays import country_holidays

    table = country_holidays("CN", years=year, language="zh_CN")
    off = {day: name for day, name in table.items() if day.year == year}
    return _ChineseYear(
        days_off=frozenset(off),
        workdays=frozenset(day for day in table.weekend_workdays if day.year == year),
        festivals={day: _festival(name) for day, name in off.items() if not name.startswith("休息日")},
    )


def _festival(name: str) -> str:
    """The name as it stands on a wall calendar.

    >>> _festival("清明节（补假）"), _festival("中秋节; 国庆节"), _festival("农历除夕")
    ('清明节', '中秋节、国庆节', '除夕')
    """
    return name.replace("（补假）", "").replace("; ", "、").replace("农历除夕", "除夕")
