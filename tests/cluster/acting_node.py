"""A node of a cluster whose solves play parts."""

import sys
from pathlib import Path

from matcher.cluster import node
from matcher.service.solving import process

if __name__ == "__main__":
    process.COMMAND = (sys.executable, str(Path(__file__).with_name("actor.py")))
    node.main()
