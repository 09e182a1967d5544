"""Real pages in a real browser, against a real server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
sys.path.insert(0, str(Path(__file__).parents[1] / "api"))
sys.path.insert(0, str(Path(__file__).parent))

from boarding import PASSWORD, Boarded, chromium
from databases import address, database, server

__all__ = ["address", "database", "server"]


@pytest.fixture(scope="module")
def browser():
    """Chromium, as it is installed; of one file, since its event loop is in the way of every test that begins its own."""
    with chromium() as found:
        yield found


@pytest.fixture
def board(tmp_path):
    """The board on a fresh SQLite file with Mr Wu's facts in huizhou/donghe; ``board.page()`` is signed in."""
    with Boarded(f"sqlite:///{tmp_path / 'board.db'}") as made:
        made.keep_wu()
        yield made


@pytest.fixture
def page(browser, board):
    """A page of a coordinator of Mr Wu's community, signed in, in Chinese; what the browser complains of fails the test."""
    with board.visitor(browser, login="chen-li") as found:
        yield found


@pytest.fixture
def password():
    return PASSWORD
