"""What accounts look like over HTTP: what is asked, and what is told. No secret is told twice."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from matcher.domain.base import YesNo
from matcher.service.accounts.access import Role
from matcher.store.accounts import Holding, Key, SignedIn, User

Login = Annotated[str, Path(min_length=1, max_length=120, description="The user's login.")]
KeyId = Annotated[str, Path(min_length=1, max_length=64, description="The key's id.")]
SessionId = Annotated[str, Path(min_length=1, max_length=64, description="The session's id, or `current`.")]
_Name = Annotated[str | None, Field(min_length=1, max_length=120)]
_Password = Annotated[str, Field(max_length=1000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Reach(_Body):
    """A role and where it holds: no district is the whole server, no community the whole district."""

    role: Role
    district: _Name = None
    community: _Name = None
    team: _Name = None
    """A team lead's."""
    volunteer: _Name = None
    """Who a volunteer's account is, among the facts."""

    @property
    def holding(self) -> Holding:
        """The same for the store."""
        return Holding(str(self.role), self.district, self.community, self.team, self.volunteer)


class UserMade(_Reach):
    """A user to make. They choose their own password by the one-time token in the answer."""

    login: Annotated[str, Field(max_length=120)]
    name: Annotated[str, Field(max_length=120)] = ""
    note: Annotated[str, Field(max_length=1000)] = ""


class UserChanged(_Body):
    """What to change of a user; what is left away stays. Role and reach go together."""

    reach: _Reach | None = None
    name: Annotated[str | None, Field(max_length=120)] = None
    note: Annotated[str | None, Field(max_length=1000)] = None
    disabled: YesNo | None = None


class UserTold(_Reach):
    """A user."""

    login: str
    name: str
    note: str
    version: int
    has_password: bool
    disabled: bool
    created_at: datetime
    created_by: str
    seen_at: datetime | None


class Invited(_Body):
    """A one-time token to choose a password with, shown this once."""

    user: UserTold
    token: str
    expires_at: datetime


class KeyMade(_Reach):
    """A key to make; `days` until it expires."""

    name: Annotated[str, Field(max_length=120)] = ""
    days: Annotated[int | None, Field(ge=1, le=3650)] = 365
    """None: never."""


class KeyTold(_Reach):
    """A key, by its first letters."""

    id: str
    prefix: str
    name: str
    owner: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    seen_at: datetime | None
    revoked_at: datetime | None


class KeyGiven(KeyTold):
    """A new key, shown this once."""

    key: str


class SignIn(_Body):
    """A login and its password."""

    login: Annotated[str, Field(min_length=1, max_length=120)]
    password: _Password


class SessionTold(_Body):
    """Where a user is signed in."""

    id: str
    login: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class SessionGiven(SessionTold):
    """A new session. The cookie holds its secret; `csrf` goes into `X-CSRF-Token` of whatever changes something."""

    csrf: str
    user: UserTold


class SessionList(_Body):
    """Where the caller is signed in."""

    items: list[SessionTold]


class InvitedAsked(_Body):
    """A one-time token."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class InvitedTold(_Body):
    """The account a one-time token is for, and until when it is good."""

    login: str
    name: str
    expires_at: datetime


class Redeemed(_Body):
    """A one-time token, and the password that is chosen with it."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
    password: _Password


class PasswordChanged(_Body):
    """The present password and the new one."""

    old: _Password
    new: _Password


class Me(_Reach):
    """Who the caller is."""

    actor: str


def told_user(user: User) -> dict[str, Any]:
    """A user as JSON."""
    return _told_reach(user.holding) | {
        "login": user.login, "name": user.document.get("name", ""), "note": user.document.get("note", ""),
        "version": user.version, "has_password": user.has_password, "disabled": user.disabled_at is not None,
        "created_at": _iso(user.created_at), "created_by": user.created_by, "seen_at": _iso(user.seen_at),
    }


def told_key(key: Key) -> dict[str, Any]:
    """A key as JSON."""
    return _told_reach(key.holding) | {
        "id": key.id, "prefix": key.prefix, "name": key.document.get("name", ""), "owner": key.owner,
        "created_at": _iso(key.created_at), "created_by": key.created_by, "expires_at": _iso(key.expires_at),
        "seen_at": _iso(key.seen_at), "revoked_at": _iso(key.revoked_at),
    }


def told_session(session: SignedIn) -> dict[str, Any]:
    """A session as JSON."""
    return {
        "id": session.id, "login": session.user.login, "created_at": _iso(session.created_at),
        "seen_at": _iso(session.seen_at), "expires_at": _iso(session.expires_at),
    }


def _told_reach(holding: Holding) -> dict[str, Any]:
    return {
        "role": holding.role, "district": holding.district, "community": holding.community, "team": holding.team,
        "volunteer": holding.volunteer,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
