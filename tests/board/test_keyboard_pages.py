"""Without a mouse: planning, and giving one visit to somebody else."""

from __future__ import annotations

from contextlib import closing

import pytest
from boarding import HOME, Boarded
from rosters_ready import AT, drafted
from whole_week import made

SEEN = """() => {
  const at = document.activeElement
  if (!at || at === document.body) return 'nowhere'
  const box = at.getBoundingClientRect(), look = getComputedStyle(at)
  const ring = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0 || look.boxShadow !== 'none'
  return box.width && box.height && (ring || at.id === 'main' || at.type === 'date') ? 'seen' : at.outerHTML.slice(0, 200)
}"""
"""Whether who looks can tell where the focus is; within a date, the browser marks the part that is meant."""


def tab_to(page, test, most=80):
    """Tab until ``test`` (a script on the element) holds; the focus is seen at every stop."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN) == "seen", page.evaluate(SEEN)
        if page.evaluate(f"(at => {test})(document.activeElement)"):
            return
    raise AssertionError(f"never reached: {test}")


def test_planning_by_keyboard_alone(page, board):
    page.goto(f"{HOME}/plan")
    page.wait_for_load_state("networkidle")
    tab_to(page, "at.name === 'seconds'")
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.value") == "20"
    tab_to(page, "at.tagName === 'SUMMARY' && at.innerText.startsWith('更看重什么')")
    page.keyboard.press("Enter")
    tab_to(page, "at.type === 'range'")
    page.keyboard.press("ArrowRight")
    tab_to(page, "at.tagName === 'BUTTON' && at.innerText === '开始排班'")
    page.keyboard.press("Enter")
    page.locator("#run").wait_for()
    tab_to(page, "at.innerText === '到此为止，用现在最好的'")
    page.keyboard.press("Enter")
    page.get_by_text("就被叫停了").wait_for()
    (plan,) = board.session().get("/v1/plans").json()["items"]
    assert plan["state"] == "cancelled"


@pytest.fixture
def town(tmp_path):
    with Boarded(f"sqlite:///{tmp_path / 'board.db'}") as board:
        board.keep(made()[0])
        yield board


def test_one_visit_given_to_somebody_else_by_keyboard_alone(browser, town):
    with closing(town.session("zhang-min")) as client:
        key = drafted(client, made()[1])
        with town.visitor(browser, login="chen-li", at=f"{HOME}/adjust?roster={key}") as page:
            page.wait_for_selector("html[data-ready=adjust]")
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip"
            page.keyboard.press("Enter")
            tab_to(page, "at.classList.contains('chip')")
            page.keyboard.press("ArrowDown")
            assert page.evaluate(SEEN) == "seen"
            for _ in range(12):  # down to a visit that somebody else could take
                visit = page.evaluate("document.activeElement.dataset.visit")
                page.keyboard.press("Enter")
                page.locator("#panel [data-give]:visible, #panel :text('没有人能去'):visible").first.wait_for()
                if page.locator("#panel [data-give]:visible").count():
                    break
                page.keyboard.press("Escape")
                assert page.evaluate("document.activeElement.dataset.visit") == visit  # back where one was
                page.keyboard.press("ArrowDown")
            tab_to(page, "at.dataset.give")
            other = page.evaluate("document.activeElement.dataset.give")
            page.keyboard.press("Enter")
            page.locator("#say").get_by_text("已锁定").wait_for()
            page.locator("#panel").wait_for(state="hidden")
            assert page.evaluate(SEEN) == "seen"
        newest = client.get(f"{AT}/rosters", params={"replaces": key, "newest": True}).json()["items"][0]["id"]
        (changed,) = [one for one in client.get(f"{AT}/rosters/{newest}").json()["roster"]["visits"] if one["id"] == visit]
        assert other in [seat["volunteer"] for seat in changed["assigned"]]
