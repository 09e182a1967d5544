"""What is wrong with a screening somebody asks for: every fault at once, in the coordinator's words."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from matcher.domain.claims import Claim
from matcher.domain.scenario import Scenario
from matcher.domain.wishes import Wish
from matcher.errors import Fault
from matcher.planning.contenders import ClaimsOfWish, claimant


def no_such_wish(scenario: Scenario, name: str) -> Fault:
    """There is no wish of that id."""
    zh = _is_zh(scenario)
    close = difflib.get_close_matches(name, list(scenario.wish), n=1)
    near = (f"是不是“{close[0]}”？" if zh else f' Maybe "{close[0]}".') if close else ""
    return Fault(
        f"台账里没有心愿“{name}”。" if zh else f'there is no wish "{name}" in the facts',
        f"请核对写法。{near}" if zh else f"Check the spelling.{near}",
        path=("wishes",), code="dangling",
    )


def screening_faults(
    scenario: Scenario, wish: Wish, claims: ClaimsOfWish, take: int | None, waitlist: int | None, fixed: int
) -> Iterator[Fault]:
    """Faults of the wish, its claims and the numbers; ``fixed`` places are taken by who was chosen before."""
    zh = _is_zh(scenario)
    title = wish.title or wish.items or wish.id
    if wish.state != "open":
        yield Fault(
            f"心愿“{title}”已经转出或办结，不用筛选。" if zh else f'the wish "{title}" is closed; there is nothing to screen',
            path=("wishes", scenario.wishes.index(wish), "state"), code="closed-wish",
        )
    if not claims.running:
        yield Fault(
            f"心愿“{title}”没有可以筛选的认领。" if zh else f'the wish "{title}" has no claims to screen',
            "请先登记认领，或核对认领的状态。" if zh else "Enter the claims first, or check their states.",
            path=("claims",), code="no-claims",
        )
    else:
        yield from _bad_numbers(zh, title, claims, take, fixed)
    if waitlist is not None and waitlist < 0:
        yield Fault(
            f"候补人数写了 {waitlist}，不能小于 0。" if zh else f"the waitlist is {waitlist}; it cannot be below 0",
            code="bad-waitlist",
        )
    yield from _twice(scenario, title, claims)
    yield from _outside_the_window(scenario, wish, title, claims)


def _bad_numbers(zh: bool, title: str, claims: ClaimsOfWish, take: int | None, fixed: int) -> Iterator[Fault]:
    if take is None:
        return
    most = claims.places
    if take < 1 or take > most:
        yield Fault(
            f"“{title}”有 {most} 个认领名额，不能选 {take} 个。" if zh
            else f'"{title}" has claims for {most} places; {take} cannot be chosen',
            f"请写 1 到 {most}。" if zh else f"Write a number from 1 to {most}.",
            code="bad-take",
        )
    elif take < fixed:
        yield Fault(
            f"“{title}”之前已入选 {fixed} 个名额，不能只选 {take} 个。" if zh
            else f'"{title}" has {fixed} places chosen already; {take} is fewer',
            f"请写 {fixed} 或更多；要推倒重来，请加 --afresh。" if zh
            else f"Write {fixed} or more; to choose anew add --afresh.",
            code="bad-take",
        )


def _twice(scenario: Scenario, title: str, claims: ClaimsOfWish) -> Iterator[Fault]:
    zh = _is_zh(scenario)
    own: dict[tuple[str | None, str | None], list[Claim]] = defaultdict(list)
    for claim in (*claims.running, *claims.surplus):
        own[(claim.volunteer, None) if claim.volunteer else (None, claim.team)].append(claim)
    for several in own.values():
        if len(several) > 1:
            who = claimant(scenario, several[0]).say("zh" if zh else "en")
            ids = ("、" if zh else ", ").join(sorted(claim.id for claim in several))
            yield Fault(
                f"{who}认领了“{title}”{len(several)} 次（{ids}）。" if zh
                else f'{who} claims "{title}" {len(several)} times ({ids})',
                "请只留一条。" if zh else "Keep one of them.",
                path=("claims", _row(scenario, several[-1]), "volunteer"), code="claimed-twice",
            )


def _outside_the_window(scenario: Scenario, wish: Wish, title: str, claims: ClaimsOfWish) -> Iterator[Fault]:
    """Claims before claiming opened or after it closed; names that a team gives for its own claim may follow."""
    zh, zone = _is_zh(scenario), ZoneInfo(scenario.program.timezone)
    teams = {claim.team for claim in claims.running if claim.volunteer is None}
    for claim in (*claims.running, *claims.surplus):
        if claim.state != "open" or (claim.volunteer is not None and claim.team in teams):
            continue
        late = wish.claims_close is not None and claim.at > wish.claims_close
        early = wish.claims_open is not None and claim.at < wish.claims_open
        edge = wish.claims_close if late else wish.claims_open
        if not (late or early) or edge is None:
            continue
        who, at, limit = claimant(scenario, claim).say("zh" if zh else "en"), _clock(claim.at, zone), _clock(edge, zone)
        yield Fault(
            f"{who}{at} 认领“{title}”，" + (f"认领 {limit} 已经截止。" if late else f"认领 {limit} 才开始。") if zh
            else f'{who} claimed "{title}" at {at}; claiming ' + (f"closed at {limit}" if late else f"opened at {limit}"),
            "请把这条认领改成 未入选，或改认领的起止时间。" if zh
            else "Mark the claim not chosen, or correct the times of claiming.",
            path=("claims", _row(scenario, claim), "at"), code="late-claim" if late else "early-claim",
        )


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _row(scenario: Scenario, claim: Claim) -> int:
    return next(row for row, other in enumerate(scenario.claims) if other.id == claim.id)


def _is_zh(scenario: Scenario) -> bool:
    return scenario.program.settings.language == "zh"
