"""Headers: which sheet a grid is, where its header row stands, and which column is which, however they are spelt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from matcher.errors import Fault
from matcher.exchange.columns import BY_TABLE, IGNORED, REST, SHEETS, SHOWN, Column, Sheet
from matcher.exchange.grid import Cell, Grid, column_letter, say
from matcher.exchange.phrases import cell_text, matchable

_TOP_ROWS = 15
"""A header stands among the first rows that hold anything."""
_TOTAL = re.compile(r"(合计|总计|小计|共计|总数|total|sum)\s*[:：]?\s*(\d.*|$)", re.I)
_EXAMPLE = re.compile(r"(示例|例如|例[:：\d]|样例|\(示例\)|example)", re.I)
_ID_CARD = re.compile(r"身份证|证件号|公民身份|idcard|identitycard")
_OTHER_SHEETS = {
    "填写说明",
    "说明",
    "help",
    "about",
    "选项",
    "lists",
    "名单",
    "names",
    "日历",
    "calendar",
    "缺人",
    "unfilled",
    "志愿者负荷",
    "loads",
    "排班表",
    "roster",
    "接送清单",
    "pick-uproster",
    "分工表",
    "duties",
    "认领清单",
    "claimlist",
}


def plain(text: object) -> str:
    """A header or sheet name, for comparing: folded, simplified, without spaces, stars, colons and dashes."""
    return re.sub(r"[\s*:：_\-–—﹡★、.]+", "", matchable(text))


def _without_brackets(text: str) -> str:
    return re.sub(r"[(\[（【<].*?[)\]）】>]", "", text)


@cache
def _labels(table: str) -> dict[str, Column]:
    """Everything a column of a sheet may be called → the column."""
    found: dict[str, Column] = {}
    for column in BY_TABLE[table].columns:
        for label in (column.zh, column.en):
            found.setdefault(plain(label), column)
            found.setdefault(_without_brackets(plain(label)), column)
    for column in BY_TABLE[table].columns:
        for label in column.aliases.split():
            found.setdefault(plain(label), column)
    return found


def column_of(sheet: Sheet, header: Cell) -> Column | None:
    """The column a header names."""
    return _named(sheet.table, header) if isinstance(header, str) else None


@lru_cache(maxsize=100_000)
def _named(table: str, header: str) -> Column | None:
    # Every cell of a row is asked whether it is a header once more; names and places recur.
    text = plain(header)
    if not text:
        return None
    if _ID_CARD.search(text):
        return next((column for column in BY_TABLE[table].columns if column.field == IGNORED), None)
    labels = _labels(table)
    return labels.get(text) or labels.get(_without_brackets(text))


def score(sheet: Sheet, cells: Iterable[Cell]) -> int:
    """How many different columns of the sheet a row names."""
    found = (column_of(sheet, cell) for cell in cells if isinstance(cell, str) and len(cell) <= 40)
    return len({column.zh for column in found if column})


# ------------------------------------------------------------------------------------------------ sheets


def match_sheets(grids: Sequence[Grid], lang: str) -> tuple[dict[str, tuple[Sheet, Grid]], list[Fault]]:
    """Table → (sheet, grid), and warnings about grids that are none of ours."""
    found: dict[str, tuple[Sheet, Grid]] = {}
    warnings: list[Fault] = []
    names = {plain(name): sheet for sheet in SHEETS for name in (sheet.zh, sheet.en, *sheet.aliases.split())}
    left = []
    for grid in grids:
        sheet = names.get(plain(grid.name)) or names.get(_without_brackets(plain(grid.name)))
        if sheet is None:
            left.append(grid)
        elif sheet.table in found:
            warnings.append(_second(grid, found[sheet.table][1], lang))
        else:
            found[sheet.table] = (sheet, grid)
    for grid in left:
        if plain(grid.name) in _OTHER_SHEETS or not grid.rows:
            continue
        guess = _guess(grid, [sheet for sheet in SHEETS if sheet.table not in found])
        if guess is None:
            warnings.append(_not_ours(grid, names, lang))
            continue
        found[guess.table] = (guess, grid)
        warnings.append(
            Fault(
                say(
                    lang, f"工作表“{grid.name}”当作“{guess.zh}”来读。", f'sheet "{grid.name}" was read as "{guess.en}".'
                ),
                say(
                    lang,
                    f"不对的话，请把工作表改名；是的话最好改名为“{guess.zh}”。",
                    f'Rename it to "{guess.en}" if so.',
                ),
                sheet=grid.name,
                code="sheet-guessed",
                warning=True,
            )
        )
    return found, warnings


def _guess(grid: Grid, sheets: Sequence[Sheet]) -> Sheet | None:
    """The sheet whose name is part of this one's, or whose headers these are, if just one fits best."""
    text = plain(grid.name)
    rated = []
    for sheet in sheets:
        headers = max((score(sheet, cells) for _, cells in grid.rows[:_TOP_ROWS]), default=0)
        named = sheet.zh in text or sheet.en.replace(" ", "") in text
        if headers >= (2 if named else 3):
            rated.append((headers + 3 * named, sheet))
    rated.sort(key=lambda pair: -pair[0])
    if not rated or (len(rated) > 1 and rated[0][0] == rated[1][0]):
        return None
    return rated[0][1]


def _not_ours(grid: Grid, names: dict[str, Sheet], lang: str) -> Fault:
    close = difflib.get_close_matches(plain(grid.name), list(names), n=1, cutoff=0.5)
    near = names[close[0]].name(lang) if close else ""
    return Fault(
        say(lang, "没有读这张工作表。", "this sheet was not read."),
        say(lang, f"是不是“{near}”？请改名。", f'Maybe "{near}"? Rename it.')
        if near
        else say(
            lang,
            f"认得的工作表：{'、'.join(sheet.zh for sheet in SHEETS)}。",
            f"Known: {', '.join(s.en for s in SHEETS)}.",
        ),
        sheet=grid.name,
        code="unknown-sheet",
        warning=True,
    )


def _second(grid: Grid, first: Grid, lang: str) -> Fault:
    return Fault(
        say(
            lang,
            f"与“{first.name}”是同一种表，只读了前一张。",
            f'is the same kind of sheet as "{first.name}"; only that was read.',
        ),
        say(lang, "请合并成一张。", "Join them into one."),
        sheet=grid.name,
        code="second-sheet",
        warning=True,
    )


# ------------------------------------------------------------------------------------------------ header rows


@dataclass(slots=True)
class Header:
    """Where each column of a sheet was found."""

    row: int
    columns: dict[int, Column] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    last_row: int = 0
    """Data begin below it."""


def find_header(sheet: Sheet, grid: Grid) -> Header | None:
    """The header row: the one among the first that names most columns; a second header row below it belongs to it."""
    top = grid.rows[:_TOP_ROWS]
    scores = [score(sheet, cells) for _, cells in top]
    best = max(scores, default=0)
    if best == 0:
        return None
    at = scores.index(best)
    if best == 1 and sum(1 for cell in top[at][1] if cell is not None) > 2:
        return None
    number, cells = top[at]
    header = Header(number, last_row=number)
    above = top[at - 1][1] if at else ()
    below = top[at + 1][1] if at + 1 < len(top) and _is_header_again(sheet, top[at + 1][1]) else ()
    if below:
        header.last_row = top[at + 1][0]
    for index in range(max(len(cells), len(above), len(below))):
        texts = [row[index] for row in (cells, below, above) if index < len(row) and row[index] is not None]
        for text in texts:
            column = column_of(sheet, text) if isinstance(text, str) else None
            if column is not None:
                header.columns[index], header.texts[index] = column, cell_text(text)
                break
        else:
            if index < len(cells) and cells[index] is not None:
                header.unknown[index] = cell_text(cells[index])
    return header


def _is_header_again(sheet: Sheet, cells: Sequence[Cell]) -> bool:
    return score(sheet, cells) >= 2 and score(sheet, cells) * 2 >= sum(1 for cell in cells if cell is not None)


def cells_by_field(header: Header, cells: Sequence[Cell]) -> dict[str, Cell]:
    """What a row holds, by field; cells of unread columns by their number."""
    found: dict[str, Cell] = {}
    for index, cell in enumerate(cells):
        if cell is not None and cell != "":
            column = header.columns.get(index)
            found.setdefault(str(index) if column is None or column.field in (SHOWN, IGNORED) else column.field, cell)
    return found


def is_data_row(sheet: Sheet, cells: Mapping[str, Cell]) -> bool:
    """Whether a row below the header, by field, holds a fact: no totals row, no example, no header once more."""
    said = [cell for cell in cells.values() if cell is not None]
    if all(field.isdigit() for field in cells):
        return False
    if any(_EXAMPLE.match(cell_text(cells[field])) for field in _NAMING if cells.get(field) is not None):
        return False
    return not _is_totals(said) and not _is_header_again(sheet, said)


_NAMING = ("id", "wish", "volunteer", "visit", "name", "resident")
"""Where an example says that it is one."""


def _is_totals(said: Sequence[Cell]) -> bool:
    """合计 23人, or 合计 with nothing but numbers beside it."""
    others = [text for text in map(cell_text, said) if not _TOTAL.match(matchable(text))]
    return len(others) < len(said) and all(re.fullmatch(r"[\d.,，人个次名]*", text) for text in others)


def header_faults(sheet: Sheet, grid: Grid, header: Header, lang: str) -> tuple[list[Fault], list[Fault]]:
    """Faults (a column twice, a misspelt header) and warnings (unknown and ignored columns)."""
    faults, warnings = [], []
    seen: dict[str, int] = {}
    for index, column in header.columns.items():
        if column.field in (SHOWN, REST):
            continue
        at = Fault("", sheet=grid.name, row=header.row, column=column_letter(index))
        if column.field == IGNORED:
            warnings.append(
                replace(
                    at,
                    message=say(
                        lang,
                        "不需要身份证号，已忽略、未保存。",
                        "ID card numbers are not needed; ignored and not kept.",
                    ),
                    advice=say(lang, "请从表里删去这一列。", "Delete the column."),
                    code="id-card",
                    warning=True,
                )
            )
        elif column.field in seen and column.field != "notes" and _both_filled(grid, header, seen[column.field], index):
            header_text, other = header.texts[index], column_letter(seen[column.field])
            faults.append(
                replace(
                    at,
                    message=say(
                        lang,
                        f"“{header_text}”与 {other} 列是同一项。",
                        f'"{header_text}" says the same as column {other}.',
                    ),
                    advice=say(lang, "请合并成一列，或给其中一列改名。", "Join the two, or rename one."),
                    code="column-twice",
                )
            )
        seen.setdefault(column.field, index)
    for index, text in header.unknown.items():
        if not any(
            index < len(cells) and cells[index] is not None for number, cells in grid.rows if number > header.last_row
        ):
            continue
        fault = _unknown_header(sheet, grid, header, index, text, set(seen), lang)
        (warnings if fault.warning else faults).append(fault)
    return faults, warnings


def _both_filled(grid: Grid, header: Header, first: int, second: int) -> bool:
    """Whether any row fills in both columns; else they are one, told in two places."""
    return any(
        number > header.last_row and second < len(cells) and cells[first] is not None and cells[second] is not None
        for number, cells in grid.rows
    )


def _unknown_header(
    sheet: Sheet, grid: Grid, header: Header, index: int, text: str, used: set[str], lang: str
) -> Fault:
    labels = {
        label: column
        for label, column in _labels(sheet.table).items()
        if column.field not in used and column.field != SHOWN
    }
    close = difflib.get_close_matches(plain(text), list(labels), n=1, cutoff=0.6)
    near = labels[close[0]].header(lang) if close else ""
    sure = bool(difflib.get_close_matches(plain(text), list(labels), n=1, cutoff=0.8))
    return Fault(
        say(
            lang,
            f"不认得表头“{text}”" + ("。" if sure else "，这一列没有读。"),
            f'the header "{text}" is unknown' + ("." if sure else "; the column was not read."),
        ),
        say(lang, f"是不是“{near}”？请改表头。", f'Maybe "{near}"? Correct the header.')
        if near
        else say(lang, "要用的话，请改成模板里的表头；不用可以不管。", "Rename it as in the template if it matters."),
        sheet=grid.name,
        row=header.row,
        column=column_letter(index),
        code="unknown-header",
        warning=not sure,
    )
