"""Differences between two sets of facts, in the words of the sheets: who and what is new, changed or gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from matcher.domain.base import Fact
from matcher.domain.scenario import Scenario
from matcher.exchange.columns import SETTINGS, SHEETS, Sheet
from matcher.exchange.excerpts import masked_numbers
from matcher.exchange.export import FilledSheet, fill_sheets
from matcher.exchange.grid import Cell
from matcher.exchange.phrases import cell_text

Kind = Literal["new", "changed", "gone"]
_PART_OF = {"roles": ("wishes", "wish"), "availability": ("volunteers", "volunteer"), "absences": ("volunteers", "volunteer")}
"""Sheets whose rows belong to a row of another sheet, and the column that says to which."""
_NAMING = ("volunteer", "team", "resident", "wish", "visit", "origin", "destination")
"""Columns that say which row is meant where it has no name."""
MOST_LISTED = 400
"""Rows listed per sheet; all are counted."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell, or all rows of a sheet beside: what it is called, what it held and what it holds; "" for nothing."""

    header: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row: its name as people know it, and the cells that differ; of what is new or gone, all that it says."""

    kind: Kind
    key: str
    name: str
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """What differs on one sheet; ``rows`` lists the first of them: what is gone, then changed, then new."""

    table: str
    sheet: str
    new: int
    changed: int
    gone: int
    rows: tuple[RowChange, ...]


def differences(before: Scenario, after: Scenario, lang: str) -> tuple[SheetChanges, ...]:
    """Sheet by sheet, those that differ. Telephone numbers are masked; one that changed is said to have changed."""
    old, new = _Book(before, lang), _Book(after, lang)
    found = (_of_sheet(sheet, old, new) for sheet in SHEETS if sheet.table not in _PART_OF)
    return tuple(changes for changes in found if changes.rows)


def _of_sheet(sheet: Sheet, old: _Book, new: _Book) -> SheetChanges:
    rows = list(_keyed(sheet, old, new) if _has_keys(sheet) else _unkeyed(sheet, old, new))
    counts = Counter(row.kind for row in rows)
    order: tuple[Kind, ...] = ("gone", "changed", "new")
    rows.sort(key=lambda row: order.index(row.kind))
    return SheetChanges(
        sheet.table, sheet.name(new.lang), counts["new"], counts["changed"], counts["gone"], tuple(rows[:MOST_LISTED])
    )


def _has_keys(sheet: Sheet) -> bool:
    return sheet is SETTINGS or any(column.field == "id" for column in sheet.columns)


def _keyed(sheet: Sheet, old: _Book, new: _Book) -> Iterator[RowChange]:
    before, after = old.rows(sheet.table), new.rows(sheet.table)
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        # A reference is shown by its name: who is called otherwise has not changed what refers to them.
        if was == now or (was is not None and old.fact(sheet.table, key) == new.fact(sheet.table, key) is not None):
            continue
        kind: Kind = "new" if was is None else "gone" if now is None else "changed"
        book, told = (old, was) if now is None else (new, now)
        yield RowChange(kind, key, book.name(sheet.table, key, told or {}), tuple(_cells(was or {}, now or {})))


def _unkeyed(sheet: Sheet, old: _Book, new: _Book) -> Iterator[RowChange]:
    """Rows that nothing tells apart but what they say are new or gone."""
    before, after = old.lines(sheet.table), new.lines(sheet.table)
    was = Counter({fact: len(rows) for fact, rows in before.items()})
    now = Counter({fact: len(rows) for fact, rows in after.items()})
    for fact in (was - now).elements():
        row = before[fact][0]
        yield RowChange("gone", "", old.name(sheet.table, "", row), tuple(_cells(row, {})))
    for fact in (now - was).elements():
        row = after[fact][0]
        yield RowChange("new", "", new.name(sheet.table, "", row), tuple(_cells({}, row)))


def _cells(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[CellChange]:
    for header in dict.fromkeys((*was, *now)):
        before, after = was.get(header, ""), now.get(header, "")
        if before != after:
            yield CellChange(header, masked_numbers(before), masked_numbers(after))


class _Book:
    """A scenario as sheets, its rows by key."""

    def __init__(self, scenario: Scenario, lang: str) -> None:
        self.lang, self.scenario = lang, scenario
        self._facts: dict[str, dict[str, Fact]] = {}
        self.sheets = {filled.sheet.table: filled for filled in fill_sheets(scenario, lang)}

    def rows(self, table: str) -> dict[str, dict[str, str]]:
        """Key → header → text; what other sheets say of the row is one more cell each."""
        filled = self.sheets.get(table)
        if filled is None:
            return {}
        if filled.sheet is SETTINGS:
            return {cell_text(row[0]): self._texts(filled, row) for row in filled.rows}
        head, found = _header(filled, "id", self.lang), {}
        for fact, row in zip(getattr(self.scenario, table), filled.rows):
            found[fact.id] = {header: text for header, text in self._texts(filled, row).items() if header != head}
        for part, (whole, column) in _PART_OF.items():
            if whole == table:
                for key, text in self._parts(part, column).items():
                    found.setdefault(key, {})[text[0]] = text[1]
        return found

    def fact(self, table: str, key: str) -> Fact | None:
        """The fact of a key; None for a setting."""
        if table not in self._facts:
            self._facts[table] = {fact.id: fact for fact in getattr(self.scenario, table, ())}
        return self._facts[table].get(key)

    def lines(self, table: str) -> dict[str, list[dict[str, str]]]:
        """The rows of a sheet without keys, by what they say as JSON; each as often as it stands there."""
        filled, found = self.sheets.get(table), defaultdict(list)
        for fact, row in zip(getattr(self.scenario, table), () if filled is None else filled.rows):
            assert filled is not None
            found[fact.model_dump_json()].append(self._texts(filled, row))
        return found

    def _texts(self, filled: FilledSheet, row: Iterable[Cell]) -> dict[str, str]:
        if filled.sheet is SETTINGS:
            return {filled.columns[1].header(self.lang): cell_text(tuple(row)[1])}
        return {
            column.header(self.lang): cell_text(cell) for column, cell in zip(filled.columns, row) if cell not in (None, "")
        }

    def _parts(self, part: str, owner: str) -> dict[str, tuple[str, str]]:
        """Key of the owner → the sheet's name, and its rows as one text."""
        filled, lines = self.sheets.get(part), defaultdict(list)
        if filled is None:
            return {}
        head = _header(filled, owner, self.lang)
        for row in filled.rows:
            told = self._texts(filled, row)
            key = self._key_of(owner, told.pop(head, ""))
            lines[key].append(" ".join(told.values()))
        between = "；" if self.lang == "zh" else "; "
        return {key: (filled.sheet.name(self.lang), between.join(texts)) for key, texts in lines.items()}

    def _key_of(self, noun: str, told: str) -> str:
        """The id behind a name that stands for it."""
        return told if noun == "wish" else self._ids.get(told, told)

    @cached_property
    def _ids(self) -> dict[str, str]:
        people = self.scenario.volunteers
        counts = Counter(person.name for person in people)
        return {person.name: person.id for person in people if counts[person.name] == 1} | {one.id: one.id for one in people}

    def name(self, table: str, key: str, row: Mapping[str, str]) -> str:
        """What people call a row."""
        scenario = self.scenario
        if table == "settings":
            return key
        if table in ("volunteers", "residents", "teams", "places"):
            fact = getattr(scenario, table[:-1]).get(key)
            return str(fact.name or key) if fact is not None else key
        if table == "wishes":
            return self._wish(key)
        filled = self.sheets[table]
        told = [self._spoken(row.get(_header(filled, name, self.lang), "")) for name in _NAMING]
        return " · ".join(text for text in told if text) or key or next(iter(row.values()), "")

    def _spoken(self, text: str) -> str:
        """A name for an id, where somebody or something of that id is known."""
        if text in self.scenario.volunteer:
            return self.scenario.volunteer[text].name or text
        return self._wish(text) if text in self.scenario.wish else text

    def _wish(self, key: str) -> str:
        wish = self.scenario.wish.get(key)
        if wish is None:
            return key
        owner = self.scenario.resident.get(wish.resident or "")
        told = wish.title or wish.items or wish.id
        return f"{owner.name or owner.id} · {told}" if owner is not None else told


def _header(filled: FilledSheet, name: str, lang: str) -> str:
    return next((column.header(lang) for column in filled.columns if column.field == name), "")
