"""The log of what is done above the communities: accounts of districts and of the server, districts and communities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String(120)


def upgrade() -> None:
    op.create_table(
        "audit_above",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("district", NUMBER),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("noun", sa.String(40), nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_above"),
        sa.ForeignKeyConstraint(["district"], ["districts.number"], "fk_audit_above_district", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_above_district", "audit_above", ["district"])


def downgrade() -> None:
    op.drop_table("audit_above")
