"""What commands begin with: the facts in the language asked for, and rosters beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from matcher.cli.text import Language

if TYPE_CHECKING:
    from matcher.domain.scenario import Scenario
    from matcher.problem.roster import Roster


def spoken_facts(
    scenario: Path, encoding: str | None, lang: Language | None, *, quiet: bool
) -> tuple[Scenario, Scenario, Language]:
    """The facts as told, the same in the language spoken, and that language; assumptions are told unless ``quiet``.

    Raises ``BadInput``.
    """
    from matcher.cli.facts import pick_language, read_facts, speaking
    from matcher.cli.show import show_import

    facts = read_facts(scenario, encoding, lang)
    spoken = pick_language(lang, facts.scenario)
    if not quiet:
        show_import(facts, spoken)
    return facts.scenario, speaking(facts.scenario, spoken), spoken


def facts_and_rosters(
    scenario: Path, rosters: list[Path], encoding: str | None, lang: Language | None, *, quiet: bool
) -> tuple[Scenario, list[Roster], Language]:
    """The facts, the rosters and the language spoken; assumptions are told unless ``quiet``. Raises ``BadInput``."""
    from matcher.cli.facts import read_plan

    facts, judged, spoken = spoken_facts(scenario, encoding, lang, quiet=quiet)
    return judged, [read_plan(path, facts, judged) for path in rosters], spoken
