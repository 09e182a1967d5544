"""Accounts over HTTP: signing in, cookies and their token, keys, users within one's own reach."""

from __future__ import annotations

import pytest
from keeping import HERE

from matcher.service.accounts import auth
from matcher.store import accounts, feeds
from matcher.store.accounts import Holding

GOOD = "梧桐 渡口 早点 九路车"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(auth, "hasher", lambda: cheap)


def made(api, login="chen-li", role="coordinator", **reach):
    """A user with the password ``GOOD``."""
    asked = {"login": login, "role": role, "district": HERE.district, "community": HERE.community} | reach
    answer = api.as_role("admin").post("/v1/users", json=asked)
    assert answer.status_code == 201, answer.text
    redeemed = api.client().post("/v1/sessions:redeem", json={"token": answer.json()["token"], "password": GOOD})
    assert redeemed.status_code == 200, redeemed.text
    return login


def signed_in(api, login):
    client = api.client()
    answer = client.post("/v1/sessions", json={"login": login, "password": GOOD})
    assert answer.status_code == 201, answer.text
    return client, answer


def test_a_user_is_invited_chooses_a_password_and_signs_in(wu):
    client, answer = signed_in(wu, made(wu))
    assert client.get("/v1/me").json() == {
        "actor": "user:chen-li", "role": "coordinator", "district": "huizhou", "community": "donghe", "team": None,
        "volunteer": None,
    }
    cookies = answer.headers.get_list("set-cookie")
    (secret,) = [cookie for cookie in cookies if cookie.startswith("matcher_session=")]
    assert "HttpOnly" in secret
    assert "SameSite=lax" in secret
    assert client.cookies["matcher_session"] not in answer.text


def test_what_changes_something_needs_the_token_of_the_session(wu):
    client, answer = signed_in(wu, made(wu))
    team = {"id": "t9", "name": "新队"}
    refused = client.post("teams", json=team)
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (403, "no-csrf")
    assert client.post("teams", json=team, headers={"X-CSRF-Token": "0" * 64}).status_code == 403
    assert client.post("teams", json=team, headers={"X-CSRF-Token": answer.json()["csrf"]}).status_code == 201
    # A key is never sent by itself: it needs no token.
    assert wu.as_role("coordinator").post("teams", json={"id": "t8", "name": "又一队"}).status_code == 201


def test_signing_out_ends_the_session_at_once(wu):
    client, answer = signed_in(wu, made(wu))
    other, _ = signed_in(wu, "chen-li")
    assert len(client.get("/v1/sessions").json()["items"]) == 2
    csrf = {"X-CSRF-Token": answer.json()["csrf"]}
    cookie = client.cookies["matcher_session"]
    assert client.delete("/v1/sessions/current", headers=csrf).status_code == 204
    assert wu.client({"Cookie": f"matcher_session={cookie}"}).get("/v1/me").status_code == 401
    assert other.get("/v1/me").status_code == 200


def test_a_session_ends_by_time_and_by_idleness(wu, monkeypatch):
    client, _ = signed_in(wu, made(wu))
    monkeypatch.setattr(auth, "SESSION_IDLE", -auth.SESSION_IDLE)
    ended = client.get("/v1/me")
    assert (ended.status_code, ended.json()["faults"][0]["code"]) == (401, "session-over")
    assert ended.headers["WWW-Authenticate"].startswith("Bearer")


def test_wrong_logins_and_wrong_passwords_are_answered_alike(wu):
    made(wu)
    bodies = []
    for login, password in (("chen-li", "not this one at all"), ("nobody", GOOD)):
        answer = wu.client().post("/v1/sessions", json={"login": login, "password": password})
        assert answer.status_code == 401
        bodies.append(answer.json() | {"request_id": ""})
    assert bodies[0] == bodies[1]


def test_whoever_guesses_has_to_wait(wu):
    made(wu)
    guess = {"login": "chen-li", "password": "not this one at all"}
    # Five failures are free; the fifth begins the wait.
    for _ in range(5):
        assert wu.client().post("/v1/sessions", json=guess).status_code == 401
    held = wu.client().post("/v1/sessions", json={"login": "chen-li", "password": GOOD})
    assert held.status_code == 429
    assert 1 <= int(held.headers["Retry-After"]) <= 2


def test_a_one_time_token_works_once_and_only_with_a_good_password(wu):
    asked = {"login": "lin", "role": "viewer", "district": "huizhou"}
    token = wu.as_role("admin").post("/v1/users", json=asked).json()["token"]
    for weak in ("short", "1234567890", "aaaaaaaaaaaa", "x" * 201):
        refused = wu.client().post("/v1/sessions:redeem", json={"token": token, "password": weak})
        assert refused.status_code == 422, weak
    assert wu.client().post("/v1/sessions:redeem", json={"token": token, "password": GOOD}).status_code == 200
    assert wu.client().post("/v1/sessions:redeem", json={"token": token, "password": GOOD}).status_code == 401


def test_changing_the_own_password_needs_the_present_one_and_signs_out(wu):
    client, answer = signed_in(wu, made(wu))
    csrf = {"X-CSRF-Token": answer.json()["csrf"]}
    wrong = client.put("/v1/me/password", json={"old": "no", "new": GOOD + "！"}, headers=csrf)
    assert wrong.status_code == 422
    assert client.put("/v1/me/password", json={"old": GOOD, "new": GOOD + "！"}, headers=csrf).status_code == 204
    assert client.get("/v1/me").status_code == 401


def test_a_user_who_is_disabled_is_out_at_once(wu):
    client, _ = signed_in(wu, made(wu))
    admin = wu.as_role("admin")
    etag = admin.get("/v1/users/chen-li").headers["ETag"]
    assert admin.patch("/v1/users/chen-li", json={"disabled": True}).status_code == 428
    assert admin.patch("/v1/users/chen-li", json={"disabled": True}, headers={"If-Match": etag}).status_code == 200
    assert admin.patch("/v1/users/chen-li", json={"disabled": False}, headers={"If-Match": etag}).status_code == 412
    assert client.get("/v1/me").status_code == 401
    assert wu.client().post("/v1/sessions", json={"login": "chen-li", "password": GOOD}).status_code == 401


def test_a_key_is_told_once_and_ends_when_it_is_revoked(wu):
    admin = wu.as_role("admin")
    asked = {"name": "小程序", "role": "system", "district": "huizhou", "community": "donghe"}
    given = admin.post("/v1/keys", json=asked).json()
    assert given["key"].startswith("mk_")
    assert given["key"].startswith(given["prefix"])
    client = wu.client({"Authorization": f"Bearer {given['key']}"})
    assert client.get("wishes").status_code == 200
    listed = admin.get("/v1/keys")
    assert given["key"] not in listed.text
    assert next(key for key in listed.json()["items"] if key["id"] == given["id"])["seen_at"] is not None
    assert admin.delete(f"/v1/keys/{given['id']}").json()["revoked_at"] is not None
    ended = client.get("wishes")
    assert (ended.status_code, ended.json()["faults"][0]["code"]) == (401, "key-over")


def test_an_expired_key_is_refused(wu):
    from datetime import timedelta

    _, secret = auth.new_key(wu.database, Holding("viewer", "huizhou"), "li", lasts=timedelta(seconds=-1))
    client = wu.client({"Authorization": f"Bearer {secret.text}"})
    assert client.get("wishes").json()["faults"][0]["code"] == "key-over"


@pytest.mark.parametrize("told", ["Bearer", "Bearer ", "Bearer mk_", "Bearer mk_x\ty", "Basic Zm9vOmJhcg==", "mk_abc", "Bearer ..%00"])
def test_what_is_no_key_is_refused(wu, told):
    answer = wu.client({"Authorization": told}).get("wishes")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_nobody_gives_more_than_they_have(wu):
    wu.keep_wu(type(HERE)("huizhou", "xihe"))
    coordinator = wu.as_role("coordinator")
    beyond = (
        {"role": "admin"}, {"role": "admin", "district": "huizhou"}, {"role": "coordinator", "district": "huizhou"},
        {"role": "viewer", "district": "huizhou", "community": "xihe"}, {"role": "system"},
    )
    for reach in beyond:
        assert coordinator.post("/v1/keys", json=reach).status_code == 403, reach
        assert coordinator.post("/v1/users", json=reach | {"login": "someone"}).status_code == 403, reach
    own = {"role": "viewer", "district": "huizhou", "community": "donghe"}
    assert coordinator.post("/v1/keys", json=own).status_code == 201
    made(wu, "boss", "admin", district="huizhou", community=None)
    of_district = wu.as_role("coordinator", community=None)
    assert of_district.get("/v1/users/boss").status_code == 200
    ended = of_district.patch("/v1/users/boss", json={"disabled": True}, headers={"If-Match": "*"})
    assert ended.status_code == 403
    assert coordinator.get("/v1/users/boss").status_code == 404


def test_a_role_goes_with_its_reach(wu):
    admin = wu.as_role("admin")
    unfit = (
        {"role": "coordinator"}, {"role": "team-lead", "district": "huizhou", "community": "donghe"},
        {"role": "volunteer", "district": "huizhou", "community": "donghe"}, {"role": "viewer", "community": "donghe"},
        {"role": "admin", "district": "huizhou", "community": "donghe"}, {"role": "viewer", "district": "nowhere"},
        {"role": "volunteer", "district": "huizhou", "community": "donghe", "volunteer": "nobody"},
    )
    for reach in unfit:
        assert admin.post("/v1/keys", json=reach).status_code == 422, reach
    for login in ("Chen Li", "13800001234", "user-13800001234", "x", "'; DROP TABLE users", "<b>"):
        asked = {"login": login, "role": "viewer", "district": "huizhou"}
        assert admin.post("/v1/users", json=asked).status_code == 422, login


def test_the_last_admin_stays(database):
    with database.everyone("li", writes=True) as session:
        accounts.add_user(session, "root", Holding("admin"), {}, None)
        with pytest.raises(accounts.Conflict, match="last admin"):
            accounts.change_user(session, "root", disabled=True)


def test_the_first_admin_key_is_made_once(database):
    secret = auth.first_admin_key(database)
    assert auth.authenticate(database, bearer=secret.text).role == "admin"
    assert auth.first_admin_key(database) is None


def test_a_password_is_hashed_anew_when_the_parameters_change(wu, monkeypatch):
    from argon2 import PasswordHasher

    made(wu)
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(auth, "hasher", lambda: dearer)
    signed_in(wu, "chen-li")
    with wu.database.everyone("test") as session:
        assert "t=2" in accounts.password_of(session, "chen-li")[1]


def test_no_secret_is_kept(wu):
    client, answer = signed_in(wu, made(wu))
    given = wu.as_role("admin").post("/v1/keys", json={"role": "viewer", "district": "huizhou"}).json()["key"]
    secrets = [given, client.cookies["matcher_session"], answer.json()["csrf"], GOOD]
    with wu.database.connection() as connection:
        from sqlalchemy import MetaData, select

        schema = MetaData()
        schema.reflect(connection)
        kept = "\n".join(str(row) for table in schema.sorted_tables for row in connection.execute(select(table)))
    for secret in secrets:
        assert secret not in kept


def test_erasing_a_volunteer_ends_their_account(wu):
    made(wu, "lao-wang", "volunteer", volunteer="v01")
    client, _ = signed_in(wu, "lao-wang")
    exported = client.get("persons/v01")
    assert exported.status_code == 200
    assert exported.json()["accounts"][0]["login"] == "lao-wang"
    assert client.get("persons/v02").status_code == 404
    with wu.database.writing(HERE, "li") as session:
        feeds.create(session, "v01")
    erased = wu.as_role("coordinator").delete("persons/v01")
    assert erased.status_code == 200
    assert client.get("/v1/me").status_code == 401
    log = wu.as_role("coordinator").get("audit?limit=200").text
    assert "lao-wang" not in log
    assert erased.json()["token"] in log
    with wu.database.reading(HERE) as session:
        assert feeds.page(session, volunteer="v01") == ()


def test_cookies_are_for_https_only_where_the_server_is_https(database):
    from serving import Api

    with Api(database, base_url="https://matcher.example") as api:
        api.keep_wu()
        made(api)
        answer = api.client().post("/v1/sessions", json={"login": "chen-li", "password": GOOD})
        for cookie in answer.headers.get_list("set-cookie"):
            assert cookie.startswith("__Host-matcher_")
            assert "Secure" in cookie


def test_whose_a_one_time_token_is_can_be_seen_without_using_it_up(api):
    admin, guest = api.as_role("admin"), api.client()
    admin.put("/v1/districts/huizhou", json={})
    admin.put("/v1/districts/huizhou/communities/donghe", json={})
    made = admin.post("/v1/users", json={
        "login": "wang-fang", "name": "王芳", "role": "coordinator", "district": "huizhou", "community": "donghe",
    })
    token = made.json()["token"]
    for _ in range(2):
        told = guest.post("/v1/sessions:invited", json={"token": token}).json()
        assert (told["login"], told["name"]) == ("wang-fang", "王芳")
    assert guest.post("/v1/sessions:redeem", json={"token": token, "password": "梧桐 渡口 早点 九路车"}).status_code == 200
    gone = guest.post("/v1/sessions:invited", json={"token": token})
    assert (gone.status_code, gone.json()["faults"][0]["code"]) == (401, "bad-token")
    # Whoever tries tokens waits, as with passwords: after twenty failures from one address.
    for _ in range(20):
        guest.post("/v1/sessions:invited", json={"token": "guess"})
    assert guest.post("/v1/sessions:invited", json={"token": "guess"}).status_code == 429


def test_the_first_person_comes_in_by_a_token_that_is_made_once(database):
    secret = auth.first_admin(database)
    whose, _ = auth.invited(database, secret.text)
    assert (whose.login, whose.holding.role, whose.has_password) == ("admin", "admin", False)
    assert auth.first_admin(database) is None
    begun, cookie = auth.enter(database, secret.text)
    assert auth.authenticate(database, cookie=cookie).actor == "user:admin"
    assert begun.user.login == "admin"
    with pytest.raises(auth.NotSignedIn):
        auth.enter(database, secret.text)
