"""What the commands on runs and schedules say, in Chinese and English."""

from __future__ import annotations

_TEXT: dict[str, tuple[str, str]] = {
    "submitted": ("已提交：{id}（{state}）", "Submitted: {id} ({state})"),
    "cancelled": ("{id}：{state}", "{id}: {state}"),
    "cancel-asked": ("{id}：已请它停下", "{id}: asked to stop"),
    "no-runs": ("没有排班任务。", "There are no runs."),
    "no-schedules": ("没有定时任务。", "There are no schedules."),
    "run-row": ("{id}  {state}  {submitted}  {who}{end}", "{id}  {state}  {submitted}  {who}{end}"),
    "run": (
        "{id}：{state}，第 {attempts} 次；提交于 {submitted}，{who}",
        "{id}: {state}, attempt {attempts}; submitted {submitted} by {who}",
    ),
    "took": ("  用了 {seconds} 秒", "  took {seconds} s"),
    "roster": ("  排班 {roster}（草稿，等待公布）", "  roster {roster} (a draft, to be published)"),
    "problem": ("  原因：{message}", "  why: {message}"),
    "event": ("{at}  {told}", "{at}  {told}"),
    "queued": ("排队中", "queued"),
    "running": ("进行中", "running"),
    "done": ("完成", "done"),
    "failed": ("失败", "failed"),
    "cancelled-state": ("已取消", "cancelled"),
    "schedule-row": ("{id}  {cron}  下次 {next}{off}", "{id}  {cron}  next {next}{off}"),
    "off": ("（停用）", " (off)"),
    "scheduled": ("已定时：{id}，下次 {next}", "Scheduled: {id}, next {next}"),
    "removed": ("已去掉定时任务 {id}。", "The schedule {id} is gone."),
    "watching-ends": ("不再看了；任务还在继续。", "No longer watching; the run goes on."),
    "taken": ("开始（第 {attempt} 次）", "begun (attempt {attempt})"),
    "given-back": ("退回队列", "back in the queue"),
    "crashed": ("进程中断", "its process broke off"),
    "tier-begins": ("{tier}：开始", "{tier}: begun"),
    "tier-ends": ("{tier}：{value}，{status}", "{tier}: {value}, {status}"),
    "better": ("{tier}：{value}（下界 {bound}）", "{tier}: {value} (bound {bound})"),
    "bound": ("{tier}：下界 {bound}", "{tier}: bound {bound}"),
    "compiling": ("头一次用，正在准备求解程序", "first use: preparing the solver"),
    "ended": ("结束：{state}", "ended: {state}"),
    "other": ("{kind}", "{kind}"),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """The sentence for ``key`` with its values; Chinese unless English is asked for.

    >>> say("no-runs", "en")
    'There are no runs.'
    """
    return _TEXT[key][lang == "en"].format(**values)


def state(name: str, lang: str) -> str:
    """A run's state in words.

    >>> state("cancelled", "en")
    'cancelled'
    """
    return say("cancelled-state" if name == "cancelled" else name, lang)


def event(told: dict[str, object], lang: str) -> str:
    """One thing that happened in a run, in words.

    >>> event({"kind": "better", "tier": "needs", "value": 3, "bound": None}, "en")
    'needs: 3 (bound ?)'
    """
    kind = str(told["kind"])
    values = {name: "?" if value is None else value for name, value in told.items()}
    if kind == "ended":
        values["state"] = state(str(told["state"]), lang)
    try:
        return say(kind if kind in _TEXT else "other", lang, **values)
    except KeyError:  # an event with fewer fields, of another version
        return kind
