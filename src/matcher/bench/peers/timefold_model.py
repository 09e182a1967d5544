"""Timefold's view of a problem: seats to be filled, each with its own choices, and the rules as constraint streams.

The classes and lambdas here are translated into Java byte code by the package, so they keep to plain numbers, and
annotations are real types, not strings. Lists of choices are the candidates: pair-level rules are settled before.
"""

from dataclasses import dataclass, field
from typing import Annotated

from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    BendableScore,
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    Joiners,
    constraint_provider,
)

HARD = BendableScore.of((1,), (0, 0, 0))
NEEDS = BendableScore.of((0,), (1, 0, 0))
PROMISES = BendableScore.of((0,), (0, 1, 0))
QUALITY = BendableScore.of((0,), (0, 0, 1))


@dataclass
class Choice:
    """One way to fill a seat: an option and a person, with all the numbers the rules ask for."""

    id: Annotated[int, PlanningId]
    option: int
    volunteer: int
    start: int
    """Minutes; goods, which take no time: -1."""
    end: int
    reach: int
    """Minutes to keep free before and after a service for the way: at least what its own legs take."""
    day: int
    week: int
    month: int
    left_today: int
    """How many more visits limits allow that day, that week, that month."""
    left_week: int
    left_month: int
    price: int
    """The seat by itself, with the way from home and back, as the person's first new turn."""
    again: int
    """What every pair of new turns of the person costs on top: turns get dearer evenly."""
    experienced: int
    known: int
    """1 if the person's face is known at that wish already."""
    wish_turns: int
    """Turns they have had there."""
    team: int
    """-1: none."""


@planning_entity
@dataclass
class Place:
    """One seat, or one stand-by, of a visit."""

    id: Annotated[int, PlanningId]
    visit: int
    wish: int
    order: int
    role: int
    standby: int
    partial: int
    one_team: int
    fixed: int
    worth: int
    """What leaving it empty costs in needs; stand-bys: in quality."""
    least_gap: int
    most_gap: int
    rotates: int
    most_turns: int
    """0: as many as they like."""
    most_helpers: int
    """How many new faces more; -1: as many as come."""
    new_face: int
    """The price of one."""
    again: int
    """What every pair of turns (of stand-bys) of one person at this wish costs on top."""
    choices: Annotated[list[Choice], ValueRangeProvider]
    choice: Annotated[Choice | None, PlanningVariable(allows_unassigned=True)] = field(default=None)


@dataclass
class Owed:
    """A chosen claimant who is owed a turn."""

    id: Annotated[int, PlanningId]
    wish: int
    volunteer: int
    weight: int


@planning_solution
@dataclass
class Plan:
    """All seats, and what is owed."""

    places: Annotated[list[Place], PlanningEntityCollectionProperty]
    owed: Annotated[list[Owed], ProblemFactCollectionProperty]
    score: Annotated[
        BendableScore | None, PlanningScore(bendable_hard_levels_size=1, bendable_soft_levels_size=3)
    ] = field(default=None)


@constraint_provider
def rules(f: ConstraintFactory) -> list[Constraint]:
    """The table of contents."""
    return [
        fills_each_role_once(f),
        happens_once(f),
        comes_from_one_team(f),
        is_crewed_together(f),
        stands_by_a_crew(f),
        keeps_what_is_fixed(f),
        is_in_one_place_at_a_time(f),
        keeps_visits_per_day(f),
        keeps_visits_per_week(f),
        keeps_visits_per_month(f),
        keeps_the_least_gap(f),
        keeps_the_greatest_gap(f),
        is_not_twice_running(f),
        keeps_the_turns(f),
        keeps_faces_few(f),
        newcomers_go_with_experience(f),
        empty_seats(f),
        claimant_without_turn(f),
        missing_standby(f),
        seats(f),
        fairness(f),
        faces(f),
        turns(f),
    ]


# ------------------------------------------------------------------------------------------------ rules


def fills_each_role_once(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each_unique_pair(
            Place, Joiners.equal(lambda p: p.visit), Joiners.equal(lambda p: p.choice.volunteer)
        ).penalize(HARD).as_constraint("fills_each_role_once")
    )


def happens_once(f: ConstraintFactory) -> Constraint:
    # Not hard: a crew could then never move to another time one by one. What disagrees is dropped in the end.
    return (
        f.for_each_unique_pair(
            Place, Joiners.equal(lambda p: p.visit), Joiners.equal(lambda p: p.standby)
        )
        .filter(lambda a, b: a.standby == 0 and a.choice.option != b.choice.option)
        .penalize(NEEDS, lambda a, b: a.worth).as_constraint("happens_at_an_asked_time")
    )


def comes_from_one_team(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each_unique_pair(
            Place, Joiners.equal(lambda p: p.visit), Joiners.equal(lambda p: p.standby)
        )
        .filter(lambda a, b: a.one_team == 1 and a.standby == 0 and a.choice.team != b.choice.team)
        .penalize(NEEDS, lambda a, b: a.worth).as_constraint("is_crewed_together, one team")
    )


def is_crewed_together(f: ConstraintFactory) -> Constraint:
    # Nearly as bad as an empty seat, but a little better, so that crews are filled one by one.
    return (
        f.for_each(Place).filter(lambda p: p.standby == 0 and p.partial == 0)
        .if_exists_including_unassigned(
            Place, Joiners.equal(lambda p: p.visit),
            Joiners.filtering(lambda p, other: other.choice is None and other.standby == 0),
        )
        .penalize(NEEDS, lambda p: p.worth * 9 // 10).as_constraint("is_crewed_together")
    )


def stands_by_a_crew(f: ConstraintFactory) -> Constraint:
    # Without a crew at that time a stand-by is as good as missing.
    return (
        f.for_each(Place).filter(lambda p: p.standby == 1)
        .if_not_exists(
            Place, Joiners.equal(lambda p: p.visit), Joiners.equal(lambda p: p.choice.option),
            Joiners.filtering(lambda p, other: other.standby == 0),
        )
        .penalize(QUALITY, lambda p: p.worth).as_constraint("stands_by_separately")
    )


def keeps_what_is_fixed(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each_including_unassigned(Place).filter(lambda p: p.choice is None and p.fixed == 1)
        .penalize(HARD).as_constraint("keeps_what_is_published")
    )


def is_in_one_place_at_a_time(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each_unique_pair(
            Place, Joiners.equal(lambda p: p.choice.volunteer),
            Joiners.overlapping(lambda p: p.choice.start - p.choice.reach, lambda p: p.choice.end + p.choice.reach),
        )
        .filter(lambda a, b: a.visit != b.visit and a.choice.start >= 0 and b.choice.start >= 0)
        .penalize(HARD).as_constraint("is_in_one_place_at_a_time")
    )


def keeps_visits_per_day(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.standby == 0 and p.choice.start >= 0)
        .group_by(
            lambda p: p.choice.volunteer, lambda p: p.choice.day, lambda p: p.choice.left_today,
            ConstraintCollectors.count(),
        )
        .filter(lambda who, day, left, count: count > left)
        .penalize(HARD, lambda who, day, left, count: count - left).as_constraint("visits per day")
    )


def keeps_visits_per_week(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.standby == 0)
        .group_by(
            lambda p: p.choice.volunteer, lambda p: p.choice.week, lambda p: p.choice.left_week,
            ConstraintCollectors.count(),
        )
        .filter(lambda who, week, left, count: count > left)
        .penalize(HARD, lambda who, week, left, count: count - left).as_constraint("visits per week")
    )


def keeps_visits_per_month(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.standby == 0)
        .group_by(
            lambda p: p.choice.volunteer, lambda p: p.choice.month, lambda p: p.choice.left_month,
            ConstraintCollectors.count(),
        )
        .filter(lambda who, month, left, count: count > left)
        .penalize(HARD, lambda who, month, left, count: count - left).as_constraint("visits per month")
    )


def keeps_the_least_gap(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.least_gap > 0)
        .join(Place, Joiners.equal(lambda p: p.wish), Joiners.less_than(lambda p: p.order))
        .filter(lambda a, b: b.choice.day - a.choice.day < a.least_gap)
        .penalize(HARD).as_constraint("keeps_the_spacing, least")
    )


def keeps_the_greatest_gap(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.most_gap > 0)
        .join(Place, Joiners.equal(lambda p: p.wish), Joiners.equal(lambda p: p.order + 1, lambda p: p.order))
        .filter(lambda a, b: b.choice.day - a.choice.day > a.most_gap)
        .penalize(HARD).as_constraint("keeps_the_spacing, most")
    )


def is_not_twice_running(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.rotates == 1 and p.standby == 0)
        .join(
            Place, Joiners.equal(lambda p: p.wish), Joiners.equal(lambda p: p.choice.volunteer),
            Joiners.equal(lambda p: p.order + 1, lambda p: p.order),
        )
        .filter(lambda a, b: b.standby == 0)
        .penalize(HARD).as_constraint("keeps_the_turn, twice running")
    )


def keeps_the_turns(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.rotates == 1 and p.standby == 0 and p.most_turns > 0)
        .group_by(
            lambda p: p.wish, lambda p: p.choice.volunteer, lambda p: p.most_turns - p.choice.wish_turns,
            ConstraintCollectors.count(),
        )
        .filter(lambda wish, who, left, count: count > left)
        .penalize(HARD, lambda wish, who, left, count: count - left).as_constraint("keeps_the_turn, most")
    )


def keeps_faces_few(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.most_helpers >= 0 and p.standby == 0 and p.choice.known == 0)
        .group_by(
            lambda p: p.wish, lambda p: p.most_helpers,
            ConstraintCollectors.count_distinct(lambda p: p.choice.volunteer),
        )
        .filter(lambda wish, most, count: count > most)
        .penalize(HARD, lambda wish, most, count: count - most).as_constraint("keeps_faces_few")
    )


def newcomers_go_with_experience(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.standby == 0)
        .group_by(
            lambda p: p.visit, ConstraintCollectors.count(), ConstraintCollectors.sum(lambda p: p.choice.experienced)
        )
        .filter(lambda visit, count, experienced: count > 1 and experienced == 0)
        .penalize(HARD).as_constraint("newcomers_go_with_experience")
    )


# ------------------------------------------------------------------------------------------------ terms


def empty_seats(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each_including_unassigned(Place).filter(lambda p: p.choice is None and p.standby == 0)
        .penalize(NEEDS, lambda p: p.worth).as_constraint("empty_seats")
    )


def claimant_without_turn(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Owed)
        .if_not_exists(
            Place, Joiners.equal(lambda o: o.wish, lambda p: p.wish),
            Joiners.equal(lambda o: o.volunteer, lambda p: p.choice.volunteer),
            Joiners.filtering(lambda o, p: p.standby == 0),
        )
        .penalize(PROMISES, lambda o: o.weight).as_constraint("claimant_without_turn")
    )


def missing_standby(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each_including_unassigned(Place).filter(lambda p: p.choice is None and p.standby == 1)
        .if_exists(
            Place, Joiners.equal(lambda p: p.visit), Joiners.equal(lambda p: p.role),
            Joiners.filtering(lambda p, other: other.standby == 0),
        )
        .penalize(QUALITY, lambda p: p.worth).as_constraint("missing_standby")
    )


def seats(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).penalize(QUALITY, lambda p: p.choice.price)
        .as_constraint("seats, and travel as day trips from home")
    )


def fairness(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each_unique_pair(Place, Joiners.equal(lambda p: p.choice.volunteer))
        .filter(lambda a, b: a.standby == 0 and b.standby == 0)
        .penalize(QUALITY, lambda a, b: a.choice.again).as_constraint("fairness")
    )


def turns(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each_unique_pair(
            Place, Joiners.equal(lambda p: p.wish), Joiners.equal(lambda p: p.standby),
            Joiners.equal(lambda p: p.choice.volunteer),
        )
        .penalize(QUALITY, lambda a, b: a.again).as_constraint("turns and stand-bys' turns")
    )


def faces(f: ConstraintFactory) -> Constraint:
    return (
        f.for_each(Place).filter(lambda p: p.new_face > 0 and p.standby == 0 and p.choice.known == 0)
        .group_by(lambda p: p.wish, lambda p: p.choice.volunteer, lambda p: p.new_face)
        .penalize(QUALITY, lambda wish, who, price: price).as_constraint("faces")
    )
