"""Planning: start, watch, stop, compare; and the weekly job that does it by itself."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.datastructures import FormData
from starlette.responses import Response

from matcher.board.beginning import nothing_yet
from matcher.board.inside import Refused
from matcher.board.leanings import LEANINGS, all_weights, changed, leant
from matcher.board.naming import namer
from matcher.board.pages import Here, InCommunity, go
from matcher.board.texts import knows

router = APIRouter()

SECONDS = (20, 60, 300, 900)
"""Time limits to choose from."""
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_AT = "/board/{district}/{community}/plan"
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_CRON = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* ([A-Z]{3})")
_ADVANCED = {"strategy": str, "seed": int, "workers": int, "gap": float, "unimproved": float}


@router.get(_AT, operation_id="board.plan")
async def page(here: InCommunity, said: str = Query("", max_length=20)) -> Response:
    """The step's page: the plan that is under way, or else the settings; what came of the last one; weekly jobs."""
    if (nothing := nothing_yet(here, "plan")) is not None:
        return nothing
    program, plans, rosters, jobs = await asyncio.gather(
        here.api.get(f"{here.at}/program"), plans_of(here, 6), here.api.every(f"{here.at}/rosters"),
        here.api.get(f"{here.at}/schedules"),
    )
    latest = await here.api.get(f"/v1/plans/{plans[0]['id']}") if plans else None
    running = latest if latest is not None and is_running(latest) else None
    return here.render(
        "plan.html", step="plan", program=program["fact"], version=program["version"], running=running,
        last=latest if running is None else None, made=_roster(rosters, latest), other=_before(rosters, latest),
        progress=running and progress_of(here, running), jobs=[_job(job) for job in jobs["items"]], weekdays=WEEKDAYS,
        seconds=SECONDS, leant=leant(_weights(program)), weights=all_weights(_weights(program)), said=said,
        counts=here.counts, trouble=trouble_of(latest), faults=[], typed={},
    )


@router.post(f"{_AT}/start", operation_id="board.plan-start")
async def start(here: InCommunity) -> Response:
    """Keep the sliders, ask for a plan, and go to watch it; not while another one is under way."""
    form = await here.api.form()
    if any(is_running(plan) for plan in await plans_of(here, 5)):
        return go(here.request, f"{here.base}/plan?said=busy")
    try:
        await _keep_leanings(here, form)
        await here.api.post("/v1/plans", asked_of(here, form))
    except Refused as refused:
        if refused.status not in (400, 409, 412, 422):
            raise
        return here.render("plan_refused.html", refused.status, step="plan", problem=refused.problem, faults=refused.faults)
    return go(here.request, f"{here.base}/plan")


@router.post(f"{_AT}/stop", operation_id="board.plan-stop")
async def stop(here: InCommunity) -> Response:
    """End the plan early; the best roster so far is kept."""
    form = await here.api.form()
    await here.api.ask("DELETE", f"/v1/plans/{quote(str(form.get('plan', '')), safe='')}")
    return go(here.request, f"{here.base}/plan?said=stopped")


@router.get(f"{_AT}/result", operation_id="board.plan-result")
async def result(here: InCommunity, roster: str = Query(max_length=64)) -> Response:
    """What a roster comes to, in words: a part of the page."""
    told, tell = await asyncio.gather(
        here.api.question(f"{here.at}/rosters/{quote(roster, safe='')}/explain", {"fixes": 0}), namer(here, roster)
    )
    return here.render("parts/plan_result.html", account=told["account"], roster=roster, tell=tell)


@router.get(f"{_AT}/compare", operation_id="board.plan-compare")
async def compare(
    here: InCommunity, roster: str = Query(max_length=64), other: str = Query(max_length=64)
) -> Response:
    """A roster beside an earlier one: a part of the page."""
    names = [here.say("plan.compare-before"), here.say("plan.compare-now")]
    told, tell = await asyncio.gather(
        here.api.question(f"{here.at}/rosters/{quote(other, safe='')}/compare", {"other": roster, "names": names}),
        namer(here, roster),
    )
    return here.render("parts/plan_compare.html", comparison=told["comparison"], tell=tell)


@router.post(f"{_AT}/weekly", operation_id="board.plan-weekly")
async def weekly(here: InCommunity) -> Response:
    """A new weekly job, by weekday and time."""
    form = await here.api.form()
    await here.api.post(f"{here.at}/schedules", {
        "cron": cron_of(str(form.get("weekday", "")), str(form.get("time", ""))),
        "config": {
            "run": {"seconds": _number(form, "seconds", float) or 60.0}, "first_day_in": _number(form, "ahead", int) or 1,
            "days": _number(form, "days", int),
        },
    })
    return go(here.request, f"{here.base}/plan?said=weekly#weekly")


@router.post(f"{_AT}/weekly-off", operation_id="board.plan-weekly-off")
async def weekly_off(here: InCommunity) -> Response:
    """Take a weekly job away."""
    form = await here.api.form()
    await here.api.ask("DELETE", f"{here.at}/schedules/{quote(str(form.get('job', '')), safe='')}")
    return go(here.request, f"{here.base}/plan#weekly")


# ------------------------------------------------------------------------------------------------ asking


async def plans_of(here: Here, limit: int) -> list[dict[str, Any]]:
    """The community's plans, the newest first."""
    told = await here.api.get("/v1/plans", limit=limit, district=here.district, community=here.community)
    return list(told["items"])


def is_running(plan: Mapping[str, Any]) -> bool:
    """Whether a plan is still to end."""
    return plan["state"] in ("queued", "running")


def asked_of(here: Here, form: FormData) -> dict[str, Any]:
    """The body for ``POST /v1/plans``; what was left empty is left away."""
    config: dict[str, Any] = {"seconds": _number(form, "seconds", float) or 60.0}
    for name, kind in _ADVANCED.items():
        value = _number(form, name, kind) if kind is not str else form.get(name)
        if value not in (None, ""):
            config[name] = value
    asked: dict[str, Any] = {"scope": {"district": here.district, "community": here.community}, "config": config}
    if form.get("moment") == "now":
        asked["moment"] = "now"
    days = {name: str(form.get(name, "")) for name in ("start", "end")}
    if all(days.values()):
        asked["window"] = days
    return asked


async def _keep_leanings(here: Here, form: FormData) -> None:
    """Write the weights of sliders that were moved into the settings; nothing if none was."""
    told = {leaning.name: form.get(f"lean-{leaning.name}") for leaning in LEANINGS}
    program = await here.api.get(f"{here.at}/program")
    wanted = changed(_weights(program), told)
    if wanted:
        await here.api.ask(
            "PATCH", f"{here.at}/program", json={"settings": {"weights": wanted}}, if_match=f'"{program["version"]}"'
        )


def cron_of(weekday: str, time: str) -> str:
    """A weekday and a time of day as cron; what is neither is left for the API to refuse.

    >>> cron_of("SUN", "20:05")
    '5 20 * * SUN'
    """
    known = _TIME.fullmatch(time)
    return f"{int(known[2])} {int(known[1])} * * {weekday}" if known else f"? ? * * {weekday}"


def _number(form: FormData, name: str, kind: type) -> Any:
    """A number typed into a form; None if it is empty, the text itself if it is none, for the API to refuse."""
    typed = str(form.get(name) or "").strip()
    try:
        found = kind(typed) if typed else None
    except ValueError:
        return typed
    return found if found is None or math.isfinite(found) else typed


def _weights(program: Mapping[str, Any]) -> dict[str, int]:
    return dict(program["fact"].get("settings", {}).get("weights", {}))


# ----------------------------------------------------------------------------------------------- telling


def progress_of(here: Here, plan: Mapping[str, Any]) -> dict[str, Any]:
    """How a plan under way stands, for the page and for the script that goes on from there."""
    metrics = plan["metrics"] or {}
    limit = plan["config"].get("seconds") if plan["config"].get("work") is None else None
    began = plan["started_at"]
    elapsed = (datetime.now(UTC) - datetime.fromisoformat(began)).total_seconds() if began else 0.0
    tiers = {tier["name"]: tier for tier in plan["score"]}
    return {
        "limit": limit, "elapsed": round(max(0.0, elapsed), 1), "seats": metrics.get("seats", 0),
        "needs": metrics.get("needs", 0), "tiers": tiers, "filled": seats_filled(metrics, tiers.get("needs", {}).get("value")),
        "most": seats_filled(metrics, tiers.get("needs", {}).get("bound")), "visits": metrics.get("visits", 0),
    }


def seats_filled(metrics: Mapping[str, int], value: int | None) -> int | None:
    """About how many seats are filled at this value of the first tier; exact where all seats weigh the same.

    >>> seats_filled({"seats": 12, "needs": 1200}, 300), seats_filled({"seats": 12}, 300)
    (9, None)
    """
    if value is None or not metrics.get("needs"):
        return None
    return int(metrics["seats"] * (1 - value / metrics["needs"]) + 1e-9)


def trouble_of(plan: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Why a plan has led to nothing: the key of a sentence, and what its problem says."""
    if plan is None or is_running(plan) or plan["roster"] is not None:
        return None
    problem = plan["problem"] or {}
    kind = str(problem.get("kind", plan["state"]))
    key = f"plan.failed-{kind}"
    return {
        "key": key if knows(key) else "plan.failed-other", "kind": kind, "message": problem.get("message", ""),
        "advice": problem.get("advice", ""), "faults": problem.get("faults", []), "demands": problem.get("demands", []),
    }


def _roster(rosters: list[dict[str, Any]], plan: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the last plan has led to; else the newest roster there is."""
    if plan is not None and plan["roster"] is not None:
        return next((one for one in rosters if one["id"] == plan["roster"]), None)
    return rosters[-1] if rosters else None


def _before(rosters: list[dict[str, Any]], plan: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The roster to compare with: what people were told, else the one made before."""
    made = _roster(rosters, plan)
    if made is None:
        return None
    earlier = [one for one in rosters if one["edition"] < made["edition"]]
    told = [one for one in earlier if one["state"] == "published"] or earlier
    return told[-1] if told else None


def _job(job: Mapping[str, Any]) -> dict[str, Any]:
    found = _CRON.fullmatch(job["cron"])
    when = None if found is None else {"weekday": found[3], "time": f"{int(found[2]):02d}:{int(found[1]):02d}"}
    return {**job, "when": when}
