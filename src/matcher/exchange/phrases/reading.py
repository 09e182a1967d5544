"""Reading: what a cell was understood to say — silently, with a shown assumption, or refused with advice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

from matcher.domain.settings import Settings
from matcher.exchange.phrases.messages import Language, refusal_text, sentence
from matcher.exchange.phrases.text import cell_text, damaged, fold, is_empty

T = TypeVar("T")
U = TypeVar("U")
Verdict = Literal["read", "ask", "refuse"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cell was not read, and what to write instead."""

    code: str
    message: str
    """A predicate that follows the quoted header: “有车” + 写的是“也许”，只能写 是 或 否; "car" + is "也许"; …"""
    advice: str
    blocking: bool = True
    """False: the row may be kept without this value (somebody whose hours are still to be told)."""


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A cell as understood. Neither value nor refusal: the cell is empty, or waits for the answer to a question."""

    value: T | None = None
    assumptions: tuple[str, ...] = ()
    """Sentences to be confirmed by the coordinator."""
    refusal: Refusal | None = None
    notes: tuple[str, ...] = ()
    """Text that was kept but not interpreted ("老婆的")."""
    defaults: tuple[str, ...] = ()
    """Defaults of the settings that were used ("晚上＝19:00–21:00"), to be printed back once."""

    @property
    def verdict(self) -> Verdict:
        """``read`` silently, ``ask`` for confirmation, or ``refuse``."""
        if self.refusal is not None:
            return "refuse"
        return "ask" if self.assumptions else "read"

    def map(self, change: Callable[[T], U]) -> Reading[U]:
        """The same reading with its value changed."""
        value = None if self.value is None else change(self.value)
        return Reading(value, self.assumptions, self.refusal, self.notes, self.defaults)


@dataclass(frozen=True, slots=True)
class Context:
    """What a cell is read against: the settings, the planning window, and what its row and workbook say."""

    window_start: date
    window_end: date
    as_of: datetime
    settings: Settings = field(default_factory=Settings)
    timezone: str = "Asia/Shanghai"
    lang: Language = "zh"
    registered: date | None = None
    """The row's 登记日期: what 下周三 counts from."""
    date_1904: bool = False
    """The workbook counts days from 1904."""
    community: str | None = None
    """The row's 社区."""
    places: tuple[str, ...] = ()
    """Names in the 地点 sheet."""
    people: tuple[str, ...] = ()
    """Names of the volunteers."""

    def say(self, code: str, **values: Any) -> str:
        """The sentence of that code in the coordinator's language."""
        return sentence(self.lang, code, **values)

    def refuse(self, code: str, *, blocking: bool = True, **values: Any) -> Reading[Any]:
        """A refused reading with message and advice of that code."""
        message, advice = refusal_text(self.lang, code, **values)
        return Reading(refusal=Refusal(code, message, advice, blocking))

    def with_row(self, **changes: Any) -> Context:
        """The same context for another row (``registered``, ``community``)."""
        return replace(self, **changes)


EMPTY: Reading[Any] = Reading()
_SAME = re.compile("(?:内容)?(?:同上|同前|同左|如上|〃|″|\"|'')+|(?:same )?as above|ditto|同 ?上")


def refused_early(value: object, ctx: Context) -> Reading[Any] | None:
    """What every reader answers first: nothing for an empty cell, a refusal for a damaged one or "同上"."""
    if is_empty(value):
        return EMPTY
    text = cell_text(value)
    part = damaged(text)
    if part is not None:
        lost_digit = "?" in part and any(character.isdigit() for character in part)
        return ctx.refuse("lost-digit" if lost_digit else "damaged", text=shown(text), part=part)
    if _SAME.fullmatch(fold(text).lower()):
        return ctx.refuse("same-as-above", text=shown(text))
    return None


def shown(value: object, most: int = 40) -> str:
    """A cell's text as quoted in a message: one line, cut when long."""
    text = " ".join(cell_text(value).split())
    return text if len(text) <= most else text[: most - 1] + "…"
