"""Two ways communities staff visits by hand: first come, first served, and whoever lives nearest.

Both know every rule and never look back: a visit takes the first eligible people who are free, in the
order of the method. Pins and published seats come first. What the judge still objects to is dropped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.bench.answers import Answer, Effort
from matcher.bench.peers.notebook import Notebook
from matcher.bench.verdict import without_objections
from matcher.problem.problem import Problem, Triple

Ranking = Callable[[int, int, NDArray[np.int32]], Sequence[int]]
"""(option, role, eligible volunteers) → the same volunteers in the order in which they are asked."""


def first_come_first_served(problem: Problem, effort: Effort) -> Answer:
    """What a chat group does: wishes as they were published; those who claimed first, then the list from the top."""
    claims = _claims_in_order(problem)
    last = datetime.max.date()

    def asked(option: int, role: int, rows: NDArray[np.int32]) -> Sequence[int]:
        first = claims.get(problem.visits[problem.options[option].visit].wish.id, {})
        listed: list[int] = rows.tolist()
        return sorted(listed, key=lambda row: (first.get(row, len(first)), row)) if first else listed

    order = sorted(
        range(len(problem.visits)), key=lambda visit: (problem.visits[visit].wish.submitted or last, visit)
    )
    return _answer(problem, effort, "fcfs", order, asked)


def nearest_first(problem: Problem, effort: Effort) -> Answer:
    """What a careful coordinator does by hand: visit by visit in order of date, the nearest person who is free."""

    def asked(option: int, role: int, rows: NDArray[np.int32]) -> Sequence[int]:
        visit = problem.visits[problem.options[option].visit]
        minutes = problem.eligibility.minutes_there(visit, visit.wish.roles[role])[rows]
        return rows[np.argsort(minutes, kind="stable")].tolist()  # type: ignore[no-any-return]

    dated = [visit for visit in range(len(problem.visits)) if problem.options_of[visit]]
    order = sorted(dated, key=lambda visit: (problem.options[problem.options_of[visit][0]].day, visit))
    return _answer(problem, effort, "nearest", order, asked)


def _answer(problem: Problem, effort: Effort, name: str, order: Sequence[int], asked: Ranking) -> Answer:
    began = time.perf_counter()
    notebook = Notebook(problem)
    for visit in sorted(order, key=lambda visit: visit not in notebook.fixed):
        _staff(problem, notebook, visit, asked)
    _name_standbys(problem, notebook, asked)
    judged = without_objections(problem, problem.roster(notebook.crew(), notebook.standbys(), strategy=name))
    seconds = time.perf_counter() - began
    if judged is None:
        return Answer(None, search_seconds=seconds, note="pins or published seats could not all be kept by hand")
    roster, dropped = judged
    return Answer(roster, search_seconds=seconds, detail={"dropped visits": dropped})


def _claims_in_order(problem: Problem) -> dict[str, dict[int, int]]:
    """Per wish, the place of each volunteer in the order of claims; a team's claim puts its members there."""
    expanded = problem.expanded
    order: dict[str, dict[int, int]] = {}
    for claim in sorted(problem.scenario.claims, key=lambda claim: (claim.at, claim.id)):
        own = order.setdefault(claim.wish, {})
        if claim.volunteer is not None:
            own.setdefault(expanded.volunteer_index[claim.volunteer], len(own))
        else:
            for row, teams in enumerate(expanded.teams_of):
                if claim.team in teams:
                    own.setdefault(row, len(own))
    return order


# ---------------------------------------------------------------------------------------------- crews


def _staff(problem: Problem, notebook: Notebook, visit: int, asked: Ranking) -> None:
    for option in notebook.possible_options(visit):
        for team in _teams(problem, notebook, option):
            for experienced_first in (False, True):
                crew = _crew(problem, notebook, option, asked, team, experienced_first)
                if notebook.is_a_crew(visit, crew):
                    notebook.seat(visit, crew)
                    return


def _teams(problem: Problem, notebook: Notebook, option: int) -> Sequence[str | None]:
    """The teams to try for a wish that wants one team; one attempt without a team for all others."""
    wish = problem.visits[problem.options[option].visit].wish
    if not wish.as_one_team:
        return [None]
    people = problem.scenario.volunteers
    rows = (row for role in range(len(wish.roles)) for row in notebook.eligible(option, role).tolist())
    return list(dict.fromkeys(team for row in rows if (team := people[row].team) is not None))


def _crew(
    problem: Problem, notebook: Notebook, option: int, asked: Ranking, team: str | None, experienced_first: bool
) -> list[Triple]:
    """The first free people for every role, scarcest role first; fixed and paired people before all others."""
    visit = problem.options[option].visit
    roles = problem.visits[visit].wish.roles
    crew = notebook.fixed_crew(visit, option)
    eligible = {role: notebook.eligible(option, role) for role in range(len(roles))}
    for role in sorted(eligible, key=lambda role: (len(eligible[role]), role)):
        left = roles[role].count - sum(other == role for _, other, _ in crew)
        if left <= 0:
            continue
        for row in _in_turn(problem, visit, asked(option, role, eligible[role]), experienced_first):
            if team is not None and problem.scenario.volunteers[row].team != team:
                continue
            if all(row != other for _, _, other in crew) and notebook.may_serve(option, role, row):
                crew.append((option, role, row))
                left -= 1
                if not left:
                    break
    return crew


def _in_turn(problem: Problem, visit: int, rows: Sequence[int], experienced_first: bool) -> Iterator[int]:
    first = set(problem.paired[visit])
    if experienced_first:
        first |= {row for row in rows if problem.expanded.is_experienced[row]}
    if first:
        yield from (row for row in rows if row in first)
    yield from (row for row in rows if row not in first)


def _name_standbys(problem: Problem, notebook: Notebook, asked: Ranking) -> None:
    for visit in sorted(notebook.crews, key=lambda visit: (visit not in notebook.fixed, visit)):
        wanted = problem.visits[visit].wish.staffing.standbys
        fixed = {seat.volunteer for seat in notebook.fixed.get(visit, ()) if seat.standby}
        for option, role in sorted({(option, role) for option, role, _ in notebook.crews[visit]}) if wanted else ():
            rows = asked(option, role, notebook.eligible_standbys(option, role))
            named = 0
            for row in sorted(rows, key=lambda row: row not in fixed):
                if named == wanted:
                    break
                if notebook.is_free(option, role, row, standby=True):
                    notebook.stand_by(visit, (option, role, row))
                    named += 1
