"""When and how often a wish is to happen: windows, frequencies, and the recurrence they make together."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from matcher.domain.base import DAY_CODES, clock_minutes
from matcher.domain.when import Calendar
from matcher.domain.wishes import Recurrence, Window
from matcher.exchange.phrases.clock import clock_text, minutes_of
from matcher.exchange.phrases.dates import DATE_LIST, canonical_dates, date_spans
from matcher.exchange.phrases.reading import Context, Reading, refused_early, shown
from matcher.exchange.phrases.schedule import DayRule, Part, Schedule, Span
from matcher.exchange.phrases.statements import schedule_of
from matcher.exchange.phrases.text import NUMBER, number
from matcher.exchange.phrases.timewords import normal


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


# ------------------------------------------------------------------------------------------------ windows

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


# ------------------------------------------------------------------------------------------------ frequency

_ENGLISH = (
    (r"\bonce\b", "1次"),
    (r"\btwice\b", "2次"),
    (r"\bthree times\b", "3次"),
    (r"\bfour times\b", "4次"),
    (r"(\d+) times\b", r"\1次"),
    (r"次 (?:a|per|every|each|in a)? ?week\b", "次/周"),
    (r"次 (?:a|per|every|each|in a)? ?month\b", "次/月"),
    (r"次 (?:a|per|every)? ?day\b", "次/天"),
    (r"次 every (?:two|2|other|second) weeks\b", "次/两周"),
    (r"^weekly$|每 ?week$", "每周1次"),
    (r"^monthly$|每 ?month$", "每月1次"),
    (r"^daily$", "每天1次"),
    (r"^quarterly$", "每季度1次"),
    (r"^(?:fortnightly|bi-?weekly|every (?:other|second|two|2) weeks?|隔周 ?weeks?|隔周)$", "隔周1次"),
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
    text = re.sub("(?:星期|礼拜)", "周", text)
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
    unsure = groups["upto"] or (not groups["times"] and period not in ("天", "日", "工作日"))
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
