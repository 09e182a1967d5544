"""The databases of the store's tests, for the service's."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
sys.path.insert(0, str(Path(__file__).parent))

from databases import address, database, server

__all__ = ["address", "database", "server"]
