"""Accounts: what an explanation holds, and how it reads line by line. No facts are looked up here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from matcher.planning.refusals import Refusal
from matcher.planning.trials import Delta, TermSum, terms_of
from matcher.planning.words import Phrase, Sayable
from matcher.problem.rules import Language

if TYPE_CHECKING:
    from matcher.planning.fixes import RoleFixes

LISTED = 12
"""People listed per role and kind; the rest are counted."""


@dataclass(frozen=True)
class Account:
    """An explanation. Iterating gives its lines in ``language``; ``lines`` and ``to_dict`` take either."""

    language: Language

    def lines(self, language: Language | None = None) -> list[str]:
        """The account as lines of text, indented with blanks."""
        spoken = language or self.language
        return [f"{'  ' * depth}{phrase.say(spoken)}" for depth, phrase in self.phrases()]

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines())

    def to_dict(self, language: Language | None = None) -> dict[str, Any]:
        """The account as plain values for JSON; every phrase has its code, its values and its text."""
        spoken = language or self.language
        return {
            field.name: _plain(getattr(self, field.name), spoken) for field in fields(self) if field.name != "language"
        }

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        """(depth, what to say), line by line."""
        raise NotImplementedError


def render_text(account: Account, language: Language | None = None) -> str:
    """An account as text, in the language asked for or else the programme's."""
    return "\n".join(account.lines(language))


def _plain(value: Any, language: Language) -> Any:
    if hasattr(value, "to_dict"):
        return value.to_dict(language)
    if isinstance(value, Phrase):
        return {"code": value.code, **_plain(dict(value.values), language), "text": value.say(language)}
    if is_dataclass(value) and not isinstance(value, type):
        plain = {field.name: _plain(getattr(value, field.name), language) for field in fields(value)}
        return plain | ({"text": value.say(language)} if isinstance(value, Sayable) else {})
    if isinstance(value, Mapping):
        return {str(key): _plain(item, language) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, language) for item in value]
    return value.isoformat() if isinstance(value, date) else value


# --------------------------------------------------------------------------------------------- a visit


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is not on a role: what it would cost to have them there, or every reason why not.

    ``delta`` is None where a reason stands in the way; ``instead_of`` names whom they would replace, who then
    takes their turn at the visit ``exchange`` if that is given.
    """

    volunteer: str
    name: str
    role: str
    minutes_away: int
    start: str | None
    instead_of: str | None
    instead_of_name: str | None
    exchange: str | None
    exchange_when: Phrase | None
    delta: Delta | None
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_possible(self) -> bool:
        return self.delta is not None

    @property
    def what(self) -> Sayable:
        """What it would cost, or why it cannot be."""
        if self.delta is None:
            return Joined(tuple(refusal.phrase for refusal in self.refusals))
        if self.instead_of is None:
            return Phrase("into_empty", {"delta": self.delta})
        if self.exchange is not None:
            values = {"other": self.instead_of_name, "when": self.exchange_when, "delta": self.delta}
            return Phrase("exchange", values)
        return Phrase("instead", {"other": self.instead_of_name, "delta": self.delta})

    def say(self, language: Language) -> str:
        """The person with the way there, and the answer."""
        return Phrase(
            "candidate",
            {
                "who": self.name,
                "minutes": self.minutes_away,
                "what": self.what,
            },
        ).say(language)


@dataclass(frozen=True, slots=True)
class Joined:
    """Phrases of one sentence, with semicolons between them."""

    phrases: tuple[Sayable, ...]

    def say(self, language: Language) -> str:
        return ("；" if language == "zh" else "; ").join(phrase.say(language) for phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class SeatAccount:
    """Somebody on a role: how they came to it, and the points that would go away with them."""

    volunteer: str
    name: str
    why: tuple[Phrase, ...]
    causes: Delta

    def say(self, language: Language) -> str:
        causes = tuple(
            Phrase(
                f"causes_{tier}_{'more' if points > 0 else 'less'}",
                {
                    "points": abs(points),
                    "terms": TermSum(terms_of(tier, self.causes.terms)),
                },
            )
            for tier, points in (("promises", self.causes.promises), ("quality", self.causes.quality))
            if points
        )
        values = {"who": self.name, "causes": Joined(causes or (Phrase("causes_none"),))}
        if not self.why:
            return Phrase("seat", values).say(language)
        return Phrase("seat_why", values | {"why": Joined(self.why)}).say(language)


@dataclass(frozen=True, slots=True)
class RoleAccount:
    """One role of one visit: who is on it, who stands by, what is missing and why, who else there is."""

    role: str
    title: str
    skills: tuple[str, ...]
    seats: int
    people: tuple[SeatAccount, ...]
    standbys: tuple[str, ...]
    empty: int
    reasons: tuple[Phrase, ...]
    others: tuple[Candidate, ...]
    """Possible ones first, cheapest first; then the others, those nearest to it first."""
    not_tried: int = 0
    fixes: RoleFixes | None = None
    """What would fill it, if that was asked for."""

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield 1, Phrase("role_head", {"role": self.title, "seats": self.seats})
        for seat in self.people:
            yield 2, seat
        if self.empty:
            yield 2, Phrase("empty", {"empty": self.empty, "count": self.empty, "reasons": Joined(self.reasons)})
        if self.fixes is not None:
            yield 2, Phrase("fixes_head")
            yield from ((3, phrase) for phrase in self.fixes.phrases())
        if self.standbys:
            yield 2, Phrase("standby", {"who": self.standbys})
        possible = [other for other in self.others if other.is_possible]
        blocked = [other for other in self.others if not other.is_possible]
        for head, group in (("others_possible", possible), ("others_blocked", blocked)):
            if group:
                yield 2, Phrase(head)
                yield from ((3, other) for other in group[:LISTED])
        rest = self._rest(possible[LISTED:], blocked[LISTED:])
        if rest:
            yield 2, Phrase("others_rest", {"reasons": Joined(rest)})

    def _rest(self, possible: list[Candidate], blocked: list[Candidate]) -> tuple[Phrase, ...]:
        counts: dict[str, int] = {}
        for other in blocked:
            for rule in {refusal.rule for refusal in other.refusals}:
                counts[rule] = counts.get(rule, 0) + 1
        if possible:
            counts["could_serve"] = len(possible)
        if self.not_tried:
            counts["not_looked_at"] = self.not_tried
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(Phrase(rule, {"count": count, "skills": self.skills}) for rule, count in ordered)


@dataclass(frozen=True)
class VisitExplanation(Account):
    """Why a visit is when it is, why these people, and why not the others."""

    visit: str
    wish: str
    title: str
    when: Phrase
    time: tuple[Phrase, ...]
    roles: tuple[RoleAccount, ...]

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield 0, self.when
        yield from ((1, phrase) for phrase in self.time)
        for role in self.roles:
            yield from role.phrases()


# ----------------------------------------------------------------------------------- a person, a wish


@dataclass(frozen=True, slots=True)
class OtherVisit:
    """A visit somebody does not serve, and the answer for the role that comes nearest to them."""

    visit: str
    when: Phrase
    title: str
    role_title: str
    candidate: Candidate

    def say(self, language: Language) -> str:
        return Phrase(
            "other_visit",
            {
                "when": self.when,
                "title": self.title,
                "role": self.role_title,
                "what": self.candidate.what,
            },
        ).say(language)


@dataclass(frozen=True)
class VolunteerExplanation(Account):
    """What somebody has, had and offered, and why the visits near them went to others."""

    volunteer: str
    name: str
    share: Phrase
    limits: tuple[Phrase, ...]
    duties: tuple[Phrase, ...]
    others: tuple[OtherVisit, ...]

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield 0, self.share
        if self.limits:
            yield 1, Phrase("person_limits", {"limits": self.limits})
        yield 1, Phrase("person_duties" if self.duties else "person_none")
        yield from ((2, duty) for duty in self.duties)
        if self.others:
            yield 1, Phrase("person_others")
            yield from ((2, other) for other in self.others)


@dataclass(frozen=True, slots=True)
class WishVisit:
    """One visit of a wish in one line, and why seats are empty."""

    visit: str
    summary: Phrase
    empty: tuple[Phrase, ...]
    fixes: tuple[RoleFixes, ...] = ()


@dataclass(frozen=True, slots=True)
class WishPerson:
    """Somebody's turns at a wish; without one, what it would take or what stands in the way."""

    volunteer: str
    name: str
    before: int
    new: int
    standbys: int
    summary: Phrase


@dataclass(frozen=True)
class WishExplanation(Account):
    """All visits of a wish, and who has how many turns, or why none."""

    wish: str
    head: Phrase
    visits: tuple[WishVisit, ...]
    people: tuple[WishPerson, ...]

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield 0, self.head
        for visit in self.visits:
            yield 1, visit.summary
            yield from ((2, phrase) for phrase in visit.empty)
            yield from ((3, phrase) for fixes in visit.fixes for phrase in fixes.phrases())
        if self.people:
            yield 1, Phrase("wish_people")
            yield from ((2, person.summary) for person in self.people)
