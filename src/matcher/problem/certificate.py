"""Certificate: a lower bound of one tier, as prices of seats that anybody can recompute it from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from matcher.domain.base import Count, Fact, Id, Whole

LARGEST = 10**12
"""No price of a certificate is larger (milli-points): sums stay within 64 bits."""
Milli = Annotated[Whole, Field(ge=-LARGEST, le=LARGEST)]
"""Thousandths of a point. Below 0 it can be read, but proves nothing."""


class Certificate(Fact):
    """Prices of seats, and the bound they prove (docs/certificates.md).

    ``quality``: no roster whose needs tier is at most ``needs`` has a quality below ``bound``. ``needs``: no roster
    has a needs tier below ``bound``.
    """

    format: Literal["matcher-certificate/1"] = "matcher-certificate/1"
    scenario: str
    """The fingerprint of the scenario it is about."""
    tier: Literal["quality", "needs"]
    needs: Count | None = None
    """Tier quality: the most the needs tier may come to."""
    bound: Count
    """In points."""
    lambda_milli: Milli = 0
    """Tier quality: what a point of needs is worth, in milli-points."""
    duals: dict[Id, tuple[Milli, ...]] = {}  # noqa: RUF012 - pydantic copies it
    """Per visit the price of a seat of each of its roles, in milli-points; a visit left out has 0 throughout."""

    @model_validator(mode="after")
    def _fits_its_tier(self) -> Certificate:
        if self.tier == "quality" and self.needs is None:
            raise ValueError("needs is missing: a bound of the quality tier holds for rosters up to some needs")
        if self.tier == "needs" and (self.needs is not None or self.lambda_milli):
            raise ValueError("needs and lambda_milli belong to the quality tier only")
        return self
