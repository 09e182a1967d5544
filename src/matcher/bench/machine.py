"""The machine and the versions a number means nothing without; no host name, no path, no user."""

from __future__ import annotations

import os
import platform
import re
import resource
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("ortools", "numpy", "scipy", "numba", "pydantic", "highspy", "timefold", "pyvroom", "pyvrp")
"""Whose versions are written beside the numbers, where installed."""


def machine() -> dict[str, Any]:
    """Processor, cores, memory and system."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(_memory_bytes() / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """matcher's, Python's, and those of the packages that are installed."""
    found = {"matcher": _version("matcher") or "unknown", "python": platform.python_version()}
    for name in packages:
        number = _version(name)
        if number is not None:
            found[name] = number
    return found


def peak_mb() -> int:
    """The most memory this process has held so far, in MB."""
    # Linux hands a parent's peak down through exec in ru_maxrss; VmHWM begins anew.
    for line in _lines("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 1024))


def resident_mb(process: int) -> int:
    """The memory another process holds now, in MB; 0 where the system does not tell."""
    for line in _lines(f"/proc/{process}/status"):
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024)
    return 0


def memory_mb() -> int:
    """The machine's memory in MB."""
    return round(_memory_bytes() / 2**20)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        found = re.match(r"model name\s*:\s*(.+)", line)
        if found:
            return found.group(1).strip()
    return platform.processor() or "unknown"


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 0


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
