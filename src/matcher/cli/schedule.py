"""``matcher schedule``: the weekly jobs of a community, whose rosters are drafts that wait for publication."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.db import CommunityId, DatabaseAddress, DistrictId, actor, print_json, ready
from matcher.cli.options import HowToSolve, Language, Machine, Seconds, Seed, Work, Workers
from matcher.cli.text import told

if TYPE_CHECKING:
    from matcher.service.solving.schedules import Schedule

Cron = Annotated[
    str,
    typer.Argument(
        metavar="CRON",
        help=told(
            'Minute hour day month weekday, by the programme\'s clock: "0 20 * * SUN".',
            "分 时 日 月 周，按台账的时区，如 “0 20 * * SUN” 是每周日 20:00。",
        ),
        show_default=False,
    ),
]
ScheduleId = Annotated[
    str, typer.Argument(metavar="SCHEDULE", help=told("The schedule's id.", "定时任务的编号。"), show_default=False)
]


def add_to(app: typer.Typer) -> None:
    """Put the group of commands on the app."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    for name, command, en, zh in (
        ("add", add, "Plan a community every week at a time.", "定一个每周排班的时间。"),
        ("list", list_, "The schedules of a community.", "一个社区有哪些定时任务。"),
        ("remove", remove, "Take a schedule away; its runs stay.", "去掉一个定时任务，排过的还在。"),
        ("next", next_, "The next times of a schedule, or of an expression.", "接下来几次是什么时候。"),
    ):
        group.command(name, help=told(en, zh))(command)
    app.add_typer(group, name="schedule", help=told("The weekly jobs of a server.", "服务器的定时排班。"))


def add(
    cron: Cron,
    community: CommunityId,
    district: DistrictId = "main",
    seconds: Seconds = 60,
    work: Work = None,
    seed: Seed = 0,
    workers: Workers = 1,
    strategy: HowToSolve = "auto",
    priority: Annotated[
        int, typer.Option("--priority", min=-100, max=100, help=told("Higher goes first.", "大的先做。"))
    ] = 0,
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, max=366, help=told("So many days; default: the programme's window.", "排几天；默认按台账的起止。")),
    ] = None,
    first_day_in: Annotated[
        int,
        typer.Option("--first-day-in", min=0, max=62, help=told("Days from the job to the first day planned.", "从几天以后排起。")),
    ] = 1,
    off: Annotated[bool, typer.Option("--off", help=told("Do not run it yet.", "先不启用。"))] = False,
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Every ISO week at most one run, however often the expression names a time; a worker must be there to see it."""
    store = ready(database, lang)
    from matcher.cli.run_words import say
    from matcher.service.solving import schedules
    from matcher.store.scope import Scope

    config = {
        "run": {"seconds": seconds, "work": work, "seed": seed, "workers": workers, "strategy": strategy},
        "priority": priority, "days": days, "first_day_in": first_day_in,
    }
    with store.writing(Scope(district, community), actor()) as session:
        made = schedules.add(session, cron, config, enabled=not off)
    if json:
        print_json(_plain(made))
    else:
        print(say("scheduled", store.lang, id=made.id, next=_local(made.next_at)))


def list_(
    community: CommunityId,
    district: DistrictId = "main",
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """With the next time of each."""
    store = ready(database, lang)
    from matcher.cli.run_words import say
    from matcher.service.solving import schedules
    from matcher.store.scope import Scope

    with store.reading(Scope(district, community)) as session:
        found = schedules.page(session)
    if json:
        print_json([_plain(one) for one in found])
        return
    for one in found:
        off = "" if one.enabled else say("off", store.lang)
        print(say("schedule-row", store.lang, id=one.id, cron=one.cron, next=_local(one.next_at), off=off))
    if not found:
        print(say("no-schedules", store.lang))


def remove(
    schedule: ScheduleId,
    community: CommunityId,
    district: DistrictId = "main",
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Its runs and rosters stay."""
    store = ready(database, lang)
    from matcher.cli.run_words import say
    from matcher.service.solving import schedules
    from matcher.store.scope import Scope

    with store.writing(Scope(district, community), actor()) as session:
        schedules.remove(session, schedule)
    if json:
        print_json({"removed": schedule})
    else:
        print(say("removed", store.lang, id=schedule))


def next_(
    schedule: Annotated[
        str,
        typer.Argument(
            metavar="SCHEDULE|CRON", help=told("A schedule's id, or an expression.", "定时任务的编号，或一个定时写法。"),
            show_default=False,
        ),
    ],
    community: CommunityId,
    district: DistrictId = "main",
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=100, help=told("How many.", "看几次。"))] = 5,
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """By the programme's clock."""
    store = ready(database, lang)
    from matcher.service.solving import schedules
    from matcher.store.scope import Scope

    with store.reading(Scope(district, community)) as session:
        times = schedules.next_times(session, schedule, count)
    if json:
        print_json([moment.isoformat() for moment in times])
        return
    for moment in times:
        print(moment.isoformat(sep=" ", timespec="minutes"))


# ------------------------------------------------------------------------------------------------- helpers


def _plain(one: Schedule) -> dict[str, Any]:
    return {
        "id": one.id, "cron": one.cron, "config": one.config.model_dump(mode="json"), "enabled": one.enabled,
        "next_at": one.next_at.isoformat(), "version": one.version,
    }


def _local(moment: datetime) -> str:
    return moment.astimezone().isoformat(sep=" ", timespec="minutes")
