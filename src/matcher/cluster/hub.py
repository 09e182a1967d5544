"""A cluster on one machine: a scheduler and workers, for this machine only; what dies is begun again."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from matcher.cluster.dasked import require_cluster
from matcher.cluster.words import say
from matcher.errors import BadInput, MatcherError

HERE = "127.0.0.1"
"""dask runs whatever it is sent: the scheduler we start is not to be reached from elsewhere."""
PORT = 8786
_MOST_DEATHS, _WITHIN = 5, 30.0
"""So many deaths of one node within so many seconds, and the cluster does not come up."""
_NODE = (sys.executable, "-m", "matcher.cluster.node")


class HubFails(MatcherError):
    """The cluster does not come up."""


@dataclass(slots=True)
class Node:
    """A process of the cluster. ``number`` 0 is the scheduler."""

    number: int
    process: subprocess.Popen[bytes]
    deaths: list[float] = field(default_factory=list)

    def name(self, lang: str) -> str:
        """What people call it."""
        return say("worker", lang, number=self.number) if self.number else say("scheduler", lang)


class Hub:
    """A scheduler and ``workers`` workers, each planning one community at a time. Begin and keep it in one thread."""

    def __init__(
        self, workers: int, *, port: int = PORT, lang: str = "zh", tell: Callable[[str], None] = lambda message: None
    ) -> None:
        """Raises ``BadInput`` if the port is taken, or dask is not installed."""
        require_cluster(lang)
        self._lang, self._tell = lang, tell
        self._port = _free_port(port, lang)
        self._folder = tempfile.TemporaryDirectory(prefix="matcher-cluster-")
        self.nodes = [Node(number, self._begin(number)) for number in range(workers + 1)]

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return f"tcp://{HERE}:{self._port}"

    def keep(self, is_over: Callable[[], bool]) -> None:
        """Begin again whatever ends, until told; then end all. Raises ``HubFails`` if a node ends again and again."""
        try:
            while not is_over():
                self.look()
                time.sleep(0.1)
        finally:
            self.close()

    def look(self) -> None:
        """Begin again whatever has ended. Raises ``HubFails`` if it does so again and again."""
        for node in self.nodes:
            code = node.process.poll()
            if code is None:
                continue
            now = time.monotonic()
            node.deaths = [death for death in node.deaths if now - death < _WITHIN] + [now]
            if len(node.deaths) > _MOST_DEATHS:
                raise HubFails(say("cluster-fails", self._lang, node=node.name(self._lang)))
            if not (code == 0 and node.number):  # a worker that lost its scheduler ends in good order
                self._tell(say("node-ended", self._lang, node=node.name(self._lang), code=code))
            node.process = self._begin(node.number)

    def close(self) -> None:
        """End all processes, the workers first."""
        for node in reversed(self.nodes):
            node.process.terminate()
        for node in reversed(self.nodes):
            try:
                node.process.wait(3)
            except subprocess.TimeoutExpired:
                node.process.kill()
                node.process.wait()
        self._folder.cleanup()

    def _begin(self, number: int) -> subprocess.Popen[bytes]:
        if number:
            # No nanny, for we begin it again ourselves; no limit on memory, for every solve has its own.
            words = [
                "worker", self.address, "--nthreads", "1", "--no-nanny", "--memory-limit",
                "0", "--local-directory", self._folder.name, "--death-timeout", "60",
            ]
        else:
            words = ["scheduler", "--port", str(self._port)]
        return subprocess.Popen(  # noqa: S603 - our own module
            [*_NODE, *words, "--host", HERE, "--no-dashboard"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )


def _free_port(port: int, lang: str) -> int:
    with socket.socket() as trial:
        # What a scheduler that has just ended leaves behind does not count.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HERE, port))
        except (OSError, OverflowError) as error:
            raise BadInput(say("port-taken", lang, port=port), say("port-taken-advice", lang)) from error
        return int(trial.getsockname()[1])
