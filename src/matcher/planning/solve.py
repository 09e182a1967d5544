"""solve: the one door. Picks a strategy, runs it, has the judge check the roster, and says what stays empty and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from matcher.domain.scenario import Scenario
from matcher.errors import Contradiction, InvalidRoster
from matcher.planning.explain import unfilled
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS, Report, Roster, TierValue
from matcher.solvers.flow import NeedsBound, needs_bound
from matcher.solvers.full_days import are_nearly_all, plan_full_days
from matcher.solvers.result import Result, Step, tier_value
from matcher.solvers.start import first_roster
from matcher.solvers.stop import Progress, Stop, Timer

Strategy = Literal["auto", "flow", "exact", "columns", "lns"]

EXACT_CANDIDATES = 4_000
"""Up to so many candidates auto takes one CP-SAT model, above the search beside the columns."""


def solve(
    problem: Problem | Scenario,
    *,
    strategy: Strategy = "auto",
    stop: Stop | None = None,
    seed: int = 0,
    workers: int = 0,
    progress: Progress | None = None,
    explained: bool = True,
) -> Result:
    """The best roster found until the stop, with value, proven bound and status per tier.

    ``workers`` 0 means all cores; 1 with a counted limit (``Stop(seconds=None, work=…)``) makes the roster
    repeatable byte for byte. Every roster is checked by the judge before it is returned. Not ``explained``, it does
    not say why seats stay empty.

    Raises ``Contradiction`` (a smallest conflicting set of pins and published seats) and
    ``InvalidRoster`` (a bug in matcher).
    """
    if isinstance(problem, Scenario):
        problem = Problem.of(problem)
    stop = stop or Stop()
    timer = Timer(stop)
    bound = needs_bound(problem)
    start = first_roster(problem, bound.wanted, seed=seed, timer=timer)
    steps: tuple[Step, ...] = (Step("flow", timer.elapsed, {
        "bound": bound.value, "filled": bound.filled, "seats": bound.seats, "relaxed": list(bound.relaxed),
        "start": start is not None,
    }),)
    chosen = _choose(problem, strategy)
    if start is not None and chosen not in ("flow", "exact") and stop.seconds != 0:
        start, step = plan_full_days(problem, start, timer=timer, seed=seed, progress=progress)
        if step is not None:
            steps += (step,)
            if chosen == "both" and are_nearly_all(problem, step.detail["visits"]):
                chosen = "lns"  # the columns prove nothing about routes, and take their time
    left = replace(stop, seconds=timer.seconds_left, work=timer.work_left)
    if start is None:
        # Only exact can tell whether the pins contradict each other.
        result = _exact(problem, left, seed, workers, start, bound.value, progress)
    elif chosen == "flow" or stop.seconds == 0:
        result = Result(start, "FEASIBLE")
    elif chosen == "exact":
        result = _exact(problem, left, seed, workers, start, bound.value, progress)
    else:
        result = _district(problem, left, seed, workers, start, bound, progress, chosen)
    return judged(problem, replace(result, trace=steps + result.trace), bound, explained=explained)


def _choose(problem: Problem, strategy: Strategy) -> Literal["flow", "exact", "columns", "lns", "both"]:
    if strategy == "auto":
        return "exact" if len(problem.crew) + len(problem.standbys) <= EXACT_CANDIDATES else "both"
    if strategy in ("lns", "columns") and not len(problem.crew):
        return "exact"  # nobody to move around
    return strategy


def _district(
    problem: Problem,
    stop: Stop,
    seed: int,
    workers: int,
    start: Roster,
    bound: NeedsBound,
    progress: Progress | None,
    parts: Literal["columns", "lns", "both"],
) -> Result:
    from matcher.solvers.district import solve_district
    from matcher.solvers.exact import triples_of

    crew, standbys = triples_of(problem, start)
    return solve_district(
        problem, crew, standbys, stop=stop, seed=seed, workers=workers, parts=parts, needs=bound,
        progress=progress,
    )


def _exact(
    problem: Problem,
    stop: Stop,
    seed: int,
    workers: int,
    start: Roster | None,
    least_needs: int,
    progress: Progress | None,
) -> Result:
    from matcher.solvers.exact import smallest_conflict, solve_exact

    result = solve_exact(
        problem, stop=stop, seed=seed, workers=workers, start=start, least_needs=least_needs, progress=progress
    )
    if result.status == "INFEASIBLE":
        zh = problem.scenario.program.settings.language == "zh"
        raise Contradiction(
            [seat.label for seat in smallest_conflict(problem)],
            "锁定和已通知的安排互相矛盾，下面这几条不能同时做到：" if zh
            else "The pins and published seats contradict each other; these cannot all be kept:",
        )
    return result


def judged(problem: Problem, result: Result, bound: NeedsBound, *, explained: bool = True) -> Result:
    """The result with its roster checked, its tiers complete, and if ``explained``, why seats stay empty.

    Raises ``InvalidRoster`` if the judge finds a violation or other values than the solver claims.
    """
    if result.roster is None:
        return result
    report = check(problem.expanded, result.roster)
    if not report.valid:
        broken = [violation for violation in report.violations if violation.price is None]
        raise InvalidRoster("\n".join(f"{v.rule}: {v.message}" for v in broken))
    tiers = _tiers(report, result.tiers, bound)
    roster = result.roster
    roster = Roster(**{name: getattr(roster, name) for name in Roster.model_fields} | {
        "tiers": tiers,
        "unfilled": unfilled(problem, roster) if explained else (),
    })
    status = "OPTIMAL" if all(tier.status == "OPTIMAL" for tier in tiers) else result.status
    return replace(result, roster=roster, tiers=tiers, status=status)


def _tiers(report: Report, claimed: tuple[TierValue, ...], bound: NeedsBound) -> tuple[TierValue, ...]:
    """The judge's values with the solver's bounds, the needs bound of the flow where it is better."""
    known = {tier.name: tier for tier in claimed}
    tiers: list[TierValue] = []
    for name in TIERS:
        value, own = report.tier(name), known.get(name)
        proven_before = all(tier.status == "OPTIMAL" for tier in tiers)
        if own is not None and (own.value < value or (proven_before and own.status == "OPTIMAL" and value < own.value)):
            raise InvalidRoster(f"the solver claims {name} {own.value}, the judge says {value}")
        lower = own.bound if own is not None else None
        if name == "needs":
            lower = max(bound.value, lower or 0)
        tiers.append(tier_value(name, value, lower, own is not None and own.status == "OPTIMAL"))
    return tuple(tiers)
