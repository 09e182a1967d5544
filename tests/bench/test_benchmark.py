"""The harness: every run in a process of its own, judged by one judge, and written with what it means nothing without."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import pytest
from towns import town

from matcher.bench import runs
from matcher.bench.benchmark import Plan, Results, benchmark
from matcher.bench.measure import three_people
from matcher.bench.peers import PEERS, Peer
from matcher.bench.results import read_results, write_results
from matcher.bench.runs import Run, Task, run_alone
from matcher.errors import BadInput

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def results() -> Results:
    return benchmark(Plan(
        scenarios=(str(SCENARIOS / "wu-bo"), str(SCENARIOS / "chunhui" / "scenario.json")),
        strategies=("exact", "no-such"), peers=("fcfs", "nearest", "cpsat"), seeds=(3,), limits=(1.0,), workers=1,
    ))


def named(results: Results, scenario: str, method: str) -> Run:
    (run,) = (run for run in results.runs if (run.scenario, run.method) == (scenario, method))
    return run


def test_every_scenario_meets_every_method(results):
    assert [(run.scenario, run.method) for run in results.runs] == [
        (scenario, method)
        for scenario in ("wu-bo", "chunhui")
        for method in ("exact", "no-such", "fcfs", "nearest", "cpsat")
    ]


@pytest.mark.parametrize("scenario", ["wu-bo", "chunhui"])
def test_the_best_known_roster_is_found_and_its_bounds_are_kept(results, scenario):
    optimum = json.loads((SCENARIOS / scenario / "optimum.json").read_text("utf-8"))
    run = named(results, scenario, "exact")
    assert run.status == "done"
    assert run.valid
    assert dict(zip(("needs", "promises", "quality"), run.values)) == {
        name: optimum[name] for name in ("needs", "promises", "quality")
    }
    assert run.bounds == run.values


def test_methods_by_hand_know_no_limit_and_break_no_rule(results):
    for scenario in ("wu-bo", "chunhui"):
        for method in ("fcfs", "nearest"):
            run = named(results, scenario, method)
            assert (run.limit, run.status, run.valid, run.violations) == (None, "done", True, 0)
            assert run.values >= named(results, scenario, "exact").values


def test_a_strategy_nobody_knows_is_a_refusal_not_a_crash(results):
    run = named(results, "wu-bo", "no-such")
    assert run.status == "refused"
    assert "no-such" in run.note


def test_import_and_solving_are_timed_apart_and_memory_is_measured(results):
    run = named(results, "wu-bo", "exact")
    assert {"import", "warm-up", "read", "problem", "search", "judge"} <= set(run.seconds)
    assert run.peak_mb > 10
    assert run.size["volunteers"] == 23


def test_a_strategy_s_way_to_its_roster_is_kept(results):
    run = named(results, "wu-bo", "exact")
    assert run.curve[-1][1:] == ("quality", run.values[2])


def test_numbers_stand_beside_versions_and_machine_but_no_name_of_it(results, tmp_path):
    write_results(results, tmp_path, plots=False)
    text = (tmp_path / "results.json").read_text("utf-8")
    about = json.loads(text)["about"]
    assert {"matcher", "python", "ortools", "numpy"} <= set(about["versions"])
    assert {"processor", "cores", "memory_gb", "system"} == set(about["machine"])
    assert (about["seeds"], about["limits"]) == ([3], [1.0])
    for private in (platform.node(), str(SCENARIOS), str(tmp_path), str(Path.home()), os.sep + "scenarios"):
        assert private not in text


def test_what_was_written_reads_back(results, tmp_path):
    write_results(results, tmp_path, plots=False)
    assert read_results(tmp_path) == results
    assert read_results(tmp_path / "elsewhere") is None


def test_runs_add_up_and_the_same_run_is_replaced(results):
    plan = Plan((str(SCENARIOS / "chunhui"),), ("flow",), (), (3,), (1.0,))
    more = benchmark(plan, so_far=results)
    assert len(more.runs) == len(results.runs) + 1
    assert len(benchmark(plan, so_far=more).runs) == len(more.runs)


def test_a_peer_that_is_not_installed_is_named_with_what_to_do(monkeypatch):
    ghost = Peer("ghost", "a peer nobody has", "ghost:haunt", needs=("no_such_module_anywhere",))
    monkeypatch.setattr("matcher.bench.peers.PEERS", (*PEERS, ghost))
    found = benchmark(Plan((str(SCENARIOS / "chunhui"),), (), ("ghost",), (0,), (1.0,)))
    assert [(run.method, run.status) for run in found.runs] == [("ghost", "missing")]
    assert found.runs[0].note == "ghost: no_such_module_anywhere not installed; pip install 'matcher[bench]'"


@pytest.mark.parametrize("plan", [
    Plan(("no-such-place.json",)), Plan((str(SCENARIOS / "chunhui"),), (), ("no-such-peer",)),
])
def test_unknown_names_are_bad_input(plan):
    with pytest.raises(BadInput, match="no-such"):
        benchmark(plan)


def test_a_run_that_takes_too_much_memory_is_ended():
    task = Task("chunhui", SCENARIOS / "chunhui" / "scenario.json", "exact", peer=False, limit=1.0)
    run = run_alone(task, most_mb=1)
    assert run.status == "stopped"
    assert "1 MB" in run.note


def test_a_run_that_forgets_its_limit_is_ended(monkeypatch):
    monkeypatch.setattr(runs, "PATIENCE", 0.0)
    task = Task("chunhui", SCENARIOS / "chunhui" / "scenario.json", "exact", peer=False, limit=0.0)
    assert run_alone(task).note == "it did not end in time"


def test_the_warm_up_has_something_to_decide():
    assert len(town().crew) == 3
    assert len(three_people().wishes) == 1
