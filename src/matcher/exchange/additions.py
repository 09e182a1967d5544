"""Additions: new wishes, people, claims and changed hours from a small file, put into a scenario's facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput, Fault
from matcher.exchange.assemble import FACTS, Import, assemble, make
from matcher.exchange.faults import JsonPath, Placed
from matcher.exchange.grid import say
from matcher.exchange.jsonfile import load_json

if TYPE_CHECKING:
    from matcher.exchange.grid import Grid
    from matcher.exchange.link import Index
    from matcher.exchange.rows import Log, Row, Table

_KEYED = frozenset(name for name, model in FACTS.items() if "id" in model.model_fields)
_NAMED = frozenset(["places", "residents", "teams", "volunteers"])
"""Tables whose rows are known by a name as well, if only one bears it."""
_REPLACED = {"availability": ("volunteer", "volunteers"), "roles": ("wish", "wishes")}
"""Tables whose rows say all of somebody's hours, or all of a wish's roles, and whose: known ones give way to new ones."""
_HOURS = frozenset(["availability", "~availability"])
"""Fields of a volunteer's own row that say their hours."""
_KNOWN = "台账·"
"""Before the name of a sheet made of the facts themselves, so that what is noted about them is not told twice."""


def add_facts(scenario: Scenario, path: Path, *, encoding: str | None = None, lang: str | None = None) -> Import:
    """The scenario with what a file adds: a .json with lists as in a scenario, an .xlsx, or a folder of .csv.

    Any list or sheet may be missing. A row whose id is known changes what it names of that fact and leaves the rest; in
    a sheet, a person, resident, team or place is known by name as well. All others are new. Raises ``BadInput`` with
    every fault, each with its place in the file.
    """
    language = lang or scenario.program.settings.language
    path = Path(path)
    if path.suffix.lower() == ".json" and not path.is_dir():
        return add_document(scenario, load_json(path, lang=language), lang=language)
    return _from_sheets(scenario, path, encoding, language)


# ------------------------------------------------------------------------------------------------ .json


def add_document(scenario: Scenario, document: dict[str, Any], *, lang: str | None = None) -> Import:
    """The scenario with what a parsed document adds, as ``add_facts``; raises ``BadInput`` with every fault."""
    language = lang or scenario.program.settings.language
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


# ------------------------------------------------------------------------------------------------ sheets


def _from_sheets(scenario: Scenario, path: Path, encoding: str | None, language: str) -> Import:
    """The facts written out as sheets, with the file's rows among theirs, read as one."""
    from matcher.exchange.export import context_of
    from matcher.exchange.facts import FactMaker
    from matcher.exchange.files import read_grids
    from matcher.exchange.rows import Log

    grids = read_grids(path, encoding=encoding, lang=language)
    log = Log(language)
    ctx = replace(context_of(scenario, language), date_1904=any(grid.date_1904 for grid in grids))
    tables = _together(scenario, _known_tables(scenario, language), _new_tables(grids, ctx, log))
    maker = FactMaker(tables, scenario.program, ctx, log)
    made = maker.make_all()
    told = assemble(
        scenario.program, made, faults=log.faults, assumptions=_of_the_file(log.assumptions),
        warnings=log.warnings, unmade=maker.unmade(), lang=language,
    )
    return Import(told.scenario, told.assumptions, _of_the_file(told.warnings))


def _known_tables(scenario: Scenario, language: str) -> dict[str, Table]:
    """What the facts' own sheets hold, as reading them gives it."""
    from matcher.exchange.columns import SETTINGS
    from matcher.exchange.export import context_of, fill_sheets
    from matcher.exchange.grid import Grid, numbered
    from matcher.exchange.rows import Log, read_table

    ctx, quiet = context_of(scenario, language), Log(language)
    tables = {}
    for filled in fill_sheets(scenario, language):
        if filled.sheet is not SETTINGS and filled.rows:
            head = tuple(column.header(language) for column in filled.columns)
            grid = Grid(f"{_KNOWN}{filled.sheet.name(language)}", tuple(numbered(iter((head, *filled.rows)))))
            tables[filled.sheet.table] = read_table(filled.sheet, grid, ctx, quiet)
    return tables


def _new_tables(grids: Sequence[Grid], ctx: Any, log: Log) -> dict[str, Table]:
    """The file's sheets that hold anything; settings are not added to."""
    from matcher.exchange.columns import SETTINGS
    from matcher.exchange.headers import match_sheets
    from matcher.exchange.rows import read_table

    found, unknown = match_sheets(grids, log.lang)
    log.warnings += unknown
    if not found:
        names = "、".join(grid.name for grid in grids)
        raise BadInput(
            log.say(f"没有找到能补充的工作表，只有：{names}。", f"there is no sheet to add from, only {names}."),
            log.say("工作表的名字同台账：心愿、志愿者、空闲、请假、认领等。",
                    "Sheets are called as in the facts: wishes, volunteers, availability, absences, claims and so on."),
        )
    tables = {
        table: read_table(sheet, grid, ctx, log) for table, (sheet, grid) in found.items() if sheet is not SETTINGS
    }
    if "settings" in found:
        log.warnings.append(Fault(
            log.say("补充的文件里，设置这张表没有用上。", "the settings of a file that is added are not used."),
            log.say("要改设置，请改台账。", "Change them in the facts themselves."),
            sheet=found["settings"][1].name, code="not-used", warning=True,
        ))
    return {name: table for name, table in tables.items() if table.rows}


def _together(scenario: Scenario, known: dict[str, Table], new: dict[str, Table]) -> dict[str, Table]:
    """The tables of both."""
    from matcher.exchange.link import index_of

    index = index_of(scenario)

    def owner(table: str, row: Row) -> tuple[str, str]:
        field, of = _REPLACED[table]
        text = str(row.values.get(field, ""))
        found = index[of].find(text)
        return found[0] if len(found) == 1 else text, str(row.values.get("whose", ""))

    for table in _REPLACED.keys() & known.keys():
        said = {owner(table, row) for row in (new[table].rows if table in new else ())}
        if table == "availability" and "volunteers" in new:
            hours = [row for row in new["volunteers"].rows if row.values.keys() & _HOURS]
            said |= {(_id_of(index["volunteers"], row), "") for row in hours}
        known[table].rows = [row for row in known[table].rows if owner(table, row) not in said]
    for table, added in new.items():
        if table in known:
            known[table].rows = _among(table, known[table].rows, added.rows)
            known[table].present |= added.present
        else:
            known[table] = added
    return known


def _id_of(index: Index, row: Row) -> str:
    """The id of a person's row; the name stands for it where that is known once."""
    if "id" in row.values:
        return str(row.values["id"])
    found = index.find(str(row.values.get("name", "")))
    return found[0] if len(found) == 1 else ""


def _among(name: str, known: list[Row], new: list[Row]) -> list[Row]:
    """The rows of one table: new ones in the place of those they change, or behind."""
    if name not in _KEYED:
        return [*known, *new]
    rows = list(known)
    for row in new:
        at = _place_of(name, row, known)
        if at is None:
            rows.append(row)
        else:
            rows[at] = _changed(known[at], row)
    return rows


def _place_of(name: str, row: Row, known: list[Row]) -> int | None:
    """Which known row a new one changes: that of its id, or else the only one of its name."""
    from matcher.exchange.link import name_key

    key = row.values.get("id")
    if key is not None:
        return next((at for at, one in enumerate(known) if one.values.get("id") == key), None)
    called = row.values.get("name")
    if name not in _NAMED or called is None:
        return None
    same = [at for at, one in enumerate(known) if name_key(str(one.values.get("name", ""))) == name_key(str(called))]
    return same[0] if len(same) == 1 else None


def _changed(known: Row, new: Row) -> Row:
    """The known row with what the new one names."""
    from matcher.exchange.rows import Row

    return Row(
        known.values | {name: value for name, value in new.values.items() if name != "id"}, known.typed | new.typed,
        new.where, [*known.notes, *new.notes], known.exact - new.values.keys() | new.exact, new.faulty,
    )


def _of_the_file(noted: Sequence[Fault]) -> tuple[Fault, ...]:
    """What is noted of the file itself, not of the facts that were there."""
    return tuple(fault for fault in noted if not (fault.sheet or "").startswith(_KNOWN))
