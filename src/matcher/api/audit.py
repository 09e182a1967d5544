"""The audit log over HTTP: who saw and changed what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from matcher.api.callers import AT, Call, calling
from matcher.api.paging import Page, Paged
from matcher.store import audit
from matcher.store.audit import Entry

router = APIRouter(tags=["privacy"])
_Filter = Annotated[str | None, Query(max_length=120)]


class EntryTold(BaseModel):
    """One line: who did what to which row. Names of fields and counts, never what they hold."""

    model_config = ConfigDict(extra="forbid")

    number: int
    at: datetime
    actor: str
    action: str
    noun: str
    key: str
    version: int | None
    detail: dict[str, Any]


class AboveTold(EntryTold):
    """One line above the communities."""

    district: str | None


@router.get(
    "/v1/audit", operation_id="audit.above", response_model=None, summary="Who changed what above the communities",
    responses={200: {"model": Page[AboveTold], "description": "A page, oldest first."}},
)
def above(response: Response, paging: Paged, call: Annotated[Call, Depends(calling("audit.above"))]) -> Any:
    """Accounts and keys of districts and of the server, districts and communities made or renamed.

    An administrator of a district sees that district's lines. What happens within a community stands in its own log.
    """
    with call.database.everyone(call.caller.actor, lang=call.lang) as session:
        found = audit.entries_above(
            session, district=call.caller.district, after=paging.after, limit=paging.limit + 1
        )
    return paging.page(response, found, lambda line: line[1].number, lambda line: told(line[1]) | {"district": line[0]})


@router.get(
    f"{AT}/audit", operation_id="audit.list", response_model=None, summary="Who saw and changed what",
    responses={200: {"model": Page[EntryTold], "description": "A page, oldest first."}},
)
def list_(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("audit.list"))], noun: _Filter = None,
    key: _Filter = None, actor: _Filter = None, action: _Filter = None,
) -> Any:
    """Of one community, oldest first; of one noun, row, person or action if that is asked for.

    `see` lines count what was shown, gathered over a few seconds.
    """
    call.saw("audit", 1)
    with call.reading() as session:
        found = audit.entries(
            session, after=paging.after, limit=paging.limit + 1, noun=noun, key=key, actor=actor, action=action
        )
    return paging.page(response, found, lambda entry: entry.number, told)


def told(entry: Entry) -> dict[str, Any]:
    """A line as JSON."""
    return {
        "number": entry.number, "at": entry.at.isoformat(), "actor": entry.actor, "action": entry.action,
        "noun": entry.noun, "key": entry.key, "version": entry.version, "detail": entry.detail,
    }
