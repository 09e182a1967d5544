"""A database that is locked, full, gone, read-only, damaged or of another version, over HTTP: 503 or 507, nothing half-written."""

from __future__ import annotations

import sqlite3

import pytest
from databases import fresh_database
from keeping import assembled, kept
from keeping import wu as wu_scenario
from serving import Api
from test_problems import problem

from matcher.store.address import address_of
from matcher.store.database import Database
from matcher.store.migrate import upgrade

MANY = {"items": [{"id": f"n{n}", "notes": "很长" * 500} for n in range(200)]}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "matcher.db"


@pytest.fixture
def small(file):
    """The API on a SQLite file whose users are impatient, and a coordinator's client."""
    database = Database(address_of(str(file)), lang="en", busy_seconds=0.2)
    upgrade(database)
    kept(database, wu_scenario())
    with Api(database) as made:
        yield made
    database.close()


def test_locked(small, file):
    li = small.as_role("coordinator")
    li.get("teams")  # the key has been seen: that is not written down again
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = li.post("teams", json={"id": "x"})
    told = problem(answer, 503, "unavailable")
    assert told["faults"][0]["code"] == "database-locked"
    assert int(answer.headers["retry-after"]) > 0
    assert li.get("teams").status_code == 200, "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    assert li.post("teams", json={"id": "x"}).status_code == 201


def test_full(small):
    li = small.as_role("coordinator")
    li.get("teams")
    before = assembled(small.database).fingerprint
    small.database.engine.dispose()
    with small.database.engine.connect() as plain:
        pages = plain.connection.execute("PRAGMA page_count").fetchone()[0]
        plain.connection.execute(f"PRAGMA max_page_count = {pages}")
    told = problem(li.post("volunteers:bulk", json=MANY), 507, "full")
    assert told["faults"][0]["code"] == "database-full"
    assert assembled(small.database).fingerprint == before


def test_gone(small, file):
    li = small.as_role("coordinator")
    small.database.close()
    for each in file.parent.glob("matcher.db*"):
        each.unlink()
    for answer in (li.get("teams"), li.post("teams", json={"id": "x"})):
        told = problem(answer, 503, "unavailable")
        assert told["faults"][0]["code"] == "database-gone"
    assert not file.exists()


def test_damaged(small, file):
    li = small.as_role("coordinator")
    small.database.close()
    for each in file.parent.glob("matcher.db*"):
        each.unlink()
    file.write_text("<html>" * 5000)
    answer = li.get("teams")
    told = problem(answer, 503, "unavailable")
    assert told["faults"][0]["code"] == "database-broken"
    assert "retry-after" not in answer.headers, "trying again does not help"


def test_migrated_by_a_newer_program_while_it_serves(small, file):
    li = small.as_role("coordinator")
    small.database.close()
    with sqlite3.connect(file) as plain:
        plain.execute("UPDATE alembic_version SET version_num = '0999'")
        plain.execute("ALTER TABLE teams DROP COLUMN changed_by")
    plain.close()
    for answer in (li.get("teams"), li.post("teams", json={"id": "x"})):
        told = problem(answer, 503, "unavailable")
        assert told["faults"][0]["code"] == "database-newer"


def test_a_server_that_went_away(server):
    with fresh_database(server.new_database()) as database:
        kept(database, wu_scenario())
        with Api(database) as api:
            li = api.as_role("coordinator")
            database.close()
            wrong = database.url.set(port=1)
            api.app.state.database = Database(wrong, lang="en", busy_seconds=1)
            told = problem(li.get("teams"), 503, "unavailable")
            assert told["faults"][0]["code"] == "database-gone"
            api.app.state.database.close()
