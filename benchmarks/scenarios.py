"""Every scenario by every strategy and seed: seconds, the three tiers with their bounds, and the judge's verdict.

``make bench`` prints a table; ``make bench BENCH_ARGS="--seeds 10 --strategies exact --json out.json"`` asks for
more. A timing here is a measurement on one machine, never a test: machine, versions and limits stand above the table.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import matcher

SCENARIOS = Path(__file__).parents[1] / "scenarios"


def measure(name: str, strategy: str, seed: int, seconds: float, workers: int) -> dict[str, Any]:
    """One run of one scenario."""
    scenario = matcher.read_scenario(SCENARIOS / name / "scenario.json").scenario
    began = time.perf_counter()
    result = matcher.solve(
        scenario, strategy=strategy, stop=matcher.Stop(seconds=seconds), seed=seed, workers=workers
    )
    took = time.perf_counter() - began
    valid = result.roster is not None and matcher.check(scenario, result.roster).valid
    return {
        "scenario": name, "strategy": strategy, "seed": seed, "seconds": round(took, 3), "status": str(result.status),
        "valid": valid, "tiers": [tier.model_dump(mode="json") for tier in result.tiers],
    }


def head(arguments: argparse.Namespace) -> str:
    """Machine, versions and limits: what a number means nothing without."""
    return (
        f"matcher {version('matcher')}, ortools {version('ortools')}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores; "
        f"{arguments.seconds:g} s a run, {arguments.workers} workers, seeds 0–{arguments.seeds - 1}"
    )


def rows(runs: list[dict[str, Any]]) -> Iterator[str]:
    """A line per scenario and strategy: the median over the seeds, and the worst value seen."""
    yield "| scenario | strategy | seconds (median, max) | needs | promises | quality | proven | valid |"
    yield "|---|---|---|---|---|---|---|---|"
    for scenario, strategy in dict.fromkeys((run["scenario"], run["strategy"]) for run in runs):
        group = [run for run in runs if (run["scenario"], run["strategy"]) == (scenario, strategy)]
        seconds = [run["seconds"] for run in group]
        tiers = (_tier([run["tiers"] for run in group], place) for place in range(3))
        proven = sum(run["status"] == "OPTIMAL" for run in group)
        valid = sum(run["valid"] for run in group)
        yield (
            f"| {scenario} | {strategy} | {statistics.median(seconds):.2f}, {max(seconds):.2f} | {' | '.join(tiers)} "
            f"| {proven}/{len(group)} | {valid}/{len(group)} |"
        )


def _tier(runs: list[list[dict[str, Any]]], place: int) -> str:
    found = [tiers[place] for tiers in runs if len(tiers) > place]
    if not found:
        return "–"
    values = sorted(tier["value"] for tier in found)
    bounds = [tier["bound"] for tier in found if tier["bound"] is not None]
    shown = f"{values[0]}" if values[0] == values[-1] else f"{values[0]}–{values[-1]}"
    return f"{shown} (≥ {max(bounds)})" if bounds else f"{shown} (bound unknown)"


def main() -> None:
    """Run, print, and keep the numbers if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = sorted(path.parent.name for path in SCENARIOS.glob("*/scenario.json"))
    parser.add_argument("--scenarios", nargs="*", default=known)
    parser.add_argument("--strategies", nargs="*", default=["flow", "exact"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    runs = [
        measure(name, strategy, seed, arguments.seconds, arguments.workers)
        for name in arguments.scenarios
        for strategy in arguments.strategies
        for seed in range(arguments.seeds)
    ]
    print(head(arguments), *rows(runs), sep="\n")
    if arguments.json:
        kept = {"about": head(arguments), "runs": runs}
        arguments.json.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
