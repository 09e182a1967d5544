"""What planning says, in Chinese and English: one code, its values, and a sentence in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from matcher.problem.rules import Language

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something to say: a code and its values. Values are text, numbers, days, local moments, or phrases."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: Language) -> str:
        """The sentence in one language.

        >>> Phrase("is_available", {"count": 7}).say("zh")
        '7人时间不合适'
        >>> Phrase("is_available", {"count": 1}).say("en")
        '1 person is not free then'
        """
        zh, en = SENTENCES[self.code]
        spoken = {name: _spoken(value, language) for name, value in self.values.items()}
        if language == "zh":
            return zh.format(**spoken)
        count = self.values.get("count")
        return en.format(
            **spoken,
            people="1 person" if count == 1 else f"{count} people",
            be="is" if count == 1 else "are",
            have="has" if count == 1 else "have",
            do="does" if count == 1 else "do",
            s="s" if count == 1 else "",
        )


def _spoken(value: Any, language: Language) -> str:
    if isinstance(value, Phrase):
        return value.say(language)
    if isinstance(value, (tuple, list)):
        return ("、" if language == "zh" else ", ").join(_spoken(item, language) for item in value)
    if isinstance(value, datetime):
        return f"{_spoken(value.date(), language)} {value:%H:%M}"
    if isinstance(value, date):
        return day_name(value, language)
    return str(value)


def day_name(day: date, language: Language) -> str:
    """A day as people say it.

    >>> day_name(date(2026, 12, 5), "zh"), day_name(date(2026, 12, 5), "en")
    ('12月5日（周六）', 'Sat 5 Dec')
    """
    if language == "zh":
        return f"{day.month}月{day.day}日（周{_WEEKDAYS_ZH[day.weekday()]}）"
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]}"


_WHY_EMPTY: dict[str, tuple[str, str]] = {
    "has_the_skills": ("{count}人不具备所需技能（{skills}）", "{people} {do} not have the skill ({skills})"),
    "has_the_vehicle": ("{count}人没有合适的车", "{people} {have} no suitable vehicle"),
    "is_available": ("{count}人时间不合适", "{people} {be} not free then"),
    "is_within_reach": ("{count}人路太远", "{people} live{s} too far away"),
    "is_accepted_by_the_resident": (
        "{count}人不符合服务对象的要求", "{people} {do} not fit what the resident asks for",
    ),
    "has_not_declined": ("{count}人已经推掉", "{people} {have} declined it"),
    "has_claimed_it": ("{count}人没有认领或未入选", "{people} {have} not claimed it, or {be} not chosen"),
    "belongs_to_the_team": ("{count}人不在指定的服务队", "{people} {be} not in a team that may take it"),
    "happens_at_an_asked_time": ("{count}人只能在别的时间去", "{people} could only come at another time"),
    "is_in_one_place_at_a_time": (
        "{count}人当时已有别的服务，赶不过来", "{people} {be} busy with another visit then",
    ),
    "keeps_own_limits": ("{count}人次数或时长已满", "{people} {have} reached their own limits"),
    "fills_each_role_once": ("{count}人已担任这次服务的别的分工", "{people} already {have} another role at this visit"),
    "is_crewed_together": ("{count}人与同去的人不是一个队", "{people} {be} not of the same team as the others"),
    "keeps_the_spacing": (
        "{count}人能去的日子离前后一次太近或太远",
        "{people} could only come too soon after another visit, or too late",
    ),
    "keeps_the_turn": ("{count}人刚轮过或轮次已满", "{people} {have} just had a turn, or no turn left"),
    "keeps_faces_few": (
        "{count}人没来过，而约定的人数已满", "{people} would be new, and no more different people may come",
    ),
    "stays_paired": ("{count}人能去，但该由结对的人去", "{people} could come, but the paired volunteer should"),
    "keeps_what_is_published": ("安排{count}人就要改动已经通知的安排", "{people} would upset what was announced"),
    "keeps_what_is_pinned": ("{count}人与协调员锁定的安排冲突", "a coordinator's pin keeps {people} away"),
    "stands_by_separately": ("{count}人当时在备班", "{people} {be} standing by then"),
    "newcomers_go_with_experience": (
        "{count}人是新人，没有有经验的人同去", "{people} {be} new and nobody experienced comes along",
    ),
    "crew_incomplete": ("{count}人能去，但同去的人手凑不齐", "{people} could come, but the crew is not complete"),
    "could_serve": ("还有{count}人可以安排", "{people} could still be given it"),
    "not_looked_at": ("还有{count}人没有逐一试排", "{people} {have} not been tried one by one"),
    "no_start_left": ("要求的时间在计划期内已经没有了", "the times asked for have passed or lie outside the plan"),
    "nobody_left": ("名单上没有可派的人", "there is nobody on the list"),
}
"""Why a seat is empty: a rule's name or another code."""

SENTENCES: dict[str, tuple[str, str]] = {**_WHY_EMPTY}
"""Every code with its Chinese and its English sentence."""
