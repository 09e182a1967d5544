"""Who calls: keys of programs, sessions of browsers, passwords, one-time tokens; and how often one may guess.

Keys, session and one-time tokens are 256 random bits. What has so much chance in it cannot be guessed from its hash,
however fast that is: a plain SHA-256 is kept. Passwords are chosen by people, so argon2id slows every guess down.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from matcher.errors import BadInput, Fault
from matcher.service.accounts.access import Caller, Role
from matcher.service.accounts.auth_words import say
from matcher.service.accounts.grants import refuse_unfit
from matcher.store import accounts
from matcher.store.accounts import Holding, Key, Presented, SignedIn, User
from matcher.store.database import Database
from matcher.store.troubles import StoreUnavailable

if TYPE_CHECKING:
    from argon2 import PasswordHasher

KEY_MARK = "mk_"
"""How a key begins, so that people and scanners of leaked secrets know one."""
COOKIE = "matcher_session"
CSRF_COOKIE = "matcher_csrf"
SESSION_LASTS = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
TOKEN_LASTS = timedelta(days=3)
KEY_LASTS = timedelta(days=365)
FIRST_ADMIN = "admin"
"""The login of a server's first administrator."""
_SHOWN = 11
"""Letters of a key that are kept to recognise it by: the mark and eight more; 208 bits stay unknown."""
_FREE_ATTEMPTS = {"login": 5, "address": 20}
"""Failures before one has to wait. Many people share an address."""
_LONGEST_WAIT = timedelta(minutes=15)
_PASSWORD = (10, 200)
_COMMON = frozenset((
    "1234567890", "0123456789", "12345678910", "qwertyuiop", "1q2w3e4r5t", "password123", "password1234", "passw0rd123",
    "abcdefghij", "abc1234567", "a123456789", "woaini1314", "woaini520520", "iloveyou1314", "5201314520", "admin12345",
    "administrator", "zhongguo123",
))
_HASHING = threading.Semaphore(2)
"""A hash takes 64 MB: not more than two at a time, whoever knocks."""


class NotSignedIn(BadInput):
    """Nobody we know: no key, or one that is unknown, expired or revoked."""


class WrongToken(NotSignedIn):
    """A browser's request that changes something came without the token of its session: it may be forged."""


class TooManyAttempts(BadInput):
    """Somebody guesses; ``seconds`` until the next attempt is looked at."""

    def __init__(self, seconds: int, lang: str) -> None:
        super().__init__([Fault(say("too-many-attempts", lang, seconds=seconds), code="too-many-attempts")])
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that is shown this once, and what it is for."""

    text: str
    expires_at: datetime | None


# -------------------------------------------------------------------------------------------- every request


def authenticate(
    database: Database, *, bearer: str | None = None, cookie: str | None = None, csrf: str | None = None,
    unsafe: bool = False, lang: str | None = None,
) -> Caller:
    """Who calls: by the key in ``Authorization: Bearer``, else by the session in the cookie.

    A cookie is sent by browsers without being asked, so an ``unsafe`` request that relies on it must show ``csrf``, the
    token of the session. Raises ``NotSignedIn``, ``WrongToken``.
    """
    lang = lang or database.lang
    if bearer is not None:
        return _by_key(database, bearer, lang)
    if cookie is None:
        raise _unknown("no-account", lang)
    found = _presented(database, cookie, by_key=False, lang=lang)
    if unsafe and not hmac.compare_digest((csrf or "").encode(), csrf_of(cookie).encode()):
        raise WrongToken([Fault(say("no-csrf", lang), say("no-csrf-advice", lang), code="no-csrf")])
    return caller_of(found.holding, f"user:{found.login}")


def _by_key(database: Database, bearer: str, lang: str) -> Caller:
    if not bearer.startswith(KEY_MARK):
        raise _unknown("bad-key", lang)
    found = _presented(database, bearer, by_key=True, lang=lang)
    return caller_of(found.holding, f"user:{found.login}" if found.login else f"key:{found.id[:12]}")


def _presented(database: Database, text: str, *, by_key: bool, lang: str) -> Presented:
    """The valid key or session of a secret; raises ``NotSignedIn``."""
    with database.everyone("auth", lang=lang) as session:
        found = (accounts.key_by if by_key else accounts.session_by)(session, digest_of(text))
    now = datetime.now(UTC)
    if found is None:
        raise _unknown("bad-key" if by_key else "session-over", lang)
    idle = not by_key and found.seen_at is not None and now - found.seen_at > SESSION_IDLE
    if found.ended_at is not None or idle or (found.expires_at is not None and found.expires_at <= now):
        raise _unknown("key-over" if by_key else "session-over", lang)
    if found.seen_at is None or now - found.seen_at > accounts.SEEN_EVERY:
        # That it was used is worth knowing, but no reason to refuse anybody.
        with suppress(StoreUnavailable), database.everyone("auth", writes=True, lang=lang) as session:
            (accounts.key_seen if by_key else accounts.session_seen)(session, found.number)
    return found


def _unknown(code: str, lang: str) -> NotSignedIn:
    return NotSignedIn([Fault(say(code, lang), say(f"{code}-advice", lang), code=code)])


def caller_of(holding: Holding, actor: str) -> Caller:
    """The caller a holding makes, signing as ``actor``."""
    return Caller(
        Role(holding.role), actor, holding.district, holding.community, holding.team, holding.volunteer,
    )


def csrf_of(cookie: str) -> str:
    """The token a browser shows beside the cookie of its session. It is made from the cookie, so nothing is kept."""
    return hmac.new(cookie.encode(), b"matcher csrf", hashlib.sha256).hexdigest()


def digest_of(text: str) -> str:
    """What is kept of a key or token."""
    return hashlib.sha256(text.encode()).hexdigest()


# -------------------------------------------------------------------------------------------------- signing in


def sign_in(
    database: Database, login: str, password: str, *, address: str = "", lang: str | None = None
) -> tuple[SignedIn, str]:
    """A new session by login and password, and the secret of its cookie.

    An unknown login takes as long as a wrong password, and is answered alike. Raises ``NotSignedIn``,
    ``TooManyAttempts``.
    """
    lang = lang or database.lang
    login = login.strip().lower()
    subjects = {"login": digest_of(f"login {login}"), "address": digest_of(f"address {address}")}
    _refuse_guessing(database, subjects, lang)
    with database.everyone("auth", lang=lang) as session:
        found = accounts.password_of(session, login)
    good = is_password(password, found[1] if found else _nobodys())
    if found is None or not good:
        with database.everyone("auth", writes=True, lang=lang) as session:
            for kind, subject in subjects.items():
                accounts.failed(session, subject, free=_FREE_ATTEMPTS[kind], longest=_LONGEST_WAIT)
        raise _unknown("wrong-password", lang)
    fresh = hashed(password) if hasher().check_needs_rehash(found[1]) else None
    text = secrets.token_urlsafe(32)
    with database.everyone(f"user:{login}", writes=True, lang=lang) as session:
        accounts.succeeded(session, subjects["login"])
        if fresh is not None:
            accounts.set_password(session, login, fresh, keep_sessions=True)
        return accounts.begin_session(session, found[0], digest_of(text), lasts=SESSION_LASTS), text


def _refuse_guessing(database: Database, subjects: dict[str, str], lang: str) -> None:
    with database.everyone("auth", lang=lang) as session:
        until = accounts.blocked_until(session, subjects.values())
    if until is not None:
        raise TooManyAttempts(max(1, round((until - datetime.now(UTC)).total_seconds())), lang)


def invited(database: Database, token: str, *, address: str = "", lang: str | None = None) -> tuple[User, datetime]:
    """Whose a one-time token is and until when; it stays good. Raises ``NotSignedIn``, ``TooManyAttempts``."""
    lang = lang or database.lang
    subjects = {"address": digest_of(f"address {address}")}
    _refuse_guessing(database, subjects, lang)
    with database.everyone("token", lang=lang) as session:
        found = accounts.token_owner(session, digest_of(token))
    if found is None:
        _note_guess(database, subjects["address"], lang)
        raise _unknown("bad-token", lang)
    return found


def enter(database: Database, token: str, *, address: str = "", lang: str | None = None) -> tuple[SignedIn, str]:
    """A new session by a one-time token, which is void afterwards, and the secret of its cookie; no password is chosen.

    For a server that is only tried out. Raises ``NotSignedIn``, ``TooManyAttempts``.
    """
    lang = lang or database.lang
    subjects = {"address": digest_of(f"address {address}")}
    _refuse_guessing(database, subjects, lang)
    text = secrets.token_urlsafe(32)
    with database.everyone("token", writes=True, lang=lang) as session:
        whose = accounts.take_token(session, digest_of(token))
        begun = accounts.begin_session(session, whose, digest_of(text), lasts=SESSION_LASTS) if whose else None
    if begun is None:
        _note_guess(database, subjects["address"], lang)
        raise _unknown("bad-token", lang)
    return begun, text


def _note_guess(database: Database, subject: str, lang: str) -> None:
    with database.everyone("auth", writes=True, lang=lang) as session:
        accounts.failed(session, subject, free=_FREE_ATTEMPTS["address"], longest=_LONGEST_WAIT)


def redeem(database: Database, token: str, password: str, *, address: str = "", lang: str | None = None) -> User:
    """Choose a password by a one-time token, which is void afterwards; raises ``NotSignedIn``, ``BadInput``."""
    lang = lang or database.lang
    subjects = {"address": digest_of(f"address {address}")}
    _refuse_guessing(database, subjects, lang)
    refuse_weak(password, lang)
    chosen = hashed(password)
    with database.everyone("token", writes=True, lang=lang) as session:
        whose = accounts.take_token(session, digest_of(token))
        if whose is None:
            accounts.failed(session, subjects["address"], free=_FREE_ATTEMPTS["address"], longest=_LONGEST_WAIT)
        else:
            refuse_weak(password, lang, login=whose.login)
            session.info["actor"] = f"user:{whose.login}"
            accounts.set_password(session, whose.login, chosen)
    if whose is None:
        raise _unknown("bad-token", lang)
    return whose


# --------------------------------------------------------------------------------------------- making secrets


def new_key(
    database: Database, holding: Holding, actor: str, *, name: str = "", owner: User | None = None,
    lasts: timedelta | None = KEY_LASTS, lang: str | None = None,
) -> tuple[Key, Secret]:
    """A new key with a role and reach; the secret is shown this once. Raises ``BadInput``."""
    lang = lang or database.lang
    refuse_unfit(holding, lang)
    text = KEY_MARK + secrets.token_urlsafe(32)
    expires_at = None if lasts is None else datetime.now(UTC) + lasts
    document = {"name": name} if name else {}
    with database.everyone(actor, writes=True, lang=lang) as session:
        kept = accounts.add_key(
            session, holding, document, prefix=text[:_SHOWN], digest=digest_of(text), expires_at=expires_at, owner=owner
        )
    return kept, Secret(text, expires_at)


def invite(database: Database, whose: User, actor: str, *, lang: str | None = None) -> Secret:
    """A one-time token with which a user chooses a password; earlier ones are void."""
    text = secrets.token_urlsafe(32)
    with database.everyone(actor, writes=True, lang=lang) as session:
        expires_at = accounts.add_token(session, whose, digest_of(text), lasts=TOKEN_LASTS)
    return Secret(text, expires_at)


def first_admin_key(database: Database) -> Secret | None:
    """The key of a fresh server's first admin, who can then make accounts; None once there is any account."""
    with database.everyone("setup") as session:
        if accounts.any_user(session):
            return None
    return new_key(database, Holding(Role.ADMIN), "setup", name="first admin", lasts=None)[1]


def first_admin(database: Database) -> Secret | None:
    """A one-time token for the first person who looks after a server; None once there is any user.

    The account is ``admin``; whoever opens the token's page chooses its password.
    """
    with database.everyone("setup", writes=True) as session:
        if accounts.users(session, limit=1):
            return None
        whose = accounts.add_user(session, FIRST_ADMIN, Holding(Role.ADMIN), {}, None)
    return invite(database, whose, "setup")


# --------------------------------------------------------------------------------------------------- passwords


@cache
def hasher() -> PasswordHasher:
    """argon2id with the library's parameters (RFC 9106, section 4, second choice: 64 MB, three passes)."""
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """A hash to compare with where there is no user, so that the answer takes as long."""
    return hashed(secrets.token_urlsafe(32))


def hashed(password: str) -> str:
    """The hash of a password, with its salt and parameters."""
    with _HASHING:
        return hasher().hash(password)


def is_password(password: str, kept: str) -> bool:
    """Whether a password is the one of a hash."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        with _HASHING:
            return hasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def refuse_weak(password: str, lang: str, *, login: str = "") -> None:
    """Raise ``BadInput`` for a password that is too short, too long, common, or made of the login (NIST SP 800-63B)."""
    least, most = _PASSWORD
    plain = password.lower()
    code = None
    if not least <= len(password) <= most:
        code = "password-length"
    elif plain in _COMMON or len(set(plain)) < 4 or (login and login in plain and len(plain) - len(login) < 6):
        code = "password-common"
    if code is not None:
        message = say(code, lang, least=least, most=most)
        raise BadInput([Fault(message, say("password-advice", lang), path=("password",), code=code)])
