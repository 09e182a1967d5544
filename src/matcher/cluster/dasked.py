"""Communities planned on a dask cluster: one task each, a process of its own on the worker that takes it.

dask does not stop code that runs. Whoever plans looks at the worker's own record of the task instead: it says
``cancelled`` when the asker has cancelled or died, and the worker is closing once its scheduler is gone.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from matcher.cluster.district import ClusterGone
from matcher.cluster.engine import AHEAD
from matcher.cluster.task import Outcome, Task, plan_one
from matcher.cluster.words import say
from matcher.errors import BadInput
from matcher.service.solving import process

Future = Any
"""dask's futures and clients are not typed. Here also None: a task that could not be handed over."""
_CONNECT = 10.0
"""Seconds to find the scheduler at the start."""
_AGAIN = 2.0
"""Seconds of one attempt to find it again."""
_FETCH = 10.0
"""Seconds to fetch an outcome from a worker before looking again; a worker may die just then."""
_FETCHES = 3
"""Attempts to fetch an outcome that is there, while the scheduler seems to be."""
_LOSSES = 10
"""Losses of the scheduler in a row, without one community done between, before it is given up."""


def require_cluster(lang: str) -> None:
    """Raise ``BadInput`` that says what to install, unless dask.distributed is there."""
    if find_spec("distributed") is None:
        raise BadInput(say("no-extra", lang, names="distributed"), say("no-extra-advice", lang))


def cluster_address(told: str, lang: str) -> str:
    """The scheduler's address; raises ``BadInput`` unless it is ``tcp://HOST:PORT``, ``tls://…`` or ``HOST:PORT``.

    >>> cluster_address("127.0.0.1:8786", "en")
    'tcp://127.0.0.1:8786'
    """
    scheme, _, rest = told.rpartition("://")
    host, _, port = rest.rpartition(":")
    if scheme not in ("", "tcp", "tls") or not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise BadInput(say("bad-cluster", lang, address=told), say("bad-cluster-advice", lang))
    return f"{scheme or 'tcp'}://{rest}"


# ---------------------------------------------------------------------------------------------- on the worker


def plan_here(task: Task) -> Outcome:
    """Plan a community on the dask worker that runs this; ended as soon as nobody wants it any more."""
    from distributed import Status, get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def is_over() -> bool:
        known = worker.state.tasks.get(key)
        return known is None or known.state != "executing" or worker.status not in (Status.running, Status.paused)

    return plan_one(task, is_over, process.COMMAND)


# ---------------------------------------------------------------------------------------------- where it is asked


class Cluster:
    """A dask cluster as an engine; at most ``most`` communities at once, or as many as it has threads.

    A worker's death is dask's business: it gives the task to another, up to its own limit. When the scheduler is gone,
    it is waited for ``patience`` seconds, then what was under way is asked for anew; this counts as no attempt.
    """

    def __init__(
        self, address: str, *, most: int = 0, patience: float = 60, lang: str = "zh",
        tell: Callable[[str], None] = lambda message: None,
    ) -> None:
        """Raises ``BadInput`` if the cluster cannot be reached, or dask is not installed."""
        require_cluster(lang)
        self.address, self._most, self._patience, self._lang = cluster_address(address, lang), most, patience, lang
        self._tell = tell
        self._asked: dict[str, tuple[Task, Future]] = {}
        self._events: queue.SimpleQueue[tuple[str, Future]] = queue.SimpleQueue()
        self._silent_since: float | None = None
        self._idle_since: float | None = None
        self._losses, self._threads, self._counted = 0, 0, float("-inf")
        try:
            self._client = self._connect(_CONNECT)
        except (OSError, TimeoutError, TypeError, ValueError, RuntimeError) as error:  # TypeError: tls:// without keys
            raise BadInput(
                say("cluster-unreachable", lang, address=self.address), say("cluster-unreachable-advice", lang)
            ) from error

    def _connect(self, seconds: float) -> Any:
        from distributed import Client

        for name in ("distributed", "distributed.client"):  # what it says of lost comrades, we say in words
            logging.getLogger(name).setLevel(logging.CRITICAL)
        make: Any = Client
        return make(self.address, timeout=seconds, set_as_default=False, name="matcher")

    @property
    def room(self) -> int:
        """How many tasks the cluster may have in hand now."""
        room = AHEAD * self._count_threads()
        return min(room, self._most) if self._most else room

    def _count_threads(self) -> int:
        """How many communities the workers can plan at once; looked at once a second."""
        now = time.monotonic()
        if now - self._counted >= 1:
            self._counted = now
            with contextlib.suppress(OSError, TimeoutError, RuntimeError, ValueError):
                self._threads = sum(self._client.nthreads().values()) if self._is_connected else 0
        return self._threads

    @property
    def _is_connected(self) -> bool:
        return self._silent_since is None and self._client.status == "running"

    def submit(self, task: Task) -> None:
        """Ask for a community; at once, or once the scheduler is back."""
        # A key of its own every time: dask must not take an earlier, cancelled attempt for this one.
        key = f"matcher-{uuid.uuid4().hex}"
        with contextlib.suppress(Exception):
            future = self._client.submit(plan_here, task, key=key, pure=False)
            self._asked[task.community] = (task, future)
            future.add_done_callback(lambda ended: self._events.put((task.community, ended)))
            return
        self._asked[task.community] = (task, None)

    def ended(self, seconds: float) -> Outcome | None:
        """The next outcome; None if there is none after so many seconds. Raises ``ClusterGone`` when patience is over."""
        if self._silent_since is not None:
            self._look_for_it()
            return None
        self._wait_for_workers()
        try:
            community, future = self._events.get(timeout=seconds)
        except queue.Empty:
            if self._client.status != "running":
                self._lose()
            return None
        if community not in self._asked or self._asked[community][1] is not future:
            return None  # an answer to an earlier question
        task = self._asked[community][0]
        if future.status == "cancelled":  # not by us: its scheduler has forgotten it, or is gone
            self._lose()
            return None
        return self._outcome(task, future)

    def _outcome(self, task: Task, future: Future) -> Outcome | None:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        for last in (False,) * (_FETCHES - 1) + (True,):
            try:
                outcome: Outcome = future.result(timeout=_FETCH)
            except FutureCancelledError:
                self._lose()
                return None
            except TimeoutError:  # its worker died with it: dask has it made again
                future.add_done_callback(lambda ended: self._events.put((task.community, ended)))
                return None
            except KilledWorker:
                outcome = Outcome(task.community, task.attempt, problem={"kind": "lost"})
            except Exception as error:
                if future.status != "error" and not last:  # it is there, but the way to it broke: as a dying scheduler does
                    time.sleep(0.2)
                    if self._client.status != "running":
                        self._lose()
                        return None
                    continue
                # It could not even be begun, or not be read: another Python, no matcher.
                place = type(error.__cause__ or error).__name__
                outcome = Outcome(task.community, task.attempt, problem={"kind": "worker-differs", "place": place})
            break
        del self._asked[task.community]
        self._losses = 0
        return outcome

    # ------------------------------------------------------------------------------------------ when it is gone

    def _lose(self) -> None:
        self._losses += 1
        if self._losses > _LOSSES:
            raise ClusterGone
        self._silent_since = time.monotonic()
        self._tell(say("cluster-waiting", self._lang, address=self.address, seconds=round(self._patience)))
        self._drop_client()

    def _look_for_it(self) -> None:
        assert self._silent_since is not None
        if time.monotonic() - self._silent_since > self._patience:
            raise ClusterGone
        try:
            self._client = self._connect(_AGAIN)
        except (OSError, TimeoutError, ValueError, RuntimeError):
            time.sleep(0.2)
            return
        self._silent_since, self._counted = None, float("-inf")
        self._tell(say("cluster-back", self._lang))
        for task, _future in list(self._asked.values()):
            self.submit(task)

    def _wait_for_workers(self) -> None:
        """Without workers nothing goes on; dask would wait for ever."""
        if self._count_threads():
            self._idle_since = None
            return
        now = time.monotonic()
        if self._idle_since is None:
            self._idle_since = now
            self._tell(say("no-workers", self._lang, address=self.address, seconds=round(self._patience)))
        if now - self._idle_since > self._patience:
            raise ClusterGone

    def close(self) -> None:
        """Cancel what is going on; workers end their processes within a second."""
        if self._is_connected and self._asked:
            with contextlib.suppress(Exception):
                self._client.cancel([future for _task, future in self._asked.values() if future is not None], force=True)
        self._asked = {}
        self._drop_client()

    def _drop_client(self) -> None:
        client = self._client

        def close() -> None:
            with contextlib.suppress(Exception):
                client.close(timeout=2)

        # A client that has lost its scheduler may take its time to see it.
        thread = threading.Thread(target=close, daemon=True)
        thread.start()
        thread.join(5)


