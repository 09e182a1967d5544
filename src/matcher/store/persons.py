"""One person's data: all of it in one document, or erased, so that only anonymous counts remain."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matcher.errors import BadInput, Fault
from matcher.exchange.assemble import FACTS
from matcher.exchange.masking import TextMask
from matcher.store import accounts
from matcher.store.audit import note
from matcher.store.database import now_of
from matcher.store.facts import columns_of, lock
from matcher.store.feed_tables import FeedEntryRow, FeedRow
from matcher.store.linked_persons import erase_linked, export_linked
from matcher.store.scope import community_of
from matcher.store.tables import NOUNS, AuditRow, IdempotencyRow, OutboxRow, RosterRow, RunRow, Snapshot
from matcher.store.words import say

_FREE_TEXT = frozenset(("title", "notes", "reason", "items", "payer"))
"""Fields people write sentences in; a name may stand there."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did. ``token`` is who the anonymous counts belong to; nothing leads back from it."""

    token: str
    deleted: int
    anonymous: int


def export_person(session: Session, key: str) -> dict[str, Any]:
    """Everything the community holds on a resident or volunteer, and what was done with it; raises ``BadInput``.

    Whoever is both, under two ids, is found by either.
    """
    who = _ids(session, key)
    homes, wishes = _homes(session, who), _wishes(session, who)
    told: dict[str, Any] = {"person": sorted(who)}
    for noun, table in NOUNS.items():
        rows = session.scalars(select(table).order_by(table.sequence))
        mine = [row for row in rows if _concerns(noun, row, who, homes, wishes)]
        if mine:
            told[noun] = [row.document | {"_version": row.version, "_changed_at": row.changed_at.isoformat()} for row in mine]
    told["rosters"] = [
        {"roster": row.id, "edition": row.edition, "state": row.state, "visits": visits}
        for row in session.scalars(select(RosterRow).order_by(RosterRow.edition))
        if (visits := [visit for visit in row.document.get("visits", []) if _names(visit, who | wishes)])
    ]
    told["audit"] = [
        {"at": row.at.isoformat(), "actor": row.actor, "action": row.action, "noun": row.noun, "detail": row.detail}
        for row in session.scalars(select(AuditRow).where(AuditRow.key.in_(who)).order_by(AuditRow.number))
    ]
    told["accounts"] = [
        {
            "login": user.login, "role": user.holding.role, "document": user.document,
            "seen_at": user.seen_at and user.seen_at.isoformat(),
        }
        for user in accounts.users_of(session, community_of(session), who)
    ]
    told["feeds"] = [
        {"made_at": feed.created_at.isoformat(), "revoked_at": feed.revoked_at and feed.revoked_at.isoformat()}
        for feed in session.scalars(select(FeedRow).where(FeedRow.volunteer.in_(who)).order_by(FeedRow.number))
    ]
    told |= export_linked(session, who, wishes)
    note(session, "export-person", "persons", key)
    return told


def erase_person(session: Session, key: str) -> Erased:
    """Erase a resident or volunteer, under all ids; history and rosters name a new random token instead.

    Gone are the person's facts, home (unless others live there), wishes with their claims, pairings, what was published
    of and to them, accounts, frozen facts of past runs, answers kept for retries, and delivered messages. Names and
    numbers in free text elsewhere are masked. Backups made before still hold the person. Raises ``BadInput``.
    """
    who = _ids(session, key)
    lock(session)
    homes, wishes = _homes(session, who), _wishes(session, who)
    token = f"erased-{uuid.uuid4().hex[:12]}"
    renamed = dict.fromkeys(who, token) | {name: f"{token}-{n}" for n, name in enumerate(sorted(wishes))}
    mask = _mask(session, who)
    deleted = erase_linked(session, who, wishes, mask)
    deleted += _delete_rows(session, who, homes, wishes)
    anonymous = _rename_rows(session, renamed, mask)
    _forget_elsewhere(session, renamed, mask)
    _forget_accounts(session, who, token)
    note(session, "erase-person", "persons", token, deleted=deleted, anonymous=anonymous)
    return Erased(token, deleted, anonymous)


# ------------------------------------------------------------------------------------------- who it is about


def _ids(session: Session, key: str) -> set[str]:
    """The ids of one person: a resident who also serves has two."""
    who = {key}
    residents = {row.key: row.document.get("is_volunteer") for row in session.scalars(select(NOUNS["residents"]))}
    volunteers = set(session.scalars(select(NOUNS["volunteers"].key)))
    for resident, volunteer in residents.items():
        if volunteer is not None and key in (resident, volunteer):
            who |= {resident, volunteer}
    if not who & (residents.keys() | volunteers):
        lang, where = session.info["lang"], session.info["scope"].community
        raise BadInput([Fault(say("no-person", lang, community=where, key=key), code="no-person")])
    return who


def _homes(session: Session, who: set[str]) -> set[str]:
    """Places where nobody else lives and nothing else happens."""
    homes: set[str] = set()
    others: set[str] = set()
    for noun in ("residents", "volunteers"):
        for row in session.scalars(select(NOUNS[noun])):
            (homes if row.key in who else others).add(row.home or "")
    for row in session.scalars(select(NOUNS["wishes"])):
        if row.resident not in who:
            others |= {str(row.document.get(name)) for name in ("place", "origin", "destination")}
    return homes - others - {""}


def _wishes(session: Session, who: set[str]) -> set[str]:
    table = NOUNS["wishes"]
    return set(session.scalars(select(table.key).where(table.resident.in_(who))))


def _concerns(noun: str, row: Any, who: set[str], homes: set[str], wishes: set[str]) -> bool:
    if noun in ("residents", "volunteers", "places"):
        return row.key in (homes if noun == "places" else who)
    fields = {name: getattr(row, name, None) for name in ("resident", "volunteer", "wish", "origin", "destination")}
    visit = (getattr(row, "visit", None) or "").rpartition("/")[0]
    return bool(
        {fields["resident"], fields["volunteer"]} & who
        or fields["wish"] in wishes or visit in wishes
        or (noun == "travel_times" and {fields["origin"], fields["destination"]} & homes)
    )


def _names(value: Any, names: set[str]) -> bool:
    """Whether any of the names stands in a document, as an id."""
    if isinstance(value, dict):
        return any(_names(item, names) for item in value.values())
    if isinstance(value, list):
        return any(_names(item, names) for item in value)
    return value in names if isinstance(value, str) else False


# --------------------------------------------------------------------------------------------------- erasing


def _mask(session: Session, who: set[str]) -> Callable[[str], str]:
    names: set[str] = set()
    for noun in ("residents", "volunteers"):
        for row in session.scalars(select(NOUNS[noun]).where(NOUNS[noun].key.in_(who))):
            names |= {str(row.document.get(field) or "") for field in ("name", "alias", "phone", "emergency", "number")}
    spelled = {name for name in names if len(name) > 1}
    masked = TextMask(spelled)
    return lambda text: masked(text) if any(name in text for name in spelled) else text


def _delete_rows(session: Session, who: set[str], homes: set[str], wishes: set[str]) -> int:
    """Rows about the person alone. History stays, to be made anonymous."""
    count = 0
    for noun, table in NOUNS.items():
        if noun == "history":
            continue
        for row in session.scalars(select(table)).all():
            if _concerns(noun, row, who, homes, wishes):
                session.delete(row)
                count += 1
    session.flush()
    return count


def _rename_rows(session: Session, renamed: dict[str, str], mask: Callable[[str], str]) -> int:
    """Rows that mention the person: history under the token, lists without, sentences masked."""
    count = 0
    for noun, table in NOUNS.items():
        for row in session.scalars(select(table)).all():
            document = {
                name: _without(name, value, renamed, mask, keep=noun == "history") for name, value in row.document.items()
            }
            if document == row.document:
                continue
            document = {name: value for name, value in document.items() if value is not None}
            for name, value in columns_of(noun, FACTS[noun].model_validate(document)).items():
                if name != "key":
                    setattr(row, name, value)
            row.version += 1
            row.changed_at, row.changed_by = now_of(session), session.info["actor"]
            count += 1
    session.flush()
    return count


def _without(name: str, value: Any, renamed: dict[str, str], mask: Callable[[str], str], *, keep: bool) -> Any:
    if name in _FREE_TEXT and isinstance(value, str):
        return mask(value)
    if keep and isinstance(value, str):
        return _token_for(value, renamed)
    if name in ("banned", "preferred", "likes", "dislikes"):
        return [item for item in value if item not in renamed]
    if name == "is_volunteer" and value in renamed:
        return None
    if isinstance(value, list):
        return [
            {part: _without(part, inner, renamed, mask, keep=False) for part, inner in item.items()}
            if isinstance(item, dict) else item
            for item in value
        ]
    return value


def _token_for(text: str, renamed: dict[str, str]) -> str:
    """The token of a person, wish or visit; anything else as it is."""
    if text in renamed:
        return renamed[text]
    wish, slash, visit = text.rpartition("/")
    return f"{renamed[wish]}/{visit}" if slash and wish in renamed else text


def _forget_elsewhere(session: Session, renamed: dict[str, str], mask: Callable[[str], str]) -> None:
    community = community_of(session)
    for statement in (
        update(Snapshot).where(Snapshot.community == community).values(document=None),
        delete(IdempotencyRow).where(IdempotencyRow.community == community),
        delete(OutboxRow).where(OutboxRow.state != "waiting"),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    for roster in session.scalars(select(RosterRow)).all():
        roster.document = _renamed(roster.document, renamed, mask)
        roster.report = _renamed(roster.report, renamed, mask)
        # A certificate of other names proves nothing.
        roster.certificates = [] if _names(roster.certificates, set(renamed)) else roster.certificates
    for run in session.scalars(select(RunRow).where(RunRow.problem.is_not(None))).all():
        run.problem = _renamed(run.problem, renamed, mask)
    for message in session.scalars(select(OutboxRow)).all():
        message.payload = _renamed(message.payload, renamed, mask)
    _forget_feeds(session, renamed, mask)
    for entry in session.scalars(select(AuditRow).where(AuditRow.key.in_(renamed))).all():
        entry.key = renamed[entry.key]
    session.flush()


def _forget_feeds(session: Session, renamed: dict[str, str], mask: Callable[[str], str]) -> None:
    """The person's own calendar, and what others' calendars say of them."""
    session.execute(delete(FeedRow).where(FeedRow.volunteer.in_(renamed)).execution_options(synchronize_session=False))
    for entry in session.scalars(select(FeedEntryRow)).all():
        if entry.volunteer in renamed or entry.visit.rpartition("/")[0] in renamed:
            session.delete(entry)
        else:
            entry.document = _renamed(entry.document, renamed, mask)


def _forget_accounts(session: Session, who: set[str], token: str) -> None:
    """Accounts go; what they did was done by the token."""
    community = community_of(session)
    signed = {f"user:{login}" for login in accounts.forget_volunteers(session, community, who)}
    if not signed:
        return
    signatures: list[tuple[Any, Any]] = [
        (AuditRow, AuditRow.actor), (RosterRow, RosterRow.created_by), (RosterRow, RosterRow.published_by),
        (RunRow, RunRow.submitted_by), *((table, table.changed_by) for table in NOUNS.values()),
    ]
    for table, column in signatures:
        session.execute(
            update(table)
            .where(table.community == community, column.in_(signed))
            .values({column.key: token})
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(AuditRow)
        .where(AuditRow.community == community, AuditRow.noun == "users", AuditRow.key.in_(name[5:] for name in signed))
        .values(key=token)
        .execution_options(synchronize_session=False)
    )


def _renamed(value: Any, renamed: dict[str, str], mask: Callable[[str], str]) -> Any:
    """A document with tokens for ids, and names masked in its sentences."""
    if isinstance(value, dict):
        return {_token_for(name, renamed): _renamed(item, renamed, mask) for name, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, renamed, mask) for item in value]
    if not isinstance(value, str):
        return value
    token = _token_for(value, renamed)
    return mask(value) if token == value else token
