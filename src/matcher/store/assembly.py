"""A community's rows put together into a scenario, and a scenario taken apart into rows; nothing is lost either way."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matcher.domain.base import Fact
from matcher.domain.scenario import PlanningWindow, Program, Scenario, find_faults
from matcher.errors import BadInput, Fault
from matcher.exchange.assemble import FACTS
from matcher.exchange.faults import JsonPath, Placed, scenario_fault
from matcher.exchange.jsonfile import scenario_from
from matcher.store.audit import note
from matcher.store.database import now_of
from matcher.store.facts import NotFound, columns_of, document_of, lock, program, unstorable
from matcher.store.scope import community_of
from matcher.store.tables import NOUNS, ProgramRow, Snapshot
from matcher.store.words import say


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import did, in rows."""

    created: int
    changed: int
    removed: int
    same: int


# ----------------------------------------------------------------------------------------- rows to scenario


def scenario_of(session: Session, *, as_of: datetime | None = None, window: PlanningWindow | None = None) -> Scenario:
    """The community's facts as they stand, as of the programme's own moment or another; ``window`` as it is or another.

    Raises ``NotFound`` before the first import, ``BadInput`` if the facts do not hold at that moment.
    """
    changes: dict[str, Any] = {}
    if as_of is not None:
        changes["as_of"] = as_of.isoformat()
    if window is not None:
        changes["window"] = window.model_dump(mode="json")
    told = program(session).document | changes
    rows = {noun: [row.document for row in _rows(session, noun)] for noun in NOUNS}
    return scenario_from({"format": "matcher/1", "program": told} | rows, lang=session.info["lang"]).scenario


def _rows(session: Session, noun: str) -> Iterator[Any]:
    table = NOUNS[noun]
    yield from session.scalars(select(table).order_by(table.sequence).execution_options(yield_per=1000))


def refuse_under(session: Session, told: Program) -> None:
    """Raise ``BadInput`` if the facts do not hold under another programme: another clock, calendar or window."""
    _refuse(session, scenario_of(session), {"program": told})


def refuse_without(session: Session, noun: str, key: str) -> None:
    """Raise ``BadInput`` naming every fact that refers to the one about to go."""
    whole = scenario_of(session)
    rest = tuple(fact for fact in getattr(whole, noun) if fact.id != key)
    _refuse(session, whole, {noun: rest})


def _refuse(session: Session, whole: Scenario, changes: dict[str, Any]) -> None:
    facts = {name: getattr(whole, name) for name in ("program", *FACTS)} | changes
    found = [fault for fault in find_faults(Scenario.model_construct(format="matcher/1", **facts)) if not fault.warning]
    if found:
        placed = {
            noun: [Placed(fact, JsonPath((noun, number))) for number, fact in enumerate(facts[noun])] for noun in FACTS
        }
        raise BadInput([scenario_fault(fault, placed, session.info["lang"]) for fault in found])


# ----------------------------------------------------------------------------------------- scenario to rows


def replace_facts(session: Session, scenario: Scenario) -> Changes:
    """Make the community's facts exactly those of the scenario; rows that stay the same keep their version.

    Raises ``BadInput`` for characters no database stores.
    """
    _refuse_unstorable(scenario, session.info["lang"])
    total = [
        _replace_program(session, scenario.program),
        *(_replace(session, noun, getattr(scenario, noun)) for noun in NOUNS),
    ]
    done = Changes(*(sum(column) for column in zip(*total)))
    note(
        session, "import", "scenario", scenario.fingerprint,
        created=done.created, changed=done.changed, removed=done.removed,
    )
    return done


def _refuse_unstorable(scenario: Scenario, lang: str) -> None:
    faults = [
        Fault(say("unstorable", lang), path=(noun, number, field), code="unstorable")
        for noun in NOUNS
        for number, fact in enumerate(getattr(scenario, noun))
        if (field := unstorable(fact))
    ]
    if field := unstorable(scenario.program):
        faults.append(Fault(say("unstorable", lang), path=("program", field), code="unstorable"))
    if faults:
        raise BadInput(faults)


def _replace_program(session: Session, told: Program) -> tuple[int, int, int, int]:
    row = session.get(ProgramRow, community_of(session))
    document = document_of(told)
    if row is not None and row.document == document:
        return 0, 0, 0, 1
    new = row is None
    if row is None:
        row = ProgramRow(community=community_of(session), version=0)
        session.add(row)
    row.document, row.version = document, row.version + 1
    row.changed_at, row.changed_by = now_of(session), session.info["actor"]
    session.flush()
    return int(new), int(not new), 0, 0


def _replace(session: Session, noun: str, facts: tuple[Fact, ...]) -> tuple[int, int, int, int]:
    """New, changed, removed and unchanged rows. The order of the facts becomes that of the sequence numbers."""
    table, community = NOUNS[noun], community_of(session)
    before = list(_rows(session, noun))
    rows = _with_keys(noun, facts, before)
    if [(row["key"], row["document"]) for row in rows] == [(row.key, row.document) for row in before]:
        return 0, 0, 0, len(before)
    known = {row.key: row for row in before}
    kept, changed, first = 0, 0, lock(session, len(rows))
    now, actor = now_of(session), session.info["actor"]
    for number, row in enumerate(rows):
        old = known.get(row["key"])
        same = old is not None and old.document == row["document"]
        kept, changed = kept + same, changed + (old is not None and not same)
        row |= {"community": community, "sequence": first + number}
        row |= (
            {"version": old.version, "changed_at": old.changed_at, "changed_by": old.changed_by}
            if old is not None and same
            else {"version": old.version + 1 if old else 1, "changed_at": now, "changed_by": actor}
        )
    # Keys and sequences may have changed places: all go, all come.
    session.expunge_all()
    session.execute(delete(table))
    if rows:
        session.execute(insert(table), rows)
    return len(rows) - kept - changed, changed, len(before) - kept - changed, kept


def _with_keys(noun: str, facts: tuple[Fact, ...], before: list[Any]) -> list[dict[str, Any]]:
    """The facts' rows; one without an id keeps the key of an equal row that is there."""
    rows = [columns_of(noun, fact) for fact in facts]
    if "id" in FACTS[noun].model_fields:
        return rows
    keys: dict[str, list[str]] = {}
    for row in reversed(before):
        keys.setdefault(_text(row.document), []).append(row.key)
    for row in rows:
        if free := keys.get(_text(row["document"])):
            row["key"] = free.pop()
    return rows


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True)


# ---------------------------------------------------------------------------------------------- snapshots


def packed(scenario: Scenario) -> bytes:
    """The facts as a snapshot keeps them."""
    return zlib.compress(scenario.to_json().encode(), 6)


def freeze(session: Session, scenario: Scenario, document: bytes | None = None) -> str:
    """Keep the facts as they are now, whatever becomes of the rows; the fingerprint.

    Who has ``packed`` them before (it takes a second for a large community) holds up no other writer.
    """
    community, fingerprint = community_of(session), scenario.fingerprint
    found = session.get(Snapshot, (community, fingerprint))
    document = packed(scenario) if document is None else document
    if found is None:
        # Somebody else may freeze the same facts at this moment.
        adding: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        row = {"community": community, "fingerprint": fingerprint, "document": document, "created_at": now_of(session)}
        session.execute(adding(Snapshot).on_conflict_do_nothing(), [row])
    elif found.document is None:
        found.document = document
    session.flush()
    return fingerprint


def frozen(session: Session, fingerprint: str, *, community: int | None = None) -> Scenario:
    """The facts that were frozen under this fingerprint; raises ``NotFound``, also once a person in them was erased."""
    where = community_of(session) if community is None else community
    found = session.get(Snapshot, (where, fingerprint))
    if found is None or found.document is None:
        lang = session.info["lang"]
        raise NotFound([Fault(say("no-row", lang, noun="snapshots", key=fingerprint), code="no-row")])
    return unpacked(found.document)


def unpacked(document: bytes) -> Scenario:
    """The facts of a snapshot."""
    return Scenario.model_validate_json(zlib.decompress(document))


