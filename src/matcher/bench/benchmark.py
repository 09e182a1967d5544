"""The benchmark: scenarios × strategies × seeds × limits, and peers, one run after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matcher.bench.machine import machine, versions
from matcher.bench.peers import PEERS, Peer, peer_named
from matcher.bench.runs import Run, Task, run_alone, without_answer
from matcher.errors import BadInput

SUITE = ("donghe", "qiaodong", "jiangzhou", "xingtai")
"""The presets that are run when no scenario is named."""

DAY = "one day"
"""What the one-day part of a scenario is called after the comma: ``donghe, one day``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. ``scenarios`` are files, folders with a scenario.json, or presets (``donghe``, ``donghe@7``)."""

    scenarios: tuple[str, ...]
    strategies: tuple[str, ...] = ("auto",)
    peers: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0,)
    limits: tuple[float, ...] = (10.0,)
    workers: int = 1
    most_mb: int | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """Every run, and what the numbers mean nothing without."""

    about: dict[str, Any]
    runs: tuple[Run, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"about": self.about, "runs": [run.to_json() for run in self.runs]}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Results:
        """The results ``to_json`` wrote."""
        return cls(told["about"], tuple(Run.from_json(run) for run in told["runs"]))

    def with_run(self, run: Run) -> Results:
        """These results with one run more; the same run measured before is replaced."""
        return Results(self.about, (*(old for old in self.runs if old.key != run.key), run))


Listener = Callable[[Results, Run, int, int], None]
"""Called after every run with the results so far, the run, how many are done, how many there are."""


def nobody(results: Results, run: Run, done: int, total: int) -> None:
    """Listens to nothing."""


def benchmark(plan: Plan, *, so_far: Results | None = None, listener: Listener = nobody) -> Results:
    """Run a plan, one process after the other. Runs in ``so_far`` that the plan does not repeat are kept.

    Raises ``BadInput`` if a scenario, a peer or a strategy's name is unknown. Ctrl-C raises through; the listener has
    seen everything done by then.
    """
    peers = [_known(name) for name in plan.peers]
    results = Results(about(plan, so_far), so_far.runs if so_far else ())
    with TemporaryDirectory(prefix="matcher-bench-") as folder:
        found = [_scenario(name, Path(folder)) for name in plan.scenarios]
        tasks = [task for label, path in found for task in _tasks(plan, peers, label, path)]
        for number, task in enumerate(tasks, start=1):
            run = _run(task, plan)
            results = results.with_run(run)
            listener(results, run, number, len(tasks))
    return results


def about(plan: Plan, so_far: Results | None = None) -> dict[str, Any]:
    """Machine, versions, seeds, limits and day: no host name, no path."""
    before = so_far.about if so_far else {}
    return {
        "day": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": machine(),
        "versions": versions(),
        "workers": plan.workers,
        "seeds": sorted({*before.get("seeds", ()), *plan.seeds}),
        "limits": sorted({*before.get("limits", ()), *plan.limits}),
        "missing": [reason for peer in PEERS if (reason := peer.reason_missing()) is not None],
    }


def _known(name: str) -> Peer:
    peer = peer_named(name)
    if peer is None:
        raise BadInput(
            f'there is no peer "{name}"', f"Choose among {', '.join(peer.name for peer in PEERS)}, or write all."
        )
    return peer


def _run(task: Task, plan: Plan) -> Run:
    peer = peer_named(task.method) if task.peer else None
    missing = peer.reason_missing() if peer else None
    return without_answer(task, "missing", missing) if missing else run_alone(task, plan.most_mb)


# -------------------------------------------------------------------------------------------- tasks


def _tasks(plan: Plan, peers: Sequence[Peer], label: str, path: Path) -> Iterator[Task]:
    """Ours first, then the peers; instant methods once; route planners with ours on the busiest day."""
    ours = [(name, False, True) for name in plan.strategies]
    whole = [(peer.name, True, peer.searches) for peer in peers if not peer.one_day]
    daily = [(peer.name, True, peer.searches) for peer in peers if peer.one_day]
    yield from _grid(plan, (*ours, *whole), label, path, one_day=False)
    if daily:
        yield from _grid(plan, (*ours[:1], *daily), f"{label}, {DAY}", path, one_day=True)


def _grid(
    plan: Plan, methods: Iterable[tuple[str, bool, bool]], label: str, path: Path, *, one_day: bool
) -> Iterator[Task]:
    for name, is_peer, searches in methods:
        if not searches:
            yield Task(label, path, name, is_peer, plan.seeds[0], None, plan.workers, one_day)
            continue
        for limit in sorted(plan.limits):
            for seed in plan.seeds:
                yield Task(label, path, name, is_peer, seed, limit, plan.workers, one_day)


def _scenario(name: str, folder: Path) -> tuple[str, Path]:
    """(label, file) of a scenario: what the path ends in, or a preset written to a file."""
    path = Path(name)
    if path.exists():
        inside = path / "scenario.json"
        return (path.resolve().name, inside) if inside.exists() else (_label(path), path)
    preset, _, seed = name.partition("@")
    with suppress(ImportError):
        from matcher.generate import generate

        if seed and not seed.isdecimal():
            raise BadInput(f'the preset\'s seed "{seed}" is not a number', "Write it like donghe@7.")
        scenario = generate(preset, int(seed or 0))
        target = folder / f"{name}.json"
        target.write_text(scenario.to_json(), "utf-8")
        return name, target
    raise BadInput(f'there is no scenario "{name}"', "Give a file, or a folder that holds a scenario.json.")


def _label(path: Path) -> str:
    return path.resolve().parent.name if path.name == "scenario.json" else path.resolve().stem
