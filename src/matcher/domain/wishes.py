"""Wishes: what is asked for, how often, by how many, under which conditions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from matcher.domain.base import IS_WHOLE, Clock, Count, Day, Days, Fact, Id, Moment, Positive, YesNo
from matcher.domain.people import Gender, SkillNeed, VehicleNeed
from matcher.domain.places import TravelMode


class Window(Fact):
    """Local time in which a visit may take place: it contains the whole service.

    ``at`` fixes the start instead ("leaves at eight"). ``dates`` name the days outright;
    otherwise they are the ``days`` that also lie in ``month_days`` ("1-10" for 上旬).
    """

    days: Days = "any"
    start: Clock = "00:00"
    end: Clock = "24:00"
    at: Clock | None = None
    dates: tuple[Day, ...] = ()
    month_days: Annotated[str, StringConstraints(pattern=r"^\d{1,2}(-\d{1,2})?$")] | None = None


class Recurrence(Fact):
    """When, and how often: exactly one of these shapes.

    - ``at``: fixed starts. Visit ids ``wish/2026-12-05T0900``.
    - ``rrule`` with ``dtstart`` and ``start``: RFC 5545. Same ids.
    - ``times`` ``per`` week or month within ``windows``: the planner chooses. Ids ``wish/2026-12``,
      ``wish/2026-12#2``, ``wish/2026-W49``.
    - ``windows`` alone: one visit, the planner chooses. Id ``wish/1``.

    ``since``, ``until`` and ``except_dates`` narrow any of them. The gaps are days between consecutive
    served visits.
    """

    at: tuple[Moment, ...] = ()
    rrule: str | None = None
    dtstart: Day | None = None
    start: Clock | None = None
    times: Annotated[int, Field(ge=1, le=31), IS_WHOLE] | None = None
    per: Literal["week", "month"] | None = None
    windows: tuple[Window, ...] = ()
    min_gap_days: Count | None = None
    max_gap_days: Count | None = None
    since: Day | None = None
    until: Day | None = None
    except_dates: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _one_shape(self) -> Recurrence:
        if bool(self.at) + bool(self.rrule) + bool(self.windows) != 1:
            raise ValueError("a recurrence needs exactly one of at, rrule and windows")
        if (self.times is None) != (self.per is None):
            raise ValueError("times and per belong together: times 1 per month")
        if self.times is not None and not self.windows:
            raise ValueError("times per week or month needs windows in which the visits may lie")
        if self.rrule is not None and (self.dtstart is None or self.start is None):
            raise ValueError("an rrule needs dtstart and start")
        low, high = self.min_gap_days, self.max_gap_days
        if low is not None and high is not None and low > high:
            raise ValueError(f"min_gap_days {low} must not exceed max_gap_days {high}")
        return self

    @property
    def least_gap_days(self) -> int:
        """Two visits the planner places freely never share a day unless told so."""
        if self.min_gap_days is not None:
            return self.min_gap_days
        return 1 if self.times is not None else 0


class Role(Fact):
    """One kind of seat at a wish."""

    id: Id = "helper"
    title: str = ""
    count: Annotated[int, Field(ge=1, le=500), IS_WHOLE] = 1
    skills: tuple[SkillNeed, ...] = ()
    vehicle: VehicleNeed | None = None
    gender: Gender | None = None
    language: str | None = None
    experienced: YesNo = False
    """The seat is for somebody who is not a newcomer."""


class Staffing(Fact):
    """How a repeating wish is staffed: take turns, steady faces, the paired volunteer, or anyone."""

    policy: Literal["rotate", "steady", "pair", "any"] = "any"
    max_turns: Positive | None = None
    turns_days: Positive = 365
    max_helpers: Positive | None = None
    standbys: Annotated[int, Field(ge=0, le=20), IS_WHOLE] = 0


class Wish(Fact):
    """What is asked for.

    ``visit``: at the resident's home. ``escort``: origin → destination, stay, return. ``goods``: buy
    and hand over by ``due``; no appointment. ``event``: a place, a time, several roles.
    """

    id: Id
    kind: Literal["visit", "escort", "goods", "event"]
    resident: Id | None = None
    title: str = ""
    place: Id | None = None
    """Where it happens; a visit's default is the resident's home."""
    origin: Id | None = None
    destination: Id | None = None
    stay_minutes: Count = 0
    returns: Annotated[bool, Field(alias="return")] = True
    travel_mode: TravelMode | None = None
    """How an escort without a vehicle travels; default bus."""
    minutes: Positive = 60
    submitted: Day | None = None
    priority: Annotated[int, Field(ge=1, le=5)] = 3
    recurrence: Recurrence | None = None
    roles: tuple[Role, ...] = (Role(),)
    claimants_only: YesNo = False
    claims_open: Moment | None = None
    """From when the wish may be claimed; None: from the start."""
    claims_close: Moment | None = None
    """Until when the wish may be claimed; None: until somebody screens the claims."""
    partial: YesNo = False
    """Some seats filled is better than none."""
    teams: tuple[Id, ...] = ()
    """Only members of these teams; empty: anyone."""
    as_one_team: YesNo = False
    """The whole crew comes from one team."""
    staffing: Staffing = Staffing()
    due: Day | None = None
    items: str | None = None
    budget_yuan: Count | None = None
    payer: str | None = None
    served: Count | None = None
    """People served at an event, for the notice; never helpers needed."""
    state: Literal["open", "with-others", "closed"] = "open"
    """``with-others``: handed to somebody else (已转物业); only open wishes are planned."""
    notes: str | None = None

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _kind_has_its_parts(self) -> Wish:
        if self.kind == "goods" and self.due is None:
            raise ValueError("goods need a due date")
        if self.kind == "goods" and self.recurrence is not None:
            raise ValueError("goods have no appointment: give a due date, not a recurrence")
        if self.kind == "escort" and (self.origin is None or self.destination is None):
            raise ValueError("an escort needs an origin and a destination")
        if self.kind == "event" and self.place is None:
            raise ValueError("an event needs a place")
        if self.kind in ("visit", "escort") and self.resident is None:
            raise ValueError(f"{self.kind} needs a resident")
        if self.kind in ("event", "escort") and self.recurrence is None:
            raise ValueError(f"{self.kind} needs to know when: give a recurrence")
        names = [role.id for role in self.roles]
        if not names or len(set(names)) < len(names):
            raise ValueError("a wish needs at least one role, each with its own id")
        return self
