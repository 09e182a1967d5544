"""Before planning, over HTTP: a file looked at beside what is kept, what the facts say, supply, screening with decisions, the week."""

import json

import pytest
from answering import AnswersHere
from keeping import HERE, SCENARIOS
from keeping import wu as wu_scenario
from test_problems import problem

from matcher.api.uploads import XLSX
from matcher.domain.scenario import PlanningWindow
from matcher.planning.supply import supply
from matcher.store import rosters

WORKBOOK = SCENARIOS / "wu-bo" / "wu-bo.xlsx"


@pytest.fixture
def li(wu):
    wu.app.state.askers = AnswersHere(wu.database)
    return wu.as_role("coordinator")


@pytest.fixture
def unscreened(li):
    """The same with every claim as it came in."""
    claims = [row["fact"] | {"state": "open"} for row in li.get("claims").json()["items"]]
    assert li.post("claims:bulk", json={"items": claims}).status_code == 200
    return li


def preview(client, document):
    answer = client.post("facts:preview", content=json.dumps(document), headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def bring_in(client, document, etag, fingerprint):
    headers = {"Content-Type": "application/json", "If-Match": etag}
    return client.put("facts", params={"fingerprint": fingerprint}, content=json.dumps(document), headers=headers)


def test_a_sound_file_tells_what_it_would_change_and_changes_nothing(li):
    document = json.loads(wu_scenario().to_json())
    document["volunteers"][0]["name"] = "新名字"
    gone = document["claims"].pop()
    before = li.get("facts").headers["etag"]
    told = preview(li, document)
    assert (told["sound"], told["etag"], told["counts"]["volunteers"]) == (True, before, 23)
    changes = {one["table"]: one for one in told["changes"]}
    assert [row["name"] for row in changes["volunteers"]["rows"]] == ["新名字"]
    assert [(row["kind"], row["key"]) for row in changes["claims"]["rows"]] == [("gone", gone["id"])]
    assert li.get("facts").headers["etag"] == before
    done = bring_in(li, document, told["etag"], told["fingerprint"])
    assert (done.status_code, done.json()["removed"]) == (200, 1), done.text
    assert preview(li, document)["changes"] == []


def test_what_was_looked_at_is_what_counts(li):
    document = json.loads(wu_scenario().to_json())
    told = preview(li, document)
    document["volunteers"][0]["name"] = "别人"
    problem(bring_in(li, document, told["etag"], told["fingerprint"]), 409, "conflict")
    li.post("teams", json={"id": "new"})
    problem(bring_in(li, document, told["etag"], preview(li, document)["fingerprint"]), 412, "stale")


def test_faults_come_with_their_rows(wu, li, tmp_path):
    from openpyxl import load_workbook

    book = load_workbook(WORKBOOK)
    column = [cell.value for cell in book["志愿者"][1]].index("编号") + 1
    book["志愿者"].cell(4, column).value = book["志愿者"].cell(3, column).value
    book.save(tmp_path / "bad.xlsx")
    answer = li.post("facts:preview", content=(tmp_path / "bad.xlsx").read_bytes(), headers={"Content-Type": XLSX})
    told = answer.json()
    assert (answer.status_code, told["sound"], told["changes"]) == (200, False, [])
    (rows,) = [one for one in told["excerpts"] if one["sheet"] == "志愿者"]
    assert told["faults"][0]["row"] in [row["row"] for row in rows["rows"]]
    assert "13800" not in json.dumps(told, ensure_ascii=False).replace("138****", "")


def test_what_cannot_be_read_at_all_is_told_without_rows(li):
    told = li.post("facts:preview", content=b"PK\x03\x04 nothing", headers={"Content-Type": XLSX}).json()
    assert (told["sound"], told["excerpts"], len(told["faults"])) == (False, [], 1)


def test_the_first_file_of_a_community_has_nothing_to_differ_from(api):
    li = api.as_role("coordinator")
    told = preview(li, json.loads(wu_scenario().to_json()))
    assert (told["sound"], told["etag"], told["changes"]) == (True, None, [])


def test_supply_is_the_commands(li):
    told = li.get("supply").json()
    expected = supply(wu_scenario())
    assert (told["seats"], told["fillable"]) == (expected.seats, expected.fillable)
    assert [row["needed"] for row in told["rows"]] == [row.needed for row in expected.rows]
    assert told["rows"][0]["half_day"]["text"] == expected.rows[0].half_day.say("en")


def test_the_facts_say_what_is_doubtful_about_them(li):
    li.post("volunteers", json={"id": "new", "name": "何新"})
    told = li.get("facts:check").json()
    assert told["counts"]["volunteers"] == 24
    assert "no-hours" in [one["code"] for one in told["warnings"]]
    assert {"id": "new", "name": "何新", "team": None, "missing": ["hours", "place"]} in told["people"]


def test_decisions_of_the_coordinator_go_before_the_rule_and_can_be_taken_back(unscreened):
    li = unscreened
    proposed = li.post("screening", json={"wish": "wu-escort", "take": 12}).json()
    (one,) = proposed["screened"]
    out, up = one["chosen"][0]["claim"], one["waitlist"][0]["claim"]
    asked = {"wish": "wu-escort", "take": 12, "noted": proposed["noted"], "decisions": {out: "waitlisted", up: "chosen"}}
    done = li.post("screening:apply", json=asked)
    assert done.status_code == 200, done.text
    state = {row["key"]: row["fact"]["state"] for row in li.get("claims").json()["items"]}
    assert (state[out], state[up]) == ("waitlisted", "chosen")
    assert sum(value == "chosen" for value in state.values()) == 12
    # every claim was open before, so each one is changed, and taken back as it was
    assert set(done.json()["before"].values()) == {"open"}
    li.post("screening:apply", json={"wish": "wu-escort", "decisions": done.json()["before"]})
    assert {row["fact"].get("state", "open") for row in li.get("claims").json()["items"]} == {"open"}


def test_a_proposal_that_is_older_than_the_claims_writes_nothing(unscreened):
    li = unscreened
    proposed = li.post("screening", json={"wish": "wu-escort"}).json()
    li.post("declines", json={"visit": "wu-escort/2026-12", "volunteer": "v01"})
    told = problem(li.post("screening:apply", json={"wish": "wu-escort", "noted": proposed["noted"]}), 409, "conflict")
    assert told["faults"][0]["code"] == "screened-before"
    assert {row["fact"].get("state", "open") for row in li.get("claims").json()["items"]} == {"open"}


def test_a_decision_on_a_claim_of_another_wish_is_refused(li):
    told = problem(li.post("screening:apply", json={"wish": "wu-escort", "decisions": {"nobody": "chosen"}}), 422, "bad-input")
    assert told["faults"][0]["code"] == "not-screened"


def test_the_week_follows_what_is_done(wu, unscreened):
    li = unscreened
    def states():
        return {name: step["state"] for name, step in li.get("week").json()["steps"].items()}

    assert states() == {
        "bring": "done", "check": "now", "screen": "now", "plan": "todo", "adjust": "todo", "publish": "todo", "record": "todo",
    }
    li.post("screening:apply", json={})
    document = json.loads((SCENARIOS / "wu-bo" / "by-hand.json").read_text("utf-8"))
    window = PlanningWindow(start="2026-12-01", end="2027-11-30")
    with wu.database.writing(HERE, "li") as session:
        key = rosters.add_draft(session, rosters.Made(document, {"valid": True}, window))
    assert states() | {"record": ""} == {
        "bring": "done", "check": "done", "screen": "done", "plan": "done", "adjust": "now", "publish": "now", "record": "",
    }
    with wu.database.writing(HERE, "li") as session:
        rosters.publish(session, key)
    assert (states()["adjust"], states()["publish"], states()["record"]) == ("done", "done", "todo")
    # December's visit is over, and nobody has said what became of it
    etag = li.get("program").headers["etag"]
    li.patch("program", json={"as_of": "2026-12-31T12:00:00+08:00"}, headers={"If-Match": etag})
    step = li.get("week").json()["steps"]["record"]
    assert (step["state"], step["facts"]["visits"]) == ("now", 1)


def test_the_week_of_an_empty_community_begins_with_bringing_in(api):
    steps = api.as_role("coordinator").get("week").json()["steps"]
    assert [step["state"] for step in steps.values()] == ["now"] + ["todo"] * 6


def test_who_only_looks_makes_no_proposal_older(wu, unscreened):
    from matcher.service.accounts.sightings import sightings_of

    proposed = unscreened.post("screening", json={"wish": "wu-escort"}).json()
    unscreened.get("residents")
    sightings_of(wu.database).flush()
    done = unscreened.post("screening:apply", json={"wish": "wu-escort", "noted": proposed["noted"]})
    assert done.status_code == 200, done.text
