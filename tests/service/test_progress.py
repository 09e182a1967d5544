"""Listening to runs: everybody hears everything in order, and who waits holds neither a thread nor a session."""

from __future__ import annotations

import asyncio
import threading

import pytest
from settled import HERE, ask, settle

from matcher.service.solving.progress import ProgressHub
from matcher.store import runs
from matcher.store.tables import RunRow


@pytest.fixture
def address(tmp_path):
    """What the database does is shown elsewhere, on both; here one is enough."""
    return str(tmp_path / "matcher.db")


@pytest.fixture
def database(database):
    settle(database)
    return database


def happens(database, key, *kinds):
    with database.writing(HERE, "hand") as session:
        row = session.query(RunRow).where(RunRow.id == key).one()
        runs.append_progress(session, row.number, row.community, [{"kind": kind} for kind in kinds])


async def heard(hub, key, after=0, **more):
    return [event and (event.sequence, event.event["kind"]) async for event in hub.listen(key, after=after, **more)]


def test_many_listeners_hear_the_same_in_order_from_where_each_left_off(database):
    key = ask(database)
    happens(database, key, "a", "b")
    hub = ProgressHub(database)

    async def listen():
        began = threading.active_count()
        listeners = [asyncio.create_task(heard(hub, key, after=number % 3)) for number in range(150)]
        await asyncio.sleep(0.6)
        # One thread looks for all of them; the event loop keeps a few more for the next look.
        assert threading.active_count() - began < 10
        assert database.engine.pool.checkedout() <= 1
        await asyncio.to_thread(happens, database, key, "c")
        with database.writing(HERE, "li") as session:
            runs.cancel(session, key)
        return await asyncio.wait_for(asyncio.gather(*listeners), 30)

    everything = [(1, "a"), (2, "b"), (3, "c"), (4, "ended")]
    for number, found in enumerate(asyncio.run(listen())):
        assert found == everything[number % 3 :]


def test_a_quiet_run_is_still_there_and_a_run_that_is_gone_ends(database):
    key = ask(database)
    hub = ProgressHub(database)

    async def listen():
        found = []
        async for event in hub.listen(key, heartbeat=0.05):
            found.append(event)
            if len(found) == 3:
                break
        return found, await asyncio.wait_for(heard(hub, "nothing"), 10)

    assert asyncio.run(listen()) == ([None, None, None], [])


def test_who_left_is_forgotten(database):
    key = ask(database)
    hub = ProgressHub(database)

    async def listen():
        task = asyncio.create_task(heard(hub, key))
        await asyncio.sleep(0.1)
        inner = next(iter(hub._hubs.values()))
        assert list(inner.watched) == [key]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return inner.watched

    assert asyncio.run(listen()) == {}
