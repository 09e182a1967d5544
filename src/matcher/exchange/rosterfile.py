"""Rosters come back: roster.json, or the coordinator's edited roster.xlsx with changed names and ticked outcomes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from matcher.domain.claims import Pin, Published
from matcher.domain.history import Service
from matcher.domain.scenario import Scenario
from matcher.errors import BadInput, Fault
from matcher.exchange.columns import OUTCOME
from matcher.exchange.export import context_of
from matcher.exchange.faults import JsonPath, SheetRow, model_faults
from matcher.exchange.grid import Cell, Grid, say
from matcher.exchange.headers import plain
from matcher.exchange.layout import COLUMNS, display_names
from matcher.exchange.link import Index, Linker, index_of
from matcher.exchange.phrases import cell_text, is_empty
from matcher.exchange.readers import DATE
from matcher.exchange.rows import Log, Row
from matcher.problem.roster import Roster, RosterVisit, Seat, Unfilled


@dataclass(frozen=True, slots=True)
class Edits:
    """What a coordinator wrote into the roster: decisions for next time, and what has happened."""

    pins: tuple[Pin, ...] = ()
    history: tuple[Service, ...] = ()
    published: tuple[Published, ...] = ()
    """What people have been told, if they have; it takes the place of what was told about the same visits."""
    warnings: tuple[Fault, ...] = ()

    def applied_to(self, scenario: Scenario) -> Scenario:
        """The scenario with these pins and records, as of the latest of them; nothing it already holds is added twice.

        A new decision about a seat or a person takes the place of the old one.
        """
        known = {(record.visit, record.role, record.volunteer) for record in scenario.history}
        news = tuple(record for record in self.history if (record.visit, record.role, record.volunteer) not in known)
        kept = tuple(pin for pin in scenario.pins if not any(_overrules(new, pin, scenario) for new in self.pins))
        program = scenario.program
        anew = {seat.visit for seat in self.published}
        return scenario.with_changes(
            program=type(program)(**dict(program) | {"as_of": max(program.as_of, _last_end(news, program.as_of))}),
            history=(*scenario.history, *news),
            published=(*(seat for seat in scenario.published if seat.visit not in anew), *self.published),
            pins=(*kept, *self.pins),
        )


def _last_end(history: Iterable[Service], default: datetime) -> datetime:
    """When the last of these visits was over."""
    return max((record.start + timedelta(minutes=record.minutes) for record in history), default=default)


def _overrules(new: Pin, old: Pin, scenario: Scenario) -> bool:
    """Whether a decision leaves no room for an older one: the same, its opposite, or somebody else in the only seat."""
    if new.visit != old.visit or new.volunteer is None or old.volunteer is None:
        return new == old
    if new.volunteer == old.volunteer:
        return new.never != old.never or new == old
    roles = scenario.wish[new.visit.rpartition("/")[0]].roles
    one_seat = any(role.id == new.role and role.count == 1 for role in roles)
    return one_seat and new.role == old.role and not (new.never or old.never or new.standby or old.standby)


def read_roster(path: Path, scenario: Scenario, *, lang: str | None = None) -> Roster:
    """The roster in a roster.json, an edited roster.xlsx, or the folder ``plan`` wrote.

    Raises ``BadInput`` with every fault: another programme's roster, or ids that are not in the scenario.
    """
    language = lang or scenario.program.settings.language
    path = Path(path)
    if path.is_dir():
        path = path / "roster.json"
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _SheetReader(path, scenario, language).roster()
    roster = _from_json(path, language)
    refuse_strange_roster(roster, scenario, lang=language)
    return roster


def roster_from(document: Mapping[str, Any], scenario: Scenario, *, lang: str) -> Roster:
    """The roster of a parsed document; raises ``BadInput`` with every fault, as ``read_roster`` does."""
    roster = _roster_of(document, say(lang, "排班", "the roster"), lang)
    refuse_strange_roster(roster, scenario, lang=lang)
    return roster


def refuse_strange_roster(roster: Roster, scenario: Scenario, *, lang: str) -> None:
    """Raise ``BadInput`` with every fault: another programme's roster, or ids that are not in the scenario."""
    # Of another programme everything is unknown; to say so once is enough.
    faults = [*_other_programme(roster, scenario, lang)] or [*_unknown_ids(roster, scenario, lang)]
    if faults:
        raise BadInput(faults)


def read_roster_edits(
    path: Path, scenario: Scenario, *, roster: Roster | None = None, told: bool = False, lang: str | None = None
) -> Edits:
    """What the coordinator changed in a roster.xlsx, as pins and service records.

    A name written over another pins that person; a name taken out keeps that person off the visit; an outcome
    becomes a service record, of somebody who stepped in if a stand-by stands in the name column. With the
    ``roster`` the sheet was written from, changed times become pins too. ``told``: everybody in the sheet has been
    told, so that the next plan keeps who and when.
    """
    reader = _SheetReader(Path(path), scenario, lang or scenario.program.settings.language)
    return reader.edits(roster, told=told)


# ------------------------------------------------------------------------------------------------ roster.json


def _from_json(path: Path, lang: str) -> Roster:
    from matcher.exchange.jsonfile import load_json

    return _roster_of(load_json(path, lang=lang), path.name, lang)


def _roster_of(document: Mapping[str, Any], name: str, lang: str) -> Roster:
    if document.get("format") != "matcher-roster/1":
        raise BadInput(
            [
                Fault(
                    say(lang, f"“{name}”不是排班结果。", f'"{name}" is not a roster.'),
                    say(
                        lang,
                        "请用 matcher plan 写出的 roster.json 或 roster.xlsx。",
                        "Use the roster.json or roster.xlsx that matcher plan wrote.",
                    ),
                    path=("format",),
                    code="format",
                )
            ]
        )
    try:
        return Roster.model_validate(document)
    except ValidationError as error:
        raise BadInput(model_faults(error, JsonPath(()), lang)) from error


def _other_programme(roster: Roster, scenario: Scenario, lang: str) -> Iterator[Fault]:
    if roster.program and roster.program != scenario.program.name:
        yield Fault(
            say(
                lang,
                f"这份排班属于“{roster.program}”，台账是“{scenario.program.name}”。",
                f'this roster belongs to "{roster.program}", the scenario to "{scenario.program.name}".',
            ),
            say(lang, "请选对应的文件。", "Choose the files that belong together."),
            path=("program",),
            code="other-programme",
        )


def _unknown_ids(roster: Roster, scenario: Scenario, lang: str) -> Iterator[Fault]:
    index = index_of(scenario)
    for number, visit in enumerate(roster.visits):
        where = JsonPath(("visits", number))
        wish = scenario.wish.get(visit.wish)
        if wish is None:
            yield _unknown(where, "wishes", "wish", visit.wish, index, lang)
        elif not visit.id.startswith(f"{visit.wish}/"):
            yield where.fault(
                say(
                    lang,
                    f"服务单“{visit.id}”不属于心愿“{visit.wish}”。",
                    f'visit "{visit.id}" is not one of the wish "{visit.wish}".',
                ),
                at="id",
                code="unknown-visit",
            )
        roles = {role.id for role in wish.roles} if wish else set()
        for field, seats in (("assigned", visit.assigned), ("standbys", visit.standbys)):
            for place, seat in enumerate(seats):
                if seat.volunteer not in scenario.volunteer:
                    yield _unknown(where, "volunteers", f"{field}.{place}.volunteer", seat.volunteer, index, lang)
                if wish and seat.role not in roles:
                    yield where.fault(
                        say(
                            lang,
                            f"心愿“{visit.wish}”没有“{seat.role}”这种分工。",
                            f'the wish "{visit.wish}" has no role "{seat.role}".',
                        ),
                        at=f"{field}.{place}.role",
                        code="unknown-role",
                    )


def _unknown(where: JsonPath, table: str, at: str, name: str, index: Mapping[str, Index], lang: str) -> Fault:
    near = index[table].nearest(name)
    noun = {"wishes": ("心愿", "wish"), "volunteers": ("志愿者", "volunteer")}[table]
    return where.fault(
        say(lang, f"台账里没有{noun[0]}“{name}”。", f'there is no {noun[1]} "{name}" in the scenario.'),
        say(lang, f"是不是“{near}”？", f'Maybe "{near}".') if near else "",
        at=at,
        code="dangling",
    )


# ------------------------------------------------------------------------------------------------ roster.xlsx

_LABELS = {plain(word): key for key, words in COLUMNS.items() for word in words}
_NEEDED = {"visit_id", "role_id", "name"}


@dataclass(slots=True)
class _SeatRow:
    """One row of a list sheet, resolved."""

    visit: str
    wish: str
    role: str
    was: str | None
    now: str | None
    standbys: tuple[str, ...]
    start: datetime | None
    end: datetime | None
    day: date | None
    outcome: Literal["done", "no-show", "cancelled"] | None
    row: Row


class _SheetReader:
    """Reads the list sheets of a roster.xlsx."""

    def __init__(self, path: Path, scenario: Scenario, lang: str) -> None:
        from matcher.exchange.workbook import read_workbook

        self.scenario, self.lang, self.log = scenario, lang, Log(lang)
        self.ctx = context_of(scenario, lang)
        self.link = Linker(self.log)
        self.link.index = index_of(scenario)
        self.shown = {name: key for key, name in display_names(scenario).items()}
        self.zone = ZoneInfo(scenario.program.timezone)
        grids = read_workbook(path, lang=lang)
        lists = [(grid, header) for grid in grids if (header := _list_header(grid)) is not None]
        if not lists:
            raise BadInput(
                say(
                    lang,
                    f"“{path.name}”里没有排班的清单（或隐藏的“服务单号”几列被删了）。",
                    f'"{path.name}" holds no roster list (or its hidden columns were deleted).',
                ),
                say(
                    lang,
                    "请在 matcher plan 写出的 roster.xlsx 上修改，不要删右边的隐藏列。",
                    "Edit the roster.xlsx that matcher plan wrote; keep the hidden columns at its right.",
                ),
            )
        self.seats = [seat for grid, header in lists for seat in self._rows(grid, header)]

    # -------------------------------------------------------------------------------------------- results

    def roster(self) -> Roster:
        """The roster as it now stands in the sheets."""
        self._stop_at_faults()
        visits = []
        unfilled = []
        for visit, seats in self._by_visit().items():
            first = seats[0]
            empty = Counter(seat.role for seat in seats if seat.now is None)
            unfilled += [Unfilled(visit=visit, role=role, count=count) for role, count in sorted(empty.items())]
            assigned = tuple(Seat(role=seat.role, volunteer=seat.now) for seat in seats if seat.now is not None)
            standbys = dict.fromkeys((seat.role, name) for seat in seats for name in seat.standbys)
            if not assigned:
                continue
            visits.append(
                RosterVisit(
                    id=visit,
                    wish=first.wish,
                    start=first.start,
                    end=first.end,
                    assigned=assigned,
                    standbys=tuple(Seat(role=role, volunteer=name) for role, name in standbys),
                )
            )
        return Roster(
            program=self.scenario.program.name,
            scenario=self.scenario.fingerprint,
            visits=tuple(visits),
            unfilled=tuple(unfilled),
            strategy="by hand",
        )

    def edits(self, roster: Roster | None, *, told: bool = False) -> Edits:
        """Pins and service records."""
        self._stop_at_faults()
        pins: list[Pin] = []
        history = []
        for seat in self.seats:
            if seat.outcome is not None:
                record = self._record(seat)
                history += [record] if record else []
            elif seat.now != seat.was:
                pins.append(self._pin(seat))
        pins += self._moved(roster) if roster is not None else []
        self._tell_now(history)
        published = tuple(dict.fromkeys(self._told())) if told else ()
        return Edits(tuple(dict.fromkeys(pins)), tuple(history), published, tuple(self.log.warnings))

    def _told(self) -> Iterator[Published]:
        """Every seat without an outcome, and its stand-bys."""
        when = self.scenario.program.as_of
        for seat in self.seats:
            if seat.outcome is not None or seat.now is None:
                continue
            for person, standby in ((seat.now, False), *((name, True) for name in seat.standbys)):
                yield Published(
                    visit=seat.visit,
                    start=seat.start,
                    end=seat.end if seat.start else None,
                    role=seat.role,
                    volunteer=person,
                    standby=standby,
                    told_at=when,
                )

    def _tell_now(self, history: list[Service]) -> None:
        """Outcomes move "now" on; what lies before it without an outcome is not planned again."""
        before = self.scenario.program.as_of
        now = _last_end(history, before).astimezone(self.zone)
        if now <= before:
            return
        left = dict.fromkeys(
            seat.visit for seat in self.seats if seat.outcome is None and seat.now and seat.start and seat.start < now
        )
        open_ones = self.log.say(
            f"在这之前还有 {len(left)} 次没填结果（{'、'.join(list(left)[:5])}{' 等' if len(left) > 5 else ''}），不会再排。",
            f" {len(left)} visits before that have no outcome and will not be planned again: "
            f"{', '.join(list(left)[:5])}{' …' if len(left) > 5 else ''}.",
        )
        self.log.warnings.append(
            Fault(
                self.log.say(
                    f"按填了结果的最后一次服务，截至时间改为 {now:%Y-%m-%d %H:%M}。",
                    f"by the last visit with an outcome, the facts are now as of {now:%Y-%m-%d %H:%M}.",
                )
                + (open_ones if left else ""),
                self.log.say(
                    "排下一期，请在“设置”表改开始日期、结束日期。",
                    "For the next plan, change start and end in the settings.",
                ),
                code="now-moved",
                warning=True,
            )
        )

    def _by_visit(self) -> dict[str, list[_SeatRow]]:
        found: dict[str, list[_SeatRow]] = defaultdict(list)
        for seat in self.seats:
            found[seat.visit].append(seat)
        return found

    def _stop_at_faults(self) -> None:
        if self.log.faults:
            raise BadInput(self.log.faults)

    def _pin(self, seat: _SeatRow) -> Pin:
        if seat.now is None:
            return Pin(visit=seat.visit, volunteer=seat.was, never=True)
        return Pin(visit=seat.visit, role=seat.role, volunteer=seat.now)

    def _record(self, seat: _SeatRow) -> Service | None:
        who = seat.now or seat.was
        if who is None:
            self.log.warn(
                seat.row,
                "outcome",
                "填了结果，但没有写是谁。",
                "there is an outcome but no name.",
                "请在“志愿者”一列写上姓名。",
                "Write who it was.",
                "outcome-without-name",
            )
            return None
        wish = self.scenario.wish[seat.wish]
        start = seat.start
        if start is None and seat.day is not None:
            start = datetime.combine(seat.day, time.fromisoformat(self.ctx.settings.day.start), self.zone)
        if start is None:
            self.log.warn(
                seat.row,
                "outcome",
                "填了结果，但没有日期。",
                "there is an outcome but no date.",
                "请填日期。",
                "Write the date.",
                "outcome-without-date",
            )
            return None
        minutes = int((seat.end - start).total_seconds() // 60) if seat.end is not None else wish.minutes
        return Service(
            wish=seat.wish,
            visit=seat.visit,
            resident=wish.resident,
            volunteer=who,
            role=seat.role,
            start=start,
            minutes=minutes,
            outcome=seat.outcome,
            stepped_in=seat.now != seat.was and who in seat.standbys,
        )

    def _moved(self, roster: Roster) -> list[Pin]:
        planned = {visit.id: visit.start for visit in roster.visits}
        return [
            Pin(visit=seats[0].visit, start=seats[0].start)
            for key, seats in self._by_visit().items()
            if seats[0].outcome is None
            and seats[0].start is not None
            and planned.get(key) not in (None, seats[0].start)
        ]

    # -------------------------------------------------------------------------------------------- rows

    def _rows(self, grid: Grid, header: tuple[int, dict[str, int]]) -> Iterator[_SeatRow]:
        top, columns = header
        for number, cells in grid.rows:
            if number <= top:
                continue
            found = {key: cells[index] if index < len(cells) else None for key, index in columns.items()}
            if is_empty(found["visit_id"]):
                continue
            row = Row({}, {}, SheetRow(grid.name, number, columns))
            for key, index in columns.items():
                if (number, index) in grid.broken:
                    self.log.refuse(
                        row,
                        key,
                        "公式出错。",
                        "holds a formula error.",
                        "请直接填写内容。",
                        "Write the value.",
                        "formula-error",
                    )
            seat = self._seat(found, row)
            if seat is not None:
                yield seat

    def _seat(self, cells: dict[str, Cell], row: Row) -> _SeatRow | None:
        visit, role = cell_text(cells["visit_id"]), cell_text(cells["role_id"])
        wish_id = visit.rpartition("/")[0]
        wish = self.scenario.wish.get(wish_id)
        if wish is None or role not in {one.id for one in wish.roles}:
            self.log.refuse(
                row,
                "visit_id",
                f"台账里没有服务单“{visit}”的分工“{role}”。",
                f'the scenario has no visit "{visit}" with role "{role}".',
                "这份表可能来自别的台账；隐藏的几列请不要改。",
                "Maybe the sheet belongs to another scenario; leave the hidden columns.",
                "unknown-visit",
            )
            return None
        was = cell_text(cells.get("person_id")) or None
        if was is not None and was not in self.scenario.volunteer:
            self.log.faults.append(self.link.unknown("volunteers", was, row, "person_id"))
            return None
        outcome = self.log.keep(
            row, "outcome", OUTCOME.read(cells.get("outcome"), self.ctx), self.log.say("“结果”", '"Outcome" ')
        )
        day = cells.get("date")
        if isinstance(day, str) and not is_empty(cells.get("name")) and not is_empty(cells.get("time")):
            day = self.log.keep(row, "date", DATE.read(day, self.ctx), self.log.say("“日期”", '"Date" '))
        start, end = self._times(day, cells.get("time"), row)
        return _SeatRow(
            visit,
            wish_id,
            role,
            was,
            self._person(cells.get("name"), row, "name"),
            self._people(cells, row),
            start,
            end,
            _day(day),
            outcome,
            row,
        )

    def _person(self, cell: Cell, row: Row, at: str) -> str | None:
        if is_empty(cell):
            return None
        text = cell_text(cell)
        return self.shown.get(text) or self.link.resolve("volunteers", text, row, at)

    def _people(self, cells: dict[str, Cell], row: Row) -> tuple[str, ...]:
        """The stand-bys; where a name is shared, the phones beside it tell."""
        if is_empty(cells.get("standby")):
            return ()
        text = cell_text(cells["standby"])
        phones = cell_text(cells.get("standby_phone"))
        found = []
        for part in [text] if text in self.shown else re.split(r"[、,，;；\n]+", text):
            name = part.strip()
            by_phone = [
                key
                for key in self.link.index["volunteers"].find(name)
                if (phone := self.scenario.volunteer[key].phone) and phone in phones
            ]
            if name:
                found.append(by_phone[0] if len(by_phone) == 1 else self._person(name, row, "standby"))
        return tuple(key for key in found if key)

    def _times(self, day: Cell, cell: Cell, row: Row) -> tuple[datetime | None, datetime | None]:
        on = _day(day)
        if is_empty(cell) or on is None:
            return None, None
        clocks = re.findall(r"(\d{1,2})[:：](\d{2})", cell_text(cell))
        moments = [
            datetime.combine(on, time(int(hour) % 24, int(minute)), self.zone)
            for hour, minute in clocks[:2]
            if int(minute) < 60
        ]
        if len(moments) != 2:
            self.log.refuse(
                row,
                "time",
                f"时间“{cell_text(cell)}”看不懂。",
                f'the time "{cell_text(cell)}" is not understood.',
                "请写如 08:00–12:30。",
                "Write for example 08:00–12:30.",
                "no-time",
            )
            return None, None
        start, end = moments
        return start, end if end > start else end + timedelta(days=1)


def _list_header(grid: Grid) -> tuple[int, dict[str, int]] | None:
    for number, cells in grid.rows[:10]:
        found = {
            _LABELS[plain(cell)]: index
            for index, cell in enumerate(cells)
            if isinstance(cell, str) and plain(cell) in _LABELS
        }
        if found.keys() >= _NEEDED:
            return number, found
    return None


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None
