"""Rows to facts: names become references, addresses become places, what small programmes leave away is derived."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from matcher.domain.scenario import Scenario
from matcher.errors import Fault
from matcher.exchange.columns import KIND
from matcher.exchange.phrases import Context, fold, matchable, to_simplified
from matcher.exchange.rows import Log, Row

_SHEET = {
    "places": ("地点", "places"),
    "residents": ("服务对象", "residents"),
    "volunteers": ("志愿者", "volunteers"),
    "teams": ("服务队", "teams"),
    "wishes": ("心愿", "wishes"),
}


_AT_HOME = {"家", "家里", "家中", "本人家", "住处", "老人家", "老人家里", "home", "athome"}


@lru_cache(maxsize=100_000)
def name_key(name: str) -> str:
    """A name for comparing: folded, simplified, without spaces."""
    return matchable(name).replace(" ", "")


def is_home(text: str) -> bool:
    """Whether a place in words is simply the resident's home."""
    return name_key(text) in _AT_HOME


def id_of(name: str) -> str:
    """The id made of a name: the same for the same name, however it is spaced or in whichever script."""
    text = to_simplified(fold(name)).replace("\n", " ").replace("/", "-").strip()
    return re.sub(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])", "", text)[:80]


@dataclass(slots=True)
class Index:
    """Everybody (or everything) a table holds, found by id, by name or, for people, by phone."""

    table: str
    ids: set[str] = field(default_factory=set)
    by_name: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_phone: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    shown: dict[str, str] = field(default_factory=dict)
    """Name for comparing → the name as written."""

    def add(self, key: str, *names: str | None, phone: str | None = None) -> None:
        """Make an id known under its names and its phone."""
        self.ids.add(key)
        for written in (key, *names):
            if not written:
                continue
            name = name_key(written)
            self.shown[name] = written
            if key not in self.by_name[name]:
                self.by_name[name].append(key)
        if phone and key not in self.by_phone[phone]:
            self.by_phone[phone].append(key)

    def find(self, text: str) -> list[str]:
        """The ids a text may mean: itself first, then by name, then by phone; several where a name is shared."""
        if text in self.ids:
            return [text]
        named = self.by_name.get(name_key(text))
        if named:
            return list(named)
        digits = "".join(character for character in text if character.isdigit())
        if len(digits) >= 7 and digits in self.by_phone:
            return list(self.by_phone[digits])
        return self._name_and_more(text, digits)

    def _name_and_more(self, text: str, digits: str) -> list[str]:
        """张敏(13800000001) or 张敏（v12）: a name with what tells people of that name apart."""
        for mark in "(（":
            name, found, more = text.partition(mark)
            if not found:
                continue
            inside = more.strip("()（） ")
            if inside in self.ids:
                return [inside]
            named = self.by_name.get(name_key(name), [])
            by_phone = self.by_phone.get(digits, [])
            both = [key for key in named if key in by_phone]
            return both or (list(named) if len(named) == 1 else [])
        return []

    def nearest(self, text: str) -> str:
        """The known name most like the text, or nothing."""
        key = name_key(text)
        close = difflib.get_close_matches(key, list(self.shown), n=1, cutoff=0.5)
        return self.shown[close[0]] if close else ""


class Linker:
    """Resolves what rows refer to, and keeps the faults."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.index: dict[str, Index] = {table: Index(table) for table in _SHEET}

    def resolve(self, table: str, text: str, row: Row, at: str, *, lenient: bool = False) -> str | None:
        """The id meant by ``text``; None with a fault if there is none or more than one (``lenient``: the text itself)."""
        if at in row.exact:
            return text
        found = self.index[table].find(text)
        if len(found) == 1:
            return found[0]
        if lenient:
            return text
        row.faulty = True
        if not found:
            self.log.faults.append(self.unknown(table, text, row, at))
            return None
        self.log.faults.append(self._shared(table, text, found, row, at))
        return None

    def resolve_all(self, table: str, texts: Iterable[str], row: Row, at: str) -> tuple[str, ...]:
        """The ids of a list."""
        found = [self.resolve(table, text, row, at) for text in texts]
        return tuple(key for key in found if key is not None)

    def unknown(self, table: str, text: str, row: Row, at: str, *, warning: bool = False, tail: str = "") -> Fault:
        """The fault of a name that is not in its list."""
        zh, en = _SHEET[table]
        near = self.index[table].nearest(text)
        maybe = (self.log.say(f"是不是“{near}”？", f' Maybe "{near}".')) if near else ""
        return row.where.fault(
            self.log.say(f"“{text}”不在“{zh}”表里", f'"{text}" is not in the sheet {en}')
            + (tail or self.log.say("。", ".")),
            self.log.say(f"请在“{zh}”表里加上，或改正写法。{maybe}", f"Add it there, or correct the spelling.{maybe}"),
            at=at,
            code="dangling",
            warning=warning,
        )

    def _shared(self, table: str, text: str, found: list[str], row: Row, at: str) -> Fault:
        zh, en = _SHEET[table]
        return row.where.fault(
            self.log.say(
                f"“{zh}”表里有 {len(found)} 个“{text}”（编号 {'、'.join(found)}），不知道是哪一个。",
                f'the sheet {en} holds {len(found)} of the name "{text}" (ids {", ".join(found)}).',
            ),
            self.log.say("请改写编号或手机号。", "Write the id or the phone number instead."),
            at=at,
            code="shared-name",
        )


LENIENT = {
    ("history", "wish"): "wishes",
    ("history", "resident"): "residents",
    ("history", "volunteer"): "volunteers",
    ("published", "volunteer"): "volunteers",
}
"""References that may name somebody no longer on any list."""


def liked(index: Mapping[str, Index], text: str, ctx: Context) -> str:
    """What a volunteer (dis)likes: a wish, a resident or a kind of wish if the text names one, else a skill."""
    for table in ("wishes", "residents"):
        found = index[table].find(text)
        if len(found) == 1:
            return found[0]
    kind = KIND.read(text, ctx).value
    return str(kind) if kind else text


def index_of(scenario: Scenario) -> dict[str, Index]:
    """Everybody and everything in a scenario, as reading its sheets would know them."""
    index = {table: Index(table) for table in _SHEET}
    for table, known in index.items():
        for fact in getattr(scenario, table):
            name = getattr(fact, "title" if table == "wishes" else "name")
            known.add(fact.id, name, getattr(fact, "items", None), phone=getattr(fact, "phone", None))
    return index


# ------------------------------------------------------------------------------------------------ ids of rows that have none


def give_ids(rows: Iterable[Row], base: Mapping[int, str], tie: Mapping[int, str] | None = None) -> None:
    """An id for every row without one, from its names; the same whatever the order of the rows.

    ``base`` is what a row is called, by its index; rows of one name are told apart by ``tie`` (the end of a phone
    number), else numbered by what they hold.
    """
    listed = list(rows)
    taken = {row.values["id"] for row in listed if "id" in row.values}
    groups: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for index, row in enumerate(listed):
        if "id" not in row.values and base.get(index):
            name = base[index].replace("/", "-").replace("\n", " ")[:80]
            groups[name].append(((tie or {}).get(index, ""), row))
    for name, group in sorted(groups.items(), key=lambda pair: pair[0]):
        ties = [mark for mark, _ in group]
        if len(group) > 1 and all(ties) and len(set(ties)) == len(ties):
            wanted = [(f"{name}-{mark}", row) for mark, row in group]
        else:
            ordered = sorted(group, key=lambda pair: repr(sorted(pair[1].typed.items())))
            wanted = [(name if number == 1 else f"{name}-{number}", row) for number, (_, row) in enumerate(ordered, 1)]
        for key, row in wanted:
            row.values["id"] = _free(key, taken)
            taken.add(row.values["id"])


def _free(key: str, taken: set[str]) -> str:
    number, candidate = 2, key
    while candidate in taken:
        candidate, number = f"{key}-{number}", number + 1
    return candidate
