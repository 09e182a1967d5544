"""One policy living one life week by week: plan, tell, repair when news come, record what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from matcher.domain.claims import Claim
from matcher.domain.people import Resident
from matcher.domain.scenario import PlanningWindow, Program, Scenario
from matcher.domain.wishes import Staffing, Wish
from matcher.errors import BadInput, Contradiction
from matcher.planning.advance import Outcome, advance
from matcher.planning.changes import Away, Changes, changed, told
from matcher.planning.replan import replan
from matcher.planning.screen import screen
from matcher.planning.simulate_habits import FirstToAnswer, Order, Rota, staffed, unprinted
from matcher.planning.simulate_life import WEEK, Life, News, Week
from matcher.planning.solve import solve
from matcher.problem.expand import Expanded, expand
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster, RosterVisit
from matcher.solvers.stop import Stop

Told = tuple[Scenario, Roster]
"""The facts once the roster has been told, and the roster."""


class Policy(Protocol):
    """A way to make rosters: at the beginning of each week, and when people cannot come."""

    def begin(self, facts: Scenario) -> Scenario:
        """The facts as this policy takes them over."""

    def plan(self, facts: Scenario, roster: Roster) -> Told:
        """A roster of the window, given what was told before."""

    def repair(self, facts: Scenario, roster: Roster, changes: Changes) -> Told:
        """The roster after news."""


# ------------------------------------------------------------------------------------------------ matcher


class Matcher:
    """Screen, plan, replan, as the commands do; ``work``: counted work for each.

    With ``standbys`` somebody stands by for every visit, whether its wish asks for it or not. ``lookahead``: so many
    weeks more are planned than told, so that what is told leaves people for what comes.
    """

    def __init__(self, work: float, seed: int, *, standbys: bool = False, lookahead: int = 0) -> None:
        self._work, self._seed, self._standbys, self._lookahead = work, seed, standbys, lookahead

    def begin(self, facts: Scenario) -> Scenario:
        """As they are."""
        return facts

    def plan(self, facts: Scenario, roster: Roster) -> Told:
        """Claims screened, then the window planned; where promises stand against each other, repaired first."""
        facts = self._screened(_with_standbys(facts) if self._standbys else facts)
        try:
            return self._planned(facts)
        except Contradiction:
            done = replan(facts, roster, stop=self._stop(), thorough=True)
            return self._planned(done.scenario)

    def repair(self, facts: Scenario, roster: Roster, changes: Changes) -> Told:
        """The fewest changes."""
        same = Roster(**dict(roster) | {"scenario": unprinted(facts).fingerprint})
        done = replan(facts, same, changes, stop=self._stop(), seed=self._seed)
        return done.scenario, _visits(done.visits)

    def _stop(self) -> Stop:
        return Stop(seconds=None, work=self._work)

    def _planned(self, facts: Scenario) -> Told:
        problem = Problem.of(unprinted(_with_more_weeks(facts, self._lookahead)))
        result = solve(problem, stop=self._stop(), seed=self._seed, workers=1, explained=False)
        assert result.roster is not None
        last = facts.program.window.end
        roster = _visits(entry for entry in result.roster.visits if _day(problem.expanded, entry) <= last)
        published = told(facts, roster, facts.program.as_of, problem.expanded.visit_index)
        return facts.with_changes(published=published), roster

    def _screened(self, facts: Scenario) -> Scenario:
        """Every wish with claims to decide and a visit in the window, one after the other."""
        waiting = {claim.wish for claim in facts.claims if claim.state in ("open", "waitlisted")}
        if not waiting:
            return facts
        planned = expand(facts).visits_of_wish
        for wish in facts.wishes:
            if wish.id in waiting and wish.claimants_only and wish.id in planned:
                try:
                    facts = screen(facts, wish.id, stop=self._stop()).applied_to(facts)
                except BadInput:
                    continue  # what was told of it leaves no choice this week
        return facts


def _with_more_weeks(facts: Scenario, weeks: int) -> Scenario:
    window = facts.program.window
    longer = PlanningWindow(start=window.start, end=window.end + weeks * WEEK)
    return facts.with_changes(program=Program(**dict(facts.program) | {"window": longer}))


def _day(expanded: Expanded, entry: RosterVisit) -> date:
    """The local day a planned visit counts for."""
    visit = expanded.visits[expanded.visit_index[entry.id]]
    return expanded.day_of(visit, None if entry.start is None else expanded.calendar.minute_of(entry.start))


def _with_standbys(facts: Scenario) -> Scenario:
    """The facts with at least one stand-by asked for wherever there is an appointment to keep."""
    return facts.with_changes(wishes=tuple(
        wish if wish.kind == "goods" or wish.staffing.standbys else _asking(wish, 1) for wish in facts.wishes
    ))


def _asking(wish: Wish, standbys: int) -> Wish:
    return Wish(**dict(wish) | {"staffing": Staffing(**dict(wish.staffing) | {"standbys": standbys})})


# ------------------------------------------------------------------------------------------------ by hand


class ByHand:
    """First come, first served, or a rota: whoever is next in the order of asking and free."""

    def __init__(self, order: Order) -> None:
        self._order = order

    def begin(self, facts: Scenario) -> Scenario:
        """Nobody screens claims: everybody who claimed may come. Nobody is asked to stand by."""
        opened = tuple(
            Claim(**dict(claim) | {"state": "open"}) if claim.state in ("chosen", "waitlisted") else claim
            for claim in facts.claims
        )
        return facts.with_changes(
            claims=opened, published=tuple(seat for seat in facts.published if not seat.standby)
        )

    def plan(self, facts: Scenario, roster: Roster) -> Told:
        """What was told stays; what is new goes to whoever comes first."""
        return staffed(unprinted(facts), self._order)

    def repair(self, facts: Scenario, roster: Roster, changes: Changes) -> Told:
        """Down the list for the seats of who cannot come."""
        short = frozenset(entry.id for entry in roster.visits if _concerned(entry, changes))
        return staffed(unprinted(changed(facts, roster, changes)), self._order, short)


POLICIES = ("matcher", "fcfs", "rota")
"""What is compared unless something else is asked for."""
EVERY_POLICY = (*POLICIES, "standbys")


def policy(name: str, life: Life, work: float, lookahead: int = 0) -> Policy:
    """A policy by its name in ``EVERY_POLICY``."""
    if name in ("matcher", "standbys"):
        return Matcher(work, life.seed, standbys=name == "standbys", lookahead=lookahead)
    return ByHand(FirstToAnswer(life.answers_after) if name == "fcfs" else Rota(life.everybody))


# ------------------------------------------------------------------------------------------------ the run


@dataclass
class Log:
    """One week in counts."""

    monday: date
    promised: int = 0
    """Seats newly told."""
    absences: int = 0
    cancelled: int = 0
    hit: int = 0
    """Seats and stand-bys of people who told that they cannot come."""
    changes: int = 0
    """Other seats and stand-bys that people were told and that no longer hold."""
    calls: int = 0
    """People asked to come at short notice who did not stand by."""
    served: int = 0
    no_shows: int = 0
    with_standby: int = 0
    """No-shows where somebody stood by."""
    stepped_in: int = 0


@dataclass
class Run:
    """A policy's way through a life: the facts as they stand, what has been told of days to come, and the weeks so far."""

    life: Life
    policy: Policy
    facts: Scenario
    roster: Roster = field(default_factory=lambda: _visits(()))
    weeks: list[Log] = field(default_factory=list)
    rosters: list[Told] | None = None
    """Every roster told, for whoever wants to judge them."""

    @classmethod
    def begin(
        cls, life: Life, name: str, scenario: Scenario, work: float, *, lookahead: int = 0, keep: bool = False
    ) -> Run:
        """A run at its beginning. Of the file's pins only those that keep somebody away hold for longer than its window."""
        chosen = policy(name, life, work, lookahead)
        pins = tuple(pin for pin in scenario.pins if pin.never)
        return cls(life, chosen, chosen.begin(scenario.with_changes(pins=pins)), rosters=[] if keep else None)

    def live(self, week: Week) -> None:
        """One week: plan and tell on Monday, repair on each morning with news."""
        self._to(week.monday, self._window(week.monday))
        self.weeks.append(Log(week.monday))
        self.facts = _with_week(self.facts, week)
        self._tell(self.policy.plan(self.facts, self.roster), Changes())
        for day in sorted(week.news):
            self._to(day, self.facts.program.window)
            self._hear(week.news[day])

    def end(self) -> None:
        """What happened in the last week goes on record."""
        day = self.weeks[-1].monday + WEEK
        self._to(day, self._window(day))

    def _window(self, monday: date) -> PlanningWindow:
        return PlanningWindow(start=monday, end=monday + self.life.ahead * WEEK - timedelta(days=1))

    def _log(self) -> Log:
        return self.weeks[-1]

    # ------------------------------------------------------------------------------------------ news

    def _hear(self, news: News) -> None:
        here = {person.id for person in self.facts.volunteers}
        absences = tuple(away for away in news.absences if away.volunteer in here)
        off = tuple(name for name in news.cancelled if name.rpartition("/")[0] in self.facts.wish)
        log = self._log()
        log.absences += len(absences)
        log.cancelled += len(off)
        changes = Changes(absences=absences, cancelled=off)
        if any(_concerned(entry, changes) for entry in self.roster.visits):
            known = {entry.id for entry in self.roster.visits}
            # A visit that nobody was told of is off without a word.
            quiet = Changes(cancelled=tuple(name for name in off if name not in known))
            facts = changed(self.facts, self.roster, quiet) if quiet else self.facts
            changes = Changes(absences=absences, cancelled=tuple(name for name in off if name in known))
            self._tell(self.policy.repair(facts, self.roster, changes), changes)
        else:
            self.facts = changed(self.facts, self.roster, changes)

    def _tell(self, result: Told, changes: Changes) -> None:
        """Take a new roster over and count who is told otherwise than before."""
        self.facts, after = result
        log = self._log()
        before = {entry.id: entry for entry in self.roster.visits}
        now = {entry.id: entry for entry in after.visits}
        for name, entry in before.items():
            if name not in changes.cancelled:
                hit, changed_ = _told_otherwise(entry, now.get(name), changes)
                log.hit += hit
                log.changes += changed_
        for name, entry in now.items():
            new = _people(entry) - (_everybody(before[name]) if name in before else set())
            if changes:
                log.calls += len(new)
            else:
                log.promised += len(new)
        self.roster = after
        if self.rosters is not None:
            self.rosters.append(result)

    # -------------------------------------------------------------------------------------- the record

    def _to(self, day: date, window: PlanningWindow) -> None:
        """Put on record what happened before that day."""
        now = self.life.midnight(day)
        happened = [entry for entry in self.roster.visits if self._begins(entry) < now]
        outcomes = [outcome for entry in happened for outcome in self._outcomes(entry)]
        self.facts = advance(self.facts, self.roster, outcomes, window, as_of=max(now, self.facts.program.as_of))
        gone = {entry.id for entry in happened}
        self.roster = _visits(entry for entry in self.roster.visits if entry.id not in gone)

    def _begins(self, entry: RosterVisit) -> datetime:
        """When a visit happens; goods are handed over on the day they are due, or at once."""
        if entry.start is not None:
            return entry.start
        due = self.facts.wish[entry.wish].due
        assert due is not None
        return max(self.life.midnight(due) + timedelta(hours=8), self.facts.program.as_of)

    def _outcomes(self, entry: RosterVisit) -> Iterator[Outcome]:
        """Who did not turn up, and which stand-by came instead."""
        life, log = self.life, self._log()
        day = self._begins(entry).astimezone(life.zone).date()
        ready = [seat for seat in entry.standbys if life.turns_up(entry.id, seat.volunteer, day)]
        for seat in entry.assigned:
            if life.turns_up(entry.id, seat.volunteer, day):
                log.served += 1
                continue
            yield Outcome(entry.id, seat.volunteer, "no-show")
            log.no_shows += 1
            log.with_standby += any(other.role == seat.role for other in entry.standbys)
            for other in ready:
                if other.role == seat.role and life.steps_in(entry.id, other.volunteer, day):
                    ready.remove(other)
                    log.served += 1
                    log.stepped_in += 1
                    yield Outcome(entry.id, other.volunteer)
                    break


def _with_week(facts: Scenario, week: Week) -> Scenario:
    """The facts with what is new on a Monday; those who left are on no list any more."""
    left = week.left
    wishes = {wish.id: wish for wish in facts.wishes}
    wishes |= {wish.id: _as_known(wish, wishes.get(wish.id)) for wish in week.wishes}
    residents = facts.residents if not left else tuple(_without(resident, left) for resident in facts.residents)
    claims = (*facts.claims, *week.claims)
    here = {person.id for person in facts.volunteers} | {person.id for person in week.joined}
    return facts.with_changes(
        volunteers=(*(person for person in facts.volunteers if person.id not in left), *week.joined),
        residents=residents,
        wishes=tuple(wishes.values()),
        claims=tuple(claim for claim in claims if claim.volunteer is None or (claim.volunteer in here - left)),
        declines=tuple(decline for decline in facts.declines if decline.volunteer not in left),
        pairings=tuple(pairing for pairing in facts.pairings if pairing.volunteer not in left),
        pins=tuple(pin for pin in facts.pins if pin.volunteer not in left),
        published=tuple(seat for seat in facts.published if seat.volunteer not in left),
    )


def _as_known(wish: Wish, known: Wish | None) -> Wish:
    """The wish with the stand-bys a screening has asked for in the meantime."""
    if known is None or known.staffing.standbys <= wish.staffing.standbys:
        return wish
    return _asking(wish, known.staffing.standbys)


def _without(resident: Resident, left: frozenset[str]) -> Resident:
    known = {
        "banned": tuple(name for name in resident.banned if name not in left),
        "preferred": tuple(name for name in resident.preferred if name not in left),
        "is_volunteer": None if resident.is_volunteer in left else resident.is_volunteer,
    }
    return Resident(**dict(resident) | known)


def _visits(entries: Iterable[RosterVisit]) -> Roster:
    return Roster(scenario="", visits=tuple(entries))


def _people(entry: RosterVisit) -> set[str]:
    return {seat.volunteer for seat in entry.assigned}


def _everybody(entry: RosterVisit) -> set[str]:
    return _people(entry) | {seat.volunteer for seat in entry.standbys}


def _is_away(entry: RosterVisit, volunteer: str, absences: Iterable[Away]) -> bool:
    """Whether an absence of that person meets a visit."""
    for away in absences:
        if away.volunteer != volunteer:
            continue
        if entry.start is None or entry.end is None:
            if away.end is None:
                return True  # goods wait for who is back
            continue
        if (away.start is None or away.start < entry.end) and (away.end is None or entry.start < away.end):
            return True
    return False


def _concerned(entry: RosterVisit, changes: Changes) -> bool:
    return entry.id in changes.cancelled or any(
        _is_away(entry, name, changes.absences) for name in _everybody(entry)
    )


def _told_otherwise(entry: RosterVisit, after: RosterVisit | None, changes: Changes) -> tuple[int, int]:
    """(seats of who cannot come, other seats that no longer hold); stepping in holds what was told."""
    hit = lost = 0
    for name in _everybody(entry):
        if _is_away(entry, name, changes.absences):
            hit += 1
            continue
        on_crew = name in _people(entry)
        holds = after is not None and after.start == entry.start and (
            name in _people(after) or (not on_crew and name in _everybody(after))
        )
        lost += not holds
    return hit, lost


