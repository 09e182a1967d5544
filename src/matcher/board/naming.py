"""Names instead of ids: whom a visit is for, in the sentences of an answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from matcher.board.pages import Here

_BRACKETED = re.compile(r"（([^（）\s]{1,160})）|(?<= )\(([^()\s]{1,160})\)|(?<=[”\"])\(([^()\s]{1,160})\)")


async def namer(here: Here, roster: str) -> Callable[[str], str]:
    """A function that puts the resident's name (else the place) where a sentence has a visit's or a wish's id in brackets."""
    told = await here.api.get(f"{here.at}/rosters/{quote(roster, safe='')}", view="true")
    names = names_in(told.get("view") or {})
    return lambda text: named(text, names)


async def wish_namer(here: Here) -> Callable[[str], str]:
    """The same before there is any roster."""
    wishes, residents = await asyncio.gather(here.api.every(f"{here.at}/wishes"), here.api.every(f"{here.at}/residents"))
    people = {row["key"]: row["fact"].get("name") or row["key"] for row in residents}
    names = {row["key"]: people.get(row["fact"].get("resident", ""), "") for row in wishes}
    return lambda text: named(text, {key: name for key, name in names.items() if name})


def names_in(view: Mapping[str, Any]) -> dict[str, str]:
    """Whom each visit and each wish of a roster's view is for."""
    found: dict[str, str] = {}
    for visit in view.get("visits", ()):
        name = (visit.get("resident") or {}).get("name") or visit.get("place") or ""
        if name:
            found[visit["id"]] = found[visit["wish"]] = name
    return found


def named(text: str, names: Mapping[str, str]) -> str:
    """The sentence with names; what has none stays as it is.

    >>> named("“上门理发”（haircut-2/2026-12）的“理发”缺1人", {"haircut-2/2026-12": "何凤珍"})
    '“上门理发”（何凤珍）的“理发”缺1人'
    """

    def name_of(found: re.Match[str]) -> str:
        key = found[1] or found[2] or found[3]
        name = names.get(key) or names.get(key.rpartition("/")[0])
        return found[0].replace(key, name) if name else found[0]

    return _BRACKETED.sub(name_of, text)
