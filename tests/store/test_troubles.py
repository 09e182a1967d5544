"""A database that is locked, full, gone, damaged or of another version: a sentence, exit code 2, nothing half-written."""

from __future__ import annotations

import json
import os
import sqlite3

import pytest
from keeping import HERE, assembled, kept, wu

from matcher.cli.main import run
from matcher.errors import BadInput
from matcher.store import facts
from matcher.store.address import address_of, shown
from matcher.store.database import Database
from matcher.store.migrate import upgrade
from matcher.store.troubles import StoreUnavailable


@pytest.fixture
def file(tmp_path):
    return tmp_path / "matcher.db"


@pytest.fixture
def made(file):
    database = Database(address_of(str(file)), lang="en", busy_seconds=0.2)
    upgrade(database)
    kept(database, wu())
    yield database
    database.close()


def code_of(action):
    with pytest.raises(StoreUnavailable) as refused:
        action()
    return refused.value.code


def write(database):
    with database.writing(HERE, "li") as session:
        facts.put(session, "teams", {"id": "new"})


def test_a_locked_database(made, file):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert code_of(lambda: write(made)) == "database-locked"
    assert assembled(made).fingerprint == wu().fingerprint, "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    write(made)


def test_a_full_disk(made, file):
    before = assembled(made).fingerprint
    with made.engine.connect() as plain:
        pages = plain.connection.execute("PRAGMA page_count").fetchone()[0]
        plain.connection.execute(f"PRAGMA max_page_count = {pages}")
    many = [{"id": f"n{n}", "notes": "很长" * 500} for n in range(200)]

    def fill():
        with made.writing(HERE, "li") as session:
            facts.put_many(session, "volunteers", many)

    assert code_of(fill) == "database-full"
    assert assembled(made).fingerprint == before


def test_a_database_that_is_gone(made, file):
    made.close()
    file.unlink()
    assert code_of(lambda: write(made)) == "database-gone"
    assert not file.exists()


def test_a_file_that_is_no_database(file):
    file.write_text("<html>" * 500)
    database = Database(address_of(str(file)), lang="en")
    assert code_of(database.revision) == "database-broken"
    assert code_of(lambda: upgrade(database)) == "database-broken"


def test_a_database_of_another_program(file):
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    database = Database(address_of(str(file)), lang="en")
    assert code_of(lambda: upgrade(database)) == "database-broken"
    database.close()


def test_a_file_that_may_only_be_read(made, file):
    made.engine.dispose()
    readable = Database(address_of(f"sqlite:///file:{file}?mode=ro&uri=true"), lang="en", busy_seconds=0.2)
    readable.file = None  # the name is a URI here
    readable._writes = readable.engine.execution_options(matcher_writes=True)
    readable._reads = readable.engine
    with pytest.raises(StoreUnavailable) as refused:
        write(readable)
    assert refused.value.code == "database-read-only"
    readable.close()


def test_a_server_that_does_not_answer():
    database = Database(address_of("postgresql://me:secret@127.0.0.1:1/matcher"), lang="en", busy_seconds=1)
    with pytest.raises(StoreUnavailable) as refused:
        database.revision()
    assert (refused.value.code, refused.value.transient) == ("database-gone", True)
    assert "secret" not in str(refused.value)


def test_a_row_locked_by_another_on_the_server(server):
    database = Database(address_of(server.new_database()), lang="en", busy_seconds=2)
    upgrade(database)
    kept(database, wu())
    impatient = Database(database.url, lang="en", busy_seconds=0.2)
    with database.writing(HERE, "li") as session:
        facts.put(session, "teams", {"id": "mine"})
        assert code_of(lambda: write(impatient)) == "database-locked"
    write(impatient)
    for each in (database, impatient):
        each.close()


@pytest.mark.parametrize("address", ["mysql://me:secret@host/x", "sqlite://", "sqlite:///:memory:", "postgresql://[:secret"])
def test_an_address_that_is_not_understood_is_refused_without_its_password(address):
    with pytest.raises(BadInput) as refused:
        address_of(address, "en")
    assert "secret" not in str(refused.value)


def test_an_address_is_shown_without_its_password():
    assert shown(address_of("postgres://me:secret@host:5433/x?sslmode=require")) == "postgresql://me:***@host:5433/x"


def ended(capsys, *words):
    with pytest.raises(SystemExit) as end:
        run(list(words))
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return end.value.code, said.out, said.err


COMMANDS = (
    ["status"], ["downgrade", "0001"], ["backup", "b"], ["export", "x.json", "--community", "donghe"],
    ["export-person", "wu", "--community", "donghe"], ["erase-person", "wu", "--community", "donghe"],
)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_every_command_says_that_the_database_is_not_there(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, _, err = ended(capsys, "db", *words, "--lang", "en")
    assert code == 2
    assert "The database matcher.db cannot be reached." in err
    assert os.listdir(tmp_path) == []


def test_a_newer_database_is_left_alone(made, file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_DATABASE", str(file))
    made.close()
    with sqlite3.connect(file) as plain:
        plain.execute("UPDATE alembic_version SET version_num = '0999'")
    plain.close()
    for words in (*COMMANDS[1:], ["upgrade"]):
        code, _, err = ended(capsys, "db", *words, "--lang", "zh")
        assert (code, "比这个程序新" in err) == (2, True), words


def test_what_to_install_is_said_where_the_extra_is_missing(monkeypatch, capsys):
    from matcher.store import extra

    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    for words in (["db", "status"], ["worker"]):
        code, _, err = ended(capsys, *words, "--lang", "en")
        assert code == 2
        assert "pip install 'matcher[server]'" in err


def done(capsys, *words):
    code, out, _ = ended(capsys, *words)
    assert code == 0
    return out


def test_in_and_out_by_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_LANG", "en")
    source = wu()
    (tmp_path / "in.json").write_text(source.to_json(), "utf-8")
    done(capsys, "db", "import", "in.json", "--community", "donghe", "--json")
    told = json.loads(done(capsys, "db", "status", "--json"))
    assert [row["community"] for row in told["communities"]] == ["donghe"]
    told = json.loads(done(capsys, "db", "export", "out.json", "--community", "donghe", "--json"))
    assert told["fingerprint"] == source.fingerprint
    code, _, err = ended(capsys, "db", "import", "in.json", "--community", "donghe")
    assert (code, "--replace" in err) == (2, True)
    done(capsys, "db", "backup", "all.backup")
    done(capsys, "db", "restore", "all.backup", "--database", "other.db")
    done(capsys, "db", "erase-person", source.volunteers[0].id, "--community", "donghe", "--database", "other.db")
    done(capsys, "db", "export", "back.json", "--community", "donghe", "--database", "other.db")
    assert f'"{source.volunteers[0].name}"' not in (tmp_path / "back.json").read_text("utf-8")


def test_faults_of_a_file_come_first_and_nothing_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.json").write_text('{"format": "matcher/1"}', "utf-8")
    code, _, err = ended(capsys, "db", "import", "in.json", "--community", "donghe", "--lang", "en")
    assert (code, "program is missing" in err) == (2, True)
