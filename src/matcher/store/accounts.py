"""Accounts as rows: users, keys, sessions, one-time tokens, failed attempts. Secrets come and stay as digests.

Every function takes a session for everyone (``Database.everyone``); what a caller may see of the accounts is a scope
they hand in, ``within``: None is the whole server.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.errors import BadInput, Fault
from matcher.store.account_tables import AttemptRow, KeyRow, SessionRow, TokenRow, UserRow
from matcher.store.account_words import say
from matcher.store.audit import note, note_above
from matcher.store.database import now_of
from matcher.store.facts import Conflict, NotFound
from matcher.store.scope import Scope
from matcher.store.tables import NOUNS, Community, District
from matcher.store.words import say as store_say

SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a key or session is kept: not every request writes."""
FORGOTTEN_AFTER = timedelta(days=1)
"""When failed attempts are forgotten."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A role and its reach, with the numbers resolved to ids."""

    role: str
    district: str | None = None
    community: str | None = None
    team: str | None = None
    volunteer: str | None = None

    @property
    def scope(self) -> Scope | None:
        """Where it holds; None: the whole server."""
        return None if self.district is None else Scope(self.district, self.community)


@dataclass(frozen=True, slots=True)
class User:
    """A user, without the password."""

    number: int
    id: str
    login: str
    holding: Holding
    document: dict[str, Any]
    version: int
    has_password: bool
    created_at: datetime
    created_by: str
    seen_at: datetime | None
    disabled_at: datetime | None

    @property
    def etag(self) -> str:
        """What HTTP calls this version."""
        return f'"{self.version}"'


@dataclass(frozen=True, slots=True)
class Key:
    """A key, without the key."""

    number: int
    id: str
    prefix: str
    holding: Holding
    document: dict[str, Any]
    owner: str | None
    """The login of the user whose key it is."""
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    seen_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session of a user."""

    number: int
    id: str
    user: User
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Presented:
    """What a secret that was shown belongs to: a key or a session, with all that decides whether it is valid."""

    number: int
    id: str
    login: str | None
    """The user's; None for a key of nobody in particular."""
    holding: Holding
    created_at: datetime | None
    seen_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    """When it was revoked, or its user disabled."""


# -------------------------------------------------------------------------------------------------- users


def add_user(session: Session, login: str, holding: Holding, document: dict[str, Any], password: str | None) -> User:
    """A new user; ``password`` is its hash. Raises ``Conflict`` for a login that is taken, ``BadInput`` for no such tenant."""
    lang = session.info["lang"]
    if session.scalar(select(UserRow.number).where(UserRow.login == login)) is not None:
        raise Conflict([Fault(say("login-taken", lang, login=login), path=("login",), code="taken")])
    row = UserRow(
        id=uuid.uuid4().hex, login=login, document=document, password=password, version=1,
        created_at=now_of(session), created_by=session.info["actor"], seen_at=None, disabled_at=None,
        **_columns(session, holding),
    )
    session.add(row)
    session.flush()
    _note(session, "create", "users", login, row)
    return _user(session, row)


def user(session: Session, login: str, *, within: Scope | None = None) -> User:
    """One user by login; raises ``NotFound``."""
    return _user(session, _user_row(session, login, within))


def users(session: Session, *, within: Scope | None = None, after: int = 0, limit: int = 100) -> tuple[User, ...]:
    """Users whose accounts lie within a scope, oldest first."""
    wanted = _within(session, select(UserRow), UserRow, within).where(UserRow.number > after)
    return tuple(_user(session, row) for row in session.scalars(wanted.order_by(UserRow.number).limit(limit)))


def any_user(session: Session) -> bool:
    """Whether there is any account at all, user or key."""
    return any(session.scalar(select(func.count()).select_from(table)) for table in (UserRow, KeyRow))


def change_user(
    session: Session, login: str, *, within: Scope | None = None, expected: int | None = None,
    holding: Holding | None = None, document: dict[str, Any] | None = None, disabled: bool | None = None,
) -> User:
    """Change what is given; a user who is disabled, or whose role or reach changes, is signed out everywhere.

    Raises ``NotFound``, ``Conflict`` for an old version, ``BadInput`` for the last admin of the server.
    """
    row, lang = _user_row(session, login, within, lock=True), session.info["lang"]
    if expected is not None and row.version != expected:
        message = store_say("stale", lang, key=login, who=row.created_by, version=row.version)
        raise Conflict([Fault(message, store_say("stale-advice", lang), code="stale")])
    fields: list[str] = []
    if holding is not None and holding != _holding(session, row):
        _refuse_last_admin(session, row)
        columns = _columns(session, holding)
        for name, value in columns.items():
            setattr(row, name, value)
        _run(session, update(KeyRow).where(KeyRow.owner == row.number).values(**columns))
        fields.append("role")
    if document is not None and document != row.document:
        row.document = document
        fields.append("document")
    if disabled is not None and disabled != (row.disabled_at is not None):
        if disabled:
            _refuse_last_admin(session, row)
        row.disabled_at = now_of(session) if disabled else None
        fields.append("disabled")
    if not fields:
        return _user(session, row)
    row.version += 1
    session.flush()
    if fields != ["document"]:
        _sign_out(session, row.number)
    _note(session, "change", "users", login, row, fields=fields)
    return _user(session, row)


def password_of(session: Session, login: str) -> tuple[User, str] | None:
    """A user who may sign in, with the hash of the password; None for nobody, or one without."""
    row = session.scalar(select(UserRow).where(UserRow.login == login))
    if row is None or row.password is None or row.disabled_at is not None:
        return None
    return _user(session, row), row.password


def set_password(session: Session, login: str, password: str, *, keep_sessions: bool = False) -> None:
    """Keep a new hash; the user is signed out everywhere, and one-time tokens are void."""
    row = _user_row(session, login, None, lock=True)
    row.password = password
    session.flush()
    if keep_sessions:  # the same password, hashed anew
        return
    _sign_out(session, row.number)
    _run(session, delete(TokenRow).where(TokenRow.user == row.number))
    _note(session, "password", "users", login, row)


def _refuse_last_admin(session: Session, row: UserRow) -> None:
    if row.role != "admin" or row.district is not None or row.disabled_at is not None:
        return
    others = select(func.count()).select_from(UserRow).where(
        UserRow.role == "admin", UserRow.district.is_(None), UserRow.disabled_at.is_(None), UserRow.number != row.number
    )
    if not session.scalar(others):
        lang = session.info["lang"]
        raise Conflict([Fault(say("last-admin", lang, login=row.login), say("last-admin-advice", lang), code="last-admin")])


def _user_row(session: Session, login: str, within: Scope | None, *, lock: bool = False) -> UserRow:
    wanted = _within(session, select(UserRow), UserRow, within).where(UserRow.login == login)
    row: UserRow | None = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFound([Fault(say("no-user", session.info["lang"], login=login), code="no-row")])
    return row


def _user(session: Session, row: UserRow) -> User:
    return User(
        row.number, row.id, row.login, _holding(session, row), row.document, row.version, row.password is not None,
        row.created_at, row.created_by, row.seen_at, row.disabled_at,
    )


# --------------------------------------------------------------------------------------------------- keys


def add_key(
    session: Session, holding: Holding, document: dict[str, Any], *, prefix: str, digest: str,
    expires_at: datetime | None, owner: User | None = None,
) -> Key:
    """Keep a new key by its digest; ``owner`` makes it a user's own, which ends with them."""
    row = KeyRow(
        id=uuid.uuid4().hex, document=document, owner=None if owner is None else owner.number, prefix=prefix, digest=digest,
        created_at=now_of(session), created_by=session.info["actor"], expires_at=expires_at, seen_at=None,
        revoked_at=None, **_columns(session, holding),
    )
    session.add(row)
    session.flush()
    _note(session, "create", "keys", row.id, row)
    return _key(session, row)


def keys(session: Session, *, within: Scope | None = None, after: int = 0, limit: int = 100) -> tuple[Key, ...]:
    """Keys whose reach lies within a scope, oldest first; revoked ones too."""
    wanted = _within(session, select(KeyRow), KeyRow, within).where(KeyRow.number > after)
    return tuple(_key(session, row) for row in session.scalars(wanted.order_by(KeyRow.number).limit(limit)))


def key(session: Session, name: str, *, within: Scope | None = None) -> Key:
    """One key by its id; raises ``NotFound``."""
    return _key(session, _key_row(session, name, within))


def revoke_key(session: Session, name: str, *, within: Scope | None = None) -> Key:
    """End a key, at once and for good; raises ``NotFound``."""
    row = _key_row(session, name, within)
    if row.revoked_at is None:
        row.revoked_at = now_of(session)
        session.flush()
        _note(session, "revoke", "keys", name, row)
    return _key(session, row)


def key_by(session: Session, digest: str) -> Presented | None:
    """Whose the key of this digest is, whether still valid or not; None if there is none. One query."""
    found = session.execute(_BY_KEY, {"digest": digest}).one_or_none()
    if found is None:
        return None
    number, name, role, district, community, team, volunteer, seen_at, expires_at, revoked_at, login, disabled_at = found
    holding = Holding(role, district, community, team, volunteer)
    return Presented(number, name, login, holding, None, seen_at, expires_at, revoked_at or disabled_at)


def key_seen(session: Session, number: int) -> None:
    """The key has been used."""
    _run(session, update(KeyRow).where(KeyRow.number == number).values(seen_at=now_of(session)))


def _key_row(session: Session, name: str, within: Scope | None) -> KeyRow:
    row: KeyRow | None = session.scalar(_within(session, select(KeyRow), KeyRow, within).where(KeyRow.id == name))
    if row is None:
        raise NotFound([Fault(say("no-key", session.info["lang"], key=name), code="no-row")])
    return row


def _key(session: Session, row: KeyRow) -> Key:
    owner = None if row.owner is None else session.scalar(select(UserRow.login).where(UserRow.number == row.owner))
    return Key(
        row.number, row.id, row.prefix, _holding(session, row), row.document, owner, row.created_at, row.created_by,
        row.expires_at, row.seen_at, row.revoked_at,
    )


# ----------------------------------------------------------------------------------------------- sessions


def begin_session(session: Session, whose: User, digest: str, *, lasts: timedelta) -> SignedIn:
    """Sign a user in; sessions that are over are cleared away."""
    now = now_of(session)
    _run(session, delete(SessionRow).where(SessionRow.expires_at < now))
    row = SessionRow(
        id=uuid.uuid4().hex, user=whose.number, digest=digest, created_at=now, seen_at=now, expires_at=now + lasts
    )
    session.add(row)
    _run(session, update(UserRow).where(UserRow.number == whose.number).values(seen_at=now))
    session.flush()
    return SignedIn(row.number, row.id, whose, now, now, row.expires_at)


def session_by(session: Session, digest: str) -> Presented | None:
    """Whose the session of this digest is, whether still valid or not; None if there is none. One query."""
    found = session.execute(_BY_SESSION, {"digest": digest}).one_or_none()
    if found is None:
        return None
    number, name, login, role, district, community, team, volunteer, created_at, seen_at, expires_at, disabled_at = found
    holding = Holding(role, district, community, team, volunteer)
    return Presented(number, name, login, holding, created_at, seen_at, expires_at, disabled_at)


def sessions(session: Session, whose: User) -> tuple[SignedIn, ...]:
    """Where a user is signed in, oldest first."""
    wanted = select(SessionRow).where(SessionRow.user == whose.number).order_by(SessionRow.number)
    now = now_of(session)
    return tuple(
        SignedIn(row.number, row.id, whose, row.created_at, row.seen_at, row.expires_at)
        for row in session.scalars(wanted)
        if row.expires_at > now
    )


def session_seen(session: Session, number: int) -> None:
    """The session has been used."""
    _run(session, update(SessionRow).where(SessionRow.number == number).values(seen_at=now_of(session)))


def end_session(session: Session, whose: User, name: str) -> None:
    """Sign a user out of one session; raises ``NotFound``."""
    row = session.scalar(select(SessionRow).where(SessionRow.user == whose.number, SessionRow.id == name))
    if row is None:
        raise no_session(session)
    session.delete(row)
    session.flush()


def no_session(session: Session) -> NotFound:
    """The fault of a session that is not there."""
    return NotFound([Fault(say("no-session", session.info["lang"]), code="no-row")])


def _sign_out(session: Session, number: int) -> None:
    _run(session, delete(SessionRow).where(SessionRow.user == number))


# ------------------------------------------------------------------------------------------ one-time tokens


def add_token(session: Session, whose: User, digest: str, *, lasts: timedelta) -> datetime:
    """Keep a one-time token by its digest, in place of any before; when it expires."""
    now = now_of(session)
    _run(session, delete(TokenRow).where(or_(TokenRow.user == whose.number, TokenRow.expires_at < now)))
    session.add(TokenRow(user=whose.number, digest=digest, created_at=now, expires_at=now + lasts))
    session.flush()
    row = session.get(UserRow, whose.number)
    assert row is not None
    _note(session, "invite", "users", whose.login, row)
    return now + lasts


def token_owner(session: Session, digest: str) -> tuple[User, datetime] | None:
    """Whose a one-time token is and when it expires; it stays good. None for one that is not there, or too late."""
    row = session.scalar(select(TokenRow).where(TokenRow.digest == digest))
    owner = session.get(UserRow, row.user) if row is not None else None
    if row is None or owner is None or owner.disabled_at is not None or row.expires_at <= now_of(session):
        return None
    return _user(session, owner), row.expires_at


def take_token(session: Session, digest: str) -> User | None:
    """The user a token belongs to; the token is gone. None for one that is not there, or too late."""
    row = session.scalar(select(TokenRow).where(TokenRow.digest == digest).with_for_update())
    if row is None:
        return None
    session.delete(row)
    session.flush()
    owner = session.get(UserRow, row.user)
    if owner is None or owner.disabled_at is not None or row.expires_at <= now_of(session):
        return None
    return _user(session, owner)


# ------------------------------------------------------------------------------------------ failed attempts


def blocked_until(session: Session, subjects: Iterable[str]) -> datetime | None:
    """Until when any of the subjects must wait; None if none must."""
    now = now_of(session)
    found = session.scalars(select(AttemptRow.blocked_until).where(AttemptRow.subject.in_(list(subjects))))
    return max((until for until in found if until is not None and until > now), default=None)


def failed(session: Session, subject: str, *, free: int, longest: timedelta) -> None:
    """One more failed attempt: behind ``free`` of them each doubles the wait, from two seconds up to ``longest``."""
    now = now_of(session)
    _run(session, delete(AttemptRow).where(AttemptRow.failed_at < now - FORGOTTEN_AFTER))
    row = session.scalar(select(AttemptRow).where(AttemptRow.subject == subject).with_for_update())
    if row is None:
        row = AttemptRow(subject=subject, failures=0, failed_at=now, blocked_until=None)
        session.add(row)
    row.failures, row.failed_at = row.failures + 1, now
    beyond = row.failures - free
    if beyond >= 0:
        row.blocked_until = now + min(longest, timedelta(seconds=2 ** min(beyond + 1, 30)))
    session.flush()


def succeeded(session: Session, subject: str) -> None:
    """Forget the failed attempts of a subject."""
    _run(session, delete(AttemptRow).where(AttemptRow.subject == subject))


# ------------------------------------------------------------------------------------------------- persons


def users_of(session: Session, community: int, who: Iterable[str]) -> tuple[User, ...]:
    """The users that are volunteers of a community."""
    wanted = select(UserRow).where(UserRow.community == community, UserRow.volunteer.in_(list(who)))
    return tuple(_user(session, row) for row in session.scalars(wanted))


def forget_volunteers(session: Session, community: int, who: Iterable[str]) -> tuple[str, ...]:
    """Erase the accounts of people who are erased, with their keys and sessions; their logins."""
    names = list(who)
    logins: list[str] = []
    for table in (KeyRow, UserRow):
        for row in session.scalars(select(table).where(table.community == community, table.volunteer.in_(names))).all():
            if isinstance(row, UserRow):
                logins.append(row.login)
            session.delete(row)
        session.flush()
    return tuple(logins)


# ------------------------------------------------------------------------------------------------- helpers


def _columns(session: Session, holding: Holding) -> dict[str, Any]:
    """The columns of a holding; raises ``BadInput`` for a tenant, team or volunteer that is not there."""
    lang = session.info["lang"]
    district = community = None
    if holding.district is not None:
        district = session.scalar(select(District.number).where(District.id == holding.district))
        if district is None:
            raise _no_tenant("district", holding.district, lang)
    if holding.community is not None:
        community = session.scalar(
            select(Community.number).where(Community.district == district, Community.id == holding.community)
        )
        if community is None:
            raise _no_tenant("community", holding.community, lang)
    for noun, name in (("teams", holding.team), ("volunteers", holding.volunteer)):
        table = NOUNS[noun]
        if name is not None and session.scalar(
            select(table.key).where(table.community == community, table.key == name)
        ) is None:
            raise BadInput([Fault(store_say("no-row", lang, noun=noun, key=name), path=(noun[:-1],), code="dangling")])
    return {
        "role": holding.role, "district": district, "community": community, "team": holding.team,
        "volunteer": holding.volunteer,
    }


def _no_tenant(noun: str, name: str, lang: str) -> BadInput:
    return BadInput([Fault(store_say(f"no-{noun}", lang, name=name), path=(noun,), code="dangling")])


def _holding(session: Session, row: UserRow | KeyRow) -> Holding:
    district = community = None
    if row.community is not None:
        district, community = session.execute(
            select(District.id, Community.id)
            .join(Community, Community.district == District.number)
            .where(Community.number == row.community)
        ).one()
    elif row.district is not None:
        district = session.scalar(select(District.id).where(District.number == row.district))
    return Holding(row.role, district, community, row.team, row.volunteer)


def _within(session: Session, wanted: Select[Any], table: type[Any], within: Scope | None) -> Select[Any]:
    if within is None:
        return wanted
    district = select(District.number).where(District.id == within.district).scalar_subquery()
    wanted = wanted.where(table.district == district)
    if within.community is None:
        return wanted
    community = select(Community.number).where(Community.district == district, Community.id == within.community)
    return wanted.where(table.community == community.scalar_subquery())


def _run(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False))


def _note(session: Session, action: str, noun: str, name: str, row: UserRow | KeyRow, **detail: Any) -> None:
    """Into the log of the community the account belongs to; else into the one above."""
    if row.community is not None:
        note(session, action, noun, name, community=row.community, role=row.role, **detail)
    else:
        note_above(session, action, noun, name, district=row.district, role=row.role, **detail)


# Asked with every request, so put together once.
_BY_KEY = (
    select(
        KeyRow.number, KeyRow.id, KeyRow.role, District.id, Community.id, KeyRow.team, KeyRow.volunteer,
        KeyRow.seen_at, KeyRow.expires_at, KeyRow.revoked_at, UserRow.login, UserRow.disabled_at,
    )
    .outerjoin(District, District.number == KeyRow.district)
    .outerjoin(Community, Community.number == KeyRow.community)
    .outerjoin(UserRow, UserRow.number == KeyRow.owner)
    .where(KeyRow.digest == bindparam("digest"))
)
_BY_SESSION = (
    select(
        SessionRow.number, SessionRow.id, UserRow.login, UserRow.role, District.id, Community.id, UserRow.team,
        UserRow.volunteer, SessionRow.created_at, SessionRow.seen_at, SessionRow.expires_at, UserRow.disabled_at,
    )
    .join(UserRow, UserRow.number == SessionRow.user)
    .outerjoin(District, District.number == UserRow.district)
    .outerjoin(Community, Community.number == UserRow.community)
    .where(SessionRow.digest == bindparam("digest"))
)
