"""Rosters of a community: drafts, what is published, what is over; and what people have been told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.domain.claims import Published
from matcher.domain.scenario import PlanningWindow
from matcher.errors import Fault
from matcher.problem.roster import Roster
from matcher.store.audit import note
from matcher.store.database import now_of
from matcher.store.facts import Conflict, NotFound, keep, lock
from matcher.store.outbox import announce
from matcher.store.scope import community_of
from matcher.store.tables import Community, PublishedRow, RosterRow
from matcher.store.words import say


@dataclass(frozen=True, slots=True)
class Made:
    """What a solve or a hand made: the roster, the judge's report as in report.json, and certificates."""

    roster: dict[str, Any]
    report: dict[str, Any]
    window: PlanningWindow
    certificates: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoredRoster:
    """A roster as it stands. ``edition`` counts a community's rosters; ``version`` is its ETag."""

    id: str
    number: int
    edition: int
    state: str
    version: int
    scenario: str
    document: dict[str, Any]
    report: dict[str, Any]
    certificates: list[Any]
    run: str | None
    replaces: str | None
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str | None
    first_day: date
    last_day: date

    @property
    def etag(self) -> str:
        """What HTTP calls this version."""
        return f'"{self.version}"'

    @property
    def roster(self) -> Roster:
        """The roster itself."""
        return Roster.model_validate(self.document)


def add_draft(
    session: Session, made: Made, *, run: str | None = None, replaces: str | None = None, community: int | None = None
) -> str:
    """Keep a roster as a draft; its id. A roster, once kept, never changes: an edit is a new one that ``replaces`` it."""
    where = community_of(session) if community is None else community
    # Editions are counted: two drafts at once must follow one another.
    session.execute(select(Community.number).where(Community.number == where).with_for_update(key_share=True))
    last = session.scalar(select(func.max(RosterRow.edition)).where(RosterRow.community == where)) or 0
    row = RosterRow(
        community=where, id=uuid.uuid4().hex, edition=last + 1, state="draft", version=1, replaces=replaces, run=run,
        scenario=made.roster["scenario"], document=made.roster, report=made.report, certificates=made.certificates,
        first_day=made.window.start, last_day=made.window.end, created_at=now_of(session),
        created_by=session.info["actor"], published_at=None, published_by=None, archived_at=None,
    )
    session.add(row)
    session.flush()
    note(session, "create", "rosters", row.id, 1, community=where)
    return row.id


def get(session: Session, key: str) -> StoredRoster:
    """One roster; raises ``NotFound``."""
    return _stored(_row(session, key))


def page(
    session: Session, *, after: int = 0, limit: int = 50, state: str | None = None, replaces: str | None = None,
    newest: bool = False,
) -> tuple[StoredRoster, ...]:
    """Rosters within reach, the oldest first (or the ``newest``), from behind the ``number`` of another.

    ``replaces``: only those made from this one.
    """
    wanted = select(RosterRow).limit(limit)
    if newest:
        wanted = wanted.order_by(RosterRow.number.desc())
        wanted = wanted.where(RosterRow.number < after) if after else wanted
    else:
        wanted = wanted.where(RosterRow.number > after).order_by(RosterRow.number)
    if state is not None:
        wanted = wanted.where(RosterRow.state == state)
    if replaces is not None:
        wanted = wanted.where(RosterRow.replaces == replaces)
    return tuple(_stored(row) for row in session.scalars(wanted))


def refuse_changed(session: Session, key: str, *, expected: int) -> None:
    """Raise ``Conflict`` unless a roster has this version, and nobody has made a draft from it since."""
    row = _row(session, key)
    _refuse_stale(session, row, expected)
    later = session.scalar(
        select(RosterRow).where(RosterRow.replaces == key, RosterRow.state == "draft").order_by(RosterRow.number.desc()).limit(1)
    )
    if later is not None:
        lang = session.info["lang"]
        message = say("replaced", lang, who=later.created_by, edition=later.edition)
        raise Conflict([Fault(message, say("stale-advice", lang), code="stale")])


def publish(session: Session, key: str, *, expected: int | None = None) -> StoredRoster:
    """People are told: the draft is published, rosters of the same days are archived, its seats become ``published``.

    What was published of the same visits is replaced. Raises ``NotFound``, ``Conflict`` unless it is a draft of the
    version expected.
    """
    lock(session)
    row, lang, now = _row(session, key), session.info["lang"], now_of(session)
    _refuse_stale(session, row, expected)
    if row.state != "draft":
        raise Conflict([Fault(say("not-a-draft", lang, state=say(row.state, lang)), code="not-a-draft")])
    for other in session.scalars(
        select(RosterRow).where(
            RosterRow.state == "published", RosterRow.first_day <= row.last_day, RosterRow.last_day >= row.first_day
        )
    ):
        _archive(session, other, now)
    row.state, row.version, row.published_at, row.published_by = "published", row.version + 1, now, session.info["actor"]
    _tell(session, Roster.model_validate(row.document), now)
    session.flush()
    note(session, "publish", "rosters", row.id, row.version)
    announce(session, "roster.published", {"roster": row.id, "edition": row.edition})
    return _stored(row)


def archive(session: Session, key: str, *, expected: int | None = None) -> StoredRoster:
    """Put a draft or a published roster aside; what people were told stays. Raises ``NotFound``, ``Conflict``."""
    row, lang = _row(session, key), session.info["lang"]
    _refuse_stale(session, row, expected)
    if row.state == "archived":
        raise Conflict([Fault(say("bad-state", lang, state=say(row.state, lang)), code="bad-state")])
    _archive(session, row, now_of(session))
    session.flush()
    return _stored(row)


def _archive(session: Session, row: RosterRow, now: datetime) -> None:
    row.state, row.version, row.archived_at = "archived", row.version + 1, now
    session.flush()
    note(session, "archive", "rosters", row.id, row.version)


def _tell(session: Session, roster: Roster, now: datetime) -> None:
    seats = list(_seats(roster, now))
    visits = {visit.id for visit in roster.visits} | {empty.visit for empty in roster.unfilled}
    for row in session.scalars(select(PublishedRow)).all():
        if row.visit in visits:
            session.delete(row)
    session.flush()
    keep(session, "published", seats)


def _seats(roster: Roster, now: datetime) -> Iterator[Published]:
    for visit in roster.visits:
        for standby, seats in ((False, visit.assigned), (True, visit.standbys)):
            for seat in seats:
                yield Published(
                    visit=visit.id, start=visit.start, end=visit.end, role=seat.role, volunteer=seat.volunteer,
                    standby=standby, told_at=now,
                )


def _row(session: Session, key: str) -> RosterRow:
    row = session.scalar(select(RosterRow).where(RosterRow.id == key))
    if row is None:
        raise NotFound([Fault(say("no-roster", session.info["lang"], key=key), code="no-roster")])
    return row


def _refuse_stale(session: Session, row: RosterRow, expected: int | None) -> None:
    if expected is not None and expected != row.version:
        lang = session.info["lang"]
        message = say("stale", lang, key=row.id, who=row.published_by or row.created_by, version=row.version)
        raise Conflict([Fault(message, say("stale-advice", lang), code="stale")])


def _stored(row: RosterRow) -> StoredRoster:
    return StoredRoster(
        row.id, row.number, row.edition, row.state, row.version, row.scenario, row.document, row.report, row.certificates, row.run,
        row.replaces, row.created_at, row.created_by, row.published_at, row.published_by,
        row.first_day, row.last_day,
    )
