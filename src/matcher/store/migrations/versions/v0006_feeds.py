"""Calendar feeds: secret addresses, and what the calendars were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
NAME = sa.String(120)


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("community", NUMBER, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("volunteer", NAME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.PrimaryKeyConstraint("number", name="pk_feeds"),
        sa.ForeignKeyConstraint(["community"], ["communities.number"], "fk_feeds_community", ondelete="CASCADE"),
        sa.UniqueConstraint("id", name="uq_feeds_id"),
        sa.UniqueConstraint("digest", name="uq_feeds_digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feeds_community", "feeds", ["community"])
    op.create_index("ix_feeds_community_volunteer", "feeds", ["community", "volunteer"])
    op.create_table(
        "feed_entries",
        sa.Column("community", NUMBER, nullable=False, autoincrement=False),
        sa.Column("volunteer", NAME, nullable=False),
        sa.Column("visit", NAME, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("community", "volunteer", "visit", name="pk_feed_entries"),
        sa.ForeignKeyConstraint(
            ["community"], ["communities.number"], "fk_feed_entries_community", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("feed_entries")
    op.drop_table("feeds")
