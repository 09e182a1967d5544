"""How fast `suggest` answers, and whether the changes it states are those of a full re-judgement.

    python benchmarks/suggest.py [donghe qiaodong xingtai] [--visits 300] [--compared 1000] [--seed 0]

For each preset: a first roster with one visit in ten left out and one seat in ten emptied; suggestions for random visits,
one process, CPU milliseconds per visit (all its roles, whoever could come ranked, all others with their reasons). Then
random suggestions are taken up and the whole roster judged again. Each preset is also tried `told`: half of the
roster published, six rules made soft. Writes benchmarks/results/suggest.md.
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import numpy as np

from matcher.cli import version
from matcher.domain.claims import Published
from matcher.domain.scenario import Scenario
from matcher.generate import generate
from matcher.planning.suggest import Desk, Suggestion, taken_up
from matcher.problem.check import Judge
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster, RosterVisit
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster

RESULTS = Path(__file__).parent / "results" / "suggest.md"
SOFT = {
    "is_within_reach": 40, "belongs_to_the_team": 60, "keeps_the_spacing": 50, "keeps_the_turn": 80,
    "keeps_faces_few": 120, "newcomers_go_with_experience": 70,
}
COLUMNS = (
    "preset", "volunteers", "visits", "problem, CPU s", "desk, CPU s", "asked", "p50 ms", "p95 ms", "most ms",
    "without a full garbage collection", "compared",
    "equal", "kinds compared",
)
SHARE = {"donghe": 0.25, "qiaodong": 0.2, "xingtai": 0.05}
"""What part of the changes compared each preset and manner takes."""


@dataclass
class Measured:
    """One preset in one manner."""

    name: str
    people: int
    visits: int
    problem_seconds: float
    desk_seconds: float
    milliseconds: list[float] = field(default_factory=list)
    collecting: list[bool] = field(default_factory=list)
    """Whether Python's garbage collector went through everything meanwhile."""
    kinds: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    equal: int = 0

    def row(self) -> str:
        p50, p95, most = np.percentile(self.milliseconds, [50, 95, 100])
        calm = max(took for took, full in zip(self.milliseconds, self.collecting) if not full)
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kinds.items()))
        return (
            f"| {self.name} | {self.people:,} | {self.visits:,} | {self.problem_seconds:.1f} | {self.desk_seconds:.2f} | "
            f"{len(self.milliseconds)} | {p50:.1f} | {p95:.1f} | {most:.1f} | {calm:.1f} | {self.compared} | {self.equal} | {kinds} |"
        )


def with_gaps(made: Roster, rng: Random) -> Roster:
    """The roster with one visit in ten left out, and in one of ten others a seat emptied."""
    entries = []
    for entry in made.visits:
        assigned, standbys = list(entry.assigned), list(entry.standbys)
        if rng.random() < 0.1:
            continue
        if rng.random() < 0.1 and len(assigned) > 1:
            assigned.pop(rng.randrange(len(assigned)))
        if rng.random() < 0.2 and standbys:
            standbys.pop()
        entries.append(RosterVisit(
            id=entry.id, wish=entry.wish, start=entry.start, end=entry.end, assigned=tuple(assigned),
            standbys=tuple(standbys),
        ))
    return Roster(program=made.program, scenario=made.scenario, visits=tuple(entries))


def told(scenario: Scenario, made: Roster, rng: Random) -> Scenario:
    """The facts with half of a roster published, and the rules that may be soft made soft."""
    published = tuple(
        Published(
            visit=entry.id, start=entry.start, end=entry.end, role=seat.role, volunteer=seat.volunteer,
            standby=standby, told_at=scenario.program.as_of,
        )
        for entry in made.visits
        if rng.random() < 0.5
        for standby, seats in ((False, entry.assigned), (True, entry.standbys))
        for seat in seats
    )
    program = scenario.program
    settings = type(program.settings)(**dict(program.settings) | {"soft_rules": SOFT})
    return scenario.with_changes(
        published=published, program=type(program)(**dict(program) | {"settings": settings})
    )


def changes(problem: Problem, before: dict[str, int], made: Roster, suggestion: Suggestion) -> dict[str, int]:
    """What a full re-judgement finds changed, by term."""
    judge = Judge(problem.expanded, taken_up(problem, made, suggestion), problem.prices)
    after = judge.terms(tuple(judge.violations()))
    return {name: points - before[name] for name, points in after.items() if points != before[name]}


def _full_collections() -> int:
    return gc.get_stats()[-1]["collections"]


def measure(name: str, scenario: Scenario, made: Roster | None, asked: int, compared: int, seed: int) -> Measured:
    """Suggestions for random visits timed, then some of them compared."""
    rng, began = Random(seed), time.process_time()
    problem = Problem.of(scenario)
    problem_seconds = time.process_time() - began
    made = made or first_roster(problem, needs_bound(problem).wanted)
    assert made is not None
    made = with_gaps(made, rng)
    began = time.process_time()
    desk = Desk(problem, made)
    desk.suggest(problem.visits[0].id)
    result = Measured(
        name, len(scenario.volunteers), len(problem.visits), problem_seconds, time.process_time() - began
    )
    pool: list[Suggestion] = []
    for visit in rng.sample(problem.visits, min(asked, len(problem.visits))):
        before_it, began = _full_collections(), time.process_time()
        found = desk.suggest(visit.id)
        result.milliseconds.append(1000 * (time.process_time() - began))
        result.collecting.append(_full_collections() > before_it)
        pool += found.people
    judge = Judge(problem.expanded, made, problem.prices)
    before = judge.terms(tuple(judge.violations()))
    for suggestion in rng.sample(pool, min(compared, len(pool))):
        wish = problem.visits[problem.expanded.visit_index[suggestion.visit]].wish
        result.kinds[f"{wish.kind} {suggestion.kind}"] += 1
        result.compared += 1
        result.equal += changes(problem, before, made, suggestion) == suggestion.delta.terms
    print(result.row(), flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("presets", nargs="*", default=["donghe", "qiaodong", "xingtai"])
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--compared", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    results = []
    for preset in options.presets:
        scenario = generate(preset, seed=options.seed)
        compared = round(options.compared * SHARE.get(preset, 0.1))
        problem = Problem.of(scenario)
        made = first_roster(problem, needs_bound(problem).wanted)
        del problem
        results.append(measure(preset, scenario, made, options.visits, compared, options.seed))
        halves = told(scenario, made, Random(options.seed))
        results.append(measure(f"{preset}, told", halves, made, options.visits, compared, options.seed))
    write(results, options)


def write(results: list[Measured], options: argparse.Namespace) -> None:
    """The table with everything needed to repeat it."""
    compared, equal = (sum(getattr(own, name) for own in results) for name in ("compared", "equal"))
    call = f"{' '.join(options.presets)} --visits {options.visits} --compared {options.compared} --seed {options.seed}"
    RESULTS.write_text(
        f"""# suggest: how fast, and how exact

`python benchmarks/suggest.py {call}`

matcher {version()}, Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}, one thread;
{datetime.now(UTC):%Y-%m-%d}. CPU milliseconds per visit asked about: all its roles, everybody who could come ranked (ten named),
everybody else with their reasons. *told*: half of the roster published and six rules made soft. The roster is the
flow's first, with one visit in ten left out and one seat in ten emptied.

| {" | ".join(COLUMNS)} |
|{"---|" * len(COLUMNS)}
{chr(10).join(own.row() for own in results)}

**{equal:,} of {compared:,}** stated changes equal a full re-judgement of the changed roster in every term.
""",
        "utf-8",
    )
    if equal != compared:
        sys.exit(1)


if __name__ == "__main__":
    main()
