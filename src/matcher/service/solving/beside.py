"""The worker that runs beside a server, as a process of its own: ``python -m matcher.service.solving.beside SLOTS LANG LEVEL``.

The database is named by the environment: an address may hold a password, and everybody can read a command line.
"""

from __future__ import annotations

import signal
import sys
import threading

from matcher.service import logs
from matcher.service.solving.keeper import when_left_alone
from matcher.service.solving.worker import Worker
from matcher.store.address import address_of
from matcher.store.database import Database
from matcher.store.troubles import StoreUnavailable


def work(slots: int, lang: str, level: str) -> int:
    """Take runs until standard input closes or a signal comes; the exit code."""
    over = threading.Event()
    when_left_alone(over.set)
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: over.set())
    logs.set_up(level=level, process="worker")
    database = Database(address_of(None, lang), lang=lang)
    try:
        database.refuse_other_version()
        Worker(database, slots, log=logs.tell_of_run).run(over.is_set)
    except StoreUnavailable as error:
        logs.tell("database", code=error.code)
        return error.exit_code
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(work(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
