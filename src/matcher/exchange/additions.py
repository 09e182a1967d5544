"""Additions: new wishes, people, claims and changed hours from a small .json, put into a scenario's facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput, Fault
from matcher.exchange.assemble import FACTS, Import, assemble, make
from matcher.exchange.faults import JsonPath, Placed
from matcher.exchange.grid import say
from matcher.exchange.jsonfile import load_json

_KEYED = frozenset(name for name, model in FACTS.items() if "id" in model.model_fields)


def add_facts(scenario: Scenario, path: Path, *, lang: str | None = None) -> Import:
    """The scenario with what a .json file adds: lists as in a scenario, of which any may be missing.

    A row whose id is known changes what it names of that fact and leaves the rest; all others are new. Raises
    ``BadInput`` with every fault, each with its place in the file.
    """
    language = lang or scenario.program.settings.language
    path = Path(path)
    if path.suffix.lower() != ".json":
        raise BadInput(
            say(language, f"“{path.name}”不是 .json 文件。", f'"{path.name}" is not a .json file.'),
            say(
                language,
                "表格里的新情况请直接写进台账，再用改过的台账调班，不用 --add。",
                "Write what is new into the workbook itself, and replan with that, without --add.",
            ),
        )
    document = load_json(path, lang=language)
    faults = list(_strange_keys(document, language))
    tables = {name: _merged(scenario, name, document, language, faults) for name in FACTS}
    return assemble(scenario.program, tables, faults=faults, lang=language)


def _strange_keys(document: dict[str, Any], lang: str) -> list[Fault]:
    return [
        Fault(
            say(lang, "这里不能写这一项。", "does not belong here."),
            say(lang, f"可用的有：{'、'.join(FACTS)}。", f"What may be added: {', '.join(FACTS)}."),
            path=(key,),
            code="extra_forbidden",
        )
        for key in sorted(document.keys() - FACTS.keys() - {"format"})
    ]


def _merged(
    scenario: Scenario, name: str, document: dict[str, Any], lang: str, faults: list[Fault]
) -> list[Placed]:
    """The facts of one list, those of the file in their place or behind."""
    placed = [Placed(fact, JsonPath((name, number))) for number, fact in enumerate(getattr(scenario, name))]
    rows = document.get(name, [])
    if not isinstance(rows, list):
        faults.append(Fault(say(lang, "要写成列表 […]。", "must be a list […]."), path=(name,), code="list_type"))
        return placed
    known = {one.fact.id: at for at, one in enumerate(placed)} if name in _KEYED else {}
    seen: set[str] = set()
    for number, row in enumerate(rows):
        where = JsonPath((name, number))
        key = row.get("id") if isinstance(row, dict) and isinstance(row.get("id"), str) else None
        if key in seen and name in _KEYED:
            faults.append(Fault(
                say(lang, f"“{key}”写了两次。", f'"{key}" is listed twice.'),
                say(lang, "请合成一条。", "Make one of the two."), path=(name, number, "id"), code="duplicate-id",
            ))
            continue
        at = known.get(key) if key is not None else None
        if key is not None:
            seen.add(key)
        if at is None:
            made = make(FACTS[name], row, where, lang, faults)
            placed += [] if made is None else [made]
            continue
        before = placed[at].fact.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        made = make(FACTS[name], before | row, where, lang, faults)
        if made is not None:
            placed[at] = made
    return placed
