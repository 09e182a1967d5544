"""Facts in and out: workbooks, CSV folders and JSON read into a scenario, and everything written from one."""

from matcher.exchange.assemble import Import
from matcher.exchange.files import read_scenario, write_scenario
from matcher.exchange.rosterfile import Edits, read_roster, read_roster_edits
from matcher.exchange.template import write_template

__all__ = ["Edits", "Import", "read_roster", "read_roster_edits", "read_scenario", "write_scenario", "write_template"]
