"""Inside a run's process: import, warm up, read, build the problem, solve, be judged; each timed by itself."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from matcher.bench.answers import Answer, Effort, Improvement, Refusal
from matcher.bench.machine import peak_mb
from matcher.bench.one_day import busiest_day
from matcher.bench.peers import peer_named
from matcher.bench.runs import Run, Task, without_answer
from matcher.bench.verdict import judge
from matcher.domain.scenario import Scenario
from matcher.errors import MatcherError
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS
from matcher.solvers.stop import Progress

MOST_POINTS = 300
"""Of a curve; an engine that improves thousands of times a second is thinned to so many points."""


def measure(task: Task) -> Run:
    """The run of a task. Never raises: what goes wrong is said in the run."""
    clock = Clock()
    try:
        return _measured(task, clock)
    except Refusal as refusal:
        return without_answer(task, "refused", str(refusal), seconds=clock.seconds, peak_mb=peak_mb())
    except MemoryError:
        return without_answer(task, "stopped", "out of memory", seconds=clock.seconds, peak_mb=peak_mb())
    except MatcherError as error:
        return without_answer(task, "refused", str(error), seconds=clock.seconds, peak_mb=peak_mb())
    except Exception as error:
        return without_answer(task, "failed", _said(error), seconds=clock.seconds, peak_mb=peak_mb())


def _said(error: Exception) -> str:
    """What went wrong, and in which function of which module; no path."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    text = str(error).splitlines()[0] if str(error) else ""
    return f"{type(error).__name__} in {Path(last.filename).stem}.{last.name}: {text}"


@dataclass(slots=True)
class Clock:
    """Seconds by what they were spent on."""

    seconds: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def passed(self, what: str) -> None:
        """Book the time since the last booking."""
        now = time.perf_counter()
        self.seconds[what] = round(now - self._last, 4)
        self._last = now


def _measured(task: Task, clock: Clock) -> Run:
    method = _peer(task) if task.peer else _strategy(task)
    clock.passed("import")
    wrong = [] if task.peer else _warm_up(task.method)
    clock.passed("warm-up")
    scenario = _read(task)
    clock.passed("read")
    problem = Problem.of(scenario)
    if task.one_day:
        problem = Problem.of(busiest_day(problem))
    clock.passed("problem")
    answer, bounds, bound_curve, trace = method(problem)
    clock.passed("solve")
    peak = peak_mb() + int(answer.detail.get("helper peak MB", 0))
    clock.seconds["model"], clock.seconds["search"] = round(answer.model_seconds, 4), round(answer.search_seconds, 4)
    facts: dict[str, Any] = {
        "size": _size(problem), "seconds": clock.seconds, "peak_mb": peak, "curve": _curve(answer.improvements),
        "bound_curve": bound_curve, "trace": (*wrong, *trace, *([answer.detail] if answer.detail else ())),
    }
    if answer.roster is None:
        return without_answer(task, "no answer", answer.note, **facts)
    verdict = judge(problem, answer.roster)
    clock.passed("judge")
    return Run(
        task.scenario, task.method, task.peer, task.seed, task.limit, task.workers, "done", answer.note,
        valid=verdict.valid, violations=verdict.violations, values=verdict.values, bounds=bounds,
        seats_filled=verdict.seats_filled, terms=verdict.terms, **facts,
    )


def _read(task: Task) -> Scenario:
    from matcher.exchange import read_scenario

    return read_scenario(task.path).scenario


def _size(problem: Problem) -> dict[str, int]:
    return {
        "volunteers": len(problem.scenario.volunteers), "visits": len(problem.visits),
        "seats": sum(visit.seats for visit in problem.visits), "options": len(problem.options),
        "candidates": len(problem.crew), "stand-by candidates": len(problem.standbys),
    }


def _curve(improvements: Sequence[Improvement]) -> tuple[tuple[float, str, int], ...]:
    points = [(round(point.seconds, 3), point.tier, point.value) for point in improvements]
    return _thinned(points)


def _thinned(points: list[tuple[float, str, int]]) -> tuple[tuple[float, str, int], ...]:
    if len(points) <= MOST_POINTS:
        return tuple(points)
    step = len(points) / MOST_POINTS
    return (*(points[int(number * step)] for number in range(MOST_POINTS)), points[-1])


# -------------------------------------------------------------------------------------------- methods

_Bounds = tuple[int | None, int | None, int | None]
_Outcome = tuple[Answer, _Bounds, tuple[tuple[float, str, int], ...], tuple[dict[str, Any], ...]]


def _peer(task: Task) -> Callable[[Problem], _Outcome]:
    peer = peer_named(task.method)
    if peer is None:
        raise Refusal(f"there is no peer {task.method}")
    function = peer.load()

    def solve(problem: Problem) -> _Outcome:
        answer = function(problem, Effort(task.limit or 0.0, task.seed, task.workers))
        return answer, (None, None, None), (), ()

    return solve


class _Recorder(Progress):
    """Writes down when a tier's value or bound improved."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.improvements: list[Improvement] = []
        self.bounds: list[tuple[float, str, int]] = []

    def better(self, tier: str, value: int, bound: int | None) -> None:
        self.improvements.append(Improvement(time.perf_counter() - self.began, tier, value))

    def bound_rises(self, tier: str, bound: int) -> None:
        self.bounds.append((round(time.perf_counter() - self.began, 3), tier, bound))


def strategies() -> tuple[str, ...]:
    """The strategies matcher knows."""
    return tuple(get_args(import_module("matcher.planning.solve").Strategy))


def _strategy(task: Task) -> Callable[[Problem], _Outcome]:
    if task.method not in strategies():
        raise Refusal(f"matcher knows no strategy {task.method}; it knows {', '.join(strategies())}")
    import ortools.sat.python.cp_model  # noqa: F401 - imported here, so that it is not counted as solving

    from matcher.planning import solve as solve_problem
    from matcher.solvers.stop import Stop

    def solve(problem: Problem) -> _Outcome:
        recorder = _Recorder()
        result = solve_problem(
            problem, strategy=task.method, stop=Stop(seconds=task.limit), seed=task.seed,  # type: ignore[arg-type]
            workers=task.workers, progress=recorder,
        )
        seconds = time.perf_counter() - recorder.began
        final = [Improvement(seconds, tier.name, tier.value) for tier in result.tiers]
        bounds = {tier.name: tier.bound for tier in result.tiers}
        answer = Answer(
            result.roster, (*recorder.improvements, *final), 0.0, seconds, note="" if result.roster else result.status
        )
        trace = tuple({"name": step.name, "seconds": round(step.seconds, 3), **step.detail} for step in result.trace)
        needs, promises, quality = (bounds.get(tier) for tier in TIERS)
        return answer, (needs, promises, quality), _thinned(recorder.bounds), trace

    return solve


def _warm_up(strategy: str) -> list[dict[str, Any]]:
    """Solve a scenario of three people first: whatever is compiled on first use is compiled now.

    ``auto`` chooses by size, so everything it might choose is called once. What goes wrong here is written down and
    nothing more: the run itself shows whether it matters.
    """
    from matcher.planning import solve
    from matcher.solvers.stop import Stop

    wrong: list[dict[str, Any]] = []
    for name in strategies() if strategy == "auto" else (strategy,):
        for _ in range(_FIRST_USES):
            began = time.perf_counter()
            try:
                solve(three_people(), strategy=name, stop=Stop(seconds=1.0), workers=1)  # type: ignore[arg-type]
            except Exception as error:
                wrong.append({"name": f"first use of {name}", "error": _said(error)})
                break
            if time.perf_counter() - began < 2.0:
                break  # it kept its limit, so nothing was left to compile
    return wrong


_FIRST_USES = 4
"""Compiling one part may use up the time of the next one, which is then compiled on the next use."""


def three_people() -> Scenario:
    """Three people and one weekly visit: the smallest scenario with something to decide."""
    free = [{"days": "any", "start": "08:00", "end": "20:00"}]
    window = {"start": "2026-12-01", "end": "2026-12-31"}
    return Scenario.model_validate({
        "program": {"name": "warm-up", "as_of": "2026-11-30T09:00:00+08:00", "window": window},
        "residents": [{"id": "r"}],
        "volunteers": [{"id": name, "availability": free} for name in ("a", "b", "c")],
        "wishes": [{
            "id": "w", "kind": "visit", "resident": "r", "staffing": {"standbys": 1},
            "recurrence": {"times": 1, "per": "week", "windows": [{"start": "09:00", "end": "11:00"}]},
        }],
    })
