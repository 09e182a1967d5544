"""Phrases: single cells as coordinators type them, read, read with a shown assumption, or refused with advice.

Every reader takes a cell's value (text, number, date, bool or None) and a ``Context``, never raises, and returns
a ``Reading``.
"""

from matcher.exchange.phrases.clock import read_clock, read_clock_range, read_minutes
from matcher.exchange.phrases.dates import read_date, read_dates
from matcher.exchange.phrases.hours import Unavailability, read_availability, read_unavailability
from matcher.exchange.phrases.numbers import read_count, read_phone, read_yes_no
from matcher.exchange.phrases.reading import Context, Reading, Refusal, shown
from matcher.exchange.phrases.text import cell_text, damaged, fold, is_empty, matchable, number, to_simplified
from matcher.exchange.phrases.wishtimes import Frequency, WishTime, read_frequency, read_windows, recurrence_of

__all__ = [
    "Context",
    "Frequency",
    "Reading",
    "Refusal",
    "Unavailability",
    "WishTime",
    "cell_text",
    "damaged",
    "fold",
    "is_empty",
    "matchable",
    "number",
    "read_availability",
    "read_clock",
    "read_clock_range",
    "read_count",
    "read_date",
    "read_dates",
    "read_frequency",
    "read_minutes",
    "read_phone",
    "read_unavailability",
    "read_windows",
    "read_yes_no",
    "recurrence_of",
    "shown",
    "to_simplified",
]
