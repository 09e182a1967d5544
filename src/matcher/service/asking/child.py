"""The process that answers questions: one line of JSON in, one out, until its input closes.

It opens the database itself and keeps what it has worked out, within the memory it may use.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matcher.errors import BadInput, Contradiction
from matcher.solvers.parent import serve_parent

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def serve() -> None:
    """Answer what comes on standard input; the first line says which database, and how much memory."""
    answers = os.fdopen(serve_parent(), "w", encoding="utf-8")
    head = json.loads(sys.stdin.readline())
    _bound(head["memory_mb"])
    answerer = _answerer(head)
    readings = 0
    for line in sys.stdin:
        answers.write(json.dumps(_answered(answerer, line), ensure_ascii=False) + "\n")
        answers.flush()
        _let_go(answerer, head["memory_mb"])
        if answerer.readings != readings:
            readings = answerer.readings
            _settle()
    os._exit(0)


def _answerer(head: dict[str, Any]) -> Any:
    from sqlalchemy import make_url

    from matcher.service.asking.asks import Answerer
    from matcher.store.database import Database

    return Answerer(Database(make_url(head["url"]), lang=head["lang"]))


def _answered(answerer: Any, line: str) -> dict[str, Any]:
    from matcher.service.asking.asks import Ask

    told = json.loads(line)
    ask = Ask(**told | {"rosters": tuple(told["rosters"]), "given": tuple(told["given"])})
    try:
        return {"answer": answerer.answer(ask)}
    except MemoryError:
        answerer.forget()
        return {"error": {"kind": "too-large"}}
    except Exception as error:
        return {"error": _told(error)}


def _told(error: Exception) -> dict[str, Any]:
    """What went wrong, so that the server can raise it again. A bug is told by its place only: its message may quote facts."""
    from matcher.store.facts import Conflict, NotFound
    from matcher.store.troubles import StoreUnavailable

    if isinstance(error, Contradiction):
        return {"kind": "contradiction", "demands": list(error.demands), "message": error.headline}
    if isinstance(error, StoreUnavailable):
        return {"kind": "unavailable", "code": error.code}
    if isinstance(error, BadInput):
        kind = "not-found" if isinstance(error, NotFound) else "conflict" if isinstance(error, Conflict) else "bad-input"
        return {"kind": kind, "faults": [asdict(fault) for fault in error.faults]}
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return {"kind": "bug", "place": f"{type(error).__name__} {place}"}


def _bound(memory_mb: int) -> None:
    """Twice the memory it should use is the end of it, whatever a library does."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        from matcher.service.solving.child import ADDRESS_ROOM

        space = 2 * memory_mb * 2**20 + ADDRESS_ROOM
        _soft, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (space if most == resource.RLIM_INFINITY else min(space, most), most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _settle() -> None:
    """What has been worked out stays: looking through it for garbage again and again would hold up every answer."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _let_go(answerer: Any, memory_mb: int) -> None:
    """Forget what was worked out for others first; what is still too much goes with the process, which is begun anew."""
    if _used_mb() <= memory_mb:
        return
    answerer.forget(1)
    gc.unfreeze()
    gc.collect()
    if _used_mb() > memory_mb:
        os._exit(0)


def _used_mb() -> float:
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE / 2**20
    return 0.0


if __name__ == "__main__":
    serve()
