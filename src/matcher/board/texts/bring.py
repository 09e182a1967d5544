"""Bringing in: the week's workbook, its faults, what differs from before."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {
    "bring.lead": (
        "把这一期的工作簿拖到下面。先检查、列出和现在的不同，您确认以后才算数；表里哪里看不懂，会标在那一格上。",
        (
            "Drop this period's workbook below. It is looked at and compared first, and counts only when you say so; what is not "
            "understood is marked in its own cell."
        ),
    ),
    "bring.drop": ("把文件拖到这里，或点一下选文件", "Drop the file here, or click to choose one"),
    "bring.kinds": (
        "Excel / WPS 工作簿（.xlsx），或几张 .csv 压成的 .zip，或 .json",
        "A workbook (.xlsx), .csv files in a .zip, or .json",
    ),
    "bring.look": ("检查这个文件", "Look at this file"),
    "bring.looking": ("正在检查……", "Looking at it…"),
    "bring.downloads": ("下载", "Downloads"),
    "bring.template": ("空白模板", "Empty template"),
    "bring.present": ("现在的台账（改好再导入）", "The facts as they are (edit, and bring in again)"),
    "bring.unsound": ("“{name}”有 {count} 处要改", '"{name}": {count} things to mend'),
    "bring.unsound-lead": (
        "什么都还没有导入，现在的台账没有动。请在您的表里改好、保存，再选一次文件。",
        "Nothing was brought in and the facts are as before. Mend your workbook, save it, and choose the file again.",
    ),
    "bring.loose": ("整份文件的问题", "About the file as a whole"),
    "bring.all-faults": ("全部问题（{count}）", "All of them ({count})"),
    "bring.more-faults": (
        "还有 {count} 处没有列出，改好前面的再检查一次就会出来。",
        "{count} more are not listed; mend these and look again.",
    ),
    "bring.row": ("行", "Row"),
    "bring.more-rows": ("这张表还有 {count} 行有问题，没有列出。", "{count} more rows of this sheet have faults and are not shown."),
    "bring.cell-wrong": ("这一格要改", "To be mended"),
    "bring.masked": ("电话号码只显示头尾。", "Telephone numbers show their ends only."),
    "bring.sound": ("“{name}”没有问题", '"{name}" can be used'),
    "bring.counts": (
        "{volunteers} 名志愿者，{residents} 位服务对象，{wishes} 个心愿，{claims} 个认领。",
        "Volunteers: {volunteers}, residents: {residents}, wishes: {wishes}, claims: {claims}.",
    ),
    "bring.understood": ("这些是这样理解的（{count}）", "Understood like this ({count})"),
    "bring.warnings": ("请留意（{count}）", "Please note ({count})"),
    "bring.differences": ("和现在的台账相比", "Compared with the facts as they are"),
    "bring.same": ("和现在的台账完全一样，不用导入。", "Exactly as the facts are now; there is nothing to bring in."),
    "bring.first": ("这是第一份台账。", "These are the first facts here."),
    "bring.gone": (
        "注意：有 {count} 条现在台账里有、这份表里没有，确认后会删去。扫码报名和线上认领的也在其中，请看清楚。",
        (
            "Note: {count} entries are kept now and are not in this file; they will be removed. Sign-ups and claims by code may be "
            "among them."
        ),
    ),
    "bring.sheet": ("{sheet}：{counts}", "{sheet}: {counts}"),
    "bring.count.new": ("新增 {count}", "{count} new"),
    "bring.count.changed": ("修改 {count}", "{count} changed"),
    "bring.count.gone": ("删去 {count}", "{count} gone"),
    "bring.between": ("，", ", "),
    "bring.kind.new": ("新增", "new"),
    "bring.kind.changed": ("修改", "changed"),
    "bring.kind.gone": ("删去", "gone"),
    "bring.more-changes": ("还有 {count} 条没有列出。", "{count} more are not listed."),
    "bring.empty-cell": ("（空）", "(empty)"),
    "bring.becomes": ("改为", "becomes"),
    "bring.keep": ("以此为准", "Let this count"),
    "bring.keep-first": ("导入", "Bring it in"),
    "bring.again": ("没有开启 JavaScript：请再选一次同一个文件", "Without JavaScript: choose the same file once more"),
    "bring.stale": (
        "刚才没有导入：您检查之后，台账又有了变化。{who}下面是和最新台账的不同，请再确认一次。",
        "Not brought in: the facts have changed since you looked. {who}Below is what differs from them now; please confirm once more.",
    ),
    "bring.other-file": (
        "刚才没有导入：文件的内容和检查时不一样了。下面是按现在的文件重新检查的结果。",
        "Not brought in: the file is not what was looked at. Below is what it holds now.",
    ),
    "bring.changed-by": ("（{who}，{when}。）", "({who}, {when}.) "),
    "bring.by.user": ("{login} 改的", "by {login}"),
    "bring.by.open": ("有人扫码提交", "by somebody with a code"),
    "bring.by.link": ("有人扫码提交", "by somebody with a code"),
    "bring.by.ticket": ("有人扫码提交", "by somebody with a code"),
    "bring.by.key": ("由程序写入", "by a program"),
    "bring.by.other": ("系统改动", "by the system"),
    "bring.moved": (
        "文件读不出来了：可能刚刚改过或移走了。请再选一次。",
        "The file can no longer be read; it was probably changed or moved. Choose it again.",
    ),
}
