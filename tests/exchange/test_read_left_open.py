"""What coordinators leave open: the moment of the facts, a place not listed, a skill only the wish's words name."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from books import WISHES, read, refused

from matcher.exchange import read_scenario, write_scenario

_CHINA = ZoneInfo("Asia/Shanghai")
_OPEN = [["项目", "值"], ["项目名称", "东河云心愿"], ["开始日期", "2026-12-01"], ["结束日期", "2026-12-31"]]
_REGISTERED = [[*WISHES[0], "登记日期"], [*WISHES[1], "2026-11-10"]]


def _as_of(tmp_path: Path, **sheets: Any) -> datetime:
    result = read(tmp_path, **({"设置": _OPEN, "心愿": _REGISTERED} | sheets))
    told = [fault.message for fault in result.assumptions if fault.sheet == "设置"]
    assert len(told) == 1
    assert "截至时间" in told[0]
    return result.scenario.program.as_of.astimezone(_CHINA)


@pytest.mark.parametrize(
    ("sheet", "rows", "latest"),
    [
        # The registration of 10 November lasts to the end of that day.
        ("认领", [["心愿", "志愿者", "认领时间"]], "2026-11-11 00:00"),
        ("认领", [["心愿", "志愿者", "认领时间"], ["陈婆", "李红", "2026-11-23 20:04:11"]], "2026-11-23 20:04"),
        ("认领", [["心愿", "志愿者", "认领时间"], ["陈婆", "李红", "11月23日 20:05"]], "2026-11-23 20:05"),
        ("认领", [["心愿", "志愿者", "认领时间"], ["陈婆", "李红", datetime(2026, 11, 24, 9, 1)]], "2026-11-24 09:01"),
        ("服务记录", [["服务对象", "志愿者", "开始", "结果"], ["陈婆", "李红", "2026-12-02 14:00", "完成"]], "2026-12-02 14:00"),
        # What lies behind the last day to plan cannot have been; it does not count.
        ("认领", [["心愿", "志愿者", "认领时间"], ["陈婆", "李红", "2062-11-23 20:04"]], "2026-11-11 00:00"),
    ],
)  # fmt: skip
def test_now_is_the_latest_entry_on_record(tmp_path: Path, sheet: str, rows: list[list[Any]], latest: str) -> None:
    assert f"{_as_of(tmp_path, **{sheet: rows}):%Y-%m-%d %H:%M}" == latest


def test_without_any_entry_now_is_the_first_day(tmp_path: Path) -> None:
    assert f"{_as_of(tmp_path, 心愿=WISHES):%Y-%m-%d %H:%M}" == "2026-12-01 00:00"


@pytest.mark.parametrize(
    ("days", "latest"),
    [
        (["11月15日", "2026-11-10"], "2026-11-16 00:00"),  # the year of the day beside it
        ([46340, "2026-11-10"], "2026-11-15 00:00"),  # 46340 is 14 November 2026, as spreadsheets count
    ],
)
def test_days_without_a_year_and_serial_days_are_entries_too(tmp_path: Path, days: list[Any], latest: str) -> None:
    wishes = [[*WISHES[0], "登记日期"], *([*WISHES[1], day] for day in days)]
    wishes[2][wishes[0].index("心愿内容")] = "读报"
    result = read(tmp_path, 设置=None, 心愿=wishes)
    assert f"{result.scenario.program.as_of.astimezone(_CHINA):%Y-%m-%d %H:%M}" == latest


_ABLE = [
    ["姓名", "空闲时间", "特长"],
    ["李红", "周三下午", "理发(以前开店)、会一点量血压、陪聊"],
    ["郑护士", "周末", "护士、量血压"],
    ["黄志明", "晚上", "家电维修"],
]


def _roles(tmp_path: Path, title: str, **more: str) -> tuple[Any, tuple[str, ...]]:
    wishes = [["服务对象", "心愿内容", "类型", "时间", *more], ["冯伯", title, "上门", "上午", *more.values()]]
    result = read(tmp_path, 志愿者=_ABLE, 心愿=wishes)
    told = tuple(fault.message for fault in result.assumptions if fault.sheet == "心愿")
    (wish,) = result.scenario.wishes
    return [(role.count, *((need.name, need.level) for need in role.skills)) for role in wish.roles], told


@pytest.mark.parametrize(
    ("title", "need"),
    [
        ("上门理发", ("理发", 1)),
        ("想剪个头，剪头发", ("理发", 1)),
        # 会一点 never satisfies what is medical.
        ("量血压", ("量血压", 2)),
        ("修电饭煲", ("家电维修", 1)),
    ],
)
def test_a_visit_asks_for_the_skill_its_words_name(tmp_path: Path, title: str, need: tuple[str, int]) -> None:
    roles, told = _roles(tmp_path, title)
    assert roles == [(1, need)]
    assert any(f"按要会{need[0]}的人去算" in sentence for sentence in told)


@pytest.mark.parametrize(
    ("title", "more"),
    [
        ("陪聊天、读报", {}),  # somebody lists 陪聊, but anybody may
        ("陪去看护士", {}),
        ("修水管", {}),  # nobody says so of themselves
        ("上门理发", {"人员安排": "结对"}),  # the paired volunteer goes
    ],
)
def test_a_visit_anybody_may_make_asks_for_no_skill(tmp_path: Path, title: str, more: dict[str, str]) -> None:
    assert _roles(tmp_path, title, **more)[0] == [(1,)]


def test_a_seat_named_after_a_skill_asks_for_it(tmp_path: Path) -> None:
    assert _roles(tmp_path, "便民服务", 人手="理发师傅2、志愿者1")[0] == [(2, ("理发", 1)), (1,)]


def test_what_was_assumed_is_kept_by_converting(tmp_path: Path) -> None:
    wishes = [["服务对象", "心愿内容", "类型", "时间"], ["冯伯", "上门理发", "上门", "上午"]]
    roles = [["心愿", "分工编号", "名称", "人数"], ["冯伯-上门理发", "helper", "谁都行", 1]]
    for sheets in ({}, {"分工": roles}):
        scenario = read(tmp_path, 志愿者=_ABLE, 心愿=wishes, **sheets).scenario
        out = tmp_path / f"{len(sheets)}.xlsx"
        write_scenario(scenario, out, lang="zh")
        assert read_scenario(out).scenario.fingerprint == scenario.fingerprint
        assert bool(scenario.wishes[0].roles[0].skills) != bool(sheets)


_ACTIVITY = [["类型", "心愿内容", "地点", "日期", "时间"], ["活动", "义诊", "人民医院", "12月12日", "8:30-11:30"]]


def test_a_place_not_listed_is_a_new_one(tmp_path: Path) -> None:
    places = [["名称", "纬度", "经度", "坐标系"], ["康复疗养院", 23.25, 114.54, "gcj02"]]
    result = read(tmp_path, 心愿=_ACTIVITY, 地点=places)
    assert result.scenario.place["人民医院"].lat is None
    assert [fault.message for fault in result.assumptions if fault.column == "C"] == [
        "“人民医院”不在“地点”表里，当作新的地点，路上按20分钟算。"
    ]


def test_a_place_almost_listed_is_asked_about(tmp_path: Path) -> None:
    places = [["名称", "纬度", "经度", "坐标系"], ["市人民医院", 23.25, 114.54, "gcj02"]]
    (fault,) = refused(tmp_path, 心愿=_ACTIVITY, 地点=places)
    assert fault.where == "心愿!C2"
    assert "是不是“市人民医院”？" in fault.advice


def test_somebody_refused_by_whole_name_needs_no_record_of_service(tmp_path: Path) -> None:
    wishes = [[*WISHES[0], "要求"], [*WISHES[1], "不要李红"]]
    (resident,) = read(tmp_path, 心愿=wishes).scenario.residents
    assert resident.banned == ("李红",)


def test_whole_numbers_may_have_their_unit(tmp_path: Path) -> None:
    people = [["姓名", "空闲时间", "每月最多(次)", "每天最多(分钟)"], ["李红", "周三下午", "3次", "2小时"]]
    (person,) = read(tmp_path, 志愿者=people).scenario.volunteers
    assert (person.limits.visits_per_month, person.limits.minutes_per_day) == (3, 120)


def test_an_address_read_as_it_stands_is_told_once(tmp_path: Path) -> None:
    people = [
        ["姓名", "空闲时间", "住址"],
        ["李红", "周三下午", "东河社区1栋2单元301"],
        ["罗海峰", "周三下午", "东河社区8栋"],
        ["陈国强", "周三下午", "東河社区五棟七樓"],
    ]
    told = [fault for fault in read(tmp_path, 志愿者=people).assumptions if "定位" in fault.message]
    assert [fault.row for fault in told] == [4, None]


def _noted(tmp_path: Path, code: str, **sheets: Any) -> list[tuple[str | None, str]]:
    return [(fault.sheet, fault.message) for fault in read(tmp_path, **sheets).warnings if fault.code == code]


def test_people_without_an_address_are_named(tmp_path: Path) -> None:
    # 陈婆 is to be visited at home; 李红 says where she lives, 罗海峰 does not.
    people = [["姓名", "空闲时间", "住址"], ["罗海峰", "周末上午", None], ["李红", "周三下午", "东河社区1栋"]]
    assert _noted(tmp_path, "no-address", 志愿者=people) == [
        ("志愿者", "罗海峰没有地址，路上一律按 20 分钟算。"),
        ("服务对象", "陈婆没有地址，路上一律按 20 分钟算。"),
    ]


def test_claims_of_a_wish_open_to_all_are_pointed_out(tmp_path: Path) -> None:
    claims = [["心愿", "志愿者", "认领时间"], ["陈婆", "李红", "2026-11-23 20:04"]]
    ((sheet, message),) = _noted(tmp_path, "claims-not-binding", 认领=claims)
    assert (sheet, message.startswith("有人认领的心愿：陪聊天。")) == ("认领", True)
    binding = [[*WISHES[0], "只安排认领者"], [*WISHES[1], "是"]]
    assert not _noted(tmp_path, "claims-not-binding", 认领=claims, 心愿=binding)


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        ("9：00～11：30", 150),
        ("8:00-20:00", 60),  # twelve hours are when it may be; what is left open lasts an hour
    ],
)
def test_an_event_on_a_day_lasts_its_hours(tmp_path: Path, hours: str, minutes: int) -> None:
    wishes = [["心愿内容", "类型", "日期", "时间", "地点"], ["义诊", "活动", "12月12日", hours, "社区活动室"]]
    result = read(tmp_path, 设置=_OPEN, 心愿=wishes)
    (event,) = result.scenario.wishes
    assert event.minutes == minutes
    told = [fault.message for fault in result.assumptions if "没写时长" in fault.message]
    assert len(told) == (minutes != 60)
