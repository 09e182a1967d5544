"""The grades of a roster: what each caller learns, and what nobody but the coordinator does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.domain.scenario import Scenario
from matcher.exchange import read_scenario
from matcher.problem.roster import Roster, RosterVisit, Seat
from matcher.service.accounts.access import Breadth, Caller, Role
from matcher.service.rosters.grades import grade

SCENARIO = read_scenario(Path(__file__).parents[2] / "scenarios/wu-bo/scenario.json").scenario
WISH = SCENARIO.wishes[0]
DRIVER, STANDBY, OTHER = (person.id for person in SCENARIO.volunteers[:3])
ROLE = WISH.roles[0].id
ROSTER = Roster(
    scenario=SCENARIO.fingerprint,
    visits=(
        RosterVisit(
            id=f"{WISH.id}/2026-12", wish=WISH.id, start="2026-12-05T08:00:00+08:00", end="2026-12-05T11:00:00+08:00",
            assigned=(Seat(role=ROLE, volunteer=DRIVER),), standbys=(Seat(role=ROLE, volunteer=STANDBY),),
        ),
        RosterVisit(
            id=f"{WISH.id}/2027-01", wish=WISH.id, start="2027-01-09T08:00:00+08:00", end="2027-01-09T11:00:00+08:00",
            assigned=(Seat(role=ROLE, volunteer=OTHER),),
        ),
    ),
)
RESIDENT = SCENARIO.resident[WISH.resident]


def told(breadth, **who):
    return grade(ROSTER, SCENARIO, Caller(Role.VIEWER, "x", "huizhou", "donghe", **who), breadth)


def text(graded):
    return json.dumps(graded, ensure_ascii=False)


def test_full_holds_names_and_numbers():
    graded = told(Breadth.ALL)
    assert graded["grade"] == "full"
    first = graded["visits"][0]
    assert first["resident"]["phone"] == RESIDENT.phone
    assert first["assigned"][0]["volunteer"] == DRIVER
    assert first["standbys"][0]["volunteer"] == STANDBY


@pytest.mark.parametrize("breadth", [Breadth.MASKED, Breadth.TEAM])
def test_public_names_nobody(breadth):
    graded = told(breadth)  # a lead without a team sees what is public
    whole = text(graded)
    for person in (*SCENARIO.residents, *SCENARIO.volunteers):
        assert person.name not in whole
        assert not person.phone or person.phone not in whole
    assert f'"{DRIVER}"' not in whole
    first = graded["visits"][0]
    # Eight o'clock is the morning; at somebody's home the public learns no more.
    assert (first["start"], first["half"], first["standbys"]) == (None, "morning", [])


def test_a_slip_holds_the_own_visits_only():
    graded = told(Breadth.OWN, volunteer=DRIVER)
    assert [visit["id"] for visit in graded["visits"]] == [f"{WISH.id}/2026-12"]
    assert graded["visits"][0]["resident"]["phone"] == RESIDENT.phone
    assert SCENARIO.volunteer[OTHER].name not in text(graded)
    assert told(Breadth.OWN)["visits"] == []


def test_a_standby_learns_neither_number_nor_door():
    graded = told(Breadth.OWN, volunteer=STANDBY)
    (visit,) = graded["visits"]
    assert visit["standby"]
    assert visit["resident"] == {"name": RESIDENT.name}
    assert RESIDENT.phone not in text(graded)
    home = SCENARIO.place[WISH.origin]
    assert home.address is None or home.address not in text(graded)


def test_a_lead_sees_the_own_people_whole_and_others_masked():
    team = "t-lead"
    people = tuple(
        type(person).model_validate(person.model_dump() | {"team": team if person.id == DRIVER else None})
        for person in SCENARIO.volunteers
    )
    facts = SCENARIO.model_copy(update={"volunteers": people})
    facts = Scenario.model_construct(**{name: getattr(facts, name) for name in Scenario.model_fields})
    graded = grade(ROSTER, facts, Caller(Role.LEAD, "x", "huizhou", "donghe", team=team), Breadth.TEAM)
    mine, others = graded["visits"]
    assert mine["assigned"][0]["name"] == SCENARIO.volunteer[DRIVER].name
    assert mine["start"].startswith("2026-12-05T08:00")
    assert SCENARIO.volunteer[STANDBY].name not in text(mine)
    assert RESIDENT.phone not in text(mine)
    assert others["start"] is None
    assert SCENARIO.volunteer[OTHER].name not in text(others)


def test_who_was_erased_is_left_out():
    facts = SCENARIO.model_copy(update={"volunteers": tuple(v for v in SCENARIO.volunteers if v.id != DRIVER)})
    facts = Scenario.model_construct(**{name: getattr(facts, name) for name in Scenario.model_fields})
    graded = grade(ROSTER, facts, Caller(Role.COORDINATOR, "x", "huizhou", "donghe"), Breadth.ALL)
    assert graded["visits"][0]["assigned"] == []
