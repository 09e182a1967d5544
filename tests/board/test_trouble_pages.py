"""What goes wrong between a page and the server: a session that ends, a server that fails, an address nobody meant."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from boarding import HOME, PASSWORD
from keeping import wu as wu_scenario
from playwright.sync_api import expect
from rosters_ready import AT, answers_here, drafted

from matcher.board import members
from matcher.domain.scenario import Scenario

__all__ = ["answers_here"]
READY = "html[data-ready=adjust]"


def sign_out(page):
    """The session is over, as after its time; the page stays open."""
    page.context.clear_cookies()


def sign_in_again(page):
    """In another tab of the same browser."""
    other = page.context.new_page()
    other.goto("/board/login")
    other.locator("input[name=login]").fill("chen-li")
    other.locator("input[name=password]").fill(PASSWORD)
    other.locator("main button.primary").click()
    other.wait_for_url(re.compile(HOME))
    other.close()


def notices(page):
    return page.locator("#notices .notice")


def test_a_session_that_ended_meanwhile_is_said_beside_the_table_with_a_way_back(page, board):
    with closing(board.session("zhang-min")) as client:
        key = drafted(client)
    page.goto(f"{HOME}/adjust?roster={key}&from=2026-12-01")
    page.wait_for_selector(READY)
    sign_out(page)
    page.locator("#roster .chip:not(.standby)").first.click()
    expect(page.locator("#panel")).to_contain_text("登录已经过期")
    page.locator("#panel").get_by_role("link", name="重新登录").first.click()
    page.wait_for_url(re.compile("/board/login"))
    page.locator("input[name=login]").fill("chen-li")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button.primary").click()
    page.wait_for_url(re.compile(f"/adjust\\?roster={key}"))


def test_a_form_of_a_session_that_ended_leads_back_to_its_page(page):
    page.goto(f"{HOME}/codes")
    sign_out(page)
    page.get_by_role("button", name="做海报").click()
    page.wait_for_url(re.compile("/board/login"))
    assert page.locator("main input[name=next]").input_value() == f"{HOME}/codes"
    page.goto(f"{HOME}/bring")  # signed out: asked for the password first
    assert page.locator("main input[name=next]").input_value() == f"{HOME}/bring"


def test_a_part_asked_for_without_a_session_leads_back_to_the_page_it_is_of(page, tmp_path):
    page.goto(f"{HOME}/bring")
    sign_out(page)
    (tmp_path / "a.csv").write_text("x")
    page.set_input_files("#file", tmp_path / "a.csv")
    page.wait_for_url(re.compile("/board/login"))
    assert page.locator("main input[name=next]").input_value() == f"{HOME}/bring"


def test_a_page_goes_on_working_when_its_owner_signed_in_again_elsewhere(page):
    page.goto(f"{HOME}/codes")
    sign_in_again(page)
    page.get_by_role("button", name="做海报").click()
    page.wait_for_url(re.compile("/codes/poster/"))


def test_the_language_can_be_changed_on_a_page_that_answers_a_form(page):
    page.goto(f"{HOME}/codes")
    page.locator("input[name=subject]").first.fill("没有这个人")
    page.locator("form[action$='/codes/own'] button").first.click()
    expect(page.locator(".problem")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Codes")


def test_a_stale_token_is_explained_to_people_and_signing_out_twice_is_no_trouble(board):
    with closing(board.session()) as client:
        how = {"X-CSRF-Token": "", "Accept-Language": "zh"}
        answer = client.post(f"{HOME}/codes", data={"kind": "wish", "csrf": "of before"}, headers=how)
        assert (answer.status_code, "重新登录过" in answer.text, "cookie" in answer.text) == (403, True, False)
        client.post("/board/logout")
        assert client.post("/board/logout").headers["Location"] == "/board/login"


@pytest.mark.parametrize("address", [
    "check?kept=1..2", "check?kept=²..", "adjust?from=9999-12-31", "adjust?from=0001-01-01&span=week",
    "adjust?roster=%01", "adjust/gaps?roster=%01",
])
def test_an_address_nobody_meant_is_no_bug_of_ours(board, address):
    with closing(board.session()) as client:
        drafted(client)
        assert client.get(f"{HOME}/{address}").status_code in (200, 404, 422)


@pytest.mark.parametrize(("path", "form"), [
    ("record/save", {"o:wu-escort/2026-12|v01|driver": "done", "m:wu-escort/2026-12|v01|driver": "²"}),
    ("plan/start", {"seconds": "nan"}), ("plan/start", {"seconds": "1e999"}), ("plan/weekly", {"weekday": "MON", "time": "²:00"}),
    ("publish/go", {"roster": "x", "version": "版\n"}), ("codes/end", {"link": "\x01"}), ("plan/start", {"once": "甲\r\n"}),
])
def test_what_no_form_of_ours_sends_is_refused_with_words(board, path, form):
    with closing(board.session()) as client:
        answer = client.post(f"{HOME}/{path}", data=form, headers={"Accept-Language": "zh"})
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert "<h1>" in answer.text


@pytest.mark.parametrize(("role", "more"), [
    ("viewer", {}), ("team-lead", {"team": "t-gongxin"}), ("volunteer", {"volunteer": "v01"}), ("system", {}),
])
def test_the_pages_of_the_week_tell_others_that_they_are_not_theirs(board, role, more):
    with closing(board.session("wu-di", role, **more)) as client:
        for step in ("", "/bring", "/check", "/screen", "/plan", "/adjust", "/publish", "/codes", "/adjust/gaps?roster=x"):
            answer = client.get(f"{HOME}{step}", headers={"Accept-Language": "zh"})
            assert (answer.status_code, "由协调员来做" in answer.text) == (403, True), step
        assert client.get(f"{HOME}/mine").status_code == 200


def test_what_is_refused_at_the_door_is_a_page_in_the_readers_language(board):
    with closing(board.session()) as client:
        for lang, words in (("zh", "出了点问题"), ("en", "Something went wrong")):
            answer = client.get(f"{HOME}/check?kept=%00", headers={"Accept-Language": lang})
            assert (answer.status_code, words in answer.text) == (400, True)
            assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Request-Id"]


def test_a_file_larger_than_the_server_takes_is_said_in_words(browser, board, tmp_path):
    board.app.state.settings.__dict__["max_body_mb"] = 1
    (tmp_path / "big.xlsx").write_bytes(b"PK" + bytes(2 * 2**20))
    with board.visitor(browser, login="chen-li", at=f"{HOME}/bring") as page:
        page.set_input_files("#file", tmp_path / "big.xlsx")
        expect(notices(page)).to_contain_text("“big.xlsx”有 3 MB，太大了，最多能收 1 MB")  # 2 MiB and two bytes, rounded up


@pytest.mark.parametrize("name", ["单子.pdf", "照片.jpg", "通知.docx"])
def test_a_file_that_is_no_table_is_refused_in_words_for_its_owner(page, tmp_path, name):
    (tmp_path / name).write_bytes(b"%PDF-1.7 \xff\xd8" * 50)
    page.goto(f"{HOME}/bring")
    page.set_input_files("#file", tmp_path / name)
    expect(page.locator("#found")).to_contain_text(f"“{name}”不是表格文件")
    assert "JSON" not in page.locator("#found").inner_text()


def test_a_bug_of_ours_is_a_page_with_its_number(board, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(members, "_view", broken)
    with closing(board.session("wu-di", "viewer")) as client:
        answer = client.get(f"{HOME}/mine", headers={"Accept-Language": "zh"})
    assert (answer.status_code, "<h1>出了点问题" in answer.text) == (500, True)
    assert answer.headers["X-Request-Id"] in answer.text
    assert "ZeroDivision" not in answer.text


def test_an_answer_of_somebody_between_is_said_in_words(page, board):
    with closing(board.session("zhang-min")) as client:
        key = drafted(client)
    page.goto(f"{HOME}/adjust?roster={key}&from=2026-12-01")
    page.wait_for_selector(READY)
    page.route("**/suggest", lambda route: route.fulfill(status=502, body="<html>Bad Gateway</html>"))
    page.locator("#roster .chip:not(.standby)").first.click()
    expect(page.locator("#panel")).to_contain_text("服务器没有正常答复")


def test_publishing_twice_in_two_tabs_tells_nobody_twice(page, board):
    with closing(board.session("zhang-min")) as client:
        key = drafted(client)
        other = page.context.new_page()
        for one in (page, other):
            one.goto(f"{HOME}/publish?roster={key}")
        for one in (page, other):
            one.locator("#ask").click()
            if one.locator("#confirm input[type=checkbox]").count():
                one.locator("#confirm input[type=checkbox]").check()
            one.locator("#confirm form button.primary").dblclick()
            one.wait_for_url(re.compile("said="))
        expect(other.locator("main .note").first).to_contain_text("已经发布过了")
        assert [row["state"] for row in client.get(f"{AT}/rosters").json()["items"]] == ["published"]


def test_a_draft_of_facts_that_were_replaced_leads_to_planning_anew(page, board):
    with closing(board.session("zhang-min")) as client:
        drafted(client)
    document = wu_scenario().model_dump(mode="json")
    document["program"]["name"] = "下一期"
    board.keep(Scenario.model_validate(document))
    page.goto(f"{HOME}/publish")
    expect(page.locator(".problem")).to_contain_text("对不上现在的台账")
    page.locator("main a.button.primary").click()
    page.wait_for_url(re.compile("/plan"))
