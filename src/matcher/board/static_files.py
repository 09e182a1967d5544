"""Styles, scripts and pictures: named by what they hold, so that a browser keeps them until they change."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
_KEPT = "public, max-age=31536000, immutable"


class Static(StaticFiles):
    """The folder ``static``; what is asked for with its version may be kept for good, all else is asked for again."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        has_version = scope.get("query_string", b"").startswith(b"v=")
        response.headers["Cache-Control"] = _KEPT if has_version and response.status_code == 200 else "no-cache"
        return response


def url_of(name: str) -> str:
    """The address of a file of the folder, with its version. Raises ``FileNotFoundError``."""
    return f"/static/{name}?v={_version(name)}"


@cache
def _version(name: str) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
