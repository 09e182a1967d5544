"""Single absences in generated communities: how long a replan takes, what it changes, and whether that is proven minimal.

    python benchmarks/replan.py [--absences 200] [--seed 0] [--communities 1,2,4] [--seconds 20]

One roster per size is made first; then random people on its crews are away for a day each, always from the same roster.
Writes benchmarks/results/replan.md. Times are CPU seconds of one thread, after facts and roster are loaded.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import time
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from matcher.generate import generate
from matcher.planning import solve
from matcher.planning.changes import Away, Changes
from matcher.planning.replan import replan
from matcher.solvers.stop import Stop

PAGE = Path(__file__).parent / "results" / "replan.md"


@dataclass
class Size:
    """What the absences of one community came to."""

    volunteers: int
    visits: int
    seats: int
    standbys: int
    decided: list[float] = field(default_factory=list)
    """Seconds until it is known what changes, judged around it."""
    whole: list[float] = field(default_factory=list)
    """The same with the whole roster judged anew."""
    own: int = 0
    """Promises of the absent themselves."""
    others: int = 0
    """Promises of other people or times changed."""
    with_others: int = 0
    stepped_in: int = 0
    called: int = 0
    standbys_named: int = 0
    empty: int = 0
    proven: int = 0
    rounds: int = 0


def measure(communities: int, absences: int, seed: int, seconds: float) -> Size:
    """One community: its roster, then one absence after the other."""
    scenario = generate("donghe", seed, communities=communities)
    roster = solve(scenario, strategy="lns", stop=Stop(seconds=seconds), seed=seed, workers=1).roster
    assert roster is not None
    scenario.fingerprint  # noqa: B018
    size = Size(
        len(scenario.volunteers), len(roster.visits), sum(len(entry.assigned) for entry in roster.visits),
        sum(len(entry.standbys) for entry in roster.visits),
    )
    dice = random.Random(seed)
    seats = [(entry, seat) for entry in roster.visits for seat in entry.assigned if entry.start is not None]
    for _ in range(absences):
        entry, seat = dice.choice(seats)
        day = entry.start.replace(hour=0, minute=0)
        away = Away(seat.volunteer, day, day + timedelta(days=1))
        began = time.process_time()
        done = replan(scenario, roster, Changes(absences=(away,)), seed=seed)
        decided = time.process_time()
        assert done.roster.visits
        size.whole.append(time.process_time() - began)
        size.decided.append(decided - began)
        _count(size, done)
    return size


def _count(size: Size, done) -> None:
    size.own += len(done.lost)
    size.others += done.others_changed
    size.with_others += done.others_changed > 0
    size.proven += done.is_proven
    size.rounds = max(size.rounds, done.rounds)
    kinds = [news.kind for news in done.diff.news]
    size.stepped_in += kinds.count("steps_in")
    size.called += kinds.count("joins")
    size.standbys_named += kinds.count("stands_by")
    size.empty += done.cost.empty > 0


def page(sizes: list[Size], absences: int, seed: int, seconds: float) -> str:
    """The table with everything needed to make it again."""
    return "\n".join([*_head(absences, seed, seconds), *_times(sizes), *_changes(sizes, absences), *_notes()])


def _head(absences: int, seed: int, seconds: float) -> list[str]:
    versions = ", ".join(f"{name} {version(name)}" for name in ("matcher", "ortools", "numpy"))
    return [
        "# Replan after single absences",
        "",
        f"`python benchmarks/replan.py --absences {absences} --seed {seed} --seconds {seconds:g}`",
        "",
        f"Communities generated as `donghe` with seed {seed}, planned for {seconds:g} s by the search; then {absences} random",
        "people on crews are away for one day each, every time from that same roster.",
        "",
        f"{versions}, Python {platform.python_version()}, {platform.machine()}, one thread. CPU seconds after load;",
        "other work ran on the machine, which makes them longer, not shorter.",
        "",
    ]


def _times(sizes: list[Size]) -> list[str]:
    lines = [
        "| volunteers | visits | seats | stand-bys | decided: median | p95 | max | judged anew: median | p95 | max |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for size in sizes:
        times = " | ".join(f"{value:.2f}" for own in (size.decided, size.whole) for value in spread(own))
        lines.append(f"| {size.volunteers} | {size.visits} | {size.seats} | {size.standbys} | {times} |")
    return [*lines, ""]


def _changes(sizes: list[Size], absences: int) -> list[str]:
    lines = [
        (
            "| volunteers | proven minimal | own promises | others' promises or times changed | in so many absences | "
            "seat stays empty | stand-bys stepped in | others called | stand-bys newly named | models, most |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for size in sizes:
        counts = (size.own, size.others, size.with_others, size.empty, size.stepped_in, size.called, size.standbys_named)
        proven = f"{100 * size.proven / absences:g} %"
        lines.append(f"| {size.volunteers} | {proven} | {' | '.join(map(str, counts))} | {size.rounds} |")
    return [*lines, ""]


def _notes() -> list[str]:
    return [
        "*Decided*: what changes is known, proven, and judged in every visit, wish and person it touches. *Judged anew*: with a full",
        "report on the whole roster and the fingerprint of the changed facts on top, as the command line does before it writes.",
        "",
        "*Own promises*: seats and stand-bys of the absent person that day, which nobody can keep. Those of others change only where a",
        "seat would stay empty otherwise: somebody moves up from another visit, and somebody else takes that, or a visit moves. A seat",
        "stays empty where the proof says that nobody could fill it, whoever moved.",
        "",
    ]


def spread(times: list[float]) -> tuple[float, float, float]:
    """Median, 95th percentile and maximum."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], ordered[-1]


def main() -> None:
    """Measure every size and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--absences", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--communities", default="1,2,4")
    parser.add_argument("--seconds", type=float, default=20)
    asked = parser.parse_args()
    sizes = []
    for communities in asked.communities.split(","):
        sizes.append(measure(int(communities), asked.absences, asked.seed, asked.seconds))
        print(sizes[-1].volunteers, spread(sizes[-1].decided), spread(sizes[-1].whole), sizes[-1].proven, flush=True)
        PAGE.write_text(page(sizes, asked.absences, asked.seed, asked.seconds), encoding="utf-8")


if __name__ == "__main__":
    main()
