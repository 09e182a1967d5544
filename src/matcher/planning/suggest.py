"""suggest: ranked people for one visit, each with the exact change they make to every tier and term.

For an empty seat, instead of somebody, or as a stand-by; and for everybody else what stands in the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from matcher.domain.people import Volunteer
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Role
from matcher.errors import BadInput
from matcher.planning.account import Account, Joined
from matcher.planning.loaded import Ints, Loaded
from matcher.planning.offers import (
    BIT,
    CODES,
    TERMS,
    Offers,
    Place,
    blocked_by_facts,
    joined,
    offers_for,
    offers_instead,
    start_or_none,
    waitlisted_claims,
)
from matcher.planning.proof import role_of
from matcher.planning.trials import Bench, Delta
from matcher.planning.vacancies import why
from matcher.planning.words import Phrase, Sayable
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem
from matcher.problem.roster import TIERS, Roster, RosterVisit, Seat
from matcher.problem.rules import Language

Kind = Literal["seat", "instead", "standby"]
"""Into an empty seat, instead of somebody, or to stand by."""

LISTED_NEAR = 6
"""People listed who lack one thing only."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Seats of a role that stay empty."""

    role: str
    title: str
    count: int

    def say(self, language: Language) -> str:
        return Phrase("suggest_missing_role", {"role": self.title, "number": self.count}).say(language)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One person for one seat: what changes if they take it, tier by tier and term by term.

    ``start`` is None for goods. ``claim``: their waitlisted claim, to be marked as chosen. ``told``, ``pinned``: whoever
    they replace was told, so it has to be agreed first, or is pinned, so the pin has to go. ``missing``: what the crew still lacks then.
    """

    volunteer: str
    name: str
    visit: str
    role: str
    kind: Kind
    start: str | None
    instead_of: str | None
    instead_of_name: str | None
    told: bool
    pinned: bool
    claim: str | None
    minutes_away: int
    last_asked: date | None
    delta: Delta
    missing: tuple[Missing, ...] = ()
    rank: int = 1
    start_is_open: bool = False
    """Nobody serves the visit yet, so the start is part of the suggestion."""
    stands_by: bool = False
    """They are its stand-by now, and will have to be replaced as such."""

    def say(self, language: Language) -> str:
        asked = Phrase("asked_never") if self.last_asked is None else Phrase("asked_on", {"day": self.last_asked})
        return Phrase("suggest_person", {
            "number": self.rank, "who": self.name, "minutes": self.minutes_away, "asked": asked,
            "what": Joined(tuple(self._what())),
        }).say(language)

    def to_dict(self, language: Language) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rank": self.rank,
            "volunteer": self.volunteer,
            "name": self.name,
            "start": self.start,
            "instead_of": self.instead_of,
            "told": self.told,
            "pinned": self.pinned,
            "stands_by": self.stands_by,
            "claim": self.claim,
            "minutes_away": self.minutes_away,
            "last_asked": None if self.last_asked is None else self.last_asked.isoformat(),
            "delta": dict(zip(TIERS, self.delta.tiers)) | {"terms": self.delta.terms},
            "missing": {own.role: own.count for own in self.missing},
            "text": self.say(language),
        }

    def _what(self) -> Iterator[Sayable]:
        if self.start is not None and self.start_is_open:
            yield Phrase("suggest_at", {"start": datetime.fromisoformat(self.start)})
        if self.instead_of is not None:
            yield Phrase("suggest_for", {"other": self.instead_of_name})
        if self.stands_by:
            yield Phrase("suggest_stands_by")
        yield self.delta
        if self.told:
            yield Phrase("suggest_told", {"other": self.instead_of_name})
        if self.pinned:
            yield Phrase("suggest_pinned", {"other": self.instead_of_name})
        if self.claim is not None:
            yield Phrase("suggest_claim")
        if self.missing:
            yield Phrase("suggest_missing", {"missing": self.missing})


@dataclass(frozen=True, slots=True)
class Blocked:
    """Somebody who cannot take the seat, and every reason code why, at the start that suits them best."""

    volunteer: str
    name: str
    codes: tuple[str, ...]

    def say(self, language: Language) -> str:
        what = Joined(tuple(Phrase(f"short_{code}") for code in self.codes))
        return Phrase("suggest_blocked_one", {"who": self.name, "what": what}).say(language)


@dataclass(frozen=True)
class BlockedPeople:
    """Everybody who cannot take a seat; worked out into names only when somebody asks."""

    people: tuple[Volunteer, ...]
    bits: NDArray[np.uint32]
    """Per volunteer, the bits of ``CODES``; 0 for who could come, or has nothing to be asked about."""

    def __len__(self) -> int:
        return int(np.count_nonzero(self.bits))

    def __iter__(self) -> Iterator[Blocked]:
        for row in np.flatnonzero(self.bits).tolist():
            yield self._blocked(row)

    def _blocked(self, row: int) -> Blocked:
        person, bits = self.people[row], int(self.bits[row])
        codes = tuple(code for code in CODES if bits & int(BIT[code]))
        return Blocked(person.id, person.name or person.id, codes)

    def of(self, volunteer: str) -> tuple[str, ...]:
        """The reason codes of one person; empty if nothing stands in the way."""
        return next((own.codes for own in self if own.volunteer == volunteer), ())

    @cached_property
    def counts(self) -> Counter[str]:
        """How many people each reason keeps away; somebody with two reasons counts at both."""
        return +Counter({code: int(np.count_nonzero(self.bits & BIT[code])) for code in CODES})

    def nearest(self, most: int) -> list[Blocked]:
        """Some of those who lack one thing only, and could most easily change it."""
        easy = [BIT[code] for code in _EASY]
        rows = [row for bit in easy for row in np.flatnonzero(self.bits == bit).tolist()]
        return [self._blocked(row) for row in rows[:most]]


_EASY = (
    "keeps_own_limits", "stands_by_separately", "is_in_one_place_at_a_time", "is_within_reach", "keeps_the_turn",
    "keeps_faces_few", "newcomers_go_with_experience",
)
"""What people can talk about, the easiest first."""


@dataclass(frozen=True)
class SeatSuggestions:
    """One kind of seat of one role: who could take it, the best first, and why the others cannot."""

    role: str
    title: str
    kind: Kind
    empty: int
    possible: int
    people: tuple[Suggestion, ...]
    blocked: BlockedPeople
    asked_for: Role

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        """(depth, what to say), line by line."""
        head = f"suggest_{self.kind}" + ("" if self.possible else "_nobody")
        yield 1, Phrase(head, {"role": self.title, "empty": self.empty, "count": self.possible})
        yield from ((2, person) for person in self.people)
        if self.possible > len(self.people):
            yield 2, Phrase("suggest_more", {"count": self.possible - len(self.people)})
        near = self.blocked.nearest(LISTED_NEAR)
        if near and len(self.people) < LISTED_NEAR:
            yield 2, Phrase("suggest_near")
            yield from ((3, own) for own in near)
        if self.blocked.counts:
            reasons = tuple(why(code, count, self.asked_for) for code, count in self.blocked.counts.most_common())
            yield 2, Phrase("suggest_blocked", {"reasons": Joined(reasons)})

    def to_dict(self, language: Language) -> dict[str, Any]:
        """Plain values for JSON, everybody who is blocked among them."""
        return {
            "role": self.role,
            "title": self.title,
            "kind": self.kind,
            "empty": self.empty,
            "possible": self.possible,
            "people": [person.to_dict(language) for person in self.people],
            "blocked": [
                {"volunteer": own.volunteer, "name": own.name, "codes": list(own.codes), "text": own.say(language)}
                for own in self.blocked
            ],
            "reasons": dict(self.blocked.counts.most_common()),
        }


@dataclass(frozen=True)
class Suggestions(Account):
    """Who could be asked for one visit, seat by seat."""

    visit: str
    wish: str
    title: str
    when: Phrase
    seats: tuple[SeatSuggestions, ...]

    @property
    def people(self) -> tuple[Suggestion, ...]:
        """All suggestions, seat after seat."""
        return tuple(person for seat in self.seats for person in seat.people)

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield 0, self.when
        for seat in self.seats:
            yield from seat.phrases()

    def to_dict(self, language: Language | None = None) -> dict[str, Any]:
        spoken = language or self.language
        return {
            "visit": self.visit,
            "wish": self.wish,
            "title": self.title,
            "when": self.when.say(spoken),
            "seats": [seat.to_dict(spoken) for seat in self.seats],
        }


def suggest(
    problem: Problem | Scenario,
    roster: Roster,
    visit: str,
    *,
    role: str | None = None,
    instead_of: str | None = None,
    count: int = 10,
) -> Suggestions:
    """Ranked people for a visit: for its empty seats, else to replace somebody or to stand by.

    ``role`` and ``instead_of`` (a volunteer on the crew) narrow it; ``count`` people are listed per seat. To ask again
    and again about one roster, keep a ``Desk``. Raises ``BadInput`` for names that are not there.
    """
    return Desk(problem if isinstance(problem, Problem) else Problem.of(problem), roster).suggest(
        visit, role=role, instead_of=instead_of, count=count
    )


class Desk:
    """One roster, ready to be asked for people again and again."""

    def __init__(self, problem: Problem, roster: Roster) -> None:
        """Raises ``BadInput`` if the roster names what the facts do not know."""
        self.problem = problem
        self.scenario = problem.scenario
        self.loaded = Loaded(problem, roster)
        self.bench = Bench(problem, roster)
        self.is_zh = problem.scenario.program.settings.language == "zh"

    def suggest(
        self, visit: str, *, role: str | None = None, instead_of: str | None = None, count: int = 10
    ) -> Suggestions:
        """``suggest`` for the roster of this desk."""
        asked = self._visit(visit)
        roles = self._roles(asked, role)
        out = self._crew_member(asked, roles, instead_of)
        if count < 1:
            raise BadInput(
                f"要列出的人数是{count}，至少要1" if self.is_zh else f"{count} people to list; it must be 1 at least"
            )
        seats = tuple(
            self._ranked(kind, places, count)
            for number in roles
            for kind, places in self._places(asked, number, out)
        )
        return Suggestions(
            language=self.scenario.program.settings.language,
            visit=asked.id,
            wish=asked.wish.id,
            title=asked.wish.title or asked.wish.id,
            when=self._when(asked),
            seats=seats,
        )

    # --------------------------------------------------------------------------------- what is asked

    def _visit(self, name: str) -> Visit:
        number = self.problem.expanded.visit_index.get(name)
        if number is None:
            wish = name.rpartition("/")[0]
            near = [visit.id for visit in self.problem.visits if visit.wish.id == wish]
            listed = ("、" if self.is_zh else ", ").join((near or [visit.id for visit in self.problem.visits])[:12])
            raise BadInput(
                f"服务单“{name}”不在本期计划里" if self.is_zh else f'visit "{name}" is not part of this plan',
                f"计划里有：{listed}" if self.is_zh else f"The plan has {listed}.",
            )
        visit = self.problem.visits[number]
        here = self.loaded.served.get(name)
        if here is not None and here.start is None and not visit.is_goods:
            raise BadInput(
                f"排班表里“{name}”没有写开始时间" if self.is_zh else f'the roster gives no start for "{name}"',
                "先补上时间。" if self.is_zh else "Write the start first.",
            )
        return visit

    def _roles(self, visit: Visit, name: str | None) -> list[int]:
        roles = [role.id for role in visit.wish.roles]
        if name is None:
            return list(range(len(roles)))
        if name not in roles:
            listed = ("、" if self.is_zh else ", ").join(roles)
            raise BadInput(
                f"“{visit.id}”没有分工“{name}”" if self.is_zh else f'"{visit.id}" has no role "{name}"',
                f"有：{listed}" if self.is_zh else f"It has {listed}.",
            )
        return [roles.index(name)]

    def _crew_member(self, visit: Visit, roles: list[int], name: str | None) -> int | None:
        if name is None:
            return None
        here = self.loaded.served.get(visit.id)
        wanted = {visit.wish.roles[number].id for number in roles}
        crew = [row for role, row in here.crew if role.id in wanted] if here else []
        people = self.scenario.volunteers
        row = next((row for row in crew if people[row].id == name), None)
        if row is None:
            listed = ("、" if self.is_zh else ", ").join(people[row].id for row in crew)
            raise BadInput(
                f"“{name}”不在“{visit.id}”的当班名单里" if self.is_zh else f'"{name}" is not on the crew of "{visit.id}"',
                (f"当班的是：{listed or '还没有人'}" if self.is_zh else f"On it: {listed or 'nobody yet'}."),
            )
        return row

    def _places(self, visit: Visit, number: int, out: int | None) -> Iterator[tuple[Kind, list[Place]]]:
        """The seats of a role to look for people for."""
        here, role = self.loaded.served.get(visit.id), visit.wish.roles[number]
        at = self.problem.expanded.visit_index[visit.id]
        crew = [row for own, row in here.crew if own.id == role.id] if here else []
        if out is not None:
            if out in crew:
                yield "instead", [Place(at, number, out=out)]
            return
        if len(crew) < role.count:
            yield "seat", [Place(at, number)]
            return
        if here is None:
            return
        if sum(own.id == role.id for own, _ in here.standbys) < visit.wish.staffing.standbys:
            yield "standby", [Place(at, number, standby=True)]
        yield "instead", [Place(at, number, out=row) for row in crew]

    def _when(self, visit: Visit) -> Phrase:
        here, moment = self.loaded.served.get(visit.id), self.problem.expanded.calendar.moment
        values: dict[str, Any] = {"title": visit.wish.title or visit.wish.id, "visit": visit.id}
        if visit.is_goods:
            return Phrase("visit_due", values | {"due": visit.due})
        if here is None or here.start is None or here.end is None:
            return Phrase("visit_not_served", values)
        return Phrase("visit_at", values | {"start": moment(here.start), "end": f"{moment(here.end):%H:%M}"})

    # ---------------------------------------------------------------------------------------- ranked

    def _ranked(self, kind: Kind, places: list[Place], count: int) -> SeatSuggestions:
        parts = self._offers(places)
        offers = joined(parts)
        outs = np.repeat([-1 if place.out is None else place.out for place in places], [len(part) for part in parts])
        visit = self.problem.visits[places[0].visit]
        role, here = visit.wish.roles[places[0].role], self.loaded.served.get(visit.id)
        standbys = [row for _, row in here.standbys] if here else []
        best = self._best_of_each(offers, standbys)
        claims = waitlisted_claims(self.loaded, visit.wish.id) if offers.promoted[best].any() else {}
        return SeatSuggestions(
            role=role.id,
            title=role_of(self.bench, role),
            kind=kind,
            empty=role.count - sum(own.id == role.id for own, _ in here.crew) if here else role.count,
            possible=len(best),
            people=tuple(
                self._suggestion(kind, offers, at, rank, int(outs[at]), {
                    row: claim.id for row, claim in claims.items()
                })
                for rank, at in enumerate(best[:count].tolist(), 1)
            ),
            blocked=self._blocked(places, offers, best),
            asked_for=role,
        )

    def _offers(self, places: list[Place]) -> list[Offers]:
        outs = [place.out for place in places if place.out is not None]
        return offers_instead(self.loaded, places[0], outs) if outs else [offers_for(self.loaded, places[0])]

    def _best_of_each(self, offers: Offers, standbys: list[int]) -> Ints:
        """The best row of everybody who could come, the best person first.

        By needs, promises, whether they stand by for it, whether the waitlist has to be opened, and quality; then
        whoever was asked least recently.
        """
        good = np.flatnonzero(offers.broken == 0)
        some, tiers = offers.volunteer[good], offers.tiers[good]
        order = np.lexsort((
            offers.start[good], some, self.loaded.last_asked[some], tiers[:, 2], offers.promoted[good],
            ~np.isin(some, standbys), tiers[:, 1], tiers[:, 0],
        ))
        _, first = np.unique(some[order], return_index=True)
        return good[order[np.sort(first)]].astype(np.int64)

    def _suggestion(
        self, kind: Kind, offers: Offers, at: int, rank: int, out: int, claims: dict[int, str]
    ) -> Suggestion:
        place = offers.place
        row, start = int(offers.volunteer[at]), start_or_none(int(offers.start[at]))
        visit, people = self.problem.visits[place.visit], self.scenario.volunteers
        role, person = visit.wish.roles[place.role], people[row]
        asked = int(self.loaded.last_asked[row])
        leaving, here = None if out < 0 else people[out], self.loaded.served.get(visit.id)
        moment = self.problem.expanded.calendar.moment
        needs, promises, quality = offers.tiers[at].tolist()
        terms = {name: points for name, points in zip(TERMS, offers.terms[at].tolist()) if points}
        return Suggestion(
            volunteer=person.id,
            name=person.name or person.id,
            visit=visit.id,
            role=role.id,
            kind=kind,
            start=None if start is None else moment(start).isoformat(),
            instead_of=None if leaving is None else leaving.id,
            instead_of_name=None if leaving is None else leaving.name or leaving.id,
            told=leaving is not None and self._is_told(visit, role, leaving.id),
            pinned=leaving is not None and any(
                pin.visit == visit.id and pin.volunteer == leaving.id and not pin.never and not pin.standby
                for pin in self.scenario.pins
            ),
            claim=claims[row] if offers.promoted[at] else None,
            minutes_away=int(self.loaded.eligibility.minutes_there(visit, role, np.array([row]))[0]),
            last_asked=None if asked < 0 else self.problem.expanded.calendar.day_of(asked),
            delta=Delta(needs, promises, quality, terms),
            missing=() if kind == "standby" or visit.wish.partial else tuple(self._missing(visit, place)),
            rank=rank,
            start_is_open=visit.id not in self.loaded.served,
            stands_by=here is not None and row in {who for _, who in here.standbys},
        )

    def _is_told(self, visit: Visit, role: Role, volunteer: str) -> bool:
        return any(
            seat.volunteer == volunteer and seat.role == role.id and not seat.standby and told.id == visit.id
            for seat, told in self.loaded.told_of_wish.get(visit.wish.id, ())
        )

    def _missing(self, visit: Visit, place: Place) -> Iterator[Missing]:
        """What the crew still lacks once the place is taken."""
        here = self.loaded.served.get(visit.id)
        taken = Counter(role.id for role, _ in here.crew) if here else Counter()
        taken[visit.wish.roles[place.role].id] += place.out is None
        for role in visit.wish.roles:
            if taken[role.id] < role.count:
                yield Missing(role.id, role_of(self.bench, role), role.count - taken[role.id])

    def _blocked(self, places: list[Place], offers: Offers, best: Ints) -> BlockedPeople:
        """Everybody who cannot come: by the facts, or by the fewest rules their joining would break."""
        bits = blocked_by_facts(self.loaded, places[0])
        few = np.argsort(-np.bitwise_count(offers.broken).astype(np.int64), kind="stable")  # the fewest are written last
        offered = few[~offers.promoted[few]]
        bits[offers.volunteer[offered]] = offers.broken[offered]
        bits[offers.volunteer[best]] = 0
        visit = self.problem.visits[places[0].visit]
        here, role = self.loaded.served.get(visit.id), visit.wish.roles[places[0].role]
        bits[[row for own, row in (here.crew if here else ()) if own.id == role.id]] = 0
        return BlockedPeople(self.scenario.volunteers, bits)


def taken_up(scenario: Scenario | Problem, roster: Roster, suggestion: Suggestion) -> Roster:
    """The roster once somebody has said yes; a claim to be chosen is for the caller to write into the facts."""
    problem = scenario if isinstance(scenario, Problem) else Problem.of(scenario)
    visit = problem.visits[problem.expanded.visit_index[suggestion.visit]]
    entry = next((own for own in roster.visits if own.id == visit.id), None) or _new_entry(problem, visit, suggestion)
    seat = Seat(role=suggestion.role, volunteer=suggestion.volunteer)
    assigned, standbys = list(entry.assigned), list(entry.standbys)
    if suggestion.kind == "standby":
        standbys.append(seat)
    else:
        if suggestion.instead_of is not None:
            assigned.remove(Seat(role=suggestion.role, volunteer=suggestion.instead_of))
        assigned.append(seat)
        standbys = [own for own in standbys if own.volunteer != suggestion.volunteer]
    changed = RosterVisit(
        id=entry.id, wish=entry.wish, start=entry.start, end=entry.end, assigned=tuple(assigned),
        standbys=tuple(standbys),
    )
    kept = (own for own in roster.visits if own.id != visit.id)
    return Roster(program=roster.program, scenario=roster.scenario, visits=(*kept, changed))


def _new_entry(problem: Problem, visit: Visit, suggestion: Suggestion) -> RosterVisit:
    start = datetime.fromisoformat(suggestion.start) if suggestion.start is not None else None
    end = None
    if start is not None:
        calendar = problem.expanded.calendar
        end = calendar.moment(calendar.minute_of(start) + visit.minutes)
    return RosterVisit(id=visit.id, wish=visit.wish.id, start=start, end=end)
