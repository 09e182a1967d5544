"""simulate: months of a community's life, week by week, planned by matcher and, in the same life, as communities do today.

docs/simulate.md says what happens in that life, how often, and what each figure counts.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput, Fault
from matcher.planning.account import Account
from matcher.planning.simulate_life import SHARES, WEEK, Life, Rates
from matcher.planning.simulate_measures import MEASURES, Measured, Offers, deviation, mean, measured, paired
from matcher.planning.simulate_run import EVERY_POLICY, POLICIES, Log, Run
from matcher.planning.words import Phrase, Sayable
from matcher.problem.rules import Language
from matcher.solvers.stop import Stop

MOST_MONTHS = 60
MOST_SEEDS = 1000
MOST_AHEAD = 8
WORK = 1.0
"""Counted work for each plan, each repair and each screening."""


@dataclass(frozen=True, slots=True)
class Lived:
    """One policy's way through one life: its figures and its weeks."""

    seed: int
    policy: str
    result: Measured
    weeks: tuple[Log, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of all policies: mean and spread over the seeds, and matcher less each other policy in the same life."""

    name: str
    better: int
    digits: int
    mean: dict[str, float]
    spread: dict[str, float]
    difference: dict[str, float]
    difference_spread: dict[str, float]
    wins: dict[str, int]
    """Seeds in which matcher is better."""
    losses: dict[str, int]

    def lost_to(self) -> tuple[str, ...]:
        """Policies that are better than matcher on average."""
        return tuple(name for name, own in self.difference.items() if own * self.better < 0)


@dataclass(frozen=True)
class Simulation(Account):
    """What the same lives came to under each policy. ``weeks_lived`` below ``weeks``: it was ended early."""

    first: date
    weeks: int
    weeks_lived: int
    seeds: tuple[int, ...]
    seeds_asked: int
    ahead: int
    lookahead: int
    work: float
    volunteers: int
    wishes: int
    policies: tuple[str, ...]
    rates: dict[str, float | None]
    lived: tuple[Lived, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure that any policy has, in the order of the table."""
        found = (self._figure(measure.name, measure.better, measure.digits) for measure in MEASURES)
        return tuple(figure for figure in found if figure.mean)

    def of(self, policy: str) -> tuple[Lived, ...]:
        """A policy's runs, by seed."""
        return tuple(own for own in self.lived if own.policy == policy)

    def _figure(self, name: str, better: int, digits: int) -> Figure:
        values = {
            policy: [value for own in self.of(policy) if (value := own.result.values[name]) is not None]
            for policy in self.policies
        }
        known = {policy: own for policy, own in values.items() if own}
        gaps: dict[str, list[float]] = {}
        if "matcher" in self.policies:
            for other in self.policies:
                pairs = (
                    paired(one.result.values, two.result.values, name)
                    for one, two in zip(self.of("matcher"), self.of(other))
                )
                own = [gap for gap in pairs if gap is not None]
                if other != "matcher" and own:
                    gaps[other] = own
        return Figure(
            name, better, digits,
            mean={policy: mean(own) for policy, own in known.items()},
            spread={policy: deviation(own) for policy, own in known.items()},
            difference={other: mean(own) for other, own in gaps.items()},
            difference_spread={other: deviation(own) for other, own in gaps.items()},
            wins={other: sum(gap * better > 0 for gap in own) for other, own in gaps.items()},
            losses={other: sum(gap * better < 0 for gap in own) for other, own in gaps.items()},
        )

    def to_dict(self, language: Language | None = None) -> dict[str, Any]:
        """Everything as plain values, the table's figures included."""
        return Account.to_dict(self, language) | {"figures": [asdict(figure) for figure in self.figures]}

    def phrases(self) -> Iterator[tuple[int, Sayable]]:
        yield 0, Phrase("simulate_head", {
            "weeks": self.weeks_lived, "first": self.first, "lives": len(self.seeds),
            "volunteers": self.volunteers, "wishes": self.wishes,
        })
        if self.weeks_lived < self.weeks:
            yield 0, Phrase("simulate_ended_week", {"weeks": self.weeks, "lived": self.weeks_lived})
        elif len(self.seeds) < self.seeds_asked:
            yield 0, Phrase("simulate_ended_seed", {"asked": self.seeds_asked, "lived": len(self.seeds)})
        for other in self.policies:
            lost = tuple(Phrase(f"simulate_{figure.name}") for figure in self.figures if other in figure.lost_to())
            if lost:
                yield 0, Phrase("simulate_lost", {"policy": Phrase(f"simulate_policy_{other}"), "figures": lost})
            elif other != "matcher" and "matcher" in self.policies:
                yield 0, Phrase("simulate_not_lost", {"policy": Phrase(f"simulate_policy_{other}")})

    def log(self, language: Language) -> Iterator[str]:
        """Every week of every life under every policy in words; counts only, no names."""
        for own in self.lived:
            values = {"policy": Phrase(f"simulate_policy_{own.policy}"), "seed": own.seed}
            yield Phrase("simulate_log_head", values).say(language)
            for number, week in enumerate(own.weeks, start=1):
                counts = {"number": number, **asdict(week)}
                line = Phrase("simulate_log_plan", counts).say(language) + Phrase("simulate_log_done", counts).say(language)
                yield f"  {line}"

    def table(self, language: Language) -> tuple[list[str], list[list[str]]]:
        """(headers, rows): each figure's mean ± spread by policy, and matcher less the others with seeds won and lost."""
        others = [name for name in self.policies if name != "matcher"] if "matcher" in self.policies else []
        names = {name: Phrase(f"simulate_policy_{name}").say(language) for name in self.policies}
        headers = [Phrase("simulate_figure").say(language), "", *names.values()]
        headers += [Phrase("simulate_difference", {"policy": names[name]}).say(language) for name in others]
        return headers, [self._row(figure, others, language) for figure in self.figures]

    def _row(self, figure: Figure, others: Sequence[str], language: Language) -> list[str]:
        better = {1: "simulate_better", -1: "simulate_lower", 0: "simulate_neither"}[figure.better]
        cells = [Phrase(f"simulate_{figure.name}").say(language), Phrase(better).say(language)]
        cells += [self._cell(figure.mean.get(name), figure.spread.get(name), figure.digits) for name in self.policies]
        for name in others:
            cell = self._cell(figure.difference.get(name), figure.difference_spread.get(name), figure.digits, sign="+")
            if len(self.seeds) > 1 and figure.better and name in figure.wins:
                cell += f" ({figure.wins[name]}:{figure.losses[name]})"
            cells.append(cell)
        return cells

    def _cell(self, middle: float | None, around: float | None, digits: int, sign: str = "") -> str:
        if middle is None:
            return "–"
        text = f"{round(middle, digits) + 0.0:{sign}.{digits}f}".replace("-", "−")
        return text if len(self.seeds) < 2 or around is None else f"{text} ± {around:.{digits}f}"


Told = Callable[[int, int, int, int], None]
"""(life, lives, week, weeks), before each week."""


def simulate(
    scenario: Scenario,
    months: int = 12,
    *,
    seeds: int = 1,
    seed: int = 0,
    policies: Sequence[str] = POLICIES,
    rates: Rates | None = None,
    ahead: int = 2,
    lookahead: int = 0,
    work: float = WORK,
    stop: Stop | None = None,
    told: Told | None = None,
) -> Simulation:
    """Live ``months`` in ``seeds`` lives, from ``seed`` on, with each policy in each; counted work makes it repeatable.

    ``ahead``: weeks planned and told at a time; ``lookahead``: weeks beyond them that matcher plans and does not tell.
    ``work``: of each plan and repair. ``stop``: once cancelled, the week at hand is the last one; lives that are
    complete count, or else the weeks of the first one. ``told`` hears of each week before it begins.

    Raises ``BadInput`` with every fault, and ``Contradiction`` where what the file says has been announced cannot be
    kept.
    """
    rates = rates or Rates()
    faults = list(simulation_faults(scenario, months, seeds, policies, rates, ahead, lookahead, work))
    if faults:
        raise BadInput(faults)
    stop = stop or Stop(seconds=None)
    first, weeks = first_monday(scenario), weeks_of(months)
    lived: list[Lived] = []
    done: list[int] = []
    weeks_lived = weeks
    for number in range(seeds):
        life = Life(scenario, rates, seed + number, first, weeks, ahead)
        runs = {name: Run.begin(life, name, scenario, work, lookahead=lookahead) for name in dict.fromkeys(policies)}
        passed = 0
        for week in life.weeks:
            if stop.cancelled and (done or passed):
                break
            if told is not None:
                told(number + 1, seeds, week.number + 1, weeks)
            for run in runs.values():
                run.live(week)
            passed += 1
        if passed < weeks and done:
            break
        weeks_lived = passed
        lived += _measured(life, runs, passed)
        done.append(seed + number)
        if stop.cancelled:
            break
    return Simulation(
        language=scenario.program.settings.language, first=first, weeks=weeks, weeks_lived=weeks_lived,
        seeds=tuple(done), seeds_asked=seeds, ahead=ahead, lookahead=lookahead, work=work, volunteers=len(scenario.volunteers),
        wishes=sum(wish.state == "open" for wish in scenario.wishes), policies=tuple(dict.fromkeys(policies)),
        rates={field.name: getattr(rates, field.name) for field in fields(rates)}, lived=tuple(lived),
    )


def _measured(life: Life, runs: Mapping[str, Run], weeks: int) -> Iterator[Lived]:
    offers, until = Offers(life), life.first + weeks * WEEK
    for name, run in runs.items():
        run.end()
        yield Lived(life.seed, name, measured(run, offers, until), tuple(replace(log) for log in run.weeks))


def first_monday(scenario: Scenario) -> date:
    """The Monday of the week the window begins in, or if that has passed, the next one."""
    zone = ZoneInfo(scenario.program.timezone)
    start = scenario.program.window.start
    monday = start - timedelta(days=start.weekday())
    while datetime.combine(monday, time(), zone) < scenario.program.as_of:
        monday += WEEK
    return monday


def weeks_of(months: int) -> int:
    """Whole weeks in so many months, 52 to twelve.

    >>> weeks_of(12), weeks_of(1)
    (52, 4)
    """
    return round(months * 52 / 12)


# ----------------------------------------------------------------------------------------------- faults


def simulation_faults(
    scenario: Scenario, months: int, seeds: int, policies: Sequence[str], rates: Rates, ahead: int, lookahead: int,
    work: float,
) -> Iterator[Fault]:
    """Everything wrong with what is asked for."""
    zh = scenario.program.settings.language == "zh"
    for what, number, least, most in (
        ("months", months, 1, MOST_MONTHS), ("seeds", seeds, 1, MOST_SEEDS), ("ahead", ahead, 1, MOST_AHEAD),
        ("lookahead", lookahead, 0, MOST_AHEAD),
    ):
        if not least <= number <= most:
            yield Fault(
                f"--{what} 写的是 {number}，要在 {least} 到 {most} 之间。" if zh
                else f"--{what} is {number}; it must lie between {least} and {most}",
                code="out-of-range",
            )
    if not work > 0:
        yield Fault(
            f"--work 写的是 {work:g}，要大于 0。" if zh else f"--work is {work:g}; it must be above 0", code="out-of-range"
        )
    names = ("、" if zh else ", ").join(EVERY_POLICY)
    for name in dict.fromkeys(policies):
        if name not in EVERY_POLICY:
            yield Fault(
                f"没有“{name}”这种排法。" if zh else f'there is no policy "{name}"',
                f"可选：{names}。" if zh else f"Choose from {names}.", code="unknown-policy",
            )
    if not policies:
        yield Fault("一种排法也没选。" if zh else "no policy is chosen", f"可选：{names}。" if zh else f"Choose from {names}.",
                    code="unknown-policy")
    if not scenario.volunteers or not scenario.wishes:
        yield Fault("台账里要有志愿者和心愿，才谈得上模拟。" if zh else "there must be volunteers and wishes to simulate",
                    code="nothing-to-simulate")
    for field in fields(rates):
        value = getattr(rates, field.name)
        if value is not None:
            yield from _rate_faults(field.name, value, zh=zh)


def _rate_faults(name: str, value: float, *, zh: bool) -> Iterator[Fault]:
    most = 1.0 if name in SHARES else 1000.0
    if not 0 <= value <= most:
        yield Fault(
            f"--rate {name} 写的是 {value:g}，要在 0 到 {most:g} 之间。" if zh
            else f"--rate {name} is {value:g}; it must lie between 0 and {most:g}",
            code="out-of-range",
        )


def rates_of(words: Sequence[str], language: Language) -> Rates:
    """Rates from ``NAME=VALUE`` words; the others at their defaults. Raises ``BadInput`` with every fault."""
    zh = language == "zh"
    names = [field.name for field in fields(Rates)]
    given: dict[str, float] = {}
    faults: list[Fault] = []
    for word in words:
        name, _, text = word.partition("=")
        key = name.strip().replace("-", "_")
        try:
            given[key] = float(text)
        except ValueError:
            faults.append(Fault(
                f"--rate “{word}” 读不懂。" if zh else f'--rate "{word}" cannot be read',
                "请写成 名称=数字，例如 no_shows=0.05。" if zh else "Write NAME=NUMBER, for example no_shows=0.05.",
                code="bad-rate",
            ))
            continue
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1) or names
            faults.append(Fault(
                f"没有“{name}”这一项。" if zh else f'there is no rate "{name}"',
                f"可选：{'、'.join(near)}。" if zh else f"Choose from {', '.join(near)}.", code="unknown-rate",
            ))
    if faults:
        raise BadInput(faults)
    return Rates(**given)
