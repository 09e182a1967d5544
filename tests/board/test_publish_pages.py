"""Publishing on the board: what changes for whom, the question before it, messages, papers, calendars, replies."""

import re

import pytest
from boarding import HOME
from rosters_ready import AT, answers_here, axe, drafted, name_of, optimum, published

__all__ = ["answers_here"]
PUBLISH = f"{HOME}/publish"


def seats():
    return [seat for visit in optimum()["visits"] for seat in (*visit["assigned"], *visit["standbys"])]


def test_a_draft_is_looked_at_and_published(page, board):
    client = board.session()
    key = drafted(client)
    page.goto(f"{PUBLISH}?roster={key}")
    people = {seat["volunteer"] for seat in seats()}
    assert page.locator("#people tbody tr").count() == len(people)
    driver = optimum()["visits"][0]["assigned"][0]["volunteer"]
    row = page.locator("#people tr", has=page.get_by_role("rowheader", name=name_of(client, driver))).inner_text()
    assert "新增 12月" in row
    page.get_by_role("button", name="发布……").click()
    assert page.get_by_text(f"要通知志愿者 {len(people)} 人、服务对象 1 人").is_visible()
    page.get_by_role("button", name="取消").click()
    assert client.get(f"{AT}/rosters/{key}").json()["state"] == "draft"
    page.get_by_role("button", name="发布……").click()
    page.get_by_role("button", name="发布，共通知").dblclick()
    page.get_by_text("已发布。下面").wait_for()
    assert page.locator("pre[id^=group-]").count()  # what goes to the chat groups is still there to copy
    assert page.locator("pre[id^=letter-]").count() == len(people) + 1
    assert client.get(f"{AT}/rosters/{key}").json()["state"] == "published"
    assert len(client.get(f"{AT}/published", params={"limit": 200}).json()["items"]) == len(seats())


def test_changed_promises_are_confirmed_by_the_one_who_publishes(page, board):
    client = board.session()
    before = published(client)
    visit = optimum()["visits"][0]
    driver, standby = visit["assigned"][0]["volunteer"], visit["standbys"][0]["volunteer"]
    claim = next(
        row for row in client.get(f"{AT}/claims", params={"limit": 200}).json()["items"] if row["fact"].get("volunteer") == standby
    )
    taken = client.patch(f"{AT}/claims/{claim['key']}", json={"state": "chosen"}, headers={"If-Match": f'"{claim["version"]}"'})
    assert taken.status_code == 200, taken.text
    made = client.post(f"{AT}/rosters/{before}/edits", json={"changes": [
        {"op": "remove", "visit": visit["id"], "volunteer": standby},
        {"op": "replace", "visit": visit["id"], "volunteer": driver, "by": standby},
    ]})
    assert made.status_code == 201, made.text
    page.goto(PUBLISH)  # the newest draft
    first = page.locator("#people tbody tr").first.inner_text()
    assert name_of(client, driver) in page.locator("#people").inner_text()
    assert "新增" not in first  # whose promises change stand first
    page.get_by_role("button", name="发布……").click()
    box = page.get_by_role("checkbox")
    assert box.evaluate("node => node.required")
    box.check()
    page.get_by_role("button", name="发布，共通知").click()
    page.get_by_text("已发布。下面").wait_for()
    told = client.get(f"{AT}/published", params={"visit": visit["id"]}).json()["items"]
    assert [row["fact"]["volunteer"] for row in told] == [standby]
    versions = page.locator("#versions ~ .table tbody").inner_text()
    assert ("已归档" in versions, "已发布" in versions) == (True, True)


def test_what_breaks_a_rule_is_not_published_and_says_why(page, board):
    client = board.session()
    visit = optimum()["visits"][0] | {"standbys": [], "end": optimum()["visits"][0]["start"]}
    key = drafted(client, optimum() | {"visits": [visit, *optimum()["visits"][1:]], "tiers": []})
    page.goto(f"{PUBLISH}?roster={key}")
    page.get_by_role("button", name="发布……").click()
    page.get_by_role("button", name="发布，共通知").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("main").get_by_role("link", name="去调整").is_visible()
    assert client.get(f"{AT}/rosters/{key}").json()["state"] == "draft"


def test_group_messages_hold_no_names_numbers_or_doors(page, board):
    client = board.session()
    drafted(client)
    page.goto(PUBLISH)
    texts = [node.text_content() for node in page.locator("pre[id^=group-]").all()]
    assert texts
    people = client.get(f"{AT}/volunteers", params={"limit": 200}).json()["items"]
    assert not [one["fact"]["name"] for one in people if any(one["fact"]["name"] in text for text in texts)]
    assert not re.search(r"1[38]\d{9}", "".join(texts))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("details.letter > summary").first.click()
    page.get_by_role("button", name="复制").first.click()
    page.get_by_text("已复制").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").strip() == texts[0].strip()


def test_papers_open_and_a_calendar_address_works_until_revoked(page, board):
    client = board.session()
    key = published(client)
    page.goto(PUBLISH)
    for name in ("notice.html", "roster.html", "slips.html", "phone-list.html", "roster.xlsx"):
        link = page.locator(f"a[href$='/outputs/{name}']").get_attribute("href")
        assert client.get(link).status_code == 200, name
    slips = client.get(f"{AT}/rosters/{key}/outputs/slips.html").text
    assert slips.count('class="sheet"') == len({seat["volunteer"] for seat in seats()})
    driver = optimum()["visits"][0]["assigned"][0]["volunteer"]
    page.get_by_label("给谁").select_option(driver)
    page.get_by_role("button", name="生成地址和二维码").click()
    address = page.locator("#address").inner_text()
    assert page.locator(".code svg").is_visible()
    assert "BEGIN:VEVENT" in client.get(address).text
    page.reload()  # sent again: it is not told twice
    page.goto(PUBLISH)
    page.locator("summary", has_text="已经发出的").click()
    while page.get_by_role("button", name="作废").count():
        page.get_by_role("button", name="作废").first.click()
        page.get_by_text("这个日历地址已作废").wait_for()
        if page.locator("summary", has_text="已经发出的").count():
            page.locator("summary", has_text="已经发出的").click()
    assert client.get(address).status_code == 404


def test_a_decline_on_the_phone_leads_to_somebody_else(page, board):
    client = board.session()
    key = published(client)
    visit = optimum()["visits"][0]
    driver = visit["assigned"][0]["volunteer"]
    page.goto(PUBLISH)
    name = name_of(client, driver)
    row = page.locator("tr", has=page.get_by_role("rowheader", name=name)).first
    row.get_by_role("button", name=f"{name}来不了").click()
    page.get_by_text("已记下").wait_for()
    (said,) = client.get(f"{AT}/replies").json()["items"]
    assert (said["volunteer"], said["says"]) == (driver, "no")
    link = page.get_by_role("link", name="找人顶上").get_attribute("href")
    assert f"roster={key}" in link
    assert f"volunteer={driver}" in link


@pytest.mark.parametrize(("lang", "state"), [("zh-CN", "draft"), ("en", "draft"), ("zh-CN", "published"), ("en", "published")])
def test_nothing_bars_the_way(browser, board, lang, state):
    (drafted if state == "draft" else published)(board.session())
    with board.visitor(browser, login="chen-li", lang=lang, at=PUBLISH) as page:
        page.evaluate("for (const one of document.querySelectorAll('details.letter')) one.open = true")
        assert axe(page) == []
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
