"""One person's data over HTTP: all of it in one document, or erased."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict

from matcher.api.callers import AT, Call, calling
from matcher.service.accounts.access import Breadth
from matcher.store import facts, persons

router = APIRouter(tags=["privacy"])
Person = Annotated[str, Path(min_length=1, max_length=120, description="The id of a resident or volunteer.")]


class ErasedTold(BaseModel):
    """What an erasure did; `token` is who the anonymous counts belong to, and nothing leads back from it."""

    model_config = ConfigDict(extra="forbid")

    token: str
    deleted: int
    anonymous: int


@router.get(
    f"{AT}/persons/{{person}}", operation_id="persons.export", response_model=None, summary="All that is held on one person",
    responses={200: {"description": "Facts by noun, visits, and what was done with them."}},
)
def export(person: Person, call: Annotated[Call, Depends(calling("persons.export"))]) -> dict[str, Any]:
    """Under all ids the person has. A volunteer's account gets its own only. The export itself stands in the audit log."""
    with call.writing() as session:
        if call.breadth is Breadth.OWN and person != call.caller.volunteer:
            raise facts.no_row(session, "persons", person)
        return persons.export_person(session, person)


@router.delete(
    f"{AT}/persons/{{person}}", operation_id="persons.erase", response_model=ErasedTold, summary="Erase one person",
)
def erase(person: Person, call: Annotated[Call, Depends(calling("persons.erase"))]) -> dict[str, Any]:
    """For good, under all ids, with their accounts; what they did stays as anonymous counts. Backups made before still
    hold the person.
    """
    with call.writing() as session:
        done = persons.erase_person(session, person)
    return {"token": done.token, "deleted": done.deleted, "anonymous": done.anonymous}
