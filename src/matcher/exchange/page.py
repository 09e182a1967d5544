"""Pages to print: the roster for the wall, the masked public notice, a slip per volunteer, the call list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from matcher.domain.people import Volunteer
from matcher.domain.when import Calendar
from matcher.exchange.calendars import companions, qr_entry
from matcher.exchange.layout import Kind
from matcher.exchange.masking import TextMask, public_name
from matcher.exchange.month import months_of
from matcher.exchange.paper import Duty, Entry, Paper, Part
from matcher.exchange.proof import proof_sentences
from matcher.exchange.rounds import rounds_of, rounds_of_person
from matcher.exchange.wording import duration, half_day, long_date, month_name, weekdays

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_FEW_PER_MONTH = 4
"""With no more visits a month than this, a dozen small months fit a page; otherwise each month gets its own."""
_MANY_SLIPS = 500
_ALL_LOADS = 60
"""Up to so many volunteers, those without a duty are shown too."""


def render_roster(paper: Paper) -> str:
    """The coordinators' page: what is missing and why, the calendar, the lists, the loads, the proof.

    It may hang on the office wall: names, but no phone numbers, no doors, and nothing a resident told in confidence.
    """
    months = months_of(paper, Calendar.of(paper.program))
    visits = sum(month.count for month in months)
    shown = [load for load in paper.loads if load.new or load.standby or len(paper.loads) <= _ALL_LOADS]
    return _template("roster.html").render(
        **_common(paper),
        months=months, weekdays=weekdays(paper.language), is_compact=visits <= _FEW_PER_MONTH * len(months),
        single_wish=len({entry.wish.id for entry in paper.entries}) == 1,
        unfilled=[(entry, part, list(_wall_reasons(paper, part))) for entry, part in paper.unfilled],
        rounds=rounds_of(paper),
        lists=[(kind, paper.heading(kind), _grouped(paper, kind)) for kind in paper.kinds],
        loads=shown, loads_hidden=len(paper.loads) - len(shown),
        longest=max((load.before + load.new + load.standby for load in shown), default=1) or 1,
        serving=sum(1 for load in paper.loads if load.new),
        standbys=sum(load.standby for load in paper.loads),
        served=sum(1 for entry in paper.entries if entry.is_served),
        notes=list(_wall_notes(paper)),
    )


def _wall_reasons(paper: Paper, part: Part) -> Iterator[str]:
    # Whom a resident does not want is nobody's business on a wall: only how many.
    for reason in part.reasons:
        if reason.code == "is_accepted_by_the_resident":
            yield paper.say("not_acceptable", count=reason.count)
        else:
            yield reason.message or f"{reason.code}: {reason.count}"


def _wall_notes(paper: Paper) -> Iterator[str]:
    # Assumptions quote cells as typed, phone numbers and all: they stay in the workbook and the report.
    window = paper.program.window
    for year in Calendar.of(paper.program).unpublished_years(window.start, window.end):
        yield paper.say("unpublished_years", years=year)
    if paper.notes:
        yield paper.say("notes_elsewhere", count=len(paper.notes))


def _grouped(paper: Paper, kind: Kind) -> list[tuple[str, list[Entry]]]:
    """The list of one kind under months, or under years when there is hardly more than one visit a month."""
    entries = [entry for entry in paper.entries if entry.wish.kind == kind]
    months = [(month_name(first, paper.language), list(group)) for first, group in groupby(entries, lambda e: e.month)]
    if len(entries) > 2 * len(months):
        return months
    years = groupby(entries, lambda entry: entry.month.year)
    return [(f"{year}年" if paper.language == "zh" else str(year), list(group)) for year, group in years]


# ---------------------------------------------------------------------------------------------------- notice


@dataclass(frozen=True, slots=True)
class _PublicLine:
    """What everybody may know of a visit."""

    when: str
    title: str
    resident: str
    where: str
    people: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


def render_notice(paper: Paper) -> str:
    """The public notice: names masked, no phone, no address, and of home visits only the half day."""
    mask = TextMask([*(r.name for r in paper.scenario.residents), *(v.name for v in paper.scenario.volunteers)])
    homes = {resident.home for resident in paper.scenario.residents} | {v.home for v in paper.scenario.volunteers}
    lines = [_public_line(paper, entry, mask, homes) for entry in paper.entries]
    return _template("notice.html").render(
        **_common(paper) | {"program": mask(paper.program.name)},
        lines=[line for line in lines if line.people],
        wanted=[line for line in lines if line.missing],
    )


def _public_line(paper: Paper, entry: Entry, mask: TextMask, homes: set[str | None]) -> _PublicLine:
    wish, place = entry.wish, paper.place_of(entry.wish)
    is_home = wish.kind != "event" or place is None or place.id in homes
    clock = entry.time if not is_home else half_day(entry.start, paper.language) if entry.start else ""
    served = f"（{paper.say('served_people', count=wish.served)}）" if wish.served else ""
    return _PublicLine(
        when=f"{paper.dated(entry)} {clock}".strip(),
        title=mask(paper.wish_title(wish)) + served,
        resident=public_name(entry.resident) if entry.resident else "",
        where=mask(paper.community(place) if is_home else paper.place(place)),
        people=tuple((public_name(person), mask(paper.team(person))) for person in entry.people),
        missing=tuple(f"{mask(paper.role(part.role))} {paper.say('missing', count=part.missing)}"
                      for part in entry.parts if part.missing),
    )


# ---------------------------------------------------------------------------------------------------- slips


def render_slip(paper: Paper, volunteer: str) -> str:
    """One volunteer's slip: only their own residents; for stand-by turns neither phone nor door."""
    person = paper.scenario.volunteer[volunteer]
    duties = [_duty(paper, duty, volunteer) for duty in paper.duties.get(volunteer, ())]
    return _template("slip.html").render(
        **_common(paper), person=person, duties=duties, rounds=rounds_of_person(paper, volunteer),
    )


def render_slips(paper: Paper) -> str:
    """Everybody's slips in one document, each on a page of its own; for the coordinator to print."""
    people = [
        (paper.scenario.volunteer[name], [_duty(paper, duty, name) for duty in duties], rounds_of_person(paper, name))
        for name, duties in sorted(paper.duties.items(), key=lambda one: paper.name(paper.scenario.volunteer[one[0]]))
    ]
    return _template("slips.html").render(**_common(paper), people=people)


def _duty(paper: Paper, duty: Duty, volunteer: str) -> dict[str, object]:
    wish, entry = duty.entry.wish, duty.entry
    return {
        "entry": entry, "is_standby": duty.is_standby,
        "title": paper.wish_title(wish),
        "role": paper.role(duty.part.role),
        "resident": entry.resident,
        "here": paper.place(paper.place_of(wish), door=not duty.is_standby),
        "there": paper.place(paper.destination_of(wish)),
        "goods": wish.items, "budget": paper.budget(wish),
        "together": companions(duty, volunteer, paper),
        "standbys": "" if duty.is_standby else paper.names(duty.part.standbys),
        "along": "" if duty.is_standby else paper.names(paper.along(entry)),
        "qr": _qr(qr_entry(paper, duty, volunteer), in_haste=len(paper.duties) > _MANY_SLIPS) if entry.day else "",
    }


def _qr(text: str, *, in_haste: bool) -> Any:
    """An inline SVG of a QR code; level M survives a fold and a coffee stain.

    Every mask of ISO/IEC 18004 can be read; trying all eight for the most readable one takes four times as long.
    """
    import segno
    from markupsafe import Markup

    code = segno.make_qr(text, error="m", encoding="utf-8", mask=2 if in_haste else None)
    svg: str = code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(svg)  # noqa: S704 - segno writes paths and numbers only, none of the text


# ---------------------------------------------------------------------------------------------------- call list


@dataclass(frozen=True, slots=True)
class _Call:
    """One person to call about one visit."""

    what: str
    name: str
    phone: str
    extra: str = ""


def render_phone_list(paper: Paper) -> str:
    """Whom to call, by date: the resident, the crew, the stand-bys. For the coordinator's desk only."""
    days = groupby((entry for entry in paper.entries if entry.is_served), paper.dated)
    return _template("phone-list.html").render(
        **_common(paper),
        days=[(when, [(entry, list(_calls(paper, entry))) for entry in entries]) for when, entries in days],
    )


def _calls(paper: Paper, entry: Entry) -> Iterator[_Call]:
    if entry.resident:
        extra = f"{paper.say('emergency')} {entry.resident.emergency}" if entry.resident.emergency else ""
        yield _Call(paper.say("resident"), paper.name(entry.resident), entry.resident.phone or "", extra)
    for part in entry.parts:
        yield from _crew_calls(paper, paper.role(part.role), part.people)
        yield from _crew_calls(paper, paper.say("standby"), part.standbys)
    yield from _crew_calls(paper, paper.say("ask_along"), paper.along(entry))


def _crew_calls(paper: Paper, what: str, people: Iterable[Volunteer]) -> Iterator[_Call]:
    return (_Call(what, paper.name(person), person.phone or "") for person in people)


# ---------------------------------------------------------------------------------------------------- templates


def render_page(template: str, paper: Paper, **values: Any) -> str:
    """A page of its own kind, with what every page needs and its own values."""
    return _template(template).render(**_common(paper), **values)


def _common(paper: Paper) -> dict[str, Any]:
    """What every page needs."""
    window = paper.program.window
    return {
        "paper": paper, "t": paper.say, "lang": "zh-CN" if paper.language == "zh" else "en",
        "program": paper.program.name, "title": paper.title, "period": paper.period,
        "start": long_date(window.start, paper.language), "end": long_date(window.end, paper.language),
        "as_of": long_date(paper.as_of.date(), paper.language),
        "history_days": paper.program.settings.history_days,
        "proof": proof_sentences(paper), "duration": lambda minutes: duration(minutes, paper.language),
    }


_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
"""Unicode's embeddings, overrides, isolates and marks of direction."""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("matcher.exchange"), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True, finalize=_in_its_own_direction)


def _in_its_own_direction(value: Any) -> Any:
    """Text without the characters that turn what stands around it: a name must not mirror the page."""
    return value.translate(_TURNING) if isinstance(value, str) else value


def _template(name: str) -> Template:
    return _environment().get_template(name)


def render_pdf(html: str) -> bytes | None:
    """The page as a PDF, or None when WeasyPrint is not installed (``pip install matcher[pdf]``)."""
    try:
        import weasyprint
    except (ImportError, OSError):  # OSError: the package is there, its native libraries are not
        return None
    return bytes(weasyprint.HTML(string=html).write_pdf(pdf_identifier=b"matcher"))


