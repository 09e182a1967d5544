"""The facts of a community, noun by noun: pages, one, made, put, patched, taken away; many at once."""

# No ``from __future__ import annotations`` here: the routes of a noun are typed by its model.
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from inspect import Parameter, Signature
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from matcher.api import examples
from matcher.api.callers import AT as AT
from matcher.api.callers import Call, calling
from matcher.api.conditional import Cached, Conditional, not_modified
from matcher.api.once import Done, OnlyOnce
from matcher.api.paging import Page, Paged, Paging
from matcher.domain.base import Fact
from matcher.domain.scenario import Program
from matcher.errors import BadInput, Fault
from matcher.exchange.assemble import FACTS
from matcher.service.accounts.access import Breadth
from matcher.service.rosters.seen import seen
from matcher.store import facts
from matcher.store.facts import NotFound, Stored
from matcher.store.known import known_of

router = APIRouter()

MOST_IN_BULK = 5000

Told = TypeVar("Told")
Key = Annotated[str, Path(min_length=1, max_length=120)]


class Kept(BaseModel, Generic[Told]):
    """A fact as it is kept: the fact itself, its version (also the ETag), and who changed it last."""

    model_config = ConfigDict(extra="forbid")

    key: str
    version: int
    sequence: int
    changed_at: datetime
    changed_by: str
    fact: Told


class Many(BaseModel, Generic[Told]):
    """Many facts of one noun."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[Told], Field(min_length=1, max_length=MOST_IN_BULK)]


_PAGES = "In the order in which the server took them in. Filters are the fields beside; masked as far as your role asks for it."
_ONE = "With its version as `ETag`. What is not yours to see is masked, or not there."
_MADE = "Refused if its id is taken. A fact without an id is given a key."
_PUT = "Makes it, or replaces it whole. One that is there needs `If-Match`; `If-None-Match: *` makes it only if it is not."
_PATCHED = "A merge patch (RFC 7396): null takes a field away, lists are replaced whole. Needs `If-Match`."
_DELETED = "Only if nothing else refers to it. Needs `If-Match`."
_BULK = "New ones are made, those that are there replaced; they may refer to each other. Facts without an id are always new."


def _example(value: Any) -> Any:
    """A body with an example."""
    return Body(examples=[value])


def _told_as(model: Any, description: str, example: Any, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """A response for the description, with an example."""
    return {
        status: {"model": model, "description": description, "content": {"application/json": {"example": example}}}
    }


def told(stored: Stored) -> dict[str, Any]:
    """A stored fact as JSON."""
    return {
        "key": stored.key, "version": stored.version, "sequence": stored.sequence,
        "changed_at": stored.changed_at.isoformat(), "changed_by": stored.changed_by, "fact": stored.document,
    }


def found(session: Session, noun: str, key: str) -> Stored | None:
    """The fact, or None."""
    try:
        return facts.get(session, noun, key)
    except NotFound:
        return None


def _rows(session: Session, noun: str, call: Call, paging: Paging, having: dict[str, str]) -> Sequence[Stored]:
    """One row more than the page holds, as far as the caller's breadth goes."""
    if call.breadth is Breadth.OWN:
        if call.caller.volunteer is None:
            return ()
        if noun == "volunteers":
            row = found(session, noun, call.caller.volunteer)
            return () if row is None or paging.after else (row,)
        having = having | {"volunteer": call.caller.volunteer}
    return facts.page(session, noun, after=paging.after, limit=paging.limit + 1, **having)


def _seen(session: Session, call: Call, rows: Sequence[Stored]) -> list[Stored]:
    known = known_of(session) if call.breadth in (Breadth.TEAM, Breadth.MASKED) else None
    shown = (seen(row, call.caller, call.breadth, known) for row in rows)
    return [row for row in shown if row is not None]


def _one(session: Session, noun: str, key: str, call: Call) -> Stored:
    """The fact as the caller may see it; raises ``NotFound``."""
    rows = _seen(session, call, [facts.get(session, noun, key)])
    if not rows:
        raise facts.no_row(session, noun, key)
    return rows[0]


def merged(target: Any, patch: Any) -> Any:
    """The target with the patch merged in (RFC 7396, section 2).

    >>> merged({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"d": 3}})
    {'b': {'c': 2, 'd': 3}}
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _filters(noun: str) -> Callable[..., dict[str, str]]:
    """A dependency with a query parameter for every field a page can be asked for."""
    names = [name for name in facts.queried(noun) if name not in ("at", "start", "home")]

    def having(**given: str | None) -> dict[str, str]:
        return {name: value for name, value in given.items() if value is not None}

    query = Annotated[str | None, Query(max_length=200)]
    parameters = [Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=query) for name in names]
    having.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return having


def _add_reading(noun: str, model: type[Fact]) -> None:
    kept = Kept[model]  # type: ignore[valid-type]

    @router.get(
        f"{AT}/{noun}", operation_id=f"{noun}.list", response_model=None, tags=[noun],
        responses=_told_as(Page[kept], "A page.", {"items": [examples.kept(noun)], "next": None}),
        summary=f"The {noun}, page by page", description=_PAGES,
    )
    def list_(
        response: Response, paging: Paged, conditions: Cached,
        having: Annotated[dict[str, str], Depends(_filters(noun))],
        call: Annotated[Call, Depends(calling(f"{noun}.list"))],
    ) -> Any:
        with call.reading() as session:
            etag = f'W/"{facts.facts_version(session)}"'
            if conditions.knows(etag):
                return not_modified(etag)
            rows = _rows(session, noun, call, paging, having)
            shown = _seen(session, call, rows)
        call.saw(noun, min(len(shown), paging.limit))
        response.headers["ETag"] = etag
        return paging.page(response, shown, lambda row: row.sequence, told)

    @router.get(
        f"{AT}/{noun}/{{key:path}}", operation_id=f"{noun}.get", response_model=None, tags=[noun],
        responses=_told_as(kept, "The fact.", examples.kept(noun)), summary=f"One of the {noun}", description=_ONE,
    )
    def get(
        key: Key, conditions: Cached, call: Annotated[Call, Depends(calling(f"{noun}.get"))],
    ) -> Response:
        with call.reading() as session:
            row = _one(session, noun, key, call)
        call.saw(noun, 1, key=row.key)
        if conditions.knows(row.etag):
            return not_modified(row.etag)
        return JSONResponse(told(row), headers={"ETag": row.etag})


def _add_writing(noun: str, model: type[Fact]) -> None:
    kept = Kept[model]  # type: ignore[valid-type]

    @router.post(
        f"{AT}/{noun}", operation_id=f"{noun}.create", response_model=None, tags=[noun], status_code=201,
        responses=_told_as(kept, "Made; Location leads to it.", examples.kept(noun), 201),
        summary=f"Add one to the {noun}", description=_MADE,
    )
    def create(
        fact: Annotated[model, _example(examples.FACTS[noun])], request: Request, once: OnlyOnce,  # type: ignore[valid-type]
        call: Annotated[Call, Depends(calling(f"{noun}.create"))],
    ) -> Response:
        with call.writing() as session:

            def act() -> Done:
                row = facts.put(session, noun, facts.document_of(fact), only_new=True)
                return Done(201, told(row), {"ETag": row.etag, "Location": f"{request.url.path}/{quote(row.key)}"})

            return once.answer(session, act)

    @router.put(
        f"{AT}/{noun}/{{key:path}}", operation_id=f"{noun}.put", response_model=None, tags=[noun],
        responses=_told_as(kept, "Changed.", examples.kept(noun)) | _told_as(kept, "Made.", examples.kept(noun), 201),
        summary=f"Put one of the {noun}", description=_PUT,
    )
    def put(
        key: Key, fact: Annotated[model, _example(examples.FACTS[noun])], conditions: Conditional,  # type: ignore[valid-type]
        call: Annotated[Call, Depends(calling(f"{noun}.put"))],
    ) -> Response:
        with call.writing() as session:
            facts.lock(session, 0)
            before = found(session, noun, key)
            expected = conditions.expected(before, key)
            row = facts.put(session, noun, facts.document_of(fact), key=key, expected=expected)
        return JSONResponse(told(row), 200 if before else 201, {"ETag": row.etag})

    @router.patch(
        f"{AT}/{noun}/{{key:path}}", operation_id=f"{noun}.patch", response_model=None, tags=[noun],
        responses=_told_as(kept, "Changed.", examples.kept(noun)),
        summary=f"Change fields of one of the {noun}", description=_PATCHED,
    )
    def patch(
        key: Key, changes: Annotated[dict[str, Any], _example(examples.PATCHES[noun])], conditions: Conditional,
        call: Annotated[Call, Depends(calling(f"{noun}.patch"))],
    ) -> Response:
        with call.writing() as session:
            facts.lock(session, 0)
            before = facts.get(session, noun, key)
            expected = conditions.expected(before, key)
            row = facts.put(session, noun, merged(before.document, changes), key=key, expected=expected)
        return JSONResponse(told(row), headers={"ETag": row.etag})

    @router.delete(
        f"{AT}/{noun}/{{key:path}}", operation_id=f"{noun}.delete", response_model=None, tags=[noun], status_code=204,
        summary=f"Take one out of the {noun}", description=_DELETED,
    )
    def delete(
        key: Key, conditions: Conditional, call: Annotated[Call, Depends(calling(f"{noun}.delete"))],
    ) -> Response:
        with call.writing() as session:
            facts.lock(session, 0)
            expected = conditions.expected(facts.get(session, noun, key), key)
            facts.remove(session, noun, key, expected=expected)
        return Response(status_code=204)


def _add_bulk(noun: str, model: type[Fact]) -> None:
    kept = Kept[model]  # type: ignore[valid-type]

    @router.post(
        f"{AT}/{noun}:bulk", operation_id=f"{noun}.bulk", response_model=None, tags=[noun],
        responses=_told_as(Many[kept], "All of them, as kept.", {"items": [examples.kept(noun)]}),
        summary=f"Put many of the {noun}, all or none", description=_BULK,
    )
    def bulk(
        many: Annotated[Many[model], _example({"items": [examples.FACTS[noun]]})], once: OnlyOnce,  # type: ignore[valid-type]
        call: Annotated[Call, Depends(calling(f"{noun}.bulk"))],
    ) -> Response:
        with call.writing() as session:

            def act() -> Done:
                documents = [facts.document_of(item) for item in many.items]
                try:
                    rows = facts.put_many(session, noun, documents)
                except BadInput as error:
                    raise type(error)([_among_items(fault) for fault in error.faults]) from error
                return Done(200, {"items": [told(row) for row in rows]})

            return once.answer(session, act)


def _among_items(fault: Fault) -> Fault:
    """The fault with its place in the request: ``items[3].due``."""
    place = fault.path if fault.path and isinstance(fault.path[0], int) else fault.path[1:]
    return replace(fault, path=("items", *place))


# --------------------------------------------------------------------------------------------- the programme


@router.get(
    f"{AT}/program", operation_id="program.get", response_model=None, tags=["program"],
    responses=_told_as(Kept[Program], "The programme.", examples.kept("program")),
    summary="The programme: name, clock, window, settings",
)
def get_program(conditions: Cached, call: Annotated[Call, Depends(calling("program.get"))]) -> Response:
    """What `as_of` says is "now"; the window is what is planned for."""
    with call.reading() as session:
        row = facts.program(session)
    if conditions.knows(row.etag):
        return not_modified(row.etag)
    return JSONResponse(told(row), headers={"ETag": row.etag})


@router.put(
    f"{AT}/program", operation_id="program.put", response_model=None, tags=["program"],
    responses=_told_as(Kept[Program], "Changed.", examples.kept("program"))
    | _told_as(Kept[Program], "Made.", examples.kept("program"), 201),
    summary="Put the programme",
)
def put_program(
    program: Annotated[Program, _example(examples.PROGRAM)], conditions: Conditional,
    call: Annotated[Call, Depends(calling("program.put"))],
) -> Response:
    """The facts must hold under it: its clock, its calendar, its window. One that is there needs `If-Match`."""
    with call.writing() as session:
        facts.lock(session, 0)
        before = _program(session)
        expected = conditions.expected(before, facts.PROGRAM)
        row = facts.put_program(session, facts.document_of(program), expected=expected)
    return JSONResponse(told(row), 200 if before else 201, {"ETag": row.etag})


@router.patch(
    f"{AT}/program", operation_id="program.patch", response_model=None, tags=["program"],
    responses=_told_as(Kept[Program], "Changed.", examples.kept("program")),
    summary="Change fields of the programme",
)
def patch_program(
    changes: Annotated[dict[str, Any], _example({"name": "东河社区微心愿"})], conditions: Conditional,
    call: Annotated[Call, Depends(calling("program.patch"))],
) -> Response:
    """A merge patch (RFC 7396): null takes a field away. Needs `If-Match`."""
    with call.writing() as session:
        facts.lock(session, 0)
        before = facts.program(session)
        expected = conditions.expected(before, facts.PROGRAM)
        row = facts.put_program(session, merged(before.document, changes), expected=expected)
    return JSONResponse(told(row), headers={"ETag": row.etag})


def _program(session: Session) -> Stored | None:
    try:
        return facts.program(session)
    except NotFound:
        return None


for _noun, _model in FACTS.items():
    _add_bulk(_noun, _model)
    _add_reading(_noun, _model)
    _add_writing(_noun, _model)
