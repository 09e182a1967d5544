"""Twelve monthly plans in a row beside one plan of the whole year: is the work shared as evenly?

``python benchmarks/rolling.py --seeds 0,1,2`` plans a small invented community both ways, with counted work and one
thread, so that the figures come out the same on every machine, and writes benchmarks/results/rolling.md. Asked for every
seed: most less fewest turns at most 1 worse month by month, the Gini coefficient of turns ÷ offered at most 0.02 worse.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from matcher.bench.machine import machine, versions
from matcher.domain.scenario import PlanningWindow, Program, Scenario
from matcher.generate import generate
from matcher.planning.advance import advance
from matcher.planning.evenness import gini, spread
from matcher.planning.solve import Strategy, solve
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.solvers.stop import Stop

RESULTS = Path(__file__).parent / "results"
A_YEAR = 365
"""Days fairness looks back: as long as what is compared."""
FIRST = date(2026, 12, 1)
MONTHS = 12


@dataclass(frozen=True)
class Year:
    """What a year came to: seats filled, turns by person and how evenly they lie; needs and quality as the judge of the
    whole year sees them.
    """

    filled: int
    most: int
    spread: int
    free_spread: int
    """The same of what can be shared: wishes that ask for no steady face and no pair."""
    gini: float
    needs: int
    quality: int
    seconds: float


def community(seed: int, volunteers: int, visits: int, history_days: int) -> Scenario:
    """An invented community with nothing announced or pinned yet; the same arguments give the same facts."""
    facts = generate("donghe", seed, volunteers=volunteers, visits=visits)
    settings = type(facts.program.settings)(**dict(facts.program.settings) | {"history_days": history_days})
    program = Program(**dict(facts.program) | {"settings": settings})
    return facts.with_changes(program=program, published=(), pins=(), declines=())


def months() -> list[PlanningWindow]:
    """The twelve months planned."""
    starts = [date(FIRST.year + (FIRST.month - 1 + n) // 12, (FIRST.month - 1 + n) % 12 + 1, 1) for n in range(13)]
    return [PlanningWindow(start=low, end=high - timedelta(days=1)) for low, high in pairwise(starts)]


def planned(facts: Scenario, work: float, strategy: Strategy) -> Roster:
    """A roster with counted work on one thread."""
    result = solve(facts, strategy=strategy, stop=Stop(seconds=None, work=work), workers=1)
    assert result.roster is not None
    return result.roster


def at_once(facts: Scenario, people: dict[str, int], work: float) -> Year:
    """The whole year in one plan, by the search: one exact model of it is proven too slowly."""
    began = time.process_time()
    roster = planned(facts, work, "lns")
    return _year(facts, [roster], people, time.process_time() - began)


def rolling(year: Scenario, people: dict[str, int], work: float) -> Year:
    """Month after month: each plan knows only what was done before it."""
    began, rosters = time.process_time(), []
    windows = months()
    facts = _with_window(year, windows[0])
    for number, window in enumerate(windows):
        rosters.append(planned(facts, work, "auto"))
        if number + 1 < len(windows):
            facts = advance(facts, rosters[-1], (), windows[number + 1])
        print(f"  {window.start:%Y-%m}: {len(rosters[-1].visits)} visits", flush=True)
    return _year(year, rosters, people, time.process_time() - began)


def _with_window(facts: Scenario, window: PlanningWindow) -> Scenario:
    return facts.with_changes(program=Program(**dict(facts.program) | {"window": window}))


def _year(year: Scenario, rosters: Iterable[Roster], people: dict[str, int], seconds: float) -> Year:
    visits = tuple(visit for roster in rosters for visit in roster.visits)
    report = check(year, Roster(program=year.program.name, scenario=year.fingerprint, visits=visits))
    turns = Counter(seat.volunteer for visit in visits for seat in visit.assigned)
    free = Counter(
        seat.volunteer for visit in visits for seat in visit.assigned
        if year.wish[visit.wish].staffing.policy in ("rotate", "any")
    )
    counts = {name: turns[name] for name in people}
    return Year(
        filled=sum(turns.values()), most=max(counts.values()), spread=spread(counts.values()),
        free_spread=spread(free[name] for name in people),
        gini=gini(count / people[name] for name, count in counts.items()),
        needs=report.tier("needs"), quality=report.tier("quality"), seconds=seconds,
    )


def offers(facts: Scenario) -> dict[str, int]:
    """Turns the year offers to each volunteer who could serve at least one of its visits."""
    problem = Problem.of(facts)
    able = sorted(set(problem.crew.volunteer.tolist()))
    return {facts.volunteers[row].id: problem.prices.turns_offered[row] for row in able}


_HEAD = (
    (
        "| seed | people | plan | seats filled | most turns | max − min, all turns | max − min, turns that can be shared "
        "| Gini of turns ÷ offered | needs | quality | CPU s |"
    ),
    "|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|",
)


_WHY = (
    "*Can be shared*: wishes whose staffing is `rotate` or `any`. A steady or paired wish asks for the same face every week: whoever",
    "has it has forty turns a year or more, however evenly the rest is spread, so max − min of *all* turns mostly says who that is.",
    "The Gini coefficient counts every turn, steady ones too, against what its person offers.",
    "",
    "A year is compared, so fairness looks back a year here; matcher's default is 180 days. With that ([table](rolling-180.md)) seed 1",
    "ends 5 turns worse: a weekly steady wish has two faces, of which until May only one may come. The year at once gives the other one",
    "more turns afterwards to make up for it; month by month, from autumn on, the early turns count no longer. A programme that evens",
    "turns over a year sets `history_days` to 365.",
)


def main() -> None:
    """Measure and write."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", default="0,1,2,3,4,5,6,7,8,9")
    asked.add_argument("--volunteers", type=int, default=40)
    asked.add_argument("--visits", type=int, default=30)
    asked.add_argument("--work", type=float, default=5, help="most counted work for a month, and for the year")
    asked.add_argument("--history-days", type=int, default=A_YEAR, help="how far back fairness looks")
    given = asked.parse_args()
    rows = []
    for seed in map(int, given.seeds.split(",")):
        facts = community(seed, given.volunteers, given.visits, given.history_days)
        year = _with_window(facts, PlanningWindow(start=FIRST, end=months()[-1].end))
        people = offers(year)
        month_by_month = rolling(year, people, given.work)
        print(f"seed {seed}: rolling {month_by_month}", flush=True)
        once = at_once(year, people, given.work)
        print(f"seed {seed}: at once {once}", flush=True)
        rows.append((seed, len(people), once, month_by_month))
        name = "rolling.md" if given.history_days == A_YEAR else f"rolling-{given.history_days}.md"
        (RESULTS / name).write_text(_page(rows, given), "utf-8")


def _page(rows: list[tuple[int, int, Year, Year]], given: argparse.Namespace) -> str:
    known = ", ".join(f"{name} {number}" for name, number in versions().items())
    lines = [
        "# Month by month, or the year at once",
        "",
        f"`donghe` with {given.volunteers} volunteers and {given.visits} visits in the first month, nothing announced or pinned.",
        "The year at once is planned by the search (`lns`), each month by `auto`, on one thread.",
        f"Fairness looks back {given.history_days} days (`history_days`).",
        f"Counted work: {given.work:g} at most for a month, and for the year.",
        "Turns, and turns ÷ offered, of everybody who could serve at least one visit; every visit is done as planned.",
        "Needs and quality are the judge's, of all visits in the facts of the whole year.",
        "",
        *_HEAD,
    ]
    for seed, people, once, month_by_month in rows:
        for name, year in (("year at once", once), ("twelve months", month_by_month)):
            lines.append(
                f"| {seed} | {people} | {name} | {year.filled} | {year.most} | {year.spread} | {year.free_spread} "
                f"| {year.gini:.3f} | {year.needs} | {year.quality} | {year.seconds:.0f} |"
            )
    worse = [after.spread - before.spread for _, _, before, after in rows]
    free = [after.free_spread - before.free_spread for _, _, before, after in rows]
    lag = [after.gini - before.gini for _, _, before, after in rows]
    kept = [more <= 1 and uneven <= 0.02 for more, uneven in zip(worse, lag)]
    again = (
        f"--seeds {given.seeds} --volunteers {given.volunteers} --visits {given.visits} --work {given.work:g} "
        f"--history-days {given.history_days}"
    )
    lines += [
        "",
        "Twelve months less the year at once, by seed:",
        f"- max − min of all turns: {', '.join(f'{one:+d}' for one in worse)} (asked: at most +1);",
        f"- Gini of turns ÷ offered, all turns: {', '.join(f'{one:+.3f}' for one in lag)} (asked: at most +0.02);",
        f"- max − min of turns that can be shared: {', '.join(f'{one:+d}' for one in free)}.",
        "",
        f"Both asked for hold for **{sum(kept)} of {len(rows)}** seeds.",
        "",
        *_WHY,
        "",
        f"{datetime.now(UTC):%Y-%m-%d}; {machine()['system']}; {known}.",
        f"Again: `python benchmarks/rolling.py {again}`.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
