"""Reading what the command line is given: the facts, a roster of the same programme, an id that exists."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.cli.text import Language, say
from matcher.errors import BadInput, Fault

if TYPE_CHECKING:
    from matcher.domain.scenario import Scenario
    from matcher.exchange import Import
    from matcher.problem.roster import Roster


def read_facts(path: Path, encoding: str | None, lang: Language | None) -> Import:
    """The scenario with its assumptions and warnings; ``BadInput`` with every fault."""
    from matcher.exchange import read_scenario

    return read_scenario(path, encoding=encoding, lang=lang)


def speaking(scenario: Scenario, lang: Language) -> Scenario:
    """The same facts, with messages and pages in this language."""
    program = scenario.program
    if program.settings.language == lang:
        return scenario
    settings = type(program.settings)(**dict(program.settings) | {"language": lang})
    return scenario.with_changes(program=type(program)(**dict(program) | {"settings": settings}))


def read_plan(path: Path, told: Scenario, spoken: Scenario) -> Roster:
    """The roster; one made from ``told`` counts as made from the same facts in another language."""
    from matcher.exchange import read_roster

    roster = read_roster(path, told, lang=spoken.program.settings.language)
    same = roster.scenario == told.fingerprint
    return roster.model_copy(update={"scenario": spoken.fingerprint}) if same else roster


def with_edits(facts: Import, path: Path, lang: Language, *, told: bool = False) -> Import:
    """The facts with what a coordinator wrote into a roster.xlsx: pins and history; its warnings only."""
    from matcher.exchange import Import, read_roster_edits

    edits = read_roster_edits(path, facts.scenario, told=told, lang=lang)
    return Import(edits.applied_to(facts.scenario), (), edits.warnings)


def no_such(noun: str, name: str, known: Iterable[str], lang: Language, path: tuple[str | int, ...] = ()) -> Fault:
    """A fault that says what is not there, and what was perhaps meant."""
    close = difflib.get_close_matches(name, list(known), n=1)
    nearest = say("maybe", lang, name=close[0]) if close else ""
    message = say("no-such", lang, noun=say(noun, lang), name=name)
    return Fault(message, say("no-such-advice", lang, nearest=nearest), path=path, code="dangling")


def pick_language(asked: str | None, scenario: Scenario) -> Language:
    """The language asked for, or else the programme's."""
    chosen = asked or scenario.program.settings.language
    return "en" if chosen == "en" else "zh"


def generate_apart(
    preset: str, folder: Path, seed: int, count: int, volunteers: int | None, visits: int | None, lang: Language
) -> None:
    """Invent so many communities, each a .json of its own in a new folder; the seeds follow one another."""
    from matcher.exchange.files import write_whole_folder
    from matcher.exchange.jsonfile import write_json
    from matcher.generate import generate

    def fill(target: Path) -> None:
        one = None if volunteers or visits else 1
        for number in range(count):
            scenario = generate(preset, seed + number, volunteers=volunteers, visits=visits, communities=one, lang=lang)
            write_json(scenario, target / f"{preset}-{seed + number:03}.json")

    write_whole_folder(folder, fill, lang)


def refuse_existing(path: Path, lang: Language) -> None:
    """Say before the work, not after it, that the target is taken."""
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise BadInput(say("new-file", lang, path=path), say("new-file-advice", lang))


def check_ids(
    scenario: Scenario, lang: Language, *, wish: str | None, visit: str | None, volunteer: str | None
) -> str | None:
    """The id of the volunteer, who may be named by a name only one has; ids the facts do not know are refused."""
    faults = []
    if wish is not None and wish not in scenario.wish:
        faults.append(no_such("wish", wish, scenario.wish, lang))
    if visit is not None and visit.rpartition("/")[0] not in scenario.wish:
        faults.append(no_such("visit", visit, (f"{name}/1" for name in scenario.wish), lang))
    called = [] if volunteer is None else volunteers_called(scenario, volunteer)
    if volunteer is not None and not called:
        known = [*scenario.volunteer, *(person.name for person in scenario.volunteers if person.name)]
        faults.append(no_such("volunteer", volunteer, known, lang))
    if volunteer is not None and len(called) > 1:
        faults.append(several(volunteer, called, lang))
    if faults:
        raise BadInput(faults)
    return called[0] if called else None


def volunteers_called(scenario: Scenario, name: str) -> list[str]:
    """The ids of the volunteers with this id, or else with this name."""
    if name in scenario.volunteer:
        return [name]
    return [person.id for person in scenario.volunteers if person.name == name]


def several(name: str, called: Iterable[str], lang: Language) -> Fault:
    """A fault that says whose name this is."""
    names = ("、" if lang == "zh" else ", ").join(called)
    return Fault(say("several", lang, text=name), say("several-advice", lang, names=names), code="several")
