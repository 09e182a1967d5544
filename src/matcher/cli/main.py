"""The command line: one app, and what each kind of ending means to the shell.

Exit codes: 0 done · 2 bad input, every fault listed · 3 the demands contradict each other ·
4 the judge found violations · 1 a fault of matcher's own.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from types import FrameType

import typer

from matcher.cli import (
    bench,
    cluster,
    commands,
    compare,
    db,
    ledger,
    replan,
    runs,
    schedule,
    screen,
    serve,
    simulate,
    stress,
    suggest,
    user,
    whatif,
    worker,
)
from matcher.cli.text import told
from matcher.errors import MatcherError

app = typer.Typer(
    name="matcher",
    help=told(
        "Turns a community's wishes and its volunteers' goodwill into rosters that work.",
        "把社区的心愿和志愿者的热心，排成贴得上墙、走得通的排班表。",
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
commands.add_to(app)
screen.add_to(app)
ledger.add_to(app)
suggest.add_to(app)
replan.add_to(app)
compare.add_to(app)
stress.add_to(app)
whatif.add_to(app)
simulate.add_to(app)
bench.add_to(app)
db.add_to(app)
worker.add_to(app)
serve.add_to(app)
runs.add_to(app)
schedule.add_to(app)
user.add_to(app)
cluster.add_to(app)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM: leave as from a function, so that what is half-written is taken away."""
    sys.exit(128 + signal.SIGTERM)


def run(arguments: Sequence[str] | None = None) -> None:
    """The entry point. Ends the process with one of the exit codes above; never shows a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal or a file name that cannot show a character is no reason to fail; standard error does the same.
        sys.stdout.reconfigure(errors="backslashreplace")
    if arguments is None:
        signal.signal(signal.SIGTERM, _leave)
    try:
        app(args=words, prog_name="matcher")
    except MatcherError as error:
        from matcher.cli.endings import tell_error

        sys.exit(tell_error(error, words))
    except OSError as error:
        from matcher.cli.endings import tell_unreachable

        sys.exit(tell_unreachable(error, words))
    except Exception as error:
        from matcher.cli.endings import tell_bug

        sys.exit(tell_bug(error, words))


if __name__ == "__main__":
    run()
