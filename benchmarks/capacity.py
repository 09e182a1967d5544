"""What a plan costs at different sizes: processor seconds and memory of the whole process, as a district's worker pays them.

    python benchmarks/capacity.py donghe:5 donghe:15 qiaodong:15 quantang:30 [--seed 0]

PRESET:WORK plans a preset with so much counted work on one thread. Memory is the most that the process and those it began
held at one time, looked at ten times a second. Writes benchmarks/results/capacity.md, a row at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from base64 import b64decode
from importlib.metadata import version
from pathlib import Path

from matcher.generate import generate
from matcher.service.solving.config import RunConfig
from matcher.service.solving.process import SolvingProcess

PAGE = Path(__file__).parent / "results" / "capacity.md"
HEAD = (
    "| facts | volunteers | visits | counted work | processor s | processor s per 1,000 volunteers | "
    "most memory MB | empty seats | needs | quality | gap |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def memory_mb(pid: int) -> float:
    """What a process and all it began hold now."""
    found, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            found += int(Path(f"/proc/{one}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text("ascii").split())
        except OSError:
            continue
    return found


def measure(preset: str, work: float, seed: int) -> str:
    """A row: one solve as a worker makes it."""
    scenario = generate(preset, seed)
    config = RunConfig(work=work)
    job = {
        "scenario": scenario.to_json(), "config": config.model_dump() | {"most_seconds": 20_000}, "files": "data",
    }
    process, most, done = SolvingProcess(job), 0.0, None
    while process.ended() is None:
        most = max(most, memory_mb(process.pid))
        time.sleep(0.1)
    for said in process.heard():
        done = said.get("done", done)
        if "problem" in said:
            raise SystemExit(str(said["problem"]))
    assert done is not None
    roster = json.loads(b64decode(done["files"]["roster.json"]))
    cpu_seconds, people = done["used"]["cpu_seconds"], len(scenario.volunteers)
    tiers = {tier["name"]: tier for tier in roster["tiers"]}
    gap = tiers["quality"]["gap"]
    visits = len(roster["visits"]) + len({one["visit"] for one in roster["unfilled"]} - {one["id"] for one in roster["visits"]})
    return (
        f"| {preset} | {people:,} | {visits:,} | {work:g} | {cpu_seconds:.0f} | {1000 * cpu_seconds / people:.0f} | "
        f"{most:.0f} | {sum(one['count'] for one in roster['unfilled'])} | {tiers['needs']['value']} | "
        f"{tiers['quality']['value']} | {'–' if gap is None else f'{gap:.1%}'} |"
    )


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", default=["donghe:5", "donghe:15", "qiaodong:15", "quantang:30"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in ("matcher", "ortools", "numba"))
    head = [
        "# What a plan costs",
        "",
        f"`python benchmarks/capacity.py {' '.join(asked.sizes)} --seed {asked.seed}`",
        "",
        f"{versions}, Python {platform.python_version()}, {platform.machine()}. One thread a solve, in a process of its own,",
        "on cores shared with other work: processor seconds are somewhat too many rather than too few.",
        "",
        HEAD,
    ]
    rows: list[str] = []
    for size in asked.sizes:
        preset, _, work = size.partition(":")
        rows.append(measure(preset, float(work), asked.seed))
        print(rows[-1], flush=True)
        asked.page.write_text("\n".join([*head, *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
