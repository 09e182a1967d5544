"""Teams, volunteers and residents: who they are, where they live, what they can, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from matcher.domain.claims import Pairing
from matcher.domain.people import (
    Absence,
    Availability,
    Gender,
    Limits,
    Required,
    Resident,
    Skill,
    Team,
    Vehicle,
    Volunteer,
)
from matcher.domain.places import TravelMode
from matcher.generate import distributions as shares
from matcher.generate.dice import Dice, apportion
from matcher.generate.distributions import Group, Slot
from matcher.generate.names import Generation, invent_name
from matcher.generate.presets import Preset
from matcher.generate.town import Community, Town, Words, weights_of

UNITS: tuple[Words, ...] = (
    ("人社局", "Labour Bureau"), ("工信局", "Industry Bureau"), ("税务局", "Tax Office"), ("教育局", "Education Bureau"),
    ("公安局", "Police"), ("供电局", "Power Supply"), ("自来水公司", "Water Works"), ("邮政公司", "Post Office"),
    ("民政局", "Civil Affairs"), ("司法局", "Justice Bureau"), ("农商银行", "Rural Bank"), ("图书馆", "Library"),
    ("交通局", "Transport Bureau"), ("住建局", "Housing Bureau"), ("市场监管局", "Market Supervision"), ("融媒体中心", "Media Centre"),
)
SCHOOLS: tuple[Words, ...] = (
    ("职业技术学院", "Vocational College"), ("师范学院", "Teachers' College"), ("第一中学", "First Middle School"),
    ("卫生学校", "School of Nursing"),
)
CLINICS: tuple[Words, ...] = (
    ("人民医院", "People's Hospital"), ("中医院", "Hospital of Chinese Medicine"), ("社区卫生服务中心", "Health Centre"),
)


def phone(number: int) -> str | None:
    """The number-th invented phone, 1380000xxxx; None once all ten thousand are taken."""
    return f"1380000{number:04d}" if number < 10_000 else None


# ------------------------------------------------------------------------------------------------ teams


@dataclass(frozen=True, slots=True)
class Teams:
    """The teams: those paired with each community, and those each kind of volunteer joins."""

    all: tuple[Team, ...]
    paired: dict[str, tuple[str, ...]]
    community: dict[str, tuple[str, ...]]
    unit: tuple[str, ...]
    school: tuple[str, ...]
    medical: tuple[str, ...]


def found_teams(dice: Dice, preset: Preset, town: Town) -> Teams:
    """Community teams, units paired with communities, schools, hospitals; in all ``preset.teams``."""
    own = min(len(town.communities), max(1, round(0.45 * preset.teams)))
    school = medical = max(1, round(0.08 * preset.teams))
    units = max(1, preset.teams - own - school - medical)
    communities = [place.name for place in town.communities]
    made: list[Team] = []
    covers = [tuple(communities[number::own]) for number in range(own)]
    for names in covers:
        made.append(_team(len(made), town.say((f"{names[0]}志愿服务队", f"{names[0]} volunteers")), names))
    for number in range(units):
        paired = tuple(dice.some(communities, dice.whole(1, 2)))
        umbrella = made[own].id if number % 4 == 3 else None
        made.append(_team(len(made), _called(town, UNITS, number, ("志愿服务队", "volunteers")), paired, umbrella))
    for number in range(school):
        made.append(_team(len(made), _called(town, SCHOOLS, number, ("青年志愿者协会", "youth volunteers")), ()))
    for number in range(medical):
        made.append(_team(len(made), _called(town, CLINICS, number, ("医疗志愿服务队", "medical volunteers")), ()))
    ids = [team.id for team in made]
    return Teams(
        all=tuple(made),
        paired={name: tuple(team.id for team in made if name in team.communities) for name in communities},
        community={name: (ids[number % own],) for number, name in enumerate(communities)},
        unit=tuple(ids[own:own + units]), school=tuple(ids[own + units:own + units + school]),
        medical=tuple(ids[own + units + school:]),
    )


def _team(number: int, name: str, communities: Sequence[str], parent: str | None = None) -> Team:
    return Team(id=f"t{number + 1:03d}", name=name, communities=tuple(communities), parent=parent)


def _called(town: Town, names: Sequence[Words], number: int, suffix: Words) -> str:
    zh, en = names[number % len(names)]
    again = number // len(names)
    branch = (f"{again + 1}分队", f" {again + 1}") if again else ("", "")
    return town.say((f"{zh}{suffix[0]}{branch[0]}", f"{en} {suffix[1]}{branch[1]}"))


# ------------------------------------------------------------------------------------------------ volunteers


@dataclass(slots=True)
class Crowd:
    """The volunteers, and of each the group and community: what the facts do not say outright."""

    volunteers: tuple[Volunteer, ...] = ()
    groups: list[Group] = field(default_factory=list)
    communities: list[Community] = field(default_factory=list)


def enlist(dice: Dice, preset: Preset, town: Town, teams: Teams, as_of: datetime, window: tuple[date, date]) -> Crowd:
    """``preset.volunteers`` people with homes, teams, times, limits, cars and skills."""
    crowd = Crowd()
    crowd.groups = _shuffled(dice, apportion(preset.volunteers, [share for _, share in shares.GROUPS]))
    weighted = weights_of(town.communities)
    crowd.communities = [dice.weighted(weighted) for _ in crowd.groups]
    skills = _skills(dice, town, crowd.groups, preset.skilled, window[1])
    cars = _cars(dice, crowd.groups)
    asks = tuple(skill.words for skill in shares.SKILLS.values())
    crowd.volunteers = tuple(
        _volunteer(dice, preset, town, teams, crowd, number, skills[number], cars.get(number), asks, as_of, window)
        for number in range(preset.volunteers)
    )
    return crowd


def _shuffled(dice: Dice, counts: Sequence[int]) -> list[Group]:
    groups = [group for (group, _), count in zip(shares.GROUPS, counts) for _ in range(count)]
    return dice.some(groups, len(groups))


def _volunteer(
    dice: Dice, preset: Preset, town: Town, teams: Teams, crowd: Crowd, number: int, skills: tuple[Skill, ...],
    vehicle: Vehicle | None, asks: Sequence[Words], as_of: datetime, window: tuple[date, date],
) -> Volunteer:
    group, community = crowd.groups[number], crowd.communities[number]
    gender: Gender = "female" if dice.chance(shares.FEMALE_SHARE[group]) else "male"
    newcomer = dice.chance(shares.NEWCOMER_SHARE)
    days = dice.whole(5, 60) if newcomer else dice.whole(200, 1_800)
    dialect = preset.dialect is not None and dice.chance(shares.DIALECT_SHARE)
    return Volunteer(
        id=f"v{number + 1:04d}",
        name=invent_name(dice, shares.GENERATION[group], gender, town.language),
        gender=gender,
        phone=phone(number),
        home=town.home(community, dice),
        team=_team_of(dice, teams, group, community),
        joined=as_of.date() - timedelta(days=days),
        languages=("zh", preset.dialect) if dialect and preset.dialect else ("zh",),
        skills=skills,
        vehicle=vehicle,
        travel_mode=_mode(dice, group, vehicle),
        availability=() if dice.chance(shares.NO_TIMES_SHARE) else _times(dice, group),
        unavailable=(_absence(dice, town, as_of, window),) if dice.chance(shares.ABSENT_SHARE) else (),
        limits=_limits(dice, group),
        likes=(_liking(dice, town, asks),) if dice.chance(shares.VOLUNTEER_LIKES_SHARE) else (),
        dislikes=(dice.pick(("escort", "event", "goods")),) if dice.chance(shares.VOLUNTEER_DISLIKES_SHARE) else (),
        prior_visits=0 if newcomer else dice.whole(0, 30),
    )


def _team_of(dice: Dice, teams: Teams, group: Group, community: Community) -> str | None:
    choices = {
        "retired": teams.community[community.name], "worker": teams.community[community.name],
        "unit": teams.unit, "student": teams.school, "medical": teams.medical,
    }[group]
    return dice.pick(choices)


def _mode(dice: Dice, group: Group, vehicle: Vehicle | None) -> TravelMode:
    if vehicle is not None and dice.chance(shares.GOES_BY_CAR_SHARE):
        return "car"
    return dice.weighted(shares.TRAVEL[group])


def _times(dice: Dice, group: Group) -> tuple[Availability, ...]:
    named: list[Availability] = []
    while not named:
        named = [_stretch(dice, own) for own in shares.FREE[group] if dice.chance(own.share)]
    return tuple(named)


def _stretch(dice: Dice, own: shares.Stretch) -> Availability:
    start, end = shares.SLOT_HOURS[own.slot]
    days = slot_days(dice, own.slot, dice.whole(*own.days))
    draw = dice.roll()
    return Availability(
        days=days, start=start, end=end,
        kind="preferred" if draw < shares.PREFERRED_SHARE
        else "undesired" if draw > 1 - shares.UNDESIRED_SHARE else "available",
    )


def slot_days(dice: Dice, slot: Slot, count: int) -> str:
    """``count`` days of the slot as the facts write them: MO,TH; at weekends SA, SU or both."""
    days = ("SA", "SU") if slot.startswith("weekend") else shares.WORKDAYS
    chosen = set(dice.some(days, count))
    return ",".join(day for day in days if day in chosen)


def _limits(dice: Dice, group: Group) -> Limits:
    week = dice.weighted(shares.VISITS_PER_WEEK)
    month = max(week, dice.weighted(shares.VISITS_PER_MONTH))
    return Limits(
        visits_per_day=dice.weighted(shares.VISITS_PER_DAY) if week > 1 else 1,
        visits_per_week=week,
        visits_per_month=month,
        minutes_per_month=120 * month if dice.chance(shares.MINUTES_PER_MONTH_SHARE) else None,
        least_visits_per_month=1 if dice.chance(shares.LEAST_VISITS_SHARE) else None,
        max_travel_minutes=dice.weighted(shares.MOST_TRAVEL),
        rest_days=dice.whole(2, 4) if dice.chance(shares.REST_DAYS_SHARE) else None,
        min_rest_minutes=12 * 60 if group == "retired" and dice.chance(2 * shares.MIN_REST_SHARE) else None,
    )


def _absence(dice: Dice, town: Town, as_of: datetime, window: tuple[date, date]) -> Absence:
    first = window[0] + timedelta(days=dice.whole(0, (window[1] - window[0]).days - 3))
    start = datetime.combine(first, time(0, 0), as_of.tzinfo)
    reason = dice.pick((("出差", "business trip"), ("回老家", "visiting family"), ("身体不适", "unwell")))
    return Absence(start=start, end=start + timedelta(days=dice.whole(2, 7)), reason=town.say(reason))


def _liking(dice: Dice, town: Town, asks: Sequence[Words]) -> str:
    return dice.pick(("visit", "event", "escort", town.say(dice.pick(asks))))


def _cars(dice: Dice, groups: Sequence[Group]) -> dict[int, Vehicle]:
    owners = [number for number, group in enumerate(groups) if dice.chance(shares.CAR_SHARE[group])]
    fitted = set(dice.some(owners, max(1, round(shares.WHEELCHAIR_SHARE * len(owners)))))
    return {
        number: Vehicle(seats=dice.weighted(shares.CAR_SEATS), wheelchair=number in fitted) for number in owners
    }


def _skills(
    dice: Dice, town: Town, groups: Sequence[Group], factor: float, last: date
) -> list[tuple[Skill, ...]]:
    """Everybody's skills. Counted out, not tossed for: a community of 125 has its three doctors."""
    found: list[list[Skill]] = [[] for _ in groups]
    taken: set[int] = set()
    for key, own in shares.SKILLS.items():
        able = [number for number, group in enumerate(groups) if group in own.groups]
        if key in ("doctor", "nurse"):  # nobody is both
            able = [number for number in able if number not in taken]
        for number in dice.some(able, max(1, round(own.share * factor * len(groups)))):
            taken.add(number)
            found[number].append(Skill(
                name=town.say(own.words), level=dice.weighted(own.levels),
                valid_until=last + timedelta(days=dice.whole(-15, 700)) if own.expires else None,
            ))
    return [tuple(skills) for skills in found]


# ------------------------------------------------------------------------------------------------ residents


@dataclass(slots=True)
class Neighbours:
    """Residents as wishes bring them up; some have several wishes."""

    dice: Dice
    preset: Preset
    town: Town
    crowd: Crowd
    residents: list[Resident] = field(default_factory=list)
    homes: list[Community] = field(default_factory=list)
    _weights: list[tuple[Community, float]] = field(init=False)
    _adults: list[int] = field(default_factory=list)
    _children: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._weights = weights_of(self.town.communities)

    def somebody(self, child: bool, new: bool = False) -> tuple[Resident, Community]:
        """Who has the next wish: somebody new, or somebody who has one already."""
        known = self._children if child else self._adults
        if known and not new and self.dice.chance(shares.TWO_WISHES_SHARE):
            number = self.dice.pick(known)
        else:
            number = len(self.residents)
            community = self.dice.weighted(self._weights)
            self.residents.append(self._resident(number, community, child))
            self.homes.append(community)
            known.append(number)
        return self.residents[number], self.homes[number]

    def _resident(self, number: int, community: Community, child: bool) -> Resident:
        dice = self.dice
        gender: Gender = "female" if dice.chance(0.5 if child else 0.6) else "male"
        generation: Generation = "child" if child else "old"
        household = dice.weighted(shares.HOUSEHOLDS) if not child else None
        dialect = self.preset.dialect if dice.chance(shares.REQUIRES_DIALECT_SHARE) and not child else None
        return Resident(
            id=f"r{number + 1:05d}",
            name=invent_name(dice, generation, gender, self.town.language),
            home=self.town.home(community, dice),
            phone=phone(self.preset.volunteers + number),
            banned=self._volunteers(1) if dice.chance(shares.BANS_SHARE) else (),
            preferred=self._volunteers(2) if dice.chance(shares.PREFERS_SHARE) else (),
            required=Required(gender=gender if dice.chance(shares.REQUIRES_GENDER_SHARE) else None, language=dialect),
            liked=Required(gender=gender if dice.chance(shares.LIKES_GENDER_SHARE) else None),
            age=str(dice.whole(7, 15) if child else dice.whole(62, 94)),
            household=(household,) if household else (),
        )

    def _volunteers(self, count: int) -> tuple[str, ...]:
        return tuple(self.dice.pick(self.crowd.volunteers).id for _ in range(count))


def pair_up(dice: Dice, neighbours: Neighbours, count: int, as_of: datetime) -> list[tuple[Pairing, Resident, int]]:
    """``count`` standing bonds: each a resident of their own and a volunteer of the same community, if there is one."""
    crowd = neighbours.crowd
    free = [number for number, person in enumerate(crowd.volunteers) if person.availability]
    by_community: dict[int, list[int]] = {}
    for number in dice.some(free, len(free)):
        by_community.setdefault(crowd.communities[number].number, []).append(number)
    found = []
    for _ in range(min(count, len(free))):
        resident, community = neighbours.somebody(child=False, new=True)
        near = by_community.get(community.number) or next(own for own in by_community.values() if own)
        number = next((one for one in near if accepts(resident, crowd.volunteers[one])), near[-1])
        near.remove(number)
        since = as_of.date() - timedelta(days=dice.whole(30, 700))
        bond = Pairing(volunteer=crowd.volunteers[number].id, resident=resident.id, since=since)
        found.append((bond, resident, number))
    return found


def accepts(resident: Resident, person: Volunteer) -> bool:
    """Whether the resident takes help from this person."""
    required = resident.required
    return (
        person.id not in resident.banned
        and required.gender in (None, person.gender)
        and (required.language is None or required.language in person.languages)
    )
