"""The courier: hands the outbox's messages to the webhooks that hear them, and brings each to its receiver.

One loop makes many deliveries at once, each with a limit on its whole time: whoever is slow, hangs or drips holds up
nobody else. Several couriers may work on one database; a delivery is one's own for a minute.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import httpcore

from matcher.service.solving.worker import Log, silent
from matcher.service.webhooks.receivers import Backend, Unreachable
from matcher.service.webhooks.signatures import HEADER, sign
from matcher.store import webhooks
from matcher.store.database import Database
from matcher.store.troubles import StoreUnavailable

ACTOR = "courier"
SECONDS = 10.0
"""How long a receiver may take, from looking up its name to the end of its answer."""
_UNDER_WAY = 200
"""Deliveries at once; half of them at most are for receivers that failed last."""
_LOOK = 0.5
"""Seconds between looks when there is nothing to do."""
_TIDY = 600.0
_FAREWELL = 3.0
"""Seconds for what is under way when it ends; what is not done by then is somebody's again in a minute."""
_MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read, so that its connection can be used again; they are not looked at."""
_HTTP_OK = range(200, 300)
_HTTP_ELSEWHERE = range(300, 400)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt; ``reason`` is a code of ``webhook_words``, empty if it arrived."""

    parcel: webhooks.Parcel
    status: int | None
    reason: str


class Courier:
    """Delivers until told; begin and run it in one thread. ``private`` lets receivers lie within the own network."""

    def __init__(
        self, database: Database, *, private: bool = False, seconds: float = SECONDS, log: Log = silent,
        user_agent: str = "matcher",
    ) -> None:
        self.database, self.seconds, self.log = database, seconds, log
        self._private, self._user_agent = private, user_agent
        self._under_way: Counter[int] = Counter()
        self._outcomes: list[Outcome] = []
        self._tidied = time.monotonic()

    def run(self, is_over: Callable[[], bool]) -> None:
        """Deliver until told; what is under way then is given a little time."""
        asyncio.run(self._run(is_over))

    async def _run(self, is_over: Callable[[], bool]) -> None:
        # One thread of its own for the database: looking names up must not stand in its way.
        store, backend = ThreadPoolExecutor(1, thread_name_prefix="courier"), Backend(private=self._private)
        tasks: set[asyncio.Task[None]] = set()
        try:
            async with httpcore.AsyncConnectionPool(
                max_connections=_UNDER_WAY, keepalive_expiry=30, network_backend=backend
            ) as pool:
                while not is_over():
                    did = await self._ask(store, self._step)
                    for parcel in did or ():
                        tasks.add(asyncio.create_task(self._deliver(pool, parcel)))
                    tasks = {task for task in tasks if not task.done()}
                    await asyncio.sleep(0.02 if did or self._outcomes else 0.1 if tasks else _LOOK)
                await _farewell(tasks)
                await self._ask(store, self._record)
        finally:
            backend.close()
            store.shutdown()

    async def _ask(self, store: ThreadPoolExecutor, what: Callable[[], Found]) -> Found | None:
        """Do something with the database; None while it does not answer, which is tried again."""
        try:
            return await asyncio.get_running_loop().run_in_executor(store, what)
        except StoreUnavailable as error:
            self.log("database", code=error.code)
            if not error.transient:
                raise
            await asyncio.sleep(_LOOK)
            return None

    # ------------------------------------------------------------------------------------- with the database

    def _step(self) -> tuple[webhooks.Parcel, ...]:
        """Write down what arrived, hand out, and take what is due."""
        self._record()
        room = _UNDER_WAY - self._under_way.total()
        with self.database.everyone(ACTOR) as session:
            if not webhooks.is_due(session):
                return self._tidy()
        with self.database.everyone(ACTOR, writes=True) as session:
            webhooks.hand_out(session)
            parcels = webhooks.take(session, self._under_way, room, most_failing=_UNDER_WAY // 2) if room > 0 else ()
        self._under_way.update(parcel.webhook for parcel in parcels)
        return parcels

    def _record(self) -> None:
        outcomes = self._outcomes[:]
        if not outcomes:
            return
        with self.database.everyone(ACTOR, writes=True) as session:
            for one in outcomes:
                if one.reason:
                    is_dead = webhooks.failed(session, one.parcel, one.reason, one.status)
                    self.log("undelivered", delivery=one.parcel.id, reason=one.reason, status=one.status, dead=is_dead)
                elif one.status is not None:
                    webhooks.arrived(session, one.parcel, one.status)
        del self._outcomes[: len(outcomes)]
        self._under_way.subtract(one.parcel.webhook for one in outcomes)
        self._under_way = +self._under_way

    def _tidy(self) -> tuple[webhooks.Parcel, ...]:
        if time.monotonic() - self._tidied >= _TIDY:
            self._tidied = time.monotonic()
            with self.database.everyone(ACTOR, writes=True) as session:
                webhooks.tidy(session)
        return ()

    # ------------------------------------------------------------------------------------- with the receiver

    async def _deliver(self, pool: httpcore.AsyncConnectionPool, parcel: webhooks.Parcel) -> None:
        status: int | None = None
        try:
            async with asyncio.timeout(self.seconds):
                status = await self._send(pool, parcel)
            reason = "" if status in _HTTP_OK else "redirect" if status in _HTTP_ELSEWHERE else "status"
        except Exception as error:
            # Whatever a receiver does, the next one's turn comes.
            reason = _reason(error)
        self._outcomes.append(Outcome(parcel, status, reason))

    async def _send(self, pool: httpcore.AsyncConnectionPool, parcel: webhooks.Parcel) -> int:
        body = body_of(parcel)
        headers = [
            ("Content-Type", "application/json"), ("User-Agent", self._user_agent), ("Matcher-Delivery", parcel.id),
            ("Matcher-Topic", parcel.topic), (HEADER, sign(parcel.secrets, body, int(time.time()))),
        ]
        async with pool.stream("POST", parcel.url, headers=headers, content=body) as response:
            size = 0
            async for chunk in response.aiter_stream():
                size += len(chunk)
                if size > _MOST_ANSWER:
                    break
            return int(response.status)


async def _farewell(tasks: set[asyncio.Task[None]]) -> None:
    if not tasks:
        return
    _, slow = await asyncio.wait(tasks, timeout=_FAREWELL)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


def body_of(parcel: webhooks.Parcel) -> bytes:
    """What is sent: ids and states, no personal data. ``id`` stays the same however often it is sent."""
    told: dict[str, Any] = {
        "id": parcel.id, "topic": parcel.topic, "at": parcel.at.isoformat(), "district": parcel.scope.district,
        "community": parcel.scope.community, "data": parcel.payload,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _reason(error: Exception) -> str:
    if isinstance(error, Unreachable):
        return error.reason
    if isinstance(error, (TimeoutError, httpcore.TimeoutException)):
        return "timeout"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "closed" if isinstance(error, (httpcore.NetworkError, httpcore.ProtocolError)) else "fault"


def run_quietly(courier: Courier, is_over: Callable[[], bool]) -> None:
    """As ``run``, for a thread: a database of another version ends it, told in the log already."""
    with suppress(StoreUnavailable):
        courier.run(is_over)
