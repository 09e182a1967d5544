"""How often a wish is to happen."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from matcher.exchange.phrases.dates import DATE_LIST, canonical_dates, date_spans
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, number


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often: ``times`` per every ``interval``-th week or month; ``per`` None: once in all."""

    times: int = 1
    per: Literal["week", "month"] | None = None
    interval: int = 1
    min_gap_days: int | None = None
    max_gap_days: int | None = None
    since: date | None = None
    until: date | None = None


_ENGLISH = (
    (r"\bonce\b", "1次"),
    (r"\btwice\b", "2次"),
    (r"\bthree times\b", "3次"),
    (r"\bfour times\b", "4次"),
    (r"(\d+) ?(?:times|x)\b", r"\1次"),
    (r"次 (?:a|per|every|each|in a)? ?week\b", "次/周"),
    (r"次 (?:a|per|every|each|in a)? ?month\b", "次/月"),
    (r"次 (?:a|per|every)? ?day\b", "次/天"),
    (r"次 every (?:two|2|other|second) weeks\b", "次/两周"),
    (r"^weekly$|每 ?week$", "每周1次"),
    (r"^monthly$|每 ?month$", "每月1次"),
    (r"^daily$", "每天1次"),
    (r"^quarterly$", "每季度1次"),
    (r"^(?:fortnightly|bi-?weekly|every (?:other|second|two|2) weeks?|隔周 ?weeks?|隔周)$", "隔周1次"),
    (r"^(?:every|each|once every) day$", "每天1次"),
    (r"^(?:every|each) week$", "每周1次"),
    (r"^(?:every|each) month$", "每月1次"),
    (r"次/(周|月|天|两周)", r"次/\1"),
)
_PERIOD = "(?P<period>季度|半个?月|半年|天|日|个?周|个?月|年|工作日)"
_TIMES = rf"(?P<times>{NUMBER})(?:[-~到至](?P<upto>{NUMBER}))?(?:次|回|趟)"
_PER_PERIOD = re.compile(
    rf"(?P<each>每隔|每个?|隔|平均每)?(?P<every>{NUMBER})?{_PERIOD}(?:里|内)?(?:跑|去|来|做|上门|"
    rf"至少|最多|大概|约|安排|服务|各)*(?:{_TIMES})?"
)
_TIMES_PER = re.compile(rf"{_TIMES}/(?P<every>{NUMBER})?(?P<period>周|月|天)")
_BARE = re.compile(rf"{NUMBER}")
_TOTAL = re.compile(rf"(?:就|只|仅|只要|只需要?|一共|共|总共|来)*{_TIMES}(?:就行|就好|就够|即可|性)?|单次|一次性|临时")
_APART = re.compile(
    "别挨(?:得)?太近|不要挨(?:得)?太近|不要太近|别太近|间隔开|隔开(?:点|一点|一些)?|错开(?:点|"
    "一点)?|分散(?:一?点|开)?|别太密|不要太密|别连着|不要连着|拉开|not too close|spread out|"
    "well apart"
)
_LEAST_GAP = re.compile(
    rf"(?:至少|最少)?(?:间?隔|相隔)(?:至少|最少)?({NUMBER})(天|周)(?:以上)?|at least (\d+) days apart"
)
_MOST_GAP = re.compile(
    rf"(?:最多|最长)(?:间?隔|相隔)?({NUMBER})(天|周)|(?:间?隔|相隔)?不(?:超过|多于|要超过)({NUMBER})(天|周)"
)
_FOR_SO_LONG = re.compile(
    rf"(?:先|暂|为期|连续|持续|共|一共|做|试|开展|服务)+({NUMBER}|半)(?:个)?(周|月|年)|for (\d+|a|"
    rf"three|six|two) (week|month|year)s?"
)
_UNTIL = re.compile(
    rf"(?:做|排|服务|持续)?(?:到|至|截至|until |till )({DATE_LIST.pattern}|(?:明年|"
    rf"今年)?(?:\d{{4}}年)?\d{{1,2}}月底?|年底)(?:为止|止|结束)?"
)
_SINCE = re.compile(
    rf"(?:从|自|from |since |starting )({DATE_LIST.pattern})(?:起|开始)?|({DATE_LIST.pattern})(?:起|开始)"
)


def read_frequency(value: object, ctx: Context) -> Reading[Frequency]:
    """How often: 每月一次，别挨太近; 每周两次; 隔周一次; 每周一次，先做三个月; 一次; once a week."""
    if early := refused_early(value, ctx):
        return early
    text = _prepared(value)
    modifiers, text, told = _modifiers(text, value, ctx)
    text = re.sub(r"[ ,;。.、()]|左右|大概|大约|约|固定|定期|一般", "", text)
    text = text.replace("工作日每天", "每个工作日")
    counted = _counted(text, value, ctx)
    if counted.value is None:
        return counted
    limits: dict[str, Any] = {name: days for name, days in modifiers.items() if name != "apart"}
    frequency = replace(counted.value, **limits)
    told += list(counted.assumptions)
    if "apart" in modifiers and frequency.min_gap_days is None:
        gap = _assumed_gap(frequency, ctx)
        frequency = replace(frequency, min_gap_days=gap)
        told.append(ctx.say("gap-assumed", text=shown(value), days=gap))
    low, high = frequency.min_gap_days, frequency.max_gap_days
    if low is not None and high is not None and low > high:
        return ctx.refuse("no-frequency", text=shown(value))
    return Reading(frequency, tuple(told))


def _prepared(value: object) -> str:
    text = canonical_dates(value)
    text = re.sub("(?:星期|礼拜)", "周", text).replace("双周", "隔周")
    if re.search("[a-z]{3}", text):
        for pattern, chinese in _ENGLISH:
            text = re.sub(pattern, chinese, text)
    return text


def _modifiers(text: str, value: object, ctx: Context) -> tuple[dict[str, object], str, list[str]]:
    """Gaps, first and last day; the text without them; what was assumed."""
    modifiers: dict[str, object] = {}
    told: list[str] = []
    for name, pattern in (("max_gap_days", _MOST_GAP), ("min_gap_days", _LEAST_GAP)):
        found = pattern.search(text)
        days = _days_of(found) if found else None
        if found and days is not None:
            modifiers[name] = days
            text = text.replace(found[0], "")
    if found := _APART.search(text):
        modifiers["apart"] = True
        text = text.replace(found[0], "")
    if found := _SINCE.search(text):
        spans = date_spans(found[1] or found[2], ctx)
        if spans:
            modifiers["since"] = spans[0][0]
            text = text.replace(found[0], "")
    since = modifiers.get("since")
    start = since if isinstance(since, date) else max(ctx.window_start, ctx.as_of.date())
    if found := _FOR_SO_LONG.search(text):
        until = _after_so_long(found, start)
        if until is not None:
            modifiers["until"] = until
            told.append(ctx.say("until-assumed", text=shown(value), since=start, until=until))
            text = text.replace(found[0], "")
    elif (found := _UNTIL.search(text)) and (last := _last_day(found[1], start, ctx)):
        modifiers["until"] = last
        told.append(ctx.say("until-assumed", text=shown(value), since=start, until=last))
        text = text.replace(found[0], "")
    return modifiers, text, told


def _days_of(found: re.Match[str]) -> int | None:
    groups = [group for group in found.groups() if group]
    count = number(groups[0])
    if count is None or count > 366:
        return None
    return count * (7 if groups[-1] == "周" else 1)


def _after_so_long(found: re.Match[str], start: date) -> date | None:
    words = {"a": 1, "two": 2, "three": 3, "six": 6}
    amount, unit = (
        (found[1], found[2]) if found[1] else (found[3], {"week": "周", "month": "月", "year": "年"}[found[4]])
    )
    if amount == "半":
        return _months_later(start, 6) - timedelta(1) if unit == "年" else start + timedelta(14)
    count = words.get(amount) or number(amount)
    if not count or count > 120 or start.year + count > 2200:
        return None
    if unit == "周":
        return start + timedelta(7 * count - 1)
    return _months_later(start, count * (12 if unit == "年" else 1)) - timedelta(1)


def _months_later(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _last_day(text: str, start: date, ctx: Context) -> date | None:
    if spans := date_spans(text, ctx) if re.search("月\\d", text) else None:
        return spans[-1][1]
    if text == "年底":
        return date(start.year, 12, 31)
    found = re.search(r"(明年|今年)?(?:(\d{4})年)?(\d{1,2})月", text)
    if found is None or not 1 <= int(found[3]) <= 12:
        return None
    month = int(found[3])
    year = int(found[2]) if found[2] else start.year + (found[1] == "明年" or (not found[1] and month < start.month))
    return date(year, month, monthrange(year, month)[1]) if 1990 <= year <= 2200 else None


def _counted(text: str, value: object, ctx: Context) -> Reading[Frequency]:
    if found := _TIMES_PER.fullmatch(text):
        return _per(found, found["period"], value, ctx)
    if (found := _PER_PERIOD.fullmatch(text)) and (found["each"] or found["every"] or found["times"]):
        return _per(found, found["period"], value, ctx)
    if found := _TOTAL.fullmatch(text):
        times = number(found["times"]) if found["times"] else 1
        return Reading(Frequency(1)) if times == 1 and not found["upto"] else ctx.refuse("no-period", text=shown(value))
    return ctx.refuse("no-period" if _BARE.fullmatch(text) else "no-frequency", text=shown(value))


def _per(found: re.Match[str], period: str, value: object, ctx: Context) -> Reading[Frequency]:
    groups = found.groupdict()
    times = number(groups["times"]) if groups["times"] else 1
    every = number(groups["every"]) if groups.get("every") else 1
    if not times or not every or times > 31 or every > 12:
        return ctx.refuse("no-frequency", text=shown(value))
    if groups.get("each") in ("隔", "每隔"):
        every += 1
    unsure = "最多" in found[0] or groups["upto"] or (not groups["times"] and period not in ("天", "日", "工作日"))
    told = (ctx.say("fewer-assumed", text=shown(value), times=times),) if unsure else ()
    return _in_weeks_or_months(times, every, period.removeprefix("个"), told, value, ctx)


def _in_weeks_or_months(
    times: int, every: int, period: str, told: tuple[str, ...], value: object, ctx: Context
) -> Reading[Frequency]:
    if period in ("天", "日", "工作日"):
        if every > 1:
            return Reading(
                Frequency(max(1, 7 // every), "week", min_gap_days=every), (*told, _daily(7 // every, value, ctx))
            )
        per_week = 5 if period == "工作日" else 7
        return Reading(Frequency(per_week, "week"), (*told, _daily(per_week, value, ctx)))
    if period in ("周",):
        return Reading(Frequency(times, "week", every), told)
    if period in ("半个月", "半月"):
        return Reading(Frequency(2 * times, "month"), told)
    months = {"月": 1, "季度": 3, "半年": 6, "年": 12}[period] * every
    if months > 1 and times > 1 and months % times == 0:
        months, times = months // times, 1
    return Reading(Frequency(times, "month", months), told)


def _daily(times: int, value: object, ctx: Context) -> str:
    return ctx.say("weekdays-daily", text=shown(value), times=max(1, times))


def _assumed_gap(frequency: Frequency, ctx: Context) -> int:
    """The settings' gap is for a monthly wish; a denser one takes its share."""
    days = ctx.settings.default_gap_days * frequency.interval
    if frequency.per == "week":
        days = days * 7 // 30
    return max(1, days // frequency.times)
