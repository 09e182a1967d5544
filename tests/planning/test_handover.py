"""Handovers: who introduces somebody new to a resident, at which visit, and when it is said that nobody can."""

from __future__ import annotations

from datetime import datetime

import pytest
from small_town import person, town

from matcher.exchange.messages import messages
from matcher.exchange.page import render_phone_list, render_slip
from matcher.exchange.paper import Paper
from matcher.exchange.plan import Plan
from matcher.planning.changes import Away, Changes
from matcher.planning.handover import Handover, handovers
from matcher.planning.replan import replan
from matcher.problem.check import check
from matcher.problem.roster import Roster, RosterVisit, Seat

SATURDAYS = [f"2026-12-{day:02}T09:00:00+08:00" for day in (5, 12, 19, 26)]
READER = [{"name": "reading", "level": 2}]
READS = [{"id": "reader", "title": "读报", "skills": READER}]
FREE = {"days": "any", "start": "08:00", "end": "20:00"}


def reading(policy, **more):
    """A Saturday visit to Li, who is read to."""
    return {
        "id": "reading", "kind": "visit", "title": "读报", "resident": "li", "place": "hall", "minutes": 60,
        "recurrence": {"at": SATURDAYS}, "roles": READS, "staffing": {"policy": policy},
    } | more


def done(name, day):
    return {
        "wish": "reading", "visit": f"reading/{day}T0900", "resident": "li", "volunteer": name, "role": "reader",
        "start": f"{day}T09:00:00+08:00", "minutes": 60, "outcome": "done",
    }


def world(old, *others, policy="pair", history=("2026-11-14", "2026-11-21"), **facts):
    pairings = [{"volunteer": "old", "resident": "li"}] if policy == "pair" else []
    people = [person("old", phone="13800000001") | old, *others, person("new", skills=READER, phone="13800000002")]
    return town(
        people, [reading(policy)], residents=[{"id": "li", "name": "李奶奶", "home": "home-12", "phone": "13800000003"}],
        pairings=pairings, history=[done("old", day) for day in history], **facts,
    )


def served(problem, *people):
    """The Saturdays served by these people in turn; None: nobody."""
    visits = tuple(
        RosterVisit(
            id=visit.id, wish="reading", start=datetime.fromisoformat(start), end=problem.expanded.calendar.moment(
                problem.expanded.calendar.minute_of(datetime.fromisoformat(start)) + 60),
            assigned=(Seat(role="reader", volunteer=name),),
        )
        for visit, start, name in zip(problem.visits, SATURDAYS, people, strict=True)
        if name
    )
    made = Roster(program="小镇", scenario=problem.scenario.fingerprint, visits=visits)
    assert check(problem.scenario, made).valid
    return made


def of(problem, made):
    return [(one.first, one.visit, one.companion, one.why, one.in_the_way) for one in handovers(problem.expanded, made)]


@pytest.mark.parametrize("policy", ["pair", "steady"])
def test_who_may_no_longer_serve_comes_along_the_first_time(policy):
    problem = world({"skills": []}, policy=policy)
    made = served(problem, "new", "new", "new", "new")
    # Old has lost the skill the seat asks for, but is free: once is enough, at the first of the four.
    first = "reading/2026-12-05T0900"
    assert of(problem, made) == [(first, first, "old", ("has_the_skills",), ())]


@pytest.mark.parametrize("policy", ["pair", "steady"])
def test_who_goes_away_is_visited_along_with_before(policy):
    problem = world({"skills": READER, "unavailable": [
        {"start": "2026-12-15T00:00:00+08:00", "end": "2027-02-01T00:00:00+08:00"}]}, policy=policy)
    made = served(problem, "old", "old", "new", "new")
    # On the 19th old is away; the last of old's own visits is the 12th.
    assert of(problem, made) == [
        ("reading/2026-12-19T0900", "reading/2026-12-12T0900", "new", ("is_available",), ())
    ]


def test_where_both_can_never_be_it_says_why():
    gone = [{"start": "2026-11-25T00:00:00+08:00", "end": "2027-02-01T00:00:00+08:00"}]
    problem = world({"name": "老王", "skills": READER, "unavailable": gone})
    (one,) = handovers(problem.expanded, served(problem, "new", "new", "new", "new"))
    assert (one.visit, one.companion, one.in_the_way) == (None, None, ("is_available",))
    assert one.say("zh") == (
        "李奶奶的“读报”12月5日（周六）09:00改由new来（老王：时间不合适）。两个人凑不到一次，"
        "建议社区的人陪new去头一次，或请老王先在电话里交代。"
    )
    assert "somebody of the community could go along" in one.say("en")


def test_a_companion_counts_towards_own_limits():
    # One visit a week: old is at the hall that day already, so cannot come along as well.
    tied = {"skills": [], "limits": {"visits_per_week": 1}}
    problem = world(tied)
    busy = [{"visit": "elsewhere/1", "start": "2026-12-04T09:00:00+08:00", "end": "2026-12-04T10:00:00+08:00",
             "role": "helper", "volunteer": "old"}]
    burdened = world(tied, published=busy)
    crews = ("new", "new", "new", "new")
    assert of(problem, served(problem, *crews))[0][2] == "old"
    assert of(burdened, served(burdened, *crews))[0][2:] == (None, ("has_the_skills",), ("keeps_own_limits",))


def test_a_companion_is_not_in_two_places():
    problem = world({"skills": []}, published=[{
        "visit": "elsewhere/1", "start": "2026-12-05T09:30:00+08:00", "end": "2026-12-05T10:30:00+08:00",
        "role": "helper", "volunteer": "old"}])
    made = served(problem, "new", "new", "new", "new")
    assert of(problem, made)[0][2:] == (None, ("has_the_skills",), ("is_in_one_place_at_a_time",))


def test_whom_the_resident_does_not_accept_does_not_come_along():
    problem = world({"skills": READER})
    banning = problem.scenario.residents[0]
    refused = type(problem).of(problem.scenario.with_changes(
        residents=(type(banning)(**dict(banning) | {"banned": ("old",)}),)))
    made = served(refused, "new", "new", "new", "new")
    assert of(refused, made)[0][2:] == (
        None, ("is_accepted_by_the_resident",), ("is_accepted_by_the_resident",))


def test_who_left_the_list_is_named_as_gone():
    problem = world({"skills": READER}, policy="steady")
    left = type(problem).of(problem.scenario.with_changes(
        volunteers=tuple(one for one in problem.scenario.volunteers if one.id != "old")))
    made = served(left, "new", "new", "new", "new")
    assert of(left, made) == [("reading/2026-12-05T0900", None, None, ("gone",), ("gone",))]


def test_nothing_to_hand_over():
    # The resident knows new from history.
    known = world({"skills": []}, history=("2026-11-21",))
    known = type(known).of(known.scenario.with_changes(history=(
        *known.scenario.history, type(known.scenario.history[0])(**done("new", "2026-11-14")))))
    assert of(known, served(known, "new", "new", "new", "new")) == []
    # A second face beside somebody steady who goes on.
    steady = world({"skills": READER}, policy="steady")
    assert of(steady, served(steady, "new", "old", "old", "old")) == []
    # Nobody has ever come: nobody can introduce.
    fresh = world({"skills": READER}, policy="steady", history=())
    assert of(fresh, served(fresh, "new", "new", "new", "new")) == []
    # Taking turns is meant to bring others.
    turns = world({"skills": []}, policy="rotate")
    assert of(turns, served(turns, "new", None, None, None)) == []


def test_replan_asks_both_and_tells_the_resident():
    problem = world({"name": "老王", "skills": READER})
    told = served(problem, "old", "old", "old", "old")
    away = Away("old", datetime.fromisoformat("2026-12-15T00:00:00+08:00"))
    repaired = replan(problem.scenario, told, Changes(absences=(away,)))
    (one,) = repaired.new_handovers
    assert (one.first, one.visit, one.companion) == (
        "reading/2026-12-19T0900", "reading/2026-12-12T0900", "new")
    paper = Paper(Plan(repaired.scenario, repaired.roster, repaired.report, handovers=repaired.handovers))
    texts = {message.key: message.text for message in messages(paper, repaired.diff, repaired.new_handovers)}
    assert "12月12日 周六 09:00–10:00“读报”，想请您先跟老王去一次，认认门、见见面。" in texts["new"]
    assert "我们请了new跟您一起去，以后由new来，请您帮着交代一下。" in texts["old"]
    assert "老王、new会一起来" in texts["li"] or "new、老王会一起来" in texts["li"]
    # Repairing something else later does not ask again.
    again = replan(repaired.scenario, repaired.roster)
    assert again.handovers
    assert not again.new_handovers


def test_the_slip_and_the_phone_list_name_the_companion():
    problem = world({"name": "老王", "skills": []})
    made = served(problem, "new", "new", "new", "new")
    plan = Plan(problem.scenario, made, check(problem.scenario, made), handovers=handovers(problem.expanded, made))
    paper = Paper(plan)
    slip = render_slip(paper, "new")
    assert slip.count("<dt>交接</dt><dd>老王</dd>") == 1
    phones = render_phone_list(paper)
    assert phones.count("想请同去交接") == 1
    assert "13800000001" in phones
    assert "13800000001" not in slip


def test_a_handover_is_a_value():
    problem = world({"skills": []})
    (one,) = handovers(problem.expanded, served(problem, "new", "new", "new", "new"))
    assert isinstance(one, Handover)
    with pytest.raises(AttributeError):
        one.visit = "another"
