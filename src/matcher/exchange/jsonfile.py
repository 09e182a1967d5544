"""Scenarios as JSON: read with every fault and its path, written so that the same scenario gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from matcher.domain.scenario import Program, Scenario
from matcher.errors import BadInput, Fault
from matcher.exchange.assemble import FACTS, Import, assemble, make
from matcher.exchange.csvfolder import decode
from matcher.exchange.faults import JsonPath, Placed, model_faults
from matcher.exchange.grid import check_size, say, unreadable


def read_json(path: Path, *, encoding: str | None = None, lang: str = "zh") -> Import:
    """The scenario in a .json file; raises ``BadInput`` with every fault."""
    document = load_json(path, encoding=encoding, lang=lang)
    return scenario_from(document, lang=lang)


def load_json(path: Path, *, encoding: str | None = None, lang: str = "zh") -> dict[str, Any]:
    """The object in a .json file; raises ``BadInput`` for anything else."""
    check_size(path, lang)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, lang, error) from error
    text = decode(data, path.name, encoding=encoding, lang=lang)
    try:
        document = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise BadInput(
            say(
                lang,
                f"“{path.name}”第 {error.lineno} 行第 {error.colno} 列起不是有效的 JSON（{error.msg}）。",
                f'"{path.name}" is not valid JSON from line {error.lineno}, column {error.colno} on ({error.msg}).',
            ),
            say(lang, "请检查逗号、引号和括号是否成对。", "Check that commas, quotes and brackets match."),
        ) from error
    except (ValueError, RecursionError) as error:
        reason = say(lang, "嵌套太深", "nested too deeply") if isinstance(error, RecursionError) else str(error)
        raise BadInput(
            say(lang, f"“{path.name}”不是有效的 JSON：{reason}。", f'"{path.name}" is not valid JSON: {reason}.')
        ) from error
    if not isinstance(document, dict):
        raise BadInput(
            say(lang, f"“{path.name}”里应是一个 {{…}}。", f'"{path.name}" must hold one object {{…}}.'),
        )
    return document


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        again = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f'"{again}" stands twice in one object')
    return found


def scenario_from(document: dict[str, Any], *, lang: str = "zh") -> Import:
    """The scenario of a parsed document; raises ``BadInput`` with every fault."""
    faults: list[Fault] = []
    if document.get("format") != "matcher/1":
        given = document.get("format")
        faults.append(Fault(
            say(lang, f"format 是 {given!r}，应是 “matcher/1”。", f'format is {given!r}; it must be "matcher/1".'),
            say(lang, "这可能不是 matcher 的台账文件。", "This may not be a matcher scenario."),
            path=("format",), code="format",
        ))
    program = _program(document, lang, faults)
    for key in sorted(document.keys() - FACTS.keys() - {"format", "program"}):
        faults.append(Fault(
            say(lang, "没有这一项。", "is not a part of a scenario."),
            say(lang, f"可用的有：{'、'.join(FACTS)}。", f"Its parts are {', '.join(FACTS)}."),
            path=(key,), code="extra_forbidden",
        ))
    tables: dict[str, list[Placed]] = {}
    for name, model in FACTS.items():
        rows = document.get(name, [])
        if not isinstance(rows, list):
            faults.append(Fault(say(lang, "要写成列表 […]。", "must be a list […]."), path=(name,), code="list_type"))
            continue
        made = [make(model, row, JsonPath((name, number)), lang, faults) for number, row in enumerate(rows)]
        tables[name] = [placed for placed in made if placed is not None]
    return assemble(program, tables, faults=faults, lang=lang)


def _program(document: dict[str, Any], lang: str, faults: list[Fault]) -> Program | None:
    if "program" not in document:
        faults.append(Fault(
            say(lang, "缺少 program（项目名称、截至时间、起止日期）。", "program is missing (name, as_of, window)."),
            path=("program",), code="missing",
        ))
        return None
    try:
        return Program.model_validate(document["program"])
    except ValidationError as error:
        faults += model_faults(error, JsonPath(("program",)), lang)
    return None


def write_json(scenario: Scenario, path: Path) -> None:
    """The scenario as JSON text, fields at their defaults left away."""
    path.write_text(scenario.to_json() + "\n", encoding="utf-8", newline="\n")
