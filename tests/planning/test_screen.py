"""Screening claims: the needs tier first, then a stated order that no row and no name can bend."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from small_town import SCENARIOS, event, person, town

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.exchange import read_scenario, write_scenario
from matcher.planning.contenders import claim_key
from matcher.planning.screen import screen, screen_all
from matcher.problem.eligibility import Eligibility
from matcher.problem.expand import expand

DAYS = ("2026-12-05", "2026-12-06", "2026-12-12", "2026-12-13")
NINE = "2026-11-20T09:00:00+08:00"


def free_on(*days):
    return {"availability": [{"days": "any", "since": day, "until": day} for day in days]}


def claim(name, at=NINE, **more):
    return {"id": f"c-{name}", "wish": "ride", "volunteer": name, "at": at} | more


def facts(volunteers, claims, days=DAYS[:2], *, settings=None, wish=None, **more):
    """A wish for claimants only, one seat a day at nine, one turn each."""
    starts = [f"{day}T09:00:00+08:00" for day in days]
    staffing = {"policy": "rotate", "max_turns": 1}
    ride = event("ride", starts, claimants_only=True, **({"staffing": staffing} | (wish or {})))
    return town(volunteers, [ride], claims=claims, settings=settings, **more).scenario


def lists(screening):
    return tuple([one.claim for one in part] for part in (screening.chosen, screening.waitlist, screening.declined))


def codes(screening, name):
    """The codes of one claim's reason."""
    everybody = (*screening.chosen, *screening.waitlist, *screening.declined, *screening.closed)
    return [phrase.code for one in everybody if one.claim == name for phrase in one.why.phrases]


def faults(*arguments, **options):
    with pytest.raises(BadInput) as refused:
        screen(*arguments, **options)
    return [fault.code for fault in refused.value.faults]


def wu_bo():
    return Scenario.model_validate_json((SCENARIOS / "wu-bo" / "scenario.json").read_text("utf-8"))


# ------------------------------------------------------------------------------------------------ Mr Wu


def test_mr_wu_has_twelve_chosen_and_eleven_on_the_waitlist():
    screened = screen(wu_bo(), "wu-escort", 12, afresh=True)
    # The first twelve to claim can drive one month each; v20 to v22 have no car or live too far, so c23 waits before them.
    assert lists(screened) == (
        [f"c{number:02}" for number in range(1, 13)],
        [f"c{number:02}" for number in (*range(13, 20), 23, 20, 21, 22)],
        [],
    )
    assert (screened.seats, screened.filled, screened.proven) == (12, 12, True)


def test_without_a_number_mr_wu_gets_as_few_people_as_his_year_needs():
    # Twelve months, one turn each: no eleven people are enough.
    assert screen(wu_bo(), "wu-escort", afresh=True).take == 12


def shuffled(told, seed):
    """The same facts with the rows of every table in another order."""
    dice = random.Random(seed)
    tables = {name: list(getattr(told, name)) for name in ("volunteers", "claims", "places", "history", "teams")}
    for rows in tables.values():
        dice.shuffle(rows)
    return told.with_changes(**{name: tuple(rows) for name, rows in tables.items()})


def account(told):
    """Both lists with every reason, to the letter."""
    return screen(told, "wu-escort", 12, afresh=True).lines("zh")


def test_the_order_of_rows_makes_no_difference():
    expected = account(wu_bo())
    assert all(account(shuffled(wu_bo(), seed)) == expected for seed in range(4))


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(10))
def test_a_thousand_orders_of_rows_give_the_same_lists_with_the_same_reasons(hundred):
    told, expected = wu_bo(), account(wu_bo())
    orders = set()
    for seed in range(100 * hundred, 100 * hundred + 100):
        other = shuffled(told, seed)
        orders.add(tuple(one.id for one in other.claims))
        assert account(other) == expected, seed
    assert len(orders) == 100


def the_workbook_in_other_orders(folder, seeds):
    """Claims in the order of a workbook's rows, and the account of what is read from it."""
    for seed in seeds:
        path = folder / f"{seed}.xlsx"
        write_scenario(shuffled(wu_bo(), seed), path, lang="zh")
        read = read_scenario(path).scenario
        yield tuple(one.id for one in read.claims), account(read)


def test_the_order_of_a_workbooks_rows_makes_no_difference(tmp_path):
    found = list(the_workbook_in_other_orders(tmp_path, range(2)))
    expected = account(wu_bo())
    assert len({order for order, _ in found}) == 2
    assert all(lines == expected for _, lines in found)


@pytest.mark.slow
def test_forty_orders_of_a_workbooks_rows_give_the_same_lists(tmp_path):
    expected = account(wu_bo())
    found = list(the_workbook_in_other_orders(tmp_path, range(40)))
    assert len({order for order, _ in found}) == 40
    assert all(lines == expected for _, lines in found)


def test_every_claim_has_a_reason_in_both_languages_below_the_rule():
    screened = screen(wu_bo(), "wu-escort", 12, afresh=True)
    for language in ("zh", "en"):
        lines = screened.lines(language)
        # The head, four lines of rule, two heads of lists, 23 claims, what is covered.
        assert len(lines) == 1 + 4 + 2 + 23 + 1
    assert "没有车" in next(line for line in screened.lines("zh") if "范小玲" in line)


# -------------------------------------------------------------------------------------- needs, then order


def test_who_alone_can_go_is_chosen_before_earlier_claims():
    people = [person("early", **free_on(DAYS[0])), person("second", **free_on(DAYS[0])),
              person("last", **free_on(DAYS[1]))]
    claims = [claim("early", "2026-11-20T09:00:00+08:00"), claim("second", "2026-11-20T09:00:01+08:00"),
              claim("last", "2026-11-20T09:00:02+08:00")]
    screened = screen(facts(people, claims), "ride", 2)
    assert lists(screened) == (["c-early", "c-last"], ["c-second"], [])
    assert codes(screened, "c-early") == ["screen_in_order"]
    assert codes(screened, "c-last") == ["screen_needed"]
    assert codes(screened, "c-second") == ["screen_passed"]


def test_an_earlier_claim_wins_where_needs_are_the_same():
    people = [person("a", 5), person("b", 90)]
    claims = [claim("a", "2026-11-20T09:00:01+08:00"), claim("b", "2026-11-20T09:00:00+08:00")]
    screened = screen(facts(people, claims, DAYS[:1]), "ride", 1)
    assert lists(screened) == (["c-b"], ["c-a"], [])
    assert codes(screened, "c-a") == ["screen_full"]


@pytest.mark.parametrize(
    ("loser", "history", "minutes"),
    [
        ("a", [("a", "done"), ("b", "no-show")], {"a": 5, "b": 90}),  # a turn counts before a no-show and the way
        ("a", [("a", "no-show")], {"a": 5, "b": 90}),  # a no-show counts before the way
        ("b", [], {"a": 5, "b": 90}),
    ],
)
def test_claims_of_one_moment_go_by_turns_then_no_shows_then_the_way(loser, history, minutes):
    past = [
        {"volunteer": who, "start": "2026-11-01T09:00:00+08:00", "outcome": outcome} for who, outcome in history
    ]
    people = [person(name, minutes[name]) for name in ("a", "b")]
    screened = screen(facts(people, [claim("a"), claim("b")], DAYS[:1], history=past), "ride", 1)
    assert [one.claim for one in screened.waitlist] == [f"c-{loser}"]
    assert "screen_tie" in codes(screened, "c-a")


def test_what_nothing_else_tells_apart_goes_by_the_key():
    told = facts([person("a"), person("b")], [claim("a"), claim("b")], DAYS[:1])
    first = min(told.claims, key=claim_key)
    assert [one.claim for one in screen(told, "ride", 1).chosen] == [first.id]


def test_a_recent_turn_is_one_within_history_days():
    old = [{"volunteer": "a", "start": "2026-05-01T09:00:00+08:00", "outcome": "no-show"}]  # 207 days before
    told = facts([person("a", 5), person("b", 6)], [claim("a"), claim("b")], DAYS[:1], history=old)
    assert [one.claim for one in screen(told, "ride", 1).chosen] == ["c-a"]


def _most_served(people, free, days):
    """How many days these people can serve, one day each: by trying everything."""
    if not days:
        return 0
    rest = _most_served(people, free, days[1:])
    takes = [1 + _most_served(people - {who}, free, days[1:]) for who in people if days[0] in free[who]]
    return max([rest, *takes])


def _first_best_set(order, free, days, most):
    """The set the rule asks for, among all sets: fewest empty, then earlier in the order, person by person."""
    able = [who for who in order if free[who]]
    sets = [set(some) for size in range(min(most, len(able)) + 1) for some in combinations(able, size)]
    best = max(_most_served(frozenset(some), free, days) for some in sets)
    good = [some for some in sets if _most_served(frozenset(some), free, days) == best]
    return max(good, key=lambda some: [who in some for who in order])


def test_the_choice_is_the_one_found_by_trying_every_set():
    dice = random.Random(11)
    for _ in range(25):
        order = [f"p{number}" for number in range(6)]
        free = {who: set(dice.sample(DAYS, dice.choice((0, 1, 1, 2)))) for who in order}
        most = dice.randint(1, 4)
        claims = [claim(who, f"2026-11-20T09:00:{number:02}+08:00") for number, who in enumerate(order)]
        people = [person(who, **(free_on(*sorted(free[who])) if free[who] else {"availability": []})) for who in order]
        dice.shuffle(people)
        screened = screen(facts(people, claims, DAYS), "ride", most)
        expected = _first_best_set(order, free, DAYS, most)
        assert {one.volunteer for one in screened.chosen} == expected, (free, most)
        assert screened.filled == _most_served(frozenset(expected), free, DAYS)


# --------------------------------------------------------------------------- who cannot, who did not come


def test_who_could_take_no_visit_stands_at_the_end_of_the_waitlist():
    people = [person("busy", availability=[]), person("free"), person("other")]
    claims = [claim("busy", "2026-11-20T08:00:00+08:00"), claim("free"), claim("other", "2026-11-20T10:00:00+08:00")]
    screened = screen(facts(people, claims, DAYS[:1]), "ride", 1)
    assert lists(screened) == (["c-free"], ["c-other", "c-busy"], [])
    assert codes(screened, "c-busy") == ["screen_cannot"]


def test_whoever_has_had_all_their_turns_could_take_no_visit():
    past = [{"wish": "ride", "visit": "ride/2026-10-03T0900", "volunteer": "a", "start": "2026-10-03T09:00:00+08:00"}]
    told = facts([person("a"), person("b")], [claim("a"), claim("b")], DAYS[:1], history=past)
    screened = screen(told, "ride", 2)
    assert lists(screened) == (["c-b"], ["c-a"], [])
    assert [phrase.code for phrase in screened.notes] == ["screen_few_able"]


def test_whom_the_resident_refuses_is_not_chosen_and_does_not_wait():
    resident = {"id": "wu", "name": "吴伯", "banned": ["a"]}
    told = facts(
        [person("a"), person("b")], [claim("a"), claim("b")], DAYS[:1], wish={"resident": "wu"}, residents=[resident]
    )
    screened = screen(told, "ride", 1)
    assert lists(screened) == (["c-b"], [], ["c-a"])
    assert codes(screened, "c-a") == ["screen_refused"]


def test_the_unreliable_are_chosen_with_a_stand_by():
    missed = [{"volunteer": "a", "start": "2026-11-01T09:00:00+08:00", "outcome": "no-show"}]
    told = facts([person("a")], [claim("a")], DAYS[:1], history=missed)
    screened = screen(told, "ride", 1)
    assert codes(screened, "c-a") == ["screen_in_order", "screen_gets_standby"]
    assert told.wish["ride"].staffing.standbys == 0
    assert screened.applied_to(told).wish["ride"].staffing.standbys == 1


def test_fewer_no_shows_than_the_setting_ask_for_no_stand_by():
    missed = [{"volunteer": "a", "start": "2026-11-01T09:00:00+08:00", "outcome": "no-show"}]
    told = facts([person("a")], [claim("a")], DAYS[:1], history=missed, settings={"unreliable_no_shows": 2})
    screened = screen(told, "ride", 1)
    assert codes(screened, "c-a") == ["screen_in_order", "screen_no_shows"]
    assert screened.applied_to(told).wish["ride"].staffing.standbys == 0


# ------------------------------------------------------------------------------------ states over time


def states(scenario):
    return {one.id: one.state for one in scenario.claims}


def test_the_new_states_are_written_and_nothing_else():
    told = facts([person("a"), person("b")], [claim("a"), claim("b", "2026-11-21T09:00:00+08:00")], DAYS[:1])
    after = screen(told, "ride", 1).applied_to(told)
    assert states(after) == {"c-a": "chosen", "c-b": "waitlisted"}
    assert after.with_changes(claims=told.claims).fingerprint == told.fingerprint


def test_a_withdrawn_claim_makes_room_for_the_first_of_the_waitlist():
    people = [person(name) for name in "abc"]
    claims = [
        claim("a", "2026-11-20T09:00:00+08:00", state="withdrawn"),
        claim("b", "2026-11-20T09:00:01+08:00", state="waitlisted"),
        claim("c", "2026-11-20T09:00:02+08:00", state="chosen"),
    ]
    screened = screen(facts(people, claims), "ride", 2)
    assert lists(screened) == (["c-b", "c-c"], [], [])
    assert codes(screened, "c-c") == ["screen_kept"]
    assert codes(screened, "c-a") == ["screen_withdrawn"]


def test_who_was_chosen_stays_even_where_somebody_earlier_asks():
    claims = [claim("a", "2026-11-20T08:00:00+08:00"), claim("b", state="chosen")]
    told = facts([person("a"), person("b")], claims, DAYS[:1])
    assert lists(screen(told, "ride", 1)) == (["c-b"], ["c-a"], [])
    assert lists(screen(told, "ride", 1, afresh=True)) == (["c-a"], ["c-b"], [])


def test_claims_lapse_after_their_days_unless_chosen():
    # As of 24 November 09:00: made on 14 November 08:59 it is more than ten days old, made at 09:00 just ten.
    claims = [
        claim("a", "2026-11-14T08:59:00+08:00"),
        claim("b", "2026-11-14T09:00:00+08:00"),
        claim("c", "2026-11-01T09:00:00+08:00", state="chosen"),
    ]
    told = facts([person(name) for name in "abc"], claims, settings={"claims_lapse_days": 10})
    screened = screen(told, "ride", 2)
    assert states(screened.applied_to(told)) == {"c-a": "lapsed", "c-b": "chosen", "c-c": "chosen"}
    assert codes(screened, "c-a") == ["screen_lapsed"]


def test_days_to_lapse_run_from_the_end_of_claiming():
    told = facts(
        [person("a")], [claim("a", "2026-11-14T08:59:00+08:00")], settings={"claims_lapse_days": 10},
        wish={"claims_close": "2026-11-20T09:00:00+08:00"},
    )
    assert states(screen(told, "ride", 1).applied_to(told)) == {"c-a": "chosen"}


def test_the_waitlist_holds_no_more_than_asked():
    claims = [claim(name, f"2026-11-20T09:00:0{number}+08:00") for number, name in enumerate("abc")]
    screened = screen(facts([person(name) for name in "abc"], claims, DAYS[:1]), "ride", 1, waitlist=1)
    assert lists(screened) == (["c-a"], ["c-b"], ["c-c"])
    assert codes(screened, "c-c") == ["screen_beyond"]


# ------------------------------------------------------------------------------------------------ teams

TEAM = [{"id": "t", "name": "工信局"}]


def team_claim(places, at=NINE, **more):
    return {"id": "c-team", "wish": "ride", "team": "t", "places": places, "at": at} | more


def test_a_team_holds_its_places_and_names_its_people_later():
    people = [person("a", team="t"), person("b", team="t"), person("own")]
    claims = [team_claim(2), claim("own", "2026-11-20T10:00:00+08:00")]
    told = facts(people, claims, DAYS[:3], teams=TEAM)
    screened = screen(told, "ride", 2)
    assert lists(screened) == (["c-team"], ["c-own"], [])
    assert (screened.places, screened.filled) == (2, 2)


def test_people_a_team_names_count_against_its_places():
    people = [person(name, team="t") for name in "abcd"] + [person("own")]
    claims = [
        team_claim(2, state="chosen"),
        *(claim(name, f"2026-11-22T09:00:0{number}+08:00", team="t") for number, name in enumerate("abc")),
        claim("own", "2026-11-20T10:00:00+08:00", state="chosen"),
    ]
    told = facts(people, claims, DAYS[:3], teams=TEAM)
    screened = screen(told, "ride", 3)
    assert lists(screened) == (["c-team", "c-a", "c-b", "c-own"], ["c-c"], [])
    assert screened.places == 3
    assert codes(screened, "c-c") == ["screen_surplus"]
    after = screened.applied_to(told)
    # With both its places named, the team's claim lets nobody else in: not d, who was not named.
    assert may_serve(after) == {"a", "b", "own"}


def may_serve(scenario):
    expanded = expand(scenario)
    visit = expanded.visits[0]
    mask = Eligibility(expanded).has_claimed_it(visit, visit.wish.roles[0], None, False)
    return {one.id for one, fits in zip(scenario.volunteers, mask) if fits}


def test_a_team_with_a_place_to_name_may_send_anybody():
    people = [person(name, team="t") for name in "abc"]
    claims = [team_claim(2, state="chosen"), claim("a", team="t", state="chosen")]
    assert may_serve(facts(people, claims, teams=TEAM)) == {"a", "b", "c"}


def test_a_team_that_asks_for_more_places_than_are_left_waits():
    people = [person("a", team="t"), person("b", team="t"), person("own")]
    claims = [claim("own"), team_claim(2, "2026-11-20T10:00:00+08:00")]
    screened = screen(facts(people, claims, DAYS[:1], teams=TEAM), "ride", 2)
    assert lists(screened) == (["c-own"], ["c-team"], [])
    assert codes(screened, "c-team") == ["screen_too_few"]


# --------------------------------------------------------------------------------------------- bad input


def test_an_unknown_wish_is_refused_with_what_was_perhaps_meant():
    with pytest.raises(BadInput, match="ride"):
        screen(facts([person("a")], [claim("a")]), "rido", 1)


@pytest.mark.parametrize("take", [0, -1, 3])
def test_the_number_lies_between_one_and_the_claims(take):
    assert faults(facts([person("a"), person("b")], [claim("a"), claim("b")]), "ride", take) == ["bad-take"]


def test_fewer_than_were_chosen_before_are_refused():
    claims = [claim("a", state="chosen"), claim("b", state="chosen")]
    assert faults(facts([person("a"), person("b")], claims), "ride", 1) == ["bad-take"]


def test_a_wish_without_claims_is_refused():
    told = facts([person("a")], [claim("a", state="withdrawn")])
    assert faults(told, "ride", 1) == ["no-claims"]


def test_a_wish_with_no_visit_in_the_window_is_refused():
    assert faults(facts([person("a")], [claim("a")], ["2027-03-01"]), "ride", 1) == ["no-visits"]


def test_every_fault_is_told_at_once():
    claims = [
        claim("a"), claim("a", id="c-again"), claim("b", "2026-11-23T09:00:00+08:00"),
        claim("c", "2026-11-19T08:00:00+08:00"),
    ]
    wish = {"claims_open": "2026-11-20T00:00:00+08:00", "claims_close": "2026-11-22T00:00:00+08:00"}
    told = facts([person(name) for name in "abc"], claims, wish=wish)
    assert faults(told, "ride", 0, waitlist=-1) == [
        "bad-take", "bad-waitlist", "claimed-twice", "early-claim", "late-claim",
    ]


def test_a_claim_at_the_very_end_of_claiming_counts():
    told = facts([person("a")], [claim("a")], wish={"claims_close": NINE})
    assert len(screen(told, "ride", 1).chosen) == 1


def test_names_of_a_team_may_follow_after_claiming_has_closed():
    claims = [team_claim(1), claim("a", "2026-11-23T09:00:00+08:00", team="t")]
    told = facts([person("a", team="t")], claims, wish={"claims_close": NINE}, teams=TEAM)
    assert lists(screen(told, "ride", 1))[0] == ["c-team", "c-a"]


def test_screening_before_claiming_has_closed_is_noted():
    told = facts([person("a")], [claim("a")], wish={"claims_close": "2026-11-30T09:00:00+08:00"})
    assert [phrase.code for phrase in screen(told, "ride", 1).notes] == ["screen_still_open"]


def test_all_wishes_with_open_claims_are_screened_and_their_faults_gathered():
    rides = [event(name, "2026-12-05T09:00:00+08:00", claimants_only=True) for name in ("one", "two", "done")]
    claims = [claim("a", wish="one", id="x"), claim("a", wish="two", id="y"),
              claim("a", wish="done", id="z", state="chosen")]
    told = town([person("a")], rides, claims=claims).scenario
    assert [one.wish for one in screen_all(told)] == ["one", "two"]
    with pytest.raises(BadInput) as refused:
        screen_all(told, 2)
    assert [fault.code for fault in refused.value.faults] == ["bad-take", "bad-take"]
