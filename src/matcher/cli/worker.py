"""``matcher worker``: takes runs from the database and solves them, until it is told to end."""

from __future__ import annotations

import signal
import sys
from datetime import timedelta
from typing import Annotated

import typer

from matcher.cli.db import DatabaseAddress, open_database
from matcher.cli.options import Language
from matcher.cli.text import told


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(help=told("Solve the runs a server's database holds.", "做数据库里排着队的排班任务。"))(worker)


def worker(
    slots: Annotated[
        int, typer.Option("-n", "--slots", min=1, max=256, help=told("Runs at once.", "同时做几个。"))
    ] = 1,
    lease: Annotated[
        float,
        typer.Option(
            "--lease",
            min=1,
            max=3600,
            help=told(
                "Seconds after which others take over from a worker that fell silent.",
                "工作进程多少秒没有消息，别人就接着做。",
            ),
        ),
    ] = 30,
    database: DatabaseAddress = None,
    lang: Language = None,
) -> None:
    """Take runs from the queue, one process each, until Ctrl-C or SIGTERM; what is not finished goes back."""
    store = open_database(database, lang)
    from matcher.service import logs
    from matcher.service.solving.worker import Worker
    from matcher.store.words import say

    store.refuse_other_version()
    logs.set_up(process="worker")
    ends: list[int] = []
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda number, _frame: ends.append(number))
    print(say("worker-starts", store.lang, slots=slots), file=sys.stderr, flush=True)
    Worker(store, slots, lease=timedelta(seconds=lease), log=logs.tell_of_run).run(lambda: bool(ends))
    print(say("worker-ends", store.lang), file=sys.stderr)
