"""``matcher user``: accounts of people, and keys of programs."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from matcher.cli.db import DatabaseAddress, actor, print_json, ready
from matcher.cli.options import Language, Machine
from matcher.cli.text import told

if TYPE_CHECKING:
    from matcher.service.accounts.access import Caller
    from matcher.store.accounts import Holding, User
    from matcher.store.database import Database

RoleName = Literal["admin", "coordinator", "team-lead", "volunteer", "system", "viewer"]
LoginName = Annotated[
    str, typer.Argument(metavar="LOGIN", help=told("Who it is, as they sign in.", "登录名。"), show_default=False)
]
RoleOption = Annotated[RoleName, typer.Option("--role", help=told("What they may do.", "能做什么。"))]
DistrictOption = Annotated[
    str | None,
    typer.Option("--district", metavar="ID", help=told("Within this district only.", "只管这个街道（区）。")),
]
CommunityOption = Annotated[
    str | None,
    typer.Option("--community", metavar="ID", help=told("Within this community only.", "只管这个社区。")),
]
TeamOption = Annotated[
    str | None, typer.Option("--team", metavar="ID", help=told("The team of a team lead.", "队长带的服务队。"))
]
VolunteerOption = Annotated[
    str | None,
    typer.Option("--volunteer", metavar="ID", help=told("Who a volunteer is in the facts.", "志愿者在台账里的编号。")),
]


def add_to(app: typer.Typer) -> None:
    """Put the group of commands on the app."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    for name, command, en, zh in (
        ("add", add, "A new user, with a password asked for here.", "加一个用户，密码当场输入。"),
        ("list", list_, "Who may sign in, and who may do what.", "有哪些用户，各能做什么。"),
        ("disable", disable, "End an account, at once.", "停用一个用户，立即生效。"),
        ("enable", enable, "Let somebody in again.", "恢复一个停用的用户。"),
        ("password", password, "Set somebody's password.", "给用户换密码。"),
        ("invite", invite, "A one-time token to choose a password with.", "发一个一次性口令，由本人设密码。"),
        ("key", key, "A key for a program; shown once.", "给程序发一把密钥，只显示一次。"),
        ("keys", keys, "Which keys there are.", "有哪些密钥。"),
        ("revoke", revoke, "End a key, at once.", "作废一把密钥，立即生效。"),
    ):
        group.command(name, help=told(en, zh))(command)
    app.add_typer(group, name="user", help=told("Accounts and keys of a server.", "服务器的用户和密钥。"))


def add(
    login: LoginName,
    role: RoleOption = "coordinator",
    district: DistrictOption = None,
    community: CommunityOption = None,
    team: TeamOption = None,
    volunteer: VolunteerOption = None,
    name: Annotated[str, typer.Option("--name", help=told("What people call them.", "称呼。"))] = "",
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """A new user. The password is asked for, or read as one line from standard input; never an argument."""
    store = ready(database, lang, make=True)
    from matcher.service.accounts import people

    holding = _holding(role, district, community, team, volunteer)
    document = {"name": name} if name else {}
    chosen = _password(store.lang)
    made = people.add_user(store, _operator(), login, holding, document, lang=store.lang, password=chosen)
    if json:
        print_json(_row(made))
        return
    print(_say("user-added", store, login=made.login, role=_say(role, store), reach=_reach(made.holding, store)))


def list_(database: DatabaseAddress = None, lang: Language = None, json: Machine = False) -> None:
    """Every user, with role and reach."""
    store = ready(database, lang)
    from matcher.store import accounts

    with store.everyone(actor()) as session:
        found = accounts.users(session, limit=100_000)
    if json:
        print_json([_row(one) for one in found])
        return
    if not found:
        print(_say("no-users", store))
    for one in found:
        more = [_say("disabled", store)] if one.disabled_at else []
        more += [] if one.has_password else [_say("no-password-yet", store)]
        seen = f"{one.seen_at:%Y-%m-%d}" if one.seen_at else _say("never", store)
        notes = f"（{'，'.join(more)}）" if more and store.lang == "zh" else f" ({', '.join(more)})" if more else ""
        role = _say(one.holding.role, store)
        print(_say("user-row", store, login=one.login, role=role, reach=_reach(one.holding, store), seen=seen, more=notes))


def disable(login: LoginName, database: DatabaseAddress = None, lang: Language = None, json: Machine = False) -> None:
    """End an account: signed out everywhere, keys of their own refused; what they did stays in the log."""
    _switch(login, database, lang, json=json, disabled=True)


def enable(login: LoginName, database: DatabaseAddress = None, lang: Language = None, json: Machine = False) -> None:
    """Let somebody in again, with the password they had."""
    _switch(login, database, lang, json=json, disabled=False)


def password(login: LoginName, database: DatabaseAddress = None, lang: Language = None) -> None:
    """Set a password, asked for here or read from standard input; the user is signed out everywhere."""
    store = ready(database, lang)
    from matcher.service.accounts import auth
    from matcher.store import accounts

    with store.everyone(actor()) as session:
        accounts.user(session, login)  # before anybody types for nothing
    chosen = _password(store.lang)
    auth.refuse_weak(chosen, store.lang, login=login)
    kept = auth.hashed(chosen)
    with store.everyone(actor(), writes=True) as session:
        accounts.set_password(session, login, kept)
    print(_say("password-set", store, login=login))


def invite(login: LoginName, database: DatabaseAddress = None, lang: Language = None, json: Machine = False) -> None:
    """A one-time token; with it the user chooses a password. Earlier tokens are void."""
    store = ready(database, lang)
    from matcher.service.accounts import people

    _, secret = people.invite(store, _operator(), login, lang=store.lang)
    if json:
        print_json({"login": login, "token": secret.text, "expires_at": secret.expires_at and secret.expires_at.isoformat()})
        return
    print(_say("invited", store, login=login, until=f"{secret.expires_at:%Y-%m-%d %H:%M} UTC"))
    print(secret.text)


def key(
    login: Annotated[
        str | None,
        typer.Argument(
            metavar="[LOGIN]",
            help=told("A key of this user, with their role; none: one of its own.", "给这个用户，权限与其相同；不写就是独立的。"),
            show_default=False,
        ),
    ] = None,
    role: RoleOption = "system",
    district: DistrictOption = None,
    community: CommunityOption = None,
    team: TeamOption = None,
    volunteer: VolunteerOption = None,
    name: Annotated[str, typer.Option("--name", help=told("What it is for.", "用在哪里。"))] = "",
    days: Annotated[
        int, typer.Option("--days", min=0, max=3650, help=told("Days until it expires; 0: never.", "多少天后过期；0 为不过期。"))
    ] = 365,
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """A new key. It is shown this once; only its hash is kept."""
    store = ready(database, lang, make=True)
    from datetime import timedelta

    from matcher.service.accounts import auth
    from matcher.store import accounts

    owner: User | None = None
    holding = _holding(role, district, community, team, volunteer)
    if login is not None:
        with store.everyone(actor()) as session:
            owner = accounts.user(session, login)
        holding = owner.holding
    lasts = timedelta(days=days) if days else None
    kept, secret = auth.new_key(store, holding, actor(), name=name, owner=owner, lasts=lasts)
    if json:
        print_json({"id": kept.id, "key": secret.text, "expires_at": secret.expires_at and secret.expires_at.isoformat()})
        return
    if secret.expires_at is None:
        print(_say("key-made-for-ever", store))
    else:
        print(_say("key-made", store, until=f"{secret.expires_at:%Y-%m-%d}"))
    print(secret.text)


def keys(database: DatabaseAddress = None, lang: Language = None, json: Machine = False) -> None:
    """Every key that has not been revoked, by its first letters."""
    store = ready(database, lang)
    from matcher.store import accounts

    with store.everyone(actor()) as session:
        found = [one for one in accounts.keys(session, limit=100_000) if one.revoked_at is None]
    if json:
        print_json([
            {
                "id": one.id, "prefix": one.prefix, "name": one.document.get("name", ""), "owner": one.owner,
                "role": one.holding.role, "district": one.holding.district, "community": one.holding.community,
                "expires_at": one.expires_at and one.expires_at.isoformat(),
                "seen_at": one.seen_at and one.seen_at.isoformat(),
            }
            for one in found
        ])
        return
    if not found:
        print(_say("no-keys", store))
    for one in found:
        until = f"{one.expires_at:%Y-%m-%d}" if one.expires_at else _say("for-ever", store)
        print(_say(
            "key-row", store, prefix=one.prefix, role=_say(one.holding.role, store), reach=_reach(one.holding, store),
            name=one.document.get("name") or one.owner or "", until=until,
            seen=f"{one.seen_at:%Y-%m-%d}" if one.seen_at else _say("never", store),
        ))


def revoke(
    prefix: Annotated[
        str,
        typer.Argument(metavar="KEY", help=told("Its first letters, or its id.", "密钥的开头，或编号。"), show_default=False),
    ],
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """End a key for good."""
    store = ready(database, lang)
    from matcher.errors import BadInput
    from matcher.store import accounts

    with store.everyone(actor(), writes=True) as session:
        found = [
            one for one in accounts.keys(session, limit=100_000)
            if one.revoked_at is None and (one.id == prefix or (len(prefix) >= 6 and one.prefix.startswith(prefix)))
        ]
        if len(found) != 1:
            raise BadInput(_say("no-one-key", store, key=prefix, count=len(found)))
        gone = accounts.revoke_key(session, found[0].id)
    if json:
        print_json({"id": gone.id, "prefix": gone.prefix})
        return
    print(_say("key-revoked", store, prefix=gone.prefix))


# ------------------------------------------------------------------------------------------------- helpers


def _switch(login: str, database: str | None, lang: Language, *, json: bool, disabled: bool) -> None:
    store = ready(database, lang)
    from matcher.store import accounts

    with store.everyone(actor(), writes=True) as session:
        changed = accounts.change_user(session, login, disabled=disabled)
    if json:
        print_json(_row(changed))
        return
    print(_say("user-disabled" if disabled else "user-enabled", store, login=login))


def _operator() -> Caller:
    """Whoever is at the terminal runs the server."""
    from matcher.service.accounts.access import Caller, Role

    return Caller(Role.ADMIN, actor())


def _password(lang: str) -> str:
    """Asked for twice at a terminal; otherwise one line of standard input."""
    from matcher.errors import BadInput
    from matcher.service.accounts.auth_words import say

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    chosen = getpass.getpass(say("ask-password", lang))
    if getpass.getpass(say("ask-again", lang)) != chosen:
        raise BadInput(say("passwords-differ", lang))
    return chosen


def _holding(
    role: str, district: str | None, community: str | None, team: str | None, volunteer: str | None
) -> Holding:
    from matcher.store.accounts import Holding
    from matcher.store.tenants import DISTRICT

    # Whoever has only one district need not name it.
    return Holding(role, district or (DISTRICT if community else None), community, team, volunteer)


def _reach(holding: Holding, store: Database) -> str:
    where = str(holding.scope) if holding.scope else _say("everywhere", store)
    return "/".join(part for part in (where, holding.team, holding.volunteer) if part)


def _row(user: User) -> dict[str, object]:
    return {
        "login": user.login, "name": user.document.get("name", ""), "role": user.holding.role,
        "district": user.holding.district, "community": user.holding.community, "team": user.holding.team,
        "volunteer": user.holding.volunteer, "disabled": user.disabled_at is not None, "has_password": user.has_password,
        "seen_at": user.seen_at and user.seen_at.isoformat(),
    }


def _say(key: str, store: Database, /, **values: object) -> str:
    from matcher.service.accounts.auth_words import say

    return say(key, store.lang, **values)
