"""What every output shows, put together once from a plan: visits with names, empty places, loads, and places."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from matcher.domain.people import Resident, Volunteer
from matcher.domain.places import Place
from matcher.domain.wishes import Role, Wish
from matcher.exchange.layout import LIST_SHEETS, Kind, Language, pick
from matcher.exchange.plan import Plan
from matcher.exchange.wording import (
    Say,
    day_and_weekday,
    first_day_of,
    fixed_clock,
    knows,
    open_date,
    short_date,
    time_range,
    wording,
)
from matcher.problem.roster import Reason, RosterVisit, Unfilled

if TYPE_CHECKING:
    from matcher.domain.where import Atlas
    from matcher.problem.expand import Visit

KINDS: tuple[Kind, ...] = ("escort", "visit", "event", "goods")


@dataclass(frozen=True, slots=True)
class Part:
    """One role of a visit: who does it, who stands by, how many are still needed and why."""

    role: Role
    people: tuple[Volunteer, ...] = ()
    standbys: tuple[Volunteer, ...] = ()
    missing: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One visit as it stands on paper, in local time. ``day`` None: its date is still open."""

    id: str
    wish: Wish
    resident: Resident | None
    start: datetime | None
    end: datetime | None
    day: date | None
    sort_day: date
    when: str
    """The date with its weekday, or which date is open."""
    time: str
    parts: tuple[Part, ...]

    @property
    def missing(self) -> int:
        return sum(part.missing for part in self.parts)

    @property
    def people(self) -> tuple[Volunteer, ...]:
        """The crew, role by role."""
        return tuple(person for part in self.parts for person in part.people)

    @property
    def standbys(self) -> tuple[Volunteer, ...]:
        return tuple(person for part in self.parts for person in part.standbys)

    @property
    def is_served(self) -> bool:
        return bool(self.people)

    @property
    def month(self) -> date:
        """The first of the month the visit belongs to."""
        return (self.day or self.sort_day).replace(day=1)


@dataclass(frozen=True, slots=True)
class Load:
    """One volunteer's share."""

    volunteer: Volunteer
    before: int
    new: int
    standby: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Duty:
    """One person's part in one visit."""

    entry: Entry
    part: Part
    is_standby: bool


class Paper:
    """A plan as people read it. Everything is sorted the same way each time."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.scenario = plan.scenario
        self.roster = plan.roster
        self.program = plan.scenario.program
        self.language: Language = self.program.settings.language
        self.say: Say = wording(self.language)
        self._zone = ZoneInfo(self.program.timezone)

    # ------------------------------------------------------------------------------------------ visits

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every visit, served or not, by date, time and id."""
        served = {visit.id: visit for visit in self.roster.visits}
        empty: dict[str, list[Unfilled]] = defaultdict(list)
        for unfilled in self.roster.unfilled:
            empty[unfilled.visit].append(unfilled)
        entries = [self._entry(key, served.get(key), empty.get(key, [])) for key in {*served, *empty}]
        return tuple(sorted(entries, key=_order))

    def _entry(self, key: str, visit: RosterVisit | None, empty: list[Unfilled]) -> Entry:
        wish = self.scenario.wish[visit.wish if visit else key.rpartition("/")[0]]
        start, end = (self.local(visit.start), self.local(visit.end)) if visit else (None, None)
        day = start.date() if start else wish.due if wish.kind == "goods" else None
        asked = [] if day else self._asked_days.get(key, [])
        sort_day = day or (asked[0] if asked else first_day_of(key)) or self.program.window.end
        return Entry(
            id=key, wish=wish, resident=self.scenario.resident.get(wish.resident or ""), start=start, end=end, day=day,
            sort_day=sort_day,
            when=self.when(wish, day) if day else open_date(key, self.language, asked),
            time=time_range(start, end, self.language) if start else fixed_clock(key) or self._asked_hours.get(key, ""),
            parts=tuple(self._part(role, visit, empty) for role in wish.roles),
        )

    @cached_property
    def _open(self) -> tuple[Visit, ...]:
        """The visits nobody serves, with the times asked for."""
        if not self.roster.unfilled:
            return ()
        from matcher.problem.expand import expand

        empty = {unfilled.visit for unfilled in self.roster.unfilled} - {visit.id for visit in self.roster.visits}
        return tuple(visit for visit in expand(self.scenario).visits if visit.id in empty)

    @cached_property
    def _asked_days(self) -> dict[str, list[date]]:
        """Visit nobody serves → the days it might have been."""
        step = self.program.settings.step_minutes
        return {visit.id: sorted({self._moment(start).date() for start in visit.starts(step)}) for visit in self._open}

    @cached_property
    def _asked_hours(self) -> dict[str, str]:
        """Visit nobody serves → its hours, where only one stretch was asked for."""
        spans = {visit.id: visit.spans for visit in self._open if len(visit.spans) == 1 and not visit.fixed}
        return {
            key: time_range(self._moment(low), self._moment(high), self.language) for key, ((low, high),) in spans.items()
        }

    def _moment(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, self._zone)

    def _part(self, role: Role, visit: RosterVisit | None, empty: list[Unfilled]) -> Part:
        mine = [unfilled for unfilled in empty if unfilled.role == role.id]
        people = self.scenario.volunteer
        return Part(
            role=role,
            people=tuple(people[s.volunteer] for s in visit.assigned if s.role == role.id) if visit else (),
            standbys=tuple(people[s.volunteer] for s in visit.standbys if s.role == role.id) if visit else (),
            missing=sum(unfilled.count for unfilled in mine),
            reasons=tuple(reason for unfilled in mine for reason in unfilled.reasons),
        )

    def local(self, moment: datetime | None) -> datetime | None:
        """The moment in the programme's time zone."""
        return moment.astimezone(self._zone) if moment else None

    def when(self, wish: Wish, day: date) -> str:
        """12月5日 周六; 12月20日 周日前 for goods."""
        words = day_and_weekday(day, self.language)
        return self.say("by_date", date=words) if wish.kind == "goods" else words

    def dated(self, entry: Entry) -> str:
        """When a visit is, with the year if that is not this one."""
        year = entry.sort_day.year
        if year == self.as_of.year or entry.when == self.say("date_open"):
            return entry.when
        return f"{year}年{entry.when}" if self.language == "zh" else f"{entry.when} {year}"

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of wishes that occur."""
        found = {entry.wish.kind for entry in self.entries}
        return tuple(kind for kind in KINDS if kind in found)

    @property
    def title(self) -> str:
        """接送清单 when all are escorts, and so on; 排班表 when kinds are mixed."""
        return self.heading(self.kinds[0]) if len(self.kinds) == 1 else self.say("roster")

    def heading(self, kind: Kind) -> str:
        """What the list of one kind is called."""
        return pick(LIST_SHEETS[kind], self.language)

    @cached_property
    def unfilled(self) -> tuple[tuple[Entry, Part], ...]:
        """Every role with an empty place."""
        return tuple((entry, part) for entry in self.entries for part in entry.parts if part.missing)

    @cached_property
    def filled(self) -> int:
        """Places filled."""
        return sum(len(visit.assigned) for visit in self.roster.visits)

    @cached_property
    def missing(self) -> int:
        """Places empty."""
        return sum(unfilled.count for unfilled in self.roster.unfilled)

    # ------------------------------------------------------------------------------------------ people

    @cached_property
    def duties(self) -> dict[str, tuple[Duty, ...]]:
        """What each volunteer does or stands by for, by date; people without any duty are not in it."""
        found: dict[str, list[Duty]] = defaultdict(list)
        for entry in self.entries:
            for part in entry.parts:
                for person in part.people:
                    found[person.id].append(Duty(entry, part, is_standby=False))
                for person in part.standbys:
                    found[person.id].append(Duty(entry, part, is_standby=True))
        return {key: tuple(found[key]) for key in sorted(found)}

    @cached_property
    def loads(self) -> tuple[Load, ...]:
        """Every volunteer's share, the busiest first."""
        new = Counter(seat.volunteer for visit in self.roster.visits for seat in visit.assigned)
        standby = Counter(seat.volunteer for visit in self.roster.visits for seat in visit.standbys)
        told = {row.volunteer: row for row in self.plan.report.fairness}
        loads = [
            Load(person, told[person.id].before if person.id in told else 0, new[person.id], standby[person.id],
                 told[person.id].minutes if person.id in told else 0)
            for person in self.scenario.volunteers
        ]
        return tuple(sorted(loads, key=lambda load: (-load.new, -load.standby, -load.before, load.volunteer.id)))

    def name(self, person: Resident | Volunteer | None) -> str:
        """The full name, for those who work with it."""
        return (person.name or person.id) if person else ""

    def names(self, people: Iterable[Volunteer]) -> str:
        """Full names in a row."""
        return ("、" if self.language == "zh" else ", ").join(self.name(person) for person in people)

    def team(self, person: Volunteer) -> str:
        """The name of the volunteer's team."""
        team = self.scenario.team.get(person.team or "")
        return (team.name or team.id) if team else ""

    def role(self, role: Role) -> str:
        """What a role is called."""
        word = f"role_{role.id}"
        return role.title or (self.say(word) if knows(word) else role.id)

    def vehicle(self, person: Volunteer) -> str:
        """Seats, and whether a wheelchair fits."""
        if person.vehicle is None:
            return ""
        words = self.say("seats", seats=person.vehicle.seats)
        return f"{words}，{self.say('wheelchair')}" if person.vehicle.wheelchair else words

    # ------------------------------------------------------------------------------------------ things and places

    @cached_property
    def atlas(self) -> Atlas:
        """Minutes from place to place, as the planner and the judge count them."""
        from matcher.domain.where import Atlas

        return Atlas(self.scenario.places, self.program.settings.travel, self.scenario.travel_times)

    def wish_title(self, wish: Wish) -> str:
        """The wish in a few words."""
        return wish.title or wish.items or self.say(f"kind_{wish.kind}")

    def budget(self, wish: Wish) -> str:
        """The most to spend, and who pays."""
        words = [] if wish.budget_yuan is None else [self.say("yuan", yuan=wish.budget_yuan)]
        if wish.payer:
            words.append(self.say(f"payer_{wish.payer}") if knows(f"payer_{wish.payer}") else wish.payer)
        return "，".join(words) if self.language == "zh" else ", ".join(words)

    def place_of(self, wish: Wish) -> Place | None:
        """Where one meets: the place, the origin of an escort, the resident's home."""
        resident = self.scenario.resident.get(wish.resident or "")
        key = wish.origin if wish.kind == "escort" else wish.place or (resident.home if resident else None)
        return self.scenario.place.get(key or "")

    def destination_of(self, wish: Wish) -> Place | None:
        """Where an escort goes."""
        return self.scenario.place.get(wish.destination or "") if wish.kind == "escort" else None

    def place(self, place: Place | None, *, door: bool = False) -> str:
        """A place as people find it; with the door only for those who go there."""
        if place is None:
            return ""
        name = place.name or (self.community(place) if place.estate is None else "")
        parts = (place.estate, place.building, place.address if door else None)
        detail = "".join(part for part in parts if part and part not in name)
        if not name:
            return detail or place.id
        if not detail:
            return name
        return f"{name}（{detail}）" if self.language == "zh" else f"{name} ({detail})"

    def where(self, wish: Wish, *, door: bool = False) -> str:
        """The place, or 出发地 → 目的地 of an escort."""
        here = self.place(self.place_of(wish), door=door)
        there = self.place(self.destination_of(wish))
        return f"{here} → {there}" if there else here

    def community(self, place: Place | None) -> str:
        """The name of the community a place lies in."""
        if place is None or place.community is None:
            return ""
        known = self.scenario.place.get(place.community)
        return (known.name if known else "") or place.community

    # ------------------------------------------------------------------------------------------ the head

    @property
    def period(self) -> str:
        """The planning window in words."""
        window = self.program.window
        start, end = short_date(window.start, self.language), short_date(window.end, self.language)
        if self.language == "zh":
            end = end if window.start.year == window.end.year else f"{window.end.year}年{end}"
            return self.say("window", start=f"{window.start.year}年{start}", end=end)
        start = start if window.start.year == window.end.year else f"{start} {window.start.year}"
        return self.say("window", start=start, end=f"{end} {window.end.year}")

    @property
    def as_of(self) -> datetime:
        """Now, as the scenario says it, in local time."""
        return self.program.as_of.astimezone(self._zone)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What the coordinator should know, each once."""
        proposed = (one.say(self.language) for one in self.plan.handovers)
        return tuple(dict.fromkeys([*self.plan.notes, *self.plan.report.warnings, *proposed]))

    def along(self, entry: Entry) -> tuple[Volunteer, ...]:
        """Who is proposed to come along on a visit, to hand over or to be introduced."""
        return tuple(
            self.scenario.volunteer[one.companion]
            for one in self.plan.handovers
            if one.visit == entry.id and one.companion is not None
        )


def _order(entry: Entry) -> tuple[date, bool, str, str]:
    return entry.sort_day, entry.day is None, entry.time, entry.id
