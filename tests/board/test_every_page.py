"""What holds on every page, whoever wrote it: axe, a title and one heading, the language, nothing over the side."""

from __future__ import annotations

import re

import pytest
from boarding import Boarded
from rosters_ready import axe
from whole_week import go_to, made, open_pages, routes, week_of

NOT_SHOWN = {
    "/", "/board",  # lead on to a page
    "/board/{district}/{community}/stands",  # part of the bar
    "/board/{district}/{community}/template.xlsx", "/board/{district}/{community}/facts.xlsx",  # files
    "/board/{district}/{community}/adjust/gaps", "/board/{district}/{community}/plan/result",  # parts of pages
    "/board/{district}/{community}/plan/compare",
    "/board/{district}/{community}/check/facts", "/board/{district}/{community}/check/supply",
}
FOUND = "[document.title, document.documentElement.lang, document.querySelectorAll('h1').length, document.documentElement.scrollWidth]"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with Boarded(f"sqlite:///{tmp_path_factory.mktemp('every') / 'board.db'}") as board:
        board.keep(made()[0])
        board.pages = week_of(board)
        yield board


def test_the_list_names_every_page(town):
    shown = [at.partition("?")[0] for at in town.pages.values()]
    left = {
        route for route in routes() - NOT_SHOWN
        if not any(re.fullmatch(re.sub(r"\\?\{[^}]+\\?\}", "[^/]+", route), at) for at in shown)
    }
    assert left == set(), "put new pages into whole_week.py"


@pytest.mark.parametrize(("lang", "scheme"), [
    ("zh-CN", "light"), ("en", "dark"),
    pytest.param("zh-CN", "dark", marks=pytest.mark.slow), pytest.param("en", "light", marks=pytest.mark.slow),
])
def test_every_page_can_be_read_by_everybody(browser, town, lang, scheme):
    wrong = {}
    with town.visitor(browser, login="chen-li", lang=lang, color_scheme=scheme, size=(320, 640), at="/board/people") as page:
        for name, address in {**town.pages, **open_pages(town.pages)}.items():
            go_to(page, name, address)
            title, told, headings, width = page.evaluate(FOUND)
            faults = axe(page)
            faults += [] if title and told == lang else [f"title {title!r}, lang {told!r}"]
            faults += [] if headings == 1 else [f"{headings} headings of level 1"]
            faults += [] if width <= 320 else [f"{width} px wide"]
            if faults:
                wrong[name] = faults
    assert not wrong, wrong


def test_nothing_bare_is_shown_as_a_name(browser, town):
    """No page shows a placeholder, a missing word or Python's own."""
    with town.visitor(browser, login="chen-li", at="/board/people") as page:
        for name, address in town.pages.items():
            go_to(page, name, address)
            text = page.locator("body").inner_text()
            assert not re.search(r"\bNone\b|\bundefined\b|\bNaN\b|\[object|\{[a-z_]+\}|\bTrue\b|\bFalse\b", text), (name, text)
