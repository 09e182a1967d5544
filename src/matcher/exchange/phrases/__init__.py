"""Phrases: single cells as coordinators type them, read, read with a shown assumption, or refused with advice.

Every reader takes a cell's value (text, number, date, bool or None) and a ``Context``, never raises, and returns
a ``Reading``.
"""

from matcher.exchange.phrases.clock import (
    read_clock,
    read_clock_range,
    read_minutes,
)
from matcher.exchange.phrases.dates import (
    read_date,
    read_dates,
)
from matcher.exchange.phrases.frequency import (
    Frequency,
    read_frequency,
)
from matcher.exchange.phrases.goods import (
    Budget,
    Goods,
    read_budget,
    read_goods,
)
from matcher.exchange.phrases.hours import (
    Unavailability,
    read_availability,
    read_unavailability,
)
from matcher.exchange.phrases.numbers import (
    read_count,
    read_phone,
    read_yes_no,
)
from matcher.exchange.phrases.people import (
    read_age,
    read_gender,
    read_languages,
    read_name,
)
from matcher.exchange.phrases.reading import (
    Context,
    Reading,
    Refusal,
    shown,
)
from matcher.exchange.phrases.residents import (
    Requirements,
    ResidentReading,
    people_called,
    read_public_name,
    read_requirements,
    read_resident,
)
from matcher.exchange.phrases.roles import (
    read_people_served,
    read_roles,
)
from matcher.exchange.phrases.skills import (
    read_skills,
)
from matcher.exchange.phrases.text import (
    cell_text,
    damaged,
    fold,
    is_empty,
    matchable,
    number,
    to_simplified,
)
from matcher.exchange.phrases.things import (
    Address,
    CampaignTarget,
    WishWords,
    read_address,
    read_campaign_target,
    read_place_name,
    read_priority,
    read_wish,
    read_wish_state,
    split_wishes,
)
from matcher.exchange.phrases.vehicles import (
    VehicleReading,
    read_vehicle,
)
from matcher.exchange.phrases.wishtimes import (
    WishTime,
    read_windows,
    recurrence_of,
)

__all__ = [
    "Address",
    "Budget",
    "CampaignTarget",
    "Context",
    "Frequency",
    "Goods",
    "Reading",
    "Refusal",
    "Requirements",
    "ResidentReading",
    "Unavailability",
    "VehicleReading",
    "WishTime",
    "WishWords",
    "cell_text",
    "damaged",
    "fold",
    "is_empty",
    "matchable",
    "number",
    "people_called",
    "read_address",
    "read_age",
    "read_availability",
    "read_budget",
    "read_campaign_target",
    "read_clock",
    "read_clock_range",
    "read_count",
    "read_date",
    "read_dates",
    "read_frequency",
    "read_gender",
    "read_goods",
    "read_languages",
    "read_minutes",
    "read_name",
    "read_people_served",
    "read_phone",
    "read_place_name",
    "read_priority",
    "read_public_name",
    "read_requirements",
    "read_resident",
    "read_roles",
    "read_skills",
    "read_unavailability",
    "read_vehicle",
    "read_windows",
    "read_wish",
    "read_wish_state",
    "read_yes_no",
    "recurrence_of",
    "shown",
    "split_wishes",
    "to_simplified",
]
