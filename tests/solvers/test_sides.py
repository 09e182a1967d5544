"""The wishes' side of the bound: least patterns against all patterns, and rosters as points of the programme."""

from __future__ import annotations

from itertools import combinations, product
from random import Random

import numpy as np
import pytest
import tiny
from scipy.optimize import linprog
from scipy.sparse import csc_matrix, vstack

from matcher.problem.check import history_binds, last_done
from matcher.problem.problem import Problem
from matcher.solvers import tables as t
from matcher.solvers.columns import ColumnGeneration, plans_of_roster
from matcher.solvers.exact import solve_exact, triples_of
from matcher.solvers.pricing import Pricer
from matcher.solvers.sides import Numbering, PatternSide
from matcher.solvers.stop import Stop
from matcher.solvers.tables import tables_of

FAMILIES = sorted(tiny.FAMILIES)
SPACED = ("least_gap", "most_gap", "months", "rotation", "soft_spacing", "mixed", "anything")
MOST = 20_000
"""Patterns of one wish that are worth trying."""


def least_of_all_patterns(problem, tables, numbering, duals, needs_dual):
    """The least of each wish over all its patterns, tried one by one; None if there are too many."""
    total = 0
    for numbers in problem.visits_of_wish.values():
        ways = [[None, *_starts(problem, tables, numbering, visit)] for visit in numbers]
        if np.prod([len(own) for own in ways]) > MOST:
            return None
        worth = [
            {start: _worth(problem, tables, numbering, visit, start, duals, needs_dual) for start in own}
            for visit, own in zip(numbers, ways)
        ]
        total += min(
            sum(own[start] for own, start in zip(worth, pattern))
            for pattern in product(*ways)
            if not numbering.is_linked[numbers[0]] or _keeps_the_spacing(problem, numbers, pattern)
        )
    return total


def _starts(problem, tables, numbering, visit):
    """Options a visit may be served at; −1 stands for all of them where nothing tells them apart."""
    if not numbering.is_linked[visit]:
        return [-1]
    return [option for option in problem.options_of[visit] if tables.option[option, t.O_ALLOWED]]


def _worth(problem, tables, numbering, visit, start, duals, needs_dual):
    wish = problem.visits[visit].wish
    need = needs_dual * problem.prices.empty_seat(wish)
    if start is None:
        return need * problem.visits[visit].seats
    if numbering.is_one_team[visit]:
        return min(_worth_of_team(problem, numbering, start, team, duals, need) for team in problem.possible.teams[start])
    total = 0
    for role, own in enumerate(wish.roles):
        if start < 0:
            row = int(np.flatnonzero(numbering.row_of == tables.row_ptr[visit] + role)[0])
        else:
            row = int(numbering.of_cell[tables.cell_ptr[start] + role])
        total += own.count * (min(int(duals[row]), need) if wish.partial else int(duals[row]))
    return total


def _worth_of_team(problem, numbering, option, team, duals, need):
    """The cheapest crew of one team, role by role; a seat left empty costs its needs."""
    wish, crew, total = problem.visits[problem.options[option].visit].wish, problem.crew, 0
    for role, own in enumerate(wish.roles):
        prices = [
            int(duals[numbering.of_crew[seat]]) for seat in range(len(crew))
            if (crew.option[seat], crew.role[seat]) == (option, role) and problem.possible.candidates[seat]
            and problem.scenario.volunteers[crew.volunteer[seat]].team == problem.scenario.teams[team].id
        ]
        least = 0 if wish.partial else own.count
        total += min(
            sum(chosen) + need * (own.count - len(chosen))
            for size in range(least, own.count + 1) for chosen in combinations(prices, size)
        )
    return total


def _keeps_the_spacing(problem, numbers, pattern):
    """As the judge walks along the visits."""
    wish = problem.visits[numbers[0]].wish
    when = wish.recurrence
    if when is None or "keeps_the_spacing" in problem.scenario.program.settings.soft_rules:
        return True
    if when.least_gap_days == 0 and when.max_gap_days is None and when.times is None:
        return True
    done = last_done(problem.expanded, wish)
    last = None if done is None else done[1]
    adjacent = last is not None and history_binds(problem.expanded, problem.visits[numbers[0]], last)
    for option in pattern:
        if option is None:
            adjacent = False
            continue
        day = problem.options[option].day
        if last is not None:
            gap = (day - last).days
            if gap < when.least_gap_days or (adjacent and when.max_gap_days is not None and gap > when.max_gap_days):
                return False
        last, adjacent = day, True
    return True


@pytest.mark.parametrize("family", FAMILIES)
def test_the_least_pattern_is_the_least_of_all_patterns(family):
    for seed in range(3):
        problem = Problem.of(tiny.scenario(family, seed))
        tables, rng = tables_of(problem), Random(seed)
        numbering = Numbering(tables)
        side = PatternSide(tables, numbering)
        for _ in range(3):
            duals = np.array([
                rng.choice([0, rng.randint(0, 200_000), rng.randint(0, 900_000)]) for _ in range(numbering.rows)
            ], dtype=np.int64)
            needs_dual = rng.choice([0, 1_000, rng.randint(0, 5_000)])
            tried = least_of_all_patterns(problem, tables, numbering, duals, needs_dual)
            if tried is not None:
                assert side.least(duals, needs_dual) == tried


def test_what_is_tried_has_spacing_to_keep():
    linked = spaced = 0
    for family in SPACED:
        for seed in range(6):
            problem = Problem.of(tiny.scenario(family, seed))
            numbering = Numbering(tables_of(problem))
            linked += len(numbering.linked_wishes)
            spaced += sum(
                not _keeps_the_spacing(problem, numbers, [problem.options_of[visit][0] for visit in numbers])
                for numbers in problem.visits_of_wish.values()
                if all(problem.options_of[visit] for visit in numbers)
            )
    assert linked > 10
    assert spaced > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_the_best_roster_is_a_point_of_the_programme(family):
    """Its plans and patterns, and the empty seats it leaves, keep every row, and cost what the plans cost."""
    for seed in range(2):
        problem = Problem.of(tiny.scenario(family, seed))
        result = solve_exact(problem, stop=Stop(20.0), workers=1)
        if result.roster is None:
            continue
        pricer = Pricer(tables_of(problem))
        crew, _ = triples_of(problem, result.roster)
        plans = plans_of_roster(pricer, crew)
        assert sum(len(plans.seats(n)) for n in range(len(plans))) == len(crew)
        generation = ColumnGeneration(pricer, result.tiers[0].value, plans)
        options = np.full(len(problem.visits), -1, dtype=np.int64)
        for option, _, _ in crew:
            options[problem.options[option].visit] = option
        generation.add_roster(options)
        programme = generation._programme()
        low, high = np.zeros(len(programme.cost)), programme.most.copy()
        fixed = len(generation._fixed.cost)
        low[fixed:fixed + len(plans)] = 1  # exactly these plans
        high[fixed - 1] = 0  # and no needs beyond the roster's
        answer = _minimum(programme, low, high)
        assert answer.status == 0, (family, seed, answer.message)
        assert answer.fun * 1000 == pytest.approx(int(plans.cost.sum()), abs=1)


def _minimum(programme, low, high):
    matrix = csc_matrix(
        (programme.entry, (programme.row, programme.column)), shape=(len(programme.lower), len(programme.cost))
    )
    above, below = np.isfinite(programme.upper), np.isfinite(programme.lower)
    sides = [matrix[above], -matrix[below]]
    limits = np.concatenate([programme.upper[above], -programme.lower[below]])
    return linprog(programme.cost, A_ub=vstack(sides), b_ub=limits + 1e-9, bounds=list(zip(low, high)), method="highs")


@pytest.mark.parametrize("family", ["crews", "least_gap", "pins", "published", "standbys", "partial_crews", "fair_shares", "one_team"])
def test_the_closed_programme_is_worth_its_bound(family):
    """Once no column pays any more, another solver finds the same value for the programme."""
    closed = 0
    for seed in range(3):
        problem = Problem.of(tiny.scenario(family, seed))
        result = solve_exact(problem, stop=Stop(20.0), workers=1)
        if result.roster is None:
            continue
        generation = ColumnGeneration(Pricer(tables_of(problem)), result.tiers[0].value)
        generation.run(Stop(seconds=None, work=1.0))
        if not generation.closed:
            continue
        closed += 1
        programme = generation._programme()
        answer = _minimum(programme, np.zeros(len(programme.cost)), programme.most)
        assert answer.status == 0
        assert generation.best.bound <= 1000 * answer.fun + 1
        assert generation.best.bound == pytest.approx(1000 * answer.fun, rel=1e-2, abs=100)
    assert closed > 0
