"""Bringing in: a file is looked at first, its faults shown in their cells, what differs listed; then it counts.

The file stays in the browser's own file field between the two steps: nothing of it is kept here before it counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from matcher.board.inside import Answer, Refused
from matcher.board.pages import Here, InCommunity, go, is_part, moment
from matcher.board.texts import knows

router = APIRouter()

MOST_LISTED = 200
"""Faults listed one by one beside the sheets."""
_AT = "/board/{district}/{community}/bring"
_TABLES = (".xlsx", ".xlsm", ".xls", ".zip", ".json", ".csv")
_CHANGED_MEANWHILE = (409, 412, 428)


@dataclass
class Marked:
    """A row of a sheet with its faults: by column (a letter), and those of the whole row."""

    row: int
    cells: Sequence[str]
    faults: list[dict[str, Any]] = field(default_factory=list)

    def is_faulty(self, column: str) -> bool:
        """Whether a fault stands in the cell of this column."""
        return any(fault["at"] == column for fault in self.faults)


@router.get(_AT, operation_id="board.bring")
async def page(here: InCommunity) -> Response:
    """The place to drop a workbook; templates and the present facts to download."""
    return here.render("bring.html", step="bring", **_nothing())


@router.post(_AT, operation_id="board.bring-look")
async def look(here: InCommunity) -> Response:
    """Look at a file: its faults in their cells, or what it would change."""
    upload = await _upload(await here.api.form())
    return await _shown(here, upload)


@router.post(f"{_AT}/keep", operation_id="board.bring-keep")
async def keep(here: InCommunity) -> Response:
    """The file counts from now on, if it is the one that was looked at and nobody has changed the facts since."""
    form = await here.api.form()
    upload, etag = await _upload(form), str(form.get("etag", ""))
    try:
        answer = await _sent(here, "PUT", f"{here.at}/facts", upload, {"fingerprint": str(form.get("fingerprint", ""))}, etag or None)
    except Refused as refused:
        if refused.status not in _CHANGED_MEANWHILE:
            raise
        return await _shown(here, upload, meanwhile="other-file" if refused.status == 409 else "stale")
    told = answer.json
    return go(here.request, f"{here.base}/check?kept={told['created']}.{told['changed']}.{told['removed']}")


def _nothing() -> dict[str, Any]:
    return {"found": None, "sheets": (), "loose": (), "faults": (), "more": 0, "name": "", "meanwhile": "", "who": ""}


async def _upload(form: FormData) -> tuple[bytes, str]:
    """The file of a form and what it is called; empty if there is none."""
    files = [value for value in form.getlist("file") if isinstance(value, UploadFile)]
    told = b"", ""
    for one in files:
        if one.filename and not told[1]:
            told = await one.read(), one.filename
        await one.close()
    return told


async def _sent(
    here: Here, method: str, path: str, upload: tuple[bytes, str], params: Mapping[str, str] | None = None,
    if_match: str | None = None,
) -> Answer:
    data, name = upload
    headers = {
        "content-type": "application/octet-stream", "content-disposition": f"attachment; filename*=UTF-8''{quote(name)[:200]}",
    }
    return await here.api.ask(method, path, params=params, content=data, headers=headers, if_match=if_match)


async def _shown(here: Here, upload: tuple[bytes, str], meanwhile: str = "") -> Response:
    """What a file holds, as a part for a script, else as the whole page."""
    found = (await _sent(here, "POST", f"{here.at}/facts:preview", upload)).json
    if not meanwhile and found["sound"] and not found["changes"] and found["etag"]:
        meanwhile = "same"
    if not found["sound"] and upload[1] and PurePosixPath(upload[1]).suffix.lower() not in _TABLES:
        wrong = {name: here.say(f"trouble.{name}", name=upload[1]) for name in ("not-a-table", "not-a-table-advice")}
        fault = {"message": wrong["not-a-table"], "advice": wrong["not-a-table-advice"], "where": "", "sheet": None, "row": None}
        found |= {"faults": [fault | {"column": None}], "excerpts": []}
    faults = found["faults"]
    for number, fault in enumerate(faults, 1):
        fault["id"] = f"f-{number}"
    sheets = [_marked(excerpt, faults) for excerpt in found["excerpts"]]
    placed = {fault["id"] for sheet in sheets for row in sheet["rows"] for fault in row.faults}
    context = _nothing() | {
        "found": found, "sheets": sheets, "loose": [one for one in faults if one["id"] not in placed][:MOST_LISTED],
        "faults": faults[:MOST_LISTED], "more": max(0, len(faults) - MOST_LISTED), "name": upload[1],
        "meanwhile": meanwhile, "who": _who(here, found),
    }
    template = "parts/bring_found.html" if is_part(here.request) else "bring.html"
    return await run_sync(lambda: here.render(template, step="bring", **context))


def _marked(excerpt: Mapping[str, Any], faults: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A sheet's rows with the faults in them; a column named by its header counts as its letter."""
    letters = {header: letter for letter, header in zip(excerpt["columns"], excerpt["headers"]) if header}
    rows = {row["row"]: Marked(row["row"], row["cells"]) for row in excerpt["rows"]}
    for fault in faults:
        if fault["sheet"] == excerpt["sheet"] and fault["row"] in rows:
            at = letters.get(fault["column"], fault["column"]) if fault["column"] else None
            rows[fault["row"]].faults.append(fault | {"at": at})
    return {
        "name": excerpt["sheet"], "columns": list(zip(excerpt["columns"], excerpt["headers"])), "rows": list(rows.values()),
        "more": excerpt["more"],
    }


def _who(here: Here, found: Mapping[str, Any]) -> str:
    """Who changed the facts that are kept, and when."""
    changed = found["changed"]
    if changed is None:
        return ""
    kind, _, login = str(changed["by"]).partition(":")
    key = f"bring.by.{kind}"
    who = here.say(key if knows(key) else "bring.by.other", login=login)
    return here.say("bring.changed-by", who=who, when=moment(changed["at"], here.lang))
