"""When a wish is to happen, and the recurrence that time and frequency make together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from matcher.domain.base import DAY_CODES, clock_minutes
from matcher.domain.when import Calendar
from matcher.domain.wishes import Recurrence, Window
from matcher.exchange.phrases.clock import clock_text, minutes_of
from matcher.exchange.phrases.frequency import Frequency, read_frequency
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.schedule import DayRule, Part, Schedule, Span
from matcher.exchange.phrases.statements import schedule_of
from matcher.exchange.phrases.timewords import normal


@dataclass(frozen=True, slots=True)
class WishTime:
    """When a wish may happen, what its words say about how often, and how long it lasts if they say so."""

    windows: tuple[Window, ...]
    except_dates: tuple[date, ...] = ()
    since: date | None = None
    until: date | None = None
    frequency: Frequency | None = None
    """每周三下午 is once a week; None: nothing said."""
    minutes: int | None = None
    """一上午 lasts 240 minutes; None: nothing said."""
    departs: bool = False
    """The hour is that of leaving home ("8点走")."""


_LASTING = re.compile("^(?:一个?)(上午|下午|晚上|整?天)$|(?<![周\\d])一(上午|下午|整天)")


def read_windows(value: object, ctx: Context) -> Reading[WishTime]:
    """When a wish may happen: 上旬周末，早上8点走; 周二周四放学后四点半，寒暑假不要; 9：00～11：30; 12月5、6号都行."""
    if early := refused_early(value, ctx):
        return early
    schedule = schedule_of(value, ctx)
    refused = _refused(schedule, value, ctx)
    if refused is not None:
        return refused
    wanted = [part for part in schedule.parts if not part.negative] or [Part()]
    ruled_out = [part for part in schedule.parts if part.negative]
    wanted, except_dates = _without_days(wanted, ruled_out, ctx)
    wanted, first, last = _between_dates(wanted)
    windows = _windows(wanted, schedule, ctx)
    windows = _without_hours(windows, ruled_out)
    if not windows or not _leaves_a_day(windows, except_dates):
        return ctx.refuse("nothing-left", text=shown(value))
    frequency = _implied_frequency(wanted, schedule, ctx)
    minutes = _lasting(value, windows, schedule, ctx)
    when = WishTime(windows, except_dates, first, last, frequency=frequency, minutes=minutes, departs=schedule.departs)
    told = tuple(dict.fromkeys((*schedule.questions, *schedule.assumptions)))
    return Reading(when, told, notes=tuple(schedule.notes), defaults=tuple(schedule.defaults))


def _refused(schedule: Schedule, value: object, ctx: Context) -> Reading[WishTime] | None:
    if schedule.refusal is not None:
        return Reading(refusal=schedule.refusal)
    if any(rule.cycle is not None and "DAILY" in rule.cycle.rule for part in schedule.parts for rule in part.days):
        return ctx.refuse("not-understood", text=shown(value), part=shown(value, 20))
    if schedule.questions:
        return ctx.refuse("needs-anchor", text=shown(value))
    if schedule.vague and not schedule.parts:
        return ctx.refuse("hours-vague", text=shown(value), blocking=False)
    schedule.assumptions += [ctx.say("left-out", part=part) for part in schedule.vague]
    schedule.assumptions += [
        ctx.say("any-time", text=part, start=ctx.settings.on_call.start, end=ctx.settings.on_call.end)
        for part in schedule.on_call
    ]
    schedule.assumptions += schedule.said_hours(ctx)
    if not schedule.parts and not schedule.frequencies and not schedule.assumptions:
        return ctx.refuse("hours-vague", text=shown(value), blocking=False)
    if any(part.negative and part.spans and not _on_plain_weekdays(part) for part in schedule.parts):
        return ctx.refuse("not-understood", text=shown(value), part=shown(value, 20))
    return None


def _on_plain_weekdays(part: Part) -> bool:
    return all(rule.dimensions() <= {"week"} and rule.week not in ("workday", "day-off") for rule in part.days)


def _between_dates(wanted: list[Part]) -> tuple[list[Part], date | None, date | None]:
    """One stretch of dates that all windows share becomes their first and last day."""
    stretches = {rule.dates for part in wanted for rule in part.days or (DayRule(),)}
    dates = next(iter(stretches)) if len(stretches) == 1 else None
    if dates is None or len(dates) != 1 or dates[0][0] == dates[0][1]:
        return wanted, None, None
    freed = [replace(part, days=tuple(replace(rule, dates=None) for rule in part.days)) for part in wanted]
    return freed, *dates[0]


def _without_days(wanted: list[Part], ruled_out: list[Part], ctx: Context) -> tuple[list[Part], tuple[date, ...]]:
    """Whole days ruled out: weekdays leave the windows, other days become dates left out."""
    calendar = Calendar(ctx.timezone, "CN", ctx.settings.holidays)
    weekdays: set[str] = set()
    dates: set[date] = set()
    for part in ruled_out:
        for rule in () if part.spans else part.days:
            codes = set((rule.week or "").split(","))
            if rule.dimensions() == {"week"} and codes <= set(DAY_CODES):
                weekdays |= codes
            else:
                dates.update(rule.listed(ctx, calendar))
    if weekdays:
        wanted = [_without_weekdays(part, weekdays) for part in wanted]
        wanted = [part for part in wanted if part.days]
    return wanted, tuple(sorted(dates))


def _without_weekdays(part: Part, weekdays: set[str]) -> Part:
    days = []
    for rule in part.days or (DayRule(),):
        codes = DAY_CODES if rule.week in (None, "any") else tuple((rule.week or "").split(","))
        left = ",".join(code for code in codes if code not in weekdays)
        if left:
            days.append(replace(rule, week=left))
    return replace(part, days=tuple(days))


def _windows(wanted: Iterable[Part], schedule: Schedule, ctx: Context) -> tuple[Window, ...]:
    windows: list[Window] = []
    whole = minutes_of(ctx.settings.day)
    for part in wanted:
        if not part.spans and not part.at:
            name = "全天" if ctx.lang == "zh" else "all day"
            schedule.defaults.append(
                ctx.say("default", name=name, value=f"{ctx.settings.day.start}–{ctx.settings.day.end}")
            )
        for rule in part.days or (DayRule(),):
            for fields in _window_days(rule, ctx):
                windows += _window_hours(fields, part, whole)
    return tuple(dict.fromkeys(windows))


def _window_hours(fields: dict[str, object], part: Part, whole: Span) -> list[Window]:
    if part.at:
        return [Window.model_validate(fields | {"at": clock_text(at)}) for at in part.at if at < 1440]
    spans = part.spans or (whole,)
    return [
        Window.model_validate(fields | {"start": clock_text(start), "end": clock_text(end if end > start else 1440)})
        for start, end in spans
    ]


def _window_days(rule: DayRule, ctx: Context) -> list[dict[str, object]]:
    if rule.dates is not None or rule.lunar is not None:
        days = replace(rule, cycle=None).listed(ctx, Calendar(ctx.timezone, "CN", ctx.settings.holidays))
        if rule.dates is not None and not days and rule.dimensions() == {"dates"}:
            days = tuple(first for first, _ in rule.dates)
        return [{"dates": days}] if days else []
    week: dict[str, object] = {"days": _week_of(rule)}
    if rule.month is None:
        return [week]
    return [week | {"month_days": f"{low}" if low == high else f"{low}-{high}"} for low, high in rule.month]


def _week_of(rule: DayRule) -> str:
    if rule.cycle is not None:
        found = re.search("BYDAY=([A-Z,]+)", rule.cycle.rule)
        return found[1] if found else rule.week or DAY_CODES[rule.cycle.anchor.weekday()]
    return rule.week or "any"


def _without_hours(windows: tuple[Window, ...], ruled_out: list[Part]) -> tuple[Window, ...]:
    """中午不行: hours taken out of every window."""
    for part in ruled_out:
        codes = {code for rule in part.days for code in _codes(rule.week)} if part.days else set(DAY_CODES)
        for start, end in part.spans:
            windows = tuple(piece for window in windows for piece in _cut_on(codes, window, start, end))
    return windows


def _codes(week: str | None) -> tuple[str, ...]:
    return DAY_CODES if week in (None, "any") else tuple((week or "").split(","))


def _cut_on(codes: set[str], window: Window, start: int, end: int) -> list[Window]:
    """The window without these hours on these weekdays, and untouched on its others."""
    if codes == set(DAY_CODES) or window.days in ("workday", "day-off") or window.dates:
        return _cut(window, start, end)
    concerned = ",".join(code for code in _codes(window.days) if code in codes)
    others = ",".join(code for code in _codes(window.days) if code not in codes)
    fields = window.model_dump()
    pieces = _cut(Window.model_validate(fields | {"days": concerned}), start, end) if concerned else []
    return [*([Window.model_validate(fields | {"days": others})] if others else []), *pieces]


def _cut(window: Window, start: int, end: int) -> list[Window]:
    if window.at is not None:
        return [] if start <= clock_minutes(window.at) < end else [window]
    first, last = clock_minutes(window.start), clock_minutes(window.end)
    pieces = ((first, min(last, start)), (max(first, end), last))
    fields = window.model_dump()
    return [
        Window.model_validate(fields | {"start": clock_text(low), "end": clock_text(high)})
        for low, high in pieces
        if low < high
    ]


def _leaves_a_day(windows: tuple[Window, ...], except_dates: tuple[date, ...]) -> bool:
    return any(not window.dates or set(window.dates) - set(except_dates) for window in windows)


def _implied_frequency(wanted: list[Part], schedule: Schedule, ctx: Context) -> Frequency | None:
    if schedule.frequencies:
        reading = read_frequency(schedule.frequencies[0], ctx)
        schedule.assumptions += [text for text in reading.assumptions if text not in schedule.assumptions]
        return reading.value
    rules = [rule for part in wanted for rule in part.days]
    cycle = next((rule.cycle for rule in rules if rule.cycle is not None), None)
    if cycle is not None:
        return Frequency(1, "week", interval=2, since=cycle.anchor)
    if schedule.last_of_month and schedule.every:
        return Frequency(1, "month")
    if not schedule.every or not rules or any(rule.dates is not None or rule.lunar is not None for rule in rules):
        return None
    if any(rule.month is not None for rule in rules):
        single = sum(len(rule.month or ()) for rule in rules if rule.single)
        return Frequency(1 if schedule.either else max(1, single), "month")
    days = sum(_days_per_week(rule.week) for rule in rules)
    return Frequency(1 if schedule.either else min(7, max(1, days)), "week")


def _days_per_week(week: str | None) -> int:
    return {None: 7, "any": 7, "workday": 5, "day-off": 2, "SA,SU": 1}.get(week, (week or "").count(",") + 1)


def _lasting(value: object, windows: tuple[Window, ...], schedule: Schedule, ctx: Context) -> int | None:
    """一上午: not just some time in the morning, but all of it."""
    if len(windows) != 1 or windows[0].at is not None or not _LASTING.search(normal(value)):
        return None
    minutes = clock_minutes(windows[0].end) - clock_minutes(windows[0].start)
    schedule.assumptions.append(
        ctx.say("whole-stretch", text=shown(value), start=windows[0].start, end=windows[0].end, minutes=minutes)
    )
    return minutes


# ------------------------------------------------------------------------------------------------ both together


def recurrence_of(when: WishTime | None, often: Frequency | None, ctx: Context) -> Reading[Recurrence]:
    """The recurrence of a wish's windows and frequency; the frequency column wins over the one the windows imply.

    Every-other-week on one weekday from a known day at a fixed hour is a rule; otherwise it becomes twice a month
    with gaps of 12 to 18 days, as the assumption says.
    """
    if when is None and often is None:
        return Reading()
    when = when or WishTime((Window(start=ctx.settings.day.start, end=ctx.settings.day.end),))
    often = often or when.frequency
    fields: dict[str, object] = {"windows": when.windows, "except_dates": when.except_dates}
    if often is None:
        return Reading(Recurrence.model_validate(fields))
    fields |= {"since": often.since or when.since, "until": often.until or when.until}
    if often.per is None:
        return Reading(Recurrence.model_validate(fields))
    gaps = {"min_gap_days": often.min_gap_days, "max_gap_days": often.max_gap_days}
    if often.interval == 1:
        return Reading(Recurrence.model_validate(fields | gaps | {"times": often.times, "per": often.per}))
    if often.per == "week" and often.interval == 2 and often.times == 1:
        return _fortnightly(when, often, fields, ctx)
    return _sparse(often, fields, ctx)


def _fortnightly(when: WishTime, often: Frequency, fields: dict[str, object], ctx: Context) -> Reading[Recurrence]:
    window = when.windows[0]
    one_day = len(when.windows) == 1 and window.days in DAY_CODES and not window.month_days and not window.dates
    if one_day and window.at is not None and often.since is not None:
        rule = f"FREQ=WEEKLY;INTERVAL=2;BYDAY={window.days}"
        told = ctx.say("fortnight-from", text=rule_name(ctx), since=often.since)
        kept = {name: fields[name] for name in ("except_dates", "until")}
        rule_fields = kept | {"rrule": rule, "dtstart": often.since, "start": window.at}
        return Reading(Recurrence.model_validate(rule_fields), (told,))
    gaps = {
        "times": 2,
        "per": "month",
        "min_gap_days": often.min_gap_days or 12,
        "max_gap_days": often.max_gap_days or 18,
    }
    told = ctx.say("fortnight", text=rule_name(ctx), low=gaps["min_gap_days"], high=gaps["max_gap_days"])
    return Reading(Recurrence.model_validate(fields | gaps), (told,))


def _sparse(often: Frequency, fields: dict[str, object], ctx: Context) -> Reading[Recurrence]:
    """Once in several weeks or months: one visit in all, asked for a rule of its own."""
    message = ctx.refuse("too-sparse", interval=often.interval, unit=ctx.say(f"unit-{often.per}"), times=often.times)
    return Reading(refusal=message.refusal)


def rule_name(ctx: Context) -> str:
    """Every other week, by its usual name."""
    return "隔周一次" if ctx.lang == "zh" else "every other week"
