"""Spoiled files: scenarios and rosters with the damage that people, programs and disks do to them; seeded."""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from matcher.exchange.csvfolder import read_csv_folder
from matcher.exchange.files import read_scenario, write_scenario
from matcher.exchange.grid import Grid
from matcher.exchange.workbook import read_workbook

ROOT = Path(__file__).parents[2]
NAMES = ("chunhui", "jiangzhou", "quantang", "wu-bo", "xiguan")
SECRET = "44030019490101123"
"""The first digits of an invented identity number; no output may hold them."""

PHRASES = (
    "周一至周五晚上", "除周三外都可以", "每月23号", "上班时间不行", "随叫随到", "暑假", "没课的时候", "看情况",
    "初一十五不行", "隔周六上午", "上三休一，12月3号休", "周末全天，平时7点以后", "七座", "电动车",
    "老公的车，周末能开", "有证没车", "138 0000 0001(老婆的)", "1.38E+10", "１３８－０００００００２", "短号668001",
    "东河社区3栋2单元501", "五棟一單元七樓", "理发(以前开店)、会一点量血压", "护士证27年5月到期 急救", "什么都能干",
    "想每个月有人开车陪我去看儿子", "每月一次，别挨太近", "上旬周末，早上8点走", "12.5", "12月5、6号都行", "46361",
    "下周三下午", "中秋前", "越快越好", "周二周四放学后四点半，寒暑假不要", "个把小时", "一上午", "9：00～11：30",
    "电水壶，老人好按的，2升左右", "书包、大米各一", "200块以内，社区报销", "2人(1个会开车)", "医生2护士3志愿者若干",
    "80-100人", "吴伯84 耳背 讲客家话", "最好女的", "不要上次那个小李", "老地方", "低保 空巢", "不要登真名，就写李红",
    "同上", "/", "无", "—", "合计 23人", "已转物业", "每周一次，先做三个月", "?5歲", "社區(qū)服務(wù)", "王\ufffd",
    "也许", "女", "是", "否", "有", "SA,SU", "08:00-12:00", "12月5日", "12月32日", "2026-02-30", "十二月初八",
    "闰月十五", "除夕", "大年初一下午", "周八", "25:00-26:00", "18:00-08:00", "24:00", "99:99", "-1", "0", "负三个",
    "maybe", "weekends", "every other Saturday", "MO-FR 19:00-21:00", "first week of each month", "asap", "yes", "no",
    "2 persons",
)  # fmt: skip
HOSTILE = (
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "<script>alert(1)</script>", "{{ 7*7 }}", "{% raw %}", "%s%n",
    "\\", "../../etc/passwd", "NUL", "\u202eabc", "مرحبا", "👨‍👩‍👧‍👦", "𠮷", "e\u0301" * 20, "\u200b", "\ufeff",
    "\u2028", "a\tb", "a\nb", "a\rb", "x\x00y", "\x07\x1b[31m", "'", '"', "''", "，，，", "、", ";", "[", "{", "(", "（",
    "[1,2]", '{"a": 1}', "null", "NaN", "inf", "-inf", "1e400", "٣", "²", "Ⅳ", "½", "壹佰", "一亿", "9" * 30, "9" * 5000,
    "x" * 40_000, "一" * 3_000, "1-", "-", "--", "~", "1~2~3", "0x10", "1_000", "１２", "1,000", "#REF!", "#VALUE!",
    "#DIV/0!", "FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;COUNT=99999999", "FREQ=WEEKLY;UNTIL=x", "FREQ=MINUTELY;BYDAY=SA", "2026-12-05T09:00:00",
    "2026-12-05T09:00:00+99:99", "2026-12-05T09:00:00Z", "0001-01-01", "9999-12-31", "1899-12-31",
    "2200-12-31T23:59:59-12:00", "24:00-24:00", "00:00-00:00", "Asia/Shanghai", "Mars/Olympus", "../Asia/Shanghai",
    "wgs84", "xx",
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 2, 27.0, 0.5, -0.0, 12.1, 46361, 1e10, 13800000001, 2**31, 2**63, 1e300, -1e300, 99999999, 366, 1441,
    0.1, 2958466, -700000,
)  # fmt: skip
DATES = (
    date(1900, 1, 1), date(2026, 12, 5), date(9999, 12, 31), datetime(2026, 12, 5, 9), datetime(1904, 1, 1),
    time(8, 30), time(0, 0),
)  # fmt: skip

Cell = Any
Sheets = dict[str, list[list[Cell]]]


@dataclass(frozen=True)
class Mutant:
    """A spoiled scenario: its files by name (a name with a slash stands in a folder), and what was done."""

    kind: str
    target: str
    files: dict[str, bytes]
    done: tuple[str, ...]
    secret: bool = False

    def write(self, folder: Path) -> Path:
        """Put it into the folder; the path to hand to a command."""
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        return folder / self.target


# ---------------------------------------------------------------------------------------------------- sound files


@cache
def document(name: str) -> dict[str, Any]:
    """A scenario as JSON; hand it on copied."""
    found: dict[str, Any] = json.loads((ROOT / "scenarios" / name / "scenario.json").read_text("utf-8"))
    return found


@cache
def sheets(name: str, lang: str) -> Sheets:
    """A scenario as sheets of cells; hand them on copied."""
    import tempfile

    if (name, lang) == ("wu-bo", "zh"):
        grids = read_workbook(ROOT / "scenarios" / name / "wu-bo.xlsx")
    else:
        with tempfile.TemporaryDirectory() as folder:
            scenario = read_scenario(ROOT / "scenarios" / name / "scenario.json").scenario
            write_scenario(scenario, Path(folder) / "csv", lang=lang)
            grids = read_csv_folder(Path(folder) / "csv")
    return _cells_of(grids)


def _cells_of(grids: list[Grid]) -> Sheets:
    found: Sheets = {}
    for grid in grids:
        rows: list[list[Cell]] = [[] for _ in range(grid.rows[-1][0] if grid.rows else 0)]
        for number, cells in grid.rows:
            rows[number - 1] = list(cells)
        found[grid.name] = rows
    return found


def roster(name: str) -> dict[str, Any]:
    """The roster made by hand for a scenario, as JSON."""
    found: dict[str, Any] = json.loads((ROOT / "scenarios" / name / "by-hand.json").read_text("utf-8"))
    return found


@cache
def roster_sheets(name: str) -> Sheets:
    """The roster made by hand, as the workbook a coordinator gets."""
    import tempfile

    from matcher.exchange.plan import Plan
    from matcher.exchange.sheet import render_workbook
    from matcher.problem.check import check
    from matcher.problem.roster import Roster

    scenario = read_scenario(ROOT / "scenarios" / name / "scenario.json").scenario
    made = Roster.model_validate(roster(name))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.xlsx"
        path.write_bytes(render_workbook(Plan(scenario, made, check(scenario, made))))
        return _cells_of(read_workbook(path))


def a_cell(dice: random.Random) -> Cell:
    """What nobody expected in this cell."""
    pool = dice.choice(
        (PHRASES, PHRASES, HOSTILE, NUMBERS, DATES, (None, "", " ", True, False, float("nan"), float("inf")))
    )
    return dice.choice(pool)


# ---------------------------------------------------------------------------------------------------- sheets spoiled


def _a_sheet(book: Sheets, dice: random.Random) -> list[list[Cell]]:
    full = [rows for rows in book.values() if len(rows) > 1]
    return dice.choice(full) if full else [[]]


def _a_row(rows: list[list[Cell]], dice: random.Random) -> list[Cell]:
    return rows[dice.randrange(len(rows))] if rows else []


def replace_cells(book: Sheets, dice: random.Random) -> None:
    rows = _a_sheet(book, dice)
    for _ in range(dice.choice((1, 1, 2, 5, 30))):
        row = rows[dice.randrange(1, len(rows))] if len(rows) > 1 else []
        if row:
            row[dice.randrange(len(row))] = a_cell(dice)


def replace_column(book: Sheets, dice: random.Random) -> None:
    rows = _a_sheet(book, dice)
    column = dice.randrange(max(1, len(rows[0])))
    for row in rows[1:]:
        if column < len(row):
            row[column] = a_cell(dice)


def empty_cells(book: Sheets, dice: random.Random) -> None:
    row = _a_row(_a_sheet(book, dice), dice)
    for column in range(len(row)):
        if dice.random() < 0.5:
            row[column] = None


def move_rows(book: Sheets, dice: random.Random) -> None:
    rows = _a_sheet(book, dice)
    first, second = dice.randrange(len(rows)), dice.randrange(len(rows))
    rows[first], rows[second] = rows[second], rows[first]


def delete_rows(book: Sheets, dice: random.Random) -> None:
    rows = _a_sheet(book, dice)
    at = dice.randrange(len(rows))
    del rows[at : at + dice.choice((1, 1, 3, 100))]


def double_rows(book: Sheets, dice: random.Random) -> None:
    rows = _a_sheet(book, dice)
    rows.insert(dice.randrange(len(rows) + 1), list(_a_row(rows, dice)))


def move_columns(book: Sheets, dice: random.Random) -> None:
    rows = _a_sheet(book, dice)
    order = list(range(max(map(len, rows), default=0)))
    dice.shuffle(order)
    rows[:] = [[row[at] if at < len(row) else None for at in order] for row in rows]


def delete_column(book: Sheets, dice: random.Random) -> None:
    rows = _a_sheet(book, dice)
    at = dice.randrange(max(1, len(rows[0])))
    for row in rows:
        del row[at : at + 1]


def double_column(book: Sheets, dice: random.Random) -> None:
    for row in _a_sheet(book, dice):
        if row:
            row.append(row[min(dice.randrange(3), len(row) - 1)])


def mangle_header(book: Sheets, dice: random.Random) -> None:
    head = _a_sheet(book, dice)[0]
    if not head:
        return
    at = dice.randrange(len(head))
    text = str(head[at])
    head[at] = dice.choice(
        (
            text[1:],
            text + "x",
            text * 2,
            text.upper(),
            f" {text}\n",
            text.replace("志", "誌"),
            "备注",
            "姓名",
            a_cell(dice),
            None,
        )
    )


def put_above(book: Sheets, dice: random.Random) -> None:
    rows = _a_sheet(book, dice)
    rows.insert(0, dice.choice(([], ["东河社区志愿者登记表"], [a_cell(dice) for _ in range(4)], list(rows[0]))))


def put_below(book: Sheets, dice: random.Random) -> None:
    rows = _a_sheet(book, dice)
    rows += dice.choice(
        ([["合计 23人"]], [["合计", 23]], [[None] * 3] * 50 + [["看情况"]], [[a_cell(dice) for _ in range(60)]])
    )


def delete_sheet(book: Sheets, dice: random.Random) -> None:
    del book[dice.choice(list(book))]


def rename_sheet(book: Sheets, dice: random.Random) -> None:
    name = dice.choice(list(book))
    book[dice.choice((name + "2", name[1:] or "x", "Sheet1", "心愿", "wishes", "志愿者 (2)", "👍"))] = book.pop(name)


def swap_sheets(book: Sheets, dice: random.Random) -> None:
    first, second = dice.choice(list(book)), dice.choice(list(book))
    book[first], book[second] = book[second], book[first]


def stretch_row(book: Sheets, dice: random.Random) -> None:
    _a_row(_a_sheet(book, dice), dice).extend([None] * dice.choice((5, 300)) + ["?"])


def swap_cells(book: Sheets, dice: random.Random) -> None:
    """References that lead nowhere, ends before starts, latitudes for longitudes."""
    row = _a_row(_a_sheet(book, dice), dice)
    if row:
        first, second = dice.randrange(len(row)), dice.randrange(len(row))
        row[first], row[second] = row[second], row[first]


SHEET_MUTATORS: tuple[Callable[[Sheets, random.Random], None], ...] = (
    replace_cells,
    replace_cells,
    replace_cells,
    replace_column,
    empty_cells,
    move_rows,
    delete_rows,
    double_rows,
    move_columns,
    delete_column,
    double_column,
    mangle_header,
    put_above,
    put_below,
    delete_sheet,
    rename_sheet,
    swap_sheets,
    stretch_row,
    swap_cells,
)


def add_identity_numbers(book: Sheets, dice: random.Random) -> None:
    """The column nobody should have asked for."""
    rows = _a_sheet(book, dice)
    width = len(rows[0])
    for number, row in enumerate(rows):
        row += [None] * (width - len(row))
        text = SECRET + str(number % 10) if number else dice.choice(("身份证号", "身份证号码", "身份证", "ID card"))
        row.insert(width, text)


def spoiled_sheets(dice: random.Random) -> tuple[Sheets, tuple[str, ...]]:
    """A scenario's sheets with one to three kinds of damage."""
    book = copy.deepcopy(sheets(dice.choice(NAMES), dice.choice(("zh", "zh", "en"))))
    return book, _spoil_sheets(book, dice)


def _spoil_sheets(book: Sheets, dice: random.Random) -> tuple[str, ...]:
    done = []
    for mutate in dice.choices(SHEET_MUTATORS, k=dice.choice((1, 1, 2, 3))):
        if book:
            mutate(book, dice)
            done.append(mutate.__name__)
    return tuple(done)


# ---------------------------------------------------------------------------------------------------- workbooks


def workbook_bytes(book: Sheets, dice: random.Random) -> bytes:
    """The sheets as .xlsx: numbers as numbers or text, formulas with and without a value, errors, merged cells."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "nan_inf_to_errors": True,
        "in_memory": True,
        "strings_to_urls": False,
        "date_1904": dice.random() < 0.05,
    }
    with xlsxwriter.Workbook(buffer, options) as made:
        day, hour = made.add_format({"num_format": "yyyy-mm-dd"}), made.add_format({"num_format": "hh:mm"})
        taken: set[str] = set()
        for name, rows in book.items():
            title = "".join(letter for letter in name if letter not in "[]:*?/\\'" and letter.isprintable())[:31] or "x"
            if title.casefold() in taken or title.casefold() == "history":
                title = f"{title[:20]} {len(taken)}"
            taken.add(title.casefold())
            page = made.add_worksheet(title)
            loose = dice.random() < 0.3
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    _write_cell(page, number, column, cell, dice, {"day": day, "hour": hour, "loose": loose})
            if dice.random() < 0.1 and len(rows) > 3:
                page.merge_range(1, 0, 2, 0, "同")
    return buffer.getvalue()


def _write_cell(page: Any, row: int, column: int, cell: Cell, dice: random.Random, how: dict[str, Any]) -> None:
    if isinstance(cell, str) and cell.startswith("=") and dice.random() < 0.7:
        page.write_formula(row, column, cell[:200], None, dice.choice(("", 0, 5, "#REF!", "#N/A")))
    elif isinstance(cell, str) and how["loose"] and cell.isascii() and cell.isdigit() and len(cell) < 300:
        page.write_number(row, column, float(cell))
    elif isinstance(cell, str):
        page.write_string(row, column, cell[:32_767])
    elif isinstance(cell, (date, time)):
        try:
            page.write_datetime(row, column, cell, how["hour"] if isinstance(cell, time) else how["day"])
        except ValueError:
            page.write_string(row, column, str(cell))
    elif cell is not None:
        page.write(row, column, cell)


def spoil_bytes(data: bytes, dice: random.Random) -> bytes:
    """Bytes flipped, cut out, doubled, or the end cut off."""
    spoiled = bytearray(data)
    for _ in range(dice.choice((1, 1, 3, 20))):
        if not spoiled:
            break
        at = dice.randrange(len(spoiled))
        how = dice.randrange(5)
        if how <= 1:
            spoiled[at] = dice.randrange(256)
        elif how == 2:
            del spoiled[at : at + dice.choice((1, 10, 1000))]
        elif how == 3:
            spoiled[at:at] = spoiled[at : at + 40]
        else:
            spoiled[at:at] = bytes(dice.randrange(256) for _ in range(4))
    if dice.random() < 0.15:
        del spoiled[dice.randrange(len(spoiled) + 1) :]
    return bytes(spoiled)


_XML = (
    (b'"s"', b'"n"'), (b'"s"', b'"e"'), (b'"s"', b'"d"'), (b'"s"', b'"b"'), (b'"s"', b'"inlineStr"'),
    (b"<v>", b"<v>-"), (b"<v>", b"<v>9999999"), (b"<v>", b"<v>1e999"), (b'r="A', b'r="XFD'), (b'r="A', b'r="A99999'),
    (b'r="A', b'r="ZZZZ'), (b'r="', b'r="0'), (b"</row>", b""), (b"sheetId", b"sheetid"), (b"UTF-8", b"UTF-16"),
    (b"UTF-8", b"GB18030"), (b"?>", b'?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d SYSTEM "file:///etc/passwd">]>'),
    (b"<t>", b"<t>&b;&d;"), (b"<si>", b"<!--"), (b"worksheets/", b"../../"), (b"rId", b"rid"),
    (b"visible", b"veryHidden"), (b"count=", b"uniqueCount="), (b"numFmtId=", b"nope="),
)  # fmt: skip


def spoil_part(data: bytes, dice: random.Random) -> bytes:
    """A workbook whose zip is sound, one of whose parts is not."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice(list(parts))
    how = dice.randrange(6)
    if how == 0:
        del parts[name]
    elif how == 1:
        parts[name] = b""
    elif how == 2:
        parts[name] = spoil_bytes(parts[name], dice)
    elif how == 3:
        parts[name.swapcase()] = parts.pop(name)
    else:
        old, new = dice.choice(_XML)
        parts = {key: value.replace(old, new, dice.choice((1, -1))) for key, value in parts.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        for key, value in parts.items():
            archive.writestr(key, value)
    return buffer.getvalue()


def spoiled_workbook(dice: random.Random) -> Mutant:
    """An .xlsx file with damaged cells, a damaged part, or damaged bytes."""
    how = dice.random()
    if how < 0.7:
        book, done = spoiled_sheets(dice)
        if secret := dice.random() < 0.2 and bool(book):
            add_identity_numbers(book, dice)
        if not book:
            book = {"Sheet1": []}
        return Mutant("xlsx", "s.xlsx", {"s.xlsx": workbook_bytes(book, dice)}, done, secret)
    book = sheets(dice.choice(NAMES), dice.choice(("zh", "en")))
    sound = workbook_bytes(book, dice)
    if how < 0.88:
        return Mutant("xlsx", "s.xlsx", {"s.xlsx": spoil_part(sound, dice)}, ("spoil_part",))
    return Mutant("xlsx", "s.xlsx", {"s.xlsx": spoil_bytes(sound, dice)}, ("spoil_bytes",))


# ---------------------------------------------------------------------------------------------------- CSV

_ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gb18030", "utf-16", "big5", "latin-1", "shift-jis", "utf-32")


def spoiled_csv(dice: random.Random) -> Mutant:
    """A folder of .csv files, each perhaps in another encoding."""
    book, done = spoiled_sheets(dice)
    if secret := dice.random() < 0.2 and bool(book):
        add_identity_numbers(book, dice)
    mixed, encoding = dice.random() < 0.2, dice.choice(_ENCODINGS[:4] if dice.random() < 0.8 else _ENCODINGS)
    files = {}
    for name, rows in book.items():
        text = _csv_text(rows, dice.choice(",,,,;\t"), dice.choice(("\r\n", "\n")))
        data = text.encode(dice.choice(_ENCODINGS) if mixed else encoding, "replace")
        if dice.random() < 0.03:
            data, done = spoil_bytes(data, dice), (*done, "spoil_bytes")
        files[f"s/{_file_name(name)}.csv"] = data
    return Mutant("csv", "s", files or {"s/readme.txt": b"nothing here"}, done, secret)


def _csv_text(rows: list[list[Cell]], delimiter: str, ending: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=ending)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return buffer.getvalue()


def _file_name(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum() or letter in " ()")[:40] or "x"


# ---------------------------------------------------------------------------------------------------- JSON

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 27.0, 0.5, 10**30, -(10**30), 2**63, 1e308, float("nan"), float("inf"), "", " ", [],
    {}, [[]], {"": ""}, [None], "x" * 500, "\ud800", "2026-12-05", "2026-12-05T09:00:00", "2026-12-05T09:00:00+08:00",
    "2026-13-45", "9999-12-31T23:59:59+08:00", "0001-01-01T00:00:00Z", "1900-01-01", "2200-12-31", 1796432400,
    "1796432400", "12", [1, 2], ["a", "a"], {"id": "x"}, 500, 100_000, 1_000_000, 1_000_000_000,
)  # fmt: skip


def _holders(value: Any) -> Iterator[Any]:
    """Every list and object in the document that holds something."""
    if isinstance(value, (dict, list)) and value:
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from _holders(item)


def spoil_document(document: Any, dice: random.Random) -> str:
    """Change one thing anywhere in a document; what was done."""
    holder = dice.choice(list(_holders(document)) or [[None]])
    key = dice.choice(list(holder)) if isinstance(holder, dict) else dice.randrange(len(holder))
    how = dice.choice(
        ("replace", "replace", "replace", "phrase", "delete", "double", "rename", "swap", "nest", "number")
    )
    if how == "replace":
        holder[key] = copy.deepcopy(dice.choice(VALUES))
    elif how == "phrase":
        holder[key] = dice.choice((*PHRASES, *HOSTILE))
    elif how == "delete":
        del holder[key]
    elif how == "double" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif how == "rename" and isinstance(holder, dict):
        holder[dice.choice((f"{key}x", "id", "kind", "", "备注", "__class__"))] = holder.pop(key)
    elif how == "swap":
        other = dice.choice(list(holder)) if isinstance(holder, dict) else dice.randrange(len(holder))
        holder[key], holder[other] = holder[other], holder[key]
    elif how == "nest":
        holder[key] = dice.choice(([holder[key]], {"value": holder[key]}))
    elif how == "number" and isinstance(holder[key], (int, float)):
        holder[key] = dice.choice(
            (-1, 0, 1, 2, 7, 31, 366, 10_000, 10**9, -holder[key], holder[key] * 10, holder[key] + 0.5)
        )
    return how


def _json_bytes(document: Any, dice: random.Random) -> bytes:
    text = json.dumps(document, ensure_ascii=dice.random() < 0.5, indent=dice.choice((None, 1)))
    how = dice.random()
    if how < 0.02:
        text = text.replace("{", '{"id": "a", "id": "b", ', dice.randrange(1, 5))
    elif how < 0.03:
        text = "[" * 100_000 + text
    elif how < 0.04:
        text = '{"a":' * 5_000 + text + "}" * 5_000
    elif how < 0.05:
        text = text.replace('"places"', f'"deep": {"[" * 900}{"]" * 900}, "places"', 1)
    data = text.encode(dice.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16", "latin-1")), "replace")
    return spoil_bytes(data, dice) if dice.random() < 0.06 else data


def spoiled_json(dice: random.Random) -> Mutant:
    """A .json scenario with up to five things changed, or broken as a text."""
    changed = copy.deepcopy(document(dice.choice(NAMES)))
    done = tuple(spoil_document(changed, dice) for _ in range(dice.choice((1, 1, 1, 2, 3, 5))))
    return Mutant("json", "s.json", {"s.json": _json_bytes(changed, dice)}, done)


def swap_alike(document: Any, dice: random.Random) -> str:
    """Two facts exchange what they say under the same key: sound one by one, odd together."""
    objects = [holder for holder in _holders(document) if isinstance(holder, dict)]
    first = dice.choice(objects)
    key = dice.choice(list(first))
    second = dice.choice([holder for holder in objects if key in holder])
    first[key], second[key] = copy.deepcopy(second[key]), copy.deepcopy(first[key])
    return "swap_alike"


def odd_number(document: Any, dice: random.Random) -> str:
    """A number becomes another that may well be meant, or is only just possible."""
    places = [
        (holder, key)
        for holder in _holders(document)
        if isinstance(holder, dict)
        for key, value in holder.items()
        if type(value) is int
    ]
    holder, key = dice.choice(places)
    holder[key] = dice.choice((0, 1, 2, 3, 5, 7, 20, 31, 60, 180, 366, 500, 720, 1440, 1441, 10_000, 10**6, 10**9))
    return "odd_number"


def leave_away(document: Any, dice: random.Random) -> str:
    """A field or an item is not there."""
    holder = dice.choice(list(_holders(document)))
    del holder[dice.choice(list(holder)) if isinstance(holder, dict) else dice.randrange(len(holder))]
    return "leave_away"


def odd_moment(document: Any, dice: random.Random) -> str:
    """A date or a time of day becomes another."""
    places = [
        (holder, key)
        for holder in _holders(document)
        for key in (list(holder) if isinstance(holder, dict) else range(len(holder)))
        if isinstance(holder[key], str) and holder[key][:2].isdigit() and ("-" in holder[key] or ":" in holder[key])
    ]
    holder, key = dice.choice(places)
    text = holder[key]
    if len(text) == 5:
        holder[key] = dice.choice(("00:00", "24:00", "08:00", "12:00", "23:59", "03:10"))
    else:
        day = dice.choice(
            ("2026-12-05", "2026-12-31", "2027-02-28", "2028-02-29", "1900-01-01", "2200-12-31", "2026-11-24")
        )
        holder[key] = day + text[10:].replace("+08:00", dice.choice(("+08:00", "Z", "-12:00", "+14:00")))
    return "odd_moment"


def odd_json(dice: random.Random) -> Mutant:
    """A .json scenario whose facts are sound one by one, and hardly anybody's intention."""
    changed = copy.deepcopy(document(dice.choice(NAMES)))
    ways = (swap_alike, swap_alike, odd_number, odd_number, odd_moment, leave_away)
    done = tuple(way(changed, dice) for way in dice.choices(ways, k=dice.choice((1, 2, 3, 4, 6))))
    return Mutant("odd", "s.json", {"s.json": json.dumps(changed, ensure_ascii=False).encode()}, done)


def spoiled_roster(name: str, dice: random.Random) -> Mutant:
    """A roster with a few things changed, or broken as a text: .json, or the workbook a coordinator has edited."""
    if dice.random() < 0.35:
        book = copy.deepcopy(roster_sheets(name))
        done = _spoil_sheets(book, dice)
        return Mutant("roster.xlsx", "r.xlsx", {"r.xlsx": workbook_bytes(book or {"Sheet1": []}, dice)}, (*done, name))
    changed = copy.deepcopy(roster(name))
    done = tuple(spoil_document(changed, dice) for _ in range(dice.choice((1, 1, 2, 5))))
    return Mutant("roster", "r.json", {"r.json": _json_bytes(changed, dice)}, (*done, name))
