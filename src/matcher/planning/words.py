"""What planning says, in Chinese and English: one code, its values, and a sentence in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from matcher.planning.compare_words import COMPARE
from matcher.planning.fix_words import FIXES
from matcher.planning.handover_words import HANDOVER
from matcher.planning.screen_words import SCREENING
from matcher.planning.simulate_words import SIMULATE
from matcher.planning.stress_words import STRESS
from matcher.planning.suggest_words import SUGGEST
from matcher.planning.whatif_words import WHATIF
from matcher.problem.rules import Language

_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@runtime_checkable
class Sayable(Protocol):
    """Anything that can be said in either language."""

    def say(self, language: Language) -> str: ...


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something to say: a code and its values. Values are text, numbers, days, local moments, or sayable."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether there is a sentence for the code."""
        return self.code in SENTENCES

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
        return en.format(**_grammar(self.values.get("count")) | spoken)


def _grammar(count: Any) -> dict[str, str]:
    """English words that depend on how many people there are."""
    one = count == 1
    return {
        "people": "1 person" if one else f"{count} people",
        "be": "is" if one else "are",
        "have": "has" if one else "have",
        "do": "does" if one else "do",
        "s": "s" if one else "",
    }


def _spoken(value: Any, language: Language) -> str:
    if isinstance(value, Sayable):
        return value.say(language)
    if isinstance(value, (tuple, list)):
        return ("、" if language == "zh" else ", ").join(_spoken(item, language) for item in value)
    if isinstance(value, datetime):
        return _spoken(value.date(), language) + ("" if language == "zh" else " ") + f"{value:%H:%M}"
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
        "{count}人不符合服务对象的要求",
        "{people} {do} not fit what the resident asks for",
    ),
    "has_not_declined": ("{count}人已经推掉", "{people} {have} declined it"),
    "has_claimed_it": ("{count}人没有认领或未入选", "{people} {have} not claimed it, or {be} not chosen"),
    "belongs_to_the_team": ("{count}人不在指定的服务队", "{people} {be} not in a team that may take it"),
    "happens_at_an_asked_time": ("{count}人只能在别的时间去", "{people} could only come at another time"),
    "is_in_one_place_at_a_time": (
        "{count}人当时已有别的服务，赶不过来",
        "{people} {be} busy with another visit then",
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
        "{count}人没来过，而约定的人数已满",
        "{people} would be new, and no more different people may come",
    ),
    "stays_paired": ("{count}人能去，但该由结对的人去", "{people} could come, but the paired volunteer should"),
    "keeps_what_is_published": ("安排{count}人就要改动已经通知的安排", "{people} would upset what was announced"),
    "keeps_what_is_pinned": ("{count}人与协调员锁定的安排冲突", "a coordinator's pin keeps {people} away"),
    "stands_by_separately": ("{count}人当时在备班", "{people} {be} standing by then"),
    "newcomers_go_with_experience": (
        "{count}人是新人，没有有经验的人同去",
        "{people} {be} new and nobody experienced comes along",
    ),
    "crew_incomplete": ("{count}人能去，但同去的人手凑不齐", "{people} could come, but the crew is not complete"),
    "could_serve": ("还有{count}人可以安排", "{people} could still be given it"),
    "not_looked_at": ("还有{count}人没有逐一试排", "{people} {have} not been tried one by one"),
    "no_start_left": ("要求的时间在计划期内已经没有了", "the times asked for have passed or lie outside the plan"),
    "nobody_left": ("名单上没有可派的人", "there is nobody on the list"),
}
"""Why a seat is empty: a rule's name or another code."""

_WHY_NOT: dict[str, tuple[str, str]] = {
    "skill_missing": ("没有“{skill}”技能", "does not have the skill {skill}"),
    "skill_too_low": ("“{skill}”只有{level}级，要{needed}级", "{skill} at level {level}, level {needed} needed"),
    "skill_expired": ("“{skill}”证书{until}已到期", "{skill} was valid until {until} only"),
    "vehicle_none": ("没有车", "has no vehicle"),
    "vehicle_small": ("车上只能坐{seats}位乘客，要坐{needed}位", "{seats} passenger seats, {needed} needed"),
    "vehicle_no_wheelchair": ("车放不下轮椅", "the vehicle takes no wheelchair"),
    "vehicle_busy": ("那段时间车用不了", "the vehicle is not free then"),
    "no_times_given": ("没有登记空闲时间", "has given no free times"),
    "away": ("{day}请假", "is away on {day}"),
    "not_free": ("{start}–{end}没有空", "is not free {start}–{end}"),
    "never_free": ("在可选的时间里都没有空", "is not free at any of the times asked for"),
    "too_far": ("路上要{minutes}分钟，最多{most}分钟", "{minutes} minutes on the way, at most {most}"),
    "banned": ("服务对象说过不要这位来", "the resident does not want them"),
    "gender": ("服务对象要{gender}", "the resident asks for {gender}"),
    "language": ("不会说{language}", "does not speak {language}"),
    "declined_visit": ("本人推掉了这一次", "has declined this visit"),
    "declined_wish": ("本人推掉了这个心愿", "has declined this wish"),
    "claim_none": ("没有认领", "has not claimed it"),
    "claim_open": ("认领了，还没筛选", "has claimed it, not screened yet"),
    "claim_waitlisted": ("认领在候补，只能备班", "is on the waitlist and may only stand by"),
    "claim_not-chosen": ("认领未入选", "has claimed it and was not chosen"),
    "claim_withdrawn": ("认领后本人退出了", "has withdrawn the claim"),
    "claim_lapsed": ("认领已失效", "the claim has lapsed"),
    "not_in_team": ("不是{teams}的队员", "is not in {teams}"),
    "first_refusal": ("{teams}还有优先权", "{teams} still has first refusal"),
    "busy_then": ("{start}–{end}已排“{other}”，赶不过来", "has {other} {start}–{end}, too close"),
    "stands_by_then": ("{start}–{end}在“{other}”备班", "stands by for {other} {start}–{end}"),
    "visits_full": ("{period}已有{count}次，最多{most}次", "has {count} of at most {most} {period} already"),
    "minutes_full": (
        "{period}已有{load}分钟，再加{more}分钟就超过{most}分钟",
        "{load} minutes already {period}, {more} more would exceed {most}",
    ),
    "rest_days": ("每周要休{days}天，那一周已经排满", "needs {days} days of rest a week, and that week is full"),
    "rest_minutes": ("与前后一次之间休息不足{minutes}分钟", "less than {minutes} minutes of rest before or after"),
    "month": ("{month}月", "in {name}"),
    "week": ("{day}那一周", "in the week of {day}"),
    "day": ("{day}", "on {day}"),
    "twice_running": ("{day}那次也是本人，不能连着两次", "also serves on {day}; nobody serves twice running"),
    "served_last": ("上一次就是本人，不能连着两次", "served last time, and nobody serves twice running"),
    "turns_used": ("{days}天内最多{most}次，轮次已满", "has had their turn: at most {most} in {days} days"),
    "turns_used_on": (
        "{turns}已轮到，{days}天内最多{most}次",
        "has their turn on {turns}: at most {most} in {days} days",
    ),
    "turn_of_others": ("会打乱{who}的轮次", "would put {who} out of turn"),
    "newcomer_seat": ("本人是新人，这个位置要有经验的", "is new, and the seat asks for experience"),
    "newcomers_only": ("同去的都是新人，要有一位有经验的", "all would be new; somebody experienced is needed"),
    "pinned_off": ("协调员定了不派本人", "a coordinator keeps them off this visit"),
    "pinned_other": ("协调员锁定了{who}", "a coordinator pinned {who}"),
    "has_a_seat": ("已担任这次服务的别的分工", "already has another role at this visit"),
    "faces_full": (
        "来的人最多{most}位，已满，不能再换新面孔",
        "at most {most} different people may come, and they are found",
    ),
    "crew_short": ("能去，但同去的还缺{count}人", "could come, but {people} more would be needed"),
    "broken_is_in_one_place_at_a_time": ("与别的服务时间冲突", "collides with another visit"),
    "broken_stands_by_separately": ("与备班冲突", "collides with standing by"),
    "broken_keeps_own_limits": ("会超出{who}的限度", "would exceed the limits of {who}"),
    "broken_is_crewed_together": ("与同去的人不是一个队", "is not of the same team as the others"),
    "broken_keeps_the_spacing": ("与前后两次的间隔不合适", "too close to, or too far from, the neighbouring visit"),
    "broken_stays_paired": ("结对的{who}能来，就不换别人", "{who} is paired with the resident and can come"),
    "broken_keeps_what_is_published": ("已经通知了{who}，不改", "{who} has been told already"),
    "broken_happens_at_an_asked_time": ("不在要求的时间里", "is not a time asked for"),
    "female": ("女志愿者", "a woman"),
    "male": ("男志愿者", "a man"),
    "as_written": ("{text}", "{text}"),
    "language_zh": ("普通话", "Mandarin"),
    "language_yue": ("粤语", "Cantonese"),
    "language_hak": ("客家话", "Hakka"),
    "language_nan": ("闽南话", "Hokkien"),
    "language_wuu": ("吴语", "Wu"),
    "language_hsn": ("湘语", "Xiang"),
    "language_gan": ("赣语", "Gan"),
    "language_en": ("英语", "English"),
}
"""Why one person cannot take one seat."""

_TERMS: dict[str, tuple[str, str]] = {
    "needs": ("心愿", "needs"),
    "promises": ("承诺", "promises"),
    "quality": ("质量", "quality"),
    "empty_seats": ("空缺", "empty seats"),
    "published_seat": ("改动已通知的人", "people told changed"),
    "published_time": ("改动已通知的时间", "times told changed"),
    "published_standby": ("改动已通知的备班", "stand-bys told changed"),
    "pairing_broken": ("结对中断", "pairing broken"),
    "least_visit_missing": ("不足最低次数", "below the least visits"),
    "claimant_without_turn": ("入选者没有轮到", "claimant without a turn"),
    "fairness": ("公平", "fairness"),
    "faces": ("生面孔", "new faces"),
    "turns": ("轮次", "turns"),
    "missing_standby": ("缺备班", "missing stand-by"),
    "standby_turns": ("备班轮次", "stand-by turns"),
    "undesired_time": ("不太方便的时间", "undesired time"),
    "travel": ("路程", "travel"),
    "locality": ("就近", "locality"),
    "preferences": ("喜好", "preferences"),
    "soft_rules": ("放宽的规则", "soft rules"),
}
"""Tiers and terms, as short as they stand in a sum."""

_SHORT: dict[str, tuple[str, str]] = {
    "short_has_the_skills": ("技能不合", "skill"),
    "short_has_the_vehicle": ("车不合适", "vehicle"),
    "short_is_available": ("时间不合适", "not free"),
    "short_is_within_reach": ("路太远", "too far"),
    "short_is_accepted_by_the_resident": ("不合服务对象的要求", "not accepted"),
    "short_has_not_declined": ("本人推掉", "declined"),
    "short_has_claimed_it": ("没有认领或未入选", "not claimed or not chosen"),
    "short_belongs_to_the_team": ("不在指定的服务队", "not in the team"),
    "short_happens_at_an_asked_time": ("不在要求的时间里", "not asked for"),
    "short_is_in_one_place_at_a_time": ("与别的服务冲突", "another visit"),
    "short_keeps_own_limits": ("次数或时长已满", "own limits"),
    "short_fills_each_role_once": ("已有别的分工", "another role"),
    "short_is_crewed_together": ("不是一个队", "not one team"),
    "short_keeps_the_spacing": ("前后间隔不合适", "spacing"),
    "short_keeps_the_turn": ("轮次不合", "turns"),
    "short_keeps_faces_few": ("面孔太多", "too many faces"),
    "short_stays_paired": ("要由结对的人去", "pairing"),
    "short_keeps_what_is_published": ("已经通知", "published"),
    "short_keeps_what_is_pinned": ("已经锁定", "pinned"),
    "short_stands_by_separately": ("与备班冲突", "standing by"),
    "short_newcomers_go_with_experience": ("没有有经验的人", "no experience along"),
    "short_crew_incomplete": ("同去的人手不齐", "crew not complete"),
    "short_no_start_left": ("没有可选的时间", "no start left"),
    "counted": ("{what} {number}", "{what} {number}"),
}
"""A rule in two or three words, for counts."""

_ACCOUNTS: dict[str, tuple[str, str]] = {
    "delta_none": ("一样好，分数不变", "just as good"),
    "delta_more": ("多花{points}分（{terms}）", "costs {points} more ({terms})"),
    "delta_less": ("省{points}分（{terms}）", "saves {points} ({terms})"),
    "delta_tier_more": ("{tier}多花{points}分（{terms}）", "{tier}: costs {points} more ({terms})"),
    "delta_tier_less": ("{tier}省{points}分（{terms}）", "{tier}: saves {points} ({terms})"),
    "visit_at": ("{title}（{visit}）：{start}–{end}", "{title} ({visit}): {start}–{end}"),
    "visit_due": ("{title}（{visit}）：{due}前送到", "{title} ({visit}): by {due}"),
    "visit_not_served": ("{title}（{visit}）：没有排上", "{title} ({visit}): not served"),
    "time_fixed": ("时间是定好的，没有别的选择。", "The time is given; there is no other."),
    "time_told": ("时间已经通知出去了。", "The time has been announced."),
    "time_pinned": ("时间是协调员锁定的。", "A coordinator pinned the time."),
    "time_choices": ("可选的开始时间有{starts}个，分在{days}天。", "{starts} starts on {days} days could be chosen."),
    "time_tried": (
        "同一班人换到别的时间，试了{tried}个：{good}个可以，{bad}个不行。",
        "The same people at {tried} other starts: {good} would do, {bad} would not.",
    ),
    "time_tried_why": (
        "同一班人换到别的时间，试了{tried}个：{good}个可以，{bad}个不行（{why}）。",
        "The same people at {tried} other starts: {good} would do, {bad} would not ({why}).",
    ),
    "time_best": ("别的时间里最好的是{start}：{delta}。", "The best other start is {start}: {delta}."),
    "role_head": ("“{role}”（{seats}人）", "{role} ({seats})"),
    "seat": ("{who}：{causes}", "{who}: {causes}"),
    "seat_why": ("{who}：{why}；{causes}", "{who}: {why}; {causes}"),
    "causes_none": ("不带来代价", "causes no cost"),
    "causes_quality_more": ("带来{points}分代价（{terms}）", "causes {points} points ({terms})"),
    "causes_quality_less": ("省下{points}分（{terms}）", "saves {points} points ({terms})"),
    "causes_promises_more": ("承诺上带来{points}分代价（{terms}）", "promises: causes {points} points ({terms})"),
    "causes_promises_less": ("承诺上省下{points}分（{terms}）", "promises: saves {points} points ({terms})"),
    "claimed": ("{at}{channel}认领，{state}", "claimed {at} {channel}, {state}"),
    "claimed_by_team": ("{team}{at}{channel}认领，{state}", "{team} claimed {at} {channel}, {state}"),
    "channel_none": ("", ""),
    "channel_livestream": ("在直播间", "in the livestream"),
    "channel_online": ("在线上", "online"),
    "channel_qr": ("扫码", "by QR code"),
    "channel_offline": ("到现场", "in person"),
    "channel_team": ("由单位统一", "through the unit"),
    "state_open": ("待筛选", "not screened yet"),
    "state_chosen": ("已入选", "chosen"),
    "state_waitlisted": ("候补", "on the waitlist"),
    "state_not-chosen": ("未入选", "not chosen"),
    "state_lapsed": ("已失效", "lapsed"),
    "state_withdrawn": ("已退出", "withdrawn"),
    "is_paired": ("结对的志愿者", "paired with the resident"),
    "is_pinned": ("协调员锁定", "pinned by a coordinator"),
    "is_told": ("已经通知本人", "has been told"),
    "standby": ("备班：{who}", "Stand-by: {who}"),
    "empty": ("缺{empty}人：{reasons}", "{empty} missing: {reasons}"),
    "others_possible": ("也可以派的人：", "Also possible:"),
    "others_blocked": ("不能派的人，差得最少的在前：", "Not possible, those nearest to it first:"),
    "others_rest": ("另外：{reasons}", "Besides: {reasons}"),
    "candidate": ("{who}（路上{minutes}分钟）：{what}", "{who} ({minutes} minutes away): {what}"),
    "exchange": ("与{other}对调（{other}改去{when}），{delta}", "exchange with {other} (who goes {when}): {delta}"),
    "instead": ("换下{other}，{delta}", "instead of {other}: {delta}"),
    "into_empty": ("补上空缺，{delta}", "into the empty seat: {delta}"),
    "person_head": (
        "{who}：近{days}天{before}次，这一期{new}次（最多能排{offered}次），共{minutes}分钟。",
        "{who}: {before} in the last {days} days, {new} now (up to {offered} offered), {minutes} minutes.",
    ),
    "person_limits": ("本人的限度：{limits}。", "Own limits: {limits}."),
    "limit_visits_day": ("每天最多{most}次", "at most {most} a day"),
    "limit_visits_week": ("每周最多{most}次", "at most {most} a week"),
    "limit_visits_month": ("每月最多{most}次", "at most {most} a month"),
    "limit_travel": ("路上最多{most}分钟", "at most {most} minutes on the way"),
    "person_duties": ("排上的：", "Duties:"),
    "person_none": ("这一期没有排上。", "No duty this time."),
    "person_others": ("附近没有排给本人的：", "Visits nearby that went to others:"),
    "duty": ("{when} {title} · {role}", "{when} {title} · {role}"),
    "duty_standby": ("{when} {title} · {role}（备班）", "{when} {title} · {role} (stand-by)"),
    "other_visit": ("{when} {title} · {role}：{what}", "{when} {title} · {role}: {what}"),
    "span": ("{start}–{end}", "{start}–{end}"),
    "by_day": ("{day}前", "by {day}"),
    "not_served_visit": ("{visit}（没有排上）", "{visit} (not served)"),
    "wish_visit_nobody": ("{when}：没有人去", "{when}: nobody"),
    "empty_role": ("“{role}”缺{empty}人：{reasons}", "{role}: {empty} missing: {reasons}"),
    "wish_head": (
        "{title}（{wish}）：{total}次，排上{served}次。",
        "{title} ({wish}): {served} of {total} visits served.",
    ),
    "wish_visit": ("{when}：{crew}", "{when}: {crew}"),
    "wish_visit_standby": ("{when}：{crew}（备班 {standbys}）", "{when}: {crew} (stand-by {standbys})"),
    "wish_people": ("谁轮到了几次：", "Who has how many turns:"),
    "wish_turns": (
        "{who}：以前{before}次，这一期{new}次，备班{standbys}次",
        "{who}: {before} before, {new} now, {standbys} as stand-by",
    ),
    "wish_no_turn": ("{who}：这一期没有轮到——{what}", "{who}: no turn now — {what}"),
    "times_possible": (
        "{count}次可以换上，最省的一次（{when}）{delta}",
        "possible {count} times, at best ({when}): {delta}",
    ),
    "times_blocked": ("{number}次{what}", "{number} × {what}"),
    "nothing_to_serve": ("这一期没有要排的服务。", "There is nothing to serve this time."),
}
"""Sentences of the accounts."""

_PROOF: dict[str, tuple[str, str]] = {
    "seats_all": ("{seats}个名额全部排上。", "All {seats} seats are filled."),
    "seats_most": (
        "{seats}个名额排上了{filled}个，怎么排也最多{most}个。",
        "{filled} of {seats} seats are filled; {most} is the most anyone could fill.",
    ),
    "seats_proven": (
        "{seats}个名额排上了{filled}个，已证明按轻重缓急不能更好。",
        "{filled} of {seats} seats are filled; by priority it is proven that no roster does better.",
    ),
    "seats_open": (
        "{seats}个名额排上了{filled}个；最多不会超过{most}个，能不能再多还没有证明。",
        "{filled} of {seats} seats are filled; {most} is an upper limit, and more than {filled} is not ruled out.",
    ),
    "relaxed": (
        "（算“最多”时没有计入的规则：{rules}。）",
        "(Rules left out of that upper limit: {rules}.)",
    ),
    "bottlenecks": ("卡在哪里：", "What stands in the way:"),
    "bottleneck_few": (
        "{roles}：这{seats}个名额只有{who}能去，最多能去{places}次，至少空{empty}个。",
        "{roles}: only {who} can take these {seats} seats, {places} times at most; at least {empty} stay empty.",
    ),
    "bottleneck_many": (
        "{roles}：这{seats}个名额有{count}人能去，但加起来最多能去{places}次，至少空{empty}个。",
        "{roles}: {people} can take these {seats} seats, {places} times at most; at least {empty} stay empty.",
    ),
    "bottleneck_nobody": ("{roles}：这{seats}个名额没有人能去。", "{roles}: nobody can take these {seats} seats."),
    "role_of": ("“{title}”的{role}（{visit}）", "{role} of {title} ({visit})"),
    "and_more": ("另外{number}项", "{number} more"),
    "nobody_has_it": (
        "{where}的“{role}”要{seats}人，没有{needed}。",
        "{where}, {role} ({seats}): there is nobody {needed}.",
    ),
    "nobody_but_one": (
        "{where}的“{role}”要{seats}人，{needed}只有1人，{reasons}。",
        "{where}, {role} ({seats}): there is 1 person {needed}: {reasons}.",
    ),
    "nobody_of_those": (
        "{where}的“{role}”要{seats}人，{needed}只有{number}人：{reasons}。",
        "{where}, {role} ({seats}): there are {number} people {needed}: {reasons}.",
    ),
    "nobody_at_all": (
        "{where}的“{role}”要{seats}人，没有人能去：{reasons}。",
        "{where}, {role} ({seats}): nobody can come: {reasons}.",
    ),
    "nobody_no_start": (
        "{where}的“{role}”要{seats}人，要求的时间在计划期内已经没有了。",
        "{where}, {role} ({seats}): the times asked for have passed or lie outside the plan.",
    ),
    "those_has_the_skills": ("会“{skills}”的人", "with the skill {skills}"),
    "those_has_claimed_it": ("可以派的认领人", "with a claim that counts"),
    "those_has_the_vehicle": ("有合适的车的人", "with a suitable vehicle"),
    "those_belongs_to_the_team": ("指定服务队的队员", "in the teams asked for"),
    "where_any": ("“{title}”（{visit}）", "{title} ({visit})"),
    "where_due": ("{day}前的“{title}”", "{title} by {day}"),
    "where_on": ("{day}{part}的“{title}”", "{title} on {day} {part}"),
    "part_morning": ("上午", "in the morning"),
    "part_afternoon": ("下午", "in the afternoon"),
    "part_evening": ("晚上", "in the evening"),
    "part_day": ("", ""),
    "empty_seats_head": ("缺人的地方：", "Empty seats:"),
    "empty_seats_of": ("{where}的“{role}”缺{empty}人：{reasons}", "{where}, {role}: {empty} missing: {reasons}"),
    "tier_proven": ("{tier}：{value}分，已证明最好。", "{tier}: {value} points, proven best."),
    "tier_proven_given": (
        "{tier}：{value}分，在前几项的现状下已证明最好。",
        "{tier}: {value} points, proven best given the tiers before.",
    ),
    "tier_open": (
        "{tier}：{value}分，再好也不会低于{least}分，还没有证明到底。",
        "{tier}: {value} points; no roster is below {least}, and the gap is open.",
    ),
    "tier_unknown": (
        "{tier}：{value}分，还能好多少不知道。",
        "{tier}: {value} points; how far from best is not known.",
    ),
    "terms": ("{terms}", "{terms}"),
}
"""Sentences of the proof."""

_SUPPLY: dict[str, tuple[str, str]] = {
    "supply_row": (
        "{skill} · {half_day}：要{needed}人次（另有{flexible}人次可改到这时），能来{number}人，最多{available}人次",
        "{skill}, {half_day}: {needed} needed, {flexible} more may lie then; {number} able, {available} turns",
    ),
    "supply_row_gap": (
        "{skill} · {half_day}：要{needed}人次，能来{number}人，最多{available}人次，缺{gap}",
        "{skill}, {half_day}: {needed} needed; {number} able, {available} turns; {gap} short",
    ),
    "skill_level": ("{skill}（{level}级）", "{skill} (level {level})"),
    "with_vehicle": ("用车", "vehicle"),
    "anybody": ("一般服务", "anybody"),
    "half_day": ("{kind}{part}", "{kind} {part}"),
    "any_time": ("不限时间", "any time"),
    "on_workday": ("工作日", "workday"),
    "on_day_off": ("休息日", "day off"),
    "in_morning": ("上午", "morning"),
    "in_afternoon": ("下午", "afternoon"),
    "in_evening": ("晚上", "evening"),
    "column_skill": ("技能", "skill"),
    "column_half_day": ("半天", "half-day"),
    "column_needed": ("需要人次", "needed"),
    "column_flexible": ("也可排在这时", "flexible"),
    "column_people": ("能来的人", "people"),
    "column_available": ("能出人次", "available"),
    "column_gap": ("缺口", "gap"),
    "supply_seats": (
        "一共{seats}个名额，怎么排也最多排上{most}个。",
        "{seats} seats; {most} is the most anyone could fill.",
    ),
    "supply_nobody": ("没有人能去的：", "Nobody can take:"),
    "supply_short": ("人手不够分的：", "Too few people for:"),
    "so_often": ("{phrase}（共{number}次都是这样）", "{phrase} ({number} visits in all)"),
}
"""Sentences of supply."""

SENTENCES: dict[str, tuple[str, str]] = {
    **_WHY_EMPTY,
    **_WHY_NOT,
    **_TERMS,
    **_SHORT,
    **_ACCOUNTS,
    **_PROOF,
    **_SUPPLY,
    **SCREENING,
    **SUGGEST,
    **COMPARE,
    **FIXES,
    **SIMULATE,
    **STRESS,
    **WHATIF,
    **HANDOVER,
}
"""Every code with its Chinese and its English sentence."""
