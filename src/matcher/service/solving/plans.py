"""Plans: a solve that is asked for, looked at and cancelled; what it plans is frozen when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matcher.domain.scenario import PlanningWindow, Scenario, find_faults
from matcher.errors import BadInput, Fault
from matcher.exchange.jsonfile import scenario_from
from matcher.service.moments import facts_at
from matcher.service.plan_words import say
from matcher.service.solving.config import RunConfig
from matcher.store import rosters, runs
from matcher.store.assembly import packed
from matcher.store.database import now_of
from matcher.store.facts import Conflict
from matcher.store.rosters import StoredRoster
from matcher.store.runs import Run

_STALE_DAYS = 2
"""Facts older than this are worth a word."""
_LAST_EVENTS = 200
"""Events looked at for the values a running solve has reached."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be planned: the community's facts, or those a request brings."""

    config: RunConfig
    priority: int = 0
    scenario: Mapping[str, Any] | None = None
    moment: str | None = None
    window: PlanningWindow | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Facts that hold, how large they are, and what to note about them."""

    scenario: Scenario
    metrics: dict[str, int]
    warnings: tuple[Fault, ...]
    packed: bytes
    """The facts as they are frozen."""


def prepare(session: Session, asked: Asked) -> Prepared:
    """The facts to plan, checked; nothing is written, so a session that reads will do.

    Raises ``BadInput`` with every fault, ``NotFound``.
    """
    lang = session.info["lang"]
    if asked.scenario is not None:
        if asked.moment is not None or asked.window is not None:
            raise BadInput(say("both-given", lang), say("both-given-advice", lang))
        told = scenario_from(dict(asked.scenario), lang=lang)
        scenario, warnings = told.scenario, told.warnings
    else:
        scenario = facts_at(session, asked.moment, asked.window)
        warnings = tuple(fault for fault in find_faults(scenario) if fault.warning)
        warnings += tuple(_about_its_age(session, scenario, asked))
    metrics = metrics_of(scenario)
    if not metrics["visits"]:
        warnings += (Fault(say("nothing-to-plan", lang), code="nothing-to-plan", warning=True),)
    return Prepared(scenario, metrics, warnings, packed(scenario))


def _about_its_age(session: Session, scenario: Scenario, asked: Asked) -> list[Fault]:
    as_of = scenario.program.as_of
    days = (now_of(session) - as_of).days
    if asked.moment is not None or days < _STALE_DAYS:
        return []
    message = say("stale-facts", session.info["lang"], as_of=f"{as_of:%Y-%m-%d %H:%M}", days=days)
    return [Fault(message, code="stale-facts", warning=True)]


def metrics_of(scenario: Scenario) -> dict[str, int]:
    """How large a plan is: people, wishes, visits and seats, days; ``needs``: the points of all seats, were they empty."""
    from matcher.problem.eligibility import Eligibility
    from matcher.problem.expand import expand
    from matcher.problem.objective import Prices

    window = scenario.program.window
    expanded = expand(scenario)
    visits = expanded.visits
    nouns = ("volunteers", "residents", "wishes", "claims", "history", "published", "pins")
    counted = {noun: len(getattr(scenario, noun)) for noun in nouns}
    seats = sum(role.count for visit in visits for role in visit.wish.roles)
    needs = Prices(expanded, Eligibility(expanded)).all_seats
    return counted | {
        "visits": len(visits), "seats": seats, "days": (window.end - window.start).days + 1, "needs": needs,
    }


def submit(session: Session, asked: Asked, prepared: Prepared) -> Run:
    """Ask for the plan; its first event tells how large it is."""
    told = {"metrics": prepared.metrics, "warnings": [told_warning(fault) for fault in prepared.warnings]}
    return runs.submit(
        session, asked.config.model_dump(), prepared.scenario, priority=asked.priority, told=told, packed=prepared.packed
    )


def told_warning(fault: Fault) -> dict[str, Any]:
    """A warning as JSON."""
    return {"message": fault.message, "advice": fault.advice, "code": fault.code, "where": fault.where}


# ----------------------------------------------------------------------------------------------- looking


@dataclass(frozen=True, slots=True)
class Status:
    """A plan as it stands: the run, what was told of its facts, and the value of each tier so far."""

    run: Run
    metrics: dict[str, int] | None = None
    warnings: list[dict[str, Any]] = field(default_factory=list)
    score: list[dict[str, Any]] = field(default_factory=list)


def status(session: Session, key: str) -> Status:
    """One plan; raises ``NotFound``."""
    run = runs.get(session, key)
    first = next(iter(runs.progress(session, key, limit=1)), None)
    told = first.event if first is not None and first.event["kind"] == "submitted" else {}
    return Status(run, told.get("metrics"), told.get("warnings", []), _score(session, run))


def _score(session: Session, run: Run) -> list[dict[str, Any]]:
    """Name, value, bound, gap and status per tier: of the roster, or the last that was heard."""
    if run.roster is not None:
        return list(rosters.get(session, run.roster).document.get("tiers", []))
    found: dict[str, dict[str, Any]] = {}
    for heard in runs.progress(session, run.id, after=max(0, run.last_progress - _LAST_EVENTS)):
        event = heard.event
        if event["kind"] == "taken":
            found.clear()  # begun anew
        tier = event.get("tier")
        if tier is None or not event.keys() & {"value", "bound"}:
            continue
        known = found.setdefault(tier, {"name": tier, "value": None, "bound": None, "gap": None, "status": None})
        known |= {name: event[name] for name in ("value", "bound", "status") if event.get(name) is not None}
        known["gap"] = _gap(known["value"], known["bound"])
    return list(found.values())


def _gap(value: int | None, bound: int | None) -> float | None:
    return None if value is None or bound is None else (value - bound) / max(1, value)


def result(session: Session, key: str) -> StoredRoster:
    """The roster a plan has led to, also a cancelled one; raises ``NotFound``, ``Conflict`` while there is none."""
    run, lang = runs.get(session, key), session.info["lang"]
    if run.roster is None:
        message = say("no-result", lang, key=key, state=run.state)
        raise Conflict([Fault(message, say("no-result-advice", lang), code="no-result")])
    return rosters.get(session, run.roster)


def as_json(run: Run) -> dict[str, Any]:
    """A run as JSON, without what only the database needs."""
    hidden = ("community", "snapshot", "last_progress")
    return {name: _plain(value) for name, value in asdict(run).items() if name not in hidden}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
