"""Which options can be crewed at all, and by whom, before anybody is chosen: what rules about crews rule out.

A whole crew needs enough people for every role, somebody experienced along, few enough faces, one team. What is ruled
out here no roster can have, so bounds may leave it out too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.domain.wishes import Wish
from matcher.problem.check import last_crew
from matcher.problem.options import Candidates
from matcher.problem.problem import Problem

Mask = NDArray[np.bool_]


class Possible(NamedTuple):
    """``options`` that some crew could serve, and the crew ``candidates`` who could be on it."""

    options: Mask
    candidates: Mask
    teams: dict[int, tuple[int, ...]]
    """Options whose crew must be one team's: the numbers of the teams that could be it, in order."""


def possible(problem: Problem) -> Possible:
    """What no rule about crews rules out by itself."""
    crew = problem.crew
    candidates = np.ones(len(crew), dtype=bool)
    options = np.ones(len(problem.options), dtype=bool)
    ends = np.searchsorted(crew.option, np.arange(len(problem.options) + 1))
    experienced = np.array(problem.expanded.is_experienced, dtype=bool)
    asks_experience = problem.expanded.anybody_experienced and _is_hard(problem, "newcomers_go_with_experience")
    faces = {name: few_faces(problem, problem.scenario.wish[name]) for name in problem.visits_of_wish}
    teams, able = teams_of_people(problem), dict[int, tuple[int, ...]]()
    for number, visit in enumerate(problem.visits):
        wish = visit.wish
        roles, known = wish.roles, faces[wish.id]
        needs_experience = asks_experience and (visit.seats > 1 or any(role.experienced for role in roles))
        if visit.seats == 1 and known is None and not needs_experience and not wish.as_one_team:
            continue  # a seat with a candidate can be filled
        for option in problem.options_of[number]:
            own = slice(int(ends[option]), int(ends[option + 1]))
            people, role = crew.volunteer[own], crew.role[own]
            may = np.ones(len(people), dtype=bool)
            if asks_experience:
                seasoned = np.array([one.experienced for one in roles], dtype=bool)
                may &= ~seasoned[role] | experienced[people]
            if known is not None and known[1] <= 0:
                may &= np.isin(people, known[0])
            if wish.as_one_team:
                able[option] = _able_teams(wish, teams[people[may]], role[may])
                may &= np.isin(teams[people], able[option])
            candidates[own] = may
            people, role = people[may], role[may]
            options[option] = _can_meet(wish, people, role, known, experienced if asks_experience else None)
            if not options[option]:
                candidates[own] = False
    for option in _never_in_turn(problem, candidates, ends):
        options[option] = False
        candidates[int(ends[option]):int(ends[option + 1])] = False
    return Possible(options, candidates, able)


def _never_in_turn(problem: Problem, candidates: Mask, ends: NDArray[np.int64]) -> Iterator[int]:
    """Options of rotating wishes whose crew would have to hold somebody who had the turn before, whatever came before."""
    if not _is_hard(problem, "keeps_the_turn"):
        return
    told = problem.expanded.standing_by
    for name, numbers in problem.visits_of_wish.items():
        wish = problem.scenario.wish[name]
        if wish.staffing.policy != "rotate":
            continue
        people = [set[int]() for _ in numbers]
        for own, visit in zip(people, numbers):
            for option in problem.options_of[visit]:
                there = slice(int(ends[option]), int(ends[option + 1]))
                own.update(problem.crew.volunteer[there][candidates[there]].tolist())
        before = last_crew(problem.expanded, wish)
        served: list[tuple[set[int], int]] = []
        for own, visit in zip(people, numbers):
            wanted = 1 if wish.partial else problem.visits[visit].seats
            exempt = told.get(problem.visits[visit].id, frozenset())  # to step in takes no turn
            if len(own - (before - exempt)) >= wanted or any(
                exempt or len(own | others) >= wanted + seats for others, seats in served
            ):
                # Whoever steps in there may come again at once.
                served.append((own, 0 if exempt else wanted))
            else:
                yield from problem.options_of[visit]


def _is_hard(problem: Problem, rule: str) -> bool:
    return rule not in problem.scenario.program.settings.soft_rules


def teams_of_people(problem: Problem) -> NDArray[np.int64]:
    """[volunteers] the number of each one's team, −1 for who is in none."""
    number = {team.id: at for at, team in enumerate(problem.scenario.teams)}
    return np.array([
        -1 if person.team is None else number[person.team] for person in problem.scenario.volunteers
    ], dtype=np.int64)


def few_faces(problem: Problem, wish: Wish) -> tuple[list[int], int] | None:
    """(people who served it lately, new faces it may still see); None where faces do not bind, or not all at once.

    Lately: within one ``turns_days`` that holds every option of the plan too.
    """
    most, span = wish.staffing.max_helpers, wish.staffing.turns_days
    if most is None or not _is_hard(problem, "keeps_faces_few"):
        return None
    expanded = problem.expanded
    day_of, minute_of = expanded.calendar.day_of, expanded.calendar.minute_of
    days = [option.day for option in problem.options]
    last = max(days, default=expanded.today)
    if (last - min(days, default=last)).days >= span:
        return None
    people = sorted({
        expanded.row_of(service.volunteer) for service in expanded.done.get(wish.id, ())
        if (last - day_of(minute_of(service.start))).days < span
    })
    return people, most - len(people)


def _able_teams(wish: Wish, team: NDArray[np.int64], role: NDArray[np.int16]) -> tuple[int, ...]:
    """The teams that could be the crew by these candidates' (team, role); somebody is enough where part of it is."""
    counts = np.array([1 if wish.partial else one.count for one in wish.roles])
    some = np.any if wish.partial else np.all
    return tuple(
        int(name) for name in np.unique(team[team >= 0])
        if some(np.bincount(role[team == name], minlength=len(counts)) >= counts)
    )


def _can_meet(
    wish: Wish,
    people: NDArray[np.int32],
    role: NDArray[np.int16],
    faces: tuple[list[int], int] | None,
    experienced: Mask | None,
) -> bool:
    """Whether these (person, role) candidates could be a crew; in part is enough for a wish that allows it."""
    counts = np.array([one.count for one in wish.roles])
    if not len(people):
        return False
    if wish.partial:
        return True
    everybody, seats = np.unique(people), int(counts.sum())
    if len(everybody) < seats or not (np.bincount(role, minlength=len(counts)) >= counts).all():
        return False
    if experienced is not None and seats > 1 and not experienced[everybody].any():
        return False
    if faces is None:
        return True
    known = int(np.isin(everybody, faces[0]).sum())
    return min(known, seats) + max(0, faces[1]) >= seats


def least_for_standbys(problem: Problem) -> NDArray[np.int64]:
    """[roles of visits, visit by visit] milli-points that each filled seat adds at least for its role's stand-bys.

    As many as are asked for are named or missing; where too few people could stand by beside the crew, whatever the start,
    those are surely missing.
    """
    weights = problem.prices.weights
    named = min(weights.standby_turns, weights.missing_standby)
    crew, standbys = (
        np.searchsorted(own.option, np.arange(len(problem.options) + 1)) for own in (problem.crew, problem.standbys)
    )
    found = []
    for number, visit in enumerate(problem.visits):
        wanted = visit.wish.staffing.standbys
        for position, role in enumerate(visit.wish.roles):
            missing = min((
                _missing(
                    wanted, 0 if visit.wish.partial else role.count,
                    _people(problem.crew, position, slice(*crew[option:option + 2]), problem.possible.candidates),
                    _people(problem.standbys, position, slice(*standbys[option:option + 2])),
                )
                for option in problem.options_of[number] if problem.possible.options[option]
            ), default=0) if wanted else 0
            found.append(1000 * (missing * weights.missing_standby + (wanted - missing) * named) // role.count)
    return np.array(found, dtype=np.int64)


def _people(candidates: Candidates, role: int, there: slice, may: Mask | None = None) -> NDArray[np.int32]:
    own = candidates.role[there] == role
    return np.unique(candidates.volunteer[there][own if may is None else own & may[there]])


def _missing(wanted: int, count: int, crew: NDArray[np.int32], standbys: NDArray[np.int32]) -> int:
    """How many stand-bys a role lacks at least whose crew leaves over what it can: whoever could not stand by goes first."""
    others = len(np.setdiff1d(crew, standbys, assume_unique=True))
    return max(0, wanted - len(standbys) + max(0, count - others))
