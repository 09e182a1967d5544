"""Scenarios as sheets: every field of every fact in a cell that a coordinator can read and edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from matcher.domain.people import Volunteer
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Role, Wish
from matcher.exchange.codecs import FLAG, exact_cell, rest_text
from matcher.exchange.columns import REST, SETTINGS, SHEETS, Column, Sheet
from matcher.exchange.grid import Cell
from matcher.exchange.headers import is_data_row
from matcher.exchange.link import LENIENT, Index, index_of, is_home, liked
from matcher.exchange.phrases import Context
from matcher.exchange.said import says_more, skill_asked_for
from matcher.exchange.settings_sheet import settings_rows

Values = dict[str, Any]
Names = Mapping[str, Mapping[str, str]]
"""Table → id → name."""

_EXPECTED: Mapping[str, tuple[str, ...]] = {
    "wishes": (
        "id", "kind", "resident", "title", "recurrence.times", "recurrence.per", "recurrence.windows", "due", "items",
        "priority", "notes",
    ),
    "volunteers": ("id", "name", "gender", "phone", "home", "team", "skills", "travel_mode", "notes"),
}  # fmt: skip
"""Columns that stand in an exported sheet even when nobody has filled them in."""


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A sheet with its columns and rows, ready to be written to a workbook or a .csv."""

    sheet: Sheet
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def context_of(scenario: Scenario, lang: str) -> Context:
    """What cells of this scenario are written and read against."""
    program = scenario.program
    return Context(
        window_start=program.window.start,
        window_end=program.window.end,
        as_of=program.as_of,
        settings=program.settings,
        timezone=program.timezone,
        lang="zh" if lang == "zh" else "en",
    )


def fill_sheets(scenario: Scenario, lang: str) -> list[FilledSheet]:
    """Every sheet that has something to say; 心愿 and 志愿者 always."""
    ctx = context_of(scenario, lang)
    names = {
        table: {fact.id: fact.name for fact in getattr(scenario, table)}
        for table in ("places", "residents", "volunteers", "teams")
    }
    index = index_of(scenario)
    filled = []
    for sheet in SHEETS:
        if sheet is SETTINGS:
            rows: Iterable[tuple[Cell, ...]] = settings_rows(scenario.program, ctx)
            filled.append(FilledSheet(sheet, sheet.columns, tuple(rows)))
            continue
        values = list(_values(scenario, sheet))
        if values or sheet.table in ("wishes", "volunteers"):
            filled.append(_fill(sheet, values, ctx, index, names))
    return filled


# ------------------------------------------------------------------------------------------------ facts to values


def _values(scenario: Scenario, sheet: Sheet) -> Iterator[Values]:
    """One mapping field → value per row of the sheet."""
    if sheet.table == "roles":
        known = {skill.name for person in scenario.volunteers for skill in person.skills}
        for wish in scenario.wishes:
            if wish.roles != (Role(),) or wish.kind == "escort" or skill_asked_for(wish.title, known):
                yield from ({"wish": wish.id} | _fields(role, sheet) for role in wish.roles)
    elif sheet.table == "availability":
        for person in scenario.volunteers:
            yield from _hours(person, sheet)
    elif sheet.table == "absences":
        for person in scenario.volunteers:
            yield from ({"volunteer": person.id} | _fields(absence, sheet) for absence in person.unavailable)
    else:
        for fact in getattr(scenario, sheet.table):
            values = _fields(fact, sheet)
            if isinstance(fact, Wish) and fact.kind == "escort":
                # Left away it would be asked for.
                values["stay_minutes"] = fact.stay_minutes
            yield values


def _hours(person: Volunteer, sheet: Sheet) -> Iterator[Values]:
    yield from ({"volunteer": person.id} | _fields(rule, sheet) for rule in person.availability)
    if person.vehicle is not None:
        for rule in person.vehicle.availability:
            yield {"volunteer": person.id, "whose": "vehicle"} | _fields(rule, sheet)


def _fields(fact: BaseModel, sheet: Sheet) -> Values:
    found = {}
    for column in sheet.columns:
        if not column.is_written or column.field == REST:
            continue
        value, usual = _at(fact, column.field)
        if value is not None and (value != usual or _always_said(column, value)):
            found[column.field] = value
    return found


def _at(fact: BaseModel, field: str) -> tuple[Any, Any]:
    """The value of a dotted field, and its default."""
    value: Any = fact
    usual: Any = None
    optional = False
    for step in field.split("."):
        if value is None:
            return None, None
        name = "returns" if step == "return" else step
        if name not in type(value).model_fields:
            return None, None
        # What exists at all must be seen to exist: a vehicle with the usual seats is still a vehicle.
        optional = optional or (usual is None and value is not fact)
        usual = _default(value.__class__, name)
        value = getattr(value, name)
    return value, (... if optional and value != () else usual)


@cache
def _default(model: Any, name: str) -> Any:
    """The default of a field; ``...`` if it has none."""
    info = model.model_fields[name]
    return ... if info.is_required() else info.get_default(call_default_factory=True)


def _always_said(column: Column, value: Any) -> bool:
    """Defaults worth seeing: choices and a few numbers, but no row of 否."""
    if column.codec is FLAG or value in ((), ""):
        return False
    return bool(column.codec.choices) or column.field in ("minutes", "priority", "count", "start", "end", "days")


# ------------------------------------------------------------------------------------------------ values to cells


def _fill(sheet: Sheet, values: list[Values], ctx: Context, index: Mapping[str, Index], names: Names) -> FilledSheet:
    rows = [_cells(sheet, row, ctx, index, names) for row in values]
    columns = tuple(column for column in sheet.columns if _is_shown(column, sheet, rows))
    return FilledSheet(sheet, columns, tuple(tuple(row.get(column.field) for column in columns) for row in rows))


def _is_shown(column: Column, sheet: Sheet, rows: list[dict[str, Cell]]) -> bool:
    """Columns that say something, and those a coordinator expects to find."""
    if not column.is_written:
        return False
    return any(row.get(column.field) is not None for row in rows) or column.field in _EXPECTED.get(sheet.table, ())


def _cells(sheet: Sheet, values: Values, ctx: Context, index: Mapping[str, Index], names: Names) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    rest: Values = {}
    for column in sheet.columns:
        if column.field not in values:
            continue
        cell = _by_name(column, values[column.field], ctx, index, names)
        if cell is None:
            cell = exact_cell(column.codec, values[column.field], ctx)
        if cell is None or _would_be_taken_for_another(sheet, column.field, values[column.field], ctx, index):
            rest[column.field] = values[column.field]
        else:
            cells[column.field] = cell
    if cells and not is_data_row(sheet, cells):
        cells, rest = {}, dict(values)
    if rest:
        cells[REST] = rest_text(rest)
    return cells


def _by_name(column: Column, value: Any, ctx: Context, index: Mapping[str, Index], names: Names) -> Cell:
    """A reference as the name people know, if that name leads back to the same id; else None."""
    known = names.get(column.refers_to)
    if known is None:
        return None
    found = index[column.refers_to]
    keys = value if isinstance(value, tuple) else (value,)
    shown = tuple(known.get(key) or key for key in keys)
    if not keys or any(found.find(name) != [key] or is_home(name) for name, key in zip(shown, keys)):
        return None
    return exact_cell(column.codec, shown if isinstance(value, tuple) else shown[0], ctx)


def _would_be_taken_for_another(sheet: Sheet, field: str, value: Any, ctx: Context, index: Mapping[str, Index]) -> bool:
    """Whether a text would be read as more than itself: the name of somebody, two wishes in one, a public name."""
    if field in ("title", "items", "notes") and isinstance(value, str):
        return says_more(sheet.table, field, value, ctx)
    if field in ("likes", "dislikes"):
        return any(liked(index, text, ctx) != text for text in value)
    table = LENIENT.get((sheet.table, field))
    return table is not None and index[table].find(value) not in ([], [value])
