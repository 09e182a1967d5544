"""What questions look like over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from matcher.api.plan_bodies import MOMENT
from matcher.domain.base import IS_WHOLE, Count, Fact, Id, Moment, Number, Positive, YesNo
from matcher.domain.claims import Pin

RosterKey = Annotated[str, Path(min_length=1, max_length=64, description="The roster's id.")]
Document = dict[str, Any]
"""A scenario.json or a roster.json."""
MOST_NEWS = 500
Names = Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=2, max_length=2)]
"""What two rosters are called."""
MOST_DECISIONS = 5000
Decision = Literal["open", "chosen", "waitlisted", "not-chosen"]


class Timed(Fact):
    """Which facts a question is about."""

    moment: Annotated[str, MOMENT] | None = None
    max_age: Annotated[Number, Field(ge=0, le=3600)] = 0
    """Facts worked out so many seconds ago will do; in a rush of claims that saves working them out anew."""


class DiffAsked(Timed):
    """What a roster is to be laid beside."""

    afresh: bool = False
    """As if nobody had been told anything: everybody's turns."""


class CheckAsked(Fact):
    """A roster to be judged by the facts alone."""

    scenario: Document
    roster: Document


class ExplainAsked(Fact):
    """What is to be explained: a visit, a volunteer, a wish, a visit with a volunteer; nothing: the whole roster."""

    wish: Id | None = None
    visit: Id | None = None
    volunteer: Id | None = None
    fixes: Annotated[int, Field(ge=0, le=10), IS_WHOLE] | None = None
    """So many ways to fill each empty place; left away: 5 for a visit, else 1."""
    seconds: Annotated[Number, Field(ge=0, le=30)] = 10
    """Time to look for them."""

    @property
    def values(self) -> dict[str, Any]:
        """For the service."""
        asked = self.fixes if self.fixes is not None else 5 if self.visit else 1
        return {
            "wish": self.wish, "visit": self.visit, "volunteer": self.volunteer, "fixes": asked, "seconds": self.seconds,
        }


class StoredExplainAsked(ExplainAsked, Timed):
    """As above, of a stored roster."""


class GivenExplainAsked(ExplainAsked, CheckAsked):
    """As above, of facts and a roster that are brought along."""


class SuggestAsked(Fact):
    """The visit people are looked for."""

    visit: Id
    role: Id | None = None
    instead_of: Id | None = None
    """Somebody to take over from this volunteer."""
    count: Annotated[int, Field(ge=1, le=5000), IS_WHOLE] = 10
    """People listed per seat."""
    blocked: YesNo = False
    """Also everybody who cannot come, with the reasons."""

    @property
    def values(self) -> dict[str, Any]:
        """For the service."""
        return {name: getattr(self, name) for name in SuggestAsked.model_fields}


class StoredSuggestAsked(SuggestAsked, Timed):
    """As above, of a stored roster."""


class GivenSuggestAsked(SuggestAsked, CheckAsked):
    """As above, of facts and a roster that are brought along."""


class ScreenAsked(Fact):
    """Which claims are to be decided, and how many are taken."""

    wish: Id | None = None
    """Only this wish; left away, every wish with open claims."""
    take: Positive | None = None
    """So many places; left away, as many people as the wish may see, or the fewest that will do."""
    waitlist: Count | None = None
    """Keep so many on the waitlist; left away, all."""
    afresh: YesNo = False
    """Also decide anew who was chosen before."""

    @property
    def values(self) -> dict[str, Any]:
        """For the service."""
        return {name: getattr(self, name) for name in ScreenAsked.model_fields}


class StoredScreenAsked(ScreenAsked):
    """As above, of the community's claims."""

    moment: Annotated[str, MOMENT] | None = None


class ScreenApplyAsked(StoredScreenAsked):
    """What is to be written."""

    noted: Count | None = None
    """What the proposal said: nothing is written if claims or facts have changed since."""
    decisions: Annotated[dict[Id, Decision], Field(max_length=MOST_DECISIONS, default_factory=dict)]
    """The coordinator's own decisions, by claim."""


class GivenScreenAsked(ScreenAsked):
    """As above, of facts that are brought along."""

    scenario: Document


class AwayTold(Fact):
    """Somebody cannot come: from a moment to another; left away: from now, or as long as the plan goes."""

    volunteer: Id
    start: Moment | None = None
    end: Moment | None = None


class DeclineTold(Fact):
    """Somebody cannot do one visit."""

    visit: Id
    volunteer: Id


class ReplanAsked(Fact):
    """What has happened since people were told."""

    absences: Annotated[tuple[AwayTold, ...], Field(max_length=MOST_NEWS)] = ()
    declines: Annotated[tuple[DeclineTold, ...], Field(max_length=MOST_NEWS)] = ()
    cancelled: Annotated[tuple[Id, ...], Field(max_length=MOST_NEWS)] = ()
    """Visits that are called off."""
    additions: Document | None = None
    """New wishes, people or claims, or what changes about known ones: lists as in a scenario.json."""
    max_changes: Count | None = None
    """Change at most so many of the things people were told."""
    seconds: Annotated[Number, Field(ge=0, le=60)] = 10
    seed: Count = 0

    @property
    def news(self) -> dict[str, Any]:
        """What has happened, as JSON."""
        told = {
            "absences": [one.model_dump(mode="json", exclude_none=True) for one in self.absences],
            "declines": [one.model_dump(mode="json") for one in self.declines],
            "cancelled": list(self.cancelled), "additions": self.additions,
        }
        return {name: value for name, value in told.items() if value}

    @property
    def values(self) -> dict[str, Any]:
        """For the service."""
        return {"news": self.news, "max_changes": self.max_changes, "seconds": self.seconds, "seed": self.seed}


class StoredReplanAsked(ReplanAsked):
    """As above, of a stored roster; the result is kept as a draft."""

    moment: Annotated[str, MOMENT] | None = None
    keep: YesNo = True
    """False: only look, keep no draft."""


class GivenReplanAsked(ReplanAsked, CheckAsked):
    """As above, of facts and a roster that are brought along."""


class CompareAsked(Timed):
    """The stored roster to compare with."""

    other: Annotated[str, Field(min_length=1, max_length=64)]
    names: Names | None = None
    """What the two are called in the answer; left away, A and B."""


class GivenCompareAsked(Fact):
    """Two rosters of the same facts."""

    scenario: Document
    a: Document
    b: Document
    names: Names | None = None


class AnyAnswer(BaseModel):
    """An answer; its parts are those of the command line's ``--json``."""

    model_config = ConfigDict(extra="allow")


class EditTold(Fact):
    """One change by hand.

    ``assign`` puts ``volunteer`` on the crew, ``standby`` lets them stand by, ``remove`` takes them off, ``replace`` puts
    ``by`` in their place, ``move`` gives the visit another ``start``, ``drop`` leaves it unserved.
    """

    op: Literal["assign", "standby", "remove", "replace", "move", "drop"]
    visit: Id
    volunteer: Id | None = None
    role: Id | None = None
    by: Id | None = None
    start: Moment | None = None

    @model_validator(mode="after")
    def _has_its_parts(self) -> EditTold:
        needed = {"move": ("start",), "drop": (), "replace": ("volunteer", "by")}.get(self.op, ("volunteer",))
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.op} needs {' and '.join(missing)}")
        return self


class EditsAsked(Fact):
    """Changes by hand, one after the other."""

    changes: Annotated[list[EditTold], Field(min_length=1, max_length=MOST_NEWS)]
    moment: Annotated[str, MOMENT] | None = None
    strict: YesNo = False
    """409 with every rule that the changes newly break, and nothing is kept; else that is told with the draft."""
    pin: YesNo = False
    """Pin whoever is put on and the new start; whoever is taken off is pinned no more."""
    put_pins: Annotated[tuple[Pin, ...], Field(max_length=MOST_NEWS)] = ()
    """Pins to write along, where ``pin`` is not said: to take a change back with its pins."""
    lift_pins: Annotated[tuple[Pin, ...], Field(max_length=MOST_NEWS)] = ()

    @property
    def values(self) -> dict[str, Any]:
        """For the service."""
        told = self.model_dump(mode="json", exclude_none=True, exclude={"moment"})
        return told | {name: [pin.model_dump(mode="json") for pin in getattr(self, name)] for name in ("put_pins", "lift_pins")}


class SheetAsked(Timed):
    """A roster with names."""

    places: bool = False
    """Also where everything is."""


class MovesAsked(Timed):
    """The visit whose other times are looked at."""

    visit: Id
