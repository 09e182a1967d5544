"""Where a request comes from, when proxies stand between."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

from matcher.api.settings import ServerSettings

UNKNOWN = "unknown"


def address_of(request: HTTPConnection) -> str:
    """The address of whoever calls: the connection's, or what a trusted proxy says of it in ``X-Forwarded-For``.

    Read from the right: each proxy adds whom it heard, so the first address that is no trusted proxy is the caller. What
    stands further left anybody may have written.
    """
    settings: ServerSettings = request.app.state.settings
    peer = request.client.host if request.client else UNKNOWN
    if not settings.trusted_proxies or not is_among(peer, settings.trusted_proxies):
        return peer
    heard = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    for address in reversed(heard):
        if not _is_address(address):
            return peer
        if not is_among(address, settings.trusted_proxies):
            return address
    return peer


def is_among(address: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of the networks.

    >>> is_among("10.0.0.7", ["10.0.0.0/8"]), is_among("testclient", ["10.0.0.0/8"])
    (True, False)
    """
    if not _is_address(address):
        return False
    found = ip_address(address)
    return any(found.version == network.version and found in network for network in _networks(tuple(networks)))


@lru_cache(maxsize=32)
def _networks(told: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(one, strict=False) for one in told)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
