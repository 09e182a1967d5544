"""Phones: what the three codes open, and one's own page behind a secret; also without a script."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from rosters_ready import answers_here, published

__all__ = ["answers_here"]
AT = "/v1/districts/huizhou/communities/donghe"
WISH = "wu-escort"
# v01's turns: November's is past by the facts' own moment (24 November 2026), December's is to come.
PAST, NEXT = f"{WISH}/2026-11", f"{WISH}/2026-12"
PHONE = (375, 667)


@pytest.fixture
def office(board):
    """The coordinator's own client; Mr Wu's wish is open for one, and nobody has claimed it."""
    with closing(board.session()) as client:
        for claim in client.get(f"{AT}/claims?limit=200").json()["items"]:
            client.delete(f"{AT}/claims/{claim['key']}", headers={"If-Match": "*"})
        client.post(f"{AT}/wishes/{WISH}:move", json={"stage": "published", "places": 1})
        yield client


def link(office, kind, **more):
    """The address of a new code, as it is in its QR code."""
    made = office.post(f"{AT}/links", json={"kind": kind} | more)
    assert made.status_code == 201, made.text
    return made.json()["url"]


def ticket(office, kind, subject):
    return office.post(f"{AT}/tickets", json={"kind": kind, "subject": subject}).json()["url"]


@contextmanager
def phone(browser, board, **how):
    with board.visitor(browser, size=PHONE, **how) as page:
        yield page


@pytest.fixture
def told(office):
    """v01 was told of two turns; the address of their own page."""
    for visit, day in ((PAST, "2026-11-14"), (NEXT, "2026-12-05")):
        made = office.post(f"{AT}/published", json={
            "visit": visit, "role": "driver", "volunteer": "v01", "start": f"{day}T08:30:00+08:00", "end": f"{day}T11:30:00+08:00",
        })
        assert made.status_code == 201, made.text
    return ticket(office, "person", "v01")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_three_codes_from_end_to_end(browser, board, office, script):
    with phone(browser, board, java_script_enabled=script) as page:
        # A neighbour submits a wish for Grandpa Chen; a number that is none is said beside the field, all else is kept.
        page.goto(link(office, "wish"))
        page.get_by_label("想请人帮什么忙").fill("想有人陪着去医院")
        page.get_by_label("怎么称呼", exact=True).fill("陈伯")
        page.get_by_label("联系电话").fill("12")
        page.get_by_text("我替别人提").click()
        page.get_by_label("您怎么称呼").fill("李姐")
        page.get_by_role("button", name="提交心愿").click()
        assert "不完整" in page.locator("#e-phone").inner_text()
        assert page.get_by_label("想请人帮什么忙").input_value() == "想有人陪着去医院"
        assert page.get_by_label("您怎么称呼").input_value() == "李姐"
        page.get_by_label("联系电话").fill("（0752）288-0001")
        page.get_by_role("button", name="提交心愿").click()
        page.wait_for_url(re.compile(r"/p/mt_"))
        expect(page.get_by_text("已收到")).to_be_visible()
        expect(page.get_by_role("heading", name="收藏本页")).to_be_visible()
        (order,) = office.get(f"{AT}/orders?stage=submitted").json()["items"]
        assert (order["asked"]["name"], order["asked"]["helper_name"], order["asked"]["phone"]) == ("陈伯", "李姐", "07522880001")
        # Somebody joins, and sees that nothing is planned yet.
        page.goto(link(office, "join"))
        page.get_by_label("姓名").fill("李红")
        page.get_by_label("手机号").fill("１３８ 0000 0903")
        page.get_by_label("会做什么").fill("会开车")
        page.get_by_role("button", name="报名").click()
        page.wait_for_url(re.compile(r"/p/mt_"))
        expect(page.get_by_role("heading", level=1)).to_have_text("李**，您好")
        expect(page.get_by_text("现在没有排到您的班")).to_be_visible()
        # Two claim the one place: it is said plainly that the second waits.
        claim = link(office, "claim", wish=WISH)
        standings = []
        for name, number in (("李红", "13800000903"), ("王芳", "13800000904")):
            page.goto(claim)
            page.get_by_label("姓名").fill(name)
            page.get_by_label("手机号").fill(number)
            page.locator(".send .primary").click()
            page.wait_for_url(re.compile(r"/p/mt_"))
            standings.append(page.locator(".places b").inner_text())
        assert standings == ["名额是您的", "候补第 1 位"]
    claims = office.get(f"{AT}/wishes/{WISH}/claims").json()
    assert [one["standing"] for one in claims] == ["holds", "waits"]


def test_who_waits_is_asked_when_a_place_comes_free(browser, board, office):
    at, urls = link(office, "claim", wish=WISH), []
    with phone(browser, board) as page:
        for name, number in (("李红", "13800000903"), ("王芳", "13800000904")):
            page.goto(at)
            page.get_by_label("姓名").fill(name)
            page.get_by_label("手机号").fill(number)
            page.locator(".send .primary").click()
            page.wait_for_url(re.compile(r"/p/mt_"))
            urls.append(page.url)
        page.goto(urls[0])
        page.get_by_text("我要退出").click()
        page.get_by_role("button", name="确定退出").click()
        expect(page.get_by_text("您已退出")).to_be_visible()
        page.goto(urls[1])
        page.get_by_role("button", name="我来").click()
        expect(page.locator(".places b")).to_have_text("名额是您的")
    assert [one["standing"] for one in office.get(f"{AT}/wishes/{WISH}/claims").json()] == ["holds"]


def test_own_turns_are_accepted_swapped_declined_and_marked_done(browser, board, office, told):
    with phone(browser, board) as page:
        page.goto(told)
        assert "11月14日 周六" in page.locator(".when").first.inner_text()
        page.get_by_role("button", name="我已完成服务").click()
        expect(page.get_by_role("status")).to_have_text("辛苦了，已经记下。")
        page.get_by_role("button", name="能来", exact=True).click()
        expect(page.get_by_text("您说了能来")).to_be_visible()
        page.get_by_text("想换班", exact=True).click()
        page.get_by_label("什么时候可以").fill("下一周的周六可以")
        page.get_by_role("button", name="请社区帮我换").click()
        expect(page.get_by_text("换好前仍算您的")).to_be_visible()
        assert office.get(f"{AT}/declines").json()["items"] == []
        page.get_by_text("来不了", exact=True).click()
        page.get_by_role("button", name="确定来不了").click()
        expect(page.get_by_text("社区在另找人")).to_be_visible()
        page.get_by_role("link", name="看留言").first.click()
        expect(page.locator(".talk .text")).to_have_text("下一周的周六可以")
        page.get_by_label("说一句").fill("我的电话是 13800000901")
        page.get_by_role("button", name="发出").click()
        expect(page.locator(".talk .text").last).to_have_text("我的电话是 ***")
    (decline,) = office.get(f"{AT}/declines").json()["items"]
    assert (decline["fact"]["visit"], decline["fact"]["volunteer"]) == (NEXT, "v01")
    assert [one["says"] for one in office.get(f"{AT}/replies").json()["items"]] == ["no"]
    assert [one["fact"]["volunteer"] for one in office.get(f"{AT}/outcomes?visit={PAST}").json()["items"]] == ["v01"]


def test_the_residents_side_confirms_with_stars(browser, board, office, told):
    office.put(f"{AT}/outcomes", json={"outcomes": [{"visit": PAST, "volunteer": "v01", "outcome": "done"}]})
    with phone(browser, board) as page:
        page.goto(ticket(office, "visit", PAST))
        page.get_by_label("★★★★★ 很满意").check()
        page.get_by_label("想说的话").fill("很准时，扶得稳")
        page.get_by_role("button", name="确认已服务").click()
        expect(page.get_by_role("status")).to_have_text("谢谢，已确认。")
        assert page.get_by_label("★★★★★ 很满意").is_checked()
    (record,) = office.get(f"{AT}/outcomes?visit={PAST}").json()["items"]
    assert record["fact"]["confirmed"] is True


def test_a_calendar_is_subscribed_to_and_wechat_is_told_how(browser, board, told):
    with phone(browser, board) as page:
        page.goto(told)
        page.get_by_role("button", name="订阅我的班").click()
        assert page.get_by_role("link", name="订阅到日历").get_attribute("href").startswith("webcal://127.0.0.1")
        address = page.get_by_role("textbox", name="日历地址").input_value()
        assert b"BEGIN:VEVENT" in page.request.get(address).body()
    with phone(browser, board, user_agent="Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0.40") as page:
        page.goto(told)
        expect(page.get_by_text("在浏览器打开")).to_be_visible()
        assert page.get_by_role("button", name="订阅我的班").count() == 0


def test_what_does_not_work_is_said_kindly(browser, board, office):
    used_up, often = link(office, "join", most_uses=1), link(office, "join", most_per_address=1)
    with phone(browser, board) as page:
        for address, status, title in (
            (f"{board.url}/p/mj_nothing", 404, "这个码用不了了"), (f"{board.url}/p/..%2f..%2fv1", 404, "没有这个页面"),
        ):
            answer = page.goto(address)
            assert answer.status == status
            assert title in page.content()
        for at, title in ((used_up, "这个码的名额用完了"), (often, "现在用的人太多")):
            for number in (1, 2):
                page.goto(at)
                page.get_by_label("姓名").fill(f"新{number}")
                page.get_by_label("手机号").fill(f"1380000{len(title):02d}0{number}")
                page.get_by_role("button", name="报名").click()
            expect(page.get_by_role("heading", level=1)).to_have_text(title)
            expect(page.get_by_text("要一个新的码")).to_be_visible()


def test_the_same_form_sent_twice_is_one_wish_and_one_person(board, office):
    with httpx.Client(base_url=board.url) as client:
        for at, where, form in (
            (link(office, "wish"), "wishes", {"text": "修水龙头", "name": "何婆婆", "phone": "13800000907"}),
            (link(office, "join"), "volunteers", {"name": "新手", "phone": "13800000908"}),
        ):
            once = re.search(r'name="once" value="(\w+)"', client.get(at).text)[1]
            told = [client.post(f"{at}/{where}", data=form | {"once": once}) for _ in range(2)]
            # Each tap leads to a page that works, of the same thing.
            assert all(re.match(r"/p/mt_", one.headers["location"]) for one in told)
            assert [client.get(one.headers["location"]).status_code for one in told] == [200, 200]
    assert len(office.get(f"{AT}/orders?stage=submitted").json()["items"]) == 1
    people = office.get(f"{AT}/volunteers?limit=200").json()["items"]
    assert len([one for one in people if one["fact"].get("name") == "新手"]) == 1


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_everybody_can_use_them(browser, board, office, told, lang):
    office.put(f"{AT}/outcomes", json={"outcomes": [{"visit": PAST, "volunteer": "v01", "outcome": "done"}]})
    addresses = [
        link(office, "wish"), link(office, "join"), link(office, "claim"), told, f"{told}/visit?visit={NEXT}",
        ticket(office, "visit", PAST), f"{board.url}/p/mj_nothing",
    ]
    with board.visitor(browser, lang=lang, size=(320, 640)) as page:
        for address in addresses:
            page.goto(address)
            found = Axe().run(page)
            assert found.violations_count == 0, (address, found.generate_report())
            # Nothing runs over the side of the smallest phone, letters are large, what is tapped is large enough.
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
            assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
            small = page.evaluate(
                "[...document.querySelectorAll('button, .button, summary, main input:not([type=hidden]):not([type=radio])')]"
                ".filter(e => e.offsetHeight && e.offsetHeight < 44).map(e => e.outerHTML)"
            )
            assert small == [], address


def test_a_code_for_any_wish_shows_planned_ones_that_want_stand_bys_and_else_a_kind_word(browser, board):
    with closing(board.session()) as office, phone(browser, board) as page:
        published(office)  # somebody drives each month, and the wish asks for a stand-by
        address = link(office, "claim")
        page.goto(address)
        page.locator("[name=name]").fill("周丽")
        page.locator("[name=phone]").fill("13800000955")
        page.locator("form.ask button.primary").click()
        page.wait_for_url(re.compile(r"/p/mt_"))
        wish = office.get(f"{AT}/wishes/{WISH}")
        staffing = wish.json()["fact"]["staffing"] | {"standbys": 0}
        told = office.patch(f"{AT}/wishes/{WISH}", json={"staffing": staffing}, headers={"If-Match": wish.headers["ETag"]})
        assert told.status_code == 200, told.text
        page.goto(address)
        expect(page.locator(".empty")).to_contain_text("都有人帮了")
        expect(page.locator(".empty")).to_contain_text("报名当志愿者")
