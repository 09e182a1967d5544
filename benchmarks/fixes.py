"""Whether a fix is found for every empty role that has one, holds when applied, and is the cheapest.

    python benchmarks/fixes.py [--roles 300] [--worlds 60] [--seed 0]

Generated communities of 30 to 60 volunteers are made short of people: some leave, limits are tightened, half of the first
roster is published. Of their empty roles at random: is a fix printed, does it hold when applied (facts written as JSON and
read again, the judge over all), and how long did it take (CPU seconds). In the smallest communities, and where no fix is
printed, single changes of one person are gone through one by one, with no code of the search's. Then tiny worlds, where brute
force goes through everything. Writes benchmarks/results/fixes.md.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import numpy as np

from matcher.cli import version
from matcher.domain.claims import Published
from matcher.domain.people import Availability, Limits, Volunteer
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Role
from matcher.generate import generate
from matcher.planning.fixes import Fix, FixDesk
from matcher.planning.trials import Bench
from matcher.planning.vacancies import empty_roles
from matcher.problem.check import Judge, check
from matcher.problem.expand import Visit, expand
from matcher.problem.problem import Problem
from matcher.problem.roster import Report, Roster
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "planning"))

import fix_brute

RESULTS = Path(__file__).parent / "results" / "fixes.md"
COMMUNITIES = ((30, 70), (40, 90), (60, 135))
"""(volunteers, visits) of the communities, in turn."""
ROLES_EACH = 25
WORLDS_EACH = 5


@dataclass
class Measured:
    """What was found over all roles."""

    communities: int = 0
    roles: int = 0
    by_any: int = 0
    printed: int = 0
    holds: int = 0
    complete: int = 0
    dearer: int = 0
    one_change: int = 0
    seconds: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    worlds: int = 0
    single: int = 0
    equal: int = 0
    prices: Counter[int] = field(default_factory=Counter)


def short_of_people(scenario: Scenario, rng: Random) -> Scenario:
    """One person in four leaves, and one in three of the others can do less than they said."""
    named = {own.volunteer for own in (*scenario.claims, *scenario.pairings, *scenario.pins, *scenario.declines)}
    named |= {name for resident in scenario.residents for name in (*resident.banned, *resident.preferred, resident.is_volunteer)}
    people = [person for person in scenario.volunteers if person.id in named or rng.random() > 0.25]
    return scenario.with_changes(volunteers=tuple(
        tightened(person, rng) if rng.random() < 0.33 else person for person in people
    ))


def tightened(person: Volunteer, rng: Random) -> Volunteer:
    """One limit of somebody lower than it was."""
    name, value = rng.choice([
        ("visits_per_week", 1), ("visits_per_month", 1), ("max_travel_minutes", 15), ("minutes_per_month", 90), ("rest_days", 6),
    ])
    return Volunteer(**dict(person) | {"limits": Limits(**dict(person.limits) | {name: value})})


def told(scenario: Scenario, made: Roster, rng: Random) -> Scenario:
    """The facts with half of a roster's visits published."""
    return scenario.with_changes(published=tuple(
        Published(
            visit=entry.id, start=entry.start, end=entry.end, role=seat.role, volunteer=seat.volunteer,
            standby=standby, told_at=scenario.program.as_of,
        )
        for entry in made.visits
        if rng.random() < 0.5
        for standby, seats in ((False, entry.assigned), (True, entry.standbys))
        for seat in seats
    ))


def holds(desk: FixDesk, before: Report, fix: Fix) -> bool:
    """Whether the facts with the fix, written and read again, make its roster valid and the seats filled."""
    facts, after = desk.applied(fix)
    facts = Scenario.model_validate_json(facts.to_json())
    report = check(facts, after)
    visit = desk.problem.visits[desk.problem.expanded.visit_index[fix.visit]]
    gained = len(fix.seats) * desk.problem.prices.empty_seat(visit.wish)
    kept = all(
        any(
            own.id == seat.visit and own.start == seat.start and any(one.volunteer == seat.volunteer for one in own.assigned)
            for own in after.visits
        )
        for seat in desk.problem.scenario.published if not seat.standby
    )
    return report.valid and kept and before.tiers[0].value - report.tiers[0].value == gained


def measure_community(number: int, most: int, seed: int, result: Measured) -> None:
    """Some empty roles of one community."""
    rng = Random(f"{seed}/{number}")
    volunteers, visits = COMMUNITIES[number % len(COMMUNITIES)]
    scenario = generate("donghe", seed=seed + number, volunteers=volunteers, visits=visits)
    scenario = short_of_people(scenario, rng)
    problem = Problem.of(scenario)
    made = first_roster(problem, needs_bound(problem).wanted)
    assert made is not None
    scenario = told(scenario, made, rng)
    problem = Problem.of(scenario)
    desk = FixDesk(problem, Roster(program=made.program, scenario=scenario.fingerprint, visits=made.visits))
    before = check(problem.expanded, desk.roster, problem.prices)
    result.communities += 1
    empty = list(empty_roles(problem, made))
    for visit, role, _ in rng.sample(empty, min(len(empty), ROLES_EACH, most - result.roles)):
        began = time.process_time()
        found = desk.of_role(visit, role.id, count=1)
        result.seconds.append(time.process_time() - began)
        fix = found.cheapest
        by_hand = cheapest_single(desk, visit, role) if volunteers == COMMUNITIES[0][0] or fix is None else None
        result.roles += 1
        result.by_any += fix is not None or by_hand is not None
        result.complete += found.is_complete
        if by_hand is not None:
            result.one_change += 1
            result.dearer += fix is None or fix.price > by_hand
        if fix is not None:
            result.printed += 1
            result.holds += holds(desk, before, fix)
            result.kinds["+".join(sorted(fix.kinds)) or "as it is"] += 1
            result.prices[fix.price] += 1
    print(f"{number}: {volunteers} volunteers, {len(empty)} empty roles; so far {result.roles}, {result.printed} with a fix", flush=True)


def cheapest_single(desk: FixDesk, visit: Visit, role: Role) -> int | None:
    """The price of the cheapest single change of one person that fills a single seat, gone through one by one.

    Whoever the judge keeps away by one rule only is asked for each change that might do away with it, on changed facts.
    """
    problem, bench, best = desk.problem, desk.bench, None
    lacking = sum(own.count - len(bench.crew(visit, own)) for own in visit.wish.roles)
    if lacking != 1 and not visit.wish.partial:
        return None
    tried = set()
    on_it = {who for own in visit.wish.roles for who in bench.crew(visit, own)}
    for start in bench.starts(visit):
        day = problem.expanded.day_of(visit, start)
        for row, person in enumerate(problem.scenario.volunteers):
            if person.id in on_it:
                continue
            near = bench.around(visit, {person.id})
            after = near.put_in(visit, role.id, person.id, start)
            rules = frozenset(own.rule for own in near.newly_broken(near.verdict(after)))
            if not rules:
                return 0
            if len(rules) > 1 or (row, day, rules) in tried:
                continue
            tried.add((row, day, rules))
            for price, facts in changed(desk, visit, role, start, row, next(iter(rules))):
                if (best is None or price < best) and is_accepted(near, after, facts):
                    best = price
    return best


def is_accepted(near: Bench, after: Roster, facts: Scenario) -> bool:
    """Whether the judge, with other facts, has nothing new to say about a part of the roster."""
    known = {(own.rule, own.visit, own.volunteer) for own in near.before.hard}
    judge = Judge(expand(facts), after, about=near.about)
    return all((own.rule, own.visit, own.volunteer) in known for own in judge.violations() if own.price is None)


def changed(
    desk: FixDesk, visit: Visit, role: Role, start: int | None, row: int, rule: str
) -> Iterator[tuple[int, Scenario]]:
    """(price, facts) of every single change of somebody that might do away with a rule."""
    scenario, person = desk.problem.scenario, desk.problem.scenario.volunteers[row]
    limits = desk.problem.expanded.limits[row]

    def with_person(**changes: object) -> Scenario:
        own = Volunteer(**dict(person) | changes)
        return scenario.with_changes(volunteers=tuple(own if one.id == own.id else one for one in scenario.volunteers))

    def with_limit(name: str, value: int) -> Scenario:
        return with_person(limits=Limits(**dict(person.limits) | {name: value}))

    if rule == "is_within_reach":
        minutes = int(desk.problem.eligibility.minutes_there(visit, role, np.array([row]))[0])
        yield 3 + -(-(minutes - (limits.max_travel_minutes or 0)) // 10), with_limit("max_travel_minutes", minutes)
    if rule == "is_available" and start is not None and person.availability:
        day = desk.problem.expanded.calendar.day_of(start)
        more = Availability(since=day, until=day, start="00:00", end="24:00")
        yield 4 + -(-visit.minutes // 60), with_person(availability=(*person.availability, more))
    if rule == "keeps_own_limits":
        for unit in ("day", "week", "month"):
            most = getattr(limits, f"visits_per_{unit}")
            if most is not None:
                yield 4, with_limit(f"visits_per_{unit}", most + 1)
            least = getattr(limits, f"minutes_per_{unit}")
            if least is not None:
                for halves in range(1, 5):
                    yield 3 + halves, with_limit(f"minutes_per_{unit}", least + 30 * halves)
        if limits.rest_days:
            yield 4, with_limit("rest_days", limits.rest_days - 1)


def measure_worlds(count: int, seed: int, result: Measured) -> None:
    """Tiny worlds, where brute force goes through everything."""
    for number in range(seed, seed + count):
        facts, entries, name = fix_brute.world(number)
        problem, plan = fix_brute.roster_of(facts, entries)
        (found,) = FixDesk(problem, plan).of_visit(name, count=1)
        price = found.cheapest.price if found.cheapest else 1 << 20
        cheapest = fix_brute.cheapest(facts, entries, name, below=price + 1)
        single = problem.visits[problem.expanded.visit_index[name]].seats == 1
        hands_over = found.cheapest is not None and "handover" in found.cheapest.kinds
        result.worlds += 1
        result.single += single
        # For crews of two brute force does without handovers.
        result.equal += cheapest == price or (not single and hands_over and cheapest is None)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--roles", type=int, default=300)
    parser.add_argument("--worlds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    result, number = Measured(), 0
    while result.roles < options.roles or result.worlds < options.worlds:
        if result.roles < options.roles:
            measure_community(number, options.roles, options.seed, result)
        more = min(WORLDS_EACH, options.worlds - result.worlds)
        measure_worlds(more, options.seed + result.worlds, result)
        number += 1
        write(result, options)  # after each round, so that a run that is ended early leaves what it has measured
    if not result.holds == result.printed == result.by_any or result.dearer or result.equal != result.worlds:
        sys.exit(1)


def write(result: Measured, options: argparse.Namespace) -> None:
    """The figures with everything needed to repeat them."""
    p50, p95, most = np.percentile(result.seconds, [50, 95, 100])
    kinds = "\n".join(f"| {kind} | {count} |" for kind, count in result.kinds.most_common())
    prices = ", ".join(f"{price}: {count}" for price, count in sorted(result.prices.items()))
    RESULTS.write_text(
        f"""# Fixes: found, holding, cheapest

`python benchmarks/fixes.py --roles {options.roles} --worlds {options.worlds} --seed {options.seed}`

matcher {version()}, Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}, one thread;
{datetime.now(UTC):%Y-%m-%d}. {result.communities} generated communities of 30, 40 and 60 volunteers, in each of which one person in
four has left, one in three of the others can do less than they said, and half of the flow's first roster is published; {ROLES_EACH}
empty roles of each at most. Seconds are CPU seconds of a machine shared with other work, for the cheapest fix of one role.

| | |
|---|---|
| empty roles | {result.roles} |
| with any fix, by the search or one by one | {result.by_any} |
| with a fix printed | {result.printed} |
| which holds when applied: facts written and read again, the judge over all | {result.holds} |
| nothing cheaper left untried | {result.complete} |
| in communities of {COMMUNITIES[0][0]}, where a change of one person is enough, gone through one by one | {result.one_change} |
| among these, a dearer fix printed | {result.dearer} |
| seconds a role, p50 / p95 / most | {p50:.2f} / {p95:.2f} / {most:.2f} |

Tiny worlds (2 to 4 people, 2 to 4 visits of an hour, three days; `tests/planning/fix_brute.py`): {result.worlds}, of which
{result.single} ask for a single seat; there brute force goes through every joiner, every two handovers and every three changes. For
crews of two it goes through every two people without handovers. **{result.equal} of {result.worlds}** equal, none cheaper by brute force.

What the fixes are:

| kinds | roles |
|---|---|
{kinds}

By price: {prices}.
""",
        "utf-8",
    )


if __name__ == "__main__":
    main()
