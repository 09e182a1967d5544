"""standing: what people were told beside the facts as they are now, and what it costs to change it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from matcher.domain.wishes import Role
from matcher.problem.eligibility import Eligibility, Mask, Rows
from matcher.problem.expand import Expanded, Visit
from matcher.problem.objective import Prices


@dataclass(frozen=True, slots=True)
class Promise:
    """One person told to be on a visit, or to stand by for it; by numbers of visit, role in its wish and volunteer.

    ``is_live``: still possible as told. ``price``: of breaking it, in points of the promises tier.
    """

    visit: int
    role: int
    row: int
    standby: bool
    price: int
    is_live: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A visit as people were told: its start (goods: None), its promises, and the price of moving it.

    ``is_frozen``: it may only lose who cannot come. ``may_start``: the told start is still asked for.
    """

    visit: int
    start: int | None
    day: date
    promises: tuple[Promise, ...]
    time_price: int
    is_frozen: bool = False
    may_start: bool = True

    @property
    def live(self) -> list[Promise]:
        """The promises that can still be kept."""
        return [promise for promise in self.promises if promise.is_live]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a repair costs: told seats left empty (points of needs), promises broken (points), and how many changes.

    A change is a seat or a stand-by that no longer holds, or a visit at another start. Stepping in is none.
    """

    empty: int
    promises: int
    changes: int


class _WithWaitlist(Eligibility):
    """Who may do what, where whoever may stand by for a claimed wish may also serve it."""

    def has_claimed_it(
        self, visit: Visit, role: Role, start: int | None, standby: bool, rows: Rows | None = None
    ) -> Mask:
        return super().has_claimed_it(visit, role, start, True, rows)


@dataclass(frozen=True)
class Standing:
    """What people were told beside the facts as they are now. ``opens_from``: nothing new before that minute."""

    expanded: Expanded
    eligibility: Eligibility
    prices: Prices
    told: Mapping[int, Told]
    opens_from: int = 0

    @cached_property
    def forced(self) -> Cost:
        """What no roster can avoid: promises that cannot be kept, and the empty seats of frozen visits."""
        lost = [promise for told in self.told.values() for promise in told.promises if not promise.is_live]
        empty = sum(
            self.prices.empty_seat(self.expanded.visits[promise.visit].wish)
            for promise in lost
            if self.told[promise.visit].is_frozen and not promise.standby
        )
        return Cost(empty, sum(promise.price for promise in lost), len(lost))

    @cached_property
    def with_waitlist(self) -> Eligibility:
        """Who may serve where a seat is open: claimants on the waitlist too."""
        return _WithWaitlist(self.expanded)

    @cached_property
    def told_to(self) -> dict[int, list[Promise]]:
        """The live promises of each volunteer."""
        found: dict[int, list[Promise]] = defaultdict(list)
        for told in self.told.values():
            for promise in told.live:
                found[promise.row].append(promise)
        return dict(found)


@dataclass(frozen=True, slots=True)
class NewVisit:
    """How a visit stands after the repair: its start and who has which role; nobody: it is not served."""

    start: int | None
    crew: tuple[tuple[int, int], ...]
    standbys: tuple[tuple[int, int], ...]
