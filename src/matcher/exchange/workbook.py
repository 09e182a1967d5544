"""Workbooks: an .xlsx file to grids, safely; broken, locked and oversized files get a sentence, never a traceback."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape

from matcher.errors import BadInput
from matcher.exchange.grid import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_RATIO,
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    Cell,
    Grid,
    check_size,
    column_index,
    long_texts,
    numbered,
    say,
    stray_cell,
    too_many_rows,
    unreadable,
)

_OLE = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def read_workbook(path: Path, *, lang: str = "zh") -> list[Grid]:
    """Every visible or hidden worksheet of an .xlsx file as a grid; raises ``BadInput``."""
    check_size(path, lang)
    _refuse_other_formats(path, lang)
    parts = _unpack(path, lang)
    names = _sheet_parts(parts)
    surveys = {
        part: _survey(data) for part, data in parts.items() if part in names.values() or _SHEET_DATA.search(data)
    }
    if not all(area.is_sound for area in surveys.values()):
        raise _damaged(path, lang)
    areas = {name: surveys[part] for name, part in names.items() if part in surveys}
    titles = {part: name for name, part in names.items()}
    too_large = [
        stray_cell(titles.get(part, part), area.width, area.height, lang)
        for part, area in surveys.items()
        if area.cells > MAX_CELLS or area.width > MAX_COLUMNS
    ]
    if too_large:
        raise BadInput(too_large)
    date_1904 = bool(re.search(rb'date1904="(1|true)"', parts.get("xl/workbook.xml", b"")[:20_000]))
    return [
        Grid(name, rows, areas[name].broken if name in areas else {}, date_1904) for name, rows in _rows(path, lang)
    ]


# ------------------------------------------------------------------------------------------------ the zip


def _refuse_other_formats(path: Path, lang: str) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(8)
            rest = file.read() if head.startswith(_OLE) else b""
    except OSError as error:
        raise unreadable(path, lang, error) from error
    if head.startswith(_OLE):
        if _LOCKED in rest:
            raise BadInput(
                say(lang, f"“{path.name}”设了打开密码，读不了。", f'"{path.name}" is locked with a password.'),
                say(
                    lang,
                    "请在 Excel 或 WPS 里打开，取消密码后另存一份。",
                    "Open it, remove the password and save a copy.",
                ),
            )
        raise _not_a_workbook(path, lang)
    if not head.startswith(b"PK"):
        raise _not_a_workbook(path, lang)


def _not_a_workbook(path: Path, lang: str) -> BadInput:
    return BadInput(
        say(lang, f"“{path.name}”不是 .xlsx 工作簿。", f'"{path.name}" is not an .xlsx workbook.'),
        say(
            lang,
            "请在 Excel 或 WPS 里打开，另存为“Excel 工作簿（*.xlsx）”；只改文件名不行。",
            "Open it and save it as an Excel workbook (.xlsx); renaming the file is not enough.",
        ),
    )


def _damaged(path: Path, lang: str) -> BadInput:
    return BadInput(
        say(lang, f"“{path.name}”已损坏，打不开。", f'"{path.name}" is damaged and cannot be opened.'),
        say(
            lang,
            "请重新下载或另存一份；若能在 Excel 里打开，选“打开并修复”后另存。",
            "Fetch it again; if Excel can open and repair it, save the repaired copy.",
        ),
    )


def _bomb(path: Path, lang: str) -> BadInput:
    return BadInput(
        say(
            lang,
            f"“{path.name}”解压后大得不正常，为安全起见没有打开。",
            f'"{path.name}" unpacks to an abnormal size and was not opened.',
        ),
        say(
            lang,
            "请把有用的几张表复制到新工作簿里再试。",
            "Copy the sheets that matter into a new workbook.",
        ),
    )


def _unpack(path: Path, lang: str) -> dict[str, bytes]:
    """The parts of the workbook that matter here. The directory's sizes are judged first; reading checks them."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES or len(members) > 10_000:
                raise _bomb(path, lang)
            for member in members:
                if member.file_size > 2**20 and member.file_size > MAX_RATIO * max(1, member.compress_size):
                    raise _bomb(path, lang)
            if any(member.flag_bits & 1 for member in members):
                raise _damaged(path, lang)
            # Everything is read once, so that sizes and checksums are known to be true.
            parts = {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _damaged(path, lang) from error
    except OSError as error:
        raise _damaged(path, lang) from error
    if "[Content_Types].xml" not in parts or not any(name.startswith("xl/") for name in parts):
        raise _not_a_workbook(path, lang)
    return parts


# ------------------------------------------------------------------------------------------------ what calamine hides

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(
    rb"""<(?:\w+:)?(c|row)(?=[\s/>])(?:\ r="([A-Z]{0,3})(\d{1,7})")?((?:[^>"']|"[^"]{0,999}"|'[^']{0,999}')*+)>"""
)
_CLOSING = re.compile(rb"</(?:\w+:)?c>")
_SHEET_DATA = re.compile(rb"<(?:\w+:)?sheetData\b")
_REFERENCE = re.compile(rb"""\br\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PLACE = re.compile(r"([A-Z]{1,3})?(\d{1,7})")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>(.*?)</(?:\w+:)?v>", re.S)


def _attributes(text: bytes) -> dict[str, str]:
    return {
        match[1].decode(): unescape((match[2] or match[3] or b"").decode("utf-8", "replace"), {"&quot;": '"'})
        for match in _ATTRIBUTE.finditer(text)
    }


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Sheet name → the part that holds it."""
    targets = {}
    for match in _RELATION.finditer(parts.get("xl/_rels/workbook.xml.rels", b"")):
        found = _attributes(match[1])
        targets[found.get("Id", "")] = found.get("Target", "")
    names = {}
    for match in _SHEET.finditer(parts.get("xl/workbook.xml", b"")):
        found = _attributes(match[1])
        relation = next((value for key, value in found.items() if key.endswith(":id")), "")
        target = targets.get(relation, "")
        names[found.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return names


class _Area:
    """The used area of a sheet, and its cells that hold an error or a formula never calculated."""

    __slots__ = ("broken", "height", "is_sound", "width")

    def __init__(self) -> None:
        self.width = self.height = 0
        self.is_sound = True
        self.broken: dict[tuple[int, int], str] = {}

    @property
    def cells(self) -> int:
        return self.width * self.height

    def holds(self, row: int, column: int) -> None:
        """Something stands in the cell at this row (from 1) and column (from 0)."""
        self.width, self.height = max(self.width, column + 1), max(self.height, row)
        # No program writes beyond XFD1048576, and reading it would ask for more memory than there is.
        self.is_sound = self.is_sound and 1 <= row <= 2**20 and column < 2**14


def _survey(sheet: bytes) -> _Area:
    area = _Area()
    row, column = 0, -1
    for tag, following in pairwise(chain(_TAG.finditer(sheet), [None])):
        if tag is None:
            break
        name, letters, digits, attributes = tag.groups()
        place = (int(digits), _column(letters)) if digits else _place(attributes, area)
        if name == b"row":
            row, column = place[0] if place else row + 1, -1
            continue
        row, column = place if place and place[1] >= 0 else (row, column + 1)
        if attributes.endswith(b"/"):
            continue
        content = sheet[tag.end() : following.start() if following else None]
        if not content.startswith((b"</c>", b"</x:c>")):
            area.holds(row, column)
            if b"<f" in content or b't="e"' in attributes:
                _note_broken(area, (row, column), attributes, _CLOSING.split(content, 1)[0])
    return area


@cache
def _column(letters: bytes) -> int:
    return column_index(letters.decode())


def _place(attributes: bytes, area: _Area) -> tuple[int, int] | None:
    """The row, and the column or -1, that the attribute ``r`` names."""
    found = _REFERENCE.search(attributes)
    if found is None:
        return None
    place = _PLACE.fullmatch((found[1] or found[2] or b"").decode("utf-8", "replace").strip().upper())
    if place is None:
        area.is_sound = False
        return None
    return int(place[2]), column_index(place[1] or "")


def _note_broken(area: _Area, at: tuple[int, int], attributes: bytes, content: bytes) -> None:
    value = _VALUE.search(content)
    if b't="e"' in attributes:
        area.broken[at] = value[1].decode("utf-8", "replace") if value else "#ERROR!"
    elif value is None and b"<is" not in content:
        area.broken[at] = "="


# ------------------------------------------------------------------------------------------------ the cells


def _rows(path: Path, lang: str) -> Iterator[tuple[str, tuple[tuple[int, tuple[Cell, ...]], ...]]]:
    import python_calamine

    try:
        book = python_calamine.load_workbook(str(path))
        for sheet_data in book.sheets_metadata:
            if sheet_data.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(sheet_data.name)
            raw: list[list[Any]] = sheet.to_python(skip_empty_area=False)
            _fill_merged(raw, sheet.merged_cell_ranges or [])
            rows = tuple(numbered(() if row.count("") == len(row) else tuple(map(_cell, row)) for row in raw))
            if len(rows) > MAX_ROWS:
                raise BadInput([too_many_rows(sheet_data.name, len(rows), lang)])
            if too_long := long_texts(sheet_data.name, rows, lang):
                raise BadInput(too_long)
            yield sheet_data.name, rows
    except BadInput:
        raise
    except BaseException as error:
        # A panic in the reader derives from BaseException; a broken file is no reason to crash.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
            raise
        raise _damaged(path, lang) from error


def _cell(value: Any) -> Cell:
    if value is None or value == "":
        return None
    if isinstance(value, bool | int | float | str | datetime | date | time | timedelta):
        return value
    return str(value)


def _fill_merged(rows: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """A merged cell's value counts for every row it spans (and stays in its first column)."""
    for (top, left), (bottom, _right) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
            if any(cell not in (None, "") for cell in rows[row]):
                rows[row][left] = rows[top][left]
