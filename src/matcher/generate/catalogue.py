"""What people wish for: how often each thing is asked, when, by how many hands, and how it is staffed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matcher.generate.dice import Shares
from matcher.generate.distributions import Slot
from matcher.generate.town import Words

Rhythm = Literal["once", "weekly", "twice", "monthly", "rule", "dates"]
Policy = Literal["any", "steady", "rotate"]
Kind = Literal["visit", "escort", "goods", "event"]


@dataclass(frozen=True, slots=True)
class Seats:
    """One role: how many, with which skill at which level, with which vehicle."""

    id: str
    words: Words
    count: tuple[int, int] = (1, 1)
    skill: str | None = None
    level: int = 1
    vehicle: bool = False
    experienced: bool = False


HELPER = Seats("helper", ("志愿者", "helper"))


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing people wish for. ``share`` is its part of all visits; ``crew_of_two`` its part with two helpers."""

    key: str
    words: Words
    kind: Kind
    share: float
    minutes: tuple[int, ...] = (60,)
    slots: tuple[tuple[Slot, float], ...] = ()
    rhythms: tuple[tuple[Rhythm, float], ...] = (("once", 1.0),)
    policies: tuple[tuple[Policy, float], ...] = (("any", 1.0),)
    seats: tuple[Seats, ...] = (HELPER,)
    crew_of_two: float = 0.0
    goal: tuple[str, ...] = ()
    claimants_only: float = 0.0
    partial: float = 0.0
    one_team: float = 0.0
    restricted: bool = False
    """May be kept to the teams paired with the community."""
    standbys: int = 0
    for_children: bool = False
    flexible: bool = False
    """The resident fits in with whoever has the skill: more days, longer windows."""
    urgent: int = 0
    """Steps of priority on top."""


_OLD_HOURS: tuple[tuple[Slot, float], ...] = (
    ("workday-morning", 0.32), ("workday-afternoon", 0.28), ("evening", 0.06), ("weekend-morning", 0.14),
    ("weekend-afternoon", 0.20),
)
_ANY_HOURS: tuple[tuple[Slot, float], ...] = (
    ("workday-morning", 0.10), ("workday-afternoon", 0.25), ("evening", 0.20), ("weekend-morning", 0.25),
    ("weekend-afternoon", 0.20),
)
_SCHOOL_HOURS: tuple[tuple[Slot, float], ...] = (("evening", 0.25), ("weekend-morning", 0.40), ("weekend-afternoon", 0.35))
_STATION_HOURS: tuple[tuple[Slot, float], ...] = (
    ("workday-morning", 0.20), ("workday-afternoon", 0.30), ("weekend-morning", 0.30), ("weekend-afternoon", 0.20),
)
_OFFICE_HOURS: tuple[tuple[Slot, float], ...] = (("workday-morning", 0.55), ("workday-afternoon", 0.45))
_DAY_OFF_HOURS: tuple[tuple[Slot, float], ...] = (("weekend-morning", 0.60), ("weekend-afternoon", 0.40))
_STEADY: tuple[tuple[Policy, float], ...] = (("steady", 0.75), ("any", 0.25))
_OFTEN: tuple[tuple[Rhythm, float], ...] = (("weekly", 0.60), ("twice", 0.20), ("monthly", 0.10), ("rule", 0.10))
_SELDOM: tuple[tuple[Rhythm, float], ...] = (("monthly", 0.65), ("once", 0.35))

CATALOGUE: tuple[Ask, ...] = (
    Ask("company", ("陪伴聊天", "company"), "visit", 0.200, (60, 90), _OLD_HOURS, _OFTEN, _STEADY, restricted=True),
    Ask("walk", ("陪同散步", "a walk together"), "visit", 0.050, (60,), _OLD_HOURS, _OFTEN,
        (("steady", 0.5), ("any", 0.5)), restricted=True),
    Ask("cleaning", ("打扫卫生", "cleaning"), "visit", 0.110, (90, 120), _ANY_HOURS, _SELDOM, crew_of_two=0.70,
        restricted=True),
    Ask("errand", ("代买代办", "errands"), "visit", 0.080, (60,), _OLD_HOURS, (("weekly", 0.6), ("once", 0.4)),
        restricted=True),
    Ask("meal", ("送餐上门", "a warm meal brought"), "visit", 0.040, (45,), _OLD_HOURS[:2], (("weekly", 0.8), ("rule", 0.2)),
        (("rotate", 0.7), ("any", 0.3)), restricted=True),
    Ask("phone", ("教用智能手机", "help with a phone"), "visit", 0.050, (60,), _ANY_HOURS,
        (("once", 0.7), ("monthly", 0.3)), claimants_only=0.05),
    Ask("haircut", ("上门理发", "haircut at home"), "visit", 0.055, (45, 60), _ANY_HOURS, _SELDOM,
        (("any", 0.7), ("steady", 0.3)), (Seats("barber", ("理发", "barber"), skill="haircut"),), flexible=True),
    Ask("pressure", ("上门量血压", "blood pressure at home"), "visit", 0.065, (30, 45), _ANY_HOURS,
        (("twice", 0.5), ("monthly", 0.5)), (("steady", 0.4), ("any", 0.6)),
        (Seats("carer", ("量血压", "carer"), skill="blood-pressure"),), flexible=True),
    Ask("repair", ("水电小修", "small repairs"), "visit", 0.040, (60, 90), _ANY_HOURS, (("once", 1.0),),
        seats=(Seats("fitter", ("维修", "fitter"), skill="electrician", level=2),), claimants_only=0.05, flexible=True),
    Ask("tutoring", ("作业辅导", "homework help"), "visit", 0.075, (60, 90), _SCHOOL_HOURS,
        (("weekly", 0.85), ("twice", 0.15)), (("steady", 0.9), ("any", 0.1)),
        (Seats("tutor", ("辅导", "tutor"), skill="tutoring"),), for_children=True),
    Ask("piano", ("钢琴课", "piano lesson"), "visit", 0.012, (60,), _DAY_OFF_HOURS, (("weekly", 0.7), ("twice", 0.3)),
        (("steady", 1.0),), (Seats("teacher", ("钢琴老师", "teacher"), skill="piano", level=2),), for_children=True,
        claimants_only=0.2),
    Ask("counsel", ("心理疏导", "counselling"), "visit", 0.012, (60,), _ANY_HOURS, (("twice", 0.6), ("monthly", 0.4)),
        (("steady", 1.0),), (Seats("counsellor", ("心理咨询", "counsellor"), skill="counselling"),), flexible=True),
    Ask("legal", ("法律咨询", "legal advice"), "visit", 0.012, (60,), _ANY_HOURS,
        seats=(Seats("lawyer", ("法律咨询", "lawyer"), skill="legal"),), flexible=True),
    Ask("clinic-trip", ("陪同就医", "to the doctor together"), "escort", 0.045, (60, 90), _OFFICE_HOURS,
        (("once", 0.6), ("monthly", 0.4)), (("any", 0.6), ("rotate", 0.4)),
        (Seats("companion", ("陪同", "companion")),), goal=("hospital", "tcm"), urgent=1, restricted=True),
    Ask("drive", ("接送出行", "a ride there and back"), "escort", 0.055, (60, 90), _ANY_HOURS,
        (("monthly", 0.7), ("once", 0.3)), (("rotate", 1.0),),
        (Seats("driver", ("司机", "driver"), vehicle=True),), goal=("hospital", "sanatorium", "hall", "park"),
        claimants_only=0.25, standbys=1),
    Ask("goods", ("微心愿物品", "a small present"), "goods", 0.050, claimants_only=0.5, restricted=True),
    Ask("clinic", ("社区义诊", "clinic day"), "event", 0.004, (180,), _DAY_OFF_HOURS[:1], (("dates", 1.0),),
        seats=(
            Seats("doctor", ("医生", "doctor"), (2, 2), "doctor"), Seats("first-aid", ("急救", "first aid"), (3, 3), "first-aid"),
            Seats("helper", ("秩序引导", "ushers"), (4, 4)),
        ), partial=0.8, urgent=1),
    Ask("duty", ("站点值岗", "station duty"), "event", 0.035, (120, 180), _STATION_HOURS, (("rule", 1.0),),
        (("rotate", 0.3), ("any", 0.7)), (Seats("duty", ("值岗", "on duty"), (2, 3)),), partial=0.5, restricted=True),
    Ask("choir", ("合唱排练", "choir practice"), "event", 0.006, (120,), (("evening", 0.4), *_DAY_OFF_HOURS),
        (("weekly", 0.7), ("twice", 0.3)), (("steady", 1.0),),
        (Seats("leader", ("指导老师", "leader"), skill="choir"), Seats("helper", ("会务", "helper"), (1, 2)))),
    Ask("clean-up", ("清洁家园", "neighbourhood clean-up"), "event", 0.004, (90, 120), _DAY_OFF_HOURS,
        (("once", 0.5), ("dates", 0.5)), seats=(
            Seats("lead", ("带队", "lead"), experienced=True), Seats("helper", ("队员", "helper"), (5, 9)),
        ), partial=1.0, one_team=0.35),
)
"""All that is asked; pairings' visits (结对走访) are made from the pairings themselves."""

GOODS: tuple[tuple[Words, int], ...] = (
    (("电水壶 2升", "kettle, 2 litres"), 120), (("棉被 一床", "quilt"), 260), (("书包", "school satchel"), 150),
    (("防滑拐杖", "walking stick"), 80), (("保温杯", "thermos cup"), 90), (("台灯", "desk lamp"), 110),
    (("冬季棉衣", "winter coat"), 300), (("大字版收音机", "radio"), 160), (("血压计", "blood pressure monitor"), 220),
    (("米和油", "rice and oil"), 180),
)
STEADY_FACES = (2, 4)
"""``max_helpers`` of a steady wish that states it."""
STATES_FACES_SHARE, STATES_TURNS_SHARE, STATES_GAPS_SHARE = 0.35, 0.30, 0.25
DATES: Shares[int] = ((1, 0.20), (2, 0.30), (3, 0.25), (4, 0.15), (5, 0.10))
"""Possible days of a single visit."""
DAYS: Shares[int] = ((1, 0.55), (2, 0.35), (3, 0.10))
"""Possible weekdays of a repeating one."""
FLEXIBLE_DATES: Shares[int] = ((3, 0.30), (4, 0.40), (5, 0.30))
FLEXIBLE_DAYS: Shares[int] = ((2, 0.50), (3, 0.50))
"""The same where the resident fits in with whoever has the skill."""
SLACK: Shares[int] = ((0, 0.35), (30, 0.40), (60, 0.25))
FLEXIBLE_SLACK: Shares[int] = ((30, 0.40), (60, 0.60))
"""Minutes a window is longer than the service."""
OWN_GENDER_SHARE = 0.02
"""Single roles that ask for a woman or a man for this one task."""
