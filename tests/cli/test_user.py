"""``matcher user``: people and programs get in, and out again; secrets never stand on the command line."""

from __future__ import annotations

import io
import json

import pytest

from matcher.cli.main import run
from matcher.service.accounts import auth
from matcher.store.address import address_of
from matcher.store.database import Database

GOOD = "梧桐 渡口 早点 九路车"


@pytest.fixture
def town(tmp_path, monkeypatch, capsys):
    """Runs ``matcher`` on a database of its own with these words; what it printed."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(auth, "hasher", lambda: cheap)
    monkeypatch.setenv("MATCHER_DATABASE", str(tmp_path / "town.db"))
    monkeypatch.setenv("MATCHER_LANG", "en")

    def matcher(*words, typed="", code=0):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            run(words)
        said = capsys.readouterr()
        assert ended.value.code == code, said
        return said.err if code else said.out

    return matcher


def test_a_user_is_added_signs_in_and_is_disabled(town, tmp_path):
    assert 'User "root" added' in town("user", "add", "root", "--role", "admin", typed=GOOD + "\n")
    assert 'User "chen-li" added' in town("user", "add", "chen-li", "--role", "admin", "--name", "陈莉", typed=GOOD + "\n")
    database = Database(address_of(str(tmp_path / "town.db")), lang="en")
    auth.sign_in(database, "chen-li", GOOD)
    assert "chen-li  admin  everywhere" in town("user", "list")
    assert "signed out everywhere" in town("user", "disable", "chen-li")
    with pytest.raises(auth.NotSignedIn):
        auth.sign_in(database, "chen-li", GOOD)
    town("user", "enable", "chen-li")
    town("user", "password", "chen-li", typed=GOOD + "！\n")
    auth.sign_in(database, "chen-li", GOOD + "！")
    database.close()
    assert [row["login"] for row in json.loads(town("user", "list", "--json"))] == ["root", "chen-li"]


def test_a_key_is_shown_once_and_revoked_by_its_first_letters(town, tmp_path):
    key = town("user", "key", "--role", "admin", "--name", "platform", "--days", "0").splitlines()[-1]
    database = Database(address_of(str(tmp_path / "town.db")), lang="en")
    assert auth.authenticate(database, bearer=key).role == "admin"
    listed = town("user", "keys")
    assert "platform" in listed
    assert key not in listed
    town("user", "revoke", key[:11])
    with pytest.raises(auth.NotSignedIn):
        auth.authenticate(database, bearer=key)
    database.close()
    assert "no keys" in town("user", "keys")


def test_a_users_own_key_ends_with_the_user(town, tmp_path):
    for login in ("root", "chen-li"):
        town("user", "add", login, "--role", "admin", typed=GOOD + "\n")
    key = town("user", "key", "chen-li").splitlines()[-1]
    database = Database(address_of(str(tmp_path / "town.db")), lang="en")
    assert auth.authenticate(database, bearer=key).actor == "user:chen-li"
    town("user", "disable", "chen-li")
    with pytest.raises(auth.NotSignedIn):
        auth.authenticate(database, bearer=key)
    database.close()


def test_an_invited_user_chooses_the_password(town, tmp_path):
    town("user", "add", "chen-li", "--role", "admin", typed=GOOD + "\n")
    token = town("user", "invite", "chen-li").splitlines()[-1]
    database = Database(address_of(str(tmp_path / "town.db")), lang="en")
    assert auth.redeem(database, token, "another good one, this").login == "chen-li"
    database.close()


@pytest.mark.parametrize(("words", "typed", "said"), [
    (("add", "Chen Li", "--role", "admin"), GOOD, "cannot be used"),
    (("add", "chen-li", "--role", "admin"), "short", "10 to 200"),
    (("add", "chen-li"), GOOD, "needs a district"),
    (("add", "chen-li", "--role", "viewer", "--district", "nowhere"), GOOD, "no district"),
    (("disable", "nobody"), "", 'no user "nobody"'),
    (("revoke", "mk_nothing"), "", "0 keys"),
])
def test_what_cannot_be_done_is_said(town, words, typed, said):
    town("db", "upgrade")
    assert said in town("user", *words, typed=typed + "\n", code=2)


def test_the_last_admin_cannot_be_disabled(town):
    town("user", "add", "root", "--role", "admin", typed=GOOD + "\n")
    assert "last admin" in town("user", "disable", "root", code=2)


def test_new_key_and_rotate_key(town, monkeypatch):
    town("user", "add", "root", "--role", "admin", "--name", "陈莉", typed=GOOD + "\n")
    assert "not encrypted (MATCHER_KEY is not set)" in town("db", "status")
    assert "MATCHER_KEY is not set" in town("db", "rotate-key", code=2)
    monkeypatch.setenv("MATCHER_KEY", town("db", "new-key").strip())
    assert "encrypted anew" in town("db", "rotate-key")
    assert json.loads(town("db", "status", "--json"))["encryption"] == "on"
    monkeypatch.setenv("MATCHER_KEY", town("db", "new-key").strip())
    assert "which is not here" in town("user", "list", code=2)
    monkeypatch.setenv("MATCHER_KEY", "hunter2-hunter2")
    assert "hunter2" not in town("user", "list", code=2)
