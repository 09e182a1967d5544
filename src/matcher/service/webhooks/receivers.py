"""Where webhooks may be sent, and how: https to public addresses, and nowhere else unless a setting says so.

The address a name leads to is looked up once and judged, and that very address is connected to: a name that leads
elsewhere a moment later (DNS rebinding) gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import httpcore

from matcher.errors import BadInput, Fault
from matcher.store.webhook_words import say

_LOOKUPS = 16
"""Names looked up at once; the system's lookup cannot be hurried or given up."""
_NAT64 = IPv6Network("64:ff9b::/96")
_MOST_LETTERS = 2000


class Unreachable(Exception):
    """The receiver cannot, or must not, be connected to; ``reason`` is a code of ``webhook_words``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_url(url: str, lang: str, *, private: bool = False) -> None:
    """Raise ``BadInput`` unless a webhook may have this address; ``private`` lets it lie within the own network.

    What a name leads to is judged when something is sent.
    """
    reason = _fault(url, private=private)
    if reason is not None:
        message = say("bad-url", lang, url=url[:200])
        raise BadInput([Fault(message, say(reason, lang), path=("url",), code="bad-url")])


def _fault(url: str, *, private: bool) -> str | None:
    if len(url) > _MOST_LETTERS or not url.isascii() or any(letter <= " " or letter == "\x7f" for letter in url):
        return "bad-url-form"
    try:
        parts = urlsplit(url)
        host, has_port = parts.hostname, parts.port != 0
    except ValueError:
        return "bad-url-form"
    if parts.scheme not in ("http", "https") or not host or not has_port or "@" in parts.netloc or parts.fragment:
        return "bad-url-form"
    if private:
        return None
    if parts.scheme == "http":
        return "bad-url-http"
    return "bad-url-private" if _is_private_host(host) else None


def _is_private_host(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(host)
    except ValueError:
        return False  # a name


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet; what wraps another address is judged by that one.

    >>> is_public("1.1.1.1"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1"), is_public("169.254.169.254")
    (True, False, False, False)
    """
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found in _NAT64:
            return is_public(str(IPv4Address(int(found) & 0xFFFFFFFF)))
        if found.sixtofour is not None or found.teredo is not None:
            return False  # tunnels of the past; nobody's webhook lives there
    return found.is_global and not found.is_multicast and not found.is_reserved


class Backend(httpcore.AsyncNetworkBackend):
    """Connects as httpcore does, but only to addresses that may be reached."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._inner = httpcore.AnyIOBackend()
        self._lookups = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="lookup")

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of the host that answers; raises ``Unreachable``."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(
                self._lookups, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
        except (OSError, UnicodeError) as error:
            raise Unreachable("unresolvable") from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self._private and not all(map(is_public, addresses)):
            raise Unreachable("private")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        raise Unreachable("unreachable")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise Unreachable("private")

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts to connect."""
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """Look no more names up; what is being looked up is not waited for."""
        self._lookups.shutdown(wait=False, cancel_futures=True)
