"""A roster beside the judge's report on it, as ``plan`` wrote them: read without the facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from matcher.domain.base import Fact
from matcher.errors import BadInput, Fault
from matcher.exchange.faults import JsonPath, model_faults
from matcher.exchange.grid import say
from matcher.exchange.jsonfile import load_json
from matcher.problem.roster import Report, Roster

Model = TypeVar("Model", bound=Fact)


def read_judged(path: Path, *, lang: str) -> tuple[Roster, Report]:
    """The roster.json and the report.json of a folder ``plan`` wrote, or of the folder a roster.json lies in.

    Raises ``BadInput`` where one is missing, is something else, or belongs to another roster.
    """
    folder = path if path.is_dir() else path.parent
    if path.is_file() and path.suffix.lower() != ".json":
        raise BadInput(
            say(lang, f"单凭“{path.name}”没法比，还要台账。", f'"{path.name}" cannot be compared without the facts.'),
            say(lang, "加上 --scenario 台账。", "Add --scenario with the facts."),
        )
    report = folder / "report.json"
    if not report.is_file():
        raise BadInput(
            say(lang, f"“{folder}”里没有 report.json。", f'"{folder}" holds no report.json.'),
            say(
                lang,
                "请给 matcher plan 写出的文件夹，或加上 --scenario 台账。",
                "Give the folders matcher plan wrote, or add --scenario with the facts.",
            ),
        )
    roster = folder / "roster.json" if path.is_dir() else path
    made = _read(roster, Roster, "matcher-roster/1", lang)
    judged = _read(report, Report, "matcher-report/1", lang)
    return made, judged


def _read(path: Path, model: type[Model], form: str, lang: str) -> Model:
    document: dict[str, Any] = load_json(path, lang=lang)
    if document.get("format") != form:
        raise BadInput([Fault(
            say(lang, f"“{path.name}”不是 matcher plan 写出的。", f'"{path.name}" is not what matcher plan wrote.'),
            say(lang, "请换成那个文件夹里的原件。", "Take the original from that folder."),
            path=("format",), code="format",
        )])
    try:
        return model.model_validate({name: document[name] for name in model.model_fields if name in document})
    except ValidationError as error:
        raise BadInput(model_faults(error, JsonPath(()), lang)) from error
