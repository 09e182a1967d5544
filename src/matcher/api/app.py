"""The server's app: routers, problem documents, the envelope around every request."""

from __future__ import annotations

from fastapi import FastAPI

from matcher.api import openapi, problems
from matcher.api.envelope import Envelope
from matcher.api.ratelimit import Limiter, limits_from
from matcher.api.routers import routers
from matcher.api.settings import ServerSettings
from matcher.api.telemetry import Telemetry
from matcher.service.health import Health
from matcher.service.metrics import Metrics
from matcher.store.database import Database

VERSION = "1"


def create_app(database: Database, settings: ServerSettings | None = None) -> FastAPI:
    """The API on a database of this program's version."""
    settings = settings or ServerSettings()
    app = FastAPI(
        title="matcher", version=VERSION, docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        redirect_slashes=False, separate_input_output_schemas=False,
    )
    app.state.database, app.state.settings = database, settings
    app.state.metrics, app.state.health = Metrics(database), Health(database)
    app.state.limiter = Limiter(limits_from(settings.limits, database.lang)) if settings.rate_limits else None
    problems.install(app)
    app.state.routers = routers()
    for router in app.state.routers:
        app.include_router(router)
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign]
    app.add_middleware(Envelope, settings=settings)  # the last one added is the outermost
    app.add_middleware(Telemetry, metrics=app.state.metrics)
    return app
