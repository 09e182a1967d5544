"""Everything ``matcher plan`` writes, into a folder of its own, all or nothing."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from matcher.errors import BadInput
from matcher.exchange.layout import Language
from matcher.exchange.paper import Paper
from matcher.exchange.plan import Plan
from matcher.exchange.wording import wording

_MOST_VISITS_IN_A_PDF = 300
"""Laying out a PDF takes about 40 ms a visit; beyond this, print the page from a browser instead."""

__all__ = ["Plan", "file_stems", "render_data", "render_outputs", "write_outputs"]


def write_outputs(plan: Plan, directory: Path, more: Iterable[tuple[str, bytes]] = ()) -> list[Path]:
    """Write every output of a plan, and ``more`` files beside them, and return the files, sorted.

    ``directory`` must not exist, or be empty. The files are written into a folder beside it, which then
    takes its name: whatever goes wrong, ``directory`` is whole or not there at all. Raises ``BadInput``
    when the folder is taken, may not be written to, or the disk is full.
    """
    directory, language = Path(directory), plan.scenario.program.settings.language
    _refuse_taken(directory, language)
    try:
        return _write_beside_and_rename(chain(render_outputs(plan), more), directory)
    except OSError as error:
        raise _explain(error, directory, language) from error


def render_outputs(plan: Plan) -> Iterator[tuple[str, bytes]]:
    """Every file's path inside the output folder and its bytes; the same plan gives the same bytes."""
    from matcher.exchange.calendars import render_calendar
    from matcher.exchange.page import render_notice, render_pdf, render_phone_list, render_roster, render_slip
    from matcher.exchange.sheet import render_workbook

    paper = Paper(plan)
    yield from render_data(plan)
    yield "roster.xlsx", render_workbook(plan)
    for name, html in (("roster", render_roster(paper)), ("notice", render_notice(paper))):
        yield f"{name}.html", html.encode()
        if len(paper.entries) <= _MOST_VISITS_IN_A_PDF and (pdf := render_pdf(html)):
            yield f"{name}.pdf", pdf
    yield "phone-list.html", render_phone_list(paper).encode()
    stems = file_stems((key, paper.name(paper.scenario.volunteer[key])) for key in paper.duties)
    for volunteer, stem in stems.items():
        yield f"slips/{stem}.html", render_slip(paper, volunteer).encode()
        yield f"calendars/{stem}.ics", render_calendar(paper, volunteer)


def render_data(plan: Plan) -> Iterator[tuple[str, bytes]]:
    """The files for machines alone: the roster, the report, and the certificates if there are any."""
    from matcher.exchange.certificates import certificates_json

    yield "roster.json", _encoded(plan.roster.to_json())
    yield "report.json", _encoded(report_json(plan))
    if plan.certificates:
        yield "certificate.json", _encoded(certificates_json(plan.certificates))


def report_json(plan: Plan) -> str:
    """The judge's report with the notes and what is known of the run: clock times, machine facts, seconds per tier."""
    facts = {"format": "matcher-report/1", "program": plan.roster.program, "scenario": plan.roster.scenario,
             **plan.report.model_dump(mode="json"), "notes": list(plan.notes),
             "handovers": [asdict(one) for one in plan.handovers], "run": dict(plan.run)}
    return json.dumps(facts, ensure_ascii=False, indent=1, default=str)


def _encoded(text: str) -> bytes:
    return f"{text}\n".encode()


# ---------------------------------------------------------------------------------------------------- file names

_RESERVED = frozenset(["con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))])


def file_stems(people: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A file name for each (id, name), safe on every system and different even where letter case does not count.

    >>> file_stems([("v01", "王志强"), ("../x", "")])
    {'v01': 'v01-王志强', '../x': '___x-d6b96a97'}
    """
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for key, name in people:
        wanted = key if not name or name == key else f"{key}-{name}"
        stem = _safe(wanted)
        if _safe(key) != key or len(wanted) > len(stem) or stem.casefold() in taken or stem.casefold() in _RESERVED:
            stem = f"{stem}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        taken.add(stem.casefold())
        stems[key] = stem
    return stems


def _safe(text: str) -> str:
    # 60 characters of Chinese are 180 bytes: room for the suffix within the 255 of common file systems.
    text = unicodedata.normalize("NFC", text)
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in text)[:60]


# ---------------------------------------------------------------------------------------------------- the folder


def _refuse_taken(directory: Path, language: Language) -> None:
    say = wording(language)
    try:
        if directory.is_dir() and any(directory.iterdir()):
            raise BadInput(say("folder_exists", folder=directory), say("folder_exists_advice"))
        if directory.exists() and not directory.is_dir():
            raise BadInput(say("folder_is_file", folder=directory), say("folder_exists_advice"))
    except OSError as error:
        raise _explain(error, directory, language) from error


def _write_beside_and_rename(files: Iterable[tuple[str, bytes]], directory: Path) -> list[Path]:
    made = _make_parents(directory.parent)
    try:
        written = _write_aside(files, directory)
    except BaseException:
        for parent in made:
            parent.rmdir()
        raise
    return sorted(directory / name for name in written)


def _make_parents(parent: Path) -> list[Path]:
    """Make what is missing above the output folder; returns what was made, the innermost first."""
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    parent.mkdir(parents=True, exist_ok=True)
    return missing


def _write_aside(files: Iterable[tuple[str, bytes]], directory: Path) -> list[str]:
    aside = Path(tempfile.mkdtemp(prefix=f".{_safe(directory.name)}-", dir=directory.parent))
    try:
        whole = aside / "whole"
        whole.mkdir()
        written = []
        for name, content in files:
            path = whole / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            written.append(name)
        if directory.exists():
            directory.rmdir()
        os.replace(whole, directory)
        return written
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _explain(error: OSError, directory: Path, language: Language) -> BadInput:
    say = wording(language)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BadInput(say("disk_full", folder=directory), say("disk_full_advice"))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return BadInput(say("folder_denied", folder=directory), say("folder_denied_advice"))
    known = {errno.ENAMETOOLONG: "name_too_long", errno.ENOENT: "no_such_path", errno.ENOTDIR: "no_such_path"}
    reason = say(known[error.errno]) if error.errno in known else error.strerror or type(error).__name__
    return BadInput(say("folder_failed", folder=directory, reason=reason), say("folder_failed_advice"))
