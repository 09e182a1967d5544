"""exact = brute force = check, on hundreds of tiny scenarios; and each rule and term of exact is needed for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import combinations, count, islice
from random import Random
from typing import Any, get_args

import numpy as np
import pytest
from brute import Answer, Bench, TooManyRostersError, Values, verdict
from tiny import FAMILIES, scenario

from matcher.domain.scenario import Scenario
from matcher.domain.settings import SoftRule
from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import Expanded
from matcher.problem.objective import Prices
from matcher.problem.problem import Problem
from matcher.problem.rules import PAIR_RULES
from matcher.solvers import exact
from matcher.solvers.exact import CONSTRAINTS, NEEDS, PROMISES, QUALITY, smallest_conflict, solve_exact
from matcher.solvers.flow import needs_bound
from matcher.solvers.result import Result
from matcher.solvers.stop import Stop

SEEDS = 16
"""Scenarios per family in every test run."""
MANY_SEEDS = 300
"""In the long form."""


@lru_cache(maxsize=128)
def bench(family: str, seed: int) -> Bench:
    return Bench(scenario(family, seed))


@cache
def brute_force(family: str, seed: int) -> Answer | None:
    """The best roster of all; None where there are too many to try."""
    try:
        return bench(family, seed).best()
    except TooManyRostersError:
        return None


def seeds(family: str, most: int) -> Iterator[int]:
    """The first seeds whose scenarios are small enough."""
    return islice((seed for seed in count() if brute_force(family, seed) is not None), most)


def solve(problem: Problem, **more: Any) -> Result:
    return solve_exact(problem, stop=Stop(seconds=30), workers=1, **more)


def differences(expanded: Expanded, result: Result, answer: Answer) -> str:
    """How exact's answer differs from brute force; empty where they agree."""
    if answer.values is None:
        return "" if result.status == "INFEASIBLE" else f"no roster is valid, but exact says {result.status}"
    if result.status != "OPTIMAL" or result.roster is None:
        return f"exact says {result.status}, brute force {answer.values}"
    values = tuple(tier.value for tier in result.tiers)
    bounds = tuple(tier.bound for tier in result.tiers)
    judged = verdict(expanded, result.roster)
    if not values == bounds == judged == answer.values:
        return f"exact says {values}, bounds {bounds}, the judge {judged}, brute force {answer.values}"
    return ""


# -------------------------------------------------------------------------------------- agreement


def agree(family: str, most: int) -> None:
    for seed in seeds(family, most):
        answer, expanded = brute_force(family, seed), bench(family, seed).expanded
        assert answer is not None
        if answer.roster is not None:
            assert verdict(expanded, answer.roster) == answer.values, (family, seed)
        difference = differences(expanded, solve(Problem.of(expanded)), answer)
        assert not difference, (family, seed, difference)


@pytest.mark.parametrize("family", FAMILIES)
def test_exact_is_as_good_as_every_roster_tried(family):
    agree(family, SEEDS)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_exact_is_as_good_as_every_roster_tried_many_times(family):
    agree(family, MANY_SEEDS)


def answers() -> list[Answer]:
    found = [brute_force(family, seed) for family in FAMILIES for seed in seeds(family, SEEDS)]
    return [answer for answer in found if answer is not None]


def test_at_least_five_hundred_scenarios_have_a_best_roster_and_every_tier_is_at_stake():
    values = [answer.values for answer in answers() if answer.values is not None]
    assert len(values) >= 500
    # A tier that is always 0 would compare nothing.
    assert min(sum(tier[number] > 0 for tier in values) for number in range(3)) >= 100
    assert any(answer.values is None for answer in answers())


def test_families_cover_every_kind_of_wish_and_every_soft_rule():
    made = [scenario(family, seed) for family in FAMILIES for seed in range(SEEDS)]
    wishes = [wish for facts in made for wish in facts.wishes]
    assert {wish.kind for wish in wishes} == {"visit", "escort", "goods", "event"}
    assert {wish.staffing.policy for wish in wishes} == {"rotate", "steady", "pair", "any"}
    assert {rule for facts in made for rule in facts.program.settings.soft_rules} == set(get_args(SoftRule))
    assert {claim.state for facts in made for claim in facts.claims} >= {"open", "chosen", "waitlisted", "withdrawn"}
    recurrences = [wish.recurrence for wish in wishes if wish.recurrence is not None]
    assert any(when.at for when in recurrences)
    assert any(when.rrule for when in recurrences)
    assert {when.per for when in recurrences if when.windows} == {None, "week", "month"}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_short_way_of_brute_force_says_what_the_judge_says(family):
    dice = Random(family)
    for seed in seeds(family, 3):
        tried = bench(family, seed)
        entries = [tried.entries(visit) for visit in tried.expanded.visits]
        for _ in range(12):
            roster = [dice.choice(own) for own in entries]
            assert tried.judge_short(roster) == tried.judge_long(roster), (family, seed, roster)


@pytest.mark.parametrize("family", ["anything", "rotation", "standbys", "tours", "pins", "soft_turns"])
def test_a_warm_start_and_the_flow_bound_change_no_value(family):
    for seed in seeds(family, 6):
        answer, tried = brute_force(family, seed), bench(family, seed)
        assert answer is not None
        if answer.roster is None:
            continue
        problem = Problem.of(tried.expanded)
        result = solve(problem, start=answer.roster, least_needs=needs_bound(problem).value)
        difference = differences(tried.expanded, result, answer)
        assert not difference, (family, seed, difference)


# ----------------------------------------------------------------------------------- contradictions


@pytest.mark.parametrize("family", ["contradictions", "pins", "published"])
def test_a_contradiction_names_a_smallest_set_of_demands(family):
    for seed in seeds(family, 2 * SEEDS):
        answer, tried = brute_force(family, seed), bench(family, seed)
        assert answer is not None
        if answer.values is not None:
            continue
        problem = Problem.of(tried.expanded)
        demands = list(dict.fromkeys((*problem.pins, *problem.published)))  # people may be told twice
        conflict = [demands.index(demand) for demand in smallest_conflict(problem)]
        assert not can_be_met(tried.scenario, problem, conflict), (family, seed)
        for fewer in combinations(range(len(demands)), len(conflict) - 1):
            assert can_be_met(tried.scenario, problem, fewer), (family, seed, fewer)


def can_be_met(facts: Scenario, problem: Problem, demands: Any) -> bool:
    """Whether any roster meets these pins and published seats (and every "never")."""
    pins = [pin for pin in facts.pins if not pin.never and pin.visit in problem.expanded.visit_index]
    told = [seat for seat in facts.published if any(
        (problem.visits[live.visit].id, problem.visits[live.visit].wish.roles[live.role].id) == (seat.visit, seat.role)
        and facts.volunteers[live.volunteer].id == seat.volunteer and live.standby == seat.standby
        for live in problem.published
    )]
    assert (len(pins), len(told)) == (len(problem.pins), len(problem.published))
    asked = list(dict.fromkeys((*pins, *told)))
    dropped = [demand for number, demand in enumerate(asked) if number not in demands]
    fewer = facts.with_changes(
        pins=tuple(pin for pin in facts.pins if pin not in dropped),
        published=tuple(seat for seat in facts.published if seat not in dropped),
    )
    return Bench(fewer).best().values is not None


# ------------------------------------------------------------------------------------------ removals
# Dropping one rule or term hides in most random cases; each has a family in which it shows.

Patch = Callable[[pytest.MonkeyPatch], None]
RULE_SHOWS_IN = {
    "happens_at_an_asked_time": "two_starts",
    "fills_each_role_once": "partial_crews",
    "is_crewed_together": "crews",
    "is_in_one_place_at_a_time": "one_place",
    "keeps_own_limits": "visit_limits",
    "keeps_the_spacing": "least_gap",
    "keeps_the_turn": "rotation",
    "keeps_faces_few": "few_faces",
    "stays_paired": "pairs",
    "keeps_what_is_published": "published",
    "keeps_what_is_pinned": "pins",
    "stands_by_separately": "standbys",
    "newcomers_go_with_experience": "newcomers",
}
TERM_SHOWS_IN = {
    "empty_seats": "crews",
    "published_seat": "broken_promises",
    "published_time": "broken_promises",
    "published_standby": "broken_promises",
    "pairing_broken": "pairs",
    "least_visit_missing": "least_load",
    "claimant_without_turn": "claims",
    "fairness": "fair_shares",
    "faces": "steady",
    "turns": "rotation",
    "missing_standby": "standbys",
    "standby_turns": "standby_turns",
    "seats": "preferred_times",
    "travel": "tours",
    "soft_rules": "soft_turns",
}
PART_SHOWS_IN = {
    "_comes_from_one_team": "one_team",
    "_keep_apart": "one_place",
    "_keep_clear_of_outside": "outside_plan",
    "_rests_on_days": "rest_days",
    "_rests_between": "min_rest",
    "_space_least": "least_gap",
    "_space_most": "most_gap",
    "_space_from_history": "least_gap",
    "_space_softly": "soft_spacing",
    "_not_twice_running": "rotation",
    "_within_turns": "rolling_turns",
    "_count_beyond": "soft_faces",
}
"""Rules have parts."""
PRICE_SHOWS_IN = {
    "undesired_time": "preferred_times",
    "locality": "accepted",
    "preferences": "accepted",
    "soft_pair": "soft_pairs",
}
"""The seats term has parts, worked out when the problem is built."""
PAIR_RULE_SHOWS_IN = {
    "has_the_skills": "crews",
    "has_the_vehicle": "by_car",
    "is_available": "nights",
    "is_within_reach": "accepted",
    "is_accepted_by_the_resident": "accepted",
    "has_not_declined": "accepted",
    "has_claimed_it": "claims",
    "belongs_to_the_team": "teams",
}
"""Pair-level rules make the candidates."""


def test_every_rule_and_term_has_a_family_in_which_its_removal_shows():
    assert set(RULE_SHOWS_IN) == {rule.__name__ for rule in CONSTRAINTS}
    assert set(TERM_SHOWS_IN) == {term.__name__ for term in (*NEEDS, *PROMISES, *QUALITY)}
    assert set(PAIR_RULE_SHOWS_IN) == set(PAIR_RULES)


def shows(family: str, patch: Patch) -> bool:
    """Whether a changed exact disagrees with brute force somewhere in a family's first scenarios."""
    for seed in seeds(family, 2 * SEEDS):
        answer, expanded = brute_force(family, seed), bench(family, seed).expanded
        assert answer is not None
        with pytest.MonkeyPatch.context() as patched:
            patch(patched)
            result = solve(Problem.of(expanded))
        if differences(expanded, result, answer):
            return True
    return False


@pytest.mark.parametrize("rule", CONSTRAINTS, ids=lambda rule: rule.__name__)
def test_without_any_one_rule_exact_disagrees_with_brute_force(rule):
    without = tuple(other for other in CONSTRAINTS if other is not rule)
    assert shows(RULE_SHOWS_IN[rule.__name__], lambda patch: patch.setattr(exact, "CONSTRAINTS", without))


@pytest.mark.parametrize(
    ("tier", "term"),
    [(tier, term) for tier in ("NEEDS", "PROMISES", "QUALITY") for term in getattr(exact, tier)],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_without_any_one_term_exact_disagrees_with_brute_force(tier, term):
    without = tuple(other for other in getattr(exact, tier) if other is not term)
    assert shows(TERM_SHOWS_IN[term.__name__], lambda patch: patch.setattr(exact, tier, without))


@pytest.mark.parametrize("part", PART_SHOWS_IN)
def test_without_any_one_part_of_a_rule_exact_disagrees_with_brute_force(part):
    assert shows(PART_SHOWS_IN[part], lambda patch: patch.setattr(exact, part, lambda *ignored, **also: None))


def asked_about(asked: tuple[Any, ...], people: int) -> int:
    """How many people a question is about: the rows it names last, or everybody."""
    return len(asked[-1]) if isinstance(asked[-1], np.ndarray) else people


@pytest.mark.parametrize("price", PRICE_SHOWS_IN)
def test_without_any_one_price_of_a_seat_exact_disagrees_with_brute_force(price):
    def nothing(prices: Prices, *asked: Any) -> Any:
        return np.zeros(asked_about(asked, len(prices.scenario.volunteers)), dtype=np.int64)

    assert shows(PRICE_SHOWS_IN[price], lambda patch: patch.setattr(Prices, price, nothing))


@pytest.mark.parametrize("rule", PAIR_RULES)
def test_without_any_one_pair_rule_exact_disagrees_with_brute_force(rule):
    def everybody(eligibility: Eligibility, *asked: Any) -> Any:
        return np.ones(asked_about(asked, len(eligibility.people)), dtype=bool)

    assert shows(PAIR_RULE_SHOWS_IN[rule], lambda patch: patch.setattr(Eligibility, rule, everybody))


def test_without_tours_exact_disagrees_with_brute_force():
    def out_and_back(m: exact.Model, volunteer: int, items: Any) -> Any:
        return sum(exact._alone(m, item) * item.variable for item in items)

    assert shows("tours", lambda patch: patch.setattr(exact, "_tour", out_and_back))


def test_nothing_changed_shows_nothing():
    best: Values | None = None
    for seed in seeds("anything", 3):
        answer = brute_force("anything", seed)
        assert answer is not None
        best = answer.values
    assert best is not None
    assert not shows("steady", lambda patch: None)
