"""``matcher.Client``: typed answers, errors with the server's faults, retries that do nothing twice, events taken up again."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter

import httpx
import pytest
from keeping import HERE, SCENARIOS
from keeping import wu as wu_scenario
from serving import InProcess
from test_plans import working

import matcher
from matcher.client import (
    BadSignature,
    Client,
    Conflict,
    NotAllowed,
    NotThere,
    Refused,
    ServerFault,
    ServerUnavailable,
    verify_webhook,
)
from matcher.domain.wishes import Wish
from matcher.errors import BadInput, Contradiction
from matcher.problem.roster import Roster
from matcher.service.accounts.auth import new_key
from matcher.service.webhooks.signatures import sign
from matcher.store.accounts import Holding

QUICK = {"work": 3, "strategy": "exact"}


class Breaking(httpx.BaseTransport):
    """A line on which the first answers are lost, or replaced; what reaches the server is counted."""

    def __init__(self, inner, *faults):
        self.inner, self.faults, self.sent = inner, list(faults), []

    def handle_request(self, request):
        self.sent.append(request)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, httpx.Response):
            return fault
        if fault == "unheard":
            raise httpx.ConnectError("refused")
        answer = self.inner.handle_request(request)
        if fault == "lost":
            raise httpx.ReadError("broken off")
        return answer


@pytest.fixture
def reach(wu):
    """``reach(*faults)`` is the community, by a client of a coordinator's."""
    _, secret = new_key(wu.database, Holding("coordinator", HERE.district, HERE.community), "li")
    made = []

    def community(*faults, key=secret.text, **more):
        line = Breaking(InProcess(wu.app, wu._portal), *faults)
        client = Client("http://testserver", key, lang="en", transport=line, **more)
        client._wire._pause = lambda seconds: None
        made.append(client)
        found = client.community(HERE.district, HERE.community)
        found.client, found.line = client, line
        return found

    yield community
    for client in made:
        client.close()


def test_the_client_is_there_without_loading_anything_until_it_is_asked_for():
    assert matcher.Client is Client
    assert "Client" in dir(matcher)


def test_facts_come_as_our_own_types(reach):
    here = reach()
    assert here.facts() == wu_scenario()
    (wish,) = here.rows("wishes")
    assert isinstance(wish.fact, Wish)
    assert wish.fact == wu_scenario().wishes[0]
    assert here.client.me()["role"] == "coordinator"


def test_rows_go_over_every_page(reach):
    here = reach()
    # 205 people more than the pages of 100 hold at once.
    some = wu_scenario().volunteers[0].model_dump(mode="json", exclude_defaults=True)
    for start in (0, 103):
        rows = [some | {"id": f"w{n}", "name": f"{n}"} for n in range(start, min(start + 103, 205))]
        here.client.request("POST", f"{here._at}/volunteers:bulk", json={"items": rows})
    assert sum(1 for _ in here.rows("volunteers")) == 23 + 205
    assert len(here.line.sent) == 2 + 3
    assert [row.key for row in here.rows("claims", volunteer="v01")] == ["c01"]


def test_a_fact_is_changed_by_who_knows_its_version(reach):
    here = reach()
    row = here.get("wishes", "wu-escort")
    changed = here.patch("wishes", "wu-escort", {"priority": 3}, version=row.version)
    assert changed.fact.priority == 3
    with pytest.raises(Conflict) as late:
        here.patch("wishes", "wu-escort", {"priority": 2}, version=row.version)
    assert (late.value.status, late.value.code) == (412, "stale")
    with pytest.raises(NotThere):
        here.get("wishes", "nobody's")


def test_every_fault_of_a_file_is_raised_with_its_place(reach, tmp_path):
    document = json.loads((SCENARIOS / "wu-bo" / "scenario.json").read_text("utf-8"))
    document["wishes"][0]["colour"] = "red"
    document["volunteers"][3]["limits"] = {"visits_per_day": -1}
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(document), "utf-8")
    here = reach()
    with pytest.raises(BadInput) as refused:
        here.client.validate(path)
    with pytest.raises(BadInput) as at_home:
        matcher.read_scenario(path, lang="en")
    assert {fault.where for fault in refused.value.faults} == {fault.where for fault in at_home.value.faults}
    assert refused.value.exit_code == 2
    understood = here.client.validate(SCENARIOS / "wu-bo" / "wu-bo.xlsx")
    assert understood.counts["claims"] == 23
    with pytest.raises(Refused) as unnamed:
        here.bring_in(SCENARIOS / "wu-bo" / "wu-bo.xlsx")
    assert unnamed.value.status == 428
    assert here.bring_in(SCENARIOS / "wu-bo" / "scenario.json", version="*").removed == 0


def test_what_a_key_may_not_is_said(reach):
    with pytest.raises(NotAllowed) as unknown:
        reach(key="mk_unknown").facts()
    assert unknown.value.status == 401
    with pytest.raises(NotThere):
        reach().client.community("huizhou", "elsewhere").facts()


@pytest.mark.parametrize("fault", ["lost", "unheard", httpx.Response(503), httpx.Response(429, headers={"Retry-After": "1"})])
def test_a_request_that_breaks_off_is_sent_again_and_done_once(reach, fault):
    here = reach(fault)
    plan = here.plan(**QUICK)
    first, second = here.line.sent
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert [one.id for one in here.client.plans(district=HERE.district)] == [plan.id]


def test_a_claim_whose_answer_was_lost_is_one_claim(reach):
    here = reach("lost", "lost")
    wish = here.get("wishes", "wu-escort")  # two answers lost on the way to it
    here.line.faults = ["lost"]
    some = wu_scenario().volunteers[0].model_dump(mode="json", exclude_defaults=True) | {"id": "w1", "name": "w1"}
    assert here.create("volunteers", some).key == "w1"
    here.line.faults = ["lost"]
    made = here.claim(wish.key, "w1", channel="livestream")
    assert not made.again
    assert Counter(row.document["volunteer"] for row in here.rows("claims"))["w1"] == 1


def test_a_change_by_version_is_not_sent_twice_when_it_may_have_arrived(reach):
    here = reach()
    row = here.get("wishes", "wu-escort")
    here.line.faults = ["lost"]
    with pytest.raises(ServerUnavailable):
        here.patch("wishes", "wu-escort", {"priority": 3}, version=row.version)
    assert here.get("wishes", "wu-escort").version == row.version + 1
    here.line.faults = ["unheard"]
    assert here.patch("wishes", "wu-escort", {"priority": 5}, version=row.version + 1).fact.priority == 5


def test_a_server_that_stays_away_is_given_up(reach):
    here = reach(*["unheard"] * 9, tries=3)
    with pytest.raises(ServerUnavailable, match="matcher serve"):
        here.facts()
    assert len(here.line.sent) == 3
    with pytest.raises(ServerUnavailable) as strange:
        reach(httpx.Response(404, text="<html>nginx</html>")).facts()
    assert strange.value.code == "not-matcher"
    bug = {"code": "bug", "title": "A fault in matcher", "request_id": "r1", "status": 500}
    with pytest.raises(ServerFault, match="r1"):
        reach(httpx.Response(500, json=bug)).facts()


def test_a_feed_whose_answer_was_lost_is_made_anew(reach):
    here = reach("lost")
    assert here.feed("v01").endswith(".ics")


@pytest.mark.parametrize("url", ["", "matcher.example.org", "ftp://x", "http://", "http://[::1"])
def test_what_is_no_address_is_said(url):
    with pytest.raises(BadInput):
        Client(url, "mk_x", lang="en", tries=1).me()


def test_without_httpx_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(BadInput, match="matcher\\[client\\]"):
        Client("http://localhost")


def test_a_plan_is_watched_waited_for_fetched_and_published(wu, reach):
    here = reach()
    with working(wu.database):
        plan = here.plan(**QUICK).wait(180)
        events = list(plan.events())
        assert [event.sequence for event in events] == list(range(1, len(events) + 1))
        assert (events[0].kind, events[-1].kind) == ("submitted", "ended")
        # The line breaks behind the third event: the client goes on behind it.
        here.line.faults = ["lost"]
        assert [event.sequence for event in plan.events(after=3)] == [event.sequence for event in events[3:]]
        assert here.line.sent[-1].headers["Last-Event-ID"] == "3"
    roster = plan.roster()
    assert isinstance(roster, Roster)
    status = plan.status()
    assert (status.state, status.is_over) == ("done", True)
    assert plan.report().valid
    assert here.check(status.roster).valid
    assert here.roster(status.roster) == roster
    assert here.publish(status.roster).state == "published"
    assert [one.id for one in here.rosters("published")] == [status.roster]
    assert here.suggest(status.roster, roster.visits[0].id)
    (record,) = here.record([{"visit": roster.visits[0].id, "volunteer": roster.visits[0].assigned[0].volunteer, "outcome": "cancelled"}])
    assert record.fact.outcome == "cancelled"
    assert {one["volunteer"] for one in here.ledger()["people"]} >= {"v11"}


def test_a_plan_that_cannot_be_raises_why(wu, reach):
    scenario = wu_scenario()
    first, second = scenario.volunteers[:2]
    pins = [
        {"visit": "wu-escort/2026-12", "volunteer": one.id, "role": "driver"} for one in (first, second)
    ]
    document = json.loads(scenario.to_json()) | {"pins": pins}
    from matcher.domain.scenario import Scenario

    here = reach()
    with working(wu.database), pytest.raises((Contradiction, BadInput)) as refused:
        here.plan(Scenario.model_validate(document), **QUICK).wait(180)
    # One driver a visit, and two are pinned to it.
    assert "wu-escort/2026-12" in str(refused.value)


def test_a_cancelled_plan_says_so(reach):
    plan = reach().plan(**QUICK)
    assert plan.cancel().state == "cancelled"
    with pytest.raises(Refused, match="cancelled"):
        plan.wait(1)
    with pytest.raises(Conflict):
        plan.roster()


def test_waiting_ends_after_its_time(reach):
    plan = reach().plan(**QUICK)
    with pytest.raises(TimeoutError):
        plan.wait(0)


def test_the_signature_of_a_webhook_is_verified_by_the_client():
    body = json.dumps({"id": "1", "topic": "run.ended"}).encode()
    header = sign(["whsec_1"], body, 1_700_000_000)
    assert verify_webhook(body, header, "whsec_1", now=1_700_000_010)["topic"] == "run.ended"
    with pytest.raises(BadSignature):
        verify_webhook(body + b" ", header, "whsec_1", now=1_700_000_010)


def test_many_clients_at_once_share_nothing(reach):
    here = reach()
    found = []
    threads = [threading.Thread(target=lambda: found.append(here.get("wishes", "wu-escort").version)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 4
