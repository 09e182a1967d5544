"""One person: everything in one document, and gone for good with the counts kept."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from keeping import HERE, assembled, kept
from sqlalchemy import select

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.planning.ledger import ledger
from matcher.store import idempotency, rosters, runs
from matcher.store.assembly import frozen, scenario_of
from matcher.store.facts import NotFound
from matcher.store.persons import erase_person, export_person
from matcher.store.scope import Scope
from matcher.store.tables import Base

PHONE = "13800001111"


def town():
    """Aunt Chen is helped, and helps, under two ids; Li and she have served old Wu."""
    when = "2026-10-{:02}T09:00:00+08:00"
    return Scenario.model_validate(
        {
            "program": {
                "name": "小镇", "as_of": "2026-11-01T09:00:00+08:00",
                "window": {"start": "2026-12-01", "end": "2026-12-31"},
            },
            "places": [{"id": "hall"}, {"id": "chen-home", "address": "3栋201"}, {"id": "wu-home"}],
            "travel_times": [{"origin": "chen-home", "destination": "hall", "minutes": 5}],
            "residents": [
                {"id": "chen", "name": "陈桂花", "phone": PHONE, "home": "chen-home", "is_volunteer": "v-chen"},
                {"id": "wu", "name": "吴建国", "home": "wu-home", "banned": ["v-chen"], "preferred": ["li", "v-chen"]},
            ],
            "volunteers": [
                {"id": "v-chen", "name": "陈桂花", "phone": PHONE, "home": "chen-home"},
                {"id": "li", "name": "李志愿", "home": "hall", "dislikes": ["chen"], "notes": f"陈桂花的邻居，电话{PHONE}"},
            ],
            "wishes": [
                {"id": "chen-clean", "kind": "visit", "resident": "chen", "title": "陪陈桂花打扫",
                 "recurrence": {"at": ["2026-12-05T09:00:00+08:00"]}},
                {"id": "wu-chat", "kind": "visit", "resident": "wu", "title": "陈桂花介绍的：聊天",
                 "recurrence": {"at": ["2026-12-06T09:00:00+08:00"]}},
            ],
            "claims": [
                {"id": "c1", "wish": "chen-clean", "volunteer": "li", "at": when.format(1)},
                {"id": "c2", "wish": "wu-chat", "volunteer": "v-chen", "at": when.format(2)},
                {"id": "c3", "wish": "wu-chat", "volunteer": "li", "at": when.format(3)},
            ],
            "declines": [{"visit": "chen-clean/2026-12-05T0900", "volunteer": "li"}],
            "pairings": [{"volunteer": "v-chen", "resident": "wu"}, {"volunteer": "li", "resident": "wu"}],
            "history": [
                {"wish": "wu-chat", "visit": "wu-chat/1", "resident": "wu", "volunteer": "v-chen", "start": when.format(3)},
                {"wish": "wu-chat", "visit": "wu-chat/2", "resident": "wu", "volunteer": "v-chen", "start": when.format(4)},
                {"wish": "wu-chat", "visit": "wu-chat/3", "resident": "wu", "volunteer": "li", "start": when.format(5)},
                {"wish": "chen-clean", "visit": "chen-clean/1", "resident": "chen", "volunteer": "li", "start": when.format(6)},
            ],
            "published": [
                {"visit": "chen-clean/2026-12-05T0900", "role": "helper", "volunteer": "li"},
                {"visit": "wu-chat/2026-12-06T0900", "role": "helper", "volunteer": "v-chen"},
            ],
            "pins": [{"visit": "wu-chat/2026-12-06T0900", "volunteer": "v-chen", "never": True}],
        }
    )


@pytest.fixture
def database(database):
    kept(database, town())
    kept(database, town(), Scope("huizhou", "other"))
    with database.writing(HERE, "li") as session:
        scenario = scenario_of(session)
        runs.submit(session, {}, scenario)
        seat = {"role": "helper", "volunteer": "v-chen"}
        made = rosters.Made(
            {
                "scenario": scenario.fingerprint,
                "visits": [{"id": "wu-chat/2026-12-06T0900", "wish": "wu-chat", "assigned": [seat]}],
                "unfilled": [{"visit": "chen-clean/2026-12-05T0900", "role": "helper", "count": 1,
                              "reasons": [{"code": "x", "message": "陈桂花不愿意"}]}],
            },
            {"valid": True, "notes": [f"陈桂花 {PHONE}"], "fairness": [{"volunteer": "v-chen", "new": 1}]},
            scenario.program.window,
        )
        rosters.add_draft(session, made)
        idempotency.remember(session, "k1", b"x", idempotency.Answer(200, {"name": "陈桂花"}))
    return database


@pytest.mark.parametrize("key", ["chen", "v-chen"])
def test_everything_held_on_a_person_is_in_one_document(database, key):
    with database.writing(HERE, "li") as session:
        told = export_person(session, key)
    assert told["person"] == ["chen", "v-chen"]
    held = {noun: len(rows) for noun, rows in told.items() if isinstance(rows, list) and noun not in ("person", "audit")}
    # Both claims on or by her, her two visits and the one to her, and so on; nothing of Li's own.
    assert held == {
        "places": 1, "residents": 1, "volunteers": 1, "wishes": 1, "claims": 2, "declines": 1, "pairings": 1,
        "history": 3, "published": 2, "pins": 1, "travel_times": 1, "rosters": 1, "accounts": 0, "feeds": 0, "orders": 0,
        "confirmed": 0, "messages": 0, "replies": 0, "tickets": 0,
    }
    assert PHONE in json.dumps(told, ensure_ascii=False)


def _everything(database):
    """All text of the community in all tables but the log's actors."""
    with database.connection() as connection:
        return {
            table.name: [str(dict(row._mapping)) for row in connection.execute(select(table)) if _is_here(table, row)]
            for table in Base.metadata.sorted_tables
        }


def _is_here(table, row):
    return "community" in table.columns and row.community == 1


def test_an_erased_person_is_nowhere_any_more(database):
    with database.writing(HERE, "li") as session:
        done = erase_person(session, "chen")
    left = {
        (name, word)
        for name, rows in _everything(database).items()
        for word in ("陈桂花", PHONE, "'chen'", "v-chen", "chen-home", "chen-clean", "3栋")
        for row in rows
        if word in row
    }
    assert left == set()
    with database.reading(HERE) as session:
        (run,) = runs.page(session)
        with pytest.raises(NotFound):
            frozen(session, run.snapshot)
        (roster,) = rosters.page(session)
        assert roster.roster.visits[0].assigned[0].volunteer == done.token
        assert roster.report["fairness"] == [{"volunteer": done.token, "new": 1}]
    with database.reading(Scope("huizhou", "other")) as session:
        assert scenario_of(session).fingerprint == town().fingerprint


def test_counts_stay_under_one_anonymous_name(database):
    before = Counter(record.volunteer for record in town().history)
    with database.writing(HERE, "li") as session:
        done = erase_person(session, "v-chen")
    scenario = assembled(database)
    after = Counter(record.volunteer for record in scenario.history)
    assert after == Counter({done.token: before["v-chen"], "li": before["li"]})
    assert [record.minutes for record in scenario.history] == [record.minutes for record in town().history]
    assert [claim.id for claim in scenario.claims] == ["c3"]
    assert (scenario.residents[0].banned, scenario.residents[0].preferred) == ((), ("li",))
    assert scenario.volunteers[0].dislikes == ()
    assert [wish.id for wish in scenario.wishes] == ["wu-chat"]
    assert scenario.wishes[0].title == "陈**介绍的：聊天"
    ledger(scenario)


def test_somebody_unknown_is_said_to_be(database):
    for action in (export_person, erase_person):
        with pytest.raises(BadInput, match='nobody "x"'), database.writing(HERE, "li") as session:
            action(session, "x")
