"""Screening: the proposal, decisions by keyboard, undo, all at once, comments of a broadcast."""

from collections import Counter
from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe
from boarding import HOME
from keeping import HERE, assembled

AT = f"/v1/districts/{HERE.district}/communities/{HERE.community}"


def states(board):
    return {claim.id: claim.state for claim in assembled(board.database).claims}


def violations(page):
    return [one["id"] for one in Axe().run(page).response["violations"]]


@pytest.fixture
def open_claims(board):
    """Mr Wu's claims as they came in."""
    with closing(board.session()) as li:
        claims = [row["fact"] | {"state": "open"} for row in li.get(f"{AT}/claims").json()["items"]]
        li.post(f"{AT}/claims:bulk", json={"items": claims}).raise_for_status()
    return board


def test_a_list_is_decided_by_keyboard_and_taken_back(page, open_claims):
    page.goto(f"{HOME}/screen")
    assert page.get_by_text("23 个待筛选").is_visible()
    assert violations(page) == []
    first, thirteenth = page.get_by_label("罗志强的结果"), page.get_by_label("何玉珍的结果")
    assert [first.input_value(), thirteenth.input_value()] == ["chosen", "waitlisted"]
    first.focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#count").inner_text() == "入选 11 人（名额 12）"
    assert page.get_by_text("您改的").first.is_visible()
    thirteenth.focus()
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="确认这份名单").focus()
    page.keyboard.press("Enter")
    page.locator(".note.done").wait_for()
    found = states(open_claims)
    assert (found["c01"], found["c13"]) == ("waitlisted", "chosen")
    assert Counter(found.values()) == {"chosen": 12, "waitlisted": 11}
    assert violations(page) == []
    page.get_by_role("button", name="撤销").click()
    page.get_by_text("已经撤销").wait_for()
    assert set(states(open_claims).values()) == {"open"}


def test_another_number_of_places_is_another_proposal(page, open_claims):
    page.goto(f"{HOME}/screen")
    page.get_by_label("名额").fill("5")
    page.get_by_role("button", name="按这个名额重排").click()
    page.wait_for_url("**take=5")
    assert page.locator("#decide tr.chosen").count() == 5


def test_claims_that_came_in_meanwhile_are_seen_before_anything_is_written(page, open_claims):
    page.goto(f"{HOME}/screen")
    page.get_by_label("罗志强的结果").select_option("not-chosen")
    with closing(open_claims.session("wang-fang")) as wang:
        wang.post(f"{AT}/volunteers", json={"id": "late", "name": "迟来"}).raise_for_status()
        wang.post(f"{AT}/claims:claim", json={"wish": "wu-escort", "volunteer": "late"}).raise_for_status()
    page.get_by_role("button", name="确认这份名单").click()
    page.get_by_role("alert").wait_for()
    assert "没有写入" in page.get_by_role("alert").inner_text()
    assert set(states(open_claims).values()) == {"open"}
    # the newcomer is listed, and what was decided is still decided
    assert page.get_by_label("迟来的结果").is_visible()
    assert page.get_by_label("罗志强的结果").input_value() == "not-chosen"
    page.get_by_role("button", name="确认这份名单").click()
    page.locator(".note.done").wait_for()
    assert states(open_claims)["c01"] == "not-chosen"


def test_all_lists_are_confirmed_at_once(page, open_claims):
    with closing(open_claims.session()) as li:
        li.post(f"{AT}/wishes", json={
            "id": "kettle", "kind": "goods", "resident": "wu", "items": "电水壶", "due": "2026-12-20", "submitted": "2026-11-10",
            "priority": 5,
        }).raise_for_status()
        for person in ("v01", "v02"):
            li.post(f"{AT}/claims:claim", json={"wish": "kettle", "volunteer": person}).raise_for_status()
    page.goto(f"{HOME}/screen")
    # the more urgent wish comes first
    assert [one.split("\n")[0] for one in page.locator(".wishes a").all_inner_texts()] == ["吴伯 · 电水壶", "吴伯 · 每月去疗养院看儿子"]
    page.get_by_role("link", name="全部按名单确认").click()
    assert violations(page) == []
    page.get_by_role("button", name="确认这 2 个心愿的名单").click()
    page.locator(".note.done").wait_for()
    assert Counter(states(open_claims).values()) == {"chosen": 13, "waitlisted": 12}


def test_comments_become_claims_and_a_nickname_a_person(page, board):
    with closing(board.session()) as li:
        li.post(f"{AT}/volunteers", json={"id": "fang", "name": "何芳芳"}).raise_for_status()
    page.goto(f"{HOME}/screen")
    page.get_by_text("贴上直播评论").click()
    page.locator("textarea").fill("何芳芳：加油\n小花：认领吴伯")
    page.get_by_role("button", name="读评论、记认领").click()
    page.locator("#report").wait_for()
    assert "不知道“小花”是哪位志愿者" in page.locator("main").inner_text()
    assert page.locator("textarea").input_value() == "小花：认领吴伯"
    assert violations(page) == []
    page.get_by_label("小花", exact=True).fill("何芳芳")
    page.get_by_role("button", name="读评论、记认领").click()
    page.get_by_text("认领 1，重复 0").wait_for()
    assert any(claim.volunteer == "fang" for claim in assembled(board.database).claims)


def test_a_community_without_claims_is_told_how_they_come(page, board):
    with closing(board.session()) as li:
        for row in li.get(f"{AT}/claims").json()["items"]:
            li.delete(f"{AT}/claims/{row['key']}", headers={"If-Match": f'"{row["version"]}"'}).raise_for_status()
    page.goto(f"{HOME}/screen")
    assert page.get_by_text("还没有人认领").is_visible()
    assert violations(page) == []
