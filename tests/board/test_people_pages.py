"""Accounts in the browser: the first administrator, invitations, roles' own pages, passwords; codes and posters."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe
from boarding import HOME, PASSWORD, Boarded
from playwright.sync_api import expect

from matcher.service.accounts import auth

AT = "/v1/districts/huizhou/communities/donghe"
NEW = "银杏 码头 豆浆 三轮车"


@pytest.fixture
def fresh(tmp_path):
    """A server with nothing on it, as ``matcher serve`` makes it."""
    with Boarded(f"sqlite:///{tmp_path / 'fresh.db'}") as made:
        yield made


def test_the_first_administrator_makes_a_community_from_nothing(browser, fresh):
    token = auth.first_admin(fresh.database)
    assert auth.first_admin(fresh.database) is None
    with fresh.visitor(browser) as page:
        page.goto(f"/board/welcome/{token.text}")
        expect(page.get_by_text("登录名是“admin”")).to_be_visible()
        page.get_by_label("密码", exact=False).first.fill(NEW)
        page.get_by_label("再输一遍").fill("别的")
        page.get_by_role("button", name="设好并登录").click()
        expect(page.get_by_role("alert")).to_contain_text("不一样")
        page.locator("[name=password]").fill(NEW)
        page.get_by_label("再输一遍").fill(NEW)
        page.get_by_role("button", name="设好并登录").click()
        page.wait_for_url("**/board/communities")
        page.get_by_label("名称").fill("江北街道")
        page.get_by_label("简称").fill("江北")
        page.get_by_role("button", name="添加").click()
        expect(page.get_by_role("alert")).to_contain_text("小写字母")
        assert page.get_by_label("名称").input_value() == "江北街道"
        page.get_by_label("简称").fill("jiangbei")
        page.get_by_role("button", name="添加").click()
        form = page.get_by_role("form", name="在“江北街道”里加一个社区")
        form.get_by_label("名称").fill("东河社区")
        form.get_by_label("简称").fill("donghe")
        form.get_by_role("button", name="添加").click()
        page.wait_for_url("**/board/jiangbei/donghe")
        expect(page.locator(".brand")).to_contain_text("东河社区")
        # The link is good for one use.
        page.goto(f"/board/welcome/{token.text}")
        expect(page.get_by_role("heading", level=1)).to_have_text("这个链接用不了了")


def test_a_colleague_is_invited_chooses_a_password_and_is_let_in_no_more(browser, board, page):
    page.goto("/board/people")
    page.get_by_label("称呼").fill("王芳")
    page.get_by_label("登录名").fill("wang-fang")
    page.get_by_label("角色").select_option("coordinator")
    page.get_by_role("button", name="加账号").click()
    link = page.get_by_label("链接").input_value()
    with board.visitor(browser) as other:
        other.goto(link)
        expect(other.get_by_role("heading", level=1)).to_have_text("王芳，欢迎")
        other.locator("[name=password]").fill("1234567890")
        other.get_by_label("再输一遍").fill("1234567890")
        other.get_by_role("button", name="设好并登录").click()
        expect(other.get_by_role("alert")).to_contain_text("太容易猜到")
        other.locator("[name=password]").fill(NEW)
        other.get_by_label("再输一遍").fill(NEW)
        other.get_by_role("button", name="设好并登录").click()
        other.wait_for_url(f"**{HOME}")
        # Signed in for good: a form with the session's token is carried out.
        other.goto("/board/people")
        other.get_by_role("button", name="停用 chen-li").click()
        expect(other.locator("#chen-li")).to_contain_text("已停用")
        other.get_by_role("button", name="恢复 chen-li").click()
        expect(other.locator("#chen-li")).to_contain_text("来过")
    with closing(board.session()) as client:
        rows = {one["login"]: one for one in client.get("/v1/users").json()["items"]}
    assert (rows["wang-fang"]["role"], rows["wang-fang"]["community"], rows["chen-li"]["disabled"]) == ("coordinator", "donghe", False)


def test_what_does_not_go_is_said_and_nothing_typed_is_lost(page):
    page.goto("/board/people")
    page.get_by_label("登录名").fill("dui-zhang")
    page.get_by_label("称呼").fill("赵队")
    page.get_by_label("角色").select_option("team-lead")
    page.get_by_role("button", name="加账号").click()
    expect(page.get_by_role("alert")).to_contain_text("带哪支服务队")
    assert page.get_by_label("称呼").input_value() == "赵队"


def test_ones_own_password_is_changed(browser, board):
    with board.visitor(browser, login="li-min") as page:
        page.goto("/board/password")
        page.get_by_label("现在的密码").fill(PASSWORD)
        page.locator("[name=new]").fill(NEW)
        page.get_by_label("再输一遍").fill(NEW)
        page.get_by_role("button", name="修改", exact=True).click()
        page.wait_for_url(f"**{HOME}")


@pytest.fixture
def told(board):
    """A published roster of Mr Wu's: v01 drives in December."""
    with closing(board.session()) as client:
        roster = {
            "format": "matcher-roster/1", "scenario": "0" * 64, "strategy": "hand", "seed": 0, "unfilled": [], "tiers": [],
            "visits": [{
                "id": "wu-escort/2026-12", "wish": "wu-escort", "start": "2026-12-05T08:30:00+08:00",
                "end": "2026-12-05T12:00:00+08:00", "assigned": [{"role": "driver", "volunteer": "v01"}], "standbys": [],
            }],
        }
        made = client.post(f"{AT}/rosters", json={"roster": roster})
        assert made.status_code == 201, made.text
        one = made.json()["id"]
        done = client.post(f"{AT}/rosters/{one}/publish", json={}, headers={"If-Match": made.headers["etag"]})
        assert done.status_code == 200, done.text
        yield client


def test_a_volunteer_who_signs_in_sees_own_turns_and_answers(browser, board, told):
    board.person("luo", "volunteer", volunteer="v01")
    with board.visitor(browser, login="luo", role="volunteer", at="/board", size=(375, 667)) as page:
        page.wait_for_url("**/mine")
        expect(page.locator(".when")).to_contain_text("12月5日 周六")
        page.get_by_role("button", name="能来", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("好，到时见。")
        page.get_by_text("见谁、去哪里").click()
        expect(page.get_by_role("link", name=re.compile("1380000"))).to_be_visible()
        assert Axe().run(page).violations_count == 0
    assert told.get(f"{AT}/replies").json()["items"][0]["says"] == "yes"


@pytest.mark.parametrize(("role", "who", "heading"), [
    ("team-lead", {"team": "t-donghe"}, "本队的班"), ("viewer", {}, "排班公示"),
])
def test_a_lead_and_a_viewer_see_their_grade_and_no_steps(browser, board, told, role, who, heading):
    board.person("other", role, **who)
    with board.visitor(browser, login="other", role=role, at="/board") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert page.locator(".steps").count() == 0
        assert (re.search(r"1380000\d{4}", page.content()) is None) == (role == "viewer")
        assert Axe().run(page).violations_count == 0


def test_a_poster_is_made_printed_counted_and_ended(browser, board, page):
    page.goto(f"{HOME}/codes")
    page.get_by_label("报名当志愿者").check()
    page.get_by_label("贴在哪里").fill("3 栋大堂")
    page.get_by_role("button", name="做海报").click()
    page.wait_for_url("**/codes/poster/*")
    expect(page.locator(".poster h1")).to_have_text("来当志愿者")
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    assert page.locator(".poster .qr").evaluate("image => image.complete && image.naturalWidth > 0")
    address = page.locator(".small").inner_text()
    with board.visitor(browser, size=(375, 667)) as phone:
        phone.goto(address)
        phone.get_by_label("姓名").fill("李红")
        phone.get_by_label("手机号").fill("13800000903")
        phone.get_by_role("button", name="报名").click()
        phone.wait_for_url(re.compile(r"/p/mt_"))
    page.goto(f"{HOME}/codes")
    row = page.get_by_role("row", name=re.compile("3 栋大堂"))
    expect(row.locator(".number")).to_have_text("1")
    row.get_by_role("button").click()
    expect(row).to_contain_text("已停用")
    assert page.request.get(address).status == 404


def test_a_persons_own_code_is_handed_over(browser, board, page):
    page.goto(f"{HOME}/codes")
    page.get_by_label("志愿者 姓名或编号").fill("没有这个人")
    page.get_by_role("button", name="做个人码").click()
    expect(page.get_by_role("alert")).to_contain_text("没有“没有这个人”")
    with closing(board.session()) as client:
        name = client.get(f"{AT}/volunteers/v05").json()["fact"]["name"]
    page.get_by_label("志愿者 姓名或编号").fill(name)
    page.get_by_role("button", name="做个人码").click()
    page.wait_for_url("**/codes/own/*")
    address = page.get_by_label("链接").input_value()
    with board.visitor(browser, size=(375, 667)) as phone:
        phone.goto(address)
        expect(phone.get_by_role("heading", level=1)).to_contain_text("您好")


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_everybody_can_use_these_pages(browser, board, lang):
    with board.visitor(browser, login="chen-li", lang=lang) as page:
        page.goto(f"{HOME}/codes")
        page.locator(".primary").first.click()
        page.wait_for_url("**/codes/poster/*")
        for address in (page.url, f"{HOME}/codes", "/board/people", "/board/password", "/board/communities", "/board/welcome/none"):
            page.goto(address)
            found = Axe().run(page)
            assert found.violations_count == 0, (address, found.generate_report())
            page.set_viewport_size({"width": 320, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
            page.set_viewport_size({"width": 1280, "height": 800})


def test_team_and_volunteer_of_an_account_are_chosen_by_name(board, page):
    with closing(board.session()) as client:
        team = client.get(f"{AT}/teams").json()["items"][0]
        rows = client.get(f"{AT}/volunteers?limit=200").json()["items"]
        page.goto("/board/people")
        offered = page.locator("#volunteers option").evaluate_all("all => all.map(one => one.value)")
        assert len(offered) == len(rows)
        for login, role, field, row in (("luo-jie", "team-lead", "team", team), ("wu-di", "volunteer", "volunteer", rows[0])):
            page.goto("/board/people")
            page.locator("[name=login]").fill(login)
            page.locator("[name=role]").select_option(role)
            page.locator(f"[name={field}]").fill(row["fact"]["name"])
            page.locator("main button.primary").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("链接")
            account = next(one for one in client.get("/v1/users").json()["items"] if one["login"] == login)
            assert account[field] == row["key"]
