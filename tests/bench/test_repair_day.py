"""The repair day for planners of routes: the same facts in single seats, and their plans back in the scenario's own visits."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.repair_day import Run, for_peers, joined, page, singles

from matcher.domain.scenario import Scenario, find_faults
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster

PATH = Path(__file__).parents[2] / "scenarios" / "repair-day" / "scenario.json"


def facts() -> Scenario:
    return Scenario.model_validate_json(PATH.read_text("utf-8"))


def first(scenario: Scenario) -> Roster:
    problem = Problem.of(scenario)
    roster = first_roster(problem, needs_bound(problem).wanted)
    assert roster is not None
    return roster


def test_a_visit_for_two_is_two_visits_at_one_start_and_becomes_one_again():
    scenario = facts()
    own = first(scenario)
    apart = for_peers(scenario, own)
    assert find_faults(apart) == []
    assert all(len(wish.roles) == 1 for wish in apart.wishes)
    # Wishes for two that the first roster serves, as two each; those it does not serve have no start to give.
    for_two = [visit for visit in own.visits if len(scenario.wish[visit.wish].roles) == 2]
    assert len(apart.wishes) == 54 + 2 * len(for_two)
    halves = first(apart)
    back = joined(scenario, halves)
    assert check(scenario, back).valid
    served = {visit.wish for visit in halves.visits}
    assert {visit.wish for visit in back.visits} == {
        wish.id for wish in scenario.wishes
        if (wish.id in served if len(wish.roles) == 1 else {f"{wish.id}--{role.id}" for role in wish.roles} <= served)
    }


def test_windows_end_where_lunch_begins():
    apart = for_peers(singles(facts()), first(singles(facts())))
    for wish in apart.wishes:
        assert wish.recurrence is not None
        for window in wish.recurrence.windows:
            assert window.end <= "11:45" or window.start >= "13:00"


def test_the_table_has_a_row_per_day_and_method():
    runs = [
        Run("whole", "vroom", 1, 672, 58, 589, 2.0),
        Run("whole", "pyvrp", 1, 0, 60, 584, 6.0),
        Run("whole", "pyvrp", 2, 9, 59, 600, 6.0),
    ]
    rows = [line for line in page(runs, 10).splitlines() if line.startswith("| whole")]
    assert rows == [
        "| whole | vroom | 1 | 672 (672) | 58.0 (58) | 589 (589–589) |",
        "| whole | pyvrp | 2 | 4 (9) | 59.5 (59) | 592 (584–600) |",
    ]
