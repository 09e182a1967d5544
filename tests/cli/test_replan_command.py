"""``matcher replan``: from what people were told to calls and messages, and back; bad input all at once, nothing written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

WU_BO = Path(__file__).parents[2] / "scenarios" / "wu-bo"
FACTS, TOLD = WU_BO / "scenario.json", WU_BO / "by-hand.json"


def test_the_driver_of_may_calls_in_sick(call, tmp_path):
    ended = call("replan", FACTS, TOLD, "-o", "out", "--absent", "曾国平:2027-05-16", "--lang", "zh")
    assert ended.code == 0, ended.err
    assert "已证明" in ended.out
    # The driver, the stand-by who steps in, the new stand-by and Mr Wu each get their message.
    for name in ("曾国平", "刁文辉", "邓丽华", "吴伯"):
        assert f"【{name}】" in ended.out
    assert "请您顶班" in ended.out
    out = tmp_path / "out"
    before = {visit["id"]: visit for visit in json.loads(TOLD.read_text("utf-8"))["visits"]}
    after = {visit["id"]: visit for visit in json.loads((out / "roster.json").read_text("utf-8"))["visits"]}
    assert [name for name in before if [seat["volunteer"] for seat in before[name]["assigned"]]
            != [seat["volunteer"] for seat in after[name]["assigned"]]] == ["wu-escort/2027-05"]
    assert call("check", out / "scenario.json", out / "roster.json").code == 0


def test_phone_numbers_are_on_the_list_of_calls_only(call, tmp_path):
    ended = call("replan", FACTS, TOLD, "-o", "out", "--absent", "v05:2027-05-16")
    out = tmp_path / "out"
    phone = re.compile(r"1[38]\d{9}")
    assert phone.search((out / "calls.html").read_text("utf-8"))
    for text in (ended.out, *((out / name).read_text("utf-8") for name in ("messages.txt", "changes.json"))):
        assert not phone.search(text)


def test_what_it_wrote_can_be_replanned_and_stays_byte_for_byte(call, tmp_path):
    call("replan", FACTS, TOLD, "-o", "one", "--absent", "v05:2027-05-16")
    ended = call("replan", tmp_path / "one" / "scenario.json", tmp_path / "one", "-o", "two", "--json")
    assert ended.json["news"] == []
    assert not ended.json["facts_differ"]
    visits = [json.dumps(json.loads((tmp_path / name / "roster.json").read_text("utf-8"))["visits"])
              for name in ("one", "two")]
    assert visits[0] == visits[1]


def test_machines_get_cost_bound_and_messages(call):
    done = call("replan", FACTS, TOLD, "-o", "out", "--decline", "wu-escort/2027-05:v05", "--json").json
    assert done["status"] == "OPTIMAL"
    assert done["cost"] == done["bound"] == {"empty": 0, "promises": 100, "changes": 1}
    assert done["others_changed"] == 0
    assert done["lost"][0]["rules"] == ["has_not_declined"]
    assert {message["to"] for message in done["messages"]} == {"v05", "v06", "v07", "wu"}


def test_a_visit_called_off_is_told_to_everybody_on_it(call, facts):
    path = facts()
    call("plan", path, "-o", "plan")
    done = call("replan", path, "plan", "-o", "out", "--cancel", "company/2026-12-05T0900", "--json").json
    assert [news["kind"] for news in done["news"]] == ["called_off"]
    assert done["cost"]["changes"] == 1
    # The volunteer and the resident are told.
    assert len(done["messages"]) == 2


def test_new_facts_are_added_from_a_file(call, facts, tmp_path):
    path = facts()
    assert call("plan", path, "-o", "plan").code == 0
    more = tmp_path / "more.json"
    walk = {"id": "walk", "kind": "visit", "resident": "li", "minutes": 30, "recurrence": {"at": ["2026-12-05T11:00:00+08:00"]}}
    late = [{"days": "SA", "start": "10:00", "end": "12:00"}]
    more.write_text(json.dumps({"wishes": [walk], "volunteers": [{"id": "v1", "availability": late}]}), "utf-8")
    done = call("replan", path, "plan", "-o", "out", "--add", more, "--json").json
    roster = json.loads((tmp_path / "out" / "roster.json").read_text("utf-8"))
    crews = {visit["id"]: [seat["volunteer"] for seat in visit["assigned"]] for visit in roster["visits"]}
    # v1 comes from ten o'clock on only: both mornings are v2's now, the walk may be anybody's.
    assert crews["company/2026-12-05T0900"] == crews["company/2026-12-12T0900"] == ["v2"]
    assert crews["walk/2026-12-05T1100"]
    assert done["facts_differ"]
    # v1 keeps name and home: what the file does not name stays.
    people = json.loads((tmp_path / "out" / "scenario.json").read_text("utf-8"))["volunteers"]
    assert people[0]["name"] == "陈红"


@pytest.mark.parametrize(("lang", "words"), [("zh", "至少要改 1 处"), ("en", "At least 1 change is needed")])
def test_too_few_changes_are_exit_3_with_the_number_needed(call, tmp_path, lang, words):
    ended = call(
        "replan", FACTS, TOLD, "-o", "out", "--absent", "v05:2027-05-16", "--max-changes", "0", "--lang", lang
    )
    assert ended.code == 3
    assert words in ended.err
    assert "wu-escort/2027-05 曾国平" in ended.err
    assert not (tmp_path / "out").exists()


def test_every_fault_is_named_at_once_and_nothing_is_written(call, facts, tmp_path):
    path = facts()
    call("plan", path, "-o", "plan")
    roster = json.loads((tmp_path / "plan" / "roster.json").read_text("utf-8"))
    (tmp_path / "other.json").write_text(json.dumps(roster | {"program": "somewhere else"}), "utf-8")
    (tmp_path / "add.json").write_text(json.dumps({
        "colour": "red", "history": [{"volunteer": "v1", "start": "2027-01-01T09:00:00+08:00"}],
    }), "utf-8")
    ended = call(
        "replan", path, "other.json", "-o", "out", "--add", "add.json", "--absent", "v3", "--absent", "v1:someday",
        "--absent", "v1:2026-12-09..2026-12-03", "--decline", "v1", "--cancel", "feast/1", "--max-changes", "-1",
    )
    assert ended.code == 2
    assert ended.out == ""
    for words in (
        "somewhere else",  # the roster of another programme
        "colour",
        "history[0]",  # a record of what has not happened yet
        'no volunteer "v3"',
        '"someday" is no date',
        "ends before it begins",
        '"v1" must be VISIT:VOLUNTEER',
        'no visit "feast/1"',
        "cannot be negative",
    ):
        assert words in ended.err, words
    assert not (tmp_path / "out").exists()


def test_history_of_the_future_in_the_facts_is_refused(call, facts, tmp_path):
    path = facts()
    call("plan", path, "-o", "plan")
    wrong = facts("wrong.json", history=[{"volunteer": "v1", "start": "2027-01-01T09:00:00+08:00"}])
    ended = call("replan", wrong, "plan", "-o", "out", "--max-changes", "-3")
    assert ended.code == 2
    assert "history[0]" in ended.err
    assert "cannot be negative" in ended.err
    assert not (tmp_path / "out").exists()


def test_a_workbook_and_a_folder_of_csv_are_additions_too(call, facts, tmp_path):
    path = facts()
    call("plan", path, "-o", "plan")
    more = tmp_path / "more"
    more.mkdir()
    (more / "请假.csv").write_text("志愿者,开始,结束\n陈红,2026-12-01,2026-12-31\n", "utf-8")
    call("replan", path, "plan", "-o", "out", "--add", more)
    people = json.loads((tmp_path / "out" / "scenario.json").read_text("utf-8"))["volunteers"]
    assert len(people[0]["unavailable"]) == 1
    # A roster's own workbook holds nothing to add.
    ended = call("replan", path, "plan", "-o", "again", "--add", "plan/roster.xlsx")
    assert ended.code == 2
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(("span", "away"), [
    ("2027-05-16", True),
    ("2027/5/16", True),
    ("2027-05-10..2027-05-16", True),
    ("2027-05-10..", True),
    ("2027-05-16T11:00..2027-05-16T12:00", True),
    ("2027-05-16T12:00..2027-05-16T14:00", False),
    ("2027-05-17..", False),
])
def test_days_and_hours_of_an_absence(call, span, away):
    # May's trip is on the 16th, 8:00 to 11:30.
    done = call("replan", FACTS, TOLD, "-o", "out", "--absent", f"v05:{span}", "--json").json
    assert bool(done["lost"]) == away


def test_a_handover_is_proposed_where_a_steady_person_leaves(call, facts, tmp_path):
    wish = {
        "id": "company", "kind": "visit", "resident": "li", "minutes": 60, "staffing": {"policy": "pair"},
        "recurrence": {"at": ["2026-12-05T09:00:00+08:00", "2026-12-12T09:00:00+08:00"]},
    }
    path = facts(wishes=[wish], pairings=[{"volunteer": "v1", "resident": "li"}])
    call("plan", path, "-o", "plan")
    done = call("replan", path, "plan", "-o", "out", "--absent", "陈红:2026-12-10..", "--lang", "zh")
    assert done.code == 0, done.err
    assert "改由王军来（陈红：时间不合适）。建议王军先跟陈红去12月5日（周六）09:00那一次，当面交接。" in done.out
    asked = (tmp_path / "out" / "messages.txt").read_text("utf-8")
    assert "想请您先跟陈红去一次，认认门、见见面。" in asked
    (handover,) = json.loads((tmp_path / "out" / "changes.json").read_text("utf-8"))["handovers"]
    assert (handover["visit"], handover["companion"]) == ("company/2026-12-05T0900", "v2")


def test_a_plan_proposes_a_handover_and_says_so_in_its_report(call, facts, tmp_path):
    gone = [{"start": "2026-11-30T00:00:00+08:00", "end": "2027-02-01T00:00:00+08:00"}]
    people = [
        {"id": "v1", "name": "陈红", "home": "home", "prior_visits": 9, "unavailable": gone,
         "availability": [{"days": "SA", "start": "08:00", "end": "12:00"}]},
        {"id": "v2", "name": "王军", "home": "home", "prior_visits": 9,
         "availability": [{"days": "SA", "start": "08:00", "end": "12:00"}]},
    ]
    wish = {
        "id": "company", "kind": "visit", "resident": "li", "minutes": 60, "staffing": {"policy": "pair"},
        "recurrence": {"at": ["2026-12-05T09:00:00+08:00"]},
    }
    path = facts(volunteers=people, wishes=[wish], pairings=[{"volunteer": "v1", "resident": "li"}])
    done = call("plan", path, "-o", "plan")
    assert "王军 comes on Sat 5 Dec 09:00 (陈红: is not free then). There is no visit for both" in done.out
    (handover,) = json.loads((tmp_path / "plan" / "report.json").read_text("utf-8"))["handovers"]
    assert (handover["leaves"], handover["comes"], handover["companion"]) == ("v1", "v2", None)
