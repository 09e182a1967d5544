"""Times of day and durations: clocks, ranges of clocks, 个把小时, 一上午."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from matcher.domain.base import clock_minutes
from matcher.domain.settings import DayRange, Settings
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, matchable, number

_MORNING = "凌晨|清晨|清早|早晨|早上|早|上午|a\\.?m\\.?"
_LATER = "中午|午后|下午|傍晚|晚上|晚间|夜里|夜间|晚|p\\.?m\\.?"
_NUMERAL = r"(?:\d{1,2}|[零一二两三四五六七八九十]{1,3})"
CLOCK = (
    rf"(?:(?:{_MORNING}|{_LATER})[的 ]?)?"
    rf"(?:\d{{1,2}}:\d{{2}}(?::00)?|{_NUMERAL}[点时](?:钟|整|半|[123一二三]刻|{NUMBER}分?)?|"
    rf"\d{{1,2}}(?=[ ]?[ap]\.?m)|\d{{1,2}}h\d{{2}}\b)"
    r"(?: ?[ap]\.?m\.?)?"
)
"""A clock time as typed, folded: 9:00, 下午四点半, 7pm. For use inside patterns; has no groups."""
_CLOCK = re.compile(
    rf"(?P<part>{_MORNING}|{_LATER})?[的 ]?"
    rf"(?:(?P<h>\d{{1,2}})[:h](?P<m>\d{{2}})(?::00)?|(?P<hour>{_NUMERAL})(?:[点时](?P<rest>钟|整|"
    rf"半|[123一二三]刻|{NUMBER}分?)?)?)"
    r" ?(?P<after>[ap]\.?m\.?)?"
)


@dataclass(frozen=True, slots=True)
class TypedClock:
    """A time of day as typed; ``sure`` when a prefix, a colon or the hour itself says which half of the day."""

    minute: int
    sure: bool


def typed_clock(text: str, part: str = "") -> TypedClock | None:
    """The clock in a folded text; ``part`` (下午) stands for a prefix said earlier. Bare 1–6 means the afternoon.

    >>> typed_clock("下午四点半"), typed_clock("9:00"), typed_clock("4点")
    (TypedClock(minute=990, sure=True), TypedClock(minute=540, sure=True), TypedClock(minute=960, sure=False))
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hour = number(found["h"] or found["hour"])
    minute = int(found["m"]) if found["m"] else _minutes_past(found["rest"] or "")
    if hour is None or minute is None or hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    part = found["part"] or found["after"] or part
    if part:
        return TypedClock(_in_part(hour, part) * 60 + minute, True)
    if hour < 7 and not (found["h"] and len(found["h"]) == 2):
        return TypedClock(((hour + 12) % 24 if hour else 0) * 60 + minute, False)
    return TypedClock(hour * 60 + minute, bool(found["h"]) or hour >= 9)


def _minutes_past(rest: str) -> int | None:
    if rest in ("", "钟", "整"):
        return 0
    if rest == "半":
        return 30
    if rest.endswith("刻"):
        return 15 * (number(rest[0]) or 0)
    return number(rest.removesuffix("分"))


def _in_part(hour: int, part: str) -> int:
    if part in ("中午",):
        return hour + 12 if hour < 4 else hour
    if re.fullmatch(_MORNING, part):
        return 0 if hour == 12 and part.startswith("a") else hour
    if hour == 12 and part[0] in "晚夜":
        return 24
    return hour + 12 if 1 <= hour < 12 else hour


def clock_text(minute: int) -> str:
    """``HH:MM`` of minutes after midnight.

    >>> clock_text(990)
    '16:30'
    """
    return f"{minute // 60:02d}:{minute % 60:02d}"


# ------------------------------------------------------------------------------------------------ parts of the day


def day_parts(settings: Settings) -> tuple[tuple[str, DayRange], ...]:
    """Pattern and range of every named part of the day."""
    noon = _between(settings.morning.end, settings.afternoon.start, DayRange(start="12:00", end="14:00"))
    dusk = _between(settings.afternoon.end, settings.evening.start, DayRange(start="18:00", end="19:00"))
    return (
        ("全天|整天|一整天|全日|[一1]天|白天|日间|日里|白日|daytime|all day|whole day|full day", settings.day),
        ("大?上午|早上|早晨|清晨|早间|一早|一上午|mornings?", settings.morning),
        ("中午|午间|午休时?间?|noon|lunch ?time|midday", noon),
        ("大?下午|午后|一下午|afternoons?", settings.afternoon),
        ("傍晚|黄昏|dusk", dusk),
        ("晚上|晚间|夜里|夜间|夜晚|晚饭后|晚餐后|一晚上?|晚|evenings?|nights?", settings.evening),
    )


def _between(start: str, end: str, fallback: DayRange) -> DayRange:
    return DayRange(start=start, end=end) if start < end else fallback


def minutes_of(span: DayRange) -> tuple[int, int]:
    """Start and end of a range of the day, in minutes."""
    return clock_minutes(span.start), clock_minutes(span.end)


# ------------------------------------------------------------------------------------------------ clock cells


def read_clock(value: object, ctx: Context) -> Reading[str]:
    """One time of day as HH:MM: "9:00", "下午四点半", a time cell, or the fraction of a day a spreadsheet stores."""
    if isinstance(value, datetime):
        return Reading(f"{value:%H:%M}")
    if isinstance(value, time):
        return Reading(f"{value:%H:%M}")
    if isinstance(value, timedelta):
        minutes = value.total_seconds() / 60
        return Reading(clock_text(int(minutes))) if 0 <= minutes <= 1440 else ctx.refuse("no-clock", text=shown(value))
    if early := refused_early(value, ctx):
        return early
    if isinstance(value, float) and 0 <= value < 1:
        return Reading(clock_text(round(value * 1440) % 1440))
    text = re.sub("(?:准时|左右|开始|起|出发|走|到|见)$", "", matchable(value)).strip()
    text = text.replace(".", ":") if re.fullmatch(r"\d{1,2}\.\d\d", text) else text
    clock = typed_clock(text)
    if clock is None or isinstance(value, bool):
        return ctx.refuse("no-clock", text=shown(value))
    shown_clock = clock_text(clock.minute)
    told = () if clock.sure else (ctx.say("clock-assumed", text=shown(value), clock=shown_clock),)
    return Reading(shown_clock, told)


_END = rf"(?:{CLOCK}|(?:{_MORNING}|{_LATER})?{_NUMERAL})"
CLOCK_RANGE = rf"{_END}(?:开始)? ?(?:-|~|至|到|to |until ) ?{_END}(?:结束|之间)?"
"""Two clock times joined; the unit may be missing on one of them. For use inside patterns; has no groups."""
_RANGE = re.compile(rf"(?P<first>{_END})(?:开始)? ?(?:-|~|至|到|to |until ) ?(?P<last>{_END})(?:结束|之间)?")


def typed_range(text: str, part: str = "") -> tuple[int, int, bool] | None:
    """(start, end, sure) in minutes of a folded "9:00-11:30", "下午2点到4点", "8点到5点"; None if it is no range.

    An end at or before the start lies past midnight.

    >>> typed_range("9:00~11:30"), typed_range("下午2-4点"), typed_range("8点到5点")
    ((540, 690, True), (840, 960, True), (480, 1020, False))
    """
    found = _RANGE.fullmatch(text.strip())
    if found is None or not any(mark in text for mark in "点时:m"):
        return None
    part = part or _part_of(found["first"])
    last = typed_clock(found["last"], part)
    first = typed_clock(
        found["first"], part or ("am" if found["last"].endswith("am") else _pm(found["first"], last, found))
    )
    if first is None or last is None:
        return None
    start, end = first.minute, last.minute
    if 720 <= end <= start and not last.sure and start >= 1080:
        return start, end - 720, True
    if end <= start and start < end + 720 <= 1440 and start < 1080:
        end += 720
    if end <= start and not first.sure and start >= 720:
        start -= 720
    if end == start:
        return None
    return start, end, first.sure and last.sure and end == last.minute


def _part_of(text: str) -> str:
    found = re.match(f"{_MORNING}|{_LATER}", text)
    return found[0] if found else ""


def _pm(first: str, last: TypedClock | None, found: re.Match[str]) -> str:
    """The first hour of 7-9pm is in the afternoon too."""
    if not found["last"].rstrip(".").endswith("pm") or last is None or "m" in first:
        return ""
    hour = number(re.sub(r"[点时:].*", "", first))
    return "pm" if hour is not None and (hour % 12) * 60 < last.minute - 720 else ""


def read_clock_range(value: object, ctx: Context) -> Reading[DayRange]:
    """A stretch of the day: "9：00～11：30", "下午2点到4点", "上午"."""
    if early := refused_early(value, ctx):
        return early
    text = matchable(value)
    for pattern, part in day_parts(ctx.settings):
        if re.fullmatch(pattern, text):
            return Reading(part, defaults=(part_default(text, part, ctx),))
    found = typed_range(text)
    if found is None or found[1] <= found[0]:
        return ctx.refuse("no-clock-range", text=shown(value))
    start, end = clock_text(found[0]), clock_text(found[1])
    told = () if found[2] else (ctx.say("clock-range-assumed", text=shown(value), start=start, end=end),)
    return Reading(DayRange(start=start, end=end), told)


def part_default(name: str, part: DayRange, ctx: Context) -> str:
    """The default as it is printed back: 晚上＝19:00–21:00."""
    return ctx.say("default", name=name, value=f"{part.start}–{part.end}")


# ------------------------------------------------------------------------------------------------ durations

_FIXED_MINUTES = {
    "个把小时": 60,
    "个把钟头": 60,
    "个把钟": 60,
    "个把点": 60,
    "一小会儿?": 30,
    "一会儿?": 30,
    "一节课": 45,
    "about an hour": 60,
    "half a day": 240,
}
_HOURS = r"(?:个)?(?:小时|钟头|钟(?!头)|hours?|hrs?|h)"
_MINUTES = r"(?:分钟?|minutes?|mins?|m|′|')"
_AMOUNT = rf"(?:\d+(?:\.\d+)?|{NUMBER}|an?|one|two|three|half an)"
_EXACT = (
    (re.compile(rf"({_AMOUNT}) ?(?:个)?半{_HOURS}"), 60.0, 30.0),
    (re.compile(rf"({_AMOUNT}) ?{_HOURS}半"), 60.0, 30.0),
    (re.compile(rf"({_AMOUNT}) ?{_HOURS}"), 60.0, 0.0),
    (re.compile(rf"({_AMOUNT}) ?{_MINUTES}"), 1.0, 0.0),
    (re.compile(rf"({_AMOUNT}) ?刻钟?"), 15.0, 0.0),
)
_BOTH = re.compile(rf"({_AMOUNT}) ?{_HOURS}(?:零|又|and)? ?({_AMOUNT}) ?{_MINUTES}")
_DURATION_RANGE = re.compile(rf"({_AMOUNT}|半个?) ?(?:{_HOURS}|{_MINUTES})?(?:-|~|到|至|or|或| to )(.+)")
_TWO_OR_THREE = re.compile(rf"([一二两三四五六七八九])([二三四五六七八九])(?:个)?({_HOURS}|{_MINUTES})")
_ABOUT = re.compile(r"不超过|大概|大约|差不多|约|左右|上下|不到|以内|之内|最多|about |around |up to ")


def read_minutes(value: object, ctx: Context, *, unit: str | None = None) -> Reading[int]:
    """A duration in minutes: "两小时", "1.5h", "90分钟", 个把小时, 一上午, 半天.

    ``unit`` ("minutes", "hours") is what the header says a bare number counts; without it a bare number is asked back.
    """
    if isinstance(value, timedelta):
        value = f"{int(value.total_seconds() // 60)}分钟"
    if isinstance(value, time):
        value = f"{value.hour * 60 + value.minute}分钟"
    if early := refused_early(value, ctx):
        return early
    text = matchable(value).strip("。. ")
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return _bare_minutes(float(text), unit, value, ctx)
    bare = _ABOUT.sub("", text).strip()
    exact = _exact_minutes(bare)
    if exact is not None:
        return _lasting(exact, bare != text, value, ctx)
    assumed = _assumed_minutes(bare, ctx)
    if assumed is not None:
        return _lasting(assumed, True, value, ctx)
    return ctx.refuse("no-duration", text=shown(value))


def _lasting(minutes: int, assumed: bool, value: object, ctx: Context) -> Reading[int]:
    if not 1 <= minutes <= 1440:
        return ctx.refuse("no-duration", text=shown(value))
    return Reading(minutes, (ctx.say("minutes-assumed", text=shown(value), minutes=minutes),) if assumed else ())


def _bare_minutes(amount: float, unit: str | None, value: object, ctx: Context) -> Reading[int]:
    if amount > 1440:
        return ctx.refuse("no-duration", text=shown(value))
    hours = unit == "hours" or (unit is None and amount <= 8)
    return _lasting(round(amount * 60) if hours else round(amount), unit is None, value, ctx)


def _exact_minutes(text: str) -> int | None:
    if text in ("半小时", "半个小时", "半个钟", "半个钟头", "半钟头", "half an hour"):
        return 30
    if found := _BOTH.fullmatch(text):
        hours, minutes = _amount(found[1]), _amount(found[2])
        return None if hours is None or minutes is None else round(hours * 60 + minutes)
    for pattern, factor, extra in _EXACT:
        if found := pattern.fullmatch(text):
            amount = _amount(found[1])
            return None if amount is None else round(amount * factor + extra)
    return None


def _amount(text: str) -> float | None:
    words = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "half an": 0.5}
    if text in words:
        return words[text]
    if re.fullmatch(r"[0-9]+\.[0-9]+", text):
        return float(text)
    count = number(text)
    return None if count is None else float(count)


def _assumed_minutes(text: str, ctx: Context) -> int | None:
    for pattern, minutes in _FIXED_MINUTES.items():
        if re.fullmatch(pattern, text):
            return minutes
    if re.fullmatch("大半天|半天|半日|半个工作日|小半天", text):
        text = "上午"
    for pattern, part in day_parts(ctx.settings):
        if re.fullmatch(f"(?:一个?|整个?)?(?:{pattern})", text):
            start, end = minutes_of(part)
            return end - start
    if found := _TWO_OR_THREE.fullmatch(text):
        return _exact_minutes(found[2] + found[3])
    if found := re.fullmatch(r"(\d):([0-5]\d)", text):
        return int(found[1]) * 60 + int(found[2])
    if found := _DURATION_RANGE.fullmatch(text):
        return _exact_minutes(found[2].strip())
    if found := re.fullmatch(rf"({_AMOUNT}) ?(?:个)?(?:多|来|几)(?:个)?{_HOURS}|({_AMOUNT}) ?{_HOURS}多", text):
        amount = _amount(found[1] or found[2])
        return None if amount is None else round(amount * 60 + 30)
    span = typed_range(text)
    return span[1] - span[0] if span is not None and span[1] > span[0] else None
