"""Messages: what everybody concerned by a replan is told, as text to send, and as a list of calls to make."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from matcher.exchange.layout import Language
from matcher.exchange.wording import day_and_weekday, time_range
from matcher.planning.diff import Diff, News, VisitDiff

if TYPE_CHECKING:
    from matcher.domain.wishes import Wish
    from matcher.exchange.paper import Paper
    from matcher.planning.handover import Handover
    from matcher.problem.roster import Seat

_TEXT: dict[str, tuple[str, str]] = {
    "hello": ("{name}，您好！这里是{program}。", "Hello {name}, this is {program}."),
    "thanks_ask": ("能来请回个话，不方便也请马上告诉我们。谢谢您！", "Please let us know that you can come, or at once if not. Thank you!"),
    "thanks": ("有不清楚的请随时联系我们。谢谢您！", "Do call us if anything is unclear. Thank you!"),
    "steps_in": (
        "{when}“{title}”，原定的人来不了，请您顶班（{role}）。{where}",
        "{when}, “{title}”: whoever was to come cannot. Please step in ({role}). {where}",
    ),
    "joins": (
        "{when}“{title}”缺人，想请您来（{role}）。{where}",
        "{when}, “{title}”: somebody is needed. Could you come ({role})? {where}",
    ),
    "invited": (
        "{when}“{title}”，排了您（{role}）。{where}",
        "{when}, “{title}”: it is your turn ({role}). {where}",
    ),
    "other_role": (
        "{when}“{title}”，时间不变，请您改做{role}。",
        "{when}, “{title}”: same time; please take the part of {role} instead.",
    ),
    "excused": ("{when}“{title}”您来不了，我们知道了，已经另请了人，您安心。",
                "{when}, “{title}”: we know that you cannot come; somebody else will."),
    "excused_empty": ("{when}“{title}”您来不了，我们知道了，后面的事我们来安排，您安心。",
                      "{when}, “{title}”: we know that you cannot come, and will see to it."),
    "released": ("{when}“{title}”这次有变动，不用麻烦您来了，时间您自己安排。",
                 "{when}, “{title}”: plans have changed, you need not come this time."),
    "stands_by": (
        "{when}“{title}”，想请您备班（{role}）：请把时间留出来，有人临时来不了再请您顶班。{where}",
        "{when}, “{title}”: could you stand by ({role})? Please keep the time free; we call if somebody cannot come. {where}",
    ),
    "standby_released": ("{when}“{title}”不用再备班了，时间您自己安排。",
                         "{when}, “{title}”: you need no longer stand by."),
    "standby_excused": ("{when}“{title}”您不方便备班，我们知道了，您安心。",
                        "{when}, “{title}”: we know that you cannot stand by."),
    "moved": ("“{title}”改到{when}（原来是{old}），请您照新时间来。{where}",
              "“{title}” is now {when} (it was {old}); please come then. {where}"),
    "standby_moved": ("“{title}”改到{when}（原来是{old}），还请您备班。",
                      "“{title}” is now {when} (it was {old}); please stand by then."),
    "called_off": ("{when}“{title}”取消了，不用来了，时间您自己安排。", "{when}, “{title}” is called off; you need not come."),
    "standby_called_off": ("{when}“{title}”取消了，不用备班了。", "{when}, “{title}” is called off; you need not stand by."),
    "resident_people": ("{when}“{title}”，改由{people}来，时间不变。", "{when}, “{title}”: {people} will come, at the same time."),
    "resident_moved": ("“{title}”改到{when}（原来是{old}），来的是{people}。",
                       "“{title}” is now {when} (it was {old}); {people} will come."),
    "resident_new": ("“{title}”安排好了：{when}，来的是{people}。", "“{title}” is arranged: {when}, {people} will come."),
    "resident_fewer": ("{when}“{title}”，这次来的人少{count}位，时间不变，来的是{people}。",
                       "{when}, “{title}”: {count} fewer will come this time, {people}, at the same time."),
    "resident_nobody": ("{when}“{title}”，原定的志愿者来不了，暂时还没有找到人，一有消息马上告诉您。",
                        "{when}, “{title}”: the volunteer cannot come and nobody is found yet; we call as soon as we know."),
    "resident_called_off": ("{when}“{title}”取消了。", "{when}, “{title}” is called off."),
    "along": ("{when}“{title}”，头一次由{other}来，想请您这次也一起去，把情况交代一下。{where}",
              "{when}, “{title}”: {other} comes for the first time. Could you come along that once, to hand over? {where}"),
    "along_crew": ("{when}“{title}”，我们也请了{other}一起去，向您交代情况。",
                   "{when}, “{title}”: we ask {other} to come along that once, to tell you what there is to know."),
    "before": ("{when}“{title}”，想请您先跟{other}去一次，认认门、见见面。{where}",
               "{when}, “{title}”: could you go along with {other} first, to be introduced? {where}"),
    "before_crew": ("{when}“{title}”，我们请了{other}跟您一起去，以后由{other}来，请您帮着交代一下。",
                    "{when}, “{title}”: we ask {other}, who comes after you, to go along; please hand over."),
    "resident_meets": ("{when}“{title}”，{people}会一起来，和您见个面、交接一下。",
                       "{when}, “{title}”: {people} come together, to hand over."),
    "meet": ("地点：{place}。", "Where: {place}."),
    "by": ("{day}前", "by {day}"),
    "calls": ("打电话清单", "Calls to make"),
    "resident": ("服务对象", "resident"),
    "volunteer": ("志愿者", "volunteer"),
    "nobody_to_tell": ("没有要通知的人。", "There is nobody to tell."),
}


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told. ``phone`` is for the coordinator's desk only and never part of the text."""

    key: str
    name: str
    is_resident: bool
    text: str
    phone: str | None = None
    emergency: str | None = None


def messages(paper: Paper, changes: Diff, proposed: Iterable[Handover] = ()) -> tuple[Message, ...]:
    """One message for everybody concerned, volunteers in order of what happens first, then residents.

    Handovers that are ``proposed`` are asked of both people, and told to the resident.
    """
    meetings = tuple(one for one in proposed if one.companion is not None)
    return (*_to_volunteers(paper, changes, meetings), *_to_residents(paper, changes, meetings))


def messages_text(told: Iterable[Message], language: Language) -> str:
    """All messages as plain text, one after the other; no phone numbers."""
    blocks = [f"【{one.name}】\n{one.text}\n" if language == "zh" else f"[{one.name}]\n{one.text}\n" for one in told]
    return "\n".join(blocks) if blocks else _say("nobody_to_tell", language) + "\n"


def calls_page(paper: Paper, told: Iterable[Message]) -> str:
    """Whom to call and what to say, with phone numbers: for the coordinator's desk only."""
    from matcher.exchange.page import render_page

    language = paper.language
    rows = [
        (one, _say("resident" if one.is_resident else "volunteer", language)) for one in told
    ]
    return render_page("calls.html", paper, heading=_say("calls", language), rows=rows,
                       nobody=_say("nobody_to_tell", language))


def changes_json(changes: Diff, told: Iterable[Message], proof: dict[str, Any]) -> str:
    """The changes as JSON: per visit, per person, the messages, and what is proven. No phone numbers."""
    visits = [
        {
            "visit": one.visit, "called_off": one.is_called_off,
            "before": None if one.before is None else one.before.model_dump(mode="json"),
            "after": None if one.after is None else one.after.model_dump(mode="json"),
        }
        for one in changes.visits
    ]
    people = [asdict(news) for news in changes.news]
    texts = [{"to": one.key, "resident": one.is_resident, "text": one.text} for one in told]
    document = {"format": "matcher-changes/1", **proof, "visits": visits, "news": people, "messages": texts}
    return json.dumps(document, ensure_ascii=False, indent=1, default=_iso)


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _say(key: str, language: Language, **values: object) -> str:
    return _TEXT[key][language == "en"].format(**values)


# ------------------------------------------------------------------------------------------ volunteers


def _to_volunteers(paper: Paper, changes: Diff, meetings: tuple[Handover, ...]) -> Iterator[Message]:
    visits = {one.visit: one for one in changes.visits}
    to_ask = [name for one in meetings for name in _meeting_people(one)]
    for key in dict.fromkeys([*changes.by_person, *to_ask]):
        person, news = paper.scenario.volunteer[key], changes.by_person.get(key, ())
        lines = [_line(paper, one, visits[one.visit]) for one in news]
        lines += [_meeting_line(paper, one, key) for one in meetings if key in _meeting_people(one)]
        asks = any(one.kind in ("steps_in", "joins", "stands_by", "moved", "standby_moved") for one in news)
        letter = _letter(paper, paper.name(person), lines, asks or key in to_ask)
        yield Message(key, paper.name(person), False, letter, person.phone)


def _meeting_people(one: Handover) -> tuple[str, str]:
    """Whoever comes along, and whom they meet."""
    return (one.leaves, one.comes) if one.companion == one.leaves else (one.comes, one.leaves)


def _meeting_line(paper: Paper, one: Handover, key: str) -> str:
    """What one of the two is asked."""
    wish = paper.scenario.wish[one.wish]
    kind = "along" if one.companion == one.leaves else "before"
    return _say(
        kind if key == one.companion else f"{kind}_crew", paper.language, when=_meeting_time(paper, one),
        title=paper.wish_title(wish), other=one.comes_name if key == one.leaves else one.leaves_name,
        where=_where(paper, wish),
    ).rstrip()


def _meeting_time(paper: Paper, one: Handover) -> str:
    entry = next(entry for entry in paper.roster.visits if entry.id == one.visit)
    return _when(paper, paper.scenario.wish[one.wish], entry.start, entry.end)


def _letter(paper: Paper, name: str, lines: list[str], asks: bool) -> str:
    hello = _say("hello", paper.language, name=name, program=paper.program.name)
    return "\n".join([hello, *lines, _say("thanks_ask" if asks else "thanks", paper.language)])


def _line(paper: Paper, news: News, visit: VisitDiff) -> str:
    wish = paper.scenario.wish[news.wish]
    kind: str = news.kind
    if kind == "excused" and visit.empty:
        kind = "excused_empty"
    if kind == "joins" and visit.before is None:  # nobody was told of it yet: nobody is replaced
        kind = "invited"
    role = next((paper.role(one) for one in wish.roles if one.id == news.role), news.role)
    return _say(
        kind, paper.language, when=_when(paper, wish, news.start, news.end), title=paper.wish_title(wish), role=role,
        where=_where(paper, wish), old=_when(paper, wish, news.start_before, None),
    ).rstrip()


def _where(paper: Paper, wish: Wish) -> str:
    place = paper.where(wish)
    return _say("meet", paper.language, place=place) if place else ""


def _when(paper: Paper, wish: Wish, start: datetime | None, end: datetime | None) -> str:
    """The day and the hours; goods: by when."""
    local, local_end = paper.local(start), paper.local(end)
    if local is None:
        return _say("by", paper.language, day=day_and_weekday(wish.due, paper.language)) if wish.due else ""
    day = day_and_weekday(local.date(), paper.language)
    if local.year != paper.as_of.year:
        day = f"{local.year}年{day}" if paper.language == "zh" else f"{day} {local.year}"
    return f"{day} {time_range(local, local_end, paper.language)}"


# ------------------------------------------------------------------------------------------- residents


def _to_residents(paper: Paper, changes: Diff, meetings: tuple[Handover, ...]) -> Iterator[Message]:
    lines: dict[str, list[str]] = defaultdict(list)
    for visit in changes.visits:
        wish = paper.scenario.wish[visit.wish]
        line = _resident_line(paper, visit, wish)
        if wish.resident is not None and line:
            lines[wish.resident].append(line)
    for one in meetings:
        wish = paper.scenario.wish[one.wish]
        if wish.resident is not None:
            both = paper.names(paper.scenario.volunteer[name] for name in _meeting_people(one))
            lines[wish.resident].append(_say(
                "resident_meets", paper.language, when=_meeting_time(paper, one), title=paper.wish_title(wish), people=both
            ))
    for key, own in lines.items():
        person = paper.scenario.resident[key]
        yield Message(
            key, paper.name(person), True, _letter(paper, paper.name(person), own, asks=False), person.phone,
            person.emergency,
        )


def _resident_line(paper: Paper, visit: VisitDiff, wish: Wish) -> str | None:
    before, after = visit.before, visit.after
    entry = after or before
    assert entry is not None
    values = {
        "when": _when(paper, wish, entry.start, entry.end), "title": paper.wish_title(wish),
        "people": _names(paper, after.assigned if after else ()),
        "old": _when(paper, wish, before.start, None) if before else "", "count": visit.empty,
    }
    if visit.is_called_off:
        key = "resident_called_off"
    elif after is None:
        key = "resident_nobody"
    elif before is None:
        key = "resident_new"
    elif visit.is_moved:
        key = "resident_moved"
    elif visit.empty:
        key = "resident_fewer"
    elif visit.joined:
        key = "resident_people"
    else:
        return None
    return _say(key, paper.language, **values)


def _names(paper: Paper, seats: Iterable[Seat]) -> str:
    return paper.names([paper.scenario.volunteer[seat.volunteer] for seat in seats])
