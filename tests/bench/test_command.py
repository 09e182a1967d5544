"""The command: words in, files out, and sentences where the words are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.cli.main import run

CHUNHUI = str(Path(__file__).parents[2] / "scenarios" / "chunhui")


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("MATCHER_LANG", "en")
    monkeypatch.chdir(tmp_path)

    def calling(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(["bench", *words])
        code = ended.value.code
        return (code if isinstance(code, int) else 0, *capsys.readouterr())

    return calling


def test_one_call_makes_the_table(call, tmp_path):
    words = (CHUNHUI, "--strategies", "exact", "--peers", "fcfs", "--seeds", "0", "--limits", "1", "-o", "out")
    code, out, err = call(*words, "--workers", "1")
    assert code == 0
    assert "## chunhui" in out
    assert "[2/2] chunhui · fcfs" in err
    assert {"results.json", "table.md"} <= {path.name for path in (tmp_path / "out").iterdir()}
    assert (tmp_path / "out" / "table.md").read_text("utf-8").strip() == out.strip()
    code, again, _ = call("--redraw", "-o", "out", "--json")
    assert code == 0
    assert [run["method"] for run in json.loads(again)["runs"]] == ["exact", "fcfs"]


@pytest.mark.parametrize(("words", "sentence"), [
    (("--limits", "soon"), '--limits is "soon"'),
    (("--limits", "0"), '--limits is "0"'),
    (("--seeds", "a,b"), '--seeds is "a,b"'),
    (("--redraw",), "there are no results"),
    (("no-such.json",), "no-such"),
    ((CHUNHUI, "--peers", "cplex"), 'there is no peer "cplex"'),
])
def test_wrong_words_are_bad_input(call, words, sentence):
    code, _, err = call(*words)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err
