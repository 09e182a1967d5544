"""The walk of docs/api.md, as it stands there: real curl, a real server without any settings, a fresh database."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from server import Served

ROOT = Path(__file__).parents[2]


def blocks():
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    return re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def walk(folder, server):
    """Run the blocks, one after another in one shell, where the scenarios are."""
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    script = "".join(["set -euo pipefail\n", *blocks()])
    for written, meant in (("http://127.0.0.1:8321", server.url), ("mk_…", server.key)):
        assert script.count(written) == 1
        script = script.replace(written, meant)
    done = subprocess.run(
        [shutil.which("bash"), "-c", script], cwd=folder, capture_output=True, text=True, timeout=300,
    )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:], server.log[-20:])


def test_the_walk_of_the_docs_leads_from_a_workbook_to_a_calendar(address, tmp_path):
    # A database in a file needs no word: the server makes matcher.db where it stands.
    folder = tmp_path / "walk"
    folder.mkdir()
    began = time.monotonic()
    with Served(None if "://" not in address else address, folder=folder) as server:
        with server.client() as client:
            assert client.get("/healthz").status_code == 200
        print(f"matcher serve answered after {time.monotonic() - began:.1f} s, {cpu_of(server.pid):.1f} s of them computing")
        server.first_key()
        walk(folder, server)
        assert (folder / "matcher.db").exists() == ("://" not in address)
        assert server.end() == 0
    told = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}

    assert told["understood"]["counts"] == told["imported"]["counts"]
    assert told["understood"]["counts"]["claims"] == 23
    assert told["plan"]["state"] == "queued"
    assert (told["status"]["state"], told["status"]["id"]) == ("done", told["plan"]["id"])
    assert all(tier["value"] == tier["bound"] for tier in told["status"]["score"])
    assert (folder / "events.txt").read_text("utf-8").rstrip().splitlines()[-2] == "event: ended"
    assert len(told["roster"]["visits"]) == 12
    assert told["report"]["violations"] == told["judged-now"]["violations"] == []
    assert isinstance(told["certificates"], list)
    assert "吴伯" in (folder / "roster.html").read_text("utf-8")
    assert (told["draft"]["state"], told["published"]["state"]) == ("draft", "published")
    calendar = (folder / "v01.ics").read_text("utf-8")
    # v01 drives in December and stands by another month; nobody's phone number is in it.
    assert calendar.startswith("BEGIN:VCALENDAR")
    assert "吴伯" in calendar
    assert not re.search(r"1\d{10}", re.sub(r"\d{8}T\d{6}", "", calendar))
    (record,) = told["outcomes"]["items"]
    assert (record["fact"].get("outcome", "done"), record["fact"]["minutes"]) == ("done", 210)
    before = [one for one in wu()["history"] if one["volunteer"] == "v01" and one.get("outcome", "done") == "done"]
    (mine,) = (one for one in told["ledger"]["people"] if one["volunteer"] == "v01")
    assert mine["turns"] == len(before) + 1
    assert mine["minutes"] == sum(one["minutes"] for one in before) + 210


def cpu_of(pid):
    """Seconds of processor time of a process."""
    words = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, words[11:13])) / os.sysconf("SC_CLK_TCK")


def wu():
    return json.loads((ROOT / "scenarios" / "wu-bo" / "scenario.json").read_text("utf-8"))
