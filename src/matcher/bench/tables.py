"""The page of results: machine, versions, a table per scenario, and who returned a better roster where."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from matcher.bench.benchmark import Results
from matcher.bench.peers import PEERS, peer_named
from matcher.bench.runs import Run
from matcher.bench.verdict import Values, compare

OURS = "auto"
"""The strategy peers are compared with, where it was run."""


def page(results: Results, plots: Sequence[str] = ()) -> str:
    """The whole page as Markdown."""
    return "\n".join([*_head(results), *_summary(results), *_scenarios(results, plots), *_notes(results)]) + "\n"


@dataclass(frozen=True)
class Group:
    """The runs of one method on one scenario within one limit, a run per seed."""

    method: str
    limit: float | None
    runs: tuple[Run, ...]

    @cached_property
    def answered(self) -> tuple[Run, ...]:
        """Runs with a roster the judge passed, best first."""
        done = (run for run in self.runs if run.status == "done" and run.valid and run.values is not None)
        return tuple(sorted(done, key=lambda run: run.values or ()))

    @property
    def median(self) -> Run | None:
        """The run in the middle; of two, the worse one. A run without an answer is worse than any other."""
        at = len(self.runs) // 2
        return self.answered[at] if at < len(self.answered) else None


def groups(results: Results, scenario: str) -> list[Group]:
    """All groups of a scenario, ours first, by limit."""
    runs = [run for run in results.runs if run.scenario == scenario]
    order = {peer.name: number for number, peer in enumerate(PEERS)}
    keys = sorted(
        {(run.peer, run.limit, run.method) for run in runs},
        key=lambda key: (key[1] is not None, key[1] or 0.0, key[0], order.get(key[2], -1), key[2]),
    )
    return [
        Group(method, limit, tuple(run for run in runs if (run.method, run.limit) == (method, limit)))
        for _, limit, method in keys
    ]


def reference(all_groups: Sequence[Group], limit: float | None) -> Group | None:
    """Our group to compare with: ``auto``, or the first strategy run; within the same limit, or the shortest."""
    own = [group for group in all_groups if not group.runs[0].peer]
    limits = sorted({group.limit for group in own if group.limit is not None})
    wanted = limit if limit is not None else next(iter(limits), None)
    same = [group for group in own if group.limit == wanted]
    return next((group for group in same if group.method == OURS), next(iter(same), None))


# ----------------------------------------------------------------------------------------------- head


def _head(results: Results) -> Iterator[str]:
    about = results.about
    machine, versions = about["machine"], about["versions"]
    yield "# Results"
    yield ""
    yield (
        f"{about['day']} · {machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['system']} · {about['workers']} threads a run · seeds {_listed(about['seeds'])} · "
        f"limits {_listed(f'{limit:g} s' for limit in about['limits'])}"
    )
    yield ""
    yield " · ".join(f"{name} {number}" for name, number in versions.items())
    yield ""
    yield "What is measured, and what each peer's adapter leaves out, stands in docs/benchmarks.md. Lower is better."
    yield "A number without a range is the same for all seeds; otherwise it is the median run with best–worst quality."
    yield ""


def _summary(results: Results) -> Iterator[str]:
    """Per peer: where its median roster is worse, equal, better or missing, and how many single runs were better."""
    rows = [line for peer in PEERS if (line := _summary_row(results, peer.name)) is not None]
    if not rows:
        return
    yield "## Does a peer return a better roster?"
    yield ""
    yield "By needs, then promises, then quality, within the same limit: median rosters, and run against run with the same seed."
    yield ""
    yield "| peer | worse | equal | better | no answer | where it is better | better runs |"
    yield "|---|---|---|---|---|---|---|"
    yield from rows
    yield ""


def _summary_row(results: Results, peer: str) -> str | None:
    outcomes: dict[str, list[str]] = {"worse": [], "equal": [], "better": [], "no answer": []}
    better = runs = 0
    for scenario in _scenario_names(results):
        own = groups(results, scenario)
        for group in own:
            if group.method != peer or not group.runs[0].peer:
                continue
            ours = reference(own, group.limit)
            limit = "" if group.limit is None else f", {group.limit:g} s"
            outcomes[_outcome(ours, group)].append(f"{scenario}{limit}")
            better, runs = better + _better_runs(ours, group), runs + len(group.runs)
    if not runs:
        return None
    counts = " | ".join(str(len(where)) for where in outcomes.values())
    return f"| {peer} | {counts} | {'; '.join(outcomes['better']) or '–'} | {better} of {runs} |"


def _better_runs(ours: Group | None, theirs: Group) -> int:
    """Runs of a peer that beat ours with the same seed; where seeds differ, our median."""
    by_seed = {run.seed: run.values for run in ours.answered} if ours else {}
    median = ours.median.values if ours and ours.median else None
    return sum(
        run.values is not None
        and ((own := by_seed.get(run.seed, median)) is None or compare(own, run.values).outcome == "better")
        for run in theirs.answered
    )


def _outcome(ours: Group | None, theirs: Group) -> str:
    if theirs.median is None or theirs.median.values is None:
        return "no answer"
    if ours is None or ours.median is None or ours.median.values is None:
        return "better"
    return compare(ours.median.values, theirs.median.values).outcome


# ------------------------------------------------------------------------------------------ scenarios


_COLUMNS = (
    "method", "limit", "seats filled", "needs", "promises", "quality", "certified gap", "unavoidable", "against ours",
    "solving", "modelling", "import + first use", "peak MB",
)


def _scenarios(results: Results, plots: Sequence[str]) -> Iterator[str]:
    for scenario in _scenario_names(results):
        own = groups(results, scenario)
        yield f"## {scenario}"
        yield ""
        yield from _size(own)
        yield "| " + " | ".join(_COLUMNS) + " |"
        yield "|" + "---|" * len(_COLUMNS)
        for group in own:
            yield "| " + " | ".join(_row(own, group)) + " |"
        yield ""
        for plot in plots:
            if plot.startswith(slug(scenario) + "-"):
                yield f"![{scenario}]({plot})"
                yield ""


def _size(own: Sequence[Group]) -> Iterator[str]:
    size = next((run.size for group in own for run in group.runs if run.size), None)
    if size is not None:
        yield ", ".join(f"{number:,} {what}" for what, number in size.items()) + "."
        yield ""


def _row(own: Sequence[Group], group: Group) -> list[str]:
    run = group.median
    limit = "–" if group.limit is None else f"{group.limit:g} s"
    if run is None or run.values is None:
        return [group.method, limit, _why(group), *[""] * (len(_COLUMNS) - 7), *_costs(group.runs)]
    return [
        group.method if run.peer else f"**{group.method}**", limit,
        f"{run.seats_filled} of {run.size.get('seats', '?')}{_some(group)}", str(run.values[0]), str(run.values[1]),
        _range(group), _gap(group), _unavoidable(run), _against(reference(own, group.limit), group),
        *_costs(group.runs),
    ]


def _some(group: Group) -> str:
    """That not every seed had an answer, if so."""
    missing = len(group.runs) - len(group.answered)
    return f" ({missing} of {len(group.runs)} seeds: {_why(group)})" if missing else ""


def _why(group: Group) -> str:
    """Why there is no answer, or why there is none from more than half of the seeds."""
    reasons = dict.fromkeys(
        f"invalid: {run.violations} violations" if run.status == "done" else f"{run.status}: {run.note}".rstrip(": ")
        for run in group.runs if run not in group.answered
    )
    return "; ".join(reasons).replace("|", "/").replace("\n", " ")


def _range(group: Group) -> str:
    """The median run's quality; best and worst among the runs that are alike in needs and promises."""
    assert group.median is not None
    assert group.median.values is not None
    alike = [run.values[2] for run in group.answered if run.values and run.values[:2] == group.median.values[:2]]
    others = len(group.runs) - len(alike)
    spread = f" ({min(alike)}–{max(alike)})" if min(alike) < max(alike) else ""
    return f"{group.median.values[2]}{spread}{f' ({others} of {len(group.runs)} seeds differ earlier)' if others else ''}"


def _gap(group: Group) -> str:
    """The certified gap on quality; an earlier tier that is not proven is said."""
    run = group.median
    assert run is not None
    assert run.values is not None
    unproven = [name for name, value, bound in zip(("needs", "promises"), run.values, run.bounds) if bound != value]
    if run.peer or run.bounds[2] is None:
        return "–" if run.peer else "unknown"
    gaps = [gap for other in group.answered if (gap := certified_gap(other)) is not None]
    shown = f"{100 * statistics.median(gaps):.2f} %" if gaps else "unknown"
    return shown + (f" ({' and '.join(unproven)} not proven)" if unproven else "")


def certified_gap(run: Run) -> float | None:
    """(value − bound) / max(1, value) of the quality tier."""
    if run.values is None or run.bounds[2] is None:
        return None
    return (run.values[2] - run.bounds[2]) / max(1, run.values[2])


def _unavoidable(run: Run) -> str:
    """The share of quality that no roster can avoid: bound / value."""
    if run.values is None or run.bounds[2] is None:
        return "–"
    return f"{100 * run.bounds[2] / max(1, run.values[2]):.1f} %" if run.values[2] else "100 %"


def _against(ours: Group | None, theirs: Group) -> str:
    if ours is None or theirs is ours:
        return "–"
    if ours.median is None or ours.median.values is None or theirs.median is None or theirs.median.values is None:
        return "we have no answer"
    told = compare(ours.median.values, theirs.median.values)
    return f"**better: {told}**" if told.outcome == "better" and theirs.runs[0].peer else str(told)


def _costs(runs: Sequence[Run]) -> list[str]:
    return [
        _median(run.seconds.get("search") for run in runs), _median(run.seconds.get("model") for run in runs),
        _median(
            run.seconds["import"] + run.seconds.get("warm-up", 0.0) if "import" in run.seconds else None
            for run in runs
        ),
        str(max((run.peak_mb for run in runs), default=0) or "–"),
    ]


def _median(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.median(known):.1f} s" if known else "–"


def _notes(results: Results) -> Iterator[str]:
    notes = dict.fromkeys(
        [*results.about.get("missing", ()), *(run.note for run in results.runs if run.status == "missing")]
    )
    if notes:
        yield "## Not run"
        yield ""
        yield from (f"- {note}" for note in notes)
        yield ""
    peers = [peer for name in dict.fromkeys(run.method for run in results.runs if run.peer)
             if (peer := peer_named(name)) is not None]
    if peers:
        yield "## Peers"
        yield ""
        yield from (f"- **{peer.name}**: {peer.what}. Left out by the adapter: {peer.left_out}." for peer in peers)


def slug(scenario: str) -> str:
    """A scenario's name for a file."""
    return "".join(letter if letter.isalnum() else "-" for letter in scenario).strip("-").replace("--", "-")


def best_known(results: Results, scenario: str) -> Values | None:
    """The best roster anybody returned."""
    return min(
        (run.values for run in results.runs if run.scenario == scenario and run.valid and run.values), default=None
    )


def _scenario_names(results: Results) -> list[str]:
    return list(dict.fromkeys(run.scenario for run in results.runs))


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)
