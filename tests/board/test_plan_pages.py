"""Planning on the board: settings, watching, stopping, comparing, the weekly job."""

import pytest
from boarding import HOME
from rosters_ready import AT, answers_here, axe, drafted, optimum

__all__ = ["answers_here"]
PLAN = f"{HOME}/plan"


def begin(page, **fields):
    page.goto(PLAN)
    for label, value in fields.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="开始排班").click()


def test_a_plan_is_watched_to_its_end_and_told_in_words(page, board):
    with board.worker():
        begin(page)
        page.locator("#run").wait_for()
        page.locator("#made-title").wait_for(timeout=120_000)
        # Twelve rides, one driver each: all can be filled.
        page.get_by_text("12个名额全部排上。").wait_for(timeout=30_000)
    told = board.session().get("/v1/plans").json()["items"]
    assert [(one["state"], one["submitted_by"]) for one in told] == [("done", "user:chen-li")]
    page.get_by_role("link", name="去发布").click()
    page.wait_for_url(f"**/publish?roster={told[0]['roster']}")


def test_while_one_is_under_way_no_other_begins_and_a_reload_goes_on_watching(page, board):
    begin(page)  # nobody works: it waits
    page.locator("#run").wait_for()
    page.reload()
    assert page.get_by_role("heading", name="正在排队").is_visible()
    assert page.get_by_role("button", name="开始排班").count() == 0
    token = page.locator("#run [name=csrf]").input_value()
    answer = page.request.post(f"{PLAN}/start", form={"csrf": token, "once": "other", "seconds": "20"})
    assert "已经有一份排班正在进行" in answer.text()
    client = board.session()
    assert len(client.get("/v1/plans").json()["items"]) == 1
    page.get_by_role("button", name="到此为止").click()
    page.get_by_text("还没有找到能用的排班表就被叫停了").wait_for()
    assert client.get("/v1/plans").json()["items"][0]["state"] == "cancelled"


def test_progress_comes_by_itself(page, board):
    begin(page)
    page.locator("#run").wait_for()
    with board.worker():
        page.locator("#made-title").wait_for(timeout=120_000)
    assert page.url.endswith("/plan")


def test_sliders_set_weights_that_are_kept_and_everything_else_stays(page, board):
    page.goto(PLAN)
    page.get_by_text("更看重什么").first.click()
    page.locator("#lean-faces").fill("4")
    page.get_by_label("给多少时间").select_option("20")
    page.get_by_label("从哪天排").fill("2026-12-01")
    page.get_by_label("排到哪天（含当天）").fill("2026-12-31")
    page.get_by_role("button", name="开始排班").click()
    page.locator("#run").wait_for()
    client = board.session()
    settings = client.get(f"{AT}/program").json()["fact"]["settings"]
    assert settings["weights"]["faces"] == 400
    assert settings["weights"].get("fairness", 1) == 1
    (plan,) = client.get("/v1/plans").json()["items"]
    told = client.get(f"/v1/plans/{plan['id']}").json()
    # One month: one ride.
    assert (told["config"]["seconds"], told["metrics"]["visits"], told["metrics"]["days"]) == (20, 1, 31)


def test_what_is_wrong_is_said_and_nothing_begins(page, board):
    begin(page, **{"从哪天排": "2026-12-31", "排到哪天（含当天）": "2026-12-01"})
    assert page.get_by_role("heading", name="还不能开始排班").is_visible()
    assert page.get_by_role("alert").is_visible()
    assert board.session().get("/v1/plans").json()["items"] == []


def test_two_rosters_side_by_side(page, board):
    client = board.session()
    drafted(client)
    first = optimum()["visits"][0]
    swapped = first | {"assigned": [first["assigned"][0] | {"volunteer": first["standbys"][0]["volunteer"]}], "standbys": []}
    drafted(client, optimum() | {"visits": [swapped, *optimum()["visits"][1:]], "tiers": []})
    page.goto(PLAN)
    page.get_by_text("和第 1 版（草稿）比一比").click()
    page.get_by_role("heading", name="不一样的服务：1 次").wait_for(timeout=30_000)
    assert page.get_by_role("row", name="排上的人次").inner_text().split() == ["排上的人次", "12", "12"]


def test_a_weekly_job_by_weekday_and_time(page, board):
    page.goto(PLAN)
    page.get_by_text("加一个每周自动排班").click()
    page.get_by_label("每周哪天").select_option("FRI")
    page.get_by_label("几点").fill("18:30")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("每周五 18:30").wait_for()
    client = board.session()
    (job,) = client.get(f"{AT}/schedules").json()["items"]
    assert (job["cron"], job["config"]["days"]) == ("30 18 * * FRI", 28)
    page.get_by_role("button", name="取消自动排班").click()
    page.get_by_text("每周五 18:30").wait_for(state="detached")
    assert client.get(f"{AT}/schedules").json()["items"] == []


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_nothing_bars_the_way(browser, board, lang):
    drafted(board.session())
    with board.visitor(browser, login="chen-li", lang=lang, at=PLAN) as page:
        page.locator("#result meter").wait_for(timeout=30_000)
        page.evaluate("for (const one of document.querySelectorAll('details.fold')) one.open = true")
        assert axe(page) == []
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
