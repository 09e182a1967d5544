"""Plans over HTTP: asked for, watched, cancelled; their rosters fetched."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

from keeping import HERE
from keeping import wu as wu_scenario

from matcher.service.solving.worker import Worker

SCOPE = {"district": HERE.district, "community": HERE.community}
QUICK = {"work": 3, "strategy": "exact"}


@contextmanager
def working(database, **more):
    """A worker in a thread, as `matcher worker` runs it."""
    over = threading.Event()
    hand = Worker(database, 1, lease=timedelta(seconds=30), schedules=False, **more)
    thread = threading.Thread(target=lambda: hand.run(over.is_set))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def wait_for(client, key, seconds=180):
    deadline = time.monotonic() + seconds
    while (found := client.get(f"/v1/plans/{key}").json())["state"] in ("queued", "running"):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def events_of(text):
    """The events of a stream: (id, event, data)."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if "data" in lines:
            found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
    return found


def test_a_plan_is_accepted_made_and_fetched(wu):
    li = wu.as_role("coordinator")
    asked = li.post("/v1/plans", json={"scope": SCOPE, "config": QUICK})
    assert asked.status_code == 202, asked.text
    key = asked.json()["id"]
    assert asked.headers["location"] == f"/v1/plans/{key}"
    told = asked.json()
    assert (told["state"], told["scope"], told["roster"]) == ("queued", SCOPE, None)
    # A year of one ride a month, each with one driver.
    assert (told["metrics"]["visits"], told["metrics"]["seats"], told["metrics"]["days"]) == (12, 12, 365)
    early = li.get(f"/v1/plans/{key}/roster")
    assert (early.status_code, early.json()["faults"][0]["code"]) == (409, "no-result")
    with working(wu.database):
        done = wait_for(li, key)
    assert (done["state"], done["problem"], done["attempts"]) == ("done", None, 1)
    assert [tier["name"] for tier in done["score"]] == ["needs", "promises", "quality"]
    assert all(tier["bound"] is not None for tier in done["score"])
    roster = li.get(f"/v1/plans/{key}/roster")
    assert len(roster.json()["visits"]) == 12
    assert roster.headers["content-location"] == done["links"]["draft"]
    assert li.get(done["links"]["report"]).json()["valid"]
    assert isinstance(li.get(done["links"]["certificates"]).json(), list)
    assert [plan["id"] for plan in li.get("/v1/plans", params={"state": "done"}).json()["items"]] == [key]


def test_the_same_request_sent_again_is_one_plan(wu):
    li = wu.as_role("coordinator")
    asked = [
        li.post("/v1/plans", json={"config": QUICK}, headers={"Idempotency-Key": "once"}) for _ in range(2)
    ]
    assert asked[0].json() == asked[1].json()
    assert len(li.get("/v1/plans").json()["items"]) == 1


def test_facts_can_be_brought_along_and_are_not_kept(api):
    api.keep_wu()
    li = api.as_role("coordinator")
    scenario = json.loads(wu_scenario().to_json())
    scenario["wishes"][0]["title"] = "另一份"
    asked = li.post("/v1/plans", json={"scenario": scenario, "config": QUICK})
    assert asked.status_code == 202, asked.text
    assert li.get("wishes/wu-escort").json()["fact"]["title"] != "另一份"
    wrong = li.post("/v1/plans", json={"scenario": scenario, "moment": "now"})
    assert wrong.status_code == 422
    scenario["wishes"][0]["resident"] = "nobody"
    broken = li.post("/v1/plans", json={"scenario": scenario})
    assert broken.status_code == 422
    assert ["wishes", 0, "resident"] in [fault["path"] for fault in broken.json()["faults"]]


def test_a_plan_can_be_of_another_moment_and_other_days_and_is_only_checked_if_so_asked(wu):
    li = wu.as_role("coordinator")
    days = {"start": "2026-12-01", "end": "2026-12-31"}
    asked = {"scope": SCOPE, "moment": "2026-11-25T09:00:00+08:00", "window": days}
    checked = li.post("/v1/plans:validate", json=asked)
    assert (checked.status_code, checked.json()["metrics"]["visits"]) == (200, 1), checked.text
    empty = li.post("/v1/plans:validate", json=asked | {"window": {"start": "2029-01-01", "end": "2029-01-02"}})
    assert empty.status_code == 200, empty.text
    for moment in ("yesterday", "2026-11-25T09:00:00", "9999-12-31T23:59:59-23:59"):
        bad = li.post("/v1/plans:validate", json={"moment": moment})
        assert (bad.status_code, bad.json()["faults"][0]["code"]) == (422, "bad-moment"), bad.text
    assert li.get("/v1/plans").json()["items"] == []


def test_what_is_wrong_with_a_config_is_said(wu):
    bad = wu.as_role("coordinator").post("/v1/plans", json={"config": {"seconds": -1, "strategy": "magic", "x": 1}})
    assert bad.status_code == 422
    assert {tuple(fault["path"]) for fault in bad.json()["faults"]} == {
        ("config", "seconds"), ("config", "strategy"), ("config", "x")
    }


def test_a_waiting_plan_is_cancelled_at_once(wu):
    li = wu.as_role("coordinator")
    key = li.post("/v1/plans", json={}).json()["id"]
    for _ in range(2):
        gone = li.delete(f"/v1/plans/{key}")
        assert (gone.status_code, gone.json()["state"]) == (202, "cancelled"), gone.text
    assert events_of(li.get(f"/v1/plans/{key}/events").text)[-1][2]["state"] == "cancelled"


def test_events_come_in_order_and_can_be_resumed(wu):
    li = wu.as_role("coordinator")
    key = li.post("/v1/plans", json={"config": QUICK}).json()["id"]
    with working(wu.database):
        heard = li.get(f"/v1/plans/{key}/events")  # until it has ended
    assert heard.headers["content-type"].startswith("text/event-stream")
    events = events_of(heard.text)
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    assert (events[0][1], events[1][1], events[-1][1]) == ("submitted", "taken", "ended")
    assert all(data["sequence"] == number for number, _, data in events)
    again = events_of(li.get(f"/v1/plans/{key}/events", headers={"Last-Event-ID": "2"}).text)
    assert again == events[2:]
    assert events_of(li.get(f"/v1/plans/{key}/events", params={"after": len(events)}).text) == []
    assert li.get(f"/v1/plans/{key}/events", headers={"Last-Event-ID": "x"}).status_code == 400


def test_another_tenants_plan_is_not_there(wu):
    key = wu.as_role("coordinator").post("/v1/plans", json={}).json()["id"]
    eve = wu.as_role("coordinator", district="elsewhere", community="there")
    for answer in (
        eve.get(f"/v1/plans/{key}"), eve.delete(f"/v1/plans/{key}"), eve.get(f"/v1/plans/{key}/events"),
        eve.get(f"/v1/plans/{key}/roster"), eve.post("/v1/plans", json={"scope": SCOPE}),
        eve.get("/v1/plans", params={"district": HERE.district}),
    ):
        assert answer.status_code == 404, answer.text
    assert wu.as_role("volunteer", volunteer="v01").get(f"/v1/plans/{key}").status_code == 403
    viewer = wu.as_role("viewer")
    assert viewer.get(f"/v1/plans/{key}").json()["warnings"] == []
    wu.as_role("coordinator").delete(f"/v1/plans/{key}")
    assert "warnings" not in events_of(viewer.get(f"/v1/plans/{key}/events").text)[0][2], "they may quote names"


def test_plans_come_page_by_page_newest_first(wu):
    li = wu.as_role("coordinator")
    keys = [li.post("/v1/plans", json={}).json()["id"] for _ in range(3)]
    first = li.get("/v1/plans", params={"limit": 2}).json()
    assert [plan["id"] for plan in first["items"]] == [keys[2], keys[1]]
    second = li.get("/v1/plans", params={"limit": 2, "cursor": first["next"]}).json()
    assert ([plan["id"] for plan in second["items"]], second["next"]) == ([keys[0]], None)
    district = wu.as_role("coordinator", community=None)
    assert len(district.get("/v1/plans").json()["items"]) == 3


def test_who_serves_the_whole_server_says_which_community(wu):
    admin = wu.as_role("admin", district=None, community=None)
    assert admin.post("/v1/plans", json={}).json()["faults"][0]["code"] == "no-scope"
    assert admin.post("/v1/plans", json={"scope": SCOPE}).status_code == 202
    assert admin.get("/v1/plans").status_code == 422
    assert len(admin.get("/v1/plans", params={"district": HERE.district}).json()["items"]) == 1
