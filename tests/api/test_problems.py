"""Every bad end over HTTP is a problem document in the caller's language; nothing is half-written, nothing shown."""

from __future__ import annotations

import json

import pytest

from matcher.store import facts


def problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "faults", "demands", "request_id"}
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:matcher:problem:{code}")
    assert body["request_id"] == answer.headers["x-request-id"]
    assert "Traceback" not in answer.text
    return body


def test_an_address_that_is_not_there(wu):
    told = problem(wu.client().get("/v1/nothing"), 404, "not-found")
    assert told["detail"] == 'There is no "/v1/nothing" here.'
    told = problem(wu.client().get("/v1/nothing", headers={"Accept-Language": "zh-CN"}), 404, "not-found")
    assert told["title"] == "没有找到"


def test_an_operation_an_address_does_not_know_names_those_it_knows(wu):
    answer = wu.client().request("POST", "wishes/x")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "DELETE, GET, PATCH, PUT"


def test_nobody_is_asked_to_sign_in(wu):
    answer = wu.client().get("wishes")
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_who_may_not_is_told_so(wu):
    told = problem(wu.as_role("viewer").post("teams", json={"id": "x"}), 403, "forbidden")
    assert "teams.create" in told["detail"]


def test_another_tenant_is_not_there_and_looks_like_one_that_does_not_exist(wu):
    stranger = wu.as_role("coordinator", community="xihu")
    theirs = problem(stranger.get("wishes"), 404, "not-found")
    nobodys = problem(stranger.get("/v1/districts/huizhou/communities/nowhere/wishes"), 404, "not-found")
    theirs.pop("request_id"), nobodys.pop("request_id")
    assert json.dumps(theirs).replace("donghe", "nowhere") == json.dumps(nobodys)


@pytest.mark.parametrize(
    ("body", "status", "code", "says"),
    [
        (b'{"id": ', 400, "bad-json", "not valid JSON"),
        (b'{"id": "a", "id": "b"}', 400, "bad-json", "twice"),
        (b'{"id": NaN}', 400, "bad-json", "NaN"),
        (b'{"id": 1e999}', 400, "bad-json", "too large to use"),
        (b'{"id": ' + b"9" * 5000 + b"}", 400, "bad-json", "too long to read"),
        (b'{"id": "\\ud83d"}', 400, "bad-json", "half a character"),
        (b'{"id": "a\\u0000"}', 422, "bad-input", "\\u0000"),
        ('{"id": "吴"}'.encode("gb18030"), 400, "bad-json", "UTF-8"),
        (b"[" * 100_000, 400, "bad-json", "nested"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, 400, "bad-json", "more than 64 levels"),
        (b"", 422, "bad-input", "no content"),
        (b"[]", 422, "bad-input", "must be an object"),
        (b'"x"', 422, "bad-input", "must be an object"),
        (b"null", 422, "bad-input", ""),
        (b'{"id": 5}', 422, "bad-input", "must be text"),
        (b'{"id": "x", "nmae": "y"}', 422, "bad-input", "not known here"),
        (b"{}", 422, "bad-input", '"id" is missing.'),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_body_that_cannot_be_used(wu, body, status, code, says):
    li = wu.as_role("coordinator")
    before = li.get("teams").json()
    answer = li.post("teams", content=body, headers={"Content-Type": "application/json"})
    told = problem(answer, status, code)
    assert says in told["detail"], told
    assert li.get("teams").json() == before


def test_all_faults_are_told_at_once_with_their_places(wu):
    bad = {"id": "w", "kind": "visit", "priority": 9, "colour": "red", "submitted": "soon"}
    told = problem(wu.as_role("coordinator").post("wishes", json=bad), 422, "bad-input")
    assert {fault["where"] for fault in told["faults"]} >= {"priority", "colour", "submitted"}
    assert told["detail"] == f"There are {len(told['faults'])}; see faults."


def test_a_reference_to_nobody_is_said_where_it_stands(wu):
    bad = {"id": "c", "wish": "nothing", "volunteer": "nobody", "at": "2026-11-23T20:04:11+08:00"}
    told = problem(wu.as_role("coordinator").post("claims", json=bad), 422, "bad-input")
    assert {fault["where"]: fault["code"] for fault in told["faults"]} == {"wish": "dangling", "volunteer": "dangling"}


def test_a_body_of_another_kind(wu):
    li = wu.as_role("coordinator")
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", ""):
        answer = li.post("teams", content=b'{"id": "x"}', headers={"Content-Type": kind})
        problem(answer, 415, "unsupported-media-type")
    answer = li.post("teams", content=b"x", headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})
    problem(answer, 415, "unsupported-media-type")


def test_a_body_that_is_too_large_by_its_own_word_or_while_it_streams(wu):
    li = wu.as_role("coordinator")
    large = b" " * (21 * 2**20)
    problem(li.post("teams", content=large, headers={"Content-Type": "application/json"}), 413, "body-too-large")
    streamed = li.post("teams", content=iter([large]), headers={"Content-Type": "application/json"})
    problem(streamed, 413, "body-too-large")


@pytest.mark.parametrize("path", ["teams/a%00b", "teams?cursor=%00", "teams?limit=0", "teams?limit=9999", "teams?cursor=!!"])
def test_an_address_that_cannot_be_used(wu, path):
    answer = wu.as_role("coordinator").get(path)
    assert answer.status_code in (400, 422), answer.text
    problem(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("tag", ["3", '"3', "W/3", '"1",,'])
def test_a_version_that_is_none(wu, tag):
    problem(wu.as_role("coordinator").delete("teams/x", headers={"If-Match": tag}), 400, "bad-request")


def test_a_fault_of_ours_shows_its_number_and_nothing_else(wu, monkeypatch, caplog):
    def broken(*_, **__):
        raise RuntimeError("吴建国 13800000001")

    monkeypatch.setattr(facts, "page", broken)
    told = problem(wu.as_role("coordinator").get("teams"), 500, "bug")
    assert told["request_id"] in told["faults"][0]["advice"]
    assert "吴建国" not in json.dumps(told, ensure_ascii=False) + caplog.text
    assert "RuntimeError" in caplog.text
    assert told["request_id"] in caplog.text


def test_every_answer_carries_its_number_and_the_headers_of_safety(wu):
    answer = wu.as_role("viewer").get("teams", headers={"X-Request-Id": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert wu.client().get("/x", headers={"X-Request-Id": "a\tb"}).headers["x-request-id"] != "a\tb"


@pytest.mark.parametrize(
    "name", ["'; DROP TABLE wishes; --", "<script>alert(1)</script>", "\u202eevil\u202c", "👵🏽‍🦽奶奶", "ﷺ" * 40, "a/b", "..%2f"]
)
def test_names_of_every_kind_are_only_names(wu, name):
    li = wu.as_role("coordinator")
    made = li.post("teams", json={"id": name, "name": name})
    assert made.status_code == 201, made.text
    back = li.get(made.headers["location"])
    assert (back.status_code, back.json()["fact"]) == (200, {"id": name, "name": name}), back.text
    assert back.headers["content-type"] == "application/json"


@pytest.mark.parametrize(("where", "body", "at"), [
    ("/v1/plans:validate", {"config": {"seconds": False}}, "config.seconds"),
    ("/v1/plans:validate", {"priority": True}, "priority"),
    ("webhooks", {"url": "https://example.org/x", "topics": ["claim.*"], "active": 0}, "active"),
    ("tickets", {"kind": "person", "subject": "v01", "once": "yes"}, "once"),
])
def test_a_number_is_not_true_and_true_is_no_number(wu, where, body, at):
    scope = {"scope": {"district": "huizhou", "community": "donghe"}} if "plans" in where else {}
    answer = wu.as_role("admin").post(where, json=scope | body)
    assert answer.status_code == 422, answer.text
    assert [".".join(map(str, fault["path"])) for fault in answer.json()["faults"]] == [at]
