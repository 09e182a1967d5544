"""Certificate: a lower bound of one tier, as prices of seats that anybody can recompute it from.

``verify`` recomputes it from the facts alone (``problem.bound``), with no code of any solver's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from matcher.domain.base import IS_WHOLE, Count, Fact, Id, Moment
from matcher.problem.bound import (
    Proven,
    is_by_start,
    minute_of,
    most_new_faces,
    needs_bound,
    options_by_start,
    quality_bound,
)
from matcher.problem.check import check
from matcher.problem.expand import Expanded
from matcher.problem.problem import Problem
from matcher.problem.roster import Report, Roster
from matcher.problem.rules import Language

LARGEST = 10**12
"""No price of a certificate is larger (milli-points): sums stay within 64 bits."""
Milli = Annotated[int, Field(ge=-LARGEST, le=LARGEST), IS_WHOLE]
"""Thousandths of a point. Below 0 it can be read, but proves nothing."""
SeatPrices: TypeAlias = tuple[Milli, ...]
"""The price of a seat of each role of a visit, in the wish's order of roles."""
BY_ROLE, BY_START = "by-role", "by-start"
VisitPrices: TypeAlias = Annotated[
    Annotated[SeatPrices, Tag(BY_ROLE)] | Annotated[tuple[tuple[Moment | None, SeatPrices], ...], Tag(BY_START)],
    Discriminator(lambda prices: BY_START if isinstance(prices, list | tuple) and is_by_start(prices) else BY_ROLE),
]
"""By role, at whatever start; or start by start (goods: None), a start left out being worth 0 throughout."""


class Lacking(Fact):
    """Seats of which no roster can fill all: the empty ones, each counted by its visit's weight, come to at least ``least``.

    Proven elsewhere (by a model of these visits alone, everybody free); the certificate takes it as given and says so.
    """

    weights: dict[Id, Count]
    """By visit; with what an empty seat counts in the needs tier, ``least`` is points of needs."""
    least: Count
    sigma_milli: Milli
    """What a point of it is worth, in milli-points."""


class Certificate(Fact):
    """Prices of seats, and the bound they prove (docs/certificates.md).

    ``quality``: no roster whose needs tier is at most ``needs`` has a quality below ``bound``. ``needs``: no roster
    has a needs tier below ``bound``.
    """

    format: Literal["matcher-certificate/2"] = "matcher-certificate/2"
    scenario: str
    """The fingerprint of the scenario it is about."""
    tier: Literal["quality", "needs"]
    needs: Count | None = None
    """Tier quality: the most the needs tier may come to."""
    bound: Count
    """In points."""
    lambda_milli: Milli = 0
    """Tier quality: what a point of needs is worth, in milli-points."""
    lacking: tuple[Lacking, ...] = ()
    """Tier quality: what is known of the needs tier beside ``needs``."""
    duals: dict[Id, VisitPrices] = {}  # noqa: RUF012 - pydantic copies it
    """The prices of each visit's seats, in milli-points; a visit left out has 0 throughout."""
    faces: dict[Id, Milli] = {}  # noqa: RUF012 - pydantic copies it
    """Tier quality: what each new face is charged at a wish that may see only so many, in milli-points."""
    people: dict[Id, dict[Id, VisitPrices]] = {}  # noqa: RUF012 - pydantic copies it
    """Tier quality: for visits that one team must serve, in place of ``duals``: what the seats are worth to each volunteer.
    Who is left out has 0 throughout.
    """
    presence: dict[Id, tuple[tuple[Moment | None, dict[Id, Milli]], ...]] = {}  # noqa: RUF012 - pydantic copies it
    """Tier quality: what a volunteer is charged for being on a visit's crew, start by start, in milli-points."""

    @model_validator(mode="after")
    def _fits_its_tier(self) -> Certificate:
        if self.tier == "quality" and self.needs is None:
            raise ValueError("needs is missing: a bound of the quality tier holds for rosters up to some needs")
        of_quality = (
            self.needs is not None, self.lambda_milli, self.lacking, self.faces, self.people, self.presence
        )
        if self.tier == "needs" and any(of_quality):
            raise ValueError("needs, lambda_milli, lacking, faces, people and presence belong to the quality tier only")
        return self


Fails = Literal[
    "another-scenario", "unknown-visit", "unknown-start", "number-of-prices", "negative-price", "bound-too-high",
    "needs-too-small", "better-roster", "faces-not-limited", "team-not-asked", "unknown-person",
]
"""Why a certificate is refused."""


class Verdict(Fact):
    """What a certificate proves about a roster, or why it proves nothing."""

    valid: bool
    tier: Literal["quality", "needs"]
    claimed: int
    bound: int | None = None
    """The bound recomputed, in points; None where nothing could be."""
    milli: int | None = None
    """The same before rounding up, in milli-points."""
    needs: int | None = None
    """Tier quality: it holds for rosters whose needs tier is at most this."""
    value: int | None = None
    """The roster's own value in that tier."""
    gap: float | None = None
    """(value − bound) / max(1, value), of the bound recomputed."""
    estimated: int = 0
    """Volunteers whose best plan was only estimated: the bound holds, and may be weaker than it could be."""
    code: Fails | None = None
    zh: str
    en: str

    def sentence(self, language: Language) -> str:
        """The verdict in one language."""
        return self.zh if language == "zh" else self.en


def verify(
    problem: Problem | Expanded, certificate: Certificate, roster: Roster | None = None, *, report: Report | None = None
) -> Verdict:
    """Recompute a certificate's bound; with a roster (or the judge's ``report`` on it) also say how near it comes."""
    if isinstance(problem, Expanded):
        problem = Problem.of(problem)
    if roster is not None and report is None:
        report = check(problem.expanded, roster)
    refused = _unfit(problem, certificate)
    if refused is not None:
        return refused
    proven = _recomputed(problem, certificate)
    known: dict[str, Any] = {
        "bound": proven.points, "milli": proven.milli, "estimated": len(proven.given_up),
    }
    if certificate.bound > proven.points:
        return _refusal(
            certificate, "bound-too-high",
            f"证明上写的下限是{certificate.bound}，照它的价重新算，只能得出{proven.points}{_estimated_zh(proven)}",
            f"the certificate claims {certificate.bound}, but its prices prove only {proven.points}"
            f"{_estimated_en(proven)}",
            **known,
        )
    if report is None:
        zh, en = _proves(certificate, proven)
        return Verdict(valid=True, zh=f"{zh}。", en=f"{en}.", **_facts(certificate), **known)
    return _beside(certificate, proven, report, known)


def _recomputed(problem: Problem, certificate: Certificate) -> Proven:
    if certificate.tier == "needs":
        return needs_bound(problem, certificate.duals)
    lacking = [(own.weights, own.least, own.sigma_milli) for own in certificate.lacking]
    return quality_bound(
        problem, certificate.needs or 0, certificate.lambda_milli, certificate.duals, lacking, certificate.faces,
        certificate.people, certificate.presence,
    )


def _unfit(problem: Problem, certificate: Certificate) -> Verdict | None:
    """What keeps a certificate from being about these facts at all."""
    if certificate.scenario != problem.scenario.fingerprint:
        return _refusal(certificate, "another-scenario", "这份证明是按另一版台账做的，对这一版不作数",
                        "this certificate is about another version of the facts")
    known = problem.expanded.visit_index
    lacking = (name for own in certificate.lacking for name in own.weights)
    named = (*certificate.duals, *certificate.people, *certificate.presence, *lacking)
    unknown = [name for name in named if name not in known]
    if unknown:
        return _refusal(certificate, "unknown-visit", f"这份证明里有台账没有的服务单：{_some(unknown, '、')}",
                        f"this certificate names visits the facts do not have: {_some(unknown, ', ')}")
    misled = _odd_people(problem, certificate)
    if misled is not None:
        return misled
    for name, prices in _prices(certificate):
        unlike = _unlike(problem, certificate, name, prices)
        if unlike is not None:
            return unlike
    for name, charges in certificate.presence.items():
        unlike = _nowhere(problem, certificate, name, [start for start, _ in charges])
        if unlike is not None:
            return unlike
    unlimited = sorted(certificate.faces.keys() - most_new_faces(problem).keys())
    if unlimited:
        return _refusal(certificate, "faces-not-limited",
                        f"这份证明给新面孔定了价，可这些心愿没有限定人数：{_some(unlimited, '、')}",
                        f"this certificate charges new faces where nothing limits them: {_some(unlimited, ', ')}")
    negative = [name for name, prices in _prices(certificate) if any(min(own) < 0 for own in _seats(prices))]
    negative += [name for name, price in certificate.faces.items() if price < 0]
    negative += [
        name for name, charges in certificate.presence.items() if any(min(own.values(), default=0) < 0 for _, own in charges)
    ]
    negative += [
        name for own in certificate.lacking for name, weight in own.weights.items() if weight < 0
    ]
    if negative or certificate.lambda_milli < 0 or any(own.sigma_milli < 0 for own in certificate.lacking):
        where = _some(negative, "、") or ("lambda_milli" if certificate.lambda_milli < 0 else "sigma_milli")
        return _refusal(certificate, "negative-price", f"证明里的价不能是负数：{where}",
                        f"no price of a certificate may be negative: {where}")
    return None


def _odd_people(problem: Problem, certificate: Certificate) -> Verdict | None:
    """What is wrong with prices by person: nobody asks for one team there, or there is no such person."""
    index, visits = problem.expanded.visit_index, problem.visits
    needless = [name for name in certificate.people if not visits[index[name]].wish.as_one_team]
    if needless:
        return _refusal(certificate, "team-not-asked",
                        f"这份证明按人定了价，可这些服务单没有要求同一支队伍来：{_some(needless, '、')}",
                        f"this certificate has prices by person where no one team is asked for: {_some(needless, ', ')}")
    known = {person.id for person in problem.scenario.volunteers}
    named = {name for own in certificate.people.values() for name in own}
    named |= {name for charges in certificate.presence.values() for _, own in charges for name in own}
    strangers = sorted(named - known)
    if strangers:
        return _refusal(certificate, "unknown-person", f"这份证明里有台账没有的志愿者：{_some(strangers, '、')}",
                        f"this certificate names volunteers the facts do not have: {_some(strangers, ', ')}")
    return None


def _prices(certificate: Certificate) -> Iterator[tuple[str, Any]]:
    """(visit, its prices); more than once where people have their own."""
    yield from certificate.duals.items()
    for name, people in certificate.people.items():
        yield from ((name, prices) for prices in people.values())


def _seats(prices: Any) -> Iterator[SeatPrices]:
    """The prices of a visit, start by start."""
    if is_by_start(prices):
        yield from (own for _, own in prices)
    else:
        yield prices


def _unlike(problem: Problem, certificate: Certificate, name: str, prices: Any) -> Verdict | None:
    """What is wrong with one visit's prices: starts it does not have or has named already, roles it does not have."""
    visit = problem.visits[problem.expanded.visit_index[name]]
    nowhere = _nowhere(problem, certificate, name, [start for start, _ in prices] if is_by_start(prices) else [])
    if nowhere is not None:
        return nowhere
    roles = len(visit.wish.roles)
    odd = next((own for own in _seats(prices) if len(own) != roles), None)
    if odd is None:
        return None
    return _refusal(certificate, "number-of-prices",
                    f"服务单“{name}”有{roles}个分工，证明里却写了{len(odd)}个价",
                    f'visit "{name}" has {roles} roles, but the certificate gives {len(odd)} prices')


def _nowhere(problem: Problem, certificate: Certificate, name: str, starts: list[Any]) -> Verdict | None:
    """The first start that a visit does not have, or that is named twice."""
    known = options_by_start(problem, name)
    for start in starts:
        if known.pop(minute_of(problem, start), None) is None:
            when = "-" if start is None else start.isoformat()
            return _refusal(certificate, "unknown-start",
                            f"服务单“{name}”没有这个开始时间，或证明里写了两遍：{when}",
                            f'visit "{name}" cannot start at {when}, or the certificate names this start twice')
    return None


def _beside(certificate: Certificate, proven: Proven, report: Report, known: dict[str, Any]) -> Verdict:
    """A certificate that holds, beside what the judge says of a roster."""
    value, needs = report.tier(certificate.tier), report.tier("needs")
    known["value"] = value
    zh, en = _proves(certificate, proven)
    if certificate.needs is not None and needs > certificate.needs:
        return _refusal(
            certificate, "needs-too-small",
            f"这份证明只管缺人分不超过{certificate.needs}的排班，这份排班表的缺人分是{needs}，不在其内。"
            f"它证明的是：{zh}",
            f"this certificate is about rosters whose needs tier is at most {certificate.needs}; that of this roster is "
            f"{needs}. What it proves: {en}",
            **known,
        )
    if report.valid and value < proven.points:
        return _refusal(
            certificate, "better-roster",
            f"这份排班表的得分是{value}，比证明说的下限{proven.points}还低。表里的开始时间可能不在排班的时间格上",
            f"this roster comes to {value}, below the {proven.points} that the certificate says nothing can go below; "
            "perhaps it uses starts that are not on the planner's grid",
            **known,
        )
    gap = max(0, value - proven.points) / max(1, value)
    lowest = value <= proven.points
    return Verdict(
        valid=True, gap=round(gap, 6), **_facts(certificate), **known,
        zh=f"{zh}；这份排班表是{value}，{'已经最低' if lowest else f'差距{gap:.2%}'}{_estimated_zh(proven)}。",
        en=f"{en}; this roster comes to {value}, {'and nothing can be lower' if lowest else f'a gap of {gap:.2%}'}"
        f"{_estimated_en(proven)}.",
    )


# ------------------------------------------------------------------------------------------------ words


def _facts(certificate: Certificate) -> dict[str, Any]:
    return {"tier": certificate.tier, "claimed": certificate.bound, "needs": certificate.needs}


def _refusal(certificate: Certificate, code: Fails, zh: str, en: str, **known: Any) -> Verdict:
    return Verdict(valid=False, code=code, zh=f"{zh}。", en=f"{en[0].upper()}{en[1:]}.", **_facts(certificate), **known)


def _proves(certificate: Certificate, proven: Proven) -> tuple[str, str]:
    if certificate.tier == "needs":
        return f"缺人分不可能低于{proven.points}", f"The needs tier cannot be below {proven.points}"
    zh, en = f"缺人分不超过{certificate.needs}时", f"while the needs tier is at most {certificate.needs}"
    if certificate.lacking:
        visits, least = max(((len(own.weights), own.least) for own in certificate.lacking), key=lambda own: own[1])
        zh += f"，并且已知其中{visits}次服务合起来至少缺{least}分"
        en += f", given that {visits} of the visits together lack at least {least}"
        if others := len(certificate.lacking) - 1:
            zh += f"，另有{others}条同类的事实"
            en += f", and {others} more such fact{'s' if others > 1 else ''}"
    return f"质量分不可能低于{proven.points}（{zh}）", f"The quality tier cannot be below {proven.points} ({en})"


def _estimated_zh(proven: Proven) -> str:
    count = len(proven.given_up)
    return f"（其中{count}位志愿者的最好安排没有算到底，按不利的一头估计）" if count else ""


def _estimated_en(proven: Proven) -> str:
    count = len(proven.given_up)
    return f" (the best plans of {count} volunteers were only estimated, on the safe side)" if count else ""


def _some(names: list[str], separator: str, most: int = 3) -> str:
    shown = separator.join(names[:most])
    return f"{shown}…" if len(names) > most else shown
