"""The models of the whole problem: what they prove best is what exact proves best."""

from __future__ import annotations

import pytest
from tiny import scenario
from towns import town

import matcher
from matcher.bench.answers import Effort, Refusal
from matcher.bench.peers import cpsat, peer_named
from matcher.bench.peers.cpsat import one_model
from matcher.bench.verdict import judge
from matcher.problem.problem import Problem

CASES = [("mixed", 0), ("mixed", 1), ("anything", 2), ("rotation", 3), ("tours", 1), ("standbys", 2), ("pairs", 0)]


def best(problem: Problem) -> tuple[int, ...]:
    result = matcher.solve(problem, strategy="exact", stop=matcher.Stop(seconds=30))
    assert result.status == "OPTIMAL"
    return tuple(tier.value for tier in result.tiers)


@pytest.mark.parametrize(("family", "seed"), CASES)
def test_one_cp_sat_model_finds_the_best_tiny_roster(family, seed):
    problem = Problem.of(scenario(family, seed))
    answer = one_model(problem, Effort(20.0, workers=1))
    verdict = judge(problem, answer.roster)
    assert verdict.valid
    assert verdict.values == best(problem)


@pytest.mark.parametrize(("family", "seed"), CASES)
def test_one_integer_programme_finds_the_best_tiny_roster(family, seed):
    peer = peer_named("highs")
    if missing := peer.reason_missing():  # not imported here: HiGHS has a process of its own
        pytest.skip(missing)
    problem = Problem.of(scenario(family, seed))
    answer = peer.load()(problem, Effort(20.0, workers=1))
    verdict = judge(problem, answer.roster)
    assert verdict.valid
    assert verdict.values == best(problem)


def test_improvements_are_told_as_they_come():
    answer = one_model(Problem.of(scenario("mixed", 1)), Effort(20.0, workers=1))
    assert {point.tier for point in answer.improvements} == {"needs", "promises", "quality"}
    seconds = [point.seconds for point in answer.improvements]
    assert seconds == sorted(seconds)


def test_a_model_too_large_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr(cpsat, "MOST_CANDIDATES", 2)
    with pytest.raises(Refusal, match="3 candidates is too large"):
        one_model(town(), Effort(1.0))
