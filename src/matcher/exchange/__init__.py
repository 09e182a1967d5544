"""Facts in and out: workbooks, CSV folders and JSON read into a scenario, and everything written from one."""

from matcher.exchange.assemble import Import
from matcher.exchange.files import read_scenario, write_scenario

__all__ = ["Import", "read_scenario", "write_scenario"]
