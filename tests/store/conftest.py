"""Databases for the store's tests: SQLite in a file, and a PostgreSQL the tests start themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from databases import Server, fresh_database


@pytest.fixture(scope="session")
def server(tmp_path_factory):
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
