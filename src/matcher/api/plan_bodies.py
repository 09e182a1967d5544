"""What plans look like over HTTP: what is asked, and what is told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from matcher.domain.base import IS_WHOLE, Fact
from matcher.domain.scenario import PlanningWindow
from matcher.service.solving.config import RunConfig
from matcher.service.solving.plans import Asked

PlanKey = Annotated[str, Path(min_length=1, max_length=64, description="The plan's id.")]
MOMENT = Field(
    description="`now`, or a time with its offset: the facts as of then. Left away: as of the programme's own moment.",
    max_length=40, examples=["now", "2026-11-24T09:00:00+08:00"],
)


class ScopeTold(Fact):
    """A community of a district."""

    district: Annotated[str, Field(min_length=1, max_length=120)]
    community: Annotated[str, Field(min_length=1, max_length=120)]


class PlanAsked(Fact):
    """What is to be planned, and how."""

    scope: ScopeTold | None = None
    """Whose plan it is; left away, the caller's own community."""
    config: RunConfig = RunConfig()
    priority: Annotated[int, Field(ge=-100, le=100), IS_WHOLE] = 0
    """Higher goes first."""
    scenario: dict[str, Any] | None = None
    """Facts to plan instead of those in the database, as in a scenario.json. They are not kept as facts."""
    moment: Annotated[str, MOMENT] | None = None
    window: PlanningWindow | None = None
    """The days to plan; left away, the programme's own."""

    @property
    def meant(self) -> Asked:
        """The same for the service."""
        return Asked(self.config, self.priority, self.scenario, self.moment, self.window)


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WarningTold(_Told):
    """What is worth knowing, and stops nothing."""

    message: str
    advice: str = ""
    code: str = ""
    where: str = ""


class TierTold(_Told):
    """A tier's value, and what no roster can go below; null: not known (yet)."""

    name: str
    value: int | None = None
    bound: int | None = None
    gap: float | None = None
    status: str | None = None


class PlanTold(_Told):
    """A plan as it stands."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    scope: ScopeTold
    priority: int
    config: dict[str, Any]
    submitted_at: datetime
    submitted_by: str
    attempts: int
    started_at: datetime | None
    ended_at: datetime | None
    cancel_asked_at: datetime | None
    period: str | None
    """The week of a weekly job."""
    roster: str | None
    """The draft it has led to."""
    problem: dict[str, Any] | None
    """Why it failed: `kind`, `message`, `faults` or `demands`."""
    score: list[TierTold]
    metrics: dict[str, int] | None
    """How large it is: people, wishes, visits, seats, days; `needs`: the value of the tier with every seat empty."""
    warnings: list[WarningTold]
    links: dict[str, str]


class PlanChecked(_Told):
    """A plan that would be accepted."""

    scope: ScopeTold
    fingerprint: str
    metrics: dict[str, int]
    warnings: list[WarningTold]


PLAN_EXAMPLES: dict[str, Any] = {
    "stored": {
        "summary": "Mr Wu's community, as it stands, for at most a minute",
        "value": {"scope": {"district": "huizhou", "community": "donghe"}, "config": {"seconds": 60}},
    },
    "month": {
        "summary": "One month, from now on",
        "value": {
            "scope": {"district": "huizhou", "community": "donghe"}, "moment": "2026-11-24T09:00:00+08:00",
            "window": {"start": "2026-12-01", "end": "2026-12-31"}, "config": {"seconds": 20, "workers": 2},
        },
    },
}
