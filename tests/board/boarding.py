"""The board on a port of its own in this process, people with accounts, and browsers that notice what goes wrong."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

import httpx
import uvicorn
from answering import AnswersHere
from argon2 import PasswordHasher
from keeping import HERE, kept
from keeping import wu as wu_scenario
from playwright.sync_api import sync_playwright

from matcher.api.settings import ServerSettings
from matcher.board.app import create_app
from matcher.service.solving.worker import Worker
from matcher.store import accounts
from matcher.store.accounts import Holding
from matcher.store.address import address_of
from matcher.store.database import Database
from matcher.store.migrate import upgrade
from matcher.store.scope import Scope
from matcher.store.tenants import ensure

PASSWORD = "梧桐 渡口 早点 九路车"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
HOME = f"/board/{HERE.district}/{HERE.community}"


@contextmanager
def chromium():
    """The browser that is installed; tests fail without one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium is installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Boarded:
    """``url`` answers; ``visitor(browser, login=…)`` is a page of somebody with an account, made when first named."""

    def __init__(self, address, **settings):
        self.database = Database(address_of(str(address)))
        upgrade(self.database)
        self._settings, self._left, self._known = settings, ExitStack(), set()

    def __enter__(self):
        self._left.callback(self.database.close)
        bound = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        how = {"base_url": self.url, "rate_limits": False} | self._settings
        self.app = create_app(self.database, ServerSettings(**how))
        config = uvicorn.Config(self.app, log_config=None, lifespan="off", timeout_graceful_shutdown=2)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [bound]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join(10)
        askers = getattr(self.app.state, "askers", None)
        if askers is not None:
            askers.close()
        self._left.close()

    def keep_wu(self, scope=HERE):
        """Mr Wu's facts."""
        kept(self.database, wu_scenario(), scope)

    def keep(self, scenario, scope=HERE):
        """Any scenario's facts."""
        kept(self.database, scenario, scope)

    def person(self, login, role="coordinator", *, district=HERE.district, community=HERE.community, **who):
        """Somebody with an account and the password ``PASSWORD``."""
        if login in self._known:
            return
        self._known.add(login)
        if district is not None:
            ensure(self.database, Scope(district, community), "setup")
        # As the API would make it, without the second that a real hash takes.
        with self.database.everyone("setup", writes=True) as session:
            accounts.add_user(session, login, Holding(role, district, community, **who), {"name": login}, _HASH)

    def answer_here(self):
        """Questions are answered in this process: quicker than by processes of their own, and otherwise the same."""
        self.app.state.askers = _AnswersHere(self.database)

    @contextmanager
    def worker(self):
        """Plans are worked out while this holds, as `matcher worker` does it."""
        over = threading.Event()
        hand = Worker(self.database, 1, lease=timedelta(seconds=30), schedules=False)
        thread = threading.Thread(target=lambda: hand.run(over.is_set), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(20)

    def session(self, login="chen-li", role="coordinator", **who):
        """An ``httpx.Client`` with somebody's session: for what a test asks of the API itself."""
        self.person(login, role, **who)
        client = httpx.Client(base_url=self.url, timeout=60, headers={"Accept-Language": "en"})
        self._left.callback(client.close)
        answer = client.post("/v1/sessions", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    @contextmanager
    def visitor(self, browser, login=None, *, role="coordinator", lang="zh-CN", size=(1280, 800), at=HOME, **how):
        """A page; with a ``login`` signed in and at the community's first page.

        Fails at the end if the browser complained of a script or a policy, or if anything was asked of another server.
        """
        context = browser.new_context(
            base_url=self.url, locale=lang, viewport={"width": size[0], "height": size[1]}, timezone_id="Asia/Shanghai", **how
        )
        complaints = []
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        context.on("request", lambda asked: complaints.append(asked.url) if not _is_own(asked.url, self.url) else None)
        try:
            if login is not None:
                with closing(self.session(login, role)) as client:
                    context.add_cookies([
                        {"name": cookie.name, "value": cookie.value, "url": self.url} for cookie in client.cookies.jar
                    ])
            page = context.new_page()
            page.complaints = complaints
            if login is not None:
                page.goto(at)
            yield page
            assert not complaints, complaints
        finally:
            context.close()


class _AnswersHere(AnswersHere):
    def close(self):
        """There is no process to end."""


def _is_complaint(said):
    # a refusal that a page shows in words is in the console as well, in the browser's words and in htmx's
    known = ("Failed to load resource", "Response Status Error Code")
    return said.type == "error" and not any(words in said.text for words in known)


def _is_own(asked, url):
    return asked.startswith((url, "data:", "blob:"))
