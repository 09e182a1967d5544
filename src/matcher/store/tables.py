"""The tables. Facts are validated JSON documents beside the few columns that queries need (decision 024)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from matcher.store.types import Document, Number, Sealed, UtcTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints have the same names in both databases, so that migrations can find them."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcTime(), date: Date(), str: String(120)}


class District(Base):
    """A district: the widest tenant."""

    __tablename__ = "districts"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class Community(Base):
    """A community: whose facts, rosters and runs belong together."""

    __tablename__ = "communities"
    __table_args__ = (UniqueConstraint("district", "id"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    district: Mapped[int] = mapped_column(Number, ForeignKey("districts.number", ondelete="CASCADE"))
    id: Mapped[str]
    name: Mapped[str]
    facts_version: Mapped[int] = mapped_column(Number, default=0)
    """Rises with every change of any fact."""
    last_sequence: Mapped[int] = mapped_column(Number, default=0)
    """The last number given to a fact; claims are ordered by it."""
    taken_at: Mapped[datetime | None]
    """When a worker last took a run of this community."""
    created_at: Mapped[datetime]


class Tenant:
    """What belongs to a community. Sessions with a scope see nothing else's."""

    @declared_attr
    def community(self) -> Mapped[int]:
        return mapped_column(Number, ForeignKey("communities.number", ondelete="CASCADE"), index=True)


class ProgramRow(Tenant, Base):
    """A community's programme: one row."""

    __tablename__ = "programs"

    community: Mapped[int] = mapped_column(
        Number, ForeignKey("communities.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    version: Mapped[int] = mapped_column(Number)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class FactRow(Tenant):
    """One fact of a community.

    ``key`` is the fact's own id, or one given by the store where it has none. ``sequence`` is the order in which the
    server took facts in. ``version`` rises with every change. Columns a noun has beside these repeat fields of the
    document that queries ask for.
    """

    @declared_attr
    def community(self) -> Mapped[int]:
        return mapped_column(
            Number, ForeignKey("communities.number", ondelete="CASCADE"), primary_key=True, autoincrement=False,
            sort_order=-2,
        )

    key: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    sequence: Mapped[int] = mapped_column(Number)
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    version: Mapped[int] = mapped_column(Number)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    @declared_attr.directive
    def __table_args__(self) -> Any:
        queried = [name for name in vars(self).get("__annotations__", {}) if not name.startswith("_")]
        return (
            UniqueConstraint("community", "sequence"),
            *(Index(None, "community", name) for name in queried),
        )


class PlaceRow(FactRow, Base):
    __tablename__ = "places"


class ResidentRow(FactRow, Base):
    __tablename__ = "residents"
    home: Mapped[str | None]


class VolunteerRow(FactRow, Base):
    __tablename__ = "volunteers"
    home: Mapped[str | None]
    team: Mapped[str | None]


class TeamRow(FactRow, Base):
    __tablename__ = "teams"


class WishRow(FactRow, Base):
    __tablename__ = "wishes"
    resident: Mapped[str | None]
    kind: Mapped[str]
    state: Mapped[str]


class ClaimRow(FactRow, Base):
    __tablename__ = "claims"
    wish: Mapped[str]
    volunteer: Mapped[str | None]
    team: Mapped[str | None]
    state: Mapped[str]
    at: Mapped[datetime]


class DeclineRow(FactRow, Base):
    __tablename__ = "declines"
    visit: Mapped[str | None]
    wish: Mapped[str | None]
    volunteer: Mapped[str | None]
    team: Mapped[str | None]


class PairingRow(FactRow, Base):
    __tablename__ = "pairings"
    volunteer: Mapped[str]
    resident: Mapped[str]


class ServiceRow(FactRow, Base):
    __tablename__ = "history"
    wish: Mapped[str | None]
    visit: Mapped[str | None]
    resident: Mapped[str | None]
    volunteer: Mapped[str]
    start: Mapped[datetime]
    outcome: Mapped[str]


class PublishedRow(FactRow, Base):
    __tablename__ = "published"
    visit: Mapped[str]
    volunteer: Mapped[str]


class PinRow(FactRow, Base):
    __tablename__ = "pins"
    visit: Mapped[str]
    volunteer: Mapped[str | None]


class TravelTimeRow(FactRow, Base):
    __tablename__ = "travel_times"
    origin: Mapped[str]
    destination: Mapped[str]


NOUNS: dict[str, type[Any]] = {
    row.__tablename__: row
    for row in (
        PlaceRow, ResidentRow, VolunteerRow, TeamRow, WishRow, ClaimRow, DeclineRow, PairingRow, ServiceRow,
        PublishedRow, PinRow, TravelTimeRow,
    )
}
"""The lists of a scenario and their tables; the table bears the list's name."""


class Snapshot(Tenant, Base):
    """The facts a run was made from, as they stood; frozen, by fingerprint, packed."""

    __tablename__ = "snapshots"

    community: Mapped[int] = mapped_column(
        Number, ForeignKey("communities.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    document: Mapped[bytes | None] = mapped_column(Sealed)
    """None once a person in it has been erased."""
    created_at: Mapped[datetime]


class RosterRow(Tenant, Base):
    """A roster with the judge's report. The roster itself never changes; its state does."""

    __tablename__ = "rosters"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'archived')", name="state"),
        UniqueConstraint("community", "edition"),
        Index(None, "community", "state"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    edition: Mapped[int]
    """Counts a community's rosters from 1."""
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(Number)
    replaces: Mapped[str | None] = mapped_column(String(32))
    """The roster this one was made from, by hand or by replan."""
    run: Mapped[str | None] = mapped_column(String(32))
    scenario: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    report: Mapped[dict[str, Any]] = mapped_column(Document)
    certificates: Mapped[list[Any]] = mapped_column(Document)
    first_day: Mapped[date]
    last_day: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    archived_at: Mapped[datetime | None]


class ScheduleRow(Tenant, Base):
    """A repeating job: when, and with which config. Every ISO week has at most one run of it."""

    __tablename__ = "schedules"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    cron: Mapped[str]
    config: Mapped[dict[str, Any]] = mapped_column(Document)
    enabled: Mapped[bool]
    next_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(Number)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class RunRow(Tenant, Base):
    """A solve that was asked for: its config, whose hands it is in, and how it ended."""

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
        UniqueConstraint("schedule", "period"),
        Index(None, "state", "priority", "number"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    priority: Mapped[int]
    config: Mapped[dict[str, Any]] = mapped_column(Document)
    snapshot: Mapped[str] = mapped_column(String(64))
    """The fingerprint of the facts it plans, frozen when it was asked for."""
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str]
    attempts: Mapped[int]
    most_attempts: Mapped[int]
    worker: Mapped[str | None]
    lease: Mapped[str | None] = mapped_column(String(32))
    """The token of whoever holds the run; only they may end it."""
    lease_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
    problem: Mapped[dict[str, Any] | None] = mapped_column(Document)
    """Why it failed: kind, message, faults or demands."""
    roster: Mapped[str | None] = mapped_column(String(32))
    last_progress: Mapped[int] = mapped_column(Number, default=0)
    schedule: Mapped[int | None] = mapped_column(Number, ForeignKey("schedules.number", ondelete="SET NULL"))
    period: Mapped[str | None] = mapped_column(String(10))
    """The ISO week a schedule's run is for: 2026-W49."""


class ProgressRow(Tenant, Base):
    """One thing that happened during a run, in order; a reader resumes after the last sequence seen."""

    __tablename__ = "run_progress"

    run: Mapped[int] = mapped_column(
        Number, ForeignKey("runs.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sequence: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    event: Mapped[dict[str, Any]] = mapped_column(Document)


class AuditRow(Tenant, Base):
    """Who did what to which row. Names of fields only, never their contents."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "community", "noun", "key"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(40))
    noun: Mapped[str] = mapped_column(String(40))
    key: Mapped[str]
    version: Mapped[int | None] = mapped_column(Number)
    detail: Mapped[dict[str, Any]] = mapped_column(Document)


class AboveRow(Base):
    """Who did what above the communities: accounts of districts and of the server, districts and communities themselves."""

    __tablename__ = "audit_above"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    district: Mapped[int | None] = mapped_column(Number, ForeignKey("districts.number", ondelete="CASCADE"), index=True)
    """None: the whole server."""
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(40))
    noun: Mapped[str] = mapped_column(String(40))
    key: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(Document)


class IdempotencyRow(Tenant, Base):
    """A request that was carried out, and what was answered; a retry gets the same answer."""

    __tablename__ = "idempotency_keys"

    community: Mapped[int] = mapped_column(
        Number, ForeignKey("communities.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[Any] = mapped_column(Document)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OutboxRow(Tenant, Base):
    """A message to be delivered, written with the change it tells of; delivered at least once."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "due_at"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(Document)
    state: Mapped[str] = mapped_column(String(10))
    """``waiting``, ``delivered`` or ``dead``."""
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    last_error: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
