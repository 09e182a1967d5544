"""Rows of a sheet as values by field, each with the cell it came from; every fault on the way is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from matcher.errors import Fault
from matcher.exchange.codecs import LIST, NAME, NEEDS, REFERENCE, TEXT, Spread
from matcher.exchange.columns import IGNORED, REST, SHOWN, Column, Sheet
from matcher.exchange.faults import SheetRow
from matcher.exchange.grid import Cell, Grid, say
from matcher.exchange.headers import Header, cells_by_field, find_header, header_faults, is_data_row
from matcher.exchange.phrases import Context, Reading, cell_text, damaged
from matcher.exchange.readers import (
    AGE,
    CLOCK,
    DATES,
    EXACT_MOMENTS,
    HOUSEHOLD,
    LANGUAGES,
    MINUTES,
    PHONE,
    PLACE,
    SKILLS,
    WINDOWS,
    phrase,
)

ID_NUMBER = re.compile(r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
"""An ID card number: never kept, never shown."""


@dataclass(slots=True)
class Log:
    """What reading has found so far."""

    lang: str
    faults: list[Fault] = field(default_factory=list)
    assumptions: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    defaults: dict[str, None] = field(default_factory=dict)
    """Defaults of the settings that were used, each told once."""

    def say(self, zh: str, en: str) -> str:
        """The sentence in the user's language."""
        return zh if self.lang == "zh" else en

    def assume(self, row: Row, at: str, zh: str, en: str = "") -> None:
        """Tell what was assumed about a cell."""
        sentence = _ended(self.say(zh, en or zh), self.lang)
        self.assumptions.append(row.where.fault(sentence, at=at, code="assumed", warning=True))

    def refuse(
        self, row: Row, at: str, zh: str, en: str, advice_zh: str = "", advice_en: str = "", code: str = "value"
    ) -> None:
        """A fault about a cell."""
        row.faulty = True
        self.faults.append(row.where.fault(self.say(zh, en), self.say(advice_zh, advice_en), at=at, code=code))

    def warn(
        self, row: Row, at: str, zh: str, en: str, advice_zh: str = "", advice_en: str = "", code: str = "note"
    ) -> None:
        """Something to look at which stops nothing."""
        self.warnings.append(
            row.where.fault(self.say(zh, en), self.say(advice_zh, advice_en), at=at, code=code, warning=True)
        )

    def keep(self, row: Row, at: str, reading: Reading[Any], head: str = "") -> Any:
        """The value of a reading; its refusal, assumptions, defaults and notes are kept."""
        if reading.refusal is not None:
            refusal = reading.refusal
            fault = row.where.fault(
                _ended(head + ID_NUMBER.sub("…", refusal.message), self.lang),
                _ended(refusal.advice, self.lang),
                at=at,
                code=refusal.code,
                warning=not refusal.blocking,
            )
            (self.faults if refusal.blocking else self.warnings).append(fault)
            row.faulty = row.faulty or refusal.blocking
        self.defaults |= dict.fromkeys(reading.defaults)
        for sentence in reading.assumptions:
            self.assume(row, at, head + ("：" if head and self.lang == "zh" else "") + sentence)
        row.notes += reading.notes
        return reading.value


@dataclass(slots=True)
class Row:
    """A row: field → value, the texts as typed, and where it stands."""

    values: dict[str, Any]
    typed: dict[str, str]
    where: SheetRow
    notes: list[str] = field(default_factory=list)
    exact: set[str] = field(default_factory=set)
    """Fields that came from the remainder: they are what they are, never looked up as names."""
    faulty: bool = False
    """A cell was refused; the fact is made as far as it goes, only to find more faults."""

    def copy_with(self, values: dict[str, Any], number: int) -> Row:
        """The row with some values changed; copies after the first get an id of their own."""
        if not values:
            return self
        given = self.values | values
        if number and "id" in given:
            given["id"] = f"{given['id']}-{number + 1}"
        return Row(given, self.typed | values, self.where, list(self.notes), set(self.exact), self.faulty)

    def take(self, name: str) -> Any:
        """The value, which is then no longer among those left."""
        return self.values.pop(name, None)


@dataclass(slots=True)
class Table:
    """The rows of one sheet."""

    sheet: Sheet
    rows: list[Row]
    present: set[str] = field(default_factory=set)
    """The fields that have a column."""


def read_table(sheet: Sheet, grid: Grid, ctx: Context, log: Log) -> Table:
    """Every data row of the grid; what could not be read is in the log."""
    header = find_header(sheet, grid)
    if header is None:
        if grid.rows:
            log.faults.append(
                Fault(
                    say(log.lang, "找不到表头这一行。", "no header row was found."),
                    say(
                        log.lang,
                        f"表头应有：{_some(sheet, 'zh')} 等。",
                        f"Headers are for example: {_some(sheet, 'en')}.",
                    ),
                    sheet=grid.name,
                    code="no-header",
                )
            )
        return Table(sheet, [])
    faults, warnings = header_faults(sheet, grid, header, log.lang)
    log.faults += faults
    log.warnings += warnings
    reader = _RowReader(sheet, grid, header, ctx, log)
    rows = [reader.read(number, cells) for number, cells in _data_rows(sheet, grid, header)]
    return Table(sheet, rows, {column.field for column in header.columns.values()})


def _some(sheet: Sheet, lang: str) -> str:
    headers = [column.header(lang) for column in sheet.columns if "." not in column.field and column.field.isalpha()]
    return ("、" if lang == "zh" else ", ").join(headers[:4])


def _data_rows(sheet: Sheet, grid: Grid, header: Header) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    for number, cells in grid.rows:
        if number <= header.last_row:
            continue
        if is_data_row(sheet, cells_by_field(header, cells)):
            yield number, cells


class _RowReader:
    """Reads rows of one grid."""

    def __init__(self, sheet: Sheet, grid: Grid, header: Header, ctx: Context, log: Log) -> None:
        self.sheet, self.grid, self.header, self.ctx, self.log = sheet, grid, header, ctx, log
        self.columns = _in_reading_order(header.columns)
        self.places: dict[str, int] = {}
        for index, column in self.columns:
            self.places.setdefault(column.field, index)
            self.places.setdefault(column.field.removeprefix("~"), index)

    def read(self, number: int, cells: tuple[Cell, ...]) -> Row:
        where = SheetRow(self.grid.name, number, self.places, self.header.texts)
        row = Row({}, {}, where)
        ctx = self.ctx
        for index, column in self.columns:
            cell = cells[index] if index < len(cells) else None
            error = self.grid.broken.get((number, index))
            if error is not None and column.field not in (SHOWN, IGNORED):
                self._formula(row, column, error)
                continue
            if cell is None or column.field in (IGNORED, SHOWN):
                continue
            if column.field == REST:
                self._rest(row, cell)
                continue
            if column.field == "~community":
                ctx = ctx.with_row(community=cell_text(cell))
            self._cell(row, column, cell, ctx)
            if column.field == "submitted" and isinstance(row.values.get("submitted"), date):
                ctx = ctx.with_row(registered=row.values["submitted"])
        return row

    def _cell(self, row: Row, column: Column, cell: Cell, ctx: Context) -> None:
        typed = cell_text(cell)
        if isinstance(cell, str) and ID_NUMBER.search(cell) and column.field != "~phone":
            cell = ID_NUMBER.sub("", cell).strip()
            typed = cell
            self.log.warnings.append(
                row.where.fault(
                    say(
                        self.log.lang,
                        "不需要身份证号，已忽略、未保存。",
                        "ID card numbers are not needed; ignored and not kept.",
                    ),
                    say(self.log.lang, "请从表里删去。", "Delete it from the sheet."),
                    at=column.field,
                    code="id-card",
                    warning=True,
                )
            )
        row.typed[column.field] = typed
        self._keep(row, column, self._reading(column, cell, ctx))
        if isinstance(cell, str) and column.field in ("title", "notes", "items") and damaged(cell):
            self._damage(row, column, damaged(cell) or "")

    def _reading(self, column: Column, cell: Cell, ctx: Context) -> Reading[Any]:
        if column.codec is MINUTES:
            header = self.header.texts.get(self.places[column.field], "").lower()
            if "小时" in header or "hour" in header:
                return phrase("read_minutes", cell, ctx, unit="hours")
            if "分" not in header and "min" not in header:
                return phrase("read_minutes", cell, ctx)
        return column.codec.read(cell, ctx)

    def _keep(self, row: Row, column: Column, reading: Reading[Any]) -> None:
        head = self._head(column)
        if column.field == "priority" and reading.notes:
            # 低保 in the column of priorities tells about the household.
            row.values.setdefault("~household", reading.notes)
            reading = replace(reading, notes=())
        value = self.log.keep(row, column.field, reading, head)
        if isinstance(value, Spread):
            row.values |= value.fields
        elif column.field == "notes" and "notes" in row.values and value is not None:
            row.values["notes"] = f"{row.values['notes']}；{value}"
        elif value is not None:
            row.values[column.field] = value

    def _head(self, column: Column) -> str:
        """The header as it is typed, to begin a sentence with."""
        header = self.header.texts.get(self.places[column.field], column.header(self.log.lang))
        return f"“{header}”" if self.log.lang == "zh" else f'"{header}" '

    def _formula(self, row: Row, column: Column, error: str) -> None:
        row.faulty = True
        head = self._head(column)
        if error == "=":
            message = say(self.log.lang, f"{head}的公式还没有算出结果。", f"{head}holds a formula without a result.")
            advice = say(
                self.log.lang,
                "请在 Excel 里打开并保存一次，或直接填写数值。",
                "Open and save it in Excel, or write the value.",
            )
        else:
            message = say(self.log.lang, f"{head}的公式出错（{error}）。", f"{head}holds a formula error ({error}).")
            advice = say(self.log.lang, "请改正公式，或直接填写内容。", "Correct the formula, or write the value.")
        self.log.faults.append(row.where.fault(message, advice, at=column.field, code="formula-error"))

    def _damage(self, row: Row, column: Column, fragment: str) -> None:
        self.log.warnings.append(
            row.where.fault(
                say(
                    self.log.lang,
                    f"“{column.zh}”里的“{fragment}”像是乱码或缺字。",
                    f'"{column.en}" holds "{fragment}", which looks damaged.',
                ),
                say(self.log.lang, "请照原件核对。", "Compare it with the original."),
                at=column.field,
                code="damaged",
                warning=True,
            )
        )

    def _rest(self, row: Row, cell: Cell) -> None:
        try:
            rest = json.loads(cell_text(cell))
        except (ValueError, RecursionError):
            rest = None
        if not isinstance(rest, dict) or not all(self._is_plausible(name, value) for name, value in rest.items()):
            row.faulty = True
            self.log.faults.append(
                row.where.fault(
                    say(self.log.lang, "“其他(JSON)”的内容看不懂。", '"other (JSON)" is not understood.'),
                    say(
                        self.log.lang,
                        "这一格由程序填写：请恢复原样，或清空。",
                        "The program writes this cell: restore or clear it.",
                    ),
                    at=REST,
                    code="rest",
                )
            )
            return
        for name, value in rest.items():
            # The cell a coordinator has filled in wins.
            if name not in row.values:
                row.values[name] = value
                row.exact.add(name)

    def _is_plausible(self, name: str, value: Any) -> bool:
        """Whether the remainder could have been written so: a known field, and texts where texts belong."""
        column = next((column for column in self.sheet.columns if column.field == name and column.is_written), None)
        if column is None:
            return False
        if column.codec in _LISTS:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        if column.codec in _TEXTS or column.refers_to:
            return isinstance(value, str)
        return isinstance(value, list) if column.codec in _STRUCTURES else isinstance(value, str | int | float)


_LISTS = (LIST, HOUSEHOLD, LANGUAGES)
_TEXTS = (TEXT, NAME, REFERENCE, PHONE, AGE, CLOCK, PLACE)
_STRUCTURES = (SKILLS, NEEDS, WINDOWS, EXACT_MOMENTS, DATES)


def _in_reading_order(columns: Mapping[int, Column]) -> list[tuple[int, Column]]:
    """Community and registration date first, since other cells are read against them; the remainder last."""
    rank = {"~community": 0, "submitted": 1, REST: 9}
    return sorted(columns.items(), key=lambda pair: (rank.get(pair[1].field, 5), pair[0]))


def _ended(sentence: str, lang: str) -> str:
    """The sentence with its full stop."""
    if not sentence or sentence.endswith(("。", "？", "！", ".", "?", "!")):
        return sentence
    return sentence + ("。" if lang == "zh" else ".")


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted fields as nested mappings: ``limits.rest_days`` into ``{"limits": {"rest_days": …}}``."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        *above, last = name.split(".")
        inner = found
        for step in above:
            inner = inner.setdefault(step, {})
            if not isinstance(inner, dict):
                break
        else:
            inner[last] = value
    return found
