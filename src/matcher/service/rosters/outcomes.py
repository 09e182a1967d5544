"""Outcomes: what became of a visit, person by person, as history; said once or ten times, it is one record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from matcher.domain.claims import Published
from matcher.domain.history import Service
from matcher.domain.scenario import Program
from matcher.domain.wishes import Wish
from matcher.errors import BadInput
from matcher.service.plan_words import ItemRefused
from matcher.service.rosters import loop
from matcher.store import facts
from matcher.store.database import now_of
from matcher.store.facts import Stored

OutcomeName = Literal["done", "no-show", "cancelled"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one person's part in one visit. ``minutes`` None: as planned. ``role`` and ``start`` only for who
    stepped in.
    """

    visit: str
    volunteer: str
    outcome: OutcomeName
    minutes: int | None = None
    role: str | None = None
    start: datetime | None = None
    stepped_in: bool = False


def record(session: Session, told: Sequence[Outcome], *, team: str | None = None) -> tuple[Stored, ...]:
    """The records of history, new, changed or as they were, in the order told; all or none.

    With a ``team``, of its members only. Raises ``BadInput`` with every fault.
    """
    facts.lock(session, 0)
    work = _Recording(session, team)
    records, faults = [], []
    for number, outcome in enumerate(told):
        try:
            records.append(work.record_of(outcome))
        except ItemRefused as error:
            faults.append(error.fault("outcomes", number, session.info["lang"]))
    if faults:
        raise BadInput(faults)
    work.move_on(records)
    written = tuple(work.write(one) for one in records)
    for visit in dict.fromkeys(one.visit for one in told):
        rows = facts.page(session, "history", visit=visit, limit=facts.MOST_AT_ONCE)
        loop.outcomes_recorded(session, visit, {row.document["volunteer"]: row.document.get("outcome", "done") for row in rows})
    return written


class _Recording:
    """One request's outcomes beside what was told and what is on record."""

    def __init__(self, session: Session, team: str | None) -> None:
        self.session, self.team = session, team
        self.program = Program.model_validate(facts.program(session).document)
        self.now = max(now_of(session), self.program.as_of)

    def record_of(self, told: Outcome) -> Service:
        wish = self._wish(told)
        self._refuse_stranger(told)
        seat = self._seat(told)
        start = told.start if seat is None else seat.start
        if start is None:  # goods are handed over when it is said
            start = self.now
        if told.outcome == "cancelled":
            # Called off ahead of its time: history holds what has happened, and this has happened now.
            start = min(start, self.program.as_of) if start > self.now else start
        elif start > self.now:
            raise ItemRefused("too-soon", "outcome", visit=told.visit, outcome=told.outcome)
        return Service(
            wish=wish.id, visit=told.visit, resident=wish.resident, volunteer=told.volunteer,
            role=told.role if seat is None else seat.role, start=start, minutes=self._minutes(told, wish, seat),
            outcome=told.outcome, stepped_in=told.stepped_in or (seat is not None and seat.standby and told.outcome == "done"),
        )

    def move_on(self, records: Sequence[Service]) -> None:
        """The programme's own moment, at least up to the beginning of the latest of them."""
        latest = max((one.start for one in records), default=self.program.as_of)
        if latest > self.program.as_of:
            document = facts.program(self.session).document | {"as_of": latest.isoformat()}
            facts.put_program(self.session, document)

    def write(self, record: Service) -> Stored:
        document = facts.document_of(record)
        for row in facts.page(self.session, "history", visit=record.visit, volunteer=record.volunteer):
            if row.document.get("role") == record.role:
                # What others noted on the record, a confirmation for one, stays.
                kept = {name: value for name, value in row.document.items() if name not in Service.model_fields or name == "confirmed"}
                return facts.put(self.session, "history", kept | document, key=row.key)
        return facts.put(self.session, "history", document)

    # ------------------------------------------------------------------------------------------ looking

    def _wish(self, told: Outcome) -> Wish:
        try:
            return Wish.model_validate(facts.get(self.session, "wishes", told.visit.rpartition("/")[0]).document)
        except facts.NotFound as error:
            raise ItemRefused("no-visit", "visit", visit=told.visit) from error

    def _refuse_stranger(self, told: Outcome) -> None:
        try:
            person = facts.get(self.session, "volunteers", told.volunteer).document
        except facts.NotFound as error:
            raise ItemRefused("no-volunteer", "volunteer", name=told.volunteer) from error
        if self.team is not None and person.get("team") != self.team:
            raise ItemRefused("no-volunteer", "volunteer", name=told.volunteer)

    def _seat(self, told: Outcome) -> Published | None:
        """The seat the person was told of; None for who stepped in."""
        rows = facts.page(self.session, "published", visit=told.visit, volunteer=told.volunteer)
        seats = sorted((Published.model_validate(row.document) for row in rows), key=lambda seat: seat.standby)
        mine = next((seat for seat in seats if told.role in (None, seat.role)), None)
        if mine is None and not (told.stepped_in and told.role is not None and told.start is not None):
            raise ItemRefused("not-told", "volunteer", volunteer=told.volunteer, visit=told.visit)
        return mine

    def _minutes(self, told: Outcome, wish: Wish, seat: Published | None) -> int:
        if told.minutes is not None:
            return told.minutes
        if told.outcome != "done":
            return 0
        if seat is not None and seat.start is not None and seat.end is not None:
            return int((seat.end - seat.start).total_seconds() // 60)
        return wish.minutes
