"""Mr Wu's year from the command line: claims screened, twelve months planned, and the driver of May calls in sick."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

WU_BO = Path(__file__).parents[2] / "scenarios" / "wu-bo" / "scenario.json"


def read(path):
    return json.loads(path.read_text("utf-8"))


def named(visit, seats):
    return [seat["volunteer"] for seat in visit[seats]]


@pytest.fixture
def claimed(tmp_path):
    """Mr Wu's facts on the evening of the broadcast: 23 claims, none decided."""
    facts = read(WU_BO)
    facts["claims"] = [claim | {"state": "open"} for claim in facts["claims"]]
    path = tmp_path / "claimed.json"
    path.write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    return path


def test_from_twenty_three_claims_to_the_messages_of_may(call, claimed, tmp_path):
    ended = call("screen", claimed, "--wish", "wu-escort", "--take", "12", "-o", "screened.json", "--lang", "zh")
    assert ended.code == 0, ended.err
    assert "23个认领，选12个名额" in ended.out
    states = [claim["state"] for claim in read(tmp_path / "screened.json")["claims"]]
    assert (states.count("chosen"), states.count("waitlisted")) == (12, 11)
    # A line with a reason for each of the 23.
    assert sum("11月20日（周五）20:04" in line and "：" in line for line in ended.out.splitlines()) == 23

    ended = call("plan", "screened.json", "-o", "year", "--work", "60", "--workers", "1", "--lang", "zh")
    assert ended.code == 0, ended.err
    year = {visit["id"]: visit for visit in read(tmp_path / "year" / "roster.json")["visits"]}
    drivers, standbys = ([name for visit in year.values() for name in named(visit, seats)] for seats in ("assigned", "standbys"))
    assert len(year) == len(drivers) == len(standbys) == 12
    assert len(set(drivers)) == 12
    # A different stand-by every month, never the driver of that month.
    assert len(set(standbys)) == 12
    assert all(driver != standby for driver, standby in zip(drivers, standbys, strict=True))

    may = "wu-escort/2027-05"
    (driver,), (standby,) = (named(year[may], seats) for seats in ("assigned", "standbys"))
    day = year[may]["start"][:10]
    ended = call("replan", "screened.json", "year", "-o", "repaired", "--absent", f"{driver}:{day}", "--lang", "zh")
    assert ended.code == 0, ended.err
    assert "已证明：怎么排都至少要改 1 处（其中 1 处是本人来不了或已取消），这份调班正好改 1 处。" in ended.out
    after = {visit["id"]: visit for visit in read(tmp_path / "repaired" / "roster.json")["visits"]}
    assert [name for name in year if year[name] != after[name]] == [may]
    assert (after[may]["start"], after[may]["end"]) == (year[may]["start"], year[may]["end"])
    assert named(after[may], "assigned") == [standby]
    (new,) = named(after[may], "standbys")
    assert new not in (driver, standby)
    people = {person["id"]: person["name"] for person in read(WU_BO)["volunteers"]}
    for name in (driver, standby, new):
        assert f"【{people[name]}】" in ended.out
    assert "【吴伯】" in ended.out
    assert call("check", "repaired/scenario.json", "repaired").code == 0
