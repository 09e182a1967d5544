"""What claims, links, orders and messages say, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "no-wish": ("没有心愿“{wish}”。", 'There is no wish "{wish}".'),
    "no-wish-advice": ("请核对编号。", "Check its id."),
    "no-volunteer": ("志愿者里没有“{who}”。", 'There is no volunteer "{who}".'),
    "no-volunteer-advice": ("请先登记为志愿者，或核对编号。", "Sign them up as a volunteer first, or check the id."),
    "no-team": ("服务队里没有“{who}”。", 'There is no team "{who}".'),
    "no-team-advice": ("请核对编号。", "Check its id."),
    "wish-closed": ("“{title}”已经转出或办结，不能再认领。", '"{title}" is closed; it cannot be claimed any more.'),
    "not-claimable": ("“{title}”现在是“{stage}”，还不能认领。", '"{title}" is {stage}; it cannot be claimed.'),
    "too-early": ("“{title}”{at} 才开始认领。", 'Claiming "{title}" opens at {at}.'),
    "too-late": ("“{title}”{at} 已经截止认领。", 'Claiming "{title}" closed at {at}.'),
    "window-advice": ("请看看别的心愿。", "Have a look at other wishes."),
    "team-only": ("“{title}”只由指定的服务队承接。", '"{title}" is for certain teams only.'),
    "too-many-places": (
        "一次最多认领 {most} 个名额，这里写了 {places} 个。",
        "At most {most} places can be claimed at once; this says {places}.",
    ),
    "nobody-claims": ("没有写是谁认领。", "It does not say who claims."),
    "nobody-claims-advice": ("请写 volunteer 或 team。", "Give volunteer or team."),
    "no-claim": ("没有认领“{key}”。", 'There is no claim "{key}".'),
    "claim-over": ("这条认领已是“{state}”。", "This claim is {state} already."),
    "not-asked": ("现在没有给“{key}”留的名额。", 'There is no place kept for "{key}" now.'),
    "not-asked-advice": ("轮到时会再通知。", "They will be told when it is their turn."),
    "answer-late": ("答复时间已过，名额给了下一位。", "The time to answer is over; the place went to the next."),
    "key-reused": ("幂等键已用于另一个请求。", "The idempotency key belongs to another request."),
    "key-reused-advice": ("每个请求用自己的键；重试才用同一个。", "Use a key of its own for each request; the same only to retry."),
    "open": ("待筛选", "open"),
    "chosen": ("已入选", "chosen"),
    "waitlisted": ("候补", "waitlisted"),
    "not-chosen": ("未入选", "not chosen"),
    "lapsed": ("已失效", "lapsed"),
    "withdrawn": ("本人退出", "withdrawn"),
    # ------------------------------------------------------------------------------------------- the loop
    "stage-submitted": ("已提交", "submitted"),
    "stage-verified": ("已核实", "verified"),
    "stage-published": ("已发布", "published"),
    "stage-claimed": ("已认领", "claimed"),
    "stage-planned": ("已派单", "planned"),
    "stage-served": ("已服务", "served"),
    "stage-confirmed": ("已确认", "confirmed"),
    "stage-rejected": ("未受理", "rejected"),
    "stage-withdrawn": ("已撤回", "withdrawn"),
    "stage-lapsed": ("已失效", "lapsed"),
    "no-order": ("没有单“{key}”。", 'There is no order "{key}".'),
    "bad-move": ("“{key}”现在是“{old}”，不能改为“{new}”。", '"{key}" is {old}; it cannot become {new}.'),
    "bad-move-advice": ("可以改为：{known}。", "It can become: {known}."),
    "final-move-advice": ("这一单已经结束。", "This order has ended."),
    "not-your-move": ("把“{old}”改为“{new}”不归您办。", "Moving an order from {old} to {new} is not yours to do."),
    "order-needs-wish": ("核实时要写明是哪个心愿。", "To verify it, say which wish it is."),
    "no-visit-order": ("“{key}”还没有派单。", '"{key}" has not been planned.'),
    "bad-places": ("名额写了 {given}，要 1 到 {most}。", "places is {given}; it must be 1 to {most}."),
    "bad-answer_minutes": (
        "答复时间写了 {given} 分钟，要 1 到 {most}。",
        "answer_minutes is {given}; it must be 1 to {most}.",
    ),
    # ---------------------------------------------------------------------------------------------- links
    "bad-token": ("这个链接不能用：写错了、过期了或已停用。", "This link does not work: mistyped, expired or taken back."),
    "bad-token-advice": ("请向社区要一个新的。", "Ask the community for a new one."),
    "used-up": ("这个链接的次数用完了。", "This link has been used as often as it may be."),
    "too-often": ("同一地址用得太勤了。", "Too often from one address."),
    "too-often-advice": ("请过一小时再试，或联系社区。", "Try again in an hour, or contact the community."),
    "ticket-used": ("已经答复过了。", "This has been answered already."),
    "bad-expiry": ("有效期写了 {days} 天，要 1 到 {most}。", "days is {days}; it must be 1 to {most}."),
    "no-link": ("没有链接“{key}”。", 'There is no link "{key}".'),
    "wrong-code": ("这个码不是用来{what}的。", "This code is not for {what}."),
    "to-submit": ("提交心愿", "submitting a wish"),
    "to-join": ("加入志愿者", "joining"),
    "to-claim": ("认领", "claiming"),
    "to-withdraw": ("退出", "withdrawing"),
    "to-answer": ("答复", "answering"),
    "to-confirm": ("确认服务", "confirming a visit"),
    "to-turns": ("看自己的班", "looking at one's turns"),
    "to-write": ("留言", "writing messages"),
    "which-wish": ("没有写认领哪个心愿。", "It does not say which wish."),
    "other-wish": ("这个码只用来认领“{title}”。", 'This code is for claiming "{title}" only.'),
    "who-are-you": ("请写姓名和手机号。", "Give a name and a phone number."),
    "bad-phone": ("“{phone}”不像电话号码。", '"{phone}" does not look like a phone number.'),
    "which-claim": ("没有写是哪一条认领。", "It does not say which claim."),
    "which-visit": ("没有写是哪一次服务。", "It does not say which visit."),
    "done-submitted": ("已收到，社区核实后会联系您。", "Received; the community will check it and get in touch."),
    "done-joined": ("已登记，社区会联系您。", "You are signed up; the community will get in touch."),
    "done-known": ("您已经在名单里了。", "You are on the list already."),
    "done-holds": ("认领成功，名额给您留着。", "Claimed: a place is yours."),
    "done-waits": ("名额已满，您排在候补第 {position}。", "All places are taken; you wait, number {position}."),
    "done-open": ("已登记认领，社区筛选后通知您。", "Claimed; the community will choose and tell you."),
    "done-chosen": ("您已入选。", "You are chosen."),
    "done-again": ("您已经认领过了，不用重复。", "You have claimed it already."),
    "done-withdrawn": ("已退出认领，谢谢告知。", "Withdrawn; thank you for saying so."),
    "done-answered-yes": ("好，名额归您了。", "Good: the place is yours."),
    "done-answered-no": ("知道了，名额给下一位。", "Noted; the place goes to the next."),
    "done-confirmed": ("谢谢，已确认。", "Thank you; it is confirmed."),
    "joined-note": ("扫码登记，待核实。", "Signed up by a code, to be verified."),
    "reply-late": ("这次服务已经开始或已经过去，不能再改答复。", "This visit has begun or is over; the answer cannot be changed any more."),
    "reply-late-advice": ("有变化请直接联系社区。", "If something has changed, contact the community."),
    "other-outcome": ("社区已登记了别的结果。", "The community has put something else on record."),
    "other-outcome-advice": ("有出入请联系社区更正。", "If that is wrong, ask the community to correct it."),
    "to-reply": ("答复排班", "answering to a turn"),
    "done-yes": ("好，到时见。", "Good: see you then."),
    "done-no": ("知道了，社区会另找人。谢谢您提前说。", "Noted; the community will find somebody else. Thank you for saying so early."),
    "done-swap": ("已转告社区。换好以前，这一班仍算您的。", "The community has been told. Until it is swapped the turn stays yours."),
    "done-done": ("辛苦了，已经记下。", "Thank you: it is on record."),
    # ------------------------------------------------------------------------------------------- messages
    "no-message": ("没有留言“{key}”。", 'There is no message "{key}".'),
    "empty-message": ("留言是空的。", "The message is empty."),
    "long-message": ("留言有 {length} 个字，最多 {most} 个。", "The message has {length} characters; at most {most}."),
    "hidden": ("（已由社区隐藏）", "(hidden by the community)"),
    "coordinator": ("社区", "the community"),
    "unknown-person": ("（已不在名单）", "(no longer listed)"),
    "not-of-visit": ("“{who}”不在“{visit}”这一单里。", '"{who}" has no part in "{visit}".'),
    "no-visit": ("没有服务单“{visit}”。", 'There is no visit "{visit}".'),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("stage-planned", "zh"), say("stage-planned", "en")
    ('已派单', 'planned')
    """
    return _TEXT[key][lang == "en"].format(**values)


def knows(key: str) -> bool:
    """Whether there is a sentence for ``key``."""
    return key in _TEXT
