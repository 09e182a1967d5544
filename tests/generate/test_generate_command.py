"""matcher generate: a file that plan and check accept, and refusals in a sentence."""

from __future__ import annotations

import json

import pytest

from matcher.cli.main import run


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Runs a command in an empty folder and gives (exit code, stdout, stderr)."""
    monkeypatch.setenv("MATCHER_LANG", "en")
    monkeypatch.chdir(tmp_path)

    def calling(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run([str(word) for word in words])
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return calling


def test_a_generated_workbook_is_planned_and_checked(call, tmp_path):
    assert call("generate", "donghe", "-o", "x.xlsx", "--volunteers", 30, "--visits", 40, "--lang", "zh")[0] == 0
    assert call("plan", "x.xlsx", "-o", "out", "--strategy", "flow", "--seconds", 20)[0] == 0
    code, out, _ = call("check", "x.xlsx", "out/roster.json", "--json")
    assert code == 0
    assert json.loads(out)["valid"]


def test_json_tells_the_sizes_and_the_fingerprint(call):
    code, out, _ = call("generate", "quantang", "-o", "x.json", "--volunteers", 12, "--visits", 20, "--seed", 3, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["volunteers"] == 12
    again = json.loads(call(
        "generate", "quantang", "-o", "y.json", "--volunteers", 12, "--visits", 20, "--seed", 3, "--json"
    )[1])
    assert again["fingerprint"] == told["fingerprint"]


def test_an_unknown_preset_ends_with_2_and_names_the_presets(call, tmp_path):
    code, _, err = call("generate", "nowhere", "-o", "x.json")
    assert code == 2
    assert "Choose one of donghe, qiaodong, jiangzhou, xingtai, quantang." in err
    assert not (tmp_path / "x.json").exists()


def test_sizes_below_one_end_with_2_all_at_once(call):
    code, _, err = call("generate", "donghe", "-o", "x.json", "--volunteers", 0, "--visits", -1)
    assert code == 2
    assert "--volunteers is 0" in err
    assert "--visits is -1" in err


def test_an_existing_file_is_not_overwritten(call, tmp_path):
    (tmp_path / "x.json").write_text("mine")
    assert call("generate", "donghe", "-o", "x.json")[0] == 2
    assert (tmp_path / "x.json").read_text() == "mine"
