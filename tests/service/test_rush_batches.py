"""A rush: many threads claim at once; places are given once, nobody is lost, and order is the server's."""

from __future__ import annotations

import threading

import pytest
from settled import HERE

from matcher.errors import BadInput
from matcher.generate import generate
from matcher.service.claiming.rush import Rush
from matcher.store import facts, orders
from matcher.store.assembly import replace_facts
from matcher.store.claims import Wanted, standings
from matcher.store.tenants import ensure

WISH = "walk"


@pytest.fixture
def town(database):
    ensure(database, HERE, "li")
    with database.writing(HERE, "li") as session:
        replace_facts(session, generate("donghe", 1, volunteers=20, visits=20).with_changes(claims=()))
        resident = facts.page(session, "residents")[0].key
        facts.put(session, "wishes", {"id": WISH, "kind": "visit", "resident": resident, "title": "散步"})
        facts.put_many(session, "volunteers", [{"id": f"n{n}", "name": f"新{n}"} for n in range(120)])
        orders.move(session, orders.of_wish(session, WISH), "published", places=12)
    return database


def test_a_rush_gives_every_place_once_and_loses_nobody(town):
    rush, told, troubles = Rush(town), {}, []

    def crowd(hand):
        try:
            for n in range(hand, 120, 12):
                # Everybody claims twice, and asks twice for the same.
                for key in ("a", "a", "b"):
                    taken = rush.claim(HERE, Wanted(WISH, volunteer=f"n{n}", key=f"n{n}-{key}", request=key.encode()))
                    told.setdefault(f"n{n}", set()).add(taken.claim)
        except Exception as error:
            troubles.append(error)

    hands = [threading.Thread(target=crowd, args=(hand,)) for hand in range(12)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert troubles == []
    with town.reading(HERE) as session:
        found = standings(session, WISH)
    assert [one.standing for one in found] == ["holds"] * 12 + ["waits"] * 108
    assert [one.sequence for one in found] == sorted(one.sequence for one in found)
    assert {one.volunteer: {one.claim} for one in found} == told


def test_who_is_refused_is_told_why_and_the_others_go_on(town):
    rush = Rush(town)
    with pytest.raises(BadInput) as refused:
        rush.claim(HERE, Wanted(WISH, volunteer="nobody"))
    assert [fault.code for fault in refused.value.faults] == ["no-volunteer"]
    assert rush.claim(HERE, Wanted(WISH, volunteer="n1")).standing == "holds"
