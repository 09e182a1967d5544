"""A solve at a terminal: progress on stderr, and Ctrl-C that ends it with the best roster so far."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from matcher.cli.text import Language, say


class Interrupt:
    """Set by the first Ctrl-C; the second one quits."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang
        self.asked = False

    def __call__(self) -> bool:
        return self.asked

    def hear(self, signum: int, frame: FrameType | None) -> None:
        """The handler of SIGINT."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        print(f"\n{say('interrupt', self.lang)}", file=sys.stderr, flush=True)


@contextmanager
def interruptible(lang: Language) -> Iterator[Interrupt]:
    """While this lasts, Ctrl-C asks to stop instead of stopping."""
    interrupt = Interrupt(lang)
    before = signal.signal(signal.SIGINT, interrupt.hear)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress_display(lang: Language, shown: bool) -> Iterator[Callable[[str], None]]:
    """A line that is rewritten in place; nothing where no person watches."""
    if not shown or not sys.stderr.isatty():
        yield lambda line: None
        return
    from rich.console import Console

    with Console(stderr=True).status(say("solving", lang)) as status:
        yield status.update
