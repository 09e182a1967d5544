"""Codecs: how a value is written into one cell, and read back exactly; what people type otherwise goes to phrases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from matcher.domain.base import DAY_CODES
from matcher.domain.people import Skill, SkillNeed
from matcher.domain.wishes import Window
from matcher.exchange.grid import Cell
from matcher.exchange.phrases.reading import Context, Reading, Refusal
from matcher.exchange.phrases.text import cell_text, damaged, fold, is_empty, matchable

Write = Callable[[Any, Context], Cell]
Read = Callable[[Cell, Context], Reading[Any]]


@dataclass(frozen=True, slots=True)
class Spread:
    """A cell that says several things at once: field → value."""

    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Codec:
    """A way to write and read one kind of cell. ``choices`` (zh, en) make a drop-down."""

    write: Write
    read: Read
    choices: tuple[tuple[str, str], ...] = ()
    is_number: bool = False


def refuse(
    ctx: Context, zh: str, en: str, advice_zh: str = "", advice_en: str = "", code: str = "value"
) -> Reading[Any]:
    """A refused reading."""
    if ctx.lang == "zh":
        return Reading(refusal=Refusal(code, zh, advice_zh))
    return Reading(refusal=Refusal(code, en, advice_en))


def _nothing_or(read: Read) -> Read:
    return lambda cell, ctx: Reading() if is_empty(cell) else read(cell, ctx)


# ------------------------------------------------------------------------------------------------ text

_CJK = r"[\u3400-\u9fff]"
_SPACED = re.compile(rf"(?<={_CJK})[ \u3000\u00a0\t]+(?={_CJK})")
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")


def _write_text(value: Any, _ctx: Context) -> Cell:
    return str(value)


def _read_text(cell: Cell, _ctx: Context) -> Reading[Any]:
    return Reading(cell_text(cell))


def _read_name(cell: Cell, ctx: Context) -> Reading[Any]:
    text = _SPACED.sub("", fold(cell_text(cell)))
    broken = damaged(text)
    if broken:
        return refuse(
            ctx,
            f"“{text}”里的“{broken}”是乱码或缺字。",
            f'"{broken}" in "{text}" is damaged.',
            "请照原件补上。",
            "Correct it from the original.",
            "damaged",
        )
    return Reading(text)


def is_writable(text: str) -> bool:
    """Whether a text survives a cell of a workbook and of a .csv file as it is."""
    return not _ILLEGAL.search(text) and len(text) <= 30_000


def _write_list(value: Any, ctx: Context) -> Cell:
    return ("、" if ctx.lang == "zh" else ", ").join(value)


def _read_list(cell: Cell, _ctx: Context) -> Reading[Any]:
    return Reading(tuple(part.strip() for part in re.split(r"[、,，;；\n]+", cell_text(cell)) if part.strip()))


TEXT = Codec(_write_text, _nothing_or(_read_text))
NAME = Codec(_write_text, _nothing_or(_read_name))
REFERENCE = Codec(_write_text, _nothing_or(_read_text))
LIST = Codec(_write_list, _nothing_or(_read_list))


# ------------------------------------------------------------------------------------------------ numbers


def _write_number(value: Any, _ctx: Context) -> Cell:
    return value  # type: ignore[no-any-return]


def _read_whole(cell: Cell, ctx: Context) -> Reading[Any]:
    text = fold(cell_text(cell)).replace(",", "")
    if found := re.fullmatch(r"([+-]?\d{1,15})(?:\.0+)?(?: *[次回趟人位名个天日座])?", text):
        return Reading(int(found[1]))
    return refuse(
        ctx, f"“{text}”不是整数。", f'"{text}" is not a whole number.', "请写数字，如 2。", "Write a number such as 2."
    )


def _read_decimal(cell: Cell, ctx: Context) -> Reading[Any]:
    text = fold(cell_text(cell)).rstrip("°")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value != value or abs(value) == float("inf"):
        return refuse(
            ctx,
            f"“{text}”不是数字。",
            f'"{text}" is not a number.',
            "请写数字，如 23.0905。",
            "Write a number such as 23.0905.",
        )
    return Reading(value)


WHOLE = Codec(_write_number, _nothing_or(_read_whole), is_number=True)
DECIMAL = Codec(_write_number, _nothing_or(_read_decimal), is_number=True)


# ------------------------------------------------------------------------------------------------ choices

_YES = {
    "是",
    "有",
    "对",
    "要",
    "能",
    "会",
    "可以",
    "√",
    "✓",
    "✔",
    "v",
    "y",
    "yes",
    "true",
    "1",
    "t",
    "o",
    "ok",
    "需要",
    "在",
}
_NO = {
    "否",
    "没有",
    "无",
    "不",
    "不是",
    "不要",
    "不能",
    "×",
    "x",
    "✗",
    "✘",
    "n",
    "no",
    "false",
    "0",
    "f",
    "没",
    "不需要",
}


def _write_flag(value: Any, ctx: Context) -> Cell:
    return ("是" if value else "否") if ctx.lang == "zh" else ("yes" if value else "no")


def _read_flag(cell: Cell, ctx: Context) -> Reading[Any]:
    text = matchable(cell)
    if text in _YES:
        return Reading(value=True)
    if text in _NO:
        return Reading(value=False)
    if is_empty(cell):
        return Reading()
    return refuse(
        ctx,
        f"写的是“{cell_text(cell)}”，只能写 是 或 否。",
        f"is '{cell_text(cell)}'; it must be yes or no.",
        "拿不准就写 否。",
        "Maybe write no if it cannot be counted on.",
        "yes-no",
    )


FLAG = Codec(_write_flag, _read_flag, (("是", "yes"), ("否", "no")))


def choice(*options: tuple[str, str, str, str]) -> Codec:
    """One of several words: (value, zh, en, other spellings separated by spaces)."""
    words = {}
    for value, zh, en, others in options:
        for word in (value, zh, en, *others.split()):
            words[matchable(word)] = value
    shown = {value: (zh, en) for value, zh, en, _ in options}

    def write(value: Any, ctx: Context) -> Cell:
        return shown[value][0 if ctx.lang == "zh" else 1]

    def read(cell: Cell, ctx: Context) -> Reading[Any]:
        found = words.get(matchable(cell))
        if found is not None:
            return Reading(found)
        return refuse(
            ctx,
            f"写的是“{cell_text(cell)}”，只能写 {'、'.join(zh for zh, _ in shown.values())}。",
            f"is '{cell_text(cell)}'; it must be one of {', '.join(en for _, en in shown.values())}.",
            code="choice",
        )

    return Codec(write, _nothing_or(read), tuple(shown.values()))


# ------------------------------------------------------------------------------------------------ days and times

_DAY_WORDS = dict(zip(DAY_CODES, "一二三四五六日"))
_SPANS = {"any": ("每天", "any day"), "workday": ("工作日", "workdays"), "day-off": ("休息日", "days off")}


def days_text(days: str, lang: str) -> str:
    """Days as a coordinator writes them: 周六、周日."""
    if days in _SPANS:
        return _SPANS[days][0 if lang == "zh" else 1]
    if lang == "zh":
        return "、".join("周" + _DAY_WORDS[day] for day in days.split(","))
    return ",".join(days.split(","))


_DAY_CODE = {f"{prefix}{word}": code for code, word in _DAY_WORDS.items() for prefix in ("周", "星期", "礼拜")}
_DAY_CODE |= {
    "周天": "SU",
    "星期天": "SU",
    "礼拜天": "SU",
    "周末": "SA,SU",
    "双休日": "SA,SU",
    "weekend": "SA,SU",
    "weekends": "SA,SU",
}
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
for _name, _code in zip(_NAMES, DAY_CODES):
    _DAY_CODE |= {_name: _code, _name[:3]: _code, _name[:2]: _code, f"{_name}s": _code}
_SPAN_CODE = {
    "每天": "any",
    "任何": "any",
    "任意": "any",
    "天天": "any",
    "any": "any",
    "any day": "any",
    "every day": "any",
    "daily": "any",
    "工作日": "workday",
    "workday": "workday",
    "workdays": "workday",
    "休息日": "day-off",
    "节假日": "day-off",
    "day-off": "day-off",
    "days off": "day-off",
    "day off": "day-off",
}


def parse_days(text: str) -> str | None:
    """``SA,SU`` of 周六、周日; None if the text says anything else."""
    text = matchable(text)
    if text in _SPAN_CODE:
        return _SPAN_CODE[text]
    codes = [_DAY_CODE.get(part.strip()) for part in re.split(r"[、,/ ]+", text) if part.strip()]
    if not codes or None in codes:
        return None
    # Kept in the order and number written: facts are read as they stand.
    return ",".join(code for code in codes if code)


def _read_days(cell: Cell, ctx: Context) -> Reading[Any]:
    found = parse_days(cell_text(cell))
    if found is None:
        return refuse(
            ctx,
            f"“{cell_text(cell)}”看不出是星期几。",
            f'"{cell_text(cell)}" does not name days.',
            "请写 每天、工作日、休息日，或如 周六、周日。",
            "Write any day, workdays, days off, or days such as SA,SU.",
        )
    return Reading(found)


DAYS = Codec(lambda value, ctx: days_text(value, ctx.lang), _nothing_or(_read_days))

_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::00)?")


def clock_of(text: str) -> str | None:
    """``08:00`` of 8:00; None for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or (found[1] == "24" and found[2] != "00"):
        return None
    return f"{int(found[1]):02d}:{found[2]}"


def exact_clock(cell: Cell) -> str | None:
    """The time of day of a cell that holds exactly that: a time, a fraction of a day, 8:00."""
    if isinstance(cell, datetime):
        return f"{cell:%H:%M}" if not cell.second and cell.date() <= date(1904, 1, 2) else None
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}" if 0 <= minutes <= 24 * 60 else None
    if isinstance(cell, float) and 0 < cell < 1:
        minutes = round(cell * 24 * 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return clock_of(fold(cell)) if isinstance(cell, str) else None


def exact_date(cell: Cell) -> date | None:
    """The date of a cell that holds exactly that: a date, or 2026-12-05."""
    found: date | None = None
    if isinstance(cell, datetime):
        found = cell.date() if cell.time() == time() else None
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell.strip()):
        try:
            found = date.fromisoformat(cell.strip())
        except ValueError:
            return None
    return found if found is not None and 1900 <= found.year <= 2200 else None


_MOMENT = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+|日 *)(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?")


def moment_text(value: datetime, ctx: Context) -> str:
    """A moment on the programme's clock: 2026-12-05 08:30 (with seconds where it has any)."""
    local = value.astimezone(ZoneInfo(ctx.timezone)).replace(tzinfo=None)
    text = local.isoformat(" ")
    return text[:16] if not local.second and not local.microsecond else text


def exact_moment(cell: Cell, ctx: Context) -> datetime | None:
    """The moment of a cell that holds exactly that: a date with a time, on the programme's clock unless it says else."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=ZoneInfo(ctx.timezone)) if cell.tzinfo is None else cell
    if not isinstance(cell, str):
        return None
    text = fold(cell).strip()
    if re.search(r"T\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$", text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    micros = int((found[7] or ".0")[1:].ljust(6, "0"))
    try:
        local = datetime(year, month, day, hour, minute, second, micros, tzinfo=ZoneInfo(ctx.timezone))
        return local if local.astimezone(ZoneInfo("UTC")) else None
    except (ValueError, OverflowError):
        return None


def exact_moments(cell: Cell, ctx: Context) -> tuple[datetime, ...] | None:
    """The moments of a cell that holds nothing else."""
    if not isinstance(cell, str):
        one = exact_moment(cell, ctx)
        return None if one is None else (one,)
    found = [exact_moment(part, ctx) for part in re.split(r"[;；、，,\n]+", cell) if part.strip()]
    return tuple(moment for moment in found if moment) if found and None not in found else None


def dates_text(dates: tuple[date, ...], lang: str) -> str:
    """Dates as a list: 2026-12-05、2026-12-06."""
    return ("、" if lang == "zh" else ", ").join(day.isoformat() for day in dates)


def exact_dates(cell: Cell) -> tuple[date, ...] | None:
    """The dates of a cell that holds nothing else."""
    one = exact_date(cell)
    if one is not None:
        return (one,)
    if not isinstance(cell, str):
        return None
    found = [exact_date(part.strip()) for part in re.split(r"[;；、，,\s]+", cell.strip()) if part]
    return tuple(day for day in found if day) if found and None not in found else None


# ------------------------------------------------------------------------------------------------ windows


def window_text(window: Window, lang: str) -> str:
    """A window in a line: ``周六、周日 1-10日 08:00-12:30``, ``周六 08:00出发``, ``2026-12-05 09:00-11:00``."""
    zh = lang == "zh"
    parts = []
    if window.dates:
        parts.append(dates_text(window.dates, lang).replace(", ", ","))
    if window.days != "any" or not window.dates:
        parts.append(days_text(window.days, lang).replace(" ", "-"))
    if window.month_days:
        parts.append(window.month_days + ("日" if zh else "th"))
    if (window.start, window.end) != ("00:00", "24:00") or not window.at:
        parts.append(f"{window.start}-{window.end}")
    if window.at:
        parts.append(f"{window.at}出发" if zh else f"leaving {window.at}")
    return " ".join(parts)


def exact_window(text: str) -> Window | None:
    """The window of a text in the form ``window_text`` writes; None for anything else."""
    text = re.sub(r"leaving +", "leaving", matchable(text))
    values: dict[str, Any] = {}
    for part in text.split():
        field, value = _window_part(part)
        if field is None or field in values:
            return None
        values[field] = value
    span = values.pop("span", None)
    if span:
        values["start"], values["end"] = span
    if not (span or "at" in values):
        return None
    try:
        return Window(**values)
    except ValueError:
        return None


def _window_part(part: str) -> tuple[str | None, Any]:
    clock = r"((?:[01]?\d|2[0-4]):[0-5]\d)"
    if found := re.fullmatch(rf"{clock}[-~]{clock}", part):
        start, end = clock_of(found[1]), clock_of(found[2])
        return ("span", (start, end)) if start and end else (None, None)
    if found := re.fullmatch(rf"(?:leaving)?{clock}(?:出发|开始)?", part):
        return ("at", clock_of(found[1])) if not re.fullmatch(clock, part) else (None, None)
    if found := re.fullmatch(r"(\d{1,2}(?:-\d{1,2})?)(?:日|号|th)", part):
        return "month_days", found[1]
    dates = exact_dates(part)
    if dates:
        return "dates", dates
    days = parse_days(part.replace("any-day", "any").replace("days-off", "day-off"))
    return ("days", days) if days else (None, None)


def windows_text(windows: tuple[Window, ...], lang: str) -> str:
    """Windows on lines of their own."""
    return "\n".join(window_text(window, lang) for window in windows)


def exact_windows(cell: Cell) -> tuple[Window, ...] | None:
    """The windows of a cell in the written form; None for anything else."""
    if not isinstance(cell, str):
        return None
    found = [exact_window(part) for part in re.split(r"[;；\n]+", cell) if part.strip()]
    return tuple(window for window in found if window) if found and None not in found else None


# ------------------------------------------------------------------------------------------------ skills


def skills_text(skills: tuple[Skill, ...], lang: str) -> str:
    """Skills with level and last valid day: ``急救（3级，至2027-05-01）、理发（2级）``."""
    zh = lang == "zh"
    said = []
    for skill in skills:
        facts = [f"{skill.level}级" if zh else f"level {skill.level}"]
        if skill.valid_until:
            facts.append(f"至{skill.valid_until}" if zh else f"until {skill.valid_until}")
        inside = ("，" if zh else " ").join(facts)
        said.append(skill.name + (f"（{inside}）" if zh else f" ({inside})"))
    return ("、" if zh else ", ").join(said)


_SKILL = re.compile(
    r"(?P<name>[^()（）,，、;；\s][^()（）,，、;；\n]*?)\s*"
    r"(?:[（(]\s*(?:(?:level\s*)?(?P<level>\d{1,2})级?)?[，, ]*(?:(?:至|until\s*)(?P<until>\d{4}-\d{2}-\d{2}))?\s*[)）])?"
)


def exact_skills(cell: Cell, default: int | None = None) -> tuple[tuple[str, int, date | None], ...] | None:
    """(name, level, valid until) of each skill in the written form; None for anything else.

    A skill that names no level has the ``default`` one; without a default it is not in the written form.
    """
    if not isinstance(cell, str):
        return None
    parts = [part.strip() for part in re.split(r"[、;；\n]+|[,，](?![^（(]*[)）])", cell) if part.strip()]
    found = []
    for part in parts:
        match = _SKILL.fullmatch(part)
        if match is None or not (match["level"] or default):
            return None
        until = exact_date(match["until"]) if match["until"] else None
        found.append((match["name"].strip(), int(match["level"] or default or 1), until))
    return tuple(found) or None


def needs_text(needs: tuple[SkillNeed, ...], lang: str) -> str:
    """Skills asked for, each with its least level."""
    zh = lang == "zh"
    said = [need.name + (f"（{need.level}级）" if zh else f" (level {need.level})") for need in needs]
    return ("、" if zh else ", ").join(said)


def _read_needs(cell: Cell, ctx: Context) -> Reading[Any]:
    found = exact_skills(cell_text(cell), 1)
    if found is None or any(until for _, _, until in found):
        return refuse(
            ctx,
            f"“{cell_text(cell)}”看不出是哪些技能。",
            f'"{cell_text(cell)}" does not list skills.',
            "请写如 急救（2级）、开车。",
            "Write for example first-aid (level 2), driving.",
        )
    return Reading(tuple({"name": name, "level": level} for name, level, _ in found))


NEEDS = Codec(lambda value, ctx: needs_text(value, ctx.lang), _nothing_or(_read_needs))


# ------------------------------------------------------------------------------------------------ exactness


def exact_cell(codec: Codec, value: Any, ctx: Context) -> Cell:
    """The cell for a value, or None if reading it back would not give exactly that value."""
    cell = codec.write(value, ctx)
    if cell is None or (isinstance(cell, str) and not is_writable(cell)):
        return None
    reading = codec.read(cell, ctx)
    if reading.value is None or reading.assumptions:
        return None
    return cell if _canonical(reading.value) == _canonical(value) else None


def _canonical(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, BaseModel):
        return _plain({name: getattr(value, name) for name in type(value).model_fields})
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return to_jsonable_python(value)


def rest_text(rest: Mapping[str, Any]) -> str:
    """What no cell can hold, as JSON that survives a cell."""
    text = json.dumps(to_jsonable_python(rest, by_alias=True), ensure_ascii=False)
    return _ILLEGAL.sub(lambda match: "".join(f"\\u{ord(character):04x}" for character in match[0]), text)
