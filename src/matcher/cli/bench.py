"""``matcher bench``: strategies and peers on many scenarios in one run, judged by one judge."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.options import Machine
from matcher.cli.text import told

if TYPE_CHECKING:
    from matcher.bench.benchmark import Plan, Results
    from matcher.bench.runs import Run
    from matcher.errors import BadInput


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(help=told("Compare strategies and peers on many scenarios.", "拿多份台账比一比各种排法，同一个裁判打分。"))(
        bench
    )


def bench(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCENARIO|PRESET ...]",
            help=told(
                "Files, folders that hold a scenario.json, or presets (donghe, donghe@7 for seed 7); default: the suite.",
                "台账文件、放 scenario.json 的文件夹，或预设（donghe；donghe@7 表示第 7 号种子）；默认用整套预设。",
            ),
            show_default=False,
        ),
    ] = None,
    strategies: Annotated[
        str, typer.Option("--strategies", help=told("Ours, with commas between.", "我们的排法，用逗号隔开。"))
    ] = "auto",
    peers: Annotated[
        str,
        typer.Option(
            "--peers",
            help=told(
                "Peers, with commas between; all, or none: fcfs, nearest, cpsat, highs, timefold, vroom, pyvrp.",
                "同行，用逗号隔开；all 全部，none 不比：fcfs、nearest、cpsat、highs、timefold、vroom、pyvrp。",
            ),
        ),
    ] = "all",
    seeds: Annotated[
        str, typer.Option("--seeds", help=told("Seeds, with commas between.", "随机种子，用逗号隔开。"))
    ] = "0,1,2",
    limits: Annotated[
        str,
        typer.Option(
            "--limits", help=told("Seconds of solving, with commas between.", "每次最多算多少秒，可写几档，用逗号隔开。")
        ),
    ] = "10,60,300",
    workers: Annotated[
        int, typer.Option("--workers", min=0, help=told("Threads a run; 0: all cores.", "每次用几个线程；0 为全部。"))
    ] = 0,
    most_mb: Annotated[
        int | None,
        typer.Option(
            "--most-mb",
            min=64,
            help=told("End a run that takes more memory.", "一次运行占内存超过多少 MB 就停掉；默认为本机的 85%。"),
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", metavar="DIR", help=told("The folder for tables and plots.", "表格和图写到这个文件夹。")
        ),
    ] = Path("benchmarks/results"),
    add: Annotated[
        bool,
        typer.Option(
            "--add", help=told("Keep what DIR holds; replace only what runs again.", "保留文件夹里已有的，只更新这次跑的。")
        ),
    ] = False,
    redraw: Annotated[
        bool,
        typer.Option(
            "--redraw", help=told("Run nothing; write table and plots from DIR anew.", "不再运行，只按已有结果重画表和图。")
        ),
    ] = False,
    json: Machine = False,
) -> None:
    """Compare strategies and peers: one process a run, one after the other; one judge for everybody."""
    from matcher.bench.benchmark import SUITE, Plan
    from matcher.bench.results import PAGE, read_results, write_results
    from matcher.cli.show import print_json
    from matcher.errors import BadInput

    before = read_results(out) if add or redraw else None
    if redraw:
        if before is None:
            raise BadInput(*_no_results(out))
        results = before
    else:
        plan = Plan(
            tuple(scenarios or SUITE), tuple(_words(strategies)), _peers(peers), tuple(_numbers(seeds, "--seeds")),
            tuple(_seconds(limits)), workers or os.cpu_count() or 1, most_mb,
        )
        results = _run(plan, before, out)
    files = write_results(results, out)
    if json:
        print_json(results.to_json())
        return
    typer.echo((out / PAGE).read_text("utf-8"))
    typer.echo(told(f"Written to {out} ({len(files)} files).", f"已写到 {out}（{len(files)} 个文件）。"), err=True)


def _run(plan: Plan, before: Results | None, out: Path) -> Results:
    """Run the plan; what is done is on disk after every run, and Ctrl-C ends with that."""
    from matcher.bench.benchmark import Results, about, benchmark
    from matcher.bench.results import write_numbers

    so_far = Results(about(plan, before), before.runs if before else ())

    def listen(results: Results, run: Run, done: int, total: int) -> None:
        nonlocal so_far
        so_far = results
        write_numbers(results, out)
        limit = "" if run.limit is None else f" {run.limit:g} s"
        values = " ".join(str(value) for value in run.values) if run.values else run.note
        print(f"[{done}/{total}] {run.scenario} · {run.method}{limit} · seed {run.seed}: {run.status} {values}",
              file=sys.stderr, flush=True)

    try:
        return benchmark(plan, so_far=before, listener=listen)
    except KeyboardInterrupt:
        typer.echo(told("Stopped; what is done is kept.", "已停下；做完的都留着。"), err=True)
        return so_far


# -------------------------------------------------------------------------------------------- reading


def _words(text: str) -> list[str]:
    return [word for part in text.replace("，", ",").split(",") if (word := part.strip())]


def _peers(text: str) -> tuple[str, ...]:
    from matcher.bench.peers import PEERS

    words = _words(text)
    if words == ["all"]:
        return tuple(peer.name for peer in PEERS)
    return () if words == ["none"] else tuple(words)


def _numbers(text: str, option: str) -> list[int]:
    words = _words(text)
    if not words or not all(word.isdecimal() for word in words):
        raise _not_numbers(option, text, "0,1,2")
    return list(dict.fromkeys(int(word) for word in words))


def _seconds(text: str) -> list[float]:
    words = _words(text)
    try:
        limits = [float(word) for word in words]
    except ValueError:
        raise _not_numbers("--limits", text, "10,60") from None
    if not limits or not all(0 < limit < 1e6 for limit in limits):
        raise _not_numbers("--limits", text, "10,60")
    return list(dict.fromkeys(limits))


def _not_numbers(option: str, text: str, example: str) -> BadInput:
    from matcher.errors import BadInput

    return BadInput(
        told(f'{option} is "{text}"; it must be numbers with commas between.', f"{option} 是“{text}”，应当是用逗号隔开的数字。"),
        told(f"For example {option} {example}.", f"例如 {option} {example}。"),
    )


def _no_results(out: Path) -> tuple[str, str]:
    return (
        told(f'there are no results in "{out}" yet', f"“{out}”里还没有结果"),
        told("Run the benchmark first, without --redraw.", "先不加 --redraw 跑一遍。"),
    )
