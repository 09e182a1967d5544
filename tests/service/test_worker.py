"""A worker: one process per run, with bounds; whatever becomes of it, the run ends once."""

from __future__ import annotations

import os
import time

import pytest
from settled import HERE, ask, look, settle, work_off, work_until, worker
from sqlalchemy import update

from matcher.service.solving.process import COMMAND
from matcher.store import outbox, rosters, runs
from matcher.store.tables import RunRow


@pytest.fixture
def database(database):
    settle(database)
    return database


@pytest.fixture
def address(tmp_path):
    """What the database does is shown by the queue's tests, on both; here one is enough."""
    return str(tmp_path / "matcher.db")


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in open(f"/proc/{pid}/status").read()


def events(database, key):
    with database.reading(HERE) as session:
        return [event.event for event in runs.progress(session, key)]


def test_a_run_becomes_a_draft_with_a_report_that_is_the_judges(database):
    key = ask(database, strategy="exact", work=5, seconds=5)
    hand = worker(database, command=COMMAND)
    work_off(database, hand, key)
    run = look(database, key)
    assert (run.state, run.problem, run.attempts) == ("done", None, 1)
    with database.reading(HERE) as session:
        draft = rosters.get(session, run.roster)
    assert (draft.state, draft.edition, draft.run, draft.scenario) == ("draft", 1, key, run.snapshot)
    # Two of three people are asked for on one Saturday, and all can come.
    assert [len(visit.assigned) for visit in draft.roster.visits] == [2]
    assert draft.report["valid"]
    assert draft.report["run"]["status"] == "OPTIMAL"
    kinds = [event["kind"] for event in events(database, key)]
    assert (kinds[0], kinds[-1]) == ("taken", "ended")
    assert "tier-ends" in kinds
    with database.everyone("test", writes=True) as session:
        (told,) = outbox.take_due(session)
    assert (told.topic, told.payload) == ("run.ended", {"run": key, "state": "done", "roster": run.roster})


def test_as_many_runs_as_there_are_slots_go_on_at_once(database):
    keys = [ask(database, seconds=0.3) for _ in range(5)]
    hand, most = worker(database, 2), 0

    def all_over():
        nonlocal most
        most = max(most, hand.busy)
        return all(look(database, key).is_over for key in keys)

    work_until(hand, all_over)
    assert most == 2
    assert {look(database, key).state for key in keys} == {"done"}


def test_a_cancelled_process_that_has_found_nothing_is_not_waited_for(database, monkeypatch):
    monkeypatch.setattr("matcher.service.solving.worker._GRACE", 1e9)
    key = ask(database, seconds=60, seed=6)
    hand = worker(database)
    work_until(hand, lambda: hand.busy)
    with database.writing(HERE, "li") as session:
        runs.cancel(session, key)
    work_off(database, hand, key)
    assert (look(database, key).state, look(database, key).roster) == ("cancelled", None)


@pytest.mark.parametrize(("seed", "hears"), [(0, True), (2, False)])
def test_a_running_run_is_cancelled_and_its_process_is_gone(database, seed, hears):
    key = ask(database, seconds=60, seed=seed)
    hand = worker(database)
    work_until(hand, lambda: any(event["kind"] == "better" for event in events(database, key)))
    (job,) = hand._jobs
    with database.writing(HERE, "li") as session:
        runs.cancel(session, key)
    work_off(database, hand, key)
    run = look(database, key)
    assert (run.state, run.problem, hand.busy) == ("cancelled", None, 0)
    assert not is_alive(job.process.pid)
    # What was found until then is kept, if the process handed it over in time.
    if not hears:
        assert run.roster is None


def test_a_process_that_breaks_is_tried_again_and_then_the_run_has_failed(database):
    key = ask(database, seed=1, most_attempts=2)
    work_off(database, worker(database), key)
    run = look(database, key)
    assert (run.state, run.attempts, run.problem["kind"]) == ("failed", 2, "crashed")
    assert run.problem["message"] == "The solving process ended by itself (7), 2 times."


def test_too_much_memory_ends_the_run_in_words(database):
    key = ask(database, seed=3, memory_mb=256)
    work_off(database, worker(database), key)
    run = look(database, key)
    assert (run.state, run.attempts, run.problem["kind"]) == ("failed", 1, "too-large")
    assert "256 MB" in run.problem["message"]


def test_too_much_time_ends_the_run_in_words(database, monkeypatch):
    from matcher.service.solving import config

    monkeypatch.setattr(config, "_LATE_SECONDS", 0.5)
    key = ask(database, seed=2, seconds=0.001, work=1)
    monkeypatch.setattr(config, "_UNLIMITED_SECONDS", 0)
    with database.everyone("test", writes=True) as session:
        row = session.scalar(queue_row(key))
        row.config = row.config | {"seconds": 60}
    work_off(database, worker(database), key)
    assert look(database, key).problem["kind"] == "too-long"


def queue_row(key):
    from sqlalchemy import select

    return select(RunRow).where(RunRow.id == key)


def test_faults_in_the_facts_end_the_run_with_every_fault(database):
    key = ask(database, seed=4)
    work_off(database, worker(database), key)
    run = look(database, key)
    assert (run.state, run.attempts, run.problem["kind"]) == ("failed", 1, "bad-input")
    assert run.problem["faults"][0]["advice"] == "改一改。"


def test_a_bug_is_told_by_its_place_and_quotes_no_facts(database):
    key = ask(database, seed=5)
    work_off(database, worker(database), key)
    problem = look(database, key).problem
    assert problem["kind"] == "bug"
    assert "KeyError pretender.py" in problem["message"]
    assert "1380000" not in str(problem)


def test_a_worker_that_ends_gives_its_runs_back_and_leaves_no_process(database):
    key = ask(database, seconds=60)
    hand = worker(database)
    work_until(hand, lambda: hand.busy == 1)
    (job,) = hand._jobs
    hand.close()
    assert not is_alive(job.process.pid)
    run = look(database, key)
    assert (run.state, run.attempts) == ("queued", 0)


def test_a_worker_that_has_lost_its_run_ends_the_process_and_keeps_nothing(database):
    key = ask(database, seconds=60)
    hand = worker(database)
    work_until(hand, lambda: hand.busy == 1)
    (job,) = hand._jobs
    with database.everyone("test", writes=True) as session:
        session.execute(update(RunRow).where(RunRow.id == key).values(lease="somebody else"))
    work_until(hand, lambda: hand.busy == 0)
    assert not is_alive(job.process.pid)
    assert look(database, key).state == "running"


def test_a_worker_outlives_a_database_that_is_locked_for_a_while(database, address):
    import sqlite3

    heard = []
    key = ask(database, seconds=0.1)
    other = sqlite3.connect(address, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    database.engine.dispose()
    from matcher.store.address import address_of
    from matcher.store.database import Database

    impatient = Database(address_of(address), lang="en", busy_seconds=0.1)
    hand = worker(impatient, log=lambda event, **values: heard.append((event, values.get("code"))))
    work_until(hand, lambda: ("database", "database-locked") in heard)
    other.execute("ROLLBACK")
    other.close()
    work_off(impatient, hand, key)
    impatient.close()
    assert look(database, key).state == "done"


def test_heartbeats_keep_a_run_longer_than_its_lease(database):
    key = ask(database, seconds=2)
    hand = worker(database, lease=1)
    began = time.monotonic()
    work_off(database, hand, key)
    assert time.monotonic() - began > 1
    assert (look(database, key).state, look(database, key).attempts) == ("done", 1)


def test_a_run_whose_facts_were_erased_fails_and_says_so(database):
    from matcher.store.persons import erase_person

    key = ask(database, seconds=1)
    with database.writing(HERE, "li") as session:
        erase_person(session, "v0")
    work_off(database, worker(database), key)
    run = look(database, key)
    assert (run.state, run.problem["kind"]) == ("failed", "erased")
    assert "Submit it anew." in run.problem["advice"]


def test_a_worker_leaves_a_database_alone_that_was_migrated_meanwhile(database):
    from sqlalchemy import text

    from matcher.store.troubles import StoreUnavailable

    ask(database)
    with database.connection(writes=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(StoreUnavailable, match="newer than this program"):
        worker(database).run(lambda: False)
