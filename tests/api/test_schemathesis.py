"""The whole API against its own description: schemathesis makes the requests, every answer is as described, and none is a 5xx.

Left out: ``unsupported_method`` and ``allow_header_conformance`` ask of methods the description does not list; an address of
ours whose last part may be anything knows more of them than one line tells. Narrowed: ``positive_data_acceptance`` takes 4xx
for an answer to what the schema allows: whether an id is known, or a roster fits its facts, is in no schema; ETags arrive
without their quotes, which is a 400; and who tries one token or password after another is held up, a 429 that no setting lifts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from databases import fresh_database
from keeping import HERE, kept, wu
from server import Served

from matcher.service.accounts.auth import new_key
from matcher.store.accounts import Holding

SETTINGS = f"""
[checks]
positive_data_acceptance.expected-statuses = ["2xx", 304, 400, 401, 403, 404, 409, 412, 422, 428, 429]

[parameters]
"path.district" = "{HERE.district}"
"path.community" = "{HERE.community}"
"""
LEFT_OUT = "unsupported_method,allow_header_conformance"


def tried(folder, address, *words):
    """Run schemathesis against a server on Mr Wu's facts; its exit code, what it said, and every 5xx."""
    with fresh_database(address) as database:
        kept(database, wu())
        _, key = new_key(database, Holding("admin"), "li")
    (folder / "settings.toml").write_text(SETTINGS, "utf-8")
    program = Path(sys.executable).with_name("schemathesis")
    with Served(address, "--workers", "0", "--no-courier", MATCHER_RATE_LIMITS="0") as server:
        done = subprocess.run(
            [
                program, "--config-file", folder / "settings.toml", "run", f"{server.url}/openapi.json",
                "-H", f"Authorization: Bearer {key.text}", "--checks", "all", "--exclude-checks", LEFT_OUT,
                "--request-timeout", "60", "--wait-for-schema", "60", "--warnings", "off", "--no-color", "--seed", "1",
                "--report", "ndjson", "--report-ndjson-path", folder / "report.ndjson", *words,
            ],
            capture_output=True, text=True, cwd=folder, timeout=3600,
        )
        logged = [json.loads(line) for line in list(server.log) if line]
    bugs = [line for line in logged if line.get("status") == 500 or "Traceback" in str(line)]
    return done.returncode, done.stdout[-6000:] + done.stderr[-2000:], bugs


def test_every_answer_is_as_described(tmp_path):
    """The short form: the examples of the description."""
    code, said, bugs = tried(tmp_path, str(tmp_path / "matcher.db"), "--phases", "examples", "--max-time", "60")
    assert bugs == []
    assert code == 0, said


@pytest.mark.slow
def test_every_answer_is_as_described_however_it_is_asked(address, tmp_path):
    code, said, bugs = tried(
        tmp_path, address, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "25", "--continue-on-failure"
    )
    assert bugs == []
    assert code == 0, said
