"""Webhooks over HTTP: made with a secret that is told once, changed by version, tried out, listed when dead, sent again."""

from __future__ import annotations

import pytest
from keeping import HERE
from sqlalchemy import update

from matcher.store import outbox, webhooks
from matcher.store.webhook_tables import DeliveryRow

HOOK = {"url": "https://app.example.org/matcher", "topics": ["roster.published", "claim.*"], "note": "小程序"}


@pytest.fixture
def client(wu):
    return wu.as_role("coordinator")


def made(client, **changes):
    answer = client.post("webhooks", json=HOOK | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def handed_out(api, topic="claim.made"):
    """A message, and deliveries of it, as the courier makes them."""
    with api.database.writing(HERE, "li") as session:
        outbox.announce(session, topic, {"claim": "c1"})
    with api.database.everyone("courier", writes=True) as session:
        webhooks.hand_out(session)


def kill_all(api):
    with api.database.everyone("courier", writes=True) as session:
        session.execute(update(DeliveryRow).values(state="dead", attempts=10, last_error="status", status=500))


def test_a_webhook_is_made_with_a_secret_that_is_told_once(client):
    hook = made(client)
    assert hook["secret"].startswith("whsec_")
    answer = client.get(f"webhooks/{hook['id']}")
    assert answer.headers["etag"] == '"1"'
    assert answer.json() == {name: value for name, value in hook.items() if name != "secret"}
    assert client.get("webhooks").json()["items"] == [answer.json()]
    assert client.get(f"webhooks/{hook['id']}", headers={"If-None-Match": '"1"'}).status_code == 304


def test_a_change_names_the_version_it_changes(client):
    hook = made(client)
    path, changed = f"webhooks/{hook['id']}", {**HOOK, "topics": ["*"], "active": False}
    assert client.put(path, json=changed).status_code == 428
    assert client.put(path, json=changed, headers={"If-Match": '"7"'}).status_code == 412
    answer = client.put(path, json=changed, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()["active"]) == (200, '"2"', False)
    assert client.delete(path, headers={"If-Match": '"1"'}).status_code == 412
    assert client.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    assert client.get(path).status_code == 404


def test_a_renewed_secret_is_another_one(client):
    hook = made(client)
    renewed = client.post(f"webhooks/{hook['id']}/secret").json()
    assert renewed["secret"] != hook["secret"]
    assert renewed["version"] == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "http://app.example.org/"}, "bad-url"), ({"url": "https://10.0.0.1/"}, "bad-url"),
        ({"url": "https://u:p@example.org/"}, "bad-url"), ({"topics": ["weather"]}, "no-topic"),
    ],
)
def test_an_address_or_topic_that_cannot_be_is_refused_at_its_place(client, changes, code):
    answer = client.post("webhooks", json=HOOK | changes)
    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["faults"]] == [code]
    assert answer.json()["faults"][0]["path"][0] == next(iter(changes))
    assert client.get("webhooks").json()["items"] == []


def test_unknown_fields_and_empty_topics_are_refused(client):
    for body in ({**HOOK, "secret": "mine"}, {**HOOK, "topics": []}, {"url": HOOK["url"]}):
        assert client.post("webhooks", json=body).status_code == 422


def test_a_test_message_is_a_delivery_for_that_webhook_alone(client, wu):
    hook, _other = made(client), made(client)
    sent = client.post(f"webhooks/{hook['id']}/test", headers={"Idempotency-Key": "once"})
    assert sent.status_code == 202
    again = client.post(f"webhooks/{hook['id']}/test", headers={"Idempotency-Key": "once"})
    assert again.json() == sent.json()
    with wu.database.everyone("courier", writes=True) as session:
        webhooks.hand_out(session)
    (one,) = client.get("deliveries").json()["items"]
    assert (one["id"], one["webhook"], one["topic"], one["state"]) == (
        sent.json()["delivery"], hook["id"], "webhook.test", "waiting",
    )


def test_dead_deliveries_are_listed_with_the_reason_and_sent_again(client, wu):
    hook = made(client)
    for _ in range(3):
        handed_out(wu)
    handed_out(wu, "run.ended")  # it does not hear that
    assert client.get("deliveries", params={"state": "dead"}).json()["items"] == []
    kill_all(wu)
    page = client.get("deliveries", params={"state": "dead", "limit": 2}).json()
    assert len(page["items"]) == 2
    rest = client.get("deliveries", params={"state": "dead", "limit": 2, "cursor": page["next"]}).json()
    dead = page["items"] + rest["items"]
    assert [one["message"] for one in dead] == ["answered 500"] * 3
    one = client.post(f"deliveries/{dead[0]['id']}/revive").json()
    assert (one["state"], one["attempts"]) == ("waiting", 0)
    assert client.post(f"deliveries/{dead[0]['id']}/revive").status_code == 409
    assert client.post(f"webhooks/{hook['id']}/revive").json() == {"revived": 2}
    assert {one["state"] for one in client.get("deliveries").json()["items"]} == {"waiting"}
    assert client.get(f"deliveries/{dead[1]['id']}").json()["webhook"] == hook["id"]


def test_what_belongs_to_others_is_not_there(client, wu):
    wu.keep_wu(other := type(HERE)(HERE.district, "xihe"))
    stranger = wu.as_role("coordinator", community="xihe")
    hook = made(client)
    handed_out(wu)
    kill_all(wu)
    (one,) = client.get("deliveries").json()["items"]
    base = f"/v1/districts/{HERE.district}/communities/{other.community}"
    for path in (f"webhooks/{hook['id']}", f"deliveries/{one['id']}"):
        assert client.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
        assert stranger.get(f"{base}/{path}").status_code == 404
    assert stranger.post(f"{base}/deliveries/{one['id']}/revive").status_code == 404
    assert stranger.get(f"{base}/deliveries").json()["items"] == []
    assert wu.as_role("viewer").get("webhooks").status_code == 403


def test_the_store_says_only_topics_that_webhooks_can_hear():
    import re
    from pathlib import Path

    import matcher
    from matcher.store.topics import TOPICS

    source = Path(matcher.__file__).parent
    said = {
        topic for path in source.rglob("*.py") for topic in re.findall(r'announce\(\s*\w+,\s*"([^"]+)"', path.read_text("utf-8"))
    }
    assert said <= set(TOPICS)
    assert {"run.ended", "roster.published"} <= said
