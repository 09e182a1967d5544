"""The repair day planned by matcher, PyVRP and VROOM, every plan judged by the same judge.

    python benchmarks/repair_day.py [--seconds 10] [--seeds 5]

Two days: `whole`, as scenarios/repair-day has it, and `singles`, without the six visits that two people make at once.
PyVRP and VROOM know no visit for two: for them each becomes two visits at one fixed start, the one matcher found, and counts
as served where both are. Their facts name the hours around lunch as two windows, and let them start at any minute; matcher
keeps to five minutes as the scenario asks, and is also run to the minute. Writes benchmarks/results/repair-day.md.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from matcher.bench.answers import Effort
from matcher.bench.peers import peer_named
from matcher.domain.scenario import Scenario
from matcher.planning.solve import solve
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.solvers.exact import triples_of
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster
from matcher.solvers.stop import Stop

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "repair-day.md"
PEERS = ("pyvrp", "vroom")
HALVES = ("08:30", "11:45"), ("13:00", "16:50")
"""Everybody's hours."""
INTRODUCTION = """
So many seconds per plan and seed (VROOM ends by itself, and knows no seed). Every plan is judged by `problem/check.py`: points of needs
that stay unmet, homes served, minutes on the way from home to home."""
HOW_TO_READ = """How to read it:

- *whole* is the scenario: 60 homes, six of them visited by two people at once. *singles* leaves these six out.
- PyVRP and VROOM cannot say that two people come at once. Each such visit is given to them as two visits at one fixed
  start, and they are handed the start that matcher found.
- *matcher* starts on the five minutes of the scenario; PyVRP and VROOM start at any minute, and so does *matcher, to the minute*.
- *first roster* is where `plan` begins, before any search.
- Minutes of way compare only where as many homes are served: who leaves homes out drives less.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One plan, judged."""

    day: str
    method: str
    seed: int
    needs: int
    homes: int
    way: int
    seconds: float


def main() -> None:
    """Plan both days with every method and seed, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    facts = Scenario.model_validate_json((ROOT / "scenarios" / "repair-day" / "scenario.json").read_text("utf-8"))
    runs: list[Run] = []
    for day, scenario in (("whole", facts), ("singles", singles(facts))):
        for seed in range(1, options.seeds + 1):
            for run in runs_of(day, scenario, seed, options.seconds):
                print(run, flush=True)
                runs.append(run)
    RESULTS.write_text(page(runs, options.seconds), encoding="utf-8")


def runs_of(day: str, scenario: Scenario, seed: int, seconds: float) -> Iterator[Run]:
    """Every method once with one seed, on the same facts."""
    if seed == 1:
        yield _judged(day, "first roster", 0, scenario, _first(scenario), 0.0)
    own: Roster | None = None
    for name, step in (("matcher", None), ("matcher, to the minute", 1)):
        began = time.perf_counter()
        found = solve(with_step(scenario, step), stop=Stop(seconds=seconds), seed=seed, explained=False).roster
        assert found is not None
        own = own or found
        yield _judged(day, name, seed, scenario, found, time.perf_counter() - began)
    assert own is not None
    apart = for_peers(scenario, own)
    for name in PEERS:
        peer = peer_named(name)
        if peer is None or peer.reason_missing() or (seed > 1 and not peer.searches):
            continue
        problem = Problem.of(apart)
        answer = peer.load()(problem, Effort(seconds, seed, 1))
        if answer.roster is not None:
            yield _judged(day, name, seed, scenario, joined(scenario, answer.roster), answer.search_seconds)


def _first(scenario: Scenario) -> Roster:
    problem = Problem.of(scenario)
    roster = first_roster(problem, needs_bound(problem).wanted)
    assert roster is not None
    assert triples_of(problem, roster)
    return roster


def _judged(day: str, method: str, seed: int, scenario: Scenario, roster: Roster, seconds: float) -> Run:
    report = check(scenario, roster)
    assert report.valid, report.violations
    return Run(day, method, seed, report.tier("needs"), len(roster.visits), report.terms["travel"], seconds)


# ------------------------------------------------------------------------------------------------- facts for each


def singles(scenario: Scenario) -> Scenario:
    """The day without visits for two."""
    told = scenario.model_dump(by_alias=True, mode="json")
    told["wishes"] = [wish for wish in told["wishes"] if len(wish["roles"]) == 1]
    return Scenario.model_validate(told)


def with_step(scenario: Scenario, step: int | None) -> Scenario:
    """The day with another grid of starts."""
    told = scenario.model_dump(by_alias=True, mode="json")
    if step is not None:
        told["program"]["settings"]["step_minutes"] = step
    return Scenario.model_validate(told)


def for_peers(scenario: Scenario, own: Roster) -> Scenario:
    """The day as routes of single seats: a visit for two is two visits at the start it has in ``own``; lunch cuts windows."""
    told = with_step(scenario, 1).model_dump(by_alias=True, mode="json")
    starts = {visit.wish: visit.start for visit in own.visits}
    wishes: list[dict[str, Any]] = []
    for wish in told["wishes"]:
        (window,) = wish["recurrence"]["windows"]
        start = starts.get(wish["id"])
        if len(wish["roles"]) == 1:
            wishes.append(wish | {"recurrence": {"windows": list(_around_lunch(window))}})
        elif start is not None:
            fixed = {"windows": [{"dates": window["dates"], "at": f"{start:%H:%M}"}]}
            wishes += [wish | {"id": f"{wish['id']}--{role['id']}", "recurrence": fixed, "roles": [role]} for role in wish["roles"]]
    return Scenario.model_validate(told | {"wishes": wishes})


def _around_lunch(window: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for first, last in HALVES:
        low, high = max(first, window["start"]), min(last, window["end"])
        if low < high:
            yield {"dates": window["dates"], "start": low, "end": high}


def joined(scenario: Scenario, roster: Roster) -> Roster:
    """A peer's roster in the scenario's own visits: one for two is served where both halves are."""
    whole: dict[str, list[Any]] = {}
    for visit in roster.visits:
        whole.setdefault(visit.wish.partition("--")[0], []).append(visit)
    visits = []
    for wish, parts in whole.items():
        if len(parts) == len(scenario.wish[wish].roles):
            seats = [seat for part in parts for seat in part.assigned]
            visits.append(parts[0].model_dump() | {"id": f"{wish}/1", "wish": wish, "assigned": seats})
    return Roster.model_validate({"program": scenario.program.name, "scenario": scenario.fingerprint, "visits": visits})


# ---------------------------------------------------------------------------------------------------- the table


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:  # a page of kept runs can be written without the peers
        return False
    return True


def page(runs: list[Run], seconds: float) -> str:
    """The results as Markdown."""
    seeds = max(run.seed for run in runs)
    versions = ", ".join(f"{name} {version(name)}" for name in ("matcher", "pyvrp", "pyvroom") if _is_installed(name))
    command = f"python benchmarks/repair_day.py --seconds {seconds:g} --seeds {seeds}"
    made = f"Written by `{command}`: {versions}; Python {platform.python_version()}"
    lines = [
        "# The repair day, planned four ways", "", f"{made}, two cores shared with other work.", INTRODUCTION, "",
        "| day | method | seeds | unmet needs, mean (worst) | homes, mean (least) | minutes of way, mean (least–most) |",
        "|---|---|---|---|---|---|",
    ]
    keys = dict.fromkeys((run.day, run.method) for run in runs)
    for day, method in keys:
        own = [run for run in runs if (run.day, run.method) == (day, method)]
        needs, homes, ways = [run.needs for run in own], [run.homes for run in own], [run.way for run in own]
        lines.append(
            f"| {day} | {method} | {len(own)} | {statistics.mean(needs):.0f} ({max(needs)}) | {statistics.mean(homes):.1f} ({min(homes)}) "
            f"| {statistics.mean(ways):.0f} ({min(ways)}–{max(ways)}) |"
        )
    return "\n".join([*lines, "", HOW_TO_READ])


if __name__ == "__main__":
    main()
