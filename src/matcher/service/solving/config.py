"""What a run is asked to do: limits, strategy, and for schedules the days to plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from matcher.domain.base import IS_WHOLE, Count, Fact, Number
from matcher.errors import BadInput
from matcher.exchange.faults import JsonPath, model_faults

_LATE_SECONDS = 120
"""For what happens before a solve's own clock begins and after it ends: reading, judging, compiling once."""
_UNLIMITED_SECONDS = 3600
"""For runs with counted work only."""


class RunConfig(Fact):
    """How a run solves. ``work`` replaces ``seconds``, as on the command line."""

    seconds: Annotated[Number, Field(ge=0, le=86_400)] = 60
    work: Annotated[Number, Field(gt=0)] | None = None
    gap: Annotated[Number, Field(ge=0, le=1)] | None = None
    unimproved: Annotated[Number, Field(ge=0)] | None = None
    seed: Count = 0
    workers: Annotated[int, Field(ge=1, le=64), IS_WHOLE] = 1
    strategy: Literal["auto", "flow", "exact", "columns", "lns"] = "auto"
    memory_mb: Annotated[int, Field(ge=256, le=1_048_576), IS_WHOLE] = 4096
    """More than this ends the run."""

    @property
    def most_seconds(self) -> float:
        """After so many seconds of the clock the process is ended, whatever it is doing."""
        return (self.seconds * 1.5 if self.work is None else _UNLIMITED_SECONDS) + _LATE_SECONDS


class ScheduleConfig(Fact):
    """A weekly job's runs. Without ``days`` they plan the programme's own window."""

    run: RunConfig = RunConfig()
    priority: Annotated[int, Field(ge=-100, le=100), IS_WHOLE] = 0
    first_day_in: Annotated[int, Field(ge=0, le=62), IS_WHOLE] = 1
    """Days from the day the job is due to the first day planned."""
    days: Annotated[int, Field(ge=1, le=366), IS_WHOLE] | None = None


def run_config(told: Mapping[str, Any], lang: str) -> RunConfig:
    """The config as told; raises ``BadInput`` with every fault."""
    try:
        return RunConfig.model_validate(dict(told))
    except ValidationError as error:
        raise BadInput(model_faults(error, JsonPath(("config",)), lang)) from error


def schedule_config(told: Mapping[str, Any], lang: str) -> ScheduleConfig:
    """The config as told; raises ``BadInput`` with every fault."""
    try:
        return ScheduleConfig.model_validate(dict(told))
    except ValidationError as error:
        raise BadInput(model_faults(error, JsonPath(("config",)), lang)) from error
