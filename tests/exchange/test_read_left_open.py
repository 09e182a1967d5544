"""What coordinators leave open: the moment of the facts, a place not listed, a skill only the wish's words name."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from books import WISHES, read

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
