"""screen: which claimants take part in a wish. Those with whom fewest seats stay empty; among such sets, a stated order.

The rule is printed above the lists, and every claim has its reason. The quality of a roster has no say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from matcher.domain.claims import Claim, ClaimState
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Staffing, Wish
from matcher.errors import BadInput, Fault
from matcher.planning.account import Account, Joined
from matcher.planning.claim_faults import no_such_wish, screening_faults
from matcher.planning.contenders import (
    ClaimsOfWish,
    Contender,
    alone,
    claimant,
    contenders,
    no_shows,
)
from matcher.planning.refusals import Refusal, pair_refusals
from matcher.planning.trials import Bench
from matcher.planning.words import Phrase, Sayable
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster
from matcher.problem.rules import Language
from matcher.solvers.stop import Stop, Timer

if TYPE_CHECKING:
    from matcher.solvers.choose import Choice, Group

WORK = 300.0
"""Counted work one screening may take; a wish with some dozens of visits takes a hundredth of it."""

_LASTING = frozenset({"is_accepted_by_the_resident", "belongs_to_the_team", "has_not_declined"})
"""Rules by which somebody may not take a wish at all: no waitlist helps."""


@dataclass(frozen=True, slots=True)
class Screened:
    """One claim with its new state, its place in its list, and why.

    ``rank`` is its number in the stated order, ``visits`` how many visits it could take; None where nobody asked.
    """

    claim: str
    volunteer: str | None
    team: str | None
    name: Sayable
    at: Phrase
    was: ClaimState
    state: ClaimState
    place: int
    rank: int | None
    visits: int | None
    why: Sayable

    def say(self, language: Language) -> str:
        """The claim in one line."""
        return Phrase("screen_line", {"place": self.place, "who": self.name, "at": self.at, "why": self.why}).say(language)


@dataclass(frozen=True)
class Screening(Account):
    """The outcome for one wish: the rule, the lists, what they cover, and what to note."""

    wish: str
    title: str
    take: int
    places: int
    seats: int
    filled: int
    proven: bool
    head: Phrase
    rule: tuple[Phrase, ...]
    chosen: tuple[Screened, ...]
    waitlist: tuple[Screened, ...]
    declined: tuple[Screened, ...]
    closed: tuple[Screened, ...]
    """Lapsed or withdrawn."""
    covered: Phrase
    notes: tuple[Phrase, ...]
    standbys: int
    """The stand-bys the wish asks for from now on."""

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield 0, self.head
        yield from ((1, phrase) for phrase in self.rule)
        for name in ("chosen", "waitlist", "declined", "closed"):
            claims: tuple[Screened, ...] = getattr(self, name)
            if claims or name == "chosen":
                values = {"count": len(claims)} | ({"places": self.places} if name == "chosen" else {})
                yield 0, Phrase(f"screen_{name}", values)
                yield from ((1, claim) for claim in claims)
        yield 0, self.covered
        yield from ((0, note) for note in self.notes)

    @property
    def states(self) -> dict[str, ClaimState]:
        """The new state of every claim of the wish."""
        return {one.claim: one.state for one in (*self.chosen, *self.waitlist, *self.declined, *self.closed)}

    def applied_to(self, scenario: Scenario) -> Scenario:
        """The scenario with the new states, and with stand-bys where somebody unreliable was chosen."""
        states = self.states
        claims = tuple(
            Claim(**dict(claim) | {"state": states[claim.id]}) if claim.id in states else claim
            for claim in scenario.claims
        )
        wishes = tuple(self._with_standbys(wish) if wish.id == self.wish else wish for wish in scenario.wishes)
        return scenario.with_changes(claims=claims, wishes=wishes)

    def _with_standbys(self, wish: Wish) -> Wish:
        staffing = Staffing(**dict(wish.staffing) | {"standbys": self.standbys})
        return Wish(**dict(wish) | {"staffing": staffing})


def screen(
    scenario: Scenario,
    wish: str,
    take: int | None = None,
    *,
    waitlist: int | None = None,
    afresh: bool = False,
    stop: Stop | None = None,
) -> Screening:
    """Choose the claims of a wish that fill ``take`` places; the others wait, in order.

    Without ``take``: as many people as the wish may see (``staffing.max_helpers``), or else the fewest with whom
    nothing stays empty that all claimants together could fill. ``waitlist`` caps the waitlist. Who was chosen before
    stays, unless ``afresh``. The order of rows makes no difference. Raises ``BadInput`` with every fault.
    """
    known = scenario.wish.get(wish)
    if known is None:
        raise BadInput([no_such_wish(scenario, wish)])
    claims = ClaimsOfWish.of(scenario, known, afresh=afresh)
    fixed = frozenset() if afresh else frozenset(claim.id for claim in claims.running if claim.state == "chosen")
    faults = list(screening_faults(scenario, known, claims, take, waitlist, _fixed_places(claims, fixed)))
    if faults:
        raise BadInput(faults)
    return _Screener(scenario, known, claims, fixed, waitlist).screen(take, Timer(stop or Stop(None, WORK)))


def screen_all(
    scenario: Scenario, take: int | None = None, *, waitlist: int | None = None, afresh: bool = False
) -> tuple[Screening, ...]:
    """Every open wish that has open claims, each by itself. Raises ``BadInput`` with the faults of all of them."""
    waiting = {claim.wish for claim in scenario.claims if claim.state == "open" or afresh}
    screened: list[Screening] = []
    faults: list[Fault] = []
    for wish in scenario.wishes:
        if wish.id in waiting and wish.state == "open":
            try:
                screened.append(screen(scenario, wish.id, take, waitlist=waitlist, afresh=afresh))
            except BadInput as error:
                faults += error.faults
    if faults:
        raise BadInput(faults)
    return tuple(screened)


def _fixed_places(claims: ClaimsOfWish, fixed: frozenset[str]) -> int:
    return ClaimsOfWish(tuple(claim for claim in claims.running if claim.id in fixed), (), (), ()).places


@dataclass(frozen=True, slots=True)
class _Line:
    """A claim on its way into a list. ``number``: of its contender, in the stated order."""

    claim: Claim
    state: ClaimState
    why: tuple[Sayable, ...]
    number: int | None = None


class _Screener:
    """One screening in the making."""

    def __init__(
        self, scenario: Scenario, wish: Wish, claims: ClaimsOfWish, fixed: Set[str], most_waiting: int | None
    ) -> None:
        self.scenario, self.wish, self.claims = scenario, wish, claims
        self.fixed, self.most_waiting = fixed, most_waiting
        self.problem = Problem.of(alone(scenario, wish, claims.running))
        if not self.problem.visits:
            raise BadInput([_nothing_to_serve(scenario, wish)])
        self.contenders = contenders(self.problem, claims.running)
        self.bench = Bench(self.problem, Roster(scenario=self.problem.scenario.fingerprint))
        self.missed = no_shows(scenario)
        self.take = 0

    def screen(self, take: int | None, timer: Timer) -> Screening:
        from matcher.solvers.choose import Chooser

        chooser = Chooser(self.problem, [self._group(one) for one in self.contenders], timer)
        able = chooser.able()
        wanted = take or self.wish.staffing.max_helpers or chooser.fewest() or 0
        self.take = max(min(wanted, self.claims.places), self._places(self._fixed()))
        choice = chooser.choose(self.take, able)
        if choice is None:
            raise BadInput([_promised_to_others(self.scenario, self.wish)])
        return self._screening(choice)

    def _group(self, one: Contender) -> Group:
        from matcher.solvers.choose import Group

        unnamed = max(0, one.places - len(one.named))
        return Group(one.places, one.people, one.members, unnamed, is_fixed=one.claim.id in self.fixed)

    def _fixed(self) -> list[int]:
        return [number for number, one in enumerate(self.contenders) if one.claim.id in self.fixed]

    def _places(self, numbers: Iterable[int]) -> int:
        return sum(self.contenders[number].places for number in numbers)

    def _screening(self, choice: Choice) -> Screening:
        wish, seats = self.wish, sum(visit.seats for visit in self.problem.visits)
        chosen, waiting, declined = self._lists(choice)
        title, filled, places = wish.title or wish.items or wish.id, seats - choice.empty, self._places(choice.chosen)
        standbys = max(wish.staffing.standbys, int(any(self._needs_standby(line) for line in chosen)))
        claims = len(self.claims.running) + len(self.claims.surplus)
        return Screening(
            language=self.scenario.program.settings.language,
            wish=wish.id,
            title=title,
            take=self.take,
            places=places,
            seats=seats,
            filled=filled,
            proven=choice.proven,
            head=Phrase("screen_head", {"title": title, "wish": wish.id, "claims": claims, "take": self.take}),
            rule=tuple(self._rule()),
            chosen=self._numbered(chosen),
            waitlist=self._numbered(waiting),
            declined=self._numbered(declined),
            closed=self._numbered(self._closed()),
            covered=Phrase(
                "screen_covered" if choice.proven else "screen_covered_open", {"seats": seats, "filled": filled}
            ),
            notes=tuple(self._notes(places, standbys)),
            standbys=standbys,
        )

    # --------------------------------------------------------------------------------------- lists

    def _lists(self, choice: Choice) -> tuple[list[_Line], list[_Line], list[_Line]]:
        """Chosen, waitlist and not chosen, each in order."""
        late = min((number for number, why in choice.passed.items() if why == "needs"), default=len(self.contenders))
        chosen: list[_Line] = []
        waiting: list[_Line] = []
        unable: list[_Line] = []
        declined: list[_Line] = []
        for number, one in enumerate(self.contenders):
            if number in choice.chosen:
                chosen += self._lines(number, "chosen", self._why_chosen(number, late), *self._tie(one))
            elif number in choice.passed:
                waiting += self._lines(number, "waitlisted", self._why_passed(number, choice.passed[number]), *self._tie(one))
            else:
                why, lasting = self._why_unable(one)
                state: ClaimState = "not-chosen" if lasting else "waitlisted"
                (declined if lasting else unable).extend(self._lines(number, state, why))
        waiting += [_Line(claim, "waitlisted", (self._all_named(claim),)) for claim in self.claims.surplus]
        waiting += unable
        most = len(waiting) if self.most_waiting is None else self.most_waiting
        beyond = [_Line(line.claim, "not-chosen", (Phrase("screen_beyond", {"most": most}),), line.number)
                  for line in waiting[most:]]
        before = [_Line(claim, "not-chosen", (Phrase("screen_before"),))
                  for claim in self.claims.gone if claim.state == "not-chosen"]
        return chosen, waiting[:most], [*beyond, *declined, *before]

    def _lines(self, number: int, state: ClaimState, *why: Sayable) -> Iterator[_Line]:
        """A line for the claim, and one for every name a team has given for it."""
        one = self.contenders[number]
        yield _Line(one.claim, state, (*why, *self._no_shows(one.claim, state)), number)
        for claim in one.named:
            by = Phrase("screen_named", {"team": claimant(self.scenario, one.claim).team})
            yield _Line(claim, state, (by, *self._no_shows(claim, state)), number)

    def _closed(self) -> list[_Line]:
        days = self.scenario.program.settings.claims_lapse_days
        lapsed = [_Line(claim, "lapsed", (Phrase("screen_lapsed", {"days": days}),)) for claim in self.claims.lapsed]
        codes = {"lapsed": "screen_lapsed_before", "withdrawn": "screen_withdrawn"}
        return lapsed + [
            _Line(claim, claim.state, (Phrase(codes[claim.state]),))
            for claim in self.claims.gone if claim.state in codes
        ]

    def _numbered(self, lines: Iterable[_Line]) -> tuple[Screened, ...]:
        return tuple(self._screened(line, place) for place, line in enumerate(lines, start=1))

    def _screened(self, line: _Line, place: int) -> Screened:
        claim, local = line.claim, self._local(line.claim.at)
        return Screened(
            claim=claim.id,
            volunteer=claim.volunteer,
            team=claim.team,
            name=claimant(self.scenario, claim),
            at=Phrase("screen_at", {"day": local.date(), "clock": f"{local:%H:%M:%S}"}),
            was=claim.state,
            state=line.state,
            place=place,
            rank=None if line.number is None else line.number + 1,
            visits=None if line.number is None else self.contenders[line.number].visits,
            why=Joined(line.why),
        )

    def _local(self, moment: datetime) -> datetime:
        calendar = self.problem.expanded.calendar
        return moment.astimezone(calendar.moment(0).tzinfo)

    # ------------------------------------------------------------------------------------- reasons

    def _why_chosen(self, number: int, late: int) -> Phrase:
        if self.contenders[number].claim.id in self.fixed:
            return Phrase("screen_kept")
        return Phrase("screen_needed" if number > late else "screen_in_order", self._standing(number))

    def _why_passed(self, number: int, why: str) -> Phrase:
        places = self.contenders[number].places
        if why == "needs":
            return Phrase("screen_passed", self._standing(number))
        if places > 1:
            return Phrase("screen_too_few", {"rank": number + 1, "places": places})
        return Phrase("screen_full", {"take": self.take, **self._standing(number)})

    def _standing(self, number: int) -> dict[str, int]:
        return {"rank": number + 1, "could": self.contenders[number].visits, "visits": len(self.problem.visits)}

    def _why_unable(self, one: Contender) -> tuple[Phrase, bool]:
        """Why a claim could take no visit, and whether that will stay so."""
        if one.is_team:
            return Phrase("screen_cannot_team"), False
        (row,) = one.people
        least = min(
            (pair_refusals(self.bench, visit, role, row) for visit in self.problem.visits for role in visit.wish.roles),
            key=len,
        )
        lasting = [refusal for refusal in least if refusal.rule in _LASTING]
        if lasting:
            return Phrase("screen_refused", {"why": _joined(lasting)}), True
        return Phrase("screen_cannot", {"why": _joined(least) if least else Phrase("screen_not_alone")}), False

    def _all_named(self, claim: Claim) -> Phrase:
        team = next(one.claim for one in self.contenders if one.is_team and one.claim.team == claim.team)
        return Phrase("screen_surplus", {"team": claimant(self.scenario, team).team, "places": team.places})

    def _tie(self, one: Contender) -> Iterator[Phrase]:
        if sum(other.claim.at == one.claim.at for other in self.contenders) > 1:
            days = self.scenario.program.settings.history_days
            yield Phrase("screen_tie", {
                "days": days, "turns": one.turns, "missed": one.no_shows, "minutes": one.minutes,
            })

    def _no_shows(self, claim: Claim, state: ClaimState) -> Iterator[Phrase]:
        missed = self.missed.get(claim.volunteer or "", 0)
        if missed:
            values = {"days": self.scenario.program.settings.history_days, "missed": missed}
            served = self._needs_standby(_Line(claim, state, ()))
            yield Phrase("screen_gets_standby" if served else "screen_no_shows", values)

    def _needs_standby(self, line: _Line) -> bool:
        """Whether somebody unreliable was chosen for a wish that has appointments."""
        least = self.scenario.program.settings.unreliable_no_shows
        unreliable = self.missed.get(line.claim.volunteer or "", 0) >= least
        return unreliable and line.state == "chosen" and self.wish.kind != "goods"

    # --------------------------------------------------------------------------------- rule, notes

    def _rule(self) -> Iterator[Phrase]:
        settings = self.scenario.program.settings
        yield Phrase("screen_rule_needs")
        yield Phrase("screen_rule_order", {"days": settings.history_days})
        yield Phrase("screen_rule_cannot")
        if self.fixed:
            yield Phrase("screen_rule_kept")
        if settings.claims_lapse_days:
            yield Phrase("screen_rule_lapse", {"days": settings.claims_lapse_days})
        if self.wish.kind != "goods":
            values = {"days": settings.history_days, "least": settings.unreliable_no_shows}
            yield Phrase("screen_rule_unreliable", values)

    def _notes(self, places: int, standbys: int) -> Iterator[Phrase]:
        closes = self.wish.claims_close
        if closes is not None and self.scenario.program.as_of < closes:
            yield Phrase("screen_still_open", {"until": self._local(closes)})
        if places < self.take:
            yield Phrase("screen_few_able", {"take": self.take, "places": places})
        if standbys > self.wish.staffing.standbys:
            yield Phrase("screen_standbys")
        if not self.wish.claimants_only:
            yield Phrase("screen_for_everybody")


def _joined(refusals: Iterable[Refusal]) -> Joined:
    return Joined(tuple(refusal.phrase for refusal in refusals))


def _nothing_to_serve(scenario: Scenario, wish: Wish) -> Fault:
    zh, title = scenario.program.settings.language == "zh", wish.title or wish.items or wish.id
    return Fault(
        f"这一期没有心愿“{title}”要排的服务单。" if zh else f'the window holds no visit of the wish "{title}"',
        "请核对心愿的时间和本期的起止日期。" if zh else "Check the times of the wish and the window.",
        path=("wishes", scenario.wishes.index(wish)), code="no-visits",
    )


def _promised_to_others(scenario: Scenario, wish: Wish) -> Fault:
    zh, title = scenario.program.settings.language == "zh", wish.title or wish.items or wish.id
    return Fault(
        f"心愿“{title}”已通知或锁定的安排，与这次筛选对不上。" if zh
        else f'what was announced or pinned for the wish "{title}" leaves no choice of claimants',
        "请核对“已通知”和“锁定”里这个心愿的人，或多给几个名额。" if zh
        else "Check who was announced or pinned for it, or give more places.",
        path=("wishes", scenario.wishes.index(wish)), code="promised-to-others",
    )
