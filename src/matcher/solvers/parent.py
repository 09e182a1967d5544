"""A process that solves for another must not outlive it."""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """From now on this process is ended when the thread that began it ends, however that happens (Linux: prctl(2)).

    Elsewhere nothing happens, and a process ends when it next looks at its pipes.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def serve_parent() -> int:
    """Die with the parent, and answer it alone: the descriptor for answers; what libraries print goes to standard error."""
    die_with_parent()
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers
