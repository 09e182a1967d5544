"""What ``matcher plan`` writes: the whole set, byte for byte the same, all or nothing, with names any disk can hold."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest
from output_samples import community_plan, wu_plan

from matcher.errors import BadInput
from matcher.exchange import page
from matcher.exchange.outputs import file_stems, render_outputs, write_outputs
from matcher.problem.roster import Roster


@pytest.fixture(autouse=True)
def _without_pdf(request, monkeypatch):
    if "pdf" not in request.node.name:
        monkeypatch.setattr(page, "render_pdf", lambda html: None)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_plan_becomes_a_folder_with_everything_in_it(tmp_path):
    paths = write_outputs(wu_plan(), tmp_path / "out")
    assert names_in(tmp_path / "out") == {
        "roster.json", "report.json", "roster.xlsx", "roster.html", "notice.html", "phone-list.html",
        "slips", "calendars",
    }
    # Twelve drivers, who are the stand-bys too, and the six files above.
    assert len(list((tmp_path / "out/slips").iterdir())) == len(list((tmp_path / "out/calendars").iterdir())) == 12
    assert len(paths) == 30
    assert all(path.is_file() and path.stat().st_size for path in paths)


def test_nothing_but_the_folder_is_left_beside_it(tmp_path):
    write_outputs(wu_plan(), tmp_path / "out")
    assert names_in(tmp_path) == {"out"}


def test_the_roster_reads_back_as_it_was(tmp_path):
    plan = community_plan()
    write_outputs(plan, tmp_path / "out")
    assert Roster.model_validate_json((tmp_path / "out/roster.json").read_text(encoding="utf-8")) == plan.roster


def test_run_facts_stand_in_the_report_only(tmp_path):
    plan = replace(wu_plan(), run={"finished": "2026-11-24T09:00:03Z", "machine": "box-77"})
    write_outputs(plan, tmp_path / "out")
    assert json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))["run"]["machine"] == "box-77"
    others = [path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.name != "report.json"]
    assert not any(b"box-77" in path.read_bytes() for path in others)


def test_the_same_plan_gives_the_same_bytes():
    assert dict(render_outputs(community_plan())) == dict(render_outputs(community_plan()))


def test_a_pdf_is_written_when_weasyprint_is_there_and_is_the_same_each_time():
    pytest.importorskip("weasyprint")
    first, second = (dict(render_outputs(wu_plan())) for _ in range(2))
    assert first["roster.pdf"].startswith(b"%PDF")
    assert first["roster.pdf"] == second["roster.pdf"]
    assert first["notice.pdf"] == second["notice.pdf"]


# ---------------------------------------------------------------------------------------------------- all or nothing


def test_missing_folders_above_are_made(tmp_path):
    write_outputs(wu_plan(), tmp_path / "2026" / "12" / "out")
    assert (tmp_path / "2026/12/out/roster.json").exists()


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "out").mkdir()
    write_outputs(wu_plan(), tmp_path / "out")
    assert (tmp_path / "out/roster.json").exists()


def test_a_folder_with_files_is_refused_and_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="已经存在"):
        write_outputs(wu_plan(), tmp_path / "out")
    assert names_in(tmp_path) == {"out"}
    assert names_in(tmp_path / "out") == {"mine.txt"}


def test_a_file_of_that_name_is_refused(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(BadInput, match="是一个文件"):
        write_outputs(wu_plan(), tmp_path / "out")


def test_a_path_through_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(BadInput):
        write_outputs(wu_plan(), tmp_path / "file" / "out")


@pytest.mark.parametrize(("number", "words"), [
    (errno.ENOSPC, "磁盘满了"), (errno.EROFS, "没有权限"), (errno.EACCES, "没有权限"), (errno.EIO, "写不了"),
])
def test_a_failure_halfway_leaves_nothing_behind(tmp_path, monkeypatch, number, words):
    write_bytes, count = Path.write_bytes, 0

    def fail_at_the_ninth(self, content):
        nonlocal count
        count += 1
        if count == 9:
            raise OSError(number, "refused")
        return write_bytes(self, content)

    monkeypatch.setattr(Path, "write_bytes", fail_at_the_ninth)
    with pytest.raises(BadInput, match=words):
        write_outputs(wu_plan(), tmp_path / "made" / "out")
    assert names_in(tmp_path) == set()


def test_ctrl_c_halfway_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(page, "render_slip", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_outputs(wu_plan(), tmp_path / "out")
    assert names_in(tmp_path) == set()


def test_errors_speak_the_programmes_language(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(BadInput, match="is a file, not a folder"):
        write_outputs(wu_plan("en"), tmp_path / "out")


# ---------------------------------------------------------------------------------------------------- file names


def test_file_names_are_readable():
    assert file_stems([("v01", "王志强"), ("v02", "")]) == {"v01": "v01-王志强", "v02": "v02"}


@pytest.mark.parametrize("hostile", [
    "../../etc/passwd", "a/b", "C:\\x", "nul", ".", "..", "a\x00b", "长" * 120, "?*|<>\"",
])
def test_hostile_ids_stay_inside_the_folder(hostile):
    stem = file_stems([(hostile, "")])[hostile]
    assert not set(stem) & set("/\\:.\0?*|<>\"")
    assert stem.casefold() != "nul"
    assert len(f"{stem}.html".encode()) <= 255


def test_ids_that_look_alike_get_files_of_their_own():
    stems = file_stems([("a/b", ""), ("a_b", ""), ("A_B", ""), ("a:b", "")])
    assert len({stem.casefold() for stem in stems.values()}) == 4
