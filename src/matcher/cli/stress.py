"""``matcher stress``: what a roster would stand up to, and what would guard against the rest."""

from __future__ import annotations

import typer

from matcher.cli.options import Encoding, Language, Machine, RosterPath, ScenarioPath
from matcher.cli.text import told


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(help=told("What a roster would stand up to.", "试一试：有人来不了、路上变慢，这份排班行不行。"))(stress)


def stress(
    scenario: ScenarioPath, roster: RosterPath, encoding: Encoding = None, lang: Language = None, json: Machine = False
) -> None:
    """Each single absence, ways 30 % shorter and longer: which visits break, who could step in, what to plan for."""
    from matcher.cli.live import counting
    from matcher.cli.rosters import facts_and_rosters
    from matcher.cli.show import show_account
    from matcher.planning.stress import stress as test

    facts, (given,), spoken = facts_and_rosters(scenario, [roster], encoding, lang, quiet=json)
    with counting(spoken, shown=not json) as told_of:
        found = test(facts, given, told=told_of)
    show_account(found, spoken, as_json=json)
