"""The week at a glance: each step, what is done and what is missing."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {
    "week.title": ("{community}·本周工作", "{community}: the week"),
    "week.window": ("这一期：{start} 至 {end}", "This period: {start} to {end}"),
    "week.window-years": ("这一期：{first}年{start} 至 {last}年{end}", "This period: {start} {first} to {end} {last}"),
    "week.next": ("接下来：{step}", "Next: {step}"),
    "week.all-done": ("眼下没有等您处理的事。", "Nothing is waiting for you just now."),
    "week.state": ("进度：", "State: "),
    "week.template-name": ("台账模板.xlsx", "template.xlsx"),
    "week.facts-name": ("{community}-台账.xlsx", "{community} facts.xlsx"),
    "week.first.title": ("三步排出第一张班表", "Three steps to the first roster"),
    "week.first.lead": (
        "只要一份工作簿：谁要帮忙、谁能帮忙、谁认领了什么。您现有的表也可以直接试，系统会逐格告诉您哪里看不懂。",
        (
            "All it takes is one workbook: who needs help, who can help, who claimed what. Try the sheets you have; you are told "
            "cell by cell what is not understood."
        ),
    ),
    "week.first.template": ("下载空白模板", "Download the empty template"),
    "week.first.template-why": ("带下拉、示例和填写说明。", "With lists to choose from, examples and notes."),
    "week.first.fill": ("填“心愿”和“志愿者”两张表", "Fill in two sheets: wishes and volunteers"),
    "week.first.fill-why": ("其余的表用得上再填，空着也能排。", "The other sheets can wait; planning works without them."),
    "week.first.bring": ("导入台账", "Bring it in"),
    "week.first.bring-why": ("先检查、再确认，确认之前什么都不会改动。", "It is looked at first; nothing counts before you say so."),
    "week.bring.done": (
        "{volunteers} 名志愿者，{wishes} 个心愿，{claims} 个认领。",
        "Volunteers: {volunteers}, wishes: {wishes}, claims: {claims}.",
    ),
    "week.bring.also": ("最近改动：{changed}", "Last changed: {changed}"),
    "week.bring.now": ("还没有台账。", "There are no facts yet."),
    "week.bring.go": ("导入新的台账", "Bring in a newer workbook"),
    "week.bring.now.go": ("导入台账", "Bring in the workbook"),
    "week.check.done": ("班表就是按现在的台账排的。", "The roster was made from the facts as they are."),
    "week.check.now": (
        "看看哪里缺人、谁的资料不全、哪些心愿没人能去。",
        "See where people are short, whose details are missing, which wishes nobody can serve.",
    ),
    "week.check.todo": ("先导入台账。", "Bring in the facts first."),
    "week.check.go": ("核对台账", "Check the facts"),
    "week.screen.done": ("{claims} 个认领都筛选过了。", "All {claims} claims are decided."),
    "week.screen.done.none": ("没有待筛选的认领。", "No claims wait for a decision."),
    "week.screen.now": ("{open} 个认领等着筛选，涉及 {wishes} 个心愿。", "{open} claims on {wishes} wishes wait for a decision."),
    "week.screen.todo": ("有人认领之后，在这里定人选。", "Once there are claims, choose here who takes part."),
    "week.screen.go": ("去筛选", "Screen the claims"),
    "week.plan.done": ("班表已经排好。", "The roster is made."),
    "week.plan.now": ("台账在排班之后又改过，建议重新排一次。", "The facts have changed since the roster was made; plan again."),
    "week.plan.now.running": ("正在排班……", "Planning is under way…"),
    "week.plan.todo": ("还没有排班。", "Nothing is planned yet."),
    "week.plan.trouble": ("上一次排班没有成功。", "The last attempt to plan failed."),
    "week.plan.go": ("去排班", "Plan"),
    "week.plan.trouble.go": ("看看是什么问题", "See what went wrong"),
    "week.adjust.done": (
        "第 {edition} 版：排上 {filled} 个名额，缺 {empty} 个。",
        "Edition {edition}: {filled} places filled, {empty} empty.",
    ),
    "week.adjust.now": (
        "第 {edition} 版草稿：排上 {filled} 个名额，还缺 {empty} 个。",
        "Draft, edition {edition}: {filled} places filled, {empty} still empty.",
    ),
    "week.adjust.now.full": (
        "第 {edition} 版草稿：{filled} 个名额都排上了。",
        "Draft, edition {edition}: all {filled} places are filled.",
    ),
    "week.adjust.todo": ("排班之后，在这里调整个别人、个别时间。", "Once planned, change single people and times here."),
    "week.adjust.go": ("看班表、调整", "See and adjust the roster"),
    "week.publish.done": ("第 {published_edition} 版已经发布。", "Edition {published_edition} is published."),
    "week.publish.now": ("第 {edition} 版草稿还没有发布。", "The draft, edition {edition}, is not published."),
    "week.publish.also": ("大家手里的是第 {published_edition} 版。", "People were told edition {published_edition}."),
    "week.publish.todo": ("班表定了再通知大家。", "Tell people once the roster is settled."),
    "week.publish.go": ("去发布", "Publish"),
    "week.record.done": ("该登记的都登记了。", "Everything is on record."),
    "week.record.now": ("{visits} 次服务已经结束，还没有登记结果。", "{visits} visits are over and not on record."),
    "week.record.todo": ("服务结束后，在这里登记谁来了、做了多久。", "After the visits, record here who came and for how long."),
    "week.record.go": ("去登记", "Record outcomes"),
}
