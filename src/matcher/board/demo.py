"""The board to try out: invented communities, and a way in without a password, by an address that is good once."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from matcher.api.addresses import address_of
from matcher.api.problems import language_of
from matcher.api.settings import ServerSettings
from matcher.api.signing import set_cookies
from matcher.board import app as board_app
from matcher.board.pages import base_of, render
from matcher.domain.scenario import Scenario
from matcher.service.accounts import auth
from matcher.store import accounts, tenants
from matcher.store.accounts import Holding
from matcher.store.assembly import replace_facts
from matcher.store.database import Database
from matcher.store.scope import Scope

router = APIRouter()
DISTRICT, LOGIN, ACTOR = "demo", "demo", "demo"
FIRST = {"zh": "donghe", "en": "donghe-en"}
"""The community one comes to first, by the language that the browser asks for."""


def create_app(database: Database, settings: ServerSettings | None = None) -> board_app.Front:
    """The board with the way in; only for a database that is thrown away."""
    made = board_app.create_app(database, settings)
    made.pages.router.routes[:0] = router.routes  # before the pages of communities, whose addresses look alike
    return made


def fill(database: Database, district: str, communities: dict[str, tuple[str, Scenario]]) -> str:
    """Put communities (id → name, facts) into a database, and a coordinator of them all; the token they come in by."""
    for community, (name, facts) in communities.items():
        scope = Scope(DISTRICT, community)
        tenants.ensure(database, scope, ACTOR)
        tenants.call(database, scope, name, ACTOR)
        with database.writing(scope, ACTOR) as session:
            replace_facts(session, facts)
    tenants.call(database, Scope(DISTRICT), district, ACTOR)
    with database.everyone(ACTOR, writes=True) as session:
        whose = accounts.add_user(session, LOGIN, Holding("coordinator", DISTRICT), {}, None)
    return auth.invite(database, whose, ACTOR).text


@router.get("/board/enter/{token}", operation_id="demo.enter")
async def enter(request: Request, token: str) -> Response:
    """Signed in, once; on to the community in the browser's language, Chinese if it asks for neither."""
    state, lang = request.app.state, language_of(request)
    try:
        begun, secret = await run_in_threadpool(
            lambda: auth.enter(state.database, token, address=address_of(request), lang=lang)
        )
    except auth.NotSignedIn as error:
        faults = [{"message": fault.message, "advice": ""} for fault in error.faults]
        return render(request, "demo_over.html", 401, faults=faults)
    response = RedirectResponse(base_of(DISTRICT, FIRST[lang]), 303)
    set_cookies(response, state.settings, begun, secret)
    return response
