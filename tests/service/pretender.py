"""A solving process that only pretends to solve; everything around the solve is the real one's.

``seconds`` is how long it pretends; ``seed`` what becomes of it: 1 breaks off, 2 does not hear a cancellation, 3 takes
too much memory, 4 finds a fault in the facts, 5 is a bug.
"""

from __future__ import annotations

import os
import time

from matcher.errors import BadInput
from matcher.service.solving import child


def pretend(job, stop, tell):
    config = job["config"]
    if config["seed"] == 6:
        time.sleep(60)
    tell.tier_begins("needs")
    tell.better("needs", 7, None)
    if config["seed"] == 1:
        os._exit(7)
    if config["seed"] == 3:
        hoard = [bytearray(os.urandom(1) * 40_000_000) for _ in range(10)]
        time.sleep(30)
        del hoard
    if config["seed"] == 4:
        raise BadInput("不行。", "改一改。")
    if config["seed"] == 5:
        raise KeyError("13800001234")
    over = time.monotonic() + config["seconds"]
    while time.monotonic() < over and not (stop.cancelled and config["seed"] != 2):
        time.sleep(0.02)
    return {
        "roster": {"format": "matcher-roster/1", "scenario": "f" * 64, "seed": config["seed"]},
        "report": {"valid": True}, "certificates": [], "window": {"start": "2026-12-01", "end": "2026-12-31"},
    }


if __name__ == "__main__":
    child._solve = pretend
    child.serve()
