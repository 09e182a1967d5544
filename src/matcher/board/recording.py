"""Recording: what became of each visit, who stepped in, and what it has earned."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.datastructures import FormData
from starlette.responses import Response

from matcher.board.beginning import nothing_yet
from matcher.board.inside import Refused
from matcher.board.pages import AsRecorder, Here, go

router = APIRouter()

OUTCOMES = ("done", "no-show", "cancelled")
MOST_VISITS = 60
"""Visits on one page; the rest follow when these are saved."""
_AT_ONCE = 500
_AT = "/board/{district}/{community}/record"
_WHOLE = re.compile(r"[0-9]{1,9}")


@router.get(_AT, operation_id="board.record")
async def page(
    here: AsRecorder, show: str = Query("todo", max_length=10), said: str = Query("", max_length=10),
    count: int = 0, minutes: int = 0, points: int = 0,
) -> Response:
    """The step's page: visits that are over and not on record yet; ``show=recorded``: those on record, to correct."""
    if (nothing := nothing_yet(here, "record")) is not None:
        return nothing
    earned = {"count": count, "minutes": minutes, "points": points} if said == "saved" else None
    return await _show(here, show, earned=earned)


@router.post(f"{_AT}/save", operation_id="board.record-save")
async def save(here: AsRecorder) -> Response:
    """Put on record what was said of each person; whom nothing was said of stays as before."""
    form = await here.api.form()
    told = told_of(form) + await _stepped_in(here, form)
    notes = {name[2:]: str(value).strip() for name, value in form.multi_items() if name.startswith("n:") and str(value).strip()}
    show = "recorded" if form.get("show") == "recorded" else "todo"
    if not told and not notes:
        return go(here.request, f"{here.base}/record?show={show}")
    taken = overtaken(form, [row["fact"] for row in await here.api.every(f"{here.at}/outcomes")])
    if taken:
        return await _show(here, show, status=409, taken=taken, typed=form)
    before = await _points(here)
    saved: list[dict[str, Any]] = []
    try:
        for at in range(0, len(told), _AT_ONCE):
            answer = await here.api.ask("PUT", f"{here.at}/outcomes", json={"outcomes": told[at : at + _AT_ONCE]})
            saved += answer.json["items"]
    except Refused as refused:
        if refused.status != 422:
            raise
        faults = [fault | {"where": ""} for fault in refused.faults]  # its path is the API's
        return await _show(here, show, status=422, faults=faults, typed=form)
    for number, (visit, text) in enumerate(notes.items()):
        await here.api.post(
            f"{here.at}/visits/{quote(visit, safe='')}/messages", {"text": text}, once=f"{form.get('sent', 'note')}-{number}"
        )
    minutes = sum(one["fact"].get("minutes", 0) for one in saved if one["fact"].get("outcome", "done") == "done")
    query = urlencode({
        "show": show, "said": "saved", "count": len(saved), "minutes": minutes, "points": await _points(here) - before,
    })
    return go(here.request, f"{here.base}/record?{query}")


def told_of(form: FormData) -> list[dict[str, Any]]:
    """The outcomes a form says, leaving out what it says as it was: for ``PUT …/outcomes``.

    >>> told_of(FormData([("o:a/1|v1|r", "done"), ("w:a/1|v1|r", "done 60"), ("m:a/1|v1|r", "60"), ("s:a/1|v2|r", "done")]))
    [{'visit': 'a/1', 'volunteer': 'v2', 'role': 'r', 'outcome': 'done'}]
    """
    found = []
    for name, value in form.multi_items():
        kind, _, key = name.partition(":")
        if kind not in ("o", "s") or value not in OUTCOMES:
            continue
        visit, volunteer, role = [*key.split("|"), "", ""][:3]
        minutes = str(form.get(f"m:{key}", "")).strip()
        if f"{value} {minutes}".strip() == form.get(f"w:{key}"):
            continue
        one: dict[str, Any] = {"visit": visit, "volunteer": volunteer, "role": role, "outcome": value}
        if minutes and value == "done":
            one["minutes"] = int(minutes) if _WHOLE.fullmatch(minutes) else minutes
        found.append(one)
    return found


def overtaken(form: FormData, records: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Whom a form says something else of than what was put on record since it was shown: volunteer and outcome on record.

    >>> form = FormData([("o:a/1|v1|r", "no-show"), ("w:a/1|v1|r", ""), ("o:a/1|v2|r", "done"), ("m:a/1|v2|r", "60")])
    >>> overtaken(form, [{"visit": "a/1", "volunteer": name, "minutes": 60} for name in ("v1", "v2")])
    [('v1', 'done')]
    """
    known = {(one.get("visit"), one["volunteer"]): one for one in records}
    found = []
    for one in told_of(form):
        record = known.get((one["visit"], one["volunteer"]))
        was = form.get(f"w:{one['visit']}|{one['volunteer']}|{one['role']}")
        now = _brief(record or {"outcome": ""})
        if was is not None or record is not None:
            shown = str(was or "")
            if now != (shown if shown.startswith("done") else shown.partition(" ")[0]) and now != _brief(one):
                found.append((one["volunteer"], now.partition(" ")[0]))
    return found


def _brief(one: Mapping[str, Any]) -> str:
    """An outcome as a form remembers it; its minutes matter only if it took place."""
    outcome = str(one.get("outcome", "done"))
    return f"{outcome} {one.get('minutes', '')}".strip() if outcome == "done" else outcome


async def _stepped_in(here: Here, form: FormData) -> list[dict[str, Any]]:
    """Who came without having been told: ``x:visit|role|start`` names a volunteer as ``labels_of`` does."""
    typed = [(name, str(value).strip()) for name, value in form.multi_items() if name.startswith("x:") and str(value).strip()]
    keys = {label: key for key, label in labels_of(await here.api.every(f"{here.at}/volunteers")).items()} if typed else {}
    found = []
    for name, value in typed:
        visit, role, start = [*name[2:].split("|"), "", ""][:3]
        found.append({
            "visit": visit, "volunteer": keys.get(value, value), "role": role, "outcome": "done", "stepped_in": True,
            **({"start": start} if start else {}),
        })
    return found


def labels_of(people: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What to call each volunteer in a list to choose from: the name, with the id where several have it.

    >>> labels_of([{"key": "v1", "fact": {"name": "李娜"}}, {"key": "v2", "fact": {"name": "李娜"}}, {"key": "v3", "fact": {}}])
    {'v1': '李娜（v1）', 'v2': '李娜（v2）', 'v3': 'v3'}
    """
    names = {row["key"]: row["fact"].get("name") or row["key"] for row in people}
    often = Counter(names.values())
    return {key: name if often[name] == 1 else f"{name}（{key}）" for key, name in names.items()}


# -------------------------------------------------------------------------------------------------- page


async def _show(
    here: Here, show: str, *, status: int = 200, earned: Mapping[str, int] | None = None,
    faults: Iterable[Mapping[str, Any]] = (), taken: Iterable[tuple[str, str]] = (), typed: FormData | None = None,
) -> Response:
    program, seats, records, people, wishes, residents = await asyncio.gather(
        here.api.get(f"{here.at}/program"), here.api.every(f"{here.at}/published"), here.api.every(f"{here.at}/outcomes"),
        here.api.every(f"{here.at}/volunteers"), here.api.every(f"{here.at}/wishes"), here.api.every(f"{here.at}/residents"),
    )
    now = max(datetime.now(UTC), datetime.fromisoformat(program["fact"]["as_of"]))
    names = {row["key"]: row["fact"].get("name") or row["key"] for row in (*people, *residents)}
    if here.me["role"] == "team-lead":
        people = [row for row in people if row["fact"].get("team") == here.me["team"]]
        own = {row["key"] for row in people}
        seats = [row for row in seats if row["fact"]["volunteer"] in own]
        records = [row for row in records if row["fact"]["volunteer"] in own]
    visits = visits_of([row["fact"] for row in seats], [row["fact"] for row in records], now)
    due = {row["key"]: row["fact"].get("due") for row in wishes}
    today = now.astimezone(ZoneInfo(program["fact"].get("timezone") or "Asia/Shanghai")).date().isoformat()
    todo = [visit for visit in visits if not visit["is_recorded"]]
    recorded = [visit for visit in reversed(visits) if visit["is_recorded"]]
    later = [visit for visit in todo if visit["start"] is None and (due.get(visit["wish"]) or "") > today]
    todo = [visit for visit in todo if visit not in later]
    shown = recorded if show == "recorded" else todo
    told = [*faults]
    for who, way in taken:
        told.append({"message": here.say("record.overtaken", name=names.get(who, who), way=here.say(f"record.way-{way}"))})
    kept: dict[str, Any] = {} if typed is None else dict(typed)
    return here.render(
        "record.html", status, step="record", show="recorded" if show == "recorded" else "todo", visits=shown[:MOST_VISITS],
        more=max(0, len(shown) - MOST_VISITS), todo=len(todo), recorded=len(recorded), names=names,
        wishes={row["key"]: row["fact"] for row in wishes}, earned=earned, faults=told, typed=kept,
        people=sorted(labels_of(people).values()), outcomes=OUTCOMES,
        later=later[:MOST_VISITS] if show != "recorded" else [], told_any=bool(seats), zone=program["fact"].get("timezone"),
    )


def visits_of(
    seats: Iterable[Mapping[str, Any]], records: Iterable[Mapping[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """The visits people were told of that have begun, oldest first, each seat with what is on record of it."""
    known = {(one["visit"], one["volunteer"]): one for one in records if one.get("visit")}  # older ones may name none
    told = {(one["visit"], one["volunteer"]) for one in seats}
    found: dict[str, dict[str, Any]] = {}
    for seat in seats:
        start = seat.get("start")
        if start is not None and datetime.fromisoformat(start) > now:
            continue
        visit = found.setdefault(seat["visit"], {
            "id": seat["visit"], "wish": seat["visit"].rpartition("/")[0], "start": start, "end": seat.get("end"), "crew": [],
            "standbys": [], "others": [],
        })
        one = {
            "volunteer": seat["volunteer"], "role": seat["role"], "record": known.get((seat["visit"], seat["volunteer"])),
            "minutes": _minutes(seat), "key": f"{seat['visit']}|{seat['volunteer']}|{seat['role']}",
        }
        visit["standbys" if seat.get("standby") else "crew"].append(one)
    for record in known.values():
        if record["visit"] in found and (record["visit"], record["volunteer"]) not in told:
            found[record["visit"]]["others"].append(record)
    for visit in found.values():
        visit["is_recorded"] = all(one["record"] for one in visit["crew"])
    return sorted(found.values(), key=lambda visit: (visit["start"] is None, _moment(visit["start"]), visit["id"]))


def _minutes(seat: Mapping[str, Any]) -> int | None:
    """As planned; None for goods."""
    if not seat.get("start") or not seat.get("end"):
        return None
    return int((datetime.fromisoformat(seat["end"]) - datetime.fromisoformat(seat["start"])).total_seconds() // 60)


def _moment(start: str | None) -> float:
    return 0.0 if start is None else datetime.fromisoformat(start).timestamp()



async def _points(here: Here) -> int:
    """All points in the ledger."""
    return int((await here.api.get(f"{here.at}/ledger"))["totals"]["points"])
