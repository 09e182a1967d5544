"""How communities staff visits today, with every rule kept: first come, first served in a chat group, or a fixed rota.

Neither looks ahead or back: a visit takes the first people in the order of asking who are free. The judge passes what
they make like any other roster; a visit it objects to is left unserved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from matcher.domain.scenario import Scenario
from matcher.errors import InvalidRoster
from matcher.planning.changes import told
from matcher.problem.check import check
from matcher.problem.problem import Problem, Triple
from matcher.problem.roster import Roster
from matcher.solvers.draft import Draft


class Order(Protocol):
    """In which order people are asked."""

    def asked(self, problem: Problem, visit: int, rows: Sequence[int]) -> Sequence[int]:
        """The same people, who is asked first before the others."""

    def seated(self, wish: str, people: Iterable[str]) -> None:
        """These people have been found for a visit of the wish."""


def staffed(facts: Scenario, order: Order, only: frozenset[str] | None = None) -> tuple[Scenario, Roster]:
    """What people have been told stays, every other visit (of ``only``) takes whoever comes first; and the facts once told.

    Raises ``InvalidRoster`` if leaving visits out does not mend what the judge objects to.
    """
    problem = Problem.of(facts)
    work = _Staffing(problem, order)
    for visit in work.in_order():
        if visit in work.draft.fixed or only is None or problem.visits[visit].id in only:
            work.staff(visit)
    return _judged(problem, work.draft.roster("by hand", 0))


def _judged(problem: Problem, roster: Roster) -> tuple[Scenario, Roster]:
    """The facts once the roster has been told, and the roster less what the judge then objects to."""
    planned = problem.expanded.visit_index
    while True:
        facts = unprinted(problem.scenario.with_changes(
            published=told(problem.scenario, roster, problem.scenario.program.as_of, planned)
        ))
        report = check(replace(problem.expanded, scenario=facts), roster)
        if report.valid:
            return facts, roster
        wrong = {violation.visit for violation in report.violations if violation.price is None}
        kept = tuple(visit for visit in roster.visits if visit.id not in wrong)
        if len(kept) == len(roster.visits):
            raise InvalidRoster("\n".join(violation.message for violation in report.violations))
        roster = Roster(**{name: getattr(roster, name) for name in Roster.model_fields} | {"visits": kept})


def unprinted(facts: Scenario) -> Scenario:
    """The facts with the fingerprint of their moment in place of their own.

    Nobody compares a simulated week's facts with a file, and working the fingerprint out of a year's record takes
    longer than planning the week.
    """
    facts.__dict__["fingerprint"] = sha256(facts.program.as_of.isoformat().encode()).hexdigest()
    return facts


class _Draft(Draft):
    """A draft that counts faces as the judge does: those of ``turns_days``, not of ever."""

    def _are_few_faces(self, visit: int, crew: Sequence[Triple]) -> bool:
        wish = self.problem.visits[visit].wish
        most = wish.staffing.max_helpers
        if most is None or not crew or "keeps_faces_few" in self._soft:
            return True
        return len(self.faces(visit, crew[0][0]) | {row for _, _, row in crew}) <= most

    def faces(self, visit: int, option: int) -> set[int]:
        """Who else serves the wish, now or within ``turns_days`` before the option."""
        wish, expanded = self.problem.visits[visit].wish, self.problem.expanded
        since = self.problem.options[option].day - timedelta(days=wish.staffing.turns_days - 1)
        past = {
            expanded.row_of(service.volunteer) for service in expanded.done.get(wish.id, ())
            if expanded.calendar.day_of(expanded.calendar.minute_of(service.start)) >= since
        }
        others = (number for number in self.problem.visits_of_wish[wish.id] if number != visit)
        return past | {row for number in others for _, _, row in self.crew.get(number, ())}


class _Staffing:
    """One pass over the visits."""

    def __init__(self, problem: Problem, order: Order) -> None:
        self.problem, self.order = problem, order
        self.draft = _Draft(problem, frozenset())

    def in_order(self) -> list[int]:
        """What has been told first, then paired visits, then as the group hears of them: by their first possible time."""
        problem, fixed = self.problem, self.draft.fixed
        dated = [visit for visit in range(len(problem.visits)) if problem.options_of[visit]]
        first = {visit: problem.options[problem.options_of[visit][0]] for visit in dated}
        return sorted(dated, key=lambda visit: (
            visit not in fixed, not problem.paired[visit], first[visit].day, first[visit].start or 0, visit
        ))

    def staff(self, visit: int) -> None:
        """Seat the first crew there is, if there is one."""
        crew = self._one_person(visit) if self._is_simple(visit) else self._first_crew(visit)
        for triple in crew:
            self.draft.seat(visit, triple)
        known = {seat.volunteer for seat in self.draft.fixed.get(visit, ())}
        people = self.problem.scenario.volunteers
        self.order.seated(
            self.problem.visits[visit].wish.id, [people[row].id for _, _, row in crew if row not in known]
        )

    def _is_simple(self, visit: int) -> bool:
        return self.problem.visits[visit].seats == 1 and visit not in self.draft.fixed

    def _one_person(self, visit: int) -> list[Triple]:
        """The first person asked who can come at any time, at their first time."""
        draft, options = self.draft, self.draft.options(visit)
        able: dict[int, list[int]] = {}
        for option in options:
            for row in draft.pool.rows(option, 0).tolist():
                able.setdefault(row, []).append(option)
        for row in self._order(visit, sorted(able), few_left=False):
            for option in able[row]:
                if draft.may_serve(option, 0, row) and draft.suits(visit, [(option, 0, row)]):
                    return [(option, 0, row)]
        return []

    def _first_crew(self, visit: int) -> list[Triple]:
        for option in self.draft.options(visit):
            for team in self._teams(option):
                for experienced_first in (False, True):
                    crew = self._crew(visit, option, team, experienced_first)
                    if crew and self.draft.suits(visit, crew):
                        return crew
        return []

    def _teams(self, option: int) -> Sequence[str | None]:
        """For a wish that wants one team, the teams in the order in which their first member is asked."""
        visit = self.problem.options[option].visit
        wish, people = self.problem.visits[visit].wish, self.problem.scenario.volunteers
        if not wish.as_one_team:
            return [None]
        rows = {row for role in range(len(wish.roles)) for row in self.draft.pool.rows(option, role).tolist()}
        teams = (people[row].team for row in self._order(visit, sorted(rows), few_left=False))
        return list(dict.fromkeys(team for team in teams if team is not None))

    def _crew(self, visit: int, option: int, team: str | None, experienced_first: bool) -> list[Triple]:
        draft, wish = self.draft, self.problem.visits[visit].wish
        crew = list(self._told(visit, option))
        people, is_experienced = self.problem.scenario.volunteers, self.problem.expanded.is_experienced
        for role, needed in enumerate(wish.roles):
            left = needed.count - sum(other == role for _, other, _ in crew)
            rows = draft.pool.rows(option, role).tolist()
            order = self._order(visit, rows, few_left=self._few_faces_left(visit, option, crew))
            if experienced_first:
                order = sorted(order, key=lambda row: not is_experienced[row])
            for row in order:
                if left <= 0:
                    break
                if team is not None and people[row].team != team:
                    continue
                if all(row != other for _, _, other in crew) and draft.may_serve(option, role, row):
                    crew.append((option, role, row))
                    left -= 1
            if left > 0 and not wish.partial:
                return []
        return crew

    def _told(self, visit: int, option: int) -> Iterator[Triple]:
        """The seats that were told and still work."""
        wish = self.problem.visits[visit].wish
        for seat in self.draft.fixed.get(visit, ()):
            roles = range(len(wish.roles)) if seat.role is None else (seat.role,)
            if seat.volunteer is None or seat.standby:
                continue
            for role in roles:
                if self.draft.pool.index(option, role, seat.volunteer) is not None:
                    if self.draft.may_serve(option, role, seat.volunteer):
                        yield option, role, seat.volunteer
                    break

    def _few_faces_left(self, visit: int, option: int, crew: Sequence[Triple]) -> bool:
        """Whether new people would be too many for the wish."""
        wish = self.problem.visits[visit].wish
        most = wish.staffing.max_helpers
        known = self.draft.faces(visit, option) | {row for _, _, row in crew}
        return most is not None and len(known) + self.problem.visits[visit].seats - len(crew) > most

    def _order(self, visit: int, rows: Sequence[int], *, few_left: bool) -> Sequence[int]:
        """The order of asking; the paired first, and where no new face may come, the known ones."""
        problem = self.problem
        order = self.order.asked(problem, visit, rows)
        first: set[int] = set(problem.paired[visit])
        if few_left:
            first |= self.draft.faces(visit, problem.options_of[visit][0])
        return sorted(order, key=lambda row: row not in first) if first else order


# ------------------------------------------------------------------------------------------ orders of asking


class FirstToAnswer:
    """Wishes for claimants only go to who claimed first, all others to who answers first in the group."""

    def __init__(self, answers_after: Callable[[str, str], float]) -> None:
        """``answers_after``: how long somebody takes to answer about a visit."""
        self._answers_after = answers_after

    def asked(self, problem: Problem, visit: int, rows: Sequence[int]) -> Sequence[int]:
        """The people in the order in which they claimed or answer."""
        own, people = problem.visits[visit], problem.scenario.volunteers
        if own.wish.claimants_only:
            claims, now = _claimed_at(problem, own.wish.id), problem.scenario.program.as_of
            return sorted(rows, key=lambda row: (row not in claims, claims.get(row, now), row))
        return sorted(rows, key=lambda row: (self._answers_after(own.id, people[row].id), row))

    def seated(self, wish: str, people: Iterable[str]) -> None:
        """Nobody's turn depends on it."""


class Rota:
    """A rota per wish: the list from behind whoever had its last turn. The rotas begin at different places of it."""

    def __init__(self, list_: Iterable[str]) -> None:
        """``list_``: everybody who is or will be on it, in order."""
        self._place = {name: place for place, name in enumerate(list_)}
        self._last: dict[str, int] = {}

    def asked(self, problem: Problem, visit: int, rows: Sequence[int]) -> Sequence[int]:
        """The people from behind the last turn, round the list."""
        wish, people, length = problem.visits[visit].wish.id, problem.scenario.volunteers, len(self._place)
        after = self._last.get(wish, _checksum(wish) % length)
        return sorted(rows, key=lambda row: (self._place[people[row].id] - after - 1) % length)

    def seated(self, wish: str, people: Iterable[str]) -> None:
        """The next turn is for who comes behind these."""
        for name in people:
            self._last[wish] = self._place[name]


def _claimed_at(problem: Problem, wish: str) -> dict[int, datetime]:
    """When each person claimed a wish; a team's claim is one of all its members."""
    expanded = problem.expanded
    found: dict[int, datetime] = {}
    for claim in sorted(problem.scenario.claims, key=lambda claim: (claim.at, claim.id)):
        if claim.wish == wish:
            named = () if claim.volunteer is None else (expanded.volunteer_index[claim.volunteer],)
            for row in named or expanded.members.get(claim.team or "", ()):
                found.setdefault(row, claim.at)
    return found


def _checksum(text: str) -> int:
    return sum(number * ord(letter) for number, letter in enumerate(text, start=1))
