"""The week at a glance, and the steps in the bar."""

import io
import json

from axe_playwright_python.sync_playwright import Axe
from boarding import HOME, Boarded
from keeping import HERE, SCENARIOS
from openpyxl import load_workbook

from matcher.domain.scenario import PlanningWindow
from matcher.store import rosters


def test_the_week_says_what_to_go_on_with(page):
    assert page.get_by_role("heading", name="接下来：核对").is_visible()
    cards = page.locator(".week > li")
    assert cards.count() == 7
    assert "23 名志愿者，1 个心愿，23 个认领" in cards.nth(0).inner_text()
    page.get_by_role("link", name="核对台账").click()
    page.wait_for_url(f"**{HOME}/check")


def test_the_bar_shows_where_each_step_stands(page):
    page.goto(f"{HOME}/bring")
    page.wait_for_selector(".steps .done")
    steps = page.locator(".steps li")
    # in words for who does not see colours
    assert [steps.nth(number).inner_text().split()[-1] for number in (0, 1, 3)] == ["已完成", "待办", "未开始"]
    assert page.locator(".steps [aria-current]").inner_text().startswith("✓\n导入台账")


def test_a_draft_with_empty_places_leads_to_adjusting(page, board):
    document = json.loads((SCENARIOS / "wu-bo" / "by-hand.json").read_text("utf-8"))
    with board.database.writing(HERE, "li") as session:
        window = PlanningWindow(start="2026-12-01", end="2027-11-30")
        rosters.add_draft(session, rosters.Made(document, {"valid": True}, window))
    page.reload()
    filled = sum(len(visit["assigned"]) for visit in document["visits"])
    assert f"{filled} 个名额" in page.locator(".week > li").nth(4).inner_text()
    assert page.get_by_role("heading", name="接下来：调整").is_visible()


def test_the_week_is_accessible_in_english_on_a_phone(browser, board):
    with board.visitor(browser, login="chen-li", lang="en-GB", size=(320, 640)) as page:
        page.wait_for_selector(".steps .done")
        assert page.get_by_role("heading", name="Next: Check").is_visible()
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_empty_community_is_led_to_its_first_roster(browser, tmp_path):
    with Boarded(f"sqlite:///{tmp_path / 'empty.db'}") as board, board.visitor(browser, login="chen-li") as page:
        assert page.get_by_role("heading", name="三步排出第一张班表").is_visible()
        with page.expect_download() as loaded:
            page.get_by_role("link", name="下载空白模板").click()
        book = load_workbook(io.BytesIO(loaded.value.path().read_bytes()))
        assert {"心愿", "志愿者"} <= set(book.sheetnames)
        page.get_by_role("link", name="导入台账").last.click()
        page.wait_for_url(f"**{HOME}/bring")
