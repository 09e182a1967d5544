"""Districts, communities and their facts; the audit log."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
ID = sa.String(120)


def _given(name: str) -> sa.Column[Any]:
    return sa.Column(name, ID, nullable=False)


FACTS: dict[str, tuple[str, ...]] = {
    "places": (),
    "residents": ("home?",),
    "volunteers": ("home?", "team?"),
    "teams": (),
    "wishes": ("resident?", "kind", "state"),
    "claims": ("wish", "volunteer?", "team?", "state", "at"),
    "declines": ("visit?", "wish?", "volunteer?", "team?"),
    "pairings": ("volunteer", "resident"),
    "history": ("wish?", "visit?", "resident?", "volunteer", "start", "outcome"),
    "published": ("visit", "volunteer"),
    "pins": ("visit", "volunteer?"),
    "travel_times": ("origin", "destination"),
}
"""Each list of facts with the columns queries ask for; ``?`` may be empty, ``at`` and ``start`` are moments."""


def _queried(name: str) -> sa.Column[Any]:
    return sa.Column(name.strip("?"), TIME if name in ("at", "start") else ID, nullable=name.endswith("?"))


def _changed() -> list[sa.Column[Any]]:
    return [
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", ID, nullable=False),
    ]


def _of_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["community"], ["communities.number"], f"fk_{table}_community", ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "districts",
        sa.Column("number", NUMBER, nullable=False),
        _given("id"),
        _given("name"),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_districts"),
        sa.UniqueConstraint("id", name="uq_districts_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "communities",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("district", NUMBER, nullable=False),
        _given("id"),
        _given("name"),
        sa.Column("facts_version", NUMBER, nullable=False),
        sa.Column("last_sequence", NUMBER, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_communities"),
        sa.ForeignKeyConstraint(["district"], ["districts.number"], "fk_communities_district", ondelete="CASCADE"),
        sa.UniqueConstraint("district", "id", name="uq_communities_district_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "programs",
        sa.Column("community", NUMBER, nullable=False, autoincrement=False),
        *_changed(),
        sa.PrimaryKeyConstraint("community", name="pk_programs"),
        _of_community("programs"),
    )
    for table, columns in FACTS.items():
        _create_facts(table, columns)
    op.create_table(
        "audit_log",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("community", NUMBER, nullable=False),
        sa.Column("at", TIME, nullable=False),
        _given("actor"),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("noun", sa.String(40), nullable=False),
        _given("key"),
        sa.Column("version", NUMBER),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_log"),
        _of_community("audit_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_community", "audit_log", ["community"])
    op.create_index("ix_audit_log_community_noun_key", "audit_log", ["community", "noun", "key"])


def _create_facts(table: str, columns: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("community", NUMBER, nullable=False, autoincrement=False),
        _given("key"),
        *map(_queried, columns),
        sa.Column("sequence", NUMBER, nullable=False),
        *_changed(),
        sa.PrimaryKeyConstraint("community", "key", name=f"pk_{table}"),
        sa.UniqueConstraint("community", "sequence", name=f"uq_{table}_community_sequence"),
        _of_community(table),
    )
    for column in columns:
        name = column.strip("?")
        op.create_index(f"ix_{table}_community_{name}", table, ["community", name])


def downgrade() -> None:
    for table in ("audit_log", *reversed(FACTS), "programs", "communities", "districts"):
        op.drop_table(table)
