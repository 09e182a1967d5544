"""How soon the roster's page can be used, and how fast a drag answers, in a real browser against a real server.

    python benchmarks/board.py [--preset qiaodong] [--volunteers 500] [--visits 1000] [--times 20]

A month of visits as the flow's first roster has them. *Usable*: from the navigation to the picture in which the first entry
can be focused. *Picked up*: from picking an entry up to every row saying whether it may. *Shown*: from letting go to the
entry in its new place. *Kept*: to the new draft being judged, kept, pinned and drawn. Between two drags a second passes,
as with people. Writes benchmarks/results/board.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx
import numpy as np
from argon2 import PasswordHasher
from playwright.sync_api import Page, sync_playwright
from serving import served

from matcher.cli import version
from matcher.domain.scenario import Scenario
from matcher.generate import generate
from matcher.problem.problem import Problem
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster
from matcher.store import accounts
from matcher.store.accounts import Holding
from matcher.store.address import address_of
from matcher.store.assembly import replace_facts
from matcher.store.database import Database
from matcher.store.migrate import upgrade
from matcher.store.scope import Scope
from matcher.store.tenants import ensure

RESULTS = Path(__file__).parent / "results" / "board.md"
HERE = Scope("bench", "bench")
AT = "/v1/districts/bench/communities/bench"
PASSWORD = "eight words nobody would guess for a benchmark"
THINKING_MS = 1000


@dataclass
class Measured:
    """What was measured, in milliseconds, and how large the page is."""

    usable: dict[str, list[float]] = field(default_factory=dict)
    server: dict[str, list[float]] = field(default_factory=dict)
    bytes: dict[str, tuple[int, int]] = field(default_factory=dict)
    nodes: dict[str, int] = field(default_factory=dict)
    picked: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    dropped: list[float] = field(default_factory=list)


def filled(address: str, scenario: Scenario) -> None:
    """The facts, and a coordinator."""
    database = Database(address_of(address))
    upgrade(database)
    ensure(database, HERE, "bench")
    with database.writing(HERE, "bench") as session:
        replace_facts(session, scenario)
    with database.everyone("bench", writes=True) as session:
        secret = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        accounts.add_user(session, "bench", Holding("coordinator", HERE.district, HERE.community), {"name": "bench"}, secret)
    database.close()


def signed_in(url: str) -> httpx.Client:
    """The API, as the coordinator."""
    client = httpx.Client(base_url=url, timeout=120, trust_env=False)
    client.headers["X-CSRF-Token"] = client.post("/v1/sessions", json={"login": "bench", "password": PASSWORD}).json()["csrf"]
    return client


def opened(page: Page, address: str, name: str, found: Measured) -> None:
    """Open a view once."""
    page.goto(address)
    page.wait_for_selector("html[data-ready=adjust]")
    page.wait_for_timeout(500)
    told: dict[str, Any] = page.evaluate("""() => {
        const [entry] = performance.getEntriesByType("navigation");
        return {usable: performance.getEntriesByName("usable")[0].startTime, server: entry.responseEnd - entry.requestStart,
                sent: entry.encodedBodySize, size: entry.decodedBodySize, nodes: document.querySelectorAll("*").length};
    }""")
    found.usable.setdefault(name, []).append(told["usable"])
    found.server.setdefault(name, []).append(told["server"])
    found.bytes[name], found.nodes[name] = (told["sent"], told["size"]), told["nodes"]


def dragged(page: Page, rng: Random, found: Measured) -> bool:
    """Drag an entry to somebody who may have it; False where nobody may."""
    page.evaluate("() => { delete document.body.dataset.verdicts; delete document.body.dataset.dropped; }")
    chips = page.locator("#roster .chip:not(.standby)")
    chip = chips.nth(rng.randrange(chips.count()))
    chip.evaluate("chip => chip.scrollIntoView({block: 'center', inline: 'center'})")
    column = int(chip.evaluate("chip => chip.parentElement.cellIndex"))
    box = chip.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 32, box["y"] + 10, steps=2)
    page.wait_for_selector("body[data-verdicts]")
    found.picked.append(float(page.evaluate("document.body.dataset.verdicts")))
    rows = page.locator("#roster tr[data-may=yes]")
    if not rows.count():
        page.keyboard.press("Escape")
        page.mouse.up()
        return False
    cell = rows.nth(rng.randrange(rows.count())).locator("td").nth(column - 1)
    cell.evaluate("cell => cell.scrollIntoView({block: 'center', inline: 'center'})")
    there = cell.bounding_box()
    assert there
    page.mouse.move(there["x"] + there["width"] / 2, there["y"] + there["height"] / 2, steps=2)
    page.wait_for_timeout(400)  # nobody lets go at once
    page.mouse.up()
    page.wait_for_selector("body[data-dropped]")
    found.shown.append(float(page.evaluate("document.body.dataset.shown")))
    found.dropped.append(float(page.evaluate("document.body.dataset.dropped")))
    for close in page.locator("#notices .close").all():
        close.click()
    page.wait_for_timeout(THINKING_MS)
    return True


def measured(url: str, document: dict[str, Any], times: int) -> Measured:
    """Everything, one after the other."""
    found, rng = Measured(), Random(0)
    with closing(signed_in(url)) as client, sync_playwright() as playwright:
        answer = client.post(f"{AT}/rosters", json={"roster": document})
        answer.raise_for_status()
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(base_url=url, locale="zh-CN", viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": one.name, "value": str(one.value), "url": url} for one in client.cookies.jar])
        page = context.new_page()
        page.goto("/board/bench/bench/adjust")
        page.wait_for_selector("html[data-ready=adjust]")  # the server has read the facts; nothing of this counts
        views = {"by volunteer, a month": "", "by volunteer, a week": "?span=week", "by resident, a month": "?view=residents"}
        for name, asked in views.items():
            for _ in range(times):
                opened(page, f"/board/bench/bench/adjust{asked}", name, found)
            print(name, np.percentile(found.usable[name], [50, 95]).round(), flush=True)
        page.goto("/board/bench/bench/adjust")
        page.wait_for_selector("html[data-ready=adjust]")
        while len(found.dropped) < times:
            dragged(page, rng, found)
        print("drags", np.percentile(found.picked, [50, 95]), np.percentile(found.dropped, [50, 95]), flush=True)
        browser.close()
    return found


def shown(found: Measured, scenario: Scenario, document: dict[str, Any]) -> str:
    """The results as a page."""
    def two(values: list[float]) -> str:
        p50, p95 = np.percentile(values, [50, 95])
        return f"{p50:,.0f} | {p95:,.0f} | {len(values)}"

    words = " ".join(sys.argv[1:]).partition(" --out")[0]
    rows = [
        f"| {name} | {two(found.usable[name])} | {np.median(found.server[name]):,.0f} | {found.bytes[name][0] / 1024:,.0f} | "
        f"{found.bytes[name][1] / 1024:,.0f} | {found.nodes[name]:,} |"
        for name in found.usable
    ]
    machine = f"Python {platform.python_version()}, {platform.machine()}; {datetime.now(UTC):%Y-%m-%d}"
    busy = f"load average {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores at the end"
    size = f"{len(scenario.volunteers):,} volunteers, {len(document['visits']):,} visits served in a month"
    return "\n".join([
        "# The board: how soon the roster can be used", "", f"`python benchmarks/board.py {words}`".replace(" `", "`"), "",
        f"matcher {version()}, {machine}; {busy}.",
        f"{size}; server, database and browser (Chromium, no GPU) on the same machine, SQLite.", "",
        "*Usable*: from the navigation to the picture in which the first entry can be focused, milliseconds. *Server*: of that, until the",
        "page has arrived, median. The facts have been read once before: the first page after a change of the facts takes",
        "about a second more.", "",
        "| view | usable, p50 | p95 | times | server | KB sent | KB | elements |", "|---|---|---|---|---|---|---|---|", *rows, "",
        "*Picked up*: until every row says whether it may, and why not. *Shown*: from letting go until the entry stands in its new place.",
        "*Kept*: until the new draft has been judged by every rule, kept, pinned and drawn; refused, the entry goes back.",
        "A second of thinking between two drags.", "",
        "| a drag | p50 ms | p95 ms | times |", "|---|---|---|---|",
        f"| picked up | {two(found.picked)} |", f"| shown | {two(found.shown)} |", f"| kept | {two(found.dropped)} |", "",
    ])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="qiaodong")
    parser.add_argument("--volunteers", type=int, default=500)
    parser.add_argument("--visits", type=int, default=1000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args()
    scenario = generate(asked.preset, asked.seed, volunteers=asked.volunteers, visits=asked.visits)
    problem = Problem.of(scenario)
    made = first_roster(problem, needs_bound(problem).wanted)
    assert made is not None
    document = json.loads(made.to_json())
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/board.db"
        filled(address, scenario)
        with served(address) as (url, _):
            found = measured(url, document, asked.times)
    asked.out.write_text(shown(found, scenario, document), "utf-8")
    print(asked.out.read_text("utf-8"))


if __name__ == "__main__":
    main()
