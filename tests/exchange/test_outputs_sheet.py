"""The coordinator's workbook: its sheets, its rows, what can be read back, and that texts stay texts."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from output_samples import community_plan, community_scenario, wu_plan

from matcher.exchange.layout import HEADER_ROW, LIST_COLUMNS, display_names
from matcher.exchange.sheet import render_workbook


def open_book(plan) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render_workbook(plan)))


def rows_of(sheet) -> list[dict[str, object]]:
    rows = sheet.iter_rows(min_row=HEADER_ROW, values_only=True)
    headers = next(rows)
    return [dict(zip(headers, row)) for row in rows if any(cell is not None for cell in row)]


def test_each_kind_has_its_list_under_its_own_name():
    assert open_book(wu_plan()).sheetnames == ["日历", "接送清单", "缺人", "志愿者负荷", "说明", "名单"]
    assert open_book(community_plan()).sheetnames == [
        "日历", "接送清单", "排班表", "分工表", "认领清单", "缺人", "志愿者负荷", "说明", "名单"]
    assert open_book(community_plan("en")).sheetnames == [
        "Calendar", "Pick-up roster", "Roster", "Duties", "Claim list", "Unfilled", "Loads", "About", "Names"]


def test_a_pick_up_row_holds_date_weekday_time_people_and_phones():
    row = rows_of(open_book(wu_plan())["接送清单"])[0]
    assert row == {
        "日期": datetime(2026, 12, 5), "星期": "周六", "时间": "08:00–12:00", "服务对象": "吴伯",
        "心愿": "每月去看望儿子", "出发地": "东河苑3栋2单元501", "目的地": "市康宁疗养院", "分工": "司机",
        "志愿者": "赵建华", "电话": "13800000001", "车辆": "可坐 4 位乘客，可载轮椅", "备班": "王文斌",
        "备班电话": "13800000007", "结果": None, "备注": None,
        "服务单号": "wu-escort/2026-12", "分工号": "driver", "人员号": "v01",
    }


def test_every_seat_has_a_row_and_empty_ones_wait_for_a_name():
    rows = rows_of(open_book(community_plan())["分工表"])
    # 2 doctors, 2 nurses, 3 helpers; one doctor and two helpers are missing.
    assert len(rows) == 7
    empty = [row for row in rows if row["人员号"] is None]
    assert [row["分工"] for row in empty] == ["医生（缺1人）", "引导（缺1人）", "引导（缺1人）"]
    assert all(row["志愿者"] is None and row["服务单号"] == "clinic/2026-12-12T0830" for row in empty)


def test_a_visit_without_a_date_says_when_it_should_have_been():
    rows = rows_of(open_book(community_plan())["排班表"])
    assert "12月14日—12月20日间" in [row["日期"] for row in rows]


def test_ids_are_there_but_hidden():
    sheet = open_book(wu_plan())["接送清单"]
    columns = LIST_COLUMNS["escort"]
    for key in ("visit_id", "role_id", "person_id"):
        letter = openpyxl.utils.get_column_letter(columns.index(key) + 1)
        assert sheet.column_dimensions[letter].hidden or sheet.column_dimensions["P"].hidden
    assert open_book(wu_plan())["名单"].sheet_state == "hidden"


def test_outcomes_are_offered_to_choose_from():
    validations = open_book(wu_plan())["接送清单"].data_validations.dataValidation
    assert '"完成,未到,取消"' in [validation.formula1 for validation in validations]
    # Twelve visits from row 4: every row offers the names, and outcomes.
    assert {str(validation.sqref) for validation in validations} == {"N4:N15", "I4:I15"}


def test_empty_places_are_listed_with_every_reason():
    rows = rows_of(open_book(community_plan())["缺人"])
    assert sum(row["缺几人"] for row in rows) == 8
    assert "会理发的 3 位这一周次数都满了；多 1 位就够。" in rows[2]["原因"]


def test_loads_list_everybody_the_busiest_first():
    rows = rows_of(open_book(community_plan())["志愿者负荷"])
    assert len(rows) == 18
    new = [row["本次安排"] for row in rows]
    assert new == sorted(new, reverse=True)
    assert sum(new) == 26


def test_the_proof_is_explained_in_words():
    words = [cell for row in open_book(community_plan())["说明"].iter_rows(values_only=True) for cell in row if cell]
    assert "34 个名额安排了 26 个；最多只能安排 31 个。" in words
    assert "“随叫随到”按每天 7:00–21:00 理解。" in words


def test_the_calendar_names_holidays_and_what_is_missing():
    words = [cell for row in open_book(community_plan())["日历"].iter_rows(values_only=True) for cell in row if cell]
    assert "2026年12月" in words
    assert "1 元旦" in words
    assert any(str(word).startswith("还没定下来：") and "陪同透析（罗海峰） 缺2人" in str(word) for word in words)


@pytest.mark.parametrize("text", ["=1+1", "=cmd|'/C calc'!A0", "+1", "@SUM(A1)", "{=1}", "https://example.org"])
def test_no_text_becomes_a_formula_or_a_link(text):
    facts = community_scenario().model_dump(mode="json", by_alias=True)
    for table, field in (("volunteers", "name"), ("residents", "name"), ("volunteers", "phone"), ("wishes", "title")):
        for fact in facts[table]:
            fact[field] = text
    plan = community_plan(**{table: facts[table] for table in ("volunteers", "residents", "wishes")})
    content = render_workbook(plan)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert text in {row["心愿"] for row in rows_of(book["排班表"])}


def test_namesakes_are_told_apart_by_their_ids():
    facts = community_scenario().model_dump(mode="json", by_alias=True)
    facts["volunteers"][0]["name"] = facts["volunteers"][1]["name"] = "张伟"
    names = display_names(community_scenario(volunteers=facts["volunteers"]))
    assert names["v01"] == "张伟（v01）"
    assert names["v02"] == "张伟（v02）"
    assert names["v03"] == "孙志强"


def test_the_workbook_was_made_when_the_scenario_says():
    properties = open_book(wu_plan()).properties
    assert properties.created == datetime(2026, 11, 24, 9)
    assert properties.created.date() != date.today()
