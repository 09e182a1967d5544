"""The judge catches whatever is broken in a valid roster, and names the rule."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from corruptions import Corruption, World, corruptions
from rich_world import rich_world

from matcher.domain.scenario import Scenario
from matcher.problem import check as judge
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import Report
from matcher.problem.rules import PAIR_RULES, RULES
from matcher.solvers.exact import solve_exact
from matcher.solvers.start import first_roster
from matcher.solvers.stop import Stop

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NAMES = ("rich", *sorted(path.parent.name for path in SCENARIOS.glob("*/scenario.json")))
MOST_PER_RULE = 20
"""Of one roster; all together there are thousands."""


@cache
def solved(name: str) -> World:
    """A scenario with the roster exact finds for it."""
    path = SCENARIOS / name / "scenario.json"
    scenario = rich_world() if name == "rich" else Scenario.model_validate_json(path.read_text(encoding="utf-8"))
    problem = Problem.of(scenario)
    # Any valid roster will do; with a start there is one even where the machine is slow.
    result = solve_exact(problem, stop=Stop(10), workers=1, start=first_roster(problem))
    assert result.roster is not None, f"{name}: {result.status}"
    return World(scenario, result.roster)


@cache
def broken(name: str) -> tuple[Corruption, ...]:
    return tuple(corruptions(solved(name), MOST_PER_RULE))


def catches(report: Report, corruption: Corruption) -> bool:
    """Whether the rule is named, at the right visit and for the right person."""
    return any(
        violation.rule == corruption.rule
        and corruption.visit in (None, violation.visit)
        and corruption.volunteer in (None, violation.volunteer)
        for violation in report.violations
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_roster_itself_is_accepted(name: str):
    world = solved(name)
    report = check(world.facts, world.roster)
    assert report.valid
    assert report.violations == ()
    assert report.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_corruption_is_caught_and_its_rule_named(name: str):
    world = solved(name)
    for corruption in broken(name):
        assert set(corruption.roster.visits) != set(world.roster.visits) or len(corruption.roster.visits) > len(
            world.roster.visits
        ), corruption.about
        report = check(world.facts, corruption.roster)
        soft = corruption.rule in world.scenario.program.settings.soft_rules
        assert catches(report, corruption), (corruption.rule, corruption.about, corruption.visit, corruption.volunteer)
        assert soft or not report.valid
        if corruption.pair_rules is not None:
            named = {
                violation.rule
                for violation in report.violations
                if (violation.visit, violation.volunteer) == (corruption.visit, corruption.volunteer)
            }
            assert named & set(PAIR_RULES) == corruption.pair_rules, corruption.about


def test_there_are_enough_of_them():
    counted = Counter(corruption.rule for name in NAMES for corruption in broken(name))
    assert set(counted) == set(RULES)
    assert min(counted.values()) >= 10, counted
    assert sum(counted.values()) >= 1000
    # Every rule is broken in the made-up month alone, too, so the scenarios may change.
    alone = Counter(corruption.rule for corruption in broken("rich"))
    assert set(alone) == set(RULES)
    assert min(alone.values()) >= 3, alone


@pytest.mark.parametrize("checker", judge.ROSTER_RULES, ids=lambda rule: rule.__name__)
def test_without_one_checker_its_corruptions_pass(checker: object, monkeypatch: pytest.MonkeyPatch):
    name = checker.__name__  # type: ignore[attr-defined]
    rules = set(PAIR_RULES) if name == "_pair_level" else {name}
    world = solved("rich")
    mine = [corruption for corruption in broken("rich") if corruption.rule in rules]
    monkeypatch.setattr(judge, "ROSTER_RULES", tuple(rule for rule in judge.ROSTER_RULES if rule is not checker))
    # So the tests above would fail. That the roster then passes as a whole is shown by the pairs of test_rules.py.
    assert not any(catches(check(world.facts, corruption.roster), corruption) for corruption in mine)
