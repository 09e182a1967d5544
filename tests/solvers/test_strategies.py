"""Every strategy through the one door: valid, never better than the best, and as good as the best where that is small."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from itertools import islice
from pathlib import Path
from random import Random

import pytest
import tiny
from solve_counted import crowded

from matcher.domain.scenario import Scenario
from matcher.errors import Contradiction
from matcher.generate import PRESETS, generate
from matcher.planning.solve import solve
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.solvers import district
from matcher.solvers.columns import ColumnGeneration
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster
from matcher.solvers.stop import Stop, Timer

STRATEGIES = ("flow", "lns", "columns", "exact", "auto")
SEARCHES = ("lns", "columns")
FAMILIES = sorted(tiny.FAMILIES)
A_LITTLE = Stop(seconds=None, work=1.0)


def values(result):
    return [tier.value for tier in result.tiers]


# ----------------------------------------------------------------------------------- how good they are


def agree(family, seed):
    """All strategies on one tiny scenario; False if its demands contradict each other, as all must say.

    That exact's values are those of brute force is for test_exact_brute; every roster was judged on its way out.
    """
    problem = Problem.of(tiny.scenario(family, seed))
    try:
        exact = solve(problem, strategy="exact", stop=Stop(20.0), workers=1)
    except Contradiction:
        for strategy in ("flow", "lns", "columns", "auto"):
            with pytest.raises(Contradiction):
                solve(problem, strategy=strategy, stop=A_LITTLE, workers=1)
        return False
    assert exact.status == "OPTIMAL"
    for strategy in SEARCHES:
        result = solve(problem, strategy=strategy, stop=A_LITTLE, workers=1)
        assert values(result) == values(exact), (strategy, family, seed)
        assert all(tier.bound is None or tier.bound <= tier.value for tier in result.tiers)
    assert values(solve(problem, stop=Stop(20.0), workers=1)) == values(exact)
    assert values(solve(problem, strategy="flow")) >= values(exact)
    return True


@pytest.mark.parametrize("family", FAMILIES)
def test_exact_columns_and_lns_agree_on_tiny_scenarios(family):
    assert agree(family, 1) or agree(family, 2) or family == "contradictions"


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_exact_columns_and_lns_agree_on_many_tiny_scenarios(family):
    assert sum(agree(family, seed) for seed in range(3, 23)) > 10 or family == "contradictions"


# --------------------------------------------------------------------------------- generated scenarios


def generated(number):
    """(scenario, strategy, stop): every fifth has its strategy, sizes are mixed, all presets take part."""
    dice = Random(number)
    preset = sorted(PRESETS)[number // len(STRATEGIES) % len(PRESETS)]
    people = round(5 * 40 ** dice.random())  # 5 to 200, as often below 32 as above
    scenario = generate(preset, number, volunteers=people, visits=max(1, round(people * dice.uniform(0.3, 2.5))))
    stop = Stop(seconds=None, work=0.1) if number % 2 else Stop(seconds=0.5)
    return scenario, STRATEGIES[number % len(STRATEGIES)], stop


def passes_check(number):
    scenario, strategy, stop = generated(number)
    result = solve(scenario, strategy=strategy, stop=stop, seed=number, workers=1 + number % 3 % 2)
    assert result.roster is not None
    report = check(scenario, result.roster)
    assert report.valid, (number, strategy, report.violations)
    assert [report.tier(tier.name) for tier in result.tiers] == values(result)
    assert all(tier.bound is None or tier.bound <= tier.value for tier in result.tiers)


@pytest.mark.parametrize("number", range(20))
def test_every_strategys_roster_passes_check_on_generated_scenarios(number):
    passes_check(number)


@pytest.mark.slow
def test_every_strategys_roster_passes_check_on_a_thousand_generated_scenarios():
    for number in range(1_000):
        passes_check(number)


# ----------------------------------------------------------------------------------------- repeatable


def counted(strategy, seed=3):
    return solve(crowded(seed), strategy=strategy, stop=Stop(seconds=None, work=0.8), workers=1, seed=seed)


def in_a_process_of_its_own(strategy, hash_seed):
    code = f"from test_strategies import counted; print(counted({strategy!r}).roster.to_json())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
    )
    return done.stdout.strip()


@pytest.mark.parametrize("strategy", ["lns", "columns", "auto"])
def test_counted_work_makes_the_same_roster_in_any_process(strategy):
    roster = counted(strategy).roster.to_json()
    assert roster == counted(strategy).roster.to_json()
    assert roster == in_a_process_of_its_own(strategy, 1).strip()


def test_search_and_columns_in_turns_repeat_too(monkeypatch):
    # Beyond the candidates that exact takes, auto is the search and the bound in turns.
    monkeypatch.setattr(sys.modules["matcher.planning.solve"], "EXACT_CANDIDATES", 0)
    monkeypatch.setattr(district, "_WHOLE_CANDIDATES", 0)
    first, second = counted("auto"), counted("auto")
    assert first.roster.to_json() == second.roster.to_json()
    assert first.roster.strategy == "both"
    assert {"annealing", "columns", "reheating"} <= {step.name for step in first.trace}
    assert first.tiers[2].bound is not None
    assert first.certificates == second.certificates


# ------------------------------------------------------------------------------------------- the edges

MORNING = {"days": "SA,SU", "start": "08:00", "end": "12:00"}
HAIR = {"id": "hair", "kind": "visit", "resident": "li", "recurrence": {"at": ["2026-12-05T09:00:00+08:00"]}}


def world(**facts):
    return Scenario.model_validate({
        "program": {
            "name": "小试", "as_of": "2026-12-01T09:00:00+08:00",
            "window": {"start": "2026-12-05", "end": "2026-12-06"},
        },
        "residents": [{"id": "li"}], "volunteers": [], "wishes": [],
    } | facts)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nobody_nothing_and_no_match_are_valid_and_explained(strategy):
    early = {"id": "a", "availability": [MORNING | {"end": "08:30"}]}
    for scenario, empty in (
        (world(), 0), (world(volunteers=[early]), 0), (world(wishes=[HAIR]), 1),
        (world(wishes=[HAIR], volunteers=[early]), 1),
    ):
        result = solve(scenario, strategy=strategy, stop=A_LITTLE, workers=1)
        assert check(scenario, result.roster).valid
        assert result.roster.visits == ()
        assert sum(seat.count for seat in result.roster.unfilled) == empty
        assert all(seat.reasons for seat in result.roster.unfilled)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_one_volunteer_for_everything_does_what_one_can(strategy):
    # Three wishes at nine on Saturday and one on Sunday, one visit a day: one on each day is filled.
    scenario = world(
        volunteers=[{"id": "a", "availability": [MORNING], "limits": {"visits_per_day": 1, "visits_per_week": 2}}],
        wishes=[
            *(HAIR | {"id": f"hair{number}"} for number in range(3)),
            HAIR | {"id": "walk", "recurrence": {"at": ["2026-12-06T09:00:00+08:00"]}},
        ],
    )
    result = solve(scenario, strategy=strategy, stop=A_LITTLE, workers=1)
    assert check(scenario, result.roster).valid
    assert len(result.roster.visits) == 2
    assert sum(seat.count for seat in result.roster.unfilled) == 2
    assert all(seat.reasons for seat in result.roster.unfilled)


# ----------------------------------------------------------------------------------------------- the end


@pytest.fixture(scope="module")
def town():
    return Problem.of(generate("donghe", 4, volunteers=60, visits=120))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_seconds_return_the_start(strategy, town):
    start = first_roster(town, needs_bound(town).wanted, timer=Timer(Stop(seconds=0)))
    result = solve(town, strategy=strategy, stop=Stop(seconds=0))
    assert result.roster.visits == start.visits
    assert [step.name for step in result.trace] == ["flow"]


@pytest.mark.parametrize("workers", [1, 0])
@pytest.mark.parametrize("strategy", ["lns", "columns", "exact"])
def test_a_cancelled_solve_ends_soon_with_the_best_so_far(strategy, workers, town):
    stop = Stop(seconds=300)
    threading.Timer(1.0, stop.cancel).start()
    began = time.monotonic()
    result = solve(town, strategy=strategy, stop=stop, workers=workers)
    # About two seconds by itself; what counts here is that it is not five minutes.
    assert time.monotonic() - began < 60
    assert check(town.expanded, result.roster).valid


def test_a_bound_without_memory_leaves_the_roster_and_is_said(monkeypatch, town):
    def no_room(self, seconds=None):
        raise MemoryError

    monkeypatch.setattr(ColumnGeneration, "step", no_room)
    result = solve(town, strategy="columns", stop=Stop(seconds=6))
    assert check(town.expanded, result.roster).valid
    assert result.tiers[2].bound is None
    assert result.certificates == ()
    # Blocks of volunteers, as far as it came to them, are programmes too: the search goes on without both.
    (step,) = [step for step in result.trace if step.name == "columns"]
    assert step.detail["failure"] == "out of memory"


def test_another_failure_of_the_bound_is_a_bug_and_raises(monkeypatch, town):
    def broken(self, seconds=None):
        raise ZeroDivisionError

    monkeypatch.setattr(ColumnGeneration, "step", broken)
    with pytest.raises(ZeroDivisionError):  # as soon as the bound is begun, long before the limit
        solve(town, strategy="columns", stop=Stop(seconds=60))


@pytest.mark.parametrize("strategy", ["lns", "exact"])
def test_no_better_roster_for_long_enough_ends_the_solve(town, strategy):
    began = time.monotonic()
    result = solve(town, strategy=strategy, stop=Stop(seconds=300, unimproved=1.0), workers=1)
    assert time.monotonic() - began < 100
    assert check(town.expanded, result.roster).valid


@pytest.mark.parametrize("strategy", ["columns", "exact"])
def test_a_proven_gap_ends_the_solve(strategy):
    easy = next(islice((
        problem for seed in range(50)
        for problem in [Problem.of(tiny.scenario("fair_shares", seed))]
        if values(solve(problem, strategy="exact", stop=Stop(20.0), workers=1))[:2] == [0, 0]
    ), 1))
    began = time.monotonic()
    result = solve(easy, strategy=strategy, stop=Stop(seconds=300, gap=0.5))
    assert time.monotonic() - began < 100
    assert result.tiers[2].gap <= 0.5
