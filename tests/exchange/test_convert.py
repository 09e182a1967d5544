"""Converting is lossless: every field of every fact survives workbook, CSV folder and JSON, in both languages."""

import csv
import random
from pathlib import Path

import pytest
from scenario_maker import Maker

from matcher.exchange import read_scenario, write_scenario

SEEDS = range(8)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "lang"), [("s.xlsx", "zh"), ("s.xlsx", "en"), ("folder", "zh"), ("folder", "en"), ("s.json", "zh")]
)
def test_every_fact_survives(tmp_path: Path, seed: int, name: str, lang: str) -> None:
    scenario = Maker(seed).scenario()
    write_scenario(scenario, tmp_path / name, lang=lang)
    assert read_scenario(tmp_path / name).scenario.fingerprint == scenario.fingerprint


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_and_columns_is_nothing(tmp_path: Path, seed: int) -> None:
    scenario = Maker(seed).scenario()
    write_scenario(scenario, tmp_path / "csv")
    shuffle = random.Random(seed).shuffle
    for path in sorted((tmp_path / "csv").iterdir()):
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = list(csv.reader(file))
        order = list(range(len(head)))
        shuffle(rows)
        if path.stem != "设置":
            shuffle(order)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([[row[at] for at in order] for row in [head, *rows]])
    assert read_scenario(tmp_path / "csv").scenario.fingerprint == scenario.fingerprint
