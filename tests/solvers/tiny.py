"""Random tiny scenarios, a family per rule, term and kind of wish: so small that every roster can be tried.

A family draws what its subject needs from a seeded generator, and adds a little of everything else, so
that subjects meet. ``scenario("rotation", 7)`` is always the same scenario.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import Any, get_args

from matcher.domain.scenario import Scenario
from matcher.domain.settings import SoftRule
from matcher.problem.expand import expand

_ZONE = timezone(timedelta(hours=8))
_MONDAY = date(2026, 3, 2)
Facts = dict[str, Any]


def scenario(family: str, seed: int) -> Scenario:
    """The scenario of a family and seed."""
    draft = Draft(Random(f"{family} {seed}"))
    FAMILIES[family](draft)
    return draft.scenario()


def day(number: int) -> str:
    """The day that many days after Monday 2026-03-02."""
    return str(_MONDAY + timedelta(days=number))


def at(number: int, hour: float) -> str:
    """A local time on ``day(number)``; 25.5 is half past one the next night."""
    midnight = datetime.combine(_MONDAY + timedelta(days=number), datetime.min.time(), _ZONE)
    return (midnight + timedelta(minutes=round(60 * hour))).isoformat()


def clock(hour: float) -> str:
    """``HH:MM``."""
    return f"{int(hour):02d}:{round(60 * (hour % 1)):02d}"


def free(days: str = "any", start: str = "08:00", end: str = "20:00", kind: str = "available") -> Facts:
    """A repeating stretch of time."""
    return {"days": days, "start": start, "end": end, "kind": kind}


class Draft:
    """A scenario in the making: three people, four places, two residents, two teams, and no wish yet."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.program: Facts = {
            "name": "tiny", "holidays": None, "as_of": at(0, 6), "window": {"start": day(0), "end": day(13)},
        }
        self.settings: Facts = {
            "step_minutes": 60, "newcomer_visits": 0, "language": "en",
            "default_limits": {
                "visits_per_day": 1, "visits_per_week": 3, "visits_per_month": 6, "max_travel_minutes": 90,
            },
        }
        self.facts: dict[str, list[Facts]] = defaultdict(list)
        for number in range(4):
            self.facts["places"].append({
                "id": f"p{number}", "lat": 23.1 + rng.randint(0, 40) / 1000, "lon": 114.4 + rng.randint(0, 40) / 1000,
                "crs": "wgs84", "community": rng.choice("ab"), "grid": rng.choice("12"), "building": rng.choice("xy"),
            })
        for number in range(2):
            self.facts["residents"].append({"id": f"r{number}", "home": f"p{number}"})
        self.facts["teams"] += [{"id": "t0", "communities": rng.choice([[], ["a"]])}, {"id": "t1", "parent": None}]
        for _ in range(3):
            self.person()

    # ------------------------------------------------------------------------------------- chances

    def chance(self, likely: float = 0.5) -> bool:
        return self.rng.random() < likely

    def pick(self, choices: Any) -> Any:
        return self.rng.choice(list(choices))

    def some(self, choices: Any, likely: float = 0.5) -> list[Any]:
        return [choice for choice in choices if self.chance(likely)]

    @property
    def people(self) -> list[Facts]:
        return self.facts["volunteers"]

    @property
    def names(self) -> list[str]:
        return [person["id"] for person in self.people]

    def anybody(self) -> str:
        return str(self.pick(self.names))

    # --------------------------------------------------------------------------------------- facts

    def person(self, **more: Any) -> Facts:
        """One volunteer more, free nearly every day."""
        number = len(self.people)
        person = {
            "id": f"v{number}", "home": f"p{self.rng.randint(0, 3)}", "gender": self.pick(["female", "male"]),
            "team": self.pick(["t0", "t1", None]), "travel_mode": self.pick(["car", "bus", "walking"]),
            "availability": [free(self.pick(["any", "any", "MO,TU,WE,TH,FR", "TU,TH,SA,SU"]))],
            "limits": {}, **more,
        }
        self.people.append(person)
        return person

    def wish(self, kind: str = "visit", **more: Any) -> Facts:
        """One wish more; a visit of an hour unless said otherwise."""
        number = len(self.facts["wishes"])
        wish: Facts = {"id": f"w{number}", "kind": kind, "priority": self.rng.randint(2, 4), "staffing": {}}
        if kind in ("visit", "escort", "goods"):
            wish["resident"] = f"r{self.rng.randint(0, 1)}"
        if kind == "escort":
            wish |= {"origin": "p0", "destination": self.pick(["p2", "p3"])}
            wish |= {"stay_minutes": 30, "return": self.chance()}
        if kind == "event":
            wish["place"] = self.pick(["p0", "p1", "p2", "p3"])
        if self.chance():
            wish["submitted"] = day(-self.rng.randint(0, 150))
        wish |= more
        self.facts["wishes"].append(wish)
        return wish

    def fixed(self, *starts: tuple[int, float]) -> Facts:
        """A recurrence at fixed (day, hour)s."""
        return {"at": [at(*start) for start in starts]}

    def any_of(self, days: list[int], first: float, last: float) -> Facts:
        """One visit on one of these days within these hours."""
        return {"windows": [{"dates": [day(number) for number in days], "start": clock(first), "end": clock(last)}]}

    def weekly(self, times: int, weekdays: str, first: float, last: float, **more: Any) -> Facts:
        """So many times a week within these hours."""
        window = {"days": weekdays, "start": clock(first), "end": clock(last)}
        return {"times": times, "per": "week", "windows": [window], **more}

    def done(self, wish: str | None, volunteer: str, days_ago: int, **more: Any) -> None:
        """A visit served that many days ago."""
        self.facts["history"].append({
            "wish": wish, "visit": f"{wish}/{day(-days_ago)}T1000" if wish else None, "volunteer": volunteer,
            "start": at(-days_ago, 10), "minutes": 60, **more,
        })

    def tell(self, visit: str, volunteer: str, start: str | None, **more: Any) -> None:
        """A seat people have been told about."""
        seat = {"visit": visit, "volunteer": volunteer, "role": "helper", "start": start}
        self.facts["published"].append(seat | more)

    def pin(self, visit: str, **more: Any) -> None:
        self.facts["pins"].append({"visit": visit, **more})

    def claim(self, wish: str, state: str, **who: Any) -> None:
        number = len(self.facts["claims"])
        self.facts["claims"].append({"id": f"c{number}", "wish": wish, "state": state, "at": at(-5, 20), **who})

    def limit(self, **limits: Any) -> None:
        """The same limits for everybody, or nearly."""
        for person in self.people:
            person["limits"] = {**person["limits"], **limits}

    def a_little_of_everything(self) -> None:
        """Past visits, likes and dislikes, so that seats differ in price."""
        for name in self.names:
            for _ in range(self.rng.randint(0, 2)):
                self.done(None, name, self.rng.randint(8, 170))
        for resident in self.facts["residents"]:
            if self.chance(0.2):
                resident["preferred"] = self.some(self.names)
        for person in self.people:
            if self.chance(0.2):
                person["dislikes"] = [self.pick(["visit", "event", "escort", "w0", "r0"])]
            if self.chance(0.2):
                kind = self.pick(["undesired", "preferred"])
                person["availability"].append(free("any", "09:00", "11:00", kind))
            if self.chance(0.2):
                person["limits"] = {"least_visits_per_month": self.pick([1, 1, 2]), **person["limits"]}

    def scenario(self) -> Scenario:
        self.a_little_of_everything()
        return self.as_it_is()

    def as_it_is(self) -> Scenario:
        return Scenario(program={**self.program, "settings": self.settings}, **self.facts)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------ where and when


def one_place(d: Draft) -> None:
    """Visits close together in time, for people who may do several a day."""
    d.limit(visits_per_day=3)
    for _ in range(3):
        hour = d.rng.randint(8, 10)
        free_start, fixed = d.any_of([1], hour, hour + d.pick([1, 2, 3])), d.fixed((1, hour + d.pick([0, 0.5])))
        d.wish(recurrence=free_start if d.chance(0.6) else fixed)


def two_starts(d: Draft) -> None:
    """More people than seats and several starts: a visit takes place once only."""
    for _ in range(2):
        d.wish(partial=d.chance(), recurrence=d.any_of(d.some([1, 2, 3]) or [1], 9, d.pick([11, 12])))
    if d.chance():
        # Nobody can, so that serving another visit twice would seem to make up for it.
        d.wish(roles=[{"skills": [{"name": "magic"}]}], recurrence=d.fixed((1, 9)))


def by_car(d: Draft) -> None:
    """Escorts and visits that need a vehicle, after others that do not."""
    d.limit(visits_per_day=2)
    for person in d.people:
        person["travel_mode"] = d.pick(["bus", "walking"])
        if d.chance(0.8):
            person["vehicle"] = {"seats": d.rng.randint(1, 4), "wheelchair": d.chance()}
            if d.chance(0.3):
                person["vehicle"]["availability"] = [{"start": "08:00", "end": d.pick(["10:00", "12:00"])}]
    driver = {"id": "driver", "vehicle": {"seats": d.pick([1, 1, 3]), "wheelchair": d.chance(0.2)}}
    d.wish("escort", roles=[driver], recurrence=d.fixed((1, 8)))
    roles = [driver] if d.chance() else [{}]
    d.wish("escort", roles=roles, recurrence=d.any_of([1], 9, 14), travel_mode=d.pick(["bus", None]))
    d.wish(recurrence=d.fixed((1, d.pick([9, 9.5, 10, 11]))))


def long_events(d: Draft) -> None:
    """Events of a night or of days, and what else falls into them."""
    d.limit(visits_per_day=2, visits_per_week=6)
    for person in d.people:
        person["availability"] = [free("any", "00:00", "24:00")]
    d.wish("event", minutes=d.pick([600, 1500, 3000]), recurrence=d.fixed((1, d.pick([9, 20, 22]))))
    d.wish(recurrence=d.fixed((2, d.pick([0, 9])), (3, d.pick([0.5, 10, 21]))))
    d.wish(minutes=d.pick([60, 300]), recurrence=d.fixed((1, 23)))


def nights(d: Draft) -> None:
    """Visits around midnight, also where the clocks change."""
    if d.chance():
        d.program |= {"timezone": "Europe/Berlin", "window": {"start": "2026-03-27", "end": "2026-03-30"}}
    dates = [26, 27] if "timezone" in d.program else [1, 2]
    d.limit(visits_per_day=d.pick([1, 2]), max_travel_minutes=None)
    for person in d.people:
        person["availability"] = [free(d.pick(["any", "FR,SA,TU", "SU,WE"]), "20:00", d.pick(["04:00", "08:00"]))]
    for _ in range(2):
        window = {"dates": [day(number) for number in dates], "start": d.pick(["22:00", "23:30"]), "end": "02:00"}
        d.wish(recurrence={"windows": [window]})
    late = {"dates": [day(dates[1])], "at": d.pick(["00:30", "02:30", "23:00"])}
    d.wish(minutes=d.pick([30, 90]), recurrence={"windows": [late]})


def outside_plan(d: Draft) -> None:
    """Published seats of visits the plan does not contain: they take time and count."""
    d.limit(visits_per_day=d.pick([1, 2, 3]), visits_per_week=d.pick([1, 2, 4]))
    d.limit(min_rest_minutes=d.pick([None, None, 90]))
    d.wish(id="gone", state="closed", place="p3", recurrence=d.fixed((1, 9)))
    for _ in range(d.rng.randint(1, 3)):
        standby = d.chance(0.4)
        hour = d.pick([8, 9, 10])
        end = at(1, hour + d.pick([0.5, 1, 3])) if d.chance() else None
        d.tell(d.pick(["gone/1", "other/1"]), d.anybody(), at(1, hour), end=end, standby=standby)
    for _ in range(2):
        hour = d.rng.randint(8, 9)
        staffing = {"standbys": d.pick([0, 0, 1])}
        d.wish(staffing=staffing, recurrence=d.any_of([1, 2] if d.chance(0.3) else [1], hour, hour + d.pick([1, 2])))


# ---------------------------------------------------------------------------------------------- limits


def visit_limits(d: Draft) -> None:
    """Few visits per day, week and month, some of them done already."""
    d.program["as_of"] = at(2, 6)
    d.limit(visits_per_day=d.pick([1, 2]), visits_per_week=d.pick([1, 2]), visits_per_month=d.pick([1, 2, 3]))
    d.facts["wishes"].clear()
    d.wish(recurrence=d.fixed((3, 9), (3, 14)))
    d.wish(recurrence=d.fixed((3, 17), (d.pick([4, 8]), 9)))
    for name in d.some(d.names):
        d.done(None, name, -d.pick([0, 1]))


def minute_limits(d: Draft) -> None:
    """Few minutes per day, week or month."""
    unit = d.pick(["day", "week", "month"])
    d.limit(visits_per_day=3, **{f"minutes_per_{unit}": d.pick([60, 90, 120])})
    if d.chance(0.3):
        d.pick(d.people)["limits"][f"minutes_per_{unit}"] = d.pick([0, 45])
    if d.chance(0.5):
        d.done("w0", d.anybody(), 0, start=at(0, 5), visit=None)
    for hour in (8, 12, 16):
        d.wish(minutes=d.pick([30, 45, 60, 90]), recurrence=d.fixed((d.pick([0, 0, 2]), hour)))
    if d.chance(0.4):
        d.wish("goods", due=day(d.pick([0, 1])))


def rest_days(d: Draft) -> None:
    """Weeks with days of rest, some days taken already."""
    d.program["as_of"] = at(2, 6)
    d.limit(rest_days=d.pick([4, 5, 6]), visits_per_day=2, visits_per_week=None, visits_per_month=None)
    d.wish(recurrence=d.fixed((3, 9), (4, 9)))
    d.wish(recurrence=d.any_of([d.pick([3, 4]), 5], 10, 12))
    if d.chance(0.4):
        d.wish("goods", due=day(4))
    for name in d.some(d.names):
        for days_ago in d.some([-1, 0], 0.7):
            d.done(None, name, days_ago)


def min_rest(d: Draft) -> None:
    """Rest between visits, of hours or overnight."""
    d.limit(visits_per_day=3, min_rest_minutes=d.pick([60, 120, 900, 1600]))
    d.wish(recurrence=d.fixed((1, 9), (1, d.pick([11, 12]))))
    d.wish(recurrence=d.any_of([1, 2], d.pick([9, 10]), 12))


def least_load(d: Draft) -> None:
    """Everybody should have a visit or two a month, over two months; the months' ends count apart."""
    d.program["window"] = {"start": day(26), "end": day(34)}
    d.limit(least_visits_per_month=d.pick([1, 2]))
    d.wish(recurrence=d.fixed((27, 9), (28, 9)))
    d.wish(recurrence=d.any_of([29, 30], 9, 10))
    for name in d.some(d.names, 0.3):
        d.tell("other/1", name, at(1, 9))


# ------------------------------------------------------------------------------------------------ crews


def crews(d: Draft) -> None:
    """Several roles with several seats."""
    d.person()
    skilled = {"id": "skilled", "skills": [{"name": "haircut", "level": 2}], "count": d.pick([1, 1, 2])}
    for person in d.people:
        if d.chance(0.7):
            valid_until = d.pick([None, day(1), day(3)])
            person["skills"] = [{"name": "haircut", "level": d.pick([1, 2, 3]), "valid_until": valid_until}]
    d.wish("event", roles=[skilled, {"id": "helper", "count": d.pick([1, 2])}], recurrence=d.fixed((2, 9)), minutes=120)
    d.wish("event", roles=[{"count": 2}], recurrence=d.any_of([1, 2], 9, 10))


def partial_crews(d: Draft) -> None:
    """Events for which some helpers are better than none, and more people than seats."""
    d.person()
    roles = [{"id": "helper", "count": d.pick([1, 2])}, {"id": "guide", "count": 1, "language": d.pick([None, "hak"])}]
    for person in d.people:
        person["languages"] = d.some(["hak"])
    d.wish("event", partial=True, roles=roles, recurrence=d.fixed((2, 9)), minutes=120)
    staffing = {"standbys": d.pick([0, 0, 1])}
    d.wish("event", partial=True, roles=[{"count": 2}], staffing=staffing, recurrence=d.fixed((2, d.pick([10, 14]))))


def one_team(d: Draft) -> None:
    """Crews from one team."""
    d.person(team="t0")
    d.person(team="t1")
    d.wish("event", as_one_team=True, partial=d.chance(), roles=[{"count": 2}], recurrence=d.fixed((2, 9)))
    d.wish("event", as_one_team=d.chance(0.7), roles=[{"count": d.pick([1, 2])}], recurrence=d.fixed((2, 14)))


def newcomers(d: Draft) -> None:
    """Newcomers along with the experienced, seats for the experienced."""
    d.settings["newcomer_visits"] = 3
    for person in d.people:
        person["prior_visits"] = d.pick([0, 0, 1, 5])
        person["team"] = d.pick(["t0", "t0", "t1"])
    if d.chance(0.6):
        d.person(prior_visits=0)
    d.wish("event", partial=d.chance(), roles=[{"count": 2}], recurrence=d.fixed((2, 9)))
    staffing = {"standbys": d.pick([0, 1])}
    d.wish("event", roles=[{"experienced": d.chance(0.7)}], staffing=staffing, recurrence=d.fixed((3, 9)))


# --------------------------------------------------------------------------------- repeating wishes


def least_gap(d: Draft) -> None:
    """Visits that must not lie too close, the last done included."""
    gap = d.pick([None, 0, 2, 3, 4])
    wish = d.wish(recurrence=d.weekly(2, d.pick(["MO,WE,FR", "TU,TH,SA", "MO,TU,FR,SU"]), 9, 10, min_gap_days=gap))
    d.program["window"]["end"] = day(d.pick([6, 9]))
    if d.chance(0.6):
        d.done("w0", d.anybody(), d.pick([1, 2, 3]))
    if d.chance(0.4):
        wish["recurrence"]["except_dates"] = [day(d.pick([2, 4]))]
    for person in d.people[1:]:
        person["availability"] = [free(d.pick(["MO,TU,FR,SA", "WE,SU"]))]


def months(d: Draft) -> None:
    """Visits per month, in weeks that two months share."""
    d.program["window"] = {"start": day(23), "end": day(37)}
    d.limit(visits_per_month=d.pick([1, 2]), visits_per_week=d.pick([1, 2]))
    gaps = {"min_gap_days": d.pick([1, 5, 8]), "max_gap_days": d.pick([None, 10])}
    windows = [{"days": "MO,WE", "start": "09:00", "end": "10:00"}, {"dates": [day(32)], "at": "14:00"}]
    d.wish(recurrence={"times": 1, "per": "month", "windows": windows, **gaps})
    d.wish(recurrence=d.fixed((29, 9), (30, 9)))
    for name in d.some(d.names):
        d.done(d.pick([None, "w0"]), name, d.pick([1, 2, 20]))


def most_gap(d: Draft) -> None:
    """Visits that must not lie too far apart."""
    d.program["window"] = {"start": day(0), "end": day(20)}
    d.wish(recurrence=d.weekly(1, "MO,TH,SU", 9, 10, min_gap_days=d.pick([1, 3]), max_gap_days=d.pick([4, 6, 8])))
    if d.chance(0.6):
        d.done("w0", d.anybody(), d.pick([1, 3, 6]))
    for person in d.people:
        person["availability"] = [free(d.pick(["MO,TH", "TH,SU", "MO,SU"]))]
        if d.chance():
            person["unavailable"] = [{"start": at(7, 0), "end": at(14, 0)}]


def rotation(d: Draft) -> None:
    """Turns, and one person who costs less than all others."""
    policy = {"policy": "rotate", "standbys": d.pick([0, 0, 1])}
    starts = [(1, 9), (3, 9), (5, 9)][:d.pick([2, 3])]
    d.wish(staffing=policy, roles=[{"count": d.pick([1, 1, 2])}], recurrence=d.fixed(*starts))
    for resident in d.facts["residents"]:
        resident["preferred"] = ["v0"]
    if d.chance():
        d.done("w0", d.anybody(), d.pick([3, 10]))
    if d.chance(0.4):
        d.people[2]["availability"] = [free("TH")]


def rolling_turns(d: Draft) -> None:
    """At most so many turns within so many days, past turns included."""
    d.program["window"] = {"start": day(0), "end": day(27)}
    staffing = {"policy": "rotate", "max_turns": d.pick([1, 1, 2]), "turns_days": d.pick([8, 15, 22])}
    d.wish(staffing=staffing, recurrence=d.fixed((1, 9), (8, 9), (15, 9)))
    for _ in range(d.rng.randint(0, 3)):
        d.done("w0", d.anybody(), d.pick([2, 6, 13]), stepped_in=d.chance(0.3))
    for person in d.people:
        person["availability"] = [free()]


def few_faces(d: Draft) -> None:
    """At most so many different people, of whom some were there before."""
    d.program["window"] = {"start": day(0), "end": day(27)}
    staffing = {"policy": d.pick(["steady", "rotate", "any"]), "max_helpers": d.pick([1, 1, 2])}
    staffing["turns_days"] = d.pick([5, 12, 30])
    d.wish(staffing=staffing, recurrence=d.fixed((1, 9), (8, 9), (15, 9)))
    for _ in range(d.rng.randint(0, 2)):
        d.done("w0", d.anybody(), d.pick([2, 6, 13]))
    for person in d.people:
        person["availability"] = [free()]


def steady(d: Draft) -> None:
    """The same faces, known ones free of charge."""
    d.wish(staffing={"policy": "steady", "turns_days": d.pick([20, 365])}, recurrence=d.fixed((1, 9), (3, 9), (8, 9)))
    d.wish(recurrence=d.fixed((3, 10)))
    for _ in range(d.rng.randint(0, 2)):
        d.done("w0", d.anybody(), d.pick([4, 30]))


def pairs(d: Draft) -> None:
    """Paired volunteers, who sometimes can come, and sometimes only once."""
    d.limit(visits_per_week=d.pick([1, 3]))
    d.settings["weights"] = {"pairing_broken": d.pick([0, 200])}  # the rule must do without the price
    staffing = {"policy": "pair", "standbys": d.pick([0, 1])}
    d.wish(resident="r0", staffing=staffing, recurrence=d.any_of([1, 2], 9, d.pick([10, 11])))
    d.wish(resident="r1", staffing={"policy": "pair"}, roles=[{"count": d.pick([1, 2])}], recurrence=d.fixed((3, 9)))
    for resident in ("r0", "r1"):
        for name in d.some(d.names, 0.2) or [d.anybody()]:
            d.facts["pairings"].append({"volunteer": name, "resident": resident})
    for person in d.people:
        if d.chance(0.6):
            person["availability"] = [free(d.pick(["TU", "TH", "SA"]))]
    if d.chance(0.3):
        d.facts["declines"].append({"visit": "w0/1", "volunteer": d.anybody()})
    if d.chance(0.2):
        d.pin("w1/2026-03-05T0900", volunteer=d.anybody(), never=True)


# ------------------------------------------------------------------------------- promises and decisions


def published(d: Draft) -> None:
    """Seats told to people, some of which no longer work."""
    d.settings["weights"] = {"published_seat": d.pick([0, 100]), "published_time": d.pick([0, 100])}
    staffing = {"standbys": d.pick([0, 1])}
    d.wish(staffing=staffing, recurrence=d.any_of([1, d.pick([2, 5])], 9, 11))
    d.wish(recurrence=d.fixed((d.pick([1, 2]), 9)))
    d.wish("goods", due=day(4))
    d.tell("w0/1", d.anybody(), at(d.pick([1, 1, 3]), d.pick([9, 9.5, 12])), standby=d.chance(0.3))
    if d.chance():
        d.tell("w0/1", d.anybody(), d.facts["published"][0]["start"], standby=d.chance(0.7))
    if d.chance():
        visit, role = d.pick(["w2/1", "w1/2026-03-03T0900"]), d.pick(["helper", "gone"])
        d.tell(visit, d.anybody(), d.pick([None, at(1, 9)]), role=role)
    for person in d.people:
        if d.chance(0.3):
            person["availability"] = [free("MO,WE")]
    if d.chance(0.3):
        d.facts["declines"].append({"wish": "w0", "volunteer": d.anybody()})


def broken_promises(d: Draft) -> None:
    """What was told cannot be kept whole: times moved, people gone, near and far."""
    soon = d.pick([1, 3, 7, 10])
    d.wish(staffing={"standbys": 1}, roles=[{"count": d.pick([1, 2])}], recurrence=d.any_of([soon, soon + 1], 9, 10))
    d.wish(recurrence=d.fixed((soon, 14)))
    away = d.anybody()
    for person in d.people:
        person["availability"] = [free()]
        if person["id"] == away or d.chance(0.2):
            person["unavailable"] = [{"start": at(soon, 0), "end": at(soon + 1, 0)}]
    d.tell("w0/1", away, at(soon, d.pick([9, 11])))
    d.tell("w0/1", d.anybody(), at(soon, 11), standby=True)
    if d.chance(0.4):
        d.tell("w1/" + day(soon) + "T1400", d.anybody(), at(soon, d.pick([14, 13])))


def pins(d: Draft) -> None:
    """A coordinator's decisions of every kind."""
    d.wish(staffing={"standbys": d.pick([0, 1])}, recurrence=d.any_of([1, 3], 9, 11))
    d.wish("event", partial=d.chance(), roles=[{"id": "a"}, {"id": "b"}], recurrence=d.fixed((3, 9)))
    if d.chance(0.4):
        d.wish("goods", due=day(5))
        d.pin("w2/1", volunteer=d.anybody())
    for _ in range(d.rng.randint(1, 2)):
        kind = d.pick(["start", "who", "who-role", "who-start", "standby", "never", "never-b"])
        start = at(d.pick([1, 3]), d.pick([9, 10, 9.5]))
        d.pin(**{
            "start": {"visit": "w0/1", "start": start},
            "who": {"visit": "w1/2026-03-05T0900", "volunteer": d.anybody()},
            "who-role": {"visit": "w1/2026-03-05T0900", "volunteer": d.anybody(), "role": "b"},
            "who-start": {"visit": "w0/1", "volunteer": d.anybody(), "start": start},
            "standby": {"visit": "w0/1", "volunteer": d.anybody(), "standby": True},
            "never": {"visit": "w0/1", "volunteer": d.anybody(), "never": True},
            "never-b": {"visit": "w1/2026-03-05T0900", "volunteer": d.anybody(), "never": True},
        }[kind])


def contradictions(d: Draft) -> None:
    """Demands that often cannot be met together."""
    d.limit(visits_per_day=d.pick([1, 2]))
    d.wish(recurrence=d.any_of([1], 9, 11), staffing={"standbys": 1})
    hour = d.pick([9, 10])
    d.wish(recurrence=d.fixed((1, hour)))
    who = d.anybody()
    d.pin("w0/1", volunteer=who, start=at(1, d.pick([9, 10])))
    d.pin(f"w1/2026-03-03T{hour:02d}00", volunteer=d.pick([who, d.anybody()]))
    if d.chance():
        d.pin("w0/1", volunteer=d.anybody(), standby=d.chance())
    if d.chance(0.4):
        d.tell("w0/1", d.anybody(), at(1, d.pick([9, 10])))


# ---------------------------------------------------------------------------------------- stand-bys


def standbys(d: Draft) -> None:
    """Stand-bys with little time, beside their own visits."""
    d.limit(visits_per_day=2)
    hour, is_fixed = 9, d.chance(0.7)
    for _ in range(2):
        recurrence = d.fixed((1, hour)) if is_fixed else d.any_of([1], hour, hour + 2)
        d.wish(staffing={"standbys": d.pick([1, 1, 2])}, recurrence=recurrence)
        hour = d.pick([9, 9.5, 10, 10.5])
    if d.chance(0.3):
        d.pin("w0/2026-03-03T0900" if is_fixed else "w0/1", volunteer="v0", standby=True)


def standby_turns(d: Draft) -> None:
    """Stand-bys who change from visit to visit; partial crews with stand-bys."""
    d.wish(staffing={"standbys": 1, "policy": d.pick(["any", "rotate"])}, recurrence=d.fixed((1, 9), (3, 9), (8, 9)))
    for person in d.people:
        person["availability"] = [free()]


def standby_roles(d: Draft) -> None:
    """Stand-bys per role, of whole and of partial crews."""
    if d.chance(0.3):
        d.person()
    roles = [{"id": "a", "gender": d.pick([None, "female"])}, {"id": "b", "gender": d.pick([None, "male"])}]
    d.wish("event", partial=d.chance(), roles=roles, staffing={"standbys": 1}, recurrence=d.fixed((1, 9)))
    d.wish("goods", due=day(2), staffing={"standbys": d.pick([0, 1])})


# ------------------------------------------------------------------------------------- who may come


def claims(d: Draft) -> None:
    """Wishes for claimants, in every state, by people and teams; chosen ones wait for a turn."""
    only = d.chance(0.7)
    staffing = {"standbys": d.pick([0, 1]), "policy": d.pick(["any", "rotate"])}
    d.wish(claimants_only=only, staffing=staffing, recurrence=d.fixed(*[(1, 9), (3, 9)][:d.pick([1, 2])]))
    d.wish(claimants_only=d.chance(), recurrence=d.fixed((2, 9)))
    for name in d.names:
        if d.chance(0.8):
            state = d.pick(["open", "chosen", "chosen", "waitlisted", "withdrawn"])
            d.claim(d.pick(["w0", "w0", "w1"]), state, volunteer=name)
    if d.chance(0.4):
        d.claim("w0", d.pick(["open", "chosen"]), team=d.pick(["t0", "t1"]))
    if d.chance(0.3):
        d.done("w0", d.anybody(), 2)


def teams(d: Draft) -> None:
    """Wishes for teams, teams within teams, and first refusal of paired units."""
    d.settings["first_refusal_days"] = d.pick([0, 10, 10])
    d.facts["teams"][:] = [{"id": "t0", "communities": ["a"]}, {"id": "t1", "parent": d.pick([None, "t0"])}]
    for _ in range(2):
        submitted = day(-d.pick([0, 5, 30]))
        d.wish(teams=d.pick([[], ["t0"], ["t1"]]), submitted=submitted, recurrence=d.any_of([1, 2], 9, 10))
    if d.chance(0.3):
        d.facts["declines"].append({"wish": d.pick(["w0", "w1"]), "team": "t0"})


def accepted(d: Draft) -> None:
    """Banned, required and liked people; declines; reach."""
    for person in d.people:
        person["languages"] = d.some(["hak", "zh"])
    for resident in d.facts["residents"]:
        resident["required"] = {"gender": d.pick([None, None, "female"]), "language": d.pick([None, None, "hak"])}
        resident["liked"] = {"gender": d.pick([None, "male"]), "language": d.pick([None, "zh"])}
        resident["banned"] = d.some(d.names, 0.2)
    d.limit(max_travel_minutes=d.pick([25, 60, 60]))
    d.wish(recurrence=d.any_of([1, 2], 9, 10))
    d.wish(recurrence=d.fixed((2, 10), (3, 10)))
    for visit in ("w1/2026-03-04T1000", "w1/2026-03-05T1000"):
        for name in d.some(d.names):
            d.facts["declines"].append({"visit": visit, "volunteer": name})


# -------------------------------------------------------------------------------------- quality


def goods(d: Draft) -> None:
    """Things to buy and bring, counted in week and month only."""
    d.limit(visits_per_week=d.pick([1, 2]), visits_per_day=1, max_travel_minutes=d.pick([20, 60]))
    if d.chance(0.4):
        d.wish("goods", id="gone", state="closed", due=day(1))
        d.tell("gone/1", d.anybody(), None)
    for _ in range(2):
        d.wish("goods", due=day(d.pick([-1, 0, 2, 5, 30])), roles=[{"count": d.pick([1, 1, 2])}])
    d.wish(recurrence=d.any_of([2, 5], 9, 10))


def tours(d: Draft) -> None:
    """Several visits a day, in another order at other starts, there by car or not."""
    d.limit(visits_per_day=d.pick([2, 3]))
    d.settings["weights"] = {"travel": d.pick([1, 3])}
    for person in d.people[:2]:
        person["vehicle"] = {"seats": 4}
    for hour in (8, 11, 14):
        role = {"id": "driver", "vehicle": {"seats": 1}} if d.chance(0.3) else {}
        recurrence = d.fixed((1, hour)) if d.chance(0.7) else d.any_of([1], d.pick([8, 14]), 16)
        d.wish(place=d.pick(["p0", "p1", "p2", "p3"]), roles=[role], recurrence=recurrence)
    if d.chance(0.5):
        leg = {"origin": "p0", "destination": "p1", "minutes": d.pick([5, 70]), "mode": d.pick([None, "car"])}
        d.facts["travel_times"].append(leg)


def preferred_times(d: Draft) -> None:
    """Starts that people would rather have, or rather not."""
    for person in d.people:
        kind = d.pick(["preferred", "undesired"])
        person["availability"].append(free("any", d.pick(["08:00", "09:00"]), d.pick(["10:00", "10:30"]), kind))
    d.wish(recurrence=d.any_of([1], 8, 11))
    d.wish(recurrence=d.any_of([1, 2], 9, 11))


def fair_shares(d: Draft) -> None:
    """Turns done before, turns offered, and a newcomer at the median."""
    d.settings |= {"history_days": d.pick([30, 180]), "newcomer_visits": d.pick([0, 2])}
    d.settings["weights"] = {"fairness": d.pick([1, 3])}
    for person in d.people:
        person["limits"] = {"visits_per_week": d.pick([1, 2, None]), "visits_per_month": d.pick([1, 2, 4])}
    d.wish(recurrence=d.fixed((1, 9), (2, 9), (8, 9)))


# ------------------------------------------------------------------------------------- soft rules


def soft_spacing(d: Draft) -> None:
    least_gap(d)
    d.settings["soft_rules"] = {"keeps_the_spacing": d.pick([1, 50, 5000])}
    if d.chance():
        d.facts["wishes"][0]["recurrence"]["max_gap_days"] = d.facts["wishes"][0]["recurrence"]["min_gap_days"] = 2


def soft_turns(d: Draft) -> None:
    (rotation if d.chance(0.4) else rolling_turns)(d)
    d.settings["soft_rules"] = {"keeps_the_turn": d.pick([1, 50, 5000])}


def soft_faces(d: Draft) -> None:
    few_faces(d)
    d.settings["soft_rules"] = {"keeps_faces_few": d.pick([1, 50, 5000])}


def soft_newcomers(d: Draft) -> None:
    newcomers(d)
    d.settings["soft_rules"] = {"newcomers_go_with_experience": d.pick([1, 50, 5000])}


def soft_pairs(d: Draft) -> None:
    """Reach and team as preferences."""
    d.settings["soft_rules"] = {"is_within_reach": d.pick([1, 300]), "belongs_to_the_team": d.pick([1, 300])}
    d.limit(max_travel_minutes=d.pick([5, 15, 25]))
    for _ in range(2):
        d.wish(teams=d.pick([[], ["t0"]]), staffing={"standbys": d.pick([0, 1])}, recurrence=d.any_of([1, 2], 9, 10))


# --------------------------------------------------------------------------------------- everything


def anything(d: Draft) -> None:
    """Two or three wishes of any kind with any of everything."""
    d.limit(visits_per_day=d.pick([1, 2]), visits_per_week=d.pick([1, 2, 3]))
    d.settings["newcomer_visits"] = d.pick([0, 0, 1])
    if d.chance(0.3):
        names = ("fairness", "travel", "locality", "turns", "faces")
        d.settings["weights"] = {name: d.pick([0, 1, 7]) for name in names}
    for _ in range(d.rng.randint(2, 3)):
        kind = d.pick(["visit", "visit", "goods", "event", "escort"])
        staffing = {
            "policy": d.pick(["any", "rotate", "steady", "pair"]), "standbys": d.pick([0, 0, 1]),
            "max_turns": d.pick([None, None, 1]), "max_helpers": d.pick([None, None, 2]),
            "turns_days": d.pick([7, 365]),
        }
        recurrence = d.pick([
            d.fixed((1, 9)), d.fixed((1, 10), (3, 9)), d.any_of([1, 2], 9, 11), d.any_of([2], 8, 11),
            d.weekly(1, "WE,SA", 9, 10, max_gap_days=d.pick([None, 8])),
            {"rrule": "FREQ=WEEKLY;BYDAY=TH", "dtstart": day(0), "start": "09:00"},
        ])
        when = {"due": day(d.pick([1, 6]))} if kind == "goods" else {"recurrence": recurrence}
        d.wish(kind, roles=[{"count": d.pick([1, 1, 2])}], partial=d.chance(0.3), staffing=staffing, **when)
    if d.chance(0.4):
        d.facts["pairings"].append({"volunteer": d.anybody(), "resident": d.pick(["r0", "r1"])})
    if d.chance(0.3):
        d.done("w0", d.anybody(), d.pick([2, 5]))
    if d.chance(0.2):
        d.claim("w0", "chosen", volunteer=d.anybody())


def mixed(d: Draft) -> None:
    """Any other family with decisions, promises, refusals and soft rules on top of it."""
    d.pick([one_place, crews, partial_crews, least_gap, rotation, few_faces, pairs, standbys, claims, goods, tours])(d)
    expanded = expand(d.as_it_is())
    for visit in d.some(expanded.visits, 0.6):
        start = d.pick(visit.starts(60)) if not visit.is_goods and visit.starts(60) else None
        moment = expanded.calendar.moment(start).isoformat() if start is not None else None
        role, who = d.pick(visit.wish.roles).id, d.anybody()
        standby = bool(visit.wish.staffing.standbys) and d.chance(0.3)
        what = d.pick(["tell", "tell", "pin", "pin-start", "never", "decline"])
        if what == "tell":
            d.tell(visit.id, who, moment, role=role, standby=standby)
        elif what == "decline":
            d.facts["declines"].append({"visit": visit.id, "volunteer": who})
        elif what == "pin-start":
            d.pin(visit.id, **({"start": moment} if moment else {"volunteer": who}))
        else:
            d.pin(visit.id, volunteer=who, **({"never": True} if what == "never" else {"role": role, "standby": standby}))
    d.settings["soft_rules"] = {rule: d.pick([1, 40, 3000]) for rule in d.some(get_args(SoftRule), 0.25)}
    d.settings["newcomer_visits"] = d.pick([0, 0, 1, 2])


FAMILIES: dict[str, Callable[[Draft], None]] = {
    family.__name__: family
    for family in (
        one_place, two_starts, by_car, long_events, nights, outside_plan,
        visit_limits, minute_limits, rest_days, min_rest, least_load,
        crews, partial_crews, one_team, newcomers,
        least_gap, months, most_gap, rotation, rolling_turns, few_faces, steady, pairs,
        published, broken_promises, pins, contradictions,
        standbys, standby_turns, standby_roles,
        claims, teams, accepted,
        goods, tours, preferred_times, fair_shares,
        soft_spacing, soft_turns, soft_faces, soft_newcomers, soft_pairs,
        anything, mixed,
    )
}
