"""Files no coordinator would make on purpose: bombs, pipes, giants, values at the edge of the sheet; each gets a sentence."""

from __future__ import annotations

import os
import random
import zipfile

import pytest
from mutants import ROOT

WORKBOOK = ROOT / "scenarios" / "wu-bo" / "wu-bo.xlsx"
SHEET = "xl/worksheets/sheet1.xml"
END = b"</sheetData>"


def _workbook(path, part, old, new):
    """Mr Wu's workbook with something else in one of its parts; a part that is not there is added."""
    with zipfile.ZipFile(WORKBOOK) as sound, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sound.namelist():
            data = sound.read(name)
            made.writestr(name, data.replace(old, new, 1) if name == part else data)
        if part not in sound.namelist():
            made.writestr(part, new)
    return path


@pytest.fixture
def refused(call, tmp_path):
    """A function that converts a file, expects exit 2 and nothing written, and returns what was said."""

    def converting(path) -> str:
        ended = call("convert", path, tmp_path / "out.json", "--lang", "en")
        assert ended.code == 2, ended.err
        assert not (tmp_path / "out.json").exists()
        assert "Traceback" not in ended.err
        return ended.err

    return converting


def test_a_zip_bomb_is_not_unpacked(refused, tmp_path):
    path = _workbook(tmp_path / "s.xlsx", "xl/media/image1.png", b"", bytes(150 * 2**20))
    assert path.stat().st_size < 2**20
    assert "abnormal size" in refused(path)


def test_a_bomb_that_lies_about_its_size_is_damaged(refused, tmp_path):
    path = _workbook(tmp_path / "s.xlsx", "xl/media/image1.png", b"", bytes(2**20))
    data = path.read_bytes()
    path.write_bytes(data.replace((2**20).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert "damaged" in refused(path)


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="1048576"><c note=">" r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048570"><c><v>1</v></c></row>',
        '<row r="2"><c r="XFD2" t="inlineStr"><is><t>x</t></is></c></row>',
    ],
)
def test_a_value_far_away_is_found_before_the_sheet_is_read(refused, tmp_path, row):
    said = refused(_workbook(tmp_path / "s.xlsx", SHEET, END, row.encode() + END))
    assert "too large" in said
    assert "Ctrl+End" in said


@pytest.mark.parametrize("place", ["<row r='4294967295'><c>", "<row r='1'><c r='A99999999'>", "<row r='1'><c r='ABCD1'>"])
def test_a_place_no_sheet_has_is_damage(refused, tmp_path, place):
    row = f"{place}<v>1</v></c></row>".encode()
    assert "damaged" in refused(_workbook(tmp_path / "s.xlsx", SHEET, END, row + END))


def test_entities_are_not_followed(refused, tmp_path):
    bomb = b'?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;"><!ENTITY d SYSTEM "file:///etc/hostname">]>'
    path = _workbook(tmp_path / "s.xlsx", "xl/sharedStrings.xml", b"?>", bomb)
    assert refused(_workbook_again(path, "xl/sharedStrings.xml", b"<t>", b"<t>&c;&d;"))


def _workbook_again(path, part, old, new):
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data.replace(old, new, 1) if name == part else data)
    return path


def test_unclosed_cells_take_no_longer_than_closed_ones(refused, tmp_path):
    dice = random.Random(1)
    cells = b"".join(b'<c r="A%d">%d' % (row, dice.randrange(10**9)) for row in range(100, 50_000))
    assert "damaged" in refused(_workbook(tmp_path / "s.xlsx", SHEET, END, cells + END))


def test_more_text_than_a_cell_can_hold_is_a_fault_at_that_cell(refused, tmp_path):
    endless = random.Random(1).randbytes(100_000).hex().encode()
    said = refused(_workbook(tmp_path / "s.xlsx", "xl/sharedStrings.xml", b"<t>", b"<t>" + endless))
    assert "200" in said
    assert "32767" in said
    assert "!A1" in said


def test_a_hundred_thousand_empty_rows_are_skipped(call, tmp_path):
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/><c r="J%d" s="1"/></row>' % (row, row, row) for row in range(100, 100_100))
    path = _workbook(tmp_path / "s.xlsx", SHEET, END, rows + END)
    assert call("convert", path, tmp_path / "out.json").code == 0


def test_a_hundred_thousand_empty_lines_are_skipped(call, tmp_path):
    assert call("convert", WORKBOOK, tmp_path / "csv").code == 0
    for path in (tmp_path / "csv").glob("*.csv"):
        with path.open("a", encoding="utf-8") as file:
            file.write(",,,,,,,,\r\n" * 100_000)
    assert call("convert", tmp_path / "csv", tmp_path / "out.json").code == 0


@pytest.mark.parametrize("name", ["s.json", "s.xlsx", "s/心愿.csv"])
def test_two_hundred_megabytes_are_refused_unread(refused, tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.truncate(path, 200 * 2**20)
    said = refused(path if path.parent == tmp_path else path.parent)
    assert "200 MB" in said
    assert "100 MB" in said


@pytest.mark.parametrize("name", ["s.json", "s.xlsx"])
def test_a_pipe_is_not_waited_for(refused, tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert "not an ordinary file" in refused(tmp_path / name)


@pytest.mark.parametrize("name", ["s.json", "s.xlsx"])
def test_an_empty_file_is_no_scenario(refused, tmp_path, name):
    (tmp_path / name).touch()
    assert name in refused(tmp_path / name)


@pytest.mark.parametrize("name", ["s.json", "s.xlsx", "s"])
def test_an_empty_folder_is_no_scenario(refused, tmp_path, name):
    (tmp_path / name).mkdir()
    assert "no .csv files" in refused(tmp_path / name)


def test_half_a_character_is_refused(refused, facts):
    path = facts()
    path.write_text(path.read_text("utf-8").replace("Home", "\\ud83d"), "utf-8")
    assert "half a character" in refused(path)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1" * 5000, "[" * 100_000, '{"id": "a", "id": "b"}'])
def test_what_json_cannot_mean_is_refused(refused, facts, value):
    path = facts()
    path.write_text(path.read_text("utf-8").replace("{", f'{{"x": {value}, ', 1), "utf-8")
    assert "facts.json" in refused(path)


def test_a_file_name_in_no_encoding_can_be_told(call, tmp_path):
    ended = call("convert", os.fsdecode(bytes(tmp_path) + b"/\xff.json"), tmp_path / "out.json", "--json")
    assert ended.code == 2
    assert "\\udcff" in ended.out


def test_deep_nesting_beside_half_a_character_is_refused(refused, facts):
    path = facts()
    deep = "[" * 900 + '"\\ud83d"' + "]" * 900
    path.write_text(path.read_text("utf-8").replace("{", f'{{"x": {deep}, ', 1), "utf-8")
    assert "half a character" in refused(path)


def _sheets(folder, **sheets):
    folder.mkdir()
    settings = "item,value\nname,x\nstart,2026-12-01\nend,2026-12-31\n"
    wishes = "id,kind,title,due\nw1,goods,kettle,2026-12-20\n"
    for name, text in ({"settings": settings, "wishes": wishes, "volunteers": "id,name\nv1,Ann\n"} | sheets).items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def test_a_claim_known_by_its_team_and_an_unknown_phone_stays_the_teams(call, tmp_path):
    path = _sheets(tmp_path / "s", teams="id,name\nt1,East\n", claims="id,wish,phone,team\nc1,w1,13800000009,t1\n")
    ended = call("convert", path, tmp_path / "out.json")
    assert ended.code == 0, ended.err
    assert '"team": "t1"' in (tmp_path / "out.json").read_text("utf-8")


def test_four_point_nought_is_four(call, tmp_path):
    path = _sheets(tmp_path / "s", wishes="id,kind,title,due,priority\nw1,goods,kettle,2026-12-20,4.0\n")
    ended = call("convert", path, tmp_path / "out.json")
    assert ended.code == 0, ended.err
    assert '"priority": 4' in (tmp_path / "out.json").read_text("utf-8")


def test_what_is_missing_is_named_as_the_sheet_names_it(refused, tmp_path):
    path = _sheets(tmp_path / "s", published="visit,volunteer\nw1/1,v1\n")
    assert '"role" is missing' in refused(path)
