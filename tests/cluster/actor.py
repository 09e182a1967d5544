"""A solving process that plays a part; everything around the solve is the real one's.

The programme's name says which part; ``FOLDER`` in the environment is where it leaves its process number, and
what it must remember.
"""

from __future__ import annotations

import json
import os
import time
from base64 import b64encode
from pathlib import Path

from matcher.errors import BadInput, Contradiction
from matcher.service.solving import child


def play(job, stop, tell):
    facts = json.loads(job["scenario"])
    part = facts["program"]["name"]
    folder = Path(os.environ["FOLDER"])
    with (folder / f"{part}.pids").open("a") as pids:
        print(os.getpid(), file=pids, flush=True)
    if part.startswith("breaks"):
        os._exit(7)
    if part.startswith("once") and len((folder / f"{part}.pids").read_text().split()) == 1:
        os._exit(7)
    if part.startswith("slow"):
        time.sleep(120)
    if part.startswith("brief"):
        time.sleep(1.0)
    if part.startswith("hoards"):
        hoard = bytearray(os.urandom(1) * 500_000_000)
        time.sleep(120)
        del hoard
    if part.startswith("fells"):
        os.kill(os.getppid(), 9)
    if part.startswith("contradicts"):
        raise Contradiction(["a", "b"])
    if part.startswith("unanswered"):
        raise BadInput("no answer", "more time")
    if part.startswith("bug"):
        raise KeyError("13800001234")
    tiers = [{"name": name, "value": len(part), "bound": 0} for name in ("needs", "promises", "quality")]
    unfilled = [{"visit": "x/1", "role": "helper", "count": 2, "reasons": []}]
    roster = {"visits": [], "unfilled": unfilled, "tiers": tiers, "seed": job["config"]["seed"], "part": part}
    files = {"roster.json": roster, "report.json": {"notes": job["notes"]}}
    window = {"start": "2026-12-01", "end": "2026-12-31"}
    return {
        "files": {name: b64encode(json.dumps(told).encode()).decode() for name, told in files.items()},
        "window": window, "used": {"cpu_seconds": 0.5},
    }


if __name__ == "__main__":
    child._solve = play
    child.serve()
