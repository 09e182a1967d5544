"""Facts that were uploaded: a workbook, JSON, or CSV files in a zip; read where they can harm nobody.

What is small and JSON is read on the spot. Everything else is read in a process of its own, whose memory and time are
bounded: an archive may unpack to far more than it says.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from matcher.errors import BadInput, Fault, MatcherError
from matcher.exchange.assemble import Import
from matcher.service.uploading.upload_words import say

if TYPE_CHECKING:
    from matcher.exchange.excerpts import Excerpt

Kind = Literal["json", "xlsx", "zip", "csv"]

MEMORY_MB = 1500
SECONDS = 120
"""What the reading process may use."""
AT_ONCE = 2
WAIT_SECONDS = 15.0
"""So many are read at once; the next one waits so long for its turn."""
JSON_HERE = 2**20
"""JSON up to this size is read on the spot."""
MOST_MEMBERS = 200
MOST_UNPACKED = 100 * 2**20
MOST_RATIO = 400
_COMMAND = (sys.executable, "-m", "matcher.service.uploading.upload_child")
_TURNS = threading.BoundedSemaphore(AT_ONCE)


class Busy(MatcherError):
    """Too many uploads are being read."""


class Unsound(BadInput):
    """An upload holds faults; ``excerpts`` are the rows they stand in."""

    def __init__(self, faults: Sequence[Fault], excerpts: Sequence[Excerpt]) -> None:
        self.excerpts = tuple(excerpts)
        super().__init__(faults)


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent: bytes, what the file is called, and what kind of file it turned out to be.

    ``program`` names the programme where sheets do not; if empty, the file's name does.
    """

    data: bytes
    name: str
    kind: Kind
    program: str = ""


def kind_of(data: bytes, name: str = "") -> Kind:
    """What kind of file these bytes are, whatever their name says; an old .xls counts as a workbook that is refused.

    >>> kind_of(b'{"format": "matcher/1"}', "wrong.xlsx"), kind_of(b"", "心愿.csv")
    ('json', 'csv')
    """
    if data.startswith(b"PK"):
        # Every workbook begins with this part, or at least names it in its directory.
        return "xlsx" if b"[Content_Types].xml" in data[:4096] or b"[Content_Types].xml" in data[-65536:] else "zip"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "xlsx"
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return "json"
    suffix = PurePosixPath(name).suffix.lower()
    return "xlsx" if suffix in (".xlsx", ".xlsm", ".xls") else "csv" if suffix == ".csv" else "json"


def read_upload(upload: Upload, lang: str, *, with_rows: bool = False) -> Import:
    """The facts in an upload; raises ``BadInput`` with every fault, ``Busy`` if others are being read.

    ``with_rows``: what is raised for faults in sheets is ``Unsound``, with the rows they stand in.
    """
    if upload.kind == "json" and len(upload.data) <= JSON_HERE:
        return read_here(upload, lang)
    if not _TURNS.acquire(timeout=WAIT_SECONDS):
        raise Busy(say("busy", lang))
    try:
        return _understood(_apart(upload, lang, with_rows), upload, lang)
    finally:
        _TURNS.release()


def read_here(upload: Upload, lang: str, *, with_rows: bool = False) -> Import:
    """The facts in an upload, read in this process; raises ``BadInput`` with every fault, ``Unsound`` if ``with_rows``."""
    if upload.kind == "json":
        from matcher.exchange.csvfolder import decode
        from matcher.exchange.jsonfile import parsed, scenario_from

        return scenario_from(parsed(decode(upload.data, upload.name, lang=lang), upload.name, lang), lang=lang)
    from matcher.exchange import read_scenario

    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder, "upload")
        if upload.kind == "xlsx":
            path = Path(folder, _plain(upload.name, ".xlsx"))
            path.write_bytes(upload.data)
        else:
            path.mkdir()
            sheets = _members(upload, lang) if upload.kind == "zip" else {upload.name: upload.data}
            for name, data in sheets.items():
                (path / _plain(name, ".csv")).write_bytes(data)
        try:
            return read_scenario(path, lang=lang, program=upload.program)
        except BadInput as error:
            if not with_rows:
                raise
            from matcher.exchange.excerpts import read_excerpts

            raise Unsound(error.faults, read_excerpts(path, error.faults, lang)) from error


def _plain(name: str, suffix: str) -> str:
    """A file name that stays where it is put."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    kept = "".join(sign for sign in stem if sign.isprintable() and sign not in '/\\:*?"<>|').strip(". ")
    while len(kept.encode("utf-8", "replace")) > 180:
        kept = kept[:-1]
    return (kept or "upload") + suffix


# ------------------------------------------------------------------------------------------- a zip of .csv


def _members(upload: Upload, lang: str) -> dict[str, bytes]:
    """The .csv files in a zip, by name; everything else in it is left alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(upload.data)) as archive:
            wanted = {_told_name(member): member for member in archive.infolist() if _is_sheet(member)}
            _refuse_bomb(list(wanted.values()), upload, lang)
            found = {name: archive.read(member) for name, member in wanted.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise _refused("zip-damaged", upload, lang) from error
    if not found:
        raise _refused("zip-empty", upload, lang)
    return found


def _is_sheet(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() == ".csv" and not hidden and not member.is_dir()


def _told_name(member: zipfile.ZipInfo) -> str:
    """The member's file name; archives made on a Chinese Windows name theirs in GBK without saying so."""
    name = PurePosixPath(member.filename.replace("\\", "/")).name
    if member.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


def _refuse_bomb(members: list[zipfile.ZipInfo], upload: Upload, lang: str) -> None:
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise _refused("zip-too-large", upload, lang)
    if any(member.file_size > 2**20 and member.file_size > MOST_RATIO * max(1, member.compress_size) for member in members):
        raise _refused("zip-too-large", upload, lang)


def _refused(key: str, upload: Upload, lang: str) -> BadInput:
    return BadInput([Fault(say(key, lang, name=upload.name), say(f"{key}-advice", lang), code=key)])


# ---------------------------------------------------------------------------------------- a process apart


def _apart(upload: Upload, lang: str, with_rows: bool) -> dict[str, Any]:
    """What the reading process says; raises ``BadInput`` if it needed too much."""
    job = {
        "name": upload.name, "kind": upload.kind, "lang": lang, "memory_mb": MEMORY_MB, "seconds": SECONDS,
        "with_rows": with_rows, "program": upload.program,
    }
    told = json.dumps(job | {"data": b64encode(upload.data).decode("ascii")}).encode()
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            _COMMAND, input=told, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused("too-long", upload, lang) from error
    try:
        said = json.loads(done.stdout)
    except ValueError as error:  # ended by one of its bounds before it could speak
        raise _refused("too-much", upload, lang) from error
    assert isinstance(said, dict)
    return said


def _understood(said: dict[str, Any], upload: Upload, lang: str) -> Import:
    from matcher.domain.scenario import Scenario

    if "too_much" in said:
        raise _refused("too-much", upload, lang)
    if "faults" in said:
        faults = [fault_from(fault) for fault in said["faults"]]
        raise Unsound(faults, [_excerpt_from(one) for one in said["rows"]]) if "rows" in said else BadInput(faults)
    if "bug" in said:
        raise RuntimeError(f"reading an upload: {said['bug']}")
    return Import(
        Scenario.model_validate_json(said["scenario"]),
        tuple(fault_from(fault) for fault in said["assumptions"]),
        tuple(fault_from(fault) for fault in said["warnings"]),
    )


def fault_from(told: dict[str, Any]) -> Fault:
    """A fault as ``asdict`` and JSON leave it."""
    return Fault(**told | {"path": tuple(told["path"])})


def _excerpt_from(told: dict[str, Any]) -> Excerpt:
    from matcher.exchange.excerpts import Excerpt, ExcerptRow

    rows = tuple(ExcerptRow(row["row"], tuple(row["cells"])) for row in told["rows"])
    return Excerpt(**told | {"rows": rows, "columns": tuple(told["columns"]), "headers": tuple(told["headers"])})


def told_import(found: Import) -> dict[str, Any]:
    """What was read, as JSON; ``read_upload`` understands it."""
    return {
        "scenario": found.scenario.to_json(),
        "assumptions": [asdict(fault) for fault in found.assumptions],
        "warnings": [asdict(fault) for fault in found.warnings],
    }
