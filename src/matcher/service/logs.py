"""Structured logs: a line of JSON for every thing that happens, with the numbers of the request and the run it belongs to.

No line holds personal data: long numbers are masked, an exception is told by its kind and place only, because its sentence
may quote somebody's facts.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

NAME = "matcher"
"""The logger above all of ours."""
LEVELS = ("debug", "info", "warning", "error")
_ABOUT: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z_.:-])(?!\d{4}-\d{2}-\d{2}(?!\d))\+?\d(?:[ \-]?\d){6,}(?![0-9A-Za-z_])")
"""Phone and identity numbers; not dates, versions, nor the digits within an id."""
_PLACES = 8


@contextmanager
def about(**values: Any) -> Iterator[None]:
    """Every line written meanwhile says this too: ``about(request=…)``, ``about(run=…)``."""
    token = _ABOUT.set((_ABOUT.get() or {}) | values)
    try:
        yield
    finally:
        _ABOUT.reset(token)


def tell(event: str, *, level: int = logging.INFO, logger: str = NAME, **values: Any) -> None:
    """Log one thing that happened; values are ids, counts and codes."""
    logging.getLogger(logger).log(level, event, extra={"values": values})


def tell_of_run(event: str, **values: Any) -> None:
    """As ``tell``, for a worker: the run stands before everything else."""
    run = values.pop("run", None)
    with about(**({"run": run} if run else {})):
        tell(event, **values)


def set_up(stream: TextIO | None = None, level: str = "info", **always: Any) -> None:
    """From now on this process logs as JSON, to standard error if nothing else is said; ``always`` stands in every line."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines({"pid": os.getpid()} | always))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in (NAME, "uvicorn.error"):
        logging.getLogger(name).setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


class JsonLines(logging.Formatter):
    """A record as a line of JSON: when, how grave, what, and its values."""

    def __init__(self, always: dict[str, Any] | None = None) -> None:
        super().__init__()
        self._always = always or {}

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "event": masked(record.getMessage())}
        if record.name != NAME:
            line["logger"] = record.name
        line |= _ABOUT.get() or {}
        line |= {name: _plain(value) for name, value in getattr(record, "values", {}).items()}
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"error": type(record.exc_info[1]).__name__, "place": place_of(record.exc_info[1])}
        return json.dumps(line | self._always, ensure_ascii=False, default=str)


def masked(text: str) -> str:
    """The text without phone and identity numbers.

    >>> masked("call 13800001234, run 4f1380000123490, on 2026-11-24")
    'call ***, run 4f1380000123490, on 2026-11-24'
    """
    return _LONG_NUMBER.sub("***", text)


def place_of(error: BaseException) -> str:
    """Where in the code an error arose, innermost first; no values."""
    places: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('matcher/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " < ".join(reversed(places[-_PLACES:]))


def _plain(value: Any) -> Any:
    return masked(value) if isinstance(value, str) else value
