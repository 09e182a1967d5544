"""Peers that are extras: their adapters' rosters are judged valid, and sensible, where the peers are installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tiny import scenario
from towns import FREE, served, town, visit

import matcher
from matcher.bench.answers import Effort, Refusal
from matcher.bench.benchmark import Plan, benchmark
from matcher.bench.one_day import busiest_day
from matcher.bench.peers import PEERS, peer_named
from matcher.bench.verdict import judge
from matcher.problem.problem import Problem

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def installed(name: str):
    """The peer's function; the test is skipped with the reason where the peer is missing."""
    peer = peer_named(name)
    if missing := peer.reason_missing():
        pytest.skip(missing)
    return peer.load()


def day_of(name: str) -> Problem:
    return Problem.of(busiest_day(Problem.of(matcher.read_scenario(SCENARIOS / name / "scenario.json").scenario)))


@pytest.mark.parametrize("name", ["vroom", "pyvrp"])
@pytest.mark.parametrize("scenario_name", ["xiguan", "jiangzhou", "quantang"])
def test_routes_fill_as_many_needs_on_a_small_day_as_can_be_filled(name, scenario_name):
    routes = installed(name)
    problem = day_of(scenario_name)
    best = matcher.solve(problem, strategy="exact", stop=matcher.Stop(seconds=20))
    answer = routes(problem, Effort(1.0, workers=1))
    verdict = judge(problem, answer.roster)
    assert verdict.valid
    assert verdict.values >= tuple(tier.value for tier in best.tiers)
    assert verdict.values[0] == best.tiers[0].value


@pytest.mark.parametrize("name", ["vroom", "pyvrp"])
def test_routes_keep_windows_hours_and_visits_per_day(name):
    # "here" is free until ten and may do one visit a day, so somebody else does the later one.
    people = [
        {"id": "here", "home": "here", "limits": {"visits_per_day": 1}, "availability": FREE},
        {"id": "near", "home": "near", "availability": [{"days": "any", "start": "10:00", "end": "20:00"}]},
    ]
    problem = town(volunteers=people, wishes=[
        visit("a", "2026-03-03T09:00:00+08:00"), visit("b", "2026-03-03T11:00:00+08:00"),
    ])
    day = Problem.of(busiest_day(problem))
    answer = installed(name)(day, Effort(1.0, workers=1))
    assert served(day, answer.roster) == {"a/1": ["here"], "b/1": ["near"]}


@pytest.mark.parametrize("name", ["vroom", "pyvrp"])
def test_nothing_to_route_is_an_empty_roster(name):
    day = Problem.of(busiest_day(town(volunteers=[])))
    assert installed(name)(day, Effort(0.5, workers=1)).roster.visits == ()


def test_too_many_profiles_are_refused_with_their_size(monkeypatch):
    routes = installed("pyvrp")
    monkeypatch.setattr("matcher.bench.peers.pyvrp.MOST_BYTES", 10)
    with pytest.raises(Refusal, match="3 people over 1 visits"):
        routes(Problem.of(busiest_day(town())), Effort(0.5))


@pytest.mark.slow
@pytest.mark.parametrize(("family", "seed"), [("mixed", 0), ("rotation", 1), ("pins", 1), ("standbys", 1)])
def test_timefold_s_rosters_break_no_rule(family, seed, tmp_path):
    if missing := peer_named("timefold").reason_missing():
        pytest.skip(missing)
    path = tmp_path / "scenario.json"
    path.write_text(scenario(family, seed).to_json(), "utf-8")
    results = benchmark(Plan((str(path),), ("exact",), ("timefold",), (0,), (5.0,)))
    ours, theirs = results.runs
    assert (theirs.status, theirs.valid) == ("done", True), theirs.note
    assert theirs.values >= ours.values


def test_no_extra_is_needed_to_list_the_peers():
    extras = "highspy", "timefold", "jpype", "vroom", "pyvrp", "matplotlib", "ortools"
    told = f"import sys, matcher.bench.peers, matcher.cli.main; print([n for n in {extras} if n in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
    assert all(peer.left_out for peer in PEERS)
