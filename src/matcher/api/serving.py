"""A server: its socket, the processes that answer, the worker and the courier beside, and an orderly end."""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import uvicorn
from starlette.types import Receive, Scope, Send

from matcher.api.ratelimit import limits_from
from matcher.api.serve_words import say
from matcher.api.settings import PREFIX, ServerSettings
from matcher.errors import BadInput, Fault
from matcher.service import logs
from matcher.service.solving.keeper import Kept, when_left_alone
from matcher.service.webhooks.courier import Courier, run_quietly
from matcher.store.address import VARIABLE
from matcher.store.database import Database

GRACE = 10
"""Seconds requests under way have to end."""
_BACKLOG = 1024


class ServerApp(Protocol):
    """An ASGI app with a state of its own."""

    @property
    def state(self) -> Any: ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


@dataclass(frozen=True, slots=True)
class Serving:
    """How a server is run. ``workers`` solves at once in one process beside (0: none); ``processes`` answer requests."""

    host: str = "127.0.0.1"
    port: int = 8321
    workers: int = 1
    processes: int = 1
    courier: bool = True
    certificate: Path | None = None
    certificate_key: Path | None = None
    insecure: bool = False
    level: str = "info"
    app: str = "matcher.api.app:create_app"
    """Who makes the app: module and function of ``(database, settings)``."""
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


def refuse_unusable(how: Serving, lang: str) -> None:
    """Raise ``BadInput`` for an address, certificate or setting that cannot be, before anything is made or begun."""
    refuse_open_host(how, lang)
    _certificate(how, lang)
    limits_from(_settings(how, "http://127.0.0.1", lang).limits, lang)
    listen(how.host, how.port, lang).close()


def serve(database: Database, how: Serving, begun: Callable[[str], None]) -> None:
    """Serve until a signal; ``begun`` is told the address once requests are answered.

    Requests under way end, runs go back to the queue. Raises ``BadInput`` for an address that cannot be used.
    """
    lang = database.lang
    refuse_open_host(how, lang)
    certificate = _certificate(how, lang)
    with ExitStack() as left:
        listening = left.enter_context(listen(how.host, how.port, lang))
        url = url_of(how.host, listening.getsockname()[1], secure=certificate is not None)
        settings = _settings(how, url, lang)
        over = threading.Event()
        left.enter_context(_signals(over))
        left.callback(over.set)

        def ready() -> None:
            _beside(database, how, settings, over, left)
            begun(url)

        if how.processes > 1:
            _serve_by_others(database, how, settings, listening, over, ready)
        else:
            _answer(_app(database, settings, how.app), certificate, listening, over, ready)


def listen(host: str, port: int, lang: str) -> socket.socket:
    """A socket that listens there; raises ``BadInput``."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OverflowError as error:
        raise _no_host(host, lang) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            code, values = "port-taken", {"port": port}
        elif error.errno in (errno.EACCES, errno.EPERM):
            code, values = "port-forbidden", {"port": port}
        else:
            raise _no_host(host, lang) from error
        raise BadInput([Fault(say(code, lang, **values), say(f"{code}-advice", lang), code=code)]) from error


def _settings(how: Serving, url: str, lang: str) -> ServerSettings:
    return ServerSettings.from_environment({f"{PREFIX}BASE_URL": url} | dict(how.environment), lang=lang)


def _no_host(host: str, lang: str) -> BadInput:
    return BadInput([Fault(say("no-host", lang, host=host), say("no-host-advice", lang), code="no-host")])


def refuse_open_host(how: Serving, lang: str) -> None:
    """Raise ``BadInput`` if others could read what is sent, unless that is known and wanted."""
    is_hidden = how.environment.get(f"{PREFIX}BASE_URL", "").startswith("https:")
    if how.insecure or how.certificate is not None or is_hidden or _is_loopback(how.host):
        return
    raise BadInput([Fault(say("open-host", lang, host=how.host), say("open-host-advice", lang), code="open-host")])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def url_of(host: str, port: int, *, secure: bool = False) -> str:
    """The server's address as one types it.

    >>> url_of("0.0.0.0", 8321), url_of("::1", 80)
    ('http://127.0.0.1:8321', 'http://[::1]:80')
    """
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http{'s' if secure else ''}://{shown}:{port}"


def _certificate(how: Serving, lang: str) -> Callable[..., ssl.SSLContext] | None:
    if how.certificate is None and how.certificate_key is None:
        return None
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if how.certificate is None or how.certificate_key is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        context.load_cert_chain(how.certificate, how.certificate_key)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or type(error).__name__
        raise BadInput([Fault(say("bad-tls", lang, reason=reason), say("bad-tls-advice", lang), code="bad-tls")]) from error
    return lambda *_: context


class Answering(uvicorn.Server):
    """One process that answers; ends when ``over`` is set, and tells its app that it is ending."""

    def __init__(
        self, app: ServerApp, certificate: Callable[..., ssl.SSLContext] | None, over: threading.Event, ready: Callable[[], None]
    ) -> None:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", proxy_headers=False, server_header=False,
            timeout_graceful_shutdown=GRACE, backlog=_BACKLOG, ssl_context_factory=certificate,
        )
        super().__init__(config)
        self._over, self._ready = over, ready
        app.state.is_closing = lambda: self.should_exit

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        threading.Thread(target=self._ready, name="ready", daemon=True).start()
        threading.Thread(target=self._wait, name="over", daemon=True).start()

    def _wait(self) -> None:
        self._over.wait()
        self.should_exit = True


# ------------------------------------------------------------------------------------------- what is beside


def _beside(database: Database, how: Serving, settings: ServerSettings, over: threading.Event, left: ExitStack) -> None:
    """Begin the courier and the worker; they end with the server, last begun first."""
    if how.courier:
        courier = Courier(database, private=settings.webhooks_to_private_addresses, log=logs.tell)
        thread = threading.Thread(target=run_quietly, args=(courier, over.is_set), name="courier", daemon=True)
        thread.start()
        left.callback(thread.join, GRACE)
    if how.workers:
        command = [sys.executable, "-m", "matcher.service.solving.beside", str(how.workers), database.lang, how.level]
        worker = Kept("worker", command, environment=_environment(database), log=logs.tell)
        worker.start()
        left.callback(worker.end, GRACE)


def _environment(database: Database) -> dict[str, str]:
    """How a process of ours finds the database: not by its command line, which everybody can read."""
    if database.file is not None:
        return {VARIABLE: str(database.file.absolute())}
    return {VARIABLE: database.url.render_as_string(hide_password=False)}


def _serve_by_others(
    database: Database, how: Serving, settings: ServerSettings, listening: socket.socket, over: threading.Event,
    ready: Callable[[], None],
) -> None:
    """Several processes answer on one socket; each is begun again when it breaks off."""
    descriptor = listening.fileno()
    words = [
        str(descriptor), database.lang, how.level, str(how.certificate or ""), str(how.certificate_key or ""), how.app,
    ]
    command = [sys.executable, "-m", "matcher.api.process", *words]
    with tempfile.TemporaryDirectory(prefix="matcher-metrics-") as counted:
        environment = _environment(database) | {
            f"{PREFIX}BASE_URL": settings.base_url, "PROMETHEUS_MULTIPROC_DIR": counted,
        }
        kept = [
            Kept(f"server-{n + 1}", command, environment=environment, files=[descriptor], log=logs.tell)
            for n in range(how.processes)
        ]
        for one in kept:
            one.start()
        ready()
        over.wait()
        for one in kept:
            one.ask()
        for one in kept:
            one.end(GRACE + 5)


def answer_on(descriptor: int, database: Database, how: Serving) -> None:
    """One of several processes: answer on a socket that was inherited until standard input closes or a signal comes."""
    over = threading.Event()
    when_left_alone(over.set)
    with _signals(over), socket.socket(fileno=descriptor) as listening:
        settings = ServerSettings.from_environment(lang=database.lang)
        _answer(_app(database, settings, how.app), _certificate(how, database.lang), listening, over, lambda: None)


def _app(database: Database, settings: ServerSettings, factory: str) -> ServerApp:
    module, _, name = factory.partition(":")
    made: ServerApp = getattr(import_module(module), name)(database, settings)  # all routes: a server that cannot be
    return made  # says so without them


def _answer(
    app: ServerApp, certificate: Callable[..., ssl.SSLContext] | None, listening: socket.socket, over: threading.Event,
    ready: Callable[[], None],
) -> None:
    """Answer until it is over; what the app has begun ends with it."""
    try:
        Answering(app, certificate, over, ready).run(sockets=[listening])
    finally:
        askers = getattr(app.state, "askers", None)
        if askers is not None:
            askers.close()


@contextmanager
def _signals(over: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM end the server; uvicorn raises them again at its end, which then does nothing."""
    before = {kind: signal.signal(kind, lambda *_: over.set()) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
