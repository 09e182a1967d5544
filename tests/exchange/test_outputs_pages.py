"""The printed pages: what stands on them, what must never stand there, and that no text becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from output_samples import community_plan, community_scenario, wu_plan

from matcher.exchange.masking import TextMask, mask_name
from matcher.exchange.page import render_notice, render_phone_list, render_roster, render_slip
from matcher.exchange.paper import Paper

CONFIDENTIAL = ("低保", "空巢", "耳背", "志愿者内部备注")
"""Household categories and notes."""


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words.append(data)


def text_of(html: str) -> str:
    parser = _Text()
    parser.feed(html.partition("<body>")[2])
    return re.sub(r"\s+", " ", "".join(parser.words))


def every_page(paper: Paper) -> dict[str, str]:
    return {
        "roster": render_roster(paper), "notice": render_notice(paper), "phone-list": render_phone_list(paper),
        **{f"slip {key}": render_slip(paper, key) for key in paper.duties},
    }


@pytest.mark.parametrize("plan", [wu_plan(), community_plan(), community_plan("en")])
def test_pages_need_nothing_from_elsewhere(plan):
    for html in every_page(Paper(plan)).values():
        assert "<script" not in html
        assert not re.search(r"(src|href|url\()\s*=?\s*[\"']?(https?:)?//", html)


def test_nothing_confidential_is_on_any_page():
    for plan in (wu_plan(), community_plan()):
        for name, html in every_page(Paper(plan)).items():
            assert not [word for word in CONFIDENTIAL if word in html], name


# ---------------------------------------------------------------------------------------------------- roster


def test_the_roster_says_who_goes_when_with_the_weekday():
    text = text_of(render_roster(Paper(wu_plan())))
    assert "接送清单" in text
    assert "12月5日 周六" in text
    assert "赵建华 备 王文斌" in text
    assert "12 个名额全部安排好了。" in text


def test_the_roster_for_the_wall_has_no_phone_and_no_door():
    for plan in (wu_plan(), community_plan()):
        html = render_roster(Paper(plan))
        assert "1380000" not in html
        assert "2单元501" not in html
        assert "1单元" not in html


def test_empty_places_come_with_their_reasons():
    text = text_of(render_roster(Paper(community_plan())))
    assert "会理发的 3 位这一周次数都满了；多 1 位就够。" in text
    assert "8个名额空缺" in text


def test_whom_a_resident_does_not_want_stays_off_the_wall():
    html = render_roster(Paper(community_plan()))
    assert "李秀珍不要冯志强来" not in html
    assert "不符合服务对象的要求：1 人" in html


def test_a_busy_month_gets_a_page_and_a_quiet_year_shares_one():
    assert 'class="year"' in render_roster(Paper(wu_plan()))
    assert 'class="big"' in render_roster(Paper(community_plan()))


def test_days_off_bear_their_names():
    # 1 January 2027 is 元旦, whatever else is not published yet.
    html = render_roster(Paper(community_plan()))
    assert re.search(r'class="off"><span class="number">1</span> <span class="mark">元旦', html)


def test_a_year_with_unpublished_holidays_is_flagged():
    for plan in (community_plan(), wu_plan()):
        assert render_roster(Paper(plan)).count("2027 年的放假调休安排尚未公布") == 1


def test_assumptions_quote_cells_and_stay_off_the_wall():
    plan = replace(wu_plan(), notes=("志愿者!C4 “13800000001(老婆的)” 读作 13800000001",))
    html = render_roster(Paper(plan))
    assert "老婆" not in html
    assert "共 1 条，见 roster.xlsx" in html


# ---------------------------------------------------------------------------------------------------- notice


def test_the_notice_masks_residents_and_volunteers():
    plan = community_plan()
    text = text_of(render_notice(Paper(plan)))
    names = [person.name for person in (*plan.scenario.residents, *plan.scenario.volunteers)]
    assert not [name for name in names if name in text]
    assert "欧阳**" in text
    assert "赵**" in text


def test_an_alias_replaces_the_mask():
    text = text_of(render_notice(Paper(community_plan())))
    assert "老罗" in text
    assert "罗**" not in text


def test_a_name_inside_a_title_is_masked_too():
    assert "量血压、陪欧阳**聊天" in text_of(render_notice(Paper(community_plan())))


def test_the_notice_has_no_phone_no_address_no_destination():
    for plan in (wu_plan(), community_plan()):
        html = render_notice(Paper(plan))
        for secret in ("1380000", "单元", "3栋", "东河苑", "江洲里", "疗养院", "第二医院"):
            assert secret not in html


def test_the_notice_tells_only_the_half_day_a_home_is_visited():
    text = text_of(render_notice(Paper(community_plan())))
    assert "12月1日 周二 上午" in text
    assert "09:00" not in text
    assert "12月12日 周六 08:30–11:30" in text  # an event is for everybody


def test_the_notice_calls_for_those_still_missing():
    text = text_of(render_notice(Paper(community_plan())))
    assert "还在等您" in text
    assert "医生 缺 1 人" in text


@pytest.mark.parametrize(("name", "masked"), [
    ("吴建国", "吴**"), ("吴伯", "吴**"), ("欧阳明珠", "欧阳**"), ("欧阳", "欧**"), ("罗 海峰", "罗**"), ("", "**"),
])
def test_masking_never_tells_how_long_a_name_is(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(("text", "masked"), [
    ("陪罗海峰看病", "陪罗**看病"),
    ("电话１３８００００９０１２", "电话***"),
    ("电话 138-0000-9012", "电话 ***"),
    ("80-100人", "80-100人"),
    ("2026-12-05 义诊", "2026-12-05 义诊"),
])
def test_free_text_loses_names_and_numbers_but_not_dates(text, masked):
    assert TextMask(["罗 海峰"])(text) == masked


# ---------------------------------------------------------------------------------------------------- slips


def test_a_slip_holds_what_its_volunteer_needs():
    text = text_of(render_slip(Paper(wu_plan()), "v01"))
    for word in ("12月5日 周六", "08:00–12:00", "吴伯", "13800009001", "女儿 13800009002", "东河苑3栋2单元501",
                 "市康宁疗养院"):
        assert word in text


def test_a_slip_shows_only_its_volunteers_residents():
    paper = Paper(community_plan())
    for volunteer, duties in paper.duties.items():
        text = text_of(render_slip(paper, volunteer))
        own = {duty.entry.wish.resident for duty in duties}
        for resident in paper.scenario.residents:
            if resident.id not in own:
                assert resident.name not in text
                assert not resident.phone or resident.phone not in text


def test_a_stand_by_gets_neither_phone_nor_door():
    paper = Paper(community_plan())
    # v13 stands by for one dialysis, and is a doctor at the clinic.
    assert [duty.is_standby for duty in paper.duties["v13"]] == [False, True]
    text = text_of(render_slip(paper, "v13"))
    assert "备班" in text
    assert "罗海峰" in text
    assert "13800009012" not in text
    assert "1单元201" not in text


def test_whoever_buys_goods_reads_what_and_for_how_much():
    text = text_of(render_slip(Paper(community_plan()), "v17"))
    for word in ("12月20日 周日前", "何大妈", "电水壶 2升，老人好按的", "200 元以内，社区报销"):
        assert word in text


def test_each_dated_duty_has_a_code_to_scan():
    paper = Paper(wu_plan())
    assert render_slip(paper, "v01").count("<svg") == len(paper.duties["v01"]) == 2


# ---------------------------------------------------------------------------------------------------- call list


def test_the_call_list_names_everybody_to_call():
    text = text_of(render_phone_list(Paper(wu_plan())))
    for word in ("12月5日 周六", "吴伯", "13800009001", "赵建华", "13800000001", "王文斌", "13800000007"):
        assert word in text


# ---------------------------------------------------------------------------------------------------- hostile text


def test_no_text_becomes_markup():
    evil = '<img src=x onerror="alert(1)">{{ 7*7 }}&amp;'
    facts = community_scenario().model_dump(mode="json", by_alias=True)
    for table, field in (("volunteers", "name"), ("residents", "name"), ("teams", "name"), ("wishes", "title"),
                         ("places", "name"), ("residents", "phone"), ("residents", "emergency")):
        for fact in facts[table]:
            fact[field] = evil
    facts["program"]["name"] = evil
    for wish in facts["wishes"]:
        wish["items"] = evil
    tables = ("program", "volunteers", "residents", "teams", "wishes", "places")
    plan = community_plan(**{table: facts[table] for table in tables})
    for html in every_page(Paper(plan)).values():
        parser = _Text()
        parser.feed(html)
        assert "img" not in parser.tags
        assert "49&amp;" not in html


def test_no_name_turns_the_page_around():
    facts = community_scenario().model_dump(mode="json", by_alias=True)
    for person in (*facts["volunteers"], *facts["residents"]):
        person["name"] = "\u202e" + person["name"] + "\u2066\u200f"
    plan = community_plan(**{table: facts[table] for table in ("program", "volunteers", "residents")})
    for html in every_page(Paper(plan)).values():
        assert not re.search("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]", html)
