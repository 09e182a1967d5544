"""The facts of a community as rows: read one, page through many, put and remove them, each with its version."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matcher.domain.base import Fact
from matcher.domain.people import Team
from matcher.domain.scenario import Program, Scenario, find_faults
from matcher.errors import BadInput, Fault
from matcher.exchange.assemble import FACTS
from matcher.exchange.faults import JsonPath, Placed, dangling_name, model_faults, scenario_fault
from matcher.store.audit import note, note_all
from matcher.store.database import now_of
from matcher.store.scope import community_of
from matcher.store.tables import NOUNS, Community, FactRow, ProgramRow, TeamRow
from matcher.store.words import say

PROGRAM = "program"
"""The noun and the key of a community's programme."""
MOST_AT_ONCE = 500
"""Rows of one page at most."""
_PLAIN_COLUMNS = frozenset(
    ("community", "key", "sequence", "document", "version", "changed_at", "changed_by")
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A fact as it stands: its document, its version (an ETag), the server's order, and who changed it last."""

    noun: str
    key: str
    document: dict[str, Any]
    version: int
    sequence: int
    changed_at: datetime
    changed_by: str

    @property
    def etag(self) -> str:
        """What HTTP calls this version."""
        return f'"{self.version}"'


class NotFound(BadInput):
    """There is no such row within the scope."""


class Conflict(BadInput):
    """The row is not what the caller believes: changed meanwhile, or there already."""


# ------------------------------------------------------------------------------------------------- reading


def get(session: Session, noun: str, key: str) -> Stored:
    """One fact; raises ``NotFound``."""
    community_of(session)  # keys are a community's own
    row = session.scalar(select(_table(session, noun)).where(_table(session, noun).key == key))
    if row is None:
        raise no_row(session, noun, key)
    return _stored(noun, row)


def page(
    session: Session, noun: str, *, after: int = 0, limit: int = 100, **having: str | None
) -> tuple[Stored, ...]:
    """The facts of a noun in the server's order, from behind the sequence ``after``; at most ``limit`` of them.

    ``having`` asks for values of the noun's queried columns: ``page(session, "claims", wish="wu-escort")``.
    """
    table = _table(session, noun)
    community_of(session)  # so are sequences
    wanted = select(table).where(table.sequence > after).order_by(table.sequence).limit(min(limit, MOST_AT_ONCE))
    for name, value in having.items():
        if name not in queried(noun):
            raise BadInput(say("no-noun", session.info["lang"], noun=f"{noun}.{name}"))
        wanted = wanted.where(getattr(table, name) == value)
    return tuple(_stored(noun, row) for row in session.scalars(wanted))


def documents(session: Session, noun: str) -> list[dict[str, Any]]:
    """All facts of a noun within reach as they are kept, in their order."""
    table = _table(session, noun)
    return list(session.scalars(select(table.document).order_by(table.sequence)))


def program(session: Session) -> Stored:
    """The community's programme; raises ``NotFound``."""
    row = session.scalar(select(ProgramRow).where(ProgramRow.community == community_of(session)))
    if row is None:
        name = str(session.info["scope"].community)
        raise NotFound([Fault(say("no-program", session.info["lang"], name=name), code="no-program")])
    return Stored(PROGRAM, PROGRAM, row.document, row.version, 0, row.changed_at, row.changed_by)


def facts_version(session: Session) -> int:
    """Rises with every change of any fact of the community: an ETag of the whole."""
    found = session.scalar(select(Community.facts_version).where(Community.number == community_of(session)))
    assert found is not None
    return found


def queried(noun: str) -> tuple[str, ...]:
    """The fields of a noun that pages can be asked for."""
    return tuple(column.key for column in NOUNS[noun].__table__.columns if column.key not in _PLAIN_COLUMNS)


# ------------------------------------------------------------------------------------------------- writing


def put(
    session: Session, noun: str, document: Mapping[str, Any], *, key: str | None = None, expected: int | None = None,
    only_new: bool = False,
) -> Stored:
    """Write one fact, new or changed, if it is whole and refers only to what is there.

    ``key`` is needed to change a fact without an id. ``expected`` is the version the caller knows; ``only_new``
    refuses to change. Raises ``BadInput`` with every fault, ``Conflict``, ``NotFound``.
    """
    lang = session.info["lang"]
    number = lock(session)
    fact = fact_of(noun, document, lang)
    own = getattr(fact, "id", None)
    if key is not None and own is not None and key != own:
        raise BadInput([Fault(say("key-differs", lang, key=key, given=own), path=("id",), code="key-differs")])
    name = key or own
    before = None if name is None else session.scalar(
        select(_table(session, noun)).where(_table(session, noun).key == name)
    )
    if before is None and (expected is not None or (key is not None and own is None)):
        raise no_row(session, noun, str(name))
    if before is not None:
        _refuse_stale(session, before, expected, only_new=only_new)
    _refuse_dangling(session, noun, fact)
    if before is not None:
        return _change(session, noun, before, fact)
    return _insert(session, noun, [columns_of(noun, fact)], number)[0]


def put_many(session: Session, noun: str, documents: Sequence[Mapping[str, Any]]) -> tuple[Stored, ...]:
    """Write many facts, new or changed, all or none; raises ``BadInput`` with every fault of every one.

    They may refer to each other. Facts without an id are always new.
    """
    lang = session.info["lang"]
    lock(session)
    faults: list[Fault] = []
    made: list[Fact] = []
    for number, document in enumerate(documents):
        try:
            made.append(fact_of(noun, document, lang, path=(number,)))
        except BadInput as error:
            faults += error.faults
    if not faults:
        faults = _dangling(session, noun, made)
    if faults:
        raise BadInput(faults)
    keys = keep(session, noun, made)
    rows = {row.key: row for row in _rows(session, noun, keys)}
    return tuple(_stored(noun, rows[key]) for key in keys)


def put_program(session: Session, document: Mapping[str, Any], *, expected: int | None = None) -> Stored:
    """Write the community's programme; raises ``BadInput`` with every fault, ``Conflict`` for an old version."""
    from matcher.store.assembly import refuse_under

    lang, community = session.info["lang"], community_of(session)
    lock(session)
    try:
        told = Program.model_validate(dict(document))
    except ValidationError as error:
        raise BadInput(model_faults(error, JsonPath((PROGRAM,)), lang)) from error
    row = session.get(ProgramRow, community)
    now, actor = now_of(session), session.info["actor"]
    if row is not None:
        _refuse_stale(session, row, expected)
        refuse_under(session, told)
    if row is None:
        row = ProgramRow(community=community, version=0)
        session.add(row)
    row.document, row.version, row.changed_at, row.changed_by = document_of(told), row.version + 1, now, actor
    session.flush()
    note(session, "put", PROGRAM, PROGRAM, row.version)
    return program(session)


def remove(session: Session, noun: str, key: str, *, expected: int | None = None) -> None:
    """Delete one fact that nothing else refers to.

    Raises ``NotFound``, ``Conflict`` for an old version, ``BadInput`` naming what refers to it.
    """
    from matcher.store.assembly import refuse_without

    table = _table(session, noun)
    lock(session)
    row = session.scalar(select(table).where(table.key == key))
    if row is None:
        raise no_row(session, noun, key)
    _refuse_stale(session, row, expected)
    if "id" in FACTS[noun].model_fields:
        refuse_without(session, noun, key)
    version = row.version
    session.expunge(row)
    session.execute(delete(table).where(table.key == key))
    note(session, "remove", noun, key, version)


# ----------------------------------------------------------------------------------------- rows and documents


def lock(session: Session, numbers: int = 1) -> int:
    """Hold the community's facts until the transaction ends; the first of ``numbers`` new sequence numbers.

    Writers of one community follow one another, so that what was checked still holds when it is kept, and the
    order of sequence numbers is the order of commits.
    """
    done = session.execute(
        update(Community)
        .where(Community.number == community_of(session))
        .values(facts_version=Community.facts_version + 1, last_sequence=Community.last_sequence + numbers)
        .returning(Community.last_sequence)
        .execution_options(synchronize_session=False)
    )
    return int(done.scalar_one()) - numbers + 1


def fact_of(noun: str, document: Mapping[str, Any], lang: str, *, path: tuple[str | int, ...] = ()) -> Fact:
    """The fact of a document; raises ``BadInput`` with every fault."""
    if noun not in FACTS:
        raise BadInput([Fault(say("no-noun", lang, noun=noun), code="no-noun")])
    try:
        fact: Fact = FACTS[noun].model_validate(dict(document))
    except ValidationError as error:
        raise BadInput(model_faults(error, JsonPath(path), lang)) from error
    if bad := unstorable(fact):
        raise BadInput([Fault(say("unstorable", lang), path=(*path, bad), code="unstorable")])
    return fact


def unstorable(fact: Fact) -> str:
    """The first field that holds a character no database stores; empty if there is none."""
    for name in type(fact).model_fields:
        if "\0" in repr_of(getattr(fact, name)):
            return name
    return ""


def repr_of(value: Any) -> str:
    """The text of a value, characters as they are."""
    if isinstance(value, str):
        return value
    if isinstance(value, Fact):
        return "".join(repr_of(getattr(value, name)) for name in type(value).model_fields)
    return "".join(map(repr_of, value)) if isinstance(value, tuple) else ""


def document_of(fact: Fact) -> dict[str, Any]:
    """The document a fact is kept as: JSON, fields at their defaults left away."""
    return fact.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def columns_of(noun: str, fact: Fact) -> dict[str, Any]:
    """A fact's row, without its community, sequence and signature."""
    return {
        "key": getattr(fact, "id", None) or uuid.uuid4().hex,
        "document": document_of(fact),
        **{name: getattr(fact, name) for name in queried(noun)},
    }


def no_row(session: Session, noun: str, key: str) -> NotFound:
    """The fault of a row that is not there."""
    return NotFound([Fault(say("no-row", session.info["lang"], noun=noun, key=key), code="no-row")])


def _table(session: Session, noun: str) -> type[Any]:
    if noun not in NOUNS:
        raise BadInput([Fault(say("no-noun", session.info["lang"], noun=noun), code="no-noun")])
    return NOUNS[noun]


def _stored(noun: str, row: FactRow) -> Stored:
    return Stored(noun, row.key, row.document, row.version, row.sequence, row.changed_at, row.changed_by)


def _refuse_stale(session: Session, row: Any, expected: int | None, *, only_new: bool = False) -> None:
    lang, key = session.info["lang"], getattr(row, "key", PROGRAM)
    if only_new:
        raise Conflict([Fault(say("taken", lang, key=key), code="taken")])
    if expected is not None and row.version != expected:
        message = say("stale", lang, key=key, who=row.changed_by, version=row.version)
        raise Conflict([Fault(message, say("stale-advice", lang), code="stale")])


def keep(session: Session, noun: str, facts: Sequence[Fact]) -> list[str]:
    """Write facts that have been checked, new or changed; their keys."""
    ids = [str(own) for fact in facts if (own := getattr(fact, "id", None))]
    before = {row.key: row for row in _rows(session, noun, ids)}
    rows = [columns_of(noun, fact) for fact in facts]
    new = {row["key"]: row for row in rows if row["key"] not in before}
    if new:
        _insert(session, noun, list(new.values()), lock(session, len(new)))
    for fact, row in zip(facts, rows):
        if row["key"] in before:
            _change(session, noun, before[row["key"]], fact)
    return [row["key"] for row in rows]


def _insert(session: Session, noun: str, rows: list[dict[str, Any]], first: int) -> list[Stored]:
    """New rows with sequence numbers from ``first``."""
    now, who, community = now_of(session), session.info["actor"], community_of(session)
    signed = {"community": community, "version": 1, "changed_at": now, "changed_by": who}
    session.execute(
        insert(_table(session, noun)), [row | signed | {"sequence": first + n} for n, row in enumerate(rows)]
    )
    note_all(session, "create", noun, [(row["key"], 1, {}) for row in rows])
    return [Stored(noun, row["key"], row["document"], 1, first + n, now, who) for n, row in enumerate(rows)]


def _rows(session: Session, noun: str, keys: Sequence[str]) -> Iterator[Any]:
    table = _table(session, noun)
    for first in range(0, len(keys), MOST_AT_ONCE):
        yield from session.scalars(select(table).where(table.key.in_(keys[first : first + MOST_AT_ONCE])))


def _change(session: Session, noun: str, before: FactRow, fact: Fact) -> Stored:
    columns = columns_of(noun, fact) | {"key": before.key}
    if columns["document"] == before.document:
        return _stored(noun, before)
    fields = sorted(
        name
        for name in columns["document"].keys() | before.document.keys()
        if columns["document"].get(name) != before.document.get(name)
    )
    for name, value in columns.items():
        setattr(before, name, value)
    before.version += 1
    before.changed_at, before.changed_by = now_of(session), session.info["actor"]
    session.flush()
    note(session, "change", noun, before.key, before.version, fields=fields)
    return _stored(noun, before)


# ---------------------------------------------------------------------------------------------- references


def _refuse_dangling(session: Session, noun: str, fact: Fact) -> None:
    faults = _dangling(session, noun, [fact])
    if faults:
        raise BadInput([Fault(f.message, f.advice, path=f.path[2:], code=f.code) for f in faults])


def _dangling(session: Session, noun: str, facts: Sequence[Fact]) -> list[Fault]:
    """What is wrong with these facts beside those that are there, in the user's language."""
    lang = session.info["lang"]
    told = Program.model_validate(program(session).document)
    beside: list[Fact] = []
    if noun == "teams":  # a circle of parents may close through any of them
        given = {str(getattr(fact, "id", "")) for fact in facts}
        beside = [Team.model_validate(row.document) for row in session.scalars(select(TeamRow)) if row.key not in given]
    tables: dict[str, Any] = {noun: (*facts, *beside)}
    alone = Scenario.model_construct(format="matcher/1", program=told, **tables)
    placed = {noun: [Placed(fact, JsonPath((noun, number))) for number, fact in enumerate((*facts, *beside))]}
    found = [fault for fault in find_faults(alone) if not fault.warning]
    missing: dict[str, set[str]] = {}
    for fault in found:
        if fault.code == "dangling":
            missing.setdefault(_target(fault), set()).add(dangling_name(fault))
    known = {table: _known(session, table, names) for table, names in missing.items()}
    return [
        scenario_fault(fault, placed, lang)
        for fault in found
        if not (fault.code == "dangling" and dangling_name(fault) in known[_target(fault)])
    ]


def _target(fault: Fault) -> str:
    return fault.message.rpartition(" ")[2]


def _known(session: Session, noun: str, names: Iterable[str]) -> set[str]:
    wanted, table, found = sorted(names), NOUNS[noun], set()
    for first in range(0, len(wanted), MOST_AT_ONCE):
        found |= set(session.scalars(select(table.key).where(table.key.in_(wanted[first : first + MOST_AT_ONCE]))))
    return found
