"""Facts as rows: nothing is lost on the way in and out, and versions tell what changed."""

from __future__ import annotations

from datetime import datetime

import pytest
from keeping import HERE, SCENARIOS, assembled, kept, wu

from matcher.domain.scenario import PlanningWindow, Scenario
from matcher.errors import BadInput
from matcher.exchange import read_scenario
from matcher.generate import PRESETS, generate
from matcher.store import facts
from matcher.store.assembly import Changes, freeze, frozen, scenario_of
from matcher.store.scope import Scope


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_comes_back_as_it_went_in(database, name):
    scenario = generate(name, 3, volunteers=40, visits=60)
    kept(database, scenario)
    back = assembled(database)
    assert back.fingerprint == scenario.fingerprint
    assert back.to_json() == scenario.to_json()


@pytest.mark.parametrize("name", ["wu-bo", "chunhui", "xiguan", "jiangzhou", "quantang"])
def test_a_scenario_comes_back_as_it_went_in(database, name):
    scenario = read_scenario(SCENARIOS / name / "scenario.json").scenario
    kept(database, scenario)
    assert assembled(database).fingerprint == scenario.fingerprint
    assert assembled(database).to_json() == scenario.to_json()


def test_the_same_facts_again_change_no_version(database):
    first = kept(database, wu())
    assert (first.changed, first.removed, first.same) == (0, 0, 0)
    with database.reading(HERE) as session:
        before = facts.page(session, "volunteers")
    assert kept(database, wu(), actor="chen") == Changes(0, 0, 0, first.created)
    with database.reading(HERE) as session:
        assert facts.page(session, "volunteers") == before


def test_an_import_changes_only_what_differs(database):
    scenario = wu()
    kept(database, scenario)
    renamed = type(scenario.volunteers[0])(**dict(scenario.volunteers[0]) | {"notes": "改了"})
    other = scenario.with_changes(volunteers=(renamed, *scenario.volunteers[1:]), history=scenario.history[1:])
    # One volunteer is another; one line of history is gone; lines equal to the first keep their keys.
    assert kept(database, other, actor="chen").changed == 1
    with database.reading(HERE) as session:
        rows = {row.key: row for row in facts.page(session, "volunteers")}
        assert rows[renamed.id].version == 2
        assert rows[renamed.id].changed_by == "chen"
        assert {row.version for key, row in rows.items() if key != renamed.id} == {1}
    assert assembled(database).fingerprint == other.fingerprint


def test_rows_in_another_order_come_back_in_that_order(database):
    scenario = wu()
    kept(database, scenario)
    turned = scenario.with_changes(claims=tuple(reversed(scenario.claims)))
    kept(database, turned)
    assert assembled(database).to_json() == turned.to_json()


def test_two_communities_keep_apart(database):
    one, two = wu(), generate("donghe", 1, volunteers=20, visits=20)
    kept(database, one)
    kept(database, two, Scope("huizhou", "xihe"))
    kept(database, two, Scope("guilin", "donghe"))
    assert assembled(database).fingerprint == one.fingerprint
    assert assembled(database, Scope("huizhou", "xihe")).fingerprint == two.fingerprint


def test_the_facts_can_be_had_at_another_moment_and_for_another_window(database):
    scenario = wu()
    kept(database, scenario)
    later = datetime.fromisoformat("2027-01-03T20:00:00+08:00")
    window = PlanningWindow(start="2027-01-04", end="2027-01-10")
    told = assembled(database, as_of=later, window=window)
    assert (told.program.as_of, told.program.window) == (later, window)
    assert told.volunteers == scenario.volunteers


def test_a_moment_before_the_history_is_refused_in_words(database):
    scenario = read_scenario(SCENARIOS / "quantang" / "scenario.json").scenario
    kept(database, scenario)
    assert scenario.history
    with pytest.raises(BadInput):
        assembled(database, as_of=datetime.fromisoformat("2001-01-01T00:00:00+08:00"))


def test_a_snapshot_outlives_the_rows(database):
    scenario = wu()
    kept(database, scenario)
    with database.writing(HERE, "li") as session:
        name = freeze(session, scenario_of(session))
        assert freeze(session, scenario_of(session)) == name == scenario.fingerprint
    kept(database, generate("donghe", 1, volunteers=20, visits=20))
    with database.reading(HERE) as session:
        assert frozen(session, name).to_json() == scenario.to_json()


def test_names_in_any_script_and_with_any_quote_come_back(database):
    nasty = ["'; DROP TABLE volunteers; --", "<script>alert(1)</script>", "‮שלום", "👩‍👩‍👧", "吴\u0007伯", '"\\', "%s {0} :x"]
    scenario = wu()
    people = tuple(
        type(person)(**dict(person) | {"name": name, "notes": name}) for person, name in zip(scenario.volunteers, nasty)
    )
    scenario = scenario.with_changes(volunteers=(*people, *scenario.volunteers[len(nasty):]))
    kept(database, scenario)
    assert assembled(database).to_json() == scenario.to_json()


def test_a_character_no_database_keeps_is_refused_with_its_place_and_nothing_is_written(database):
    scenario = wu()
    kept(database, scenario)
    broken = type(scenario.volunteers[2])(**dict(scenario.volunteers[2]) | {"notes": "a\0b"})
    other = scenario.with_changes(volunteers=(*scenario.volunteers[:2], broken, *scenario.volunteers[3:]), claims=())
    with pytest.raises(BadInput) as refused:
        kept(database, other)
    assert [fault.where for fault in refused.value.faults] == ["volunteers[2].notes"]
    assert assembled(database).fingerprint == scenario.fingerprint


def test_facts_are_frozen_models_still(database):
    kept(database, wu())
    assert isinstance(assembled(database), Scenario)
