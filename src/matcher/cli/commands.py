"""The commands: each reads, asks the floor below, shows. Everything heavy is imported inside them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.options import (
    At,
    CertificatePath,
    Encoding,
    Gap,
    HowToSolve,
    Language,
    Machine,
    RosterPath,
    ScenarioPath,
    Seconds,
    Seed,
    Server,
    Unimproved,
    Work,
    Workers,
)
from matcher.cli.text import terminal_language, told

if TYPE_CHECKING:
    from matcher.exchange import Import

OutDirectory = Annotated[
    Path,
    typer.Option(
        "-o",
        "--out",
        metavar="DIR",
        help=told("The folder to write; made new, whole or not at all.", "写到这个新文件夹；要么写全，要么不写。"),
    ),
]


def add_to(app: typer.Typer) -> None:
    """Put every command on the app, in the order people meet them."""
    app.callback()(common)
    app.command(help=told("Mr Wu's roster, end to end.", "吴伯的接送清单，从头到尾走一遍。"))(demo)
    app.command(help=told("Make a roster, and every page and file of it.", "排班，并写出所有要打印、要发、要贴的。"))(
        plan
    )
    app.command(help=told("Judge a roster by the facts alone.", "只凭台账检查一份排班。"))(check)
    app.command(help=told("Why this person, why not that one.", "为什么是他、为什么不是他、为什么缺人。"))(explain)
    app.command(help=told("Workbook, CSV folder or JSON into another.", "表格、CSV 文件夹、JSON 互相转换，不丢内容。"))(
        convert
    )
    app.command(help=told("An empty workbook to fill in.", "一份空白表格，带下拉、示例和填写说明。"))(template)
    app.command(help=told("Needed and available, before planning.", "排班前先看：缺什么人、什么时段。"))(supply)
    app.command(help=told("Invented facts of a real programme's size.", "生成一份示例台账，规模同真实项目。"))(generate)


def _show_version(asked: bool) -> None:
    if asked:
        from matcher.cli import version

        typer.echo(f"matcher {version()}")
        raise typer.Exit


def common(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=_show_version,
            help=told("Show the version and leave.", "显示版本后退出。"),
        ),
    ] = False,
    server: Server = None,
) -> None:
    """Options that stand before the command."""
    if server is not None and context.invoked_subcommand != "plan":
        message = told("only plan works on a server", "只有 plan 能在服务器上做")
        raise typer.BadParameter(message, param_hint="--server")
    context.obj = server


def demo(
    context: typer.Context,
    out: OutDirectory = Path("wu-bo-roster"),
    seconds: Seconds = 60,
    work: Work = None,
    seed: Seed = 0,
    workers: Workers = 1,
    board: Annotated[
        bool, typer.Option("--board", help=told("Open the board on sample communities instead.", "改为打开网页，里面是示例社区。"))
    ] = False,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help=told("The board's port; 0: any that is free.", "网页的端口；0 为任选一个。")),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help=told("Only print the board's address.", "只显示网址，不打开浏览器。"))
    ] = False,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Mr Wu's roster, end to end: his workbook in, a proven year of rides out. Or the board, to try out."""
    from matcher.cli.demo import demo_workbook, serve_board
    from matcher.cli.show import show_demo_heading

    if board:
        serve_board(port, opens_browser=not no_browser, lang=lang or terminal_language())
        return
    with demo_workbook() as workbook:
        if not json:
            show_demo_heading(lang or "zh")
        plan(context, workbook, out, seconds, work, seed, workers, lang=lang, json=json)


def plan(
    context: typer.Context,
    scenario: ScenarioPath,
    out: OutDirectory,
    seconds: Seconds = 60,
    work: Work = None,
    seed: Seed = 0,
    workers: Workers = 0,
    strategy: HowToSolve = "auto",
    gap: Gap = None,
    unimproved: Unimproved = None,
    server: Server = None,
    at: At = None,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Make a roster and everything that is printed, sent and pinned up."""
    from matcher.cli.facts import pick_language, refuse_existing
    from matcher.cli.planning import Limits, make_and_write
    from matcher.cli.show import show_plan

    server = server or context.find_root().obj
    if at is not None and server is None:
        raise typer.BadParameter(told("--at goes with --server", "--at 要与 --server 同用"), param_hint="--at")

    refuse_existing(out, lang or terminal_language())
    facts = _read(scenario, encoding, lang, quiet=json)
    spoken = pick_language(lang, facts.scenario)
    if server is None:
        limits = Limits(seconds, work, seed, workers or os.cpu_count() or 1, gap, unimproved)
        made = make_and_write(facts, out, strategy, limits, spoken, quiet=json)
    else:
        from matcher.cli import remote

        limits = Limits(seconds, work, seed, workers or 1, gap, unimproved)
        there = remote.Server(server, at)
        made = remote.make_there_and_write(facts, out, strategy, limits, spoken, there, quiet=json)
    show_plan(made, spoken, as_json=json)


def check(
    scenario: ScenarioPath,
    roster: RosterPath,
    certificate: CertificatePath = None,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Judge a roster by the facts alone, whoever made it. Exit code 4 if it breaks a rule, or a certificate fails."""
    from matcher.cli.facts import pick_language, read_plan, speaking
    from matcher.cli.proofs import read_proofs, verify_proofs
    from matcher.cli.show import show_report
    from matcher.problem.check import check as judge

    facts = _read(scenario, encoding, lang, quiet=json)
    spoken = pick_language(lang, facts.scenario)
    judged = speaking(facts.scenario, spoken)
    given = read_plan(roster, facts.scenario, judged)
    proofs = read_proofs(certificate, spoken)
    report = judge(judged, given)
    verdicts = verify_proofs(facts.scenario, proofs, report)
    show_report(report, spoken, as_json=json, verdicts=verdicts)
    if not report.valid or not all(verdict.valid for verdict in verdicts):
        raise typer.Exit(4)


def explain(
    scenario: ScenarioPath,
    roster: RosterPath,
    wish: Annotated[
        str | None, typer.Option("--wish", metavar="ID", help=told("Only this wish.", "只看这个心愿。"))
    ] = None,
    visit: Annotated[
        str | None, typer.Option("--visit", metavar="ID", help=told("Only this visit.", "只看这一张服务单。"))
    ] = None,
    volunteer: Annotated[
        str | None,
        typer.Option(
            "--volunteer",
            metavar="ID",
            help=told(
                "Only this volunteer; with --visit: why, or why not.",
                "只看这位志愿者；与 --visit 同用：为什么是他、为什么不是他。",
            ),
        ),
    ] = None,
    fixes: Annotated[
        int | None,
        typer.Option(
            "--fixes",
            metavar="N",
            help=told(
                "So many ways to fill each empty place; 1, with --visit 5.",
                "每个空缺列几种补法；默认 1 种，与 --visit 同用时 5 种。",
            ),
            show_default=False,
        ),
    ] = None,
    no_fixes: Annotated[
        bool, typer.Option("--no-fixes", help=told("Do not look for them.", "不找补法，快一些。"))
    ] = False,
    seconds: Annotated[
        float,
        typer.Option("--seconds", min=0, help=told("Time to look for ways to fill empty places.", "找补法最多用多少秒。")),
    ] = 30,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Why this person, why not that one, why a place stays empty, and what would fill it."""
    from matcher.cli.facts import check_ids, pick_language, read_plan, speaking
    from matcher.cli.show import show_account
    from matcher.planning.explain import explain as account
    from matcher.solvers.stop import Stop, Timer

    facts = _read(scenario, encoding, lang, quiet=json)
    spoken = pick_language(lang, facts.scenario)
    volunteer = check_ids(facts.scenario, spoken, wish=wish, visit=visit, volunteer=volunteer)
    judged = speaking(facts.scenario, spoken)
    given = read_plan(roster, facts.scenario, judged)
    asked = fixes if fixes is not None else 5 if visit else 1
    count = 0 if no_fixes else asked
    timer = Timer(Stop(seconds=seconds))
    found = account(
        judged, given, wish=wish, visit=visit, volunteer=volunteer, fixes=count, over=lambda: timer.over
    )
    show_account(found, spoken, as_json=json)


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help=told("What to read.", "读哪一份。"), show_default=False)],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help=told(
                "What to write: .xlsx, .json, or a folder of .csv.", "写成哪一份：.xlsx、.json，或放 .csv 的文件夹。"
            ),
            show_default=False,
        ),
    ],
    roster: Annotated[
        Path | None,
        typer.Option(
            "--roster",
            metavar="EDITED.xlsx",
            help=told(
                "Take in a roster.xlsx edited by hand: changed names become pins, outcomes history.",
                "把改过的 roster.xlsx 并进来：改了的人名成为锁定，填了的结果成为服务记录。",
            ),
        ),
    ] = None,
    announced: Annotated[
        bool,
        typer.Option(
            "--told",
            help=told(
                "With --roster: everybody in it has been told; the next plan keeps who and when.",
                "配合 --roster：表里的人都已通知，下次排班照旧不动。",
            ),
        ),
    ] = False,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Facts from one form to another, losing nothing: workbook, CSV folder, JSON."""
    from matcher.cli.facts import pick_language, refuse_existing, with_edits
    from matcher.cli.show import show_import, show_written
    from matcher.exchange import write_scenario

    refuse_existing(target, lang or terminal_language())
    facts = _read(source, encoding, lang, quiet=json)
    spoken = pick_language(lang, facts.scenario)
    if roster is not None:
        facts = with_edits(facts, roster, spoken, told=announced)
        if not json:
            show_import(facts, spoken)
    write_scenario(facts.scenario, target, lang=spoken)
    show_written(target, spoken, as_json=json, facts=facts)


def template(
    target: Annotated[
        Path,
        typer.Argument(metavar="OUT.xlsx", help=told("The workbook to write.", "写到这个文件。"), show_default=False),
    ],
    lang: Language = None,
    json: Machine = False,
) -> None:
    """An empty workbook with headers, drop-downs, examples and a help sheet."""
    from matcher.cli.facts import refuse_existing
    from matcher.cli.show import show_written
    from matcher.exchange import write_template

    spoken = lang or terminal_language()
    refuse_existing(target, spoken)
    write_template(target, lang=spoken)
    show_written(target, spoken, as_json=json)


def supply(scenario: ScenarioPath, encoding: Encoding = None, lang: Language = None, json: Machine = False) -> None:
    """Before planning: needed, available and missing, by skill and half-day."""
    from matcher.cli.facts import pick_language, speaking
    from matcher.cli.show import show_supply
    from matcher.planning.supply import supply as count_supply

    facts = _read(scenario, encoding, lang, quiet=json)
    spoken = pick_language(lang, facts.scenario)
    show_supply(count_supply(speaking(facts.scenario, spoken)), spoken, as_json=json)


def generate(
    preset: Annotated[
        str,
        typer.Argument(
            metavar="PRESET",
            help=told(
                "donghe, qiaodong, jiangzhou, xingtai or quantang.", "donghe、qiaodong、jiangzhou、xingtai 或 quantang。"
            ),
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE",
            help=told(
                "What to write: .xlsx, .json, or a folder of .csv.", "写成哪一份：.xlsx、.json，或放 .csv 的文件夹。"
            ),
        ),
    ],
    seed: Seed = 0,
    volunteers: Annotated[
        int | None,
        typer.Option("--volunteers", metavar="N", help=told("So many volunteers instead.", "志愿者人数，不用预设的。")),
    ] = None,
    visits: Annotated[
        int | None,
        typer.Option("--visits", metavar="N", help=told("So many visits instead.", "服务单张数，不用预设的。")),
    ] = None,
    apart: Annotated[
        bool,
        typer.Option(
            "--apart",
            help=told(
                "With --communities: each a file of its own in the folder, from seeds that follow one another.",
                "与 --communities 同用：每个社区各一份，放进文件夹，种子依次加一。",
            ),
        ),
    ] = False,
    communities: Annotated[
        int | None,
        typer.Option(
            "--communities",
            metavar="N",
            help=told(
                "So many communities, each with about 125 volunteers and 250 visits.",
                "社区个数，每个约 125 名志愿者、250 张服务单。",
            ),
        ),
    ] = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Invented facts of a real programme's size: the same preset, seed and sizes give the same file."""
    from matcher.cli.facts import refuse_existing
    from matcher.cli.show import show_generated, show_written
    from matcher.exchange import write_scenario
    from matcher.generate import generate as invent

    spoken = lang or terminal_language()
    refuse_existing(out, spoken)
    if apart:
        from matcher.cli.facts import generate_apart

        generate_apart(preset, out, seed, communities or 1, volunteers, visits, spoken)
        show_written(out, spoken, as_json=json)
        return
    scenario = invent(preset, seed, volunteers=volunteers, visits=visits, communities=communities, lang=spoken)
    write_scenario(scenario, out, lang=spoken)
    show_generated(scenario, out, spoken, as_json=json)


def _read(path: Path, encoding: str | None, lang: Language, *, quiet: bool) -> Import:
    from matcher.cli.facts import pick_language, read_facts
    from matcher.cli.show import show_import

    facts = read_facts(path, encoding, lang)
    if not quiet:
        show_import(facts, pick_language(lang, facts.scenario))
    return facts
