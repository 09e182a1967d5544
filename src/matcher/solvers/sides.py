"""sides: the wishes' part of the linear programme over plans: what stays empty, crews at one start, spacing.

Where nothing ties a visit's options together, one row per role stands for all of them. Otherwise each option has rows
of its own, and a wish's *patterns* (an option or none for each of its visits, spaced as asked) are columns beside the
plans: the wish side of the decomposition. The least pattern for given prices is a small dynamic programme. Where a crew
must be one team's, a pattern names its crew, and each candidate has a row: on no more crews than patterns have them on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numba
import numpy as np
from numpy.typing import NDArray

from matcher.problem.crewable import few_faces
from matcher.solvers import tables as t
from matcher.solvers.tables import Ints, Tables

Floats = NDArray[np.float64]
NONE: Ints = np.zeros(0, dtype=np.int64)


class Lack(NamedTuple):
    """No roster's empty seats come to less than ``least``, each of them counted by its visit's ``weight`` [visits]."""

    weight: Ints
    least: int


class Entries(NamedTuple):
    """Columns of a programme: their costs and upper bounds, and entries at (row, column)."""

    cost: Floats
    most: Floats
    row: Ints
    column: Ints
    entry: Floats


class Side(Protocol):
    """What the programme asks of the wishes' part. Its rows: seats, then (after the people) wishes, faces, then needs.

    Needs are counted in units of the dearest seat: PDLP's precision is relative to the largest numbers.
    """

    seats: int
    """Rows that plans cover."""
    lower: Floats
    """[seats] how often each must be covered."""
    wishes: int
    """Rows that choose one pattern each."""
    faces: int
    """Rows of wishes that may see only so many new faces."""
    unit: float
    """Points of needs in a unit."""
    row_of_crew: Ints
    """[candidates of ``Problem.crew``] the row that each one's seat covers."""

    def fixed(self, people: int) -> Entries:
        """Columns that are always there; the last one is needs beyond the limit, which the programme prices."""

    def patterns(self, people: int) -> Entries:
        """Columns found so far, in the order found."""

    lacking: list[Lack]
    """What is known to lack: a row each, after needs."""

    def needs_row(self, people: int) -> int:
        """The row of needs: after seats, people, wishes and faces."""

    def least(self, duals: Ints, needs_dual: int, lacking_duals: Ints = NONE, charged: Ints | None = None) -> int:
        """The least the wishes' part can cost at these prices, in milli-points; remembers the patterns that do.

        ``charged`` [options]: what people pay for being there, which the wish has.
        """

    def expanded(self, duals: Ints) -> Ints:
        """Prices of seats as the pricer wants them."""

    def as_prices(self, duals: Floats) -> Floats:
        """Prices [seats] of a programme's duals [seats]."""

    def as_duals(self, prices: Ints) -> Ints:
        """Duals [seats] that would give such prices."""


def _unit(tables: Tables) -> float:
    return float(max(1, tables.visit[:, t.V_NEED].max(initial=1)))


class Numbering:
    """Which row of the programme each seat belongs to when wishes are told apart by patterns.

    Rows of whole roles come first, then those of (option, role) cells, then those of candidates at one team's visits.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.linked_wishes: Ints = np.array(_linked_wishes(tables), dtype=np.int64)
        is_linked = np.zeros(len(tables.wish), dtype=bool)
        is_linked[self.linked_wishes] = True
        self.is_linked: NDArray[np.bool_] = is_linked[tables.visit[:, t.V_WISH]]
        """[visits]."""
        cells = int(tables.cell_ptr[-1])
        self.option_of_cell: Ints = np.repeat(np.arange(len(tables.option)), np.diff(tables.cell_ptr))
        visit = tables.option[self.option_of_cell, t.O_VISIT]
        self.row_of_cell: Ints = tables.row_ptr[visit] + np.arange(cells) - tables.cell_ptr[self.option_of_cell]
        own_row = np.full(tables.rows, -1, dtype=np.int64)
        shared = np.flatnonzero(~self.is_linked[tables.row[:, t.R_VISIT]])
        own_row[shared] = np.arange(len(shared))
        self.is_one_team: NDArray[np.bool_] = _is_one_team(tables)
        """[visits] those whose seats have a price for each candidate."""
        linked = np.flatnonzero(self.is_linked[visit])
        self.shared = len(shared)
        """The first rows are those of whole roles."""
        self.of_cell: Ints = own_row[self.row_of_cell]
        self.of_cell[linked] = len(shared) + np.arange(len(linked))
        self.cell_rows = len(shared) + len(linked)
        """So many rows before those of candidates."""
        crew = tables.problem.crew
        self.cell_of_crew: Ints = self.of_cell[tables.cell_ptr[crew.option] + crew.role]
        """[candidates of ``Problem.crew``] the row of each one's role, or role and option."""
        by_person = np.flatnonzero(self.is_one_team[tables.option[crew.option, t.O_VISIT]])
        self.of_crew: Ints = self.cell_of_crew.copy()
        """[candidates of ``Problem.crew``] the row with the price of each one's seat."""
        self.of_crew[by_person] = self.cell_rows + np.arange(len(by_person))
        self.cell_of_person: Ints = self.cell_of_crew[by_person]
        """[rows of candidates] the row of the (option, role) cell."""
        self.rows = self.cell_rows + len(by_person)
        of_rows = np.concatenate([shared, self.row_of_cell[linked]])
        self.row_of: Ints = np.concatenate([of_rows, of_rows[self.cell_of_person]])
        """[rows] the (visit, role) row each stands for."""
        faces = _few_faces(tables)
        self.few_faces: Ints = faces[:, 0]
        """Steady and paired wishes that may see only so many new faces; ``most_faces``: how many."""
        self.most_faces: Ints = faces[:, 1]
        self.face_of_wish: Ints = np.full(len(tables.wish), -1, dtype=np.int64)
        """[wishes] the place among ``few_faces``, or −1."""
        self.face_of_wish[self.few_faces] = np.arange(len(faces))
        crewed = self.is_linked & ~self.is_one_team & (_seats_of_visits(tables) > 1)
        self.is_crewed: NDArray[np.bool_] = crewed[tables.option[:, t.O_VISIT]]
        """[options] those at which a crew meets, or at another of its visit's, whose seats have one price for all."""


def _is_one_team(tables: Tables) -> NDArray[np.bool_]:
    """[visits] whether several people are wanted there, of one team."""
    found: NDArray[np.bool_] = (tables.visit[:, t.V_ONE_TEAM] != 0) & (_seats_of_visits(tables) > 1)
    return found


def _seats_of_visits(tables: Tables) -> Ints:
    """[visits]."""
    seats = np.zeros(tables.visits, dtype=np.int64)
    np.add.at(seats, tables.row[:, t.R_VISIT], tables.row[:, t.R_COUNT])
    return seats


def _linked_wishes(tables: Tables) -> list[int]:
    """Wishes with a crew that could meet at several starts or must be one team's, or whose options may lie too near or far."""
    seats = _seats_of_visits(tables)
    hard, one_team = tables.price[t.C_SPACING] == t.HARD, _is_one_team(tables)
    linked = []
    for wish, (low, high) in enumerate(pairwise(tables.wish_ptr.tolist())):
        visits = tables.wish_visit[low:high].tolist()
        days = [_days(tables, visit) for visit in visits]
        crews = any(
            one_team[visit] or (seats[visit] > 1 and tables.option_ptr[visit + 1] - tables.option_ptr[visit] > 1)
            for visit in visits
        )
        if crews or (hard and tables.wish[wish, t.W_SPACED] and _may_clash(tables.wish[wish], days)):
            linked.append(wish)
    return linked


def _few_faces(tables: Tables) -> Ints:
    """[wishes that pay for new faces and limit them, 2]: the wish, and how many it may still see."""
    found = []
    for number, name in enumerate(tables.problem.visits_of_wish):
        limit = few_faces(tables.problem, tables.problem.scenario.wish[name])
        if limit is not None and tables.wish[number, t.W_POLICY] in (t.STEADY, t.PAIR):
            found.append((number, max(0, limit[1])))
    return np.array(found, dtype=np.int64).reshape(len(found), 2)


def _days(tables: Tables, visit: int) -> tuple[int, int] | None:
    """First and last day of a visit's options."""
    own = tables.option[tables.option_ptr[visit]:tables.option_ptr[visit + 1], t.O_DAY]
    return (int(own.min()), int(own.max())) if len(own) else None


def _may_clash(wish: Ints, days: list[tuple[int, int] | None]) -> bool:
    least, most, last = int(wish[t.W_MIN_GAP]), int(wish[t.W_MAX_GAP]), int(wish[t.W_LAST_DONE])
    known = [own for own in days if own is not None]
    if last > -t.FAR and known and (known[0][0] - last < least or 0 <= most < known[0][1] - last):
        return True
    return any(
        later[0] - earlier[1] < least or 0 <= most < later[1] - earlier[0]
        for at, earlier in enumerate(known) for later in known[at + 1:]
    )


class RowSide:
    """One row per role of a visit; ``demand`` [rows] is what is left to fill. The whole wish side in its simplest form."""

    wishes = faces = 0
    lacking: list[Lack] = []  # noqa: RUF012 - nothing is ever known of a part

    def __init__(self, tables: Tables, demand: Ints, numbering: Numbering) -> None:
        self.tables = tables
        self.demand = demand.astype(np.int64)
        self.seats = tables.rows
        self.lower: Floats = self.demand.astype(np.float64)
        self.unit = _unit(tables)
        self._numbering = numbering
        self.row_of_crew: Ints = numbering.row_of[numbering.of_crew]
        self._whole: NDArray[np.bool_] = tables.visit[:, t.V_WHOLE] != 0

    def expanded(self, duals: Ints) -> Ints:
        """The same price at all options."""
        own: Ints = duals[self._numbering.row_of]
        return own

    def fixed(self, people: int) -> Entries:
        """A whole visit left empty, single seats where some are better than none, and the slack."""
        visits = np.flatnonzero(self._whole)
        partial = np.flatnonzero(~self._whole[self.tables.row[:, t.R_VISIT]])
        return _empties(
            self.tables, self.demand, visits, partial, partial, np.arange(self.seats), self.needs_row(people)
        )

    def as_prices(self, duals: Floats) -> Floats:
        """As they are."""
        return duals

    def as_duals(self, prices: Ints) -> Ints:
        """As they are."""
        return prices

    def needs_row(self, people: int) -> int:
        """After seats and people."""
        return self.seats + people

    def patterns(self, people: int) -> Entries:
        """None."""
        return _NO_ENTRIES

    def least(self, duals: Ints, needs_dual: int, lacking_duals: Ints = NONE, charged: Ints | None = None) -> int:
        """Every visit served or left, whichever is less."""
        empty = needs_dual * self.tables.visit[:, t.V_NEED].astype(np.int64)
        return _least_of_visits(self.tables, self.demand, duals, empty, np.ones(self.tables.visits, dtype=bool))


_NO_ENTRIES = Entries(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def _least_of_visits(
    tables: Tables, demand: Ints, duals: Ints, empty: Ints, which: NDArray[np.bool_]
) -> int:
    """Σ over visits of what their seats bring, or what leaving them costs, whichever is less; ``duals`` by row.

    ``empty`` [visits]: what an empty seat costs there.
    """
    visit = tables.row[:, t.R_VISIT]
    price = empty[visit]
    served, left = np.zeros(tables.visits, dtype=np.int64), np.zeros(tables.visits, dtype=np.int64)
    whole = tables.visit[:, t.V_WHOLE] != 0
    np.add.at(served, visit, demand * np.where(whole[visit], duals, np.minimum(duals, price)))
    np.add.at(left, visit, demand * price)
    return int(np.minimum(served, left)[which].sum())


def _empties(
    tables: Tables, demand: Ints, visits: Ints, partial: Ints, partial_row: Ints, row_at: Ints, needs_row: int,
    lacking: Sequence[Lack] = (),
) -> Entries:
    """Columns of whole visits left empty, of empty seats (``partial``: programme rows), and of needs beyond the limit.

    ``row_at`` [rows of the tables]: their row in the programme; ``partial_row``: the tables' row of each ``partial``.
    """
    visit, need = tables.row[:, t.R_VISIT], tables.visit[tables.row[:, t.R_VISIT], t.V_NEED]
    unit = _unit(tables)
    place = np.full(tables.visits, -1, dtype=np.int64)
    place[visits] = np.arange(len(visits))
    of_whole = np.flatnonzero(place[visit] >= 0)
    of_visit = np.zeros(len(visits))
    np.add.at(of_visit, place[visit[of_whole]], (need * demand)[of_whole])
    seats, slack = np.arange(len(partial)) + len(visits), len(visits) + len(partial)
    row: list[Any] = [
        row_at[of_whole], np.full(len(visits), needs_row), partial, np.full(len(partial), needs_row), [needs_row],
    ]
    column: list[Any] = [place[visit[of_whole]], np.arange(len(visits)), seats, seats, [slack]]
    entry: list[Any] = [demand[of_whole], of_visit / unit, np.ones(len(partial)), need[partial_row] / unit, [-1 / unit]]
    in_all = np.zeros(len(visits))
    np.add.at(in_all, place[visit[of_whole]], demand[of_whole])
    for number, (weight, _) in enumerate(lacking):
        known, known_seats = np.flatnonzero(weight[visits]), np.flatnonzero(weight[visit[partial_row]])
        row += [np.full(len(known) + len(known_seats), needs_row + 1 + number)]
        column += [known, seats[known_seats]]
        entry += [(weight[visits] * in_all)[known] / unit, weight[visit[partial_row]][known_seats] / unit]
    return Entries(
        cost=np.zeros(slack + 1),
        most=np.concatenate([np.ones(len(visits)), demand[partial_row], [np.inf]]).astype(np.float64),
        row=np.concatenate(row).astype(np.int64),
        column=np.concatenate(column).astype(np.int64),
        entry=np.concatenate(entry).astype(np.float64),
    )


@dataclass
class PatternSide:
    """Linked wishes by their patterns, all others by rows."""

    tables: Tables
    numbering: Numbering
    seats: int = field(init=False)
    lower: Floats = field(init=False)
    wishes: int = field(init=False)
    faces: int = field(init=False)
    _found: list[Pattern] = field(default_factory=list)
    _known: set[Pattern] = field(default_factory=set)
    _empty: list[tuple[int, int, int]] = field(default_factory=list)
    """(pattern, visit, seats left empty)."""
    lacking: list[Lack] = field(default_factory=list)

    def __post_init__(self) -> None:
        numbering, tables = self.numbering, self.tables
        self.demand: Ints = tables.row[:, t.R_COUNT].astype(np.int64)
        self.seats, self.wishes = numbering.rows, len(numbering.linked_wishes)
        self._seats = _seats_of_visits(tables)
        self.faces = len(numbering.few_faces)
        self.unit = _unit(tables)
        self.row_of_crew: Ints = numbering.cell_of_crew
        self.lower = np.zeros(self.seats)
        self.lower[:numbering.shared] = self.demand[numbering.row_of[:numbering.shared]]
        own = [tables.wish_visit[tables.wish_ptr[w]:tables.wish_ptr[w + 1]] for w in numbering.linked_wishes]
        self._ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(visits) for visits in own])]).astype(np.int64)
        self._visits: Ints = np.concatenate([np.zeros(0, np.int64), *own]).astype(np.int64)
        hard = tables.price[t.C_SPACING] == t.HARD
        rules = tables.wish[numbering.linked_wishes][
            :, [t.W_MIN_GAP, t.W_MAX_GAP, t.W_LAST_DONE, t.W_HISTORY_BINDS, t.W_SPACED]
        ].copy()
        rules[:, 4] &= hard
        self._rules: Ints = np.ascontiguousarray(rules)
        self._crews = OneTeamCrews(tables, numbering)
        for wish, visits in enumerate(own):
            self._add(Pattern(wish, (-1,) * len(visits)))

    def _add(self, pattern: Pattern) -> None:
        if pattern not in self._known:
            self._empty += [(len(self._found), *own) for own in self._seats_left(pattern)]
            self._known.add(pattern)
            self._found.append(pattern)

    def add_roster(self, chosen: Ints, crew: Ints) -> None:
        """The patterns of a roster: ``chosen`` [visits] option or −1; ``crew``: its candidates (of ``Problem.crew``).

        Without a whole crew of one team's visit there is no pattern to add.
        """
        numbering, tables = self.numbering, self.tables
        option = tables.problem.crew.option[crew]
        for wish, (low, high) in enumerate(pairwise(self._ptr.tolist())):
            visits = self._visits[low:high]
            served = chosen[visits[numbering.is_one_team[visits] & (chosen[visits] >= 0)]]
            if not len(served):
                self._add(Pattern(wish, tuple(chosen[visits].tolist())))
                continue
            seats = numbering.of_crew[crew[np.isin(option, served)]]
            wanted = int(self._seats[tables.option[served, t.O_VISIT]].sum())
            if len(seats) == wanted or not tables.visit[visits, t.V_WHOLE].any():
                self._add(Pattern(wish, tuple(chosen[visits].tolist()), tuple(sorted(seats.tolist()))))

    def options_of_patterns(self) -> tuple[Ints, Ints]:
        """(pattern, option) for every option that a pattern found so far chooses."""
        many = [sum(option >= 0 for option in pattern.options) for pattern in self._found]
        chosen = [option for pattern in self._found for option in pattern.options if option >= 0]
        return np.repeat(np.arange(len(many)), many), np.array(chosen, dtype=np.int64)

    def prices(self, duals: Ints) -> dict[str, Any]:
        """Prices as a certificate has them: by role where a visit's options are alike, else by start and role.

        Visits of one team are left to ``prices_of_people``.
        """
        tables, numbering = self.tables, self.numbering
        problem, found = tables.problem, {}
        of_cell = duals[numbering.of_cell].tolist()
        of_row = np.zeros(tables.rows, dtype=np.int64)
        of_row[numbering.row_of[:numbering.shared]] = duals[:numbering.shared]
        for number, visit in enumerate(problem.visits):
            if not numbering.is_linked[number]:
                own = of_row[tables.row_ptr[number]:tables.row_ptr[number + 1]].tolist()
                if any(own):
                    found[visit.id] = tuple(own)
                continue
            if numbering.is_one_team[number]:
                continue
            by_start = []
            for option in problem.options_of[number]:
                own = of_cell[int(tables.cell_ptr[option]):int(tables.cell_ptr[option + 1])]
                if any(own):
                    by_start.append((self._moment(option), tuple(own)))
            if by_start:
                found[visit.id] = tuple(by_start)
        return found

    def prices_of_people(self, duals: Ints) -> dict[str, dict[str, Any]]:
        """At one team's visits: by visit and person, prices start by start, then by role; 0 is left out."""
        problem, crew = self.tables.problem, self.tables.problem.crew
        visit = self.tables.option[crew.option, t.O_VISIT]
        price = duals[self.numbering.of_crew]
        found: dict[str, dict[str, dict[int, list[int]]]] = defaultdict(lambda: defaultdict(dict))
        for seat in np.flatnonzero(self.numbering.is_one_team[visit] & (price > 0)).tolist():
            at, option = problem.visits[int(visit[seat])], int(crew.option[seat])
            own = found[at.id][problem.scenario.volunteers[int(crew.volunteer[seat])].id]
            own.setdefault(option, [0] * len(at.wish.roles))[int(crew.role[seat])] = int(price[seat])
        return {
            name: {
                person: tuple((self._moment(option), tuple(prices)) for option, prices in own.items())
                for person, own in sorted(people.items())
            }
            for name, people in found.items()
        }

    def _moment(self, option: int) -> str | None:
        """An option's start as a certificate has it."""
        problem = self.tables.problem
        start = problem.options[option].start
        return None if start is None else problem.expanded.calendar.moment(start).isoformat()

    def expanded(self, duals: Ints) -> Ints:
        """As they are."""
        return duals

    def fixed(self, people: int) -> Entries:
        """Empty visits and seats of what is not linked, empty seats of linked wishes that may be served in part."""
        tables, numbering = self.tables, self.numbering
        whole = tables.visit[:, t.V_WHOLE] != 0
        visits = np.flatnonzero(whole & ~numbering.is_linked)
        partial = np.flatnonzero(~(whole | numbering.is_one_team)[tables.row[numbering.row_of, t.R_VISIT]])
        row_at = np.full(tables.rows, -1, dtype=np.int64)
        row_at[numbering.row_of[:numbering.shared]] = np.arange(numbering.shared)
        return _empties(
            tables, self.demand, visits, partial, numbering.row_of[partial], row_at, self.needs_row(people),
            self.lacking,
        )

    def as_prices(self, duals: Floats) -> Floats:
        """A candidate's price is that of the role, less what their own row charges.

        So whoever no pattern has on a crew yet is as dear as everybody else, not free.
        """
        cells, numbering = duals[:self.numbering.cell_rows], self.numbering
        charged = duals[numbering.cell_rows:]
        return np.concatenate([cells, np.maximum(cells[numbering.cell_of_person] - charged, 0)])

    def as_duals(self, prices: Ints) -> Ints:
        """The same the other way round."""
        cells, numbering = prices[:self.numbering.cell_rows], self.numbering
        own = prices[numbering.cell_rows:]
        return np.concatenate([cells, np.maximum(cells[numbering.cell_of_person] - own, 0)])

    def needs_row(self, people: int) -> int:
        """After seats, people, linked wishes and faces."""
        return self.seats + people + self.wishes + self.faces

    def patterns(self, people: int) -> Entries:
        """A pattern asks for its seats, chooses for its wish, and costs the needs of what it leaves."""
        tables, numbering = self.tables, self.numbering
        rows: list[int] = []
        columns: list[int] = []
        entries: list[float] = []
        for column, (wish, options, seats) in enumerate(self._found):
            cells = numbering.cell_of_person[np.array(seats, dtype=np.int64) - numbering.cell_rows].tolist()
            rows += [self.seats + people + wish, *seats, *cells]
            columns += [column] * (1 + 2 * len(seats))
            entries += [1.0] * (1 + len(seats)) + [-1.0] * len(seats)
            for visit, option in zip(self._visits[self._ptr[wish]:self._ptr[wish + 1]].tolist(), options):
                if option < 0 or numbering.is_one_team[visit]:
                    continue
                for cell in range(int(tables.cell_ptr[option]), int(tables.cell_ptr[option + 1])):
                    rows.append(int(numbering.of_cell[cell]))
                    columns.append(column)
                    entries.append(-float(self.demand[numbering.row_of_cell[cell]]))
        many = len(self._found)
        left = self._of_empty(self.needs_row(people))
        return Entries(
            np.zeros(many), np.full(many, np.inf), np.concatenate([np.array(rows, dtype=np.int64), left.row]),
            np.concatenate([np.array(columns, dtype=np.int64), left.column]),
            np.concatenate([np.array(entries, dtype=np.float64), left.entry]),
        )

    def _of_empty(self, needs_row: int) -> Entries:
        """What the seats that patterns leave empty add to needs, and to what is known to lack."""
        pattern, visit, seats = (np.array(own, dtype=np.int64) for own in zip(*self._empty)) if self._empty else (NONE,) * 3
        weights = [self.tables.visit[:, t.V_NEED].astype(np.int64), *(lack.weight for lack in self.lacking)]
        points = [np.bincount(pattern, seats * weight[visit], len(self._found)) for weight in weights]
        which = [np.flatnonzero(own) for own in points]
        return Entries(
            np.zeros(0), np.zeros(0), np.repeat(np.arange(len(which)) + needs_row, [len(own) for own in which]),
            np.concatenate(which), np.concatenate([own[at] / self.unit for own, at in zip(points, which)]),
        )

    def _seats_left(self, pattern: Pattern) -> Iterator[tuple[int, int]]:
        """(visit, seats) that a pattern leaves empty: all where it serves nobody, and of one team's crews some."""
        numbering = self.numbering
        taken = Counter(self.tables.row[numbering.row_of[list(pattern.seats)], t.R_VISIT].tolist())
        low, high = self._ptr[pattern.wish:pattern.wish + 2]
        for visit, option in zip(self._visits[low:high].tolist(), pattern.options):
            if option < 0 or (numbering.is_one_team[visit] and taken[visit] < self._seats[visit]):
                yield visit, int(self._seats[visit]) - taken[visit]

    def least(self, duals: Ints, needs_dual: int, lacking_duals: Ints = NONE, charged: Ints | None = None) -> int:
        """Rows as in ``RowSide``, and every linked wish's least pattern, which becomes a column."""
        tables, numbering = self.tables, self.numbering
        by_row = np.zeros(tables.rows, dtype=np.int64)
        by_row[numbering.row_of[:numbering.shared]] = duals[:numbering.shared]
        empty = needs_dual * tables.visit[:, t.V_NEED].astype(np.int64)
        for lack, dual in zip(self.lacking, lacking_duals.tolist()):
            empty -= dual * lack.weight
        total = _least_of_visits(tables, self.demand, by_row, empty, ~numbering.is_linked)
        visit = tables.row[numbering.row_of_cell, t.R_VISIT]
        price = empty[visit]
        whole = tables.visit[visit, t.V_WHOLE] != 0
        of_cell = duals[numbering.of_cell]
        worth = np.zeros(len(tables.option), dtype=np.int64)
        np.add.at(
            worth, numbering.option_of_cell,
            self.demand[numbering.row_of_cell] * np.where(whole, of_cell, np.minimum(of_cell, price)),
        )
        crews = self._crews.least(duals, empty)
        worth[self._crews.options] = crews.worth
        if charged is not None:
            worth -= charged
        values, chosen = _least_patterns(
            self._ptr, self._visits, tables.option_ptr, tables.option, worth, empty * self._seats, self._rules
        )
        for wish, (low, high) in enumerate(pairwise(self._ptr.tolist())):
            options = tuple(chosen[low:high].tolist())
            self._add(Pattern(wish, options, self._crews.seats(crews, options)))
        return total + int(values.sum())


class Pattern(NamedTuple):
    """One for a linked wish: option or −1 of each of its visits, and the rows of the candidates on one team's crews."""

    wish: int
    options: tuple[int, ...]
    seats: tuple[int, ...] = ()


class Crews(NamedTuple):
    """``worth`` [options of one team's visits]: the least a crew there brings; its candidates are those ``taken``."""

    worth: Ints
    taken: NDArray[np.bool_]


class OneTeamCrews:
    """The cheapest crew at each option of one team's visits, when each candidate has a price.

    Teams are groups of candidates at an option. Somebody may stand in two roles of a crew: it is cheaper, so the bound holds.
    """

    def __init__(self, tables: Tables, numbering: Numbering) -> None:
        self.tables = tables
        crew, teams = tables.problem.crew, tables.problem.possible.teams
        of_one_team = np.flatnonzero(numbering.is_one_team[tables.option[:, t.O_VISIT]])
        self.options: Ints = np.array([option for option in of_one_team.tolist() if teams.get(option)], dtype=np.int64)
        groups = [(option, team) for option in self.options.tolist() for team in teams[option]]
        number = {group: at for at, group in enumerate(groups)}
        seats = np.flatnonzero(np.isin(crew.option, self.options) & tables.may_serve)
        team = tables.person[crew.volunteer[seats], t.P_TEAM]
        group = [number.get(own, -1) for own in zip(crew.option[seats].tolist(), team.tolist())]
        self._group: Ints = np.array(group, dtype=np.int64)
        """[candidates] as all that follows; ``_seat``: the row of each."""
        self._seat: Ints = numbering.of_crew[seats]
        self._row: Ints = numbering.row_of[self._seat]
        self._first: Ints = np.searchsorted([option for option, _ in groups], self.options).astype(np.int64)
        """[options] the first group of each."""
        self._visit: Ints = tables.option[[option for option, _ in groups], t.O_VISIT].astype(np.int64)
        """[groups]."""
        self._wanted: Ints = _seats_of_visits(tables)[self._visit]
        self._option_of_group: Ints = np.array([option for option, _ in groups], dtype=np.int64)

    def least(self, duals: Ints, empty: Ints) -> Crews:
        """At prices ``duals`` [rows]; ``empty`` [visits]: what an empty seat costs there."""
        if not len(self.options):
            return Crews(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool))
        tables = self.tables
        need = empty[self._visit]
        whole = tables.visit[self._visit, t.V_WHOLE] != 0
        price = duals[self._seat]
        order = np.lexsort((price, self._row, self._group))
        key = self._group[order] * tables.rows + self._row[order]
        begins = np.flatnonzero(np.diff(key, prepend=-1))
        rank = np.arange(len(key)) - np.repeat(begins, np.diff(np.append(begins, len(key))))
        taken = np.zeros(len(price), dtype=bool)
        taken[order] = rank < tables.row[self._row[order], t.R_COUNT]
        taken &= whole[self._group] | (price < need[self._group])
        total = self._wanted * need
        np.add.at(total, self._group[taken], (price - need[self._group])[taken])
        worth = np.minimum.reduceat(total, self._first)
        best = self._first + [int(np.argmin(own)) for own in np.split(total, self._first[1:])]
        return Crews(worth, taken & np.isin(self._group, best))

    def seats(self, crews: Crews, options: Iterable[int]) -> tuple[int, ...]:
        """The rows of the candidates on the crews at some options."""
        there = np.isin(self._option_of_group[self._group], [option for option in options if option >= 0])
        return tuple(np.sort(self._seat[crews.taken & there]).tolist())


@numba.njit(cache=True, nogil=True)
def _least_patterns(  # noqa: C901 - compiled: plain loops
    ptr: Any, visits: Any, option_ptr: Any, option: Any, worth: Any, left: Any, rules: Any
) -> tuple[Any, Any]:
    """(least value of each wish, the option or −1 of each of its visits) under the rules of spacing.

    The cheapest way to serve a visit at an option, after serving some earlier one or none, visit by visit.
    """
    values = np.zeros(len(ptr) - 1, dtype=np.int64)
    chosen = np.full(len(visits), -1, dtype=np.int64)
    for w in range(len(ptr) - 1):
        low, high = ptr[w], ptr[w + 1]
        many = 1
        for at in range(low, high):
            many += option_ptr[visits[at] + 1] - option_ptr[visits[at]]
        cost = np.zeros(many, dtype=np.int64)  # of serving that option last, what lies before included
        place = np.full(many, low - 1, dtype=np.int64)
        which = np.full(many, -1, dtype=np.int64)
        before = np.full(many, -1, dtype=np.int64)
        unserved = np.zeros(high - low + 1, dtype=np.int64)
        for at in range(low, high):
            unserved[at - low + 1] = unserved[at - low] + left[visits[at]]
        least, most, last, binds, spaced = rules[w, 0], rules[w, 1], rules[w, 2], rules[w, 3], rules[w, 4]
        count = 1
        for at in range(low, high):
            v, known = visits[at], count
            for o in range(option_ptr[v], option_ptr[v + 1]):
                if not option[o, t.O_ALLOWED]:
                    continue
                day = option[o, t.O_DAY]
                best, source = np.int64(1) << 60, -1
                for state in range(known):
                    if spaced:
                        if state > 0:
                            gap, adjacent = day - option[which[state], t.O_DAY], place[state] == at - 1
                        else:
                            gap, adjacent = day - last, at == low and binds != 0
                        remembered = state > 0 or last > -t.FAR
                        if remembered and (gap < least or (adjacent and most >= 0 and gap > most)):
                            continue
                    here = cost[state] + unserved[at - low] - unserved[place[state] - low + 1]
                    if here < best:
                        best, source = here, state
                if source >= 0:
                    cost[count], place[count], which[count], before[count] = best + worth[o], at, o, source
                    count += 1
        best, source = np.int64(1) << 60, 0
        for state in range(count):
            here = cost[state] + unserved[high - low] - unserved[place[state] - low + 1]
            if here < best:
                best, source = here, state
        values[w] = best
        while source > 0:
            chosen[place[source]] = which[source]
            source = before[source]
    return values, chosen
