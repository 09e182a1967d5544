"""A volunteer's calendar as a feed: what they have been told, with changes and withdrawals that calendars understand.

An entry keeps its uid for good; its SEQUENCE rises when anything the calendar shows has changed (RFC 5545, 3.8.7.4), and
a seat that was taken back is shown as CANCELLED for a while, so that it goes from the phone as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from matcher.domain.claims import Published
from matcher.domain.people import Resident, Volunteer
from matcher.domain.places import Place
from matcher.domain.scenario import Program, Scenario
from matcher.domain.wishes import Wish
from matcher.exchange.calendars import calendar_of, event_of
from matcher.exchange.masking import TextMask
from matcher.exchange.paper import Paper
from matcher.exchange.plan import Plan
from matcher.problem.roster import Report, Roster
from matcher.service.plan_words import say
from matcher.service.rosters.told import told_visits
from matcher.store import facts, feeds
from matcher.store.database import Database, now_of
from matcher.store.feeds import FeedEntry
from matcher.store.scope import Scope

if TYPE_CHECKING:
    from icalendar import Event

ACTOR = "feed"
PAST = timedelta(days=90)
"""Older visits are left out."""


def feed_of(database: Database, scope: Scope, volunteer: str, *, lang: str | None = None) -> bytes:
    """The calendar as an .ics file; the same as the last time unless something has changed."""
    with database.reading(scope, lang=lang) as session:
        made = _Feed(session, volunteer)
        if not made.changed:
            return made.render()
    with database.writing(scope, ACTOR, lang=lang) as session:
        facts.lock(session, 0)  # another fetch of the same feed may be under way
        made = _Feed(session, volunteer)
        feeds.keep_entries(session, volunteer, made.changed)
        return made.render()


@dataclass(frozen=True, slots=True)
class _Shown:
    """An entry and its event as the calendar gets it."""

    entry: FeedEntry
    event: Event


class _Feed:
    """One volunteer's calendar, put together from the few facts it needs."""

    def __init__(self, session: Session, volunteer: str) -> None:
        self.session, self.volunteer = session, volunteer
        self.program = Program.model_validate(facts.program(session).document)
        self.lang = self.program.settings.language
        self.now = now_of(session)
        self.oldest = min(self.now, self.program.as_of) - PAST
        self.paper = self._paper()
        self.known = feeds.entries(session, volunteer)
        told: dict[str, _Shown] = {}
        for shown in self._told():  # who stood by and steps in has both; the crew comes first
            told.setdefault(shown.entry.visit, shown)
        self.shown = [*told.values(), *self._taken_back(told.keys())]
        self.changed = [one.entry for one in self.shown if self.known.get(one.entry.visit) != one.entry]

    def render(self) -> bytes:
        """The .ics file, entries by time."""
        events = sorted(self.shown, key=lambda one: (one.entry.document["start"], one.entry.visit))
        calendar = calendar_of(self.paper, self._name(), [one.event for one in events])
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
        return bytes(calendar.to_ical())

    def _name(self) -> str:
        return say("feed-name", self.lang, program=self.program.name)

    # ------------------------------------------------------------------------------------------ events

    def _told(self) -> Iterator[_Shown]:
        for duty in self.paper.duties.get(self.volunteer, ()):
            start, day = duty.entry.start, duty.entry.day
            if (start is None and day is None) or _moment(start, day) < self.oldest:
                continue
            event = _masked(event_of(self.paper, duty, self.volunteer))
            yield self._entry(duty.entry.id, "told", event, start, duty.entry.end, day)

    def _taken_back(self, told: Iterable[str]) -> Iterator[_Shown]:
        for visit in self.known.keys() - set(told):
            before = self.known[visit].document
            start, end = (None if before[name] is None else datetime.fromisoformat(before[name]) for name in ("at", "end"))
            day = None if before["day"] is None else date.fromisoformat(before["day"])
            if _moment(start, day) < self.oldest:
                continue
            yield self._entry(visit, "cancelled", self._cancelled(before, start, end, day), start, end, day)

    def _cancelled(
        self, before: dict[str, Any], start: datetime | None, end: datetime | None, day: date | None
    ) -> Event:
        from icalendar import Event

        event = Event()
        event.add("uid", before["uid"])
        event.add("summary", say("cancelled", self.lang, title=before["title"]))
        event.add("status", "CANCELLED")
        event.add("dtstart", start or day)
        event.add("dtend", end or start or day)
        return event

    def _entry(
        self, visit: str, state: str, event: Event, start: datetime | None, end: datetime | None, day: date | None
    ) -> _Shown:
        """The entry, with its number if it has changed, and its event with both."""
        before = self.known.get(visit)
        if before is not None:
            event["uid"] = before.document["uid"]
        event.pop("dtstamp", None)
        title = before.document["title"] if state == "cancelled" and before is not None else str(event["summary"])
        document = {
            "uid": str(event["uid"]), "title": title, "start": _moment(start, day).isoformat(),
            "at": start and start.isoformat(), "end": end and end.isoformat(), "day": day and day.isoformat(),
            "print": hashlib.sha256(event.to_ical()).hexdigest(),
        }
        same = before is not None and (before.state, before.document) == (state, document)
        entry = before if before is not None and same else FeedEntry(
            visit, state, before.sequence + 1 if before is not None else 0, document, self.now.replace(microsecond=0)
        )
        event.add("dtstamp", entry.changed_at)
        event.add("last-modified", entry.changed_at)
        event.add("sequence", entry.sequence)
        return _Shown(entry, event)

    # ------------------------------------------------------------------------------------------- facts

    def _paper(self) -> Paper:
        """What has been told of the volunteer's visits, on paper: those visits, their crews, residents and places."""
        mine = self._seats(volunteer=self.volunteer)
        seats = [seat for visit in dict.fromkeys(seat.visit for seat in mine) for seat in self._seats(visit=visit)]
        wishes = self._facts("wishes", Wish, {seat.visit.rpartition("/")[0] for seat in seats})
        residents = self._facts("residents", Resident, {wish.resident for wish in wishes})
        people = self._facts("volunteers", Volunteer, {seat.volunteer for seat in seats})
        names: set[str | None] = {place for wish in wishes for place in (wish.place, wish.origin, wish.destination)}
        places = self._facts("places", Place, names | {resident.home for resident in residents})
        places += self._facts("places", Place, {place.community for place in places} - {place.id for place in places})
        told: dict[str, Any] = {"program": self.program, "wishes": wishes, "residents": residents, "volunteers": people, "places": places}
        scenario = Scenario.model_construct(format="matcher/1", **told)
        known_wishes, known = {wish.id for wish in wishes}, {person.id for person in people}
        kept = [seat for seat in seats if seat.visit.rpartition("/")[0] in known_wishes and seat.volunteer in known]
        return Paper(Plan(scenario, Roster(scenario="", visits=told_visits(kept)), Report(valid=True)))

    def _seats(self, *, volunteer: str | None = None, visit: str | None = None) -> list[Published]:
        having = {"volunteer": volunteer} if visit is None else {"visit": visit}
        rows = facts.page(self.session, "published", after=0, limit=facts.MOST_AT_ONCE, **having)
        return [Published.model_validate(row.document) for row in rows]

    def _facts(self, noun: str, model: Any, keys: set[str | None] | set[str]) -> tuple[Any, ...]:
        """The facts of these ids that are there."""
        wanted = sorted(key for key in keys if key is not None)
        return tuple(model.model_validate(document) for document in feeds.documents(self.session, noun, wanted))


def _moment(start: datetime | None, day: date | None) -> datetime:
    """When an entry begins; one without an hour at the beginning of its day."""
    if start is not None:
        return start
    assert day is not None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _masked(event: Event) -> Event:
    """The event without long numbers: somebody's phone may stand among what is asked for."""
    mask = TextMask(())
    for name in ("summary", "location", "description"):
        if name in event:
            told = mask(str(event[name]))
            del event[name]
            event.add(name, told)
    return event
