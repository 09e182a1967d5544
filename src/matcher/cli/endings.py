"""How a command that could not do its work says so: faults, contradictions, and bugs of our own."""

from __future__ import annotations

import errno
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from matcher.cli.text import Language, say, terminal_language
from matcher.errors import BadInput, Contradiction, InvalidRoster, MatcherError

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def asked_language(words: Sequence[str]) -> Language:
    """The ``--lang`` among the words, or the terminal's language."""
    for word, following in zip(words, [*words[1:], ""]):
        value = following if word == "--lang" else word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if value in ("zh", "en"):
            return "en" if value == "en" else "zh"
    return terminal_language()


def tell_error(error: MatcherError, words: Sequence[str]) -> int:
    """Say what stands in the way; the exit code."""
    if isinstance(error, InvalidRoster) or error.exit_code == 1:
        return tell_bug(error, words)
    if "--json" in words:
        _print_json(_as_json(error))
    else:
        print(_as_text(error, asked_language(words)), file=sys.stderr)
    return error.exit_code


def tell_unreachable(error: OSError, words: Sequence[str]) -> int:
    """Say which file the system refused, and why; the exit code. Without a file, and not for want of space, it is a bug."""
    lang = asked_language(words)
    if error.filename is None:
        if error.errno not in _NO_SPACE:
            return tell_bug(error, words)
        _give_up_output()
        return tell_error(BadInput(say("no-space", lang), say("no-space-advice", lang)), words)
    message = say("unreachable", lang, path=error.filename, reason=error.strerror)
    return tell_error(BadInput(message, say("unreachable-advice", lang)), words)


def tell_bug(error: BaseException, words: Sequence[str]) -> int:
    """Apologise, and keep the traceback in a file for whoever mends it; the exit code 1."""
    path = _keep(error, words)
    lang = asked_language(words)
    if "--json" in words:
        _print_json({"error": {"kind": "bug", "exit": 1, "message": say("bug", lang), "log": path}})
    else:
        print(say("bug", lang), file=sys.stderr)
        if path:
            print(say("bug-log", lang, path=path), file=sys.stderr)
    return 1


def _as_text(error: MatcherError, lang: Language) -> str:
    if isinstance(error, Contradiction):
        head = (
            error.headline
            if error.headline != (Contradiction.__doc__ or "").partition("\n")[0]
            else say("contradiction", lang)
        )
        return "\n".join([head, *(f"  - {demand}" for demand in error.demands)])
    if isinstance(error, BadInput) and len(error.faults) > 1:
        return "\n".join([say("faults", lang, count=len(error.faults)), *(str(fault) for fault in error.faults)])
    return str(error)


def _as_json(error: MatcherError) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": "error", "exit": error.exit_code, "message": str(error)}
    if isinstance(error, BadInput):
        told |= {"kind": "bad-input", "faults": [asdict(fault) | {"where": fault.where} for fault in error.faults]}
    if isinstance(error, Contradiction):
        told |= {"kind": "contradiction", "message": error.headline, "demands": list(error.demands)}
    return {"error": told}


def _print_json(value: Any) -> None:
    try:
        print(json.dumps(value, ensure_ascii=False, indent=1), flush=True)
    except OSError:  # nobody reads on, or the disk is full
        _give_up_output()


def _give_up_output() -> None:
    """What is still buffered must not fail again at the end."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _keep(error: BaseException, words: Sequence[str]) -> str:
    from matcher.cli import version

    text = "".join(traceback.format_exception(error))
    try:
        handle, path = tempfile.mkstemp(prefix="matcher-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as log:
            log.write(f"matcher {version()} · Python {sys.version}\n$ matcher {' '.join(words)}\n\n{text}")
    except OSError:
        return ""
    return path
