"""Additions from sheets: what is known changes where it is named, the rest is new, and every fault has its cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from books import book

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.exchange import read_scenario, write_scenario
from matcher.exchange.additions import add_facts

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NAMES = ("wu-bo", "chunhui", "xiguan", "jiangzhou", "quantang")


def addition(path, **sheets):
    """A workbook of these sheets only."""
    return book(path, **({"设置": None, "志愿者": None, "心愿": None} | sheets))


@pytest.fixture
def facts(tmp_path):
    return read_scenario(book(tmp_path / "facts.xlsx")).scenario


@pytest.mark.parametrize("name", NAMES)
def test_a_team_nobody_knew_changes_nothing_else(name, tmp_path):
    known = Scenario.model_validate_json((SCENARIOS / name / "scenario.json").read_text("utf-8"))
    new = add_facts(known, addition(tmp_path / "more.xlsx", 服务队=[["编号", "名称"], ["t-new", "新来的队"]]), lang="zh")
    assert [team.id for team in new.scenario.teams] == [*(team.id for team in known.teams), "t-new"]
    assert new.scenario.with_changes(teams=known.teams).fingerprint == known.fingerprint


def test_new_people_and_wishes_are_added_and_may_refer_to_known_ones(facts, tmp_path):
    more = add_facts(facts, addition(
        tmp_path / "more.xlsx",
        志愿者=[["姓名", "手机", "空闲时间"], ["王军", "13800000009", "周六上午"]],
        心愿=[["服务对象", "心愿内容", "类型", "次数", "时间", "时长(分钟)"], ["陈婆", "理发", "上门", "每月一次", "周六上午", 30]],
        认领=[["心愿", "志愿者", "认领时间"], ["理发", "罗海峰", "2026-11-23 20:00"]],
    )).scenario
    assert [person.name for person in more.volunteers] == ["罗海峰", "李红", "王军"]
    assert [wish.title for wish in more.wishes] == ["陪聊天", "理发"]
    assert more.residents == facts.residents  # 陈婆 is the one who was there
    (claim,) = more.claims
    assert (claim.volunteer, claim.wish) == (facts.volunteers[0].id, more.wishes[1].id)


def test_a_known_name_changes_what_the_row_names(facts, tmp_path):
    before = facts.volunteers[1]
    more = add_facts(facts, addition(tmp_path / "more.xlsx", 志愿者=[["姓名", "空闲时间"], ["李红", "周六上午"]])).scenario
    after = more.volunteers[1]
    assert (after.id, after.phone) == (before.id, "13800000002")
    # Wednesday afternoons give way.
    assert [rule.days for rule in before.availability] == ["WE"]
    assert [rule.days for rule in after.availability] == ["SA"]
    assert more.volunteers[0] == facts.volunteers[0]


def test_hours_given_anew_replace_and_absences_add(facts, tmp_path):
    more = add_facts(facts, addition(
        tmp_path / "more.xlsx",
        空闲=[["志愿者", "星期", "开始", "结束"], ["李红", "周日", "09:00", "11:00"]],
        请假=[["志愿者", "开始", "结束"], ["罗海峰", "2026-12-05", "2026-12-06"]],
    )).scenario
    (rule,) = more.volunteers[1].availability
    assert (rule.start, rule.end) == ("09:00", "11:00")
    assert len(more.volunteers[0].unavailable) == 1
    assert more.volunteers[0].availability == facts.volunteers[0].availability


def test_a_folder_of_csv_adds_as_well(facts, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "请假.csv").write_text("志愿者,开始,结束\n罗海峰,2026-12-05,2026-12-06\n", "utf-8")
    assert len(add_facts(facts, folder).scenario.volunteers[0].unavailable) == 1


def test_faults_name_the_cells_of_the_file(facts, tmp_path):
    path = addition(
        tmp_path / "more.xlsx",
        志愿者=[["姓名", "有车"], ["王军", "也许"]],
        请假=[["志愿者", "开始", "结束"], ["张三丰", "2026-12-05", "2026-12-06"]],
    )
    with pytest.raises(BadInput) as refused:
        add_facts(facts, path)
    assert {fault.where for fault in refused.value.faults} == {"志愿者!B2", "请假!A2"}


def test_what_was_noted_of_the_facts_is_not_told_again(facts, tmp_path):
    more = add_facts(facts, addition(tmp_path / "more.xlsx", 请假=[["志愿者", "开始", "结束"], ["罗海峰", "2026-12-05", "2026-12-06"]]))
    assert not [fault for fault in (*more.assumptions, *more.warnings) if fault.sheet and "台账" in fault.sheet]


def test_settings_are_not_added_and_that_is_said(facts, tmp_path):
    path = book(tmp_path / "more.xlsx", 心愿=None)
    assert "not-used" in [fault.code for fault in add_facts(facts, path).warnings]
    assert add_facts(facts, path).scenario.program == facts.program


@pytest.mark.parametrize(("lang", "words"), [("zh", "没有找到能补充的工作表"), ("en", "no sheet to add from")])
def test_a_file_with_nothing_to_add_is_refused(facts, tmp_path, lang, words):
    path = addition(tmp_path / "more.xlsx", 别的=[["一", "二"], ["三", "四"]])
    with pytest.raises(BadInput) as refused:
        add_facts(facts, path, lang=lang)
    assert words in str(refused.value)


def test_other_files_are_refused(facts, tmp_path):
    path = tmp_path / "more.txt"
    path.write_text("…", "utf-8")
    with pytest.raises(BadInput):
        add_facts(facts, path)


def test_a_written_scenario_is_an_addition_that_changes_nothing(facts, tmp_path):
    write_scenario(facts, tmp_path / "same.xlsx", lang="zh")
    assert add_facts(facts, tmp_path / "same.xlsx").scenario.fingerprint == facts.fingerprint
