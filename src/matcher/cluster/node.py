"""A scheduler or a worker of dask as a process of ours: it ends with the one that began it.

``python -m matcher.cluster.node scheduler|worker WORDS…``, with the words of dask's own commands.
"""

from __future__ import annotations

import sys

from matcher.solvers.parent import die_with_parent


def main() -> None:
    """Be what the first word says."""
    die_with_parent()
    kind = sys.argv.pop(1)
    if kind == "scheduler":
        from distributed.cli.dask_scheduler import main as serve
    else:
        from distributed.cli.dask_worker import main as serve
    serve()


if __name__ == "__main__":
    main()
