"""What the command line says, in Chinese and English."""

from __future__ import annotations

import locale
import os
from typing import Literal

Language = Literal["zh", "en"]

_TEXT: dict[str, tuple[str, str]] = {
    "assumptions": ("按以下理解读入，请核对：", "Read with these assumptions; please check them:"),
    "warnings": ("请留意：", "Please note:"),
    "faults": ("表里有 {count} 处需要改正，改好再来一次：", "{count} faults to correct; then run this again:"),
    "contradiction": (
        "这些要求互相矛盾，去掉其中任何一条就能排：",
        "These demands contradict each other; drop any one of them:",
    ),
    "bug": (
        "抱歉，matcher 自己出错了，不是您的表有问题。没有写出任何结果。",
        "Sorry: this is a fault in matcher, not in your file. No result was written.",
    ),
    "bug-log": (
        "    出错细节在 {path}，报告问题时请附上（先看一眼，里面可能有您表里的内容）。",
        "    Details are in {path}; attach it when you report this (look first: it may quote your file).",
    ),
    "no-space": ("结果写不下了：磁盘满了，或者超过了允许的大小。", "There is no space left to write the result."),
    "no-space-advice": ("请腾出一些空间，或者换个地方写，再来一次。", "Make some room, or write somewhere else, and try again."),
    "unreachable": ("打不开“{path}”：{reason}。", '"{path}" cannot be reached: {reason}.'),
    "unreachable-advice": (
        "请检查路径写得对不对、有没有权限。",
        "Check the path, and that you may read and write there.",
    ),
    "interrupt": (
        "收到，正在以目前最好的排班收尾……（再按一次立即退出）",
        "Finishing with the best roster so far… (again to quit)",
    ),
    "interrupt-week": (
        "收到，过完这一周就停，先报告到此为止的结果……（再按一次立即退出）",
        "Ending after this week; the weeks so far will be reported… (again to quit)",
    ),
    "interrupt-district": (
        "收到，正在收尾：排好的都留着，没排完的下次再排……（再按一次立即退出）",
        "Ending: what is done is kept, the rest is for the next time… (again to quit)",
    ),
    "simulating": ("第{life}/{lives}种经历，第{week}/{weeks}周……", "Life {life} of {lives}, week {week} of {weeks}…"),
    "no-answer": (
        "时间到了还没有找到一份可用的排班。",
        "The time was over before any roster was found.",
    ),
    "no-answer-advice": (
        "用 --seconds 多给一些时间，例如 --seconds 300。",
        "Give it more time, for example --seconds 300.",
    ),
    "demo": (
        "吴伯每月一次去看儿子，二十三人认领，排出十二个月：",
        "Mr Wu's monthly trip to his son, twenty-three claims, twelve months:",
    ),
    "written": (
        "已写到 {out}（{count} 个文件）。先打开 {first}。",
        "Written to {out} ({count} files). Open {first} first.",
    ),
    "wrote": ("已写好 {path}。", "Wrote {path}."),
    "generated": (
        "{name}：{volunteers} 名志愿者、{teams} 支服务队、{residents} 位服务对象、{wishes} 个心愿、{history} 条服务记录，全是虚构的。",
        "{name}: {volunteers} volunteers, {teams} teams, {residents} residents, {wishes} wishes, {history} past visits.",
    ),
    "valid": ("没有违反任何规则。", "No rule is broken."),
    "certificate-valid": ("证明已核对：{sentence}", "Certificate verified: {sentence}"),
    "certificate-refused": ("证明不成立：{sentence}", "Certificate refused: {sentence}"),
    "invalid": ("违反 {count} 处规则：", "{count} violations of the rules:"),
    "soft": ("违反的可放宽规则（计入服务质量）：", "Soft rules broken (priced in the quality tier):"),
    "date": ("日期", "date"),
    "time": ("时间", "time"),
    "wish": ("心愿", "wish"),
    "visit": ("服务单", "visit"),
    "people": ("人员", "people"),
    "standbys": ("备班", "stand-by"),
    "role": ("分工", "role"),
    "missing": ("缺人", "missing"),
    "reasons": ("原因", "reasons"),
    "rule": ("规则", "rule"),
    "volunteer": ("志愿者", "volunteer"),
    "message": ("说明", "message"),
    "tier": ("目标", "tier"),
    "value": ("得分（越低越好）", "value (lower is better)"),
    "bound": ("下界", "bound"),
    "status": ("结论", "status"),
    "term": ("项目", "term"),
    "points": ("分", "points"),
    "needs": ("心愿", "needs"),
    "promises": ("承诺", "promises"),
    "quality": ("质量", "quality"),
    "OPTIMAL": ("已证明最好", "OPTIMAL"),
    "FEASIBLE": ("可行，未证明最好", "FEASIBLE"),
    "INFEASIBLE": ("无解", "INFEASIBLE"),
    "NO_ANSWER_IN_TIME": ("时间内无答案", "NO ANSWER IN TIME"),
    "unfilled": ("缺人", "unfilled"),
    "unknown": ("未知", "unknown"),
    "roster": ("排班表", "Roster"),
    "supply": ("供需", "Supply"),
    "proof": ("证明", "Proof"),
    "best-so-far": ("{seconds} 秒　{tier}：{value}（下界 {bound}）", "{seconds} s  {tier}: {value} (bound {bound})"),
    "by": ("{day}前", "by {day}"),
    "more": ("……另有 {count} 项，见写出的文件", "… {count} more in the files"),
    "compiling": (
        "头一次用，正在准备求解程序，要一两分钟；以后不用再等。",
        "First use: preparing the solver takes a minute or two; later runs start at once.",
    ),
    "so-far": ("正在算：{done}/{total}（{seconds} 秒）", "Working: {done} of {total} ({seconds} s)"),
    "solving": ("正在排班……", "Planning…"),
    "several": ("叫“{text}”的志愿者不止一位", 'more than one volunteer is called "{text}"'),
    "several-advice": ("请写编号：{names}。", "Write the id: {names}."),
    "no-such": ("台账里没有{noun}“{name}”。", "there is no {noun} {name} in the facts"),
    "no-such-advice": ("请核对写法。{nearest}", "Check the spelling.{nearest}"),
    "maybe": ("是不是“{name}”？", ' Maybe "{name}".'),
    "no-number": (
        "没有志愿者号、上报前要补上的：{names}",
        "Without a number at the hours platform: {names}",
    ),
    "nothing-to-screen": ("没有待筛选的认领。", "There are no claims to screen."),
    "new-file": ("“{path}”已经存在。", '"{path}" exists already.'),
    "new-file-advice": ("换一个名字，或先把它移开。", "Choose another name, or move it away first."),
}


def say(key: str, lang: Language, **values: object) -> str:
    """The sentence for ``key`` with its values."""
    return _TEXT[key][lang == "en"].format(**values)


def terminal_language() -> Language:
    """``MATCHER_LANG``, or the language of the terminal; English where neither says Chinese.

    >>> terminal_language() in ("zh", "en")
    True
    """
    told = (
        os.environ.get("MATCHER_LANG")
        or os.environ.get("LC_ALL")
        or os.environ.get("LC_MESSAGES")
        or os.environ.get("LANG")
    )
    if told is None:
        told = locale.getlocale()[0] or ""
    return "zh" if told.lower().startswith(("zh", "chinese")) else "en"


def told(en: str, zh: str) -> str:
    """Help text in the language of the terminal; chosen once, when the command starts."""
    return zh if terminal_language() == "zh" else en
