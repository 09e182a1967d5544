"""The words for days: weekdays, days of the month, dates, festivals, the lunar calendar, cycles."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from matcher.domain.base import DAY_CODES
from matcher.domain.settings import DateRange
from matcher.domain.when import days_between
from matcher.exchange.phrases.dates import date_spans, in_some_year
from matcher.exchange.phrases.draft import FIVE_DAYS, Draft, Handler
from matcher.exchange.phrases.lunar import lunar_dates
from matcher.exchange.phrases.schedule import Cycle, DayRule, last_planned_day, runs
from matcher.exchange.phrases.text import NUMBER, number
from matcher.exchange.phrases.timewords import Word


def _week(draft: Draft, word: Word, following: Word | None) -> None:
    draft.days((DayRule(week=_week_days(word)),), following)


def _everyday(draft: Draft, word: Word, following: Word | None) -> None:
    closes = word.text.startswith(("都", "均", "全都")) or (draft.joined is None and not draft.part.days)
    if draft.begun and closes:
        draft.close()
    elif not (draft.result.parts and word.text.startswith(("都", "均", "全都"))):
        draft.days((DayRule(week="any"),), following)


def _month_days(draft: Draft, word: Word, following: Word | None) -> None:
    draft.result.every = True
    ranges = _month_ranges(word.text)
    if any(not 1 <= low <= high <= 31 for low, high in ranges):
        draft.refuse("no-such-day")
        return
    draft.days((DayRule(month=ranges, single=all(low == high for low, high in ranges)),), following)


def _month_part(draft: Draft, word: Word, following: Word | None) -> None:
    draft.result.every |= word.text.startswith("每")
    name = next(name for name in _MONTH_PARTS if name in word.text)
    low, high, sure = _MONTH_PARTS[name]
    if not sure:
        draft.result.assumptions.append(draft.ctx.say("month-part", name=f"月{name.strip('月')}", first=low, last=high))
    draft.days((DayRule(month=((low, high),)),), following)


def _nth(draft: Draft, word: Word, following: Word | None) -> None:
    draft.result.every |= word.text.startswith("每")
    code = "SA" if word.text.endswith("末") else DAY_CODES["一二三四五六日".index(word.text[-1])]
    week = "SA,SU" if word.text.endswith("末") else code
    if "最后" in word.text:
        draft.result.last_of_month = True
        dates = tuple((day, day) for day in _last_of_month(draft, week))
        draft.days((DayRule(dates=dates),), following)
        return
    body = word.text.removeprefix("每月").removeprefix("每个月")
    numbers = [number(digit) or 1 for digit in re.findall(r"[一二三四五1-5](?=个?(?:周|[、,和及]|第))", body)] or [1]
    ranges = tuple((7 * nth - 6, min(31, 7 * nth)) for nth in numbers)
    draft.days((DayRule(week=week, month=ranges),), following)


def _last_of_month(draft: Draft, week: str) -> list[date]:
    days = DayRule(week=week).listed(draft.ctx, draft.calendar)
    return [day for day in days if (day + timedelta(7)).month != day.month]


def _dates(draft: Draft, word: Word, following: Word | None) -> None:
    spans = date_spans(word.text.lstrip("从自直到截至止"), draft.ctx)
    if spans is None:
        draft.refuse("no-such-day")
        return
    if draft.cycle is not None:
        _anchor_cycle(draft, spans[0][0], following)
        return
    starts = word.text[0] in "从自" or (following is not None and following.kind == "starts")
    if starts and len(spans) == 1 and spans[0][0] == spans[0][1]:
        _since(draft, spans[0][0])
        return
    ends = following is not None and following.kind == "ends"
    if (ends or word.text[0] in "直到截") and len(spans) == 1:
        # "12月20日之前": the day itself is left out, as in a due date; "到12月20日": it is not.
        before = following is not None and ends and not following.text.endswith("止")
        first, last = draft.ctx.window_start, spans[0][1] - timedelta(before)
        spans = [(min(first, last), last)]
        draft.result.assumptions.append(draft.ctx.say("until-day", text=draft.text, until=last))
    draft.days((DayRule(dates=tuple(spans)),), following)


def _since(draft: Draft, first: date) -> None:
    """Let every statement hold from a day on (从12月5日起); an every-other-week counts from it."""
    last_day = draft.ctx.window_end
    rule = DayRule(dates=((first, max(first, last_day)),))
    if any(day.cycle is not None for day in draft.part.days):
        draft.part = replace(draft.part, days=tuple(_anchored(draft, day, first) for day in draft.part.days))
        return
    if draft.result.parts and not draft.begun:
        draft.result.parts = [
            replace(part, days=tuple(_anchored(draft, day, first) for day in part.days)) for part in draft.result.parts
        ]
        return
    if draft.part.days and draft.joined == "hard":
        draft.part = replace(draft.part, days=tuple(old.narrowed(rule) for old in draft.part.days))
        return
    draft.days((rule,))


def _anchored(draft: Draft, day: DayRule, first: date) -> DayRule:
    if day.cycle is None:
        return day.narrowed(DayRule(dates=((first, max(first, draft.ctx.window_end)),))) if day.dates is None else day
    draft.result.questions = [question for question in draft.result.questions if question != _alternate_question(draft)]
    return replace(day, cycle=Cycle(day.cycle.rule, _first_matching(draft, day.cycle.rule, first)))


def _first_matching(draft: Draft, rule: str, first: date) -> date:
    found = re.search(r"BYDAY=([A-Z,]+)", rule)
    if found is None:
        return first
    codes = found[1].split(",")
    return next(day for day in days_between(first, first + timedelta(6)) if DAY_CODES[day.weekday()] in codes)


def _edge(draft: Draft, word: Word, following: Word | None) -> None:
    """以后, 之前: known after a date; after a festival they mean the days beyond it; elsewhere nobody knows."""
    kind = draft.before.kind if draft.before else ""
    if kind == "dates":
        return
    last_rule = draft.part.days[-1] if draft.part.days else DayRule()
    if kind != "festival" or not last_rule.dates:
        draft.refuse("not-understood", part=word.text)
        return
    first, last = draft.ctx.window_start, draft.ctx.window_end
    if word.kind == "ends":
        last = max(first, last_rule.dates[0][0] - timedelta(1))
    else:
        first = min(last, last_rule.dates[-1][1] + timedelta(1))
    draft.result.assumptions.append(draft.ctx.say("season", name=draft.text, dates=f"{first}–{last}"))
    draft.part = replace(draft.part, days=(*draft.part.days[:-1], DayRule(dates=((first, last),))))


def _whole_month(draft: Draft, word: Word, following: Word | None) -> None:
    found = re.fullmatch(r"(?:(\d{4})年)?(\d{1,2})月(?:份)?(?:[-~至到](?:(\d{4})年)?(\d{1,2})月(?:份)?)?", word.text)
    assert found is not None
    first = _month(draft, found[1], int(found[2]), None)
    last = first if found[4] is None else _month(draft, found[3], int(found[4]), first)
    if first is None or last is None:
        draft.refuse("no-such-day")
        return
    end = (last + timedelta(31)).replace(day=1) - timedelta(1)
    draft.days((DayRule(dates=((first, end),)),), following)


def _month(draft: Draft, year: str | None, month: int, after: date | None) -> date | None:
    if not 1 <= month <= 12 or (year is not None and not 1990 <= int(year) <= 2200):
        return None
    if year is not None:
        return date(int(year), month, 1)
    if after is not None:
        return date(after.year + (month < after.month), month, 1)
    return in_some_year(month, 1, draft.ctx, whole_month=True)


def _season(draft: Draft, word: Word, following: Word | None) -> None:
    settings = draft.ctx.settings
    if word.text.startswith(("寒", "暑", "放假")):
        ranges = _breaks(word.text, settings.winter_break, settings.summer_break)
    else:
        ranges = settings.terms or None
    if ranges is None:
        negative = draft.part.negative or (following is not None and following.kind == "not")
        code = "break-unknown" if not word.text.startswith(("学", "上", "开", "在")) else "term-unknown"
        if negative:
            if not draft.part.negative:
                draft.close()
            draft.used_up = True
            draft.result.assumptions.append(draft.ctx.say(code, name=word.text))
            return
        draft.refuse(code, name=word.text)
        return
    dates = tuple((span.start, span.end) for span in ranges)
    draft.result.assumptions.append(
        draft.ctx.say("season", name=word.text, dates="、".join(f"{first}–{last}" for first, last in dates))
    )
    draft.days((DayRule(dates=dates),), following)


def _holiday(draft: Draft, word: Word, following: Word | None) -> None:
    days = [day for day in DayRule().listed(draft.ctx, draft.calendar) if draft.calendar.holiday_name(day)]
    dates = tuple((day, day) for day in days)
    names = list(dict.fromkeys(draft.calendar.holiday_name(day) or "" for day in days))
    draft.result.assumptions.append(draft.ctx.say("holidays", name=word.text, dates="、".join(names)))
    draft.days((DayRule(dates=dates),), following)


def _festival(draft: Draft, word: Word, following: Word | None) -> None:
    """A festival's days off, as the calendar has them."""
    name = re.sub("节?(?:期间|假期|长假|放假|当天|那几天|前后)?$", "", word.text)
    name = {"过年": "春节", "十一": "国庆", "五一": "劳动"}.get(name, name)
    days = [day for day in DayRule().listed(draft.ctx, draft.calendar) if _is_festival(draft, day, name)]
    if not days:
        draft.refuse("no-such-day")
        return
    dates = "、".join(
        f"{first}–{last}" if last > first else f"{first}" for first, last in runs((day, day) for day in days)
    )
    draft.result.assumptions.append(draft.ctx.say("season", name=word.text, dates=dates))
    draft.days((DayRule(dates=tuple(runs((day, day) for day in days))),), following)


def _is_festival(draft: Draft, day: date, name: str) -> bool:
    known = draft.calendar.holiday_name(day) or ""
    return known.startswith(name) or (name == "春节" and known == "除夕")


def _lunar(draft: Draft, word: Word, following: Word | None) -> None:
    days = tuple(
        sorted(
            {
                number(piece.removeprefix("初")) or 0
                for piece in re.findall("初[一二三四五六七八九十]|十五|二十三?|三十", word.text)
            }
        )
    )
    dates = lunar_dates(days, draft.ctx.window_start, last_planned_day(draft.ctx))
    listing = (
        "、".join(f"{day.month}月{day.day}日" for day in dates)
        if draft.ctx.lang == "zh"
        else ", ".join(map(str, dates))
    )
    draft.result.assumptions.append(draft.ctx.say("lunar", name=word.text, dates=listing))
    draft.days((DayRule(lunar=days),), following)


def _alternate_question(draft: Draft) -> str:
    return draft.ctx.say("from-which-week", text=draft.text)


def _alternate(draft: Draft, word: Word, following: Word | None) -> None:
    codes = re.findall("周?([一二三四五六日末])$", word.text.removeprefix("隔周").removeprefix("每两周"))
    day = codes[0] if codes else ""
    week = {"": "", "末": "SA,SU"}.get(day) if day in ("", "末") else DAY_CODES["一二三四五六日".index(day)]
    rule = "FREQ=WEEKLY;INTERVAL=2" + (f";BYDAY={week}" if week else "")
    draft.result.questions.append(_alternate_question(draft))
    draft.days((DayRule(cycle=Cycle(rule, date.min)),), following)


def _parity(draft: Draft, word: Word, following: Word | None) -> None:
    if "周" in word.text:
        draft.result.questions.append(draft.ctx.say("which-weeks", text=draft.text, name=word.text))
        draft.days((DayRule(cycle=Cycle("FREQ=WEEKLY;INTERVAL=2", date.min)),), following)
        return
    odd = "单" in word.text
    draft.days((DayRule(month=tuple((day, day) for day in range(1 if odd else 2, 32, 2))),), following)


def _start_cycle(draft: Draft, word: Word, following: Word | None) -> None:
    found = re.search(rf"({NUMBER})(?:天)?[休歇倒]({NUMBER})", word.text)
    on, off = (number(found[1]), number(found[2])) if found else (None, None)
    if not on or not off or on + off > 60:
        draft.refuse("not-understood", part=word.text)
        return
    draft.close()
    draft.cycle = (on, off)


def _anchor_cycle(draft: Draft, anchor: date, following: Word | None) -> None:
    """The date named is the first rest day, or (上班) the first day of work."""
    assert draft.cycle is not None
    on, off = draft.cycle
    draft.used_up = following is not None and following.kind == "not"
    rest = anchor + timedelta(on) if draft.used_up else anchor
    length = on + off
    rules = []
    for step in range(off):
        first = rest + timedelta(step)
        first -= timedelta((first - draft.ctx.window_start).days // length * length)
        rules.append(DayRule(cycle=Cycle(f"FREQ=DAILY;INTERVAL={length}", first)))
    draft.cycle = None
    draft.part = replace(draft.part, days=tuple(rules))


def _rest(draft: Draft, word: Word, following: Word | None) -> None:
    """休 after a cycle's date says nothing new; elsewhere (周三休) the person is free, or away: asked."""
    if draft.begun and all(day.cycle is None for day in draft.part.days):
        draft.result.assumptions.append(draft.ctx.say("rest-means-free", text=draft.text))


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


def _week_days(word: Word) -> str:
    fixed = {"weekend": "SA,SU", "workday": "workday", "weekdays": FIVE_DAYS, "dayoff": "day-off"}
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


def _breaks(text: str, winter: DateRange | None, summer: DateRange | None) -> tuple[DateRange, ...] | None:
    both = ("寒" in text and "暑" in text) or text.startswith("放假")
    wanted = (winter, summer) if both else (winter,) if "寒" in text else (summer,)
    told = tuple(span for span in wanted if span is not None)
    return told if len(told) == len(wanted) else None


DAY_WORDS: dict[str, Handler] = {
    "dayrange": _week,
    "daylist": _week,
    "weekend": _week,
    "workday": _week,
    "weekdays": _week,
    "dayoff": _week,
    "everyday": _everyday,
    "monthday": _month_days,
    "monthpart": _month_part,
    "nth": _nth,
    "dates": _dates,
    "wholemonth": _whole_month,
    "season": _season,
    "holiday": _holiday,
    "starts": _edge,
    "ends": _edge,
    "lunar": _lunar,
    "festival": _festival,
    "alternate": _alternate,
    "parity": _parity,
    "cycle": _start_cycle,
    "rest": _rest,
}
