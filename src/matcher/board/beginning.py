"""A community nothing is known of yet: its pages say where to begin."""

from __future__ import annotations

from starlette.responses import Response

from matcher.board.pages import Here


def nothing_yet(here: Here, step: str) -> Response | None:
    """The page of a step before anything was brought in; None once there is something."""
    return None if any(here.counts.values()) else here.render("nothing_yet.html", step=step)
