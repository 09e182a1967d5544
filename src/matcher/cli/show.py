"""What people see: tables for a terminal, or the same as JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from matcher.cli.text import Language, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from matcher.cli.planning import Made
    from matcher.domain.scenario import Scenario
    from matcher.errors import Fault
    from matcher.exchange import Import
    from matcher.planning.account import Account
    from matcher.planning.supply import Supply
    from matcher.problem.certificate import Verdict
    from matcher.problem.roster import Report, Roster, RosterVisit, TierValue

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


_MOST_ROWS = 60
"""A terminal shows no more visits than that; the files hold all."""


def print_json(value: Any) -> None:
    """Print facts, dataclasses and plain values as one JSON document."""
    print(json.dumps(_plain(value), ensure_ascii=False, indent=1))


def show_demo_heading(lang: Language) -> None:
    """Say what is about to happen."""
    print(say("demo", lang))


def show_import(facts: Import, lang: Language) -> None:
    """Tell, on stderr, what was assumed and what to note; the result itself goes to stdout."""
    for key, faults in (("assumptions", facts.assumptions), ("warnings", facts.warnings)):
        if faults:
            print(say(key, lang), file=sys.stderr)
            _print_faults(faults)


def show_plan(made: Made, lang: Language, *, as_json: bool) -> None:
    """The roster that was made, its proof, what stays empty, and where it was written."""
    roster, scenario = made.roster, made.scenario
    if as_json:
        print_json(_plan_json(made))
        return
    console = _console()
    console.print(_roster_table(roster, scenario, lang))
    _print_unfilled(console, scenario, roster, lang)
    for one in made.handovers:
        console.print(one.say(lang), soft_wrap=True, highlight=False, markup=False)
    console.print(_tier_table(roster.tiers, lang))
    first = next((path for path in made.files if path.name == "roster.html"), made.out)
    console.print(
        say("written", lang, out=made.out, count=len(made.files), first=first), soft_wrap=True, highlight=False
    )


def show_report(report: Report, lang: Language, *, as_json: bool, verdicts: Sequence[Verdict] = ()) -> None:
    """The judge's verdict, and what certificates prove."""
    if as_json:
        print_json(_plain(report) | {"certificates": verdicts} if verdicts else report)
        return
    console = _console()
    hard = [violation for violation in report.violations if violation.price is None]
    soft = [violation for violation in report.violations if violation.price is not None]
    console.print(say("invalid", lang, count=len(hard)) if hard else say("valid", lang), highlight=False)
    if hard:
        console.print(_table(lang, ("rule", "visit", "volunteer", "message"), map(_violation_row, hard)))
    if soft:
        console.print(say("soft", lang))
        console.print(_table(lang, ("rule", "visit", "volunteer", "message"), map(_violation_row, soft)))
    for warning in report.warnings:
        console.print(warning, soft_wrap=True, highlight=False)
    # The judge states values only: what is proven about them stands in the roster.
    console.print(_table(lang, ("tier", "value"), ((say(tier.name, lang), str(tier.value)) for tier in report.tiers)))
    terms = [(_term(name, lang), str(points)) for name, points in report.terms.items() if points]
    if terms:
        console.print(_table(lang, ("term", "points"), terms))
    for verdict in verdicts:
        key = "certificate-valid" if verdict.valid else "certificate-refused"
        console.print(say(key, lang, sentence=verdict.sentence(lang)), soft_wrap=True, highlight=False, markup=False)


def show_account(account: Account, lang: Language, *, as_json: bool) -> None:
    """An account in sentences, one a line."""
    if as_json:
        print_json(account.to_dict(lang))
        return
    console = _console()
    for line in account.lines(lang):
        console.print(line, soft_wrap=True, highlight=False, markup=False)


def show_supply(counted: Supply, lang: Language, *, as_json: bool) -> None:
    """Needed, available and gap, by skill and half-day; then who and what is short."""
    if as_json:
        print_json(counted.to_dict(lang))
        return
    console = _console()
    headers, rows = counted.table(lang)
    console.print(_plain_table(headers, rows))
    for note in counted.notes(lang):
        console.print(note, soft_wrap=True, highlight=False, markup=False)


def show_table(headers: Sequence[str], rows: Sequence[Sequence[str]], lang: Language) -> None:
    """A table, and how much of it was left to the files."""
    console = _console()
    console.print(_plain_table(headers, rows[:_MOST_ROWS]))
    if len(rows) > _MOST_ROWS:
        console.print(say("more", lang, count=len(rows) - _MOST_ROWS))


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on the terminal."""
    _console().print(_plain_table(headers, rows))


def show_written(path: Path, lang: Language, *, as_json: bool, facts: Import | None = None) -> None:
    """One thing was written."""
    if as_json:
        print_json({"written": str(path)} | (_import_json(facts) if facts else {}))
    else:
        print(say("wrote", lang, path=path))


def show_generated(scenario: Scenario, path: Path, lang: Language, *, as_json: bool) -> None:
    """How much was invented, and where it was written."""
    sizes = {name: len(getattr(scenario, name)) for name in ("volunteers", "teams", "residents", "wishes", "history")}
    if as_json:
        print_json({"written": str(path), "fingerprint": scenario.fingerprint} | sizes)
        return
    print(say("generated", lang, name=scenario.program.name, **sizes))
    print(say("wrote", lang, path=path))


# --------------------------------------------------------------------------------------------- tables


def _roster_table(roster: Roster, scenario: Scenario, lang: Language) -> Table:
    zone = ZoneInfo(scenario.program.timezone)
    dated = sorted((_when(visit, scenario, zone), visit.id, visit) for visit in roster.visits)
    rows = [_visit_row(visit, scenario, zone, lang) for _, _, visit in dated[:_MOST_ROWS]]
    if len(dated) > _MOST_ROWS:
        rows.append((say("more", lang, count=len(dated) - _MOST_ROWS), "", "", "", ""))
    return _table(lang, ("date", "time", "wish", "people", "standbys"), rows)


def _when(visit: RosterVisit, scenario: Scenario, zone: ZoneInfo) -> tuple[date, str]:
    if visit.start is not None:
        local = visit.start.astimezone(zone)
        return local.date(), f"{local:%H:%M}"
    wish = scenario.wish.get(visit.wish)
    return (wish.due if wish and wish.due else scenario.program.window.end), ""


def _visit_row(visit: RosterVisit, scenario: Scenario, zone: ZoneInfo, lang: Language) -> tuple[str, ...]:
    wish = scenario.wish.get(visit.wish)
    day, start = _when(visit, scenario, zone)
    shown = f"{day} {_WEEKDAYS[day.weekday()]}" if lang == "zh" else f"{day} {day:%a}"
    return (
        shown if start else say("by", lang, day=shown),
        f"{start}–{visit.end.astimezone(zone):%H:%M}" if start and visit.end else start,
        wish.title or wish.items or visit.wish if wish else visit.wish,
        "、".join(_name(scenario, seat.volunteer) for seat in visit.assigned),
        "、".join(_name(scenario, seat.volunteer) for seat in visit.standbys),
    )


def _name(scenario: Scenario, volunteer: str) -> str:
    person = scenario.volunteer.get(volunteer)
    return person.name or volunteer if person else volunteer


def _role(scenario: Scenario, visit: str, role: str, lang: Language) -> str:
    """What a seat is called: its title, 志愿者 for the usual one."""
    wish = scenario.wish.get(visit.rpartition("/")[0])
    title = next((seat.title for seat in wish.roles if seat.id == role), "") if wish else ""
    return title or ("志愿者" if role == "helper" and lang == "zh" else role)


def _print_unfilled(console: Console, scenario: Scenario, roster: Roster, lang: Language) -> None:
    if not roster.unfilled:
        return
    rows = (
        (
            gap.visit,
            _role(scenario, gap.visit, gap.role, lang),
            str(gap.count),
            ("；" if lang == "zh" else "; ").join(reason.message or reason.code for reason in gap.reasons),
        )
        for gap in roster.unfilled
    )
    console.print(_table(lang, ("visit", "role", "missing", "reasons"), rows))


def _tier_table(tiers: Sequence[TierValue], lang: Language) -> Table:
    rows = (
        (
            say(tier.name, lang),
            str(tier.value),
            say("unknown", lang) if tier.bound is None else str(tier.bound),
            say(tier.status, lang),
        )
        for tier in tiers
    )
    return _table(lang, ("tier", "value", "bound", "status"), rows)


def _term(name: str, lang: Language) -> str:
    from matcher.planning.words import Phrase

    return Phrase(name).say(lang)


def _violation_row(violation: Any) -> tuple[str, ...]:
    return (violation.rule, violation.visit or "", violation.volunteer or "", violation.message)


def _table(lang: Language, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    return _plain_table([say(column, lang) for column in columns], rows)


def _plain_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _console() -> Console:
    from rich.console import Console

    # Where nobody's terminal sets a width, lines are for files and pipes: wide, so that nothing is cut.
    return Console() if sys.stdout.isatty() else Console(width=160)


# ----------------------------------------------------------------------------------------------- JSON


def _plan_json(made: Made) -> dict[str, Any]:
    roster = made.roster
    return {
        "out": str(made.out),
        "files": [str(path.relative_to(made.out)) for path in made.files],
        "status": made.status,
        "strategy": roster.strategy,
        "seed": roster.seed,
        "tiers": roster.tiers,
        "visits": len(roster.visits),
        "unfilled": roster.unfilled,
        "handovers": made.handovers,
        **_import_json(made.facts),
    }


def _import_json(facts: Import) -> dict[str, Any]:
    return {
        key: [asdict(fault) | {"where": fault.where} for fault in faults]
        for key, faults in (("assumptions", facts.assumptions), ("warnings", facts.warnings))
    }


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value


def _print_faults(faults: Iterable[Fault]) -> None:
    for fault in faults:
        print(fault, file=sys.stderr)
