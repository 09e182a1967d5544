"""What each command does: from facts to files, and back through the judge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_facts import small_facts

WU_BO = Path(__file__).parents[2] / "scenarios" / "wu-bo" / "scenario.json"


def test_plan_writes_a_roster_the_judge_accepts(call, facts, tmp_path):
    path = facts()
    ended = call("plan", path, "-o", "out", "--seconds", "20")
    assert ended.code == 0, ended.err
    roster = json.loads((tmp_path / "out" / "roster.json").read_text("utf-8"))
    assert [visit["id"] for visit in roster["visits"]] == ["company/2026-12-05T0900", "company/2026-12-12T0900"]
    assert "2026-12-05" in ended.out
    assert call("check", path, "out/roster.json").code == 0


def test_plan_tells_machines_the_tiers_and_the_files(call, facts, tmp_path):
    made = call("plan", facts(), "-o", "out", "--json").json
    assert made["status"] == "OPTIMAL"
    assert [tier["name"] for tier in made["tiers"]] == ["needs", "promises", "quality"]
    # Both visits served: no empty seat. Two people share two equal turns, one each.
    assert made["tiers"][0] == {"name": "needs", "value": 0, "bound": 0, "gap": 0.0, "status": "OPTIMAL"}
    assert made["unfilled"] == []
    for name in made["files"]:
        assert (tmp_path / "out" / name).is_file()


def test_plan_says_why_a_place_stays_empty(call, facts):
    need = [{"id": "nurse", "skills": [{"name": "nursing", "level": 3}]}]
    wishes = [dict(small_facts()["wishes"][0], roles=need)]
    made = call("plan", facts(wishes=wishes), "-o", "out", "--json").json
    assert {gap["visit"] for gap in made["unfilled"]} == {"company/2026-12-05T0900", "company/2026-12-12T0900"}
    assert made["unfilled"][0]["reasons"][0]["code"] == "has_the_skills"
    assert made["unfilled"][0]["reasons"][0]["count"] == 2


def test_the_same_seed_worker_and_work_give_the_same_bytes(call, facts, tmp_path):
    path = facts()
    for out in ("one", "two"):
        words = ("--work", "5", "--workers", "1", "--seed", "7")
        assert call("plan", path, "-o", out, *words).code == 0
    for name in ("roster.json", "roster.html", "roster.xlsx"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


@pytest.mark.parametrize("strategy", ["auto", "flow", "exact"])
def test_every_strategy_makes_a_valid_roster(call, facts, strategy):
    path = facts()
    assert call("plan", path, "-o", "out", "--strategy", strategy).code == 0
    assert call("check", path, "out/roster.json").code == 0


def test_an_output_folder_in_use_is_refused_before_any_work(call, facts, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep me", "utf-8")
    ended = call("plan", facts(), "-o", "out")
    assert ended.code == 2
    assert "out" in ended.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_place_that_cannot_be_written_is_refused(call, facts):
    path = facts()
    ended = call("plan", path, "-o", path / "out")  # a file is no folder, not even for the superuser
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_pins_that_contradict_each_other_end_with_the_smallest_set(call, facts):
    visit = "company/2026-12-05T0900"
    pins = [
        {"visit": visit, "role": "helper", "volunteer": "v1"},
        {"visit": visit, "role": "helper", "volunteer": "v2"},
        {"visit": "company/2026-12-12T0900", "role": "helper", "volunteer": "v2"},
    ]
    ended = call("plan", facts(pins=pins), "-o", "out", "--json")
    # One seat, two people pinned to it; the third pin has nothing to do with it.
    assert ended.code == 3
    assert len(ended.json["error"]["demands"]) == 2


def test_check_finds_a_violation_and_ends_with_4(call, facts, tmp_path):
    path = facts()
    call("plan", path, "-o", "out")
    roster = json.loads((tmp_path / "out" / "roster.json").read_text("utf-8"))
    roster["visits"][0]["assigned"] *= 2
    (tmp_path / "bad.json").write_text(json.dumps(roster), "utf-8")
    ended = call("check", path, "bad.json")
    assert ended.code == 4
    assert "fills_each_role_once" in ended.out
    report = call("check", path, "bad.json", "--json")
    assert report.code == 4
    assert report.json["valid"] is False


def test_check_judges_a_roster_of_earlier_facts_with_a_warning(call, facts):
    call("plan", facts(), "-o", "out")
    later = facts("later.json", residents=[{"id": "li", "name": "李奶奶", "home": "home", "age": "80"}])
    ended = call("check", later, "out/roster.json")
    assert ended.code == 0
    assert "another version" in ended.out


def test_check_in_another_language_is_about_the_same_facts(call, facts):
    path = facts()
    call("plan", path, "-o", "out")
    ended = call("check", path, "out/roster.json", "--lang", "zh")
    assert ended.code == 0
    assert "没有违反" in ended.out
    assert "另一版" not in ended.out


def test_a_roster_of_another_programme_is_bad_input(call, facts):
    call("plan", facts(), "-o", "out")
    other = facts("other.json", program=dict(small_facts()["program"], name="别的社区"))
    assert call("check", other, "out/roster.json").code == 2


def test_unknown_people_in_a_roster_are_bad_input(call, facts, tmp_path):
    path = facts()
    call("plan", path, "-o", "out")
    text = (tmp_path / "out" / "roster.json").read_text("utf-8").replace('"v1"', '"v9"')
    (tmp_path / "odd.json").write_text(text, "utf-8")
    ended = call("check", path, "odd.json")
    assert ended.code == 2
    assert "v9" in ended.err


def test_explain_tells_why_somebody_is_not_there(call, facts):
    path = facts()
    call("plan", path, "-o", "out")
    assert call("explain", path, "out/roster.json").code == 0
    for words in (("--wish", "company"), ("--visit", "company/2026-12-05T0900"), ("--volunteer", "v1")):
        ended = call("explain", path, "out/roster.json", *words)
        assert ended.code == 0, ended.err
        assert ended.out.strip()


def test_explain_refuses_an_unknown_id_with_the_nearest(call, facts):
    path = facts()
    call("plan", path, "-o", "out")
    ended = call("explain", path, "out/roster.json", "--wish", "compny")
    assert ended.code == 2
    assert "company" in ended.err


def test_explain_takes_a_volunteer_by_name(call, facts):
    path = facts()
    call("plan", path, "-o", "out")
    visit = ("--visit", "company/2026-12-05T0900")
    for words in ((), visit):
        by_name = call("explain", path, "out/roster.json", *words, "--volunteer", "王军")
        assert by_name.code == 0, by_name.err
        assert by_name.out == call("explain", path, "out/roster.json", *words, "--volunteer", "v2").out
    ended = call("explain", path, "out/roster.json", "--volunteer", "王军军", "--lang", "zh")
    assert ended.code == 2
    assert "台账里没有志愿者“王军军”" in ended.err
    assert "是不是“王军”" in ended.err


def test_explain_asks_which_of_two_of_one_name(call, facts):
    people = [person | {"name": "王军"} for person in small_facts()["volunteers"]]
    path = facts(volunteers=people)
    call("plan", path, "-o", "out")
    ended = call("explain", path, "out/roster.json", "--volunteer", "王军", "--lang", "zh")
    assert ended.code == 2
    assert "不止一位" in ended.err
    assert "v1、v2" in ended.err


def test_convert_goes_round_without_loss(call, tmp_path):
    import matcher

    assert call("convert", WU_BO, "wu.xlsx").code == 0
    assert call("convert", "wu.xlsx", "wu-csv", "--lang", "en").code == 0
    assert call("convert", "wu-csv", "wu.json").code == 0
    told = [matcher.read_scenario(path).scenario.fingerprint for path in (WU_BO, tmp_path / "wu.json")]
    assert told[0] == told[1]


def test_convert_takes_the_coordinators_changes_into_the_facts(call, facts, tmp_path):
    from openpyxl import load_workbook

    import matcher

    path = facts(program=dict(small_facts()["program"], as_of="2026-12-01T09:00:00+08:00"))
    call("plan", path, "-o", "out")
    book = load_workbook(tmp_path / "out" / "roster.xlsx")
    (sheet,) = [sheet for sheet in book if sheet.title == "Roster"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value in ("陈红", "王军")]
    first, second = cells[0], next(cell for cell in cells if cell.value != cells[0].value)
    first.value = second.value
    book.save(tmp_path / "edited.xlsx")
    ended = call("convert", path, "next.json", "--roster", "edited.xlsx")
    assert ended.code == 0, ended.err
    pins = matcher.read_scenario(tmp_path / "next.json").scenario.pins
    assert [pin.visit for pin in pins if not pin.never] == ["company/2026-12-05T0900"]


def test_convert_overwrites_nothing(call, facts, tmp_path):
    path = facts()
    (tmp_path / "old.xlsx").write_text("old", "utf-8")
    assert call("convert", path, "old.xlsx").code == 2
    assert (tmp_path / "old.xlsx").read_text("utf-8") == "old"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_template_is_a_workbook(call, tmp_path, lang):
    from openpyxl import load_workbook

    assert call("template", "empty.xlsx", "--lang", lang).code == 0
    sheets = load_workbook(tmp_path / "empty.xlsx").sheetnames
    assert ("心愿" in sheets) == (lang == "zh")


def test_supply_counts_what_is_needed(call):
    ended = call("supply", WU_BO, "--json")
    assert ended.code == 0, ended.err
    assert ended.json


def test_demo_ends_with_twelve_months_proven(call, tmp_path):
    ended = call("demo", "-o", "wu", "--json")
    assert ended.code == 0, ended.err
    assert [tier["status"] for tier in ended.json["tiers"]] == ["OPTIMAL"] * 3
    roster = json.loads((tmp_path / "wu" / "roster.json").read_text("utf-8"))
    drivers = [visit["assigned"][0]["volunteer"] for visit in roster["visits"]]
    standbys = [visit["standbys"][0]["volunteer"] for visit in roster["visits"]]
    assert len(drivers) == len(set(drivers)) == 12
    assert len(set(standbys)) == 12
    assert all(driver != standby for driver, standby in zip(drivers, standbys))
    assert call("check", WU_BO, "wu/roster.json").code == 0


def test_people_see_the_same_in_chinese(call):
    ended = call("demo", "-o", "wu", "--lang", "zh")
    assert ended.code == 0
    assert "已证明最好" in ended.out
    assert "周六" in ended.out


def test_explain_says_what_would_fill_an_empty_place(call, facts):
    # One person for two Saturdays, who comes once a month: 3 and 1 for once more.
    person = small_facts()["volunteers"][0] | {"limits": {"visits_per_month": 1}}
    path = facts("short.json", volunteers=[person])
    call("plan", path, "-o", "out")
    (empty,) = call("explain", path, "out/roster.json", "--json").json["empty"]
    (fix,) = empty["fixes"]["fixes"]
    assert (fix["price"], [step["code"] for step in fix["steps"]]) == (4, ["visits_per_month"])
    assert call("explain", path, "out/roster.json", "--json", "--no-fixes").json["empty"][0]["fixes"] is None
    refused = call("explain", path, "out/roster.json", "--fixes", "-1")
    assert refused.code == 2
    assert "cannot be negative" in refused.err
