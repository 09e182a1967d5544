"""Communities so small that reading them takes no time, and what became of them."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from small_facts import small_facts

from matcher.cluster.checkpoint import DistrictFolder
from matcher.cluster.district import Unwatched, plan_district
from matcher.cluster.engine import ThisMachine
from matcher.cluster.sources import communities_in
from matcher.service.solving.config import RunConfig

ACT = (sys.executable, str(Path(__file__).with_name("actor.py")))


class Seen(Unwatched):
    """Remembers what it was told."""

    def __init__(self):
        self.entries, self.agains = [], []

    def ended(self, entry, done, total, seconds_left):
        self.entries.append(entry)

    def again(self, community, attempt, problem):
        self.agains.append((community, attempt, problem["kind"]))


@dataclass
class Hamlets:
    """A folder of communities, each of which plays the part it is called after."""

    root: Path
    seen: Seen = field(default_factory=Seen)

    @property
    def out(self):
        return self.root / "out"

    def found(self, *parts, **changes):
        """Write one community per part."""
        (self.root / "in").mkdir(exist_ok=True)
        for part in parts:
            facts = small_facts(**changes)
            facts["program"] = facts["program"] | {"name": part}
            (self.root / "in" / f"{part}.json").write_text(json.dumps(facts), "utf-8")

    def plan(self, engine=None, *, pages=False, is_cancelled=lambda: False, seed=0, **config):
        """Plan them all; engines here run the actor."""
        communities = communities_in([self.root / "in"], lang="en", spoken="en")
        folder = DistrictFolder(self.out, [community.name for community in communities], "en")
        self.seen = Seen()
        with folder.held():
            return plan_district(
                communities, folder, RunConfig(work=1, seed=seed, **config), engine or ThisMachine(2, ACT), pages=pages,
                is_cancelled=is_cancelled, watcher=self.seen, lang="en",
            )

    def pids(self, part):
        """The processes that have played a part, the first one first."""
        with suppress(FileNotFoundError):
            return [int(word) for word in (self.root / f"{part}.pids").read_text().split()]
        return []

    def wait_for(self, part, count=1, seconds=60):
        """Until so many processes have begun to play it; the last one's number."""
        until(lambda: len(self.pids(part)) >= count, seconds)
        return self.pids(part)[-1]


def states(summary):
    """Community to state."""
    return {entry.community: entry.state for entry in summary.entries}


def until(what, seconds=60):
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def is_alive(pid):
    """Whether the process is there and no zombie."""
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("ascii")
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.fixture
def hamlets(tmp_path, monkeypatch):
    monkeypatch.setenv("FOLDER", str(tmp_path))
    return Hamlets(tmp_path)
