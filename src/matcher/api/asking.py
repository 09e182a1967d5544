"""Questions from requests to the processes that answer them; a handler that waits holds no thread."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from fastapi import Request

from matcher.api.callers import database_of, settings_of
from matcher.api.problems import Problem
from matcher.service.asking.askers import Askers, Busy
from matcher.service.asking.asks import Ask

_MAKING = threading.Lock()


def askers_of(request: Request) -> Askers:
    """The server's answering processes."""
    state = request.app.state
    with _MAKING:
        found: Askers | None = getattr(state, "askers", None)
        if found is None:
            settings = settings_of(request)
            found = state.askers = Askers(
                database_of(request), quick=settings.ask_processes, slow=settings.ask_processes,
                memory_mb=settings.ask_memory_mb,
            )
    return found


async def answer(request: Request, ask: Ask, *, slow: bool = False, seconds: float = 30.0) -> dict[str, Any]:
    """The answer; raises ``Problem`` 503 with Retry-After when too many wait, or it took too long."""
    try:
        return await asyncio.wrap_future(askers_of(request).ask(ask, slow=slow, seconds=seconds))
    except Busy as error:
        headers = {"Retry-After": str(error.retry_seconds)}
        raise Problem(503, "unavailable", [error.fault], headers=headers) from error
