"""``matcher district`` and ``matcher cluster``: many communities planned side by side, here or on a cluster."""

from __future__ import annotations

import json as json_text
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.commands import OutDirectory
from matcher.cli.db import DatabaseAddress, actor, open_database
from matcher.cli.options import Encoding, Gap, HowToSolve, Language, Machine, Seconds, Seed, Unimproved, Work
from matcher.cli.text import terminal_language, told

if TYPE_CHECKING:
    from matcher.cluster.district import Entry, Summary
    from matcher.cluster.engine import Engine
    from matcher.cluster.sources import Community
    from matcher.store.database import Database

VARIABLE = "MATCHER_CLUSTER"


def add_to(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.command(help=told("Many communities side by side, each once.", "一次排很多社区，断了能接着排。"))(district)
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.callback()(lambda: None)
    group.command(help=told("A cluster on this machine alone.", "在本机开一个集群。"))(start)
    app.add_typer(group, name="cluster", help=told("Machines that plan districts.", "排大批社区用的集群。"))


def district(
    scenarios: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SCENARIO|FOLDER ...",
            help=told(
                "Facts, a file or a folder of .csv per community; or folders of them.",
                "台账，每个社区一份（.xlsx、.json 或放 .csv 的文件夹）；也可以写放台账的文件夹。",
            ),
            show_default=False,
        ),
    ] = None,
    out: OutDirectory = Path("district"),
    seconds: Seconds = 60,
    work: Work = None,
    seed: Seed = 0,
    strategy: HowToSolve = "auto",
    gap: Gap = None,
    unimproved: Unimproved = None,
    pages: Annotated[
        bool,
        typer.Option(
            "--pages", help=told("Also everything that is printed, sent and pinned up.", "连要打印、要发、要贴的一起写出。")
        ),
    ] = False,
    memory: Annotated[
        int,
        typer.Option("--memory", min=256, help=told("Megabytes a community may take.", "每个社区最多用多少 MB 内存。")),
    ] = 4096,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            min=0,
            help=told("Communities at once; 0: as many as there are cores.", "同时排几个社区；0 为有几个核就排几个。"),
        ),
    ] = 0,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            envvar=VARIABLE,
            show_envvar=False,
            help=told(
                "Plan on the dask cluster at tcp://host:port; default: MATCHER_CLUSTER, else this machine.",
                "交给集群排，写 tcp://主机:端口；默认看 MATCHER_CLUSTER，否则只用本机。",
            ),
        ),
    ] = None,
    patience: Annotated[
        float,
        typer.Option(
            "--patience",
            min=0,
            help=told("Seconds to wait for a cluster that is gone.", "集群断开后最多等多少秒。"),
        ),
    ] = 60,
    database: DatabaseAddress = None,
    district_id: Annotated[
        str | None,
        typer.Option(
            "--district",
            metavar="ID",
            help=told(
                "Instead of files: every community of this district in the database; rosters become drafts there.",
                "不用文件，排数据库里这个街道（区）的全部社区；排好的存成草稿。",
            ),
        ),
    ] = None,
    encoding: Encoding = None,
    lang: Language = None,
    json: Machine = False,
) -> None:
    """Many communities side by side, each planned once: what is done is kept, whatever dies on the way."""
    spoken = lang or terminal_language()
    from matcher.service.solving.config import run_config

    config = run_config(
        {
            "seconds": seconds, "work": work, "gap": gap, "unimproved": unimproved, "seed": seed, "strategy": strategy,
            "memory_mb": memory,
        },
        spoken,
    )
    store = _store(scenarios, database, district_id, lang)
    communities = _communities(scenarios, store, district_id or "main", encoding, lang)
    display = _Display(spoken, machine=json)
    with ExitStack() as stack:
        from matcher.cluster.checkpoint import DistrictFolder
        from matcher.cluster.district import plan_district

        engine = _engine(cluster, workers, patience, spoken, display.say)
        stack.callback(engine.close)  # also if the folder is refused
        folder = DistrictFolder(out, [community.name for community in communities], spoken)
        stack.enter_context(folder.held())
        if store is not None:
            from matcher.cluster.stored import Drafts

            display.keep = Drafts(store, district_id or "main", folder, actor()).keep
        is_cancelled = stack.enter_context(_interruptible(spoken))
        summary = plan_district(
            communities, folder, config, engine, pages=pages, is_cancelled=is_cancelled, watcher=display, lang=spoken
        )
    _show(summary, out, cluster, spoken, as_json=json)
    if summary.exit_code:
        raise typer.Exit(summary.exit_code)


def start(
    workers: Annotated[
        int,
        typer.Option("--workers", min=0, help=told("Communities at once; 0: all cores.", "同时排几个社区；0 为全部核。")),
    ] = 0,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help=told("Where it listens; 0: any free port.", "端口；0 为自己挑。")),
    ] = 8786,
    lang: Language = None,
) -> None:
    """A scheduler and workers for this machine alone, until Ctrl-C or SIGTERM; what dies is begun again."""
    spoken = lang or terminal_language()
    from matcher.cluster.hub import Hub, HubFails
    from matcher.cluster.words import say

    ends: list[int] = []
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda number, _frame: ends.append(number))
    count = workers or os.cpu_count() or 1
    hub = Hub(count, port=port, lang=spoken, tell=_tell)
    _tell(say("cluster-starts", spoken, address=hub.address, workers=count))
    _tell(say("cluster-use", spoken, address=hub.address))
    try:
        hub.keep(lambda: bool(ends))
    except HubFails as error:
        _tell(str(error))
        raise typer.Exit(1) from error
    _tell(say("cluster-ends", spoken))


# ------------------------------------------------------------------------------------------------- what is given


def _store(
    scenarios: list[Path] | None, database: str | None, district_id: str | None, lang: Language
) -> Database | None:
    """The database, if communities come from one."""
    from matcher.cluster.words import say
    from matcher.errors import BadInput

    spoken = lang or terminal_language()
    asked = database is not None or district_id is not None
    if asked and scenarios:
        raise BadInput(say("both-given", spoken), say("both-given-advice", spoken))
    if not asked and not scenarios:
        raise BadInput(say("nothing-to-plan", spoken), say("nothing-to-plan-advice", spoken))
    if not asked:
        return None
    store = open_database(database, lang)
    store.refuse_other_version()
    return store


def _communities(
    scenarios: list[Path] | None, store: Database | None, district_id: str, encoding: str | None, lang: Language
) -> list[Community]:
    if store is not None:
        from matcher.cluster.stored import communities_of

        return communities_of(store, district_id)
    from matcher.cluster.sources import communities_in

    return communities_in(scenarios or (), encoding=encoding, lang=lang, spoken=lang or terminal_language())


def _engine(
    cluster: str | None, workers: int, patience: float, lang: str, tell: Callable[[str], None]
) -> Engine:
    if cluster:
        from matcher.cluster.dasked import Cluster

        return Cluster(cluster, most=workers, patience=patience, lang=lang, tell=tell)
    from matcher.cluster.engine import ThisMachine

    return ThisMachine(workers or os.cpu_count() or 1)


# -------------------------------------------------------------------------------------------------- what is told


@dataclass(slots=True)
class _Display:
    """A line per community on stderr, or a line of JSON; and a draft per roster where there is a database."""

    lang: str
    machine: bool
    keep: Callable[[Entry], None] | None = None

    def ended(self, entry: Entry, done: int, total: int, seconds_left: float | None) -> None:
        """A community has ended."""
        from matcher.cluster.words import say, time_left

        if self.keep is not None:
            self.keep(entry)
        if self.machine:
            left = None if seconds_left is None else round(seconds_left, 1)
            self._line(entry.as_json() | {"event": "ended", "done": done, "total": total, "seconds_left": left})
            return
        values: dict[str, Any] = {"done": done, "total": total, "community": entry.community}
        values["left"] = time_left(seconds_left, self.lang) if done < total else ""
        values["anew"] = say(entry.anew, self.lang) if entry.anew else ""
        if entry.checkpoint is not None:
            made = entry.checkpoint
            values |= {"visits": made.visits, "empty": made.empty, "seconds": round(made.seconds)}
        if entry.problem is not None:
            values["message"] = str(entry.problem["message"]).partition("\n")[0]
        _tell(say(f"entry-{entry.state}", self.lang, **values))

    def again(self, community: str, attempt: int, problem: Mapping[str, Any]) -> None:
        """A community is begun again."""
        from matcher.cluster.words import say, told_problem
        from matcher.service.solving.config import RunConfig

        message = told_problem(problem, RunConfig(), self.lang, attempts=attempt - 1)["message"]
        if self.machine:
            self._line({"event": "again", "community": community, "attempt": attempt, "problem": problem})
        else:
            _tell(say("again", self.lang, community=community, attempt=attempt, message=message))

    def say(self, message: str) -> None:
        """Something about the cluster."""
        if self.machine:
            self._line({"event": "cluster", "message": message})
        else:
            _tell(message)

    def _line(self, what: Mapping[str, Any]) -> None:
        _tell(json_text.dumps(what, ensure_ascii=False))


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _interruptible(lang: str) -> Any:
    """While this lasts, the first Ctrl-C ends the district in good order; the second one quits."""
    from contextlib import contextmanager

    from matcher.cli.live import interruptible
    from matcher.solvers.stop import Stop

    @contextmanager
    def listening() -> Any:
        stop = Stop()
        with interruptible(stop, "en" if lang == "en" else "zh", "interrupt-district"):
            yield lambda: stop.cancelled

    return listening()


def _show(summary: Summary, out: Path, cluster: str | None, lang: str, *, as_json: bool) -> None:
    """The table of communities, and what failed with its remedies."""
    from matcher.cli.show import print_json, print_table
    from matcher.cluster.words import say

    if as_json:
        print_json(summary.as_json() | {"written": str(out)})
        return
    made = [entry.checkpoint for entry in summary.entries if entry.checkpoint is not None]
    if made:
        headers = [say(key, lang) for key in ("community", "visits", "empty", "needs", "quality", "cpu-seconds")]
        print_table(headers, [*map(_row, made), _row_of_all(made, lang)])
    counts = {state: summary.count(state) for state in ("done", "kept", "failed")}
    print(say("summary", lang, total=summary.total, **counts, seconds=round(summary.seconds), path=out))
    failed = [entry for entry in summary.entries if entry.problem is not None]
    if failed:
        print(say("failed-heading", lang))
    for entry in failed:
        assert entry.problem is not None
        print(f"  {entry.community}: " + _indented(entry.problem))
    if summary.stopped:
        print(say(f"stopped-{summary.stopped}", lang, open=summary.total - len(summary.entries), address=cluster))


def _row(made: Any) -> list[str]:
    tiers = {tier["name"]: tier for tier in made.tiers}
    shown = [_tier(tiers.get(name)) for name in ("needs", "quality")]
    return [made.community, str(made.visits), str(made.empty), *shown, str(round(made.used.get("cpu_seconds", 0)))]


def _tier(tier: Mapping[str, Any] | None) -> str:
    if tier is None:
        return ""
    return str(tier["value"]) if tier["bound"] in (None, tier["value"]) else f"{tier['value']} ≥ {tier['bound']}"


def _row_of_all(made: list[Any], lang: str) -> list[str]:
    from matcher.cluster.words import say

    sums = [sum(one.visits for one in made), sum(one.empty for one in made)]
    cpu_seconds = round(sum(one.used.get("cpu_seconds", 0) for one in made))
    return [say("all", lang), *map(str, sums), "", "", str(cpu_seconds)]


def _indented(problem: Mapping[str, Any]) -> str:
    lines = [str(problem["message"]), *(f"- {demand}" for demand in problem.get("demands", ()))]
    if problem.get("advice"):
        lines.append(str(problem["advice"]))
    return "\n".join(lines).replace("\n", "\n      ")
