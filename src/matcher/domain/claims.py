"""Claims, declines, pairings, what was published, and what a coordinator pinned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from pydantic import model_validator

from matcher.domain.base import Count, Day, Fact, Id, Moment, Positive, YesNo

ClaimState = Literal["open", "chosen", "waitlisted", "not-chosen", "lapsed", "withdrawn"]


class Claim(Fact):
    """An offer of a volunteer or a team for one wish. A team's claim with a volunteer is a name given later."""

    id: Id
    wish: Id
    volunteer: Id | None = None
    team: Id | None = None
    at: Moment
    channel: Literal["livestream", "online", "qr", "offline", "team"] | None = None
    minutes: Count | None = None
    places: Positive = 1
    """How many people a team's claim brings; the names may follow, each as a claim of its own with the same team."""
    state: ClaimState = "open"

    @model_validator(mode="after")
    def _somebody_claims(self) -> Claim:
        if self.volunteer is None and self.team is None:
            raise ValueError("a claim needs a volunteer or a team")
        return self


def still_to_name(claims: Sequence[Claim]) -> list[Claim]:
    """The claims of one wish that count: a team's claim no longer does once its people are all named."""
    named = Counter(claim.team for claim in claims if claim.volunteer is not None)
    return [claim for claim in claims if claim.volunteer is not None or named[claim.team] < claim.places]


class Decline(Fact):
    """A refusal on record: of one visit by a volunteer, or of a wish by a team with first refusal."""

    visit: Id | None = None
    wish: Id | None = None
    volunteer: Id | None = None
    team: Id | None = None
    at: Moment | None = None

    @model_validator(mode="after")
    def _says_who_and_what(self) -> Decline:
        if (self.visit is None) == (self.wish is None):
            raise ValueError("a decline names a visit or a wish")
        if (self.volunteer is None) == (self.team is None):
            raise ValueError("a decline names a volunteer or a team")
        return self


class Pairing(Fact):
    """A standing one-to-one bond of a volunteer and a resident."""

    volunteer: Id
    resident: Id
    since: Day | None = None


class Published(Fact):
    """One seat people have been told about. Goods have no start."""

    visit: Id
    start: Moment | None = None
    end: Moment | None = None
    role: Id
    volunteer: Id
    standby: YesNo = False
    told_at: Moment | None = None


class Pin(Fact):
    """A coordinator's own decision: this volunteer on this visit (or never), or this start time."""

    visit: Id
    role: Id | None = None
    volunteer: Id | None = None
    start: Moment | None = None
    standby: YesNo = False
    never: YesNo = False
    """The volunteer stays off this visit."""

    @model_validator(mode="after")
    def _decides_something(self) -> Pin:
        if self.volunteer is None and self.start is None:
            raise ValueError("a pin names a volunteer, a start, or both")
        if self.never and self.volunteer is None:
            raise ValueError("a pin with never names a volunteer")
        return self
