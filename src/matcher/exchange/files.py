"""Scenarios on disk: .xlsx, a folder of .csv, or .json, by suffix; written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.exchange.assemble import Import
from matcher.exchange.grid import Grid, say


def read_scenario(path: Path, *, encoding: str | None = None, lang: str | None = None, program: str = "") -> Import:
    """The scenario in an .xlsx workbook, a folder of .csv files or a .json file.

    Raises ``BadInput`` with every fault. Messages are in ``lang``, else in the language of the file's headers or settings.
    ``program`` names the programme of sheets that do not; else the file's name does.
    """
    path = Path(path)
    if path.suffix.lower() == ".json" and not path.is_dir():
        from matcher.exchange.jsonfile import read_json

        return read_json(path, encoding=encoding, lang=lang)
    from matcher.exchange.tables import scenario_of

    grids = read_grids(path, encoding=encoding, lang=lang or "zh")
    return scenario_of(grids, lang, program or (path.name if path.is_dir() else path.stem))


def read_grids(path: Path, *, encoding: str | None = None, lang: str = "zh") -> list[Grid]:
    """The sheets of an .xlsx workbook or of a folder of .csv files, before anybody asks what they mean."""
    if path.is_dir():
        from matcher.exchange.csvfolder import read_csv_folder

        return read_csv_folder(path, encoding=encoding, lang=lang)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        from matcher.exchange.workbook import read_workbook

        return read_workbook(path, lang=lang)
    raise _unknown_kind(path, lang)


def write_scenario(scenario: Scenario, path: Path, *, lang: str = "zh") -> None:
    """Write the scenario as .json, .xlsx, or (without a suffix) a folder of .csv files; whole or not at all."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == ".json":
        from matcher.exchange.jsonfile import write_json

        write_whole(path, lambda target: write_json(scenario, target), lang)
    elif suffix == ".xlsx":
        from matcher.exchange.bookwriter import write_workbook
        from matcher.exchange.export import fill_sheets

        sheets = fill_sheets(scenario, lang)
        write_whole(path, lambda target: write_workbook(target, sheets, lang, scenario.program.as_of), lang)
    elif suffix in ("", ".csv") and not path.is_file():
        write_whole_folder(path, lambda target: _write_folder(scenario, target, lang), lang)
    else:
        raise _unknown_kind(path, lang)


def _write_folder(scenario: Scenario, folder: Path, lang: str) -> None:
    from matcher.exchange.csvfolder import write_csv
    from matcher.exchange.export import fill_sheets

    for filled in fill_sheets(scenario, lang):
        header = tuple(column.header(lang) for column in filled.columns)
        write_csv(folder / f"{filled.sheet.name(lang)}.csv", [header, *filled.rows])


def _unknown_kind(path: Path, lang: str) -> BadInput:
    if not path.exists() and not path.suffix:
        return BadInput(
            say(lang, f"找不到“{path}”。", f'There is no "{path}".'),
            say(lang, "请检查文件名和所在文件夹。", "Check the name and the folder."),
        )
    return BadInput(
        say(lang, f"“{path.name}”不是可读写的文件类型。", f'"{path.name}" is of an unknown kind.'),
        say(
            lang,
            "可用 .xlsx 工作簿、.json 文件，或放 .csv 的文件夹。旧的 .xls 请另存为 .xlsx。",
            "Use an .xlsx workbook, a .json file or a folder of .csv files; save an old .xls as .xlsx.",
        ),
    )


# ------------------------------------------------------------------------------------------------ whole or not at all


def write_whole(path: Path, write: Callable[[Path], None], lang: str = "zh", *, mode: int = 0o644) -> None:
    """Let ``write`` fill a temporary sibling, then put it in place; nothing half-written is left behind."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:40]}-", suffix=path.suffix)
    except OSError as error:
        raise _unwritable(path, lang, error) from error
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(mode)
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, lang, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_whole_folder(path: Path, write: Callable[[Path], None], lang: str = "zh") -> None:
    """Let ``write`` fill a temporary folder beside it, then rename; an existing folder that holds anything is refused."""
    if path.exists() and any(path.iterdir()):
        raise BadInput(
            say(lang, f"文件夹“{path}”已经有东西了。", f'The folder "{path}" is not empty.'),
            say(lang, "请换一个名字，或先清空它。", "Choose another name, or empty it first."),
        )
    try:
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:40]}-"))
    except OSError as error:
        raise _unwritable(path, lang, error) from error
    try:
        write(temporary)
        temporary.chmod(0o755)
        if path.exists():
            path.rmdir()
        temporary.rename(path)
    except OSError as error:
        raise _unwritable(path, lang, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _unwritable(path: Path, lang: str, error: OSError) -> BadInput:
    return BadInput(
        say(
            lang,
            f"写不了“{path}”：{error.strerror or error}。",
            f'"{path}" cannot be written: {error.strerror or error}.',
        ),
        say(
            lang,
            "请检查文件夹是否存在、能否写入、磁盘是否已满。",
            "Check that the folder exists, may be written to, and is not full.",
        ),
    )
