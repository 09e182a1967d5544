"""A cell's time phrase read into a schedule: every word handed to the function for its kind."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import zip_longest

from matcher.exchange.phrases.dates import resolved_days
from matcher.exchange.phrases.daywords import DAY_WORDS
from matcher.exchange.phrases.draft import Draft, Handler
from matcher.exchange.phrases.hourwords import HOUR_WORDS
from matcher.exchange.phrases.reading import Context, shown
from matcher.exchange.phrases.schedule import Schedule
from matcher.exchange.phrases.text import cell_text
from matcher.exchange.phrases.timewords import Word, normal, words

_LONGEST = 300
"""Characters of a time phrase; what is longer is a story."""


def schedule_of(value: object, ctx: Context, *, keep_unknown: bool = False) -> Schedule:
    """Everything a time phrase says; ``refusal`` is set when a piece of it is not understood.

    ``keep_unknown``: such pieces become notes (the reason why a time does not suit) if there is a time at all.
    """
    draft = Draft(value, ctx)
    if len(cell_text(value)) > _LONGEST:
        draft.refuse("too-long", length=len(cell_text(value)))
        return draft.result
    text, told, refusal = resolved_days(normal(value), ctx)
    found, unknown = words(text)
    draft.result.assumptions += told
    draft.result.refusal = refusal
    if refusal is not None:
        return draft.result
    a_reason = keep_unknown and not re.search(r"\d", "".join(unknown))
    if unknown and not a_reason:
        draft.refuse("not-understood", part=shown("、".join(unknown), 20))
        return draft.result
    found = [word for word in found if word.kind in _WORDS]
    for word, following in zip_longest(found, found[1:]):
        _WORDS[word.kind](draft, word, following)
        draft.before = word
        if word.kind not in ("hard", "soft", "paren", "every", "note"):
            draft.joined = None
    draft.close()
    draft.apply_scope()
    if unknown and not draft.result.parts:
        draft.refuse("not-understood", part=shown("、".join(unknown), 20))
    elif unknown:
        draft.result.notes.append(draft.text)
        draft.result.assumptions.append(ctx.say("kept-as-reason", text=draft.text))
    return draft.result


def _negate(draft: Draft, word: Word, following: Word | None) -> None:
    draft.negate(following)


def _separator(draft: Draft, word: Word, following: Word | None) -> None:
    draft.result.either |= word.text.startswith("或")
    if word.kind in ("hard", "paren") or draft.joined is None:
        draft.joined = word.kind


def _agree(draft: Draft, word: Word, following: Word | None) -> None:
    if draft.begun:
        draft.part = replace(draft.part, agreed=True)
        draft.close()


def _open_exception(draft: Draft, word: Word, following: Word | None) -> None:
    draft.close()
    draft.part = replace(draft.part, negative=True)


def _close_exception(draft: Draft, word: Word, following: Word | None) -> None:
    draft.part = replace(draft.part, negative=True)
    draft.close()


def _vague(draft: Draft, word: Word, following: Word | None) -> None:
    draft.result.vague.append(word.text)


def _note(draft: Draft, word: Word, following: Word | None) -> None:
    draft.result.notes.append(word.text)


def _every(draft: Draft, word: Word, following: Word | None) -> None:
    draft.result.every = True


def _frequency(draft: Draft, word: Word, following: Word | None) -> None:
    draft.result.frequencies.append(word.text)


_WORDS: dict[str, Handler] = (
    DAY_WORDS
    | HOUR_WORDS
    | {
        "hard": _separator,
        "soft": _separator,
        "paren": _separator,
        "ok": _agree,
        "not": _negate,
        "except-open": _open_exception,
        "except-close": _close_exception,
        "vague": _vague,
        "note": _note,
        "every": _every,
        "frequency": _frequency,
    }
)
