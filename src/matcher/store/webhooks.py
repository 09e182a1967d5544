"""Webhooks: who is told of what, and what became of every message meant for them.

A message of the outbox is handed out once, as one delivery for every webhook that hears its topic. From then on the
deliveries go their own ways: a receiver that fails holds up nobody else.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from matcher.errors import BadInput, Fault
from matcher.store import outbox
from matcher.store.audit import note
from matcher.store.database import now_of
from matcher.store.facts import Conflict, NotFound
from matcher.store.scope import Scope, community_of
from matcher.store.tables import OutboxRow
from matcher.store.tenants import scope_of
from matcher.store.topics import TOPICS, hears, unknown
from matcher.store.webhook_tables import DeliveryRow, WebhookRow
from matcher.store.webhook_words import say
from matcher.store.words import say as store_say

TEST = "webhook.test"
"""The topic of a message sent to try a webhook out."""
OLD_SECRET = timedelta(days=1)
"""How long, after a new secret, the one before it signs too."""
GIVE_UP = timedelta(days=3)
"""A delivery that has waited so long is dead, however few the attempts were."""
KEPT = timedelta(days=30)
"""How long delivered messages and deliveries are kept."""
LONGEST_REST = timedelta(minutes=10)
"""A receiver that keeps failing is tried at least this often."""
AT_ONCE = 4
"""Deliveries under way to one receiver; one only, after a failure."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as it stands, without its secret."""

    id: str
    number: int
    url: str
    topics: tuple[str, ...]
    note: str
    active: bool
    failures: int
    resting_until: datetime | None
    version: int
    created_at: datetime
    changed_at: datetime
    changed_by: str

    @property
    def etag(self) -> str:
        """What HTTP calls this version."""
        return f'"{self.version}"'


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message for one webhook. ``reason`` is a code; ``status`` what was answered last."""

    id: str
    number: int
    webhook: str
    topic: str
    state: str
    attempts: int
    due_at: datetime
    status: int | None
    reason: str | None
    queued_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery to make now."""

    number: int
    id: str
    webhook: int
    url: str
    secrets: tuple[str, ...]
    topic: str
    payload: dict[str, Any]
    at: datetime
    scope: Scope
    attempts: int


# ------------------------------------------------------------------------------------------------ webhooks


def create(
    session: Session, url: str, topics: Sequence[str], *, note_: str = "", active: bool = True
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is told this once. Raises ``BadInput`` for unknown topics."""
    _refuse_topics(session, topics)
    now, secret = now_of(session), _new_secret()
    document = {"url": url, "topics": sorted(set(topics)), "note": note_, "secrets": [{"secret": secret, "until": None}]}
    row = WebhookRow(
        community=community_of(session), id=uuid.uuid4().hex, document=document, active=active, failures=0,
        resting_until=None, version=1, created_at=now, changed_at=now, changed_by=session.info["actor"],
    )
    session.add(row)
    session.flush()
    note(session, "create", "webhooks", row.id, 1)
    return _seen(row), secret


def get(session: Session, key: str) -> Webhook:
    """One webhook; raises ``NotFound``."""
    return _seen(_row(session, key))


def page(session: Session, *, after: int = 0, limit: int = 100) -> tuple[Webhook, ...]:
    """Webhooks within reach, the oldest first, from behind the ``number`` of another."""
    wanted = select(WebhookRow).where(WebhookRow.number > after).order_by(WebhookRow.number).limit(limit)
    return tuple(_seen(row) for row in session.scalars(wanted))


def change(
    session: Session, key: str, url: str, topics: Sequence[str], *, note_: str, active: bool, expected: int | None = None
) -> Webhook:
    """Change a webhook; a rest it takes is over. Raises ``NotFound``, ``Conflict`` for an old version, ``BadInput``."""
    row = _locked(session, key, expected)
    _refuse_topics(session, topics)
    row.document = row.document | {"url": url, "topics": sorted(set(topics)), "note": note_}
    row.active, row.failures, row.resting_until = active, 0, None
    return _changed(session, row, "change")


def renew_secret(session: Session, key: str, *, expected: int | None = None) -> tuple[Webhook, str]:
    """A new secret; for ``OLD_SECRET`` the one before signs too. Raises ``NotFound``, ``Conflict``."""
    row, secret = _locked(session, key, expected), _new_secret()
    until = (now_of(session) + OLD_SECRET).isoformat()
    before = row.document["secrets"][0] | {"until": until}
    row.document = row.document | {"secrets": [{"secret": secret, "until": None}, before]}
    return _changed(session, row, "renew-secret"), secret


def remove(session: Session, key: str, *, expected: int | None = None) -> None:
    """Take a webhook away, with its deliveries. Raises ``NotFound``, ``Conflict``."""
    row = _locked(session, key, expected)
    session.execute(
        delete(WebhookRow).where(WebhookRow.number == row.number).execution_options(synchronize_session=False)
    )
    note(session, "remove", "webhooks", key, row.version)


def send_test(session: Session, key: str) -> str:
    """Leave a message for this webhook alone; the delivery's id. Raises ``NotFound``."""
    row = _row(session, key)
    outbox.announce(session, TEST, {"webhook": row.id})
    message = session.scalars(select(OutboxRow).order_by(OutboxRow.number.desc()).limit(1)).one()
    outbox.delivered(session, message.number)
    made = _delivery(row, message.number, now_of(session))
    session.add(made)
    session.flush()
    return made.id


# ---------------------------------------------------------------------------------------------- deliveries


def deliveries(
    session: Session, *, webhook: str | None = None, state: str | None = None, before: int | None = None, limit: int = 100
) -> tuple[Delivery, ...]:
    """Deliveries within reach, the newest first, older than the ``number`` of another. Raises ``NotFound``."""
    wanted = _deliveries().order_by(DeliveryRow.number.desc()).limit(limit)
    if webhook is not None:
        wanted = wanted.where(DeliveryRow.webhook == _row(session, webhook).number)
    if state is not None:
        wanted = wanted.where(DeliveryRow.state == state)
    if before is not None:
        wanted = wanted.where(DeliveryRow.number < before)
    return tuple(_told(row, hook, topic) for row, hook, topic in session.execute(wanted))


def delivery(session: Session, key: str) -> Delivery:
    """One delivery; raises ``NotFound``."""
    found = session.execute(_deliveries().where(DeliveryRow.id == key)).one_or_none()
    if found is None:
        raise NotFound([Fault(say("no-delivery", session.info["lang"], key=key), code="no-delivery")])
    return _told(*found)


def revive(session: Session, key: str) -> Delivery:
    """Try a dead delivery again from the start. Raises ``NotFound``, ``Conflict`` unless it is dead."""
    found, lang = delivery(session, key), session.info["lang"]
    if found.state != "dead":
        raise Conflict([Fault(say("not-dead", lang, state=say(found.state, lang)), code="not-dead")])
    _revive(session, DeliveryRow.id == key)
    note(session, "revive", "deliveries", key)
    return delivery(session, key)


def revive_all(session: Session, webhook: str) -> int:
    """Try every dead delivery of a webhook again; how many. Raises ``NotFound``."""
    row = _row(session, webhook)
    dead = session.scalars(
        select(DeliveryRow.number).where(DeliveryRow.webhook == row.number, DeliveryRow.state == "dead")
    ).all()
    _revive(session, (DeliveryRow.webhook == row.number) & (DeliveryRow.state == "dead"))
    row.failures, row.resting_until = 0, None
    session.flush()
    note(session, "revive", "webhooks", webhook, count=len(dead))
    return len(dead)


# ---------------------------------------------------------------------------------------- for the courier


def is_due(session: Session) -> bool:
    """Whether there is anything to hand out or to deliver now; a cheap look before the database is written to."""
    now = now_of(session)
    waiting = select(OutboxRow.number).where(OutboxRow.state == "waiting", OutboxRow.due_at <= now).limit(1)
    if session.scalar(waiting) is not None:
        return True
    return session.scalar(_due(now).with_only_columns(DeliveryRow.number).limit(1)) is not None


def hand_out(session: Session, limit: int = 200) -> int:
    """Turn due messages into deliveries for whoever hears them; how many messages. Session: everyone, writing."""
    messages = outbox.take_due(session, limit)
    if not messages:
        return 0
    hooks: dict[int, list[WebhookRow]] = {}
    wanted = select(WebhookRow).where(
        WebhookRow.active, WebhookRow.community.in_({message.community for message in messages})
    )
    for row in session.scalars(wanted.order_by(WebhookRow.number)):
        hooks.setdefault(row.community, []).append(row)
    now = now_of(session)
    session.add_all(
        _delivery(row, message.number, now)
        for message in messages
        for row in hooks.get(message.community, ())
        if hears(row.document["topics"], message.topic)
    )
    outbox.delivered(session, *(message.number for message in messages))
    return len(messages)


def take(session: Session, under_way: Mapping[int, int], limit: int, *, most_failing: int) -> tuple[Parcel, ...]:
    """Deliveries to make now, for a minute nobody else's. Session: everyone, writing.

    ``under_way`` counts those being made, by webhook. A receiver gets ``AT_ONCE``, or fewer where many wait; one that
    failed last is tried with one, and all of these together get ``most_failing``.
    """
    now = now_of(session)
    hooks = session.scalars(
        select(WebhookRow)
        .where(WebhookRow.number.in_(_due(now).with_only_columns(DeliveryRow.webhook)))
        .order_by(WebhookRow.failures, WebhookRow.number)
    ).all()
    share = max(1, min(AT_ONCE, limit // max(1, len(hooks))))
    parcels: list[Parcel] = []
    failing = 0
    for hook in hooks:
        failing += hook.failures > 0
        if len(parcels) >= limit or failing > most_failing:
            break
        room = (1 if hook.failures else share) - under_way.get(hook.number, 0)
        if room > 0:
            parcels += _take_of(session, hook, min(room, limit - len(parcels)), now)
    session.flush()
    return tuple(parcels)


def _take_of(session: Session, hook: WebhookRow, room: int, now: datetime) -> list[Parcel]:
    due = _due(now).with_only_columns(DeliveryRow, OutboxRow).join(OutboxRow, OutboxRow.number == DeliveryRow.message)
    rows = session.execute(
        due.where(DeliveryRow.webhook == hook.number)
        .order_by(DeliveryRow.due_at, DeliveryRow.number)
        .limit(room)
        .with_for_update(skip_locked=True, of=DeliveryRow)
    ).all()
    scope, signing = scope_of(session, hook.community), tuple(_signing(hook.document["secrets"], now))
    for row, _ in rows:
        row.attempts, row.due_at = row.attempts + 1, now + outbox.HANDS_OFF
    return [
        Parcel(
            row.number, row.id, hook.number, hook.document["url"], signing, message.topic, message.payload,
            message.created_at, scope, row.attempts,
        )
        for row, message in rows
    ]


def arrived(session: Session, parcel: Parcel, status: int) -> None:
    """The receiver has it."""
    _set(session, parcel, state="delivered", ended_at=now_of(session), status=status, last_error=None)
    session.execute(
        update(WebhookRow)
        .where(WebhookRow.number == parcel.webhook, WebhookRow.failures > 0)
        .values(failures=0, resting_until=None)
        .execution_options(synchronize_session=False)
    )


def failed(session: Session, parcel: Parcel, reason: str, status: int | None) -> bool:
    """Try again later, twice as late each time, and let the receiver rest; True if that was the last time."""
    now = now_of(session)
    is_dead = parcel.attempts >= outbox.MOST_ATTEMPTS
    ending = {"state": "dead", "ended_at": now} if is_dead else {"due_at": now + outbox.wait_after(parcel.attempts)}
    _set(session, parcel, status=status, last_error=reason, **ending)
    hook = session.scalar(select(WebhookRow).where(WebhookRow.number == parcel.webhook).with_for_update())
    if hook is not None:
        hook.failures += 1
        hook.resting_until = now + min(outbox.wait_after(hook.failures), LONGEST_REST)
        session.flush()
    return is_dead


def tidy(session: Session) -> None:
    """Give up what has waited too long, and forget what was delivered long ago. Session: everyone, writing."""
    now = now_of(session)
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.state == "waiting", DeliveryRow.queued_at < now - GIVE_UP)
        .values(state="dead", ended_at=now, last_error="late")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(DeliveryRow)
        .where(DeliveryRow.state == "delivered", DeliveryRow.ended_at < now - KEPT)
        .execution_options(synchronize_session=False)
    )
    still = select(DeliveryRow.message).where(DeliveryRow.message == OutboxRow.number).exists()
    session.execute(
        delete(OutboxRow)
        .where(OutboxRow.state == "delivered", OutboxRow.ended_at < now - KEPT, ~still)
        .execution_options(synchronize_session=False)
    )


# ------------------------------------------------------------------------------------------------- helpers


def _new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


def _signing(kept: Sequence[Mapping[str, Any]], now: datetime) -> list[str]:
    return [one["secret"] for one in kept if one["until"] is None or datetime.fromisoformat(one["until"]) > now]


def _refuse_topics(session: Session, topics: Sequence[str]) -> None:
    lang = session.info["lang"]
    if not topics:
        raise BadInput([Fault(say("no-topics", lang), path=("topics",), code="no-topics")])
    advice = say("no-topic-advice", lang, known=", ".join(TOPICS))
    wrong = set(unknown(topics))
    faults = [
        Fault(say("no-topic", lang, topic=topic[:60]), advice, path=("topics", place), code="no-topic")
        for place, topic in enumerate(topics)
        if topic in wrong
    ]
    if faults:
        raise BadInput(faults)


def _delivery(hook: WebhookRow, message: int, now: datetime) -> DeliveryRow:
    return DeliveryRow(
        community=hook.community, id=uuid.uuid4().hex, webhook=hook.number, message=message, state="waiting", attempts=0,
        due_at=now, status=None, last_error=None, queued_at=now, ended_at=None,
    )


def _due(now: datetime) -> Any:
    return (
        select(DeliveryRow)
        .join(WebhookRow, WebhookRow.number == DeliveryRow.webhook)
        .where(
            DeliveryRow.state == "waiting", DeliveryRow.due_at <= now, WebhookRow.active,
            or_(WebhookRow.resting_until.is_(None), WebhookRow.resting_until <= now),
        )
    )


def _deliveries() -> Any:
    return (
        select(DeliveryRow, WebhookRow.id, OutboxRow.topic)
        .join(WebhookRow, WebhookRow.number == DeliveryRow.webhook)
        .join(OutboxRow, OutboxRow.number == DeliveryRow.message)
    )


def _told(row: DeliveryRow, webhook: str, topic: str) -> Delivery:
    return Delivery(
        row.id, row.number, webhook, topic, row.state, row.attempts, row.due_at, row.status, row.last_error,
        row.queued_at, row.ended_at,
    )


def _revive(session: Session, where: Any) -> None:
    now = now_of(session)
    session.execute(
        update(DeliveryRow)
        .where(where)
        .values(state="waiting", attempts=0, due_at=now, queued_at=now, ended_at=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _set(session: Session, parcel: Parcel, **values: Any) -> None:
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.number == parcel.number, DeliveryRow.state == "waiting")
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _changed(session: Session, row: WebhookRow, action: str) -> Webhook:
    row.version, row.changed_at, row.changed_by = row.version + 1, now_of(session), session.info["actor"]
    session.flush()
    note(session, action, "webhooks", row.id, row.version)
    return _seen(row)


def _row(session: Session, key: str) -> WebhookRow:
    row = session.scalar(select(WebhookRow).where(WebhookRow.id == key))
    if row is None:
        raise NotFound([Fault(say("no-webhook", session.info["lang"], key=key), code="no-webhook")])
    return row


def _locked(session: Session, key: str, expected: int | None = None) -> WebhookRow:
    row, lang = _row(session, key), session.info["lang"]
    session.refresh(row, with_for_update=True)
    if expected is not None and expected != row.version:
        message = store_say("stale", lang, key=key, who=row.changed_by, version=row.version)
        raise Conflict([Fault(message, store_say("stale-advice", lang), code="stale")])
    return row


def _seen(row: WebhookRow) -> Webhook:
    return Webhook(
        row.id, row.number, row.document["url"], tuple(row.document["topics"]), row.document["note"], row.active,
        row.failures, row.resting_until, row.version, row.created_at, row.changed_at, row.changed_by,
    )
