"""What people do with a problem: solve it, explain it, look at supply before solving."""

from matcher.planning.solve import solve

__all__ = ["solve"]
