"""Turns over HTTP: what a volunteer was told is theirs, and what they said to it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Response

from matcher.api.callers import AT, Call, calling
from matcher.api.claims import told_claim
from matcher.api.loop_bodies import DONE_EXAMPLES, REPLY_EXAMPLES, OpenDone, ReplyAsked, ReplyTold, TurnDone, Turns
from matcher.api.once import Done, OnlyOnce
from matcher.api.paging import Page, Paged
from matcher.service.accounts.access import Breadth
from matcher.service.claiming import doors
from matcher.service.rosters import replies
from matcher.service.rosters.replies import Reply
from matcher.store import facts, orders
from matcher.store.link_words import say

router = APIRouter(tags=["turns"])


def told_reply(reply: Reply) -> dict[str, Any]:
    """What somebody said to a turn, as JSON."""
    return {
        "visit": reply.visit, "volunteer": reply.volunteer, "says": reply.says, "at": reply.at.isoformat(),
        "start": reply.start.isoformat() if reply.start else None, "role": reply.role, "standby": reply.standby,
    }


def told_turns(session: Any, volunteer: str) -> dict[str, Any]:
    """A person's turns and claims as JSON."""
    return {
        "turns": [told_turn(turn) for turn in doors.turns(session, volunteer)],
        "claims": [
            told_claim(session, taken) | doors.about(session, taken.wish) for taken in doors.own_claims(session, volunteer)
        ],
    }


def told_turn(turn: doors.OwnTurn) -> dict[str, Any]:
    """One turn as JSON."""
    return {name: getattr(turn, name) for name in turn.__slots__}


@router.get(f"{AT}/turns", operation_id="turns.list", response_model=Turns, summary="A volunteer's turns and claims")
def list_(
    call: Annotated[Call, Depends(calling("turns.list"))],
    volunteer: Annotated[str | None, Query(max_length=120, description="Whose; a volunteer's account: its own.")] = None,
) -> dict[str, Any]:
    """What was announced to this person, in order of time, what they said to it, and their claims."""
    with call.reading() as session:
        whose = _whose(session, call, volunteer)
        call.saw("volunteers", 1, key=whose)
        return told_turns(session, whose)


@router.post(
    f"{AT}/replies", operation_id="replies.create", response_model=ReplyTold, status_code=201,
    summary="What a volunteer says to a turn",
)
def create(
    asked: Annotated[ReplyAsked, Body(openapi_examples=REPLY_EXAMPLES)], once: OnlyOnce,
    call: Annotated[Call, Depends(calling("replies.create"))],
) -> Response:
    """That they come, cannot, or would swap; for a coordinator who was told on the phone as well. A `no` is a decline."""
    with call.writing() as session:

        def act() -> Done:
            whose = _whose(session, call, asked.volunteer)
            return Done(201, told_reply(replies.say_to(session, asked.visit, whose, asked.says, asked.words)))

        return once.answer(session, act)


@router.post(
    f"{AT}/turns:done", operation_id="turns.done", response_model=OpenDone, summary="A volunteer says that they have been"
)
def done(
    asked: Annotated[TurnDone, Body(openapi_examples=DONE_EXAMPLES)], once: OnlyOnce,
    call: Annotated[Call, Depends(calling("turns.done"))],
) -> Response:
    """On record as if the coordinator had put it, who may correct it; what is on record otherwise stays: 409."""
    with call.writing() as session:

        def act() -> Done:
            replies.say_done(session, asked.visit, _whose(session, call, asked.volunteer))
            return Done(200, {"message": say("done-done", call.lang)})

        return once.answer(session, act)


@router.get(
    f"{AT}/replies", operation_id="replies.list", response_model=None, summary="What was said to the turns people were told of",
    responses={200: {"model": Page[ReplyTold], "description": "A page."}},
)
def list_replies(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("replies.list"))]
) -> Any:
    """By visit; what was said to a time that has changed since is no answer any more, and is left out."""
    with call.reading() as session:
        found = orders.said_orders(session, after=paging.text or "", limit=paging.limit + 1)
        page = paging.page(response, found, lambda order: order.visit, lambda order: replies.replies_to(session, order))
    return page | {"items": [told_reply(reply) for said in page["items"] for reply in said]}


def _whose(session: Any, call: Call, volunteer: str | None) -> str:
    """Whose turns are meant; raises ``NotFound`` for somebody who is not the caller's to speak for."""
    own = call.caller.volunteer or ""
    if call.breadth is Breadth.OWN:
        if volunteer not in (None, own):
            raise facts.no_row(session, "volunteers", volunteer)
        return own
    found = facts.get(session, "volunteers", volunteer or "")
    if call.breadth is Breadth.TEAM and found.document.get("team") != (call.caller.team or "-"):
        raise facts.no_row(session, "volunteers", volunteer or "")
    return found.key
