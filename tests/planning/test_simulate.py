"""Simulations: the same life for every policy, valid rosters, a record that grows, figures that can be counted by hand."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from small_town import event, person, town

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.generate import generate
from matcher.planning.changes import Away
from matcher.planning.simulate import first_monday, rates_of, simulate, weeks_of
from matcher.planning.simulate_life import Life, News, Rates
from matcher.planning.simulate_run import POLICIES, Run
from matcher.problem.check import check
from matcher.solvers.stop import Stop

QUIET = Rates.none()


def weekly(name, **more):
    """An event of an hour every Saturday at nine."""
    return event(name) | {
        "recurrence": {"rrule": "FREQ=WEEKLY;BYDAY=SA", "dtstart": "2026-11-28", "start": "09:00"}
    } | more


def facts(people, wishes, **more) -> Scenario:
    return town([person(name) for name in people], wishes, **more).scenario


def figures(found, policy):
    return {figure.name: figure.mean.get(policy) for figure in found.figures}


@pytest.fixture(scope="module")
def busy():
    """A small community with everything that happens in it happening often."""
    return generate("donghe", 1, volunteers=14, visits=24)


@pytest.fixture(scope="module")
def hectic():
    return Rates(
        absences=0.3, cancelled=0.1, no_shows=0.15, dropouts=0.05, newcomers=0.5, new_wishes=2.0, ending=0.05, claims=4.0
    )


@pytest.fixture(scope="module")
def lived(busy, hectic):
    """Each policy's run through the same six weeks, with every roster told."""
    life = Life(busy, hectic, 0, first_monday(busy), 6, 2)
    runs = {name: Run.begin(life, name, busy, 0.3, keep=True) for name in POLICIES}
    for run in runs.values():
        for week in life.weeks:
            run.live(week)
        run.end()
    return life, runs


# ---------------------------------------------------------------------------------------------- the life


def test_the_same_seed_gives_the_same_life_and_another_one_another(busy, hectic):
    first = first_monday(busy)
    one, same, other = (Life(busy, hectic, seed, first, 6, 2) for seed in (0, 0, 1))
    assert one.weeks == same.weeks
    assert one.asked == same.asked
    assert one.weeks != other.weeks


def test_every_policy_lives_the_same_life(lived):
    life, runs = lived
    told = [[(log.absences, log.cancelled) for log in run.weeks] for run in runs.values()]
    assert told[0] == told[1] == told[2]
    assert sum(absences for absences, _ in told[0]) > 5
    lists = [{own.id for own in run.facts.volunteers} for run in runs.values()]
    assert lists[0] == lists[1] == lists[2]
    assert [{own.id for own in run.facts.wishes} for run in runs.values()].count(set(life.facts.wish)) == 3


def test_whoever_does_not_turn_up_would_not_have_turned_up_under_any_policy(lived):
    life, runs = lived
    for run in runs.values():
        for service in run.facts.history[len(life.facts.history):]:
            if service.outcome == "no-show":
                assert not life.turns_up(service.visit, service.volunteer, service.start.astimezone(life.zone).date())
            elif service.outcome == "done":
                assert life.turns_up(service.visit, service.volunteer, service.start.astimezone(life.zone).date())


def test_when_nothing_happens_nothing_happens(busy):
    found = simulate(busy, 1, rates=QUIET, policies=("fcfs", "rota"))
    for own in found.lived:
        for log in own.weeks:
            assert (log.absences, log.cancelled, log.changes, log.calls, log.no_shows, log.hit) == (0, 0, 0, 0, 0, 0)
    life = Life(busy, QUIET, 0, first_monday(busy), 4, 2)
    assert all(not (week.left or week.joined or week.wishes or week.claims or week.news) for week in life.weeks)


# -------------------------------------------------------------------------------------------- the rosters


@pytest.mark.parametrize("policy", POLICIES)
def test_every_roster_told_keeps_every_rule(lived, policy):
    _, runs = lived
    rosters = runs[policy].rosters
    assert len(rosters) > 6
    for scenario, roster in rosters:
        report = check(scenario, roster)
        assert report.valid, [violation.message for violation in report.violations]


@pytest.mark.parametrize("policy", POLICIES)
def test_the_record_grows_by_what_was_told_and_happened(lived, policy):
    life, runs = lived
    run = runs[policy]
    known = len(life.facts.history)
    assert {(own.visit, own.volunteer, own.start) for own in run.facts.history[:known]} == {
        (own.visit, own.volunteer, own.start) for own in life.facts.history
    }
    new = [own for own in run.facts.history[known:] if own.outcome != "cancelled"]
    seats = {
        (entry.id, seat.volunteer)
        for _, roster in run.rosters for entry in roster.visits for seat in (*entry.assigned, *entry.standbys)
    }
    assert {(own.visit, own.volunteer) for own in new} <= seats
    assert max(Counter((own.visit, own.volunteer, own.start) for own in new).values()) == 1
    assert all(life.first <= own.start.date() < life.end for own in new)
    assert sum(own.outcome == "done" for own in new) == sum(log.served for log in run.weeks)
    assert sum(own.outcome == "no-show" for own in new) == sum(log.no_shows for log in run.weeks)


def test_nobody_by_hand_stands_by(lived):
    _, runs = lived
    for policy in ("fcfs", "rota"):
        assert not any(entry.standbys for _, roster in runs[policy].rosters for entry in roster.visits)


# ---------------------------------------------------------------------------------------------- by hand


def test_four_saturdays_of_two_people():
    # 30 November to 27 December: four Saturdays, two people at 12 minutes. In turn each has two, and both offered the
    # same, so nothing is uneven; there and back is 24 minutes.
    found = simulate(facts("ab", [weekly("值班")]), 1, rates=QUIET)
    for policy in ("matcher", "rota"):
        own = figures(found, policy)
        assert own["coverage"] == own["whole"] == own["needs"] == 100
        assert (own["spread"], own["gini"], own["travel"], own["no_shows"]) == (0, 0, 24, 0)


def test_first_come_first_served_goes_to_who_answers_first(monkeypatch):
    # b always answers first and may come four times a month: all December Saturdays are b's.
    monkeypatch.setattr(Life, "answers_after", lambda self, visit, who: {"a": 2.0, "b": 1.0}[who])
    found = simulate(facts("ab", [weekly("值班")]), 1, rates=QUIET, policies=("fcfs",))
    own = figures(found, "fcfs")
    assert (own["coverage"], own["spread"]) == (100, 4)
    # One of two bears all: Gini 1/2.
    assert own["gini"] == pytest.approx(0.5)


def test_the_rota_goes_round_the_list(busy):
    scenario = facts("abc", [weekly("值班")])
    life = Life(scenario, QUIET, 0, first_monday(scenario), 6, 2)
    run = Run.begin(life, "rota", scenario, 1.0)
    for week in life.weeks:
        run.live(week)
    run.end()
    turns = [own.volunteer for own in run.facts.history]
    assert len(turns) == 6
    assert turns[:3] == turns[3:]
    assert sorted(turns[:3]) == ["a", "b", "c"]


def test_a_no_show_is_made_up_for_by_the_stand_by_and_lost_without_one(monkeypatch):
    # a lives next door and is sent; a never turns up. b stands by where the wish asks for it.
    monkeypatch.setattr(Life, "turns_up", lambda self, visit, who, day: who != "a")
    rates = replace(QUIET, stepping_in=1.0)
    people = [person("a", 1), person("b", 50)]
    for standbys, coverage in ((1, 100), (0, 0)):
        one = event("值班") | {"staffing": {"standbys": standbys}}
        found = simulate(town(people, [one]).scenario, 1, rates=rates, policies=("matcher",))
        own = figures(found, "matcher")
        assert (own["no_shows"], own["stepped_in"], own["coverage"]) == (1, standbys, coverage)
        assert (own["lost_with"], own["lost_without"]) == (0, 1 - standbys)


def test_stand_bys_everywhere_are_asked_for_by_name(monkeypatch):
    # As above, for an event that asks for no stand-by: b stands by because the policy has it so.
    monkeypatch.setattr(Life, "turns_up", lambda self, visit, who, day: who != "a")
    rates = replace(QUIET, stepping_in=1.0)
    scenario = town([person("a", 1), person("b", 50)], [event("值班")]).scenario
    found = simulate(scenario, 1, rates=rates, policies=("matcher", "standbys"))
    assert [figures(found, policy)["coverage"] for policy in ("matcher", "standbys")] == [0, 100]
    assert "“matcher，处处有备班”" in "".join(found.lines("zh"))


def test_looking_ahead_keeps_people_for_what_matters_more():
    # One person who comes once a month; 5 December weighs 1, 19 December weighs 3^4 = 81. Two weeks ahead the 19th is
    # out of sight when the 5th is told.
    later = "2026-12-19T09:00:00+08:00"
    wishes = [event("讲座", priority=1), event("义诊", later, priority=5)]
    scenario = facts("a", wishes, limits={"visits_per_month": 1})
    for lookahead, served in ((0, 1), (2, 81)):
        found = simulate(scenario, 1, rates=QUIET, policies=("matcher",), lookahead=lookahead)
        assert figures(found, "matcher")["needs"] == pytest.approx(100 * served / 82)


def test_an_absence_is_repaired_and_counted():
    # Who was told of the first Saturday falls ill; the other one is called, and nobody else is told otherwise.
    scenario = facts("ab", [weekly("值班")])
    life = Life(scenario, QUIET, 0, first_monday(scenario), 1, 2)
    run = Run.begin(life, "rota", scenario, 1.0)
    run.live(life.weeks[0])
    (entry, _) = run.roster.visits
    away = Away(entry.assigned[0].volunteer, entry.start, entry.end)
    run._hear(News((away,)))
    log = run.weeks[0]
    assert (log.absences, log.hit, log.changes, log.calls) == (1, 1, 0, 1)
    assert {seat.volunteer for seat in run.roster.visits[0].assigned} == {"a", "b"} - {away.volunteer}


def test_visits_called_off_are_not_asked_for():
    rates = replace(QUIET, cancelled=1.0)
    found = simulate(facts("ab", [weekly("值班")]), 1, rates=rates)
    for policy in POLICIES:
        own = figures(found, policy)
        assert "coverage" not in own  # nothing is asked for
        assert own["changes"] == 0


def test_a_month_that_is_not_lived_whole_asks_for_nothing():
    # From Monday 30 November for nine weeks, to 31 January: November is nearly over, December and January are whole.
    monthly = event("聚餐") | {"recurrence": {"times": 1, "per": "month", "windows": [{"start": "09:00", "end": "12:00"}]}}
    scenario = facts("ab", [monthly])
    assert list(Life(scenario, QUIET, 0, first_monday(scenario), 9, 2).asked) == ["聚餐/2026-12", "聚餐/2027-01"]
    # Eight weeks end on 24 January.
    assert list(Life(scenario, QUIET, 0, first_monday(scenario), 8, 2).asked) == ["聚餐/2026-12"]


# --------------------------------------------------------------------------------------------- the outcome


def test_the_same_seed_gives_the_same_output_byte_for_byte(busy, hectic):
    one, two = (
        json.dumps(simulate(busy, 1, seeds=2, rates=hectic, work=0.3).to_dict("zh"), ensure_ascii=False) for _ in range(2)
    )
    assert one == two


def test_differences_are_taken_within_each_life(busy, hectic):
    found = simulate(busy, 1, seeds=2, rates=hectic, policies=("fcfs", "rota", "matcher"), work=0.3)
    figure = next(own for own in found.figures if own.name == "coverage")
    for other in ("fcfs", "rota"):
        assert figure.difference[other] == pytest.approx(figure.mean["matcher"] - figure.mean[other])
        assert figure.wins[other] + figure.losses[other] <= 2
    headers, rows = found.table("zh")
    assert {len(row) for row in rows} == {len(headers)}
    assert any("±" in cell for row in rows for cell in row)


def test_it_ends_after_the_week_at_hand():
    stop = Stop(seconds=None)

    def tell(life, lives, week, weeks):
        if week == 2:
            stop.cancel()

    found = simulate(facts("ab", [weekly("值班")]), 2, rates=QUIET, policies=("rota",), stop=stop, told=tell)
    assert (found.weeks, found.weeks_lived) == (9, 2)
    assert figures(found, "rota")["coverage"] == 100
    assert found.lines("en")[1] == "Ended early: of 9 weeks only 2 were lived; these are their figures."
    assert found.lines("zh")[1].startswith("中途停止")


def test_lives_cut_short_do_not_count_beside_complete_ones():
    stop = Stop(seconds=None)

    def tell(life, lives, week, weeks):
        if (life, week) == (2, 3):
            stop.cancel()

    found = simulate(facts("ab", [weekly("值班")]), 1, seeds=3, rates=QUIET, policies=("rota",), stop=stop, told=tell)
    assert found.seeds == (0,)
    assert found.weeks_lived == 4
    assert "of 3 lives only 1" in found.lines("en")[1]


def test_it_begins_on_a_monday_and_not_before_now():
    scenario = facts("a", [weekly("值班")])
    assert first_monday(scenario) == date(2026, 11, 30)  # the window begins on Tuesday 1 December, now is 24 November
    later = facts("a", [weekly("值班")], as_of="2026-12-02T09:00:00+08:00")
    assert first_monday(later) == date(2026, 12, 7)
    assert [weeks_of(months) for months in (1, 3, 12)] == [4, 13, 52]


# ------------------------------------------------------------------------------------------------- faults


def test_everything_wrong_is_said_at_once():
    scenario = facts("a", [weekly("值班")])
    with pytest.raises(BadInput) as refused:
        simulate(scenario, 0, seeds=0, policies=("matcher", "lottery"), rates=Rates(no_shows=1.5), ahead=9)
    assert [fault.code for fault in refused.value.faults] == [
        "out-of-range", "out-of-range", "out-of-range", "unknown-policy", "out-of-range",
    ]
    assert "--months 写的是 0，要在 1 到 60 之间。" in str(refused.value)


@pytest.mark.parametrize("months", [-1, 0, 61])
def test_months_out_of_range_are_refused(months):
    with pytest.raises(BadInput, match=f"--months 写的是 {months}"):
        simulate(facts("a", [weekly("值班")]), months)


def test_rates_are_read_by_name():
    assert rates_of(["no-shows=0.5", "claims=3"], "en") == Rates(no_shows=0.5, claims=3.0)
    with pytest.raises(BadInput) as refused:
        rates_of(["no_show=0.5", "claims"], "en")
    assert [fault.code for fault in refused.value.faults] == ["unknown-rate", "bad-rate"]
    assert "no_shows" in str(refused.value)
