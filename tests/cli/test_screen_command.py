"""matcher screen: lists on the screen, states in a copy, and nothing at all where something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

WU_BO = Path(__file__).parents[2] / "scenarios" / "wu-bo" / "scenario.json"


def states(path):
    return [(claim["id"], claim.get("state", "open")) for claim in json.loads(path.read_text("utf-8"))["claims"]]


def test_mr_wus_claims_are_screened_into_a_copy(call, tmp_path):
    before = WU_BO.read_bytes()
    ended = call("screen", WU_BO, "--wish", "wu-escort", "--take", "12", "--afresh", "-o", "screened.json", "--lang", "en")
    assert ended.code == 0, ended.err
    assert [state for _, state in states(tmp_path / "screened.json")] == ["chosen"] * 12 + ["waitlisted"] * 11
    assert WU_BO.read_bytes() == before
    lines = ended.out.splitlines()
    assert "23 claims, 12 places" in lines[0]
    assert "fewest seats of this window empty" in lines[1]  # the rule stands at the top
    assert sum("claimed Fri 20 Nov" in line for line in lines) == 23


def test_in_chinese_a_coordinator_reads_who_waits_and_why(call):
    ended = call("screen", WU_BO, "--wish", "wu-escort", "--take", "12", "--afresh", "--lang", "zh")
    assert "候补（11个，按这个次序递补）：" in ended.out
    assert "路上要106分钟，最多40分钟" in ended.out
    assert "1380000" not in ended.out


def test_machines_get_every_claim_with_its_state_and_reason(call):
    (screened,) = call("screen", WU_BO, "--wish", "wu-escort", "--take", "12", "--afresh", "--json").json["screened"]
    assert [claim["claim"] for claim in screened["chosen"]] == [f"c{number:02}" for number in range(1, 13)]
    assert {claim["state"] for claim in screened["waitlist"]} == {"waitlisted"}
    assert screened["waitlist"][-1]["why"]["phrases"][0]["code"] == "screen_cannot"
    assert (screened["seats"], screened["filled"], screened["proven"]) == (12, 12, True)


def test_without_open_claims_there_is_nothing_to_screen(call):
    ended = call("screen", WU_BO, "--lang", "en")
    assert (ended.code, ended.out) == (0, "There are no claims to screen.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--take", "0"), "0 cannot be chosen"),
        (("--take", "24"), "claims for 23 places"),
        (("--take", "11"), "12 places chosen already"),
        (("--take", "12", "--waitlist", "-1"), "cannot be below 0"),
    ],
)
def test_wrong_numbers_end_with_2_and_write_nothing(call, tmp_path, words, said):
    ended = call("screen", WU_BO, "--wish", "wu-escort", "-o", "screened.json", "--lang", "en", *words)
    assert ended.code == 2
    assert said in ended.err
    assert not (tmp_path / "screened.json").exists()


def test_an_unknown_wish_ends_with_2(call):
    ended = call("screen", WU_BO, "--wish", "wu-escor", "--take", "12", "--lang", "zh")
    assert ended.code == 2
    assert "是不是“wu-escort”" in ended.err


def test_all_faults_of_the_claims_are_listed_at_once(call, tmp_path):
    facts = json.loads(WU_BO.read_text("utf-8"))
    facts["wishes"][0]["claims_close"] = "2026-11-20T20:04:57+08:00"
    for claim in facts["claims"]:
        claim["state"] = "open"
    facts["claims"].append(dict(facts["claims"][0], id="c24"))
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    ended = call("screen", path, "--wish", "wu-escort", "--take", "99", "--lang", "zh", "-o", "screened.json")
    assert ended.code == 2
    assert ended.err.count("蓝春梅") == 1  # c23 came a second after claiming closed
    assert "罗志强认领了“每月去疗养院看儿子”2 次（c01、c24）" in ended.err
    assert "不能选 99 个" in ended.err
    assert not (tmp_path / "screened.json").exists()


def test_an_existing_target_is_not_overwritten(call, tmp_path):
    (tmp_path / "taken.json").write_text("{}", "utf-8")
    assert call("screen", WU_BO, "--wish", "wu-escort", "--take", "12", "-o", "taken.json").code == 2
    assert (tmp_path / "taken.json").read_text("utf-8") == "{}"
