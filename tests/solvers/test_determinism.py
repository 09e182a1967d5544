"""Same facts, same seed, one worker, counted work: the same roster, byte for byte, in any process.

And what must not matter does not: the order of rows, the names of people, one volunteer more.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from solve_counted import crowded, solved
from tiny import scenario

from matcher.domain.scenario import Scenario
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.solvers.exact import solve_exact
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster
from matcher.solvers.stop import Stop

HERE = Path(__file__).parent
LITTLE_WORK, MUCH_WORK = 0.2, 1.5
"""In the solver's own units; neither suffices for a proof."""


def in_a_process_of_its_own(hash_seed: int, work: float) -> str:
    done = subprocess.run(
        [sys.executable, HERE / "solve_counted.py", "3", str(work)],
        env=os.environ | {"PYTHONHASHSEED": str(hash_seed)}, capture_output=True, text=True, check=True,
    )
    return done.stdout


@pytest.mark.parametrize("work", [LITTLE_WORK, MUCH_WORK])
def test_two_processes_make_the_same_roster_byte_for_byte(work):
    first, second = (in_a_process_of_its_own(hash_seed, work) for hash_seed in (1, 2))
    assert first == second
    assert '"visits"' in first


def test_more_work_is_no_worse_and_no_work_is_the_start():
    problem = Problem.of(crowded(3))
    start = first_roster(problem, needs_bound(problem).wanted)
    assert start is not None
    began = check(problem.expanded, start).tiers
    values = [[tier.value for tier in tiers] for tiers in (
        began, *(solved(3, work).tiers for work in (0.01, LITTLE_WORK, MUCH_WORK))
    )]
    assert values == sorted(values, reverse=True)
    assert values[0] == values[1]
    assert values[-1] < values[0]


# --------------------------------------------------------------------------------- what must not matter

FAMILIES = ("anything", "rotation", "pairs", "claims", "tours", "standbys", "least_gap", "newcomers", "partial_crews")


def values(facts: Scenario) -> list[int]:
    result = solve_exact(Problem.of(facts), stop=Stop(seconds=30), workers=1)
    assert result.status == "OPTIMAL"
    return [tier.value for tier in result.tiers]


@pytest.mark.parametrize("family", FAMILIES)
def test_shuffled_rows_and_new_names_change_no_value(family):
    for seed in range(4):
        facts = scenario(family, seed)
        assert values(shuffled(renamed(facts), Random(seed))) == values(facts), (family, seed)


def renamed(facts: Scenario) -> Scenario:
    """People's ids the other way round, so that ties break differently."""
    return Scenario.model_validate_json(re.sub(r'"v(\d)"', lambda found: f'"u{9 - int(found[1])}"', facts.to_json()))


def shuffled(facts: Scenario, dice: Random) -> Scenario:
    """Every table in another order."""
    tables = {
        name: tuple(dice.sample(rows, len(rows)))
        for name in Scenario.model_fields
        if isinstance(rows := getattr(facts, name), tuple)
    }
    return facts.with_changes(**tables)


@pytest.mark.parametrize("family", FAMILIES)
def test_one_more_newcomer_never_leaves_more_seats_empty(family):
    for seed in range(4):
        facts = scenario(family, seed)
        likes_first = facts.volunteers[0].model_dump() | {"id": "v9", "prior_visits": 0}
        more = facts.with_changes(volunteers=(*facts.volunteers, type(facts.volunteers[0])(**likes_first)))
        assert values(more)[0] <= values(facts)[0], (family, seed)
