"""Weekly jobs over HTTP: made, changed, taken away; when they run next, and how they ran last."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from matcher.api.callers import AT, Call, calling
from matcher.api.conditional import Conditional
from matcher.api.once import Done, OnlyOnce
from matcher.domain.base import Fact, YesNo
from matcher.domain.scenario import Program
from matcher.errors import Fault
from matcher.service.solving import schedules
from matcher.service.solving.config import ScheduleConfig
from matcher.service.solving.schedules import Schedule
from matcher.store import facts
from matcher.store.facts import NotFound, Stored
from matcher.store.lookup import last_runs
from matcher.store.runs import Run
from matcher.store.words import say as store_say

router = APIRouter(tags=["schedules"])

ScheduleKey = Annotated[str, Path(min_length=1, max_length=64)]
_NEXT = 5
"""Times told ahead."""


class ScheduleAsked(Fact):
    """A weekly job."""

    cron: Annotated[str, Field(min_length=1, max_length=100, examples=["0 20 * * SUN"])]
    """Minute, hour, day, month, weekday, by the programme's clock."""
    config: ScheduleConfig = ScheduleConfig()
    enabled: YesNo = True


class LastRun(BaseModel):
    """How it went the last time."""

    model_config = ConfigDict(extra="forbid")

    plan: str
    period: str | None
    state: str
    roster: str | None
    submitted_at: datetime
    ended_at: datetime | None


class ScheduleTold(BaseModel):
    """A weekly job as it stands."""

    model_config = ConfigDict(extra="forbid")

    id: str
    cron: str
    config: dict[str, Any]
    enabled: bool
    version: int
    next: list[datetime]
    """When it comes due; at most one run per ISO week."""
    last: LastRun | None


class SchedulesTold(BaseModel):
    """The weekly jobs of a community."""

    model_config = ConfigDict(extra="forbid")

    items: list[ScheduleTold]


_BODY = Body(openapi_examples={"sunday": {
    "summary": "Every Sunday at 20:00, the four weeks from the Monday after next day on",
    "value": {"cron": "0 20 * * SUN", "config": {"first_day_in": 1, "days": 28, "run": {"seconds": 60}}},
}})


@router.get(
    f"{AT}/schedules", operation_id="schedules.list", response_model=SchedulesTold, summary="The weekly jobs"
)
def list_(call: Annotated[Call, Depends(calling("schedules.list"))]) -> dict[str, Any]:
    """Each with its next times and its last run."""
    return {"items": _all(call)}


@router.get(f"{AT}/schedules/{{schedule}}", operation_id="schedules.get", response_model=ScheduleTold, summary="A weekly job")
def get(schedule: ScheduleKey, response: Response, call: Annotated[Call, Depends(calling("schedules.get"))]) -> dict[str, Any]:
    """With its next times and its last run."""
    found = next((one for one in _all(call) if one["id"] == schedule), None)
    if found is None:
        raise _missing(call, schedule)
    response.headers["ETag"] = f'"{found["version"]}"'
    return found


@router.post(
    f"{AT}/schedules", operation_id="schedules.create", response_model=None, status_code=201, summary="A new weekly job",
    responses={201: {"model": ScheduleTold, "description": "Made."}},
)
def create(
    asked: Annotated[ScheduleAsked, _BODY], request: Request, once: OnlyOnce,
    call: Annotated[Call, Depends(calling("schedules.create"))],
) -> Response:
    """Its runs' rosters are drafts that wait for publication."""
    with call.writing() as session:

        def act() -> Done:
            made = schedules.add(session, asked.cron, asked.config.model_dump(), enabled=asked.enabled)
            headers = {"ETag": f'"{made.version}"', "Location": f"{request.url.path}/{made.id}"}
            return Done(201, _told(made, _zone(session), None), headers)

        return once.answer(session, act)


@router.put(
    f"{AT}/schedules/{{schedule}}", operation_id="schedules.put", response_model=None, summary="Change a weekly job",
    responses={200: {"model": ScheduleTold, "description": "Changed."}},
)
def put(
    schedule: ScheduleKey, asked: Annotated[ScheduleAsked, _BODY], conditions: Conditional,
    call: Annotated[Call, Depends(calling("schedules.put"))],
) -> Response:
    """Needs If-Match. The next time is worked out anew, from now on."""
    with call.writing() as session:
        facts.lock(session, 0)
        before = next((one for one in schedules.page(session) if one.id == schedule), None)
        if before is None:
            raise _missing(call, schedule)
        row = Stored("schedules", schedule, {}, before.version, 0, before.next_at, "")
        expected = conditions.expected(row, schedule)
        made = schedules.change(
            session, schedule, asked.cron, asked.config.model_dump(), enabled=asked.enabled, expected=expected
        )
        body = _told(made, _zone(session), last_runs(session).get(schedule))
    return JSONResponse(body, headers={"ETag": f'"{made.version}"'})


@router.delete(
    f"{AT}/schedules/{{schedule}}", operation_id="schedules.delete", response_model=None, status_code=204,
    summary="Take a weekly job away",
)
def delete(schedule: ScheduleKey, call: Annotated[Call, Depends(calling("schedules.delete"))]) -> Response:
    """Its runs stay."""
    with call.writing() as session:
        schedules.remove(session, schedule)
    return Response(status_code=204)


def _all(call: Call) -> list[dict[str, Any]]:
    with call.reading() as session:
        found = schedules.page(session)
        last = last_runs(session) if found else {}
        return [_told(one, _zone(session), last.get(one.id)) for one in found]


def _told(schedule: Schedule, zone: ZoneInfo, last: Run | None) -> dict[str, Any]:
    times = [schedule.next_at.astimezone(zone)]
    while len(times) < _NEXT:
        times.append(schedules.next_after(schedule.cron, times[-1], zone))
    shown = None if last is None else {
        "plan": last.id, "period": last.period, "state": last.state, "roster": last.roster,
        "submitted_at": last.submitted_at.isoformat(), "ended_at": last.ended_at and last.ended_at.isoformat(),
    }
    return {
        "id": schedule.id, "cron": schedule.cron, "config": schedule.config.model_dump(mode="json"),
        "enabled": schedule.enabled, "version": schedule.version,
        "next": [time.isoformat() for time in islice(times, _NEXT if schedule.enabled else 0)], "last": shown,
    }


def _zone(session: Any) -> ZoneInfo:
    return ZoneInfo(Program.model_validate(facts.program(session).document).timezone)


def _missing(call: Call, key: str) -> NotFound:
    return NotFound([Fault(store_say("no-schedule", call.lang, key=key), code="no-schedule")])
