"""How commands end: an exit code for each kind, every fault told, never a traceback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matcher.errors import Contradiction, InvalidRoster


def test_help_ends_well(call):
    ended = call("--help")
    assert ended.code == 0
    assert "plan" in ended.out


def test_no_command_shows_help(call):
    ended = call()
    assert "demo" in ended.out + ended.err


def test_version_is_that_of_the_package(call):
    from importlib.metadata import version

    assert call("--version").out.strip() == f"matcher {version('matcher')}"


def test_a_mistyped_option_is_bad_input(call):
    ended = call("plan", "--sekunden", "3")
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_a_missing_file_is_bad_input(call):
    ended = call("check", "nowhere.json", "roster.json")
    assert ended.code == 2
    assert "nowhere.json" in ended.err
    assert "Traceback" not in ended.err


def test_all_faults_are_told_at_once(call, facts):
    path = facts(
        wishes=[{"id": "a", "kind": "goods", "resident": "nobody"}, {"id": "b", "kind": "goods", "due": "2026-13-45"}]
    )
    ended = call("supply", path)
    assert ended.code == 2
    assert "wishes[0]" in ended.err
    assert "wishes[1]" in ended.err


def test_faults_are_json_for_machines(call, facts):
    path = facts(wishes=[{"id": "a", "kind": "goods", "resident": "li", "due": "2026-12-20", "colour": "red"}])
    ended = call("supply", path, "--json")
    assert ended.code == 2
    assert ended.json["error"]["exit"] == 2
    (fault,) = ended.json["error"]["faults"]
    assert fault["path"][:2] == ["wishes", 0]
    assert "colour" in json.dumps(fault)


def test_a_contradiction_names_its_demands(call, monkeypatch, facts):
    def contradict(*_, **__):
        raise Contradiction(["pin 1: v1 on company", "pin 2: v1 never on company"])

    monkeypatch.setattr("matcher.planning.supply.supply", contradict)
    ended = call("supply", facts())
    assert ended.code == 3
    assert "pin 1" in ended.err
    assert "pin 2" in ended.err
    assert call("supply", facts(), "--json").json["error"]["demands"] == [
        "pin 1: v1 on company", "pin 2: v1 never on company",
    ]


@pytest.mark.parametrize("fault", [ZeroDivisionError("oops"), InvalidRoster("keeps_the_turn")])
def test_a_fault_of_our_own_apologises_and_keeps_a_log(call, monkeypatch, facts, tmp_path, fault):
    def fail(*_, **__):
        raise fault

    monkeypatch.setattr("matcher.planning.supply.supply", fail)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    ended = call("supply", facts())
    assert ended.code == 1
    assert "Sorry" in ended.err
    assert "Traceback" not in ended.err
    (log,) = tmp_path.glob("matcher-*.log")
    assert str(log) in ended.err
    assert "Traceback" in log.read_text("utf-8")


def test_the_language_follows_the_option(call):
    assert "请" in call("template", "nowhere/x/template.xlsx", "--lang", "zh").err
    assert "请" not in call("template", "nowhere/x/template.xlsx", "--lang", "en").err


def _more_than_a_minutes_proof():
    """160 visits at fixed times, twelve people who live apart: easy to fill, long to prove the best tours for."""
    places = [
        {"id": f"p{i}", "lat": 23.09 + 0.004 * (i * 7 % 11), "lon": 114.41 + 0.005 * (i * 5 % 13), "crs": "gcj02"}
        for i in range(20)
    ]
    volunteers = [
        {
            "id": f"v{i}", "home": f"p{19 - i}", "prior_visits": 9, "availability": [{"days": "any"}],
            "limits": {"visits_per_day": 3, "visits_per_week": 6, "visits_per_month": 20},
        }
        for i in range(12)
    ]
    wishes = [
        {
            "id": f"w{i}", "kind": "visit", "resident": f"r{i}", "minutes": 60,
            "recurrence": {"at": [f"2026-12-{day:02d}T{8 + i:02d}:{i % 4 * 15:02d}:00+08:00" for day in range(2, 22)]},
        }
        for i in range(8)
    ]
    residents = [{"id": f"r{i}", "home": f"p{i}"} for i in range(8)]
    return {"places": places, "residents": residents, "volunteers": volunteers, "wishes": wishes}


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_with_the_best_roster_so_far(facts, tmp_path, kind):
    path, out = facts(**_more_than_a_minutes_proof()), tmp_path / "out"
    words = [sys.executable, "-m", "matcher.cli.main", "plan", str(path), "-o", str(out), "--seconds", "300", "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(6)
    assert process.poll() is None, "ended before it could be interrupted"
    process.send_signal(kind)
    stdout, stderr = process.communicate(timeout=100)
    assert process.returncode == 0, stderr
    assert "Traceback" not in stderr
    assert json.loads(stdout)["status"] == "FEASIBLE"
    assert (out / "roster.json").exists()


def test_an_error_nobody_can_read_shows_no_traceback(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("only where there is a device that is always full")
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "matcher.cli.main", "check", tmp_path / "no.json", tmp_path / "no.json", "--json"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr == ""


@pytest.mark.parametrize(("lang", "said"), [("zh", "磁盘满了"), ("en", "no space left")])
def test_an_answer_there_is_no_room_for_is_no_fault_of_ours(lang, said, facts):
    if not Path("/dev/full").exists():
        pytest.skip("only where there is a device that is always full")
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "matcher.cli.main", "supply", facts(), "--lang", lang],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
