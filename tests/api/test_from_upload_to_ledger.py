"""From facts to a service that was done: plan, watch, publish, subscribe, record, report; over HTTP, with a real worker."""

from __future__ import annotations

import json

import pytest
from answering import AnswersHere
from icalendar import Calendar
from keeping import HERE, SCENARIOS
from serving import COMMUNITY
from test_plans import QUICK, events_of, wait_for, working

from matcher.store.tenants import ensure

FACTS = (SCENARIOS / "wu-bo" / "scenario.json").read_bytes()


def at(li, moment):
    """The programme's own moment moves on."""
    moved = li.patch("program", json={"as_of": moment}, headers={"If-Match": "*"})
    assert moved.status_code == 200, moved.text


def calendar_of(api, url):
    answer = api.client().get(url.removeprefix("http://127.0.0.1:8321"))
    assert answer.status_code == 200, answer.text
    events = {}
    for event in Calendar.from_ical(answer.content).walk("VEVENT"):
        events[event.decoded("dtstart").isoformat()[:10]] = event
    return answer, events


def test_from_upload_to_the_ledger(api):
    ensure(api.database, HERE, "li")
    li = api.as_role("coordinator")
    uploaded = li.put("facts", content=FACTS, headers={"Content-Type": "application/json", "If-None-Match": "*"})
    assert uploaded.status_code in (200, 201), uploaded.text
    asked = li.post("/v1/plans", json={"config": QUICK, "moment": "2026-11-24T09:00:00+08:00"})
    key = asked.json()["id"]
    with working(api.database):
        heard = events_of(li.get(f"/v1/plans/{key}/events").text)
    assert [heard[0][1], heard[-1][1]] == ["submitted", "ended"]
    done = wait_for(li, key)
    roster = li.get(done["links"]["roster"]).json()
    told = li.post(f"{done['links']['draft']}/publish", json={})
    assert told.status_code == 200, told.text
    # The person who drives in December subscribes to their calendar.
    first = roster["visits"][0]
    driver = first["assigned"][0]["volunteer"]
    made = li.post("feeds", json={"volunteer": driver})
    assert made.status_code == 201, made.text
    answer, events = calendar_of(api, made.json()["url"])
    assert answer.headers["content-type"].startswith("text/calendar")
    ride = events[first["start"][:10]]
    assert (str(ride["status"]), int(ride["sequence"])) == ("CONFIRMED", 0)
    # December comes and goes.
    soon = {"outcomes": [{"visit": first["id"], "volunteer": driver, "outcome": "done"}]}
    early = li.put("outcomes", json=soon)
    assert (early.status_code, early.json()["faults"][0]["code"]) == (422, "too-soon"), early.text
    at(li, "2026-12-31T20:00:00+08:00")
    for _ in range(2):
        kept = li.put("outcomes", json=soon)
        assert kept.status_code == 200, kept.text
    assert len(li.get("outcomes", params={"visit": first["id"]}).json()["items"]) == 1
    ledger = li.get("ledger", params={"since": "2026-12-01"})
    assert ledger.status_code == 200, ledger.text
    (line,) = [one for one in ledger.json()["people"] if one["turns"]]
    minutes = kept.json()["items"][0]["fact"]["minutes"]
    assert (line["volunteer"], line["turns"], line["minutes"]) == (driver, 1, minutes)
    hours = li.get("ledger", params={"since": "2026-12-01", "form": "csv"})
    assert hours.status_code == 200
    assert len(hours.content.decode("utf-8-sig").splitlines()) == 2


@pytest.fixture
def living(wu):
    """Mr Wu's community with December and January told to v01 and v05; a coordinator."""
    wu.app.state.askers = AnswersHere(wu.database)
    li = wu.as_role("coordinator")
    for document in SEATS:
        made = li.post("published", json=document)
        assert made.status_code == 201, made.text
    return wu, li


def seat(month, volunteer, day="12", **more):
    return {
        "visit": f"wu-escort/{month}", "start": f"{month}-{day}T08:00:00+08:00", "end": f"{month}-{day}T11:30:00+08:00",
        "role": "driver", "volunteer": volunteer, **more,
    }


SEATS = (seat("2026-12", "v01"), seat("2026-12", "v05", standby=True), seat("2027-01", "v01", "09"))


def fetch(api, li, volunteer="v01"):
    url = li.post("feeds", json={"volunteer": volunteer}).json()["url"]
    return url, calendar_of(api, url)


def row(li, month, volunteer):
    (found,) = li.get("published", params={"visit": f"wu-escort/{month}", "volunteer": volunteer}).json()["items"]
    return found


def change(li, month, volunteer, **fields):
    found = row(li, month, volunteer)
    done = li.patch(f"published/{found['key']}", json=fields, headers={"If-Match": f'"{found["version"]}"'})
    assert done.status_code == 200, done.text


def test_a_calendar_holds_what_was_told_and_nobodys_number(living):
    api, li = living
    _, (answer, events) = fetch(api, li)
    assert sorted(events) == ["2026-12-12", "2027-01-09"]
    text = answer.content.decode()
    phones = [one["fact"]["phone"] for noun in ("volunteers", "residents")
              for one in li.get(noun, params={"limit": 200}).json()["items"] if one["fact"].get("phone")]
    assert phones
    assert not [phone for phone in phones if phone in text]
    _, (_, standby) = fetch(api, li, "v05")
    assert str(standby["2026-12-12"]["status"]) == "TENTATIVE"


def test_an_entry_keeps_its_uid_and_counts_its_changes(living):
    api, li = living
    url, (_, before) = fetch(api, li)
    _, again = calendar_of(api, url)
    assert again["2026-12-12"].to_ical() == before["2026-12-12"].to_ical(), "nothing changed"
    change(li, "2026-12", "v01", start="2026-12-13T09:00:00+08:00", end="2026-12-13T12:30:00+08:00")
    _, after = calendar_of(api, url)
    moved, other = after["2026-12-13"], after["2027-01-09"]
    assert (str(moved["uid"]), int(moved["sequence"])) == (str(before["2026-12-12"]["uid"]), 1)
    assert int(other["sequence"]) == 0
    # Another title of the wish changes both.
    li.patch("wishes/wu-escort", json={"title": "探望"}, headers={"If-Match": "*"})
    _, named = calendar_of(api, url)
    assert [int(named[day]["sequence"]) for day in ("2026-12-13", "2027-01-09")] == [2, 1]
    # The programme's name is part of a new uid, not of one that is known.
    li.patch("program", json={"name": "另一个名字"}, headers={"If-Match": "*"})
    _, renamed = calendar_of(api, url)
    assert str(renamed["2026-12-13"]["uid"]) == str(moved["uid"])


def test_a_seat_taken_back_is_shown_as_cancelled_and_can_come_back(living):
    api, li = living
    url, (_, before) = fetch(api, li)
    found = row(li, "2027-01", "v01")
    li.delete(f"published/{found['key']}", headers={"If-Match": "*"})
    _, after = calendar_of(api, url)
    gone = after["2027-01-09"]
    assert (str(gone["status"]), int(gone["sequence"])) == ("CANCELLED", 1)
    assert str(gone["uid"]) == str(before["2027-01-09"]["uid"])
    _, still = calendar_of(api, url)
    assert still["2027-01-09"].to_ical() == gone.to_ical()
    li.post("published", json=SEATS[2])
    _, back = calendar_of(api, url)
    assert (str(back["2027-01-09"]["status"]), int(back["2027-01-09"]["sequence"])) == ("CONFIRMED", 2)


def test_a_calendar_that_did_not_change_is_not_sent_again(living):
    api, li = living
    url, (answer, _) = fetch(api, li)
    path = url.removeprefix("http://127.0.0.1:8321")
    same = api.client({"If-None-Match": answer.headers["etag"]}).get(path)
    assert (same.status_code, same.content) == (304, b"")
    change(li, "2026-12", "v01", start="2026-12-13T09:00:00+08:00", end="2026-12-13T12:30:00+08:00")
    assert api.client({"If-None-Match": answer.headers["etag"]}).get(path).status_code == 200


def test_an_address_is_kept_as_a_digest_replaced_and_revoked(living):
    api, li = living
    url, _ = fetch(api, li)
    newer, _ = fetch(api, li)
    assert api.client().get(url.removeprefix("http://127.0.0.1:8321")).status_code == 404, "a new one makes it useless"
    (shown,) = li.get("feeds").json()["items"]
    assert "url" not in shown
    assert newer.rpartition("/")[2].removesuffix(".ics") not in json.dumps(shown)
    his, other = api.as_role("volunteer", volunteer="v01"), api.as_role("volunteer", volunteer="v02")
    assert other.get("feeds").json()["items"] == []
    assert other.delete(f"feeds/{shown['id']}").status_code == 404
    assert other.post("feeds", json={"volunteer": "v01"}).status_code == 404
    assert his.delete(f"feeds/{shown['id']}").status_code == 204
    assert api.client().get(newer.removeprefix("http://127.0.0.1:8321")).status_code == 404
    assert li.post("feeds", json={"volunteer": "nobody"}).status_code == 404
    assert api.client().get("/v1/feeds/guess.ics").status_code == 404


def test_outcomes_are_one_record_per_visit_and_person_and_can_be_corrected(living):
    _api, li = living
    at(li, "2026-12-20T09:00:00+08:00")
    first = li.put("outcomes", json={"outcomes": [
        {"visit": "wu-escort/2026-12", "volunteer": "v01", "outcome": "no-show"},
        {"visit": "wu-escort/2026-12", "volunteer": "v05", "outcome": "done", "minutes": 240},
    ]})
    assert first.status_code == 200, first.text
    facts = [one["fact"] for one in first.json()["items"]]
    assert [(one.get("outcome", "done"), one["minutes"], one.get("stepped_in", False)) for one in facts] == [
        ("no-show", 0, False), ("done", 240, True)
    ]
    assert facts[0]["resident"] == "wu"
    # As planned: 210 minutes.
    right = li.put("outcomes", json={"outcomes": [{"visit": "wu-escort/2026-12", "volunteer": "v01", "outcome": "done"}]})
    assert right.json()["items"][0]["fact"]["minutes"] == 210
    assert right.json()["items"][0]["key"] == first.json()["items"][0]["key"]
    assert len(li.get("outcomes", params={"visit": "wu-escort/2026-12"}).json()["items"]) == 2


def test_outcomes_that_cannot_be_are_all_told_and_none_is_kept(living):
    _api, li = living
    at(li, "2026-12-20T09:00:00+08:00")
    wrong = li.put("outcomes", json={"outcomes": [
        {"visit": "wu-escort/2026-12", "volunteer": "v01"}, {"visit": "wu-escort/2027-01", "volunteer": "v01"},
        {"visit": "wu-escort/2026-12", "volunteer": "v02"}, {"visit": "nothing/1", "volunteer": "v02"},
        {"visit": "wu-escort/2026-12", "volunteer": "nobody"},
    ]})
    assert wrong.status_code == 422, wrong.text
    assert [(fault["path"][1], fault["code"]) for fault in wrong.json()["faults"]] == [
        (1, "too-soon"), (2, "not-told"), (3, "no-visit"), (4, "no-volunteer")
    ]
    assert li.get("outcomes", params={"visit": "wu-escort/2026-12"}).json()["items"] == []
    # Called off ahead of its time, and somebody who came without having been told.
    fine = li.put("outcomes", json={"outcomes": [
        {"visit": "wu-escort/2027-01", "volunteer": "v01", "outcome": "cancelled"},
        {"visit": "wu-escort/2026-12", "volunteer": "v02", "stepped_in": True, "role": "driver",
         "start": "2026-12-12T08:00:00+08:00"},
    ]})
    assert fine.status_code == 200, fine.text
    assert li.post("/v1/plans:validate", json={}).status_code == 200, "the facts still hold"


def test_a_team_lead_records_for_the_team_and_sees_it_in_the_ledger(living):
    api, li = living
    at(li, "2026-12-20T09:00:00+08:00")
    team = li.get("volunteers/v01").json()["fact"]["team"]
    li.post("teams", json={"id": "night"})
    mine, others = api.as_role("team-lead", team=team), api.as_role("team-lead", team="night")
    told = {"outcomes": [{"visit": "wu-escort/2026-12", "volunteer": "v01"}]}
    assert others.put("outcomes", json=told).status_code == 422
    assert mine.put("outcomes", json=told).status_code == 200
    assert [one["fact"]["volunteer"] for one in mine.get("outcomes", params={"visit": "wu-escort/2026-12"}).json()["items"]] == ["v01"]
    assert others.get("outcomes").json()["items"] == []
    assert others.get("ledger").json()["people"] == []
    assert "v01" in {one["volunteer"] for one in mine.get("ledger").json()["people"]}
    his = api.as_role("volunteer", volunteer="v01").get("ledger").json()
    assert [one["volunteer"] for one in his["people"]] == ["v01"]
    assert his["residents"] == []
    seen = api.as_role("viewer").get("ledger", params={"form": "csv"}).json()
    assert set(seen) == {"since", "until", "totals"}
    assert li.get("ledger", params={"since": "2026-12-31", "until": "2026-12-01"}).status_code == 422
    assert li.get("ledger", params={"form": "xlsx"}).content[:2] == b"PK"


def test_a_weekly_job_is_made_changed_and_taken_away(wu):
    li = wu.as_role("coordinator")
    made = li.post("schedules", json={"cron": "0 20 * * SUN", "config": {"days": 28, "run": {"seconds": 5}}})
    assert made.status_code == 201, made.text
    key = made.json()["id"]
    # Five Sundays ahead, a week apart, at eight in the evening.
    assert len(made.json()["next"]) == 5
    assert all("T20:00:00+08:00" in time for time in made.json()["next"])
    got = li.get(f"schedules/{key}")
    assert (got.headers["etag"], got.json()["last"]) == ('"1"', None)
    changed = {"cron": "30 6 * * MON", "enabled": False}
    assert li.put(f"schedules/{key}", json=changed).status_code == 428
    done = li.put(f"schedules/{key}", json=changed, headers={"If-Match": '"1"'})
    assert (done.status_code, done.json()["next"], done.json()["version"]) == (200, [], 2), done.text
    assert li.put(f"schedules/{key}", json=changed, headers={"If-Match": '"1"'}).status_code == 412
    bad = li.post("schedules", json={"cron": "whenever"})
    assert (bad.status_code, bad.json()["faults"][0]["code"]) == (422, "bad-cron")
    assert [one["id"] for one in li.get("schedules").json()["items"]] == [key]
    assert li.delete(f"schedules/{key}").status_code == 204
    assert li.get(f"schedules/{key}").status_code == 404


def test_the_last_run_of_a_weekly_job_is_told(wu):
    from matcher.service.solving import schedules
    from matcher.store.tables import ScheduleRow

    li = wu.as_role("coordinator")
    key = li.post("schedules", json={"cron": "0 20 * * SUN"}).json()["id"]
    with wu.database.writing(HERE, "li") as session:
        row = session.query(ScheduleRow).one()
        row.next_at = row.changed_at  # it has come due
    (week,) = schedules.submit_due(wu.database)
    last = li.get(f"schedules/{key}").json()["last"]
    assert (last["period"], last["state"]) == (week, "queued")
    assert li.get(f"/v1/plans/{last['plan']}").json()["submitted_by"] == "schedule"
    assert COMMUNITY in str(li.base_url)
