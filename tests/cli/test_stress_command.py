"""``matcher stress``: what a roster stands up to, on the terminal and for machines."""

from __future__ import annotations


def test_it_tells_what_a_roster_stands_up_to(call, facts):
    path = facts()
    assert call("plan", path, "-o", "out", "--seconds", "20").code == 0
    ended = call("stress", path, "out/roster.json")
    assert ended.code == 0, ended.err
    assert "Travel time +30%: everything still works." in ended.out
    told = call("stress", path, "out", "--json").json
    assert told["visits"] == 2
    assert [seat["others"] for seat in told["seats"]] == [1, 1]
    assert "路上时间" in call("stress", path, "out", "--lang", "zh").out


def test_an_unknown_roster_is_bad_input(call, facts):
    assert call("stress", facts(), "nothing.json").code == 2
