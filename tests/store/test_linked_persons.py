"""Orders, messages and secrets of one person: exported with everything else, and gone with it."""

from __future__ import annotations

import json

from keeping import HERE, kept, wu

from matcher.store import links, messages, orders, waitlist
from matcher.store.claims import Wanted, take
from matcher.store.link_tables import MessageRow, TicketRow
from matcher.store.persons import erase_person, export_person

VISIT = "wu-escort/2026-12"


def filled(database):
    kept(database, wu().with_changes(claims=()))
    with database.writing(HERE, "li") as session:
        orders.move(session, orders.of_wish(session, "wu-escort"), "published", places=1)
        held, waiting = take(session, [Wanted("wu-escort", volunteer=name) for name in ("v01", "v02")])
        waitlist.withdraw(session, held.claim)
        links.make_ticket(session, "claim", waiting.claim)
        links.make_ticket(session, "person", "v02")
        messages.write(session, VISIT, "volunteer", "v02", "我八点到")
        messages.write(session, VISIT, "coordinator", "li", f"请{name_of('v02')}带上药")
        orders.submit(session, {"text": "修水管", "name": "某人", "phone": "13800000777"})
        orders.move_visit(session, VISIT, "wu-escort", "confirmed", {"words": "很好"})


def name_of(key):
    return next(person.name for person in wu().volunteers if person.id == key)


def test_a_volunteer_is_erased_from_threads_waitlists_and_secrets(database):
    filled(database)
    with database.writing(HERE, "li") as session:
        told = export_person(session, "v02")
        assert [one["text"] for one in told["messages"]] == ["我八点到"]
        assert [one["kind"] for one in told["tickets"]] == ["person"]
        erase_person(session, "v02")
        (left,) = session.query(MessageRow).all()
        assert name_of("v02") not in json.dumps(left.document, ensure_ascii=False)
        assert session.query(TicketRow).count() == 0
        assert len(orders.page(session)) == 2
        # The place that was kept for them goes on.
        assert waitlist.settle(session, "wu-escort") == 0


def test_a_resident_is_erased_with_the_threads_and_orders_of_their_wishes(database):
    filled(database)
    with database.writing(HERE, "li") as session:
        told = export_person(session, "wu")
        assert [one["said"] for one in told["confirmed"]] == [{"words": "很好"}]
        erase_person(session, "wu")
        assert messages.thread(session, VISIT) == ()
        assert [order.wish for order in orders.page(session)] == [None]
        assert orders.visit_order(session, VISIT) is None
