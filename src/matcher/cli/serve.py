"""``matcher serve``: the board and the HTTP API, with a worker and the courier beside it."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from matcher.cli.db import DatabaseAddress, open_database
from matcher.cli.options import Language
from matcher.cli.text import told

if TYPE_CHECKING:
    from matcher.store.database import Database

Level = Literal["debug", "info", "warning", "error"]


def add_to(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command(
        help=told(
            "Serve the board and the HTTP API; makes the database if there is none.",
            "启动服务器（网页和 HTTP 接口）；没有数据库就新建。",
        )
    )(serve)


def serve(
    host: Annotated[
        str, typer.Option("--host", help=told("The address to listen at.", "在哪个地址等候。"))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help=told("The port; 0: any that is free.", "端口；0 为任选一个。"))
    ] = 8321,
    workers: Annotated[
        int,
        typer.Option(
            "--workers", min=0, max=256,
            help=told("Runs at once, in a process beside; 0: none.", "同时做几个排班任务（另开进程）；0 为不做。"),
        ),
    ] = 1,
    processes: Annotated[
        int, typer.Option("--processes", min=1, max=64, help=told("Processes that answer.", "几个进程一起应答。"))
    ] = 1,
    no_courier: Annotated[
        bool, typer.Option("--no-courier", help=told("Deliver no webhooks.", "不发消息推送。"))
    ] = False,
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", metavar="FILE", help=told("Serve https: the certificate.", "用 https：证书。"))
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", metavar="FILE", help=told("The certificate's key.", "证书的私钥。"))
    ] = None,
    insecure: Annotated[
        bool,
        typer.Option(
            "--insecure", help=told("Other machines may connect without encryption.", "允许别的机器不加密地连上。")
        ),
    ] = False,
    log: Annotated[Level, typer.Option("--log", help=told("What to log.", "日志记到多细。"))] = "info",
    database: DatabaseAddress = None,
    lang: Language = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM: requests under way end, runs go back to the queue."""
    gc.disable()  # what is loaded now stays: looking through it again and again would only hold up the start
    store = open_database(database, lang)
    from matcher.api.serve_words import say
    from matcher.api.serving import Serving, refuse_unusable
    from matcher.api.serving import serve as serve_on
    from matcher.api.settings import BASE_URL
    from matcher.service import logs
    from matcher.store.address import shown

    how = Serving(
        host=host, port=port, workers=workers, processes=processes, courier=not no_courier, certificate=tls_cert,
        certificate_key=tls_key, insecure=insecure, level=log, app="matcher.board.app:create_app",
    )
    # What cannot be served is said before a database is made.
    refuse_unusable(how, store.lang)
    logs.set_up(level=log, process="server")
    key, token = _prepare(store)

    def begun(url: str) -> None:
        gc.freeze()
        gc.enable()
        _tell(say("ready", store.lang, url=url, address=shown(store.url)))
        if store.keys.current is None:
            _tell(say("not-encrypted", store.lang))
        if token is not None:
            _tell(say("first-admin", store.lang, url=f"{os.environ.get(BASE_URL, url)}/board/welcome/{token}"))
        if key is not None:
            _tell(say("first-key", store.lang, key=key))

    serve_on(store, how, begun)
    store.close()
    _tell(say("ended", store.lang))


def _prepare(store: Database) -> tuple[str | None, str | None]:
    """Make the database if there is none; if nobody has an account yet the first key and the first person's token."""
    from matcher.api.serve_words import say
    from matcher.store.address import shown
    from matcher.store.migrate import upgrade

    if store.revision() is None:
        upgrade(store)
        _tell(say("made", store.lang, address=shown(store.url)))
    store.refuse_other_version()
    from matcher.service.accounts.auth import first_admin, first_admin_key

    key = first_admin_key(store)
    token = first_admin(store) if key is not None else None
    return key.text if key else None, token.text if token else None


def _tell(sentence: str) -> None:
    print(sentence, flush=True, file=sys.stdout)
