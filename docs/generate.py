"""Rewrites what the docs take from the code: the JSON Schemas, the API's description, the table of rules, the sheets.

``make docs`` runs it; ``python docs/generate.py --check`` only says whether anything is out of date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, get_args

DOCS = Path(__file__).parent

_PARAMETERS = {
    "has_the_skills": "`role.skills[].name`, `.level`; `volunteer.skills[].level`, `.valid_until`",
    "has_the_vehicle": "`role.vehicle.seats`, `.wheelchair`; `volunteer.vehicle` and its own `availability`",
    "is_available": "`volunteer.availability`, `volunteer.unavailable`",
    "is_within_reach": "`limits.max_travel_minutes`, `volunteer.travel_mode`",
    "is_accepted_by_the_resident": "`resident.banned`, `resident.required`; `role.gender`, `role.language`",
    "has_not_declined": "`declines`",
    "has_claimed_it": "`wish.claimants_only`, `claims[].state`",
    "belongs_to_the_team": "`wish.teams`; `settings.first_refusal_days`, `team.communities`, `declines[].team`",
    "happens_at_an_asked_time": "`wish.recurrence`, `program.as_of`",
    "is_in_one_place_at_a_time": "`travel_times`, `settings.travel`",
    "keeps_own_limits": "`volunteer.limits`, `settings.default_limits`",
    "fills_each_role_once": "`role.count`",
    "is_crewed_together": "`wish.partial`, `wish.as_one_team`",
    "keeps_the_spacing": "`recurrence.min_gap_days`, `.max_gap_days`",
    "keeps_the_turn": "`staffing.policy: rotate`, `.max_turns`, `.turns_days`",
    "keeps_faces_few": "`staffing.max_helpers`, `.turns_days`",
    "stays_paired": "`staffing.policy: pair`, `pairings`",
    "keeps_what_is_published": "`published`",
    "keeps_what_is_pinned": "`pins`",
    "stands_by_separately": "`staffing.standbys`",
    "newcomers_go_with_experience": "`settings.newcomer_visits`, `role.experienced`, `volunteer.prior_visits`",
}


_OF_EVERY_NOUN = {
    "list": "Page by page; fields beside are filters", "create": "Add one", "bulk": "Put many, all or none", "get": "One of them",
    "put": "Put one", "patch": "Change fields of one", "delete": "Take one out",
}


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema (draft 2020-12) of each file matcher reads or writes, by file name."""
    from matcher.domain.scenario import Scenario
    from matcher.problem.roster import Report, Roster

    kinds = {"scenario": Scenario, "roster": Roster, "report": Report}
    return {
        f"{name}.schema.json": {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        | kind.model_json_schema(by_alias=True)
        for name, kind in kinds.items()
    }


def rules_table() -> str:
    """One row per hard rule, in the order of the code's own table."""
    from matcher.domain.settings import SoftRule
    from matcher.problem.rules import RULES

    soft = get_args(SoftRule)
    lines = ["| rule | level | 说明 | in English | parameters | can be soft |", "|---|---|---|---|---|---|"]
    for rule in RULES.values():
        may_be_soft = "yes" if rule.name in soft else "no"
        cells = (f"`{rule.name}`", rule.level, rule.zh, rule.en, _PARAMETERS[rule.name], may_be_soft)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def sheet_tables() -> str:
    """One table per sheet: headers in both languages, what else is understood, the key in JSON."""
    from matcher.exchange.columns import SHEETS

    lines: list[str] = []
    for sheet in SHEETS:
        lines += [f"### {sheet.zh} · {sheet.en}", "", f"{sheet.note[0]} {sheet.note[1]}".strip(), ""]
        lines += ["| 列 | column | key | also understood |", "|---|---|---|---|"]
        for column in sheet.columns:
            lines.append(f"| {column.zh} | {column.en} | {_key(column.field)} | {column.aliases.replace(' ', '、')} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def settings_table() -> str:
    """One row per line of the settings sheet: what it is called, and its key in JSON."""
    from matcher.exchange.settings_sheet import SETTINGS_ROWS

    lines = ["| 项目 | setting | key | |", "|---|---|---|---|"]
    lines += [
        f"| {row.zh} | {row.en} | `program.{row.path}` | {' '.join(row.help).strip()} |" for row in SETTINGS_ROWS
    ]
    return "\n".join(lines)


def openapi_text() -> str:
    """The API's description."""
    from matcher.api.app import create_app
    from matcher.store.address import address_of
    from matcher.store.database import Database

    nowhere = Database(address_of("never-opened.db"), lang="en")
    described = create_app(nowhere).openapi()
    nowhere.close()
    return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def endpoints_table(described: dict[str, Any]) -> str:
    """One row per operation of the API's description, the nouns of facts together."""
    from matcher.exchange.assemble import FACTS

    rows: dict[tuple[str, str, str], str] = {}
    for path, item in described["paths"].items():
        for method, operation in item.items():
            noun, _, verb = operation["operationId"].partition(".")
            if noun in FACTS and f"/{noun}" in path and verb in _OF_EVERY_NOUN:
                path_told, name, meaning = path.replace(f"/{noun}", "/NOUN"), f"NOUN.{verb}", _OF_EVERY_NOUN[verb]
            else:
                path_told, name, meaning = path, operation["operationId"], operation["summary"]
            rows[path_told.replace("/v1/districts/{district}/communities/{community}", "…"), method, name] = meaning
    lines = [
        "`…` stands for `/v1/districts/{district}/communities/{community}`, `NOUN` for one of " + ", ".join(FACTS) + ".", "",
        "| address | | operation | |", "|---|---|---|---|",
    ]
    lines += [f"| `{path}` | {method.upper()} | `{name}` | {meaning} |" for (path, method, name), meaning in rows.items()]
    return "\n".join(lines)


def access_table() -> str:
    """Who may do what: operations of one noun that go the same way share a row."""
    from matcher.service.accounts.access import ACCESS, Access

    together: dict[tuple[str, Access], list[str]] = {}
    for operation, access in ACCESS.items():
        noun, _, verb = operation.partition(".")
        together.setdefault((noun, access), []).append(verb)
    lines = ["| operation | level | coordinator | team lead | volunteer | system | viewer |", "|---|---|---|---|---|---|---|"]
    for (noun, access), verbs in together.items():
        columns = (access.coordinator, access.lead, access.volunteer, access.system, access.viewer)
        told = [str(breadth or "") for breadth in columns] if access.level != "open" else [""] * 5
        lines.append(f"| `{noun}.{'`, `.'.join(verbs)}` | {access.level} | {' | '.join(told)} |")
    return "\n".join(lines)


def _key(field: str) -> str:
    special = {"*": "what no other column holds", "-": "dropped unread", "?": "shown, not read"}
    if field.startswith("~"):
        return "read only, in people's words"
    return special.get(field) or f"`{field}`"


def generated() -> dict[Path, str]:
    """The text each generated file should have."""
    files = {
        DOCS / "schema" / name: json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in schemas().items()
    }
    described = openapi_text()
    files[DOCS / "schema" / "openapi.json"] = described
    tables = {
        DOCS / "rules.md": {"table of rules": rules_table()},
        DOCS / "file-format.md": {"sheets": sheet_tables(), "settings rows": settings_table()},
        DOCS / "security.md": {"access": access_table()},
        DOCS / "api.md": {"endpoints": endpoints_table(json.loads(described))},
    }
    for page, parts in tables.items():
        files[page] = page.read_text("utf-8")
        for title, text in parts.items():
            files[page] = _between(files[page], title, text)
    return files


def _between(page: str, title: str, text: str) -> str:
    begin, end = f"<!-- {title}: begin -->\n", f"<!-- {title}: end -->"
    head, tail = page.partition(begin)[0], page.partition(end)[2]
    return f"{head}{begin}{text}\n{end}{tail}"


def out_of_date() -> list[str]:
    """Names of generated files that differ from what the code says."""
    return [
        str(path.relative_to(DOCS))
        for path, text in generated().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]


def main() -> int:
    """Write, or with ``--check`` only compare."""
    stale = out_of_date()
    if "--check" in sys.argv[1:]:
        print("\n".join(stale) or "docs are up to date")
        return 1 if stale else 0
    for path, text in generated().items():
        path.write_text(text, "utf-8")
    print("\n".join(f"rewrote docs/{name}" for name in stale) or "nothing to rewrite")
    return 0


if __name__ == "__main__":
    sys.exit(main())
