"""Months as people hang them up: weeks of days, each with its holiday and its short lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.domain.when import Calendar
from matcher.exchange.paper import Entry, Paper
from matcher.exchange.wording import month_name

_MOST_LINES = 14


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month. ``mark`` is a holiday's name, or 班 on a make-up workday."""

    day: date
    mark: str
    is_day_off: bool
    entries: tuple[Entry, ...]
    lines: tuple[tuple[str, bool], ...]
    """Short texts; True marks a place still empty."""

    @property
    def label(self) -> str:
        """The day's number with its mark."""
        return f"{self.day.day} {self.mark}".rstrip()


@dataclass(frozen=True, slots=True)
class Month:
    """A month's weeks from Monday to Sunday; None outside the month. ``undated`` has no day yet."""

    first: date
    title: str
    weeks: tuple[tuple[Day | None, ...], ...]
    undated: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """Visits with a day."""
        return sum(len(day.entries) for week in self.weeks for day in week if day)


def months_of(paper: Paper, calendar: Calendar) -> tuple[Month, ...]:
    """Every month in which something happens, or should have."""
    by_month: dict[date, list[Entry]] = defaultdict(list)
    for entry in paper.entries:
        by_month[entry.month].append(entry)
    return tuple(_month(paper, calendar, first, by_month[first]) for first in sorted(by_month))


def _month(paper: Paper, calendar: Calendar, first: date, entries: Sequence[Entry]) -> Month:
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.day:
            by_day[entry.day].append(entry)
    weeks = []
    monday = first - timedelta(days=first.weekday())
    while monday.replace(day=1) <= first:
        days = [monday + timedelta(days=n) for n in range(7)]
        weeks.append(tuple(_day(paper, calendar, d, by_day[d]) if d.month == first.month else None for d in days))
        monday += timedelta(days=7)
    undated = tuple(entry for entry in entries if entry.day is None)
    return Month(first, month_name(first, paper.language), tuple(weeks), undated)


def _day(paper: Paper, calendar: Calendar, day: date, entries: Sequence[Entry]) -> Day:
    return Day(day, _mark(paper, calendar, day), not calendar.is_workday(day), tuple(entries), _lines(paper, entries))


def _mark(paper: Paper, calendar: Calendar, day: date) -> str:
    if calendar.is_workday(day):
        return paper.say("workday_mark") if day.weekday() >= 5 else ""
    return calendar.holiday_name(day) or (paper.say("day_off_mark") if day.weekday() < 5 else "")


def _lines(paper: Paper, entries: Sequence[Entry]) -> tuple[tuple[str, bool], ...]:
    lines = [line for entry in entries for line in entry_lines(paper, entry)]
    if len(lines) <= _MOST_LINES:
        return tuple(lines)
    return (*lines[: _MOST_LINES - 1], (paper.say("more", count=len(lines) - _MOST_LINES + 1), False))


def entry_lines(paper: Paper, entry: Entry) -> list[tuple[str, bool]]:
    """A visit in a few short lines: when and for whom; who; who stands by; what is missing."""
    whom = paper.name(entry.resident) or paper.wish_title(entry.wish)
    clock = f"{entry.start:%H:%M} " if entry.start else ""
    people, standbys = entry.people, entry.standbys
    lines = [(f"{clock}{whom}", False)]
    if people:
        names = paper.names(people[:6]) + ("…" if len(people) > 6 else "")
        lines.append((f"  {names}", False))
    if standbys:
        lines.append((f"  {paper.say('standby_short')} {paper.names(standbys[:3])}", False))
    if entry.missing:
        lines.append((f"  {paper.say('missing_mark', count=entry.missing)}", True))
    return lines


def undated_line(paper: Paper, month: Month) -> str:
    """What should have happened in a month and has no day: one line under its weeks."""
    items = []
    for entry in month.undated:
        whom = paper.name(entry.resident)
        title = paper.wish_title(entry.wish)
        words = f"{title}（{whom}）" if whom and whom not in title else title
        items.append(f"{entry.when} {words} {paper.say('missing_mark', count=entry.missing)}")
    return paper.say("undated", items="；".join(items) if paper.language == "zh" else "; ".join(items))
