"""What rosters look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict

from matcher.api.plan_bodies import MOMENT
from matcher.domain.base import Fact, YesNo


class RosterAsked(Fact):
    """A roster to keep as a draft."""

    roster: dict[str, Any]
    """As in roster.json."""
    moment: Annotated[str, MOMENT] | None = None


class PublishAsked(Fact):
    """How to publish."""

    confirm_changes: YesNo = False
    """Whoever was told otherwise will be told."""
    moment: Annotated[str, MOMENT] | None = None


class RosterTold(BaseModel):
    """A roster and where it stands."""

    model_config = ConfigDict(extra="forbid")

    id: str
    edition: int
    """Counts the community's rosters."""
    state: Literal["draft", "published", "archived"]
    version: int
    run: str | None
    """The plan it comes from."""
    replaces: str | None
    """The roster it was made from, by hand or by replan."""
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str | None
    first_day: date
    last_day: date
    roster: dict[str, Any] | None = None
    view: dict[str, Any] | None = None


EDIT_EXAMPLES: dict[str, Any] = {
    "replace": {
        "summary": "Somebody else drives in December",
        "value": {"changes": [{"op": "replace", "visit": "wu-escort/2026-12", "volunteer": "v01", "by": "v05"}]},
    },
    "move": {
        "summary": "The ride begins an hour later",
        "value": {"changes": [{"op": "move", "visit": "wu-escort/2026-12", "start": "2026-12-12T09:00:00+08:00"}]},
    },
}
