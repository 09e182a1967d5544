"""Adjusting the roster: what a coordinator sees, drags, takes back, and hears of others; in the page and in the database."""

from __future__ import annotations

import json
import re
from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe
from boarding import HOME, Boarded
from playwright.sync_api import expect

from matcher.generate import generate
from matcher.problem.problem import Problem
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster

AT = "/v1/districts/huizhou/communities/donghe"
READY = "html[data-ready=adjust]"


@pytest.fixture(scope="module")
def made():
    """A community of 30 volunteers, and a first roster of its month."""
    scenario = generate("donghe", seed=3, volunteers=30, visits=40)
    problem = Problem.of(scenario)
    return scenario, json.loads(first_roster(problem, needs_bound(problem).wanted).to_json())


@pytest.fixture(scope="module")
def town(made, tmp_path_factory):
    with Boarded(f"sqlite:///{tmp_path_factory.mktemp('adjust') / 'board.db'}") as board:
        board.keep(made[0])
        yield board


class Desk:
    """A coordinator's session with the API, and the roster of one test."""

    def __init__(self, client, document):
        self.client = client
        self.key = client.post(f"{AT}/rosters", json={"roster": document}).json()["id"]

    def newest(self):
        """The roster's last edition, with its document."""
        key = self.key
        while items := self.client.get(f"{AT}/rosters", params={"replaces": key, "newest": True}).json()["items"]:
            key = items[0]["id"]
        return self.client.get(f"{AT}/rosters/{key}").json()

    def visit(self, name):
        return next((one for one in self.newest()["roster"]["visits"] if one["id"] == name), None)

    def crew(self, name):
        return [seat["volunteer"] for seat in self.visit(name)["assigned"]]

    def pins(self):
        return [row["fact"] for row in self.client.get(f"{AT}/pins").json()["items"]]

    def seat(self, *, blocked=False, can=True):
        """A visit with one person, and somebody who could take over (or could not, ``can=False``) with the reason."""
        for visit in self.newest()["roster"]["visits"]:
            if len(visit["assigned"]) != 1 or not visit["start"]:
                continue
            who = visit["assigned"][0]["volunteer"]
            found = self.ask("suggest", visit=visit["id"], instead_of=who, blocked=True, count=100)["seats"]
            seat = next((one for one in found if one["kind"] == "instead"), None)
            people = seat["people" if can else "blocked"] if seat else []
            if people and seat["people"] and not people[0].get("claim"):
                return visit, who, people[0]
        raise AssertionError("nobody could take over anything")

    def ask(self, name, **json):
        """A question about the last edition, in Chinese, as the page asks it."""
        address = f"{AT}/rosters/{self.newest()['id']}/{name}"
        return self.client.post(address, json=json, headers={"Accept-Language": "zh"}).json()

    def edit(self, *changes):
        answer = self.client.post(f"{AT}/rosters/{self.newest()['id']}/edits", json={"changes": list(changes)})
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def desk(town, made):
    with closing(town.session("zhang-min")) as client:
        yield Desk(client, made[1])
        for row in client.get(f"{AT}/pins").json()["items"]:
            client.delete(f"{AT}/pins/{row['key']}", headers={"If-Match": "*"})


@pytest.fixture
def page(browser, town, desk):
    with town.visitor(browser, login="chen-li", at=f"{HOME}/adjust?roster={desk.key}", size=(1280, 900)) as found:
        found.wait_for_selector(READY)
        yield found


def chip_of(page, visit, who):
    return page.locator(f'.chip[data-visit="{visit}"][data-volunteer="{who}"]:not(.standby)')


def row_of(page, who):
    return page.locator(f'#roster tr[data-key="{who}"]')


def cell_of(page, who, day):
    return row_of(page, who).locator("td").nth(int(day[8:10]) - 1)


def pick_up(page, chip):
    """Hold a chip with the pointer until the verdicts are there."""
    chip.scroll_into_view_if_needed()
    box = chip.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 34, box["y"] + 20, steps=3)
    page.wait_for_selector("body[data-verdicts]")


def hover(page, cell):
    """Bring the pointer over a cell, wherever the table has to be scrolled to."""
    cell.evaluate("cell => cell.scrollIntoView({block: 'center', inline: 'center'})")
    box = cell.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 - 4, box["y"] + box["height"] / 2, steps=2)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_the_roster_is_a_table_of_people_and_days_with_the_empty_places_on_top(page, desk, made):
    document = made[1]
    seats = sum(len(visit["assigned"]) + len(visit["standbys"]) for visit in document["visits"])
    assert page.locator("#roster .chip").count() == seats  # all of it within the month shown
    sheet = desk.client.get(f"{AT}/rosters/{desk.key}/sheet", headers={"Accept-Language": "zh"}).json()
    assert page.locator("#roster tbody tr").count() == len(sheet["people"])
    empty = sum(one["count"] for one in sheet["unfilled"])
    assert f"还有{empty}个名额没有人" in page.locator("#gaps").inner_text()
    assert page.locator(".gap").count() == len(sheet["unfilled"])
    assert sheet["unfilled"][0]["reasons"][0] in page.locator(".gap").first.inner_text()
    assert "1380000" not in page.content()


def test_the_filter_leaves_whoever_fits(page, desk):
    _, who, _ = desk.seat()
    name = row_of(page, who).locator("b").first.inner_text()
    page.get_by_label("查找姓名、服务队、技能").fill(name)
    assert row_of(page, who).is_visible()
    shown = page.locator("#roster tbody tr:visible")
    assert all(name in text for text in shown.all_inner_texts())
    page.get_by_label("查找姓名、服务队、技能").fill("nobody is called so")
    assert page.get_by_text("没有符合的人").is_visible()


def test_dragging_to_somebody_who_can_changes_the_roster_and_pins_it(page, desk):
    visit, who, other = desk.seat()
    pick_up(page, chip_of(page, visit["id"], who))
    assert row_of(page, other["volunteer"]).get_attribute("data-may") == "yes"
    cost = row_of(page, other["volunteer"]).locator("th b").evaluate("name => getComputedStyle(name, '::after').content")
    assert re.fullmatch(r'" " "[+−±]\d+"|" [+−±]\d+"', cost), cost
    hover(page, cell_of(page, other["volunteer"], visit["start"]))
    assert other["name"] in page.locator(".ghost").inner_text()
    page.mouse.up()
    page.wait_for_selector("body[data-dropped]")
    assert cell_of(page, other["volunteer"], visit["start"]).locator(f'.chip[data-visit="{visit["id"]}"]').count() == 1
    assert chip_of(page, visit["id"], who).count() == 0
    assert desk.crew(visit["id"]) == [other["volunteer"]]
    assert (visit["id"], other["volunteer"]) in [(pin["visit"], pin.get("volunteer")) for pin in desk.pins()]
    assert desk.newest()["state"] == "draft"


def test_dragging_to_somebody_who_cannot_says_why_and_changes_nothing(page, desk):
    visit, who, other = desk.seat(can=False)
    pick_up(page, chip_of(page, visit["id"], who))
    assert row_of(page, other["volunteer"]).get_attribute("data-may") == "no"
    hover(page, cell_of(page, other["volunteer"], visit["start"]))
    assert f"{other['name']}去不了：{other['text'].partition('：')[2]}" in page.locator(".ghost").inner_text()
    page.mouse.up()
    page.wait_for_timeout(200)
    assert chip_of(page, visit["id"], who).count() == 1
    assert desk.newest()["id"] == desk.key
    assert not desk.pins()


def test_what_the_server_refuses_goes_back_to_its_place_with_the_reason(page, desk):
    visit, who, other = desk.seat()
    pick_up(page, chip_of(page, visit["id"], who))
    # picked up as allowed; before it is let go, the other one turns the visit down
    declined = desk.client.post(f"{AT}/declines", json={"visit": visit["id"], "volunteer": other["volunteer"]})
    assert declined.status_code == 201, declined.text
    hover(page, cell_of(page, other["volunteer"], visit["start"]))
    page.mouse.up()
    page.wait_for_selector("#notices .bad")
    assert "没有改成" in page.locator("#notices").inner_text()
    assert other["name"] in page.locator("#notices").inner_text()
    assert cell_of(page, who, visit["start"]).locator(f'.chip[data-visit="{visit["id"]}"]').count() == 1
    assert desk.newest()["id"] == desk.key
    assert not desk.pins()
    desk.client.delete(f"{AT}/declines/{declined.json()['key']}", headers={"If-Match": "*"})


def test_undo_and_redo_bring_back_people_and_pins(page, desk):
    visit, who, other = desk.seat()
    pick_up(page, chip_of(page, visit["id"], who))
    hover(page, cell_of(page, other["volunteer"], visit["start"]))
    page.mouse.up()
    page.wait_for_selector("body[data-dropped]")
    page.keyboard.press("Control+z")
    page.get_by_text("已撤销").wait_for()
    assert chip_of(page, visit["id"], who).count() == 1
    assert desk.crew(visit["id"]) == [who]
    assert desk.pins() == []
    page.reload()
    page.wait_for_selector(READY)
    page.get_by_role("button", name="重做").click()
    page.get_by_text("已重做").wait_for()
    assert desk.crew(visit["id"]) == [other["volunteer"]]
    assert len(desk.pins()) == 1


def test_a_visit_is_dragged_to_another_day_that_was_asked_for(page, desk):
    for visit in desk.newest()["roster"]["visits"]:
        starts = desk.ask("moves", visit=visit["id"]).get("starts", []) if visit["start"] else []
        could = [one["start"] for one in starts if not one["codes"] and one["start"][:10] != visit["start"][:10]]
        if could and len(visit["assigned"]) == 1:
            break
    day, who = could[0][:10], visit["assigned"][0]["volunteer"]
    pick_up(page, chip_of(page, visit["id"], who))
    cell = cell_of(page, who, day)
    page.locator("#roster td.may").first.wait_for(state="attached")
    hover(page, cell)
    page.mouse.up()
    page.wait_for_selector("body[data-dropped]")
    assert desk.visit(visit["id"])["start"][:10] == day
    assert cell.locator(f'.chip[data-visit="{visit["id"]}"]').count() == 1


def test_by_keyboard_alone_somebody_else_is_chosen(page, desk):
    visit, who, other = desk.seat()
    page.locator("#roster .chip[tabindex='0']").focus()
    before = page.evaluate("document.activeElement.dataset.visit + document.activeElement.dataset.volunteer")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.visit + document.activeElement.dataset.volunteer") != before
    chip_of(page, visit["id"], who).focus()
    page.keyboard.press("Enter")
    choice = page.locator(f'#panel [data-give="{other["volunteer"]}"]')
    choice.wait_for()
    choice.focus()
    page.keyboard.press("Enter")
    page.locator("#say").get_by_text("已锁定").wait_for()
    assert desk.crew(visit["id"]) == [other["volunteer"]]


def test_what_another_coordinator_changes_appears_by_itself(page, desk):
    visit, who, other = desk.seat()
    desk.edit({"op": "replace", "visit": visit["id"], "volunteer": who, "by": other["volunteer"]})
    page.get_by_text("zhang-min刚刚改了排班").wait_for(timeout=15000)
    assert chip_of(page, visit["id"], other["volunteer"]).count() == 1
    assert chip_of(page, visit["id"], who).count() == 0


def test_of_two_at_once_the_later_change_is_offered_again(page, desk):
    visit, who, other = desk.seat()
    second = next(one for one in desk.newest()["roster"]["visits"] if one["wish"] != visit["wish"] and one["assigned"])
    pick_up(page, chip_of(page, visit["id"], who))
    desk.edit({"op": "drop", "visit": second["id"]})
    hover(page, cell_of(page, other["volunteer"], visit["start"]))
    page.mouse.up()
    page.get_by_role("button", name="照样改").wait_for()
    assert desk.crew(visit["id"]) == [who]  # nothing of either is lost, and nothing was overwritten
    page.get_by_role("button", name="照样改").click()
    page.locator("#say").get_by_text("已锁定").wait_for()
    assert desk.crew(visit["id"]) == [other["volunteer"]]
    assert desk.visit(second["id"]) is None


def test_somebody_cannot_come_in_two_steps(page, desk):
    visit, who, _ = desk.seat()
    chip_of(page, visit["id"], who).click()
    page.locator("#panel").get_by_role("button", name="来不了").click()
    page.get_by_role("button", name="看看怎么调").click()
    page.get_by_text("最少要改这些").wait_for(timeout=20000)
    assert desk.newest()["id"] == desk.key  # only looked at
    page.get_by_role("button", name="存为新草稿").click()
    page.locator("#panel").wait_for(state="hidden", timeout=20000)
    changed = desk.visit(visit["id"])
    assert changed is None or who not in [seat["volunteer"] for seat in changed["assigned"]]
    assert chip_of(page, visit["id"], who).count() == 0


def test_the_map_shows_the_routes_of_a_day_and_tells_them_in_words(browser, town, desk):
    with town.visitor(browser, login="chen-li", at=f"{HOME}/adjust?roster={desk.key}&view=map") as page:
        page.wait_for_selector("#map[data-ready]")
        assert page.locator("#map path").count() > 0
        first = min(visit["start"] for visit in desk.newest()["roster"]["visits"] if visit["start"])
        assert page.locator("#map-day").input_value() == first[:10]
        assert first[11:16] in page.locator("#map-list").inner_text()
        before = page.locator("#map path").count()
        page.get_by_label("看谁能到哪里").select_option(index=1)
        assert page.locator("#map path").count() > before
        assert "分钟" in page.locator("#map-reach").inner_text()


def test_map_tiles_are_asked_for_only_where_they_are_set(browser, made, tmp_path):
    tiles = "https://tiles.example/{z}/{x}/{y}.png"
    with Boarded(f"sqlite:///{tmp_path / 'board.db'}", map_tiles=tiles) as board, closing(board.session()) as client:
        board.keep(made[0])
        desk = Desk(client, made[1])
        policies = [
            client.get(f"{HOME}/adjust?roster={desk.key}&view={view}").headers["content-security-policy"]
            for view in ("map", "people")
        ]
    assert ["img-src 'self' data: https://tiles.example;" in policy for policy in policies] == [True, False]


@pytest.mark.parametrize("lang", ["zh-CN", "en-GB"])
def test_axe_has_nothing_to_say(browser, town, desk, lang):
    with town.visitor(browser, login="chen-li", at=f"{HOME}/adjust?roster={desk.key}", lang=lang) as page:
        page.wait_for_selector(READY)
        assert _violations(page) == []
        page.locator("#roster .chip").first.click()
        page.wait_for_selector("#panel .choices, #panel .lines")
        assert _violations(page) == []
        for view in ("residents&span=week", "map"):
            page.goto(f"{HOME}/adjust?roster={desk.key}&view={view}")
            page.wait_for_selector(READY)
            assert _violations(page) == [], view


def _violations(page):
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in Axe().run(page).response["violations"]]


def test_a_phone_scrolls_the_table_and_not_the_page(browser, town, desk):
    with town.visitor(browser, login="chen-li", at=f"{HOME}/adjust?roster={desk.key}", size=(320, 640)) as page:
        page.wait_for_selector(READY)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 320


def test_without_a_roster_the_page_leads_to_planning(browser, board):
    with board.visitor(browser, login="chen-li", at=f"{HOME}/adjust") as page:
        page.locator("main").get_by_role("link", name="去排班").click()
        page.wait_for_url("**/plan")


def test_a_claim_that_cannot_be_chosen_leaves_the_chip_in_its_place(page, desk):
    visit, who, other = desk.seat()

    def with_claim(route):
        answer = route.fetch()
        told = answer.json()
        for seat in told["seats"]:
            for one in seat["people"]:
                one["claim"] = "nobodys"
        route.fulfill(response=answer, json=told)

    page.route("**/suggest", with_claim)
    pick_up(page, chip_of(page, visit["id"], who))
    hover(page, cell_of(page, other["volunteer"], visit["start"]))
    page.mouse.up()
    page.wait_for_selector("#notices .bad")
    page.wait_for_selector("body[data-dropped]")
    assert cell_of(page, who, visit["start"]).locator(f'.chip[data-visit="{visit["id"]}"]').count() == 1
    assert chip_of(page, visit["id"], who).count() == 1
    assert desk.newest()["id"] == desk.key


def test_a_network_that_breaks_while_a_chip_is_held_puts_it_back_and_says_so(page, desk):
    visit, who, other = desk.seat()
    pick_up(page, chip_of(page, visit["id"], who))
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    hover(page, cell_of(page, other["volunteer"], visit["start"]))
    page.mouse.up()
    page.wait_for_selector("#notices .bad")
    assert "连不上服务器" in page.locator("#notices").inner_text()
    assert cell_of(page, who, visit["start"]).locator(f'.chip[data-visit="{visit["id"]}"]').count() == 1
    page.context.set_offline(False)
    pick_up(page, chip_of(page, visit["id"], who))
    hover(page, cell_of(page, other["volunteer"], visit["start"]))
    page.mouse.up()
    expect(page.locator("#say")).to_contain_text("已锁定")
    assert desk.crew(visit["id"]) == [other["volunteer"]]


def test_on_a_phone_the_table_begins_within_sight_and_a_tap_opens_the_choices(browser, town, desk):
    where = f"{HOME}/adjust?roster={desk.key}"
    with town.visitor(browser, login="chen-li", at=where, size=(390, 800), has_touch=True, is_mobile=True) as page:
        page.wait_for_selector(READY)
        assert page.locator("#roster").bounding_box()["y"] < 600  # three quarters of the screen
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator("#roster .chip:not(.standby)").first.tap()
        page.locator("#panel ol.choices button").first.wait_for()
