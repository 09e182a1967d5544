"""Facts over HTTP: versions, pages, filters, many at once, what each role may see, requests carried out once."""

from __future__ import annotations

import json

import pytest
from keeping import assembled
from test_problems import problem

NUMBER, NAME = "13800000900", "罗志强"


def test_one_fact_made_read_changed_and_taken_away(wu):
    li = wu.as_role("coordinator")
    made = li.post("teams", json={"id": "night", "name": "夜班队"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"'), made.text
    assert li.get(made.headers["location"]).json()["fact"] == {"id": "night", "name": "夜班队"}
    assert li.get("teams/night", headers={"If-None-Match": '"1"'}).status_code == 304
    changed = li.patch("teams/night", json={"name": "早班队"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["version"]) == (200, 2), changed.text
    stale = problem(li.put("teams/night", json={"id": "night"}, headers={"If-Match": '"1"'}), 412, "stale")
    assert "key:" in stale["detail"], "who changed it is said"
    problem(li.delete("teams/night"), 428, "precondition-required")
    assert li.delete("teams/night", headers={"If-Match": '"2"'}).status_code == 204
    problem(li.get("teams/night"), 404, "not-found")


def test_putting_makes_what_is_not_there_and_asks_for_the_version_of_what_is(wu):
    li = wu.as_role("coordinator")
    assert li.put("teams/x", json={"id": "x"}, headers={"If-None-Match": "*"}).status_code == 201
    problem(li.put("teams/x", json={"id": "x"}, headers={"If-None-Match": "*"}), 412, "stale")
    problem(li.put("teams/x", json={"id": "x", "name": "y"}), 428, "precondition-required")
    assert li.put("teams/x", json={"id": "x", "name": "y"}, headers={"If-Match": "*"}).status_code == 200
    assert li.put("teams/x", json={"id": "x"}, headers={"If-Match": '"1", "2"'}).status_code == 200
    problem(li.put("teams/none", json={"id": "none"}, headers={"If-Match": '"1"'}), 412, "stale")
    differs = problem(li.put("teams/a", json={"id": "b"}), 422, "bad-input")
    assert differs["faults"][0]["code"] == "key-differs"
    problem(li.post("teams", json={"id": "x"}), 409, "conflict")
    problem(li.patch("teams/nobody", json={"name": "y"}, headers={"If-Match": "*"}), 404, "not-found")


def test_a_merge_patch_takes_away_what_is_null_and_must_leave_a_whole_fact(wu):
    li = wu.as_role("coordinator")
    done = li.patch("wishes/wu-escort", json={"notes": None, "staffing": {"standbys": 2}}, headers={"If-Match": "*"})
    fact = done.json()["fact"]
    assert ("notes" in fact, fact["staffing"]["standbys"], fact["staffing"]["policy"]) == (False, 2, "rotate")
    told = problem(li.patch("wishes/wu-escort", json={"kind": None}, headers={"If-Match": "*"}), 422, "bad-input")
    assert told["faults"][0]["where"] == "kind"


def test_what_others_refer_to_stays(wu):
    told = problem(wu.as_role("coordinator").delete("residents/wu", headers={"If-Match": "*"}), 422, "bad-input")
    assert told["faults"][0]["code"] == "dangling"


def test_pages_lead_through_everything_once(wu):
    li = wu.as_role("coordinator")
    seen, answer = [], li.get("volunteers", params={"limit": 7})
    while True:
        page = answer.json()
        seen += [item["key"] for item in page["items"]]
        if page["next"] is None:
            break
        assert 'rel="next"' in answer.headers["link"]
        answer = li.get(answer.headers["link"].partition(">")[0].lstrip("<"))
    assert seen == [f"v{n:02}" for n in range(1, 24)]
    assert "link" not in answer.headers
    etag = answer.headers["etag"]
    assert li.get("volunteers", headers={"If-None-Match": etag}).status_code == 304


def test_pages_can_be_asked_for_by_field_and_a_filter_spelled_wrong_is_refused(wu):
    li = wu.as_role("coordinator")
    found = li.get("volunteers", params={"team": "t-gongxin"}).json()["items"]
    assert found
    assert {item["fact"]["team"] for item in found} == {"t-gongxin"}
    told = problem(li.get("volunteers", params={"taem": "t-gongxin"}), 422, "bad-input")
    assert "team" in told["faults"][0]["advice"]


def test_many_at_once_all_or_none(wu):
    li = wu.as_role("coordinator")
    before = assembled(wu.database).fingerprint
    bad = {"items": [{"id": "n1"}, {"id": "n2", "team": "nowhere"}, {"id": "n3", "home": "nowhere"}]}
    told = problem(li.post("volunteers:bulk", json=bad), 422, "bad-input")
    assert [fault["where"] for fault in told["faults"]] == ["items[1].team", "items[2].home"]
    assert assembled(wu.database).fingerprint == before
    good = {"items": [{"id": "n1"}, {"id": "v01", "name": "罗志强", "team": "t-donghe"}]}
    done = li.post("volunteers:bulk", json=good)
    assert [(item["key"], item["version"]) for item in done.json()["items"]] == [("n1", 1), ("v01", 2)], done.text
    problem(li.post("volunteers:bulk", json={"items": []}), 422, "bad-input")
    problem(li.post("volunteers:bulk", json={"items": [{"id": "n"}] * 5001}), 422, "bad-input")


def test_a_request_with_a_key_is_carried_out_once(wu):
    li, other = wu.as_role("coordinator"), wu.as_role("coordinator")
    key = {"Idempotency-Key": "5f0c"}
    first = li.post("declines", json={"wish": "wu-escort", "team": "t-gongxin"}, headers=key)
    again = li.post("declines", json={"wish": "wu-escort", "team": "t-gongxin"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.json(), again.headers["location"]) == (first.json(), first.headers["location"])
    assert len(li.get("declines").json()["items"]) == 1
    problem(li.post("declines", json={"wish": "wu-escort", "team": "t-donghe"}, headers=key), 422, "key-reused")
    theirs = other.post("declines", json={"wish": "wu-escort", "team": "t-donghe"}, headers=key)
    assert theirs.status_code == 201, "another caller's key is another key"
    problem(li.post("teams", json={"id": "x"}, headers={"Idempotency-Key": "a b"}), 400, "bad-request")
    failed = {"Idempotency-Key": "later"}
    problem(li.post("volunteers", json={"id": "n", "team": "t-new"}, headers=failed), 422, "bad-input")
    li.post("teams", json={"id": "t-new"})
    assert li.post("volunteers", json={"id": "n", "team": "t-new"}, headers=failed).status_code == 201, "nothing was kept"


def test_the_programme_and_what_must_hold_under_it(wu):
    li = wu.as_role("coordinator")
    program = li.get("program")
    fact, etag = program.json()["fact"], program.headers["etag"]
    assert fact["name"] == "东河社区云心愿"
    problem(li.put("program", json=fact), 428, "precondition-required")
    early = {"as_of": "2020-01-01T00:00:00+08:00"}
    told = problem(li.patch("program", json=early, headers={"If-Match": etag}), 422, "bad-input")
    assert {fault["code"] for fault in told["faults"]} == {"future-history"}
    done = li.patch("program", json={"name": "云心愿"}, headers={"If-Match": etag})
    assert (done.status_code, done.json()["fact"]["name"]) == (200, "云心愿")


NOUNS = ("places", "residents", "volunteers", "teams", "wishes", "claims", "history")


def test_a_viewer_sees_no_name_number_address_or_home(wu):
    eye = wu.as_role("viewer")
    told = "".join(json.dumps(eye.get(noun).json(), ensure_ascii=False) for noun in NOUNS)
    for private in (NUMBER, NAME, "13800000001", "吴伯", "东河苑3栋", "耳背", "独居", "罗志强"):
        assert private not in told, private
    place = eye.get("places/wu-home").json()["fact"]
    assert set(place) <= {"id", "community", "grid"}
    assert eye.get("places/sanatorium").json()["fact"]["name"] == "南郊疗养院"


def test_a_team_lead_sees_their_own_people_whole_and_others_masked(wu):
    lead = wu.as_role("team-lead", team="t-donghe")
    people = {item["key"]: item["fact"] for item in lead.get("volunteers").json()["items"]}
    assert people["v01"]["phone"] == "13800000001"
    assert "phone" not in people["v02"]
    assert people["v02"]["name"].endswith("**")
    problem(lead.patch("volunteers/v01", json={"notes": "x"}, headers={"If-Match": "*"}), 403, "forbidden")


def test_a_volunteer_sees_what_is_their_own(wu):
    me = wu.as_role("volunteer", volunteer="v01")
    assert [item["key"] for item in me.get("volunteers").json()["items"]] == ["v01"]
    assert {item["fact"]["volunteer"] for item in me.get("claims").json()["items"]} == {"v01"}
    problem(me.get("volunteers/v02"), 404, "not-found")
    problem(me.get("residents"), 403, "forbidden")


def test_districts_and_communities(wu):
    boss = wu.as_role("admin")
    problem(wu.as_role("coordinator").put("/v1/districts/huizhou", json={}), 403, "forbidden")
    made = boss.put("/v1/districts/ganzhou", json={"name": "赣州"})
    assert (made.status_code, made.json()) == (201, {"district": "ganzhou", "name": "赣州"})
    assert boss.put("/v1/districts/ganzhou", json={"name": "赣州市"}).status_code == 200
    problem(boss.put("/v1/districts/nowhere/communities/x", json={}), 404, "not-found")
    assert boss.put("/v1/districts/ganzhou/communities/dong", json={}).status_code == 201
    assert [row["district"] for row in boss.get("/v1/districts").json()["items"]] == ["ganzhou", "huizhou"]
    li = wu.as_role("coordinator")
    assert [row["district"] for row in li.get("/v1/districts").json()["items"]] == ["huizhou"]
    problem(li.get("/v1/districts/ganzhou/communities"), 404, "not-found")
    rows = li.get("/v1/districts/huizhou/communities").json()["items"]
    assert [row["community"] for row in rows] == ["donghe"]
    told = li.get("/v1/districts/huizhou/communities/donghe").json()
    assert (told["counts"]["volunteers"], told["counts"]["wishes"]) == (23, 1)
    for bad in ("%20", "a%0Ab", "x" * 121):
        assert boss.put(f"/v1/districts/{bad}", json={}).status_code == 422, bad


@pytest.mark.parametrize("noun", ["secrets", "programs"])
def test_there_are_no_other_nouns(wu, noun):
    problem(wu.as_role("admin").get(noun), 404, "not-found")
