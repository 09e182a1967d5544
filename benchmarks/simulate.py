"""A year of invented life under matcher, first come first served and a fixed rota: what does planning bring?

``python benchmarks/simulate.py --seeds 0,1,2`` lives a year in an invented community per seed, with counted work and one
thread, so that the figures come out the same on every machine. Each seed's figures are kept in ``--raw``, so a long run
can be taken up again; benchmarks/results/simulate.md and simulate.svg are written from all of them.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from matcher.bench.machine import machine, versions
from matcher.exchange.simulation import render_plot
from matcher.generate import generate
from matcher.planning.simulate import Lived, Rates, Simulation, first_monday, simulate, weeks_of
from matcher.planning.simulate_measures import Measured, Point
from matcher.planning.simulate_run import EVERY_POLICY

RESULTS = Path(__file__).parent / "results"


def community(seed: int, given: argparse.Namespace):
    """An invented community with nothing announced or pinned yet; its own town, people and wishes for every seed."""
    facts = generate("donghe", seed, volunteers=given.volunteers, visits=given.visits, lang="en")
    return facts.with_changes(published=(), pins=())


def live(seed: int, given: argparse.Namespace, known: dict) -> dict:
    """One year's figures as plain values; policies that are ``known`` need not live it again."""
    missing = [name for name in given.policies.split(",") if name not in known.get("policies", {})]
    if not missing:
        return known
    facts, began = community(seed, given), time.process_time()
    found = simulate(facts, given.months, seed=seed, policies=missing, ahead=given.ahead, lookahead=given.lookahead, work=given.work)
    new = {own.policy: asdict(own.result) for own in found.lived}
    return {
        "seed": seed, "wishes": found.wishes, "policies": known.get("policies", {}) | new,
        "cpu_seconds": known.get("cpu_seconds", 0) + time.process_time() - began,
    }


def together(raw: list[dict], given: argparse.Namespace) -> Simulation:
    """All seeds as one simulation."""
    lived = tuple(
        Lived(one["seed"], name, Measured(own["values"], tuple(Point(**point) for point in own["points"])), ())
        for one in raw for name, own in one["policies"].items() if name in given.policies.split(",")
    )
    seeds, weeks = tuple(one["seed"] for one in raw), weeks_of(given.months)
    return Simulation(
        language="en", first=first_monday(community(0, given)), weeks=weeks, weeks_lived=weeks, seeds=seeds,
        seeds_asked=len(seeds), ahead=given.ahead, lookahead=given.lookahead, work=given.work, volunteers=given.volunteers,
        wishes=sum(one["wishes"] for one in raw) // len(raw), policies=tuple(given.policies.split(",")), rates=asdict(Rates()), lived=lived,
    )


def page(found: Simulation, raw: list[dict], given: argparse.Namespace) -> str:
    """The results as a page."""
    headers, rows = found.table("en")
    known = ", ".join(f"{name} {number}" for name, number in versions().items())
    seeds = ",".join(str(seed) for seed in found.seeds)
    again = f"--seeds {seeds} --volunteers {given.volunteers} --visits {given.visits} --policies {given.policies}"
    return "\n".join([
        "# A year of life: matcher, first come first served, a fixed rota",
        "",
        f"{len(found.seeds)} invented communities: `donghe` with {given.volunteers} volunteers and {given.visits} visits in the",
        f"first month, about {found.wishes} wishes;",
        f"{found.weeks} weekly plans each, every plan two weeks ahead, all rates at their defaults ([docs](../../docs/simulate.md)).",
        f"Counted work: {given.work:g} at most for each plan and each repair; one thread.",
        f"A seed's {len(found.policies)} runs took {sum(one['cpu_seconds'] for one in raw) / len(raw):.0f} CPU seconds on average.",
        "",
        "Mean ± standard deviation over the seeds. Differences are matcher less the other, in the same life; in brackets the seeds",
        "in which matcher is better and worse.",
        "",
        f"| {' | '.join(headers)} |",
        f"|---|---|{'--:|' * (len(headers) - 2)}",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        *found.lines("en")[1:],
        "",
        "![Coverage and evenness over the year](simulate.svg)",
        "",
        f"Seeds {seeds}. {datetime.now(UTC):%Y-%m-%d}; {machine()['system']}; {known}.",
        f"Again: `python benchmarks/simulate.py {again} --work {given.work:g}`.",
    ]) + "\n"


def main() -> None:
    """Live what has not been lived yet, and write."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", default="0,1,2,3,4,5,6,7,8,9")
    asked.add_argument("--volunteers", type=int, default=60)
    asked.add_argument("--visits", type=int, default=120)
    asked.add_argument("--months", type=int, default=12)
    asked.add_argument("--ahead", type=int, default=2)
    asked.add_argument("--lookahead", type=int, default=0)
    asked.add_argument("--work", type=float, default=1)
    asked.add_argument("--policies", default=",".join(EVERY_POLICY))
    asked.add_argument("--raw", type=Path, default=Path("out/simulate"), help="where each seed's figures are kept")
    given = asked.parse_args()
    given.raw.mkdir(parents=True, exist_ok=True)
    for seed in map(int, given.seeds.split(",")):
        name = f"{given.volunteers}-{given.visits}-{given.months}-{given.ahead}-{given.lookahead}-{given.work:g}-{seed}.json"
        path = given.raw / name
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        path.write_text(json.dumps(live(seed, given, known)), "utf-8")
        print(f"seed {seed} done", flush=True)
    kept = sorted(given.raw.glob(f"{given.volunteers}-{given.visits}-{given.months}-{given.ahead}-{given.lookahead}-{given.work:g}-*.json"))
    raw = sorted((json.loads(path.read_text("utf-8")) for path in kept), key=lambda one: one["seed"])
    raw = [one for one in raw if set(given.policies.split(",")) <= set(one["policies"])]
    found = together(raw, given)
    (RESULTS / "simulate.svg").write_text(render_plot(found, "en"), "utf-8")
    (RESULTS / "simulate.md").write_text(page(found, raw, given), "utf-8")


if __name__ == "__main__":
    main()
