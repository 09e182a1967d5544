"""Rosters, runs, schedules, snapshots of facts; idempotency keys and the outbox."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
NAME = sa.String(120)
TOKEN = sa.String(32)
PRINT = sa.String(64)


def _of_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["community"], ["communities.number"], f"fk_{table}_community", ondelete="CASCADE")


def _numbered(table: str) -> list[Any]:
    return [
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("community", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number", name=f"pk_{table}"),
        _of_community(table),
    ]


def upgrade() -> None:
    with op.batch_alter_table("communities") as communities:
        communities.add_column(sa.Column("taken_at", TIME))
    _rosters()
    _runs()
    op.create_table(
        "idempotency_keys",
        sa.Column("community", NUMBER, nullable=False, autoincrement=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("digest", PRINT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("community", "key", name="pk_idempotency_keys"),
        _of_community("idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_expires_at", "idempotency_keys", ["expires_at"])
    op.create_table(
        "outbox",
        *_numbered("outbox"),
        sa.Column("topic", NAME, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("ended_at", TIME),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_community", "outbox", ["community"])
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])


def _rosters() -> None:
    op.create_table(
        "snapshots",
        sa.Column("community", NUMBER, nullable=False, autoincrement=False),
        sa.Column("fingerprint", PRINT, nullable=False),
        sa.Column("document", sa.LargeBinary()),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("community", "fingerprint", name="pk_snapshots"),
        _of_community("snapshots"),
    )
    op.create_table(
        "rosters",
        *_numbered("rosters"),
        sa.Column("id", TOKEN, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("replaces", TOKEN),
        sa.Column("run", TOKEN),
        sa.Column("scenario", PRINT, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("certificates", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("published_at", TIME),
        sa.Column("published_by", NAME),
        sa.Column("archived_at", TIME),
        sa.UniqueConstraint("id", name="uq_rosters_id"),
        sa.UniqueConstraint("community", "edition", name="uq_rosters_community_edition"),
        sa.CheckConstraint("state IN ('draft', 'published', 'archived')", name=op.f("ck_rosters_state")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rosters_community", "rosters", ["community"])
    op.create_index("ix_rosters_community_state", "rosters", ["community", "state"])


def _runs() -> None:
    op.create_table(
        "schedules",
        *_numbered("schedules"),
        sa.Column("id", TOKEN, nullable=False),
        sa.Column("cron", NAME, nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", NAME, nullable=False),
        sa.UniqueConstraint("id", name="uq_schedules_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_schedules_community", "schedules", ["community"])
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])
    op.create_table(
        "runs",
        *_numbered("runs"),
        sa.Column("id", TOKEN, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("snapshot", PRINT, nullable=False),
        sa.Column("submitted_at", TIME, nullable=False),
        sa.Column("submitted_by", NAME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("most_attempts", sa.Integer(), nullable=False),
        sa.Column("worker", NAME),
        sa.Column("lease", TOKEN),
        sa.Column("lease_until", TIME),
        sa.Column("started_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("cancel_asked_at", TIME),
        sa.Column("problem", sa.JSON()),
        sa.Column("roster", TOKEN),
        sa.Column("last_progress", NUMBER, nullable=False),
        sa.Column("schedule", NUMBER),
        sa.Column("period", sa.String(10)),
        sa.ForeignKeyConstraint(["schedule"], ["schedules.number"], "fk_runs_schedule", ondelete="SET NULL"),
        sa.UniqueConstraint("id", name="uq_runs_id"),
        sa.UniqueConstraint("schedule", "period", name="uq_runs_schedule_period"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_runs_state")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_community", "runs", ["community"])
    op.create_index("ix_runs_state_priority_number", "runs", ["state", "priority", "number"])
    op.create_table(
        "run_progress",
        sa.Column("run", NUMBER, nullable=False, autoincrement=False),
        sa.Column("sequence", NUMBER, nullable=False, autoincrement=False),
        sa.Column("community", NUMBER, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("event", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run", "sequence", name="pk_run_progress"),
        sa.ForeignKeyConstraint(["run"], ["runs.number"], "fk_run_progress_run", ondelete="CASCADE"),
        _of_community("run_progress"),
    )
    op.create_index("ix_run_progress_community", "run_progress", ["community"])


def downgrade() -> None:
    for table in ("outbox", "idempotency_keys", "run_progress", "runs", "schedules", "rosters", "snapshots"):
        op.drop_table(table)
    with op.batch_alter_table("communities") as communities:
        communities.drop_column("taken_at")
