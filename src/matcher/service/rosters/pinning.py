"""Pins that go with changes by hand: what a coordinator sets stays set, whoever plans next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain.claims import Pin
from matcher.problem.roster import Roster
from matcher.store import facts
from matcher.store.tables import PinRow


@dataclass(frozen=True, slots=True)
class Pinning:
    """Pins to write and pins to lift."""

    put: tuple[Pin, ...] = ()
    lifted: tuple[Pin, ...] = ()

    def of(self, pins: Sequence[Pin]) -> tuple[Pin, ...]:
        """The pins afterwards.

        >>> old, new = Pin(visit="a/1", volunteer="v1"), Pin(visit="a/1", volunteer="v2")
        >>> [pin.volunteer for pin in Pinning((new,), (old,)).of([old])]
        ['v2']
        """
        left = [pin for pin in pins if pin not in self.lifted]
        return (*left, *(pin for pin in self.put if pin not in left))


def by_hand(pins: Sequence[Pin], roster: Roster, changes: Iterable[Mapping[str, Any]]) -> Pinning:
    """What changes by hand pin: whoever is put on, and a new start. Whoever is taken off is pinned no more.

    Pins that keep somebody away from a visit stay.
    """
    now = tuple(pins)
    seats = {
        (visit.id, seat.volunteer): (seat.role, standby)
        for visit in roster.visits
        for standby, own in ((False, visit.assigned), (True, visit.standbys))
        for seat in own
    }
    for change in changes:
        now = _after(now, change, seats)
    return Pinning(tuple(pin for pin in now if pin not in pins), tuple(pin for pin in pins if pin not in now))


def _after(
    pins: tuple[Pin, ...], change: Mapping[str, Any], seats: dict[tuple[str, str], tuple[str, bool]]
) -> tuple[Pin, ...]:
    visit, act, who = change["visit"], change["op"], change.get("volunteer")
    if act == "drop":
        return tuple(pin for pin in pins if pin.visit != visit or pin.never)
    if act == "move":
        left = _without_start(pins, visit)
        return (*left, Pin(visit=visit, start=change["start"]))
    left = pins
    role, standby = change.get("role"), act == "standby"
    if act in ("remove", "replace"):
        left = tuple(pin for pin in pins if (pin.visit, pin.volunteer) != (visit, who) or pin.never)
        role, standby = seats.get((visit, str(who)), (role, False))
    if act == "remove":
        return left
    named = change["by"] if act == "replace" else str(who)
    seats[visit, named] = (str(role), standby) if role else seats.get((visit, named), ("", standby))
    left = tuple(pin for pin in left if (pin.visit, pin.volunteer) != (visit, named) or pin.never)
    return (*left, Pin(visit=visit, role=role, volunteer=named, standby=standby))


def _without_start(pins: tuple[Pin, ...], visit: str) -> tuple[Pin, ...]:
    """The pins without a start for this visit; those that name somebody as well still do."""
    bare = (
        pin if pin.visit != visit or pin.start is None else
        None if pin.volunteer is None else Pin(**dict(pin) | {"start": None})
        for pin in pins
    )
    return tuple(pin for pin in bare if pin is not None)


def pinning_of(values: Mapping[str, Any], pins: Sequence[Pin], roster: Roster) -> Pinning:
    """What a request asks for: the pins that go with its changes, or those it names."""
    if values.get("pin"):
        return by_hand(pins, roster, values["changes"])
    named = Pinning(*(tuple(Pin.model_validate(one) for one in values.get(name, ())) for name in ("put_pins", "lift_pins")))
    return replace(named, lifted=tuple(pin for pin in named.lifted if pin in pins))


def write(session: Session, pinning: Mapping[str, Any]) -> None:
    """Write and lift pins, as told by an edit; those that are gone already are left."""
    lifted = [Pin.model_validate(one) for one in pinning["lifted"]]
    if lifted:
        for key, document in session.execute(select(PinRow.key, PinRow.document)).all():
            if Pin.model_validate(document) in lifted:
                facts.remove(session, "pins", key)
    if pinning["put"]:
        facts.put_many(session, "pins", pinning["put"])
