"""``matcher check --certificate``: the judge's verdict and each certificate's, and what keeps one from being read."""

from __future__ import annotations

import json

import pytest

VISITS = ("company/2026-12-05T0900", "company/2026-12-12T0900")


@pytest.fixture
def planned(call, facts, tmp_path):
    """The facts and the roster of the small scenario, and a function that writes a certificate about it."""
    path = facts()
    assert call("plan", path, "-o", "out").code == 0
    roster = json.loads((tmp_path / "out" / "roster.json").read_text("utf-8"))

    def certificate(name: str = "certificate.json", **changes):
        document = {
            "format": "matcher-certificate/2", "scenario": roster["scenario"], "tier": "quality", "needs": 0,
            "bound": 0, "lambda_milli": 0, "duals": {},
        }
        (tmp_path / name).write_text(json.dumps(document | changes, ensure_ascii=False), "utf-8")
        return name

    quality = next(tier["value"] for tier in roster["tiers"] if tier["name"] == "quality")
    return path, certificate, quality


def test_a_certificate_that_holds_ends_with_0_and_says_how_near_the_roster_is(call, planned):
    path, certificate, quality = planned
    # Each of the two seats costs a person's turn at least: by symmetry half of the whole quality.
    half = quality // 2
    name = certificate(bound=quality, lambda_milli=10**6, duals={visit: [1000 * half] for visit in VISITS})
    ended = call("check", path, "out/roster.json", "--certificate", name)
    assert ended.code == 0, ended.err
    assert f"cannot be below {quality} (while the needs tier is at most 0)" in ended.out
    assert "nothing can be lower" in ended.out
    zh = call("check", path, "out/roster.json", "--certificate", name, "--lang", "zh")
    assert zh.code == 0
    assert f"质量分不可能低于{quality}（缺人分不超过0时）；这份排班表是{quality}，已经最低。" in zh.out


def test_a_price_raised_to_raise_the_bound_is_refused_with_4(call, planned):
    path, certificate, quality = planned
    half = 1000 * (quality // 2)
    name = certificate(bound=quality + 5, lambda_milli=10**6, duals={VISITS[0]: [half + 5000], VISITS[1]: [half]})
    ended = call("check", path, "out/roster.json", "--certificate", name, "--json")
    assert ended.code == 4
    assert ended.json["valid"] is True
    (verdict,) = ended.json["certificates"]
    assert verdict["code"] == "bound-too-high"
    assert verdict["bound"] <= quality
    assert str(quality + 5) in verdict["en"]
    assert str(quality + 5) in verdict["zh"]


def test_both_the_roster_and_the_certificate_must_hold(call, planned, tmp_path):
    path, certificate, _ = planned
    roster = json.loads((tmp_path / "out" / "roster.json").read_text("utf-8"))
    roster["visits"][0]["assigned"] *= 2
    (tmp_path / "bad.json").write_text(json.dumps(roster), "utf-8")
    assert call("check", path, "bad.json", "--certificate", certificate()).code == 4


def test_a_certificate_of_other_facts_is_refused(call, planned):
    path, certificate, _ = planned
    ended = call("check", path, "out/roster.json", "--certificate", certificate(scenario="0" * 64))
    assert ended.code == 4
    assert "another version" in ended.out


def test_several_certificates_lie_in_one_file(call, planned, tmp_path):
    path, certificate, _ = planned
    quality = json.loads((tmp_path / certificate()).read_text("utf-8"))
    needs = {key: value for key, value in quality.items() if key != "lambda_milli"} | {"tier": "needs", "needs": None}
    both = {"format": "matcher-certificates/2", "certificates": [needs, quality]}
    (tmp_path / "both.json").write_text(json.dumps(both), "utf-8")
    ended = call("check", path, "out/roster.json", "--certificate", "both.json", "--json")
    assert ended.code == 0, ended.err
    assert [verdict["tier"] for verdict in ended.json["certificates"]] == ["needs", "quality"]


@pytest.mark.parametrize("changes", [
    {"format": "matcher-certificate/9"},
    {"needs": None},
    {"bound": -1},
    {"bound": 1.5},
    {"lambda_milli": "much"},
    {"duals": {VISITS[0]: 5}},
    {"duals": {VISITS[0]: [10**13]}},
    {"tier": "promises"},
    {"tier": "needs", "needs": 4},
    {"more": 1},
], ids=str)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_that_is_no_certificate_is_bad_input(call, planned, changes, lang):
    path, certificate, _ = planned
    ended = call("check", path, "out/roster.json", "--certificate", certificate(**changes), "--lang", lang)
    assert ended.code == 2
    assert ended.err
    assert "Traceback" not in ended.err
    if lang == "zh":
        assert any("\u4e00" <= letter <= "\u9fff" for letter in ended.err)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "matcher-certificates/2", "certificates": []}',
                                  '{"format": "matcher-certificates/2", "certificates": [3]}',
                                  '{"format": "matcher-roster/1"}'])
def test_other_files_are_bad_input(call, planned, tmp_path, text):
    path, _, _ = planned
    (tmp_path / "odd.json").write_text(text, "utf-8")
    assert call("check", path, "out/roster.json", "--certificate", "odd.json").code == 2


def test_a_certificate_that_is_not_there_is_bad_input(call, planned):
    path, _, _ = planned
    assert call("check", path, "out/roster.json", "--certificate", "nowhere.json").code == 2
