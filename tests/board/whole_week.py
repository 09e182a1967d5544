"""A community in the middle of its week: every step, code and letter has something to show; and the list of all pages."""

from __future__ import annotations

import json
from contextlib import closing
from functools import cache

from boarding import HOME
from keeping import HERE
from rosters_ready import AT, drafted, moved_to, published

from matcher.board.app import routers
from matcher.generate import generate
from matcher.problem.problem import Problem
from matcher.service.accounts import auth
from matcher.solvers.flow import needs_bound
from matcher.solvers.start import first_roster
from matcher.store import accounts, tenants
from matcher.store.accounts import Holding

READY = {"adjust": "html[data-ready=adjust]", "map": "#map[data-ready]"}
"""What a page that scripts fill has when it is filled."""


@cache
def made():
    """A community of 30 volunteers, and a first roster of its month; the same every time."""
    scenario = generate("donghe", seed=3, volunteers=30, visits=40)
    problem = Problem.of(scenario)
    return scenario, json.loads(first_roster(problem, needs_bound(problem).wanted).to_json())


def week_of(board):
    """Fill a board that has the facts: a roster people were told, half of it over, a draft; the addresses of all pages.

    Keyed by a name good for a file; the addresses of what needs no account begin with ``/p/`` or stand in ``open_pages``.
    """
    tenants.call(board.database, HERE, "东河社区", "setup")
    with closing(board.session()) as client:
        told = published(client, made()[1])
        drafted(client, made()[1])
        visits = [visit for visit in made()[1]["visits"] if visit["start"] and visit["assigned"]]
        starts = sorted(visit["start"] for visit in visits)
        moved_to(client, starts[len(starts) // 2])
        over, next_one = min(visits, key=lambda one: one["start"]), max(visits, key=lambda one: one["start"])
        who = over["assigned"][0]["volunteer"]
        outcome = {"visit": over["id"], "volunteer": who, "outcome": "done"}
        assert client.put(f"{AT}/outcomes", json={"outcomes": [outcome]}).status_code == 200
        wishes = sorted({visit["wish"] for visit in visits} - {next_one["wish"], over["wish"]})
        waiting = {one["visit"].partition("/")[0] for one in made()[1]["unfilled"]}  # what nobody was planned for yet
        for wish in sorted(waiting - set(wishes)):
            move = client.post(f"{AT}/wishes/{wish}:move", json={"stage": "published", "places": 2})
            assert move.status_code == 200, move.text
        for number, volunteer in enumerate(made()[0].volunteers[:6]):
            claim = {"id": f"c{number}", "wish": wishes[-1], "volunteer": volunteer.id, "channel": "livestream"}
            answer = client.post(f"{AT}/claims", json=claim | {"at": f"2026-11-23T20:04:{11 + number}+08:00"})
            assert answer.status_code == 201, answer.text
        goes = next_one["assigned"][0]["volunteer"]
        code = {kind: _path(client.post(f"{AT}/links", json={"kind": kind})) for kind in ("wish", "join", "claim")}
        own = _path(client.post(f"{AT}/tickets", json={"kind": "person", "subject": goes}))
        seen = _path(client.post(f"{AT}/tickets", json={"kind": "visit", "subject": over["id"]}))
    token = code["join"].rsplit("/", 1)[1]
    return {
        "week": HOME, "bring": f"{HOME}/bring", "check": f"{HOME}/check",
        "screen": f"{HOME}/screen", "screen-all": f"{HOME}/screen/all",
        "plan": f"{HOME}/plan", "adjust": f"{HOME}/adjust", "map": f"{HOME}/adjust?view=map",
        "residents": f"{HOME}/adjust?view=residents&span=week", "why": f"{HOME}/why",
        "why-visit": f"{HOME}/why?visit={next_one['id']}", "why-person": f"{HOME}/why?volunteer={goes}",
        "publish": f"{HOME}/publish?roster={told}", "record": f"{HOME}/record", "recorded": f"{HOME}/record?show=recorded",
        "codes": f"{HOME}/codes", "poster": f"{HOME}/codes/poster/{token}", "own-code": f"{HOME}/codes/own/{own.rsplit('/', 1)[1]}",
        "mine": f"{HOME}/mine", "communities": "/board/communities", "people": "/board/people",
        "password": "/board/password", "lost": "/board/huizhou/nowhere",
        "phone-wish": code["wish"], "phone-join": code["join"], "phone-claim": code["claim"], "phone-own": own,
        "phone-talk": f"{own}/visit?visit={next_one['id']}", "phone-confirm": seen, "phone-gone": "/p/mj_nothing",
        "login": "/board/login", "welcome-over": "/board/welcome/none", "welcome": f"/board/welcome/{_invitation(board)}",
    }


def open_pages(pages):
    """Those of the pages that need no account."""
    return {name: at for name, at in pages.items() if at.startswith(("/p/", "/board/login", "/board/welcome"))}


def go_to(page, name, address):
    """Open a page and wait until its scripts have filled it."""
    answer = page.goto(address)
    if name in READY:
        page.wait_for_selector(READY[name])
    page.wait_for_load_state("networkidle")
    return answer


def routes():
    """The patterns of all addresses that a browser may open as a page."""
    return {route.path for router in routers() for route in router.routes if "GET" in route.methods}


def _invitation(board):
    with board.database.everyone("setup", writes=True) as session:
        whose = accounts.add_user(session, "wang-fang", Holding("coordinator", HERE.district, HERE.community), {"name": "王芳"}, None)
    return auth.invite(board.database, whose, "setup").text


def _path(answer):
    assert answer.status_code == 201, answer.text
    return "/" + answer.json()["url"].split("/", 3)[3]
