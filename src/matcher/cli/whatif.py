"""``matcher whatif``: the same facts planned with other settings, in one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.options import Encoding, Language, Machine, ScenarioPath, Seconds, Seed, Workers
from matcher.cli.text import told


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(
        help=told("Fairness against travel against coverage.", "换几种设置各排一遍：公平、路程、排上多少，一张表看。")
    )(whatif)


def whatif(
    scenario: ScenarioPath,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE.svg", help=told("Also draw the table.", "再画成一张图。")),
    ] = None,
    seconds: Seconds = 10,
    seed: Seed = 0,
    workers: Workers = 1,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """The facts planned once with each of eleven settings, and what each comes to."""
    from matcher.cli.facts import refuse_existing
    from matcher.cli.live import counting
    from matcher.cli.rosters import facts_and_rosters
    from matcher.cli.show import show_account
    from matcher.cli.text import terminal_language
    from matcher.exchange.files import write_whole
    from matcher.exchange.whatif_plot import render_plot
    from matcher.planning.whatif import what_if
    from matcher.solvers.stop import Stop

    if plot is not None:
        refuse_existing(plot, lang or terminal_language())
    facts, _, spoken = facts_and_rosters(scenario, [], encoding, lang, quiet=json)
    with counting(spoken, shown=not json) as told_of:
        table = what_if(facts, stop=Stop(seconds=seconds), seed=seed, workers=workers, told=told_of)
    if plot is not None:
        drawn = render_plot(table, spoken)

        def write(target: Path) -> None:
            target.write_text(drawn, "utf-8")

        write_whole(plot, write, spoken)
    show_account(table, spoken, as_json=json)
