"""Claims under rush: many taken in one short transaction, each place given once, in the order the server took them in.

A wish that was opened with places gives them to who comes first: within the places a claim is ``open`` (or ``chosen``,
once the wish has been screened) and holds its place, beyond them it is ``waitlisted``. A place that comes free is
offered to the next on the waitlist, who has a time to say yes. A wish without places leaves every claim open until
somebody screens them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from matcher.domain.claims import Claim
from matcher.domain.wishes import Wish
from matcher.errors import BadInput, Fault
from matcher.store.database import now_of
from matcher.store.facts import Conflict, NotFound, columns_of, lock
from matcher.store.idempotency import KEPT
from matcher.store.link_tables import InvitationRow, OrderRow
from matcher.store.link_words import knows, say
from matcher.store.scope import community_of
from matcher.store.tables import AuditRow, ClaimRow, IdempotencyRow, OutboxRow, TeamRow, VolunteerRow, WishRow

# Plain statements, each with the session's own community: a rush has no time for the mapper.
CLAIMS: Table = ClaimRow.__table__  # type: ignore[assignment]
ORDERS: Table = OrderRow.__table__  # type: ignore[assignment]
INVITATIONS: Table = InvitationRow.__table__  # type: ignore[assignment]
_WISHES: Table = WishRow.__table__  # type: ignore[assignment]
_KEYS: Table = IdempotencyRow.__table__  # type: ignore[assignment]
_LOG: Table = AuditRow.__table__  # type: ignore[assignment]
_OUTBOX: Table = OutboxRow.__table__  # type: ignore[assignment]

LIVE = ("open", "chosen", "waitlisted")
"""States in which a claim is still in the running."""
HOLDING = ("open", "chosen")
"""States in which a claim of a wish with places holds one."""
ANSWER_MINUTES = 24 * 60
"""How long somebody on the waitlist has to say yes, unless the wish says otherwise."""
MOST_PLACES = 100
"""Places one claim of a team may ask for."""
_CLAIMABLE = ("verified", "published", "claimed", "planned", "served", "confirmed")

Channel = Literal["livestream", "online", "qr", "offline", "team"]
Standing = Literal["open", "holds", "chosen", "waits", "over"]
"""``open``: until somebody screens the claims. ``holds``: a place, by coming first. ``waits``: on the waitlist."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A claim somebody makes: of which wish, by whom, signed by whom.

    ``key`` and ``request`` make it one that is carried out once: the caller's idempotency key and what they sent.
    ``at`` is when it was said, if that was before the server heard of it.
    """

    wish: str
    volunteer: str | None = None
    team: str | None = None
    places: int = 1
    minutes: int | None = None
    channel: Channel | None = None
    at: datetime | None = None
    actor: str = "system"
    lang: str = "zh"
    key: str | None = None
    request: bytes = b""


@dataclass(frozen=True, slots=True)
class Taken:
    """A claim as the server took it. ``again``: it was there before. ``position`` counts the waitlist from 1."""

    claim: str
    wish: str
    volunteer: str | None
    team: str | None
    at: str
    state: str
    standing: Standing
    sequence: int
    version: int
    position: int | None = None
    places: int | None = None
    """How many places the wish was opened with."""
    again: bool = False
    repeated: bool = False
    """The answer to the same request before."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON, and as it is kept for whoever asks again."""
        names = ("claim", "wish", "volunteer", "team", "at", "state", "standing", "position", "places", "sequence",
                 "version", "again")
        return {name: getattr(self, name) for name in names}


def take(session: Session, wanted: Sequence[Wanted]) -> list[Taken | BadInput]:
    """Take claims in the order given, each for itself: a claim with its standing, or why it was refused.

    Nothing of this lasts before the session's transaction is committed. Somebody whose claim of the wish is still in
    the running gets that one again.
    """
    return _Taking(session, wanted, lock(session, max(1, len(wanted)))).taken()


def standing_of(session: Session, key: str) -> Taken:
    """A claim as it stands; raises ``NotFound``."""
    return _taken_of(session, claim_row(session, key))


def standings(session: Session, wish: str) -> tuple[Taken, ...]:
    """The claims of a wish that are in the running: who holds a place, then the waitlist, each in the server's order."""
    found = session.connection().execute(
        select(CLAIMS).where(
            CLAIMS.c.community == community_of(session), CLAIMS.c.wish == wish, CLAIMS.c.state.in_(LIVE)
        ).order_by(CLAIMS.c.state == "waitlisted", CLAIMS.c.sequence)
    ).all()
    places, told, waiting = places_of(session, wish), [], 0
    for row in found:
        waiting += row.state == "waitlisted"
        told.append(_seen(row, places, waiting if row.state == "waitlisted" else None))
    return tuple(told)


def places_of(session: Session, wish: str) -> int | None:
    """The places a wish was opened with; None if it was not."""
    found = session.connection().scalar(
        select(ORDERS.c.places).where(ORDERS.c.community == community_of(session), ORDERS.c.wish == wish)
    )
    return None if found is None else int(found)


def claim_row(session: Session, key: str) -> Any:
    """The row of a claim; raises ``NotFound``."""
    row = session.connection().execute(
        select(CLAIMS).where(CLAIMS.c.community == community_of(session), CLAIMS.c.key == key)
    ).one_or_none()
    if row is None:
        raise NotFound([fault("no-claim", session.info["lang"], key=key)])
    return row


def fault(code: str, lang: str, /, *, at: tuple[str | int, ...] = (), **values: object) -> Fault:
    """A fault in words, with its advice if there is any."""
    advice = f"{code}-advice"
    return Fault(say(code, lang, **values), say(advice, lang, **values) if knows(advice) else "", path=at, code=code)


def set_state(session: Session, row: Any, state: str) -> None:
    """Give a claim another state; logged and announced."""
    now, community = now_of(session), community_of(session)
    told = Claim.model_validate(row.document | {"state": state})
    columns = columns_of("claims", told)
    session.connection().execute(
        update(CLAIMS)
        .where(CLAIMS.c.community == community, CLAIMS.c.key == row.key)
        .values(**columns, version=row.version + 1, changed_at=now, changed_by=session.info["actor"])
    )
    _tell(session, [(row.key, row.version + 1, {"fields": ["state"], "state": state})], "change", "claim.changed",
          [{"claim": row.key, "wish": row.wish, "state": state, "was": row.state}])


def _tell(
    session: Session, lines: list[tuple[str, int, dict[str, Any]]], action: str, topic: str,
    payloads: list[dict[str, Any]], actors: Sequence[str] = (),
) -> None:
    """Lines of the log and messages, kept with the change."""
    now, community = now_of(session), community_of(session)
    who = actors or [session.info["actor"]] * len(lines)
    connection = session.connection()
    connection.execute(insert(_LOG), [
        {"community": community, "at": now, "actor": actor, "action": action, "noun": "claims", "key": key,
         "version": version, "detail": detail}
        for actor, (key, version, detail) in zip(who, lines)
    ])
    connection.execute(insert(_OUTBOX), [
        {"community": community, "topic": topic, "payload": payload, "state": "waiting", "created_at": now,
         "due_at": now, "attempts": 0, "last_error": None, "ended_at": None}
        for payload in payloads
    ])


def _taken_of(session: Session, row: Any) -> Taken:
    position = None
    if row.state == "waitlisted":
        position = 1 + int(session.connection().scalar(
            select(func.count()).select_from(CLAIMS).where(
                CLAIMS.c.community == community_of(session), CLAIMS.c.wish == row.wish, CLAIMS.c.state == "waitlisted",
                CLAIMS.c.sequence < row.sequence,
            )
        ) or 0)
    return _seen(row, places_of(session, row.wish), position)


def _seen(row: Any, places: int | None, position: int | None) -> Taken:
    return Taken(
        row.key, row.wish, row.volunteer, row.team, str(row.document["at"]), row.state,
        _standing(row.state, places), row.sequence, row.version, position, places,
    )


def _standing(state: str, places: int | None) -> Standing:
    if state == "open":
        return "open" if places is None else "holds"
    return "chosen" if state == "chosen" else "waits" if state == "waitlisted" else "over"


class _Places:
    """The places of one wish while claims are being taken."""

    def __init__(self, most: int, holding: Sequence[Any], asked: int, waiting: int) -> None:
        self.most, self.waiting = most, waiting
        self.screened = any(row.state == "chosen" for row in holding)
        own = {row.team: row for row in holding if row.volunteer is None}
        self.teams = {team: (row.state, int(row.document.get("places", 1))) for team, row in own.items()}
        self.named: dict[str | None, int] = defaultdict(int)
        taken = 0
        for row in holding:
            if row.volunteer is None:
                taken += int(row.document.get("places", 1))
            elif row.team in own:
                self.named[row.team] += 1
            else:
                taken += 1
        self.free = most - taken - asked

    def grant(self, claim: Claim) -> tuple[str, int | None]:
        """The state of a new claim, and its position if it has to wait. Nobody passes the waitlist."""
        if claim.volunteer is not None and claim.team in self.teams:  # a name for a place of the team's
            state, most = self.teams[claim.team]
            self.named[claim.team] += 1
            if self.named[claim.team] <= most:
                return state, None
        elif not self.waiting and claim.places <= self.free:
            self.free -= claim.places
            state = "chosen" if self.screened else "open"
            if claim.volunteer is None and claim.team is not None:
                self.teams[claim.team] = (state, claim.places)
            return state, None
        self.waiting += 1
        return "waitlisted", self.waiting


class _Taking:
    """One batch of claims in one transaction."""

    def __init__(self, session: Session, wanted: Sequence[Wanted], first: int) -> None:
        self.session, self.wanted, self.first = session, wanted, first
        self.connection, self.community = session.connection(), community_of(session)
        self.now = now_of(session)
        self.done = self._remembered()
        new = [one for one in wanted if one.key is None or one.key not in self.done]
        wishes = {one.wish for one in new}
        self.wishes = {
            row.key: Wish.model_validate(row.document)
            for row in self._rows(select(_WISHES.c.key, _WISHES.c.document), _WISHES, _WISHES.c.key.in_(wishes))
        }
        self.orders = {row.wish: row for row in self._rows(select(ORDERS), ORDERS, ORDERS.c.wish.in_(wishes))}
        self.people = self._keys(VolunteerRow.__table__, {one.volunteer for one in new})
        self.teams = self._keys(TeamRow.__table__, {one.team for one in new})
        self.live = self._live(new)
        self.places = {name: self._places(row) for name, row in self.orders.items() if row.places is not None}
        self.made: list[tuple[Wanted, dict[str, Any], Taken]] = []
        self.kept: list[tuple[Wanted, Taken]] = []

    def taken(self) -> list[Taken | BadInput]:
        told: list[Taken | BadInput] = []
        for number, one in enumerate(self.wanted):
            try:
                told.append(self._take(one, self.first + number))
            except BadInput as error:
                told.append(error)
        self._write()
        return told

    # ----------------------------------------------------------------------------------- what there is

    def _rows(self, wanted: Select[Any], table: Any, which: ColumnElement[bool]) -> Iterable[Any]:
        return self.connection.execute(wanted.where(table.c.community == self.community, which)).all()

    def _keys(self, table: Any, names: set[str | None]) -> set[str]:
        given = {name for name in names if name is not None}
        return {row.key for row in self._rows(select(table.c.key), table, table.c.key.in_(given))} if given else set()

    def _remembered(self) -> dict[str, tuple[str, Taken | None]]:
        """By key: the request it belongs to, and the claim it led to; None if it belongs to a request of another kind."""
        keys = {one.key for one in self.wanted if one.key is not None}
        if not keys:
            return {}
        self.connection.execute(delete(_KEYS).where(_KEYS.c.expires_at < self.now))
        mine = {(one.key, _digest(one.request)) for one in self.wanted if one.key is not None}
        return {
            row.key: (
                row.digest,
                Taken(**row.answer["body"]["body"], repeated=True) if (row.key, row.digest) in mine else None,
            )
            for row in self._rows(select(_KEYS), _KEYS, _KEYS.c.key.in_(keys))
        }

    def _live(self, new: Sequence[Wanted]) -> dict[tuple[str, str | None, str | None], Any]:
        """Claims in the running of those who claim now. A name given for a team counts for the person."""
        people = {one.volunteer for one in new if one.volunteer is not None}
        teams = {one.team for one in new if one.volunteer is None}
        found: list[Any] = []
        if people:
            found += self._rows(select(CLAIMS), CLAIMS, CLAIMS.c.volunteer.in_(people))
        if teams:
            found += self._rows(select(CLAIMS), CLAIMS, CLAIMS.c.team.in_(teams) & CLAIMS.c.volunteer.is_(None))
        return {_who(row): row for row in found if row.state in LIVE}

    def _places(self, order: Any) -> _Places:
        own = CLAIMS.c.wish == order.wish
        holding = self._rows(select(CLAIMS), CLAIMS, own & CLAIMS.c.state.in_(HOLDING))
        count = select(func.count()).select_from(CLAIMS)
        waiting = self.connection.scalar(
            count.where(CLAIMS.c.community == self.community, own, CLAIMS.c.state == "waitlisted")
        )
        asked = self.connection.scalar(
            select(func.sum(INVITATIONS.c.places)).where(
                INVITATIONS.c.community == self.community, INVITATIONS.c.wish == order.wish,
                INVITATIONS.c.state == "asked",
            )
        )
        return _Places(order.places, list(holding), int(asked or 0), int(waiting or 0))

    # ------------------------------------------------------------------------------------ one at a time

    def _take(self, one: Wanted, sequence: int) -> Taken:
        if one.key is not None and one.key in self.done:
            digest, before = self.done[one.key]
            if before is None or digest != _digest(one.request):
                raise Conflict([fault("key-reused", one.lang)])
            return replace(before, repeated=True)
        wish = self._checked(one)
        there = self.live.get((one.wish, one.volunteer, None if one.volunteer else one.team))
        if there is not None:
            return self._keep(one, replace(self._again(there), again=True))
        claim = Claim(
            id=f"c-{uuid.uuid4().hex[:16]}", wish=wish.id, volunteer=one.volunteer, team=one.team,
            at=one.at or self.now, channel=one.channel, minutes=one.minutes, places=one.places,
        )
        places = self.places.get(wish.id)
        state, position = places.grant(claim) if places is not None else ("open", None)
        columns = columns_of("claims", Claim(**dict(claim) | {"state": state}))
        most = places.most if places is not None else None
        taken = Taken(
            claim.id, wish.id, one.volunteer, one.team, str(columns["document"]["at"]), state,
            _standing(state, most), sequence, 1, position, most,
        )
        self.made.append((one, columns | {"sequence": sequence}, taken))
        self.live[wish.id, one.volunteer, None if one.volunteer else one.team] = taken
        return self._keep(one, taken)

    def _again(self, there: Any) -> Taken:
        return there if isinstance(there, Taken) else _taken_of(self.session, there)

    def _keep(self, one: Wanted, taken: Taken) -> Taken:
        if one.key is not None:
            self.done[one.key] = (_digest(one.request), taken)
            self.kept.append((one, taken))
        return taken

    def _checked(self, one: Wanted) -> Wish:
        """The wish, if it may be claimed by whoever claims it; raises ``BadInput`` with every fault."""
        faults: list[Fault] = []
        wish = self.wishes.get(one.wish)
        if wish is None:
            faults.append(fault("no-wish", one.lang, at=("wish",), wish=one.wish))
        else:
            faults += self._why_not(wish, one)
        if one.volunteer is not None and one.volunteer not in self.people:
            faults.append(fault("no-volunteer", one.lang, at=("volunteer",), who=one.volunteer))
        if one.team is not None and one.team not in self.teams:
            faults.append(fault("no-team", one.lang, at=("team",), who=one.team))
        if not 1 <= one.places <= MOST_PLACES:
            faults.append(fault("too-many-places", one.lang, at=("places",), most=MOST_PLACES, places=one.places))
        if faults or wish is None:
            raise BadInput(faults)
        return wish

    def _why_not(self, wish: Wish, one: Wanted) -> Iterable[Fault]:
        title, at = wish.title or wish.items or wish.id, one.at or self.now
        order = self.orders.get(wish.id)
        if wish.state != "open":
            yield fault("wish-closed", one.lang, at=("wish",), title=title)
        elif order is not None and order.stage not in _CLAIMABLE:
            yield fault("not-claimable", one.lang, at=("wish",), title=title, stage=say(f"stage-{order.stage}", one.lang))
        elif wish.claims_open is not None and at < wish.claims_open:
            yield _edge("too-early", one.lang, title, wish.claims_open)
        elif wish.claims_close is not None and at > wish.claims_close:
            yield _edge("too-late", one.lang, title, wish.claims_close)

    # ----------------------------------------------------------------------------------------- writing

    def _write(self) -> None:
        if self.made:
            signed = {"community": self.community, "version": 1, "changed_at": self.now}
            rows = [columns | signed | {"changed_by": one.actor} for one, columns, _ in self.made]
            self.connection.execute(insert(CLAIMS), rows)
            lines: list[tuple[str, int, dict[str, Any]]] = [(taken.claim, 1, {}) for _, _, taken in self.made]
            payloads = [
                {"claim": taken.claim, "wish": taken.wish, "state": taken.state, "sequence": taken.sequence}
                for _, _, taken in self.made
            ]
            _tell(self.session, lines, "create", "claim.made", payloads, [one.actor for one, _, _ in self.made])
        if self.kept:
            self.connection.execute(insert(_KEYS), [
                {"community": self.community, "key": one.key, "digest": _digest(one.request),
                 "status": 200 if taken.again else 201, "created_at": self.now, "expires_at": self.now + KEPT,
                 "answer": {"body": {"body": taken.to_dict(), "headers": {}}}}
                for one, taken in self.kept
            ])
        self._claimed()

    def _claimed(self) -> None:
        """Wishes that are claimed for the first time move on in the loop."""
        from matcher.store.orders import moved

        for name in dict.fromkeys(taken.wish for _, _, taken in self.made):
            order = self.orders.get(name)
            if order is not None and order.stage == "published":
                moved(self.session, order, "claimed")


def _who(row: Any) -> tuple[str, str | None, str | None]:
    return row.wish, row.volunteer, None if row.volunteer else row.team


def _edge(code: str, lang: str, title: str, edge: datetime) -> Fault:
    return Fault(
        say(code, lang, title=title, at=f"{edge:%Y-%m-%d %H:%M}"), say("window-advice", lang), path=("wish",), code=code
    )


def _digest(request: bytes) -> str:
    return hashlib.sha256(request).hexdigest()
