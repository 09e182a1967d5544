"""The bound of given prices the long way: every set of seats of every volunteer, every pattern of every wish.

What is possible is what the judge's own functions say; which options some crew can serve, ``problem.crewable``, which has
tests of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations, product
from math import prod
from random import Random
from zoneinfo import ZoneInfo

from matcher.problem.check import (
    Judge,
    Served,
    _too_many_turns,
    is_in_one_place_at_a_time,
    keeps_own_limits,
    keeps_the_spacing,
    last_crew,
)
from matcher.problem.problem import Problem

Triple = tuple[int, int, int]
Cell = tuple[int, int]
"""(option, role)."""


class TooManySetsError(Exception):
    """More sets of seats than anybody wants to try."""


class ByHand:
    """One problem, one volunteer's plan at a time."""

    def __init__(self, problem: Problem, most: int = 600) -> None:
        self.problem = problem
        self.most = most
        self.judge = Judge(problem.expanded, problem.roster([], []), problem.prices)
        self.price = {
            (option, role, who): price for option, role, who, price, may in zip(
                problem.crew.option.tolist(), problem.crew.role.tolist(), problem.crew.volunteer.tolist(),
                problem.crew.price.tolist(), problem.possible.candidates.tolist(),
            ) if may
        }
        self.hard_turns = "keeps_the_turn" not in problem.scenario.program.settings.soft_rules

    def visit(self, seat: Triple) -> int:
        return self.problem.options[seat[0]].visit

    def seats_of(self, volunteer: int) -> list[Triple]:
        """Seats somebody may take: not at starts that pins or published seats rule out, not in another pair's place."""
        return [seat for seat in self.price if seat[2] == volunteer and self._may(seat)]

    def _may(self, seat: Triple) -> bool:
        visit, start = self.visit(seat), self.problem.options[seat[0]].start
        fixed = {
            demand.start for demand in (*self.problem.pins, *self.problem.published)
            if demand.visit == visit and demand.fixes_start and demand.start is not None
        }
        paired = self.problem.paired[visit]
        alone = self.problem.visits[visit].seats == 1
        return (not fixed or fixed == {start}) and (not paired or not alone or seat[2] in paired)

    def judged(self, plan: Sequence[Triple]) -> Judge | None:
        """The judge of a roster that holds this plan only; None if somebody could not do it."""
        if len({self.visit(seat) for seat in plan}) < len(plan):
            return None
        judge = Judge.__new__(Judge)
        judge.__dict__.update(self.judge.__dict__)
        for name in ("served", "crewed", "by_wish", "duties"):
            judge.__dict__.pop(name, None)
        judge.roster = self.problem.roster(plan, [])
        judge.served = tuple(judge._resolved())
        if any(True for rule in (is_in_one_place_at_a_time, keeps_own_limits) for _ in rule(judge)):
            return None
        return None if self.hard_turns and self._is_out_of_turn(judge, plan) else judge

    def _is_out_of_turn(self, judge: Judge, plan: Sequence[Triple]) -> bool:
        """Too many turns, or two running: what the judge says, but visits somebody else may serve part the others."""
        problem = self.problem
        for served in judge.by_wish.values():
            wish = served[0].visit.wish
            if wish.staffing.policy != "rotate":
                continue
            if wish.staffing.max_turns is not None and any(True for _ in _too_many_turns(judge, wish, served)):
                return True
            order = list(problem.visits_of_wish[wish.id])
            standing_by = problem.expanded.standing_by
            places = sorted(
                order.index(self.visit(seat)) for seat in plan
                if self.visit(seat) in order and seat[2] not in standing_by.get(problem.visits[self.visit(seat)].id, ())
            )
            if any(second - first == 1 for first, second in combinations(places, 2)):
                return True
            if 0 in places and plan[0][2] in last_crew(problem.expanded, wish):
                return True
        return False

    def cost(self, judge: Judge, plan: Sequence[Triple]) -> int:
        """What a plan costs in points, without stand-bys."""
        own = judge._fairness() + judge._travel() + judge._faces() + judge._turns()
        return own + sum(self.price[seat] for seat in plan)

    def demanded(self, volunteer: int) -> list[set[Triple]]:
        """Per seat that is demanded of somebody, the seats that would do; what nobody could do is left out."""
        seats = self.seats_of(volunteer)
        wanted = [
            {seat for seat in seats if self.visit(seat) == demand.visit and demand.role in (None, seat[1])}
            for demand in (*self.problem.pins, *self.problem.published)
            if demand.volunteer == volunteer and not demand.standby
        ]
        return [seats for seats in wanted if seats]

    def most_new_faces(self) -> dict[str, int]:
        """Steady and paired wishes with a hard limit of faces whose ``turns_days`` hold every option: how many new ones."""
        problem, found = self.problem, {}
        days = [option.day.toordinal() for option in problem.options]
        for name in problem.visits_of_wish if "keeps_faces_few" not in problem.scenario.program.settings.soft_rules else ():
            wish = problem.scenario.wish[name]
            most, span = wish.staffing.max_helpers, wish.staffing.turns_days
            if wish.staffing.policy in ("steady", "pair") and most is not None and max(days) - min(days) < span:
                past = {
                    service.volunteer for service in problem.expanded.done.get(name, ())
                    if max(days) - self._day(service.start) < span
                }
                found[name] = max(0, most - len(past))
        return found

    def _day(self, moment: datetime) -> int:
        return moment.astimezone(ZoneInfo(self.problem.scenario.program.timezone)).toordinal()

    def charged(self, volunteer: int, plan: Sequence[Triple], faces: Mapping[str, int]) -> int:
        """What a plan's new faces are charged, once per wish."""
        wishes = {self.problem.visits[self.visit(seat)].wish.id for seat in plan}
        return sum(
            faces[name] for name in wishes & faces.keys()
            if volunteer not in self.problem.prices.known_faces(self.problem.scenario.wish[name])
        )

    def teams_at(self, option: int) -> list[str]:
        """The teams that could be a one-team crew at an option: enough of them for every role, or somebody for part."""
        wish = self.problem.visits[self.problem.options[option].visit].wish
        found = []
        for team in sorted({person.team for person in self.problem.scenario.volunteers if person.team is not None}):
            there = [
                sum(seat[:2] == (option, role) and self._team(seat[2]) == team for seat in self.price)
                for role in range(len(wish.roles))
            ]
            if any(there) if wish.partial else all(n >= role.count for n, role in zip(there, wish.roles)):
                found.append(team)
        return found

    def earned(
        self, volunteer: int, worth: Mapping[Cell, int], *, costs: bool, faces: Mapping[str, int] | None = None,
        presence: Mapping[Cell, int] | None = None,
    ) -> int:
        """The most a plan earns that holds what is demanded, at milli-points per seat; without, if none does."""
        seats, wanted = self.seats_of(volunteer), self.demanded(volunteer)
        best, free, tried = None if wanted else 0, 0, 0
        open_plans: list[tuple[tuple[Triple, ...], int]] = [((), 0)]
        while open_plans:
            plan, begin = open_plans.pop()
            for at in range(begin, len(seats)):
                more = (*plan, seats[at])
                tried += 1
                if tried > self.most:
                    raise TooManySetsError
                judge = self.judged(more)
                if judge is None:
                    continue
                open_plans.append((more, at + 1))
                value = sum(worth[seat[:2]] for seat in more)
                value -= 1000 * self.cost(judge, more) if costs else 0
                value -= self.charged(volunteer, more, faces or {})
                value -= sum((presence or {}).get((option, volunteer), 0) for option, _, _ in more)
                free = max(free, value)
                if all(own & set(more) for own in wanted):
                    best = value if best is None else max(best, value)
        return free if best is None else best

    def least_for_standbys(self, cell: Cell) -> int:
        """What a role costs at least in stand-bys, named or missing: of every crew that it could have at any start."""
        visit = self.problem.options[cell[0]].visit
        staffing, role = self.problem.visits[visit].wish.staffing, self.problem.visits[visit].wish.roles[cell[1]]
        weights, standing = self.problem.scenario.program.settings.weights, self.problem.standbys
        missing = []
        for option in self.problem.options_of[visit]:
            if not self.problem.possible.options[option]:
                continue
            crew = [seat[2] for seat in self.price if seat[:2] == (option, cell[1])]
            able = set(standing.volunteer[(standing.option == option) & (standing.role == cell[1])].tolist())
            for away in combinations(crew, 0 if self.problem.visits[visit].wish.partial else role.count):
                missing.append(max(0, staffing.standbys - len(able - set(away))))
        lacking = min(missing, default=0)
        named = staffing.standbys - lacking
        return 1000 * (lacking * weights.missing_standby + named * min(weights.standby_turns, weights.missing_standby))

    def least_pattern(
        self, numbers: Sequence[int], price: Mapping[Cell, int], per_need: int, people: Mapping[Triple, int],
        paid: Mapping[int, int],
    ) -> int:
        """The least a wish comes to; ``paid``: what its visits get at options, from people charged for being there."""
        problem = self.problem
        wish = problem.visits[numbers[0]].wish
        need = per_need * problem.prices.empty_seat(wish)
        choices = [[None, *self._starts_of(number)] for number in numbers]
        if prod(map(len, choices)) > 40 * self.most:
            raise TooManySetsError
        hard = "keeps_the_spacing" not in problem.scenario.program.settings.soft_rules
        values = []
        for pattern in product(*choices):
            if hard and not self._is_spaced([option for option in pattern if option is not None]):
                continue
            values.append(sum(
                need * problem.visits[numbers[0]].seats if option is None
                else self._cheapest_team(option, people, need) if wish.as_one_team and people
                else sum(
                    role.count * (min(price[option, position], need) if wish.partial else price[option, position])
                    for position, role in enumerate(wish.roles)
                )
                for option in pattern
            ) - sum(paid.get(option, 0) for option in pattern if option is not None))
        return min(values)

    def _cheapest_team(self, option: int, people: Mapping[Triple, int], need: int) -> int:
        """The cheapest way for one team to be the crew: every choice of people for every role; empty seats cost needs."""
        wish = self.problem.visits[self.problem.options[option].visit].wish
        values = []
        for team in self.teams_at(option):
            value = 0
            for position, role in enumerate(wish.roles):
                there = [seat for seat in self.price if seat[:2] == (option, position) and self._team(seat[2]) == team]
                least = 0 if wish.partial else role.count
                value += min(
                    sum(people.get(seat, 0) for seat in crew) + need * (role.count - len(crew))
                    for size in range(least, role.count + 1) for crew in combinations(there, size)
                )
            values.append(value)
        return min(values)

    def _team(self, volunteer: int) -> str | None:
        return self.problem.scenario.volunteers[volunteer].team

    def _starts_of(self, visit: int) -> list[int]:
        fixed = {
            demand.start for demand in (*self.problem.pins, *self.problem.published)
            if demand.visit == visit and demand.fixes_start and demand.start is not None
        }
        options = self.problem.options
        return [
            at for at in self.problem.options_of[visit]
            if self.problem.possible.options[at] and (not fixed or fixed == {options[at].start})
        ]

    def _is_spaced(self, pattern: Sequence[int]) -> bool:
        judge = Judge.__new__(Judge)
        judge.__dict__.update(self.judge.__dict__)
        served = []
        for number in pattern:
            option = self.problem.options[number]
            visit = self.problem.visits[option.visit]
            served.append(Served(visit, option.start, option.end, option.day, (), ()))
        judge.__dict__["by_wish"] = {served[0].visit.wish.id: tuple(served)} if served else {}
        return not any(True for _ in keeps_the_spacing(judge))


def bound_by_hand(
    problem: Problem,
    prices: Mapping[Cell, int],
    *,
    needs: int | None,
    lambda_milli: int = 0,
    faces: Mapping[str, int] | None = None,
    people: Mapping[Triple, int] | None = None,
    presence: Mapping[Cell, int] | None = None,
) -> int:
    """L of docs/certificates.md, in milli-points, at prices by (option, role); ``needs`` None: of the needs tier.

    ``people``: by (option, role, volunteer), in place of the others wherever one team is asked for; left out is 0.
    ``presence``: charges by (option, row of a volunteer).
    """
    hand = ByHand(problem)
    def worth(volunteer: int) -> dict[Cell, int]:
        found: dict[Cell, int] = {}
        for cell, price in prices.items():
            wish = problem.visits[problem.options[cell[0]].visit].wish
            standbys = hand.least_for_standbys(cell)
            own = people.get((*cell, volunteer), 0) if people and wish.as_one_team else price
            found[cell] = own - (0 if needs is None else standbys // wish.roles[cell[1]].count)
        return found

    per_need, total = (1000, 0) if needs is None else (lambda_milli, -lambda_milli * needs)
    paid: dict[int, int] = {}
    for (option, _), charge in (presence or {}).items():
        paid[option] = paid.get(option, 0) + charge
    total += sum(
        hand.least_pattern(numbers, prices, per_need, people or {}, paid)
        for numbers in problem.visits_of_wish.values()
    )
    if faces:
        total -= sum(price * hand.most_new_faces()[name] for name, price in faces.items())
    return total - sum(
        hand.earned(volunteer, worth(volunteer), costs=needs is not None, faces=faces, presence=presence)
        for volunteer in range(len(problem.scenario.volunteers))
    )


def random_charges(problem: Problem, rng: Random) -> dict[tuple[int, int], int]:
    """Milli-points by (option, row of a volunteer), for one in five."""
    people = range(len(problem.scenario.volunteers))
    return {
        (option, person): rng.randint(1, 300_000) for option in range(len(problem.options)) for person in people
        if rng.random() < 0.2
    }


def told(problem: Problem, charges: dict[tuple[int, int], int]) -> dict[str, list[tuple[datetime | None, dict[str, int]]]]:
    """The charges as a certificate has them."""
    found: dict[str, list[tuple[datetime | None, dict[str, int]]]] = {}
    for number, option in enumerate(problem.options):
        own = {
            problem.scenario.volunteers[person].id: charge for (at, person), charge in charges.items() if at == number
        }
        start = None if option.start is None else problem.expanded.calendar.moment(option.start)
        found.setdefault(problem.visits[option.visit].id, []).append((start, own))
    return found
