"""Open doors: what people without an account see and do by a link or a ticket, and nothing beyond it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matcher.domain.claims import Published
from matcher.domain.people import Resident, Volunteer
from matcher.domain.wishes import Wish
from matcher.errors import BadInput
from matcher.exchange.masking import TextMask, public_name
from matcher.service.rosters import loop, replies
from matcher.service.rosters.loop import By, Confirmed
from matcher.service.rosters.replies import Says
from matcher.store import facts, links, messages, orders, phonebook, waitlist
from matcher.store.claims import LIVE, Taken, Wanted, claim_row, fault, standing_of, take
from matcher.store.facts import NotFound, page
from matcher.store.link_words import say
from matcher.store.links import Link, Opened, Ticket
from matcher.store.orders import Order

_OFFERED = ("published", "claimed", "planned")
"""A wish somebody is planned for takes claims on, as far as ``_takes_more``."""
_MOST_OFFERS = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """A wish as everybody may see it, and how its places stand."""

    wish: Wish
    title: str
    resident: str | None
    order: Order
    free: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class OwnTurn:
    """One turn of a person, as on their own slip: who is visited by alias or masked, no phone numbers."""

    visit: str
    start: datetime | None
    end: datetime | None
    title: str
    resident: str | None
    place: str | None
    standby: bool
    said: Says | None
    outcome: str | None
    begun: bool


# ------------------------------------------------------------------------------------------------ looking


def offers(session: Session, link: Link) -> list[Offered]:
    """The wishes a claim link is for: its own, or all that take claims."""
    if link.kind != "claim":
        return []
    if link.wish is None:
        return all_offers(session)
    offer = _offer(session, orders.of_wish(session, link.wish))
    return [] if offer is None else [offer]


def all_offers(session: Session) -> list[Offered]:
    """All wishes that take claims; those nobody is planned for yet come first."""
    found = [
        order for stage in _OFFERED for order in orders.page(session, stage=stage, limit=_MOST_OFFERS)
    ][:_MOST_OFFERS]
    return [offer for order in found if (offer := _offer(session, order)) is not None and _takes_more(offer)]


def _takes_more(offer: Offered) -> bool:
    """Whether another claim helps: nobody is planned yet, a place is left, or a stand-by is wanted."""
    return offer.order.stage != "planned" or bool(offer.free) or offer.wish.staffing.standbys > 0


def name_of(session: Session, volunteer: str) -> str:
    """A volunteer by alias or masked; raises ``NotFound``."""
    return public_name(Volunteer.model_validate(facts.get(session, "volunteers", volunteer).document))


def _offer(session: Session, order: Order) -> Offered | None:
    wish = _wish(session, str(order.wish))
    if wish is None:
        return None
    resident = _resident(session, wish.resident)
    free, waiting = waitlist.room(session, wish.id, order.places)
    return Offered(wish, _title(wish, resident), public_name(resident) if resident else None, order, free, waiting)


def _resident(session: Session, key: str | None) -> Resident | None:
    if key is None:
        return None
    try:
        return Resident.model_validate(facts.get(session, "residents", key).document)
    except NotFound:
        return None


def _title(wish: Wish, resident: Resident | None) -> str:
    """The wish's title without the resident's name or any number."""
    return TextMask([resident.name] if resident else [])(wish.title or wish.items or wish.id)


# ------------------------------------------------------------------------------------------- coming by a link


def submit(session: Session, link: Link, address: str, told: Mapping[str, Any]) -> tuple[Order, Ticket]:
    """Keep what somebody wishes for until the community has verified it; with the ticket to follow it by."""
    _refuse_kind(session, link, "wish", "to-submit")
    links.count_use(session, link, address)
    lang = session.info["lang"]
    document = {name: value for name, value in told.items() if value not in ("", None)}
    document["phone"] = phone_of(str(told["phone"]), lang, at="phone")
    if document.get("helper_phone"):
        document["helper_phone"] = phone_of(str(document["helper_phone"]), lang, at="helper_phone")
    order = orders.submit(session, document | {"link": link.id})
    return order, links.make_ticket(session, "order", order.id)


def join(session: Session, link: Link, address: str, told: Mapping[str, Any]) -> tuple[str, Ticket | None]:
    """Sign somebody up as a volunteer without hours; their id, and their ticket.

    Whoever is on the list already gets none: anybody may know a name and a number.
    """
    _refuse_kind(session, link, "join", "to-join")
    links.count_use(session, link, address)
    volunteer, is_new = _person(session, told)
    return volunteer, links.make_ticket(session, "person", volunteer) if is_new else None


def claim_by_link(
    session: Session, link: Link, address: str, told: Mapping[str, Any]
) -> tuple[Taken, Ticket | None]:
    """Claim by name and phone; the claim, and its ticket if it is new. Raises ``BadInput``."""
    lang = session.info["lang"]
    _refuse_kind(session, link, "claim", "to-claim")
    wish = told.get("wish") or link.wish
    if wish is None:
        raise BadInput([fault("which-wish", lang, at=("wish",))])
    if link.wish is not None and wish != link.wish:
        raise BadInput([fault("other-wish", lang, at=("wish",), title=link.wish)])
    if not told.get("name") or not told.get("phone"):
        raise BadInput([fault("who-are-you", lang, at=("name",))])
    links.count_use(session, link, address)
    _refuse_unpublished(session, str(wish))
    volunteer, _ = _person(session, told)
    taken = _taken(session, Wanted(
        str(wish), volunteer=volunteer, minutes=told.get("minutes"), channel="qr", actor="open", lang=lang
    ))
    return taken, None if taken.again else links.make_ticket(session, "claim", taken.claim)


def _refuse_unpublished(session: Session, wish: str) -> None:
    """By a link only what was published can be claimed."""
    lang, order = session.info["lang"], orders.of_wish(session, wish)
    if order.stage not in ("published", "claimed", "planned", "served", "confirmed"):
        raise BadInput([fault("not-claimable", lang, at=("wish",), title=wish, stage=say(f"stage-{order.stage}", lang))])


def _refuse_kind(session: Session, link: Link, kind: str, what: str) -> None:
    if link.kind != kind:
        lang = session.info["lang"]
        raise BadInput([fault("wrong-code", lang, what=say(what, lang))])


def _person(session: Session, told: Mapping[str, Any]) -> tuple[str, bool]:
    """The volunteer of that name and number, signed up if there is none; whether they are new."""
    lang = session.info["lang"]
    phone, name = phone_of(str(told["phone"]), lang, at="phone"), str(told["name"])
    facts.lock(session, 0)  # two of one number follow one another
    known = phonebook.find(session, phone, name)
    if known is not None:
        return known, False
    notes = [say("joined-note", lang), *(str(told[part]) for part in ("can", "free") if told.get(part))]
    document: dict[str, Any] = {
        "id": f"v-{uuid.uuid4().hex[:12]}", "name": name, "phone": phone, "notes": "；".join(notes),
    }
    document |= {part: told[part] for part in ("gender", "languages") if told.get(part)}
    return facts.put(session, "volunteers", document).key, True


def phone_of(text: str, lang: str, *, at: str) -> str:
    """A phone number as it is kept; raises ``BadInput`` for what is none."""
    digits = "".join(character for character in text if character.isdigit())
    if not 7 <= len(digits) <= 15:
        raise BadInput([fault("bad-phone", lang, at=(at,), phone=text[:20])])
    return digits


# ------------------------------------------------------------------------------------------ coming by a ticket


def claim_by_ticket(session: Session, ticket: Ticket, wish: str | None, minutes: int | None) -> Taken:
    """Claim as the person the ticket is for."""
    lang = session.info["lang"]
    refuse_ticket(session, ticket, ("person",), "to-claim")
    if wish is None:
        raise BadInput([fault("which-wish", lang, at=("wish",))])
    _refuse_unpublished(session, wish)
    return _taken(session, Wanted(
        wish, volunteer=ticket.subject, minutes=minutes, channel="online", actor=f"ticket:{ticket.id[:12]}", lang=lang
    ))


def _taken(session: Session, wanted: Wanted) -> Taken:
    (told,) = take(session, [wanted])
    if isinstance(told, BadInput):
        raise told
    return told


def own_claim(session: Session, ticket: Ticket, key: str | None, what: str) -> str:
    """Which claim a ticket's holder means; raises ``NotFound`` for one that is not theirs."""
    refuse_ticket(session, ticket, ("claim", "person"), what)
    lang = session.info["lang"]
    if ticket.kind == "claim":
        if key not in (None, ticket.subject):
            raise NotFound([fault("no-claim", lang, key=key)])
        return ticket.subject
    if key is None:
        raise BadInput([fault("which-claim", lang, at=("claim",))])
    if claim_row(session, key).volunteer != ticket.subject:
        raise NotFound([fault("no-claim", lang, key=key)])
    return key


def withdraw(session: Session, ticket: Ticket, key: str | None) -> Taken | Order:
    """Step back from a claim, or take back what was asked for."""
    if ticket.kind == "order":
        order = orders.get(session, ticket.subject)
        return order if order.stage == "withdrawn" else loop.move(session, order, "withdrawn", By.RESIDENT)
    return waitlist.withdraw(session, own_claim(session, ticket, key, "to-withdraw"))


def answer(session: Session, ticket: Ticket, key: str | None, *, accepts: bool) -> Taken:
    """Answer to a place that came free; a ticket for one answer is used up by it."""
    claim = own_claim(session, ticket, key, "to-answer")
    links.use_ticket(session, ticket)
    return waitlist.answer(session, claim, accepts=accepts)


def confirm(session: Session, ticket: Ticket, visit: str | None, stars: int | None, words: str | None) -> Confirmed:
    """The resident's side confirms a visit, by its own ticket or that of the order it came from."""
    which = own_visit(session, ticket, visit, "to-confirm")
    links.use_ticket(session, ticket)
    return loop.confirm(session, which, By.RESIDENT, stars=stars, words=words)


def own_visit(session: Session, ticket: Ticket, visit: str | None, what: str) -> str:
    """Which visit a ticket's holder means; raises ``NotFound`` for one they have no part in."""
    refuse_ticket(session, ticket, ("visit", "order", "person"), what)
    lang = session.info["lang"]
    if ticket.kind == "visit":
        if visit not in (None, ticket.subject):
            raise NotFound([fault("no-visit", lang, visit=visit)])
        return ticket.subject
    if visit is None:
        raise BadInput([fault("which-visit", lang, at=("visit",))])
    if ticket.kind == "person":
        if what == "to-confirm":
            raise BadInput([fault("wrong-code", lang, what=say(what, lang))])
        messages.refuse_stranger(session, visit, ticket.subject)
    elif orders.get(session, ticket.subject).wish != visit.rpartition("/")[0]:
        raise NotFound([fault("no-visit", lang, visit=visit)])
    return visit


def side_of(session: Session, ticket: Ticket, visit: str) -> tuple[messages.Side, str]:
    """On whose side a ticket's holder writes about a visit, and who that is."""
    if ticket.kind == "person":
        return "volunteer", ticket.subject
    try:
        wish = facts.get(session, "wishes", visit.rpartition("/")[0])
    except NotFound:
        raise NotFound([fault("no-visit", session.info["lang"], visit=visit)]) from None
    return "resident", str(wish.document.get("resident", ""))


def refuse_ticket(session: Session, ticket: Ticket, kinds: tuple[str, ...], what: str) -> None:
    """Raise ``BadInput`` for a ticket that is for something else."""
    if ticket.kind not in kinds:
        lang = session.info["lang"]
        raise BadInput([fault("wrong-code", lang, what=say(what, lang))])


def ticket_of(found: Opened, lang: str, what: str) -> Ticket:
    """The ticket a token is; raises ``BadInput`` for a link."""
    if found.ticket is None:
        raise BadInput([fault("wrong-code", lang, what=say(what, lang))])
    return found.ticket


def link_of(found: Opened, lang: str, what: str) -> Link:
    """The link a token is; raises ``BadInput`` for a ticket."""
    if found.link is None:
        raise BadInput([fault("wrong-code", lang, what=say(what, lang))])
    return found.link


def turns(session: Session, volunteer: str) -> list[OwnTurn]:
    """What somebody was told is theirs, in order of time, and what they said to it."""
    seats = [
        Published.model_validate(row.document)
        for row in page(session, "published", volunteer=volunteer, limit=facts.MOST_AT_ONCE)
    ]
    now = replies.now_in(session) if seats else None
    told = [_turn(session, seat, now) for seat in seats]
    return sorted(told, key=lambda turn: (turn.start is None, turn.start, turn.visit))


def _turn(session: Session, seat: Published, now: datetime | None) -> OwnTurn:
    wish = _wish(session, seat.visit.rpartition("/")[0])
    person = _resident(session, wish.resident) if wish else None
    begun = seat.start is None or (now is not None and seat.start <= now)
    return OwnTurn(
        seat.visit, seat.start, seat.end, _title(wish, person) if wish else seat.visit,
        public_name(person) if person else None, _place(session, wish) if wish else None, seat.standby,
        replies.reply_of(session, seat), replies.recorded(session, seat.visit, seat.volunteer), begun,
    )


def _wish(session: Session, key: str) -> Wish | None:
    try:
        return Wish.model_validate(facts.get(session, "wishes", key).document)
    except NotFound:
        return None


def about(session: Session, wish: str) -> dict[str, str | None]:
    """A wish's title and its resident as everybody may see them."""
    found = _wish(session, wish)
    person = _resident(session, found.resident) if found else None
    return {"title": _title(found, person) if found else wish, "resident": public_name(person) if person else None}


def about_visit(session: Session, visit: str) -> dict[str, Any]:
    """A visit as the resident's side sees it: when, how far it has come, what was said of it."""
    order, wish = orders.visit_order(session, visit), visit.rpartition("/")[0]
    seat = next(iter(page(session, "published", visit=visit, limit=1)), None)
    told = seat.document if seat else {}
    return about(session, wish) | {
        "visit": visit, "stage": order.stage if order else "verified", "start": told.get("start"), "end": told.get("end"),
        "said": replies.without_replies(order.document if order else None),
    }


def own_claims(session: Session, volunteer: str) -> list[Taken]:
    """Somebody's claims in the running."""
    rows = page(session, "claims", volunteer=volunteer, limit=facts.MOST_AT_ONCE)
    return [standing_of(session, row.key) for row in rows if row.document.get("state", "open") in LIVE]


def _place(session: Session, wish: Wish) -> str | None:
    """Where an event or an outing is; a home is not named."""
    key = wish.place if wish.kind == "event" else wish.destination
    if key is None:
        return None
    try:
        return str(facts.get(session, "places", key).document.get("name") or key)
    except NotFound:
        return None
