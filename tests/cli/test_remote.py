"""``matcher --server URL plan``: planned there, judged and written here; what stands in the way is said as everywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from server import MATCHER, Served

WU = Path(__file__).parents[2] / "scenarios" / "wu-bo" / "wu-bo.xlsx"
QUICK = ("--work", "3", "--strategy", "exact", "--workers", "1")
AT = ("--at", "huizhou/donghe")


def run(*words, key="", seconds=300):
    environment = os.environ | {"MATCHER_API_KEY": key}
    return subprocess.run(
        [str(MATCHER), *map(str, words)], capture_output=True, text=True, timeout=seconds, env=environment
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with Served(tmp_path_factory.mktemp("served") / "matcher.db") as server:
        server.first_key()
        with server.client() as client:
            for path in ("/v1/districts/huizhou", "/v1/districts/huizhou/communities/donghe"):
                assert client.put(path, json={}).is_success
        yield server


def test_the_folder_is_the_same_as_when_it_is_planned_here(served, tmp_path):
    there = run("--server", served.url, "plan", WU, "-o", tmp_path / "there", *QUICK, *AT, "--lang", "en", key=served.key)
    assert there.returncode == 0, there.stderr
    here = run("plan", WU, "-o", tmp_path / "here", *QUICK, "--lang", "en")
    assert here.returncode == 0, here.stderr
    files = {name: sorted(str(path.relative_to(tmp_path / name)) for path in (tmp_path / name).rglob("*")) for name in ("here", "there")}
    assert files["here"] == files["there"]
    for name in files["here"]:
        if name.startswith(("roster.json", "slips/", "calendars/")):
            assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes(), name
    run_told = json.loads((tmp_path / "there" / "report.json").read_text("utf-8"))["run"]
    assert (run_told["server"], run_told["limit"]) == (served.url, {"work": 3.0})
    # One table, one folder: what is said is the same, too.
    assert there.stdout.replace("there", "here") == here.stdout


@pytest.mark.parametrize(("words", "key", "sentence"), [
    ((), None, "Which community"),
    (AT, "", "There is no key"),
    (AT, "mk_nobody", "key"),
    (("--at", "huizhou"), None, "DISTRICT/COMMUNITY"),
    (("--at", "huizhou/nowhere"), None, "nowhere"),
])
def test_what_stands_in_the_way_is_said(served, tmp_path, words, key, sentence):
    told = served.key if key is None else key
    done = run("plan", WU, "-o", tmp_path / "out", "--server", served.url, *words, "--lang", "en", key=told)
    assert (done.returncode, sentence in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr
    assert not (tmp_path / "out").exists()


def test_a_server_that_is_not_there_and_options_that_do_not_go_together(tmp_path):
    words = ("plan", WU, "-o", tmp_path / "out", *AT, "--lang", "en")
    for url, sentence in (("http://127.0.0.1:9", "cannot be reached"), ("matcher.example.org", "no address of a server")):
        done = run("--server", url, *words, key="mk_x")
        assert (done.returncode, sentence in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr
    assert run(*words).returncode == 2
    assert run("--server", "http://127.0.0.1:9", "check", WU, WU).returncode == 2
    assert not (tmp_path / "out").exists()


def test_ctrl_c_ends_the_plan_there(served, tmp_path):
    words = [str(MATCHER), "--server", served.url, "plan", str(WU), "-o", str(tmp_path / "out"), *AT, "--lang", "en"]
    environment = os.environ | {"MATCHER_API_KEY": served.key}
    with (
        served.client() as client,
        subprocess.Popen(
            [*words, "--seconds", "600", "--strategy", "lns"], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process,
    ):
        try:
            until(lambda: newest(client) == "running")
            process.send_signal(signal.SIGINT)
            _, wrong = process.communicate(timeout=120)
        finally:
            process.kill()
        assert newest(client) == "cancelled"
    # With the best roster so far, if there was one by then; else it says that there is none.
    if process.returncode:
        assert (process.returncode, "before there was any roster" in wrong) == (2, True), wrong
    assert (tmp_path / "out" / "roster.json").exists() == (process.returncode == 0)


def newest(client):
    """The state of the newest plan, if it is one that goes on for long."""
    found = client.get("/v1/plans?district=huizhou&limit=1").json()["items"]
    return found[0]["state"] if found and found[0]["config"]["seconds"] == 600 else ""


def until(is_so, seconds=120.0):
    over = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < over, "it did not happen"
        time.sleep(0.2)
