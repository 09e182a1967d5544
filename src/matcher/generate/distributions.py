"""Who volunteers, when, with what: every share the generator draws from, in one place. docs/presets.md gives the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matcher.domain.places import TravelMode
from matcher.generate.names import Generation
from matcher.generate.town import Words

Group = Literal["retired", "worker", "unit", "student", "medical"]
GROUPS: tuple[tuple[Group, float], ...] = (
    ("retired", 0.36), ("worker", 0.25), ("unit", 0.20), ("student", 0.13), ("medical", 0.06),
)
FEMALE_SHARE: dict[Group, float] = {"retired": 0.66, "worker": 0.55, "unit": 0.46, "student": 0.60, "medical": 0.70}
GENERATION: dict[Group, Generation] = {
    "retired": "old", "worker": "middle", "unit": "middle", "student": "young", "medical": "middle",
}

# ------------------------------------------------------------------------------------------------ time

Slot = Literal["workday-morning", "workday-afternoon", "evening", "weekend-morning", "weekend-afternoon"]
WORKDAYS = ("MO", "TU", "WE", "TH", "FR")
SLOT_HOURS: dict[Slot, tuple[str, str]] = {
    "workday-morning": ("08:00", "12:00"),
    "workday-afternoon": ("14:00", "18:00"),
    "evening": ("18:30", "21:00"),
    "weekend-morning": ("08:00", "12:00"),
    "weekend-afternoon": ("14:00", "18:00"),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """How many of a group are free in a slot, and on how many of its days (weekends: SA, SU or both)."""

    slot: Slot
    share: float
    days: tuple[int, int]


FREE: dict[Group, tuple[Stretch, ...]] = {
    "retired": (
        Stretch("workday-morning", 0.38, (1, 2)), Stretch("workday-afternoon", 0.66, (1, 4)),
        Stretch("evening", 0.10, (1, 1)), Stretch("weekend-morning", 0.40, (1, 2)),
        Stretch("weekend-afternoon", 0.35, (1, 2)),
    ),
    "worker": (
        Stretch("workday-morning", 0.05, (1, 1)), Stretch("workday-afternoon", 0.06, (1, 1)),
        Stretch("evening", 0.72, (1, 3)), Stretch("weekend-morning", 0.65, (1, 2)),
        Stretch("weekend-afternoon", 0.60, (1, 2)),
    ),
    "unit": (
        Stretch("workday-morning", 0.06, (1, 1)), Stretch("workday-afternoon", 0.30, (1, 1)),
        Stretch("evening", 0.50, (1, 2)), Stretch("weekend-morning", 0.70, (1, 2)),
        Stretch("weekend-afternoon", 0.50, (1, 2)),
    ),
    "student": (
        Stretch("workday-afternoon", 0.20, (1, 2)), Stretch("evening", 0.15, (1, 1)),
        Stretch("weekend-morning", 0.70, (1, 2)), Stretch("weekend-afternoon", 0.80, (1, 2)),
    ),
    "medical": (
        Stretch("workday-morning", 0.20, (1, 1)), Stretch("workday-afternoon", 0.25, (1, 1)),
        Stretch("evening", 0.45, (1, 2)), Stretch("weekend-morning", 0.75, (1, 2)),
        Stretch("weekend-afternoon", 0.45, (1, 2)),
    ),
}
"""When each group is free; few are on workday mornings, so that is where places stay empty."""
PREFERRED_SHARE, UNDESIRED_SHARE = 0.12, 0.08
"""Of the stretches somebody names, how many they like best, and how many they would rather not serve in."""
NO_TIMES_SHARE = 0.03
"""Volunteers on the list who told no times: they are never scheduled (goods aside)."""
ABSENT_SHARE = 0.05

# ------------------------------------------------------------------------------------------------ limits

VISITS_PER_DAY: tuple[tuple[int, float], ...] = ((1, 0.85), (2, 0.15))
VISITS_PER_WEEK: tuple[tuple[int, float], ...] = ((1, 0.40), (2, 0.42), (3, 0.18))
VISITS_PER_MONTH: tuple[tuple[int, float], ...] = ((2, 0.14), (3, 0.16), (4, 0.36), (6, 0.20), (8, 0.14))
MOST_TRAVEL: tuple[tuple[int, float], ...] = ((20, 0.30), (25, 0.25), (30, 0.30), (40, 0.15))
"""Minutes one way."""
REST_DAYS_SHARE, MIN_REST_SHARE, MINUTES_PER_MONTH_SHARE, LEAST_VISITS_SHARE = 0.06, 0.06, 0.08, 0.01
NEWCOMER_SHARE = 0.07
"""Joined within the last two months, nothing served before."""

# ------------------------------------------------------------------------------------------------ travel

TRAVEL: dict[Group, tuple[tuple[TravelMode, float], ...]] = {
    "retired": (("walking", 0.50), ("e-bike", 0.25), ("bus", 0.25)),
    "worker": (("walking", 0.15), ("e-bike", 0.60), ("bus", 0.25)),
    "unit": (("walking", 0.20), ("e-bike", 0.50), ("bus", 0.30)),
    "student": (("walking", 0.30), ("e-bike", 0.15), ("bus", 0.55)),
    "medical": (("walking", 0.20), ("e-bike", 0.55), ("bus", 0.25)),
}
"""How those without a car go about."""
CAR_SHARE: dict[Group, float] = {"retired": 0.10, "worker": 0.42, "unit": 0.50, "student": 0.02, "medical": 0.50}
GOES_BY_CAR_SHARE = 0.6
"""Of those with a car, who also take it where the visit does not ask for one."""
WHEELCHAIR_SHARE = 0.04
"""Of the cars, which can take a wheelchair with its passenger seated in it."""
CAR_SEATS: tuple[tuple[int, float], ...] = ((4, 0.86), (6, 0.14))
DIALECT_SHARE = 0.35
"""Volunteers who also speak the place's dialect or language."""

# ------------------------------------------------------------------------------------------------ skills


@dataclass(frozen=True, slots=True)
class SkillShare:
    """How many of all volunteers have a skill (at least one has), who they are, how well, and whether it expires."""

    words: Words
    share: float
    groups: tuple[Group, ...]
    levels: tuple[tuple[int, float], ...] = ((2, 0.7), (3, 0.3))
    expires: bool = False


SKILLS: dict[str, SkillShare] = {
    "doctor": SkillShare(("医生", "doctor"), 0.020, ("medical",), ((3, 1.0),), expires=True),
    "nurse": SkillShare(("护士", "nurse"), 0.036, ("medical",), ((3, 1.0),), expires=True),
    "blood-pressure": SkillShare(("量血压", "blood pressure"), 0.060, ("retired", "unit", "medical"), ((1, 0.3), (2, 0.7))),
    "first-aid": SkillShare(("急救", "first aid"), 0.090, ("unit", "medical", "student"), ((2, 1.0),), expires=True),
    "haircut": SkillShare(("理发", "haircut"), 0.046, ("worker", "retired")),
    "electrician": SkillShare(("水电维修", "plumbing and wiring"), 0.046, ("worker", "retired")),
    "legal": SkillShare(("法律咨询", "legal advice"), 0.014, ("unit", "worker"), ((3, 1.0),)),
    "counselling": SkillShare(("心理疏导", "counselling"), 0.022, ("unit", "worker", "medical")),
    "tutoring": SkillShare(("作业辅导", "tutoring"), 0.140, ("student", "retired", "unit"), ((1, 0.2), (2, 0.6), (3, 0.2))),
    "piano": SkillShare(("钢琴", "piano"), 0.026, ("student", "worker")),
    "choir": SkillShare(("合唱指导", "choir leading"), 0.016, ("retired", "worker")),
}

# ------------------------------------------------------------------------------------------------ residents

HOUSEHOLDS: tuple[tuple[str | None, float], ...] = (
    (None, 0.45), ("空巢", 0.20), ("独居", 0.15), ("高龄", 0.10), ("低保", 0.05), ("残疾", 0.05),
)
"""Categories as communities keep them; the words are official ones, also in an English file."""
REQUIRES_GENDER_SHARE, REQUIRES_DIALECT_SHARE, BANS_SHARE, LIKES_GENDER_SHARE, PREFERS_SHARE = 0.05, 0.03, 0.015, 0.08, 0.06
VOLUNTEER_LIKES_SHARE, VOLUNTEER_DISLIKES_SHARE = 0.10, 0.05
TWO_WISHES_SHARE = 0.25
"""Wishes of somebody who has another one already."""
PRIORITIES: tuple[tuple[int, float], ...] = ((1, 0.10), (2, 0.30), (3, 0.40), (4, 0.16), (5, 0.04))

# ------------------------------------------------------------------------------------------------ the past

HISTORY_FROM_DAYS = 180
FILLED_BEFORE_SHARE = 0.85
"""Past visits of a repeating wish that somebody was found for."""
OUTCOMES: tuple[tuple[Literal["done", "no-show", "cancelled"], float], ...] = (
    ("done", 0.93), ("no-show", 0.025), ("cancelled", 0.045),
)
PUBLISHED_SHARE, PINNED_SHARE, NEVER_SHARE, DECLINED_SHARE = 0.02, 0.006, 0.003, 0.005
"""Per visit of the window."""
CLAIM_STATES: tuple[tuple[str, float], ...] = (("open", 0.45), ("chosen", 0.55))
"""Wishes for claimants only: still open, or screened already."""
BURST_SECONDS = 25
"""Mean time between two claims of a burst: more than twenty within some minutes, as at a livestream."""
