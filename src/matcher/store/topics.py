"""What the outbox tells of: every topic there is, and what a webhook may ask to hear."""

from __future__ import annotations

from collections.abc import Iterable

TOPICS: dict[str, tuple[str, str]] = {
    "run.ended": ("一次排班做完、失败或取消了", "a run is done, has failed or was cancelled"),
    "roster.published": ("一份排班公布了", "a roster was published"),
    "claim.made": ("有人认领了", "somebody claimed a wish"),
    "claim.asked": ("轮到一位候补，等本人确认", "somebody on the waitlist is asked for their yes"),
    "claim.changed": ("一条认领的状态变了", "the state of a claim changed"),
    "wish.stage": ("一个心愿走到了下一步", "a wish came to another stage"),
    "visit.stage": ("一张服务单走到了下一步", "a visit came to another stage"),
    "visit.reply": ("志愿者答复了自己的班：能来、来不了或想换班", "a volunteer said to a turn: they come, cannot, or would swap"),
    "message.made": ("一张服务单下有新留言", "somebody wrote about a visit"),
    "webhook.test": ("试发一条", "a message to try a webhook out"),
}
"""Each topic's name and, in Chinese and English, what has happened when it is announced (a test compares)."""
ALL = "*"


def unknown(patterns: Iterable[str]) -> list[str]:
    """The patterns that name no topic: ``run.ended``, ``run.*`` and ``*`` do.

    >>> unknown(["*", "run.*", "run.ended", "run", "weather.*"])
    ['run', 'weather.*']
    """
    known = {ALL, *TOPICS, *(f"{topic.partition('.')[0]}.*" for topic in TOPICS)}
    return [pattern for pattern in patterns if pattern not in known]


def hears(patterns: Iterable[str], topic: str) -> bool:
    """Whether a webhook with these patterns is told of a topic.

    >>> hears(["run.*"], "run.ended"), hears(["roster.published"], "run.ended")
    (True, False)
    """
    return not {ALL, topic, f"{topic.partition('.')[0]}.*"}.isdisjoint(patterns)
