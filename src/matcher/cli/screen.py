"""matcher screen and matcher ledger: claims decided before planning, and what service has come to afterwards."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.options import Encoding, Language, Machine, ScenarioPath
from matcher.cli.text import Language as Spoken
from matcher.cli.text import say, terminal_language, told

if TYPE_CHECKING:
    from matcher.domain.scenario import Scenario
    from matcher.planning.ledger import Ledger
    from matcher.planning.screen import Screening


def add_to(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.command(help=told("Choose claimants: chosen, waitlist, reasons.", "筛选认领：入选、候补和理由。"))(screen)
    app.command(
        name="ledger",
        help=told("Turns, hours, stars, time bank; hours to report.", "台账：次数、时长、星级、时间银行，和要上报的时长。"),
    )(ledger)


def screen(
    scenario: ScenarioPath,
    wish: Annotated[
        str | None,
        typer.Option(
            "--wish",
            metavar="ID",
            help=told("Only this wish; else every wish with open claims.", "只筛这个心愿；不写就筛所有有待筛选认领的心愿。"),
        ),
    ] = None,
    take: Annotated[
        int | None,
        typer.Option(
            "--take",
            metavar="K",
            help=told(
                "So many places; else as many people as the wish may see, or as few as it needs.",
                "选几个名额；不写就按心愿的“最多几人”，没有写就按够用的最少人数。",
            ),
        ),
    ] = None,
    waitlist: Annotated[
        int | None,
        typer.Option(
            "--waitlist", metavar="N", help=told("Keep so many on the waitlist.", "候补最多留几位；不写就全留。")
        ),
    ] = None,
    afresh: Annotated[
        bool,
        typer.Option("--afresh", help=told("Also decide anew who was chosen before.", "之前入选的也重新筛选。")),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="OUT",
            help=told(
                "Write the facts with the new states: .xlsx, .json, or a folder of .csv.",
                "把带新状态的台账写到这里：.xlsx、.json，或放 .csv 的文件夹。",
            ),
        ),
    ] = None,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Choose who takes part in a wish, by a rule printed above the lists."""
    from matcher.cli.facts import pick_language, read_facts, refuse_existing, speaking
    from matcher.cli.show import show_import
    from matcher.planning.screen import screen as choose
    from matcher.planning.screen import screen_all

    if out is not None:
        refuse_existing(out, lang or terminal_language())
    facts = read_facts(scenario, encoding, lang)
    spoken = pick_language(lang, facts.scenario)
    if not json:
        show_import(facts, spoken)
    judged = speaking(facts.scenario, spoken)
    options: dict[str, Any] = {"waitlist": waitlist, "afresh": afresh}
    done = screen_all(judged, take, **options) if wish is None else (choose(judged, wish, take, **options),)
    if out is not None:
        _write(facts.scenario, done, out, spoken)
    _show(done, out, spoken, as_json=json)


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
    from matcher.cli.facts import pick_language, read_facts, refuse_existing, speaking
    from matcher.cli.show import show_import
    from matcher.planning.ledger import ledger as count

    if out is not None:
        refuse_existing(out, lang or terminal_language())
    facts = read_facts(scenario, encoding, lang)
    spoken = pick_language(lang, facts.scenario)
    if not json:
        show_import(facts, spoken)
    counted = count(speaking(facts.scenario, spoken), since and since.date(), until and until.date())
    if out is not None:
        from matcher.exchange.ledger import write_ledger

        write_ledger(counted, out, facts.scenario.program.as_of, lang=spoken)
    _show_ledger(counted, out, spoken, as_json=json)


def _show_ledger(counted: Ledger, out: Path | None, lang: Spoken, *, as_json: bool) -> None:
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


def _write(scenario: Scenario, screened: tuple[Screening, ...], out: Path, lang: Spoken) -> None:
    from matcher.exchange import write_scenario

    for one in screened:
        scenario = one.applied_to(scenario)
    write_scenario(scenario, out, lang=lang)


def _show(screened: tuple[Screening, ...], out: Path | None, lang: Spoken, *, as_json: bool) -> None:
    from matcher.cli.show import print_json, show_account

    if as_json:
        print_json({"written": str(out) if out else None, "screened": [one.to_dict(lang) for one in screened]})
        return
    for one in screened:
        show_account(one, lang, as_json=False)
    if not screened:
        print(say("nothing-to-screen", lang))
    if out is not None:
        print(say("wrote", lang, path=out))
