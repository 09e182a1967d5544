"""The upload endpoint under whatever anybody may send: answered, never 5xx, in bounded memory and time."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from keeping import SCENARIOS
from keeping import wu as wu_scenario
from serving import Api

from matcher.api.uploads import XLSX, ZIP
from matcher.errors import BadInput
from matcher.service.uploading import uploads
from matcher.service.uploading.uploads import Upload, kind_of, read_here
from matcher.store.address import address_of
from matcher.store.database import Database
from matcher.store.migrate import upgrade

BOOK = (SCENARIOS / "wu-bo" / "wu-bo.xlsx").read_bytes()
TEXT = wu_scenario().to_json().encode()


@pytest.fixture(scope="module")
def li(tmp_path_factory):
    database = Database(address_of(str(tmp_path_factory.mktemp("fuzz") / "matcher.db")), lang="en")
    upgrade(database)
    with Api(database) as api:
        yield api.as_role("coordinator")
    database.close()


def spoiled(seed, data):
    """The bytes with a few of them changed, cut short, doubled or moved."""
    dice = random.Random(seed)
    made = bytearray(data)
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(made) or 1)
        kind = dice.randrange(5)
        if kind == 0:
            del made[place:]
        elif kind == 1:
            made[place : place + dice.randrange(40)] = b""
        elif kind == 2:
            made[place:place] = made[: dice.randrange(60)]
        elif made:
            made[min(place, len(made) - 1)] = dice.randrange(256)
    return bytes(made)


def zipped(members, method=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(st.binary(max_size=600), st.sampled_from(["a.xlsx", "a.zip", "a.json", "a.csv", "../../etc/passwd", "吴伯.xls", "", "\u202e"]))
@example(b"PK\x05\x06" + b"\0" * 18, "a.zip")
@example(b"\xef\xbb\xbf{}", "a.json")
def test_any_bytes_under_any_name_are_read_or_refused(data, name):
    read_or_refused(Upload(data or b" ", name, kind_of(data, name)))


@FEW
@given(st.integers(0, 2**32), st.sampled_from([BOOK, TEXT]))
def test_spoiled_files_are_read_or_refused(seed, data):
    made = spoiled(seed, data)
    read_or_refused(Upload(made, "wu-bo.xlsx", kind_of(made, "wu-bo.xlsx")))


@FEW
@given(st.dictionaries(st.text(LETTERS, min_size=1, max_size=12), st.binary(max_size=80), max_size=5))
def test_archives_with_any_members_are_read_or_refused(members):
    made = zipped({name + ".csv": content for name, content in members.items()})
    read_or_refused(Upload(made, "a.zip", "zip"))


def read_or_refused(upload):
    with suppress(BadInput):
        read_here(upload, "en")


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "program", "wishes", "volunteers", "format", "window", "start", "kind"]), inner, max_size=4
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=DOCUMENTS, noun=st.sampled_from(["wishes", "volunteers", "claims", "program"]))
def test_any_json_is_answered_without_a_bug(li, document, noun):
    whole = json.loads(TEXT) | {noun: document}
    answer = li.post("/v1/validate", json=whole)
    assert answer.status_code in (200, 400, 422), answer.text


def lying():
    """A workbook that says its largest part is small: what unpacks is far more."""
    made = bytearray(zipped({"[Content_Types].xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * (300 * 2**20)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = made.rfind(mark)
        made[at + place : at + place + 4] = struct.pack("<I", 1000)
    return bytes(made)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (BOOK[: len(BOOK) // 2], XLSX),
        (spoiled(7, BOOK), XLSX),
        (lying(), XLSX),
        (zipped({"a.zip": zipped({"b.zip": zipped({"心愿.csv": b"x"})})}), ZIP),
        (zipped({"../../up.csv": b"a,b\n1,2\n"}), ZIP),
        (zipped({"心愿.csv": b"," * 2**20}), ZIP),
        (TEXT, XLSX),
        (BOOK, "application/octet-stream"),
    ],
    ids=("half", "spoiled", "lying", "nested", "climbing", "wide", "json-as-xlsx", "unsaid"),
)
def test_over_http_nothing_ends_in_a_bug(li, data, kind):
    answer = li.post("/v1/validate", content=data, headers={"Content-Type": kind})
    assert answer.status_code in (200, 422), answer.text


def test_a_reader_that_needs_too_much_is_ended_and_said_so(li, monkeypatch):
    monkeypatch.setattr(uploads, "SECONDS", 0.01)
    answer = li.post("/v1/validate", content=BOOK, headers={"Content-Type": XLSX})
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "too-long")
    monkeypatch.undo()
    monkeypatch.setattr(uploads, "MEMORY_MB", -980)  # with the room for libraries, 44 MB
    answer = li.post("/v1/validate", content=BOOK, headers={"Content-Type": XLSX})
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "too-much")


def test_who_waits_too_long_for_a_turn_is_asked_to_come_back(li, monkeypatch):
    monkeypatch.setattr(uploads, "WAIT_SECONDS", 0.01)
    for _ in range(uploads.AT_ONCE):
        uploads._TURNS.acquire()
    try:
        answer = li.post("/v1/validate", content=BOOK, headers={"Content-Type": XLSX})
    finally:
        for _ in range(uploads.AT_ONCE):
            uploads._TURNS.release()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
