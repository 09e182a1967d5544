"""The public benchmark of days full of visits: instances read, solutions written, results counted."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.hhcrsp.__main__ import main
from benchmarks.hhcrsp.instance import Unreadable, instance_of, read_instance
from benchmarks.hhcrsp.limits import CpuSeconds
from benchmarks.hhcrsp.run import Run, read_runs, tables
from benchmarks.hhcrsp.solution import solution_of

from matcher.solvers.routes import Break, Tours
from matcher.solvers.routes_tables import HARD, IN_ORDER, NEVER, TOGETHER


def patient(number, services, window=(0, 100), **more):
    return {
        "id": f"p{number}", "distance_matrix_index": number, "time_windows": [{"start": window[0], "end": window[1]}],
        "required_services": [{"service": s, "duration": 10} for s in services], **more,
    }


def small(**components):
    """Two caregivers, three patients: one alone, one by two people at once, one by two in order."""
    return {
        "metadata": {"cost_components": components, "time_window_met": "at_service_end"},
        "distances": [[0 if a == b else 5 for b in range(4)] for a in range(4)],
        "terminal_points": [{"id": "d", "distance_matrix_index": 0}],
        "caregivers": [
            {"id": c, "abilities": ["s1", "s2"], "departing_point": "d", "arrival_point": "d", "working_shift": {"start": 0, "end": 200},
             "lunch_break": c == "c1"}
            for c in ("c1", "c2")
        ],
        "services": [{"id": "s1", "default_duration": 10}, {"id": "s2", "default_duration": 10}],
        "lunch_breaks": {"start": 60, "end": 120, "min_duration": 30},
        "patients": [
            patient(1, ["s1"], optional=True, preferred_caregivers=["c1"], incompatible_caregivers=["c2"]),
            patient(2, ["s1", "s2"], synchronization={"type": "simultaneous"}),
            patient(3, ["s1", "s2"], synchronization={"type": "sequential", "distance": {"min": 5, "max": 20}}),
        ],
    }


def test_an_instance_becomes_a_day():
    day = instance_of(small(travel_time=2, total_tardiness="HARD", optional_patients=90, missed_lunch_break=50), "small").day
    assert day.visit.tolist() == [0, 1, 1, 2, 2]
    assert day.link.tolist()[1:] == [TOGETHER, IN_ORDER]
    assert day.lag[2].tolist() == [5, 20]
    # A window that a service must end in is left by ten minutes earlier.
    assert day.windows[0, 0].tolist() == [0, 90]
    assert day.able[:, 0].tolist() == [True, False]
    assert day.left_out.tolist() == [90, 0, 0]
    assert day.due_break.tolist() == [True, False]
    # From 60 on, and over by 120.
    assert day.break_window == (60, 90, 30)
    assert (day.prices.travel, day.prices.late, day.prices.missed_break) == (2, HARD, 50)


def test_who_is_not_preferred_has_a_price():
    facts = small(caregiver_preferences=7)
    facts["patients"][0].pop("incompatible_caregivers")
    assert instance_of(facts, "small").day.seat_price[:, 0].tolist() == [0, 7]


def test_without_a_shift_nobody_is_ever_late_home():
    facts = small(travel_time=1)
    del facts["caregivers"][0]["working_shift"]
    assert instance_of(facts, "small").day.shift[0].tolist() == [0, NEVER]


def test_times_that_are_no_whole_minutes_are_rounded_to_the_safe_side():
    facts = small(travel_time=1)
    facts["distances"][0][1] = 5.00012
    facts["patients"][0]["time_windows"][0]["end"] = 99.99996
    day = instance_of(facts, "small").day
    assert day.unit == 1000
    assert day.travel[0, 1] == 5001
    assert day.windows[0, 0, 1] == 99_999 - 10_000


def test_what_has_a_price_nobody_knows_is_refused():
    with pytest.raises(Unreadable, match="smiles"):
        instance_of(small(smiles=3), "small")


def test_what_is_no_instance_is_refused_without_a_traceback(tmp_path, capsys):
    path = tmp_path / "instance.json"
    path.write_text("{}")
    with pytest.raises(Unreadable, match="no instance of HHCRSP"):
        read_instance(path)
    assert main(["solve", str(path), "-o", str(tmp_path / "solution.json")]) == 2
    assert "no instance of HHCRSP" in capsys.readouterr().err


def test_tours_are_written_with_the_break_where_it_is_taken():
    instance = instance_of(small(travel_time=1), "small")
    start = np.array([5, -1, -1, -1, -1])
    written = solution_of(instance, Tours(0, ((0,), ()), start, (Break(1, 60, False), None), 0))
    assert written["routes"][0]["locations"] == [
        {"patient": "p1", "service": "s1", "arrival_time": 5.0, "departure_time": 15.0},
        {"patient": "p1", "service": "lunch_break", "arrival_time": 60.0, "departure_time": 90.0},
    ]
    assert written["routes"][1]["locations"] == []


RUN = Run(2, "mankowska", "m", 100, 10.0, 1, 99.0, 100.0, 30_000.0, ())


def test_a_cost_that_rounds_to_the_best_known_is_matched_and_not_improved():
    same = replace(RUN, cost=100.004)
    assert same.matched
    assert not same.improved
    assert RUN.improved
    assert RUN.gap == pytest.approx(-1.0)


def test_the_page_shows_gaps_by_size_and_every_loss():
    runs = [
        RUN,
        replace(RUN, seed=2, cost=103.0, revision="abc1234"),
        replace(RUN, line=4, name="n", patients=10, optimal=True, cost=100.0),
    ]
    page = tables(runs)
    # The mean of −1 and +3 on one instance; the other is met.
    assert "| mankowska | 100–100 | 1 | 2 | +1.00 | +3.00 | 1/2 | 1/2 | 0 | 30,000 |" in page
    assert "| mankowska | all | 2 | 1–2 | +0.50 | +3.00 | 2/3 | 1/3 | 0 | 30,000 |" in page
    assert "| mankowska m | 2 | +1.00 | +3.00 |" in page
    assert "Revisions: mankowska abc1234, unknown." in page
    assert "reached in 1 of 1 runs on 1 instances." in page
    assert "1 of 1 improved by at least one seed" in page
    assert "the even lines of best_known.csv, not tuned on" in page


def test_runs_noted_are_read_again(tmp_path):
    path = tmp_path / "runs.jsonl"
    path.write_text(RUN.as_json() + "\n")
    assert read_runs(path) == [RUN]
    assert main(["table", "--runs", str(path), "-o", str(tmp_path / "page.md")]) == 0
    assert "## 10 s of CPU" in (tmp_path / "page.md").read_text()
    assert read_runs(tmp_path / "none.jsonl") == []


def test_no_runs_make_no_page(tmp_path, capsys):
    assert main(["table", "--runs", str(tmp_path / "none.jsonl"), "-o", str(tmp_path / "page.md")]) == 2
    assert "holds no runs" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()


def test_a_limit_of_no_seconds_is_over_at_once():
    limit = CpuSeconds(0.0)
    assert limit.over
    assert limit.used == 1.0

