"""A worker: takes runs from the queue, gives each a process of its own, and sees to it that every one ends once."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from matcher.domain.scenario import PlanningWindow
from matcher.errors import BadInput
from matcher.service.solving.config import RunConfig
from matcher.service.solving.process import COMMAND, SolvingProcess
from matcher.service.solving.schedules import submit_due
from matcher.store import queue, workers
from matcher.store.assembly import frozen
from matcher.store.database import Database
from matcher.store.rosters import Made
from matcher.store.troubles import StoreUnavailable
from matcher.store.waitlist import settle_due
from matcher.store.words import say

LEASE = timedelta(seconds=30)
_LOOK = 0.1
"""Seconds between looks at what is cancelled."""
_WRITE = 0.2
"""Seconds between writing down what has happened."""
_TAKE = 0.5
"""Seconds between looks at the queue of a worker with nothing to do."""
_GRACE = 10.0
"""Seconds a cancelled process that has found a roster has to hand it over: a large one is judged and written down first."""
_FINDS = frozenset({"better", "tier-ends"})
"""Events after which there is a roster to hand over."""
_SCHEDULES = 15.0
"""Seconds between looks at the schedules, at the version of the database, and signs of life."""


class Log(Protocol):
    """Hears what a worker does."""

    def __call__(self, event: str, **values: Any) -> None:
        """One thing that happened; values hold no personal data."""


def silent(event: str, **values: Any) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class _Job:
    """A run in this worker's hands."""

    taken: queue.Taken
    config: RunConfig
    process: SolvingProcess
    began: float
    held_until: float
    events: list[dict[str, Any]] = field(default_factory=list)
    done: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    cancelled_at: float | None = None
    has_found: bool = False
    """Whether it has told of any roster yet."""

    @property
    def is_past_grace(self) -> bool:
        """Cancelled, and nothing is to be had of it any more: it has found nothing yet, or takes too long to hand it over."""
        return self.cancelled_at is not None and (
            not self.has_found or time.monotonic() - self.cancelled_at > _GRACE
        )


class Worker:
    """Up to ``slots`` solves at once, one process each. Begin and run it in one thread: its processes die with that."""

    def __init__(
        self, database: Database, slots: int = 1, *, name: str = "", lease: timedelta = LEASE, log: Log = silent,
        command: Sequence[str] = COMMAND, schedules: bool = True,
    ) -> None:
        self.database, self.slots, self.lease, self.log = database, slots, lease, log
        self.name = name or f"worker-{uuid.uuid4().hex[:8]}"
        self._command, self._schedules = command, schedules
        self._jobs: list[_Job] = []
        self._looked = self._wrote = self._took = self._renewed = self._scheduled = float("-inf")

    def run(self, is_over: Callable[[], bool]) -> None:
        """Work until told; then end what is going on and give it back."""
        try:
            while not is_over():
                self.step()
                time.sleep(0.02 if self._jobs else 0.1)
        finally:
            self.close()

    @property
    def busy(self) -> int:
        """How many runs are in hand."""
        return len(self._jobs)

    def step(self) -> None:
        """One look around. What the database refuses for a while is tried again at the next.

        Raises ``StoreUnavailable`` for what waiting does not mend: a damaged database, or one of another version.
        """
        try:
            self._listen()
            now = time.monotonic()
            if now - self._looked >= _LOOK:
                self._looked = now
                self._look(now)
            if now - self._scheduled >= _SCHEDULES:
                self._scheduled = now
                self._look_wider()
            if len(self._jobs) < self.slots and now - self._took >= _TAKE:
                self._took = now
                self._take_all()
        except StoreUnavailable as error:
            self.log("database", code=error.code)
            if not error.transient:
                raise
            self._drop_overdue()
            time.sleep(_TAKE)

    def _look_wider(self) -> None:
        """Submit the weekly jobs that are due, unless the database has been migrated under our feet."""
        self.database.refuse_other_version()
        with self.database.everyone(self.name, writes=True) as session:
            workers.beat(session, self.name, slots=self.slots, busy=self.busy)
        if self._schedules:
            for period in submit_due(self.database):
                self.log("scheduled", period=period)
        if passed := settle_due(self.database):
            self.log("places_passed_on", wishes=passed)

    def close(self) -> None:
        """End every process and give the runs back; whoever takes them next begins anew."""
        for job in self._jobs:
            job.process.kill()
        for job in self._jobs:
            with suppress(StoreUnavailable), self.database.everyone(self.name, writes=True) as session:
                queue.give_back(session, job.taken.token, counted=False)
        self._jobs = []
        with suppress(StoreUnavailable), self.database.everyone(self.name, writes=True) as session:
            workers.leave(session, self.name)

    # ------------------------------------------------------------------------------------------ taking

    def _take_all(self) -> None:
        while len(self._jobs) < self.slots:
            with self.database.everyone(self.name, writes=True) as session:
                taken = queue.take(session, self.name, self.lease)
            if taken is None:
                return
            self.log("taken", run=taken.run.id, attempt=taken.run.attempts)
            self._begin(taken)

    def _begin(self, taken: queue.Taken) -> None:
        now = time.monotonic()
        try:
            with self.database.everyone(self.name) as session:
                scenario = frozen(session, taken.run.snapshot, community=taken.run.community).to_json()
        except StoreUnavailable:
            raise  # the lease will be over, and somebody take it again
        except BadInput:
            lang = self.database.lang
            problem = {"kind": "erased", "message": say("erased-facts", lang), "advice": say("erased-facts-advice", lang)}
            with self.database.everyone(self.name, writes=True) as session:
                queue.finish(session, taken.token, "failed", problem=problem)
            return
        config = RunConfig.model_validate(taken.run.config)
        job = {"scenario": scenario, "config": config.model_dump() | {"most_seconds": config.most_seconds}}
        process = SolvingProcess(job, self._command)
        self._jobs.append(_Job(taken, config, process, now, now + self.lease.total_seconds()))

    # ----------------------------------------------------------------------------------------- watching

    def _listen(self) -> None:
        """Hear every process; end the runs of those that have ended, or gone too far."""
        for job in list(self._jobs):
            code = job.process.ended()
            for said in job.process.heard():
                if "event" in said:
                    job.events.append(said["event"])
                    job.has_found |= said["event"]["kind"] in _FINDS
                job.done = said.get("done", job.done)
                job.problem = said.get("problem", job.problem)
            if code is not None or job.done or job.problem:
                self._end(job, code)
            elif job.is_past_grace:
                job.process.kill()
                self._end(job, None)
            elif too_far := self._too_far(job):
                job.process.kill()
                job.problem = too_far
                self._end(job, None)

    def _too_far(self, job: _Job) -> dict[str, Any] | None:
        if time.monotonic() - job.began > job.config.most_seconds:
            return {"kind": "too-long"}
        if job.process.memory_bytes() > job.config.memory_mb * 2**20:
            return {"kind": "too-large"}
        return None

    def _look(self, now: float) -> None:
        """Write down what has happened, keep the leases, and hear of cancellations."""
        if not self._jobs:
            return
        tokens = [job.taken.token for job in self._jobs]
        renews = now - self._renewed >= self.lease.total_seconds() / 3
        writes = now - self._wrote >= _WRITE and any(job.events for job in self._jobs)
        if renews or writes:
            self._wrote = now
            with self.database.everyone(self.name, writes=True) as session:
                if renews:
                    queue.renew(session, tokens, self.lease)
                for job in self._jobs:
                    if job.events:
                        queue.record(session, job.taken.token, job.events)
            for job in self._jobs:
                job.events.clear()
                if renews:
                    job.held_until = now + self.lease.total_seconds()
            self._renewed = now if renews else self._renewed
        with self.database.everyone(self.name) as session:
            held = queue.held(session, tokens)
        for job in list(self._jobs):
            mine = held.get(job.taken.token)
            if mine is None:
                self._drop(job, "lost")
            elif mine.cancel and job.cancelled_at is None:
                job.cancelled_at = now
                job.process.cancel()

    def _drop_overdue(self) -> None:
        """While the database does not answer, whoever's lease is over may have been given to somebody else."""
        for job in list(self._jobs):
            if time.monotonic() > job.held_until:
                self._drop(job, "overdue")

    def _drop(self, job: _Job, why: str) -> None:
        job.process.kill()
        self._jobs.remove(job)
        self.log("dropped", run=job.taken.run.id, why=why)

    # ------------------------------------------------------------------------------------------- ending

    def _end(self, job: _Job, code: int | None) -> None:
        """Keep how a run ended; if the database refuses, the run stays in hand and this is tried again."""
        token, attempts = job.taken.token, job.taken.run.attempts
        broke = job.done is None and job.problem is None and job.cancelled_at is None
        with self.database.everyone(self.name, writes=True) as session:
            if broke and attempts < job.taken.most_attempts:
                queue.record(session, token, [*job.events, {"kind": "crashed", "code": code}])
                kept, state = queue.give_back(session, token, counted=True), "queued"
            else:
                state = "cancelled" if job.cancelled_at is not None else "done" if job.done else "failed"
                problem = None if job.done or state == "cancelled" else self._told(job, code)
                made = _made(job.done) if job.done else None
                kept = queue.finish(session, token, state, made=made, problem=problem, events=job.events)
        job.process.kill()
        self._jobs.remove(job)
        self._took = float("-inf")
        self.log("ended", run=job.taken.run.id, state=state if kept else "dropped")

    def _told(self, job: _Job, code: int | None) -> dict[str, Any]:
        """The problem in words; those of the process itself come with them already."""
        problem = job.problem or {"kind": "crashed", "code": code}
        values = {
            "seconds": round(job.config.most_seconds), "megabytes": job.config.memory_mb, "code": code,
            "count": job.taken.run.attempts, "place": problem.get("place", ""),
        }
        told = {"message": say(problem["kind"], self.database.lang, **values)} if "message" not in problem else {}
        if problem["kind"] == "too-large":
            told["advice"] = say("too-large-advice", self.database.lang)
        return problem | told


def _made(done: dict[str, Any]) -> Made:
    return Made(done["roster"], done["report"], PlanningWindow.model_validate(done["window"]), done["certificates"])
