"""Claims over HTTP: claimed under rush, withdrawn, answered; a wish's places and waitlist; livestream comments."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from matcher.api.callers import AT, Call, calling, database_of
from matcher.api.loop_bodies import (
    CLAIM_EXAMPLES,
    COMMENT_EXAMPLES,
    Answered,
    ClaimAsked,
    ClaimTold,
    CommentsAsked,
    CommentsTold,
)
from matcher.api.once import Done, OnlyOnce
from matcher.api.problems import refusal
from matcher.errors import BadInput
from matcher.service.accounts.access import Breadth
from matcher.service.claiming.comments import bring_in, read_comments
from matcher.service.claiming.rush import Rush
from matcher.store import facts, waitlist
from matcher.store.claims import Taken, Wanted, claim_row, fault, standing_of, standings
from matcher.store.facts import NotFound

router = APIRouter(tags=["claims"])
Key = Annotated[str, Path(min_length=1, max_length=120)]


def rush_of(request: Request) -> Rush:
    """The one door all claims of this process go through."""
    state = request.app.state
    if getattr(state, "rush", None) is None:
        state.rush = Rush(database_of(request))
    found = state.rush
    assert isinstance(found, Rush)
    return found


def told_claim(session: Session | None, taken: Taken) -> dict[str, Any]:
    """A claim as JSON; with a session also until when a place is kept for it."""
    until = None
    if session is not None and taken.standing == "waits":
        kept = waitlist.invitation(session, taken.claim)
        until = kept.until.isoformat() if kept is not None else None
    return taken.to_dict() | {"until": until}


@router.post(
    f"{AT}/claims:claim", operation_id="claims.claim", response_model=None, status_code=201, summary="Claim a wish",
    responses={
        200: {"model": ClaimTold, "description": "Claimed before: the same claim."},
        201: {"model": ClaimTold, "description": "Taken; it is on the disk."},
    },
)
def claim(
    asked: Annotated[ClaimAsked, Body(openapi_examples=CLAIM_EXAMPLES)], request: Request, once: OnlyOnce,
    call: Annotated[Call, Depends(calling("claims.claim"))],
) -> Response:
    """Within the places of a wish who comes first holds one, in the order in which the server takes claims in.

    Whoever comes later waits. Without places every claim is open until somebody screens them. Who has claimed the wish
    already gets that claim again, with 200. Send an `Idempotency-Key` and repeat the request after any failure.
    """
    volunteer = asked.volunteer
    if call.breadth is Breadth.OWN and volunteer is None and asked.team is None:
        volunteer = call.caller.volunteer
    if volunteer is None and asked.team is None:
        raise BadInput([fault("nobody-claims", call.lang, at=("volunteer",))])
    if call.breadth is not Breadth.ALL:
        with call.reading() as session:
            _refuse_others(session, call, volunteer, asked.team)
    wanted = Wanted(
        asked.wish, volunteer=volunteer, team=asked.team, places=asked.places, minutes=asked.minutes,
        channel=asked.channel, actor=call.caller.actor, lang=call.lang, key=once.key_for(call.caller.actor),
        request=once.request,
    )
    taken = rush_of(request).claim(call.here, wanted)
    headers = {"Idempotency-Replayed": "true"} if taken.repeated else {}
    return JSONResponse(told_claim(None, taken), 200 if taken.again else 201, headers)


@router.get(
    f"{AT}/claims/{{claim}}/standing", operation_id="claims.standing", response_model=ClaimTold,
    summary="Where a claim stands",
)
def standing(claim: Key, call: Annotated[Call, Depends(calling("claims.standing"))]) -> dict[str, Any]:
    """Its state, its position on the waitlist, and until when a place is kept for it."""
    with call.reading() as session:
        _own_row(session, call, claim)
        return told_claim(session, standing_of(session, claim))


@router.get(
    f"{AT}/wishes/{{wish}}/claims", operation_id="claims.standings", response_model=list[ClaimTold],
    summary="Who holds a place of a wish, and who waits",
)
def of_wish(wish: Key, call: Annotated[Call, Depends(calling("claims.standings"))]) -> list[dict[str, Any]]:
    """The claims in the running: first who holds a place, then the waitlist, each in the server's order."""
    with call.reading() as session:
        return [told_claim(None, taken) for taken in standings(session, wish)]


@router.post(
    f"{AT}/claims/{{claim}}:withdraw", operation_id="claims.withdraw", response_model=ClaimTold, summary="Withdraw a claim",
)
def withdraw(claim: Key, once: OnlyOnce, call: Annotated[Call, Depends(calling("claims.withdraw"))]) -> Response:
    """The claimant steps back. A place that comes free is offered to the next on the waitlist."""
    with call.writing() as session:

        def act() -> Done:
            _own_row(session, call, claim)
            return Done(200, told_claim(session, waitlist.withdraw(session, claim)))

        return once.answer(session, act)


@router.post(
    f"{AT}/claims/{{claim}}:answer", operation_id="claims.confirm", response_model=ClaimTold,
    summary="Answer to a place that came free",
)
def answer(
    claim: Key, told: Annotated[Answered, Body(openapi_examples={"yes": {"summary": "Yes", "value": {"accepts": True}}})],
    once: OnlyOnce, call: Annotated[Call, Depends(calling("claims.confirm"))],
) -> Response:
    """Yes holds the place, no withdraws the claim; after the time is up the place has gone to the next: 409."""
    with call.writing() as session:

        def act() -> Done:
            _own_row(session, call, claim)
            return Done(200, told_claim(session, waitlist.answer(session, claim, accepts=told.accepts)))

        return once.answer(session, act)


@router.post(
    f"{AT}/claims:comments", operation_id="claims.comments", response_model=CommentsTold,
    summary="Claims out of livestream comments",
)
def comments(
    asked: Annotated[CommentsAsked, Body(openapi_examples=COMMENT_EXAMPLES)], once: OnlyOnce,
    call: Annotated[Call, Depends(calling("claims.comments"))],
) -> Response:
    """Claims and withdrawals as the comments say, in their order, and what was understood of every one.

    Sending the same comments again claims nothing twice.
    """
    found = read_comments(asked.text, call.lang)
    with call.writing() as session:

        def act() -> Done:
            report = bring_in(session, found, wish=asked.wish, people=asked.people, makes_people=asked.makes_people)
            counts = {name: report.count(name) for name in ("claimed", "again", "withdrawn", "ignored", "refused")}
            return Done(200, counts | {"assumed": report.assumed, "lines": [asdict(line) for line in report.lines]})

        return once.answer(session, act)


def _own_row(session: Session, call: Call, key: str) -> None:
    """Raise ``NotFound`` for a claim that is not the caller's to touch."""
    row = claim_row(session, key)
    if call.breadth in (Breadth.ALL, Breadth.MASKED) or _is_own(session, call, row.volunteer, row.team):
        return
    raise NotFound([fault("no-claim", call.lang, key=key)])


def _refuse_others(session: Session, call: Call, volunteer: str | None, team: str | None) -> None:
    """Raise ``Problem`` 403 for a claim in the name of somebody who is not the caller's to speak for."""
    if not _is_own(session, call, volunteer, team):
        raise refusal(403, "forbidden", call.lang, "not-yours", operation=call.operation)


def _is_own(session: Session, call: Call, volunteer: str | None, team: str | None) -> bool:
    if call.breadth is Breadth.OWN:
        return volunteer is not None and volunteer == call.caller.volunteer
    if volunteer is None:
        return team is not None and team == call.caller.team
    try:
        found = facts.get(session, "volunteers", volunteer)
    except NotFound:
        return False
    return call.caller.team is not None and found.document.get("team") == call.caller.team
