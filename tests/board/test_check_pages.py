"""Checking: supply against demand in words, wishes nobody can serve, people with details missing."""

from contextlib import closing

from axe_playwright_python.sync_playwright import Axe
from boarding import HOME, Boarded
from keeping import HERE

AT = f"/v1/districts/{HERE.district}/communities/{HERE.community}"


def violations(page):
    return [one["id"] for one in Axe().run(page).response["violations"]]


def test_supply_is_told_cell_by_cell_in_words(page):
    page.goto(f"{HOME}/check")
    page.locator(".heat").wait_for()
    # twelve drives on mornings of days off; 21 drivers have 32 turns then
    cell = page.locator(".heat tbody td").first
    assert cell.get_attribute("class") == "enough"
    assert "要 12" in cell.inner_text()
    assert "能来 21 人 · 32 人次" in cell.inner_text()
    assert page.get_by_text("一共 12 个名额，人手够").is_visible()
    assert page.locator("#onward .primary").inner_text() == "去排班"
    page.locator("#warnings").wait_for()
    assert violations(page) == []


def test_what_nobody_can_serve_and_whose_details_are_missing_is_named(page, board):
    with closing(board.session()) as li:
        li.post(f"{AT}/wishes", json={
            "id": "piano", "kind": "visit", "resident": "wu", "title": "听人弹琴", "submitted": "2026-11-02",
            "recurrence": {"windows": [{"days": "SA", "start": "09:00", "end": "11:00"}], "since": "2026-12-01", "until": "2026-12-31"},
            "roles": [{"id": "player", "skills": [{"name": "钢琴", "level": 1}]}],
        }).raise_for_status()
        li.post(f"{AT}/volunteers", json={"id": "new", "name": "何新"}).raise_for_status()
    page.goto(f"{HOME}/check")
    page.locator(".problem-list").wait_for()
    assert "听人弹琴" in page.locator(".problem-list").inner_text()
    assert page.locator(".heat td.short").count() == 1
    assert "缺 1" in page.locator(".heat td.short").inner_text()
    page.locator("#warnings").wait_for()
    assert page.get_by_text("没写空闲时间（1 人）").is_visible()
    assert page.get_by_text("何新", exact=True).first.is_visible()


def test_without_script_everything_is_one_page(browser, board):
    with board.visitor(browser, login="chen-li", java_script_enabled=False, lang="en-GB") as page:
        page.goto(f"{HOME}/check")
        page.get_by_role("link", name="Without JavaScript").click()
        assert page.locator(".heat td.enough").count() == 1
        assert page.get_by_role("heading", name="Please note").is_visible()


def test_claims_that_wait_come_before_planning_and_planning_is_not_offered_where_nobody_could_go(page, board):
    with closing(board.session()) as li:
        one = li.get(f"{AT}/claims", params={"limit": 1}).json()["items"][0]["fact"]
        li.patch(f"{AT}/claims/{one['id']}", json={"state": "open"}, headers={"If-Match": "*"}).raise_for_status()
        page.goto(f"{HOME}/check")
        page.locator(".heat").wait_for()
        assert page.locator("#onward .primary").inner_text() == "去筛选认领"
        for person in li.get(f"{AT}/volunteers", params={"limit": 100}).json()["items"]:
            at = f"{AT}/volunteers/{person['fact']['id']}"
            li.patch(at, json={"availability": []}, headers={"If-Match": "*"}).raise_for_status()
    page.goto(f"{HOME}/check")
    page.locator(".problem-list").wait_for()
    assert page.locator("#onward a").all_inner_texts() == ["改好台账，再导入"]


def test_without_facts_the_page_leads_to_bringing_in(browser, tmp_path):
    with Boarded(f"sqlite:///{tmp_path / 'empty.db'}") as board, board.visitor(browser, login="chen-li") as page:
        page.goto(f"{HOME}/check")
        page.get_by_role("link", name="去导入台账").click()
        page.wait_for_url(f"**{HOME}/bring")
