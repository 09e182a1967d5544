"""Excerpts: the rows of a file around its faults, as they stand there, so that a fault is seen in its own cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import BadInput, Fault
from matcher.exchange.grid import Cell, Grid, column_letter
from matcher.exchange.headers import Header, find_header, match_sheets
from matcher.exchange.phrases import cell_text

MOST_ROWS = 60
"""Faulty rows shown of one sheet; the others are counted."""
MOST_COLUMNS = 40
MOST_TEXT = 120
"""Characters shown of a cell."""
_LONG_NUMBER = re.compile(r"(?<![\d-])(?!\d{4}-\d{1,2}-\d{1,2})\d(?:[ \-]?\d){6,}")


@dataclass(frozen=True, slots=True)
class ExcerptRow:
    """A row: its number, and its cells as text from column A on; long numbers are masked."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Rows of one sheet. ``headers`` stand over the ``columns``; ``more`` faulty rows are left away."""

    sheet: str
    columns: tuple[str, ...]
    headers: tuple[str, ...]
    rows: tuple[ExcerptRow, ...]
    more: int = 0


def read_excerpts(path: Path, faults: Iterable[Fault], lang: str) -> tuple[Excerpt, ...]:
    """The rows the faults name, each with the row before and after it; nothing of a file that cannot be read."""
    from matcher.exchange.files import read_grids

    with suppress(BadInput):
        return excerpts(read_grids(path, lang=lang), faults, lang)
    return ()


def excerpts(grids: Sequence[Grid], faults: Iterable[Fault], lang: str) -> tuple[Excerpt, ...]:
    """The rows of the grids that the faults name, sheet by sheet, each with its neighbours."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for fault in faults:
        if fault.sheet is not None and fault.row is not None:
            wanted[fault.sheet].add(fault.row)
    headers = {grid.name: find_header(sheet, grid) for sheet, grid in match_sheets(grids, lang)[0].values()}
    return tuple(_excerpt(grid, headers.get(grid.name), wanted[grid.name]) for grid in grids if wanted[grid.name])


def masked_numbers(text: str) -> str:
    """The text with telephone and other long numbers masked, so that whoever knows one still recognises it.

    >>> masked_numbers("13800001234"), masked_numbers("座机 0752-2345678"), masked_numbers("2026-12-01 09:00")
    ('138****1234', '座机 075****678', '2026-12-01 09:00')
    """
    return _LONG_NUMBER.sub(lambda found: _masked(re.sub(r"\D", "", found[0])), text)


def _masked(digits: str) -> str:
    shown = 4 if len(digits) == 11 and digits.startswith("1") else 3 if len(digits) > 9 else 2
    return f"{digits[:3] if len(digits) > 9 else digits[:2]}****{digits[-shown:]}"


def _excerpt(grid: Grid, header: Header | None, faulty: set[int]) -> Excerpt:
    shown = sorted(faulty)[:MOST_ROWS]
    near = {row + step for row in shown for step in (-1, 0, 1)}
    head = {header.row, header.last_row} if header is not None else set()
    cells = {number: row for number, row in grid.rows if number in near | set(shown)}
    width = min(MOST_COLUMNS, max((_used(row) for row in (*cells.values(), *_rows(grid, head))), default=0))
    texts = {} if header is None else header.texts | header.unknown
    return Excerpt(
        grid.name, tuple(column_letter(index) for index in range(width)),
        tuple(texts.get(index, "") for index in range(width)),
        tuple(
            ExcerptRow(number, tuple(_shown(cells.get(number, ()), index) for index in range(width)))
            for number in sorted((cells.keys() | set(shown)) - head)
        ),
        len(faulty) - len(shown),
    )


def _rows(grid: Grid, numbers: set[int]) -> list[tuple[Cell, ...]]:
    return [row for number, row in grid.rows if number in numbers]


def _used(row: Sequence[Cell]) -> int:
    return max((index + 1 for index, cell in enumerate(row) if cell not in (None, "")), default=0)


def _shown(row: Sequence[Cell], index: int) -> str:
    text = masked_numbers(cell_text(row[index])) if index < len(row) else ""
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
