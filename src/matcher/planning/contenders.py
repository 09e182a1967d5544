"""Contenders: the claims of one wish that are in the running, what is known of each, and their stated order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matcher.domain.claims import Claim, ClaimState
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Wish
from matcher.problem.problem import Problem
from matcher.problem.rules import Language

RUNNING: tuple[ClaimState, ...] = ("open", "waitlisted", "chosen")
"""States a screening looks at; afresh also those not chosen before."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One claim in the running, or a team's claim with the people it has named so far.

    ``people`` and ``members`` are rows of volunteers: those named, and those the team might still name. ``visits``
    counts the visits somebody of them could serve; turns, no-shows and minutes away are the least of any of them.
    """

    claim: Claim
    named: tuple[Claim, ...]
    people: frozenset[int]
    members: frozenset[int]
    visits: int
    turns: int
    no_shows: int
    minutes: int
    key: str

    @property
    def places(self) -> int:
        """How many of the places it takes."""
        return self.claim.places if self.is_team else 1

    @property
    def is_team(self) -> bool:
        """A team that names its people later."""
        return self.claim.volunteer is None

    @property
    def order(self) -> tuple[datetime, int, int, int, str]:
        """Earlier claim, fewer recent turns, fewer no-shows, nearer, then the key."""
        return self.claim.at, self.turns, self.no_shows, self.minutes, self.key


@dataclass(frozen=True)
class ClaimsOfWish:
    """The claims of a wish by what becomes of them before anybody is chosen."""

    running: tuple[Claim, ...]
    lapsed: tuple[Claim, ...]
    gone: tuple[Claim, ...]
    """Withdrawn, lapsed or not chosen before."""
    surplus: tuple[Claim, ...]
    """Named by a team beyond its places."""

    @classmethod
    def of(cls, scenario: Scenario, wish: Wish, *, afresh: bool = False) -> ClaimsOfWish:
        """Sort the wish's claims."""
        states = (*RUNNING, "not-chosen") if afresh else RUNNING
        own = sorted((claim for claim in scenario.claims if claim.wish == wish.id), key=_by_time)
        lapsed = tuple(claim for claim in own if has_lapsed(scenario, wish, claim))
        live = tuple(claim for claim in own if claim.state in states and claim not in lapsed)
        named = {team.id: _named(live, team) for team in live if team.volunteer is None}
        beyond = {claim.id for team in live for claim in named.get(team.id, ())[team.places:]}
        return cls(
            running=tuple(claim for claim in live if claim.id not in beyond),
            lapsed=lapsed,
            gone=tuple(claim for claim in own if claim not in live and claim not in lapsed),
            surplus=tuple(claim for claim in live if claim.id in beyond),
        )

    @property
    def places(self) -> int:
        """How many places all of them together would take."""
        own = {claim.team for claim in self.running if claim.volunteer is None}
        return sum(
            claim.places if claim.volunteer is None else claim.team not in own for claim in self.running
        )


def has_lapsed(scenario: Scenario, wish: Wish, claim: Claim) -> bool:
    """Whether a claim that is open or on the waitlist has waited too long since it was made, or since claiming closed."""
    days = scenario.program.settings.claims_lapse_days
    if not days or claim.state not in ("open", "waitlisted"):
        return False
    since = max(claim.at, wish.claims_close) if wish.claims_close else claim.at
    return since + timedelta(days=days) < scenario.program.as_of


def claim_key(claim: Claim) -> str:
    """The last resort of the order: SHA-256 of the wish's id and the claim's; it favours no name and no row."""
    return hashlib.sha256(f"{claim.wish}\n{claim.id}".encode()).hexdigest()


def alone(scenario: Scenario, wish: Wish, running: Iterable[Claim]) -> Scenario:
    """The scenario with this wish only left to plan, for its running claimants only, none of them chosen yet."""
    wishes = tuple(
        Wish(**dict(other) | ({"claimants_only": True} if other.id == wish.id else {"state": "closed"}))
        for other in scenario.wishes
    )
    claims = tuple(Claim(**dict(claim) | {"state": "open"}) for claim in running)
    return scenario.with_changes(wishes=wishes, claims=claims)


def contenders(problem: Problem, running: Sequence[Claim]) -> list[Contender]:
    """The contenders in the stated order; ``problem`` is made of ``alone``."""
    teams = [claim for claim in running if claim.volunteer is None]
    named = {team.id: _named(running, team) for team in teams}
    taken = {claim.id for claims in named.values() for claim in claims}
    facts = _People(problem)
    spoken_for = frozenset(facts.row(claim) for claim in running if claim.volunteer is not None)
    found = [facts.team(team, named[team.id], spoken_for) for team in teams]
    found += [facts.person(claim) for claim in running if claim.volunteer is not None and claim.id not in taken]
    return sorted(found, key=lambda contender: contender.order)


def _named(claims: Iterable[Claim], team: Claim) -> tuple[Claim, ...]:
    """Claims that name somebody for a team's claim, the earliest first."""
    own = (claim for claim in claims if claim.volunteer is not None and claim.team == team.team)
    return tuple(sorted(own, key=_by_time))


def _by_time(claim: Claim) -> tuple[datetime, str]:
    return claim.at, claim_key(claim)


class _People:
    """What the facts say about claimants."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.expanded = problem, problem.expanded
        self.visits: dict[int, set[int]] = {}
        for option, volunteer in zip(problem.crew.option.tolist(), problem.crew.volunteer.tolist()):
            self.visits.setdefault(volunteer, set()).add(problem.options[option].visit)
        self.no_shows = no_shows(problem.scenario)

    def row(self, claim: Claim) -> int:
        assert claim.volunteer is not None
        return self.expanded.volunteer_index[claim.volunteer]

    def person(self, claim: Claim) -> Contender:
        return self._contender(claim, (), frozenset({self.row(claim)}), frozenset())

    def team(self, claim: Claim, named: tuple[Claim, ...], spoken_for: frozenset[int]) -> Contender:
        rows = frozenset(self.row(other) for other in named)
        members: frozenset[int] = frozenset()
        if len(named) < claim.places:
            members = frozenset(self.expanded.members.get(claim.team or "", ())) - spoken_for
        return self._contender(claim, named, rows, members)

    def _contender(
        self, claim: Claim, named: tuple[Claim, ...], people: frozenset[int], members: frozenset[int]
    ) -> Contender:
        rows = sorted(people | members)
        return Contender(
            claim, named, people, members,
            visits=len(set().union(*(self.visits.get(row, set()) for row in rows))),
            turns=min((self.problem.prices.turns_before[row] for row in rows), default=0),
            no_shows=min((self.no_shows.get(self._id(row), 0) for row in rows), default=0),
            minutes=min((self._minutes(row) for row in rows), default=0),
            key=claim_key(claim),
        )

    def _id(self, row: int) -> str:
        return self.problem.scenario.volunteers[row].id

    def _minutes(self, row: int) -> int:
        visit, home = self.problem.visits[0], self.problem.scenario.volunteers[row].home
        modes = {self.expanded.mode(row, role) for role in visit.wish.roles}
        return min(self.expanded.atlas.minutes(home, visit.place, mode) for mode in modes)


def no_shows(scenario: Scenario) -> dict[str, int]:
    """Each volunteer's no-shows in the last ``history_days``."""
    since = scenario.program.as_of - timedelta(days=scenario.program.settings.history_days)
    found: dict[str, int] = {}
    for service in scenario.history:
        if service.outcome == "no-show" and service.start >= since:
            found[service.volunteer] = found.get(service.volunteer, 0) + 1
    return found


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims, as people say it: a name with the team it comes from, or a team with its places."""

    person: str
    team: str
    places: int

    def say(self, language: Language) -> str:
        """The claimant in one language.

        >>> Claimant("黄润生", "工信局", 1).say("zh"), Claimant("", "工信局", 3).say("en")
        ('黄润生（工信局）', '工信局 (3 places)')
        """
        zh = language == "zh"
        if not self.person:
            return f"{self.team}（{self.places}个名额）" if zh else f"{self.team} ({self.places} places)"
        if not self.team:
            return self.person
        return f"{self.person}（{self.team}）" if zh else f"{self.person} ({self.team})"


def claimant(scenario: Scenario, claim: Claim) -> Claimant:
    """Who makes a claim."""
    team = scenario.team[claim.team].name or claim.team if claim.team else ""
    person = scenario.volunteer[claim.volunteer].name or claim.volunteer if claim.volunteer else ""
    return Claimant(person, team, claim.places)
