"""Orders and invitations of the loop; links, tickets and messages of people without an account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
NAME = sa.String(120)
TOKEN = sa.String(32)
PRINT = sa.String(64)


def _of_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["community"], ["communities.number"], f"fk_{table}_community", ondelete="CASCADE")


def _numbered(table: str, *, has_id: bool = True) -> list[Any]:
    columns: list[Any] = [
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("community", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number", name=f"pk_{table}"),
        _of_community(table),
    ]
    if has_id:
        columns += [sa.Column("id", TOKEN, nullable=False), sa.UniqueConstraint("id", name=f"uq_{table}_id")]
    return columns


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def upgrade() -> None:
    _index("claims", "community", "wish", "state", "sequence")
    _loop()
    _links()
    op.create_table(
        "messages",
        *_numbered("messages", has_id=False),
        sa.Column("visit", NAME, nullable=False),
        sa.Column("side", sa.String(12), nullable=False),
        sa.Column("author", NAME, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("hidden_at", TIME),
        sa.Column("hidden_by", NAME),
        sqlite_autoincrement=True,
    )
    _index("messages", "community")
    _index("messages", "community", "visit", "number")


def _loop() -> None:
    op.create_table(
        "orders",
        *_numbered("orders"),
        sa.Column("wish", NAME),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("places", sa.Integer()),
        sa.Column("answer_minutes", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON()),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", NAME, nullable=False),
        sa.UniqueConstraint("community", "wish", name="uq_orders_community_wish"),
        sqlite_autoincrement=True,
    )
    _index("orders", "community")
    _index("orders", "community", "stage")
    op.create_table(
        "visit_orders",
        sa.Column("community", NUMBER, nullable=False, autoincrement=False),
        sa.Column("visit", NAME, nullable=False),
        sa.Column("wish", NAME, nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("document", sa.JSON()),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", NAME, nullable=False),
        sa.PrimaryKeyConstraint("community", "visit", name="pk_visit_orders"),
        _of_community("visit_orders"),
    )
    _index("visit_orders", "community", "wish")
    op.create_table(
        "invitations",
        *_numbered("invitations", has_id=False),
        sa.Column("claim", NAME, nullable=False),
        sa.Column("wish", NAME, nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("answered_at", TIME),
        sqlite_autoincrement=True,
    )
    _index("invitations", "community")
    _index("invitations", "community", "wish", "state")
    _index("invitations", "state", "until")


def _links() -> None:
    op.create_table(
        "links",
        *_numbered("links"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("wish", NAME),
        sa.Column("digest", PRINT, nullable=False),
        sa.Column("shown", sa.String(12), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("most_uses", sa.Integer()),
        sa.Column("most_per_address", sa.Integer(), nullable=False),
        sa.Column("uses", NUMBER, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.UniqueConstraint("digest", name="uq_links_digest"),
        sqlite_autoincrement=True,
    )
    _index("links", "community")
    op.create_table(
        "link_uses",
        sa.Column("link", NUMBER, nullable=False, autoincrement=False),
        sa.Column("address", PRINT, nullable=False),
        sa.Column("hour", TIME, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("community", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("link", "address", "hour", name="pk_link_uses"),
        sa.ForeignKeyConstraint(["link"], ["links.number"], "fk_link_uses_link", ondelete="CASCADE"),
        _of_community("link_uses"),
    )
    _index("link_uses", "community")
    op.create_table(
        "tickets",
        *_numbered("tickets"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("digest", PRINT, nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
        sa.Column("revoked_at", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.UniqueConstraint("digest", name="uq_tickets_digest"),
        sqlite_autoincrement=True,
    )
    _index("tickets", "community")
    _index("tickets", "community", "kind", "subject")


def downgrade() -> None:
    for table in ("messages", "tickets", "link_uses", "links", "invitations", "visit_orders", "orders"):
        op.drop_table(table)
    op.drop_index("ix_claims_community_wish_state_sequence", "claims")
