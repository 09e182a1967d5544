"""Files in requests: the body itself, or the one file of a form."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from matcher.api.limits import is_json
from matcher.api.problems import Problem, language_of, refusal, told_fault
from matcher.errors import Fault
from matcher.exchange.assemble import Import
from matcher.service.uploading.upload_words import say
from matcher.service.uploading.uploads import Busy, Kind, Upload, kind_of, read_upload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
_PLAIN = frozenset({XLSX, ZIP, "application/x-zip-compressed", "application/octet-stream", "text/csv"})
_NAMED = re.compile(r"filename\*?=(?:UTF-8'')?\"?([^\";]{1,200})\"?", re.IGNORECASE)

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {
        "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}
    }
}


def upload_body(json_schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    """The ``openapi_extra`` of a route that takes a file: a workbook, a zip of .csv, JSON, or a form with a file."""
    told = {"schema": json_schema} | ({"example": example} if example is not None else {})
    content = {"application/json": told, XLSX: _BYTES, ZIP: _BYTES, "multipart/form-data": _FORM}
    return {"requestBody": {"required": True, "content": content}}


async def upload_of(request: Request) -> Upload:
    """The file a request brings; raises ``Problem`` if there is none."""
    lang = language_of(request)
    told = request.headers.get("content-type", "")
    kind = told.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        data, name = await _from_form(request, lang)
        found = kind_of(data, name)
    elif is_json(told) or kind in _PLAIN:
        data, name = request.state.body, _name(request)
        found = _said(kind) or kind_of(data, name)
    else:
        known = ", ".join(("application/json", XLSX, ZIP, "multipart/form-data"))
        raise refusal(415, "unsupported-media-type", lang, "media", given=told[:80], known=known)
    if not data:
        raise _refused("no-file", lang)
    return Upload(data, name or say("upload", lang), found)


Uploaded = Annotated[Upload, Depends(upload_of)]


def _said(kind: str) -> Kind | None:
    return "json" if is_json(kind) else "csv" if kind == "text/csv" else None


def _name(request: Request) -> str:
    """The file's name, if a Content-Disposition tells it."""
    found = _NAMED.search(request.headers.get("content-disposition", ""))
    return unquote(found[1]).strip() if found else ""


async def _from_form(request: Request, lang: str) -> tuple[bytes, str]:
    try:
        form = await request.form(max_files=20, max_fields=20)
    except (HTTPException, ValueError) as error:
        raise _refused("bad-form", lang, 400) from error
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    try:
        if len(files) > 1:
            raise _refused("many-files", lang, count=len(files))
        if not files:
            return b"", ""
        return await files[0].read(), files[0].filename or ""
    finally:
        await form.close()


def _refused(key: str, lang: str, status: int = 422, **values: object) -> Problem:
    code = "bad-input" if status == 422 else "bad-request"
    return Problem(status, code, [Fault(say(key, lang, **values), say(f"{key}-advice", lang), code=key)])


def facts_in(upload: Upload, lang: str, *, with_rows: bool = False, program: str = "") -> Import:
    """The facts in an upload; raises ``BadInput`` with every fault, ``Problem`` 503 if too many are being read.

    ``with_rows``: ``Unsound`` for faults in sheets. ``program`` names the programme where sheets do not.
    """
    try:
        return read_upload(replace(upload, program=program), lang, with_rows=with_rows)
    except Busy as error:
        fault = Fault(str(error), say("busy-advice", lang), code="busy")
        raise Problem(503, "unavailable", [fault], headers={"Retry-After": "10"}) from error


def told_notes(found: Import) -> dict[str, Any]:
    """How cells were understood, and what to look at."""
    return {
        "assumptions": [told_fault(fault) for fault in found.assumptions],
        "warnings": [told_fault(fault) for fault in found.warnings],
    }
