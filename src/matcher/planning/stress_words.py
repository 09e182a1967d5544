"""What a stress test of a roster says, in Chinese and English."""

from __future__ import annotations

STRESS: dict[str, tuple[str, str]] = {
    "stress_head": (
        "{visits}次服务、{seats}人次。有一个人临时来不了：{standby}人次有备班能顶，{others}人次能另找人，{nobody}人次没人能接。",
        "{visits} visits, {seats} seats. If one cannot come: a stand-by can for {standby}, others for {others}, nobody for {nobody}.",
    ),
    "stress_nobody": ("没人能接的：", "Nobody could take over:"),
    "stress_few": ("没有备班、能另找的人也不多的：", "No stand-by, and few others:"),
    "stress_seat": ("{visit} {who}：没人能接", "{visit}, {who}: nobody"),
    "stress_seat_few": ("{visit} {who}：另有{count}人能接", "{visit}, {who}: {people} could"),
    "stress_people": ("缺了就没人接的志愿者：", "People whose absence nobody could make up for:"),
    "stress_person": ("{who}：{number}次里有{lost}次没人能接", "{who}: for {lost} of {number} turns there is nobody"),
    "stress_travel_fine": ("路上时间{percent}：照样行得通。", "Travel time {percent}: everything still works."),
    "stress_travel": ("路上时间{percent}：{number}次服务会出问题。", "Travel time {percent}: {number} visits no longer work."),
    "stress_broken": ("{visit}：{message}", "{visit}: {message}"),
    "stress_too_long": ("时间变长，要求的时间段里放不下了", "it takes longer than the times asked for allow"),
    "stress_more": ("另有{number}项", "{number} more"),
    "stress_advice": ("可以这样防备：", "What would guard against it:"),
    "stress_ask_standbys": (
        "给这些心愿要一名备班（“心愿”表的“备班人数”写 1）：{wishes}",
        'ask for a stand-by (column "stand-bys" of the wishes: 1) for: {wishes}',
    ),
    "stress_plan_slower": (
        "设置里把各种出行速度都除以{factor}（例如开车从每小时{now}公里写成{car}公里）再排，路上慢{percent}%也行得通",
        "divide every speed in the settings by {factor} (by car {now} km/h becomes {car}) and plan with that: {percent} % more is allowed",
    ),
    "stress_wishes": ("“{title}”{number}个", "{title} ({number})"),
    "stress_wish_more": ("另外{number}种", "{number} more kinds"),
    "stress_solid": ("没有要防备的。", "There is nothing to guard against."),
}
"""Sentences of stress tests, by code."""
