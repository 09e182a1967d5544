"""Rounds: one person's day of many visits as they go, home after home, with the way between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from matcher.domain.people import Volunteer
from matcher.domain.places import TravelMode
from matcher.exchange.paper import Duty, Paper

MANY = 3
"""From so many visits a day on, order and way are worth a table."""


@dataclass(frozen=True, slots=True)
class Call:
    """One visit of a round: which, and the minutes of way there and on from there (to the next, or home)."""

    duty: Duty
    number: int
    there: int
    onward: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One person's visits of one day, in order of time."""

    volunteer: Volunteer
    day: date
    when: str
    calls: tuple[Call, ...]

    @property
    def way(self) -> int:
        """Minutes on the way, from home and back."""
        return sum(call.there for call in self.calls) + self.calls[-1].onward

    @property
    def service(self) -> int:
        """Minutes of service."""
        times = ((call.duty.entry.start, call.duty.entry.end) for call in self.calls)
        return sum(int((end - start).total_seconds()) // 60 for start, end in times if start and end)


def rounds_of(paper: Paper) -> tuple[Round, ...]:
    """Everybody's rounds, day by day; days with few visits are none."""
    found = [one for name, duties in paper.duties.items() for one in _of_person(paper, name, duties)]
    return tuple(sorted(found, key=lambda one: (one.day, paper.name(one.volunteer), one.volunteer.id)))


def rounds_of_person(paper: Paper, volunteer: str) -> tuple[Round, ...]:
    """One volunteer's rounds."""
    return tuple(_of_person(paper, volunteer, paper.duties.get(volunteer, ())))


def _of_person(paper: Paper, name: str, duties: tuple[Duty, ...]) -> Iterator[Round]:
    own = sorted(
        (duty for duty in duties if duty.entry.start is not None and not duty.is_standby),
        key=lambda duty: (str(duty.entry.start), duty.entry.id),
    )
    person = paper.scenario.volunteer[name]
    for day, group in groupby(own, lambda duty: duty.entry.day):
        visits = list(group)
        if day is not None and len(visits) >= MANY:
            yield Round(person, day, paper.dated(visits[0].entry), tuple(_calls(paper, person, visits)))


def _calls(paper: Paper, person: Volunteer, visits: list[Duty]) -> Iterator[Call]:
    """The ways as the judge counts them: each by the mode of the visit it leads to, homewards by that of the last."""
    atlas, modes = paper.atlas, [_mode(person, duty) for duty in visits]
    ends = [_ends(paper, duty) for duty in visits]
    ways = [atlas.minutes(person.home, ends[0][0], modes[0])]
    ways += [atlas.minutes(here[1], next_[0], mode) for (here, next_), mode in zip(pairwise(ends), modes[1:])]
    ways.append(atlas.minutes(ends[-1][1], person.home, modes[-1]))
    for at, duty in enumerate(visits):
        yield Call(duty, at + 1, ways[at], ways[at + 1], at + 1 == len(visits))


def _mode(person: Volunteer, duty: Duty) -> TravelMode:
    return "car" if duty.part.role.vehicle is not None else person.travel_mode


def _ends(paper: Paper, duty: Duty) -> tuple[str | None, str | None]:
    """Where a visit begins and where it ends."""
    wish = duty.entry.wish
    place = paper.place_of(wish)
    here = place.id if place else None
    return here, wish.destination if wish.kind == "escort" and not wish.returns else here


__all__ = ["MANY", "Call", "Round", "rounds_of", "rounds_of_person"]
