"""Accounts as those who look after them see them: made, changed, given keys; never beyond one's own reach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from matcher.errors import BadInput, Fault
from matcher.service.accounts import auth
from matcher.service.accounts.access import Caller
from matcher.service.accounts.auth_words import say
from matcher.service.accounts.grants import login_faults, refuse_beyond, refuse_unfit, scope_of, unfit_faults
from matcher.store import accounts
from matcher.store.accounts import Holding, Key, User
from matcher.store.database import Database


def users(database: Database, caller: Caller, *, after: int, limit: int, lang: str) -> tuple[User, ...]:
    """The users within the caller's tenant, oldest first."""
    with database.everyone(caller.actor, lang=lang) as session:
        return accounts.users(session, within=scope_of(caller), after=after, limit=limit)


def user(database: Database, caller: Caller, login: str, *, lang: str) -> User:
    """One of them; raises ``NotFound``."""
    with database.everyone(caller.actor, lang=lang) as session:
        return accounts.user(session, login, within=scope_of(caller))


def add_user(
    database: Database, caller: Caller, login: str, holding: Holding, document: dict[str, Any], *, lang: str,
    password: str | None = None,
) -> User:
    """A new user, who may sign in once they have a password; raises ``BadInput``, ``BeyondYours``, ``Conflict``."""
    faults = [*login_faults(login, lang), *unfit_faults(holding, lang)]
    if faults:
        raise BadInput(faults)
    refuse_beyond(caller, holding, lang)
    kept = None
    if password is not None:
        auth.refuse_weak(password, lang, login=login)
        kept = auth.hashed(password)
    with database.everyone(caller.actor, writes=True, lang=lang) as session:
        return accounts.add_user(session, login, holding, document, kept)


def change_user(
    database: Database, caller: Caller, login: str, *, lang: str, expected: int | None = None,
    holding: Holding | None = None, told: dict[str, str | None] | None = None, disabled: bool | None = None,
) -> User:
    """Change a user; ``told`` holds the parts of the document that change. Raises ``BadInput``, ``BeyondYours``."""
    if holding is not None:
        refuse_unfit(holding, lang)
        refuse_beyond(caller, holding, lang)
    with database.everyone(caller.actor, writes=True, lang=lang) as session:
        before = accounts.user(session, login, within=scope_of(caller))
        refuse_beyond(caller, before.holding, lang)
        document = before.document | {name: value for name, value in (told or {}).items() if value is not None}
        return accounts.change_user(
            session, login, within=scope_of(caller), expected=expected, holding=holding, document=document,
            disabled=disabled,
        )


def invite(database: Database, caller: Caller, login: str, *, lang: str) -> tuple[User, auth.Secret]:
    """A one-time token for a user to choose a password with; raises ``NotFound``, ``BeyondYours``."""
    whose = user(database, caller, login, lang=lang)
    refuse_beyond(caller, whose.holding, lang)
    return whose, auth.invite(database, whose, caller.actor, lang=lang)


def change_password(database: Database, caller: Caller, old: str, new: str, *, lang: str) -> None:
    """The caller's own password; they are signed out everywhere. Raises ``BadInput``."""
    login = login_of(caller)
    with database.everyone(caller.actor, lang=lang) as session:
        found = accounts.password_of(session, login) if login else None
    if login is None or found is None or not auth.is_password(old, found[1]):
        raise BadInput([Fault(say("wrong-old-password", lang), path=("old",), code="wrong-password")])
    auth.refuse_weak(new, lang, login=login)
    kept = auth.hashed(new)
    with database.everyone(caller.actor, writes=True, lang=lang) as session:
        accounts.set_password(session, login, kept)


def login_of(caller: Caller) -> str | None:
    """The login of a caller who is a user; None for a key of nobody in particular."""
    kind, _, login = caller.actor.partition(":")
    return login if kind == "user" else None


def keys(database: Database, caller: Caller, *, after: int, limit: int, lang: str) -> tuple[Key, ...]:
    """The keys within the caller's tenant, oldest first."""
    with database.everyone(caller.actor, lang=lang) as session:
        return accounts.keys(session, within=scope_of(caller), after=after, limit=limit)


def add_key(
    database: Database, caller: Caller, holding: Holding, *, name: str, days: int | None, lang: str
) -> tuple[Key, auth.Secret]:
    """A new key; raises ``BadInput``, ``BeyondYours``."""
    refuse_unfit(holding, lang)
    refuse_beyond(caller, holding, lang)
    lasts = None if days is None else timedelta(days=days)
    return auth.new_key(database, holding, caller.actor, name=name, lasts=lasts, lang=lang)


def revoke_key(database: Database, caller: Caller, name: str, *, lang: str) -> Key:
    """End a key; raises ``NotFound``, ``BeyondYours``."""
    with database.everyone(caller.actor, writes=True, lang=lang) as session:
        refuse_beyond(caller, accounts.key(session, name, within=scope_of(caller)).holding, lang)
        return accounts.revoke_key(session, name, within=scope_of(caller))
