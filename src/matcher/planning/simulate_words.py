"""What a simulation says, in Chinese and English."""

from __future__ import annotations

SIMULATE: dict[str, tuple[str, str]] = {
    "simulate_head": (
        "从{first}起模拟{weeks}周，起初{volunteers}名志愿者、{wishes}个心愿；共{lives}种经历，每种经历用各种排法各过一遍。",
        "{weeks} weeks from {first}, {lives} lives, each lived with every policy; {volunteers} volunteers and {wishes} wishes at first.",
    ),
    "simulate_ended_week": (
        "中途停止：原定{weeks}周，只过完了{lived}周，下面是这{lived}周的结果。",
        "Ended early: of {weeks} weeks only {lived} were lived; these are their figures.",
    ),
    "simulate_ended_seed": (
        "中途停止：原定{asked}种经历，只过完了{lived}种，下面是这{lived}种的结果。",
        "Ended early: of {asked} lives only {lived} were complete; these are their figures.",
    ),
    "simulate_lost": ("平均来看，matcher不如“{policy}”的有：{figures}。", "Where matcher is worse on average than {policy}: {figures}."),
    "simulate_not_lost": ("平均来看，matcher没有一项不如“{policy}”。", "On average matcher is nowhere worse than {policy}."),
    "simulate_policy_matcher": ("matcher", "matcher"),
    "simulate_policy_fcfs": ("先到先得", "first come, first served"),
    "simulate_policy_rota": ("固定轮班", "a fixed rota"),
    "simulate_policy_standbys": ("matcher，处处有备班", "matcher, stand-bys everywhere"),
    "simulate_figure": ("项目", "figure"),
    "simulate_better": ("越高越好", "higher is better"),
    "simulate_lower": ("越低越好", "lower is better"),
    "simulate_neither": ("", ""),
    "simulate_difference": ("减去{policy}", "less {policy}"),
    "simulate_needs": ("按轻重缓急满足的需要（%）", "needs met by priority (%)"),
    "simulate_coverage": ("有人去的名额（%）", "seats served (%)"),
    "simulate_whole": ("人员到齐的服务（%）", "visits with their whole crew (%)"),
    "simulate_gini": ("轮次÷能来次数的基尼系数", "Gini of turns ÷ offered"),
    "simulate_gini_free": ("不算固定人员和结对心愿的基尼系数", "Gini without steady and paired wishes"),
    "simulate_spread": ("轮次最多与最少之差", "most turns less fewest"),
    "simulate_changes": ("每周改动已通知的（处）", "told otherwise a week"),
    "simulate_calls": ("每周临时找人（人）", "called at short notice a week"),
    "simulate_broken_pairings": ("结对的换了别人上门（次）", "visits of paired residents by others"),
    "simulate_waiting": ("新心愿平均等几天", "days a new wish waits"),
    "simulate_waiting_p90": ("新心愿九成等不过几天", "days nine in ten new wishes wait at most"),
    "simulate_in_vain": ("过期没人去的新心愿（%）", "new wishes never served (%)"),
    "simulate_new_faces": ("每位服务对象见到的新面孔（人）", "new faces per resident"),
    "simulate_travel": ("每人次路上分钟", "minutes on the way a turn"),
    "simulate_no_shows": ("没来（人次）", "no-shows"),
    "simulate_stepped_in": ("其中备班顶上（人次）", "no-shows made up by a stand-by"),
    "simulate_lost_with": ("有备班仍空缺（人次）", "seats lost although somebody stood by"),
    "simulate_lost_without": ("没有备班而空缺（人次）", "seats lost with nobody standing by"),
    "simulate_log_head": ("{policy}，种子{seed}：", "{policy}, seed {seed}:"),
    "simulate_log_plan": (
        "第{number}周，{monday}起：新通知{promised}人次；{absences}人说来不了，涉及{hit}人次，取消{cancelled}次；",
        "week {number} from {monday}: {promised} newly told; {absences} absences of {hit} seats, {cancelled} called off; ",
    ),
    "simulate_log_done": (
        "改了别人{changes}处，临时找{calls}人；服务{served}人次，没来{no_shows}人次，备班顶上{stepped_in}次",
        "{changes} others told otherwise, {calls} called; {served} served, {no_shows} no-shows, {stepped_in} made up for",
    ),
    "simulate_weeks": ("周", "weeks"),
    "simulate_title": ("{weeks}周，{lives}种经历（阴影：最低到最高）", "{weeks} weeks, {lives} lives (shaded: lowest to highest)"),
}
"""Sentences of simulations, by code."""
