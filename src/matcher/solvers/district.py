"""district: a search for rosters beside a proof of how good they are, each on its own core.

The search anneals; the bound generates columns, with the search's rosters among them, until nothing pays any more.
With one worker both take turns, by counted work if the limit is counted.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from matcher.problem.certificate import Certificate
from matcher.problem.problem import Problem, Triple
from matcher.problem.roster import TierValue
from matcher.solvers.flow import NeedsBound
from matcher.solvers.lns import COLD, HOT, WARM, Descent
from matcher.solvers.result import Result, Step, tier_value
from matcher.solvers.search import Search, Snapshot
from matcher.solvers.stop import Progress, Stop, Timer
from matcher.solvers.tables import promises_nobody_keeps, tables_of

if TYPE_CHECKING:
    from matcher.solvers.blocks import Blocks, Known
    from matcher.solvers.columns import ColumnGeneration, Duals
    from matcher.solvers.lacks import Lacks
    from matcher.solvers.lp import LpProcess
    from matcher.solvers.pricing import Pricer

Parts = Literal["lns", "columns", "both"]
"""Which parts run: the search alone, the bound with just enough search to feed it, or both."""

_FIRST_DESCENT = {"lns": 0.7, "columns": 0.25, "both": 0.45}
"""The part of the limit in which the first descent cools down."""
_FIRST_OF_MANY = 0.2
"""No more of it from ``_MANY`` candidates on: until needs are as they must be, quality is gained in vain."""
_BOUND_ALONE = 0.4
"""The part of the limit that one worker gives to the bound when both run."""
_PARTS = 6
"""Of the first descent; after each the best roster so far may become columns."""
_REHEATS = 6
"""Later descents: so many in what is left of the limit."""
_REHEATED = 0.3
"""The part of each that anneals; in the rest blocks are solved."""
_REHEATS_OF_MANY, _REHEATED_OF_MANY = 1, 0.8
"""The same from ``_MANY`` candidates on: a descent of a city takes its time."""
_BLOCK_SECONDS, _BLOCK_WORK = 2.0, 1.0
_ASSEMBLY_SECONDS = 8.0
"""Of a block that HiGHS puts together."""
_LEAST_WORK = 1e-3
"""Of any block: what is left never shrinks to nothing."""
_FOR_NEEDS, _FOR_NEEDS_OF_MANY = 0.35, 0.35
"""The part of what is left that the proof of the needs tier may take; from ``_MANY`` candidates on."""
_MANY = 1_000_000
_FOR_PROMISES = 0.1
"""The part of what is left that the proof of the promises tier may take."""
_WHOLE_CANDIDATES, _WHOLE_FROM = 4_000, 0.5
"""Up to so many candidates all wishes are one neighbourhood, repaired by CP-SAT from that part of the limit on."""
_IDLE = 0.05
"""How often a bound that is closed looks for news (seconds)."""
_SOON = 4.0
"""Loading what is compiled already takes less (seconds)."""
_WORTH_CUTTING = 0.2
"""From that gap of the programme on it is asked whether what it fills can be had."""
_PAUSE = 4.0
"""So many times as long as looking took, nobody looks again."""
_MOST_LACKS = 100
_SNAPSHOTS = 12
"""Rosters of the search that wait to become columns."""


def solve_district(
    problem: Problem,
    crew: list[Triple],
    standbys: list[Triple],
    *,
    stop: Stop,
    seed: int = 0,
    workers: int = 0,
    parts: Parts = "both",
    needs: NeedsBound,
    progress: Progress | None = None,
) -> Result:
    """The best roster found from a valid one, with the bound that the columns prove.

    ``needs`` is the flow's bound. Raises ``ValueError`` if the roster to begin from breaks a rule.
    """
    run = _Run(problem, Timer(stop), seed, parts, needs, progress or Progress())
    run.prepare(crew, standbys)
    if workers == 1:
        run.take_turns()
    else:
        run.side_by_side()
    return run.result()


@dataclass
class _Run:
    problem: Problem
    timer: Timer
    seed: int
    parts: Parts
    needs: NeedsBound
    progress: Progress
    steps: list[Step] = field(default_factory=list)
    bound: _Bound | None = None
    pricer: Pricer = field(init=False)
    blocks: Blocks | None = None
    block_seconds: float = 0.0
    block_gain: int = 0
    """Points of quality that blocks gained."""
    blocks_failure: dict[str, str] = field(default_factory=dict)
    """Why there are no more blocks, for the trace."""
    least_promises: int = 0
    """Points that every roster pays in the second tier whose needs are no more than those found, besides ``floor``."""
    lacking: tuple[tuple[str, ...], int] | None = None
    """Wishes that together lack at least so many points."""

    def prepare(self, crew: list[Triple], standbys: list[Triple]) -> None:
        """The tables, and the compiled search with the roster to begin from."""
        began = self.timer.elapsed
        self.least_needs = self.needs.value
        self.tables = tables_of(self.problem)
        self.search = Search(self.tables, self.seed)
        self.steps.append(Step("tables", self.timer.elapsed - began, {"candidates": len(self.tables.crew)}))
        self._warm_up()
        self.search.load(crew, standbys)
        self.floor = promises_nobody_keeps(self.tables)
        self.descent = Descent(self.search, self.timer, self.progress)

    def _warm_up(self) -> None:
        """Compile what was never compiled on this machine; announced, and not counted against the limit."""
        began = self.timer.elapsed
        announce = threading.Timer(_SOON, self.progress.compiling)
        announce.start()
        try:
            self.search.warm_up()
            if self.parts != "lns":
                from matcher.solvers.pricing import Pricer

                self.pricer = Pricer(self.tables)
                self.pricer.price(np.zeros(self.pricer.numbering.rows, dtype=np.int64))
        finally:
            announce.cancel()
        seconds = self.timer.elapsed - began
        if seconds > _SOON:
            self.timer.forgive(seconds)
            self.steps.append(Step("compiled", seconds, {"note": "once per installation"}))

    # -------------------------------------------------------------------------------------- running

    def side_by_side(self) -> None:
        """Search here, bound in a thread of its own."""
        if self.parts != "lns":
            self.bound = _Bound(self)
            self.bound.start()
        self._search(self._searched)
        self._repair_whole()
        if self.bound is not None:
            self.bound.finish()
            self.steps.append(self.bound.step)

    def take_turns(self) -> None:
        """Search, then bound, then search again, on one core and repeatable."""
        until = self._searched
        if self.parts == "lns":
            self._search(until)
            self._repair_whole()
            return
        self._first_descent(until=0.3)
        self.bound = _Bound(self)
        self.bound.offer(self.descent.best)
        self.bound.advance(until=min(until, 0.3 + _BOUND_ALONE) if self.parts == "both" else until)
        self.steps.append(self.bound.step)
        self._prove_needs(until)
        self._prove_promises(until)
        self._later_descents(until)
        self._repair_whole()

    @property
    def _searched(self) -> float:
        """The part of the limit the search has."""
        small = len(self.problem.crew) + len(self.problem.standbys) <= _WHOLE_CANDIDATES
        return _WHOLE_FROM if small else 1.0

    def _repair_whole(self) -> None:
        """A last repair of all wishes at once, where they are few enough for one model."""
        if self._searched == 1.0 or self.timer.over or self.is_done():
            return
        from matcher.solvers.exact import solve_exact, triples_of

        best, began = self.descent.best, self.timer.elapsed
        found = solve_exact(
            self.problem, stop=replace(self.timer.stop, seconds=self.timer.seconds_left, work=self.timer.work_left),
            seed=self.seed, workers=1, start=self.problem.roster(*self.search.triples(best)),
            least_needs=self.least_needs,
        )
        if found.roster is not None:
            self.search.load(*triples_of(self.problem, found.roster))
            self.descent.take(self.search.snapshot())
        after = self.descent.best.value
        self.steps.append(Step("repair", self.timer.elapsed - began, {
            "gained": {tier: old - new for tier, old, new in zip(("needs", "promises", "quality"), best.value, after)},
        }))

    def _search(self, until: float) -> None:
        share = _FIRST_DESCENT[self.parts]
        self._first_descent(until * (min(share, _FIRST_OF_MANY) if self._are_many else share))
        self._prove_needs(until)
        self._prove_promises(until)
        self._later_descents(until)

    @property
    def _are_many(self) -> bool:
        return len(self.problem.crew) >= _MANY

    def _prove_promises(self, until: float) -> None:
        """What nobody can keep of the promises, with needs as few as were found."""
        needs, promises, _ = self.descent.best.value
        if not promises or self.timer.over:
            return
        from matcher.solvers.keepable import least_promises

        began, part = self.timer.elapsed, self._part(_FOR_PROMISES, until)
        self.least_promises = min(promises, least_promises(self.problem, needs, self.lacking, timer=part, seed=self.seed))
        self.timer.worked(part.used * (part.stop.work or 0.0))
        self.steps.append(Step("promises", self.timer.elapsed - began, {"bound": self.least_promises + self.floor}))

    def _part(self, share: float, until: float) -> Timer:
        """A timer of a share of what is left."""
        stop, left = self.timer.stop, until - self.timer.used
        return Timer(replace(
            stop,
            seconds=None if stop.seconds is None else share * left * stop.seconds,
            work=None if stop.work is None else share * left * stop.work,
        ))

    def _prove_needs(self, until: float) -> None:
        """What no roster can fill, and what this one should have: wishes with empty seats solved by themselves."""
        best = self.descent.best
        if best.value[0] <= self.needs.value or self.timer.over:
            return
        from matcher.solvers.shortage import prove_needs

        part = self._part(_FOR_NEEDS_OF_MANY if self._are_many else _FOR_NEEDS, until)
        began = self.timer.elapsed
        proof = prove_needs(
            self.problem, *self.search.triples(best), self.needs, timer=part, seed=self.seed, workers=1,
            progress=self.progress, search=self.search,
        )
        self.timer.worked(part.used * (part.stop.work or 0.0))
        self.least_needs, self.lacking = max(self.least_needs, proof.bound), proof.lacking
        if self.bound is not None and proof.lacking is not None:
            self.bound.hear(*proof.lacking)
        gained = best.value[0] - proof.value
        self.search.restore(best)
        if gained > 0:
            self.search.load(proof.crew, proof.standbys)
            self.descent.take(self.search.snapshot())
            self.offer()
        self.steps.append(Step("shortage", self.timer.elapsed - began, {
            "bound": proof.bound, "gained": gained, "rounds": len(proof.trace),
        }))

    def _first_descent(self, until: float) -> None:
        before, began = self.descent.best.value, self.timer.elapsed
        first = self.timer.used
        for part in range(_PARTS):
            hot, cold = (HOT * (COLD / HOT) ** (step / _PARTS) for step in (part, part + 1))
            self.descent.run(first + (until - first) * (part + 1) / _PARTS, hot, cold, self.is_done)
            self.offer()
        self._note("annealing", before, began)

    def _later_descents(self, until: float) -> None:
        before, began = self.descent.best.value, self.timer.elapsed
        reheats, reheated = (_REHEATS_OF_MANY, _REHEATED_OF_MANY) if self._are_many else (_REHEATS, _REHEATED)
        each = (until - self.timer.used) / reheats
        while not (self.timer.over or self.is_done() or self.timer.used >= until):
            turn = min(until, self.timer.used + each)
            self.search.restore(self.descent.best)
            self.descent.run(min(turn, self.timer.used + reheated * each), WARM, COLD, self.is_done, strict=True)
            self.offer()
            if self.parts != "lns" and not self.blocks_failure:
                try:
                    self._solve_blocks(turn)
                except MemoryError:  # the search goes on without them
                    self.blocks_failure = {"failure": "out of memory"}
                self.offer()
        self._note("reheating", before, began)
        if self.blocks is not None:
            self.steps.append(Step("blocks", self.block_seconds, {
                "tried": self.blocks.tried, "better": self.blocks.better, "gained": self.block_gain,
                **self.blocks_failure,
            }))

    def _solve_blocks(self, until: float) -> None:
        """Neighbourhoods of volunteers solved anew, one after the other."""
        from matcher.solvers.blocks import Blocks

        if self.blocks is None:
            self.blocks = Blocks(self.search, self.pricer, self.seed, self._known)
        whole = self.timer.stop.work
        began, before = self.timer.elapsed, self.descent.best.value[2]
        while not (self.timer.over or self.is_done() or self.timer.used >= until):
            start = time.perf_counter()
            if whole is not None:
                work = min(_BLOCK_WORK, (until - self.timer.used) * whole)
                found = self.blocks.improve(self.descent.best, None, work)
                self.timer.worked(work + _LEAST_WORK)
            else:
                most = _BLOCK_SECONDS if self._known() is None else _ASSEMBLY_SECONDS
                found = self.blocks.improve(self.descent.best, min(most, self.timer.seconds_left or most))
                self.blocks.adapt(time.perf_counter() - start, most)
            if found.value < self.descent.best.value:
                self.descent.take(found)
        self.block_seconds += self.timer.elapsed - began
        self.block_gain += before - self.descent.best.value[2]

    def _known(self) -> Known | None:
        """What the bound has found so far, once it has prices of some worth."""
        return None if self.bound is None else self.bound.known

    def _note(self, name: str, before: tuple[int, int, int], began: float) -> None:
        after = self.descent.best.value
        self.steps.append(Step(name, self.timer.elapsed - began, {
            "moves": self.descent.moves,
            "gained": {tier: old - new for tier, old, new in zip(("needs", "promises", "quality"), before, after)},
        }))

    def scarce(self) -> set[str]:
        """Wishes with an empty seat, or whose seats nobody is left for by the flow."""
        visits = self.problem.visits
        crew, _ = self.search.triples(self.descent.best)
        filled = Counter(self.problem.options[option].visit for option, _, _ in crew)
        empty = {visit.wish.id for number, visit in enumerate(visits) if filled[number] < visit.seats}
        return empty | {visits[visit].wish.id for group in self.needs.bottlenecks for visit, _ in group.needed}

    def offer(self) -> None:
        """Let the best roster so far become columns."""
        if self.bound is not None:
            self.bound.offer(self.descent.best)

    def is_done(self) -> bool:
        """Whether the best roster is proven as good as was asked for, or nothing has got better for too long."""
        patience = self.timer.stop.unimproved
        if patience is not None:
            last = max(self.descent.better_at, 0.0 if self.bound is None else self.bound.better_at)
            if self.timer.elapsed - last > patience:
                return True
        least = None if self.bound is None else self.bound.least(self.descent.best.value[0])
        if least is None or self.descent.best.value[:2] != (self.least_needs, self.least_promises):
            return False
        quality = self.descent.best.value[2]
        return quality - least <= (self.timer.stop.gap or 0.0) * max(1, quality)

    # --------------------------------------------------------------------------------------- result

    def result(self) -> Result:
        """The best roster, its tiers and the trace."""
        best = self.descent.best
        needs, promises, quality = best.value
        least = None if self.bound is None else self.bound.least(needs)
        tiers: tuple[TierValue, ...] = (
            tier_value("needs", needs, self.least_needs, proven=False),
            tier_value("promises", promises + self.floor, self.least_promises + self.floor, proven=False),
            tier_value("quality", quality, least, proven=False),
        )
        proven = all(tier.status == "OPTIMAL" for tier in tiers)
        crew, standbys = self.search.triples(best)
        roster = self.problem.roster(crew, standbys, strategy=self.parts, seed=self.seed)
        certificate = None if self.bound is None else self.bound.certificate(needs)
        return Result(
            roster, "OPTIMAL" if proven else "FEASIBLE", tiers, tuple(self.steps),
            certificates=() if certificate is None else (certificate,),
        )


class _Bound:
    """The column generation, fed with the search's rosters."""

    def __init__(self, run: _Run) -> None:
        self.run = run
        self.waiting: deque[Snapshot] = deque([run.descent.best], maxlen=_SNAPSHOTS)
        self.columns: ColumnGeneration | None = None
        self._proof: tuple[Duals | None, int] = (None, 0)
        """The best duals, and the needs their bound is for; replaced as one, for the search looks at it."""
        self.failure: BaseException | None = None
        self.steps_taken = 0
        self.seconds = 0.0
        self.better_at = 0.0
        self._process: LpProcess | None = None
        self._proven: tuple[tuple[str, ...], int] | None = None
        """What a proof has found to lack, to be heard of by the next step."""
        self._lacks: Lacks | None = None
        self._looked, self._pause = run.timer.elapsed, 0.0
        """When what lacks was last looked for, and how long not to look again."""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bound", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def offer(self, snapshot: Snapshot) -> None:
        """A roster whose plans may become columns."""
        self.waiting.append(snapshot)

    def finish(self) -> None:
        """End the thread, whatever it is at. Raises what went wrong in it before."""
        self._ended.set()
        failure = self.failure
        if self._process is not None:
            self._process.end()
        self._thread.join()
        if failure is not None and not isinstance(failure, MemoryError):
            raise failure

    def _run(self) -> None:
        from matcher.solvers.lp import LpProcess

        try:
            with LpProcess() as self._process:
                self._columns.solve_with(self._process.solve)
                while not (self._ended.is_set() or self.run.timer.over):
                    self._step()
                    while self._columns.closed and not (self.waiting or self._proven or self._ended.is_set()):
                        time.sleep(_IDLE)
        except BaseException as failure:  # handed to the caller by finish()
            self.failure = failure

    def advance(self, until: float) -> None:
        """Steps until that part of the limit is used, counting their work."""
        while not (self.run.timer.over or self.run.timer.used >= until or self.run.is_done()):
            before = self._columns.work
            self._step()
            self.run.timer.worked(self._columns.work - before)
            if self._columns.closed:
                return

    @property
    def _columns(self) -> ColumnGeneration:
        if self.columns is None:
            from matcher.solvers.columns import ColumnGeneration

            self.columns = ColumnGeneration(self.run.pricer, self.run.descent.best.value[0])
        return self.columns

    def _step(self) -> None:
        from matcher.solvers.columns import plans_of_roster
        from matcher.solvers.lacks import Lacks

        columns, began = self._columns, self.run.timer.elapsed
        proven, self._proven = self._proven, None
        if proven is not None:
            self._lacks = Lacks(columns.tables, set(proven[0]))
            columns.know_lacking(self._lacks.whole(proven[1]))
        while self.waiting:
            snapshot = self.waiting.popleft()
            self._set_needs(min(columns.needs, snapshot.value[0]))
            plans = plans_of_roster(columns.pricer, self.run.search.triples(snapshot)[0])
            columns.add(plans)
            columns.add_roster(snapshot.chosen)
            if columns.best is not None and columns.best.points == 0:
                columns.begin_from(plans)  # the prices of a much better roster may prove something at once
        left = self.run.timer.seconds_left if self.run.timer.stop.work is None else None
        columns.step(left)
        if self.run.timer.stop.work is None:  # HiGHS counts no work
            self._look_for_lacks()
        if columns.best is not self._proof[0]:
            self.better_at = self.run.timer.elapsed
        self._proof = (columns.best, columns.needs)
        self.steps_taken += 1
        self.seconds += self.run.timer.elapsed - began
        if columns.best is not None:
            self.run.progress.bound_rises("quality", columns.best.points)

    def hear(self, wishes: tuple[str, ...], least: int) -> None:
        """A proof has found that these wishes together lack at least so many points of needs."""
        self._proven = wishes, least

    def _look_for_lacks(self) -> None:
        """A row more for what the programme fills and no roster can; the less often the longer it takes to find."""
        from matcher.solvers.lacks import Lacks

        columns, timer = self._columns, self.run.timer
        filled = columns.filled
        if not columns.needs or filled is None or columns.gap > _WORTH_CUTTING or len(columns.side.lacking) >= _MOST_LACKS:
            return
        began = timer.elapsed
        if began < self._looked + self._pause:
            return
        if self._lacks is None:
            self._lacks = Lacks(columns.tables, self.run.scarce())
        found = self._lacks.violated(filled, Timer(replace(timer.stop, seconds=timer.seconds_left)))
        if found is not None:
            columns.know_lacking(found)
        self._looked = timer.elapsed
        seconds = self._looked - began
        self._pause = _PAUSE * seconds if found is not None else max(2 * self._pause, _PAUSE * seconds)

    def _set_needs(self, needs: int) -> None:
        """Rosters with fewer needs are at hand: the same duals prove another bound for them."""
        columns = self._columns
        if columns.best is not None:
            more = columns.best.needs * (columns.needs - needs)
            columns.best = replace(columns.best, bound=columns.best.bound + more)
        columns.needs = needs

    def least(self, needs: int) -> int | None:
        """The proven bound of quality for rosters with at most these needs, in points."""
        best, at = self._proof
        return None if best is None else max(0, -(-(best.bound + best.needs * (at - needs)) // 1000))

    def certificate(self, needs: int) -> Certificate | None:
        """The certificate for rosters with at most these needs; once the thread has ended."""
        if self._proof[0] is None:
            return None
        self._set_needs(needs)
        return self._columns.certificate()

    @property
    def known(self) -> Known | None:
        """The columns so far and the best prices."""
        from matcher.solvers.blocks import Known

        best = self._proof[0]
        return None if best is None or self.columns is None else Known(self.columns.plans, best)

    @property
    def step(self) -> Step:
        """What the bound took and came to, for the trace."""
        columns, best = self.columns, self._proof[0]
        detail: dict[str, Any] = {
            "steps": self.steps_taken, "columns": 0 if columns is None else len(columns.pool),
            "bound": None if best is None else best.points, "closed": columns is not None and columns.closed,
        }
        if isinstance(self.failure, MemoryError):
            detail["failure"] = "out of memory"
        return Step("columns", self.seconds, detail)
