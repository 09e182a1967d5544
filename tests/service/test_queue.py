"""The queue: taken once, in a fair order, held by a lease, ended once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from settled import ask, look, settle
from sqlalchemy import select, update

from matcher.service.solving.config import RunConfig
from matcher.store import queue, runs
from matcher.store.assembly import scenario_of
from matcher.store.facts import NotFound
from matcher.store.rosters import Made
from matcher.store.scope import Scope
from matcher.store.tables import RunRow, Snapshot

MINUTE = timedelta(minutes=1)
HERE = Scope("main", "donghe")


def take(database, worker="w", lease=MINUTE):
    with database.everyone(worker, writes=True) as session:
        return queue.take(session, worker, lease)


def in_the_system(database, action, *words, **more):
    with database.everyone("w", writes=True) as session:
        return action(session, *words, **more)


def lapse(database, key):
    """Let the lease of a run be over."""
    with database.everyone("test", writes=True) as session:
        past = session.scalar(queue.select(RunRow.started_at).where(RunRow.id == key)) - MINUTE
        session.execute(update(RunRow).where(RunRow.id == key).values(lease_until=past))


def test_the_higher_priority_goes_first_then_the_older(database):
    settle(database)
    keys = [ask(database, priority=priority) for priority in (0, 5, 0, 5)]
    assert [take(database).run.id for _ in keys] == [keys[1], keys[3], keys[0], keys[2]]
    assert take(database) is None


def test_communities_take_turns_however_many_runs_one_asks_for(database):
    east, west = settle(database, "east", "west")
    many = [ask(database, east) for _ in range(3)]
    one = ask(database, west)
    # Nothing goes on and nobody had a turn: the oldest. Then west has fewer going on. Then east's others.
    assert [take(database).run.id for _ in range(4)] == [many[0], one, many[1], many[2]]


def test_many_workers_at_once_take_every_run_once(database):
    settle(database)
    keys = {ask(database) for _ in range(12)}
    taken, troubles = [], []

    def hand(name):
        try:
            while (found := take(database, name)) is not None:
                taken.append(found.run.id)
        except Exception as error:
            troubles.append(error)

    hands = [threading.Thread(target=hand, args=(f"w{n}",)) for n in range(4)]
    for thread in hands:
        thread.start()
    for thread in hands:
        thread.join()
    assert troubles == []
    assert sorted(taken) == sorted(keys)


def test_a_run_whose_lease_is_over_is_taken_again_and_the_first_worker_is_no_longer_heard(database):
    settle(database)
    key = ask(database)
    first = take(database)
    assert take(database) is None
    lapse(database, key)
    second = take(database)
    assert (second.run.id, second.run.attempts) == (key, 2)
    made = Made({"scenario": "f" * 64}, {}, _window())
    assert not in_the_system(database, queue.finish, first.token, "done", made=made)
    assert not in_the_system(database, queue.record, first.token, [{"kind": "late"}])
    assert not in_the_system(database, queue.give_back, first.token, counted=True)
    assert in_the_system(database, queue.finish, second.token, "done", made=made)
    assert not in_the_system(database, queue.finish, second.token, "failed")
    ended = look(database, key)
    assert (ended.state, ended.attempts, ended.problem) == ("done", 2, None)
    with database.reading(HERE) as session:
        events = [event.event for event in runs.progress(session, key)]
    assert [event["kind"] for event in events] == ["taken", "taken", "ended"]


def _window():
    from matcher.domain.scenario import PlanningWindow

    return PlanningWindow(start="2026-12-01", end="2026-12-31")


def test_a_heartbeat_keeps_a_run(database):
    settle(database)
    key = ask(database)
    mine = take(database)
    lapse(database, key)
    in_the_system(database, queue.renew, [mine.token], MINUTE)
    assert take(database) is None
    assert in_the_system(database, queue.held, [mine.token, "other"]) == {mine.token: queue.Held(mine.token, False)}


def test_after_its_attempts_a_lost_run_has_failed_and_says_so(database):
    settle(database)
    key = ask(database, most_attempts=2)
    for _ in range(2):
        assert take(database).run.id == key
        lapse(database, key)
    assert take(database) is None
    assert look(database, key).state == "failed"
    assert look(database, key).problem == {
        "kind": "lost", "message": "The run was begun 2 times, and every time its worker fell silent."
    }


def test_a_run_given_back_does_not_lose_an_attempt_unless_it_was_its_fault(database):
    settle(database)
    key = ask(database)
    assert in_the_system(database, queue.give_back, take(database).token, counted=False)
    assert look(database, key).attempts == 0
    assert in_the_system(database, queue.give_back, take(database).token, counted=True)
    assert look(database, key).attempts == 1


def test_a_waiting_run_is_cancelled_at_once_and_never_taken(database):
    settle(database)
    key = ask(database)
    with database.writing(HERE, "li") as session:
        assert runs.cancel(session, key).state == "cancelled"
        assert runs.cancel(session, key).state == "cancelled"
    assert take(database) is None


def test_a_cancelled_run_whose_worker_is_lost_is_not_begun_again(database):
    settle(database)
    key = ask(database)
    mine = take(database)
    with database.writing(HERE, "li") as session:
        assert runs.cancel(session, key).state == "running"
    assert in_the_system(database, queue.held, [mine.token])[mine.token].cancel
    lapse(database, key)
    assert take(database) is None
    assert look(database, key).state == "cancelled"


def test_another_community_neither_sees_nor_cancels_a_run(database):
    _, west = settle(database, "donghe", "west")
    key = ask(database)
    with database.writing(west, "eve") as session:
        assert runs.page(session) == ()
        for action in (runs.get, runs.cancel, runs.progress):
            with pytest.raises(NotFound, match=key):
                action(session, key)
    assert look(database, key).state == "queued"


def test_progress_is_read_on_from_where_a_reader_stopped(database):
    settle(database)
    key = ask(database)
    mine = take(database)
    in_the_system(database, queue.record, mine.token, [{"kind": "better", "value": n} for n in range(4)])
    with database.reading(HERE) as session:
        everything = runs.progress(session, key)
        assert [event.sequence for event in everything] == [1, 2, 3, 4, 5]
        assert runs.progress(session, key, after=3) == everything[3:]
        assert runs.get(session, key).last_progress == 5


def test_runs_are_paged_newest_first(database):
    settle(database)
    keys = [ask(database) for _ in range(5)]
    with database.reading(HERE) as session:
        first = runs.page(session, limit=2)
        rest = runs.page(session, before=first[-1].id)
    assert [run.id for run in (*first, *rest)] == keys[::-1]


def test_the_same_facts_frozen_by_many_at_once_are_one_snapshot(database):
    """Each transaction looks before any of the others has written; on PostgreSQL they go on side by side."""
    settle(database)
    with database.reading(HERE) as session:
        scenario = scenario_of(session)
    ready, troubles = threading.Barrier(4), []

    def go():
        try:
            ready.wait()
            for _ in range(5):
                with database.writing(HERE, "li") as session:
                    runs.submit(session, RunConfig().model_dump(), scenario)
        except Exception as error:
            troubles.append(error)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    with database.reading(HERE) as session:
        assert len(runs.page(session)) == 20
        assert session.scalars(select(Snapshot.fingerprint)).all() == [scenario.fingerprint]
