"""Putting scenarios into databases, and having them back."""

from __future__ import annotations

from pathlib import Path

from matcher.exchange import read_scenario
from matcher.store.assembly import replace_facts, scenario_of
from matcher.store.scope import Scope
from matcher.store.tenants import ensure

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HERE = Scope("huizhou", "donghe")


def kept(database, scenario, scope=HERE, actor="li"):
    ensure(database, scope, actor)
    with database.writing(scope, actor) as session:
        return replace_facts(session, scenario)


def assembled(database, scope=HERE, **moment):
    with database.reading(scope) as session:
        return scenario_of(session, **moment)


def wu():
    return read_scenario(SCENARIOS / "wu-bo" / "scenario.json").scenario
