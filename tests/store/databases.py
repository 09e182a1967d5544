"""A PostgreSQL server of the tests' own, databases in it and in files, and the fixtures that hand them out."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from matcher.store.address import address_of
from matcher.store.database import Database
from matcher.store.migrate import upgrade


class Server:
    """A PostgreSQL server in a folder of its own, on a free port, gone afterwards. Not there: the tests fail."""

    def __init__(self):
        self.bin = _binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.port = _free_port()
        self._numbers = count()

    def __enter__(self):
        data = self.folder / "data"
        if os.getuid() == 0:
            # PostgreSQL refuses to run as root.
            shutil.chown(self.folder, "postgres")
        self._as_server("initdb", "-D", data, "-U", "matcher", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off -c max_connections=80"
        self._as_server("pg_ctl", "-D", data, "-w", "-t", "60", "-l", self.folder / "log", "-o", options, "start")
        return self

    def __exit__(self, *_):
        self._as_server("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self):
        name = f"town_{next(self._numbers)}"
        self._as_server("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "matcher", name)
        return f"postgresql://matcher@127.0.0.1:{self.port}/{name}"

    def _as_server(self, program, *words):
        command = [str(self.bin / program), *map(str, words)]
        # Not through pipes: the server it starts would keep them open.
        with (self.folder / "said").open("ab") as said:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/",
                user="postgres" if os.getuid() == 0 else None,
            )
        assert done.returncode == 0, (command, (self.folder / "said").read_text("utf-8", "replace")[-2000:])


def _binaries():
    found = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    assert found, "the tests need a PostgreSQL server: apt-get install postgresql"
    return found[0]


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def fresh_database(address):
    """The database at an empty address, with the newest tables."""
    made = Database(address_of(address), lang="en", busy_seconds=60)
    try:
        upgrade(made)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def server():
    with Server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "matcher.db")
    return request.getfixturevalue("server").new_database()


@pytest.fixture
def database(address):
    with fresh_database(address) as made:
        yield made
