"""Grids: sheets as they stand in a file, before anybody asks what they mean; and the limits on reading them."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from matcher.errors import BadInput, Fault

Cell = str | float | int | bool | date | datetime | time | timedelta | None

MAX_FILE_BYTES = 100 * 2**20
"""Larger files are refused before they are opened."""
MAX_UNPACKED_BYTES = 400 * 2**20
"""What all parts of a workbook may come to when unpacked."""
MAX_RATIO = 400
"""A part that packs better than this (and is not small) is taken for a zip bomb."""
MAX_CELLS = 8_000_000
"""Width × height of a sheet's used area."""
MAX_COLUMNS = 1_000
"""Width of a sheet's used area."""
MAX_ROWS = 200_000
"""Rows with something in them."""
MAX_TEXT = 32_767
"""Characters in a cell, as many as Excel allows."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. ``rows`` are (row number from 1, cells); empty rows are left away.

    ``broken`` holds what stands in a cell that could not be calculated, by (row, column from 0).
    """

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    date_1904: bool = False


def say(lang: str, zh: str, en: str) -> str:
    """The sentence in the user's language."""
    return zh if lang == "zh" else en


def column_letter(index: int) -> str:
    """The letter of a column counted from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The column of a letter, counted from 0.

    >>> column_index("AB")
    27
    """
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def numbered(rows: Iterator[tuple[Cell, ...]]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """The rows that hold anything, with their numbers."""
    for number, cells in enumerate(rows, 1):
        if any(cell is not None and cell != "" for cell in cells):
            yield number, cells


def check_size(path: Path, lang: str) -> None:
    """Raise ``BadInput`` unless the file is there, readable and not too large."""
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise BadInput(
            say(lang, f"找不到文件“{path}”。", f'There is no file "{path}".'),
            say(lang, "请检查文件名和所在文件夹。", "Check the name and the folder."),
        ) from error
    except OSError as error:
        raise unreadable(path, lang, error) from error
    size = found.st_size
    if not stat.S_ISREG(found.st_mode):
        # A pipe or a device would keep us waiting, or never end.
        raise BadInput(
            say(lang, f"“{path}”不是普通文件。", f'"{path}" is not an ordinary file.'),
            say(lang, "请先存成文件，再写它的名字。", "Save it as a file first, and name that."),
        )
    if size > MAX_FILE_BYTES:
        raise BadInput(
            say(
                lang,
                f"文件“{path.name}”有 {size // 2**20} MB，最多只能读 {MAX_FILE_BYTES // 2**20} MB。",
                f'"{path.name}" is {size // 2**20} MB; at most {MAX_FILE_BYTES // 2**20} MB can be read.',
            ),
            say(
                lang,
                "请删去图片、空白行和多余的工作表，或按社区拆成几份。",
                "Delete pictures, empty rows and other sheets, or split it by community.",
            ),
        )


def unreadable(path: Path, lang: str, error: OSError) -> BadInput:
    """The fault of a file the system does not let us read."""
    return BadInput(
        say(lang, f"打不开“{path}”：{error.strerror}。", f'"{path}" cannot be opened: {error.strerror}.'),
        say(lang, "请检查是否有读取权限。", "Check that you may read it."),
    )


def stray_cell(name: str, width: int, height: int, lang: str) -> Fault:
    """The fault of a sheet whose used area is wider or larger than anybody fills."""
    corner = f"{column_letter(width - 1)}{height}"
    return Fault(
        say(lang, f"用到的范围一直延伸到 {corner}，太大了。", f"the used area reaches {corner}, which is too large."),
        say(
            lang,
            "多半是很远处误填了一个字：按 Ctrl+End 找到它，删去那些行和列再保存。",
            "Probably a stray value far away: press Ctrl+End to find it, delete those rows and columns, and save.",
        ),
        sheet=name,
        code="too-many-cells",
    )


def long_texts(name: str, rows: Sequence[tuple[int, tuple[Cell, ...]]], lang: str) -> list[Fault]:
    """A fault for every cell with more text than a spreadsheet can hold."""
    return [
        Fault(
            say(
                lang, f"有 {len(cell)} 个字，最多 {MAX_TEXT} 个。", f"holds {len(cell)} characters; at most {MAX_TEXT}."
            ),
            say(lang, "多半是误贴了别的内容，请改短。", "Probably something pasted by mistake; make it shorter."),
            sheet=name,
            row=number,
            column=column_letter(index),
            code="too-long",
        )
        for number, cells in rows
        for index, cell in enumerate(cells)
        if isinstance(cell, str) and len(cell) > MAX_TEXT
    ]


def too_many_rows(name: str, rows: int, lang: str) -> Fault:
    """The fault of a sheet with more rows than anybody types."""
    return Fault(
        say(lang, f"有 {rows} 行，最多 {MAX_ROWS} 行。", f"holds {rows} rows; at most {MAX_ROWS} are read."),
        say(lang, "请按社区拆成几份，或改用 JSON。", "Split it by community, or use JSON."),
        sheet=name,
        code="too-many-rows",
    )
