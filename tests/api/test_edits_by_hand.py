"""Edits as the board makes them: strict, pinned, taken back, two at once; when else a visit could be; pins alone are cheap."""

from __future__ import annotations

import pytest
from answering import AnswersHere
from keeping import HERE
from test_rosters_online import FIRST, OPTIMUM, kept

from matcher.problem.problem import Problem
from matcher.service.asking.asks import Answerer, Ask
from matcher.service.moments import facts_at
from matcher.store import facts

VISIT, DRIVER = FIRST["id"], FIRST["assigned"][0]["volunteer"]


@pytest.fixture
def told(wu):
    wu.app.state.askers = AnswersHere(wu.database)
    return wu, wu.as_role("coordinator")


def pins(api):
    with api.database.reading(HERE) as session:
        return facts.documents(session, "pins")


def somebody(li, key, *, can):
    """A person who could (or could not) take over the first ride."""
    asked = {"visit": VISIT, "instead_of": DRIVER, "blocked": True, "count": 100}
    seat = li.post(f"rosters/{key}/suggest", json=asked).json()["seats"][0]
    found = seat["people" if can else "blocked"][0]
    if can and found["claim"]:
        chosen = li.patch(f"claims/{found['claim']}", json={"state": "chosen"}, headers={"If-Match": "*"})
        assert chosen.status_code == 200, chosen.text
    return found["volunteer"]


def replace(by, **more):
    return {"changes": [{"op": "replace", "visit": VISIT, "volunteer": DRIVER, "by": by}], **more}


def test_who_is_put_on_by_hand_is_pinned_and_taking_it_back_lifts_the_pin(told):
    api, li = told
    made, before = kept(li), pins(api)
    other = somebody(li, made["id"], can=True)
    done = li.post(f"rosters/{made['id']}/edits", json=replace(other, pin=True, strict=True))
    assert done.status_code == 201, done.text
    pin = {"visit": VISIT, "role": "driver", "volunteer": other}
    assert done.json()["pins"] == {"put": [pin], "lifted": []}
    assert pins(api) == [*before, pin]
    back = li.post(f"rosters/{done.json()['id']}/edits", json={
        "changes": [{"op": "replace", "visit": VISIT, "volunteer": other, "by": DRIVER}], "strict": True, "lift_pins": [pin],
    })
    assert back.status_code == 201, back.text
    assert pins(api) == before


def test_a_strict_edit_that_breaks_a_rule_is_refused_and_nothing_is_kept(told):
    api, li = told
    made = kept(li)
    nobody = somebody(li, made["id"], can=False)
    refused = li.post(f"rosters/{made['id']}/edits", json=replace(nobody, pin=True, strict=True))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert refused.json()["faults"][0]["advice"]
    assert len(li.get("rosters").json()["items"]) == 1
    assert pins(api) == []
    assert li.post(f"rosters/{made['id']}/edits", json=replace(nobody)).status_code == 201


def test_of_two_edits_at_once_the_second_is_stale(told):
    _, li = told
    made = kept(li)
    etag = li.get(f"rosters/{made['id']}").headers["etag"]
    other = somebody(li, made["id"], can=True)
    first = li.post(f"rosters/{made['id']}/edits", json=replace(other), headers={"If-Match": etag})
    assert first.status_code == 201, first.text
    drop = {"changes": [{"op": "drop", "visit": VISIT}]}
    second = li.post(f"rosters/{made['id']}/edits", json=drop, headers={"If-Match": etag})
    assert (second.status_code, second.json()["code"]) == (412, "stale")
    (found,) = li.get("rosters", params={"replaces": made["id"]}).json()["items"]
    assert found["id"] == first.json()["id"]
    assert [row["edition"] for row in li.get("rosters", params={"newest": True}).json()["items"]] == [2, 1]


def test_moves_tell_of_each_start_whether_the_people_of_a_visit_could(told):
    _, li = told
    made = kept(li)
    told_starts = li.post(f"rosters/{made['id']}/moves", json={"visit": VISIT}).json()["starts"]
    assert {one["start"][:7] for one in told_starts} == {"2026-12"}  # once a month, and this is December's
    (now,) = [one for one in told_starts if one["start"] == FIRST["start"]]
    assert now["codes"] == []
    assert now["delta"]["needs"] == 0
    could = next(one for one in told_starts if not one["codes"] and one["start"] != FIRST["start"])
    moved = li.post(f"rosters/{made['id']}/edits", json={
        "changes": [{"op": "move", "visit": VISIT, "start": could["start"]}], "strict": True, "pin": True,
    })
    assert moved.status_code == 201, moved.text
    assert li.post(f"rosters/{made['id']}/moves", json={"visit": "no/1"}).status_code == 422


def test_a_sheet_names_everybody_and_tells_no_number(told):
    _, li = told
    made = kept(li)
    sheet = li.get(f"rosters/{made['id']}/sheet", params={"places": True})
    assert sheet.status_code == 200, sheet.text
    told_sheet = sheet.json()
    assert told_sheet["wishes"]["wu-escort"]["resident"]
    assert {one["id"] for one in told_sheet["people"]} >= {DRIVER}
    assert [visit["id"] for visit in told_sheet["visits"]] == [visit["id"] for visit in OPTIMUM["visits"]]
    assert all(len(place["at"]) == 2 for place in told_sheet["places"].values())
    assert "1380000" not in sheet.text


def test_after_a_pin_the_facts_are_not_worked_out_anew_and_are_the_same(told, monkeypatch):
    api, li = told
    made = kept(li)
    answerer = Answerer(api.database)
    ask = Ask("check", "zh", HERE.district, HERE.community, rosters=(made["id"],))
    other = somebody(li, made["id"], can=True)
    answerer.answer(ask)
    document = {"visit": VISIT, "role": "driver", "volunteer": other}
    assert li.post("pins", json=document).status_code == 201
    made_anew = []
    monkeypatch.setattr(Problem, "of", classmethod(lambda cls, told: made_anew.append(told)))
    report = answerer.answer(ask)
    assert made_anew == []
    assert [one["rule"] for one in report["violations"]] == ["keeps_what_is_pinned"]
    (known,) = answerer._known.values()
    monkeypatch.undo()
    with api.database.reading(HERE) as session:
        assert facts_at(session).fingerprint == known.told
    assert Problem.of(known.scenario).pins == known.problem.pins
