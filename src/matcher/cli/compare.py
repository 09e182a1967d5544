"""``matcher compare``: two rosters side by side, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.options import Encoding, Language, Machine
from matcher.cli.text import told


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(help=told("Two rosters side by side.", "两份排班放在一起比：得分、服务、人。"))(compare)


def _roster(letter: str) -> typer.models.ArgumentInfo:
    argument: typer.models.ArgumentInfo = typer.Argument(
        metavar=letter,
        help=told(
            "A folder plan wrote; with --scenario also a roster.json or roster.xlsx.",
            "plan 写出的文件夹；给了 --scenario 时也可以是 roster.json 或 roster.xlsx。",
        ),
        show_default=False,
    )
    return argument


def compare(
    a: Annotated[Path, _roster("A")],
    b: Annotated[Path, _roster("B")],
    scenario: Annotated[
        Path | None,
        typer.Option(
            "--scenario",
            metavar="SCENARIO",
            help=told(
                "The facts: both are judged anew, and people and visits have their names.",
                "台账：两份都重新打分，人和心愿用名字。",
            ),
        ),
    ] = None,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Two rosters of one programme: per tier and term, per visit, per person."""
    from matcher.cli.rosters import facts_and_rosters
    from matcher.cli.show import show_account
    from matcher.cli.text import terminal_language
    from matcher.exchange.judged import read_judged
    from matcher.planning.compare import Judged, compare_judged
    from matcher.planning.compare import compare as judge_both

    names = (a.name, b.name) if a.name != b.name else (str(a), str(b))
    if scenario is not None:
        facts, (first, second), spoken = facts_and_rosters(scenario, [a, b], encoding, lang, quiet=json)
        show_account(judge_both(facts, first, second, names=names), spoken, as_json=json)
        return
    spoken = lang or terminal_language()
    one, other = (Judged(name, *read_judged(path, lang=spoken)) for name, path in zip(names, (a, b)))
    show_account(compare_judged(one, other, language=spoken), spoken, as_json=json)
