"""Refusals: why somebody cannot take a seat, each reason with the values behind it.

Rules of a pair are looked up in the facts; rules of a roster come from a trial the judge objected to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from matcher.domain.people import Skill, SkillNeed, Volunteer
from matcher.domain.wishes import Role
from matcher.planning.trials import Bench, Trial
from matcher.planning.words import Phrase
from matcher.problem.check import Duty, Judge, last_crew
from matcher.problem.expand import Visit
from matcher.problem.roster import Violation
from matcher.problem.rules import PAIR_RULES
from matcher.solvers.load import PERIODS

_BUSY = 1 << PAIR_RULES.index("is_available")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule that keeps somebody away, and what it says in this case."""

    rule: str
    phrase: Phrase


# ------------------------------------------------------------------------------------------- pair rules


def pair_refusals(bench: Bench, visit: Visit, role: Role, row: int) -> tuple[Refusal, ...]:
    """Every fact that keeps somebody away, at the start of the visit that suits them best."""
    at = bench.refused_at(visit, role, row)
    if not at:
        return (Refusal("no_start_left", Phrase("no_start_left")),)
    never_free = len(at) > 1 and all(bits & _BUSY for _, bits in at)
    start, fewest = min(at, key=lambda pair: pair[1].bit_count())
    return tuple(
        Refusal(rule, phrase)
        for number, rule in enumerate(PAIR_RULES)
        if fewest >> number & 1
        for phrase in (
            [Phrase("never_free")]
            if never_free and rule == "is_available"
            else _of_pair(bench, rule, visit, role, row, start)
        )
    )


def _of_pair(bench: Bench, rule: str, visit: Visit, role: Role, row: int, start: int | None) -> list[Phrase]:
    person = bench.scenario.volunteers[row]
    if rule == "has_the_skills":
        day = bench.expanded.day_of(visit, start)
        return [phrase for need in role.skills for phrase in _skill(person.skills, need, day)]
    if rule == "has_the_vehicle":
        return [_vehicle(person, role)]
    if rule == "is_available" and start is not None:
        return [_not_free(bench, visit, person, start)]
    if rule == "is_within_reach":
        minutes = int(bench.problem.eligibility.minutes_there(visit, role, np.array([row]))[0])
        return [Phrase("too_far", {"minutes": minutes, "most": bench.expanded.limits[row].max_travel_minutes})]
    if rule == "is_accepted_by_the_resident":
        return list(_not_accepted(bench, visit, role, person))
    if rule == "has_not_declined":
        of_visit = any(d.visit == visit.id and d.volunteer == person.id for d in bench.scenario.declines)
        return [Phrase("declined_visit" if of_visit else "declined_wish")]
    if rule == "has_claimed_it":
        return [_not_claimed(bench, visit, row)]
    return [_not_in_team(bench, visit)]


def _skill(skills: tuple[Skill, ...], need: SkillNeed, day: date) -> Iterator[Phrase]:
    own = [skill for skill in skills if skill.name == need.name]
    good = [skill for skill in own if skill.level >= need.level]
    if not own:
        yield Phrase("skill_missing", {"skill": need.name})
    elif not good:
        yield Phrase(
            "skill_too_low",
            {
                "skill": need.name,
                "level": max(skill.level for skill in own),
                "needed": need.level,
            },
        )
    elif all(skill.valid_until is not None and skill.valid_until < day for skill in good):
        last = max(skill.valid_until for skill in good if skill.valid_until is not None)
        yield Phrase("skill_expired", {"skill": need.name, "until": last})


def _vehicle(person: Volunteer, role: Role) -> Phrase:
    need, own = role.vehicle, person.vehicle
    if own is None or need is None:
        return Phrase("vehicle_none")
    if own.seats < need.seats:
        return Phrase("vehicle_small", {"seats": own.seats, "needed": need.seats})
    if need.wheelchair and not own.wheelchair:
        return Phrase("vehicle_no_wheelchair")
    return Phrase("vehicle_busy")


def _not_free(bench: Bench, visit: Visit, person: Volunteer, start: int) -> Phrase:
    calendar = bench.expanded.calendar
    if not person.availability:
        return Phrase("no_times_given")
    low, high = calendar.moment(start), calendar.moment(start + visit.minutes)
    if any(absence.start < high and low < absence.end for absence in person.unavailable):
        return Phrase("away", {"day": low.date()})
    return Phrase("not_free", {"start": low, "end": f"{high:%H:%M}"})


def _not_accepted(bench: Bench, visit: Visit, role: Role, person: Volunteer) -> Iterator[Phrase]:
    resident = bench.scenario.resident[visit.wish.resident] if visit.wish.resident else None
    if resident is not None and person.id in resident.banned:
        yield Phrase("banned")
    wanted = [role.gender, resident.required.gender if resident else None]
    for gender in sorted({gender for gender in wanted if gender and gender != person.gender}):
        yield Phrase("gender", {"gender": Phrase(gender)})
    spoken = [role.language, resident.required.language if resident else None]
    for language in sorted({language for language in spoken if language and language not in person.languages}):
        yield Phrase("language", {"language": language_name(language)})


def language_name(code: str) -> Phrase:
    """A language as people call it; what has no name here keeps its code."""
    known = f"language_{code}"
    return Phrase(known) if Phrase(known).is_known else Phrase("as_written", {"text": code})


def _not_claimed(bench: Bench, visit: Visit, row: int) -> Phrase:
    person, teams = bench.scenario.volunteers[row], bench.expanded.teams_of[row]
    states = [
        claim.state
        for claim in bench.scenario.claims
        if claim.wish == visit.wish.id
        and (claim.volunteer == person.id or (claim.volunteer is None and claim.team in teams))
    ]
    for state in ("waitlisted", "open", "not-chosen", "withdrawn", "lapsed"):
        if state in states:
            return Phrase(f"claim_{state}")
    return Phrase("claim_none")


def _not_in_team(bench: Bench, visit: Visit) -> Phrase:
    first = bench.problem.eligibility.first_refusal(visit.wish)
    names = sorted(first or visit.wish.teams)
    teams = tuple(bench.scenario.team[name].name or name for name in names)
    return Phrase("first_refusal" if first else "not_in_team", {"teams": teams})


# ----------------------------------------------------------------------------------------- roster rules


def trial_refusals(bench: Bench, trial: Trial) -> tuple[Refusal, ...]:
    """What the judge objects to once somebody is put on a seat; empty if the change works."""
    seen: dict[tuple[str, str], Refusal] = {}
    doubled = tuple(violation for violation in trial.broken if violation.rule == "fills_each_role_once")
    for violation in doubled or trial.broken:  # a second seat at one visit breaks other rules only because of the first
        phrase = _of_roster(bench, trial, violation)
        seen.setdefault((violation.rule, phrase.say("zh")), Refusal(violation.rule, phrase))
    if not seen and trial.is_short:
        missing = trial.visit.seats - len(trial.after.roster.visits[-1].assigned)
        return (Refusal("crew_incomplete", Phrase("crew_short", {"count": missing})),)
    return tuple(seen.values())


def _of_roster(bench: Bench, trial: Trial, violation: Violation) -> Phrase:
    rule, own = violation.rule, violation.volunteer == bench.scenario.volunteers[trial.row].id
    if rule == "is_in_one_place_at_a_time" and own:
        return _busy(trial, standby=False)
    if rule == "stands_by_separately" and own:
        return _busy(trial, standby=True)
    if rule == "keeps_own_limits" and own:
        return _limits(bench, trial)
    if rule == "keeps_the_turn":
        return _turn(bench, trial) if own else Phrase("turn_of_others", {"who": _name(bench, violation)})
    if rule == "newcomers_go_with_experience":
        return Phrase("newcomer_seat" if trial.role.experienced else "newcomers_only")
    if rule == "keeps_what_is_pinned":
        return Phrase("pinned_off") if own else Phrase("pinned_other", {"who": _name(bench, violation)})
    if rule == "fills_each_role_once":
        return Phrase("has_a_seat")
    if rule == "keeps_faces_few":
        return Phrase("faces_full", {"most": trial.visit.wish.staffing.max_helpers})
    return Phrase(f"broken_{rule}", {"who": _name(bench, violation)})


def _name(bench: Bench, violation: Violation) -> str:
    person = bench.scenario.volunteer.get(violation.volunteer or "")
    return "" if person is None else person.name or person.id


def _busy(trial: Trial, *, standby: bool) -> Phrase:
    judge, duties = trial.after.judge, trial.after.judge.duties.get(trial.row, ())
    moment = judge.expanded.calendar.moment
    here = next((duty for duty in duties if duty.visit == trial.visit.id and not duty.standby), None)
    for duty in duties:
        if here is None or duty.visit == here.visit or duty.standby != standby or not _collide(judge, here, duty):
            continue
        other = judge.expanded.visit_index.get(duty.visit)
        title = duty.label if other is None else judge.expanded.visits[other].wish.title or duty.visit
        values = {"start": moment(duty.start), "end": f"{moment(duty.end):%H:%M}", "other": title}
        return Phrase("stands_by_then" if standby else "busy_then", values)
    return Phrase("broken_stands_by_separately" if standby else "broken_is_in_one_place_at_a_time")


def _collide(judge: Judge, one: Duty, other: Duty) -> bool:
    first, second = sorted((one, other), key=lambda duty: (duty.start, duty.end, duty.visit))
    return judge.collide(first, second)


def _limits(bench: Bench, trial: Trial) -> Phrase:
    """The limit somebody has reached, with what they already have in that period."""
    limits, day = bench.expanded.limits[trial.row], bench.expanded.day_of(trial.visit, trial.start)
    for unit in ("day", "week", "month"):
        visits, minutes = _load(bench, trial.row, unit, day)
        most = getattr(limits, f"visits_per_{unit}")
        if most is not None and visits + 1 > most and not (unit == "day" and trial.visit.is_goods):
            return Phrase("visits_full", {"period": _period(unit, day), "count": visits, "most": most})
        most = getattr(limits, f"minutes_per_{unit}")
        if most is not None and minutes + trial.visit.minutes > most:
            return Phrase(
                "minutes_full",
                {
                    "period": _period(unit, day),
                    "load": minutes,
                    "more": trial.visit.minutes,
                    "most": most,
                },
            )
    if limits.rest_days:
        return Phrase("rest_days", {"days": limits.rest_days})
    return Phrase("rest_minutes", {"minutes": limits.min_rest_minutes or 0})


def _load(bench: Bench, row: int, unit: str, day: date) -> tuple[int, int]:
    """(visits, minutes) somebody already has in the period of a day, the roster and everything else counted."""
    period = PERIODS[unit]
    visits, minutes = bench.elsewhere.load_on(row, unit, day)
    for served in bench.before.judge.crewed:
        goods = served.visit.is_goods
        if period(served.day) == period(day) and not (goods and unit == "day"):
            seats = Counter(served.people)[row]
            visits, minutes = visits + seats, minutes + seats * (0 if goods else served.visit.minutes)
    return visits, minutes


def _period(unit: str, day: date) -> Phrase:
    if unit == "month":
        return Phrase("month", {"month": day.month, "name": f"{day:%B}"})
    if unit == "week":
        return Phrase("week", {"day": day - timedelta(days=day.weekday())})
    return Phrase("day", {"day": day})


def _turn(bench: Bench, trial: Trial) -> Phrase:
    """Whether somebody would serve twice running, or has had all their turns."""
    judge, wish = trial.after.judge, trial.visit.wish
    served = judge.by_wish.get(wish.id, ())
    at = next((number for number, own in enumerate(served) if own.visit.id == trial.visit.id), None)
    if at is not None:
        for neighbour in (served[at - 1] if at else None, served[at + 1] if at + 1 < len(served) else None):
            if neighbour is not None and trial.row in neighbour.people:
                return Phrase("twice_running", {"day": neighbour.day})
        if at == 0 and trial.row in last_crew(bench.expanded, wish):
            return Phrase("served_last")
    values = {"most": wish.staffing.max_turns, "days": wish.staffing.turns_days}
    turns = tuple(own.day for own in served if trial.row in own.people and own.visit.id != trial.visit.id)
    return Phrase("turns_used_on", values | {"turns": turns}) if turns else Phrase("turns_used", values)
