"""Idempotency keys: a request is carried out once; whoever sends it again gets the same answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matcher.errors import Fault
from matcher.store.database import now_of
from matcher.store.facts import Conflict, lock
from matcher.store.scope import community_of
from matcher.store.tables import IdempotencyRow
from matcher.store.words import say

KEPT = timedelta(days=7)
"""How long an answer is remembered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: an HTTP status and a JSON body."""

    status: int
    body: Any


def remembered(session: Session, key: str, request: bytes) -> Answer | None:
    """The answer given to the same request before; None if it is new, which then waits for ``remember``.

    The community's facts are locked, so that two of the same key follow one another. Raises ``Conflict`` if the key
    belongs to another request.
    """
    lock(session, 0)
    now = now_of(session)
    session.execute(
        delete(IdempotencyRow)
        .where(IdempotencyRow.expires_at < now)
        .execution_options(synchronize_session=False)
    )
    row = session.scalar(select(IdempotencyRow).where(IdempotencyRow.key == key))
    if row is None:
        return None
    if row.digest != _digest(request):
        lang = session.info["lang"]
        raise Conflict([Fault(say("key-reused", lang, key=key), say("key-reused-advice", lang), code="key-reused")])
    return Answer(row.status, row.answer["body"])


def remember(session: Session, key: str, request: bytes, answer: Answer) -> None:
    """Keep the answer with the change it tells of: both last, or neither."""
    now = now_of(session)
    session.add(
        IdempotencyRow(
            community=community_of(session), key=key, digest=_digest(request), status=answer.status,
            answer={"body": answer.body}, created_at=now, expires_at=now + KEPT,
        )
    )
    session.flush()


def _digest(request: bytes) -> str:
    return hashlib.sha256(request).hexdigest()
