"""Who there is in a community: names to mask, homes to hide, people's teams; remembered until a fact changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from matcher.exchange.masking import TextMask
from matcher.store.facts import facts_version
from matcher.store.scope import community_of
from matcher.store.tables import ResidentRow, VolunteerRow


@dataclass(frozen=True, slots=True)
class Known:
    """The people of a community, so that their names can be masked and their team told."""

    mask: TextMask
    homes: frozenset[str]
    team_of: Mapping[str, str | None]
    """Volunteer → team."""


_MOST = 16
_LOCK = threading.Lock()
_REMEMBERED: WeakKeyDictionary[Engine, OrderedDict[tuple[int, int], Known]] = WeakKeyDictionary()


def known_of(session: Session) -> Known:
    """Who there is in the session's community."""
    engine, key = session.get_bind().engine, (community_of(session), facts_version(session))
    with _LOCK:
        found = _REMEMBERED.setdefault(engine, OrderedDict()).get(key)
    if found is None:
        found = _read(session)
    with _LOCK:
        kept = _REMEMBERED[engine]
        kept[key] = found
        kept.move_to_end(key)
        while len(kept) > _MOST:
            kept.popitem(last=False)
    return found


def _read(session: Session) -> Known:
    names: list[str] = []
    homes: set[str] = set()
    teams: dict[str, str | None] = {}
    for resident in session.scalars(select(ResidentRow).execution_options(yield_per=1000)):
        names.append(resident.document.get("name", ""))
        homes.update([resident.home] if resident.home else [])
    for person in session.scalars(select(VolunteerRow).execution_options(yield_per=1000)):
        names.append(person.document.get("name", ""))
        homes.update([person.home] if person.home else [])
        teams[person.key] = person.team
    return Known(TextMask(names), frozenset(homes), teams)
