"""Facts to files: solve, judge, write; with progress and Ctrl-C for whoever watches."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.cli.facts import speaking
from matcher.cli.options import Strategy
from matcher.cli.text import Language, say
from matcher.errors import BadInput

if TYPE_CHECKING:
    from matcher.domain.scenario import Scenario
    from matcher.exchange import Import
    from matcher.planning.handover import Handover
    from matcher.problem.roster import Report, Roster
    from matcher.solvers.result import Result


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how often repeatable, and on how many threads. ``work`` replaces ``seconds``."""

    seconds: float = 60
    work: float | None = None
    seed: int = 0
    workers: int = 1
    gap: float | None = None
    unimproved: float | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A roster with everything that was learned on the way, and where it was written."""

    facts: Import
    scenario: Scenario
    roster: Roster
    report: Report
    status: str
    out: Path
    files: tuple[Path, ...]
    handovers: tuple[Handover, ...]


def make_and_write(
    facts: Import, out: Path, strategy: Strategy, limits: Limits, lang: Language, *, quiet: bool
) -> Made:
    """Solve, judge and write; nothing is written unless all of it is."""
    from matcher.exchange.outputs import write_outputs
    from matcher.exchange.plan import Plan
    from matcher.planning.handover import handovers
    from matcher.problem.check import check
    from matcher.problem.expand import expand

    scenario = speaking(facts.scenario, lang)
    began, started = time.monotonic(), datetime.now(UTC)
    result = _solve(scenario, strategy, limits, lang, quiet=quiet)
    if result.roster is None:
        raise BadInput(say("no-answer", lang), say("no-answer-advice", lang))
    expanded = expand(scenario)
    report = check(expanded, result.roster)
    proposed = handovers(expanded, result.roster)
    # The same facts in another language have another fingerprint; files speak of those that were read.
    told = {"scenario": facts.scenario.fingerprint}
    roster = result.roster.model_copy(update=told)
    certificates = tuple(certificate.model_copy(update=told) for certificate in result.certificates)
    run = _run_facts(result, limits, started, time.monotonic() - began)
    notes = tuple(str(fault) for fault in (*facts.assumptions, *facts.warnings))
    files = write_outputs(Plan(scenario, roster, report, notes, run, certificates, proposed), out)
    return Made(facts, scenario, roster, report, str(result.status), out, tuple(files), proposed)


def _solve(scenario: Scenario, strategy: Strategy, limits: Limits, lang: Language, *, quiet: bool) -> Result:
    from matcher.cli.live import interruptible, progress_display
    from matcher.planning import solve
    from matcher.solvers.stop import Stop

    stop = Stop(
        seconds=limits.seconds if limits.work is None else None, work=limits.work, gap=limits.gap,
        unimproved=limits.unimproved,
    )
    with interruptible(stop, lang), progress_display(lang, shown=not quiet) as progress:
        return solve(
            scenario, strategy=strategy, stop=stop, seed=limits.seed, workers=limits.workers, progress=progress
        )


def _run_facts(result: Result, limits: Limits, started: datetime, seconds: float) -> Mapping[str, Any]:
    from matcher.cli import version

    return {
        "matcher": version(),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "limit": {"work": limits.work} if limits.work is not None else {"seconds": limits.seconds},
        "seed": limits.seed,
        "workers": limits.workers,
        "status": str(result.status),
        "trace": [{"name": step.name, "seconds": round(step.seconds, 3), **step.detail} for step in result.trace],
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
    }
