"""``matcher simulate``: a table, files, and refusals in the coordinator's words."""

from __future__ import annotations

from xml.etree import ElementTree


def test_a_table_and_three_files(call, facts, tmp_path):
    path = facts()
    ended = call("simulate", path, "--months", "1", "-o", "year")
    assert ended.code == 0, ended.err
    assert "seats served (%)" in ended.out
    assert "first come, first served" in ended.out
    assert sorted(own.name for own in (tmp_path / "year").iterdir()) == ["simulation.json", "simulation.svg", "weeks.txt"]
    assert ElementTree.parse(tmp_path / "year" / "simulation.svg").getroot().tag.endswith("svg")
    weeks = (tmp_path / "year" / "weeks.txt").read_text("utf-8")
    assert "week 4 from" in weeks
    assert "陈红" not in weeks
    assert call("simulate", path, "-o", "year").code == 2  # it is there already


def test_the_same_seed_prints_the_same(call, facts):
    path = facts()
    one, two = (call("simulate", path, "--months", "1", "--seeds", "2", "--seed", "3", "--json") for _ in range(2))
    assert one.code == 0, one.err
    assert one.out == two.out
    assert one.json["seeds"] == [3, 4]
    assert one.json["figures"][0]["name"] == "needs"


def test_bad_numbers_are_refused_at_once_in_both_languages(call, facts):
    ended = call("simulate", facts(), "--months", "0", "--seeds", "0", "--policy", "lottery")
    assert ended.code == 2
    assert "--months is 0; it must lie between 1 and 60" in ended.err
    assert "--seeds is 0" in ended.err
    assert 'there is no policy "lottery"' in ended.err
    assert "没有“lottery”这种排法" in call("simulate", facts(), "--policy", "lottery", "--lang", "zh").err
    assert call("simulate", facts(), "--rate", "rain=1").code == 2
