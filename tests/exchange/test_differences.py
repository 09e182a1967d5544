"""Differences in the words of the sheets, and faults in their own rows."""

import pytest
from openpyxl import Workbook

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.exchange import read_scenario
from matcher.exchange.differences import differences
from matcher.exchange.excerpts import masked_numbers, read_excerpts

PROGRAM = {
    "name": "东河社区", "as_of": "2026-11-23T09:00:00+08:00", "window": {"start": "2026-12-01", "end": "2026-12-31"},
}
LIN = {"id": "v1", "name": "林晓", "phone": "13800000001", "availability": [{"days": "SA", "start": "08:00", "end": "12:00"}]}
MEI = {"id": "v2", "name": "陈梅"}
WISH = {"id": "w1", "kind": "visit", "resident": "wu", "title": "读报", "submitted": "2026-11-01", "recurrence": {
    "times": 1, "per": "month", "windows": [{"days": "SA", "start": "08:00", "end": "12:00"}]}}
CLAIM = {"id": "c1", "wish": "w1", "volunteer": "v1", "at": "2026-11-20T20:00:00+08:00"}


def scenario(volunteers=(LIN, MEI), claims=(CLAIM,), **more):
    told = {"residents": [{"id": "wu", "name": "吴伯"}], "wishes": [WISH]} | more
    return Scenario.model_validate(
        {"format": "matcher/1", "program": PROGRAM, "volunteers": list(volunteers), "claims": list(claims)} | told
    )


def told(before, after, lang="zh"):
    return {one.table: one for one in differences(before, after, lang)}


def test_the_same_facts_do_not_differ_whatever_their_order():
    assert differences(scenario(), scenario(volunteers=(MEI, LIN)), "zh") == ()


def test_who_is_new_changed_and_gone_is_told_by_name_what_is_gone_first():
    after = scenario(volunteers=(LIN | {"name": "林小晓"}, {"id": "v3", "name": "何芳"}))
    found = told(scenario(), after)["volunteers"]
    assert (found.sheet, found.new, found.changed, found.gone) == ("志愿者", 1, 1, 1)
    assert [(row.kind, row.name) for row in found.rows] == [("gone", "陈梅"), ("changed", "林小晓"), ("new", "何芳")]
    (cell,) = found.rows[1].cells
    assert (cell.header, cell.before, cell.after) == ("姓名", "林晓", "林小晓")


def test_a_number_that_changed_is_masked():
    found = told(scenario(), scenario(volunteers=(LIN | {"phone": "13800000002"}, MEI)))["volunteers"]
    (cell,) = found.rows[0].cells
    assert (cell.header, cell.before, cell.after) == ("手机", "138****0001", "138****0002")


def test_who_is_called_otherwise_changes_nothing_that_names_them():
    assert set(told(scenario(), scenario(volunteers=(LIN | {"name": "林小晓"}, MEI)))) == {"volunteers"}


def test_hours_count_as_a_change_of_the_person():
    later = [{"days": "SU", "start": "14:00", "end": "18:00"}]
    found = told(scenario(), scenario(volunteers=(LIN | {"availability": later}, MEI)), "en")["volunteers"]
    (cell,) = found.rows[0].cells
    assert cell.header == "availability"
    assert "08:00" in cell.before
    assert "14:00" in cell.after


def test_claims_are_told_by_person_and_wish():
    found = told(scenario(), scenario(claims=()))["claims"]
    assert [(row.kind, row.name) for row in found.rows] == [("gone", "林晓 · 吴伯 · 读报")]


def test_rows_without_an_id_are_new_or_gone():
    pinned = scenario(pins=[{"visit": "w1/2026-12", "role": "1", "volunteer": "v2"}])
    found = told(scenario(), pinned)["pins"]
    assert (found.new, found.changed, found.gone) == (1, 0, 0)
    assert "陈梅" in found.rows[0].name


def test_settings_are_told_line_by_line():
    other = Scenario.model_validate(scenario().model_dump(mode="json", by_alias=True) | {"program": PROGRAM | {"name": "西河社区"}})
    (row,) = told(scenario(), other)["settings"].rows
    assert [(cell.before, cell.after) for cell in row.cells] == [("东河社区", "西河社区")]


@pytest.fixture
def faulty(tmp_path):
    """A workbook whose second volunteer has a car "perhaps"."""
    book = Workbook()
    book.active.title = "志愿者"
    people = (["林晓", "13800000001", "是"], ["陈梅", 13800000002, "也许"], ["何芳", "", "否"], ["周洋", "", "否"])
    for row in (["姓名", "电话", "有车"], *people):
        book["志愿者"].append(row)
    wishes = book.create_sheet("心愿")
    wishes.append(["服务对象", "内容"])
    wishes.append(["吴伯", "读报"])
    path = tmp_path / "台账.xlsx"
    book.save(path)
    return path


def test_a_fault_is_shown_in_its_row_with_the_rows_beside_it(faulty):
    with pytest.raises(BadInput) as caught:
        read_scenario(faulty, lang="zh")
    fault = next(fault for fault in caught.value.faults if fault.sheet == "志愿者")
    assert (fault.row, fault.column) == (3, "C")
    found = next(one for one in read_excerpts(faulty, caught.value.faults, "zh") if one.sheet == "志愿者")
    assert found.headers == ("姓名", "电话", "有车")
    assert found.columns == ("A", "B", "C")
    # rows 2 and 4 are the neighbours of row 3; the header is no row of its own, row 5 is out of sight
    assert [row.row for row in found.rows] == [2, 3, 4]
    assert found.rows[1].cells == ("陈梅", "138****0002", "也许")


def test_only_long_numbers_are_masked():
    assert masked_numbers("3栋402室 2026-12-05 09:00") == "3栋402室 2026-12-05 09:00"
    assert masked_numbers("请打 138 0000 1234") == "请打 138****1234"
