"""Processes beside the server: begun, begun again when they break off, and ended with it.

Each reads its standard input and ends when that closes, so none outlives the process that began it, however that ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from matcher.service.solving.worker import Log, silent

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_STEADY = 60.0
"""Seconds after which a process that breaks off did so for a new reason."""


class Kept:
    """A process of ours that shall always be there. ``start`` it once; ``end`` asks it to stop, waits, then insists."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str] | None = None,
        files: Sequence[int] = (), log: Log = silent,
    ) -> None:
        self.name, self._command, self._files, self._log = name, list(command), tuple(files), log
        self._environment = dict(os.environ) | dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=f"keeper-{name}", daemon=True)

    def start(self) -> None:
        """Begin it."""
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """Its number, while it is there."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def ask(self) -> None:
        """Ask it to end; it is not begun again."""
        self._ending.set()
        with self._lock:
            process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()

    def end(self, seconds: float) -> None:
        """Ask it to end, wait so long, then end it."""
        self.ask()
        process = self._process
        if process is not None:
            try:
                process.wait(max(0.0, seconds))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._thread.join(5)

    def _keep(self) -> None:
        wait = _FIRST_WAIT
        while not self._ending.is_set():
            began = time.monotonic()
            code = self._run_once()
            if self._ending.is_set():
                return
            wait = _FIRST_WAIT if time.monotonic() - began > _STEADY else min(wait * 2, _LONGEST_WAIT)
            self._log("process-ended", which=self.name, code=code, again_in=wait)
            self._ending.wait(wait)

    def _run_once(self) -> int:
        with self._lock:
            if self._ending.is_set():
                return 0
            self._process = subprocess.Popen(  # noqa: S603 - our own modules
                self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=self._environment,
                pass_fds=self._files, start_new_session=True,  # Ctrl-C is for the server, which passes it on
            )
        self._log("process-begun", which=self.name, child=self._process.pid)
        return self._process.wait()


def when_left_alone(do: Callable[[], None]) -> None:
    """In a kept process: do this, in a thread, when standard input closes."""

    def wait() -> None:
        with suppress(OSError, ValueError):
            while sys.stdin.buffer.read(4096):
                pass
        do()

    threading.Thread(target=wait, name="left-alone", daemon=True).start()
