"""The small types facts are made of."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from matcher.domain.base import Day, Moment


@pytest.mark.parametrize("value", [0, 1.5, True, "0", "1600000000", " -3 ", "1.6e9", "20261205"])
def test_a_number_is_no_time(value):
    """Seconds since 1970 are nobody's way to write a day; a field left at 0 must not become one."""
    for kind in (Moment, Day):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(value)


def test_times_are_read_as_they_are_written():
    assert TypeAdapter(Day).validate_python("2026-12-05").isoformat() == "2026-12-05"
    assert TypeAdapter(Moment).validate_python("2026-12-05T09:00:00+08:00").isoformat() == "2026-12-05T09:00:00+08:00"
