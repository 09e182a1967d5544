"""Calls of the command line, in this process: exit code, stdout, stderr."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from small_facts import small_facts

from matcher.cli.main import run


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


@pytest.fixture
def facts(tmp_path):
    """A function that writes the small scenario, changed as asked, and returns its path."""

    def writing(name: str = "facts.json", **changes: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(small_facts(**changes), ensure_ascii=False), "utf-8")
        return path

    return writing
