"""A plan on a server: looked at, watched, waited for, cancelled, and fetched."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from matcher.client.errors import Refused, failure_of
from matcher.client.results import Event, PlanStatus
from matcher.client.wire import Wire
from matcher.client.words import say
from matcher.errors import Fault
from matcher.problem.certificate import Certificate
from matcher.problem.roster import Report, Roster


class RemotePlan:
    """A plan that was asked for; ``id`` finds it again later."""

    def __init__(self, wire: Wire, key: str) -> None:
        self._wire, self.id = wire, key

    def __repr__(self) -> str:
        return f"RemotePlan({self.id!r})"

    def status(self) -> PlanStatus:
        """The plan as it stands."""
        return PlanStatus.model_validate(self._get(""))

    def cancel(self) -> PlanStatus:
        """End it; what a running one has found by then is kept as a draft, which may take some seconds."""
        return PlanStatus.model_validate(self._wire.send("DELETE", self._path).json())

    def events(self, after: int = 0) -> Iterator[Event]:
        """Everything that happens, from the event behind ``after`` on, until the plan is over; a broken line is taken up again.

        Raises ``ServerUnavailable`` when it cannot be.
        """
        attempt = 0
        while True:
            try:
                with self._wire.lines(f"{self._path}/events", {"Last-Event-ID": str(after)}) as lines:
                    for event in _events(lines):
                        after, attempt = event.sequence, 0
                        yield event
                        if event.kind == "ended":
                            return
                if self.status().is_over:
                    return
            except self._wire.broken as error:
                if attempt + 1 >= self._wire.tries:
                    raise self._wire.unreachable(error) from error
            attempt += 1
            self._wire.rest(min(attempt, self._wire.tries))

    def wait(self, seconds: float | None = None) -> RemotePlan:
        """The plan, when it is over and there is a roster.

        Raises what it failed with (``BadInput``, ``Contradiction``), ``Refused`` if it was cancelled before there was one, and
        ``TimeoutError`` after so many seconds (the plan goes on).
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        pause = 0.1
        while not (found := self.status()).is_over:
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError(f"plan {self.id} is still {found.state}")
            time.sleep(pause)
            pause = min(2.0, pause * 1.5)
        self._refuse_failed(found)
        return self

    def roster(self) -> Roster:
        """The roster it has led to; raises ``Conflict`` while there is none."""
        return Roster.model_validate(self._get("/roster"))

    def report(self) -> Report:
        """The judge's report."""
        told = self.report_document()
        return Report.model_validate({name: told[name] for name in Report.model_fields if name in told})

    def report_document(self) -> dict[str, Any]:
        """The same as in report.json: with how the solve went."""
        found: dict[str, Any] = self._get("/report")
        return found

    def certificates(self) -> tuple[Certificate, ...]:
        """What proves its bounds; none where nothing is proven by prices."""
        return tuple(Certificate.model_validate(told) for told in self._get("/certificates"))

    @property
    def _path(self) -> str:
        return f"/v1/plans/{self.id}"

    def _get(self, rest: str) -> Any:
        return self._wire.send("GET", f"{self._path}{rest}").json()

    def _refuse_failed(self, found: PlanStatus) -> None:
        lang = self._wire.lang
        if found.state == "failed":
            raise failure_of(found.problem or {}, lang)
        if found.roster is None:
            raise Refused([Fault(say("cancelled", lang), code="cancelled")], code="cancelled")


def _events(lines: Iterator[str]) -> Iterator[Event]:
    """Events out of a stream (WHATWG HTML, 9.2); comments are passed over."""
    told: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            told[name] = value.removeprefix(" ")
        elif "data" in told:
            data = json.loads(told["data"])
            yield Event(int(told["id"]), told["event"], data)
            told = {}
