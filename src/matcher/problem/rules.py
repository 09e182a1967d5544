"""The table of contents of the hard rules: each one sentence, one name, in Chinese and English.

A rule bears the same name in the checker, the model, the tests, the explanation and the docs.
``broken`` is what a violation says, with its values; ``refusal`` is why one person cannot do one visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, whether it judges a pair or a roster, and its sentences."""

    name: str
    level: Literal["pair", "roster"]
    zh: str
    en: str
    broken_zh: str
    broken_en: str
    refusal_zh: str = ""
    refusal_en: str = ""

    def sentence(self, language: Language) -> str:
        """The rule as one sentence."""
        return self.zh if language == "zh" else self.en

    def broken(self, language: Language, **values: object) -> str:
        """What happened where the rule is broken."""
        return (self.broken_zh if language == "zh" else self.broken_en).format(**values)

    def refusal(self, language: Language) -> str:
        """Why somebody cannot do a visit, in a few words."""
        return self.refusal_zh if language == "zh" else self.refusal_en


_ALL = (
    Rule(
        "has_the_skills", "pair",
        "上岗的人具备这个分工要的技能，等级够、当天在有效期内。",
        "Whoever serves has the skills the role asks for, at the level and valid on that date.",
        "{who}不具备{visit}“{role}”要求的技能：{detail}。",
        "{who} lacks a skill that {role} of {visit} asks for: {detail}.",
        "缺少所需技能，或证书已过期", "lacks the skill, or it is no longer valid",
    ),
    Rule(
        "has_the_vehicle", "pair",
        "需要用车的分工，由当时有车、座位够的人承担（司机不占座）。",
        "A role that needs a vehicle goes to somebody whose vehicle is free then and has the seats "
        "(the driver not counted).",
        "{who}没有{visit}“{role}”需要的车：{detail}。",
        "{who} has no vehicle that suits {role} of {visit}: {detail}.",
        "没有合适的车", "has no suitable vehicle",
    ),
    Rule(
        "is_available", "pair",
        "服务从头到尾都落在本人有空的时间里。",
        "The whole service lies within the volunteer's own free time.",
        "{who}在{visit}的时间（{detail}）没有空。",
        "{who} is not free for {visit} ({detail}).",
        "时间不合适", "is not free then",
    ),
    Rule(
        "is_within_reach", "pair",
        "单程路上时间不超过本人能接受的上限。",
        "The way there takes no longer than the volunteer accepts.",
        "{who}去{visit}路上太远：{detail}。",
        "{visit} is out of reach for {who}: {detail}.",
        "路太远", "lives too far away",
    ),
    Rule(
        "is_accepted_by_the_resident", "pair",
        "服务对象接受来的人（性别、语言、是否指明不要）。",
        "The resident accepts whoever comes (gender, language, nobody they refused).",
        "{visit}的服务对象不接受{who}。",
        "The resident of {visit} does not accept {who}.",
        "不符合服务对象的要求", "does not fit what the resident asks for",
    ),
    Rule(
        "has_not_declined", "pair",
        "已经推掉这次服务的人，不再派给本人。",
        "Nobody is given a visit they have declined.",
        "{who}已经推掉了{visit}。",
        "{who} has declined {visit}.",
        "本人已推掉", "has declined it",
    ),
    Rule(
        "has_claimed_it", "pair",
        "只限认领人的心愿，由已入选的认领人承担；还没筛选时，认领了的都可以；候补的只做备班。",
        "A wish for claimants only goes to chosen claimants; before any is chosen, to whoever claimed; "
        "the waitlist stands by.",
        "{who}没有认领{visit}，或认领未入选。",
        "{who} has not claimed {visit}, or was not chosen.",
        "没有认领或未入选", "has not claimed it, or was not chosen",
    ),
    Rule(
        "belongs_to_the_team", "pair",
        "指定服务队的心愿，由该队队员承担；结对单位有优先权的期间同样如此。",
        "A wish for certain teams goes to their members; so does one on which a paired unit still has first refusal.",
        "{who}不属于可以承担{visit}的服务队。",
        "{who} belongs to no team that may take {visit}.",
        "不在指定的服务队", "is not in a team that may take it",
    ),
    Rule(
        "happens_at_an_asked_time", "roster",
        "服务在提出的时间范围内开始和结束，不早于现在。",
        "A visit begins and ends within the times asked for, and not before now.",
        "{visit}的时间不对：{detail}。",
        "The time of {visit} is wrong: {detail}.",
    ),
    Rule(
        "is_in_one_place_at_a_time", "roster",
        "一个人不能同时在两处，两次服务之间要留出路上的时间。",
        "Nobody is in two places at a time; between two visits there is time to travel.",
        "{who}来不及兼顾{visit}和{other}：{detail}。",
        "{who} cannot do both {visit} and {other}: {detail}.",
    ),
    Rule(
        "keeps_own_limits", "roster",
        "不超过本人每天、每周、每月的次数和时长，休息日和间隔也照本人说的。",
        "Nobody exceeds their own visits and minutes per day, week and month; their rest days and rest are kept.",
        "{who}超出了本人的限度：{detail}。",
        "{who} goes beyond their own limit: {detail}.",
    ),
    Rule(
        "fills_each_role_once", "roster",
        "同一次服务一个人只占一个位置，每个分工不超过名额。",
        "Nobody has two seats at one visit, and no role has more people than seats.",
        "{visit}的名额不对：{detail}。",
        "The seats of {visit} are wrong: {detail}.",
    ),
    Rule(
        "is_crewed_together", "roster",
        "一次服务要么人齐，要么不派（允许缺额的除外）；要求一队承担的，都出自同一个队。",
        "A visit has its whole crew or nobody, unless some is better than none; one team's wish is crewed by one team.",
        "{visit}的人手不齐或不是一个队：{detail}。",
        "The crew of {visit} is not whole or not one team: {detail}.",
    ),
    Rule(
        "keeps_the_spacing", "roster",
        "同一心愿前后两次服务的间隔，不短于最少天数、不长于最多天数。",
        "Consecutive served visits of a wish lie neither too close together nor too far apart.",
        "{visit}与上一次（{other}）间隔{detail}。",
        "{visit} and the one before ({other}) lie {detail}.",
    ),
    Rule(
        "keeps_the_turn", "roster",
        "轮流的心愿，同一人不连着两次，也不超过规定的轮次。",
        "Where people take turns, nobody serves twice running or more often than their turns.",
        "{who}没有按轮次：{visit}，{detail}。",
        "{who} is out of turn at {visit}: {detail}.",
    ),
    Rule(
        "keeps_faces_few", "roster",
        "同一心愿前后来的不同面孔，不超过约定的人数。",
        "No more different people serve one wish than was agreed.",
        "{visit}所属的心愿来的人太多：{detail}。",
        "Too many different people serve the wish of {visit}: {detail}.",
    ),
    Rule(
        "stays_paired", "roster",
        "结对的心愿，由结对的志愿者上门；结对的人能来，就不换别人。",
        "A paired resident is served by the paired volunteer whenever that volunteer can come.",
        "{visit}没有安排结对的志愿者（{who}）。",
        "{visit} is served without the paired volunteer ({who}).",
    ),
    Rule(
        "keeps_what_is_published", "roster",
        "已经通知出去、现在仍然可行的安排不改。",
        "What people were told, and what still works, stays.",
        "{visit}已通知{who}，现在的安排不一样：{detail}。",
        "{visit} was announced with {who}, and is now different: {detail}.",
    ),
    Rule(
        "keeps_what_is_pinned", "roster",
        "协调员锁定的安排照办。",
        "What a coordinator pinned is kept.",
        "{visit}的锁定没有照办：{detail}。",
        "A pin on {visit} is not kept: {detail}.",
    ),
    Rule(
        "stands_by_separately", "roster",
        "备班的人不在当班名单里，能胜任、留得出时间，不与自己的服务或别的备班冲突。",
        "A stand-by is not on the crew, could take the role, and keeps the time free.",
        "{visit}的备班{who}不行：{detail}。",
        "{who} cannot stand by for {visit}: {detail}.",
    ),
    Rule(
        "newcomers_go_with_experience", "roster",
        "新人和有经验的人同去；指明要有经验的位置不派新人。",
        "A newcomer goes along with somebody experienced, and seats for the experienced go to them.",
        "{visit}的新人{who}没有有经验的人带：{detail}。",
        "{who} is new and has nobody experienced along at {visit}: {detail}.",
    ),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in _ALL}
"""Every hard rule by name, pair level first."""

PAIR_RULES: tuple[str, ...] = tuple(rule.name for rule in _ALL if rule.level == "pair")
