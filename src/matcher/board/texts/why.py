"""Why: a person, a gap, fairness over the months, supply against demand."""

from __future__ import annotations

TEXT: dict[str, tuple[str, str]] = {}
