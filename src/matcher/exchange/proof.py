"""The proof in words a coordinator reads: how many places are filled, and how many anyone could fill."""

from __future__ import annotations

from datetime import date

from matcher.domain.wishes import Wish
from matcher.exchange.paper import Paper
from matcher.problem.roster import TierValue


def proof_sentences(paper: Paper) -> tuple[str, ...]:
    """One sentence per tier, and a last one if a later tier rests on an unproven earlier one."""
    tiers = {tier.name: tier for tier in paper.roster.tiers or paper.plan.report.tiers}
    sentences = [places_sentence(paper, tiers.get("needs"))]
    if "promises" in tiers:
        sentences.append(_promises(paper, tiers["promises"]))
    if "quality" in tiers:
        sentences.append(_quality(paper, tiers["quality"]))
    if len(tiers) > 1 and any(not is_proven(tier) for tier in list(tiers.values())[:-1]):
        sentences.append(paper.say("conditional"))
    return tuple(sentences)


def is_proven(tier: TierValue) -> bool:
    """Is the value proven the best there is?"""
    return tier.status == "OPTIMAL" or tier.value == 0 or (tier.bound is not None and tier.bound >= tier.value)


def places_sentence(paper: Paper, needs: TierValue | None) -> str:
    """44 个名额安排了 41 个；最多只能安排 42 个。"""
    say, total = paper.say, paper.filled + paper.missing
    if total == 0:
        return say("no_seats")
    if paper.missing == 0:
        return say("all_filled", total=total)
    head = say("some_filled", total=total, filled=paper.filled)
    if needs is None:
        return head + say("unknown_most")
    if is_proven(needs):
        most = total - least_empty_places(paper, needs.value)
        return head + (say("proven_most", most=most) if most == paper.filled else say("proven_best"))
    if needs.bound is None:
        return head + say("unknown_most")
    return head + say("most_possible", most=total - least_empty_places(paper, needs.bound))


def least_empty_places(paper: Paper, bound: int) -> int:
    """How many places stay empty at least, when the needs tier cannot fall below ``bound``.

    Empty places cost different amounts; even if only the dearest stayed empty, this many would be needed
    to reach the bound.
    """
    last_done = _last_done(paper)
    cost_of = {entry.wish.id: _cost_of_an_empty_place(paper, entry.wish, last_done) for entry in paper.entries}
    costs = sorted(
        (cost_of[entry.wish.id] for entry in paper.entries for part in entry.parts
         for _ in range(max(len(part.people) + part.missing, part.role.count))),
        reverse=True,
    )
    empty, reached = 0, 0
    while reached < bound and empty < len(costs):
        reached += costs[empty]
        empty += 1
    return min(empty, paper.missing)


def _last_done(paper: Paper) -> dict[str, date]:
    last: dict[str, date] = {}
    for service in paper.scenario.history:
        start = paper.local(service.start)
        if service.wish and service.outcome == "done" and start is not None:
            last[service.wish] = max(start.date(), last.get(service.wish, start.date()))
    return last


def _cost_of_an_empty_place(paper: Paper, wish: Wish, last_done: dict[str, date]) -> int:
    # The needs tier: 3^(priority−1) · (100 + min(days waited, 100)), days since the later of submitted and last done.
    known = [day for day in (wish.submitted, last_done.get(wish.id)) if day]
    waited = max(0, (paper.as_of.date() - max(known)).days) if known else 0
    return int(3 ** (wish.priority - 1)) * (100 + min(waited, 100))


def _promises(paper: Paper, tier: TierValue) -> str:
    say = paper.say
    if tier.value == 0:
        return say("promises_kept")
    if is_proven(tier):
        return say("promises_none_better", value=tier.value)
    if tier.bound is None:
        return say("promises_unknown", value=tier.value)
    return say("promises_bound", value=tier.value, bound=tier.bound)


def _quality(paper: Paper, tier: TierValue) -> str:
    say = paper.say
    if is_proven(tier):
        return say("quality_best", value=tier.value)
    if tier.bound is None:
        return say("quality_unknown", value=tier.value)
    gap = 100 * (tier.value - tier.bound) / max(1, tier.value)
    return say("quality_bound", value=tier.value, bound=tier.bound, percent=f"{gap:.1f}".rstrip("0").rstrip("."))
