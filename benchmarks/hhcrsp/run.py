"""Many runs, and the table of their gaps to the best known values."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from itertools import groupby
from pathlib import Path

from matcher.solvers.routes import plan_day
from matcher.solvers.routes_check import judge_tours

from .instance import read_instance
from .judge import Known, verdict
from .kept import keep
from .limits import CpuSeconds
from .solution import solution_of

SIZES = ((10, 25), (26, 75), (76, 10_000))
"""Patients, from and to: small, middle, large."""
LARGER = 75
"""Patients from which on an instance counts as one of the larger."""
SPEED_AT = (100, 200)
"""Patients of the instances whose speed is shown."""
EQUAL = 1e-4
"""Costs so near each other, in parts of the better, are equal: the published ones have four decimals."""


@dataclass(frozen=True)
class Run:
    """One solve of one instance, judged by check.py."""

    line: int
    family: str
    name: str
    patients: int
    seconds: float
    seed: int
    cost: float
    best: float
    iterations_per_second: float
    violations: tuple[str, ...]
    optimal: bool = False
    """The best known value is proven to be the least."""
    revision: str = ""
    """Of the code, as git names it; empty if unknown."""

    @property
    def gap(self) -> float:
        """Per cent above the best known value."""
        return 100 * (self.cost - self.best) / self.best

    @property
    def matched(self) -> bool:
        """As good as the best known, or better."""
        return self.cost <= self.best * (1 + EQUAL)

    @property
    def improved(self) -> bool:
        """Better than the best known."""
        return self.cost < self.best * (1 - EQUAL)

    def is_of(self, one: Known, seconds: float, seed: int) -> bool:
        """Whether this is the run of that instance, limit and seed."""
        return (self.line, self.seconds, self.seed) == (one.line, seconds, seed)

    def as_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))


def read_runs(path: Path | None) -> list[Run]:
    """The runs noted before."""
    if path is None or not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Run(**{**facts, "violations": tuple(facts["violations"])}) for facts in map(json.loads, lines)]


def measure(data: Path, one: Known, seconds: float, seed: int, improved: Path | None = None) -> Run:
    """Solve an instance and have it judged twice, by check.py and by the day's own rules, which must agree on the cost.

    A solution better than the best known is kept in the folder, if one is named.
    """
    instance = read_instance(one.path)
    # The first call of a process reads the compiled search from disk, or compiles it.
    plan_day(instance.day, CpuSeconds(0.0), seed)
    tours = plan_day(instance.day, CpuSeconds(seconds), seed)
    if tours.value is None:
        return Run(
            one.line, one.family, one.name, one.patients, seconds, seed, float("inf"), one.best, 0.0, ("nobody can",), one.optimal
        )
    solution = solution_of(instance, tours)
    checked = verdict(data, one.path, solution, one.thirds)
    cost, violations = checked["cost"], checked["violations"]
    own = judge_tours(instance.day, tours)
    if own.cost != tours.value or own.faults:
        raise AssertionError(f"{one.name}: the search says {tours.value}, its tours cost {own.cost}: {own.faults}")
    said = instance.cost(own.cost) / (3 if one.thirds else 1)
    if not violations and abs(said - cost) > 1e-3 * max(1.0, cost):
        raise AssertionError(f"{one.name}: by its own rules the day costs {said}, by check.py {cost}")
    run = Run(
        one.line, one.family, one.name, one.patients, seconds, seed, cost, one.best, tours.iterations / max(seconds, 1e-9),
        tuple(violations), one.optimal, revision(),
    )
    if improved is not None and run.improved and not violations:
        keep(improved, run.name, solution, checked, run.best)
    return run


@cache
def revision() -> str:
    """Of the code at work, if this is a git checkout."""
    asked = subprocess.run(
        ("git", "rev-parse", "--short", "HEAD"), cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def tables(runs: list[Run]) -> str:
    """The page of results: by family and size, proven optima, improved and lost instances, speed; all from the runs alone."""
    parts = [HEAD.format(where=_where())]
    for seconds, group in groupby(sorted(runs, key=lambda r: r.seconds), key=lambda r: r.seconds):
        own = list(group)
        parts.append("\n\n".join((
            f"## {seconds:g} s of CPU, {_halves(own)}",
            _by_family(own),
            _revisions(own),
            _proven(own),
            _larger(own),
            _lost(own),
        )))
    parts.append(_speed(runs))
    return "\n\n".join(parts) + "\n"


HEAD = """# HHCRSP and UHHC: gaps to the best known values

Written by `python -m benchmarks.hhcrsp run` (or `table`, from runs noted before). {where}

Seconds are CPU seconds of one core. Every solution was judged by the benchmark's own check.py and, apart from the search, by
`solvers/routes_check.py`; both agree on every cost. A gap is (cost − best known) / best known; an instance counts once, by the mean
of its seeds; *worst* is the worst seed of any instance. Matched and improved count runs. Infeasible counts runs that break a hard rule."""


def _where() -> str:
    """Versions and machine."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("matcher", "numba", "numpy"))
    machine = f"{platform.machine()} with {os.cpu_count()} cores, of which a run uses one"
    return f"Versions: {versions}, Python {platform.python_version()}; {machine}."


def _halves(runs: list[Run]) -> str:
    odd, even = (any(r.line % 2 == rest for r in runs) for rest in (1, 0))
    if odd and even:
        return "all lines"
    return "the odd lines of best_known.csv, tuned on" if odd else "the even lines of best_known.csv, not tuned on"


def _by_family(runs: list[Run]) -> str:
    rows = [
        "| family | patients | instances | seeds | mean gap % | worst % | matched | improved | infeasible | iterations/s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join(rows + [_row(*row) for row in _rows(runs)])


def _revisions(runs: list[Run]) -> str:
    """Which code each family was solved by."""
    of_family: dict[str, set[str]] = {}
    for r in sorted(runs, key=lambda r: r.line):
        of_family.setdefault(r.family, set()).add(r.revision or "unknown")
    return "Revisions: " + "; ".join(f"{family} {', '.join(sorted(names))}" for family, names in of_family.items()) + "."


def _proven(runs: list[Run]) -> str:
    """How often a proven optimum was reached."""
    proven = [r for r in runs if r.optimal]
    missed = sorted({r.name for r in proven if not r.matched})
    reached = f"reached in {sum(r.matched for r in proven)} of {len(proven)} runs on {len({r.line for r in proven})} instances."
    return f"Proven optima: {reached}" + (f" Missed: {', '.join(missed)}." if missed else "")


def _larger(runs: list[Run]) -> str:
    """Of the instances with many patients, how many have a better solution than any published."""
    large = [r for r in runs if r.patients >= LARGER]
    better = {r.line for r in large if r.improved and not r.violations}
    return f"Instances of {LARGER} patients and more: {len(better)} of {len({r.line for r in large})} improved by at least one seed."


def _lost(runs: list[Run]) -> str:
    """Instances whose mean is worse than the best known value, the worst first."""
    lost = [(name, some) for name, some in _by_instance(runs).values() if _mean_gap(some) > 100 * EQUAL]
    if not lost:
        return "No instance is worse than its best known value in the mean."
    lost.sort(key=lambda one: -_mean_gap(one[1]))
    head = ["Worse than the best known in the mean:", "", "| instance | seeds | mean gap % | worst % |", "|---|---|---|---|"]
    rows = [f"| {name} | {len(some)} | {_mean_gap(some):+.2f} | {max(r.gap for r in some):+.2f} |" for name, some in lost]
    return "\n".join(head + rows)


def _by_instance(runs: list[Run]) -> dict[int, tuple[str, list[Run]]]:
    found: dict[int, tuple[str, list[Run]]] = {}
    for r in runs:
        found.setdefault(r.line, (f"{r.family} {r.name}", []))[1].append(r)
    return found


def _mean_gap(runs: list[Run]) -> float:
    return sum(r.gap for r in runs) / len(runs)


def _speed(runs: list[Run]) -> str:
    rows = ["## Iterations per CPU second", "", "| family | patients | instances | least | mean | most |", "|---|---|---|---|---|---|"]
    sizes = sorted({(r.family, r.patients) for r in runs if r.patients in SPEED_AT})
    for family, patients in sizes:
        some = [r for r in runs if (r.family, r.patients) == (family, patients)]
        rates = [r.iterations_per_second for r in some]
        mean = sum(rates) / len(rates)
        rows.append(f"| {family} | {patients} | {len({r.line for r in some})} | {min(rates):,.0f} | {mean:,.0f} | {max(rates):,.0f} |")
    return "\n".join(rows)


def _rows(runs: list[Run]) -> list[tuple[str, str, list[Run]]]:
    rows = []
    for family in dict.fromkeys(r.family for r in sorted(runs, key=lambda r: r.line)):
        own = [r for r in runs if r.family == family]
        for low, high in SIZES:
            some = [r for r in own if low <= r.patients <= high]
            if some:
                rows.append((family, f"{min(r.patients for r in some)}–{max(r.patients for r in some)}", some))
        rows.append((family, "all", own))
    return rows


def _row(family: str, patients: str, runs: list[Run]) -> str:
    means = [_mean_gap(some) for _, some in _by_instance(runs).values()]
    counts = {len({r.seed for r in some}) for _, some in _by_instance(runs).values()}
    seeds = "–".join(map(str, sorted({min(counts), max(counts)})))
    rate = sum(r.iterations_per_second for r in runs) / len(runs)
    return (
        f"| {family} | {patients} | {len(means)} | {seeds} | {sum(means) / len(means):+.2f} | {max(r.gap for r in runs):+.2f} "
        f"| {sum(r.matched for r in runs)}/{len(runs)} | {sum(r.improved for r in runs)}/{len(runs)} "
        f"| {sum(bool(r.violations) for r in runs)} | {rate:,.0f} |"
    )
