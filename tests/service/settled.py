"""Small communities in a database, and workers for them."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

from matcher.domain.scenario import Scenario
from matcher.service.solving.config import RunConfig
from matcher.service.solving.worker import Worker
from matcher.store import runs
from matcher.store.assembly import replace_facts, scenario_of
from matcher.store.scope import Scope
from matcher.store.tenants import ensure

PRETEND = (sys.executable, str(Path(__file__).with_name("pretender.py")))
HERE = Scope("main", "donghe")


def small(name="小镇", as_of="2026-11-01T09:00:00+08:00"):
    return Scenario.model_validate(
        {
            "program": {"name": name, "as_of": as_of, "window": {"start": "2026-12-01", "end": "2026-12-31"}},
            "places": [{"id": "hall"}],
            "volunteers": [
                {"id": f"v{n}", "name": f"志愿者{n}", "phone": "13800001234", "home": "hall",
                 "availability": [{"days": "any", "start": "08:00", "end": "20:00"}]}
                for n in range(3)
            ],
            "wishes": [
                {"id": "clinic", "kind": "event", "place": "hall", "minutes": 60, "title": "义诊",
                 "recurrence": {"at": ["2026-12-05T09:00:00+08:00"]}, "roles": [{"id": "helper", "count": 2}]}
            ],
        }
    )


def settle(database, *names):
    """Communities with the small town's facts; their scopes."""
    scopes = [Scope("main", name) for name in names or ("donghe",)]
    for scope in scopes:
        ensure(database, scope, "li")
        with database.writing(scope, "li") as session:
            replace_facts(session, small())
    return scopes


def ask(database, scope=HERE, *, priority=0, most_attempts=3, **config):
    with database.writing(scope, "li") as session:
        told = RunConfig(**config).model_dump()
        return runs.submit(session, told, scenario_of(session), priority=priority, most_attempts=most_attempts).id


def look(database, key, scope=HERE):
    with database.reading(scope) as session:
        return runs.get(session, key)


def worker(database, slots=1, *, lease=30, command=PRETEND, **more):
    return Worker(database, slots, lease=timedelta(seconds=lease), command=command, schedules=False, **more)


def work_until(hand, is_over, seconds=60):
    """Let a worker work until something has happened."""
    deadline = time.monotonic() + seconds
    while not is_over():
        assert time.monotonic() < deadline, "nothing happened"
        hand.step()
        time.sleep(0.01)


def work_off(database, hand, *keys, scope=HERE):
    work_until(hand, lambda: all(look(database, key, scope).is_over for key in keys))
