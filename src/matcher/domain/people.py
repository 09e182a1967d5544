"""Residents, volunteers and teams."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from matcher.domain.base import IS_WHOLE, Clock, Count, Day, Days, Fact, Id, Moment, Positive, YesNo
from matcher.domain.places import TravelMode

Gender = Literal["female", "male"]


class Required(Fact):
    """What a resident insists on; a volunteer who does not fit is not accepted."""

    gender: Gender | None = None
    language: str | None = None


class Resident(Fact):
    """Who is helped. ``banned`` never shows on anything a volunteer sees."""

    id: Id
    name: str = ""
    alias: str | None = None
    """The name for public output, instead of masking."""
    home: Id | None = None
    phone: str | None = None
    emergency: str | None = None
    banned: tuple[Id, ...] = ()
    preferred: tuple[Id, ...] = ()
    """Volunteers this resident would rather see; others cost quality."""
    required: Required = Required()
    liked: Required = Required()
    """As ``required``, but only a preference."""
    age: str | None = None
    """As told: ``84`` or ``80多岁``."""
    household: tuple[str, ...] = ()
    """Categories such as 低保 or 空巢; sensitive, never on public output."""
    notes: str | None = None
    is_volunteer: Id | None = None
    """The same person among the volunteers, if they also serve."""


class Skill(Fact):
    """A skill with its level (1 a little, 2 able, 3 professional) and the last day it is valid."""

    name: str
    level: Positive = 2
    valid_until: Day | None = None


class SkillNeed(Fact):
    """A skill a role asks for, at least at this level."""

    name: str
    level: Positive = 1


class Availability(Fact):
    """A repeating stretch of local time in which a volunteer (or a vehicle) can, would rather not, or cannot.

    The days come from ``days``, or from ``rrule`` (RFC 5545, without DTSTART, which is ``dtstart``),
    between ``since`` and ``until`` inclusive. ``end`` at or before ``start`` runs past midnight.
    ``unavailable`` wins over everything; ``preferred`` and ``undesired`` are available too.
    """

    days: Days = "any"
    rrule: str | None = None
    dtstart: Day | None = None
    since: Day | None = None
    until: Day | None = None
    start: Clock = "00:00"
    end: Clock = "24:00"
    kind: Literal["available", "preferred", "undesired", "unavailable"] = "available"


class Absence(Fact):
    """A stretch of time somebody is away."""

    start: Moment
    end: Moment
    reason: str | None = None


class Vehicle(Fact):
    """A vehicle: passenger seats (the driver not counted), and its own hours (empty: whenever its driver can)."""

    seats: Positive = 4
    wheelchair: YesNo = False
    availability: tuple[Availability, ...] = ()


class VehicleNeed(Fact):
    """What a role asks of a vehicle."""

    seats: Positive = 1
    wheelchair: YesNo = False


class Limits(Fact):
    """Most, and least, a volunteer does. None means the programme's default (``settings.default_limits``)."""

    visits_per_day: Count | None = None
    visits_per_week: Count | None = None
    visits_per_month: Count | None = None
    minutes_per_day: Count | None = None
    minutes_per_week: Count | None = None
    minutes_per_month: Count | None = None
    least_visits_per_month: Count | None = None
    max_travel_minutes: Count | None = None
    rest_days: Annotated[int, Field(ge=0, le=7), IS_WHOLE] | None = None
    """Days without any visit in each ISO week."""
    min_rest_minutes: Count | None = None
    """Least time between the end of one visit and the start of the next."""


class Volunteer(Fact):
    """Somebody who offers to help. Without availability they are not scheduled at all (goods aside)."""

    id: Id
    name: str = ""
    alias: str | None = None
    gender: Gender | None = None
    phone: str | None = None
    number: str | None = None
    """The number at the hours platform."""
    home: Id | None = None
    team: Id | None = None
    joined: Day | None = None
    languages: tuple[str, ...] = ()
    skills: tuple[Skill, ...] = ()
    vehicle: Vehicle | None = None
    licence: YesNo | None = None
    """May drive although there is no vehicle of their own."""
    travel_mode: TravelMode = "bus"
    availability: tuple[Availability, ...] = ()
    unavailable: tuple[Absence, ...] = ()
    limits: Limits = Limits()
    likes: tuple[str, ...] = ()
    """Wish ids, resident ids, kinds or skill names they would rather do."""
    dislikes: tuple[str, ...] = ()
    """The same, they would rather not do; costs quality."""
    prior_visits: Count = 0
    """Visits served before the history on file begins; counts for experience only."""
    prior_minutes: Count = 0
    """Minutes served before the history on file begins; counts for stars only."""
    notes: str | None = None


class Team(Fact):
    """A team or unit; ``communities`` are those it is paired with (and has first refusal for)."""

    id: Id
    name: str = ""
    parent: Id | None = None
    communities: tuple[str, ...] = ()
