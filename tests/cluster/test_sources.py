"""Which files are communities."""

from __future__ import annotations

import json

import pytest
from small_facts import small_facts

from matcher.cluster.sources import communities_in
from matcher.errors import BadInput


@pytest.fixture
def town(tmp_path):
    """Three communities in a folder, in three forms, among things that are none."""
    from matcher.domain.scenario import Scenario
    from matcher.exchange import write_scenario

    scenario = Scenario.model_validate(small_facts())
    (tmp_path / "town").mkdir()
    for name in ("east.json", "west.xlsx", "north"):
        write_scenario(scenario, tmp_path / "town" / name, lang="en")
    for name in ("~$west.xlsx", ".hidden.json", "readme.txt"):
        (tmp_path / "town" / name).touch()
    (tmp_path / "town" / "empty").mkdir()
    return tmp_path / "town"


def test_a_folder_stands_for_the_communities_in_it(town):
    found = communities_in([town])
    assert [one.name for one in found] == ["east", "north", "west"]
    assert len({one.read().scenario.fingerprint for one in found}) == 1


def test_files_and_folders_may_be_given_beside_each_other_and_twice(town):
    assert [one.name for one in communities_in([town / "north", town / "east.json", town])] == ["north", "east", "west"]


def test_what_was_assumed_goes_with_the_facts(town, tmp_path):
    facts = small_facts()
    facts["volunteers"][0].pop("availability")
    path = tmp_path / "south.json"
    path.write_text(json.dumps(facts), "utf-8")
    (found,) = communities_in([path])
    assert any("no hours yet" in note for note in found.read().notes)


def test_every_fault_of_the_paths_is_told_at_once(town, tmp_path):
    (tmp_path / "East.json").write_text("{}")
    with pytest.raises(BadInput) as error:
        communities_in([town, tmp_path / "East.json", tmp_path / "nowhere.json", town / "empty", town / "readme.txt"])
    assert [fault.code for fault in error.value.faults] == ["same-name", "no-such-path", "no-scenarios", "not-a-scenario"]
    assert all(fault.advice for fault in error.value.faults)
