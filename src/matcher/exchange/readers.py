"""Readers: codecs that take the exact form first, and otherwise what people type, through ``phrases``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from matcher.exchange import phrases
from matcher.exchange.codecs import (
    LIST,
    REFERENCE,
    TEXT,
    WHOLE,
    Codec,
    choice,
    dates_text,
    exact_clock,
    exact_date,
    exact_dates,
    exact_moment,
    exact_moments,
    exact_skills,
    exact_windows,
    moment_text,
    refuse,
    skills_text,
    windows_text,
)
from matcher.exchange.grid import Cell
from matcher.exchange.phrases import Context, Reading, cell_text, is_empty, matchable

Change = Callable[[Any], Any]


MAX_PHRASE = 1000
"""Characters; nobody says more in one cell, and reading has a price."""


def _said(name: str, cell: Cell, ctx: Context, **options: Any) -> Reading[Any]:
    """What the phrase reader of that name makes of the cell."""
    if isinstance(cell, str) and len(cell) > MAX_PHRASE:
        return refuse(
            ctx,
            f"有 {len(cell)} 个字，太长了。",
            f"holds {len(cell)} characters, too many.",
            "请写短些，其余写到“备注”。",
            "Shorten it; the rest belongs to the notes.",
            "too-long",
        )
    reading: Reading[Any] = getattr(phrases, name)(cell, ctx, **options)
    return reading


def phrase(name: str, cell: Cell, ctx: Context, **options: Any) -> Reading[Any]:
    """What people mean by a cell, by the phrase reader of that name; an empty cell says nothing."""
    return Reading() if is_empty(cell) else _said(name, cell, ctx, **options)


def _reader(name: str, change: Change | None = None, **options: Any) -> Callable[[Cell, Context], Reading[Any]]:
    def read(cell: Cell, ctx: Context) -> Reading[Any]:
        reading = phrase(name, cell, ctx, **options)
        return reading.map(change) if change else reading

    return read


def _exact_or(exact: Callable[[Cell, Context], Any], name: str, change: Change | None = None, **options: Any) -> Any:
    said = _reader(name, change, **options)

    def read(cell: Cell, ctx: Context) -> Reading[Any]:
        if is_empty(cell):
            return Reading()
        found = exact(cell, ctx)
        return Reading(found) if found is not None else said(cell, ctx)

    return read


# ------------------------------------------------------------------------------------------------ numbers


def _whole(cell: Cell, _ctx: Context) -> int | None:
    # Programs that take every number for a decimal write 4 as 4.0.
    found = re.fullmatch(r"(\d{1,9})(?:\.0)?", cell_text(cell))
    return int(found[1]) if found else None


MINUTES = Codec(WHOLE.write, _exact_or(_whole, "read_minutes", unit="minutes"), is_number=True)
SERVED = Codec(WHOLE.write, _exact_or(_whole, "read_people_served"), is_number=True)
PRIORITY = Codec(WHOLE.write, _exact_or(_whole, "read_priority"), is_number=True)
BUDGET = Codec(WHOLE.write, _exact_or(_whole, "read_budget"), is_number=True)
FREQUENCY = Codec(WHOLE.write, _exact_or(_whole, "read_frequency"), is_number=True)
VEHICLE_SEATS = Codec(WHOLE.write, _exact_or(_whole, "read_vehicle"), is_number=True)
AGE = Codec(
    TEXT.write,
    _exact_or(lambda cell, _ctx: cell_text(cell) if re.fullmatch(r"\d{1,3}", cell_text(cell)) else None, "read_age"),
)


# ------------------------------------------------------------------------------------------------ dates and times


def _midnight(day: date, ctx: Context, days_later: int = 0) -> datetime:
    later = timedelta(days=days_later if day.year < 9999 else 0)
    return datetime.combine(day + later, time(), ZoneInfo(ctx.timezone))


def _read_moment(cell: Cell, ctx: Context) -> Reading[Any]:
    """A moment; a date alone counts from the day's start as the settings have it."""
    if is_empty(cell):
        return Reading()
    day = exact_date(cell)
    if day is None:
        exact = exact_moment(cell, ctx)
        if exact is not None:
            return Reading(exact)
        return _moment_in_words(cell, ctx)
    if isinstance(cell, datetime):
        return Reading(_midnight(day, ctx))
    start = ctx.settings.day.start
    assumption = f"没写几点，按 {start}" if ctx.lang == "zh" else f"no time of day given; {start} assumed"
    local = datetime.combine(day, time.fromisoformat(start), ZoneInfo(ctx.timezone))
    return Reading(local, (assumption,))


def _moment_in_words(cell: Cell, ctx: Context) -> Reading[Any]:
    """12月5日 9:00, 2026/12/5 上午9点."""
    text = cell_text(cell)
    found = re.fullmatch(
        r"(?P<day>.*?[\d日号])[ T,，]*(?P<clock>(?:上午|下午|晚上|早上|中午)?\s*\d{1,2}\s*[:：点时].*)", text
    )
    day = _said("read_date", found["day"] if found else cell, ctx)
    if day.value is None:
        return day
    if found is None:
        return _read_moment(day.value, ctx)
    clock = _said("read_clock", found["clock"], ctx)
    if clock.value is None:
        return clock
    hour, minute = divmod(_clock_minutes(clock.value), 60)
    local = _midnight(day.value, ctx).replace(hour=hour % 24, minute=minute)
    return Reading(local, (*day.assumptions, *clock.assumptions))


def _clock_minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:5])


def _read_absence_start(cell: Cell, ctx: Context) -> Reading[Any]:
    return _bound_of_absence(cell, ctx, days_later=0)


def _read_absence_end(cell: Cell, ctx: Context) -> Reading[Any]:
    return _bound_of_absence(cell, ctx, days_later=1)


def _bound_of_absence(cell: Cell, ctx: Context, *, days_later: int) -> Reading[Any]:
    if is_empty(cell):
        return Reading()
    day = exact_date(cell)
    if day is not None:
        return Reading(_midnight(day, ctx, days_later))
    exact = exact_moment(cell, ctx)
    if exact is not None:
        return Reading(exact)
    said = _said("read_date", cell, ctx)
    if said.value is None:
        moment = _moment_in_words(cell, ctx)
        return moment if moment.value is not None else said
    return said.map(lambda value: _midnight(value, ctx, days_later))


def _read_fixed_times(cell: Cell, ctx: Context) -> Reading[Any]:
    if is_empty(cell):
        return Reading()
    found = exact_moments(cell, ctx)
    if found is not None:
        return Reading(found)
    parts = re.split(r"[;；\n]+", cell_text(cell))
    readings = [_read_moment(part.strip(), ctx) for part in parts if part.strip()]
    refused = next((reading for reading in readings if reading.refusal is not None), None)
    if refused is not None:
        return refused
    said = tuple(sentence for reading in readings for sentence in reading.assumptions)
    return Reading(tuple(reading.value for reading in readings if reading.value is not None), said)


DATE = Codec(lambda value, _ctx: value.isoformat(), _exact_or(lambda cell, _ctx: exact_date(cell), "read_date"))
PAST_DATE = Codec(DATE.write, _exact_or(lambda cell, _ctx: exact_date(cell), "read_date", past=True))
DUE = Codec(DATE.write, _exact_or(lambda cell, _ctx: exact_date(cell), "read_date", before=True))
DATES = Codec(
    lambda value, ctx: dates_text(value, ctx.lang), _exact_or(lambda cell, _ctx: exact_dates(cell), "read_dates")
)
HUMAN_DATES = DATES
CLOCK = Codec(TEXT.write, _exact_or(lambda cell, _ctx: exact_clock(cell), "read_clock"))
MOMENT = Codec(moment_text, _read_moment)
ABSENCE_START = Codec(moment_text, _read_absence_start)
ABSENCE_END = Codec(moment_text, _read_absence_end)
EXACT_MOMENTS = Codec(lambda value, ctx: "；".join(moment_text(moment, ctx) for moment in value), _read_fixed_times)
WINDOWS = Codec(
    lambda value, ctx: windows_text(value, ctx.lang), _exact_or(lambda cell, _ctx: exact_windows(cell), "read_windows")
)
AVAILABILITY_TEXT = Codec(TEXT.write, _reader("read_availability"))
UNAVAILABILITY_TEXT = Codec(TEXT.write, _reader("read_unavailability"))


# ------------------------------------------------------------------------------------------------ people and things

_GENDERS = {
    "女": "female",
    "女性": "female",
    "female": "female",
    "f": "female",
    "男": "male",
    "男性": "male",
    "male": "male",
    "m": "male",
}


def _write_gender(value: Any, ctx: Context) -> Cell:
    return {"female": "女", "male": "男"}[value] if ctx.lang == "zh" else str(value)


def _skills(cell: Cell, _ctx: Context) -> Any:
    found = exact_skills(cell)
    return found and tuple({"name": name, "level": level, "valid_until": until} for name, level, until in found)


def _language_code(cell: Cell, _ctx: Context) -> str | None:
    text = cell_text(cell)
    return text if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text) else None


def _language_codes(cell: Cell, ctx: Context) -> tuple[str, ...] | None:
    parts = [part.strip() for part in re.split(r"[、,，;；\n]+", cell_text(cell)) if part.strip()]
    codes = [_language_code(part, ctx) for part in parts]
    return tuple(code for code in codes if code) if codes and None not in codes else None


_LANGUAGE_NAMES = {"zh": "普通话", "yue": "粤语", "hak": "客家话", "nan": "闽南话", "en": "英语"}


def _write_languages(value: Any, ctx: Context) -> Cell:
    """Languages by name where the name reads back as that one language."""
    if ctx.lang != "zh":
        return LIST.write(value, ctx)
    names = [_LANGUAGE_NAMES.get(code, code) for code in value]
    told = [name if phrases.read_languages(name, ctx).value == (code,) else code for name, code in zip(names, value)]
    return LIST.write(tuple(told), ctx)


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) and value else value


def _read_place(cell: Cell, ctx: Context) -> Reading[Any]:
    if is_empty(cell):
        return Reading()
    said = phrases.read_place_name(cell, ctx)
    # The name is looked up as typed; only 老地方 and 同上 are refused here.
    return said if said.refusal is not None else Reading(cell_text(cell))


def _read_household(cell: Cell, _ctx: Context) -> Reading[Any]:
    if is_empty(cell):
        return Reading()
    return Reading(tuple(part for part in re.split(r"[、,，;；/\s]+", cell_text(cell)) if part))


_STATE = choice(
    ("open", "待安排", "open", "未完成 待认领 待对接 新 进行中"),
    ("with-others", "已转", "with others", "已转办 已转物业 已转介 with-others"),
    ("closed", "已办结", "closed", "已完成 完成 取消 已取消 办结 done"),
)


def _read_state(cell: Cell, ctx: Context) -> Reading[Any]:
    found = _STATE.read(cell, ctx)
    return found if found.refusal is None else phrase("read_wish_state", cell, ctx)


STATE = Codec(_STATE.write, _read_state, _STATE.choices)

PERSON = Codec(TEXT.write, _reader("read_name"))
PHONE = Codec(TEXT.write, _reader("read_phone"))
GENDER = Codec(
    _write_gender,
    _exact_or(lambda cell, _ctx: _GENDERS.get(matchable(cell)), "read_gender"),
    (("女", "female"), ("男", "male")),
)
LANGUAGE = Codec(TEXT.write, _exact_or(_language_code, "read_languages", _first))
LANGUAGES = Codec(_write_languages, _exact_or(_language_codes, "read_languages"))
SKILLS = Codec(lambda value, ctx: skills_text(value, ctx.lang), _exact_or(_skills, "read_skills"))
VEHICLE = Codec(TEXT.write, _reader("read_vehicle"))
ROLES = Codec(TEXT.write, _reader("read_roles"))
REQUIREMENTS = TEXT
HOUSEHOLD = Codec(LIST.write, _read_household)
PLACE = Codec(TEXT.write, _read_place)
RESIDENT = REFERENCE
TITLE = TEXT
