"""Grids to a scenario: sheets found, settings read first, rows read, facts made and checked against each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matcher.domain.scenario import PlanningWindow, Program
from matcher.errors import BadInput, Fault
from matcher.exchange.assemble import Import, assemble, make
from matcher.exchange.codecs import exact_date
from matcher.exchange.columns import BY_TABLE, SETTINGS, Sheet
from matcher.exchange.facts import FactMaker
from matcher.exchange.grid import Cell, Grid
from matcher.exchange.headers import cells_by_field, find_header, is_data_row, match_sheets
from matcher.exchange.phrases import Context, fold
from matcher.exchange.rows import Log, nested, read_table
from matcher.exchange.settings_sheet import SettingsRead, is_zone, read_settings

_CHINA = ZoneInfo("Asia/Shanghai")


def scenario_of(grids: Sequence[Grid], lang: str | None, name: str) -> Import:
    """The scenario these grids hold; raises ``BadInput`` with every fault."""
    language = lang or language_of(grids)
    found, unknown = match_sheets(grids, language)
    log = Log(language, warnings=list(unknown))
    if not found.keys() & {"wishes", "volunteers"}:
        _nothing_here(grids, log)
    program, ctx = _program(found, log, name)
    tables = {
        table: read_table(sheet, grid, ctx, log) for table, (sheet, grid) in found.items() if sheet is not SETTINGS
    }
    for table in ("wishes", "volunteers"):
        if table not in tables:
            sheet = BY_TABLE[table]
            log.faults.append(
                Fault(
                    log.say(f"缺少“{sheet.zh}”这张工作表。", f'the sheet "{sheet.en}" is missing.'),
                    log.say(
                        "请加上；可以用 matcher template 生成模板。",
                        "Add it; matcher template makes an empty workbook.",
                    ),
                    sheet=sheet.name(log.lang),
                    code="missing-sheet",
                )
            )
    # A sheet with headers only is as good as none: what it would hold is derived.
    tables = {table: read for table, read in tables.items() if read.rows}
    maker = FactMaker(tables, program or _stand_in(ctx), ctx, log)
    facts = maker.make_all()
    defaults = [Fault(sentence, code="default", warning=True) for sentence in log.defaults]
    try:
        result = assemble(
            program,
            facts,
            faults=log.faults,
            assumptions=[*log.assumptions, *defaults],
            warnings=log.warnings,
            unmade=maker.unmade(),
            lang=language,
        )
    except BadInput as error:
        raise BadInput(_in_order(error.faults, grids)) from error
    return Import(result.scenario, _in_order(result.assumptions, grids), _in_order(result.warnings, grids))


def _in_order(faults: Sequence[Fault], grids: Sequence[Grid]) -> tuple[Fault, ...]:
    """As somebody going through the workbook meets them: sheet by sheet, row by row; what has no cell comes last."""
    sheets = {grid.name: number for number, grid in enumerate(grids)}

    def place(fault: Fault) -> tuple[int, int, int, str]:
        column = fault.column or ""
        return sheets.get(fault.sheet or "", len(sheets)), fault.row or 0, len(column), column

    return tuple(sorted(faults, key=place))


def language_of(grids: Sequence[Grid]) -> str:
    """Zh if any sheet or header is Chinese."""
    for grid in grids:
        heads = [cell for _, cells in grid.rows[:3] for cell in cells if isinstance(cell, str)]
        if any("\u4e00" <= character <= "\u9fff" for text in (grid.name, *heads) for character in text):
            return "zh"
    return "en" if grids else "zh"


def _nothing_here(grids: Sequence[Grid], log: Log) -> None:
    names = "、".join(grid.name for grid in grids)
    raise BadInput(
        [
            Fault(
                log.say(
                    f"没有找到“心愿”或“志愿者”工作表，只有：{names}。",
                    f"there is no sheet wishes or volunteers, only {names}.",
                ),
                log.say(
                    "请把工作表改名；可以用 matcher template 生成模板。",
                    "Rename the sheets; matcher template makes an empty workbook.",
                ),
                code="missing-sheet",
            ),
        ]
    )


# ------------------------------------------------------------------------------------------------ the programme


def _program(found: Mapping[str, tuple[Sheet, Grid]], log: Log, name: str) -> tuple[Program | None, Context]:
    grids = [grid for _, grid in found.values()]
    base = Context(
        window_start=date(2000, 1, 1),
        window_end=date(2000, 12, 31),
        as_of=datetime(2000, 1, 1, tzinfo=UTC),
        lang="zh" if log.lang == "zh" else "en",
        date_1904=any(grid.date_1904 for grid in grids),
    )
    read = read_settings(found["settings"][1] if "settings" in found else None, base, log)
    _assume(read, found, log, name)
    if "window.start" not in read.values:
        if not log.faults:
            _no_window(read, log)
        return None, base
    placed = make(Program, nested(read.values), read.where, log.lang, log.faults)
    if placed is None:
        return None, base
    program: Program = placed.fact
    return program, replace(
        base,
        window_start=program.window.start,
        window_end=program.window.end,
        as_of=program.as_of,
        settings=program.settings,
        timezone=program.timezone,
    )


def _stand_in(ctx: Context) -> Program:
    """A programme to go on with, so that the faults of all other sheets are found too."""
    return Program(name="-", as_of=ctx.as_of, window=PlanningWindow(start=ctx.window_start, end=ctx.window_end))


def _assume(read: SettingsRead, found: Mapping[str, tuple[Sheet, Grid]], log: Log, name: str) -> None:
    """What 设置 leaves open: the name from the file, "now" from the latest thing on record, else from the first day."""
    values = read.values
    values.setdefault("name", name)
    given = values.get("timezone")
    zone = ZoneInfo(given) if isinstance(given, str) and is_zone(given) else _CHINA
    start, as_of = values.get("window.start"), values.get("as_of")
    if as_of is None:
        as_of = _latest_moment(found, zone, values)
        why = ("（台账里最后一笔登记、认领或服务的时间）", ", the latest entry on record,")
        if as_of is None and isinstance(start, date):
            as_of, why = datetime.combine(start, time(), zone), ("（开始日期）", ", the first day,")
        if as_of is None:
            _no_window(read, log)
            return
        values["as_of"] = as_of
        _tell(read, log, "as_of", "截至时间", "as of", as_of, why)
    if start is None and isinstance(as_of, datetime):
        values["window.start"] = start = as_of.astimezone(zone).date() + timedelta(days=1)
        _tell(read, log, "window.start", "开始日期", "start", start)
    if "window.end" not in values and isinstance(start, date):
        values["window.end"] = _end_of_next_month(start)
        _tell(read, log, "window.end", "结束日期", "end", values["window.end"])


def _no_window(read: SettingsRead, log: Log) -> None:
    log.faults.append(
        read.where.fault(
            log.say("没有写从哪天开始排班。", "the first day to plan is not given."),
            log.say(
                "请加一张“设置”表，写 开始日期、结束日期（如 2026-12-01、2026-12-31）。",
                "Add a sheet settings with start and end, such as 2026-12-01 and 2026-12-31.",
            ),
            code="no-window",
        )
    )


def _tell(
    read: SettingsRead, log: Log, path: str, zh: str, en: str, value: date, why: tuple[str, str] = ("", "")
) -> None:
    shown = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value.isoformat()
    log.assumptions.append(
        read.where.fault(
            log.say(f"没有写“{zh}”，按 {shown} 算{why[0]}。", f'"{en}" is not given; {shown}{why[1]} is assumed.'),
            log.say("不对的话，请在“设置”表里写明。", "Write it in the sheet settings if it is otherwise."),
            at=path,
            code="assumed",
            warning=True,
        )
    )


def _end_of_next_month(day: date) -> date:
    """The last day of the month after the one the day lies in."""
    months = day.year * 12 + day.month - 1 + 2
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


_TOLD = {
    ("wishes", "submitted"),
    ("claims", "at"),
    ("declines", "at"),
    ("published", "told_at"),
    ("history", "start"),
}
"""Columns that say when something was registered, claimed, declined, told or done."""


def _latest_moment(
    found: Mapping[str, tuple[Sheet, Grid]], zone: ZoneInfo, values: Mapping[str, object]
) -> datetime | None:
    """The latest moment on record; a day without an hour lasts to its end.

    What lies behind the last day to plan is a slip of the pen, and reported as such elsewhere.
    """
    start, end = values.get("window.start"), values.get("window.end")
    told: list[Cell] = []
    for table, (sheet, grid) in found.items():
        header = find_header(sheet, grid)
        if header is None:
            continue
        places = [index for index, column in header.columns.items() if (table, column.field) in _TOLD]
        for number, cells in grid.rows:
            if number > header.last_row and is_data_row(sheet, cells_by_field(header, cells)):
                told += [cells[index] for index in places if index < len(cells)]
    moments = _moments(told, zone, start)
    if moments and not isinstance(start, date):
        # A day written without its year is one near those written with it.
        moments = _moments(told, zone, max(moments).astimezone(zone).date())
    if isinstance(end, date):
        moments = [moment for moment in moments if moment.astimezone(zone).date() <= end]
    return max(moments, default=None)


def _moments(cells: Sequence[Cell], zone: ZoneInfo, near: object) -> list[datetime]:
    return [moment for cell in cells for moment in [_moment_of(cell, zone, near)] if moment is not None]


_SERIAL_DAYS = range(36526, 73051)
"""Spreadsheet serial numbers of the days from 2000 to 2099."""


def _moment_of(cell: Cell, zone: ZoneInfo, start: object) -> datetime | None:
    """The moment a cell tells, or the end of the day it tells."""
    day = exact_date(cell)
    if isinstance(cell, (int, float)) and cell in _SERIAL_DAYS:
        day = date(1899, 12, 30) + timedelta(days=int(cell))
    if day is None and isinstance(cell, datetime):
        return cell.replace(tzinfo=zone) if cell.tzinfo is None else cell
    if day is None and isinstance(cell, str):
        written = _WRITTEN.match(fold(cell))
        if written is None:
            return None
        day = _day_written(written, start)
        hour, minute, second = (int(written[name] or 0) for name in ("hour", "minute", "second"))
        if day is not None and written["hour"] and hour < 24:
            return datetime.combine(day, time(hour, minute, second), zone)
    return datetime.combine(day + timedelta(days=1), time(), zone) if day is not None else None


_WRITTEN = re.compile(
    r"\s*(?:(?P<year>20\d\d)[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?!\d)"
    r"(?:[ T]*(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)?"
)


def _day_written(written: re.Match[str], start: object) -> date | None:
    """The day; where no year is written, the one nearest to the first day planned."""
    near = start if isinstance(start, date) else None
    years = [int(written["year"])] if written["year"] else [near.year - 1, near.year, near.year + 1] if near else []
    days = []
    for year in years:
        with suppress(ValueError):
            days.append(date(year, int(written["month"]), int(written["day"])))
    return min(days, key=lambda day: abs((day - near).days) if near else 0, default=None)
