"""Which facts are meant: those of a community as they stand, as of a moment, in the language of whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from matcher.domain.scenario import PlanningWindow, Program, Scenario
from matcher.errors import BadInput, Fault
from matcher.service.plan_words import say
from matcher.store import facts
from matcher.store.assembly import scenario_of
from matcher.store.database import now_of

NOW = "now"
STEP = timedelta(minutes=15)
"""``now`` is the last quarter of an hour: facts that did not change need not be worked out anew every second."""


def moment_of(session: Session, told: str | None) -> datetime | None:
    """The moment meant by ``now`` or a time with its offset; None where none is told: the programme's own.

    ``now`` is never before the programme's own moment. Raises ``BadInput``.
    """
    if told is None:
        return None
    if told == NOW:
        own = Program.model_validate(facts.program(session).document).as_of
        return max(_rounded(now_of(session)), own)
    return fixed_moment(told, session.info["lang"])


def fixed_moment(told: str, lang: str) -> datetime:
    """The moment of a time with its offset; raises ``BadInput``.

    >>> fixed_moment("2026-12-01T09:00:00+08:00", "en").isoformat()
    '2026-12-01T09:00:00+08:00'
    """
    try:
        found = datetime.fromisoformat(told)
        if found.tzinfo is None:
            raise ValueError("no offset")
        found.astimezone(UTC)  # the ends of time overflow
    except (ValueError, OverflowError) as error:
        fault = Fault(
            say("bad-moment", lang, given=told[:40]), say("bad-moment-advice", lang), path=("moment",), code="bad-moment"
        )
        raise BadInput([fault]) from error
    return found


def facts_at(session: Session, moment: str | None = None, window: PlanningWindow | None = None) -> Scenario:
    """The community's facts as of the moment; raises ``NotFound`` and ``BadInput``."""
    return scenario_of(session, as_of=moment_of(session, moment), window=window)


def speaking(scenario: Scenario, lang: str) -> Scenario:
    """The same facts, with messages and pages in this language."""
    program = scenario.program
    if program.settings.language == lang:
        return scenario
    settings = type(program.settings)(**dict(program.settings) | {"language": lang})
    return scenario.with_changes(program=type(program)(**dict(program) | {"settings": settings}))


def _rounded(moment: datetime) -> datetime:
    return moment - (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % STEP
