"""What cells in words say about people: hours, vehicles, addresses and wishes about who comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.exchange.phrases import Context
from matcher.exchange.rows import Log, Row

if TYPE_CHECKING:
    from matcher.exchange.facts import FactMaker


def add_notes(row: Row) -> None:
    """Text kept but not interpreted joins the notes."""
    if row.notes:
        given = row.values.get("notes")
        more = "；".join(note for note in row.notes if note not in (given or ""))
        row.values["notes"] = f"{given}；{more}" if given and more else given or more


def address_parts(address: str, ctx: Context, row: Row, log: Log) -> dict[str, Any]:
    """The parts of an address, as fields of a place."""
    return {"address": address}


def volunteer_said(row: Row, ctx: Context, log: Log) -> None:
    """Hours, absences and vehicle in words become fields of the volunteer."""
    said = row.take("~availability")
    if said:
        row.values["availability"] = (*row.values.get("availability", ()), *said)


def resident_said(row: Row, maker: FactMaker) -> None:
    """Wishes about who comes become fields of the resident."""
