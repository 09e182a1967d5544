"""How webhooks are signed, and how a receiver makes sure that a message is ours and not an old one sent again.

``Matcher-Signature: t=<seconds since 1970>,v1=<hex>``: HMAC-SHA256, keyed with the webhook's secret, over the time, a dot
and the body's bytes. While a secret is being renewed there are two ``v1``. Needs nothing but Python's own library.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any

from matcher.errors import MatcherError

HEADER = "Matcher-Signature"
TOLERANCE = 300
"""Seconds a message may be old, or its sender's clock ahead."""
_DIGITS = 15


class BadSignature(MatcherError):
    """The message is not from the server that holds the secret, was changed on its way, or is an old one."""

    exit_code = 2


def sign(secrets: Sequence[str], body: bytes, moment: int) -> str:
    """The header for a body sent at a moment (whole seconds since 1970).

    >>> sign(["whsec_1"], b"{}", 1_700_000_000)[:33]
    't=1700000000,v1=c8cf6ed9fd9120874'
    """
    return ",".join([f"t={moment}", *(f"v1={_mac(secret, body, moment)}" for secret in secrets)])


def verify(body: bytes, header: str, secret: str, *, now: float | None = None, tolerance: int = TOLERANCE) -> dict[str, Any]:
    """The message of a request: its raw body, its ``Matcher-Signature``, and the webhook's secret.

    ``now`` is seconds since 1970, the clock's if not given. A message may be sent again within the tolerance: keep its
    ``id`` for that long and drop one seen before. Raises ``BadSignature``.
    """
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdigit() and len(moments[0]) <= _DIGITS):
        raise BadSignature("the signature has no time")
    moment = int(moments[0])
    if abs((time.time() if now is None else now) - moment) > tolerance:
        raise BadSignature("the message is too old, or the clocks differ")
    expected = _mac(secret, body, moment).encode()
    given = [value.encode() for name, _, value in parts if name == "v1"]
    if not [one for one in given if hmac.compare_digest(one, expected)]:
        raise BadSignature("the signature is not that of the body")
    told = json.loads(body)
    assert isinstance(told, dict)
    return told


def _mac(secret: str, body: bytes, moment: int) -> str:
    return hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
