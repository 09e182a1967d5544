"""Mr Wu's workbook, wherever matcher is installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def demo_workbook() -> Iterator[Path]:
    """The path of the workbook: packed into the wheel, or in a checkout beside the other scenarios."""
    from importlib.resources import as_file, files

    packed = files("matcher") / "demo" / "wu-bo.xlsx"
    if packed.is_file():
        with as_file(packed) as path:
            yield path
    else:
        yield Path(__file__).parents[3] / "scenarios" / "wu-bo" / "wu-bo.xlsx"
