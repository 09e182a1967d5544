"""Scenarios as JSON: read with every fault and its path, written so that the same scenario gives the same bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from matcher.domain.scenario import Program, Scenario
from matcher.errors import BadInput, Fault
from matcher.exchange.assemble import FACTS, Import, assemble, make
from matcher.exchange.csvfolder import decode
from matcher.exchange.faults import JsonPath, Placed, model_faults
from matcher.exchange.grid import check_size, say, unreadable


def read_json(path: Path, *, encoding: str | None = None, lang: str | None = None) -> Import:
    """The scenario in a .json file; raises ``BadInput`` with every fault, in ``lang`` or the programme's language."""
    document = load_json(path, encoding=encoding, lang=lang or "zh")
    return scenario_from(document, lang=lang or _spoken(document))


def _spoken(document: dict[str, Any]) -> str:
    """The language a document's settings name, if they do."""
    named: Any = document
    for key in ("program", "settings", "language"):
        named = named.get(key) if isinstance(named, dict) else None
    return "en" if named == "en" else "zh"


def load_json(path: Path, *, encoding: str | None = None, lang: str = "zh") -> dict[str, Any]:
    """The object in a .json file; raises ``BadInput`` for anything else."""
    check_size(path, lang)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, lang, error) from error
    return parsed(decode(data, path.name, encoding=encoding, lang=lang), path.name, lang)


def parsed(text: str, name: str, lang: str) -> dict[str, Any]:
    """The object in a JSON text called ``name``; raises ``BadInput`` for anything else."""
    document = parsed_value(text, name, lang)
    if not isinstance(document, dict):
        raise _cannot_use(
            name,
            lang,
            "里应是一个 {…}",
            "must hold one object {…}",
            "这可能不是 matcher 的文件。",
            "This may not be a matcher file.",
        )
    return document


def parsed_value(text: str, name: str, lang: str) -> Any:
    """Whatever stands in a JSON text, read strictly: no NaN, no key twice, no half characters."""
    try:
        document = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise BadInput(
            say(
                lang,
                f"“{name}”第 {error.lineno} 行第 {error.colno} 列起不是有效的 JSON（{error.msg}）。",
                f'"{name}" is not valid JSON from line {error.lineno}, column {error.colno} on ({error.msg}).',
            ),
            say(lang, "请检查逗号、引号和括号是否成对。", "Check that commas, quotes and brackets match."),
        ) from error
    except _Refused as error:
        raise _cannot_use(name, lang, *error.reasons) from error
    except RecursionError as error:
        raise _cannot_use(
            name, lang, "里的括号套得太深", "is nested too deeply", "请检查括号是否成对。", "Check the brackets."
        ) from error
    except ValueError as error:
        # Python refuses to convert integers of thousands of digits.
        raise _cannot_use(
            name,
            lang,
            "里有一个数长得读不了",
            "holds a number too long to read",
            "请改成合理的数。",
            "Correct the number.",
        ) from error
    if _HALF_CHARACTER.search(text) and (broken := _lone_surrogate(document)):
        raise _cannot_use(
            name,
            lang,
            f"里有半个字符（{broken}）",
            f"holds half a character ({broken})",
            "转换时丢了字，请按原件补上。",
            "A character was lost in conversion; fill it in from the original.",
        )
    return document


class _Refused(Exception):
    """Why the parser was stopped: fact and advice, in Chinese and English."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(reasons[1])
        self.reasons = reasons


def _cannot_use(name: str, lang: str, zh: str, en: str, zh_advice: str, en_advice: str) -> BadInput:
    return BadInput(say(lang, f"“{name}”{zh}。", f'"{name}" {en}.'), say(lang, zh_advice, en_advice))


def _no_constant(name: str) -> Any:
    raise _Refused(
        f"里写了 {name}，不是数",
        f"holds {name}, which is not a number",
        "请改成数，或去掉这一项。",
        "Write a number, or leave it away.",
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        again = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Refused(
            f"的同一个 {{…}} 里，“{again}”写了两次",
            f'has "{again}" twice in one object',
            "请只留一个。",
            "Keep one of them.",
        )
    return found


_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def _lone_surrogate(document: Any) -> str:
    """Half a character, as it is written in JSON, anywhere in a document; empty if there is none."""
    rest = [document]
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            if found := re.search(r"[\ud800-\udfff]", value):
                return f"\\u{ord(found[0]):04x}"
        elif isinstance(value, dict):
            rest += (*value, *value.values())
        elif isinstance(value, list):
            rest += value
    return ""


def scenario_from(document: dict[str, Any], *, lang: str = "zh") -> Import:
    """The scenario of a parsed document; raises ``BadInput`` with every fault."""
    faults: list[Fault] = []
    if document.get("format") != "matcher/1":
        given = document.get("format")
        faults.append(
            Fault(
                say(lang, f"format 是 {given!r}，应是 “matcher/1”。", f'format is {given!r}; it must be "matcher/1".'),
                say(lang, "这可能不是 matcher 的台账文件。", "This may not be a matcher scenario."),
                path=("format",),
                code="format",
            )
        )
    program = _program(document, lang, faults)
    faults.extend(
        Fault(
            say(lang, "没有这一项。", "is not a part of a scenario."),
            say(lang, f"可用的有：{'、'.join(FACTS)}。", f"Its parts are {', '.join(FACTS)}."),
            path=(key,),
            code="extra_forbidden",
        )
        for key in sorted(document.keys() - FACTS.keys() - {"format", "program"})
    )
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
        faults.append(
            Fault(
                say(
                    lang, "缺少 program（项目名称、截至时间、起止日期）。", "program is missing (name, as_of, window)."
                ),
                path=("program",),
                code="missing",
            )
        )
        return None
    try:
        return Program.model_validate(document["program"])
    except ValidationError as error:
        faults += model_faults(error, JsonPath(("program",)), lang)
    return None


def write_json(scenario: Scenario, path: Path) -> None:
    """The scenario as JSON text, fields at their defaults left away."""
    path.write_text(scenario.to_json() + "\n", encoding="utf-8", newline="\n")
