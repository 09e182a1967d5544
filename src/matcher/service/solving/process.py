"""A worker's end of one solving process: begin it, hear it, watch its memory, end it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "matcher.service.solving.child")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class SolvingProcess:
    """One solve in a process of its own. To be begun by a thread that lives as long as it does: the process dies with it."""

    def __init__(self, job: dict[str, Any], command: Sequence[str] = COMMAND) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # may quote facts
            start_new_session=True,  # Ctrl-C is for the worker
        )
        self._heard: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._to_say: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._to_say.put(json.dumps(job, ensure_ascii=True))
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._hear, self._speak)]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def cancel(self) -> None:
        """Ask it to end with the best roster so far."""
        self._to_say.put("cancel")

    def heard(self) -> list[dict[str, Any]]:
        """What it has said since the last time: ``{"event": …}``, and at last ``{"done": …}`` or ``{"problem": …}``."""
        said = []
        with suppress(queue.Empty):
            while True:
                said.append(self._heard.get_nowait())
        return said

    def ended(self) -> int | None:
        """Its exit code once it has ended and all it said can be heard; None before."""
        code = self._process.poll()
        return None if code is None or self._threads[0].is_alive() else code

    def memory_bytes(self) -> int:
        """The memory it uses now; 0 where that cannot be told."""
        with suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]) * _PAGE
        return 0

    def kill(self) -> None:
        """End it at once, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        self._to_say.put(None)

    def _hear(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            for line in pipe:
                with suppress(ValueError):  # a line broken off by the end
                    self._heard.put(json.loads(line))
        self._to_say.put(None)

    def _speak(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError), self._process.stdin as pipe:
            while (line := self._to_say.get()) is not None:
                pipe.write(line.encode() + b"\n")
                pipe.flush()
