"""Probes in every field stay text, on every page there is; a page that is added later is visited as well."""

from __future__ import annotations

import json
from contextlib import closing

import httpx
import pytest
from boarding import HOME, Boarded
from fastapi.routing import APIRoute
from keeping import HERE, SCENARIOS

from matcher.board.app import routers
from matcher.domain.scenario import Scenario
from matcher.store import tenants

AT = "/v1/districts/huizhou/communities/donghe"
PROBE = "<b class=probe><img src=x onerror=probed=1>\"'><script>probed=1</script>{{7*7}}"
TEXTS = {"name", "alias", "title", "items", "notes", "address", "emergency", "building", "words"}
VISIT = "wu-escort/2026-12"


def probed(told):
    """The same facts with a probe behind every text somebody typed."""
    if isinstance(told, list):
        return [probed(one) for one in told]
    if not isinstance(told, dict):
        return told
    return {name: f"{value}{PROBE}" if name in TEXTS and isinstance(value, str) else probed(value) for name, value in told.items()}


@pytest.fixture(scope="module")
def probes(tmp_path_factory):
    """A board full of probes: facts, a published roster, a draft, an order, messages, links, accounts."""
    with Boarded(f"sqlite:///{tmp_path_factory.mktemp('probes') / 'board.db'}") as board:
        facts = json.loads((SCENARIOS / "wu-bo" / "scenario.json").read_text("utf-8"))
        board.keep(Scenario.model_validate(probed(facts)))
        tenants.call(board.database, HERE, f"东河{PROBE}", "li")
        with closing(board.session()) as client:
            def made(method, path, body, status=(200, 201), **headers):
                answer = client.request(method, f"{AT}/{path}", json=body, headers=headers)
                assert answer.status_code in status, (path, answer.text)
                return answer

            roster = {
                "format": "matcher-roster/1", "scenario": "0" * 64, "strategy": "hand", "seed": 0, "unfilled": [], "tiers": [],
                "visits": [{
                    "id": VISIT, "wish": "wu-escort", "start": "2026-12-05T08:30:00+08:00", "end": "2026-12-05T12:00:00+08:00",
                    "assigned": [{"role": "driver", "volunteer": "v01"}], "standbys": [],
                }],
            }
            published = made("POST", "rosters", {"roster": roster})
            board.published = published.json()["id"]
            made("POST", f"rosters/{board.published}/publish", {}, **{"If-Match": published.headers["etag"]})
            board.draft = made("POST", "rosters", {"roster": roster}).json()["id"]
            made("POST", "wishes/wu-escort:move", {"stage": "published", "places": 3}, status=(200, 409))
            board.links = {
                kind: made("POST", "links", {"kind": kind, "label": PROBE}).json()["url"] for kind in ("wish", "join", "claim")
            }
            board.tickets = {
                kind: made("POST", "tickets", {"kind": kind, "subject": subject}).json()["url"]
                for kind, subject in (("person", "v01"), ("visit", VISIT))
            }
            made("POST", "replies", {"visit": VISIT, "volunteer": "v01", "says": "swap", "words": PROBE})
            made("POST", f"visits/{VISIT}/messages", {"text": PROBE})
            answer = client.post("/v1/users", json={
                "login": "probe", "name": PROBE, "note": PROBE, "role": "viewer", "district": "huizhou", "community": "donghe",
            })
            assert answer.status_code == 201
            board.token = answer.json()["token"]
        with httpx.Client(base_url=board.url) as guest:
            token = board.links["wish"].rpartition("/")[2]
            told = guest.post(f"/v1/open/{token}/wishes", json={
                "text": PROBE, "name": PROBE[:80], "phone": "13800000909", "when": PROBE, "address": PROBE, "helper_name": PROBE,
            })
            assert told.status_code == 201, told.text
            board.tickets["order"] = told.json()["url"]
        yield board


def addresses(board):
    """Every page: those of a community by their routes, the others by name."""
    at = {
        "": HOME, "/codes/poster/{token}": f"{HOME}/codes/poster/{board.links['claim'].rpartition('/')[2]}",
        "/codes/own/{token}": f"{HOME}/codes/own/{board.tickets['person'].rpartition('/')[2]}",
    }
    found = ["/board/communities", "/board/people", "/board/password", "/board/login?next=\"><b class=probe>"]
    for router in routers():
        for route in router.routes:
            start = "/board/{district}/{community}"
            if not isinstance(route, APIRoute) or "GET" not in route.methods or not route.path.startswith(start):
                continue
            rest = route.path.removeprefix(start)
            is_page = "." not in rest and not rest.endswith("events")  # files to keep, streams
            if is_page and ("{" not in rest or rest in at):
                found.append(at.get(rest, f"{HOME}{rest}"))
    queries = [
        f"adjust?roster={board.draft}&view={view}&span=month&from=2026-12-01" for view in ("people", "residents", "map")
    ]
    queries += [f"why?roster={board.published}&{name}" for name in (f"visit={VISIT}", "volunteer=v01", "wish=wu-escort")]
    queries += [f"why?visit={PROBE}", f"publish?roster={board.draft}", f"adjust?visit={VISIT}"]
    return found + [f"{HOME}/{query}" for query in queries]


def refuse_probes(page, address):
    """Nothing of a probe has become an element, or has run."""
    page.wait_for_load_state("load")
    assert page.evaluate("document.querySelectorAll('.probe, img[src=\"x\"]').length") == 0, address
    assert page.evaluate("window.probed") is None, address
    assert "49" not in page.locator("h1").all_inner_texts(), address


def test_coordinators_pages(browser, probes):
    with probes.visitor(browser, login="chen-li") as page:
        for address in addresses(probes):
            answer = page.goto(address)
            assert answer is None or answer.status < 500, address
            page.wait_for_timeout(150)  # parts that come by themselves
            refuse_probes(page, address)


def test_phone_pages(browser, probes):
    with probes.visitor(browser, size=(375, 667)) as page:
        for address in (*probes.links.values(), *probes.tickets.values(), f"{probes.tickets['person']}/visit?visit={VISIT}"):
            answer = page.goto(address)
            assert answer.status == 200, address
            refuse_probes(page, address)
        for kind in ("wish", "join", "claim"):
            page.goto(f"{probes.links[kind]}?wish=wu-escort")
            for field in page.locator("main input:not([type=hidden]), main textarea").all():
                field.evaluate("(field, text) => { field.removeAttribute('maxlength'); field.value = text; }", PROBE)
            if page.locator(".send .primary").count():
                page.locator(".send .primary").click()
                page.wait_for_selector(".trouble")
                refuse_probes(page, kind)
                assert page.locator("main input:not([type=hidden]), main textarea").first.input_value() == PROBE
        page.goto(f"/board/welcome/{probes.token}")
        refuse_probes(page, "welcome")


@pytest.mark.parametrize(("role", "who"), [("volunteer", {"volunteer": "v01"}), ("team-lead", {"team": "t-donghe"}), ("viewer", {})])
def test_members_pages(browser, probes, role, who):
    probes.person(f"member-{role}", role, **who)
    with probes.visitor(browser, login=f"member-{role}", role=role, at=f"{HOME}/mine") as page:
        refuse_probes(page, role)
