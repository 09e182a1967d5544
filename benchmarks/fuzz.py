"""Spoiled workbooks, CSV folders, JSON files and rosters by the thousand: exit codes, seconds, and no traceback.

``python benchmarks/fuzz.py --count 10000 --seed 1`` runs the commands in this process, each on a file of its own,
and writes the counts to benchmarks/results/fuzz.md. A case that failed is run again alone with ``--only NUMBER``.
"""

from __future__ import annotations

import argparse
import collections
import os
import platform
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "cli"))

RESULTS = ROOT / "benchmarks" / "results" / "fuzz.md"


def run_apart(numbers: range, processes: int, seed: int, keep: Path | None) -> dict[str, Any]:
    """The trials shared among processes, and what they found put together."""
    began = time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        shares = [numbers[start::processes] for start in range(processes)]
        found = list(pool.map(run_all, shares, [seed] * processes, [keep] * processes))
    return {
        "counts": sum((part["counts"] for part in found), collections.Counter()),
        "slowest": sorted((case for part in found for case in part["slowest"]), reverse=True),
        "wrong": [case for part in found for case in part["wrong"]],
        "seconds": time.monotonic() - began,
    }


def run_all(numbers: range, seed: int, keep: Path | None) -> dict[str, Any]:
    """Every trial; counts by kind of file, command and exit code, the slowest, and what went wrong."""
    import trial

    counts: collections.Counter[tuple[str, str, int]] = collections.Counter()
    slowest: list[tuple[float, int, str]] = []
    wrong: list[str] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as room, trial.quiet_room(Path(room)) as logs:
        for number in numbers:
            folder = Path(room) / str(number)
            folder.mkdir()
            said = _standard_error_size()
            verdict = trial.trial(seed, number, folder, logs)
            ended = verdict.ended
            if _standard_error_size() > said:
                verdict.wrong.append("something below Python spoke on standard error")
            counts[verdict.case.split()[0], ended.words[0], ended.code] += 1
            slowest = sorted([*slowest, (round(ended.seconds, 2), number, verdict.case)], reverse=True)[:5]
            if verdict.wrong:
                wrong.append(
                    f"#{number} {verdict.case} {' '.join(ended.words)}: {verdict.wrong}\n{ended.log or ended.err[-600:]}"
                )
                print(wrong[-1], flush=True)
                if keep:
                    shutil.copytree(folder, keep / str(number), dirs_exist_ok=True)
            if len(numbers) == 1:
                print(f"exit {ended.code}\n{ended.out}\n{ended.err}\n{ended.log}")
            shutil.rmtree(folder)
    return {"counts": counts, "slowest": slowest, "wrong": wrong, "seconds": time.monotonic() - began}


def _standard_error_size() -> int:
    """How much was written past Python, if standard error goes to a file."""
    try:
        return os.fstat(2).st_size if not os.isatty(2) else 0
    except OSError:
        return 0


def report(found: dict[str, Any], arguments: argparse.Namespace) -> str:
    """The counts as a page."""
    counts = found["counts"]
    codes = sorted({code for _, _, code in counts})
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in ("matcher", "pydantic", "python-calamine", "ortools"))
    about = (
        f"{sum(counts.values())} spoiled files, seed {arguments.seed}, numbers from {arguments.first}; {datetime.now(UTC):%Y-%m-%d}; "
        f"{found['seconds']:.0f} s; {libraries}; {machine}."
    )
    meaning = (
        "Wrong are cases that end otherwise than with 0, 2 or 3 (`check` also 4), show a traceback, leave a half-written file, "
        "tell an identity number, report a fault with neither place nor advice, or work longer than 20 s. "
        f"**Wrong: {len(found['wrong'])}.**"
    )
    lines = [
        "# Spoiled input",
        "",
        about,
        "",
        meaning,
        "",
        f"| file | command | {' | '.join(f'exit {code}' for code in codes)} |",
        "|---|---|" + "--:|" * len(codes),
    ]
    for kind, command in sorted({(kind, command) for kind, command, _ in counts}):
        lines.append(f"| {kind} | {command} | {' | '.join(str(counts[kind, command, code]) for code in codes)} |")
    lines.append(
        f"| all | | {' | '.join(str(sum(n for key, n in counts.items() if key[2] == code)) for code in codes)} |"
    )
    seconds, number, case = found["slowest"][0]
    lines += ["", f"The slowest worked {seconds:.1f} s (number {number}: {case})."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run, print, and keep the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", type=int, help="run this one case and show how it ends")
    parser.add_argument("--keep", type=Path, help="a folder for the files of cases that failed")
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    os.environ["MATCHER_LANG"] = "zh"
    numbers = range(arguments.first, arguments.first + arguments.count)
    if arguments.only is not None:
        numbers = range(arguments.only, arguments.only + 1)
    found = run_apart(numbers, arguments.processes, arguments.seed, arguments.keep)
    page = report(found, arguments)
    print(page)
    if arguments.only is None:
        arguments.out.parent.mkdir(exist_ok=True)
        arguments.out.write_text(page, "utf-8")
    sys.exit(1 if found["wrong"] else 0)


if __name__ == "__main__":
    main()
