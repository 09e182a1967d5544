"""How the coordinator's roster.xlsx is laid out: sheet names, columns and outcome words, for writing and reading back.

A list sheet holds one row per seat. Three hidden columns at its right end say what the row stands for, so that a
changed name or a ticked outcome can be read back:

- ``visit``: the visit id,
- ``role``: the role id,
- ``person``: the volunteer id the row was written with; empty for an empty seat.

The name column shows ``display_names(scenario)[volunteer]``. When the shown name is still that of ``person``, the row
is unchanged; otherwise the coordinator wrote somebody else in.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

from matcher.domain.scenario import Scenario

Language = Literal["zh", "en"]
Kind = Literal["visit", "escort", "goods", "event"]

LIST_SHEETS: dict[Kind, tuple[str, str]] = {
    "visit": ("排班表", "Roster"),
    "escort": ("接送清单", "Pick-up roster"),
    "event": ("分工表", "Duties"),
    "goods": ("认领清单", "Claim list"),
}
"""The list sheet of each kind of wish (zh, en); the same words head the printed page."""

CALENDAR_SHEET = ("日历", "Calendar")
UNFILLED_SHEET = ("缺人", "Unfilled")
ROUNDS_SHEET = ("当天路线", "Rounds")
LOADS_SHEET = ("志愿者负荷", "Loads")
ABOUT_SHEET = ("说明", "About")
NAMES_SHEET = ("名单", "Names")
"""Hidden: the names offered in the drop-downs."""

COLUMNS: dict[str, tuple[str, str]] = {
    "date": ("日期", "Date"),
    "weekday": ("星期", "Day"),
    "time": ("时间", "Time"),
    "resident": ("服务对象", "Resident"),
    "title": ("心愿", "Wish"),
    "place": ("地点", "Place"),
    "origin": ("出发地", "From"),
    "destination": ("目的地", "To"),
    "items": ("物品", "Items"),
    "budget": ("预算", "Budget"),
    "role": ("分工", "Role"),
    "name": ("志愿者", "Volunteer"),
    "phone": ("电话", "Phone"),
    "vehicle": ("车辆", "Vehicle"),
    "standby": ("备班", "Stand-by"),
    "standby_phone": ("备班电话", "Stand-by phone"),
    "outcome": ("结果", "Outcome"),
    "remark": ("备注", "Remarks"),
    "visit_id": ("服务单号", "Visit id"),
    "role_id": ("分工号", "Role id"),
    "person_id": ("人员号", "Person id"),
}
"""Every column of the list sheets: key → header (zh, en)."""

HIDDEN = ("visit_id", "role_id", "person_id")

LIST_COLUMNS: dict[Kind, tuple[str, ...]] = {
    "visit": ("date", "weekday", "time", "resident", "title", "place", "role", "name", "phone",
              "standby", "standby_phone", "outcome", "remark", *HIDDEN),
    "escort": ("date", "weekday", "time", "resident", "title", "origin", "destination", "role", "name", "phone",
               "vehicle", "standby", "standby_phone", "outcome", "remark", *HIDDEN),
    "event": ("date", "weekday", "time", "title", "place", "role", "name", "phone",
              "standby", "standby_phone", "outcome", "remark", *HIDDEN),
    "goods": ("date", "weekday", "resident", "items", "budget", "place", "role", "name", "phone",
              "standby", "standby_phone", "outcome", "remark", *HIDDEN),
}
"""The columns of each list sheet, in order. The date is a real date (or text such as 12月内 when it is open),
the time ``08:00–12:30`` in the programme's time zone."""

HEADER_ROW = 3
"""The row of the headers in a list sheet, as a spreadsheet counts; title and hint stand above."""

OUTCOMES: dict[Literal["done", "no-show", "cancelled"], tuple[str, str]] = {
    "done": ("完成", "done"),
    "no-show": ("未到", "no-show"),
    "cancelled": ("取消", "cancelled"),
}
"""What the outcome column offers. A stand-by who stepped in is written into the name column, outcome done."""


def pick(words: tuple[str, str], language: Language) -> str:
    """The Chinese or the English one of two words.

    >>> pick(COLUMNS["date"], "zh")
    '日期'
    """
    return words[0] if language == "zh" else words[1]


def display_names(scenario: Scenario) -> dict[str, str]:
    """Each volunteer's name as the sheets show it: with the id behind it where two share a name."""
    plain = {person.id: person.name or person.id for person in scenario.volunteers}
    count = Counter(plain.values())
    return {key: name if count[name] == 1 else f"{name}（{key}）" for key, name in plain.items()}
