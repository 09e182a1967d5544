"""The words for hours: parts of the day, clocks, working hours, on call."""

from __future__ import annotations

import re
from dataclasses import replace

from matcher.domain.base import clock_minutes
from matcher.exchange.phrases.clock import TypedClock, day_parts, minutes_of, typed_clock, typed_range
from matcher.exchange.phrases.draft import FIVE_DAYS, Draft, Handler
from matcher.exchange.phrases.schedule import DayRule, clocks
from matcher.exchange.phrases.timewords import Word


def _part_of_the_day(draft: Draft, word: Word, following: Word | None) -> None:
    draft.part_of_day = word.text
    if following is not None and following.kind in ("range", "clock", "from", "till", "depart"):
        return
    names = ("allday", "morning", "noon", "afternoon", "dusk", "evening")
    _, span = day_parts(draft.ctx.settings)[names.index(word.kind)]
    default = draft.ctx.say("default", name=word.text.removeprefix("一"), value=f"{span.start}–{span.end}")
    if default not in draft.result.defaults:
        draft.result.defaults.append(default)
    draft.hours(minutes_of(span))
    draft.vague_span = minutes_of(span)


def _range(draft: Draft, word: Word, following: Word | None) -> None:
    text = re.sub("(?:结束|之间)$", "", word.text)
    found = typed_range(text, _prefix(draft, word)) or typed_range(text + "点", _prefix(draft, word))
    if found is None:
        draft.refuse("not-understood", part=word.text)
        return
    if not found[2]:
        draft.result.assumptions.append(draft.ctx.say("clock-range-assumed", text=word.text, **clocks(found[:2])))
    start, end = found[:2]
    vague = draft.vague_span
    if vague is not None and draft.part.spans[-1:] == (vague,) and vague[0] <= start < end <= vague[1]:
        # "周六上午，9点到11点": the hours say which part of the morning.
        draft.part = replace(draft.part, spans=draft.part.spans[:-1])
    draft.hours((start, end))


def _prefix(draft: Draft, word: Word) -> str:
    return (
        ""
        if draft.joined is not None or re.match("[^0-9一二两三四五六七八九十零]", word.text)
        else _as_prefix(draft.part_of_day)
    )


def _clock(draft: Draft, word: Word) -> TypedClock | None:
    text = re.sub(
        "钟?(?:以后|之后|过后|往后|后|起|开始|以前|之前|前|准时|出发|动身|出门|走|来接|接|左右|见|到|为止)+$",
        "",
        word.text,
    )
    text = re.sub("^[到至]", "", text)
    found = typed_clock(text, _prefix(draft, word))
    if found is None:
        draft.refuse("not-understood", part=word.text)
    return found


def _from(draft: Draft, word: Word, following: Word | None) -> None:
    clock = _clock(draft, word)
    if clock is None:
        return
    minute = clock.minute
    after_work = any(day.week in (FIVE_DAYS, "workday") for day in draft.part.days)
    if not clock.sure and 300 <= minute < (720 if after_work else 540):
        minute += 720
    last = _latest(draft, minute)
    draft.result.open_ended.append((word.text, (minute, last)))
    draft.hours((minute, last))


def _latest(draft: Draft, minute: int) -> int:
    """The end of "from … on": the evening's end, or the day's if that is later."""
    day_end, evening_end = clock_minutes(draft.ctx.settings.day.end), clock_minutes(draft.ctx.settings.evening.end)
    if minute < clock_minutes(draft.ctx.settings.afternoon.end) - 60:
        return day_end if day_end > minute else 1440
    return max(day_end, evening_end) if max(day_end, evening_end) > minute else 1440


def _till(draft: Draft, word: Word, following: Word | None) -> None:
    clock = _clock(draft, word)
    if clock is None:
        return
    day_start = clock_minutes(draft.ctx.settings.day.start)
    early = clock_minutes(draft.ctx.settings.on_call.start)
    first = day_start if clock.minute > day_start else early
    if draft.part.spans and draft.joined is None:
        first = draft.part.spans[-1][0]
        draft.part = replace(draft.part, spans=draft.part.spans[:-1])
    if clock.minute <= first:
        draft.refuse("not-understood", part=word.text)
        return
    draft.result.open_ended.append((word.text, (first, clock.minute)))
    draft.hours((first, clock.minute))


def _at(draft: Draft, word: Word, following: Word | None) -> None:
    clock = _clock(draft, word)
    if clock is None:
        return
    if not clock.sure and not (word.kind == "depart" and clock.minute >= 720) and draft.part_of_day != "school":
        draft.result.assumptions.append(
            draft.ctx.say("clock-assumed", text=word.text, clock=clocks((clock.minute, 0))["start"])
        )
    draft.result.departs |= word.kind == "depart"
    draft.part = replace(draft.part, at=(*draft.part.at, clock.minute))


def _after_school(draft: Draft, word: Word, following: Word | None) -> None:
    """放学后 tells that a bare hour is in the afternoon; alone it names no hour."""
    draft.part_of_day = "school"
    if following is None or following.kind not in ("clock", "range", "from", "depart"):
        draft.refuse("after-school")


def _half_day(draft: Draft, word: Word, following: Word | None) -> None:
    draft.refuse("which-half")


def _work_hours(draft: Draft, word: Word, following: Word | None) -> None:
    draft.days((DayRule(week="workday"),), following)
    draft.hours(minutes_of(draft.ctx.settings.working_hours))
    hours = draft.ctx.settings.working_hours
    draft.result.assumptions.append(draft.ctx.say("working-hours", start=hours.start, end=hours.end))


def _off_hours(draft: Draft, word: Word, following: Word | None) -> None:
    """Rule working hours out (8小时之外); another statement (周末全天) only narrows it."""
    if following is not None and following.kind == "not":
        return
    draft.close()
    _work_hours(draft, word, following)
    draft.part = replace(draft.part, negative=True)
    draft.close()


def _after_work(draft: Draft, word: Word, following: Word | None) -> None:
    if following is not None and following.kind in ("range", "clock", "from"):
        draft.part_of_day = "晚"
        return
    start, end = clock_minutes(draft.ctx.settings.working_hours.end), clock_minutes(draft.ctx.settings.evening.end)
    if not draft.part.days:
        draft.days((DayRule(week="workday"),), following)
    draft.result.assumptions.append(draft.ctx.say("clock-range-assumed", text=word.text, **clocks((start, end))))
    draft.hours((start, max(end, start + 60)))


def _on_call(draft: Draft, word: Word, following: Word | None) -> None:
    draft.result.on_call.append(word.text)
    if not draft.part.days:
        draft.days((DayRule(week="any"),), following)
    draft.hours(minutes_of(draft.ctx.settings.on_call))


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


HOUR_WORDS: dict[str, Handler] = {
    "allday": _part_of_the_day,
    "morning": _part_of_the_day,
    "noon": _part_of_the_day,
    "afternoon": _part_of_the_day,
    "dusk": _part_of_the_day,
    "evening": _part_of_the_day,
    "range": _range,
    "from": _from,
    "till": _till,
    "clock": _at,
    "depart": _at,
    "afterschool": _after_school,
    "halfday": _half_day,
    "workhours": _work_hours,
    "offhours": _off_hours,
    "afterwork": _after_work,
    "oncall": _on_call,
}
