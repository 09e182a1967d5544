"""Workbooks written: headers, drop-downs, text columns that keep phone numbers whole; the same input, the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.exchange.columns import REST, SETTINGS, SHOWN, Column
from matcher.exchange.export import FilledSheet
from matcher.exchange.grid import Cell

_ACCENT = "#1F5C7A"


def write_workbook(path: Path, sheets: Sequence[FilledSheet], lang: str, as_of: datetime) -> None:
    """The filled sheets as an .xlsx file."""
    with new_workbook(path) as book:
        book.set_properties({"created": as_of.replace(tzinfo=None), "author": "matcher"})
        look = Look(book)
        for filled in sheets:
            page = book.add_worksheet(filled.sheet.name(lang))
            draw_sheet(page, filled, lang, look)


@contextmanager
def new_workbook(path: Path) -> Iterator[Any]:
    """A workbook to fill, then written to ``path`` in one go: what a full disk says is an OSError."""
    import xlsxwriter

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        yield book
    path.write_bytes(made.getvalue())


class Look:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:
        font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        self.head = book.add_format(
            font
            | {
                "bold": True,
                "font_color": "white",
                "bg_color": _ACCENT,
                "text_wrap": True,
                "border": 1,
                "border_color": "#C9D4DA",
                "valign": "vcenter",
            }
        )
        self.text = book.add_format(font | {"num_format": "@", "text_wrap": True})
        self.number = book.add_format(font | {"align": "left"})
        self.grey = book.add_format(
            font | {"num_format": "@", "font_color": "#8A8A8A", "italic": True, "text_wrap": True}
        )
        self.plain = book.add_format(font | {"text_wrap": True})
        self.title = book.add_format(font | {"bold": True, "font_size": 14, "font_color": _ACCENT})
        self.strong = book.add_format(font | {"bold": True, "text_wrap": True})


def draw_sheet(
    page: Any,
    filled: FilledSheet,
    lang: str,
    look: Look,
    *,
    grey: int = 0,
    last_row: int = 0,
    folded_from: int | None = None,
) -> None:
    """Header row, rows (the first ``grey`` of them as examples), widths, frozen header, drop-downs.

    Columns from ``folded_from`` on are folded away under an outline.
    """
    page.set_row(0, 30)
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for index, column in enumerate(filled.columns):
        style = look.number if column.codec.is_number else look.text
        folded = folded_from is not None and index >= folded_from
        options = {"level": 1, "hidden": True} if folded else {"hidden": column.field == REST}
        page.set_column(index, index, column.width, style, options)
        page.write_string(0, index, column.header(lang), look.head)
    for number, row in enumerate(filled.rows, 1):
        for index, cell in enumerate(row):
            style = look.grey if number <= grey else look.number if filled.columns[index].codec.is_number else look.text
            _write(page, number, index, cell, style)
        page.set_row(number, _height(filled, row))
    if filled.sheet is not SETTINGS:
        page.autofilter(0, 0, max(len(filled.rows), last_row, 1), len(filled.columns) - 1)
        _drop_downs(page, filled.columns, max(len(filled.rows), last_row, 500), lang)


def _height(filled: FilledSheet, row: Sequence[Cell]) -> float:
    """Points the row needs for its longest text; a Chinese character is two wide."""
    most = 1
    for column, cell in zip(filled.columns, row):
        if isinstance(cell, str) and column.field != REST:
            widths = (sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) for line in cell.split("\n"))
            most = max(most, sum(max(1, -(-width // max(1, column.width - 1))) for width in widths))
    return 15.0 * min(most, 12)


def _write(page: Any, row: int, column: int, cell: Cell, style: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, int | float) and not isinstance(cell, bool) and float(f"{cell:.16G}") == cell:
        page.write_number(row, column, cell, style)
    else:
        # Text keeps a number of 17 digits whole; the file would round it to 16.
        page.write_string(row, column, str(cell), style)


def _drop_downs(page: Any, columns: Sequence[Column], last: int, lang: str) -> None:
    for index, column in enumerate(columns):
        words = [zh if lang == "zh" else en for zh, en in column.codec.choices]
        if words and column.field != SHOWN:
            page.data_validation(
                1,
                index,
                last,
                index,
                {
                    "validate": "list",
                    "source": words,
                    "error_type": "warning",
                    "error_title": column.header(lang)[:32],
                    "error_message": ("请从列表里选。" if lang == "zh" else "Choose from the list."),
                },
            )
