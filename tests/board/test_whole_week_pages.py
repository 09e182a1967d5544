"""A coordinator's whole week in the browser: from the workbook to calendars on phones and outcomes on record."""

import pytest
from boarding import HOME, Boarded
from keeping import wu
from rosters_ready import AT, moved_to

from matcher.domain.scenario import Scenario
from matcher.exchange import write_scenario


@pytest.fixture
def town(address):
    """A community of which nothing is known yet, on each kind of database, with a worker beside."""
    with Boarded(address) as board, board.worker():
        board.answer_here()
        yield board


@pytest.fixture
def workbook(tmp_path):
    """Mr Wu's workbook on the evening of the broadcast: whoever claimed his wish waits to be chosen."""
    facts = wu().model_dump(mode="json", exclude_defaults=True)
    open_claims = [{name: value for name, value in claim.items() if name != "state"} for claim in facts["claims"]]
    path = tmp_path / "week.xlsx"
    write_scenario(Scenario.model_validate(facts | {"claims": open_claims, "published": [], "pins": []}), path)
    return path


def test_from_the_workbook_to_calendars_and_outcomes(browser, town, workbook):
    client = town.session()
    with town.visitor(browser, login="chen-li") as page:
        bring_in(page, workbook)
        screen(page, client)
        roster = plan(page, client)
        adjust(page, roster)
        driver, feed = publish(page, client, roster)
        entries = client.get(feed).text
        assert entries.count("BEGIN:VEVENT") == len(turns(client, driver))
        before = earned(client, driver)
        record(page, client)
    (done,) = (row["fact"] for row in outcomes(client) if row["fact"].get("visit"))
    assert (done["volunteer"], done.get("outcome", "done"), done["minutes"]) == (driver, "done", 210)
    # Three and a half hours at ten points an hour.
    assert [now - then for now, then in zip(earned(client, driver), before, strict=True)] == [210, 35]


def earned(client, volunteer):
    """Minutes and points of one person in the ledger."""
    people = client.get(f"{AT}/ledger").json()["people"]
    mine = next((one for one in people if one["volunteer"] == volunteer), {"minutes": 0, "points": 0})
    return mine["minutes"], mine["points"]


def bring_in(page, workbook):
    """Nothing is there; the workbook is dropped, looked at and kept."""
    page.goto(f"{HOME}/plan")
    assert page.get_by_role("link", name="导入台账").first.is_visible()
    page.goto(f"{HOME}/bring")
    page.set_input_files("#file", workbook)
    page.locator("#keep").wait_for()
    page.locator("#keep button.primary").click()
    page.wait_for_url("**/check?kept=*")


def screen(page, client):
    """Twelve of those who claimed Mr Wu's wish are chosen."""
    page.goto(f"{HOME}/screen")
    page.locator("[name=noted]").wait_for(state="attached")
    page.locator("form:has([name=noted]) button.primary").click()
    page.wait_for_load_state()
    claims = client.get(f"{AT}/claims", params={"limit": 200}).json()["items"]
    assert sum(row["fact"].get("state") == "chosen" for row in claims) == 12


def plan(page, client):
    """A first roster, good enough to look at; its id."""
    page.goto(f"{HOME}/plan")
    page.get_by_label("给多少时间").select_option("20")
    page.get_by_role("button", name="开始排班").click()
    page.locator("#made-title").wait_for(timeout=120_000)
    page.get_by_role("link", name="去调整").click()
    page.wait_for_url("**/adjust?roster=*")
    (made,) = client.get(f"{AT}/rosters").json()["items"]
    return made["id"]


def adjust(page, roster):
    """The roster is looked at, by people."""
    assert roster in page.url
    assert page.get_by_role("heading", level=1).is_visible()


def publish(page, client, roster):
    """Everybody is told; the first driver gets a calendar. Who that is, and its address."""
    page.goto(f"{HOME}/publish?roster={roster}")
    page.get_by_role("button", name="发布……").click()
    page.get_by_role("button", name="发布，共通知").click()
    page.get_by_text("已发布。下面").wait_for()
    crew = [row["fact"] for row in published(client) if not row["fact"].get("standby")]
    driver = min(crew, key=lambda seat: seat["start"])["volunteer"]
    page.get_by_label("给谁").select_option(driver)
    page.get_by_role("button", name="生成地址和二维码").click()
    return driver, page.locator("#address").inner_text()


def record(page, client):
    """The first ride is over: it took three and a half hours."""
    first = min(row["fact"]["end"] for row in published(client))
    moved_to(client, first)
    page.goto(f"{HOME}/record")
    person = page.locator(".person:has([name^='o:'])").first
    person.get_by_role("radio", name="完成").check()
    person.get_by_role("spinbutton").fill("210")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("登记了 1 人次，共 3.5 小时").wait_for()


def published(client):
    return client.get(f"{AT}/published", params={"limit": 200}).json()["items"]


def turns(client, volunteer):
    """What somebody was told: own visits and stand-by turns."""
    return [row for row in published(client) if row["fact"]["volunteer"] == volunteer]


def outcomes(client):
    told = {row["fact"]["visit"] for row in published(client)}
    rows = client.get(f"{AT}/outcomes", params={"limit": 200}).json()["items"]
    return [row for row in rows if row["fact"].get("visit") in told]
