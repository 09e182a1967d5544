"""How a server behaves: from ``MATCHER_…`` variables, or handed in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matcher.errors import BadInput
from matcher.exchange.faults import JsonPath, detail_faults

PREFIX = "MATCHER_"
BASE_URL = f"{PREFIX}BASE_URL"


class ServerSettings(BaseModel):
    """What can be set about a server; each field is the variable ``MATCHER_`` and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: Annotated[str, Field(pattern=r"^https?://[^/\s]+(/[^\s]*[^/\s])?$")] = "http://127.0.0.1:8321"
    """Where the outside reaches the server; links, feeds and cookies follow it."""
    max_body_mb: Annotated[int, Field(ge=1, le=100)] = 20
    """Larger requests are refused."""
    body_seconds: Annotated[float, Field(gt=0)] = 60.0
    """How long a request's body may take to arrive."""
    max_json_depth: Annotated[int, Field(ge=8, le=200)] = 64
    """Brackets within brackets."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose ``X-Forwarded-For`` is believed; separated by commas in the variable."""
    secure_cookies: bool = False
    """Cookies by https only; always so when ``base_url`` is https."""
    webhooks_to_private_addresses: bool = False
    """Whether webhooks may be sent to addresses that are not public."""
    ask_processes: Annotated[int, Field(ge=1, le=16)] = 1
    """Processes that answer quick questions (suggest, check, explain), and as many for long ones (replan, fixes)."""
    ask_memory_mb: Annotated[int, Field(ge=256, le=65_536)] = 1536
    """What each of them may keep in mind."""
    rate_limits: bool = True
    """Whether callers are held to a number of requests."""
    limits: tuple[str, ...] = ()
    """Other limits than the usual: ``heavy=1/10,open=5/100`` is so many a second, and so many at once."""
    map_tiles: Annotated[str, Field(pattern=r"^https?://[\w.:-]+/[\w./%?=&{}-]*\{z\}[\w./%?=&{}-]*$")] | None = None
    """Where the board's map gets its pictures, as ``https://tiles.example/{z}/{x}/{y}.png``; None: a plain ground."""
    metrics_token: str | None = None
    """Who shows it may read ``/metrics``; without one, this machine alone."""

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https:")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, *, lang: str = "zh") -> ServerSettings:
        """The settings of the process; raises ``BadInput`` with every variable that is not understood.

        >>> ServerSettings.from_environment({"MATCHER_MAX_BODY_MB": "5"}).max_body_mb
        5
        """
        given = os.environ if environment is None else environment
        found: dict[str, object] = {
            name: given[PREFIX + name.upper()] for name in cls.model_fields if given.get(PREFIX + name.upper())
        }
        for name in ("trusted_proxies", "limits"):
            if name in found:
                found[name] = tuple(part.strip() for part in str(found[name]).split(",") if part.strip())
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            details = [detail | {"loc": _variable(detail["loc"])} for detail in error.errors(include_url=False)]
            raise BadInput(detail_faults(details, JsonPath(()), lang)) from error


def _variable(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return (PREFIX + str(place[0]).upper(), *place[1:])
