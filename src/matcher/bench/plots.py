"""Two plots a scenario: quality over time, and how far every method ends from what is proven possible."""

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
    """Quality over seconds of search. A curve is one run with the longest limit; a dot is where a run ended."""
    best = best_known(results, scenario)
    assert best is not None
    figure, axes = plt.subplots(figsize=(8, 4.5))
    colours = {method: f"C{number}" for number, method in enumerate(dict.fromkeys(group.method for group in own))}
    for method, colour in colours.items():
        runs = [run for group in own if group.method == method for run in group.answered]
        if not runs:
            continue
        longest = max(runs, key=lambda run: run.limit or 0.0)
        points = [(seconds, value) for seconds, tier, value in longest.curve if tier == TIERS[2] and seconds > 0]
        if points:
            axes.step(*zip(*points), where="post", color=colour, linewidth=1.2)
        _dots(axes, runs, best[:2], method, colour)
    bounds = [run.bounds[2] for run in results.runs
              if run.scenario == scenario and run.values and run.values[:2] == best[:2] and run.bounds[2] is not None]
    if bounds:
        axes.axhline(max(bounds), color="black", linestyle=":", linewidth=1, label="proven bound")
    axes.set(xscale="log", xlabel="seconds of search", ylabel="quality (lower is better)", title=scenario)
    axes.legend(fontsize=8)
    return _saved(figure, path)


def _dots(axes: Any, runs: Sequence[Run], best: tuple[int, ...], method: str, colour: str) -> None:
    """Filled: as good in needs and promises as the best known roster. Hollow: worse there, so quality misleads."""
    label: str | None = method
    for run in runs:
        assert run.values is not None
        filled = run.values[:2] == best
        axes.plot(
            max(run.seconds.get("search", 0.0), 0.01), run.values[2], "o", color=colour, label=label,
            markerfacecolor=colour if filled else "none",
        )
        label = None


def _gap_bars(results: Results, scenario: str, own: Sequence[Group], path: Path) -> Path:
    """How much quality each method's longest run costs beyond the bound; hatched where needs or promises are worse."""
    best = best_known(results, scenario)
    assert best is not None
    last = {group.method: group.median for group in own if group.median is not None}
    bounds = [run.bounds[2] for run in results.runs
              if run.scenario == scenario and run.values and run.values[:2] == best[:2] and run.bounds[2] is not None]
    floor = max(bounds, default=best[2])
    figure, axes = plt.subplots(figsize=(8, 0.45 * len(last) + 1.4))
    for place, run in enumerate(last.values()):
        assert run.values is not None
        worse = run.values[:2] != best[:2]
        excess = 100 * (run.values[2] - floor) / max(1, floor)
        axes.barh(place, excess, color="C3" if worse else "C0", hatch="//" if worse else None, alpha=0.8)
        told = f" {excess:.1f} %" + (f"  needs {run.values[0]}, promises {run.values[1]}" if worse else "")
        axes.text(max(excess, 0), place, told, va="center", fontsize=8)
    axes.set_yticks(range(len(last)), list(last))
    axes.invert_yaxis()
    axes.margins(x=0.25)
    axes.set(xlabel="quality beyond the proven bound, %; hatched: needs or promises are worse", title=scenario)
    return _saved(figure, path)


def _saved(figure: Any, path: Path) -> Path:
    figure.tight_layout()
    # No date and a fixed salt: the same results draw the same bytes.
    with plt.rc_context({"svg.hashsalt": "matcher", "svg.fonttype": "path"}):
        figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path
