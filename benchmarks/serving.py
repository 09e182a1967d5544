"""`matcher serve` in a process of its own, on a database that is filled, for as long as something is measured."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(address: str) -> Iterator[tuple[str, int]]:
    """A server without rate limits: its address, and its process."""
    words = [str(Path(sys.executable).with_name("matcher")), "serve", "--port", "0", "--lang", "en", "--log", "warning"]
    environment = os.environ | {"MATCHER_DATABASE": address, "MATCHER_RATE_LIMITS": "0"}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "matcher is at" in line)
        threading.Thread(target=process.stdout.read, daemon=True).start()
        found = re.search(r"matcher is at (\S+)\.", line)
        assert found
        yield found[1], process.pid
    finally:
        process.terminate()
        process.wait(60)
