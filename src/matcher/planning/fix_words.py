"""What fixes say, in Chinese and English."""

from __future__ import annotations

FIXES: dict[str, tuple[str, str]] = {
    "fix": ("{number}. {steps}，{when}就能由{seats}。〔代价{price}〕", "{number}. {steps}; then {seats}{when}. [price {price}]"),
    "fix_as_it_is": ("{number}. 什么都不用改，{when}就能由{seats}。〔代价0〕", "{number}. As it is, {seats}{when}. [price 0]"),
    "fix_seat": ("{who}担任“{role}”", "{who} can be {role}"),
    "fix_then": ("{start}", " on {start}"),
    "fix_no_time": ("", ""),
    "fixes_apart": (
        "（以上各条都是单独算的，可能用到同一个人的同一段时间：办成一条，再排一次，再看下一条。）",
        "(Each was worked out by itself, and two may need the same hours of one person: settle one, plan again, look at the next.)",
    ),
    "fixes_head": ("怎样才能补上（便宜的在前）：", "What would fill it, the cheapest first:"),
    "fixes_none": ("列出的办法都试过了，没有一种能补上。", "None of the listed changes would fill it."),
    "fixes_skipped": (
        "时间不够，没有找全办法；用 --visit {visit} 单独看。",
        "Time ran out before a fix was found; ask with --visit {visit}.",
    ),
    "fix_promoted": ("把{who}的候补认领转为入选", "mark the waitlisted claim of {who} as chosen"),
    "fix_promoted_team": ("把{team}的候补认领转为入选，由{who}出人", "mark the waitlisted claim of {team} as chosen, for {who}"),
    "fix_claim": ("请{who}也来认领", "ask {who} to claim it"),
    "fix_standby": ("{who}不再给{visit}备班", "release {who} from standing by for {visit}"),
    "fix_start": ("改到{start}（仍在提出的时间里）", "begin at {start}, still a time asked for"),
    "fix_handover": ("{who}的{visit}交给{other}", "{other} takes over {visit} from {who}"),
    "fix_reach": (
        "请{who}破例走远一点（单程{after}分钟，本人定的是{before}分钟）",
        "ask {who} to come further for once ({after} minutes one way, {before} agreed)",
    ),
    "fix_visits_per_day": (
        "请{who}破例一天去{after}次（本人定的是{before}次）",
        "ask {who} for {after} visits in one day ({before} agreed)",
    ),
    "fix_visits_per_week": (
        "请{who}破例一周去{after}次（本人定的是{before}次）",
        "ask {who} for {after} visits in one week ({before} agreed)",
    ),
    "fix_visits_per_month": (
        "请{who}破例一个月去{after}次（本人定的是{before}次）",
        "ask {who} for {after} visits in one month ({before} agreed)",
    ),
    "fix_minutes_per_day": (
        "请{who}破例一天服务{after}分钟（本人定的是{before}分钟）",
        "ask {who} for {after} minutes in one day ({before} agreed)",
    ),
    "fix_minutes_per_week": (
        "请{who}破例一周服务{after}分钟（本人定的是{before}分钟）",
        "ask {who} for {after} minutes in one week ({before} agreed)",
    ),
    "fix_minutes_per_month": (
        "请{who}破例一个月服务{after}分钟（本人定的是{before}分钟）",
        "ask {who} for {after} minutes in one month ({before} agreed)",
    ),
    "fix_rest_days": (
        "请{who}破例一周只休{after}天（本人定的是{before}天）",
        "ask {who} to rest {after} days that week ({before} agreed)",
    ),
    "fix_min_rest_minutes": (
        "请{who}破例两次之间只休息{after}分钟（本人定的是{before}分钟）",
        "ask {who} to rest {after} minutes between two visits ({before} agreed)",
    ),
    "fix_availability": ("请{who}{day}{before}–{after}腾出时间", "ask {who} to be free {day} {before}–{after}"),
    "fix_turns": ("每人最多轮{before}次放宽到{after}次", "allow {after} turns each instead of {before}"),
    "fix_helpers": ("来的人最多{before}位放宽到{after}位", "allow {after} different people instead of {before}"),
    "fix_time": ("跟对方商量，改到{start}", "ask whether it may be {start} instead"),
    "fix_partial": ("人不齐也照常去", "go even if the crew is not complete"),
    "fix_level": ("“{skill}”的要求从{before}级降到{after}级", "ask for level {after} of {skill} instead of {before}"),
    "fix_volunteer": (
        "再找1位{what}{day}{before}–{after}有空的志愿者",
        "find one more volunteer{what}, free {day} {before}–{after}",
    ),
    "fix_volunteer_goods": ("再找1位{what}愿意跑这一趟的志愿者", "find one more volunteer{what} to run this errand"),
    "fix_what": ("{asked}、", " who {asked}"),
    "fix_what_nothing": ("", ""),
    "fix_can": ("会“{skills}”", "can do {skills}"),
    "fix_drives": ("有车", "has a car"),
    "fix_experienced": ("有经验", "is experienced"),
    "fix_new": ("新来的志愿者", "the new volunteer"),
    "more_in_short": (
        "最缺的是“{skill}”：空着的{all}个名额里占{number}个。",
        "Shortest of all is {skill}: {number} of the {all} empty places.",
    ),
    "more_short": ("{where}空着{number}个。{rows}", "{where}: {number} empty. {rows}"),
    "more_community": ("{community}", "{community}"),
    "more_elsewhere": ("没有注明社区的", "No community given"),
    "more_head": ("再多一个人，能多补几个（别人都不动）：", "What one more person would fill, with nobody else moved:"),
    "more_person": ("{where}再有1位{what}{when}有空的志愿者", "One more volunteer{what}, free {when}{where}"),
    "more_where": ("{community}", " and living in {community}"),
    "more_anywhere": ("", ""),
    "more_when": ("{day}{part}", "on {day} {part}"),
    "more_any_time": ("", "at any time"),
    "more_morning": ("上午", "mornings"),
    "more_afternoon": ("下午", "afternoons"),
    "more_evening": ("晚上", "evenings"),
    **{
        f"weekday_{code}": (f"周{zh}", en)
        for code, zh, en in zip(
            ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "一二三四五六日",
            ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        )
    },
    "more_fills": ("{who}，至少能多补{number}个：{visits}", "{who}: at least {number} more ({visits})"),
    "more_visits": ("{title}{number}次", "{title} × {number}"),
    "fix_goods": ("“{title}”", "{title}"),
    "fix_visit": ("{day}“{title}”", "{title} on {day}"),
}
"""Sentences of fixes, by code."""
