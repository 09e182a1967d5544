"""Claims: places given once, in the server's order; the waitlist behind them; who comes twice gets the same claim."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from keeping import HERE, assembled, kept, wu

from matcher.errors import BadInput
from matcher.generate import generate
from matcher.store import facts, orders, waitlist
from matcher.store.audit import entries
from matcher.store.claims import Wanted, standing_of, standings, take
from matcher.store.facts import Conflict, NotFound
from matcher.store.link_tables import InvitationRow

WISH = "walk"


@pytest.fixture
def town(database):
    """Thirty volunteers and a wish nobody has claimed."""
    scenario = generate("donghe", 1, volunteers=30, visits=20)
    kept(database, scenario.with_changes(claims=()))
    with database.writing(HERE, "li") as session:
        resident = facts.page(session, "residents")[0].key
        facts.put(session, "wishes", {"id": WISH, "kind": "visit", "resident": resident, "title": "陪着散步", "minutes": 60})
    return database


def people(database):
    with database.reading(HERE) as session:
        return [row.key for row in facts.page(session, "volunteers", limit=500)]


def opened(database, places, answer_minutes=60):
    with database.writing(HERE, "li") as session:
        order = orders.of_wish(session, WISH)
        orders.move(session, order, "published", places=places, answer_minutes=answer_minutes)


def claims(database, *names, **more):
    with database.writing(HERE, "rush") as session:
        return take(session, [Wanted(WISH, volunteer=name, **more) for name in names])


def test_without_places_every_claim_is_open(town):
    one, two = claims(town, *people(town)[:2])
    assert (one.state, one.standing, one.position, two.state) == ("open", "open", None, "open")
    assert one.sequence < two.sequence
    assert {claim.state for claim in assembled(town).claims} == {"open"}


def test_places_are_held_in_the_order_of_the_server_and_the_others_wait_in_it(town):
    opened(town, 3)
    told = [*claims(town, *people(town)[:2]), *claims(town, *people(town)[2:6])]
    assert [(one.standing, one.position) for one in told] == [
        ("holds", None), ("holds", None), ("holds", None), ("waits", 1), ("waits", 2), ("waits", 3),
    ]
    with town.reading(HERE) as session:
        assert [one.claim for one in standings(session, WISH)] == [one.claim for one in told]
        assert standing_of(session, told[4].claim).position == 2
        assert orders.of_wish(session, WISH).stage == "claimed"
        assert [line.actor for line in entries(session, noun="claims", key=told[0].claim)] == ["system"]
    assert [claim.state for claim in assembled(town).claims] == ["open"] * 3 + ["waitlisted"] * 3


def test_who_comes_twice_gets_the_same_claim(town):
    opened(town, 1)
    who = people(town)[0]
    first, again = claims(town, who, who)
    assert (again.claim, again.again, first.again) == (first.claim, True, False)
    later = claims(town, who)[0]
    assert (later.claim, later.again, later.standing) == (first.claim, True, "holds")
    assert len(assembled(town).claims) == 1


def test_a_request_is_carried_out_once(town):
    opened(town, 1)
    one, two = people(town)[:2]
    first = claims(town, one, key="k1", request=b"one")[0]
    claims(town, two, key="k2", request=b"two")
    with town.writing(HERE, "li") as session:
        waitlist.withdraw(session, first.claim)
    # Withdrawn or not: the same request gets the same answer, and claims nothing anew.
    repeated = claims(town, one, key="k1", request=b"one")[0]
    assert repeated.repeated
    assert repeated.to_dict() == first.to_dict()
    assert len(assembled(town).claims) == 2
    other = claims(town, two, key="k1", request=b"another")[0]
    assert isinstance(other, BadInput)
    assert [fault.code for fault in other.faults] == ["key-reused"]


def test_refusals_are_for_whom_they_concern_alone(town):
    opened(town, 1)
    who = people(town)[0]
    with town.writing(HERE, "rush") as session:
        bad, good, worse = take(session, [
            Wanted("nothing", volunteer="nobody", lang="en"), Wanted(WISH, volunteer=who),
            Wanted(WISH, team="nobody", places=0, lang="en"),
        ])
    assert [fault.code for fault in bad.faults] == ["no-wish", "no-volunteer"]
    assert [fault.code for fault in worse.faults] == ["no-team", "too-many-places"]
    assert good.standing == "holds"


def test_a_wish_is_claimed_in_its_time_only_and_while_it_is_open(town):
    who = people(town)[0]
    now = datetime.now(UTC)
    for change, code in (
        ({"claims_open": (now + timedelta(hours=1)).isoformat()}, "too-early"),
        ({"claims_close": (now - timedelta(hours=1)).isoformat()}, "too-late"),
        ({"state": "closed"}, "wish-closed"),
    ):
        with town.writing(HERE, "li") as session:
            document = facts.get(session, "wishes", WISH).document
            facts.put(session, "wishes", document | change)
        (told,) = claims(town, who)
        assert [fault.code for fault in told.faults] == [code]
        with town.writing(HERE, "li") as session:
            facts.put(session, "wishes", document)
    with town.writing(HERE, "li") as session:
        orders.move(session, orders.of_wish(session, WISH), "withdrawn")
    (told,) = claims(town, who)
    assert [fault.code for fault in told.faults] == ["not-claimable"]


def test_a_place_that_comes_free_is_offered_to_the_next_who_must_say_yes(town):
    opened(town, 2)
    names = people(town)
    held, _, first, second = claims(town, *names[:4])
    with town.writing(HERE, "li") as session:
        assert waitlist.withdraw(session, held.claim).state == "withdrawn"
        assert waitlist.invitation(session, first.claim).claim == first.claim
        assert waitlist.invitation(session, second.claim) is None
        assert standing_of(session, first.claim).state == "waitlisted"
    # The place is kept: who comes now waits behind.
    assert claims(town, names[5])[0].position == 3
    with town.writing(HERE, "li") as session, pytest.raises(Conflict):
        waitlist.answer(session, second.claim, accepts=True)
    with town.writing(HERE, "li") as session:
        assert waitlist.answer(session, first.claim, accepts=True).standing == "holds"
        assert waitlist.answer(session, first.claim, accepts=True).standing == "holds"
        assert waitlist.settle(session, WISH) == 0
        # Stepping back twice frees one place, not two.
        waitlist.withdraw(session, first.claim)
        waitlist.withdraw(session, first.claim)
        assert waitlist.invitation(session, second.claim) is not None
        assert standings(session, WISH)[-1].position == 2


def test_a_no_or_silence_passes_the_place_on(town):
    opened(town, 1)
    names = people(town)
    held, first, second, third = claims(town, *names[:4])
    with town.writing(HERE, "li") as session:
        waitlist.withdraw(session, held.claim)
        assert waitlist.answer(session, first.claim, accepts=False).state == "withdrawn"
        assert waitlist.invitation(session, second.claim) is not None
    with town.writing(HERE, "li") as session:
        for row in session.query(InvitationRow).where(InvitationRow.claim == second.claim):
            row.until = datetime.now(UTC) - timedelta(seconds=1)
    assert waitlist.settle_due(town) == 1
    assert waitlist.settle_due(town) == 0
    with town.writing(HERE, "li") as session:
        assert standing_of(session, second.claim).state == "lapsed"
        assert waitlist.invitation(session, third.claim) is not None
        with pytest.raises(Conflict, match="to the next"):
            waitlist.answer(session, second.claim, accepts=True)
    # Whose claim has lapsed may claim again, at the end.
    assert claims(town, names[1])[0].position == 2


def test_once_screened_a_place_that_comes_free_makes_the_next_chosen(town):
    opened(town, 2)
    names = people(town)
    *held, first, second = claims(town, *names[:4])
    with town.writing(HERE, "li") as session:
        for one in held:
            document = facts.get(session, "claims", one.claim).document
            facts.put(session, "claims", document | {"state": "chosen"})
        waitlist.withdraw(session, held[0].claim)
        # While somebody is chosen, an open claim could not serve.
        assert waitlist.answer(session, first.claim, accepts=True).state == "chosen"
        waitlist.withdraw(session, held[1].claim)
        waitlist.withdraw(session, first.claim)
        assert waitlist.answer(session, second.claim, accepts=True).state == "open"


def test_a_team_takes_as_many_places_as_it_brings_and_names_them_later(town):
    opened(town, 3)
    names = people(town)
    with town.writing(HERE, "li") as session:
        facts.put(session, "teams", {"id": "t9", "name": "九队"})
        (team,) = take(session, [Wanted(WISH, team="t9", places=2)])
        assert team.standing == "holds"
        one, two, three = take(session, [Wanted(WISH, volunteer=name, team="t9") for name in names[:3]])
        # Two are the team's places; the third name is beyond them and waits.
        assert [one.standing, two.standing, three.standing] == ["holds", "holds", "waits"]
        (alone,) = take(session, [Wanted(WISH, volunteer=names[4])])
        assert alone.position == 2  # one place is free, but somebody waits already
        waitlist.withdraw(session, team.claim)
        assert standing_of(session, one.claim).state == "withdrawn"
        assert [waitlist.invitation(session, claim.claim) is not None for claim in (three, alone)] == [True, True]


def test_an_unknown_claim_is_said(town):
    with town.writing(HERE, "li") as session, pytest.raises(NotFound):
        waitlist.withdraw(session, "nothing")


def test_the_rows_are_those_a_whole_import_would_make(town):
    opened(town, 1)
    claims(town, *people(town)[:3], minutes=60, channel="livestream")
    told = assembled(town)
    kept(town, told)
    assert assembled(town).fingerprint == told.fingerprint
    assert wu().fingerprint != told.fingerprint
