"""Small communities and the actor; facts from the command line's tests, databases from the store's."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))
sys.path.insert(0, str(Path(__file__).parent))

from databases import address, database, server
from hamlets import hamlets

from matcher.cli.main import run

__all__ = ["address", "database", "hamlets", "server"]


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """The command line in this process, in English: ``code``, ``out``, ``err``, ``json``."""
    monkeypatch.setenv("MATCHER_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("MATCHER_CLUSTER", raising=False)
    monkeypatch.chdir(tmp_path)

    def calling(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run([str(word) for word in words])
        out, err = capsys.readouterr()
        told = json.loads(out) if out.startswith("{") else None
        return SimpleNamespace(code=ended.value.code or 0, out=out, err=err, json=told)

    return calling
