"""Questions over HTTP: check, explain, suggest, screen, replan, compare; of a stored roster, or of what the request brings.

None of them changes anything, except ``replan``, which keeps a draft, and ``screening:apply``.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from matcher.api.ask_bodies import (
    AnyAnswer,
    CheckAsked,
    CompareAsked,
    GivenCompareAsked,
    GivenExplainAsked,
    GivenReplanAsked,
    GivenScreenAsked,
    GivenSuggestAsked,
    MovesAsked,
    RosterKey,
    ScreenApplyAsked,
    StoredExplainAsked,
    StoredReplanAsked,
    StoredScreenAsked,
    StoredSuggestAsked,
    Timed,
)
from matcher.api.asking import answer
from matcher.api.callers import AT, Call, calling
from matcher.api.once import Done, OnlyOnce
from matcher.service.accounts.access import Breadth
from matcher.service.asking.asks import Ask
from matcher.service.claiming import screening
from matcher.store import rosters
from matcher.store.rosters import Made

router = APIRouter()

ONE = f"{AT}/rosters/{{roster}}"
_TOLD: Any = {200: {"model": AnyAnswer, "description": "The answer, as the command prints it with --json."}}
_CHECK_SECONDS = 30.0
_STORED = Body(openapi_examples={"wu": {"summary": "Mr Wu's ride in December", "value": {"visit": "wu-escort/2026-12"}}})
_AWAY = Body(openapi_examples={"away": {
    "summary": "Somebody is away for ten days",
    "value": {"absences": [{"volunteer": "v05", "start": "2027-05-10T00:00:00+08:00", "end": "2027-05-20T00:00:00+08:00"}]},
}})


def stored_ask(kind: str, call: Call, rosters: tuple[str, ...], asked: Timed, values: dict[str, Any]) -> Ask:
    """A question about stored rosters, on the community's facts."""
    here = call.here
    return Ask(
        kind, call.lang, here.district, here.community, moment=asked.moment, max_age=asked.max_age, rosters=rosters,
        values=values,
    )


def _given(kind: str, call: Call, asked: CheckAsked, values: dict[str, Any]) -> Ask:
    return Ask(kind, call.lang, scenario=asked.scenario, given=(asked.roster,), values=values)


# ------------------------------------------------------------------------------------------------ stored


@router.get(
    f"{ONE}/check", operation_id="rosters.check", response_model=None, responses=_TOLD, tags=["rosters"],
    summary="Judge a roster by the facts as they stand",
)
async def check(
    roster: RosterKey, request: Request, asked: Annotated[Timed, Query()],
    call: Annotated[Call, Depends(calling("rosters.check"))],
) -> dict[str, Any]:
    """Whether it breaks a rule now, whoever made it; the value of every tier and term."""
    return await answer(request, stored_ask("check", call, (roster,), asked, {}), seconds=_CHECK_SECONDS)


@router.post(
    f"{ONE}/explain", operation_id="rosters.explain", response_model=None, responses=_TOLD, tags=["rosters"],
    summary="Why this person, why not that one, why nobody",
)
async def explain(
    roster: RosterKey, request: Request, asked: Annotated[StoredExplainAsked, _STORED],
    call: Annotated[Call, Depends(calling("rosters.explain"))],
) -> dict[str, Any]:
    """An account of the roster, a wish, a visit or a volunteer, with ways to fill what is empty."""
    ask = stored_ask("explain", call, (roster,), asked, asked.values)
    return await answer(request, ask, slow=bool(asked.values["fixes"]), seconds=asked.seconds * 2)


@router.post(
    f"{ONE}/suggest", operation_id="rosters.suggest", response_model=None, responses=_TOLD, tags=["rosters"],
    summary="Who could be asked for a visit",
)
async def suggest(
    roster: RosterKey, request: Request, asked: Annotated[StoredSuggestAsked, _STORED],
    call: Annotated[Call, Depends(calling("rosters.suggest"))],
) -> dict[str, Any]:
    """Ranked people, each with what they would change; a team lead sees those of the team."""
    values = asked.values
    if call.breadth is Breadth.TEAM:
        values["team"] = call.caller.team or ""
    return await answer(request, stored_ask("suggest", call, (roster,), asked, values))


@router.post(
    f"{ONE}/moves", operation_id="rosters.moves", response_model=None, responses=_TOLD, tags=["rosters"],
    summary="When else a visit could be",
)
async def moves(
    roster: RosterKey, request: Request, asked: Annotated[MovesAsked, _STORED],
    call: Annotated[Call, Depends(calling("rosters.moves"))],
) -> dict[str, Any]:
    """The starts that were asked for, with the people it has: what each would break, or what it costs."""
    return await answer(request, stored_ask("moves", call, (roster,), asked, {"visit": asked.visit}))


@router.post(
    f"{ONE}/compare", operation_id="rosters.compare", response_model=None, responses=_TOLD, tags=["rosters"],
    summary="Two rosters side by side",
)
async def compare(
    roster: RosterKey, request: Request, asked: CompareAsked,
    call: Annotated[Call, Depends(calling("rosters.compare"))],
) -> dict[str, Any]:
    """Per tier and term, per visit, per person; both judged by the facts as they stand."""
    ask = stored_ask("compare", call, (roster, asked.other), asked, {"names": asked.names})
    return await answer(request, ask, seconds=_CHECK_SECONDS)


@router.post(
    f"{ONE}/replan", operation_id="rosters.replan", response_model=None, tags=["rosters"],
    responses=_TOLD | {201: {"model": AnyAnswer, "description": "Kept as a draft; Location leads to it."}},
    summary="Somebody cannot come: the fewest changes",
)
async def replan(
    roster: RosterKey, request: Request, asked: Annotated[StoredReplanAsked, _AWAY], once: OnlyOnce,
    call: Annotated[Call, Depends(calling("rosters.replan"))],
) -> Response:
    """The fewest changes to what people were told, proven, and what to tell whom. The roster is kept as a draft.

    The news (who is away, what is called off, what is new) stays with the draft: publishing it writes the news into the
    facts.
    """
    ask = stored_ask("replan", call, (roster,), Timed(moment=asked.moment), asked.values)
    done = await answer(request, ask, slow=True, seconds=asked.seconds * 3)
    window, report = done.pop("window"), done.pop("report")

    def keep() -> Response:
        with call.writing() as session:

            def act() -> Done:
                if not asked.keep:
                    return Done(200, done)
                key = rosters.add_draft(session, Made(done["roster"], report, window_of(window)), replaces=roster)
                return Done(201, done | {"id": key}, {"Location": f"{request.url.path.rpartition('/')[0].rpartition('/')[0]}/{key}"})

            return once.answer(session, act)

    return await run_in_threadpool(keep)


@router.post(
    f"{AT}/screening", operation_id="screening.propose", response_model=None, responses=_TOLD, tags=["claims"],
    summary="Who takes part in a wish",
)
async def propose(
    request: Request, asked: StoredScreenAsked, call: Annotated[Call, Depends(calling("screening.propose"))]
) -> dict[str, Any]:
    """Chosen, waitlist and reasons, by a rule that is stated; nothing is written."""
    told = await answer(request, stored_ask("screen", call, (), Timed(moment=asked.moment), asked.values))
    return {name: told[name] for name in ("screened", "states", "standbys", "noted")}


@router.post(
    f"{AT}/screening:apply", operation_id="screening.apply", response_model=None, responses=_TOLD, tags=["claims"],
    summary="Decide the claims",
)
async def apply(
    request: Request, asked: ScreenApplyAsked, once: OnlyOnce,
    call: Annotated[Call, Depends(calling("screening.apply"))],
) -> Response:
    """The same, and the claims' new states are written. Claims that came in meanwhile are screened anew.

    With ``noted`` they are not: then nothing is written (409) unless all stands as it was when it was proposed.
    ``decisions`` go before the rule; ``before`` in the answer are the states that were changed, and undoes it as ``decisions``.
    """
    ask = stored_ask("screen", call, (), Timed(moment=asked.moment), asked.values)
    for is_last in (False, False, True):
        told = await answer(request, ask)
        refuse = "screened-before" if asked.noted is not None else "facts-moving" if is_last else ""
        told |= {"noted": told["noted"] if asked.noted is None else asked.noted}

        def write(told: dict[str, Any] = told, refuse: str = refuse) -> Response | None:
            with call.writing() as session:
                if not screening.is_current(session, told, refuse=refuse):
                    return None

                def act() -> Done:
                    done = screening.apply(session, told, asked.decisions)
                    return Done(200, {"screened": told["screened"], "standbys": told["standbys"]} | done)

                return once.answer(session, act)

        response = await run_in_threadpool(write)
        if response is not None:
            return response
    raise AssertionError("the last one refuses")


# ---------------------------------------------------------------------------------------------- the facts


@router.get(
    f"{AT}/supply", operation_id="supply.get", response_model=None, responses=_TOLD, tags=["scenarios"],
    summary="Needed, available, short: before planning",
)
async def supply(
    request: Request, asked: Annotated[Timed, Query()], call: Annotated[Call, Depends(calling("supply.get"))]
) -> dict[str, Any]:
    """By skill and half-day; the gap is proven. Also the wishes nobody can serve, and why."""
    return await answer(request, stored_ask("supply", call, (), asked, {}), seconds=_CHECK_SECONDS)


@router.get(
    f"{AT}/facts:check", operation_id="facts.check", response_model=None, responses=_TOLD, tags=["scenarios"],
    summary="What is doubtful about the facts",
)
async def check_facts(
    request: Request, asked: Annotated[Timed, Query()], call: Annotated[Call, Depends(calling("facts.check"))]
) -> dict[str, Any]:
    """Counts, warnings with what to do, and the volunteers of whom something is missing."""
    return await answer(request, stored_ask("facts", call, (), asked, {}), seconds=_CHECK_SECONDS)


# ------------------------------------------------------------------------------------------ brought along


@router.post(
    "/v1/check", operation_id="scenarios.check", response_model=None, responses=_TOLD, tags=["scenarios"],
    summary="Judge a roster by the facts that come with it",
)
async def check_given(
    request: Request, asked: CheckAsked, call: Annotated[Call, Depends(calling("scenarios.check"))]
) -> dict[str, Any]:
    """As `matcher check`. Nothing is kept."""
    return await answer(request, _given("check", call, asked, {}), seconds=_CHECK_SECONDS)


@router.post(
    "/v1/explain", operation_id="scenarios.explain", response_model=None, responses=_TOLD, tags=["scenarios"],
    summary="Explain a roster on the facts that come with it",
)
async def explain_given(
    request: Request, asked: GivenExplainAsked, call: Annotated[Call, Depends(calling("scenarios.explain"))]
) -> dict[str, Any]:
    """As `matcher explain`. Nothing is kept."""
    ask = _given("explain", call, asked, asked.values)
    return await answer(request, ask, slow=bool(asked.values["fixes"]), seconds=asked.seconds * 2)


@router.post(
    "/v1/suggest", operation_id="scenarios.suggest", response_model=None, responses=_TOLD, tags=["scenarios"],
    summary="Who could be asked, on the facts that come with it",
)
async def suggest_given(
    request: Request, asked: GivenSuggestAsked, call: Annotated[Call, Depends(calling("scenarios.suggest"))]
) -> dict[str, Any]:
    """As `matcher suggest`. Nothing is kept."""
    return await answer(request, _given("suggest", call, asked, asked.values))


@router.post(
    "/v1/screen", operation_id="scenarios.screen", response_model=None, responses=_TOLD, tags=["scenarios"],
    summary="Screen claims on the facts that come with them",
)
async def screen_given(
    request: Request, asked: GivenScreenAsked, call: Annotated[Call, Depends(calling("scenarios.screen"))]
) -> dict[str, Any]:
    """As `matcher screen`. Nothing is kept."""
    told = await answer(request, Ask("screen", call.lang, scenario=asked.scenario, values=asked.values))
    return {name: told[name] for name in ("screened", "states", "standbys")}


@router.post(
    "/v1/replan", operation_id="scenarios.replan", response_model=None, responses=_TOLD, tags=["scenarios"],
    summary="The fewest changes, on the facts that come with it",
)
async def replan_given(
    request: Request, asked: GivenReplanAsked, call: Annotated[Call, Depends(calling("scenarios.replan"))]
) -> dict[str, Any]:
    """As `matcher replan`. Nothing is kept."""
    return await answer(request, _given("replan", call, asked, asked.values), slow=True, seconds=asked.seconds * 3)


@router.post(
    "/v1/compare", operation_id="scenarios.compare", response_model=None, responses=_TOLD, tags=["scenarios"],
    summary="Two rosters of the facts that come with them",
)
async def compare_given(
    request: Request, asked: GivenCompareAsked, call: Annotated[Call, Depends(calling("scenarios.compare"))]
) -> dict[str, Any]:
    """As `matcher compare --scenario`. Nothing is kept."""
    ask = Ask("compare", call.lang, scenario=asked.scenario, given=(asked.a, asked.b), values={"names": asked.names})
    return await answer(request, ask, seconds=_CHECK_SECONDS)


def window_of(told: dict[str, str]) -> Any:
    """The days a roster was made for."""
    from matcher.domain.scenario import PlanningWindow

    return PlanningWindow.model_validate(told)
