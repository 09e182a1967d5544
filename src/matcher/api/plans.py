"""Plans over HTTP: asked for, listed, looked at, cancelled; their rosters, reports and certificates."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.responses import JSONResponse

from matcher.api.callers import Call, calling, refuse_foreign
from matcher.api.once import Done, OnlyOnce
from matcher.api.paging import Page, Paged
from matcher.api.plan_bodies import PLAN_EXAMPLES, PlanAsked, PlanChecked, PlanKey, PlanTold, ScopeTold
from matcher.errors import BadInput, Fault
from matcher.service.accounts.access import Breadth
from matcher.service.plan_words import say
from matcher.service.solving import plans
from matcher.store import runs
from matcher.store.facts import NotFound
from matcher.store.lookup import scope_of_run, scopes_of
from matcher.store.scope import Scope
from matcher.store.words import say as store_say

router = APIRouter(tags=["plans"])

State = Literal["queued", "running", "done", "failed", "cancelled"]
_BODY = Body(openapi_examples=PLAN_EXAMPLES)


@router.post(
    "/v1/plans", operation_id="plans.create", response_model=None, status_code=202,
    responses={202: {"model": PlanTold, "description": "Accepted; Location leads to its status."}},
    summary="Ask for a plan",
)
def create(
    asked: Annotated[PlanAsked, _BODY], once: OnlyOnce, call: Annotated[Call, Depends(calling("plans.create"))],
) -> Response:
    """Plan a community's facts as they stand (`scope`), or those the request brings (`scenario`, within a `scope`).

    The facts are frozen now: what happens to them afterwards does not reach the plan. The roster is a draft.
    """
    here = asked_scope(call, asked.scope)
    with call.database.reading(here, lang=call.lang) as session:
        prepared = plans.prepare(session, asked.meant)
    with call.database.writing(here, call.caller.actor, lang=call.lang) as session:

        def act() -> Done:
            run = plans.submit(session, asked.meant, prepared)
            return Done(202, told(plans.status(session, run.id), here), {"Location": f"/v1/plans/{run.id}"})

        return once.answer(session, act)


@router.post(
    "/v1/plans:validate", operation_id="plans.validate", response_model=PlanChecked, summary="Would this plan be accepted?"
)
def validate(
    asked: Annotated[PlanAsked, _BODY], call: Annotated[Call, Depends(calling("plans.validate"))]
) -> dict[str, Any]:
    """Everything `POST /v1/plans` checks, and nothing kept: how large the plan is, and what to note."""
    here = asked_scope(call, asked.scope)
    with call.database.reading(here, lang=call.lang) as session:
        prepared = plans.prepare(session, asked.meant)
    return {
        "scope": told_scope(here), "fingerprint": prepared.scenario.fingerprint, "metrics": prepared.metrics,
        "warnings": [plans.told_warning(fault) for fault in prepared.warnings],
    }


@router.get(
    "/v1/plans", operation_id="plans.list", response_model=None, summary="Plans, the newest first",
    responses={200: {"model": Page[PlanTold], "description": "A page; scores are in each plan's own status."}},
)
def list_(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("plans.list"))],
    state: Annotated[State | None, Query(description="Only plans in this state.")] = None,
    district: Annotated[str | None, Query(max_length=120)] = None,
    community: Annotated[str | None, Query(max_length=120)] = None,
) -> Any:
    """The plans of a community, or of all the caller may see in a district."""
    here = _reach(call, district, community)
    with call.database.reading(here, lang=call.lang) as session:
        found = runs.page(session, before=paging.text, limit=paging.limit + 1, state=state)
        scopes = scopes_of(session, {run.community for run in found})
    return paging.page(
        response, found, lambda run: run.id,
        lambda run: told(plans.Status(run), scopes[run.community], masked=call.breadth is Breadth.MASKED),
    )


@router.get(
    "/v1/plans/{plan}", operation_id="plans.get", response_model=PlanTold, summary="How a plan is doing",
)
def get(plan: PlanKey, call: Annotated[Call, Depends(calling("plans.get"))]) -> dict[str, Any]:
    """Its state and times, the value and bound of each tier so far, how large it is, what to note, and links."""
    here = scope_of_plan(call, plan)
    with call.database.reading(here, lang=call.lang) as session:
        status = plans.status(session, plan)
    return told(status, here, masked=call.breadth is Breadth.MASKED)


@router.delete(
    "/v1/plans/{plan}", operation_id="plans.cancel", response_model=PlanTold, status_code=202, summary="Cancel a plan"
)
def cancel(plan: PlanKey, call: Annotated[Call, Depends(calling("plans.cancel"))]) -> dict[str, Any]:
    """A waiting plan ends at once, a running one within a second if it has found nothing yet; else its best roster is kept
    as a draft, as soon as it is judged, within some seconds.

    A plan that is over stays as it is. Cancelling twice does no harm.
    """
    here = scope_of_plan(call, plan)
    with call.database.writing(here, call.caller.actor, lang=call.lang) as session:
        runs.cancel(session, plan)
        return told(plans.status(session, plan), here)


@router.get(
    "/v1/plans/{plan}/roster", operation_id="plans.result", response_model=None, summary="The roster a plan has led to",
    responses={200: {"description": "The roster, as in roster.json."}},
)
def result(plan: PlanKey, call: Annotated[Call, Depends(calling("plans.result"))]) -> Response:
    """409 while there is none. It is kept as a draft under the address in `Content-Location`."""
    here = scope_of_plan(call, plan)
    with call.database.reading(here, lang=call.lang) as session:
        found = plans.result(session, plan)
    return JSONResponse(found.document, headers={"Content-Location": roster_address(here, found.id)})


@router.get(
    "/v1/plans/{plan}/report", operation_id="plans.report", response_model=None, summary="The judge's report on a plan",
    responses={200: {"description": "The report, as in report.json."}},
)
def report(plan: PlanKey, call: Annotated[Call, Depends(calling("plans.report"))]) -> Response:
    """Violations (none), the value of every tier and term, shares of work, and how the solve went."""
    with call.database.reading(scope_of_plan(call, plan), lang=call.lang) as session:
        return JSONResponse(plans.result(session, plan).report)


@router.get(
    "/v1/plans/{plan}/certificates", operation_id="plans.certificates", response_model=None,
    responses={200: {"description": "The certificates, as in certificate.json."}},
    summary="Proofs that anybody can recompute",
)
def certificates(plan: PlanKey, call: Annotated[Call, Depends(calling("plans.certificates"))]) -> Response:
    """What proves the bounds of the plan; an empty list where nothing is proven."""
    with call.database.reading(scope_of_plan(call, plan), lang=call.lang) as session:
        return JSONResponse(plans.result(session, plan).certificates)


# ------------------------------------------------------------------------------------------------ whose, and how


def scope_of_plan(call: Call, plan: str) -> Scope:
    """The community of a plan; raises ``NotFound`` for one of another tenant as for one that is not there."""
    with call.database.everyone("lookup", lang=call.lang) as session:
        found = scope_of_run(session, plan)
    if found is None or not call.caller.reaches(found):
        raise NotFound([Fault(store_say("no-run", call.lang, key=plan), code="no-run")])
    return found


def asked_scope(call: Call, told: ScopeTold | None) -> Scope:
    """The community a body names, or else the caller's own; raises ``BadInput``, ``NotFound``."""
    caller = call.caller
    if told is not None:
        here = Scope(told.district, told.community)
        refuse_foreign(caller, here, call.lang)
        return here
    if caller.district is None or caller.community is None:
        fault = Fault(say("no-scope", call.lang), say("no-scope-advice", call.lang), path=("scope",), code="no-scope")
        raise BadInput([fault])
    return Scope(caller.district, caller.community)


def _reach(call: Call, district: str | None, community: str | None) -> Scope:
    """What a list goes over: as asked for, within what the caller reaches."""
    caller = call.caller
    named = district or caller.district
    if named is None:
        fault = Fault(say("no-scope", call.lang), say("no-scope-advice", call.lang), path=("district",), code="no-scope")
        raise BadInput([fault])
    here = Scope(named, community or (caller.community if district in (None, caller.district) else None))
    refuse_foreign(caller, here, call.lang)
    return here


def told_scope(here: Scope) -> dict[str, str]:
    """A community as JSON."""
    return {"district": here.district, "community": str(here.community)}


def roster_address(here: Scope, roster: str) -> str:
    """Where a roster is."""
    district, community = quote(here.district, safe=""), quote(str(here.community), safe="")
    return f"/v1/districts/{district}/communities/{community}/rosters/{roster}"


def told(status: plans.Status, here: Scope, *, masked: bool = False) -> dict[str, Any]:
    """A plan's status as JSON; masked, what went wrong is told by its kind only, and no warnings."""
    run = status.run
    shown = plans.as_json(run)
    if masked and run.problem is not None:
        shown["problem"] = {"kind": run.problem["kind"]}
    links = {"self": f"/v1/plans/{run.id}", "events": f"/v1/plans/{run.id}/events"}
    if run.roster is not None:
        links |= {name: f"/v1/plans/{run.id}/{name}" for name in ("roster", "report", "certificates")}
        links["draft"] = roster_address(here, run.roster)
    return shown | {
        "scope": told_scope(here), "score": status.score, "metrics": status.metrics,
        "warnings": [] if masked else status.warnings,  # they may quote names
        "links": links,
    }
