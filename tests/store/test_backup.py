"""Backup and restore: the same fingerprints and every row, from either database into either."""

from __future__ import annotations

import gzip
import stat

import pytest
from databases import fresh_database
from keeping import HERE, assembled, kept, wu

from matcher.errors import BadInput
from matcher.generate import generate
from matcher.store import facts, rosters, runs
from matcher.store.address import address_of
from matcher.store.assembly import frozen, scenario_of
from matcher.store.audit import entries
from matcher.store.backup import back_up, restore
from matcher.store.database import Database
from matcher.store.scope import Scope

OTHER = Scope("guilin", "xihe")


def filled(database):
    """Two communities, a run, a roster, a snapshot."""
    kept(database, wu())
    kept(database, generate("donghe", 1, volunteers=20, visits=20), OTHER)
    with database.writing(HERE, "li") as session:
        scenario = scenario_of(session)
        run = runs.submit(session, {"seed": 3}, scenario)
        made = rosters.Made({"scenario": scenario.fingerprint}, {"valid": True}, scenario.program.window)
        return run.id, rosters.add_draft(session, made, run=run.id)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request, tmp_path):
    address = str(tmp_path / "new.db")
    if request.param == "postgresql":
        address = request.getfixturevalue("server").new_database()
    made = Database(address_of(address), lang="en", busy_seconds=60)
    yield made
    made.close()


def test_a_backup_restored_into_either_database_holds_the_same(database, target, tmp_path):
    run, roster = filled(database)
    path = tmp_path / "all.backup"
    rows = back_up(database, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert restore(target, path) == rows
    for scope in (HERE, OTHER):
        assert assembled(target, scope).fingerprint == assembled(database, scope).fingerprint
        with database.reading(scope) as old, target.reading(scope) as new:
            for noun in ("volunteers", "claims", "history"):
                assert facts.page(new, noun) == facts.page(old, noun)
            assert entries(new) == entries(old)
    with database.reading(HERE) as old, target.reading(HERE) as new:
        assert runs.get(new, run) == runs.get(old, run)
        assert rosters.get(new, roster) == rosters.get(old, roster)
        assert frozen(new, runs.get(new, run).snapshot) == wu()
    # Numbers go on behind those restored.
    kept(target, generate("donghe", 2, volunteers=20, visits=20), Scope("guilin", "third"))
    with target.writing(HERE, "li") as session:
        runs.submit(session, {}, scenario_of(session))


def test_a_backup_is_whole_or_refused(database, tmp_path):
    filled(database)
    path = tmp_path / "all.backup"
    back_up(database, path)
    data, lines = path.read_bytes(), gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    broken = {
        "cut": data[: len(data) // 2],
        "nothing": b"",
        "a page": b"<html>",
        "a row less": gzip.compress(b"".join([*lines[:5], *lines[6:]])),
        "another foot": gzip.compress(b"".join(lines[:-1]) + b'{"rows":1,"sha256":"x"}\n'),
        "a letter changed": gzip.compress(b"".join(lines).replace("吴".encode(), "王".encode(), 1)),
    }
    for name, content in broken.items():
        path.write_bytes(content)
        target = Database(address_of(str(tmp_path / "target.db")), lang="en")
        with pytest.raises(BadInput, match="not a whole backup"):
            restore(target, path)
        assert not (tmp_path / "target.db").exists(), name
    with pytest.raises(BadInput, match="not a whole backup"):
        restore(target, tmp_path / "missing.backup")


def test_a_database_with_anything_in_it_is_not_overwritten(database, target, tmp_path):
    filled(database)
    path = tmp_path / "all.backup"
    back_up(database, path)
    restore(target, path)
    with pytest.raises(BadInput, match="not empty"):
        restore(target, path)
    assert assembled(target).fingerprint == wu().fingerprint


def test_an_empty_database_can_be_filled(database, tmp_path, address):
    path = tmp_path / "all.backup"
    filled(database)
    rows = back_up(database, path)
    with fresh_database(str(tmp_path / "empty.db")) as empty:
        assert restore(empty, path) == rows
        assert assembled(empty).fingerprint == wu().fingerprint


def test_a_backup_of_a_newer_version_is_refused(database, tmp_path):
    import hashlib
    import json

    filled(database)
    path = tmp_path / "all.backup"
    back_up(database, path)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)[:-1]
    lines[0] = json.dumps({"format": "matcher-backup/1", "revision": "0999"}).encode() + b"\n"
    foot = {"rows": len(lines) - 1, "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}
    path.write_bytes(gzip.compress(b"".join(lines) + json.dumps(foot).encode() + b"\n"))
    with pytest.raises(BadInput, match="newer than this program"):
        restore(Database(address_of(str(tmp_path / "target.db")), lang="en"), path)
