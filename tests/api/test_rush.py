"""The rush of a broadcast over real HTTP: every place once, nobody lost or doubled, also when the server is killed."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from keeping import HERE, kept
from serving import COMMUNITY
from sqlalchemy import func, select

from matcher.generate import generate
from matcher.service.accounts.auth import new_key
from matcher.store import facts, orders
from matcher.store.accounts import Holding
from matcher.store.claims import standings
from matcher.store.tables import AuditRow, OutboxRow

WISH, PLACES = "walk", 12
PATIENCE = 1200.0


class Server:
    """A serving process on a port of its own, begun again whenever it was killed."""

    def __init__(self, address):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = address
        self._process = None

    def start(self):
        runner = Path(__file__).with_name("rush_server.py")
        self._process = subprocess.Popen([sys.executable, str(runner), self.address, str(self.port)])

    def kill(self):
        self._process.kill()
        self._process.wait()

    def wait(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the server does not answer")


class Crowd:
    """Clients who claim side by side, and repeat whatever got no answer with the same key."""

    def __init__(self, server, secret, people, clients):
        self.server, self.secret, self.people = server, secret, people
        self.answers, self.troubles, self.retries = {}, [], 0
        self.heard = count(1)
        self.done = 0
        self._threads = [threading.Thread(target=self._work, args=(number, clients)) for number in range(clients)]

    def run(self):
        for thread in self._threads:
            thread.start()

    def join(self):
        for thread in self._threads:
            thread.join()

    def _work(self, number, clients):
        connection = None
        for who in range(number, self.people, clients):
            # Every twentieth person presses the button twice.
            for press in range(2 if who % 20 == 0 else 1):
                try:
                    connection, told = self._claim(connection, who, press)
                    self.answers.setdefault(who, []).append(told)
                    self.done = next(self.heard)
                except Exception as error:
                    self.troubles.append((who, repr(error)))
        if connection is not None:
            connection.close()

    def _claim(self, connection, who, press):
        body = json.dumps({"wish": WISH, "volunteer": f"n{who}", "channel": "livestream"})
        headers = {
            "Authorization": f"Bearer {self.secret}", "Content-Type": "application/json",
            "Idempotency-Key": f"claim-{who}-{press}",
        }
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
                connection.request("POST", f"{COMMUNITY}/claims:claim", body, headers)
                answer = connection.getresponse()
                told = json.loads(answer.read())
                if answer.status in (200, 201):
                    return connection, told
                if answer.status not in (429, 503):
                    raise AssertionError((answer.status, told))
            except (OSError, http.client.HTTPException):
                pass
            if connection is not None:
                connection.close()
            connection = None
            self.retries += 1
            time.sleep(0.25)
        raise AssertionError("no answer")


def rush(database, address, people, clients, kills):
    """The crowd's answers, after the server was killed so many times in between."""
    kept(database, generate("donghe", 1, volunteers=20, visits=20).with_changes(claims=()))
    with database.writing(HERE, "li") as session:
        resident = facts.page(session, "residents")[0].key
        facts.put(session, "wishes", {"id": WISH, "kind": "visit", "resident": resident, "title": "陪着散步"})
        facts.put_many(session, "volunteers", [{"id": f"n{n}", "name": f"新{n}"} for n in range(people)])
        orders.move(session, orders.of_wish(session, WISH), "published", places=PLACES)
    _, secret = new_key(database, Holding("system", HERE.district, HERE.community), "li")
    server = Server(address)
    crowd = Crowd(server, secret.text, people, clients)
    server.start()
    try:
        server.wait()
        began = time.perf_counter()
        crowd.run()
        for number in range(1, kills + 1):
            while crowd.done < people * number // (kills + 1) and not crowd.troubles:
                time.sleep(0.005)
            server.kill()
            server.start()
        crowd.join()
        seconds = time.perf_counter() - began
    finally:
        server.kill()
    print(f"{people} people, {clients} clients, {kills} kills: {people / seconds:.0f} claims/s, {crowd.retries} repeated")
    assert crowd.troubles == []
    return crowd.answers


def judge(database, answers, people):
    with database.reading(HERE) as session:
        found = standings(session, WISH)
        made = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.topic == "claim.made"))
        lines = session.scalar(
            select(func.count()).select_from(AuditRow).where(AuditRow.noun == "claims", AuditRow.action == "create")
        )
    # Exactly the places are held; the waitlist follows in the order of the server; everybody is there, once.
    assert Counter(one.standing for one in found) == {"holds": PLACES, "waits": people - PLACES}
    assert [one.standing for one in found[:PLACES]] == ["holds"] * PLACES
    assert [one.sequence for one in found] == sorted(one.sequence for one in found)
    assert sorted(one.volunteer for one in found) == sorted(f"n{who}" for who in range(people))
    # The log and the messages tell of each claim once.
    assert (made, lines) == (people, people)
    # What people were told is what is there.
    kept_claims = {one.volunteer: one for one in found}
    positions = {one.claim: one.position for one in found}
    for who, told in answers.items():
        for one in told:
            there = kept_claims[f"n{who}"]
            assert (one["claim"], one["sequence"], one["standing"]) == (there.claim, there.sequence, there.standing)
            assert one["position"] == positions[there.claim]
    assert answers.keys() == set(range(people))


@pytest.mark.parametrize("kills", [0, 2])
def test_a_rush_gives_every_place_once_and_loses_nobody(database, address, kills):
    judge(database, rush(database, address, people=300, clients=12, kills=kills), 300)


@pytest.mark.slow
@pytest.mark.parametrize("kills", [0, 5])
def test_ten_thousand_claims_from_fifty_clients_for_twelve_places(database, address, kills):
    judge(database, rush(database, address, people=10_000, clients=50, kills=kills), 10_000)
