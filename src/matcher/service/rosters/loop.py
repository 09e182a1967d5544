"""The loop of three orders (群众点单—组织派单—志愿者接单—群众评单): stages of wishes and visits, and who may move them.

A wish goes from ``submitted`` to ``claimed`` by itself; each of its visits is then ``planned``, ``served`` and
``confirmed``, and the wish follows the latest of them. What people move goes through ``move`` and ``confirm``; what
happens by itself is told here by those who make it happen: ``roster_published``, ``outcomes_recorded``, ``screened``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy.orm import Session

from matcher.domain.scenario import Program
from matcher.errors import BadInput, Fault
from matcher.planning.ledger import points_of
from matcher.problem.roster import Roster
from matcher.store import facts, orders, waitlist
from matcher.store.claims import fault
from matcher.store.database import now_of
from matcher.store.facts import Conflict, NotFound, lock
from matcher.store.link_words import say
from matcher.store.orders import Order, VisitOrder

Stage = Literal[
    "submitted", "verified", "published", "claimed", "planned", "served", "confirmed", "rejected", "withdrawn", "lapsed"
]
MOST_PLACES = 500
MOST_ANSWER_MINUTES = 14 * 24 * 60


class By(StrEnum):
    """Whose move it is."""

    RESIDENT = "resident"
    """The resident's side: whoever asked for it."""
    COORDINATOR = "coordinator"
    SERVER = "server"
    """By itself: a first claim, a roster published, an outcome, a time that is up."""


_BOTH = frozenset((By.RESIDENT, By.COORDINATOR))
_HAND = frozenset((By.COORDINATOR,))
_SELF = frozenset((By.SERVER,))

MOVES: dict[tuple[str, str], frozenset[By]] = {
    ("submitted", "verified"): _HAND,
    ("submitted", "rejected"): _HAND,
    ("submitted", "withdrawn"): _BOTH,
    ("verified", "published"): _HAND,
    ("verified", "planned"): _SELF,  # nobody had to claim it
    ("verified", "rejected"): _HAND,
    ("verified", "withdrawn"): _BOTH,
    ("published", "published"): _HAND,  # other places, another time to answer
    ("published", "verified"): _HAND,
    ("published", "claimed"): _SELF,
    ("published", "planned"): _SELF,
    ("published", "withdrawn"): _BOTH,
    ("published", "lapsed"): _SELF | _HAND,
    ("claimed", "claimed"): _HAND,
    ("claimed", "planned"): _SELF,
    ("claimed", "withdrawn"): _BOTH,
    ("claimed", "lapsed"): _HAND,
    ("planned", "claimed"): _SELF,  # no visit is planned any more
    ("planned", "served"): _SELF,
    ("planned", "withdrawn"): _BOTH,
    ("served", "planned"): _SELF,  # the next visit, or an outcome corrected
    ("served", "confirmed"): _BOTH,
    ("served", "withdrawn"): _BOTH,
    ("confirmed", "planned"): _SELF,  # the next visit
    ("confirmed", "served"): _SELF,
    ("confirmed", "withdrawn"): _BOTH,
    ("lapsed", "published"): _HAND,
}
"""Every allowed move and whose it is; what is not here is refused. Rejected and withdrawn are the end."""

_ENDED = ("rejected", "withdrawn", "lapsed")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A visit confirmed, and the points it earned: volunteer → points."""

    order: VisitOrder
    points: Mapping[str, int]


def moves_from(stage: str, by: By) -> tuple[str, ...]:
    """What a wish of that stage can become by somebody's hand.

    >>> moves_from("submitted", By.RESIDENT)
    ('withdrawn',)
    """
    return tuple(new for (old, new), who in MOVES.items() if old == stage and by in who)


def move(
    session: Session, order: Order, stage: Stage, by: By, *, wish: str | None = None, places: int | None = None,
    answer_minutes: int | None = None, expected: int | None = None,
) -> Order:
    """Move a wish on. ``wish`` says which one a submitted order has become; ``places`` opens it with so many.

    A wish that is rejected, withdrawn or lapsed is closed, and open again when it is published again. Free places go
    to the waitlist. Raises ``Conflict`` for a move that is not allowed, ``BadInput``.
    """
    lock(session, 0)
    orders.refuse_stale(session, order, expected)
    refuse_move(session, order, stage, by)
    lang = session.info["lang"]
    changes: dict[str, Any] = {}
    if stage == "verified" and order.wish is None:
        if wish is None:
            raise BadInput([fault("order-needs-wish", lang, at=("wish",))])
        orders.of_wish(session, wish)  # there, that is
        changes["wish"] = wish
    if stage in ("published", "claimed"):
        changes |= _opening(lang, places, answer_minutes)
    moved = orders.move(session, order, stage, **changes)
    if moved.wish is not None:
        if stage in _ENDED:
            _set_wish_state(session, moved.wish, "closed")
        elif order.stage in _ENDED:
            _set_wish_state(session, moved.wish, "open")
        waitlist.settle(session, moved.wish)
    return moved


def refuse_move(session: Session, order: Order, stage: str, by: By) -> None:
    """Raise ``Conflict`` unless that side may move the order there."""
    who, lang = MOVES.get((order.stage, stage)), session.info["lang"]
    old, new = say(f"stage-{order.stage}", lang), say(f"stage-{stage}", lang)
    if who is None:
        known = moves_from(order.stage, by)
        message = say("bad-move", lang, key=order.wish or order.id, old=old, new=new)
        listed = ("、" if lang == "zh" else ", ").join(say(f"stage-{name}", lang) for name in known)
        advice = say("bad-move-advice", lang, known=listed) if known else say("final-move-advice", lang)
        raise Conflict([Fault(message, advice, code="bad-move")])
    if by not in who:
        raise Conflict([fault("not-your-move", lang, old=old, new=new)])


def _opening(lang: str, places: int | None, answer_minutes: int | None) -> dict[str, Any]:
    faults: list[Fault] = []
    changes: dict[str, Any] = {}
    for name, value, most in (("places", places, MOST_PLACES), ("answer_minutes", answer_minutes, MOST_ANSWER_MINUTES)):
        if value is not None and not 1 <= value <= most:
            faults.append(fault(f"bad-{name}", lang, at=(name,), given=value, most=most))
        elif value is not None:
            changes[name] = value
    if faults:
        raise BadInput(faults)
    return changes


def _set_wish_state(session: Session, wish: str, state: str) -> None:
    document = facts.get(session, "wishes", wish).document
    if document.get("state", "open") != state:
        facts.put(session, "wishes", document | {"state": state})


# ------------------------------------------------------------------------------------ what happens by itself


def screened(session: Session, wish: str, places: int) -> None:
    """The claims of a wish were screened for so many places: what comes free goes to the waitlist from now on."""
    order = orders.of_wish(session, wish)
    if order.places is not None:
        orders.move(session, order, order.stage, places=places)


def roster_published(session: Session, roster: Roster) -> None:
    """People were told of a roster: its visits with anybody on them are planned; those without are not any more."""
    seated = {visit.id: visit.wish for visit in roster.visits if visit.assigned}
    empty = {visit.id for visit in roster.visits if not visit.assigned} | {place.visit for place in roster.unfilled}
    known = {wish: {one.visit: one for one in orders.visit_orders(session, wish)} for wish in _wishes(seated, empty)}
    for visit, wish in seated.items():
        before = known[wish].get(visit)
        if before is None or before.stage == "lapsed":
            orders.move_visit(session, visit, wish, "planned")
    orders.forget_visits(session, [
        one.visit for own in known.values() for one in own.values()
        if one.visit in empty - seated.keys() and one.stage == "planned"
    ])
    for wish in known:
        _follow(session, wish)


def outcomes_recorded(session: Session, visit: str, outcomes: Mapping[str, str]) -> None:
    """What became of a visit, volunteer by volunteer (``done``, ``no-show``, ``cancelled``): served if anybody did it.

    A visit that was confirmed stays so.
    """
    wish = visit.rpartition("/")[0]
    before = orders.visit_order(session, visit)
    if not outcomes or (before is not None and before.stage == "confirmed"):
        return
    orders.move_visit(session, visit, wish, "served" if "done" in outcomes.values() else "lapsed")
    _follow(session, wish)


def confirm(
    session: Session, visit: str, by: By, *, stars: int | None = None, words: str | None = None
) -> Confirmed:
    """The resident's side says that a visit took place, and how it was: what it earns is earned now.

    The same again only changes what is said. Raises ``NotFound`` before it was planned, ``Conflict`` before it was
    served.
    """
    lock(session, 0)
    lang, before = session.info["lang"], orders.visit_order(session, visit)
    if before is None:
        raise NotFound([fault("no-visit-order", lang, key=visit)])
    if before.stage not in ("served", "confirmed"):
        old, new = say(f"stage-{before.stage}", lang), say("stage-confirmed", lang)
        raise Conflict([Fault(say("bad-move", lang, key=visit, old=old, new=new), code="bad-move")])
    told = {name: value for name, value in (("stars", stars), ("words", words)) if value is not None}
    document = (before.document or {}) | told | {"by": str(by), "at": now_of(session).isoformat()}
    order = orders.move_visit(session, visit, before.wish, "confirmed", document)
    points = _earn(session, visit)
    _follow(session, before.wish)
    return Confirmed(order, points)


def _earn(session: Session, visit: str) -> dict[str, int]:
    """Mark the visit's services on record as confirmed; the points each earned."""
    rewards = Program.model_validate(facts.program(session).document).settings.rewards
    earned: dict[str, int] = {}
    for row in facts.page(session, "history", visit=visit, limit=facts.MOST_AT_ONCE):
        if row.document.get("outcome", "done") != "done":
            continue
        if not row.document.get("confirmed"):
            facts.put(session, "history", row.document | {"confirmed": True}, key=row.key)
        minutes = int(row.document.get("minutes", 60))
        who = str(row.document["volunteer"])
        earned[who] = earned.get(who, 0) + points_of(1, minutes, 0, rewards)
    return earned


def _wishes(seated: Mapping[str, str], empty: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*seated.values(), *(visit.rpartition("/")[0] for visit in sorted(empty)))))


def _follow(session: Session, wish: str) -> None:
    """Let a wish follow its visits: planned while any is, then served until all are confirmed."""
    try:
        order = orders.of_wish(session, wish)
    except NotFound:
        return  # history may name wishes that are gone
    stages = {one.stage for one in orders.visit_orders(session, wish)}
    none = "claimed" if order.stage in ("planned", "served", "confirmed") else order.stage
    stage = next((name for name in ("planned", "served", "confirmed") if name in stages), none)
    if stage != order.stage and order.stage not in ("rejected", "withdrawn"):
        orders.move(session, order, stage)
