"""Certificates: what prices prove is never above the best roster, numbers by hand, and everything that is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from bound_by_hand import random_charges, told
from pydantic import ValidationError

sys.path.append(str(Path(__file__).parents[1] / "solvers"))
from tiny import FAMILIES, Draft, at, day, free, scenario

from matcher.domain.scenario import Scenario
from matcher.problem import bound, plans
from matcher.problem.bound import duals_of, needs_bound, prices_of_cells, quality_bound
from matcher.problem.certificate import Certificate, verify
from matcher.problem.objective import PROMISE_TERMS
from matcher.problem.patterns import _LONG_AGO, _Spacing, cells_of
from matcher.problem.problem import Problem
from matcher.solvers.exact import solve_exact
from matcher.solvers.pricing import Pricer
from matcher.solvers.stop import Stop
from matcher.solvers.tables import tables_of

SEEDS = 3


def random_duals(problem: Problem, rng: Random, most: int) -> dict[str, Any]:
    """A price per start and role, at some starts 0."""
    cells = int(cells_of(problem)[-1])
    return duals_of(problem, [rng.choice([0, 1, 1, 1]) * rng.randint(0, 1000 * most) for _ in range(cells)])


@pytest.mark.parametrize("family", FAMILIES)
def test_no_prices_prove_more_than_the_best_roster(family):
    for seed in range(SEEDS):
        problem, rng = Problem.of(scenario(family, seed)), Random(seed)
        best = solve_exact(problem, stop=Stop(seconds=20), workers=1)
        if best.status != "OPTIMAL":
            assert best.status == "INFEASIBLE"  # pins that contradict each other
            continue
        needs, _, _ = (tier.value for tier in best.tiers)
        # The third tier's optimum is found after promises; without them quality may be lower.
        facts = problem.scenario.model_dump(mode="json", by_alias=True)
        facts["program"]["settings"]["weights"] |= dict.fromkeys(PROMISE_TERMS, 0)
        free_of_promises = Problem.of(Scenario.model_validate(facts))
        quality = solve_exact(free_of_promises, stop=Stop(seconds=20), workers=1).tiers[2].value
        for most in (50, 300, 1500):
            duals = random_duals(problem, rng, most)
            assert quality_bound(problem, needs, rng.randint(0, 2000), duals).points <= quality, (seed, most)
            # All wishes together lack what the needs tier comes to at best.
            seats = {visit.id: problem.prices.empty_seat(visit.wish) for visit in problem.visits}
            lacking = [(seats, needs, rng.randint(0, 3000)), (dict.fromkeys(seats, 1), 0, rng.randint(0, 3000))]
            assert quality_bound(problem, needs, rng.randint(0, 2000), duals, lacking).points <= quality, (seed, most)
            assert needs_bound(problem, duals).points <= needs, (seed, most)
            charged = told(problem, random_charges(problem, rng))
            assert quality_bound(problem, needs, rng.randint(0, 2000), duals, presence=charged).points <= quality


# ------------------------------------------------------------------------------------------ numbers by hand


def office(**more: Any) -> Scenario:
    """Two visits to one office, Tuesday and Wednesday at 9, and one volunteer who works there.

    No way, no locality, no past: a turn costs fairness ⌊100·(2t−1)/4⌋ only (four offered in the two weeks).
    """
    facts: dict[str, Any] = {
        "program": {
            "name": "by hand", "as_of": at(0, 6), "window": {"start": day(0), "end": day(13)}, "holidays": None,
            "settings": {
                "newcomer_visits": 0, "weights": {"locality": 0},
                "default_limits": {"visits_per_day": 1, "visits_per_week": 2, "visits_per_month": 9},
            },
        },
        "places": [{"id": "p", "lat": 23.1, "lon": 114.4, "crs": "wgs84"}],
        "volunteers": [{"id": "v", "home": "p", "availability": [free("any", "08:00", "20:00")]}],
        "wishes": [
            {"id": name, "kind": "event", "place": "p", "priority": 1, "recurrence": {"at": [at(number, 9)]}}
            for number, name in ((1, "tue"), (2, "wed"))
        ],
    }
    return Scenario.model_validate(facts | more)


TUE, WED = "tue/2026-03-03T0900", "wed/2026-03-04T0900"


def test_the_bound_is_the_sum_by_hand():
    # π 40 and 90 points: both seats bring 130. The turns cost 25 and 75: Wednesday alone earns 90 − 25 = 65,
    # Tuesday alone 15, both 130 − 100 = 30. Needs are worth 1 point each (100 a seat): nothing is earned by
    # leaving a seat empty. L = 130 − 65 − N.
    problem, duals = Problem.of(office()), {TUE: (40_000,), WED: (90_000,)}
    assert quality_bound(problem, 0, 1000, duals).milli == 65_000
    assert quality_bound(problem, 7, 1000, duals).milli == 58_000
    # At λ = ½ an empty Wednesday saves 90 − 50 = 40; and N costs half as much.
    assert quality_bound(problem, 7, 500, duals).milli == 130_000 - 65_000 - 3_500 - 40_000
    # A bound is rounded up to whole points: 64.001 proves 65.
    assert quality_bound(problem, 1, 999, duals).points == 65


def test_needs_by_hand():
    # One visit a week: at a price of 100 each the volunteer takes one, and 100 remain.
    limits = {"visits_per_day": 1, "visits_per_week": 1}
    volunteers = [{"id": "v", "home": "p", "limits": limits, "availability": [free()]}]
    problem = Problem.of(office(volunteers=volunteers))
    assert needs_bound(problem, {TUE: (100_000,), WED: (100_000,)}).milli == 100_000
    # Above the price of an empty seat, leaving it empty earns the difference: 280 − 180 for the plan − 80.
    assert needs_bound(problem, {TUE: (100_000,), WED: (180_000,)}).milli == 20_000
    assert needs_bound(problem, {}).milli == 0


def crew(partial: bool) -> Problem:
    """A visit with two roles, and nobody who has time for one more visit."""
    wish = {"id": "w", "kind": "event", "place": "p", "priority": 1, "partial": partial,
            "roles": [{"id": "a"}, {"id": "b"}], "recurrence": {"at": [at(1, 9)]}}
    volunteers = [{"id": "v", "home": "p", "limits": {"visits_per_week": 0}, "availability": [free()]}]
    return Problem.of(office(wishes=[wish], volunteers=volunteers))


def test_a_whole_crew_is_left_away_as_one():
    # π 150 and 80, 100 points an empty seat. Some are better than none: only the first is worth leaving empty
    # (100 − 150 = −50). As a whole: 200 − 230 = −30.
    duals = {"w/2026-03-03T0900": (150_000, 80_000)}
    assert needs_bound(crew(partial=True), duals).milli == 230_000 - 50_000
    assert needs_bound(crew(partial=False), duals).milli == 230_000 - 30_000


@pytest.mark.parametrize(("least", "most", "last", "binds", "expected"), [
    # On days 1 and 2: 10 + 10. Two days between: days 1 and 5, 10 + 50. At most three: days 3 and 5, 30 + 50.
    (1, None, _LONG_AGO, False, 20),
    (2, None, _LONG_AGO, False, 60),
    (2, 3, _LONG_AGO, False, 80),
    # The last done visit was on day 0: day 1 is too near. On day −9: no day is within 3, so the first is left out.
    (2, 3, 0, True, 80),
    (2, 3, -9, True, 110),
    # Nobody counts from a last visit that does not bind.
    (2, 3, -9, False, 80),
])
def test_a_pattern_keeps_the_spacing(least, most, last, binds, expected):
    visits = [{1: 10, 3: 30}, {2: 10, 5: 50}]
    assert _Spacing(least, most, last, binds).least_of(visits, (100, 100)) == expected


def test_a_demanded_seat_is_in_the_plan():
    # The turn costs 25 and earns nothing: nobody would take it, but the pin demands it.
    problem = Problem.of(office(pins=[{"visit": TUE, "volunteer": "v"}]))
    assert quality_bound(problem, 0, 0, {}).milli == 25_000
    assert quality_bound(Problem.of(office()), 0, 0, {}).milli == 0


def test_prices_by_start_are_read_back_as_they_were():
    problem, rng = Problem.of(scenario("two_starts", 1)), Random(1)
    cells = [rng.randint(0, 9) for _ in range(int(cells_of(problem)[-1]))]
    assert prices_of_cells(problem, duals_of(problem, cells)).tolist() == cells


# -------------------------------------------------------------------------- every rule is in the bound


def drafted(change: Callable[[Draft], None], **settings: Any) -> Problem:
    """One person who lives where the visits are, and what a case adds."""
    draft = Draft(Random(1))
    draft.people[1:] = []
    draft.people[0] |= {"home": "p0", "travel_mode": "walking", "team": None, "availability": [free()], "limits": {}}
    draft.facts["residents"] = [{"id": "r0", "home": "p0"}, {"id": "r1", "home": "p0"}]
    draft.settings |= {"weights": {"locality": 0}, **settings}
    draft.limit(visits_per_day=3, visits_per_week=5, visits_per_month=9)
    change(draft)
    return Problem.of(draft.as_it_is())


def visits(draft: Draft, *starts: tuple[int, float], **more: Any) -> None:
    draft.wish(**{"resident": "r0", "priority": 1, "submitted": None, "recurrence": draft.fixed(*starts), **more})


CASES: dict[str, tuple[Callable[[Draft], Any], Callable[[Draft], Any]]] = {
    "visits a day": (lambda d: visits(d, (1, 9), (1, 14)), lambda d: d.limit(visits_per_day=1)),
    "visits a week": (lambda d: visits(d, (1, 9), (2, 9)), lambda d: d.limit(visits_per_week=1)),
    "visits a month": (lambda d: visits(d, (1, 9), (8, 9)), lambda d: d.limit(visits_per_month=1)),
    "minutes a day": (lambda d: visits(d, (1, 9), (1, 14)), lambda d: d.limit(minutes_per_day=100)),
    "minutes a week": (lambda d: visits(d, (1, 9), (2, 9)), lambda d: d.limit(minutes_per_week=100)),
    "minutes a month": (lambda d: visits(d, (1, 9), (8, 9)), lambda d: d.limit(minutes_per_month=100)),
    "rest days": (lambda d: visits(d, (1, 9), (2, 9)), lambda d: d.limit(rest_days=6)),
    "rest": (lambda d: visits(d, (1, 9), (1, 11)), lambda d: d.limit(min_rest_minutes=90)),
    "rest overnight": (lambda d: visits(d, (1, 19), (2, 8)), lambda d: d.limit(min_rest_minutes=800)),
    "done elsewhere": (lambda d: (visits(d, (3, 9), (4, 9)), d.limit(visits_per_week=2),
                                  d.program.update(as_of=at(2, 6))), lambda d: d.done(None, "v0", -1)),
    "promised elsewhere": (lambda d: visits(d, (1, 9)), lambda d: d.tell("gone/1", "v0", at(1, 9.5))),
    "no time between": (lambda d: visits(d, (1, 9), (1, 10)), lambda d: d.facts["wishes"][0].update(minutes=61)),
    "no time to travel": (lambda d: (visits(d, (1, 9)), visits(d, (1, 10), resident="r1")),
                          lambda d: d.facts["residents"][1].update(home="p1")),
    "goods in a week": (lambda d: (d.wish("goods", due=day(2), resident="r0", priority=1), visits(d, (1, 9))),
                        lambda d: d.limit(visits_per_week=1)),
    "turns running": (lambda d: visits(d, (1, 9), (3, 9)),
                      lambda d: d.facts["wishes"][0].update(staffing={"policy": "rotate"})),
    "few turns": (lambda d: visits(d, (1, 9), (3, 9), (5, 9), staffing={"policy": "rotate"}),
                  lambda d: d.facts["wishes"][0]["staffing"].update(max_turns=1)),
    "came last": (lambda d: visits(d, (1, 9), staffing={"policy": "rotate"}), lambda d: d.done("w0", "v0", 3)),
    "a pin's start": (lambda d: visits(d, recurrence=d.any_of([1], 9, 12), roles=[{}]),
                      lambda d: (d.pin("w0/1", start=at(1, 9.5)), d.people[0].update(unavailable=[
                          {"start": at(1, 9), "end": at(1, 10)}]))),
}


@pytest.mark.parametrize("case", CASES)
def test_a_rule_that_keeps_a_plan_from_being_raises_the_bound(case):
    without, rule = CASES[case]

    def both(draft: Draft) -> None:
        without(draft)
        rule(draft)

    def proven(problem: Problem) -> int:
        return needs_bound(problem, {visit.id: (100_000,) for visit in problem.visits}).milli

    # Every seat at 100 points, no more than an empty one costs. Without the rule one person takes all that go
    # together; with it, one visit less.
    before = 100_000 if case == "few turns" else 0  # of three visits the middle one: not two running
    assert proven(drafted(without)) == before
    # Where nobody at all is left for a turn, all that it has waited for counts: three days.
    assert proven(drafted(both)) == (103_000 if case == "came last" else before + 100_000)


def test_stepping_in_uses_up_no_turn():
    """Two visits running are one too many for one person, unless they were told to stand by at the second."""
    def running(draft: Draft) -> None:
        visits(draft, (1, 9), (3, 9), staffing={"policy": "rotate", "standbys": 1})

    def told(draft: Draft) -> None:
        running(draft)
        draft.tell("w0/2026-03-05T0900", "v0", at(3, 9), end=at(3, 10), standby=True)

    def proven(problem: Problem) -> int:
        return needs_bound(problem, {visit.id: (100_000,) for visit in problem.visits}).milli

    assert proven(drafted(running)) == 100_000
    assert proven(drafted(told)) == 0
    for change, earned in ((running, -100_000), (told, -200_000)):
        pricer = Pricer(tables_of(drafted(change)))
        duals = np.full(pricer.numbering.rows, 100_000)
        assert pricer.price(duals, with_costs=False).value.sum() == earned


def test_a_visit_with_a_choice_of_days_is_served_once():
    problem = drafted(lambda d: visits(d, recurrence=d.any_of([1, 2, 3], 9, 10)))
    assert len(problem.options) == 3
    # 900 for the one seat, less the turn: ⌊100·1/o⌋. Thrice 900 would make the bound negative.
    turn = 1000 * problem.prices.fairness(0, 1)
    assert quality_bound(problem, 0, 10_000_000, {"w0/1": (900_000,)}).milli == turn


PRICED: dict[str, tuple[Callable[[Draft], Any], Callable[[Draft], Any], int]] = {
    # Two visits a week; faces 60 once, though both visits show the same new face.
    "a new face": (lambda d: visits(d, (1, 9), (3, 9)),
                   lambda d: d.facts["wishes"][0].update(staffing={"policy": "steady"}), 60_000),
    "a known face": (lambda d: (visits(d, (1, 9), (3, 9)), d.done("w0", "v0", 3)),
                     lambda d: d.facts["wishes"][0].update(staffing={"policy": "steady"}), 0),
    # Turns 20·1 and 20·3, for the first and the third visit.
    "turns": (lambda d: (visits(d, (1, 9), (5, 9)), d.settings.update(soft_rules={"keeps_the_turn": 1})),
              lambda d: d.facts["wishes"][0].update(staffing={"policy": "rotate"}), 80_000),
    # Nobody is left to stand by: each filled role lacks one, for 200.
    "stand-bys": (lambda d: visits(d, (1, 9), (3, 9)),
                  lambda d: d.facts["wishes"][0].update(staffing={"standbys": 1}), 400_000),
    # The visit lies in time the person would rather not serve.
    "undesired time": (lambda d: visits(d, (1, 9)), lambda d: d.people[0]["availability"].append(
        free("any", "09:00", "10:00", "undesired")), 50_000),
}


@pytest.mark.parametrize("case", PRICED)
def test_a_price_of_quality_is_in_the_bound(case):
    without, price, difference = PRICED[case]

    def both(draft: Draft) -> None:
        without(draft)
        price(draft)

    def proven(problem: Problem) -> int:
        # So dear that whoever can serve does, whatever it costs.
        return quality_bound(problem, 0, 10_000_000, {visit.id: (900_000,) for visit in problem.visits}).milli

    assert proven(drafted(both)) - proven(drafted(without)) == difference


def test_the_days_way_is_one_tour():
    def one_after_the_other(draft: Draft) -> None:
        draft.facts["residents"][1]["home"] = draft.facts["residents"][0]["home"] = "p1"
        visits(draft, (1, 9))
        visits(draft, (1, 14), resident="r1")

    problem = drafted(one_after_the_other)
    way = problem.expanded.atlas.minutes("p0", "p1", "walking")
    # Two visits at one place on one day: there and back once. Fairness ⌊100·(2t−1)/o⌋.
    turns = problem.prices.fairness(0, 1) + problem.prices.fairness(0, 2)
    assert way > 0
    assert quality_bound(problem, 0, 10_000_000, {visit.id: (900_000,) for visit in problem.visits}).milli \
        == 1000 * (2 * way + turns)


def test_a_search_given_up_leaves_a_weaker_bound_that_holds(monkeypatch):
    problem = Problem.of(scenario("mixed", 1))
    duals = random_duals(problem, Random(3), 1500)
    exact = quality_bound(problem, 100, 500, duals)
    for limit in ("MOST_LABELS", "MOST_PATTERNS"):
        monkeypatch.setattr(plans, limit, 0)
        monkeypatch.setattr(bound, "MANY_LABELS", 0)
        estimated = quality_bound(problem, 100, 500, duals)
        assert estimated.given_up
        assert not exact.given_up
        assert estimated.milli <= exact.milli


# ------------------------------------------------------------------------------------------------ refused


def certificate(problem: Problem, **changes: Any) -> Certificate:
    """The proof of 65 points by hand, changed."""
    facts: dict[str, Any] = {
        "scenario": problem.scenario.fingerprint, "tier": "quality", "needs": 0, "bound": 65, "lambda_milli": 1000,
        "duals": {TUE: (40_000,), WED: (90_000,)},
    }
    return Certificate(**facts | changes)


def test_a_true_certificate_holds_and_says_so():
    problem = Problem.of(office())
    verdict = verify(problem, certificate(problem))
    assert (verdict.valid, verdict.bound, verdict.milli, verdict.code) == (True, 65, 65_000, None)
    assert verdict.zh == "质量分不可能低于65（缺人分不超过0时）。"
    assert verdict.en == "The quality tier cannot be below 65 (while the needs tier is at most 0)."
    assert verify(problem.expanded, certificate(problem)) == verdict


def test_what_it_takes_as_given_is_told():
    problem = Problem.of(office())
    # A point that is worth nothing changes nothing.
    given = {"weights": {visit.id: 100 for visit in problem.visits}, "least": 0, "sigma_milli": 0}
    verdict = verify(problem, certificate(problem, lacking=(given,)))
    assert verdict.valid
    assert verdict.zh == f"质量分不可能低于65（缺人分不超过0时，并且已知其中{len(problem.visits)}次服务合起来至少缺0分）。"
    verdict = verify(problem, certificate(problem, lacking=(given, given)))
    assert verdict.zh.endswith("，另有1条同类的事实）。")
    assert verdict.en.endswith("together lack at least 0, and 1 more such fact).")


def test_a_claim_below_what_the_prices_prove_holds_too():
    problem = Problem.of(office())
    assert verify(problem, certificate(problem, bound=3)).valid


@pytest.mark.parametrize(("changes", "code"), [
    ({"bound": 66}, "bound-too-high"),
    # One price raised by 30 points: all seats bring 30 more, and so does the best plan.
    ({"bound": 95, "duals": {TUE: (40_000,), WED: (120_000,)}}, "bound-too-high"),
    ({"bound": 95, "lambda_milli": 0, "duals": {TUE: (70_000,), WED: (90_000,)}}, "bound-too-high"),
    ({"needs": 40, "bound": 65}, "bound-too-high"),
    ({"scenario": "0" * 64}, "another-scenario"),
    ({"duals": {TUE: (1,), "thu/2026-03-05T0900": (1,)}}, "unknown-visit"),
    ({"duals": {TUE: (1, 2)}}, "number-of-prices"),
    ({"duals": {TUE: ((at(1, 9), (1, 2)),)}}, "number-of-prices"),
    ({"duals": {TUE: ((at(1, 9), (-1,)),)}}, "negative-price"),
    ({"duals": {TUE: ((at(1, 10), (1,)),)}}, "unknown-start"),
    ({"duals": {TUE: ((None, (1,)),)}}, "unknown-start"),
    ({"duals": {TUE: ((at(1, 9), (1,)), (at(1, 9), (1,)))}}, "unknown-start"),
    ({"duals": {TUE: ()}}, "number-of-prices"),
    ({"duals": {TUE: (-1,)}}, "negative-price"),
    ({"lambda_milli": -1}, "negative-price"),
    ({"lacking": ({"weights": {"nobody": 1}, "least": 1, "sigma_milli": 1},)}, "unknown-visit"),
    ({"lacking": ({"weights": {}, "least": 1, "sigma_milli": -1},)}, "negative-price"),
    ({"faces": {"tue": 1}}, "faces-not-limited"),
    ({"faces": {"nobody": 1}}, "faces-not-limited"),
    ({"people": {TUE: {"v": (1,)}}}, "team-not-asked"),
    ({"presence": {"thu/2026-03-05T0900": ()}}, "unknown-visit"),
    ({"presence": {TUE: ((at(1, 10), {}),)}}, "unknown-start"),
    ({"presence": {TUE: ((at(1, 9), {}), (at(1, 9), {}))}}, "unknown-start"),
    ({"presence": {TUE: ((at(1, 9), {"nobody": 1}),)}}, "unknown-person"),
    ({"presence": {TUE: ((at(1, 9), {"v": -1}),)}}, "negative-price"),
    ({"people": {"thu/2026-03-05T0900": {"v": (1,)}}}, "unknown-visit"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_wrong_is_refused_in_both_languages(changes, code):
    problem = Problem.of(office())
    verdict = verify(problem, certificate(problem, **changes))
    assert not verdict.valid
    assert verdict.code == code
    assert verdict.sentence("zh").endswith("。")
    assert verdict.sentence("en").endswith(".")


@pytest.mark.parametrize(("people", "code"), [
    ({"v": (30_000,)}, None),  # one seat, one person: 30 − (30 − 25)
    ({}, "bound-too-high"),
    ({"v": (24_000,)}, "bound-too-high"),
    ({"nobody": (1,)}, "unknown-person"),
    ({"v": (1, 2)}, "number-of-prices"),
    ({"v": (-1,)}, "negative-price"),
    ({"v": ((at(1, 10), (1,)),)}, "unknown-start"),
], ids=str)
def test_prices_by_person_are_for_the_visits_of_one_team(people, code):
    wish = {"id": "tue", "kind": "event", "place": "p", "priority": 1, "as_one_team": True, "recurrence": {"at": [at(1, 9)]}}
    volunteers = [{"id": "v", "home": "p", "team": "t", "availability": [free("any", "08:00", "20:00")]}]
    problem = Problem.of(office(wishes=[wish], volunteers=volunteers, teams=[{"id": "t"}]))
    told = certificate(problem, bound=25, people={TUE: people}, duals={TUE: (90_000,)})
    verdict = verify(problem, told)
    assert (verdict.valid, verdict.code) == (code is None, code)


def test_beside_a_roster_the_gap_is_told():
    problem = Problem.of(office())
    seats = [(option, 0, 0) for option in range(2)]
    # Both served: fairness 25 + 75.
    verdict = verify(problem, certificate(problem), problem.roster(seats, []))
    assert (verdict.valid, verdict.value, verdict.gap) == (True, 100, 0.35)
    assert verdict.zh == "质量分不可能低于65（缺人分不超过0时）；这份排班表是100，差距35.00%。"
    assert verdict.en.endswith("this roster comes to 100, a gap of 35.00%.")


def test_a_roster_with_more_needs_is_not_covered_and_told_what_is_proven():
    problem = Problem.of(office())
    verdict = verify(problem, certificate(problem), problem.roster([(0, 0, 0)], []))
    # Wednesday is not served: 100 points of needs.
    assert (verdict.valid, verdict.code) == (False, "needs-too-small")
    assert "缺人分是100" in verdict.zh
    assert "质量分不可能低于65" in verdict.zh
    assert "cannot be below 65" in verdict.en


@pytest.mark.parametrize("changes", [
    {"needs": None}, {"bound": -1}, {"tier": "needs", "needs": 3}, {"tier": "needs", "needs": None, "lambda_milli": 1},
    {"duals": {TUE: (10**13,)}}, {"lambda_milli": True}, {"format": "matcher-certificate/1"},
], ids=str)
def test_what_is_no_certificate_cannot_be_made(changes):
    with pytest.raises(ValidationError):
        certificate(Problem.of(office()), **changes)
