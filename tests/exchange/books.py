"""Small workbooks for tests: sheets as lists of rows, written with openpyxl."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

from matcher.errors import BadInput, Fault
from matcher.exchange import Import, read_scenario

SETTINGS = [
    ["项目", "值"],
    ["项目名称", "东河云心愿"],
    ["截至时间", "2026-11-24 09:00"],
    ["开始日期", "2026-12-01"],
    ["结束日期", "2027-11-30"],
]
VOLUNTEERS = [["姓名", "手机", "空闲时间"], ["罗海峰", "13800000001", "周末上午"], ["李红", "13800000002", "周三下午"]]
WISHES = [
    ["服务对象", "心愿内容", "类型", "次数", "时间", "时长(分钟)"],
    ["陈婆", "陪聊天", "上门", "每周一次", "周三下午", 60],
]


def book(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    """A workbook of these sheets; what is not given is a small programme's usual."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in ({"设置": SETTINGS, "志愿者": VOLUNTEERS, "心愿": WISHES} | sheets).items():
        if rows is None:
            continue
        page = made.create_sheet(name)
        for row in rows:
            page.append(list(row))
    made.save(path)
    return path


def read(tmp_path: Path, **sheets: Any) -> Import:
    """What a workbook of these sheets reads as."""
    return read_scenario(book(tmp_path / "台账.xlsx", **sheets))


def faults_of(path: Path, **options: Any) -> tuple[Fault, ...]:
    """The faults of a file that must not be read."""
    try:
        read_scenario(path, **options)
    except BadInput as error:
        return error.faults
    raise AssertionError("it was read")


def refused(tmp_path: Path, **sheets: Any) -> tuple[Fault, ...]:
    """The faults of a workbook of these sheets."""
    return faults_of(book(tmp_path / "台账.xlsx", **sheets))


def said(faults: Sequence[Fault]) -> dict[str, str]:
    """Place → message."""
    return {fault.where: fault.message for fault in faults}
