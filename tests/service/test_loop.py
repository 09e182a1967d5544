"""The loop of three orders: every move allowed or refused as the table says, and what happens by itself."""

from __future__ import annotations

import pytest
from settled import HERE, small

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.planning.ledger import ledger
from matcher.problem.roster import Roster
from matcher.service.rosters import loop
from matcher.service.rosters.loop import MOVES, By
from matcher.store import facts, orders
from matcher.store.assembly import replace_facts, scenario_of
from matcher.store.claims import Wanted, take
from matcher.store.facts import Conflict, NotFound
from matcher.store.tenants import ensure

WISH = "walk"
VISIT = "walk/2026-10"


@pytest.fixture
def town(database):
    document = small().model_dump(mode="json", by_alias=True)
    document["program"] |= {"as_of": "2026-12-20T09:00:00+08:00", "settings": {"rewards": {"only_confirmed": True}}}
    document["residents"] = [{"id": "wu", "home": "hall"}]
    document["wishes"] = [{"id": WISH, "kind": "visit", "resident": "wu"}]
    document["claims"] = []
    ensure(database, HERE, "li")
    with database.writing(HERE, "li") as session:
        replace_facts(session, Scenario.model_validate(document))
    return database


def roster(*seated, empty=()):
    return Roster.model_validate({
        "scenario": "x",
        "visits": [
            {"id": visit, "wish": WISH, "start": "2026-12-05T09:00:00+08:00", "end": "2026-12-05T10:00:00+08:00",
             "assigned": [{"role": "helper", "volunteer": "v0"}]}
            for visit in seated
        ],
        "unfilled": [{"visit": visit, "role": "helper", "count": 1} for visit in empty],
    })


def stage(database):
    with database.reading(HERE) as session:
        return orders.of_wish(session, WISH).stage


def served(session, *, outcome="done", visit=VISIT):
    facts.put(session, "history", {
        "wish": WISH, "visit": visit, "resident": "wu", "volunteer": "v0", "start": "2026-12-05T09:00:00+08:00",
        "minutes": 90, "outcome": outcome,
    })
    loop.outcomes_recorded(session, visit, {"v0": outcome})


def test_a_wish_goes_once_round_and_points_come_with_the_confirmation(town):
    with town.writing(HERE, "guest") as session:
        order = orders.submit(session, {"text": "想有人陪着散步", "name": "吴伯"})
        assert order.stage == "submitted"
    with town.writing(HERE, "li") as session:
        with pytest.raises(BadInput, match="which wish"):
            loop.move(session, order, "verified", By.COORDINATOR)
        order = loop.move(session, order, "verified", By.COORDINATOR, wish=WISH, expected=1)
        order = loop.move(session, order, "published", By.COORDINATOR, places=2)
        assert (order.wish, order.places, order.document["name"]) == (WISH, 2, "吴伯")
        take(session, [Wanted(WISH, volunteer="v0")])
    assert stage(town) == "claimed"
    with town.writing(HERE, "li") as session:
        loop.roster_published(session, roster(VISIT))
    assert stage(town) == "planned"
    with town.writing(HERE, "li") as session:
        with pytest.raises(Conflict):
            loop.confirm(session, VISIT, By.RESIDENT)
        served(session)
    assert stage(town) == "served"
    with town.reading(HERE) as session:
        assert ledger(scenario_of(session)).people[0].points == 0
    with town.writing(HERE, "li") as session:
        done = loop.confirm(session, VISIT, By.RESIDENT, stars=5, words="很好")
        assert done.points == {"v0": 15}  # 90 minutes at 10 an hour
        assert loop.confirm(session, VISIT, By.RESIDENT, stars=4).order.document["words"] == "很好"
    assert stage(town) == "confirmed"
    with town.reading(HERE) as session:
        assert ledger(scenario_of(session)).people[0].points == 15


def test_the_next_visit_begins_the_round_anew_and_a_visit_without_anybody_is_not_planned(town):
    other = "walk/2026-11"
    with town.writing(HERE, "li") as session:
        loop.roster_published(session, roster(VISIT))
        served(session)
        loop.confirm(session, VISIT, By.COORDINATOR)
        loop.roster_published(session, roster(other))
    assert stage(town) == "planned"
    with town.writing(HERE, "li") as session:
        loop.roster_published(session, roster(empty=[other]))
        assert [one.visit for one in orders.visit_orders(session, WISH)] == [VISIT]
    assert stage(town) == "confirmed"


def test_nobody_came_and_the_visit_lapses_until_it_is_corrected(town):
    with town.writing(HERE, "li") as session:
        loop.roster_published(session, roster(VISIT))
        served(session, outcome="no-show")
        assert orders.visit_order(session, VISIT).stage == "lapsed"
        loop.outcomes_recorded(session, VISIT, {"v0": "done"})
        assert orders.visit_order(session, VISIT).stage == "served"
    with town.writing(HERE, "li") as session, pytest.raises(NotFound):
        loop.confirm(session, "walk/1999-01", By.RESIDENT)


def test_every_move_is_as_the_table_says(town):
    stages = sorted({stage for move in MOVES for stage in move})
    for old in stages:
        for new in stages:
            for by in By:
                with town.writing(HERE, "li") as session:
                    order = orders.move(session, orders.of_wish(session, WISH), old)
                    if by in MOVES.get((old, new), ()):
                        assert loop.move(session, order, new, by).stage == new
                    else:
                        with pytest.raises(Conflict):
                            loop.move(session, order, new, by)


def test_a_wish_that_has_ended_is_closed_and_open_again_when_it_is_published_again(town):
    def state():
        with town.reading(HERE) as session:
            return facts.get(session, "wishes", WISH).document.get("state", "open")

    for stage_, told in (("published", "open"), ("lapsed", "closed"), ("published", "open"), ("withdrawn", "closed")):
        with town.writing(HERE, "li") as session:
            loop.move(session, orders.of_wish(session, WISH), stage_, By.COORDINATOR)
        assert state() == told


def test_numbers_out_of_reach_are_refused_all_at_once(town):
    with town.writing(HERE, "li", lang="en") as session, pytest.raises(BadInput) as refused:
        loop.move(session, orders.of_wish(session, WISH), "published", By.COORDINATOR, places=0, answer_minutes=10**6)
    assert [fault.where for fault in refused.value.faults] == ["places", "answer_minutes"]
