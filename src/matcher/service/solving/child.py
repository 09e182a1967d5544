"""The process of one solve: facts and config in by a pipe, what happens and the roster out by another.

It knows no database. ``cancel`` on its standard input ends the solve with the best roster so far; when that input
closes, or its parent dies, the process ends at once.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from matcher.errors import BadInput, Contradiction, MatcherError
from matcher.solvers.parent import serve_parent
from matcher.solvers.stop import Progress, Stop

if TYPE_CHECKING:
    from matcher.domain.scenario import Scenario
    from matcher.exchange.plan import Plan
    from matcher.service.solving.config import RunConfig
    from matcher.solvers.result import Result

ADDRESS_ROOM = 6 * 2**30
"""Bytes of address space that libraries reserve and never touch, on top of the memory a run may use."""


def serve() -> None:
    """Answer the one job on standard input."""
    answers = os.fdopen(serve_parent(), "w", encoding="utf-8")
    job = json.loads(sys.stdin.readline())
    _bound(job["config"])
    stop = _stop(job["config"])
    threading.Thread(target=_listen, args=(stop,), daemon=True).start()
    tell = _Teller(answers)
    try:
        tell.done(_solve(job, stop, tell))
    except MemoryError:
        tell.problem({"kind": "too-large"})
    except Exception as error:
        tell.problem(problem_of(error))
    answers.flush()
    os._exit(0)  # threads of libraries may linger


def problem_of(error: Exception) -> dict[str, Any]:
    """What went wrong, as runs keep it. A bug is told by its place only: its message may quote facts."""
    if isinstance(error, Contradiction):
        return {"kind": "contradiction", "message": error.headline, "demands": list(error.demands)}
    if isinstance(error, BadInput):
        faults = [asdict(fault) | {"where": fault.where} for fault in error.faults]
        return {"kind": "bad-input", "message": str(error), "faults": faults}
    if isinstance(error, MatcherError) and error.exit_code != 1:
        return {"kind": "error", "message": str(error)}
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return {"kind": "bug", "place": f"{type(error).__name__} {place}"}


def _bound(config: dict[str, Any]) -> None:
    """No more memory and time than the run may use, whatever a library does."""
    try:
        import resource
    except ImportError:  # Windows
        return
    space = config["memory_mb"] * 2**20 + ADDRESS_ROOM
    seconds = int(config["most_seconds"] * (config["workers"] + 1)) + 1
    for kind, limit in ((resource.RLIMIT_AS, space), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        _soft, most = resource.getrlimit(kind)
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (limit, most))


def _stop(config: dict[str, Any]) -> Stop:
    seconds = None if config["work"] is not None else config["seconds"]
    return Stop(seconds=seconds, work=config["work"], gap=config["gap"], unimproved=config["unimproved"])


def _listen(stop: Stop) -> None:
    for line in sys.stdin:
        if line.strip() == "cancel":
            stop.cancel()
    os._exit(3)  # nobody is there any more


class _Teller(Progress):
    """Everything that happens, a line of JSON each."""

    def __init__(self, answers: TextIO) -> None:
        self._answers, self._lock = answers, threading.Lock()
        self._began = time.monotonic()

    def _event(self, kind: str, **values: Any) -> None:
        self._say({"event": {"kind": kind, "seconds": round(time.monotonic() - self._began, 3), **values}})

    def _say(self, what: dict[str, Any]) -> None:
        line = json.dumps(what, ensure_ascii=False) + "\n"
        with self._lock:
            self._answers.write(line)
            self._answers.flush()

    def done(self, made: dict[str, Any]) -> None:
        self._say({"done": made})

    def problem(self, problem: dict[str, Any]) -> None:
        self._say({"problem": problem})

    def compiling(self) -> None:
        self._event("compiling")

    def tier_begins(self, tier: str) -> None:
        self._event("tier-begins", tier=tier)

    def better(self, tier: str, value: int, bound: int | None) -> None:
        self._event("better", tier=tier, value=value, bound=bound)

    def bound_rises(self, tier: str, bound: int) -> None:
        self._event("bound", tier=tier, bound=bound)

    def tier_ends(self, tier: str, value: int, bound: int | None, status: str) -> None:
        self._event("tier-ends", tier=tier, value=value, bound=bound, status=status)


def _solve(job: dict[str, Any], stop: Stop, tell: _Teller) -> dict[str, Any]:
    from matcher.domain.scenario import Scenario
    from matcher.planning import solve
    from matcher.service.solving.config import RunConfig

    began = time.monotonic()
    scenario = Scenario.model_validate_json(job["scenario"])
    config = RunConfig.model_validate({name: job["config"][name] for name in RunConfig.model_fields})
    result = solve(
        scenario, strategy=config.strategy, stop=stop, seed=config.seed, workers=config.workers, progress=tell
    )
    if result.roster is None:
        raise _no_answer(scenario)
    plan = _plan(scenario, result, config, time.monotonic() - began, tuple(job.get("notes", ())))
    return _made(plan) if "files" not in job else _files(plan, pages=job["files"] == "pages")


def _no_answer(scenario: Scenario) -> BadInput:
    from matcher.store.words import say

    return BadInput(say("no-answer", scenario.program.settings.language))


def _plan(
    scenario: Scenario, result: Result, config: RunConfig, seconds: float, notes: tuple[str, ...]
) -> Plan:
    """The roster as the judge sees it, with what is known of the run."""
    from matcher.exchange.plan import Plan
    from matcher.problem.check import check

    assert result.roster is not None
    run = {
        "seconds": round(seconds, 3),
        "limit": {"work": config.work} if config.work is not None else {"seconds": config.seconds},
        "seed": config.seed,
        "workers": config.workers,
        "status": str(result.status),
        "trace": [{"name": step.name, "seconds": round(step.seconds, 3), **step.detail} for step in result.trace],
    }
    return Plan(scenario, result.roster, check(scenario, result.roster), notes, run, result.certificates)


def _made(plan: Plan) -> dict[str, Any]:
    """The roster, the report as in report.json, certificates and the window."""
    from matcher.exchange.outputs import report_json

    return {
        "roster": plan.roster.model_dump(mode="json"),
        "report": json.loads(report_json(plan)),
        "certificates": [certificate.model_dump(mode="json") for certificate in plan.certificates],
        "window": plan.scenario.program.window.model_dump(mode="json"),
    }


def _files(plan: Plan, *, pages: bool) -> dict[str, Any]:
    """The files ``matcher plan`` writes (without ``pages`` those for machines), in base64; and what the process has used."""
    from matcher.exchange.outputs import render_data, render_outputs
    from matcher.planning.handover import handovers
    from matcher.problem.expand import expand

    whole = replace(plan, handovers=handovers(expand(plan.scenario), plan.roster))
    files = render_outputs(whole) if pages else render_data(whole)
    packed = {name: b64encode(content).decode("ascii") for name, content in files}
    return {"files": packed, "window": plan.scenario.program.window.model_dump(mode="json"), "used": _used()}


def _used() -> dict[str, float]:
    """Processor seconds of this process and of those it began, and the most memory it held itself."""
    used = {"cpu_seconds": round(sum(os.times()[:4]), 3)}
    # Not ru_maxrss: what the parent held when it forked would count.
    with suppress(OSError, ValueError, StopIteration):
        peak = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if "VmHWM" in line)
        used["memory_mb"] = round(int(peak.split()[1]) / 1024)
    return used


if __name__ == "__main__":
    serve()
