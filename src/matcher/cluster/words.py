"""What planning a district says, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.service.solving.config import RunConfig
from matcher.store import words as store_words

_TEXT: dict[str, tuple[str, str]] = {
    # ------------------------------------------------------------------------------------ what is given
    "nothing-to-plan": ("没有说排哪些社区。", "Nothing says which communities to plan."),
    "nothing-to-plan-advice": (
        "请写台账文件或放台账的文件夹，或用 --database 排数据库里的社区。",
        "Name files of facts or a folder of them, or plan those of a database with --database.",
    ),
    "both-given": ("台账文件和数据库只能选一样。", "Communities come from files or from a database, not from both."),
    "both-given-advice": ("去掉文件，或去掉 --database 和 --district。", "Leave out the files, or --database and --district."),
    "no-communities": ("街道（区）“{name}”还没有社区。", 'The district "{name}" has no communities yet.'),
    "no-communities-advice": ("先用 matcher db import 导入台账。", "Import their facts first: matcher db import."),
    "no-such-path": ("找不到“{path}”。", 'There is no "{path}".'),
    "no-such-path-advice": ("请检查文件名和所在文件夹。", "Check the name and the folder."),
    "no-scenarios": ("文件夹“{path}”里没有台账。", 'The folder "{path}" holds no facts.'),
    "no-scenarios-advice": (
        "放 .xlsx、.json，或每个社区一个放 .csv 的子文件夹。",
        "Put .xlsx or .json files into it, or a folder of .csv files per community.",
    ),
    "not-a-scenario": ("“{path}”不是台账。", '"{path}" is no file of facts.'),
    "not-a-scenario-advice": ("可用 .xlsx、.json，或放 .csv 的文件夹。", "Use .xlsx, .json or a folder of .csv files."),
    "unreadable": ("台账打不开：{reason}。", "Its facts cannot be read: {reason}."),
    "same-name": ("两份台账都叫“{name}”：{one}、{other}。", 'Two files are both called "{name}": {one} and {other}.'),
    "same-name-advice": ("社区按文件名区分，请改一个名字。", "Communities are called after their files; rename one."),
    # ------------------------------------------------------------------------------------ where it goes
    "not-ours": ("文件夹“{path}”里已有别的东西。", 'The folder "{path}" holds other things.'),
    "not-ours-advice": (
        "请换一个新文件夹；要接着排，写上次那个。",
        "Choose a new folder, or the one of the run you want to go on with.",
    ),
    "in-use": ("文件夹“{path}”正由另一次排班写着。", 'Another run is writing to "{path}".'),
    "in-use-advice": ("等它做完，或换一个文件夹。", "Wait for it, or choose another folder."),
    "disk-full": ("磁盘满了，写不进“{path}”。已排好的都在。", 'The disk is full; nothing more fits into "{path}". What is done is kept.'),
    "disk-full-advice": ("腾出空间，再运行一次，会接着排。", "Make room and run it again; it goes on where it was."),
    "unwritable": ("写不了“{path}”：{reason}。", '"{path}" cannot be written: {reason}.'),
    "unwritable-advice": ("请检查文件夹的权限。", "Check that you may write there."),
    # ------------------------------------------------------------------------------------ the cluster
    "no-extra": ("集群功能还没有装（缺 {names}）。", "The cluster part is not installed ({names} missing)."),
    "no-extra-advice": (
        "请运行：pip install 'matcher[cluster]'；不用集群就去掉 --cluster。",
        "Run: pip install 'matcher[cluster]'; or leave --cluster out and use this machine alone.",
    ),
    "bad-cluster": ("集群地址“{address}”看不懂。", 'The cluster address "{address}" is not understood.'),
    "bad-cluster-advice": ("请写成 tcp://主机:8786 或 tls://主机:8786。", "Write tcp://host:8786 or tls://host:8786."),
    "cluster-unreachable": ("连不上集群 {address}。", "The cluster {address} cannot be reached."),
    "cluster-unreachable-advice": (
        "在本机可用 matcher cluster start 开一个；或去掉 --cluster，只用这台机器。",
        "Start one on this machine with matcher cluster start, or leave --cluster out.",
    ),
    "port-taken": ("端口 {port} 已被占用。", "Port {port} is taken."),
    "port-taken-advice": ("换一个：--port 0 会自己挑。", "Choose another; --port 0 picks one."),
    "cluster-starts": (
        "集群在 {address}，{workers} 个工作进程，只有本机能连；Ctrl-C 结束。",
        "The cluster is at {address} with {workers} workers, for this machine only; Ctrl-C ends it.",
    ),
    "cluster-use": ("用它排：matcher district … --cluster {address}", "To use it: matcher district … --cluster {address}"),
    "node-ended": ("{node} 意外退出（{code}），重新开了一个。", "{node} ended ({code}) and was begun again."),
    "cluster-fails": ("集群起不来：{node} 接连退出。", "The cluster does not come up: {node} ends again and again."),
    "cluster-ends": ("集群已结束。", "The cluster has ended."),
    "scheduler": ("调度进程", "The scheduler"),
    "worker": ("工作进程 {number}", "Worker {number}"),
    # ------------------------------------------------------------------------------------ how it goes on
    "entry-done": (
        "{done}/{total}　{community}：{visits} 次服务有人，缺 {empty} 人（{seconds} 秒）{anew}{left}",
        "{done}/{total}  {community}: {visits} visits served, {empty} seats empty ({seconds} s){anew}{left}",
    ),
    "entry-kept": ("{done}/{total}　{community}：上次已排好{left}", "{done}/{total}  {community}: done before{left}"),
    "entry-failed": ("{done}/{total}　{community}：没排成——{message}{left}", "{done}/{total}  {community}: failed: {message}{left}"),
    "left-seconds": ("　约剩 {count} 秒", "; about {count} s left"),
    "left-minutes": ("　约剩 {count} 分钟", "; about {count} min left"),
    "left-hours": ("　约剩 {count} 小时", "; about {count} h left"),
    "facts-changed": ("（台账有变，重新排）", " (planned anew: the facts have changed)"),
    "config-changed": ("（设置有变，重新排）", " (planned anew: other settings)"),
    "damaged": ("（上次的文件不完整，重新排）", " (planned anew: its files were damaged)"),
    "again": ("{community}：{message}正在试第 {attempt} 次。", "{community}: {message} Attempt {attempt}."),
    "cluster-waiting": (
        "和集群 {address} 断开了，等它回来（最多 {seconds} 秒）……",
        "The cluster {address} does not answer; waiting for it, {seconds} s at most…",
    ),
    "cluster-back": ("集群回来了，接着排。", "The cluster is back; going on."),
    "no-workers": (
        "集群 {address} 上还没有工作进程，等着（最多 {seconds} 秒）……",
        "The cluster {address} has no workers yet; waiting for one, {seconds} s at most…",
    ),
    # ------------------------------------------------------------------------------------ how it ended
    "summary": (
        "{total} 个社区：{done} 个排好，{kept} 个上次已排好，{failed} 个没排成（{seconds} 秒）。结果在 {path}。",
        "{total} communities: {done} planned, {kept} done before, {failed} failed ({seconds} s). They are in {path}.",
    ),
    "stopped-cancelled": (
        "中途停了，还有 {open} 个没排。再运行一次同样的命令，会接着排。",
        "It was ended early; {open} are still to be planned. Run the same command again to go on.",
    ),
    "stopped-cluster-gone": (
        "集群 {address} 断了，或没有工作进程；还有 {open} 个没排。集群好了以后再运行一次同样的命令，会接着排。",
        "The cluster {address} is gone, or has no workers; {open} are still to be planned. Run the same command again later to go on.",
    ),
    "failed-heading": ("没排成的，改好后再运行一次，只排这些：", "These failed. Mend them and run it again; only they are planned:"),
    "community": ("社区", "community"),
    "visits": ("有人的服务", "visits served"),
    "empty": ("缺人", "seats empty"),
    "needs": ("心愿", "needs"),
    "quality": ("质量", "quality"),
    "cpu-seconds": ("处理器秒", "CPU s"),
    "all": ("合计", "all"),
    # ------------------------------------------------------------------------------------ problems
    "crashed-advice": ("再运行一次会重试；若总是这样，请看内存够不够。", "Run it again; if it stays so, see whether memory suffices."),
    "broken-off": ("工作进程收工，没有排完。", "Its worker ended before it was planned."),
    "lost": ("工作进程一再消失，没有排完。", "Worker after worker was lost while it was planned."),
    "lost-advice": (
        "请看集群的机器内存够不够，再运行一次。",
        "See whether the cluster's machines have enough memory; then run it again.",
    ),
    "contradiction": ("要求互相矛盾，去掉其中任何一条就能排。", "Its demands contradict each other; drop any one of them."),
    "too-long-advice": ("请调低 --seconds 或 --work。", "Lower --seconds or --work."),
    "too-large-advice": ("请调高 --memory，或拆小一些再排。", "Raise --memory, or split the community."),
    "other-version": (
        "那台机器上的 matcher 是 {here}，这里是 {wanted}。",
        "The machine that was to plan it has matcher {here}; this is {wanted}.",
    ),
    "worker-differs": ("工作进程接不了这个任务（{place}）。", "The cluster's workers cannot take it ({place})."),
    "other-version-advice": ("请给集群的每台机器装同一版本。", "Install the same version on every machine of the cluster."),
    "worker-differs-advice": ("请给集群的每台机器装同一版本。", "Install the same version on every machine of the cluster."),
    "bug-advice": ("其他社区不受影响；报告问题时请附上这一行。", "The others are not touched by it; report it with this line."),
}


def say(key: str, lang: str | None, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("community", "en")
    'community'
    """
    return _TEXT[key][lang == "en"].format(**values)


def told_problem(problem: Mapping[str, Any], config: RunConfig, lang: str, *, attempts: int = 1) -> dict[str, Any]:
    """A problem with its ``message`` and ``advice`` in words."""
    kind = str(problem["kind"])
    values = {
        "seconds": round(config.most_seconds), "megabytes": config.memory_mb, "code": problem.get("code"),
        "count": attempts, "place": problem.get("place", ""), "here": problem.get("here"), "wanted": problem.get("wanted"),
    }
    told = dict(problem)
    if kind == "contradiction" or "message" not in told:
        told["message"] = say(kind, lang, **values) if kind in _TEXT else store_words.say(kind, lang, **values)
    if f"{kind}-advice" in _TEXT:
        told.setdefault("advice", say(f"{kind}-advice", lang))
    return told


def time_left(seconds: float | None, lang: str) -> str:
    """About how long it will still take; nothing while that is not known.

    >>> time_left(200, "en"), time_left(None, "en")
    ('; about 3 min left', '')
    """
    if seconds is None or seconds < 1:
        return ""
    for key, unit, most in (("left-seconds", 1, 100), ("left-minutes", 60, 100 * 60)):
        if seconds < most:
            return say(key, lang, count=round(seconds / unit))
    return say("left-hours", lang, count=round(seconds / 3600))
