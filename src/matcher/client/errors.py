"""Problem documents as exceptions: the library's own, with the server's faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcher.client.words import say
from matcher.errors import BadInput, Contradiction, Fault, MatcherError


class Refused(BadInput):
    """The server refused; its faults are listed. ``status`` and ``code`` say of which kind, ``request_id`` finds it in the log."""

    def __init__(self, faults: Sequence[Fault] | str, *, status: int = 0, code: str = "", request_id: str = "") -> None:
        super().__init__(faults)
        self.status, self.code, self.request_id = status, code, request_id


class NotAllowed(Refused):
    """No valid key, or one whose role may not do this."""


class NotThere(Refused):
    """What was asked for is not there, or belongs to somebody else."""


class Conflict(Refused):
    """In conflict with what is there: taken, changed since, or not in the right state."""


class ServerUnavailable(Refused):
    """No server, or one that is busy, full or gone; also after trying again."""


class ServerFault(MatcherError):
    """A fault in the server; its log knows it by ``request_id``."""

    def __init__(self, message: str, request_id: str = "") -> None:
        super().__init__(f"{message} ({request_id})" if request_id else message)
        self.request_id = request_id


_KINDS: dict[int, type[Refused]] = {
    401: NotAllowed, 403: NotAllowed, 404: NotThere, 409: Conflict, 412: Conflict,
    429: ServerUnavailable, 502: ServerUnavailable, 503: ServerUnavailable, 504: ServerUnavailable, 507: ServerUnavailable,
}


def error_of(problem: Mapping[str, Any], status: int) -> MatcherError:
    """The exception a problem document (RFC 9457) stands for."""
    code, request_id = str(problem.get("code", "")), str(problem.get("request_id", ""))
    if status == 500:
        return ServerFault(str(problem.get("title", "")), request_id)
    faults = [fault_of(told) for told in problem.get("faults", ())]
    if code == "contradiction":
        return Contradiction(problem.get("demands", ()), faults[0].message if faults else "")
    faults = faults or [Fault(str(problem.get("detail") or problem.get("title", "")), code=code)]
    return _KINDS.get(status, Refused)(faults, status=status, code=code, request_id=request_id)


def failure_of(problem: Mapping[str, Any], lang: str) -> MatcherError:
    """The exception for a plan that failed; ``problem`` as runs keep it."""
    kind = problem.get("kind", "")
    if kind == "contradiction":
        return Contradiction(problem["demands"], problem.get("message", ""))
    if kind == "bad-input":
        return Refused([fault_of(told) for told in problem["faults"]], code=kind)
    message = say("too-large", lang) if kind == "too-large" else problem.get("message") or say("failed", lang, kind=kind)
    return Refused([Fault(message, code=kind)], code=kind)


def fault_of(told: Mapping[str, Any]) -> Fault:
    """A fault out of JSON; what this version does not know is left out."""
    return Fault(
        str(told.get("message", "")), str(told.get("advice", "")), told.get("sheet"), told.get("row"), told.get("column"),
        tuple(told.get("path", ())), str(told.get("code", "")), bool(told.get("warning", False)),
    )
