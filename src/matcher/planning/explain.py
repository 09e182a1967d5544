"""Why this person, why not that one, why nobody: answers looked up from the rules and the prices."""

from __future__ import annotations

from matcher.planning.vacancies import unfilled

__all__ = ["unfilled"]
