"""Asking: what would have to be asked of each person so that they could take one seat, and what that costs by the table.

Only what looks at one person is worked out here, exactly; what looks at a whole wish or crew the judge says later.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from matcher.domain.base import clock_minutes
from matcher.domain.claims import Claim
from matcher.domain.people import Availability
from matcher.domain.when import free_time
from matcher.domain.wishes import Role
from matcher.planning.fix_steps import Step, Tariff, total
from matcher.planning.loaded import FAR, Ints, Loaded, month_of, week_of
from matcher.planning.offers import waitlisted_claims
from matcher.planning.words import Phrase
from matcher.problem.check import Duty, Served
from matcher.problem.eligibility import Stretches
from matcher.problem.expand import Visit
from matcher.problem.rules import PAIR_RULES

NEVER_PRICE = 1 << 20
"""Stands for what no step of the table brings about."""

_BIT = {name: np.uint16(1 << number) for number, name in enumerate(PAIR_RULES)}
_CAN_BE_ASKED = ("is_available", "is_within_reach", "has_claimed_it")
_NEVER = np.uint16(sum(int(bit) for name, bit in _BIT.items() if name not in _CAN_BE_ASKED))
_ALWAYS = Availability(start="00:00", end="24:00")


class Asking:
    """One roster's people, and what each could be asked for."""

    def __init__(self, loaded: Loaded, tariff: Tariff) -> None:
        self.loaded = loaded
        self.tariff = tariff
        self.expanded = loaded.expanded
        self.scenario = loaded.scenario
        self.settings = loaded.scenario.program.settings
        self._limits: dict[tuple[Any, ...], tuple[Step, ...]] = {}
        self._claim_prices: dict[str, Ints] = {}
        self._waiting: dict[str, dict[int, Claim]] = {}

    # -------------------------------------------------------------------------------- rules of the pair

    def pair_prices(self, visit: Visit, role: Role, start: int | None) -> Ints:
        """Per volunteer, the price of everything the facts ask for at that start; ``NEVER_PRICE``: no step helps."""
        bits = self.loaded.eligibility.refused(visit, role, start)
        prices = np.zeros(self.loaded.people, dtype=np.int64)
        unclaimed = (bits & _BIT["has_claimed_it"]) > 0
        if unclaimed.any():
            prices[unclaimed] += self._prices_of_claims(visit.wish.id)[unclaimed]
        busy = (bits & _BIT["is_available"]) > 0
        if busy.any():
            prices[busy] += self._prices_of_time(visit, start)[busy]
        far = (bits & _BIT["is_within_reach"]) > 0
        if far.any():
            rate = self.tariff.rates["reach"]
            extra = (self.loaded.eligibility.minutes_there(visit, role) - self.loaded.limit("max_travel_minutes"))[far]
            prices[far] += rate.base + rate.per * -(-extra // rate.unit)
        prices[(bits & _NEVER) > 0] = NEVER_PRICE
        return np.minimum(prices, NEVER_PRICE)

    def pair_steps(self, visit: Visit, role: Role, start: int | None, row: int) -> tuple[Step, ...]:
        """The steps ``pair_prices`` has priced for one person."""
        refused = self.loaded.eligibility.refusals(row, visit, role, start)
        steps = []
        if "has_claimed_it" in refused:
            steps.append(self._claim_step(visit, row))
        if "is_available" in refused:
            assert start is not None
            steps.append(self._time_step(visit, start, row))
        if "is_within_reach" in refused:
            steps.append(self._reach_step(visit, role, row))
        return tuple(steps)

    def is_as_asked(self, visit: Visit, role: Role, start: int | None, row: int) -> bool:
        """Whether no fact keeps one person away at that start."""
        return not self.loaded.eligibility.refusals(row, visit, role, start)

    def _prices_of_claims(self, wish: str) -> Ints:
        """Per volunteer: to be marked as chosen, or to claim; who withdrew is not asked again."""
        if wish not in self._claim_prices:
            prices = np.full(self.loaded.people, self.tariff.of("claim"), dtype=np.int64)
            for claim in self.scenario.claims:
                if claim.wish == wish and claim.volunteer is not None and claim.state in ("withdrawn", "waitlisted"):
                    prices[self.expanded.volunteer_index[claim.volunteer]] = NEVER_PRICE
            for row in self._waitlist(wish):
                prices[row] = self.tariff.of("promoted")
            self._claim_prices[wish] = prices
        return self._claim_prices[wish]

    def _waitlist(self, wish: str) -> dict[int, Claim]:
        if wish not in self._waiting:
            self._waiting[wish] = waitlisted_claims(self.loaded, wish)
        return self._waiting[wish]

    def _claim_step(self, visit: Visit, row: int) -> Step:
        claim, name = self._waitlist(visit.wish.id).get(row), self.name(row)
        state = "chosen" if any(
            own.wish == visit.wish.id and own.state == "chosen" for own in self.scenario.claims
        ) else "open"
        if claim is None:
            return Step(
                "claim", self.tariff.of("claim"), visit.id, Phrase("fix_claim", {"who": name}), self.id(row), after=state
            )
        phrase = Phrase("fix_promoted", {"who": name})
        if claim.volunteer is None and claim.team is not None:
            team = self.scenario.team[claim.team]
            phrase = Phrase("fix_promoted_team", {"who": name, "team": team.name or team.id})
        return Step(
            "promoted", self.tariff.of("promoted"), visit.id, phrase, self.id(row), name=claim.id,
            before="waitlisted", after=state,
        )

    def _prices_of_time(self, visit: Visit, start: int | None) -> Ints:
        """Per volunteer: to be free for it, unless they are away, or have given no times at all."""
        prices = np.full(self.loaded.people, NEVER_PRICE, dtype=np.int64)
        if start is not None and self.half_days(start, start + visit.minutes) is not None:
            able = self._offers_times & self._not_away.contain(start, start + visit.minutes)
            prices[able] = self.tariff.of("availability", visit.minutes)
        return prices

    @cached_property
    def _offers_times(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return np.array([bool(person.availability) for person in self.scenario.volunteers], dtype=bool)

    @cached_property
    def _not_away(self) -> Stretches:
        """When nobody has said that they cannot."""
        window = self.scenario.program.window
        edges = (window.start - timedelta(days=1), window.end + timedelta(days=1))
        return Stretches(tuple(
            free_time(
                (_ALWAYS, *(own for own in person.availability if own.kind == "unavailable")), person.unavailable,
                self.expanded.calendar, *edges,
            ).available
            for person in self.scenario.volunteers
        ))

    def half_days(self, start: int, end: int) -> tuple[date, str, str] | None:
        """(day, from, to): the half-days a service touches and the service itself; None if it runs past midnight."""
        moment = self.expanded.calendar.moment
        first, last = moment(start), moment(end)
        if first.date() != last.date():
            return None
        low, high = first.hour * 60 + first.minute, last.hour * 60 + last.minute
        spans = [(low, high)] + [
            (clock_minutes(own.start), clock_minutes(own.end))
            for own in (self.settings.morning, self.settings.afternoon, self.settings.evening)
            if clock_minutes(own.start) < high and low < clock_minutes(own.end)
        ]
        return first.date(), _clock(min(span[0] for span in spans)), _clock(max(span[1] for span in spans))

    def _time_step(self, visit: Visit, start: int, row: int) -> Step:
        span = self.half_days(start, start + visit.minutes)
        assert span is not None
        day, low, high = span
        phrase = Phrase("fix_availability", {"who": self.name(row), "day": day, "before": low, "after": high})
        return Step(
            "availability", self.tariff.of("availability", visit.minutes), visit.id, phrase, self.id(row),
            name=day.isoformat(), before=low, after=high,
        )

    def _reach_step(self, visit: Visit, role: Role, row: int) -> Step:
        minutes = int(self.loaded.eligibility.minutes_there(visit, role, np.array([row]))[0])
        most = int(self.loaded.limit("max_travel_minutes")[row])
        phrase = Phrase("fix_reach", {"who": self.name(row), "before": most, "after": minutes})
        return Step(
            "reach", self.tariff.of("reach", minutes - most), visit.id, phrase, self.id(row), before=most, after=minutes
        )

    # ------------------------------------------------------------------------------- one's own limits, time

    def own_steps(
        self, visit: Visit, role: Role, start: int | None, row: int, without: frozenset[str] = frozenset()
    ) -> tuple[Step, ...] | None:
        """What one's limits and other duties ask for; ``without`` are visits given away. None: no step helps."""
        clashes = () if start is None else self._clashes(visit, role, start, row, without)
        if clashes is None:
            return None
        day = self.expanded.day_of(visit, start)
        key = (visit.id, day, row, without)
        if key not in self._limits:
            self._limits[key] = tuple(self._beyond(visit, day, row, without))
        return (*self._limits[key], *clashes)

    def _beyond(self, visit: Visit, day: date, row: int, without: frozenset[str]) -> list[Step]:
        ordinal, steps = day.toordinal(), []
        spans = {"day": (ordinal, ordinal), "week": week_of(ordinal), "month": month_of(ordinal)}
        for unit, span in spans.items():
            if unit == "day" and visit.is_goods:
                continue
            visits, minutes = (int(own[row]) for own in self.loaded.taken(*span, timed=unit == "day"))
            for name in without:
                served = self.loaded.served[name]
                if span[0] <= served.day.toordinal() <= span[1] and not (unit == "day" and served.visit.is_goods):
                    visits, minutes = visits - 1, minutes - served.visit.minutes
            steps += self._more(visit, row, f"visits_per_{unit}", visits + 1)
            if visit.minutes:
                steps += self._more(visit, row, f"minutes_per_{unit}", minutes + visit.minutes)
        return steps + self._less_rest(visit, ordinal, row, without)

    def _more(self, visit: Visit, row: int, name: str, needed: int) -> list[Step]:
        most = int(self.loaded.limit(name)[row])
        if needed <= most:
            return []
        phrase = Phrase(f"fix_{name}", {"who": self.name(row), "before": most, "after": needed})
        return [Step(
            name, self.tariff.of(name, needed - most), visit.id, phrase, self.id(row), before=most, after=needed
        )]

    def _less_rest(self, visit: Visit, day: int, row: int, without: frozenset[str]) -> list[Step]:
        rest = int(self.loaded.limit("rest_days")[row])
        if visit.is_goods or rest in (0, FAR):
            return []
        given = [own for own in (self.loaded.served[name] for name in without) if not own.visit.is_goods]
        first, last = week_of(day)
        busy = 0
        for one in range(first, last + 1):
            visits = int(self.loaded.taken(one, one, timed=True)[0][row])
            busy += one == day or visits > sum(own.day.toordinal() == one for own in given)
        if busy <= 7 - rest:
            return []
        phrase = Phrase("fix_rest_days", {"who": self.name(row), "before": rest, "after": 7 - busy})
        return [Step(
            "rest_days", self.tariff.of("rest_days", busy - 7 + rest), visit.id, phrase, self.id(row), before=rest,
            after=7 - busy,
        )]

    def _clashes(
        self, visit: Visit, role: Role, start: int, row: int, without: frozenset[str]
    ) -> tuple[Step, ...] | None:
        """Duties too near in time: a stand-by to be released, less rest between; None where there is no way round."""
        judge, rest = self.loaded.judge, int(self.loaded.limit("min_rest_minutes")[row])
        rest = 0 if rest == FAR else rest
        mine = Duty(
            row, "", visit.id, start, start + visit.minutes, visit.place, visit.end_place, role.vehicle is not None, False
        )
        steps, shortest = [], rest
        near = self.expanded.longest_way + rest
        for duty in judge.duties.get(row, ()):
            if duty.start - near >= mine.end or duty.end + near <= mine.start or duty.visit == visit.id:
                continue
            if duty.visit in without and not duty.standby:
                continue
            first, second = sorted((mine, duty), key=lambda own: (own.start, own.end, own.visit))
            if judge.collide(first, second):
                if not duty.standby or not self.is_free_to_leave(duty.visit, row, standby=True):
                    return None
                steps.append(self._release_step(duty.visit, row))
            elif not duty.standby and 0 <= second.start - first.end < shortest:
                shortest = second.start - first.end
        if shortest < rest:
            phrase = Phrase("fix_min_rest_minutes", {"who": self.name(row), "before": rest, "after": shortest})
            steps.append(Step(
                "min_rest_minutes", self.tariff.of("min_rest_minutes", rest - shortest), visit.id, phrase, self.id(row),
                before=rest, after=shortest,
            ))
        return tuple(steps)

    def _release_step(self, visit: str, row: int) -> Step:
        phrase = Phrase("fix_standby", {"who": self.name(row), "visit": self.label(self.loaded.served[visit])})
        return Step("standby", self.tariff.of("standby"), visit, phrase, self.id(row))

    # --------------------------------------------------------------------------------- what may be given away

    def is_free_to_leave(self, visit: str, row: int, *, standby: bool = False) -> bool:
        """Whether somebody may be taken off a planned visit: nobody has told them, and no coordinator pinned them."""
        if visit not in self.loaded.served:
            return False
        return (visit, row, standby) not in self._held

    @cached_property
    def _held(self) -> frozenset[tuple[str, int, bool]]:
        """(visit, volunteer, stand-by) of published seats and pins."""
        index = self.expanded.volunteer_index
        told = {(s.visit, index[s.volunteer], s.standby) for s in self.scenario.published if s.volunteer in index}
        pins = {
            (pin.visit, index[pin.volunteer], pin.standby)
            for pin in self.scenario.pins
            if pin.volunteer is not None and not pin.never
        }
        return frozenset(told | pins)

    def may_be_given(self, row: int, visit: Visit) -> list[Served]:
        """The visits somebody serves and could give away, other than that one."""
        return [
            served for served in self._crewed_by.get(row, ())
            if served.visit.id != visit.id and self.is_free_to_leave(served.visit.id, row)
        ]

    @cached_property
    def _crewed_by(self) -> dict[int, list[Served]]:
        found: dict[int, list[Served]] = defaultdict(list)
        for served in self.loaded.judge.crewed:
            if served.start is not None or served.visit.is_goods:
                for row in set(served.people):
                    found[row].append(served)
        return dict(found)

    def handover_step(self, served: Served, row: int, other: int) -> Step:
        """Somebody gives their seat of a visit to somebody else."""
        role = next(role for role, who in served.crew if who == row)
        values = {"who": self.name(row), "other": self.name(other), "visit": self.label(served)}
        return Step(
            "handover", self.tariff.of("handover"), served.visit.id, Phrase("fix_handover", values), self.id(row),
            role=role.id, other=self.id(other),
        )

    # ---------------------------------------------------------------------------------------------- words

    def id(self, row: int) -> str:
        """A volunteer's id."""
        return self.scenario.volunteers[row].id

    def name(self, row: int) -> str:
        """What a volunteer is called."""
        person = self.scenario.volunteers[row]
        return person.name or person.id

    def label(self, served: Served) -> Phrase:
        """A visit of the roster by its title and day."""
        title = served.visit.wish.title or served.visit.wish.items or served.visit.wish.id
        if served.visit.is_goods:
            return Phrase("fix_goods", {"title": title})
        return Phrase("fix_visit", {"title": title, "day": served.day})


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def price_of(steps: tuple[Step, ...] | None) -> int:
    """The price of steps; of None, ``NEVER_PRICE``."""
    return NEVER_PRICE if steps is None else total(steps)


