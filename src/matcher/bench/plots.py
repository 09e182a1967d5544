"""Two plots a scenario: needs and quality over time, and how far every method ends from what is proven possible."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import font_manager
from matplotlib import pyplot as plt

from matcher.bench.benchmark import Results
from matcher.bench.runs import Run
from matcher.bench.tables import Group, best_known, groups, slug
from matcher.bench.verdict import Values
from matcher.problem.roster import TIERS

FONTS = ("DejaVu Sans", "WenQuanYi Micro Hei", "Noto Sans CJK SC")
"""The second and third where they are installed: scenarios may be named in Chinese."""


def draw(results: Results, folder: Path) -> list[Path]:
    """Draw every scenario's plots into a folder; the files."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    written: list[Path] = []
    with plt.rc_context({"font.family": [name for name in FONTS if name in installed] or ["sans-serif"]}):
        for scenario in dict.fromkeys(run.scenario for run in results.runs):
            own = groups(results, scenario)
            if best_known(results, scenario) is None:
                continue
            written.append(_time_to_quality(results, scenario, own, folder / f"{slug(scenario)}-time.svg"))
            written.append(_gap_bars(results, scenario, own, folder / f"{slug(scenario)}-gap.svg"))
    return written


def _time_to_quality(results: Results, scenario: str, own: Sequence[Group], path: Path) -> Path:
    """Needs and quality over seconds of search. A curve is one run with the longest limit; a dot is where a run ended.

    Quality only of rosters as good as the best known one in needs and promises: who serves fewer travels less.
    """
    best = best_known(results, scenario)
    assert best is not None
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5))
    for method, colour in _colours(own).items():
        runs = [run for group in own if group.method == method for run in group.answered]
        alike = [run for run in runs if run.values and run.values[:2] == best[:2]]
        _curve(left, runs, 0, method, colour)
        _curve(right, alike, 2, method, colour)
    bound = _bound(results, scenario, best)
    if bound is not None:
        right.axhline(bound, color="black", linestyle=":", linewidth=1, label="proven bound")
    for axes, tier in ((left, TIERS[0]), (right, TIERS[2])):
        axes.set(xscale="log", xlabel="seconds of search", ylabel=f"{tier} (lower is better)")
        axes.legend(fontsize=8)
    right.set_title("of rosters alike in needs and promises", fontsize=9)
    figure.suptitle(scenario)
    return _saved(figure, path)


def _curve(axes: Any, runs: Sequence[Run], tier: int, method: str, colour: str) -> None:
    """One run's way in a tier, and where every run ended."""
    if not runs:
        return
    longest = max(runs, key=lambda run: run.limit or 0.0)
    points = [(max(seconds, 0.01), value) for seconds, name, value in longest.curve if name == TIERS[tier]]
    if points:
        axes.step(*zip(*points), where="post", color=colour, linewidth=1.2)
    ends = [(max(run.seconds.get("search", 0.0), 0.01), run.values[tier]) for run in runs if run.values]
    axes.plot(*zip(*ends), "o", color=colour, label=method, markersize=5)


def _gap_bars(results: Results, scenario: str, own: Sequence[Group], path: Path) -> Path:
    """Every method's longest run: its needs, and how much quality it costs beyond the bound if needs are as good."""
    best = best_known(results, scenario)
    assert best is not None
    last = {group.method: group.median for group in own if group.median is not None}
    bound = _bound(results, scenario, best)
    floor = best[2] if bound is None else bound
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 0.4 * len(last) + 1.6), sharey=True)
    for place, run in enumerate(last.values()):
        assert run.values is not None
        _bar(left, place, run.values[0], f"{run.values[0]}")
        if run.values[:2] == best[:2]:
            excess = 100 * (run.values[2] - floor) / max(1, floor)
            _bar(right, place, excess, f"{excess:.1f} %")
        else:
            worse = "needs" if run.values[0] > best[0] else "promises"
            _bar(right, place, 0.0, f"{worse} are worse")
    left.set_yticks(range(len(last)), list(last))
    left.invert_yaxis()
    left.set(xlabel="needs (lower is better)")
    right.set(xlabel=f"quality beyond {'the best known' if bound is None else 'the proven bound'}, %")
    for axes in (left, right):
        axes.margins(x=0.25)
        axes.set_xlim(left=0)
    figure.suptitle(scenario)
    return _saved(figure, path)


def _bar(axes: Any, place: int, length: float, told: str) -> None:
    axes.barh(place, length, color="C0", alpha=0.8)
    axes.text(length, place, f" {told}", va="center", fontsize=8)


def _bound(results: Results, scenario: str, best: Values) -> int | None:
    """The highest bound on quality that any run has proven for the best known needs and promises."""
    return max((
        run.bounds[2] for run in results.runs
        if run.scenario == scenario and run.values and run.values[:2] == best[:2] and run.bounds[2] is not None
    ), default=None)


def _colours(own: Sequence[Group]) -> dict[str, str]:
    return {method: f"C{number % 10}" for number, method in enumerate(dict.fromkeys(group.method for group in own))}


def _saved(figure: Any, path: Path) -> Path:
    figure.tight_layout()
    # No date and a fixed salt: the same results draw the same bytes.
    with plt.rc_context({"svg.hashsalt": "matcher", "svg.fonttype": "path"}):
        figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path
