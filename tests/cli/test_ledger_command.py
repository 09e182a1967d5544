"""matcher ledger: tables on the screen, a workbook, and hours to report."""

from __future__ import annotations

import csv

from openpyxl import load_workbook

HISTORY = [
    {"volunteer": "v1", "wish": "company", "resident": "li", "start": "2026-11-07T09:00:00+08:00", "minutes": 60},
    {"volunteer": "v1", "wish": "company", "resident": "li", "start": "2026-10-03T09:00:00+08:00", "minutes": 30},
    {"volunteer": "v2", "start": "2026-11-08T09:00:00+08:00", "minutes": 60, "outcome": "no-show"},
]


def test_a_folder_holds_the_workbook_and_the_hours_twice(call, facts, tmp_path):
    ended = call("ledger", facts(history=HISTORY), "-o", "ledger", "--lang", "zh")
    assert ended.code == 0, ended.err
    folder = tmp_path / "ledger"
    assert sorted(path.name for path in folder.iterdir()) == ["hours.csv", "hours.xlsx", "ledger.xlsx"]
    assert load_workbook(folder / "ledger.xlsx").sheetnames == ["志愿者台账", "服务对象台账", "服务时长"]
    with (folder / "hours.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["志愿者号", "姓名", "服务日期", "时长(分钟)", "活动名称"]
    assert [row[1:4] for row in rows[1:]] == [["陈红", "2026-10-03", "30"], ["陈红", "2026-11-07", "60"]]
    sheet = load_workbook(folder / "hours.xlsx").active
    assert [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)] == rows


def test_the_same_facts_give_the_same_bytes(call, facts, tmp_path):
    path = facts(history=HISTORY)
    for out in ("one", "two"):
        assert call("ledger", path, "-o", out).code == 0
    for name in ("hours.csv", "hours.xlsx", "ledger.xlsx"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_a_period_narrows_what_is_counted(call, facts):
    told = call("ledger", facts(history=HISTORY), "--since", "2026-11-01", "--until", "2026-11-30", "--json").json
    assert [(one["volunteer"], one["turns"], one["no_shows"]) for one in told["people"]] == [("v1", 1, 0), ("v2", 0, 1)]
    assert told["hours"][0]["day"] == "2026-11-07"


def test_who_has_no_number_is_named(call, facts):
    ended = call("ledger", facts(history=HISTORY), "--lang", "zh")
    assert "没有志愿者号、上报前要补上的：陈红" in ended.out


def test_a_period_the_wrong_way_round_ends_with_2_and_writes_nothing(call, facts, tmp_path):
    words = ("--since", "2026-11-30", "--until", "2026-11-01", "-o", "ledger")
    ended = call("ledger", facts(history=HISTORY), *words)
    assert ended.code == 2
    assert "before it begins" in ended.err
    assert not (tmp_path / "ledger").exists()


def test_history_with_future_dates_ends_with_2(call, facts):
    later = [dict(HISTORY[0], start="2026-12-24T09:00:00+08:00")]
    assert call("ledger", facts(history=later)).code == 2
