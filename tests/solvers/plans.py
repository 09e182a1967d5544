"""All plans of one volunteer in a tiny problem, tried one by one and judged from the facts; knows no solver."""

from itertools import combinations, pairwise, product
from math import prod

from matcher.problem.check import Judge, last_crew
from matcher.problem.crewable import possible
from matcher.problem.problem import Problem

OWN_RULES = {"is_in_one_place_at_a_time", "keeps_own_limits", "keeps_the_turn"}


def all_plans(problem: Problem, volunteer: int, most: int = 500) -> dict[tuple[int, ...], int] | None:
    """Candidates (sorted) of every plan, and its cost in milli-points; None if there are more than ``most`` to try."""
    ways: dict[int, list[int]] = {}
    can = crewable(problem)
    for number in range(len(problem.crew)):
        if problem.crew.volunteer[number] == volunteer and can[number] and _counts(problem, number):
            ways.setdefault(problem.options[problem.crew.option[number]].visit, []).append(number)
    if prod(1 + len(own) for own in ways.values()) > most:
        return None
    plans = {}
    for choice in product(*([None, *own] for own in ways.values())):
        seats = tuple(sorted(number for number in choice if number is not None))
        cost = _cost(problem, volunteer, seats)
        if cost is not None:
            plans[seats] = cost
    return plans


def demanded(problem: Problem, volunteer: int) -> list[set[int]]:
    """For each crew seat that a pin or a published seat gives somebody: the candidates that would keep it."""
    crew, can = problem.crew, crewable(problem)
    found: list[set[int]] = []
    for seat in (*problem.pins, *problem.published):
        if seat.volunteer != volunteer or seat.standby:
            continue
        ways = {
            number for number in range(len(crew))
            if crew.volunteer[number] == volunteer and can[number] and _counts(problem, number)
            and problem.options[crew.option[number]].visit == seat.visit
            and seat.role in (None, crew.role[number])
        }
        if ways and ways not in found:
            found.append(ways)
    return found


def keeping(plans: dict[tuple[int, ...], int], demands: list[set[int]]) -> dict[tuple[int, ...], int]:
    """The plans that keep every demand."""
    return {seats: cost for seats, cost in plans.items() if all(ways & set(seats) for ways in demands)}


def row_of(problem: Problem, number: int) -> tuple[int, int]:
    """(visit, role) of a candidate."""
    return problem.options[problem.crew.option[number]].visit, int(problem.crew.role[number])


def least_for_standbys(problem: Problem, visit: int, role: int) -> int:
    """κ: what a seat adds at least for its role's stand-bys, in milli-points."""
    wish, weights, may = problem.visits[visit].wish, problem.prices.weights, possible(problem)
    wanted, count = wish.staffing.standbys, wish.roles[role].count
    missing = []
    for option in problem.options_of[visit]:
        crew, standbys = (
            {int(n) for n in own.volunteer[(own.option == option) & (own.role == role) & mask]}
            for own, mask in ((problem.crew, may.candidates), (problem.standbys, True))
        )
        if may.options[option]:
            missing += [
                max(0, wanted - len(standbys - set(gone)))
                for gone in combinations(sorted(crew), 0 if wish.partial else count)
            ]
    least = min(missing, default=0)
    each = min(weights.standby_turns, weights.missing_standby)
    return 1000 * (least * weights.missing_standby + (wanted - least) * each) // count


def crewable(problem: Problem) -> tuple[bool, ...]:
    """[crew candidates] whether rules about crews leave them a chance at an option that can be crewed."""
    found = possible(problem)
    return tuple(bool(own) for own in found.candidates & found.options[problem.crew.option])


def _counts(problem: Problem, number: int) -> bool:
    option = problem.options[problem.crew.option[number]]
    starts = {
        seat.start for seat in (*problem.pins, *problem.published)
        if seat.visit == option.visit and seat.fixes_start and seat.start is not None
    }
    if starts and starts != {option.start}:
        return False
    paired = problem.paired[option.visit]
    return not paired or problem.visits[option.visit].seats > 1 or int(problem.crew.volunteer[number]) in paired


def _cost(problem: Problem, volunteer: int, seats: tuple[int, ...]) -> int | None:
    crew = problem.crew
    triples = [(int(crew.option[n]), int(crew.role[n]), volunteer) for n in seats]
    judge = Judge(problem.expanded, problem.roster(triples, ()), problem.prices)
    soft = problem.scenario.program.settings.soft_rules
    for violation in judge.violations():
        if violation.rule in OWN_RULES and violation.rule not in soft and "twice running" not in violation.message:
            return None
    if "keeps_the_turn" not in soft and _twice_running(problem, volunteer, [option for option, _, _ in triples]):
        return None
    points = judge._fairness() + judge._faces() + judge._turns() + judge._travel()
    points += sum(int(crew.price[n]) for n in seats)
    return 1000 * points + sum(least_for_standbys(problem, *row_of(problem, n)) for n in seats)


def _twice_running(problem: Problem, volunteer: int, options: list[int]) -> bool:
    mine = {problem.options[option].visit for option in options}
    for visits in problem.visits_of_wish.values():
        wish = problem.visits[visits[0]].wish
        if wish.staffing.policy != "rotate":
            continue
        before = volunteer in last_crew(problem.expanded, wish)
        for visit in visits:
            if before and visit in mine:
                return True
            before = visit in mine
            if not before:
                break
        if any({one, other} <= mine for one, other in pairwise(visits)):
            return True
    return False
