"""replan: what happens after people were told; which changes are made, which are proven needed, and who is told what."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from small_town import SATURDAY, event, person, read, roster, town

from matcher.domain.claims import Published
from matcher.errors import BadInput, Contradiction
from matcher.planning.changes import Away, Changes
from matcher.planning.explain import explain_wish
from matcher.planning.replan import replan
from matcher.planning.solve import solve
from matcher.planning.supply import supply
from matcher.problem.check import check
from matcher.problem.roster import Roster, Seat
from matcher.solvers.stop import Stop

FIRST_AID = {"id": "nurse", "title": "护士", "skills": [{"name": "first-aid", "level": 2}]}
NURSE = [{"name": "first-aid", "level": 2}]


def day_of(entry):
    """The day of a visit, from midnight to midnight."""
    start = entry.start.replace(hour=0, minute=0)
    return start, start + timedelta(days=1)


def away(entry, name):
    return Changes(absences=(Away(name, *day_of(entry)),))


def with_standbys(made, **standbys):
    """The roster with these stand-bys named, by wish."""
    entries = []
    for entry in made.visits:
        names = standbys.get(entry.wish, ())
        role = entry.assigned[0].role
        seats = tuple(Seat(role=role, volunteer=name) for name in names)
        entries.append(entry.model_copy(update={"standbys": seats}))
    return Roster(program=made.program, scenario=made.scenario, visits=tuple(entries))


def crews(done):
    return {entry.id: [seat.volunteer for seat in entry.assigned] for entry in done.roster.visits}


def kinds(done):
    return {(news.volunteer, news.kind) for news in done.diff.news}


# -------------------------------------------------------------------------------------------- Mr Wu


def test_the_driver_of_may_calls_in_sick():
    problem, told = read("wu-bo")
    may = next(entry for entry in told.visits if entry.id == "wu-escort/2027-05")
    done = replan(problem.scenario, told, away(may, "v05"))
    before = {entry.id: entry for entry in told.visits}
    after = {entry.id: entry for entry in done.roster.visits}
    # Exactly that seat: all other months are the same to the letter, and May keeps its time.
    assert {name for name in before if before[name] != after[name]} == {may.id}
    assert (after[may.id].start, after[may.id].end) == (may.start, may.end)
    # The stand-by steps in; v07, who ticked May too, stands by instead.
    assert after[may.id].assigned == (Seat(role="driver", volunteer="v06"),)
    assert after[may.id].standbys == (Seat(role="driver", volunteer="v07"),)
    assert kinds(done) == {("v05", "excused"), ("v06", "steps_in"), ("v07", "stands_by")}
    # One promise cannot be kept, 100 points far from the day; nothing else changes, so nobody does better.
    assert (done.cost.empty, done.cost.promises, done.cost.changes) == (0, 100, 1)
    assert done.bound == done.cost
    assert done.is_proven
    assert done.others_changed == 0
    assert check(done.scenario, done.roster).valid


@pytest.mark.parametrize("month", range(12))
def test_whoever_drives_the_stand_by_steps_in_and_nobody_else_is_disturbed(month):
    problem, told = read("wu-bo")
    entry = told.visits[month]
    done = replan(problem.scenario, told, away(entry, entry.assigned[0].volunteer))
    assert done.is_proven
    assert done.others_changed == 0
    assert [visit.visit for visit in done.diff.visits] == [entry.id]
    now = next(visit for visit in done.roster.visits if visit.id == entry.id)
    assert [seat.volunteer for seat in now.assigned] == [seat.volunteer for seat in entry.standbys]


def test_a_claimant_from_the_waitlist_who_steps_in_counts_as_chosen():
    problem, told = read("wu-bo")
    april = next(entry for entry in told.visits if entry.id == "wu-escort/2027-04")
    done = replan(problem.scenario, told, away(april, "v07"))
    # v14 was on the waitlist and stood by for April.
    states = {claim.volunteer: claim.state for claim in done.scenario.claims}
    assert states["v14"] == "chosen"
    assert {claim.volunteer: claim.state for claim in problem.scenario.claims}["v14"] == "waitlisted"


@pytest.mark.parametrize("name", ["wu-bo", "chunhui", "xiguan", "jiangzhou", "quantang"])
def test_the_same_facts_change_nothing(name):
    problem, told = read(name)
    done = replan(problem.scenario, told)
    assert [entry.model_dump_json() for entry in done.roster.visits] == [entry.model_dump_json() for entry in told.visits]
    assert not done.diff.visits
    assert not done.diff.news


def test_what_was_replanned_stays_when_replanned_again():
    problem, told = read("wu-bo")
    first = replan(problem.scenario, told, away(told.visits[5], told.visits[5].assigned[0].volunteer))
    again = replan(first.scenario, first.roster)
    assert again.roster.visits == first.roster.visits
    assert not again.facts_differ
    # The whole judged as if nothing were known of it, too.
    assert replan(first.scenario, first.roster, thorough=True).roster.visits == first.roster.visits


# ------------------------------------------------------------------------------------------- choosing


def test_a_stand_by_comes_before_somebody_nearer():
    problem = town(
        [person("an", 12), person("bo", 50), person("chen", 5)], [event("talk", staffing={"standbys": 1})],
    )
    told = with_standbys(roster(problem, talk=("an",)), talk=("bo",))
    done = replan(problem.scenario, told, away(told.visits[0], "an"))
    assert crews(done) == {"talk/2026-12-05T0900": ["bo"]}
    assert kinds(done) == {("an", "excused"), ("bo", "steps_in"), ("chen", "stands_by")}


def test_somebody_moves_up_where_a_seat_would_stay_empty_otherwise():
    # Only an and bo nurse; both events are at the same time; chen can help at the other one only.
    people = [person("an", skills=NURSE), person("bo", skills=NURSE), person("chen")]
    problem = town(people, [event("clinic", roles=[FIRST_AID]), event("tea")])
    told = roster(problem, clinic=("an",), tea=("bo",))
    done = replan(problem.scenario, told, away(told.visits[0], "an"))
    assert crews(done) == {"clinic/2026-12-05T0900": ["bo"], "tea/2026-12-05T0900": ["chen"]}
    # bo's seat at the tea is the one promise that changes besides an's own; 11 days ahead each weighs 100.
    assert (done.cost.empty, done.cost.promises, done.others_changed) == (0, 200, 1)
    assert done.is_proven
    assert kinds(done) == {("an", "excused"), ("bo", "joins"), ("bo", "released"), ("chen", "joins")}


def test_with_too_few_changes_allowed_the_seat_stays_empty():
    people = [person("an", skills=NURSE), person("bo", skills=NURSE), person("chen")]
    problem = town(people, [event("clinic", roles=[FIRST_AID]), event("tea")])
    told = roster(problem, clinic=("an",), tea=("bo",))
    done = replan(problem.scenario, told, away(told.visits[0], "an"), max_changes=1)
    assert crews(done) == {"tea/2026-12-05T0900": ["bo"]}
    # Priority 3 is nobody's wish here: 3^(3−1)·100 points for the seat.
    assert (done.cost.empty, done.cost.changes) == (900, 1)
    assert [gap.visit for gap in done.roster.unfilled] == ["clinic/2026-12-05T0900"]


def test_a_seat_nobody_could_fill_is_proven_empty():
    problem = town([person("an", skills=NURSE), person("bo")], [event("clinic", roles=[FIRST_AID])])
    told = roster(problem, clinic=("an",))
    done = replan(problem.scenario, told, away(told.visits[0], "an"))
    assert done.roster.visits == ()
    assert done.is_proven
    assert done.bound.empty == done.cost.empty > 0
    assert done.roster.unfilled[0].reasons


def test_a_near_promise_weighs_more_than_a_far_one():
    # bo and chen both nurse, and both serve elsewhere at that hour; only one of those seats need be given up.
    # bo's is dearer by its weight alone: two seats against one would be as many changes.
    near = "2026-11-26T09:00:00+08:00"
    people = [person("an", skills=NURSE), person("bo", skills=NURSE, limits={"visits_per_month": 1})]
    people += [person("chen", skills=NURSE, limits={"visits_per_month": 1}), person("dan", skills=NURSE)]
    problem = town(
        people,
        [event("clinic", at="2026-12-12T09:00:00+08:00", roles=[FIRST_AID]), event("soon", at=SATURDAY), event("late",
         at="2026-12-19T09:00:00+08:00")],
        as_of="2026-12-03T09:00:00+08:00",
    )
    assert near < SATURDAY
    told = roster(problem, clinic=("an",), soon=("bo",), late=("chen",))
    # dan may go anywhere but to the clinic.
    changes = Changes(declines=(("clinic/2026-12-12T0900", "an"), ("clinic/2026-12-12T0900", "dan")))
    done = replan(problem.scenario, told, changes)
    # 2 days ahead a seat weighs 4·100, 16 days ahead 100; the clinic's own, 9 days ahead, 100.
    assert crews(done)["clinic/2026-12-12T0900"] == ["chen"]
    assert crews(done)["soon/2026-12-05T0900"] == ["bo"]
    assert (done.cost.empty, done.cost.promises) == (0, 200)


# ---------------------------------------------------------------------------------- other happenings


def test_a_visit_called_off_frees_its_people_and_moves_nobody():
    problem = town([person("an"), person("bo")], [event("talk", staffing={"standbys": 1}), event("tea", at="2026-12-06T09:00:00+08:00")])
    told = with_standbys(roster(problem, talk=("an",), tea=("bo",)), talk=("bo",))
    done = replan(problem.scenario, told, Changes(cancelled=("talk/2026-12-05T0900",)))
    assert crews(done) == {"tea/2026-12-06T0900": ["bo"]}
    assert kinds(done) == {("an", "called_off"), ("bo", "standby_called_off")}
    assert done.cost.changes == len(done.lost) == 2
    # Called off once, it is not planned again.
    assert "talk/2026-12-05T0900" not in {visit.id for visit in done.expanded.visits}
    assert replan(done.scenario, done.roster).roster.visits == done.roster.visits


@pytest.mark.parametrize("month", range(12))
def test_a_month_mr_wu_calls_off_moves_no_other(month):
    # His trips lie 45 days apart at most; without one of them its neighbours lie further apart, and that breaks nothing.
    problem, told = read("wu-bo")
    entry = told.visits[month]
    done = replan(problem.scenario, told, Changes(cancelled=(entry.id,)))
    assert [one.visit for one in done.diff.visits] == [entry.id]
    assert {news.kind for news in done.diff.news} == {"called_off", "standby_called_off"}
    # The seat and the stand-by that were told.
    assert done.cost.changes == done.bound.changes == 2
    assert done.is_proven


@pytest.mark.parametrize("strategy", ["flow", "exact", "columns", "lns"])
def test_what_is_called_off_is_not_planned_and_its_neighbours_may_lie_far_apart(strategy):
    # Three Saturdays at most ten days apart, the one between called off: the others are fourteen apart.
    days = ["2026-12-05", "2026-12-12", "2026-12-19"]
    visit = {
        "id": "walk", "kind": "event", "title": "散步", "place": "hall", "minutes": 60, "roles": [{"id": "helper"}],
        "recurrence": {"times": 1, "per": "week", "max_gap_days": 10, "windows": [
            {"dates": [day], "start": "09:00", "end": "10:00"} for day in days]},
    }
    off = {"wish": "walk", "visit": "walk/2026-W50", "volunteer": "a", "start": "2026-11-23T09:00:00+08:00", "minutes": 0,
           "outcome": "cancelled"}
    planned = town([person("a")], [visit], history=[off])
    assert list(planned.expanded.visit_index) == ["walk/2026-W49", "walk/2026-W51"]
    result = solve(planned, strategy=strategy, stop=Stop(seconds=None, work=2), workers=1)
    assert [entry.id for entry in result.roster.visits] == ["walk/2026-W49", "walk/2026-W51"]
    assert result.roster.unfilled == ()
    assert check(planned.scenario, result.roster).valid
    assert explain_wish(planned, result.roster, "walk").lines("en")
    supply(planned)


def test_a_new_wish_is_served_if_it_costs_no_promise():
    people = [person("an"), person("bo", limits={"visits_per_month": 1})]
    problem = town(people, [event("talk")])
    told = roster(problem, talk=("bo",))
    more = [wish.model_dump(mode="json", exclude_defaults=True) for wish in problem.scenario.wishes]
    facts = town(people, [*more, event("tea", at="2026-12-06T09:00:00+08:00"), event("party")]).scenario
    done = replan(facts, told)
    # an can do one of tea and party besides; the party is at the hour of the talk, which an does not serve.
    assert crews(done)["talk/2026-12-05T0900"] == ["bo"]
    assert len(done.roster.visits) == 3
    assert done.cost.changes == 0
    assert done.facts_differ


def test_hours_that_changed_cost_what_no_longer_fits():
    problem = town([person("an"), person("bo")], [event("talk")])
    told = roster(problem, talk=("an",))
    late = [{"days": "any", "start": "14:00", "end": "20:00"}]
    facts = town([person("an", availability=late), person("bo")], [event("talk")]).scenario
    done = replan(facts, told)
    assert crews(done) == {"talk/2026-12-05T0900": ["bo"]}
    assert [(lost.volunteer, lost.rules) for lost in done.lost] == [("an", ("is_available",))]


def test_a_service_that_became_longer_ends_later_and_keeps_its_people():
    problem = town([person("an")], [event("talk")])
    told = roster(problem, talk=("an",))
    entry = told.visits[0]
    shorter = entry.model_copy(update={"end": entry.end - timedelta(minutes=30)})
    old = Roster(program=told.program, scenario=told.scenario, visits=(shorter,))
    done = replan(problem.scenario, old)
    assert done.roster.visits == (entry,)
    assert check(done.scenario, done.roster).valid


def test_limits_that_changed_are_kept_and_one_promise_is_enough():
    problem = town([person("an"), person("bo")], [event("talk"), event("tea", at="2026-12-12T09:00:00+08:00")])
    told = roster(problem, talk=("an",), tea=("an",))
    facts = town(
        [person("an", limits={"visits_per_month": 1}), person("bo")],
        [event("talk"), event("tea", at="2026-12-12T09:00:00+08:00")],
    ).scenario
    done = replan(facts, told)
    assert sorted(name for crew in crews(done).values() for name in crew) == ["an", "bo"]
    assert done.cost.changes == 1
    assert done.is_proven


def test_before_it_is_frozen_a_visit_only_loses_who_cannot_come():
    problem = town([person("an"), person("bo")], [event("talk", staffing={"standbys": 1})])
    told = with_standbys(roster(problem, talk=("an",)), talk=("bo",))
    program = problem.scenario.program
    frozen = datetime.fromisoformat("2026-12-06T00:00:00+08:00")
    facts = problem.scenario.with_changes(program=type(program)(**dict(program) | {"frozen_until": frozen}))
    told = Roster(program=told.program, scenario=facts.fingerprint, visits=told.visits)
    done = replan(facts, told, away(told.visits[0], "an"))
    assert done.roster.visits == ()
    assert done.cost.changes == 2  # an, and bo, who has nothing left to stand by for
    assert kinds(done) == {("an", "excused"), ("bo", "standby_released")}
    assert done.is_proven


def test_visits_that_have_begun_are_left_out():
    problem = town([person("an"), person("bo")], [event("talk", at=(SATURDAY, "2026-12-12T09:00:00+08:00"))])
    first, second = (visit.id for visit in problem.visits)
    entries = roster(problem, talk=("an",)).visits
    moment = problem.expanded.calendar.moment
    start = problem.visits[1].fixed[0]
    later = entries[0].model_copy(update={"id": second, "start": moment(start), "end": moment(start + 60)})
    told = Roster(program="小镇", scenario="x", visits=(*entries, later))
    program = problem.scenario.program
    now = datetime.fromisoformat("2026-12-08T09:00:00+08:00")
    facts = problem.scenario.with_changes(program=type(program)(**dict(program) | {"as_of": now}))
    done = replan(facts, told, away(later, "an"))
    assert done.past == (first,)
    assert crews(done) == {second: ["bo"]}


def test_a_pin_on_who_cannot_come_is_lifted():
    problem = town([person("an"), person("bo")], [event("talk")], pins=[{"visit": "talk/2026-12-05T0900", "volunteer": "an"}])
    told = roster(problem, talk=("an",))
    done = replan(problem.scenario, told, away(told.visits[0], "an"))
    assert crews(done) == {"talk/2026-12-05T0900": ["bo"]}
    assert [pin.volunteer for pin in done.lifted] == ["an"]
    assert done.scenario.pins == ()


def test_a_pin_the_facts_made_impossible_is_a_contradiction():
    pins = [{"visit": "talk/2026-12-05T0900", "volunteer": "an"}]
    problem = town([person("an"), person("bo")], [event("talk")], pins=pins)
    told = roster(problem, talk=("an",))
    late = [{"days": "any", "start": "14:00", "end": "20:00"}]
    facts = town([person("an", availability=late), person("bo")], [event("talk")], pins=pins).scenario
    with pytest.raises(Contradiction) as error:
        replan(facts, told)
    assert error.value.demands == ("talk/2026-12-05T0900 an",)


# ------------------------------------------------------------------------------------------- the ends


def test_what_was_told_afterwards_is_what_the_roster_says():
    problem, told = read("wu-bo")
    may = next(entry for entry in told.visits if entry.id == "wu-escort/2027-05")
    done = replan(problem.scenario, told, away(may, "v05"))
    published = {(seat.volunteer, seat.standby) for seat in done.scenario.published if seat.visit == may.id}
    # v06 was told to stand by and then to step in: both are kept, so that it uses up no turn.
    assert published == {("v06", False), ("v06", True), ("v07", True)}
    assert all(isinstance(seat, Published) for seat in done.scenario.published)


@pytest.mark.parametrize(("language", "words"), [("zh", "至少要改 1 处"), ("en", "At least 1 change is needed")])
def test_too_few_changes_name_what_cannot_be_kept(language, words):
    problem = town([person("an"), person("bo")], [event("talk")], language=language)
    told = roster(problem, talk=("an",))
    with pytest.raises(Contradiction, match=words) as error:
        replan(problem.scenario, told, away(told.visits[0], "an"), max_changes=0)
    assert "talk/2026-12-05T0900 an" in error.value.demands[0]


def test_every_fault_is_named_at_once():
    problem = town([person("an")], [event("talk")], language="en")
    told = roster(problem, talk=("an",))
    start = datetime.fromisoformat(SATURDAY)
    changes = Changes(
        absences=(Away("nobody"), Away("an", start, start)), declines=(("talk/1", "no one"),), cancelled=("tea/1",),
    )
    with pytest.raises(BadInput) as error:
        replan(problem.scenario, told, changes, max_changes=-1)
    codes = [fault.code for fault in error.value.faults]
    assert codes == ["dangling", "end-before-start", "dangling", "dangling", "dangling", "negative"]
