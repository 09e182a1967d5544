"""Faults in the coordinator's language: what a model refused, said with the cell it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from matcher.errors import Fault
from matcher.exchange.grid import column_letter


class Where(Protocol):
    """Where a fact was read, so that a fault can say so."""

    def fault(self, message: str, advice: str = "", *, at: str = "", code: str = "", warning: bool = False) -> Fault:
        """A fault about the fact, or about its field ``at``."""

    def name_of(self, at: str, lang: str) -> str:
        """What people who write the fact call its field ``at``."""


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A fact in a JSON document."""

    path: tuple[str | int, ...]

    def fault(self, message: str, advice: str = "", *, at: str = "", code: str = "", warning: bool = False) -> Fault:
        steps = tuple(int(step) if step.isdigit() else step for step in at.split(".")) if at else ()
        return Fault(message, advice, path=self.path + steps, code=code, warning=warning)

    def name_of(self, at: str, _lang: str) -> str:
        return at.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A fact in a row; ``columns`` and ``headers`` tell where each of its fields was read."""

    sheet: str
    row: int | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    headers: Mapping[int, str] = field(default_factory=dict)

    def fault(self, message: str, advice: str = "", *, at: str = "", code: str = "", warning: bool = False) -> Fault:
        column = self._column(at)
        letter = column_letter(column) if column is not None else None
        return Fault(message, advice, sheet=self.sheet, row=self.row, column=letter, code=code, warning=warning)

    def name_of(self, at: str, lang: str) -> str:
        from matcher.exchange.columns import SHEETS

        sheet = next((sheet for sheet in SHEETS if self.sheet in (sheet.zh, sheet.en)), None)
        columns = sheet.columns if sheet else ()
        return next((column.header(lang) for column in columns if column.field == at), at)

    def _column(self, at: str) -> int | None:
        while at:
            if at in self.columns:
                return self.columns[at]
            at = at.rpartition(".")[0]
        return None


@dataclass(frozen=True, slots=True)
class Placed:
    """A fact and where it was read."""

    fact: Any
    where: Where


# ------------------------------------------------------------------------------------------------ models

_TYPES = {
    "missing": ("缺少这一项", "is missing"),
    "extra_forbidden": ("没有这一项", "is not known here"),
    "string_type": ("要写成文字", "must be text"),
    "string_too_short": ("不能为空", "must not be empty"),
    "string_too_long": ("太长了", "is too long"),
    "int_type": ("要写整数", "must be a whole number"),
    "int_parsing": ("要写整数", "must be a whole number"),
    "int_from_float": ("要写整数", "must be a whole number"),
    "float_type": ("要写数字", "must be a number"),
    "float_parsing": ("要写数字", "must be a number"),
    "finite_number": ("要写有限的数字", "must be a finite number"),
    "bool_type": ("要写 true 或 false", "must be true or false"),
    "bool_parsing": ("要写 true 或 false", "must be true or false"),
    "date_type": ("要写日期，如 2026-12-05", "must be a date such as 2026-12-05"),
    "date_parsing": ("要写日期，如 2026-12-05", "must be a date such as 2026-12-05"),
    "date_from_datetime_parsing": ("要写日期，如 2026-12-05", "must be a date such as 2026-12-05"),
    "date_from_datetime_inexact": ("要写日期，不带钟点", "must be a date without a time of day"),
    "datetime_type": ("要写时间，如 2026-12-05T09:00:00+08:00", "must be a time such as 2026-12-05T09:00:00+08:00"),
    "datetime_parsing": ("要写时间，如 2026-12-05T09:00:00+08:00", "must be a time such as 2026-12-05T09:00:00+08:00"),
    "datetime_from_date_parsing": (
        "要写时间，如 2026-12-05T09:00:00+08:00",
        "must be a time such as 2026-12-05T09:00:00+08:00",
    ),
    "tuple_type": ("要写成列表 […]", "must be a list […]"),
    "dict_type": ("要写成 {…}", "must be an object {…}"),
    "model_type": ("要写成 {…}", "must be an object {…}"),
    "model_attributes_type": ("要写成 {…}", "must be an object {…}"),
    "string_pattern_mismatch": ("格式不对", "is not of the expected form"),
    "int_parsing_size": ("太大了", "is too large"),
    "string_unicode": ("里有坏字", "holds a damaged character"),
}

_SENTENCES = (
    (r"a number is needed, not true or false", "这里要写数字"),
    (r"(.+) must be a whole number", r"\1 不是整数"),
    (r"the time has no offset.*", "时间没有时区，应写成如 2026-12-05T09:00:00+08:00"),
    (r"the year (\d+) must lie between (\d+) and (\d+)", r"年份 \1 不在 \2–\3 之间"),
    (
        r"'(.*)' must be any, workday, day-off or weekdays such as SA,SU",
        r"“\1”应是 any、workday、day-off 或如 SA,SU 的星期",
    ),
    (
        r"a recurrence needs exactly one of at, rrule and windows",
        "固定日期时间、重复规则、可选时段三样只能写一样，也不能都空着",
    ),
    (r"times and per belong together.*", "次数和周期要一起写，如每月 1 次"),
    (r"times per week or month needs windows.*", "写了每周或每月几次，还要写可选时段"),
    (r"an rrule needs dtstart and start", "重复规则要配起算日和开始时间"),
    (r"min_gap_days (\d+) must not exceed max_gap_days (\d+)", r"最少间隔 \1 天大于最多间隔 \2 天"),
    (r"goods need a due date", "物品心愿没有截止日期"),
    (r"goods have no appointment.*", "物品心愿只写截止日期，不写时间、次数"),
    (r"an escort needs an origin and a destination", "陪同心愿要写出发地和目的地"),
    (r"an event needs a place", "活动没有写地点"),
    (r"visit needs a resident", "上门心愿没有写服务对象"),
    (r"escort needs a resident", "陪同心愿没有写服务对象"),
    (r"event needs to know when.*", "活动没有写时间"),
    (r"escort needs to know when.*", "陪同心愿没有写时间"),
    (r"a wish needs at least one role.*", "同一心愿的每种分工要有不同的编号"),
    (r"a place needs both lat and lon, or neither", "纬度、经度要么都写，要么都不写"),
    (r"coordinates need their system.*", "写了经纬度，还要写坐标系：wgs84、gcj02 或 bd09"),
    (r"lat (.+), lon (.+) is not on Earth", r"纬度 \1、经度 \2 不在地球上"),
    (r"a claim needs a volunteer or a team", "认领没有写是谁（志愿者或服务队）"),
    (r"a decline names a visit or a wish", "谢绝要写服务单或心愿，只写一样"),
    (r"a decline names a volunteer or a team", "谢绝要写志愿者或服务队，只写一样"),
    (r"a pin names a volunteer, a start, or both", "锁定要写志愿者或开始时间，或都写"),
    (r"a pin with never names a volunteer", "“不许安排”要写明是哪位志愿者"),
    (r"end (\S+) must be after start (\S+)", r"结束 \1 不晚于开始 \2"),
    (r"end (\S+) must not be before start (\S+)", r"结束 \1 早于开始 \2"),
    (r"the window ends (\S+), before it starts (\S+)", r"结束日期 \1 早于开始日期 \2"),
    (r"'(.*)' is not a time zone.*", r"“\1”不是时区；如 Asia/Shanghai"),
    (r"needs is missing.*", "质量分的证明要写明缺人分的上限 needs"),
    (r"needs and lambda_milli belong.*", "needs 和 lambda_milli 只用于质量分的证明"),
)

_FIELDS = (
    ("goods need a due date", "due"),
    ("an escort needs an origin", "destination"),
    ("an event needs a place", "place"),
    ("needs a resident", "resident"),
    ("needs to know when", "recurrence.windows"),
    ("coordinates need their system", "crs"),
    ("both lat and lon", "lat"),
    ("is not on Earth", "lat"),
    ("min_gap_days", "recurrence.min_gap_days"),
)


def model_faults(error: ValidationError, where: Where, lang: str) -> list[Fault]:
    """One fault per thing a model refused."""
    return detail_faults(error.errors(include_url=False), where, lang)


def detail_faults(details: Iterable[Any], where: Where, lang: str) -> list[Fault]:
    """One fault per detail of a validation, as pydantic lists them."""
    faults = []
    for detail in details:
        at = ".".join(str(step) or '""' for step in detail["loc"])
        message, advice = _sentence(detail, lang)
        if detail["type"] == "missing":
            name = where.name_of(at, lang)
            message = f"缺少“{name}”。" if lang == "zh" else f'"{name}" is missing.'
        if not at or detail["type"] == "value_error":
            at = at or next((name for text, name in _FIELDS if text in detail["msg"]), "")
        faults.append(where.fault(message, advice, at=at, code=detail["type"]))
    return faults


_LIMITS = {
    "greater_than_equal": ("太小，不能小于 {ge}", "is too small; the least is {ge}"),
    "greater_than": ("太小，要大于 {gt}", "is too small; it must be more than {gt}"),
    "less_than_equal": ("太大，不能大于 {le}", "is too large; the most is {le}"),
    "less_than": ("太大，要小于 {lt}", "is too large; it must be less than {lt}"),
    "literal_error": ("不在可选的值里：{expected}", "is none of {expected}"),
}


def _sentence(detail: Any, lang: str) -> tuple[str, str]:
    given = detail.get("input")
    message = str(detail["msg"]).removeprefix("Value error, ")
    is_plain = isinstance(given, str | int | float) and not isinstance(given, bool)
    if lang != "zh":
        return _in_english(detail, f'"{_short(given)}" ' if is_plain else "", message), ""
    shown = f"“{_short(given)}”" if is_plain else ""
    for pattern, sentence in _SENTENCES:
        found = re.fullmatch(pattern, message)
        if found:
            return found.expand(sentence) + "。", ""
    kind, context = detail["type"], detail.get("ctx") or {}
    if kind in _LIMITS:
        limits = {name: str(value).replace(" or ", ", ") for name, value in context.items()}
        return f"{shown}{_LIMITS[kind][0].format_map(limits)}。", ""
    if kind in _TYPES:
        return f"{shown}{_TYPES[kind][0]}。", ""
    return f"{shown}不符合要求。", message


def _in_english(detail: Any, shown: str, message: str) -> str:
    kind = detail["type"]
    if kind in _LIMITS:
        return f"{shown}{_LIMITS[kind][1].format_map(detail.get('ctx') or {})}."
    if kind in _TYPES:
        return f"{shown}{_TYPES[kind][1]}."
    return f"{shown.rstrip()}: {message}" if shown else message


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


# ------------------------------------------------------------------------------------------------ scenarios

_TABLES = {
    "places": "地点",
    "residents": "服务对象",
    "volunteers": "志愿者",
    "teams": "服务队",
    "wishes": "心愿",
    "claims": "认领",
}


def scenario_fault(fault: Fault, rows: Mapping[str, Sequence[Placed]], lang: str) -> Fault:
    """A fault of ``find_faults``, placed at its cell and said in the user's language."""
    if len(fault.path) < 2:
        return fault
    table, row, at = str(fault.path[0]), int(fault.path[1]), ".".join(str(step) for step in fault.path[2:])
    placed = rows[table][row]
    message, advice = fault.message, fault.advice
    if lang == "zh":
        message, advice = _in_chinese(fault, placed.fact)
    return placed.where.fault(message, advice, at=at, code=fault.code, warning=fault.warning)


def dangling_name(fault: Fault) -> str:
    """The id a dangling reference names."""
    found = re.fullmatch(r'\w+ "(.*)" is not in the list of \w+', fault.message, re.S)
    return found[1] if found else ""


def _in_chinese(fault: Fault, fact: Any) -> tuple[str, str]:
    nearest = re.search(r'Maybe "(.+)"\.', fault.advice)
    if fault.code == "duplicate-id":
        count = re.search(r"used (\d+) times", fault.message)
        return f"编号“{fact.id}”用了 {count[1] if count else 2} 次。", "每一行的编号要不同。"
    if fault.code == "dangling":
        found = re.fullmatch(r'\w+ "(.*)" is not in the list of (\w+)', fault.message, re.S)
        name, table = (found[1], _TABLES.get(found[2], found[2])) if found else ("", "")
        maybe = f"是不是“{nearest[1]}”？" if nearest else ""
        return f"“{name}”不在“{table}”表里。", f"请在“{table}”表里加上，或改正写法。{maybe}"
    if fault.code == "end-before-start":
        return "结束不晚于开始。", "请核对起止时间。"
    if fault.code == "bad-rrule":
        rule = re.search(r'the rule "(.*)" cannot be read', fault.message, re.S)
        return f"重复规则“{rule[1] if rule else ''}”看不懂。", "请写如 FREQ=WEEKLY;INTERVAL=2;BYDAY=SA，并写起算日。"
    if fault.code == "future-history":
        return (
            f"服务记录的时间 {fact.start:%Y-%m-%d %H:%M} 在截至时间之后。",
            "服务记录只写已经发生的；以后的安排写在“已通知”。",
        )
    if fault.code == "team-cycle":
        return f"服务队“{fact.id}”的上级绕回了自己。", "最上级的队伍，“上级”留空。"
    if fault.code == "outside-china":
        swapped = "swapped" in fault.advice
        advice = f"经纬度是不是写反了？应为纬度 {fact.lon}、经度 {fact.lat}。" if swapped else "请核对经纬度。"
        return f"“{fact.name or fact.id}”的坐标（纬度 {fact.lat}、经度 {fact.lon}）不在中国境内。", advice
    return fault.message, fault.advice
