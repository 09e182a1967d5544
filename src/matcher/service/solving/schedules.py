"""The weekly job: a schedule per community; every ISO week one run, whose roster is a draft that waits for publication."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matcher.domain.scenario import PlanningWindow, Program
from matcher.errors import BadInput, Fault
from matcher.service.solving.config import ScheduleConfig, schedule_config
from matcher.store import facts, runs
from matcher.store.assembly import scenario_of
from matcher.store.audit import note
from matcher.store.database import Database, now_of
from matcher.store.scope import community_of
from matcher.store.tables import RunRow, ScheduleRow
from matcher.store.tenants import scope_of
from matcher.store.words import say

ACTOR = "schedule"
_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it stands. ``cron`` is in the programme's time zone."""

    id: str
    cron: str
    config: ScheduleConfig
    enabled: bool
    next_at: datetime
    version: int


def next_after(cron: str, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first time behind ``moment`` that a cron expression names, by the zone's clock.

    >>> next_after("0 20 * * SUN", datetime.fromisoformat("2026-11-24T09:00+08:00"), ZoneInfo("Asia/Shanghai")).isoformat()
    '2026-11-29T20:00:00+08:00'
    """
    from croniter import croniter

    found: datetime = croniter(cron, moment.astimezone(zone)).get_next(datetime)
    return found


def period_of(moment: datetime, zone: ZoneInfo) -> str:
    """The ISO week a moment lies in.

    >>> period_of(datetime.fromisoformat("2026-11-29T20:00+08:00"), ZoneInfo("Asia/Shanghai"))
    '2026-W48'
    """
    year, week, _ = moment.astimezone(zone).isocalendar()
    return f"{year}-W{week:02}"


def add(session: Session, cron: str, config: Mapping[str, Any], *, enabled: bool = True) -> Schedule:
    """A new schedule; raises ``BadInput`` for an expression or a config that is not understood."""
    row = ScheduleRow(community=community_of(session), id=uuid.uuid4().hex, version=0)
    _set(session, row, cron, config, enabled=enabled)
    session.add(row)
    session.flush()
    note(session, "create", "schedules", row.id, row.version)
    return _seen(row)


def change(
    session: Session, key: str, cron: str, config: Mapping[str, Any], *, enabled: bool, expected: int | None = None
) -> Schedule:
    """Change a schedule; raises ``NotFound``, ``Conflict`` for an old version, ``BadInput``."""
    row = _row(session, key)
    if expected is not None and expected != row.version:
        lang = session.info["lang"]
        message = say("stale", lang, key=key, who=row.changed_by, version=row.version)
        raise facts.Conflict([Fault(message, say("stale-advice", lang), code="stale")])
    _set(session, row, cron, config, enabled=enabled)
    session.flush()
    note(session, "change", "schedules", row.id, row.version)
    return _seen(row)


def remove(session: Session, key: str) -> None:
    """Take a schedule away; its runs stay. Raises ``NotFound``."""
    row = _row(session, key)
    session.execute(
        delete(ScheduleRow).where(ScheduleRow.number == row.number).execution_options(synchronize_session=False)
    )
    note(session, "remove", "schedules", key, row.version)


def page(session: Session) -> tuple[Schedule, ...]:
    """The schedules within reach."""
    return tuple(_seen(row) for row in session.scalars(select(ScheduleRow).order_by(ScheduleRow.number)))


def next_times(session: Session, told: str, count: int) -> tuple[datetime, ...]:
    """The next times of a schedule, by its id, or of a cron expression, by the programme's clock.

    Raises ``NotFound``, ``BadInput`` for an expression that is not understood.
    """
    zone, moment = _zone(session), now_of(session)
    cron = told if " " in told else _row(session, told).cron
    times: list[datetime] = []
    for _ in range(count):
        moment = _checked_next(cron, moment, zone, session.info["lang"])
        times.append(moment)
    return tuple(times)


def submit_due(database: Database) -> list[str]:
    """Submit a run for every schedule whose time has come, once per ISO week; the weeks.

    Times missed while no worker ran are made up for by one run, of the last of them. Several workers may do this at once.
    """
    with database.everyone(ACTOR) as session:
        now = now_of(session)
        due = [
            (row.id, scope_of(session, row.community))
            for row in session.scalars(select(ScheduleRow).where(ScheduleRow.enabled, ScheduleRow.next_at <= now))
        ]
    weeks = []
    for key, scope in due:
        with database.writing(scope, ACTOR) as session:
            week = _submit(session, key)
        if week is not None:
            weeks.append(week)
    return weeks


def _submit(session: Session, key: str) -> str | None:
    row = session.scalar(select(ScheduleRow).where(ScheduleRow.id == key).with_for_update())
    now = now_of(session)
    if row is None or not row.enabled or row.next_at > now:
        return None  # another worker was first
    zone, slot = _zone(session), row.next_at
    while (later := next_after(row.cron, slot, zone)) <= now:
        slot = later
    row.next_at = later
    session.flush()
    week = period_of(slot, zone)
    if session.scalar(select(RunRow.number).where(RunRow.schedule == row.number, RunRow.period == week)) is not None:
        return None
    config = schedule_config(row.config, session.info["lang"])
    told = Program.model_validate(facts.program(session).document)
    try:
        # Outcomes may have been written down since the job was due.
        scenario = scenario_of(session, as_of=max(now, told.as_of), window=_window(config, slot, zone))
    except BadInput as error:
        note(session, "skipped", "schedules", row.id, row.version, period=week, codes=[f.code for f in error.faults])
        return None
    runs.submit(
        session, config.run.model_dump(), scenario, priority=config.priority, schedule=row.number, period=week
    )
    return week


def _window(config: ScheduleConfig, slot: datetime, zone: ZoneInfo) -> PlanningWindow | None:
    if config.days is None:
        return None
    first = slot.astimezone(zone).date() + timedelta(days=config.first_day_in)
    return PlanningWindow(start=first, end=first + timedelta(days=config.days - 1))


def _set(session: Session, row: ScheduleRow, cron: str, config: Mapping[str, Any], *, enabled: bool) -> None:
    lang, now = session.info["lang"], now_of(session)
    told = schedule_config(config, lang)
    soon = _checked_next(cron, now, _zone(session), lang)
    row.cron, row.config, row.enabled, row.next_at = cron, told.model_dump(mode="json"), enabled, soon
    row.version, row.changed_at, row.changed_by = row.version + 1, now, session.info["actor"]


def _checked_next(cron: str, moment: datetime, zone: ZoneInfo, lang: str) -> datetime:
    from croniter import CroniterBadCronError, CroniterBadDateError

    try:
        if len(cron.split()) != _FIELDS:
            raise ValueError("five fields are needed")
        return next_after(cron, moment, zone)
    except (CroniterBadCronError, CroniterBadDateError, ValueError, KeyError) as error:
        message = say("bad-cron", lang, cron=cron[:60])
        raise BadInput([Fault(message, say("bad-cron-advice", lang), path=("cron",), code="bad-cron")]) from error


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(Program.model_validate(facts.program(session).document).timezone)


def _row(session: Session, key: str) -> ScheduleRow:
    row = session.scalar(select(ScheduleRow).where(ScheduleRow.id == key))
    if row is None:
        raise facts.NotFound([Fault(say("no-schedule", session.info["lang"], key=key), code="no-schedule")])
    return row


def _seen(row: ScheduleRow) -> Schedule:
    return Schedule(
        row.id, row.cron, ScheduleConfig.model_validate(row.config), row.enabled, row.next_at, row.version
    )
