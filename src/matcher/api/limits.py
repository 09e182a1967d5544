"""What a request may bring: how much, how deep, how fast; judged before anybody reads it."""

from __future__ import annotations

import math
from typing import Any

from matcher.api.problems import Problem, refusal
from matcher.api.words import say
from matcher.errors import BadInput
from matcher.exchange.jsonfile import parsed_value

INLINE_BYTES = 64 * 1024
"""Smaller bodies are judged on the spot, larger ones in a thread."""


def is_json(content_type: str) -> bool:
    """Whether a body says that it is JSON.

    >>> is_json("application/merge-patch+json; charset=utf-8"), is_json("text/json")
    (True, False)
    """
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def refuse_bad_json(body: bytes, lang: str, *, most_depth: int) -> None:
    """Raise a ``Problem`` for what is no JSON, or JSON nobody can keep: NaN, doubled keys, half characters, great depth."""
    name = say("the-body", lang)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(400, "bad-json", lang, "not-utf-8", name=name) from error
    try:
        document = parsed_value(text, name, lang)
    except BadInput as error:
        raise Problem(400, "bad-json", error.faults) from error
    _refuse_unusable(document, lang, name, most_depth)


def _refuse_unusable(document: Any, lang: str, name: str, most_depth: int) -> None:
    level: list[Any] = [document]
    depth = 0
    while level:
        if depth > most_depth:
            raise refusal(400, "bad-json", lang, "too-deep", name=name, most=most_depth)
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += value.keys()
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str):
                if "\0" in value:
                    raise refusal(422, "bad-input", lang, "zero", name=name)
            elif isinstance(value, float) and not math.isfinite(value):
                raise refusal(400, "bad-json", lang, "not-finite", name=name)
        level, depth = below, depth + 1
