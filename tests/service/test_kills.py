"""Workers killed at random, mid-solve: every run ends exactly once, and no process is left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from settled import HERE, ask, look, settle
from sqlalchemy import func, select

from matcher.store import runs
from matcher.store.tables import OutboxRow, RosterRow

HAND = Path(__file__).with_name("hand.py")


@pytest.fixture
def address(tmp_path):
    return str(tmp_path / "matcher.db")


class Hands:
    """Worker processes, and the numbers of all processes they have begun."""

    def __init__(self, address, count, lease):
        self.address, self.lease = address, lease
        self.hands = [self._begin() for _ in range(count)]
        self.kills = 0
        self.children = set()

    def _begin(self):
        return subprocess.Popen(
            [sys.executable, str(HAND), self.address, "2", str(self.lease)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def note_children(self):
        for hand in self.hands:
            self.children |= children_of(hand.pid)

    def kill_one(self, dice):
        place = dice.randrange(len(self.hands))
        self.note_children()
        self.hands[place].send_signal(signal.SIGKILL)
        self.hands[place].wait()
        self.hands[place] = self._begin()
        self.kills += 1

    def end(self):
        self.note_children()
        for hand in self.hands:
            hand.terminate()
        for hand in self.hands:
            hand.wait(30)


def children_of(pid):
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found |= {int(word) for word in task.read_text("ascii").split()}
        except OSError:
            continue
    return found


def is_alive(pid):
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("ascii")
    except OSError:
        return False


def rush(database, address, count, kills, seed=1):
    """So many runs, so many killings at random moments; afterwards everything has been looked at."""
    settle(database)
    dice = random.Random(seed)
    keys = [ask(database, seconds=dice.choice((0.05, 0.3, 1.0)), seed=0, most_attempts=100) for _ in range(count)]
    hands = Hands(address, 2, lease=2)
    deadline = time.monotonic() + 60 + 6 * count
    try:
        while True:
            with database.reading(HERE) as session:
                open_runs = sum(len(runs.page(session, state=state, limit=500)) for state in ("queued", "running"))
            if not open_runs:
                break
            assert time.monotonic() < deadline, f"{open_runs} runs are still open after {hands.kills} killings"
            hands.note_children()
            time.sleep(dice.uniform(0.3, 2.0))
            if hands.kills < kills and open_runs:
                hands.kill_one(dice)
    finally:
        hands.end()
    assert [look(database, key).state for key in keys] == ["done"] * count
    with database.everyone("test") as session:
        drafts = session.scalars(select(RosterRow.run)).all()
        endings = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.topic == "run.ended"))
    assert sorted(drafts) == sorted(keys), "one roster each"
    assert endings == count, "one ending each"
    with database.reading(HERE) as session:
        for key in keys:
            told = runs.progress(session, key)
            assert [event.sequence for event in told] == list(range(1, len(told) + 1))
            kinds = [event.event["kind"] for event in told]
            assert (kinds[0], kinds[-1], kinds.count("ended")) == ("taken", "ended", 1)
            assert kinds.count("taken") == look(database, key).attempts + kinds.count("given-back")
    gone_by = time.monotonic() + 10
    while any(map(is_alive, hands.children)) and time.monotonic() < gone_by:
        time.sleep(0.05)
    assert not [pid for pid in hands.children if is_alive(pid)]
    return hands.kills


def test_every_run_ends_once_though_workers_are_killed(database, address):
    assert rush(database, address, 12, 4) >= 1


@pytest.mark.slow
@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=False)
def test_two_hundred_runs_and_fifty_killings(address, tmp_path, request):
    from databases import fresh_database

    where = str(tmp_path / "matcher.db") if address == "sqlite" else request.getfixturevalue("server").new_database()
    with fresh_database(where) as database:
        assert rush(database, where, 200, 50) == 50


def test_a_solve_dies_with_its_killed_worker_and_so_do_the_processes_it_began(tmp_path):
    """What solves linear programmes is a process of the solve's own, in a session of its own."""
    script = (
        "import subprocess, sys, time\n"
        "from matcher.solvers.lp import LpProcess\n"
        "with LpProcess() as lp:\n"
        "    print(lp._process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.stdout.close()
    # It must have begun before it can know whose it is.
    until = time.monotonic() + 60
    while b"matcher.solvers.lp" not in Path(f"/proc/{child}/cmdline").read_bytes() and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 60
    while is_alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_alive(child)


def test_the_command_works_until_it_is_told_to_end(tmp_path):
    from databases import fresh_database

    address = str(tmp_path / "matcher.db")
    with fresh_database(address) as database:
        settle(database)
        key = ask(database, strategy="flow", seconds=1)
        matcher = Path(sys.executable).with_name("matcher")
        words = [str(matcher), "worker", "-n", "1", "--database", address, "--lang", "en"]
        hand = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 120
        while not look(database, key).is_over and time.monotonic() < until:
            time.sleep(0.1)
        hand.send_signal(signal.SIGTERM)
        _, said = hand.communicate(timeout=60)
        assert (look(database, key).state, hand.returncode) == ("done", 0)
    assert "Waiting for runs, at most 1 at once" in said
    assert f'"event": "ended", "run": "{key}", "state": "done"' in said
    assert "13800001234" not in said
