"""What the facts themselves say: supply against demand, what is doubtful about them, and who or what is incomplete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from matcher.domain.scenario import Scenario, find_faults
from matcher.errors import Fault
from matcher.service.asking.asks import Question

if TYPE_CHECKING:
    from matcher.problem.rules import Language


def supply(question: Question) -> dict[str, Any]:
    """Seats needed and people there are, by skill and half-day; what nobody can serve, and why."""
    from matcher.planning.supply import supply as count

    found = count(question.known.problem)
    language: Language = "en" if question.lang == "en" else "zh"
    return found.to_dict(language) | {"columns": found.table(language)[0], "notes": found.notes(language)}


def facts(question: Question) -> dict[str, Any]:
    """Counts, warnings with what to do, and people and residents of whom something is missing."""
    from dataclasses import asdict

    scenario = question.known.scenario
    asks_skills = any(role.skills for wish in scenario.wishes for role in wish.roles)
    return {
        "counts": _counts(scenario),
        "warnings": [asdict(fault) | {"where": fault.where} for fault in dict.fromkeys(_warnings(scenario, question.lang))],
        "people": [told for one in scenario.volunteers if (told := _incomplete(one, asks_skills))],
        "program": scenario.program.model_dump(mode="json", include={"name", "as_of", "window"}),
    }


def _counts(scenario: Scenario) -> dict[str, int]:
    from matcher.exchange.assemble import FACTS

    return {noun: len(getattr(scenario, noun)) for noun in FACTS}


def _warnings(scenario: Scenario, lang: str) -> Iterator[Fault]:
    from matcher.exchange.assemble import FACTS
    from matcher.exchange.faults import JsonPath, Placed, scenario_fault
    from matcher.exchange.notices import notices

    placed = {
        noun: [Placed(fact, JsonPath((noun, number))) for number, fact in enumerate(getattr(scenario, noun))] for noun in FACTS
    }
    yield from (scenario_fault(fault, placed, lang) for fault in find_faults(scenario) if fault.warning)
    yield from notices(scenario, lang)


def _incomplete(person: Any, asks_skills: bool) -> dict[str, Any] | None:
    """What nobody has said of a volunteer: ``hours``, ``place``, ``skills`` if any wish asks for some; None: nothing."""
    said = {"hours": person.availability, "place": person.home, "skills": person.skills or not asks_skills}
    missing = [name for name, told in said.items() if not told]
    told = {"id": person.id, "name": person.name or person.id, "team": person.team, "missing": missing}
    return told if missing else None
