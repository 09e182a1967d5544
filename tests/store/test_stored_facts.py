"""One fact at a time: versions, references, order, and what is refused."""

from __future__ import annotations

import threading

import pytest
from keeping import HERE, assembled, kept, wu

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.store import facts
from matcher.store.audit import entries
from matcher.store.facts import Conflict, NotFound

CLAIM = {"id": "new", "wish": "wu-escort", "volunteer": "v01", "at": "2026-11-23T20:05:00+08:00"}


@pytest.fixture
def database(database):
    kept(database, wu())
    return database


@pytest.fixture
def known():
    scenario = wu()
    return {"wish": scenario.wishes[0].id, "volunteer": scenario.volunteers[0].id, "resident": scenario.residents[0].id}


def claim(known, key="new", **more):
    at = "2026-11-23T20:05:00+08:00"
    return {"id": key, "wish": known["wish"], "volunteer": known["volunteer"], "at": at} | more


def put(database, noun, document, actor="chen", **more):
    with database.writing(HERE, actor) as session:
        return facts.put(session, noun, document, **more)


def test_a_new_fact_has_version_one_and_a_change_the_next(database, known):
    first = put(database, "claims", claim(known))
    assert (first.version, first.changed_by, first.etag) == (1, "chen", '"1"')
    second = put(database, "claims", claim(known, minutes=30), actor="li", expected=1)
    assert (second.version, second.changed_by, second.document["minutes"]) == (2, "li", 30)
    assert second.sequence == first.sequence
    with database.reading(HERE) as session:
        assert facts.get(session, "claims", "new") == second
        log = entries(session, noun="claims", key="new")
    assert [(entry.action, entry.actor, entry.version, entry.detail) for entry in log] == [
        ("create", "chen", 1, {}), ("change", "li", 2, {"fields": ["minutes"]}),
    ]


def test_the_same_again_is_no_change(database, known):
    first = put(database, "claims", claim(known))
    assert put(database, "claims", claim(known), actor="li") == first


def test_who_knows_an_older_version_is_refused_and_told_who_changed_it(database, known):
    put(database, "claims", claim(known))
    put(database, "claims", claim(known, minutes=30), actor="li")
    with pytest.raises(Conflict, match="changed by li \\(now version 2\\)"):
        put(database, "claims", claim(known, minutes=45), expected=1)
    with pytest.raises(Conflict, match="is there already"):
        put(database, "claims", claim(known), only_new=True)
    with pytest.raises(NotFound):
        put(database, "claims", claim(known, "never"), expected=1)


def test_a_dangling_reference_is_refused_with_every_fault_and_nothing_is_written(database, known):
    before = assembled(database).fingerprint
    with pytest.raises(BadInput) as refused:
        put(database, "claims", claim(known, wish="nobody's", volunteer="nobody"))
    assert [(fault.where, fault.code) for fault in refused.value.faults] == [("wish", "dangling"), ("volunteer", "dangling")]
    assert assembled(database).fingerprint == before


def test_malformed_facts_are_refused_in_words(database, known):
    for document, where in (
        ({**claim(known), "colour": "red"}, "colour"),
        ({**claim(known), "at": "yesterday"}, "at"),
        ({**claim(known), "id": "a\0b"}, "id"),
    ):
        with pytest.raises(BadInput) as refused:
            put(database, "claims", document)
        assert [fault.where for fault in refused.value.faults] == [where]
    with pytest.raises(BadInput, match='no kind of fact "kings"'):
        put(database, "kings", {"id": "x"})
    with pytest.raises(BadInput, match='The address says "x", the content "new"'):
        put(database, "claims", claim(known), key="x")


def test_facts_without_an_id_get_a_key_and_are_changed_by_it(database, known):
    document = {"volunteer": known["volunteer"], "resident": known["resident"]}
    made = put(database, "pairings", document)
    changed = put(database, "pairings", document | {"since": "2026-01-01"}, key=made.key, expected=1)
    assert (changed.key, changed.version) == (made.key, 2)
    with pytest.raises(NotFound):
        put(database, "pairings", document, key="unknown")


def test_a_circle_of_teams_is_refused_wherever_it_closes(database):
    put(database, "teams", {"id": "a"})
    put(database, "teams", {"id": "b", "parent": "a"})
    with pytest.raises(BadInput):
        put(database, "teams", {"id": "a", "parent": "b"})


def test_many_at_once_are_all_written_or_none_and_may_refer_to_each_other(database, known):
    people = [{"id": f"n{n}", "name": f"新人{n}", "team": None} for n in range(3)]
    with database.writing(HERE, "li") as session:
        made = facts.put_many(session, "volunteers", people)
    assert [row.key for row in made] == ["n0", "n1", "n2"]
    with pytest.raises(BadInput) as refused, database.writing(HERE, "li") as session:
        facts.put_many(session, "claims", [claim(known, "x1"), claim(known, "x2", volunteer="?"), claim(known, "x3", wish="?")])
    assert [fault.where for fault in refused.value.faults] == ["claims[1].volunteer", "claims[2].wish"]
    with database.reading(HERE) as session, pytest.raises(NotFound):
        facts.get(session, "claims", "x1")


def test_what_others_refer_to_cannot_be_removed(database, known):
    with pytest.raises(BadInput) as refused, database.writing(HERE, "li") as session:
        facts.remove(session, "volunteers", known["volunteer"])
    assert {fault.code for fault in refused.value.faults} == {"dangling"}
    made = put(database, "claims", claim(known))
    with pytest.raises(Conflict), database.writing(HERE, "li") as session:
        facts.remove(session, "claims", "new", expected=made.version + 1)
    with database.writing(HERE, "li") as session:
        facts.remove(session, "claims", "new", expected=made.version)
    assert assembled(database).fingerprint == wu().fingerprint


def test_a_programme_under_which_the_facts_do_not_hold_is_refused(database):
    with database.reading(HERE) as session:
        told = facts.program(session)
    with database.writing(HERE, "li") as session:
        changed = facts.put_program(session, told.document | {"name": "新名字"}, expected=told.version)
    assert changed.version == told.version + 1
    with pytest.raises(Conflict), database.writing(HERE, "li") as session:
        facts.put_program(session, told.document, expected=told.version)
    with pytest.raises(BadInput), database.writing(HERE, "li") as session:
        facts.put_program(session, told.document | {"timezone": "Moon/Base"})


def test_pages_follow_each_other_in_the_servers_order(database, known):
    with database.reading(HERE) as session:
        everything = facts.page(session, "claims", limit=500)
        first = facts.page(session, "claims", limit=5)
        rest = facts.page(session, "claims", after=first[-1].sequence, limit=500)
        assert (*first, *rest) == everything
        mine = facts.page(session, "claims", volunteer=known["volunteer"])
        assert {row.document["volunteer"] for row in mine} == {known["volunteer"]}
        with pytest.raises(BadInput):
            facts.page(session, "claims", phone="1")


def test_claims_in_a_rush_are_all_kept_each_with_a_number_of_its_own(database, known):
    """Order by number is order of commit: whoever sees a number sees every smaller one too."""
    troubles, gaps = [], []

    def rush(hand):
        try:
            for n in range(6):
                put(database, "claims", claim(known, f"{hand}-{n}"), actor=hand)
                with database.reading(HERE) as session:
                    seen = [row.sequence for row in facts.page(session, "claims", limit=500)]
                if len(set(seen)) < len(seen) or seen != sorted(seen):
                    gaps.append(seen)
        except Exception as error:
            troubles.append(error)

    hands = [threading.Thread(target=rush, args=(f"h{n}",)) for n in range(4)]
    for thread in hands:
        thread.start()
    for thread in hands:
        thread.join()
    assert (troubles, gaps) == ([], [])
    assert len(assembled(database).claims) == len(wu().claims) + 24


def test_the_version_of_the_whole_rises_with_every_change(database, known):
    with database.reading(HERE) as session:
        before = facts.facts_version(session)
    put(database, "claims", claim(known))
    with database.reading(HERE) as session:
        assert facts.facts_version(session) > before


def test_a_scenario_built_one_fact_at_a_time_is_the_same(database):
    """The order of nouns is that of references; the first community's program is enough to begin with."""
    from matcher.store.scope import Scope
    from matcher.store.tenants import ensure

    scenario: Scenario = wu()
    there = Scope("huizhou", "by-hand")
    ensure(database, there, "li")
    with database.writing(there, "li") as session:
        facts.put_program(session, facts.document_of(scenario.program))
        for noun in ("places", "teams", "volunteers", "residents", "wishes", "claims", "declines", "pairings",
                     "history", "published", "pins", "travel_times"):
            for fact in getattr(scenario, noun):
                facts.put(session, noun, facts.document_of(fact))
    assert assembled(database, there).fingerprint == scenario.fingerprint
