"""``matcher run``: runs in a server's database, asked for, looked at, cancelled, watched."""

from __future__ import annotations

import json as json_text
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from matcher.cli.db import CommunityId, DatabaseAddress, DistrictId, actor, print_json, ready
from matcher.cli.options import Gap, HowToSolve, Language, Machine, Seconds, Seed, Unimproved, Work, Workers
from matcher.cli.text import told

if TYPE_CHECKING:
    from matcher.store.database import Database
    from matcher.store.runs import ProgressEvent, Run
    from matcher.store.scope import Scope

State = Literal["queued", "running", "done", "failed", "cancelled"]
RunId = Annotated[str, typer.Argument(metavar="RUN", help=told("The run's id.", "任务的编号。"), show_default=False)]
_LOOK = 0.3
"""Seconds between looks at a run that is watched."""


def add_to(app: typer.Typer) -> None:
    """Put the group of commands on the app."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    for name, command, en, zh in (
        ("submit", submit, "Ask for a roster of a community's facts as they stand.", "按社区现在的台账排一次班。"),
        ("list", list_, "The runs of a community, the newest first.", "一个社区的排班任务，新的在前。"),
        ("show", show, "How a run stands, and why it failed if it did.", "看一个任务怎样了、为什么失败。"),
        ("cancel", cancel, "End a run; the best roster so far is kept.", "取消一个任务，已排出的留作草稿。"),
        ("watch", watch, "What happens in a run, until it ends.", "一直看到任务结束。"),
    ):
        group.command(name, help=told(en, zh))(command)
    app.add_typer(group, name="run", help=told("Runs of a server: submit, look, cancel.", "服务器的排班任务：提交、查看、取消。"))


def submit(
    community: CommunityId,
    district: DistrictId = "main",
    seconds: Seconds = 60,
    work: Work = None,
    gap: Gap = None,
    unimproved: Unimproved = None,
    seed: Seed = 0,
    workers: Workers = 1,
    strategy: HowToSolve = "auto",
    memory: Annotated[
        int, typer.Option("--memory-mb", min=256, help=told("More than this ends the run.", "用内存超过这么多 MB 就中止。"))
    ] = 4096,
    priority: Annotated[
        int, typer.Option("--priority", min=-100, max=100, help=told("Higher goes first.", "大的先做。"))
    ] = 0,
    watched: Annotated[bool, typer.Option("--watch", help=told("Watch it until it ends.", "一直看到结束。"))] = False,
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Freeze the facts and put a run of them into the queue; a worker takes it."""
    store = ready(database, lang)
    from matcher.service.solving.config import run_config
    from matcher.store import runs
    from matcher.store.assembly import scenario_of
    from matcher.store.scope import Scope

    config = run_config(
        {"seconds": seconds, "work": work, "gap": gap, "unimproved": unimproved, "seed": seed, "workers": workers,
         "strategy": strategy, "memory_mb": memory}, store.lang,
    )
    scope = Scope(district, community)
    with store.writing(scope, actor()) as session:
        made = runs.submit(session, config.model_dump(), scenario_of(session), priority=priority)
    _tell(store, made, "submitted", as_json=json and not watched)
    if watched:
        _watch(store, scope, made.id, after=0, as_json=json)


def list_(
    community: CommunityId,
    district: DistrictId = "main",
    only: Annotated[State | None, typer.Option("--state", help=told("Only these.", "只看这一种。"))] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help=told("At most.", "最多几个。"))] = 20,
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """The newest first."""
    store = ready(database, lang)
    from matcher.cli.run_words import say, state
    from matcher.store import runs
    from matcher.store.scope import Scope

    with store.reading(Scope(district, community)) as session:
        found = runs.page(session, limit=limit, state=only)
    if json:
        print_json([_plain(run) for run in found])
        return
    for run in found:
        end = say("took", store.lang, seconds=_seconds(run)) if _seconds(run) is not None else ""
        shown = state(run.state, store.lang)
        print(say("run-row", store.lang, id=run.id, state=shown, submitted=_local(run.submitted_at), who=run.submitted_by, end=end))
    if not found:
        print(say("no-runs", store.lang))


def show(
    run: RunId,
    community: CommunityId,
    district: DistrictId = "main",
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """How it stands."""
    store = ready(database, lang)
    from matcher.store import runs
    from matcher.store.scope import Scope

    with store.reading(Scope(district, community)) as session:
        found = runs.get(session, run)
    _show(store, found, as_json=json)


def cancel(
    run: RunId,
    community: CommunityId,
    district: DistrictId = "main",
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """At once if it waits, soon if it runs, nothing if it is over."""
    store = ready(database, lang)
    from matcher.store import runs
    from matcher.store.scope import Scope

    with store.writing(Scope(district, community), actor()) as session:
        found = runs.cancel(session, run)
    _tell(store, found, "cancelled" if found.is_over else "cancel-asked", as_json=json)


def watch(
    run: RunId,
    community: CommunityId,
    district: DistrictId = "main",
    after: Annotated[
        int, typer.Option("--after", min=0, help=told("Only what came after this number.", "只看这个序号以后的。"))
    ] = 0,
    database: DatabaseAddress = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Line by line until the run ends; Ctrl-C ends the watching, not the run."""
    store = ready(database, lang)
    from matcher.store.scope import Scope

    _watch(store, Scope(district, community), run, after=after, as_json=json)


# ------------------------------------------------------------------------------------------------- helpers


def _watch(store: Database, scope: Scope, key: str, *, after: int, as_json: bool) -> None:
    from matcher.cli.run_words import event, say
    from matcher.store import runs

    try:
        for one in _events(store, scope, key, after):
            if as_json:
                line = {"sequence": one.sequence, "at": one.at.isoformat(), **one.event}
                print(json_text.dumps(line, ensure_ascii=False), flush=True)
            else:
                print(say("event", store.lang, at=_local(one.at), told=event(one.event, store.lang)), flush=True)
    except KeyboardInterrupt:
        print(say("watching-ends", store.lang))
        return
    with store.reading(scope) as session:
        found = runs.get(session, key)
    if not as_json:
        _show(store, found, as_json=False)


def _events(store: Database, scope: Scope, key: str, after: int) -> Iterator[ProgressEvent]:
    from matcher.store import runs

    while True:
        with store.reading(scope) as session:
            run, found = runs.get(session, key), runs.progress(session, key, after=after)
        yield from found
        after = found[-1].sequence if found else after
        if run.is_over and after >= run.last_progress:
            return
        if not found:
            time.sleep(_LOOK)


def _tell(store: Database, run: Run, key: str, *, as_json: bool) -> None:
    from matcher.cli.run_words import say, state

    if as_json:
        print_json(_plain(run))
    else:
        print(say(key, store.lang, id=run.id, state=state(run.state, store.lang)))


def _show(store: Database, run: Run, *, as_json: bool) -> None:
    from matcher.cli.run_words import say, state

    if as_json:
        print_json(_plain(run))
        return
    lang = store.lang
    shown = state(run.state, lang)
    print(say("run", lang, id=run.id, state=shown, attempts=run.attempts, submitted=_local(run.submitted_at), who=run.submitted_by))
    if _seconds(run) is not None:
        print(say("took", lang, seconds=_seconds(run)))
    if run.roster is not None:
        print(say("roster", lang, roster=run.roster))
    if run.problem is not None:
        print(say("problem", lang, message=run.problem.get("message", run.problem.get("kind"))))


def _plain(run: Run) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(run).items() if name != "community"}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in kept.items()}


def _seconds(run: Run) -> float | None:
    if run.started_at is None or run.ended_at is None:
        return None
    return round((run.ended_at - run.started_at).total_seconds(), 1)


def _local(moment: Any) -> str:
    return str(moment.astimezone().isoformat(sep=" ", timespec="seconds"))
