"""Writing where one cannot: a clear sentence, exit 2, nothing half-written; killed in the middle: still nothing."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time

import pytest

PLAN = ("--strategy", "flow", "--work", "0.001", "--workers", "1")
TARGETS = [
    ("convert", "out.json"), ("convert", "out.xlsx"), ("convert", "out"), ("plan", "out"), ("template", "out.xlsx"),
]


def _words(command, path, out):
    return {
        "convert": ["convert", path, out],
        "plan": ["plan", path, "-o", out, *PLAN],
        "template": ["template", out],
    }[command]


@pytest.mark.parametrize(("command", "name"), TARGETS)
def test_a_file_where_the_folder_should_be(call, facts, tmp_path, command, name):
    (tmp_path / "file").write_text("mine")
    ended = call(*_words(command, facts(), tmp_path / "file" / name))
    assert ended.code == 2
    assert "file" in ended.err
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(("command", "name"), TARGETS)
def test_what_exists_is_left_alone(call, facts, tmp_path, command, name):
    (tmp_path / name).write_text("mine")
    ended = call(*_words(command, facts(), tmp_path / name))
    assert ended.code == 2
    assert "exists already" in ended.err
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize(("command", "name"), TARGETS)
def test_a_folder_that_may_not_be_written_to(facts, tmp_path, command, name):
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    ended = _run(_words(command, facts(), locked / name), without_privileges=True)
    assert ended.returncode == 2, ended.stderr
    assert "ermission" in ended.stderr
    assert not list(locked.iterdir())


@pytest.mark.parametrize(("command", "name"), TARGETS)
def test_a_disk_that_fills_up(facts, tmp_path, command, name):
    # No file may grow beyond 1000 bytes: what a full disk does, without one.
    big = [{"id": f"v{i}", "name": f"志愿者{i}", "home": "home", "availability": [{"days": "any"}]} for i in range(60)]
    (tmp_path / "room").mkdir()
    ended = _run(_words(command, facts(volunteers=big), tmp_path / "room" / name), largest_file=1000)
    assert ended.returncode == 2, ended.stderr
    assert "written" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list((tmp_path / "room").iterdir())


def test_an_unreadable_place_is_not_our_fault(facts, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o000)
    try:
        for words in (["convert", closed / "s.json", tmp_path / "out"], ["plan", facts(), "-o", closed / "out", *PLAN]):
            ended = _run(words, without_privileges=True)
            assert ended.returncode == 2, ended.stderr
            assert "closed" in ended.stderr
    finally:
        closed.chmod(0o755)


def test_killed_while_writing_leaves_no_output(facts, tmp_path):
    people = [{"id": f"v{i}", "home": "home", "prior_visits": 9, "availability": [{"days": "any"}]} for i in range(60)]
    wishes = [
        {
            "id": f"w{i}", "kind": "visit", "resident": "li", "minutes": 30,
            "recurrence": {"at": [f"2026-12-{i % 20 + 2:02d}T{8 + i % 10:02d}:00:00+08:00"]},
        }
        for i in range(60)
    ]
    room = tmp_path / "room"
    room.mkdir()
    path = facts(volunteers=people, wishes=wishes)
    process = subprocess.Popen(_command(_words("plan", path, room / "out")), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not _files_in(room) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL, "ended before it could be killed"
    assert not (room / "out").exists()


def _files_in(folder):
    return [name for _, _, names in os.walk(folder) for name in names]


def _command(words):
    return [sys.executable, "-m", "matcher.cli.main", *map(str, words)]


def _run(words, *, without_privileges=False, largest_file=None):
    """Run a command in a process of its own; root, who may write anywhere, gives that up first."""
    before = []
    if without_privileges and os.geteuid() == 0:
        before = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
        if subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
            pytest.skip("root here cannot give up its privileges")

    def limit():
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    environment = os.environ | {"MATCHER_LANG": "en"}
    return subprocess.run(
        [*before, *_command(words)], capture_output=True, text=True, timeout=120, preexec_fn=limit, env=environment,
        check=False,
    )
