"""The API's description: whole, with examples that are Mr Wu's, and a line in the table of access for every operation."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from keeping import wu as wu_scenario

from matcher.api import examples
from matcher.api.app import create_app
from matcher.domain.scenario import Program
from matcher.exchange.assemble import FACTS
from matcher.exchange.jsonfile import scenario_from
from matcher.problem.roster import Roster
from matcher.service.accounts.access import ACCESS, Level
from matcher.store.address import address_of
from matcher.store.database import Database


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    nowhere = Database(address_of(str(tmp_path_factory.mktemp("api") / "never.db")))
    yield create_app(nowhere).openapi()
    nowhere.close()


def operations(described):
    return {
        operation["operationId"]: operation
        for item in described["paths"].values() for method, operation in item.items() if method != "parameters"
    }


def test_every_operation_says_what_it_does_who_may_and_how_it_ends(described):
    assert described["openapi"] == "3.1.0"
    for name, operation in operations(described).items():
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}, name
        assert bool(operation["security"]) == (ACCESS[name].level is not Level.OPEN), name


def test_every_operation_has_one_line_in_the_table_and_every_line_an_operation(described):
    unrouted = {"openapi.get", "schema.get"}
    assert set(operations(described)) == set(ACCESS) - unrouted


def bodies(described):
    """(operation, schema, examples) of every JSON body."""
    for name, operation in operations(described).items():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            schema = body["schema"]
            shown = [body[word] for word in ("example",) if word in body] + list(schema.get("examples", ()))
            shown += [example["value"] for example in body.get("examples", {}).values()]
            if "$ref" in schema:
                model = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
                shown += [model[word] for word in ("example",) if word in model] + list(model.get("examples", ()))
            yield name, schema, shown


def test_every_json_body_has_an_example_that_its_schema_allows(described):
    for name, schema, shown in bodies(described):
        assert shown, name
        judge = Draft202012Validator({"$ref": "#/body", "body": schema, "components": described["components"]})
        for example in shown:
            assert [error.message for error in judge.iter_errors(example)] == [], name


def test_every_reference_leads_somewhere(described):
    text = json.dumps(described)
    names = {part.partition('"')[0] for part in text.split('"$ref": "#/components/')[1:]}
    for name in names:
        kind, _, called = name.partition("/")
        assert called in described["components"][kind], name


def test_examples_can_be_used():
    Roster.model_validate(examples.ROSTER)
    scenario_from(examples.SCENARIO)
    Program.model_validate(examples.PROGRAM)
    for noun, model in FACTS.items():
        model.model_validate(examples.FACTS[noun])


def test_examples_are_mr_wus():
    whole = wu_scenario()
    for noun in ("places", "residents", "volunteers", "teams", "wishes", "claims"):
        example = FACTS[noun].model_validate(examples.FACTS[noun])
        fact = next(fact for fact in getattr(whole, noun) if fact.id == example.id)
        for name in example.model_fields_set - {"availability", "recurrence"}:
            assert getattr(example, name) == getattr(fact, name), (noun, name)
