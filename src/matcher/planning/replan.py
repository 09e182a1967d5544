"""replan: life after the roster was told. The fewest changes that keep the most told seats filled, and the proof.

In this order: told seats left empty, promises changed (dearer the nearer the day), stand-bys before anybody else, other
needs, other promises, quality. What nothing touches stays as it is, to the letter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from matcher.domain.claims import Claim, Pin, Published
from matcher.domain.scenario import Scenario
from matcher.errors import BadInput, Contradiction, Fault, InvalidRoster
from matcher.planning.changes import Changes, change_faults, changed, lifted_pins, published_seats, told
from matcher.planning.diff import Diff, diff
from matcher.planning.handover import Handover, handovers
from matcher.planning.trials import Bench
from matcher.planning.vacancies import empty_roles, why, why_empty
from matcher.problem.check import Judge, check, told_day
from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import Expanded, Visit, expand
from matcher.problem.objective import Prices
from matcher.problem.problem import Candidates, Problem
from matcher.problem.roster import Reason, Report, Roster, RosterVisit, Seat, TierValue, Unfilled, Violation
from matcher.problem.rules import PAIR_RULES, RULES
from matcher.solvers.repair import Repair, least_changes, repair
from matcher.solvers.result import tier_value
from matcher.solvers.standing import Cost, NewVisit, Promise, Standing, Told
from matcher.solvers.stop import Stop, Timer

__all__ = ["Changes", "Cost", "Lost", "Replanned", "replan"]

_ROUNDS = 20
"""Times that visits which the judge objects to are looked at as well."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A promise that cannot be kept, with the rules that stand in its way; none: the visit is called off."""

    visit: str
    volunteer: str
    role: str
    standby: bool
    rules: tuple[str, ...]

    @property
    def is_personal(self) -> bool:
        """Whether it is the person who cannot come, not the visit that cannot be."""
        return any(rule in PAIR_RULES for rule in self.rules)


@dataclass(frozen=True)
class Replanned:
    """A roster repaired with the fewest changes, what that cost, and what any roster costs at least.

    ``scenario``: the facts afterwards, with what everybody has now been told. ``cost.changes`` counts the promises
    that no longer hold, ``lost`` among them; ``bound`` holds for every roster.
    """

    scenario: Scenario
    before: Roster
    visits: tuple[RosterVisit, ...]
    unfilled: tuple[Unfilled, ...]
    lost: tuple[Lost, ...]
    diff: Diff
    cost: Cost
    bound: Cost
    status: str
    past: tuple[str, ...]
    """Visits of the roster that have begun; they are left out."""
    facts_differ: bool
    """The roster was made from other facts."""
    lifted: tuple[Pin, ...]
    """Pins overruled by who cannot come."""
    rounds: int
    seed: int
    expanded: Expanded = field(repr=False)
    """``scenario`` worked out."""
    prices: Prices | None = field(default=None, repr=False)
    """Prices of the facts before, where they still hold."""

    @cached_property
    def report(self) -> Report:
        """The judge's verdict on the whole roster, worked out when it is asked for."""
        return check(self.expanded, self._roster(), self.prices)

    @cached_property
    def roster(self) -> Roster:
        """The repaired roster, its tiers as the judge sees them: what is proven is ``cost`` and ``bound``.

        Raises ``InvalidRoster`` if the judge objects: then the roster people were told of was invalid before.
        """
        _refuse_invalid(self.report.violations)
        return self._roster(tuple(tier_value(tier.name, tier.value, None, False) for tier in self.report.tiers))

    def _roster(self, tiers: tuple[TierValue, ...] = ()) -> Roster:
        return Roster(
            program=self.before.program or self.scenario.program.name, scenario=self.scenario.fingerprint,
            visits=self.visits, unfilled=self.unfilled, tiers=tiers, strategy="replan", seed=self.seed,
        )

    @cached_property
    def handovers(self) -> tuple[Handover, ...]:
        """Visits by two that the whole roster asks for, where a pairing is broken or a steady person leaves."""
        return handovers(self.expanded, self._roster())

    @cached_property
    def new_handovers(self) -> tuple[Handover, ...]:
        """Those because of what changed."""
        changed_visits = {one.visit for one in self.diff.visits}
        return tuple(one for one in self.handovers if one.first in changed_visits)

    @property
    def is_proven(self) -> bool:
        """Whether no roster leaves fewer told seats empty, nor as few with fewer promises broken."""
        return self.status == "OPTIMAL"

    @property
    def others_changed(self) -> int:
        """Changes to promises that could have been kept."""
        return self.cost.changes - len(self.lost)


def replan(
    scenario: Scenario,
    roster: Roster,
    changes: Changes | None = None,
    *,
    max_changes: int | None = None,
    stop: Stop | None = None,
    seed: int = 0,
    workers: int = 1,
    thorough: bool = False,
) -> Replanned:
    """The roster after absences, declines, visits called off and facts that changed, with the fewest changes.

    ``roster`` is what people were told; ``scenario`` the facts as they are now. The same facts without changes give
    the same visits. ``max_changes`` limits how many promises may change. A roster made from these very facts is judged
    around what changed only, unless ``thorough``: of use where it was invalid already, edited by hand perhaps.

    Raises ``BadInput`` with every fault, and ``Contradiction`` where pins cannot be kept or ``max_changes`` is below
    what any roster needs.
    """
    changes = changes or Changes()
    faults = [*change_faults(scenario, roster, changes), *max_changes_faults(scenario, max_changes)]
    if faults:
        raise BadInput(faults)
    timer = Timer(stop or Stop())
    work = _Replanning(scenario, roster, changes, max_changes, timer, seed, workers, thorough)
    return work.done()


def max_changes_faults(scenario: Scenario, most: int | None) -> Iterator[Fault]:
    """A limit of changes below 0."""
    if most is not None and most < 0:
        zh = scenario.program.settings.language == "zh"
        yield Fault(
            f"最多改 {most} 处：不能是负数。" if zh else f"at most {most} changes: the number cannot be negative",
            "写 0 或更大的整数；不限就不写 --max-changes。" if zh
            else "Write 0 or more; leave --max-changes away for no limit.",
            code="negative",
        )


class _Replanning:
    """One replanning: facts worked out once, repairs tried until the judge has no objection."""

    def __init__(
        self,
        scenario: Scenario,
        roster: Roster,
        changes: Changes,
        max_changes: int | None,
        timer: Timer,
        seed: int,
        workers: int,
        thorough: bool,
    ) -> None:
        self.timer, self.seed, self.workers = timer, seed, workers
        self.max_changes = max_changes
        self.roster = roster
        self.changes = changes
        self.facts_differ = roster.scenario != scenario.fingerprint
        self.looks_everywhere = self.facts_differ or thorough
        self.scenario = changed(scenario, roster, changes)
        self.lifted = lifted_pins(scenario, roster, changes)
        self._changed_people = {away.volunteer for away in changes.absences} | {name for _, name in changes.declines}
        self.zh = scenario.program.settings.language == "zh"
        self.expanded = expand(self.scenario)
        self.eligibility = Eligibility(self.expanded)
        self.prices = Prices(self.expanded, self.eligibility)
        now = self.expanded.calendar.moment(self.expanded.now)
        gone = [entry for entry in roster.visits if entry.id not in self.expanded.visit_index]
        started = {entry.id for entry in roster.visits if entry.start is not None and entry.start < now}
        cancelled = set(changes.cancelled)
        self.past = tuple(
            entry.id for entry in roster.visits
            if entry.id not in cancelled and (entry.id in started or (entry in gone and self._is_planned_elsewhere(entry)))
        )
        self.called_off = tuple(entry for entry in gone if entry.id not in self.past)
        self.entries = {
            entry.id: self._as_long_as_now(entry)
            for entry in roster.visits
            if entry.id in self.expanded.visit_index and entry.id not in self.past
        }
        self.standing = self._standing()

    def _is_planned_elsewhere(self, entry: RosterVisit) -> bool:
        """Whether a visit lies outside the planning window, so that this plan neither holds nor drops it."""
        program = self.scenario.program
        wish = self.scenario.wish[entry.wish]
        if wish.state != "open":
            return False
        day = self._day(entry.start) if entry.start else wish.due
        done = any(record.visit == entry.id and record.outcome == "done" for record in self.scenario.history)
        return done or (day is not None and not program.window.start <= day <= program.window.end)

    def _as_long_as_now(self, entry: RosterVisit) -> RosterVisit:
        """A told visit that ends as the facts now say: its service may have become longer or shorter."""
        visit = self.expanded.visits[self.expanded.visit_index[entry.id]]
        if entry.start is None or visit.is_goods:
            return entry
        end = entry.start + timedelta(minutes=visit.minutes)
        return entry if entry.end == end else RosterVisit(**dict(entry) | {"end": end})

    def _day(self, moment: datetime) -> date:
        """The local day of a moment."""
        return self.expanded.calendar.day_of(self.expanded.calendar.minute_of(moment))

    # ------------------------------------------------------------------------------------ what holds

    def _standing(self, dropped: frozenset[int] = frozenset()) -> Standing:
        """What people were told; of visits that are ``dropped`` nothing holds."""
        all_told = [self._told(entry, dropped) for entry in self.entries.values()]
        frozen_until = self.scenario.program.frozen_until
        opens = self.expanded.now if frozen_until is None else self.expanded.calendar.minute_of(frozen_until)
        return Standing(
            self.expanded, self.eligibility, self.prices, {told.visit: told for told in all_told}, max(opens, self.expanded.now)
        )

    def _told(self, entry: RosterVisit, dropped: frozenset[int]) -> Told:
        number = self.expanded.visit_index[entry.id]
        visit = self.expanded.visits[number]
        start = None if entry.start is None or visit.is_goods else self.expanded.calendar.minute_of(entry.start)
        day = told_day(self.expanded, visit.id)
        frozen_until = self.scenario.program.frozen_until
        is_frozen = frozen_until is not None and entry.start is not None and entry.start < frozen_until
        near, weights = self.prices.near(day), self.prices.weights
        promises = []
        for seat in published_seats(entry):
            live = number not in dropped and self._is_live(seat, visit)
            price = weights.published_standby if seat.standby else weights.published_seat
            promises.append(Promise(
                number, _role(visit, seat.role), self.expanded.volunteer_index[seat.volunteer], seat.standby,
                price * near, live,
            ))
        if is_frozen:
            promises = _only_emptied(visit, promises)
        return Told(
            number, start, day, tuple(promises), weights.published_time * near, is_frozen, visit.may_start(start)
        )

    def _is_live(self, seat: Published, visit: Visit) -> bool:
        """Whether a promise can be kept. The same facts as the roster's keep those nothing was said about."""
        if not self.looks_everywhere and seat.volunteer not in self._changed_people:
            return True
        return self.eligibility.live_row(seat, visit) is not None

    def _concerned(self) -> frozenset[int]:
        """Told visits with a promise that cannot be kept; frozen ones only lose it."""
        return frozenset(
            told.visit for told in self.standing.told.values()
            if not told.is_frozen and any(not promise.is_live for promise in told.promises)
        )

    def _opened(self) -> tuple[frozenset[int], frozenset[int]]:
        """(told visits with empty seats, visits nobody serves), where the facts may have made something possible."""
        short, unserved = set(), set()
        past = set(self.past)
        for number, visit in enumerate(self.expanded.visits):
            told = self.standing.told.get(number)
            if told is None:
                if visit.id not in past and not visit.is_called_off:
                    unserved.add(number)
            elif not told.is_frozen and len(self.entries[visit.id].assigned) < visit.seats:
                short.add(number)
        return frozenset(short), frozenset(unserved)

    # ---------------------------------------------------------------------------------------- working

    def done(self) -> Replanned:
        """Repair, judge, and look at more where the judge objects."""
        concerned = self._concerned()
        news = self.facts_differ or bool(self.changes.cancelled)
        short, unserved = self._opened() if news else (frozenset(), frozenset())
        if not self.timer.over:
            self._refuse_too_few(concerned)
        concerned |= short
        if self.looks_everywhere:
            concerned |= self._at_odds()
        unserved -= concerned
        dropped: frozenset[int] = frozenset()
        for _ in range(_ROUNDS):
            found = repair(
                self.standing, concerned, unserved, most_changes=self._changes_left(), timer=self.timer,
                seed=self.seed, workers=self.workers,
            )
            if found.cost is None and unserved:
                unserved = frozenset()  # seats that were empty anyway must not stand in the way
                continue
            if found.cost is None:
                raise self._refusal(found, concerned)
            result = self._result(found, found.cost)
            objections = tuple(self._objections(result))
            blamed = self._blamed(objections)
            if not blamed:
                _refuse_invalid(objections)
                return result
            frozen = frozenset(number for number in blamed if self._is_frozen(number)) - dropped
            more = blamed - frozen - found.looked_at - concerned
            if not more and not frozen:
                _refuse_invalid(objections)
            if frozen:
                dropped |= frozen
                self.standing = self._standing(dropped)
            concerned |= more
            unserved -= more
        raise InvalidRoster("the judge keeps objecting to what is repaired")

    def _at_odds(self) -> frozenset[int]:
        """Visits of which the judge says that they no longer go together with the facts; but for frozen ones."""
        report = check(self.expanded, Roster(scenario="", visits=tuple(self.entries.values())), self.prices)
        return frozenset(number for number in self._blamed(report.violations) if not self._is_frozen(number))

    def _is_frozen(self, number: int) -> bool:
        told = self.standing.told.get(number)
        return told is not None and told.is_frozen

    def _blamed(self, violations: Iterable[Violation]) -> frozenset[int]:
        index = self.expanded.visit_index
        return frozenset(index[v.visit] for v in violations if v.price is None and v.visit in index)

    def _changes_left(self) -> int | None:
        """How many of the changes allowed are left after visits called off."""
        return None if self.max_changes is None else self.max_changes - self._off

    @property
    def _off(self) -> int:
        return sum(len(entry.assigned) + len(entry.standbys) for entry in self.called_off)

    def _refuse_too_few(self, concerned: frozenset[int]) -> None:
        left = self._changes_left()
        if left is not None and self.standing.forced.changes > left:
            raise self._too_few(concerned)

    def _too_few(self, concerned: frozenset[int]) -> Contradiction:
        least = least_changes(self.standing, concerned, timer=self.timer, seed=self.seed, workers=self.workers)
        least = (self.standing.forced.changes if least is None else least) + self._off
        needed = f"{least} change is needed" if least == 1 else f"{least} changes are needed"
        return Contradiction(
            [self._say_lost(lost) for lost in self.lost()],
            f"至少要改 {least} 处，只许改 {self.max_changes} 处是不够的。下面这些怎么排都保不住："
            if self.zh
            else f"At least {needed}; {self.max_changes} are not enough. "
            "Whatever the roster, these cannot be kept:",
        )

    def _refusal(self, found: Repair, concerned: frozenset[int]) -> Exception:
        if found.status == "NO_ANSWER_IN_TIME":
            return BadInput(
                "时间到了还没有找到可行的调班。" if self.zh else "The time was over before a repair was found.",
                "用 --seconds 多给一些时间。" if self.zh else "Give it more --seconds.",
            )
        left = self._changes_left()
        if left is not None:
            least = least_changes(self.standing, concerned, timer=self.timer, seed=self.seed, workers=self.workers)
            if least is not None and least > left:
                return self._too_few(concerned)
        return self._pins_contradict()

    def _pins_contradict(self) -> Contradiction:
        pins = [pin for pin in self.scenario.pins if not pin.never]
        who = {pin: self.scenario.volunteer[pin.volunteer].name or pin.volunteer for pin in pins if pin.volunteer}
        return Contradiction(
            [
                " ".join(part for part in (pin.visit, who.get(pin, ""), f"{pin.start:%Y-%m-%d %H:%M}" if pin.start else "")
                         if part)
                for pin in pins
                if self.expanded.visit_index.get(pin.visit) in self._concerned()
            ],
            "锁定的安排现在做不到了，请先解除或改掉：" if self.zh
            else "These pins can no longer be kept; lift or change them first:",
        )

    # ---------------------------------------------------------------------------------------- results

    def _result(self, found: Repair, cost: Cost) -> Replanned:
        visits = self._visits(found)
        roster = Roster(program=self.roster.program, scenario="", visits=visits)
        scenario = self._afterwards(roster)
        expanded = replace(self.expanded, scenario=scenario)
        lost = self.lost()
        off = Cost(0, self._price_of_called_off(), self._off)
        return Replanned(
            scenario, self.roster, visits, tuple(self._unfilled(expanded, roster, found)), lost,
            diff(
                self.roster.visits, visits, excused={(one.visit, one.volunteer) for one in lost if one.is_personal},
                called_off=[entry.id for entry in self.called_off], past=self.past,
            ),
            _plus(cost, off), _plus(found.bound, off), found.status, self.past, self.facts_differ,
            self.lifted, found.rounds, self.seed, expanded, self._prices_after(scenario),
        )

    def _prices_after(self, scenario: Scenario) -> Prices | None:
        """The prices, if they hold for the facts afterwards: who moves up from the waitlist changes what claims allow."""
        return self.prices if scenario.claims == self.scenario.claims else None

    def _objections(self, result: Replanned) -> Iterator[Violation]:
        """What the judge says of the roster; of one made from the same facts, around what changed.

        Every rule looks at one visit, one wish or one person's duties, so elsewhere it says what it said before.
        """
        about = None if self.looks_everywhere else self._around(result)
        visits = tuple(entry for entry in result.visits if about is None or entry.id in about)
        judge = Judge(result.expanded, Roster(scenario="", visits=visits), result.prices, about)
        return (violation for violation in judge.violations() if violation.price is None)

    def _around(self, result: Replanned) -> frozenset[str]:
        """Planned visits that changed, all duties of the people on them, and all visits of the wishes of those."""
        touched = result.diff.visits
        wishes = {visit.wish for visit in touched} | {entry.wish for entry in self.called_off}
        entries = [entry for visit in touched for entry in (visit.before, visit.after) if entry is not None]
        people = {seat.volunteer for entry in entries for seat in (*entry.assigned, *entry.standbys)}
        wishes |= {
            entry.wish for entry in result.visits
            if any(seat.volunteer in people for seat in (*entry.assigned, *entry.standbys))
        }
        near = {entry.id for entry in result.visits if entry.wish in wishes}
        return frozenset(near | {visit.visit for visit in touched if visit.visit in self.expanded.visit_index})

    def _visits(self, found: Repair) -> tuple[RosterVisit, ...]:
        """The told visits with the repaired ones in their place; the same objects where nothing changes."""
        made = {self.expanded.visits[number].id: self._entry(number, new) for number, new in found.visits.items()}
        emptied = {
            self.expanded.visits[number].id: self._emptied(told)
            for number, told in self.standing.told.items()
            if told.is_frozen and len(told.live) < len(told.promises)
        }
        made |= emptied
        visits = [made.get(name, entry) for name, entry in self.entries.items()]
        visits += [entry for name, entry in made.items() if name not in self.entries]
        kept = [entry for entry in visits if entry is not None]
        if all(entry is old for entry, old in zip(kept, self.roster.visits)) and len(kept) == len(self.roster.visits):
            return self.roster.visits
        return tuple(sorted(kept, key=lambda entry: (entry.start.timestamp() if entry.start else 0.0, entry.id)))

    def _entry(self, number: int, new: NewVisit) -> RosterVisit | None:
        """A repaired visit, who stays in their old order; None if nobody serves it."""
        visit = self.expanded.visits[number]
        old = self.entries.get(visit.id)
        if not new.crew:
            return None
        crew, standbys = (tuple(self._seat(visit, role, row) for role, row in own) for own in (new.crew, new.standbys))
        moment = self.expanded.calendar.moment
        old_start = self.standing.told[number].start if number in self.standing.told else None
        stays = old is not None and old_start == new.start
        if old is not None and stays and set(crew) == set(old.assigned) and set(standbys) == set(old.standbys):
            return old
        return RosterVisit(
            id=visit.id,
            wish=visit.wish.id,
            start=old.start if old and stays else moment(new.start) if new.start is not None else None,
            end=old.end if old and stays else moment(new.start + visit.minutes) if new.start is not None else None,
            assigned=_in_order(crew, old.assigned if old else ()),
            standbys=_in_order(standbys, old.standbys if old else ()),
        )

    def _seat(self, visit: Visit, role: int, row: int) -> Seat:
        return Seat(role=visit.wish.roles[role].id, volunteer=self.scenario.volunteers[row].id)

    def _emptied(self, told: Told) -> RosterVisit | None:
        """A frozen visit without those who cannot come."""
        visit = self.expanded.visits[told.visit]
        old = self.entries[visit.id]
        live = {(promise.standby, promise.role, promise.row) for promise in told.live}

        def stays(seat: Seat, standby: bool) -> bool:
            return (standby, _role(visit, seat.role), self.expanded.volunteer_index[seat.volunteer]) in live

        crew = tuple(seat for seat in old.assigned if stays(seat, False))
        if not crew:
            return None
        return RosterVisit(
            id=old.id, wish=old.wish, start=old.start, end=old.end, assigned=crew,
            standbys=tuple(seat for seat in old.standbys if stays(seat, True)),
        )

    def _afterwards(self, roster: Roster) -> Scenario:
        """The facts once everybody has been told: what is published, and claimants moved up from the waitlist."""
        off = {entry.id for entry in self.called_off} | set(self.expanded.visit_index) - set(self.past)
        published = told(self.scenario, roster, self.scenario.program.as_of, off)
        claims = tuple(self._claims_afterwards(roster))
        if published == self.scenario.published and claims == self.scenario.claims:
            return self.scenario
        return self.scenario.with_changes(published=published, claims=claims)

    def _claims_afterwards(self, roster: Roster) -> Iterator[Claim]:
        """The claims, with those that moved up from the waitlist: chosen where any is, else open like the others."""
        serving = self._serving_from_the_waitlist(roster)
        chosen = {claim.wish for claim in self.scenario.claims if claim.state == "chosen"}
        named = {(claim.wish, claim.volunteer) for claim in self.scenario.claims if claim.state == "waitlisted"}
        for claim in self.scenario.claims:
            people = serving.get(claim.wish, frozenset())
            if claim.volunteer is not None:
                moves = claim.volunteer in people
            else:
                team = {self.scenario.volunteers[row].id for row in self.expanded.members.get(claim.team or "", ())}
                moves = any((claim.wish, name) not in named for name in team & people)
            if claim.state == "waitlisted" and moves:
                yield Claim(**dict(claim) | {"state": "chosen" if claim.wish in chosen else "open"})
            else:
                yield claim

    def _serving_from_the_waitlist(self, roster: Roster) -> dict[str, frozenset[str]]:
        """By wish for claimants only, who is on a crew without a claim that allows it as yet."""
        found: dict[str, set[str]] = defaultdict(set)
        for entry in roster.visits:
            visit = self.expanded.visits[self.expanded.visit_index[entry.id]]
            if visit.wish.claimants_only:
                for seat in entry.assigned:
                    rows = np.array([self.expanded.volunteer_index[seat.volunteer]])
                    if not self.eligibility.has_claimed_it(visit, visit.wish.roles[0], None, False, rows)[0]:
                        found[entry.wish].add(seat.volunteer)
        return {wish: frozenset(names) for wish, names in found.items()}

    def _unfilled(self, expanded: Expanded, roster: Roster, found: Repair) -> Iterator[Unfilled]:
        """Empty seats, with the reasons known before where nothing changed."""
        known = {(one.visit, one.role, one.count): one for one in self.roster.unfilled}
        bare = _bare_problem(expanded, self._prices_after(expanded.scenario))
        bench = Bench(bare, roster)
        language = self.scenario.program.settings.language
        for visit, role, empty in empty_roles(bare, roster):
            if visit.id in self.past:
                continue
            old = known.get((visit.id, role.id, empty))
            if old is not None and expanded.visit_index[visit.id] not in found.visits:
                yield old
                continue
            codes, _ = why_empty(bench, visit, role)
            yield Unfilled(visit=visit.id, role=role.id, count=empty, reasons=tuple(
                Reason(code=code, count=count, message=why(code, count, role).say(language))
                for code, count in codes.most_common()
            ))

    def lost(self) -> tuple[Lost, ...]:
        """Every promise that cannot be kept, with the reasons."""
        return (*self._lost_by_facts(), *self._lost_by_calling_off())

    def _lost_by_facts(self) -> Iterator[Lost]:
        for known in self.standing.told.values():
            visit = self.expanded.visits[known.visit]
            for promise in known.promises:
                if not promise.is_live:
                    role = visit.wish.roles[promise.role]
                    rules = ("happens_at_an_asked_time",) if not known.may_start else self.eligibility.refusals(
                        promise.row, visit, role, known.start, promise.standby
                    )
                    name = self.scenario.volunteers[promise.row].id
                    yield Lost(visit.id, name, role.id, promise.standby, rules or ("is_crewed_together",))

    def _lost_by_calling_off(self) -> Iterator[Lost]:
        for entry in self.called_off:
            for seats, standby in ((entry.assigned, False), (entry.standbys, True)):
                for seat in seats:
                    yield Lost(entry.id, seat.volunteer, seat.role, standby, ())

    def _price_of_called_off(self) -> int:
        weights = self.prices.weights
        return sum(
            self.prices.near(self._day(entry.start) if entry.start else self.expanded.today)
            * (weights.published_seat * len(entry.assigned) + weights.published_standby * len(entry.standbys))
            for entry in self.called_off
        )

    def _say_lost(self, lost: Lost) -> str:
        person = self.scenario.volunteer[lost.volunteer]
        who = person.name or person.id
        if self.zh:
            what = "备班" if lost.standby else "当班"
            reasons = "；".join(RULES[rule].refusal("zh") for rule in lost.rules) or "这次服务取消了"
            return f"{lost.visit} {who}（{what}）：{reasons}"
        what = "stand-by" if lost.standby else "on duty"
        reasons = "; ".join(RULES[rule].refusal("en") for rule in lost.rules) or "the visit is called off"
        return f"{lost.visit} {who} ({what}): {reasons}"


def _role(visit: Visit, name: str) -> int:
    return next(number for number, role in enumerate(visit.wish.roles) if role.id == name)


def _only_emptied(visit: Visit, promises: list[Promise]) -> list[Promise]:
    """The promises of a frozen visit: it may only lose people, and without its crew it loses all of them."""
    crew = [promise for promise in promises if not promise.standby]
    still = Counter(promise.is_live for promise in crew)[True]
    if still == len(crew) or (visit.wish.partial and still):
        return promises
    return [replace(promise, is_live=False) for promise in promises]


def _in_order(seats: tuple[Seat, ...], old: tuple[Seat, ...]) -> tuple[Seat, ...]:
    """Who stays where they stood, the others behind."""
    return (*(seat for seat in old if seat in seats), *(seat for seat in seats if seat not in old))


def _plus(cost: Cost, more: Cost) -> Cost:
    return Cost(cost.empty + more.empty, cost.promises + more.promises, cost.changes + more.changes)


def _refuse_invalid(violations: Iterable[Violation]) -> None:
    """Raise ``InvalidRoster`` if a hard rule is broken."""
    broken = [violation for violation in violations if violation.price is None]
    if broken:
        raise InvalidRoster("\n".join(f"{v.rule}: {v.message}" for v in broken))


def _bare_problem(expanded: Expanded, prices: Prices | None) -> Problem:
    """A problem without candidates: enough to ask the judge about one seat after the other."""
    prices = prices or Prices(expanded, Eligibility(expanded))
    none = np.zeros(0, dtype=np.int32)
    nobody = Candidates(none, none.astype(np.int16), none, none.astype(np.int64))
    return Problem(
        expanded, prices.eligibility, prices, (), tuple(range(0) for _ in expanded.visits), nobody,
        nobody, (), (),
    )
