"""What a screening says, in Chinese and English: the rule at the top, and a reason for every claim."""

from __future__ import annotations

SCREENING: dict[str, tuple[str, str]] = {
    "screen_head": ("“{title}”（{wish}）：{claims}个认领，选{take}个名额。", "{title} ({wish}): {claims} claims, {take} places."),
    "screen_rule_needs": (
        "怎么选：先看选哪些人，这一期没人去的名额最少；服务质量的得分不参与。",
        "The rule: first, the set that leaves fewest seats of this window empty; the quality of a roster has no say.",
    ),
    "screen_rule_order": (
        "一样好的，先认领的优先；时间相同，依次看近{days}天服务少的、未到少的、住得近的；还分不出，按编号算出的固定次序。",
        "Among such sets the earlier claim; at one moment, fewer turns in {days} days, fewer no-shows, nearer, a fixed key.",
    ),
    "screen_rule_cannot": (
        "这一期一次也去不了的不选，排在候补末尾。",
        "Who could take no visit of this window is not chosen, and stands at the end of the waitlist.",
    ),
    "screen_rule_kept": (
        "之前已入选的不动；有人退出，由候补补上。",
        "Who was chosen before stays; where somebody withdrew, the waitlist moves up.",
    ),
    "screen_rule_lapse": (
        "{days}天没有入选的认领自动失效。",
        "A claim not chosen within {days} days lapses.",
    ),
    "screen_rule_unreliable": (
        "近{days}天未到{least}次及以上的，照样可以入选，另配备班。",
        "With {least} or more no-shows in the last {days} days somebody may be chosen all the same, with a stand-by.",
    ),
    "screen_covered": (
        "这样选，{seats}个名额能排上{filled}个，再怎么选也不会更多。",
        "With these, {filled} of {seats} seats can be filled; no other choice fills more.",
    ),
    "screen_covered_open": (
        "这样选，{seats}个名额能排上{filled}个；还没有证明不能更多。",
        "With these, {filled} of {seats} seats can be filled; whether another choice fills more is not proven.",
    ),
    "screen_still_open": (
        "请留意：认领到{until}才截止，之后来的认领要重新筛选。",
        "Note: claiming closes only on {until}; later claims need another screening.",
    ),
    "screen_few_able": (
        "请留意：能去的认领不够{take}个名额，只选了{places}个。",
        "Note: too few of the claimants could go; {places} of {take} places were given.",
    ),
    "screen_for_everybody": (
        "请留意：这个心愿没有写“只安排认领者”，排班时仍会从所有人里安排。",
        "Note: the wish is not for claimants only; a plan may still send anybody.",
    ),
    "screen_standbys": (
        "入选的人里有未到记录的，这个心愿的备班人数至少记为1。",
        "Some of those chosen have no-shows, so the wish asks for at least 1 stand-by.",
    ),
    "screen_chosen": ("入选（{count}个认领，{places}个名额）：", "Chosen ({count} claims, {places} places):"),
    "screen_waitlist": ("候补（{count}个，按这个次序递补）：", "Waitlist ({count}, in this order):"),
    "screen_declined": ("未入选（{count}个）：", "Not chosen ({count}):"),
    "screen_closed": ("已失效或退出（{count}个）：", "Lapsed or withdrawn ({count}):"),
    "screen_line": ("{place}. {who}，{at}认领：{why}", "{place}. {who}, claimed {at}: {why}"),
    "screen_at": ("{day}{clock}", "{day} {clock}"),
    "screen_kept": ("之前已入选，不变", "chosen before, and stays"),
    "screen_in_order": (
        "按先后排第{rank}，{visits}次里能去{could}次",
        "no. {rank} in order; could take {could} of {visits} visits",
    ),
    "screen_needed": (
        "按先后排第{rank}，少了就会有服务没人去；{visits}次里能去{could}次",
        "no. {rank} in order, and without this claim seats would stay empty; could take {could} of {visits} visits",
    ),
    "screen_full": (
        "按先后排第{rank}，前面已满{take}个名额；{visits}次里能去{could}次",
        "no. {rank} in order, and the {take} places were full before; could take {could} of {visits} visits",
    ),
    "screen_too_few": (
        "按先后排第{rank}，要占{places}个名额，剩下的不够",
        "no. {rank} in order, but asks for {places} places, more than are left",
    ),
    "screen_passed": (
        "按先后排第{rank}，但选了就会有别的服务没人去；{visits}次里能去{could}次",
        "no. {rank} in order, but with this claim seats would stay empty; could take {could} of {visits} visits",
    ),
    "screen_cannot": ("这一期一次也去不了：{why}", "could take no visit of this window: {why}"),
    "screen_cannot_team": ("这一期没有队员能去", "nobody of the team could take a visit of this window"),
    "screen_not_alone": (
        "轮次、间隔、人手或本人限度都排不开",
        "turns, spacing, the crew or their own limits leave no room",
    ),
    "screen_surplus": (
        "{team}的{places}个名额已经报满",
        "the {places} places of {team} have their names already",
    ),
    "screen_refused": ("不能承担这个心愿：{why}", "may not take this wish: {why}"),
    "screen_beyond": ("候补只留{most}位，已经满了", "the waitlist holds {most}, and is full"),
    "screen_before": ("之前未入选", "not chosen before"),
    "screen_lapsed": ("过了{days}天没有入选，已失效", "not chosen within {days} days, so it has lapsed"),
    "screen_lapsed_before": ("之前已失效", "lapsed before"),
    "screen_withdrawn": ("本人已退出", "has withdrawn"),
    "screen_named": ("由{team}报名", "named by {team}"),
    "screen_tie": (
        "有人同时认领：近{days}天服务{turns}次、未到{missed}次，路上{minutes}分钟",
        "others claimed at that moment too: turns {turns}, no-shows {missed} in {days} days, {minutes} minutes away",
    ),
    "screen_no_shows": ("近{days}天未到{missed}次", "no-shows in the last {days} days: {missed}"),
    "screen_gets_standby": (
        "近{days}天未到{missed}次，另配备班",
        "no-shows in the last {days} days: {missed}, so there will be a stand-by",
    ),
}
"""Sentences of a screening."""
