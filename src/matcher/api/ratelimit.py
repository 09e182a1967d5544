"""How many requests a caller may make: a bucket of tokens per caller and kind of operation, or per address without an account.

Buckets are this process's own: where several processes answer, a caller has as many in each. A trusted program (a ``system``
key) brings what a whole broadcast sends, so its claims have a bucket of their own size.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from matcher.api.addresses import address_of
from matcher.api.problems import language_of, refusal
from matcher.api.serve_words import say
from matcher.errors import BadInput
from matcher.service.accounts.access import ACCESS, Caller, Level, Role

MOST_BUCKETS = 20_000
"""Beyond, the bucket used longest ago is forgotten, and full again."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``per_second`` tokens flow in, up to ``burst``; a request takes one."""

    per_second: float
    burst: int


LIMITS: dict[str, Limit] = {
    "read": Limit(50, 500),
    "write": Limit(20, 200),
    "claims": Limit(20, 200),
    "system-claims": Limit(2000, 20_000),
    "system": Limit(500, 5000),
    "heavy": Limit(2, 40),
    "upload": Limit(0.5, 20),
    "open": Limit(10, 200),
    "sign-in": Limit(0.2, 20),
    "unknown": Limit(1, 60),
}
"""By kind of operation. ``open``, ``sign-in`` and ``unknown`` (keys that are not valid) are counted by address."""
_BY_ADDRESS = frozenset({"open", "sign-in", "unknown"})
_NEVER = frozenset({"health.get", "ready.get", "metrics.get"})
_CLAIMS = frozenset({"claims.claim", "claims.withdraw", "claims.confirm", "claims.create"})
_SIGN_IN = frozenset({"sessions.create", "sessions.redeem", "me.password"})
_UPLOAD = frozenset({"facts.import", "facts.preview", "facts.export", "claims.comments"})
_HEAVY = frozenset({
    "plans.create", "plans.validate", "screening.propose", "screening.apply", "supply.get", "facts.check",
    "persons.export", "persons.erase",
    "rosters.check", "rosters.explain", "rosters.suggest", "rosters.replan", "rosters.compare", "rosters.publish",
})


def kind_of(operation: str, method: str, role: Role | None) -> str | None:
    """The kind of an operation for a caller of this role; None if nobody counts it.

    >>> kind_of("wishes.put", "PUT", Role.COORDINATOR), kind_of("claims.claim", "POST", Role.SYSTEM)
    ('write', 'system-claims')
    """
    if operation in _NEVER:
        return None
    if operation in _SIGN_IN:
        return "sign-in"
    if operation in ACCESS and ACCESS[operation].level is Level.OPEN:
        return "open"
    if operation in _HEAVY or operation.startswith("scenarios."):
        return "heavy"
    if operation in _UPLOAD or operation.endswith(".bulk"):
        return "upload"
    if operation in _CLAIMS:
        return "system-claims" if role is Role.SYSTEM else "claims"
    if role is Role.SYSTEM:
        return "system"
    return "read" if method in ("GET", "HEAD") else "write"


def limits_from(told: Sequence[str], lang: str = "zh") -> dict[str, Limit]:
    """The limits with those of ``MATCHER_LIMITS`` in place: ``heavy=1/10`` is one a second, ten at once.

    Raises ``BadInput`` for what is not understood.
    """
    found = dict(LIMITS)
    for word in told:
        kind, _, numbers = word.partition("=")
        rate, _, burst = numbers.partition("/")
        try:
            limit = Limit(float(rate), int(burst))
        except ValueError:
            limit = Limit(0, 0)
        if kind not in LIMITS or not (0 < limit.per_second < math.inf) or limit.burst < 1:
            raise BadInput(say("bad-limit", lang, told=word[:60]), say("bad-limit-advice", lang, known=", ".join(LIMITS)))
        found[kind] = limit
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """What a bucket says to a request: whether there was a token, how many are left, and when the next one comes."""

    kind: str
    limit: Limit
    is_granted: bool
    left: int
    wait: float

    @property
    def headers(self) -> dict[str, str]:
        """As told to the caller (draft-ietf-httpapi-ratelimit-headers)."""
        window = max(1, math.ceil(self.limit.burst / self.limit.per_second))
        full = max(1, math.ceil((self.limit.burst - self.left) / self.limit.per_second))
        told = {
            "RateLimit-Policy": f'"{self.kind}";q={self.limit.burst};w={window}',
            "RateLimit": f'"{self.kind}";r={self.left};t={full}',
        }
        return told if self.is_granted else told | {"Retry-After": str(max(1, math.ceil(self.wait)))}


class Limiter:
    """All buckets of a process."""

    def __init__(self, limits: Mapping[str, Limit] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = dict(limits or LIMITS), clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, kind: str, who: str) -> Taken:
        """Take a token from somebody's bucket."""
        limit, now = self._limits[kind], self._clock()
        with self._lock:
            left, since = self._buckets.pop((kind, who), (float(limit.burst), now))
            left = min(float(limit.burst), left + (now - since) * limit.per_second)
            granted = left >= 1
            left -= granted
            self._buckets[kind, who] = (left, now)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        wait = 0.0 if granted else (1 - left) / limit.per_second
        return Taken(kind, limit, granted, int(left), wait)

    def take_for(self, operation: str, method: str, caller: Caller | None, address: str) -> Taken | None:
        """Take a token for a request; None if nobody counts it. ``caller`` None: a key or session that is not valid."""
        kind = "unknown" if caller is None else kind_of(operation, method, caller.role)
        if kind is None:
            return None
        # An address stands for whoever has no account; all accounts of one address have buckets of their own.
        return self.take(kind, address if caller is None or kind in _BY_ADDRESS else caller.actor)


def hold_to_rate(request: Request, operation: str, caller: Caller | None) -> None:
    """Take the token of a request; raises ``Problem`` 429 if there is none. The answer says how many are left."""
    limiter: Limiter | None = request.app.state.limiter
    taken = limiter.take_for(operation, request.method, caller, address_of(request)) if limiter is not None else None
    if taken is None:
        return
    request.state.rate_limit = taken.headers
    if taken.is_granted:
        return
    request.app.state.metrics.limited.labels(taken.kind).inc()
    seconds = taken.headers["Retry-After"]
    problem = refusal(429, "too-many-requests", language_of(request), "too-often", seconds=seconds)
    problem.headers["Retry-After"] = seconds
    raise problem
