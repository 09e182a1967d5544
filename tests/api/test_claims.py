"""Claims over HTTP: under rush, by role, answered and withdrawn; comments of a broadcast; the loop; messages."""

from __future__ import annotations

import pytest
from serving import COMMUNITY

WISH = "wu-escort"


@pytest.fixture
def office(wu):
    """A coordinator; Mr Wu's wish is opened for two, with nobody on it."""
    client = wu.as_role("coordinator")
    for claim in client.get("claims").json()["items"]:
        assert client.delete(f"claims/{claim['key']}", headers={"If-Match": "*"}).status_code in (200, 204)
    told = client.post(f"wishes/{WISH}:move", json={"stage": "published", "places": 2})
    assert told.status_code == 200, told.text
    return client


def claim(client, who, **headers):
    return client.post(f"{COMMUNITY}/claims:claim", json={"wish": WISH, "volunteer": who}, headers=headers)


def test_places_then_the_waitlist_and_a_repetition_gets_the_same_answer(office):
    told = [claim(office, who, **{"Idempotency-Key": f"key-{who}"}) for who in ("v01", "v02", "v03", "v04")]
    assert [one.status_code for one in told] == [201] * 4
    assert [(one.json()["standing"], one.json()["position"]) for one in told] == [
        ("holds", None), ("holds", None), ("waits", 1), ("waits", 2),
    ]
    again = claim(office, "v01", **{"Idempotency-Key": "key-v01"})
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, told[0].json(), "true")
    other = claim(office, "v05", **{"Idempotency-Key": "key-v01"})
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    named = {"id": "t-new", "name": "new"}
    assert office.post("teams", json=named, headers={"Idempotency-Key": "key-team"}).status_code == 201
    elsewhere = claim(office, "v05", **{"Idempotency-Key": "key-team"})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "key-reused")
    twice = claim(office, "v03")
    assert (twice.status_code, twice.json()["again"], twice.json()["claim"]) == (200, True, told[2].json()["claim"])
    found = office.get(f"wishes/{WISH}/claims").json()
    assert [one["volunteer"] for one in found] == ["v01", "v02", "v03", "v04"]
    assert office.get(f"wishes/{WISH}/order").json()["stage"] == "claimed"


def test_a_place_that_comes_free_is_kept_for_the_next_until_they_answer(office):
    held, _, first, second = (claim(office, who).json() for who in ("v01", "v02", "v03", "v04"))
    assert office.post(f"claims/{held['claim']}:withdraw").json()["state"] == "withdrawn"
    assert office.get(f"claims/{first['claim']}/standing").json()["until"] is not None
    refused = office.post(f"claims/{second['claim']}:answer", json={"accepts": True})
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (409, "not-asked")
    assert office.post(f"claims/{first['claim']}:answer", json={"accepts": True}).json()["standing"] == "holds"


def test_volunteers_claim_for_themselves_and_leads_for_their_team(wu, office):
    volunteer, lead = wu.as_role("volunteer"), wu.as_role("team-lead")
    own = volunteer.post(f"{COMMUNITY}/claims:claim", json={"wish": WISH})
    assert own.json()["volunteer"] == "v01"
    assert claim(volunteer, "v02").status_code == 403
    other = claim(office, "v02").json()["claim"]
    assert volunteer.post(f"claims/{other}:withdraw").status_code == 404
    team = office.get("volunteers").json()["items"]
    stranger = next(one["key"] for one in team if one["fact"].get("team") != "t-donghe")
    member = next(one["key"] for one in team if one["fact"].get("team") == "t-donghe" and one["key"] != "v01")
    assert claim(lead, stranger).status_code == 403
    assert claim(lead, member).status_code in (200, 201)
    assert wu.as_role("viewer").post(f"{COMMUNITY}/claims:claim", json={"wish": WISH, "volunteer": "v01"}).status_code == 403


def test_faults_come_all_at_once_in_both_languages(office):
    body = {"wish": "nothing", "volunteer": "nobody"}
    told = office.post(f"{COMMUNITY}/claims:claim", json=body)
    assert told.status_code == 422
    assert [fault["code"] for fault in told.json()["faults"]] == ["no-wish", "no-volunteer"]
    zh = office.post(f"{COMMUNITY}/claims:claim", json=body, headers={"Accept-Language": "zh"})
    assert zh.json()["faults"][0]["message"] == "没有心愿“nothing”。"
    assert office.post(f"{COMMUNITY}/claims:claim", json={"wish": WISH}).json()["faults"][0]["code"] == "nobody-claims"
    assert office.post(f"{COMMUNITY}/claims:claim", json={"wish": WISH, "volunteer": "v01", "colour": 1}).status_code == 422


def test_comments_of_a_broadcast_become_claims_and_every_one_is_accounted_for(office):
    people = {one["key"]: one["fact"]["name"] for one in office.get("volunteers").json()["items"]}
    text = "\n".join([
        f"20:04:02 {people['v01']}：认领吴伯！！[玫瑰]",
        "20:04:03 小海🌸：我来！吴伯那个",
        f"20:04:04 {people['v02']}: +1",
        f"20:04:05 {people['v01']}：认领吴伯",
        "20:04:06 路人甲：吴伯住哪里？",
        "20:04:07 谁呀：认领吴伯",
        f"20:05:00 {people['v01']}：不去了",
        "20:05:01 路人乙：加油👍",
    ])
    told = office.post(f"{COMMUNITY}/claims:comments", json={"text": text, "people": {"小海": "v03"}})
    assert told.status_code == 200, told.text
    report = told.json()
    assert [line["verdict"] for line in report["lines"]] == [
        "claimed", "claimed", "claimed", "again", "ignored", "refused", "withdrawn", "ignored",
    ]
    assert [line["standing"] for line in report["lines"][:3]] == ["holds", "holds", "waits"]
    assert report["lines"][2]["assumed"]
    assert "谁呀" in report["lines"][5]["why"]
    assert (report["claimed"], report["refused"], report["assumed"]) == (3, 1, 1)
    repeated = office.post(f"{COMMUNITY}/claims:comments", json={"text": text, "people": {"小海": "v03"}}).json()
    assert repeated["claimed"] == 1  # v01 comes again after having left, and leaves again


def test_the_stages_of_a_wish_and_who_is_refused(wu, office):
    told = office.post(f"wishes/{WISH}:move", json={"stage": "planned"})
    assert (told.status_code, told.json()["faults"][0]["code"]) == (409, "not-your-move")
    assert office.post(f"wishes/{WISH}:move", json={"stage": "submitted"}).status_code == 409
    assert office.post("wishes/nothing:move", json={"stage": "published"}).status_code == 404
    assert office.post(f"wishes/{WISH}:move", json={"stage": "published", "places": 0}).status_code == 422
    assert wu.as_role("volunteer").post(f"wishes/{WISH}:move", json={"stage": "lapsed"}).status_code == 403
    assert [one["wish"] for one in office.get("orders?stage=published").json()["items"]] == [WISH]


def test_a_visit_has_a_thread_with_names_and_numbers_masked(wu, office):
    visit, volunteer = f"{WISH}/2026-12", wu.as_role("volunteer")
    assert volunteer.get(f"visits/{visit}/messages").status_code == 404
    office.post("published", json={"visit": visit, "role": "driver", "volunteer": "v01"})
    made = volunteer.post(f"visits/{visit}/messages", json={"text": "我的电话 138 0000 0001，八点到"})
    assert made.status_code == 201, made.text
    assert (made.json()["text"], made.json()["side"]) == ("我的电话 ***，八点到", "volunteer")
    assert made.json()["name"].endswith("**")
    assert office.post(f"visits/{visit}/messages", json={"text": "好的"}).json()["side"] == "coordinator"
    hidden = office.post(f"messages/{made.json()['number']}:hide", json={"hidden": True})
    assert hidden.json()["hidden"]
    shown = volunteer.get(f"visits/{visit}/messages?limit=1").json()
    assert [one["text"] for one in shown["items"]] == ["(hidden by the community)"]
    assert shown["next"] is not None
    assert office.get(f"visits/{visit}/messages").json()["items"][0]["text"] == "我的电话 ***，八点到"
    for text in ("", "  ", "字" * 1001):
        assert office.post(f"visits/{visit}/messages", json={"text": text}).status_code == 422
    assert volunteer.post(f"messages/{made.json()['number']}:hide", json={}).status_code == 403
