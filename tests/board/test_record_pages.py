"""Recording on the board: done, did not come, called off, stepped in; what it has earned; corrections."""

from contextlib import closing

import pytest
from boarding import HOME
from playwright.sync_api import expect
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


def test_two_who_record_the_same_never_overwrite_each_other_silently(page, client):
    other = page.context.new_page()
    for one in (page, other):
        one.goto(RECORD)
    page.locator(".person").first.get_by_role("radio", name="完成").check()
    page.get_by_role("button", name="保存").click()
    page.get_by_text("登记了 1 人次").wait_for()
    for number in (0, 1):
        other.locator(".person:has(input[value='no-show'])").nth(number).get_by_role("radio", name="未到").check()
    other.get_by_role("button", name="保存").click()
    expect(other.locator(".problem")).to_contain_text("别人刚刚登记了“完成”")
    first, second = sorted(optimum()["visits"], key=lambda one: one["start"])[:2]
    assert [one["outcome"] for one in outcomes(client).values()] == ["done"]
    other.get_by_role("button", name="保存").click()  # what was said of the second is still there
    other.get_by_text("登记了 1 人次").wait_for()
    kept = {visit: one["outcome"] for (visit, _), one in outcomes(client).items()}
    assert kept == {first["id"]: "done", second["id"]: "no-show"}


def test_who_is_on_no_list_is_said_and_what_was_typed_stays(page, client):
    page.goto(RECORD)
    more = page.locator("details.more").first
    more.locator("summary").click()
    more.get_by_label("另外来的人").fill("没有这个人")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".problem")).to_contain_text("没有志愿者“没有这个人”")
    assert "outcomes[" not in page.locator(".problem").inner_text()
    assert page.get_by_label("另外来的人").first.input_value() == "没有这个人"


def test_a_team_lead_records_the_own_team_and_nobody_else(browser, board, client):
    crew = sorted(optimum()["visits"], key=lambda one: one["start"])[0]["assigned"][0]["volunteer"]
    team = client.get(f"{AT}/volunteers/{crew}").json()["fact"]["team"]
    own = {row["key"] for row in client.get(f"{AT}/volunteers?limit=200").json()["items"] if row["fact"].get("team") == team}
    mine = [one for one in sorted(optimum()["visits"], key=lambda one: one["start"])[:3] if one["assigned"][0]["volunteer"] in own]
    board.person("luo-jie", "team-lead", team=team)
    with board.visitor(browser, login="luo-jie", role="team-lead", at=f"{HOME}/mine") as page:
        page.get_by_role("link", name="登记结果").click()
        names = page.locator("[name^='o:']").evaluate_all("found => [...new Set(found.map(one => one.name.split('|')[1]))]")
        assert names == [one["assigned"][0]["volunteer"] for one in mine]
        page.locator(".person").first.get_by_role("radio", name="完成").check()
        page.get_by_role("button", name="保存").click()
        page.get_by_text("登记了 1 人次").wait_for()
    assert [one for _, one in outcomes(client)] == [crew]


def test_goods_not_yet_due_are_not_asked_for_but_can_be_recorded(page, board):
    with closing(board.session()) as client:
        published(client)
        moved_to(client, LATER)
        wish = {"id": "kettle", "kind": "goods", "resident": "wu", "items": "电水壶", "due": "2027-03-20", "submitted": "2027-02-01"}
        assert client.post(f"{AT}/wishes", json=wish).status_code == 201
        seat = {"visit": "kettle/1", "role": "buyer", "volunteer": "v01", "told_at": "2027-02-02T09:00:00+08:00"}
        assert client.post(f"{AT}/published", json=seat).status_code == 201
        page.goto(RECORD)
        assert page.get_by_role("link", name="待登记 3").is_visible()  # three rides are over
        later = page.locator("details.later")
        assert not later.locator("fieldset").is_visible()
        later.locator("> summary").click()
        later.get_by_role("radio", name="完成").check()
        page.get_by_role("button", name="保存").click()
        page.get_by_text("登记了 1 人次").wait_for()
