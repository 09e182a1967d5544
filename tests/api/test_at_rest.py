"""What the disk holds after a day's work over HTTP with a key: nothing anybody could be known or called by."""

from __future__ import annotations

import json
import logging
import subprocess
import uuid
from pathlib import Path

import pytest
from keeping import HERE
from keeping import wu as scenario
from serving import Api

from matcher.service.accounts.sightings import sightings_of
from matcher.store.address import address_of
from matcher.store.crypto import keyring, new_key
from matcher.store.database import Database
from matcher.store.migrate import upgrade

WISH = "wu-escort"
TOLD = {
    "resident": ("陈伯特", "13800000905"), "helper": ("李姐姐", "13800000902"), "joins": ("李红英", "13800000903"),
    "user": ("莫协调", "13800000906"),
}
TEXT = "药放在门口鞋柜上面"


@pytest.fixture
def sealed(address):
    database = Database(address_of(address), lang="en", busy_seconds=10, keys=keyring(new_key()))
    upgrade(database)
    yield database
    database.close()


def bytes_of(database):
    """The file, its log and its index of that; or a dump."""
    if database.file is not None:
        return b"".join(path.read_bytes() for path in Path(database.file).parent.glob(f"{database.file.name}*"))
    url = database.url
    dump = ["pg_dump", "-h", url.host, "-p", str(url.port), "-U", url.username, url.database]
    return subprocess.run(dump, capture_output=True, check=True).stdout


def spelled(text):
    escaped = json.dumps(text).strip('"').encode()
    return {text.encode(), escaped, escaped.replace(b"\\", b"\\\\")}


def once():
    """A key of its own for a request: its answer is kept, too."""
    return {"Idempotency-Key": uuid.uuid4().hex}


def link(office, kind, **more):
    made = office.post("links", json={"kind": kind} | more)
    assert made.status_code == 201, made.text
    return "/v1/open/" + made.json()["url"].partition("/p/")[2]


def test_a_days_work_leaves_nobodys_name_or_number_on_the_disk_or_in_the_log(sealed, caplog):
    caplog.set_level(logging.DEBUG, logger="matcher")
    with Api(sealed) as api:
        api.keep_wu()
        office, guest = api.as_role("coordinator"), api.client()
        office.post(f"wishes/{WISH}:move", json={"stage": "published", "places": 1})
        asked = dict(zip(("name", "phone"), TOLD["resident"])) | dict(zip(("helper_name", "helper_phone"), TOLD["helper"]))
        done = [
            guest.post(f"{link(office, 'wish')}/wishes", json=asked | {"text": TEXT}, headers=once()),
            guest.post(f"{link(office, 'join')}/volunteers", json=dict(zip(("name", "phone"), TOLD["joins"])), headers=once()),
            office.post(f"visits/{WISH}/2026-12/messages", json={"text": TEXT}, headers=once()),
            office.post("feeds", json={"volunteer": "v01"}),
            office.post("/v1/plans", json={"config": {"seconds": 1}}, headers=once()),
            office.post("/v1/users", json={
                "login": "mo", "name": TOLD["user"][0], "note": TOLD["user"][1], "role": "viewer",
                "district": HERE.district, "community": HERE.community,
            }),
        ]
        assert [answer.status_code for answer in done] == [201, 201, 201, 201, 202, 201], [one.text for one in done]
        assert office.get("residents").status_code == office.get("persons/wu").status_code == 200
        sightings_of(sealed).flush()
    data, log = bytes_of(sealed), caplog.text
    facts = scenario()
    secrets = {part for pair in TOLD.values() for part in pair} | {TEXT, facts.wishes[0].title}
    secrets |= {getattr(one, field) for one in (*facts.residents, *facts.volunteers) for field in ("name", "phone")}
    secrets |= {place.address for place in facts.places} | {place.name for place in facts.places}
    assert b"wu-escort" in data  # ids are there to be asked for
    assert [secret for secret in secrets - {None, ""} if any(spelling in data for spelling in spelled(secret))] == []
    assert [secret for secret in secrets - {None, ""} if secret in log] == []
