"""Without an account: what a code opens, and what may be done by it. Secrets stand in the address, never in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from matcher.api.addresses import address_of
from matcher.api.callers import Call, calling
from matcher.api.claims import told_claim
from matcher.api.feeds import feed_url
from matcher.api.links import png_of, svg_of, url_of
from matcher.api.loop_bodies import (
    JOIN_EXAMPLES,
    MESSAGE_EXAMPLES,
    OPEN_CLAIM_EXAMPLES,
    SUBMIT_EXAMPLES,
    ConfirmAsked,
    ConfirmTold,
    FeedGiven,
    Joined,
    MessageAsked,
    MessageTold,
    OpenAnswer,
    OpenClaim,
    OpenDone,
    OpenReply,
    OpenStep,
    OpenTold,
    OpenVisit,
    Turns,
    WishSubmitted,
)
from matcher.api.messages import told_message
from matcher.api.once import Done, Once, OnlyOnce, response_of
from matcher.api.orders import told_confirmed
from matcher.api.paging import Page, Paged
from matcher.api.problems import Problem
from matcher.api.turns import told_turns
from matcher.domain.scenario import Program
from matcher.service.claiming import doors
from matcher.service.rosters import replies
from matcher.store import facts, feeds, links, messages, orders, tenants
from matcher.store.claims import Taken, standing_of
from matcher.store.facts import NotFound
from matcher.store.idempotency import Answer, remember, remembered
from matcher.store.link_words import say
from matcher.store.links import Opened, Refused, Ticket
from matcher.store.orders import Order

router = APIRouter(tags=["open"])
BASE = "/v1/open/{token}"
Token = Annotated[str, Path(min_length=4, max_length=100, description="The secret of a link or a ticket.")]
Visit = Annotated[str, Query(max_length=160, description="Which visit.")]
_NOT_NOW = {"too-often": 429, "used-up": 410, "ticket-used": 409}
_TITLE = {429: "too-many-requests", 410: "not-found", 409: "conflict"}


@contextmanager
def _entering(token: str, call: Call) -> Iterator[Opened]:
    """What a token opens; what is refused for now is said with the status it has over HTTP."""
    try:
        yield links.opened(call.database, token, call.lang)
    except Refused as error:
        status = _NOT_NOW[error.faults[0].code]
        headers = {"Retry-After": "3600"} if status == 429 else {}
        raise Problem(status, _TITLE[status], error.faults, headers=headers) from error


@contextmanager
def _writing(found: Opened, call: Call) -> Iterator[Session]:
    actor = f"ticket:{found.ticket.id[:12]}" if found.ticket else f"link:{found.link.id[:12]}" if found.link else "open"
    with call.database.writing(found.scope, actor, lang=call.lang) as session:
        yield session


@router.get(BASE, operation_id="open.get", response_model=OpenTold, summary="What a code opens")
def look(token: Token, call: Annotated[Call, Depends(calling("open.get"))]) -> dict[str, Any]:
    """A link: what is offered, the resident by alias or masked. A ticket: how the claim, the wish or the visit stands."""
    with _entering(token, call) as found, call.database.reading(found.scope, lang=call.lang) as session:
        told = _where(session, found)
        if found.link is not None:
            return told | {
                "kind": found.link.kind, "expires_at": found.link.expires_at,
                "offers": [_offer(offer) for offer in doors.offers(session, found.link)],
            }
        assert found.ticket is not None
        return told | {"kind": found.ticket.kind, "expires_at": found.ticket.expires_at} | _about(session, found.ticket)


@router.get(
    f"{BASE}/code.svg", operation_id="open.code", response_model=None, summary="The QR code of a link, as SVG",
    responses={200: {"content": {"image/svg+xml": {}}, "description": "The code."}},
)
def code(token: Token, request: Request, call: Annotated[Call, Depends(calling("open.code"))]) -> Response:
    """Whoever has the link can print its code."""
    with _entering(token, call):
        return Response(svg_of(url_of(request, token)), media_type="image/svg+xml")


@router.get(
    f"{BASE}/code.png", operation_id="open.picture", response_model=None, summary="The QR code of a link, as PNG",
    responses={200: {"content": {"image/png": {}}, "description": "The code."}},
)
def picture(token: Token, request: Request, call: Annotated[Call, Depends(calling("open.picture"))]) -> Response:
    """Whoever has the link can print its code."""
    with _entering(token, call):
        return Response(png_of(url_of(request, token)), media_type="image/png")


@router.post(
    f"{BASE}/wishes", operation_id="open.submit", response_model=OpenDone, status_code=201, summary="Submit a wish"
)
def submit(
    token: Token, asked: Annotated[WishSubmitted, Body(openapi_examples=SUBMIT_EXAMPLES)], request: Request,
    once: OnlyOnce, call: Annotated[Call, Depends(calling("open.submit"))],
) -> Response:
    """In one's own words, for oneself or for somebody else; the community verifies it. The secret follows it."""
    with _entering(token, call) as found, _writing(found, call) as session:
        link = doors.link_of(found, call.lang, "to-submit")

        def act() -> tuple[Done, Ticket | None]:
            order, ticket = doors.submit(session, link, address_of(request), asked.model_dump())
            body = {"message": say("done-submitted", call.lang), "order": order.id, "stage": order.stage}
            return Done(201, body), ticket

        return _once(request, once, session, act, lambda body: links.make_ticket(session, "order", body["order"]))


@router.post(
    f"{BASE}/volunteers", operation_id="open.join", response_model=OpenDone, status_code=201, summary="Join as a volunteer"
)
def join(
    token: Token, asked: Annotated[Joined, Body(openapi_examples=JOIN_EXAMPLES)], request: Request, once: OnlyOnce,
    call: Annotated[Call, Depends(calling("open.join"))],
) -> Response:
    """Signed up without hours: nobody is planned before the community has spoken to them. The secret shows own turns."""
    with _entering(token, call) as found, _writing(found, call) as session:
        link = doors.link_of(found, call.lang, "to-join")

        def act() -> tuple[Done, Ticket | None]:
            whose, ticket = doors.join(session, link, address_of(request), asked.model_dump())
            body = {"message": say("done-joined" if ticket else "done-known", call.lang)}
            return Done(201, body | ({"volunteer": whose} if ticket else {})), ticket

        def again(body: dict[str, Any]) -> Ticket | None:
            return links.make_ticket(session, "person", body["volunteer"]) if "volunteer" in body else None

        return _once(request, once, session, act, again)


@router.post(
    f"{BASE}/claims", operation_id="open.claim", response_model=OpenDone, status_code=201, summary="Claim a wish",
    responses={200: {"model": OpenDone, "description": "Claimed before: the same claim."}},
)
def claim(
    token: Token, asked: Annotated[OpenClaim, Body(openapi_examples=OPEN_CLAIM_EXAMPLES)], request: Request,
    once: OnlyOnce, call: Annotated[Call, Depends(calling("open.claim"))],
) -> Response:
    """By name and phone through a link, or as the person of a ticket. The secret is for withdrawing and answering."""
    with _entering(token, call) as found, _writing(found, call) as session:

        def act() -> tuple[Done, Ticket | None]:
            if found.ticket is not None:
                taken, ticket = doors.claim_by_ticket(session, found.ticket, asked.wish, asked.minutes), None
            else:
                link = doors.link_of(found, call.lang, "to-claim")
                taken, ticket = doors.claim_by_link(session, link, address_of(request), asked.model_dump())
            said = say("done-again" if taken.again else f"done-{taken.standing}", call.lang, position=taken.position)
            return Done(200 if taken.again else 201, {"message": said, "claim": told_claim(session, taken)}), ticket

        def again(body: dict[str, Any]) -> Ticket | None:
            new = found.link is not None and not body["claim"]["again"]
            return links.make_ticket(session, "claim", body["claim"]["claim"]) if new else None

        return _once(request, once, session, act, again)


@router.post(
    f"{BASE}/withdraw", operation_id="open.withdraw", response_model=OpenDone, summary="Withdraw a claim or a wish"
)
def withdraw(
    token: Token, asked: Annotated[OpenStep, Body(openapi_examples={"own": {"summary": "The code's own", "value": {}}})],
    once: OnlyOnce, call: Annotated[Call, Depends(calling("open.withdraw"))],
) -> Response:
    """By the secret of the claim, of the person, or of the wish that was submitted."""
    with _entering(token, call) as found, _writing(found, call) as session:
        ticket = doors.ticket_of(found, call.lang, "to-withdraw")

        def act() -> Done:
            done = doors.withdraw(session, ticket, asked.claim)
            body: dict[str, Any] = {"message": say("done-withdrawn", call.lang)}
            body |= {"order": done.id, "stage": done.stage} if isinstance(done, Order) else {"claim": told_claim(session, done)}
            return Done(200, body)

        return once.answer(session, act)


@router.post(
    f"{BASE}/answer", operation_id="open.answer", response_model=OpenDone, summary="Answer to a place that came free"
)
def answer(
    token: Token, asked: Annotated[OpenAnswer, Body(openapi_examples={"yes": {"summary": "Yes", "value": {"accepts": True}}})],
    once: OnlyOnce, call: Annotated[Call, Depends(calling("open.answer"))],
) -> Response:
    """Yes holds the place, no gives it to the next. After the time is up: 409."""
    with _entering(token, call) as found, _writing(found, call) as session:
        ticket = doors.ticket_of(found, call.lang, "to-answer")

        def act() -> Done:
            taken = doors.answer(session, ticket, asked.claim, accepts=asked.accepts)
            said = say("done-answered-yes" if asked.accepts else "done-answered-no", call.lang)
            return Done(200, {"message": said, "claim": told_claim(session, taken)})

        return once.answer(session, act)


@router.get(f"{BASE}/turns", operation_id="open.turns", response_model=Turns, summary="One's own turns and claims")
def turns(token: Token, call: Annotated[Call, Depends(calling("open.turns"))]) -> dict[str, Any]:
    """By a personal secret: what was announced to this person, in order of time, and their claims."""
    with _entering(token, call) as found, call.database.reading(found.scope, lang=call.lang) as session:
        ticket = doors.ticket_of(found, call.lang, "to-turns")
        doors.refuse_ticket(session, ticket, ("person",), "to-turns")
        return told_turns(session, ticket.subject)


@router.post(f"{BASE}/reply", operation_id="open.reply", response_model=OpenDone, summary="Say whether one comes to a turn")
def reply(
    token: Token, asked: Annotated[OpenReply, Body(openapi_examples={"no": {
        "summary": "December does not suit", "value": {"visit": "wu-escort/2026-12", "says": "no", "words": "那天要加班"},
    }})], once: OnlyOnce, call: Annotated[Call, Depends(calling("open.reply"))],
) -> Response:
    """By a personal secret, until the visit begins: `yes`, `no` (a decline on record), or `swap`. The last word counts."""
    with _entering(token, call) as found, _writing(found, call) as session:
        whose = _person(found, call, session, "to-reply")

        def act() -> Done:
            replies.say_to(session, asked.visit, whose, asked.says, asked.words)
            return Done(200, {"message": say(f"done-{asked.says}", call.lang)})

        return once.answer(session, act)


@router.post(f"{BASE}/done", operation_id="open.done", response_model=OpenDone, summary="Say that one has been")
def done(
    token: Token, asked: Annotated[OpenVisit, Body(openapi_examples={"done": {
        "summary": "October's driver has been", "value": {"visit": "wu-escort/2026-10"},
    }})], once: OnlyOnce, call: Annotated[Call, Depends(calling("open.done"))],
) -> Response:
    """By a personal secret, once the visit has begun. The community may correct it; what it has put on record stays: 409."""
    with _entering(token, call) as found, _writing(found, call) as session:
        whose = _person(found, call, session, "to-reply")

        def act() -> Done:
            replies.say_done(session, asked.visit, whose)
            return Done(200, {"message": say("done-done", call.lang)})

        return once.answer(session, act)


@router.post(
    f"{BASE}/feed", operation_id="open.feed", response_model=FeedGiven, status_code=201, summary="One's own calendar address"
)
def feed(token: Token, request: Request, call: Annotated[Call, Depends(calling("open.feed"))]) -> dict[str, Any]:
    """For a phone to subscribe to; an earlier address stops working. Told only now, so a repetition makes another."""
    with _entering(token, call) as found, _writing(found, call) as session:
        _, secret = feeds.create(session, _person(found, call, session, "to-turns"))
    return {"url": feed_url(request, secret)}


@router.post(f"{BASE}/confirm", operation_id="open.confirm", response_model=ConfirmTold, summary="Confirm a visit")
def confirm(
    token: Token, asked: Annotated[ConfirmAsked, Body(openapi_examples={"well": {
        "summary": "All went well", "value": {"stars": 5, "words": "很准时"},
    }})], once: OnlyOnce, call: Annotated[Call, Depends(calling("open.confirm"))],
) -> Response:
    """The resident's side says that it took place, and how it was. Its points are earned now."""
    with _entering(token, call) as found, _writing(found, call) as session:
        ticket = doors.ticket_of(found, call.lang, "to-confirm")
        return once.answer(session, lambda: Done(200, told_confirmed(
            doors.confirm(session, ticket, asked.visit, asked.stars, asked.words)
        )))


@router.get(
    f"{BASE}/messages", operation_id="open.messages", response_model=None, summary="The messages about a visit",
    responses={200: {"model": Page[MessageTold], "description": "A page."}},
)
def thread(
    token: Token, response: Response, paging: Paged, call: Annotated[Call, Depends(calling("open.messages"))],
    visit: Visit | None = None,
) -> Any:
    """By a personal secret, or the resident's side's. Names by alias or masked, numbers masked."""
    with _entering(token, call) as found, call.database.reading(found.scope, lang=call.lang) as session:
        ticket = doors.ticket_of(found, call.lang, "to-write")
        which = doors.own_visit(session, ticket, visit, "to-write")
        shown = messages.thread(session, which, after=paging.after, limit=paging.limit + 1)
    return paging.page(response, shown, lambda message: message.number, told_message)


@router.post(
    f"{BASE}/messages", operation_id="open.write", response_model=MessageTold, status_code=201,
    summary="Write a message about a visit",
)
def write(
    token: Token, asked: Annotated[MessageAsked, Body(openapi_examples=MESSAGE_EXAMPLES)], once: OnlyOnce,
    call: Annotated[Call, Depends(calling("open.write"))], visit: Visit | None = None,
) -> Response:
    """As the volunteer of a personal secret, or for the resident. Phone numbers are masked before it is kept."""
    with _entering(token, call) as found, _writing(found, call) as session:
        ticket = doors.ticket_of(found, call.lang, "to-write")

        def act() -> Done:
            which = doors.own_visit(session, ticket, visit, "to-write")
            side, author = doors.side_of(session, ticket, which)
            return Done(201, told_message(messages.write(session, which, side, author, asked.text)))

        return once.answer(session, act)


def _person(found: Opened, call: Call, session: Session, what: str) -> str:
    """The volunteer of a personal secret; raises ``BadInput`` for another code."""
    ticket = doors.ticket_of(found, call.lang, what)
    doors.refuse_ticket(session, ticket, ("person",), what)
    return ticket.subject


def _once(
    request: Request, once: Once, session: Session, act: Callable[[], tuple[Done, Ticket | None]],
    again: Callable[[dict[str, Any]], Ticket | None] | None,
) -> Response:
    """As ``Once.answer``, for answers with a secret: it is not kept, so a repetition gets a new one.

    Only to a key nobody guesses: shorter ones get the answer without a secret.
    """
    key = once.key_for(session.info["actor"])
    if key is None:
        done, ticket = act()
        return response_of(_with_secret(request, done, ticket))
    before = remembered(session, key, once.request)
    if before is not None:
        kept = Done(before.status, before.body["body"], before.body["headers"])
        long_enough = len(request.headers.get("Idempotency-Key", "")) >= 20
        ticket = again(kept.body) if again is not None and long_enough else None
        return response_of(_with_secret(request, kept, ticket), repeated=True)
    done, ticket = act()
    remember(session, key, once.request, Answer(done.status, {"body": done.body, "headers": {}}))
    return response_of(_with_secret(request, done, ticket))


def _with_secret(request: Request, done: Done, ticket: Ticket | None) -> Done:
    if ticket is None or ticket.token is None:
        return done
    return Done(done.status, done.body | {"secret": ticket.token, "url": url_of(request, ticket.token)}, done.headers)


def _offer(offer: doors.Offered) -> dict[str, Any]:
    wish, order = offer.wish, offer.order
    return {
        "wish": wish.id, "kind": wish.kind, "title": offer.title, "resident": offer.resident, "minutes": wish.minutes,
        "stage": order.stage, "claims_open": wish.claims_open, "claims_close": wish.claims_close,
        "places": order.places, "free": offer.free, "waiting": offer.waiting,
    }


def _where(session: Session, found: Opened) -> dict[str, Any]:
    """The community a token is of, what it is called, and its time."""
    named, here = tenants.named(session, found.scope), str(found.scope.community)
    told: dict[str, Any] = {"community": here, "name": named.name if named else here}
    try:
        return told | {"timezone": Program.model_validate(facts.program(session).document).timezone}
    except NotFound:  # a community without facts yet may take wishes
        return told


def _about(session: Session, ticket: Ticket) -> dict[str, Any]:
    """What a ticket is about, as far as its holder may see."""
    if ticket.kind == "claim":
        taken: Taken = standing_of(session, ticket.subject)
        return {"claim": told_claim(session, taken) | doors.about(session, taken.wish)}
    if ticket.kind == "order":
        order = orders.get(session, ticket.subject)
        told = {name: value for name, value in (order.document or {}).items() if name in ("text", "when")}
        planned = orders.visit_orders(session, order.wish) if order.wish else ()
        return {"order": told | {"stage": order.stage, "visits": [doors.about_visit(session, one.visit) for one in planned]}}
    if ticket.kind == "person":
        return {
            "volunteer": ticket.subject, "person": doors.name_of(session, ticket.subject),
            "offers": [_offer(offer) for offer in doors.all_offers(session)],
        }
    return {"visit": ticket.subject, "about": doors.about_visit(session, ticket.subject)}
