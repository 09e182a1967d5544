"""What has happened since people were told, kept with a draft that was made because of it.

A replan knows that somebody is away before the facts do. Its draft is judged with that news, and publishing it writes
the news into the facts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matcher.domain.base import Fact
from matcher.domain.claims import Claim
from matcher.domain.scenario import Scenario
from matcher.exchange.additions import add_document
from matcher.exchange.assemble import FACTS
from matcher.planning.changes import Away, Changes, changed
from matcher.problem.roster import Roster

Operations = dict[str, dict[str, list[dict[str, Any]]]]
"""Per noun, documents to ``put`` and documents to ``remove``."""


def changes_of(news: Mapping[str, Any]) -> Changes:
    """Absences, declines and cancellations as ``planning`` takes them."""
    return Changes(
        tuple(Away(one["volunteer"], _moment(one.get("start")), _moment(one.get("end"))) for one in news.get("absences", ())),
        tuple((one["visit"], one["volunteer"]) for one in news.get("declines", ())),
        tuple(news.get("cancelled", ())),
    )


def with_additions(scenario: Scenario, news: Mapping[str, Any], lang: str) -> Scenario:
    """The facts with what the news adds; raises ``BadInput`` with every fault."""
    added = news.get("additions") or {}
    return add_document(scenario, dict(added), lang=lang).scenario if added else scenario


def with_news(scenario: Scenario, before: Roster, news: Mapping[str, Any], lang: str) -> Scenario:
    """The facts as the news leaves them, what people were told apart; ``before`` is the roster it is about."""
    added = with_additions(scenario, news, lang)
    changes, chosen = changes_of(news), frozenset(news.get("chosen", ()))
    if changes:
        added = changed(added, before, changes).with_changes(published=scenario.published)
    if chosen:  # off the waitlist, to step in
        claims = (Claim(**dict(one) | {"state": "chosen"}) if one.id in chosen else one for one in added.claims)
        added = added.with_changes(claims=tuple(claims))
    return added


def operations(before: Scenario, after: Scenario) -> Operations:
    """What has to be written for the facts to become those after; the programme itself is left as it is."""
    found: Operations = {}
    for noun, model in FACTS.items():
        if getattr(before, noun) == getattr(after, noun):
            continue
        olds, news = ([_document(fact) for fact in getattr(own, noun)] for own in (before, after))
        left, right = Counter(map(_text, olds)), Counter(map(_text, news))
        put = [json.loads(text) for text in (right - left).elements()]
        keyed = "id" in model.model_fields
        kept = {document["id"] for document in news} if keyed else set()
        gone = [json.loads(text) for text in (left - right).elements()]
        remove = [document for document in gone if not keyed or document["id"] not in kept]
        found[noun] = {"put": put, "remove": remove}
    return found


def _document(fact: Fact) -> dict[str, Any]:
    return fact.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)
