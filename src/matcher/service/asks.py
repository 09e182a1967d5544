"""Questions about rosters: check, explain, suggest, screen, replan, compare; on stored facts or on those brought along.

Each answer is plain values for JSON. What was worked out for one question is kept for the next.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from matcher.domain.scenario import PlanningWindow, Scenario
from matcher.exchange.jsonfile import scenario_from
from matcher.exchange.rosterfile import roster_from
from matcher.problem.roster import Roster
from matcher.service.moments import facts_at, moment_of, speaking
from matcher.store import facts, rosters
from matcher.store.database import Database
from matcher.store.scope import Scope
from matcher.store.since import last_line

if TYPE_CHECKING:
    from matcher.planning.suggest import Desk
    from matcher.problem.problem import Problem

MOST_KNOWN = 8
"""Sets of facts kept worked out at once."""
WITH_THE_ONE_BEFORE = frozenset({"judge"})
"""Kinds that need the roster a draft replaces, if the draft was made because of news."""
OF_THE_PAST = frozenset({"output", "view", "ledger"})
"""Kinds that show a roster whoever has left since."""
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
    desks: OrderedDict[str, Desk] = field(default_factory=OrderedDict)

    @cached_property
    def problem(self) -> Problem:
        """The facts expanded and checked, in arrays."""
        from matcher.problem.problem import Problem

        return Problem.of(self.scenario)

    def desk(self, roster: Roster) -> Desk:
        """The desk of a roster."""
        from matcher.planning.suggest import Desk

        key = hashlib.sha256(roster.to_json().encode()).hexdigest()
        if key not in self.desks:
            self.desks[key] = Desk(self.problem, roster)
        self.desks.move_to_end(key)
        while len(self.desks) > MOST_DESKS:
            self.desks.popitem(last=False)
        return self.desks[key]


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer is made from."""

    known: Known
    rosters: tuple[Roster, ...]
    stored: tuple[rosters.StoredRoster, ...]
    values: Mapping[str, Any]
    lang: str

    @property
    def roster(self) -> Roster:
        """The first roster."""
        return self.rosters[0]


class Answerer:
    """Answers questions, one after the other, and remembers the facts it has worked out."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[tuple[str, ...], Known] = OrderedDict()

    def answer(self, ask: Ask) -> dict[str, Any]:
        """The answer; raises what the question deserves: ``BadInput``, ``Contradiction``, ``StoreUnavailable``."""
        from matcher.service import answers

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
        if ask.scenario is not None:
            known = self._brought(ask.scenario, ask.lang)
            stored: tuple[rosters.StoredRoster, ...] = ()
        else:
            known, stored = self._stored(ask)
        read = _roster_of_past if ask.kind in OF_THE_PAST else _roster
        mine = [
            read(document, known.scenario, known.told, ask.lang)
            for document in (*(one.document for one in stored), *ask.given)
        ]
        return Question(known, tuple(mine), stored, ask.values, ask.lang)

    def _brought(self, document: dict[str, Any], lang: str) -> Known:
        digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
        key = ("brought", digest, lang)
        known = self._known.get(key)
        if known is None:
            told = scenario_from(document, lang=lang).scenario
            known = Known(told.fingerprint, speaking(told, lang))
        return self._remember(key, known)

    def _stored(self, ask: Ask) -> tuple[Known, tuple[rosters.StoredRoster, ...]]:
        assert ask.district is not None
        scope = Scope(ask.district, ask.community)
        with self._database.reading(scope, lang=ask.lang) as session:
            stored = tuple(rosters.get(session, key) for key in ask.rosters)
            if ask.kind in WITH_THE_ONE_BEFORE and stored[0].replaces and stored[0].report.get("news"):
                stored += (rosters.get(session, stored[0].replaces),)
            moment, window = moment_of(session, ask.moment), None
            if stored:  # the days it was made for, whatever the programme plans by now
                window = PlanningWindow(start=stored[0].first_day, end=stored[0].last_day)
            key = (str(scope), str(moment), str(window), ask.lang)
            known, version = self._known.get(key), facts.facts_version(session)
            is_fresh = known is not None and (
                known.version == version or time.monotonic() - known.seen <= ask.max_age
            )
            if known is None or not is_fresh:
                told = facts_at(session, None if moment is None else moment.isoformat(), window)
                known = Known(told.fingerprint, speaking(told, ask.lang), version, last_line(session))
            if known.version == version:
                known.seen = time.monotonic()
        return self._remember(key, known), stored

    def _remember(self, key: tuple[str, ...], known: Known) -> Known:
        self._known[key] = known
        self._known.move_to_end(key)
        self.forget(MOST_KNOWN)
        return known


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
