"""Everything matcher says when it cannot go on: one base class, faults with a place, and exit codes.

A message is a fact with its values; the advice stands on a line of its own and tells what to write
instead. Errors meant for coordinators carry ``Fault`` objects, so that a page, a terminal and an API
can each show them their own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input, where it stands and what to write instead.

    ``sheet``, ``row`` (1-based, as a spreadsheet counts) and ``column`` (a letter, or a header) say
    where in a table; ``path`` says where in JSON (``("wishes", 3, "due")``). ``warning`` marks what
    the coordinator should know but which stops nothing.
    """

    message: str
    advice: str = ""
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    path: tuple[str | int, ...] = ()
    code: str = ""
    warning: bool = False

    @property
    def where(self) -> str:
        """The place as people say it: ``志愿者!D17``, or ``wishes[3].due``.

        >>> Fault("", sheet="志愿者", row=17, column="D").where
        '志愿者!D17'
        >>> Fault("", path=("wishes", 3, "due")).where
        'wishes[3].due'
        """
        if self.sheet is not None:
            cell = f"{self.column or ''}{self.row or ''}"
            return f"{self.sheet}!{cell}" if cell else self.sheet
        place = ""
        for step in self.path:
            place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
        return place

    def __str__(self) -> str:
        head = f"{self.where}  {self.message}" if self.where else self.message
        return f"{head}\n    {self.advice}" if self.advice else head


class MatcherError(Exception):
    """matcher could not do what was asked."""

    exit_code = 1

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__ or "")


class BadInput(MatcherError):
    """The input holds faults; all of them are listed."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault] | str, advice: str = "") -> None:
        self.faults: tuple[Fault, ...] = (
            (Fault(faults, advice),) if isinstance(faults, str) else tuple(faults)
        )
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Contradiction(MatcherError):
    """The demands contradict each other; a smallest conflicting set is named.

    ``demands`` are sentences, one per demand; dropping any one of them leaves a set that can be met.
    """

    exit_code = 3

    def __init__(self, demands: Sequence[str], message: str = "") -> None:
        self.demands = tuple(demands)
        self.headline = message or (self.__doc__ or "").partition("\n")[0]
        super().__init__("\n".join([self.headline, *(f"  - {demand}" for demand in demands)]))


class InvalidRoster(MatcherError):
    """A solver returned a roster that breaks a rule. This is a bug in matcher, never in the input."""
