"""A solve at a terminal: progress on stderr, and Ctrl-C that ends it with the best roster so far."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from matcher.cli.text import Language, say
from matcher.solvers.stop import Progress, Stop


@contextmanager
def interruptible(stop: Stop, lang: Language, message: str = "interrupt") -> Iterator[None]:
    """While this lasts, the first Ctrl-C asks the solve to end and says so (``message``); the second one quits.

    SIGTERM is heard the same way: whoever shuts the machine down gets the best roster so far.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return

    def hear(signum: int, frame: FrameType | None) -> None:
        if stop.cancelled:
            raise KeyboardInterrupt
        stop.cancel()
        print(f"\n{say(message, lang)}", file=sys.stderr, flush=True)

    before = {kind: signal.signal(kind, hear) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


class Line(Progress):
    """The best so far, in a line that is rewritten in place."""

    def __init__(self, lang: Language, update: Callable[[str], None]) -> None:
        self.lang = lang
        self.update = update
        self.began = time.monotonic()
        self.value: int | None = None
        self.bound: int | None = None

    def compiling(self) -> None:
        """Say why nothing happens for a while."""
        self.update(say("compiling", self.lang))

    def tier_begins(self, tier: str) -> None:
        """Say which tier is worked on."""
        self.value = self.bound = None
        self._tell(tier)

    def better(self, tier: str, value: int, bound: int | None) -> None:
        """Show the new best value."""
        self.value, self.bound = value, bound
        self._tell(tier)

    def bound_rises(self, tier: str, bound: int) -> None:
        """Show the new bound."""
        self.bound = bound
        self._tell(tier)

    def tier_ends(self, tier: str, value: int, bound: int | None, status: str) -> None:
        """Show what the tier came to."""
        self.better(tier, value, bound)

    def _tell(self, tier: str) -> None:
        unknown = say("unknown", self.lang)
        self.update(
            say(
                "best-so-far",
                self.lang,
                seconds=round(time.monotonic() - self.began),
                tier=say(tier, self.lang),
                value=unknown if self.value is None else self.value,
                bound=unknown if self.bound is None else self.bound,
            )
        )


class _OnlyWaits(Progress):
    """For a log: nothing but the reason of a long silence."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def compiling(self) -> None:
        print(say("compiling", self.lang), file=sys.stderr, flush=True)


@contextmanager
def progress_display(lang: Language, *, shown: bool) -> Iterator[Progress]:
    """Hooks that show the solve to a person at a terminal, and do nothing where nobody watches."""
    if not shown:
        yield Progress()
        return
    if not sys.stderr.isatty():
        yield _OnlyWaits(lang)
        return
    from rich.console import Console

    with Console(stderr=True).status(say("solving", lang)) as status:
        yield Line(lang, status.update)


@contextmanager
def counting(lang: Language, *, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Told how many parts of a long piece of work are done, of how many: a line at a terminal, nothing elsewhere."""
    if not shown or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console

    began = time.monotonic()
    with Console(stderr=True).status("") as status:

        def tell(done: int, total: int) -> None:
            status.update(say("so-far", lang, done=done, total=total, seconds=round(time.monotonic() - began)))

        yield tell
