"""Free time and time that does not suit, as volunteers say it, turned into availability rules and absences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from matcher.domain.base import DAY_CODES
from matcher.domain.people import Absence, Availability
from matcher.domain.when import Calendar
from matcher.exchange.phrases.clock import clock_text, minutes_of
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.schedule import DayRule, Part, Schedule, Span, runs, widened
from matcher.exchange.phrases.statements import schedule_of

_WHOLE_DAY: Span = (0, 1440)


@dataclass(frozen=True, slots=True)
class Unavailability:
    """When somebody cannot: repeating stretches (``kind`` unavailable) and dated absences."""

    rules: tuple[Availability, ...] = ()
    absences: tuple[Absence, ...] = ()


def read_availability(value: object, ctx: Context) -> Reading[tuple[Availability, ...]]:
    """When a volunteer is free: 周一至周五晚上, 除周三外都可以, 上班时间不行, 周末全天，平时7点以后, Mon-Fri evenings.

    What is ruled out (周三不行) becomes ``unavailable`` rules; an every-other-week without a first date gives no
    rule, but a question among the assumptions.
    """
    if early := refused_early(value, ctx):
        return early
    schedule = schedule_of(value, ctx)
    if refused := _refused(schedule, value, ctx):
        return refused
    if any(part.at for part in schedule.parts):
        return ctx.refuse("no-end", text=shown(value))
    known = [part for part in schedule.parts if _is_anchored(part)]
    rules = tuple(dict.fromkeys(_availability(known, schedule, value, ctx) if known else ()))
    return Reading(rules, _told(schedule), notes=tuple(schedule.notes), defaults=tuple(schedule.defaults))


def read_unavailability(value: object, ctx: Context) -> Reading[Unavailability]:
    """When a volunteer cannot: 初一十五不行, 每月23号, 12月3日-12月8日, 周三下午有课."""
    if early := refused_early(value, ctx):
        return early
    schedule = schedule_of(value, ctx, keep_unknown=True)
    if refused := _refused(schedule, value, ctx):
        return refused
    if any(part.agreed and not part.negative for part in schedule.parts):
        return ctx.refuse("says-free", text=shown(value))
    rules: list[Availability] = []
    absences: list[Absence] = []
    for part in schedule.parts:
        if not _is_anchored(part):
            continue
        if part.at:
            return ctx.refuse("no-end", text=shown(value))
        spans = _ruled_out_spans(part, ctx)
        for rule in part.days or (DayRule(week="any"),):
            if rule.dimensions() and rule.dimensions() <= {"dates", "lunar"}:
                absences += _absences(rule, spans, ctx)
            else:
                rules += _rules(rule, spans, ctx, unavailable=True)
    schedule.assumptions += schedule.said_hours(ctx, [span for part in schedule.parts for span in part.spans])
    told = Unavailability(tuple(dict.fromkeys(rules)), tuple(dict.fromkeys(absences)))
    return Reading(told, _told(schedule), notes=tuple(schedule.notes), defaults=tuple(schedule.defaults))


# ------------------------------------------------------------------------------------------------ helpers


def _refused(schedule: Schedule, value: object, ctx: Context) -> Reading[Any] | None:
    if schedule.refusal is not None:
        return Reading(refusal=schedule.refusal)
    if schedule.parts or schedule.questions:
        schedule.assumptions += [ctx.say("left-out", part=part) for part in schedule.vague]
        schedule.assumptions += [_on_call(word, ctx) for word in schedule.on_call]
        schedule.assumptions += [ctx.say("how-often-instead", part=part) for part in schedule.frequencies]
        return None
    if schedule.assumptions and not schedule.vague:
        # Only a break was ruled out, and the settings do not say when it is.
        schedule.parts.append(Part(days=(DayRule(week="any"),)))
        return None
    return ctx.refuse("hours-vague", blocking=False, text=shown(value))


def _on_call(word: str, ctx: Context) -> str:
    span, most = ctx.settings.on_call, ctx.settings.default_limits.visits_per_month
    return ctx.say("on-call", text=word, start=span.start, end=span.end, limit="—" if most is None else most)


def _told(schedule: Schedule) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*schedule.questions, *schedule.assumptions)))


def _is_anchored(part: Part) -> bool:
    return all(rule.cycle is None or rule.cycle.anchor != date.min for rule in part.days)


def _availability(parts: list[Part], schedule: Schedule, value: object, ctx: Context) -> Iterator[Availability]:
    wanted = [part for part in parts if not part.negative]
    ruled_out = [part for part in parts if part.negative]
    if all(_is_any_day(part) for part in wanted):
        week = _complement(ruled_out) if ruled_out else None
        if week is not None:
            wanted, ruled_out = [Part(days=(DayRule(week=week),))], []
        else:
            wanted = wanted or [Part(days=(DayRule(week="any"),))]
    for part in wanted:
        _ask_about(part, schedule, value, ctx)
        for rule in part.days or (DayRule(week="any"),):
            yield from _rules(rule, _spans(part, schedule, ctx), ctx)
    for part in ruled_out:
        for rule in part.days or (DayRule(week="any"),):
            yield from _rules(rule, _ruled_out_spans(part, ctx), ctx, unavailable=True)
    schedule.assumptions += schedule.said_hours(ctx, [span for part in ruled_out for span in part.spans])


def _ruled_out_spans(part: Part, ctx: Context) -> tuple[Span, ...]:
    return tuple(widened(span, ctx) for span in part.spans) or (_WHOLE_DAY,)


def _is_any_day(part: Part) -> bool:
    return not part.spans and not part.at and part.days == (DayRule(week="any"),)


def _complement(ruled_out: list[Part]) -> str | None:
    """The remaining weekdays when nothing but whole weekdays is ruled out."""
    taken: set[str] = set()
    for part in ruled_out:
        if part.spans or part.at or any(rule.dimensions() != {"week"} for rule in part.days):
            return None
        for rule in part.days:
            taken.update((rule.week or "").split(","))
    opposite = {frozenset({"workday"}): "day-off", frozenset({"day-off"}): "workday"}.get(frozenset(taken))
    if opposite or taken & {"any", "workday", "day-off"}:
        return opposite
    return ",".join(code for code in DAY_CODES if code not in taken) or None


def _ask_about(part: Part, schedule: Schedule, value: object, ctx: Context) -> None:
    if not part.days:
        schedule.assumptions.append(ctx.say("every-day", text=shown(value)))
    numbers = [f"{low}" for rule in part.days if rule.single for low, _ in rule.month or ()]
    if numbers:
        days = "、".join(numbers) + "号" if ctx.lang == "zh" else ", ".join(numbers)
        schedule.assumptions.append(ctx.say("free-or-busy", text=shown(value), days=days))


def _spans(part: Part, schedule: Schedule, ctx: Context) -> tuple[Span, ...]:
    if part.spans:
        return part.spans
    name = "全天" if ctx.lang == "zh" else "all day"
    default = ctx.say("default", name=name, value=f"{ctx.settings.day.start}–{ctx.settings.day.end}")
    if default not in schedule.defaults:
        schedule.defaults.append(default)
    return (minutes_of(ctx.settings.day),)


def _rules(rule: DayRule, spans: Iterable[Span], ctx: Context, *, unavailable: bool = False) -> list[Availability]:
    kind = "unavailable" if unavailable else "available"
    return [
        Availability.model_validate({"start": clock_text(start), "end": clock_text(end), "kind": kind} | fields)
        for start, end in spans
        for fields in _day_fields(rule, ctx)
    ]


def _day_fields(rule: DayRule, ctx: Context) -> list[dict[str, object]]:
    """The fields of an availability rule that say on which days it holds."""
    if rule.lunar is not None:
        return [{"since": day, "until": day} for day in rule.listed(ctx, _calendar(ctx))]
    fields: dict[str, object] = {"days": rule.week or "any"}
    repeat = _repeat(rule, ctx)
    if repeat is not None:
        fields |= repeat
        if "BYDAY" in str(repeat["rrule"]):
            fields["days"] = "any"
    if rule.dates is None:
        return [fields]
    return [fields | {"since": first, "until": last} for first, last in runs(rule.dates)]


def _repeat(rule: DayRule, ctx: Context) -> dict[str, object] | None:
    if rule.cycle is not None:
        text = rule.cycle.rule
        if "WEEKLY" in text and "BYDAY" not in text and rule.week and rule.week[:2] in DAY_CODES:
            text += f";BYDAY={rule.week}"
        return {"rrule": text, "dtstart": rule.cycle.anchor}
    if rule.month is not None:
        days = sorted({day for low, high in rule.month for day in range(low, high + 1)})
        text = "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, days))
        return {"rrule": text, "dtstart": ctx.window_start}
    return None


def _absences(rule: DayRule, spans: Iterable[Span], ctx: Context) -> list[Absence]:
    zone = ZoneInfo(ctx.timezone)
    stretches = [(day, day) for day in rule.listed(ctx, _calendar(ctx))] if rule.lunar else runs(rule.dates or ())
    absences = []
    for first, last in stretches:
        for start, end in spans:
            if (start, end) == _WHOLE_DAY:
                absences.append(_absence(first, 0, last, 1440, zone))
            else:
                days = (first + timedelta(step) for step in range(min((last - first).days, 400) + 1))
                absences += [_absence(day, start, day, end if end > start else end + 1440, zone) for day in days]
    return absences


def _absence(first: date, start: int, last: date, end: int, zone: ZoneInfo) -> Absence:
    return Absence(start=_moment(first, start, zone), end=_moment(last, end, zone))


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(minute // 1440), time(minute % 1440 // 60, minute % 60), zone)


def _calendar(ctx: Context) -> Calendar:
    return Calendar(ctx.timezone, "CN", ctx.settings.holidays)
