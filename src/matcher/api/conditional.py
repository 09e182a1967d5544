"""Conditional requests (RFC 9110, 13): which version the caller knows, and what they want of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Header, Request, Response

from matcher.api.problems import Problem, language_of, refusal

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e]*)"\s*')


class Versioned(Protocol):
    """Whatever has a version that HTTP can name."""

    @property
    def version(self) -> int:
        """The number that rises with every change."""

    @property
    def etag(self) -> str:
        """What HTTP calls it."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """``If-Match`` and ``If-None-Match`` of a request; None where there is none, ``{"*"}`` for whatever is there."""

    match: frozenset[str] | None
    none_match: frozenset[str] | None
    lang: str

    @property
    def only_new(self) -> bool:
        """``If-None-Match: *``: make it, or refuse."""
        return self.none_match is not None and "*" in self.none_match

    def expected(self, current: Versioned | None, key: str) -> int | None:
        """The version a change must find; None for a new row, and for ``If-Match: *``.

        Raises ``Problem``: 428 if there is a row and no version was named, 412 if the one named is not there.
        """
        if current is None:
            if self.match is not None:
                raise refusal(412, "stale", self.lang, "missing-row", key=key)
            return None
        if self.only_new:
            raise refusal(412, "stale", self.lang, "there-already", key=key)
        if self.match is None:
            raise refusal(428, "precondition-required", self.lang, "no-version", key=key)
        if "*" in self.match:
            return None
        return current.version if current.etag in self.match else -1

    def knows(self, etag: str) -> bool:
        """Whether the caller has this version already: answer 304."""
        if self.none_match is None:
            return False
        plain = etag.removeprefix("W/")
        return "*" in self.none_match or any(tag.removeprefix("W/") == plain for tag in self.none_match)


_ONE_TAG = '(W/)?"[!#-~]*"'
_Tag = Annotated[
    str | None,
    # The pattern is told, not enforced: what is no tag is refused in words of ours.
    Header(examples=['"3"'], json_schema_extra={"pattern": rf"^(\*|{_ONE_TAG}( *, *{_ONE_TAG})*)$"}),
]


def known_of(request: Request, if_none_match: _Tag = None) -> Conditions:
    """What a reader has already; raises ``Problem`` for tags that are none."""
    lang = language_of(request)
    return Conditions(None, _tags(if_none_match, lang), lang)


def conditions_of(request: Request, if_match: _Tag = None, if_none_match: _Tag = None) -> Conditions:
    """What a change must find; raises ``Problem`` for tags that are none."""
    lang = language_of(request)
    return Conditions(_tags(if_match, lang), _tags(if_none_match, lang), lang)


Conditional = Annotated[Conditions, Depends(conditions_of)]
"""For routes that change."""
Cached = Annotated[Conditions, Depends(known_of)]
"""For routes that read."""


def _tags(told: str | None, lang: str) -> frozenset[str] | None:
    if told is None:
        return None
    if told.strip() == "*":
        return frozenset("*")
    tags: set[str] = set()
    for part in told.split(","):
        found = _TAG.fullmatch(part)
        if found is None:
            raise _bad(told, lang)
        tags.add(f'{found[1] or ""}"{found[2]}"')
    return frozenset(tags)


def _bad(told: str, lang: str) -> Problem:
    return refusal(400, "bad-request", lang, "bad-etag", given=told[:40])


def not_modified(etag: str) -> Response:
    """What the caller has is the latest."""
    return Response(status_code=304, headers={"ETag": etag})
