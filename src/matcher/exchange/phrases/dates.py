"""Dates: cells of date columns, and the date phrases that occur inside longer ones."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from matcher.exchange.phrases.lunar import solar_date, solar_term
from matcher.exchange.phrases.reading import Context, Reading, Refusal, refused_early, shown
from matcher.exchange.phrases.text import NUMBER, matchable, number

_LONGEST_RANGE_DAYS = 400
_YEARS = range(1900, 2201)
_SERIALS = (36526, 73050)
"""Excel serials from 2000 to 2099."""


def read_date(value: object, ctx: Context, *, before: bool = False, past: bool = False) -> Reading[date]:
    """One date. ``before``: a due date ("12月底", "一周内"). ``past``: a day that has been, such as 登记日期.

    A year left away is taken from the planning window; what follows the date ("下午") becomes a note.
    """
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return Reading(day) if day.year in _YEARS else ctx.refuse("no-such-day", text=shown(value))
    if early := refused_early(value, ctx):
        return early
    if isinstance(value, (int, float)):
        return _from_number(value, ctx, past) if not isinstance(value, bool) else _no_date(value, ctx)
    return _from_text(value, ctx, before=before, past=past)


def read_dates(value: object, ctx: Context) -> Reading[tuple[date, ...]]:
    """One date, several ("12月5、6号都行") or a range of days."""
    if early := refused_early(value, ctx):
        return early
    if isinstance(value, str):
        if re.fullmatch(r"\d{1,2}\.\d{1,2}(?:[、,;\n ]+\d{1,2}\.\d{1,2})+", matchable(value)):
            return _dotted_list(value, ctx)
        text = _EITHER.sub("", canonical_dates(value)).strip(" ,、;。.")
        if DATE_LIST.fullmatch(text):
            return _listed(text, value, ctx)
        if found := _WEEKEND.fullmatch(text):
            return _weekend(found[1], value, ctx)
    return read_date(value, ctx).map(lambda day: (day,))


_EITHER = re.compile(
    "(?:这几天|这两天|两天)?(?:都行|都可以|均可|都可|皆可|任选一天|任选|任一天|哪天都行|其中一天|或者|either)"
)
_WEEKEND = re.compile("(这|本|下|下下)个?周末")


def _dotted_list(value: str, ctx: Context) -> Reading[tuple[date, ...]]:
    """12.5、12.12 as text."""
    readings = [read_date(piece, ctx) for piece in re.split(r"[、,;\n ]+", matchable(value))]
    refused = next((reading for reading in readings if reading.refusal is not None), None)
    if refused is not None:
        return Reading(refusal=refused.refusal)
    days = tuple(reading.value for reading in readings if reading.value is not None)
    return Reading(days, tuple(said for reading in readings for said in reading.assumptions))


def _listed(text: str, value: object, ctx: Context) -> Reading[tuple[date, ...]]:
    spans = date_spans(text, ctx)
    if spans is None:
        return ctx.refuse("no-such-day", text=shown(value))
    days: list[date] = []
    for first, last in spans:
        if (last - first).days > _LONGEST_RANGE_DAYS:
            return ctx.refuse("range-too-long", text=shown(value))
        days += [first + timedelta(step) for step in range((last - first).days + 1)]
    return Reading(tuple(sorted(set(days))))


def _weekend(which: str, value: object, ctx: Context) -> Reading[tuple[date, ...]]:
    if ctx.registered is None:
        return ctx.refuse("relative-date", text=shown(value))
    saturday = ctx.registered - timedelta(ctx.registered.weekday()) + timedelta(5 + 7 * which.count("下"))
    days = (saturday, saturday + timedelta(1))
    told = ctx.say("relative", text=shown(value), registered=ctx.registered, day=" / ".join(map(str, days)))
    return Reading(days, (told,))


# ------------------------------------------------------------------------------------------------ numbers


def _from_number(value: float, ctx: Context, past: bool) -> Reading[date]:
    if abs(value) > _SERIALS[1] * 1000:
        return _no_date(value, ctx)
    if value == int(value):
        return _from_whole(int(value), value, ctx)
    if _SERIALS[0] <= value <= _SERIALS[1]:
        return _from_whole(int(value), value, ctx)
    month, _, digits = repr(value).partition(".")
    if not (1 <= value < 13) or len(digits) > 2:
        return _no_date(value, ctx)
    if digits in ("1", "2", "3"):
        return ctx.refuse("ambiguous-number", text=shown(value), month=month, day=digits)
    return _dotted(int(month), int(digits), value, ctx, past)


def _from_whole(serial: int, value: object, ctx: Context) -> Reading[date]:
    if ctx.date_1904:
        serial += 1462
    if _SERIALS[0] <= serial <= _SERIALS[1]:
        return Reading(date(1899, 12, 30) + timedelta(serial))
    if found := _EIGHT_DIGITS.fullmatch(str(value).removesuffix(".0")):
        day = _date(*map(int, found.groups()))
        return Reading(day) if day else ctx.refuse("no-such-day", text=shown(value))
    return _no_date(value, ctx)


def _dotted(month: int, day: int, value: object, ctx: Context, past: bool) -> Reading[date]:
    found = in_some_year(month, day, ctx, past=past)
    if found is None:
        return ctx.refuse("no-such-day", text=shown(value))
    return Reading(found, (ctx.say("dotted-date", text=shown(value), day=found),))


def _no_date(value: object, ctx: Context) -> Reading[date]:
    return ctx.refuse("no-date", text=shown(value))


# ------------------------------------------------------------------------------------------------ text

_EIGHT_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_SOON = re.compile(
    "越快越好|越早越好|尽快|尽早|马上|立即|立刻|赶紧|急|紧急|加急|很急|比较急|asap|as soon as possible|soon|urgent"
)
_WHENEVER = re.compile("不急|随便|都行|都可以|不限|无所谓|长期|any ?time|whenever|no hurry")
_BEFORE = re.compile(r"(?:(?:的)?(?:之前|以前|前)(?:完成|送到|到位|办好|搞定|要|交付)?|截止|为止|before )$")
_TAIL = re.compile(
    r"(?P<about>左右|前后|大概)?(?P<before>之前|以前|前)?(?:完成|送到|到位|办好|截止|为止)?[ ,]*"
    r"(?:[(\[]?(?P<weekday>周[一二三四五六日])[)\]]?)?(?P<rest>.*)",
    re.DOTALL,
)


def _from_text(value: object, ctx: Context, *, before: bool, past: bool) -> Reading[date]:
    typed = matchable(value).strip("。.,; ")
    if re.fullmatch(r"\d{5}(\.\d+)?", typed) or re.fullmatch(r"\d{8}", typed):
        return _from_whole(int(float(typed)), typed, ctx)
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})[日号]?", typed):
        return _dotted(int(found[1]), int(found[2]), value, ctx, past)
    if found := re.fullmatch(r"(\d{1,2})-(\d{1,2})", typed):
        typed = f"{found[1]}月{found[2]}日"
    if _SOON.fullmatch(typed):
        return ctx.refuse("as-soon-as-possible", text=shown(value))
    text = _with_year(canonical_dates(typed), ctx)
    before_word = text.startswith("before ")
    text = re.sub("^(?:before|by|until|截至|截止到?|最迟|最晚|不晚于|到) ?", "", text)
    text = _ENGLISH_WEEKDAY.sub(_chinese_weekday, text)
    for reader in (_one_date, _lunar_date, _festival, _within, _relative, _part_of_month):
        found_date = reader(text, value, ctx, before=before, past=past)
        if found_date is not None:
            return _day_before(found_date, value, ctx) if before_word else found_date
    if _WHENEVER.fullmatch(text) and before:
        return ctx.refuse("no-due-date", text=shown(value), blocking=False)
    return _no_date(value, ctx)


def _with_year(text: str, ctx: Context) -> str:
    """今年, 明年 before a month, as the year it is."""
    base = ctx.registered or ctx.as_of.date()
    years = {"去": -1, "今": 0, "本": 0, "明": 1, "后": 2}
    return re.sub(r"([去今本明后])年的?(?=\d{1,2}月)", lambda found: f"{base.year + years[found[1]]}年", text)


def _one_date(text: str, value: object, ctx: Context, *, before: bool, past: bool) -> Reading[date] | None:
    found = _ONE_DATE.match(text)
    if found is None:
        return None
    year = int(found["year"]) if found["year"] else None
    month, number_of_day = int(found["month"]), int(found["day"])
    day = _date(year, month, number_of_day) if year else in_some_year(month, number_of_day, ctx, past=past)
    if day is None:
        return ctx.refuse("no-such-day", text=shown(value))
    told: tuple[str, ...] = ()
    if year is None and not past and not ctx.window_start <= day <= ctx.window_end:
        told = (ctx.say("year-assumed", text=shown(value), day=day),)
    return _with_tail(day, text[found.end() :], value, ctx, told)


_LUNAR_DATE = re.compile(
    "(?P<sure>农历|阴历)?(?P<month>正|腊|冬|十一|十二|[一二三四五六七八九十])月"
    "(?P<day>初[一二三四五六七八九十]|[一二]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|三十)(?![日号])"
)


def _lunar_date(text: str, value: object, ctx: Context, *, before: bool, past: bool) -> Reading[date] | None:
    """农历八月十六, 腊月二十三: the next one."""
    found = _LUNAR_DATE.match(text)
    if found is None or not (found["sure"] or found["month"] in "正腊冬" or found["day"].startswith(("初", "廿"))):
        return None
    month = {"正": 1, "冬": 11, "腊": 12}.get(found["month"]) or number(found["month"])
    number_of_day = number(found["day"].removeprefix("初"))
    if month is None or number_of_day is None:
        return None
    day = _next_festival(_lunar(month, number_of_day), None, None, ctx, past)
    if day is None:
        return ctx.refuse("no-such-day", text=shown(value))
    return _with_tail(day, text[found.end() :], value, ctx, (ctx.say("festival", text=shown(value), day=day),))


_ENGLISH_WEEKDAY = re.compile(
    r"\b(?:(next|this|last) )?(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?\b", re.IGNORECASE
)


def _chinese_weekday(found: re.Match[str]) -> str:
    which = {"next": "下", "this": "本", "last": "上"}.get(found[1] or "", "")
    return which + "周" + "一二三四五六日"[("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(found[2])]


def _with_tail(day: date, tail: str, value: object, ctx: Context, told: tuple[str, ...] = ()) -> Reading[date]:
    found = _TAIL.match(tail)
    assert found is not None
    if found["weekday"] and "一二三四五六日"[day.weekday()] != found["weekday"][1]:
        return ctx.refuse("weekday-differs", text=shown(value), day=day, weekday=weekday_name(day, ctx))
    if found["about"]:
        told = (*told, ctx.say("about-date", text=shown(value), day=day))
    rest = found["rest"].strip(" ,、;。.()")
    if rest and DATE_LIST.match(rest):
        return ctx.refuse("several-dates", text=shown(value))
    if rest.startswith(("-", "~", "至", "到")):
        return ctx.refuse("several-dates", text=shown(value))
    reading = Reading(day, told, notes=(rest,) if rest and not re.fullmatch(r"0?0:00(:00)?(\.0+)?", rest) else ())
    return _day_before(reading, value, ctx) if found["before"] else reading


def _day_before(reading: Reading[date], value: object, ctx: Context) -> Reading[date]:
    if reading.value is None:
        return reading
    due = reading.value - timedelta(1)
    told = ctx.say("day-before", text=shown(value), day=reading.value, due=due)
    return Reading(due, (told,), notes=reading.notes)


# ------------------------------------------------------------------------------------------------ festivals


def _fixed(month: int, day: int) -> Callable[[int], date | None]:
    return lambda year: date(year, month, day)


def _lunar(month: int, day: int) -> Callable[[int], date | None]:
    return lambda year: solar_date(year, month, day)


def _solar(longitude: int) -> Callable[[int], date | None]:
    return lambda year: solar_term(year, longitude) if 1900 < year < 2200 else None


def _new_years_eve(year: int) -> date | None:
    new_year = solar_date(year, 1, 1)
    return None if new_year is None else new_year - timedelta(1)


_FESTIVALS: tuple[tuple[str, Callable[[int], date | None]], ...] = (
    ("元旦节?|新年|new year'?s?(?: day)?", _fixed(1, 1)),
    ("除夕|大年三十|年三十|年夜|new year's eve of the lunar year", _new_years_eve),
    ("春节|过年|农历年|大年初一|新春|年(?=前)|spring festival|(?:lunar|chinese) new year", _lunar(1, 1)),
    ("元宵节?|正月十五|lantern festival", _lunar(1, 15)),
    ("清明节?|tomb[- ]sweeping day|qingming(?: festival)?", _solar(15)),
    ("端午节?|五月初五|dragon boat(?: festival)?", _lunar(5, 5)),
    ("七夕节?|qixi", _lunar(7, 7)),
    ("中元节?", _lunar(7, 15)),
    ("中秋节?|八月十五|八月节|mid-?autumn(?: festival| day)?", _lunar(8, 15)),
    ("重阳节?|九月初九|九九重阳|敬老节|老人节|double ninth(?: festival)?", _lunar(9, 9)),
    ("腊八节?|laba", _lunar(12, 8)),
    ("冬至节?|winter solstice", _solar(270)),
    ("三八(?:妇女)?节?|妇女节|women's day", _fixed(3, 8)),
    ("学雷锋日|雷锋日", _fixed(3, 5)),
    ("五一(?:劳动)?节?|劳动节|labou?r day|may day", _fixed(5, 1)),
    ("五四(?:青年)?节?|青年节", _fixed(5, 4)),
    ("六一(?:儿童)?节?|儿童节|children's day", _fixed(6, 1)),
    ("七一|建党节", _fixed(7, 1)),
    ("八一(?:建军)?节?|建军节", _fixed(8, 1)),
    ("教师节|teachers' day", _fixed(9, 10)),
    ("十一(?:国庆)?(?!月)|国庆节?|national day", _fixed(10, 1)),
    ("(?:国际)?志愿者日|志愿服务日", _fixed(12, 5)),
    ("圣诞节?|christmas(?: day)?", _fixed(12, 25)),
    ("年底|年末|年终|岁末", _fixed(12, 31)),
)
_FESTIVAL = re.compile(
    r"(?:(?P<year>20\d\d)年?|(?P<which>今年|明年|本年))?(?:的|到|在)?(?:"
    + "|".join(f"(?P<f{place}>{names})" for place, (names, _) in enumerate(_FESTIVALS))
    + ")(?:当天|那天|假期)?"
)
_END_OF_YEAR = len(_FESTIVALS) - 1


def _festival(text: str, value: object, ctx: Context, *, before: bool, past: bool) -> Reading[date] | None:
    found = _FESTIVAL.match(text)
    if found is None:
        return None
    place = next(number for number in range(len(_FESTIVALS)) if found[f"f{number}"] is not None)
    day = _next_festival(_FESTIVALS[place][1], found["year"], found["which"], ctx, past)
    if day is None:
        return ctx.refuse("no-such-day", text=shown(value))
    tail = text[found.end() :]
    if place == _END_OF_YEAR:
        tail = re.sub("^(?:之前|以前|前)", "", tail)
    told = (ctx.say("festival", text=shown(value), day=day),)
    return _with_tail(day, tail, value, ctx, told)


def _next_festival(
    of_year: Callable[[int], date | None], year: str | None, which: str | None, ctx: Context, past: bool
) -> date | None:
    today = ctx.registered or ctx.as_of.date()
    if year or which:
        return of_year(int(year) if year else today.year + (which == "明年"))
    if not 1990 <= today.year <= 2190:
        return None
    days = [day for number in range(today.year - 1, today.year + 3) if (day := of_year(number))]
    if past:
        return max((day for day in days if day <= ctx.as_of.date()), default=None)
    return min((day for day in days if day >= today), default=None)


# ------------------------------------------------------------------------------------------------ relative dates

_DAY_WORDS = {
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "yesterday": -1,
    "今天": 0,
    "今日": 0,
    "当天": 0,
    "today": 0,
    "今晚": 0,
    "明天": 1,
    "明日": 1,
    "明晚": 1,
    "tomorrow": 1,
    "后天": 2,
    "大后天": 3,
}
_DAY_WORD = re.compile("|".join(sorted(_DAY_WORDS, key=len, reverse=True)))
_WEEKDAY = re.compile("(上|这个?|本|下个?|下下个?|next |this |last )?周([一二三四五六日])")
_DAY_OF_MONTH = re.compile(r"(上个?月|这个?月|本月|当月|下个?月)?(\d{1,2})[日号]")


def _relative(text: str, value: object, ctx: Context, *, before: bool, past: bool) -> Reading[date] | None:
    text = _digits_before(text, "日号")
    for pattern, count in ((_DAY_WORD, _by_day_word), (_WEEKDAY, _by_weekday), (_DAY_OF_MONTH, _by_day_of_month)):
        found = pattern.match(text)
        if found is None:
            continue
        if ctx.registered is None:
            return ctx.refuse("relative-date", text=shown(value))
        day = count(found, ctx.registered)
        if day is None:
            return ctx.refuse("no-such-day", text=shown(value))
        told = (ctx.say("relative", text=shown(value), registered=ctx.registered, day=day),)
        return _with_tail(day, text[found.end() :], value, ctx, told)
    return None


def _by_day_word(found: re.Match[str], base: date) -> date:
    return base + timedelta(_DAY_WORDS[found[0]])


def _by_weekday(found: re.Match[str], base: date) -> date:
    which = found[1] or ""
    monday = base - timedelta(base.weekday())
    weeks = which.count("下") + (which == "next ") - (which in ("上", "last "))
    day = monday + timedelta("一二三四五六日".index(found[2]) + 7 * weeks)
    return day + timedelta(7) if not which and day < base else day


def _by_day_of_month(found: re.Match[str], base: date) -> date | None:
    which = found[1] or ""
    months = base.year * 12 + base.month - 1 + (which.startswith("下")) - (which.startswith("上"))
    if not which and int(found[2]) < base.day:
        months += 1
    return _date(months // 12, months % 12 + 1, int(found[2]))


_WITHIN = re.compile(rf"(?:(本|这|下个?)(周|月)|({NUMBER}|半) ?(?:个)?(天|日|周|月))(?:之内|以内|内|里)?")
_WITHIN_ENGLISH = re.compile(r"within (?:(\d+|a|one|two) )?(day|week|month)s?")


def _within(text: str, value: object, ctx: Context, *, before: bool, past: bool) -> Reading[date] | None:
    """A due date as a stretch from the day of registration: 一周内, 7天内, 本月内."""
    if not before:
        return None
    base = ctx.registered or ctx.as_of.date()
    if found := _WITHIN_ENGLISH.fullmatch(text):
        count, unit = {"a": 1, "one": 1, "two": 2, None: 1}.get(found[1]), found[2]
        due = base + timedelta((count or int(found[1])) % 1000 * {"day": 1, "week": 7, "month": 30}[unit])
    elif found := _WITHIN.fullmatch(text):
        end = _end_of_stretch(found, base)
        if end is None:
            return None
        due = end
    else:
        return None
    return Reading(due, (ctx.say("within", text=shown(value), base=base, due=due),))


def _end_of_stretch(found: re.Match[str], base: date) -> date | None:
    if found[2] == "周":
        return base - timedelta(base.weekday()) + timedelta(6 + 7 * found[1].count("下"))
    if found[2] == "月":
        months = base.year * 12 + base.month - 1 + found[1].count("下")
        return date(months // 12, months % 12 + 1, monthrange(months // 12, months % 12 + 1)[1])
    if found[3] == "半":
        return base + timedelta(15) if found[4] == "月" else None
    count = number(found[3])
    if count is None or count > 1000:
        return None
    return base + timedelta(count * {"天": 1, "日": 1, "周": 7, "月": 30}[found[4]])


_PART_OF_MONTH = re.compile(
    r"(?:(\d{4})年)?(?:(\d{1,2})月|(本月|这个?月|下个?月))?份?(上旬|中旬|下旬|月?初|月?中|月?底|"
    r"月?末|内|里)?(?:之前|以前|前)?"
)


def _part_of_month(text: str, value: object, ctx: Context, *, before: bool, past: bool) -> Reading[date] | None:
    """A due date as a part of a month: 12月底, 12月中旬, 月底前."""
    found = _PART_OF_MONTH.fullmatch(text)
    if found is None or not (found[2] or found[3] or found[4]):
        return None
    if not before:
        return ctx.refuse("only-a-month", text=shown(value))
    base = ctx.registered or ctx.as_of.date()
    if found[2]:
        month = int(found[2])
        first = _date(int(found[1]), month, 1) if found[1] else in_some_year(month, 1, ctx, past=past, whole_month=True)
    else:
        months = base.year * 12 + base.month - 1 + (found[3] or "").count("下")
        first = date(months // 12, months % 12 + 1, 1)
    if first is None:
        return ctx.refuse("no-such-day", text=shown(value))
    last = monthrange(first.year, first.month)[1]
    day = {"初": 5, "上": 10, "中": 20 if "中旬" in (found[4] or "") else 15}.get(
        (found[4] or "").strip("月")[:1], last
    )
    due = first.replace(day=day)
    return Reading(due, (ctx.say("due-assumed", text=shown(value), due=due),))


# ------------------------------------------------------------------------------------------------ for other readers

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(" + "|".join(_MONTHS) + r")[a-z]*\.?"
_ENGLISH = (
    (re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?\b"), (1, 2, 3)),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (\d{{4}}))?\b"), (2, 1, 3)),
)
_WHOLE_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)[日号]?(?:t(?=\d\d:\d\d))?")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])[日号]?")
_MONTH_FIRST = re.compile(r"(?<!\d)(\d{1,2})/(1[3-9]|2\d|3[01])/((?:19|20)\d\d)(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(1[3-9]|2\d|3[01])/(\d{1,2})/((?:19|20)\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d\d)年(?=\d{1,2}月)")
_CHINESE_MONTH = re.compile(rf"({NUMBER})月(?:份)?({NUMBER})(?=[日号])")
_CHINESE_DAY = re.compile(r"(?<=[\d月、,\-~至到和及或])([零一二三四五六七八九十廿卅]{1,3})(?=[日号])")

_ITEM = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}(?:[日号]|(?![\d点时:.月人次个年%岁]))"
_JOIN = r"[ \n]?(?:-|~|至|到|、|,|;|\n|和|及|或|与|跟) ?"
_ONE_DATE = re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})(?:[日号]|(?![\d点时:]))")
DATE_LIST = re.compile(rf"(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}(?:[日号]|(?![\d点时:]))(?:{_JOIN}{_ITEM})*")
"""A date, or several joined, or a range, in canonical form: 12月5、6号, 2026年12月3日-8日."""
_STEP = re.compile(rf"(?P<join>{_JOIN})?(?:(?P<year>\d{{4}})年)?(?:(?P<month>\d{{1,2}})月)?(?P<day>\d{{1,2}})[日号]?")


def canonical_dates(value: object) -> str:
    """The text ready for matching, every date in it as 2026年12月5日 or 12月5日."""
    text = re.sub("(?:星期|礼拜)", "周", matchable(value))
    text = re.sub("周[天7七]", "周日", text)
    for pattern, places in _ENGLISH:
        text = pattern.sub(partial(_canonical_english, places=places), text)
    text = re.sub("[零〇一二三四五六七八九]{4}(?=年)", lambda found: _numeral(found[0]), text)
    text = _WHOLE_DATE.sub(r"\1年\2月\3日", text)
    text = _SLASHED.sub(r"\1月\2日", text)
    text = _DAY_FIRST.sub(r"\3年\2月\1日", _MONTH_FIRST.sub(r"\3年\1月\2日", text))
    text = _SHORT_YEAR.sub(r"20\1年", text)
    text = _CHINESE_MONTH.sub(lambda found: f"{_numeral(found[1])}月{_numeral(found[2])}", text)
    text = re.sub(r"(?<=\d) (?=[年月日号])|(?<=[年月]) (?=\d)", "", text)
    text = re.sub(rf"({NUMBER})月(?=份|底|初|中|末|上旬|下旬|内|前|$)", lambda found: f"{_numeral(found[1])}月", text)
    return _digits_before(text, "日号")


def _canonical_english(found: re.Match[str], places: tuple[int, int, int]) -> str:
    month, day, year = places
    number_of_month = _MONTHS.index(found[month][:3]) + 1
    return (f"{found[year]}年" if found[year] else "") + f"{number_of_month}月{found[day]}日"


def _digits_before(text: str, units: str) -> str:
    pattern = _CHINESE_DAY if units == "日号" else re.compile(rf"({NUMBER})(?=[{units}])")
    text = pattern.sub(lambda found: _numeral(found[1]), text)
    return re.sub(r"^([一二三四五六七八九十廿卅]{1,3})(?=[日号])", lambda found: _numeral(found[1]), text)


def _numeral(text: str) -> str:
    count = number(text)
    return text if count is None else str(count)


def date_spans(text: str, ctx: Context) -> list[tuple[date, date]] | None:
    """The stretches of days a canonical date list names, both ends included; None if one is no real day."""
    spans: list[tuple[date, date]] = []
    year: int | None = None
    month = 0
    for found in _STEP.finditer(text):
        year = int(found["year"]) if found["year"] else year
        month = int(found["month"]) if found["month"] else month
        day = _date(year, month, int(found["day"])) if year else in_some_year(month, int(found["day"]), ctx)
        if day is None:
            return None
        if spans and (found["join"] or "").strip() in ("-", "~", "至", "到"):
            first = spans[-1][0]
            later = day if day >= first else _date(day.year + 1, day.month, day.day)
            if later is None or later < first:
                return None
            spans[-1] = (first, later)
        else:
            spans.append((day, day))
    return spans or None


_RELATIVE_DAY = re.compile(
    "(?:上|这个?|本|下下个?|下个?)周[一二三四五六日](?![一二三四五六日]|至|到|-)|大后天|前天|"
    "昨天|今天|明天|后天|(?:这个?|本|下个?)周末"
)


_FESTIVAL_DAY = re.compile(
    "(?:冬至|重阳节?|元宵节?|腊八节?|七夕|圣诞节?|教师节|妇女节|三八节|六一|儿童节|七一|八一|除夕|大年三十|雷锋日|志愿者日)(?:当天|那天)?"
)


def _festival_date(match: re.Match[str], ctx: Context, told: list[str]) -> str:
    """A festival without days off, as its date."""
    reading = read_date(match[0].removesuffix("当天").removesuffix("那天"), ctx)
    told.extend(reading.assumptions)
    day = reading.value
    return match[0] if day is None else f"{day.year}年{day.month}月{day.day}日"


def resolved_days(text: str, ctx: Context) -> tuple[str, list[str], Refusal | None]:
    """The normal text with 下周三 and 明天 as dates, what was assumed, and a refusal if nothing tells from when."""
    told: list[str] = []
    text = _FESTIVAL_DAY.sub(lambda match: _festival_date(match, ctx, told), text)
    found = _RELATIVE_DAY.search(text)
    if found is None:
        return text, told, None
    if ctx.registered is None:
        return text, told, ctx.refuse("relative-date", text=shown(text)).refusal

    def dated(match: re.Match[str]) -> str:
        reading = read_dates(match[0], ctx)
        told.extend(reading.assumptions)
        days = reading.value or ()
        return "、".join(f"{day.year}年{day.month}月{day.day}日" for day in days)

    return _RELATIVE_DAY.sub(dated, text), told, None


def in_some_year(month: int, day: int, ctx: Context, *, past: bool = False, whole_month: bool = False) -> date | None:
    """The date in the planning window with this month and day, else the one nearest to it; in the past: the latest."""
    start, end = ctx.window_start, ctx.window_end
    if whole_month:
        start = start.replace(day=1)
    years = range(start.year - 4, end.year + 5)
    days = [found for year in years if (found := _date(year, month, day))]
    if past:
        return max((found for found in days if found <= ctx.as_of.date()), default=None)
    inside = [found for found in days if start <= found <= end]
    if inside:
        return inside[0]
    return min(days, key=lambda found: (min(abs((found - start).days), abs((found - end).days)), found), default=None)


def weekday_name(day: date, ctx: Context) -> str:
    """周六, or Saturday."""
    if ctx.lang == "zh":
        return "周" + "一二三四五六日"[day.weekday()]
    return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[day.weekday()]


def _date(year: int | None, month: int, day: int) -> date | None:
    try:
        return date(year or 0, month, day) if year in _YEARS else None
    except ValueError:
        return None
