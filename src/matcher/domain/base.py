"""What all facts share: frozen models that refuse unknown fields, and the small types they are made of."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticKnownError


class Fact(BaseModel):
    """A frozen fact. A change is a new object made through the constructor."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _whole_number(value: Any) -> Any:
    # Spreadsheets hand over 27 as 27.0, and pydantic's lax int would take False for 0.
    if isinstance(value, bool):
        raise ValueError("a number is needed, not true or false")
    if isinstance(value, float):
        if not value.is_integer():
            raise ValueError(f"{value} must be a whole number")
        return int(value)
    return value


_YEARS = range(1900, 2201)


def _day(value: date) -> date:
    if value.year not in _YEARS:
        raise ValueError(f"the year {value.year} must lie between 1900 and 2200")
    return value


def _with_offset(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("the time has no offset; write for example 2026-12-05T09:00:00+08:00")
    _day(value)
    return value


def _no_number(kind: Literal["date_type", "datetime_type"]) -> BeforeValidator:
    """A number is no time: pydantic would count the seconds since 1970."""

    def check(value: Any) -> Any:
        if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value.strip())):
            raise PydanticKnownError(kind)
        return value

    return BeforeValidator(check)


_NUMBER = re.compile(r"[+-]?[\d.]+([eE][+-]?\d+)?")
DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAYS = re.compile(r"any|workday|day-off|(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*")


def _days(value: str) -> str:
    if not _DAYS.fullmatch(value):
        raise ValueError(f"{value!r} must be any, workday, day-off or weekdays such as SA,SU")
    return value


Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
IS_WHOLE = BeforeValidator(_whole_number)
"""Behind the bounds of an ``int``: only there do they stand in a schema."""
Whole = Annotated[int, IS_WHOLE]
Count = Annotated[int, Field(ge=0), IS_WHOLE]
"""A whole number from 0; minutes, metres, seats, visits."""
Positive = Annotated[int, Field(ge=1), IS_WHOLE]
YesNo = Annotated[bool, Field(strict=True)]
"""True or false; pydantic would take 0, "off" and "n" as well."""
Number = Annotated[float, Field(strict=True)]
"""A number that is neither text nor true or false."""
Moment = Annotated[datetime, _no_number("datetime_type"), AfterValidator(_with_offset)]
"""A time with an offset; naive times are refused."""
Day = Annotated[date, _no_number("date_type"), AfterValidator(_day)]
"""A local date, 1900 to 2200."""
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
"""A local time of day, ``HH:MM``; ``24:00`` is the end of the day."""
Days = Annotated[str, AfterValidator(_days)]
"""``any``, ``workday``, ``day-off`` (both follow holidays and make-up workdays) or ``SA,SU``."""


def clock_minutes(clock: str) -> int:
    """Minutes after local midnight.

    >>> clock_minutes("08:30")
    510
    """
    return int(clock[:2]) * 60 + int(clock[3:])
