"""Why: a person, a gap, fairness over the months, the ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from matcher.board.beginning import nothing_yet
from matcher.board.inside import Refused
from matcher.board.naming import named as with_names
from matcher.board.naming import names_in
from matcher.board.pages import Here, InCommunity

router = APIRouter()

MONTHS = 6
"""Months of the fairness chart, before this roster."""
_BARS = 30
"""People drawn in the chart; the table has everybody."""
_NEAREST = 15
"""People named of those who cannot."""
_AT = "/board/{district}/{community}/why"
_Key = Annotated[str, Query(max_length=160)]


@router.get(_AT, operation_id="board.why")
async def page(
    here: InCommunity, roster: str = Query("", max_length=64), visit: _Key = "", volunteer: _Key = "", wish: _Key = ""
) -> Response:
    """Why somebody was chosen, who else could be and why others cannot; without a question: how turns lie, and the ledger."""
    if (nothing := nothing_yet(here, "check")) is not None:
        return nothing
    rosters = await here.api.every(f"{here.at}/rosters")
    shown = shown_of(rosters, roster)
    if shown is not None and (visit or volunteer or wish):
        return await _answer(here, shown, {"visit": visit, "volunteer": volunteer, "wish": wish})
    return await _overview(here, shown)


def shown_of(rosters: list[dict[str, Any]], asked: str) -> dict[str, Any] | None:
    """The roster that is asked for; else the newest that is not put aside, if there is any."""
    named = next((one for one in rosters if one["id"] == asked), None)
    return named or next((one for one in reversed(rosters) if one["state"] != "archived"), None)


async def _answer(here: Here, shown: Mapping[str, Any], asked: Mapping[str, str]) -> Response:
    at = f"{here.at}/rosters/{quote(shown['id'], safe='')}"
    question = {name: value for name, value in asked.items() if value}
    try:
        found = await here.api.question(f"{at}/explain", question)
    except Refused as refused:
        if refused.status not in (404, 422):
            raise
        return here.render("why.html", refused.status, problem=refused.problem, shown=shown)
    told = await here.api.get(at, view="true")
    names = names_in(told.get("view") or {})
    account = found["account"]
    kind = "visit" if "roles" in account else "wish" if "visits" in account else "volunteer" if "duties" in account else "lines"
    visit = next((one for one in (told.get("view") or {}).get("visits", ()) if one["id"] == asked["visit"]), None)
    return here.render(
        "why_answer.html", shown=shown, kind=kind, account=account, lines=found["lines"], question=question, visit=visit, most=_NEAREST,
        tell=lambda text: with_names(text, names), whom=names.get(asked["visit"] or asked["wish"], ""),
    )


async def _overview(here: Here, shown: Mapping[str, Any] | None) -> Response:
    told = await here.api.get(f"{here.at}/ledger")
    new: Counter[str] = Counter()
    if shown is not None:
        report = await here.api.get(f"{here.at}/rosters/{quote(shown['id'], safe='')}/report")
        new = Counter({one["volunteer"]: one["new"] for one in report.get("fairness", ())})
    rows, months = turns_by_month(told, new)
    return here.render(
        "why.html", shown=shown, ledger=told, rows=rows, months=months, bars=bars_of(rows, months), problem=None,
        at=here.at,
    )


# ---------------------------------------------------------------------------------------------- fairness


def turns_by_month(ledger: Mapping[str, Any], new: Mapping[str, int]) -> tuple[list[dict[str, Any]], list[str]]:
    """Turns of each person by month, the last ``MONTHS`` on record, and those this roster adds; most turns first."""
    by_person: dict[str, Counter[str]] = defaultdict(Counter)
    for line in ledger["hours"]:
        by_person[line["volunteer"]][line["day"][:7]] += 1
    months = sorted({month for counted in by_person.values() for month in counted})[-MONTHS:]
    rows = []
    for person in ledger["people"]:
        counted = by_person.get(person["volunteer"], Counter())
        turns = [counted[month] for month in months]
        added = new.get(person["volunteer"], 0)
        if any(turns) or added:
            rows.append({"id": person["volunteer"], "name": person["name"], "turns": turns, "new": added, "all": sum(turns) + added})
    return sorted(rows, key=lambda row: (-row["all"], row["name"])), months


def bars_of(rows: Iterable[Mapping[str, Any]], months: Iterable[str]) -> list[dict[str, Any]]:
    """The chart: a bar per person, a piece per month, with places in percent of the longest."""
    drawn = list(rows)[:_BARS]
    longest = max((row["all"] for row in drawn), default=0) or 1
    names = [*months, ""]
    found = []
    for row in drawn:
        at, pieces = 0.0, []
        for number, (month, turns) in enumerate(zip(names, [*row["turns"], row["new"]])):
            width = 100 * turns / longest
            if turns:
                pieces.append({"x": round(at, 2), "width": round(width, 2), "month": month, "turns": turns, "shade": number})
            at += width
        found.append({"name": row["name"], "id": row["id"], "pieces": pieces, "all": row["all"]})
    return found
