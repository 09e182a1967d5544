"""One made-up month in which every rule has something to say and every kind of wish occurs."""

from __future__ import annotations

from typing import Any

from worlds import done, event, goods, person, resident, told, weekly, wish, world

from matcher.domain.scenario import Scenario

DONGHE, XIHE = {"community": "donghe"}, {"community": "xihe"}


def rich_world() -> Scenario:
    """Four weeks from Monday the 30th of November 2026, seen from the Saturday before."""
    return world(
        *_people(),
        wishes=_wishes(),
        residents=[
            resident("wu"),
            resident("li", required={"gender": "female"}, banned=["v05"]),
            resident("zhao", preferred=["v03"]),
            resident("ma", required={"language": "hak"}),
            resident("sun", liked={"gender": "female"}),
        ],
        teams=[
            {"id": "bank"},
            {"id": "bank-youth", "parent": "bank"},
            {"id": "school", "communities": ["xihe"]},
        ],
        places=[
            {"id": "wu-home"} | DONGHE,
            {"id": "li-home"} | DONGHE,
            {"id": "zhao-home"} | DONGHE,
            {"id": "ma-home"} | DONGHE,
            {"id": "sun-home"} | XIHE,
            {"id": "hall"} | DONGHE,
        ],
        travel_times=[
            {"origin": "hill", "destination": name, "minutes": 55}
            for name in ("li-home", "zhao-home", "ma-home", "hall")
        ],
        claims=[
            {"id": f"c{number}", "wish": "son", "volunteer": name, "at": "2026-11-20T20:00:00+08:00", "state": state}
            for number, (name, state) in enumerate(
                [("v01", "chosen"), ("v02", "chosen"), ("v06", "chosen"), ("v07", "waitlisted"), ("v08", "not-chosen")]
            )
        ],
        declines=[
            {"visit": "son/2026-W50", "volunteer": "v01"},
            {"visit": "swim/2026-W50", "volunteer": "v09"},
            {"wish": "talk", "volunteer": "v10"},
            {"wish": "choir", "volunteer": "v05"},
            {"wish": "clinic", "volunteer": "v12"},
        ],
        pairings=[{"volunteer": "v03", "resident": "zhao", "since": "2025-03-01"}],
        history=_history(),
        published=[
            told("nurse/2026-W49", "2026-12-02T14:00", "v04"),
            told("nurse/2026-W49", "2026-12-02T14:00", "v11", standby=True),
            told("closed/2026-12-05T0900", "2026-12-05T09:00", "v06"),
        ],
        pins=[
            {"visit": "talk/2026-W50", "volunteer": "v09", "role": "helper"},
            {"visit": "talk/2026-W51", "volunteer": "v03", "never": True},
            {"visit": "nurse/2026-W51", "start": "2026-12-16T15:00:00+08:00"},
            {"visit": "clinic/2026-12-19T0900", "volunteer": "v07", "role": "driver", "standby": True},
        ],
        program={
            "as_of": "2026-11-28T09:00:00+08:00",
            "window": {"start": "2026-11-30", "end": "2026-12-27"},
            "settings": {
                "newcomer_visits": 3,
                "first_refusal_days": 5,
                "step_minutes": 60,
                "language": "en",
                "default_limits": {
                    "visits_per_day": 1,
                    "visits_per_week": 2,
                    "visits_per_month": 5,
                    "max_travel_minutes": 40,
                },
            },
        },
    )


def _people() -> list[dict[str, Any]]:
    car = {"vehicle": {"seats": 4}, "travel_mode": "car"}
    aid = {"name": "first-aid", "level": 2}
    woman, man = {"gender": "female"}, {"gender": "male"}
    saturday = {"days": "SA", "start": "07:00", "end": "20:00"}
    weekend = {"availability": [{"days": "SA,SU", "start": "08:00", "end": "18:00"}]}
    people = {
        "v01": car | man | {"team": "bank"},
        "v02": car | woman | {"team": "bank"},
        "v03": woman | {"languages": ["zh", "hak"], "limits": {"min_rest_minutes": 600, "visits_per_day": 2}},
        "v04": woman | {"skills": [aid], "languages": ["zh", "hak"], "team": "bank"},
        "v05": woman | {"skills": [aid | {"valid_until": "2026-12-10"}], "languages": ["zh", "hak"], "team": "bank"},
        "v06": car | man | {"limits": {"rest_days": 5, "visits_per_day": 2}},
        "v07": car | man | {"vehicle": {"seats": 4, "availability": [saturday]}},
        "v08": man | {"vehicle": {"seats": 1}, "team": "school"},
        "v09": woman | {"team": "school", "limits": {"minutes_per_week": 120}},
        "v10": woman | {"team": "school", "skills": [{"name": "first-aid", "level": 1}]},
        "v11": woman | {"team": "bank-youth", "skills": [aid], "languages": ["hak"]},
        "v12": man | {"team": "bank-youth", "home": "hill"},
        "v13": woman | {"team": "bank"} | weekend,
        "v14": man | {"team": "bank-youth"} | weekend,
        "v15": woman | {"team": "bank-youth", "skills": [aid]},
    }
    prior = {name: {"prior_visits": 0 if name in {"v12", "v13", "v14"} else 5} for name in people}
    return [person(name, **(prior[name] | facts)) for name, facts in people.items()]


def _wishes() -> list[dict[str, Any]]:
    driver = {"id": "driver", "vehicle": {"seats": 2}}
    skilled = {"id": "helper", "skills": [{"name": "first-aid", "level": 2}]}
    return [
        wish(
            "son", kind="escort", origin="wu-home", destination="hall", stay_minutes=60, priority=5,
            claimants_only=True, recurrence=weekly("SA,SU", "08:00", "12:00"), roles=[driver],
            staffing={"policy": "rotate", "max_turns": 2, "standbys": 1},
        ),
        wish(
            "talk", resident="li", recurrence=weekly("MO,WE,FR", "09:00", "11:00", min_gap_days=5, max_gap_days=9),
            staffing={"policy": "steady", "max_helpers": 2, "turns_days": 60},
        ),
        wish("cook", resident="zhao", recurrence=weekly("MO,TU,WE", "10:00", "12:00"), staffing={"policy": "pair"}),
        wish(
            "nurse", resident="ma", teams=["bank"], recurrence=weekly("WE,TH", "14:00", "17:00"), roles=[skilled],
            staffing={"standbys": 1},
        ),
        wish(
            "swim", resident="sun", submitted="2026-11-26", recurrence=weekly("SA", "14:00", "16:00"),
        ),
        event(
            "clinic", "2026-12-05T09:00", "2026-12-19T09:00", minutes=180, priority=4, staffing={"standbys": 1},
            roles=[
                {"id": "doctor", "skills": [{"name": "first-aid", "level": 2}], "experienced": True},
                {"id": "helper", "count": 2},
                {"id": "driver", "vehicle": {"seats": 4}},
            ],
        ),
        event(
            "sweep", "2026-12-13T09:00", minutes=120, as_one_team=True, teams=["bank-youth", "school"],
            roles=[{"id": "helper", "count": 2}],
        ),
        event("choir", "2026-12-20T14:00", partial=True, roles=[{"id": "helper", "count": 3}]),
        goods("kettle", "2026-12-10"),
        goods("glasses", "2026-12-18", resident="ma"),
        wish("closed", "2026-12-05T09:00", resident="sun", state="with-others"),
    ]  # fmt: skip


def _history() -> list[dict[str, Any]]:
    return [
        done("son", "2026-11-21T09:00", "v02", visit="son/2026-W47", role="driver", minutes=100),
        done("talk", "2026-11-25T09:00", "v09", visit="talk/2026-W48"),
        done("talk", "2026-11-18T09:00", "v09", visit="talk/2026-W47"),
        done("cook", "2026-11-24T10:00", "v03", visit="cook/2026-W48"),
    ]
