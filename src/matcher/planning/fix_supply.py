"""What is short where a roster has empty seats, community by community, and what one more person would fill."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from matcher.domain.claims import Claim
from matcher.domain.people import Availability, Vehicle, Volunteer
from matcher.domain.people import Skill as OwnSkill
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Role
from matcher.planning.account import Joined
from matcher.planning.supply import Skill, SupplyRow, supply
from matcher.planning.trials import Bench
from matcher.planning.vacancies import empty_roles
from matcher.planning.words import Phrase, Sayable
from matcher.problem.check import Judge
from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import Expanded, Visit, expand
from matcher.problem.objective import Prices
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.problem.rules import Language

TRIED = 8
"""So many kinds of one more person are tried, those with the most empty seats to fill."""
LISTED = 3
COMMUNITIES = 5
ROWS = 4
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Seat = tuple[Visit, Role]


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of person who is missing: skill, weekday and half-day (goods: none), and community."""

    skill: Skill
    weekday: int | None
    part: str | None
    community: str | None

    def say(self, language: Language) -> str:
        what: list[Sayable] = []
        if self.skill.skills:
            what.append(Phrase("fix_can", {"skills": tuple(name for name, _ in self.skill.skills)}))
        if self.skill.vehicle:
            what.append(Phrase("fix_drives"))
        values = {
            "what": Phrase("fix_what", {"asked": tuple(what)}) if what else Phrase("fix_what_nothing"),
            "when": Phrase("more_any_time") if self.weekday is None else Phrase(
                "more_when", {"day": Phrase(f"weekday_{_DAYS[self.weekday]}"), "part": Phrase(f"more_{self.part}")}
            ),
            "where": Phrase("more_where", {"community": self.community}) if self.community else Phrase("more_anywhere"),
        }
        return Phrase("more_person", values).say(language)


@dataclass(frozen=True, slots=True)
class OneMore:
    """One more person of a kind, and the seats they fill with everybody else where they are: ``filled``, at least."""

    person: Place
    filled: int
    visits: tuple[str, ...]
    titles: tuple[tuple[str, int], ...]

    def say(self, language: Language) -> str:
        counted = tuple(
            Phrase("more_visits", {"title": title, "number": number}) for title, number in self.titles
        )
        return Phrase("more_fills", {"who": self.person, "number": self.filled, "visits": counted}).say(language)


@dataclass(frozen=True, slots=True)
class Short:
    """One community with empty seats, and supply for the skills they ask for if it were the only one."""

    community: str | None
    empty: int
    rows: tuple[SupplyRow, ...]

    def say(self, language: Language) -> str:
        where = Phrase("more_community", {"community": self.community}) if self.community else Phrase("more_elsewhere")
        return Phrase("more_short", {"where": where, "number": self.empty, "rows": Joined(self.rows)}).say(language)


@dataclass(frozen=True, slots=True)
class Shortage:
    """What is short in a roster: in one sentence, by community, and what one more person would fill."""

    in_short: Phrase
    communities: tuple[Short, ...]
    one_more: tuple[OneMore, ...]

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        """(depth, what to say), line by line."""
        yield 0, self.in_short
        yield from ((1, short) for short in self.communities)
        if self.one_more:
            yield 0, Phrase("more_head")
            yield from ((1, more) for more in self.one_more)


def shortage(problem: Problem, roster: Roster, *, over: Callable[[], bool] = lambda: False) -> Shortage | None:
    """What is short in a roster; None where every seat is filled.

    The numbers of ``one_more`` are what the judge accepts with nobody else moved: at least so many.
    """
    empty = [(visit, role, count) for visit, role, count in empty_roles(problem, roster)]
    if not empty:
        return None
    groups = _groups(problem, roster)
    found: list[OneMore] = []
    for person, seats in _largest(groups):
        if over():
            break
        more = _one_more(problem, roster, person, seats)
        if more is not None and all(more.visits != other.visits for other in found):
            found.append(more)
    found.sort(key=lambda more: -more.filled)
    return Shortage(_in_short(problem, empty), tuple(_by_community(problem, empty, over)), tuple(found[:LISTED]))


# ------------------------------------------------------------------------------------------- one more person


def _groups(problem: Problem, roster: Roster) -> dict[Place, list[Seat]]:
    """Empty seats one person could fill, by what that person would have to be."""
    bench = Bench(problem, roster)
    groups: dict[Place, list[Seat]] = defaultdict(list)
    for visit, role, count in empty_roles(problem, roster):
        missing = sum(own.count - len(bench.crew(visit, own)) for own in visit.wish.roles)
        if missing > 1 and not visit.wish.partial:
            continue
        community, skill = problem.expanded.community(visit.wish), skill_of(role)
        days = {(None, None)} if visit.is_goods else {half_day(problem, start) for start in bench.starts(visit)}
        for weekday, part in days:
            groups[Place(skill, weekday, part, community)] += [(visit, role)] * (count if visit.wish.partial else 1)
    return dict(groups)


def skill_of(role: Role) -> Skill:
    """What a role asks for."""
    return Skill(tuple(sorted((need.name, need.level) for need in role.skills)), role.vehicle is not None)


def half_day(problem: Problem, start: int | None) -> tuple[int, str]:
    """(weekday, morning, afternoon or evening) of a start."""
    assert start is not None
    moment, settings = problem.expanded.calendar.moment(start), problem.scenario.program.settings
    clock = f"{moment:%H:%M}"
    part = "morning" if clock < settings.morning.end else "afternoon" if clock < settings.afternoon.end else "evening"
    return moment.weekday(), part


def _largest(groups: dict[Place, list[Seat]]) -> list[tuple[Place, list[Seat]]]:
    """The groups with the most visits, each set of visits once."""
    ordered = sorted(groups.items(), key=lambda own: (-len({visit.id for visit, _ in own[1]}), str(own[0])))
    found: dict[frozenset[str], tuple[Place, list[Seat]]] = {}
    for person, seats in ordered:
        found.setdefault(frozenset(visit.id for visit, _ in seats), (person, seats))
    return list(found.values())[:TRIED]


def _one_more(problem: Problem, roster: Roster, person: Place, seats: list[Seat]) -> OneMore | None:
    """That person put on one seat after the other, as far as the judge allows; None: on none."""
    facts, name = _with_person(problem, person, seats)
    expanded = expand(facts)
    eligibility = Eligibility(expanded)
    changed = replace(problem, expanded=expanded, eligibility=eligibility, prices=Prices(expanded, eligibility))
    row, after, filled = expanded.volunteer_index[name], roster, []
    price = problem.prices.empty_seat
    for visit, role in sorted(seats, key=lambda seat: (-price(seat[0].wish), _choices(seat[0]), seat[0].id)):
        bench = Bench(changed, after)
        if visit.id in filled or len(bench.crew(visit, role)) >= role.count:
            continue
        trial = bench.best_seat(visit, role, row)
        if trial is not None and trial.works:
            after = bench.put_in(visit, role.id, name, trial.start)
            filled.append(visit.id)
    if not filled or not _is_accepted(problem, roster, expanded, after):
        return None
    titles = Counter(problem.visits[problem.expanded.visit_index[own]].wish.title or own for own in filled)
    return OneMore(person, len(filled), tuple(sorted(filled)), tuple(titles.most_common()))


def _choices(visit: Visit) -> int:
    return len(visit.fixed) + len(visit.spans)


def _is_accepted(problem: Problem, roster: Roster, expanded: Expanded, after: Roster) -> bool:
    known, now = (
        {(own.rule, own.visit, own.volunteer) for own in Judge(facts, made).violations() if own.price is None}
        for facts, made in ((problem.expanded, roster), (expanded, after))
    )
    return now <= known


def _with_person(problem: Problem, person: Place, seats: list[Seat]) -> tuple[Scenario, str]:
    """The facts with one more volunteer of the programme's usual limits, experienced, and a claim where one is asked for."""
    scenario, number = problem.scenario, 1
    while f"new-{number}" in scenario.volunteer:
        number += 1
    name, settings = f"new-{number}", scenario.program.settings
    visit, role = seats[0]
    vehicles = [own.vehicle for _, own in seats if own.vehicle is not None]
    more = Volunteer(
        id=name,
        home=visit.place,
        team=next(iter(visit.wish.teams), None),
        skills=tuple(OwnSkill(name=skill, level=level) for skill, level in person.skill.skills),
        vehicle=None if not vehicles else Vehicle(
            seats=max(own.seats for own in vehicles), wheelchair=any(own.wheelchair for own in vehicles)
        ),
        travel_mode="car" if vehicles else "bus",
        gender=role.gender,
        languages=tuple(sorted({own.language for _, own in seats if own.language})),
        availability=() if person.weekday is None else (_hours(problem, person, seats),),
        prior_visits=settings.newcomer_visits,
    )
    wishes = {own.wish.id: own.wish for own, _ in seats if own.wish.claimants_only}
    chosen = {own.wish for own in scenario.claims if own.state == "chosen"}
    claims = tuple(
        Claim(id=f"{name}-{wish}", wish=wish, volunteer=name, at=scenario.program.as_of,
              state="chosen" if wish in chosen else "open")
        for wish in wishes
    )
    return scenario.with_changes(volunteers=(*scenario.volunteers, more), claims=(*scenario.claims, *claims)), name


def _hours(problem: Problem, person: Place, seats: list[Seat]) -> Availability:
    """That half-day of every week, long enough for the services asked for then."""
    settings, moment = problem.scenario.program.settings, problem.expanded.calendar.moment
    half = getattr(settings, str(person.part))
    low, high = half.start, half.end
    for visit, _ in seats:
        for start in visit.starts(settings.step_minutes):
            if half_day(problem, start) == (person.weekday, person.part):
                first, last = moment(start), moment(start + visit.minutes)
                low = min(low, _clock(first))
                high = max(high, _clock(last)) if last.date() == first.date() else "24:00"
    assert person.weekday is not None
    return Availability(days=_DAYS[person.weekday], start=low, end=high)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


# -------------------------------------------------------------------------------------------- what is short


def _in_short(problem: Problem, empty: list[tuple[Visit, Role, int]]) -> Phrase:
    """The skill most seats are empty for, in one sentence."""
    lacking: Counter[Skill] = Counter()
    for _, role, count in empty:
        lacking[skill_of(role)] += count
    skill, number = max(lacking.items(), key=lambda own: (own[1], bool(own[0].skills), own[0].skills))
    return Phrase("more_in_short", {"skill": skill, "number": number, "all": sum(lacking.values())})


def _by_community(
    problem: Problem, empty: list[tuple[Visit, Role, int]], over: Callable[[], bool]
) -> Iterator[Short]:
    """Per community with empty seats, supply for the skills these ask for."""
    seats: Counter[str | None] = Counter()
    skills: dict[str | None, set[Skill]] = defaultdict(set)
    for visit, role, count in empty:
        community = problem.expanded.community(visit.wish)
        seats[community] += count
        skills[community].add(skill_of(role))
    for community, count in seats.most_common(COMMUNITIES):
        if over():
            return
        counted = supply(_only(problem.scenario, problem.expanded, community))
        rows = [row for row in counted.rows if row.skill in skills[community]]
        rows.sort(key=lambda row: (-row.gap, row.available - row.needed))
        yield Short(community, count, tuple(rows[:ROWS]))


def _only(scenario: Scenario, expanded: Expanded, community: str | None) -> Scenario:
    """The facts with one community's wishes only."""
    kept = {wish.id for wish in scenario.wishes if expanded.community(wish) == community}

    def of_kept(facts: tuple[Any, ...], wish_of: Callable[[Any], str | None]) -> tuple[Any, ...]:
        return tuple(own for own in facts if wish_of(own) in kept)

    return scenario.with_changes(
        wishes=tuple(wish for wish in scenario.wishes if wish.id in kept),
        claims=of_kept(scenario.claims, lambda own: own.wish),
        declines=of_kept(scenario.declines, lambda own: own.wish or (own.visit or "").rpartition("/")[0]),
        pins=of_kept(scenario.pins, lambda own: own.visit.rpartition("/")[0]),
    )
