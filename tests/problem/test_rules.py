"""Per rule: one roster that breaks exactly this rule, one that just does not, and what the judge says of it."""

from __future__ import annotations

import re

import pytest
from rule_pairs import PAIRS, Pair
from worlds import judged, speaking

from matcher.domain.settings import SoftRule
from matcher.problem import check as judge
from matcher.problem import eligibility
from matcher.problem.check import check
from matcher.problem.objective import QUALITY_TERMS
from matcher.problem.roster import Report, Roster
from matcher.problem.rules import PAIR_RULES, RULES

SOFT: tuple[str, ...] = SoftRule.__args__  # type: ignore[attr-defined]
named = pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])


def broken(report: Report) -> set[str]:
    return {violation.rule for violation in report.violations}


@named
def test_the_broken_one_breaks_exactly_its_rule(pair: Pair):
    scenario, lines = pair.broken
    report = judged(scenario, *lines)
    assert broken(report) == {pair.rule}
    assert not report.valid
    assert all(violation.price is None for violation in report.violations)
    assert (pair.visit, pair.volunteer) in {(violation.visit, violation.volunteer) for violation in report.violations}


@named
def test_the_fine_one_just_does_not(pair: Pair):
    scenario, lines = pair.fine
    report = judged(scenario, *lines)
    assert report.violations == ()
    assert report.valid


@named
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_said_in_a_sentence(pair: Pair, language: str):
    scenario, lines = pair.broken
    for violation in judged(speaking(scenario, language), *lines).violations:
        assert violation.message.endswith("。" if language == "zh" else ".")
        assert not re.search(r"[{}\[\]]|None|  |“”|（）|。。|\.\.|: \.|：。|^ ", violation.message), violation.message
        # Chinese marks belong to Chinese sentences, and only to them.
        assert bool(re.search(r"[\u4e00-\u9fff，。（）]", violation.message)) == (language == "zh"), violation.message


def test_every_rule_has_its_pairs():
    assert {pair.rule for pair in PAIRS} == set(RULES)
    assert len(RULES) == 21
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)


# ------------------------------------------------------------------------------------------------ rules made soft

softened = [pair for pair in PAIRS if pair.rule in SOFT]


@pytest.mark.parametrize("pair", softened, ids=[pair.name for pair in softened])
def test_a_rule_made_soft_costs_its_price(pair: Pair):
    scenario, lines = pair.broken
    soft = speaking(scenario, "en", soft_rules={pair.rule: 37})
    report = judged(soft, *lines)
    assert report.valid
    assert [violation.rule for violation in report.violations] == [pair.rule]
    assert report.violations[0].price == 37
    assert report.terms["soft_rules"] == 37
    assert report.tier("quality") == sum(report.terms[name] for name in QUALITY_TERMS)


@pytest.mark.parametrize("pair", softened, ids=[pair.name for pair in softened])
def test_a_soft_rule_kept_costs_nothing(pair: Pair):
    scenario, lines = pair.fine
    report = judged(speaking(scenario, "en", soft_rules={pair.rule: 37}), *lines)
    assert report.terms["soft_rules"] == 0
    assert report.violations == ()


def test_only_these_rules_can_be_made_soft():
    assert set(SOFT) == {pair.rule for pair in softened}


# ------------------------------------------------------------------------------------------------ break the code once


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in PAIR_RULES])
def test_without_its_checker_a_rule_goes_unseen(rule: str, monkeypatch: pytest.MonkeyPatch):
    kept = tuple(function for function in judge.ROSTER_RULES if function.__name__ != rule)
    assert len(kept) == len(judge.ROSTER_RULES) - 1
    monkeypatch.setattr(judge, "ROSTER_RULES", kept)
    _goes_unseen(rule)


@pytest.mark.parametrize("rule", PAIR_RULES)
def test_without_its_predicate_a_pair_rule_goes_unseen(rule: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(eligibility, "PAIR_RULES", tuple(name for name in PAIR_RULES if name != rule))
    _goes_unseen(rule)


def _goes_unseen(rule: str) -> None:
    for pair in PAIRS:
        scenario, lines = pair.broken
        report = judged(scenario, *lines)
        assert report.valid == (rule in (pair.rule, pair.rests_on)), pair.name


def test_a_roster_of_another_version_is_judged_with_a_warning():
    scenario, lines = PAIRS[0].fine
    report = check(scenario, Roster(scenario="0" * 64, visits=lines))
    assert report.valid
    assert report.warnings == ("This roster was made from another version of the scenario.",)
