"""``matcher demo --board``: from nothing to a coordinator's page in a browser that knows no password, and nothing left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

MATCHER = Path(sys.executable).with_name("matcher")


@pytest.fixture
def demo(tmp_path):
    """The process and the address it prints; its temporary files are in ``tmp_path``."""
    process = subprocess.Popen(
        [str(MATCHER), "demo", "--board", "--no-browser", "--port", "0", "--lang", "en"], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, cwd=tmp_path, env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    watch = threading.Timer(120, process.kill)
    watch.start()
    try:
        said = []
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+)(/board/enter/\S+)", said[-1] if said else "")):
            said.append(process.stdout.readline())
            assert said[-1], said
        yield process, found[1], found[2]
    finally:
        watch.cancel()
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.wait()


def test_it_signs_somebody_in_once_and_leaves_nothing_behind(demo, tmp_path):
    process, url, way_in = demo
    with httpx.Client(base_url=url, follow_redirects=True, timeout=60) as browser:
        first = browser.get(way_in)
        assert (first.status_code, first.url.path) == (200, "/board/demo/donghe")
        assert browser.get("/v1/me").json()["role"] == "coordinator"
        counts = browser.get("/v1/districts/demo/communities/donghe").json()["counts"]
        assert counts["volunteers"] == 125
        told = browser.get("/v1/districts/demo/communities/donghe/program").json()["fact"]
        today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
        assert told["window"]["start"][8:] == "01"
        assert 0 < (date.fromisoformat(told["window"]["start"]) - today).days <= 31  # the coming month
        assert "吴伯的心愿" in browser.get("/board/communities").text
    with httpx.Client(base_url=url, timeout=60) as other:
        again = other.get(way_in)
        assert (again.status_code, "set-cookie" in again.headers) == (401, False)
        assert other.get("/board/demo/donghe").status_code == 303
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("matcher-demo-")]
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(60) == 0
    assert "the sample data are gone" in rest
    assert "Traceback" not in rest
    assert not [one.name for one in tmp_path.iterdir() if one.name.startswith("matcher-demo-")]


def test_without_the_extra_it_says_what_to_install(tmp_path):
    code = (
        "import importlib.util as u, sys\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'sqlalchemy' else real(name, *more)\n"
        "sys.argv = ['matcher', 'demo', '--board', '--no-browser', '--lang', 'en']\n"
        "from matcher.cli.main import run\n"
        "run()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 2
    assert "pip install 'matcher[server]'" in done.stderr
    assert "Traceback" not in done.stderr
