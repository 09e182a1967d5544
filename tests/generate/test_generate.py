"""Synthetic scenarios: the sizes asked for, the same every time, believable, and without contradictions."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest

from matcher.domain.scenario import find_faults
from matcher.errors import BadInput
from matcher.exchange import read_scenario, write_scenario
from matcher.generate import PRESETS, generate
from matcher.generate.dice import Dice, apportion
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster
from matcher.solvers.stop import Stop, Timer


@cache
def made(name, seed=0, **sizes):
    return generate(name, seed, **sizes)


@cache
def worked_out(name, seed=0, **sizes):
    return Problem.of(made(name, seed, **sizes))


SMALL = {"volunteers": 70, "visits": 160}


# ------------------------------------------------------------------------------------------------ promises kept


@pytest.mark.parametrize("name", PRESETS)
def test_the_same_seed_gives_the_same_scenario_byte_for_byte(name):
    first, again = generate(name, 5, **SMALL), generate(name, 5, **SMALL)
    assert first.to_json() == again.to_json()
    assert generate(name, 6, **SMALL).to_json() != first.to_json()


@pytest.mark.parametrize("name", PRESETS)
def test_a_small_version_has_the_sizes_asked_for_and_no_fault(name):
    scenario = made(name, **SMALL)
    assert len(scenario.volunteers) == 70
    assert len(worked_out(name, **SMALL).visits) == 160
    assert find_faults(scenario) == []


@pytest.mark.parametrize(
    ("name", "communities", "volunteers", "teams", "visits"), [("donghe", 1, 125, 6, 280), ("qiaodong", 8, 500, 24, 1_050)]
)
def test_a_preset_has_its_own_sizes(name, communities, volunteers, teams, visits):
    scenario = made(name)
    assert len({place.community for place in scenario.places if place.community}) == communities
    assert (len(scenario.volunteers), len(scenario.teams)) == (volunteers, teams)
    assert len(worked_out(name).visits) == visits


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "volunteers", "teams", "pairings", "visits"),
    [("jiangzhou", 2_500, 158, 120, 5_800), ("quantang", 2_000, 60, 60, 4_500), ("xingtai", 5_700, 80, 600, 11_600)],
)
def test_a_large_preset_has_its_own_sizes(name, volunteers, teams, pairings, visits):
    scenario = generate(name)
    assert (len(scenario.volunteers), len(scenario.teams), len(scenario.pairings)) == (volunteers, teams, pairings)
    problem = Problem.of(scenario)
    assert len(problem.visits) == visits
    assert len(problem.crew) <= 6_000_000


def test_a_community_has_at_most_sixty_thousand_candidates():
    assert 10_000 <= len(worked_out("donghe").crew) <= 60_000


def test_communities_scale_people_and_visits_and_lie_in_towns_side_by_side():
    scenario = generate("donghe", communities=10, visits=400)
    assert len(scenario.volunteers) == 1_250
    # Eight communities to a town, so the last two lie in a second one, 2 · 0.8 + 3 = 4.6 km to the east.
    stations = {place.id: place for place in scenario.places if place.id.endswith("-station")}
    assert len(stations) == 10
    east = (stations["c008-station"].lon - stations["c000-station"].lon) * 111.32 * 0.92  # cos 23.09° = 0.92
    assert 3.5 < east < 6.0


def test_other_wishes_leave_the_volunteers_as_they_are():
    assert made("donghe", volunteers=70, visits=150).volunteers == made("donghe", volunteers=70, visits=170).volunteers


# ------------------------------------------------------------------------------------------------ what it holds


def test_every_kind_policy_and_shape_of_time_occurs():
    scenario = made("qiaodong")
    assert {wish.kind for wish in scenario.wishes} == {"visit", "escort", "goods", "event"}
    assert {wish.staffing.policy for wish in scenario.wishes} == {"any", "steady", "rotate", "pair"}
    when = [wish.recurrence for wish in scenario.wishes if wish.recurrence]
    shapes = {"at" if own.at else "rrule" if own.rrule else own.per or "once" for own in when}
    assert shapes == {"at", "rrule", "week", "month", "once"}
    wishes = scenario.wishes
    assert any(wish.staffing.max_turns for wish in wishes)
    assert any(wish.staffing.max_helpers for wish in wishes)
    assert any(wish.staffing.standbys for wish in wishes)
    assert any(wish.teams for wish in wishes)
    assert any(wish.as_one_team for wish in wishes)
    assert any(wish.partial for wish in wishes)
    assert any(wish.claimants_only for wish in wishes)
    assert {claim.state for claim in scenario.claims} >= {"open", "chosen", "waitlisted"}
    assert {service.outcome for service in scenario.history} == {"done", "no-show", "cancelled"}
    assert scenario.published
    assert any(pin.never for pin in scenario.pins)
    assert any(not pin.never for pin in scenario.pins)
    assert any(resident.banned for resident in scenario.residents)
    assert any(resident.required.gender for resident in scenario.residents)
    assert any(person.unavailable for person in scenario.volunteers)
    assert any(place.lat is None for place in scenario.places)


def test_a_clinic_day_asks_for_doctors_first_aid_and_helpers():
    clinic = next(wish for wish in made("qiaodong").wishes if wish.id == "clinic-0001")
    assert {role.id: role.count for role in clinic.roles} == {"doctor": 2, "first-aid": 3, "helper": 4}


def test_proportions_are_those_of_the_tables():
    scenario = made("qiaodong")
    people = scenario.volunteers
    # 0.36·0.10 + 0.25·0.42 + 0.20·0.50 + 0.13·0.02 + 0.06·0.50 = 0.27 have a car
    assert 0.22 <= sum(person.vehicle is not None for person in people) / 500 <= 0.33
    skilled = Counter(skill.name for person in people for skill in person.skills)
    # Counted out, not drawn: 0.020 and 0.046 of 500, times 0.85 in this preset.
    assert skilled["医生"] == round(0.020 * 0.85 * 500)
    assert skilled["理发"] == round(0.046 * 0.85 * 500)
    once_a_day = sum(person.limits.visits_per_day == 1 for person in people) / 500
    assert 0.85 <= once_a_day <= 0.96  # 0.40 + 0.60·0.85 = 0.91
    priorities = Counter(wish.priority for wish in scenario.wishes)
    assert priorities[5] < 0.1 * len(scenario.wishes) < priorities[2]


def test_few_are_free_on_a_workday_morning():
    def free(person, days, end):
        return any(set(own.days.split(",")) & days and own.end == end for own in person.availability)

    people = made("qiaodong").volunteers
    tuesday_morning = sum(free(person, {"TU"}, "12:00") for person in people)
    saturday_morning = sum(free(person, {"SA"}, "12:00") for person in people)
    assert tuesday_morning < 0.12 * len(people) < 0.3 * len(people) < saturday_morning


def test_phones_are_invented_ones_and_nobody_shares_one():
    for name in PRESETS:
        scenario = made(name, **SMALL)
        phones = [own.phone for own in (*scenario.volunteers, *scenario.residents)]
        assert all(number.startswith("1380000") and len(number) == 11 for number in phones)
        assert len(set(phones)) == len(phones)


def test_names_are_written_in_the_language_asked_for():
    assert all(person.name.isascii() or "ü" in person.name for person in made("donghe", lang="en", **SMALL).volunteers)
    assert all("\u4e00" <= sign <= "\u9fff" for person in made("donghe", **SMALL).volunteers for sign in person.name)


def test_between_nine_and_a_half_and_all_but_a_few_of_ten_seats_can_be_filled():
    for name in ("donghe", "qiaodong"):
        bound = needs_bound(worked_out(name))
        assert 0.93 <= bound.filled / bound.seats <= 0.99


# ------------------------------------------------------------------------------------------------ the past fits


def test_nobody_took_two_turns_running():
    scenario = made("qiaodong")
    for wish in scenario.wishes:
        if wish.staffing.policy == "rotate":
            crews: dict[str, set[str]] = {}
            for own in scenario.history:
                if own.wish == wish.id and own.outcome == "done":
                    crews.setdefault(own.visit, set()).add(own.volunteer)
            served = list(crews.values())
            assert all(not before & after for before, after in pairwise(served)), wish.id


def test_history_lies_in_the_last_half_year_and_after_its_people_joined():
    scenario = made("qiaodong")
    as_of = scenario.program.as_of
    for own in scenario.history:
        assert as_of - timedelta(days=181) < own.start < as_of
        assert scenario.volunteer[own.volunteer].joined <= own.start.date()


def test_chosen_claimants_can_all_have_their_turn():
    scenario, problem = made("qiaodong"), worked_out("qiaodong")
    chosen = [claim for claim in scenario.claims if claim.state == "chosen"]
    assert chosen
    visits = Counter(visit.wish.id for visit in problem.visits)
    seats = {(problem.options[int(option)].visit, int(person)) for option, person in zip(
        problem.crew.option, problem.crew.volunteer
    )}
    able = {(problem.visits[visit].wish.id, scenario.volunteers[person].id) for visit, person in seats}
    assert all((claim.wish, claim.volunteer) in able for claim in chosen)
    assert all(count <= visits[wish] for wish, count in Counter(claim.wish for claim in chosen).items())


@pytest.mark.parametrize("seed", range(4))
def test_promises_and_pins_contradict_nothing(seed):
    problem = worked_out("qiaodong", seed, volunteers=120, visits=260)
    assert problem.published
    assert problem.pins
    roster = first_roster(problem, frozenset(), seed=0, timer=Timer(Stop(seconds=300)))
    assert roster is not None
    assert check(problem.scenario, roster).valid


# ------------------------------------------------------------------------------------------------ in and out


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("suffix", [".json", ".xlsx", ""])
def test_what_is_written_reads_back_the_same(tmp_path, suffix, lang):
    scenario = made("jiangzhou", lang=lang, volunteers=40, visits=80)
    path = tmp_path / f"facts{suffix}"
    write_scenario(scenario, path, lang=lang)
    assert read_scenario(path).scenario == scenario


@pytest.mark.parametrize("size", ["volunteers", "visits", "communities"])
def test_a_size_below_one_is_refused(size):
    with pytest.raises(BadInput, match=f"--{size} is 0"):
        generate("donghe", lang="en", **{size: 0})


def test_the_smallest_sizes_work():
    scenario = generate("xingtai", volunteers=1, visits=1, communities=1)
    assert (len(scenario.volunteers), len(Problem.of(scenario).visits)) == (1, 1)


def test_an_unknown_preset_is_answered_with_the_list():
    with pytest.raises(BadInput, match="donghe、qiaodong、jiangzhou、xingtai、quantang"):
        generate("donhe")


# ------------------------------------------------------------------------------------------------ chance


def test_apportioned_numbers_add_up():
    for total in range(30):
        assert sum(apportion(total, [0.5, 0.3, 0.15, 0.05])) == total
    assert apportion(100, [0.5, 0.3, 0.2]) == [50, 30, 20]


def test_weighted_draws_follow_their_weights():
    dice = Dice(1, "test")
    drawn = Counter(dice.weighted((("a", 3.0), ("b", 1.0))) for _ in range(4_000))
    assert 2_850 < drawn["a"] < 3_150  # 3,000 expected, standard deviation 27


def test_each_subject_has_dice_of_its_own():
    assert Dice(1, "town").roll() != Dice(1, "people").roll()
