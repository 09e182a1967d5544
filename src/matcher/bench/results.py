"""The results as files: results.json, table.md and plots in one folder; each written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

from matcher.bench.benchmark import Results
from matcher.bench.tables import page

RESULTS = "results.json"
PAGE = "table.md"


def write_results(results: Results, folder: Path, *, plots: bool = True) -> list[Path]:
    """Write results.json, table.md and, where matplotlib is installed, the plots; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = _draw(results, folder) if plots else []
    return [
        write_numbers(results, folder), _write(folder / PAGE, page(results, [path.name for path in drawn])), *drawn,
    ]


def write_numbers(results: Results, folder: Path) -> Path:
    """Write results.json alone."""
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder / RESULTS, json.dumps(results.to_json(), ensure_ascii=False, indent=1) + "\n")


def read_results(folder: Path) -> Results | None:
    """What was measured before; None if nothing was."""
    path = folder / RESULTS
    return Results.from_json(json.loads(path.read_text("utf-8"))) if path.exists() else None


def _draw(results: Results, folder: Path) -> list[Path]:
    try:
        from matcher.bench.plots import draw
    except ImportError:
        return []
    return draw(results, folder)


def _write(path: Path, text: str) -> Path:
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, "utf-8")
    os.replace(beside, path)
    return path
