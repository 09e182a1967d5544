"""Ways to break one thing in a valid roster. Each states the rule the judge must name.

What a corruption breaks is worked out here from the facts, in plain Python, one person and one visit at a time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from matcher.domain.people import Volunteer
from matcher.domain.scenario import Scenario
from matcher.domain.when import contains
from matcher.domain.wishes import Role
from matcher.problem.expand import Expanded, Visit, expand
from matcher.problem.roster import Roster, RosterVisit, Seat
from matcher.problem.rules import PAIR_RULES

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Corruption:
    """A roster with one thing broken; where the culprit is known, the judge must name the visit and the person."""

    rule: str
    about: str
    roster: Roster
    visit: str | None = None
    volunteer: str | None = None
    pair_rules: frozenset[str] | None = None
    """All pair rules this person breaks at this visit."""


class World:
    """A scenario and a valid roster, with what the corruptions ask about them."""

    def __init__(self, scenario: Scenario, roster: Roster) -> None:
        self.scenario = scenario
        self.roster = roster
        self.facts: Expanded = expand(scenario)
        self.lines = {line.id: line for line in roster.visits}
        self.people = [volunteer.id for volunteer in scenario.volunteers]

    # --------------------------------------------------------------------------------- facts

    def visit(self, line: RosterVisit) -> Visit:
        return self.facts.visits[self.facts.visit_index[line.id]]

    def role(self, line: RosterVisit, seat: Seat) -> Role:
        role = self.visit(line).role(seat.role)
        assert role is not None
        return role

    def crewed(self) -> list[RosterVisit]:
        return [line for line in self.roster.visits if line.assigned]

    def timed(self) -> list[RosterVisit]:
        return [line for line in self.crewed() if line.start is not None]

    def of_wish(self) -> dict[str, list[RosterVisit]]:
        """Served visits of each wish, by their order."""
        groups: dict[str, list[RosterVisit]] = defaultdict(list)
        for line in sorted(self.crewed(), key=lambda line: self.visit(line).order):
            groups[line.wish].append(line)
        return groups

    def minute(self, moment: datetime | None) -> int:
        assert moment is not None
        return self.facts.calendar.minute_of(moment)

    def day(self, line: RosterVisit) -> Any:
        visit = self.visit(line)
        return visit.due or self.facts.calendar.day_of(self.minute(line.start))

    def travel(self, name: str, origin: str | None, destination: str | None, by_car: bool) -> int:
        mode = "car" if by_car else self.scenario.volunteer[name].travel_mode
        return self.facts.atlas.minutes(origin, destination, mode)

    def breaks(self, line: RosterVisit, role: Role, name: str, standby: bool = False) -> frozenset[str]:
        """The pair rules somebody breaks in a role of a visit as it stands."""
        return frozenset(rule for rule in PAIR_RULES if not PAIR_LEVEL[rule](self, line, role, name, standby))

    # --------------------------------------------------------------------------------- edits

    def replaced(self, *lines: RosterVisit) -> Roster:
        """The roster with other lines for these visits."""
        by_id = {line.id: line for line in lines}
        return self._with(by_id.get(line.id, line) for line in self.roster.visits)

    def without(self, line: RosterVisit) -> Roster:
        return self._with(other for other in self.roster.visits if other is not line)

    def added(self, line: RosterVisit) -> Roster:
        return self._with((*self.roster.visits, line))

    def _with(self, lines: Iterable[RosterVisit]) -> Roster:
        return changed(self.roster, visits=tuple(lines))


def changed(fact: Any, **fields: Any) -> Any:
    return type(fact)(**{name: getattr(fact, name) for name in type(fact).model_fields} | fields)


def reseated(line: RosterVisit, number: int, name: str) -> RosterVisit:
    """A crew with somebody else in one seat; who stood by and now serves no longer stands by."""
    crew = [*line.assigned]
    crew[number] = Seat(role=crew[number].role, volunteer=name)
    standbys = tuple(seat for seat in line.standbys if seat.volunteer != name)
    return changed(line, assigned=tuple(crew), standbys=standbys)


def moved(line: RosterVisit, shift: timedelta) -> RosterVisit:
    assert line.start is not None
    assert line.end is not None
    return changed(line, start=line.start + shift, end=line.end + shift)


# ------------------------------------------------------------------------------------------------ pair level


def _skilled(world: World, line: RosterVisit, role: Role, name: str, standby: bool) -> bool:
    held = world.scenario.volunteer[name].skills
    return all(
        any(
            skill.name == need.name
            and skill.level >= need.level
            and (skill.valid_until is None or skill.valid_until >= world.day(line))
            for skill in held
        )
        for need in role.skills
    )


def _equipped(world: World, line: RosterVisit, role: Role, name: str, standby: bool) -> bool:
    vehicle = world.scenario.volunteer[name].vehicle
    if role.vehicle is None:
        return True
    if vehicle is None or vehicle.seats < role.vehicle.seats or (role.vehicle.wheelchair and not vehicle.wheelchair):
        return False
    hours = world.facts.vehicle_hours[world.facts.volunteer_index[name]]
    if hours is None or line.start is None:
        return True
    return contains(hours, world.minute(line.start), world.minute(line.end))


def _free(world: World, line: RosterVisit, role: Role, name: str, standby: bool) -> bool:
    if line.start is None:
        return True
    spans = world.facts.free[world.facts.volunteer_index[name]].available
    return contains(spans, world.minute(line.start), world.minute(line.end))


def _near(world: World, line: RosterVisit, role: Role, name: str, standby: bool) -> bool:
    most = world.facts.limits[world.facts.volunteer_index[name]].max_travel_minutes
    home = world.scenario.volunteer[name].home
    return most is None or world.travel(name, home, world.visit(line).place, role.vehicle is not None) <= most


def _accepted(world: World, line: RosterVisit, role: Role, name: str, standby: bool) -> bool:
    someone = world.scenario.volunteer[name]
    wish = world.visit(line).wish
    wanted: list[Any] = [role]
    if wish.resident:
        helped = world.scenario.resident[wish.resident]
        wanted.append(helped.required)
        if name in helped.banned:
            return False
    return all(
        want.gender in (None, someone.gender) and (want.language is None or want.language in someone.languages)
        for want in wanted
    )


def _willing(world: World, line: RosterVisit, role: Role, name: str, standby: bool) -> bool:
    return not any(
        decline.volunteer == name and line_named in (decline.visit, decline.wish)
        for decline in world.scenario.declines
        for line_named in (line.id, line.wish)
    )


def _claims(world: World, line: RosterVisit, role: Role, name: str, standby: bool) -> bool:
    if not world.visit(line).wish.claimants_only:
        return True
    claims = [claim for claim in world.scenario.claims if claim.wish == line.wish]
    good = {"chosen"} if "chosen" in {claim.state for claim in claims} else {"open"}
    good |= {"waitlisted"} if standby else set()
    mine = {name, *_teams(world, world.scenario.volunteer[name])}
    return any(claim.state in good and (claim.volunteer or claim.team) in mine for claim in claims)


def _member(world: World, line: RosterVisit, role: Role, name: str, standby: bool) -> bool:
    wish = world.visit(line).wish
    mine = set(_teams(world, world.scenario.volunteer[name]))
    if wish.teams and not mine & set(wish.teams):
        return False
    days = world.scenario.program.settings.first_refusal_days
    if wish.submitted is None or (world.facts.today - wish.submitted).days >= days:
        return True
    place = world.scenario.place.get(world.visit(line).place or "")
    declined = {decline.team for decline in world.scenario.declines if decline.wish == wish.id}
    first = {
        team.id
        for team in world.scenario.teams
        if place is not None and place.community in team.communities and team.id not in declined
    }
    return not first or bool(first & mine)


def _teams(world: World, someone: Volunteer) -> Iterator[str]:
    team = someone.team
    while team is not None:
        yield team
        team = world.scenario.team[team].parent


PAIR_LEVEL: dict[str, Callable[[World, RosterVisit, Role, str, bool], bool]] = {
    "has_the_skills": _skilled,
    "has_the_vehicle": _equipped,
    "is_available": _free,
    "is_within_reach": _near,
    "is_accepted_by_the_resident": _accepted,
    "has_not_declined": _willing,
    "has_claimed_it": _claims,
    "belongs_to_the_team": _member,
}


def _unfit_people(world: World) -> Iterator[Corruption]:
    for line in world.crewed():
        crew = {seat.volunteer for seat in line.assigned}
        for number, seat in enumerate(line.assigned):
            for name in world.people:
                if name in crew:
                    continue
                after = reseated(line, number, name)
                broken = world.breaks(after, world.role(line, seat), name)
                for rule in sorted(broken):
                    yield Corruption(rule, f"{name} instead", world.replaced(after), line.id, name, broken)


def _unfit_times(world: World) -> Iterator[Corruption]:
    """The whole visit at an hour at which somebody of the crew is not free, or their vehicle is not."""
    for line in world.timed():
        for hours in (-12, -6, 6, 12):
            after = moved(line, hours * HOUR)
            for seat in line.assigned:
                broken = world.breaks(after, world.role(line, seat), seat.volunteer)
                for rule in sorted(broken):
                    yield Corruption(rule, f"{hours} hours on", world.replaced(after), line.id, seat.volunteer, broken)


# ------------------------------------------------------------------------------------------------ roster level


def _other_times(world: World) -> Iterator[Corruption]:
    rule = "happens_at_an_asked_time"
    for line in world.timed():
        wish = world.visit(line).wish
        yield Corruption(rule, "too long", world.replaced(changed(line, end=line.end + HOUR)), line.id)
        yield Corruption(rule, "too short", world.replaced(changed(line, end=line.end - timedelta(minutes=1))), line.id)
        yield Corruption(rule, "no time", world.replaced(changed(line, start=None, end=None)), line.id)
        yield Corruption(rule, "a year ago", world.replaced(moved(line, timedelta(days=-365))), line.id)
        if wish.recurrence is not None and (wish.recurrence.at or wish.recurrence.rrule):
            yield Corruption(rule, "a bit later", world.replaced(moved(line, timedelta(minutes=5))), line.id)


def _two_places(world: World) -> Iterator[Corruption]:
    rule = "is_in_one_place_at_a_time"
    for first in world.timed():
        for second in world.timed():
            if first.id == second.id or world.minute(first.start) > world.minute(second.start):
                continue
            for names, other in (
                ([s.volunteer for s in first.assigned], second),
                ([s.volunteer for s in second.assigned], first),
            ):
                for name in sorted(set(names) - {seat.volunteer for seat in other.assigned}):
                    for number in range(len(other.assigned)):
                        after = reseated(other, number, name)
                        early, late = (first, after) if other is second else (after, second)
                        if _collide(world, name, early, late):
                            yield Corruption(rule, f"{first.id} and {second.id}", world.replaced(after), None, name)


def _collide(world: World, name: str, first: RosterVisit, second: RosterVisit) -> bool:
    seat = next(seat for seat in second.assigned if seat.volunteer == name)
    by_car = world.role(second, seat).vehicle is not None
    way = world.travel(name, world.visit(first).end_place, world.visit(second).place, by_car)
    return world.minute(first.end) + way > world.minute(second.start)


def _overworked(world: World) -> Iterator[Corruption]:
    for line in world.crewed():
        crew = {seat.volunteer for seat in line.assigned}
        for number in range(len(line.assigned)):
            for name in sorted(set(world.people) - crew):
                after = world.replaced(reseated(line, number, name))
                about = _beyond(world, after, name)
                if about is not None:
                    yield Corruption("keeps_own_limits", about, after, None, name)


def _beyond(world: World, roster: Roster, name: str) -> str | None:
    """Which limit somebody exceeds by the roster alone; the past can only add to it."""
    limits = world.facts.limits[world.facts.volunteer_index[name]]
    own = [line for line in roster.visits if name in {seat.volunteer for seat in line.assigned}]
    visits: Counter[Any] = Counter()
    minutes: Counter[Any] = Counter()
    days: dict[Any, set[Any]] = defaultdict(set)
    for line in own:
        day = world.day(line)
        units = [("week", day.isocalendar()[:2]), ("month", (day.year, day.month))]
        if line.start is not None:
            units.append(("day", day))
            days[day.isocalendar()[:2]].add(day)
        for unit in units:
            visits[unit] += 1
            minutes[unit] += world.visit(line).minutes
    for what, counted in (("visits", visits), ("minutes", minutes)):
        for (unit, _), count in counted.items():
            most = getattr(limits, f"{what}_per_{unit}")
            if most is not None and count > most:
                return f"{what} per {unit}"
    if limits.rest_days and any(len(taken) > 7 - limits.rest_days for taken in days.values()):
        return "rest days"
    spans = sorted((world.minute(line.start), world.minute(line.end)) for line in own if line.start is not None)
    rest = limits.min_rest_minutes or 0
    return "rest" if any(0 <= later[0] - earlier[1] < rest for earlier, later in pairwise(spans)) else None


def _seats_taken_twice(world: World) -> Iterator[Corruption]:
    rule = "fills_each_role_once"
    for line in world.crewed():
        twice = changed(line, assigned=(*line.assigned, line.assigned[0]))
        yield Corruption(rule, "the same seat twice", world.replaced(twice), line.id)
        names = {seat.volunteer for seat in (*line.assigned, *line.standbys)}
        extra = next(name for name in world.people if name not in names)
        full = Counter(seat.role for seat in line.assigned)
        role = next((role for role in world.visit(line).wish.roles if full[role.id] == role.count), None)
        if role is not None:
            more = changed(line, assigned=(*line.assigned, Seat(role=role.id, volunteer=extra)))
            yield Corruption(rule, "one too many", world.replaced(more), line.id)
        yield Corruption(rule, "listed twice", world.added(line), line.id)
        if len(line.assigned) > 1:
            both = reseated(line, 1, line.assigned[0].volunteer)
            yield Corruption(rule, "two seats", world.replaced(both), line.id, line.assigned[0].volunteer)


def _half_crews(world: World) -> Iterator[Corruption]:
    rule = "is_crewed_together"
    for line in world.crewed():
        wish = world.visit(line).wish
        if line.standbys:
            yield Corruption(rule, "stand-bys alone", world.replaced(changed(line, assigned=())), line.id)
        for number in range(len(line.assigned)):
            rest = line.assigned[:number] + line.assigned[number + 1 :]
            if rest and not wish.partial:
                yield Corruption(rule, "one missing", world.replaced(changed(line, assigned=rest)), line.id)
            if wish.as_one_team and rest:
                team = world.scenario.volunteer[rest[0].volunteer].team
                for someone in world.scenario.volunteers:
                    if someone.team != team:
                        after = reseated(line, number, someone.id)
                        yield Corruption(rule, "two teams", world.replaced(after), line.id)


def _badly_spaced(world: World) -> Iterator[Corruption]:
    rule = "keeps_the_spacing"
    for lines in world.of_wish().values():
        when = world.visit(lines[0]).wish.recurrence
        if when is None:
            continue
        for before, after in pairwise(lines):
            visit = world.visit(after)
            neighbours = visit.order == world.visit(before).order + 1
            for start in visit.starts(24 * 60):
                shift = timedelta(minutes=start - world.minute(after.start))
                late = moved(after, shift)
                gap = (world.day(late) - world.day(before)).days
                too_far = neighbours and when.max_gap_days is not None and gap > when.max_gap_days
                if gap < when.least_gap_days or too_far:
                    yield Corruption(rule, f"{gap} days", world.replaced(late), after.id)
            if when.least_gap_days > 0:
                together = changed(after, start=before.start, end=before.end)
                yield Corruption(rule, "together", world.replaced(together), after.id)


def _out_of_turn(world: World) -> Iterator[Corruption]:
    rule = "keeps_the_turn"
    for lines in world.of_wish().values():
        staffing = world.visit(lines[0]).wish.staffing
        if staffing.policy != "rotate":
            continue
        for before, after in pairwise(lines):
            for name in [seat.volunteer for seat in before.assigned]:
                for number in range(len(after.assigned)):
                    late = world.replaced(reseated(after, number, name))
                    yield Corruption(rule, "twice running", late, after.id, name)
        turns = Counter(seat.volunteer for line in lines for seat in line.assigned)
        span = (world.day(lines[-1]) - world.day(lines[0])).days
        for name, count in turns.items():
            if count != staffing.max_turns or span >= staffing.turns_days:
                continue
            for line in lines:
                if name not in {seat.volunteer for seat in line.assigned}:
                    yield Corruption(rule, "too many turns", world.replaced(reseated(line, 0, name)), None, name)


def _too_many_faces(world: World) -> Iterator[Corruption]:
    rule = "keeps_faces_few"
    for lines in world.of_wish().values():
        staffing = world.visit(lines[0]).wish.staffing
        span = (world.day(lines[-1]) - world.day(lines[0])).days
        if staffing.max_helpers is None or span >= staffing.turns_days:
            continue
        strangers = [
            name for name in world.people if name not in {s.volunteer for line in lines for s in line.assigned}
        ]
        after, faces = list(lines), set()
        for number, name in zip(range(len(lines)), strangers):
            after[number] = reseated(lines[number], 0, name)
            faces = {seat.volunteer for line in after for seat in line.assigned}
            if len(faces) > staffing.max_helpers:
                yield Corruption(rule, f"{len(faces)} faces", world.replaced(*after), lines[-1].id)


def _pairs_parted(world: World) -> Iterator[Corruption]:
    for line in world.crewed():
        wish = world.visit(line).wish
        paired = {pairing.volunteer for pairing in world.scenario.pairings if pairing.resident == wish.resident}
        present = [number for number, seat in enumerate(line.assigned) if seat.volunteer in paired]
        if wish.staffing.policy != "pair" or len(present) != 1:
            continue
        for name in world.people:
            if name not in paired and name not in {seat.volunteer for seat in line.assigned}:
                yield Corruption(
                    "stays_paired", f"{name} instead", world.replaced(reseated(line, present[0], name)), line.id
                )


def _promises_broken(world: World) -> Iterator[Corruption]:
    rule = "keeps_what_is_published"
    for told in world.scenario.published:
        line = world.lines.get(told.visit)
        seats = () if line is None else line.standbys if told.standby else line.assigned
        numbers = [n for n, seat in enumerate(seats) if (seat.role, seat.volunteer) == (told.role, told.volunteer)]
        if line is None or not numbers or line.start != told.start:
            continue  # no longer possible, so no longer a promise
        kept = line.id, told.volunteer
        yield Corruption(rule, "unserved", world.without(line), *kept)
        if line.start is not None:
            yield Corruption(rule, "moved", world.replaced(moved(line, timedelta(minutes=60))), *kept)
            yield Corruption(rule, "another day", world.replaced(moved(line, timedelta(days=1))), *kept)
        names = {seat.volunteer for seat in (*line.assigned, *line.standbys)}
        for name in world.people:
            if name in names:
                continue
            aside = changed(line, standbys=(Seat(role=told.role, volunteer=name),))
            after = aside if told.standby else reseated(line, numbers[0], name)
            yield Corruption(rule, f"{name} instead", world.replaced(after), *kept)


def _pins_ignored(world: World) -> Iterator[Corruption]:
    rule = "keeps_what_is_pinned"
    for pin in world.scenario.pins:
        line = world.lines.get(pin.visit)
        if line is None:
            continue
        if pin.never:
            assert pin.volunteer is not None
            for number in range(len(line.assigned)):
                after = world.replaced(reseated(line, number, pin.volunteer))
                yield Corruption(rule, "serves all the same", after, line.id, pin.volunteer)
            aside = changed(line, standbys=(Seat(role=line.assigned[0].role, volunteer=pin.volunteer),))
            yield Corruption(rule, "stands by all the same", world.replaced(aside), line.id, pin.volunteer)
            continue
        if pin.start is not None:
            for hours in (-1, 1, 24):
                yield Corruption(rule, "moved", world.replaced(moved(line, hours * HOUR)), line.id)
        if pin.volunteer is not None:
            yield Corruption(rule, "unserved", world.without(line), line.id, pin.volunteer)
            field = "standbys" if pin.standby else "assigned"
            rest = tuple(seat for seat in getattr(line, field) if seat.volunteer != pin.volunteer)
            yield Corruption(rule, "left out", world.replaced(changed(line, **{field: rest})), line.id, pin.volunteer)
            for number, seat in enumerate(line.assigned):
                if seat.volunteer == pin.volunteer and not pin.standby:
                    for name in world.people[:4]:
                        after = world.replaced(reseated(line, number, name))
                        if name != pin.volunteer:
                            yield Corruption(rule, f"{name} instead", after, line.id, pin.volunteer)


def _bad_stand_bys(world: World) -> Iterator[Corruption]:
    rule = "stands_by_separately"
    for line in world.crewed():
        wish = world.visit(line).wish
        first = line.assigned[0]
        yield Corruption(
            rule, "on the crew", world.replaced(changed(line, standbys=(first,))), line.id, first.volunteer
        )
        names = {seat.volunteer for seat in (*line.assigned, *line.standbys)}
        others = [name for name in world.people if name not in names]
        crowd = tuple(Seat(role=first.role, volunteer=name) for name in others[: wish.staffing.standbys + 1])
        yield Corruption(rule, "too many", world.replaced(changed(line, standbys=crowd)), line.id)
        if line.standbys:
            twice = changed(line, standbys=(*line.standbys, line.standbys[0]))
            yield Corruption(rule, "twice", world.replaced(twice), line.id, line.standbys[0].volunteer)
        if not wish.staffing.standbys:
            continue
        for name in others:
            aside = changed(line, standbys=(Seat(role=first.role, volunteer=name),))
            busy = any(
                name in {seat.volunteer for seat in other.assigned} and _overlap(line, other) for other in world.timed()
            )
            if world.breaks(line, world.role(line, first), name, standby=True):
                yield Corruption(rule, "unfit", world.replaced(aside), line.id, name)
            elif busy:
                yield Corruption(rule, "busy", world.replaced(aside), None, name)


def _overlap(line: RosterVisit, other: RosterVisit) -> bool:
    if line.id == other.id or line.start is None or other.start is None or line.end is None or other.end is None:
        return False
    return line.start < other.end and other.start < line.end


def _newcomers_alone(world: World) -> Iterator[Corruption]:
    rule = "newcomers_go_with_experience"
    least = world.scenario.program.settings.newcomer_visits
    visits = Counter(service.volunteer for service in world.scenario.history if service.outcome == "done")
    new = [person.id for person in world.scenario.volunteers if visits[person.id] + person.prior_visits < least]
    if len(new) == len(world.people):
        return
    for line in world.crewed():
        crew = {seat.volunteer for seat in line.assigned}
        for number, seat in enumerate(line.assigned):
            if world.role(line, seat).experienced:
                for name in sorted(set(new) - crew):
                    after = world.replaced(reseated(line, number, name))
                    yield Corruption(rule, "a seat for the experienced", after, line.id, name)
        if 2 <= len(line.assigned) <= len(new):
            for shift in range(len(new)):
                names = [new[(shift + number) % len(new)] for number in range(len(line.assigned))]
                after = line
                for number, name in enumerate(names):
                    after = reseated(after, number, name)
                yield Corruption(rule, "newcomers among themselves", world.replaced(after), line.id)


GENERATORS: tuple[Callable[[World], Iterator[Corruption]], ...] = (
    _unfit_people,
    _unfit_times,
    _other_times,
    _two_places,
    _overworked,
    _seats_taken_twice,
    _half_crews,
    _badly_spaced,
    _out_of_turn,
    _too_many_faces,
    _pairs_parted,
    _promises_broken,
    _pins_ignored,
    _bad_stand_bys,
    _newcomers_alone,
)


def corruptions(world: World, most_per_rule: int) -> list[Corruption]:
    """Corruptions of one roster: for each rule evenly chosen ones, every way of breaking it among them."""
    by_way: dict[str, dict[str, list[Corruption]]] = defaultdict(lambda: defaultdict(list))
    for generate in GENERATORS:
        for corruption in generate(world):
            by_way[corruption.rule][f"{generate.__name__} {corruption.about}"].append(corruption)
    chosen: list[Corruption] = []
    for ways in by_way.values():
        rounds = max(len(found) for found in ways.values())
        in_turn = [found[number] for number in range(rounds) for found in ways.values() if number < len(found)]
        step = max(1, len(in_turn) // most_per_rule)
        chosen += in_turn[::step][:most_per_rule]
    return chosen
