"""The most one volunteer's own plan can be worth, when every seat has a price: what a certificate rests on.

A plan is a set of seats one person could take: one per visit, no two that collide, within their own limits and turns.
The days are walked in order. Plans that agree in everything that matters later share one label and only the best
of them goes on; a label that cannot beat the best plan known, even with the best of every day to come, is dropped.
Worths are in milli-points (int). Knows no solver.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import accumulate, combinations
from operator import le
from typing import NamedTuple, TypeAlias

from matcher.domain.wishes import Role, Wish
from matcher.problem.check import last_crew
from matcher.problem.expand import Outside, Visit
from matcher.problem.problem import Problem, longest_way

MOST_LABELS = 60_000
MOST_PATTERNS = 20_000
"""Beyond these, one person's search is given up and an upper bound stands in."""
MANY_LABELS = 6_000_000
"""So many in all for a second search of those whose first was given up."""
_BEAM = 6
"""Labels kept per day in the first, quick walk, which finds a good plan to compare with."""
_FEW, _RIVALS = 30, 40
"""Beyond so few labels, each is compared with so many others that have taken on the same."""
_UNLIMITED_LOSS = 1 << 60
_UNLIMITED = 1 << 20
_NEVER = -(1 << 60)


class Offer(NamedTuple):
    """A seat somebody could take. ``worth``: its price less its own cost, without travel, fairness, faces and turns."""

    option: int
    role: int
    worth: int


class Worth(NamedTuple):
    """The most a person's plan is worth; not ``exact``: surely no more than this, and one is worth ``found``."""

    value: int
    exact: bool
    found: int
    labels: int = 0
    """How many were looked at."""


@dataclass(frozen=True, slots=True)
class _Seat:
    """An offer with its facts. ``worth`` is net of the first turn's price at a rotating wish."""

    number: int
    visit: int
    role: Role
    of: Visit
    start: int
    end: int
    day: date
    worth: int

    @property
    def sorting(self) -> tuple[int, int, str]:
        return self.start, self.end, self.of.id


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What somebody might do on one day (or one lot of goods): a set of seats, with its tour paid."""

    members: int
    count: int
    minutes: int
    worth: int
    shares: int
    """What the faces it needs cost at least, per visit of theirs."""
    blocks: int
    """Seats that none who does this can take as well."""
    faces: tuple[int, ...]
    """Numbers of the wishes at which a face is new, one per visit."""
    turns: tuple[tuple[int, bool], ...]
    """Numbers of the rotating wishes, one per visit, and whether it is somebody's turn: not of who steps in."""
    meets: int
    """The demanded visits among them, as bits."""


@dataclass(slots=True)
class _Stage:
    day: date
    timed: bool
    patterns: list[_Pattern]
    best: dict[int, int] = field(default_factory=dict)
    """The most worth among patterns of so many visits, each face paid in shares."""
    forced: int = 0
    """Demanded visits that can be served here only, as bits of their places among those demanded."""
    last_chance: int = 0
    """Demanded visits that cannot be served later."""


_Taken: TypeAlias = tuple[int, int, int, int, int, int]


class _Label(NamedTuple):
    """What plans have in common so far, as far as it matters later."""

    week: int
    week_minutes: int
    week_days: int
    month: int
    month_minutes: int
    visits: int
    blocked: int
    faces: int
    met: int
    """Demanded visits it contains, as bits, while others still wait for theirs."""
    turns: tuple[tuple[int, tuple[date | None, ...]], ...]
    """By rotating wish, the days of turns; None for stepping in."""

    @property
    def taken(self) -> _Taken:
        """What is taken on: the less, the better."""
        return self[:6]


@dataclass(slots=True)
class _Load:
    """Visits, minutes and days somebody has taken on outside the plan, by period."""

    visits: Counter[tuple[object, ...]] = field(default_factory=Counter)
    minutes: Counter[tuple[object, ...]] = field(default_factory=Counter)
    days: dict[tuple[object, ...], set[date]] = field(default_factory=lambda: defaultdict(set))

    def add(self, day: date, minutes: int, goods: bool) -> None:
        for key in (_week(day), _month(day)) if goods else (_week(day), _month(day), _day(day)):
            self.visits[key] += 1
            self.minutes[key] += minutes
        if not goods:
            self.days[_week(day)].add(day)


class _TooManyPatternsError(Exception):
    """A day with more sets of visits than anybody wants to try."""


class Plans:
    """The best plans of the volunteers of one problem. ``costs`` False: seats have a worth and nothing has a price.

    ``faces``: by wish, milli-points that a new face there is charged beside its price.
    """

    def __init__(self, problem: Problem, *, costs: bool = True, faces: Mapping[str, int] | None = None) -> None:
        self.problem = problem
        self.expanded = problem.expanded
        self.prices = problem.prices
        self.costs = costs
        settings = problem.scenario.program.settings
        self.travel = 1000 * settings.weights.travel if costs else 0
        self._face = 1000 * settings.weights.faces if costs else 0
        self._faces = faces or {}
        self.turns_are_hard = "keeps_the_turn" not in settings.soft_rules
        self.place_in_wish = {
            number: place for visits in problem.visits_of_wish.values() for place, number in enumerate(visits)
        }
        self.longest_way = longest_way(self.expanded)
        self.outside: dict[int, list[Outside]] = defaultdict(list)
        for seat in self.expanded.outside:
            self.outside[seat.volunteer].append(seat)
        self._last_crew: dict[str, set[int]] = {}
        self._known: dict[str, frozenset[int]] = {}
        self._turns: dict[str, dict[int, int]] = {}

    def best(
        self, volunteer: int, offers: Sequence[Offer], must: Set[int] = frozenset(), most_labels: int | None = None
    ) -> Worth:
        """The most any plan out of these offers is worth to a volunteer that contains the visits in ``must``.

        If no plan can contain them all, nobody can keep to them, and they are not asked for.
        """
        search = _Search(self, volunteer, offers, must, MOST_LABELS if most_labels is None else most_labels)
        try:
            worth = search.best()
        except _TooManyPatternsError:
            return Worth(search.most(), False, 0)
        return self.best(volunteer, offers, most_labels=most_labels) if worth.value < _NEVER // 2 else worth

    def turn_price(self, wish: Wish, volunteer: int, turn: int) -> int:
        """What somebody's ``turn``-th new turn at a rotating wish costs."""
        if not self.costs:
            return 0
        if wish.id not in self._turns:
            self._turns[wish.id] = self.prices.wish_turns_before(wish)
        return 1000 * self.prices.wish_turn(self._turns[wish.id].get(volunteer, 0), turn)

    def knows(self, wish: Wish, volunteer: int) -> bool:
        """Whether a steady or paired wish knows this face, or does not ask."""
        if wish.staffing.policy not in ("steady", "pair"):
            return True
        if wish.id not in self._known:
            self._known[wish.id] = self.prices.known_faces(wish)
        return volunteer in self._known[wish.id]

    def face(self, wish: Wish) -> int:
        """What a new face at a steady or paired wish is charged."""
        return self._face + self._faces.get(wish.id, 0)

    def steps_in(self, visit: Visit, volunteer: int) -> bool:
        """Whether somebody was told to stand by at a visit: serving it uses up no turn."""
        return volunteer in self.expanded.standing_by.get(visit.id, ())

    def came_last(self, wish: Wish, volunteer: int) -> bool:
        """Whether somebody served a wish's last done visit."""
        if wish.id not in self._last_crew:
            self._last_crew[wish.id] = last_crew(self.expanded, wish)
        return volunteer in self._last_crew[wish.id]

    def elsewhere(self, volunteer: int) -> _Load:
        """Everything done, and promised outside the plan."""
        load, calendar = _Load(), self.expanded.calendar
        for service in self.expanded.done_by_volunteer.get(self.problem.scenario.volunteers[volunteer].id, ()):
            wish = self.problem.scenario.wish.get(service.wish or "")
            goods = wish is not None and wish.kind == "goods"
            load.add(calendar.day_of(calendar.minute_of(service.start)), 0 if goods else service.minutes, goods)
        for seat in self.outside.get(volunteer, ()):
            if not seat.standby:
                minutes = 0 if seat.start is None or seat.end is None else seat.end - seat.start
                load.add(seat.day, minutes, seat.start is None)
        return load


class _Search:
    """One volunteer's offers, laid out day by day."""

    def __init__(
        self, plans: Plans, volunteer: int, offers: Sequence[Offer], must: Set[int], most_labels: int
    ) -> None:
        self.plans = plans
        self.volunteer = volunteer
        self.must = must
        self.most_labels = most_labels
        self.limits = plans.expanded.limits[volunteer]
        self.load = plans.elsewhere(volunteer)
        self.rest = self.limits.min_rest_minutes or 0
        self.person = plans.problem.scenario.volunteers[volunteer]
        self._fairness = [0]
        self.must_bit = {visit: 1 << number for number, visit in enumerate(sorted(must))}
        self.seats = self._seats(offers)
        self.wishes = [seat.of.wish for seat in self.seats]
        self.wish_number = {wish.id: number for number, wish in enumerate(self.wishes)}
        self.past_turns = {
            number: [
                plans.expanded.calendar.day_of(plans.expanded.calendar.minute_of(service.start))
                for service in plans.expanded.done.get(self.wishes[number].id, ())
                if not service.stepped_in and plans.expanded.row_of(service.volunteer) == volunteer
            ]
            for number in self.wish_number.values()
        }
        visits_of: dict[str, set[int]] = defaultdict(set)
        for seat in self.seats:
            visits_of[seat.of.wish.id].add(seat.visit)
        self.face = [plans.face(wish) for wish in self.wishes]
        self.share = {
            name: self.face[self.wish_number[name]] // len(visits) for name, visits in visits_of.items()
        }

    # ------------------------------------------------------------------------------------- seats

    def _seats(self, offers: Sequence[Offer]) -> list[_Seat]:
        """Offers that are no trouble by themselves, of equals only the best, in time order."""
        found: list[_Seat] = []
        for offer in offers:
            option = self.plans.problem.options[offer.option]
            visit = self.plans.problem.visits[option.visit]
            start, end = (-1, -1) if option.start is None or option.end is None else (option.start, option.end)
            worth = offer.worth
            if visit.wish.staffing.policy == "rotate":
                worth -= self.plans.turn_price(visit.wish, self.volunteer, 1)
            seat = _Seat(len(found), option.visit, visit.wish.roles[offer.role], visit, start, end, option.day, worth)
            if self._is_possible(seat):
                found.append(seat)
        return self._undominated(sorted(found, key=lambda seat: (seat.day, seat.start < 0, seat.sorting, -seat.worth)))

    def _is_possible(self, seat: _Seat) -> bool:
        """Whether a plan of this seat alone keeps the rules about what lies outside the plan."""
        staffing = seat.of.wish.staffing
        if staffing.policy == "rotate" and self.plans.turns_are_hard and self.plans.place_in_wish[seat.visit] == 0 \
                and self.plans.came_last(seat.of.wish, self.volunteer) \
                and not self.plans.steps_in(seat.of, self.volunteer):
            return False
        return seat.start < 0 or not any(
            self._meets(seat, outside) for outside in self.plans.outside.get(self.volunteer, ()) if not outside.standby
        )

    def _meets(self, seat: _Seat, other: Outside) -> bool:
        if other.start is None or other.end is None:
            return False
        if (other.start, other.end, other.visit) < seat.sorting:
            gap, way = seat.start - other.end, self.minutes(other.end_place, seat.of.place, _by_car(seat.role))
        else:
            gap, way = other.start - seat.end, self.minutes(seat.of.end_place, other.place, False)
        return gap < way or 0 <= gap < self.rest

    def minutes(self, origin: str | None, destination: str | None, by_car: bool) -> int:
        return self.plans.expanded.atlas.minutes(origin, destination, "car" if by_car else self.person.travel_mode)

    def _undominated(self, seats: list[_Seat]) -> list[_Seat]:
        """Of one visit's seats on one day, none that keeps at least as much from happening and is worth no more.

        Only for people with one visit a day at most: with more, the hour decides about the way between visits.
        """
        self.once_a_day = self.limits.visits_per_day in (0, 1)
        self.blocks = self._conflicts(seats)
        keep = set(range(len(seats)))
        if self.once_a_day:
            groups: dict[tuple[int, date], list[int]] = defaultdict(list)
            for number, seat in enumerate(seats):
                groups[seat.visit, seat.day].append(number)
            for group in groups.values():
                keep -= self._dominated(seats, group)
        kept = sorted(keep)
        seats = [seats[number] for number in kept]
        if len(kept) < len(self.blocks):
            self.blocks = self._conflicts(seats)
        return [
            _Seat(number, seat.visit, seat.role, seat.of, seat.start, seat.end, seat.day, seat.worth)
            for number, seat in enumerate(seats)
        ]

    def _dominated(self, seats: Sequence[_Seat], group: Sequence[int]) -> set[int]:
        siblings = sum(1 << number for number in group)
        others = {number: self.blocks[number] & ~siblings for number in group}
        worth = {number: seats[number].worth - self._tour([seats[number]]) for number in group}
        return {
            number for at, number in enumerate(group)
            for before, better in enumerate(group)
            if number != better and others[better] & ~others[number] == 0
            and (worth[better], -before) > (worth[number], -at)
        }

    def _conflicts(self, seats: Sequence[_Seat]) -> list[int]:
        """Per seat, the others that cannot be taken with it, as bits; timed seats of a day come in time order."""
        of_visit: dict[int, int] = defaultdict(int)
        for number, seat in enumerate(seats):
            of_visit[seat.visit] |= 1 << number
        blocks = [of_visit[seat.visit] & ~(1 << number) for number, seat in enumerate(seats)]
        for first, second in (*self._turns_running(seats), *self._collisions(seats)):
            blocks[first] |= 1 << second
            blocks[second] |= 1 << first
        return blocks

    def _turns_running(self, seats: Sequence[_Seat]) -> Iterator[tuple[int, int]]:
        """Seats at neighbouring visits of a rotating wish, which one person must not serve both."""
        if not self.plans.turns_are_hard:
            return
        rotating: dict[str, list[int]] = defaultdict(list)
        for number, seat in enumerate(seats):
            if seat.of.wish.staffing.policy == "rotate" and not self.plans.steps_in(seat.of, self.volunteer):
                rotating[seat.of.wish.id].append(number)
        place = self.plans.place_in_wish
        for group in rotating.values():
            for first, second in combinations(group, 2):
                if abs(place[seats[first].visit] - place[seats[second].visit]) == 1:
                    yield first, second

    def _collisions(self, seats: Sequence[_Seat]) -> Iterator[tuple[int, int]]:
        """Seats with no time between them; those of one day are alternatives anyway where a day holds one."""
        timed = [number for number, seat in enumerate(seats) if seat.start >= 0]
        far = max(self.rest, self.plans.longest_way)
        for at, first in enumerate(timed):
            one = seats[first]
            for second in timed[at + 1:]:
                other = seats[second]
                if other.start - one.end >= far:
                    break
                if self.once_a_day and one.day == other.day:
                    continue
                if self._collide(*((one, other) if one.sorting < other.sorting else (other, one))):
                    yield first, second

    def _collide(self, first: _Seat, second: _Seat) -> bool:
        """Whether there is no time between two seats; ``first`` comes first."""
        gap = second.start - first.end
        return gap < 0 or gap < self.rest or gap < self.minutes(
            first.of.end_place, second.of.place, _by_car(second.role)
        )

    # ------------------------------------------------------------------------------------- prices

    def fairness(self, count: int) -> int:
        """What so many new turns cost."""
        while len(self._fairness) <= count:
            turn = len(self._fairness)
            price = 1000 * self.plans.prices.fairness(self.volunteer, turn) if self.plans.costs else 0
            self._fairness.append(self._fairness[-1] + price)
        return self._fairness[count]

    def _tour(self, stops: Sequence[_Seat]) -> int:
        """What the day's way home → visits → home costs."""
        if not self.plans.travel:
            return 0
        here, minutes, by_car = self.person.home, 0, False
        for stop in stops:
            by_car = _by_car(stop.role)
            minutes += self.minutes(here, stop.of.place, by_car)
            here = stop.of.end_place
        return self.plans.travel * (minutes + self.minutes(here, self.person.home, by_car))

    # ----------------------------------------------------------------------------------- patterns

    def _stages(self) -> list[_Stage]:
        """Days with timed seats, and each visit of goods, in time order."""
        timed: dict[date, list[_Seat]] = defaultdict(list)
        goods: dict[tuple[date, int], list[_Seat]] = defaultdict(list)
        for seat in self.seats:
            if seat.start < 0:
                goods[seat.day, seat.visit].append(seat)
            else:
                timed[seat.day].append(seat)
        stages = [_Stage(day, True, self._patterns(day, seats)) for day, seats in timed.items()]
        stages += [_Stage(day, False, [self._pattern([seat]) for seat in own]) for (day, _), own in goods.items()]
        stages.sort(key=lambda stage: (stage.day, not stage.timed))
        self._demand(stages)
        for stage in stages:
            stage.patterns = [
                pattern for pattern in self._worthwhile(stage.patterns) if pattern.meets & stage.forced == stage.forced
            ]
            for pattern in stage.patterns:
                worth = pattern.worth - pattern.shares
                stage.best[pattern.count] = max(worth, stage.best.get(pattern.count, worth))
        return [stage for stage in stages if stage.patterns or stage.last_chance]

    def _demand(self, stages: Sequence[_Stage]) -> None:
        """Tell the stages which demanded visits each must see to."""
        for bit in self.must_bit.values():
            chances = [stage for stage in stages if any(pattern.meets & bit for pattern in stage.patterns)]
            if chances:
                chances[-1].last_chance |= bit
            if len(chances) == 1:
                chances[0].forced |= bit
            self.can_be_met &= bool(chances)

    def _patterns(self, day: date, seats: Sequence[_Seat]) -> list[_Pattern]:
        """Every set of seats of one day that goes together."""
        most = _left(self.limits.visits_per_day, self.load.visits[_day(day)])
        minutes = _left(self.limits.minutes_per_day, self.load.minutes[_day(day)])
        found: list[_Pattern] = []

        def extend(chosen: list[_Seat], blocked: int, spent: int, begin: int) -> None:
            for at in range(begin, len(seats)):
                seat = seats[at]
                if blocked >> seat.number & 1 or spent + seat.of.minutes > minutes:
                    continue
                if len(found) >= MOST_PATTERNS:
                    raise _TooManyPatternsError
                chosen.append(seat)
                found.append(self._pattern(chosen))
                if len(chosen) < most:
                    extend(chosen, blocked | self.blocks[seat.number], spent + seat.of.minutes, at + 1)
                chosen.pop()

        if most > 0:
            extend([], 0, 0, 0)
        return found

    def _pattern(self, stops: Sequence[_Seat]) -> _Pattern:
        wishes = [seat.of.wish for seat in stops]
        new = [wish for wish in wishes if not self.plans.knows(wish, self.volunteer)]
        members = blocks = 0
        for seat in stops:
            members |= 1 << seat.number
            blocks |= self.blocks[seat.number]
        return _Pattern(
            members=members,
            count=len(stops),
            minutes=sum(seat.of.minutes for seat in stops if seat.start >= 0),
            worth=sum(seat.worth for seat in stops) - self._tour(stops),
            shares=sum(self.share[wish.id] for wish in new),
            blocks=blocks,
            faces=tuple(self.wish_number[wish.id] for wish in new),
            turns=tuple(
                (self.wish_number[seat.of.wish.id], not self.plans.steps_in(seat.of, self.volunteer))
                for seat in stops if seat.of.wish.staffing.policy == "rotate"
            ),
            meets=sum(self.must_bit[seat.visit] for seat in stops if seat.visit in self.must_bit),
        )

    def _worthwhile(self, patterns: list[_Pattern]) -> list[_Pattern]:
        """Patterns no worse than what is left of them without one of their visits, the first turn paid for each.

        Visits that are demanded stay.
        """
        first = self.fairness(1)
        net = {pattern.members: pattern.worth - pattern.count * first for pattern in patterns} | {0: 0}
        kept = []
        for pattern in patterns:
            losses = [
                (bit, net[pattern.members] - net[pattern.members ^ bit]) for bit in _bits(pattern.members & ~self.demanded)
            ]
            if all(loss > 0 for _, loss in losses):
                kept.append(pattern)
                for bit, loss in losses:
                    visit = self.seats[bit.bit_length() - 1].visit
                    self.loss[visit] = max(loss, self.loss.get(visit, 0))
        return kept

    # ------------------------------------------------------------------------------------- search

    def best(self) -> Worth:
        """The most a plan is worth; far below 0 if none meets all demands. Raises ``_TooManyPatternsError``."""
        self.demanded = sum(1 << seat.number for seat in self.seats if seat.visit in self.must_bit)
        self.can_be_met = True
        self.loss: dict[int, int] = dict.fromkeys(self.must, _UNLIMITED_LOSS)
        """By visit, the most that leaving it out of a plan can cost."""
        self.stages = self._stages()
        if not self.can_be_met:
            return Worth(_NEVER, True, _NEVER)
        if not self.stages:
            return Worth(0, True, 0)
        self.free_from = max((at + 1 for at, stage in enumerate(self.stages) if stage.last_chance), default=0)
        self.reach = self._reaches()
        self.later = [0] * (len(self.stages) + 1)
        for at in range(len(self.stages) - 1, -1, -1):
            self.later[at] = self.later[at + 1]
            for pattern in self.stages[at].patterns:
                self.later[at] |= pattern.members
        self.later_wishes = [
            sum(1 << number for number in {self.wish_number[self.wishes[seat].id] for seat in _places(later)})
            for later in self.later
        ]
        self.known: dict[tuple[int, int, int, int], int] = {}
        return self._walk(self._walk(0 if not self.must_bit else _NEVER, _BEAM).value, None)

    def most(self) -> int:
        """No plan is worth more: the best seat of each visit, as many as limits allow, no way and no face paid."""
        best: dict[int, int] = {}
        for seat in self.seats:
            best[seat.visit] = max(seat.worth, best.get(seat.visit, 0))
        value = 0
        most = self._months_left({(seat.day.year, seat.day.month): seat.day for seat in self.seats}.values())
        for count, worth in enumerate(sorted(best.values(), reverse=True)[:most]):
            value += max(0, worth - (self.fairness(count + 1) - self.fairness(count)))
        return value

    def _months_left(self, days: Iterable[date]) -> int:
        return sum(_left(self.limits.visits_per_month, self.load.visits[_month(day)]) for day in days)

    def _reaches(self) -> list[list[list[int]]]:
        """[stage][visits left in its week][visits]: the most that so many visits from there on are worth.

        Of the rules it knows those about days and weeks, and within a week that a visit takes place once; each face is
        paid in shares.
        """
        tables: list[list[list[int]]] = [[[0]]]
        week: tuple[object, ...] | None = None
        after, own, visits = [0], [0], dict[int, int]()
        for stage in reversed(self.stages):
            if _week(stage.day) != week:
                # What comes after begins with a whole week of its own.
                week, after, own, visits = _week(stage.day), tables[-1][-1], [0], {}
                left = min(self._week_left(stage.day), _UNLIMITED)
            stays = _NEVER if stage.forced else 0
            most_visits = max(stage.best, default=0)
            own = _joined(own, [stays, *(stage.best.get(count + 1, _NEVER) for count in range(most_visits))])
            if self.once_a_day:
                for pattern in stage.patterns:
                    visit = self.seats[pattern.members.bit_length() - 1].visit
                    visits[visit] = max(pattern.worth - pattern.shares, visits.get(visit, _NEVER))
                dearest = [0, *accumulate(sorted(visits.values(), reverse=True))]
                own = [min(worth, dearest[count]) for count, worth in enumerate(own[:len(dearest)])]
            tables.append([_joined(own[:most + 1], after) for most in range(min(left, len(own) - 1) + 1)])
        return tables[::-1]

    def _week_left(self, day: date) -> int:
        return _left(self.limits.visits_per_week, self.load.visits[_week(day)])

    def _walk(self, best: int, beam: int | None) -> Worth:
        """Walk the days with every label that might beat ``best``; with a ``beam`` only so many a day."""
        labels: dict[_Label, tuple[int, int]] = {_Label(0, 0, 0, 0, 0, 0, 0, 0, 0, ()): (0, 0)}
        ceiling, work = max(self.reach[0][-1]), 0
        for at, stage in enumerate(self.stages):
            labels = self._turned(labels, stage.day, self.stages[at - 1].day if at else None)
            following: dict[_Label, tuple[int, int]] = {}
            for label, (value, credit) in labels.items():
                for new, found in self._steps(at, label, value, credit):
                    work += 1
                    if at + 1 >= self.free_from:
                        best = max(best, found[0] - self.fairness(new.visits))
                    if new not in following or following[new][0] < found[0]:
                        following[new] = found
                if beam is None and work > self.most_labels:
                    return Worth(max(best, ceiling), False, best, work)
            months_left = self._months_after(at)
            bounds = {new: self._bound(at + 1, new, found, months_left) for new, found in following.items()}
            going_on = [new for new in following if bounds[new] > best]
            if beam is not None:
                going_on = sorted(going_on, key=lambda new: -bounds[new])[:beam]
            elif len(going_on) > _FEW:
                going_on = self._unbeaten(going_on, following)
            labels = {new: following[new] for new in going_on}
            ceiling = max((bounds[new] for new in going_on), default=best)
        return Worth(best, True, best, work)

    def _unbeaten(self, labels: list[_Label], found: dict[_Label, tuple[int, int]]) -> list[_Label]:
        """Labels but those from which nothing can come that would not be worth as much from another.

        The other has taken on no more, and is ahead by more than what it costs to meet the faces only this one knows,
        and to do without the visits only the other rules out.
        """
        rivals: dict[_Taken, list[_Label]] = {}
        kept = []
        for label in sorted(labels, key=lambda label: -found[label][0]):
            taken = label.taken
            if not any(
                self._beats(other, label, found[other][0] - found[label][0])
                for key, others in rivals.items() if all(map(le, key, taken)) for other in others
            ):
                kept.append(label)
                others = rivals.setdefault(taken, [])
                if len(others) < _RIVALS:
                    others.append(label)
        return kept

    def _beats(self, other: _Label, label: _Label, ahead: int) -> bool:
        """Whether ``other``, so many milli-points ahead and with no more taken on, is as good whatever follows."""
        ahead -= sum(self.face[wish] for wish in _places(label.faces & ~other.faces))
        if ahead < 0 or label.met & ~other.met:
            return False
        lost = other.blocked & ~label.blocked
        if lost:
            seen = set()
            for seat in _places(lost):
                visit = self.seats[seat].visit
                if visit not in seen:
                    seen.add(visit)
                    ahead -= self.loss.get(visit, 0)
                    if ahead < 0:
                        return False
        return not other.turns or set(other.turns) <= set(label.turns)

    def _turned(
        self, labels: dict[_Label, tuple[int, int]], day: date, before: date | None
    ) -> dict[_Label, tuple[int, int]]:
        """The labels as a day begins: in a new week or month its counts are those of what lies outside the plan."""
        new_week, new_month = (before is None or period(before) != period(day) for period in (_week, _month))
        if not new_week and not new_month:
            return labels
        limits, load = self.limits, self.load
        turned: dict[_Label, tuple[int, int]] = {}
        week, month = _week(day), _month(day)
        for label, found in labels.items():
            if new_week:
                label = label._replace(
                    week=load.visits[week] if limits.visits_per_week is not None else 0,
                    week_minutes=load.minutes[week] if limits.minutes_per_week is not None else 0,
                    week_days=len(load.days[week]) if limits.rest_days else 0,
                )
            if new_month:
                label = label._replace(
                    month=load.visits[month] if limits.visits_per_month is not None else 0,
                    month_minutes=load.minutes[month] if limits.minutes_per_month is not None else 0,
                )
            if label not in turned or turned[label][0] < found[0]:
                turned[label] = found
        return turned

    def _steps(self, at: int, label: _Label, value: int, credit: int) -> Iterator[tuple[_Label, tuple[int, int]]]:
        """What a label becomes on this day: the person stays at home, or follows one of the day's patterns."""
        stage = self.stages[at]
        if not stage.last_chance & ~label.met:
            yield self._kept(label, at + 1), (value, credit)
        for pattern in stage.patterns:
            if pattern.members & label.blocked or stage.last_chance & ~(label.met | pattern.meets):
                continue
            taken = self._counted(label, stage, pattern)
            turns = self._turns_after(label.turns, pattern, stage.day)
            if taken is None or turns is None:
                continue
            after, extra = turns
            worth, more, faces = value + pattern.worth - extra, credit, label.faces
            for wish in pattern.faces:
                if not faces >> wish & 1:
                    faces |= 1 << wish
                    worth -= self.face[wish]
                    more += self.face[wish]
                more -= self.share[self.wishes[wish].id]
            yield self._kept(
                _Label(*taken, label.blocked | pattern.blocks, faces, label.met | pattern.meets, after), at + 1
            ), (worth, more)

    def _counted(self, label: _Label, stage: _Stage, pattern: _Pattern) -> _Taken | None:
        """What is taken on with the pattern's visits, minutes and day; None where a limit forbids it."""
        limits = self.limits
        week, week_minutes, days, month, month_minutes, visits = label.taken
        if limits.visits_per_week is not None:
            week += pattern.count
            if week > limits.visits_per_week:
                return None
        if limits.visits_per_month is not None:
            month += pattern.count
            if month > limits.visits_per_month:
                return None
        if limits.minutes_per_week is not None:
            week_minutes += pattern.minutes
            if week_minutes > limits.minutes_per_week:
                return None
        if limits.minutes_per_month is not None:
            month_minutes += pattern.minutes
            if month_minutes > limits.minutes_per_month:
                return None
        if limits.rest_days:
            days += stage.timed and stage.day not in self.load.days[_week(stage.day)]
            if days > 7 - limits.rest_days:
                return None
        return week, week_minutes, days, month, month_minutes, visits + pattern.count

    def _turns_after(
        self, turns: tuple[tuple[int, tuple[date | None, ...]], ...], pattern: _Pattern, day: date
    ) -> tuple[tuple[tuple[int, tuple[date | None, ...]], ...], int] | None:
        """Turns taken at rotating wishes and what they cost beyond first turns; None if there are too many."""
        if not pattern.turns:
            return turns, 0
        taken, extra = dict(turns), 0
        for wish, in_turn in pattern.turns:
            days = (*taken.get(wish, ()), day if in_turn else None)
            taken[wish] = days
            own = tuple(other for other in days if other is not None)
            if self.plans.turns_are_hard and own and self._too_many(wish, own):
                return None
            extra += self.plans.turn_price(self.wishes[wish], self.volunteer, len(days))
            extra -= self.plans.turn_price(self.wishes[wish], self.volunteer, 1)
        return tuple(sorted(taken.items())), extra

    def _too_many(self, wish: int, own: tuple[date, ...]) -> bool:
        """Whether any ``turns_days`` days with an own visit hold more than ``max_turns``."""
        staffing = self.wishes[wish].staffing
        if staffing.max_turns is None:
            return False
        days = [*self.past_turns[wish], *own]
        return any(
            sum(0 <= (day - first).days < staffing.turns_days for day in days) > staffing.max_turns
            for first in days
            if any(0 <= (day - first).days < staffing.turns_days for day in own)
        )

    def _kept(self, label: _Label, at: int) -> _Label:
        """The label without what no seat from that stage on asks for."""
        turns = label.turns
        if turns:
            turns = tuple(own for own in turns if self.later_wishes[at] >> own[0] & 1)
        return _Label(
            *label.taken, label.blocked & self.later[at], label.faces & self.later_wishes[at],
            label.met if at < self.free_from else 0, turns,
        )

    def _months_after(self, at: int) -> int:
        """Visits the months after this stage's own leave, one that is still to come in each at least."""
        own = _month(self.stages[at].day)
        days = {_month(stage.day): stage.day for stage in self.stages[at + 1:] if _month(stage.day) != own}
        return self._months_left(days.values())

    def _bound(self, at: int, label: _Label, found: tuple[int, int], months_left: int) -> int:
        """No plan that goes on from a label is worth more."""
        most = _left(self.limits.visits_per_month, label.month) + months_left
        table = self.reach[at]
        if at < len(self.stages) and _week(self.stages[at].day) == _week(self.stages[at - 1].day):
            left = min(_left(self.limits.visits_per_week, label.week), len(table) - 1)
        else:
            left = len(table) - 1
        key = (at, left, label.visits, min(most, _UNLIMITED))
        if key not in self.known:
            self.known[key] = max(
                value - self.fairness(label.visits + more) for more, value in enumerate(table[left]) if more <= most
            )
        return found[0] + found[1] + self.known[key]


def _joined(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """By visits, the most that two stretches of time are worth together, from what each is worth by its visits."""
    best = [_NEVER] * (len(first) + len(second) - 1)
    for count, worth in enumerate(first):
        for more, value in enumerate(second):
            if worth + value > best[count + more]:
                best[count + more] = worth + value
    return best


def _by_car(role: Role) -> bool:
    return role.vehicle is not None


@lru_cache(maxsize=4096)
def _day(day: date) -> tuple[object, ...]:
    return "day", day


@lru_cache(maxsize=4096)
def _week(day: date) -> tuple[object, ...]:
    return ("week", *day.isocalendar()[:2])


@lru_cache(maxsize=4096)
def _month(day: date) -> tuple[object, ...]:
    return "month", day.year, day.month


def _left(limit: int | None, taken: int) -> int:
    return _UNLIMITED if limit is None else max(0, limit - taken)


def _places(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _bits(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low
        bits ^= low
