"""matcher turns wishes and volunteers into rosters: read → Problem → solve → Roster, judged by check.

Everything meant for callers is here, and imported only when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matcher.client import Client
    from matcher.domain.scenario import Scenario
    from matcher.errors import BadInput, Contradiction, Fault, InvalidRoster, MatcherError
    from matcher.exchange import read_roster, read_scenario, write_scenario, write_template
    from matcher.exchange.outputs import write_outputs
    from matcher.exchange.plan import Plan
    from matcher.planning import solve
    from matcher.planning.advance import advance
    from matcher.planning.compare import compare
    from matcher.planning.explain import explain
    from matcher.planning.ledger import ledger
    from matcher.planning.screen import screen
    from matcher.planning.stress import stress
    from matcher.planning.suggest import suggest
    from matcher.planning.supply import supply
    from matcher.problem.check import check
    from matcher.problem.problem import Problem
    from matcher.problem.roster import Report, Roster
    from matcher.solvers.result import Result
    from matcher.solvers.stop import Progress, Stop

_HOME = {
    "BadInput": "matcher.errors",
    "Client": "matcher.client",
    "Contradiction": "matcher.errors",
    "Fault": "matcher.errors",
    "InvalidRoster": "matcher.errors",
    "MatcherError": "matcher.errors",
    "Plan": "matcher.exchange.plan",
    "Problem": "matcher.problem.problem",
    "Progress": "matcher.solvers.stop",
    "Report": "matcher.problem.roster",
    "Result": "matcher.solvers.result",
    "Roster": "matcher.problem.roster",
    "Scenario": "matcher.domain.scenario",
    "Stop": "matcher.solvers.stop",
    "advance": "matcher.planning.advance",
    "check": "matcher.problem.check",
    "compare": "matcher.planning.compare",
    "explain": "matcher.planning.explain",
    "ledger": "matcher.planning.ledger",
    "read_roster": "matcher.exchange",
    "read_scenario": "matcher.exchange",
    "screen": "matcher.planning.screen",
    "solve": "matcher.planning",
    "stress": "matcher.planning.stress",
    "suggest": "matcher.planning.suggest",
    "supply": "matcher.planning.supply",
    "write_outputs": "matcher.exchange.outputs",
    "write_scenario": "matcher.exchange",
    "write_template": "matcher.exchange",
}

__all__ = [
    "BadInput",
    "Client",
    "Contradiction",
    "Fault",
    "InvalidRoster",
    "MatcherError",
    "Plan",
    "Problem",
    "Progress",
    "Report",
    "Result",
    "Roster",
    "Scenario",
    "Stop",
    "advance",
    "check",
    "compare",
    "explain",
    "ledger",
    "read_roster",
    "read_scenario",
    "screen",
    "solve",
    "stress",
    "suggest",
    "supply",
    "write_outputs",
    "write_scenario",
    "write_template",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'matcher' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
