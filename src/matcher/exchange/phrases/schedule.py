"""A time phrase understood: which days, which hours, whether they are meant or ruled out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from matcher.domain.base import clock_minutes
from matcher.domain.when import Calendar, days_between
from matcher.exchange.phrases.clock import clock_text, minutes_of
from matcher.exchange.phrases.lunar import lunar_dates
from matcher.exchange.phrases.reading import Context, Refusal

Span = tuple[int, int]
"""Start and end in minutes after midnight; an end at or before the start lies past midnight."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """Every ``length`` days from an anchor, or every so many weeks on ``week``."""

    rule: str
    anchor: date


@dataclass(frozen=True, slots=True)
class DayRule:
    """Days that satisfy everything said here; None: nothing said about that."""

    week: str | None = None
    """``any``, ``workday``, ``day-off`` or ``SA,SU``."""
    month: tuple[tuple[int, int], ...] | None = None
    """Days of the month, from–to."""
    dates: tuple[tuple[date, date], ...] | None = None
    lunar: tuple[int, ...] | None = None
    cycle: Cycle | None = None
    single: bool = False
    """The coordinator named days of the month one by one (每月23号)."""

    def dimensions(self) -> frozenset[str]:
        """Which of the fields say something."""
        names = ("week", "month", "dates", "lunar", "cycle")
        return frozenset(name for name in names if getattr(self, name) is not None)

    def narrowed(self, other: DayRule) -> DayRule:
        """Both at once; they speak of different things."""
        return replace(
            self, **{name: getattr(other, name) for name in other.dimensions()}, single=self.single or other.single
        )

    def listed(self, ctx: Context, calendar: Calendar) -> tuple[date, ...]:
        """The days of the planning window that satisfy this, one by one (cycles aside)."""
        last_day = last_planned_day(ctx)
        days = days_between(ctx.window_start, last_day)
        if self.week is not None:
            days = [day for day in days if calendar.matches(self.week, day)]
        if self.month is not None:
            days = [day for day in days if any(low <= day.day <= high for low, high in self.month)]
        if self.dates is not None:
            days = [day for day in days if any(low <= day <= high for low, high in self.dates)]
        if self.lunar is not None:
            told = set(lunar_dates(self.lunar, ctx.window_start, last_day))
            days = [day for day in days if day in told]
        return tuple(days)


def last_planned_day(ctx: Context) -> date:
    """The window's end, or four years on: days listed one by one are not listed for ever."""
    return ctx.window_start + timedelta(min((ctx.window_end - ctx.window_start).days, 1500))


@dataclass(frozen=True, slots=True)
class Part:
    """One statement: on these days at these hours; ``negative``: not then. No days: every day; no spans: unsaid."""

    days: tuple[DayRule, ...] = ()
    spans: tuple[Span, ...] = ()
    at: tuple[int, ...] = ()
    """Starting times alone: 四点半."""
    negative: bool = False
    agreed: bool = False
    """可以 was said: in a column of times that do not suit, the contrary."""


@dataclass(slots=True)
class Schedule:
    """All statements of a cell, with what had to be assumed, was left out, or needs an answer first."""

    parts: list[Part] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    defaults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    vague: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    """What cannot be planned before it is answered (from which Saturday on?)."""
    frequencies: list[str] = field(default_factory=list)
    on_call: list[str] = field(default_factory=list)
    """随叫随到, as said."""
    every: bool = False
    """每 was said: the days repeat."""
    last_of_month: bool = False
    """每月最后一个周六 was said, which is listed as dates."""
    either: bool = False
    """或 was said: one of the days is enough."""
    departs: bool = False
    open_ended: list[tuple[str, Span]] = field(default_factory=list)
    """What was said (7点以后), with the hours it was taken for; said once it is known whether they are ruled out."""
    refusal: Refusal | None = None

    def said_hours(self, ctx: Context, ruled_out: Collection[Span] = ()) -> list[str]:
        """Sentences for the open-ended hours; what is ruled out reaches to the ends of the day."""
        return [
            ctx.say("clock-range-assumed", text=text, **clocks(widened(span, ctx) if span in ruled_out else span))
            for text, span in self.open_ended
        ]


def widened(span: Span, ctx: Context) -> Span:
    """Hours ruled out: those that reach the end of the day's range reach midnight, and likewise its start."""
    start, end = span
    first, last = minutes_of(ctx.settings.day)
    last = min(last, clock_minutes(ctx.settings.evening.end))
    if end <= start:
        return span
    return (0 if start <= first else start, 1440 if end >= last else end)


def clocks(span: Span) -> dict[str, str]:
    """The span's ends as the sentences name them."""
    return {"start": clock_text(span[0]), "end": clock_text(span[1])}


def runs(dates: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The same days, stretches that touch made one."""
    joined: list[tuple[date, date]] = []
    for first, last in sorted(dates):
        if joined and (first - joined[-1][1]).days <= 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
