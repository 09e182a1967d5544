"""One community on a server: its facts, claims, plans, rosters, outcomes, feeds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from matcher.client.plans import RemotePlan
from matcher.client.results import Claimed, Imported, Row, StoredRoster
from matcher.client.wire import Wire
from matcher.domain.base import Fact
from matcher.domain.scenario import Scenario
from matcher.problem.roster import Report, Roster

MEDIA = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".zip": "application/zip",
    ".json": "application/json",
}


class Community:
    """A community the key reaches. Nouns are ``wishes``, ``volunteers``, ``claims`` … as in scenario.json."""

    def __init__(self, wire: Wire, district: str, community: str) -> None:
        self._wire, self.district, self.community = wire, district, community
        self._at = f"/v1/districts/{_part(district)}/communities/{_part(community)}"

    def __repr__(self) -> str:
        return f"Community({self.district!r}, {self.community!r})"

    def make(self, name: str = "", district_name: str = "") -> Community:
        """Make the community, and its district, if they are not there; otherwise they are called so from now on."""
        for path, told in ((f"/v1/districts/{_part(self.district)}", district_name), (self._at, name)):
            self._wire.send("PUT", path, json={"name": told} if told else {})
        return self

    # ------------------------------------------------------------------------------------------- facts

    def facts(self) -> Scenario:
        """All facts."""
        return Scenario.model_validate_json(self._wire.send("GET", f"{self._at}/facts").content)

    def bring_in(self, source: Path | str | Scenario, *, version: str | None = None) -> Imported:
        """Make the facts exactly those of a file (.xlsx, .json, a .zip of .csv) or a scenario.

        A community that has facts wants to know which ``version`` (the ETag; ``*``: whichever) is replaced. Raises
        ``BadInput`` with every fault, ``Conflict`` when they have changed.
        """
        content, headers = upload_of(source)
        return Imported.model_validate(
            self._wire.send("PUT", f"{self._at}/facts", content=content, headers=headers | _match(version)).json()
        )

    def rows(self, noun: str, **having: str) -> Iterator[Row]:
        """The facts of a noun, all pages of them, in the server's order; ``having`` as in ``state="open"``."""
        for told in self._pages(noun, having):
            yield _row(noun, told)

    def get(self, noun: str, key: str) -> Row:
        """One fact; raises ``NotThere``."""
        return _row(noun, self._wire.send("GET", self._one(noun, key)).json())

    def create(self, noun: str, fact: Fact | Mapping[str, Any]) -> Row:
        """A new fact; raises ``Conflict`` if its key is taken."""
        return _row(noun, self._wire.send("POST", f"{self._at}/{noun}", json=_document(fact)).json())

    def put(self, noun: str, key: str, fact: Fact | Mapping[str, Any], *, version: int | None = None) -> Row:
        """The fact as it is from now on; one that is there is replaced only by who names its ``version``."""
        return _row(noun, self._wire.send("PUT", self._one(noun, key), json=_document(fact), headers=_version(version)).json())

    def patch(self, noun: str, key: str, changes: Mapping[str, Any], *, version: int) -> Row:
        """The fact with some fields changed (RFC 7396: None takes one away)."""
        return _row(noun, self._wire.send("PATCH", self._one(noun, key), json=dict(changes), headers=_version(version)).json())

    def delete(self, noun: str, key: str, *, version: int) -> None:
        """Take a fact out."""
        self._wire.send("DELETE", self._one(noun, key), headers=_version(version))

    def claim(self, wish: str, volunteer: str | None = None, **more: Any) -> Claimed:
        """Claim a wish; said twice, it is the same claim. ``more``: ``team``, ``places``, ``minutes``, ``channel``."""
        told = {"wish": wish, "volunteer": volunteer} | more
        body = {name: value for name, value in told.items() if value is not None}
        return Claimed.model_validate(self._wire.send("POST", f"{self._at}/claims:claim", json=body).json())

    # ----------------------------------------------------------------------------------- plans, rosters

    def plan(self, scenario: Scenario | None = None, *, priority: int = 0, **config: Any) -> RemotePlan:
        """Ask for a plan of the community's facts, or of a ``scenario``; ``config``: ``seconds``, ``work``, ``seed``, ``strategy`` …

        Raises ``BadInput`` with every fault.
        """
        body: dict[str, Any] = {"scope": {"district": self.district, "community": self.community}, "config": config}
        if scenario is not None:
            body["scenario"] = json.loads(scenario.to_json())
        if priority:
            body["priority"] = priority
        return RemotePlan(self._wire, self._wire.send("POST", "/v1/plans", json=body).json()["id"])

    def rosters(self, state: str | None = None) -> Iterator[StoredRoster]:
        """The rosters, the oldest first; only those in a ``state``."""
        for told in self._pages("rosters", {"state": state}):
            yield StoredRoster.model_validate(told)

    def roster(self, key: str) -> Roster:
        """A roster, for who plans."""
        return Roster.model_validate(self._wire.send("GET", self._one("rosters", key)).json()["roster"])

    def check(self, key: str) -> Report:
        """What the judge says of a stored roster, by the facts as they stand."""
        told = self._wire.send("GET", f"{self._one('rosters', key)}/check").json()
        return Report.model_validate({name: told[name] for name in Report.model_fields if name in told})

    def suggest(self, roster: str, visit: str, **asked: Any) -> dict[str, Any]:
        """Who could be asked for a visit, as ``matcher suggest --json`` tells it."""
        found: dict[str, Any] = self._wire.send("POST", f"{self._one('rosters', roster)}/suggest", json={"visit": visit} | asked).json()
        return found

    def publish(self, key: str, *, confirm_changes: bool = False, version: int | None = None) -> StoredRoster:
        """Tell people. Raises ``Conflict`` with every broken rule, or with the promises that would change."""
        body, headers = {"confirm_changes": confirm_changes}, _version(version)
        told = self._wire.send("POST", f"{self._one('rosters', key)}/publish", json=body, headers=headers)
        return StoredRoster.model_validate(told.json())

    # ------------------------------------------------------------------------------------------ afterwards

    def feed(self, volunteer: str) -> str:
        """A new secret address of the volunteer's calendar; one made before no longer works."""
        while True:
            told = self._wire.send("POST", f"{self._at}/feeds", json={"volunteer": volunteer}).json()
            # An answer that was lost and asked for again comes without the secret: then there must be another.
            if told.get("url") is not None:
                return str(told["url"])

    def record(self, outcomes: Iterable[Mapping[str, Any]]) -> tuple[Row, ...]:
        """What became of visits: ``{"visit": …, "volunteer": …, "outcome": "done", "minutes": 210}``; all or none."""
        told = self._wire.send("PUT", f"{self._at}/outcomes", json={"outcomes": [dict(one) for one in outcomes]}).json()
        return tuple(_row("history", one) for one in told["items"])

    def ledger(self) -> dict[str, Any]:
        """Turns, hours, stars, time bank, as ``matcher ledger --json`` tells them."""
        found: dict[str, Any] = self._wire.send("GET", f"{self._at}/ledger").json()
        return found

    # ------------------------------------------------------------------------------------------- helpers

    def _one(self, noun: str, key: str) -> str:
        return f"{self._at}/{noun}/{_part(key)}"

    def _pages(self, noun: str, having: Mapping[str, str | None]) -> Iterator[Mapping[str, Any]]:
        return pages(self._wire, f"{self._at}/{noun}", having)


def pages(wire: Wire, path: str, having: Mapping[str, str | None]) -> Iterator[Mapping[str, Any]]:
    """Every item of a list, page by page as they are asked for."""
    cursor: str | None = None
    while True:
        told = wire.send("GET", path, params={**having, "cursor": cursor}).json()
        yield from told["items"]
        cursor = told["next"]
        if cursor is None:
            return


def upload_of(source: Path | str | Scenario) -> tuple[bytes, dict[str, str]]:
    """The bytes and headers that bring a file or a scenario; raises ``OSError`` for a file that cannot be read."""
    if isinstance(source, Scenario):
        return source.to_json().encode(), {"Content-Type": MEDIA[".json"]}
    path = Path(source)
    media = MEDIA.get(path.suffix.lower(), "application/octet-stream")
    return path.read_bytes(), {"Content-Type": media, "Content-Disposition": f"attachment; filename*=UTF-8''{_part(path.name)}"}


def _part(name: str) -> str:
    return quote(name, safe="")


def _document(fact: Fact | Mapping[str, Any]) -> dict[str, Any]:
    return fact.model_dump(mode="json", by_alias=True, exclude_defaults=True) if isinstance(fact, Fact) else dict(fact)


def _row(noun: str, told: Mapping[str, Any]) -> Row:
    return Row(noun, told["key"], told["version"], told["fact"])


def _version(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}


def _match(version: str | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": version}
