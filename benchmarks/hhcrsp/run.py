"""Many runs, and the table of their gaps to the best known values."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from matcher.solvers.routes import plan_day
from matcher.solvers.routes_check import judge_tours

from .instance import read_instance
from .judge import Known, judge
from .limits import CpuSeconds
from .solution import solution_of

SIZES = ((10, 25), (26, 75), (76, 10_000))
"""Patients, from and to: small, middle, large."""
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
    cost, violations = judge(data, one.path, solution, one.thirds)
    own = judge_tours(instance.day, tours)
    if own.cost != tours.value or own.faults:
        raise AssertionError(f"{one.name}: the search says {tours.value}, its tours cost {own.cost}: {own.faults}")
    said = instance.cost(own.cost) / (3 if one.thirds else 1)
    if not violations and abs(said - cost) > 1e-3 * max(1.0, cost):
        raise AssertionError(f"{one.name}: by its own rules the day costs {said}, by check.py {cost}")
    run = Run(
        one.line, one.family, one.name, one.patients, seconds, seed, cost, one.best, tours.iterations / max(seconds, 1e-9),
        tuple(violations), one.optimal,
    )
    if improved is not None and run.improved and not violations:
        _keep(improved, run, solution)
    return run


def _keep(folder: Path, run: Run, solution: dict[str, object]) -> None:
    """The best solution of an instance so far, with its cost by check.py."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.name}.json"
    if path.exists() and json.loads(path.read_text(encoding="utf-8"))["checker_cost"] <= run.cost:
        return
    path.write_text(json.dumps({"checker_cost": run.cost, "best_known": run.best, **solution}), encoding="utf-8")


def tables(runs: list[Run]) -> str:
    """A table per limit: gaps in per cent by family and size; an instance counts once, by the mean of its seeds."""
    parts = []
    for seconds, group in groupby(sorted(runs, key=lambda r: r.seconds), key=lambda r: r.seconds):
        rows = [
            f"### {seconds:g} s of CPU",
            "",
            "| family | patients | instances | seeds | mean gap % | worst % | matched | improved | infeasible | iterations/s |",
            "|---|---|---|---|---|---|---|---|---|---|",
        ]
        rows += [_row(*row) for row in _rows(list(group))]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


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
    by_instance = defaultdict(list)
    for r in runs:
        by_instance[r.line].append(r)
    means = [sum(r.gap for r in own) / len(own) for own in by_instance.values()]
    seeds = len({r.seed for r in runs})
    rate = sum(r.iterations_per_second for r in runs) / len(runs)
    return (
        f"| {family} | {patients} | {len(by_instance)} | {seeds} | {sum(means) / len(means):+.2f} | {max(r.gap for r in runs):+.2f} "
        f"| {sum(r.matched for r in runs)}/{len(runs)} | {sum(r.improved for r in runs)}/{len(runs)} "
        f"| {sum(bool(r.violations) for r in runs)} | {rate:,.0f} |"
    )
