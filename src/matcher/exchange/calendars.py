"""iCalendar files (RFC 5545): one per volunteer, and the short entry inside a slip's QR code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from matcher.exchange.paper import Duty, Paper

if TYPE_CHECKING:
    from icalendar import Calendar, Component, Event


def render_calendar(paper: Paper, volunteer: str) -> bytes:
    """One volunteer's duties as an .ics file; the same plan gives the same bytes."""
    duties = paper.duties.get(volunteer, ())
    events = [event_of(paper, duty, volunteer) for duty in duties if duty.entry.start or duty.entry.day]
    return bytes(calendar_of(paper, paper.program.name, events).to_ical())


def calendar_of(paper: Paper, name: str, events: Iterable[Event]) -> Calendar:
    """A calendar of these events, with the programme's time zone."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//matcher//roster//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(event)
    year = paper.program.window.start.year
    for zone in _time_zones(paper.program.timezone, year):
        calendar.subcomponents.insert(0, zone)
    return calendar


@lru_cache(maxsize=8)
def _time_zones(name: str, year: int) -> tuple[Component, ...]:
    """The VTIMEZONE of the programme, from the year before on; worked out once for all its calendars."""
    from icalendar import Calendar, Event

    calendar, event = Calendar(), Event()
    event.add("dtstart", datetime(year, 1, 1, tzinfo=ZoneInfo(name)))
    calendar.add_component(event)
    calendar.add_missing_timezones(first_date=date(year - 1, 1, 1))
    return tuple(calendar.timezones)


def event_of(paper: Paper, duty: Duty, volunteer: str) -> Event:
    """One duty as an event, as of the programme's moment."""
    from icalendar import Event

    event, title = Event(), summary(paper, duty)
    event.add("uid", uid(paper, duty.entry.id, volunteer))
    event.add("dtstamp", paper.program.as_of.astimezone(UTC))
    event.add("summary", title)
    event.add("location", paper.where(duty.entry.wish))
    event.add("description", _description(paper, duty, volunteer))
    event.add("status", "TENTATIVE" if duty.is_standby else "CONFIRMED")
    if duty.entry.start is None:
        _lasts_all_day(event, duty.entry.day)
    else:
        event.add("dtstart", duty.entry.start)
        event.add("dtend", duty.entry.end or duty.entry.start)
    _remind(event, paper, title, all_day=duty.entry.start is None)
    return event


def _lasts_all_day(event: Event, day: date | None) -> None:
    assert day is not None
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")


def _remind(event: Event, paper: Paper, title: str, *, all_day: bool) -> None:
    # An all-day entry starts at midnight: 15 hours earlier is nine o'clock on the day before.
    event.add_component(_alarm(timedelta(hours=-15) if all_day else timedelta(days=-1),
                               paper.say("ics_day_before", title=title)))
    if not all_day:
        event.add_component(_alarm(timedelta(hours=-2), paper.say("ics_two_hours", title=title)))


def _alarm(before: timedelta, words: str) -> Event:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", before)
    alarm.add("description", words)
    return alarm  # type: ignore[return-value]


def summary(paper: Paper, duty: Duty) -> str:
    """The title of the entry: the wish and the resident; a stand-by is marked."""
    resident = paper.name(duty.entry.resident)
    title = paper.wish_title(duty.entry.wish)
    words = f"{title}（{resident}）" if resident and resident not in title else title
    return paper.say("ics_standby", title=words) if duty.is_standby else words


def _description(paper: Paper, duty: Duty, volunteer: str) -> str:
    lines = [paper.say("ics_role", role=paper.role(duty.part.role))]
    if others := companions(duty, volunteer, paper):
        lines.append(paper.say("ics_main" if duty.is_standby else "ics_with", names=others))
    if duty.entry.wish.kind == "goods":
        lines += [words for words in (duty.entry.wish.items, paper.budget(duty.entry.wish)) if words]
    if duty.is_standby:
        lines.append(paper.say("slip_standby_goods" if duty.entry.start is None else "slip_standby"))
    elif duty.entry.resident:
        lines.append(paper.say("ics_slip"))
    return "\n".join(lines)


def companions(duty: Duty, volunteer: str, paper: Paper) -> str:
    """The others of the crew, by name."""
    return paper.names(person for person in duty.entry.people if person.id != volunteer)


def uid(paper: Paper, visit: str, volunteer: str) -> str:
    """Stable for a person's part in a visit: a changed time or role updates the entry instead of adding one."""
    return str(uuid5(NAMESPACE_URL, f"matcher:{paper.program.name}/{visit}/{volunteer}"))


def qr_entry(paper: Paper, duty: Duty, volunteer: str) -> str:
    """A short VEVENT for a QR code: no more than a phone's camera reads off paper with ease."""
    entry = duty.entry
    lines = ["BEGIN:VEVENT", f"UID:{uid(paper, entry.id, volunteer)}", f"SUMMARY:{_escaped(summary(paper, duty))}"]
    if entry.start is None:
        assert entry.day is not None
        lines.append(f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}")
    else:
        lines += [f"DTSTART:{_utc(entry.start)}", f"DTEND:{_utc(entry.end or entry.start)}"]
    lines += [f"LOCATION:{_escaped(paper.where(entry.wish))}", "END:VEVENT"]
    return "\r\n".join(lines)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str, most: int = 40) -> str:
    """RFC 5545 §3.3.11 text, cut so that the code stays small."""
    text = text if len(text) <= most else f"{text[: most - 1]}…"
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
