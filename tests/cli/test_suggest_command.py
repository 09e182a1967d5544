"""``matcher suggest``: people for a visit, on the terminal and for machines."""

from __future__ import annotations

import pytest


@pytest.fixture
def planned(call, facts):
    path = facts()
    assert call("plan", path, "-o", "out", "--seconds", "20").code == 0
    return path


def test_it_names_people_and_what_they_change(call, planned):
    ended = call("suggest", planned, "out/roster.json", "--visit", "company/2026-12-05T0900")
    assert ended.code == 0, ended.err
    assert "to take over" in ended.out
    told = call("suggest", planned, "out/roster.json", "--visit", "company/2026-12-05T0900", "--json").json
    (seat,) = told["seats"]
    assert seat["kind"] == "instead"
    for person in seat["people"]:
        assert person["delta"]["quality"] == sum(person["delta"]["terms"].values())


def test_chinese_on_request(call, planned):
    ended = call("suggest", planned, "out/roster.json", "--visit", "company/2026-12-05T0900", "--lang", "zh")
    assert "换人" in ended.out


def test_somebody_is_relieved_by_name(call, planned):
    visit = ("--visit", "company/2026-12-05T0900")
    told = call("suggest", planned, "out/roster.json", *visit, "--json").json
    (seat,) = told["seats"]
    (stays,) = {"v1", "v2"} - {person["volunteer"] for person in seat["people"]}
    name = {"v1": "陈红", "v2": "王军"}[stays]
    ended = call("suggest", planned, "out/roster.json", *visit, "--instead-of", name)
    assert ended.code == 0, ended.err
    assert ended.out == call("suggest", planned, "out/roster.json", *visit, "--instead-of", stays).out


def test_where_nobody_can_come_it_names_the_next_step(call, facts):
    path = facts(volunteers=[{"id": "v1", "name": "陈红", "home": "home"}])
    assert call("plan", path, "-o", "out", "--seconds", "20").code == 0
    ended = call("suggest", path, "out/roster.json", "--visit", "company/2026-12-05T0900", "--lang", "zh")
    assert ended.code == 0, ended.err
    assert "没有人能派。怎样才能补上，用 matcher explain 看这张服务单。" in ended.out


@pytest.mark.parametrize(("words", "said"), [
    (["--visit", "nothing/1"], "nothing/1"),
    (["--visit", "company/2027-01-01T0900"], "is not part of this plan"),
    (["--visit", "company/2026-12-05T0900", "--role", "pilot"], 'no role "pilot"'),
    (["--visit", "company/2026-12-05T0900", "--instead-of", "nobody"], "nobody"),
    (["--visit", "company/2026-12-05T0900", "--count", "0"], "it must be 1 at least"),
])
def test_what_is_not_there_is_bad_input(call, planned, words, said):
    ended = call("suggest", planned, "out/roster.json", *words)
    assert ended.code == 2
    assert said in ended.err


def test_a_roster_of_another_programme_is_bad_input(call, facts, planned):
    other = facts("other.json", program={"name": "Elsewhere", "as_of": "2026-11-24T09:00:00+08:00",
                                         "window": {"start": "2026-12-01", "end": "2026-12-31"}})
    assert call("suggest", other, "out/roster.json", "--visit", "company/2026-12-05T0900").code == 2
