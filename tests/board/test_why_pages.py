"""Why on the board: a visit, a person, a wish; how turns lie; the ledger."""

from urllib.parse import quote

import pytest
from boarding import HOME
from rosters_ready import answers_here, axe, drafted, name_of, optimum

__all__ = ["answers_here"]
WHY = f"{HOME}/why"


def test_why_this_driver_and_who_else(page, board):
    client = board.session()
    key = drafted(client)
    visit = optimum()["visits"][0]
    page.goto(f"{WHY}?roster={key}&visit={quote(visit['id'])}")
    driver = name_of(client, visit["assigned"][0]["volunteer"])
    assert page.get_by_role("heading", name="为什么是这几位").is_visible()
    assert visit["id"] not in page.locator("main").inner_text()  # a name, never a number
    page.get_by_role("link", name=driver).click()
    assert page.get_by_role("heading", level=1).inner_text() == driver
    assert page.get_by_text("本人的限度").is_visible()


def test_a_gap_says_what_it_would_take(page, board):
    empty = optimum()["visits"][0]
    key = drafted(board.session(), optimum() | {"visits": optimum()["visits"][1:], "unfilled": [], "tiers": []})
    page.goto(f"{WHY}?roster={key}&visit={quote(empty['id'])}")
    assert page.get_by_role("heading", name="还缺 1 人").is_visible()
    page.get_by_role("link", name="去换人或换时间").click()
    page.wait_for_url(f"**/adjust?roster={key}&visit=**")


def test_a_wish_lists_who_has_had_how_many_turns(page, board):
    key = drafted(board.session())
    page.goto(f"{WHY}?roster={key}&wish=wu-escort")
    assert page.get_by_role("heading", name="谁轮到了几次").is_visible()
    assert page.get_by_role("listitem").filter(has_text="这一期1次").count() == 12  # a turn each


def test_turns_lie_in_a_chart_and_in_a_table(page, board):
    drafted(board.session())
    page.goto(WHY)
    # Everybody with a turn, on record or in this roster; the twelve drivers are among them.
    people = page.locator("#fairness ~ details tbody tr").count()
    assert page.locator(".bar-row").count() == people
    assert people >= 12


def test_what_is_not_there_is_said(page, board):
    key = drafted(board.session())
    answer = page.goto(f"{WHY}?roster={key}&volunteer=nobody")
    assert answer.status == 422
    assert page.get_by_role("alert").is_visible()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_nothing_bars_the_way(browser, board, lang):
    key = drafted(board.session())
    visit = optimum()["visits"][0]
    with board.visitor(browser, login="chen-li", lang=lang, at=WHY) as page:
        for address in (WHY, f"{WHY}?roster={key}&visit={quote(visit['id'])}", f"{WHY}?roster={key}&wish=wu-escort"):
            page.goto(address)
            assert axe(page) == []
            page.set_viewport_size({"width": 320, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
