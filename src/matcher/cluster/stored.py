"""The communities of a database's district: their facts, and a draft for each roster that was made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from matcher.cluster.checkpoint import DistrictFolder
from matcher.cluster.district import Entry
from matcher.cluster.sources import Community, Facts
from matcher.cluster.words import say
from matcher.domain.scenario import PlanningWindow
from matcher.errors import BadInput
from matcher.exchange.files import write_whole
from matcher.store import idempotency
from matcher.store.address import shown
from matcher.store.assembly import scenario_of
from matcher.store.database import Database
from matcher.store.rosters import Made, add_draft
from matcher.store.scope import Scope
from matcher.store.tenants import communities

_DRAFT = "draft.json"


def communities_of(database: Database, district: str) -> list[Community]:
    """Every community of the district, as its facts stand when its turn comes. Raises ``BadInput`` if there is none."""
    with database.reading(Scope(district)) as session:
        scopes = communities(session)
    if not scopes:
        lang = database.lang
        raise BadInput(say("no-communities", lang, name=district), say("no-communities-advice", lang))
    return [Community(str(scope.community), _reader(database, scope)) for scope in scopes]


def _reader(database: Database, scope: Scope) -> Callable[[], Facts]:
    def read() -> Facts:
        with database.reading(scope) as session:
            return Facts(scenario_of(session))

    return read


class Drafts:
    """Keeps every roster that was made as a draft of its community, once, however often the district is planned again."""

    def __init__(self, database: Database, district: str, folder: DistrictFolder, actor: str) -> None:
        self._database, self._district, self._folder, self._actor = database, district, folder, actor

    def keep(self, entry: Entry) -> None:
        """Keep the community's roster, unless that has been done."""
        if entry.checkpoint is None:
            return
        folder = self._folder.of(entry.community)
        where = {"database": shown(self._database.url), "district": self._district, "community": entry.community}
        mark = folder / _DRAFT
        if mark.exists() and where.items() <= json.loads(mark.read_text("utf-8")).items():
            return
        told = where | {"roster": self._add(entry, folder)}

        def write(path: Path) -> None:
            path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")

        write_whole(mark, write, self._database.lang)

    def _add(self, entry: Entry, folder: Path) -> str:
        """The draft's id. Killed between here and the mark, the next run is answered the same."""
        assert entry.checkpoint is not None
        digest = entry.checkpoint.files["roster.json"]
        key, request = f"district-{digest}", digest.encode()
        with self._database.writing(Scope(self._district, entry.community), self._actor) as session:
            known = idempotency.remembered(session, key, request)
            if known is not None:
                return str(known.body["roster"])
            draft = add_draft(session, _made(folder))
            idempotency.remember(session, key, request, idempotency.Answer(201, {"roster": draft}))
        return draft


def _made(folder: Path) -> Made:
    roster, report = (json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("roster", "report"))
    proofs = folder / "certificate.json"
    certificates = json.loads(proofs.read_text("utf-8"))["certificates"] if proofs.exists() else []
    mark = json.loads((folder / "checkpoint.json").read_text("utf-8"))
    return Made(roster, report, PlanningWindow.model_validate(mark["window"]), certificates)
