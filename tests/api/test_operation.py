"""Health, metrics, logs and rate limits: what those who run a server see, and what callers are told."""

from __future__ import annotations

import io
import json
import logging
import re
from pathlib import Path

import pytest
from keeping import HERE
from serving import Api

from matcher.api.addresses import address_of
from matcher.api.ratelimit import LIMITS, MOST_BUCKETS, Limit, Limiter, kind_of, limits_from
from matcher.api.settings import ServerSettings
from matcher.errors import BadInput
from matcher.service import health, logs
from matcher.service.accounts.access import ACCESS, Caller, Role
from matcher.store import workers


@pytest.fixture
def address(tmp_path):
    """One kind of database is enough here."""
    return str(tmp_path / "matcher.db")


@pytest.fixture
def log():
    """What is logged, line by line."""
    stream, root = io.StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    logs.set_up(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before


# ----------------------------------------------------------------------------------------------------- health


def test_a_server_is_ready_or_says_what_it_lacks(api, monkeypatch):
    client = api.client()
    told = client.get("/readyz")
    assert (told.status_code, told.json()["status"], told.json()["workers"]) == (200, "ready", 0)
    with api.database.everyone("w1", writes=True) as session:
        workers.beat(session, "w1", slots=3, busy=1)
    monkeypatch.setattr(health, "FRESH", -1.0)
    assert (client.get("/readyz").json()["workers"], client.get("/readyz").json()["slots"]) == (1, 3)
    monkeypatch.setattr(health, "LEAST_ROOM_MB", 10**12)
    told = client.get("/readyz")
    assert (told.status_code, told.json()["disk"]) == (503, "full")
    monkeypatch.setattr(health, "LEAST_ROOM_MB", 1)
    api.database.file.rename(api.database.file.with_suffix(".away"))
    told = client.get("/readyz")
    assert (told.status_code, told.json()["database"], told.json()["version"]) == (503, "database-gone", None)
    assert client.get("/healthz").status_code == 200


def test_metrics_count_requests_by_operation_and_never_name_anybody(wu):
    client = wu.as_role("coordinator")
    for _ in range(3):
        assert client.get("wishes").status_code == 200
    assert client.get("residents/wu").status_code == 200
    assert client.get("residents/nobody").status_code == 404
    text = wu.app.state.metrics.text().decode()
    assert 'matcher_requests_total{operation="wishes.list",status="200"} 3.0' in text
    assert 'matcher_requests_total{operation="residents.get",status="404"} 1.0' in text
    assert 'matcher_request_seconds_count{operation="wishes.list"} 3.0' in text
    assert 'matcher_runs{state="queued"} 0.0' in text
    assert "matcher_database_up 1.0" in text
    assert re.search(r'matcher_claims\{state="[a-z]+"\} \d', text)
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {"operation", "status", "state", "kind", "le"}
    assert "nobody" not in text


def test_metrics_are_for_this_machine_or_for_whoever_has_the_token(database):
    with Api(database) as api:  # its callers come from 203.0.113.9
        refused = api.client().get("/metrics")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    with Api(database, metrics_token="t0ken") as api:
        assert api.client().get("/metrics").status_code == 403
        assert api.client({"Authorization": "Bearer wrong"}).get("/metrics").status_code == 403
        shown = api.client({"Authorization": "Bearer t0ken"}).get("/metrics")
        assert (shown.status_code, shown.headers["content-type"].split(";")[0]) == (200, "text/plain")


# ------------------------------------------------------------------------------------------------------- logs


def test_a_request_is_one_line_with_its_number_and_no_path(wu, log):
    client = wu.as_role("coordinator")
    client.get("residents/13800001234", headers={"X-Request-Id": "abc-1"})
    (line,) = [one for one in log() if one["event"] == "request"]
    assert (line["request"], line["operation"], line["status"], line["role"]) == ("abc-1", "residents.get", 404, "coordinator")
    assert line["ms"] >= 0
    assert "13800001234" not in json.dumps(log())


def test_what_is_logged_is_masked_and_a_bug_is_told_by_its_place(log):
    with logs.about(run="4f13800001234a"):
        logs.tell("called", to="+86 138 0000 1234", count=13800001234)
    try:
        raise KeyError("吴建国")
    except KeyError:
        logging.getLogger("uvicorn.error").exception("broke for 13800001234")
    first, second = log()
    assert (first["run"], first["to"], first["event"], first["level"]) == ("4f13800001234a", "***", "called", "info")
    assert (second["error"], second["event"]) == ("KeyError", "broke for ***")
    assert "test_operation.py" in second["place"]
    assert "吴建国" not in json.dumps(second, ensure_ascii=False)


# ------------------------------------------------------------------------------------------------ rate limits


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_bucket_is_emptied_and_fills_again():
    clock = Clock()
    limiter = Limiter({"read": Limit(2, 3)}, clock)
    taken = [limiter.take("read", "li") for _ in range(4)]
    assert [one.is_granted for one in taken] == [True, True, True, False]
    assert [one.left for one in taken] == [2, 1, 0, 0]
    # Two a second: the next one comes in half a second, said as a whole one; the bucket is full in one and a half.
    assert taken[3].headers == {
        "RateLimit-Policy": '"read";q=3;w=2', "RateLimit": '"read";r=0;t=2', "Retry-After": "1",
    }
    assert limiter.take("read", "chen").is_granted, "everybody has their own"
    clock.now += 0.5
    assert limiter.take("read", "li").is_granted
    assert not limiter.take("read", "li").is_granted
    clock.now += 1000
    assert limiter.take("read", "li").left == 2, "never more than the bucket holds"


def test_buckets_do_not_grow_without_end():
    limiter = Limiter({"open": Limit(1, 1)}, Clock())
    for n in range(MOST_BUCKETS + 50):
        limiter.take("open", str(n))
    assert len(limiter._buckets) == MOST_BUCKETS


def test_too_many_requests_are_told_when_to_come_back(database):
    with Api(database, rate_limits=True, limits=("read=0.001/2",)) as api:
        api.keep_wu()
        client, other = api.as_role("coordinator"), api.as_role("coordinator")
        assert [client.get("wishes").status_code for _ in range(3)] == [200, 200, 429]
        refused = client.get("wishes")
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("too-many-requests", "1000")
        assert refused.headers["ratelimit"] == '"read";r=0;t=2000'
        assert refused.headers["content-type"] == "application/problem+json"
        assert other.get("wishes").headers["ratelimit"].startswith('"read";r=1;')
        assert client.get("/healthz").status_code == 200
        assert 'matcher_requests_limited_total{kind="read"} 2.0' in api.app.state.metrics.text().decode()


def test_wrong_keys_from_one_address_come_to_an_end_and_good_ones_do_not(database):
    with Api(database, rate_limits=True, limits=("unknown=0.001/5",)) as api:
        api.keep_wu()
        good = api.as_role("coordinator")
        wrong = api.client({"Authorization": "Bearer nobody"})
        assert [wrong.get("wishes").status_code for _ in range(7)] == [401] * 5 + [429] * 2
        assert good.get("wishes").status_code == 200


def test_a_rush_of_claims_by_a_trusted_program_is_let_through():
    clock = Clock()
    limiter = Limiter(clock=clock)
    app = Caller(Role.SYSTEM, "key:app", HERE.district, HERE.community)
    person = Caller(Role.VOLUNTEER, "key:one", HERE.district, HERE.community, volunteer="v01")
    granted = [limiter.take_for("claims.claim", "POST", app, "10.0.0.1").is_granted for _ in range(10_000)]
    assert all(granted)
    mine = [limiter.take_for("claims.claim", "POST", person, "10.0.0.1").is_granted for _ in range(1000)]
    assert sum(mine) == LIMITS["claims"].burst


def test_every_operation_has_a_kind_or_is_never_counted():
    for operation in ACCESS:
        for role in Role:
            kind = kind_of(operation, "POST", role)
            assert kind is None or kind in LIMITS
    assert kind_of("health.get", "GET", Role.VIEWER) is None
    assert kind_of("sessions.create", "POST", Role.VIEWER) == "sign-in"


@pytest.mark.parametrize("told", ["heavy=fast", "heavy", "weather=1/2", "heavy=0/5", "heavy=1/0", "heavy=inf/5", "heavy=nan/5"])
def test_limits_that_are_not_understood_are_refused(told):
    with pytest.raises(BadInput, match="is not understood"):
        limits_from([told], "en")
    assert limits_from(["heavy=0.5/3"])["heavy"] == Limit(0.5, 3)


@pytest.mark.parametrize(
    ("peer", "heard", "found"),
    [
        ("203.0.113.5", "10.9.9.9", "203.0.113.5"),  # nobody we trust says so
        ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.7, 10.0.0.3", "198.51.100.7"),  # what stands further left anybody may write
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "not an address", "10.0.0.2"),
        ("10.0.0.2", "10.0.0.3", "10.0.0.2"),
    ],
)
def test_the_callers_address_is_what_a_trusted_proxy_says(api, peer, heard, found):
    from starlette.requests import Request

    api.app.state.settings = ServerSettings(trusted_proxies=("10.0.0.0/8",))
    headers = [(b"x-forwarded-for", heard.encode())] if heard else []
    request = Request({"type": "http", "headers": headers, "client": (peer, 1), "app": api.app})
    assert address_of(request) == found


def test_the_page_on_running_a_server_holds_the_real_limits_metrics_and_settings(api):
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    for kind, limit in LIMITS.items():
        assert f"| `{kind}` | {limit.per_second:,g} | {limit.burst:,} |" in page, kind
    shown = set(re.findall(r"^# TYPE (\w+)", api.app.state.metrics.text().decode(), re.MULTILINE))
    for name in shown - {f"{one}_created" for one in shown} - {one for one in shown if one.endswith("_created")}:
        assert f"`{name}" in page, name
    for name in ServerSettings.model_fields:
        assert f"`MATCHER_{name.upper()}`" in page, name
