"""The docs say what the code does: generated parts are fresh, tables hold the real defaults, links lead somewhere."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from matcher.domain.scenario import Scenario
from matcher.domain.settings import Settings, Weights
from matcher.problem.objective import NEEDS_TERMS, PROMISE_TERMS, QUALITY_TERMS
from matcher.problem.rules import RULES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "scenarios").rglob("*.md")])


def _generator():
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _commands():
    """Every command of the app with its parameters' names as typed."""
    from typer.main import get_command

    from matcher.cli.main import app

    return {
        name: {
            word for _, one in _with_parts(name, command)
            for parameter in one.params for word in parameter.opts if word.startswith("-")
        }
        for name, command in get_command(app).commands.items()
    }


def _with_parts(name, command):
    """A command, or the commands of a group, with their names."""
    parts = getattr(command, "commands", {})
    return [(f"{name} {part}", one) for part, one in parts.items()] or [(name, command)]


def test_what_is_generated_is_up_to_date():
    assert _generator().out_of_date() == [], "run: make docs"


def test_every_rule_has_its_row():
    page = (DOCS / "rules.md").read_text("utf-8")
    for rule in RULES.values():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{rule.name}` |"))
        assert rule.zh in row
        assert rule.en in row


def test_every_term_has_its_row():
    page = (DOCS / "objective.md").read_text("utf-8")
    for term in (*NEEDS_TERMS, *PROMISE_TERMS, *QUALITY_TERMS):
        assert f"| `{term}` |" in page, term


@pytest.mark.parametrize("weight", Weights.model_fields)
def test_a_weight_is_documented_with_its_default(weight):
    page = (DOCS / "objective.md").read_text("utf-8")
    default = Weights.model_fields[weight].default
    assert re.search(rf"^\| `{weight}` \| `weights\.{weight}` \| {default} \|", page, re.MULTILINE)


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_a_setting_is_documented_with_its_default(setting):
    page = (DOCS / "file-format.md").read_text("utf-8")
    row = re.search(rf"^\| `{setting}` \|[^|]*\|([^|]*)\|", page, re.MULTILINE)
    assert row, f"docs/file-format.md has no row for the setting {setting}"
    default = json.loads(Settings().model_dump_json(by_alias=True, exclude_none=True)).get(setting)
    if not isinstance(default, (dict, list, type(None))):
        assert f"`{default}`" in row.group(1)


def test_the_workbook_of_mr_wu_holds_the_same_facts_as_his_scenario():
    import matcher

    folder = ROOT / "scenarios" / "wu-bo"
    facts = [matcher.read_scenario(folder / name).scenario for name in ("scenario.json", "wu-bo.xlsx")]
    assert facts[0].fingerprint == facts[1].fingerprint, "run: make docs"


def test_the_schema_accepts_the_scenarios():
    from jsonschema import Draft202012Validator

    schema = json.loads((DOCS / "schema" / "scenario.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    for path in sorted((ROOT / "scenarios").glob("*/scenario.json")):
        faults = list(Draft202012Validator(schema).iter_errors(json.loads(path.read_text("utf-8"))))
        assert not faults, (path, faults[0].message)


def test_the_schema_refuses_what_the_models_refuse():
    from jsonschema import Draft202012Validator

    schema = Scenario.model_json_schema(by_alias=True)
    assert not Draft202012Validator(schema).is_valid({"format": "matcher/1", "colour": "red"})


def test_every_command_and_option_is_in_the_docs():
    page = (DOCS / "cli.md").read_text("utf-8")
    common = page.partition("\n## ")[0]
    for name, options in _commands().items():
        section = re.search(rf"^## matcher {name}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
        assert section, f"docs/cli.md has no section for {name}"
        for option in options:
            assert re.search(rf"`{option}[` ]", common + section.group(1)), (name, option)


def test_the_docs_name_no_command_or_option_that_is_not_there():
    page = (DOCS / "cli.md").read_text("utf-8")
    commands = _commands()
    assert set(re.findall(r"^## matcher (\w+)$", page, re.MULTILINE)) == set(commands)
    known = set().union(*commands.values()) | {"--help", "--version"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", page)) <= known


def test_every_command_and_option_has_help():
    from typer.main import get_command

    from matcher.cli.main import app

    for group, whole in get_command(app).commands.items():
        assert whole.help, group
        for name, command in _with_parts(group, whole):
            assert command.help, name
            for parameter in command.params:
                assert getattr(parameter, "help", None), (name, parameter.name)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target


def test_the_readme_example_runs(tmp_path, monkeypatch, capsys):
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert example
    assert len(example.group(1).splitlines()) <= 15
    monkeypatch.chdir(ROOT)
    exec(compile(example.group(1).replace('"out/', f'"{tmp_path}/'), "README.md", "exec"), {})
    assert capsys.readouterr().out


def test_the_glossary_is_used():
    page = (DOCS / "glossary.md").read_text("utf-8")
    for word in ("心愿", "服务对象", "志愿者", "认领", "备班", "锁定", "已通知", "结对", "缺人"):
        assert word in page
