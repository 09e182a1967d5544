"""One serving process on a database, to be killed at any moment: rush_server.py ADDRESS PORT."""

from __future__ import annotations

import sys

import uvicorn

from matcher.api.app import create_app
from matcher.store.address import address_of
from matcher.store.database import Database

uvicorn.run(
    create_app(Database(address_of(sys.argv[1]), lang="en", busy_seconds=60)), host="127.0.0.1", port=int(sys.argv[2]),
    log_level="error", access_log=False,
)
