"""Links with QR codes, and tickets, made and taken back by the community."""

from __future__ import annotations

import io
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request, Response

from matcher.api.callers import AT, Call, calling, settings_of
from matcher.api.loop_bodies import LINK_EXAMPLES, TICKET_EXAMPLES, LinkAsked, LinkTold, TicketAsked, TicketTold
from matcher.api.once import OnlyOnce
from matcher.api.paging import Page, Paged
from matcher.store import facts, links, orders
from matcher.store.claims import claim_row
from matcher.store.links import Link, Ticket

router = APIRouter(tags=["links"])
Key = Annotated[str, Path(min_length=1, max_length=120)]


def url_of(request: Request, token: str) -> str:
    """Where a token leads people: a page. Programs ask ``/v1/open/`` with the same token."""
    return f"{settings_of(request).base_url}/p/{token}"


def svg_of(url: str) -> str:
    """A QR code as SVG, as it may stand in a page: black on white, with its quiet zone."""
    import segno

    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", scale=8, border=4, xmldecl=False, light="white")
    return out.getvalue().decode()


def png_of(url: str) -> bytes:
    """A QR code as PNG."""
    import segno

    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="png", scale=8, border=4)
    return out.getvalue()


def told_link(link: Link, request: Request | None = None) -> dict[str, Any]:
    """A link as JSON; with its address and code if it has just been made."""
    url = url_of(request, link.token) if request is not None and link.token is not None else None
    return {
        "id": link.id, "kind": link.kind, "wish": link.wish, "shown": link.shown, "label": link.label,
        "expires_at": link.expires_at.isoformat(),
        "revoked_at": link.revoked_at.isoformat() if link.revoked_at else None, "most_uses": link.most_uses,
        "most_per_address": link.most_per_address, "uses": link.uses, "created_at": link.created_at.isoformat(),
        "created_by": link.created_by, "url": url, "code": svg_of(url) if url else None,
    }


def told_ticket(ticket: Ticket, request: Request) -> dict[str, Any]:
    """A ticket that has just been made, as JSON."""
    url = url_of(request, ticket.token or "")
    return {
        "kind": ticket.kind, "subject": ticket.subject, "once": ticket.once,
        "expires_at": ticket.expires_at.isoformat(), "url": url, "code": svg_of(url),
    }


@router.post(
    f"{AT}/links", operation_id="links.create", response_model=LinkTold, status_code=201, summary="Make a link with its QR code"
)
def create(
    asked: Annotated[LinkAsked, Body(openapi_examples=LINK_EXAMPLES)], request: Request, _once: OnlyOnce,
    call: Annotated[Call, Depends(calling("links.create"))],
) -> dict[str, Any]:
    """Its secret is in this answer only, so a repetition makes another link, whatever its `Idempotency-Key`.

    It expires, can be taken back, and holds for so many uses in all and per address and hour.
    """
    with call.writing() as session:
        if asked.wish is not None:
            orders.of_wish(session, asked.wish)  # there, that is
        made = links.make_link(
            session, asked.kind, wish=asked.wish, label=asked.label, days=asked.days, most_uses=asked.most_uses,
            most_per_address=asked.most_per_address,
        )
    return told_link(made, request)


@router.get(
    f"{AT}/links", operation_id="links.list", response_model=None, summary="The community's links",
    responses={200: {"model": Page[LinkTold], "description": "A page."}},
)
def list_(response: Response, paging: Paged, call: Annotated[Call, Depends(calling("links.list"))]) -> Any:
    """How often each was used, until when it holds, and whether it was taken back; never its secret."""
    with call.reading() as session:
        found = links.links(session, after=paging.after, limit=paging.limit + 1)
    return paging.page(response, found, lambda link: link.number, told_link)


@router.delete(
    f"{AT}/links/{{link}}", operation_id="links.delete", response_model=LinkTold, summary="Take a link back"
)
def delete(link: Key, call: Annotated[Call, Depends(calling("links.delete"))]) -> dict[str, Any]:
    """Nobody comes by it any more; printed codes lead nowhere. Doing so twice does no harm."""
    with call.writing() as session:
        return told_link(links.revoke_link(session, link))


@router.post(
    f"{AT}/tickets", operation_id="tickets.create", response_model=TicketTold, status_code=201,
    summary="Make one person's code",
)
def ticket(
    asked: Annotated[TicketAsked, Body(openapi_examples=TICKET_EXAMPLES)], request: Request, _once: OnlyOnce,
    call: Annotated[Call, Depends(calling("tickets.create"))],
) -> dict[str, Any]:
    """For their own turns, a claim, an order, or a visit to confirm; to be handed to that person and nobody else.

    Its secret is in this answer only. `once`: good for one answer.
    """
    with call.writing() as session:
        if asked.kind == "person":
            facts.get(session, "volunteers", asked.subject)
        elif asked.kind == "claim":
            claim_row(session, asked.subject)
        elif asked.kind == "order":
            orders.get(session, asked.subject)
        made = links.make_ticket(session, asked.kind, asked.subject, once=asked.once, days=asked.days)
    return told_ticket(made, request)
