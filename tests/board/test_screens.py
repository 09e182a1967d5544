"""Pictures of the pages, for the guides and to be looked at.

``MATCHER_SCREENS=docs/screens pytest tests/board/test_screens.py`` keeps them in docs/screens; without it they are thrown away.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from boarding import Boarded
from PIL import Image
from whole_week import go_to, made, open_pages, week_of

STEPS = ("week", "bring", "check", "screen", "plan", "adjust", "map", "publish", "record", "why-visit", "codes")
"""Pages at a desk."""
MOST = 60_000
"""Bytes of one picture."""
PHONE, DESK = (375, 760), (1280, 800)
MASKED = ".phone, a[href^='tel:'], td:has-text('1380000'), #phone"
"""What is covered in the pictures: numbers, though they are invented."""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with Boarded(f"sqlite:///{tmp_path_factory.mktemp('screens') / 'board.db'}") as board:
        board.keep(made()[0])
        board.pages = week_of(board)
        yield board


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """Where the pictures go."""
    asked = os.environ.get("MATCHER_SCREENS")
    folder = Path(asked) if asked else tmp_path_factory.mktemp("screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_pictures_of_each_step_and_of_the_phone_pages(browser, town, album, lang):
    with town.visitor(browser, login="chen-li", lang=lang, size=DESK, at="/board/people", reduced_motion="reduce") as page:
        for name in STEPS:
            go_to(page, name, town.pages[name])
            kept(page, album / f"{name}-{lang[:2]}.png")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        for name in ("week", "adjust"):
            go_to(page, name, town.pages[name])
            kept(page, album / f"{name}-small-{lang[:2]}.png")
    phones = [name for name in open_pages(town.pages) if name.startswith("phone-")]
    with town.visitor(browser, lang=lang, size=PHONE, reduced_motion="reduce") as page:
        for name in phones:
            go_to(page, name, town.pages[name])
            kept(page, album / f"{name}-{lang[:2]}.png")
    found = sorted(album.glob(f"*-{lang[:2]}.png"))
    assert len(found) == len(STEPS) + 2 + len(phones)
    assert [one.name for one in found if one.stat().st_size > MOST] == []


def kept(page, where):
    """A picture of what is in the window, in few colours."""
    shot = page.screenshot(mask=[page.locator(MASKED)], mask_color="#9aa5a5", animations="disabled")
    few = Image.open(io.BytesIO(shot)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    few.save(where, optimize=True)
