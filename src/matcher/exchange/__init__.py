"""Facts in and out: workbooks, CSV folders and JSON read into a scenario, and everything written from one.

What stands here is loaded when it is asked for: a server that reads no workbook does not learn how people write times.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matcher.exchange.assemble import Import
    from matcher.exchange.files import read_scenario, write_scenario
    from matcher.exchange.rosterfile import Edits, read_roster, read_roster_edits
    from matcher.exchange.template import write_template

__all__ = ["Edits", "Import", "read_roster", "read_roster_edits", "read_scenario", "write_scenario", "write_template"]

_FROM = {
    "Import": "assemble", "read_scenario": "files", "write_scenario": "files", "Edits": "rosterfile",
    "read_roster": "rosterfile", "read_roster_edits": "rosterfile", "write_template": "template",
}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FROM[name]}"), name)
