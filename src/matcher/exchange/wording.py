"""Every word the outputs say, in Chinese and English, and dates and times as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from matcher.exchange.layout import Language

Say = Callable[..., str]

_WORDS: dict[str, tuple[str, str]] = {
    # headings
    "roster": ("排班表", "Roster"),
    "calendar": ("日历", "Calendar"),
    "list": ("清单", "List"),
    "unfilled": ("还缺的人", "Still needed"),
    "loads": ("志愿者负荷", "Volunteers' loads"),
    "rounds": ("当天路线", "Rounds"),
    "proof": ("这份安排有多好", "How good this roster is"),
    "notes": ("需要您知道的", "What you should know"),
    "legend": ("图例", "Legend"),
    "notice": ("心愿对接公示", "Public notice"),
    "slip": ("个人服务单", "Service slip"),
    "phone_list": ("电话通知单", "Call list"),
    # words
    "date": ("日期", "Date"),
    "time": ("时间", "Time"),
    "resident": ("服务对象", "Resident"),
    "wish": ("心愿", "Wish"),
    "place": ("地点", "Place"),
    "community": ("社区", "Community"),
    "people": ("人员", "People"),
    "volunteer": ("志愿者", "Volunteer"),
    "team": ("服务队", "Team"),
    "standby": ("备班", "Stand-by"),
    "standby_short": ("备", "stand-by"),
    "to_next": ("到下一家", "On to the next"),
    "to_next_minutes": ("到下一家（分钟）", "On to the next (minutes)"),
    "way_home": ("{minutes}分钟（回家）", "{minutes} min, home"),
    "way_next": ("{minutes}分钟", "{minutes} min"),
    "way_there": ("从家出发{minutes}分钟到第一家", "{minutes} minutes from home to the first"),
    "round_sums": ("{count}家，服务{service}，路上共{way}", "{count} visits, {service} of service, {way} on the way"),
    "order": ("顺序", "Order"),
    "missing": ("缺 {count} 人", "{count} needed"),
    "missing_mark": ("缺{count}人", "{count} needed"),
    "missing_count": ("缺几人", "Needed"),
    "reason": ("原因", "Why"),
    "role": ("分工", "Role"),
    "phone": ("电话", "Phone"),
    "emergency": ("紧急联系人", "Emergency contact"),
    "address": ("地址", "Address"),
    "origin": ("出发地", "From"),
    "destination": ("目的地", "To"),
    "items": ("物品", "Items"),
    "budget": ("预算", "Budget"),
    "payer": ("付款", "Paid by"),
    "vehicle": ("车辆", "Vehicle"),
    "main": ("主班", "On duty"),
    "together": ("同行", "Together with"),
    "along": ("交接", "To hand over"),
    "ask_along": ("想请同去交接", "to hand over, if possible"),
    "by_date": ("{date}前", "by {date}"),
    "yuan": ("{yuan} 元以内", "up to ¥{yuan}"),
    "payer_community": ("社区报销", "community"),
    "payer_resident": ("本人付", "resident"),
    "seats": ("可坐 {seats} 位乘客", "seats {seats}"),
    "wheelchair": ("可载轮椅", "takes a wheelchair"),
    "before": ("近{days}天已服务", "Last {days} days"),
    "new": ("本次安排", "This roster"),
    "standby_turns": ("备班次数", "Stand-by turns"),
    "minutes": ("用时", "Time"),
    "minutes_unit": ("用时（分钟）", "Minutes"),
    "hours_minutes": ("{hours}小时{minutes}分", "{hours} h {minutes} min"),
    "whole_hours": ("{hours}小时", "{hours} h"),
    "few_minutes": ("{minutes}分钟", "{minutes} min"),
    "count": ("人数", "Count"),
    "morning": ("上午", "morning"),
    "afternoon": ("下午", "afternoon"),
    "evening": ("晚上", "evening"),
    "next_day": ("次日", "next day "),
    "month_open": ("{month}内", "in {month}"),
    "date_open": ("日期待定", "date open"),
    "undated": ("还没定下来：{items}", "Not settled: {items}"),
    "week_open": ("{first}—{last}间", "{first} – {last}"),
    "day_off_mark": ("休", "off"),
    "workday_mark": ("班", "work"),
    "more": ("另有 {count} 项，见清单", "{count} more, see the list"),
    # the head
    "window": ("{start}—{end}", "{start} – {end}"),
    "as_of": ("截至 {moment}", "as of {moment}"),
    "filled_of": ("名额", "places"),
    "visits_served": ("服务单", "visits"),
    "people_serving": ("位志愿者上岗", "volunteers serve"),
    "standbys_named": ("个备班", "stand-by seats"),
    "seats_missing": ("个名额空缺", "places empty"),
    # proof
    "all_filled": ("{total} 个名额全部安排好了。", "All {total} places are filled."),
    "no_seats": ("这段时间没有要安排的名额。", "There is nothing to fill in this window."),
    "some_filled": ("{total} 个名额安排了 {filled} 个", "{filled} of {total} places filled"),
    "proven_most": ("；已证明最多只能安排 {most} 个。", "; {most} is the most anyone could fill (proven)."),
    "most_possible": ("；最多只能安排 {most} 个。", "; {most} is the most anyone could fill."),
    "proven_best": (
        "；已证明：按优先级和等待时间算，没有更好的办法。",
        "; proven: by priority and waiting time, nothing better exists.",
    ),
    "unknown_most": ("；还没有证明能不能安排更多。", "; whether more is possible is not known yet."),
    "promises_kept": (
        "说过的话都算数：已通知的没有改动，结对没有拆开，该轮到的都轮到了。",
        "Every promise is kept: nothing published was changed, no pairing broken, nobody owed a turn goes without.",
    ),
    "promises_none_better": ("对已有承诺的影响为 {value} 分，已证明不能更少。",
                             "Cost to promises made: {value} points, proven the least."),
    "promises_bound": ("对已有承诺的影响为 {value} 分，最少也要 {bound} 分。",
                       "Cost to promises made: {value} points; at least {bound} is unavoidable."),
    "promises_unknown": ("对已有承诺的影响为 {value} 分，还不知道能不能更少。",
                         "Cost to promises made: {value} points; whether less is possible is not known yet."),
    "quality_best": (
        "安排质量 {value} 分（分数越低越公平、越顺路），已证明不能更好。",
        "Quality: {value} points (the lower, the fairer and nearer), proven best.",
    ),
    "quality_bound": (
        "安排质量 {value} 分（分数越低越公平、越顺路），最好也就到 {bound} 分，相差不超过 {percent}%。",
        "Quality: {value} points (the lower, the fairer and nearer); at best {bound}, at most {percent}% away.",
    ),
    "quality_unknown": (
        "安排质量 {value} 分（分数越低越公平、越顺路），还不知道离最好有多远。",
        "Quality: {value} points (the lower, the fairer and nearer); how far from the best is not known yet.",
    ),
    "conditional": (
        "前一项还没有证明到底，这一项的结论以前一项的现状为准。",
        "An earlier point is not proven yet; this one holds given its present state.",
    ),
    "tier_needs": ("心愿", "Needs"),
    "tier_promises": ("承诺", "Promises"),
    "tier_quality": ("质量", "Quality"),
    "terms": ("分数由来", "Where the points come from"),
    "points": ("分", "points"),
    "term_empty_seats": ("名额空缺", "Empty places"),
    "term_published_seat": ("已通知的人换了", "People already told were changed"),
    "term_published_time": ("已通知的时间改了", "Times already told were changed"),
    "term_published_standby": ("已通知的备班换了", "Stand-bys already told were changed"),
    "term_pairing_broken": ("结对被拆开", "Pairings broken"),
    "term_least_visit_missing": ("没排够最少次数", "Fewer visits than the least agreed"),
    "term_claimant_without_turn": ("已入选却没轮到", "Chosen claimants without a turn"),
    "term_fairness": ("轮次是否均匀", "Turns shared evenly"),
    "term_faces": ("陌生面孔", "New faces"),
    "term_turns": ("同一心愿重复轮到", "Repeated turns at one wish"),
    "term_missing_standby": ("缺备班", "Missing stand-bys"),
    "term_standby_turns": ("备班集中在少数人", "Stand-bys falling on few"),
    "term_undesired_time": ("不太方便的时间", "Times people would rather not"),
    "term_travel": ("路上时间", "Travel"),
    "term_locality": ("离家远近与片区", "Distance from home and community"),
    "term_preferences": ("双方喜好", "Preferences"),
    "term_soft_rules": ("放宽的规则", "Rules made soft"),
    # page furniture
    "page_footer": ("内部资料，含个人信息，请妥善保管", "Internal: contains personal data, keep it safe"),
    "wall_footer": ("电话与门牌见电话通知单和个人服务单", "Phone numbers and doors: see the call list and the slips"),
    "legend_holiday": ("放假", "day off"),
    "legend_makeup": ("调休上班", "make-up workday"),
    "legend_standby": ("备班（主班来不了时顶上）", "stand-by (steps in when needed)"),
    "legend_missing": ("缺人", "place empty"),
    "bar_before": ("近{days}天已服务", "last {days} days"),
    "bar_new": ("本次安排", "this roster"),
    "bar_standby": ("备班", "stand-by"),
    "without_duty": ("另有 {count} 位志愿者这次没有安排。", "{count} more volunteers have no duty this time."),
    "unpublished_years": (
        "{years} 年的放假调休安排尚未公布，相关日期请到时再核对。",
        "The holidays and make-up workdays of {years} are not published yet; check those dates again later.",
    ),
    "not_acceptable": (
        "不符合服务对象的要求：{count} 人",
        "do not fit what the resident asked for: {count}",
    ),
    "notes_elsewhere": (
        "读表时的理解和提醒共 {count} 条，见 roster.xlsx 的“说明”页。",
        "Assumptions and warnings: {count}, listed on the About sheet of roster.xlsx.",
    ),
    # notice
    "notice_intro": (
        "根据居民心愿和志愿者报名情况，现将{start}至{end}的心愿对接情况公示如下。",
        "This is how residents' wishes and volunteers' offers were brought together from {start} to {end}.",
    ),
    "notice_call": ("还在等您", "We still need you"),
    "notice_call_text": (
        "以下心愿还缺人手，欢迎到社区报名。",
        "These wishes still need hands; please come forward.",
    ),
    "notice_thanks": (
        "为保护隐私，姓名作了隐去处理。对公示内容有疑问，请与社区联系。",
        "Names are masked to protect privacy. Please contact the community with any question.",
    ),
    "notice_contact": ("公示期：______________　　联系人：__________　　电话：______________",
                       "Notice period: ______________   Contact: __________   Phone: ______________"),
    "notice_seal": ("（盖章）", "(seal)"),
    "served_people": ("预计服务 {count} 人", "about {count} people served"),
    # slip
    "slip_greeting": ("{name}，您好！感谢您的付出。以下是您{start}至{end}的服务安排：",
                      "Dear {name}, thank you. These are your duties from {start} to {end}."),
    "slip_scan": ("扫码加入日历", "Scan to add to your calendar"),
    "slip_standby": (
        "您是备班：请把这段时间留出来。需要您顶上时，联系人会给您打电话，并告诉您地址和电话。",
        "You are the stand-by: please keep this time free. If needed, you will be called and given the address.",
    ),
    "slip_standby_goods": (
        "您是备班：需要您顶上时，联系人会给您打电话，并告诉您地址和电话。",
        "You are the stand-by: if needed, you will be called and given the address.",
    ),
    "slip_contact": ("来不了请尽早告诉我们。　联系人：__________　电话：______________",
                     "If you cannot come, tell us as early as you can.   Contact: __________   Phone: ______________"),
    "slip_private": ("本单含个人信息，只供您本人使用，用完请销毁。",
                     "This slip holds personal data for you alone; destroy it after use."),
    "deliver_by": ("请在这天或之前送到", "hand over on or before this day"),
    # phone list
    "told": ("已通知", "Told"),
    "whom": ("通知谁", "Whom"),
    # calendar entries
    "ics_standby": ("【备班】{title}", "[Stand-by] {title}"),
    "ics_role": ("分工：{role}", "Role: {role}"),
    "ics_main": ("主班：{names}", "On duty: {names}"),
    "ics_with": ("同行：{names}", "Together with: {names}"),
    "ics_slip": ("门牌和电话见个人服务单。", "Door and phone: see your slip."),
    "ics_day_before": ("明天：{title}", "Tomorrow: {title}"),
    "ics_two_hours": ("两小时后：{title}", "In two hours: {title}"),
    # workbook
    "hint_list": (
        "服务结束后在“结果”里选一项；换了人就直接改“志愿者”一栏的名字。改好的表可以直接读回。",
        "Afterwards pick an outcome; if somebody else went, write their name over. This sheet can be read back in.",
    ),
    "nobody_missing": ("没有空缺，人都齐了。", "Nothing is missing."),
    "about_use": ("怎么用这份表", "How to use this workbook"),
    "about_use_1": (
        "“日历”可直接打印张贴（A4 横向）；清单里的电话只供内部联系，不要张贴。",
        "The calendar prints on A4 landscape for the wall; the phone numbers in the lists are for internal use only.",
    ),
    "about_use_2": (
        "服务后在清单“结果”一栏选“完成、未到、取消”。备班顶上的，把名字改成备班的人，结果选“完成”。",
        "After a visit choose done, no-show or cancelled. If the stand-by went, write their name in and choose done.",
    ),
    "about_use_3": (
        "空缺的行可以直接填上您找到的人。右侧隐藏的三列是编号，读回时要用，请不要删除。",
        "Write whoever you find into the empty rows. Keep the hidden columns at the right: reading back needs them.",
    ),
    "about_made": ("怎么得出的", "How it was made"),
    "strategy": ("方法", "Strategy"),
    "seed": ("随机种子", "Seed"),
    "fingerprint": ("台账指纹", "Fingerprint of the scenario"),
    "name_unknown": ("请选一位，或写上手机号", "Pick somebody, or write a phone number"),
    # roles people use without giving them a title
    "role_helper": ("志愿者", "helper"),
    "role_driver": ("司机", "driver"),
    "role_companion": ("陪同", "companion"),
    "role_doctor": ("医生", "doctor"),
    "role_nurse": ("护士", "nurse"),
    "role_teacher": ("老师", "teacher"),
    "role_lead": ("领队", "lead"),
    "role_buyer": ("采购", "buyer"),
    # goods, visits without a title
    "kind_visit": ("上门服务", "home visit"),
    "kind_escort": ("陪同接送", "escort"),
    "kind_event": ("活动", "event"),
    "kind_goods": ("物品心愿", "goods"),
    # errors
    "folder_exists": ("输出文件夹“{folder}”已经存在，里面有文件。",
                      'The output folder "{folder}" exists and is not empty.'),
    "folder_exists_advice": ("请换一个名字，或先把旧的移走。", "Choose another name, or move the old one away."),
    "folder_is_file": ("“{folder}”是一个文件，不是文件夹。", '"{folder}" is a file, not a folder.'),
    "folder_denied": ("没有权限在“{folder}”里写文件。", 'No permission to write in "{folder}".'),
    "folder_denied_advice": ("请换一个您可以写的位置。", "Choose a place you may write to."),
    "disk_full": ("磁盘满了，“{folder}”没有写成，什么也没留下。",
                  'The disk is full; "{folder}" was not written, nothing is left behind.'),
    "disk_full_advice": ("请腾出空间后再试，或换一个磁盘。", "Free some space and try again, or choose another disk."),
    "folder_failed": ("“{folder}”写不了（{reason}），什么也没留下。",
                      '"{folder}" could not be written ({reason}); nothing is left behind.'),
    "name_too_long": ("名字太长", "the name is too long"),
    "no_such_path": ("没有这个位置", "there is no such place"),
    "folder_failed_advice": ("请检查路径，或换一个位置。", "Check the path, or choose another place."),
}

_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")


def wording(language: Language) -> Say:
    """The function that says things in one language.

    >>> wording("zh")("missing", count=2)
    '缺 2 人'
    """
    column = 0 if language == "zh" else 1

    def say(key: str, **values: Any) -> str:
        return _WORDS[key][column].format(**values)

    return say


def knows(key: str) -> bool:
    """Is there a word of this key?"""
    return key in _WORDS


def weekday(day: date, language: Language) -> str:
    """周六, or Sat."""
    name = _WEEKDAYS[language][day.weekday()]
    return f"周{name}" if language == "zh" else name


def weekdays(language: Language) -> list[str]:
    """Monday to Sunday."""
    monday = date(2026, 11, 30)
    return [weekday(monday + timedelta(days=n), language) for n in range(7)]


def short_date(day: date, language: Language) -> str:
    """12月5日, or 5 Dec."""
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {_MONTHS[day.month][:3]}"


def day_and_weekday(day: date, language: Language) -> str:
    """The date with its weekday.

    >>> day_and_weekday(date(2026, 12, 5), "zh"), day_and_weekday(date(2026, 12, 5), "en")
    ('12月5日 周六', 'Sat 5 Dec')
    """
    if language == "zh":
        return f"{short_date(day, language)} {weekday(day, language)}"
    return f"{weekday(day, language)} {short_date(day, language)}"


def long_date(day: date, language: Language) -> str:
    """2026年12月5日, or 5 December 2026."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {_MONTHS[day.month]} {day.year}"


def month_name(day: date, language: Language) -> str:
    """2026年12月, or December 2026."""
    return f"{day.year}年{day.month}月" if language == "zh" else f"{_MONTHS[day.month]} {day.year}"


def time_range(start: datetime, end: datetime | None, language: Language) -> str:
    """Local times of a service; the end says so when it falls on another day.

    >>> from datetime import UTC
    >>> time_range(datetime(2026, 12, 5, 22, tzinfo=UTC), datetime(2026, 12, 6, 6, tzinfo=UTC), "zh")
    '22:00–次日06:00'
    """
    if end is None:
        return f"{start:%H:%M}"
    overnight = wording(language)("next_day") if end.date() > start.date() else ""
    return f"{start:%H:%M}–{overnight}{end:%H:%M}"


def duration(minutes: int, language: Language) -> str:
    """Hours and minutes: 2小时30分."""
    say, (hours, rest) = wording(language), divmod(minutes, 60)
    if not rest:
        return say("whole_hours", hours=hours)
    return say("hours_minutes", hours=hours, minutes=rest) if hours else say("few_minutes", minutes=rest)


def half_day(moment: datetime, language: Language) -> str:
    """上午, 下午 or 晚上: as much of the time as the public needs."""
    key = "morning" if moment.hour < 12 else "afternoon" if moment.hour < 18 else "evening"
    return wording(language)(key)


_WEEK = re.compile(r"(\d{4})-W(\d{2})(#\d+)?")
_MONTH = re.compile(r"(\d{4})-(\d{2})(#\d+)?")
_FIXED = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2})(\d{2})")


def first_day_of(visit: str) -> date | None:
    """The first day a visit may lie on, as far as its id tells: of its week, its month, or its fixed date.

    >>> first_day_of("w/2026-W49"), first_day_of("w/2026-12#2"), first_day_of("w/1")
    (datetime.date(2026, 11, 30), datetime.date(2026, 12, 1), None)
    """
    period = visit.rpartition("/")[2]
    if found := _WEEK.fullmatch(period):
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    if found := _FIXED.fullmatch(period):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH.fullmatch(period):
        return date(int(found[1]), int(found[2]), 1)
    return None


def open_date(visit: str, language: Language, asked: Sequence[date] = ()) -> str:
    """When a visit nobody serves would have been: its date, or from when to when, or its month.

    ``asked`` are the days it might have been, in order.

    >>> open_date("w/2026-12", "zh"), open_date("w/2026-12-05T0900", "zh")
    ('12月内', '12月5日 周六')
    >>> open_date("w/2026-W49", "zh", [date(2026, 12, 5), date(2026, 12, 6)]), open_date("w/1", "zh", [date(2026, 12, 5)])
    ('12月5日—12月6日间', '12月5日 周六')
    """
    say, period, day = wording(language), visit.rpartition("/")[2], first_day_of(visit)
    if day and _FIXED.fullmatch(period):
        return day_and_weekday(day, language)
    if len(asked) == 1:
        return day_and_weekday(asked[0], language)
    if day and _MONTH.fullmatch(period):
        return say("month_open", month=f"{day.month}月" if language == "zh" else _MONTHS[day.month])
    days = asked or ([day, day + timedelta(days=6)] if day else [])
    if not days:
        return say("date_open")
    return say("week_open", first=short_date(days[0], language), last=short_date(days[-1], language))


def fixed_clock(visit: str) -> str:
    """``09:00`` of a fixed visit's id, else nothing."""
    found = _FIXED.fullmatch(visit.rpartition("/")[2])
    return f"{found[4]}:{found[5]}" if found else ""
