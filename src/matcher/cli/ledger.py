"""``matcher ledger``: what service has come to."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.options import Encoding, Language, Machine, ScenarioPath
from matcher.cli.text import Language as Spoken
from matcher.cli.text import say, terminal_language, told

if TYPE_CHECKING:
    from matcher.planning.ledger import Ledger


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(
        help=told("Turns, hours, stars, time bank; hours to report.", "台账：次数、时长、星级、时间银行，和要上报的时长。"),
    )(ledger)


def ledger(
    scenario: ScenarioPath,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="DIR",
            help=told("The new folder for ledger.xlsx, hours.xlsx and hours.csv.", "写到这个新文件夹：台账和要上报的时长。"),
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help=told("The first day that counts.", "从哪天算起，如 2026-11-01。"),
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help=told("The last day that counts.", "算到哪天（含），如 2026-11-30。"),
        ),
    ] = None,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Per person and resident: what service has come to; and the lines for the hours platforms."""
    from matcher.cli.facts import refuse_existing
    from matcher.cli.rosters import spoken_facts
    from matcher.planning.ledger import ledger as count

    if out is not None:
        refuse_existing(out, lang or terminal_language())
    facts, judged, spoken = spoken_facts(scenario, encoding, lang, quiet=json)
    counted = count(judged, since and since.date(), until and until.date())
    if out is not None:
        from matcher.exchange.ledger import write_ledger

        write_ledger(counted, out, facts.program.as_of, lang=spoken)
    _show(counted, out, spoken, as_json=json)


def _show(counted: Ledger, out: Path | None, lang: Spoken, *, as_json: bool) -> None:
    from matcher.cli.show import print_json, show_table
    from matcher.exchange.ledger import filled_sheets

    if as_json:
        print_json({"written": str(out) if out else None, **counted.to_dict()})
        return
    people, residents, _hours = filled_sheets(counted)
    for filled in (people, residents):
        if filled.rows:
            headers = [column.header(lang) for column in filled.columns]
            show_table(headers, [["" if cell is None else str(cell) for cell in row] for row in filled.rows], lang)
    if counted.without_number:
        names = ("、" if lang == "zh" else ", ").join(counted.without_number)
        print(say("no-number", lang, names=names))
    if out is not None:
        print(say("wrote", lang, path=out))
