"""The roster as rows and columns: by person or by resident, a column for each day, chips in the cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from matcher.board.pages import clock
from matcher.board.texts import adjust, say

VIEWS = ("people", "residents", "map")
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Chip:
    """Somebody on a visit: or nobody, where a seat is empty."""

    visit: str
    role: str
    volunteer: str
    standby: bool
    time: str
    text: str
    kind: str
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A person, or a wish: its chips by the column they stand in."""

    key: str
    name: str
    more: str
    team: str
    words: str
    """What a filter looks through."""
    load: int
    most: int
    cells: tuple[tuple[Chip, ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns and rows."""

    days: tuple[date, ...]
    rows: tuple[Row, ...]


def days_of(sheet: Mapping[str, Any], start: date | None, span: str | None) -> tuple[date, ...]:
    """The days shown: a week from Monday, or a calendar month; where the roster begins unless told."""
    known = sorted(day for visit in sheet["visits"] if (day := _day_of(visit)) is not None)
    first = start or (date.fromisoformat(known[0]) if known else date.fromisoformat(sheet["today"]))
    if span == "week":
        monday = first - timedelta(days=first.weekday())
        return tuple(monday + timedelta(days=number) for number in range(7))
    first = first.replace(day=1)
    return tuple(first + timedelta(days=number) for number in range((after(first) - first).days))


def after(first: date) -> date:
    """The first day of the next month.

    >>> after(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def steps(days: Sequence[date]) -> tuple[date, date]:
    """Where the span before and the one behind begin."""
    if len(days) == 7:
        return days[0] - _WEEK, days[0] + _WEEK
    return (days[0] - timedelta(days=1)).replace(day=1), after(days[0])


def _day_of(visit: Mapping[str, Any]) -> str | None:
    day = visit["start"] or visit["due"]
    return None if day is None else str(day)[:10]


def grid_of(sheet: Mapping[str, Any], view: str, days: Sequence[date], lang: str) -> Grid:
    """The roster by person, or by resident."""
    chips = _Chips(sheet, days, lang)
    return Grid(tuple(days), tuple(chips.by_people() if view == "people" else chips.by_residents()))


class _Chips:
    """The chips of a sheet, laid into columns."""

    def __init__(self, sheet: Mapping[str, Any], days: Sequence[date], lang: str) -> None:
        self.sheet, self.lang = sheet, lang
        self.column = {day.isoformat(): number for number, day in enumerate(days)}
        self.is_month = len(days) > 7
        self.names = {one["id"]: one["name"] for one in sheet["people"]}
        self.pinned = {(pin["visit"], pin.get("volunteer")) for pin in sheet["pins"]}

    def by_people(self) -> list[Row]:
        cells: dict[str, list[list[Chip]]] = defaultdict(lambda: [[] for _ in self.column])
        load: Counter[str] = Counter()
        for visit in self.sheet["visits"]:
            place = self.column.get(_day_of(visit) or "")
            if place is None:
                continue
            for standby, name in ((False, "assigned"), (True, "standbys")):
                for seat in visit[name]:
                    cells[seat["volunteer"]][place].append(self._chip(visit, seat, standby, self._whom(visit)))
                    load[seat["volunteer"]] += not standby
        return [self._person(one, cells.get(one["id"]), load[one["id"]]) for one in self.sheet["people"]]

    def by_residents(self) -> list[Row]:
        cells: dict[str, list[list[Chip]]] = defaultdict(lambda: [[] for _ in self.column])
        for visit in self.sheet["visits"]:
            place = self.column.get(_day_of(visit) or "")
            if place is None:
                continue
            for standby, name in ((False, "assigned"), (True, "standbys")):
                for seat in visit[name]:
                    cells[visit["wish"]][place].append(self._chip(visit, seat, standby, self.names.get(seat["volunteer"], "")))
        rows = [self._wish(name, wish, cells.get(name)) for name, wish in self.sheet["wishes"].items()]
        return sorted(rows, key=lambda row: row.name)

    def _person(self, one: Mapping[str, Any], cells: list[list[Chip]] | None, load: int) -> Row:
        team = self.sheet["teams"].get(one["team"] or "", "")
        skills = "、".join(one["skills"]) if self.lang == "zh" else ", ".join(one["skills"])
        most = one["most"]["month" if self.is_month else "week"] or max(load, 1)
        return Row(
            one["id"], one["name"], skills, one["team"] or "", f"{one['name']} {team} {skills}".lower(), load, most,
            self._sorted(cells),
        )

    def _wish(self, key: str, wish: Mapping[str, Any], cells: list[list[Chip]] | None) -> Row:
        name = wish["resident"] or wish["title"]
        more = wish["title"] if wish["resident"] else say(f"adjust.kind.{wish['kind']}", self.lang)
        return Row(key, name, more, "", f"{name} {more}".lower(), 0, 0, self._sorted(cells))

    def _sorted(self, cells: list[list[Chip]] | None) -> tuple[tuple[Chip, ...], ...]:
        if cells is None:
            return tuple(() for _ in self.column)
        return tuple(tuple(sorted(own, key=lambda chip: chip.time)) for own in cells)

    def _whom(self, visit: Mapping[str, Any]) -> str:
        wish = self.sheet["wishes"][visit["wish"]]
        return str(wish["resident"] or wish["title"])

    def _chip(self, visit: Mapping[str, Any], seat: Mapping[str, Any], standby: bool, text: str) -> Chip:
        wish = self.sheet["wishes"][visit["wish"]]
        time = clock(visit["start"]) if visit["start"] else ""
        return Chip(
            visit["id"], seat["role"], seat["volunteer"], standby, time, text, wish["kind"],
            not standby and (visit["id"], seat["volunteer"]) in self.pinned,
        )


@cache
def words_of(lang: str) -> dict[str, str]:
    """The sentences the scripts say, by the key's last part."""
    return {key.removeprefix("adjust.js."): text[lang == "en"] for key, text in adjust.TEXT.items() if key.startswith("adjust.js.")}
