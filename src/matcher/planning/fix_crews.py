"""Crews for one visit at one start, by price: the ways to fill each seat put together, nobody twice."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from matcher.domain.wishes import Role
from matcher.planning.fix_apply import Draft
from matcher.planning.fix_asking import NEVER_PRICE
from matcher.planning.fix_steps import Step, total
from matcher.planning.fix_ways import NEW, Way, Ways

if TYPE_CHECKING:
    from matcher.planning.fix_search import Search


@dataclass(frozen=True, slots=True)
class Frame:
    """The visit as some steps about its wish leave it, and the seats that are to be filled then."""

    steps: tuple[Step, ...]
    roles: tuple[Role, ...]
    wanted: tuple[tuple[Role, int], ...]
    team: str | None = None


class Stream:
    """Whole crews for one frame at one start, by price."""

    def __init__(self, search: Search, frame: Frame, steps: tuple[Step, ...], start: int | None) -> None:
        self.search = search
        self.frame = frame
        self.of_wish = (*steps, *frame.steps)
        self.start = start
        self.base = total(self.of_wish)
        self.bound = self.base
        self._ways: list[Ways] | None = None
        self._heap: list[tuple[int, int, int, _Crew]] = []
        self._count = 0

    def next(self) -> Draft | None:
        """The next draft, or None; ``bound`` says from which price on to ask again."""
        if self._ways is None:
            if self._is_covered(()):
                self.bound = NEVER_PRICE
                return None
            self._open()
        else:
            crew = self._advance()
            if crew is not None:
                self._set_bound()
                return Draft(
                    self.search.visit, self.frame.roles, self.start, crew, self.of_wish, self.frame.team
                )
        self._set_bound()
        return None

    def _is_covered(self, steps: tuple[Step, ...]) -> bool:
        return self.search.is_covered((*self.of_wish, *steps))

    def _set_bound(self) -> None:
        self.bound = self._heap[0][0] if self._heap else NEVER_PRICE

    def _open(self) -> None:
        """The people for each role; a crew that is there already must be able to come then."""
        search = self.search
        self._ways = []
        if search.here is not None and self.start != search.here.start and not self._crew_can_come():
            return
        barred = search.barred(self.frame.team)
        for role, _ in self.frame.wanted:
            tariff = search.asking.tariff
            most = max(tariff.of(kind, search.visit.minutes) for kind in ("volunteer", "experienced"))
            ways = Ways(search.asking, search.hands, search.visit, role, self.start, barred, most, self._is_covered)
            if ways.bound >= NEVER_PRICE:
                self._ways = []
                return
            self._ways.append(ways)
        price = self.base + sum(ways.bound * count for ways, (_, count) in zip(self._ways, self.frame.wanted))
        self._push(price, _Crew((), 0, 0, self.frame.wanted[0][1], 0))

    def _crew_can_come(self) -> bool:
        search, here = self.search, self.search.here
        assert here is not None
        return all(
            search.asking.is_as_asked(search.visit, role, self.start, row)
            and search.asking.own_steps(search.visit, role, self.start, row, frozenset({search.visit.id})) == ()
            for role, row in here.crew
        )

    def _push(self, price: int, crew: _Crew) -> None:
        if price < NEVER_PRICE:
            self._count += 1
            heapq.heappush(self._heap, (price, -len(crew.ways), self._count, crew))

    def _advance(self) -> tuple[Way, ...] | None:
        """One step of the search: a whole crew if one has come up."""
        if not self._heap:
            return None
        _, _, _, crew = heapq.heappop(self._heap)
        assert self._ways is not None
        if crew.role == len(self._ways):
            return crew.ways
        try:
            way = self._ways[crew.role][crew.at]
        except IndexError:
            return None
        self._skip(crew)
        if not set(way.people) & {row for own in crew.ways for row in own.people}:
            self._take(crew, way)
        return None

    def _skip(self, crew: _Crew) -> None:
        later = replace(crew, at=crew.at + 1)
        self._push(self._price(later), later)

    def _take(self, crew: _Crew, way: Way) -> None:
        at = crew.at if way.row == NEW else crew.at + 1
        taken = replace(crew, ways=(*crew.ways, way), price=crew.price + way.price, at=at, left=crew.left - 1)
        if self._is_covered(tuple(step for own in taken.ways for step in own.steps)):
            return
        if not taken.left:
            role = taken.role + 1
            left = self.frame.wanted[role][1] if role < len(self.frame.wanted) else 0
            taken = replace(taken, role=role, at=0, left=left)
        self._push(self._price(taken), taken)

    def _price(self, crew: _Crew) -> int:
        """No cheaper is any whole crew that begins like this."""
        assert self._ways is not None
        price = self.base + crew.price
        for role in range(crew.role, len(self._ways)):
            at, left = (crew.at, crew.left) if role == crew.role else (0, self.frame.wanted[role][1])
            least = _least(self._ways[role], at, left)
            if least >= NEVER_PRICE:
                return NEVER_PRICE
            price += least
        return price


@dataclass(frozen=True, slots=True)
class _Crew:
    """The first seats of a crew: who has them, what that costs, and where to go on."""

    ways: tuple[Way, ...]
    price: int
    role: int
    left: int
    at: int


def _least(ways: Ways, at: int, count: int) -> int:
    """The price of the cheapest ``count`` ways from one on; somebody new may be found again and again."""
    price = 0
    for _ in range(count):
        try:
            way = ways[at]
        except IndexError:
            return NEVER_PRICE
        price += way.price
        at += way.row != NEW
    return price
