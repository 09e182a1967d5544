"""The page: losses are shown as plainly as wins, and nothing is shown that was not measured."""

from __future__ import annotations

import pytest

from matcher.bench.benchmark import Results
from matcher.bench.runs import Run
from matcher.bench.tables import certified_gap, groups, page

ABOUT = {
    "day": "2026-12-01", "machine": {"processor": "one", "cores": 2, "memory_gb": 8, "system": "Linux x86_64"},
    "versions": {"matcher": "0.1.0"}, "workers": 2, "seeds": [0, 1, 2], "limits": [10.0], "missing": [],
}


def run(method: str, quality: int | None, *, peer: bool = True, seed: int = 0, needs: int = 0, bound=None, **more) -> Run:
    status = "no answer" if quality is None else "done"
    return Run(
        "town", method, peer, seed, 10.0, 2, status, size={"seats": 9}, valid=quality is not None,
        values=None if quality is None else (needs, 0, quality), bounds=(0, 0, bound), seats_filled=9, **more,
    )


def shown(*runs: Run) -> str:
    return page(Results(ABOUT, runs))


def row(text: str, method: str) -> list[str]:
    starts = (f"| {method} | 10 s |", f"| **{method}** | 10 s |")
    line = next(line for line in text.splitlines() if line.startswith(starts))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_better_peer_is_shown_as_better():
    text = shown(run("auto", 100, peer=False), run("cpsat", 90))
    assert "**better: quality -10.0 %**" in row(text, "cpsat")
    assert "| cpsat | 0 | 0 | 1 | 0 | town, 10 s | 1 of 1 |" in text


def test_single_runs_that_were_better_are_counted_seed_by_seed():
    ours = [run("auto", quality, peer=False, seed=seed) for seed, quality in enumerate((100, 110, 120))]
    theirs = [run("cpsat", 115, seed=seed) for seed in range(3)]  # better with seed 2 alone; the median is worse
    assert "| cpsat | 1 | 0 | 0 | 0 | – | 1 of 3 |" in shown(*ours, *theirs)


def test_seeds_without_an_answer_are_told_beside_the_others():
    text = shown(run("cpsat", 5), run("cpsat", 6, seed=1), run("cpsat", None, seed=2))
    assert "9 of 9 (1 of 3 seeds: no answer)" in row(text, "cpsat")


def test_how_much_worse_a_peer_is_stands_beside_it():
    text = shown(run("auto", 100, peer=False), run("cpsat", 150), run("highs", 1, needs=300))
    assert "quality +50.0 %" in row(text, "cpsat")
    assert "needs +300" in row(text, "highs")


def test_the_gap_and_what_no_roster_can_avoid():
    text = shown(run("auto", 200, peer=False, bound=190))
    assert "5.00 %" in row(text, "auto")  # (200 − 190) / 200
    assert "95.0 %" in row(text, "auto")  # 190 / 200
    assert certified_gap(run("auto", 200, bound=190)) == pytest.approx(0.05)
    assert certified_gap(run("auto", 200)) is None


def test_an_unknown_bound_is_said_and_never_zero():
    assert "unknown" in row(shown(run("auto", 200, peer=False)), "auto")


def test_a_gap_on_unproven_needs_says_so():
    text = shown(run("auto", 200, peer=False, needs=100, bound=200))
    assert "0.00 % (needs not proven)" in row(text, "auto")


def test_seeds_are_told_by_their_median_and_range():
    text = shown(*(run("auto", quality, peer=False, seed=seed) for seed, quality in enumerate((120, 100, 110))))
    assert "110 (100–120)" in row(text, "auto")


def test_no_answer_counts_as_the_worst_seed():
    own = groups(Results(ABOUT, (run("cpsat", 5), run("cpsat", None, seed=1), run("cpsat", None, seed=2))), "town")
    assert own[0].median is None


def test_every_row_has_every_column():
    text = shown(run("auto", 100, peer=False), run("cpsat", None, note="no time"))
    rows = [line for line in text.splitlines() if line.startswith("|") and "10 s" in line and "town" not in line]
    assert len({line.count("|") for line in rows}) == 1


def test_an_invalid_roster_is_called_so():
    wrong = Run("town", "cpsat", True, 0, 10.0, 2, "done", valid=False, violations=4, values=(0, 0, 1))
    assert "invalid: 4 violations" in row(shown(run("auto", 9, peer=False), wrong), "cpsat")


def test_plots_are_drawn_where_matplotlib_is_installed(tmp_path):
    pytest.importorskip("matplotlib")
    from matcher.bench.plots import draw

    results = Results(ABOUT, (run("auto", 100, peer=False, bound=90, curve=((0.5, "quality", 120),)), run("cpsat", 150)))
    assert [path.name for path in draw(results, tmp_path)] == ["town-time.svg", "town-gap.svg"]
    assert all(path.stat().st_size > 1000 for path in tmp_path.iterdir())
