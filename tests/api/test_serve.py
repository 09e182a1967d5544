"""``matcher serve``: from nothing to an answer, the worker beside it, several processes, and an orderly end."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from databases import fresh_database
from keeping import HERE, kept, wu
from server import Served, refused
from sqlalchemy import text

from matcher.service.solving.config import RunConfig
from matcher.store import runs
from matcher.store.address import address_of
from matcher.store.assembly import scenario_of
from matcher.store.database import Database
from matcher.store.migrate import upgrade


def until(is_so, seconds=90.0):
    over = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < over, "it did not happen"
        time.sleep(0.1)


def is_alive(pid):
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("ascii")
    except OSError:
        return False


def begun(server, which):
    """The processes that were begun beside, by what was logged."""
    told = [json.loads(line) for line in list(server.log) if line]
    return [line["child"] for line in told if line["event"] == "process-begun" and line["which"].startswith(which)]


def ask(database, **config):
    with database.writing(HERE, "li") as session:
        return runs.submit(session, RunConfig(**config).model_dump(), scenario_of(session)).id


def look(database, key):
    with database.reading(HERE) as session:
        return runs.get(session, key)


def test_from_nothing_to_an_answer_a_run_and_an_orderly_end(tmp_path):
    path = tmp_path / "matcher.db"
    with Served(path) as server:
        server.first_key()
        # A person begins in the browser, without the key.
        (welcome,) = [line.rpartition(": ")[2].strip() for line in server.said if "/board/welcome/" in line]
        assert httpx.get(welcome, headers={"Accept-Language": "en"}).text.count('value="admin"') == 1
        with server.client() as client:
            assert client.get("/healthz").json() == {"status": "alive"}
            assert client.get("/v1/me").json()["role"] == "admin"
            database = Database(address_of(str(path)), lang="en")
            kept(database, wu())
            quick, long = ask(database, strategy="flow", seconds=1), None
            until(lambda: look(database, quick).is_over)
            assert look(database, quick).state == "done"
            ready = client.get("/readyz").json()
            assert (ready["status"], ready["workers"], ready["slots"], ready["encryption"]) == ("ready", 1, 1, "off")
            long = ask(database, strategy="lns", seconds=600)
            until(lambda: look(database, long).state == "running")
        (worker,) = begun(server, "worker")
        assert server.end() == 0
        # The run went back to the queue, as if it had not been begun.
        assert (look(database, long).state, look(database, long).attempts) == ("queued", 0)
        database.close()
    assert not is_alive(worker)
    assert "Stopped." in "".join(filter(None, server.said)) or server.log
    said = "".join(filter(None, [*server.said, *server.log]))
    assert "Traceback" not in said
    assert server.key not in "".join(filter(None, server.log)), "the key is shown, not logged"
    with Served(path, "--workers", "0") as again, again.client() as client:
        assert client.get("/readyz").json()["workers"] == 0
        assert begun(again, "worker") == []
        assert not [line for line in again.said if "keep it safe" in line], "the key is shown once"


def test_a_request_under_way_is_answered_before_the_end(tmp_path):
    with Served(tmp_path / "matcher.db", "--workers", "0") as server:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as half:
            half.sendall(
                b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{"
            )
            time.sleep(0.5)
            os.kill(server.pid, signal.SIGTERM)
            time.sleep(0.5)
            half.sendall(b"}")
            half.settimeout(30)
            assert half.recv(100).startswith(b"HTTP/1.1 422 ")
        assert server.end() == 0


def test_whoever_listens_is_told_properly_that_the_server_ends(tmp_path):
    path = tmp_path / "matcher.db"
    with Served(path, "--workers", "0") as server:
        server.first_key()
        database = Database(address_of(str(path)), lang="en")
        kept(database, wu())
        waiting = ask(database, strategy="flow", seconds=1)
        with server.client() as client, client.stream("GET", f"/v1/plans/{waiting}/events") as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry:")
            os.kill(server.pid, signal.SIGTERM)
            assert "event: ended" not in list(lines)  # whole, not broken off: that would raise
        assert server.end() == 0
        assert look(database, waiting).state == "queued"
        database.close()


def test_what_is_beside_ends_with_a_server_that_is_killed(tmp_path):
    with Served(tmp_path / "matcher.db") as server:
        until(lambda: begun(server, "worker"))
        (worker,) = begun(server, "worker")
        server.end(signal.SIGKILL)
    until(lambda: not is_alive(worker))


def test_several_processes_answer_are_counted_together_and_begun_again(tmp_path):
    with Served(tmp_path / "matcher.db", "--processes", "2", "--workers", "0") as server:
        def answers():
            # A connection each, so that both get some.
            with server.client() as client:
                return client.get("/v1/nowhere").status_code == 404

        def counted():
            with server.client() as client:
                lines = client.get("/metrics").text.splitlines()
            return [float(line.split()[-1]) for line in lines if line.startswith('matcher_requests_total{operation="none",status="404"}')]

        until(answers)
        assert all(answers() for _ in range(9))
        assert counted() == [10]
        until(lambda: len(begun(server, "server")) == 2)
        first, second = begun(server, "server")
        os.kill(first, signal.SIGKILL)
        until(lambda: len(begun(server, "server")) == 3)
        until(lambda: all(answers() for _ in range(5)))
        assert counted()[0] >= 15
        assert server.end() == 0
        assert not any(map(is_alive, [first, second, *begun(server, "server")]))


def test_a_server_that_cannot_be_says_why_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "matcher.db"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = refused("--port", str(taken.getsockname()[1]), "--database", str(path))
    assert (code, "is taken by another program" in said, "--port" in said) == (2, True, True)
    for words, sentence in (
        (["--host", "0.0.0.0"], "nothing is encrypted on the way"),
        (["--host", "nowhere.invalid", "--insecure"], 'no address "nowhere.invalid"'),
        (["--port", "0", "--tls-cert", "missing.pem"], "cannot be used"),
    ):
        code, said = refused(*words, "--database", str(path))
        assert (code, sentence in said) == (2, True), said
        assert "Traceback" not in said
    assert not path.exists()


def test_a_database_of_a_newer_version_is_not_served(tmp_path):
    path = tmp_path / "matcher.db"
    with fresh_database(str(path)) as database, database.connection(writes=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    code, said = refused("--port", "0", "--database", str(path))
    assert (code, "newer than this program" in said) == (2, True)


def test_settings_that_are_not_understood_are_named(tmp_path):
    for name, value, sentence in (
        ("MATCHER_LIMITS", "heavy=fast", "heavy=fast"), ("MATCHER_MAX_BODY_MB", "lots", "MATCHER_MAX_BODY_MB"),
    ):
        code, said = refused("--port", "0", "--database", str(tmp_path / "matcher.db"), **{name: value})
        assert (code, sentence in said) == (2, True), said


@pytest.fixture
def older(tmp_path):
    database = Database(address_of(str(tmp_path / "matcher.db")), lang="en")
    upgrade(database, "0001")
    yield tmp_path / "matcher.db"
    database.close()


def test_an_older_database_is_not_migrated_unasked(older):
    code, said = refused("--port", "0", "--database", str(older))
    assert (code, "matcher db upgrade" in said) == (2, True)


def certificate(folder):
    """A certificate for 127.0.0.1, signed by itself; its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return folder / "cert.pem", folder / "key.pem"


def test_with_a_certificate_it_serves_https_and_lets_others_in(tmp_path):
    cert, key = certificate(tmp_path)
    words = ["--host", "0.0.0.0", "--tls-cert", str(cert), "--tls-key", str(key), "--workers", "0"]
    with Served(tmp_path / "matcher.db", *words) as server:
        assert server.url.startswith("https://127.0.0.1:")
        told = httpx.get(f"{server.url}/healthz", verify=ssl.create_default_context(cafile=str(cert)))
        assert told.status_code == 200
        assert "strict-transport-security" in told.headers
        assert server.end() == 0
