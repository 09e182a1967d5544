"""Settings of a programme: defaults that assumptions rest on, travel speeds, weights, rules made soft."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from matcher.domain.base import Clock, Count, Day, Fact, Number, Positive, YesNo
from matcher.domain.people import Limits

SoftRule = Literal[
    "is_within_reach",
    "belongs_to_the_team",
    "keeps_the_spacing",
    "keeps_the_turn",
    "keeps_faces_few",
    "newcomers_go_with_experience",
]
"""Rules that may be made a preference with a price per violation."""


FixKind = Literal[
    "promoted", "standby", "start", "handover", "claim", "reach", "visits_per_day", "visits_per_week", "visits_per_month",
    "minutes_per_day", "minutes_per_week", "minutes_per_month", "rest_days", "min_rest_minutes", "availability", "turns",
    "helpers", "time", "partial", "level", "volunteer", "experienced",
]
"""Kinds of changes that may fill an empty seat."""


class Speed(Fact):
    """Travel by one mode: straight line × detour ÷ speed, plus fixed minutes (waiting, parking)."""

    km_per_hour: Annotated[Number, Field(gt=0)]
    detour: Annotated[Number, Field(ge=1)] = 1.3
    fixed_minutes: Count = 0


class Travel(Fact):
    """Travel estimates per mode, and the minutes assumed when a place cannot be located."""

    car: Speed = Speed(km_per_hour=28, detour=1.4, fixed_minutes=5)
    e_bike: Annotated[Speed, Field(alias="e-bike")] = Speed(km_per_hour=15, detour=1.3, fixed_minutes=2)
    bus: Speed = Speed(km_per_hour=16, detour=1.4, fixed_minutes=10)
    walking: Speed = Speed(km_per_hour=4.5, detour=1.3)
    unknown_minutes: Count = 20

    model_config = ConfigDict(populate_by_name=True)


class DayRange(Fact):
    """A stretch of the day."""

    start: Clock
    end: Clock

    @model_validator(mode="after")
    def _forward(self) -> DayRange:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} must be after start {self.start}")
        return self


class DateRange(Fact):
    """Named dates from–to, both included."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _forward(self) -> DateRange:
        if self.end < self.start:
            raise ValueError(f"end {self.end} must not be before start {self.start}")
        return self


class HolidayOverride(Fact):
    """A year's days off and make-up workdays as the State Council published them; replaces the built-in ones."""

    days_off: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()


class Weights(Fact):
    """Prices of tiers 2 and 3, in points. Tier 1 has no weights: its formula is fixed."""

    published_seat: Count = 100
    published_time: Count = 100
    published_standby: Count = 20
    pairing_broken: Count = 200
    least_visit_missing: Count = 100
    claimant_without_turn: Count = 100

    fairness: Count = 1
    faces: Count = 60
    turns: Count = 20
    missing_standby: Count = 200
    standby_turns: Count = 5
    """Per (2t−1) of somebody's t-th stand-by at one wish, so that stand-bys change too."""
    undesired_time: Count = 50
    travel: Count = 1
    """Per minute."""
    locality: Count = 5
    """Per step away: building, grid, community, another team's community."""
    preferences: Count = 20


class Rewards(Fact):
    """What served visits earn in the ledger; no rule and no price of a roster depends on it."""

    points_per_visit: Count = 0
    points_per_hour: Count = 10
    """Counted by the minute, rounded down."""
    points_per_no_show: Count = 0
    """Taken off; nobody falls below 0."""
    only_confirmed: YesNo = Field(default=False, exclude_if=lambda told: not told)
    """Points come with the resident's confirmation; left out where they come with service."""
    stars: dict[str, Positive] = {  # noqa: RUF012 - pydantic copies it
        "★": 100, "★★": 300, "★★★": 600, "★★★★": 1_000, "★★★★★": 1_500,
    }
    """The hours each star asks for, over the whole time of service."""


class Settings(Fact):
    """Everything a coordinator may set; each default is documented in docs/objective.md and docs/file-format.md."""

    language: Literal["zh", "en"] = "zh"
    day: DayRange = DayRange(start="08:00", end="20:00")
    """日间."""
    morning: DayRange = DayRange(start="08:00", end="12:00")
    afternoon: DayRange = DayRange(start="14:00", end="18:00")
    evening: DayRange = DayRange(start="19:00", end="21:00")
    on_call: DayRange = DayRange(start="07:00", end="21:00")
    """随叫随到, never at night."""
    working_hours: DayRange = DayRange(start="09:00", end="18:00")
    summer_break: DateRange | None = None
    winter_break: DateRange | None = None
    terms: tuple[DateRange, ...] = ()
    """School terms."""
    holidays: dict[Annotated[str, Field(pattern=r"^\d{4}$")], HolidayOverride] = {}  # noqa: RUF012 - pydantic copies it
    household_priority: dict[str, Annotated[int, Field(ge=1, le=5)]] = {  # noqa: RUF012 - pydantic copies it
        "低保": 5, "特困": 5, "独居": 4, "空巢": 4, "残疾": 4, "高龄": 4,
    }
    step_minutes: Positive = 15
    """The grid of start times the planner may choose from."""
    default_gap_days: Count = 20
    """What 别挨太近 means for a monthly wish."""
    default_limits: Limits = Limits(
        visits_per_day=1, visits_per_week=2, visits_per_month=4, least_visits_per_month=0,
        max_travel_minutes=60, rest_days=0, min_rest_minutes=0,
    )
    newcomer_visits: Count = 3
    """Fewer served visits make a newcomer; 0: nobody is."""
    first_refusal_days: Count = 0
    """Days a unit paired with a community has its wishes to itself, from submission."""
    history_days: Positive = 180
    """How far back turns count for fairness, and no-shows for reliability."""
    claims_lapse_days: Count = 0
    """Days after which a claim that is open or on the waitlist lapses; 0: never."""
    unreliable_no_shows: Positive = 1
    """From so many no-shows on, somebody who is chosen gets a stand-by."""
    rewards: Rewards = Rewards()
    travel: Travel = Travel()
    weights: Weights = Weights()
    soft_rules: dict[SoftRule, Positive] = {}  # noqa: RUF012 - pydantic copies it
    """A rule's name and its price per violation, in points of the quality tier."""
    fix_prices: dict[FixKind, Count] = Field(default={}, exclude_if=lambda prices: not prices)
    """A kind of fix and its own base price, where the table of docs/fixes.md does not suit; left out while there is none."""
