"""The search for the cheapest fixes: by price, so that the first one the judge accepts is the cheapest there is.

A frame is the visit as some steps about its wish leave it (fewer seats asked for, a lower level, one team). A stream is one frame at
one start, and gives whole crews by price. The streams are merged by price; what comes out is judged.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from matcher.domain.base import clock_minutes
from matcher.domain.when import days_between
from matcher.domain.wishes import Role
from matcher.planning.fix_apply import Applied, Draft
from matcher.planning.fix_asking import NEVER_PRICE
from matcher.planning.fix_crews import Frame, Stream
from matcher.planning.fix_steps import Step
from matcher.planning.fix_ways import NEW, Hands, barred_from
from matcher.planning.loaded import Mask
from matcher.planning.trials import Bench
from matcher.planning.words import Phrase
from matcher.problem.check import paired_people
from matcher.problem.expand import Visit
from matcher.problem.roster import Violation

DAYS_AROUND = 7
"""Another time is looked for so many days before and after the days asked for."""
EVERY = 60
"""Minutes between the other times looked at."""
MOST_STARTS = 400
"""Of a visit with more starts, so many, spread over all."""
MOST_TRIED = 100_000
"""So many steps of the search for one role."""
MOST_JUDGED = 400
"""So many drafts are put before the judge for one role."""
_LIFTED = {"keeps_the_turn": "turns", "keeps_faces_few": "helpers"}


@dataclass(slots=True)
class Found:
    """Drafts the judge accepted, by price. ``is_complete``: nothing cheaper than the first was left untried."""

    drafts: list[Draft]
    is_complete: bool = True


class Search:
    """The fixes of one empty role."""

    def __init__(self, hands: Hands, bench: Bench, visit: Visit, role: Role, *, over: Callable[[], bool]) -> None:
        """``over``: whether the time is up."""
        self.hands = hands
        self.asking = asking = hands.asking
        self.bench = bench
        self.visit = visit
        self.role = role
        self.over = over
        self.loaded = asking.loaded
        self.settings = asking.settings
        self.here = self.loaded.served.get(visit.id)
        if self.here is not None and not self.here.crew:
            self.here = None
        self._kinds: list[frozenset[str]] = []
        self._is_cut = False
        self._refused: set[tuple[object, ...]] = set()
        self._days: dict[date, bool] = {}
        self._barred: dict[str | None, Mask] = {}

    def fixes(self, count: int) -> Found:
        """The cheapest fix, and the cheapest that do without any other's kinds of steps, ``count`` at most."""
        found, judged = Found([]), 0
        if self.here is not None and self.here.start is None and not self.visit.is_goods:
            return found  # the roster does not say when its crew goes
        for draft in self._drafts():
            if self.is_covered(draft.steps) or self._is_known_to_fail(draft):
                continue
            if judged == MOST_JUDGED:
                self._is_cut = True
                break
            judged += 1
            if not self._works(draft):
                continue
            self._kinds.append(_kinds(draft.steps))
            found.drafts.append(draft)
            if len(found.drafts) == count:
                break
        found.is_complete = bool(found.drafts) or not self._is_cut
        return found

    def is_covered(self, steps: tuple[Step, ...]) -> bool:
        """Whether a cheaper fix does with some of these kinds of steps."""
        if not self._kinds:
            return False
        return any(known <= _kinds(steps) for known in self._kinds)

    # ------------------------------------------------------------------------------------------- merging

    def _drafts(self) -> Iterator[Draft]:
        """Every draft by price; with what the judge has said of the one before, others come in."""
        self._more: list[tuple[int, int, int, Draft]] = []
        heap: list[tuple[int, int, int, Stream | Draft]] = []
        for number, stream in enumerate(self._streams()):
            heap.append((stream.bound, 1, number, stream))
        heapq.heapify(heap)
        number = len(heap)
        for _ in range(MOST_TRIED):
            if not heap:
                return
            if self.over():
                break
            item = heapq.heappop(heap)[-1]
            if isinstance(item, Draft):
                yield item
                for entry in self._more:
                    number += 1
                    heapq.heappush(heap, (entry[0], entry[1], number, entry[3]))
                self._more = []
                continue
            draft = item.next()
            if draft is not None:
                number += 1
                heapq.heappush(heap, (draft.price, 0, number, draft))
            if item.bound < NEVER_PRICE:
                number += 1
                heapq.heappush(heap, (item.bound, 1, number, item))
        self._is_cut = True

    def _streams(self) -> Iterator[Stream]:
        starts = list(self._starts())
        for frame in self._frames():
            for steps, start in starts:
                yield Stream(self, frame, steps, start)

    # -------------------------------------------------------------------------------------------- frames

    def _frames(self) -> Iterator[Frame]:
        wish = self.visit.wish
        ways = [((), wish.roles), *self._lower_levels()]
        for steps, roles in ways:
            by_id = {role.id: role for role in roles}
            if wish.partial:
                yield Frame(steps, roles, ((by_id[self.role.id], 1),))
                continue
            taken = Counter(role.id for role, _ in self.here.crew) if self.here else Counter()
            lacking = tuple((role, role.count - taken[role.id]) for role in roles if role.count > taken[role.id])
            for team in self._teams():
                yield Frame(steps, roles, lacking, team)
            if sum(count for _, count in lacking) > 1:
                step = Step("partial", self.asking.tariff.of("partial"), self.visit.id, Phrase("fix_partial"))
                for team in self._teams():
                    yield Frame((*steps, step), roles, ((by_id[self.role.id], 1),), team)

    def _teams(self) -> list[str | None]:
        """The teams a crew may come from; None: it does not matter."""
        if not self.visit.wish.as_one_team:
            return [None]
        people = self.asking.scenario.volunteers
        if self.here is not None:
            return [people[self.here.people[0]].team]
        return list(dict.fromkeys(person.team for person in people if person.team is not None))

    def _lower_levels(self) -> Iterator[tuple[tuple[Step, ...], tuple[Role, ...]]]:
        """One skill of one role that is still wanted, at each lower level."""
        roles = self.visit.wish.roles
        for role in roles:
            for need in role.skills:
                for level in range(need.level - 1, 0, -1):
                    skills = tuple(type(own)(name=own.name, level=level) if own is need else own for own in role.skills)
                    lower = Role(**dict(role) | {"skills": skills})
                    values = {"skill": need.name, "before": need.level, "after": level}
                    step = Step(
                        "level", self.asking.tariff.of("level", need.level - level), self.visit.id,
                        Phrase("fix_level", values), role=role.id, name=need.name, before=need.level, after=level,
                    )
                    yield (step,), tuple(lower if own.id == role.id else own for own in roles)

    def barred(self, team: str | None) -> Mask:
        """Who cannot be on the crew whatever is asked of them."""
        if team not in self._barred:
            loaded, barred = self.loaded, barred_from(self.asking, self.visit)
            if self.here is not None:
                barred[list(self.here.people)] = True
            if team is not None:
                members = {person.id for person in self.asking.scenario.volunteers if person.team == team}
                barred |= np.array([person.id not in members for person in self.asking.scenario.volunteers], dtype=bool)
            self._barred[team] = barred
            assert len(barred) == loaded.people
        return self._barred[team]

    # -------------------------------------------------------------------------------------------- starts

    def _starts(self) -> Iterator[tuple[tuple[Step, ...], int | None]]:
        """Every start with what it costs: asked for, asked for but not the crew's, or another time."""
        if self.visit.is_goods:
            yield (), None
            return
        asked = self.visit.starts(self.settings.step_minutes)
        if len(asked) > MOST_STARTS:
            asked = [asked[number * len(asked) // MOST_STARTS] for number in range(MOST_STARTS)]
        held = self._is_held()
        if self.here is not None:
            yield (), self.here.start
            if not held:
                yield from (((self._start_step(start),), start) for start in asked if start != self.here.start)
        else:
            yield from (((), start) for start in asked)
        if not held:
            yield from self._other_times()

    def _is_held(self) -> bool:
        """Whether the time cannot be talked about: somebody was told, or a coordinator decided on the visit."""
        scenario = self.asking.scenario
        held = {seat.visit for seat in scenario.published} | {pin.visit for pin in scenario.pins}
        return self.visit.id in held

    def _start_step(self, start: int) -> Step:
        moment = self.asking.expanded.calendar.moment
        return Step(
            "start", self.asking.tariff.of("start"), self.visit.id, Phrase("fix_start", {"start": moment(start)}),
            after=start,
        )

    def _other_times(self) -> Iterator[tuple[tuple[Step, ...], int]]:
        """Times nobody has asked for: each hour of the half-days around the days asked for, in the same period."""
        expanded, minutes = self.asking.expanded, self.visit.minutes
        window = self.asking.scenario.program.window
        asked = sorted({expanded.calendar.day_of(own) for own in (*self.visit.fixed, *(low for low, _ in self.visit.spans))})
        first, last = max(window.start, expanded.today), window.end
        for day in days_between(first, last) if first <= last else ():
            away = min((abs((day - own).days) for own in asked), default=DAYS_AROUND)
            if away > DAYS_AROUND or not self._is_in_period(day):
                continue
            for start in self._hours(day):
                if start >= expanded.now and start not in self.visit.fixed and not self.visit.may_start(start):
                    values = {"start": expanded.calendar.moment(start)}
                    step = Step(
                        "time", self.asking.tariff.of("time", away), self.visit.id, Phrase("fix_time", values), after=start
                    )
                    if start + minutes <= expanded.calendar.minute(day + timedelta(days=1), "00:00"):
                        yield (step,), start

    def _hours(self, day: date) -> Iterator[int]:
        """Each hour of each half-day at which the service ends within it; a longer one begins with it."""
        calendar, minutes = self.asking.expanded.calendar, self.visit.minutes
        for half in (self.settings.morning, self.settings.afternoon, self.settings.evening):
            low, high = calendar.minute(day, half.start), calendar.minute(day, half.end)
            if minutes > high - low:
                if clock_minutes(half.start) + minutes <= clock_minutes(self.settings.day.end):
                    yield low
                continue
            yield from range(low, high - minutes + 1, EVERY)

    def _is_in_period(self, day: date) -> bool:
        """Whether the visit may lie on that day by what else its wish says."""
        when = self.visit.wish.recurrence
        if when is None:
            return self.visit.wish.due is None or day <= self.visit.wish.due
        if (when.since and day < when.since) or (when.until and day > when.until) or day in when.except_dates:
            return False
        name = self.visit.id.rpartition("/")[2].partition("#")[0]
        if when.times is None:
            return True
        year, week, _ = day.isocalendar()
        return name == (f"{year}-W{week:02d}" if when.per == "week" else f"{day:%Y-%m}")

    # ------------------------------------------------------------------------------------------- judging

    def _works(self, draft: Draft) -> bool:
        """Whether the judge accepts it; what it says against it is kept for the others."""
        applied = Applied(self.asking, self.bench.roster, draft)
        if not draft.has_new:
            objections = applied.objections(self.bench)
            if objections:
                self._learn(draft, objections)
                return False
        if applied.holds(self.bench):
            return True
        self._refused.add(self._key(draft))
        return False

    def _learn(self, draft: Draft, objections: list[Violation]) -> None:
        own = {self.visit.wish.id}
        rules = {violation.rule for violation in objections}
        elsewhere = {v.visit for v in objections if v.visit and v.visit.rpartition("/")[0] not in own}
        lifted = {_LIFTED.get(rule) for rule in rules}
        if None not in lifted and not elsewhere:
            more = self._lifted(draft, [kind for kind in lifted if kind is not None])
            if more is not None:
                self._more.append((more.price, 0, 0, more))
        for way in draft.ways:
            for name, other in way.given:
                if name in elsewhere:
                    self._refused.add(("given", name, other))
        if not elsewhere:
            self._refused.add(self._key(draft))

    def _lifted(self, draft: Draft, kinds: list[str]) -> Draft | None:
        """The same with more turns each, or more different people; None if that has been done."""
        steps, staffing = list(draft.of_wish), self.visit.wish.staffing
        for kind in kinds:
            if any(step.kind == kind for step in steps):
                return None
            before = staffing.max_turns if kind == "turns" else staffing.max_helpers
            if before is None:
                return None
            more = 1 if kind == "turns" else len(draft.ways)
            values = {"before": before, "after": before + more}
            steps.append(Step(
                kind, self.asking.tariff.of(kind, more), self.visit.id, Phrase(f"fix_{kind}", values), before=before,
                after=before + more,
            ))
        return replace(draft, of_wish=tuple(steps))

    def _key(self, draft: Draft) -> tuple[object, ...]:
        """What the rules of a wish and a crew look at: the day, who, and the steps about the wish."""
        day = None if draft.start is None else self.asking.expanded.calendar.day_of(draft.start)
        of_wish = tuple((step.kind, step.name, step.after) for step in draft.of_wish if step.kind not in ("time", "start"))
        kinds = tuple(way.steps[0].kind if way.row == NEW else "" for way in draft.ways)
        return day, tuple((way.role, way.row, way.given) for way in draft.ways), of_wish, kinds

    def _is_known_to_fail(self, draft: Draft) -> bool:
        given = (("given", *own) for way in draft.ways for own in way.given)
        return (
            any(own in self._refused for own in given)
            or self._key(draft) in self._refused
            or self._lacks_experience(draft)
            or self._lacks_pair(draft)
            or not self._is_spaced(draft)
        )

    def _lacks_experience(self, draft: Draft) -> bool:
        """Whether only newcomers would go, or one has a seat that asks for experience."""
        expanded = self.asking.expanded
        if not expanded.anybody_experienced or "newcomers_go_with_experience" in self.settings.soft_rules:
            return False
        known = expanded.is_experienced
        joining = [way.steps[0].kind == "experienced" if way.row == NEW else known[way.row] for way in draft.ways]
        roles = {role.id: role for role in draft.roles}
        if any(roles[way.role].experienced and not able for way, able in zip(draft.ways, joining)):
            return True
        there = [known[row] for row in self.here.people] if self.here else []
        return len(joining) + len(there) > 1 and not any((*joining, *there))

    def _lacks_pair(self, draft: Draft) -> bool:
        """Whether a paired volunteer could go, and does not."""
        paired = set(paired_people(self.asking.expanded, self.visit.wish))
        if not paired or not self.loaded.must_be_paired(self.visit):
            return False
        people = {way.row for way in draft.ways} | set(self.here.people if self.here else ())
        return not paired & people

    def _is_spaced(self, draft: Draft) -> bool:
        """Whether the visit on that day keeps its distance from the others, whoever serves it."""
        if draft.start is None or self.here is not None or "keeps_the_spacing" in self.settings.soft_rules:
            return True
        day = self.asking.expanded.calendar.day_of(draft.start)
        if day not in self._days:
            broken = self._newly_broken(draft.start) if self.asking.scenario.volunteers else ()
            self._days[day] = not any(own.rule == "keeps_the_spacing" for own in broken)
        return self._days[day]

    def _newly_broken(self, start: int) -> tuple[Violation, ...]:
        somebody = self.asking.scenario.volunteers[0].id
        near = self.bench.around(self.visit, {somebody})
        return near.newly_broken(near.verdict(near.put_in(self.visit, self.role.id, somebody, start)))


def _kinds(steps: tuple[Step, ...]) -> frozenset[str]:
    """The kinds of steps; somebody new is somebody new, with experience or without."""
    return frozenset("volunteer" if step.kind == "experienced" else step.kind for step in steps)
