"""Who calls, and how far they may go: every route names its operation, and the table in ``service.access`` decides."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from fastapi import Depends, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Param, Query
from sqlalchemy.orm import Session

from matcher.api.problems import language_of, refusal
from matcher.api.ratelimit import hold_to_rate
from matcher.api.settings import ServerSettings
from matcher.api.signing import signed_in
from matcher.api.words import say
from matcher.errors import Fault
from matcher.service.accounts.access import ACCESS, Breadth, Caller, Level, Role, allows
from matcher.service.accounts.auth import NotSignedIn
from matcher.service.accounts.sightings import sightings_of
from matcher.store.database import Database
from matcher.store.facts import NotFound
from matcher.store.scope import Scope
from matcher.store.words import say as store_say

AT = "/v1/districts/{district}/communities/{community}"
"""The address of a community."""
VERSION_SECONDS = 5.0
"""How often the tables' version is looked at."""
_PARAMETERS: dict[str, tuple[str, ...]] = {}
"""The query parameters of every operation that was called with any."""
ANYBODY = Caller(Role.VIEWER, "open")
"""Who calls where no account is needed."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that may be carried out: by whom, how far, on what, in which language."""

    caller: Caller
    breadth: Breadth
    operation: str
    database: Database
    lang: str
    request_id: str
    scope: Scope | None = None
    """The community or district of the address; None where it names none."""

    @property
    def here(self) -> Scope:
        """The scope; only for routes whose address names one."""
        assert self.scope is not None
        return self.scope

    def reading(self) -> AbstractContextManager[Session]:
        """A session that reads within the address's scope."""
        return self.database.reading(self.here, lang=self.lang)

    def writing(self) -> AbstractContextManager[Session]:
        """A session that writes within the address's scope; the caller signs."""
        return self.database.writing(self.here, self.caller.actor, lang=self.lang)

    def saw(self, noun: str, rows: int, *, key: str = "") -> None:
        """Note for the audit log that the caller was shown rows of a noun; what is masked for them needs no note."""
        if self.scope is not None and self.breadth is not Breadth.MASKED:
            sightings_of(self.database).saw(self.scope, self.caller.actor, noun, rows, key=key)


def database_of(request: Request) -> Database:
    """The server's database."""
    found = request.app.state.database
    assert isinstance(found, Database)
    return found


def settings_of(request: Request) -> ServerSettings:
    """The server's settings."""
    found = request.app.state.settings
    assert isinstance(found, ServerSettings)
    return found


def calling(operation: str) -> Callable[[Request], Call]:
    """The dependency of a route: the call, if it may be made; ``operation`` is the route's ``operation_id``.

    Raises ``Problem`` 401 without an account, 403 where the role may not. A tenant that is not the caller's is not
    there for them: 404, in the words of one that does not exist.
    """

    def call_of(request: Request) -> Call:
        lang, database = language_of(request), database_of(request)
        is_open = ACCESS[operation].level is Level.OPEN
        if not is_open:
            refuse_other_version(request, database)
        caller = ANYBODY if is_open else authenticate(request, database)
        hold_to_rate(request, operation, caller)
        scope = scope_of(request)
        if scope is not None and not is_open:
            refuse_foreign(caller, scope, lang)
        breadth = allows(caller, operation, scope)
        if breadth is None:
            raise refusal(403, "forbidden", lang, "not-yours", operation=operation)
        refuse_unknown_parameters(request, operation, lang)
        request.state.caller = caller
        return Call(caller, breadth, operation, database, lang, str(request.state.request_id), scope)

    call_of.operation = operation  # type: ignore[attr-defined]
    return call_of


def access(operation: str) -> Callable[..., Caller]:
    """As ``calling``, for routes that need the caller alone."""
    call_of = calling(operation)

    def caller_of(call: Call = Depends(call_of)) -> Caller:  # noqa: B008
        return call.caller

    caller_of.operation = operation  # type: ignore[attr-defined]
    return caller_of


def refuse_other_version(request: Request, database: Database) -> None:
    """Raise ``StoreUnavailable`` if another program has migrated the database since; looked at every few seconds."""
    state, now = request.app.state, time.monotonic()
    if now - getattr(state, "version_seen_at", -math.inf) > VERSION_SECONDS:
        database.refuse_other_version()
        state.version_seen_at = now


def refuse_unknown_parameters(request: Request, operation: str, lang: str) -> None:
    """Raise ``Problem`` for a query parameter the route does not know: a filter spelled wrong must not be everything."""
    if not request.url.query:
        return
    known = _PARAMETERS.get(operation)
    if known is None:
        params = get_flat_params(request.scope["route"].dependant)
        # fields of a model that stands for all parameters are no parameters by themselves
        known = tuple(
            field.alias for field in params if isinstance(field.field_info, Query) or not isinstance(field.field_info, Param)
        )
        _PARAMETERS[operation] = known
    for name in request.query_params:
        if name not in known:
            told = ", ".join(known) or say("no-parameters", lang)
            raise refusal(422, "bad-input", lang, "unknown-parameter", at=(name[:40],), name=name[:40], known=told)


def scope_of(request: Request) -> Scope | None:
    """The tenant the address names."""
    district = request.path_params.get("district")
    return None if district is None else Scope(district, request.path_params.get("community"))


def refuse_foreign(caller: Caller, scope: Scope, lang: str) -> None:
    """Raise ``NotFound`` for a scope beyond the caller's tenant; also for scopes named in a body."""
    if caller.reaches(scope):
        return
    if scope.community is None and caller.district == scope.district:
        return  # their own district: whether all of it, the operation's level says
    noun, name = ("community", scope.community) if scope.community else ("district", scope.district)
    raise NotFound([Fault(store_say(f"no-{noun}", lang, name=name), store_say("no-community-advice", lang), code=f"no-{noun}")])


def authenticate(request: Request, database: Database) -> Caller:
    """Who calls, by key or session; raises ``NotSignedIn``, ``WrongToken``."""
    try:
        return signed_in(request, database)
    except NotSignedIn:
        hold_to_rate(request, "", None)
        raise
