"""Without an account: links with their codes, tickets, and what each opens; taken back, used up, too often."""

from __future__ import annotations

import re

import pytest

WISH = "wu-escort"
HONG = {"name": "李红", "phone": "138 0000 0903"}


@pytest.fixture
def office(wu):
    client = wu.as_role("coordinator")
    for claim in client.get("claims").json()["items"]:
        client.delete(f"claims/{claim['key']}", headers={"If-Match": "*"})
    client.post(f"wishes/{WISH}:move", json={"stage": "published", "places": 1})
    return client


@pytest.fixture
def guest(wu):
    return wu.client()


def link(office, kind, **more):
    made = office.post("links", json={"kind": kind} | more)
    assert made.status_code == 201, made.text
    return path(made.json()["url"])


def path(url):
    """Where programs ask; the address itself is a page for people."""
    return "/v1/open/" + url.partition("/p/")[2]


def test_a_link_shows_its_secret_once_and_its_code_can_be_printed(office, guest):
    made = office.post("links", json={"kind": "claim", "wish": WISH, "label": "直播间"}).json()
    assert made["code"].startswith("<svg")
    listed = office.get("links").json()["items"][0]
    assert (listed["url"], listed["code"], listed["label"]) == (None, None, "直播间")
    there = path(made["url"])
    assert guest.get(f"{there}/code.svg").text == made["code"]
    assert guest.get(f"{there}/code.png").content.startswith(b"\x89PNG")


def test_what_is_offered_names_nobody(office, guest):
    told = guest.get(link(office, "claim", wish=WISH))
    assert told.status_code == 200, told.text
    (offer,) = told.json()["offers"]
    assert (offer["wish"], offer["resident"], offer["places"], offer["free"]) == (WISH, "吴**", 1, 1)
    assert "吴伯" not in told.text
    assert not re.search(r"\d{7}", told.text.replace(told.json()["expires_at"], ""))


def test_somebody_without_an_account_claims_waits_and_withdraws(office, guest):
    there = link(office, "claim", wish=WISH)
    first = guest.post(f"{there}/claims", json=HONG)
    assert first.status_code == 201, first.text
    assert first.json()["claim"]["standing"] == "holds"
    second = guest.post(f"{there}/claims", json={"name": "王芳", "phone": "13800000904"}).json()
    assert (second["claim"]["position"], second["message"]) == (1, "All places are taken; you wait, number 1.")
    # The same person by the same name and number: the same claim, and no second secret for whoever says so.
    again = guest.post(f"{there}/claims", json={"name": "李 红", "phone": "13800000903"})
    assert (again.status_code, again.json().get("secret")) == (200, None)
    assert again.json()["claim"]["claim"] == first.json()["claim"]["claim"]
    own, other = path(first.json()["url"]), path(second["url"])
    assert guest.get(own).json()["claim"]["standing"] == "holds"
    assert guest.post(f"{other}/answer", json={"accepts": True}).status_code == 409
    assert guest.post(f"{own}/withdraw", json={}).json()["claim"]["state"] == "withdrawn"
    assert guest.get(other).json()["claim"]["until"] is not None
    assert guest.post(f"{other}/answer", json={"accepts": True}).json()["claim"]["standing"] == "holds"
    # A claim's code is for that claim.
    assert guest.post(f"{own}/withdraw", json={"claim": second["claim"]["claim"]}).status_code == 404
    assert guest.get(f"{own}/turns").status_code == 422


def test_a_repetition_is_answered_with_the_same_claim_and_a_secret_that_works(office, guest):
    there, key = link(office, "claim", wish=WISH), {"Idempotency-Key": "7b1e9c1e-0000-4000-8000-1234567890ab"}
    first = guest.post(f"{there}/claims", json=HONG, headers=key)
    again = guest.post(f"{there}/claims", json=HONG, headers=key)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.json()["claim"] == first.json()["claim"]
    assert again.json()["secret"] not in (None, first.json()["secret"])
    assert guest.get(path(again.json()["url"])).status_code == 200


def test_a_wish_is_submitted_for_a_neighbour_verified_and_taken_back(office, guest):
    there = link(office, "wish")
    told = guest.post(f"{there}/wishes", json={
        "text": "想有人陪着散步", "name": "陈伯", "phone": "13800000905", "helper_name": "李姐", "helper_phone": "13800000902",
    })
    assert told.status_code == 201, told.text
    own, order = path(told.json()["url"]), told.json()["order"]
    (listed,) = office.get("orders?stage=submitted").json()["items"]
    assert (listed["order"], listed["asked"]["helper_name"]) == (order, "李姐")
    assert office.post(f"orders/{order}:move", json={"stage": "verified"}).status_code == 422
    office.put("wishes/chen-walk", json={"id": "chen-walk", "kind": "visit", "resident": "wu"}, headers={"If-None-Match": "*"})
    moved = office.post(f"orders/{order}:move", json={"stage": "verified", "wish": "chen-walk"})
    assert moved.json()["wish"] == "chen-walk", moved.text
    assert guest.get(own).json()["order"]["stage"] == "verified"
    assert "13800000905" not in guest.get(own).text
    assert guest.post(f"{own}/withdraw", json={}).json()["stage"] == "withdrawn"
    assert guest.post(f"{own}/withdraw", json={}).status_code == 200
    assert office.get("wishes/chen-walk").json()["fact"]["state"] == "closed"


def test_who_joins_is_on_the_list_once_and_sees_own_turns_only(office, guest):
    there = link(office, "join")
    told = guest.post(f"{there}/volunteers", json=HONG | {"can": "会开车", "free": "周六上午"})
    assert told.status_code == 201, told.text
    again = guest.post(f"{there}/volunteers", json=HONG).json()
    assert (again.get("secret"), again["message"]) == (None, "You are on the list already.")
    own = path(told.json()["url"])
    assert guest.get(f"{own}/turns").json() == {"turns": [], "claims": []}
    made = guest.post(f"{own}/claims", json={"wish": WISH}).json()["claim"]
    office.post("published", json={
        "visit": f"{WISH}/2026-12", "role": "driver", "volunteer": made["volunteer"],
        "start": "2026-12-05T08:30:00+08:00", "end": "2026-12-05T11:30:00+08:00",
    })
    told = guest.get(f"{own}/turns").json()
    assert [one["claim"] for one in told["claims"]] == [made["claim"]]
    assert [(one["visit"], one["resident"]) for one in told["turns"]] == [(f"{WISH}/2026-12", "吴**")]
    assert guest.post(f"{own}/messages?visit={WISH}/2026-12", json={"text": "我八点到"}).status_code == 201
    assert guest.get(f"{own}/messages?visit={WISH}/2027-01").status_code == 404


def test_the_residents_side_confirms_a_visit_once(office, guest):
    visit = f"{WISH}/2026-10"
    made = office.post("tickets", json={"kind": "visit", "subject": visit, "once": True}).json()
    own = path(made["url"])
    assert guest.post(f"{own}/confirm", json={"stars": 5}).status_code == 404
    # What did not happen does not use the code up.
    assert guest.post(f"{own}/confirm", json={"stars": 9}).status_code == 422


def test_links_are_taken_back_used_up_and_not_used_too_often(office, guest):
    made = office.post("links", json={"kind": "join", "most_uses": 2}).json()
    there = path(made["url"])
    for number in (1, 2):
        assert guest.post(f"{there}/volunteers", json={"name": f"新{number}", "phone": f"1380000100{number}"}).status_code == 201
    assert guest.post(f"{there}/volunteers", json={"name": "新3", "phone": "13800001003"}).status_code == 410
    often = link(office, "join", most_per_address=1)
    assert guest.post(f"{often}/volunteers", json={"name": "新4", "phone": "13800001004"}).status_code == 201
    told = guest.post(f"{often}/volunteers", json={"name": "新5", "phone": "13800001005"})
    assert (told.status_code, told.headers["Retry-After"]) == (429, "3600")
    assert office.delete(f"links/{made['id']}").json()["revoked_at"] is not None
    gone, never = guest.get(there), guest.get("/v1/open/mc_nothing")
    assert gone.status_code == never.status_code == 404
    assert gone.json()["faults"] == never.json()["faults"]
    assert office.post("links", json={"kind": "join", "days": 0}).status_code == 422


def test_a_code_is_good_for_its_own_kind_only(office, guest):
    join, claim = link(office, "join"), link(office, "claim", wish=WISH)
    assert guest.post(f"{join}/claims", json=HONG).status_code == 422
    assert guest.post(f"{claim}/volunteers", json=HONG).status_code == 422
    assert guest.post(f"{claim}/claims", json=HONG | {"wish": "another"}).status_code == 422
    assert guest.post(f"{claim}/claims", json={"name": "李红"}).status_code == 422
    assert guest.post(f"{claim}/withdraw", json={}).status_code == 422
    assert guest.post(f"{claim}/claims", json={"name": "李红", "phone": "abc"}).status_code == 422


# A turn told: November's is past by the facts' own moment (24 November 2026), December's is to come.
PAST, NEXT = f"{WISH}/2026-11", f"{WISH}/2026-12"


@pytest.fixture
def told(office, guest):
    """v01 was told of two turns; the address of their own code."""
    for visit, day in ((PAST, "2026-11-14"), (NEXT, "2026-12-05")):
        office.post("published", json={
            "visit": visit, "role": "driver", "volunteer": "v01", "start": f"{day}T08:30:00+08:00", "end": f"{day}T11:30:00+08:00",
        })
    return path(office.post("tickets", json={"kind": "person", "subject": "v01"}).json()["url"])


def said(guest, own):
    return {turn["visit"]: turn["said"] for turn in guest.get(f"{own}/turns").json()["turns"]}


def test_a_volunteer_says_whether_they_come_and_the_last_word_counts(office, guest, told):
    assert said(guest, told) == {PAST: None, NEXT: None}
    assert guest.post(f"{told}/reply", json={"visit": NEXT, "says": "yes"}).json()["message"] == "Good: see you then."
    assert said(guest, told)[NEXT] == "yes"
    guest.post(f"{told}/reply", json={"visit": NEXT, "says": "no", "words": "那天要加班，电话13800000901"})
    (decline,) = [row["fact"] for row in office.get("declines").json()["items"]]
    assert (decline["visit"], decline["volunteer"]) == (NEXT, "v01")
    (message,) = office.get(f"visits/{NEXT}/messages").json()["items"]
    assert (message["side"], message["text"]) == ("volunteer", "那天要加班，电话***")
    (reply,) = office.get("replies").json()["items"]
    assert (reply["visit"], reply["volunteer"], reply["says"], reply["role"]) == (NEXT, "v01", "no", "driver")
    # Changed their mind, or only asks to swap: the refusal is off the record.
    assert guest.post(f"{told}/reply", json={"visit": NEXT, "says": "swap"}).status_code == 200
    assert office.get("declines").json()["items"] == []
    # Too late for what has begun; others' visits are not there.
    assert guest.post(f"{told}/reply", json={"visit": PAST, "says": "no"}).status_code == 409
    assert guest.post(f"{told}/reply", json={"visit": f"{WISH}/2027-01", "says": "no"}).status_code == 404


def test_what_was_said_to_another_time_is_no_answer(office, guest, told):
    guest.post(f"{told}/reply", json={"visit": NEXT, "says": "yes"})
    (seat,) = [row for row in office.get("published").json()["items"] if row["fact"]["visit"] == NEXT]
    office.patch(f"published/{seat['key']}", json={"start": "2026-12-05T09:00:00+08:00"}, headers={"If-Match": "*"})
    assert said(guest, told)[NEXT] is None
    assert office.get("replies").json()["items"] == []


def test_a_volunteer_says_that_they_have_been_and_the_community_has_the_last_word(office, guest, told):
    assert guest.post(f"{told}/done", json={"visit": NEXT}).status_code == 422
    assert guest.post(f"{told}/done", json={"visit": PAST}).json()["message"] == "Thank you: it is on record."
    (record,) = office.get(f"outcomes?visit={PAST}").json()["items"]
    assert (record["fact"]["volunteer"], record["fact"].get("outcome", "done"), record["fact"]["minutes"]) == ("v01", "done", 180)
    assert {turn["visit"]: turn["outcome"] for turn in guest.get(f"{told}/turns").json()["turns"]} == {PAST: "done", NEXT: None}
    office.put("outcomes", json={"outcomes": [{"visit": PAST, "volunteer": "v01", "outcome": "no-show"}]})
    assert guest.post(f"{told}/done", json={"visit": PAST}).status_code == 409


def test_a_personal_code_gives_a_calendar_address(guest, told):
    made = guest.post(f"{told}/feed")
    assert made.status_code == 201, made.text
    calendar = guest.get(made.json()["url"].partition("testserver")[2] or "/v1" + made.json()["url"].partition("/v1")[2])
    assert b"BEGIN:VEVENT" in calendar.content


def test_the_same_for_an_account_and_for_the_coordinator_on_the_phone(wu, office, told):
    own = wu.as_role("volunteer")
    assert [turn["visit"] for turn in own.get("turns").json()["turns"]] == [PAST, NEXT]
    assert own.post("replies", json={"visit": NEXT, "says": "yes"}).status_code == 201
    assert own.post("turns:done", json={"visit": PAST}).status_code == 200
    assert own.get("turns?volunteer=v02").status_code == 404
    assert own.post("replies", json={"visit": NEXT, "volunteer": "v02", "says": "no"}).status_code == 404
    assert office.post("replies", json={"visit": NEXT, "volunteer": "v01", "says": "no"}).json()["says"] == "no"
    assert office.get("turns?volunteer=v01").json()["turns"][1]["said"] == "no"


def test_erasing_somebody_takes_what_they_said_along(office, guest, told):
    guest.post(f"{told}/reply", json={"visit": NEXT, "says": "yes"})
    assert office.get("persons/v01").json()["replies"][0]["says"] == "yes"
    assert office.delete("persons/v01").status_code == 200
    assert office.get("replies").json()["items"] == []
