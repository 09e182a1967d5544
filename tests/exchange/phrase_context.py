"""The context the phrase tests read in: December 2026 to November 2027 in Shanghai, as of 24 November 2026."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from matcher.domain.settings import DateRange, Settings
from matcher.exchange.phrases import Context

AS_OF = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
PLAIN = Context(date(2026, 12, 1), date(2027, 11, 30), AS_OF)
ENGLISH = Context(date(2026, 12, 1), date(2027, 11, 30), AS_OF, lang="en")
REGISTERED = PLAIN.with_row(registered=date(2026, 11, 24))
"""A row registered on Tuesday 24 November 2026."""
WITH_BREAKS = Context(
    date(2026, 12, 1), date(2027, 11, 30), AS_OF,
    settings=Settings(
        summer_break=DateRange(start=date(2027, 7, 5), end=date(2027, 8, 28)),
        winter_break=DateRange(start=date(2027, 1, 20), end=date(2027, 2, 20)),
    ),
)  # fmt: skip
