"""Time phrases understood: which days, which hours, whether they are meant or ruled out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from matcher.domain.base import DAY_CODES, clock_minutes
from matcher.domain.settings import DateRange
from matcher.domain.when import Calendar, days_between
from matcher.exchange.phrases.clock import TypedClock, day_parts, minutes_of, typed_clock, typed_range
from matcher.exchange.phrases.dates import date_spans, in_some_year, resolved_days
from matcher.exchange.phrases.lunar import lunar_dates
from matcher.exchange.phrases.reading import Context, Refusal, shown
from matcher.exchange.phrases.text import NUMBER, number
from matcher.exchange.phrases.timewords import Word, normal, words

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
            ctx.say("clock-range-assumed", text=text, **_clocks(widened(span, ctx) if span in ruled_out else span))
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


def schedule_of(value: object, ctx: Context, *, keep_unknown: bool = False) -> Schedule:
    """Everything a time phrase says; ``refusal`` is set when a piece of it is not understood.

    ``keep_unknown``: such pieces become notes (the reason why a time does not suit) if there is a time at all.
    """
    text, told, refusal = resolved_days(normal(value), ctx)
    found, unknown = words(text)
    reader = _Reader(value, ctx)
    reader.result.assumptions += told
    reader.result.refusal = refusal
    if refusal is not None:
        return reader.result
    a_reason = keep_unknown and not re.search(r"\d", "".join(unknown))
    if unknown and not a_reason:
        reader.refuse("not-understood", part=shown("、".join(unknown), 20))
        return reader.result
    found = [word for word in found if word.kind != "filler"]
    for place, word in enumerate(found):
        reader.take(word, found[place + 1] if place + 1 < len(found) else None)
    reader.close()
    reader.apply_scope()
    if unknown and not reader.result.parts:
        reader.refuse("not-understood", part=shown("、".join(unknown), 20))
    elif unknown:
        reader.result.notes.append(reader.text)
        reader.result.assumptions.append(ctx.say("kept-as-reason", text=reader.text))
    return reader.result


class _Reader:
    """Goes through the words of one cell and gathers its statements."""

    def __init__(self, value: object, ctx: Context) -> None:
        self.text = shown(value)
        self.ctx = ctx
        self.result = Schedule()
        self.calendar = Calendar(ctx.timezone, "CN", ctx.settings.holidays)
        self.part = Part()
        self.joined: str | None = None
        """What separates this word from the last that counted: None, "soft" or "hard"."""
        self.part_of_day = ""
        self.cycle: tuple[int, int] | None = None
        self.pending_since = False
        self.across_comma = False
        self.before: Word | None = None
        self.vague_span: Span | None = None
        """The last hours, if they were only a part of the day."""
        self.used_up = False
        """The next 不要 or 上班 has been taken care of."""
        self.scope: tuple[tuple[date, date], ...] | None = None
        """Dates said first and alone ("12月，"): everything else lies within them."""

    def refuse(self, code: str, **values: Any) -> None:
        """The cell cannot be read; the first reason stands."""
        if self.result.refusal is None:
            self.result.refusal = self.ctx.refuse(code, text=self.text, **values).refusal

    # -------------------------------------------------------------------------------------------- statements

    def close(self) -> None:
        """End the statement."""
        self._end_cycle()
        if self._begun:
            if self.across_comma and self.part.spans and any(rule.week for rule in self.part.days):
                self.result.assumptions.append(self.ctx.say("shared-hours", text=self.text))
            if self._sets_the_scope():
                self.scope = self.part.days[0].dates
            else:
                self.result.parts.append(self._about_the_same_days(self.part))
        self.part = Part()
        self.vague_span = None
        self.part_of_day = ""
        self.joined = None
        self.across_comma = False

    def _sets_the_scope(self) -> bool:
        """A stretch of dates said first, without hours."""
        part = self.part
        if self.result.parts or self.scope is not None or part.negative or part.spans or part.at or len(part.days) != 1:
            return False
        rule = part.days[0]
        return rule.dimensions() == {"dates"} and len(rule.dates or ()) == 1 and _is_stretch(rule)

    def apply_scope(self) -> None:
        """Narrow every statement to the dates said first; alone they are a statement of their own."""
        if self.scope is None:
            return
        rule = DayRule(dates=self.scope)
        if not any(not part.negative for part in self.result.parts):
            self.result.parts.insert(0, Part(days=(rule,)))
            return
        for place, part in enumerate(self.result.parts):
            if not part.negative:
                days = tuple(day.narrowed(rule) if day.dates is None else day for day in part.days or (DayRule(),))
                self.result.parts[place] = replace(part, days=days)
        first, last = self.scope[0]
        self.result.assumptions.append(self.ctx.say("scope", text=self.text, first=first, last=last))

    def _about_the_same_days(self, part: Part) -> Part:
        """Hours without days speak of the days named just before: 周末都行，晚上也可以."""
        before = self.result.parts[-1] if self.result.parts else None
        if part.days or before is None or before.negative or not before.days:
            return part
        return replace(part, days=before.days)

    @property
    def _begun(self) -> bool:
        return bool(self.part.days or self.part.spans or self.part.at)

    def take(self, word: Word, following: Word | None) -> None:
        """Add one word."""
        handler = _HANDLERS.get(word.kind)
        if handler is None:
            return
        handler(self, word, following)
        self.before = word
        if word.kind not in ("hard", "soft", "paren", "every", "note"):
            self.joined = None

    def _separator(self, word: Word, following: Word | None) -> None:
        self.result.either |= word.text.startswith("或")
        if word.kind in ("hard", "paren") or self.joined is None:
            self.joined = word.kind

    def _negate(self, word: Word, following: Word | None) -> None:
        """End a statement (周三不行), or begin one (不要周三)."""
        if self.used_up:
            self.used_up = False
            return
        if self._begun and not (self.joined == "hard" and _names_days(following)):
            self._split_before_last_comma()
            self.part = replace(self.part, negative=True)
            self.close()
        else:
            self.close()
            self.part = replace(self.part, negative=True)

    def _split_before_last_comma(self) -> None:
        if self.across_comma:
            self.result.assumptions.append(self.ctx.say("all-of-them-not", text=self.text))

    def _agree(self, word: Word, following: Word | None) -> None:
        if self._begun:
            self.part = replace(self.part, agreed=True)
            self.close()

    def _open_exception(self, word: Word, following: Word | None) -> None:
        self.close()
        self.part = replace(self.part, negative=True)

    def _close_exception(self, word: Word, following: Word | None) -> None:
        self.part = replace(self.part, negative=True)
        self.close()

    # -------------------------------------------------------------------------------------------- days

    def _days(self, rules: tuple[DayRule, ...], following: Word | None = None) -> None:
        """Days that narrow those just said when they speak of something else, and join them otherwise."""
        if self.joined in ("hard", "paren") and following is not None and following.kind in ("not", "except-close"):
            negative = self.part.negative
            self.close()
            self.part = Part(negative=negative)
        part = self.part
        if (part.spans or part.at) and self._starts_anew(rules):
            negative = part.negative and self.joined != "hard"
            self.close()
            part = self.part = Part(negative=negative)
        if self.joined == "hard" and part.days and not part.spans:
            if _contrast(part.days, rules) or part.negative:
                self.close()
                part = self.part
            else:
                self.across_comma = True
        elif self.joined == "soft" and part.days and _contrast(part.days, rules):
            self.across_comma = True
        if part.days and self.joined in (None, "paren") and _narrows(part.days, rules):
            days = tuple(old.narrowed(new) for old in part.days for new in rules)
        else:
            days = _united(part.days, rules)
        self.part = replace(part, days=days)

    def _starts_anew(self, rules: tuple[DayRule, ...]) -> bool:
        """Days after hours begin another statement, unless the hours stood first ("晚上 周一至周五")."""
        return bool(self.part.days) or self.joined == "hard"

    def _week(self, word: Word, following: Word | None) -> None:
        self._days((DayRule(week=_week_days(word)),), following)

    def _everyday(self, word: Word, following: Word | None) -> None:
        closes = word.text.startswith(("都", "均", "全都")) or (self.joined is None and not self.part.days)
        if self._begun and closes:
            self.close()
        elif not (self.result.parts and word.text.startswith(("都", "均", "全都"))):
            self._days((DayRule(week="any"),), following)

    def _month_days(self, word: Word, following: Word | None) -> None:
        self.result.every = True
        ranges = _month_ranges(word.text)
        if any(not 1 <= low <= high <= 31 for low, high in ranges):
            self.refuse("no-such-day")
            return
        self._days((DayRule(month=ranges, single=all(low == high for low, high in ranges)),), following)

    def _month_part(self, word: Word, following: Word | None) -> None:
        self.result.every |= word.text.startswith("每")
        name = next(name for name in _MONTH_PARTS if name in word.text)
        low, high, sure = _MONTH_PARTS[name]
        if not sure:
            self.result.assumptions.append(
                self.ctx.say("month-part", name=f"月{name.strip('月')}", first=low, last=high)
            )
        self._days((DayRule(month=((low, high),)),), following)

    def _nth(self, word: Word, following: Word | None) -> None:
        self.result.every |= word.text.startswith("每")
        code = "SA" if word.text.endswith("末") else DAY_CODES["一二三四五六日".index(word.text[-1])]
        week = "SA,SU" if word.text.endswith("末") else code
        if "最后" in word.text:
            self.result.last_of_month = True
            dates = tuple((day, day) for day in self._last_of_month(week))
            self._days((DayRule(dates=dates),), following)
            return
        body = word.text.removeprefix("每月").removeprefix("每个月")
        numbers = [number(digit) or 1 for digit in re.findall(r"[一二三四五1-5](?=个?(?:周|[、,和及]|第))", body)] or [
            1
        ]
        ranges = tuple((7 * nth - 6, min(31, 7 * nth)) for nth in numbers)
        self._days((DayRule(week=week, month=ranges),), following)

    def _last_of_month(self, week: str) -> list[date]:
        days = DayRule(week=week).listed(self.ctx, self.calendar)
        return [day for day in days if (day + timedelta(7)).month != day.month]

    def _dates(self, word: Word, following: Word | None) -> None:
        spans = date_spans(word.text.lstrip("从自直到截至止"), self.ctx)
        if spans is None:
            self.refuse("no-such-day")
            return
        if self.cycle is not None:
            self._anchor_cycle(spans[0][0], following)
            return
        starts = word.text[0] in "从自" or (following is not None and following.kind == "starts")
        if starts and len(spans) == 1 and spans[0][0] == spans[0][1]:
            self._since(spans[0][0])
            return
        ends = following is not None and following.kind == "ends"
        if (ends or word.text[0] in "直到截") and len(spans) == 1:
            # "12月20日之前": the day itself is left out, as in a due date; "到12月20日": it is not.
            before = following is not None and ends and not following.text.endswith("止")
            first, last = self.ctx.window_start, spans[0][1] - timedelta(before)
            spans = [(min(first, last), last)]
            self.result.assumptions.append(self.ctx.say("until-day", text=self.text, until=last))
        self._days((DayRule(dates=tuple(spans)),), following)

    def _since(self, first: date) -> None:
        """Let every statement hold from a day on (从12月5日起); an every-other-week counts from it."""
        last_day = self.ctx.window_end
        rule = DayRule(dates=((first, max(first, last_day)),))
        if any(day.cycle is not None for day in self.part.days):
            self.part = replace(self.part, days=tuple(self._anchored(day, first) for day in self.part.days))
            return
        if self.result.parts and not self._begun:
            self.result.parts = [
                replace(part, days=tuple(self._anchored(day, first) for day in part.days)) for part in self.result.parts
            ]
            return
        if self.part.days and self.joined == "hard":
            self.part = replace(self.part, days=tuple(old.narrowed(rule) for old in self.part.days))
            return
        self._days((rule,))

    def _anchored(self, day: DayRule, first: date) -> DayRule:
        if day.cycle is None:
            return (
                day.narrowed(DayRule(dates=((first, max(first, self.ctx.window_end)),))) if day.dates is None else day
            )
        self.result.questions = [question for question in self.result.questions if question != self._alternate_question]
        return replace(day, cycle=Cycle(day.cycle.rule, self._first_matching(day.cycle.rule, first)))

    def _first_matching(self, rule: str, first: date) -> date:
        found = re.search(r"BYDAY=([A-Z,]+)", rule)
        if found is None:
            return first
        codes = found[1].split(",")
        return next(day for day in days_between(first, first + timedelta(6)) if DAY_CODES[day.weekday()] in codes)

    def _edge(self, word: Word, following: Word | None) -> None:
        """以后, 之前: known after a date; after a festival they mean the days beyond it; elsewhere nobody knows."""
        kind = self.before.kind if self.before else ""
        if kind == "dates":
            return
        last_rule = self.part.days[-1] if self.part.days else DayRule()
        if kind != "festival" or not last_rule.dates:
            self.refuse("not-understood", part=word.text)
            return
        first, last = self.ctx.window_start, self.ctx.window_end
        if word.kind == "ends":
            last = max(first, last_rule.dates[0][0] - timedelta(1))
        else:
            first = min(last, last_rule.dates[-1][1] + timedelta(1))
        self.result.assumptions.append(self.ctx.say("season", name=self.text, dates=f"{first}–{last}"))
        self.part = replace(self.part, days=(*self.part.days[:-1], DayRule(dates=((first, last),))))

    def _whole_month(self, word: Word, following: Word | None) -> None:
        found = re.fullmatch(
            r"(?:(\d{4})年)?(\d{1,2})月(?:份)?(?:[-~至到](?:(\d{4})年)?(\d{1,2})月(?:份)?)?", word.text
        )
        assert found is not None
        first = self._month(found[1], int(found[2]), None)
        last = first if found[4] is None else self._month(found[3], int(found[4]), first)
        if first is None or last is None:
            self.refuse("no-such-day")
            return
        end = (last + timedelta(31)).replace(day=1) - timedelta(1)
        self._days((DayRule(dates=((first, end),)),), following)

    def _month(self, year: str | None, month: int, after: date | None) -> date | None:
        if not 1 <= month <= 12 or (year is not None and not 1990 <= int(year) <= 2200):
            return None
        if year is not None:
            return date(int(year), month, 1)
        if after is not None:
            return date(after.year + (month < after.month), month, 1)
        return in_some_year(month, 1, self.ctx, whole_month=True)

    def _season(self, word: Word, following: Word | None) -> None:
        settings = self.ctx.settings
        if word.text.startswith(("寒", "暑", "放假")):
            ranges = _breaks(word.text, settings.winter_break, settings.summer_break)
        else:
            ranges = settings.terms or None
        if ranges is None:
            negative = self.part.negative or (following is not None and following.kind == "not")
            code = "break-unknown" if not word.text.startswith(("学", "上", "开", "在")) else "term-unknown"
            if negative:
                if not self.part.negative:
                    self.close()
                self.used_up = True
                self.result.assumptions.append(self.ctx.say(code, name=word.text))
                return
            self.refuse(code, name=word.text)
            return
        dates = tuple((span.start, span.end) for span in ranges)
        self.result.assumptions.append(
            self.ctx.say("season", name=word.text, dates="、".join(f"{first}–{last}" for first, last in dates))
        )
        self._days((DayRule(dates=dates),), following)

    def _holiday(self, word: Word, following: Word | None) -> None:
        days = [day for day in DayRule().listed(self.ctx, self.calendar) if self.calendar.holiday_name(day)]
        dates = tuple((day, day) for day in days)
        names = list(dict.fromkeys(self.calendar.holiday_name(day) or "" for day in days))
        self.result.assumptions.append(self.ctx.say("holidays", name=word.text, dates="、".join(names)))
        self._days((DayRule(dates=dates),), following)

    def _festival(self, word: Word, following: Word | None) -> None:
        """A festival's days off, as the calendar has them."""
        name = re.sub("节?(?:期间|假期|长假|放假|当天|那几天|前后)?$", "", word.text)
        name = {"过年": "春节", "十一": "国庆", "五一": "劳动"}.get(name, name)
        days = [day for day in DayRule().listed(self.ctx, self.calendar) if self._is_festival(day, name)]
        if not days:
            self.refuse("no-such-day")
            return
        dates = "、".join(
            f"{first}–{last}" if last > first else f"{first}" for first, last in runs((day, day) for day in days)
        )
        self.result.assumptions.append(self.ctx.say("season", name=word.text, dates=dates))
        self._days((DayRule(dates=tuple(runs((day, day) for day in days))),), following)

    def _is_festival(self, day: date, name: str) -> bool:
        known = self.calendar.holiday_name(day) or ""
        return known.startswith(name) or (name == "春节" and known == "除夕")

    def _lunar(self, word: Word, following: Word | None) -> None:
        days = tuple(
            sorted(
                {
                    number(piece.removeprefix("初")) or 0
                    for piece in re.findall("初[一二三四五六七八九十]|十五|二十三?|三十", word.text)
                }
            )
        )
        dates = lunar_dates(days, self.ctx.window_start, last_planned_day(self.ctx))
        listing = (
            "、".join(f"{day.month}月{day.day}日" for day in dates)
            if self.ctx.lang == "zh"
            else ", ".join(map(str, dates))
        )
        self.result.assumptions.append(self.ctx.say("lunar", name=word.text, dates=listing))
        self._days((DayRule(lunar=days),), following)

    @property
    def _alternate_question(self) -> str:
        return self.ctx.say("from-which-week", text=self.text)

    def _alternate(self, word: Word, following: Word | None) -> None:
        codes = re.findall("周?([一二三四五六日末])$", word.text.removeprefix("隔周").removeprefix("每两周"))
        day = codes[0] if codes else ""
        week = {"": "", "末": "SA,SU"}.get(day) if day in ("", "末") else DAY_CODES["一二三四五六日".index(day)]
        rule = "FREQ=WEEKLY;INTERVAL=2" + (f";BYDAY={week}" if week else "")
        self.result.questions.append(self._alternate_question)
        self._days((DayRule(cycle=Cycle(rule, date.min)),), following)

    def _parity(self, word: Word, following: Word | None) -> None:
        if "周" in word.text:
            self.result.questions.append(self.ctx.say("which-weeks", text=self.text, name=word.text))
            self._days((DayRule(cycle=Cycle("FREQ=WEEKLY;INTERVAL=2", date.min)),), following)
            return
        odd = "单" in word.text
        self._days((DayRule(month=tuple((day, day) for day in range(1 if odd else 2, 32, 2))),), following)

    # -------------------------------------------------------------------------------------------- cycles of days

    def _start_cycle(self, word: Word, following: Word | None) -> None:
        found = re.search(rf"({NUMBER})(?:天)?[休歇倒]({NUMBER})", word.text)
        on, off = (number(found[1]), number(found[2])) if found else (None, None)
        if not on or not off or on + off > 60:
            self.refuse("not-understood", part=word.text)
            return
        self.close()
        self.cycle = (on, off)

    def _anchor_cycle(self, anchor: date, following: Word | None) -> None:
        """The date named is the first rest day, or (上班) the first day of work."""
        assert self.cycle is not None
        on, off = self.cycle
        self.used_up = following is not None and following.kind == "not"
        rest = anchor + timedelta(on) if self.used_up else anchor
        length = on + off
        rules = []
        for step in range(off):
            first = rest + timedelta(step)
            first -= timedelta((first - self.ctx.window_start).days // length * length)
            rules.append(DayRule(cycle=Cycle(f"FREQ=DAILY;INTERVAL={length}", first)))
        self.cycle = None
        self.part = replace(self.part, days=tuple(rules))

    def _end_cycle(self) -> None:
        if self.cycle is not None:
            self.result.questions.append(self.ctx.say("from-which-day", text=self.text))
            self.cycle = None

    def _rest(self, word: Word, following: Word | None) -> None:
        """休 after a cycle's date says nothing new; elsewhere (周三休) the person is free, or away: asked."""
        if self._begun and all(day.cycle is None for day in self.part.days):
            self.result.assumptions.append(self.ctx.say("rest-means-free", text=self.text))

    # -------------------------------------------------------------------------------------------- hours

    def _hours(self, span: Span, word: Word) -> None:
        """Hours; after a comma they make a statement of their own about the same days."""
        if self.joined == "hard" and self.part.spans and not self.across_comma:
            days = self.part.days
            self.close()
            self.part = Part(days=days)
        self.part = replace(self.part, spans=(*self.part.spans, span))

    def _part_of_the_day(self, word: Word, following: Word | None) -> None:
        self.part_of_day = word.text
        if following is not None and following.kind in ("range", "clock", "from", "till", "depart"):
            return
        names = ("allday", "morning", "noon", "afternoon", "dusk", "evening")
        _, span = day_parts(self.ctx.settings)[names.index(word.kind)]
        default = self.ctx.say("default", name=word.text.removeprefix("一"), value=f"{span.start}–{span.end}")
        if default not in self.result.defaults:
            self.result.defaults.append(default)
        self._hours(minutes_of(span), word)
        self.vague_span = minutes_of(span)

    def _range(self, word: Word, following: Word | None) -> None:
        text = re.sub("(?:结束|之间)$", "", word.text)
        found = typed_range(text, self._prefix(word)) or typed_range(text + "点", self._prefix(word))
        if found is None:
            self.refuse("not-understood", part=word.text)
            return
        if not found[2]:
            self.result.assumptions.append(self.ctx.say("clock-range-assumed", text=word.text, **_clocks(found[:2])))
        start, end = found[:2]
        vague = self.vague_span
        if vague is not None and self.part.spans[-1:] == (vague,) and vague[0] <= start < end <= vague[1]:
            # "周六上午，9点到11点": the hours say which part of the morning.
            self.part = replace(self.part, spans=self.part.spans[:-1])
        self._hours((start, end), word)

    def _prefix(self, word: Word) -> str:
        return (
            ""
            if self.joined is not None or re.match("[^0-9一二两三四五六七八九十零]", word.text)
            else _as_prefix(self.part_of_day)
        )

    def _clock(self, word: Word) -> TypedClock | None:
        text = re.sub(
            "钟?(?:以后|之后|过后|往后|后|起|开始|以前|之前|前|准时|出发|动身|出门|走|来接|接|左右|见|到|为止)+$",
            "",
            word.text,
        )
        text = re.sub("^[到至]", "", text)
        found = typed_clock(text, self._prefix(word))
        if found is None:
            self.refuse("not-understood", part=word.text)
        return found

    def _from(self, word: Word, following: Word | None) -> None:
        clock = self._clock(word)
        if clock is None:
            return
        minute = clock.minute
        after_work = any(day.week in ("MO,TU,WE,TH,FR", "workday") for day in self.part.days)
        if not clock.sure and 300 <= minute < (720 if after_work else 540):
            minute += 720
        last = self._latest(minute)
        self.result.open_ended.append((word.text, (minute, last)))
        self._hours((minute, last), word)

    def _latest(self, minute: int) -> int:
        """The end of "from … on": the evening's end, or the day's if that is later."""
        day_end, evening_end = clock_minutes(self.ctx.settings.day.end), clock_minutes(self.ctx.settings.evening.end)
        if minute < clock_minutes(self.ctx.settings.afternoon.end) - 60:
            return day_end if day_end > minute else 1440
        return max(day_end, evening_end) if max(day_end, evening_end) > minute else 1440

    def _till(self, word: Word, following: Word | None) -> None:
        clock = self._clock(word)
        if clock is None:
            return
        day_start = clock_minutes(self.ctx.settings.day.start)
        early = clock_minutes(self.ctx.settings.on_call.start)
        first = day_start if clock.minute > day_start else early
        if self.part.spans and self.joined is None:
            first = self.part.spans[-1][0]
            self.part = replace(self.part, spans=self.part.spans[:-1])
        if clock.minute <= first:
            self.refuse("not-understood", part=word.text)
            return
        self.result.open_ended.append((word.text, (first, clock.minute)))
        self._hours((first, clock.minute), word)

    def _at(self, word: Word, following: Word | None) -> None:
        clock = self._clock(word)
        if clock is None:
            return
        if not clock.sure and not (word.kind == "depart" and clock.minute >= 720) and self.part_of_day != "school":
            self.result.assumptions.append(
                self.ctx.say("clock-assumed", text=word.text, clock=_clocks((clock.minute, 0))["start"])
            )
        self.result.departs |= word.kind == "depart"
        self.part = replace(self.part, at=(*self.part.at, clock.minute))

    def _after_school(self, word: Word, following: Word | None) -> None:
        """放学后 tells that a bare hour is in the afternoon; alone it names no hour."""
        self.part_of_day = "school"
        if following is None or following.kind not in ("clock", "range", "from", "depart"):
            self.refuse("after-school")

    def _half_day(self, word: Word, following: Word | None) -> None:
        self.refuse("which-half")

    # -------------------------------------------------------------------------------------------- work

    def _work_hours(self, word: Word, following: Word | None) -> None:
        self._days((DayRule(week="workday"),), following)
        self._hours(minutes_of(self.ctx.settings.working_hours), word)
        hours = self.ctx.settings.working_hours
        self.result.assumptions.append(self.ctx.say("working-hours", start=hours.start, end=hours.end))

    def _off_hours(self, word: Word, following: Word | None) -> None:
        """Rule working hours out (8小时之外); another statement (周末全天) only narrows it."""
        if following is not None and following.kind == "not":
            return
        self.close()
        self._work_hours(word, following)
        self.part = replace(self.part, negative=True)
        self.close()

    def _after_work(self, word: Word, following: Word | None) -> None:
        if following is not None and following.kind in ("range", "clock", "from"):
            self.part_of_day = "晚"
            return
        start, end = clock_minutes(self.ctx.settings.working_hours.end), clock_minutes(self.ctx.settings.evening.end)
        if not self.part.days:
            self._days((DayRule(week="workday"),), following)
        self.result.assumptions.append(self.ctx.say("clock-range-assumed", text=word.text, **_clocks((start, end))))
        self._hours((start, max(end, start + 60)), word)

    def _on_call(self, word: Word, following: Word | None) -> None:
        self.result.on_call.append(word.text)
        if not self.part.days:
            self._days((DayRule(week="any"),), following)
        self._hours(minutes_of(self.ctx.settings.on_call), word)

    # -------------------------------------------------------------------------------------------- the rest

    def _vague(self, word: Word, following: Word | None) -> None:
        self.result.vague.append(word.text)

    def _note(self, word: Word, following: Word | None) -> None:
        self.result.notes.append(word.text)

    def _every(self, word: Word, following: Word | None) -> None:
        self.result.every = True

    def _frequency(self, word: Word, following: Word | None) -> None:
        self.result.frequencies.append(word.text)


Handler = Callable[[_Reader, Word, "Word | None"], None]
_HANDLERS: dict[str, Handler] = {
    "hard": _Reader._separator,
    "soft": _Reader._separator,
    "paren": _Reader._separator,
    "not": _Reader._negate,
    "ok": _Reader._agree,
    "except-open": _Reader._open_exception,
    "except-close": _Reader._close_exception,
    "dayrange": _Reader._week,
    "daylist": _Reader._week,
    "weekend": _Reader._week,
    "workday": _Reader._week,
    "weekdays": _Reader._week,
    "dayoff": _Reader._week,
    "everyday": _Reader._everyday,
    "monthday": _Reader._month_days,
    "monthpart": _Reader._month_part,
    "nth": _Reader._nth,
    "dates": _Reader._dates,
    "wholemonth": _Reader._whole_month,
    "season": _Reader._season,
    "holiday": _Reader._holiday,
    "starts": _Reader._edge,
    "ends": _Reader._edge,
    "lunar": _Reader._lunar,
    "festival": _Reader._festival,
    "alternate": _Reader._alternate,
    "parity": _Reader._parity,
    "cycle": _Reader._start_cycle,
    "rest": _Reader._rest,
    "allday": _Reader._part_of_the_day,
    "morning": _Reader._part_of_the_day,
    "noon": _Reader._part_of_the_day,
    "afternoon": _Reader._part_of_the_day,
    "dusk": _Reader._part_of_the_day,
    "evening": _Reader._part_of_the_day,
    "range": _Reader._range,
    "from": _Reader._from,
    "till": _Reader._till,
    "clock": _Reader._at,
    "depart": _Reader._at,
    "afterschool": _Reader._after_school,
    "halfday": _Reader._half_day,
    "workhours": _Reader._work_hours,
    "offhours": _Reader._off_hours,
    "afterwork": _Reader._after_work,
    "oncall": _Reader._on_call,
    "vague": _Reader._vague,
    "note": _Reader._note,
    "every": _Reader._every,
    "frequency": _Reader._frequency,
}

_MONTH_PARTS: dict[str, tuple[int, int, bool]] = {
    "上旬": (1, 10, True),
    "中旬": (11, 20, True),
    "下旬": (21, 31, True),
    "上半月": (1, 15, True),
    "下半月": (16, 31, True),
    "初": (1, 5, False),
    "中": (13, 17, False),
    "底": (26, 31, False),
    "末": (26, 31, False),
}
_FIVE_DAYS = "MO,TU,WE,TH,FR"


def runs(dates: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The same days, stretches that touch made one."""
    joined: list[tuple[date, date]] = []
    for first, last in sorted(dates):
        if joined and (first - joined[-1][1]).days <= 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _names_days(word: Word | None) -> bool:
    return word is not None and word.kind in (
        "dayrange",
        "daylist",
        "weekend",
        "workday",
        "monthday",
        "dates",
        "lunar",
        "season",
    )


def _week_days(word: Word) -> str:
    fixed = {"weekend": "SA,SU", "workday": "workday", "weekdays": _FIVE_DAYS, "dayoff": "day-off"}
    if word.kind in fixed:
        return fixed[word.kind]
    places = [
        "一二三四五六日".index(day) if day in "一二三四五六日" else int(day) - 1
        for day in re.findall("[一二三四五六日1-7]", word.text)
    ]
    if word.kind == "dayrange":
        first, last = places[0], places[-1]
        places = [place % 7 for place in range(first, (last if last >= first else last + 7) + 1)]
    return "any" if len(set(places)) == 7 else ",".join(code for place, code in enumerate(DAY_CODES) if place in places)


def _month_ranges(text: str) -> tuple[tuple[int, int], ...]:
    found = re.finditer(r"(\d{1,2})[号日]?(?:[-~至到](\d{1,2}))?", text)
    return tuple((int(one[1]), int(one[2] or one[1])) for one in found)


def _contrast(said: tuple[DayRule, ...], new: tuple[DayRule, ...]) -> bool:
    """周末，平时…: two kinds of day are two statements; 周二，周四… is one list."""
    plain = all(_is_plain_weekday(rule) for rule in (*said, *new))
    return not plain


def _is_plain_weekday(rule: DayRule) -> bool:
    if rule.dimensions() == {"dates"}:
        return all(first == last for first, last in rule.dates or ())
    return rule.dimensions() == {"week"} and rule.week not in ("any", "workday", "day-off", "SA,SU", _FIVE_DAYS)


def _is_stretch(rule: DayRule) -> bool:
    return any(first < last for first, last in rule.dates or ())


def _united(said: tuple[DayRule, ...], new: tuple[DayRule, ...]) -> tuple[DayRule, ...]:
    """Both lists of days; weekdays of one rule when they follow each other."""
    if said and len(new) == 1 and _is_weekdays(said[-1]) and _is_weekdays(new[0]):
        codes = {*(said[-1].week or "").split(","), *(new[0].week or "").split(",")}
        return (*said[:-1], DayRule(week=",".join(code for code in DAY_CODES if code in codes)))
    return said + new


def _is_weekdays(rule: DayRule) -> bool:
    return rule.dimensions() == {"week"} and rule.week not in ("any", "workday", "day-off")


def _narrows(said: tuple[DayRule, ...], new: tuple[DayRule, ...]) -> bool:
    taken = frozenset().union(*(rule.dimensions() for rule in said))
    return not any(rule.dimensions() & taken for rule in new)


def _breaks(text: str, winter: DateRange | None, summer: DateRange | None) -> tuple[DateRange, ...] | None:
    both = ("寒" in text and "暑" in text) or text.startswith("放假")
    wanted = (winter, summer) if both else (winter,) if "寒" in text else (summer,)
    told = tuple(span for span in wanted if span is not None)
    return told if len(told) == len(wanted) else None


def _as_prefix(part_of_day: str) -> str:
    if part_of_day == "school":
        return "下午"
    for name in ("凌晨", "早", "上午", "中午", "下午", "傍晚", "晚"):
        if name in part_of_day:
            return name
    if part_of_day in ("夜里", "夜间", "夜晚") or part_of_day.startswith(("evening", "night")):
        return "晚"
    if part_of_day.startswith("afternoon"):
        return "下午"
    return "上午" if part_of_day.startswith("morning") else ""


def _clocks(span: Span) -> dict[str, str]:
    return {"start": f"{span[0] // 60:02d}:{span[0] % 60:02d}", "end": f"{span[1] // 60:02d}:{span[1] % 60:02d}"}
