"""A district of generated communities on one worker, on two, and without a cluster; then again with its parts killed.

    python benchmarks/cluster.py [--communities 100] [--parts 4] [--volunteers 25] [--visits 30] [--work 0.3]

The communities are planned part by part, each part in every way before the next one, so that whatever else the machine
does meanwhile falls on all ways alike. Then all of them once more, while a worker, the scheduler and the asker are killed
(-9). Writes benchmarks/results/cluster.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from matcher.cluster.hub import Hub

PAGE = Path(__file__).parent / "results" / "cluster.md"
MATCHER = (sys.executable, "-m", "matcher.cli.main")


class Running(threading.Thread):
    """A cluster on this machine, looked after by the thread that began it."""

    def __init__(self, workers: int) -> None:
        super().__init__(daemon=True)
        self._workers, self._over, self._begun = workers, threading.Event(), threading.Event()

    def run(self) -> None:
        self.hub = Hub(self._workers, port=0, lang="en")
        self._begun.set()
        self.hub.keep(self._over.is_set)

    def __enter__(self) -> Running:
        self.start()
        self._begun.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def fell(self, number: int) -> None:
        """Kill the scheduler (0) or a worker."""
        os.kill(self.hub.nodes[number].process.pid, signal.SIGKILL)


@dataclass
class Way:
    """One way to plan the district, and what it came to."""

    name: str
    words: tuple[str, ...]
    wall: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0
    solved: float = 0.0
    """Seconds of the clock of all solves, one after the other."""
    attempts: int = 0
    rosters: dict[str, str] = field(default_factory=dict)
    tiers: dict[str, list[int]] = field(default_factory=dict)


def plan(way: Way, files: list[Path], out: Path, work: float) -> None:
    """Plan these communities this way; its clock begins with the command and ends with it."""
    began = time.monotonic()
    done = subprocess.run(
        [*MATCHER, "district", *map(str, files), "-o", str(out), "--work", str(work), "--json", *way.words],
        capture_output=True, text=True,
    )
    way.wall.append(time.monotonic() - began)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    collect(way, out, json.loads(done.stdout)["entries"])


def collect(way: Way, out: Path, entries: list[dict]) -> None:
    for entry in entries:
        name = entry["community"]
        way.cpu_seconds += entry["used"]["cpu_seconds"]
        way.solved += entry["seconds"]
        way.attempts += entry["attempts"]
        way.tiers[name] = [tier["value"] for tier in entry["tiers"]]
        way.rosters[name] = hashlib.sha256((out / name / "roster.json").read_bytes()).hexdigest()


def plan_killed(way: Way, cluster: Running, files: list[Path], out: Path, work: float) -> list[str]:
    """Plan them all while a worker, the scheduler and the asker are killed; what happened, in order."""
    words = [*MATCHER, "district", *map(str, files), "-o", str(out), "--work", str(work), "--json", *way.words]
    told, quarter, began = [], len(files) // 4, time.monotonic()
    asker = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    done = 0
    for line in asker.stderr:
        event = json.loads(line)
        if event["event"] == "cluster":
            told.append(f"after {done}: *{event['message'].replace(cluster.hub.address, 'tcp://…')}*")
            continue
        done = event.get("done", done)
        if event["event"] == "ended" and done in (quarter, 2 * quarter, 3 * quarter):
            what = {1: "a worker", 2: "the scheduler", 3: "the command itself"}[done // quarter]
            told.append(f"after {done} of {len(files)}: killed {what}")
            if done == 3 * quarter:
                asker.kill()
                break
            cluster.fell(1 if done == quarter else 0)
    asker.stderr.close()
    asker.wait()
    again = subprocess.run(words, capture_output=True, text=True)
    way.wall.append(time.monotonic() - began)
    assert again.returncode == 0, again.stderr[-2000:]
    summary = json.loads(again.stdout)
    told.append(f"the same command again: {summary['kept']} were done before, {summary['done']} were planned")
    collect(way, out, summary["entries"])
    return told


def page(ways: list[Way], killed: Way | None, told: list[str], asked: argparse.Namespace, loads: list[float]) -> str:
    """The table with everything needed to make it again."""
    one = ways[0]
    sizes = f"--volunteers {asked.volunteers} --visits {asked.visits}"
    parts = ("matcher", "distributed", "ortools")
    lines = [
        "# A district on a cluster",
        "",
        f"`python benchmarks/cluster.py --communities {asked.communities} --parts {asked.parts} {sizes} --work {asked.work:g}`",
        "",
        f"{len(one.tiers)} communities (`matcher generate donghe --communities {asked.communities} --apart {sizes}`),",
        f"{asked.work:g} units of counted work each, one thread a solve. Planned in parts, each in every way before the next one.",
        "",
        f"{', '.join(f'{name} {version(name)}' for name in parts)}, Python {platform.python_version()}, {platform.machine()}.",
        f"{os.cpu_count()} cores, **shared with other work**: the load average was {min(loads):.1f} to {max(loads):.1f} meanwhile,",
        "so seconds of the clock say little by themselves; ratios within the table and processor seconds say more.",
        "",
        "| way | wall s | speed-up | processor s of all solves | solves at once, on average | attempts | rosters as on one worker |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for way in [*ways, *([killed] if killed else [])]:
        same = sum(way.rosters[name] == digest for name, digest in one.rosters.items() if name in way.rosters)
        wall = sum(way.wall)
        speed = "" if way is killed else f"{sum(one.wall) / wall:.2f}"
        lines.append(
            f"| {way.name} | {wall:.0f} | {speed} | {way.cpu_seconds:.0f} | {way.solved / wall:.2f} | {way.attempts} | "
            f"{same} of {len(way.rosters)}, byte for byte |"
        )
    lines += [
        "",
        "*Solves at once*: the clock's seconds of all solves, divided by those of the whole command, starting up included.",
        "",
    ]
    if killed:
        values = sum(one.tiers[name] == tiers for name, tiers in killed.tiers.items())
        lines += ["## Killed on the way (-9)", "", *(f"- {what}" for what in told), ""]
        lines += [f"Tier values as on one worker: {values} of {len(killed.tiers)}. Wall seconds include the times nobody answered.", ""]
    return "\n".join(lines)


def main() -> None:
    """Measure every way and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--communities", type=int, default=100)
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--volunteers", type=int, default=25)
    parser.add_argument("--visits", type=int, default=30)
    parser.add_argument("--work", type=float, default=0.3)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    loads = []
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        subprocess.run(
            [*MATCHER, "generate", "donghe", "--communities", str(asked.communities), "--apart", "-o", str(root / "in"),
             "--volunteers", str(asked.volunteers), "--visits", str(asked.visits)],
            check=True, stdout=subprocess.DEVNULL,
        )
        files = sorted((root / "in").iterdir())
        single, double = stack.enter_context(Running(1)), stack.enter_context(Running(2))
        ways = [
            Way("cluster, 1 worker", ("--cluster", single.hub.address)),
            Way("cluster, 2 workers", ("--cluster", double.hub.address)),
            Way("this machine without dask, 2 at once", ("--workers", "2")),
        ]
        for part in range(asked.parts):
            for number, way in enumerate(ways):
                plan(way, files[part::asked.parts], root / f"out-{number}-{part}", asked.work)
                loads.append(os.getloadavg()[0])
                print(part, way.name, f"{way.wall[-1]:.0f} s, load {loads[-1]:.1f}", flush=True)
            asked.page.write_text(page(ways, None, [], asked, loads), encoding="utf-8")
        killed = Way("cluster, 2 workers, parts of it killed", ("--cluster", double.hub.address))
        told = plan_killed(killed, double, files, root / "out-killed", asked.work)
        loads.append(os.getloadavg()[0])
        asked.page.write_text(page(ways, killed, told, asked, loads), encoding="utf-8")
        print("\n".join(told), flush=True)


if __name__ == "__main__":
    main()
