"""Files of a stored roster, one at a time, and the ledger; as ``matcher plan`` and ``matcher ledger`` write them."""

from __future__ import annotations

import json
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.scenario import Scenario
from matcher.problem.roster import Report, Roster

OUTPUTS = (
    "roster.html", "roster.xlsx", "notice.html", "phone-list.html", "slips.html", "slips/{volunteer}.html",
    "calendars/{volunteer}.ics",
)
"""The files of a roster."""
_HTML = "text/html; charset=utf-8"


def paper_of(scenario: Scenario, roster: Roster, report: Mapping[str, Any], name: str, *, team: str | None) -> dict[str, Any]:
    """A file as ``{"media", "content"}``, the content in base64; ``{}`` for a slip of somebody without a part in it.

    With a ``team``, slips and calendars of its members only.
    """
    from matcher.exchange.page import render_notice, render_phone_list, render_roster, render_slips
    from matcher.exchange.paper import Paper
    from matcher.exchange.plan import Plan
    from matcher.exchange.sheet import render_workbook

    judged = Report.model_validate({key: report[key] for key in Report.model_fields if key in report})
    plan = Plan(scenario, roster, judged, tuple(report.get("notes", ())), report.get("run", {}))
    folder, _, volunteer = name.partition("/")
    if volunteer:
        return _of_one(Paper(plan), folder, volunteer.rpartition(".")[0], team)
    if name == "roster.xlsx":
        return _packed("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", render_workbook(plan))
    pages = {
        "roster.html": render_roster, "notice.html": render_notice, "phone-list.html": render_phone_list,
        "slips.html": render_slips,
    }
    return _packed(_HTML, pages[name](Paper(plan)).encode())


def _of_one(paper: Any, folder: str, volunteer: str, team: str | None) -> dict[str, Any]:
    from matcher.exchange.calendars import render_calendar
    from matcher.exchange.page import render_slip

    person = paper.scenario.volunteer.get(volunteer)
    if person is None or volunteer not in paper.duties or (team is not None and person.team != team):
        return {}
    if folder == "slips":
        return _packed(_HTML, render_slip(paper, volunteer).encode())
    return _packed("text/calendar; charset=utf-8", render_calendar(paper, volunteer))


def _packed(media: str, content: bytes) -> dict[str, Any]:
    return {"media": media, "content": b64encode(content).decode("ascii")}


# ------------------------------------------------------------------------------------------------ ledger


def ledger_of(scenario: Scenario, values: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The ledger's lines, or a file of it; of everybody, a ``team``, a ``volunteer``, or (``totals``) only sums."""
    from matcher.planning.ledger import ledger

    since, until = (None if values.get(name) is None else date.fromisoformat(values[name]) for name in ("since", "until"))
    mine = _whose(scenario, values)
    if mine is not None:
        kept = tuple(one for one in scenario.history if one.volunteer in mine)
        scenario = scenario.with_changes(history=kept)
    counted = ledger(scenario, since, until)
    if values["form"] != "json":
        return _ledger_file(counted, scenario, values["form"], lang)
    told: dict[str, Any] = json.loads(json.dumps(counted.to_dict(), default=str))
    if mine is not None:
        told["people"] = [line for line in told["people"] if line["volunteer"] in mine]
        told["residents"] = []
    if values.get("totals"):
        return {"since": told["since"], "until": told["until"], "totals": _totals(told["people"])}
    return told | {"totals": _totals(told["people"])}


def _whose(scenario: Scenario, values: Mapping[str, Any]) -> set[str] | None:
    if values.get("volunteer") is not None:
        return {values["volunteer"]}
    if values.get("team") is not None:
        return {person.id for person in scenario.volunteers if person.team == values["team"]}
    return None


def _totals(people: list[dict[str, Any]]) -> dict[str, int]:
    summed = {name: sum(line[name] for line in people) for name in ("turns", "minutes", "no_shows", "cancelled", "points")}
    return summed | {"people": sum(line["turns"] > 0 for line in people)}


def _ledger_file(counted: Any, scenario: Scenario, form: str, lang: str) -> dict[str, Any]:
    from matcher.exchange.ledger import write_ledger

    with tempfile.TemporaryDirectory() as folder:
        written = write_ledger(counted, Path(folder) / "ledger", scenario.program.as_of, lang=lang)
        content = next(path for path in written if path.name == {"csv": "hours.csv", "xlsx": "ledger.xlsx"}[form]).read_bytes()
    media = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    return _packed(media[form], content)
