"""A roster comes back as it was written; what the coordinator changed in the workbook becomes pins and records."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from output_samples import community_plan, wu_plan

from matcher.errors import BadInput
from matcher.exchange import read_roster, read_roster_edits
from matcher.exchange.plan import Plan
from matcher.exchange.sheet import render_workbook
from matcher.problem.roster import Roster


def write(plan: Plan, folder: Path) -> Path:
    path = folder / "roster.xlsx"
    path.write_bytes(render_workbook(plan))
    return path


def edit(path: Path, sheet: str, visit: str, **changes: object) -> None:
    """Change cells of the first row of a visit, by header."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    headers = {cell.value: cell.column for cell in page[3]}
    at = headers.get("服务单号") or headers["Visit id"]
    row = next(row for row in range(4, page.max_row + 1) if page.cell(row, at).value == visit)
    for header, value in changes.items():
        page.cell(row, headers[header]).value = value
    book.save(path)


def seats(roster: Roster) -> set[tuple[object, ...]]:
    return {
        (visit.id, visit.start, visit.end, kind, seat.role, seat.volunteer)
        for visit in roster.visits
        for kind, crew in (("crew", visit.assigned), ("standby", visit.standbys))
        for seat in crew
    }


@pytest.mark.parametrize("plan", [wu_plan(), wu_plan("en"), community_plan(), community_plan("en")])
def test_the_workbook_holds_the_whole_roster(plan: Plan, tmp_path: Path) -> None:
    back = read_roster(write(plan, tmp_path), plan.scenario)
    assert seats(back) == seats(plan.roster)
    assert {(u.visit, u.role): u.count for u in back.unfilled} == {
        (u.visit, u.role): u.count for u in plan.roster.unfilled
    }


def test_json_comes_back_the_same(tmp_path: Path) -> None:
    plan = wu_plan()
    (tmp_path / "roster.json").write_text(plan.roster.to_json(), encoding="utf-8")
    assert read_roster(tmp_path / "roster.json", plan.scenario) == plan.roster
    assert read_roster(tmp_path, plan.scenario) == plan.roster


def test_nothing_changed_gives_no_edits(tmp_path: Path) -> None:
    plan = community_plan()
    edits = read_roster_edits(write(plan, tmp_path), plan.scenario, roster=plan.roster)
    assert (edits.pins, edits.history) == ((), ())


def test_another_name_written_in_pins_that_person(tmp_path: Path) -> None:
    plan = wu_plan()
    path = write(plan, tmp_path)
    visit = plan.roster.visits[0]
    other = next(person for person in plan.scenario.volunteers if person.id != visit.assigned[0].volunteer)
    edit(path, "接送清单", visit.id, 志愿者=other.name)
    (pin,) = read_roster_edits(path, plan.scenario).pins
    assert (pin.visit, pin.role, pin.volunteer, pin.never) == (visit.id, "driver", other.id, False)
    assert read_roster(path, plan.scenario).visits[0].assigned[0].volunteer == other.id


def test_a_name_taken_out_keeps_that_person_off(tmp_path: Path) -> None:
    plan = wu_plan()
    path = write(plan, tmp_path)
    visit = plan.roster.visits[0]
    edit(path, "接送清单", visit.id, 志愿者=None)
    (pin,) = read_roster_edits(path, plan.scenario).pins
    assert (pin.visit, pin.volunteer, pin.never) == (visit.id, visit.assigned[0].volunteer, True)


def test_outcomes_become_service_records(tmp_path: Path) -> None:
    plan = wu_plan()
    path = write(plan, tmp_path)
    first, second = plan.roster.visits[:2]
    edit(path, "接送清单", first.id, 结果="完成")
    edit(path, "接送清单", second.id, 结果="未到")
    done, missed = read_roster_edits(path, plan.scenario).history
    assert (done.visit, done.volunteer, done.outcome, done.start) == (
        first.id,
        first.assigned[0].volunteer,
        "done",
        first.start,
    )
    assert first.start is not None
    assert first.end is not None
    assert done.minutes == (first.end - first.start).total_seconds() // 60
    assert (missed.outcome, missed.resident) == ("no-show", plan.scenario.wishes[0].resident)


def test_a_standby_written_over_with_an_outcome_has_stepped_in(tmp_path: Path) -> None:
    plan = wu_plan()
    path = write(plan, tmp_path)
    visit = next(visit for visit in plan.roster.visits if visit.standbys)
    standby = plan.scenario.volunteer[visit.standbys[0].volunteer]
    edit(path, "接送清单", visit.id, 志愿者=standby.name, 结果="完成")
    (record,) = read_roster_edits(path, plan.scenario).history
    assert (record.volunteer, record.stepped_in) == (standby.id, True)


def test_a_moved_visit_pins_its_start(tmp_path: Path) -> None:
    plan = wu_plan()
    path = write(plan, tmp_path)
    visit = plan.roster.visits[0]
    edit(path, "接送清单", visit.id, 日期=datetime(2026, 12, 13), 时间="9:00-13:30")
    (pin,) = read_roster_edits(path, plan.scenario, roster=plan.roster).pins
    assert pin.start is not None
    assert (pin.visit, pin.start.date(), pin.start.hour) == (visit.id, date(2026, 12, 13), 9)


def test_records_are_added_once(tmp_path: Path) -> None:
    plan = wu_plan()
    path = write(plan, tmp_path)
    edit(path, "接送清单", plan.roster.visits[0].id, 结果="完成")
    edits = read_roster_edits(path, plan.scenario)
    # Only the past is history: the moment of the facts moves on first.
    program = plan.scenario.program.model_copy(update={"as_of": edits.history[0].start.replace(month=12, day=31)})
    later = plan.scenario.with_changes(program=program)
    once = edits.applied_to(later)
    assert len(once.history) == len(plan.scenario.history) + 1
    assert edits.applied_to(once).history == once.history


def test_an_unknown_name_is_a_fault_with_its_cell(tmp_path: Path) -> None:
    plan = wu_plan()
    path = write(plan, tmp_path)
    edit(path, "接送清单", plan.roster.visits[0].id, 志愿者="路人甲")
    with pytest.raises(BadInput) as caught:
        read_roster_edits(path, plan.scenario)
    (fault,) = caught.value.faults
    assert (fault.sheet, fault.row, fault.code) == ("接送清单", 4, "dangling")
    assert fault.column is not None


def test_a_roster_of_another_programme_is_refused(tmp_path: Path) -> None:
    plan = wu_plan()
    other = plan.roster.model_copy(update={"program": "西关"})
    (tmp_path / "roster.json").write_text(other.to_json(), encoding="utf-8")
    with pytest.raises(BadInput, match="西关"):
        read_roster(tmp_path / "roster.json", plan.scenario)


def test_unknown_ids_in_json_are_refused(tmp_path: Path) -> None:
    plan = wu_plan()
    (tmp_path / "roster.json").write_text(plan.roster.to_json().replace('"v01"', '"v99"'), encoding="utf-8")
    with pytest.raises(BadInput, match="v99"):
        read_roster(tmp_path / "roster.json", plan.scenario)


def test_a_scenario_is_no_roster(tmp_path: Path) -> None:
    plan = wu_plan()
    (tmp_path / "s.json").write_text(plan.scenario.to_json(), encoding="utf-8")
    with pytest.raises(BadInput, match="不是排班结果"):
        read_roster(tmp_path / "s.json", plan.scenario)


def test_outcomes_ticked_after_the_plan_was_made_move_now_on(tmp_path: Path) -> None:
    plan = wu_plan()
    path = write(plan, tmp_path)
    first, second = plan.roster.visits[:2]
    edit(path, "接送清单", second.id, 结果="完成")
    edits = read_roster_edits(path, plan.scenario)
    after = edits.applied_to(plan.scenario)
    assert after.program.as_of == second.end > plan.scenario.program.as_of
    # December has no outcome: it is told that nobody will be sent any more.
    (told,) = [fault.message for fault in edits.warnings if fault.code == "now-moved"]
    assert "还有 1 次没填结果" in told
    assert first.id in told
    assert edits.applied_to(after) == after


def test_a_name_written_over_a_pinned_one_takes_its_place(tmp_path: Path) -> None:
    plan = wu_plan()
    visit = plan.roster.visits[0]
    was, other = visit.assigned[0].volunteer, plan.roster.visits[1].assigned[0].volunteer
    before = plan.scenario.with_changes(pins=({"visit": visit.id, "role": "driver", "volunteer": was},))
    path = write(plan, tmp_path)
    edit(path, "接送清单", visit.id, 志愿者=before.volunteer[other].name)
    after = read_roster_edits(path, before).applied_to(before)
    assert [(pin.visit, pin.volunteer) for pin in after.pins] == [(visit.id, other)]
    edit(path, "接送清单", visit.id, 志愿者=None)
    none = read_roster_edits(path, before).applied_to(before)
    assert [(pin.volunteer, pin.never) for pin in none.pins] == [(was, True)]


def test_people_told_are_published_without_those_already_served(tmp_path: Path) -> None:
    plan = community_plan()
    path = write(plan, tmp_path)
    assert read_roster_edits(path, plan.scenario).published == ()
    edits = read_roster_edits(path, plan.scenario, told=True)
    shown = {
        (seat.visit, seat.start, "standby" if seat.standby else "crew", seat.volunteer) for seat in edits.published
    }
    assert shown == {(visit, start, kind, who) for visit, start, _, kind, _, who in seats(plan.roster)}
    after = edits.applied_to(plan.scenario)
    assert edits.applied_to(after) == after
