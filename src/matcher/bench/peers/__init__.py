"""The peers: other ways to make the same roster, each with what it needs and what its adapter leaves out."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from matcher.bench.answers import Method


@dataclass(frozen=True, slots=True)
class Peer:
    """One peer. ``home`` is ``module:function``, imported only when it runs."""

    name: str
    what: str
    home: str
    needs: tuple[str, ...] = ()
    """Modules that must be importable."""
    needs_java: bool = False
    searches: bool = True
    """False: it is done when it is done, whatever the limit and the seed."""
    one_day: bool = False
    """It can express only one day of single seats, and is compared there."""
    left_out: str = ""
    """What the adapter cannot say; the judge drops whatever breaks a rule for that reason."""

    def reason_missing(self) -> str | None:
        """Why it cannot run here, with what to do about it; None if it can."""
        missing = [module for module in self.needs if find_spec(module) is None]
        if missing:
            return f"{self.name}: {', '.join(missing)} not installed; pip install 'matcher[bench]'"
        if self.needs_java and shutil.which("java") is None:
            return f"{self.name}: no java on the PATH; install a Java 17 runtime"
        return None

    def load(self) -> Method:
        """Its function; imports what it needs."""
        module, _, function = self.home.partition(":")
        method: Method = getattr(import_module(f"matcher.bench.peers.{module}"), function)
        return method


PEERS: tuple[Peer, ...] = (
    Peer(
        "fcfs", "first come, first served: what a chat group does", "greedy:first_come_first_served", searches=False,
        left_out="nothing; it never looks back",
    ),
    Peer(
        "nearest", "the nearest person who is free: what a careful coordinator does by hand", "greedy:nearest_first",
        searches=False, left_out="nothing; it never looks back",
    ),
    Peer(
        "cpsat", "one CP-SAT model for everything, tier after tier, from nothing", "cpsat:one_model",
        left_out="nothing; refuses above 1.5 million candidates",
    ),
    Peer(
        "highs", "one mixed-integer programme for everything, tier after tier, from nothing", "highs:one_programme",
        needs=("highspy",), left_out="nothing; refuses above 400,000 candidates",
    ),
    Peer(
        "timefold", "Timefold's local search with constraint streams in Python", "timefold:local_search",
        needs=("timefold", "jpype"), needs_java=True,
        left_out="rest, minutes, seats outside the plan, turns and gaps across unserved visits; least loads, teams' "
        "claims, travel shared by visits of one day; refuses above 600,000 candidates",
    ),
    Peer(
        "vroom", "VROOM's heuristics for routes, on one day of single seats", "vroom:routes", needs=("vroom",),
        searches=False, one_day=True,
        left_out="prices of single pairs (locality, preferences, undesired times); fairness beyond the first turn",
    ),
    Peer(
        "pyvrp", "PyVRP's iterated local search for routes, on one day of single seats", "pyvrp:routes",
        needs=("pyvrp",), one_day=True, left_out="fairness beyond the first turn",
    ),
)
"""Every peer, in the order of the tables."""


def peer_named(name: str) -> Peer | None:
    """The peer of that name."""
    return next((peer for peer in PEERS if peer.name == name), None)
