"""What a table of other settings says, in Chinese and English."""

from __future__ import annotations

WHATIF: dict[str, tuple[str, str]] = {
    "whatif_head": (
        "{seats}个名额，换{number}种设置各排一遍（★：没有哪一种样样都比它好）：",
        "{seats} seats, planned with {number} settings (★: no other is as good in everything and better in something):",
    ),
    "whatif_row": (
        "{mark}公平{fairness}，路程{travel}，最远{reach}：排上{filled}，不均{unevenness}，每次路上{minutes}分钟{now}",
        "{mark}fairness {fairness}, travel {travel}, reach {reach}: {filled} filled, unevenness {unevenness}, {minutes} min a turn{now}",
    ),
    "whatif_now": ("（现在的设置）", " (as set now)"),
    "whatif_not_now": ("", ""),
    "whatif_axis_minutes": ("每次路上分钟", "minutes on the way, a turn"),
    "whatif_axis_unevenness": ("轮次不均（0最匀）", "unevenness of turns (0 even)"),
    "whatif_title": (
        "点旁的数：排上的名额；实心：没有哪一种样样都比它好",
        "beside each point: seats filled; solid: no other is as good in everything and better in something",
    ),
}
"""Sentences of what-if tables, by code."""
