"""Plan: everything one run decided and learned, as it is handed to the outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.domain.scenario import Scenario
from matcher.planning.handover import Handover
from matcher.problem.certificate import Certificate
from matcher.problem.roster import Report, Roster


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario, the roster made from it, and the independent verdict on it.

    ``notes`` are what the coordinator must know: assumptions, places that fell back, unpublished holiday
    years. ``run`` holds clock times, machine facts and seconds per tier; they go into report.json only.
    """

    scenario: Scenario
    roster: Roster
    report: Report
    notes: tuple[str, ...] = ()
    run: Mapping[str, object] = field(default_factory=dict)
    certificates: tuple[Certificate, ...] = ()
    """Bounds that anybody can recompute."""
    handovers: tuple[Handover, ...] = ()
    """Visits by two that are proposed; no seats of the roster."""
