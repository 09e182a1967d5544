"""The courier: what webhooks hear, signed; who fails is tried again, and holds up nobody."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from receiver import receiving
from settled import HERE, settle
from sqlalchemy import func, select, update

from matcher.errors import BadInput
from matcher.service.webhooks.courier import Courier
from matcher.service.webhooks.receivers import check_url, is_public
from matcher.service.webhooks.signatures import BadSignature, sign, verify
from matcher.store import outbox, webhooks
from matcher.store.scope import Scope
from matcher.store.tables import OutboxRow
from matcher.store.webhook_tables import DeliveryRow, WebhookRow

THERE = Scope("main", "xihe")


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


@pytest.fixture
def settled(database):
    settle(database, "donghe", "xihe")
    return database


@contextmanager
def delivering(database, *, private=True, seconds=5.0, count=1):
    over, heard = threading.Event(), []
    couriers = [
        Courier(database, private=private, seconds=seconds, log=lambda event, **values: heard.append((event, values)))
        for _ in range(count)
    ]
    threads = [threading.Thread(target=one.run, args=(over.is_set,)) for one in couriers]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        over.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()


def hook(database, url, topics=("*",), scope=HERE):
    with database.writing(scope, "li") as session:
        made, secret = webhooks.create(session, url, list(topics))
    return made.id, secret


def announce(database, topic="run.ended", count=1, scope=HERE, **payload):
    with database.writing(scope, "li") as session:
        for n in range(count):
            outbox.announce(session, topic, {"run": f"r{n}", **payload})


def deliveries(database, scope=HERE, **having):
    with database.reading(scope) as session:
        return webhooks.deliveries(session, limit=500, **having)


def until(is_so, seconds=20.0):
    over = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < over, "it did not happen"
        time.sleep(0.02)


def make_due(database):
    """As if the waiting time were over."""
    with database.everyone("test", writes=True) as session:
        session.execute(update(DeliveryRow).values(due_at=DeliveryRow.queued_at))
        session.execute(update(WebhookRow).values(resting_until=None))


def test_whoever_hears_a_topic_is_told_once_with_a_signature_that_holds(settled, receiver):
    all_of_it, secret = hook(settled, receiver.url("all"))
    hook(settled, receiver.url("rosters"), ["roster.published"])
    hook(settled, receiver.url("runs"), ["run.*"])
    hook(settled, receiver.url("elsewhere"), scope=THERE)
    announce(settled)
    with delivering(settled, count=2):
        until(lambda: len(receiver.got) >= 2)
        until(lambda: {one.state for one in deliveries(settled)} == {"delivered"})
    assert sorted(path for path, _, _ in receiver.got) == ["all", "runs"]
    (_, headers, body), = [one for one in receiver.got if one[0] == "all"]
    told = verify(body, headers["matcher-signature"], secret)
    assert (told["topic"], told["community"], told["data"]) == ("run.ended", "donghe", {"run": "r0"})
    assert told["id"] == headers["matcher-delivery"] == deliveries(settled, webhook=all_of_it)[0].id
    assert headers["content-type"] == "application/json"
    with settled.everyone("test") as session:
        assert session.scalars(select(OutboxRow.state)).all() == ["delivered"]


def test_a_changed_body_another_secret_or_an_old_message_is_refused():
    body, now = b'{"id":"1"}', 1_700_000_000
    header = sign(["new", "old"], body, now)
    assert verify(body, header, "new", now=now + 299) == verify(body, header, "old", now=now) == {"id": "1"}
    # Sent again later than five minutes, or from a clock far ahead.
    for wrong in (
        {"now": now + 301}, {"now": now - 301}, {"secret": "third"}, {"body": b'{"id":"2"}'},
        {"header": header.replace(f"t={now}", f"t={now + 1}")}, {"header": ""}, {"header": f"t={now}"},
        {"header": f"t={now},t={now},v1=00"}, {"header": "t=１,v1=x"}, {"header": f"t={'9' * 5000},v1=x"},
        {"header": f"t={now},v1=ü"},
    ):
        with pytest.raises(BadSignature):
            verify(**{"body": body, "header": header, "secret": "new", "now": now} | wrong)


@pytest.mark.parametrize(
    ("mood", "reason", "status"),
    [
        ("500", "status", 500), ("302", "redirect", 302), ("close", "closed", None), ("hang", "timeout", None),
        ("drip", "timeout", None), ("noise", "closed", None),
    ],
)
def test_a_delivery_that_fails_says_why_waits_and_arrives_later(settled, receiver, mood, reason, status):
    hook(settled, receiver.url("there"))
    receiver.moods["there"] = mood
    announce(settled)
    with delivering(settled, seconds=0.6 if reason == "timeout" else 5) as heard:
        until(lambda: [one for one in deliveries(settled) if one.reason])
        (one,) = deliveries(settled)
        assert (one.state, one.attempts, one.reason, one.status) == ("waiting", 1, reason, status)
        # Ten seconds after the first failure.
        assert timedelta(seconds=8) < one.due_at - one.queued_at < timedelta(seconds=13)
        receiver.moods["there"] = "ok"
        make_due(settled)
        until(lambda: deliveries(settled)[0].state == "delivered")
    assert len(receiver.bodies("there")) == 1
    assert receiver.asked["ok"] == 0, "redirects are not followed"
    assert heard[0] == ("undelivered", {"delivery": one.id, "reason": reason, "status": status, "dead": False})


def test_an_answer_without_end_has_arrived(settled, receiver):
    hook(settled, receiver.url("endless"))
    announce(settled)
    with delivering(settled):
        until(lambda: [one for one in deliveries(settled) if one.state == "delivered"])


def test_one_who_hangs_holds_up_nobody(settled, receiver):
    for n in range(30):
        receiver.moods[f"hang{n}"] = "hang"
        hook(settled, receiver.url(f"hang{n}"))
    good, _ = hook(settled, receiver.url("good"))
    announce(settled, count=25)
    with delivering(settled, seconds=8):
        # Thirty receivers hang for longer than this takes.
        until(lambda: len(receiver.bodies("good")) == 25, seconds=6)
    assert [one.state for one in deliveries(settled, webhook=good)] == ["delivered"] * 25
    assert sorted(json.loads(body)["data"]["run"] for body in receiver.bodies("good")) == sorted(f"r{n}" for n in range(25))


def test_a_receiver_that_is_down_is_tried_with_one_message_at_a_time(settled, receiver):
    key, _ = hook(settled, receiver.url("500"))
    announce(settled, count=20)
    with delivering(settled):
        until(lambda: receiver.asked["500"] >= webhooks.AT_ONCE)
        time.sleep(0.7)
        # Four were on their way when the first failed; then it rests.
        assert receiver.asked["500"] == webhooks.AT_ONCE
        with settled.everyone("test", writes=True) as session:
            session.execute(update(WebhookRow).values(resting_until=None))
        until(lambda: receiver.asked["500"] == webhooks.AT_ONCE + 1)
        time.sleep(0.7)
        assert receiver.asked["500"] == webhooks.AT_ONCE + 1
        receiver.moods["500"] = "ok"
        make_due(settled)
        until(lambda: len(receiver.bodies("500")) == 20)
        until(lambda: {one.state for one in deliveries(settled)} == {"delivered"})
    with settled.reading(HERE) as session:
        found = webhooks.get(session, key)
    assert (found.failures, found.resting_until) == (0, None)


def test_after_ten_failures_a_delivery_is_dead_and_can_be_revived(settled, receiver):
    key, _ = hook(settled, receiver.url("500"))
    announce(settled)
    with delivering(settled):
        until(lambda: _failures(settled) == 1)
        with settled.everyone("test", writes=True) as session:
            session.execute(update(DeliveryRow).values(attempts=9))
        make_due(settled)
        until(lambda: deliveries(settled)[0].state == "dead")
        (one,) = deliveries(settled, state="dead")
        receiver.moods["500"] = "ok"
        with settled.writing(HERE, "li") as session:
            assert webhooks.revive_all(session, key) == 1
        until(lambda: deliveries(settled)[0].state == "delivered")
    assert json.loads(receiver.bodies("500")[0])["id"] == one.id
    assert (one.attempts, one.status) == (10, 500)
    with settled.writing(HERE, "li") as session, pytest.raises(BadInput, match="only a dead one"):
        webhooks.revive(session, one.id)


def _failures(database):
    with database.everyone("test") as session:
        return session.scalar(select(WebhookRow.failures))


def test_nothing_is_sent_to_private_addresses(settled, receiver):
    hook(settled, receiver.url("ok"))
    hook(settled, f"http://localhost:{receiver.port}/ok")
    announce(settled)
    with delivering(settled, private=False):
        until(lambda: [one.reason for one in deliveries(settled)] == ["private"] * 2)
    assert receiver.asked.total() == 0


@pytest.mark.parametrize(
    ("address", "is_so"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False), ("100.64.0.1", False),
        ("169.254.169.254", False), ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False),
        ("::", False), ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True),
        ("2002:808:808::", False), ("64:ff9b::7f00:1", False), ("64:ff9b::808:808", True),
    ],
)
def test_public_addresses_are_told_from_others(address, is_so):
    assert is_public(address) is is_so


@pytest.mark.parametrize(
    ("url", "private", "is_good"),
    [
        ("https://hooks.example.org/a?b=c", False, True), ("https://hooks.example.org:8443/", False, True),
        ("http://hooks.example.org/", False, False), ("http://hooks.example.org/", True, True),
        ("https://127.0.0.1/", False, False), ("https://127.0.0.1/", True, True), ("https://[::1]:80/", False, False),
        ("https://localhost/", False, False), ("https://db.internal/", False, False),
        ("https://me:pass@example.org/", True, False), ("https://example.org/#x", True, False), ("ftp://example.org/", True, False),
        ("https://", True, False), ("example.org", True, False), ("https://ex ample.org/", True, False),
        ("https://example.org:99999/", True, False), ("https://例子.org/", True, False), ("https://example.org/\r\nX: y", True, False),
        ("https://[::1/", True, False), ("https://example.org/" + "a" * 2000, True, False), ("javascript:alert(1)", True, False),
    ],
)
def test_addresses_that_cannot_be_used_are_refused(url, private, is_good):
    if is_good:
        check_url(url, "en", private=private)
    else:
        with pytest.raises(BadInput, match="cannot be used") as refused:
            check_url(url, "en", private=private)
        assert refused.value.faults[0].advice


def test_two_couriers_deliver_everything_and_nothing_twice(settled, receiver):
    hook(settled, receiver.url("slow"))
    hook(settled, receiver.url("fast"))
    announce(settled, count=30)
    with delivering(settled, count=2):
        until(lambda: len(receiver.got) >= 60)
        until(lambda: {one.state for one in deliveries(settled)} == {"delivered"})
    assert receiver.asked == {"slow": 30, "fast": 30}
    with settled.everyone("test") as session:
        assert session.scalar(select(func.count()).select_from(DeliveryRow)) == 60
