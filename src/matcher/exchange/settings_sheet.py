"""The sheet 设置: one row per setting, program facts first; every name in Chinese, English and as a dotted path."""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic_core import to_jsonable_python

from matcher.domain.scenario import Program
from matcher.domain.settings import DateRange, DayRange, Settings
from matcher.errors import Fault
from matcher.exchange.codecs import (
    DECIMAL,
    FLAG,
    TEXT,
    WHOLE,
    Codec,
    Spread,
    choice,
    clock_of,
    dates_text,
    exact_cell,
    exact_date,
    exact_dates,
    refuse,
    rest_text,
)
from matcher.exchange.columns import SETTINGS
from matcher.exchange.grid import Cell, Grid, column_letter
from matcher.exchange.headers import Header, find_header, plain
from matcher.exchange.phrases import Context, Reading, cell_text, fold, is_empty
from matcher.exchange.readers import DATE, MOMENT
from matcher.exchange.rows import Log

REST_KEY = ("其他(JSON)", "other (JSON)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One row. ``path`` is dotted, from the program on."""

    path: str
    zh: str
    en: str
    codec: Codec
    help: tuple[str, str] = ("", "")
    aliases: str = ""

    def label(self, lang: str) -> str:
        """What the first column says."""
        return self.zh if lang == "zh" else self.en


# ------------------------------------------------------------------------------------------------ codecs of this sheet


def _read_day_range(cell: Cell, ctx: Context) -> Reading[Any]:
    parts = [clock_of(part) for part in fold(cell_text(cell)).replace("~", "-").replace("至", "-").split("-")]
    if len(parts) != 2 or None in parts:
        return refuse(
            ctx,
            f"“{cell_text(cell)}”不是一段时间。",
            f'"{cell_text(cell)}" is not a stretch of time.',
            "请写如 08:00-20:00。",
            "Write for example 08:00-20:00.",
        )
    return Reading({"start": parts[0], "end": parts[1]})


def _read_date_ranges(cell: Cell, ctx: Context) -> Reading[Any]:
    found = []
    for part in (
        fold(cell_text(cell)).replace("至", "~").replace("到", "~").replace(";", "\n").replace("、", "\n").split("\n")
    ):
        days = [exact_date(day.strip().replace("/", "-")) for day in part.split("~")]
        if len(days) != 2 or None in days:
            return refuse(
                ctx,
                f"“{cell_text(cell)}”看不出从哪天到哪天。",
                f'"{cell_text(cell)}" does not say from when to when.',
                "请写如 2027-07-05~2027-08-28。",
                "Write for example 2027-07-05~2027-08-28.",
            )
        found.append({"start": days[0], "end": days[1]})
    return Reading(tuple(found))


def _one(read: Callable[[Cell, Context], Reading[Any]]) -> Callable[[Cell, Context], Reading[Any]]:
    return lambda cell, ctx: read(cell, ctx).map(lambda found: found[0])


def _range_text(value: DateRange) -> str:
    return f"{value.start}~{value.end}"


def _read_prices(cell: Cell, ctx: Context) -> Reading[Any]:
    found: dict[str, int] = {}
    for part in fold(cell_text(cell)).replace("、", "\n").replace(";", "\n").replace(",", "\n").split("\n"):
        name, mark, price = part.replace(":", "=").rpartition("=")
        if not mark or not price.strip().isdigit():
            return refuse(
                ctx,
                f"“{part}”看不懂。",
                f'"{part}" is not understood.',
                "请写如 低保=5、空巢=4。",
                "Write for example name=5, other=4.",
            )
        found[name.strip()] = int(price)
    return Reading(found)


def _prices_text(value: dict[str, int], ctx: Context) -> Cell:
    return ("、" if ctx.lang == "zh" else ", ").join(f"{name}={price}" for name, price in value.items())


def _filled(read: Callable[[Cell, Context], Reading[Any]]) -> Callable[[Cell, Context], Reading[Any]]:
    return lambda cell, ctx: Reading() if is_empty(cell) else read(cell, ctx)


_DAY_RANGE = Codec(lambda value, _ctx: f"{value.start}-{value.end}", _filled(_read_day_range))
_DATE_RANGE = Codec(lambda value, _ctx: _range_text(value), _filled(_one(_read_date_ranges)))
_DATE_RANGES = Codec(lambda value, _ctx: "；".join(map(_range_text, value)), _filled(_read_date_ranges))
_PRICES = Codec(_prices_text, _filled(_read_prices))
_LANGUAGE = choice(("zh", "中文", "zh", "汉语 简体中文 chinese"), ("en", "英文", "en", "english 英语"))


def _read_holidays(cell: Cell, ctx: Context) -> Reading[Any]:
    text = cell_text(cell).upper()
    if text in ("不用", "不看", "NOT USED", "OFF"):
        return Reading(Spread({"holidays": None}))
    if text in ("CN", "中国", "国内", "法定节假日"):
        return Reading("CN")
    return refuse(
        ctx,
        f"“{text}”没有现成的节假日表。",
        f'There is no holiday table "{text}".',
        "请写 CN，或 不用。",
        "Write CN or none.",
    )


_HOLIDAYS = Codec(TEXT.write, _filled(_read_holidays))

# ------------------------------------------------------------------------------------------------ which settings

_PROGRAM = (
    Setting(
        "name",
        "项目名称",
        "programme",
        TEXT,
        ("本期的名称，印在排班表上。", "Printed on the roster."),
        "名称 项目 社区 program name",
    ),
    Setting("timezone", "时区", "time zone", TEXT, ("默认 Asia/Shanghai。", "Asia/Shanghai by default."), "timezone"),
    Setting(
        "holidays",
        "节假日",
        "holidays",
        _HOLIDAYS,
        ("CN：按国务院公布的放假调休。", "CN: as the State Council publishes."),
        "节假日表",
    ),
    Setting(
        "as_of",
        "截至时间",
        "as of",
        MOMENT,
        ("台账是哪一刻的；之前的日子不再安排。", "The moment of these facts; nothing is planned before it."),
        "as_of 现在 制表时间 数据截至",
    ),
    Setting(
        "window.start",
        "开始日期",
        "start",
        DATE,
        ("从哪天开始排。", "The first day planned."),
        "排班开始 起始日期 window-start",
    ),
    Setting(
        "window.end",
        "结束日期",
        "end",
        DATE,
        ("排到哪天（含）。", "The last day planned."),
        "排班结束 截止日期 window-end",
    ),
    Setting(
        "frozen_until",
        "此前不动",
        "frozen until",
        MOMENT,
        ("调班时，这一刻之前的安排不动。", "Replanning changes nothing before it."),
        "冻结至 frozen_until",
    ),
)

_NAMES: dict[str, tuple[str, str]] = {
    "language": ("语言", "language"),
    "day": ("日间", "day"),
    "morning": ("上午", "morning"),
    "afternoon": ("下午", "afternoon"),
    "evening": ("晚上", "evening"),
    "on_call": ("随叫随到", "on call"),
    "working_hours": ("上班时间", "working hours"),
    "summer_break": ("暑假", "summer break"),
    "winter_break": ("寒假", "winter break"),
    "terms": ("学期", "school terms"),
    "household_priority": ("家庭情况的优先级", "household priority"),
    "step_minutes": ("开始时间的间隔(分钟)", "step minutes"),
    "default_gap_days": ("别挨太近(天)", "default gap days"),
    "default_limits": ("默认上限", "default limits"),
    "newcomer_visits": ("新人(服务不满几次)", "newcomer visits"),
    "first_refusal_days": ("结对单位优先(天)", "first refusal days"),
    "history_days": ("公平看多少天", "history days"),
    "claims_lapse_days": ("认领多少天失效", "claims lapse days"),
    "unreliable_no_shows": ("未到几次要配备班", "unreliable no-shows"),
    "rewards": ("积分", "rewards"),
    "points_per_visit": ("每次", "points per visit"),
    "points_per_hour": ("每小时", "points per hour"),
    "points_per_no_show": ("未到扣", "points per no-show"),
    "only_confirmed": ("确认后才给", "only confirmed"),
    "stars": ("星级要多少小时", "stars"),
    "travel": ("路程", "travel"),
    "weights": ("权重", "weights"),
    "soft_rules": ("放宽的规则", "soft rules"),
    "fix_prices": ("补缺办法的代价", "fix prices"),
    "visits_per_day": ("每天最多(次)", "visits per day"),
    "visits_per_week": ("每周最多(次)", "visits per week"),
    "visits_per_month": ("每月最多(次)", "visits per month"),
    "minutes_per_day": ("每天最多(分钟)", "minutes per day"),
    "minutes_per_week": ("每周最多(分钟)", "minutes per week"),
    "minutes_per_month": ("每月最多(分钟)", "minutes per month"),
    "least_visits_per_month": ("每月至少(次)", "least visits per month"),
    "max_travel_minutes": ("路上最多(分钟)", "max travel minutes"),
    "rest_days": ("每周休息(天)", "rest days"),
    "min_rest_minutes": ("两次间隔(分钟)", "min rest minutes"),
    "car": ("汽车", "car"),
    "e_bike": ("电动车", "e-bike"),
    "bus": ("公交", "bus"),
    "walking": ("步行", "walking"),
    "unknown_minutes": ("地点不明时(分钟)", "unknown minutes"),
    "km_per_hour": ("公里每小时", "km per hour"),
    "detour": ("绕行系数", "detour"),
    "fixed_minutes": ("固定分钟", "fixed minutes"),
    "published_seat": ("已通知的人变动", "published seat"),
    "published_time": ("已通知的时间变动", "published time"),
    "published_standby": ("已通知的备班变动", "published stand-by"),
    "pairing_broken": ("结对中断", "pairing broken"),
    "least_visit_missing": ("不足最低次数", "least visit missing"),
    "claimant_without_turn": ("入选者没有轮到", "claimant without turn"),
    "fairness": ("公平", "fairness"),
    "faces": ("生面孔", "faces"),
    "turns": ("轮次", "turns"),
    "standby_turns": ("备班轮次", "stand-by turns"),
    "missing_standby": ("缺备班", "missing stand-by"),
    "undesired_time": ("不太愿意的时间", "undesired time"),
    "locality": ("就近", "locality"),
    "preferences": ("喜好", "preferences"),
}


def _codec(value: Any, name: str) -> Codec:
    if name == "language":
        return _LANGUAGE
    if name in ("summer_break", "winter_break"):
        return _DATE_RANGE
    if name == "terms":
        return _DATE_RANGES
    if isinstance(value, DayRange):
        return _DAY_RANGE
    if isinstance(value, dict):
        return _PRICES
    if isinstance(value, bool):
        return FLAG
    return DECIMAL if isinstance(value, float) else WHOLE


def _walk(model: Any, path: str, zh: str, en: str) -> Iterator[Setting]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name == "holidays":
            continue
        zh_name, en_name = _NAMES.get(name, (name, name.replace("_", " ")))
        zh_label, en_label = (f"{zh}·{zh_name}", f"{en}: {en_name}") if zh else (zh_name, en_name)
        if (
            type(value).__module__ == Settings.__module__ and not isinstance(value, DayRange | DateRange)
        ) or name == "default_limits":
            yield from _walk(value, f"{path}.{name}", zh_label, en_label)
        else:
            yield Setting(f"{path}.{name}", zh_label, en_label, _codec(value, name))


SETTINGS_ROWS: tuple[Setting, ...] = (*_PROGRAM, *_walk(Settings(), "settings", "", ""))
"""Every setting that has a row of its own; holidays of a year have theirs, named after the year."""


def holiday_settings(year: str) -> tuple[Setting, Setting]:
    """The two rows of a year's holidays: days off, and make-up workdays."""
    dates = Codec(
        lambda value, ctx: dates_text(value, ctx.lang),
        _filled(
            lambda cell, _ctx: (
                Reading(exact_dates(cell))
                if exact_dates(cell)
                else refuse(
                    _ctx,
                    f"“{cell_text(cell)}”不是日期。",
                    f'"{cell_text(cell)}" does not list dates.',
                    "请写如 2027-01-01、2027-01-02。",
                    "Write for example 2027-01-01, 2027-01-02.",
                )
            )
        ),
    )
    return (
        Setting(f"settings.holidays.{year}.days_off", f"{year}放假", f"{year} days off", dates),
        Setting(f"settings.holidays.{year}.workdays", f"{year}调休上班", f"{year} make-up workdays", dates),
    )


def value_at(program: Program, path: str) -> Any:
    """The value a dotted path leads to."""
    value: Any = program
    for step in path.split("."):
        value = value[step] if isinstance(value, dict) else getattr(value, step)
    return value


def settings_rows(program: Program, ctx: Context, *, everything: bool = False) -> list[tuple[Cell, Cell, Cell]]:
    """(label, value, help) rows: program facts, and those settings that differ from the default (or ``everything``)."""
    usual = Program(name=program.name, as_of=program.as_of, window=program.window)
    rows: list[tuple[Cell, Cell, Cell]] = []
    rest: dict[str, Any] = {}
    years = [setting for year in program.settings.holidays for setting in holiday_settings(year)]
    for setting in (*SETTINGS_ROWS, *years):
        value = value_at(program, setting.path)
        is_usual = setting not in years and value == value_at(usual, setting.path)
        if is_usual and not everything and setting not in _PROGRAM:
            continue
        help_text = setting.help[0 if ctx.lang == "zh" else 1]
        cell = None if value is None or value in ((), {}) else exact_cell(setting.codec, value, ctx)
        if cell is not None or (is_usual and value in (None, (), {})):
            rows.append((setting.label(ctx.lang), cell, help_text or None))
        else:
            rest[setting.path] = to_jsonable_python(value, by_alias=True)
    if rest:
        rows.append((REST_KEY[0 if ctx.lang == "zh" else 1], rest_text(rest), None))
    return rows


# ------------------------------------------------------------------------------------------------ reading


@dataclass(frozen=True, slots=True)
class SettingCells:
    """Where the values of the settings stand: path → (row, column)."""

    sheet: str
    cells: Mapping[str, tuple[int, int]]

    def fault(self, message: str, advice: str = "", *, at: str = "", code: str = "", warning: bool = False) -> Fault:
        """A fault at the setting's value."""
        place = next((self.cells[path] for path in (at, f"{at}.end", f"{at}.start") if path in self.cells), None)
        row, column = (place[0], column_letter(place[1])) if place else (None, None)
        return Fault(message, advice, sheet=self.sheet, row=row, column=column, code=code, warning=warning)

    def name_of(self, at: str, lang: str) -> str:
        """What the sheet calls the setting."""
        return next((setting.label(lang) for setting in SETTINGS_ROWS if setting.path == at), at)


@dataclass(slots=True)
class SettingsRead:
    """The values given, by path, and where they stand."""

    values: dict[str, Any]
    where: SettingCells


def read_settings(grid: Grid | None, ctx: Context, log: Log) -> SettingsRead:
    """What the sheet says: a name in one column, its value in the next."""
    values: dict[str, Any] = {}
    cells: dict[str, tuple[int, int]] = {}
    read = SettingsRead(values, SettingCells(grid.name if grid else log.say("设置", "settings"), cells))
    if grid is None:
        return read
    header = find_header(SETTINGS, grid)
    if header is not None and len(header.columns) < 2:
        # One word alone is no header: 项目 may as well be the programme's name.
        header = None
    key_at, value_at = _positions(header)
    known = _known_settings()
    given: list[tuple[Setting, int, Cell]] = []
    rest: dict[str, Any] = {}
    for number, row in grid.rows:
        key = row[key_at] if key_at < len(row) else None
        value = row[value_at] if value_at < len(row) else None
        if key is None or (header and number <= header.last_row):
            continue
        if (number, value_at) in grid.broken:
            log.faults.append(_formula_error(cell_text(key), grid, number, value_at, log))
        elif value is None:
            continue
        elif plain(key) in {plain(word) for word in REST_KEY}:
            rest |= _rest(value, grid, number, value_at, log)
        elif found := known.get(plain(key)) or _holiday(cell_text(key)):
            given.append((found, number, value))
            cells[found.path] = (number, value_at)
        else:
            log.warnings.append(_unknown(cell_text(key), grid, number, key_at, known, log))
    _take(given, read, ctx, log)
    for path, value in rest.items():
        values.setdefault(path, value)
    _keep_siblings(values)
    return read


def _known_settings() -> dict[str, Setting]:
    """Every name a setting goes by."""
    known = {plain(word): setting for setting in SETTINGS_ROWS for word in (setting.zh, setting.en, setting.path)}
    for setting in SETTINGS_ROWS:
        for word in setting.aliases.split():
            known.setdefault(plain(word), setting)
    return known


def _formula_error(key: str, grid: Grid, row: int, column: int, log: Log) -> Fault:
    return Fault(
        log.say(f"“{key}”的公式出错。", f'"{key}" holds a formula error.'),
        log.say("请直接填写内容。", "Write the value."),
        sheet=grid.name,
        row=row,
        column=column_letter(column),
        code="formula-error",
    )


def _keep_siblings(values: dict[str, Any]) -> None:
    """Setting one speed or limit leaves the others of its group at their defaults."""
    usual = Settings()
    for setting in SETTINGS_ROWS:
        group = setting.path.rpartition(".")[0]
        if (
            group.count(".") >= 1
            and any(path.startswith(f"{group}.") for path in values)
            and setting.path not in values
        ):
            value = functools.reduce(getattr, setting.path.split(".")[1:], usual)
            if value is not None:
                values[setting.path] = value


def _take(given: list[tuple[Setting, int, Cell]], read: SettingsRead, ctx: Context, log: Log) -> None:
    # The time zone first: moments are read on the programme's clock.
    for setting, _number, cell in sorted(given, key=lambda one: one[0].path != "timezone"):
        reading = setting.codec.read(cell, ctx)
        if reading.refusal is not None:
            log.faults.append(
                read.where.fault(
                    log.say(f"“{setting.zh}”", f'"{setting.en}" ') + reading.refusal.message,
                    reading.refusal.advice,
                    at=setting.path,
                    code=reading.refusal.code,
                )
            )
        for sentence in reading.assumptions:
            log.assumptions.append(
                read.where.fault(
                    log.say(f"“{setting.zh}”：{sentence}。", f'"{setting.en}": {sentence}.'),
                    at=setting.path,
                    code="assumed",
                    warning=True,
                )
            )
        if isinstance(reading.value, Spread):
            read.values.update(reading.value.fields)
        elif reading.value is not None:
            read.values[setting.path] = reading.value
            if setting.path == "timezone" and is_zone(reading.value):
                ctx = ctx.with_row(timezone=reading.value)


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _positions(header: Header | None) -> tuple[int, int]:
    if header is None:
        return 0, 1
    at = {column.field: index for index, column in header.columns.items()}
    return at.get("key", 0), at.get("value", at.get("key", 0) + 1)


def _holiday(text: str) -> Setting | None:
    found = re.match(r"\s*(\d{4})\s*年?\s*(.*)", text)
    if not found:
        return None
    days_off, workdays = holiday_settings(found[1])
    word = plain(found[2])
    if word in ("放假", "节假日", "休息日", "daysoff"):
        return days_off
    return workdays if word in ("调休上班", "调休", "补班", "makeupworkdays", "workdays") else None


def _rest(value: Cell, grid: Grid, row: int, column: int, log: Log) -> dict[str, Any]:
    try:
        found = json.loads(cell_text(value))
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    log.faults.append(
        Fault(
            log.say("“其他(JSON)”的内容看不懂。", '"other (JSON)" is not understood.'),
            log.say("这一格由程序填写：请恢复原样，或清空。", "The program writes this cell: restore or clear it."),
            sheet=grid.name,
            row=row,
            column=column_letter(column),
            code="rest",
        )
    )
    return {}


def _unknown(key: str, grid: Grid, row: int, column: int, known: dict[str, Setting], log: Log) -> Fault:
    close = difflib.get_close_matches(plain(key), list(known), n=1, cutoff=0.5)
    near = known[close[0]].label(log.lang) if close else ""
    return Fault(
        log.say(f"没有“{key}”这个设置项，没有读。", f'there is no setting "{key}"; it was not read.'),
        log.say(f"是不是“{near}”？", f'Maybe "{near}".') if near else "",
        sheet=grid.name,
        row=row,
        column=column_letter(column),
        code="unknown-setting",
        warning=True,
    )
