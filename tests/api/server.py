"""``matcher serve`` as a process of its own."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx

MATCHER = Path(sys.executable).with_name("matcher")


class Served:
    """A server on a free port; ``url`` and ``key`` once it answers. Ended by SIGTERM at the latest.

    Without an address it chooses its database itself, in the ``folder`` where it is begun.
    """

    def __init__(self, address, *words, seconds=120, folder=None, **environment):
        where = [] if address is None else ["--database", str(address)]
        self._process = subprocess.Popen(
            [str(MATCHER), "serve", "--port", "0", *where, "--lang", "en", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")} | environment,
        )
        self.pid, self.log, self._said = self._process.pid, [], queue.Queue()
        for pipe, take in ((self._process.stdout, self._said.put), (self._process.stderr, self.log.append)):
            threading.Thread(target=self._hear, args=(pipe, take), daemon=True).start()
        self.said = []
        self.url = self._wait_for(r"matcher is at (\S+)\.", seconds)
        self.key = None

    def first_key(self):
        self.key = self._wait_for(r"keep it safe: (\S+)", 30)
        return self.key

    def client(self):
        headers = {"Accept-Language": "en"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def end(self, kind=signal.SIGTERM, seconds=60):
        """Ask it to end; its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(kind)
        return self._process.wait(seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _wait_for(self, pattern, seconds):
        while True:
            for line in self.said:
                if found := re.search(pattern, line):
                    return found[1]
            line = self._said.get(timeout=seconds)
            assert line is not None, (self.said, self.log)
            self.said.append(line)

    def _hear(self, pipe, take):
        with pipe:
            for line in pipe:
                take(line)
        take(None)


def refused(*words, **environment):
    """The exit code and the words of a server that cannot be."""
    done = subprocess.run(
        [str(MATCHER), "serve", "--lang", "en", *words], capture_output=True, text=True, timeout=120,
        env=os.environ | environment,
    )
    return done.returncode, done.stderr
