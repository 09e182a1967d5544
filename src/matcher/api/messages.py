"""Messages about a visit over HTTP: read page by page, written, hidden by the coordinator."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Response
from sqlalchemy.orm import Session

from matcher.api.callers import AT, Call, calling
from matcher.api.loop_bodies import MESSAGE_EXAMPLES, HideAsked, MessageAsked, MessageTold
from matcher.api.once import Done, OnlyOnce
from matcher.api.paging import Page, Paged
from matcher.service.accounts.access import Breadth
from matcher.store import facts, messages
from matcher.store.claims import fault
from matcher.store.facts import NotFound
from matcher.store.messages import Message

router = APIRouter(tags=["messages"])
VisitKey = Annotated[str, Path(min_length=1, max_length=160)]


def told_message(message: Message) -> dict[str, Any]:
    """A message as JSON; the author's id is not shown."""
    return {
        "number": message.number, "visit": message.visit, "side": message.side, "name": message.name,
        "text": message.text, "created_at": message.created_at.isoformat(), "hidden": message.hidden,
    }


@router.get(
    f"{AT}/visits/{{visit:path}}/messages", operation_id="messages.list", response_model=None,
    summary="The messages about a visit", responses={200: {"model": Page[MessageTold], "description": "A page."}},
)
def list_(
    visit: VisitKey, response: Response, paging: Paged, call: Annotated[Call, Depends(calling("messages.list"))]
) -> Any:
    """The oldest first. Volunteers see the threads of their own visits; what was hidden shows without its text."""
    with call.reading() as session:
        refuse_stranger(session, call, visit)
        found = messages.thread(
            session, visit, after=paging.after, limit=paging.limit + 1, whole=call.breadth is Breadth.ALL
        )
    call.saw("messages", min(len(found), paging.limit), key=visit)
    return paging.page(response, found, lambda message: message.number, told_message)


@router.post(
    f"{AT}/visits/{{visit:path}}/messages", operation_id="messages.create", response_model=MessageTold, status_code=201,
    summary="Write a message about a visit",
)
def create(
    visit: VisitKey, asked: Annotated[MessageAsked, Body(openapi_examples=MESSAGE_EXAMPLES)], once: OnlyOnce,
    call: Annotated[Call, Depends(calling("messages.create"))],
) -> Response:
    """From the coordinator, or from a volunteer whose visit it is. Phone numbers are masked before it is kept."""
    with call.writing() as session:

        def act() -> Done:
            refuse_stranger(session, call, visit)
            own = call.caller.volunteer if call.breadth is Breadth.OWN else None
            side: Any = "coordinator" if own is None else "volunteer"
            return Done(201, told_message(messages.write(session, visit, side, own or call.caller.actor, asked.text)))

        return once.answer(session, act)


@router.post(
    f"{AT}/messages/{{number}}:hide", operation_id="messages.hide", response_model=MessageTold,
    summary="Take a message out of sight, or put it back",
)
def hide(
    number: Annotated[int, Path(ge=1, le=2**62)],
    asked: Annotated[HideAsked, Body(openapi_examples={"hide": {"summary": "Hide it", "value": {"hidden": True}}})],
    once: OnlyOnce, call: Annotated[Call, Depends(calling("messages.hide"))],
) -> Response:
    """Others see that there was one, and not what it said."""
    with call.writing() as session:
        return once.answer(
            session, lambda: Done(200, told_message(messages.hide(session, number, hidden=asked.hidden)))
        )


def refuse_stranger(session: Session, call: Call, visit: str) -> None:
    """Raise ``NotFound`` for a thread that is not the caller's to see, or of a visit that is nobody's."""
    if call.breadth is Breadth.OWN:
        messages.refuse_stranger(session, visit, call.caller.volunteer or "")
    elif call.breadth is Breadth.TEAM:
        _refuse_other_teams(session, call, visit)
    else:
        facts.get(session, "wishes", visit.rpartition("/")[0])


def _refuse_other_teams(session: Session, call: Call, visit: str) -> None:
    seats = facts.page(session, "published", visit=visit, limit=facts.MOST_AT_ONCE)
    for seat in seats:
        try:
            person = facts.get(session, "volunteers", str(seat.document["volunteer"]))
        except NotFound:
            continue
        if call.caller.team is not None and person.document.get("team") == call.caller.team:
            return
    raise NotFound([fault("no-visit", call.lang, visit=visit)])
