"""A district: its communities planned side by side, each once, whatever dies on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from matcher.cluster.checkpoint import Asked, Checkpoint, DistrictFolder, asked_of
from matcher.cluster.engine import Engine
from matcher.cluster.sources import Community
from matcher.cluster.task import Outcome, Task, packed
from matcher.cluster.words import say, told_problem
from matcher.errors import MatcherError
from matcher.service.solving.child import problem_of
from matcher.service.solving.config import RunConfig

MOST_ATTEMPTS = 3
"""How often a community is begun whose process breaks off."""
_WAIT = 0.2
"""Seconds to wait for an outcome before looking whether somebody has cancelled."""

State = Literal["done", "kept", "failed"]


class ClusterGone(MatcherError):
    """The cluster does not answer any more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one community. ``kept``: it was done before, of the same facts and config."""

    community: str
    state: State
    checkpoint: Checkpoint | None = None
    anew: str = ""
    """Why what was there was not kept: a key of the words."""
    problem: Mapping[str, Any] | None = None
    """In words: ``kind``, ``message``, ``advice``, ``faults``, ``demands``."""
    attempts: int = 0

    def as_json(self) -> dict[str, Any]:
        """The entry as district.json has it."""
        told: dict[str, Any] = {"community": self.community, "state": self.state}
        if self.checkpoint is not None:
            made = self.checkpoint
            told |= {
                "scenario": made.asked.scenario, "visits": made.visits, "empty": made.empty, "tiers": list(made.tiers),
                "attempts": made.attempts, "seconds": made.seconds, "used": dict(made.used),
            }
        if self.anew:
            told["anew"] = self.anew
        if self.problem is not None:
            told |= {"problem": dict(self.problem), "attempts": self.attempts}
        return told


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a district."""

    entries: tuple[Entry, ...]
    """In the order the communities were given; those that were not reached are not there."""
    total: int
    seconds: float
    stopped: str = ""
    """Why it ended early: ``cancelled``, ``cluster-gone``, or nothing."""

    def count(self, state: State) -> int:
        """How many communities ended so."""
        return sum(entry.state == state for entry in self.entries)

    @property
    def exit_code(self) -> int:
        """0 if every community has its roster; else what to do next.

        130: cancelled. 1: run it again (the cluster is gone, a process broke off, a bug). 2: facts or limits to correct.
        3: demands that contradict each other.
        """
        if self.stopped:
            return 130 if self.stopped == "cancelled" else 1
        kinds = {str(entry.problem["kind"]) for entry in self.entries if entry.problem is not None}
        if kinds - _CORRECTED - {"contradiction"}:
            return 1
        return 2 if kinds & _CORRECTED else 3 if kinds else 0

    def as_json(self) -> dict[str, Any]:
        """The summary as district.json has it."""
        counts = {state: self.count(state) for state in ("done", "kept", "failed")}
        return {
            "communities": self.total, **counts, "stopped": self.stopped or None, "seconds": round(self.seconds, 3),
            "exit": self.exit_code, "entries": [entry.as_json() for entry in self.entries],
        }


_TRIED_AGAIN = ("crashed", "broken-off")
_CORRECTED = frozenset(["bad-input", "error", "too-large", "too-long"])
"""Problems that somebody must correct: facts, or limits."""


class Watcher(Protocol):
    """Hears how a district goes on."""

    def ended(self, entry: Entry, done: int, total: int, seconds_left: float | None) -> None:
        """A community has ended, the ``done``-th of ``total``."""

    def again(self, community: str, attempt: int, problem: Mapping[str, Any]) -> None:
        """A community's process broke off and is begun again."""


class Unwatched:
    """Nobody watches."""

    def ended(self, entry: Entry, done: int, total: int, seconds_left: float | None) -> None:
        """Do nothing."""

    def again(self, community: str, attempt: int, problem: Mapping[str, Any]) -> None:
        """Do nothing."""


@dataclass(slots=True)
class _Going:
    """A community in somebody's hands."""

    task: Task
    asked: Asked
    anew: str


def plan_district(
    communities: Sequence[Community], folder: DistrictFolder, config: RunConfig, engine: Engine, *, pages: bool = False,
    is_cancelled: Callable[[], bool] = lambda: False, watcher: Watcher | None = None, lang: str = "zh",
    most_attempts: int = MOST_ATTEMPTS,
) -> Summary:
    """Plan every community that is not done yet, and write ``district.json``.

    ``folder`` must be held. One community's failure is its own. A cancelled district, and one whose cluster is gone,
    keeps what is done. Raises ``BadInput`` if the folder cannot be written.
    """
    return _District(communities, folder, config, engine, pages, watcher or Unwatched(), lang, most_attempts).plan(is_cancelled)


@dataclass(slots=True)
class _District:
    communities: Sequence[Community]
    folder: DistrictFolder
    config: RunConfig
    engine: Engine
    pages: bool
    watcher: Watcher
    lang: str
    most_attempts: int
    entries: dict[str, Entry] = field(default_factory=dict)
    going: dict[str, _Going] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def plan(self, is_cancelled: Callable[[], bool]) -> Summary:
        self._write("running")
        try:
            stopped = self._plan_all(is_cancelled)
        finally:
            self.engine.close()
        self._write(stopped)
        return self._summary(stopped)

    def _plan_all(self, is_cancelled: Callable[[], bool]) -> str:
        waiting = iter(self.communities)
        while not is_cancelled():
            more = self._fill(waiting, is_cancelled)
            if not self.going and not more:
                return ""
            try:
                outcome = self.engine.ended(_WAIT)
            except ClusterGone:
                return "cluster-gone"
            if outcome is not None:
                self._take(outcome)
        return "cancelled"

    def _fill(self, waiting: Iterator[Community], is_cancelled: Callable[[], bool]) -> bool:
        """Hand out tasks as long as there is room; whether more may be waiting."""
        while len(self.going) < max(1, self.engine.room):
            if is_cancelled():
                return True
            community = next(waiting, None)
            if community is None:
                return False
            self._begin(community)
        return True

    def _begin(self, community: Community) -> None:
        try:
            facts = community.read()
            asked = asked_of(facts.scenario.fingerprint, self.config, pages=self.pages)
        except OSError as error:
            problem = {"kind": "bad-input", "message": say("unreadable", self.lang, reason=error.strerror or error)}
            self._end(Entry(community.name, "failed", problem=problem))
            return
        except Exception as error:  # what a file does to its reader stays that community's own
            self._end(Entry(community.name, "failed", problem=told_problem(problem_of(error), self.config, self.lang)))
            return
        checkpoint, anew = self.folder.found(community.name, asked)
        if checkpoint is not None:
            self._end(Entry(community.name, "kept", checkpoint))
            return
        task = Task(community.name, packed(facts.scenario.to_json()), self.config, facts.notes, self.pages)
        self.going[community.name] = _Going(task, asked, anew)
        self.engine.submit(task)

    def _take(self, outcome: Outcome) -> None:
        going = self.going.get(outcome.community)
        if going is None or going.task.attempt != outcome.attempt:
            return  # of an earlier attempt that was given up
        if outcome.done is not None:
            del self.going[outcome.community]
            checkpoint = self.folder.keep(
                outcome.community, going.asked, outcome.made, attempts=outcome.attempt, seconds=outcome.seconds
            )
            self._end(Entry(outcome.community, "done", checkpoint, going.anew))
            return
        problem = outcome.problem or {"kind": "broken-off"}
        if problem["kind"] in _TRIED_AGAIN and outcome.attempt < self.most_attempts:
            self._again(going, problem)
            return
        del self.going[outcome.community]
        told = told_problem(problem, self.config, self.lang, attempts=outcome.attempt)
        self._end(Entry(outcome.community, "failed", anew=going.anew, problem=told, attempts=outcome.attempt))

    def _again(self, going: _Going, problem: Mapping[str, Any]) -> None:
        attempt = going.task.attempt + 1
        self.watcher.again(going.task.community, attempt, problem)
        going.task = replace(going.task, attempt=attempt)
        self.engine.submit(going.task)

    def _end(self, entry: Entry) -> None:
        self.entries[entry.community] = entry
        done, total = len(self.entries), len(self.communities)
        # Those done before, and those that could not be read, took no time: they say nothing about those to come.
        planned = sum(one.state == "done" or one.attempts > 0 for one in self.entries.values())
        left = (time.monotonic() - self.began) / planned * (total - done) if planned else None
        self.watcher.ended(entry, done, total, left)

    def _summary(self, stopped: str) -> Summary:
        entries = (self.entries.get(community.name) for community in self.communities)
        seconds = time.monotonic() - self.began
        return Summary(tuple(entry for entry in entries if entry is not None), len(self.communities), seconds, stopped)

    def _write(self, stopped: str) -> None:
        self.folder.summarize(self._summary(stopped).as_json())
