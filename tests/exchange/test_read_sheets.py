"""Sheets as coordinators keep them: titles, totals, merged cells, aliases, names for ids; every fault with its cell."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from books import SETTINGS, VOLUNTEERS, WISHES, book, faults_of, read, refused, said

from matcher.exchange import read_scenario


def test_two_sheets_are_enough(tmp_path: Path) -> None:
    scenario = read(tmp_path).scenario
    assert [person.id for person in scenario.volunteers] == ["罗海峰", "李红"]
    assert [resident.name for resident in scenario.residents] == ["陈婆"]
    (wish,) = scenario.wishes
    assert (wish.id, wish.kind, wish.resident, wish.minutes) == ("陈婆-陪聊天", "visit", "陈婆", 60)
    assert wish.recurrence is not None
    assert (wish.recurrence.times, wish.recurrence.per) == (1, "week")


def test_ids_do_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    wishes = [
        *WISHES,
        ["陈婆", "陪聊天", "上门", "每月一次", "周五上午", 30],
        ["何伯", "理发", "上门", "一次", "周五上午", 30],
    ]
    volunteers = [*VOLUNTEERS, ["张敏", "13800000003", "周五"], ["张敏", "13800000004", "周一"]]
    one = read(tmp_path, 心愿=wishes, 志愿者=volunteers).scenario
    other = read(tmp_path, 心愿=[wishes[0], *wishes[:0:-1]], 志愿者=[volunteers[0], *volunteers[:0:-1]]).scenario
    assert one.fingerprint == other.fingerprint
    assert {"张敏-0003", "张敏-0004"} <= set(one.volunteer)


def test_a_title_a_second_header_row_empty_rows_and_totals_are_no_data(tmp_path: Path) -> None:
    rows = [
        ["东河社区志愿者登记表"],
        [],
        ["基本情况", None, "时间"],
        ["姓名", "联系电话", "空闲时间"],
        ["name", "phone", "available"],
        *VOLUNTEERS[1:],
        [],
        ["合计 23人"],
        ["合计", 23],
    ]
    assert len(read(tmp_path, 志愿者=rows).scenario.volunteers) == 2


def test_headers_in_any_order_script_and_language(tmp_path: Path) -> None:
    rows = [["聯繫電話", "可服務(wù)時間", "Name *", "性別（男/女）"], ["13800000001", "周末上午", "罗海峰", "男"]]
    (person,) = read(tmp_path, 志愿者=rows).scenario.volunteers
    assert (person.name, person.phone, person.gender, len(person.availability)) == ("罗海峰", "13800000001", "male", 1)


def test_merged_cells_count_for_every_row(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        志愿者=[
            ["服务队", "姓名", "空闲时间"],
            ["邻里队", "罗海峰", "周末"],
            [None, "李红", "周三"],
            [None, "张敏", "周五"],
        ],
    )
    made = openpyxl.load_workbook(path)
    made["志愿者"].merge_cells("A2:A3")
    made.save(path)
    assert [person.team for person in read_scenario(path).scenario.volunteers] == ["邻里队", "邻里队", None]


def test_id_card_numbers_are_dropped_and_never_shown(tmp_path: Path) -> None:
    number = "440000199001011234"
    rows = [["姓名", "身份证号", "备注"], ["罗海峰", number, f"身份证{number}，热心"]]
    result = read(tmp_path, 志愿者=rows)
    assert number not in result.scenario.to_json()
    warnings = [fault for fault in result.warnings if fault.code == "id-card"]
    assert {fault.where for fault in warnings} == {"志愿者!B1", "志愿者!C2"}
    assert all("不需要身份证号，已忽略、未保存" in fault.message for fault in warnings)
    assert all(number not in str(fault) for fault in (*result.warnings, *result.assumptions))


def test_what_was_assumed_is_told_with_its_cell(tmp_path: Path) -> None:
    rows = [["姓名", "车辆"], ["罗海峰", "七座"]]
    assumptions = read(tmp_path, 志愿者=rows).assumptions
    (seats,) = [fault for fault in assumptions if fault.where == "志愿者!B2"]
    assert "“七座”" in seats.message
    assert "6" in seats.message


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    faults = refused(
        tmp_path,
        志愿者=[["姓名", "有车", "手机"], ["罗海峰", "也许", "1.38E+10"], ["李红", "否", "1380000000"]],
        心愿=[*WISHES, ["何伯", "理发", "上门", "常来", "老时间", "若干"]],
    )
    assert {"志愿者!B2", "志愿者!C2", "志愿者!C3", "心愿!D3", "心愿!F3"} <= set(said(faults))
    assert said(faults)["志愿者!B2"] == "“有车”写的是“也许”，只能写 是 或 否。"


def test_faults_speak_english_in_an_english_workbook(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.title = "volunteers"
    for row in (["name", "has car"], ["Luo", "maybe"]):
        made.active.append(row)
    page = made.create_sheet("wishes")
    page.append(["resident", "title"])
    made.create_sheet("settings").append(["start", "2026-12-01"])
    made.save(tmp_path / "a.xlsx")
    faults = said(faults_of(tmp_path / "a.xlsx"))
    assert faults["volunteers!B2"] == '"has car" is "maybe"; it must be yes or no.'


def test_formula_errors_and_uncalculated_formulas_are_faults(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx")
    made = openpyxl.load_workbook(path)
    made["志愿者"]["C2"].value, made["志愿者"]["C2"].data_type = "#REF!", "e"
    made["志愿者"]["C3"].value = "=A1"
    made.save(path)
    faults = {fault.where: fault.code for fault in faults_of(path)}
    assert faults == {"志愿者!C2": "formula-error", "志愿者!C3": "formula-error"}


def test_a_misspelt_header_is_a_fault_and_a_strange_one_a_warning(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, 志愿者=[["姓名", "空闲的时间"], ["罗海峰", "周末"]])
    assert (fault.where, fault.code) == ("志愿者!B1", "unknown-header")
    assert "空闲时间" in fault.advice
    warnings = read(tmp_path, 志愿者=[["姓名", "血型"], ["罗海峰", "A"]]).warnings
    assert "志愿者!B1" in said(warnings)


def test_a_missing_sheet_is_named(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, 志愿者=None)
    assert (fault.sheet, fault.code) == ("志愿者", "missing-sheet")
    (fault,) = refused(tmp_path, 志愿者=None, 心愿=None)
    assert fault.code == "missing-sheet"


def test_a_sheet_of_another_name_is_known_by_its_headers(tmp_path: Path) -> None:
    rows = [["姓名", "手机", "空闲时间", "特长"], ["罗海峰", "13800000001", "周末上午", "急救"]]
    result = read(tmp_path, 志愿者=None, Sheet1=rows)
    assert result.scenario.volunteers[0].name == "罗海峰"
    assert "sheet-guessed" in {fault.code for fault in result.warnings}


def test_duplicate_ids_and_dangling_references_name_their_cells(tmp_path: Path) -> None:
    faults = refused(
        tmp_path,
        志愿者=[["编号", "姓名", "空闲时间"], ["v1", "罗海峰", "周末"], ["v1", "李红", "周末"]],
        结对=[["志愿者", "服务对象"], ["罗海锋", "陈婆"], ["李红", "陈坡"]],
    )
    assert {fault.where: fault.code for fault in faults} == {
        "志愿者!A3": "duplicate-id",
        "结对!A2": "dangling",
        "结对!B3": "dangling",
    }
    advice = {fault.where: fault.advice for fault in faults}
    assert "罗海峰" in advice["结对!A2"]
    assert "陈婆" in advice["结对!B3"]


def test_claims_by_people_on_no_list_are_reported_not_fatal(tmp_path: Path) -> None:
    claims = [
        ["心愿", "认领人", "认领时间"],
        ["陪聊天", "罗海峰", "2026-11-23 20:04:11"],
        ["陈婆", "路人甲", "2026-11-23 20:05:00"],
        ["陈婆-陪聊天", "13800000002", datetime(2026, 11, 23, 20, 6)],
    ]
    result = read(tmp_path, 认领=claims)
    assert [claim.volunteer for claim in result.scenario.claims] == ["罗海峰", "李红"]
    (warning,) = [fault for fault in result.warnings if fault.code == "dangling"]
    assert warning.where == "认领!B3"
    assert "路人甲" in warning.message


def test_two_people_of_one_name_are_asked_apart(tmp_path: Path) -> None:
    people = [*VOLUNTEERS, ["李红", "13800000009", "周五"]]
    (fault,) = refused(
        tmp_path, 志愿者=people, 认领=[["心愿", "认领人", "认领时间"], ["陪聊天", "李红", "2026-11-23 20:05"]]
    )
    assert (fault.where, fault.code) == ("认领!B2", "shared-name")
    claims = [["心愿", "认领人", "手机", "认领时间"], ["陪聊天", "李红", "13800000009", "2026-11-23 20:05"]]
    (claim,) = read(tmp_path, 志愿者=people, 认领=claims).scenario.claims
    assert claim.volunteer == "李红-0009"


def test_a_unit_claims_and_names_somebody_later(tmp_path: Path) -> None:
    claims = [
        ["心愿", "认领人", "认领单位", "认领时间"],
        ["陪聊天", None, "市工信局", "2026-11-23 20:05"],
        ["陪聊天", "李红", "市工信局", "2026-11-25 09:00"],
    ]
    one, other = read(tmp_path, 认领=claims).scenario.claims
    assert (one.team, one.volunteer) == ("市工信局", None)
    assert (other.team, other.volunteer) == ("市工信局", "李红")


def test_one_phone_on_two_rows_is_a_warning(tmp_path: Path) -> None:
    people = [*VOLUNTEERS, ["王强", "13800000001", "周五"]]
    assert "same-phone" in {fault.code for fault in read(tmp_path, 志愿者=people).warnings}


def test_a_person_without_hours_is_kept_and_told(tmp_path: Path) -> None:
    result = read(tmp_path, 志愿者=[*VOLUNTEERS, ["张敏", "13800000003", "看情况"]])
    assert result.scenario.volunteer["张敏"].availability == ()
    assert "志愿者!C4" in said(result.warnings)


def test_dates_as_excel_keeps_them(tmp_path: Path) -> None:
    # 46361 days after 1899-12-30 is 2026-12-05.
    wishes = [
        ["服务对象", "物品", "截止"],
        ["陈婆", "大米", 46361],
        ["何伯", "水壶", datetime(2026, 12, 6)],
        ["李婆", "被子", "2026/12/7"],
    ]
    due = {wish.resident: str(wish.due) for wish in read(tmp_path, 心愿=wishes).scenario.wishes}
    assert due == {"陈婆": "2026-12-05", "何伯": "2026-12-06", "李婆": "2026-12-07"}


def test_dates_of_a_1904_workbook(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", 心愿=[["服务对象", "物品", "截止"], ["陈婆", "大米", 44899]])
    made = openpyxl.load_workbook(path)
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    made.save(path)
    # 44899 days after 1904-01-01 is 2026-12-05.
    assert str(read_scenario(path).scenario.wishes[0].due) == "2026-12-05"


def test_two_wishes_in_one_cell_become_two(tmp_path: Path) -> None:
    wishes = [["服务对象", "类型", "物品", "截止"], ["陈婆", "物品", "书包、大米各一", "12月20日"]]
    result = read(tmp_path, 心愿=wishes)
    assert sorted(wish.items or "" for wish in result.scenario.wishes) == ["书包", "大米"]
    assert "心愿!C2" in said(result.assumptions)


def test_somebody_not_wanted_is_looked_up_among_those_who_came(tmp_path: Path) -> None:
    people = [["姓名", "空闲时间"], ["李红", "周三"], ["李强", "周五"], ["王芳", "周五"]]
    wishes = [[*WISHES[0], "要求"], [*WISHES[1], "最好女的，不要上次那个小李"]]
    history = [
        ["服务对象", "志愿者", "开始"],
        ["陈婆", "李强", "2026-10-02 09:00"],
        ["陈婆", "王芳", "2026-10-09 09:00"],
    ]
    (resident,) = read(tmp_path, 志愿者=people, 心愿=wishes, 服务记录=history).scenario.residents
    assert (resident.banned, resident.liked.gender) == (("李强",), "female")
    both = [*history, ["陈婆", "李红", "2026-10-16 09:00"]]
    (fault,) = refused(tmp_path, 志愿者=people, 心愿=wishes, 服务记录=both)
    assert fault.where == "心愿!G2"
    assert "李红" in str(fault)
    assert "李强" in str(fault)


def test_a_remark_names_somebody_for_the_public(tmp_path: Path) -> None:
    wishes = [[*WISHES[0], "备注"], [*WISHES[1], "不要登真名，就写李红"]]
    assert read(tmp_path, 心愿=wishes).scenario.residents[0].alias == "李红"


def test_a_household_sets_the_priority_and_stays_with_the_resident(tmp_path: Path) -> None:
    wishes = [[*WISHES[0], "优先"], [*WISHES[1], "低保 空巢"]]
    scenario = read(tmp_path, 心愿=wishes).scenario
    assert (scenario.wishes[0].priority, scenario.residents[0].household) == (5, ("低保", "空巢"))
    assert "低保" not in (scenario.wishes[0].notes or "")


def test_places_of_an_address_fall_back_and_say_so(tmp_path: Path) -> None:
    people = [["姓名", "住址", "空闲时间"], ["罗海峰", "东河社区3栋2单元501", "周末"]]
    places = [["名称", "纬度", "经度", "坐标系", "社区", "楼栋"], ["3栋", 23.09, 114.41, "高德", "东河社区", "3栋"]]
    result = read(tmp_path, 志愿者=people, 地点=places)
    home = result.scenario.place[result.scenario.volunteers[0].home or ""]
    assert (home.community, home.building, home.address, home.lat) == ("东河社区", "3栋", "2单元501", None)
    assert "place-building" in {fault.code for fault in result.warnings}


def test_coordinates_outside_china_are_a_warning(tmp_path: Path) -> None:
    places = [["名称", "纬度", "经度", "坐标系"], ["3栋", 114.41, 23.09, "gcj02"]]
    faults = refused(tmp_path, 地点=places)
    assert "地点!B2" in said(faults)
    places = [["名称", "纬度", "经度", "坐标系"], ["3栋", 60.2, 24.9, "gcj02"]]
    (warning,) = [fault for fault in read(tmp_path, 地点=places).warnings if fault.code == "outside-china"]
    assert warning.where == "地点!B2"


def test_leave_is_read_by_days_and_checked(tmp_path: Path) -> None:
    leave = [["志愿者", "开始", "结束"], ["罗海峰", "12月24日", "12月26日"]]
    (absence,) = read(tmp_path, 请假=leave).scenario.volunteer["罗海峰"].unavailable
    # Both days count: away until the 27th begins.
    assert (absence.start.isoformat(), absence.end.isoformat()) == (
        "2026-12-24T00:00:00+08:00",
        "2026-12-27T00:00:00+08:00",
    )
    leave[1] = ["罗海峰", "12月24日", "12月20日"]
    (fault,) = refused(tmp_path, 请假=leave)
    assert fault.code == "end-before-start"


@pytest.mark.parametrize(
    ("sheet", "rows", "where"),
    [
        ("心愿", [["服务对象", "心愿内容", "类型"], ["吴伯", "去医院", "陪同"]], "心愿!2"),
        ("心愿", [["服务对象", "物品", "类型"], ["吴伯", "大米", "物品"]], "心愿!2"),
        ("心愿", [["服务对象", "心愿内容", "时间"], ["吴伯", "聊天", "25:00-26:00"]], "心愿!C2"),
        ("心愿", [["服务对象", "物品", "截止"], ["吴伯", "大米", "12月32日"]], "心愿!C2"),
        ("心愿", [["服务对象", "物品", "截止"], ["吴伯", "大米", 12.1]], "心愿!C2"),
        ("心愿", [["服务对象", "物品", "截止"], ["吴伯", "大米", "越快越好"]], "心愿!C2"),
        ("志愿者", [["姓名", "每月最多"], ["罗海峰", -1]], "志愿者!B2"),
        ("志愿者", [["姓名", "手机"], ["罗海峰", "1380000000"]], "志愿者!B2"),
        ("志愿者", [["手机号"], ["备注"], ["热心"]], "志愿者!A2"),
        ("设置", [["项目", "值"], ["开始日期", "2026-12-31"], ["结束日期", "2026-12-01"]], "设置!B3"),
        ("设置", [["项目", "值"], ["开始日期", "2026-12-01"], ["时区", "火星"]], "设置!B3"),
    ],
)  # fmt: skip
def test_impossible_cells_are_refused_where_they_stand(
    tmp_path: Path, sheet: str, rows: list[list[object]], where: str
) -> None:
    faults = refused(tmp_path, **{sheet: rows})
    assert where in said(faults)


def test_a_small_programme_without_settings_is_told_what_was_assumed(tmp_path: Path) -> None:
    wishes = [[*WISHES[0], "登记日期"], [*WISHES[1], "2026-11-20"]]
    result = read(tmp_path, 设置=None, 心愿=wishes)
    program = result.scenario.program
    # The day after the latest registration is "now"; planning starts a day later, until the end of the month after.
    assert (program.name, str(program.as_of.date()), str(program.window.start), str(program.window.end)) == (
        "台账",
        "2026-11-21",
        "2026-11-22",
        "2026-12-31",
    )
    assert sum(fault.sheet == "设置" for fault in result.assumptions) == 3


def test_without_any_date_the_window_is_asked_for(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, 设置=None)
    assert fault.code == "no-window"


def test_holidays_not_published_yet_are_told(tmp_path: Path) -> None:
    assert "unpublished-holidays" in {fault.code for fault in read(tmp_path).warnings}
    settings = [*SETTINGS, ["2027放假", "2027-01-01、2027-02-06"], ["2027调休上班", "2027-02-14"]]
    assert "unpublished-holidays" not in {fault.code for fault in read(tmp_path, 设置=settings).warnings}


def test_settings_by_their_names(tmp_path: Path) -> None:
    settings = [
        *SETTINGS,
        ["上午", "8:30-11:30"],
        ["默认上限·每月最多(次)", 6],
        ["权重·公平", 3],
        ["暑假", "2027-07-05~2027-08-28"],
        ["wights", 1],
    ]
    result = read(tmp_path, 设置=settings)
    chosen = result.scenario.program.settings
    assert (chosen.morning.start, chosen.default_limits.visits_per_month, chosen.weights.fairness) == ("08:30", 6, 3)
    # Those of the group that are not named keep their defaults.
    assert chosen.default_limits.visits_per_week == 2
    assert chosen.summer_break is not None
    assert "设置!A10" in said(result.warnings)


def test_a_damaged_file_is_told_cell_by_cell(tmp_path: Path) -> None:
    people = [
        ["姓名", "社區(qū)", "可服務(wù)時間"],
        ["罗\ufffd峰", "東河社區(qū)", "周末"],
        ["李红", "東河", "周\ue123"],
    ]
    wishes = [["服务对象", "年齡", "心愿内容", "类型"], ["陈婆", "?5歲", "陪聊天?!卑厝A", "上门"]]
    faults = refused(tmp_path, 志愿者=people, 心愿=wishes)
    assert {"志愿者!A2", "志愿者!C3", "心愿!B2"} <= set(said(faults))
    assert "“?5”" in said(faults)["心愿!B2"]


@pytest.mark.parametrize(
    "rest",
    ['{"a"', "5", "[]", '{"~availability": 5}', '{"id": 5}', '{"likes": 5}', '{"likes": [5]}', '{"skills": "x"}', '{"vehicle.seats": {}}',
     '{"nobody": 1}', '{"home": ["x"]}', '{"vehicle.seats": "x"}', '{"skills": [5]}', '{"joined": "x"}', '{"gender": "x"}'],
)  # fmt: skip
def test_a_remainder_somebody_has_edited_is_a_fault(tmp_path: Path, rest: str) -> None:
    (fault, *_) = refused(tmp_path, 志愿者=[["姓名", "其他(JSON)"], ["罗海峰", rest]])
    assert fault.sheet == "志愿者"


@pytest.mark.parametrize(
    "rest", ['{"as_of": "x"}', '{"window.start": 5}', '{"settings": 5}', '{"name": 5, "settings.day": 7}', "5"]
)
def test_a_remainder_of_the_settings_too(tmp_path: Path, rest: str) -> None:
    assert refused(tmp_path, 设置=[["项目", "值"], ["其他(JSON)", rest]])


def test_names_lose_their_padding_and_keep_their_remarks_as_notes(tmp_path: Path) -> None:
    rows = [["姓名", "空闲时间"], ["罗 海峰", "周末"], ["李　红（组长）", "周末"]]
    people = read(tmp_path, 志愿者=rows).scenario.volunteers
    assert [(person.name, person.notes) for person in people] == [("罗海峰", None), ("李红", "组长")]


def test_two_columns_for_one_thing_are_joined_unless_both_are_filled(tmp_path: Path) -> None:
    rows = [
        ["姓名", "手机", "电话", "备注", "说明"],
        ["罗海峰", "13800000001", None, "热心", "组长"],
        ["李红", None, "13800000002", None, None],
    ]
    people = read(tmp_path, 志愿者=rows).scenario.volunteers
    assert [(person.phone, person.notes) for person in people] == [("13800000001", "热心；组长"), ("13800000002", None)]
    (fault,) = refused(tmp_path, 志愿者=[*rows, ["张敏", "13800000003", "13800000004"]])
    assert (fault.where, fault.code) == ("志愿者!C1", "column-twice")


def test_free_days_without_hours_are_the_day_of_the_settings(tmp_path: Path) -> None:
    hours = [
        ["志愿者", "星期", "开始", "结束", "有空没空"],
        ["罗海峰", "周六、周日"],
        ["李红", "周三", "9:00", "11:30", "优先"],
        ["李红", "周五", None, None, "没空"],
    ]
    people = read(tmp_path, 志愿者=[["姓名"], ["罗海峰"], ["李红"]], 空闲=hours).scenario.volunteer
    assert [(rule.days, rule.start, rule.end) for rule in people["罗海峰"].availability] == [
        ("SA,SU", "08:00", "20:00")
    ]
    assert [(rule.kind, rule.start, rule.end) for rule in people["李红"].availability] == [
        ("preferred", "09:00", "11:30"), ("unavailable", "00:00", "24:00"),
    ]  # fmt: skip


def test_totals_may_stand_in_any_column(tmp_path: Path) -> None:
    rows = [["序号", "姓名", "手机"], [1, "罗海峰", "13800000001"], ["合计", "23人"], [None, "共计：1", None]]
    assert len(read(tmp_path, 志愿者=rows).scenario.volunteers) == 1


def test_things_in_the_column_of_wishes_are_what_to_buy(tmp_path: Path) -> None:
    wishes = [["服务对象", "类别", "具体心愿", "截止时间"], ["黄伯", "物品", "书包、大米各一", "元旦前"]]
    scenario = read(tmp_path, 心愿=wishes).scenario
    assert {wish.id: wish.items for wish in scenario.wishes} == {"黄伯-书包": "书包", "黄伯-大米": "大米"}


def test_an_escort_without_an_address_starts_at_a_home_somewhere(tmp_path: Path) -> None:
    wishes = [
        ["服务对象", "类别", "心愿内容", "目的地", "时间"],
        ["钱婆", "陪同", "去医院复诊", "市中医院", "12月9日上午9点"],
    ]
    result = read(tmp_path, 心愿=wishes)
    (wish,) = result.scenario.wishes
    assert (wish.origin, wish.destination, wish.stay_minutes) == ("钱婆-家", "市中医院", 60)
    assert sum(fault.row == 2 for fault in result.assumptions) >= 2


def test_settings_need_no_header_row(tmp_path: Path) -> None:
    settings = [["开始日期", "2026/12/1"], ["结束日期", "2026年12月31日"], ["项目", "西关"]]
    program = read(tmp_path, 设置=settings).scenario.program
    assert (program.name, str(program.window.start), str(program.window.end)) == ("西关", "2026-12-01", "2026-12-31")


def test_how_often_is_taken_from_the_words_of_a_wish_written_by_hand(tmp_path: Path) -> None:
    wishes = [
        ["服务对象", "心愿内容", "时间", "目的地"],
        ["吴伯", "想每个月有人开车陪我去看儿子", "上旬周末，早上8点走", "疗养院"],
    ]
    (wish,) = read(tmp_path, 心愿=wishes).scenario.wishes
    assert wish.recurrence is not None
    assert (wish.kind, wish.recurrence.times, wish.recurrence.per) == ("escort", 1, "month")
    # 上旬 is the 1st to the 10th; 走 fixes the departure.
    assert [(w.days, w.month_days, w.at) for w in wish.recurrence.windows] == [("SA,SU", "1-10", "08:00")]
    assert wish.roles[0].vehicle is not None
