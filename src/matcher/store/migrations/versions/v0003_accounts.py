"""Accounts: users, keys, sessions, one-time tokens, failed attempts; the ids of encryption keys."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
NAME = sa.String(120)
TOKEN = sa.String(32)
DIGEST = sa.String(64)
ROLES = ("admin", "coordinator", "team-lead", "volunteer", "system", "viewer")


def _holder(table: str) -> list[Any]:
    return [
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", TOKEN, nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("district", NUMBER),
        sa.Column("community", NUMBER),
        sa.Column("team", NAME),
        sa.Column("volunteer", NAME),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=f"pk_{table}"),
        sa.UniqueConstraint("id", name=f"uq_{table}_id"),
        sa.CheckConstraint(f"role IN {ROLES}", name=op.f(f"ck_{table}_role")),
        sa.ForeignKeyConstraint(["district"], ["districts.number"], f"fk_{table}_district", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["community"], ["communities.number"], f"fk_{table}_community", ondelete="CASCADE"),
    ]


def _of_user(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["users.number"], f"fk_{table}_{column}", ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "users",
        *_holder("users"),
        sa.Column("login", NAME, nullable=False),
        sa.Column("password", sa.String(200)),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("seen_at", TIME),
        sa.Column("disabled_at", TIME),
        sa.UniqueConstraint("login", name="uq_users_login"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_keys",
        *_holder("api_keys"),
        sa.Column("owner", NUMBER),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.Column("seen_at", TIME),
        sa.Column("revoked_at", TIME),
        sa.UniqueConstraint("digest", name="uq_api_keys_digest"),
        _of_user("api_keys", "owner"),
        sqlite_autoincrement=True,
    )
    _short_lived()
    op.create_table(
        "encryption",
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_encryption"),
    )
    for table, column in (
        ("users", "community"), ("api_keys", "community"), ("api_keys", "owner"), ("user_sessions", "user"),
        ("user_sessions", "expires_at"), ("one_time_tokens", "user"), ("one_time_tokens", "expires_at"),
        ("failed_attempts", "failed_at"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _short_lived() -> None:
    for table, more in (
        ("user_sessions", [sa.Column("id", TOKEN, nullable=False), sa.UniqueConstraint("id", name="uq_user_sessions_id"),
                           sa.Column("seen_at", TIME, nullable=False)]),
        ("one_time_tokens", []),
    ):
        op.create_table(
            table,
            sa.Column("number", NUMBER, nullable=False),
            sa.Column("user", NUMBER, nullable=False),
            sa.Column("digest", DIGEST, nullable=False),
            sa.Column("created_at", TIME, nullable=False),
            sa.Column("expires_at", TIME, nullable=False),
            *more,
            sa.PrimaryKeyConstraint("number", name=f"pk_{table}"),
            sa.UniqueConstraint("digest", name=f"uq_{table}_digest"),
            _of_user(table, "user"),
            sqlite_autoincrement=True,
        )
    op.create_table(
        "failed_attempts",
        sa.Column("subject", DIGEST, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", TIME, nullable=False),
        sa.Column("blocked_until", TIME),
        sa.PrimaryKeyConstraint("subject", name="pk_failed_attempts"),
    )


def downgrade() -> None:
    for table in ("encryption", "failed_attempts", "one_time_tokens", "user_sessions", "api_keys", "users"):
        op.drop_table(table)
