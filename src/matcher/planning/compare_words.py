"""What a comparison of two rosters says, in Chinese and English."""

from __future__ import annotations

COMPARE: dict[str, tuple[str, str]] = {
    "compare_head": ("{a} → {b}", "{a} → {b}"),
    "compare_equal": ("{a}和{b}得分一样。", "{a} and {b} score the same."),
    "compare_same": ("{a}和{b}完全一样。", "{a} and {b} are the same."),
    "compare_better": (
        "{better}更好：{tier}得分低{points}分（越低越好）。",
        "{better} is better: {tier} {points} points lower (lower is better).",
    ),
    "compare_invalid": ("{who}违反规则{number}处，这样不能用。", "{who} breaks rules {number} times; it cannot be used."),
    "compare_other_facts": (
        "两份排班依据的台账版本不同，分数只能大致比较。",
        "They were made from different versions of the facts; compare the points with care.",
    ),
    "compare_tier": ("{tier}：{before}分 → {after}分", "{tier}: {before} → {after} points"),
    "compare_tier_terms": ("{tier}：{before}分 → {after}分（{terms}）", "{tier}: {before} → {after} points ({terms})"),
    "compare_share": ("{what}：{before} → {after}", "{what}: {before} → {after}"),
    "share_seats": ("排上的人次", "seats filled"),
    "share_people": ("有任务的志愿者", "volunteers with a turn"),
    "share_most": ("一个人最多的次数", "most turns of one person"),
    "share_minutes": ("服务分钟", "minutes of service"),
    "share_gini": (
        "轮次不均的程度（以前加这一期，按能出的次数折算；0最匀，100最不匀）",
        "unevenness of turns, before and new, by turns offered (0 even, 100 uneven)",
    ),
    "compare_visits": ("不一样的服务有{number}次：", "Visits that differ: {number}"),
    "compare_people": ("安排不一样的志愿者有{number}人：", "Volunteers whose turns differ: {number}"),
    "compare_more": ("另有{number}项没有列出", "{number} more"),
    "compare_visit": ("{visit}：{what}", "{visit}: {what}"),
    "compare_only": ("只有{name}排上（{who}）", "only {name} serves it ({who})"),
    "compare_moved": ("{before}改到{after}", "{before} becomes {after}"),
    "compare_swapped": ("{left}换成{joined}", "{joined} instead of {left}"),
    "compare_joined": ("多了{joined}", "also {joined}"),
    "compare_left": ("少了{left}", "without {left}"),
    "compare_standbys_swapped": ("备班{left}换成{joined}", "stand-by {joined} instead of {left}"),
    "compare_standbys_joined": ("多了备班{joined}", "also stand-by {joined}"),
    "compare_standbys_left": ("少了备班{left}", "without stand-by {left}"),
    "compare_role": ("{who}的分工变了", "other roles for {who}"),
    "compare_person": ("{who}：{before}次 → {after}次，{what}", "{who}: {before} → {after} turns; {what}"),
    "compare_gains": ("多了{visits}", "gains {visits}"),
    "compare_loses": ("少了{visits}", "loses {visits}"),
    "compare_on": ("{day}“{title}”", "{title} on {day}"),
}
"""Sentences of comparisons, by code."""
