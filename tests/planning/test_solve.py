"""The one door: strategies, contradictions, stopping, and the judge's last word."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from matcher.domain.scenario import Scenario
from matcher.errors import Contradiction, InvalidRoster
from matcher.planning import solve
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.solvers.stop import Progress, Stop

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def small_world(**changes: object) -> Scenario:
    """Two visits on one Saturday morning at the same hour, one on Sunday; three volunteers free at weekends."""
    facts: dict[str, object] = {
        "program": {
            "name": "小试", "as_of": "2026-12-01T09:00:00+08:00",
            "window": {"start": "2026-12-05", "end": "2026-12-06"}, "settings": {"language": "en"},
        },
        "residents": [{"id": "li"}, {"id": "wang"}],
        "volunteers": [
            {"id": name, "availability": [{"days": "SA,SU", "start": "08:00", "end": "18:00"}]}
            for name in ("a", "b", "c")
        ],
        "wishes": [
            {"id": "hair", "kind": "visit", "resident": "li", "recurrence": {"at": ["2026-12-05T09:00:00+08:00"]}},
            {"id": "read", "kind": "visit", "resident": "wang", "recurrence": {"at": ["2026-12-05T09:30:00+08:00"]}},
            {"id": "walk", "kind": "visit", "resident": "wang", "recurrence": {"at": ["2026-12-06T09:00:00+08:00"]}},
        ],
    }
    return Scenario.model_validate(facts | changes)


HAIR, READ, WALK = "hair/2026-12-05T0900", "read/2026-12-05T0930", "walk/2026-12-06T0900"


@pytest.mark.parametrize("strategy", ["auto", "exact", "flow"])
def test_every_strategy_fills_what_can_be_filled_and_passes_the_judge(strategy: str) -> None:
    scenario = small_world()
    result = solve(scenario, strategy=strategy, workers=1)
    assert result.roster is not None
    assert check(scenario, result.roster).valid
    assert [tier.value for tier in result.tiers][:2] == [0, 0]
    assert result.roster.unfilled == ()


def test_exact_proves_every_tier() -> None:
    result = solve(small_world(), workers=1)
    assert result.status == "OPTIMAL"
    assert all(tier.bound == tier.value and tier.gap == 0 for tier in result.tiers)


def test_the_flow_start_claims_no_bound_it_does_not_know() -> None:
    result = solve(small_world(), strategy="flow")
    needs, promises, quality = result.tiers
    assert needs.status == "OPTIMAL"  # no need is open, and none can be less than open
    assert promises.status == "FEASIBLE" or promises.bound == promises.value
    assert quality.bound is None
    assert quality.gap is None


def test_pins_that_contradict_each_other_are_named_in_a_smallest_set() -> None:
    # a cannot be at two places on Saturday at nine; the pin of b on Sunday has no part in it.
    scenario = small_world(pins=[
        {"visit": WALK, "volunteer": "b"}, {"visit": HAIR, "volunteer": "a"}, {"visit": READ, "volunteer": "a"},
    ])
    with pytest.raises(Contradiction) as caught:
        solve(scenario, workers=1)
    assert sorted(caught.value.demands) == [f"pin: {HAIR} a", f"pin: {READ} a"]
    assert caught.value.exit_code == 3


def test_a_pin_nobody_could_keep_is_a_smallest_set_of_one() -> None:
    people = [{"id": "a", "availability": [{"days": "SU", "start": "08:00", "end": "18:00"}]}]
    scenario = small_world(volunteers=people, pins=[{"visit": HAIR, "volunteer": "a"}])
    with pytest.raises(Contradiction) as caught:
        solve(scenario, strategy="flow")
    assert caught.value.demands == (f"pin: {HAIR} a",)


def test_three_pins_can_contradict_where_any_two_do_not() -> None:
    limits = {"visits_per_day": 3, "visits_per_week": 2}
    people = [{"id": "a", "availability": [{"days": "any"}], "limits": limits}]
    times = ["2026-12-05T08:00:00+08:00", "2026-12-05T12:00:00+08:00", "2026-12-06T09:00:00+08:00"]
    wishes = [
        {"id": f"w{number}", "kind": "visit", "resident": "li", "recurrence": {"at": [time]}}
        for number, time in enumerate(times)
    ]
    names = ["w0/2026-12-05T0800", "w1/2026-12-05T1200", "w2/2026-12-06T0900"]
    pins = [{"visit": name, "volunteer": "a"} for name in names]
    solve(small_world(volunteers=people, wishes=wishes, pins=pins[:2]), workers=1)
    with pytest.raises(Contradiction) as caught:
        solve(small_world(volunteers=people, wishes=wishes, pins=pins), workers=1)
    assert len(caught.value.demands) == 3


def test_a_limit_of_no_time_returns_the_start() -> None:
    result = solve(small_world(), stop=Stop(seconds=0))
    assert result.roster is not None
    assert [step.name for step in result.trace] == ["flow"]


def test_a_cancelled_solve_ends_with_a_valid_roster() -> None:
    scenario = Scenario.model_validate_json((SCENARIOS / "jiangzhou" / "scenario.json").read_text(encoding="utf-8"))
    stop = Stop(seconds=60)

    class CancelAtOnce(Progress):
        def better(self, tier: str, value: int, bound: int | None) -> None:
            stop.cancel()

    threading.Timer(5, stop.cancel).start()
    result = solve(scenario, stop=stop, progress=CancelAtOnce())
    assert result.roster is not None
    assert check(scenario, result.roster).valid


def test_a_roster_the_judge_objects_to_is_a_bug_and_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    from matcher.solvers import exact

    without = tuple(rule for rule in exact.CONSTRAINTS if rule.__name__ != "is_in_one_place_at_a_time")
    monkeypatch.setattr(exact, "CONSTRAINTS", without)
    people = [{
        "id": "a", "availability": [{"days": "any"}], "limits": {"visits_per_day": 9, "visits_per_week": 9},
    }]
    with pytest.raises(InvalidRoster, match="is_in_one_place_at_a_time"):
        solve(small_world(volunteers=people), workers=1)


def test_nobody_and_nothing_still_make_a_roster() -> None:
    nobody = solve(small_world(volunteers=[]), workers=1)
    assert nobody.roster is not None
    assert [gap.count for gap in nobody.roster.unfilled] == [1, 1, 1]
    nothing = solve(small_world(wishes=[]), workers=1)
    assert nothing.status == "OPTIMAL"
    assert nothing.roster is not None
    assert nothing.roster.visits == ()


def test_the_same_facts_in_another_order_come_to_the_same_values() -> None:
    scenario = Scenario.model_validate_json((SCENARIOS / "wu-bo" / "scenario.json").read_text(encoding="utf-8"))
    turned = Scenario(**{
        name: tuple(reversed(value)) if isinstance(value, tuple) else value
        for name in Scenario.model_fields for value in [getattr(scenario, name)]
    })
    assert turned.fingerprint == scenario.fingerprint
    values = [[tier.value for tier in solve(each).tiers] for each in (scenario, turned)]
    assert values[0] == values[1]


def test_mr_wu_gets_twelve_drivers_and_another_standby_every_month() -> None:
    scenario = Scenario.model_validate_json((SCENARIOS / "wu-bo" / "scenario.json").read_text(encoding="utf-8"))
    roster = solve(Problem.of(scenario)).roster
    assert isinstance(roster, Roster)
    drivers = [visit.assigned[0].volunteer for visit in roster.visits]
    standbys = [visit.standbys[0].volunteer for visit in roster.visits]
    assert len(drivers) == len(set(drivers)) == 12
    assert len(standbys) == len(set(standbys)) == 12
    days = [visit.start.date() for visit in roster.visits if visit.start is not None]
    gaps = [later - earlier for earlier, later in pairwise(days)]
    assert all(timedelta(days=20) <= gap <= timedelta(days=45) for gap in gaps)
    assert all(date(2026, 12, 1) <= day <= date(2027, 11, 30) for day in days)
