"""Converting is lossless: every field of every fact survives workbook, CSV folder and JSON, in both languages."""

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
