"""Solves one tiny scenario, bigger than brute force could try, with counted work; prints the roster as JSON.

Run by test_determinism in processes of their own: ``python solve_counted.py SEED WORK``.
"""

from __future__ import annotations

import sys
from random import Random

from tiny import Draft, day, free

from matcher.domain.scenario import Scenario
from matcher.planning.solve import solve
from matcher.solvers.result import Result
from matcher.solvers.stop import Stop


def crowded(seed: int) -> Scenario:
    """Eight people, three weeks, wishes of several policies: a little work does not prove a roster best."""
    d = Draft(Random(seed))
    d.program["window"]["end"] = day(20)
    while len(d.people) < 8:
        d.person()
    for person in d.people:
        person["availability"] = [free(d.pick(["MO,WE,SA", "TU,TH,SU", "any"]))]
        person["limits"] = {"visits_per_day": d.pick([1, 2]), "visits_per_week": 2}
    for policy in ("rotate", "steady", "any", "any"):
        d.wish(staffing={"policy": policy, "standbys": 1}, recurrence=d.weekly(1, "MO,TU,TH,SA", 9, 12))
    d.wish("event", partial=True, roles=[{"count": 4}], recurrence=d.fixed((5, 9), (12, 9)))
    return d.scenario()


def solved(seed: int, work: float) -> Result:
    """The roster that so much work finds."""
    return solve(crowded(seed), stop=Stop(seconds=None, work=work), workers=1, seed=seed)


if __name__ == "__main__":
    result = solved(int(sys.argv[1]), float(sys.argv[2]))
    assert result.roster is not None
    print(result.status, result.roster.to_json())
