"""``matcher db``: the database's versions, backups, facts in and out, one person's data."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.options import Encoding, Language, Machine, ScenarioPath
from matcher.cli.text import terminal_language, told

if TYPE_CHECKING:
    from matcher.store.database import Database
    from matcher.store.scope import Scope

DatabaseAddress = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="FILE|URL",
        help=told(
            "The database: a file, or postgresql://…; default: MATCHER_DATABASE, else matcher.db here.",
            "数据库：文件名，或 postgresql://…；默认看 MATCHER_DATABASE，否则用当前文件夹的 matcher.db。",
        ),
    ),
]
CommunityId = Annotated[
    str, typer.Option("--community", metavar="ID", help=told("The community's id.", "社区的编号。"))
]
DistrictId = Annotated[
    str,
    typer.Option(
        "--district",
        metavar="ID",
        help=told("The district's id; main if there is only one.", "街道（区）的编号；只有一个就不用写。"),
    ),
]
PersonId = Annotated[
    str, typer.Argument(metavar="ID", help=told("A resident or a volunteer.", "服务对象或志愿者的编号。"), show_default=False)
]
BackupPath = Annotated[
    Path, typer.Argument(metavar="FILE", help=told("The backup.", "备份文件。"), show_default=False)
]


def add_to(app: typer.Typer) -> None:
    """Put the group of commands on the app."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    for command, en, zh in (
        (upgrade, "Make a new database, or bring an old one to this version.", "新建数据库，或把旧的升到这个版本。"),
        (downgrade, "Back to an earlier version of the tables.", "退回到以前的版本。"),
        (status, "Its version, and what is in it.", "看版本、看里面有什么。"),
        (backup, "Everything into one file, while others go on working.", "全部备份到一个文件，不用停下别的工作。"),
        (restore, "A backup into a new database.", "把备份恢复成一个新的数据库。"),
    ):
        group.command(help=told(en, zh))(command)
    group.command("new-key", help=told("A new key to encrypt with.", "做一把新的加密密钥。"))(new_key)
    group.command("rotate-key", help=told("Encrypt everything with the newest key.", "全部换成用最新的密钥加密。"))(rotate_key)
    group.command("import", help=told("A community's facts from a file.", "把一个社区的台账存进来。"))(bring_in)
    group.command("export", help=told("A community's facts to a file.", "把一个社区的台账取出来。"))(take_out)
    group.command("export-person", help=told("All that is held on one person.", "一个人的全部资料。"))(export_person)
    group.command("erase-person", help=told("Erase one person; counts stay, anonymous.", "抹去一个人；次数匿名保留。"))(
        erase_person
    )
    app.add_typer(group, name="db", help=told("The database of a server.", "服务器的数据库：升级、备份、导入导出。"))


def open_database(address: str | None, lang: Language) -> Database:
    """The database of that address, not looked at yet; raises ``BadInput`` if the extra is not installed."""
    spoken = lang or terminal_language()
    from matcher.store.extra import require_server

    require_server(spoken)
    from matcher.store.address import address_of
    from matcher.store.database import Database

    return Database(address_of(address, spoken), lang=spoken)


def actor() -> str:
    """Who is at the terminal, for the log."""
    try:
        return f"cli:{getpass.getuser()}"[:120]
    except (KeyError, OSError):
        return f"cli:{os.getuid()}"


def upgrade(
    revision: Annotated[
        str | None, typer.Argument(metavar="VERSION", help=told("Default: the newest.", "默认升到最新。"))
    ] = None,
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Make a new database, or bring an old one to this version."""
    store = open_database(database, lang)
    from matcher.store.migrate import upgrade as migrate
    from matcher.store.versions import HEAD

    migrate(store, revision or HEAD)
    _tell(store, {"revision": store.revision()}, "upgraded", as_json=json)


def downgrade(
    revision: Annotated[
        str,
        typer.Argument(
            metavar="VERSION",
            help=told("The version to go back to; base: no tables at all.", "退回到哪个版本；base 是全部去掉。"),
            show_default=False,
        ),
    ],
    yes: Annotated[
        bool, typer.Option("--yes", help=told("Even if rows are lost.", "会丢内容也照做。"))
    ] = False,
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Back to an earlier version of the tables."""
    store = open_database(database, lang)
    from matcher.store.migrate import downgrade as migrate

    migrate(store, revision, even_if_lost=yes)
    from matcher.store.words import say

    _tell(store, {"revision": store.revision() or say("empty", store.lang)}, "upgraded", as_json=json)


def status(database: DatabaseAddress = None, lang: Language = None, json: Machine = False) -> None:
    """The version of the database, and how much every community has in it."""
    store = open_database(database, lang)
    from matcher.store.address import shown
    from matcher.store.database import encryption
    from matcher.store.tenants import counts
    from matcher.store.versions import HEAD
    from matcher.store.words import say

    revision, rows = store.revision(), []
    if revision is None:
        store.refuse_other_version()
    if revision == HEAD:
        with store.everyone(actor()) as session:
            rows = counts(session)
    sealed = encryption(store)
    if json:
        print_json({
            "address": shown(store.url), "revision": revision, "newest": HEAD, "encryption": sealed, "communities": rows,
        })
        return
    print(say("status", store.lang, address=shown(store.url), revision=revision, head=HEAD))
    print(say(f"encryption-{sealed}", store.lang))
    for row in rows:
        print(say("status-row", store.lang, **row))


def backup(
    path: BackupPath, database: DatabaseAddress = None, lang: Language = None, json: Machine = False
) -> None:
    """Everything into one file, whole or not at all, while others go on working."""
    from matcher.cli.facts import refuse_existing

    store = open_database(database, lang)
    refuse_existing(path, "en" if store.lang == "en" else "zh")
    from matcher.store.backup import back_up

    rows = back_up(store, path)
    _tell(store, {"path": str(path), "rows": rows, "size": path.stat().st_size}, "backed-up", as_json=json)


def restore(
    path: BackupPath, database: DatabaseAddress = None, lang: Language = None, json: Machine = False
) -> None:
    """A backup into a new database, of either kind; whole or not at all."""
    store = open_database(database, lang)
    from matcher.store.backup import restore as fill

    _tell(store, {"rows": fill(store, path)}, "restored", as_json=json)


def new_key(json: Machine = False) -> None:
    """A new random key for MATCHER_KEY; it is kept nowhere."""
    from matcher.store.crypto import new_key as made

    text = made()
    if json:
        print_json({"key": text})
    else:
        print(text)


def rotate_key(database: DatabaseAddress = None, lang: Language = None, json: Machine = False) -> None:
    """Encrypt everything anew with the first key of MATCHER_KEY; the others may be dropped afterwards."""
    store = ready(database, lang)
    from matcher.store.rotation import reseal

    _tell(store, {"rows": reseal(store), "key": store.keys.current}, "resealed", as_json=json)


def bring_in(
    scenario: ScenarioPath,
    community: CommunityId,
    district: DistrictId = "main",
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help=told("Replace the facts the community has.", "社区已有台账时，换成这一份。")
        ),
    ] = False,
    database: DatabaseAddress = None,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Make a community's facts exactly those of a file; whole or not at all."""
    store = ready(database, lang, make=True)
    from matcher.cli.facts import read_facts
    from matcher.cli.show import show_import
    from matcher.errors import BadInput
    from matcher.store.assembly import replace_facts
    from matcher.store.facts import facts_version
    from matcher.store.scope import Scope
    from matcher.store.tenants import ensure
    from matcher.store.words import say

    scope = Scope(district, community)
    facts = read_facts(scenario, encoding, lang)
    if not json:
        show_import(facts, "en" if store.lang == "en" else "zh")
    ensure(store, scope, actor())
    with store.writing(scope, actor()) as session:
        if facts_version(session) and not replace:
            raise BadInput(say("has-facts", store.lang, name=community), say("has-facts-advice", store.lang))
        done = replace_facts(session, facts.scenario)
    counted = {name: getattr(done, name) for name in ("created", "changed", "removed", "same")}
    _tell(store, {"community": community, **counted}, "imported", as_json=json)


def take_out(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help=told("What to write: .xlsx, .json, or a folder of .csv.", "写成哪一份：.xlsx、.json，或放 .csv 的文件夹。"),
            show_default=False,
        ),
    ],
    community: CommunityId,
    district: DistrictId = "main",
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """A community's facts as they stand, to a file that can be imported again."""
    from matcher.cli.facts import refuse_existing
    from matcher.exchange import write_scenario

    store = ready(database, lang)
    spoken = "en" if store.lang == "en" else "zh"
    refuse_existing(path, "en" if spoken == "en" else "zh")
    from matcher.store.assembly import scenario_of

    with store.reading(_scope(district, community)) as session:
        scenario = scenario_of(session)
    write_scenario(scenario, path, lang=spoken)
    if json:
        print_json({"written": str(path), "fingerprint": scenario.fingerprint})
        return
    from matcher.cli.text import say as cli_say

    print(cli_say("wrote", "en" if spoken == "en" else "zh", path=path))


def export_person(
    person: PersonId,
    community: CommunityId,
    district: DistrictId = "main",
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """All that is held on one person, as JSON."""
    store = ready(database, lang)
    from matcher.store.persons import export_person as export

    with store.writing(_scope(district, community), actor()) as session:
        print_json(export(session, person))


def erase_person(
    person: PersonId,
    community: CommunityId,
    district: DistrictId = "main",
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Erase one person for good; what they did stays as anonymous counts."""
    store = ready(database, lang)
    from matcher.store.persons import erase_person as erase

    with store.writing(_scope(district, community), actor()) as session:
        done = erase(session, person)
    values = {"key": person, "token": done.token, "deleted": done.deleted, "anonymous": done.anonymous}
    _tell(store, values, "erased-summary", as_json=json)


# ------------------------------------------------------------------------------------------------- helpers


def ready(address: str | None, lang: Language, *, make: bool = False) -> Database:
    """The database, of this program's version; made if there is none and ``make``."""
    store = open_database(address, lang)
    if make and store.revision() is None:
        from matcher.store.migrate import upgrade as migrate

        migrate(store)
    store.refuse_other_version()
    return store


def _scope(district: str, community: str) -> Scope:
    from matcher.store.scope import Scope

    return Scope(district, community)


def _tell(store: Database, values: dict[str, Any], key: str, *, as_json: bool) -> None:
    from matcher.store.address import shown
    from matcher.store.words import say

    told_values = {"address": shown(store.url), **values}
    if as_json:
        print_json(told_values)
    else:
        print(say(key, store.lang, **told_values))


def print_json(value: Any) -> None:
    """A value for machines; what prints it is loaded when there is something to print."""
    from matcher.cli import show

    show.print_json(value)
