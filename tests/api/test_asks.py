"""Questions over HTTP: the answers are those of the command line, on stored facts and on facts brought along."""

from __future__ import annotations

import json

import pytest
from answering import AnswersHere
from databases import fresh_database
from keeping import HERE, SCENARIOS
from keeping import wu as wu_scenario

from matcher.domain.scenario import PlanningWindow
from matcher.planning.suggest import suggest
from matcher.problem.check import check
from matcher.problem.roster import Roster
from matcher.service.asking.askers import Askers, Busy
from matcher.service.asking.asks import Answerer, Ask
from matcher.store import rosters

FACTS = json.loads((SCENARIOS / "wu-bo" / "scenario.json").read_text("utf-8"))
BY_HAND = json.loads((SCENARIOS / "wu-bo" / "by-hand.json").read_text("utf-8"))


def keep(api, document=BY_HAND, **more):
    window = PlanningWindow(start="2026-12-01", end="2027-11-30")
    with api.database.writing(HERE, "li") as session:
        return rosters.add_draft(session, rosters.Made(document, {"valid": True}, window), **more)


@pytest.fixture
def asked(wu):
    """Mr Wu's roster by hand, kept; a coordinator; its id."""
    wu.app.state.askers = AnswersHere(wu.database)
    return wu, wu.as_role("coordinator"), keep(wu)


def test_a_stored_roster_is_judged_by_the_facts_as_they_stand(asked):
    _, li, key = asked
    told = li.get(f"rosters/{key}/check")
    assert told.status_code == 200, told.text
    report = check(wu_scenario(), Roster.model_validate(BY_HAND))
    assert told.json()["valid"] == report.valid
    assert [tier["value"] for tier in told.json()["tiers"]] == [tier.value for tier in report.tiers]
    assert told.json() == li.post("/v1/check", json={"scenario": FACTS, "roster": BY_HAND}).json()


def test_suggest_says_what_the_command_says_and_follows_the_facts(asked):
    _api, li, key = asked
    visit = BY_HAND["visits"][0]["id"]
    told = li.post(f"rosters/{key}/suggest", json={"visit": visit, "count": 50})
    assert told.status_code == 200, told.text
    expected = suggest(wu_scenario(), Roster.model_validate(BY_HAND), visit, count=50).to_dict("en")
    names = [[one["volunteer"] for one in seat["people"]] for seat in told.json()["seats"]]
    assert names == [[one["volunteer"] for one in seat["people"]] for seat in expected["seats"]]
    assert "blocked" not in told.json()["seats"][0]
    given = li.post("/v1/suggest", json={"scenario": FACTS, "roster": BY_HAND, "visit": visit, "count": 50})
    assert given.json() == told.json()
    # Who declines that visit is no longer suggested.
    first = names[0][0]
    li.post("declines", json={"visit": visit, "volunteer": first})
    after = li.post(f"rosters/{key}/suggest", json={"visit": visit, "count": 50}).json()
    assert first not in [one["volunteer"] for one in after["seats"][0]["people"]]
    stale = li.post(f"rosters/{key}/suggest", json={"visit": visit, "count": 50, "max_age": 3600}).json()
    assert stale == after


def test_a_team_lead_is_told_of_the_team_only(asked):
    api, _li, key = asked
    people = {one["id"]: one.get("team") for one in FACTS["volunteers"]}
    team = next(name for name in people.values() if name)
    lead = api.as_role("team-lead", team=team)
    told = lead.post(f"rosters/{key}/suggest", json={"visit": BY_HAND["visits"][0]["id"], "blocked": True}).json()
    named = [one["volunteer"] for seat in told["seats"] for one in (*seat["people"], *seat["blocked"])]
    assert {people[name] for name in named} <= {team}


def test_explain_says_why_in_the_callers_language(asked):
    _, li, key = asked
    visit = BY_HAND["visits"][0]["id"]
    told = li.post(f"rosters/{key}/explain", json={"visit": visit, "fixes": 0})
    assert told.status_code == 200, told.text
    assert told.json()["account"]["visit"] == visit
    zh = li.post(f"rosters/{key}/explain", json={"visit": visit, "fixes": 0}, headers={"Accept-Language": "zh"}).json()
    assert "12月12日（周六）" in zh["lines"][0]
    assert told.json()["lines"] != zh["lines"]
    whole = li.post("/v1/explain", json={"scenario": FACTS, "roster": BY_HAND, "seconds": 1})
    assert whole.status_code == 200, whole.text


def test_unknown_names_are_refused_with_what_was_perhaps_meant(asked):
    _, li, key = asked
    for path, body in (
        (f"rosters/{key}/explain", {"volunteer": "v0l"}), (f"rosters/{key}/explain", {"wish": "wu-escor"}),
        (f"rosters/{key}/explain", {"visit": "wu-escort/2099-12"}), (f"rosters/{key}/suggest", {"visit": "x/1"}),
        (f"rosters/{key}/suggest", {"visit": "wu-escort/2026-12", "role": "pilot"}),
    ):
        told = li.post(path, json=body)
        assert (told.status_code, told.json()["code"]) == (422, "bad-input"), told.text
    assert li.get("rosters/nothing/check").status_code == 404
    strange = BY_HAND | {"visits": [BY_HAND["visits"][0] | {"wish": "other"}]}
    told = li.post("/v1/check", json={"scenario": FACTS, "roster": strange})
    assert told.status_code == 422
    assert told.json()["faults"][0]["path"][:2] == ["visits", 0]


def test_two_rosters_are_compared(asked):
    api, li, key = asked
    other = keep(api, BY_HAND | {"visits": BY_HAND["visits"][1:]})
    told = li.post(f"rosters/{key}/compare", json={"other": other})
    assert told.status_code == 200, told.text
    changed = [one["visit"] for one in told.json()["comparison"]["visits"]]
    assert BY_HAND["visits"][0]["id"] in changed


def test_an_absence_is_repaired_with_the_fewest_changes_and_kept_as_a_draft(asked):
    api, li, key = asked
    first = BY_HAND["visits"][0]
    gone = first["assigned"][0]["volunteer"]
    body = {"declines": [{"visit": first["id"], "volunteer": gone}], "seconds": 5}
    only_looked = li.post(f"rosters/{key}/replan", json=body | {"keep": False})
    assert only_looked.status_code == 200, only_looked.text
    done = li.post(f"rosters/{key}/replan", json=body, headers={"Idempotency-Key": "r1"})
    assert done.status_code == 201, done.text
    told = done.json()
    assert told["replan"]["cost"]["changes"] >= 1
    assert gone in {one["volunteer"] for one in told["news"]}
    assert gone in {one["to"] for one in told["messages"]}
    again = li.post(f"rosters/{key}/replan", json=body, headers={"Idempotency-Key": "r1"})
    assert again.json()["id"] == told["id"]
    with api.database.reading(HERE) as session:
        kept = rosters.get(session, told["id"])
    assert (kept.state, kept.replaces) == ("draft", key)
    assert kept.report["news"]["declines"] == body["declines"]
    visits = {visit["id"]: visit for visit in told["roster"]["visits"]}
    assert gone not in {seat["volunteer"] for seat in visits[first["id"]]["assigned"]}
    impossible = li.post(f"rosters/{key}/replan", json=body | {"max_changes": 0})
    assert (impossible.status_code, impossible.json()["code"]) == (409, "contradiction")
    assert impossible.json()["demands"]


def test_claims_are_screened_and_decided(asked):
    _api, li, _ = asked
    proposed = li.post("screening", json={"wish": "wu-escort", "take": 5, "afresh": True})
    assert proposed.status_code == 200, proposed.text
    states = proposed.json()["states"]
    assert list(states.values()).count("chosen") == 5
    before = li.get("claims", params={"wish": "wu-escort", "state": "chosen", "limit": 200}).json()["items"]
    decided = li.post("./screening:apply", json={"wish": "wu-escort", "take": 5, "afresh": True})
    assert decided.status_code == 200, decided.text
    after = li.get("claims", params={"wish": "wu-escort", "state": "chosen", "limit": 200}).json()["items"]
    assert {one["key"] for one in after} == {key for key, state in states.items() if state == "chosen"}
    assert before != after
    given = li.post("/v1/screen", json={"scenario": FACTS, "wish": "wu-escort", "take": 5, "afresh": True})
    assert given.json()["states"] == states


def ask(kind="check", **more):
    values = {"visit": "wu-escort/2026-12", "count": 3}
    return Ask(kind, "en", scenario=FACTS, given=(BY_HAND,), values=values, **more)


@pytest.fixture
def file(tmp_path):
    """A database in a file: what it is makes no difference here."""
    with fresh_database(str(tmp_path / "matcher.db")) as made:
        yield made


def test_who_waits_too_long_or_comes_when_there_is_no_room_is_told_to_come_back(file, monkeypatch):
    monkeypatch.setattr("matcher.service.asking.askers.MOST_WAITING", 1)
    monkeypatch.setattr("matcher.service.asking.askers._COLD_SECONDS", 0)
    asleep = Askers(file, command=["sleep", "60"])
    try:
        first, second = (asleep.ask(ask(), seconds=0.3) for _ in range(2))
        with pytest.raises(Busy, match="Try again"):
            asleep.ask(ask())
        for future in (first, second):
            with pytest.raises(Busy, match="no answer after"):
                future.result(10)
    finally:
        asleep.close()


def test_a_process_that_ends_is_begun_anew_and_a_bug_is_told_by_its_place(file):
    askers = Askers(file)
    try:
        assert askers.ask(ask()).result(60)["valid"] in (True, False)
        keeper = askers._lanes["quick"].keepers[0]
        keeper.process.kill()
        assert askers.ask(ask("suggest")).result(60)["visit"] == "wu-escort/2026-12"
        with pytest.raises(RuntimeError, match="KeyError"):
            askers.ask(ask("nonsense")).result(60)
    finally:
        askers.close()


def test_facts_that_nobody_asks_about_are_forgotten(file):
    answerer = Answerer(file)
    for number in range(12):
        document = json.loads(json.dumps(FACTS))
        document["wishes"][0]["title"] = f"心愿{number}"
        answerer.answer(Ask("check", "en", scenario=document, given=(BY_HAND,)))
    assert len(answerer._known) == 8
    assert answerer.forget()


def test_in_the_middle_of_the_year_what_is_over_stands_in_no_answers_way(asked):
    api, li, key = asked
    first, later = BY_HAND["visits"][0], BY_HAND["visits"][3]
    after = "2027-01-10T09:00:00+08:00"
    assert first["start"] < after < later["start"]
    etag = li.get("program").headers["ETag"]
    assert li.patch("program", json={"as_of": after}, headers={"If-Match": etag}).status_code == 200
    assert li.get(f"rosters/{key}/check").status_code == 200
    told = li.post(f"rosters/{key}/suggest", json={"visit": later["id"]})
    assert told.status_code == 200, told.text
    account = li.post(f"rosters/{key}/explain", json={"visit": later["id"]})
    assert account.status_code == 200, account.text
    # a change by hand leaves what is over as it was
    who, other = later["assigned"][0]["volunteer"], told.json()["seats"][0]["people"][0]["volunteer"]
    edited = li.post(f"rosters/{key}/edits", json={"changes": [
        {"op": "replace", "visit": later["id"], "volunteer": who, "by": other}
    ]})
    assert edited.status_code == 201, edited.text
    visits = li.get(f"rosters/{edited.json()['id']}").json()["roster"]["visits"]
    assert visits[0] == li.get(f"rosters/{key}").json()["roster"]["visits"][0]
    assert len(visits) == len(BY_HAND["visits"])
    # a visit nobody ever asked for is still objected to
    strange = BY_HAND | {"visits": [*BY_HAND["visits"], later | {"id": "wu-escort/2031-01"}]}
    assert li.get(f"rosters/{keep(api, strange)}/check").status_code == 422
