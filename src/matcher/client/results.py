"""What a server tells that is no type of matcher's own. Fields a newer server adds are passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from matcher.domain.base import Fact
from matcher.domain.scenario import Scenario

State = Literal["queued", "running", "done", "failed", "cancelled"]


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Note(_Told):
    """How something was understood, or what is worth knowing."""

    message: str
    advice: str = ""
    code: str = ""
    where: str = ""


class Understood(_Told):
    """What a file holds."""

    fingerprint: str
    counts: dict[str, int]
    assumptions: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()


class Imported(Understood):
    """What became of the rows of a file."""

    created: int
    changed: int
    removed: int
    same: int
    facts_version: int


class TierSoFar(_Told):
    """A tier's value and bound; None: not known yet."""

    name: str
    value: int | None = None
    bound: int | None = None
    gap: float | None = None
    status: str | None = None


class PlanStatus(_Told):
    """A plan as it stands."""

    id: str
    state: State
    submitted_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    roster: str | None = None
    """The draft it has led to."""
    problem: dict[str, Any] | None = None
    """Why it failed."""
    score: tuple[TierSoFar, ...] = ()
    metrics: dict[str, int] | None = None
    warnings: tuple[Note, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in ("queued", "running")


class StoredRoster(_Told):
    """A roster's place in the community, without the roster."""

    id: str
    edition: int
    state: Literal["draft", "published", "archived"]
    version: int
    run: str | None = None
    replaces: str | None = None
    first_day: date
    last_day: date
    published_at: datetime | None = None


class Claimed(_Told):
    """A claim as the server took it."""

    claim: str
    wish: str
    volunteer: str | None = None
    state: str
    standing: str
    position: int | None = None
    sequence: int
    version: int
    again: bool = False
    """It had been claimed before: this is the same claim."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a plan; ``sequence`` counts from 1."""

    sequence: int
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A fact as the server keeps it; ``document`` is what the caller may see of it, perhaps masked."""

    noun: str
    key: str
    version: int
    document: Mapping[str, Any]

    @property
    def fact(self) -> Fact:
        """The fact itself: a ``Wish``, a ``Volunteer``…; raises ``ValidationError`` for one that is masked."""
        return model_of(self.noun).model_validate(dict(self.document))


def model_of(noun: str) -> type[Fact]:
    """The type of a noun's facts; raises ``KeyError`` for what is none.

    >>> model_of("wishes").__name__
    'Wish'
    """
    from typing import get_args

    kind = get_args(Scenario.model_fields[noun].annotation)[0]
    assert isinstance(kind, type)
    assert issubclass(kind, Fact)
    return kind
