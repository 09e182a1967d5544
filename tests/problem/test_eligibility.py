"""May somebody take a seat, and if not, why: answers for one pair and for everybody at once are the same answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from rich_world import rich_world
from worlds import SATURDAY, goods, monthly, person, resident, wish, world

from matcher.domain.when import contains, overlaps
from matcher.problem.eligibility import Eligibility, Stretches
from matcher.problem.expand import expand
from matcher.problem.rules import PAIR_RULES


def eligibility(*people: dict[str, Any], wishes: list[dict[str, Any]], **tables: Any) -> Eligibility:
    return Eligibility(expand(world(*people, wishes=wishes, **tables)))


def first_seat(answers: Eligibility) -> tuple[Any, Any, int | None]:
    visit = answers.expanded.visits[0]
    return visit, visit.wish.roles[0], None if visit.is_goods else visit.starts(15)[0]


# ------------------------------------------------------------------------------------------------ answers agree


def test_masks_bits_and_reasons_say_the_same():
    answers = Eligibility(expand(rich_world()))
    for visit in answers.expanded.visits:
        starts: list[int | None] = [None] if visit.is_goods else [*visit.starts(60)[:3]]
        for role in visit.wish.roles:
            for start in starts:
                for standby in (False, True):
                    fits = answers.fits(visit, role, start, standby)
                    bits = answers.refused(visit, role, start, standby)
                    for row in range(len(fits)):
                        reasons = answers.refusals(row, visit, role, start, standby)
                        assert bool(fits[row]) == (not reasons)
                        assert reasons == tuple(
                            name for number, name in enumerate(PAIR_RULES) if bits[row] >> np.uint16(number) & 1
                        )


def test_all_reasons_are_told_not_only_the_first():
    answers = eligibility(
        person("chen", gender="male", availability=[], home="hill", limits={"max_travel_minutes": 10}),
        wishes=[
            wish(
                "w", SATURDAY, claimants_only=True, teams=["bank"],
                roles=[{"id": "helper", "skills": [{"name": "haircut"}], "vehicle": {"seats": 1}}],
            )
        ],
        teams=[{"id": "bank"}],
        residents=[resident("wu", required={"gender": "female"})],
        declines=[{"wish": "w", "volunteer": "chen"}],
    )  # fmt: skip
    assert answers.refusals(0, *first_seat(answers)) == PAIR_RULES


def test_what_is_kept_cannot_be_changed_by_a_caller():
    answers = eligibility(person("chen"), wishes=[wish("w", SATURDAY)])
    visit, role, start = first_seat(answers)
    with pytest.raises(ValueError, match="read-only"):
        answers.is_available(visit, role, start, False)[0] = False
    answers.fits(visit, role, start)[0] = False  # a fresh answer each time
    assert answers.fits(visit, role, start)[0]


def test_roles_and_visits_do_not_share_answers_they_should_not():
    answers = eligibility(
        person("chen", skills=[{"name": "haircut", "level": 2, "valid_until": "2026-12-05"}]),
        wishes=[
            wish(
                "w", SATURDAY, "2026-12-06T09:00",
                roles=[
                    {"id": "one", "skills": [{"name": "haircut", "level": 2}]},
                    {"id": "two", "skills": [{"name": "haircut", "level": 3}]},
                    {"id": "three"},
                ],
            )
        ],
    )  # fmt: skip
    found = [
        [bool(answers.fits(visit, role, visit.fixed[0])[0]) for role in visit.wish.roles]
        for visit in answers.expanded.visits
    ]
    assert found == [[True, False, True], [False, False, True]]


def test_goods_ask_for_neither_time_nor_vehicle_hours():
    parked = {"vehicle": {"seats": 4, "availability": [{"days": "SU", "start": "08:00", "end": "09:00"}]}}
    answers = eligibility(
        person("chen", availability=[], **parked),
        person("li"),
        wishes=[goods("kettle", "2026-12-05", roles=[{"id": "helper", "vehicle": {"seats": 1}}])],
    )
    assert answers.fits(*first_seat(answers)).tolist() == [True, False]


def test_a_rule_made_soft_refuses_nobody_but_has_its_price():
    def answers(**soft: int) -> Eligibility:
        return eligibility(
            person("chen"),
            person("li", team="bank"),
            wishes=[wish("w", SATURDAY, teams=["bank"])],
            settings={"soft_rules": soft},
        )

    hard, softened = answers(), answers(belongs_to_the_team=40)
    assert hard.fits(*first_seat(hard)).tolist() == [False, True]
    assert softened.fits(*first_seat(softened)).tolist() == [True, True]
    assert softened.refused(*first_seat(softened)).tolist() == [0, 0]
    assert softened.soft_refusals(0, *first_seat(softened)) == ("belongs_to_the_team",)
    assert softened.soft_price(*first_seat(softened)).tolist() == [40, 0]
    assert hard.soft_price(*first_seat(hard)).tolist() == [0, 0]


def test_first_refusal_lists_only_units_that_have_not_waived_it():
    answers = eligibility(
        person("chen"),
        wishes=[wish("w", SATURDAY, submitted="2026-11-23")],
        places=[{"id": "wu-home", "community": "donghe"}],
        teams=[
            {"id": "bank", "communities": ["donghe", "xihe"]},
            {"id": "school", "communities": ["donghe"]},
            {"id": "choir", "communities": ["xihe"]},
            {"id": "club"},
        ],
        declines=[{"wish": "w", "team": "school"}],
        settings={"first_refusal_days": 7},
    )
    assert answers.first_refusal(answers.scenario.wish["w"]) == {"bank"}


def test_a_claim_of_a_team_with_a_name_given_later_is_that_persons():
    claim = {
        "id": "c",
        "wish": "w",
        "team": "bank",
        "volunteer": "li",
        "at": "2026-11-20T20:00:00+08:00",
        "state": "chosen",
    }
    answers = eligibility(
        person("chen", team="bank"),
        person("li", team="bank"),
        wishes=[wish("w", recurrence=monthly(), claimants_only=True)],
        claims=[claim],
    )
    assert answers.fits(*first_seat(answers)).tolist() == [False, True]


def test_a_volunteer_whose_home_nobody_knows_is_the_assumed_minutes_away():
    people = [person(name, limits={"max_travel_minutes": most}) for name, most in (("chen", 20), ("li", 19))]
    answers = eligibility(*people, wishes=[wish("w", SATURDAY)])
    assert answers.minutes_there(*first_seat(answers)[:2]).tolist() == [20, 20]
    assert answers.fits(*first_seat(answers)).tolist() == [True, False]


# ------------------------------------------------------------------------------------------------ searching spans

moments = some.integers(0, 60)
disjoint = some.lists(moments, max_size=8, unique=True).map(
    lambda edges: tuple(zip(sorted(edges)[::2], sorted(edges)[1::2]))
)


@settings(max_examples=200, deadline=None)
@given(some.lists(disjoint, min_size=1, max_size=5), moments, some.integers(1, 20))
def test_searching_everybodys_spans_at_once_is_searching_each_ones(people: list[Any], start: int, length: int):
    stretches = Stretches(tuple(people))
    end = start + length
    assert stretches.contain(start, end).tolist() == [contains(spans, start, end) for spans in people]
    assert stretches.overlap(start, end).tolist() == [overlaps(spans, start, end) for spans in people]
    assert stretches.anybody == any(people)
