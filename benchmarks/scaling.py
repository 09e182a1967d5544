"""How building a problem and a first roster grow with the number of volunteers, from 1,000 to 50,000.

    python benchmarks/scaling.py [1000 2000 5000 10000 20000 50000] [--seed 0]

Many communities of `quantang`'s kind in one scenario, planned as one: volunteers of one community may serve in the next. Every
size in a process of its own: the facts read from a JSON file, the problem built, the flow's roster, and the judge on it.
Processor seconds, since the machine may be shared; memory is the most the process held. Writes results/scaling.md and .svg.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from matcher.generate.presets import VOLUNTEERS_PER_COMMUNITY

RESULTS = Path(__file__).parent / "results"
SIZES = (1000, 2000, 5000, 10_000, 20_000, 50_000)
_WHAT = (
    "`python benchmarks/scaling.py`: communities of `quantang`'s kind in one scenario, planned as one; the facts read from a "
    "file, the problem built, the flow's roster, the judge."
)
PARTS = ("read", "build", "roster", "judge")


def measure(path: Path) -> dict[str, float]:
    """One size, in this process: processor seconds of each part, and what came of it."""
    from matcher.exchange import read_scenario
    from matcher.problem.check import check
    from matcher.problem.problem import Problem
    from matcher.solvers.flow import needs_bound
    from matcher.solvers.start import first_roster

    begun, told = time.process_time(), {}

    def took(part: str) -> None:
        nonlocal begun
        now = time.process_time()
        told[part], begun = now - begun, now

    scenario = read_scenario(path).scenario
    took("read")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    problem = Problem.of(scenario)
    took("build")
    told["build_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told["read_mb"] = memory / 1024
    roster = first_roster(problem, needs_bound(problem).wanted)
    took("roster")
    assert roster is not None
    report = check(scenario, roster)
    took("judge")
    assert report.valid, report.violations[:3]
    told |= {
        "volunteers": len(scenario.volunteers), "visits": len(problem.visits), "candidates": len(problem.crew),
        "most_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    return told


def apart(volunteers: int, seed: int) -> dict[str, float]:
    """One size in a process of its own."""
    from matcher.generate import generate

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scenario.json")
        communities = max(1, round(volunteers / VOLUNTEERS_PER_COMMUNITY))
        path.write_text(generate("quantang", seed, communities=communities).to_json(), "utf-8")
        command = [sys.executable, __file__, "--one", str(path)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        return json.loads(done.stdout.splitlines()[-1]) | {"communities": communities, "file_mb": path.stat().st_size / 2**20}


def exponent(rows: list[dict[str, float]], part: str) -> float:
    """By which power of the number of volunteers a part grows: the slope of a line through the logarithms."""
    known = [(math.log(row["volunteers"]), math.log(max(row[part], 1e-3))) for row in rows]
    mean_x, mean_y = (sum(column) / len(known) for column in zip(*known, strict=True))
    return sum((x - mean_x) * (y - mean_y) for x, y in known) / sum((x - mean_x) ** 2 for x, _ in known)


def page(rows: list[dict[str, float]], seed: int) -> str:
    """The page with its table."""
    made = f"matcher {version('matcher')}, numpy {version('numpy')}, ortools {version('ortools')}, Python {platform.python_version()}"
    heads = (
        "volunteers", "communities", "visits", "candidates", "file MB", "read s", "build s", "first roster s", "judge s",
        "MB after building", "most MB",
    )
    lines = ["# From 1,000 to 50,000 volunteers", "", _WHAT, ""]
    lines += [f"{made}, {platform.machine()}; seed {seed}; processor seconds; {os.cpu_count()} cores, shared.", ""]
    lines += [f"| {' | '.join(heads)} |", "|" + "--:|" * len(heads)]
    for row in rows:
        cells = [
            f"{row['volunteers']:,.0f}", f"{row['communities']:,.0f}", f"{row['visits']:,.0f}", f"{row['candidates']:,.0f}",
            f"{row['file_mb']:.0f}", *(f"{row[part]:.1f}" for part in PARTS), f"{row['build_mb']:,.0f}", f"{row['most_mb']:,.0f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    if len(rows) > 2:
        powers = ", ".join(f"{part} {exponent(rows, part):.2f}" for part in PARTS)
        lines += ["", f"Grows with the number of volunteers to the power of: {powers} (1 is linear).", "", "![](scaling.svg)"]
    return "\n".join(lines) + "\n"


def draw(rows: list[dict[str, float]]) -> None:
    """Seconds over volunteers, both logarithmic, with a linear line beside."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    people = [row["volunteers"] for row in rows]
    figure, axes = plt.subplots(figsize=(7, 4.5))
    for part in PARTS:
        axes.plot(people, [row[part] for row in rows], marker="o", label=part)
    first = rows[0]["build"] / people[0]
    axes.plot(people, [first * one for one in people], linestyle=":", color="black", label="linear")
    axes.set(xscale="log", yscale="log", xlabel="volunteers", ylabel="processor seconds")
    axes.legend()
    axes.grid(visible=True, which="both", alpha=0.2)
    figure.savefig(RESULTS / "scaling.svg", bbox_inches="tight", metadata={"Date": None})


def main() -> None:
    """Measure the sizes asked for, smallest first; the page is written after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one", type=Path)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one)))
        return
    rows: list[dict[str, float]] = []
    for size in asked.sizes:
        rows.append(apart(size, asked.seed))
        print(rows[-1], flush=True)
        (RESULTS / "scaling.md").write_text(page(rows, asked.seed), "utf-8")
    if len(rows) > 2:
        draw(rows)


if __name__ == "__main__":
    main()
