"""Solutions better than the best known, kept with what check.py says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .judge import Known, known, verdict


def keep(folder: Path, name: str, solution: dict[str, Any], said: dict[str, Any], best: float) -> None:
    """Write a solution with the checker's verdict, unless one as good is kept already."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    if path.exists() and json.loads(path.read_text(encoding="utf-8"))["checker"]["cost"] <= said["cost"]:
        return
    path.write_text(_text(solution, said, best), encoding="utf-8")


def verify(folder: Path, data: Path) -> list[str]:
    """Have every kept solution judged again and its verdict written anew; what is wrong, one line each."""
    instances = {one.name: one for one in known(data)}
    faults = []
    for path in sorted(folder.glob("*.json")):
        one = instances.get(path.stem)
        if one is None:
            faults.append(f"{path.name}: no instance has this name")
            continue
        solution = {"routes": json.loads(path.read_text(encoding="utf-8"))["routes"]}
        said = verdict(data, one.path, solution, one.thirds)
        faults += _faults(one, said)
        path.write_text(_text(solution, said, one.best), encoding="utf-8")
    return faults


def _faults(one: Known, said: dict[str, Any]) -> list[str]:
    faults = [f"{one.name}: {fault}" for fault in said["violations"]]
    if said["cost"] >= one.best:
        faults.append(f"{one.name}: {said['cost']:.3f} is not below the best known {one.best:.3f}")
    return faults


def _text(solution: dict[str, Any], said: dict[str, Any], best: float) -> str:
    """One line for each route, so that changes can be read."""
    checker = {"cost": said["cost"], "violations": said["violations"], "components": {k: v for k, v in said["components"].items() if v}}
    routes = ",\n".join(json.dumps(route, separators=(",", ":")) for route in solution["routes"])
    return f'{{"best_known": {best}, "checker": {json.dumps(checker)},\n"routes": [\n{routes}\n]}}\n'
