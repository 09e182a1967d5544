"""The week of a community, step by step: what is done, what is under way, what is missing; from few rows."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, distinct, func, select
from sqlalchemy.orm import Session

from matcher.domain.claims import Published
from matcher.domain.scenario import Program
from matcher.store import facts
from matcher.store.database import now_of
from matcher.store.since import last_change
from matcher.store.tables import ClaimRow, PublishedRow, RosterRow, RunRow, ServiceRow
from matcher.store.tenants import counts_by_noun

State = Literal["done", "now", "todo", "trouble"]
STEPS = ("bring", "check", "screen", "plan", "adjust", "publish", "record")
_MOST_KNOWN = 200
_EMPTY: OrderedDict[str, tuple[int, int]] = OrderedDict()
"""Filled and empty places by roster: a roster never changes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its state, and the numbers that say why."""

    state: State
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Made:
    """The newest roster of a state."""

    id: str
    number: int
    edition: int
    at: datetime
    filled: int
    empty: int


def week(session: Session) -> dict[str, Step]:
    """Every step of ``STEPS`` as it stands now."""
    counts = counts_by_noun(session)
    if not (counts["wishes"] or counts["volunteers"]) or not _has_program(session):
        return {"bring": Step("now")} | {name: Step("todo") for name in STEPS[1:]}
    changed, plan = last_change(session), _last_plan(session)
    draft, published = _newest(session, "draft"), _newest(session, "published")
    if draft is not None and published is not None and draft.number < published.number:
        draft = None  # what was published since has taken its place
    newest = draft or published
    is_old = newest is not None and changed is not None and changed.at > newest.at
    return {
        "bring": Step("done", {name: counts[name] for name in ("wishes", "volunteers", "residents", "claims")} | {
            "changed_at": None if changed is None else changed.at.isoformat(),
        }),
        "check": Step("done" if newest is not None and not is_old else "now"),
        "screen": _screening(session, counts["claims"]),
        "plan": _planning(plan, newest, is_old),
        "adjust": _adjusting(draft, published),
        "publish": _publishing(draft, published),
        "record": _recording(session, published),
    }


def _has_program(session: Session) -> bool:
    try:
        facts.program(session)
    except facts.NotFound:
        return False
    return True


def _last_plan(session: Session) -> Any:
    return session.execute(
        select(RunRow.id, RunRow.state, RunRow.submitted_at, RunRow.ended_at).order_by(RunRow.number.desc()).limit(1)
    ).first()


def _newest(session: Session, state: str) -> _Made | None:
    row = session.execute(
        select(RosterRow.id, RosterRow.number, RosterRow.edition, RosterRow.created_at)
        .where(RosterRow.state == state).order_by(RosterRow.number.desc()).limit(1)
    ).first()
    return None if row is None else _Made(row.id, row.number, row.edition, row.created_at, *_places(session, row.id))


def _places(session: Session, roster: str) -> tuple[int, int]:
    if roster not in _EMPTY:
        told = session.scalar(select(RosterRow.document).where(RosterRow.id == roster)) or {}
        filled = sum(len(visit.get("assigned", ())) for visit in told.get("visits", ()))
        _EMPTY[roster] = filled, sum(one.get("count", 1) for one in told.get("unfilled", ()))
        while len(_EMPTY) > _MOST_KNOWN:
            _EMPTY.popitem(last=False)
    return _EMPTY[roster]


def _screening(session: Session, claims: int) -> Step:
    count, wishes = session.execute(
        select(func.count(), func.count(distinct(ClaimRow.wish))).select_from(ClaimRow).where(ClaimRow.state == "open")
    ).one()
    return Step("now" if count else "done", {"claims": claims, "open": count, "wishes": wishes})


def _planning(plan: Any, newest: _Made | None, is_old: bool) -> Step:
    told = {"plan": plan.id, "plan_state": plan.state} if plan is not None else {}
    if plan is not None and plan.state in ("queued", "running"):
        return Step("now", told)
    if plan is not None and plan.state == "failed" and (newest is None or plan.submitted_at > newest.at):
        return Step("trouble", told)
    return Step("todo" if newest is None else "now" if is_old else "done", told | {"facts_newer": is_old})


def _adjusting(draft: _Made | None, published: _Made | None) -> Step:
    newest = draft or published
    if newest is None:
        return Step("todo")
    told = {"roster": newest.id, "edition": newest.edition, "filled": newest.filled, "empty": newest.empty}
    return Step("done" if draft is None else "now", told)


def _publishing(draft: _Made | None, published: _Made | None) -> Step:
    told: dict[str, Any] = {} if published is None else {"published": published.id, "published_edition": published.edition}
    if draft is not None:
        return Step("now", told | {"draft": draft.id, "edition": draft.edition})
    return Step("todo" if published is None else "done", told)


def _recording(session: Session, published: _Made | None) -> Step:
    """Seats people were told of that have begun and are not on record."""
    rows = session.scalars(
        select(PublishedRow).outerjoin(ServiceRow, and_(
            ServiceRow.community == PublishedRow.community, ServiceRow.visit == PublishedRow.visit,
            ServiceRow.volunteer == PublishedRow.volunteer,
        )).where(ServiceRow.key.is_(None))
    )
    now = max(now_of(session), Program.model_validate(facts.program(session).document).as_of)
    seats = [Published.model_validate(row.document) for row in rows]
    waiting = {seat.visit for seat in seats if not seat.standby and seat.start is not None and seat.start <= now}
    ahead = sum(not seat.standby for seat in seats) > 0 and not waiting
    if published is None and not waiting:
        return Step("todo")
    return Step("now" if waiting else "todo" if ahead else "done", {"visits": len(waiting)})
