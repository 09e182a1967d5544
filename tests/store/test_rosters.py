"""Rosters, answers kept for retries, and messages to deliver."""

from __future__ import annotations

import json

import pytest
from keeping import HERE, SCENARIOS, assembled, kept, wu

from matcher.domain.scenario import PlanningWindow
from matcher.problem.check import check
from matcher.problem.roster import Roster
from matcher.store import facts, idempotency, outbox, rosters
from matcher.store.facts import Conflict, NotFound
from matcher.store.idempotency import Answer
from matcher.store.scope import Scope
from matcher.store.tables import IdempotencyRow, OutboxRow


@pytest.fixture
def database(database):
    kept(database, wu())
    return database


def a_roster(**visits):
    return {
        "format": "matcher-roster/1", "scenario": wu().fingerprint,
        "visits": [
            {
                "id": f"wu-escort/{month}", "wish": "wu-escort", "start": f"{month}-05T08:00:00+08:00",
                "end": f"{month}-05T12:00:00+08:00", "assigned": [{"role": "driver", "volunteer": driver}],
                "standbys": [{"role": "driver", "volunteer": standby}],
            }
            for month, (driver, standby) in visits.items()
        ],
    }


def draft(database, roster, first="2026-12-01", last="2026-12-31", **more):
    with database.writing(HERE, "li") as session:
        made = rosters.Made(roster, {"valid": True}, PlanningWindow(start=first, end=last))
        return rosters.add_draft(session, made, **more)


def state(database, key):
    with database.reading(HERE) as session:
        return rosters.get(session, key).state


def told(database):
    return {(seat.visit, seat.volunteer, seat.standby) for seat in assembled(database).published}


def test_publishing_tells_people_and_puts_older_rosters_of_the_same_days_aside(database):
    first = draft(database, a_roster(**{"2026-12": ("v01", "v02")}))
    january = draft(database, a_roster(**{"2027-01": ("v03", "v04")}), "2027-01-01", "2027-01-31")
    better = draft(database, a_roster(**{"2026-12": ("v05", "v02")}), replaces=first)
    for key in (first, january):
        with database.writing(HERE, "li") as session:
            published = rosters.publish(session, key, expected=1)
        assert (published.state, published.version, published.published_by) == ("published", 2, "li")
    assert told(database) >= {("wu-escort/2026-12", "v01", False), ("wu-escort/2026-12", "v02", True)}
    with database.writing(HERE, "chen") as session:
        assert rosters.publish(session, better).replaces == first
    assert [state(database, key) for key in (first, january, better)] == ["archived", "published", "published"]
    assert {seat for seat in told(database) if seat[0] == "wu-escort/2026-12"} == {
        ("wu-escort/2026-12", "v05", False), ("wu-escort/2026-12", "v02", True)
    }
    assert ("wu-escort/2027-01", "v03", False) in told(database)
    with database.reading(HERE) as session:
        assert [roster.edition for roster in rosters.page(session)] == [1, 2, 3]
        assert [roster.edition for roster in rosters.page(session, state="published")] == [2, 3]
        assert rosters.page(session, after=rosters.page(session)[1].number) == rosters.page(session)[2:]


def test_only_a_draft_is_published_and_only_in_the_version_known(database):
    key = draft(database, a_roster(**{"2026-12": ("v01", "v02")}))
    with pytest.raises(Conflict, match="now version 1"), database.writing(HERE, "li") as session:
        rosters.publish(session, key, expected=7)
    with database.writing(HERE, "li") as session:
        rosters.publish(session, key)
    for expected in ("published", "archived"):
        with pytest.raises(Conflict, match=expected), database.writing(HERE, "li") as session:
            rosters.publish(session, key)
        if expected == "published":
            with database.writing(HERE, "li") as session:
                rosters.archive(session, key)
    with pytest.raises(Conflict), database.writing(HERE, "li") as session:
        rosters.archive(session, key)
    with pytest.raises(NotFound), database.reading(HERE) as session:
        rosters.get(session, "unknown")


def test_a_roster_comes_back_as_it_went_in_and_is_judged_the_same(database):
    given = Roster.model_validate_json((SCENARIOS / "wu-bo" / "by-hand.json").read_text("utf-8"))
    key = draft(database, given.model_dump(mode="json"))
    with database.reading(HERE) as session:
        back = rosters.get(session, key).roster
    assert back.to_json() == given.to_json()
    assert check(assembled(database), back) == check(wu(), given)


def test_a_request_sent_twice_is_carried_out_once(database):
    def request(body):
        with database.writing(HERE, "li") as session:
            if (before := idempotency.remembered(session, "key-1", body)) is not None:
                return before
            made = facts.put(session, "teams", {"id": json.loads(body)["id"]}, only_new=True)
            answer = Answer(201, {"key": made.key})
            idempotency.remember(session, "key-1", body, answer)
            return answer

    assert request(b'{"id": "t9"}') == request(b'{"id": "t9"}') == Answer(201, {"key": "t9"})
    with pytest.raises(Conflict, match="another request"):
        request(b'{"id": "t8"}')
    with database.everyone("test", writes=True) as session:
        row = session.scalar(outbox.select(IdempotencyRow))
        row.expires_at = row.created_at
    # Forgotten after its time: the request is a new one, and its fact is there already.
    with pytest.raises(Conflict, match="is there already"):
        request(b'{"id": "t9"}')


def test_a_request_that_fails_is_not_remembered(database):
    def request():
        with database.writing(HERE, "li") as session:
            idempotency.remembered(session, "key-1", b"x")
            idempotency.remember(session, "key-1", b"x", Answer(201, {}))
            rosters.get(session, "unknown")

    with pytest.raises(NotFound):
        request()
    with database.writing(HERE, "li") as session:
        assert idempotency.remembered(session, "key-1", b"y") is None


def test_a_message_is_delivered_or_tried_again_later_and_dies_at_last(database):
    with database.writing(HERE, "li") as session:
        outbox.announce(session, "one", {"n": 1})
        outbox.announce(session, "two", {"n": 2})
    for attempt in range(outbox.MOST_ATTEMPTS):
        with database.everyone("courier", writes=True) as session:
            due = outbox.take_due(session)
            assert outbox.take_due(session) == (), "nobody else gets them meanwhile"
            assert [message.topic for message in due] == (["one", "two"] if attempt == 0 else ["two"])
            if attempt == 0:
                outbox.delivered(session, due[0].number)
            outbox.failed(session, due[-1], "500")
            for row in session.scalars(outbox.select(OutboxRow).where(OutboxRow.state == "waiting")):
                row.due_at = row.created_at
    with database.everyone("courier", writes=True) as session:
        assert outbox.take_due(session) == ()
    with database.writing(HERE, "li") as session:
        (gone,) = outbox.dead(session)
        assert (gone.topic, gone.attempts) == ("two", outbox.MOST_ATTEMPTS)
        outbox.revive(session, gone.number)
    with database.everyone("courier", writes=True) as session:
        assert [message.topic for message in outbox.take_due(session)] == ["two"]


def test_a_message_is_dropped_with_the_change_it_tells_of(database):
    def change():
        with database.writing(HERE, "li") as session:
            outbox.announce(session, "one", {})
            rosters.get(session, "unknown")

    with pytest.raises(NotFound):
        change()
    with database.everyone("courier", writes=True) as session:
        assert outbox.take_due(session) == ()


def test_another_community_sees_no_roster(database):
    key = draft(database, a_roster(**{"2026-12": ("v01", "v02")}))
    there = Scope("huizhou", "xihe")
    kept(database, wu(), there)
    with database.writing(there, "eve") as session:
        assert rosters.page(session) == ()
        for action in (rosters.get, rosters.publish, rosters.archive):
            with pytest.raises(NotFound):
                action(session, key)
    assert state(database, key) == "draft"
