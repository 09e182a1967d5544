"""The proof in words: how many places anyone could fill, and what is proven."""

from __future__ import annotations

from dataclasses import replace

import pytest
from output_samples import community_plan, wu_plan

from matcher.exchange.paper import Paper
from matcher.exchange.plan import Plan
from matcher.exchange.proof import proof_sentences
from matcher.problem.roster import TierValue


def with_needs(plan: Plan, **tier: object) -> Paper:
    tiers = (TierValue(name="needs", **tier), *plan.roster.tiers[1:])
    return Paper(replace(plan, roster=plan.roster.model_copy(update={"tiers": tiers})))


def test_a_full_roster_says_so():
    assert proof_sentences(Paper(wu_plan()))[0] == "12 个名额全部安排好了。"


@pytest.mark.parametrize(("bound", "most"), [
    # The dearest places cost 8910 each (ten of them: five escorts of two): one is enough for 8910, two for 8911.
    (0, 34), (1, 33), (8910, 33), (8911, 32), (18000, 31),
])
def test_a_bound_on_the_cost_becomes_the_most_places_anyone_could_fill(bound, most):
    paper = with_needs(community_plan(), value=23652, bound=bound, status="FEASIBLE")
    assert proof_sentences(paper)[0] == f"34 个名额安排了 26 个；最多只能安排 {most} 个。"


def test_a_proven_value_that_fewer_dear_places_could_reach_claims_only_what_is_proven():
    paper = with_needs(community_plan(), value=23652, bound=23652, status="OPTIMAL")
    # Three escort seats would cost 26730, so 23652 alone proves three empty places, not eight.
    assert proof_sentences(paper)[0] == "34 个名额安排了 26 个；已证明：按优先级和等待时间算，没有更好的办法。"


def test_an_unknown_bound_is_said():
    paper = with_needs(community_plan(), value=23652, bound=None, status="FEASIBLE")
    assert proof_sentences(paper)[0] == "34 个名额安排了 26 个；还没有证明能不能安排更多。"


def test_a_tier_resting_on_an_unproven_one_is_said():
    assert proof_sentences(Paper(community_plan()))[-1].startswith("前一项还没有证明到底")
    assert len(proof_sentences(Paper(wu_plan()))) == 3


def test_the_gap_of_quality_is_a_share():
    # (5230 − 4890) / 5230 = 6.5 %
    assert "相差不超过 6.5%" in proof_sentences(Paper(community_plan()))[2]


def test_english_speaks_english():
    assert proof_sentences(Paper(community_plan("en")))[0] == (
        "26 of 34 places filled; 31 is the most anyone could fill.")
