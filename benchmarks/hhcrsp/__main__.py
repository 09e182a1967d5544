"""Solve instances of HHCRSP and UHHC, judged by the benchmark's own checker.

    python -m benchmarks.hhcrsp solve INSTANCE.json --seconds 10 --seed 1 -o SOLUTION.json
    python -m benchmarks.hhcrsp run --family mankowska --half even --seconds 10 60 --seeds 1 2 3 -o benchmarks/results/hhcrsp.md

The instances, best_known.csv and check.py are no part of this repository: `--data DIR` or $HHCRSP says where they are.
Seconds are CPU seconds of one core. Odd data lines of best_known.csv are for tuning, even ones for reporting.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from matcher.solvers.routes import plan_day

from .instance import Unreadable, read_instance
from .judge import folder, known
from .kept import verify
from .limits import CpuSeconds
from .run import Run, measure, read_runs, tables
from .solution import solution_of
from .speed import page

FAMILIES = ("mankowska", "kummer", "italian", "uhhc", "bazirha", "bazirha-caie")


def main(given: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 a solution breaks a rule, 2 bad input."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hhcrsp", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    solve = commands.add_parser("solve", help="one instance")
    solve.add_argument("instance", type=Path)
    solve.add_argument("--seconds", type=float, default=10.0)
    solve.add_argument("--seed", type=int, default=1)
    solve.add_argument("-o", "--output", type=Path, required=True)
    solve.set_defaults(do=_solve)
    run = commands.add_parser("run", help="families × seeds × limits into a table of gaps")
    run.add_argument("--family", nargs="+", choices=FAMILIES, default=FAMILIES)
    run.add_argument("--half", choices=("odd", "even", "all"), default="even")
    run.add_argument("--patients", nargs=2, type=int, default=(0, 10_000), metavar=("LEAST", "MOST"))
    run.add_argument("--seconds", nargs="+", type=float, default=[10.0])
    run.add_argument("--seeds", nargs="+", type=int, default=[1])
    run.add_argument("--data", type=Path)
    run.add_argument("--runs", type=Path, help="a .jsonl file of runs: what it holds is not run again")
    run.add_argument("--improved", type=Path, help="a folder for solutions better than the best known")
    run.add_argument("-o", "--output", type=Path)
    run.set_defaults(do=_run)
    table = commands.add_parser("table", help="the page of results from runs noted before")
    table.add_argument("--runs", type=Path, required=True)
    table.add_argument("-o", "--output", type=Path, required=True)
    table.set_defaults(do=_table)
    again = commands.add_parser("verify", help="have every solution kept judged again by check.py")
    again.add_argument("folder", type=Path)
    again.add_argument("--data", type=Path)
    again.set_defaults(do=_verify)
    speed = commands.add_parser("speed", help="iterations and trials per CPU second, and what compiling costs")
    speed.add_argument("--data", type=Path)
    speed.add_argument("-o", "--output", type=Path, required=True)
    speed.set_defaults(do=_speed)
    arguments = parser.parse_args(given)
    try:
        return int(arguments.do(arguments))
    except (Unreadable, FileNotFoundError) as fault:
        print(fault, file=sys.stderr)
        return 2


def _solve(arguments: argparse.Namespace) -> int:
    instance = read_instance(arguments.instance)
    tours = plan_day(instance.day, CpuSeconds(arguments.seconds), arguments.seed)
    if tours.value is None:
        print("some patient can be served by nobody", file=sys.stderr)
        return 1
    arguments.output.write_text(json.dumps(solution_of(instance, tours), indent=1), encoding="utf-8")
    print(f"{instance.name}: cost {instance.cost(tours.value):.3f} after {tours.iterations} iterations")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    data = folder(arguments.data)
    done = read_runs(arguments.runs)
    for one in known(data):
        if one.family not in arguments.family or not arguments.patients[0] <= one.patients <= arguments.patients[1]:
            continue
        if arguments.half != "all" and (one.line % 2 == 1) != (arguments.half == "odd"):
            continue
        for seconds in arguments.seconds:
            for seed in arguments.seeds:
                if any(r.is_of(one, seconds, seed) for r in done):
                    continue
                done.append(measure(data, one, seconds, seed, arguments.improved))
                _note(done[-1], arguments.runs)
    text = tables(done)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    print(text)
    return 1 if any(r.violations for r in done) else 0


def _table(arguments: argparse.Namespace) -> int:
    runs = read_runs(arguments.runs)
    if not runs:
        raise Unreadable(f"{arguments.runs} holds no runs")
    arguments.output.write_text(tables(runs), encoding="utf-8")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    faults = verify(arguments.folder, folder(arguments.data))
    print("\n".join(faults) or f"{len(list(arguments.folder.glob('*.json')))} solutions, each better than the best known")
    return 1 if faults else 0


def _speed(arguments: argparse.Namespace) -> int:
    arguments.output.write_text(page(folder(arguments.data)), encoding="utf-8")
    return 0


def _note(run: Run, path: Path | None) -> None:
    print(f"{run.family} {run.name} {run.seconds:g} s seed {run.seed}: {run.cost:.3f}, {run.gap:+.2f} %, "
          f"{run.iterations_per_second:.0f} it/s {run.violations or ''}", flush=True)
    if path:
        with path.open("a", encoding="utf-8") as lines:
            lines.write(run.as_json() + "\n")


if __name__ == "__main__":
    sys.exit(main())
