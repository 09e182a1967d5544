"""Facts from anywhere, put together into a scenario, or every fault among them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from matcher.domain.claims import Claim, Decline, Pairing, Pin, Published
from matcher.domain.history import Service
from matcher.domain.people import Resident, Team, Volunteer
from matcher.domain.places import Place, TravelTime
from matcher.domain.scenario import Program, Scenario, find_faults
from matcher.domain.wishes import Wish
from matcher.errors import BadInput, Fault
from matcher.exchange.faults import Placed, Where, dangling_name, model_faults, scenario_fault
from matcher.exchange.notices import notices

FACTS: dict[str, type[Any]] = {
    "places": Place,
    "residents": Resident,
    "volunteers": Volunteer,
    "teams": Team,
    "wishes": Wish,
    "claims": Claim,
    "declines": Decline,
    "pairings": Pairing,
    "history": Service,
    "published": Published,
    "pins": Pin,
    "travel_times": TravelTime,
}
"""Every list of a scenario, and what it holds."""


@dataclass(frozen=True, slots=True)
class Import:
    """What reading gave. ``assumptions`` say how a cell was understood; ``warnings`` what to look at. Neither stops."""

    scenario: Scenario
    assumptions: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def make(model: type[Any], values: Any, where: Where, lang: str, faults: list[Fault]) -> Placed | None:
    """The fact, or None with its faults added to ``faults``."""
    try:
        return Placed(model.model_validate(values), where)
    except ValidationError as error:
        faults += model_faults(error, where, lang)
    return None


def assemble(
    program: Program | None,
    tables: Mapping[str, Sequence[Placed]],
    *,
    faults: Sequence[Fault] = (),
    assumptions: Sequence[Fault] = (),
    warnings: Sequence[Fault] = (),
    unmade: Set[str] = frozenset(),
    lang: str = "zh",
) -> Import:
    """The scenario of these facts; raises ``BadInput`` with the given faults and those between the facts.

    ``unmade`` are ids whose own facts were faulty: references to them are not reported again.
    """
    facts: dict[str, Any] = {name: tuple(placed.fact for placed in tables.get(name, ())) for name in FACTS}
    among: list[Fault] = []
    if program is not None:
        draft = Scenario.model_construct(format="matcher/1", program=program, **facts)
        among = [
            scenario_fault(fault, tables, lang)
            for fault in find_faults(draft)
            if not (fault.code == "dangling" and dangling_name(fault) in unmade)
        ]
    stops = [*faults, *(fault for fault in among if not fault.warning)]
    if stops or program is None:
        raise BadInput(list(dict.fromkeys(stops)))
    scenario = Scenario(program=program, **facts)
    noted = [*warnings, *(fault for fault in among if fault.warning), *notices(scenario, lang)]
    return Import(scenario, tuple(assumptions), tuple(dict.fromkeys(noted)))
