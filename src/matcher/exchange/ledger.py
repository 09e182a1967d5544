"""Ledgers as files: a workbook for the coordinator, and the lines of service as the hours platforms take them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from matcher.exchange.bookwriter import Look, draw_sheet, new_workbook
from matcher.exchange.codecs import TEXT, WHOLE
from matcher.exchange.columns import Column, Sheet
from matcher.exchange.csvfolder import write_csv
from matcher.exchange.export import FilledSheet
from matcher.exchange.files import write_whole_folder
from matcher.exchange.grid import Cell
from matcher.planning.ledger import Ledger

PEOPLE = Sheet(
    "people",
    "志愿者台账",
    "volunteers",
    (
        Column("name", "姓名", "name"),
        Column("volunteer", "编号", "id"),
        Column("number", "志愿者号", "number", width=16),
        Column("team", "服务队", "team", width=20),
        Column("turns", "服务次数", "turns", WHOLE),
        Column("minutes", "服务分钟", "minutes", WHOLE),
        Column("no_shows", "未到", "no-shows", WHOLE),
        Column("cancelled", "取消", "cancelled", WHOLE),
        Column("recent_turns", "近期次数", "recent turns", WHOLE),
        Column("points", "积分", "points", WHOLE),
        Column("hours", "累计小时", "hours in all", WHOLE),
        Column("stars", "星级", "stars"),
        Column("received", "受助分钟", "minutes received", WHOLE),
        Column("balance", "时间银行结余(分钟)", "time bank (minutes)", WHOLE, width=18),
    ),
)
RESIDENTS = Sheet(
    "residents",
    "服务对象台账",
    "residents",
    (
        Column("name", "姓名", "name"),
        Column("resident", "编号", "id"),
        Column("visits", "服务次数", "visits", WHOLE),
        Column("minutes", "服务分钟", "minutes", WHOLE),
        Column("people", "来过几人", "people", WHOLE),
        Column("no_shows", "志愿者未到", "no-shows", WHOLE),
        Column("cancelled", "取消", "cancelled", WHOLE),
        Column("last", "最近一次", "last"),
    ),
)
HOURS = Sheet(
    "hours",
    "服务时长",
    "hours",
    (
        Column("number", "志愿者号", "volunteer number", width=18),
        Column("name", "姓名", "name"),
        Column("day", "服务日期", "date"),
        Column("minutes", "时长(分钟)", "minutes", WHOLE),
        Column("activity", "活动名称", "activity", TEXT, width=30),
    ),
)


def write_ledger(ledger: Ledger, folder: Path, as_of: datetime, *, lang: str = "zh") -> list[Path]:
    """Write ledger.xlsx, hours.xlsx and hours.csv into a new folder, whole or not at all; returns the files.

    Raises ``BadInput`` if the folder is taken or cannot be written.
    """
    sheets = filled_sheets(ledger)
    hours = sheets[-1]

    def write(target: Path) -> None:
        _write_book(target / "ledger.xlsx", sheets, lang, as_of)
        _write_book(target / "hours.xlsx", [hours], lang, as_of)
        header = tuple(column.header(lang) for column in hours.columns)
        write_csv(target / "hours.csv", [header, *hours.rows])

    write_whole_folder(folder, write, lang)
    return [folder / name for name in ("hours.csv", "hours.xlsx", "ledger.xlsx")]


def filled_sheets(ledger: Ledger) -> list[FilledSheet]:
    """The ledger's sheets: volunteers, residents, hours."""
    tables = ((PEOPLE, ledger.people), (RESIDENTS, ledger.residents), (HOURS, ledger.hours))
    return [FilledSheet(sheet, sheet.columns, tuple(_row(line, sheet) for line in lines)) for sheet, lines in tables]


def _row(line: object, sheet: Sheet) -> tuple[Cell, ...]:
    return tuple(_cell(getattr(line, column.field)) for column in sheet.columns)


def _cell(value: object) -> Cell:
    return value if isinstance(value, int) else None if value is None or value == "" else str(value)


def _write_book(path: Path, sheets: Sequence[FilledSheet], lang: str, as_of: datetime) -> None:
    with new_workbook(path) as book:
        # Not the clock's: the same ledger gives the same bytes.
        book.set_properties({"created": as_of.replace(tzinfo=None), "author": "matcher"})
        look = Look(book)
        for filled in sheets:
            draw_sheet(book.add_worksheet(filled.sheet.name(lang)), filled, lang, look)
