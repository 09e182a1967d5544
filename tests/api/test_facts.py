"""Facts over HTTP."""

from __future__ import annotations


def test_one_fact_made_read_changed_and_taken_away(wu):
    li = wu.as_role("coordinator")
    made = li.post("teams", json={"id": "night", "name": "夜班队"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"'), made.text
    assert li.get("teams/night").json()["fact"] == {"id": "night", "name": "夜班队"}
    changed = li.patch("teams/night", json={"name": "早班队"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["version"]) == (200, 2), changed.text
    stale = li.put("teams/night", json={"id": "night"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert li.delete("teams/night").status_code == 428
    assert li.delete("teams/night", headers={"If-Match": '"2"'}).status_code == 204
    assert li.get("teams/night").status_code == 404
