"""The API on both databases: a client without a network, and keys for every role."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
sys.path.insert(0, str(Path(__file__).parent))

from databases import address, database, server
from serving import Api

__all__ = ["address", "database", "server"]


@pytest.fixture
def api(database):
    """The API on a fresh database of each kind; ``api.as_role(role)`` is a client."""
    with Api(database) as made:
        yield made


@pytest.fixture
def wu(api):
    """The same with Mr Wu's facts in huizhou/donghe."""
    api.keep_wu()
    return api
