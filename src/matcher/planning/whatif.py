"""what if: the same facts planned with other settings, in one table of fairness against travel against coverage."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from matcher.domain.people import Limits
from matcher.domain.scenario import Scenario
from matcher.errors import Contradiction
from matcher.planning.account import Account
from matcher.planning.compare import unevenness
from matcher.planning.solve import Strategy, solve
from matcher.planning.words import Phrase, Sayable
from matcher.problem.check import check
from matcher.problem.expand import Expanded, expand
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.problem.rules import Language
from matcher.solvers.stop import Stop


@dataclass(frozen=True, slots=True)
class Setting:
    """Weights of fairness and travel, and how far people are sent, each as a multiple of what is set now."""

    fairness: float = 1
    travel: float = 1
    reach: float = 1


NOW = Setting()
SETTINGS = (
    *(Setting(fairness, travel) for fairness in (0, 1, 4) for travel in (0, 1, 4)),
    Setting(reach=0.75),
    Setting(reach=0.5),
)
"""Nine weights at the reach people gave, and the present weights at less."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a roster made with a setting comes to, by the facts as they are.

    ``unevenness``: Gini coefficient of turns ÷ turns offered, in hundredths. ``minutes``: on the way, a turn.
    ``is_best``: no other setting is as good in all three and better in one.
    """

    setting: Setting
    filled: int
    unevenness: int
    minutes: float
    is_best: bool = False

    def say(self, language: Language) -> str:
        factors = (self.setting.fairness, self.setting.travel, self.setting.reach)
        fairness, travel, reach = (f"×{factor:g}" for factor in factors)
        return Phrase("whatif_row", {
            "mark": "★ " if self.is_best else "　 ", "fairness": fairness, "travel": travel, "reach": reach,
            "filled": self.filled, "unevenness": self.unevenness, "minutes": f"{self.minutes:.1f}",
            "now": Phrase("whatif_now" if self.setting == NOW else "whatif_not_now"),
        }).say(language)

    def is_beaten_by(self, other: Outcome) -> bool:
        """Whether another is as good in all three, and better in one."""
        own, others = self.costs, other.costs
        return others != own and all(theirs <= mine for theirs, mine in zip(others, own))

    @property
    def costs(self) -> tuple[int, int, float]:
        """Empty seats, unevenness, minutes: less is better in each."""
        return -self.filled, self.unevenness, self.minutes


@dataclass(frozen=True)
class WhatIf(Account):
    """One row per setting."""

    seats: int
    outcomes: tuple[Outcome, ...]

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield 0, Phrase("whatif_head", {"seats": self.seats, "number": len(self.outcomes)})
        yield from ((1, outcome) for outcome in self.outcomes)


def what_if(
    scenario: Scenario,
    *,
    settings: Sequence[Setting] = SETTINGS,
    stop: Stop | None = None,
    strategy: Strategy = "auto",
    seed: int = 0,
    workers: int = 1,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> WhatIf:
    """The facts planned once with each setting, ``stop`` for each, and measured by the facts as they are.

    A shorter reach that what is pinned or told contradicts is left out. ``told`` hears how many settings are done, of how
    many. Raises ``BadInput`` and ``Contradiction`` as ``solve`` does.
    """
    plain = expand(_weighted(scenario, Setting(travel=0), minute=1))  # a point of travel is a minute
    found = []
    for done, setting in enumerate(settings):
        told(done, len(settings))
        problem, limit = Problem.of(with_setting(scenario, setting)), stop or Stop(seconds=10)
        try:
            roster = solve(problem, stop=limit, strategy=strategy, seed=seed, workers=workers).roster
        except Contradiction:
            if setting.reach == 1:
                raise
            continue  # what is pinned or told lies further away
        if roster is not None:
            found.append(_outcome(plain, setting, roster))
    return WhatIf(
        language=scenario.program.settings.language,
        seats=sum(visit.seats for visit in plain.visits),
        outcomes=tuple(
            replace(own, is_best=not any(own.is_beaten_by(other) for other in found)) for own in found
        ),
    )


def with_setting(scenario: Scenario, setting: Setting) -> Scenario:
    """The same facts with other weights, and with everybody sent only so far."""
    weighted = _weighted(scenario, setting)
    if setting.reach == 1:
        return weighted
    program = weighted.program
    defaults = _nearer(program.settings.default_limits, setting.reach)
    settings = type(program.settings)(**dict(program.settings) | {"default_limits": defaults})
    return weighted.with_changes(
        program=type(program)(**dict(program) | {"settings": settings}),
        volunteers=tuple(
            type(person)(**dict(person) | {"limits": _nearer(person.limits, setting.reach)})
            for person in weighted.volunteers
        ),
    )


def _nearer(limits: Limits, reach: float) -> Limits:
    most = limits.max_travel_minutes
    if most is None:
        return limits
    return Limits(**dict(limits) | {"max_travel_minutes": math.floor(most * reach)})


def _weighted(scenario: Scenario, setting: Setting, minute: int | None = None) -> Scenario:
    program = scenario.program
    weights = program.settings.weights
    changed = type(weights)(**dict(weights) | {
        "fairness": round(weights.fairness * setting.fairness),
        "travel": round(weights.travel * setting.travel) if minute is None else minute,
    })
    settings = type(program.settings)(**dict(program.settings) | {"weights": changed})
    return scenario.with_changes(program=type(program)(**dict(program) | {"settings": settings}))


def _outcome(plain: Expanded, setting: Setting, roster: Roster) -> Outcome:
    report = check(plain, roster)
    filled = sum(len(entry.assigned) for entry in roster.visits)
    return Outcome(setting, filled, unevenness(report), report.terms["travel"] / max(1, filled))
