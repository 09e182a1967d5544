"""Rosters over HTTP: drafts, what is published, what is over; edits by hand, differences, files."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from matcher.api.ask_bodies import AnyAnswer, DiffAsked, EditsAsked, RosterKey, SheetAsked, Timed
from matcher.api.asking import answer
from matcher.api.asks import ONE, stored_ask, window_of
from matcher.api.callers import AT, Call, calling
from matcher.api.conditional import Conditional, Conditions, not_modified
from matcher.api.once import Done, OnlyOnce
from matcher.api.paging import Page, Paged
from matcher.api.roster_bodies import EDIT_EXAMPLES, PublishAsked, RosterAsked, RosterTold
from matcher.errors import Fault
from matcher.service.accounts.access import Breadth
from matcher.service.asking.asks import Ask
from matcher.service.plan_words import say
from matcher.service.rosters import pinning, publishing
from matcher.service.rosters.papers import OUTPUTS
from matcher.store import rosters
from matcher.store.facts import NotFound
from matcher.store.rosters import Made, StoredRoster
from matcher.store.words import say as store_say

router = APIRouter(tags=["rosters"])

State = Literal["draft", "published", "archived"]
_JUDGE_SECONDS = 60.0
_FOR_PAGES = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
"""The pages carry their own style and pictures, and no script."""


# ----------------------------------------------------------------------------------------------- looking


@router.get(
    f"{AT}/rosters", operation_id="rosters.list", response_model=None, summary="The rosters of a community, oldest first",
    responses={200: {"model": Page[RosterTold], "description": "A page, without the rosters themselves."}},
)
def list_(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("rosters.list"))],
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    replaces: Annotated[str | None, Query(max_length=64, description="Only those made from this one.")] = None,
    newest: Annotated[bool, Query(description="The newest first.")] = False,
) -> Any:
    """Who does not plan sees what is published."""
    if call.breadth is not Breadth.ALL:
        if state not in (None, "published"):
            return paging.page(response, (), lambda row: row.number, told)
        state = "published"
    with call.reading() as session:
        found = rosters.page(
            session, after=paging.after, limit=paging.limit + 1, state=state, replaces=replaces, newest=newest
        )
    return paging.page(response, found, lambda row: row.number, told)


@router.get(
    ONE, operation_id="rosters.get", response_model=None, summary="A roster, as far as the caller may see it",
    responses={200: {"model": RosterTold, "description": "With `roster` (whole), or `view` (graded)."}},
)
async def get(
    roster: RosterKey, request: Request, conditions: Conditional, call: Annotated[Call, Depends(calling("rosters.get"))],
    view: Annotated[bool, Query(description="With names, places and numbers instead of ids.")] = False,
) -> Response:
    """Whoever plans gets roster.json; a team lead, a volunteer and a viewer the grade that is theirs."""
    stored = await run_in_threadpool(_seen, call, roster)
    call.saw("rosters", 1, key=roster)
    is_whole = call.breadth is Breadth.ALL and not view
    if is_whole and conditions.knows(stored.etag):
        return not_modified(stored.etag)
    shown = told(stored)
    if is_whole:
        return JSONResponse(shown | {"roster": stored.document}, headers={"ETag": stored.etag})
    caller = asdict(call.caller)
    values = {"caller": caller, "breadth": str(call.breadth)}
    graded = await answer(request, stored_ask("view", call, (roster,), Timed(), values))
    return JSONResponse(shown | {"view": graded})


@router.get(
    f"{ONE}/sheet", operation_id="rosters.sheet", response_model=None, summary="A roster with names, for whoever plans",
    responses={200: {"model": AnyAnswer, "description": "People, wishes, visits, pins, and places that are empty."}},
)
async def sheet(
    roster: RosterKey, request: Request, asked: Annotated[SheetAsked, Query()],
    call: Annotated[Call, Depends(calling("rosters.sheet"))],
) -> dict[str, Any]:
    """No telephone numbers and no doors."""
    stored = await run_in_threadpool(_seen, call, roster)
    call.saw("rosters", 1, key=roster)
    told_sheet = await answer(request, stored_ask("sheet", call, (roster,), asked, {"places": asked.places}))
    return told(stored) | told_sheet


@router.get(
    f"{ONE}/report", operation_id="rosters.report", response_model=None, summary="The judge's report, as it was made",
    responses={200: {"description": "As report.json."}},
)
def report(roster: RosterKey, call: Annotated[Call, Depends(calling("rosters.report"))]) -> Response:
    """By the facts of that time; `check` judges by those of now."""
    return JSONResponse(_seen(call, roster).report)


@router.get(
    f"{ONE}/certificates", operation_id="rosters.certificates", response_model=None, summary="What proves its bounds",
    responses={200: {"description": "As certificate.json."}},
)
def certificates(roster: RosterKey, call: Annotated[Call, Depends(calling("rosters.certificates"))]) -> Response:
    """Proofs that anybody can recompute; an empty list where nothing is proven."""
    return JSONResponse(_seen(call, roster).certificates)


@router.get(
    f"{ONE}/diff", operation_id="rosters.diff", response_model=None, summary="What differs from what people were told",
    responses={200: {"model": AnyAnswer, "description": "Visits, news per person, messages to send, promises that change."}},
)
async def diff(
    roster: RosterKey, request: Request, asked: Annotated[DiffAsked, Query()],
    call: Annotated[Call, Depends(calling("rosters.diff"))],
) -> dict[str, Any]:
    """Look at this before publishing: whom to tell what, and at which number."""
    call.saw("rosters", 1, key=roster)
    return await answer(request, stored_ask("diff", call, (roster,), asked, {"afresh": asked.afresh}))


@router.get(
    f"{ONE}/outputs/{{name:path}}", operation_id="rosters.output", response_model=None, summary="A file of a roster",
    responses={200: {"description": "The file.", "content": {"text/html": {}, "text/calendar": {}, "application/octet-stream": {}}}},
)
async def output(
    roster: RosterKey, request: Request, call: Annotated[Call, Depends(calling("rosters.output"))],
    name: Annotated[str, Path(max_length=200, description=f"One of {', '.join(OUTPUTS)}.")],
) -> Response:
    """Pages to print, the workbook, the notice, the call list, slips and calendars; each as far as the caller may see it."""
    await run_in_threadpool(_seen, call, roster)
    _refuse_output(call, name)
    call.saw("rosters", 1, key=roster)
    values = {"name": name, "team": call.caller.team or "" if call.breadth is Breadth.TEAM else None}
    found = await answer(request, stored_ask("output", call, (roster,), Timed(), values), seconds=_JUDGE_SECONDS)
    if not found:
        who = name.partition("/")[2].rpartition(".")[0]
        raise NotFound([Fault(say("no-slip", call.lang, name=who[:60]), code="no-slip")])
    headers = {"Content-Security-Policy": _FOR_PAGES}
    if not name.endswith(".html"):
        headers["Content-Disposition"] = f'attachment; filename="{"calendar.ics" if name.endswith(".ics") else name}"'
    return Response(b64decode(found["content"]), media_type=found["media"], headers=headers)


def _refuse_output(call: Call, name: str) -> None:
    """Raise ``NotFound`` for what there is not, or not for this caller."""
    folder, _, rest = name.partition("/")
    suffix = {"slips": ".html", "calendars": ".ics"}.get(folder, "")
    is_personal = bool(suffix) and rest.endswith(suffix) and len(rest) > len(suffix)
    is_mine = is_personal and rest.removesuffix(suffix) == call.caller.volunteer
    allowed = {
        Breadth.ALL: is_personal or name in OUTPUTS[:5], Breadth.TEAM: is_personal or name == "notice.html",
        Breadth.OWN: is_mine or name == "notice.html", Breadth.MASKED: name == "notice.html",
    }[call.breadth]
    if not allowed:
        listed = ", ".join(OUTPUTS) if call.breadth is Breadth.ALL else "notice.html"
        message, advice = say("no-output", call.lang, name=name[:60]), say("no-output-advice", call.lang, known=listed)
        raise NotFound([Fault(message, advice, code="no-output")])


# ---------------------------------------------------------------------------------------- making and changing


@router.post(
    f"{AT}/rosters", operation_id="rosters.create", response_model=None, status_code=201, summary="Keep a roster as a draft",
    responses={201: {"model": AnyAnswer, "description": "Kept, with the judge's report."}},
)
async def create(
    asked: RosterAsked, request: Request, once: OnlyOnce, call: Annotated[Call, Depends(calling("rosters.create"))],
) -> Response:
    """A roster made elsewhere, by hand or by `matcher plan`; judged by the facts as they stand. A broken rule is told, not
    refused: it is publishing that refuses.
    """
    ask = Ask(
        "edit", call.lang, call.here.district, call.here.community, moment=asked.moment, given=(asked.roster,),
        values={"changes": []},
    )
    made = await answer(request, ask, seconds=_JUDGE_SECONDS)
    return await run_in_threadpool(_keep, request, call, once, made, None)


@router.post(
    f"{ONE}/edits", operation_id="rosters.edit", response_model=None, status_code=201, summary="Change a roster by hand",
    responses={201: {"model": AnyAnswer, "description": "A new draft, with the judge's report; Location leads to it."}},
)
async def edit(
    roster: RosterKey, request: Request, asked: Annotated[EditsAsked, Body(openapi_examples=EDIT_EXAMPLES)],
    once: OnlyOnce, conditions: Conditional, call: Annotated[Call, Depends(calling("rosters.edit"))],
) -> Response:
    """A roster never changes: the result is a new draft that replaces it, judged by the facts as they stand.

    With `If-Match`, 412 if somebody has made another draft from it meanwhile.
    """
    made = await answer(request, stored_ask("edit", call, (roster,), Timed(moment=asked.moment), asked.values))
    return await run_in_threadpool(_keep, request, call, once, made, roster, _expected(conditions))


def _keep(
    request: Request, call: Call, once: OnlyOnce, made: dict[str, Any], replaces: str | None, expected: int | None = None
) -> Response:
    base = request.url.path.partition("/rosters")[0]
    with call.writing() as session:

        def act() -> Done:
            if replaces is not None and expected is not None:
                rosters.refuse_changed(session, replaces, expected=expected)
            pinning.write(session, made["pins"])
            kept = Made(made["roster"], made["report"], window_of(made["window"]))
            key = rosters.add_draft(session, kept, replaces=replaces)
            stored = rosters.get(session, key)
            body = told(stored) | {name: made[name] for name in ("roster", "report", "changes", "pins")}
            return Done(201, body, {"Location": f"{base}/rosters/{key}", "ETag": stored.etag})

        return once.answer(session, act)


@router.post(
    f"{ONE}/publish", operation_id="rosters.publish", response_model=None, summary="Tell people: publish a draft",
    responses={200: {"model": RosterTold, "description": "Published."}},
)
async def publish(
    roster: RosterKey, request: Request, asked: PublishAsked, once: OnlyOnce, conditions: Conditional,
    call: Annotated[Call, Depends(calling("rosters.publish"))],
) -> Response:
    """Judged once more, by the facts as they are now. 409 with every broken rule and what to do; nothing forces it through.

    Where promises change, 409 until `confirm_changes` says that those people will be told. What the draft was made
    because of (who is away, what is new) is written into the facts. Rosters of the same days are archived.
    """
    expected = _expected(conditions)
    for is_last in (False, False, True):
        ask = stored_ask("judge", call, (roster,), Timed(moment=asked.moment), {})
        judged = await answer(request, ask, seconds=_JUDGE_SECONDS)

        def write(judged: dict[str, Any] = judged, is_last: bool = is_last) -> Response | None:
            with call.writing() as session:
                if not publishing.is_current(session, roster, judged, refuse=is_last):
                    return None

                def act() -> Done:
                    stored = publishing.publish(
                        session, roster, judged, expected=expected, confirmed=asked.confirm_changes
                    )
                    return Done(200, told(stored), {"ETag": stored.etag})

                return once.answer(session, act)

        response = await run_in_threadpool(write)
        if response is not None:
            return response
    raise AssertionError("the last one refuses")


@router.post(
    f"{ONE}/archive", operation_id="rosters.archive", response_model=None, summary="Put a roster aside",
    responses={200: {"model": RosterTold, "description": "Archived."}},
)
def archive(
    roster: RosterKey, once: OnlyOnce, conditions: Conditional,
    call: Annotated[Call, Depends(calling("rosters.archive"))],
) -> Response:
    """A draft nobody wants, or a published roster that is over. What people were told stays."""
    expected = _expected(conditions)
    with call.writing() as session:

        def act() -> Done:
            stored = rosters.archive(session, roster, expected=expected)
            return Done(200, told(stored), {"ETag": stored.etag})

        return once.answer(session, act)


# ------------------------------------------------------------------------------------------------ helpers


def told(stored: StoredRoster) -> dict[str, Any]:
    """A roster's state as JSON, without the roster."""
    names = ("id", "edition", "state", "version", "run", "replaces", "created_by", "published_by")
    times = ("created_at", "published_at", "first_day", "last_day")
    dated = {name: None if (value := getattr(stored, name)) is None else value.isoformat() for name in times}
    return {name: getattr(stored, name) for name in names} | dated


def _seen(call: Call, key: str) -> StoredRoster:
    """A roster the caller may look at: who does not plan sees no drafts; raises ``NotFound``."""
    with call.reading() as session:
        stored = rosters.get(session, key)
    if call.breadth is not Breadth.ALL and stored.state != "published":
        raise NotFound([Fault(store_say("no-roster", call.lang, key=key), code="no-roster")])
    return stored


def _expected(conditions: Conditions) -> int | None:
    """The version named by If-Match; None if none is named. -1 matches nothing."""
    if conditions.match is None or "*" in conditions.match:
        return None
    (tag, *more) = sorted(conditions.match)
    told_version = tag.strip('"')
    return int(told_version) if not more and told_version.isdigit() and len(told_version) < 10 else -1
