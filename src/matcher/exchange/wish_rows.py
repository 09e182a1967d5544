"""Rows of the sheet 心愿: which resident, which kind, when, by whom."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from matcher.exchange.link import give_ids
from matcher.exchange.rows import Row, nested

if TYPE_CHECKING:
    from matcher.exchange.facts import FactMaker


class WishRows:
    """Makes the wishes, and the residents and places only they name."""

    def __init__(self, maker: FactMaker) -> None:
        self.maker, self.log, self.link = maker, maker.log, maker.link
        self.rows = maker.rows("wishes")

    def identify(self) -> None:
        """Ids for every wish."""
        give_ids(self.rows, {
            index: "-".join(str(row.values[name]) for name in ("resident", "title") if name in row.values)
            for index, row in enumerate(self.rows)
        })
        for row in self.rows:
            if "id" in row.values:
                self.link.index["wishes"].add(row.values["id"], row.values.get("title"))

    def make(self) -> None:
        """The facts."""
        roles = self._roles()
        for row in self.rows:
            for field, table in (("resident", "residents"), ("place", "places"), ("origin", "places"), ("destination", "places")):
                if field in row.values:
                    row.values[field] = self.link.resolve(table, row.values[field], row, field)
            if "teams" in row.values:
                row.values["teams"] = tuple(
                    key for key in (self.maker.team_named(text, row, "teams") for text in row.values["teams"]) if key
                )
            if roles[row.values.get("id", "")]:
                row.values["roles"] = tuple(roles[row.values["id"]])
            self.maker.add("wishes", row)

    def _roles(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.maker.rows("roles"):
            text = row.take("wish")
            key = self.link.resolve("wishes", text, row, "wish") if text else None
            if key is not None:
                found[key].append(nested(row.values))
        return found
