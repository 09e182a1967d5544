"""Who answers questions: few processes beside the server, so that claims never wait for somebody's replan.

Quick questions have processes of their own, which keep what they have worked out; long ones others. So many may wait,
the rest are told to come back; and each is ended when its time is over.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from matcher.errors import BadInput, Contradiction, Fault, MatcherError
from matcher.service.asking.asks import Ask
from matcher.service.plan_words import say
from matcher.store.database import Database
from matcher.store.facts import Conflict, NotFound
from matcher.store.troubles import StoreUnavailable

COMMAND = (sys.executable, "-m", "matcher.service.asking.child")
MOST_WAITING = 16
"""Questions that may wait for each kind of process."""
RETRY_SECONDS = 5
_COLD_SECONDS = 120.0
"""On top of a question's own time: for a process that has to begin, and facts that have to be worked out."""


class Busy(MatcherError):
    """Too many questions wait already, or one took too long; ``retry_seconds`` later there may be room."""

    def __init__(self, code: str, lang: str, **values: object) -> None:
        self.retry_seconds = RETRY_SECONDS
        values = {"seconds": RETRY_SECONDS} | values
        self.fault = Fault(say(code, lang, **values), say(f"{code}-advice", lang, **values), code=code)
        super().__init__(str(self.fault))


@dataclass(frozen=True, slots=True)
class _Job:
    ask: Ask
    seconds: float
    future: Future[dict[str, Any]]


class _Lane:
    """Processes of one kind, and the questions that wait for them."""

    def __init__(self, head: dict[str, Any], database: Database, processes: int, command: Sequence[str]) -> None:
        self.head, self.database, self.command = head, database, command
        self.jobs: queue.Queue[_Job | None] = queue.Queue()
        self.lock = threading.Lock()
        self.open = 0
        self.keepers = [_Keeper(self) for _ in range(processes)]
        self.threads: list[threading.Thread] = []

    def put(self, job: _Job) -> None:
        with self.lock:
            if self.open >= MOST_WAITING + len(self.keepers):
                raise Busy("busy", job.ask.lang)
            self.open += 1
            if not self.threads:
                # A process ends with the thread that began it, so each has a thread for as long as it lives.
                self.threads = [threading.Thread(target=keeper.run, daemon=True) for keeper in self.keepers]
                for thread in self.threads:
                    thread.start()
        self.jobs.put(job)

    def done(self) -> None:
        with self.lock:
            self.open -= 1

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for keeper in self.keepers:
            self.jobs.put(None)
            keeper.is_over = True
            if (process := keeper.process) is not None:
                process.kill()
        for thread in self.threads:
            thread.join(10)


class _Keeper:
    """One process and the thread that keeps it."""

    def __init__(self, lane: _Lane) -> None:
        self.lane = lane
        self.process: subprocess.Popen[str] | None = None
        self.is_over = False

    def run(self) -> None:
        """Answer until told to end."""
        while (job := self.lane.jobs.get()) is not None and not self.is_over:
            try:
                if job.future.set_running_or_notify_cancel():
                    self._work(job)
            finally:
                self.lane.done()
        self._end()

    def _work(self, job: _Job) -> None:
        try:
            job.future.set_result(self._answer(job))
        except Exception as error:
            job.future.set_exception(error)

    def _answer(self, job: _Job) -> dict[str, Any]:
        asked = json.dumps(asdict(job.ask), ensure_ascii=True)
        for fresh in (False, True):
            process = self._begun()
            is_over = threading.Event()
            timer = threading.Timer(job.seconds, lambda over=is_over, own=process: (over.set(), own.kill()))
            timer.start()
            line = ""
            try:
                with suppress(OSError, ValueError):
                    line = self._exchange(process, asked)
            finally:
                timer.cancel()
            if line:
                return self._told(json.loads(line), job.ask.lang)
            self._end()
            if is_over.is_set():
                raise Busy("ask-too-long", job.ask.lang, seconds=round(job.seconds))
            if fresh or self.is_over:
                break
        # It ended twice without a word: the system took its memory away.
        raise Busy("ask-too-large", job.ask.lang)

    def _exchange(self, process: subprocess.Popen[str], asked: str) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(asked + "\n")
        process.stdin.flush()
        return process.stdout.readline()

    def _begun(self) -> subprocess.Popen[str]:
        if self.process is not None and self.process.poll() is None:
            return self.process
        self._end()
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            list(self.lane.command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True, text=True, encoding="utf-8",
        )
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.write(json.dumps(self.lane.head) + "\n")
        return self.process

    def _end(self) -> None:
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self.process = None

    def _told(self, said: dict[str, Any], lang: str) -> dict[str, Any]:
        if "answer" in said:
            answer: dict[str, Any] = said["answer"]
            return answer
        raise self._error(said["error"], lang)

    def _error(self, told: dict[str, Any], lang: str) -> Exception:
        kind = told["kind"]
        if kind == "contradiction":
            return Contradiction(told["demands"], told["message"])
        if kind == "unavailable":
            return StoreUnavailable(told["code"], self.lane.database.url, lang)
        if kind == "too-large":
            return Busy("ask-too-large", lang)
        if kind == "bug":
            return RuntimeError(told["place"])
        faults = [Fault(**one | {"path": tuple(one["path"])}) for one in told["faults"]]
        return {"not-found": NotFound, "conflict": Conflict}.get(kind, BadInput)(faults)


class Askers:
    """Hands questions to processes. They are begun when the first question comes."""

    def __init__(
        self, database: Database, *, quick: int = 1, slow: int = 1, memory_mb: int = 1536,
        command: Sequence[str] = COMMAND,
    ) -> None:
        url = database.url.render_as_string(hide_password=False)
        head = {"url": url, "lang": database.lang, "memory_mb": memory_mb}
        self._lanes = {name: _Lane(head, database, count, command) for name, count in (("quick", quick), ("slow", slow))}
        self.close = weakref.finalize(self, _close, list(self._lanes.values()))

    def ask(self, ask: Ask, *, slow: bool = False, seconds: float = 30.0) -> Future[dict[str, Any]]:
        """The answer to come, or what the question deserves: ``BadInput``, ``Contradiction``, ``Busy``.

        ``seconds`` is how long it may take once it is its turn. Raises ``Busy`` if too many wait.
        """
        future: Future[dict[str, Any]] = Future()
        self._lanes["slow" if slow else "quick"].put(_Job(ask, seconds + _COLD_SECONDS, future))
        return future


def _close(lanes: list[_Lane]) -> None:
    for lane in lanes:
        lane.close()
