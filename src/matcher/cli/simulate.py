"""``matcher simulate``: months of life, planned by matcher and as communities do today."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.options import Encoding, Language, Machine, ScenarioPath, Seed
from matcher.cli.text import Language as Spoken
from matcher.cli.text import say, terminal_language, told


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(
        help=told("Months of life: matcher, a chat group, a rota.", "模拟几个月：matcher、群里先到先得、固定轮班，各会怎样。")
    )(simulate)


def simulate(
    scenario: ScenarioPath,
    months: Annotated[
        int, typer.Option("--months", metavar="N", help=told("So many months, 1 to 60.", "模拟几个月，1 到 60。"))
    ] = 12,
    seeds: Annotated[
        int,
        typer.Option("--seeds", metavar="N", help=told("So many different lives, for the spread.", "过几种不同的经历，看起伏。")),
    ] = 1,
    seed: Seed = 0,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="NAME",
            help=told(
                "matcher, fcfs, rota or standbys; may be repeated. Default: the first three.",
                "matcher、fcfs（先到先得）、rota（固定轮班）、standbys（处处有备班），可写多次；默认前三种。",
            ),
        ),
    ] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(
            "--rate",
            metavar="NAME=VALUE",
            help=told(
                "How often something happens, for example no_shows=0.05; may be repeated.",
                "某种事发生得多频繁，例如 no_shows=0.05；可写多次。",
            ),
        ),
    ] = None,
    ahead: Annotated[
        int,
        typer.Option("--ahead", metavar="WEEKS", help=told("Weeks planned and told at a time.", "每次排好并通知几周。")),
    ] = 2,
    lookahead: Annotated[
        int,
        typer.Option(
            "--lookahead",
            metavar="WEEKS",
            help=told("Weeks beyond those that matcher plans and does not tell.", "matcher 往后多排几周，先不通知。"),
        ),
    ] = 0,
    work: Annotated[
        float,
        typer.Option(
            "--work", help=told("Counted work for each weekly plan and each repair.", "每周排班、每次调班最多用多少计算量。")
        ),
    ] = 1.0,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="DIR",
            help=told(
                "The new folder for simulation.json, a picture and every week in words.",
                "写到这个新文件夹：simulation.json、一张图、逐周记录。",
            ),
        ),
    ] = None,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """The same months lived with each policy: coverage, fairness, changes, waiting."""
    from matcher.cli.facts import refuse_existing
    from matcher.cli.live import interruptible
    from matcher.cli.rosters import spoken_facts
    from matcher.cli.show import print_json, show_account, show_table
    from matcher.planning.simulate import rates_of
    from matcher.planning.simulate import simulate as live
    from matcher.planning.simulate_run import POLICIES
    from matcher.solvers.stop import Stop

    if out is not None:
        refuse_existing(out, lang or terminal_language())
    _, facts, spoken = spoken_facts(scenario, encoding, lang, quiet=json)
    rates, stop = rates_of(rate or (), spoken), Stop(seconds=None)
    with interruptible(stop, spoken, "interrupt-week"), _display(spoken, shown=not json) as tell:
        found = live(
            facts, months, seeds=seeds, seed=seed, policies=policy or POLICIES, rates=rates, ahead=ahead,
            lookahead=lookahead, work=work, stop=stop, told=tell,
        )
    written: tuple[Path, ...] = ()
    if out is not None:
        from matcher.exchange.simulation import write_simulation

        written = write_simulation(found, out, spoken)
    if json:
        print_json(found.to_dict(spoken) | {"written": [str(path) for path in written]})
        return
    show_table(*found.table(spoken), spoken)
    show_account(found, spoken, as_json=False)
    if out is not None:
        print(say("written", spoken, out=out, count=len(written), first="simulation.svg"))


Told = Callable[[int, int, int, int], None]


@contextmanager
def _display(lang: Spoken, *, shown: bool) -> Iterator[Told | None]:
    """A line that says which week of which life is lived, for whoever watches; nothing in a log."""
    if not shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status(say("simulating", lang, life=1, lives=1, week=1, weeks=1)) as status:
        yield lambda life, lives, week, weeks: status.update(
            say("simulating", lang, life=life, lives=lives, week=week, weeks=weeks)
        )
