"""``matcher district`` and ``matcher cluster``: real solves, real endings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hamlets import until
from small_facts import small_facts

from matcher.domain.scenario import Scenario


@pytest.fixture
def town(tmp_path):
    """Two communities, and where they are."""
    folder = tmp_path / "town"
    folder.mkdir()
    for name, days in (("east", 1), ("west", 2)):
        facts = small_facts()
        facts["wishes"][0]["recurrence"]["at"] = facts["wishes"][0]["recurrence"]["at"][:days]
        (folder / f"{name}.json").write_text(json.dumps(facts), "utf-8")
    return folder


def test_a_community_of_a_district_has_the_roster_that_plan_makes(call, town, tmp_path):
    ended = call("district", town, "-o", "out", "--work", 1, "--workers", 2, "--json")
    assert ended.code == 0, ended.err
    told = ended.json
    assert (told["communities"], told["done"], told["exit"]) == (2, 2, 0)
    # One Saturday in the east, two in the west; both can come on both.
    assert [(entry["visits"], entry["empty"]) for entry in told["entries"]] == [(1, 0), (2, 0)]
    events = [json.loads(line) for line in ended.err.splitlines()]
    assert [event["event"] for event in events] == ["ended", "ended"]
    assert call("plan", town / "west.json", "-o", "alone", "--work", 1, "--workers", 1).code == 0
    assert (tmp_path / "out/west/roster.json").read_bytes() == (tmp_path / "alone/roster.json").read_bytes()
    # The same command again plans nothing; pages are asked for: all is made, as plan does.
    assert call("district", town, "-o", "out", "--work", 1, "--json").json["kept"] == 2
    assert call("district", town / "west.json", "-o", "out", "--work", 1, "--pages").code == 0
    pages, alone = ({path.name for path in (tmp_path / name).rglob("*.*")} for name in ("out/west", "alone"))
    assert pages == alone | {"checkpoint.json"}


def test_people_read_a_line_per_community_and_what_failed_with_its_remedy(call, town):
    (town / "south.json").write_text("{", "utf-8")
    ended = call("district", town, "-o", "out", "--work", 0.1)
    assert ended.code == 2
    assert "1/3  south: failed: " in ended.err
    assert "east: 1 visits served, 0 seats empty" in ended.err
    assert "3 communities: 2 planned, 0 done before, 1 failed" in ended.out
    assert "Mend them and run it again" in ended.out
    zh = call("district", town, "-o", "out", "--work", 0.1, "--lang", "zh")
    assert "3 个社区：0 个排好，2 个上次已排好，1 个没排成" in zh.out


def test_communities_of_a_database_become_drafts_once(call, town, tmp_path):
    from databases import fresh_database

    from matcher.store import rosters
    from matcher.store.assembly import replace_facts
    from matcher.store.scope import Scope
    from matcher.store.tenants import ensure

    address = str(tmp_path / "matcher.db")
    with fresh_database(address) as database:
        for name in ("east", "west"):
            scope = Scope("lakeside", name)
            ensure(database, scope, "li")
            with database.writing(scope, "li") as session:
                replace_facts(session, Scenario.model_validate_json((town / f"{name}.json").read_text("utf-8")))

        def drafts():
            found = {}
            for name in ("east", "west"):
                with database.reading(Scope("lakeside", name)) as session:
                    found[name] = [(one.state, len(one.roster.visits)) for one in rosters.page(session)]
            return found

        words = ("district", "--database", address, "--district", "lakeside", "-o", "out", "--work", 1)
        assert call(*words).code == 0
        assert drafts() == {"east": [("draft", 1)], "west": [("draft", 2)]}
        (tmp_path / "out/east/draft.json").unlink()  # had it been killed between the draft and the mark
        assert call(*words).code == 0
        assert drafts() == {"east": [("draft", 1)], "west": [("draft", 2)]}
        assert call("district", "--database", address, "--district", "nowhere", "-o", "out").code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Nothing says which communities"),
        (("town", "--database", "matcher.db"), "not from both"),
        (("town", "--district", "main"), "not from both"),
        (("nowhere",), 'There is no "nowhere"'),
        (("town", "--cluster", "nowhere"), "is not understood"),
        (("--database", "missing.db"), "missing.db"),
    ],
)
def test_what_cannot_be_planned_is_said(call, town, words, said):
    ended = call("district", *words, "-o", "out")
    assert ended.code == 2
    assert said in ended.err
    assert not Path("out").exists()


def test_the_address_may_come_from_the_environment(call, town, monkeypatch):
    monkeypatch.setenv("MATCHER_CLUSTER", "nowhere")
    ended = call("district", town, "-o", "out")
    assert (ended.code, "is not understood" in ended.err) == (2, True)


def test_ctrl_c_keeps_what_is_done(town, tmp_path):
    words = [sys.executable, "-m", "matcher.cli.main", "district", str(town), "-o", "out", "--work", "1", "--workers", "1"]
    asker = subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"MATCHER_LANG": "en"},
    )
    until((tmp_path / "out/east/checkpoint.json").exists)
    asker.send_signal(signal.SIGINT)
    out, err = asker.communicate(timeout=60)
    if asker.returncode == 0:  # it was quicker than the signal
        pytest.skip("all was done")
    assert asker.returncode == 130
    assert "what is done is kept" in err
    assert "Run the same command again to go on" in out
    told = json.loads((tmp_path / "out/district.json").read_text("utf-8"))
    assert (told["stopped"], told["done"]) == ("cancelled", 1)


def test_a_cluster_of_ours_plans_the_same_and_ends_in_good_order(call, town, tmp_path):
    """The hub as a command, and rosters that are the same bytes on one worker, on two and here."""
    hub = subprocess.Popen(
        [sys.executable, "-m", "matcher.cli.main", "cluster", "start", "--workers", "2", "--port", "0"], cwd=tmp_path,
        stderr=subprocess.PIPE, text=True, env=os.environ | {"MATCHER_LANG": "en"},
    )
    try:
        said = hub.stderr.readline()
        address = next(word for word in said.split() if word.startswith("tcp://127.0.0.1:"))
        for name, words in {"two": (), "one": ("--workers", 1)}.items():
            ended = call("district", town, "-o", name, "--work", 1, "--cluster", address, *words)
            assert ended.code == 0, ended.err
    finally:
        hub.terminate()
        rest = hub.stderr.read()
        hub.stderr.close()
        assert hub.wait(30) == 0
    assert rest.endswith("The cluster has ended.\n")
    assert call("district", town, "-o", "here", "--work", 1, "--workers", 1).code == 0
    for name in ("east", "west"):
        rosters = {(tmp_path / where / name / "roster.json").read_bytes() for where in ("one", "two", "here")}
        assert len(rosters) == 1


@pytest.mark.slow
def test_a_hundred_communities_come_to_the_same_on_one_worker_on_two_and_with_parts_killed(tmp_path):
    """The benchmark, as a test: a worker, the scheduler and the command itself are killed on the way."""
    script = Path(__file__).parents[2] / "benchmarks" / "cluster.py"
    words = ["--volunteers", "15", "--visits", "20", "--work", "0.2", "--parts", "1", "--page", str(tmp_path / "page.md")]
    done = subprocess.run([sys.executable, str(script), *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.md").read_text("utf-8")
    # One worker, two, this machine alone, and two with parts killed.
    assert page.count("100 of 100, byte for byte") == 4
    assert "Tier values as on one worker: 100 of 100." in page
    assert page.count(": killed ") == 3
