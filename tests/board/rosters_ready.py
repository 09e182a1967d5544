"""Rosters for pages to show: Mr Wu's year, worked out once."""

from __future__ import annotations

import json
from functools import cache

import pytest
from keeping import wu as wu_scenario

from matcher.planning import solve
from matcher.solvers.stop import Stop

AT = "/v1/districts/huizhou/communities/donghe"


@pytest.fixture(autouse=True)
def answers_here(board):
    """For the modules that import it."""
    board.answer_here()


@cache
def optimum():
    """A ride a month for a year, each with a driver and a stand-by."""
    return json.loads(solve(wu_scenario(), strategy="exact", stop=Stop(seconds=None, work=3), workers=1).roster.to_json())


def drafted(client, document=None):
    """A draft's id."""
    answer = client.post(f"{AT}/rosters", json={"roster": document or optimum()})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def published(client, document=None):
    """A published roster's id."""
    key = drafted(client, document)
    answer = client.post(f"{AT}/rosters/{key}/publish", json={"confirm_changes": True})
    assert answer.status_code == 200, answer.text
    return key


def moved_to(client, moment):
    """The programme's own moment, moved on."""
    etag = client.get(f"{AT}/program").headers["ETag"]
    answer = client.patch(f"{AT}/program", json={"as_of": moment}, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text


def name_of(client, volunteer):
    return client.get(f"{AT}/volunteers/{volunteer}").json()["fact"]["name"]


def axe(page):
    """What axe complains of on a page: rule and element."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(one["id"], node["html"][:160]) for one in found for node in one["nodes"]]
