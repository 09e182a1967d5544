"""``matcher whatif``: a table, a picture, and plain values."""

from __future__ import annotations


def test_a_table_and_a_picture(call, facts, tmp_path):
    path = facts()
    told = call("whatif", path, "--seconds", "5", "--plot", "settings.svg", "--json")
    assert told.code == 0, told.err
    assert len(told.json["outcomes"]) == 11
    assert (tmp_path / "settings.svg").read_text("utf-8").startswith("<svg")
    assert call("whatif", path, "--plot", "settings.svg").code == 2  # it is there already
