"""``matcher suggest``: ranked people for one visit of a roster, with what each would change."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli.options import Encoding, Language, Machine, RosterPath, ScenarioPath
from matcher.cli.text import told


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(help=told("Who could be asked for one visit, the best first.", "这次服务可以找谁，合适的排在前面。"))(
        suggest
    )


def suggest(
    scenario: ScenarioPath,
    roster: RosterPath,
    visit: Annotated[
        str,
        typer.Option("--visit", metavar="ID", help=told("The visit people are looked for.", "给哪一张服务单找人。")),
    ],
    role: Annotated[
        str | None, typer.Option("--role", metavar="ID", help=told("Only this role.", "只看这个分工。"))
    ] = None,
    instead_of: Annotated[
        str | None,
        typer.Option(
            "--instead-of",
            metavar="ID",
            help=told("Somebody to take over from this volunteer.", "谁能替这位当班的志愿者。"),
        ),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", metavar="N", help=told("List so many people.", "每个位置列几个人。"))
    ] = 10,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Who could be asked for one visit: for its empty seats, to take over, or to stand by."""
    from matcher.cli.facts import check_ids
    from matcher.cli.rosters import facts_and_rosters
    from matcher.cli.show import show_account
    from matcher.planning.suggest import suggest as look

    facts, (given,), spoken = facts_and_rosters(scenario, [roster], encoding, lang, quiet=json)
    instead_of = check_ids(facts, spoken, wish=None, visit=visit, volunteer=instead_of)
    found = look(facts, given, visit, role=role, instead_of=instead_of, count=count)
    show_account(found, spoken, as_json=json)
