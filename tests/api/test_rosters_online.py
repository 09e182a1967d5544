"""Rosters over HTTP: kept, edited, compared with what people were told, published, put aside; as far as each may see."""

from __future__ import annotations

import json

import pytest
from answering import AnswersHere
from keeping import HERE
from keeping import wu as wu_scenario

from matcher.planning import solve
from matcher.solvers.stop import Stop
from matcher.store import facts

OPTIMUM = json.loads(
    solve(wu_scenario(), strategy="exact", stop=Stop(seconds=None, work=3), workers=1).roster.to_json()
)
"""A ride a month for a year, each with a driver and a stand-by."""
FIRST = OPTIMUM["visits"][0]


@pytest.fixture
def told(wu):
    """Mr Wu's community, and a coordinator."""
    wu.app.state.askers = AnswersHere(wu.database)
    return wu, wu.as_role("coordinator")


def kept(li, document=OPTIMUM):
    made = li.post("rosters", json={"roster": document})
    assert made.status_code == 201, made.text
    return made.json()


def published(li, key, **more):
    return li.post(f"rosters/{key}/publish", json=more)


def on(api, noun="published", **having):
    with api.database.reading(HERE) as session:
        return [row.document for row in facts.page(session, noun, limit=500, **having)]


def test_a_roster_made_elsewhere_is_kept_judged_and_published(told):
    api, li = told
    made = kept(li)
    assert (made["state"], made["version"], made["first_day"], made["last_day"]) == ("draft", 1, "2026-12-01", "2027-11-30")
    assert made["report"]["valid"], made["report"]["violations"]
    done = published(li, made["id"])
    assert done.status_code == 200, done.text
    assert (done.json()["state"], done.headers["etag"]) == ("published", '"2"')
    seats = [seat["volunteer"] for visit in OPTIMUM["visits"] for seat in (*visit["assigned"], *visit["standbys"])]
    assert sorted(one["volunteer"] for one in on(api)) == sorted(seats)
    again = published(li, made["id"])
    assert (again.status_code, again.json()["faults"][0]["code"]) == (409, "not-a-draft")
    assert [row["id"] for row in li.get("rosters", params={"state": "published"}).json()["items"]] == [made["id"]]
    shown = li.get(f"rosters/{made['id']}")
    assert shown.json()["roster"]["visits"] == li.get(f"rosters/{made['id']}").json()["roster"]["visits"]
    assert li.get(f"rosters/{made['id']}", headers={"If-None-Match": shown.headers["etag"]}).status_code == 304


def test_a_broken_rule_is_not_published_whatever_is_confirmed(told):
    _api, li = told
    visit = FIRST | {"assigned": FIRST["assigned"] * 1, "standbys": [], "start": FIRST["start"], "end": FIRST["start"]}
    broken = kept(li, OPTIMUM | {"visits": [visit, *OPTIMUM["visits"][1:]], "tiers": []})
    assert not broken["report"]["valid"]
    refused = published(li, broken["id"], confirm_changes=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict"), refused.text
    for fault in refused.json()["faults"]:
        assert fault["path"][0] == "visits"
        assert "adjust the roster" in fault["advice"]
    assert li.get(f"rosters/{broken['id']}").json()["state"] == "draft"


def test_an_edit_is_a_new_draft_and_changed_promises_are_confirmed(told):
    api, li = told
    made = kept(li)
    published(li, made["id"])
    driver, standby = FIRST["assigned"][0]["volunteer"], FIRST["standbys"][0]["volunteer"]
    edited = li.post(f"rosters/{made['id']}/edits", json={"changes": [
        {"op": "replace", "visit": FIRST["id"], "volunteer": driver, "by": standby},
    ]})
    assert edited.status_code == 201, edited.text
    draft = edited.json()
    assert (draft["replaces"], draft["state"]) == (made["id"], "draft")
    assert edited.headers["location"].endswith(draft["id"])
    assert {(one["volunteer"], one["kind"]) for one in draft["changes"]} == {(driver, "released")}
    differs = li.get(f"rosters/{draft['id']}/diff").json()
    assert [one["visit"] for one in differs["visits"]] == [FIRST["id"]]
    assert {one["volunteer"]: one["kind"] for one in differs["news"]} == {driver: "released", standby: "steps_in"}
    assert {one["to"] for one in differs["messages"]} >= {driver, standby}
    # A stand-by from the waitlist may serve once the claim is chosen.
    waits = published(li, draft["id"])
    assert [fault["code"] for fault in waits.json()["faults"]] == ["has_claimed_it"]
    (claim,) = li.get("claims", params={"volunteer": standby}).json()["items"]
    li.patch(f"claims/{claim['key']}", json={"state": "chosen"}, headers={"If-Match": f'"{claim["version"]}"'})
    asked = published(li, draft["id"])
    assert (asked.status_code, asked.json()["faults"][0]["code"]) == (409, "changes-told"), asked.text
    stale = li.post(
        f"rosters/{draft['id']}/publish", json={"confirm_changes": True}, headers={"If-Match": '"7"'}
    )
    assert stale.status_code == 412
    done = published(li, draft["id"], confirm_changes=True)
    assert done.status_code == 200, done.text
    assert li.get(f"rosters/{made['id']}").json()["state"] == "archived"
    assert [one["volunteer"] for one in on(api, visit=FIRST["id"])] == [standby]


def test_edits_that_make_no_sense_are_all_told(told):
    _api, li = told
    made = kept(li)
    driver = FIRST["assigned"][0]["volunteer"]
    wrong = li.post(f"rosters/{made['id']}/edits", json={"changes": [
        {"op": "remove", "visit": FIRST["id"], "volunteer": "v99"}, {"op": "assign", "visit": FIRST["id"], "volunteer": "x"},
        {"op": "assign", "visit": FIRST["id"], "volunteer": driver}, {"op": "drop", "visit": "nothing/1"},
        {"op": "assign", "visit": FIRST["id"], "volunteer": "v01", "role": "pilot"},
    ]})
    assert wrong.status_code == 422, wrong.text
    assert [(fault["path"][1], fault["code"]) for fault in wrong.json()["faults"]] == [
        (0, "not-on"), (1, "dangling"), (2, "on-already"), (3, "no-visit"), (4, "no-role")
    ]
    half = li.post(f"rosters/{made['id']}/edits", json={"changes": [{"op": "move", "visit": FIRST["id"]}]})
    assert half.status_code == 422


def test_a_dropped_visit_can_be_filled_again_with_its_time(told):
    _api, li = told
    made = kept(li)
    driver = FIRST["assigned"][0]["volunteer"]
    dropped = li.post(f"rosters/{made['id']}/edits", json={"changes": [{"op": "drop", "visit": FIRST["id"]}]}).json()
    assert FIRST["id"] in [one["visit"] for one in dropped["roster"]["unfilled"]]
    without = li.post(f"rosters/{dropped['id']}/edits", json={"changes": [
        {"op": "assign", "visit": FIRST["id"], "volunteer": driver}]})
    assert without.json()["faults"][0]["code"] == "needs-start"
    filled = li.post(f"rosters/{dropped['id']}/edits", json={"changes": [
        {"op": "assign", "visit": FIRST["id"], "volunteer": driver, "start": FIRST["start"]}]}).json()
    visit = next(one for one in filled["roster"]["visits"] if one["id"] == FIRST["id"])
    assert (visit["start"], visit["end"]) == (FIRST["start"], FIRST["end"])


def test_news_of_a_replan_becomes_facts_when_it_is_published(told):
    api, li = told
    made = kept(li)
    published(li, made["id"])
    driver = FIRST["assigned"][0]["volunteer"]
    away = {"volunteer": driver, "start": f"{FIRST['start'][:10]}T00:00:00+08:00", "end": f"{FIRST['start'][:10]}T23:00:00+08:00"}
    done = li.post(f"rosters/{made['id']}/replan", json={"absences": [away], "seconds": 5})
    assert done.status_code == 201, done.text
    draft = done.json()["id"]
    assert not li.get(f"volunteers/{driver}").json()["fact"].get("unavailable")
    said = published(li, draft, confirm_changes=True)
    assert said.status_code == 200, said.text
    absence = li.get(f"volunteers/{driver}").json()["fact"]["unavailable"]
    assert [one["start"][:10] for one in absence] == [FIRST["start"][:10]]
    assert driver not in [one["volunteer"] for one in on(api, visit=FIRST["id"]) if not one.get("standby")]


def test_a_visit_called_off_is_taken_back_from_who_was_told(told):
    api, li = told
    made = kept(li)
    published(li, made["id"])
    done = li.post(f"rosters/{made['id']}/replan", json={"cancelled": [FIRST["id"]], "seconds": 5})
    assert done.status_code == 201, done.text
    draft = done.json()["id"]
    news = li.get(f"rosters/{draft}/diff").json()["news"]
    assert {one["kind"] for one in news if one["visit"] == FIRST["id"]} == {"called_off", "standby_called_off"}
    assert published(li, draft).json()["faults"][0]["code"] == "changes-told"
    said = published(li, draft, confirm_changes=True)
    assert said.status_code == 200, said.text
    assert on(api, visit=FIRST["id"]) == []
    assert {one["outcome"] for one in on(api, "history", visit=FIRST["id"])} == {"cancelled"}


def test_each_sees_a_roster_as_far_as_is_theirs(told):
    api, li = told
    made = kept(li)
    driver = FIRST["assigned"][0]["volunteer"]
    his, viewer = api.as_role("volunteer", volunteer=driver), api.as_role("viewer")
    assert his.get(f"rosters/{made['id']}").status_code == 404, "a draft is the coordinator's"
    assert viewer.get("rosters").json()["items"] == []
    published(li, made["id"])
    own = his.get(f"rosters/{made['id']}").json()
    assert own["view"]["grade"] == "slip"
    assert len(own["view"]["visits"]) == sum(
        driver in [seat["volunteer"] for seat in (*visit["assigned"], *visit["standbys"])] for visit in OPTIMUM["visits"]
    )
    assert "roster" not in own
    public = viewer.get(f"rosters/{made['id']}")
    assert public.json()["view"]["grade"] == "public"
    phones = [one["phone"] for one in on(api, "volunteers") if one.get("phone")]
    assert phones
    assert not [phone for phone in phones if phone in public.text]
    assert li.get(f"rosters/{made['id']}", params={"view": True}).json()["view"]["grade"] == "full"


def test_files_of_a_roster_each_as_far_as_may_be_seen(told):
    api, li = told
    made = kept(li)
    published(li, made["id"])
    base = f"rosters/{made['id']}/outputs"
    driver = FIRST["assigned"][0]["volunteer"]
    other = next(seat["volunteer"] for visit in OPTIMUM["visits"] for seat in visit["assigned"] if seat["volunteer"] != driver)
    for name, media in (
        ("roster.html", "text/html"), ("notice.html", "text/html"), ("phone-list.html", "text/html"), ("slips.html", "text/html"),
        (f"slips/{driver}.html", "text/html"), (f"calendars/{driver}.ics", "text/calendar"),
        ("roster.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        file = li.get(f"{base}/{name}")
        assert file.status_code == 200, (name, file.text)
        assert file.headers["content-type"].startswith(media)
        assert "script-src" not in file.headers["content-security-policy"]
    his, viewer = api.as_role("volunteer", volunteer=driver), api.as_role("viewer")
    assert his.get(f"{base}/slips/{driver}.html").status_code == 200
    for who, name in (
        (his, f"slips/{other}.html"), (his, "phone-list.html"), (viewer, f"slips/{driver}.html"),
        (viewer, "roster.html"), (li, "slips/.html"), (li, "../x"), (li, "slips/nobody.html"), (li, "calendars/x.html"),
    ):
        assert who.get(f"{base}/{name}").status_code == 404, name
    assert viewer.get(f"{base}/notice.html").status_code == 200


def test_a_draft_nobody_wants_is_put_aside(told):
    _api, li = told
    made = kept(li)
    done = li.post(f"rosters/{made['id']}/archive", headers={"If-Match": '"1"'})
    assert (done.status_code, done.json()["state"]) == (200, "archived"), done.text
    assert li.post(f"rosters/{made['id']}/archive").status_code == 409
    assert published(li, made["id"]).status_code == 409
    assert published(li, "nothing").status_code == 404
