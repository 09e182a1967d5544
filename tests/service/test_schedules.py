"""The weekly job: once a week, however many look; its result waits as a draft."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from settled import HERE, settle, work_until, worker
from sqlalchemy import select

from matcher.errors import BadInput
from matcher.service.solving import schedules
from matcher.service.solving.schedules import submit_due
from matcher.store import facts, rosters, runs
from matcher.store.assembly import frozen
from matcher.store.facts import Conflict, NotFound
from matcher.store.tables import ScheduleRow

SUNDAY_EVENING = "0 20 * * SUN"


@pytest.fixture
def database(database):
    settle(database)
    return database


def add(database, cron=SUNDAY_EVENING, **config):
    with database.writing(HERE, "li") as session:
        return schedules.add(session, cron, config)


def due_since(database, key, moment):
    """As if the schedule had last been due then."""
    with database.everyone("test", writes=True) as session:
        session.scalar(select(ScheduleRow).where(ScheduleRow.id == key)).next_at = moment


def all_runs(database):
    with database.reading(HERE) as session:
        return runs.page(session)


def last_sunday_evening():
    """In the programme's zone, UTC+8, it is 20:00 at 12:00 UTC."""
    now = datetime.now(UTC)
    found = now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=(now.weekday() + 1) % 7)
    return found if found <= now else found - timedelta(days=7)


def test_a_schedule_is_due_by_the_programmes_clock(database):
    made = add(database)
    assert made.next_at.astimezone(UTC).hour == 12
    assert made.next_at.weekday() == 6
    assert submit_due(database) == []


def test_a_week_has_one_run_however_often_somebody_looks(database):
    made = add(database, run={"seconds": 1}, priority=4)
    sunday = last_sunday_evening()
    due_since(database, made.id, sunday)
    year, week, _ = (sunday + timedelta(hours=8)).isocalendar()
    assert submit_due(database) == [f"{year}-W{week:02}"]
    due_since(database, made.id, sunday)
    assert submit_due(database) == []
    (run,) = all_runs(database)
    assert (run.period, run.priority, run.config["seconds"], run.submitted_by) == (f"{year}-W{week:02}", 4, 1, "schedule")


def test_several_workers_at_once_submit_it_once(database):
    made = add(database)
    due_since(database, made.id, last_sunday_evening())
    found, troubles = [], []

    def look():
        try:
            found.extend(submit_due(database))
        except Exception as error:
            troubles.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert len(found) == len(all_runs(database)) == 1


def test_missed_weeks_are_made_up_for_by_one_run_of_the_last(database):
    made = add(database)
    sunday = last_sunday_evening()
    due_since(database, made.id, sunday - timedelta(days=28))
    year, week, _ = (sunday + timedelta(hours=8)).isocalendar()
    assert submit_due(database) == [f"{year}-W{week:02}"]
    with database.reading(HERE) as session:
        (seen,) = schedules.page(session)
    assert seen.next_at == sunday + timedelta(days=7)


def test_two_times_in_a_week_still_make_one_run(database):
    made = add(database, "0 20 * * WED,SUN")
    sunday = last_sunday_evening()
    due_since(database, made.id, sunday - timedelta(days=4))
    submit_due(database)
    due_since(database, made.id, sunday)
    submit_due(database)
    assert len(all_runs(database)) == 1


def test_the_days_planned_follow_the_day_it_was_due(database):
    made = add(database, days=7, first_day_in=1)
    sunday = last_sunday_evening()
    due_since(database, made.id, sunday)
    submit_due(database)
    (run,) = all_runs(database)
    with database.reading(HERE) as session:
        window = frozen(session, run.snapshot).program.window
    monday = (sunday + timedelta(hours=8)).date() + timedelta(days=1)
    assert (window.start, window.end) == (monday, monday + timedelta(days=6))
    assert monday.weekday() == 0


def test_its_roster_waits_as_a_draft_and_is_published_by_somebody(database):
    made = add(database, run={"seconds": 0.1})
    due_since(database, made.id, last_sunday_evening())
    hand = worker(database)
    hand._schedules = True
    work_until(hand, lambda: any(run.is_over for run in all_runs(database)))
    (run,) = all_runs(database)
    with database.writing(HERE, "li") as session:
        draft = rosters.get(session, run.roster)
        assert draft.state == "draft"
        assert rosters.publish(session, draft.id, expected=1).state == "published"


def test_a_disabled_schedule_rests_and_a_removed_one_is_gone(database):
    made = add(database)
    with database.writing(HERE, "li") as session:
        changed = schedules.change(session, made.id, SUNDAY_EVENING, {}, enabled=False, expected=1)
        assert changed.version == 2
        with pytest.raises(Conflict):
            schedules.change(session, made.id, SUNDAY_EVENING, {}, enabled=True, expected=1)
    due_since(database, made.id, last_sunday_evening())
    assert submit_due(database) == []
    with database.writing(HERE, "li") as session:
        schedules.remove(session, made.id)
        with pytest.raises(NotFound):
            schedules.remove(session, made.id)


@pytest.mark.parametrize("cron", ["", "every sunday", "0 20 * *", "0 25 * * *", "* * * * * *", "0 0 31 2 *", "@weekly"])
def test_an_expression_that_is_not_understood_is_refused_with_an_example(database, cron):
    with pytest.raises(BadInput, match="not understood") as refused:
        add(database, cron)
    assert "0 20 * * SUN" in str(refused.value)


def test_a_config_that_is_not_understood_is_refused_with_every_fault(database):
    with pytest.raises(BadInput) as refused:
        add(database, run={"seconds": -1, "colour": "red"}, days=0)
    assert [fault.where for fault in refused.value.faults] == ["config.run.seconds", "config.run.colour", "config.days"]


def test_facts_that_do_not_hold_skip_the_week_and_leave_a_line_in_the_log(database):
    from matcher.store.audit import entries
    from matcher.store.tables import ClaimRow

    made = add(database)
    with database.writing(HERE, "li") as session:
        facts.put(
            session, "claims", {"id": "c", "wish": "clinic", "volunteer": "v0", "at": "2026-10-01T09:00:00+08:00"}
        )
        # As no caller could: a claim of nobody.
        row = session.scalar(select(ClaimRow))
        row.document = row.document | {"volunteer": "nobody"}
    due_since(database, made.id, last_sunday_evening())
    assert submit_due(database) == []
    with database.reading(HERE) as session:
        assert [entry.detail["codes"] for entry in entries(session) if entry.action == "skipped"] == [["dangling"]]
