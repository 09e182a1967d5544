"""The needs tier proven by the wishes that lack somebody, parts of a problem, and repair of a few wishes."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from brute import Answer, Bench, TooManyRostersError, verdict
from solve_counted import crowded
from tiny import FAMILIES, Draft, free, scenario

from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.solvers import shortage
from matcher.solvers.exact import solve_needs, triples_of
from matcher.solvers.flow import NeedsBound, needs_bound
from matcher.solvers.part import subproblem
from matcher.solvers.shortage import Proof, needs_of, prove_needs, repair
from matcher.solvers.start import first_roster
from matcher.solvers.stop import Progress, Stop, Timer

SEEDS, MANY_SEEDS = 4, 60
Crews = tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]


def tried(family: str, most: int) -> list[tuple[Problem, Crews, Answer]]:
    """A family's first scenarios that have a best roster and a quick first one."""

    def each():
        for seed in range(10 * most):
            try:
                answer = Bench(facts := scenario(family, seed)).best()
            except TooManyRostersError:
                continue
            problem = Problem.of(facts)
            start = first_roster(problem, needs_bound(problem).wanted) if answer.values is not None else None
            if start is not None:
                yield problem, triples_of(problem, start), answer

    return list(islice(each(), most))


def nothing_known(problem: Problem) -> NeedsBound:
    """The bound one has without a flow."""
    return NeedsBound(**{name: getattr(needs_bound(problem), name) for name in NeedsBound.__dataclass_fields__} | {
        "value": 0,
    })


def prove(problem: Problem, crews: Crews, **more) -> Proof:
    return prove_needs(
        problem, *crews, nothing_known(problem), timer=Timer(more.pop("stop", Stop(seconds=60))), **more
    )


# ------------------------------------------------------------------------------------------- proofs


def proven_like_brute_force(family: str, most: int) -> None:
    for problem, crews, answer in tried(family, most):
        assert answer.values is not None
        proof = prove(problem, crews)
        judged = verdict(problem.expanded, problem.roster(proof.crew, proof.standbys))
        facts = problem.scenario.to_json()
        assert (proof.status, proof.bound, proof.value) == ("OPTIMAL", answer.values[0], answer.values[0]), facts
        assert judged is not None, facts
        assert judged[0] == proof.value, facts


@pytest.mark.parametrize("family", FAMILIES)
def test_the_needs_tier_is_proven_to_be_what_brute_force_finds(family):
    proven_like_brute_force(family, SEEDS)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_the_needs_tier_is_proven_to_be_what_brute_force_finds_many_times(family):
    proven_like_brute_force(family, MANY_SEEDS)


def chain(length: int) -> Problem:
    """Wish n can be served by person n or n + 1, the last wish by nobody else; each person serves once."""
    d = Draft(Random(0))
    d.facts["volunteers"].clear()
    for _ in range(length):
        d.person(availability=[free()], team=None, limits={"visits_per_month": 1})
    for number in range(length):
        wish = d.wish(priority=1, recurrence=d.any_of([1], 9, 10))
        wish["claimants_only"] = True
        for row in {number, min(number + 1, length - 1)}:
            d.claim(wish["id"], "open", volunteer=f"v{row}")
    return Problem.of(d.scenario())


def test_a_chain_of_people_is_moved_up_until_the_last_wish_is_served():
    problem = chain(5)
    index = {visit.wish.id: number for number, visit in enumerate(problem.visits)}
    # Wish n by person n + 1, so that nobody is left for the last one; person 0 is idle.
    crew = [(problem.options_of[index[f"w{n}"]].start, 0, n + 1) for n in range(4)]
    assert needs_of(problem, crew) == problem.prices.empty_seat(problem.visits[0].wish)
    proof = prove(problem, (crew, []))
    assert (proof.status, proof.value) == ("OPTIMAL", 0)
    assert check(problem.expanded, problem.roster(proof.crew, proof.standbys)).valid
    # Each round brings in the wish whose person is wanted; no model but the last holds all.
    assert proof.trace[0].detail["wishes"] == 1


def test_crews_that_are_best_already_stay_as_they_are():
    problem, _, answer = tried("crews", 1)[0]
    assert answer.roster is not None
    crew, standbys = triples_of(problem, answer.roster)
    proof = prove(problem, (crew, standbys))
    assert (sorted(proof.crew), sorted(proof.standbys)) == (sorted(crew), sorted(standbys))


def test_without_time_the_flow_bound_and_the_roster_stand():
    problem = Problem.of(crowded(3))
    bound = needs_bound(problem)
    start = first_roster(problem, bound.wanted)
    assert start is not None
    crew, standbys = triples_of(problem, start)
    proof = prove_needs(problem, crew, standbys, bound, timer=Timer(Stop(seconds=0)))
    assert (proof.bound, proof.crew, proof.standbys) == (min(bound.value, proof.value), crew, standbys)


def test_a_model_too_large_is_left_out_and_the_bound_stays_valid(monkeypatch):
    monkeypatch.setattr(shortage, "MOST_CANDIDATES", 12)
    for family in ("crews", "rotation", "visit_limits", "few_faces"):
        for problem, crews, answer in tried(family, SEEDS):
            assert answer.values is not None
            proof = prove(problem, crews)
            assert proof.bound <= answer.values[0] <= proof.value
            assert verdict(problem.expanded, problem.roster(proof.crew, proof.standbys)) is not None


def test_counted_work_gives_the_same_proof_again():
    problem = Problem.of(crowded(5))
    start = first_roster(problem, needs_bound(problem).wanted)
    assert start is not None
    crews = triples_of(problem, start)
    first, second = (prove(problem, crews, stop=Stop(seconds=None, work=0.3), seed=1) for _ in range(2))
    assert (first.bound, first.crew, first.standbys) == (second.bound, second.crew, second.standbys)


def test_bounds_and_better_crews_are_told_as_they_come():
    told: list[tuple[str, int]] = []

    class Listener(Progress):
        def better(self, tier, value, bound):
            told.append(("better", value))

        def bound_rises(self, tier, bound):
            told.append(("bound", bound))

    problem = chain(3)
    index = {visit.wish.id: number for number, visit in enumerate(problem.visits)}
    crew = [(problem.options_of[index["w0"]].start, 0, 1)]
    prove(problem, (crew, []), progress=Listener())
    assert told[-1] == ("better", 0)


# ------------------------------------------------------------------------------------------- parts


def test_a_part_maps_its_options_back_to_the_whole():
    problem = Problem.of(crowded(2))
    part = subproblem(problem, ["w1", "w4"])
    assert {visit.wish.id for visit in part.problem.visits} == {"w1", "w4"}
    for number, option in enumerate(part.problem.options):
        whole = problem.options[int(part.options[number])]
        assert (option.start, option.day) == (whole.start, whole.day)
        assert part.problem.visits[option.visit].id == problem.visits[whole.visit].id
    own = part.problem.crew
    triples = list(zip(own.option.tolist(), own.role.tolist(), own.volunteer.tolist()))
    assert part.inside(part.whole(triples)) == triples
    inside = {number for name in ("w1", "w4") for visit in problem.visits_of_wish[name]
              for number in problem.options_of[visit]}
    assert len(own) == sum(number in inside for number in problem.crew.option.tolist())


def test_frozen_duties_take_time_limits_and_turns():
    d = Draft(Random(1))
    d.facts["volunteers"].clear()
    d.person(availability=[free()], team=None, limits={"visits_per_week": 1})
    d.wish(recurrence=d.any_of([1], 9, 10))
    d.wish(recurrence=d.any_of([2], 9, 10))
    problem = Problem.of(d.scenario())
    first = problem.visits_of_wish["w0"][0]
    frozen = [(problem.options_of[first].start, 0, 0)]
    alone, kept = subproblem(problem, ["w1"]).problem, subproblem(problem, ["w1"], frozen).problem
    # Tuesday and Wednesday lie in one week, and one visit a week is all this person gives.
    price = problem.prices.empty_seat(kept.visits[0].wish)
    assert [solve_needs(part, timer=Timer(Stop(seconds=10))).value for part in (alone, kept)] == [0, price]
    assert kept.prices.turns_before[0] == alone.prices.turns_before[0] + 1 == problem.prices.turns_before[0] + 1


@pytest.mark.parametrize("family", ["crews", "visit_limits", "rotation", "partial_crews", "mixed"])
def test_the_more_wishes_a_part_has_the_higher_its_needs(family):
    for problem, _, answer in tried(family, SEEDS):
        assert answer.values is not None
        wishes = list(problem.visits_of_wish)
        bounds = [
            solve_needs(subproblem(problem, wishes[:most]).problem, timer=Timer(Stop(seconds=10)), workers=1).bound
            for most in range(len(wishes) + 1)
        ]
        assert bounds == sorted(bounds)
        assert bounds[0] == 0
        assert bounds[-1] == answer.values[0]


@pytest.mark.parametrize("family", FAMILIES)
def test_with_the_best_roster_frozen_a_wish_is_served_as_there(family):
    for problem, _, answer in tried(family, SEEDS):
        assert answer.roster is not None
        crew, standbys = triples_of(problem, answer.roster)
        for wish in problem.visits_of_wish:
            part = subproblem(problem, [wish], crew, standbys)
            # Neither better, or the best roster would not be best, nor worse, for it is one that fits.
            found = solve_needs(part.problem, timer=Timer(Stop(seconds=10)), workers=1)
            assert found.value == needs_of(part.problem, part.inside(crew)), problem.scenario.to_json()


# ------------------------------------------------------------------------------------------ repair


@pytest.mark.parametrize("family", FAMILIES)
def test_a_repaired_roster_is_valid_and_only_its_wishes_change(family):
    for problem, (crew, standbys), _ in tried(family, 2):
        for wish in problem.visits_of_wish:
            found = repair(problem, crew, standbys, [wish], stop=Stop(seconds=20))
            if found is None:
                continue
            assert verdict(problem.expanded, problem.roster(*found)) is not None, problem.scenario.to_json()
            own = {number for visit in problem.visits_of_wish[wish] for number in problem.options_of[visit]}
            for before, after in zip((crew, standbys), found):
                assert {t for t in before if t[0] not in own} == {t for t in after if t[0] not in own}


def test_repair_of_all_wishes_finds_the_best_roster():
    for family in ("fair_shares", "rotation", "standbys", "preferred_times"):
        for problem, (crew, standbys), answer in tried(family, SEEDS):
            found = repair(problem, crew, standbys, list(problem.visits_of_wish), stop=Stop(seconds=20))
            roster = problem.roster(*(found or (crew, standbys)))
            assert verdict(problem.expanded, roster) == answer.values


def test_repair_spreads_turns_over_people_who_have_none_yet():
    d = Draft(Random(1))
    d.facts["volunteers"].clear()
    for _ in range(2):
        d.person(availability=[free()], team=None, home="p0", travel_mode="bus")
    for number in range(3):
        d.wish(recurrence=d.any_of([2 * number + 1], 9, 10))
    problem = Problem.of(d.scenario())
    starts = [problem.options_of[problem.visits_of_wish[f"w{number}"][0]].start for number in range(3)]
    crew = [(start, 0, 0) for start in starts]
    found = repair(problem, crew, [], ["w2"], stop=Stop(seconds=20))
    # The first person has two turns at the frozen wishes, the second none: a third turn would cost 5 : 1.
    assert found is not None
    assert sorted(found[0]) == sorted([*crew[:2], (starts[2], 0, 1)])


def test_a_part_of_unknown_wishes_is_empty():
    assert not subproblem(Problem.of(crowded(2)), ["no such wish"]).problem.visits
