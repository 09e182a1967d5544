"""The scenarios reach the optimum their README derives: once by hand under the judge, once by proof."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from matcher.domain.scenario import Scenario, find_faults
from matcher.planning.solve import solve
from matcher.problem.check import check
from matcher.problem.expand import expand
from matcher.problem.roster import TIERS, Roster
from matcher.solvers.stop import Stop

FOLDER = Path(__file__).parents[1] / "scenarios"
NAMES = ("wu-bo", "chunhui", "xiguan", "jiangzhou", "quantang")

EMPTY = {
    "wu-bo": set(),
    "chunhui": {("cooker/1", "buyer", 1)},
    "xiguan": {("choir/2026-10-21T1930", "piano", 1)},
    "jiangzhou": {("fair/2026-12-12T0900", "repair", 1)},
    "quantang": {("socket-yi/1", "fixer", 1)},
}
"""The places nobody can fill: (visit, role, count)."""


def scenario(name: str) -> Scenario:
    return Scenario.model_validate_json((FOLDER / name / "scenario.json").read_text(encoding="utf-8"))


def optimum(name: str) -> dict[str, int]:
    best: dict[str, int] = json.loads((FOLDER / name / "optimum.json").read_text(encoding="utf-8"))
    return best


def proven(name: str, seed: int = 0) -> Roster:
    roster = solve(scenario(name), stop=Stop(seconds=60), seed=seed).roster
    assert roster is not None
    return roster


def by_hand(name: str) -> Roster:
    return Roster.model_validate_json((FOLDER / name / "by-hand.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_the_facts_hold_together(name: str) -> None:
    facts = scenario(name)
    assert find_faults(facts) == []  # no warning either: every coordinate lies in China
    assert Scenario.model_validate_json(facts.to_json()).fingerprint == facts.fingerprint
    assert expand(facts).atlas.fallbacks == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_phone_is_invented(name: str) -> None:
    text = (FOLDER / name / "scenario.json").read_text(encoding="utf-8")
    assert all(phone.startswith("1380000") for phone in re.findall(r"1\d{10}", text))


@pytest.mark.parametrize("name", NAMES)
def test_the_roster_made_by_hand_is_valid_and_as_good_as_stated(name: str) -> None:
    facts, roster = scenario(name), by_hand(name)
    assert roster.scenario == facts.fingerprint
    report = check(facts, roster)
    assert report.violations == ()
    assert {tier: report.tier(tier) for tier in TIERS} == optimum(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_solver_proves_the_stated_optimum(name: str) -> None:
    roster = proven(name)
    assert {tier.name: tier.value for tier in roster.tiers} == optimum(name)
    assert {tier.name: tier.bound for tier in roster.tiers} == optimum(name)
    assert {tier.status for tier in roster.tiers} == {"OPTIMAL"}
    assert {(gap.visit, gap.role, gap.count) for gap in roster.unfilled} == EMPTY[name]
    assert all(gap.reasons for gap in roster.unfilled)


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_and_the_index_state_the_optimum(name: str) -> None:
    best = optimum(name)
    line = f"## The optimum: needs {best['needs']}, promises {best['promises']}, quality {best['quality']}"
    assert line in (FOLDER / name / "README.md").read_text(encoding="utf-8")
    facts = scenario(name)
    cells = [len(facts.volunteers), len(expand(facts).visits), *best.values()]
    row = next(row for row in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines() if f"| [{name}]" in row)
    assert row.endswith(f"| {' | '.join(map(str, cells))} |")


def test_mr_wu_has_twelve_drivers_and_twelve_stand_bys() -> None:
    facts = scenario("wu-bo")
    assert len(facts.claims) == 23
    assert [claim.state for claim in facts.claims].count("chosen") == 12
    roster = proven("wu-bo", seed=1)
    drivers = [seat.volunteer for visit in roster.visits for seat in visit.assigned]
    standbys = [seat.volunteer for visit in roster.visits for seat in visit.standbys]
    assert len(drivers) == len(set(drivers)) == 12
    assert len(standbys) == len(set(standbys)) == 12


def test_the_wall_is_cleaned_on_the_only_day_six_of_the_paired_unit_can_come() -> None:
    # The 10th is a make-up workday; on the 17th two of the seven are away.
    roster = proven("xiguan")
    wall = next(visit for visit in roster.visits if visit.wish == "wall")
    assert wall.start is not None
    assert f"{wall.start:%m-%d}" == "10-24"
    assert {seat.volunteer for seat in wall.assigned} == {f"g0{number}" for number in range(1, 7)}


def test_pins_and_announcements_are_kept() -> None:
    quantang = {visit.id: visit for visit in proven("quantang").visits}
    lead = [seat.volunteer for seat in quantang["clinic/2026-12-13T0830"].assigned if seat.role == "lead"]
    assert lead == ["n02"]
    assert "n09" not in {seat.volunteer for seat in quantang["class/2026-12-12T0930"].assigned}
    jiangzhou = {visit.id: visit for visit in proven("jiangzhou").visits}
    kept = [
        any(seat.volunteer == told.volunteer for seat in jiangzhou[told.visit].assigned)
        and jiangzhou[told.visit].start == told.start
        for told in scenario("jiangzhou").published
    ]
    assert kept.count(False) == 1  # only what b01 cannot keep
