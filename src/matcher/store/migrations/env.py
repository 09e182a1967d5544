"""How alembic runs here: over the one connection it is handed, in the transaction that is open already."""

from __future__ import annotations

from alembic import context

from matcher.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
