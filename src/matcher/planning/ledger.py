"""ledger: what service has come to, per person and per resident, and the lines the hours platforms want.

Only history counts. Points, stars and the time bank are records: no rule and no price of a roster depends on them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from matcher.domain.history import Service
from matcher.domain.scenario import Scenario
from matcher.domain.settings import Rewards
from matcher.domain.wishes import Wish
from matcher.errors import BadInput


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One volunteer over the period; ``recent_turns``, ``hours`` and ``stars`` look beyond it.

    ``hours``: whole hours of all service on record, those before the record included. ``received`` and ``balance``
    (given less received) are minutes of the time bank; None for who is not also a resident.
    """

    volunteer: str
    number: str
    name: str
    team: str
    turns: int
    minutes: int
    no_shows: int
    cancelled: int
    recent_turns: int
    points: int
    hours: int
    stars: str
    received: int | None
    balance: int | None
    has_left: bool
    """No longer on the list of volunteers."""


@dataclass(frozen=True, slots=True)
class ResidentLine:
    """One resident over the period: visits and minutes received (each helper's counted), and by how many people."""

    resident: str
    name: str
    visits: int
    minutes: int
    people: int
    no_shows: int
    cancelled: int
    last: date | None
    """The last day of service on record."""


@dataclass(frozen=True, slots=True)
class HoursLine:
    """One person's part in one visit, as the hours platforms take it."""

    number: str
    name: str
    day: date
    minutes: int
    activity: str
    volunteer: str = ""
    """The person's id here, which the platforms do not hear of."""


@dataclass(frozen=True)
class Ledger:
    """The period's lines: most turns first, then by id; hours in order of time."""

    since: date | None
    until: date | None
    people: tuple[PersonLine, ...]
    residents: tuple[ResidentLine, ...]
    hours: tuple[HoursLine, ...]

    @property
    def without_number(self) -> tuple[str, ...]:
        """Names of who served in the period and has no number at the hours platform."""
        return tuple(dict.fromkeys(line.name for line in self.hours if not line.number))

    def to_dict(self) -> dict[str, Any]:
        """The ledger as plain values."""
        return asdict(self) | {"without_number": list(self.without_number)}


def ledger(scenario: Scenario, since: date | None = None, until: date | None = None) -> Ledger:
    """Turns, minutes, no-shows, points, stars and the time bank from ``since`` to ``until``, both included.

    Days are local. Raises ``BadInput`` if the period ends before it begins.
    """
    if since is not None and until is not None and until < since:
        zh = scenario.program.settings.language == "zh"
        raise BadInput(
            f"截止日期 {until} 早于开始日期 {since}。" if zh else f"the period ends {until}, before it begins {since}",
            "请把两个日期对调，或改正一个。" if zh else "Swap the two, or correct one.",
        )
    return _Ledger(scenario, since, until).ledger()


def star_of(minutes: int, rewards: Rewards) -> str:
    """The highest star these minutes reach, or nothing.

    >>> star_of(100 * 60, Rewards()), star_of(100 * 60 - 1, Rewards()), star_of(700 * 60, Rewards())
    ('★', '', '★★★')
    """
    reached = [(hours, star) for star, hours in rewards.stars.items() if minutes >= hours * 60]
    return max(reached)[1] if reached else ""


def points_of(turns: int, minutes: int, no_shows: int, rewards: Rewards) -> int:
    """The points of some turns; never below 0.

    >>> points_of(2, 90, 0, Rewards()), points_of(1, 60, 3, Rewards(points_per_no_show=5))
    (15, 0)
    """
    earned = turns * rewards.points_per_visit + minutes * rewards.points_per_hour // 60
    return max(0, earned - no_shows * rewards.points_per_no_show)


class _Ledger:
    """One ledger in the making."""

    def __init__(self, scenario: Scenario, since: date | None, until: date | None) -> None:
        self.scenario, self.since, self.until = scenario, since, until
        self.settings = scenario.program.settings
        self.zone = ZoneInfo(scenario.program.timezone)
        self.period = tuple(service for service in scenario.history if self._lies_within(service))

    def ledger(self) -> Ledger:
        return Ledger(self.since, self.until, self._people(), self._residents(), self._hours())

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _lies_within(self, service: Service) -> bool:
        day = self._day(service.start)
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def _resident(self, service: Service) -> str | None:
        """Who was helped: as the record says, or as its wish does."""
        wish = self._wish(service)
        return service.resident or (wish.resident if wish else None)

    def _wish(self, service: Service) -> Wish | None:
        return self.scenario.wish.get(service.wish) if service.wish else None

    # ------------------------------------------------------------------------------------ volunteers

    def _people(self) -> tuple[PersonLine, ...]:
        own = _by(self.period, "volunteer")
        ever = _by(self.scenario.history, "volunteer")
        since = self.scenario.program.as_of - timedelta(days=self.settings.history_days)
        received = self._received()
        names = dict.fromkeys((*self.scenario.volunteer, *sorted(own)))
        lines = [self._person(name, own.get(name, ()), ever.get(name, ()), since, received) for name in names]
        return tuple(sorted(lines, key=lambda line: (-line.turns, -line.minutes, line.volunteer)))

    def _person(
        self, name: str, own: Iterable[Service], ever: Iterable[Service], since: datetime, received: Mapping[str, int]
    ) -> PersonLine:
        person = self.scenario.volunteer.get(name)
        outcomes = Counter(service.outcome for service in own)
        minutes = _minutes(own)
        lifetime = _minutes(ever) + (person.prior_minutes if person else 0)
        team = self.scenario.team[person.team].name or person.team if person and person.team else ""
        own_received = received.get(name)
        return PersonLine(
            volunteer=name,
            number=(person.number or "") if person else "",
            name=(person.name or name) if person else name,
            team=team,
            turns=outcomes["done"],
            minutes=minutes,
            no_shows=outcomes["no-show"],
            cancelled=outcomes["cancelled"],
            recent_turns=sum(service.outcome == "done" and service.start >= since for service in ever),
            points=self._points(own, outcomes["no-show"]),
            hours=lifetime // 60,
            stars=star_of(lifetime, self.settings.rewards),
            received=own_received,
            balance=None if own_received is None else minutes - own_received,
            has_left=person is None,
        )

    def _points(self, own: Iterable[Service], no_shows: int) -> int:
        rewards = self.settings.rewards
        earning = [service for service in own if service.confirmed or not rewards.only_confirmed]
        turns = sum(service.outcome == "done" for service in earning)
        return points_of(turns, _minutes(earning), no_shows, rewards)

    def _received(self) -> dict[str, int]:
        """Minutes of service received in the period, of volunteers who are residents too."""
        as_resident: dict[str, list[Service]] = defaultdict(list)
        for service in self.period:
            as_resident[self._resident(service) or ""].append(service)
        return {
            resident.is_volunteer: _minutes(as_resident.get(resident.id, ()))
            for resident in self.scenario.residents
            if resident.is_volunteer is not None
        }

    # ------------------------------------------------------------------------------------- residents

    def _residents(self) -> tuple[ResidentLine, ...]:
        own: dict[str, list[Service]] = defaultdict(list)
        last: dict[str, date] = {}
        for service in self.scenario.history:
            name = self._resident(service)
            if name is not None and service.outcome == "done":
                last[name] = max(self._day(service.start), last.get(name, date.min))
        for service in self.period:
            name = self._resident(service)
            if name is not None:
                own[name].append(service)
        names = dict.fromkeys((*self.scenario.resident, *sorted(own)))
        lines = [self._resident_line(name, own[name], last.get(name)) for name in names]
        return tuple(sorted(lines, key=lambda line: (-line.visits, -line.minutes, line.resident)))

    def _resident_line(self, name: str, own: list[Service], last: date | None) -> ResidentLine:
        known = self.scenario.resident.get(name)
        outcomes = Counter(service.outcome for service in own)
        done = [service for service in own if service.outcome == "done"]
        return ResidentLine(
            resident=name,
            name=(known.name or name) if known else name,
            visits=len({service.visit or (service.wish, service.start) for service in done}),
            minutes=_minutes(own),
            people=len({service.volunteer for service in done}),
            no_shows=outcomes["no-show"],
            cancelled=outcomes["cancelled"],
            last=last,
        )

    # ----------------------------------------------------------------------------------------- hours

    def _hours(self) -> tuple[HoursLine, ...]:
        done = [service for service in self.period if service.outcome == "done"]
        done.sort(key=lambda service: (service.start, service.volunteer, service.visit or "", service.role or ""))
        return tuple(self._hours_line(service) for service in done)

    def _hours_line(self, service: Service) -> HoursLine:
        person = self.scenario.volunteer.get(service.volunteer)
        return HoursLine(
            number=(person.number or "") if person else "",
            name=(person.name or service.volunteer) if person else service.volunteer,
            day=self._day(service.start),
            minutes=service.minutes,
            activity=self._activity(service),
            volunteer=service.volunteer,
        )

    def _activity(self, service: Service) -> str:
        """What was done, as the wish or the record calls it; never who was helped."""
        wish = self._wish(service)
        usual = "志愿服务" if self.settings.language == "zh" else "voluntary service"
        if wish is None:
            return service.role or usual
        return wish.title or wish.items or usual


def _by(services: Iterable[Service], field: str) -> dict[str, list[Service]]:
    found: dict[str, list[Service]] = defaultdict(list)
    for service in services:
        found[getattr(service, field)].append(service)
    return found


def _minutes(services: Iterable[Service]) -> int:
    return sum(service.minutes for service in services if service.outcome == "done")
