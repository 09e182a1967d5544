"""How fast a server answers, over real HTTP, on SQLite and on PostgreSQL in one run.

    python benchmarks/service.py [claims suggest plans cancels] [--databases sqlite postgresql] [--clients 8]
                                 [--requests 400] [--cancels 100] [--seed 0] [--preset donghe]

`matcher serve` with one worker beside, in processes of their own; as many clients as said, threads of this process, on the
same machine. Latencies are what a client sees. CPU is the server's with all it has begun, per request. Each part is a function
of `PARTS`; results go into benchmarks/results/service.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx
import numpy as np
from serving import served

from matcher.cli import version
from matcher.domain.scenario import Scenario
from matcher.generate import generate
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.service.accounts.access import Role
from matcher.service.accounts.auth import new_key
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster
from matcher.store import rosters, runs
from matcher.store.accounts import Holding
from matcher.store.address import address_of
from matcher.store.assembly import replace_facts, scenario_of
from matcher.store.database import Database
from matcher.store.migrate import upgrade
from matcher.store.scope import Scope
from matcher.store.tenants import ensure

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "service.md"
HERE = Scope("main", "bench")
AT = f"/v1/districts/{HERE.district}/communities/{HERE.community}"
COLUMNS = ("part", "database", "clients", "requests", "a second", "p50 ms", "p95 ms", "most ms", "CPU ms each", "note")


@dataclass
class Measured:
    """What a part has found: seconds of each request as its client saw it, and of all of them together."""

    part: str
    seconds: list[float] = field(default_factory=list)
    whole: float = 0.0
    cpu: float = 0.0
    note: str = ""
    clients: int = 1

    def row(self, database: str) -> str:
        p50, p95, most = 1000 * np.percentile(self.seconds, [50, 95, 100])
        count = len(self.seconds)
        cells = (
            self.part, database, self.clients, count, f"{count / self.whole:.1f}" if self.whole else "", f"{p50:.1f}",
            f"{p95:.1f}", f"{most:.1f}", f"{1000 * self.cpu / count:.1f}" if self.cpu else "", self.note,
        )
        return f"| {' | '.join(map(str, cells))} |"


class Bench:
    """A server on one database, filled; ``each`` sends requests from many clients at once."""

    def __init__(self, url: str, pid: int, key: str, database: Database, scenario: Scenario, asked: argparse.Namespace) -> None:
        self.url, self.pid, self.key, self.database = url, pid, key, database
        self.scenario, self.asked, self.dice = scenario, asked, Random(asked.seed)

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.key}", "Accept-Language": "en"}, timeout=120
        )

    def each(self, part: str, jobs: list[Callable[[httpx.Client], httpx.Response]], *, good: tuple[int, ...]) -> Measured:
        found = Measured(part, clients=min(self.asked.clients, len(jobs)))
        waiting, lock, wrong = iter(jobs), threading.Lock(), []

        def work() -> None:
            with self.client() as client:
                client.get("/healthz")
                barrier.wait()
                while True:
                    with lock:
                        job = next(waiting, None)
                    if job is None:
                        return
                    began = time.perf_counter()
                    answer = job(client)
                    took = time.perf_counter() - began
                    with lock:
                        found.seconds.append(took)
                        if answer.status_code not in good:
                            wrong.append((answer.status_code, answer.text[:300]))

        barrier = threading.Barrier(found.clients + 1)
        threads = [threading.Thread(target=work) for _ in range(found.clients)]
        for thread in threads:
            thread.start()
        before = cpu_of(self.pid)
        barrier.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        found.whole, found.cpu = time.perf_counter() - began, cpu_of(self.pid) - before
        assert not wrong, wrong[:3]
        return found


# --------------------------------------------------------------------------------------------------- the parts


def claims(bench: Bench) -> Measured:
    """One claim a request: taken, numbered, logged, announced, and on the disk before it is answered."""
    wishes = [wish.id for wish in bench.scenario.wishes]
    pairs = [(wish, one.id) for wish in wishes for one in bench.scenario.volunteers]
    taken = {(claim.wish, claim.volunteer) for claim in bench.scenario.claims}
    chosen = bench.dice.sample([pair for pair in pairs if pair not in taken], bench.asked.requests)

    def job(wish: str, who: str) -> Callable[[httpx.Client], httpx.Response]:
        body = {"wish": wish, "volunteer": who, "channel": "livestream"}
        headers = {"Idempotency-Key": f"{wish} {who}".encode().hex()[:190]}
        return lambda client: client.post(f"{AT}/claims:claim", json=body, headers=headers)

    found = bench.each("claims", [job(*pair) for pair in chosen], good=(201,))
    found.note = f"of {len(wishes)} wishes, an Idempotency-Key each"
    return found


def suggest(bench: Bench) -> Measured:
    """Who could be asked for a visit of a stored roster; the first answer, which builds the problem, is told apart."""
    with bench.database.writing(HERE, "bench") as session:
        scenario = scenario_of(session)
        problem = Problem.of(scenario)
        made = first_roster(problem, needs_bound(problem).wanted)
        report = check(scenario, made).model_dump(mode="json")
        key = rosters.add_draft(session, rosters.Made(made.model_dump(mode="json"), report, scenario.program.window))
    visits = [visit.id for visit in made.visits]

    def job(visit: str) -> Callable[[httpx.Client], httpx.Response]:
        return lambda client: client.post(f"{AT}/rosters/{key}/suggest", json={"visit": visit})

    first = bench.each("suggest", [job(visits[0])], good=(200,))
    found = bench.each("suggest", [job(bench.dice.choice(visits)) for _ in range(bench.asked.requests)], good=(200,))
    found.note = f"the first answer took {first.seconds[0]:.1f} s"
    return found


def plans(bench: Bench) -> Measured:
    """A run asked for: the facts frozen, the run in the queue. Lowest priority, and cancelled afterwards."""
    keys: list[str] = []

    def job(client: httpx.Client) -> httpx.Response:
        body = {"scope": {"district": HERE.district, "community": HERE.community}, "config": {"seconds": 1}, "priority": -100}
        answer = client.post("/v1/plans", json=body)
        if answer.status_code == 202:
            keys.append(answer.json()["id"])
        return answer

    found = bench.each("plan submission", [job] * max(10, bench.asked.requests // 10), good=(202,))
    with bench.client() as client:
        for key in keys:
            client.delete(f"/v1/plans/{key}")
    found.note = f"{len(bench.scenario.volunteers)} volunteers, {len(bench.scenario.wishes)} wishes each time"
    return found


def cancels(bench: Bench) -> Measured:
    """From the request to cancel a running solve to the run's end in the database, its process gone or its roster kept.

    Every other one is cancelled while it starts, the rest once it has told of a roster.
    """
    found, kept = Measured("cancel of a running solve"), 0
    body = {
        "scope": {"district": HERE.district, "community": HERE.community},
        "config": {"seconds": 600, "strategy": "lns", "seed": 1}, "priority": 50,
    }

    def has_found(key: str) -> bool:
        with bench.database.reading(HERE) as session:
            return any(one.event["kind"] == "better" for one in runs.progress(session, key))

    with bench.client() as client:
        for n in range(bench.asked.cancels):
            answer = client.post("/v1/plans", json=body)
            path, key = answer.headers["Location"], answer.json()["id"]
            until(lambda path=path: client.get(path).json()["state"] == "running")
            if n % 2:
                until(lambda key=key: has_found(key))
            time.sleep(bench.dice.uniform(0, 2))
            began = time.perf_counter()
            client.delete(path)
            until(lambda path=path: client.get(path).json()["state"] == "cancelled", every=0.02)
            found.seconds.append(time.perf_counter() - began)
            kept += client.get(f"{path}/roster").status_code == 200
    found.note = f"{kept} of them left the best roster so far as a draft"
    return found


PARTS: dict[str, Callable[[Bench], Measured]] = {
    "claims": claims, "suggest": suggest, "plans": plans, "cancels": cancels,
}
"""The parts by name; a part that is added here is run and written down."""


# ------------------------------------------------------------------------------------------------- the server


@contextmanager
def measured_server(address: str, asked: argparse.Namespace) -> Iterator[Bench]:
    """A server on a filled database."""
    database = Database(address_of(address), lang="en", busy_seconds=60)
    upgrade(database)
    scenario = generate(asked.preset, asked.seed)
    ensure(database, HERE, "bench")
    with database.writing(HERE, "bench") as session:
        replace_facts(session, scenario)
    _, key = new_key(database, Holding(Role.SYSTEM), "bench", name="bench", lasts=None)
    try:
        with served(address) as (url, process):
            yield Bench(url, process, key.text, database, scenario, asked)
    finally:
        database.close()


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process, with what has ended of what it began."""
    words = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")


def until(is_so: Callable[[], bool], *, every: float = 0.1, seconds: float = 300.0) -> None:
    over = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < over, "it did not happen"
        time.sleep(every)


def addresses(kinds: list[str], left: ExitStack) -> Iterator[tuple[str, str]]:
    """An empty database of each kind; PostgreSQL as the tests start it."""
    for kind in kinds:
        if kind == "sqlite":
            yield kind, str(Path(left.enter_context(tempfile.TemporaryDirectory())) / "matcher.db")
        else:
            sys.path.insert(0, str(ROOT / "tests" / "store"))
            from databases import Server

            yield kind, left.enter_context(Server()).new_database()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--cancels", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--preset", default="donghe")
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args()
    rows = []
    with ExitStack() as left:
        for kind, address in addresses(asked.databases, left):
            with measured_server(address, asked) as bench:
                for name in asked.parts or PARTS:
                    rows.append(PARTS[name](bench).row(kind))
                    print(rows[-1], flush=True)
                    asked.out.write_text(page(rows), "utf-8")


def page(rows: list[str]) -> str:
    """The results as a page."""
    words = " ".join(sys.argv[1:]).partition(" --out")[0]
    busy = f"load average {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores at the end"
    return "\n".join([
        "# The service: how fast it answers", "",
        f"`python benchmarks/service.py {words}`", "",
        f"matcher {version()}, Python {platform.python_version()}, {platform.machine()}; {datetime.now(UTC):%Y-%m-%d}; {busy}.",
        "One server process, one worker, clients as threads of another process on the same machine. *CPU ms each*: the server's",
        "processor time per request, without the worker and the database server.", "",
        f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS), *rows, "",
    ])


if __name__ == "__main__":
    main()
