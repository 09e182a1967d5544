"""Recording: what became of each visit."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {
    "record.todo": ("待登记 {count}", "To record: {count}"),
    "record.recorded": ("已登记 {count}", "On record: {count}"),
    "record.lead": (
        "服务结束后，逐人点一下：来了、没来，还是取消了。没点的先不登记。",
        "For each person: did they come, did they not, or was it called off? Whom you leave alone stays unrecorded.",
    ),
    "record.lead-recorded": ("登记错了可以改，改完保存，时长和积分会跟着变。", "Mistakes can be mended; hours and points follow."),
    "record.keys": ("键盘：1 完成、2 未到、3 取消。", "Keys: 1 done, 2 no-show, 3 called off."),
    "record.none-told": ("还没有发布过排班表，先去发布：", "Nothing has been published yet:"),
    "record.overtaken": (
        "{name}：别人刚刚登记了“{way}”，所以这次都还没有保存。没有出入的请再点一次“保存”；要改的到“已登记”里改。",
        (
            '{name}: somebody has just put "{way}" on record, so nothing was saved yet. Save again for the others; change this '
            'one under "On record".'
        ),
    ),
    "record.later": (
        "还没到期的心愿物品（{count}），送到了可以先登记", "Goods not yet due ({count}); what has been handed over can be recorded",
    ),
    "record.none-told-team": ("还没有发布过本队的排班。", "Nothing has been published for your team yet."),
    "record.all-done": ("都登记好了，没有落下的。", "All that is over is on record."),
    "record.none-recorded": ("最近没有登记过的服务。", "Nothing is on record of late."),
    "record.all": ("其余都已完成", "All others: done"),
    "record.way-done": ("完成", "done"),
    "record.way-no-show": ("未到", "no-show"),
    "record.way-cancelled": ("取消", "called off"),
    "record.way-stepped-in": ("顶班来了", "stepped in"),
    "record.standby": ("备班", "stand-by"),
    "record.minutes": ("分钟", "min"),
    "record.goods": ("心愿物品", "Goods"),
    "record.other": ("{name}临时来帮忙，{minutes} 分钟。", "{name} came as well, {minutes} minutes."),
    "record.more": ("换了别人来，或要留言", "Somebody else came, or a note"),
    "record.somebody-else": ("另外来的人", "Who came as well"),
    "record.nobody": ("没有", "nobody"),
    "record.note": ("留言（服务对象和志愿者也能看到）", "Note (resident and volunteers see it, too)"),
    "record.save": ("保存", "Save"),
    "record.said": ("已选 {said} / {all} 人次", "{said} of {all} said"),
    "record.saved": ("登记了 {count} 人次，共 {hours} 小时。", "{count} on record, {hours} hours."),
    "record.earned": ("积分增加 {points} 分。", "{points} points earned."),
    "record.ledger": ("看积分台账", "See the ledger"),
    "record.rest": ("还有 {count} 次，保存后接着登记。", "{count} more follow when these are saved."),
}
