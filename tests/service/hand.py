"""A worker as a process of its own, that only pretends to solve: ``hand.py ADDRESS SLOTS LEASE``."""

from __future__ import annotations

import signal
import sys

from settled import worker

from matcher.store.address import address_of
from matcher.store.database import Database

if __name__ == "__main__":
    address, slots, lease = sys.argv[1:]
    ends = []
    signal.signal(signal.SIGTERM, lambda *_: ends.append(1))
    worker(Database(address_of(address), lang="en", busy_seconds=30), int(slots), lease=float(lease)).run(lambda: bool(ends))
