"""What has happened and what has been promised: history, claims, notices, pins and refusals that fit the wishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from matcher.domain.claims import Claim, ClaimState, Decline, Pin, Published
from matcher.domain.history import Service
from matcher.domain.wishes import Role, Wish
from matcher.generate import distributions as shares
from matcher.generate.dice import Dice
from matcher.generate.fits import Fits, Occurrence, occurrences
from matcher.generate.wishes import Asked

Pools = dict[tuple[str, str], list[int]]
"""Those who usually serve, by (wish, role)."""


@dataclass(slots=True)
class Past:
    """All of it; ``taken`` are volunteers who have a promise already, so that no two promises can collide."""

    history: list[Service] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    published: list[Published] = field(default_factory=list)
    pins: list[Pin] = field(default_factory=list)
    declines: list[Decline] = field(default_factory=list)
    pools: Pools = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)


# ------------------------------------------------------------------------------------------------ history


def remember(dice: Dice, asked: Sequence[Asked], fits: Fits, as_of: datetime, past: Past) -> None:
    """Half a year of services of every repeating wish, in keeping with its turns and faces."""
    for own in asked:
        if own.repeats and not own.wish.claimants_only:
            past.history += _services(dice, own, fits, as_of, past.pools)
    past.history.sort(key=lambda service: (service.start, service.wish or "", service.volunteer))


def _services(dice: Dice, own: Asked, fits: Fits, as_of: datetime, pools: Pools) -> Iterator[Service]:
    wish = own.wish
    first = as_of.date() - timedelta(days=shares.HISTORY_FROM_DAYS)
    since = max(first, wish.submitted + timedelta(days=5)) if wish.submitted else first
    spans = [span for _, times in own.visits for span in times]
    for role in wish.roles:
        size = _pool_size(dice, own, role)
        paired = [own.paired] if own.paired is not None else None
        pools[wish.id, role.id] = paired or fits.some(dice, wish, role, own.resident, spans, size)
    crews = _Crews(own, fits, pools)
    for occurrence in occurrences(wish, own.minutes, fits.calendar, since, as_of.date() - timedelta(days=1)):
        if not dice.chance(shares.FILLED_BEFORE_SHARE):
            continue
        start = dice.pick(occurrence[1])[0]
        crew = crews.crew(dice, fits.calendar.day_of(start))
        yield from _served(dice, own, fits, occurrence[0], start, crew)


def _pool_size(dice: Dice, own: Asked, role: Role) -> int:
    staffing = own.wish.staffing
    if staffing.policy == "steady":
        return max(role.count, min(staffing.max_helpers or 3, dice.whole(1, 2) + role.count - 1))
    return (14 if staffing.policy == "rotate" else 5) + 2 * role.count


def _served(
    dice: Dice, own: Asked, fits: Fits, visit: str, start: int, crew: Sequence[tuple[Role, int]]
) -> Iterator[Service]:
    outcome = dice.weighted(shares.OUTCOMES)
    late = dice.whole(0, max(0, len(crew) - 1))
    for place, (role, number) in enumerate(crew):
        own_outcome: Literal["done", "no-show", "cancelled"] = (
            outcome if outcome == "cancelled" or place == late else "done"
        )
        yield Service(
            wish=own.wish.id, visit=visit, resident=own.wish.resident, volunteer=fits.volunteers[number].id,
            role=role.id, start=fits.calendar.moment(start), minutes=own.minutes, outcome=own_outcome,
        )


class _Crews:
    """Crews of one wish's past visits: nobody twice running or beyond the turns, where people take turns."""

    def __init__(self, own: Asked, fits: Fits, pools: Pools) -> None:
        self._own, self._fits, self._pools = own, fits, pools
        self._last: set[int] = set()
        self._turns: dict[int, list[date]] = defaultdict(list)

    def crew(self, dice: Dice, day: date) -> list[tuple[Role, int]]:
        """Who served on a day: the whole crew, or nobody; a partial one where the wish allows."""
        seated: list[tuple[Role, int]] = []
        for role in self._own.wish.roles:
            free = [number for number in self._pools[self._own.wish.id, role.id] if self._may(number, day, seated)]
            seated += [(role, number) for number in self._chosen(dice, free, role.count)]
        whole = len(seated) == sum(role.count for role in self._own.wish.roles)
        if not whole and not self._own.wish.partial:
            return []
        self._last = {number for _, number in seated}
        for _, number in seated:
            self._turns[number].append(day)
        return seated

    def _chosen(self, dice: Dice, free: list[int], count: int) -> list[int]:
        policy = self._own.wish.staffing.policy
        if policy == "rotate":
            return sorted(free, key=lambda number: len(self._turns[number]))[:count]
        if policy in ("steady", "pair") and dice.chance(0.8):
            return free[:count]
        return dice.some(free, count)

    def _may(self, number: int, day: date, seated: Sequence[tuple[Role, int]]) -> bool:
        joined = self._fits.volunteers[number].joined
        if (joined is not None and joined > day) or any(number == other for _, other in seated):
            return False
        staffing = self._own.wish.staffing
        if staffing.policy != "rotate":
            return True
        recent = [turn for turn in self._turns[number] if (day - turn).days < staffing.turns_days]
        return number not in self._last and (staffing.max_turns is None or len(recent) < staffing.max_turns)


# ------------------------------------------------------------------------------------------------ claims

CHANNELS: tuple[tuple[Literal["livestream", "online", "qr", "offline"], float], ...] = (
    ("livestream", 0.4), ("online", 0.3), ("qr", 0.2), ("offline", 0.1),
)


def claim(dice: Dice, asked: Asked, fits: Fits, as_of: datetime, past: Past) -> Asked:
    """The wish for its claimants only: published some days ago, claimed in a burst; some still open, some screened.

    A wish that fewer than two people could serve stays as it is.
    """
    published = as_of.date() - timedelta(days=dice.whole(2, 12))
    wish = Wish(**dict(asked.wish) | {"claimants_only": True, "teams": (), "submitted": published})
    spans = [span for _, times in asked.visits for span in times]
    able = fits.some(dice, wish, wish.roles[0], asked.resident, spans, dice.whole(3, 24 if wish.kind == "escort" else 8))
    if len(able) < 2:
        return asked
    hopeful = [dice.whole(0, len(fits.volunteers) - 1) for _ in range(len(able) // 4)]  # cannot, but would like to
    people = dice.some(dict.fromkeys([*able, *hopeful]), len(able) + len(hopeful))
    states = _states(dice, asked, people, set(able))
    at = datetime.combine(published, time(20, 0), as_of.tzinfo)
    channel = dice.weighted(CHANNELS)
    for number in people:
        at += timedelta(seconds=1 + int(dice.roll() * 2 * shares.BURST_SECONDS))
        past.claims.append(Claim(
            id=f"claim-{len(past.claims) + 1:05d}", wish=wish.id, volunteer=fits.volunteers[number].id, at=at,
            channel=channel, minutes=asked.minutes or None, state=states[number],
        ))
    return replace(asked, wish=wish)


def _states(dice: Dice, asked: Asked, people: Sequence[int], able: set[int]) -> dict[int, ClaimState]:
    if dice.weighted(shares.CLAIM_STATES) == "open":
        return {number: "withdrawn" if dice.chance(0.05) and number not in able else "open" for number in people}
    left = len(asked.visits)  # one turn each can be kept
    waiting = 3
    states: dict[int, ClaimState] = {}
    for number in people:
        if number in able and left:
            states[number], left = "chosen", left - 1
        elif number in able and waiting:
            states[number], waiting = "waitlisted", waiting - 1
        else:
            states[number] = "not-chosen" if dice.chance(0.9) else "lapsed"
    return states


# ------------------------------------------------------------------------------------------------ promises


def promise(dice: Dice, asked: Sequence[Asked], fits: Fits, as_of: datetime, window: tuple[date, date], past: Past) -> None:
    """Seats told, pins, and refusals: each on a visit and a volunteer of its own."""
    visits = [(own, visit) for own in asked if _is_simple(own) for visit in own.visits]
    total = sum(len(own.visits) for own in asked)
    early = fits.calendar.minute(window[0] + timedelta(days=9), "24:00")
    pool = dice.some(visits, len(visits))
    soon = [(own, visit) for own, visit in pool if visit[1][0][0] < early]
    for own, visit in soon[:max(1, round(shares.PUBLISHED_SHARE * total))]:
        _publish(dice, own, visit, fits, as_of, past)
    told = {seat.visit for seat in past.published}
    rest = iter([(own, visit) for own, visit in pool if visit[0] not in told])
    for own, visit in _first(rest, max(1, round(shares.PINNED_SHARE * total))):
        _pin(dice, own, visit, fits, past)
    for own, visit in _first(rest, max(1, round(shares.NEVER_SHARE * total))):
        if number := _somebody(dice, own, visit, fits, past):
            past.pins.append(Pin(visit=visit[0], volunteer=fits.volunteers[number[0]].id, never=True))
    for own, visit in _first(rest, max(1, round(shares.DECLINED_SHARE * total))):
        if number := _somebody(dice, own, visit, fits, past):
            past.declines.append(
                Decline(visit=visit[0], volunteer=fits.volunteers[number[0]].id, at=as_of - timedelta(days=1))
            )
    _publish_this_month(dice, asked, fits, as_of, window, past)


def _first(items: Iterator[tuple[Asked, Occurrence]], count: int) -> Iterator[tuple[Asked, Occurrence]]:
    for item, _ in zip(items, range(count)):
        yield item


def _is_simple(own: Asked) -> bool:
    """One seat, no turns, no spacing, nobody's privilege: a promise about it contradicts nothing."""
    wish = own.wish
    when = wish.recurrence
    return (
        len(wish.roles) == 1 and wish.roles[0].count == 1 and not wish.claimants_only and when is not None
        and when.min_gap_days is None and wish.staffing.policy in ("any", "steady")
        and wish.staffing.max_helpers is None
    )


def _somebody(dice: Dice, own: Asked, visit: Occurrence, fits: Fits, past: Past) -> list[int]:
    """Somebody without a promise so far who could serve the visit: one of the usual people first."""
    role = own.wish.roles[0]
    usual = [
        number for number in past.pools.get((own.wish.id, role.id), ())
        if number not in past.taken and fits.is_free(number, visit[1], own.minutes)
    ]
    found = usual[:1] or fits.some(dice, own.wish, role, own.resident, visit[1], 1, past.taken)
    past.taken.update(found)
    return found


def _publish(dice: Dice, own: Asked, visit: Occurrence, fits: Fits, as_of: datetime, past: Past) -> None:
    for number in _somebody(dice, own, visit, fits, past):
        start = fits.start_for(number, visit[1], own.minutes)
        if start is None:
            continue
        moment = fits.calendar.moment
        past.published.append(Published(
            visit=visit[0], start=moment(start), end=moment(start + own.minutes), role=own.wish.roles[0].id,
            volunteer=fits.volunteers[number].id, told_at=as_of - timedelta(hours=dice.whole(1, 40)),
        ))


def _publish_this_month(
    dice: Dice, asked: Sequence[Asked], fits: Fits, as_of: datetime, window: tuple[date, date], past: Past
) -> None:
    """Seats of the days between now and the window: outside this plan, but they take their people's time."""
    weekly = [own for own in asked if own.rhythm == "weekly" and _is_simple(own)]
    for own in dice.some(weekly, max(1, len(weekly) // 20)):
        days = as_of.date() + timedelta(days=1), window[0] - timedelta(days=1)
        for visit in occurrences(own.wish, own.minutes, fits.calendar, *days)[:1]:
            _publish(dice, own, visit, fits, as_of, past)


def _pin(dice: Dice, own: Asked, visit: Occurrence, fits: Fits, past: Past) -> None:
    for number in _somebody(dice, own, visit, fits, past):
        start = fits.start_for(number, visit[1], own.minutes)
        fixed = start is not None and dice.chance(0.3)
        past.pins.append(Pin(
            visit=visit[0], role=own.wish.roles[0].id, volunteer=fits.volunteers[number].id,
            start=fits.calendar.moment(start) if fixed and start is not None else None,
        ))
