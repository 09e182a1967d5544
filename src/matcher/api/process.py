"""One of several processes of a server: ``python -m matcher.api.process SOCKET LANG LEVEL CERTIFICATE KEY APP``."""

from __future__ import annotations

import sys
from pathlib import Path

from matcher.api.serving import Serving, answer_on
from matcher.errors import MatcherError
from matcher.service import logs
from matcher.store.address import address_of
from matcher.store.database import Database


def main(descriptor: str, lang: str, level: str, certificate: str, key: str, app: str) -> int:
    """Answer until told; the exit code."""
    logs.set_up(level=level, process="server")
    database = Database(address_of(None, lang), lang=lang)
    how = Serving(
        certificate=Path(certificate) if certificate else None, certificate_key=Path(key) if key else None, level=level,
        app=app,
    )
    try:
        database.refuse_other_version()
        answer_on(int(descriptor), database, how)
    except MatcherError as error:
        logs.tell("cannot-serve", error=type(error).__name__)
        return error.exit_code
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
