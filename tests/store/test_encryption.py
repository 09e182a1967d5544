"""Encryption at rest: what the disk holds, which key opens it, another key in its place."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
from pathlib import Path

import pytest
from keeping import HERE, assembled, kept, wu
from sqlalchemy import MetaData, select, text

from matcher.errors import BadInput
from matcher.store import facts
from matcher.store.address import address_of
from matcher.store.assembly import freeze, frozen
from matcher.store.backup import back_up, restore
from matcher.store.crypto import Keyring, SealedError, id_of, keyring, new_key
from matcher.store.database import Database, encryption
from matcher.store.migrate import upgrade
from matcher.store.rotation import reseal
from matcher.store.tables import ResidentRow
from matcher.store.troubles import StoreUnavailable

PERSON = next(person for person in wu().residents if person.phone)
SECRETS = [PERSON.phone, PERSON.name, wu().volunteers[0].name]
ONE, TWO = new_key(), new_key()


@pytest.fixture
def opened(address):
    """Opens the database at one address with other keys."""
    made = []

    def open_(*keys):
        ring = keyring(",".join(keys))
        made.append(Database(address_of(address), lang="en", busy_seconds=5, keys=ring))
        return made[-1]

    first = open_()
    upgrade(first)
    yield open_
    for database in made:
        database.close()


def filled(database):
    kept(database, wu())
    with database.writing(HERE, "li") as session:
        return freeze(session, wu())


def on_disk(database):
    """Every byte the database has written: the file and its log, or a dump."""
    if database.file is not None:
        return b"".join(path.read_bytes() for path in Path(database.file).parent.glob(f"{database.file.name}*"))
    url = database.url
    dump = ["pg_dump", "-h", url.host, "-p", str(url.port), "-U", url.username, url.database]
    return subprocess.run(dump, capture_output=True, check=True).stdout


def spelled(secret):
    """How a secret may stand somewhere: as UTF-8, or escaped as JSON does; a dump doubles its backslashes."""
    escaped = json.dumps(secret).strip('"').encode()
    return {secret.encode(), escaped, escaped.replace(b"\\", b"\\\\")}


def leaks(database):
    data = on_disk(database)
    assert b"residents" in data  # the right place
    return [secret for secret in SECRETS if any(spelling in data for spelling in spelled(secret))]


def test_without_a_key_the_disk_holds_what_people_said(opened):
    database = opened()
    filled(database)
    assert leaks(database) == SECRETS
    assert encryption(database) == "off"


def test_with_a_key_nothing_of_a_person_is_on_the_disk(opened):
    database = opened(ONE)
    fingerprint = filled(database)
    assert leaks(database) == []
    assert encryption(database) == "on"
    assert assembled(database).fingerprint == fingerprint
    with database.reading(HERE) as session:
        assert frozen(session, fingerprint).fingerprint == fingerprint
        assert facts.get(session, "residents", PERSON.id).document["phone"] == PERSON.phone


def test_no_column_beside_a_document_names_anybody(opened):
    database = opened(ONE)
    filled(database)
    names = {person.name for person in (*wu().residents, *wu().volunteers)} | {PERSON.phone}
    with database.connection() as connection:
        schema = MetaData()
        schema.reflect(connection)
        for table in schema.sorted_tables:
            for row in connection.execute(select(table)):
                assert not names & {str(value) for value in row}, table.name


@pytest.mark.parametrize("keys", [(), (TWO,)])
def test_another_key_or_none_is_told_clearly(opened, keys):
    filled(opened(ONE))
    database = opened(*keys)
    for use in (database.refuse_other_version, lambda: assembled(database), lambda: kept(database, wu())):
        with pytest.raises(StoreUnavailable, match="MATCHER_KEY") as refused:
            use()
        assert refused.value.code == "key-missing"
        assert id_of(base64.b64decode(ONE)) in str(refused.value)
        assert ONE not in str(refused.value)


def test_what_was_tampered_with_is_not_read(opened):
    database = opened(ONE)
    filled(database)
    with database.connection(writes=True) as connection:
        table = ResidentRow.__table__
        raw = connection.execute(text("SELECT document FROM residents")).scalars().first()
        sealed = json.loads(raw) if isinstance(raw, str) and raw.startswith('"') else raw
        whole = bytearray(base64.b64decode(sealed))
        whole[-1] ^= 1
        told = json.dumps(base64.b64encode(bytes(whole)).decode())
        cast = "CAST(:told AS JSON)" if database.file is None else ":told"
        connection.execute(text(f"UPDATE {table.name} SET document = {cast}"), {"told": told})
    with pytest.raises(StoreUnavailable) as refused:
        assembled(database)
    assert refused.value.code == "document-damaged"


def test_the_same_document_is_never_sealed_the_same_twice():
    ring = keyring(ONE)
    assert ring.seal_document({"a": 1}) != ring.seal_document({"a": 1})
    assert ring.open_document(ring.seal_document({"名": [1.5, None]})) == {"名": [1.5, None]}
    with pytest.raises(SealedError):
        keyring(TWO).open(ring.seal(b"x"))


def test_another_key_takes_over_while_the_old_one_still_reads(opened):
    fingerprint = filled(opened(ONE))
    both = opened(TWO, ONE)
    assert assembled(both).fingerprint == fingerprint
    changed = reseal(both)
    assert changed > len(wu().residents) + len(wu().volunteers)
    assert reseal(both) == 0
    alone = opened(TWO)
    assert assembled(alone).fingerprint == fingerprint
    with pytest.raises(StoreUnavailable):
        assembled(opened(ONE))


def test_what_was_plain_is_encrypted_by_rotating(opened):
    fingerprint = filled(opened())
    database = opened(ONE)
    assert encryption(database) == "partly"
    with database.writing(HERE, "li") as session:
        facts.put(session, "teams", {"id": "t9", "name": "新队"})
    assert encryption(database) == "partly"
    reseal(database)
    assert encryption(database) == "on"
    if database.file is not None:
        assert leaks(database) == []
    with database.writing(HERE, "li") as session:
        facts.remove(session, "teams", "t9")
    assert assembled(database).fingerprint == fingerprint


def test_versions_stay_when_the_key_changes(opened):
    filled(opened(ONE))
    database = opened(TWO, ONE)
    with database.reading(HERE) as session:
        before = facts.get(session, "residents", PERSON.id)
    reseal(database)
    with database.reading(HERE) as session:
        assert facts.get(session, "residents", PERSON.id) == before


def test_rotating_needs_a_key(opened):
    with pytest.raises(BadInput, match="MATCHER_KEY is not set"):
        reseal(opened())


def test_a_backup_holds_what_the_database_holds_and_needs_the_same_key(opened, tmp_path):
    database = opened(ONE)
    fingerprint = filled(database)
    back_up(database, tmp_path / "all.backup")
    data = gzip.decompress((tmp_path / "all.backup").read_bytes())
    assert not [secret for secret in SECRETS if any(spelling in data for spelling in spelled(secret))]
    target = Database(address_of(str(tmp_path / "copy.db")), lang="en", keys=Keyring({}))
    restore(target, tmp_path / "all.backup")
    with pytest.raises(StoreUnavailable, match="MATCHER_KEY"):
        assembled(target)
    target.close()
    with_key = Database(address_of(str(tmp_path / "copy.db")), lang="en", keys=keyring(ONE))
    assert assembled(with_key).fingerprint == fingerprint
    with_key.close()


@pytest.mark.parametrize("told", ["short", "x" * 44, base64.b64encode(b"x" * 31).decode(), f"{ONE},nonsense"],
                         ids=["short", "letters", "one byte too few", "one of two"])
def test_what_is_no_key_is_refused_and_not_quoted(told):
    with pytest.raises(BadInput) as refused:
        keyring(told, "en")
    assert "nonsense" not in str(refused.value)
    assert told not in str(refused.value)


def test_a_key_is_taken_in_either_alphabet():
    raw = bytes(range(220, 252))
    plain, url = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode().rstrip("=")
    assert keyring(plain).current == keyring(url).current == id_of(raw)
