"""Why this person, why not that one, why nobody: looked up in the facts, tried out, and judged again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Role
from matcher.errors import BadInput, Fault
from matcher.planning.account import (
    Account,
    Candidate,
    Joined,
    OtherVisit,
    RoleAccount,
    SeatAccount,
    VisitExplanation,
    VolunteerExplanation,
    WishExplanation,
    WishPerson,
    WishVisit,
    render_text,
)
from matcher.planning.fix_supply import shortage
from matcher.planning.fixes import FixDesk, RoleFixes
from matcher.planning.proof import RosterExplanation, explain_roster, role_of
from matcher.planning.refusals import Refusal, pair_refusals, trial_refusals
from matcher.planning.trials import Bench, Delta, Exchange, Trial, terms_of
from matcher.planning.vacancies import nearest_first, rows_not_on, unfilled, why, why_empty
from matcher.planning.words import Phrase
from matcher.problem.expand import Visit
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster, Seat

__all__ = [
    "Account",
    "RosterExplanation",
    "VisitExplanation",
    "VolunteerExplanation",
    "WishExplanation",
    "explain",
    "explain_roster",
    "explain_visit",
    "explain_volunteer",
    "explain_wish",
    "render_text",
    "unfilled",
]

TRIED_PER_ROLE = 60
"""The nearest able people who are tried on a role of one visit."""
STARTS_TRIED = 24
VISITS_NEARBY = 12
PEOPLE_PER_WISH = 40
VISITS_PER_WISH = 24


def explain(
    scenario: Scenario | Problem,
    roster: Roster,
    *,
    wish: str | None = None,
    visit: str | None = None,
    volunteer: str | None = None,
    fixes: int = 0,
    over: Callable[[], bool] = lambda: False,
) -> Account:
    """The account asked for; without a wish, visit or volunteer, of the whole roster and its proof.

    ``visit`` with ``volunteer`` answers "why, or why not". So many ``fixes`` are looked for per empty role, until time is
    ``over``. Raises ``BadInput`` for an id that is not there.
    """
    problem = scenario if isinstance(scenario, Problem) else Problem.of(scenario)
    if fixes < 0:
        zh = problem.scenario.program.settings.language == "zh"
        raise BadInput(
            f"要列出的补法是{fixes}种，不能是负数" if zh else f"{fixes} fixes to list; it cannot be negative",
            "写 0 或更大的整数。" if zh else "Write 0 or more.",
        )
    look = _fixer(problem, roster, fixes, over) if fixes else None
    if visit is not None:
        return explain_visit(problem, roster, visit, volunteer=volunteer, fixes=look)
    if volunteer is not None:
        return explain_volunteer(problem, roster, volunteer, wish=wish)
    if wish is not None:
        return explain_wish(problem, roster, wish, fixes=look)
    found = explain_roster(problem, roster, fixes=look)
    return replace(found, shortage=shortage(problem, roster, over=over)) if fixes else found


Fixer = Callable[[Visit, Role], RoleFixes]
"""What would fill an empty role of a visit."""


def _fixer(problem: Problem, roster: Roster, count: int, over: Callable[[], bool]) -> Fixer:
    desk = FixDesk(problem, roster)
    return lambda visit, role: desk.of_role(visit, role.id, count=count, over=over)


# --------------------------------------------------------------------------------------------- a visit


def explain_visit(
    problem: Problem, roster: Roster, visit_id: str, *, volunteer: str | None = None, fixes: Fixer | None = None
) -> VisitExplanation:
    """Why a visit is when it is, why these people are on it, and why the others are not.

    ``volunteer`` narrows it to one person, and leaves ``fixes`` away. Raises ``BadInput`` if the plan has no such visit.
    """
    visit = _visit(problem, visit_id)
    row = None if volunteer is None else _row(problem, volunteer)
    bench = Bench(problem, roster)
    return VisitExplanation(
        language=problem.scenario.program.settings.language,
        visit=visit.id,
        wish=visit.wish.id,
        title=_title(visit),
        when=_when(bench, visit),
        time=() if row is not None else tuple(_why_then(bench, visit)),
        roles=tuple(_role_account(bench, visit, role, row, fixes) for role in visit.wish.roles),
    )


def _visit(problem: Problem, name: str) -> Visit:
    if name in problem.expanded.visit_index:
        return problem.visits[problem.expanded.visit_index[name]]
    zh = problem.scenario.program.settings.language == "zh"
    near = [visit.id for visit in problem.visits if visit.wish.id == name.rpartition("/")[0]] or [
        visit.id for visit in problem.visits
    ]
    listed = ("、" if zh else ", ").join(near[:12])
    raise BadInput(
        f"服务单“{name}”不在本期计划里" if zh else f'visit "{name}" is not part of this plan',
        f"计划里有：{listed}" if zh else f"The plan has {listed}.",
    )


def _row(problem: Problem, name: str) -> int:
    if name in problem.expanded.volunteer_index:
        return problem.expanded.volunteer_index[name]
    zh = problem.scenario.program.settings.language == "zh"
    raise BadInput(
        [
            Fault(
                f"志愿者“{name}”不在名单里" if zh else f'volunteer "{name}" is not on the list',
                "请用名单里的编号。" if zh else "Take an id from the list of volunteers.",
                code="unknown-volunteer",
            )
        ]
    )


def _title(visit: Visit) -> str:
    return visit.wish.title or visit.wish.id


def _name(bench: Bench, volunteer: str) -> str:
    return bench.scenario.volunteer[volunteer].name or volunteer


def _when(bench: Bench, visit: Visit) -> Phrase:
    values = {"title": _title(visit), "visit": visit.id}
    start = bench.start(visit)
    if bench.entry(visit) is None:
        return Phrase("visit_not_served", values)
    if start is None:
        return Phrase("visit_due", values | {"due": visit.due})
    moment = bench.expanded.calendar.moment
    return Phrase("visit_at", values | {"start": moment(start), "end": f"{moment(start + visit.minutes):%H:%M}"})


def _why_then(bench: Bench, visit: Visit) -> Iterator[Phrase]:
    """What speaks for the chosen start: what is fixed, and what other starts would break or cost."""
    number, start = bench.expanded.visit_index[visit.id], bench.start(visit)
    if start is None:
        return
    if any(seat.visit == number and seat.fixes_start for seat in bench.problem.pins):
        yield Phrase("time_pinned")
    if any(seat.visit == number for seat in bench.problem.published):
        yield Phrase("time_told")
    starts = visit.starts(bench.scenario.program.settings.step_minutes)
    days = {bench.expanded.day_of(visit, other) for other in starts}
    if len({*starts, start}) == 1:
        yield Phrase("time_fixed")
        return
    yield Phrase("time_choices", {"starts": len(starts), "days": len(days)})
    yield from _moves(bench, visit, [other for other in starts if other != start])


def _moves(bench: Bench, visit: Visit, others: list[int]) -> Iterator[Phrase]:
    """What the same people at other starts would break or cost."""
    tried = (
        [others[n * len(others) // STARTS_TRIED] for n in range(STARTS_TRIED)] if len(others) > STARTS_TRIED else others
    )
    broken: Counter[str] = Counter()
    possible: list[tuple[Delta, int]] = []
    for start in tried:
        rules, delta = bench.at_start(visit, start)
        broken.update(sorted(rules))
        if not rules:
            possible.append((delta, start))
    bad = len(tried) - len(possible)
    why_bad = tuple(
        Phrase("counted", {"what": Phrase(f"short_{rule}"), "number": count}) for rule, count in broken.most_common()
    )
    yield Phrase(
        "time_tried_why" if bad else "time_tried",
        {
            "tried": len(tried),
            "good": len(possible),
            "bad": bad,
            "why": why_bad,
        },
    )
    if possible:
        delta, start = min(possible, key=lambda move: (move[0].tiers, move[1]))
        yield Phrase("time_best", {"start": bench.expanded.calendar.moment(start), "delta": delta})


def _role_account(bench: Bench, visit: Visit, role: Role, only: int | None, fixes: Fixer | None) -> RoleAccount:
    entry = bench.entry(visit)
    people = tuple(
        _seat_account(bench, visit, seat)
        for seat in (() if entry is None else entry.assigned)
        if seat.role == role.id and (only is None or bench.expanded.volunteer_index[seat.volunteer] == only)
    )
    empty = role.count - len(bench.crew(visit, role))
    reasons: tuple[Phrase, ...] = ()
    if empty > 0 and only is None:
        codes, _ = why_empty(bench, visit, role)
        reasons = tuple(why(code, count, role) for code, count in codes.most_common())
    others, not_tried = _candidates(bench, visit, role, only)
    return RoleAccount(
        role=role.id,
        title=role_of(bench, role),
        skills=tuple(need.name for need in role.skills),
        seats=role.count,
        people=people,
        standbys=tuple(
            _name(bench, seat.volunteer) for seat in (() if entry is None else entry.standbys) if seat.role == role.id
        ),
        empty=max(0, empty) if only is None else 0,
        reasons=reasons,
        others=others,
        not_tried=not_tried,
        fixes=fixes(visit, role) if fixes and empty > 0 and only is None else None,
    )


def _seat_account(bench: Bench, visit: Visit, seat: Seat) -> SeatAccount:
    without = bench.without_seat(visit, seat)
    # What the visit costs whoever serves it is not this person's doing.
    terms = {name: -points for name, points in without.terms.items() if name not in ("empty_seats", "missing_standby")}
    return SeatAccount(
        volunteer=seat.volunteer,
        name=_name(bench, seat.volunteer),
        why=tuple(_how_they_came(bench, visit, seat)),
        causes=Delta(0, sum(terms_of("promises", terms).values()), sum(terms_of("quality", terms).values()), terms),
    )


def _how_they_came(bench: Bench, visit: Visit, seat: Seat) -> Iterator[Phrase]:
    number, row = bench.expanded.visit_index[visit.id], bench.expanded.volunteer_index[seat.volunteer]
    if any(pin.visit == number and pin.volunteer == row and not pin.standby for pin in bench.problem.pins):
        yield Phrase("is_pinned")
    if any(told.visit == number and told.volunteer == row and not told.standby for told in bench.problem.published):
        yield Phrase("is_told")
    if visit.wish.resident and row in bench.expanded.paired.get(visit.wish.resident, ()):
        yield Phrase("is_paired")
    for claim in bench.scenario.claims:
        own = claim.volunteer == seat.volunteer
        through_team = claim.volunteer is None and claim.team in bench.expanded.teams_of[row]
        if claim.wish != visit.wish.id or not (own or through_team):
            continue
        team = bench.scenario.team[claim.team].name or claim.team if claim.team and not own else ""
        yield Phrase(
            "claimed" if own else "claimed_by_team",
            {
                "at": claim.at.astimezone(bench.expanded.calendar.moment(0).tzinfo),
                "channel": Phrase(f"channel_{claim.channel or 'none'}"),
                "state": Phrase(f"state_{claim.state}"),
                "team": team,
            },
        )
        return


def _candidates(bench: Bench, visit: Visit, role: Role, only: int | None) -> tuple[tuple[Candidate, ...], int]:
    """Everybody who is not on the role, each with the answer, and how many able people were not tried."""
    rows = nearest_first(bench, visit, role, rows_not_on(bench, visit, role))
    if only is not None:
        rows = rows[rows == only]
    found: list[Candidate] = []
    tried = not_tried = 0
    for row in (int(row) for row in rows):
        refusals = pair_refusals(bench, visit, role, row)
        if not refusals and tried == TRIED_PER_ROLE:
            not_tried += 1
            continue
        tried += not refusals
        found.append(candidate(bench, visit, role, row, refusals))
    return tuple(sorted(found, key=_possible_first)), not_tried


_HARD_TO_CHANGE = frozenset(
    {"has_the_skills", "has_the_vehicle", "is_accepted_by_the_resident", "has_claimed_it", "belongs_to_the_team"}
)


def _possible_first(other: Candidate) -> tuple[bool, tuple[int, int, int], bool, int, int]:
    """Possible ones by cost; the others by how little stands against them, then by their way there."""
    tiers = (0, 0, 0) if other.delta is None else other.delta.tiers
    is_far_from_it = any(refusal.rule in _HARD_TO_CHANGE for refusal in other.refusals)
    return other.delta is None, tiers, is_far_from_it, len(other.refusals), other.minutes_away


def candidate(
    bench: Bench, visit: Visit, role: Role, row: int, refusals: tuple[Refusal, ...] | None = None
) -> Candidate:
    """The answer for one person and one role: what it would cost, or every reason why not."""
    against = pair_refusals(bench, visit, role, row) if refusals is None else refusals
    trial: Trial | None = None
    if not against:
        trial = bench.best_seat(visit, role, row)
        against = (
            (Refusal("is_available", Phrase("no_times_given")),) if trial is None else trial_refusals(bench, trial)
        )
    exchange = bench.best_exchange(visit, role, row) if trial is not None and against else None
    return _answer(bench, visit, role, row, trial, exchange, () if exchange else against)


def _answer(
    bench: Bench,
    visit: Visit,
    role: Role,
    row: int,
    trial: Trial | None,
    exchange: Exchange | None,
    against: tuple[Refusal, ...],
) -> Candidate:
    person = bench.scenario.volunteers[row]
    instead_of = exchange.partner if exchange else trial.instead_of if trial else None
    start = trial.start if trial is not None else None
    return Candidate(
        volunteer=person.id,
        name=person.name or person.id,
        role=role.id,
        minutes_away=int(bench.problem.eligibility.minutes_there(visit, role, np.array([row]))[0]),
        start=None if start is None else bench.expanded.calendar.moment(start).isoformat(),
        instead_of=instead_of,
        instead_of_name=None if instead_of is None else _name(bench, instead_of),
        exchange=exchange.visit.id if exchange else None,
        exchange_when=when(bench, exchange.visit) if exchange else None,
        delta=exchange.delta if exchange else trial.delta if trial and not against else None,
        refusals=against,
    )


# ---------------------------------------------------------------------------------------- a volunteer


def explain_volunteer(
    problem: Problem, roster: Roster, volunteer: str, *, wish: str | None = None
) -> VolunteerExplanation:
    """What somebody has, had and offered, and why the visits near them went to others; ``wish`` narrows it.

    Raises ``BadInput`` if nobody has that id.
    """
    row, bench = _row(problem, volunteer), Bench(problem, roster)
    share = next(own for own in bench.before.judge.fairness_rows() if own.volunteer == volunteer)
    settings = problem.scenario.program.settings
    return VolunteerExplanation(
        language=settings.language,
        volunteer=volunteer,
        name=_name(bench, volunteer),
        share=Phrase(
            "person_head",
            {
                "who": _name(bench, volunteer),
                "days": settings.history_days,
                "before": share.before,
                "new": share.new,
                "offered": share.offered,
                "minutes": share.minutes,
            },
        ),
        limits=tuple(_own_limits(bench, row)),
        duties=tuple(_duties(bench, volunteer)),
        others=tuple(_visits_nearby(bench, row, wish)),
    )


def _own_limits(bench: Bench, row: int) -> Iterator[Phrase]:
    limits = bench.expanded.limits[row]
    for unit in ("day", "week", "month"):
        most = getattr(limits, f"visits_per_{unit}")
        if most is not None:
            yield Phrase(f"limit_visits_{unit}", {"most": most})
    if limits.max_travel_minutes is not None:
        yield Phrase("limit_travel", {"most": limits.max_travel_minutes})


def _duties(bench: Bench, volunteer: str) -> Iterator[Phrase]:
    """Own visits and stand-bys, in order of time."""
    found = []
    for entry in bench.roster.visits:
        visit = bench.problem.visits[bench.expanded.visit_index[entry.id]]
        for code, seats in (("duty", entry.assigned), ("duty_standby", entry.standbys)):
            for seat in seats:
                role = visit.role(seat.role)
                if seat.volunteer == volunteer and role is not None:
                    found.append(
                        (
                            bench.start(visit) or 0,
                            visit.id,
                            Phrase(
                                code,
                                {
                                    "when": when(bench, visit),
                                    "title": _title(visit),
                                    "role": role_of(bench, role),
                                },
                            ),
                        )
                    )
    return (phrase for _, _, phrase in sorted(found, key=lambda duty: duty[:2]))


def when(bench: Bench, visit: Visit) -> Phrase:
    """When a visit is: its start and end, its due day, or that nobody serves it."""
    start = bench.start(visit)
    if visit.is_goods:
        return Phrase("by_day", {"day": visit.due})
    if start is None:
        return Phrase("not_served_visit", {"visit": visit.id})
    moment = bench.expanded.calendar.moment
    return Phrase("span", {"start": moment(start), "end": f"{moment(start + visit.minutes):%H:%M}"})


def _visits_nearby(bench: Bench, row: int, wish: str | None) -> list[OtherVisit]:
    """The nearest visits somebody is not on, possible ones first."""
    person = bench.scenario.volunteers[row].id
    others = [
        visit
        for visit in bench.problem.visits
        if (wish is None or visit.wish.id == wish)
        and not visit.is_called_off
        and all(person not in bench.crew(visit, role) for role in visit.wish.roles)
    ]
    minutes = bench.problem.eligibility.minutes_there
    rows = np.array([row])
    others.sort(key=lambda visit: (min(int(minutes(visit, role, rows)[0]) for role in visit.wish.roles), visit.id))
    found = [_best_role(bench, visit, row) for visit in others[:VISITS_NEARBY]]
    return sorted(found, key=lambda other: _possible_first(other.candidate))


def _best_role(bench: Bench, visit: Visit, row: int) -> OtherVisit:
    answers = [candidate(bench, visit, role, row) for role in visit.wish.roles]
    best = min(
        answers,
        key=lambda answer: (
            answer.delta is None,
            (0, 0, 0) if answer.delta is None else answer.delta.tiers,
            len(answer.refusals),
        ),
    )
    role = visit.role(best.role)
    assert role is not None
    return OtherVisit(visit.id, when(bench, visit), _title(visit), role_of(bench, role), best)


# --------------------------------------------------------------------------------------------- a wish


def explain_wish(problem: Problem, roster: Roster, wish: str, *, fixes: Fixer | None = None) -> WishExplanation:
    """All visits of a wish, and who has how many turns, or why none. Raises ``BadInput`` if it is not there."""
    bench = Bench(problem, roster)
    if wish not in problem.scenario.wish:
        zh = problem.scenario.program.settings.language == "zh"
        raise BadInput(f"没有心愿“{wish}”" if zh else f'there is no wish "{wish}"')
    numbers = problem.visits_of_wish.get(wish, ())
    visits = [visit for visit in (problem.visits[number] for number in numbers) if not visit.is_called_off]
    served = sum(bench.entry(visit) is not None for visit in visits)
    return WishExplanation(
        language=problem.scenario.program.settings.language,
        wish=wish,
        head=Phrase(
            "wish_head",
            {
                "title": problem.scenario.wish[wish].title or wish,
                "wish": wish,
                "total": len(visits),
                "served": served,
            },
        ),
        visits=tuple(_wish_visit(bench, visit, fixes) for visit in visits),
        people=tuple(_wish_person(bench, visits, row) for row in _people_of_wish(bench, visits)),
    )


def _wish_visit(bench: Bench, visit: Visit, fixes: Fixer | None) -> WishVisit:
    entry = bench.entry(visit)
    crew = tuple(_name(bench, seat.volunteer) for seat in (entry.assigned if entry else ()))
    standbys = tuple(_name(bench, seat.volunteer) for seat in (entry.standbys if entry else ()))
    empty = tuple(
        Phrase(
            "empty_role",
            {
                "role": role_of(bench, role),
                "count": missing,
                "empty": missing,
                "reasons": Joined(
                    tuple(why(code, count, role) for code, count in why_empty(bench, visit, role)[0].most_common())
                ),
            },
        )
        for role in visit.wish.roles
        for missing in [role.count - len(bench.crew(visit, role))]
        if missing > 0
    )
    summary = Phrase(
        "wish_visit_standby" if standbys else "wish_visit" if crew else "wish_visit_nobody",
        {
            "when": when(bench, visit),
            "crew": crew,
            "standbys": standbys,
        },
    )
    lacking = [role for role in visit.wish.roles if len(bench.crew(visit, role)) < role.count]
    return WishVisit(visit.id, summary, empty, tuple(fixes(visit, role) for role in lacking) if fixes else ())


def _people_of_wish(bench: Bench, visits: list[Visit]) -> list[int]:
    """Claimants, or everybody able; those with most turns first."""
    if not visits:
        return []
    wish = visits[0].wish
    claimants = {
        row
        for claim in bench.scenario.claims
        if claim.wish == wish.id and claim.state in ("open", "chosen", "waitlisted")
        for row, person in enumerate(bench.scenario.volunteers)
        if claim.volunteer == person.id or (claim.volunteer is None and claim.team in bench.expanded.teams_of[row])
    }
    crew = bench.problem.crew
    options = [option for visit in visits for option in bench.problem.options_of[bench.expanded.visit_index[visit.id]]]
    able = set(crew.volunteer[np.isin(crew.option, options)].tolist())
    turns = _turns(bench, visits)
    return sorted(claimants or able, key=lambda row: (-turns[row][0], row))[:PEOPLE_PER_WISH]


def _turns(bench: Bench, visits: list[Visit]) -> dict[int, tuple[int, int]]:
    """(new turns, stand-bys) per volunteer."""
    new: Counter[str] = Counter()
    standbys: Counter[str] = Counter()
    for visit in visits:
        entry = bench.entry(visit)
        if entry is not None:
            new.update(seat.volunteer for seat in entry.assigned)
            standbys.update(seat.volunteer for seat in entry.standbys)
    return {row: (new[person.id], standbys[person.id]) for row, person in enumerate(bench.scenario.volunteers)}


def _wish_person(bench: Bench, visits: list[Visit], row: int) -> WishPerson:
    person, wish = bench.scenario.volunteers[row], visits[0].wish
    before = sum(service.volunteer == person.id for service in bench.expanded.done.get(wish.id, ()))
    new, standbys = _turns(bench, visits)[row]
    name = person.name or person.id
    if new or standbys:
        summary = Phrase("wish_turns", {"who": name, "before": before, "new": new, "standbys": standbys})
    else:
        summary = Phrase("wish_no_turn", {"who": name, "what": _why_no_turn(bench, visits, row)})
    return WishPerson(person.id, name, before, new, standbys, summary)


def _why_no_turn(bench: Bench, visits: list[Visit], row: int) -> Joined:
    """How often somebody could be on the wish and what that would cost at best; else what stands in the way."""
    blocked: Counter[str] = Counter()
    possible = []
    for visit in visits[:VISITS_PER_WISH]:
        answer = _best_role(bench, visit, row)
        if answer.candidate.delta is not None:
            possible.append((answer.candidate.delta.tiers, visit.order, answer))
        else:
            blocked.update(sorted({refusal.rule for refusal in answer.candidate.refusals}))
    phrases = [
        Phrase("times_blocked", {"number": count, "what": Phrase(f"short_{rule}")})
        for rule, count in blocked.most_common()
    ]
    if possible:
        best = min(possible, key=lambda one: one[:2])[2]
        phrases.insert(
            0,
            Phrase(
                "times_possible",
                {
                    "count": len(possible),
                    "when": best.when,
                    "delta": best.candidate.delta,
                },
            ),
        )
    return Joined(tuple(phrases))
