"""Who saw and changed what: what stands in the log, and what does not."""

from __future__ import annotations

import json

import pytest
from keeping import wu as scenario

from matcher.service.accounts import sightings


@pytest.fixture
def log(wu):
    """The lines of the log, once what was seen has been written down."""

    def lines(**having):
        sightings.sightings_of(wu.database).flush()
        query = "&".join(f"{name}={value}" for name, value in having.items())
        answer = wu.as_role("admin").get(f"audit?{query}" if query else "audit")
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    return lines


def test_who_reads_personal_data_stands_in_the_log(wu, log):
    coordinator = wu.as_role("coordinator")
    resident = scenario().residents[0].id
    coordinator.get("residents")
    coordinator.get("residents")
    coordinator.get(f"residents/{resident}")
    pages, one = log(action="see", noun="residents")
    # Two pages of all residents, then one by name.
    assert pages["detail"] == {"rows": 2 * len(scenario().residents), "requests": 2}
    assert (one["key"], one["detail"]) == (resident, {"rows": 1, "requests": 1})
    assert one["actor"].startswith("key:")


def test_what_is_masked_or_names_nobody_needs_no_line(wu, log):
    wu.as_role("viewer").get("residents")
    wu.as_role("coordinator").get("teams")
    assert log(action="see") == []


def test_changes_stand_in_the_log_without_what_was_written(wu, log):
    client = wu.as_role("coordinator")
    resident = scenario().residents[0]
    etag = client.get(f"residents/{resident.id}").headers["ETag"]
    changed = client.patch(f"residents/{resident.id}", json={"phone": "13800009999"}, headers={"If-Match": etag})
    assert changed.status_code == 200
    (line,) = log(action="change", noun="residents")
    assert line["detail"] == {"fields": ["phone"]}
    assert "13800009999" not in str(log())


def test_reading_the_log_stands_in_the_log(wu, log):
    log()
    assert [line["noun"] for line in log(action="see")] == ["audit"]


def test_the_log_comes_in_pages(wu, log):
    for number in range(3):
        wu.as_role("coordinator").post("teams", json={"id": f"t{number + 7}", "name": "队"})
    client = wu.as_role("coordinator")
    first = client.get("audit?limit=2&noun=teams&action=create").json()
    second = client.get(f"audit?limit=2&noun=teams&action=create&cursor={first['next']}").json()
    assert [line["key"] for line in (*first["items"], *second["items"])] == ["t7", "t8", "t9"]
    assert second["next"] is None


def test_what_cannot_be_written_is_tried_again_and_then_let_go(wu, log, monkeypatch):
    wu.as_role("coordinator").get("residents")
    seen = sightings.sightings_of(wu.database)
    whole = type(wu.database).writing
    monkeypatch.setattr(type(wu.database), "writing", _refused)
    seen.flush()
    monkeypatch.setattr(type(wu.database), "writing", whole)
    assert [line["noun"] for line in log(action="see", noun="residents")] == ["residents"]


def _refused(self, *_, **__):
    from matcher.store.troubles import StoreUnavailable

    raise StoreUnavailable("database-locked", self.url, "en")


def test_what_happens_above_the_communities_is_on_record_for_administrators(wu):
    server = wu.as_role("admin")
    wu.as_role("admin", district="chaoyang", community=None)  # the other district is there
    made = server.post("/v1/users", json={"login": "zhou", "name": "周敏", "role": "admin", "district": "huizhou"})
    assert made.status_code == 201, made.text
    server.put("/v1/districts/huizhou", json={"name": "惠州街道"})
    server.put("/v1/districts/huizhou", json={"name": "惠州街道"})  # the same again changes nothing
    server.put("/v1/districts/huizhou/communities/xihe", json={"name": "西河社区"})
    lines = server.get("/v1/audit?limit=200").json()["items"]
    said = [(line["district"], line["noun"], line["key"], line["action"]) for line in lines]
    assert ("huizhou", "users", "zhou", "create") in said
    assert said.count(("huizhou", "districts", "huizhou", "change")) == 1
    assert ("huizhou", "communities", "xihe", "create") in said
    assert ("chaoyang", "districts", "chaoyang", "create") in said
    assert "周敏" not in json.dumps(lines, ensure_ascii=False)
    # an administrator of one district sees that district alone, and nobody below sees any of it
    own = wu.as_role("admin", district="chaoyang", community=None).get("/v1/audit").json()["items"]
    assert own
    assert {line["district"] for line in own} == {"chaoyang"}
    for role in ("coordinator", "team-lead", "volunteer", "system", "viewer"):
        assert wu.as_role(role).get("/v1/audit").status_code == 403
