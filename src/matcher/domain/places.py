"""Places, and travel times somebody measured: the facts ``where`` works with."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from matcher.domain.base import Count, Fact, Id, Number

TravelMode = Literal["car", "e-bike", "bus", "walking"]
CoordinateSystem = Literal["wgs84", "gcj02", "bd09"]


class Place(Fact):
    """A place, as exactly as people know it.

    Without coordinates it falls back to its building, estate, grid or community, which are looked up
    among the other places (same ``estate`` and ``building``; or an id or name that equals the estate,
    grid or community), and the roster says so.
    """

    id: Id
    name: str = ""
    lat: Number | None = None
    lon: Number | None = None
    crs: CoordinateSystem | None = None
    community: str | None = None
    grid: str | None = None
    estate: str | None = None
    building: str | None = None
    address: str | None = None
    """Unit, floor and door: personal, never on public output."""

    @model_validator(mode="after")
    def _coordinates_are_whole(self) -> Place:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a place needs both lat and lon, or neither")
        if self.lat is not None and self.lon is not None:
            if self.crs is None:
                raise ValueError("coordinates need their system: crs is wgs84, gcj02 or bd09")
            if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
                raise ValueError(f"lat {self.lat}, lon {self.lon} is not on Earth")
        return self


class TravelTime(Fact):
    """A measured travel time, both ways unless the way back is given too; replaces the estimate."""

    origin: Id
    destination: Id
    minutes: Count
    mode: TravelMode | None = None
    """None: for every mode."""
