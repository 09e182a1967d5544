"""roster.xlsx, the coordinator's workbook: a calendar to pin up, lists to work with, empty places, loads, the proof."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from math import ceil
from typing import Any

from matcher.domain.people import Volunteer
from matcher.domain.when import Calendar
from matcher.exchange.layout import (
    ABOUT_SHEET,
    CALENDAR_SHEET,
    COLUMNS,
    HEADER_ROW,
    HIDDEN,
    LIST_COLUMNS,
    LOADS_SHEET,
    NAMES_SHEET,
    OUTCOMES,
    ROUNDS_SHEET,
    UNFILLED_SHEET,
    Kind,
    display_names,
    pick,
)
from matcher.exchange.month import Month, months_of, undated_line
from matcher.exchange.paper import Entry, Paper, Part
from matcher.exchange.plan import Plan
from matcher.exchange.proof import proof_sentences
from matcher.exchange.rounds import rounds_of
from matcher.exchange.wording import knows, long_date, weekday, weekdays

_ACCENT, _PALE, _LINE, _GREY, _WARN, _WARN_PALE = "#1F5F5B", "#E8F1F0", "#BFC7C6", "#6B7472", "#A4320B", "#FBEDE6"
_WIDTHS = {
    "date": 10, "weekday": 5.5, "time": 12, "resident": 10, "title": 18, "place": 24, "origin": 18, "destination": 18,
    "items": 24, "budget": 14, "role": 13, "name": 10, "phone": 13, "vehicle": 13, "standby": 10, "standby_phone": 13,
    "outcome": 7.5, "remark": 14, "visit_id": 20, "role_id": 10, "person_id": 10,
}
_DAY_WIDTH = 19.0
_PAGE_HEIGHT = 500.0
"""Points of height an A4 landscape page leaves for rows, within these margins."""
_MOST_LINES = 14


def render_workbook(plan: Plan) -> bytes:
    """The whole workbook; the same plan gives the same bytes."""
    import xlsxwriter

    buffer, paper = io.BytesIO(), Paper(plan)
    # Texts stay texts: nothing a resident typed may turn into a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    created = paper.as_of.replace(tzinfo=None)
    book.set_properties({"title": f"{paper.program.name} {paper.title}", "created": created})
    writer = _Writer(book, paper)
    writer.calendar()
    writer.rounds()
    for kind in paper.kinds:
        writer.list_of(kind)
    writer.unfilled()
    writer.loads()
    writer.about()
    writer.names()
    book.close()
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: Any, paper: Paper) -> None:
        self.book, self.paper, self.say, self.language = book, paper, paper.say, paper.language
        self.display = display_names(paper.scenario)
        self.dates = Calendar.of(paper.program)
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def style(self, **traits: object) -> Any:
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter", "text_wrap": True} | traits
        key = tuple(sorted(base.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(base)
        return self._formats[key]

    def sheet(self, names: tuple[str, str], *, landscape: bool = True) -> Any:
        sheet = self.book.add_worksheet(pick(names, self.language))
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.55)
        sheet.fit_to_pages(1, 0)
        name = self.paper.program.name.replace("&", "&&")
        sheet.set_footer(f"&L&8{name[:80]}  {self.say('page_footer')}&R&8&P / &N")
        return sheet

    def head(self, sheet: Any, title: str, hint: str) -> None:
        sheet.set_row(0, 27)
        sheet.write_string(0, 0, _text(f"{self.paper.program.name}　{title}"),
                           self.style(bold=True, font_size=16, font_color=_ACCENT, text_wrap=False))
        sheet.write_string(1, 0, _text(hint), self.style(font_color=_GREY, font_size=9, text_wrap=False))

    # ------------------------------------------------------------------------------------------ calendar

    def calendar(self) -> None:
        sheet = self.sheet(CALENDAR_SHEET)
        sheet.set_column(0, 6, _DAY_WIDTH)
        as_of = self.say("as_of", moment=long_date(self.paper.as_of.date(), self.language))
        self.head(sheet, self.paper.title, f"{self.paper.period}　{as_of}　{proof_sentences(self.paper)[0]}")
        row, height, breaks = 2, 45.0, []
        for month in months_of(self.paper, self.dates):
            needed = _month_height(month)
            if row > 2 and height + needed > _PAGE_HEIGHT:
                breaks.append(row)
                height = 0.0
            row = self._month(sheet, row, month)
            height += needed
        sheet.set_h_pagebreaks(breaks)
        sheet.print_area(0, 0, max(row - 1, 2), 6)

    def _month(self, sheet: Any, row: int, month: Month) -> int:
        sheet.set_row(row, 22)
        sheet.merge_range(row, 0, row, 6, month.title,
                          self.style(bold=True, font_size=13, font_color=_ACCENT, bottom=2, bottom_color=_ACCENT))
        for column, name in enumerate(weekdays(self.language)):
            sheet.write_string(row + 1, column, name,
                               self.style(bold=True, font_size=9, align="center", font_color=_GREY, text_wrap=False))
        row += 2
        for week in month.weeks:
            lines = max((len(day.lines) for day in week if day), default=0)
            sheet.set_row(row, 14)
            sheet.set_row(row + 1, _week_height(lines) - 14)
            for column, day in enumerate(week):
                fill = {"bg_color": _PALE} if day and day.is_day_off else {}
                edge = {"left": 1, "right": 1, "left_color": _LINE, "right_color": _LINE}
                sheet.write_string(row, column, day.label if day else "",
                                   self.style(**fill, **edge, font_size=9, top=1, top_color=_LINE, text_wrap=False,
                                              font_color=_ACCENT if day and day.mark else _GREY))
                self._cell(sheet, row + 1, column, day.lines if day else (),
                           {**fill, **edge, "bottom": 1, "bottom_color": _LINE, "valign": "top", "font_size": 9})
            row += 2
        if month.undated:
            sheet.merge_range(row, 0, row, 6, "", self.style())
            sheet.write_string(row, 0, _text(undated_line(self.paper, month)),
                               self.style(font_size=9, font_color=_WARN))
            row += 1
        sheet.set_row(row, 8)
        return row + 1

    def _cell(self, sheet: Any, row: int, column: int, lines: Sequence[tuple[str, bool]],
              traits: dict[str, Any]) -> None:
        """The lines of one day; what is missing in the warning colour."""
        if not any(warn for _, warn in lines):
            sheet.write_string(row, column, _text("\n".join(text for text, _ in lines)), self.style(**traits))
            return
        if len(lines) == 1:
            sheet.write_string(row, column, _text(lines[0][0]), self.style(**traits, font_color=_WARN))
            return
        pieces: list[object] = []
        for place, (text, warn) in enumerate(lines):
            pieces += [self.style(font_size=9, font_color=_WARN if warn else "#000000"),
                       _text(text) + ("\n" if place < len(lines) - 1 else "")]
        sheet.write_rich_string(row, column, *pieces, self.style(**traits))

    # ------------------------------------------------------------------------------------------ lists

    def list_of(self, kind: Kind) -> None:
        columns = LIST_COLUMNS[kind]
        title = self.paper.heading(kind)
        sheet = self.sheet((title, title))
        self.head(sheet, title, self.say("hint_list"))
        self._headers(sheet, HEADER_ROW - 1, columns)
        sheet.freeze_panes(HEADER_ROW, 1)
        sheet.repeat_rows(HEADER_ROW - 1)
        row = HEADER_ROW
        for entry in self.paper.entries:
            if entry.wish.kind == kind:
                for part, person in _seats(entry):
                    self._seat(sheet, row, columns, entry, part, person)
                    row += 1
        self._drop_downs(sheet, columns, max(row - 1, HEADER_ROW))
        sheet.autofilter(HEADER_ROW - 1, 0, max(row - 1, HEADER_ROW), len(columns) - len(HIDDEN) - 1)
        sheet.print_area(0, 0, max(row - 1, HEADER_ROW), len(columns) - len(HIDDEN) - 1)

    def _headers(self, sheet: Any, row: int, columns: Sequence[str]) -> None:
        sheet.set_row(row, 20)
        for column, key in enumerate(columns):
            sheet.set_column(column, column, _WIDTHS[key], None, {"hidden": 1} if key in HIDDEN else None)
            sheet.write_string(row, column, pick(COLUMNS[key], self.language), self._header_style())

    def _header_style(self) -> Any:
        return self.style(bold=True, font_color="#FFFFFF", bg_color=_ACCENT, border=1, border_color=_ACCENT)

    def _seat(self, sheet: Any, row: int, columns: Sequence[str], entry: Entry, part: Part,
              person: Volunteer | None) -> None:
        cells = self._cells(entry, part, person)
        fill = {} if person else {"bg_color": _WARN_PALE}
        edge = {"bottom": 1, "bottom_color": _LINE, **fill}
        for column, key in enumerate(columns):
            if key == "date" and entry.day is not None:
                style = self.style(**edge, num_format=self._date_format(), align="left")
                sheet.write_datetime(row, column, _midnight(entry.day), style)
                continue
            traits = edge | ({"font_color": _WARN} if key == "role" and person is None else {})
            traits |= {"font_color": _GREY, "font_size": 8} if key in HIDDEN else {}
            traits |= {"bold": True} if key == "name" else {}
            traits |= {"num_format": "@"} if key in ("phone", "standby_phone", "name") else {}
            _put(sheet, row, column, cells.get(key, ""), self.style(**traits))
        longest = max((_lines(cells.get(key, ""), _WIDTHS[key]) for key in columns if key not in HIDDEN), default=1)
        sheet.set_row(row, 6 + 14 * min(max(longest, 1), 8))

    def _cells(self, entry: Entry, part: Part, person: Volunteer | None) -> dict[str, str]:
        paper, wish = self.paper, entry.wish
        role = paper.role(part.role)
        return {
            "date": entry.when,
            "weekday": weekday(entry.day, self.language) if entry.day else "",
            "time": entry.time,
            "resident": paper.name(entry.resident),
            "title": paper.wish_title(wish),
            "place": paper.place(paper.place_of(wish), door=wish.kind != "event"),
            "origin": paper.place(paper.place_of(wish), door=True),
            "destination": paper.place(paper.destination_of(wish)),
            "items": wish.items or paper.wish_title(wish),
            "budget": paper.budget(wish),
            "role": role if person else f"{role}（{self.say('missing_mark', count=1)}）",
            "name": self.display[person.id] if person else "",
            "phone": (person.phone or "") if person else "",
            "vehicle": paper.vehicle(person) if person and part.role.vehicle else "",
            "standby": paper.names(part.standbys),
            "standby_phone": "\n".join(p.phone for p in part.standbys if p.phone),
            "visit_id": entry.id, "role_id": part.role.id, "person_id": person.id if person else "",
        }

    def _date_format(self) -> str:
        return 'm"月"d"日"' if self.language == "zh" else "d mmm"

    def _drop_downs(self, sheet: Any, columns: Sequence[str], last: int) -> None:
        outcome, name = columns.index("outcome"), columns.index("name")
        words = [pick(word, self.language) for word in OUTCOMES.values()]
        sheet.data_validation(HEADER_ROW, outcome, last, outcome, {"validate": "list", "source": words})
        people = len(self.paper.scenario.volunteers)
        if people:
            sheet.data_validation(HEADER_ROW, name, last, name, {
                "validate": "list", "source": f"='{pick(NAMES_SHEET, self.language)}'!$A$2:$A${people + 1}",
                "error_type": "information", "error_message": self.say("name_unknown"),
            })
        for word, color in zip(words, (_ACCENT, _WARN, _GREY)):
            sheet.conditional_format(HEADER_ROW, outcome, last, outcome, {
                "type": "cell", "criteria": "==", "value": f'"{word}"',
                "format": self.book.add_format({"font_color": color, "bold": True}),
            })

    def names(self) -> None:
        sheet = self.book.add_worksheet(pick(NAMES_SHEET, self.language))
        sheet.write_string(0, 0, pick(COLUMNS["name"], self.language))
        sheet.write_string(0, 1, pick(COLUMNS["person_id"], self.language))
        for row, (key, name) in enumerate(self.display.items(), start=1):
            sheet.write_string(row, 0, _text(name))
            sheet.write_string(row, 1, _text(key))
        sheet.hide()

    # ------------------------------------------------------------------------------------------ the other sheets

    def rounds(self) -> None:
        """Days full of visits, person by person in the order they go; no sheet where nobody has such a day."""
        paper, rounds = self.paper, rounds_of(self.paper)
        headers = [(self.say(key), width) for key, width in (
            ("volunteer", 12), ("date", 14), ("order", 7), ("time", 13), ("resident", 12), ("place", 34), ("wish", 20),
            ("together", 14), ("to_next_minutes", 17))]
        rows = [
            (self.display[one.volunteer.id], one.when, call.number, call.duty.entry.time,
             paper.name(call.duty.entry.resident), paper.where(call.duty.entry.wish, door=True),
             paper.wish_title(call.duty.entry.wish),
             paper.names(person for person in call.duty.entry.people if person.id != one.volunteer.id),
             self.say("way_home", minutes=call.onward) if call.is_last else call.onward)
            for one in rounds for call in one.calls
        ]
        if rows:
            self._table(ROUNDS_SHEET, self.say("rounds"), paper.period, headers, rows)

    def unfilled(self) -> None:
        headers = [(self.say(key), width) for key, width in (
            ("date", 20), ("time", 13), ("wish", 24), ("resident", 12), ("role", 12), ("missing_count", 9),
            ("reason", 60))]
        rows = [
            (entry.when, entry.time, self.paper.wish_title(entry.wish), self.paper.name(entry.resident),
             self.paper.role(part.role), part.missing, "\n".join(_reason_lines(part)))
            for entry, part in self.paper.unfilled
        ]
        self._table(UNFILLED_SHEET, self.say("unfilled"), self._missing_words(), headers, rows)

    def _missing_words(self) -> str:
        return proof_sentences(self.paper)[0] if self.paper.missing else self.say("nobody_missing")

    def loads(self) -> None:
        days = self.paper.program.settings.history_days
        headers = [(self.say("volunteer"), 14), (self.say("team"), 24), (self.say("before", days=days), 16),
                   (self.say("new"), 11), (self.say("standby_turns"), 11), (self.say("minutes_unit"), 14)]
        rows = [
            (self.display[load.volunteer.id], self.paper.team(load.volunteer), load.before, load.new, load.standby,
             load.minutes)
            for load in self.paper.loads
        ]
        sheet = self._table(LOADS_SHEET, self.say("loads"), self.paper.period, headers, rows, landscape=False)
        if rows:
            for column in (2, 3, 4):
                sheet.conditional_format(HEADER_ROW, column, HEADER_ROW + len(rows) - 1, column, {
                    "type": "data_bar", "bar_color": "#9CC3BF",
                    "min_type": "num", "min_value": 0,
                })

    def _table(self, names: tuple[str, str], title: str, hint: str, headers: Sequence[tuple[str, float]],
               rows: Iterable[Sequence[str | int]], *, landscape: bool = True) -> Any:
        sheet = self.sheet(names, landscape=landscape)
        self.head(sheet, title, hint)
        for column, (header, width) in enumerate(headers):
            sheet.set_column(column, column, width)
            sheet.write_string(HEADER_ROW - 1, column, header, self._header_style())
        sheet.set_row(HEADER_ROW - 1, 20)
        sheet.freeze_panes(HEADER_ROW, 0)
        sheet.repeat_rows(HEADER_ROW - 1)
        cell, number = (self.style(bottom=1, bottom_color=_LINE, align=align) for align in ("left", "center"))
        for row, values in enumerate(rows, start=HEADER_ROW):
            for column, value in enumerate(values):
                if isinstance(value, int):
                    sheet.write_number(row, column, value, number)
                else:
                    _put(sheet, row, column, value, cell)
            lines = max(_lines(str(value), width) for value, (_, width) in zip(values, headers))
            sheet.set_row(row, 5 + 14 * min(max(lines, 1), 25))
        return sheet

    def about(self) -> None:
        sheet, paper, say = self.sheet(ABOUT_SHEET, landscape=False), self.paper, self.say
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 64)
        as_of = say("as_of", moment=f"{paper.as_of:%Y-%m-%d %H:%M}")
        self.head(sheet, paper.title, f"{paper.period}　{as_of}")
        roster = paper.roster
        blocks: list[tuple[str, list[tuple[str, str]]]] = [
            (say("proof"), [("", sentence) for sentence in proof_sentences(paper)]),
            (say("notes"), [("", note) for note in paper.notes]),
            (say("about_use"), [("", say(f"about_use_{n}")) for n in (1, 2, 3)]),
            (say("terms"), [(term_name(paper, key), f"{value} {say('points')}")
                            for key, value in sorted(paper.plan.report.terms.items()) if value]),
            (say("about_made"), [(say("strategy"), roster.strategy), (say("seed"), str(roster.seed)),
                                 (say("fingerprint"), roster.scenario)]),
        ]
        row = 3
        for title, lines in blocks:
            if lines:
                row = self._block(sheet, row, title, lines)

    def _block(self, sheet: Any, row: int, title: str, lines: Sequence[tuple[str, str]]) -> int:
        sheet.merge_range(row, 0, row, 1, title,
                          self.style(bold=True, font_size=12, font_color=_ACCENT, bottom=1, bottom_color=_ACCENT))
        sheet.set_row(row, 20)
        for key, text in lines:
            row += 1
            if key:
                sheet.write_string(row, 0, _text(key), self.style(font_color=_GREY))
                sheet.write_string(row, 1, _text(text), self.style())
            else:
                sheet.merge_range(row, 0, row, 1, "", self.style())
                sheet.write_string(row, 0, _text(text), self.style())
            sheet.set_row(row, 4 + 14 * max(_lines(text, 64 if key else 90), 1))
        return row + 2


def term_name(paper: Paper, key: str) -> str:
    """What a term of the objective is called."""
    return paper.say(f"term_{key}") if knows(f"term_{key}") else key


def _seats(entry: Entry) -> list[tuple[Part, Volunteer | None]]:
    """Every seat of a visit in role order; None for each empty one."""
    return [(part, person) for part in entry.parts for person in (*part.people, *[None] * part.missing)]


def _reason_lines(part: Part) -> list[str]:
    return [reason.message or f"{reason.code}: {reason.count}" for reason in part.reasons]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _put(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """A text as a text; an empty one as a blank cell."""
    if text:
        sheet.write_string(row, column, _text(text), style)
    else:
        sheet.write_blank(row, column, None, style)


def _text(text: str) -> str:
    """What a cell can hold: no more than Excel's 32,767 characters."""
    return text[:32_000]


def _lines(text: str, width: float) -> int:
    """About how many lines a text takes in a column so wide; a Chinese character is two wide."""
    units = (sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) for line in text.split("\n"))
    return sum(max(1, ceil(unit / width)) for unit in units)


def _week_height(lines: int) -> float:
    return 14 + max(6.0, 12.5 * min(lines, _MOST_LINES) + 4)


def _month_height(month: Month) -> float:
    most_lines = (max((len(day.lines) for day in week if day), default=0) for week in month.weeks)
    return 22 + 15 + 8 + (15 if month.undated else 0) + sum(_week_height(lines) for lines in most_lines)
