"""The access table, asked line by line: every role, every operation, one's own tenant and foreign ones."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute
from keeping import HERE
from keeping import wu as scenario
from serving import Api

from matcher.api.routers import routers
from matcher.exchange.assemble import FACTS
from matcher.service.accounts.access import ACCESS, Breadth, Level, Role
from matcher.service.accounts.auth import new_key
from matcher.store.accounts import Holding
from matcher.store.facts import put
from matcher.store.scope import Scope

NEIGHBOUR = Scope("huizhou", "xihe")
"""Another community of the same district."""
FAR = Scope("guilin", "donghe")
"""A community of the same name in another district."""
TEAM, MINE = "t-donghe", "v01"
ROUTES = {
    route.operation_id: (sorted(route.methods)[0], route.path)
    for router in routers() for route in router.routes if isinstance(route, APIRoute)
}
NOT_BY_ROLE = {"metrics.get"}  # by the address it is asked from
COLUMNS = {
    Role.COORDINATOR: "coordinator", Role.LEAD: "lead", Role.VOLUNTEER: "volunteer", Role.SYSTEM: "system",
    Role.VIEWER: "viewer",
}
CALLERS = {
    "admin": Holding("admin"),
    "district admin": Holding("admin", HERE.district),
    "district coordinator": Holding("coordinator", HERE.district),
    "coordinator": Holding("coordinator", HERE.district, HERE.community),
    "team lead": Holding("team-lead", HERE.district, HERE.community, TEAM),
    "volunteer": Holding("volunteer", HERE.district, HERE.community, None, MINE),
    "system": Holding("system", HERE.district, HERE.community),
    "viewer": Holding("viewer", HERE.district, HERE.community),
}


@pytest.fixture
def town(database):
    """Three communities in two districts, all with Mr Wu's facts."""
    with Api(database, rate_limits=False) as api:
        for scope in (HERE, NEIGHBOUR, FAR):
            api.keep_wu(scope)
        yield api


def client_of(api, holding):
    _, secret = new_key(api.database, holding, "li")
    return api.client({"Authorization": f"Bearer {secret.text}"})


def ask(client, operation, scope):
    """Call an operation on a scope, with names of nothing and an empty body; who may not is told so before."""
    method, path = ROUTES[operation]
    path = path.replace("{district}", scope.district).replace("{community}", str(scope.community))
    path = re.sub(r"\{\w+(:\w+)?\}", "nothing", path)
    body = None if method in ("GET", "DELETE") else {}
    return client.request(method, path, json=body, headers={"If-Match": "*"})


def expected(operation, holding):
    """What the table says, read a second time: "yes" or "no"."""
    access = ACCESS[operation]
    if access.level is Level.OPEN:
        return "yes"
    if (access.level is Level.SERVER and holding.district) or (access.level is Level.DISTRICT and holding.community):
        return "no"
    role = Role(holding.role)
    return "yes" if role is Role.ADMIN or getattr(access, COLUMNS[role]) else "no"


def verdict(answer):
    """How a request was received: "yes" (whatever became of it), "no", "who", or "not there" for a tenant."""
    if answer.status_code in (401, 403):
        return {401: "who", 403: "no"}[answer.status_code]
    assert answer.status_code < 500, answer.text
    codes = set()
    if answer.status_code == 404:
        codes = {fault["code"] for fault in answer.json()["faults"]}
    return "not there" if codes & {"no-community", "no-district"} else "yes"


def test_every_route_has_a_line():
    assert sorted(set(ROUTES) - set(ACCESS)) == []
    assert all(ROUTES), "a route without an operation_id"


def parts_of(dependant):
    """What a route depends on, and what that does."""
    for part in dependant.dependencies:
        yield part
        yield from parts_of(part)


def test_every_route_asks_for_its_own_operation():
    wrong = {}
    for router in routers():
        for route in router.routes:
            if isinstance(route, APIRoute):
                asked = {getattr(part.call, "operation", None) for part in parts_of(route.dependant)} - {None}
                if asked != {route.operation_id}:
                    wrong[route.operation_id] = asked
    assert wrong == {}


def test_every_line_has_a_route():
    # These two are the app's own, not a router's.
    assert sorted(set(ACCESS) - set(ROUTES) - {"openapi.get", "schema.get"}) == []


def lines_for(api):
    """Every operation that goes by role; on PostgreSQL, where the same code runs, every fifth."""
    found = [operation for operation in ROUTES if operation in ACCESS and operation not in NOT_BY_ROLE]
    return found if api.database.file is not None else found[::5]


def test_every_role_on_the_own_tenant(town):
    wrong = {}
    for who, holding in CALLERS.items():
        client = client_of(town, holding)
        for operation in lines_for(town):
            found, wanted = verdict(ask(client, operation, HERE)), expected(operation, holding)
            # Open addresses go by their own secret: an unknown one is nobody's, 401 or 404.
            if found != wanted and ACCESS[operation].level is not Level.OPEN:
                wrong[who, operation] = (found, wanted)
    assert wrong == {}


def test_every_role_on_foreign_tenants(town):
    wrong = {}
    for who, holding in CALLERS.items():
        client = client_of(town, holding)
        for operation in lines_for(town):
            if "{community}" not in ROUTES[operation][1] or ACCESS[operation].level is Level.OPEN:
                continue
            for scope in (NEIGHBOUR, FAR):
                mine = holding.district is None or (holding.community is None and holding.district == scope.district)
                found = verdict(ask(client, operation, scope))
                wanted = expected(operation, holding) if mine else "not there"
                if found != wanted:
                    wrong[who, operation, str(scope)] = (found, wanted)
    assert wrong == {}


def test_nobody_without_an_account(town):
    wrong = {}
    client = town.client()
    for operation in lines_for(town):
        found = verdict(ask(client, operation, HERE))
        if (found == "who") != (ACCESS[operation].level is not Level.OPEN) and "token" not in ROUTES[operation][1]:
            wrong[operation] = found
    assert wrong == {}


def test_a_foreign_tenant_sounds_like_one_that_does_not_exist(town):
    client = client_of(town, CALLERS["coordinator"])
    there, nowhere = (client.get(f"/v1/districts/huizhou/communities/{name}/wishes").json() for name in ("xihe", "xxxx"))
    assert there["faults"][0]["message"].replace("xihe", "xxxx") == nowhere["faults"][0]["message"]
    assert {**there, "faults": [], "detail": "", "request_id": ""} == {**nowhere, "faults": [], "detail": "", "request_id": ""}


def test_a_plan_of_another_tenant_is_not_there(town):
    scope = {"district": NEIGHBOUR.district, "community": NEIGHBOUR.community}
    admin = client_of(town, CALLERS["admin"])
    asked = admin.post("/v1/plans", json={"scope": scope, "config": {"seconds": 1}})
    assert asked.status_code == 202, asked.text
    coordinator = client_of(town, CALLERS["coordinator"])
    for operation, (method, path) in ROUTES.items():
        if path.startswith("/v1/plans/{plan}"):
            answer = coordinator.request(method, path.replace("{plan}", asked.json()["id"]))
            assert answer.status_code == 404, operation
    foreign = coordinator.post("/v1/plans", json={"scope": scope, "config": {"seconds": 1}})
    assert foreign.status_code == 404


# ------------------------------------------------------------------------------ other teams, other people

OWNED = ("volunteers", "claims", "declines", "pairings", "history", "published", "pins")
"""Nouns with rows of a person."""


def keys_of(api, noun, other):
    """Keys of a row of ``MINE`` and one of ``other``; made if Mr Wu's facts have none."""
    facts = scenario()
    if noun == "volunteers":
        return [MINE, other]
    if noun == "claims":
        return [next(claim.id for claim in facts.claims if claim.volunteer == who) for who in (MINE, other)]
    seat = {"visit": "wu-escort/2026-12", "role": "driver"}
    documents = {
        "declines": {"visit": "wu-escort/2026-12"}, "pairings": {"resident": "wu"}, "published": seat, "pins": seat,
        "history": {"role": "driver", "start": "2026-11-01T09:00:00+08:00", "minutes": 60, "outcome": "done"},
    }
    with api.database.writing(HERE, "li") as session:
        return [put(session, noun, documents[noun] | {"volunteer": who}).key for who in (MINE, other)]


def test_a_volunteer_sees_the_own_rows_and_a_lead_the_teams(wu):
    facts = scenario()
    other = next(person for person in facts.volunteers if person.team not in (None, TEAM))
    volunteer, lead = wu.as_role("volunteer", volunteer=MINE), wu.as_role("team-lead", team=TEAM)
    for noun in OWNED:
        keys = keys_of(wu, noun, other.id)
        access = ACCESS[f"{noun}.get"]
        assert (access.volunteer, access.lead) == (Breadth.OWN, Breadth.TEAM), noun
        assert [volunteer.get(f"{noun}/{key}").status_code for key in keys] == [200, 404], noun
        listed = {row["key"] for row in volunteer.get(noun).json()["items"]}
        assert keys[0] in listed
        assert keys[1] not in listed
        mine, others = (lead.get(f"{noun}/{key}") for key in keys)
        assert (mine.status_code, others.status_code) == (200, 200), noun
        whole = others.text + lead.get(noun).text
        assert other.name not in whole
        assert other.phone not in whole
    mine = lead.get(f"volunteers/{MINE}").json()["fact"]
    assert (mine["name"], mine["phone"]) == (facts.volunteer[MINE].name, facts.volunteer[MINE].phone)


def test_what_is_masked_names_nobody(wu):
    facts = scenario()
    fields = ("name", "phone", "notes", "emergency")
    secrets = {getattr(person, field, None) for person in (*facts.residents, *facts.volunteers) for field in fields}
    secrets |= {place.address for place in facts.places}
    asked = 0
    for role in (Role.VIEWER, Role.LEAD, Role.VOLUNTEER):
        client = wu.as_role(role)
        for noun in FACTS:
            if ACCESS[f"{noun}.list"].breadth(role) is Breadth.MASKED:
                text, asked = client.get(noun).text, asked + 1
                assert not [secret for secret in secrets - {None, ""} if secret in text], (role, noun)
    assert asked > len(OWNED)
