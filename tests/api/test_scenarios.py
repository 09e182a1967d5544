"""Whole facts over HTTP: brought in, taken out, only looked at; bad files are told of cell by cell and change nothing."""

from __future__ import annotations

import io
import zipfile

import pytest
from keeping import HERE, SCENARIOS, assembled
from keeping import wu as wu_scenario
from test_problems import problem

from matcher.api.uploads import XLSX, ZIP
from matcher.store import tenants

WORKBOOK = SCENARIOS / "wu-bo" / "wu-bo.xlsx"


def as_json():
    return wu_scenario().to_json().encode()


def put_facts(client, content, kind, **headers):
    return client.put("facts", content=content, headers={"Content-Type": kind, **headers})


def test_facts_come_in_as_a_workbook_and_leave_as_the_same_in_every_shape(api):
    li = api.as_role("coordinator")
    done = put_facts(li, WORKBOOK.read_bytes(), XLSX)
    assert done.status_code == 200, done.text
    told = done.json()
    assert (told["counts"]["volunteers"], told["removed"]) == (23, 0)
    before = assembled(api.database).fingerprint
    assert told["fingerprint"] == before
    for suffix, kind in (("xlsx", XLSX), ("zip", ZIP)):
        file = li.get(f"facts.{suffix}")
        assert file.headers["content-type"] == kind
        looked = li.post("/v1/validate", files={"file": (f"facts.{suffix}", file.content)})
        assert (looked.status_code, looked.json()["fingerprint"]) == (200, before), looked.text
    whole = li.get("facts")
    again = put_facts(li, whole.content, "application/json", **{"If-Match": whole.headers["etag"]})
    assert (again.status_code, again.json()["changed"], again.json()["same"]) == (200, 0, told["created"]), again.text


def test_facts_that_are_there_are_replaced_only_by_who_knows_them(wu):
    li = wu.as_role("coordinator")
    problem(put_facts(li, as_json(), "application/json"), 428, "precondition-required")
    etag = li.get("facts").headers["etag"]
    assert li.get("facts", headers={"If-None-Match": etag}).status_code == 304
    li.post("teams", json={"id": "new"})
    problem(put_facts(li, as_json(), "application/json", **{"If-Match": etag}), 412, "stale")
    assert li.get("teams/new").status_code == 200
    done = put_facts(li, as_json(), "application/json", **{"If-Match": "*"})
    assert (done.status_code, done.json()["removed"]) == (200, 1)


def test_faults_of_a_workbook_are_told_by_cell_and_nothing_changes(wu, tmp_path):
    from openpyxl import load_workbook

    book = load_workbook(WORKBOOK)
    sheet = book["志愿者"]
    column = [cell.value for cell in sheet[1]].index("编号") + 1
    sheet.cell(2, column).value = sheet.cell(3, column).value
    book.save(tmp_path / "bad.xlsx")
    li = wu.as_role("coordinator")
    before = assembled(wu.database).fingerprint
    answer = put_facts(li, (tmp_path / "bad.xlsx").read_bytes(), XLSX, **{"If-Match": "*"})
    told = problem(answer, 422, "bad-input")
    assert any(fault["sheet"] == "志愿者" and fault["row"] in (2, 3) for fault in told["faults"]), told
    assert assembled(wu.database).fingerprint == before


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "x.xlsx", "No file"),
        (b"PK\x03\x04 nothing", "x.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "x.xls", "not an .xlsx"),
        (b"{}", "x.json", "format"),
        (b"[1]", "x.json", "one object"),
        (b"hello", "x.pdf", "not valid JSON"),
        (b"\xff\xfe\xfa\xfb\x00\x01\x02", "心愿.csv", ""),
    ],
    ids=("empty", "broken-zip", "xls", "object", "list", "text", "bytes"),
)
def test_files_that_are_none(api, content, name, says):
    li = api.as_role("coordinator")
    told = problem(li.post("/v1/validate", files={"file": (name, content)}), 422, "bad-input")
    assert says in told["detail"] + "".join(fault["message"] for fault in told["faults"]), told


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"a.txt": b"x"}, "zip-empty"),
        ({"inner.zip": zipped({"心愿.csv": b"x"})}, "zip-empty"),
        ({"心愿.csv": b"0" * (120 * 2**20)}, "zip-too-large"),
        ({f"{n}.csv": b"x" for n in range(300)}, "zip-too-large"),
    ],
    ids=("nothing", "nested", "bomb", "many"),
)
def test_archives_that_are_refused(api, members, code):
    li = api.as_role("coordinator")
    told = problem(li.post("/v1/validate", content=zipped(members), headers={"Content-Type": ZIP}), 422, "bad-input")
    assert told["faults"][0]["code"] == code


def test_a_form_that_is_broken_or_holds_two_files(api):
    li = api.as_role("coordinator")
    broken = li.post("/v1/validate", content=b"--x\r\nno", headers={"Content-Type": "multipart/form-data; boundary=y"})
    assert broken.status_code in (400, 422)
    two = li.post("/v1/validate", files=[("file", ("a.json", b"{}")), ("file", ("b.json", b"{}"))])
    assert problem(two, 422, "bad-input")["faults"][0]["code"] == "many-files"
    unnamed = li.post("/v1/validate", content=b"x", headers={"Content-Type": "image/png"})
    problem(unnamed, 415, "unsupported-media-type")


def test_a_community_that_is_not_there_is_said_before_the_file_is_read(api):
    boss = api.as_role("admin")
    problem(put_facts(boss, b"PK nonsense", XLSX), 404, "not-found")


def test_sheets_that_do_not_name_their_programme_are_of_the_community_whatever_the_file_is_called(api):
    li = api.as_role("coordinator")
    tenants.call(api.database, HERE, "东河社区", "setup")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("心愿.csv", "编号,服务对象,类型,心愿内容,次数,时间,登记日期\nx1,陈婆,上门,读报,每周一次,周三下午,2026-11-20\n")
        packed.writestr("志愿者.csv", "编号,姓名,空闲时间\nv1,李红,周三下午\n")
    done = put_facts(li, file.getvalue(), ZIP, **{"Content-Disposition": 'attachment; filename="11-25.zip"'})
    assert done.status_code == 200, done.text
    assert li.get("program").json()["fact"]["name"] == "东河社区"
