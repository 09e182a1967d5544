"""What is tried out: Mr Wu's workbook, wherever matcher is installed; and the board on invented communities."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from matcher.cli.text import Language

if TYPE_CHECKING:
    from matcher.domain.scenario import Scenario

PORT = 8321


@contextmanager
def demo_workbook() -> Iterator[Path]:
    """The path of the workbook: packed into the wheel, or in a checkout beside the other scenarios."""
    from importlib.resources import as_file, files

    packed = files("matcher") / "demo" / "wu-bo.xlsx"
    if packed.is_file():
        with as_file(packed) as path:
            yield path
    else:
        yield Path(__file__).parents[3] / "scenarios" / "wu-bo" / "wu-bo.xlsx"


def serve_board(port: int | None, *, opens_browser: bool, lang: Language) -> None:
    """Serve the board on a database that is thrown away, with a coordinator signed in by the address that is printed.

    Until Ctrl-C. Raises ``BadInput`` where the extra is not installed, or the port is taken.
    """
    from matcher.store.extra import require_server

    require_server(lang)
    from matcher.api.serve_words import say
    from matcher.api.serving import Serving, refuse_unusable, serve
    from matcher.service import logs
    from matcher.store.address import address_of
    from matcher.store.database import Database
    from matcher.store.migrate import upgrade

    how = Serving(
        port=_free_port() if port is None else port, courier=False, app="matcher.board.demo:create_app", environment={},
    )
    refuse_unusable(how, lang)
    logs.set_up(level="error", process="server")
    _tell(say("demo-making", lang))
    with (
        TemporaryDirectory(prefix="matcher-demo-") as folder,
        closing(Database(address_of(str(Path(folder) / "demo.db"), lang), lang=lang)) as database,
    ):
        upgrade(database)
        from matcher.board.demo import fill

        token = fill(database, say("demo-district", lang), _communities(lang))

        def begun(url: str) -> None:
            address = f"{url}/board/enter/{token}"
            _tell(say("demo-ready", lang, address=address))
            if opens_browser:
                import webbrowser

                webbrowser.open(address)

        serve(database, how, begun)
    _tell(say("demo-ended", lang))


def _communities(lang: Language) -> dict[str, tuple[str, Scenario]]:
    """A community of 125 volunteers for the coming month, in either language, and Mr Wu's year of rides."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from matcher.api.serve_words import say
    from matcher.exchange import read_scenario
    from matcher.generate import generate

    with demo_workbook() as workbook:
        wu = read_scenario(workbook).scenario
    today = datetime.now(ZoneInfo("Asia/Shanghai")).replace(hour=9, minute=0, second=0, microsecond=0)
    languages: dict[str, Language] = {"donghe": "zh", "donghe-en": "en"}
    made = {key: (say("demo-donghe", own), generate("donghe", 0, lang=own, as_of=today)) for key, own in languages.items()}
    return made | {"wu-bo": (say("demo-wu", lang), wu)}


def _free_port() -> int:
    """The usual port, if nobody has it; else any."""
    from matcher.api.serving import listen
    from matcher.errors import BadInput

    try:
        listen("127.0.0.1", PORT, "en").close()
    except BadInput:
        return 0
    return PORT


def _tell(sentence: str) -> None:
    print(sentence, flush=True, file=sys.stdout)
