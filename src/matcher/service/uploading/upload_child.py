"""The process that reads one upload: a job in on standard input, the facts or their faults out on standard output."""

from __future__ import annotations

import errno
import json
import mmap
import os
import sys
from base64 import b64decode
from dataclasses import asdict
from typing import Any

from matcher.errors import BadInput
from matcher.service.solving.child import problem_of
from matcher.solvers.parent import serve_parent

ADDRESS_ROOM = 2**30
"""Bytes of address space that libraries reserve and never touch."""
_SPARE = 32 * 2**20


def serve() -> None:
    """Answer the one job."""
    answers = os.fdopen(serve_parent(), "w", encoding="ascii")
    job = json.loads(sys.stdin.buffer.read())
    _bound(job["memory_mb"], job["seconds"])
    try:
        said = _read(job)
    except MemoryError:
        said = {"too_much": True}
    json.dump(said, answers)
    answers.flush()
    os._exit(0)


def _read(job: dict[str, Any]) -> dict[str, Any]:
    from matcher.service.uploading.uploads import Unsound, Upload, read_here, told_import

    upload = Upload(b64decode(job["data"]), job["name"], job["kind"], job["program"])
    try:
        return told_import(read_here(upload, job["lang"], with_rows=job["with_rows"]))
    except MemoryError:
        raise
    except Unsound as error:
        return {"faults": [asdict(fault) for fault in error.faults], "rows": [asdict(one) for one in error.excerpts]}
    except BadInput as error:
        return {"faults": [asdict(fault) for fault in error.faults]}
    except Exception as error:
        if _is_short_of_memory(error):
            raise MemoryError from error
        return {"bug": problem_of(error).get("place", "")}  # its message may quote facts


def _is_short_of_memory(error: Exception) -> bool:
    """Whether an error comes of the bound: libraries say so in ways of their own, such as a failed import."""
    if any(isinstance(one, OSError) and one.errno == errno.ENOMEM for one in (error, error.__cause__, error.__context__)):
        return True
    try:
        mmap.mmap(-1, _SPARE).close()
    except (OSError, ValueError, MemoryError):
        return True
    return False


def _bound(memory_mb: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    space = memory_mb * 2**20 + ADDRESS_ROOM
    for kind, limit in ((resource.RLIMIT_AS, space), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        _soft, most = resource.getrlimit(kind)
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (limit, most))


if __name__ == "__main__":
    serve()
