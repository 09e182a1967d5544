"""What handovers say, in Chinese and English."""

from __future__ import annotations

from matcher.problem.rules import PAIR_RULES, RULES

HANDOVER: dict[str, tuple[str, str]] = {
    "handover_along": (
        "{resident}的“{wish}”{first}改由{new}来（{old}：{why}）。建议{old}这一次也一起去，当面交接。",
        "“{wish}” for {resident}: {new} comes on {first} ({old}: {why}). {old} could come along that once, to hand over.",
    ),
    "handover_before": (
        "{resident}的“{wish}”{first}改由{new}来（{old}：{why}）。建议{new}先跟{old}去{day}那一次，当面交接。",
        "“{wish}” for {resident}: {new} comes on {first} ({old}: {why}). {new} could go along with {old} on {day}, to be introduced.",
    ),
    "handover_none": (
        "{resident}的“{wish}”{first}改由{new}来（{old}：{why}）。两个人凑不到一次（{old}：{way}），建议社区的人陪{new}去头一次，或请{old}先在电话里交代。",
        (
            "“{wish}” for {resident}: {new} comes on {first} ({old}: {why}). There is no visit for both ({old}: {way}): "
            "somebody of the community could go along the first time, or {old} tell {new} on the phone."
        ),
    ),
    "handover_never": (
        "{resident}的“{wish}”{first}改由{new}来（{old}：{why}）。两个人凑不到一次，建议社区的人陪{new}去头一次，或请{old}先在电话里交代。",
        (
            "“{wish}” for {resident}: {new} comes on {first} ({old}: {why}). There is no visit for both: somebody of the "
            "community could go along the first time, or {old} tell {new} on the phone."
        ),
    ),
    "handover_gone": ("已不在志愿者名单里", "no longer on the list of volunteers"),
    "handover_is_in_one_place_at_a_time": ("那个时间另有服务", "elsewhere at that time"),
    "handover_keeps_own_limits": ("次数或时长到了本人的上限", "at their own limit"),
    **{f"handover_{rule}": (RULES[rule].refusal_zh, RULES[rule].refusal_en) for rule in PAIR_RULES},
}
"""Sentences of handovers, by code."""
