"""Small communities and the actor; facts from the command line's tests, databases from the store's."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))
sys.path.insert(0, str(Path(__file__).parent))

from databases import address, database, server
from hamlets import hamlets

__all__ = ["address", "database", "hamlets", "server"]
