"""``matcher compare``: two folders of ``plan``, or two rosters with their facts."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def planned(call, facts):
    path = facts()
    for out in ("monday", "tuesday"):
        assert call("plan", path, "-o", out, "--seconds", "20", "--workers", "1").code == 0
    return path


def test_two_folders_without_the_facts(call, planned, tmp_path):
    ended = call("compare", "monday", "tuesday")
    assert ended.code == 0, ended.err
    assert "monday and tuesday are the same." in ended.out
    spoiled = json.loads((tmp_path / "tuesday" / "roster.json").read_text("utf-8"))
    spoiled["visits"].pop()
    (tmp_path / "tuesday" / "roster.json").write_text(json.dumps(spoiled), "utf-8")
    told = call("compare", "monday", "tuesday", "--json").json
    assert [change["visit"] for change in told["visits"]] == ["company/2026-12-12T0900"]


def test_with_the_facts_rosters_are_judged_anew(call, planned, tmp_path):
    made = json.loads((tmp_path / "monday" / "roster.json").read_text("utf-8"))
    made["visits"].pop()
    (tmp_path / "by-hand.json").write_text(json.dumps(made), "utf-8")
    ended = call("compare", "monday", "by-hand.json", "--scenario", planned, "--lang", "zh")
    assert ended.code == 0, ended.err
    assert "monday更好：心愿得分低" in ended.out
    assert "只有monday排上" in ended.out


@pytest.mark.parametrize("words", [
    ["monday", "nothing"], ["monday", "monday/roster.xlsx"], ["monday", "facts.json"],
])
def test_what_cannot_be_compared_is_bad_input(call, planned, words):
    ended = call("compare", *words)
    assert ended.code == 2
    assert ended.err.strip()
