"""fixes: what would fill an empty seat. The cheapest changes by a table of prices, each tried out and accepted by the judge.

docs/fixes.md has the kinds, the prices and what is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.planning.account import Joined
from matcher.planning.fix_apply import Applied, Draft
from matcher.planning.fix_asking import Asking
from matcher.planning.fix_search import Search
from matcher.planning.fix_steps import Step, Tariff
from matcher.planning.fix_ways import NEW, Hands
from matcher.planning.loaded import Loaded
from matcher.planning.proof import role_of
from matcher.planning.trials import Bench
from matcher.planning.words import Phrase, Sayable
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.problem.rules import Language

__all__ = ["Fix", "FixDesk", "RoleFixes", "fixes"]


@dataclass(frozen=True, slots=True)
class FixStep:
    """One change of a fix, as it is told."""

    code: str
    price: int
    visit: str
    volunteer: str | None
    other: str | None
    role: str | None
    name: str | None
    before: int | str | None
    after: int | str | None
    phrase: Phrase = field(compare=False)

    def say(self, language: Language) -> str:
        return self.phrase.say(language)

    def to_dict(self, language: Language) -> dict[str, Any]:
        """Plain values for JSON; what does not apply is left away."""
        named = {"who": self.volunteer, "other": self.other, "role": self.role, "name": self.name,
                 "from": self.before, "to": self.after}
        return {
            "code": self.code, "price": self.price, "visit": self.visit,
            **{key: value for key, value in named.items() if value is not None},
            "text": self.say(language),
        }


@dataclass(frozen=True, slots=True)
class FilledSeat:
    """Who has which seat of the visit then; ``volunteer`` is None for somebody nobody knows yet."""

    role: str
    role_title: str
    volunteer: str | None
    name: str | Phrase

    def say(self, language: Language) -> str:
        return Phrase("fix_seat", {"who": self.name, "role": self.role_title}).say(language)


@dataclass(frozen=True)
class Fix:
    """Changes that would fill a seat, and what they cost by the table. ``start`` is None for goods.

    ``applied`` gives the facts and the roster with them.
    """

    visit: str
    role: str
    price: int
    steps: tuple[FixStep, ...]
    seats: tuple[FilledSeat, ...]
    start: str | None
    rank: int
    when: Phrase
    draft: Draft = field(repr=False, compare=False)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its steps."""
        return tuple(step.code for step in self.steps)

    def say(self, language: Language) -> str:
        values = {
            "number": self.rank, "steps": Joined(self.steps), "seats": self.seats, "when": self.when, "price": self.price,
        }
        return Phrase("fix" if self.steps else "fix_as_it_is", values).say(language)

    def to_dict(self, language: Language) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rank": self.rank,
            "price": self.price,
            "start": self.start,
            "steps": [step.to_dict(language) for step in self.steps],
            "seats": [{"role": seat.role, "volunteer": seat.volunteer} for seat in self.seats],
            "text": self.say(language),
        }


@dataclass(frozen=True)
class RoleFixes:
    """The fixes of one empty role, the cheapest first. ``is_complete``: nothing cheaper was left untried."""

    visit: str
    role: str
    fixes: tuple[Fix, ...]
    is_complete: bool

    def phrases(self) -> Iterator[Sayable]:
        """Line by line."""
        yield from self.fixes
        if not self.fixes:
            yield Phrase("fixes_none" if self.is_complete else "fixes_skipped", {"visit": self.visit})

    def to_dict(self, language: Language) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "is_complete": self.is_complete,
            "fixes": [fix.to_dict(language) for fix in self.fixes],
            "text": [phrase.say(language) for phrase in self.phrases()],
        }

    @property
    def cheapest(self) -> Fix | None:
        """The first of them, if there is any."""
        return self.fixes[0] if self.fixes else None


def fixes(
    scenario: Scenario | Problem,
    roster: Roster,
    visit: str,
    role: str | None = None,
    *,
    count: int = 3,
    over: Callable[[], bool] = lambda: False,
) -> tuple[RoleFixes, ...]:
    """The cheapest fixes of a visit's empty roles; ``role`` narrows it, ``count`` are looked for per role.

    ``over`` says when time is up. Raises ``BadInput`` for a visit or role that is not there.
    """
    problem = scenario if isinstance(scenario, Problem) else Problem.of(scenario)
    return FixDesk(problem, roster).of_visit(visit, role, count=count, over=over)


class FixDesk:
    """One roster, ready to be asked for fixes again and again."""

    def __init__(self, problem: Problem, roster: Roster, tariff: Tariff | None = None) -> None:
        """Raises ``BadInput`` if the roster names what the facts do not know."""
        self.problem = problem
        self.roster = roster
        self.bench = Bench(problem, roster)
        tariff = tariff or Tariff(problem.scenario.program.settings.fix_prices)
        self.asking = Asking(Loaded(problem, roster), tariff)
        self.hands = Hands(self.asking)

    def of_visit(
        self, visit: str, role: str | None = None, *, count: int = 3, over: Callable[[], bool] = lambda: False
    ) -> tuple[RoleFixes, ...]:
        """``fixes`` for the roster of this desk."""
        asked = self._visit(visit)
        if role is not None and asked.role(role) is None:
            zh = self.bench.language == "zh"
            listed = ("、" if zh else ", ").join(own.id for own in asked.wish.roles)
            raise BadInput(
                f"“{asked.id}”没有分工“{role}”" if zh else f'"{asked.id}" has no role "{role}"',
                f"有：{listed}" if zh else f"It has {listed}.",
            )
        return tuple(
            self.of_role(asked, own.id, count=count, over=over)
            for own in asked.wish.roles
            if role in (None, own.id) and len(self.bench.crew(asked, own)) < own.count
        )

    def of_role(
        self, visit: Visit, role: str, *, count: int = 3, over: Callable[[], bool] = lambda: False
    ) -> RoleFixes:
        """The fixes of one empty role."""
        asked = visit.role(role)
        assert asked is not None
        found = Search(self.hands, self.bench, visit, asked, over=over).fixes(count)
        told = tuple(self._told(draft, role, rank) for rank, draft in enumerate(found.drafts, 1))
        return RoleFixes(visit.id, role, told, found.is_complete)

    def applied(self, fix: Fix) -> tuple[Scenario, Roster]:
        """The facts and the roster once everybody asked has said yes."""
        made = Applied(self.asking, self.roster, fix.draft)
        after = made.roster(made.visit_id)
        facts = made.scenario
        return facts, Roster(program=after.program, scenario=facts.fingerprint, visits=after.visits)

    def _visit(self, name: str) -> Visit:
        if name in self.problem.expanded.visit_index:
            return self.problem.visits[self.problem.expanded.visit_index[name]]
        zh = self.bench.language == "zh"
        raise BadInput(
            f"服务单“{name}”不在本期计划里" if zh else f'visit "{name}" is not part of this plan',
            "请核对服务单编号。" if zh else "Check the id of the visit.",
        )

    def _told(self, draft: Draft, role: str, rank: int) -> Fix:
        moment = self.problem.expanded.calendar.moment
        start = None if draft.start is None else moment(draft.start)
        return Fix(
            visit=draft.visit.id,
            role=role,
            price=draft.price,
            steps=tuple(_told_step(step, start) for step in draft.steps),
            seats=tuple(self._seat(draft, number) for number in range(len(draft.ways))),
            start=None if start is None else start.isoformat(),
            rank=rank,
            when=self._when(draft),
            draft=draft,
        )

    def _when(self, draft: Draft) -> Phrase:
        """When that is, unless a step says so already."""
        if draft.start is None or any(step.kind in ("time", "start") for step in draft.of_wish):
            return Phrase("fix_no_time")
        return Phrase("fix_then", {"start": self.problem.expanded.calendar.moment(draft.start)})

    def _seat(self, draft: Draft, number: int) -> FilledSeat:
        way = draft.ways[number]
        role = draft.visit.role(way.role)
        assert role is not None
        title = role_of(self.bench, role)
        if way.row == NEW:
            return FilledSeat(role.id, title, None, Phrase("fix_new"))
        return FilledSeat(role.id, title, self.asking.id(way.row), self.asking.name(way.row))


def _told_step(step: Step, start: datetime | None) -> FixStep:
    after = start.isoformat() if start is not None and step.kind in ("time", "start") else step.after
    return FixStep(
        step.kind, step.price, step.visit, step.volunteer, step.other, step.role, step.name, step.before, after, step.phrase
    )
