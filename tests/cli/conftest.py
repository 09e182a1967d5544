"""Calls of the command line, in this process: exit code, stdout, stderr."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from matcher.cli.main import run

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("MATCHER_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def calling(*words: str | Path) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run([str(word) for word in words])
        out, err = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0 if code is None else 1, out, err)

    return calling


def small_facts(**changes: Any) -> dict[str, Any]:
    """Two Saturdays' company for one resident, and two people who could come."""
    weekend = [{"days": "SA", "start": "08:00", "end": "12:00"}]
    facts = {
        "format": "matcher/1",
        "program": {
            "name": "试点社区",
            "as_of": "2026-12-01T09:00:00+08:00",
            "window": {"start": "2026-12-01", "end": "2026-12-31"},
            "settings": {"language": "en"},
        },
        "places": [{"id": "home", "name": "Home", "lat": 23.09, "lon": 114.41, "crs": "gcj02", "community": "east"}],
        "residents": [{"id": "li", "name": "李奶奶", "home": "home"}],
        "volunteers": [
            {"id": "v1", "name": "陈红", "home": "home", "prior_visits": 9, "availability": weekend},
            {"id": "v2", "name": "王军", "home": "home", "prior_visits": 9, "availability": weekend},
        ],
        "wishes": [
            {
                "id": "company", "kind": "visit", "resident": "li", "minutes": 60,
                "recurrence": {"at": ["2026-12-05T09:00:00+08:00", "2026-12-12T09:00:00+08:00"]},
            }
        ],
    }
    return facts | changes


@pytest.fixture
def facts(tmp_path):
    """A function that writes the small scenario, changed as asked, and returns its path."""

    def writing(name: str = "facts.json", **changes: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(small_facts(**changes), ensure_ascii=False), "utf-8")
        return path

    return writing
