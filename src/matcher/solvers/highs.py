"""Programmes with whole numbers in them, linear ones too, solved by HiGHS in a process of its own.

HiGHS cannot be interrupted from here, so each programme has a child process: it ends when the time is over or somebody
cancels, and what it takes of memory is given back.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from matcher.solvers.lp import Floats, Programme, solve_by_highs
from matcher.solvers.parent import serve_parent
from matcher.solvers.stop import Timer

SCALE = 27_720
"""Duals are rounded to this part of one, so that halves up to twelfths stay exact."""
_LATE = 1.0
"""Seconds beyond its limit after which a child is ended."""
_LOOK = 0.1
"""How often the timer is looked at (seconds)."""


class Solved(NamedTuple):
    """The best x found, a proven bound of the cost, and the rows' duals (a linear programme's only)."""

    primal: Floats | None
    bound: float
    dual: Floats | None = None


def solve_programme(programme: Programme, timer: Timer, *, whole: bool, share: float = 1.0) -> Solved | None:
    """Solve with every x ``whole`` or none; None if that part of the timer was not enough, or nothing can be had.

    A programme with whole numbers that is not solved in time still says what it has proven.
    """
    seconds = None if timer.seconds_left is None else timer.seconds_left * share
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "matcher.solvers.highs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the caller
    )
    assert child.stdin is not None
    with child:
        with suppress(OSError):  # then it has ended, and has no answer
            pickle.dump((tuple(programme), whole, seconds), child.stdin, pickle.HIGHEST_PROTOCOL)
            child.stdin.close()
        child.stdin = None
        answer = b""
        while True:
            try:
                answer, _ = child.communicate(timeout=_LOOK)
                break
            except subprocess.TimeoutExpired:
                # What HiGHS does before its first look at the clock is not in its own limit.
                late = seconds is not None and time.monotonic() - began > seconds + _LATE
                if late or timer.stop.cancelled:
                    child.kill()
    if child.returncode != 0:
        return None
    with suppress(EOFError, pickle.UnpicklingError):
        found = pickle.loads(answer)  # noqa: S301 - from our own child
        return None if found is None else Solved(*found)
    return None


def safe_bound(programme: Programme, dual: Floats) -> float:
    """What the duals prove in whole numbers, whatever the precision they came with (weak duality)."""
    price = np.rint(dual * SCALE).astype(np.int64)
    # A row without a bound on that side cannot have such a price.
    price[(price > 0) & ~np.isfinite(programme.lower)] = 0
    price[(price < 0) & ~np.isfinite(programme.upper)] = 0
    side = np.where(price > 0, programme.lower, np.where(price < 0, programme.upper, 0.0))
    reduced = programme.cost.astype(np.int64) * SCALE
    np.subtract.at(reduced, programme.column, programme.entry.astype(np.int64) * price[programme.row])
    gain = np.minimum(0, reduced) * programme.most.astype(np.int64)
    return float(int((price * side.astype(np.int64)).sum()) + int(gain.sum())) / SCALE


def solve_here(programme: Programme, whole: bool, seconds: float | None) -> Solved | None:
    """Solve in this process, which hears nothing meanwhile."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    shape = (len(programme.lower), len(programme.cost))
    if not shape[1]:
        return Solved(np.zeros(0), 0.0, np.zeros(shape[0]))
    if whole:
        matrix = csr_matrix((programme.entry, (programme.row, programme.column)), shape=shape)
        limit = {} if seconds is None else {"time_limit": max(0.05, seconds)}
        result = milp(
            programme.cost, integrality=np.ones(shape[1]), bounds=Bounds(np.zeros(shape[1]), programme.most),
            constraints=LinearConstraint(matrix, programme.lower, programme.upper),
            options={"mip_rel_gap": 0.0, **limit},
        )
        bound = result.get("mip_dual_bound")
        return None if bound is None or not np.isfinite(bound) else Solved(result.x, float(bound))
    found = solve_by_highs(programme, seconds, method="highs-ds")
    return None if found is None else Solved(found[0], found[2], found[1])


def _serve() -> None:
    """Answer one programme from standard input."""
    answers = os.fdopen(serve_parent(), "wb")
    programme, whole, seconds = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    solved = solve_here(Programme(*programme), whole, seconds)
    pickle.dump(None if solved is None else tuple(solved), answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()


if __name__ == "__main__":
    _serve()
