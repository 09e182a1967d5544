"""The benchmark's own checker, from the folder that holds the instances."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "HHCRSP"
"""The environment variable that names the folder, unless an option does."""
DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "benchdata" / "hhcrsp"


@dataclass(frozen=True)
class Known:
    """A line of best_known.csv."""

    line: int
    """Data line, the first is 1: odd ones are for tuning."""
    family: str
    name: str
    path: Path
    patients: int
    thirds: bool
    best: float
    optimal: bool


def folder(option: Path | None = None) -> Path:
    """Where check.py, best_known.csv and instances/ lie: the option, else $HHCRSP, else beside this repository."""
    return option or Path(os.environ.get(FOLDER) or DEFAULT)


def known(data: Path) -> list[Known]:
    """The instances with their best known values."""
    with (data / "best_known.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Known(x, row["family"], row["instance"], data / row["instance_file"], int(row["patients"]),
                  row["objective"] == "thirds", float(row["bks"]), row["status"] == "optimal")
            for x, row in enumerate(csv.DictReader(lines), 1)
        ]


def verdict(data: Path, instance: Path, solution: dict[str, Any], thirds: bool) -> dict[str, Any]:
    """What check.py says: ``cost``, ``components`` and ``violations`` of hard rules."""
    spec = importlib.util.spec_from_file_location("hhcrsp_check", data / "check.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(data / "check.py")
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    facts = check.Instance(json.loads(instance.read_text(encoding="utf-8")))
    said: dict[str, Any] = check.evaluate(facts, check.read_routes(solution), thirds)
    return said
