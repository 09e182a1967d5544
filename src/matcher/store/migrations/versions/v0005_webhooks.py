"""Webhooks and their deliveries; the signs of life of workers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
NAME = sa.String(120)
TOKEN = sa.String(32)


def _numbered(table: str) -> list[Any]:
    return [
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("community", NUMBER, nullable=False),
        sa.Column("id", TOKEN, nullable=False),
        sa.PrimaryKeyConstraint("number", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["community"], ["communities.number"], f"fk_{table}_community", ondelete="CASCADE"),
        sa.UniqueConstraint("id", name=f"uq_{table}_id"),
    ]


def upgrade() -> None:
    op.create_table(
        "webhooks",
        *_numbered("webhooks"),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("resting_until", TIME),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", NAME, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhooks_community", "webhooks", ["community"])
    op.create_table(
        "deliveries",
        *_numbered("deliveries"),
        sa.Column("webhook", NUMBER, nullable=False),
        sa.Column("message", NUMBER, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("last_error", sa.Text()),
        sa.Column("queued_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.number"], "fk_deliveries_webhook", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["message"], ["outbox.number"], "fk_deliveries_message", ondelete="CASCADE"),
        sa.UniqueConstraint("webhook", "message", name="uq_deliveries_webhook_message"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_community", "deliveries", ["community"])
    op.create_index("ix_deliveries_message", "deliveries", ["message"])
    op.create_index("ix_deliveries_state_due_at", "deliveries", ["state", "due_at"])
    op.create_table(
        "workers",
        sa.Column("name", NAME, nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("busy", sa.Integer(), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workers"),
    )


def downgrade() -> None:
    for table in ("workers", "deliveries", "webhooks"):
        op.drop_table(table)
