"""Questions about rosters: check, explain, suggest, screen, replan, compare; on stored facts or on those brought along.

Each answer is plain values for JSON. What was worked out for one question is kept for the next.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from matcher.domain.claims import Pin
from matcher.domain.scenario import PlanningWindow, Scenario
from matcher.exchange.jsonfile import scenario_from
from matcher.exchange.rosterfile import roster_from
from matcher.problem.roster import Roster, RosterVisit
from matcher.service.moments import facts_at, moment_of, speaking
from matcher.store import facts, rosters
from matcher.store.database import Database
from matcher.store.rosters import StoredRoster
from matcher.store.scope import Scope
from matcher.store.since import last_line, only_changed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from matcher.planning.suggest import Desk
    from matcher.problem.problem import Problem

MOST_KNOWN = 8
"""Sets of facts kept worked out at once."""
WITH_THE_ONE_BEFORE = frozenset({"judge"})
"""Kinds that need the roster a draft replaces, if the draft was made because of news."""
OF_THE_PAST = frozenset({"output", "view", "ledger", "sheet"})
"""Kinds that show a roster whoever has left since."""
MOST_READ = 8
"""Stored rosters kept read per set of facts."""
MOST_FRAMES = 1000
MOST_DESKS = 4
"""Rosters kept ready per set of facts."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: its kind, the facts it is about, and its own values.

    The facts are a community's, as of a ``moment`` and for the days of the first roster, at most ``max_age`` seconds
    old; or a ``scenario`` that is brought along. ``rosters`` are ids of stored rosters, ``given`` ones come along.
    """

    kind: str
    lang: str
    district: str | None = None
    community: str | None = None
    moment: str | None = None
    max_age: float = 0.0
    rosters: tuple[str, ...] = ()
    scenario: dict[str, Any] | None = None
    given: tuple[dict[str, Any], ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Known:
    """A set of facts, worked out as far as anybody has asked; ``version`` and ``noted`` say when they stood so."""

    told: str
    """The fingerprint of the facts as they are kept, whatever language they are spoken in."""
    scenario: Scenario
    version: int = 0
    noted: int = 0
    """The last line of the audit log."""
    seen: float = 0.0
    stored: OrderedDict[str, StoredRoster] = field(default_factory=OrderedDict)
    """Stored rosters that were asked about, by id: they never change while the facts do not."""
    read: OrderedDict[str, Roster] = field(default_factory=OrderedDict)
    desks: OrderedDict[str, Desk] = field(default_factory=OrderedDict)
    kept: Scenario | None = None
    """The facts as they are kept; None where they were brought along."""

    def with_pins(self, pins: Sequence[Pin], version: int, noted: int) -> Known:
        """The same facts with other pins: what pins do not touch is not worked out again."""
        assert self.kept is not None
        kept = self.kept.with_pins(pins)
        scenario = kept if self.scenario is self.kept else speaking(kept, self.scenario.program.settings.language)
        made = Known(kept.fingerprint, scenario, version, noted, stored=self.stored, kept=kept)
        if "problem" in self.__dict__:
            made.__dict__["problem"] = self.problem.with_pins(scenario)
        return made

    @cached_property
    def problem(self) -> Problem:
        """The facts expanded and checked, in arrays."""
        from matcher.problem.problem import Problem

        return Problem.of(self.scenario)

    def ahead(self, roster: Roster) -> Roster:
        """A roster without the visits that are over: begun, due before today or on record, and no longer to be planned.

        What people did on them the facts tell; a visit that was never asked for stays, for the judge to object to.
        """
        visits = tuple(entry for entry in roster.visits if not self._is_over(entry))
        empty = tuple(one for one in roster.unfilled if one.visit in self.problem.expanded.visit_index)
        if len(visits) == len(roster.visits) and len(empty) == len(roster.unfilled):
            return roster
        return roster.model_copy(update={"visits": visits, "unfilled": empty})

    def _is_over(self, entry: RosterVisit) -> bool:
        if entry.id in self.problem.expanded.visit_index or entry.wish not in self.scenario.wish:
            return False
        if entry.id in self._on_record:
            return True
        program, due = self.scenario.program, self.scenario.wish[entry.wish].due
        if entry.start is not None:
            return entry.start < program.as_of
        return due is not None and due < program.as_of.date()

    @cached_property
    def _on_record(self) -> frozenset[str]:
        return frozenset(record.visit for record in self.scenario.history if record.visit is not None)

    def desk(self, roster: Roster, key: str | None = None) -> Desk:
        """The desk of a roster; ``key`` is the id of a stored one."""
        from matcher.planning.suggest import Desk

        name = key or hashlib.sha256(roster.to_json().encode()).hexdigest()
        return _kept(self.desks, name, lambda: Desk(self.problem, roster), MOST_DESKS)


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer is made from."""

    known: Known
    rosters: tuple[Roster, ...]
    stored: tuple[StoredRoster, ...]
    values: Mapping[str, Any]
    lang: str

    @property
    def roster(self) -> Roster:
        """The first roster."""
        return self.rosters[0]

    @property
    def ahead(self) -> Roster:
        """The first roster without what is over."""
        return self.known.ahead(self.roster)

    @property
    def desk(self) -> Desk:
        """The desk of the first roster, as far as it lies ahead."""
        return self.known.desk(self.ahead, self.stored[0].id if self.stored else None)


class Answerer:
    """Answers questions, one after the other, and remembers the facts it has worked out."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[tuple[str, ...], Known] = OrderedDict()
        self._frames: OrderedDict[tuple[str, ...], _Frame] = OrderedDict()
        self.readings = 0
        """How often facts have been worked out from the beginning."""

    def answer(self, ask: Ask) -> dict[str, Any]:
        """The answer; raises what the question deserves: ``BadInput``, ``Contradiction``, ``StoreUnavailable``."""
        from matcher.service.asking import answers

        handler: Callable[[Question], dict[str, Any]] = answers.ANSWERS[ask.kind]
        return handler(self._question(ask))

    def forget(self, keep: int = 0) -> bool:
        """Let go of all but the sets of facts used last; whether there was anything to let go of."""
        had = len(self._known)
        while len(self._known) > keep:
            self._known.popitem(last=False)
        return had > keep

    # ------------------------------------------------------------------------------------------- facts

    def _question(self, ask: Ask) -> Question:
        stored: tuple[StoredRoster, ...] = ()
        if ask.scenario is not None:
            known = self._brought(ask.scenario, ask.lang)
        else:
            known, stored = self._stored(ask)
        read = _roster_of_past if ask.kind in OF_THE_PAST else _roster

        def kept(one: StoredRoster) -> Roster:
            name = f"{one.id} {read.__name__}"
            return _kept(known.read, name, lambda: read(one.document, known.scenario, known.told, ask.lang), MOST_READ)

        given = (read(document, known.scenario, known.told, ask.lang) for document in ask.given)
        return Question(known, (*map(kept, stored), *given), stored, ask.values, ask.lang)

    def _brought(self, document: dict[str, Any], lang: str) -> Known:
        digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
        key = ("brought", digest, lang)
        known = self._known.get(key)
        if known is None:
            told = scenario_from(document, lang=lang).scenario
            known = Known(told.fingerprint, speaking(told, lang))
        return self._remember(key, known)

    def _stored(self, ask: Ask) -> tuple[Known, tuple[StoredRoster, ...]]:
        assert ask.district is not None
        scope = Scope(ask.district, ask.community)
        with self._database.reading(scope, lang=ask.lang) as session:
            frame = self._frame(session, scope, ask)
            moment = moment_of(session, ask.moment)
            key = (str(scope), str(moment), str(frame.window), ask.lang)
            known, version = self._known.get(key), facts.facts_version(session)
            is_fresh = known is not None and (
                known.version == version or time.monotonic() - known.seen <= ask.max_age
            )
            if known is None or not is_fresh:
                known = self._refreshed(session, known, version) or self._afresh(session, ask, moment, frame, version)
            if known.version == version:
                known.seen = time.monotonic()
            stored = tuple(
                _kept(known.stored, name, partial(rosters.get, session, name), MOST_READ) for name in frame.rosters
            )
        return self._remember(key, known), stored

    def _refreshed(self, session: Session, known: Known | None, version: int) -> Known | None:
        """What was known, brought up to date, if pins are all that has changed."""
        if known is None or known.kept is None or not only_changed(session, known.noted, "pins"):
            return None
        noted = last_line(session)
        try:
            return known.with_pins([Pin.model_validate(row) for row in facts.documents(session, "pins")], version, noted)
        except ValueError:
            return None  # the facts as a whole say what is wrong with them

    def _afresh(
        self, session: Session, ask: Ask, moment: datetime | None, frame: _Frame, version: int
    ) -> Known:
        self.readings += 1
        told = facts_at(session, None if moment is None else moment.isoformat(), frame.window)
        return Known(told.fingerprint, speaking(told, ask.lang), version, last_line(session), kept=told)

    def _frame(self, session: Session, scope: Scope, ask: Ask) -> _Frame:
        """Which rosters a question needs, and their days: what never changes of a roster."""

        def look() -> _Frame:
            if not ask.rosters:
                return _Frame()
            first = rosters.get(session, ask.rosters[0])
            # The days it was made for, whatever the programme plans by now.
            window = PlanningWindow(start=first.first_day, end=first.last_day)
            before = ask.kind in WITH_THE_ONE_BEFORE and first.replaces is not None and bool(first.report.get("news"))
            return _Frame(window, (*ask.rosters, first.replaces) if before and first.replaces else ask.rosters)

        return _kept(self._frames, (str(scope), ask.kind, *ask.rosters), look, MOST_FRAMES)

    def _remember(self, key: tuple[str, ...], known: Known) -> Known:
        self._known[key] = known
        self._known.move_to_end(key)
        self.forget(MOST_KNOWN)
        return known


@dataclass(frozen=True, slots=True)
class _Frame:
    """The rosters of a question, and the days of the first; None: the programme's."""

    window: PlanningWindow | None = None
    rosters: tuple[str, ...] = ()


Key = TypeVar("Key")
Value = TypeVar("Value")


def _kept(memory: OrderedDict[Key, Value], key: Key, make: Callable[[], Value], most: int) -> Value:
    """What is remembered under a key, or made now; those used longest ago are forgotten."""
    if key not in memory:
        memory[key] = make()
    memory.move_to_end(key)
    while len(memory) > most:
        memory.popitem(last=False)
    return memory[key]


def _roster(document: Mapping[str, Any], scenario: Scenario, told: str, lang: str) -> Roster:
    """The roster; one made from the same facts in another language counts as made from these."""
    roster = roster_from(document, scenario, lang=lang)
    return roster.model_copy(update={"scenario": scenario.fingerprint}) if roster.scenario == told else roster


def _roster_of_past(document: Mapping[str, Any], scenario: Scenario, told: str, lang: str) -> Roster:
    """The roster without what the facts no longer know."""
    roster = Roster.model_validate(document)
    people, wishes = scenario.volunteer, scenario.wish
    visits = tuple(
        visit.model_copy(update={
            name: tuple(seat for seat in getattr(visit, name) if seat.volunteer in people)
            for name in ("assigned", "standbys")
        })
        for visit in roster.visits
        if visit.wish in wishes
    )
    empty = tuple(one for one in roster.unfilled if one.visit.rpartition("/")[0] in wishes)
    return roster.model_copy(update={"visits": visits, "unfilled": empty})


__all__ = ["Answerer", "Ask", "Known", "Question"]
