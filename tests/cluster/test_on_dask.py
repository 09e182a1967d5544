"""The same on a dask cluster: same rosters, and nothing is lost when a worker, the scheduler or the asker dies."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from hamlets import ACT, is_alive, states, until

from matcher.cluster import hub as hubs
from matcher.cluster.dasked import Cluster, cluster_address
from matcher.cluster.engine import ThisMachine
from matcher.errors import BadInput

ACTING = (sys.executable, str(Path(__file__).with_name("acting_node.py")))


class Running(threading.Thread):
    """A hub looked after by a thread of its own, which also began it: its nodes die with that."""

    def __init__(self, workers, node):
        super().__init__(daemon=True)
        self._workers, self._node = workers, node
        self._over, self._begun = threading.Event(), threading.Event()
        self.said = []

    def run(self):
        hubs._NODE, before = self._node, hubs._NODE
        try:
            self.hub = hubs.Hub(self._workers, port=0, lang="en", tell=self.said.append)
            self._begun.set()
            self.hub.keep(self._over.is_set)
        finally:
            hubs._NODE = before

    def __enter__(self):
        self.start()
        assert self._begun.wait(20)
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join(30)

    def engine(self, **more):
        return Cluster(self.hub.address, lang="en", **more)

    def fell(self, number):
        """Kill the scheduler (0) or a worker."""
        os.kill(self.hub.nodes[number].process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def remembered(tmp_path_factory):
    """One folder for all the actors of the module: the nodes are told of it when they begin."""
    folder = tmp_path_factory.mktemp("remembered")
    before = os.environ.get("FOLDER")
    os.environ["FOLDER"] = str(folder)
    yield folder
    os.environ.pop("FOLDER")
    if before is not None:
        os.environ["FOLDER"] = before


@pytest.fixture(scope="module")
def running(remembered):
    with Running(2, ACTING) as running:
        yield running


@pytest.fixture
def acting(hamlets, remembered, monkeypatch):
    """Hamlets whose actors remember where the nodes do; nobody remembers other tests."""
    monkeypatch.setenv("FOLDER", str(remembered))
    for left in remembered.glob("*.pids"):
        left.unlink()
    hamlets.pids = lambda part: [int(word) for word in _text(remembered / f"{part}.pids").split()]
    return hamlets


def _text(path):
    return path.read_text() if path.exists() else ""


@contextmanager
def meanwhile(what):
    """Something that happens while a district is planned."""
    thread = threading.Thread(target=what)
    thread.start()
    yield
    thread.join(60)


def test_a_cluster_plans_what_this_machine_plans(acting, running):
    acting.found("one", "two", "three", "contradicts", "once")
    summary = acting.plan(running.engine())
    assert states(summary) == {"one": "done", "two": "done", "three": "done", "contradicts": "failed", "once": "done"}
    assert summary.exit_code == 3
    assert acting.seen.agains == [("once", 2, "crashed")]
    assert states(acting.plan(ThisMachine(1, ACT))) == {
        "one": "kept", "two": "kept", "three": "kept", "contradicts": "failed", "once": "kept"
    }


def test_a_worker_and_then_the_scheduler_are_killed_and_nothing_is_lost(acting, running):
    parts = [f"brief{number}" for number in range(6)]
    acting.found(*parts)

    def fell():
        until(lambda: len(acting.seen.entries) >= 1)
        running.fell(1)
        until(lambda: len(acting.seen.entries) >= 3)
        running.fell(0)

    told = []
    with meanwhile(fell):
        summary = acting.plan(running.engine(tell=told.append))
    assert not [entry.problem for entry in summary.entries if entry.problem is not None]
    assert states(summary) == dict.fromkeys(parts, "done")
    assert summary.exit_code == 0
    assert any("does not answer" in message for message in told)
    assert "The cluster is back; going on." in told
    # dask's own lines would stand among ours.
    assert {logging.getLogger(name).level for name in ("distributed", "distributed.client")} == {logging.CRITICAL}
    assert {"Worker 1 ended (-9) and was begun again.", "The scheduler ended (-9) and was begun again."} <= set(running.said)
    assert not [pid for part in parts for pid in acting.pids(part) if is_alive(pid)]


@pytest.mark.parametrize("falls", [False, True])
def test_an_outcome_whose_way_breaks_is_fetched_again(acting, running, monkeypatch, falls):
    from distributed import Future
    from distributed.comm import CommClosedError

    fetch, broken = Future.result, []

    def breaks_once(future, timeout=None):
        if not broken:
            broken.append(future.key)
            if falls:
                running.fell(0)
            raise CommClosedError("in the middle of it")
        return fetch(future, timeout)

    monkeypatch.setattr(Future, "result", breaks_once)
    acting.found("one", "two")
    summary = acting.plan(running.engine())
    assert broken
    assert not [entry.problem for entry in summary.entries if entry.problem is not None]
    assert states(summary) == {"one": "done", "two": "done"}


def test_a_worker_that_cannot_take_a_task_is_no_broken_way(acting, running, monkeypatch):
    from matcher.cluster import dasked

    def another_python(task):
        raise ImportError("no matcher here")

    monkeypatch.setattr(dasked, "plan_here", another_python)
    acting.found("one")
    (entry,) = acting.plan(running.engine()).entries
    assert (entry.state, entry.problem["kind"]) == ("failed", "worker-differs")


def test_cancelling_ends_the_processes_on_the_workers(acting, running):
    acting.found("one", "slow", "slower")
    summary = acting.plan(running.engine(), is_cancelled=lambda: bool(acting.pids("slow") and acting.pids("slower")))
    assert summary.stopped == "cancelled"
    until(lambda: not is_alive(acting.pids("slow")[-1]) and not is_alive(acting.pids("slower")[-1]), 20)


SCRIPT = """
import sys
from pathlib import Path
for folder in sys.argv[3:]:
    sys.path.insert(0, folder)
from hamlets import Hamlets
from matcher.cluster.dasked import Cluster
Hamlets(Path(sys.argv[1])).plan(Cluster(sys.argv[2], lang="en"))
"""


def test_when_the_asker_is_killed_the_workers_stop(acting, running):
    acting.found("slow")
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "cli")]
    asker = subprocess.Popen([sys.executable, "-c", SCRIPT, str(acting.root), running.hub.address, *folders])
    solving = acting.wait_for("slow")
    asker.kill()
    asker.wait()
    until(lambda: not is_alive(solving), 30)


def test_a_cluster_that_stays_away_ends_the_run_and_the_next_goes_on(acting):
    acting.found("one", "slow")
    with Running(1, ACTING) as passing:
        engine = passing.engine(patience=1)

        def leave():
            until(lambda: acting.pids("slow"))
            passing._over.set()

        with meanwhile(leave):
            summary = acting.plan(engine)
    assert summary.stopped == "cluster-gone"
    assert summary.exit_code == 1
    assert states(summary) == {"one": "done"}
    assert not is_alive(acting.pids("slow")[-1])
    (acting.root / "in" / "slow.json").unlink()
    assert states(acting.plan(ThisMachine(1, ACT))) == {"one": "kept"}


def test_a_cluster_without_workers_is_waited_for_but_not_for_ever(acting):
    acting.found("one")
    with Running(0, ACTING) as empty:
        told = []
        summary = acting.plan(empty.engine(patience=1, tell=told.append))
    assert summary.stopped == "cluster-gone"
    assert summary.entries == ()
    assert told
    assert "has no workers yet" in told[0]


@pytest.mark.slow
def test_a_community_that_fells_every_worker_is_given_up_and_harms_no_other(acting, monkeypatch):
    monkeypatch.setattr(hubs, "_MOST_DEATHS", 20)
    acting.found("fells", *(f"brief{number}" for number in range(3)))
    with Running(2, ACTING) as running:
        summary = acting.plan(running.engine())
    assert states(summary)["fells"] == "failed"
    assert {entry.problem["kind"] for entry in summary.entries if entry.problem} == {"lost"}
    assert summary.exit_code == 1


@pytest.mark.parametrize(
    "told", ["nowhere", "http://host:1", "tcp://host", "tcp://:8786", "host:0", "host:70000", "ws://host:8786", ""]
)
def test_an_address_that_is_none_is_refused(told):
    with pytest.raises(BadInput, match="tcp://host:8786"):
        cluster_address(told, "en")


def test_a_cluster_that_is_not_there_is_said_at_once(monkeypatch):
    monkeypatch.setattr("matcher.cluster.dasked._CONNECT", 0.5)
    with pytest.raises(BadInput, match="cannot be reached"):
        Cluster("127.0.0.1:9", lang="en")


def test_without_dask_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr("matcher.cluster.dasked.find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"pip install 'matcher\[cluster\]'"):
        Cluster("127.0.0.1:8786", lang="en")


def test_a_taken_port_is_said():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadInput, match="taken"):
            hubs.Hub(1, port=taken.getsockname()[1], lang="en")
