"""Livestream comments: which of them claim a wish, which step back, and who means whom; nothing is dropped unsaid.

A comment that names nobody ("+1") means the wish named last, or the one the broadcast is about: an assumption, and
said as one. A question claims nothing. Who cannot be told is refused with what to write.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from matcher.errors import BadInput, Fault
from matcher.exchange.link import Index, name_key
from matcher.exchange.phrases.text import fold, to_simplified
from matcher.service.claiming.comment_words import say
from matcher.store import facts, waitlist
from matcher.store.claims import LIVE, Wanted, take
from matcher.store.facts import page

MOST_COMMENTS = 5000
STALE_AFTER = 30
"""So many comments after a wish was named, "+1" no longer means it."""
Verdict = Literal["claimed", "again", "withdrawn", "ignored", "refused"]

_WITHDRAWS = re.compile(
    r"不(?:去|来|认领|报名|参加|接)了|(?:去|来)不(?:了|成)|退出|取消|撤(?:回|销)|算了|withdraw|cancel|can'?t (?:come|make)", re.I
)
_CLAIMS = re.compile(
    r"认领|我来|我去|我要|我可以|我能|我愿意|算我|加我|带我|报名|接单|抢|我报|交给我|\+\s*1(?!\d)|加一|扣1|"
    r"(?<![a-z])(?:claim|count me in|i'?ll (?:go|do|come|take)|me)(?![a-z])|[🙋✋🙌]",
    re.I,
)
_PLAIN_ONE = re.compile(r"1+")
_DOES_NOT = re.compile(r"(?:不|没|别|勿|未)(?:想|能|要|会|敢|去|用)?(?:认领|报名|接单)")
_ASKS = re.compile(r"[?？]|吗|呢$|怎么|多少|什么|几点|哪")
_DECORATION = re.compile(r"\[[^\[\]]{1,8}\]|[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d\u20e3]")
_LINE = re.compile(
    r"^\s*(?:[\[(（]?(?P<at>\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T]\d{1,2}:\d{2}(?::\d{2})?(?:[+]\d{2}:?\d{2})?|\d{1,2}:\d{2}(?::\d{2})?)"
    r"[\])）]?[\s,，\t]+)?(?P<who>[^:：\t]{1,40})[:：\t]\s*(?P<text>.*)$"
)
_HEADERS = {
    "who": ("昵称", "用户", "用户名", "姓名", "名字", "who", "nickname", "user", "name"),
    "text": ("内容", "评论", "弹幕", "留言", "text", "comment", "message", "content"),
    "at": ("时间", "发送时间", "time", "at"),
}


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: the row it stands in (from 1), who wrote it under which nickname, and when if it says so."""

    row: int
    who: str
    text: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a comment, and why in one sentence. ``assumed``: something was added that it does not say."""

    row: int
    who: str
    text: str
    verdict: Verdict
    wish: str | None = None
    volunteer: str | None = None
    claim: str | None = None
    standing: str | None = None
    position: int | None = None
    why: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class Report:
    """What was understood, assumed and refused, comment by comment; the sentences are for the coordinator."""

    lines: tuple[Line, ...]

    def count(self, verdict: Verdict) -> int:
        """How many comments ended so."""
        return sum(line.verdict == verdict for line in self.lines)

    @property
    def assumed(self) -> int:
        """How many were understood with an assumption."""
        return sum(line.assumed for line in self.lines)


@dataclass
class _Meaning:
    """A comment on its way to a verdict."""

    comment: Comment
    intent: Literal["claim", "withdraw"] | None = None
    wish: str | None = None
    volunteer: str | None = None
    refused: str = ""
    notes: list[str] = field(default_factory=list)
    is_new: bool = False


def read_comments(text: str, lang: str = "zh") -> tuple[Comment, ...]:
    r"""The comments of a text: lines ``昵称：内容`` (with a time before it or not), or CSV with a header.

    A line that names nobody goes on with the one before. Raises ``BadInput`` for nothing at all, or far too much.

    >>> [(one.who, one.text) for one in read_comments("20:04:11 小海：认领吴伯\n阿芳: +1")]
    [('小海', '认领吴伯'), ('阿芳', '+1')]
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    found = tuple(_from_csv(text) if _columns(first) else _from_lines(lines))
    if not found:
        raise BadInput([Fault(say("nothing", lang), say("nothing-advice", lang), path=("text",), code="no-comments")])
    if len(found) > MOST_COMMENTS:
        message = say("too-many", lang, count=len(found), most=MOST_COMMENTS)
        raise BadInput([Fault(message, path=("text",), code="too-many-comments")])
    return found


def bring_in(
    session: Session, comments: Sequence[Comment], *, wish: str | None = None,
    people: Mapping[str, str] | None = None, makes_people: bool = False,
) -> Report:
    """Claim and withdraw as the comments say, in their order; a report of every one.

    ``wish`` is what the broadcast is about; ``people`` says which volunteer a nickname is; ``makes_people`` signs up
    unknown nicknames as volunteers without hours, whom nobody plans before the community has completed them.
    Raises ``BadInput`` for an unknown ``wish``.
    """
    reader = _Reader(session, wish, people or {}, makes_people=makes_people)
    meant = [reader.read(comment) for comment in comments]
    return Report(tuple(_carried_out(session, meant)))


# -------------------------------------------------------------------------------------------- reading files


def _columns(line: str) -> dict[str, int]:
    """Which column is what, if the line is a header; else nothing."""
    cells = [name_key(cell) for cell in next(csv.reader([line.replace("\t", ",").replace("，", ",")]), [])]
    found = {
        name: index for name, known in _HEADERS.items() for index, cell in enumerate(cells)
        if cell in {name_key(word) for word in known}
    }
    return found if {"who", "text"} <= found.keys() else {}


def _from_csv(text: str) -> Iterator[Comment]:
    lines = text.split("\n")
    start = next(number for number, line in enumerate(lines) if line.strip())
    header = lines[start]
    columns, mark = _columns(header), "\t" if "\t" in header else "，" if "，" in header and "," not in header else ","
    for number, cells in enumerate(csv.reader(io.StringIO("\n".join(lines[start + 1:])), delimiter=mark), start + 2):
        told = {name: cells[index].strip() if index < len(cells) else "" for name, index in columns.items()}
        if told["text"]:
            yield Comment(number, told["who"], told["text"], told.get("at", ""))


def _from_lines(lines: Iterable[str]) -> Iterator[Comment]:
    last: Comment | None = None
    for number, line in enumerate(lines, 1):
        found = _LINE.match(line)
        if found:
            if last is not None:
                yield last
            last = Comment(number, found["who"].strip(), found["text"].strip(), found["at"] or "")
        elif line.strip() and last is not None:
            last = Comment(last.row, last.who, f"{last.text} {line.strip()}".strip(), last.at)
        elif line.strip():
            yield Comment(number, "", line.strip())
    if last is not None:
        yield last


# ------------------------------------------------------------------------------------------------- meaning


class _Reader:
    """Reads comments one after the other, knowing who and what there is."""

    def __init__(
        self, session: Session, wish: str | None, people: Mapping[str, str], *, makes_people: bool
    ) -> None:
        self.session, self.lang, self.makes_people = session, session.info["lang"], makes_people
        self.told = {_nick(name): key for name, key in people.items()}
        self.volunteers, self.volunteer_ids = Index("volunteers"), set[str]()
        for row in _all(session, "volunteers"):
            self.volunteer_ids.add(row.key)
            self.volunteers.add(row.key, row.document.get("name"), row.document.get("alias"), phone=row.document.get("phone"))
        self.made: dict[str, str] = {}
        self.wishes = {row.key: row.document for row in _all(session, "wishes")}
        if wish is not None and wish not in self.wishes:
            raise facts.no_row(session, "wishes", wish)
        self.about, self.last_row = wish, 0
        self.last: str | None = None
        self.names = self._spoken_names()
        self.count = 0

    def _spoken_names(self) -> list[tuple[str, tuple[str, ...]]]:
        """What wishes may be called in a comment, the longest first: titles, and the names of residents."""
        called: dict[str, set[str]] = {}
        residents = {row.key: row.document for row in _all(self.session, "residents")}
        for key, document in self.wishes.items():
            if document.get("state", "open") != "open":
                continue
            owner = residents.get(document.get("resident", ""), {})
            for name in (key, document.get("title"), document.get("items"), owner.get("name"), owner.get("alias")):
                if name and len(name_key(name)) > 1:
                    called.setdefault(name_key(name), set()).add(key)
        return sorted(((name, tuple(sorted(keys))) for name, keys in called.items()), key=lambda one: (-len(one[0]), one[0]))

    def read(self, comment: Comment) -> _Meaning:
        """What a comment means."""
        self.count += 1
        meaning = _Meaning(comment)
        plain = _plain(comment.text)
        named = self._named(plain)
        meaning.intent = _intent(plain, comment.text)
        if len(named) == 1:
            self.last, self.last_row = named[0], self.count
        if meaning.intent is None:
            return meaning
        self._settle_wish(meaning, named)
        if not meaning.refused:
            self._settle_person(meaning)
        return meaning

    def _named(self, plain: str) -> tuple[str, ...]:
        """The wishes a comment names: those of the longest name in it; of several, those the broadcast is about."""
        found = next((keys for name, keys in self.names if name in plain), ())
        return (self.about,) if self.about is not None and self.about in found else found

    def _settle_wish(self, meaning: _Meaning, named: tuple[str, ...]) -> None:
        if len(named) > 1:
            listed = "、".join(self._title(key) for key in named[:5])
            meaning.refused = say("several-wishes", self.lang, listed=listed)
        elif named:
            meaning.wish = named[0]
        elif meaning.intent == "withdraw":
            return  # whatever this person has claimed
        elif self.last is not None and self.count - self.last_row <= STALE_AFTER:
            meaning.wish = self.last
            meaning.notes.append(say("assumed-last", self.lang, title=self._title(self.last)))
        elif self.about is not None:
            meaning.wish = self.about
            meaning.notes.append(say("assumed-about", self.lang, title=self._title(self.about)))
        else:
            meaning.refused = say("no-wish-named", self.lang)

    def _settle_person(self, meaning: _Meaning) -> None:
        nick = _nick(meaning.comment.who)
        if nick in self.told:
            meaning.volunteer = self.told[nick]
            if meaning.volunteer not in self.volunteer_ids:
                meaning.refused = say("no-such-volunteer", self.lang, who=meaning.volunteer)
            return
        if nick in self.made:
            meaning.volunteer = self.made[nick]
            return
        found = self.volunteers.find(nick) if nick else []
        if len(found) == 1:
            meaning.volunteer = found[0]
        elif len(found) > 1:
            meaning.refused = say("several-people", self.lang, who=meaning.comment.who, count=len(found))
        else:
            self._guess_person(meaning, nick)

    def _guess_person(self, meaning: _Meaning, nick: str) -> None:
        """A full name within a nickname (东河-罗志强) is theirs, if it is only one's."""
        inside = {
            key for name, keys in self.volunteers.by_name.items() if len(name) > 2 and name in nick for key in keys
        }
        if len(inside) == 1:
            (meaning.volunteer,) = inside
            meaning.notes.append(say("assumed-name", self.lang, who=meaning.comment.who))
        elif self.makes_people and nick and meaning.intent == "claim":
            made = facts.put(self.session, "volunteers", {
                "id": f"v-{uuid.uuid4().hex[:12]}", "name": meaning.comment.who.strip()[:80],
                "notes": say("made-note", self.lang),
            })
            meaning.volunteer = self.made[nick] = made.key
            meaning.notes.append(say("made-person", self.lang, who=meaning.comment.who))
        else:
            meaning.refused = say("unknown-nick", self.lang, who=meaning.comment.who or "?")

    def _title(self, key: str) -> str:
        document = self.wishes.get(key, {})
        return str(document.get("title") or document.get("items") or key)


def _intent(plain: str, text: str) -> Literal["claim", "withdraw"] | None:
    if _ASKS.search(plain):
        return None
    if _WITHDRAWS.search(plain) or _WITHDRAWS.search(text):
        return "withdraw"
    if _DOES_NOT.search(plain):
        return None
    if _CLAIMS.search(plain) or _CLAIMS.search(text) or _PLAIN_ONE.fullmatch(plain):
        return "claim"
    return None


def _plain(text: str) -> str:
    """Simplified, folded, without emoji and spaces: what is compared."""
    return name_key(_DECORATION.sub("", to_simplified(fold(text))))


def _nick(who: str) -> str:
    return name_key(_DECORATION.sub("", to_simplified(fold(who))).lstrip("@＠ "))


def _all(session: Session, noun: str) -> Iterator[facts.Stored]:
    after = 0
    while rows := page(session, noun, after=after, limit=facts.MOST_AT_ONCE):
        yield from rows
        after = rows[-1].sequence


# ---------------------------------------------------------------------------------------------- carrying out


def _carried_out(session: Session, meant: Sequence[_Meaning]) -> Iterator[Line]:
    """Claims side by side are taken together; a withdrawal waits until those before it are in."""
    waiting: list[_Meaning] = []
    for meaning in meant:
        if meaning.intent == "claim" and not meaning.refused:
            waiting.append(meaning)
            continue
        yield from _claimed(session, waiting)
        waiting = []
        yield _withdrawn(session, meaning) if meaning.intent and not meaning.refused else _not_acted_on(session, meaning)
    yield from _claimed(session, waiting)


def _claimed(session: Session, waiting: Sequence[_Meaning]) -> Iterator[Line]:
    lang = session.info["lang"]
    wanted = [
        Wanted(str(one.wish), volunteer=one.volunteer, channel="livestream", at=_moment(one.comment.at),
               actor=session.info["actor"], lang=lang)
        for one in waiting
    ]
    for meaning, answer in zip(waiting, take(session, wanted) if wanted else []):
        if isinstance(answer, BadInput):
            yield _line(meaning, "refused", " ".join(fault.message for fault in answer.faults))
            continue
        why = say(f"again-{answer.standing}" if answer.again else answer.standing, lang, position=answer.position or 0)
        yield _line(meaning, "again" if answer.again else "claimed", why, answer.claim, answer.standing, answer.position)


def _withdrawn(session: Session, meaning: _Meaning) -> Line:
    lang = session.info["lang"]
    own = [
        row for row in page(session, "claims", volunteer=meaning.volunteer, limit=facts.MOST_AT_ONCE)
        if row.document.get("state", "open") in LIVE and meaning.wish in (None, row.document["wish"])
    ]
    if not own:
        return _line(meaning, "refused", say("nothing-claimed", lang))
    if len(own) > 1:
        return _line(meaning, "refused", say("several-claims", lang, count=len(own)))
    meaning.wish = str(own[0].document["wish"])
    gone = waitlist.withdraw(session, own[0].key)
    return _line(meaning, "withdrawn", say("withdrawn", lang), gone.claim)


def _not_acted_on(session: Session, meaning: _Meaning) -> Line:
    if meaning.refused:
        return _line(meaning, "refused", meaning.refused)
    return _line(meaning, "ignored", say("no-claim", session.info["lang"]))


def _line(
    meaning: _Meaning, verdict: Verdict, why: str, claim: str | None = None, standing: str | None = None,
    position: int | None = None,
) -> Line:
    told = " ".join([why, *meaning.notes]).strip()
    comment = meaning.comment
    return Line(
        comment.row, comment.who, comment.text, verdict, meaning.wish, meaning.volunteer, claim, standing, position,
        told, bool(meaning.notes) and verdict in ("claimed", "again", "withdrawn"),
    )


def _moment(told: str) -> datetime | None:
    """When a comment was made, if it says so with day and offset; a clock time alone is only for the eye."""
    try:
        found = datetime.fromisoformat(told.replace("/", "-"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
