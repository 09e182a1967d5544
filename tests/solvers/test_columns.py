"""Bounds never lie above the best roster; whole plans put together make it."""

from random import Random

import numpy as np
import pytest
import tiny

from matcher.problem.bound import quality_bound
from matcher.problem.certificate import verify
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.solvers import columns
from matcher.solvers import tables as t
from matcher.solvers.blocks import Known, Market
from matcher.solvers.columns import ColumnGeneration, Duals, Pool, chosen, plans_of_roster
from matcher.solvers.exact import solve_exact, triples_of
from matcher.solvers.lp import Effort, LpProcess, Programme, solve_lp
from matcher.solvers.master import improve_block, integer_master
from matcher.solvers.pricing import Plans, Pricer
from matcher.solvers.sides import PatternSide
from matcher.solvers.stop import Stop, Timer
from matcher.solvers.tables import tables_of


def _solved(family, seed):
    """(problem, pricer, needs, promises, quality, plans of the best roster)."""
    problem = Problem.of(tiny.scenario(family, seed))
    result = solve_exact(problem, stop=Stop(20.0), workers=1)
    if result.status != "OPTIMAL":
        return None
    pricer = Pricer(tables_of(problem))
    needs, promises, quality = (tier.value for tier in result.tiers)
    return problem, pricer, needs, promises, quality, plans_of_roster(pricer, triples_of(problem, result.roster)[0])


def _run(pricer, needs, seeds=None, work=0.3):
    generation = ColumnGeneration(pricer, needs, seeds)
    generation.run(Stop(seconds=None, work=work))
    return generation


@pytest.mark.parametrize("family", sorted(tiny.FAMILIES))
def test_no_roster_is_better_than_the_bound(family):
    for seed in range(2):
        solved = _solved(family, seed)
        if solved is None:
            continue
        problem, pricer, needs, _, quality, seeds = solved
        for own_seeds in (None, seeds):
            generation = _run(pricer, needs, own_seeds)
            assert generation.best.points <= quality
            certificate = generation.certificate()
            proven = quality_bound(
                problem, needs, certificate.lambda_milli, certificate.duals, faces=certificate.faces,
                people=certificate.people, presence=certificate.presence,
            )
            # The verifier may know more about plans, never less.
            assert proven.milli >= generation.best.bound


def test_the_bound_is_the_optimum_where_everybody_serves_once():
    tight = 0
    for seed in range(6):
        draft_problem, pricer, needs, promises, quality, _ = _solved("fair_shares", seed)
        assert promises == 0 or draft_problem
        tight += _run(pricer, needs).best.points >= quality - 1
    assert tight >= 4


def _visited_by_two():
    draft = tiny.Draft(Random(1))
    draft.people.append({**draft.people[0], "id": "v3"})
    for person in draft.people:
        person |= {"home": "p0", "travel_mode": "walking", "team": None, "availability": [tiny.free()], "limits": {}}
    draft.facts["residents"] = [{"id": "r0", "home": "p0"}, {"id": "r1", "home": "p0"}]
    draft.settings |= {"weights": {"locality": 0, "faces": 1}}
    draft.limit(visits_per_day=1, visits_per_week=3, visits_per_month=4)
    draft.wish(
        resident="r0", submitted=None, staffing={"policy": "steady", "max_helpers": 2},
        recurrence=draft.fixed((1, 9), (3, 9), (8, 9), (10, 9)),
    )
    return draft.as_it_is()


def test_few_faces_have_a_price():
    """Four people offered four turns each: the first costs 25 points, the second 75. Four visits, by two people at most.

    Two people have two turns and are a new face each: 2·(25 + 75 + 1). Were faces not limited, it would be 4·(25 + 1).
    """
    problem = Problem.of(_visited_by_two())
    pricer = Pricer(tables_of(problem))
    generation = _run(pricer, 0)
    assert generation.best.points == 202
    assert sum(generation.best.faces) > 0
    certificate = generation.certificate()
    assert quality_bound(problem, 0, certificate.lambda_milli, certificate.duals, faces=certificate.faces).points == 202
    assert solve_exact(problem, stop=Stop(20.0), workers=1).tiers[2].value == 202


def _wanted_of_one_team(partial):
    draft = tiny.Draft(Random(1))
    draft.person()
    for number, person in enumerate(draft.people):
        limits = {"visits_per_week": 1 + number % 2}
        person |= {"home": "p0", "travel_mode": "walking", "team": f"t{number // 2}", "availability": [tiny.free()]}
        person["limits"] = limits
    draft.facts["teams"] = [{"id": "t0"}, {"id": "t1"}]
    draft.settings |= {"weights": {"locality": 0}}
    draft.limit(visits_per_day=1, visits_per_month=9)
    draft.wish(
        "event", place="p0", submitted=None, as_one_team=True, partial=partial, roles=[{"count": 2}],
        recurrence=draft.fixed((1, 9)),
    )
    return draft.as_it_is()


@pytest.mark.parametrize("partial", [False, True])
def test_two_teams_by_halves_are_no_crew(partial):
    """Of each team one has two turns in two weeks, the other four: a first turn costs 50 or 25 points.

    One team's two people come to 75. Of both teams the cheaper ones would come to 50, and half of either team to no more,
    where a row said only how many of a team there are.
    """
    problem = Problem.of(_wanted_of_one_team(partial))
    generation = _run(Pricer(tables_of(problem)), 0)
    assert generation.best.points == 75
    certificate = generation.certificate()
    assert set(certificate.people) == {problem.visits[0].id}
    assert not certificate.duals
    assert verify(problem, certificate).bound == 75
    dearer = {name: tuple((start, (price[0] + 30_000,)) for start, price in own)
              for name, own in certificate.people[problem.visits[0].id].items()}
    wrong = certificate.model_copy(update={"bound": 105, "people": {problem.visits[0].id: dearer}})
    assert verify(problem, wrong).code == "bound-too-high"
    assert solve_exact(problem, stop=Stop(20.0), workers=1).tiers[2].value == 75


def _met_at_two_starts():
    """A crew of two; Anna can come in the morning only, Ben in the afternoon only, Zoe at both, from far away."""
    draft = tiny.Draft(Random(1))
    draft.facts["volunteers"] = [
        {**draft.people[0], "id": name, "home": home, "travel_mode": "walking", "team": None, "limits": {},
         "availability": [tiny.free(start=start, end=end)]}
        for name, home, start, end in (
            ("anna", "p0", "08:00", "12:00"), ("ben", "p0", "13:00", "18:00"), ("zoe", "p1", "08:00", "18:00"),
        )
    ]
    draft.facts["residents"] = [{"id": "r0", "home": "p0"}]
    draft.settings |= {"weights": {"locality": 0, "fairness": 0}}
    draft.limit(visits_per_day=1)
    draft.wish(
        resident="r0", submitted=None, roles=[{"id": "help", "count": 2}],
        recurrence={"windows": [
            {"dates": [tiny.day(1)], "start": "09:00", "end": "10:00"},
            {"dates": [tiny.day(1)], "start": "14:00", "end": "15:00"},
        ]},
    )
    return draft.as_it_is()


def test_nobody_is_half_a_crew_twice():
    """Half of the morning's visit by Anna alone and half of the afternoon's by Ben alone would cost nothing.

    In truth Zoe has to come, whenever it is: the way there and back.
    """
    problem = Problem.of(_met_at_two_starts())
    best = solve_exact(problem, stop=Stop(20.0), workers=1)
    needs, _, quality = (tier.value for tier in best.tiers)
    assert quality > 0
    generation = _run(Pricer(tables_of(problem)), needs)
    assert generation.best.points == quality
    assert generation.best.presence.any()
    found = generation.certificate()
    assert quality_bound(problem, needs, found.lambda_milli, found.duals, presence=found.presence).points == quality
    assert quality_bound(problem, needs, found.lambda_milli, found.duals).points < quality


def test_a_second_search_brings_the_bound_nearer(monkeypatch):
    """Where first searches end early, those of whom a better bound hangs are searched again: here everybody, 5 points each."""
    monkeypatch.setattr(columns, "_NODES", (1, 1, 1, 1))
    _, pricer, needs, _, quality, seeds = _solved("fair_shares", 0)
    price = pricer.price

    def hasty(*what, nodes, **more):
        priced = price(*what, nodes=nodes, **more)
        if nodes > 1:
            return priced
        return priced._replace(value=priced.value - 5_000, exact=np.zeros(len(priced.value), dtype=bool))

    monkeypatch.setattr(pricer, "price", hasty)
    bounds = []
    for thorough in (1, 20_000):
        monkeypatch.setattr(columns, "_THOROUGH", (thorough,) * 4)
        bounds.append(_run(pricer, needs, seeds).best.bound)
    assert bounds[0] < bounds[1] <= 1000 * quality


def test_what_is_worth_nothing_proves_nothing():
    _, pricer, needs, _, _, _ = _solved("visit_limits", 0)
    nothing = np.zeros(pricer.numbering.rows, dtype=np.int64)
    # No price on any seat: no visit is worth serving, no plan worth following, and needs cost nothing.
    assert PatternSide(pricer.tables, pricer.numbering).least(nothing, 0) == 0
    assert not pricer.price(nothing).value.any()
    assert _run(pricer, needs).best.bound >= 0


def test_counted_runs_repeat_exactly():
    _, pricer, needs, _, _, _ = _solved("mixed", 3) or _solved("anything", 3)
    runs = [_run(pricer, needs) for _ in range(2)]
    assert runs[0].best.bound == runs[1].best.bound
    assert runs[0].work == runs[1].work
    assert (runs[0].best.row == runs[1].best.row).all()


def test_a_pool_holds_every_column_once():
    pool = Pool()
    plans = Plans.of([(0, [3, 1], 10), (0, [1, 3], 10), (1, [2], 5), (2, [], 0)])
    assert pool.add(plans) == 2
    assert pool.add(plans) == 0
    pool.keep(np.array([False, True]))
    assert pool.plans.volunteer.tolist() == [1]
    assert pool.add(plans) == 1


def test_columns_are_dropped_but_never_used_ones():
    _, pricer, needs, _, quality, _ = _solved("fair_shares", 1)
    generation = ColumnGeneration(pricer, needs, most_columns=4)
    generation.run(Stop(seconds=None, work=0.3))
    assert generation.best.points <= quality


@pytest.mark.parametrize("family", sorted(tiny.FAMILIES))
def test_all_plans_within_the_gap_make_the_best_roster(family):
    """Closure: the cheapest assembly of all plans within the gap is the best quality, where promises do not forbid it.

    Left out are problems with stand-bys or with soft rules between people, whose cost no plan knows.
    """
    for seed in range(2):
        solved = _solved(family, seed)
        if solved is None:
            continue
        problem, pricer, needs, promises, quality, seeds = solved
        if pricer.tables.row[:, t.R_STANDBYS].any() or problem.scenario.program.settings.soft_rules:
            continue
        generation = _run(pricer, needs, seeds)
        best = generation.best
        slack = np.full(pricer.tables.volunteers, 1000 * quality - best.bound)
        plans = pricer.enumerate(
            best.row, slack, limit=100_000, faces=best.faces, presence=generation.presence.charges(best.presence)
        )
        if plans is None:
            continue
        found = integer_master(pricer, plans, needs, seconds=20)
        assert found is not None
        assert found.optimal
        assert found.cost <= 1000 * quality
        crew = problem.crew
        triples = [(int(crew.option[n]), int(crew.role[n]), int(crew.volunteer[n])) for n in found.plans.seat]
        report = check(problem.expanded, problem.roster(triples, ()))
        pinned_standbys = any(seat.standby for seat in (*problem.pins, *problem.published))
        assert report.valid or pinned_standbys, report.violations
        assert report.terms["empty_seats"] == needs
        assert 1000 * report.tiers[2].value == found.cost
        if report.tiers[1].value <= promises:
            assert found.cost == 1000 * quality


@pytest.mark.parametrize("family", ["crews", "partial_crews", "one_team", "newcomers", "few_faces", "rotation", "pairs"])
def test_highs_puts_the_same_roster_together(family):
    """With people too many at first, who are left away afterwards."""
    solved = _solved(family, 0)
    assert solved is not None
    problem, pricer, needs, _, quality, seeds = solved
    best = _run(pricer, needs, seeds).best
    slack = np.full(pricer.tables.volunteers, 1000 * quality - best.bound)
    plans = pricer.enumerate(best.row, slack, limit=100_000)
    by_cp_sat = integer_master(pricer, plans, needs, seconds=20)
    by_highs = integer_master(pricer, plans, needs, limit=Timer(Stop(20.0)))
    assert by_highs.cost == by_cp_sat.cost
    assert by_highs.optimal
    crew = problem.crew
    triples = [(int(crew.option[n]), int(crew.role[n]), int(crew.volunteer[n])) for n in by_highs.plans.seat]
    report = check(problem.expanded, problem.roster(triples, ()))
    assert report.valid, report.violations
    assert report.terms["empty_seats"] == needs


def test_a_block_is_those_who_could_take_visits_from_each_other():
    _, pricer, _, _, _, _ = _solved("fair_shares", 0)
    rows, people = pricer.row_of, pricer.tables.problem.crew.volunteer
    everything = pricer.enumerate(np.zeros(pricer.numbering.rows, np.int64), np.full(3, 10**9), limit=100_000)
    one_seat = chosen(everything, np.flatnonzero(np.diff(everything.ptr) == 1))
    prices = Duals(np.full(pricer.numbering.rows, 10**6), 0, 0, 0, np.zeros(0, np.int64))
    market = Market(pricer, Known(one_seat, prices), one_seat)
    block = market.around(2, np.random.default_rng(3))
    assert len(block) == 2
    shared = [set(rows[(people == person)].tolist()) for person in block]
    assert shared[0] & shared[1]
    own = market.best_of(block[:1])
    assert set(own.volunteer.tolist()) == {int(block[0])}
    # Whoever could do with another plan comes first; a block as large as all is all, soon.
    market.excess[0] = 10**12
    assert market.around(9, np.random.default_rng(3)).tolist() == sorted(set(one_seat.volunteer.tolist()))


def test_a_block_is_improved_while_others_stay():
    improved = 0
    for seed in range(8):
        solved = _solved("fair_shares", seed)
        if solved is None:
            continue
        _, pricer, needs, _, quality, best = solved
        everything = pricer.enumerate(np.zeros(pricer.numbering.rows, np.int64), np.full(3, 10**9), limit=100_000)
        worse = integer_master(pricer, _dearest(everything, best), needs, seconds=5)
        if worse is None or worse.cost <= 1000 * quality:
            continue
        block = np.arange(pricer.tables.volunteers)
        found = improve_block(pricer, worse.plans, block, needs, more=everything, seconds=5)
        assert found is not None
        assert 1000 * quality <= int(found.cost.sum()) < worse.cost
        together = improve_block(
            pricer, worse.plans, block, needs, steps=0, more=everything, limit=Timer(Stop(20.0))
        )
        assert int(together.cost.sum()) == 1000 * quality
        improved += 1
        one = np.array([0])
        kept = improve_block(pricer, worse.plans, one, needs, seconds=5)
        assert kept is None or set(kept.volunteer.tolist()) <= {0}
    assert improved > 0


def _dearest(everything, best):
    """All plans but those of the best roster."""
    known = {tuple(sorted(best.seats(n).tolist())) for n in range(len(best))}
    return chosen(everything, np.array([
        n for n in range(len(everything)) if tuple(sorted(everything.seats(n).tolist())) not in known
    ], dtype=np.int64))


def test_another_process_gives_the_same_bound():
    _, pricer, needs, _, _, seeds = _solved("fair_shares", 2)
    here = _run(pricer, needs, seeds)
    with LpProcess() as process:
        there = ColumnGeneration(pricer, needs, seeds, solve=process.solve)
        there.run(Stop(seconds=None, work=0.3))
    assert there.best.bound == here.best.bound


def test_a_process_that_is_gone_is_said_to_be():
    with LpProcess() as process:
        pass
    _, pricer, needs, _, _, seeds = _solved("fair_shares", 2)
    with pytest.raises(RuntimeError, match="is gone"):
        ColumnGeneration(pricer, needs, seeds, solve=process.solve).step()


def test_a_programme_solved_exactly_has_exact_prices():
    """Least x + 2y with x + y = 3, x ≤ 1 and y ≥ 1: x = 1, y = 2; one more of the sum costs 2, one more of x saves 1."""
    programme = Programme(
        cost=np.array([1.0, 2.0]), most=np.full(2, np.inf), lower=np.array([3.0, -np.inf, 1.0]),
        upper=np.array([3.0, 1.0, np.inf]), row=np.array([0, 0, 1, 2]), column=np.array([0, 1, 0, 1]), entry=np.ones(4),
    )
    answer = solve_lp(programme, Effort(0.0, 1))
    assert answer.primal == pytest.approx([1, 2])
    assert answer.dual == pytest.approx([2, -1, 0])
    assert answer.reduced == pytest.approx([0, 0])
