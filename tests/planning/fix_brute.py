"""Brute force over fixes of one empty seat in tiny worlds: every joiner, every handover, every few changes of facts.

It shares with the search the table of prices and nothing else: facts are changed as plain values, and the judge has the whole say.
"""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from itertools import combinations, product
from random import Random

from matcher.domain.scenario import Scenario
from matcher.planning.fix_steps import RATES
from matcher.problem.check import check
from matcher.problem.problem import Problem
from matcher.problem.roster import Roster

HALVES = (("08:00", "12:00"), ("14:00", "18:00"), ("19:00", "21:00"))
DAYS = ("2026-12-04", "2026-12-05", "2026-12-06")
NEW, OTHER_NEW = "new-1", "new-2"
MOST_STEPS = 3


def world(seed):
    """(facts as plain values, roster, visit id): a few people and visits of an hour, and one visit nobody serves."""
    rng = Random(seed)
    people = [_person(rng, f"p{number}") for number in range(rng.randint(2, 4))]
    wishes = [_wish(rng, f"w{number}") for number in range(rng.randint(2, 4))]
    facts = {
        "program": {"name": "小镇", "as_of": "2026-12-01T09:00:00+08:00", "window": {"start": DAYS[0], "end": DAYS[-1]},
                    "settings": {"default_limits": {"visits_per_day": 2, "visits_per_week": 3}}},
        "places": [{"id": "hall"}, *({"id": f"home-{own['id']}"} for own in people)],
        "travel_times": [
            {"origin": f"home-{own['id']}", "destination": "hall", "minutes": rng.choice((10, 25, 35))} for own in people
        ],
        "volunteers": people, "wishes": wishes,
        "claims": [
            {"id": f"c-{wish['id']}-{own['id']}", "wish": wish["id"], "volunteer": own["id"], "at": "2026-11-30T09:00:00+08:00",
             "state": rng.choice(("chosen", "waitlisted", "withdrawn"))}
            for wish in wishes if wish.get("claimants_only") for own in people if rng.random() < 0.7
        ],
    }
    target = wishes[0]["id"]
    problem = Problem.of(Scenario.model_validate(facts))
    entries = []
    for visit in problem.visits:
        if visit.wish.id == target:
            continue
        for crew in rng.sample([*combinations([own["id"] for own in people], visit.seats)], 1):
            entry = _entry(problem, visit, rng.choice(visit.starts(60)), crew)
            if check(problem.expanded, _roster(problem, [*entries, entry])).valid:
                entries.append(entry)
    name = next(visit.id for visit in problem.visits if visit.wish.id == target)
    if entries and rng.random() < 0.3:
        told = rng.choice(entries)
        facts["published"] = [
            {"visit": told["id"], "start": told["start"].isoformat(), "role": own["role"], "volunteer": own["volunteer"]}
            for own in told["assigned"]
        ]
    return facts, entries, name


def _person(rng, name):
    limits = {}
    if rng.random() < 0.4:
        limits["visits_per_week"] = 1
    elif rng.random() < 0.3:
        limits["visits_per_day"] = 1
    if rng.random() < 0.4:
        limits["max_travel_minutes"] = 20
    free = [{"days": rng.choice(("any", "SA", "FR,SU", "SU")), "start": "08:00", "end": "21:00"}]
    return {
        "id": name, "name": name, "home": f"home-{name}", "prior_visits": rng.choice((0, 9)), "limits": limits,
        "availability": free, "skills": [{"name": "急救", "level": rng.choice((1, 2))}] if rng.random() < 0.6 else [],
    }


def _wish(rng, name):
    day, hour = rng.choice(DAYS), "09:00" if rng.random() < 0.8 else "15:00"
    when = {"at": [f"{day}T{hour}:00+08:00"]}
    if rng.random() < 0.3:
        when = {"windows": [{"dates": rng.sample(DAYS, 2), "start": hour, "end": f"{int(hour[:2]) + 1}:00"}]}
    roles = [{"id": "r", "count": 2 if rng.random() < 0.2 else 1,
              "skills": [{"name": "急救", "level": 2}] if rng.random() < (0.7 if name == "w0" else 0.2) else []}]
    return {
        "id": name, "kind": "event", "place": "hall", "minutes": 60, "recurrence": when, "roles": roles,
        "claimants_only": rng.random() < 0.2,
    }


def _entry(problem, visit, start, crew):
    moment = problem.expanded.calendar.moment
    return {
        "id": visit.id, "wish": visit.wish.id, "start": moment(start), "end": moment(start + visit.minutes),
        "assigned": [{"role": "r", "volunteer": who} for who in crew],
    }


def _roster(problem, entries):
    return Roster(program="小镇", scenario=problem.scenario.fingerprint, visits=tuple(entries))


def roster_of(facts, entries):
    """The problem and its roster."""
    problem = Problem.of(Scenario.model_validate(facts))
    return problem, _roster(problem, entries)


# --------------------------------------------------------------------------------------------- changes


class Change:
    """One change of facts with its price; ``make`` writes it into a copy of them."""

    def __init__(self, kind, amount, make):
        self.kind, self.price, self.make = kind, RATES[kind].of(amount), make


def _limit(person, name, value):
    def make(facts):
        _by_id(facts["volunteers"], person).setdefault("limits", {})[name] = value
    return make


def _by_id(rows, name):
    return next(own for own in rows if own["id"] == name)


def asked_of(facts, entries, person, wish, day, half):
    """What could be asked of one person for one more visit, as far as it is not given already."""
    own = _by_id(facts["volunteers"], person)
    limits = facts["program"]["settings"]["default_limits"] | own["limits"]
    minutes = next(leg["minutes"] for leg in facts["travel_times"] if leg["origin"] == own["home"])
    most = limits.get("max_travel_minutes", 60)
    if minutes > most:
        yield Change("reach", minutes - most, _limit(person, "max_travel_minutes", minutes))
    there = [entry["start"].date() for entry in entries if any(seat["volunteer"] == person for seat in entry["assigned"])]
    # All days lie in one week but Friday, Saturday and Sunday do: 4 to 6 December is one ISO week.
    for name, load in (("visits_per_day", there.count(day)), ("visits_per_week", len(there)), ("visits_per_month", len(there))):
        low = limits.get(name, 4)
        for value in range(low + 1, load + 2):
            yield Change(name, value - low, _limit(person, name, value))
    if not any(_covers(rule, day) for rule in own["availability"]):
        rule = {"since": day.isoformat(), "until": day.isoformat(), "start": half[0], "end": half[1]}
        yield Change("availability", 60, lambda facts: _by_id(facts["volunteers"], person)["availability"].append(rule))
    yield from _claims(facts, person, wish)


def _covers(rule, day):
    return rule["days"] == "any" or ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[day.weekday()] in rule["days"]


def _claims(facts, person, wish):
    if not _by_id(facts["wishes"], wish).get("claimants_only"):
        return
    claims = [own for own in facts["claims"] if own["wish"] == wish]
    mine = [own for own in claims if own["volunteer"] == person]
    state = "chosen" if any(own["state"] == "chosen" for own in claims) else "open"
    if not mine:
        new = {"id": f"asked-{person}", "wish": wish, "volunteer": person, "at": "2026-12-01T09:00:00+08:00", "state": state}
        yield Change("claim", 0, lambda facts: facts["claims"].append(new))
    elif mine[0]["state"] == "waitlisted":
        yield Change("promoted", 0, lambda facts: _by_id(facts["claims"], mine[0]["id"]).update(state=state))


def of_wish(facts, wish, seats):
    """What the wish itself could ask less of."""
    for need in _by_id(facts["wishes"], wish)["roles"][0]["skills"]:
        for level in range(1, need["level"]):
            def lower(facts, level=level):
                _by_id(facts["wishes"], wish)["roles"][0]["skills"][0]["level"] = level
            yield Change("level", need["level"] - level, lower)
    if seats > 1:
        yield Change("partial", 0, lambda facts: _by_id(facts["wishes"], wish).update(partial=True))


def times(facts, problem, visit):
    """(change or None, start): the times asked for, and each hour of each half-day otherwise."""
    moment = problem.expanded.calendar.moment
    asked = [moment(start) for start in visit.starts(15)]
    yield from ((None, start) for start in asked)
    if any(seat["visit"] == visit.id for seat in facts.get("published", [])):
        return
    days = {start.date() for start in asked}
    for day, (low, high) in product(DAYS, HALVES):
        for hour in range(int(low[:2]), int(high[:2])):
            start = datetime.fromisoformat(f"{day}T{hour:02d}:00:00+08:00")
            if start not in asked:
                away = min(abs((start.date() - own).days) for own in days)
                yield Change("time", away, _at(visit.wish.id, start)), start


def _at(wish, start):
    def make(facts):
        when = _by_id(facts["wishes"], wish)["recurrence"]
        if "at" in when:
            when["at"] = [start.isoformat()]
        else:
            when["windows"].append({"dates": [start.date().isoformat()], "at": f"{start:%H:%M}"})
    return make


def new_people(facts, wish, day, half, name=NEW):
    """Somebody new with just what is asked for; with experience or without."""
    own = _by_id(facts["wishes"], wish)
    for kind, visits in (("volunteer", 0), ("experienced", 3)):
        def make(facts, visits=visits):
            role = _by_id(facts["wishes"], wish)["roles"][0]
            facts["volunteers"].append({
                "id": name, "home": "hall", "prior_visits": visits, "skills": copy.deepcopy(role["skills"]),
                "availability": [{"since": day.isoformat(), "until": day.isoformat(), "start": half[0], "end": half[1]}],
            })
            if own.get("claimants_only"):
                any_chosen = any(c["wish"] == wish and c["state"] == "chosen" for c in facts["claims"])
                facts["claims"].append({
                    "id": f"c-{name}", "wish": wish, "volunteer": name, "at": "2026-12-01T09:00:00+08:00",
                    "state": "chosen" if any_chosen else "open",
                })
        yield Change(kind, 60, make)


# --------------------------------------------------------------------------------------------- the search


def cheapest(facts, entries, name, below=1 << 20):
    """The least price below a given one at which the one empty seat (or whole crew) can be filled, or None."""
    problem, _ = roster_of(facts, entries)
    visit = problem.visits[problem.expanded.visit_index[name]]
    before = {seat["id"]: len(seat["assigned"]) for seat in entries}
    best = below
    for timing, start in times(facts, problem, visit):
        half = next(own for own in HALVES if own[0] <= f"{start:%H:%M}" < own[1])
        less = list(of_wish(facts, visit.wish.id, visit.seats))
        for whole in (list(own) for count in range(3) for own in combinations(less, count)):
            seats = 1 if any(own.kind == "partial" for own in whole) else visit.seats
            fixed = [*whole, *([timing] if timing else [])]
            if seats > 1:
                best = min(best, _crews(facts, entries, visit, start, half, fixed, best, before))
                continue
            for joiner in (*(own["id"] for own in facts["volunteers"]), NEW):
                for given in _handovers(facts, entries, joiner, name):
                    price = sum(own.price for own in fixed) + 3 * len(given)
                    if price >= best:
                        continue
                    best = min(best, _tried(
                        facts, entries, visit, start, half, joiner, given, fixed, price, best, before
                    ))
    return None if best >= below else best


def _crews(facts, entries, visit, start, half, fixed, best, before):
    """The least price at which two people, known or new, fill both seats; nobody gives anything away."""
    names = [own["id"] for own in facts["volunteers"]]
    changes_of = {
        name: list(asked_of(facts, entries, name, visit.wish.id, start.date(), half)) for name in names
    }
    for new in (NEW, OTHER_NEW):
        changes_of[new] = list(new_people(facts, visit.wish.id, start.date(), half, new))
    for crew in combinations((*names, NEW, OTHER_NEW), 2):
        for some in product(*(_few(changes_of[name], name) for name in crew)):
            changes = (*fixed, *(change for own in some for change in own))
            price = sum(change.price for change in changes)
            if price < best and _is_valid(facts, entries, visit, start, crew, changes, before):
                best = price
    return best


def _few(changes, name):
    """Every few of somebody's changes; somebody new is one or the other."""
    sizes = (1,) if name in (NEW, OTHER_NEW) else range(MOST_STEPS + 1)
    return [some for count in sizes for some in combinations(changes, count)]


def _handovers(facts, entries, joiner, name):
    mine = [entry for entry in entries if any(seat["volunteer"] == joiner for seat in entry["assigned"])]
    people = [own["id"] for own in facts["volunteers"] if own["id"] != joiner]
    yield ()
    for count in (1, 2):
        for group in combinations(mine, count):
            for others in product(people, repeat=count):
                if len(set(others)) == count:
                    yield tuple((entry["id"], other) for entry, other in zip(group, others))


def _tried(facts, entries, visit, start, half, joiner, given, fixed, price, best, before):
    """The price with the fewest further changes, or ``best``."""
    roster, asked = copy.deepcopy(entries), []
    for name, other in given:
        entry = _by_id(roster, name)
        if any(seat["volunteer"] == other for seat in entry["assigned"]):
            return best
        next(seat for seat in entry["assigned"] if seat["volunteer"] == joiner)["volunteer"] = other
        begins = entry["start"]
        part = next(own for own in HALVES if own[0] <= f"{begins:%H:%M}" < own[1])
        asked += list(asked_of(facts, entries, other, entry["wish"], begins.date(), part))
    if joiner == NEW:
        asked += list(new_people(facts, visit.wish.id, start.date(), half))
    else:
        asked += list(asked_of(facts, roster, joiner, visit.wish.id, start.date(), half))
    # Steps about the wish are shared by the whole crew; those for the seat are counted.
    for count in range(MOST_STEPS - len(given) + 1):
        for changes in combinations(asked, count):
            total = price + sum(own.price for own in changes)
            if total < best and _is_valid(facts, roster, visit, start, (joiner,), (*fixed, *changes), before):
                best = total
    return best


def _is_valid(facts, entries, visit, start, crew, changes, before):
    changed = copy.deepcopy(facts)
    for change in changes:
        change.make(changed)
    if not set(crew) <= {own["id"] for own in changed["volunteers"]}:
        return False
    scenario = Scenario.model_validate(changed)
    name = visit.id
    if "at" in _by_id(facts["wishes"], visit.wish.id)["recurrence"]:
        name = f"{visit.wish.id}/{start:%Y-%m-%dT%H%M}"
    entry = {"id": name, "wish": visit.wish.id, "start": start, "end": start + timedelta(minutes=visit.minutes),
             "assigned": [{"role": "r", "volunteer": who} for who in crew]}
    report = check(scenario, Roster(program="小镇", scenario="", visits=(*entries, entry)))
    return report.valid and all(len(own["assigned"]) == before[own["id"]] for own in entries)


