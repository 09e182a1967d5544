"""``matcher screen``: claims decided before planning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.options import Encoding, Language, Machine, ScenarioPath
from matcher.cli.text import Language as Spoken
from matcher.cli.text import say, terminal_language, told

if TYPE_CHECKING:
    from matcher.domain.scenario import Scenario
    from matcher.planning.screen import Screening


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(help=told("Choose claimants: chosen, waitlist, reasons.", "筛选认领：入选、候补和理由。"))(screen)


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
    from matcher.cli.facts import refuse_existing
    from matcher.cli.rosters import spoken_facts
    from matcher.planning.screen import screen as choose
    from matcher.planning.screen import screen_all

    if out is not None:
        refuse_existing(out, lang or terminal_language())
    facts, judged, spoken = spoken_facts(scenario, encoding, lang, quiet=json)
    options: dict[str, Any] = {"waitlist": waitlist, "afresh": afresh}
    done = screen_all(judged, take, **options) if wish is None else (choose(judged, wish, take, **options),)
    if out is not None:
        _write(facts, done, out, spoken)
    _show(done, out, spoken, as_json=json)


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
