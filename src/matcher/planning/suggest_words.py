"""What suggestions say, in Chinese and English."""

from __future__ import annotations

SUGGEST: dict[str, tuple[str, str]] = {
    "suggest_seat": ("“{role}”还缺{empty}人，能派的有{count}人：", "{role}, {empty} missing; {people} could come:"),
    "suggest_instead": ("“{role}”换人，能接的有{count}人：", "{role}, to take over; {people} could come:"),
    "suggest_standby": ("“{role}”还缺备班，能备班的有{count}人：", "{role}, a stand-by is missing; {people} could do it:"),
    "suggest_seat_nobody": (
        "“{role}”还缺{empty}人，没有人能派。怎样才能补上，用 matcher explain 看这张服务单。",
        "{role}, {empty} missing; nobody could come. `matcher explain` with this visit says what would fill it.",
    ),
    "suggest_instead_nobody": ("“{role}”换人，没有人能接。", "{role}, to take over; nobody could come."),
    "suggest_standby_nobody": (
        "“{role}”还缺备班，没有人能备班。",
        "{role}, a stand-by is missing; nobody could do it.",
    ),
    "suggest_person": (
        "{number}. {who}（路上{minutes}分钟，{asked}）：{what}",
        "{number}. {who} ({minutes} minutes away, {asked}): {what}",
    ),
    "asked_never": ("还没找过", "never asked yet"),
    "asked_on": ("上次找是{day}", "last asked {day}"),
    "suggest_at": ("{start}", "{start}"),
    "suggest_claim": ("候补的认领要先转为入选", "the waitlisted claim must be marked as chosen first"),
    "suggest_told": ("{other}已接到通知，要先跟本人说好", "{other} has been told; agree it with them first"),
    "suggest_pinned": ("{other}是锁定的，要先解除锁定", "{other} is pinned; lift the pin first"),
    "suggest_for": ("换下{other}", "instead of {other}"),
    "suggest_stands_by": ("本来就是这次的备班", "stands by for it already"),
    "suggest_missing": ("之后还差{missing}", "then still missing: {missing}"),
    "suggest_missing_role": ("“{role}”{number}人", "{number} × {role}"),
    "suggest_near": ("只差一条的：", "Only one thing stands against:"),
    "suggest_blocked": ("不能派的：{reasons}", "Not possible: {reasons}"),
    "suggest_blocked_one": ("{who}：{what}", "{who}: {what}"),
    "suggest_more": ("另有{count}人也行", "{people} more could do it"),
    "suggest_full": ("人齐了，备班也齐了。", "Everybody needed is there, and so are the stand-bys."),
}
"""Sentences of suggestions, by code."""
