"""The databases of the store's tests, for the service's."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
sys.path.insert(0, str(Path(__file__).parent))

import pytest
from databases import Server, fresh_database


@pytest.fixture(scope="session")
def server():
    with Server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    if request.param == "sqlite":
        return str(tmp_path / "matcher.db")
    return request.getfixturevalue("server").new_database()


@pytest.fixture
def database(address):
    with fresh_database(address) as made:
        yield made
