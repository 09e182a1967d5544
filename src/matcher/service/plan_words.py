"""What planning over HTTP says, in Chinese and English: runs, questions, publishing, outcomes, feeds."""

from __future__ import annotations

from matcher.errors import Fault

_TEXT: dict[str, tuple[str, str]] = {
    # ------------------------------------------------------------------------------------------- plans
    "both-given": (
        "window 和 moment 只能用在库里的台账上，这次带了 scenario。",
        "window and moment are for stored facts; this request brings a scenario.",
    ),
    "both-given-advice": ("请直接写在 scenario 的 program 里。", "Write them into the scenario's program."),
    "no-scope": ("没有说是哪个社区。", "Say which community this is for."),
    "no-scope-advice": ("请写 scope：{{district, community}}。", "Give scope: {{district, community}}."),
    "stale-facts": (
        "台账截至 {as_of}，距现在已有 {days} 天；要按现在排，请写 moment: now。",
        "The facts are as of {as_of}, {days} days ago; give moment: now to plan from now on.",
    ),
    "nothing-to-plan": ("这段日子里没有要排的服务。", "Nothing is asked for in these days."),
    "no-result": ("任务“{key}”还没有排班（{state}）。", 'The plan "{key}" has no roster ({state}).'),
    "no-result-advice": ("请等它做完，或看它的 problem。", "Wait until it is done, or look at its problem."),
    # ----------------------------------------------------------------------------------------- questions
    "busy": ("现在问的人太多，没有空位。", "Too many questions are being worked on."),
    "busy-advice": ("请过 {seconds} 秒再试。", "Try again in {seconds} seconds."),
    "ask-too-long": ("算了 {seconds} 秒还没有结果，已中止。", "There was no answer after {seconds} seconds; it was ended."),
    "ask-too-long-advice": (
        "请缩小范围（一次服务、一个心愿），或作为任务提交。",
        "Ask about less (one visit, one wish), or submit it as a plan.",
    ),
    "ask-too-large": ("这个问题要用的内存超过了上限。", "The question needs more memory than it may use."),
    "ask-too-large-advice": ("请按社区拆开。", "Ask community by community."),
    "other-programme": (
        "这份排班属于“{given}”，台账是“{name}”。",
        'The roster belongs to "{given}", the facts to "{name}".',
    ),
    "other-programme-advice": ("请用同一个项目的。", "Take those of one programme."),
    "bad-moment": ("时间“{given}”看不懂。", 'The moment "{given}" is not understood.'),
    "bad-moment-advice": (
        "请写 now，或带时区的时间，如 2026-12-01T09:00:00+08:00。",
        "Write now, or a time with its offset such as 2026-12-01T09:00:00+08:00.",
    ),
    # ---------------------------------------------------------------------------------------- publishing
    "invalid-advice": (
        "改台账（如解除锁定、补空闲时间、把认领改为已入选），或先调整这份排班表，再发布。",
        "Mend the facts (a pin, somebody's hours, the state of a claim), or adjust the roster first.",
    ),
    "changes-told": (
        "有 {count} 处和已通知的不一样，要先确认会告诉他们。",
        "{count} things differ from what people were told; confirm that they will be told.",
    ),
    "changes-told-advice": (
        "先看 GET …/rosters/{roster}/diff；确认后带 \"confirm_changes\": true 再公布。",
        "Look at GET …/rosters/{roster}/diff, then publish with \"confirm_changes\": true.",
    ),
    "screened-before": (
        "筛选名单列出之后，认领或台账又有了变化，没有写入。", "Claims or facts have changed since this was proposed; nothing was written.",
    ),
    "screened-before-advice": ("请看一看最新的名单再确认。", "Look at the latest proposal and confirm that."),
    "not-screened": (
        "认领“{claim}”不在这次筛选里，或者本人已经退出。",
        'The claim "{claim}" is not part of this screening, or its claimant has stepped back.',
    ),
    "not-screened-advice": ("请刷新名单再定。", "Fetch the proposal again."),
    "facts-moving": ("台账一直有人在改，没有判完。", "The facts kept changing while the roster was judged."),
    "facts-moving-advice": ("请再试一次。", "Try again."),
    "old-roster": ("排班“{key}”是 {last} 以前的，已经过了。", 'The roster "{key}" is over: its last day was {last}.'),
    "no-visit": ("这份排班和台账里都没有服务单“{visit}”。", 'Neither the roster nor the facts have a visit "{visit}".'),
    "no-visit-advice": ("服务单号如 wu-escort/2026-12。", "Visits are called like wu-escort/2026-12."),
    "no-role": ("心愿“{wish}”没有“{role}”这种分工。", 'The wish "{wish}" has no role "{role}".'),
    "no-role-advice": ("有：{known}。", "It has {known}."),
    "which-role": ("“{visit}”有几种分工，要说是哪一种。", '"{visit}" has several roles; say which.'),
    "no-volunteer": ("台账里没有志愿者“{name}”。", 'There is no volunteer "{name}" in the facts.'),
    "no-wish": ("台账里没有心愿“{name}”。", 'There is no wish "{name}" in the facts.'),
    "nearest": ("是不是“{near}”？", 'Maybe "{near}"?'),
    "not-on": ("“{name}”不在“{visit}”的名单里。", '"{name}" is not on "{visit}".'),
    "on-already": ("“{name}”已经在“{visit}”的名单里。", '"{name}" is on "{visit}" already.'),
    "needs-start": ("“{visit}”还没有时间，要写 start。", '"{visit}" has no time yet; give its start.'),
    "no-output": ("没有“{name}”这份文件。", 'There is no output "{name}".'),
    "no-output-advice": ("有：{known}。", "There are {known}."),
    "no-slip": ("“{name}”在这份排班里没有服务。", '"{name}" has no part in this roster.'),
    # ------------------------------------------------------------------------------------------ outcomes
    "not-told": ("“{volunteer}”没有被安排在“{visit}”。", '"{volunteer}" was not told to come to "{visit}".'),
    "not-told-advice": (
        "临时来帮忙的，请写 stepped_in: true、role 和 start。",
        "For somebody who stepped in, give stepped_in: true, role and start.",
    ),
    "too-soon": ("“{visit}”还没有开始，不能写“{outcome}”。", '"{visit}" has not begun; it cannot be {outcome} yet.'),
    "too-soon-advice": ("还没开始的只能写 cancelled。", "Before its start a visit can only be cancelled."),
    "newly-broken-advice": ("没有改动，请换一个人或换一个时间。", "Nothing was changed. Choose another person or another time."),
    # --------------------------------------------------------------------------------------------- feeds
    "no-feed": ("没有这个日历地址，或已作废。", "There is no such calendar, or its address was revoked."),
    "no-feed-advice": ("请向社区要新的地址。", "Ask the community for a new address."),
    "cancelled": ("（已取消）{title}", "Cancelled: {title}"),
    "feed-name": ("{program} · 我的服务", "{program} · my service"),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("busy", "en")
    'Too many questions are being worked on.'
    """
    return _TEXT[key][lang == "en"].format(**values)


def knows(key: str) -> bool:
    """Whether there is such a sentence."""
    return key in _TEXT


class ItemRefused(Exception):
    """One of a list of things asked for cannot be: its code among the words here, and the field that is wrong."""

    def __init__(self, code: str, field: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.field, self.values = code, field, values

    def fault(self, among: str, number: int, lang: str) -> Fault:
        """Its fault, as the ``number``-th of the list called ``among``."""
        advice = f"{self.code}-advice"
        return Fault(
            say(self.code, lang, **self.values), say(advice, lang, **self.values) if knows(advice) else "",
            path=(among, number, self.field), code=self.code,
        )
