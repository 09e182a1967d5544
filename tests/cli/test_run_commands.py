"""``matcher run`` and ``matcher schedule``: the queue and the weekly job from a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
sys.path.insert(0, str(Path(__file__).parents[1] / "service"))

from databases import fresh_database
from settled import settle, worker

from matcher.cli.main import run as matcher
from matcher.store import queue

MORE = ["--community", "donghe", "--lang", "en"]


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHER_DATABASE", str(tmp_path / "matcher.db"))
    with fresh_database(str(tmp_path / "matcher.db")) as made:
        settle(made)
        yield made


@pytest.fixture
def say(capsys):
    """Run a command; its exit code and what it printed."""

    def said(*words):
        with pytest.raises(SystemExit) as ended:
            matcher(list(words))
        shown = capsys.readouterr()
        return ended.value.code or 0, shown.out + shown.err

    return said


def as_json(say, *words):
    code, out = say(*words, *MORE, "--json")
    assert code == 0, out
    return json.loads(out)


def test_a_run_is_submitted_listed_shown_and_watched_to_its_end(database, say):
    made = as_json(say, "run", "submit", "--seconds", "0.1", "--seed", "0", "--priority", "3")
    assert (made["state"], made["priority"], made["config"]["seconds"]) == ("queued", 3, 0.1)
    assert [one["id"] for one in as_json(say, "run", "list")] == [made["id"]]
    assert as_json(say, "run", "list", "--state", "done") == []
    hand = worker(database)
    while as_json(say, "run", "show", made["id"])["state"] != "done":
        hand.step()
    code, out = say("run", "watch", made["id"], *MORE)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].endswith("begun (attempt 1)")
    assert [line for line in lines if line.endswith("needs: 7 (bound ?)")]
    assert [line for line in lines if line.endswith("ended: done")]
    assert "a draft, to be published" in lines[-1]
    code, out = say("run", "watch", made["id"], "--after", "1", "--json", *MORE)
    told = [json.loads(line) for line in out.splitlines()]
    assert [one["sequence"] for one in told] == list(range(2, len(told) + 2))


def test_a_run_is_cancelled(database, say):
    waiting, running = (as_json(say, "run", "submit", "--priority", str(n))["id"] for n in (0, 9))
    with database.everyone("w", writes=True) as session:
        from datetime import timedelta

        assert queue.take(session, "w", timedelta(seconds=30)).run.id == running
    assert say("run", "cancel", waiting, *MORE) == (0, f"{waiting}: cancelled\n")
    assert say("run", "cancel", running, *MORE) == (0, f"{running}: asked to stop\n")


def test_bad_input_is_said_and_nothing_is_submitted(database, say):
    for words, sentence in (
        (["run", "show", "nope", *MORE], 'There is no run "nope"'),
        (["run", "submit", "--community", "xihe", "--lang", "en"], 'There is no community "xihe"'),
        (["run", "submit", "--workers", "0", *MORE], "config.workers"),
        (["schedule", "add", "every sunday", *MORE], 'The schedule "every sunday" is not understood'),
        (["schedule", "next", "0 20 31 2 *", *MORE], "is not understood"),
        (["schedule", "remove", "nope", *MORE], 'There is no schedule "nope"'),
    ):
        code, out = say(*words)
        assert (code, sentence in out) == (2, True), out
        assert "Traceback" not in out
    assert as_json(say, "run", "list") == []
    assert say("run", "list", "--community", "donghe", "--lang", "zh") == (0, "没有排班任务。\n")


def test_a_schedule_is_added_listed_and_removed_and_its_times_are_told(database, say):
    made = as_json(say, "schedule", "add", "0 20 * * SUN", "--days", "7", "--seconds", "5", "--priority", "2")
    assert (made["config"]["days"], made["config"]["run"]["seconds"], made["enabled"]) == (7, 5.0, True)
    off = as_json(say, "schedule", "add", "30 7 1 * *", "--off")
    times = as_json(say, "schedule", "next", made["id"], "-n", "3")
    # Sundays at eight by the clock of Mr Wu's community, a week apart; the first is the one in the list.
    assert [time[10:] for time in times] == ["T20:00:00+08:00"] * 3
    assert as_json(say, "schedule", "next", "0 20 * * SUN", "-n", "3") == times
    code, out = say("schedule", "list", *MORE)
    assert code == 0
    first, second = out.splitlines()
    assert first.startswith(f"{made['id']}  0 20 * * SUN  next ")
    assert second.endswith(" (off)")
    assert say("schedule", "remove", off["id"], *MORE) == (0, f"The schedule {off['id']} is gone.\n")
    assert [one["id"] for one in as_json(say, "schedule", "list")] == [made["id"]]
