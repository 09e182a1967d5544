"""What must not matter, and what may only help: names, the order of rows, one more volunteer."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from typing import Any

import pytest
from rich_world import rich_world
from worlds import person

from matcher.domain.scenario import Scenario
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.solvers.exact import solve_exact
from matcher.solvers.stop import Stop

TIERS = ("needs", "promises", "quality")


@cache
def solved() -> tuple[Scenario, Roster]:
    scenario = rich_world()
    return scenario, optimum(scenario)


def optimum(scenario: Scenario) -> Roster:
    result = solve_exact(Problem.of(scenario), stop=Stop(30), workers=1)
    assert result.status == "OPTIMAL"
    assert result.roster is not None
    return result.roster


def values(scenario: Scenario, roster: Roster) -> list[int]:
    report = check(scenario, roster)
    assert report.valid
    return [report.tier(name) for name in TIERS]


def shuffled(scenario: Scenario, seed: int) -> Scenario:
    """The same facts with the rows of every table in another order."""
    rng = random.Random(seed)
    facts = json.loads(scenario.to_json())
    for rows in facts.values():
        if isinstance(rows, list):
            rng.shuffle(rows)
    return Scenario.model_validate(facts)


def renamed(text: str, seed: int) -> str:
    """All volunteers' ids exchanged for others, which sort in another order."""
    names = [f"v{number:02d}" for number in range(1, 16)]
    others = [f"p{number:02d}" for number in range(1, 16)]
    random.Random(seed).shuffle(others)
    table = dict(zip(names, others))
    return re.sub(r'"(v\d\d)"', lambda match: f'"{table[match[1]]}"', text)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_changes_no_value(seed: int):
    scenario, roster = solved()
    other = shuffled(scenario, seed)
    assert other.fingerprint == scenario.fingerprint
    assert check(other, roster).terms == check(scenario, roster).terms
    backwards = Roster.model_validate(
        json.loads(roster.to_json()) | {"visits": json.loads(roster.to_json())["visits"][::-1]}
    )
    assert check(other, backwards).terms == check(scenario, roster).terms


@pytest.mark.parametrize("seed", range(5))
def test_names_change_no_value(seed: int):
    scenario, roster = solved()
    other = Scenario.model_validate_json(renamed(scenario.to_json(), seed))
    crew = Roster.model_validate_json(renamed(roster.to_json(), seed))
    assert other.volunteers[0].id != scenario.volunteers[0].id
    assert check(other, crew).terms == check(scenario, roster).terms


@pytest.mark.parametrize("seed", range(2))
def test_neither_changes_what_the_best_roster_is_worth(seed: int):
    scenario, roster = solved()
    other = Scenario.model_validate_json(renamed(shuffled(scenario, seed).to_json(), seed))
    assert values(other, optimum(other)) == values(scenario, roster)


ONE_MORE: dict[str, dict[str, Any]] = {
    "nurse": {"prior_visits": 9, "team": "bank", "languages": ["hak"], "skills": [{"name": "first-aid", "level": 3}]},
    "newcomer": {"team": "bank"},
    "never free": {"availability": [], "prior_visits": 9},
}
NURSES = ("v04", "v11", "v15")
"""Without them only v05 is left, whose certificate ends on the 10th of December: some needs stay unmet."""


@pytest.mark.parametrize("name", ONE_MORE)
def test_one_more_volunteer_never_worsens_needs(name: str):
    facts = json.loads(solved()[0].to_json())
    for table, key in (("volunteers", "id"), ("published", "volunteer")):
        facts[table] = [row for row in facts[table] if row[key] not in NURSES]
    facts["pins"] = [pin for pin in facts["pins"] if not pin["visit"].startswith("clinic")]  # nobody can serve it
    fewer = Scenario.model_validate(facts)
    facts["volunteers"].append(json.loads(json.dumps(person("extra", **ONE_MORE[name]))))
    more = Scenario.model_validate(facts)
    before = optimum(fewer)
    unmet, still_unmet = values(fewer, before)[0], values(more, optimum(more))[0]
    # nobody for nurse/2026-W51, nurse/2026-W52 and four seats on the 19th: 9·100 twice, 27·100 four times
    assert unmet == 2 * 900 + 4 * 2700
    assert still_unmet == (unmet if name != "nurse" else 0)
    assert values(more, before)[0] == unmet  # the old roster stays valid, and worth the same to needs
