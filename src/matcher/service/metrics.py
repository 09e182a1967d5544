"""Metrics for Prometheus: requests as they were answered, and what the database holds by state.

Labels are operations, states and classes, never ids or names. A process counts its own requests; where several answer on one
socket, each writes its counts to a folder (``PROMETHEUS_MULTIPROC_DIR``), and whichever is asked adds them up.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from matcher.store.database import Database
from matcher.store.numbers import Numbers, numbers
from matcher.store.troubles import StoreUnavailable

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
FRESH = 5.0
"""Seconds for which what the database holds is not asked again."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_RUN_STATES = ("queued", "running", "done", "failed", "cancelled")
_MESSAGE_STATES = ("waiting", "delivered", "dead")


class Metrics:
    """What one server counts, in a registry of its own."""

    def __init__(self, database: Database) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "matcher_requests", "Requests answered.", ["operation", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "matcher_request_seconds", "Seconds from a request's arrival to the beginning of its answer.", ["operation"],
            registry=self._registry, buckets=_SECONDS,
        )
        self.limited = Counter(
            "matcher_requests_limited", "Requests refused because there were too many.", ["kind"], registry=self._registry
        )
        self._shown = self._registry
        if os.environ.get(FOLDER):
            self._shown = CollectorRegistry()
            MultiProcessCollector(self._shown)  # type: ignore[no-untyped-call]
        self._shown.register(_Store(database))

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self.requests.labels(operation, str(status)).inc()
        self.seconds.labels(operation).observe(seconds)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._shown)


class _Store(Collector):
    """Asks the database when Prometheus asks us, at most every few seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._found: Numbers | None = None

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        found = self._numbers()
        yield _gauge("matcher_database_up", "Whether the database answers.", float(found is not None))
        if found is None:
            return
        yield _by_state("matcher_runs", "Runs by state.", found.runs, _RUN_STATES)
        yield _gauge("matcher_oldest_queued_run_seconds", "How long the oldest waiting run has waited.", found.oldest_run_seconds)
        yield _by_state("matcher_outbox_messages", "Messages of the outbox by state.", found.messages, _MESSAGE_STATES)
        yield _by_state("matcher_deliveries", "Webhook deliveries by state.", found.deliveries, _MESSAGE_STATES)
        yield _gauge(
            "matcher_oldest_waiting_delivery_seconds", "How long the oldest waiting delivery has waited.",
            found.oldest_delivery_seconds,
        )
        yield _by_state("matcher_claims", "Claims by state.", found.claims, ())
        yield _gauge("matcher_workers", "Workers that gave a sign of life within a minute.", found.workers)
        yield _gauge("matcher_worker_slots", "Runs those workers can do at once.", found.slots)

    def _numbers(self) -> Numbers | None:
        with self._lock:
            if time.monotonic() - self._asked > FRESH:
                try:
                    with self._database.everyone("metrics") as session:
                        self._found = numbers(session)
                except StoreUnavailable:
                    self._found = None
                self._asked = time.monotonic()
            return self._found


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=value)


def _by_state(name: str, told: str, found: dict[str, int], states: tuple[str, ...]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=["state"])
    for state in dict.fromkeys([*states, *sorted(found)]):
        family.add_metric([state], found.get(state, 0))
    return family
