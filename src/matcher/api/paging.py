"""Pages by cursor: a page says where the next one begins; what is added meanwhile shifts nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from matcher.api.problems import Problem, language_of, refusal

Item = TypeVar("Item")
MOST = 200
"""Items of a page at most."""
_LARGEST = 2**62


class Page(BaseModel, Generic[Item]):
    """Some items, and the cursor of the next page; ``next`` is null on the last."""

    model_config = ConfigDict(extra="forbid")

    items: list[Item]
    next: str | None = None


class Paging:
    """Which page was asked for. ``after`` is the number of the last item seen, 0 at the start."""

    def __init__(
        self, request: Request, limit: Annotated[int, Query(ge=1, le=MOST, description="Items at most.")] = 100,
        cursor: Annotated[str | None, Query(max_length=200, description="The `next` of the page before.")] = None,
    ) -> None:
        self._request, self.limit, self.cursor = request, limit, cursor

    @property
    def after(self) -> int:
        """The cursor as a number; raises ``Problem`` if it is none."""
        told = self.text
        if told is None:
            return 0
        if not (told.isascii() and told.isdigit()) or int(told) > _LARGEST:
            raise self._bad()
        return int(told)

    @property
    def text(self) -> str | None:
        """The cursor as it was given to ``page``; None at the start. Raises ``Problem`` if it is none of ours."""
        if self.cursor is None:
            return None
        try:
            padded = self.cursor + "=" * (-len(self.cursor) % 4)
            told = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise self._bad() from error
        if not told or "\0" in told:
            raise self._bad()
        return told

    def page(
        self, response: Response, found: Sequence[Any], cursor: Callable[[Any], str | int], body: Callable[[Any], Any]
    ) -> dict[str, Any]:
        """The page of what was found by asking for one more than ``limit``; a Link header leads to the next.

        ``cursor`` gives the number (or text) of an item, ``body`` what is told of it.
        """
        shown, following = found[: self.limit], None
        if len(found) > self.limit:
            following = base64.urlsafe_b64encode(str(cursor(shown[-1])).encode()).decode().rstrip("=")
            url = self._request.url.include_query_params(cursor=following)
            response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
        return {"items": [body(item) for item in shown], "next": following}

    def _bad(self) -> Problem:
        lang = language_of(self._request)
        return refusal(422, "bad-input", lang, "bad-cursor", at=("cursor",), given=(self.cursor or "")[:40])


Paged = Annotated[Paging, Depends()]
