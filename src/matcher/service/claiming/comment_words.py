"""What the import of livestream comments says, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "nothing": ("里面没有评论。", "There are no comments in it."),
    "nothing-advice": ("每行写“昵称：内容”，或用有“昵称、内容”两列的 CSV。", "Write a line each, name: comment, or CSV with a header."),
    "too-many": ("一次最多 {most} 条评论，这里有 {count} 条。", "At most {most} comments at once; these are {count}."),
    "holds": ("已占名额。", "Holds a place."),
    "waits": ("排在候补第 {position}。", "Waits, number {position}."),
    "open": ("已登记，等筛选。", "Taken, to be screened."),
    "chosen": ("已入选。", "Chosen."),
    "again-holds": ("已经认领过，名额还在。", "Claimed before; the place is theirs."),
    "again-waits": ("已经认领过，排在候补第 {position}。", "Claimed before; waits, number {position}."),
    "again-open": ("已经认领过，等筛选。", "Claimed before; to be screened."),
    "again-chosen": ("已经入选。", "Chosen before."),
    "withdrawn": ("已退出认领。", "Withdrawn."),
    "no-claim": ("没有认领的意思。", "Claims nothing."),
    "no-wish-named": ("看不出认领哪个心愿。请补上心愿或服务对象。", "Which wish is meant cannot be told. Add the wish or the resident."),
    "several-wishes": ("可能是这几个心愿：{listed}。请写明是哪一个。", "May mean: {listed}. Say which."),
    "several-people": ("有 {count} 个志愿者叫“{who}”。请写明是谁。", '{count} volunteers are called "{who}". Say which.'),
    "unknown-nick": (
        "不知道“{who}”是哪位志愿者。请在“people”里写上对应的编号。",
        'Who "{who}" is cannot be told. Name the id under "people".',
    ),
    "no-such-volunteer": ("志愿者里没有“{who}”。", 'There is no volunteer "{who}".'),
    "nothing-claimed": ("没有可退出的认领。", "There is no claim to withdraw."),
    "several-claims": ("认领了 {count} 个心愿，看不出退出哪一个。请写明。", "Has {count} claims; which is meant cannot be told."),
    "assumed-last": ("（没有点名，按刚说到的“{title}”算）", "(names none; taken for “{title}”, named last)"),
    "assumed-about": ("（没有点名，按本场的“{title}”算）", "(names none; taken for “{title}”, which the broadcast is about)"),
    "assumed-name": ("（按昵称“{who}”里的姓名认人）", "(known by the name within “{who}”)"),
    "made-person": ("（新登记了志愿者“{who}”，请补全）", "(“{who}” was signed up as a volunteer, to be completed)"),
    "made-note": ("直播评论登记，待核实", "from a livestream comment, to be verified"),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("withdrawn", "en")
    'Withdrawn.'
    """
    return _TEXT[key][lang == "en"].format(**values)
