"""Recording on the board: done, did not come, called off, stepped in; what it has earned; corrections."""

import pytest
from boarding import HOME
from rosters_ready import AT, answers_here, axe, moved_to, name_of, optimum, published

__all__ = ["answers_here"]
RECORD = f"{HOME}/record"
LATER = "2027-02-28T20:00:00+08:00"


@pytest.fixture
def client(board):
    """Three rides are over: December's, January's and February's."""
    client = board.session()
    published(client)
    moved_to(client, LATER)
    return client


def outcomes(client):
    rows = client.get(f"{AT}/outcomes", params={"limit": 200}).json()["items"]
    told = {visit["id"] for visit in optimum()["visits"]}
    facts = [{"outcome": "done"} | row["fact"] for row in rows]
    return {(fact["visit"], fact["volunteer"]): fact for fact in facts if fact.get("visit") in told}


def test_all_are_done_but_one_who_did_not_come(page, client):
    page.goto(RECORD)
    assert page.locator("fieldset.visit").count() == 3
    first = page.locator(".person").first
    first.get_by_role("radio", name="未到").check()
    page.get_by_role("button", name="其余都已完成").click()
    page.get_by_role("button", name="保存").dblclick()
    page.get_by_text("登记了 3 人次").wait_for()
    kept = outcomes(client)
    visits = sorted(optimum()["visits"], key=lambda one: one["start"])[:3]
    crews = [(visit["id"], visit["assigned"][0]["volunteer"]) for visit in visits]
    assert [kept[crew]["outcome"] for crew in crews] == ["no-show", "done", "done"]
    assert "积分增加" in page.locator(".earned").inner_text()
    assert page.get_by_text("都登记好了").is_visible()


def test_one_key_for_each_person(page, client):
    page.goto(RECORD)
    page.locator(".person input[type=radio]").first.focus()
    for key in "132":
        page.keyboard.press(key)
    page.get_by_role("button", name="保存").click()
    page.get_by_text("登记了").wait_for()
    assert sorted(one["outcome"] for one in outcomes(client).values()) == ["cancelled", "done", "no-show"]


def test_hours_and_who_stepped_in_and_a_later_correction(page, client):
    visit = min(optimum()["visits"], key=lambda one: one["start"])
    driver, standby = visit["assigned"][0]["volunteer"], visit["standbys"][0]["volunteer"]
    page.goto(RECORD)
    ride = page.locator("fieldset.visit").first
    ride.get_by_role("radio", name="取消").first.check()
    ride.get_by_role("radio", name="顶班来了").check()
    ride.locator(f"[name='m:{visit['id']}|{standby}|driver']").fill("200")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("登记了 2 人次，共 3.3 小时").wait_for()
    kept = outcomes(client)
    stepped = kept[visit["id"], standby]
    assert (kept[visit["id"], driver]["outcome"], stepped["minutes"], stepped["stepped_in"]) == ("cancelled", 200, True)
    page.get_by_role("link", name="已登记 1").click()
    page.get_by_role("radiogroup", name=name_of(client, driver)).get_by_role("radio", name="完成").check()
    page.get_by_role("button", name="保存").click()
    page.get_by_text("登记了 1 人次").wait_for()  # what is as it was is not sent again
    assert outcomes(client)[visit["id"], driver]["outcome"] == "done"


def test_somebody_nobody_had_told_came_as_well_and_a_note(page, client):
    visit = min(optimum()["visits"], key=lambda one: one["start"])
    other = next(
        row["key"] for row in client.get(f"{AT}/volunteers", params={"limit": 200}).json()["items"]
        if row["key"] not in {seat["volunteer"] for seat in (*visit["assigned"], *visit["standbys"])}
    )
    page.goto(RECORD)
    ride = page.locator("fieldset.visit").first
    ride.get_by_text("换了别人来").click()
    ride.get_by_label("另外来的人").fill(name_of(client, other))
    ride.get_by_label("留言").fill("路上堵车，晚到一刻钟")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("登记了 1 人次").wait_for()
    assert outcomes(client)[visit["id"], other]["stepped_in"] is True
    said = client.get(f"{AT}/visits/{visit['id']}/messages").json()["items"]
    assert [one["text"] for one in said] == ["路上堵车，晚到一刻钟"]


def test_a_name_nobody_has_is_said_and_nothing_is_lost(page, client):
    page.goto(RECORD)
    page.get_by_role("button", name="其余都已完成").click()
    ride = page.locator("fieldset.visit").first
    ride.get_by_text("换了别人来").click()
    ride.get_by_label("另外来的人").fill("不存在的人")
    page.get_by_role("button", name="保存").click()
    assert "不存在的人" in page.get_by_role("alert").inner_text()
    assert page.locator("[name^='o:']:checked").count() == 3
    assert outcomes(client) == {}


def test_nothing_is_to_record_before_anything_was_told(page):
    page.goto(RECORD)
    assert page.get_by_text("还没有发布过排班表").is_visible()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_nothing_bars_the_way(browser, board, client, lang):
    with board.visitor(browser, login="chen-li", lang=lang, at=RECORD) as page:
        page.evaluate("for (const one of document.querySelectorAll('details.more')) one.open = true")
        assert axe(page) == []
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
