"""Wishes drawn from the catalogue until the month has its visits: whose, when, by whom, how staffed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from matcher.domain.base import DAY_CODES, clock_minutes
from matcher.domain.claims import Pairing
from matcher.domain.people import Resident, SkillNeed, VehicleNeed
from matcher.domain.when import Calendar, days_between
from matcher.domain.where import Atlas
from matcher.domain.wishes import Recurrence, Role, Staffing, Window, Wish
from matcher.generate import catalogue
from matcher.generate import distributions as shares
from matcher.generate.catalogue import CATALOGUE, Ask, Rhythm, Seats
from matcher.generate.dice import Dice, Shares, apportion
from matcher.generate.distributions import Slot
from matcher.generate.fits import Occurrence, occurrences, service_minutes
from matcher.generate.people import Neighbours, Teams, pair_up, slot_days
from matcher.generate.presets import Preset
from matcher.generate.town import Community, Town


@dataclass(slots=True)
class Asked:
    """A wish with its resident, how it repeats, how long it takes, and its visits in the window."""

    wish: Wish
    resident: Resident | None
    rhythm: Rhythm
    minutes: int
    visits: list[Occurrence]
    paired: int | None = None
    """The number of the paired volunteer."""

    @property
    def repeats(self) -> bool:
        return self.rhythm in ("weekly", "twice", "monthly", "rule")


class Wishes:
    """Draws wishes; ``of_catalogue`` and ``of_pairings`` each give a list."""

    def __init__(
        self, dice: Dice, preset: Preset, town: Town, teams: Teams, neighbours: Neighbours, atlas: Atlas,
        calendar: Calendar, as_of: datetime, window: tuple[date, date],
    ) -> None:
        self.dice, self.preset, self.town, self.teams = dice, preset, town, teams
        self.neighbours, self.atlas, self.calendar = neighbours, atlas, calendar
        self.as_of, self.window = as_of, window
        self.counts: dict[str, int] = {}

    def of_catalogue(self, visits: int) -> list[Asked]:
        """Wishes whose visits in the window number exactly ``visits``, each kind in its share."""
        weights = [ask.share * self.preset.emphasis.get(ask.key, 1.0) for ask in CATALOGUE]
        asked: list[Asked] = []
        for ask, wanted in zip(CATALOGUE, apportion(visits, weights)):
            left = wanted
            while left > 0:
                asked.append(self._ask(ask, left))
                left -= len(asked[-1].visits)
        return asked

    def of_pairings(self) -> tuple[list[Asked], list[Pairing]]:
        """The standing bonds, and a wish of two visits a month for each, at a time its volunteer has."""
        found = pair_up(self.dice, self.neighbours, self.preset.pairings, self.as_of)
        return [self._visits_of_pair(*pair) for pair in found], [bond for bond, _, _ in found]

    # ------------------------------------------------------------------------------------- one wish

    def _ask(self, ask: Ask, left: int) -> Asked:
        """One wish with at most ``left`` visits."""
        if ask.kind == "event":
            resident, community = None, self.dice.pick(self.town.communities)
        else:
            resident, community = self.neighbours.somebody(ask.for_children)
        parts = self._parts(ask, resident, community)
        rhythm = self.dice.weighted(ask.rhythms)
        slot = self.dice.weighted(ask.slots) if ask.slots else None
        asked = self._dated(ask, parts, resident, rhythm, slot)
        if len(asked.visits) > left:
            return self._dated(ask, parts, resident, "once", slot)
        return asked

    def _dated(
        self, ask: Ask, parts: dict[str, Any], resident: Resident | None, rhythm: Rhythm, slot: Slot | None
    ) -> Asked:
        if slot is None:
            due = self.window[0] + timedelta(days=self.dice.whole(0, (self.window[1] - self.window[0]).days))
            wish = Wish(**parts, due=due, submitted=self._submitted(1, 30))
            return Asked(wish, resident, "once", 0, [(f"{wish.id}/1", [])])
        minutes = self._minutes(parts)
        when = self._recurrence(rhythm, slot, minutes, ask.flexible)
        repeats = rhythm not in ("once", "dates")
        wish = Wish(
            **parts, recurrence=when,
            submitted=self._submitted(20, 400) if repeats else self._submitted(1, 40),
            staffing=self._staffing(ask, rhythm) if repeats else Staffing(standbys=ask.standbys),
        )
        return Asked(wish, resident, rhythm, minutes, occurrences(wish, minutes, self.calendar, *self.window))

    def _minutes(self, parts: dict[str, Any]) -> int:
        if parts["kind"] != "escort":
            return int(parts["minutes"])
        trial = Wish(**parts, recurrence=Recurrence(windows=(Window(),)))
        return service_minutes(trial, self.atlas)

    def _parts(self, ask: Ask, resident: Resident | None, community: Community) -> dict[str, Any]:
        dice = self.dice
        self.counts[ask.key] = self.counts.get(ask.key, 0) + 1
        parts: dict[str, Any] = {
            "id": f"{ask.key}-{self.counts[ask.key]:04d}", "kind": ask.kind, "title": self.town.say(ask.words),
            "priority": min(5, dice.weighted(shares.PRIORITIES) + ask.urgent),
            "partial": dice.chance(ask.partial), "as_one_team": dice.chance(ask.one_team),
        }
        if resident is not None:
            parts["resident"] = resident.id
        if ask.kind != "goods":
            parts["roles"] = self._roles(ask)
        if ask.restricted and dice.chance(self.preset.restricted):
            parts["teams"] = self.teams.paired[community.name]
        return parts | self._by_kind(ask, resident, community)

    def _by_kind(self, ask: Ask, resident: Resident | None, community: Community) -> dict[str, Any]:
        dice = self.dice
        if ask.kind == "goods":
            words, yuan = dice.pick(catalogue.GOODS)
            return {"items": self.town.say(words), "budget_yuan": yuan, "payer": dice.pick(("community", "volunteer"))}
        if ask.kind == "escort" and resident is not None:
            goals = self.town.goals[community.town]
            return {
                "origin": resident.home, "destination": goals[dice.pick(ask.goal)],
                "stay_minutes": dice.pick(ask.minutes),
            }
        if ask.kind == "event":
            place = community.station
            if ask.key in ("clinic", "choir") and dice.chance(0.5):
                place = self.town.goals[community.town]["culture"]
            return {
                "place": place, "minutes": dice.pick(ask.minutes),
                "served": 10 * dice.whole(6, 12) if ask.key == "clinic" else None,
            }
        return {"minutes": dice.pick(ask.minutes)}

    def _roles(self, ask: Ask) -> tuple[Role, ...]:
        two = self.dice.chance(ask.crew_of_two)
        return tuple(self._role(ask, seats, two) for seats in ask.seats)

    def _role(self, ask: Ask, seats: Seats, two: bool) -> Role:
        dice = self.dice
        gender = None
        if len(ask.seats) == 1 and seats.skill is None and dice.chance(catalogue.OWN_GENDER_SHARE):
            gender = dice.pick(("female", "male"))
        needs: tuple[SkillNeed, ...] = ()
        if seats.skill is not None:
            needs = (SkillNeed(name=self.town.say(shares.SKILLS[seats.skill].words), level=seats.level),)
        return Role(
            id=seats.id, title=self.town.say(seats.words), count=2 if two else dice.whole(*seats.count), skills=needs,
            vehicle=VehicleNeed(seats=1, wheelchair=dice.chance(WHEELCHAIR_RIDES)) if seats.vehicle else None,
            gender=gender, experienced=seats.experienced,
        )

    def _submitted(self, low: int, high: int) -> date:
        return self.as_of.date() - timedelta(days=self.dice.whole(low, high))

    def _staffing(self, ask: Ask, rhythm: Rhythm) -> Staffing:
        dice = self.dice
        policy = dice.weighted(ask.policies)
        if policy == "rotate" and dice.chance(catalogue.STATES_TURNS_SHARE):
            often = rhythm in ("weekly", "rule")
            return Staffing(policy=policy, max_turns=2, turns_days=60 if often else 365, standbys=ask.standbys)
        if policy == "steady" and dice.chance(catalogue.STATES_FACES_SHARE):
            return Staffing(policy=policy, max_helpers=dice.whole(*catalogue.STEADY_FACES), turns_days=180)
        return Staffing(policy=policy, standbys=ask.standbys)

    # ------------------------------------------------------------------------------------- when

    def _recurrence(self, rhythm: Rhythm, slot: Slot, minutes: int, flexible: bool) -> Recurrence:
        start, end = self._hours(slot, minutes, catalogue.FLEXIBLE_SLACK if flexible else catalogue.SLACK)
        weekdays = catalogue.FLEXIBLE_DAYS if flexible else catalogue.DAYS
        if rhythm == "rule":
            return self._rule(slot, start)
        if rhythm == "dates":
            return Recurrence(at=tuple(self._moment(day, start) for day in self._days(slot, self.dice.whole(1, 2))))
        if rhythm == "once":
            count = self.dice.weighted(catalogue.FLEXIBLE_DATES if flexible else catalogue.DATES)
            return Recurrence(windows=(Window(dates=tuple(self._days(slot, count)), start=start, end=end),))
        gaps = self.dice.chance(catalogue.STATES_GAPS_SHARE)
        if rhythm == "weekly":
            window = Window(days=slot_days(self.dice, slot, self.dice.weighted(weekdays)), start=start, end=end)
            return Recurrence(times=1, per="week", windows=(window,), min_gap_days=3 if gaps else None)
        if rhythm == "twice":
            window = Window(days=slot_days(self.dice, slot, 2 if flexible else 1), start=start, end=end)
            return Recurrence(times=2, per="month", windows=(window,), min_gap_days=10 if gaps else 7)
        part = self.dice.pick(("1-10", "11-20", "21-30"))
        days = slot_days(self.dice, slot, self.dice.weighted(weekdays))
        return Recurrence(
            times=1, per="month", windows=(Window(days=days, month_days=part, start=start, end=end),),
            min_gap_days=14 if gaps else None, max_gap_days=62 if gaps else None,
        )

    def _hours(self, slot: Slot, minutes: int, slack: Shares[int]) -> tuple[str, str]:
        """A window on the half-hour that holds the service, within the slot if it fits; it ends on a quarter-hour."""
        low, high = (clock_minutes(clock) for clock in shares.SLOT_HOURS[slot])
        whole = -(-minutes // 15) * 15  # an escort takes 106 minutes; nobody says 11:16
        length = min(whole + self.dice.weighted(slack), max(whole, high - low))
        start = low + 30 * self.dice.whole(0, max(0, (high - low - length) // 30))
        return _clock(start), _clock(start + length)

    def _rule(self, slot: Slot, start: str) -> Recurrence:
        day = slot_days(self.dice, slot, 1)
        rule = f"FREQ=WEEKLY;BYDAY={day}" if self.dice.chance(0.7) else f"FREQ=MONTHLY;BYDAY={self.dice.whole(1, 4)}{day}"
        return Recurrence(rrule=rule, dtstart=self._submitted(200, 200), start=start)

    def _days(self, slot: Slot, count: int) -> list[date]:
        """Some days of the slot within a fortnight of the window, in order."""
        codes = ("SA", "SU") if slot.startswith("weekend") else shares.WORKDAYS
        days = [day for day in days_between(*self.window) if DAY_CODES[day.weekday()] in codes]
        first = self.dice.whole(0, len(days) - 1)
        near = [day for day in days[first:] if (day - days[first]).days < 14]
        return sorted(self.dice.some(near, count))

    def _moment(self, day: date, clock: str) -> datetime:
        return self.calendar.moment(self.calendar.minute(day, clock))

    # ------------------------------------------------------------------------------------- pairings

    def _visits_of_pair(self, bond: Pairing, resident: Resident, number: int) -> Asked:
        person = self.neighbours.crowd.volunteers[number]
        stretch = self.dice.pick(person.availability)
        day = self.dice.pick(stretch.days.split(","))
        low, high = clock_minutes(stretch.start), clock_minutes(stretch.end)
        start = low + 30 * self.dice.whole(0, max(0, (high - low - 90) // 30))
        self.counts["pair"] = self.counts.get("pair", 0) + 1
        wish = Wish(
            id=f"pair-{self.counts['pair']:04d}", kind="visit", resident=resident.id,
            title=self.town.say(("结对走访", "paired visit")), minutes=60, submitted=bond.since,
            priority=self.dice.weighted(shares.PRIORITIES), staffing=Staffing(policy="pair"),
            teams=(person.team,) if person.team else (),
            recurrence=Recurrence(
                times=2, per="month",
                windows=(Window(days=day, start=_clock(start), end=_clock(min(high, start + 90))),),
            ),
        )
        visits = occurrences(wish, 60, self.calendar, *self.window)
        return Asked(wish, resident, "twice", 60, visits, paired=number)


WHEELCHAIR_RIDES = 0.04


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
