"""All facts of a community at once: brought in from a file, taken out as one; and files that are only looked at."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from matcher.api.callers import AT, Call, calling
from matcher.api.conditional import Cached, Conditional, Conditions, not_modified
from matcher.api.examples import SCENARIO
from matcher.api.problems import FaultBody, refusal, told_fault
from matcher.api.uploads import XLSX, ZIP, Uploaded, facts_in, told_notes, upload_body
from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.exchange.assemble import FACTS, Import
from matcher.service.uploading.uploads import Unsound
from matcher.store import facts
from matcher.store.assembly import replace_facts, scenario_of
from matcher.store.facts import NotFound
from matcher.store.since import last_change
from matcher.store.tenants import named

router = APIRouter(tags=["scenarios"])


class Understood(BaseModel):
    """What an upload holds, and how it was understood."""

    model_config = ConfigDict(extra="forbid")

    fingerprint: str
    counts: dict[str, int]
    assumptions: list[FaultBody]
    warnings: list[FaultBody]


class RowsTold(BaseModel):
    """Rows of a sheet around its faults: `rows` are {row, cells}; `more` faulty rows are left away."""

    model_config = ConfigDict(extra="forbid")

    sheet: str
    columns: list[str]
    headers: list[str]
    rows: list[dict[str, Any]]
    more: int


class SheetChangesTold(BaseModel):
    """What differs on one sheet: counts, and `rows` {kind, key, name, cells: [{header, before, after}]}."""

    model_config = ConfigDict(extra="forbid")

    table: str
    sheet: str
    new: int
    changed: int
    gone: int
    rows: list[dict[str, Any]]


class ChangedTold(BaseModel):
    """When the facts that are kept were changed last, by whom, and of which noun that fact was."""

    model_config = ConfigDict(extra="forbid")

    at: datetime
    by: str
    noun: str


class Previewed(BaseModel):
    """What bringing in a file would do; `etag` is the `If-Match` to bring it in with, null without facts."""

    model_config = ConfigDict(extra="forbid")

    sound: bool
    fingerprint: str | None
    counts: dict[str, int]
    faults: list[FaultBody]
    assumptions: list[FaultBody]
    warnings: list[FaultBody]
    excerpts: list[RowsTold]
    changes: list[SheetChangesTold]
    etag: str | None
    changed: ChangedTold | None


class Imported(Understood):
    """What became of the rows."""

    created: int
    changed: int
    removed: int
    same: int
    facts_version: int


_SCHEMA = {"$ref": "#/components/schemas/Scenario"}
_ANY_FACTS = {"description": "A scenario; what is wrong with it is told."}


@router.post(
    "/v1/validate", operation_id="scenarios.validate", response_model=None, openapi_extra=upload_body(_SCHEMA, SCENARIO),
    responses={200: {"model": Understood, "description": "The file can be used."}},
    summary="Look at a file; keep nothing",
)
def validate(upload: Uploaded, call: Annotated[Call, Depends(calling("scenarios.validate"))]) -> Response:
    """Every fault at once, with sheet, row and column; or how the file was understood."""
    return JSONResponse(_understood(facts_in(upload, call.lang)))


@router.post(
    f"{AT}/facts:preview", operation_id="facts.preview", response_model=None, tags=["scenarios"],
    openapi_extra=upload_body(_ANY_FACTS, SCENARIO),
    responses={200: {"model": Previewed, "description": "Its faults in their rows, or what it would change."}},
    summary="What bringing in a file would do",
)
def preview(upload: Uploaded, call: Annotated[Call, Depends(calling("facts.preview"))]) -> Response:
    """Looks at a file beside the facts that are kept; keeps nothing. Faults are content here, each with its row's cells.

    Telephone numbers are masked. Bring the file in with ``If-Match`` and ``fingerprint`` of this answer, and what counts is
    what was looked at.
    """
    with call.reading() as session:
        kept = scenario_of(session) if _has_facts(session) else None
        told = {"etag": None if kept is None else _etag(facts.facts_version(session)), "changed": _changed(session)}
        program = _called(session, call)
    try:
        found = facts_in(upload, call.lang, with_rows=True, program=program)
    except BadInput as error:
        return JSONResponse(_unsound(error) | told)
    if kept is not None:
        call.saw("facts", 1)
    changes = [] if kept is None else _changes(kept, found.scenario, call.lang)
    return JSONResponse({"sound": True, "faults": [], "excerpts": [], "changes": changes} | _understood(found) | told)


def _called(session: Session, call: Call) -> str:
    """What the community is called; empty if nobody has named it."""
    found = named(session, call.here)
    return "" if found is None or found.name == found.community else found.name


def _changed(session: Session) -> dict[str, str] | None:
    found = last_change(session)
    return None if found is None else {"at": found.at.isoformat(), "by": found.by, "noun": found.noun}


def _unsound(error: BadInput) -> dict[str, Any]:
    rows = [asdict(one) for one in error.excerpts] if isinstance(error, Unsound) else []
    return {
        "sound": False, "fingerprint": None, "counts": {}, "faults": [told_fault(fault) for fault in error.faults],
        "assumptions": [], "warnings": [], "excerpts": rows, "changes": [],
    }


def _changes(before: Scenario, after: Scenario, lang: str) -> list[dict[str, Any]]:
    from matcher.exchange.differences import differences

    return [asdict(one) for one in differences(before, after, lang)]


@router.put(
    f"{AT}/facts", operation_id="facts.import", response_model=None, openapi_extra=upload_body(_SCHEMA, SCENARIO),
    responses={200: {"model": Imported, "description": "The facts are exactly these."}},
    summary="Make the community's facts exactly those of a file",
)
def bring_in(
    upload: Uploaded, conditions: Conditional, call: Annotated[Call, Depends(calling("facts.import"))],
    fingerprint: Annotated[str | None, Query(max_length=80, description="Refuse any file but that of these facts.")] = None,
) -> Response:
    """Whole or not at all. A community that has facts asks for ``If-Match``: the ETag of ``GET …/facts``, or ``*``."""
    with call.reading() as session:  # a community that is not there is said before a large file is read
        program = _called(session, call)
    found = facts_in(upload, call.lang, program=program)
    if fingerprint not in (None, found.scenario.fingerprint):
        raise refusal(409, "conflict", call.lang, "other-file", name=upload.name)
    with call.writing() as session:
        facts.lock(session, 0)
        _refuse_stale(conditions, facts.facts_version(session) - 1, _has_facts(session), call)
        done = replace_facts(session, found.scenario)
        version = facts.facts_version(session)
    told = {name: getattr(done, name) for name in ("created", "changed", "removed", "same")}
    return JSONResponse(_understood(found) | told | {"facts_version": version}, headers={"ETag": _etag(version)})


@router.get(
    f"{AT}/facts", operation_id="facts.get", response_model=None,
    responses={200: {"model": Scenario, "description": "The facts, as in a .json file."}},
    summary="All facts of a community as JSON",
)
def get(conditions: Cached, call: Annotated[Call, Depends(calling("facts.get"))]) -> Response:
    """What ``PUT`` takes and ``matcher plan`` reads."""
    with call.reading() as session:
        etag = _etag(facts.facts_version(session))
        if conditions.knows(etag):
            return not_modified(etag)
        scenario = scenario_of(session)
    call.saw("facts", 1)
    return Response(scenario.to_json(), media_type="application/json", headers={"ETag": etag})


@router.get(
    f"{AT}/facts.{{suffix}}", operation_id="facts.export", response_model=None, response_class=Response,
    responses={200: {"content": {XLSX: {}, ZIP: {}}, "description": "The file."}},
    summary="All facts of a community as a workbook, or as .csv files in a zip",
)
def export(
    suffix: Literal["xlsx", "zip"], call: Annotated[Call, Depends(calling("facts.export"))]
) -> Response:
    """A file that can be edited and brought in again; its headers are in the caller's language."""
    with call.reading() as session:
        scenario = scenario_of(session)
    call.saw("facts", 1)
    name = f"facts.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_file(scenario, suffix, call.lang), media_type=XLSX if suffix == "xlsx" else ZIP, headers=headers)


def _file(scenario: Scenario, suffix: str, lang: str) -> bytes:
    from matcher.exchange import write_scenario

    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        if suffix == "xlsx":
            path = Path(folder, "facts.xlsx")
            write_scenario(scenario, path, lang=lang)
            return path.read_bytes()
        sheets = Path(folder, "facts")
        write_scenario(scenario, sheets, lang=lang)
        return _zipped(sheets)


def _zipped(folder: Path) -> bytes:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _etag(version: int) -> str:
    return f'"facts-{version}"'


def _has_facts(session: Session) -> bool:
    try:
        facts.program(session)
    except NotFound:
        return False
    return True


def _refuse_stale(conditions: Conditions, version: int, has_facts: bool, call: Call) -> None:
    """Facts that are there are replaced only by who knows them."""
    if not has_facts:
        return
    if conditions.match is None:
        raise refusal(428, "precondition-required", call.lang, "no-version", key=str(call.here.community))
    if "*" not in conditions.match and _etag(version) not in conditions.match:
        raise refusal(412, "stale", call.lang, "stale-facts", key=str(call.here.community))


def _understood(found: Import) -> dict[str, Any]:
    counts = {noun: len(getattr(found.scenario, noun)) for noun in FACTS}
    return {"fingerprint": found.scenario.fingerprint, "counts": counts, **told_notes(found)}
