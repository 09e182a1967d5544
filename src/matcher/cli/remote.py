"""``matcher --server URL plan``: the facts go to a server, its worker plans, and the same folder is written here."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.cli.facts import speaking
from matcher.cli.options import Strategy
from matcher.cli.planning import Limits, Made
from matcher.cli.text import Language
from matcher.errors import BadInput

if TYPE_CHECKING:
    from matcher.client import Client, Community, Event, RemotePlan
    from matcher.exchange import Import
    from matcher.solvers.stop import Progress, Stop

KEY_VARIABLE = "MATCHER_API_KEY"
"""Where the key is: not on a command line, which everybody can read."""
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and whose plan it is to be: ``at`` is DISTRICT/COMMUNITY, None the key's own."""

    url: str
    at: str | None = None


def make_there_and_write(
    facts: Import, out: Path, strategy: Strategy, limits: Limits, lang: Language, server: Server, *, quiet: bool
) -> Made:
    """Plan on the server, judge here once more, and write; nothing is written unless all of it is."""
    from matcher.client import Client
    from matcher.exchange.outputs import write_outputs
    from matcher.exchange.plan import Plan
    from matcher.planning.handover import handovers
    from matcher.problem.check import check
    from matcher.problem.expand import expand

    scenario = speaking(facts.scenario, lang)
    with Client(server.url, _key(lang), lang=lang) as client:
        plan = _community(client, server, lang).plan(scenario, **_config(strategy, limits))
        _watch(plan, lang, quiet=quiet)
        plan.wait()
        found, run, certificates = plan.roster(), plan.report_document().get("run", {}), plan.certificates()
    expanded = expand(scenario)
    report = check(expanded, found)
    proposed = handovers(expanded, found)
    # As when it is planned here: files speak of the facts that were read.
    told = {"scenario": facts.scenario.fingerprint}
    roster = found.model_copy(update=told)
    proofs = tuple(certificate.model_copy(update=told) for certificate in certificates)
    notes = tuple(str(fault) for fault in (*facts.assumptions, *facts.warnings))
    files = write_outputs(Plan(scenario, roster, report, notes, run | {"server": server.url}, proofs, proposed), out)
    return Made(facts, scenario, roster, report, str(run.get("status", "")), out, tuple(files), proposed)


def _key(lang: Language) -> str:
    from matcher.client.words import say

    found = os.environ.get(KEY_VARIABLE, "").strip()
    if not found:
        raise BadInput(say("no-key", lang), say("no-key-advice", lang))
    return found


def _community(client: Client, server: Server, lang: Language) -> Community:
    from matcher.client.words import say

    if server.at is not None:
        district, slash, community = server.at.partition("/")
        if not (slash and district and community) or "/" in community:
            raise BadInput(say("bad-at", lang, at=server.at), say("bad-at-advice", lang))
        return client.community(district, community)
    me = client.me()
    if not me.get("district") or not me.get("community"):
        raise BadInput(say("no-community", lang), say("no-community-advice", lang))
    return client.community(me["district"], me["community"])


def _config(strategy: Strategy, limits: Limits) -> dict[str, Any]:
    told = {
        "seconds": limits.seconds, "work": limits.work, "gap": limits.gap, "unimproved": limits.unimproved,
        "seed": limits.seed, "workers": limits.workers, "strategy": strategy,
    }
    return {name: value for name, value in told.items() if value is not None}


def _watch(plan: RemotePlan, lang: Language, *, quiet: bool) -> None:
    """Show what happens until it is over; Ctrl-C asks the server to end it with the best roster so far."""
    from matcher.cli.live import interruptible, progress_display
    from matcher.solvers.stop import Stop

    stop = Stop()
    with interruptible(stop, lang), _cancelling(plan, stop), progress_display(lang, shown=not quiet) as progress:
        for event in plan.events():
            _show(event, progress)


@contextmanager
def _cancelling(plan: RemotePlan, stop: Stop) -> Iterator[None]:
    """While this lasts, what is asked of the stop is passed on to the server: the stream waits for lines and hears nothing else."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            if stop.cancelled:
                plan.cancel()
                return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _show(event: Event, progress: Progress) -> None:
    told = event.data
    if event.kind == "compiling":
        progress.compiling()
    elif event.kind == "tier-begins":
        progress.tier_begins(told["tier"])
    elif event.kind == "better":
        progress.better(told["tier"], told["value"], told["bound"])
    elif event.kind == "bound":
        progress.bound_rises(told["tier"], told["bound"])
    elif event.kind == "tier-ends":
        progress.tier_ends(told["tier"], told["value"], told["bound"], told["status"])
