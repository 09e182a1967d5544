"""Whatever comes in: exit 0, 2 or 3, no traceback, nothing half-written, every fault with a place or an advice."""

from __future__ import annotations

import pytest
from trial import quiet_room, trial

BATCHES, SIZE = 6, 25


@pytest.mark.parametrize("batch", range(BATCHES))
def test_spoiled_files_end_with_a_sentence(batch, tmp_path, monkeypatch):
    _try_out(range(batch * SIZE, (batch + 1) * SIZE), 7, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(20))
def test_many_more_spoiled_files_end_with_a_sentence(batch, tmp_path, monkeypatch):
    _try_out(range(batch * 100, (batch + 1) * 100), 8, tmp_path, monkeypatch)


def _try_out(numbers, seed, tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHER_LANG", "zh")
    wrong = []
    with quiet_room(tmp_path) as logs:
        for number in numbers:
            folder = tmp_path / str(number)
            folder.mkdir()
            verdict = trial(seed, number, folder, logs)
            if verdict.wrong:
                wrong.append((number, verdict.case, verdict.ended.words, verdict.wrong, verdict.ended.log[-800:]))
    assert not wrong, f"run again with: python benchmarks/fuzz.py --seed {seed} --only {wrong[0][0]}"
