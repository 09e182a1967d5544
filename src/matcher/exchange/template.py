"""The template: an empty workbook with headers, drop-downs, greyed examples that reading skips, and a help sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from matcher.domain.scenario import PlanningWindow, Program
from matcher.domain.settings import Settings
from matcher.exchange.bookwriter import Look, draw_sheet, new_workbook
from matcher.exchange.columns import IGNORED, REST, SETTINGS, SHEETS, SHOWN, Column, Sheet
from matcher.exchange.export import FilledSheet
from matcher.exchange.files import write_whole
from matcher.exchange.grid import Cell, say
from matcher.exchange.phrases import Context
from matcher.exchange.settings_sheet import settings_rows
from matcher.exchange.template_texts import EXAMPLES, FIRST, HELP, NOTES

_MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock: the same version writes the same template."""
_ROWS = 500
"""Rows with drop-downs."""


def write_template(path: Path, *, lang: str = "zh") -> None:
    """Write an empty workbook to fill in; whole or not at all."""
    write_whole(Path(path), lambda target: _write(target, lang), lang)


def template_sheets(lang: str, *, examples: bool = True) -> list[FilledSheet]:
    """Every sheet of the template with its example rows."""
    return [_settings(lang) if sheet is SETTINGS else _sheet(sheet, lang, examples) for sheet in SHEETS]


def _write(path: Path, lang: str) -> None:
    with new_workbook(path) as book:
        book.set_properties({"created": _MADE.replace(tzinfo=None), "author": "matcher"})
        look = Look(book)
        _help(book.add_worksheet(say(lang, "填写说明", "help")), lang, look)
        for filled in template_sheets(lang):
            page = book.add_worksheet(filled.sheet.name(lang))
            main = len(FIRST.get(filled.sheet.table, filled.columns))
            draw_sheet(
                page,
                filled,
                lang,
                look,
                grey=0 if filled.sheet is SETTINGS else len(filled.rows),
                last_row=_ROWS,
                folded_from=main,
            )
            if filled.sheet.table in ("wishes", "volunteers"):
                page.set_tab_color("#1F5C7A")


def _sheet(sheet: Sheet, lang: str, examples: bool) -> FilledSheet:
    columns = tuple(_columns(sheet))
    rows = [
        tuple(row.get(column.field, ("", ""))[0 if lang == "zh" else 1] or None for column in columns)
        for row in (EXAMPLES.get(sheet.table, ()) if examples else ())
    ]
    return FilledSheet(sheet, columns, tuple(rows))


def _columns(sheet: Sheet) -> Iterator[Column]:
    """The columns most programmes fill in first, then the others."""
    usable = {column.field: column for column in sheet.columns if column.field not in (REST, SHOWN, IGNORED)}
    first = FIRST.get(sheet.table, ())
    yield from (usable[field] for field in first)
    yield from (column for field, column in usable.items() if field not in first)


def _settings(lang: str) -> FilledSheet:
    day = date(2026, 1, 1)
    settings = Settings(language="zh" if lang == "zh" else "en")
    program = Program(name="matcher", as_of=_MADE, window=PlanningWindow(start=day, end=day), settings=settings)
    ctx = Context(window_start=day, window_end=day, as_of=_MADE, lang="zh" if lang == "zh" else "en")
    rows: list[tuple[Cell, ...]] = []
    for number, (label, value, text) in enumerate(settings_rows(program, ctx, everything=True)):
        # Name, moment and window are the coordinator's to fill in.
        rows.append((label, None if number in (0, 3, 4, 5, 6) else value, text))
    return FilledSheet(SETTINGS, SETTINGS.columns, tuple(rows))


# ------------------------------------------------------------------------------------------------ help


def _help(page: Any, lang: str, look: Look) -> None:
    page.hide_gridlines(2)
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 24)
    page.set_column(2, 2, 78)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, say(lang, "填写说明", "How to fill this in"), look.title)
    row = 2
    for line in HELP:
        page.merge_range(row, 0, row, 2, line[0 if lang == "zh" else 1], look.plain)
        row += 1
    row += 1
    for index, head in enumerate(say(lang, "工作表|列|怎么填", "sheet|column|what to write").split("|")):
        page.write_string(row, index, head, look.head)
    for sheet in SHEETS:
        row += 1
        page.write_string(row, 0, sheet.name(lang), look.strong)
        page.merge_range(row, 1, row, 2, say(lang, *sheet.note), look.plain)
        for column, text in _notes(sheet, lang):
            row += 1
            page.write_string(row, 1, column.header(lang), look.plain)
            page.write_string(row, 2, text, look.plain)


def _notes(sheet: Sheet, lang: str) -> Iterator[tuple[Column, str]]:
    for column in _columns(sheet) if sheet is not SETTINGS else ():
        note = NOTES.get((sheet.table, column.field)) or NOTES.get(("", column.field))
        text = say(lang, *note) if note else ""
        words = [zh if lang == "zh" else en for zh, en in column.codec.choices]
        if words and not note:
            text = say(lang, "从列表选：", "One of: ") + say(lang, "、", ", ").join(words)
        if text:
            yield column, text
