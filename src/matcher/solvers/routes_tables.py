"""routes_tables: a day full of visits as few flat arrays, the only form the compiled search knows.

A row of NODE is one cache line: what is fixed about a service and what changes, side by side. Services come first,
then where each person sets out, then where each comes home.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.int32]

APART, TOGETHER, IN_ORDER = range(3)
"""How the two services of a visit are linked: not at all, one start, or the second within bounds after the first."""
NEVER = 1 << 29
"""A time that nobody reaches."""
TOO_DEAR = 1 << 60
"""The cost of what cannot be."""
HARD = 10_000
"""Price of a time unit of what should not be at all: dearer than anything a better route can save."""
WINDOWS = 4
"""Windows a visit may have."""

PLACE, EARLY, DUE, LASTS, PARTNER, LAG, PRICE_LATE, VISIT, NEXT, BEFORE, PERSON, START, OUT, REST, WINDOW_COUNT, SEEN = range(16)
"""Columns of NODE. LAG: the partner starts at least so much later. PERSON: −1 while nobody gives the service. OUT: travel
to the next (nobody who stays at home travels). REST: a break is taken before the next. SEEN: by which pass. EARLY: of the
window it is meant for; DUE: of the first."""
NODE_WIDTH = 16
FIRST, SECOND, LINK, LEFT_OUT, CHOICES = range(5)
"""Columns of VISIT: its services (−1: no second), how linked, price of leaving it out (0: it must not be), how few can serve it."""
VISIT_WIDTH = 8
SHIFT_START, SHIFT_END, HAS_BREAK, BUSY, WAITED, IDLE, RESTED, TOUCHED = range(8)
"""Columns of PERSON. Of the state: time of service and travel, of waiting, idle; after which node the break is, or −1; and
whether the last ruin took something out."""
PERSON_WIDTH = 8
(
    N_SERVICES, N_PEOPLE, N_VISITS, N_PLACES, N_NEAR, W_TRAVEL, W_LATE, W_WORST, W_WAITING, W_OVERTIME, W_IDLE, W_BALANCE,
    W_BREAK, BREAK_FROM, BREAK_TO, BREAK_LASTS, LEAVES_AT_START, ENDS_MATTER, ROUTES_MATTER, WINDOWS_BIND,
    UNIT,
) = range(21)
"""Entries of SIZE. ENDS_MATTER: coming home late costs. ROUTES_MATTER: what a person's route costs depends on more than
travel and lateness. WINDOWS_BIND: lateness is ruled out, so a start between two windows waits for the second."""
SIZES = 24


@dataclass(frozen=True, slots=True)
class Prices:
    """What a time unit, or one case, costs. 0: does not matter; ``HARD``: should not be at all."""

    travel: int = 1
    late: int = 0
    """A service's lateness, summed."""
    worst_late: int = 0
    """The largest lateness of a service."""
    waiting: int = 0
    """Between arrival and start, summed; before the first service only if people set out when the shift starts."""
    overtime: int = 0
    """Home after the end of the shift, summed."""
    idle: int = 0
    """The largest idle time of a person: shift and overtime less service, travel and break."""
    balance: int = 0
    """Σ ⌈|service + travel − mean|⌉ over all people."""
    missed_break: int = 0
    """A person due for a break who has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One day: services at places, people with shifts, and what all costs. Times are integers in one unit of the caller's.

    Raises ValueError when the arrays do not fit together.
    """

    travel: Ints
    """[places, places] from a place to another."""
    visit: Ints
    """[services] whose visit a service belongs to; visits are numbered from 0, each with one or two services, in order."""
    place: Ints
    """[services]"""
    lasts: Ints
    """[services] duration"""
    windows: Ints
    """[services, windows, 2] first and last start, in order of time; unused ones are (NEVER, NEVER)."""
    link: Ints
    """[visits] APART, TOGETHER or IN_ORDER"""
    lag: Ints
    """[visits, 2] least and most time from the first start to the second, of those IN_ORDER"""
    left_out: Ints
    """[visits] price of not visiting; 0: must be visited"""
    able: NDArray[np.bool_]
    """[people, services] who may give which service"""
    seat_price: Ints
    """[people, services] price of this person giving this service"""
    home: Ints
    """[people, 2] places of setting out and of coming home"""
    shift: Ints
    """[people, 2] start and end"""
    due_break: NDArray[np.bool_]
    """[people] whether a break is due"""
    prices: Prices
    break_window: tuple[int, int, int] = (0, 0, 0)
    """First start, last start and length of a break."""
    leave_at_start: bool = False
    """People set out when the shift starts, not as late as they can."""
    unit: int = 1
    """Time units per minute: what BALANCE rounds to."""

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit together."""
        services, visits, people = len(self.visit), len(self.link), len(self.home)
        wanted: dict[str, tuple[int, ...]] = {
            "place": (services,), "lasts": (services,), "link": (visits,), "lag": (visits, 2), "left_out": (visits,),
            "able": (people, services), "seat_price": (people, services), "shift": (people, 2), "due_break": (people,),
        }
        wanted["windows"] = (services, *self.windows.shape[1:2], 2)
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has the shape {getattr(self, name).shape}, not {shape}")
        counts = np.bincount(self.visit, minlength=visits)
        if len(counts) != visits or counts.min(initial=1) < 1 or counts.max(initial=1) > 2 or np.any(np.diff(self.visit) < 0):
            raise ValueError("each visit has one or two services, listed in the order of the visits")
        if self.windows.shape[1] > WINDOWS:
            raise ValueError(f"a visit has at most {WINDOWS} windows")


class Tables(NamedTuple):
    """What the compiled search reads; NODE and PERSON hold the state too."""

    size: Ints
    travel: Words
    """[places · places]"""
    node: Words
    """[(services + 2 people) · NODE_WIDTH]"""
    visit: Words
    person: Words
    window: Words
    """[services · WINDOWS · 2]"""
    able_from: Words
    """[services + 1] where in ``able`` a service's people begin"""
    able: Words
    """[…] people"""
    seat: Words
    """[services · people] price of a seat"""
    near: Words
    """[visits · near] other visits, the nearest in place and time first"""


NEAR = 100
"""How many neighbours a visit has at most."""
NEAR_IN_TIME = 0.3
"""A unit of time between two windows keeps visits as far apart as so many units of travel."""


def tables_of(day: Day) -> Tables:
    """The day as the compiled search wants it, nobody serving anything yet."""
    services, visits = len(day.visit), len(day.link)
    first = np.searchsorted(day.visit, np.arange(visits))
    size = _sizes(day)
    able = [np.flatnonzero(day.able[:, v]) for v in range(services)]
    return Tables(
        size=size,
        travel=np.ascontiguousarray(day.travel, np.int32).ravel(),
        node=_nodes(day, first).ravel(),
        visit=_visits(day, first, able).ravel(),
        person=_people(day).ravel(),
        window=_padded(day).astype(np.int32).ravel(),
        able_from=np.concatenate([[0], np.cumsum([len(a) for a in able])]).astype(np.int32),
        able=np.concatenate([*able, np.zeros(1, np.intp)]).astype(np.int32),
        seat=np.ascontiguousarray(day.seat_price.T, np.int32).ravel(),
        near=_neighbours(day, first, int(size[N_NEAR])).ravel(),
    )


def _sizes(day: Day) -> Ints:
    prices = day.prices
    size = np.zeros(SIZES, np.int64)
    size[N_SERVICES], size[N_PEOPLE], size[N_VISITS] = len(day.visit), len(day.home), len(day.link)
    size[N_PLACES] = len(day.travel)
    size[N_NEAR] = min(NEAR, max(0, len(day.link) - 1))
    size[W_TRAVEL], size[W_LATE], size[W_WORST] = prices.travel, prices.late, prices.worst_late
    size[W_WAITING], size[W_OVERTIME], size[W_IDLE] = prices.waiting, prices.overtime, prices.idle
    size[W_BALANCE], size[W_BREAK] = prices.balance, prices.missed_break
    size[BREAK_FROM], size[BREAK_TO], size[BREAK_LASTS] = day.break_window
    size[LEAVES_AT_START] = day.leave_at_start
    size[ROUTES_MATTER] = (
        prices.waiting > 0 or prices.idle > 0 or prices.balance > 0 or bool(day.due_break.any()) or bool((day.left_out > 0).any())
    )
    size[ENDS_MATTER] = prices.overtime > 0 or size[ROUTES_MATTER]
    size[WINDOWS_BIND] = prices.late >= HARD and day.windows.shape[1] > 1
    size[UNIT] = day.unit
    return size


def _nodes(day: Day, first: Ints) -> Words:
    services, people = len(day.visit), len(day.home)
    node = np.zeros((services + 2 * people, NODE_WIDTH), np.int32)
    own = node[:services]
    own[:, PLACE], own[:, LASTS], own[:, VISIT] = day.place, day.lasts, day.visit
    own[:, EARLY], own[:, DUE] = day.windows[:, 0, 0], day.windows[:, 0, 1]
    own[:, PRICE_LATE] = day.prices.late
    own[:, WINDOW_COUNT] = (day.windows[:, :, 0] < NEVER).sum(axis=1)
    node[:, [PARTNER, NEXT, BEFORE, PERSON]] = -1
    for j, v in enumerate(first):
        if day.link[j] != APART and v + 1 < services and day.visit[v + 1] == j:
            own[v, PARTNER], own[v + 1, PARTNER] = v + 1, v
            least, most = (0, 0) if day.link[j] == TOGETHER else day.lag[j]
            own[v, LAG], own[v + 1, LAG] = least, -most
    out, back = node[services : services + people], node[services + people :]
    out[:, PLACE], back[:, PLACE] = day.home[:, 0], day.home[:, 1]
    out[:, START] = day.shift[:, 0]
    out[:, DUE], back[:, DUE] = NEVER, day.shift[:, 1]
    back[:, PRICE_LATE] = day.prices.overtime
    out[:, PERSON] = back[:, PERSON] = np.arange(people)
    out[:, NEXT] = services + people + np.arange(people)
    back[:, BEFORE] = services + np.arange(people)
    out[:, EARLY] = back[:, EARLY] = back[:, START] = day.shift[:, 0]
    return node


def _visits(day: Day, first: Ints, able: list[NDArray[np.intp]]) -> Words:
    visits, services = len(day.link), len(day.visit)
    table = np.zeros((visits, VISIT_WIDTH), np.int32)
    table[:, FIRST], table[:, SECOND] = first, -1
    for j, v in enumerate(first):
        two = v + 1 < services and day.visit[v + 1] == j
        if two:
            table[j, SECOND] = v + 1
        table[j, CHOICES] = min(len(able[v]), len(able[v + 1])) if two else len(able[v])
    table[:, LINK], table[:, LEFT_OUT] = day.link, day.left_out
    return table


def _people(day: Day) -> Words:
    table = np.zeros((len(day.home), PERSON_WIDTH), np.int32)
    table[:, SHIFT_START], table[:, SHIFT_END] = day.shift[:, 0], day.shift[:, 1]
    table[:, HAS_BREAK] = day.due_break
    table[:, RESTED] = -1
    return table


def _padded(day: Day) -> Ints:
    padded = np.full((len(day.visit), WINDOWS, 2), NEVER, np.int64)
    padded[:, : day.windows.shape[1]] = day.windows
    return padded


def _neighbours(day: Day, first: Ints, count: int) -> Words:
    if count == 0:
        return np.zeros(0, np.int32)
    place, early = day.place[first], day.windows[first, 0, 0]
    apart = day.travel[np.ix_(place, place)] + NEAR_IN_TIME * np.abs(early[:, None] - early[None, :])
    np.fill_diagonal(apart, -1)
    return np.argsort(apart, axis=1, kind="stable")[:, 1 : count + 1].astype(np.int32)


def field_names() -> tuple[str, ...]:
    """The facts of a ``Day``, for whoever writes one down."""
    return tuple(f.name for f in fields(Day))
