"""The loop over HTTP: orders as people submitted them, wishes moved on, visits confirmed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Response

from matcher.api.callers import AT, Call, calling
from matcher.api.loop_bodies import MOVE_EXAMPLES, ConfirmAsked, ConfirmTold, MoveAsked, OrderTold
from matcher.api.once import Done, OnlyOnce
from matcher.api.paging import Page, Paged
from matcher.service.rosters import loop
from matcher.service.rosters.loop import By, Confirmed, Stage
from matcher.service.rosters.replies import without_replies
from matcher.store import orders
from matcher.store.orders import Order

router = APIRouter(tags=["orders"])
Key = Annotated[str, Path(min_length=1, max_length=120)]
VisitKey = Annotated[str, Path(min_length=1, max_length=160)]
_MOVE = Body(openapi_examples=MOVE_EXAMPLES)


def told_order(order: Order) -> dict[str, Any]:
    """An order as JSON."""
    return {
        "order": order.id, "wish": order.wish, "stage": order.stage, "places": order.places,
        "answer_minutes": order.answer_minutes, "asked": order.document, "version": order.version,
        "created_at": order.created_at.isoformat(), "changed_at": order.changed_at.isoformat(),
        "changed_by": order.changed_by, "next": list(loop.moves_from(order.stage, By.COORDINATOR)),
    }


def told_confirmed(done: Confirmed) -> dict[str, Any]:
    """A confirmed visit as JSON."""
    order = done.order
    return {
        "visit": order.visit, "wish": order.wish, "stage": order.stage, "said": without_replies(order.document),
        "points": dict(done.points),
    }


@router.get(
    f"{AT}/orders", operation_id="orders.list", response_model=None, summary="Wishes on their way round the loop",
    responses={200: {"model": Page[OrderTold], "description": "A page."}},
)
def list_(
    response: Response, paging: Paged, call: Annotated[Call, Depends(calling("orders.list"))],
    stage: Annotated[Stage | None, Query(description="Only orders at this stage.")] = None,
) -> Any:
    """Those that were submitted or moved; a wish the community entered itself and never moved is `verified`."""
    with call.reading() as session:
        found = orders.page(session, after=paging.after, limit=paging.limit + 1, stage=stage)
    return paging.page(response, found, lambda order: order.number, told_order)


@router.get(f"{AT}/orders/{{order}}", operation_id="orders.get", response_model=OrderTold, summary="One order")
def get(order: Key, response: Response, call: Annotated[Call, Depends(calling("orders.get"))]) -> dict[str, Any]:
    """What was asked for, its stage, and what it can become."""
    with call.reading() as session:
        found = orders.get(session, order)
    response.headers["ETag"] = found.etag
    return told_order(found)


@router.post(f"{AT}/orders/{{order}}:move", operation_id="orders.move", response_model=OrderTold, summary="Move an order on")
def move(
    order: Key, asked: Annotated[MoveAsked, Body(openapi_examples={"verify": {
        "summary": "It has become a wish", "value": {"stage": "verified", "wish": "wu-escort"},
    }})], once: OnlyOnce, call: Annotated[Call, Depends(calling("orders.move"))],
) -> Response:
    """Verified (then say which wish it has become), published, rejected, withdrawn or lapsed."""
    with call.writing() as session:
        return once.answer(session, lambda: Done(200, told_order(
            loop.move(session, orders.get(session, order), asked.stage, By.COORDINATOR, wish=asked.wish,
                      places=asked.places, answer_minutes=asked.answer_minutes)
        )))


@router.get(f"{AT}/wishes/{{wish}}/order", operation_id="wishes.order", response_model=OrderTold, summary="A wish's stage")
def of_wish(wish: Key, call: Annotated[Call, Depends(calling("wishes.order"))]) -> dict[str, Any]:
    """Where the wish is in the loop, its places, and what it can become."""
    with call.reading() as session:
        return told_order(orders.of_wish(session, wish))


@router.post(f"{AT}/wishes/{{wish}}:move", operation_id="wishes.move", response_model=OrderTold, summary="Move a wish on")
def move_wish(
    wish: Key, asked: Annotated[MoveAsked, _MOVE], once: OnlyOnce,
    call: Annotated[Call, Depends(calling("wishes.move"))],
) -> Response:
    """Published with `places`: who claims first holds one. A wish that ends is closed; published again it is open."""
    with call.writing() as session:
        return once.answer(session, lambda: Done(200, told_order(
            loop.move(session, orders.of_wish(session, wish), asked.stage, By.COORDINATOR, places=asked.places,
                      answer_minutes=asked.answer_minutes)
        )))


@router.post(
    f"{AT}/visits/{{visit:path}}/confirm", operation_id="visits.confirm", response_model=ConfirmTold,
    summary="Confirm a visit for the resident",
)
def confirm(
    visit: VisitKey, asked: Annotated[ConfirmAsked, Body(openapi_examples={"well": {
        "summary": "All went well", "value": {"stars": 5, "words": "很准时"},
    }})], once: OnlyOnce, call: Annotated[Call, Depends(calling("visits.confirm"))],
) -> Response:
    """What the resident told the community: the visit took place. Its points are earned now."""
    with call.writing() as session:
        return once.answer(session, lambda: Done(200, told_confirmed(
            loop.confirm(session, visit, By.COORDINATOR, stars=asked.stars, words=asked.words)
        )))
