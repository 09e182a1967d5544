"""Messages about a visit, between the resident's side, its volunteers and the coordinator. Numbers never get in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain.people import Resident, Volunteer
from matcher.errors import BadInput, Fault
from matcher.exchange.masking import TextMask, public_name
from matcher.store.audit import note
from matcher.store.claims import fault
from matcher.store.database import now_of
from matcher.store.facts import NotFound
from matcher.store.link_tables import MessageRow
from matcher.store.link_words import say
from matcher.store.outbox import announce
from matcher.store.scope import community_of
from matcher.store.tables import PublishedRow, ResidentRow, VolunteerRow
from matcher.store.words import say as store_say

Side = Literal["resident", "volunteer", "coordinator"]
MOST_CHARACTERS = 1000
_WITHOUT_NUMBERS = TextMask(())


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it may be shown: the author by alias or masked; a hidden one without its text."""

    number: int
    visit: str
    side: str
    author: str
    name: str
    text: str
    created_at: datetime
    hidden: bool


def write(session: Session, visit: str, side: Side, author: str, text: str) -> Message:
    """Add a message to a visit's thread; phone and identity numbers in it are masked before it is kept.

    Raises ``BadInput`` for an empty or long text.
    """
    lang, told = session.info["lang"], text.strip()
    if not told:
        raise BadInput([fault("empty-message", lang, at=("text",))])
    if len(told) > MOST_CHARACTERS:
        raise BadInput([fault("long-message", lang, at=("text",), length=len(told), most=MOST_CHARACTERS)])
    if "\0" in told:
        raise BadInput([Fault(store_say("unstorable", lang), path=("text",), code="unstorable")])
    row = MessageRow(
        community=community_of(session), visit=visit, side=side, author=author,
        document={"text": _WITHOUT_NUMBERS(told)}, created_at=now_of(session), hidden_at=None, hidden_by=None,
    )
    session.add(row)
    session.flush()
    note(session, "create", "messages", str(row.number), None, visit=visit, side=side)
    announce(session, "message.made", {"message": row.number, "visit": visit, "side": side})
    return _seen(session, [row], whole=True)[0]


def thread(
    session: Session, visit: str, *, after: int = 0, limit: int = 50, whole: bool = False
) -> tuple[Message, ...]:
    """The messages of a visit from behind a ``number``, the oldest first. ``whole`` shows what was hidden, too."""
    community_of(session)
    rows = session.scalars(
        select(MessageRow).where(MessageRow.visit == visit, MessageRow.number > after)
        .order_by(MessageRow.number).limit(limit)
    ).all()
    return _seen(session, list(rows), whole=whole)


def hide(session: Session, number: int, *, hidden: bool = True) -> Message:
    """Take a message out of sight, or put it back; for the coordinator. Raises ``NotFound``."""
    row = session.scalar(select(MessageRow).where(MessageRow.number == number))
    if row is None:
        raise NotFound([fault("no-message", session.info["lang"], key=number)])
    if (row.hidden_at is not None) != hidden:
        row.hidden_at = now_of(session) if hidden else None
        row.hidden_by = session.info["actor"] if hidden else None
        session.flush()
        note(session, "hide" if hidden else "show", "messages", str(number))
    return _seen(session, [row], whole=True)[0]


def has_part(session: Session, visit: str, volunteer: str) -> bool:
    """Whether a volunteer was told that the visit is theirs, or that they stand by for it."""
    return session.scalar(
        select(PublishedRow.key).where(PublishedRow.visit == visit, PublishedRow.volunteer == volunteer).limit(1)
    ) is not None


def refuse_stranger(session: Session, visit: str, volunteer: str) -> None:
    """Raise ``NotFound`` unless the visit is the volunteer's: others' visits are not there for them."""
    if not has_part(session, visit, volunteer):
        raise NotFound([fault("no-visit", session.info["lang"], visit=visit)])


def _seen(session: Session, rows: list[MessageRow], *, whole: bool) -> tuple[Message, ...]:
    lang = session.info["lang"]
    names = _names(session, rows)
    told: list[Message] = []
    for row in rows:
        hidden = row.hidden_at is not None
        text = say("hidden", lang) if hidden and not whole else str(row.document["text"])
        known = row.side == "coordinator"
        name = say("coordinator", lang) if known else names.get((row.side, row.author), say("unknown-person", lang))
        told.append(Message(row.number, row.visit, row.side, row.author, name, text, row.created_at, hidden))
    return tuple(told)


def _names(session: Session, rows: list[MessageRow]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    volunteers = {row.author for row in rows if row.side == "volunteer"}
    residents = {row.author for row in rows if row.side == "resident"}
    if volunteers:
        for row in session.scalars(select(VolunteerRow).where(VolunteerRow.key.in_(volunteers))):
            found["volunteer", row.key] = public_name(Volunteer.model_validate(row.document))
    if residents:
        for other in session.scalars(select(ResidentRow).where(ResidentRow.key.in_(residents))):
            found["resident", other.key] = public_name(Resident.model_validate(other.document))
    return found
