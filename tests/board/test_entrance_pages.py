"""The way in: signing in and out, the language, pages that are not there."""

from boarding import HOME, PASSWORD


def test_signing_in_leads_to_the_community(browser, board):
    board.person("chen-li")
    with board.visitor(browser) as page:
        page.goto(f"{HOME}/plan")
        assert page.title().startswith("登录")
        page.get_by_label("登录名", exact=True).fill("chen-li")
        page.get_by_label("密码").fill("wrong")
        page.get_by_role("button", name="登录").click()
        assert page.get_by_role("alert").is_visible()
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"**{HOME}/plan")


def test_the_language_is_kept(page):
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto(HOME)
    assert page.get_by_role("heading", level=1).inner_text() == "The week"


def test_signing_out_ends_the_session(page):
    page.get_by_text("账号", exact=True).click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/board/login")
    page.goto(HOME)
    assert "/board/login" in page.url


def test_what_is_not_there_is_a_page_with_a_way_on(page):
    answer = page.goto("/board/huizhou/nowhere")
    assert answer.status == 404
    page.get_by_role("link", name="回到首页").click()
    page.wait_for_url(f"**{HOME}")
