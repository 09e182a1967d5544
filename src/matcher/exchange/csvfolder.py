"""A folder of .csv files, one per sheet: to grids and back, in whatever encoding each file has."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from matcher.errors import BadInput, Fault
from matcher.exchange.grid import (
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Grid,
    check_size,
    long_texts,
    numbered,
    say,
    stray_cell,
    too_many_rows,
    unreadable,
)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORMULA = ("=", "+", "-", "@", "'", "\t")


def read_csv_folder(folder: Path, *, encoding: str | None = None, lang: str = "zh") -> list[Grid]:
    """Every .csv of the folder as a grid named after its file; raises ``BadInput`` with every fault."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.is_file())
    except OSError as error:
        raise unreadable(folder, lang, error) from error
    if not files:
        raise BadInput(
            say(lang, f"文件夹“{folder}”里没有 .csv 文件。", f'The folder "{folder}" holds no .csv files.'),
            say(
                lang,
                "每张表存成一个文件，如 心愿.csv、志愿者.csv。",
                "Save one file per sheet: wishes.csv, volunteers.csv.",
            ),
        )
    grids: list[Grid] = []
    faults: list[Fault] = []
    for path in files:
        try:
            grids.append(read_csv(path, encoding=encoding, lang=lang))
        except BadInput as error:
            faults += error.faults
    if faults:
        raise BadInput(faults)
    return grids


def read_csv(path: Path, *, encoding: str | None = None, lang: str = "zh") -> Grid:
    """One .csv file as a grid: commas, semicolons or tabs."""
    check_size(path, lang)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, lang, error) from error
    text = decode(data, path.name, encoding=encoding, lang=lang)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
        rows = tuple(numbered(tuple(_shown(cell) for cell in row) for row in reader))
    except csv.Error as error:
        raise BadInput(
            [
                Fault(
                    say(lang, f"不是有效的 CSV（{error}）。", f"is not valid CSV ({error})."),
                    say(lang, "请在 Excel 或 WPS 里打开，另存为 CSV UTF-8。", "Open it and save it as CSV UTF-8."),
                    sheet=path.stem,
                    code="broken-csv",
                )
            ]
        ) from error
    if len(rows) > MAX_ROWS:
        raise BadInput([too_many_rows(path.stem, len(rows), lang)])
    if too_long := long_texts(path.stem, rows, lang):
        raise BadInput(too_long)
    width = max((len(cells) for _, cells in rows), default=0)
    if width > MAX_COLUMNS:
        raise BadInput([stray_cell(path.stem, width, next(row for row, cells in rows if len(cells) == width), lang)])
    return Grid(path.stem, rows)


def decode(data: bytes, name: str, *, encoding: str | None = None, lang: str = "zh") -> str:
    """The text of a file: byte-order mark, then strict UTF-8, then GB18030; ``encoding`` overrides all."""
    by_mark = [found for mark, found in _MARKS if data.startswith(mark)][:1]
    candidates = [encoding] if encoding else by_mark or ["utf-8", "gb18030"]
    for candidate in candidates:
        try:
            text = data.decode(candidate)
        except UnicodeError:
            continue
        except LookupError as error:
            raise BadInput(
                say(lang, f"没有名为“{candidate}”的编码。", f'There is no encoding "{candidate}".'),
                say(lang, "可写 utf-8、gb18030 或 big5。", "Write utf-8, gb18030 or big5."),
            ) from error
        return text.removeprefix("\ufeff")
    tried = ", ".join(candidates)
    raise BadInput(
        [
            Fault(
                say(
                    lang,
                    f"文件“{name}”的文字编码无法识别（试过 {tried}）。",
                    f'"{name}" is in no known encoding (tried {tried}).',
                ),
                say(
                    lang,
                    "请另存为 CSV UTF-8，或用 --encoding 指明编码。",
                    "Save it as CSV UTF-8, or name its encoding with --encoding.",
                ),
                sheet=name.rpartition(".")[0] or name,
                code="encoding",
            )
        ]
    )


def _delimiter(text: str) -> str:
    head = "\n".join(text.splitlines()[:5])
    return max(",;\t", key=head.count) if any(mark in head for mark in ",;\t") else ","


def _shown(cell: str) -> Cell:
    """A leading apostrophe keeps a spreadsheet from calculating the text; it is not part of it."""
    if len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULA:
        return cell[1:]
    return cell if cell.strip() else None


def _guarded(cell: Cell) -> Cell:
    return "'" + cell if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def write_csv(path: Path, rows: list[tuple[Cell, ...]]) -> None:
    """The rows as UTF-8 with a byte-order mark, which Excel and WPS open without asking."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([["" if cell is None else _guarded(cell) for cell in row] for row in rows])
