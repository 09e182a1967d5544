"""The extra ``server``: what the store needs beyond matcher itself, asked for before anything is imported."""

from __future__ import annotations

from importlib.util import find_spec

from matcher.errors import BadInput
from matcher.store.words import say

_NEEDED = ("sqlalchemy", "alembic", "psycopg", "croniter", "argon2", "cryptography")


def require_server(lang: str) -> None:
    """Raise ``BadInput`` that says what to install, unless everything the store needs is there."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise BadInput(say("no-extra", lang, names=", ".join(missing)), say("no-extra-advice", lang))
