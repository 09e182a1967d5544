"""Living with a roster: what is wrong is said in both languages, ends with 2, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_facts import small_facts

WU_BO = Path(__file__).parents[2] / "scenarios" / "wu-bo"
FACTS, TOLD = WU_BO / "scenario.json", WU_BO / "by-hand.json"
FUTURE = [{"wish": "company", "volunteer": "v1", "start": "2027-01-01T09:00:00+08:00", "minutes": 60, "outcome": "done"}]


@pytest.fixture
def spoiled(tmp_path):
    """Mr Wu's facts as a function of what is changed about them, in the language asked for."""

    def writing(lang, name="facts.json", **changes):
        facts = json.loads(FACTS.read_text("utf-8"))
        facts["program"]["settings"] = facts["program"].get("settings", {}) | {"language": lang}
        path = tmp_path / name
        path.write_text(json.dumps(facts | {key: change(facts[key]) for key, change in changes.items()}), "utf-8")
        return path

    return writing


@pytest.fixture
def refused(call, tmp_path):
    """A function that calls, and sees exit code 2, nothing on stdout, no traceback, and no file written or changed."""

    def calling(*words):
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        ended = call(*words)
        assert ended.code == 2, ended
        assert ended.out == ""
        assert "Traceback" not in ended.err
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
        return ended.err

    return calling


both = pytest.mark.parametrize("lang", ["zh", "en"])


@both
@pytest.mark.parametrize("command", ["replan", "suggest", "stress", "compare", "check"])
def test_a_roster_of_another_program(refused, facts, lang, command):
    path = facts()
    words = {
        "replan": ("replan", path, TOLD, "-o", "out"),
        "suggest": ("suggest", path, TOLD, "--visit", "company/2026-12-05T0900"),
        "stress": ("stress", path, TOLD),
        "compare": ("compare", TOLD, TOLD, "--scenario", path),
        "check": ("check", path, TOLD),
    }[command]
    said = refused(*words, "--lang", lang)
    assert "东河社区云心愿" in said
    assert "试点社区" in said


@both
def test_an_absence_of_somebody_unknown(refused, lang):
    said = refused("replan", FACTS, TOLD, "-o", "out", "--absent", "v99:2027-05-16", "--lang", lang)
    assert ("台账里没有志愿者“v99”" if lang == "zh" else 'no volunteer "v99"') in said


def test_a_visit_a_known_wish_does_not_have_names_those_it_has(call, facts, tmp_path):
    path = facts()
    assert call("plan", path, "-o", "out").code == 0
    words = ("replan", path, "out/roster.json", "-o", "new", "--cancel", "company/2026-12-06")
    ended = call(*words, "--lang", "zh")
    assert ended.code == 2
    assert "这个心愿的服务单有：company/2026-12-05T0900（2026-12-05）、company/2026-12-12T0900（2026-12-12）。" in ended.err
    assert "This wish has company/2026-12-05T0900 (2026-12-05)" in call(*words, "--lang", "en").err
    assert not (tmp_path / "new").exists()


@both
def test_fewer_changes_than_none(refused, lang):
    said = refused("replan", FACTS, TOLD, "-o", "out", "--max-changes", "-1", "--lang", lang)
    assert ("不能是负数" if lang == "zh" else "cannot be negative") in said


@both
@pytest.mark.parametrize("command", ["screen", "plan", "replan", "ledger"])
def test_history_of_the_future(refused, facts, tmp_path, lang, command):
    program = small_facts()["program"]
    path = facts(history=FUTURE, program=program | {"settings": {"language": lang}})
    (tmp_path / "told.json").write_text(json.dumps({"format": "matcher-roster/1", "program": "试点社区", "scenario": "", "visits": []}))
    words = {"replan": ("replan", path, "told.json", "-o", "out"), "screen": ("screen", path)}
    said = refused(*words.get(command, (command, path, "-o", "out")), "--lang", lang)
    assert "history[0]" in said
    assert ("服务记录只写已经发生的" if lang == "zh" else "only what has happened") in said


@both
def test_two_claims_of_one_person(refused, spoiled, lang):
    path = spoiled(lang, claims=lambda claims: [*claims, claims[0] | {"id": "c24", "state": "open"}])
    said = refused("screen", path, "--wish", "wu-escort", "--take", "12", "-o", "screened.json", "--lang", lang)
    assert "c24" in said
    assert "罗志强" in said


@both
def test_a_claim_after_closing(refused, spoiled, lang):
    def closing(wishes):
        return [wishes[0] | {"claims_close": "2026-11-20T20:04:57+08:00"}, *wishes[1:]]

    path = spoiled(lang, wishes=closing, claims=lambda claims: [claim | {"state": "open"} for claim in claims])
    said = refused("screen", path, "--wish", "wu-escort", "--take", "12", "-o", "screened.json", "--lang", lang)
    # The last of the 23 came a second late.
    assert said.count("蓝春梅") == 1
    assert ("已经截止" if lang == "zh" else "claiming closed at") in said


@both
@pytest.mark.parametrize("take", ["0", "-3", "24"])
def test_a_screening_of_none_or_of_more_than_all(refused, lang, take):
    said = refused("screen", FACTS, "--wish", "wu-escort", "--take", take, "--afresh", "-o", "screened.json", "--lang", lang)
    assert take in said
    assert ("不能选" in said) if lang == "zh" else ("cannot" in said or "places" in said)


@both
def test_pins_on_visits_of_another_time_are_told_of_and_stop_nothing(call, facts, lang):
    path = facts(pins=[{"visit": "company/2027-03-06T0900", "volunteer": "v1"}])
    ended = call("plan", path, "-o", "out", "--lang", lang)
    assert ended.code == 0
    assert "company/2027-03-06T0900" in ended.err
    assert ("不起作用" if lang == "zh" else "have no effect") in ended.err
    # One that is in the window is not mentioned.
    other = facts("other.json", pins=[{"visit": "company/2026-12-05T0900", "volunteer": "v1"}])
    assert "company/2026-12-05T0900" not in call("plan", other, "-o", "out2", "--lang", lang).err
