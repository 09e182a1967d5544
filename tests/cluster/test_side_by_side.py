"""Communities side by side: each planned once, whatever becomes of the others, of a process, or of the whole run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hamlets import ACT, is_alive, states, until

from matcher.cluster.checkpoint import DistrictFolder
from matcher.cluster.engine import ThisMachine
from matcher.cluster.task import Task, packed
from matcher.errors import BadInput
from matcher.service.solving.config import RunConfig


class Nobody:
    """An engine that must not be asked for anything."""

    room = 1

    def submit(self, task):
        raise AssertionError(task)

    def ended(self, seconds):
        raise AssertionError

    def close(self):
        pass


def test_every_community_gets_its_files_and_a_checkpoint(hamlets):
    hamlets.found("one", "two", "three")
    summary = hamlets.plan()
    assert states(summary) == {"one": "done", "two": "done", "three": "done"}
    assert summary.exit_code == 0
    assert sorted(one.name for one in (hamlets.out / "two").iterdir()) == ["checkpoint.json", "report.json", "roster.json"]
    told = json.loads((hamlets.out / "district.json").read_text("utf-8"))
    assert (told["communities"], told["done"], told["kept"], told["failed"], told["stopped"]) == (3, 3, 0, 0, None)
    # The actor leaves two seats empty, and values every tier by the letters of its name.
    assert {one["community"]: (one["empty"], one["tiers"][0]["value"]) for one in told["entries"]} == {
        "one": (2, 3), "two": (2, 3), "three": (2, 5)
    }


def test_what_is_done_is_not_planned_again(hamlets):
    hamlets.found("one", "two")
    hamlets.plan()
    summary = hamlets.plan(Nobody())
    assert states(summary) == {"one": "kept", "two": "kept"}
    assert summary.exit_code == 0


def test_memory_and_idle_seconds_do_not_make_a_roster_old(hamlets):
    hamlets.found("one")
    hamlets.plan(memory_mb=2048)
    assert states(hamlets.plan(Nobody(), memory_mb=1024, seconds=7)) == {"one": "kept"}


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("facts", "facts-changed"), ("seed", "config-changed"), ("pages", "config-changed"), ("roster", "damaged"),
        ("gone", "damaged"), ("checkpoint", "damaged"),
    ],
)
def test_what_is_old_or_damaged_is_planned_anew_and_said(hamlets, what, why):
    hamlets.found("one", "two")
    hamlets.plan()
    folder = hamlets.out / "one"
    if what == "facts":
        hamlets.found("one", declines=[])
        hamlets.found("one", volunteers=[{"id": "v1", "name": "陈红", "home": "home"}])
    if what == "roster":
        (folder / "roster.json").write_text("{}")
    if what == "gone":
        (folder / "report.json").unlink()
    if what == "checkpoint":
        (folder / "checkpoint.json").write_text('{"format": "matcher-checkpoint/1", "asked": 3}')
    summary = hamlets.plan(seed=1 if what == "seed" else 0, pages=what == "pages")
    entries = {entry.community: entry for entry in summary.entries}
    assert (entries["one"].state, entries["one"].anew) == ("done", why)
    both = what in ("seed", "pages")
    assert (entries["two"].state, entries["two"].anew) == (("done", why) if both else ("kept", ""))
    assert states(hamlets.plan(Nobody(), seed=1 if what == "seed" else 0, pages=what == "pages")) == {
        "one": "kept", "two": "kept"
    }


def test_bad_facts_of_one_are_its_own_and_only_it_is_planned_once_they_are_mended(hamlets):
    hamlets.found("one", "two", "three")
    (hamlets.root / "in" / "two.json").write_text('{"format": "matcher/1", "colour": "red", "wishes": [{}]}')
    summary = hamlets.plan()
    assert states(summary) == {"one": "done", "two": "failed", "three": "done"}
    assert summary.exit_code == 2
    problem = summary.entries[2].problem
    assert problem["kind"] == "bad-input"
    assert len(problem["faults"]) > 1, "every fault at once"
    hamlets.found("two")
    assert states(hamlets.plan()) == {"one": "kept", "two": "done", "three": "kept"}


@pytest.mark.parametrize(
    ("parts", "code", "kinds"),
    [
        (["contradicts"], 3, {"contradiction"}),
        (["contradicts", "unanswered"], 2, {"contradiction", "bad-input"}),
        (["contradicts", "unanswered", "bug"], 1, {"contradiction", "bad-input", "bug"}),
    ],
)
def test_the_exit_code_says_what_to_do_next(hamlets, parts, code, kinds):
    hamlets.found("one", *parts)
    summary = hamlets.plan()
    assert summary.exit_code == code
    assert {entry.problem["kind"] for entry in summary.entries if entry.problem} == kinds
    assert states(summary)["one"] == "done"
    assert all(entry.problem["message"] for entry in summary.entries if entry.problem)
    assert "13800001234" not in (hamlets.out / "district.json").read_text("utf-8")


def test_a_process_that_breaks_off_is_begun_again_but_not_for_ever(hamlets):
    hamlets.found("one", "once", "breaks")
    summary = hamlets.plan()
    assert states(summary) == {"one": "done", "once": "done", "breaks": "failed"}
    assert summary.exit_code == 1
    assert len(hamlets.pids("once")) == 2
    assert len(hamlets.pids("breaks")) == 3
    assert sorted(hamlets.seen.agains) == [("breaks", 2, "crashed"), ("breaks", 3, "crashed"), ("once", 2, "crashed")]
    assert {entry.community: entry.attempts for entry in summary.entries}["breaks"] == 3


def test_a_process_that_is_killed_is_begun_again(hamlets):
    hamlets.found("brief", "one")
    killer = threading.Thread(target=lambda: os.kill(hamlets.wait_for("brief"), signal.SIGKILL))
    killer.start()
    summary = hamlets.plan()
    killer.join()
    assert states(summary) == {"brief": "done", "one": "done"}
    assert hamlets.seen.agains == [("brief", 2, "crashed")]


def test_too_much_memory_fails_one_and_no_other(hamlets):
    hamlets.found("hoards", "one")
    summary = hamlets.plan(memory_mb=256)
    assert states(summary) == {"hoards": "failed", "one": "done"}
    assert summary.entries[0].problem["kind"] == "too-large"
    assert "256 MB" in summary.entries[0].problem["message"]
    assert summary.exit_code == 2


def test_cancelled_keeps_what_is_done_ends_what_is_going_on_and_goes_on_next_time(hamlets):
    hamlets.found("one", "slow", "two", "zwei")
    summary = hamlets.plan(is_cancelled=lambda: len(hamlets.seen.entries) == 3)
    assert summary.stopped == "cancelled"
    assert summary.exit_code == 130
    assert states(summary) == {"one": "done", "two": "done", "zwei": "done"}
    assert not is_alive(hamlets.pids("slow")[0])
    assert not (hamlets.out / "slow").exists()
    hamlets.found("slow")
    (hamlets.root / "in" / "slow.json").write_text((hamlets.root / "in" / "one.json").read_text())
    assert states(hamlets.plan()) == {"one": "kept", "slow": "done", "two": "kept", "zwei": "kept"}


SCRIPT = """
import sys
from pathlib import Path
for folder in sys.argv[2:]:
    sys.path.insert(0, folder)
from hamlets import Hamlets
Hamlets(Path(sys.argv[1])).plan()
"""


def test_a_run_that_is_killed_leaves_no_process_and_is_gone_on_with(hamlets):
    hamlets.found("one", "slow")
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "cli")]
    asker = subprocess.Popen([sys.executable, "-c", SCRIPT, str(hamlets.root), *folders])
    solving = hamlets.wait_for("slow")
    until((hamlets.out / "one" / "checkpoint.json").exists)
    with pytest.raises(BadInput, match="Another run"):
        hamlets.plan()
    asker.kill()
    asker.wait()
    until(lambda: not is_alive(solving))
    (hamlets.out / ".making-x").mkdir()  # had it been killed while it wrote
    hamlets.found("one")
    (hamlets.root / "in" / "slow.json").unlink()
    assert states(hamlets.plan(Nobody())) == {"one": "kept"}
    assert not (hamlets.out / ".making-x").exists()


def test_a_folder_with_other_things_is_refused(hamlets):
    hamlets.found("one")
    hamlets.out.mkdir()
    (hamlets.out / "photo.jpg").touch()
    with pytest.raises(BadInput, match="other things"):
        hamlets.plan()


def test_two_names_that_look_alike_to_a_disk_have_two_folders(tmp_path):
    folder = DistrictFolder(tmp_path, ["Ost", "ost", "a/b"], "en")
    assert len({folder.of(name).name.casefold() for name in ("Ost", "ost", "a/b")}) == 3
    assert {folder.of(name).parent for name in ("Ost", "ost", "a/b")} == {tmp_path}


def test_a_task_never_shows_its_facts():
    task = Task("east", packed('{"phone": "13800001234"}'), RunConfig(), ("13800001234",))
    assert "13800001234" not in repr(task)
    assert "facts" not in repr(task)


def test_another_version_does_not_plan(hamlets):
    engine = ThisMachine(1, ACT)
    engine.submit(Task("east", packed("{}"), RunConfig(), version="0.0.0"))
    outcome = engine.ended(10)
    engine.close()
    assert outcome.problem["kind"] == "other-version"
